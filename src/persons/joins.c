/* Joining the groups of a step. What one group does to persons, the next one sees: groups are taken in
 * their order. Two groups see nothing of each other when no chain of groups leads from the one to the
 * other; clusters of groups are therefore taken by different processors, and the result is that of one. */
#include "persons/joins.h"

#include <stdlib.h>

#include "base/sorted.h"
#include "persons/beside.h"
#include "persons/lanes.h"
#include "persons/registers.h"

enum {
    HUB_NAMES = 5, /* a telephone or mailbox with more names on it than this is a switchboard */
    HEADS_MAX = PERSONS_MOST, /* persons of one group that stay apart and are still compared with */
    LANES = 16,               /* each holds the groups of some clusters */
    LANE_BITS = 4,
    FEW = 4096, /* groups that are joined at once */
    SHARES = 64,
    AHEAD = 8,   /* edges */
    FETCHED = 4, /* members of a group whose memory was asked for when it is its turn */
    FETCHED_MOST = 256
};

typedef struct {
    uint32_t a, b, group; /* places; the how many-eth group it was */
} made_join;

/* The groups of some clusters. */
typedef struct {
    joins *j;
    const join_step *step;
    kk_arena *arena;
    made_join *made;
    size_t count, capacity;
    beside_member *beside; /* of a group */
    size_t beside_capacity;
    uint32_t group;
} lane;

struct joins {
    people *people;
    identity *persons;
    kk_arena *own;
    lane lanes[LANES];
    group_order *groups;
    uint8_t *lane_of; /* by group */
    size_t lane_capacity;
    uint32_t *chosen[HANDS]; /* groups of the lane at hand */
    size_t chosen_capacity[HANDS];
    kk_arena *chosen_arena[HANDS];
    size_t edges_before;
    lane_lists lists;         /* where what is known lies in lanes */
    uint32_t *edges_of_group; /* ... how many; then where the next one goes */
    size_t edge_group_capacity;
};

/* ---- two persons ---- */

/* A given name of one character that is another one is another name, unless more than the contact says that
 * it is a slip. */
static bool is_near_enough(const lane *l, uint32_t a, uint32_t b, const contrast *x,
                           const contrast *y)
{
    nearness near = how_near(near_of(&l->j->people->about, a), near_of(&l->j->people->about, b));
    bool own = l->step->rule == KK_RULE_EMAIL_ALONE || l->step->rule == KK_RULE_MOBILE_ALONE;
    if (near == NEAR_IN_PART && !(own && l->step->strength == KK_STRENGTH_POSSIBLE))
        return agrees(x, y, SAID_BIRTH) || agrees(x, y, SAID_KANA);
    return near != NOT_NEAR;
}

/* A number of one register beside a name one character off: its holder, not the next one. */
static bool is_slip_beside_number(const lane *l, uint32_t a, uint32_t b, const contrast *x,
                                  const contrast *y)
{
    bool number = l->step->rule == KK_RULE_SAME_NUMBER || l->step->rule == KK_RULE_NUMBER_AGREED;
    return number && !differs(x, y, SAID_BIRTH) && !differs(x, y, SAID_SEX) &&
           how_near(near_of(&l->j->people->about, a), near_of(&l->j->people->about, b)) != NOT_NEAR;
}

/* Two persons become one; false if something speaks against it. `a` and `b` are mentions of x and y. */
static bool join_persons(lane *l, uint32_t a, uint32_t b, uint32_t x, uint32_t y)
{
    people *p = l->j->people;
    contrast *of_x = said_of(&p->about, x), *of_y = said_of(&p->about, y);
    if (is_vetoed(&p->trust, l->step, of_x, of_y) && !is_slip_beside_number(l, a, b, of_x, of_y))
        return false;
    if (registers_forbid(p->registers, l->step, number_of(p, a), number_of(p, b)))
        return false;
    if (is_near_step(l->step) && !is_near_enough(l, a, b, of_x, of_y))
        return false;
    if (l->step->mode == JOIN_NAMED && !agrees(of_x, of_y, SAID_NAME))
        return false;
    if (p->rulings && rulings_forbid(p->rulings, x, y))
        return false;
    uint32_t first = x < y ? x : y, second = x < y ? y : x;
    p->parent[second] = first;
    if (p->rulings)
        rulings_unite(p->rulings, first, second);
    contrast_learn(x < y ? of_x : of_y, x < y ? of_y : of_x);
    l->made = kk_grow(l->arena, l->made, &l->capacity, l->count + 1, sizeof *l->made);
    l->made[l->count++] = (made_join){a, b, l->group};
    return true;
}

