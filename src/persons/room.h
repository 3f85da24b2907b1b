/* Inside of the persons room only: what of the mentions lies in memory, and what in files of the case. Nothing of
 * this shows in the result. Figures: docs/performance.md. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    bool all; /* everything lies in memory */
    bool
        people; /* what identity knows of people does: of all that is looked at in no order, the largest */
} mention_room;

/* `memory`: bytes that this process may use, 0: nobody tells; `store`: that the store may use of them. */
mention_room room_for_mentions(uint64_t memory, uint64_t store, uint64_t mentions);
/* Bytes of disk that files of the case take at most where not all lies in memory. */
uint64_t disk_for_mentions(mention_room room, uint64_t mentions);
/* How many keys at a time, where all lies in memory. */
size_t room_for_keys(uint64_t memory);
