/* What a worker tells of streams inside of its unit: each becomes an item, and units of its own. */
#include "worker/intake_i.h"

#include "base/text.h"
#include "parse/parser.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNPACK_TIMES 200u
#define UNPACK_ALL (UINT64_C(1) << 56)
#define UNPACK_FLOOR (UINT64_C(64) << 20)
#define UNPACK_LEAST (UINT64_C(64) << 10)

static kk_slice child_path(kk_arena *arena, const unit *u, const kk_found *f)
{
    if (!f->name.len)
        return u->path;
    /* Inside a volume paths go on with a slash: FS01.E01!/p2/srv/share. */
    const char *joint = f->joint.len && f->joint.ptr[0] == '#' ? "#" : u->is_volume ? "/" : "!/";
    kk_slice name = kk_name_text(arena, f->name);
    return kk_print(arena, "%.*s%s%.*s", KK_P(u->path), joint, KK_P(name));
}

/* What a container inside an unpacked one may unpack to: its share, by size among those that came so
 * far, of what its container has. So archives inside archives come to an end, whatever they hold, and
 * the same one whoever reads them. */
static uint64_t share_of(const unit *u, const kk_found *f)
{
    uint64_t whole = u->unpack_most;
    if (!whole)
        whole = u->size > UNPACK_ALL / UNPACK_TIMES ? UNPACK_ALL : u->size * UNPACK_TIMES;
    if (!u->unpack_most && whole < UNPACK_FLOOR)
        whole = UNPACK_FLOOR;
    double share = (double)f->size / (double)(u->containers ? u->containers : 1);
    return (uint64_t)((double)whole * (share < 1 ? share : 1)) + 1;
}

/* A container below something unpacked. */
static bool is_nested(const unit *u, const kk_found *f)
{
    const kk_parser *parser = kk_parser_by_name(f->parser);
    return parser && parser->is_container && (f->spool || (f->token.len && u->unpack_most));
}

/* A spool that could not be had or filled is no damage of the evidence: the case stops, and the next run
 * reads the unit again. */
void spool_failed(hearing *h)
{
    if (h->broken)
        return;
    h->broken = true;
    (void)kk_fail(&h->fault, KK_IO,
                  "cannot unpack evidence into the case: %s: make room on its disk and start again",
                  strerror(errno));
}

static bool is_short(int spool, uint64_t size)
{
    struct stat status;
    return fstat(spool, &status) == 0 && (uint64_t)status.st_size < size;
}

static void put_child(hearing *h, unit *child, kk_slice name)
{
    const kk_parser *parser = kk_parser_by_name(child->parser);
    if (!is_scan(h->u)) {
        if (parser && parser->companions)
            hold_child(h, child, name);
        else
            put_units(h->q, child, KK_DO_FACTS | KK_DO_PARSE);
        return;
    }
    child->parts = KK_DO_WALK;
    put_scan(h->q, child);
}

static void add_child_units(hearing *h, const kk_found *f, kk_slice path, uint64_t item)
{
    unit *u = h->u;
    unit child = *u;
    child.item = item;
    child.parent = u->item;
    child.path = path;
    child.parser = f->parser;
    child.size = f->size;
    child.modified = f->modified == KK_NO_TIME ? u->modified : f->modified;
    child.is_volume = f->is_volume && f->name.len; /* the media of an image is not part of paths */
    child.depth = u->depth + 1;
    child.forced = false;
    child.origin = NULL;
    child.companion_count = 0;
    child.unpack_most = is_nested(u, f) ? share_of(u, f) : 0;
    child.containers = 0;
    if (f->spool) {
        child.base = base_spooled(h->q, h->spools[f->spool - 1], f->size);
        h->spools[f->spool - 1] = -1;
        child.step_count = 0;
        put_child(h, &child, f->name);
        unit holder = {.arena = kk_arena_open(), .base = child.base};
        unit_close(h->q, &holder);
        return;
    }
    if (u->step_count == KK_STEPS_MAX)
        return;
    child.steps[child.step_count++] = (kk_step){u->parser, f->token};
    put_child(h, &child, f->name);
}

