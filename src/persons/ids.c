/* Ids of persons. They come from what stands in the records, never from where these are: rows may be
 * sorted, files renamed or cut in two, and everybody keeps the id. Of the mentions of a person the one
 * with the smallest content gives it; persons whose records are the same are numbered.
 *
 * When evidence is added, a record of it may become the smallest. The old id then still finds the
 * person, by the mention that it came from. */
#include "persons/persons_i.h"

#include <stdlib.h>

typedef struct person_name {
    uint64_t content, all; /* the smallest; of all mentions together, to tell equal ones apart */
    uint32_t person, slot, twin;
} person_name;

static bool is_smaller(const person_mention *m, const person_name *name)
{
    return m->content != name->content ? m->content < name->content : m->slot < name->slot;
}

static int by_content(const void *a, const void *b)
{
    const person_name *x = a, *y = b;
    if (x->content != y->content)
        return x->content < y->content ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    if (x->all != y->all)
        return x->all < y->all ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static int by_person(const void *a, const void *b)
{
    const person_name *x = a, *y = b;
    return (x->person > y->person) - (x->person < y->person);
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
            g->names[at[of[i]] - 1] =
                (person_name){.content = m->content, .slot = m->slot, .person = of[i]};
        }
        person_name *name = &g->names[at[of[i]] - 1];
        name->all += m->content * (2 * (uint64_t)m->slot + 1);
        if (is_smaller(m, name)) {
            name->content = m->content;
            name->slot = m->slot;
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
    if (!g->name_count)
        return;
    qsort(g->names, g->name_count, sizeof *g->names, by_content);
    for (size_t i = 1; i < g->name_count; i++) {
        const person_name *before = &g->names[i - 1];
        if (before->content == g->names[i].content && before->slot == g->names[i].slot)
            g->names[i].twin = before->twin + 1;
    }
    qsort(g->names, g->name_count, sizeof *g->names, by_person);
}

static kk_slice id_of(const kk_identity_graph *g, uint32_t mention, uint64_t content, uint32_t slot,
                      uint32_t twin, kk_arena *arena)
{
    const person_table *t = &g->tables[g->mentions[mention].table];
    kk_slice parts[] = {kk_print(arena, "%u", t->owner),
                        kk_print(arena, "%016llx", (unsigned long long)content),
                        kk_print(arena, "%u", slot), kk_print(arena, "%u", twin)};
    return kk_id(arena, "P", parts, sizeof parts / sizeof *parts);
}

static const person_name *name_of(const kk_identity_graph *g, uint32_t person)
{
    person_name wanted = {.person = person};
    return g->name_count ? bsearch(&wanted, g->names, g->name_count, sizeof *g->names, by_person)
                         : NULL;
}

kk_slice person_id(const kk_identity_graph *g, uint32_t mention, kk_arena *arena)
{
    const person_name *name = name_of(g, mention);
    if (!name)
        return KK_NONE;
    return id_of(g, mention, name->content, name->slot, name->twin, arena);
}

bool person_by_id(const kk_identity_graph *g, kk_slice id, uint32_t *person)
{
    kk_arena *scratch = kk_arena_open();
    bool found = false;
    for (size_t i = 0; i < g->name_count && !found; i++) {
        *person = g->names[i].person;
        found = kk_eq(person_id(g, *person, scratch), id);
        kk_arena_reset(scratch);
    }
    for (size_t i = 0; i < g->persons.count && !found; i++) {
        const person_mention *m = &g->mentions[i];
        if (!is_somebody(m))
            continue;
        *person = g->persons.probable[i];
        found = kk_eq(id_of(g, (uint32_t)i, m->content, m->slot, 0, scratch), id);
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    return found;
}
