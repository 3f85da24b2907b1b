/* Lists in which a record takes two or three rows: 氏名 and 電話 above, フリガナ and 住所 below, the headings in as many
 * rows. */
#pragma once
#include "recognise/header.h"
#include "recognise/lexicon.h"

enum { KK_LAYERS_MAX = 3 };

typedef struct {
    size_t count;  /* rows a record takes; 1: it is no such list */
    size_t header; /* the first row of its headings, */
    size_t width;  /* ... and how many cells a row has at most */
} kk_layers;

/* `records` are the numbers of the rows, by which missing ones show. */
kk_layers kk_layers_find(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                         const uint64_t *records, size_t count);
