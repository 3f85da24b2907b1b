/* What sheets hold beside one table with its headings above: several tables, and tables that lie on their side. */
#pragma once
#include "recognise/header.h"
#include "recognise/lexicon.h"

enum { KK_SHEET_TABLES_MAX = 32 };

/* How many cells hold more than blanks. */
size_t kk_sheet_filled(const kk_cells *row);
/* Two headings or more, one that tells of people, and hardly anything else. */
bool kk_is_sheet_header(kk_arena *arena, const kk_cells *row);
/* Where tables begin that stand below each other with headings of their own, the first at 0; `gap[i]`: an empty row
 * is before row i. In a long sheet only rows behind a gap or a title are looked at. Returns how many. */
size_t kk_sheet_tables(kk_arena *arena, const kk_cells *rows, const bool *gap, size_t count,
                       bool is_long, size_t begins[KK_SHEET_TABLES_MAX]);
/* Headings down the left side, a person a column: the rows as they would stand upright, headings first; NULL where
 * it is no such table. *turned_count: how many; *names: the row with the names. */
kk_cells *kk_sheet_turned(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                          size_t count, size_t *turned_count, size_t *names);
