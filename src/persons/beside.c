#include "persons/beside.h"

#include <stdlib.h>

enum {
    NAMES_MOST = 40, /* beside one person: more than a family and its friends have */
    FARTHEST = 127
};

struct beside_now {
    const beside_whom *whom;
    const uint32_t *now;
    uint8_t *crowded; /* bit by place */
};

/* ---- of a record ---- */

/* Whom a record is about, first what tells it best. */
static size_t main_of(const uint8_t *roles, const bool *counts, size_t count)
{
    static const kk_role mains[] = {KK_ROLE_SELF, KK_ROLE_ORDERER, KK_ROLE_CONTACT,
                                    KK_ROLE_REPRESENTATIVE};
    for (size_t r = 0; r < sizeof mains / sizeof *mains; r++)
        for (size_t i = 0; i < count; i++)
            if (counts[i] && roles[i] == mains[r])
                return i;
    return count;
}

static bool is_of_another(kk_role role)
{
    return role == KK_ROLE_FAMILY || role == KK_ROLE_ADDRESSEE || role == KK_ROLE_HOLDER ||
           role == KK_ROLE_CONTACT;
}

void beside_in_record(const uint8_t *roles, const bool *counts, size_t count, beside_whom *out)
{
    size_t whom = main_of(roles, counts, count);
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t away = (ptrdiff_t)whom - (ptrdiff_t)i;
        bool is = whom < count && roles[i] != roles[whom] && counts[i] && is_of_another(roles[i]);
        out[i] = (beside_whom){0};
        if (is && away >= -FARTHEST && away <= FARTHEST)
            out[i] = (beside_whom){(int8_t)away, roles[i]};
    }
}

/* ---- before the step ---- */

static uint32_t person_beside(const beside_now *b, uint32_t number)
{
    return b->now[(size_t)((ptrdiff_t)number + b->whom[number].away)];
}

typedef struct {
    uint32_t person, name;
} beside_name;

static int by_person(const void *a, const void *b)
{
    const beside_name *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

static void note_crowded(beside_now *b, beside_name *names, size_t count)
{
    if (count)
        qsort(names, count, sizeof *names, by_person);
    for (size_t i = 0, end; i < count; i = end) {
        size_t different = 0;
        for (end = i; end < count && names[end].person == names[i].person; end++)
            different += end == i || names[end].name != names[end - 1].name;
        if (different > NAMES_MOST)
            b->crowded[names[i].person / 8] |= (uint8_t)(1u << names[i].person % 8);
    }
}

beside_now *beside_look(const people *all, const beside_whom *whom, const uint32_t *now,
                        size_t count, kk_arena *arena)
{
    kk_arena *scratch = kk_arena_open();
    uint8_t *mentions = KK_NEW_ARRAY(scratch, uint8_t, count); /* by place; so many and no more */
    size_t kept = 0;
    beside_now *b = KK_NEW(arena, beside_now);
    *b = (beside_now){whom, now, KK_NEW_ARRAY(arena, uint8_t, count / 8 + 1)};
    for (uint32_t i = 0; i < count; i++)
        if (whom[i].away && mentions[person_beside(b, i)] <= NAMES_MOST)
            mentions[person_beside(b, i)]++;
    for (uint32_t i = 0; i < count; i++)
        kept += whom[i].away && mentions[person_beside(b, i)] > NAMES_MOST;
    beside_name *names = KK_NEW_ARRAY(scratch, beside_name, kept);
    kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!whom[i].away || mentions[person_beside(b, i)] <= NAMES_MOST)
            continue;
        const contrast *c = said_of(&all->about, now[i]);
        uint32_t name = is_said(c, SAID_NAME) ? c->said[SAID_NAME] : c->said[SAID_KANA];
        if (name)
            names[kept++] = (beside_name){person_beside(b, i), name};
    }
    note_crowded(b, names, kept);
    kk_arena_close(scratch);
    return b;
}

/* ---- in a group ---- */

static int by_whom(const void *a, const void *b)
{
    const beside_member *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

bool beside_same(const beside_member *x, const beside_member *y)
{
    return x->person == y->person && x->role == y->role;
}

/* One record names two of them who are two people; those of one record follow each other. */
static bool are_namesakes(const people *all, const beside_member *found, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (found[i].record == found[i - 1].record &&
            person_of(all->parent, found[i].member) != person_of(all->parent, found[i - 1].member))
            return true;
    return false;
}

static bool take_member(const people *all, uint32_t place, uint32_t at, beside_member *out)
{
    const beside_now *b = all->beside;
    uint32_t number = number_of(all, place);
    if (!b->whom[number].away)
        return false;
    uint32_t person = person_beside(b, number);
    *out = (beside_member){.person = person,
                           .record = all->record ? all->record[number] : number,
                           .member = place,
                           .at = at,
                           .role = b->whom[number].role};
    return !(b->crowded[person / 8] >> person % 8 & 1);
}

size_t beside_members(const people *all, const uint32_t *members, size_t count,
                      beside_member *found)
{
    size_t all_found = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        all_found += take_member(all, members[i], (uint32_t)i, &found[all_found]);
    if (all_found)
        qsort(found, all_found, sizeof *found, by_whom);
    for (size_t i = 0, end; i < all_found; i = end) {
        for (end = i + 1; end < all_found && beside_same(&found[i], &found[end]);)
            end++;
        if (end == i + 1 || are_namesakes(all, found + i, end - i))
            continue;
        memmove(found + kept, found + i, (end - i) * sizeof *found);
        kept += end - i;
    }
    return kept;
}
