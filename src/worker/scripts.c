/* PowerShell logs a long script in parts, each an event of its own. When everything else is read, the
 * parts in the store are joined and each script becomes an item inside of the log that its parts came
 * from. It does not matter in which ranges the parts lay, nor who read them. */
#include "worker/intake_i.h"

#include "detect/match.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRIPT_MOST = 16 << 20, AT_ONCE = 128 };

typedef struct {
    queue *q;
    kk_lane *lane;
    kk_arena *arena;   /* of those that wait */
    kk_arena *scratch; /* of one part */
    kk_arena *kept;    /* of `done` */
    const uint64_t *done;
    size_t done_count;
    size_t waiting;
    /* The script that is being joined. */
    kk_buffer text;
    kk_slice id, path, host, zone;
    uint32_t evidence, parts, last, total;
    origin first;
    bool gaps, over;
    /* Scripts of one item with something missing. */
    uint64_t item, missing, missing_over;
} joining;

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Keys of the scripts that an earlier run looked through. */
static kk_status load_done(joining *j, kk_fault *fault)
{
    kk_rows *rows;
    uint64_t *done = NULL;
    size_t capacity = 0;
    kk_status status = kk_ask(j->q->settings->store, "script_items", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        done = kk_grow(j->kept, done, &capacity, j->done_count + 1, sizeof *done);
        done[j->done_count++] = kk_rows_u64(rows, 0);
    }
    j->done = done;
    return kk_rows_close(rows, fault);
}

static bool is_done(const joining *j, uint64_t item)
{
    return j->done_count && bsearch(&item, j->done, j->done_count, sizeof item, compare);
}

/* What is not there is marked, so that nothing reads on across it. */
static void mark_gap(joining *j)
{
    j->gaps = true;
    kk_put(&j->text, KK_S("...\n"));
}

static kk_slice field_name(joining *j, kk_arena *arena)
{
    return j->gaps || j->over
               ? kk_print(arena, "ScriptBlockText, %u of %u parts", j->parts, j->total)
               : kk_print(arena, "ScriptBlockText, %u parts", j->total);
}

static bool write_text(int fd, kk_slice text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n <= 0)
            return false;
        text = kk_from(text, (size_t)n);
    }
    return true;
}

static kk_status put_script(joining *j, uint64_t item, kk_slice path, kk_fault *fault)
{
    kk_slice text = kk_buffer_slice(&j->text);
    origin *place = KK_NEW(j->arena, origin);
    *place = j->first;
    place->field = field_name(j, j->arena);
    int fd = spool_open(j->q, text.len);
    if (fd < 0 || !write_text(fd, text)) {
        if (fd >= 0)
            close(fd);
        return kk_fail(fault, KK_IO, "cannot join scripts in the case: %s: make room on its disk",
                       strerror(errno));
    }
    kk_status status = KK_OK;
    unit u = {.evidence = j->evidence,
              .item = item,
              .parent = j->first.item,
              .path = path,
              .host = j->host,
              .zone = j->zone.len ? j->zone : j->q->settings->zone,
              .size = text.len,
              .end = UINT64_MAX,
              .modified = KK_NO_TIME,
              .depth = 1,
              .range = known_unfinished(j->q->known, item) ? RANGE_OF_LIST : 0,
              .parts = KK_DO_HASH | KK_DO_SCRIPT,
              .origin = place,
              .base = base_spooled(j->q, fd, text.len)};
    if (!known_add_item(j->q->known, item)) {
        /* Its log was read again, or its worker died: what is left of the earlier time goes. */
        if (u.range != RANGE_OF_LIST)
            status = kk_store_forget(j->q->settings->store, item, fault);
    } else {
        kk_item_row row = {.item = item,
                           .parent = j->first.item,
                           .size = text.len,
                           .evidence = j->evidence,
                           .path = path,
                           .modified = KK_NO_TIME,
                           .has_hash = true,
                           .sha256 = kk_sha256_of(text)};
        kk_lane_item(j->lane, &row);
    }
    queue_put(j->q, unit_open(&u));
    u.arena = kk_arena_open();
    unit_close(j->q, &u);
    j->waiting++;
    return status;
}

/* Those that wait are read before more are joined: each holds a descriptor. */
static kk_status read_waiting(joining *j, kk_fault *fault)
{
    kk_status status = kk_lane_commit(j->lane, fault);
    if (status != KK_OK || !j->waiting)
        return status;
    run_threads(j->q);
    kk_arena_reset(j->arena);
    j->waiting = 0;
    if (!j->q->stop)
        return KK_OK;
    *fault = j->q->fault;
    return fault->status;
}

