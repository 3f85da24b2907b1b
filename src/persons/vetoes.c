/* What speaks against a join: values that both persons have and that differ, by rule and strength.
 * Grounds: docs/identity.md, docs/persons.md. */
#include "persons/vetoes.h"

#include "base/time.h"

#define SEVERAL_OF_ONE (BIT(SAID_LANDLINE) | BIT(SAID_EMAIL))

nearness how_near(const near_names *a, const near_names *b)
{
    nearness found = NOT_NEAR;
    for (size_t i = 0; i < NEAR_MOST && a->hash[i]; i++)
        for (size_t k = 0; k < NEAR_MOST && b->hash[k]; k++) {
            if ((a->hash[i] ^ b->hash[k]) > 1)
                continue;
            if (a->hash[i] & b->hash[k] & 1)
                return IS_NEAR;
            found = NEAR_IN_PART;
        }
    return found;
}

static bool anything_agrees(const contrast *a, const contrast *b)
{
    for (said_kind kind = SAID_BIRTH; kind < SAID_KINDS; kind++)
        if (kind != SAID_SEX && agrees(a, b, kind))
            return true;
    return false;
}

static bool is_of_two_scripts(const contrast *a, const contrast *b)
{
    return a->script && b->script && a->script != b->script;
}

/* Of who has several names the reading may be another one's. */
static bool is_read_otherwise(const contrast *a, const contrast *b)
{
    return differs(a, b, SAID_READING) && !((a->several | b->several) & BIT(SAID_NAME));
}

/* A mailbox and a mobile number: a family that shares both is rarer than a slip in a reading. */
static bool shares_both_contacts(const contrast *a, const contrast *b)
{
    return agrees(a, b, SAID_EMAIL) && agrees(a, b, SAID_MOBILE);
}

