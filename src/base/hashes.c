/* SipHash-2-4 (Aumasson and Bernstein, 2012): one text, and up to eight at once where the processor has
 * wide registers. A text of the kind and n bytes is (n + 1) / 8 whole words and a last one, whose
 * uppermost byte is the length. In a group, word i of all lanes lies together. */
#include "base/hashes.h"

#include "base/text.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_LANES
#endif

enum {
    CHAR_BYTES = 4,
    MESSAGE_MOST = 1 + KK_NEIGHBOURS_MOST * CHAR_BYTES, /* whose neighbours are made */
    FEW = 1                                             /* so many lanes are quicker one by one */
};

typedef struct {
    uint64_t v0, v1, v2, v3;
} state;

static inline uint64_t turned(uint64_t word, int by)
{
    return word << by | word >> (64 - by);
}

static inline void mix(state *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = turned(s->v1, 13) ^ s->v0;
    s->v3 = turned(s->v3, 16) ^ s->v2;
    s->v0 = turned(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v1 = turned(s->v1, 17) ^ s->v2;
    s->v3 = turned(s->v3, 21) ^ s->v0;
    s->v2 = turned(s->v2, 32);
}

static inline void take_word(state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    mix(s);
    s->v0 ^= word;
}

static inline uint64_t finish(state *s)
{
    s->v2 ^= 0xff;
    mix(s);
    mix(s);
    mix(s);
    mix(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

static inline uint64_t load(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The bytes after the last whole word of a message, and its length. `end` is where the message ends;
 * eight bytes before it can be read. */
static inline uint64_t last_word(const char *end, size_t length)
{
    return load(end - 8) >> 8 * (7 - length % 8) >> 8 | (uint64_t)length << 56;
}

static state start_of(const kk_hash_key *key)
{
    uint64_t low = load((const char *)key->bytes), high = load((const char *)key->bytes + 8);
    return (state){low ^ UINT64_C(0x736f6d6570736575), high ^ UINT64_C(0x646f72616e646f6d),
                   low ^ UINT64_C(0x6c7967656e657261), high ^ UINT64_C(0x7465646279746573)};
}

uint64_t kk_hash64(const kk_hash_key *key, kk_slice bytes)
{
    state s = start_of(key);
    if (bytes.len < 8) {
        take_word(&s, kk_few_bytes(bytes.ptr, bytes.len) | (uint64_t)bytes.len << 56);
        return finish(&s);
    }
    for (size_t at = 0; bytes.len - at >= 8; at += 8)
        take_word(&s, load(bytes.ptr + at));
    take_word(&s, last_word(bytes.ptr + bytes.len, bytes.len));
    return finish(&s);
}

/* ---- one by one ---- */

static void hash_lane(const kk_hashes *h, const kk_lane_group *g, size_t lane)
{
    state s = {h->start[0], h->start[1], h->start[2], h->start[3]};
    for (size_t i = 0; i < g->lengths[lane]; i++)
        take_word(&s, g->words[i][lane]);
    *g->out[lane] = finish(&s);
}

/* What is too long for a lane. */
static uint64_t hash_long(const kk_hashes *h, char kind, kk_slice text)
{
    state s = {h->start[0], h->start[1], h->start[2], h->start[3]};
    take_word(&s, (unsigned char)kind | load(text.ptr) << 8);
    size_t at = 7;
    for (; text.len - at >= 8; at += 8)
        take_word(&s, load(text.ptr + at));
    take_word(&s, last_word(text.ptr + text.len, text.len + 1));
    return finish(&s);
}

/* ---- all lanes at once ---- */

#ifdef HAVE_LANES
static inline uint64_t least_of(const kk_lane_group *g)
{
    return (uint64_t)__builtin_ctzll(g->seen);
}

static inline uint64_t most_of(const kk_lane_group *g)
{
    return 63 - (uint64_t)__builtin_clzll(g->seen);
}

#define AVX512 __attribute__((target("avx512f"), always_inline)) static inline

typedef struct {
    __m512i v0, v1, v2, v3;
} state_wide;

AVX512 void mix_wide(state_wide *s)
{
    s->v0 = _mm512_add_epi64(s->v0, s->v1);
    s->v2 = _mm512_add_epi64(s->v2, s->v3);
    s->v1 = _mm512_xor_si512(_mm512_rol_epi64(s->v1, 13), s->v0);
    s->v3 = _mm512_xor_si512(_mm512_rol_epi64(s->v3, 16), s->v2);
    s->v0 = _mm512_add_epi64(_mm512_rol_epi64(s->v0, 32), s->v3);
    s->v2 = _mm512_add_epi64(s->v2, s->v1);
    s->v1 = _mm512_xor_si512(_mm512_rol_epi64(s->v1, 17), s->v2);
    s->v3 = _mm512_xor_si512(_mm512_rol_epi64(s->v3, 21), s->v0);
    s->v2 = _mm512_rol_epi64(s->v2, 32);
}

AVX512 void take_word_wide(state_wide *s, const uint64_t *words)
{
    __m512i word = _mm512_load_si512(words);
    s->v3 = _mm512_xor_si512(s->v3, word);
    mix_wide(s);
    mix_wide(s);
    s->v0 = _mm512_xor_si512(s->v0, word);
}

__attribute__((target("avx512f"))) static void hash_avx512(const kk_hashes *h,
                                                           const kk_lane_group *g, uint64_t *hashes)
{
    state_wide s = {
        _mm512_set1_epi64((int64_t)h->start[0]), _mm512_set1_epi64((int64_t)h->start[1]),
        _mm512_set1_epi64((int64_t)h->start[2]), _mm512_set1_epi64((int64_t)h->start[3])};
    uint64_t i = 0, least = least_of(g), most = most_of(g);
    for (; i < least; i++)
        take_word_wide(&s, g->words[i]);
    for (; i < most; i++) { /* lanes that have ended stay as they are */
        state_wide t = s;
        __mmask8 on =
            _mm512_cmpgt_epi64_mask(_mm512_load_si512(g->lengths), _mm512_set1_epi64((int64_t)i));
        take_word_wide(&t, g->words[i]);
        s.v0 = _mm512_mask_mov_epi64(s.v0, on, t.v0);
        s.v1 = _mm512_mask_mov_epi64(s.v1, on, t.v1);
        s.v2 = _mm512_mask_mov_epi64(s.v2, on, t.v2);
        s.v3 = _mm512_mask_mov_epi64(s.v3, on, t.v3);
    }
    s.v2 = _mm512_xor_si512(s.v2, _mm512_set1_epi64(0xff));
    for (int k = 0; k < 4; k++)
        mix_wide(&s);
    _mm512_store_si512(
        hashes, _mm512_xor_si512(_mm512_xor_si512(s.v0, s.v1), _mm512_xor_si512(s.v2, s.v3)));
}

#define AVX2 __attribute__((target("avx2"), always_inline)) static inline

typedef struct {
    __m256i v0, v1, v2, v3;
} state_half;

AVX2 __m256i turned_half(__m256i v, int by)
{
    return _mm256_or_si256(_mm256_slli_epi64(v, by), _mm256_srli_epi64(v, 64 - by));
}

AVX2 __m256i halves_swapped(__m256i v)
{
    return _mm256_shuffle_epi32(v, 0xb1);
}

AVX2 __m256i turned_16(__m256i v)
{
    const __m256i order = _mm256_set_epi8(13, 12, 11, 10, 9, 8, 15, 14, 5, 4, 3, 2, 1, 0, 7, 6, 13,
                                          12, 11, 10, 9, 8, 15, 14, 5, 4, 3, 2, 1, 0, 7, 6);
    return _mm256_shuffle_epi8(v, order);
}

AVX2 void mix_half(state_half *s)
{
    s->v0 = _mm256_add_epi64(s->v0, s->v1);
    s->v2 = _mm256_add_epi64(s->v2, s->v3);
    s->v1 = _mm256_xor_si256(turned_half(s->v1, 13), s->v0);
    s->v3 = _mm256_xor_si256(turned_16(s->v3), s->v2);
    s->v0 = _mm256_add_epi64(halves_swapped(s->v0), s->v3);
    s->v2 = _mm256_add_epi64(s->v2, s->v1);
    s->v1 = _mm256_xor_si256(turned_half(s->v1, 17), s->v2);
    s->v3 = _mm256_xor_si256(turned_half(s->v3, 21), s->v0);
    s->v2 = halves_swapped(s->v2);
}

AVX2 __m256i half(const uint64_t *p)
{
    return _mm256_load_si256((const __m256i *)(const void *)p);
}

AVX2 void take_word_half(state_half *s, const uint64_t *words)
{
    __m256i word = half(words);
    s->v3 = _mm256_xor_si256(s->v3, word);
    mix_half(s);
    mix_half(s);
    s->v0 = _mm256_xor_si256(s->v0, word);
}

/* Four of the eight lanes, from `lane` on. */
__attribute__((target("avx2"))) static void hash_avx2(const kk_hashes *h, const kk_lane_group *g,
                                                      size_t lane, uint64_t *hashes)
{
    state_half s = {
        _mm256_set1_epi64x((int64_t)h->start[0]), _mm256_set1_epi64x((int64_t)h->start[1]),
        _mm256_set1_epi64x((int64_t)h->start[2]), _mm256_set1_epi64x((int64_t)h->start[3])};
    uint64_t i = 0, least = least_of(g), most = most_of(g);
    for (; i < least; i++)
        take_word_half(&s, g->words[i] + lane);
    for (; i < most; i++) {
        state_half t = s;
        __m256i on = _mm256_cmpgt_epi64(half(g->lengths + lane), _mm256_set1_epi64x((int64_t)i));
        take_word_half(&t, g->words[i] + lane);
        s.v0 = _mm256_blendv_epi8(s.v0, t.v0, on);
        s.v1 = _mm256_blendv_epi8(s.v1, t.v1, on);
        s.v2 = _mm256_blendv_epi8(s.v2, t.v2, on);
        s.v3 = _mm256_blendv_epi8(s.v3, t.v3, on);
    }
    s.v2 = _mm256_xor_si256(s.v2, _mm256_set1_epi64x(0xff));
    for (int k = 0; k < 4; k++)
        mix_half(&s);
    _mm256_store_si256(
        (__m256i *)(void *)(hashes + lane),
        _mm256_xor_si256(_mm256_xor_si256(s.v0, s.v1), _mm256_xor_si256(s.v2, s.v3)));
}

kk_lanes_way kk_lanes_best(void)
{
    return __builtin_cpu_supports("avx512f") ? KK_LANES_AVX512
           : __builtin_cpu_supports("avx2")  ? KK_LANES_AVX2
                                             : KK_LANES_ONE_BY_ONE;
}

static void hash_together(const kk_hashes *h, const kk_lane_group *g)
{
    _Alignas(64) uint64_t hashes[KK_LANES];
    if (h->way == KK_LANES_AVX512) {
        hash_avx512(h, g, hashes);
    } else {
        hash_avx2(h, g, 0, hashes);
        if (g->used > KK_LANES / 2)
            hash_avx2(h, g, KK_LANES / 2, hashes);
    }
    for (size_t lane = 0; lane < g->used; lane++)
        *g->out[lane] = hashes[lane];
}
#else
kk_lanes_way kk_lanes_best(void)
{
    return KK_LANES_ONE_BY_ONE;
}

static void hash_together(const kk_hashes *h, const kk_lane_group *g)
{
    for (size_t lane = 0; lane < g->used; lane++)
        hash_lane(h, g, lane);
}
#endif

/* ---- texts to lanes ---- */

static void empty(kk_lane_group *g)
{
    g->used = 0;
    g->seen = 0;
}

static void run(const kk_hashes *h, kk_lane_group *g)
{
    if (h->way != KK_LANES_ONE_BY_ONE && g->used > FEW)
        hash_together(h, g);
    else
        for (size_t lane = 0; lane < g->used; lane++)
            hash_lane(h, g, lane);
    empty(g);
}

/* The first word of a lane of the group for texts of so many words; the next ones are KK_LANES apart. */
static inline uint64_t *lane_for(kk_hashes *h, size_t words, uint64_t *out)
{
    kk_lane_group *g = &h->groups[words > 4 ? 2 : words > 2];
    if (g->used == KK_LANES)
        run(h, g);
    size_t lane = g->used++;
    g->lengths[lane] = words;
    g->out[lane] = out;
    g->seen |= UINT64_C(1) << words;
    return &g->words[0][lane];
}

void kk_hashes_begin(kk_hashes *h, const kk_hash_key *key)
{
    state s = start_of(key);
    h->start[0] = s.v0;
    h->start[1] = s.v1;
    h->start[2] = s.v2;
    h->start[3] = s.v3;
    h->way = kk_lanes_best();
    for (size_t i = 0; i < KK_LANE_GROUPS; i++)
        empty(&h->groups[i]);
}

void kk_hashes_add(kk_hashes *h, char kind, kk_slice text, uint64_t *out)
{
    size_t length = text.len + 1, words = length / 8 + 1;
    if (words > KK_LANE_WORDS) {
        *out = hash_long(h, kind, text);
        return;
    }
    uint64_t *to = lane_for(h, words, out);
    if (text.len < 8) {
        uint64_t word = (unsigned char)kind | kk_few_bytes(text.ptr, text.len) << 8;
        to[0] = words == 1 ? word | (uint64_t)length << 56 : word;
        if (words == 2)
            to[KK_LANES] = (uint64_t)length << 56;
        return;
    }
    to[0] = (unsigned char)kind | load(text.ptr) << 8;
    for (const char *p = text.ptr + 7; --words > 1; p += 8)
        *(to += KK_LANES) = load(p);
    to[KK_LANES] = last_word(text.ptr + text.len, length);
}

/* What a message's word is after `gone` bytes at `from` were left out. */
static inline uint64_t word_without(const char *message, size_t at, size_t from, size_t gone)
{
    if (at + 8 <= from)
        return load(message + at);
    uint64_t after = load(message + at + gone);
    if (at >= from)
        return after;
    uint64_t kept = (UINT64_C(1) << 8 * (from - at)) - 1;
    return (load(message + at) & kept) | (after & ~kept);
}

/* Of a message with zeros after its end. */
static void add_without(kk_hashes *h, kk_slice message, size_t from, size_t gone, uint64_t *out)
{
    size_t length = message.len - gone, words = length / 8 + 1, at = 0;
    uint64_t top = (uint64_t)length << 56;
    if (words > KK_LANE_WORDS) {
        state s = {h->start[0], h->start[1], h->start[2], h->start[3]};
        for (; --words; at += 8)
            take_word(&s, word_without(message.ptr, at, from, gone));
        take_word(&s, word_without(message.ptr, at, from, gone) | top);
        *out = finish(&s);
        return;
    }
    uint64_t *to = lane_for(h, words, out);
    for (; --words; at += 8, to += KK_LANES)
        *to = word_without(message.ptr, at, from, gone);
    *to = word_without(message.ptr, at, from, gone) | top;
}

static inline size_t char_size(const char *p, size_t left)
{
    unsigned char first = (unsigned char)*p;
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return size <= left ? size : 1;
}

size_t kk_hashes_add_neighbours(kk_hashes *h, char kind, kk_slice text, uint64_t *out)
{
    char message[MESSAGE_MOST + CHAR_BYTES + 8];
    size_t count = 1, size = text.len + 1;
    if (!text.len || size > MESSAGE_MOST || kk_char_count(text) > KK_NEIGHBOURS_MOST)
        return 0;
    message[0] = kind;
    memcpy(message + 1, text.ptr, text.len);
    memset(message + size, 0, CHAR_BYTES + 8);
    kk_hashes_add(h, kind, text, out);
    for (size_t at = 1, gone; at < size && count <= KK_NEIGHBOURS_MOST; at += gone) {
        gone = char_size(message + at, size - at);
        add_without(h, (kk_slice){message, size}, at, gone, out + count++);
    }
    return count;
}

void kk_hashes_end(kk_hashes *h)
{
    for (size_t i = 0; i < KK_LANE_GROUPS; i++)
        if (h->groups[i].used)
            run(h, &h->groups[i]);
}
