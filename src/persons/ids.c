/* Ids of persons. They come from what stands in the records, never from where these are: rows may be
 * sorted, files renamed or cut in two, and everybody keeps the id. Of the mentions of a person the one
 * with the smallest content gives it; persons whose records are the same are numbered. What was given
 * in an earlier state of the case stands (known_ids.c). */
#include "persons/persons_i.h"

#include "base/sorted.h"

#include <stdlib.h>

static bool is_smaller(const person_mention *m, const person_name *name)
{
    return m->content != name->content ? m->content < name->content : m->slot < name->slot;
}

/* By what the id is made of; those that have their number come first. */
static int by_id(const person_name *x, const person_name *y)
{
    if (x->content != y->content)
        return x->content < y->content ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return (x->twin > y->twin) - (x->twin < y->twin);
}

static int by_content(const void *a, const void *b)
{
    const person_name *x = *(person_name *const *)a, *y = *(person_name *const *)b;
    int order = by_id(x, y);
    if (order)
        return order;
    if (x->all != y->all)
        return x->all < y->all ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static int by_person_and_age(const void *a, const void *b)
{
    const person_name *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->born != y->born)
        return x->born < y->born ? -1 : 1;
    int order = by_id(x, y);
    return order ? order : (x->owner > y->owner) - (x->owner < y->owner);
}

static void gather(kk_identity_graph *g, uint32_t *at)
{
    const uint32_t *of = g->persons.probable;
    for (size_t i = 0; i < g->persons.count; i++) {
        const person_mention *m = &g->mentions[i];
        if (!is_somebody(m))
            continue;
        if (!at[of[i]]) {
            at[of[i]] = (uint32_t)++g->name_count;
            g->names[at[of[i]] - 1] = (person_name){.content = UINT64_MAX,
                                                    .slot = UINT32_MAX,
                                                    .person = of[i],
                                                    .twin = NAME_UNNUMBERED};
        }
        person_name *name = &g->names[at[of[i]] - 1];
        name->all += m->content * (2 * (uint64_t)m->slot + 1);
        if (is_smaller(m, name)) {
            name->content = name->held = m->content;
            name->slot = m->slot;
            name->anchor = (uint32_t)i;
            name->owner = g->tables[m->table].owner;
        }
    }
}

void ids_settle(kk_identity_graph *g)
{
    kk_arena *scratch = kk_arena_open();
    uint32_t *at = KK_NEW_ARRAY(scratch, uint32_t, g->persons.count);
    size_t persons = 0;
    for (size_t i = 0; i < g->persons.count; i++)
        persons += g->persons.probable[i] == i;
    g->names = KK_NEW_ARRAY(g->arena, person_name, persons);
    gather(g, at);
    kk_arena_close(scratch);
    names_number(g->names, g->name_count);
}

/* Mostly they are in order: ids of before come by person. */
static void sort_by_person(person_name *names, size_t count)
{
    size_t i = 1;
    while (i < count && by_person_and_age(&names[i - 1], &names[i]) <= 0)
        i++;
    if (i < count)
        qsort(names, count, sizeof *names, by_person_and_age);
}

/* Of one content and slot, those that have a number first. */
static void number_twins(person_name **twins, size_t count)
{
    uint32_t next = 0;
    for (size_t i = 0, given = 0; i < count; i++) {
        if (twins[i]->twin != NAME_UNNUMBERED)
            continue;
        for (; given < count && twins[given]->twin <= next; given++)
            next += twins[given]->twin == next;
        twins[i]->twin = next++;
    }
}

static void number_alike(person_name **names, size_t count)
{
    if (count > 1)
        qsort(names, count, sizeof *names, by_content);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && names[end]->slot == names[i]->slot;)
            end++;
        number_twins(names + i, end - i);
    }
}

void names_number(person_name *names, size_t count)
{
    size_t without = 0;
    for (size_t i = 0; i < count; i++)
        without += names[i].twin == NAME_UNNUMBERED;
    if (without) { /* nearly all contents are of one alone: names stay where they are */
        kk_arena *scratch = kk_arena_open();
        rule_key *keys = KK_NEW_ARRAY(scratch, rule_key, count);
        person_name **alike = KK_NEW_ARRAY(scratch, person_name *, count);
        for (size_t i = 0; i < count; i++)
            keys[i] = (rule_key){names[i].content, (uint32_t)i};
        rule_keys_sort(keys, count);
        for (size_t i = 0, end; i < count; i = end) {
            for (end = i; end < count && keys[end].hash == keys[i].hash; end++)
                alike[end - i] = &names[keys[end].mention];
            number_alike(alike, end - i);
        }
        kk_arena_close(scratch);
    }
    sort_by_person(names, count);
}

static kk_slice id_of(uint32_t owner, uint64_t content, uint32_t slot, uint32_t twin,
                      kk_arena *arena)
{
    kk_slice parts[] = {kk_print(arena, "%u", owner),
                        kk_print(arena, "%016llx", (unsigned long long)content),
                        kk_print(arena, "%u", slot), kk_print(arena, "%u", twin)};
    return kk_id(arena, "P", parts, sizeof parts / sizeof *parts);
}

kk_slice name_id(const person_name *name, kk_arena *arena)
{
    return id_of(name->owner, name->content, name->slot, name->twin, arena);
}

kk_slice person_id(const kk_identity_graph *g, uint32_t mention, kk_arena *arena)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, g->name_count, g->names[low].person < mention);
    bool found = low < g->name_count && g->names[low].person == mention;
    return found ? name_id(&g->names[low], arena) : KK_NONE;
}

bool person_by_id(const kk_identity_graph *g, kk_slice id, uint32_t *person)
{
    kk_arena *scratch = kk_arena_open();
    bool found = false;
    for (size_t i = 0; i < g->name_count && !found; i++) {
        *person = g->names[i].person;
        if (!is_somebody(&g->mentions[*person]))
            continue; /* an id that waits at a record that is left out */
        found = kk_eq(name_id(&g->names[i], scratch), id);
        kk_arena_reset(scratch);
    }
    for (size_t i = 0; i < g->persons.count && !found; i++) {
        const person_mention *m = &g->mentions[i];
        if (!is_somebody(m))
            continue;
        *person = g->persons.probable[i];
        found = kk_eq(id_of(g->tables[m->table].owner, m->content, m->slot, 0, scratch), id);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    return found;
}
