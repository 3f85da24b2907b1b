/* Joining: a disjoint-set forest whose roots are the first mentions of persons, rules in steps from
 * certain to possible, vetoes by what is known of the whole person. */
#include "persons/identity.h"

#include "base/time.h"

enum {
    AT_ONCE = 48u << 20, /* keys in memory at a time */
    HUB_NAMES = 5, /* a telephone or mailbox with more names on it than this is a switchboard */
    HEADS_MAX = 32 /* persons of one group that stay apart and are still compared with */
};

#define BIT(kind) (1u << (kind))
#define SEVERAL_OF_ONE (BIT(SAID_LANDLINE) | BIT(SAID_EMAIL))

/* How a rule's groups are joined. */
typedef enum {
    JOIN_ALL,
    JOIN_NAMELESS, /* records without any name: nothing else is there to tell them apart by */
    JOIN_SOLE,     /* ... to the only named person with that contact */
    JOIN_GIVEN,    /* ... to those with the same given name: another surname since the wedding */
    JOIN_RECORD,   /* only what stands in one record: who orders and who gets it */
    JOIN_NEAR,     /* names one character apart: NEAR_NAME by way of the contact */
    JOIN_NEAR_RECORD,
    LOOK /* joins nothing: how far birth dates and names can be trusted */
} join_mode;

typedef struct {
    kk_rule rule;
    join_mode mode;
    kk_strength strength;
} join_step;

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
_Static_assert(KK_RULES <= 32, "rules are bits of a word");

static bool is_near_step(const join_step *step)
{
    return step->mode == JOIN_NEAR || step->mode == JOIN_NEAR_RECORD;
}

/* The rule that such a join is told as. */
static kk_rule rule_of(const join_step *step)
{
    return is_near_step(step) ? KK_RULE_NEAR_NAME : step->rule;
}

/* How far values can be trusted, by what the data say of themselves. A father and a son of one name
 * in one house are rare, and twins are one pair of siblings in fifty: where more such pairs are met
 * than can be, the values are mistaken, and do not keep records apart. */
typedef struct {
    uint64_t same_birth, other_birth;  /* pairs of one name at one address */
    uint64_t other_name, other_member; /* ... of one address: one birth date; several */
    bool births_slip, names_slip;
} trust;

typedef struct {
    identity *out;
    trust trust;
    kk_arena *arena;
    kk_arena *scratch; /* of one batch of keys */
    key_source *source;
    uint32_t *parent;
    size_t edge_capacity;
    kk_arena *own;
    uint32_t *now; /* see persons_now */
    size_t now_edges;
    uint32_t *place, *number; /* of a mention its place in the order; and back. NULL: the same */
} joining;

static uint32_t number_of(const joining *j, uint32_t place)
{
    return j->number ? j->number[place] : place;
}

/* ---- what speaks against it ---- */

static bool is_said(const contrast *c, said_kind kind)
{
    return c->said[kind] != 0;
}

static bool differs(const contrast *a, const contrast *b, said_kind kind)
{
    return is_said(a, kind) && is_said(b, kind) && a->said[kind] != b->said[kind] &&
           !((a->several | b->several) & BIT(kind));
}

static bool agrees(const contrast *a, const contrast *b, said_kind kind)
{
    return is_said(a, kind) && a->said[kind] == b->said[kind];
}

static bool anything_agrees(const contrast *a, const contrast *b)
{
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++)
        if (kind != SAID_SEX && agrees(a, b, kind))
            return true;
    return false;
}

/* Both are named, and in no way alike: a slip that is known of one of them is no agreement. */
static bool is_named_otherwise(const contrast *a, const contrast *b)
{
    bool name = is_said(a, SAID_NAME) && is_said(b, SAID_NAME);
    bool given = is_said(a, SAID_GIVEN) && is_said(b, SAID_GIVEN);
    return (name || given) && !agrees(a, b, SAID_NAME) && !agrees(a, b, SAID_GIVEN) &&
           !agrees(a, b, SAID_KANA);
}

