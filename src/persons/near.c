#include "persons/near.h"

#include "persons/decided.h"
#include "persons/registers.h"
#include "persons/vetoes.h"

#include <stdlib.h>

enum { SHOWN = 10, HUB_NAMES = 5 };

/* A key of the person itself. */
typedef struct {
    uint64_t hash;
    uint32_t rule, mention; /* mention: the first by content */
    uint32_t names[HUB_NAMES];
    size_t name_count; /* different names that have it, up to one more than a switchboard needs */
} own_key;

/* A mention as the store tells it. */
typedef struct {
    uint32_t mention;
    contrast said;
    value_keys keys;
} told_mention;

typedef struct searching {
    const kk_identity_graph *g;
    kk_store *store;
    kk_arena *arena, *scratch;
    uint32_t person; /* who is explained */
    own_key *own;
    size_t own_count, own_capacity;
    near_person *near;
    size_t near_count, near_capacity;
    uint32_t *near_at; /* of a person: 1 + its place in `near` */
} searching;

/* ---- reading ---- */

static told_mention told(const kk_identity_graph *g, const kk_rows *rows)
{
    uint32_t table = graph_table(g, kk_rows_u64(rows, 0), kk_rows_text(rows, 1));
    told_mention t = {.mention = UINT32_MAX};
    kk_values values;
    if (table == UINT32_MAX || !kk_values_unpack(kk_rows_text(rows, 6), &values))
        return t;
    t.mention = graph_mention(g, table, kk_rows_u64(rows, 2), (uint32_t)kk_rows_u64(rows, 3));
    t.said = contrast_of(&values);
    keys_of_values(&values, ALL_RULES, &t.keys);
    t.said.is_relative = kk_rows_u64(rows, 4) == KK_ROLE_FAMILY;
    if (t.mention != UINT32_MAX && g->mentions[t.mention].dated != NO_DAY)
        t.said.from = t.said.to = g->mentions[t.mention].dated;
    return t;
}

/* Shows each mention of the store that is somebody; `extra` as in persons_near.sql. */
static kk_status read_told(searching *s, const char *extra,
                           void (*show)(searching *s, const told_mention *t), kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(s->store, "persons_near", extra, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        told_mention t = told(s->g, rows);
        if (t.mention != UINT32_MAX && is_somebody(&s->g->mentions[t.mention]))
            show(s, &t);
    }
    return kk_rows_close(rows, fault);
}

/* Items are numbers of ours: no text of the evidence gets into the question. */
static kk_status read_items(searching *s, const uint32_t *mentions, size_t count,
                            void (*show)(searching *s, const told_mention *t), kk_fault *fault)
{
    kk_buffer extra = {0};
    uint64_t last = 0;
    kk_put(&extra, KK_S("AND item IN (0"));
    for (size_t i = 0; i < count; i++) {
        uint64_t item = file_of(s->g, mentions[i])->item;
        if (item != last)
            kk_putf(&extra, ",%llu", (unsigned long long)item);
        last = item;
    }
    kk_put(&extra, KK_S(")"));
    kk_put_byte(&extra, '\0');
    kk_status status = read_told(s, extra.ptr, show, fault);
    kk_buffer_close(&extra);
    return status;
}

/* ---- keys of the person ---- */

static bool is_before(const kk_identity_graph *g, uint32_t a, uint32_t b)
{
    const person_mention *x = &g->mentions[a], *y = &g->mentions[b];
    if (x->content != y->content)
        return x->content < y->content;
    return x->slot != y->slot ? x->slot < y->slot : a < b;
}

static void take_own(searching *s, const told_mention *t)
{
    if (s->g->persons.probable[t->mention] != s->person)
        return;
    for (size_t i = 0; i < t->keys.count; i++) {
        const value_key *k = &t->keys.keys[i];
        s->own = kk_grow(s->scratch, s->own, &s->own_capacity, s->own_count + 1, sizeof *s->own);
        s->own[s->own_count++] = (own_key){.hash = k->hash, .rule = k->rule, .mention = t->mention};
    }
}

