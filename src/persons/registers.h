/* Inside of the persons room only: which tables number one register. Customer 1001 of two shops is two
 * people, and two files with one heading do not say whether they are of one shop or of two. The numbers that
 * both have do: in two files of one register they stand beside the same names, birth dates and mailboxes.
 * Grounds: docs/identity.md. */
#pragma once
#include "persons/joins.h"

/* What two tables are to each other. */
typedef enum {
    REGISTER_ONE,    /* one table, or what stands beside the same number agrees */
    REGISTER_LIKELY, /* it cannot be compared, and no third table speaks against it */
    REGISTER_OPEN,
    REGISTER_OTHER /* what stands beside the same number differs */
} register_standing;

/* `source`: has tables. Everything that is asked later lies in the arena. */
registers *registers_open(const key_source *source, kk_arena *arena, size_t mentions);
/* Shows it the keys of SAME_NUMBER, sorted, before anything is joined; mentions are places. Several hands
 * may do it at once. */
void registers_look(registers *r, unsigned hand, const people *all, const rule_key *keys,
                    size_t count);
void registers_judge(registers *r, const people *all, size_t mentions);
register_standing registers_of(const registers *r, uint32_t table, uint32_t other);
/* Whether the register of two mentions keeps them apart at this step. */
bool registers_forbid(const registers *r, const join_step *step, uint32_t number, uint32_t other);
