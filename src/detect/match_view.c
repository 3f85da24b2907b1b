/* Which pairs of an event are looked at, and for what: found out once for events with the same names. */
#include "detect/match_i.h"

static bool is_direct(const rules_slot *s)
{
    return s->text || s->number || s->maker;
}

/* Not out of what a reader leaves out of an event that is unread: most columns, and who ran. */
static bool is_in_unread(const kk_ruleset *r, const rules_slot *s)
{
    const uint64_t columns = UINT64_C(1) << KK_DATASET | UINT64_C(1) << KK_PROVIDER |
                             UINT64_C(1) << KK_CODE | UINT64_C(1) << KK_HOST_NAME |
                             UINT64_C(1) << KK_MESSAGE;
    const uint64_t makers =
        ~(UINT64_C(1) << KK_MADE_OUTCOME | UINT64_C(1) << KK_MADE_SYSTEM_PROCESS |
          UINT64_C(1) << KK_MADE_SYSTEM_USER);
    kk_slice name = rules_slice(r, s->name);
    return (!s->text || columns >> (s->text - 1) & 1) && !s->number && makers >> s->maker & 1 &&
           !kk_is(name, "system.userid") && !kk_is(name, "system.processid");
}

/* Keywords that might be the number of who ran would have to be looked for in it. */
static bool takes_unread(const kk_ruleset *r, const rules_bucket *b, const match_shape *shape)
{
    if (!kk_starts(rules_slice(r, b->dataset), KK_S("windows.")) ||
        (shape->any && (!shape->any_sieve || shape->any_sieve->numerals)))
        return false;
    for (uint32_t i = 0; i < b->slots.count; i++)
        if (!is_in_unread(r, &r->slots[b->slots.first + i]))
            return false;
    return true;
}

match_shape *kk_matcher_shape(kk_matcher *m, const rules_bucket *b)
{
    const kk_ruleset *r = m->rules;
    match_shape *shape = KK_NEW(m->arena, match_shape);
    shape->size = 16;
    while (shape->size < b->slots.count * 3u)
        shape->size *= 2;
    shape->names = KK_NEW_ARRAY(m->arena, uint32_t, shape->size);
    shape->same = KK_NEW_ARRAY(m->arena, uint32_t, b->slots.count);
    shape->direct = KK_NEW_ARRAY(m->arena, uint32_t, b->slots.count);
    shape->of_slot = KK_NEW_ARRAY(m->arena, match_front *, b->slots.count);
    for (uint32_t i = 0; i < b->slots.count; i++) {
        const rules_slot *s = &r->slots[b->slots.first + i];
        if (s->any) {
            shape->any = s->field + 1;
            shape->any_least = s->least;
        }
        if (is_direct(s))
            shape->direct[shape->direct_count++] = i;
        if (!s->name.len)
            continue;
        size_t at = s->name_hash & (shape->size - 1);
        while (shape->names[at] &&
               !kk_eq(rules_slice(r, r->slots[b->slots.first + shape->names[at] - 1].name),
                      rules_slice(r, s->name)))
            at = (at + 1) & (shape->size - 1);
        shape->same[i] = shape->names[at];
        shape->names[at] = i + 1;
    }
    kk_matcher_sieves(m, b, shape);
    shape->takes_unread = takes_unread(r, b, shape);
    return m->shapes[b - r->buckets] = shape;
}

uint32_t kk_matcher_slot(const kk_matcher *m, const match_shape *shape, kk_slice name)
{
    char plain[256];
    if (name.len > sizeof plain)
        return 0;
    kk_slice key = {plain, kk_field_name(plain, name)};
    const rules_slot *slots = m->rules->slots + m->bucket->slots.first;
    size_t at = rules_hash(key) & (shape->size - 1);
    for (; shape->names[at]; at = (at + 1) & (shape->size - 1))
        if (kk_eq(rules_slice(m->rules, slots[shape->names[at] - 1].name), key))
            return shape->names[at];
    return 0;
}

/* How long a value is at least that has so many bytes once it is folded. */
static uint32_t unfolded(uint32_t least)
{
    return least - least / 3;
}

/* A unit of two bytes is three of UTF-8 at most. */
static uint32_t too_few(uint32_t shortest)
{
    return shortest ? (uint32_t)((2 * ((uint64_t)shortest - 1) + 1) / 3) : 0;
}