static int by_key(const void *a, const void *b)
{
    const own_key *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static void keep_distinct(searching *s)
{
    size_t kept = 0;
    if (s->own_count)
        qsort(s->own, s->own_count, sizeof *s->own, by_key);
    for (size_t i = 0; i < s->own_count; i++) {
        if (!kept || by_key(&s->own[kept - 1], &s->own[i]) != 0)
            s->own[kept++] = s->own[i];
        else if (is_before(s->g, s->own[i].mention, s->own[kept - 1].mention))
            s->own[kept - 1].mention = s->own[i].mention;
    }
    s->own_count = kept;
}

static own_key *own_key_of(searching *s, unsigned rule, uint64_t hash)
{
    own_key wanted = {.hash = hash, .rule = rule};
    return s->own_count ? bsearch(&wanted, s->own, s->own_count, sizeof wanted, by_key) : NULL;
}

/* ---- who shares them ---- */

static void note_name(own_key *k, const contrast *said)
{
    uint32_t name = said->said[SAID_NAME] ? said->said[SAID_NAME] : said->said[SAID_KANA];
    size_t at = 0;
    while (at < k->name_count && at < HUB_NAMES && k->names[at] != name)
        at++;
    if (!name || k->name_count > HUB_NAMES || at < k->name_count)
        return;
    if (at < HUB_NAMES)
        k->names[at] = name;
    k->name_count++;
}

/* Certain rules first, then as they are numbered. */
static bool is_stronger(unsigned rule, unsigned than)
{
    return kk_rules[rule].strength != kk_rules[than].strength
               ? kk_rules[rule].strength < kk_rules[than].strength
               : rule < than;
}

static unsigned strongest(uint32_t rules)
{
    unsigned best = (unsigned)__builtin_ctz(rules);
    for (uint32_t rest = rules & (rules - 1); rest; rest &= rest - 1)
        if (is_stronger((unsigned)__builtin_ctz(rest), best))
            best = (unsigned)__builtin_ctz(rest);
    return best;
}

static void note_shared(searching *s, const own_key *k, uint32_t mention)
{
    uint32_t person = s->g->persons.probable[mention];
    if (!s->near_at[person]) {
        s->near =
            kk_grow(s->scratch, s->near, &s->near_capacity, s->near_count + 1, sizeof *s->near);
        s->near[s->near_count++] =
            (near_person){.person = person, .mine = k->mention, .theirs = mention};
        s->near_at[person] = (uint32_t)s->near_count;
    }
    near_person *n = &s->near[s->near_at[person] - 1];
    unsigned best = n->rules ? strongest(n->rules) : k->rule;
    bool same = k->rule == best;
    if ((n->rules && !same && is_stronger(k->rule, best)) ||
        (same && is_before(s->g, mention, n->theirs))) {
        n->mine = k->mention;
        n->theirs = mention;
    }
    n->rules |= BIT(k->rule);
}

static void take_other(searching *s, const told_mention *t)
{
    for (size_t i = 0; i < t->keys.count; i++) {
        own_key *k = own_key_of(s, t->keys.keys[i].rule, t->keys.keys[i].hash);
        if (!k)
            continue;
        note_name(k, &t->said);
        if (s->g->persons.probable[t->mention] != s->person)
            note_shared(s, k, t->mention);
    }
}

static int by_nearness(const void *a, const void *b, void *context)
{
    const near_person *x = a, *y = b;
    const searching *s = context;
    unsigned r = strongest(x->rules), q = strongest(y->rules);
    int many = __builtin_popcount(y->rules) - __builtin_popcount(x->rules);
    if (r != q)
        return is_stronger(r, q) ? -1 : 1;
    if (many)
        return many;
    return is_before(s->g, x->theirs, y->theirs) ? -1 : is_before(s->g, y->theirs, x->theirs);
}

/* ---- what is known of the two ---- */

/* Mentions by whose they are and what stands in them: so the order of rows does not show. */
typedef struct {
    const kk_identity_graph *g;
    uint32_t mention;
    contrast said;
} known_mention;

typedef struct {
    searching s; /* first: what reads shows mentions to it */
    known_mention *known;
    size_t count, capacity;
    contrast mine, theirs[SHOWN];
} comparing;

static void take_known(searching *s, const told_mention *t)
{
    comparing *c = (comparing *)s;
    uint32_t person = s->g->persons.probable[t->mention];
    uint32_t at = s->near_at[person];
    if (person != s->person && !(at && at <= SHOWN && at <= s->near_count))
        return;
    c->known = kk_grow(s->scratch, c->known, &c->capacity, c->count + 1, sizeof *c->known);
    known_mention *k = &c->known[c->count++];
    *k = (known_mention){s->g, t->mention, t->said};
}

static int by_what_stands_there(const void *a, const void *b)
{
    const known_mention *x = a, *y = b;
    return is_before(x->g, x->mention, y->mention) ? -1 : is_before(x->g, y->mention, x->mention);
}

static void learn_all(comparing *c)
{
    searching *s = &c->s;
    if (c->count)
        qsort(c->known, c->count, sizeof *c->known, by_what_stands_there);
    for (size_t i = 0; i < c->count; i++) {
        uint32_t person = s->g->persons.probable[c->known[i].mention];
        contrast *whole = person == s->person ? &c->mine : &c->theirs[s->near_at[person] - 1];
        contrast_learn(whole, &c->known[i].said);
    }
}

/* ---- why they are apart ---- */

/* Without which value that differs the step would have joined the two: bits of said_kind. */
static uint32_t what_stops(const trust *t, const join_step *step, const contrast *a,
                           const contrast *b)
{
    uint32_t found = 0, all = 0;
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++) {
        contrast x = *a, y = *b;
        if (!is_said(a, kind) || !is_said(b, kind) || a->said[kind] == b->said[kind] ||
            !is_comparable(a, b, kind) || (kind == SAID_READING && differs(a, b, SAID_KANA)))
            continue;
        all |= BIT(kind);
        x.said[kind] = y.said[kind] = 0;
        if (kind == SAID_KANA)
            x.said[SAID_READING] = y.said[SAID_READING] = 0;
        if (!is_vetoed(t, step, &x, &y))
            found |= BIT(kind);
    }
    return found ? found : all;
}

