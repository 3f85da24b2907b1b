/* Tables in the text of a mail: what was pasted out of a sheet, or stood in a page, is lines with tabs. */
#pragma once
#include "base/arena.h"
#include "base/slice.h"

enum { KK_MAIL_CELLS_MAX = 64 };

/* The next table at or behind *at: a line of three cells or more, nearly all filled, above two lines or more
 * of as many cells or fewer. True: *table is its lines, and *at stands behind them. */
bool kk_mail_table_next(kk_slice text, size_t *at, kk_slice *table);
/* The cells of one of its lines; without the marks of quotation before the first. */
size_t kk_mail_table_cells(kk_slice line, kk_slice cells[KK_MAIL_CELLS_MAX]);
