/* Inside of the persons room only: a state as it lies in memory. Mentions are in the order of their
 * files, tables, records and slots, so that two states are matched by walking both. */
#pragma once
#include "persons/persons_i.h"
#include "persons/states.h"

#define NO_MENTION UINT32_MAX

enum { PARTITION_CERTAIN, PARTITION_PROBABLE, PARTITION_POSSIBLE, PARTITIONS_KEPT };

typedef struct {
    uint64_t item, digest;
    kk_slice evidence, path;
    uint8_t shown; /* bit per kk_basis: its persons are of that figure */
    uint32_t first_table, table_count;
    size_t first, count; /* its mentions */
} state_file;

typedef struct {
    kk_slice name;
    uint32_t file, owner;
    size_t first, count;
} state_table;

typedef struct {
    kk_slice name;
    uint32_t parent; /* UINT32_MAX: none */
} state_category;

struct kk_person_state {
    kk_state_head head;
    state_file *files;
    size_t file_count;
    state_table *tables;
    size_t table_count;
    state_category *categories;
    size_t category_count;
    kk_slice *owners;
    size_t owner_count;
    bool bounded[KK_OF_ALL];
    size_t count;
    uint64_t *record;
    uint32_t *slot;
    uint16_t *category; /* 0xffff: none */
    uint8_t *standing;  /* kk_standing, and whether it left by itself: see state_standing */
    const uint32_t *of[PARTITIONS_KEPT]; /* of each mention the first of its person */
    const person_name *names;            /* by person, the oldest first: that is the one in use */
    size_t name_count;
};

#define STATE_CAPTURED 0x80u

static inline uint8_t state_standing(const kk_person_state *s, size_t mention)
{
    return (uint8_t)(s->standing[mention] & ~STATE_CAPTURED);
}

static inline bool state_counts(const kk_person_state *s, size_t mention)
{
    uint8_t standing = state_standing(s, mention);
    return standing == KK_COUNTS || standing == KK_IS_DECEASED;
}

/* Whether the mention is of that figure: with its file, or by itself where it was captured. */
static inline bool state_shows(const kk_person_state *s, uint32_t file, size_t mention,
                               kk_basis basis)
{
    bool by_itself = (s->standing[mention] & STATE_CAPTURED) &&
                     (basis == KK_OF_LEFT || basis == KK_OF_REACHABLE);
    return by_itself || (s->files[file].shown >> basis & 1);
}

/* For each mention of the one state the mention of the other that stands at the same place. */
uint32_t *state_match(const kk_person_state *from, const kk_person_state *to, kk_arena *arena);
/* Of each file of `from` its number in `to`, UINT32_MAX if it has none there: the same place with another
 * content is another file. */
uint32_t *state_match_files(const kk_person_state *from, const kk_person_state *to,
                            kk_arena *arena);
/* Which categories (or owners) count for a figure: a flag for each, one more for "none". */
bool *state_categories(const kk_person_state *s, kk_slice category, kk_arena *arena);
bool *state_owners(const kk_person_state *s, kk_slice owner, kk_arena *arena);
kk_change_ref state_ref(const kk_person_state *s, size_t mention, kk_arena *arena);
size_t state_table_of(const kk_person_state *s, size_t mention);

/* Part of a packed state. */
typedef struct {
    kk_buffer bytes;
    bool is_hashes; /* mostly: nothing in them comes again */
} state_column;

/* All of them, in their order, as one zlib stream; false for want of memory. */
bool state_deflate(const state_column *columns, size_t count, kk_buffer *out);

static inline int partition_of(kk_bound bound)
{
    return bound == KK_BOUND_MOST    ? PARTITION_CERTAIN
           : bound == KK_BOUND_LEAST ? PARTITION_POSSIBLE
                                     : PARTITION_PROBABLE;
}
