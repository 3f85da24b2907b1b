/* Sheets that are no tables: forms with labels beside values, and sheets of labels for envelopes, in which
 * a person is a block of cells. */
#pragma once
#include "recognise/header.h"
#include "recognise/lexicon.h"

/* A piece of such a sheet as text, with the row (from 0) that it begins in. */
typedef struct {
    kk_slice text;
    size_t row;
} kk_sheet_block;

/* The sheet as one text of labelled lines, empty if it is no form: labels with values on three rows or
 * more, of three kinds, one of them a name. `is_table`: it may as well be one about people. */
kk_slice kk_form_text(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                      size_t count, bool is_table);
/* Labels for envelopes: the filled cells below each other that hold a postal code or an address and end
 * with a name and 様. In the order of their first rows; returns how many. */
size_t kk_label_blocks(kk_arena *arena, const kk_cells *rows, size_t count,
                       kk_sheet_block **blocks);
/* Trees of calls: names with a telephone number below or beside each, four at least, and hardly a number without one. */
size_t kk_contact_blocks(kk_arena *arena, const kk_lexicon *lexicon, const kk_cells *rows,
                         size_t count, kk_sheet_block **blocks);
/* Plans of seats: cells that end with a name and 様 (新郎友人 above it in the cell, or in the row above), three at
 * least. */
size_t kk_seat_blocks(kk_arena *arena, const kk_cells *rows, size_t count, kk_sheet_block **blocks);
