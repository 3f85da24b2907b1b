/* One thread's work: takes units, gives them to its worker, writes what it hears through its lane. */
#include "worker/intake_i.h"

#include "parse/parser.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPOOLS_MOST = 1 << 20 };
#define SPOOL_IN_MEMORY (UINT64_C(8) << 20)
#define SPOOL_WAITING_MOST (UINT64_C(256) << 20)

static void hear_fact(hearing *h, kk_fact_kind kind, kk_slice value)
{
    kk_zone zone;
    if (kind == KK_FACT_HOST && !h->u->host.len)
        h->u->host = kk_copy(h->u->arena, value);
    if (kind == KK_FACT_ZONE && kk_zone_load(value, &zone)) {
        h->u->zone = kk_copy(h->u->arena, value);
        h->u->zone_of_host = true;
    }
}

static void hear_secret(hearing *h, const kk_secret *secret)
{
    const unit *u = h->u;
    secret_place place = {u->path, u->item, secret->record, u->evidence, u->range};
    if (u->range == RANGE_OF_LIST) /* read again as a whole */
        place.range = 0;
    if (u->origin) { /* a script: by the event that it begins with */
        place.item = u->origin->item;
        place.range = u->origin->range;
        place.record = u->origin->record;
    }
    h->told_secret = true;
    if (h->q->secrets)
        secrets_hear(h->q->secrets, u->item, &place, secret);
}

static void hear_opened(hearing *h, uint32_t number)
{
    const secret_place *place = h->q->secrets ? secrets_place(h->q->secrets, number) : NULL;
    if (place)
        kk_lane_opening(h->lane, h->u->item, place->item, place->range, place->record);
}

static void tell(void *context, const kk_unpacked *thing)
{
    hearing *h = context;
    unit *u = h->u;
    switch (thing->kind) {
    case KK_PACK_CHILD:
        (void)hear_child(h, &thing->found);
        return;
    case KK_PACK_FACT:
        hear_fact(h, thing->fact, thing->fact_value);
        return;
    case KK_PACK_IDENTITY:
        h->identity = thing->identity;
        h->identity.parser = kk_copy(h->arena, thing->identity.parser);
        h->identified = true;
        if (!u->parser.len) /* before any child: its way in leads through this parser */
            u->parser = kk_copy(u->arena, thing->identity.parser);
        return;
    case KK_PACK_CUT:
        hear_cut(h, &thing->cut);
        return;
    case KK_PACK_SECRET:
        hear_secret(h, &thing->secret);
        return;
    default:
        break;
    }
    if (h->children_only)
        return;
    if (thing->kind == KK_PACK_EVENT) {
        kk_lane_event(h->lane, u->item, u->range, &thing->event, thing->more);
        h->row.events++;
    } else if (thing->kind == KK_PACK_MENTION) {
        kk_lane_mention(h->lane, u->item, u->range, &thing->mention);
        h->row.mentions++;
    } else if (thing->kind == KK_PACK_TABLE) {
        kk_lane_table(h->lane, u->item, u->range, &thing->table);
    } else if (thing->kind == KK_PACK_ISSUE) {
        h->closed = h->closed || thing->issue.kind == KK_ISSUE_PASSWORD;
        kk_lane_issue(h->lane, u->item, u->range, &thing->issue);
    } else if (thing->kind == KK_PACK_HIT && h->q->settings->rules) {
        kk_lane_hit(h->lane, u->item, u->range, h->q->settings->rules, &thing->hit);
    } else if (thing->kind == KK_PACK_PAYLOAD) {
        hear_payload(h, &thing->payload);
    } else if (thing->kind == KK_PACK_OPENED) {
        hear_opened(h, thing->opened);
    }
}

/* While too much waits in spools, this thread reads what waits, with a worker of its own: whoever
 * fills the spools waits, and nobody waits for ever. */
static void make_room(queue *q, unsigned depth)
{
    pthread_mutex_lock(&q->guard);
    bool full = q->spooled > SPOOL_WAITING_MOST || q->spools > q->spools_most;
    pthread_mutex_unlock(&q->guard);
    if (full) /* only what lies deeper: such waiting goes no deeper than containers do */
        run_units(q, depth + 1);
}

