/* Deflate64, which zlib and libarchive do not read and Windows and the tools built on .NET write
 * (KAPE's zips are such). As deflate but for: a window of 64 KiB, length code 285 means 3 and 16
 * more bits, distance codes 30 and 31 begin at 32769 and 49153 with 14 more bits.
 *
 * A block: last (1 bit), type (2 bits). Type 0: to the next byte, length and its complement (u16),
 * bytes. Type 1: fixed codes. Type 2: numbers of literal, distance and length codes (5, 5, 4 bits),
 * the lengths of the codes that pack the lengths (3 bits each, in an order of their own), the
 * packed lengths. */
#include "parse/archive.h"

#define WINDOW 65536u
#define FAST_BITS 10
#define CODES 288
#define LONGEST 15

typedef struct {
    uint16_t fast[1 << FAST_BITS]; /* symbol << 4 | length; 0: longer */
    uint16_t count[LONGEST + 1], symbols[CODES];
} huffman;

typedef enum { BLOCK_HEAD, STORED, CODED, DONE } mode;

struct kk_inflate64 {
    kk_fill *fill;
    void *context;
    const uint8_t *next;
    size_t avail;
    uint64_t bits;
    unsigned held;
    mode mode;
    bool last, bad, cut;
    uint32_t stored, length, distance; /* of what is still to be copied */
    uint64_t produced;
    huffman literals, distances;
    uint8_t window[WINDOW];
};

static const uint16_t length_base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                         15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                         67, 83, 99, 115, 131, 163, 195, 227, 3};
static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                         2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16};
static const uint32_t distance_base[32] = {1,    2,    3,    4,     5,     7,     9,     13,
                                           17,   25,   33,   49,    65,    97,    129,   193,
                                           257,  385,  513,  769,   1025,  1537,  2049,  3073,
                                           4097, 6145, 8193, 12289, 16385, 24577, 32769, 49153};

static void need(kk_inflate64 *f, unsigned n)
{
    while (f->held < n && !f->bad) {
        if (f->avail == 0) {
            ptrdiff_t got = f->fill(f->context, &f->next);
            f->avail = got > 0 ? (size_t)got : 0;
            f->bad = got <= 0;
            f->cut = got == 0;
            continue;
        }
        f->bits |= (uint64_t)*f->next++ << f->held;
        f->avail--;
        f->held += 8;
    }
}

static uint32_t take(kk_inflate64 *f, unsigned n)
{
    need(f, n);
    if (f->bad || n == 0)
        return 0;
    uint32_t value = (uint32_t)(f->bits & ((UINT64_C(1) << n) - 1));
    f->bits >>= n;
    f->held -= n;
    return value;
}

/* False where the lengths are no code. */
static bool build(huffman *h, const uint8_t *lengths, size_t n)
{
    uint16_t offsets[LONGEST + 1], next[LONGEST + 1];
    int left = 1;
    memset(h, 0, sizeof *h);
    for (size_t i = 0; i < n; i++)
        h->count[lengths[i]]++;
    h->count[0] = 0;
    offsets[0] = next[0] = 0;
    uint32_t code = 0;
    for (int len = 1; len <= LONGEST; len++) {
        left = left * 2 - h->count[len];
        if (left < 0)
            return false;
        offsets[len] = (uint16_t)(len == 1 ? 0 : offsets[len - 1] + h->count[len - 1]);
        code = (code + h->count[len - 1]) << 1;
        next[len] = (uint16_t)code;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned len = lengths[i];
        if (len == 0)
            continue;
        h->symbols[offsets[len]++] = (uint16_t)i;
        uint32_t forward = next[len]++, reversed = 0;
        for (unsigned bit = 0; bit < len; bit++)
            reversed |= (forward >> bit & 1) << (len - 1 - bit);
        for (uint32_t at = reversed; len <= FAST_BITS && at < 1u << FAST_BITS; at += 1u << len)
            h->fast[at] = (uint16_t)(i << 4 | len);
    }
    return true;
}

static uint32_t decode(kk_inflate64 *f, const huffman *h)
{
    /* The last code of a stream may be shorter than what is looked at: then there is no more to
     * fill. */
    while (f->held < LONGEST && f->avail > 0) {
        f->bits |= (uint64_t)*f->next++ << f->held;
        f->avail--;
        f->held += 8;
    }
    uint16_t fast = h->fast[f->bits & ((1u << FAST_BITS) - 1)];
    if (fast && (fast & 15u) <= f->held) {
        f->bits >>= fast & 15;
        f->held -= fast & 15u;
        return fast >> 4;
    }
    uint32_t code = 0, first = 0, index = 0;
    for (int len = 1; len <= LONGEST && !f->bad; len++) {
        code |= take(f, 1);
        if (code - first < h->count[len])
            return h->symbols[index + code - first];
        index += h->count[len];
        first = (first + h->count[len]) << 1;
        code <<= 1;
    }
    f->bad = true;
    return 0;
}

