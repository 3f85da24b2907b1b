/* Inside a worker: the streams of a job, from the descriptor that it got through the steps to what is to
 * be read, and what lies beside it. */
#include "worker/life.h"

#include <unistd.h>

enum { PROGRESS_STEP = 16 << 20 };

/* The base, counting what is read of it. */
static ptrdiff_t read_base(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_stream *file = ((kk_stream **)stream->context)[0];
    life *l = ((void **)stream->context)[1];
    ptrdiff_t n = file->read_at(file, offset, into, len);
    if (n > 0 && (l->unreported += (uint64_t)n) >= PROGRESS_STEP) {
        message m = {.kind = SAY_PROGRESS, .b = l->unreported};
        l->unreported = 0;
        life_say(l, &m, KK_NONE);
    }
    return n;
}

void life_keep_open(life *l, int fd)
{
    l->siblings =
        kk_grow(l->arena, l->siblings, &l->sibling_capacity, l->sibling_count + 1, sizeof(int));
    l->siblings[l->sibling_count++] = fd;
}

static kk_stream *base_sibling(kk_stream *stream, kk_slice name)
{
    life *l = ((void **)stream->context)[1];
    message m = {.kind = SAY_SIBLING};
    int fds[2] = {-1, -1};
    if (name.len >= 256)
        return NULL;
    life_flush(l);
    life_say(l, &m, name);
    life_receive(l, SAY_SIBLING, &m, fds);
    if (fds[0] < 0)
        return NULL;
    life_keep_open(l, fds[0]);
    return life_base(l, fds[0], m.b, kk_copy(l->arena, name));
}

kk_stream *life_base(life *l, int fd, uint64_t size, kk_slice path)
{
    kk_stream *file = kk_stream_over_fd(l->arena, fd, size, kk_from(path, kk_name_begins(path)));
    kk_stream *base = KK_NEW(l->arena, kk_stream);
    void **context = KK_NEW_ARRAY(l->arena, void *, 2);
    context[0] = file;
    context[1] = l;
    *base = (kk_stream){kk_from(path, kk_name_begins(path)),
                        path,
                        size,
                        l->job->modified,
                        read_base,
                        base_sibling,
                        context};
    return base;
}

/* Through the steps from the base; `last`: the token of the last one instead of its own. */
static kk_stream *go_steps(life *l, kk_stream *stream, kk_slice last)
{
    size_t count = l->job->step_count;
    for (size_t i = 0; stream && i < count; i++) {
        const kk_parser *parser = kk_parser_by_name(l->job->steps[i].parser);
        kk_slice token = last.len && i + 1 == count ? last : l->job->steps[i].token;
        stream = parser && parser->open ? parser->open(stream, token, l->arena) : NULL;
    }
    return stream;
}

static ptrdiff_t read_inner(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_stream *inner = ((kk_stream **)stream->context)[0];
    return inner->read_at(inner, offset, into, len);
}

/* What lies beside it in its container, by the way that leads to it. */
static kk_stream *inner_sibling(kk_stream *stream, kk_slice name)
{
    life *l = ((void **)stream->context)[1];
    const kk_job *job = l->job;
    kk_slice base_name = job->base_name.len ? job->base_name : job->path;
    for (size_t i = 0; i < job->beside_count; i++)
        if (kk_eq_nocase(job->beside[i].name, name))
            return go_steps(l, life_base(l, l->base, job->size, base_name), job->beside[i].token);
    return NULL;
}

static kk_stream *with_siblings(life *l, kk_stream *inner)
{
    kk_stream *stream = KK_NEW(l->arena, kk_stream);
    void **context = KK_NEW_ARRAY(l->arena, void *, 2);
    context[0] = inner;
    context[1] = l;
    *stream = *inner;
    stream->read_at = read_inner;
    stream->sibling = inner_sibling;
    stream->context = context;
    return stream;
}

kk_stream *life_open(life *l, kk_stream *stream)
{
    stream = go_steps(l, stream, KK_NONE);
    if (stream && l->job->step_count && l->job->beside_count)
        stream = with_siblings(l, stream);
    if (stream) {
        stream->path = l->job->path;
        stream->name = kk_from(l->job->path, kk_name_begins(l->job->path));
        stream->modified = l->job->modified;
    }
    return stream;
}

bool life_write(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

int life_as_file(life *l, kk_stream *in)
{
    int fd = life_ask_spool(l, in->size);
    if (fd < 0)
        return -1;
    l->spools++;
    life_keep_open(l, fd);
    char *block = kk_take(l->arena, COPY_BLOCK);
    for (uint64_t at = 0; at < in->size;) {
        ptrdiff_t n = in->read_at(in, at, block, COPY_BLOCK);
        if (n <= 0)
            break; /* what is there is read */
        if (!life_write(fd, block, (size_t)n))
            return -1;
        at += (uint64_t)n;
    }
    return fd;
}
