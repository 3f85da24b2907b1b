/* Lists in which a record takes two or three rows: 氏名 and 電話 above, フリガナ and 住所 below, the headings in as many
 * rows; and those whose cells have as many lines, as their headings have. */
#pragma once
#include "recognise/header.h"
#include "recognise/lexicon.h"

enum { KK_LAYERS_MAX = 3 };

typedef struct {
    size_t count;  /* rows a record takes; 1: it is no such list */
    size_t header; /* the first row of its headings, */
    size_t width;  /* ... and how many cells a row has at most */
    bool *lined;   /* the layers are lines of the cells of these columns, not rows; NULL: rows */
} kk_layers;

/* `records` are the numbers of the rows, by which missing ones show. */
kk_layers kk_layers_find(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                         const uint64_t *records, size_t count);
/* The same where フリガナ and 氏名 are two lines of one heading, and what they promise two lines of each cell below. The
 * headings are a row of their own, or `columns`, where these are given. */
kk_layers kk_lines_find(kk_arena *arena, const kk_cells *rows, size_t count,
                        const kk_cells *columns);
/* The headings, those of one line that stand for several (住所・電話) a line each. */
kk_cells kk_lines_headings(const kk_layers *layers, kk_arena *arena, const kk_cells *row);
/* Puts the row's cells, or their lines, side by side into `wide` (count * width), as slices of what they were. */
void kk_lines_spread(const kk_layers *layers, const kk_cells *row, kk_slice *wide);
