/* Lists in running text whose columns tabs part: paragraphs one below the other with as many pieces each. */
#pragma once
#include "base/slice.h"

enum { KK_TAB_CELLS_MAX = 32 };

typedef struct {
    size_t from, to; /* bytes of its lines, with their ends */
    size_t width;    /* cells of a row */
    bool gathered;   /* several tabs one behind the other are one, made for the eye */
} kk_tab_rows;

/* The first such list from `at` on; false if there is none. */
bool kk_tab_rows_find(kk_slice text, size_t at, kk_tab_rows *out);
/* The next line's cells, as slices of the text; `at` moves behind the line. */
void kk_tab_rows_cells(const kk_tab_rows *rows, kk_slice text, size_t *at, kk_slice *cells);
