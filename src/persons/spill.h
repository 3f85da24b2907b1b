/* Inside of the persons room only: keys that do not fit into memory, in a file without a name. */
#pragma once
#include "persons/identity.h"

/* The keys of a rule, or of some parts of its hashes where these alone fill the memory: what is read
 * back together. */
typedef struct {
    uint8_t rule, from, to; /* parts */
} key_lot;

/* Takes the file, which key_spill_close closes. `lots` cover all rules and parts that are asked for;
 * they live as long. */
key_spill *key_spill_open(int file, const key_lot *lots, size_t count);
/* Everything was put; false if the disk did not take it. */
bool key_spill_end(key_spill *spill);
/* Gives the keys of the lot to the order. */
bool key_spill_read(key_spill *spill, size_t lot, key_order *order);
void key_spill_close(key_spill *spill); /* NULL is fine */
