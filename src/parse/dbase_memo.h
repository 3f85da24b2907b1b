/* Texts of memo fields, which lie in a file beside the table: .dbt of dBase, .fpt of FoxPro. */
#pragma once
#include "base/buffer.h"
#include "parse/parser.h"

typedef struct {
    kk_stream *file; /* NULL: there is none */
    bool fox;        /* .fpt: numbers are big-endian */
    uint32_t block_bytes;
    uint64_t left; /* bytes that may still be read: hostile rows all name the same memo */
} kk_dbase_memos;

typedef struct {
    uint64_t at, size; /* size UINT64_MAX: up to an end mark */
    bool is_text;
} kk_dbase_memo;

/* Asks for the file that goes with the table. */
void kk_dbase_memos_open(kk_dbase_memos *m, kk_arena *arena, kk_stream *table, bool fox);
/* False: there is no memo at that block. */
bool kk_dbase_memo_find(const kk_dbase_memos *m, uint64_t block, kk_dbase_memo *found);
/* Its bytes, `most` of them at most; false when what may be read is used up. */
bool kk_dbase_memo_read(kk_dbase_memos *m, kk_arena *arena, const kk_dbase_memo *memo, size_t most,
                        kk_slice *bytes);
