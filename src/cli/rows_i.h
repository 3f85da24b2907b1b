/* Inside rows.c and row_kinds.c: what a writer of rows is. */
#pragma once
#include "cli/rows.h"

#include <xlsxwriter.h>

typedef enum { AS_JSONL, AS_CSV, AS_TABLE, AS_XLSX } row_format;

struct kk_row_writer {
    kk_invocation *i;
    kk_store *store;
    kk_fault fault; /* of asking for more while writing */
    row_format format;
    kk_buffer out;
    kk_zone zone;
    uint64_t rows;
    kk_arena *scratch; /* of one row */
    kk_slice path;     /* empty: to where answers go */
    int file;          /* of `path`, -1: none is open */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t sheet_row;
    size_t widths[KK_CELLS_MOST]; /* of the sheet's columns so far, in letters */
    bool heads_only;              /* what is written is for its headings alone */
};

/* The headings alone, where no row came: `write` writes a row whose values do not matter. */
void kk_row_heads(kk_row_writer *w, void (*write)(void *writer));
