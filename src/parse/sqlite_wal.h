/* The write-ahead log beside a SQLite database: pages that were committed and not yet moved into it. */
#pragma once
#include "parse/parser.h"

typedef struct {
    uint32_t page; /* counted from 1 */
    uint64_t at;   /* of its content in the log */
} kk_sqlite_frame;

typedef struct {
    kk_stream *file; /* NULL: there is none, or nothing in it counts */
    uint32_t page_bytes;
    kk_sqlite_frame *frames; /* the last of each page, by page */
    size_t count;
    uint32_t pages; /* of the database behind the last commit */
    bool
        is_torn; /* a frame of this round is not as it was written: it and what follows do not count */
} kk_sqlite_wal;

/* Asks for the log that goes with the database; true unless there is one that cannot be read. */
bool kk_sqlite_wal_open(kk_sqlite_wal *w, kk_arena *arena, kk_stream *database,
                        uint32_t page_bytes);
/* Lays the log's pages over `into`, which holds `len` bytes of the database from `offset`. The bytes
 * that are good then: more than `got` where the log goes beyond the file. */
size_t kk_sqlite_wal_lay_over(const kk_sqlite_wal *w, uint64_t offset, char *into, size_t len,
                              size_t got);
