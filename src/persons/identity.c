/* Joining: a disjoint-set forest whose roots are the first mentions of persons, rules in steps from
 * certain to possible, vetoes by what is known of the whole person. */
#include "base/machine.h"
#include "persons/beside.h"
#include "persons/joins.h"
#include "persons/lanes.h"
#include "persons/passes.h"
#include "persons/registers.h"
#include "persons/room.h"

/* Strongest first within each strength. A contact alone is possible where names stand beside it; for
 * records that are nothing but this contact it is all there is. One name at one address twice in one
 * record is one person for certain. See docs/persons.md. */
static const join_step steps[] = {
    {KK_RULE_NAME_ADDRESS, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_DISTRICT, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_SAME_NUMBER, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_SAME_HOME, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_OFFICIAL_NUMBER, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NUMBER_AGREED, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_SAME_NUMBER, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_BIRTH_CONTACT, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_EMAIL_NAME, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_ADDRESS_PHONE, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_MOBILE, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_ADDRESS, JOIN_RECORD, KK_STRENGTH_CERTAIN},
    {KK_RULE_KANA_ADDRESS, JOIN_RECORD, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_LANDLINE, JOIN_RECORD, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_BIRTH, JOIN_ALL, KK_STRENGTH_CERTAIN}, /* where namesakes are few */
    {KK_RULE_EMAIL_ALONE, JOIN_NAMED, KK_STRENGTH_CERTAIN},
    {KK_RULE_MOBILE_ALONE, JOIN_NAMED, KK_STRENGTH_CERTAIN},
    {KK_RULE_EMAIL_ALONE, JOIN_NAMELESS, KK_STRENGTH_CERTAIN},
    {KK_RULE_MOBILE_ALONE, JOIN_NAMELESS, KK_STRENGTH_CERTAIN},
    {KK_RULE_SAME_NUMBER, JOIN_ALL,
     KK_STRENGTH_PROBABLE}, /* of registers that cannot be compared */
    {KK_RULE_NAME_ONLY, JOIN_RECORD, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_ONLY, JOIN_DOCUMENT, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_STAFF, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_ADDRESS, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_KANA_BIRTH_CONTACT, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_BIRTH, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_LANDLINE, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_KANA_ADDRESS, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_PART_NAME_BIRTH_CONTACT, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NEAR_NUMBER, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NEAR_NAME_TWICE, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NEAR_BIRTH, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NEAR_NAME, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_EMAIL_ALONE, JOIN_NEAR, KK_STRENGTH_PROBABLE},
    {KK_RULE_MOBILE_ALONE, JOIN_NEAR, KK_STRENGTH_PROBABLE},
    {KK_RULE_SAME_HOME, JOIN_NEAR_RECORD, KK_STRENGTH_PROBABLE},
    {KK_RULE_EMAIL_ALONE, JOIN_GIVEN, KK_STRENGTH_PROBABLE},
    {KK_RULE_MOBILE_ALONE, JOIN_GIVEN, KK_STRENGTH_PROBABLE},
    {KK_RULE_OFFICIAL_NUMBER, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_BIRTH_ADDRESS, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_DISTRICT, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_SAME_HOME, JOIN_ALL, KK_STRENGTH_PROBABLE},
    {KK_RULE_EMAIL_ALONE, JOIN_SOLE, KK_STRENGTH_PROBABLE},
    {KK_RULE_MOBILE_ALONE, JOIN_SOLE, KK_STRENGTH_PROBABLE},
    {KK_RULE_NAME_ONLY, JOIN_BESIDE, KK_STRENGTH_PROBABLE}, /* of whom all else found together */
    {KK_RULE_SAME_NUMBER, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_OFFICIAL_NUMBER, JOIN_ALL, KK_STRENGTH_POSSIBLE}, /* once more, with looser vetoes */
    {KK_RULE_NAME_MOBILE, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NAME_ADDRESS, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NAME_LANDLINE, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NEAR_BIRTH, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NEAR_NAME_TWICE, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NAME_DISTRICT, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NEAR_NAME, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_EMAIL_ALONE, JOIN_NEAR, KK_STRENGTH_POSSIBLE},
    {KK_RULE_MOBILE_ALONE, JOIN_NEAR, KK_STRENGTH_POSSIBLE},
    {KK_RULE_LANDLINE_ALONE, JOIN_NEAR, KK_STRENGTH_POSSIBLE},
    {KK_RULE_SAME_HOME, JOIN_NEAR, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NEAR_CONTACT, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_BIRTH_ADDRESS, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_EMAIL_ALONE, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_MOBILE_ALONE, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NAME_COMPANY, JOIN_ALL, KK_STRENGTH_POSSIBLE},
    {KK_RULE_NAME_ONLY, JOIN_ALL, KK_STRENGTH_POSSIBLE},
};
enum { STEPS = sizeof steps / sizeof *steps };

