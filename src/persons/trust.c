/* How far birth dates and names can be trusted, counted in the data before anything is joined. Only
 * distinct values count, so that the order of records does not show. */
#include "persons/vetoes.h"

#include <stdlib.h>

enum { LOOKED_AT = 16, AHEAD = 16 };

static size_t add_distinct(uint64_t *seen, size_t count, uint64_t value)
{
    for (size_t i = 0; i < count; i++)
        if (seen[i] == value)
            return count;
    if (count < LOOKED_AT)
        seen[count++] = value;
    return count;
}

/* What another birth date of the same name may be. */
typedef enum { SLIP, STRAY, KIN } other_date;

/* Beside those of that name which were met: 15 to 60 years from all of them it may be a father's or a son's. */
static other_date what_other(const uint64_t *both, size_t count, uint64_t one)
{
    enum { LEAST = 15 * 365, MOST = 60 * 366 };
    other_date found = KIN;
    for (size_t i = 0; i < count; i++) {
        uint32_t a = (uint32_t)(both[i] >> 32), b = (uint32_t)(one >> 32);
        uint32_t apart = a > b ? a - b : b - a;
        if ((uint32_t)both[i] != (uint32_t)one)
            continue;
        if (may_be_birth_slip(a, b))
            return SLIP;
        if (apart < LEAST || apart > MOST)
            found = STRAY;
    }
    return found;
}

/* Of two that have a birth date and neither mobile number nor mailbox in common. */
static void look_at_contacts(trust *t, const contrast *a, const contrast *b)
{
    static const said_kind own[] = {SAID_MOBILE, SAID_EMAIL};
    if (a->said[SAID_NAME] != b->said[SAID_NAME] || !is_said(a, SAID_BIRTH) ||
        !is_said(b, SAID_BIRTH))
        return;
    for (size_t i = 0; i < 2; i++)
        if (!differs(a, b, own[i]))
            return;
    uint64_t one = (uint64_t)a->said[SAID_BIRTH] << 32, other = (uint64_t)b->said[SAID_BIRTH] << 32;
    t->moved += one == other;
    t->kin += one != other && what_other(&one, 1, other) == KIN;
}

static void count_other(trust *t, other_date what)
{
    t->slip_births += what == SLIP;
    t->stray_births += what == STRAY;
    t->kin_births += what == KIN;
}

static void look_at_name(trust *t, const about_people *all, const rule_key *keys, size_t count)
{
    uint64_t names[LOOKED_AT], both[LOOKED_AT];
    size_t name_count = 0, both_count = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = said_of(all, keys[i].mention);
        uint64_t birth = c->said[SAID_BIRTH], name = c->said[SAID_NAME];
        if (!birth || !name)
            continue;
        size_t names_before = name_count, before = both_count;
        name_count = add_distinct(names, name_count, name);
        both_count = add_distinct(both, both_count, birth << 32 | name);
        if (both_count == before)
            t->same_birth++;
        else if (name_count == names_before)
            count_other(t, what_other(both, before, birth << 32 | name));
    }
}

/* Only one address is small enough for all pairs. */
static void look_at_namesakes(trust *t, const about_people *all, const rule_key *keys, size_t count)
{
    for (size_t i = 1; i < count && i < LOOKED_AT; i++)
        for (size_t k = 0; k < i; k++)
            look_at_contacts(t, said_of(all, keys[i].mention), said_of(all, keys[k].mention));
}

static void look_at_home(trust *t, const about_people *all, const rule_key *keys, size_t count)
{
    uint64_t births[LOOKED_AT], both[LOOKED_AT];
    size_t birth_count = 0, both_count = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = said_of(all, keys[i].mention);
        uint64_t birth = c->said[SAID_BIRTH], name = c->said[SAID_NAME];
        t->dated += birth != 0;
        t->undated += birth == 0;
        if (!birth || !name)
            continue;
        birth_count = add_distinct(births, birth_count, birth);
        both_count = add_distinct(both, both_count, birth << 32 | name);
    }
    if (birth_count) {
        t->other_member += birth_count - 1;
        t->other_name += both_count - birth_count;
    }
}

void trust_look(trust *t, const about_people *all, const rule_key *keys, size_t count, kk_rule rule)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && keys[end].hash == keys[i].hash;)
            end++;
        for (size_t k = i + AHEAD; k < end + AHEAD && k < count; k++)
            __builtin_prefetch(said_of(all, keys[k].mention));
        bool is_shared = keys[end - 1].mention != keys[i].mention;
        if (is_shared && rule == KK_RULE_SAME_HOME)
            look_at_home(t, all, keys + i, end - i);
        else if (is_shared)
            look_at_name(t, all, keys + i, end - i);
        if (is_shared && rule == KK_RULE_NAME_ADDRESS)
            look_at_namesakes(t, all, keys + i, end - i);
    }
}

