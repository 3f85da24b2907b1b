#include "analyse/ioc_contents.h"

#include "base/sorted.h"

#include <stdlib.h>

typedef struct {
    kk_arena *arena;
    kk_ioc_contents *out;
    size_t iocs;
    kk_slice *labels; /* by number of the evidence */
    size_t label_capacity, label_count;
    uint64_t last_item; /* whose path was copied last */
    kk_slice last_path;
} looking;

static kk_slice label_of(const looking *l, uint32_t evidence)
{
    return evidence < l->label_count ? l->labels[evidence] : KK_NONE;
}

static kk_slice path_of(looking *l, const kk_looked_at *at)
{
    if (l->last_item != at->item || !l->last_path.ptr) {
        l->last_item = at->item;
        l->last_path = kk_copy(l->arena, at->path);
    }
    return l->last_path;
}

static void on_hit(void *context, const kk_looked_at *at, const kk_content_hit *hit)
{
    looking *l = context;
    kk_ioc_contents *c = l->out;
    if (hit->ioc >= l->iocs)
        return; /* a worker that tells of indicators it was not given */
    c->finds = kk_grow(l->arena, c->finds, &c->find_capacity, c->find_count + 1, sizeof *c->finds);
    kk_content_find *f = &c->finds[c->find_count++];
    *f = (kk_content_find){.item = at->item,
                           .evidence = at->evidence,
                           .label = label_of(l, at->evidence),
                           .path = path_of(l, at),
                           .hit = *hit};
    f->hit.table = kk_copy(l->arena, hit->table);
}

static void on_done(void *context, const kk_looked_at *at, uint64_t bytes)
{
    kk_ioc_contents *c = ((looking *)context)->out;
    (void)at;
    c->files++;
    c->bytes += bytes == UINT64_MAX ? 0 : bytes;
}

static void on_gap(void *context, const kk_looked_at *at, const char *why)
{
    looking *l = context;
    kk_ioc_contents *c = l->out;
    c->gaps = kk_grow(l->arena, c->gaps, &c->gap_capacity, c->gap_count + 1, sizeof *c->gaps);
    c->gaps[c->gap_count++] =
        (kk_content_gap){label_of(l, at->evidence), kk_copy(l->arena, at->path), why};
}

static int by_item(const void *a, const void *b)
{
    const kk_content_find *x = a, *y = b;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    if (x->hit.ioc != y->hit.ioc)
        return x->hit.ioc < y->hit.ioc ? -1 : 1;
    if (x->hit.way != y->hit.way)
        return x->hit.way < y->hit.way ? -1 : 1;
    if (x->hit.at != y->hit.at)
        return x->hit.at < y->hit.at ? -1 : 1;
    return kk_compare(x->hit.table, y->hit.table);
}

static int by_path(const void *a, const void *b)
{
    const kk_content_gap *x = a, *y = b;
    int order = kk_compare(x->evidence, y->evidence);
    order = order ? order : kk_compare(x->path, y->path);
    return order ? order : strcmp(x->why, y->why);
}

/* The same is told again where a worker died, and in several ways: one place of each file is enough. */
static void settle(kk_ioc_contents *c)
{
    size_t finds = 0, gaps = 0;
    if (c->find_count)
        qsort(c->finds, c->find_count, sizeof *c->finds, by_item);
    for (size_t i = 0; i < c->find_count; i++)
        if (!finds || c->finds[finds - 1].item != c->finds[i].item ||
            c->finds[finds - 1].hit.ioc != c->finds[i].hit.ioc)
            c->finds[finds++] = c->finds[i];
    c->find_count = finds;
    if (c->gap_count)
        qsort(c->gaps, c->gap_count, sizeof *c->gaps, by_path);
    for (size_t i = 0; i < c->gap_count; i++)
        if (!gaps || by_path(&c->gaps[gaps - 1], &c->gaps[i]) != 0)
            c->gaps[gaps++] = c->gaps[i];
    c->gap_count = gaps;
}

static kk_status load_labels(kk_store *store, looking *l, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "evidence_sources", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        size_t number = (size_t)kk_rows_u64(rows, 0);
        l->labels = kk_grow(l->arena, l->labels, &l->label_capacity, number + 1, sizeof *l->labels);
        for (; l->label_count <= number; l->label_count++)
            l->labels[l->label_count] = KK_NONE;
        l->labels[number] = kk_copy(l->arena, kk_rows_text(rows, 2));
    }
    return kk_rows_close(rows, fault);
}

kk_status kk_ioc_contents_look(kk_store *store, const kk_intake_settings *settings, size_t count,
                               kk_arena *arena, kk_ioc_contents **out, kk_fault *fault)
{
    looking l = {.arena = arena, .out = KK_NEW(arena, kk_ioc_contents), .iocs = count};
    const kk_look look = {.context = &l, .hit = on_hit, .done = on_done, .gap = on_gap};
    kk_intake_settings own = *settings;
    own.look = &look;
    kk_status status = load_labels(store, &l, fault);
    if (status == KK_OK)
        status = kk_look_through(&own, fault);
    settle(l.out);
    *out = l.out;
    return status;
}

size_t kk_ioc_contents_of(kk_ioc_contents *c, uint64_t item, kk_content_find **finds)
{
    size_t low = 0, count = 0;
    if (!c)
        return 0;
    KK_LOWER_BOUND(low, c->find_count, c->finds[low].item < item);
    while (low + count < c->find_count && c->finds[low + count].item == item)
        c->finds[low + count++].told = true;
    *finds = c->finds + low;
    return count;
}

const kk_content_find *kk_ioc_contents_left(kk_ioc_contents *c)
{
    while (c && c->next < c->find_count && c->finds[c->next].told)
        c->next++;
    return c && c->next < c->find_count ? &c->finds[c->next] : NULL;
}

kk_content_place kk_content_place_of(kk_arena *arena, const kk_content_find *find, kk_slice label)
{
    const kk_content_hit *hit = &find->hit;
    kk_content_place place = {.way = hit->way, .ref = {.evidence = kk_copy(arena, label)}};
    place.ref.path = hit->table.len
                         ? kk_print(arena, "%.*s#%.*s", KK_P(find->path), KK_P(hit->table))
                         : find->path;
    if (hit->way == KK_CONTENT_TEXT)
        place.ref.record = hit->at;
    else
        place.ref.offset = hit->at;
    return place;
}
