/* Inside a worker: takes jobs, opens the stream by its steps, reads it, and packs what it hears. */
#include "worker/helper.h"
#include "worker/matching.h"
#include "worker/payloads.h"
#include "worker/protocol.h"

#include "base/cipher.h"
#include "base/json.h"
#include "base/text.h"
#include "parse/parser.h"
#include "recognise/heading.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_SIZE = 65536, PROGRESS_STEP = 16 << 20, COPY_BLOCK = 1 << 18 };
enum { MATCH_MOST = 64 << 20 };

typedef struct {
    kk_sink sink; /* first */
    int socket;
    char *shared;
    bool slot_free[SLOTS];
    unsigned slot;
    kk_packer packer;
    uint64_t sequence;
    uint32_t spools;
    uint64_t lines;      /* of this range, where the parser numbers lines */
    uint64_t unreported; /* bytes read since the last word on progress */
    const kk_job *job;
    int base; /* descriptor of the job */
    helper_link helper;
    kk_arena *arena; /* of the job */
    kk_hasher *hasher;
    kk_recogniser *recogniser;
    payloads *payloads;
    const kk_lexicon *lexicon;
    matching *matching; /* NULL without rules */
    kk_yara *yara;      /* NULL without YARA rules */
    kk_slice passwords;
    helper_secrets secrets;
    kk_yara_scanner *scanner;
    uint64_t walked; /* children of the container that is walked */
    int *siblings;   /* open until the job ends */
    size_t sibling_count, sibling_capacity;
} life;

static _Noreturn void gone(void)
{
    _exit(0);
}

static void receive(life *l, message_kind wanted, message *m, int fds[2])
{
    for (;;) {
        if (!message_receive(l->socket, m, NULL, NULL, fds))
            gone();
        if (m->kind == SAY_FREE && m->a < SLOTS)
            l->slot_free[m->a] = true;
        if (m->kind == (uint32_t)wanted)
            return;
    }
}

static void say(life *l, const message *m, kk_slice bytes)
{
    if (!message_send(l->socket, m, bytes, NULL, 0))
        gone();
}

static void take_slot(life *l)
{
    message m;
    while (!l->slot_free[l->slot])
        receive(l, SAY_FREE, &m, NULL);
    l->packer = (kk_packer){l->shared + l->slot * (size_t)KK_BATCH_BYTES, 0, KK_BATCH_BYTES};
}

static void flush(life *l)
{
    if (!l->packer.used)
        return;
    message m = {SAY_BATCH, l->slot, l->packer.used, l->sequence++};
    l->slot_free[l->slot] = false;
    say(l, &m, KK_NONE);
    l->slot = (l->slot + 1) % SLOTS;
    take_slot(l);
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    life *l = (life *)sink;
    if (!kk_pack_issue(&l->packer, issue)) {
        flush(l);
        (void)kk_pack_issue(&l->packer, issue);
    }
}