void trust_add(trust *t, const trust *more)
{
    t->same_birth += more->same_birth;
    t->slip_births += more->slip_births;
    t->stray_births += more->stray_births;
    t->kin_births += more->kin_births;
    t->kin += more->kin;
    t->moved += more->moved;
    t->other_name += more->other_name;
    t->other_member += more->other_member;
    t->dated += more->dated;
    t->undated += more->undated;
}

/* Mistaken dates lie anywhere: for each that cannot be a father's two or three seem to be one. Those beyond are
 * fathers. */
static uint64_t mistaken_births(const trust *t)
{
    uint64_t seem_kin = 3 * t->stray_births;
    return t->slip_births + t->stray_births + (t->kin_births < seem_kin ? t->kin_births : seem_kin);
}

/* More than one pair in thirty, and enough of them to tell; for names, twice as many as households. Contacts
 * tell two of one name apart where they do so more often than somebody has new ones. */
void trust_judge(trust *t)
{
    enum { ENOUGH = 10, PAIRS = 2 };
    uint64_t mistaken = mistaken_births(t);
    t->births_slip = mistaken >= ENOUGH && mistaken * 30 > t->same_birth + mistaken;
    t->contacts_tell = t->kin >= PAIRS && t->kin > 2 * t->moved;
    /* tables without birth dates may hold the families that are missing here */
    bool told = t->dated >= 4 * t->undated;
    t->names_slip = told && t->other_name >= ENOUGH && t->other_name > 2 * t->other_member;
}

/* Slips are rarer than what was typed well: where namesakes with nearly the same contact are more than a
 * quarter of all that was joined by then, their contacts were given out in a row. */
void trust_judge_contacts(trust *t, size_t near, size_t joined)
{
    enum { ENOUGH = 10, OF_JOINED = 4 };
    t->contacts_run = near >= ENOUGH && near * OF_JOINED > joined;
}

/* ---- namesakes ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Each name with each of its birth dates once, the name above. */
static size_t names_and_births(uint64_t *both, const contrast *said, size_t count)
{
    size_t filled = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        if (said[i].said[SAID_NAME] && said[i].said[SAID_BIRTH])
            both[filled++] = (uint64_t)said[i].said[SAID_NAME] << 32 | said[i].said[SAID_BIRTH];
    if (filled)
        qsort(both, filled, sizeof *both, by_value);
    for (size_t i = 0; i < filled; i++)
        if (!i || both[i] != both[i - 1])
            both[kept++] = both[i];
    return kept;
}

/* Pairs of those that are equal above this bit. */
static uint64_t equal_pairs(const uint64_t *sorted, size_t count, unsigned shift)
{
    uint64_t pairs = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && sorted[end] >> shift == sorted[i] >> shift;)
            end++;
        pairs += (end - i) * (end - i - 1) / 2;
    }
    return pairs;
}

/* Of those with one name and two birth dates one in so many would have had one birth date by chance, as any two
 * people here do. Where that is less than one case in a hundred, whoever has both is one. Pairs of one birth
 * date are few in little data: three more are taken, the most that chance hides. */
void trust_count_namesakes(trust *t, const about_people *all, size_t mentions)
{
    enum { MENTIONS_MOST = 1 << 20, HIDDEN = 3, HIDDEN_PAIR = 1, ONE_CASE_IN = 100 };
    if (mentions > MENTIONS_MOST)
        return; /* so many have namesakes born on one day */
    kk_arena *scratch = kk_arena_open();
    uint64_t *both = KK_NEW_ARRAY(scratch, uint64_t, all->slots + 1);
    size_t kept = names_and_births(both, all->said, all->slots);
    double namesakes = (double)equal_pairs(both, kept, 32) + HIDDEN_PAIR;
    for (size_t i = 0; i < kept; i++)
        both[i] = (uint32_t)both[i];
    if (kept)
        qsort(both, kept, sizeof *both, by_value);
    double same_day = (double)equal_pairs(both, kept, 0) + HIDDEN;
    double pairs = (double)kept * (double)(kept ? kept - 1 : 0) / 2;
    t->births_tell = pairs > 0 && namesakes * same_day * ONE_CASE_IN <= pairs;
    kk_arena_close(scratch);
}
