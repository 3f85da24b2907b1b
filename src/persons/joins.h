/* Inside of the persons room only: the joins of one step, on all processors where groups cannot touch. */
#pragma once
#include "persons/about.h"
#include "persons/grouping.h"
#include "persons/rulings.h"
#include "persons/vetoes.h"

typedef struct registers registers;
typedef struct beside_now beside_now;

/* Everything by place: mentions in their one order. */
typedef struct {
    trust trust;
    about_people about;
    uint32_t *parent;
    const registers *registers;   /* NULL: all tables number one */
    rulings *rulings;             /* NULL: nothing was decided */
    const uint32_t *record;       /* of a number; NULL: each mention is one of its own */
    const in_document *documents; /* of a number; NULL: none is in one */
    const beside_now *beside;     /* at its step (beside.h) */
    const uint32_t *place,
        *number; /* of a mention its place in the order; and back. NULL: the same */
} people;

static inline uint32_t number_of(const people *p, uint32_t place)
{
    return p->number ? p->number[place] : place;
}

typedef struct joins joins;

/* `edges`: of `persons`, which it makes room for. */
joins *joins_open(people *all, identity *persons, kk_arena *arena);
void joins_close(joins *j);
/* Joins what the step joins of these groups, in their order, and adds the edges in this order. */
void joins_make(joins *j, group_order *groups, const join_step *step);
