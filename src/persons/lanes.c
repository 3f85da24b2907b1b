#include "persons/lanes.h"

enum { SHARES = 64, AHEAD = 16 };

typedef struct {
    lane_lists *lists;
    const group_order *groups;
    const people *all;
    size_t next[SHARES][LANES_MOST];
} choosing;

static void share_of(const choosing *c, unsigned share, size_t *from, size_t *to)
{
    *from = c->groups->count * share / SHARES;
    *to = c->groups->count * (share + 1) / SHARES;
}

static void count_share(void *context, unsigned hand, unsigned share)
{
    choosing *c = context;
    const group_order *g = c->groups;
    size_t from, to;
    (void)hand;
    share_of(c, share, &from, &to);
    for (size_t i = from; i < to; i++) {
        if (i + AHEAD < to)
            __builtin_prefetch(&c->all->parent[g->groups[i + AHEAD].first]);
        uint32_t person = person_seen(c->all->parent, g->groups[i].first);
        if (g->cluster && !g->only_looked_at)
            person = cluster_of(g, person);
        c->lists->of[i] = (uint16_t)lane_of(&c->all->about, person);
        c->next[share][c->lists->of[i]]++;
    }
}

static void spread_share(void *context, unsigned hand, unsigned share)
{
    choosing *c = context;
    size_t from, to;
    (void)hand;
    share_of(c, share, &from, &to);
    for (size_t i = from; i < to; i++)
        c->lists->groups[c->next[share][c->lists->of[i]]++] = (uint32_t)i;
}

void lanes_choose(lane_lists *lists, const group_order *groups, const people *all)
{
    kk_arena *scratch = kk_arena_open();
    choosing *c = KK_NEW(scratch, choosing);
    size_t sum = 0;
    c->lists = lists;
    c->groups = groups;
    c->all = all;
    lists->of =
        kk_grow(lists->arena, lists->of, &lists->of_capacity, groups->count, sizeof *lists->of);
    lists->groups = kk_grow(lists->arena, lists->groups, &lists->group_capacity, groups->count,
                            sizeof *lists->groups);
    hands_work(count_share, c, SHARES);
    for (unsigned lane = 0; lane < all->about.lanes; lane++) {
        lists->from[lane] = sum;
        for (unsigned share = 0; share < SHARES; share++) {
            size_t here = c->next[share][lane];
            c->next[share][lane] = sum;
            sum += here;
        }
    }
    lists->from[all->about.lanes] = sum;
    hands_work(spread_share, c, SHARES);
    kk_arena_close(scratch);
}

void lanes_fetch(const lane_lists *lists, const people *all, unsigned lane, bool with_near)
{
    enum { SLOTS_OF_GROUP = 64 }; /* a page */
    const about_people *k = &all->about;
    size_t groups = lists->from[lane + 1] - lists->from[lane];
    size_t slots = (size_t)(k->first_run[lane + 1] - k->first_run[lane]) << k->run_bits;
    if (groups * SLOTS_OF_GROUP > slots)
        about_fetch(k, lane, with_near);
}
