#include "detect/correlate.h"

#include <stdlib.h>

#include "detect/correlate_i.h"

enum { GROUPS_MOST = 64, SLOTS_LEAST = 64 };

/* A hit that another correlation is about, until its turn comes. */
typedef struct {
    correlate_entry e;
    uint64_t number; /* in which it came */
    kk_slice key;
    kk_slice *shown, *carry;
} waiting;

/* A place of a rule in a correlation. */
typedef struct {
    uint32_t correlation, nth;
} place;

typedef struct {
    uint32_t hash, group; /* its number + 1; 0: free */
} slot;

typedef struct {
    correlate_about about;
    slot *slots;
    size_t size, slots_capacity;
    correlate_group **groups; /* those alive, then those to be used again */
    size_t count, made, capacity;
    kk_time swept; /* when idle groups were last let go of */
    waiting *waiting;
    size_t waiting_count, waiting_capacity;
} correlation;

struct kk_correlator {
    const kk_ruleset *rules;
    kk_arena *arena;
    kk_arena *late;    /* of hits that wait for the end */
    kk_arena *scratch; /* of the hit being taken in */
    void (*tell)(void *context, const kk_correlation_hit *hit);
    void *context;
    void (*look)(void *context, const kk_correlation_look *look); /* NULL: nobody watches */
    void *watcher;
    correlation *list;
    size_t count;
    int levels;
    place *places; /* by rule, in the order in which its hits are taken in */
    rules_span *of_rule;
    uint64_t order, waited;
    size_t prompt_waiting;
    kk_hasher *hasher;
    kk_buffer key, joined; /* of the hit being taken in */
};

/* ---- opening ---- */

static size_t correlation_of(const kk_correlator *k, uint32_t rule)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->list[i].about.c->rule == rule)
            return i;
    return k->count;
}

/* One that is held against the fullest window of a burst is told behind its time, when that is over. */
static int level_of(kk_correlator *k, size_t which)
{
    correlate_about *x = &k->list[which].about;
    if (x->level)
        return x->level;
    int level = 1;
    x->prompt = true;
    for (size_t i = 0; i < x->rule_count; i++) {
        size_t inner = correlation_of(k, x->rules[i]);
        if (inner == k->count)
            continue;
        if (level_of(k, inner) >= level)
            level = level_of(k, inner) + 1;
        const correlate_about *y = &k->list[inner].about;
        x->prompt = x->prompt && y->prompt && (y->rising || y->c->type == KK_TEMPORAL_ORDERED);
    }
    k->levels = level > k->levels ? level : k->levels;
    return x->level = level;
}

static void open_one(kk_correlator *k, correlation *of, const rules_correlation *c)
{
    correlate_about *x = &of->about;
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
    if (x->rising && c->type == KK_EVENT_COUNT && c->condition_count)
        x->enough = correlate_enough(c);
    if (c->type == KK_VALUE_AVG || c->type == KK_VALUE_PERCENTILE)
        x->rising = true; /* there is no fullest window of an average */
    of->swept = KK_NO_TIME;
    of->size = of->slots_capacity = SLOTS_LEAST;
    of->slots = KK_NEW_ARRAY(k->arena, slot, of->size);
}

/* A rule that is named twice counts once, but has two places in an order. */
static bool is_place(const correlate_about *x, size_t nth, uint32_t rule)
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
        const correlate_about *x = &k->list[i].about;
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
        total += k->list[i].about.rule_count;
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
    k->late = kk_arena_open();
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
        for (size_t g = 0; g < k->list[i].made; g++)
            correlate_close(k->list[i].groups[g]);
    kk_hasher_close(k->hasher);
    kk_buffer_close(&k->key);
    kk_buffer_close(&k->joined);
    kk_arena_close(k->scratch);
    kk_arena_close(k->late);
    kk_arena_close(k->arena);
}

/* ---- groups ---- */

