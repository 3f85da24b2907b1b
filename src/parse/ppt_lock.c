#include "parse/ppt_lock.h"

#include <stdlib.h>

enum { STATES = 4 };

/* How far an object was read: RC4 cannot be entered in the middle. */
typedef struct {
    const kk_ppt_object *object;
    uint64_t at, used;
    kk_rc4 rc4;
} state;

typedef struct {
    const kk_office_rc4 *rc4;
    kk_stream *in;
    const kk_ppt_object *objects;
    size_t count;
    state states[STATES];
    uint64_t clock, budget; /* bytes that may be gone through without being wanted */
} slides_lock;

static int by_place(const void *a, const void *b)
{
    const kk_ppt_object *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static state *state_at(slides_lock *l, const kk_ppt_object *o, uint64_t at)
{
    state *oldest = &l->states[0];
    for (size_t i = 0; i < STATES; i++) {
        state *s = &l->states[i];
        if (s->object == o && s->at <= at)
            return s;
        oldest = s->object == o || (oldest->object != o && s->used < oldest->used) ? s : oldest;
    }
    kk_office_rc4_begin(l->rc4, o->number, &oldest->rc4);
    oldest->object = o;
    oldest->at = o->place;
    return oldest;
}

/* The object that a byte is of, and where the next one begins. NULL: none is before it. */
static const kk_ppt_object *object_at(const slides_lock *l, uint64_t at, uint64_t *end)
{
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->objects[middle].place <= at)
            low = middle + 1;
        else
            high = middle;
    }
    *end = low < l->count ? l->objects[low].place : UINT64_MAX;
    return low ? &l->objects[low - 1] : NULL;
}

static bool turn(slides_lock *l, uint64_t at, uint8_t *bytes, size_t len)
{
    while (len) {
        uint64_t end;
        const kk_ppt_object *o = object_at(l, at, &end);
        size_t n = end - at < len ? (size_t)(end - at) : len;
        if (o && o->number != KK_PPT_PLAIN) {
            state *s = state_at(l, o, at);
            if (at - s->at > l->budget)
                return false;
            l->budget -= at - s->at;
            kk_rc4_skip(&s->rc4, (size_t)(at - s->at));
            kk_rc4_turn(&s->rc4, bytes, n);
            s->at = at + n;
            s->used = ++l->clock;
        }
        at += n;
        bytes += n;
        len -= n;
    }
    return true;
}

static ptrdiff_t read_slides(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    slides_lock *l = stream->context;
    ptrdiff_t got = l->in->read_at(l->in, offset, into, len);
    if (got > 0 && !turn(l, offset, into, (size_t)got))
        return -1;
    return got;
}

kk_stream *kk_ppt_unlock(kk_arena *arena, const kk_office_rc4 *rc4, kk_stream *in,
                         kk_ppt_object *objects, size_t count)
{
    slides_lock *l = KK_NEW(arena, slides_lock);
    kk_stream *stream = KK_NEW(arena, kk_stream);
    qsort(objects, count, sizeof *objects, by_place);
    l->rc4 = rc4;
    l->in = in;
    l->objects = objects;
    l->count = count;
    l->budget = in->size * 16 + (UINT64_C(64) << 20);
    *stream = *in;
    stream->read_at = read_slides;
    stream->context = l;
    return stream;
}