/* The script that was being joined is at its end. */
static kk_status end_script(joining *j, kk_fault *fault)
{
    if (!j->parts)
        return KK_OK;
    if (j->last < j->total)
        mark_gap(j);
    kk_slice path = kk_print(j->arena, "%.*s!/script block %.*s", KK_P(j->path), KK_P(j->id));
    uint64_t item = kk_item_key(j->evidence, path);
    bool unfinished = known_unfinished(j->q->known, item);
    kk_status status = KK_OK;
    if (!is_done(j, item) || unfinished) {
        if (!unfinished)
            j->missing += j->gaps;
        if (!unfinished)
            j->missing_over += j->over;
        status = put_script(j, item, path, fault);
    }
    j->parts = 0;
    return status == KK_OK && j->waiting >= AT_ONCE ? read_waiting(j, fault) : status;
}

/* Said once for each log. */
static void end_item(joining *j)
{
    kk_issue gaps = {KK_ISSUE_DAMAGED, 0, j->missing,
                     KK_S("script blocks were joined without the parts that are not in the log")};
    kk_issue over = {KK_ISSUE_LIMIT, 0, j->missing_over,
                     KK_S("script blocks are longer than 16 MiB: the rest is left out")};
    if (j->missing)
        kk_lane_issue(j->lane, j->item, 0, &gaps);
    if (j->missing_over)
        kk_lane_issue(j->lane, j->item, 0, &over);
    j->missing = j->missing_over = 0;
}

static void begin_script(joining *j, const kk_rows *rows)
{
    j->first = (origin){.item = kk_rows_u64(rows, 0),
                        .range = (uint32_t)kk_rows_u64(rows, 5),
                        .record = kk_rows_u64(rows, 6),
                        .sub = (uint32_t)kk_rows_u64(rows, 7),
                        .time = kk_rows_i64(rows, 8)};
    j->evidence = (uint32_t)kk_rows_u64(rows, 1);
    j->path = kk_copy(j->arena, kk_rows_text(rows, 2));
    j->host = kk_copy(j->arena, kk_rows_text(rows, 3));
    j->zone = kk_copy(j->arena, kk_rows_text(rows, 4));
    j->id = kk_copy(j->arena, kk_rows_text(rows, 9));
    j->item = j->first.item;
    j->text.len = 0;
    j->last = 0;
    j->gaps = j->over = false;
}

static void add_part(joining *j, const kk_rows *rows)
{
    uint32_t number = (uint32_t)kk_rows_u64(rows, 10);
    kk_event event = {0};
    if (j->parts && number == j->last)
        return; /* a second copy */
    if (number != j->last + 1)
        mark_gap(j);
    j->total = (uint32_t)kk_rows_u64(rows, 11);
    j->last = number;
    j->parts++;
    kk_arena_reset(j->scratch);
    (void)kk_more_read(j->scratch, kk_rows_text(rows, 12), &event);
    for (size_t i = 0; i < event.more_count; i++) {
        if (!kk_is(event.more[i].name, "ScriptBlockText"))
            continue;
        j->over = j->over || event.more[i].value.len > SCRIPT_MOST - j->text.len;
        if (!j->over)
            kk_put(&j->text, event.more[i].value);
        return;
    }
}

static kk_status join_all(joining *j, kk_rows *rows, kk_fault *fault)
{
    kk_status status = KK_OK;
    while (status == KK_OK && kk_rows_next(rows)) {
        bool same = j->parts && j->first.item == kk_rows_u64(rows, 0) &&
                    kk_eq(j->id, kk_rows_text(rows, 9));
        if (!same) {
            status = end_script(j, fault);
            if (j->item != kk_rows_u64(rows, 0))
                end_item(j);
            begin_script(j, rows);
        }
        add_part(j, rows);
    }
    if (status == KK_OK)
        status = end_script(j, fault);
    end_item(j);
    return status == KK_OK ? read_waiting(j, fault) : status;
}

kk_status read_scripts(queue *q, kk_fault *fault)
{
    kk_rows *rows = NULL;
    joining j = {
        .q = q, .kept = kk_arena_open(), .arena = kk_arena_open(), .scratch = kk_arena_open()};
    kk_status status = load_done(&j, fault);
    if (status == KK_OK)
        status = kk_lane_open(q->settings->store, &j.lane, fault);
    if (status == KK_OK)
        status = kk_ask(q->settings->store, "script_parts", NULL, NULL, 0, &rows, fault);
    if (status == KK_OK) {
        status = join_all(&j, rows, fault);
        kk_fault later;
        kk_status closed = kk_rows_close(rows, &later);
        if (status == KK_OK && closed != KK_OK)
            *fault = later;
        status = status == KK_OK ? closed : status;
    }
    kk_lane_close(j.lane);
    kk_buffer_close(&j.text);
    kk_arena_close(j.scratch);
    kk_arena_close(j.arena);
    kk_arena_close(j.kept);
    return status;
}