/* The slots anew, for twice as many groups as there are. */
static void make_slots(kk_correlator *k, correlation *x)
{
    size_t size = SLOTS_LEAST;
    while (size < x->count * 4)
        size *= 2;
    if (size > x->slots_capacity) {
        x->slots = KK_NEW_ARRAY(k->arena, slot, size);
        x->slots_capacity = size;
    } else {
        memset(x->slots, 0, size * sizeof *x->slots);
    }
    x->size = size;
    for (size_t i = 0; i < x->count; i++) {
        size_t at = x->groups[i]->hash & (size - 1);
        while (x->slots[at].group)
            at = (at + 1) & (size - 1);
        x->slots[at] = (slot){(uint32_t)(x->groups[i]->hash >> 32), (uint32_t)i + 1};
    }
}

static correlate_group *new_group(kk_correlator *k, correlation *x)
{
    const correlate_about *about = &x->about;
    if (x->count < x->made)
        return x->groups[x->count++];
    x->groups = kk_grow(k->arena, x->groups, &x->capacity, x->made + 1, sizeof *x->groups);
    correlate_group *g = KK_NEW(k->arena, correlate_group);
    g->shown = KK_NEW_ARRAY(k->arena, kk_slice, about->c->group_count);
    g->by_rule = KK_NEW_ARRAY(k->arena, uint64_t, about->rule_count);
    if (!about->rising) {
        g->peak = KK_NEW(k->arena, correlate_peak);
        g->peak->carry = KK_NEW_ARRAY(k->arena, kk_slice, about->c->carry_count);
    }
    if (about->c->type == KK_TEMPORAL_ORDERED)
        g->chains = KK_NEW_ARRAY(k->arena, correlate_chain, about->rule_count * about->rule_count);
    x->groups[x->made++] = g;
    x->count++;
    return g;
}

/* The group's key and the values shown for it; `key` may be the group's own. */
static void name_group(const correlation *x, correlate_group *g, kk_slice key,
                       const kk_slice *shown)
{
    size_t at = key.len, all = 0;
    for (uint32_t i = 0; i < x->about.c->group_count; i++)
        all += shown[i].len;
    if (g->text.ptr != key.ptr) {
        g->text.len = 0;
        (void)kk_buffer_fit(&g->text, key.len + all);
        kk_put(&g->text, key);
    }
    g->text.len = g->key_len = key.len;
    for (uint32_t i = 0; i < x->about.c->group_count; i++)
        kk_put(&g->text, shown[i]);
    for (uint32_t i = 0; i < x->about.c->group_count; at += shown[i++].len)
        g->shown[i] = (kk_slice){g->text.ptr + at, shown[i].len};
}

static correlate_group *group_of(kk_correlator *k, correlation *x, kk_slice key,
                                 const kk_slice *shown)
{
    if (x->count * 2 >= x->size)
        make_slots(k, x);
    uint64_t hash = kk_hash_quick(key);
    size_t at = hash & (x->size - 1);
    for (; x->slots[at].group; at = (at + 1) & (x->size - 1)) {
        correlate_group *g = x->groups[x->slots[at].group - 1];
        if (x->slots[at].hash == (uint32_t)(hash >> 32) &&
            kk_eq((kk_slice){g->text.ptr, g->key_len}, key))
            return g;
    }
    correlate_group *g = new_group(k, x);
    g->hash = hash;
    g->last = KK_NO_TIME;
    name_group(x, g, key, shown);
    x->slots[at] = (slot){(uint32_t)(hash >> 32), (uint32_t)x->count};
    return g;
}

/* ---- hits ---- */

static void hand_on(kk_correlator *k, uint32_t rule, const correlate_entry *last,
                    const kk_slice *carry);

