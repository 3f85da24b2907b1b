/* Whose data a table seems to hold: what its name, its headings and its content propose where case.yaml
 * is silent. looks.def has the words, one a line. */
#pragma once
#include "base/arena.h"
#include "model/mention.h"

typedef enum {
#define LOOK(NAME, name, ja, en) LOOKS_##NAME,
#include "persons/looks.def"
    LOOKS
} kk_look;

typedef struct {
    const char *name, *ja, *en;
} look_words;
extern const look_words looks[LOOKS];

/* What there is to look at. */
typedef struct {
    kk_slice path;  /* of the file */
    kk_slice table; /* sheet or table; may be empty */
    const kk_slice *columns;
    size_t column_count;
    uint64_t items, roles; /* KK_BIT; bit per kk_role */
} appearance;

enum { LOOK_SIGNS_MAX = 6 };
typedef struct {
    kk_look self;                     /* of whom the rows are */
    kk_look relatives;                /* of guardians, dependants and emergency contacts in them */
    kk_look staff;                    /* of contacts that work for the organisation itself */
    bool all_former;                  /* by its name a list of those who left */
    kk_slice because[LOOK_SIGNS_MAX]; /* the words and items that spoke for it; never values */
    size_t because_count;
} proposal;

/* Words of the proposal are constants, or live in `scratch` no longer than needed to compare. */
void look_at(kk_arena *scratch, const appearance *seen, proposal *out);
/* By the names in a path alone; LOOKS_OTHER where they say nothing. *word: what said it. */
kk_look look_of_path(kk_arena *scratch, kk_slice path, kk_slice *word);
