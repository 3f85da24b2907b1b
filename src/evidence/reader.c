/* Lines of a stream, through one buffer of twice the longest line. */
#include "evidence/stream.h"

enum { BLOCK = 1 << 18 };

/* Moves what is left to the front and reads on; false at the end of the stream. */
static bool fill(kk_reader *r)
{
    if (r->at) {
        memmove(r->buffer, r->buffer + r->at, r->filled - r->at);
        r->offset += r->at;
        r->filled -= r->at;
        r->at = 0;
    }
    size_t room = r->capacity - r->filled;
    size_t want = room < BLOCK ? room : BLOCK;
    if (want == 0)
        return false;
    ptrdiff_t n = r->stream->read_at(r->stream, r->offset + r->filled, r->buffer + r->filled, want);
    if (n < 0)
        r->failed = true;
    if (n <= 0)
        return false;
    r->filled += (size_t)n;
    return true;
}

/* Past the next line feed; false when the stream ends first. */
static bool skip_line(kk_reader *r)
{
    for (;;) {
        const char *feed =
            r->filled > r->at ? memchr(r->buffer + r->at, '\n', r->filled - r->at) : NULL;
        if (feed) {
            r->at = (size_t)(feed - r->buffer) + 1;
            return true;
        }
        r->at = r->filled;
        if (!fill(r))
            return false;
    }
}

kk_reader kk_reader_open(kk_arena *arena, kk_stream *stream, uint64_t begin, uint64_t end)
{
    kk_reader r = {.stream = stream,
                   .offset = begin ? begin - 1 : 0,
                   .end = end,
                   .capacity = KK_LINE_MAX + BLOCK};
    r.buffer = kk_take(arena, r.capacity);
    if (begin)
        skip_line(&r); /* the line that the byte before belongs to is the range's before */
    return r;
}

static kk_slice without_return(const char *line, size_t len)
{
    if (len && line[len - 1] == '\r')
        len--;
    return (kk_slice){line, len};
}

bool kk_reader_line(kk_reader *r, kk_slice *line, uint64_t *offset, bool *cut)
{
    size_t seen = 0; /* bytes after `at` known to hold no line feed */
    *cut = false;
    if (r->skipping && !skip_line(r))
        return false;
    r->skipping = false;
    for (;;) {
        size_t have = r->filled - r->at;
        const char *from = r->buffer + r->at;
        const char *feed = have > seen ? memchr(from + seen, '\n', have - seen) : NULL;
        *offset = r->offset + r->at;
        if (*offset >= r->end)
            return false;
        if (feed && (size_t)(feed - from) <= KK_LINE_MAX) {
            *line = without_return(from, (size_t)(feed - from));
            r->at += (size_t)(feed - from) + 1;
            return true;
        }
        if (have > KK_LINE_MAX) {
            *line = (kk_slice){from, KK_LINE_MAX};
            *cut = true;
            break;
        }
        seen = have;
        if (!fill(r)) {
            have = r->filled - r->at;
            if (have == 0)
                return false;
            *line = without_return(r->buffer + r->at, have);
            r->at = r->filled;
            return true;
        }
    }
    /* The cut line stays where it is for the caller; the skip happens at the next call. */
    r->at += KK_LINE_MAX;
    r->skipping = true;
    return true;
}
