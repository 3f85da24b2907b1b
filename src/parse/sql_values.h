/* Values of one row of a dump, as VALUES and COPY write them, to cells. */
#pragma once
#include "parse/sql_tables.h"
#include "parse/sql_text.h"

enum { KK_SQL_CELL_MAX = 1024 * 1024, KK_SQL_ROW_MAX = 4 * 1024 * 1024 };

typedef enum {
    KK_SQL_FINE,
    KK_SQL_CUT,   /* the dump ends here */
    KK_SQL_BROKEN /* no value; at a place where a statement may begin */
} kk_sql_outcome;

typedef struct {
    size_t start, end; /* of row->bytes */
    uint64_t whole;    /* bytes, those too that are over the limit */
    bool binary;
} kk_sql_cell;

typedef struct {
    kk_sql_text *text;
    kk_arena *arena; /* of one row's cells */
    bool escapes;    /* a backslash in '...' escapes */
    bool one_line;   /* no text goes over a line end: it is escaped */
    kk_buffer bytes;
    kk_sql_cell cells[KK_SQL_COLUMNS_MAX];
    size_t count;
    size_t surplus; /* cells over the limit */
    bool computed;  /* a value is no literal */
    bool binary, cut;
    uint64_t whole, cut_cells;
} kk_sql_row;

void kk_sql_row_open(kk_sql_row *row, kk_sql_text *text);
void kk_sql_row_close(kk_sql_row *row);
void kk_sql_row_clear(kk_sql_row *row);
/* From behind '(' to behind ')'. */
kk_sql_outcome kk_sql_row_read(kk_sql_row *row);
/* A line of COPY without its end; `cut`: no line end follows. */
kk_sql_outcome kk_sql_row_copy(kk_sql_row *row);
/* As UTF-8; lives until the row is cleared. */
const kk_slice *kk_sql_row_cells(kk_sql_row *row);
/* A quoted text, its quote being next, added to the row's bytes. */
kk_sql_outcome kk_sql_quoted(kk_sql_row *row, char close, bool escapes);