const join_step *identity_steps(size_t *count)
{
    *count = STEPS;
    return steps;
}

_Static_assert(KK_RULES <= 32, "rules are bits of a word");

typedef struct {
    identity *out;
    people people;
    kk_arena *arena;
    kk_arena *own;
    const key_source *source;
    key_passes *passes;
    size_t at_once; /* keys */
    uint32_t *now;  /* see persons_now */
    size_t now_edges;
    gather_room rooms[HANDS];
    group_order groups; /* of a step; their memory is used again */
    joins *joins;
    registers *registers; /* NULL: all tables number one */
} joining;

/* ---- keys, as many at a time as memory allows ---- */

/* The rules of the steps from `at` on whose keys fit into memory together; none if not even the first do. */
static uint32_t rules_from(const joining *j, size_t at)
{
    uint64_t sum = 0;
    uint32_t rules = 0;
    for (; at < STEPS; at++) {
        kk_rule rule = steps[at].rule;
        if (rules & BIT(rule) || passes_have(j->passes, rule))
            continue;
        sum += passes_expect(j->passes, rule);
        if (sum > j->at_once)
            break;
        rules |= BIT(rule);
    }
    return rules;
}

static bool is_wanted_again(size_t step)
{
    for (size_t later = step + 1; later < STEPS; later++)
        if (steps[later].rule == steps[step].rule)
            return true;
    return false;
}

/* ---- one step ---- */

enum {
    SHARES = 256,
    BYTES = 256,
    AHEAD = 16
}; /* shares of all mentions, for work on several processors */

static void share_of(const joining *j, unsigned share, size_t *from, size_t *to)
{
    *from = j->out->count * share / SHARES;
    *to = j->out->count * (share + 1) / SHARES;
}

static void renew_share(void *context, unsigned hand, unsigned share)
{
    joining *j = context;
    const people *p = &j->people;
    size_t from, to;
    (void)hand;
    share_of(j, share, &from, &to);
    for (size_t i = from; i < to; i++) {
        if (p->place && i + AHEAD < to)
            __builtin_prefetch(&p->parent[p->place[i + AHEAD]]);
        j->now[i] = person_seen(p->parent, p->place ? p->place[i] : (uint32_t)i);
    }
}

static const uint32_t *renew_persons(joining *j)
{
    if (!j->now)
        j->now = KK_NEW_ARRAY(j->own, uint32_t, j->out->count);
    hands_work(renew_share, j, SHARES);
    j->now_edges = j->out->edge_count;
    return j->now;
}

/* Whose each mention is by now, by number; looked at again when much was joined since. */
static const uint32_t *persons_now(joining *j)
{
    if (j->now && j->out->edge_count - j->now_edges < j->out->count / 32)
        return j->now;
    return renew_persons(j);
}

typedef struct {
    joining *j;
    const join_step *step;
    const uint32_t *now; /* NULL: the keys are gathered */
    bool keep;
    trust trusts[HANDS];
    size_t kept[HANDS];
} step_work;

/* Keys come with the numbers of mentions. Just before they are used they get places, and those of one
 * person alone are dropped: the later, the more are. */
static key_run gather_part(step_work *w, unsigned hand, unsigned part)
{
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    size_t count;
    const key_run *runs = passes_part(j->passes, rule, part, hand, &count);
    return rule_keys_gather(runs, count, passes_bits(j->passes, rule), w->now, j->people.place,
                            &j->rooms[hand]);
}

static void look(step_work *w, unsigned hand, const key_run *keys)
{
    joining *j = w->j;
    if (w->step->rule == KK_RULE_SAME_NUMBER)
        registers_look(j->registers, hand, &j->people, keys->keys, keys->count);
    else
        trust_look(&w->trusts[hand], &j->people.about, keys->keys, keys->count, w->step->rule);
}

static void do_part(void *context, unsigned hand, unsigned part)
{
    step_work *w = context;
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    key_run keys =
        w->now ? gather_part(w, hand, part) : passes_kept_part(j->passes, rule, part, hand);
    if (w->step->mode == LOOK && !j->people.about.slot)
        look(w, hand, &keys);
    else
        keys.count = groups_add(&j->groups, hand, keys.keys, keys.count, j->people.parent);
    if (w->keep)
        passes_keep(j->passes, rule, part, hand, keys.keys, keys.count);
    w->kept[hand] += keys.count;
}

