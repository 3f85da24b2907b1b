/* Rows of spreadsheets put together cell by cell: what workbooks of every format share. */
#pragma once
#include "base/buffer.h"
#include "parse/parser.h"

enum {
    KK_SHEET_COLUMNS = 16384,    /* XFD */
    KK_SHEET_TEXT = 1024 * 1024, /* bytes of one text */
};

typedef struct kk_sheet_cell kk_sheet_cell;

typedef struct {
    kk_sink *sink;
    kk_slice table;                /* name of the sheet, set by the parser */
    uint64_t offset;               /* of the row, where it has one */
    kk_buffer shared, shared_ends; /* texts one behind the other; where each ends, as uint32_t */
    size_t shared_count;
    kk_buffer text; /* of the row's own cells */
    kk_sheet_cell *cells;
    kk_slice *slices;
    size_t width; /* one past the last column with a value */
    uint64_t empty_cells, lost_strings, far_cells;
} kk_sheet_rows;

void kk_sheet_open(kk_sheet_rows *r, kk_arena *arena, kk_sink *sink);
void kk_sheet_close(kk_sheet_rows *r);

/* Texts that cells name by number. False: they would be more than 256 MiB. */
bool kk_sheet_share(kk_sheet_rows *r, kk_slice text);

void kk_sheet_begin_row(kk_sheet_rows *r);
/* The text of a cell goes into the buffer that comes back; NULL: too far to the right. */
kk_buffer *kk_sheet_begin_cell(kk_sheet_rows *r, size_t column);
void kk_sheet_end_cell(kk_sheet_rows *r, size_t column);
/* Whether the row has something in the column, which is below its width. */
bool kk_sheet_has_cell(const kk_sheet_rows *r, size_t column);
void kk_sheet_shared_cell(kk_sheet_rows *r, size_t column, uint64_t number);
/* Tells the row if it has a value. False: there are too many empty cells before filled ones. */
bool kk_sheet_end_row(kk_sheet_rows *r, uint64_t record);
/* What was only counted. */
void kk_sheet_report(const kk_sheet_rows *r);