/* The first of its events are told, and the last. */
static void tell_entries(kk_correlator *k, const correlation *x, const correlate_group *g,
                         kk_fixed value, const kk_buffer *entries, size_t head, uint64_t total,
                         const correlate_entry *last)
{
    kk_hit_place events[KK_CORRELATED_MOST];
    const correlate_entry *e = correlate_entries(entries) + head;
    size_t count = correlate_entry_count(entries) - head, kept = 0;
    while (kept < count && kept < KK_CORRELATED_MOST) {
        events[kept] = e[kept].event;
        kept++;
    }
    kk_correlation_hit hit = {.rule = x->about.c->rule,
                              .first = e->time,
                              .last = last->time,
                              .events = events,
                              .count = kept,
                              .total = total,
                              .last_event = last->event,
                              .value = value,
                              .group = g->shown,
                              .group_count = x->about.c->group_count};
    k->tell(k->context, &hit);
}

static void tell_window(kk_correlator *k, const correlation *x, const correlate_group *g,
                        kk_fixed value, const correlate_entry *last, const kk_slice *carry)
{
    tell_entries(k, x, g, value, &g->entries, g->head, correlate_entry_count(&g->entries) - g->head,
                 last);
    hand_on(k, x->about.c->rule, last, carry);
}

static void tell_chain(kk_correlator *k, const correlation *x, const correlate_group *g,
                       const correlate_chain *c, const correlate_entry *last, const kk_slice *carry)
{
    kk_correlation_hit hit = {.rule = x->about.c->rule,
                              .first = c->first,
                              .last = c->last,
                              .events = c->events,
                              .count = c->length,
                              .total = c->length,
                              .last_event = last->event,
                              .value = (kk_fixed)c->length * NANO,
                              .group = g->shown,
                              .group_count = x->about.c->group_count};
    k->tell(k->context, &hit);
    hand_on(k, x->about.c->rule, last, carry);
}

static void keep_carry(const correlation *x, correlate_peak *p, const kk_slice *carry)
{
    size_t count = x->about.c->carry_count, at = 0;
    p->carried.len = 0;
    for (size_t i = 0; i < count; i++)
        kk_put(&p->carried, carry[i]);
    for (size_t i = 0; i < count; at += carry[i++].len)
        p->carry[i] = carry[i].len ? (kk_slice){p->carried.ptr + at, carry[i].len} : carry[i];
}

static void keep_peak(const correlation *x, correlate_group *g, kk_fixed value,
                      const kk_slice *carry)
{
    correlate_peak *p = g->peak;
    const correlate_entry *e = correlate_entries(&g->entries) + g->head;
    size_t count = correlate_entry_count(&g->entries) - g->head;
    size_t kept = count < KK_CORRELATED_MOST ? count : KK_CORRELATED_MOST;
    if (p->there && value <= p->value)
        return;
    /* A window that only grew has its beginning already. */
    size_t had = correlate_entry_count(&p->entries);
    if (!p->there || !had || had > kept || correlate_entries(&p->entries)[0].order != e->order)
        had = p->entries.len = 0;
    correlate_put(&p->entries, e + had, kept - had);
    p->there = true;
    p->value = value;
    p->total = count;
    p->last = e[count - 1];
    keep_carry(x, p, carry);
}

static void end_burst(kk_correlator *k, const correlation *x, correlate_group *g)
{
    correlate_peak *p = g->peak;
    if (p && p->there && correlate_satisfied(&x->about, p->value)) {
        tell_entries(k, x, g, p->value, &p->entries, 0, p->total, &p->last);
        hand_on(k, x->about.c->rule, &p->last, p->carry);
    }
    if (p)
        p->there = false;
}

/* What is older than the timespan counts for nothing any more: time only goes on. */
static void sweep(kk_correlator *k, correlation *x, kk_time now)
{
    if (x->swept != KK_NO_TIME && now - x->swept <= x->about.c->timespan)
        return;
    x->swept = now;
    for (size_t i = 0; i < x->count;) {
        correlate_group *g = x->groups[i];
        if (g->last >= now - x->about.c->timespan) {
            i++;
            continue;
        }
        end_burst(k, x, g);
        correlate_empty(&x->about, g);
        x->groups[i] = x->groups[--x->count];
        x->groups[x->count] = g;
    }
    make_slots(k, x);
}

