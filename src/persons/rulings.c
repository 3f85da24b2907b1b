/* Merges and splits inside identity: a forest beside the rules' own, whose trees carry the sides of splits
 * that their records are on. */
#include "persons/rulings.h"

#include <stdlib.h>

/* The records are on this side of this split. */
typedef struct mark {
    uint32_t decision, part;
    struct mark *next;
} mark;

struct rulings {
    kk_arena *arena;
    uint32_t *forest;
    mark **marks;        /* of a root; each once */
    uint32_t *merged_by; /* of a root: 1 + the last merge in it */
};

const uint32_t *rulings_forest(rulings *r, size_t count)
{
    for (size_t i = 0; i < count; i++)
        r->forest[i] = person_of(r->forest, (uint32_t)i);
    return r->forest;
}

static bool has_mark(const mark *list, uint32_t decision, uint32_t part)
{
    for (; list; list = list->next)
        if (list->decision == decision && list->part == part)
            return true;
    return false;
}

static void add_mark(rulings *r, uint32_t root, uint32_t decision, uint32_t part)
{
    if (has_mark(r->marks[root], decision, part))
        return;
    mark *m = KK_NEW(r->arena, mark);
    *m = (mark){decision, part, r->marks[root]};
    r->marks[root] = m;
}

/* The last split that keeps two roots apart, RULED_BY_NONE if none does. */
static uint32_t split_between(const rulings *r, uint32_t x, uint32_t y)
{
    uint32_t last = RULED_BY_NONE;
    for (const mark *a = x == y ? NULL : r->marks[x]; a; a = a->next)
        for (const mark *b = r->marks[y]; b; b = b->next)
            if (a->decision == b->decision && a->part != b->part &&
                (last == RULED_BY_NONE || a->decision > last))
                last = a->decision;
    return last;
}

bool rulings_forbid(rulings *r, uint32_t a, uint32_t b)
{
    return split_between(r, person_of(r->forest, a), person_of(r->forest, b)) != RULED_BY_NONE;
}

void rulings_unite(rulings *r, uint32_t a, uint32_t b)
{
    uint32_t x = person_of(r->forest, a), y = person_of(r->forest, b);
    uint32_t first = x < y ? x : y, second = x < y ? y : x;
    if (x == y)
        return;
    r->forest[second] = first;
    for (const mark *m = r->marks[second]; m; m = m->next)
        add_mark(r, first, m->decision, m->part);
    if (r->merged_by[second] > r->merged_by[first])
        r->merged_by[first] = r->merged_by[second];
}

/* ---- one decision ---- */

/* A mention of a decision, by its place: what stands in records gives the order, not where they are. */
typedef struct {
    uint32_t place, part;
} ruled;

static int by_part_and_place(const void *a, const void *b)
{
    const ruled *x = a, *y = b;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Each goes to the first that no later split keeps it from. */
static void merge(rulings *r, const ruled *list, size_t count, uint32_t decision,
                  ruling_outcome *outcome)
{
    kk_arena *scratch = kk_arena_open();
    uint32_t *heads = KK_NEW_ARRAY(scratch, uint32_t, count);
    size_t head_count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t against = RULED_BY_NONE;
        size_t h = 0;
        for (; h < head_count; h++) {
            against = split_between(r, person_of(r->forest, heads[h]),
                                    person_of(r->forest, list[i].place));
            if (against == RULED_BY_NONE)
                break;
            outcome->overruled_by = against;
        }
        if (h == head_count) {
            heads[head_count++] = list[i].place;
            continue;
        }
        rulings_unite(r, heads[h], list[i].place);
        outcome->holds = true;
    }
    for (size_t h = 0; outcome->holds && h < head_count; h++) {
        uint32_t *last = &r->merged_by[person_of(r->forest, heads[h])];
        *last = *last ? *last : decision + 1;
    }
    kk_arena_close(scratch);
}

static void split(rulings *r, const ruled *list, size_t count, uint32_t decision,
                  ruling_outcome *outcome)
{
    bool two_parts = false, two_persons = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t root = person_of(r->forest, list[i].place);
        for (const mark *m = r->marks[root]; m; m = m->next)
            if (m->decision == decision && m->part != list[i].part)
                outcome->overruled_by = r->merged_by[root] - 1;
        add_mark(r, root, decision, list[i].part);
        two_parts = two_parts || list[i].part != list[0].part;
        two_persons = two_persons || root != person_of(r->forest, list[0].place);
    }
    outcome->holds = two_parts && two_persons;
}

static void rule_on(rulings *r, const identity *persons, const uint32_t *place, size_t from,
                    size_t to)
{
    const ruling *given = persons->rulings + from;
    ruling_outcome *outcome = &persons->outcomes[given->decision];
    kk_arena *scratch = kk_arena_open();
    ruled *list = KK_NEW_ARRAY(scratch, ruled, to - from);
    for (size_t i = 0; i < to - from; i++)
        list[i] = (ruled){place ? place[given[i].mention] : given[i].mention, given[i].part};
    qsort(list, to - from, sizeof *list, by_part_and_place);
    if (given->is_apart)
        split(r, list, to - from, given->decision, outcome);
    for (size_t i = 0, end; !given->is_apart && i < to - from; i = end) {
        for (end = i + 1; end < to - from && list[end].part == list[i].part;)
            end++;
        merge(r, list + i, end - i, given->decision, outcome);
    }
    kk_arena_close(scratch);
}

rulings *rulings_open(const identity *persons, const uint32_t *place, kk_arena *arena)
{
    rulings *r = KK_NEW(arena, rulings);
    size_t count = persons->count;
    *r = (rulings){arena, KK_NEW_ARRAY(arena, uint32_t, count), KK_NEW_ARRAY(arena, mark *, count),
                   KK_NEW_ARRAY(arena, uint32_t, count)};
    for (size_t i = 0; i < count; i++)
        r->forest[i] = (uint32_t)i;
    for (size_t to = persons->ruling_count, from; to; to = from) {
        for (from = to - 1;
             from && persons->rulings[from - 1].decision == persons->rulings[to - 1].decision;)
            from--;
        rule_on(r, persons, place, from, to);
    }
    return r;
}