static void read_lengths(kk_inflate64 *f)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[CODES + 32] = {0};
    uint32_t literals = take(f, 5) + 257, distances = take(f, 5) + 1, packed = take(f, 4) + 4,
             n = 0;
    for (uint32_t i = 0; i < packed; i++)
        lengths[order[i]] = (uint8_t)take(f, 3);
    if (literals > CODES || f->bad || !build(&f->literals, lengths, 19)) {
        f->bad = true;
        return;
    }
    huffman codes = f->literals;
    memset(lengths, 0, sizeof lengths);
    while (n < literals + distances && !f->bad) {
        uint32_t symbol = decode(f, &codes), repeat = 1;
        uint8_t value = (uint8_t)symbol;
        if (symbol == 16) {
            value = n ? lengths[n - 1] : 0;
            repeat = 3 + take(f, 2);
        } else if (symbol > 16) {
            value = 0;
            repeat = symbol == 17 ? 3 + take(f, 3) : 11 + take(f, 7);
        }
        if (repeat > literals + distances - n)
            f->bad = true;
        for (; repeat > 0 && !f->bad; repeat--)
            lengths[n++] = value;
    }
    f->bad = f->bad || !build(&f->literals, lengths, literals) ||
             !build(&f->distances, lengths + literals, distances);
}

static void fixed_codes(kk_inflate64 *f)
{
    uint8_t lengths[CODES];
    for (int i = 0; i < CODES; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    (void)build(&f->literals, lengths, CODES);
    memset(lengths, 5, 32);
    (void)build(&f->distances, lengths, 32);
}

static void begin_block(kk_inflate64 *f)
{
    if (f->last) {
        f->mode = DONE;
        return;
    }
    f->last = take(f, 1);
    uint32_t type = take(f, 2);
    f->mode = CODED;
    if (type == 0) {
        (void)take(f, f->held % 8);
        uint32_t len = take(f, 16), complement = take(f, 16);
        f->bad = f->bad || (len ^ complement) != 0xFFFF;
        f->stored = len;
        f->mode = STORED;
    } else if (type == 1) {
        fixed_codes(f);
    } else if (type == 2) {
        read_lengths(f);
    } else {
        f->bad = true;
    }
}

/* The next literal into *byte, or a match to be copied, or the end of the block. */
static bool next_symbol(kk_inflate64 *f, uint8_t *byte)
{
    uint32_t symbol = decode(f, &f->literals);
    if (f->bad)
        return false;
    if (symbol < 256) {
        *byte = (uint8_t)symbol;
        return true;
    }
    if (symbol == 256) {
        f->mode = BLOCK_HEAD;
        return false;
    }
    symbol -= 257;
    if (symbol >= 29) {
        f->bad = true;
        return false;
    }
    uint32_t length = length_base[symbol] + take(f, length_extra[symbol]);
    uint32_t code = decode(f, &f->distances);
    if (f->bad || code >= 32) {
        f->bad = true;
        return false;
    }
    f->distance = distance_base[code] + take(f, code < 4 ? 0 : (code - 2) / 2);
    f->bad = f->bad || f->distance > f->produced || f->distance > WINDOW;
    f->length = f->bad ? 0 : length;
    return false;
}

kk_inflate64 *kk_inflate64_open(kk_arena *arena, kk_fill *fill, void *context)
{
    kk_inflate64 *f = KK_NEW(arena, kk_inflate64);
    f->fill = fill;
    f->context = context;
    return f;
}

static void put(kk_inflate64 *f, uint8_t *out, size_t *done, uint8_t byte)
{
    f->window[f->produced++ % WINDOW] = byte;
    out[(*done)++] = byte;
}

size_t kk_inflate64_read(kk_inflate64 *f, void *into, size_t len)
{
    uint8_t *out = into;
    size_t done = 0;
    while (done < len && f->mode != DONE && !f->bad) {
        uint8_t byte;
        if (f->length > 0) {
            put(f, out, &done, f->window[(f->produced - f->distance) % WINDOW]);
            f->length--;
        } else if (f->mode == BLOCK_HEAD) {
            begin_block(f);
        } else if (f->mode == STORED && f->stored == 0) {
            f->mode = BLOCK_HEAD;
        } else if (f->mode == STORED) {
            byte = (uint8_t)take(f, 8);
            if (!f->bad)
                put(f, out, &done, byte);
            f->stored--;
        } else if (next_symbol(f, &byte)) {
            put(f, out, &done, byte);
        }
    }
    return done;
}

bool kk_inflate64_ended(const kk_inflate64 *f)
{
    return f->mode == DONE;
}

bool kk_inflate64_cut(const kk_inflate64 *f)
{
    return f->cut;
}
