/* Evidence held against YARA rules: a pass of its own over the files that the store knows and all that is
 * inside of them, which stores hits alone. A container's children are scanned while it is walked; those
 * that are containers too become units. Looking for indicators is the same pass, of which nothing is stored. */
#include "worker/intake_i.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sorted.h"
#include "base/text.h"
#include "parse/parser.h"

enum { DEATHS_MOST = 128, FOLDERS_MOST = 4096 };

struct scan_done {
    struct {
        uint64_t item;
        bool scanned; /* its own bytes */
        bool walked;  /* and its children's */
    } * items;
    size_t count, capacity;
    uint64_t
        *logs; /* no containers, with something inside: what was handed over encoded in events */
    size_t log_count, log_capacity;
};

/* Where the item is; scan_done.count: nowhere. */
static size_t find_done(const scan_done *d, uint64_t item)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, d->count, d->items[low].item < item);
    return low < d->count && d->items[low].item == item ? low : d->count;
}

static bool was_scanned(const scan_done *d, uint64_t item)
{
    size_t at = find_done(d, item);
    return at < d->count && d->items[at].scanned;
}

void look_gap(hearing *h, const kk_looked_at *at, const char *why)
{
    const kk_look *look = h->q->settings->look;
    pthread_mutex_lock(&h->q->guard);
    look->gap(look->context, at, why);
    pthread_mutex_unlock(&h->q->guard);
}

static kk_looked_at looked_at(const hearing *h, uint64_t item)
{
    bool is_child = item != h->u->item;
    return (kk_looked_at){item, h->u->evidence, is_child ? h->scan_path : h->u->path};
}

static void look_done(hearing *h, uint64_t item, kk_scan_outcome outcome)
{
    const kk_look *look = h->q->settings->look;
    const kk_looked_at at = looked_at(h, item);
    uint64_t bytes = item == h->u->item ? h->u->size : h->scan_size;
    pthread_mutex_lock(&h->q->guard);
    if (outcome < KK_SCAN_CUT)
        look->done(look->context, &at, bytes);
    else
        look->gap(look->context, &at, outcome == KK_SCAN_CRASHED ? "crashed" : "unreadable");
    pthread_mutex_unlock(&h->q->guard);
}

static void look_hit(hearing *h, const kk_content_hit *hit)
{
    const kk_look *look = h->q->settings->look;
    const kk_looked_at at =
        looked_at(h, hit->of_child && h->scan_children ? h->scan_item : h->u->item);
    pthread_mutex_lock(&h->q->guard);
    look->hit(look->context, &at, hit);
    pthread_mutex_unlock(&h->q->guard);
}

static void look_issue(hearing *h, kk_issue_kind kind)
{
    const kk_looked_at at = looked_at(h, h->u->item);
    switch (kind) {
    case KK_ISSUE_PASSWORD:
        look_gap(h, &at, "locked");
        break;
    case KK_ISSUE_LIMIT:
        look_gap(h, &at, "limit");
        break;
    case KK_ISSUE_DAMAGED:
    case KK_ISSUE_TRUNCATED:
    case KK_ISSUE_MISSING:
    case KK_ISSUE_FORMAT:
        look_gap(h, &at, "damaged");
        break;
    default:
        break; /* lines that nobody understood are bytes that were looked through */
    }
}

static void write_scanned(hearing *h, uint64_t item, kk_scan_outcome outcome, const char *reason)
{
    if (h->q->settings->look) {
        look_done(h, item, outcome);
        return;
    }
    kk_scanned_row row = {.rules = h->q->settings->yara,
                          .item = item,
                          .has_outcome = true,
                          .outcome = outcome,
                          .reason = kk_cstr(reason)};
    kk_lane_scanned(h->lane, &row);
}

