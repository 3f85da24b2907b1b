#include "detect/correlate.h"

#include <stdlib.h>

#include "base/sorted.h"
#include "detect/rules_i.h"

enum { RULES_MOST = 64, GROUPS_MOST = 64, NANO = 1000000000 };

/* What one hit is to a correlation. */
typedef struct {
    kk_time time;
    uint64_t order, event;
    uint32_t nth;   /* of the correlation's rules */
    bool has_value; /* the field to be counted is there */
    union {
        kk_sha256 value; /* of the folded value: of value counts */
        kk_fixed number; /* of sums, averages, percentiles */
    };
    const kk_slice *carry; /* values that correlations of this one want */
} entry;

typedef struct {
    kk_sha256 value;
    uint64_t count; /* 0: free */
} distinct;

/* An ordered chain that ends with rule `nth` and has some length. */
typedef struct {
    bool there;
    kk_time first, last;
    uint64_t *events; /* as many as the correlation has rules */
    size_t length;
} chain;

typedef struct {
    kk_slice *shown; /* values of the group-by fields */
    kk_buffer entries;
    size_t head; /* the first that is in the window */
    kk_fixed sum;
    uint64_t numbers;
    kk_buffer table; /* of distinct */
    size_t table_size, table_used, distinct_count;
    kk_fixed *sorted;
    size_t sorted_count, sorted_capacity;
    uint64_t *by_rule;
    chain *chains; /* [rule][length - 1] */
    bool holds;
    kk_time last; /* of the burst */
    kk_fixed peak;
    bool has_peak;
    kk_buffer peak_entries;
} group;

typedef struct {
    entry e;
    kk_slice key;
    kk_slice *shown;
} waiting;

/* A place of a rule in a correlation. */
typedef struct {
    uint32_t correlation, nth;
} place;

typedef struct {
    const rules_correlation *c;
    uint32_t rules[RULES_MOST];
    size_t rule_count, wanted; /* wanted: of them, where no condition says how many */
    int level;                 /* 1: of plain rules alone */
    bool rising;
    uint32_t *slots; /* group + 1, by hash of the key */
    size_t size;
    kk_slice *keys;
    group **groups;
    size_t count, capacity, keys_capacity;
    waiting *waiting;
    size_t waiting_count, waiting_capacity;
} correlation;

struct kk_correlator {
    const kk_ruleset *rules;
    kk_arena *arena, *scratch;
    void (*tell)(void *context, const kk_correlation_hit *hit);
    void *context;
    correlation *list;
    size_t count;
    place *places; /* by rule, in the order in which its hits are taken in */
    rules_span *of_rule;
    uint64_t order;
    kk_hasher *hasher;
    kk_buffer key, joined; /* of the hit being taken in */
};

/* ---- opening ---- */

static size_t correlation_of(const kk_correlator *k, uint32_t rule)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].c->rule == rule)
            return i;
    return k->count;
}

static int level_of(kk_correlator *k, size_t which)
{
    correlation *x = &k->list[which];
    if (x->level)
        return x->level;
    int level = 1;
    for (size_t i = 0; i < x->rule_count; i++) {
        size_t inner = correlation_of(k, x->rules[i]);
        if (inner < k->count && level_of(k, inner) >= level)
            level = level_of(k, inner) + 1;
    }
    return x->level = level;
}

static void open_one(kk_correlator *k, correlation *x, const rules_correlation *c)
{
    x->c = c;
    x->rule_count = c->rules.count < RULES_MOST ? c->rules.count : RULES_MOST;
    for (size_t i = 0; i < x->rule_count; i++) {
        size_t seen = 0;
        x->rules[i] = k->rules->lists[c->rules.first + i];
        while (seen < i && x->rules[seen] != x->rules[i])
            seen++;
        x->wanted += seen == i || c->type == KK_TEMPORAL_ORDERED;
    }
    x->rising = true;
    for (uint32_t i = 0; i < c->condition_count; i++)
        x->rising =
            x->rising && (c->conditions[i].with == KK_GT || c->conditions[i].with == KK_GTE);
    if (c->type == KK_VALUE_AVG || c->type == KK_VALUE_PERCENTILE)
        x->rising = true; /* there is no fullest window of an average */
    x->size = 64;
    x->slots = KK_NEW_ARRAY(k->arena, uint32_t, x->size);
}

