/* Sessions, and logons that failed, by a text that they share: so nobody is compared with all others. */
#pragma once
#include "base/arena.h"
#include "base/slice.h"

typedef struct {
    kk_slice *texts; /* of the groups */
    uint32_t *slots; /* a group's number + 1, by the hash of its text */
    size_t slot_count, count;
    size_t *first;   /* of each group its first member, and one more at the end */
    size_t *members; /* items, ascending in each group */
} text_groups;

/* Items of equal texts are one group. */
text_groups text_groups_of(kk_arena *arena, const kk_slice *texts, size_t count);
/* Items that have this text, ascending; none if nobody has it. */
const size_t *text_group_of(const text_groups *groups, kk_slice text, size_t *count);
