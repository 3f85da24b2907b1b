#include "evidence/stream.h"

#include <errno.h>
#include <unistd.h>

size_t kk_read(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ptrdiff_t n = stream->read_at(stream, offset + done, (char *)into + done, len - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

static ptrdiff_t read_fd(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    const int *fd = stream->context;
    if (offset >= stream->size || offset > INT64_MAX)
        return 0;
    if (len > stream->size - offset)
        len = (size_t)(stream->size - offset);
    for (;;) {
        ssize_t n = pread(*fd, into, len, (off_t)offset);
        if (n >= 0 || errno != EINTR)
            return n;
    }
}

kk_stream *kk_stream_over_fd(kk_arena *arena, int fd, uint64_t size, kk_slice name)
{
    kk_stream *stream = KK_NEW(arena, kk_stream);
    int *kept = KK_NEW(arena, int);
    *kept = fd;
    *stream = (kk_stream){name, name, size, KK_NO_TIME, read_fd, NULL, kept};
    return stream;
}

static ptrdiff_t read_memory(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    if (offset >= stream->size)
        return 0;
    if (len > stream->size - offset)
        len = (size_t)(stream->size - offset);
    memcpy(into, (const char *)stream->context + offset, len);
    return (ptrdiff_t)len;
}

kk_stream *kk_stream_over_memory(kk_arena *arena, kk_slice bytes, kk_slice name)
{
    kk_stream *stream = KK_NEW(arena, kk_stream);
    /* Only ever read from: context is shared with streams that do write to theirs. */
    *stream = (kk_stream){
        name, name, bytes.len, KK_NO_TIME, read_memory, NULL, (void *)(uintptr_t)bytes.ptr};
    return stream;
}

typedef struct {
    kk_stream *whole;
    uint64_t offset;
} window;

static ptrdiff_t read_part(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    window *w = stream->context;
    if (offset >= stream->size)
        return 0;
    if (len > stream->size - offset)
        len = (size_t)(stream->size - offset);
    return w->whole->read_at(w->whole, w->offset + offset, into, len);
}

kk_stream *kk_stream_part(kk_arena *arena, kk_stream *whole, uint64_t offset, uint64_t size,
                          kk_slice name)
{
    kk_stream *stream = KK_NEW(arena, kk_stream);
    window *w = KK_NEW(arena, window);
    *w = (window){whole, offset};
    if (offset > whole->size)
        size = 0;
    else if (size > whole->size - offset)
        size = whole->size - offset;
    *stream = (kk_stream){name, whole->path, size, whole->modified, read_part, NULL, w};
    return stream;
}