static bool may_join(const join_step *step, uint32_t rules, bool at_least)
{
    return step->mode != LOOK && step->mode != JOIN_NAMELESS && step->mode != JOIN_SOLE &&
           step->mode != JOIN_RECORD && step->mode != JOIN_NEAR_RECORD &&
           step->mode != JOIN_DOCUMENT && step->mode != JOIN_BESIDE &&
           (step->strength == KK_STRENGTH_POSSIBLE) == at_least &&
           step->rule != KK_RULE_SAME_HOME && rules >> step->rule & 1;
}

/* Same given name: without that such a step has nothing to go by. Nearly the same names are of mentions,
 * not of persons. */
static bool is_met(const join_step *step, const contrast *a, const contrast *b)
{
    return step->mode != JOIN_NEAR && (step->mode != JOIN_GIVEN || agrees(a, b, SAID_GIVEN));
}

static bool is_switchboard(searching *s, const near_person *n)
{
    const uint32_t contacts = BIT(KK_RULE_EMAIL_ALONE) | BIT(KK_RULE_MOBILE_ALONE);
    if (n->rules & ~(contacts | BIT(KK_RULE_LANDLINE_ALONE) | BIT(KK_RULE_SAME_HOME)))
        return false;
    for (size_t i = 0; i < s->own_count; i++)
        if (n->rules & contacts & BIT(s->own[i].rule) && s->own[i].name_count > HUB_NAMES)
            return true;
    return false;
}

/* The last split that has the two on different sides, NULL if there is none. */
static const kk_decision *split_between(const searching *s, uint32_t other)
{
    const identity *p = &s->g->persons;
    const kk_decision *last = NULL;
    for (size_t i = 0, end; i < p->ruling_count; i = end) {
        uint32_t mine = UINT32_MAX, theirs = UINT32_MAX;
        for (end = i; end < p->ruling_count && p->rulings[end].decision == p->rulings[i].decision;
             end++) {
            uint32_t person = p->probable[p->rulings[end].mention];
            if (person == s->person)
                mine = p->rulings[end].part;
            else if (person == other)
                theirs = p->rulings[end].part;
        }
        if (p->rulings[i].is_apart && mine != UINT32_MAX && theirs != UINT32_MAX && mine != theirs)
            last = &s->g->decided->all->items[p->rulings[i].decision];
    }
    return last;
}

/* What of the values keeps the two apart at these steps; *was_met: nothing does at one of them. */
static uint32_t values_against(const searching *s, uint32_t rules, const contrast *mine,
                               const contrast *theirs, bool at_least, bool *was_met)
{
    const identity *p = &s->g->persons;
    trust t = {.births_slip = p->births_slip,
               .names_slip = p->names_slip,
               .contacts_tell = p->contacts_tell,
               .contacts_run = p->contacts_run};
    size_t count;
    uint32_t against = 0;
    const join_step *steps = identity_steps(&count);
    for (size_t i = 0; i < count; i++) {
        if (!may_join(&steps[i], rules, at_least) || !is_met(&steps[i], mine, theirs))
            continue;
        if (is_vetoed(&t, &steps[i], mine, theirs))
            against |= what_stops(&t, &steps[i], mine, theirs);
        else
            *was_met = true;
    }
    return against;
}

