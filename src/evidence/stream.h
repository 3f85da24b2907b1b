/* Evidence is a stream of bytes that knows where it came from. Reads go by pread, never by mmap: a
 * file that shrinks or a disk that fails is then an issue and not a signal. */
#pragma once
#include "base/arena.h"
#include "base/status.h"
#include "base/time.h"

typedef struct kk_stream kk_stream;
struct kk_stream {
    kk_slice name; /* the last name of its path, as found */
    kk_slice path; /* whole path from the evidence's own root, `!/` into containers */
    uint64_t size;
    kk_time modified; /* of the file as its container tells, or KK_NO_TIME */
    /* Up to len bytes at offset; fewer only at the end; 0 past it; < 0 the bytes cannot be read. */
    ptrdiff_t (*read_at)(kk_stream *stream, uint64_t offset, void *into, size_t len);
    /* Another stream of the same folder by name (E01 segments, logs of a hive); NULL if none. */
    kk_stream *(*sibling)(kk_stream *stream, kk_slice name);
    void *context;
};

/* Reads exactly len bytes or fewer at the end of the stream; 0 when nothing could be read. */
size_t kk_read(kk_stream *stream, uint64_t offset, void *into, size_t len);

kk_stream *kk_stream_over_fd(kk_arena *arena, int fd, uint64_t size, kk_slice name);
kk_stream *kk_stream_over_memory(kk_arena *arena, kk_slice bytes, kk_slice name);
/* A window of another one. */
kk_stream *kk_stream_part(kk_arena *arena, kk_stream *whole, uint64_t offset, uint64_t size,
                          kk_slice name);

/* Reads a stream forward through a buffer: lines and blocks for parsers that go once through. */
typedef struct {
    kk_stream *stream;
    uint64_t offset; /* of buffer[0] in the stream */
    uint64_t end;    /* lines that begin at or after it are not ours */
    char *buffer;
    size_t filled, at, capacity;
    bool failed;   /* a read failed: the rest could not be had */
    bool skipping; /* what is left of a cut line comes next */
} kk_reader;

#define KK_LINE_MAX (1u << 20) /* a longer line is cut and said to be */

/* Lines that begin in [begin, end); begin > 0 inside a line skips to the next one. */
kk_reader kk_reader_open(kk_arena *arena, kk_stream *stream, uint64_t begin, uint64_t end);
/* The next line without its CR LF, valid until the next call; false at the end. A line longer than
 * KK_LINE_MAX is cut and *cut set; what is left of it is skipped. */
bool kk_reader_line(kk_reader *reader, kk_slice *line, uint64_t *offset, bool *cut);
