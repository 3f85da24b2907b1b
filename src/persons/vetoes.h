/* Inside of the persons room only: what a step of joining is, and what speaks against a join. */
#pragma once
#include "persons/about.h"

#define BIT(kind) (1u << (kind))

/* How a rule's groups are joined. */
typedef enum {
    JOIN_ALL,
    JOIN_NAMELESS, /* records without any name: nothing else is there to tell them apart by */
    JOIN_SOLE,     /* ... to the only named person with that contact */
    JOIN_NAMED,    /* persons of one name: what one record says of a person, or several together */
    JOIN_GIVEN,    /* ... to those with the same given name: another surname since the wedding */
    JOIN_RECORD,   /* only what stands in one record: who orders and who gets it */
    JOIN_DOCUMENT, /* only what stands in one document, in its text or in lists of it */
    JOIN_BESIDE,   /* only who stands beside one person, as his relative or the like */
    JOIN_NEAR,     /* names one character apart: NEAR_NAME by way of the contact */
    JOIN_NEAR_RECORD,
    LOOK /* joins nothing: how far birth dates and names can be trusted */
} join_mode;

typedef struct {
    kk_rule rule;
    join_mode mode;
    kk_strength strength;
} join_step;

/* All steps of joining, in their order. */
const join_step *identity_steps(size_t *count);

/* How far values can be trusted, by what the data say of themselves. A father and a son of one name
 * in one house are rare, and twins are one pair of siblings in fifty: where more such pairs are met
 * than can be, the values are mistaken, and do not keep records apart. */
typedef struct {
    /* pairs of one name at one address, by their birth dates: the same, a slip, any other, two generations */
    uint64_t same_birth, slip_births, stray_births, kin_births;
    /* ... with two mobile numbers and two mailboxes: two generations; the same birth date */
    uint64_t kin, moved;
    uint64_t other_name, other_member; /* ... of one address: one birth date; several */
    uint64_t dated, undated;           /* mentions at an address that others have too */
    bool births_slip, names_slip;
    bool births_tell;   /* nobody has the name and the birth date of somebody else */
    bool contacts_tell; /* who has another mobile number and mailbox is somebody else */
    bool
        contacts_run; /* mailboxes or telephones are numbered through: a near one is a neighbour's */
} trust;

/* Shows it the keys of NAME_ADDRESS, NAME_DISTRICT or SAME_HOME, sorted, before anything is joined. */
void trust_look(trust *t, const about_people *all, const rule_key *keys, size_t count,
                kk_rule rule);
void trust_add(trust *t, const trust *more); /* what was counted in other keys */
void trust_judge(trust *t);
/* Of all mentions, so many: whether two people may have one name and one birth date. */
void trust_count_namesakes(trust *t, const about_people *all, size_t mentions);
/* Of persons of one name whose contacts are nearly the same so many; joined already are so many mentions. */
void trust_judge_contacts(trust *t, size_t near, size_t joined);

static inline bool is_near_step(const join_step *step)
{
    return step->mode == JOIN_NEAR || step->mode == JOIN_NEAR_RECORD;
}

/* The rule that such a join is told as. */
static inline kk_rule rule_of(const join_step *step)
{
    if (step->mode == JOIN_NAMED)
        return step->rule == KK_RULE_EMAIL_ALONE ? KK_RULE_EMAIL_NAME : KK_RULE_NAME_MOBILE;
    if (step->mode == JOIN_BESIDE)
        return KK_RULE_NAME_BESIDE;
    return is_near_step(step) ? KK_RULE_NEAR_NAME : step->rule;
}

static inline bool is_said(const contrast *c, said_kind kind)
{
    return c->said[kind] != 0;
}

/* Names of two scripts are never the same, and say nothing against each other. */
static inline bool is_comparable(const contrast *a, const contrast *b, said_kind kind)
{
    return (kind != SAID_NAME && kind != SAID_GIVEN) || a->script == b->script;
}

static inline bool differs(const contrast *a, const contrast *b, said_kind kind)
{
    return is_comparable(a, b, kind) && is_said(a, kind) && is_said(b, kind) &&
           a->said[kind] != b->said[kind] && !((a->several | b->several) & BIT(kind));
}

static inline bool agrees(const contrast *a, const contrast *b, said_kind kind)
{
    return is_said(a, kind) && a->said[kind] == b->said[kind];
}

static inline bool is_dated(const contrast *c)
{
    return c->from || c->to;
}

/* Two birth dates (SAID_BIRTH), one of which may be the other with a slip. */
bool may_be_birth_slip(uint32_t a, uint32_t b);
/* Names one character apart; in part only where that character is all of the surname or of the given name:
 * 大野剛 and 大野博. */
typedef enum { NOT_NEAR, NEAR_IN_PART, IS_NEAR } nearness;
nearness how_near(const near_names *a, const near_names *b);
/* Whether something that is known of the two persons keeps them apart. */
bool is_vetoed(const trust *t, const join_step *step, const contrast *a, const contrast *b);