/* One reading written in other characters is a slip of the pen, not another name. */
static bool given_differs(const contrast *a, const contrast *b)
{
    return differs(a, b, SAID_GIVEN) && !agrees(a, b, SAID_KANA);
}

/* A number that was given to somebody else later, that a family shares, or that two registers with
 * the same heading gave to two people. */
static bool is_recycled(const contrast *a, const contrast *b)
{
    bool same_birth = agrees(a, b, SAID_BIRTH);
    bool given = given_differs(a, b);
    bool name = differs(a, b, SAID_NAME) && !agrees(a, b, SAID_KANA) && !agrees(a, b, SAID_GIVEN);
    bool same_contact =
        agrees(a, b, SAID_MOBILE) || agrees(a, b, SAID_LANDLINE) || agrees(a, b, SAID_EMAIL);
    if (differs(a, b, SAID_BIRTH) && (given || name))
        return true;
    return !same_birth && (given || (name && !same_contact));
}

/* Two witnesses for another given name: twins, not a slip. */
static bool are_twins(const contrast *a, const contrast *b)
{
    return given_differs(a, b) && differs(a, b, SAID_KANA);
}

/* One digit of eight differs, or day and month changed places: a slip may have made one of the other. */
static bool is_birth_slip(const contrast *a, const contrast *b)
{
    int x[3], y[3], digits = 0;
    kk_civil_from_days((int32_t)(a->said[SAID_BIRTH] ^ 0x80000000u), &x[0], &x[1], &x[2]);
    kk_civil_from_days((int32_t)(b->said[SAID_BIRTH] ^ 0x80000000u), &y[0], &y[1], &y[2]);
    for (int part = 0; part < 3; part++)
        for (int p = x[part], q = y[part]; p || q; p /= 10, q /= 10)
            digits += p % 10 != q % 10;
    return digits <= 1 || (x[0] == y[0] && x[1] == y[2] && x[2] == y[1]);
}

/* A name one character off at one address, where each has a telephone or birth date of his own. */
static bool are_siblings(const trust *t, const contrast *a, const contrast *b)
{
    bool own_agrees = agrees(a, b, SAID_MOBILE) || agrees(a, b, SAID_EMAIL);
    if (differs(a, b, SAID_BIRTH) && !is_birth_slip(a, b) && !t->births_slip)
        return true;
    return !own_agrees && !agrees(a, b, SAID_BIRTH) &&
           (differs(a, b, SAID_MOBILE) || differs(a, b, SAID_EMAIL));
}

/* A name that is one character off may be a brother's: beside it must agree what one person has for
 * himself. In one record, where somebody sends a thing to himself, home and landline will do. */
static bool is_backed(const contrast *a, const contrast *b, bool in_record)
{
    bool home = agrees(a, b, SAID_ADDRESS) && agrees(a, b, SAID_LANDLINE);
    return agrees(a, b, SAID_MOBILE) || agrees(a, b, SAID_EMAIL) || (in_record && home);
}

/* Two people of one given name at one company: address and telephone are not theirs. */
static bool are_colleagues(const contrast *a, const contrast *b)
{
    return a->at_company && b->at_company && differs(a, b, SAID_NAME) && differs(a, b, SAID_KANA) &&
           !agrees(a, b, SAID_BIRTH);
}

static bool is_dated(const contrast *c)
{
    return c->from || c->to;
}

/* Contacts of companies change the company, and address, telephone and mailbox with it: first the one,
 * then the other. */
static bool may_have_changed_company(const contrast *a, const contrast *b)
{
    bool at_once = is_dated(a) && is_dated(b) && a->from <= b->to && b->from <= a->to;
    return a->at_company && b->at_company && !at_once;
}

/* For a name alone everything that can differ speaks against it: a person with several telephones or
 * addresses known would have been joined by one of them. */
