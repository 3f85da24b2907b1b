/* Joining: a disjoint-set forest whose roots are the first mentions of persons, rules in steps from
 * certain to possible, vetoes by what is known of the whole person. */
#include "persons/passes.h"
#include "persons/rulings.h"
#include "persons/vetoes.h"

#include <unistd.h>

enum {
    HUB_NAMES = 5, /* a telephone or mailbox with more names on it than this is a switchboard */
    HEADS_MAX = 32 /* persons of one group that stay apart and are still compared with */
};

/* Strongest first within each strength. A contact alone is possible where names stand beside it; for
 * records that are nothing but this contact it is all there is. One name at one address twice in one
 * record is one person for certain. See docs/persons.md. */
static const join_step steps[] = {
    {KK_RULE_NAME_ADDRESS, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_DISTRICT, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_SAME_HOME, LOOK, KK_STRENGTH_CERTAIN},
    {KK_RULE_OFFICIAL_NUMBER, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_SAME_NUMBER, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_BIRTH_CONTACT, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_EMAIL_NAME, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_ADDRESS_PHONE, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_MOBILE, JOIN_ALL, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_ADDRESS, JOIN_RECORD, KK_STRENGTH_CERTAIN},
    {KK_RULE_KANA_ADDRESS, JOIN_RECORD, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_LANDLINE, JOIN_RECORD, KK_STRENGTH_CERTAIN},
    {KK_RULE_EMAIL_ALONE, JOIN_NAMELESS, KK_STRENGTH_CERTAIN},
    {KK_RULE_MOBILE_ALONE, JOIN_NAMELESS, KK_STRENGTH_CERTAIN},
    {KK_RULE_NAME_ONLY, JOIN_RECORD, KK_STRENGTH_PROBABLE},
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
    trust trust;
    kk_arena *arena;
    kk_arena *own;
    const key_source *source;
    key_passes *passes;
    size_t at_once; /* keys */
    contrast *said; /* by place; of a person at its first mention */
    near_names *near;
    uint32_t *parent;
    rulings *rulings; /* NULL: nothing was decided */
    size_t edge_capacity;
    uint32_t *now; /* see persons_now */
    size_t now_edges;
    uint32_t *place, *number; /* of a mention its place in the order; and back. NULL: the same */
    gather_room rooms[HANDS];
    key_groups lists[HANDS], groups; /* of a step; their memory is used again */
} joining;

static uint32_t number_of(const joining *j, uint32_t place)
{
    return j->number ? j->number[place] : place;
}

/* ---- joining ---- */

static void add_edge(joining *j, uint32_t a, uint32_t b, const join_step *step)
{
    identity *p = j->out;
    p->edges = kk_grow(j->arena, p->edges, &j->edge_capacity, p->edge_count + 1, sizeof *p->edges);
    a = number_of(j, a);
    b = number_of(j, b);
    p->edges[p->edge_count++] =
        (join_edge){a < b ? a : b, a < b ? b : a, (uint8_t)rule_of(step), (uint8_t)step->strength};
}

/* Two persons become one; false if something speaks against it. `a` and `b` are mentions. */
static bool join(joining *j, uint32_t a, uint32_t b, const join_step *step)
{
    uint32_t x = person_of(j->parent, a), y = person_of(j->parent, b);
    contrast *said = j->said;
    if (x == y)
        return true;
    if (is_near_step(step) && !is_near(&j->near[a], &j->near[b]))
        return false;
    if (is_vetoed(&j->trust, step, &said[x], &said[y]))
        return false;
    if (j->rulings && rulings_forbid(j->rulings, x, y))
        return false;
    uint32_t first = x < y ? x : y, second = x < y ? y : x;
    j->parent[second] = first;
    if (j->rulings)
        rulings_unite(j->rulings, first, second);
    contrast_learn(&said[first], &said[second]);
    add_edge(j, a, b, step);
    return true;
}

static bool is_nameless(joining *j, uint32_t mention)
{
    const contrast *c = &j->said[person_of(j->parent, mention)];
    return !is_said(c, SAID_NAME) && !is_said(c, SAID_GIVEN) && !is_said(c, SAID_KANA);
}