static kk_slice cut_text(kk_slice s, size_t len)
{
    if (s.len <= len)
        return s;
    while (len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
        len--;
    return kk_part(s, 0, len);
}

static void on_hit(kk_sink *sink, const kk_hit *hit)
{
    life *l = (life *)sink;
    if (!kk_pack_hit(&l->packer, hit)) {
        flush(l);
        (void)kk_pack_hit(&l->packer, hit);
    }
}

static void on_decoded(kk_sink *sink, const kk_event *event, const kk_decoded *decoded)
{
    matching_decoded(((life *)sink)->matching, event, decoded);
}

/* An event that fills a batch alone: its texts are cut to what does fit, and that is said. */
static void pack_giant(life *l, const kk_event *event)
{
    kk_event smaller = *event;
    smaller.more_count = 0;
    for (int f = 0; f < KK_TEXT_FIELDS; f++)
        smaller.text[f] = cut_text(smaller.text[f], 65536);
    kk_report(&l->sink, KK_ISSUE_LIMIT, event->offset,
              "a record's texts were cut: it is larger than 4 MiB");
    (void)kk_pack_event(&l->packer, &smaller);
    matching_stored(l->matching, &smaller);
}

static void on_event(kk_sink *sink, const kk_event *event)
{
    life *l = (life *)sink;
    if (!kk_pack_event(&l->packer, event)) {
        flush(l);
        if (!kk_pack_event(&l->packer, event)) {
            pack_giant(l, event);
            return;
        }
    }
    matching_event(l->matching, event);
    payloads_look(l->payloads, event);
}

static void on_payload(kk_sink *sink, const kk_payload_row *row)
{
    life *l = (life *)sink;
    if (!kk_pack_payload(&l->packer, row)) {
        flush(l);
        (void)kk_pack_payload(&l->packer, row);
    }
}

static void on_mention(void *context, const kk_mention *mention)
{
    life *l = context;
    if (kk_pack_mention(&l->packer, mention))
        return;
    flush(l);
    if (!kk_pack_mention(&l->packer, mention))
        kk_report(&l->sink, KK_ISSUE_LIMIT, mention->offset,
                  "a row about a person is larger than 4 MiB");
}

static void on_table(void *context, const kk_table *table)
{
    life *l = context;
    if (!kk_pack_table(&l->packer, table)) {
        flush(l);
        (void)kk_pack_table(&l->packer, table);
    }
}

static kk_recogniser *recogniser(life *l)
{
    if (!l->recogniser) {
        kk_recogniser_settings settings = {
            .key = l->job->key, .incident = l->job->incident, .lexicon = l->lexicon};
        l->recogniser = kk_recogniser_open(l->arena, &settings, on_mention, on_table, l);
    }
    return l->recogniser;
}

static void on_row(kk_sink *sink, const kk_row *row)
{
    kk_recognise_row(recogniser((life *)sink), row);
}

static void on_passage(kk_sink *sink, const kk_passage *passage)
{
    kk_recognise_passage(recogniser((life *)sink), passage);
}

static void on_fact(kk_sink *sink, kk_fact_kind kind, kk_slice value)
{
    life *l = (life *)sink;
    if (!kk_pack_fact(&l->packer, kind, value)) {
        flush(l);
        (void)kk_pack_fact(&l->packer, kind, value);
    }
}

/* Told at once: somebody may wait for it. */
static void on_cut(kk_sink *sink, uint64_t offset, kk_slice place)
{
    life *l = (life *)sink;
    const kk_cut_place cut = {offset, place};
    if (!kk_pack_cut(&l->packer, &cut)) {
        flush(l);
        (void)kk_pack_cut(&l->packer, &cut);
    }
    flush(l);
}

static int ask_spool(life *l, uint64_t size)
{
    message m = {.kind = SAY_SPOOL, .b = size};
    int fds[2] = {-1, -1};
    flush(l); /* what the listener knows so far comes first */
    say(l, &m, KK_NONE);
    receive(l, SAY_SPOOL, &m, fds);
    return fds[0];
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

typedef struct {
    const kk_child *child;
    int spool;
    uint64_t size;
    bool unreadable, spool_full, walked;
    uint64_t place; /* where its parser wants to look; 0: nowhere */
    char *further;
    size_t further_len;
} reading;

/* What comes by of the place that is to be looked at. */
static void keep_further(reading *r, const char *bytes, size_t len)
{
    uint64_t from = r->place + r->further_len;
    if (!r->further || r->size > from || r->size + len <= from || r->further_len == HEAD_SIZE)
        return;
    size_t skip = (size_t)(from - r->size), room = HEAD_SIZE - r->further_len;
    size_t take = len - skip < room ? len - skip : room;
    memcpy(r->further + r->further_len, bytes + skip, take);
    r->further_len += take;
}

static void look_further(life *l, reading *r, const kk_probe *probe)
{
    r->place = r->child->is_volume ? 0 : kk_parser_place(probe);
    r->further = r->place ? kk_take(l->arena, HEAD_SIZE) : NULL;
}

static void take_in(life *l, reading *r, const char *bytes, size_t len)
{
    if (r->walked)
        kk_yara_take(l->scanner, bytes, len);
    else
        kk_hasher_add(l->hasher, bytes, len);
    keep_further(r, bytes, len);
    r->size += len;
    if (r->spool >= 0 && !r->spool_full && !write_all(r->spool, bytes, len))
        r->spool_full = true;
}

/* From where the head ended to the end of the child. */
static void read_rest(life *l, reading *r)
{
    char *block = kk_take(l->arena, COPY_BLOCK);
    ptrdiff_t n;
    while (!l->sink.stopped && (n = r->child->read(r->child->context, block, COPY_BLOCK)) != 0) {
        if (n < 0) {
            r->unreadable = true;
            return;
        }
        take_in(l, r, block, (size_t)n);
    }
}

static size_t read_head(reading *r, char *head)
{
    size_t len = 0;
    ptrdiff_t n;
    while (len < HEAD_SIZE &&
           (n = r->child->read(r->child->context, head + len, HEAD_SIZE - len)) != 0) {
        if (n < 0) {
            r->unreadable = true;
            break;
        }
        len += (size_t)n;
    }
    return len;
}

static kk_slice last_name(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    return slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
}

static void pack_found(life *l, const kk_found *found)
{
    if (kk_pack_found(&l->packer, found))
        return;
    flush(l);
    if (!kk_pack_found(&l->packer, found))
        kk_report(&l->sink, KK_ISSUE_LIMIT, 0, "a name inside is too long to be kept");
}

static void on_child(kk_sink *sink, const kk_child *child)
{
    life *l = (life *)sink;
    kk_arena *scratch = kk_arena_open();
    kk_arena *job_arena = l->arena;
    l->arena = scratch;
    char *head = kk_take(scratch, HEAD_SIZE);
    reading r = {.child = child, .spool = -1};
    size_t len = read_head(&r, head);
    kk_slice name = kk_utf8_clean(scratch, child->name);
    kk_probe probe = {{head, len}, last_name(name), name, child->size, KK_NONE};
    const kk_parser *parser = len || child->is_volume ? kk_parser_for(&probe) : NULL;
    kk_slice stem;
    look_further(l, &r, &probe);
    bool kept = l->job->only.len
                    ? kk_eq(l->job->only, name)
                    : parser || r.place || kk_parser_is_companion(last_name(name), &stem);
    bool spooled = kept && !child->token.len;
    if (spooled && (r.spool = ask_spool(l, child->size)) < 0)
        r.spool_full = true;
    if (!child->is_volume) {
        take_in(l, &r, head, len);
        if (!r.unreadable)
            read_rest(l, &r);
    }
    if (r.place) {
        probe.further = (kk_slice){r.further, r.further_len};
        parser = kk_parser_for(&probe);
    }
    kk_found found = {
        .name = name,
        .token = child->token,
        .joint = kk_cstr(child->joint),
        .size = child->is_volume || child->token.len ? child->size : r.size,
        .modified = child->modified,
        .is_volume = child->is_volume,
        .unreadable = r.unreadable || (spooled && r.spool_full),
        .has_hash = !child->is_volume,
        .sha256 = kk_hasher_digest(l->hasher),
        .parser = kk_cstr(parser ? parser->name : ""),
        .spool = spooled && r.spool >= 0 ? ++l->spools : 0,
    };
    pack_found(l, &found);
    if (r.spool >= 0)
        close(r.spool);
    l->arena = job_arena;
    kk_arena_close(scratch);
}

/* ---- YARA ---- */

static void on_scan_hit(void *context, const kk_scan_hit *hit)
{
    life *l = context;
    if (!kk_pack_scan_hit(&l->packer, hit)) {
        flush(l);
        (void)kk_pack_scan_hit(&l->packer, hit);
    }
}

/* What the scanner was given, against the rules; `got_all` is false where some bytes could not be had. */
static void scan(life *l, kk_slice path, bool of_child, bool got_all)
{
    kk_scanned scanned = {.of_child = of_child};
    scanned.outcome = kk_yara_end(l->scanner, path, on_scan_hit, l);
    if (!got_all && scanned.outcome < KK_SCAN_CUT)
        scanned.outcome = KK_SCAN_UNREADABLE;
    if (!kk_pack_scanned(&l->packer, &scanned)) {
        flush(l);
        (void)kk_pack_scanned(&l->packer, &scanned);
    }
}

/* A disk is no file; a large archive is what is in it. */
static bool is_scanned_itself(const kk_parser *parser, uint64_t size)
{
    return !parser || !parser->is_container || (!parser->is_disk && size <= KK_YARA_WHOLE);
}

/* Everything of a child goes to the scanner, and to its spool where it is to be walked itself. What is
 * known of it is told before it is scanned: should this process die of it, it is known on what. */
static void on_walked_child(kk_sink *sink, const kk_child *child)
{
    life *l = (life *)sink;
    kk_arena *scratch = kk_arena_open(), *job_arena = l->arena;
    l->arena = scratch;
    char *head = kk_take(scratch, HEAD_SIZE);
    reading r = {.child = child, .spool = -1, .walked = true};
    bool is_known = ++l->walked <= l->job->skip;
    bool wanted = !child->is_volume && !is_known && (l->job->parts & KK_DO_SCAN_INSIDE);
    size_t len = is_known ? 0 : read_head(&r, head);
    kk_slice name = kk_utf8_clean(scratch, child->name);
    kk_probe probe = {{head, len}, last_name(name), name, child->size, KK_NONE};
    const kk_parser *parser = len || child->is_volume ? kk_parser_for(&probe) : NULL;
    bool is_log = parser && !parser->is_container && (l->job->parts & KK_DO_WALK_LOGS);
    bool inside = parser && (parser->is_container || is_log) && !is_known;
    if (!is_known)
        look_further(l, &r, &probe);
    bool spooled = (inside || r.place) && !child->token.len;
    kk_yara_begin(l->scanner);
    if (spooled && (r.spool = ask_spool(l, child->size)) < 0)
        r.spool_full = true;
    if ((spooled && !child->is_volume) || r.place || (wanted && is_scanned_itself(parser, 0))) {
        take_in(l, &r, head, len);
        if (!r.unreadable)
            read_rest(l, &r);
    }
    if (r.place) {
        probe.further = (kk_slice){r.further, r.further_len};
        parser = kk_parser_for(&probe);
        inside = parser && parser->is_container;
    }
    wanted = wanted && is_scanned_itself(parser, r.size);
    kk_found found = {.name = name,
                      .has_hash = wanted,
                      .token = child->token,
                      .joint = kk_cstr(child->joint),
                      .size = child->is_volume || child->token.len ? child->size : r.size,
                      .modified = child->modified,
                      .is_volume = child->is_volume,
                      .unreadable = r.unreadable || (spooled && r.spool_full),
                      .parser = kk_cstr(inside ? parser->name : ""),
                      .spool = spooled && r.spool >= 0 ? ++l->spools : 0};
    pack_found(l, &found);
    flush(l);
    if (wanted)
        scan(l, kk_print(scratch, "%.*s%s%.*s", KK_P(l->job->path), child->joint, KK_P(name)), true,
             !r.unreadable);
    if (r.spool >= 0)
        close(r.spool);
    l->arena = job_arena;
    kk_arena_close(scratch);
}

/* Of a log, what was handed over encoded in its events is inside. */
static void on_walked_event(kk_sink *sink, const kk_event *event)
{
    payloads_look(((life *)sink)->payloads, event);
}

static void ignore_payload(kk_sink *sink, const kk_payload_row *row)
{
    (void)sink, (void)row;
}

static void ignore_row(kk_sink *sink, const kk_row *row)
{
    (void)sink, (void)row;
}

static void ignore_passage(kk_sink *sink, const kk_passage *passage)
{
    (void)sink, (void)passage;
}

static void ignore_issue(kk_sink *sink, const kk_issue *issue)
{
    (void)sink, (void)issue;
}

static void ignore_fact(kk_sink *sink, kk_fact_kind kind, kk_slice value)
{
    (void)sink, (void)kind, (void)value;
}

/* The bytes [from, to) of a stream; false where they could not all be had. */
static bool scan_part(life *l, kk_stream *in, uint64_t from, uint64_t to)
{
    char *block = kk_take(l->arena, COPY_BLOCK);
    while (from < to) {
        size_t len = to - from < COPY_BLOCK ? (size_t)(to - from) : COPY_BLOCK;
        ptrdiff_t n = in->read_at(in, from, block, len);
        if (n <= 0)
            return false;
        kk_yara_take(l->scanner, block, (size_t)n);
        from += (uint64_t)n;
    }
    return true;
}

static void scan_stream(life *l, kk_stream *in)
{
    bool is_large = in->size > KK_YARA_WHOLE;
    kk_yara_begin(l->scanner);
    bool all = scan_part(l, in, 0, is_large ? KK_YARA_FIRST : in->size);
    if (is_large && all) {
        kk_yara_skip(l->scanner, in->size - KK_YARA_WHOLE);
        all = scan_part(l, in, in->size - KK_YARA_LAST, in->size);
    }
    flush(l);
    scan(l, l->job->path, false, all);
}

static void parse(life *l, const kk_parser *parser, kk_stream *in);

static void walk(life *l, const kk_parser *parser, kk_stream *in)
{
    const kk_sink told = l->sink;
    l->sink.event = on_walked_event;
    l->sink.row = ignore_row;
    l->sink.passage = ignore_passage;
    l->sink.issue = ignore_issue;
    l->sink.fact = ignore_fact;
    l->sink.child = on_walked_child;
    l->walked = 0;
    parse(l, parser, in);
    l->sink = told;
}

/* Own bytes, then what is inside. */
static void scan_job(life *l, kk_stream *in)
{
    const kk_parser *parser = kk_parser_by_name(l->job->parser);
    if (!l->scanner && l->yara)
        l->scanner = kk_yara_scanner_open(kk_arena_open(), l->yara); /* as long as the process */
    if (!l->scanner)
        gone();
    if ((l->job->parts & KK_DO_SCAN) && is_scanned_itself(parser, in->size))
        scan_stream(l, in);
    flush(l);
    if ((l->job->parts & KK_DO_WALK) && parser)
        walk(l, parser, in);
}

/* ---- Jobs ---- */

/* The base, counting what is read of it. */
static ptrdiff_t read_base(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_stream *file = ((kk_stream **)stream->context)[0];
    life *l = ((void **)stream->context)[1];
    ptrdiff_t n = file->read_at(file, offset, into, len);
    if (n > 0 && (l->unreported += (uint64_t)n) >= PROGRESS_STEP) {
        message m = {.kind = SAY_PROGRESS, .b = l->unreported};
        l->unreported = 0;
        say(l, &m, KK_NONE);
    }
    return n;
}

/* A descriptor of this job, closed with it. */
static void keep_open(life *l, int fd)
{
    l->siblings =
        kk_grow(l->arena, l->siblings, &l->sibling_capacity, l->sibling_count + 1, sizeof(int));
    l->siblings[l->sibling_count++] = fd;
}

static kk_stream *base_over(life *l, int fd, uint64_t size, kk_slice path);

static kk_stream *base_sibling(kk_stream *stream, kk_slice name)
{
    life *l = ((void **)stream->context)[1];
    message m = {.kind = SAY_SIBLING};
    int fds[2] = {-1, -1};
    if (name.len >= 256)
        return NULL;
    flush(l);
    say(l, &m, name);
    receive(l, SAY_SIBLING, &m, fds);
    if (fds[0] < 0)
        return NULL;
    keep_open(l, fds[0]);
    return base_over(l, fds[0], m.b, kk_copy(l->arena, name));
}

static kk_stream *base_over(life *l, int fd, uint64_t size, kk_slice path)
{
    kk_stream *file = kk_stream_over_fd(l->arena, fd, size, last_name(path));
    kk_stream *base = KK_NEW(l->arena, kk_stream);
    void **context = KK_NEW_ARRAY(l->arena, void *, 2);
    context[0] = file;
    context[1] = l;
    *base = (kk_stream){last_name(path), path,         size,   l->job->modified,
                        read_base,       base_sibling, context};
    return base;
}

/* Through the steps from the base; `last`: the token of the last one instead of its own. */
static kk_stream *go_steps(life *l, kk_stream *stream, kk_slice last)
{
    size_t count = l->job->step_count;
    for (size_t i = 0; stream && i < count; i++) {
        const kk_parser *parser = kk_parser_by_name(l->job->steps[i].parser);
        kk_slice token = last.len && i + 1 == count ? last : l->job->steps[i].token;
        stream = parser && parser->open ? parser->open(stream, token, l->arena) : NULL;
    }
    return stream;
}

static ptrdiff_t read_inner(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_stream *inner = ((kk_stream **)stream->context)[0];
    return inner->read_at(inner, offset, into, len);
}

/* What lies beside it in its container, by the way that leads to it. */
static kk_stream *inner_sibling(kk_stream *stream, kk_slice name)
{
    life *l = ((void **)stream->context)[1];
    const kk_job *job = l->job;
    kk_slice base_name = job->base_name.len ? job->base_name : job->path;
    for (size_t i = 0; i < job->beside_count; i++)
        if (kk_eq_nocase(job->beside[i].name, name))
            return go_steps(l, base_over(l, l->base, job->size, base_name), job->beside[i].token);
    return NULL;
}

static kk_stream *with_siblings(life *l, kk_stream *inner)
{
    kk_stream *stream = KK_NEW(l->arena, kk_stream);
    void **context = KK_NEW_ARRAY(l->arena, void *, 2);
    context[0] = inner;
    context[1] = l;
    *stream = *inner;
    stream->read_at = read_inner;
    stream->sibling = inner_sibling;
    stream->context = context;
    return stream;
}

static kk_stream *open_steps(life *l, kk_stream *stream)
{
    stream = go_steps(l, stream, KK_NONE);
    if (stream && l->job->step_count && l->job->beside_count)
        stream = with_siblings(l, stream);
    if (stream) {
        stream->path = l->job->path;
        stream->name = last_name(l->job->path);
        stream->modified = l->job->modified;
    }
    return stream;
}

static const kk_parser *identify(life *l, kk_stream *in)
{
    if (l->job->parser.len)
        return kk_parser_by_name(l->job->parser);
    char *head = kk_take(l->arena, HEAD_SIZE);
    size_t len = kk_read(in, 0, head, HEAD_SIZE);
    kk_probe probe = {{head, len}, in->name, in->path, in->size, KK_NONE};
    uint64_t place = len ? kk_parser_place(&probe) : 0;
    if (place) {
        char *further = kk_take(l->arena, HEAD_SIZE);
        probe.further = (kk_slice){further, kk_read(in, place, further, HEAD_SIZE)};
    }
    return len ? kk_parser_for(&probe) : NULL;
}

static bool hash_stream(life *l, kk_stream *in, kk_sha256 *digest)
{
    char *block = kk_take(l->arena, COPY_BLOCK);
    uint64_t at = 0;
    while (at < in->size) {
        ptrdiff_t n = in->read_at(in, at, block, COPY_BLOCK);
        if (n <= 0)
            break;
        kk_hasher_add(l->hasher, block, (size_t)n);
        at += (uint64_t)n;
    }
    *digest = kk_hasher_digest(l->hasher);
    return at == in->size;
}

static void tell_identity(life *l, const kk_parser *parser, bool hashed, bool readable,
                          kk_sha256 digest)
{
    kk_identity identity = {kk_cstr(parser ? parser->name : ""), hashed, !readable, digest};
    if (!kk_pack_identity(&l->packer, &identity)) {
        flush(l);
        (void)kk_pack_identity(&l->packer, &identity);
    }
}

/* Lines that begin in the range: what the next range adds to its own numbers. */
static uint64_t count_lines(life *l, kk_stream *in, uint64_t begin, uint64_t end)
{
    char *block = kk_take(l->arena, COPY_BLOCK);
    uint64_t lines = begin == 0, at = begin ? begin - 1 : 0;
    while (at + 1 < end) {
        uint64_t left = end - 1 - at;
        ptrdiff_t n = in->read_at(in, at, block, left < COPY_BLOCK ? (size_t)left : COPY_BLOCK);
        if (n <= 0)
            break;
        for (const char *p = block; (p = memchr(p, '\n', (size_t)(block + n - p))); p++)
            lines++;
        at += (uint64_t)n;
    }
    return lines;
}

static bool is_heading(void *context, kk_arena *scratch, kk_slice text)
{
    (void)context;
    return kk_is_heading(scratch, text);
}

/* The stream's bytes as a file of their own, for another process; -1: they could not be had. */
static int as_file(life *l, kk_stream *in)
{
    int fd = ask_spool(l, in->size);
    if (fd < 0)
        return -1;
    l->spools++;
    keep_open(l, fd);
    char *block = kk_take(l->arena, COPY_BLOCK);
    for (uint64_t at = 0; at < in->size;) {
        ptrdiff_t n = in->read_at(in, at, block, COPY_BLOCK);
        if (n <= 0)
            break; /* what is there is read */
        if (!write_all(fd, block, (size_t)n))
            return -1;
        at += (uint64_t)n;
    }
    return fd;
}

static kk_stream *convert(void *context, kk_stream *in, kk_convert_end *end)
{
    life *l = context;
    uint64_t size = 0;
    int document = -1, text = -1;
    *end = KK_CONVERT_NONE;
    if (l->helper.own >= 0)
        document = l->job->step_count == 0 ? l->base : as_file(l, in);
    if (document >= 0)
        text = helper_convert(&l->helper, document, l->secrets, &size, end);
    if (text < 0)
        return NULL;
    keep_open(l, text);
    return kk_stream_over_fd(l->arena, text, size, in->name);
}

static void parse(life *l, const kk_parser *parser, kk_stream *in)
{
    const kk_job *job = l->job;
    const kk_services services = {l, is_heading, convert};
    kk_settings settings = {
        .zone_basis = job->zone_of_host ? KK_BASIS_HOST : KK_BASIS_CASE,
        .modified = job->modified,
        .host = job->host,
        .begin = job->begin,
        .end = job->end,
        .place = job->place,
        .unpack_most = job->unpack_most,
        .passwords = l->passwords,
        .carve = job->carve,
        .services = &services,
    };
    if (!kk_zone_load(job->zone, &settings.zone))
        (void)kk_zone_load(KK_S("UTC"), &settings.zone);
    l->sink.cut = job->parts & KK_DO_CUT ? on_cut : NULL;
    parser->parse(in, &settings, &l->sink);
    if (parser->numbers_lines && job->end != UINT64_MAX)
        l->lines = count_lines(l, in, job->begin, job->end);
    if (l->recogniser)
        kk_recognise_end(l->recogniser);
}

static void try_to_escape(life *l)
{
    bool opened = open("/etc/hostname", O_RDONLY) >= 0;
    kk_report(&l->sink, KK_ISSUE_DAMAGED, 0,
              opened ? "a file was opened" : "no file could be opened");
    flush(l);
    bool connected = socket(AF_INET, SOCK_STREAM, 0) >= 0;
    kk_report(&l->sink, KK_ISSUE_DAMAGED, 0,
              connected ? "a socket was made" : "no socket could be made");
    flush(l);
}

enum { READ_MOST = 480 };

/* A few bytes of evidence for a person to look at. */
static void read_out(life *l, kk_stream *in)
{
    char bytes[READ_MOST];
    kk_buffer hex = {0};
    uint64_t len = l->job->end - l->job->begin;
    size_t got = kk_read(in, l->job->begin, bytes, len < READ_MOST ? (size_t)len : READ_MOST);
    kk_put_hex(&hex, bytes, got);
    on_issue(&l->sink, &(kk_issue){.kind = KK_ISSUE_FORMAT, .what = kk_buffer_slice(&hex)});
    kk_buffer_close(&hex);
}

/* Stored events, as the coordinator packed them. */
static void match_packed(life *l, int fd)
{
    kk_buffer bytes = {0};
    kk_arena *arena = kk_arena_open();
    kk_unpacked thing;
    size_t size = l->job->size < MATCH_MOST ? (size_t)l->job->size : MATCH_MOST;
    char *room = kk_buffer_room(&bytes, size);
    for (ssize_t n; bytes.len < size; bytes.len += (size_t)n)
        if ((n = pread(fd, room + bytes.len, size - bytes.len, (off_t)bytes.len)) <= 0)
            break;
    kk_unpacker u = {kk_buffer_slice(&bytes), 0, false};
    while (kk_unpack(&u, arena, &thing)) {
        if (thing.kind != KK_PACK_EVENT)
            continue;
        (void)kk_more_read(arena, thing.more_json, &thing.event);
        matching_stored(l->matching, &thing.event);
        kk_arena_reset(arena);
    }
    kk_arena_close(arena);
    kk_buffer_close(&bytes);
}

static void look_through(life *l, kk_stream *in)
{
    size_t size = in->size < MATCH_MOST ? (size_t)in->size : MATCH_MOST;
    char *text = kk_take(l->arena, size + 1);
    payloads_look_script(l->payloads, (kk_slice){text, kk_read(in, 0, text, size)});
}

static void work(life *l, int fd)
{
    const kk_job *job = l->job;
    if (job->parts & KK_DO_MATCH) {
        match_packed(l, fd);
        return;
    }
    kk_sha256 digest = {{0}};
    bool readable = true;
    kk_slice base_name = job->base_name.len ? job->base_name : job->path;
    kk_stream *in = fd >= 0 ? open_steps(l, base_over(l, fd, job->size, base_name)) : NULL;
    if (job->parts & KK_DO_ESCAPE)
        try_to_escape(l);
    if (!in) {
        if (!(job->parts & KK_DO_ESCAPE))
            kk_report(&l->sink, KK_ISSUE_MISSING, 0, "what is inside could not be opened again");
        return;
    }
    if (job->parts & KK_DO_READ)
        read_out(l, in);
    if (job->parts & (KK_DO_SCAN | KK_DO_WALK)) {
        scan_job(l, in);
        return;
    }
    const kk_parser *parser =
        job->parts & (KK_DO_IDENTIFY | KK_DO_FACTS | KK_DO_PARSE) ? identify(l, in) : NULL;
    if (job->parts & KK_DO_HASH)
        readable = hash_stream(l, in, &digest);
    if (job->parts & (KK_DO_IDENTIFY | KK_DO_HASH))
        tell_identity(l, parser, job->parts & KK_DO_HASH, readable, digest);
    if (job->parts & KK_DO_SCRIPT)
        look_through(l, in);
    if ((job->parts & KK_DO_FACTS) && parser && parser->facts)
        parser->facts(in, &l->sink);
    if ((job->parts & KK_DO_PARSE) && parser)
        parse(l, parser, in);
}

static void one_job(life *l, kk_slice packed, int fd)
{
    kk_job job;
    if (!job_unpack(packed, &job))
        gone();
    l->job = &job;
    l->base = fd;
    l->arena = kk_arena_open();
    l->sink.arena = l->arena;
    l->sink.stopped = false;
    l->recogniser = NULL;
    bool walks = job.parts & KK_DO_WALK;
    l->payloads = payloads_open(&l->sink, walks ? ignore_payload : on_payload);
    if (l->matching && !walks)
        payloads_tell_texts(l->payloads, on_decoded);
    l->sequence = 0;
    l->spools = 0;
    l->lines = 0;
    l->siblings = NULL;
    l->sibling_count = l->sibling_capacity = 0;
    work(l, fd);
    flush(l);
    for (size_t i = 0; i < l->sibling_count; i++)
        close(l->siblings[i]);
    message done = {.kind = SAY_DONE, .b = l->lines},
            progress = {.kind = SAY_PROGRESS, .b = l->unreported};
    l->unreported = 0;
    say(l, &progress, KK_NONE);
    say(l, &done, KK_NONE);
    payloads_close(l->payloads);
    kk_arena_close(l->arena);
    l->job = NULL;
}

const kk_lexicon *worker_warm(kk_arena *arena)
{
    kk_zone zone;
    kk_text_warm();
    (void)kk_zone_load(KK_S("Asia/Tokyo"), &zone);
    (void)kk_sha256_of(KK_S("warm"));
    kk_cipher_warm();
    return kk_recognise_warm(arena);
}

void worker_live(int socket, char *shared, const worker_tools *tools)
{
    life l = {.sink = {.event = on_event,
                       .row = on_row,
                       .passage = on_passage,
                       .issue = on_issue,
                       .child = on_child,
                       .fact = on_fact},
              .socket = socket,
              .shared = shared,
              .lexicon = tools->lexicon,
              .yara = tools->yara,
              .helper = helper_open(tools->helper),
              .passwords = tools->passwords,
              .secrets = tools->secrets,
              .slot_free = {true, true}};
    char *bytes = malloc(MESSAGE_BYTES);
    l.hasher = kk_hasher_open();
    if (tools->rules)
        l.matching = matching_open(tools->rules, &l.sink, on_hit);
    if (!bytes || (tools->sandboxed && !sandbox_enter()))
        _exit(1);
    take_slot(&l);
    for (;;) {
        message m;
        size_t len = 0;
        int fds[2];
        if (!message_receive(socket, &m, bytes, &len, fds))
            gone();
        if (m.kind == SAY_FREE && m.a < SLOTS)
            l.slot_free[m.a] = true;
        if (m.kind != SAY_JOB)
            continue;
        one_job(&l, (kk_slice){bytes, len}, fds[0]);
        if (fds[0] >= 0)
            close(fds[0]);
    }
}
