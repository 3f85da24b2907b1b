/* Reads forward over bytes of evidence, checking every bound. Past the end it yields zeros and sets
 * `bad`, which sticks: a parser asks once per record, not once per field. Little-endian unless the
 * name says `be`. */
#pragma once
#include "base/slice.h"

typedef struct {
    const uint8_t *ptr;
    size_t len, at;
    bool bad;
} kk_cursor;

/* An empty slice may point nowhere; a cursor never does, so that zero bytes can be claimed. */
static inline kk_cursor kk_cursor_over(kk_slice s)
{
    return (kk_cursor){(const uint8_t *)(s.ptr ? s.ptr : ""), s.len, 0, false};
}

static inline size_t kk_left(const kk_cursor *c)
{
    return c->len - c->at;
}

/* True, and moves on, when `n` bytes are there. */
static inline bool kk_claim(kk_cursor *c, size_t n, const uint8_t **bytes)
{
    if (c->bad || n > c->len - c->at) {
        c->bad = true;
        return false;
    }
    *bytes = c->ptr + c->at;
    c->at += n;
    return true;
}

static inline uint64_t kk_le(kk_cursor *c, size_t n)
{
    const uint8_t *p;
    uint64_t v = 0;
    if (!kk_claim(c, n, &p))
        return 0;
    if (n == 4 || n == 8) /* known where it is inlined: one load */
        v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    if (n == 8)
        v |= (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
             (uint64_t)p[7] << 56;
    if (n == 4 || n == 8)
        return v;
    for (size_t i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static inline uint64_t kk_be(kk_cursor *c, size_t n)
{
    const uint8_t *p;
    uint64_t v = 0;
    if (!kk_claim(c, n, &p))
        return 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static inline uint8_t kk_u8(kk_cursor *c)
{
    return (uint8_t)kk_le(c, 1);
}
static inline uint16_t kk_u16(kk_cursor *c)
{
    return (uint16_t)kk_le(c, 2);
}
static inline uint32_t kk_u32(kk_cursor *c)
{
    return (uint32_t)kk_le(c, 4);
}
static inline uint64_t kk_u64(kk_cursor *c)
{
    return kk_le(c, 8);
}
static inline uint16_t kk_be16(kk_cursor *c)
{
    return (uint16_t)kk_be(c, 2);
}
static inline uint32_t kk_be32(kk_cursor *c)
{
    return (uint32_t)kk_be(c, 4);
}
static inline uint64_t kk_be64(kk_cursor *c)
{
    return kk_be(c, 8);
}

/* The next n bytes; empty, and bad, when they are not all there. */
static inline kk_slice kk_bytes(kk_cursor *c, size_t n)
{
    const uint8_t *p;
    if (!kk_claim(c, n, &p))
        return KK_NONE;
    return (kk_slice){(const char *)p, n};
}

static inline void kk_skip(kk_cursor *c, size_t n)
{
    const uint8_t *p;
    (void)kk_claim(c, n, &p);
}

static inline void kk_seek(kk_cursor *c, size_t at)
{
    if (at > c->len)
        c->bad = true;
    else
        c->at = at;
}