static near_reason without_values(searching *s, const near_person *n, bool was_met)
{
    uint32_t rules = n->rules;
    bool never = true;
    for (uint32_t rest = rules; rest; rest &= rest - 1)
        never = never && kk_rules[__builtin_ctz(rest)].strength == KK_STRENGTH_NEVER;
    return is_switchboard(s, n)              ? NEAR_SWITCHBOARD
           : rules == BIT(KK_RULE_NAME_ONLY) ? NEAR_ONLY_NAME
           : never                           ? NEAR_TOO_LITTLE
           : was_met                         ? NEAR_NOT_THEN
                                             : NEAR_POSSIBLE;
}

/* The number that they share is of two registers, as far as can be told. */
static bool is_of_other_register(const searching *s, const near_person *n)
{
    const kk_identity_graph *g = s->g;
    unsigned rule = strongest(n->rules);
    if (!g->persons.registers || (rule != KK_RULE_SAME_NUMBER && rule != KK_RULE_NUMBER_AGREED))
        return false;
    register_standing standing = registers_of(g->persons.registers, g->mentions[n->mine].table,
                                              g->mentions[n->theirs].table);
    return standing == REGISTER_OTHER || (standing == REGISTER_OPEN && rule == KK_RULE_SAME_NUMBER);
}

static void judge(searching *s, near_person *n, const contrast *mine, const contrast *theirs)
{
    const kk_identity_graph *g = s->g;
    bool was_met = false, at_least = false;
    n->in_least = g->persons.possible[n->mine] == g->persons.possible[n->theirs];
    n->decision = split_between(s, n->person);
    if (n->decision)
        n->reason = NEAR_BY_DECISION;
    else if (g->tables[g->mentions[n->mine].table].matched !=
             g->tables[g->mentions[n->theirs].table].matched)
        n->reason = NEAR_OTHER_OWNER;
    else if (is_of_other_register(s, n))
        n->reason = NEAR_OTHER_REGISTER;
    if (n->reason != NEAR_BY_VALUES)
        return;
    n->against = values_against(s, n->rules, mine, theirs, false, &was_met);
    if (n->against && !was_met)
        return;
    n->reason = without_values(s, n, was_met);
    if (!n->against && !n->in_least)
        n->against = values_against(s, n->rules, mine, theirs, true, &at_least);
}

/* ---- all together ---- */

static kk_status compare(comparing *c, kk_fault *fault)
{
    searching *s = &c->s;
    const kk_identity_graph *g = s->g;
    size_t involved = 0, capacity = 0;
    uint32_t *all = NULL;
    for (size_t i = 0; i < s->near_count; i++)
        s->near_at[s->near[i].person] = (uint32_t)i + 1;
    for (uint32_t i = 0; i < g->persons.count; i++) {
        uint32_t person = g->persons.probable[i], at = s->near_at[person];
        if (!is_somebody(&g->mentions[i]) || (person != s->person && !(at && at <= SHOWN)))
            continue;
        all = kk_grow(s->scratch, all, &capacity, involved + 1, sizeof *all);
        all[involved++] = i;
    }
    kk_status status = read_items(s, all, involved, take_known, fault);
    if (status == KK_OK)
        learn_all(c);
    return status;
}

kk_status near_find(const kk_identity_graph *g, kk_store *store, const uint32_t *mentions,
                    size_t count, kk_arena *arena, near_persons *out, kk_fault *fault)
{
    kk_arena *scratch = kk_arena_open();
    comparing *c = KK_NEW(scratch, comparing);
    searching *s = &c->s;
    *s = (searching){.g = g, .store = store, .arena = arena, .scratch = scratch};
    *out = (near_persons){0};
    s->person = count ? g->persons.probable[mentions[0]] : UINT32_MAX;
    s->near_at = KK_NEW_ARRAY(scratch, uint32_t, g->persons.count);
    kk_status status = read_items(s, mentions, count, take_own, fault);
    keep_distinct(s);
    if (status == KK_OK && s->own_count)
        status = read_told(s, "", take_other, fault);
    if (status == KK_OK && s->near_count)
        qsort_r(s->near, s->near_count, sizeof *s->near, by_nearness, s);
    if (status == KK_OK && s->near_count)
        status = compare(c, fault);
    out->count = s->near_count < SHOWN ? s->near_count : SHOWN;
    out->more = s->near_count - out->count;
    out->items = KK_NEW_ARRAY(arena, near_person, out->count);
    for (size_t i = 0; i < out->count && status == KK_OK; i++) {
        judge(s, &s->near[i], &c->mine, &c->theirs[i]);
        out->items[i] = s->near[i];
    }
    kk_arena_close(scratch);
    return status;
}
