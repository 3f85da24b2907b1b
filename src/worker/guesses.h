/* Passwords that stand in the evidence, as they go from the coordinator to workers, and in which order a worker tries
 * them on an item: those first that stand near to it. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

/* One of them with the place where it stands. */
typedef struct {
    kk_slice path, text;
    uint64_t record;
} guess;

/* Adds one to a block. */
void guesses_pack(kk_buffer *block, const guess *g);

typedef struct {
    kk_slice lines; /* one a line */
    uint32_t *at;   /* of each its number in the block, from 1 */
    size_t count;
} guesses;

/* For the item at `path`, nearest first, between equals in the order of the block. */
guesses guesses_for(kk_arena *arena, kk_slice block, kk_slice path);
/* Wipes the lines. */
void guesses_forget(guesses *g);
