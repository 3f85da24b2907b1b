/* Inside of since*.c only: the walk from one state to another, and what it tells. */
#pragma once
#include "persons/state_i.h"

#define NO_BLOCK UINT32_MAX

enum {
    MARK_EXPOSED = 1,
    MARK_CATEGORY = 2,
    MARK_OWNER = 4,
    MARKS_IN = 7, /* all of them: it is of the figure */
    MARK_DEAD_BIT = 3,
    MARK_DEAD = 1 << MARK_DEAD_BIT
};

enum { STARTS_CELL = 1, STARTS_OTHER = 2 /* not the first part of its person of then */ };

/* A state as the figure sees it. */
typedef struct {
    const kk_person_state *s;
    const uint32_t *of;
    kk_basis basis;
    const bool *categories, *owners;
    uint32_t *table; /* of each mention */
} view;

/* Blocks are who is counted together at the moment: persons of the first state, then their parts (cells),
 * then persons of the second. */
typedef struct {
    kk_change *change;
    kk_arena *scratch;
    view from, to;
    const uint32_t *to_files, *from_files; /* of a file of the one its number in the other */
    uint32_t *all_of_from, *from_of_to;
    size_t all; /* mentions */
    uint32_t *block;
    uint8_t *marks;
    uint32_t *in, *dead; /* of each block: its mentions in the figure; of the dead */
    uint64_t count;
    uint32_t first_cell, first_whole;
    uint32_t *cell;                /* of each mention of the second state that stays */
    uint8_t *starts;               /* ... whether it is the first of its part */
    uint32_t *attach;              /* of each person of the second: where new mentions go */
    bool *by_withdrawn, *by_added; /* persons who had, or have, a record in such a file */
} walk;

uint8_t marks_in(const view *v, size_t mention);
void walk_place(walk *w, size_t mention, uint32_t block, uint8_t marks);

/* ---- telling (since_words.c) ---- */

typedef enum {
    TELL_WITHDRAWN,
    TELL_ADDED,
    TELL_EXPOSED,
    TELL_NOT_EXPOSED,
    TELL_PLACEHOLDER,
    TELL_ORGANISATION,
    TELL_NOBODY,
    TELL_ROWS_GONE,
    TELL_ROWS_NEW,
    TELL_COUNTED_NOW,
    TELL_DECEASED,
    TELL_SPLIT_BY_WITHDRAWN,
    TELL_SPLIT_BY_RULES,
    TELL_SPLIT,
    TELL_MERGED_BY_ADDED,
    TELL_MERGED_BY_RULES,
    TELL_MERGED,
    TELL_CATEGORY,
    TELL_OWNER
} telling;

/* A step for each file; of many the largest, and one for the rest. */
typedef struct {
    walk *w;
    struct file_change {
        const kk_person_state *s;
        size_t file;
        int64_t change;
    } * items;
    size_t count, capacity;
    uint32_t *seen_in[2]; /* of each person of then, of now: the file he was last seen in */
} file_steps;
file_steps file_steps_open(walk *w);
void file_steps_note(file_steps *f, const kk_person_state *s, size_t file, int64_t change);
void file_steps_tell(const file_steps *f, telling tell);

/* One step over records of many files. */
typedef struct {
    walk *w;
    telling tell;
    uint64_t before, rows;
    struct row_ref {
        const kk_person_state *s;
        size_t mention;
    } refs[KK_REFS_MOST];
    size_t ref_count;
} row_step;
row_step row_step_open(walk *w, telling tell);
void row_step_note(row_step *r, const kk_person_state *s, size_t mention);
void row_step_tell(const row_step *r);