/* A rule that is named twice counts once, but has two places in an order. */
static bool is_place(const correlation *x, size_t nth, uint32_t rule)
{
    size_t first = 0;
    while (x->rules[first] != x->rules[nth])
        first++;
    return x->rules[nth] == rule && (first == nth || x->c->type == KK_TEMPORAL_ORDERED);
}

/* Last places first, so that a hit does not follow itself. */
static size_t places_of(const kk_correlator *k, uint32_t rule, place *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < k->count; i++) {
        const correlation *x = &k->list[i];
        for (size_t nth = x->rule_count; nth-- > 0;)
            if (is_place(x, nth, rule) && x->c->group_count <= GROUPS_MOST)
                out[count++] = (place){i, (uint32_t)nth};
    }
    return count;
}

static void note_places(kk_correlator *k)
{
    size_t rules = k->rules->count[S_RULES], total = 0, used = 0;
    for (size_t i = 0; i < k->count; i++)
        total += k->list[i].rule_count;
    k->places = KK_NEW_ARRAY(k->arena, place, total);
    k->of_rule = KK_NEW_ARRAY(k->arena, rules_span, rules);
    for (uint32_t rule = 0; rule < rules; rule++) {
        size_t count = places_of(k, rule, k->places + used);
        k->of_rule[rule] = (rules_span){(uint32_t)used, (uint32_t)count};
        used += count;
    }
}

kk_correlator *kk_correlator_open(const kk_ruleset *rules,
                                  void (*tell)(void *context, const kk_correlation_hit *hit),
                                  void *context)
{
    kk_arena *arena = kk_arena_open();
    kk_correlator *k = KK_NEW(arena, kk_correlator);
    k->arena = arena;
    k->scratch = kk_arena_open();
    k->rules = rules;
    k->tell = tell;
    k->context = context;
    k->count = rules->count[S_CORRELATIONS];
    k->list = KK_NEW_ARRAY(arena, correlation, k->count);
    for (size_t i = 0; i < k->count; i++)
        open_one(k, &k->list[i], &rules->correlations[i]);
    for (size_t i = 0; i < k->count; i++)
        level_of(k, i);
    k->hasher = kk_hasher_open();
    note_places(k);
    return k;
}

void kk_correlator_close(kk_correlator *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->count; i++)
        for (size_t g = 0; g < k->list[i].count; g++) {
            kk_buffer_close(&k->list[i].groups[g]->entries);
            kk_buffer_close(&k->list[i].groups[g]->peak_entries);
            kk_buffer_close(&k->list[i].groups[g]->table);
        }
    kk_hasher_close(k->hasher);
    kk_buffer_close(&k->key);
    kk_buffer_close(&k->joined);
    kk_arena_close(k->scratch);
    kk_arena_close(k->arena);
}

/* ---- groups ---- */

static void grow_slots(kk_correlator *k, correlation *x)
{
    x->size *= 4;
    x->slots = KK_NEW_ARRAY(k->arena, uint32_t, x->size);
    for (size_t i = 0; i < x->count; i++) {
        size_t at = kk_hash_quick(x->keys[i]) & (x->size - 1);
        while (x->slots[at])
            at = (at + 1) & (x->size - 1);
        x->slots[at] = (uint32_t)i + 1;
    }
}

static group *group_of(kk_correlator *k, correlation *x, kk_slice key, kk_slice *shown)
{
    if (x->count * 2 >= x->size)
        grow_slots(k, x);
    size_t at = kk_hash_quick(key) & (x->size - 1);
    for (; x->slots[at]; at = (at + 1) & (x->size - 1))
        if (kk_eq(x->keys[x->slots[at] - 1], key))
            return x->groups[x->slots[at] - 1];
    x->keys = kk_grow(k->arena, x->keys, &x->keys_capacity, x->count + 1, sizeof *x->keys);
    x->groups = kk_grow(k->arena, x->groups, &x->capacity, x->count + 1, sizeof *x->groups);
    group *g = KK_NEW(k->arena, group);
    g->shown = KK_NEW_ARRAY(k->arena, kk_slice, x->c->group_count);
    for (uint32_t i = 0; i < x->c->group_count; i++)
        g->shown[i] = kk_copy(k->arena, shown[i]);
    g->by_rule = KK_NEW_ARRAY(k->arena, uint64_t, x->rule_count);
    if (x->c->type == KK_TEMPORAL_ORDERED)
        g->chains = KK_NEW_ARRAY(k->arena, chain, x->rule_count * x->rule_count);
    x->keys[x->count] = kk_copy(k->arena, key);
    x->groups[x->count] = g;
    x->slots[at] = (uint32_t)++x->count;
    return g;
}

