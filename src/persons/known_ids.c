/* Ids that stay. An id belongs to a mention, its anchor; a person is called by the oldest id that one of
 * its mentions carries, and the younger ones lead to it. So who is joined with somebody older takes that
 * id, and of a person that falls apart the part with the anchor keeps it. An anchor that is gone is
 * handed on to the mention with the smallest content that is left of its person. */
#include "persons/state_i.h"

#include <stdlib.h>

/* Where the names of the earlier state are now. */
typedef struct {
    kk_arena *scratch;
    const kk_identity_graph *g;
    const kk_person_state *before;
    uint32_t *now;  /* of each mention of before */
    uint32_t *heir; /* of each person of before, by the first mention: what is left of it */
} following;

static bool is_smaller(const kk_identity_graph *g, uint32_t a, uint32_t b)
{
    const person_mention *m = &g->mentions[a], *n = &g->mentions[b];
    if (m->content != n->content)
        return m->content < n->content;
    return m->slot != n->slot ? m->slot < n->slot : a < b;
}

static following follow(const kk_persons *persons, const kk_person_state *before)
{
    const kk_state_head nothing = {0};
    following f = {.scratch = kk_arena_open(), .g = persons->graph, .before = before};
    f.now = state_match(before, kk_person_state_of(persons, &nothing, f.scratch), f.scratch);
    f.heir = KK_NEW_ARRAY(f.scratch, uint32_t, before->count);
    memset(f.heir, 0xff, before->count * sizeof *f.heir);
    for (size_t i = 0; i < before->count; i++) {
        if (f.now[i] != NO_MENTION && !is_somebody(&f.g->mentions[f.now[i]]))
            f.now[i] = NO_MENTION;
        if (f.now[i] == NO_MENTION || !state_counts(before, i))
            continue;
        uint32_t *heir = &f.heir[before->of[PARTITION_PROBABLE][i]];
        if (*heir == NO_MENTION || is_smaller(f.g, f.now[i], *heir))
            *heir = f.now[i];
    }
    return f;
}

/* Whose a name of before is now, by a mention; NO_MENTION: nobody's. */
static uint32_t anchor_now(const following *f, const person_name *name)
{
    uint32_t now = f->now[name->anchor];
    return now != NO_MENTION ? now : f->heir[name->person];
}

void kk_persons_keep_ids(kk_persons *persons, const kk_person_state *before, uint32_t number)
{
    kk_identity_graph *g = persons->graph;
    following f = follow(persons, before);
    bool *has_one = KK_NEW_ARRAY(f.scratch, bool, g->persons.count);
    person_name *names = KK_NEW_ARRAY(g->arena, person_name, before->name_count + g->name_count);
    size_t count = 0;
    for (size_t i = 0; i < before->name_count; i++) {
        uint32_t anchor = anchor_now(&f, &before->names[i]);
        if (anchor == NO_MENTION)
            continue;
        names[count] = before->names[i];
        names[count].anchor = anchor;
        names[count].person = g->persons.probable[anchor];
        has_one[names[count++].person] = true;
    }
    for (size_t i = 0; i < g->name_count; i++) {
        if (has_one[g->names[i].person])
            continue;
        names[count] = g->names[i];
        names[count].born = number;
        names[count++].twin = NAME_UNNUMBERED;
    }
    names_number(names, count);
    g->names = names;
    g->name_count = count;
    kk_arena_close(f.scratch);
}

/* ---- what became of them ---- */

/* A person of before and another than its heir's that has a mention of it. */
typedef struct {
    uint32_t before, now;
} parting;

static int by_both(const void *a, const void *b)
{
    const parting *x = a, *y = b;
    if (x->before != y->before)
        return x->before < y->before ? -1 : 1;
    return (x->now > y->now) - (x->now < y->now);
}

/* Who has the id in use of each person of before. */
static uint32_t *holders(const following *f)
{
    const kk_person_state *before = f->before;
    uint32_t *out = KK_NEW_ARRAY(f->scratch, uint32_t, before->count);
    memset(out, 0xff, before->count * sizeof *out);
    for (size_t i = 0; i < before->name_count; i++) {
        const person_name *name = &before->names[i];
        uint32_t anchor = anchor_now(f, name);
        if (out[name->person] == NO_MENTION && anchor != NO_MENTION)
            out[name->person] = f->g->persons.probable[anchor];
    }
    return out;
}

static parting *partings(const following *f, const uint32_t *holder, size_t *count)
{
    const kk_person_state *before = f->before;
    parting *out = NULL;
    size_t capacity = 0, kept = 0;
    *count = 0;
    for (size_t i = 0; i < before->count; i++) {
        uint32_t person = before->of[PARTITION_PROBABLE][i];
        if (f->now[i] == NO_MENTION || !state_counts(before, i) ||
            f->g->persons.probable[f->now[i]] == holder[person])
            continue;
        out = kk_grow(f->scratch, out, &capacity, *count + 1, sizeof *out);
        out[(*count)++] = (parting){person, f->g->persons.probable[f->now[i]]};
    }
    if (*count)
        qsort(out, *count, sizeof *out, by_both);
    for (size_t i = 0; i < *count; i++)
        if (i == 0 || by_both(&out[i], &out[i - 1]) != 0)
            out[kept++] = out[i];
    *count = kept;
    return out;
}

void kk_persons_moved_ids(const kk_persons *persons, const kk_person_state *before,
                          void (*tell)(void *context, kk_slice old, kk_slice now, const char *how),
                          void *context)
{
    following f = follow(persons, before);
    kk_arena *texts = kk_arena_open();
    size_t count, at = 0;
    const uint32_t *holder = holders(&f);
    const parting *parts = partings(&f, holder, &count);
    for (size_t i = 0; i < before->name_count; i++) {
        const person_name *name = &before->names[i];
        uint32_t anchor = anchor_now(&f, name);
        kk_slice old = name_id(name, texts), now = KK_NONE;
        if (anchor != NO_MENTION)
            now = person_id(f.g, f.g->persons.probable[anchor], texts);
        if (!kk_eq(old, now))
            tell(context, old, now, now.len ? "merged" : "gone");
        for (; at < count && parts[at].before <= name->person; at++)
            if (parts[at].before == name->person)
                tell(context, old, person_id(f.g, parts[at].now, texts), "split");
        kk_arena_reset(texts);
    }
    kk_arena_close(texts);
    kk_arena_close(f.scratch);
}
