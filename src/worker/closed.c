/* Units whose item was behind a password: kept with their way to it, so that they can be read again with the passwords
 * that were read meanwhile, without going through all that lies around them. */
#include "worker/intake_i.h"

#include <stdlib.h>

enum { KEPT_MOST = 20000, SPOOLS_KEPT_MOST = 200 };
#define SPOOLED_KEPT_MOST (UINT64_C(64) << 20)

/* A file of the evidence is opened again by its name: it keeps no descriptor meanwhile. */
static base *base_to_keep(queue *q, base *b, bool is_file)
{
    if (!is_file || b->is_spool) {
        base_share(q, b);
        return b;
    }
    base *again = calloc(1, sizeof *again);
    if (!again)
        abort();
    *again = (base){.fd = -1, .folder = b->folder, .size = b->size, .users = 1};
    return again;
}

void closed_keep(queue *q, const unit *u)
{
    closed_units *c = &q->closed;
    unit copy = *u;
    bool is_spool = u->base->is_spool;
    pthread_mutex_lock(&q->guard);
    bool room =
        c->count < KEPT_MOST &&
        (!is_spool || (c->spools < SPOOLS_KEPT_MOST && c->bytes + u->size <= SPOOLED_KEPT_MOST));
    if (room && is_spool) {
        c->spools++;
        c->bytes += u->size;
    }
    c->over = c->over || !room;
    pthread_mutex_unlock(&q->guard);
    if (!room)
        return;
    copy.base = base_to_keep(q, u->base, u->step_count == 0);
    unit *kept = unit_open(&copy);
    for (size_t i = 0; i < kept->companion_count; i++)
        if (kept->companions[i].base)
            base_share(q, kept->companions[i].base);
    pthread_mutex_lock(&q->guard);
    if (c->count == c->capacity) {
        c->capacity = c->capacity ? c->capacity * 2 : 64;
        c->list = realloc(c->list, c->capacity * sizeof(unit *));
        if (!c->list)
            abort();
    }
    c->list[c->count++] = kept;
    pthread_mutex_unlock(&q->guard);
}

static int by_path(const void *a, const void *b)
{
    const unit *x = *(unit *const *)a, *y = *(unit *const *)b;
    return x->evidence != y->evidence ? (x->evidence > y->evidence) - (x->evidence < y->evidence)
                                      : kk_compare(x->path, y->path);
}

kk_status closed_put(queue *q, kk_fault *fault)
{
    closed_units c = q->closed;
    kk_status status = KK_OK;
    q->closed = (closed_units){0};
    if (c.count)
        qsort(c.list, c.count, sizeof *c.list, by_path);
    for (size_t i = 0; i < c.count; i++) {
        unit *u = c.list[i];
        if (status == KK_OK)
            status = kk_store_forget(q->settings->store, u->item, fault);
        if (status == KK_OK)
            queue_put(q, unit_open(u));
        unit_close(q, u);
    }
    free(c.list);
    return status;
}

void closed_let_go(queue *q)
{
    for (size_t i = 0; i < q->closed.count; i++)
        unit_close(q, q->closed.list[i]);
    free(q->closed.list);
    q->closed = (closed_units){0};
}