static unsigned what_differs(const contrast *a, const contrast *b)
{
    bool changed_company = may_have_changed_company(a, b);
    unsigned found = 0;
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++) {
        bool both = is_said(a, kind) && is_said(b, kind);
        if (kind == SAID_NAME || kind == SAID_GIVEN || (changed_company && kind >= SAID_ROOM))
            continue;
        if (both && (a->said[kind] != b->said[kind] || ((a->several | b->several) & BIT(kind))))
            found |= BIT(kind);
    }
    return found;
}

/* At the least one mailbox or landline may be a second one, or a slip. */
static bool is_somebody_else(const contrast *a, const contrast *b)
{
    unsigned against = what_differs(a, b);
    return against & (against - 1) || (against & ~SEVERAL_OF_ONE);
}

/* For the lowest count a birth date that does not fit may be a slip: it needs a second witness. */
static bool is_vetoed_loosely(const trust *t, kk_rule rule, const contrast *a, const contrast *b)
{
    bool birth = differs(a, b, SAID_BIRTH), sex = differs(a, b, SAID_SEX);
    switch (rule) {
    case KK_RULE_OFFICIAL_NUMBER:
    case KK_RULE_NAME_MOBILE:
        return false;
    case KK_RULE_NAME_ADDRESS:
        return sex || differs(a, b, SAID_ROOM);
    case KK_RULE_NAME_LANDLINE:
    case KK_RULE_NEAR_NAME_TWICE:
        return sex;
    case KK_RULE_NEAR_BIRTH:
        return sex || (birth && !is_birth_slip(a, b));
    case KK_RULE_NEAR_CONTACT:
        return sex || (birth && !is_birth_slip(a, b)) || differs(a, b, SAID_KANA) ||
               differs(a, b, SAID_ROOM);
    case KK_RULE_NAME_DISTRICT:
        return sex || (is_said(a, SAID_NAME) && is_said(b, SAID_NAME) && !agrees(a, b, SAID_NAME));
    case KK_RULE_NEAR_NAME:
        return sex || are_colleagues(a, b) || are_twins(a, b) || are_siblings(t, a, b);
    case KK_RULE_BIRTH_ADDRESS:
        return sex || are_twins(a, b);
    case KK_RULE_EMAIL_ALONE:
    case KK_RULE_MOBILE_ALONE:
        return birth || sex || given_differs(a, b);
    case KK_RULE_NAME_COMPANY:
        return birth || sex || differs(a, b, SAID_KANA);
    default:
        return is_somebody_else(a, b);
    }
}

static bool is_vetoed(const trust *t, const join_step *step, const contrast *a, const contrast *b)
{
    bool birth = differs(a, b, SAID_BIRTH), sex = differs(a, b, SAID_SEX);
    if (step->strength == KK_STRENGTH_POSSIBLE)
        return is_vetoed_loosely(t, rule_of(step), a, b);
    switch (rule_of(step)) {
    case KK_RULE_SAME_NUMBER:
        return is_recycled(a, b);
    case KK_RULE_OFFICIAL_NUMBER:
        if (step->strength == KK_STRENGTH_PROBABLE)
            return !anything_agrees(a, b);
        return birth && (given_differs(a, b) || differs(a, b, SAID_NAME));
    case KK_RULE_EMAIL_NAME:
    case KK_RULE_NAME_BIRTH_CONTACT:
        return false;
    case KK_RULE_NAME_MOBILE:
        return birth;
    case KK_RULE_NAME_ADDRESS:
    case KK_RULE_KANA_ADDRESS:
        return (birth && !t->births_slip) || sex || differs(a, b, SAID_ROOM);
    case KK_RULE_NAME_ADDRESS_PHONE:
        return birth || sex || differs(a, b, SAID_ROOM);
    case KK_RULE_SAME_HOME:
        return sex || !t->names_slip;
    case KK_RULE_NAME_DISTRICT:
        return !agrees(a, b, SAID_NAME) || (birth && !t->births_slip && !is_birth_slip(a, b)) ||
               sex;
    case KK_RULE_BIRTH_ADDRESS:
        if (t->names_slip)
            return sex || birth;
        return sex || birth || !agrees(a, b, SAID_ADDRESS) || differs(a, b, SAID_ROOM) ||
               is_named_otherwise(a, b);
    case KK_RULE_KANA_BIRTH_CONTACT:
    case KK_RULE_NAME_BIRTH:
    case KK_RULE_NEAR_BIRTH:
        return sex || (birth && !is_birth_slip(a, b));
    case KK_RULE_NEAR_NUMBER:
        return sex;
    case KK_RULE_NEAR_NAME_TWICE:
        return sex || are_siblings(t, a, b);
    case KK_RULE_PART_NAME_BIRTH_CONTACT:
        return sex || given_differs(a, b);
    case KK_RULE_NEAR_NAME:
        return (birth && !t->births_slip) || sex || differs(a, b, SAID_KANA) ||
               are_siblings(t, a, b) ||
               !(is_backed(a, b, step->mode == JOIN_NEAR_RECORD) ||
                 (t->names_slip && t->births_slip && agrees(a, b, SAID_ZIP)));
    case KK_RULE_EMAIL_ALONE:
    case KK_RULE_MOBILE_ALONE:
        return birth || sex || (step->mode == JOIN_GIVEN && !agrees(a, b, SAID_GIVEN));
    case KK_RULE_NAME_ONLY: /* within one record */
        return what_differs(a, b) != 0;
    default: /* a landline; a contact alone, of records without a name */
        return birth || sex;
    }
}

