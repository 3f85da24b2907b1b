#include "cli/sigma_groups.h"

#include <stdio.h>
#include <stdlib.h>

enum { GROUPS_MOST = 10000, TOLD_MOST = 20 };

typedef struct {
    const kk_slice *values;
    uint64_t hits, fired;
    uint64_t *by_rule;
    bool there;
    kk_fixed least, most;
    kk_time at; /* of the most */
} group;

typedef struct {
    uint64_t *hits, *undated, *ungrouped; /* by the correlation's rules */
    group *groups;
    size_t count, capacity;
    uint64_t left_out; /* hits of groups beyond GROUPS_MOST */
} counted;

struct kk_sigma_groups {
    kk_arena *arena;
    const kk_sigma *set;
    counted *rules; /* by rule */
};

kk_sigma_groups *kk_sigma_groups_open(kk_arena *arena, const kk_sigma *set)
{
    kk_sigma_groups *s = KK_NEW(arena, kk_sigma_groups);
    *s = (kk_sigma_groups){arena, set, KK_NEW_ARRAY(arena, counted, set->count)};
    for (size_t i = 0; i < set->count; i++) {
        const kk_correlation *c = set->rules[i]->correlation;
        if (!c)
            continue;
        s->rules[i].hits = KK_NEW_ARRAY(arena, uint64_t, c->rule_count);
        s->rules[i].undated = KK_NEW_ARRAY(arena, uint64_t, c->rule_count);
        s->rules[i].ungrouped = KK_NEW_ARRAY(arena, uint64_t, c->rule_count);
    }
    return s;
}

/* NULL: there are too many already. */
static group *group_of(kk_sigma_groups *s, uint32_t rule, const kk_slice *values, size_t count)
{
    counted *c = &s->rules[rule];
    kk_slice *folded = KK_NEW_ARRAY(s->arena, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        folded[i] = kk_fold(s->arena, values[i]);
    for (size_t k = 0; k < c->count; k++) {
        size_t same = 0;
        while (same < count && kk_eq(c->groups[k].values[same], folded[same]))
            same++;
        if (same == count)
            return &c->groups[k];
    }
    if (c->count == GROUPS_MOST)
        return NULL;
    c->groups = kk_grow(s->arena, c->groups, &c->capacity, c->count + 1, sizeof *c->groups);
    group *g = &c->groups[c->count++];
    *g = (group){.values = folded};
    g->by_rule = KK_NEW_ARRAY(s->arena, uint64_t, s->set->rules[rule]->correlation->rule_count);
    return g;
}

void kk_sigma_groups_look(void *groups, const kk_correlation_look *look)
{
    kk_sigma_groups *s = groups;
    counted *c = &s->rules[look->rule];
    c->hits[look->of]++;
    if (!look->group) {
        (look->time == KK_NO_TIME ? c->undated : c->ungrouped)[look->of]++;
        return;
    }
    group *g = group_of(s, look->rule, look->group, look->group_count);
    if (!g) {
        c->left_out++;
        return;
    }
    g->hits++;
    g->by_rule[look->of]++;
    if (!look->there)
        return;
    if (!g->there || look->value > g->most) {
        g->most = look->value;
        g->at = look->time;
    }
    g->least = !g->there || look->value < g->least ? look->value : g->least;
    g->there = true;
}

void kk_sigma_groups_fired(kk_sigma_groups *s, const kk_correlation_hit *hit)
{
    group *g = group_of(s, hit->rule, hit->group, hit->group_count);
    if (g)
        g->fired++;
}

/* ---- told ---- */

/* To the third digit below one. */
static void put_number(kk_json *j, const char *key, kk_fixed value)
{
    char text[64];
    long long whole = (long long)(value / 1000000000);
    long long part = llabs((long long)(value % 1000000000)) / 1000000;
    if (part)
        snprintf(text, sizeof text, "%s%lld.%03lld", value < 0 && !whole ? "-" : "", whole, part);
    else
        snprintf(text, sizeof text, "%lld", whole);
    kk_json_cstr(j, key, text);
}

static void put_wanted(const kk_correlation *c, kk_json *j)
{
    static const char *const words[KK_COMPARES] = {"gt", "gte", "lt", "lte", "eq", "neq"};
    kk_json_object(j, "wanted");
    for (size_t i = 0; i < c->condition_count; i++)
        put_number(j, words[c->conditions[i].with], c->conditions[i].than);
    if (!c->condition_count) /* temporal: all of them */
        put_number(j, "gte", (kk_fixed)c->rule_count * 1000000000);
    kk_json_close(j);
}

static void put_rules(const kk_correlation *c, const counted *n, kk_json *j)
{
    kk_json_array(j, "rules");
    for (size_t i = 0; i < c->rule_count; i++) {
        kk_json_object(j, NULL);
        kk_json_text(j, "title", c->rules[i]->title);
        kk_json_u64(j, "hits", n->hits[i]);
        kk_json_u64(j, "without_time", n->undated[i]);
        kk_json_u64(j, "without_group", n->ungrouped[i]);
        kk_json_close(j);
    }
    kk_json_close(j);
}

/* The fullest first, then by their values. */
static int by_most(const void *a, const void *b)
{
    const group *x = *(const group *const *)a, *y = *(const group *const *)b;
    if (x->there != y->there)
        return x->there ? -1 : 1;
    if (x->most != y->most)
        return x->most > y->most ? -1 : 1;
    return x->hits != y->hits ? (x->hits > y->hits ? -1 : 1) : (x->at > y->at) - (x->at < y->at);
}

static void put_group(const kk_correlation *c, const group *g, kk_json *j)
{
    kk_json_object(j, NULL);
    kk_json_texts(j, "group", g->values, c->group_count);
    kk_json_u64(j, "hits", g->hits);
    kk_json_array(j, "by_rule");
    for (size_t i = 0; i < c->rule_count; i++)
        kk_json_u64(j, NULL, g->by_rule[i]);
    kk_json_close(j);
    if (g->there) {
        put_number(j, "least", g->least);
        put_number(j, "most", g->most);
        kk_json_time(j, "at", g->at);
    }
    kk_json_u64(j, "fired", g->fired);
    kk_json_close(j);
}

void kk_sigma_groups_put(const kk_sigma_groups *s, uint32_t rule, kk_json *j)
{
    const kk_correlation *c = s->set->rules[rule]->correlation;
    const counted *n = &s->rules[rule];
    const group **sorted = kk_take_array(s->arena, n->count, sizeof *sorted);
    for (size_t i = 0; i < n->count; i++)
        sorted[i] = &n->groups[i];
    if (n->count)
        qsort(sorted, n->count, sizeof *sorted, by_most);
    kk_json_object(j, "correlation");
    kk_json_cstr(j, "type", kk_correlation_names[c->type]);
    kk_json_u64(j, "seconds", (uint64_t)(c->timespan / KK_SECOND));
    put_wanted(c, j);
    put_rules(c, n, j);
    kk_json_array(j, "groups");
    for (size_t i = 0; i < n->count && i < TOLD_MOST; i++)
        put_group(c, sorted[i], j);
    kk_json_close(j);
    kk_json_u64(j, "group_count", n->count);
    if (n->left_out)
        kk_json_u64(j, "hits_of_more_groups", n->left_out);
    kk_json_close(j);
}
