/* Ids that stay. An id belongs to a mention, its anchor; a person is called by the oldest id that one of
 * its mentions carries, and the younger ones lead to it. So who is joined with somebody older takes that
 * id, and of a person that falls apart the part with the anchor keeps it. An anchor that is gone is
 * handed on to the mention with the smallest content that is left of its person; where none is left and a
 * decision took the anchor out, the id waits there. */
#include "persons/state_i.h"

#include "base/sorted.h"

#include <stdlib.h>

/* Where the names of the earlier state are now. */
typedef struct {
    kk_arena *scratch;
    const kk_identity_graph *g;
    const kk_person_state *before;
    uint32_t *now;    /* of each mention of before */
    uint32_t *anchor; /* of each name: a mention of now */
    uint32_t *rests;  /* of each name: its anchor, if that is there and a decision left it out */
    uint32_t *heir;   /* of each person of before: the smallest mention left; NULL: not known */
    bool *handed;     /* of each name: to an heir, just now */
} following;

static bool is_smaller(const kk_identity_graph *g, uint32_t a, uint32_t b)
{
    const person_mention *m = &g->mentions[a], *n = &g->mentions[b];
    if (m->content != n->content)
        return m->content < n->content;
    return m->slot != n->slot ? m->slot < n->slot : a < b;
}

/* A name whose anchor is not where it was. */
typedef struct {
    uint64_t content;
    uint32_t slot, name;
} lost_anchor;

static int by_content(const void *a, const void *b)
{
    const lost_anchor *x = a, *y = b;
    if (x->content != y->content)
        return x->content < y->content ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

/* The first of those that lost what stands in the mention. */
static size_t first_lost(const lost_anchor *lost, size_t count, const person_mention *m)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, count,
                   lost[low].content < m->content ||
                       (lost[low].content == m->content && lost[low].slot < m->slot));
    return low;
}

/* The record may have moved: to another line, another file. Equal ones are given out one by one, and none
 * that gives an id already: who stands elsewhere with the same words is somebody else. */
static void find_elsewhere(following *f, lost_anchor *lost, size_t count)
{
    bool *is_anchor = count ? KK_NEW_ARRAY(f->scratch, bool, f->g->persons.count) : NULL;
    if (count)
        qsort(lost, count, sizeof *lost, by_content);
    for (size_t i = 0; i < f->before->name_count && count; i++)
        if (f->anchor[i] != NO_MENTION)
            is_anchor[f->anchor[i]] = true;
    for (size_t i = 0; i < f->g->persons.count && count; i++) {
        const person_mention *m = &f->g->mentions[i];
        size_t at = is_somebody(m) && !is_anchor[i] ? first_lost(lost, count, m) : count;
        for (; at < count && lost[at].content == m->content && lost[at].slot == m->slot; at++)
            if (f->anchor[lost[at].name] == NO_MENTION) {
                f->anchor[lost[at].name] = (uint32_t)i;
                break;
            }
    }
}

/* Another id of the same person of before, which stands. */
static bool has_another(const following *f, size_t name)
{
    const person_name *names = f->before->names;
    size_t i = name;
    while (i > 0 && names[i - 1].person == names[name].person)
        i--;
    for (; i < f->before->name_count && names[i].person == names[name].person; i++)
        if (f->anchor[i] != NO_MENTION && !f->handed[i])
            return true;
    return false;
}

/* What is left of persons whose anchor is gone; only places that mean the same records can tell. Who was
 * joined with others waits at his record, if that is left out: it may be theirs no more when it is back. */
static void hand_on(following *f)
{
    const kk_person_state *before = f->before;
    if (!kk_is(before->head.tool, "kakuho " KAKUHO_VERSION))
        return;
    uint32_t *heir = KK_NEW_ARRAY(f->scratch, uint32_t, before->count);
    memset(heir, 0xff, before->count * sizeof *heir);
    for (size_t i = 0; i < before->count; i++) {
        if (f->now[i] == NO_MENTION || !state_counts(before, i))
            continue;
        uint32_t *of = &heir[before->of[PARTITION_PROBABLE][i]];
        if (*of == NO_MENTION || is_smaller(f->g, f->now[i], *of))
            *of = f->now[i];
    }
    f->heir = heir;
    for (size_t i = 0; i < before->name_count; i++) {
        if (f->anchor[i] != NO_MENTION || (f->rests[i] != NO_MENTION && has_another(f, i)))
            continue;
        f->anchor[i] = heir[before->names[i].person];
        f->handed[i] = true;
    }
}

static following follow(const kk_persons *persons, const kk_person_state *before)
{
    const kk_state_head nothing = {0};
    following f = {.scratch = kk_arena_open(), .g = persons->graph, .before = before};
    f.now = state_match(before, kk_person_state_of(persons, &nothing, f.scratch), f.scratch);
    f.anchor = KK_NEW_ARRAY(f.scratch, uint32_t, before->name_count);
    lost_anchor *lost = NULL;
    size_t count = 0, capacity = 0;
    f.rests = kk_take_array(f.scratch, before->name_count, sizeof *f.rests);
    f.handed = KK_NEW_ARRAY(f.scratch, bool, before->name_count);
    for (size_t i = 0; i < before->name_count; i++) {
        const person_name *name = &before->names[i];
        uint32_t at = f.now[name->anchor];
        bool is_there = at != NO_MENTION && f.g->mentions[at].content == name->held;
        bool is_anybody = is_there && is_somebody(&f.g->mentions[at]);
        f.anchor[i] = is_anybody ? at : NO_MENTION;
        f.rests[i] = is_there && !is_anybody ? at : NO_MENTION;
        if (is_there)
            continue;
        lost = kk_grow(f.scratch, lost, &capacity, count + 1, sizeof *lost);
        lost[count++] = (lost_anchor){name->held, before->slot[name->anchor], (uint32_t)i};
    }
    for (size_t i = 0; i < before->count; i++)
        if (f.now[i] != NO_MENTION && !is_somebody(&f.g->mentions[f.now[i]]))
            f.now[i] = NO_MENTION;
    find_elsewhere(&f, lost, count);
    hand_on(&f);
    for (size_t i = 0; i < before->name_count; i++)
        if (f.anchor[i] == NO_MENTION)
            f.anchor[i] = f.rests[i]; /* until somebody brings it back */
    return f;
}

void kk_persons_keep_ids(kk_persons *persons, const kk_person_state *before, uint32_t number)
{
    kk_identity_graph *g = persons->graph;
    following f = follow(persons, before);
    bool *has_one = KK_NEW_ARRAY(f.scratch, bool, g->persons.count);
    person_name *names = KK_NEW_ARRAY(g->arena, person_name, before->name_count + g->name_count);
    size_t count = 0;
    for (size_t i = 0; i < before->name_count; i++) {
        uint32_t anchor = f.anchor[i];
        if (anchor == NO_MENTION)
            continue;
        names[count] = before->names[i];
        names[count].anchor = anchor;
        names[count].held = g->mentions[anchor].content;
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
        uint32_t anchor = f->anchor[i];
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
        uint32_t anchor = f.anchor[i];
        kk_slice old = name_id(name, texts), now = KK_NONE;
        if (f.heir && anchor != NO_MENTION && anchor == f.rests[i])
            anchor = f.heir[name->person]; /* whose it would be */
        if (anchor != NO_MENTION && is_somebody(&f.g->mentions[anchor]))
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