/* ---- joining ---- */

static bool is_near(const contrast *a, const contrast *b)
{
    for (size_t i = 0; i < KK_NEAR_MAX && a->near[i]; i++)
        for (size_t k = 0; k < KK_NEAR_MAX && b->near[k]; k++)
            if (a->near[i] == b->near[k])
                return true;
    return false;
}

static void add_edge(joining *j, uint32_t a, uint32_t b, const join_step *step)
{
    identity *p = j->out;
    p->edges = kk_grow(j->arena, p->edges, &j->edge_capacity, p->edge_count + 1, sizeof *p->edges);
    a = number_of(j, a);
    b = number_of(j, b);
    p->edges[p->edge_count++] =
        (join_edge){a < b ? a : b, a < b ? b : a, (uint8_t)rule_of(step), (uint8_t)step->strength};
}

static void learn(contrast *whole, const contrast *part)
{
    whole->several |= part->several;
    whole->at_company |= part->at_company;
    if (is_dated(part)) {
        bool first = !is_dated(whole);
        whole->from = first || part->from < whole->from ? part->from : whole->from;
        whole->to = first || part->to > whole->to ? part->to : whole->to;
    }
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++) {
        if (!whole->said[kind])
            whole->said[kind] = part->said[kind];
        else if (part->said[kind] && part->said[kind] != whole->said[kind])
            whole->several = (uint16_t)(whole->several | BIT(kind));
    }
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
    uint32_t first = x < y ? x : y, second = x < y ? y : x;
    j->parent[second] = first;
    learn(&said[first], &said[second]);
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

/* ---- how far values can be trusted ---- */

enum { LOOKED_AT = 16 };

static size_t add_distinct(uint64_t *seen, size_t count, uint64_t value)
{
    for (size_t i = 0; i < count; i++)
        if (seen[i] == value)
            return count;
    if (count < LOOKED_AT)
        seen[count++] = value;
    return count;
}

static void look_at_name(joining *j, const rule_key *keys, size_t count)
{
    uint64_t names[LOOKED_AT], both[LOOKED_AT];
    size_t known = 0, name_count = 0, both_count = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = &j->out->said[keys[i].mention];
        uint64_t birth = c->said[SAID_BIRTH], name = c->said[SAID_NAME];
        if (!birth || !name)
            continue;
        known++;
        name_count = add_distinct(names, name_count, name);
        both_count = add_distinct(both, both_count, birth << 32 | name);
    }
    j->trust.same_birth += known - both_count;
    j->trust.other_birth += both_count - name_count;
}