/* ---- order ---- */

static void extend(kk_correlator *k, const correlation *x, correlate_chain *to,
                   const correlate_chain *from, const correlate_entry *e)
{
    if (!to->events)
        to->events = KK_NEW_ARRAY(k->arena, kk_hit_place, x->about.rule_count);
    to->there = true;
    to->first = from ? from->first : e->time;
    to->length = from ? from->length : 0;
    if (from)
        memcpy(to->events, from->events, from->length * sizeof *from->events);
    to->last = e->time;
    to->events[to->length++] = e->event;
}

/* Chains in the order of the rules, some left out where a condition allows it: of each length, for
 * each rule that it may end with, the one that began last. Returns the length of the longest with this hit. */
static size_t order(kk_correlator *k, const correlation *x, correlate_group *g,
                    const correlate_entry *e, const kk_slice *carry)
{
    size_t n = x->about.rule_count, nth = e->nth, longest = 0;
    for (size_t length = nth + 1; length > 0; length--) {
        correlate_chain *to = &g->chains[nth * n + length - 1];
        const correlate_chain *best = NULL;
        for (size_t before = 0; length > 1 && before < nth; before++) {
            const correlate_chain *c = &g->chains[before * n + length - 2];
            if (c->there && c->first >= e->time - x->about.c->timespan &&
                (!best || c->first > best->first))
                best = c;
        }
        if (length == 1 || best)
            extend(k, x, to, best, e);
        else
            continue;
        longest = longest ? longest : length;
        if (correlate_satisfied(&x->about, (kk_fixed)length * NANO)) {
            for (size_t i = 0; i < n * n; i++)
                g->chains[i].there = false;
            tell_chain(k, x, g, to, e, carry);
            break;
        }
    }
    return longest;
}

/* ---- a hit comes in ---- */

/* False where the window holds nothing to compare; else what it comes to. */
static bool count_in(kk_correlator *k, const correlation *x, correlate_group *g,
                     const correlate_entry *e, const kk_slice *carry, kk_fixed *out)
{
    kk_fixed value;
    correlate_slide(&x->about, g, e->time);
    if (g->head == correlate_entry_count(&g->entries))
        g->holds = false; /* nothing of what held is left */
    correlate_enter(&x->about, g, e);
    bool there = correlate_value(&x->about, g, &value), held = g->holds;
    *out = there ? value : 0;
    if (!x->about.rising) {
        if (there)
            keep_peak(x, g, value, carry);
        return there;
    }
    g->holds = there && correlate_satisfied(&x->about, value);
    if (g->holds && !held)
        tell_window(k, x, g, value, e, carry);
    return there;
}

static void take_in(kk_correlator *k, correlation *x, kk_slice key, const kk_slice *shown,
                    const correlate_entry *e, const kk_slice *carry)
{
    correlate_group *g = group_of(k, x, key, shown);
    if (g->last != KK_NO_TIME && g->last < e->time - x->about.c->timespan) {
        end_burst(k, x, g);
        name_group(x, g, (kk_slice){g->text.ptr, g->key_len}, shown);
    }
    g->last = e->time;
    kk_fixed value;
    bool there = true;
    if (x->about.c->type == KK_TEMPORAL_ORDERED)
        value = (kk_fixed)order(k, x, g, e, carry) * NANO;
    else
        there = count_in(k, x, g, e, carry, &value);
    if (k->look)
        k->look(k->watcher, &(kk_correlation_look){x->about.c->rule, e->nth, e->time, shown,
                                                   x->about.c->group_count, there, value});
}

/* Behind its length, so that two values never make one. */
static void put_folded(kk_buffer *out, kk_slice value)
{
    kk_put_bytes(out, &value.len, sizeof value.len);
    out->len += kk_fold_into(kk_buffer_room(out, kk_fold_room(value.len)), value);
}