static void join(lane *l, uint32_t a, uint32_t b)
{
    uint32_t *parent = l->j->people->parent;
    uint32_t x = person_of(parent, a), y = person_of(parent, b);
    if (x != y)
        (void)join_persons(l, a, b, x, y);
}

static bool is_nameless(const people *p, uint32_t mention)
{
    const contrast *c = said_of(&p->about, person_of(p->parent, mention));
    return !is_said(c, SAID_NAME) && !is_said(c, SAID_GIVEN) && !is_said(c, SAID_KANA) &&
           !is_said(c, SAID_READING);
}

/* A telephone at a reception, a mailbox of a department. */
static bool is_hub(const people *p, const uint32_t *members, size_t count)
{
    uint32_t names[HUB_NAMES];
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = said_of(&p->about, person_of(p->parent, members[i]));
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

/* ---- a group ---- */

typedef struct {
    uint32_t mention, person;
} head;

static size_t head_of(const head *heads, size_t count, uint32_t person)
{
    size_t h = 0;
    while (h < count && heads[h].person != person)
        h++;
    return h;
}

/* Each member goes to the first of the group's persons that nothing speaks against. Near names are of
 * mentions: one without a name tells nothing of its person. */
static void join_members(lane *l, const uint32_t *members, size_t count)
{
    head heads[HEADS_MAX];
    size_t head_count = 0;
    bool near = is_near_step(l->step);
    for (size_t i = 0; i < count; i++) {
        uint32_t person = person_of(l->j->people->parent, members[i]);
        if (head_of(heads, head_count, person) < head_count ||
            (near && !near_of(&l->j->people->about, members[i])->hash[0]))
            continue;
        size_t h = 0;
        while (h < head_count &&
               !join_persons(l, heads[h].mention, members[i], heads[h].person, person))
            h++;
        if (h < head_count && person < heads[h].person)
            heads[h].person = person;
        if (h == head_count && head_count < HEADS_MAX)
            heads[head_count++] = (head){members[i], person};
    }
}

static void join_nameless(lane *l, uint32_t *members, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_nameless(l->j->people, members[i]))
            members[kept++] = members[i];
    join_members(l, members, kept);
}

/* Who is named in one script and who is named in another cannot be compared by name. */
enum { IN_KANJI, IN_OTHER, SCRIPTS };

/* The one person who is named so: false if there are two, of two names. `of` is `count` as long as there is
 * none. */
static bool is_only_one(lane *l, const uint32_t *members, size_t *of, size_t at, size_t count)
{
    const people *p = l->j->people;
    uint32_t person = person_of(p->parent, members[at]), first = person;
    if (*of < count)
        first = person_of(p->parent, members[*of]);
    else
        *of = at;
    return first == person ||
           (agrees(said_of(&p->about, first), said_of(&p->about, person), SAID_NAME) &&
            join_persons(l, members[*of], members[at], first, person));
}

static void join_sole(lane *l, const uint32_t *members, size_t count)
{
    const people *p = l->j->people;
    size_t named[SCRIPTS] = {count, count};
    for (size_t i = 0; i < count; i++) {
        const contrast *c = said_of(&p->about, person_of(p->parent, members[i]));
        size_t *of = &named[c->script == NAME_IN_KANJI ? IN_KANJI : IN_OTHER];
        if (!is_nameless(p, members[i]) && !is_only_one(l, members, of, i, count))
            return; /* two people: it cannot be told whose record it is */
    }
    size_t first = named[IN_KANJI] < count ? named[IN_KANJI] : named[IN_OTHER];
    if (named[IN_OTHER] < count && first != named[IN_OTHER])
        join(l, members[first], members[named[IN_OTHER]]);
    if (named[IN_OTHER] < count &&
        person_of(p->parent, members[first]) != person_of(p->parent, members[named[IN_OTHER]]))
        return;
    for (size_t i = 0; first < count && i < count; i++)
        if (is_nameless(p, members[i]))
            join(l, members[first], members[i]);
}

/* Mentions of one record follow each other. A relative of nearly the same name is a relative;
 * one of the same name may be a father. */
static void join_record(lane *l, const uint32_t *members, size_t count)
{
    const people *p = l->j->people;
    for (size_t i = 1; p->record && i < count; i++) {
        uint32_t a = members[i - 1], b = members[i];
        if (p->record[number_of(p, a)] != p->record[number_of(p, b)])
            continue;
        if (person_of(p->parent, a) == person_of(p->parent, b))
            continue;
        bool related = is_relative(&p->about, a) || is_relative(&p->about, b);
        if (!(related && (is_near_step(l->step) || l->step->strength == KK_STRENGTH_CERTAIN)))
            join(l, a, b);
    }
}