static void look_at_home(joining *j, const rule_key *keys, size_t count)
{
    uint64_t births[LOOKED_AT], both[LOOKED_AT];
    size_t birth_count = 0, both_count = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = &j->out->said[keys[i].mention];
        uint64_t birth = c->said[SAID_BIRTH], name = c->said[SAID_NAME];
        if (!birth || !name)
            continue;
        birth_count = add_distinct(births, birth_count, birth);
        both_count = add_distinct(both, both_count, birth << 32 | name);
    }
    if (birth_count) {
        j->trust.other_member += birth_count - 1;
        j->trust.other_name += both_count - birth_count;
    }
}

static void look(joining *j, const rule_key *keys, size_t count, kk_rule rule)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && keys[end].hash == keys[i].hash;)
            end++;
        if (end - i > 1 && rule == KK_RULE_SAME_HOME)
            look_at_home(j, keys + i, end - i);
        else if (end - i > 1)
            look_at_name(j, keys + i, end - i);
    }
}

/* More than one pair in thirty, and enough of them to tell; for names, twice as many as households. */
static void judge(trust *t)
{
    enum { ENOUGH = 10 };
    t->births_slip =
        t->other_birth >= ENOUGH && t->other_birth * 30 > t->same_birth + t->other_birth;
    t->names_slip = t->other_name >= ENOUGH && t->other_name > 2 * t->other_member;
}

/* ---- groups ---- */

static void join_groups(joining *j, key_groups *groups, const join_step *step)
{
    key_groups_sort(groups);
    for (size_t i = 0; i < groups->count; i++)
        join_group(j, groups->members + groups->groups[i].start, groups->groups[i].count, step);
}

/* ---- keys, as many at a time as memory allows ---- */

static uint64_t keys_of(const key_source *source, kk_rule rule)
{
    uint64_t sum = 0;
    for (int part = 0; part < KEY_PARTS; part++)
        sum += source->count[rule][part];
    return sum;
}

/* Whose each mention is by now, by number; looked at again when much was joined since. */
static const uint32_t *persons_now(joining *j)
{
    size_t count = j->out->count;
    if (!j->now)
        j->now = KK_NEW_ARRAY(j->own, uint32_t, count);
    else if (j->out->edge_count - j->now_edges < count / 64)
        return j->now;
    for (size_t i = 0; i < count; i++)
        j->now[number_of(j, (uint32_t)i)] = person_of(j->parent, (uint32_t)i);
    j->now_edges = j->out->edge_count;
    return j->now;
}

/* Keys come with the numbers of mentions. Just before they are used they get places, and those of one
 * person alone are dropped: the later, the more are. */
static void gather_keys(joining *j, key_order *order, kk_rule rule)
{
    rule_key *keys = order->at[rule];
    size_t count = order->count[rule];
    if (order->gathered & BIT(rule))
        return;
    const uint32_t *now = persons_now(j);
    for (size_t i = 0; i < count; i++) {
        keys[i].person = now[keys[i].mention];
        keys[i].mention = j->place ? j->place[keys[i].mention] : keys[i].mention;
    }
    kk_arena *scratch = kk_arena_open();
    order->count[rule] = rule_keys_gather(keys, count, KK_NEW_ARRAY(scratch, rule_key, count));
    order->gathered |= BIT(rule);
    kk_arena_close(scratch);
}

static kk_status fetch(joining *j, key_order *order, kk_fault *fault)
{
    for (unsigned rule = 0; rule < KK_RULES; rule++) {
        if (!(order->rules >> rule & 1))
            continue;
        for (unsigned part = order->from; part <= order->to; part++)
            order->room[rule] += j->source->count[rule][part];
        order->at[rule] = KK_NEW_ARRAY(j->scratch, rule_key, order->room[rule]);
    }
    return j->source->read(j->source->context, order, fault);
}

