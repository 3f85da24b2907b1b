/* The tables of a dump: names of their columns, and how many rows were told of each. */
#pragma once
#include "base/arena.h"
#include "parse/json_cells.h"

enum { KK_SQL_COLUMNS_MAX = 4096 };

typedef struct kk_sql_table kk_sql_table;
struct kk_sql_table {
    kk_slice name;
    kk_slice *columns; /* NULL: not known */
    size_t count;
    uint16_t *index; /* by the columns' names; 0: empty, else the column's place and 1 */
    size_t index_size;
    bool bare;             /* its rows are told without the columns' names */
    bool told;             /* some row was told */
    kk_json_cells json;    /* by the first row that is told */
    kk_sql_table *created; /* in the first: the one that CREATE TABLE made last; NULL: none */
    uint64_t rows;         /* of the table; counted where the name was met first */
    kk_sql_table *first;   /* there; itself in most cases */
    kk_sql_table *another; /* the same name with other columns */
    kk_sql_table *next;    /* in its bucket */
};

typedef struct {
    kk_arena *arena;
    kk_sql_table **buckets;
    size_t count;
} kk_sql_tables;

kk_sql_tables kk_sql_tables_open(kk_arena *arena);
/* Found or new, without columns; NULL when the dump has too many. */
kk_sql_table *kk_sql_table_named(kk_sql_tables *tables, kk_slice name);
/* The one of that name, or another one made for it, that has all these columns; `exactly`: these in
 * this order, and no others. NULL: too many. */
kk_sql_table *kk_sql_table_with(kk_sql_tables *tables, kk_slice name, const kk_slice *columns,
                                size_t count, bool exactly);
/* The column's place, or KK_NOWHERE. */
size_t kk_sql_column(const kk_sql_table *table, kk_slice name);
