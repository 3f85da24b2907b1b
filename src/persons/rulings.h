/* What people decided on who is one person, held inside identity: records that are one person (merge)
 * and records that are not (split). Rules give way to both.
 *
 * A forest of its own holds the joins of rules together with those of decisions: its trees are the
 * persons that are counted. The rules' own forest knows nothing of merges, so that a merge adds to
 * what rules find and never changes it. A tree carries marks: on which side of which split its records
 * are. No join, of a rule or through a merge, brings two sides together.
 *
 * Decisions that contradict each other follow the last one, record by record. */
#pragma once
#include "persons/identity.h"

typedef struct rulings rulings;

/* Applies the decisions, the last one first; `place` gives a mention's place (NULL: its number). What
 * came of each is written to `outcome`, by decision. */
rulings *rulings_open(const identity *persons, const uint32_t *place, kk_arena *arena);
/* Whether a split keeps the persons of these two places apart. */
bool rulings_forbid(rulings *r, uint32_t a, uint32_t b);
/* A rule joined the two. */
void rulings_unite(rulings *r, uint32_t a, uint32_t b);
/* Of each place the first place of the person that is counted. */
const uint32_t *rulings_forest(rulings *r, size_t count);