typedef struct {
    uint32_t document, list, at, first; /* first: the first member in that document */
} document_member;

static int by_document(const void *a, const void *b)
{
    const document_member *x = a, *y = b;
    if (x->document != y->document)
        return x->document < y->document ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_first(const void *a, const void *b)
{
    const document_member *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Who is named in several places of a document; rows of one list may be namesakes. Documents are taken in the order
 * of what stands in them, wherever they lie. */
static void join_document(lane *l, const uint32_t *members, size_t count)
{
    const people *p = l->j->people;
    size_t kept = 0;
    for (size_t i = 0; p->documents && i < count; i++)
        kept += p->documents[number_of(p, members[i])].document != 0;
    if (kept < 2)
        return;
    document_member *found = KK_NEW_ARRAY(l->arena, document_member, kept);
    kept = 0;
    for (size_t i = 0; i < count; i++) {
        const in_document *d = &p->documents[number_of(p, members[i])];
        if (d->document)
            found[kept++] = (document_member){d->document, d->list, (uint32_t)i, 0};
    }
    qsort(found, kept, sizeof *found, by_document);
    for (size_t i = 0; i < kept; i++)
        found[i].first =
            i && found[i - 1].document == found[i].document ? found[i - 1].first : found[i].at;
    qsort(found, kept, sizeof *found, by_first);
    for (size_t i = 1; i < kept; i++)
        if (found[i - 1].document == found[i].document &&
            (!found[i].list || found[i - 1].list != found[i].list))
            join(l, members[found[i - 1].at], members[found[i].at]);
}

/* gcc leaves out calls of functions that do nothing but ask for memory. */
#define ASKS_FOR_MEMORY static inline __attribute__((always_inline)) void

/* What stands beyond the members that look_ahead looks at. */
ASKS_FOR_MEMORY fetch_members(const lane *l, const uint32_t *members, size_t count)
{
    const people *p = l->j->people;
    size_t most = count < FETCHED_MOST ? count : FETCHED_MOST;
    for (size_t i = FETCHED; i < most; i++)
        __builtin_prefetch(&p->parent[members[i]], 1);
    for (size_t i = FETCHED; i < most; i++)
        __builtin_prefetch(said_of(&p->about, p->parent[members[i]]), 1);
}

static bool is_one_person(const people *p, const uint32_t *members, size_t count)
{
    uint32_t first = person_of(p->parent, members[0]);
    for (size_t i = 1; i < count; i++)
        if (person_of(p->parent, members[i]) != first)
            return false;
    return true;
}

/* Each of those with one person is held against the others. */
static void join_beside(lane *l, const uint32_t *members, size_t count)
{
    beside_member *found = kk_grow(l->arena, l->beside, &l->beside_capacity, count, sizeof *found);
    l->beside = found;
    size_t kept = beside_members(l->j->people, members, count, found);
    for (size_t i = 0, end; i < kept; i = end) {
        uint32_t together[HEADS_MAX];
        size_t size = 0;
        for (end = i; end < kept && beside_same(&found[i], &found[end]); end++)
            if (size < HEADS_MAX)
                together[size++] = found[end].member;
        join_members(l, together, size);
    }
}

static void join_group(lane *l, uint32_t *members, size_t count)
{
    const join_step *step = l->step;
    bool contact_alone = step->rule == KK_RULE_EMAIL_ALONE || step->rule == KK_RULE_MOBILE_ALONE;
    if (count > FETCHED)
        fetch_members(l, members, count);
    if (is_one_person(l->j->people, members, count) ||
        (contact_alone && is_hub(l->j->people, members, count)))
        return;
    if (step->mode == JOIN_NAMELESS)
        join_nameless(l, members, count);
    else if (step->mode == JOIN_SOLE)
        join_sole(l, members, count);
    else if (step->mode == JOIN_RECORD || step->mode == JOIN_NEAR_RECORD)
        join_record(l, members, count);
    else if (step->mode == JOIN_DOCUMENT)
        join_document(l, members, count);
    else if (step->mode == JOIN_BESIDE)
        join_beside(l, members, count);
    else
        join_members(l, members, count);
}

/* ---- the groups of a lane ---- */

/* Whose memory will be needed is known some groups ahead. `which`: of the lane; NULL: all. */
ASKS_FOR_MEMORY look_ahead(const lane *l, const uint32_t *which, size_t at, size_t count)
{
    enum { NEAR = 8, FAR = 16, FARTHEST = 24 };
    const people *p = l->j->people;
    const group_order *groups = l->j->groups;
    size_t members;
    if (at + FARTHEST < count) {
        size_t g = which ? which[at + FARTHEST] : at + FARTHEST;
        __builtin_prefetch(group_persons(groups, &groups->groups[g], &members));
    }
    if (at + FAR < count) {
        const key_group *group = &groups->groups[which ? which[at + FAR] : at + FAR];
        const uint32_t *member = group_persons(groups, group, &members);
        for (size_t i = 0; i < members && i < FETCHED; i++)
            __builtin_prefetch(&p->parent[member[i]], 1);
    }
    if (at + NEAR < count) {
        const key_group *group = &groups->groups[which ? which[at + NEAR] : at + NEAR];
        const uint32_t *member = group_persons(groups, group, &members);
        for (size_t i = 0; i < members && i < FETCHED; i++)
            __builtin_prefetch(said_of(&p->about, p->parent[member[i]]), 1);
    }
}

static void join_groups(lane *l, const uint32_t *which, size_t count)
{
    const group_order *groups = l->j->groups;
    for (size_t i = 0; i < count; i++) {
        look_ahead(l, which, i, count);
        l->group = which ? which[i] : (uint32_t)i;
        size_t members;
        uint32_t *first = group_persons(groups, &groups->groups[l->group], &members);
        join_group(l, first, members);
    }
}

static size_t share_of(size_t count, unsigned share)
{
    return count * share / SHARES;
}

static void choose_lanes(void *context, unsigned hand, unsigned share)
{
    enum { NEAR = 12, FAR = 24 };
    joins *j = context;
    const group_order *g = j->groups;
    const uint32_t *parent = j->people->parent;
    size_t from = share_of(g->count, share), to = share_of(g->count, share + 1);
    (void)hand;
    for (size_t i = from; i < to; i++) {
        if (i + FAR < to)
            __builtin_prefetch(&parent[g->groups[i + FAR].first]);
        if (i + NEAR < to)
            __builtin_prefetch(&g->cluster[parent[g->groups[i + NEAR].first]]);
        uint32_t cluster = cluster_of(g, person_seen(parent, g->groups[i].first));
        j->lane_of[i] = (uint8_t)(cluster * UINT32_C(0x9E3779B1) >> (32 - LANE_BITS));
    }
}

static void join_lane(void *context, unsigned hand, unsigned which)
{
    joins *j = context;
    size_t count = 0;
    if (!j->chosen_arena[hand])
        j->chosen_arena[hand] = kk_arena_open();
    for (size_t i = 0; i < j->groups->count; i++) {
        if (j->lane_of[i] != which)
            continue;
        if (count == j->chosen_capacity[hand])
            j->chosen[hand] = kk_grow(j->chosen_arena[hand], j->chosen[hand],
                                      &j->chosen_capacity[hand], count + 1, sizeof(uint32_t));
        j->chosen[hand][count++] = (uint32_t)i;
    }
    join_groups(&j->lanes[which], j->chosen[hand], count);
}

/* What is known of people lies in lanes of its own: one after the other, so that each is read once. Here a hand's
 * lane holds what it joined in all of them. */
static void join_about_lane(void *context, unsigned hand, unsigned which)
{
    joins *j = context;
    const lane_lists *lists = &j->lists;
    lane *l = &j->lanes[hand];
    lanes_fetch(lists, j->people, which, is_near_step(l->step));
    join_groups(l, lists->groups + lists->from[which], lists->from[which + 1] - lists->from[which]);
}

/* ---- edges ---- */

static size_t edges_below(const lane *l, size_t group)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, l->count, l->made[low].group < group);
    return low;
}