/* The folded values into k->key; false if one is missing. */
static bool make_key(kk_correlator *k, const correlate_about *x, size_t nth,
                     const kk_slice *captures, kk_slice *shown)
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

/* Short values stand for themselves, long ones by their SHA-256. */
static void tell_apart(kk_correlator *k, uint64_t out[2])
{
    enum { ALL = 2 * sizeof *out };
    uint8_t bytes[ALL] = {0};
    if (k->joined.len < ALL) {
        memcpy(bytes, k->joined.ptr, k->joined.len);
        bytes[ALL - 1] = (uint8_t)k->joined.len;
    } else {
        kk_hasher_add(k->hasher, k->joined.ptr, k->joined.len);
        kk_sha256 digest = kk_hasher_digest(k->hasher);
        memcpy(bytes, digest.bytes, ALL);
        bytes[ALL - 1] = 0xff;
    }
    memcpy(out, bytes, ALL);
}

static void set_value(kk_correlator *k, const correlate_about *x, size_t nth,
                      const kk_slice *captures, correlate_entry *e)
{
    bool has = x->c->field_count != 0;
    kk_fixed number = 0;
    k->joined.len = 0;
    for (uint32_t i = 0; i < x->c->field_count; i++) {
        kk_slice value =
            captures[k->rules->lists[x->c->fields.first + nth * x->c->field_count + i]];
        has = has && value.len;
        if (x->c->type >= KK_VALUE_SUM)
            has = has && kk_fixed_read(value, &number);
        else if (x->c->field_count > 1)
            put_folded(&k->joined, value);
        else
            k->joined.len +=
                kk_fold_into(kk_buffer_room(&k->joined, kk_fold_room(value.len)), value);
    }
    e->has = has;
    if (has && x->c->type == KK_VALUE_COUNT)
        tell_apart(k, e->value);
    else
        rules_put_fixed(e->value, number);
}

/* Values that correlations of this one want, where they are. */
static const kk_slice *carry_of(kk_correlator *k, const correlate_about *x, size_t nth,
                                const kk_slice *captures)
{
    size_t count = x->c->carry_count;
    kk_slice *out = count ? KK_NEW_ARRAY(k->scratch, kk_slice, count) : NULL;
    for (size_t i = 0; i < count; i++)
        out[i] = captures[k->rules->lists[x->c->carry.first + nth * count + i]];
    return out;
}