static entry *entries_of(const kk_buffer *buffer)
{
    return (entry *)(void *)buffer->ptr;
}

static size_t entry_count(const kk_buffer *buffer)
{
    return buffer->len / sizeof(entry);
}

/* ---- what a window holds ---- */

static uint64_t hash_of(const kk_sha256 *value)
{
    uint64_t h;
    memcpy(&h, value->bytes, sizeof h);
    return h;
}

static distinct *find_distinct(group *g, const kk_sha256 *value)
{
    distinct *table = (distinct *)(void *)g->table.ptr;
    size_t at = hash_of(value) & (g->table_size - 1);
    while (table[at].count && !kk_sha256_eq(&table[at].value, value))
        at = (at + 1) & (g->table_size - 1);
    return &table[at];
}

/* Values that left the window stay in the table until it is made anew. */
static void make_table(group *g, size_t size)
{
    kk_buffer old = g->table;
    const distinct *from = (const distinct *)(const void *)old.ptr;
    g->table = (kk_buffer){0};
    memset(kk_buffer_room(&g->table, size * sizeof *from), 0, size * sizeof *from);
    g->table_size = size;
    g->table_used = 0;
    for (size_t i = 0; i < old.len / sizeof *from; i++)
        if (from[i].count > 1) {
            *find_distinct(g, &from[i].value) = from[i];
            g->table_used++;
        }
    g->table.len = size * sizeof *from;
    kk_buffer_close(&old);
}

/* Counts in the table are one higher than how often a value is in the window. */
static void count_value(group *g, const kk_sha256 *value, bool enters)
{
    if (enters && g->table_used * 2 >= g->table_size) {
        size_t wanted = 64;
        while (wanted < g->distinct_count * 4)
            wanted *= 2;
        make_table(g, wanted);
    }
    distinct *d = find_distinct(g, value);
    if (enters) {
        if (!d->count) {
            *d = (distinct){*value, 1};
            g->table_used++;
        }
        g->distinct_count += ++d->count == 2;
    } else {
        g->distinct_count -= --d->count == 1;
    }
}

static size_t sorted_place(const group *g, kk_fixed number)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, g->sorted_count, g->sorted[low] < number);
    return low;
}

static void sort_number(kk_correlator *k, group *g, kk_fixed number, bool enters)
{
    size_t at = sorted_place(g, number);
    if (enters) {
        g->sorted = kk_grow(k->arena, g->sorted, &g->sorted_capacity, g->sorted_count + 1,
                            sizeof *g->sorted);
        memmove(g->sorted + at + 1, g->sorted + at, (g->sorted_count - at) * sizeof *g->sorted);
        g->sorted[at] = number;
        g->sorted_count++;
    } else {
        g->sorted_count--;
        memmove(g->sorted + at, g->sorted + at + 1, (g->sorted_count - at) * sizeof *g->sorted);
    }
}

static void weigh(kk_correlator *k, const correlation *x, group *g, const entry *e, bool enters)
{
    g->by_rule[e->nth] += enters ? 1u : UINT64_MAX;
    if (!e->has_value)
        return;
    if (x->c->type == KK_VALUE_COUNT) {
        count_value(g, &e->value, enters);
    } else if (x->c->type >= KK_VALUE_SUM) {
        g->sum += enters ? e->number : -e->number;
        g->numbers += enters ? 1u : UINT64_MAX;
        if (x->c->type == KK_VALUE_PERCENTILE)
            sort_number(k, g, e->number, enters);
    }
}

