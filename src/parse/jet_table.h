/* Tables of an Access database: their columns, and the cells of a row as bytes. */
#pragma once
#include "parse/jet_pages.h"

enum { /* kinds of columns */
       KK_JET_BOOL = 1,
       KK_JET_BYTE,
       KK_JET_INT,
       KK_JET_LONGINT,
       KK_JET_MONEY,
       KK_JET_FLOAT,
       KK_JET_DOUBLE,
       KK_JET_DATE,
       KK_JET_BINARY,
       KK_JET_TEXT,
       KK_JET_OLE,
       KK_JET_MEMO,
       KK_JET_GUID = 15,
       KK_JET_NUMERIC,
       KK_JET_COMPLEX = 18, /* attachments or several values: the number of rows elsewhere */
       KK_JET_BIGINT,
       KK_JET_DATE_EXTENDED
};

typedef struct {
    kk_slice name;
    uint8_t kind, scale;
    bool is_fixed;      /* at `place` of the row, else by `place` in its list of ends */
    bool is_calculated; /* the value lies behind a head of its own */
    unsigned number;    /* of its bit among those of nulls */
    unsigned place, length;
    unsigned code_page; /* Jet 3 */
} kk_jet_column;

typedef struct {
    bool is_system;
    uint32_t rows; /* that it says to have */
    uint32_t map;  /* pointer to the map of its pages */
    kk_jet_column *columns;
    size_t count;
    bool cut; /* its definition is damaged: not all columns are known */
} kk_jet_table;

/* False where the page begins no table. */
bool kk_jet_table_read(kk_jet_file *f, kk_arena *arena, uint32_t page, kk_jet_table *table);

/* A row taken apart. */
typedef struct {
    const kk_jet_file *file;
    kk_slice bytes, nulls;
    unsigned columns;    /* that it has: fewer where some came later */
    unsigned ends_count; /* places of `ends`, of values of no fixed length */
    uint16_t ends[260];  /* of Jet 3: where each begins, then where the last one ends */
} kk_jet_row;

/* False where it makes no sense. */
bool kk_jet_row_read(const kk_jet_file *f, kk_slice bytes, kk_jet_row *row);

typedef enum { KK_JET_NULL, KK_JET_VALUE, KK_JET_BAD } kk_jet_cell;

/* A truth value has no bytes: VALUE is true. */
kk_jet_cell kk_jet_cell_of(const kk_jet_row *row, const kk_jet_column *column, kk_slice *bytes);
