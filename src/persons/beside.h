/* Inside of the persons room only: relatives, addressees and guardians of whom a record says little more than the name.
 * Two of one name beside one person, in the same capacity, are one: that person does not have two. Grounds:
 * docs/identity.md. */
#pragma once
#include "model/mention.h"
#include "persons/joins.h"

/* Of one record, whose mentions follow each other, which of them stand beside which. `counts`: whether a mention is
 * somebody at all. */
void beside_in_record(const uint8_t *roles, const bool *counts, size_t count, beside_whom *out);
/* Before the step: whom each mention belongs to by now (`now`, by number), and beside whom too many stand to go by their
 * names. Lives in the arena. */
beside_now *beside_look(const people *all, const beside_whom *whom, const uint32_t *now,
                        size_t count, kk_arena *arena);

/* A member of a group of one name, and the person beside whom it stands. */
typedef struct {
    uint32_t person, record;
    uint32_t member, at,
        first; /* `at`: in the group; `first`: of those with that person and role */
    uint8_t role;
} beside_member;
bool beside_same(const beside_member *x, const beside_member *y);
/* Those of the group who stand beside somebody, by person and role, in the order of what stands in the records; without
 * those of whom one record has two that are two people. */
size_t beside_members(const people *all, const uint32_t *members, size_t count,
                      beside_member *found);
