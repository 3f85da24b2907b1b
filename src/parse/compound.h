/* OLE compound files (MS-CFB): storages and streams in one file, as a small file system. Opened
 * through a stream, read piece by piece; sizes and chains that do not hold end where they stop making
 * sense, and kk_compound_report tells so. */
#pragma once
#include "parse/parser.h"

typedef struct kk_compound kk_compound;

#define KK_COMPOUND_NONE UINT32_MAX
#define KK_COMPOUND_ROOT 0u /* the entry that holds the others */

typedef struct {
    kk_slice name;   /* UTF-8 */
    bool is_storage; /* holds entries; else a stream of bytes */
    uint32_t first,
        next;      /* its first entry; the one behind it in the same storage, by name; or NONE */
    uint64_t size; /* as declared */
    uint64_t modified; /* a FILETIME, 0 where unknown */
} kk_compound_entry;

/* NULL when it is none or its header makes no sense. */
kk_compound *kk_compound_open(kk_arena *arena, kk_stream *in);
/* Damage that was met until now, as issues. */
void kk_compound_report(const kk_compound *c, kk_sink *sink);
const kk_compound_entry *kk_compound_at(const kk_compound *c, uint32_t entry);
/* By name, without case; where the directory is damaged also among entries that no storage holds. */
uint32_t kk_compound_find(const kk_compound *c, uint32_t storage, const char *name);

/* The bytes of a stream, as many as can be read; NULL where there are none. */
kk_stream *kk_compound_stream(kk_compound *c, uint32_t entry);
/* A stream as a whole, at most `most` bytes. */
kk_slice kk_compound_load(kk_compound *c, kk_arena *arena, uint32_t entry, size_t most);
/* Where a byte of the stream is in the file. */
uint64_t kk_compound_offset(kk_compound *c, uint32_t entry, uint64_t at);
/* Tells `size` bytes of a stream, from `from` on, as a child. */
void kk_compound_tell_child(kk_sink *sink, kk_stream *in, uint64_t from, uint64_t size,
                            kk_slice name, kk_time modified);
