/* How far birth dates and names can be trusted, counted in the data before anything is joined. Only
 * distinct values count, so that the order of records does not show. */
#include "persons/vetoes.h"

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

static void look_at_name(trust *t, const contrast *said, const rule_key *keys, size_t count)
{
    uint64_t names[LOOKED_AT], both[LOOKED_AT];
    size_t known = 0, name_count = 0, both_count = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = &said[keys[i].mention];
        uint64_t birth = c->said[SAID_BIRTH], name = c->said[SAID_NAME];
        if (!birth || !name)
            continue;
        known++;
        name_count = add_distinct(names, name_count, name);
        both_count = add_distinct(both, both_count, birth << 32 | name);
    }
    t->same_birth += known - both_count;
    t->other_birth += both_count - name_count;
}

static void look_at_home(trust *t, const contrast *said, const rule_key *keys, size_t count)
{
    uint64_t births[LOOKED_AT], both[LOOKED_AT];
    size_t birth_count = 0, both_count = 0;
    for (size_t i = 0; i < count; i++) {
        const contrast *c = &said[keys[i].mention];
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

void trust_look(trust *t, const contrast *said, const rule_key *keys, size_t count, kk_rule rule)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && keys[end].hash == keys[i].hash;)
            end++;
        for (size_t k = i + AHEAD; k < end + AHEAD && k < count; k++)
            __builtin_prefetch(&said[keys[k].mention]);
        if (end - i > 1 && rule == KK_RULE_SAME_HOME)
            look_at_home(t, said, keys + i, end - i);
        else if (end - i > 1)
            look_at_name(t, said, keys + i, end - i);
    }
}

void trust_add(trust *t, const trust *more)
{
    t->same_birth += more->same_birth;
    t->other_birth += more->other_birth;
    t->other_name += more->other_name;
    t->other_member += more->other_member;
    t->dated += more->dated;
    t->undated += more->undated;
}

/* More than one pair in thirty, and enough of them to tell; for names, twice as many as households. */
void trust_judge(trust *t)
{
    enum { ENOUGH = 10 };
    t->births_slip =
        t->other_birth >= ENOUGH && t->other_birth * 30 > t->same_birth + t->other_birth;
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
