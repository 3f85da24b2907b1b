/* Inside a worker: takes jobs, opens the stream by its steps, reads it, and packs what it hears. */
#include "worker/life.h"

#include "base/cipher.h"
#include "base/text.h"
#include "parse/filesystem.h"
#include "recognise/heading.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MATCH_MOST = 64 << 20 };

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
    (void)LIFE_PACK(l, kk_pack_identity, &identity);
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

/* Given and found passwords in a file of the coordinator's, for the helper. */
static helper_secrets secrets_for_helper(life *l)
{
    if (!l->guesses.lines.len)
        return l->secrets;
    kk_buffer lines = {0};
    helper_put_secrets(&lines,
                       &(kk_settings){.passwords = l->passwords, .found = l->guesses.lines});
    helper_secrets made = {life_ask_spool(l, lines.len), 0};
    if (made.fd >= 0) {
        l->spools++;
        life_keep_open(l, made.fd);
        made.size = life_write(made.fd, lines.ptr, lines.len) ? lines.len : 0;
    }
    explicit_bzero(lines.ptr, lines.len);
    kk_buffer_close(&lines);
    return made;
}

static kk_stream *convert(void *context, kk_stream *in, kk_convert_end *end)
{
    life *l = context;
    uint64_t size = 0;
    int document = -1, text = -1;
    *end = KK_CONVERT_NONE;
    if (l->helper.own >= 0)
        document = l->job->step_count == 0 ? l->base : life_as_file(l, in);
    if (document >= 0)
        text = helper_convert(&l->helper, document, secrets_for_helper(l), &size, end);
    if (text < 0)
        return NULL;
    life_keep_open(l, text);
    return kk_stream_over_fd(l->arena, text, size, in->name);
}

void life_parse(life *l, const kk_parser *parser, kk_stream *in)
{
    const kk_job *job = l->job;
    const kk_services services = {l, is_heading, convert};
    l->guesses = parser->opens_locks ? guesses_for(l->arena, l->found, job->path)
                                     : (guesses){KK_NONE, NULL, 0};
    kk_settings settings = {
        .zone_basis = job->zone_of_host ? KK_BASIS_HOST : KK_BASIS_CASE,
        .modified = job->modified,
        .host = job->host,
        .begin = job->begin,
        .end = job->end,
        .place = job->place,
        .unpack_most = job->unpack_most,
        .passwords = l->passwords,
        .found = l->guesses.lines,
        .carve = job->carve,
        .services = &services,
    };
    if (!kk_zone_load(job->zone, &settings.zone))
        (void)kk_zone_load(KK_S("UTC"), &settings.zone);
    l->sink.cut = job->parts & KK_DO_CUT ? life_on_cut : NULL;
    parser->parse(in, &settings, &l->sink);
    if (parser->numbers_lines && job->end != UINT64_MAX)
        l->lines = count_lines(l, in, job->begin, job->end);
    if (l->recogniser)
        kk_recognise_end(l->recogniser);
    guesses_forget(&l->guesses);
}

static void try_to_escape(life *l)
{
    bool opened = open("/etc/hostname", O_RDONLY) >= 0;
    kk_report(&l->sink, KK_ISSUE_DAMAGED, 0,
              opened ? "a file was opened" : "no file could be opened");
    life_flush(l);
    bool connected = socket(AF_INET, SOCK_STREAM, 0) >= 0;
    kk_report(&l->sink, KK_ISSUE_DAMAGED, 0,
              connected ? "a socket was made" : "no socket could be made");
    life_flush(l);
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
    l->sink.issue(&l->sink, &(kk_issue){.kind = KK_ISSUE_FORMAT, .what = kk_buffer_slice(&hex)});
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
    kk_unpacker u = {.bytes = kk_buffer_slice(&bytes)};
    while (kk_unpack(&u, arena, &thing)) {
        if (thing.kind != KK_PACK_EVENT)
            continue;
        (void)kk_more_read(arena, kk_more_json(arena, thing.more), &thing.event);
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
    kk_slice script = {text, kk_read(in, 0, text, size)};
    payloads_look_script(l->payloads, script);
    life_secrets_of_script(l, script);
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
    kk_stream *in = fd >= 0 ? life_open(l, life_base(l, fd, job->size, base_name)) : NULL;
    if (job->parts & KK_DO_ESCAPE)
        try_to_escape(l);
    if (!in) {
        if (!(job->parts & KK_DO_ESCAPE))
            kk_report(&l->sink, KK_ISSUE_MISSING, 0, "what is inside could not be opened again");
        return;
    }
    if (job->parts & KK_DO_READ)
        read_out(l, in);
    if (job->parts & (KK_DO_SCAN | KK_DO_WALK | KK_DO_TEXTS)) {
        life_scan_job(l, in);
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
        life_parse(l, parser, in);
}

static void ignore_payload(kk_sink *sink, const kk_payload_row *row)
{
    (void)sink, (void)row;
}

static void one_job(life *l, kk_slice packed, int fd)
{
    kk_job job;
    if (!job_unpack(packed, &job))
        life_gone();
    l->job = &job;
    l->base = fd;
    l->arena = kk_arena_open();
    l->sink.arena = l->arena;
    l->sink.stopped = false;
    l->recogniser = NULL;
    bool walks = job.parts & KK_DO_WALK;
    l->payloads = payloads_open(&l->sink, walks ? ignore_payload : life_on_payload);
    if (l->matching && !walks)
        payloads_tell_texts(l->payloads, life_on_decoded);
    if (!walks && (job.parts & (KK_DO_PARSE | KK_DO_SCRIPT)))
        life_hear_secrets(l);
    l->sequence = 0;
    l->spools = 0;
    l->lines = 0;
    l->siblings = NULL;
    l->sibling_count = l->sibling_capacity = 0;
    work(l, fd);
    life_flush(l);
    for (size_t i = 0; i < l->sibling_count; i++)
        close(l->siblings[i]);
    message done = {.kind = SAY_DONE, .b = l->lines},
            progress = {.kind = SAY_PROGRESS, .b = l->unreported};
    l->unreported = 0;
    life_say(l, &progress, KK_NONE);
    life_say(l, &done, KK_NONE);
    payloads_close(l->payloads);
    life_heard_secrets(l);
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
    (void)kk_filesystem_warm();
    return kk_recognise_warm(arena);
}

void worker_live(int socket, char *shared, const worker_tools *tools)
{
    life l = {.sink = life_sink(),
              .socket = socket,
              .shared = shared,
              .lexicon = tools->lexicon,
              .yara = tools->yara,
              .contents = tools->contents,
              .helper = helper_open(tools->helper),
              .passwords = tools->passwords,
              .found = tools->found,
              .secrets = tools->secrets,
              .slot_free = {true, true}};
    char *bytes = malloc(MESSAGE_BYTES);
    l.hasher = kk_hasher_open();
    if (tools->rules)
        l.matching = matching_open(tools->rules, &l.sink, life_on_hit);
    else
        l.sink.layouts = kk_layouts_open(kk_arena_open()); /* as long as the process */
    if (!bytes || (tools->sandboxed && !sandbox_enter()))
        _exit(1);
    life_take_slot(&l);
    for (;;) {
        message m;
        size_t len = 0;
        int fds[2];
        if (!message_receive(socket, &m, bytes, &len, fds))
            life_gone();
        if (m.kind == SAY_FREE && m.a < SLOTS)
            l.slot_free[m.a] = true;
        if (m.kind != SAY_JOB)
            continue;
        one_job(&l, (kk_slice){bytes, len}, fds[0]);
        if (fds[0] >= 0)
            close(fds[0]);
    }
}