static void tell(void *context, const kk_unpacked *thing)
{
    hearing *h = context;
    uint64_t item = h->scan_children ? h->scan_item : h->u->item;
    if (thing->kind == KK_PACK_CHILD) {
        h->scan_item = hear_child(h, &thing->found);
        h->scan_open = thing->found.has_hash;
        h->scan_known = was_scanned(h->q->scanned, h->scan_item);
    } else if (thing->kind == KK_PACK_SCAN_HIT && !h->scan_known) {
        kk_lane_scan_hit(h->lane, item, h->q->settings->yara, &thing->scan_hit);
    } else if (thing->kind == KK_PACK_SCANNED) {
        if (!h->scan_known)
            write_scanned(h, item, thing->scanned.outcome, NULL);
        h->scan_open = false;
    } else if (thing->kind == KK_PACK_CONTENT_HIT && h->q->settings->look) {
        look_hit(h, &thing->content_hit);
    } else if (thing->kind == KK_PACK_ISSUE && h->q->settings->look) {
        look_issue(h, thing->issue.kind);
    }
}

/* What the worker was at when it died: a stream's scan, by its number (0: the unit's own), or nothing
 * that could be left out. */
typedef struct {
    uint64_t at, times;
} death;

/* From which child on it is gone through again; false when it died of something else than a scan. The
 * first time the stream has another chance, the second time it is left out. */
static bool learn(hearing *h, death *last, const char *why, uint64_t *begin)
{
    bool again = last->times && last->at == h->scan_children;
    if (h->scan_children > h->scan_heard)
        h->scan_heard = h->scan_children;
    last->at = h->scan_children;
    last->times++;
    if (h->scan_open && !again) {
        *begin = h->scan_children ? h->scan_children - 1 : 0;
        return true;
    }
    write_scanned(h, h->scan_open && h->scan_children ? h->scan_item : h->u->item, KK_SCAN_CRASHED,
                  why);
    *begin = h->scan_children;
    return h->scan_open;
}

/* A worker that dies over a stream's scan costs that stream, and what comes behind it is gone through in
 * a fresh one. One that dies elsewhere costs what is left of the container. */
static void run_walk(hearing *h)
{
    kk_listener listener = {h, tell, give_spool, give_sibling, note_progress};
    unit *u = h->u;
    char why[120] = "";
    uint64_t batches, begin = 0;
    death last = {0, 0};
    h->scan_heard = 0;
    while (u->parts) {
        kk_job job = job_of(h);
        job.skip = begin;
        h->scan_children = u->containers = 0;
        h->scan_open = (u->parts & KK_DO_SCAN) != 0;
        h->scan_known = false;
        bool done = kk_worker_run(h->worker, &job, &listener, 0, &batches, why) == KK_JOB_DONE;
        close_spools(h);
        if (done || !fresh_worker(h) || !learn(h, &last, why, &begin) || last.times > DEATHS_MOST)
            return;
        if (begin || h->scan_children || last.times > 1)
            u->parts &= ~(unsigned)KK_DO_SCAN;
    }
}

/* A file of the evidence that is not what was taken in; what is there is looked through all the same. */
static bool is_changed(const unit *u)
{
    struct stat status;
    return !u->base->is_spool && !u->step_count && fstat(u->base->fd, &status) == 0 &&
           ((uint64_t)status.st_size != u->base->size ||
            kk_time_from_unix(status.st_mtim.tv_sec, status.st_mtim.tv_nsec) != u->modified);
}

void run_scan(hearing *h)
{
    unit *u = h->u;
    const kk_look *look = h->q->settings->look;
    const kk_looked_at at = looked_at(h, u->item);
    kk_scanned_row row = {.rules = h->q->settings->yara, .item = u->item, .walked = 1};
    if (!open_base(h)) {
        if (look)
            look_gap(h, &at, "gone");
        else
            write_scanned(h, u->item, KK_SCAN_UNREADABLE, "its bytes are not where they were");
        return;
    }
    if (look && is_changed(u))
        look_gap(h, &at, "changed");
    run_walk(h);
    if (!look && h->worker && !h->broken)
        kk_lane_scanned(h->lane, &row);
}

/* ---- What there is to do ---- */

static bool is_log(const scan_done *d, uint64_t item)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, d->log_count, d->logs[low] < item);
    return low < d->log_count && d->logs[low] == item;
}