/* Of several members of one person only the first is compared; nearly the same names are of mentions. */
static bool is_by_person(const join_step *step)
{
    return step->mode == JOIN_ALL || step->mode == JOIN_GIVEN || step->mode == JOIN_NAMED;
}

/* Nothing can be joined by it, nor seen. */
static bool is_idle_step(const joining *j, const join_step *step)
{
    if (step->rule == KK_RULE_SAME_NUMBER)
        return !j->registers && (step->mode == LOOK || step->strength != KK_STRENGTH_CERTAIN);
    if (step->rule == KK_RULE_NAME_BIRTH && step->strength == KK_STRENGTH_CERTAIN)
        return !j->people.trust.births_tell;
    if (step->mode == JOIN_BESIDE)
        return !j->out->beside;
    return step->rule == KK_RULE_SAME_HOME && step->mode == JOIN_ALL && !j->people.trust.names_slip;
}

/* Into groups. What is kept for later steps may take as much memory as what comes anew. */
static void add_keys(step_work *w, bool may_keep)
{
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    size_t kept = 0;
    w->keep = may_keep;
    j->groups.by_person = is_by_person(w->step);
    j->groups.only_looked_at = w->step->mode == LOOK;
    w->now = passes_kept(j->passes, rule) ? NULL : persons_now(j);
    hands_work(do_part, w, passes_parts(j->passes, rule));
    for (int i = 0; i < HANDS; i++)
        kept += w->kept[i];
    passes_settle(j->passes, rule, may_keep && kept <= j->at_once / 4);
}

/* How many the groups at hand could join: two people of one name share up to two parts of a contact. */
static size_t near_persons_of(const joining *j)
{
    size_t near = 0, members;
    for (size_t i = 0; i < j->groups.count; i++) {
        (void)group_persons(&j->groups, &j->groups.groups[i], &members);
        near += members - 1;
    }
    return near / 2;
}

typedef struct {
    step_work *w;
    lane_lists lists;
    kk_arena *arenas[HANDS];
    rule_key *keys[HANDS];
    size_t capacity[HANDS];
} looking;

/* The groups of a lane as keys once more: any hash will do that tells two groups apart. */
static void look_at_lane(void *context, unsigned hand, unsigned lane)
{
    looking *k = context;
    const joining *j = k->w->j;
    const lane_lists *lists = &k->lists;
    key_run keys = {k->keys[hand], 0};
    if (!k->arenas[hand])
        k->arenas[hand] = kk_arena_open();
    lanes_fetch(lists, &j->people, lane, k->w->step->rule == KK_RULE_SAME_NUMBER);
    for (size_t i = lists->from[lane]; i < lists->from[lane + 1]; i++) {
        const key_group *group = &j->groups.groups[lists->groups[i]];
        const uint32_t *members = group_members(&j->groups, group);
        keys.keys = kk_grow(k->arenas[hand], keys.keys, &k->capacity[hand],
                            keys.count + group->count, sizeof *keys.keys);
        for (uint32_t m = 0; m < group->count; m++)
            keys.keys[keys.count++] = (rule_key){lists->groups[i], members[m]};
    }
    k->keys[hand] = keys.keys;
    look(k->w, hand, &keys);
}

/* Where what is known lies in lanes, groups are looked at lane by lane. */
static void look_by_lanes(step_work *w)
{
    joining *j = w->j;
    looking k = {.w = w, .lists = {.arena = kk_arena_open()}};
    groups_put_in_order(&j->groups, j->out->count);
    lanes_choose(&k.lists, &j->groups, &j->people);
    hands_work(look_at_lane, &k, j->people.about.lanes);
    groups_forget(&j->groups);
    kk_arena_close(k.lists.arena);
    for (int i = 0; i < HANDS; i++)
        kk_arena_close(k.arenas[i]);
}

static void finish_step(step_work *w)
{
    joining *j = w->j;
    trust *t = &j->people.trust;
    if (w->step->mode == LOOK && j->people.about.slot)
        look_by_lanes(w);
    for (int i = 0; i < HANDS; i++)
        trust_add(t, &w->trusts[i]);
    if (w->step->mode == LOOK && w->step->rule == KK_RULE_SAME_NUMBER) {
        registers_judge(j->registers, &j->people, j->out->count);
        j->people.registers = j->registers;
        return;
    }
    if (w->step->mode == LOOK) {
        trust_judge(t);
        return;
    }
    groups_put_in_order(&j->groups, j->out->count);
    if (w->step->rule == KK_RULE_NEAR_CONTACT)
        trust_judge_contacts(t, near_persons_of(j), j->out->edge_count);
    joins_make(j->joins, &j->groups, w->step);
    groups_forget(&j->groups);
}

