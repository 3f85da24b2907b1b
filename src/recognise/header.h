/* Where in a table the headings are. */
#pragma once
#include "recognise/heading.h"

typedef struct {
    const kk_slice *cells;
    size_t count;
} kk_cells;

typedef struct {
    bool found;
    size_t first, last; /* rows of the header; two or three for headings in as many */
    kk_slice *words;    /* one a column, rows joined */
    kk_heading *headings;
    size_t count;
} kk_header;

/* Among the first rows, ten at most. */
kk_header kk_header_find(kk_arena *arena, const kk_cells *rows, size_t row_count);
/* Whether a row among the first says that the others are about fields (物理名, 型, 桁, 必須) or words in several
 * languages (key, ja, en): what stands in them is how something is called, and nobody. */
bool kk_is_about_words(kk_arena *arena, const kk_cells *rows, size_t row_count);
kk_header kk_header_of_columns(kk_arena *arena, const kk_slice *columns, size_t count);
