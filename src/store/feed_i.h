/* Rows that a lane gives to a table, without a copy of theirs. */
#pragma once
#include "store/store_i.h"

#include "base/buffer.h"

/* Of one lane; its fields are feed.c's own. {0} before it is opened. */
typedef struct feed {
    struct feed *next;
    uint64_t number;
    bool giving;
    pthread_t thread; /* that gives */
    kk_table_id table;
    const duckdb_data_chunk *chunks;
    size_t count, at;
} feed;

/* Makes kakuho_rows(lane, table) known. */
kk_status feeds_register(kk_store *store, kk_fault *fault);
void feed_open(kk_store *store, feed *f);
void feed_close(kk_store *store, feed *f); /* as it was opened, or never */
/* The statement by which rows get into a table; the caller destroys it, also after a failure. */
kk_status feed_prepare(const feed *f, duckdb_connection connection, kk_table_id table,
                       duckdb_prepared_statement *out, kk_fault *fault);
/* Gives the rows of these chunks, each of the columns of the table; when it returns nobody points into them. */
kk_status feed_give(kk_store *store, feed *f, duckdb_prepared_statement statement,
                    kk_table_id table, const duckdb_data_chunk *chunks, size_t count,
                    kk_fault *fault);
duckdb_type feed_type(kk_column_type type);