/* What is to be done with the range of a stream. */
static unsigned parts_of(const scan_done *d, const unit *like, uint64_t range, bool log, bool look)
{
    const kk_parser *parser = kk_parser_by_name(like->parser);
    bool container = parser && parser->is_container;
    size_t at = find_done(d, like->item);
    unsigned parts = like->parts;
    if (range || was_scanned(d, like->item))
        parts &= ~(unsigned)KK_DO_SCAN;
    if (!container && !log)
        parts &= ~(unsigned)KK_DO_WALK;
    else if (log || at == d->count || !d->items[at].walked)
        parts |= KK_DO_SCAN_INSIDE;
    if (look && parser && (container || (parser->tells_text && !range)))
        parts |= KK_DO_TEXTS;
    if (look && parts)
        parts |= KK_DO_LOOK;
    return container && d->log_count ? parts | KK_DO_WALK_LOGS : parts;
}

/* A log is gone through in the ranges that it was read in: it tells the same things inside then. */
void put_scan(queue *q, const unit *like)
{
    const kk_parser *parser = kk_parser_by_name(like->parser);
    bool log = parser && !parser->is_container && is_log(q->scanned, like->item);
    uint64_t ranges = log ? ranges_of(like->parser, like->size) : 1;
    for (uint64_t i = 0; i < ranges; i++) {
        unit u = *like;
        u.parts = parts_of(q->scanned, like, i, log, q->settings->look != NULL);
        u.range = (uint32_t)i;
        u.begin = i * RANGE_BYTES;
        u.end = i + 1 == ranges ? UINT64_MAX : (i + 1) * RANGE_BYTES;
        u.priority = parser && parser->is_container ? 20 : 60;
        if (u.parts)
            queue_put(q, unit_open(&u));
    }
}

static kk_status load_logs(kk_store *store, kk_arena *arena, scan_done *out, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "scan_logs", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        const kk_parser *parser = kk_parser_by_name(kk_rows_text(rows, 1));
        if (!parser || parser->is_container)
            continue;
        out->logs =
            kk_grow(arena, out->logs, &out->log_capacity, out->log_count + 1, sizeof *out->logs);
        out->logs[out->log_count++] = kk_rows_u64(rows, 0);
    }
    return kk_rows_close(rows, fault);
}

static kk_status load_done(kk_store *store, uint64_t rules, kk_arena *arena, scan_done *out,
                           kk_fault *fault)
{
    kk_rows *rows;
    kk_param number = KK_U64(rules);
    kk_status status = kk_ask(store, "scan_known", NULL, &number, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        out->items = kk_grow(arena, out->items, &out->capacity, out->count + 1, sizeof *out->items);
        out->items[out->count].item = kk_rows_u64(rows, 0);
        out->items[out->count].scanned = kk_rows_u64(rows, 1) != 0;
        out->items[out->count++].walked = kk_rows_u64(rows, 2) != 0;
    }
    return kk_rows_close(rows, fault);
}

typedef struct {
    queue *q;
    kk_arena *arena;
    struct {
        kk_slice source;
        int fd;
    } folders[FOLDERS_MOST];
    size_t folder_count;
} starting;

