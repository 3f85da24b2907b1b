/* New rules for events that are stored already: they are packed as a worker had packed them, and go to
 * workers again, which tell hits. Each packed event carries its place in its block as its record
 * number; the block knows the event's own. */
#include "store/hits.h"
#include "worker/intake.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK_BYTES = 16 << 20, BLOCK_EVENTS = 32768 };

typedef struct {
    kk_store *store;
    kk_pool *pool;
    uint64_t rules;
    pthread_mutex_t guard; /* of what follows */
    kk_rows *source;
    bool over, failed;
    kk_fault fault;
} rematch;

/* One thread's block. */
typedef struct {
    rematch *r;
    kk_lane *lane;
    kk_packer packer;
    kk_hit_place *places;
    size_t count;
} block;

static void give_up(rematch *r, const kk_fault *fault)
{
    pthread_mutex_lock(&r->guard);
    if (!r->failed)
        r->fault = *fault;
    r->failed = r->over = true;
    pthread_mutex_unlock(&r->guard);
}

/* The next events; false when there are none. */
static bool fill(block *b)
{
    kk_stored_event e;
    b->count = 0;
    b->packer.used = 0;
    pthread_mutex_lock(&b->r->guard);
    /* Room for one more of the largest is kept: what was read must not be lost. */
    while (!b->r->over && b->count < BLOCK_EVENTS && b->packer.used < BLOCK_BYTES) {
        if (!kk_unmatched_next(b->r->source, &e)) {
            b->r->over = true;
            break;
        }
        b->places[b->count] = (kk_hit_place){e.item, e.event.record, e.range, e.event.sub};
        e.event.record = b->count;
        e.event.sub = 0;
        b->count += kk_pack_stored_event(&b->packer, &e.event, e.more);
    }
    pthread_mutex_unlock(&b->r->guard);
    return b->count > 0;
}

static void hear(void *context, const kk_unpacked *thing)
{
    block *b = context;
    if (thing->kind != KK_PACK_HIT || thing->hit.record >= b->count)
        return;
    const kk_hit_place *p = &b->places[thing->hit.record];
    kk_hit hit = thing->hit;
    hit.record = p->record;
    hit.sub = p->sub;
    kk_lane_hit(b->lane, p->item, p->range, b->r->rules, &hit);
}

static bool match_block(block *b, kk_worker *worker, kk_fault *fault)
{
    kk_listener listener = {.context = b, .tell = hear};
    char why[120] = "";
    uint64_t batches;
    int fd = memfd_create("kakuho-events", MFD_CLOEXEC);
    bool good = fd >= 0;
    for (size_t at = 0; good && at < b->packer.used;) {
        ssize_t n = write(fd, b->packer.bytes + at, b->packer.used - at);
        good = n > 0;
        at += good ? (size_t)n : 0;
    }
    kk_job job = {.parts = KK_DO_MATCH, .fd = fd, .size = b->packer.used, .end = UINT64_MAX};
    if (good && kk_worker_run(worker, &job, &listener, 0, &batches, why) != KK_JOB_DONE) {
        (void)!kk_fail(fault, KK_IO, "rules cannot be held against stored events: %s", why);
        good = false;
    } else if (!good) {
        (void)!kk_fail(fault, KK_IO, "rules cannot be held against stored events: no memory");
    }
    if (fd >= 0)
        close(fd);
    return good;
}

static void *run(void *context)
{
    rematch *r = context;
    kk_worker *worker = NULL;
    kk_fault fault = {0};
    size_t capacity = BLOCK_BYTES + 2 * KK_BATCH_BYTES;
    kk_arena *arena = kk_arena_open();
    block b = {.r = r,
               .packer = {kk_take(arena, capacity), 0, capacity},
               .places = KK_NEW_ARRAY(arena, kk_hit_place, BLOCK_EVENTS)};
    kk_status status = kk_worker_open(r->pool, &worker, &fault);
    if (status == KK_OK)
        status = kk_lane_open(r->store, &b.lane, &fault);
    bool good = status == KK_OK;
    while (good && fill(&b))
        good = match_block(&b, worker, &fault);
    good = good && kk_lane_commit(b.lane, &fault) == KK_OK;
    if (!good)
        give_up(r, &fault);
    kk_lane_close(b.lane);
    kk_worker_close(worker);
    kk_arena_close(arena);
    return NULL;
}

/* An earlier run may have ended between its lanes: what they kept is found again now. */
static kk_status forget_half(kk_store *store, uint64_t rules, kk_fault *fault)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "DELETE FROM hits WHERE rules = %llu::UBIGINT AND (item, range) NOT IN "
             "(SELECT (item, range) FROM matched WHERE rules = %llu::UBIGINT)",
             (unsigned long long)rules, (unsigned long long)rules);
    return kk_store_run(store, sql, fault);
}

kk_status kk_match_stored(kk_store *store, kk_pool *pool, int jobs, uint64_t rules, kk_fault *fault)
{
    enum { JOBS_MOST = 64 };
    pthread_t threads[JOBS_MOST];
    rematch r = {.store = store, .pool = pool, .rules = rules};
    int started = 0, wanted = jobs < 1 ? 1 : jobs < JOBS_MOST ? jobs : JOBS_MOST;
    bool any = false;
    kk_status status = kk_unmatched_any(store, rules, &any, fault);
    if (status == KK_OK && any)
        status = forget_half(store, rules, fault);
    if (status == KK_OK && !any)
        return KK_OK;
    if (status == KK_OK)
        status = kk_unmatched_open(store, rules, &r.source, fault);
    if (status != KK_OK)
        return status;
    pthread_mutex_init(&r.guard, NULL);
    while (started < wanted && pthread_create(&threads[started], NULL, run, &r) == 0)
        started++;
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&r.guard);
    status = kk_rows_close(r.source, fault);
    if (r.failed || !started) {
        *fault = r.fault;
        return started ? r.fault.status : kk_fail(fault, KK_IO, "no thread can be started");
    }
    return status == KK_OK ? kk_unmatched_settle(store, rules, fault) : status;
}
