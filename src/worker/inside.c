/* Inside a worker: what lies in a container. Of each thing in it the head says whose it is, all of it is
 * hashed or scanned, and what is to be read itself is written to a file of the coordinator. */
#include "worker/life.h"

#include "base/text.h"

#include <unistd.h>

typedef struct {
    const kk_child *child;
    kk_probe probe;
    const kk_parser *parser; /* whose it is, NULL if nobody's */
    char *head;
    size_t head_len;
    int spool;
    uint64_t size;
    bool unreadable, spool_full;
    bool walked;    /* for rules or indicators */
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

static void take_in(life *l, reading *r, const char *bytes, size_t len)
{
    if (r->walked)
        life_scan_take(l, bytes, len);
    else
        kk_hasher_add(l->hasher, bytes, len);
    keep_further(r, bytes, len);
    r->size += len;
    if (r->spool >= 0 && !r->spool_full && !life_write(r->spool, bytes, len))
        r->spool_full = true;
}

static void read_head(life *l, reading *r)
{
    ptrdiff_t n;
    r->head = kk_take(l->arena, HEAD_SIZE);
    while (r->head_len < HEAD_SIZE && (n = r->child->read(r->child->context, r->head + r->head_len,
                                                          HEAD_SIZE - r->head_len)) != 0) {
        if (n < 0) {
            r->unreadable = true;
            break;
        }
        r->head_len += (size_t)n;
    }
}

/* Head and rest; afterwards what its parser wanted to see is known too. */
static void read_all(life *l, reading *r)
{
    char *block = kk_take(l->arena, COPY_BLOCK);
    ptrdiff_t n;
    take_in(l, r, r->head, r->head_len);
    while (!r->unreadable && !l->sink.stopped &&
           (n = r->child->read(r->child->context, block, COPY_BLOCK)) != 0) {
        if (n < 0)
            r->unreadable = true;
        else
            take_in(l, r, block, (size_t)n);
    }
}

static void judge_again(reading *r)
{
    if (!r->place)
        return;
    r->probe.further = (kk_slice){r->further, r->further_len};
    r->parser = kk_parser_for(&r->probe);
}

/* Whose it is, by its head; a child that is known already is only named. */
static void meet(life *l, reading *r, bool is_known)
{
    const kk_child *child = r->child;
    if (!is_known)
        read_head(l, r);
    kk_slice name = kk_utf8_clean(l->arena, child->name);
    r->probe = (kk_probe){
        {r->head, r->head_len}, kk_from(name, kk_name_begins(name)), name, child->size, KK_NONE};
    r->parser = r->head_len || child->is_volume ? kk_parser_for(&r->probe) : NULL;
    r->place = child->is_volume || is_known ? 0 : kk_parser_place(&r->probe);
    r->further = r->place ? kk_take(l->arena, HEAD_SIZE) : NULL;
}

static void open_spool(life *l, reading *r)
{
    r->spool = life_ask_spool(l, r->child->size);
    r->spool_full = r->spool < 0;
}

static void tell_found(life *l, const reading *r, const kk_parser *parser, bool has_hash)
{
    const kk_child *child = r->child;
    kk_found found = {
        .name = r->probe.path,
        .token = child->token,
        .joint = kk_cstr(child->joint),
        .size = child->is_volume || child->token.len ? child->size : r->size,
        .modified = child->modified,
        .is_volume = child->is_volume,
        .unreadable = r->unreadable || r->spool_full,
        .has_hash = has_hash,
        .parser = kk_cstr(parser ? parser->name : ""),
        .spool = r->spool >= 0 ? ++l->spools : 0,
    };
    if (!r->walked)
        found.sha256 = kk_hasher_digest(l->hasher);
    if (!LIFE_PACK(l, kk_pack_found, &found))
        kk_report(&l->sink, KK_ISSUE_LIMIT, 0, "a name inside is too long to be kept");
}

/* To be read itself: one that was asked for, or that somebody can read or needs beside another. */
static bool is_kept(const life *l, const reading *r)
{
    kk_slice stem;
    if (l->job->only.len)
        return kk_eq(l->job->only, r->probe.path);
    return r->parser || r->place || kk_parser_is_companion(r->probe.name, &stem);
}

static void take_child(life *l, reading *r)
{
    meet(l, r, false);
    if (is_kept(l, r) && !r->child->token.len)
        open_spool(l, r);
    if (!r->child->is_volume)
        read_all(l, r);
    judge_again(r);
    tell_found(l, r, r->parser, !r->child->is_volume);
}

/* Everything of a child goes to the scanner, and to its spool where it is to be walked itself. What is
 * known of it is told before it is scanned: should this process die of it, it is known on what. */
static void walk_child(life *l, reading *r)
{
    const kk_child *child = r->child;
    unsigned parts = l->job->parts;
    bool is_known = ++l->walked <= l->job->skip;
    bool wanted = !child->is_volume && !is_known && (parts & KK_DO_SCAN_INSIDE);
    meet(l, r, is_known);
    bool is_log = r->parser && !r->parser->is_container && (parts & KK_DO_WALK_LOGS);
    bool is_text = r->parser && r->parser->tells_text && (parts & KK_DO_TEXTS);
    bool inside = r->parser && (r->parser->is_container || is_log || is_text) && !is_known;
    life_scan_begin(l);
    bool spooled = (inside || r->place) && !child->token.len;
    if (spooled)
        open_spool(l, r);
    if ((spooled && !child->is_volume) || r->place ||
        (wanted && life_scans_itself(l, r->parser, 0)))
        read_all(l, r);
    judge_again(r);
    if (r->place)
        inside = r->parser &&
                 (r->parser->is_container || (r->parser->tells_text && (parts & KK_DO_TEXTS)));
    wanted = wanted && life_scans_itself(l, r->parser, r->size);
    tell_found(l, r, inside ? r->parser : NULL, wanted);
    life_flush(l);
    if (wanted)
        life_scan(
            l,
            kk_print(l->arena, "%.*s%s%.*s", KK_P(l->job->path), child->joint, KK_P(r->probe.path)),
            true, !r->unreadable);
}

static void go_into(life *l, const kk_child *child, bool walked, void (*go)(life *l, reading *r))
{
    reading r = {.child = child, .spool = -1, .walked = walked};
    kk_arena *of_job = l->arena;
    l->arena = kk_arena_open();
    go(l, &r);
    if (r.spool >= 0)
        close(r.spool);
    kk_arena_close(l->arena);
    l->arena = of_job;
}

void life_on_child(kk_sink *sink, const kk_child *child)
{
    go_into((life *)sink, child, false, take_child);
}

void life_on_walked_child(kk_sink *sink, const kk_child *child)
{
    go_into((life *)sink, child, true, walk_child);
}