static kk_slice *copies(kk_arena *arena, const kk_slice *values, size_t count)
{
    kk_slice *out = KK_NEW_ARRAY(arena, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        out[i] = kk_copy(arena, values[i]);
    return out;
}

static void wait_for(kk_correlator *k, correlation *x, const correlate_entry *e, kk_slice key,
                     const kk_slice *shown, const kk_slice *carry)
{
    kk_arena *arena = x->about.prompt ? k->scratch : k->late;
    x->waiting = kk_grow(k->arena, x->waiting, &x->waiting_capacity, x->waiting_count + 1,
                         sizeof *x->waiting);
    x->waiting[x->waiting_count++] = (waiting){*e, k->waited++, kk_copy(arena, key),
                                               copies(arena, shown, x->about.c->group_count),
                                               copies(arena, carry, x->about.c->carry_count)};
    k->prompt_waiting += x->about.prompt;
}

/* A hit of `rule` for every correlation that is about it. */
static void spread(kk_correlator *k, uint32_t rule, correlate_entry e, const kk_slice *captures)
{
    rules_span span = k->of_rule[rule];
    for (const place *p = k->places + span.first; p < k->places + span.first + span.count; p++) {
        correlation *x = &k->list[p->correlation];
        kk_slice shown[GROUPS_MOST];
        if (x->about.level == 1)
            sweep(k, x, e.time); /* bursts that end may use the key */
        if (!make_key(k, &x->about, p->nth, captures, shown)) {
            if (k->look)
                k->look(k->watcher, &(kk_correlation_look){
                                        .rule = x->about.c->rule, .of = p->nth, .time = e.time});
            continue;
        }
        e.nth = p->nth & (RULES_MOST - 1);
        set_value(k, &x->about, p->nth, captures, &e);
        const kk_slice *carry = carry_of(k, &x->about, p->nth, captures);
        if (x->about.level > 1)
            wait_for(k, x, &e, kk_buffer_slice(&k->key), shown, carry);
        else
            take_in(k, x, kk_buffer_slice(&k->key), shown, &e, carry);
    }
}

static void hand_on(kk_correlator *k, uint32_t rule, const correlate_entry *last,
                    const kk_slice *carry)
{
    correlate_entry e = {.time = last->time, .order = last->order, .event = last->event};
    if (k->of_rule[rule].count)
        spread(k, rule, e, carry);
}

void kk_correlator_watch(kk_correlator *k,
                         void (*look)(void *context, const kk_correlation_look *look),
                         void *context)
{
    k->look = look;
    k->watcher = context;
    for (size_t i = 0; i < k->count; i++)
        k->list[i].about.enough = 0; /* who explains wants to know how many there are */
}

static void tell_undated(kk_correlator *k, uint32_t rule)
{
    rules_span span = k->of_rule[rule];
    for (const place *p = k->places + span.first; p < k->places + span.first + span.count; p++)
        k->look(k->watcher, &(kk_correlation_look){.rule = k->list[p->correlation].about.c->rule,
                                                   .of = p->nth,
                                                   .time = KK_NO_TIME});
}

bool kk_correlator_wants(const kk_correlator *k, uint32_t rule)
{
    return k->of_rule[rule].count != 0;
}

size_t kk_correlator_groups(const kk_correlator *k)
{
    size_t made = 0;
    for (size_t i = 0; i < k->count; i++)
        made += k->list[i].made;
    return made;
}

static int by_time(const void *a, const void *b)
{
    const waiting *x = a, *y = b;
    if (x->e.time != y->e.time)
        return x->e.time < y->e.time ? -1 : 1;
    if (x->e.order != y->e.order)
        return x->e.order < y->e.order ? -1 : 1;
    if (x->e.nth != y->e.nth)
        return x->e.nth < y->e.nth ? 1 : -1;
    return (x->number > y->number) - (x->number < y->number);
}

static void take_waiting(kk_correlator *k, correlation *x)
{
    if (!x->waiting_count)
        return;
    qsort(x->waiting, x->waiting_count, sizeof *x->waiting, by_time);
    for (size_t w = 0; w < x->waiting_count; w++) {
        sweep(k, x, x->waiting[w].e.time);
        take_in(k, x, x->waiting[w].key, x->waiting[w].shown, &x->waiting[w].e,
                x->waiting[w].carry);
    }
    k->prompt_waiting -= x->about.prompt ? x->waiting_count : 0;
    x->waiting_count = 0;
}

void kk_correlator_add(kk_correlator *k, const kk_rule_event *event)
{
    correlate_entry e = {
        .time = event->time, .order = ++k->order & (UINT64_MAX >> 8), .event = event->event};
    if (event->time == KK_NO_TIME) {
        if (k->look)
            tell_undated(k, event->rule);
        return;
    }
    spread(k, event->rule, e, event->captures);
    for (int level = 2; k->prompt_waiting && level <= k->levels; level++)
        for (size_t i = 0; i < k->count; i++)
            if (k->list[i].about.level == level && k->list[i].about.prompt)
                take_waiting(k, &k->list[i]);
    kk_arena_reset(k->scratch);
}

void kk_correlator_finish(kk_correlator *k)
{
    for (int level = 1; level <= k->levels; level++)
        for (size_t i = 0; i < k->count; i++) {
            correlation *x = &k->list[i];
            if (x->about.level != level)
                continue;
            take_waiting(k, x);
            for (size_t g = 0; g < x->count; g++)
                end_burst(k, x, x->groups[g]);
        }
    kk_arena_reset(k->scratch);
}