/* Lets go of what is older than the timespan. */
static void slide(kk_correlator *k, const correlation *x, group *g, kk_time now)
{
    size_t count = entry_count(&g->entries);
    entry *e = entries_of(&g->entries);
    while (g->head < count && e[g->head].time < now - x->c->timespan)
        weigh(k, x, g, &e[g->head++], false);
    if (g->head > 64 && g->head * 2 > count) {
        memmove(e, e + g->head, (count - g->head) * sizeof *e);
        g->entries.len = (count - g->head) * sizeof *e;
        g->head = 0;
    }
}

static kk_fixed percentile_of(const correlation *x, const group *g)
{
    kk_fixed share = rules_get_fixed(x->c->percentile); /* nearest rank */
    kk_fixed rank =
        (share * (kk_fixed)g->sorted_count + 100 * (kk_fixed)NANO - 1) / (100 * (kk_fixed)NANO);
    return g->sorted[rank > 0 ? (size_t)rank - 1 : 0];
}

/* False where there is nothing to compare: no number in the window. */
static bool value_of(const correlation *x, const group *g, kk_fixed *out)
{
    uint64_t count = 0;
    switch ((kk_correlation_type)x->c->type) {
    case KK_EVENT_COUNT:
        count = entry_count(&g->entries) - g->head;
        break;
    case KK_VALUE_COUNT:
        count = g->distinct_count;
        break;
    case KK_VALUE_SUM:
        *out = g->sum;
        return g->numbers != 0;
    case KK_VALUE_AVG:
        *out = g->numbers ? g->sum / (kk_fixed)g->numbers : 0;
        return g->numbers != 0;
    case KK_VALUE_PERCENTILE:
        *out = g->sorted_count ? percentile_of(x, g) : 0;
        return g->sorted_count != 0;
    default:
        for (size_t i = 0; i < x->rule_count; i++) {
            size_t first = 0;
            while (x->rules[first] != x->rules[i])
                first++;
            count += first == i && g->by_rule[i];
        }
    }
    *out = (kk_fixed)count * NANO;
    return true;
}

static bool satisfied(const correlation *x, kk_fixed value)
{
    const rules_correlation *c = x->c;
    bool good = true;
    if (!c->condition_count)
        return value >= (kk_fixed)x->wanted * NANO;
    for (uint32_t i = 0; i < c->condition_count; i++) {
        kk_fixed than = rules_get_fixed(c->conditions[i].than);
        switch ((kk_compare_with)c->conditions[i].with) {
        case KK_GT:
            good = good && value > than;
            break;
        case KK_GTE:
            good = good && value >= than;
            break;
        case KK_LT:
            good = good && value < than;
            break;
        case KK_LTE:
            good = good && value <= than;
            break;
        case KK_EQ:
            good = good && value == than;
            break;
        default:
            good = good && value != than;
        }
    }
    return good;
}

/* ---- hits ---- */

static void hand_on(kk_correlator *k, uint32_t rule, const entry *last, uint64_t order);

static void tell_hit(kk_correlator *k, const correlation *x, const group *g, kk_fixed value,
                     const entry *entries, size_t count)
{
    uint64_t events[KK_CORRELATED_MOST];
    size_t kept = count < KK_CORRELATED_MOST ? count : KK_CORRELATED_MOST;
    for (size_t i = 0; i < kept; i++)
        events[i] = entries[i].event;
    const entry *last = &entries[count - 1];
    kk_correlation_hit hit = {x->c->rule, entries[0].time, last->time, events,           kept,
                              count,      value,           g->shown,   x->c->group_count};
    k->tell(k->context, &hit);
    hand_on(k, x->c->rule, last, last->order);
}

static void tell_chain(kk_correlator *k, const correlation *x, const group *g, const chain *c,
                       const entry *last)
{
    kk_correlation_hit hit = {x->c->rule,
                              c->first,
                              c->last,
                              c->events,
                              c->length,
                              c->length,
                              (kk_fixed)c->length * NANO,
                              g->shown,
                              x->c->group_count};
    k->tell(k->context, &hit);
    hand_on(k, x->c->rule, last, last->order);
}

static void keep_peak(group *g, kk_fixed value)
{
    const entry *e = entries_of(&g->entries);
    size_t count = entry_count(&g->entries);
    if (g->has_peak && value <= g->peak)
        return;
    g->has_peak = true;
    g->peak = value;
    g->peak_entries.len = 0;
    kk_put_bytes(&g->peak_entries, e + g->head, (count - g->head) * sizeof *e);
}