/* A rule that is too large for the memory: its groups are gathered from parts of the hashes. */
static void add_in_parts(step_work *w)
{
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    unsigned parts = passes_parts(j->passes, rule);
    uint64_t times = passes_expect(j->passes, rule) / j->at_once + 1;
    unsigned at_once = times < parts ? parts / (unsigned)times : 1;
    for (unsigned from = 0; from < parts; from += at_once) {
        unsigned to = from + at_once - 1;
        passes_spread(j->passes, BIT(rule), from, to < parts ? to : parts - 1);
        add_keys(w, false);
    }
}

static void do_step(joining *j, size_t at)
{
    step_work w = {.j = j, .step = &steps[at]};
    if (is_idle_step(j, w.step))
        return;
    if (w.step->mode == JOIN_BESIDE)
        j->people.beside =
            beside_look(&j->people, j->out->beside, renew_persons(j), j->out->count, j->own);
    uint32_t rules = passes_have(j->passes, w.step->rule) ? 0 : rules_from(j, at);
    if (rules)
        passes_spread(j->passes, rules, 0, UINT32_MAX);
    if (passes_have(j->passes, w.step->rule))
        add_keys(&w, is_wanted_again(at));
    else
        add_in_parts(&w);
    finish_step(&w);
}

/* Everybody's parent is the person then. Others may look at once: ways only grow shorter. */
static void flatten_share(void *context, unsigned hand, unsigned share)
{
    joining *j = context;
    uint32_t *parent = j->people.parent;
    size_t from, to;
    (void)hand;
    share_of(j, share, &from, &to);
    for (size_t i = from; i < to; i++) {
        uint32_t person = (uint32_t)i, next;
        while ((next = __atomic_load_n(&parent[person], __ATOMIC_RELAXED)) != person)
            person = next;
        __atomic_store_n(&parent[i], person, __ATOMIC_RELAXED);
    }
}

typedef struct {
    joining *j;
    const uint32_t *forest;
    uint32_t *first, *of;
} keeping;