static void put_edge(const lane *l, const made_join *made, join_edge *to)
{
    uint32_t a = number_of(l->j->people, made->a), b = number_of(l->j->people, made->b);
    *to = (join_edge){a < b ? a : b, a < b ? b : a, (uint8_t)rule_of(l->step),
                      (uint8_t)l->step->strength};
}

/* Each lane's joins are by group: those of some groups are brought into one order. */
static void merge_share(void *context, unsigned hand, unsigned share)
{
    joins *j = context;
    const people *p = j->people;
    size_t at[LANES], end[LANES], to = j->edges_before;
    (void)hand;
    for (int i = 0; i < LANES; i++) {
        at[i] = edges_below(&j->lanes[i], share_of(j->groups->count, share));
        end[i] = edges_below(&j->lanes[i], share_of(j->groups->count, share + 1));
        to += at[i];
    }
    for (;; to++) {
        int next = -1;
        for (int i = 0; i < LANES; i++)
            if (at[i] < end[i] &&
                (next < 0 || j->lanes[i].made[at[i]].group < j->lanes[next].made[at[next]].group))
                next = i;
        if (next < 0)
            return;
        const lane *l = &j->lanes[next];
        const made_join *made = &l->made[at[next]++];
        if (p->number && at[next] + AHEAD < end[next]) {
            __builtin_prefetch(&p->number[made[AHEAD].a]);
            __builtin_prefetch(&p->number[made[AHEAD].b]);
        }
        put_edge(l, made, &j->persons->edges[to]);
    }
}