/* A telephone at a reception, a mailbox of a department. */
static bool is_hub(joining *j, const uint32_t *members, size_t count)
{
    uint32_t names[HUB_NAMES];
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = &j->said[person_of(j->parent, members[i])];
        uint32_t name = is_said(c, SAID_NAME) ? c->said[SAID_NAME] : c->said[SAID_KANA];
        size_t at = 0;
        while (at < known && names[at] != name)
            at++;
        if (!name || at < known)
            continue;
        if (known == HUB_NAMES)
            return true;
        names[known++] = name;
    }
    return false;
}

/* Each member goes to the first of the group's persons that nothing speaks against. */
static void join_members(joining *j, const uint32_t *members, size_t count, const join_step *step)
{
    uint32_t heads[HEADS_MAX];
    size_t head_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t person = person_of(j->parent, members[i]);
        bool joined = false;
        for (size_t h = 0; h < head_count && !joined; h++)
            joined = person_of(j->parent, heads[h]) == person;
        for (size_t h = 0; h < head_count && !joined; h++)
            joined = join(j, heads[h], members[i], step);
        if (!joined && head_count < HEADS_MAX)
            heads[head_count++] = members[i];
    }
}

static void join_nameless(joining *j, uint32_t *members, size_t count, const join_step *step)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_nameless(j, members[i]))
            members[kept++] = members[i];
    join_members(j, members, kept, step);
}

static void join_sole(joining *j, const uint32_t *members, size_t count, const join_step *step)
{
    size_t named = count;
    for (size_t i = 0; i < count; i++) {
        if (is_nameless(j, members[i]))
            continue;
        if (named < count &&
            person_of(j->parent, members[i]) != person_of(j->parent, members[named]))
            return; /* two people: it cannot be told whose record it is */
        named = i;
    }
    for (size_t i = 0; named < count && i < count; i++)
        (void)join(j, members[named], members[i], step);
}

/* Mentions of one record follow each other. A relative of nearly the same name is a relative. */
static void join_record(joining *j, const uint32_t *members, size_t count, const join_step *step)
{
    const uint32_t *record = j->out->record;
    const contrast *said = j->said;
    for (size_t i = 1; record && i < count; i++) {
        uint32_t a = members[i - 1], b = members[i];
        bool related = said[a].is_relative || said[b].is_relative;
        if (record[number_of(j, a)] == record[number_of(j, b)] && !(related && is_near_step(step)))
            (void)join(j, a, b, step);
    }
}

static void join_group(joining *j, uint32_t *members, size_t count, const join_step *step)
{
    bool contact_alone = step->rule == KK_RULE_EMAIL_ALONE || step->rule == KK_RULE_MOBILE_ALONE;
    if (contact_alone && is_hub(j, members, count))
        return;
    if (step->mode == JOIN_NAMELESS)
        join_nameless(j, members, count, step);
    else if (step->mode == JOIN_SOLE)
        join_sole(j, members, count, step);
    else if (step->mode == JOIN_RECORD || step->mode == JOIN_NEAR_RECORD)
        join_record(j, members, count, step);
    else
        join_members(j, members, count, step);
}

/* Everybody's parent is the person then: a parent comes before its children. */
static void flatten(joining *j)
{
    for (size_t i = 0; i < j->out->count; i++)
        j->parent[i] = j->parent[j->parent[i]];
}

/* ---- groups ---- */

/* Whose memory will be needed is known some groups ahead. */
static void look_ahead(const joining *j, const key_groups *groups, size_t at)
{
    enum { MEMBERS = 4, NEAR = 8, FAR = 16, FARTHEST = 24 };
    if (at + FARTHEST < groups->count)
        __builtin_prefetch(&groups->members[groups->groups[at + FARTHEST].start]);
    if (at + FAR < groups->count) {
        const key_group *group = &groups->groups[at + FAR];
        for (uint32_t i = 0; i < group->count && i < MEMBERS; i++)
            __builtin_prefetch(&j->parent[groups->members[group->start + i]]);
    }
    if (at + NEAR < groups->count) {
        const key_group *group = &groups->groups[at + NEAR];
        for (uint32_t i = 0; i < group->count && i < MEMBERS; i++)
            __builtin_prefetch(&j->said[j->parent[groups->members[group->start + i]]]);
    }
}

