/* The groups that all processors found in one order, by their members: places are spread evenly, so that
 * ranges of first members are sorted by one processor each. */
#include "persons/grouping.h"

#include <stdlib.h>

enum { RANGES = 512, FEW = 1024, DIGIT = 12, SMALL = 24 };

typedef struct {
    group_order *all;
    unsigned shift; /* of a place to its range */
    size_t next[HANDS][RANGES];
    size_t from[RANGES + 1];
} ordering;

static int by_members(const void *a, const void *b, void *context)
{
    const key_group *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    const uint32_t *m = group_members(context, x), *n = group_members(context, y);
    size_t shorter = x->count < y->count ? x->count : y->count;
    for (size_t i = 1; i < shorter; i++)
        if (m[i] != n[i])
            return m[i] < n[i] ? -1 : 1;
    return (x->count > y->count) - (x->count < y->count);
}

static void count_list(void *context, unsigned hand, unsigned list)
{
    ordering *o = context;
    const key_groups *g = &o->all->lists[list];
    (void)hand;
    for (size_t i = 0; i < g->count; i++)
        o->next[list][g->groups[i].first >> o->shift]++;
}

static void spread_list(void *context, unsigned hand, unsigned list)
{
    ordering *o = context;
    const key_groups *g = &o->all->lists[list];
    (void)hand;
    for (size_t i = 0; i < g->count; i++)
        o->all->unordered[o->next[list][g->groups[i].first >> o->shift]++] = g->groups[i];
}

static void sort_few(group_order *all, key_group *groups, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        key_group group = groups[i];
        size_t at = i;
        for (; at > 0 && by_members(&group, &groups[at - 1], all) < 0; at--)
            groups[at] = groups[at - 1];
        groups[at] = group;
    }
}

static void sort_by_digit(const key_group *groups, size_t count, unsigned shift, unsigned bits,
                          key_group *into)
{
    size_t next[1 << DIGIT], sum = 0;
    uint32_t mask = (1u << bits) - 1;
    memset(next, 0, sizeof *next << bits);
    for (size_t i = 0; i < count; i++)
        next[groups[i].first >> shift & mask]++;
    for (size_t d = 0; d <= mask; d++) {
        size_t here = next[d];
        next[d] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        into[next[groups[i].first >> shift & mask]++] = groups[i];
}

/* Those of equal first members follow each other: few, as a rule. */
static void sort_equals(group_order *all, key_group *groups, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && groups[end].first == groups[i].first;)
            end++;
        if (end - i > SMALL)
            qsort_r(groups + i, end - i, sizeof *groups, by_members, all);
        else if (end - i > 1)
            sort_few(all, groups + i, end - i);
    }
}

static void sort_range(void *context, unsigned hand, unsigned range)
{
    ordering *o = context;
    group_order *all = o->all;
    size_t from = o->from[range], count = o->from[range + 1] - from;
    key_group *in = all->unordered + from, *out = all->groups + from;
    (void)hand;
    if (count <= SMALL) {
        if (count)
            memcpy(out, in, count * sizeof *out);
        sort_few(all, out, count);
        return;
    }
    unsigned low = o->shift / 2, high = o->shift - low;
    sort_by_digit(in, count, 0, low, out);
    sort_by_digit(out, count, low, high, in);
    memcpy(out, in, count * sizeof *out);
    sort_equals(all, out, count);
}

static void sort_at_once(group_order *all)
{
    size_t at = 0;
    for (int list = 0; list < HANDS; list++) {
        const key_groups *g = &all->lists[list];
        if (g->count)
            memcpy(all->groups + at, g->groups, g->count * sizeof *g->groups);
        at += g->count;
    }
    qsort_r(all->groups, at, sizeof *all->groups, by_members, all);
}

static void make_room(group_order *all)
{
    size_t unordered = all->capacity;
    all->unordered = kk_grow(all->arena, all->unordered, &unordered, all->count, sizeof(key_group));
    all->groups = kk_grow(all->arena, all->groups, &all->capacity, all->count, sizeof(key_group));
}

void groups_put_in_order(group_order *all, size_t mentions)
{
    all->count = 0;
    for (int list = 0; list < HANDS; list++)
        all->count += all->lists[list].count;
    if (!all->count)
        return;
    make_room(all);
    if (all->count <= FEW) {
        sort_at_once(all);
        return;
    }
    kk_arena *scratch = kk_arena_open();
    ordering *o = KK_NEW(scratch, ordering);
    o->all = all;
    while ((mentions - 1) >> o->shift >= RANGES)
        o->shift++;
    hands_work(count_list, o, HANDS);
    size_t sum = 0;
    for (size_t r = 0; r < RANGES; r++) {
        o->from[r] = sum;
        for (size_t list = 0; list < HANDS; list++) {
            size_t here = o->next[list][r];
            o->next[list][r] = sum;
            sum += here;
        }
    }
    o->from[RANGES] = sum;
    hands_work(spread_list, o, HANDS);
    hands_work(sort_range, o, RANGES);
    kk_arena_close(scratch);
}