static void add_look(kk_matcher *m, const match_shape *shape, match_view *v, match_look look)
{
    uint32_t of_field = look.field == NO_FIELD ? UINT32_MAX : unfolded(look.least);
    uint32_t of_any = look.any ? unfolded(shape->any_least) : UINT32_MAX;
    look.numerals = (look.field != NO_FIELD && (!look.sieve || look.sieve->numerals)) ||
                    (look.any && (!shape->any_sieve || shape->any_sieve->numerals));
    look.shortest = of_field < of_any ? of_field : of_any;
    look.too_few = too_few(look.shortest);
    v->looks = kk_grow(m->arena, v->looks, &v->look_capacity, v->look_count + 1, sizeof look);
    v->looks[v->look_count++] = look;
    if (look.shortest == UINT32_MAX)
        return;
    v->asked = kk_grow(m->arena, v->asked, &v->asked_capacity, v->asked_count + 1, sizeof look);
    v->dull = kk_grow(m->arena, v->dull, &v->dull_capacity, v->asked_count + 1, sizeof *v->dull);
    v->dull[v->asked_count].len = v->dull[v->asked_count].passed_over = 0;
    v->asked[v->asked_count++] = look;
}

static void look_at(kk_matcher *m, match_shape *shape, match_view *v, const kk_event *e,
                    uint32_t pair)
{
    const rules_slot *slots = m->rules->slots + m->bucket->slots.first;
    bool any = shape->any != 0;
    for (uint32_t slot = kk_matcher_slot(m, shape, e->more[pair].name); slot;
         slot = shape->same[slot - 1]) {
        const rules_slot *s = &slots[slot - 1];
        bool asked = m->looked_up[s->field];
        v->has_slot[slot - 1] = true;
        add_look(m, shape, v,
                 (match_look){.pair = pair,
                              .slot = slot,
                              .field = asked ? s->field : NO_FIELD,
                              .least = s->least,
                              .any = any,
                              .sieve = shape->sieves[slot - 1],
                              .front = &shape->of_slot[slot - 1]});
        any = false;
    }
    if (any)
        add_look(m, shape, v,
                 (match_look){.pair = pair,
                              .field = NO_FIELD,
                              .any = true,
                              .front = pair < PAIRS_KEPT ? &shape->of_pair[pair] : NULL});
}

static bool has_names(const match_view *v, const kk_event *e)
{
    for (size_t i = 0; i < e->more_count; i++)
        if (v->names[i].len != e->more[i].name.len ||
            !same_bytes(v->names[i].ptr, e->more[i].name.ptr, v->names[i].len))
            return false;
    return true;
}

static void copy_names(kk_matcher *m, match_view *v, const kk_event *e)
{
    size_t bytes = 0;
    for (size_t i = 0; i < e->more_count; i++)
        bytes += e->more[i].name.len;
    v->bytes = kk_grow(m->arena, v->bytes, &v->byte_capacity, bytes, 1);
    v->names = kk_grow(m->arena, v->names, &v->name_capacity, e->more_count, sizeof *v->names);
    bytes = 0;
    for (size_t i = 0; i < e->more_count; i++) {
        kk_slice name = e->more[i].name;
        v->names[i] = (kk_slice){v->bytes + bytes, name.len};
        if (name.len)
            memcpy(v->bytes + bytes, name.ptr, name.len);
        bytes += name.len;
    }
}

static void fill(kk_matcher *m, match_shape *shape, match_view *v, const kk_event *e)
{
    v->layout = e->layout;
    v->pair_count = e->more_count;
    v->look_count = v->asked_count = 0;
    if (!v->has_slot)
        v->has_slot = KK_NEW_ARRAY(m->arena, bool, m->bucket->slots.count);
    memset(v->has_slot, 0, m->bucket->slots.count * sizeof *v->has_slot);
    for (size_t i = 0; i < e->more_count; i++)
        look_at(m, shape, v, e, (uint32_t)i);
}

/* Where the view for such names would be. */
static size_t view_place(const kk_event *e)
{
    if (e->layout)
        return e->layout % VIEWS;
    size_t count = e->more_count;
    return count ? (count + e->more[0].name.len * 3 + e->more[count - 1].name.len * 5) % VIEWS : 0;
}

const match_view *kk_matcher_view(kk_matcher *m, match_shape *shape, const kk_event *e)
{
    enum { NAMES_MOST = 4096 };
    size_t bytes = 0;
    match_view **place = &shape->views[view_place(e)], *v = *place;
    if (v && v->layout == e->layout && v->pair_count == e->more_count &&
        (e->layout || has_names(v, e)))
        return v;
    for (size_t i = 0; i < e->more_count; i++)
        bytes += e->more[i].name.len;
    if (e->more_count > PAIRS_KEPT || bytes > NAMES_MOST) {
        fill(m, shape, &shape->own, e);
        return &shape->own;
    }
    if (!v)
        v = *place = KK_NEW(m->arena, match_view);
    if (!e->layout)
        copy_names(m, v, e);
    fill(m, shape, v, e);
    return v;
}
