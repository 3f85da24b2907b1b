/* Joining: a disjoint-set forest whose roots are the first mentions of persons, rules in steps from
 * certain to possible, vetoes by what is known of the whole person. */
#include "persons/rulings.h"
#include "persons/spill.h"
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
    key_source *source;
    key_order order;   /* the keys in memory */
    kk_arena *scratch; /* theirs */
    key_lot *lots;     /* by rule, part */
    size_t lot_count;
    key_spill *spill; /* NULL: keys are read from the source */
    bool was_read;    /* the source, for the first time */
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
    contrast *said = j->out->said;
    if (x == y)
        return true;
    if (is_near_step(step) && !is_near(&said[a], &said[b]))
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
    const contrast *c = &j->out->said[person_of(j->parent, mention)];
    return !is_said(c, SAID_NAME) && !is_said(c, SAID_GIVEN) && !is_said(c, SAID_KANA);
}

/* A telephone at a reception, a mailbox of a department. */
static bool is_hub(joining *j, const uint32_t *members, size_t count)
{
    uint32_t names[HUB_NAMES];
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = &j->out->said[person_of(j->parent, members[i])];
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
    const contrast *said = j->out->said;
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
    enum { MEMBERS = 4, NEAR = 8, FAR = 16 };
    if (at + FAR < groups->count)
        __builtin_prefetch(&groups->members[groups->groups[at + FAR].start]);
    if (at + NEAR >= groups->count)
        return;
    const key_group *group = &groups->groups[at + NEAR];
    for (uint32_t i = 0; i < group->count && i < MEMBERS; i++) {
        uint32_t mention = groups->members[group->start + i];
        const char *said = (const char *)&j->out->said[mention];
        __builtin_prefetch(&j->parent[mention]);
        __builtin_prefetch(said);
        __builtin_prefetch(said + 64);
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

static uint64_t keys_of(const key_source *source, unsigned rule, unsigned from, unsigned to)
{
    uint64_t sum = 0;
    for (unsigned part = from; part <= to; part++)
        sum += source->count[rule][part];
    return sum;
}

/* How many parts from this one on fit into memory: the last of them. */
static unsigned lot_end(const joining *j, unsigned rule, unsigned from)
{
    unsigned to = from;
    uint64_t sum = j->source->count[rule][from];
    while (to + 1 < KEY_PARTS && sum + j->source->count[rule][to + 1] <= j->source->at_once)
        sum += j->source->count[rule][++to];
    return to;
}

static void plan_lots(joining *j)
{
    j->lots = KK_NEW_ARRAY(j->own, key_lot, (size_t)KK_RULES * KEY_PARTS);
    for (unsigned rule = 0; rule < KK_RULES; rule++)
        for (unsigned from = 0, to; from < KEY_PARTS; from = to + 1) {
            to = lot_end(j, rule, from);
            j->lots[j->lot_count++] = (key_lot){(uint8_t)rule, (uint8_t)from, (uint8_t)to};
        }
}

/* An eighth of the machine's memory, since the mentions themselves and the store are there too. */
static size_t usual_keys_at_once(void)
{
    const size_t least = (size_t)16 << 20, most = (size_t)400 << 20;
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    size_t keys = pages > 0 && size > 0 ? (size_t)pages / 8 * (size_t)size / sizeof(rule_key) : 0;
    return keys < least ? least : keys > most ? most : keys;
}

/* Steps from `at` on whose keys fit into memory together: where they end. At `at`: not even the first
 * does. */
static size_t batch_from(const joining *j, size_t at, uint32_t *rules)
{
    uint64_t sum = 0;
    for (*rules = 0; at < STEPS; at++) {
        kk_rule rule = steps[at].rule;
        sum += *rules & BIT(rule) ? 0 : keys_of(j->source, rule, 0, KEY_PARTS - 1);
        if (sum > j->source->at_once)
            break;
        *rules |= BIT(rule);
    }
    return at;
}

static void make_room(joining *j, unsigned rule, unsigned from, unsigned to)
{
    rule_keys *keys = KK_NEW(j->scratch, rule_keys);
    size_t sum = 0;
    for (unsigned part = from; part <= to; part++) {
        keys->first[part] = keys->next[part] = sum;
        keys->end[part] = sum += j->source->count[rule][part];
    }
    keys->at = KK_NEW_ARRAY(j->scratch, rule_key, sum);
    j->order.of[rule] = keys;
}

static kk_status read_spilled(joining *j, kk_fault *fault)
{
    for (size_t i = 0; i < j->lot_count; i++) {
        const rule_keys *keys = j->order.of[j->lots[i].rule];
        if (keys && keys->end[j->lots[i].to] && !key_spill_read(j->spill, i, &j->order))
            return kk_fail(fault, KK_STORE, "keys that were put aside cannot be read again");
    }
    return KK_OK;
}

/* The first reading puts aside what later ones would need, if there is any later one. */
static kk_status fetch(joining *j, bool is_all, kk_fault *fault)
{
    if (j->spill)
        return read_spilled(j, fault);
    int file = -1;
    if (!is_all && !j->was_read && j->source->open_spill)
        file = j->source->open_spill(j->source->context);
    key_spill *spill = file >= 0 ? key_spill_open(file, j->lots, j->lot_count) : NULL;
    j->order.spill = spill;
    kk_status status = j->source->read(j->source->context, &j->order, fault);
    j->order.spill = NULL;
    j->was_read = true;
    if (spill && key_spill_end(spill))
        j->spill = spill;
    else
        key_spill_close(spill);
    return status;
}

static void open_order(joining *j)
{
    j->order = (key_order){0};
    j->scratch = kk_arena_open();
}

/* ---- one step ---- */

typedef struct {
    joining *j;
    const uint32_t *now;
    size_t parts;
} renewal;

static void renew_part(void *context, unsigned hand, unsigned part)
{
    const renewal *r = context;
    const joining *j = r->j;
    size_t from = j->out->count * part / KEY_PARTS, to = j->out->count * (part + 1) / KEY_PARTS;
    (void)hand;
    for (size_t i = from; i < to; i++)
        j->now[i] = j->parent[j->place ? j->place[i] : i];
}

/* Whose each mention is by now, by number; looked at again when much was joined since. */
static const uint32_t *persons_now(joining *j)
{
    size_t count = j->out->count;
    if (!j->now)
        j->now = KK_NEW_ARRAY(j->own, uint32_t, count);
    else if (j->out->edge_count - j->now_edges < count / 32)
        return j->now;
    flatten(j);
    renewal r = {.j = j};
    hands_work(renew_part, &r, KEY_PARTS);
    j->now_edges = j->out->edge_count;
    return j->now;
}

typedef struct {
    joining *j;
    const join_step *step;
    rule_keys *keys;
    const uint32_t *now; /* NULL: the keys are gathered */
    trust trusts[HANDS];
} step_work;

/* Keys come with the numbers of mentions. Just before they are used they get places, and those of one
 * person alone are dropped: the later, the more are. */
static void do_part(void *context, unsigned hand, unsigned part)
{
    step_work *w = context;
    joining *j = w->j;
    rule_keys *keys = w->keys;
    rule_key *at = keys->at + keys->first[part];
    size_t count = keys->next[part] - keys->first[part];
    if (w->now) {
        count = rule_keys_gather(at, count, w->now, j->place, &j->rooms[hand]);
        keys->next[part] = keys->first[part] + count;
    }
    if (w->step->mode == LOOK)
        trust_look(&w->trusts[hand], j->out->said, at, count, w->step->rule);
    else
        key_groups_add(&j->lists[hand], at, count, j->parent);
}

static void add_keys(step_work *w)
{
    joining *j = w->j;
    w->keys = j->order.of[w->step->rule];
    w->now = w->keys->is_gathered ? NULL : persons_now(j);
    hands_work(do_part, w, KEY_PARTS);
    w->keys->is_gathered = true;
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
static kk_status join_in_parts(joining *j, const join_step *step, kk_fault *fault)
{
    step_work w = {.j = j, .step = step};
    kk_status status = KK_OK;
    for (size_t i = 0; i < j->lot_count && status == KK_OK; i++) {
        if (j->lots[i].rule != step->rule)
            continue;
        open_order(j);
        make_room(j, step->rule, j->lots[i].from, j->lots[i].to);
        status = fetch(j, false, fault);
        if (status == KK_OK)
            add_keys(&w);
        kk_arena_close(j->scratch);
    }
    finish_step(&w);
    return status;
}

/* For each mention the smallest number of its person. */
static uint32_t *keep(joining *j)
{
    size_t count = j->out->count;
    uint32_t *of = KK_NEW_ARRAY(j->arena, uint32_t, count);
    kk_arena *scratch = kk_arena_open();
    uint32_t *first = KK_NEW_ARRAY(scratch, uint32_t, count);
    memset(first, 0xff, count * sizeof *first);
    flatten(j);
    const uint32_t *forest = j->rulings ? rulings_forest(j->rulings, count) : j->parent;
    for (size_t i = 0; i < count; i++) {
        uint32_t person = forest[i], number = number_of(j, (uint32_t)i);
        if (number < first[person])
            first[person] = number;
    }
    for (size_t i = 0; i < count; i++)
        of[i] = first[forest[j->place ? j->place[i] : i]];
    kk_arena_close(scratch);
    return of;
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

/* Takes the steps from `at` on whose keys fit together; returns where to go on. */
static kk_status join_batch(joining *j, size_t *at, kk_fault *fault)
{
    uint32_t rules;
    size_t end = batch_from(j, *at, &rules);
    if (end == *at) {
        kk_status status = join_in_parts(j, &steps[end], fault);
        keep_if_last(j, (*at)++);
        return status;
    }
    open_order(j);
    for (unsigned rule = 0; rule < KK_RULES; rule++)
        if (rules & BIT(rule))
            make_room(j, rule, 0, KEY_PARTS - 1);
    kk_status status = fetch(j, *at == 0 && end == STEPS, fault);
    for (; *at < end && status == KK_OK; ++*at) {
        step_work w = {.j = j, .step = &steps[*at]};
        add_keys(&w);
        finish_step(&w);
        keep_if_last(j, *at);
    }
    kk_arena_close(j->scratch);
    return status;
}

/* What is known goes to the places of the mentions, cycle by cycle, without a second copy. */
static void move_said(const joining *j, kk_arena *arena)
{
    contrast *said = j->out->said;
    uint8_t *done = KK_NEW_ARRAY(arena, uint8_t, j->out->count);
    for (size_t start = 0; start < j->out->count; start++) {
        contrast held = said[start];
        for (size_t at = start; !done[at];) {
            size_t to = j->place[at];
            contrast next = said[to];
            said[to] = held;
            held = next;
            done[at] = 1;
            at = to;
        }
    }
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
    move_said(j, scratch);
    kk_arena_close(scratch);
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

kk_status identity_find(identity *persons, key_source *source, kk_arena *arena, kk_fault *fault)
{
    joining j = {.out = persons, .arena = arena, .source = source};
    kk_arena *own = kk_arena_open();
    kk_status status = KK_OK;
    if (!source->at_once)
        source->at_once = usual_keys_at_once();
    j.own = own;
    plan_lots(&j);
    open_groups(&j);
    j.parent = KK_NEW_ARRAY(own, uint32_t, persons->count);
    for (size_t i = 0; i < persons->count; i++)
        j.parent[i] = (uint32_t)i;
    if (persons->content && persons->count)
        put_in_order(&j, own);
    if (persons->ruling_count)
        j.rulings = rulings_open(persons, j.place, own);
    for (size_t at = 0; at < STEPS && status == KK_OK;)
        status = join_batch(&j, &at, fault);
    key_spill_close(j.spill);
    close_groups(&j);
    persons->births_slip = j.trust.births_slip;
    persons->names_slip = j.trust.names_slip;
    kk_arena_close(own);
    return status;
}