static void first_of_share(void *context, unsigned hand, unsigned share)
{
    const keeping *k = context;
    size_t from, to;
    (void)hand;
    share_of(k->j, share, &from, &to);
    for (size_t i = from; i < to; i++) {
        if (i + AHEAD < to)
            __builtin_prefetch(&k->first[k->forest[i + AHEAD]], 1);
        uint32_t *first = &k->first[person_seen(k->forest, (uint32_t)i)];
        uint32_t number = number_of(&k->j->people, (uint32_t)i),
                 known = __atomic_load_n(first, __ATOMIC_RELAXED);
        while (number < known && !__atomic_compare_exchange_n(first, &known, number, true,
                                                              __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            ;
    }
}

static void keep_share(void *context, unsigned hand, unsigned share)
{
    const keeping *k = context;
    const uint32_t *place = k->j->people.place;
    size_t from, to;
    (void)hand;
    share_of(k->j, share, &from, &to);
    for (size_t i = from; i < to; i++) {
        if (place && i + 2 * AHEAD < to) {
            __builtin_prefetch(&k->forest[place[i + 2 * AHEAD]]);
            __builtin_prefetch(&k->first[k->forest[place[i + AHEAD]]]);
        }
        k->of[i] = k->first[person_seen(k->forest, place ? place[i] : (uint32_t)i)];
    }
}

/* For each mention the smallest number of its person. */
static uint32_t *keep(joining *j)
{
    const people *p = &j->people;
    size_t count = j->out->count;
    kk_arena *scratch = kk_arena_open();
    keeping k = {.j = j,
                 .forest = p->rulings ? rulings_forest(p->rulings, count) : p->parent,
                 .first = KK_NEW_ARRAY(scratch, uint32_t, count),
                 .of = KK_NEW_ARRAY(j->arena, uint32_t, count)};
    memset(k.first, 0xff, count * sizeof *k.first);
    hands_work(flatten_share, j, SHARES);
    hands_work(first_of_share, &k, SHARES);
    hands_work(keep_share, &k, SHARES);
    kk_arena_close(scratch);
    return k.of;
}

static void keep_if_last(joining *j, size_t step)
{
    if (step + 1 < STEPS && steps[step + 1].strength == steps[step].strength)
        return;
    if (steps[step].strength == KK_STRENGTH_CERTAIN) {
        j->out->certain = keep(j);
        about_of_persons(&j->people.about, j->out->count, j->people.parent, j->own, j->source);
    } else if (steps[step].strength == KK_STRENGTH_PROBABLE)
        j->out->probable = keep(j);
    else
        j->out->possible = keep(j);
}

/* ---- the order of mentions ---- */

typedef struct {
    joining *j;
    rule_key *order;
    uint32_t *place, *number;
    size_t next[SHARES][BYTES];
    size_t from[BYTES + 1];
} arranging;

static unsigned high_byte(uint64_t content)
{
    return (unsigned)(content >> 56);
}

static void count_share(void *context, unsigned hand, unsigned share)
{
    arranging *a = context;
    size_t from, to;
    (void)hand;
    share_of(a->j, share, &from, &to);
    for (size_t i = from; i < to; i++)
        a->next[share][high_byte(a->j->out->content[i])]++;
}

static void spread_share(void *context, unsigned hand, unsigned share)
{
    arranging *a = context;
    const uint64_t *content = a->j->out->content;
    size_t from, to;
    (void)hand;
    share_of(a->j, share, &from, &to);
    for (size_t i = from; i < to; i++)
        a->order[a->next[share][high_byte(content[i])]++] = (rule_key){content[i], (uint32_t)i};
}

static void arrange_part(void *context, unsigned hand, unsigned part)
{
    arranging *a = context;
    size_t from = a->from[part], to = a->from[part + 1];
    (void)hand;
    rule_keys_sort(a->order + from, to - from);
    for (size_t i = from; i < to; i++) {
        if (i + AHEAD < to)
            __builtin_prefetch(&a->place[a->order[i + AHEAD].mention], 1);
        a->number[i] = a->order[i].mention;
        a->place[a->order[i].mention] = (uint32_t)i;
    }
}

static void put_in_order(joining *j)
{
    size_t count = j->out->count, sum = 0;
    kk_arena *scratch = kk_arena_open();
    arranging *a = KK_NEW(scratch, arranging);
    a->j = j;
    a->order = KK_NEW_ARRAY(scratch, rule_key, count);
    j->people.place = a->place = KK_NEW_ARRAY(j->own, uint32_t, count);
    j->people.number = a->number = KK_NEW_ARRAY(j->own, uint32_t, count);
    hands_work(count_share, a, SHARES);
    for (size_t b = 0; b < BYTES; b++) {
        a->from[b] = sum;
        for (size_t share = 0; share < SHARES; share++) {
            size_t here = a->next[share][b];
            a->next[share][b] = sum;
            sum += here;
        }
    }
    a->from[BYTES] = sum;
    hands_work(spread_share, a, SHARES);
    hands_work(arrange_part, a, BYTES);
    kk_arena_close(scratch);
}

static void know_people(joining *j)
{
    identity *persons = j->out;
    people *p = &j->people;
    p->parent = KK_NEW_ARRAY(j->own, uint32_t, persons->count);
    p->record = persons->record;
    p->documents = persons->documents;
    for (size_t i = 0; i < persons->count; i++)
        p->parent[i] = (uint32_t)i;
    if (persons->content && persons->count)
        put_in_order(j);
    about_fill(&p->about, j->source, persons->count, p->place, j->own);
    if (persons->ruling_count)
        p->rulings = rulings_open(persons, p->place, j->own);
}

void identity_find(identity *persons, const key_source *source, kk_arena *arena)
{
    joining j = {.out = persons, .arena = arena, .own = kk_arena_open(), .source = source};
    if (source->table_of && source->tables > 1)
        j.registers = registers_open(source, arena, persons->count);
    know_people(&j);
    trust_count_namesakes(&j.people.trust, &j.people.about, persons->count);
    j.passes = passes_open(source);
    j.at_once = passes_in_file(j.passes) ? SIZE_MAX
                : source->at_once        ? source->at_once
                                         : room_for_keys(kk_machine_memory());
    group_order_open(&j.groups, j.own, persons->count, !j.people.rulings);
    group_order_use_disk(&j.groups, source->open_file, source->files);
    j.joins = joins_open(&j.people, persons, arena);
    for (size_t at = 0; at < STEPS; at++) {
        do_step(&j, at);
        keep_if_last(&j, at);
    }
    joins_close(j.joins);
    group_order_close(&j.groups);
    for (int i = 0; i < HANDS; i++)
        kk_arena_close(j.rooms[i].arena);
    passes_close(j.passes);
    persons->registers = j.registers;
    persons->births_slip = j.people.trust.births_slip;
    persons->contacts_run = j.people.trust.contacts_run;
    persons->names_slip = j.people.trust.names_slip;
    persons->contacts_tell = j.people.trust.contacts_tell;
    about_close(&j.people.about);
    kk_arena_close(j.own);
}