int spool_open(queue *q, uint64_t size)
{
    if (size <= SPOOL_IN_MEMORY)
        return memfd_create("kakuho-member", MFD_CLOEXEC);
    return open(q->settings->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int give_spool(void *context, uint64_t size)
{
    hearing *h = context;
    make_room(h->q, h->u->depth);
    if (h->spool_count >= SPOOLS_MOST)
        return -1;
    int fd = spool_open(h->q, size);
    if (fd < 0) {
        spool_failed(h);
        return -1;
    }
    if (h->spool_count == h->spool_capacity) {
        h->spool_capacity = h->spool_capacity ? h->spool_capacity * 2 : 64;
        h->spools = realloc(h->spools, h->spool_capacity * sizeof(int));
        if (!h->spools)
            abort();
    }
    h->spools[h->spool_count++] = fd;
    return fd;
}

/* Names are compared as Windows did when the set was written: FS01.e02 belongs to FS01.E01. */
int give_sibling(void *context, kk_slice name, uint64_t *size)
{
    hearing *h = context;
    struct stat status;
    if (!h->u->base || h->u->base->folder < 0)
        return companion_of(h->u, name, size);
    kk_slice text = kk_copy(h->arena, name);
    kk_slice below = kk_part(h->u->file, 0, kk_name_begins(h->u->file));
    kk_slice path = kk_join(h->arena, below, text);
    int fd = openat(h->u->base->folder, path.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        *size = (uint64_t)status.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

void note_progress(void *context, uint64_t bytes)
{
    hearing *h = context;
    queue *q = h->q;
    pthread_mutex_lock(&q->guard);
    q->progress.bytes_done += bytes;
    q->progress.events += h->row.events - h->reported;
    h->reported = h->row.events;
    if (q->settings->progress)
        q->settings->progress(q->settings->context, &q->progress);
    pthread_mutex_unlock(&q->guard);
}

bool open_base(hearing *h)
{
    unit *u = h->u;
    struct stat status;
    if (!u->base || u->base->fd >= 0)
        return u->base != NULL;
    int fd = openat(u->base->folder, u->file.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        h->row.reason = kk_print(h->arena, "the file cannot be opened: %s",
                                 fd < 0 ? strerror(errno) : "it is no regular file");
        if (fd >= 0)
            close(fd);
        return false;
    }
    pthread_mutex_lock(&h->q->guard);
    if (u->base->fd < 0)
        u->base->fd = fd;
    else
        close(fd);
    pthread_mutex_unlock(&h->q->guard);
    return true;
}

/* The row of a file of the evidence of which nothing is known; false where it has one. */
static bool note_unread(hearing *h)
{
    const unit *u = h->u;
    kk_item_row row = {.item = u->item,
                       .size = u->size,
                       .evidence = u->evidence,
                       .path = u->path,
                       .modified = u->modified,
                       .unreadable = true};
    bool is_new = known_add_item(h->q->known, u->item);
    if (is_new)
        kk_lane_item(h->lane, &row);
    return is_new;
}

/* A file that cannot be opened is listed, and has no outcome: the next run tries again. */
static void note_unopened(hearing *h)
{
    kk_issue issue = {KK_ISSUE_MISSING, 0, 1, h->row.reason};
    if (h->q->again)
        return;
    if (note_unread(h) || h->u->parser.len) /* else its first unit said so */
        kk_lane_issue(h->lane, h->u->item, h->u->range, &issue);
}

kk_job job_of(const hearing *h)
{
    const unit *u = h->u;
    bool cuts = (u->parts & KK_DO_PARSE) && !u->place.len;
    kk_job job = {
        .parts = u->parts | (cuts ? KK_DO_CUT : 0u),
        .fd = u->base->fd,
        .size = u->base->size,
        .path = u->path,
        .parser = u->parser,
        .zone = u->zone,
        .host = u->host,
        .zone_of_host = u->zone_of_host,
        .modified = u->modified,
        .begin = u->begin,
        .end = u->end,
        .place = u->place,
        .unpack_most = u->unpack_most,
        .carve = u->carve,
        .key = h->q->settings->key,
        .incident = h->q->settings->incident,
        .step_count = u->step_count,
        .base_name = u->base->is_spool ? KK_NONE : u->file,
    };
    memcpy(job.steps, u->steps, sizeof job.steps);
    for (size_t i = 0; i < u->companion_count; i++)
        if (!u->companions[i].base)
            job.beside[job.beside_count++] =
                (kk_beside){u->companions[i].name, u->companions[i].token};
    return job;
}

void close_spools(hearing *h)
{
    for (size_t i = 0; i < h->spool_count; i++)
        if (h->spools[i] >= 0)
            close(h->spools[i]);
    h->spool_count = 0;
}

bool fresh_worker(hearing *h)
{
    kk_fault fault = {0};
    kk_worker_close(h->worker);
    if (kk_worker_open(h->q->settings->pool, &h->worker, &fault) == KK_OK)
        return true;
    h->worker = NULL;
    queue_fail(h->q, &fault);
    return false;
}

/* Runs the job; once more in a fresh worker where the first died. False: it died twice. */
static bool run_job(hearing *h, char why[120])
{
    kk_listener listener = {h, tell, give_spool, give_sibling, note_progress};
    kk_job job = job_of(h);
    uint64_t heard = 0, batches;
    for (int tries = 0; tries < 2; tries++) {
        kk_job_end end = kk_worker_run(h->worker, &job, &listener, heard, &batches, why);
        if (end == KK_JOB_DONE)
            return true;
        heard = batches > heard ? batches : heard;
        close_spools(h);
        if (!fresh_worker(h))
            return false;
    }
    return false;
}

/* A file of the evidence itself: its row, and what to do next once it is known what it is. */
static void settle_file(hearing *h, bool done)
{
    unit *u = h->u;
    bool is_first = (u->range == 0 && !u->place.len) || u->range == RANGE_OF_CUTS;
    if (!done && !h->identified && !u->parent && is_first)
        (void)note_unread(h); /* else nobody could list what its worker died on */
    if (h->identified && h->identity.has_hash) {
        h->row.has_hash = !h->identity.unreadable;
        h->row.sha256 = h->identity.sha256;
    }
    if (u->parent || !is_first || !h->identified)
        return;
    u->parser = kk_copy(u->arena, h->identity.parser);
    if (known_add_item(h->q->known, u->item)) {
        kk_item_row row = {.item = u->item,
                           .size = u->size,
                           .evidence = u->evidence,
                           .path = u->path,
                           .parser = u->parser,
                           .modified = u->modified,
                           .unreadable = h->identity.unreadable};
        kk_lane_item(h->lane, &row);
    }
    if (!(u->parts & KK_DO_PARSE) && u->parser.len) {
        const kk_parser *parser = kk_parser_by_name(u->parser);
        unit again = *u;
        put_units(h->q, &again, KK_DO_PARSE | (parser && parser->facts ? KK_DO_FACTS : 0));
    }
}

static bool is_for_passwords(const unit *u)
{
    const kk_parser *parser = kk_parser_by_name(u->parser);
    return parser && parser->opens_locks;
}

static void write_outcome(hearing *h, bool done, const char *why)
{
    unit *u = h->u;
    settle_file(h, done);
    h->row.item = u->item;
    h->row.range = u->parts & KK_DO_PARSE ? u->range : RANGE_OF_HASH;
    h->row.settings = settings_of(u);
    h->row.parser = u->parser;
    h->row.host = u->host;
    h->row.zone = u->zone;
    h->row.outcome = done ? KK_UNIT_READ : KK_UNIT_FAILED;
    if (!done) {
        kk_issue issue = {KK_ISSUE_CRASHED, 0, 1, kk_cstr(why)};
        if (!h->row.reason.len)
            h->row.reason = kk_copy(h->arena, kk_cstr(why));
        kk_lane_issue(h->lane, u->item, u->range, &issue);
    }
    if (!done && !u->parent && (u->parts & KK_DO_PARSE) && (u->parts & KK_DO_HASH)) {
        unit hashing = *u; /* what crashes a parser still has its hash taken */
        hashing.parts = KK_DO_HASH;
        hashing.range = RANGE_OF_HASH;
        hashing.parser = KK_NONE;
        queue_put(h->q, unit_open(&hashing));
    }
    bool only_identified = (u->parts & (KK_DO_PARSE | KK_DO_HASH)) == 0;
    if (h->children_only || only_identified)
        return;
    kk_lane_unit(h->lane, &h->row);
    if (h->closed && is_for_passwords(u))
        closed_keep(h->q, u);
    if (h->told_secret)
        kk_lane_teller(h->lane, u->item, u->range);
    if (h->q->settings->rules)
        kk_lane_matched(h->lane, u->item, h->row.range, h->q->settings->rules);
}

static void run_unit(hearing *h, unit *u)
{
    char why[120] = "";
    h->u = u;
    h->row = (kk_unit_row){0};
    h->reported = 0;
    h->identified = false;
    h->children_only = u->range == RANGE_OF_LIST;
    h->told_secret = h->closed = false;
    h->cuts = 0;
    if (is_scan(u)) {
        run_scan(h);
    } else if (!open_base(h)) {
        note_unopened(h);
    } else {
        bool done = run_job(h, why);
        end_held(h);
        close_spools(h);
        if (h->worker && done)
            h->row.lines = kk_worker_lines(h->worker);
        if (h->worker) {
            end_cuts(h);
            write_outcome(h, done, why);
        }
    }
    kk_arena_reset(h->arena);
}

void run_units(queue *q, unsigned from_depth)
{
    hearing h = {.q = q};
    kk_fault fault = {0};
    unit *u;
    kk_status status = kk_worker_open(q->settings->pool, &h.worker, &fault);
    if (status == KK_OK && !q->settings->look)
        status = kk_lane_open(q->settings->store, &h.lane, &fault);
    h.arena = kk_arena_open();
    while (status == KK_OK && h.worker && (u = queue_take(q, from_depth))) {
        run_unit(&h, u);
        if (h.broken) {
            status = KK_IO;
            fault = h.fault;
        }
        if (status == KK_OK && h.lane && h.worker && kk_lane_is_due(h.lane))
            status = kk_lane_commit(h.lane, &fault);
        unit_close(q, u);
        queue_done(q);
    }
    /* Without a worker the last unit was heard in part: none of it may be kept. */
    if (status == KK_OK && h.lane && h.worker)
        status = kk_lane_commit(h.lane, &fault);
    if (status != KK_OK)
        queue_fail(q, &fault);
    free(h.spools);
    kk_arena_close(h.arena);
    kk_lane_close(h.lane);
    kk_worker_close(h.worker);
}