static void end_burst(kk_correlator *k, const correlation *x, group *g)
{
    if (g->has_peak && satisfied(x, g->peak))
        tell_hit(k, x, g, g->peak, entries_of(&g->peak_entries), entry_count(&g->peak_entries));
    g->has_peak = false;
}

/* ---- order ---- */

static void extend(kk_correlator *k, const correlation *x, chain *to, const chain *from,
                   const entry *e)
{
    if (!to->events)
        to->events = KK_NEW_ARRAY(k->arena, uint64_t, x->rule_count);
    to->there = true;
    to->first = from ? from->first : e->time;
    to->length = from ? from->length : 0;
    if (from)
        memcpy(to->events, from->events, from->length * sizeof *from->events);
    to->last = e->time;
    to->events[to->length++] = e->event;
}

/* Chains in the order of the rules, some left out where a condition allows it: of each length, for
 * each rule that it may end with, the one that began last. */
static void order(kk_correlator *k, const correlation *x, group *g, const entry *e)
{
    size_t n = x->rule_count, nth = e->nth;
    for (size_t length = nth + 1; length > 0; length--) {
        chain *to = &g->chains[nth * n + length - 1];
        const chain *best = NULL;
        for (size_t before = 0; length > 1 && before < nth; before++) {
            const chain *c = &g->chains[before * n + length - 2];
            if (c->there && c->first >= e->time - x->c->timespan &&
                (!best || c->first > best->first))
                best = c;
        }
        if (length == 1 || best)
            extend(k, x, to, best, e);
        else
            continue;
        if (satisfied(x, (kk_fixed)length * NANO)) {
            for (size_t i = 0; i < n * n; i++)
                g->chains[i].there = false;
            tell_chain(k, x, g, to, e);
            return;
        }
    }
}

/* ---- a hit comes in ---- */

static void take_in(kk_correlator *k, correlation *x, group *g, const entry *e)
{
    kk_fixed value;
    if (x->c->type == KK_TEMPORAL_ORDERED) {
        order(k, x, g, e);
        return;
    }
    if (!x->rising && entry_count(&g->entries) && g->last < e->time - x->c->timespan)
        end_burst(k, x, g);
    slide(k, x, g, e->time);
    if (g->head == entry_count(&g->entries))
        g->holds = false; /* nothing of what held is left */
    kk_put_bytes(&g->entries, e, sizeof *e);
    weigh(k, x, g, e, true);
    g->last = e->time;
    if (!value_of(x, g, &value))
        return;
    if (!x->rising) {
        keep_peak(g, value);
        return;
    }
    bool holds = satisfied(x, value);
    if (holds && !g->holds)
        tell_hit(k, x, g, value, entries_of(&g->entries) + g->head,
                 entry_count(&g->entries) - g->head);
    g->holds = holds;
}

/* Behind its length, so that two values never make one. */
static void put_folded(kk_buffer *out, kk_slice value)
{
    kk_put_bytes(out, &value.len, sizeof value.len);
    out->len += kk_fold_into(kk_buffer_room(out, kk_fold_room(value.len)), value);
}

/* The folded values into k->key; false if one is missing. */
static bool make_key(kk_correlator *k, const correlation *x, size_t nth, const kk_slice *captures,
                     kk_slice *shown)
{
    k->key.len = 0;
    for (uint32_t i = 0; i < x->c->group_count; i++) {
        uint32_t at = k->rules->lists[x->c->groups.first + nth * x->c->group_count + i];
        shown[i] = captures[at];
        if (!shown[i].len)
            return false;
        put_folded(&k->key, shown[i]);
    }
    return true;
}

