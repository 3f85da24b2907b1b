/* Findings of the verdict and gaps of its coverage, as they are added one by one. */
#include "analyse/exfil_i.h"

#include <stdlib.h>

static int by_item(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void items_sort(uint64_t *items, size_t *count)
{
    size_t kept = 0;
    if (*count)
        qsort(items, *count, sizeof *items, by_item);
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || items[kept - 1] != items[i])
            items[kept++] = items[i];
    *count = kept;
}

bool items_hold(const uint64_t *items, size_t count, uint64_t item)
{
    return count && bsearch(&item, items, count, sizeof *items, by_item);
}

bool in_window(const judgement *j, kk_time at)
{
    const kk_window *w = &j->out->window;
    return w->from != KK_NO_TIME && at >= w->from && at <= w->to;
}

bool host_is_intruded(const judgement *j, kk_slice host)
{
    for (size_t i = 0; i < j->access->host_count; i++)
        if (kk_eq_nocase(j->access->hosts[i].name, host))
            return true;
    return false;
}

kk_finding *finding_add(judgement *j, const char *rule, const char *kind,
                        kk_finding_strength strength)
{
    kk_exfil *e = j->out;
    e->findings = kk_grow(j->arena, e->findings, &j->finding_capacity, e->finding_count + 1,
                          sizeof *e->findings);
    kk_finding *f = &e->findings[e->finding_count++];
    *f = (kk_finding){
        .rule = rule, .kind = kind, .strength = strength, .start = KK_NO_TIME, .end = KK_NO_TIME};
    return f;
}

void finding_item(judgement *j, kk_finding *f, uint64_t item)
{
    bool is_full = (f->item_count & (f->item_count - 1)) == 0; /* room for a power of two */
    if (is_full) {
        uint64_t *items = KK_NEW_ARRAY(j->arena, uint64_t, f->item_count ? 2 * f->item_count : 1);
        if (f->item_count)
            memcpy(items, f->items, f->item_count * sizeof *items);
        f->items = items;
    }
    f->items[f->item_count++] = item;
}

void finding_finish(judgement *j, kk_finding *f)
{
    kk_slice first = f->refs.count ? f->refs.items[0].path : KK_NONE;
    uint64_t record = f->refs.count ? f->refs.items[0].record : 0;
    kk_slice parts[] = {kk_cstr(f->rule),
                        f->host,
                        f->destination,
                        first,
                        {(const char *)&record, sizeof record},
                        {(const char *)&f->start, sizeof f->start}};
    f->id = kk_id(j->arena, "F", parts, sizeof parts / sizeof *parts);
    items_sort(f->items, &f->item_count);
}

void gap_add(judgement *j, kk_slice host, kk_slice source, kk_time from, kk_time to,
             const char *reason)
{
    kk_exfil *e = j->out;
    e->gaps = kk_grow(j->arena, e->gaps, &j->gap_capacity, e->gap_count + 1, sizeof *e->gaps);
    e->gaps[e->gap_count++] = (kk_gap){host, source, from, to, reason};
}