static void join_groups(joining *j, key_groups *groups, const join_step *step)
{
    for (size_t i = 0; i < groups->count; i++) {
        look_ahead(j, groups, i);
        join_group(j, groups->members + groups->groups[i].start, groups->groups[i].count, step);
    }
}

/* ---- keys, as many at a time as memory allows ---- */

/* A twenty-fourth of the machine's memory, since the mentions themselves and the store are there too. */
static size_t usual_keys_at_once(void)
{
    const size_t least = (size_t)16 << 20, most = (size_t)400 << 20;
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    size_t keys = pages > 0 && size > 0 ? (size_t)pages / 24 * (size_t)size / sizeof(rule_key) : 0;
    return keys < least ? least : keys > most ? most : keys;
}

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

enum { SHARES = 256 }; /* of all mentions, for work on several processors */

static void share_of(const joining *j, unsigned share, size_t *from, size_t *to)
{
    *from = j->out->count * share / SHARES;
    *to = j->out->count * (share + 1) / SHARES;
}

static void renew_share(void *context, unsigned hand, unsigned share)
{
    joining *j = context;
    size_t from, to;
    (void)hand;
    share_of(j, share, &from, &to);
    for (size_t i = from; i < to; i++)
        j->now[i] = person_seen(j->parent, j->place ? j->place[i] : (uint32_t)i);
}