/* What may belong to another child is kept for it. */
static void hear_companion(hearing *h, const kk_found *f)
{
    kk_slice stem;
    int *spool = f->spool && f->spool <= h->spool_count ? &h->spools[f->spool - 1] : NULL;
    if (is_scan(h->u) || f->unreadable || (f->spool && (!spool || *spool < 0)) ||
        !kk_parser_is_companion(f->name, &stem))
        return;
    if (spool && is_short(*spool, f->size)) {
        errno = ENOSPC;
        spool_failed(h);
        return;
    }
    int fd = spool ? dup(*spool) : -1;
    if ((!spool || fd >= 0) && !keep_companion(h, f, fd) && fd >= 0)
        close(fd);
}

/* A spool that nobody wants. */
static void close_spool(hearing *h, const kk_found *f)
{
    if (!f->spool || f->spool > h->spool_count || h->spools[f->spool - 1] < 0)
        return;
    close(h->spools[f->spool - 1]);
    h->spools[f->spool - 1] = -1;
}

/* Counts it among those that share; false where too little is left for it. */
static bool has_share(unit *u, const kk_found *f)
{
    uint64_t room = UINT64_MAX - u->containers;
    u->containers += f->size < room ? f->size : room;
    return share_of(u, f) >= UNPACK_LEAST;
}

/* Said once, with the item's row: a container that is listed again says nothing new. */
static void limit_child(hearing *h, uint64_t item, bool is_new, const char *what)
{
    kk_issue issue = {KK_ISSUE_LIMIT, 0, 1, kk_cstr(what)};
    if (h->q->settings->look)
        look_gap(h, &(kk_looked_at){item, h->u->evidence, h->scan_path}, "limit");
    if (is_new)
        kk_lane_issue(h->lane, item, 0, &issue);
}

uint64_t hear_child(hearing *h, const kk_found *f)
{
    unit *u = h->u;
    kk_slice path = child_path(h->arena, u, f);
    uint64_t item = kk_item_key(u->evidence, path);
    if (f->is_volume && !f->name.len)
        item ^= 0x5bd1e995; /* the media of an image has its image's path, and is not it */
    bool is_new = !is_scan(u) && known_add_item(h->q->known, item);
    bool is_heard = is_scan(u) && ++h->scan_children <= h->scan_heard;
    h->scan_path = path;
    h->scan_size = f->size;
    if (is_new) {
        kk_item_row row = {
            .item = item,
            .parent = u->item,
            .size = f->size,
            .evidence = u->evidence,
            .path = path,
            .parser = f->parser,
            .token = f->token,
            .modified = f->modified,
            .is_volume = f->is_volume,
            .unreadable = f->unreadable,
            .has_hash = f->has_hash && !f->unreadable,
            .sha256 = f->sha256,
        };
        kk_lane_item(h->lane, &row);
    }
    hear_companion(h, f);
    if (!f->parser.len || (f->unreadable && f->spool == 0 && !f->token.len)) {
        close_spool(h, f);
        return item;
    }
    if (u->depth + 1 >= DEEPEST) {
        limit_child(h, item, is_new, "containers inside containers beyond the limit of 12");
        return item;
    }
    if (is_nested(u, f) && !has_share(u, f)) {
        limit_child(h, item, is_new, "archives inside archives unpack to too much: not read");
        return item;
    }
    if (f->spool && (f->spool > h->spool_count || h->spools[f->spool - 1] < 0))
        return item; /* a worker that tells of spools it was not given */
    if (f->spool && is_short(h->spools[f->spool - 1], f->size)) {
        errno = ENOSPC;
        spool_failed(h);
        return item;
    }
    if ((f->spool || f->token.len) && !is_heard)
        add_child_units(h, f, path, item);
    return item;
}

void hear_payload(hearing *h, const kk_payload_row *p)
{
    unit *u = h->u;
    kk_found f = {.name = p->child, .joint = KK_S("!/")};
    uint64_t child = p->child.len ? kk_item_key(u->evidence, child_path(h->arena, u, &f)) : 0;
    if (!u->origin) {
        kk_lane_payload(h->lane, u->item, u->range, p, child);
        return;
    }
    kk_payload_row row = *p;
    row.time = u->origin->time;
    row.record = u->origin->record;
    row.sub = u->origin->sub;
    row.field = u->origin->field;
    if (kk_is(row.kind, "script"))
        child = u->item;
    kk_lane_payload(h->lane, u->origin->item, u->origin->range, &row, child);
}
