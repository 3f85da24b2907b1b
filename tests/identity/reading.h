/* Files of people on the way that the program sends them: CSV parser, recogniser, rule keys,
 * identity. Only the worker's walls and the store are left out. */
#pragma once
#include "persons/identity.h"
#include "recognise/recogniser.h"

typedef struct {
    uint32_t file, slot;
    uint64_t record;
    kk_role role;
    kk_standing standing;
    contrast said;
    near_names near;
    uint64_t content;
    uint32_t came; /* as the how many-eth */
} read_mention;

typedef struct {
    uint64_t hash;
    uint32_t mention;
    uint32_t rule;
} read_key;

typedef struct {
    kk_arena *arena;
    const kk_lexicon *lexicon;
    uint8_t key; /* fills the case's key */
    read_mention *mentions;
    size_t count, capacity;
    read_key *keys;
    size_t key_count, key_capacity;
    uint32_t files, file; /* file: number that mentions of the current one get */
    identity persons;     /* over the mentions in the order (file, record, slot) */
} reading;

typedef struct {
    size_t least, count, most;
} bounds;

/* The lexicon lives elsewhere: it is read once. */
reading reading_open(kk_arena *arena, const kk_lexicon *lexicon);
/* `number`: its place among the files, whatever the order of the calls. */
void reading_add_csv(reading *r, uint32_t number, kk_slice name, kk_slice bytes);
/* Joins everything that was added. */
bounds reading_find(reading *r);
static inline bool is_counted(const read_mention *m)
{
    return m->standing == KK_COUNTS || m->standing == KK_IS_DECEASED;
}