/* Whose each mention is by now, by number; looked at again when much was joined since. */
static const uint32_t *persons_now(joining *j)
{
    size_t count = j->out->count;
    if (!j->now)
        j->now = KK_NEW_ARRAY(j->own, uint32_t, count);
    else if (j->out->edge_count - j->now_edges < count / 32)
        return j->now;
    hands_work(renew_share, j, SHARES);
    j->now_edges = j->out->edge_count;
    return j->now;
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
static void do_part(void *context, unsigned hand, unsigned part)
{
    step_work *w = context;
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    size_t count;
    rule_key *keys = passes_part(j->passes, rule, part, hand, &count);
    if (w->now)
        count = rule_keys_gather(keys, count, passes_bits(j->passes), w->now, j->place,
                                 &j->rooms[hand]);
    if (w->step->mode == LOOK)
        trust_look(&w->trusts[hand], j->said, keys, count, rule);
    else
        count = key_groups_add(&j->lists[hand], keys, count, j->parent);
    if (w->keep)
        passes_keep(j->passes, rule, part, hand, keys, count);
    w->kept[hand] += count;
}

/* Into groups. What is kept for later steps may take as much memory as what comes anew. */
static void add_keys(step_work *w, bool may_keep)
{
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    size_t kept = 0;
    w->keep = may_keep;
    w->now = passes_kept(j->passes, rule) ? NULL : persons_now(j);
    hands_work(do_part, w, passes_parts(j->passes));
    for (int i = 0; i < HANDS; i++)
        kept += w->kept[i];
    passes_settle(j->passes, rule, may_keep && kept <= j->at_once / 4);
}

static void finish_step(step_work *w)
{
    joining *j = w->j;
    key_groups_join(&j->groups, j->lists, HANDS);
    for (int i = 0; i < HANDS; i++)
        trust_add(&j->trust, &w->trusts[i]);
    join_groups(j, &j->groups, w->step);
    if (w->step->mode == LOOK)
        trust_judge(&j->trust);
}

/* A rule that is too large for the memory: its groups are gathered from parts of the hashes. */
static void add_in_parts(step_work *w)
{
    joining *j = w->j;
    kk_rule rule = w->step->rule;
    unsigned parts = passes_parts(j->passes);
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
    uint32_t rules = passes_have(j->passes, w.step->rule) ? 0 : rules_from(j, at);
    if (rules)
        passes_spread(j->passes, rules, 0, passes_parts(j->passes) - 1);
    if (passes_have(j->passes, w.step->rule))
        add_keys(&w, is_wanted_again(at));
    else
        add_in_parts(&w);
    finish_step(&w);
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
        uint32_t *first = &k->first[person_seen(k->forest, (uint32_t)i)];
        uint32_t number = number_of(k->j, (uint32_t)i),
                 known = __atomic_load_n(first, __ATOMIC_RELAXED);
        while (number < known && !__atomic_compare_exchange_n(first, &known, number, true,
                                                              __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            ;
    }
}

static void keep_share(void *context, unsigned hand, unsigned share)
{
    const keeping *k = context;
    const uint32_t *place = k->j->place;
    size_t from, to;
    (void)hand;
    share_of(k->j, share, &from, &to);
    for (size_t i = from; i < to; i++)
        k->of[i] = k->first[person_seen(k->forest, place ? place[i] : (uint32_t)i)];
}

/* For each mention the smallest number of its person. */
static uint32_t *keep(joining *j)
{
    size_t count = j->out->count;
    kk_arena *scratch = kk_arena_open();
    keeping k = {.j = j,
                 .forest = j->rulings ? rulings_forest(j->rulings, count) : j->parent,
                 .first = KK_NEW_ARRAY(scratch, uint32_t, count),
                 .of = KK_NEW_ARRAY(j->arena, uint32_t, count)};
    memset(k.first, 0xff, count * sizeof *k.first);
    flatten(j);
    hands_work(first_of_share, &k, SHARES);
    hands_work(keep_share, &k, SHARES);
    kk_arena_close(scratch);
    return k.of;
}

static void keep_if_last(joining *j, size_t step)
{
    if (step + 1 < STEPS && steps[step + 1].strength == steps[step].strength)
        return;
    if (steps[step].strength == KK_STRENGTH_CERTAIN)
        j->out->certain = keep(j);
    else if (steps[step].strength == KK_STRENGTH_PROBABLE)
        j->out->probable = keep(j);
    else
        j->out->possible = keep(j);
}

static void put_in_order(joining *j, kk_arena *arena)
{
    size_t count = j->out->count;
    kk_arena *scratch = kk_arena_open();
    rule_key *order = KK_NEW_ARRAY(scratch, rule_key, count);
    for (size_t i = 0; i < count; i++)
        order[i] = (rule_key){j->out->content[i], (uint32_t)i};
    rule_keys_sort(order, count);
    j->place = KK_NEW_ARRAY(arena, uint32_t, count);
    j->number = KK_NEW_ARRAY(arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        j->number[i] = order[i].mention;
        j->place[order[i].mention] = (uint32_t)i;
    }
    kk_arena_close(scratch);
}

/* What is known of a person lies in one line of the processor's cache. */
static contrast *room_for_said(joining *j)
{
    enum { LINE = 64 };
    _Static_assert(sizeof(contrast) == LINE, "one line");
    char *room = kk_take(j->own, (j->out->count + 1) * sizeof(contrast));
    return (contrast *)(room + (LINE - (uintptr_t)room % LINE) % LINE);
}

static void say_part(void *context, unsigned hand, unsigned part)
{
    joining *j = context;
    (void)hand;
    j->source->say(j->source->context, part, j->place, j->said, j->near);
}

static void open_groups(joining *j)
{
    j->groups.arena = kk_arena_open();
    for (int i = 0; i < HANDS; i++)
        j->lists[i].arena = kk_arena_open(); /* each hand has its own */
}

static void close_groups(joining *j)
{
    kk_arena_close(j->groups.arena);
    for (int i = 0; i < HANDS; i++) {
        kk_arena_close(j->lists[i].arena);
        kk_arena_close(j->rooms[i].arena);
    }
}

void identity_find(identity *persons, const key_source *source, kk_arena *arena)
{
    joining j = {.out = persons, .arena = arena, .own = kk_arena_open(), .source = source};
    j.at_once = source->at_once ? source->at_once : usual_keys_at_once();
    j.parent = KK_NEW_ARRAY(j.own, uint32_t, persons->count);
    for (size_t i = 0; i < persons->count; i++)
        j.parent[i] = (uint32_t)i;
    if (persons->content && persons->count)
        put_in_order(&j, j.own);
    j.said = room_for_said(&j);
    j.near = KK_NEW_ARRAY(j.own, near_names, persons->count);
    hands_work(say_part, &j, (unsigned)source->parts);
    if (persons->ruling_count)
        j.rulings = rulings_open(persons, j.place, j.own);
    j.passes = passes_open(source);
    open_groups(&j);
    for (size_t at = 0; at < STEPS; at++) {
        do_step(&j, at);
        keep_if_last(&j, at);
    }
    close_groups(&j);
    passes_close(j.passes);
    persons->births_slip = j.trust.births_slip;
    persons->names_slip = j.trust.names_slip;
    kk_arena_close(j.own);
}