static int folder_of(starting *s, kk_slice source, bool is_folder)
{
    kk_slice path = kk_name_bytes(s->arena, source);
    size_t slash = kk_rfind_byte(path, '/');
    kk_slice above = is_folder ? path : kk_copy(s->arena, kk_part(path, 0, slash ? slash : 1));
    for (size_t i = 0; i < s->folder_count; i++)
        if (kk_eq(s->folders[i].source, above))
            return s->folders[i].fd;
    if (s->folder_count == FOLDERS_MOST)
        return -1;
    s->folders[s->folder_count].source = above;
    s->folders[s->folder_count].fd = open(above.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return s->folders[s->folder_count++].fd;
}

static void put_file(starting *s, const kk_rows *rows)
{
    bool is_folder = kk_is(kk_rows_text(rows, 7), "folder");
    kk_slice source = kk_copy(s->arena, kk_rows_text(rows, 6));
    kk_slice path = kk_copy(s->arena, kk_rows_text(rows, 2));
    base *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    *b = (base){.fd = -1, .folder = folder_of(s, source, is_folder), .size = kk_rows_u64(rows, 4)};
    unit u = {
        .item = kk_rows_u64(rows, 0),
        .evidence = (uint32_t)kk_rows_u64(rows, 1),
        .base = b,
        .file = kk_name_bytes(s->arena,
                              is_folder ? path : kk_from(source, kk_rfind_byte(source, '/') + 1)),
        .path = path,
        .parser = kk_copy(s->arena, kk_rows_text(rows, 3)),
        .zone = KK_S("UTC"),
        .size = b->size,
        .parts = KK_DO_SCAN | KK_DO_WALK,
        .modified = kk_rows_i64(rows, 5),
    };
    b->users = 1; /* held while its unit is put */
    s->q->progress.bytes_known += b->size;
    put_scan(s->q, &u);
    unit holder = {.arena = kk_arena_open(), .base = b};
    unit_close(s->q, &holder);
}

static kk_status put_files(starting *s, uint64_t rules, kk_fault *fault)
{
    kk_rows *rows;
    kk_param number = KK_U64(rules);
    bool look = s->q->settings->look != NULL;
    kk_status status = kk_ask(s->q->settings->store, look ? "look_files" : "scan_files", NULL,
                              &number, look ? 0 : 1, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        put_file(s, rows);
    return kk_rows_close(rows, fault);
}

/* What was begun is finished with; but not what could not be opened. */
static kk_status settle(kk_store *store, uint64_t rules, kk_fault *fault)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "INSERT INTO scanned SELECT DISTINCT rules, item, NULL::UTINYINT, 2::UTINYINT, NULL "
             "FROM scanned WHERE rules = %llu::UBIGINT AND walked = 1 AND item IN "
             "(SELECT item FROM items WHERE parent = 0)",
             (unsigned long long)rules);
    return kk_store_run(store, sql, fault);
}

static kk_status go_through(kk_intake_settings *own, uint64_t rules, kk_fault *fault)
{
    kk_arena *arena = kk_arena_open();
    scan_done before = {.items = NULL};
    queue *q = queue_open(own);
    starting s = {.q = q, .arena = arena};
    q->scanned = &before;
    kk_status status = own->look ? KK_OK : load_done(own->store, rules, arena, &before, fault);
    if (status == KK_OK)
        status = load_logs(own->store, arena, &before, fault);
    if (status == KK_OK)
        status = put_files(&s, rules, fault);
    if (status == KK_OK)
        run_threads(q);
    if (status == KK_OK && q->stop) {
        *fault = q->fault;
        status = q->fault.status;
    }
    queue_close(q);
    for (size_t i = 0; i < s.folder_count; i++)
        if (s.folders[i].fd >= 0)
            close(s.folders[i].fd);
    kk_arena_close(arena);
    return status;
}

kk_status kk_scan_evidence(const kk_intake_settings *settings, uint64_t rules, kk_fault *fault)
{
    kk_intake_settings own = *settings;
    own.yara = rules;
    kk_status status = go_through(&own, rules, fault);
    return status == KK_OK ? settle(own.store, rules, fault) : status;
}

kk_status kk_look_through(const kk_intake_settings *settings, kk_fault *fault)
{
    kk_intake_settings own = *settings;
    return go_through(&own, 0, fault);
}

kk_status kk_scan_forget(kk_store *store, uint64_t rules, bool *pending, kk_fault *fault)
{
    char sql[400];
    kk_rows *rows;
    kk_param number = KK_U64(rules);
    snprintf(sql, sizeof sql,
             "DELETE FROM scan_hits WHERE rules <> %llu::UBIGINT; "
             "DELETE FROM scanned WHERE rules <> %llu::UBIGINT; "
             "DELETE FROM scanned WHERE outcome = 6 AND item IN (SELECT item FROM items WHERE "
             "parent = 0) AND item NOT IN (SELECT item FROM scanned WHERE walked > 0)",
             (unsigned long long)rules, (unsigned long long)rules);
    *pending = false;
    kk_status status = kk_store_run(store, sql, fault);
    if (status != KK_OK || !rules)
        return status;
    status = kk_ask(store, "scan_files", NULL, &number, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        *pending = true;
    return kk_rows_close(rows, fault);
}

kk_status kk_scan_trouble(kk_store *store, bool *any, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "scan_trouble", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    *any = *any || (kk_rows_next(rows) && kk_rows_u64(rows, 0) > 0);
    return kk_rows_close(rows, fault);
}