/* A rule that is too large for one reading: its groups are gathered from parts of the hashes. */
static kk_status join_in_parts(joining *j, const join_step *step, kk_fault *fault)
{
    kk_arena *arena = kk_arena_open();
    key_groups groups = {.arena = arena};
    kk_status status = KK_OK;
    const uint64_t *count = j->source->count[step->rule];
    for (unsigned from = 0, to; from < KEY_PARTS && status == KK_OK; from = to + 1) {
        uint64_t sum = count[from];
        to = from;
        while (to + 1 < KEY_PARTS && sum + count[to + 1] <= j->source->at_once)
            sum += count[++to];
        j->scratch = kk_arena_open();
        key_order order = {.rules = BIT(step->rule), .from = from, .to = to};
        status = fetch(j, &order, fault);
        if (status == KK_OK)
            gather_keys(j, &order, step->rule);
        if (status == KK_OK && step->mode == LOOK)
            look(j, order.at[step->rule], order.count[step->rule], step->rule);
        else if (status == KK_OK)
            key_groups_add(&groups, order.at[step->rule], order.count[step->rule], j->parent);
        kk_arena_close(j->scratch);
    }
    if (status == KK_OK)
        join_groups(j, &groups, step);
    judge(&j->trust);
    kk_arena_close(arena);
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
    for (size_t i = 0; i < count; i++) {
        uint32_t person = person_of(j->parent, (uint32_t)i), number = number_of(j, (uint32_t)i);
        if (number < first[person])
            first[person] = number;
    }
    for (size_t i = 0; i < count; i++)
        of[number_of(j, (uint32_t)i)] = first[person_of(j->parent, (uint32_t)i)];
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

static void join_step_of(joining *j, key_order *order, const join_step *step)
{
    gather_keys(j, order, step->rule);
    if (step->mode == LOOK) {
        look(j, order->at[step->rule], order->count[step->rule], step->rule);
        judge(&j->trust);
        return;
    }
    kk_arena *arena = kk_arena_open();
    key_groups groups = {.arena = arena};
    key_groups_add(&groups, order->at[step->rule], order->count[step->rule], j->parent);
    join_groups(j, &groups, step);
    kk_arena_close(arena);
}

/* Takes the steps from `at` on whose keys fit together; returns where to go on. */
static kk_status join_batch(joining *j, size_t *at, kk_fault *fault)
{
    size_t end = *at;
    uint64_t sum = 0;
    key_order order = {.to = KEY_PARTS - 1};
    for (; end < STEPS; end++) {
        uint64_t more =
            order.rules & BIT(steps[end].rule) ? 0 : keys_of(j->source, steps[end].rule);
        if (sum + more > j->source->at_once)
            break;
        sum += more;
        order.rules |= BIT(steps[end].rule);
    }
    if (end == *at) {
        kk_status status = join_in_parts(j, &steps[end], fault);
        keep_if_last(j, (*at)++);
        return status;
    }
    j->scratch = kk_arena_open();
    kk_status status = fetch(j, &order, fault);
    for (; *at < end && status == KK_OK; ++*at) {
        join_step_of(j, &order, &steps[*at]);
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
        order[i] = (rule_key){j->out->content[i], (uint32_t)i, 0};
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

kk_status identity_find(identity *persons, key_source *source, kk_arena *arena, kk_fault *fault)
{
    joining j = {.out = persons, .arena = arena, .source = source};
    kk_arena *own = kk_arena_open();
    kk_status status = KK_OK;
    if (!source->at_once)
        source->at_once = AT_ONCE;
    j.own = own;
    j.parent = KK_NEW_ARRAY(own, uint32_t, persons->count);
    for (size_t i = 0; i < persons->count; i++)
        j.parent[i] = (uint32_t)i;
    if (persons->content && persons->count)
        put_in_order(&j, own);
    for (size_t at = 0; at < STEPS && status == KK_OK;)
        status = join_batch(&j, &at, fault);
    kk_arena_close(own);
    return status;
}