static void set_value(kk_correlator *k, const correlation *x, size_t nth, const kk_slice *captures,
                      entry *e)
{
    k->joined.len = 0;
    e->has_value = x->c->field_count != 0;
    for (uint32_t i = 0; i < x->c->field_count; i++) {
        uint32_t at = k->rules->lists[x->c->fields.first + nth * x->c->field_count + i];
        e->has_value = e->has_value && captures[at].len;
        if (x->c->type >= KK_VALUE_SUM)
            e->has_value = e->has_value && kk_fixed_read(captures[at], &e->number);
        else
            put_folded(&k->joined, captures[at]);
    }
    if (!e->has_value || x->c->type != KK_VALUE_COUNT)
        return;
    kk_hasher_add(k->hasher, k->joined.ptr, k->joined.len);
    e->value = kk_hasher_digest(k->hasher);
}

static const kk_slice *carry_of(kk_correlator *k, const correlation *x, size_t nth,
                                const kk_slice *captures)
{
    size_t count = x->c->carry_count;
    kk_slice *out = count ? KK_NEW_ARRAY(k->arena, kk_slice, count) : NULL;
    for (size_t i = 0; i < count; i++)
        out[i] = kk_copy(k->arena, captures[k->rules->lists[x->c->carry.first + nth * count + i]]);
    return out;
}

static void wait_for(kk_correlator *k, correlation *x, const entry *e, kk_slice key,
                     const kk_slice *shown)
{
    x->waiting = kk_grow(k->arena, x->waiting, &x->waiting_capacity, x->waiting_count + 1,
                         sizeof *x->waiting);
    waiting *w = &x->waiting[x->waiting_count++];
    *w = (waiting){*e, kk_copy(k->arena, key), KK_NEW_ARRAY(k->arena, kk_slice, x->c->group_count)};
    for (uint32_t i = 0; i < x->c->group_count; i++)
        w->shown[i] = kk_copy(k->arena, shown[i]);
}

/* A hit of `rule` for every correlation that is about it. */
static void spread(kk_correlator *k, uint32_t rule, entry e, const kk_slice *captures)
{
    rules_span span = k->of_rule[rule];
    for (const place *p = k->places + span.first; p < k->places + span.first + span.count; p++) {
        correlation *x = &k->list[p->correlation];
        kk_slice shown[GROUPS_MOST];
        if (!make_key(k, x, p->nth, captures, shown))
            continue;
        e.nth = p->nth;
        set_value(k, x, p->nth, captures, &e);
        e.carry = carry_of(k, x, p->nth, captures);
        if (x->level > 1)
            wait_for(k, x, &e, kk_buffer_slice(&k->key), shown);
        else
            take_in(k, x, group_of(k, x, kk_buffer_slice(&k->key), shown), &e);
    }
}

static void hand_on(kk_correlator *k, uint32_t rule, const entry *last, uint64_t number)
{
    entry e = {.time = last->time, .order = number, .event = last->event};
    const kk_slice *carry = last->carry;
    spread(k, rule, e, carry);
}

bool kk_correlator_wants(const kk_correlator *k, uint32_t rule)
{
    return k->of_rule[rule].count != 0;
}

void kk_correlator_add(kk_correlator *k, const kk_rule_event *event)
{
    entry e = {.time = event->time, .order = ++k->order, .event = event->event};
    if (event->time == KK_NO_TIME)
        return;
    spread(k, event->rule, e, event->captures);
    kk_arena_reset(k->scratch);
}

static int by_time(const void *a, const void *b)
{
    const entry *x = &((const waiting *)a)->e, *y = &((const waiting *)b)->e;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order != y->order ? (x->order < y->order ? -1 : 1)
                                : (x->nth < y->nth) - (x->nth > y->nth);
}

void kk_correlator_finish(kk_correlator *k)
{
    int levels = 0;
    for (size_t i = 0; i < k->count; i++)
        levels = k->list[i].level > levels ? k->list[i].level : levels;
    for (int level = 1; level <= levels; level++)
        for (size_t i = 0; i < k->count; i++) {
            correlation *x = &k->list[i];
            if (x->level != level)
                continue;
            if (x->waiting_count)
                qsort(x->waiting, x->waiting_count, sizeof *x->waiting, by_time);
            for (size_t w = 0; w < x->waiting_count; w++)
                take_in(k, x, group_of(k, x, x->waiting[w].key, x->waiting[w].shown),
                        &x->waiting[w].e);
            x->waiting_count = 0;
            for (size_t g = 0; g < x->count; g++)
                end_burst(k, x, x->groups[g]);
        }
    kk_arena_reset(k->scratch);
}