static void count_edges(void *context, unsigned hand, unsigned which)
{
    joins *j = context;
    const lane *l = &j->lanes[which];
    (void)hand;
    for (size_t i = 0; i < l->count; i++)
        j->edges_of_group[l->made[i].group]++;
}

static void place_edges(void *context, unsigned hand, unsigned which)
{
    joins *j = context;
    const lane *l = &j->lanes[which];
    (void)hand;
    for (size_t i = 0; i < l->count; i++) {
        size_t to = j->edges_before + j->edges_of_group[l->made[i].group]++;
        put_edge(l, &l->made[i], &j->persons->edges[to]);
    }
}

/* A hand's joins are by group in each lane of what is known, and all of a group are one hand's. */
static void add_edges_by_group(joins *j)
{
    size_t groups = j->groups->count, sum = 0;
    j->edges_of_group = kk_grow(j->own, j->edges_of_group, &j->edge_group_capacity, groups,
                                sizeof *j->edges_of_group);
    memset(j->edges_of_group, 0, groups * sizeof *j->edges_of_group);
    hands_work(count_edges, j, HANDS);
    for (size_t i = 0; i < groups; i++) {
        size_t here = j->edges_of_group[i];
        j->edges_of_group[i] = (uint32_t)sum;
        sum += here;
    }
    hands_work(place_edges, j, HANDS);
}

static void add_edges(joins *j, bool by_group)
{
    identity *persons = j->persons;
    size_t count = 0;
    for (int i = 0; i < LANES; i++)
        count += j->lanes[i].count;
    j->edges_before = persons->edge_count;
    persons->edge_count += count;
    if (count && by_group)
        add_edges_by_group(j);
    else if (count > FEW)
        hands_work(merge_share, j, SHARES);
    for (unsigned share = 0; !by_group && count && count <= FEW && share < SHARES; share++)
        merge_share(j, 0, share);
    for (int i = 0; i < LANES; i++)
        j->lanes[i].count = 0;
}

/* ---- a step ---- */

/* Decisions reach from cluster to cluster. */
static bool is_for_all_hands(const joins *j)
{
    return j->groups->count > FEW && j->groups->cluster && !j->people->rulings;
}

void joins_make(joins *j, group_order *groups, const join_step *step)
{
    j->groups = groups;
    for (int i = 0; i < LANES; i++)
        j->lanes[i].step = step;
    bool all_hands = is_for_all_hands(j), in_lanes = all_hands && j->people->about.slot;
    if (in_lanes) {
        lanes_choose(&j->lists, groups, j->people);
        hands_work(join_about_lane, j, j->people->about.lanes);
    } else if (all_hands) {
        j->lane_of = kk_grow(j->own, j->lane_of, &j->lane_capacity, groups->count, 1);
        hands_work(choose_lanes, j, SHARES);
        hands_work(join_lane, j, LANES);
    } else {
        join_groups(&j->lanes[0], NULL, groups->count);
    }
    add_edges(j, in_lanes);
}

joins *joins_open(people *all, identity *persons, kk_arena *arena)
{
    kk_arena *own = kk_arena_open();
    joins *j = KK_NEW(own, joins);
    j->people = all;
    j->persons = persons;
    persons->edges = KK_NEW_ARRAY(arena, join_edge, persons->count); /* used as far as needed */
    j->own = own;
    j->lists.arena = own;
    for (int i = 0; i < LANES; i++) {
        j->lanes[i].j = j;
        j->lanes[i].arena = kk_arena_open();
    }
    return j;
}

void joins_close(joins *j)
{
    for (int i = 0; i < LANES; i++)
        kk_arena_close(j->lanes[i].arena);
    for (int i = 0; i < HANDS; i++)
        kk_arena_close(j->chosen_arena[i]);
    kk_arena_close(j->own);
}