/* Both are named, and in no way alike: a slip that is known of one of them is no agreement. */
static bool is_named_otherwise(const contrast *a, const contrast *b)
{
    bool name = is_said(a, SAID_NAME) && is_said(b, SAID_NAME);
    bool given = is_said(a, SAID_GIVEN) && is_said(b, SAID_GIVEN);
    if (is_of_two_scripts(a, b))
        return is_read_otherwise(a, b);
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

/* A number of a room says something beside its house only: who is known at several houses has it of one of
 * them. */
static bool is_other_room(const contrast *a, const contrast *b)
{
    return differs(a, b, SAID_ROOM) && !((a->several | b->several) & BIT(SAID_ADDRESS));
}

/* Two who share a mailbox or telephone, whose readings are one for letters: ユキ and ユウキ. */
static bool is_read_alike(const contrast *a, const contrast *b)
{
    return differs(a, b, SAID_NAME) && differs(a, b, SAID_GIVEN) && differs(a, b, SAID_KANA);
}

/* Two witnesses for another given name: twins, not a slip. */
static bool are_twins(const contrast *a, const contrast *b)
{
    return given_differs(a, b) && differs(a, b, SAID_KANA);
}

typedef struct {
    int32_t count; /* of days since 1970 */
    int year, month, day;
} birth_day;

static birth_day birth_day_of(uint32_t said)
{
    birth_day d = {.count = (int32_t)(said ^ 0x80000000u)};
    kk_civil_from_days(d.count, &d.year, &d.month, &d.day);
    return d;
}

static int count_other_digits(int a, int b)
{
    int digits = 0;
    for (; a || b; a /= 10, b /= 10)
        digits += a % 10 != b % 10;
    return digits;
}

/* 1985 and 1958, 12 and 21. */
static bool is_transposed(int a, int b)
{
    for (int unit = 1; unit <= 100; unit *= 10) {
        int low = a / unit % 10, high = a / (unit * 10) % 10;
        if (low != high && a + (low - high) * 9 * unit == b)
            return true;
    }
    return false;
}

static bool is_part_slip(int a, int b)
{
    return count_other_digits(a, b) <= 1 || a - b == 1 || b - a == 1 || is_transposed(a, b);
}

/* What tells nobody else apart who has the name, too. */
static bool shares_contact(const contrast *a, const contrast *b)
{
    return agrees(a, b, SAID_MOBILE) || agrees(a, b, SAID_EMAIL) || agrees(a, b, SAID_LANDLINE) ||
           agrees(a, b, SAID_ADDRESS);
}

/* One of year, month and day has a digit wrong, two digits that changed places, or is one off; day and month
 * changed places; the next day, where hours were lost. */
bool may_be_birth_slip(uint32_t a, uint32_t b)
{
    birth_day x = birth_day_of(a), y = birth_day_of(b);
    bool year = x.year == y.year, month = x.month == y.month, day = x.day == y.day;
    if (year + month + day < 2)
        return (year && x.month == y.day && x.day == y.month) || x.count - y.count == 1 ||
               y.count - x.count == 1;
    return is_part_slip(x.year, y.year) && is_part_slip(x.month, y.month) &&
           is_part_slip(x.day, y.day);
}

/* Beside a contact also any other day or month of that year: two of one name are not born in one year to
 * share it. */
static bool is_birth_slip(const contrast *a, const contrast *b)
{
    birth_day x = birth_day_of(a->said[SAID_BIRTH]), y = birth_day_of(b->said[SAID_BIRTH]);
    return may_be_birth_slip(a->said[SAID_BIRTH], b->said[SAID_BIRTH]) ||
           (x.year == y.year && (x.month == y.month || x.day == y.day) && shares_contact(a, b));
}

/* Another mobile number and another mailbox: a father and a son, or one who has new ones. */
static bool has_other_contacts(const contrast *a, const contrast *b)
{
    return differs(a, b, SAID_MOBILE) && differs(a, b, SAID_EMAIL) && !agrees(a, b, SAID_BIRTH);
}

/* Even in one record: a father who orders for his son of the same name. */
static bool has_another_mobile(const contrast *a, const contrast *b)
{
    return differs(a, b, SAID_MOBILE) && !agrees(a, b, SAID_BIRTH) && !agrees(a, b, SAID_EMAIL) &&
           !agrees(a, b, SAID_LANDLINE);
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

/* By which the two were met. */
static bool is_own_contact(kk_rule rule)
{
    return rule == KK_RULE_MOBILE_ALONE || rule == KK_RULE_EMAIL_ALONE;
}

/* Two people of one given name at one company: address and telephone are not theirs. */
static bool are_colleagues(const contrast *a, const contrast *b)
{
    return a->at_company && b->at_company && differs(a, b, SAID_NAME) && differs(a, b, SAID_KANA) &&
           !agrees(a, b, SAID_BIRTH);
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

/* What tells most namesakes apart, looked at first. */
static bool lives_elsewhere(const contrast *a, const contrast *b)
{
    return a->said[SAID_ADDRESS] != b->said[SAID_ADDRESS] && is_said(a, SAID_ADDRESS) &&
           is_said(b, SAID_ADDRESS) && !(a->at_company && b->at_company);
}

/* At the least one mailbox or landline may be a second one, or a slip; not of those given out in a row. */
static bool is_somebody_else(const trust *t, const contrast *a, const contrast *b)
{
    if (lives_elsewhere(a, b))
        return true;
    unsigned against = what_differs(a, b);
    return against & (against - 1) || (against & ~SEVERAL_OF_ONE) || (against && t->contacts_run);
}

/* Differs also for who is known with two of them: else one slip leads to the next, and at the end to all of
 * one name. */
static bool is_other(const contrast *a, const contrast *b, said_kind kind)
{
    return is_said(a, kind) && is_said(b, kind) && !agrees(a, b, kind);
}

/* For the lowest count a birth date that does not fit may be a slip: it needs a second witness. */
static bool is_vetoed_loosely(const trust *t, kk_rule rule, const contrast *a, const contrast *b)
{
    bool birth = is_other(a, b, SAID_BIRTH), sex = differs(a, b, SAID_SEX);
    switch (rule) {
    case KK_RULE_SAME_NUMBER:
        return sex || is_recycled(a, b);
    case KK_RULE_OFFICIAL_NUMBER:
    case KK_RULE_NAME_MOBILE:
        return false;
    case KK_RULE_NAME_ADDRESS:
        return sex || is_other_room(a, b);
    case KK_RULE_NAME_LANDLINE:
    case KK_RULE_NEAR_NAME_TWICE:
        return sex;
    case KK_RULE_NEAR_BIRTH:
        return sex || (birth && !is_birth_slip(a, b));
    case KK_RULE_NEAR_CONTACT:
        return t->contacts_run || sex || (birth && !is_birth_slip(a, b)) ||
               differs(a, b, SAID_KANA) || is_other_room(a, b) ||
               (is_other(a, b, SAID_MOBILE) && is_other(a, b, SAID_EMAIL));
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
        return is_somebody_else(t, a, b);
    }
}

bool is_vetoed(const trust *t, const join_step *step, const contrast *a, const contrast *b)
{
    bool birth = differs(a, b, SAID_BIRTH), sex = differs(a, b, SAID_SEX);
    if (step->strength == KK_STRENGTH_POSSIBLE)
        return is_vetoed_loosely(t, rule_of(step), a, b);
    switch (rule_of(step)) {
    case KK_RULE_SAME_NUMBER:
    case KK_RULE_NUMBER_AGREED:
        return is_recycled(a, b);
    case KK_RULE_OFFICIAL_NUMBER:
        if (step->strength == KK_STRENGTH_PROBABLE)
            return !anything_agrees(a, b);
        return birth && (given_differs(a, b) || differs(a, b, SAID_NAME));
    case KK_RULE_EMAIL_NAME:
        return is_read_alike(a, b);
    case KK_RULE_NAME_BIRTH_CONTACT:
        return false;
    case KK_RULE_NAME_MOBILE:
        return birth || is_read_alike(a, b);
    case KK_RULE_NAME_ADDRESS:
    case KK_RULE_KANA_ADDRESS:
        if (step->strength == KK_STRENGTH_CERTAIN && has_another_mobile(a, b))
            return true;
        return (birth && !t->births_slip) || sex || is_other_room(a, b) ||
               (t->contacts_tell && has_other_contacts(a, b));
    case KK_RULE_NAME_ADDRESS_PHONE:
        return birth || sex || is_other_room(a, b) || has_other_contacts(a, b);
    case KK_RULE_NAME_LANDLINE:
        return birth || sex || (t->contacts_tell && has_other_contacts(a, b));
    case KK_RULE_SAME_HOME:
        return sex || !t->names_slip;
    case KK_RULE_NAME_DISTRICT:
        return !agrees(a, b, SAID_NAME) || (birth && !t->births_slip && !is_birth_slip(a, b)) ||
               sex;
    case KK_RULE_BIRTH_ADDRESS:
        if (t->names_slip)
            return sex || birth;
        return sex || birth || !agrees(a, b, SAID_ADDRESS) || is_other_room(a, b) ||
               is_named_otherwise(a, b);
    case KK_RULE_NAME_BIRTH: /* or, of a name in letters, its reading */
        if (step->strength == KK_STRENGTH_CERTAIN)
            return sex || birth || !agrees(a, b, SAID_NAME) || differs(a, b, SAID_KANA);
        return sex || differs(a, b, SAID_NAME) || (birth && !is_birth_slip(a, b));
    case KK_RULE_KANA_BIRTH_CONTACT:
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
               !(is_own_contact(step->rule) || is_backed(a, b, step->mode == JOIN_NEAR_RECORD) ||
                 (t->names_slip && t->births_slip && agrees(a, b, SAID_ZIP)));
    case KK_RULE_EMAIL_ALONE:
    case KK_RULE_MOBILE_ALONE:
        if (step->mode == JOIN_SOLE)
            return sex || (is_read_otherwise(a, b) && !shares_both_contacts(a, b)) ||
                   (birth && !is_birth_slip(a, b));
        return birth || sex || (step->mode == JOIN_GIVEN && !agrees(a, b, SAID_GIVEN));
    case KK_RULE_NAME_ONLY: /* within one record, one document */
        return what_differs(a, b) != 0;
    case KK_RULE_NAME_BESIDE: /* who moves takes the family along; a thing is sent to other people of one name */
        if (!(a->is_relative && b->is_relative))
            return what_differs(a, b) != 0;
        return (birth && !is_birth_slip(a, b)) || sex || differs(a, b, SAID_KANA);
    default: /* a contact alone, of records without a name; names of staff */
        return birth || sex;
    }
}
