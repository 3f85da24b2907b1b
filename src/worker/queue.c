/* The units that wait for a worker. */
#include "worker/intake_i.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* Members of archives wait in descriptors; a quarter of what the system grants is theirs, since those
 * who make room may have as many waiting again. */
static uint64_t descriptors_for_spools(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 64;
    rlim_t wanted = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
            return 64;
    }
    return limit.rlim_cur / 4;
}

queue *queue_open(const kk_intake_settings *settings)
{
    queue *q = calloc(1, sizeof *q);
    if (!q)
        abort();
    q->settings = settings;
    q->spools_most = descriptors_for_spools();
    pthread_mutex_init(&q->guard, NULL);
    pthread_cond_init(&q->changed, NULL);
    return q;
}

void queue_close(queue *q)
{
    while (q->count)
        unit_close(q, q->heap[--q->count]);
    free(q->heap);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->guard);
    free(q);
}

static bool is_spooled(const unit *u)
{
    return u->base && u->base->is_spool;
}

/* A heap: small and decisive kinds first, then in the order in which they were found. */
static bool before(const unit *a, const unit *b)
{
    return a->priority != b->priority ? a->priority > b->priority : a->order < b->order;
}

static void rise(queue *q, size_t at)
{
    while (at && before(q->heap[at], q->heap[(at - 1) / 2])) {
        unit *swapped = q->heap[at];
        q->heap[at] = q->heap[(at - 1) / 2];
        q->heap[(at - 1) / 2] = swapped;
        at = (at - 1) / 2;
    }
}

static void sink_down(queue *q, size_t at)
{
    for (;;) {
        size_t best = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < q->count && before(q->heap[child], q->heap[best]))
                best = child;
        if (best == at)
            return;
        unit *swapped = q->heap[at];
        q->heap[at] = q->heap[best];
        q->heap[best] = swapped;
        at = best;
    }
}

unit *unit_open(const unit *like)
{
    kk_arena *arena = kk_arena_open();
    unit *u = KK_NEW(arena, unit);
    *u = *like;
    u->arena = arena;
    u->file = kk_copy(arena, like->file);
    u->path = kk_copy(arena, like->path);
    u->parser = kk_copy(arena, like->parser);
    u->zone = kk_copy(arena, like->zone);
    u->host = kk_copy(arena, like->host);
    u->place = kk_copy(arena, like->place);
    for (size_t i = 0; i < u->step_count; i++)
        u->steps[i] =
            (kk_step){kk_copy(arena, like->steps[i].parser), kk_copy(arena, like->steps[i].token)};
    for (size_t i = 0; i < u->companion_count; i++) {
        u->companions[i].name = kk_copy(arena, like->companions[i].name);
        u->companions[i].token = kk_copy(arena, like->companions[i].token);
    }
    return u;
}

void base_share(queue *q, base *b)
{
    pthread_mutex_lock(&q->guard);
    b->users++;
    pthread_mutex_unlock(&q->guard);
}

void base_release(queue *q, base *b)
{
    pthread_mutex_lock(&q->guard);
    bool last = --b->users == 0;
    if (last && b->is_spool) {
        q->spooled -= b->size;
        q->spools--;
    }
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->guard);
    if (last) {
        if (b->fd >= 0)
            close(b->fd);
        free(b);
    }
}

void unit_close(queue *q, unit *u)
{
    if (u->base)
        base_release(q, u->base);
    for (size_t i = 0; i < u->companion_count; i++)
        if (u->companions[i].base)
            base_release(q, u->companions[i].base);
    kk_arena_close(u->arena);
}

base *base_spooled(queue *q, int fd, uint64_t size)
{
    base *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    *b = (base){.fd = fd, .folder = -1, .size = size, .is_spool = true};
    pthread_mutex_lock(&q->guard);
    q->spooled += size;
    q->spools++;
    b->users = 1;
    pthread_mutex_unlock(&q->guard);
    return b;
}

void queue_put(queue *q, unit *u)
{
    pthread_mutex_lock(&q->guard);
    if (q->count == q->capacity) {
        q->capacity = q->capacity ? q->capacity * 2 : 1024;
        q->heap = realloc(q->heap, q->capacity * sizeof(unit *));
        if (!q->heap)
            abort();
    }
    if (u->base)
        u->base->users++;
    for (size_t i = 0; i < u->companion_count; i++)
        if (u->companions[i].base)
            u->companions[i].base->users++;
    if (is_spooled(u)) /* what fills memory and disk is read first */
        u->priority += 1000 * (int)u->depth;
    u->order = q->next_order++;
    q->heap[q->count] = u;
    rise(q, q->count++);
    q->progress.items_known++;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->guard);
}

static unit *take_at(queue *q, size_t at)
{
    unit *u = q->heap[at];
    q->heap[at] = q->heap[--q->count];
    if (at < q->count) {
        rise(q, at);
        sink_down(q, at);
    }
    q->running++;
    return u;
}

/* What lies in spools has the heap's top, deepest first. */
static unit *take_spooled(queue *q, unsigned from_depth)
{
    const unit *first = q->count && !q->stop ? q->heap[0] : NULL;
    return first && is_spooled(first) && first->depth >= from_depth ? take_at(q, 0) : NULL;
}

unit *queue_take(queue *q, unsigned from_depth)
{
    unit *u = NULL;
    pthread_mutex_lock(&q->guard);
    if (from_depth)
        u = take_spooled(q, from_depth);
    else
        while (!q->stop && !u) {
            if (q->count)
                u = take_at(q, 0);
            else if (!q->running)
                break;
            else
                pthread_cond_wait(&q->changed, &q->guard);
        }
    pthread_mutex_unlock(&q->guard);
    return u;
}

void queue_done(queue *q)
{
    pthread_mutex_lock(&q->guard);
    q->running--;
    q->progress.items_done++;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->guard);
}

void queue_fail(queue *q, const kk_fault *fault)
{
    pthread_mutex_lock(&q->guard);
    if (!q->stop)
        q->fault = *fault;
    q->stop = true;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->guard);
}
