/* An archive as it would be without a password, out of parts: bytes that were written anew, ranges of the file as they
 * stand, and ranges in AES in a chain. Such a chain can be entered at each block: the one before begins it. */
#include "base/cipher.h"
#include "parse/archive.h"

enum { BLOCK = 16, CACHE = 1 << 16 };

typedef struct {
    uint64_t at, size; /* in what is made */
    uint64_t from;     /* in the file */
    kk_slice bytes;    /* where they were written anew */
    bool locked, zeros;
    kk_locked_range range;
} part;

struct kk_weave {
    kk_arena *arena;
    kk_stream stream, *in;
    part *parts;
    size_t count, capacity;
    uint64_t cached; /* where deciphered bytes begin */
    size_t filled;
    uint8_t *cache;
};

size_t kk_locked_read(kk_stream *in, const kk_locked_range *r, uint64_t offset, uint8_t *into,
                      size_t len)
{
    uint8_t before[BLOCK];
    memcpy(before, r->first, BLOCK);
    if (offset && kk_read(in, r->from + offset - BLOCK, before, BLOCK) < BLOCK)
        return 0;
    len = r->packed - offset < len ? (size_t)(r->packed - offset) : len;
    size_t got = kk_read(in, r->from + offset, into, len);
    got -= got % BLOCK;
    kk_aes_chain((kk_slice){(const char *)r->key, r->key_size}, before, into, got);
    return got;
}

static const part *part_at(const kk_weave *w, uint64_t at)
{
    size_t low = 0, high = w->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->parts[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &w->parts[low - 1] : NULL;
}

static size_t read_locked(kk_weave *w, const part *p, uint64_t within, void *into, size_t len)
{
    uint64_t at = p->at + within;
    if (at < w->cached || at - w->cached >= w->filled) {
        uint64_t from = within - within % BLOCK;
        w->cached = p->at + from;
        w->filled = kk_locked_read(w->in, &p->range, from, w->cache, CACHE);
        if (p->size - from < w->filled) /* not what it is filled up with */
            w->filled = (size_t)(p->size - from);
    }
    if (at - w->cached >= w->filled)
        return 0;
    size_t there = w->filled - (size_t)(at - w->cached);
    len = there < len ? there : len;
    memcpy(into, w->cache + (at - w->cached), len);
    return len;
}

static ptrdiff_t read_weave(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_weave *w = stream->context;
    if (offset >= stream->size)
        return 0;
    const part *p = part_at(w, offset);
    uint64_t within = offset - p->at;
    if (p->size - within < len)
        len = (size_t)(p->size - within);
    if (p->bytes.len) {
        memcpy(into, p->bytes.ptr + within, len);
        return (ptrdiff_t)len;
    }
    if (p->zeros) {
        memset(into, 0, len);
        return (ptrdiff_t)len;
    }
    if (!p->locked)
        return w->in->read_at(w->in, p->from + within, into, len);
    size_t got = read_locked(w, p, within, into, len);
    return got ? (ptrdiff_t)got : -1;
}

kk_weave *kk_weave_open(kk_arena *arena, kk_stream *in)
{
    kk_weave *w = KK_NEW(arena, kk_weave);
    w->arena = arena;
    w->in = in;
    w->cache = kk_take(arena, CACHE);
    w->stream = *in;
    w->stream.size = 0;
    w->stream.read_at = read_weave;
    w->stream.context = w;
    return w;
}

void kk_weave_clear(kk_weave *w)
{
    w->count = w->filled = 0;
    w->stream.size = 0;
}

static void add(kk_weave *w, part p)
{
    if (!p.size)
        return;
    p.at = w->stream.size;
    w->parts = kk_grow(w->arena, w->parts, &w->capacity, w->count + 1, sizeof *w->parts);
    w->parts[w->count++] = p;
    w->stream.size += p.size;
}

void kk_weave_bytes(kk_weave *w, kk_slice bytes)
{
    add(w, (part){.size = bytes.len, .bytes = bytes});
}

void kk_weave_range(kk_weave *w, uint64_t from, uint64_t size)
{
    add(w, (part){.size = size, .from = from});
}

void kk_weave_zeros(kk_weave *w, uint64_t size)
{
    add(w, (part){.size = size, .zeros = true});
}

void kk_weave_locked(kk_weave *w, const kk_locked_range *range, uint64_t size)
{
    add(w, (part){.size = size, .locked = true, .range = *range});
}

kk_stream *kk_weave_stream(kk_weave *w)
{
    return &w->stream;
}
