/* SipHash-2-4 (Aumasson and Bernstein, 2012): one text, and up to eight at once where the processor has
 * wide registers. A text of the kind and n bytes is (n + 1) / 8 whole words and a last one, whose
 * uppermost byte is the length. In a group, word i of all lanes lies together; with AVX-512 all words of a
 * lane do, so that a text is put there in one move. */
#include "base/hashes.h"

#include "base/text.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_LANES
#endif

#define ALL (~UINT64_C(0))

enum {
    CHAR_BYTES = 4,
    MESSAGE_MOST = 1 + KK_NEIGHBOURS_MOST * CHAR_BYTES, /* whose neighbours are made */
    FEW = 1                                             /* so many lanes are quicker one by one */
};

/* Kept out of those who call it, which stay without a frame. */
#define COLD __attribute__((noinline))

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

/* From one lane to the next, and from one word of a lane to the next. */
static inline size_t lane_step(const kk_hashes *h)
{
    return h->way == KK_LANES_AVX512 ? KK_LANE_WORDS : 1;
}

static inline size_t word_step(const kk_hashes *h)
{
    return h->way == KK_LANES_AVX512 ? 1 : KK_LANES;
}

/* ---- one by one ---- */

static void hash_lane(const kk_hashes *h, const kk_lane_group *g, size_t lane)
{
    state s = {h->start[0], h->start[1], h->start[2], h->start[3]};
    const uint64_t *words = &g->words[0][0] + lane * lane_step(h);
    for (size_t i = 0; i < g->lengths[lane]; i++)
        take_word(&s, words[i * word_step(h)]);
    *g->out[lane] = finish(&s);
}

/* What is too long for a lane. */
static COLD uint64_t hash_long(const kk_hashes *h, char kind, kk_slice text)
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
/* Lanes that are not used hold what nobody asks for. */
#define AVX512_TARGET __attribute__((target("avx512f,avx512bw,bmi2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,bmi2"), always_inline)) static inline

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

AVX512 state_wide start_wide(const kk_hashes *h)
{
    return (state_wide){
        _mm512_set1_epi64((int64_t)h->start[0]), _mm512_set1_epi64((int64_t)h->start[1]),
        _mm512_set1_epi64((int64_t)h->start[2]), _mm512_set1_epi64((int64_t)h->start[3])};
}

AVX512 __m512i finish_wide(state_wide *s)
{
    s->v2 = _mm512_xor_si512(s->v2, _mm512_set1_epi64(0xff));
    for (int k = 0; k < 4; k++)
        mix_wide(s);
    return _mm512_xor_si512(_mm512_xor_si512(s->v0, s->v1), _mm512_xor_si512(s->v2, s->v3));
}

/* Word i of all lanes. */
AVX512 __m512i words_wide(const kk_lane_group *g, size_t i)
{
    const __m512i lanes = _mm512_set_epi64(56, 48, 40, 32, 24, 16, 8, 0);
    return _mm512_i64gather_epi64(lanes, (const long long *)(const void *)(&g->words[0][0] + i), 8);
}

AVX512 void take_word_wide(state_wide *s, __m512i word)
{
    s->v3 = _mm512_xor_si512(s->v3, word);
    mix_wide(s);
    mix_wide(s);
    s->v0 = _mm512_xor_si512(s->v0, word);
}

AVX512_TARGET static void hash_avx512(const kk_hashes *h, const kk_lane_group *g, uint64_t *hashes)
{
    state_wide s = start_wide(h);
    size_t i = 0;
    for (; i < g->least; i++)
        take_word_wide(&s, words_wide(g, i));
    for (; i < g->most; i++) { /* lanes that have ended stay as they are */
        state_wide t = s;
        __mmask8 on =
            _mm512_cmpgt_epi64_mask(_mm512_load_si512(g->lengths), _mm512_set1_epi64((int64_t)i));
        if (!on)
            break;
        take_word_wide(&t, words_wide(g, i));
        s.v0 = _mm512_mask_mov_epi64(s.v0, on, t.v0);
        s.v1 = _mm512_mask_mov_epi64(s.v1, on, t.v1);
        s.v2 = _mm512_mask_mov_epi64(s.v2, on, t.v2);
        s.v3 = _mm512_mask_mov_epi64(s.v3, on, t.v3);
    }
    _mm512_store_si512(hashes, finish_wide(&s));
}

/* The message of the kind and the text, zeros behind it; what lies before and behind the text is not read. */
AVX512 __m512i message_wide(char kind, kk_slice text)
{
    __mmask64 bytes = _bzhi_u64(ALL, (unsigned)text.len) << 1;
    const void *before = (const void *)((uintptr_t)text.ptr - 1);
    return _mm512_mask_set1_epi8(_mm512_maskz_loadu_epi8(bytes, before), 1, kind);
}

AVX512_TARGET static void put_wide(uint64_t *lane, char kind, kk_slice text, size_t words)
{
    __m512i message = message_wide(kind, text);
    _mm512_store_si512(
        lane, _mm512_mask_set1_epi8(message, UINT64_C(1) << (8 * words - 1), (char)(text.len + 1)));
}

/* Whether all characters are of three bytes, as kana and kanji are. */
AVX512_TARGET static bool are_triples(kk_slice text)
{
    const uint64_t thirds = UINT64_C(0x1249249249249249);
    uint64_t all = _bzhi_u64(ALL, (unsigned)text.len);
    __m512i bytes = _mm512_maskz_loadu_epi8(all, text.ptr);
    __mmask64 leads = _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8((char)0xe0)),
                                             _mm512_set1_epi8(0x0f));
    return text.len % 3 == 0 && (leads & thirds) == (all & thirds);
}

/* Without each of up to eight characters of three bytes: lane i leaves out the bytes from 1 + 3 i on. What is
 * before them is of the message as it stands, the rest of the one that lies three bytes further on. */
AVX512_TARGET static void hash_triples(const kk_hashes *h, char kind, kk_slice text, uint64_t *out)
{
    static const uint64_t kept[3][KK_LANES] = {
        {0xff, 0xffffffff, ALL >> 8, ALL, ALL, ALL, ALL, ALL},
        {0, 0, 0, 0xffff, 0xffffffffff, ALL, ALL, ALL},
        {0, 0, 0, 0, 0, 0, 0xffffff, ALL >> 16},
    };
    size_t length = text.len - 2, words = length / 8 + 1;
    __mmask64 rest = _bzhi_u64(ALL, (unsigned)text.len) >> 2;
    __m512i before = message_wide(kind, text), after = _mm512_maskz_loadu_epi8(rest, text.ptr + 2);
    state_wide s = start_wide(h);
    for (size_t i = 0; i < words; i++) {
        __m512i at = _mm512_set1_epi64((int64_t)i), keep = _mm512_loadu_si512(kept[i]);
        __m512i word = _mm512_ternarylogic_epi64(keep, _mm512_permutexvar_epi64(at, before),
                                                 _mm512_permutexvar_epi64(at, after), 0xca);
        if (i + 1 == words)
            word = _mm512_or_si512(word, _mm512_set1_epi64((int64_t)((uint64_t)length << 56)));
        take_word_wide(&s, word);
    }
    _mm512_mask_storeu_epi64(out, (__mmask8)((1u << text.len / 3) - 1), finish_wide(&s));
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
    size_t i = 0;
    for (; i < g->least; i++)
        take_word_half(&s, g->words[i] + lane);
    for (; i < g->most; i++) {
        state_half t = s;
        __m256i on = _mm256_cmpgt_epi64(half(g->lengths + lane), _mm256_set1_epi64x((int64_t)i));
        if (_mm256_testz_si256(on, on))
            break;
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
    return __builtin_cpu_supports("avx512bw") ? KK_LANES_AVX512
           : __builtin_cpu_supports("avx2")   ? KK_LANES_AVX2
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

static void put_wide(uint64_t *lane, char kind, kk_slice text, size_t words)
{
    (void)lane, (void)kind, (void)text, (void)words;
}

static bool are_triples(kk_slice text)
{
    (void)text;
    return false;
}

static void hash_triples(const kk_hashes *h, char kind, kk_slice text, uint64_t *out)
{
    (void)h, (void)kind, (void)text, (void)out;
}

static void hash_together(const kk_hashes *h, const kk_lane_group *g)
{
    for (size_t lane = 0; lane < g->used; lane++)
        hash_lane(h, g, lane);
}
#endif

/* ---- texts to lanes ---- */

static COLD void run(const kk_hashes *h, kk_lane_group *g)
{
    if (h->way != KK_LANES_ONE_BY_ONE && g->used > FEW)
        hash_together(h, g);
    else
        for (size_t lane = 0; lane < g->used; lane++)
            hash_lane(h, g, lane);
    g->used = 0;
}

static inline kk_lane_group *group_for(kk_hashes *h, size_t words)
{
    return words > 4 ? &h->groups[2] : words > 2 ? &h->groups[1] : &h->groups[0];
}

/* The first word of the next lane. */
static inline uint64_t *lane_of(const kk_hashes *h, kk_lane_group *g, size_t words, uint64_t *out)
{
    g->lengths[g->used] = words;
    g->out[g->used] = out;
    return &g->words[0][0] + g->used * lane_step(h);
}

/* After its words were written. */
static inline void close_lane(const kk_hashes *h, kk_lane_group *g)
{
    if (++g->used == KK_LANES)
        run(h, g);
}

void kk_hashes_begin(kk_hashes *h, const kk_hash_key *key)
{
    static const uint64_t words[KK_LANE_GROUPS + 1] = {0, 2, 4, KK_LANE_WORDS};
    state s = start_of(key);
    h->start[0] = s.v0;
    h->start[1] = s.v1;
    h->start[2] = s.v2;
    h->start[3] = s.v3;
    h->way = kk_lanes_best();
    for (size_t i = 0; i < KK_LANE_GROUPS; i++) {
        kk_lane_group *g = &h->groups[i];
        g->used = 0;
        g->least = words[i] + 1;
        g->most = words[i + 1];
        memset(g->lengths, 0, sizeof g->lengths);
    }
}

/* The words of the kind and the text, which has eight bytes at least, KK_LANES apart. */
static inline void put_words(uint64_t *to, char kind, kk_slice text)
{
    const char *end = text.ptr + text.len;
    *to = (unsigned char)kind | load(text.ptr) << 8;
    for (const char *p = text.ptr + 7; end - p >= 8; p += 8)
        *(to += KK_LANES) = load(p);
    to[KK_LANES] = last_word(end, text.len + 1);
}

static inline void put_few(uint64_t *to, char kind, kk_slice text)
{
    uint64_t word = (unsigned char)kind | kk_few_bytes(text.ptr, text.len) << 8;
    uint64_t top = (uint64_t)(text.len + 1) << 56;
    *to = text.len < 7 ? word | top : word;
    to[KK_LANES] = top; /* not looked at if there was room for it */
}

void kk_hashes_add(kk_hashes *h, char kind, kk_slice text, uint64_t *out)
{
    size_t words = (text.len + 1) / 8 + 1;
    if (words > KK_LANE_WORDS) {
        *out = hash_long(h, kind, text);
        return;
    }
    kk_lane_group *g = group_for(h, words);
    uint64_t *to = lane_of(h, g, words, out);
    if (h->way == KK_LANES_AVX512)
        put_wide(to, kind, text, words);
    else if (text.len < 8)
        put_few(to, kind, text);
    else
        put_words(to, kind, text);
    close_lane(h, g);
}

enum { MESSAGE_WORDS = 13 };
_Static_assert(MESSAGE_WORDS == (MESSAGE_MOST + 7) / 8, "as many masks as words");

/* The word at `at` of a message without the `gone` bytes at `from`: what is before it of the one as it
 * stands, the rest of the one that lies so much further on. */
static inline uint64_t word_without(const char *message, size_t at, size_t from, size_t gone)
{
    static const uint64_t masks[2 * MESSAGE_WORDS] = {ALL, ALL, ALL, ALL, ALL, ALL, ALL,
                                                      ALL, ALL, ALL, ALL, ALL, ALL};
    uint64_t before = load(message + at), after = load(message + at + gone);
    uint64_t kept = load((const char *)(masks + MESSAGE_WORDS) + at - from);
    return after ^ ((before ^ after) & kept);
}

static COLD uint64_t hash_long_without(const kk_hashes *h, kk_slice message, size_t from,
                                       size_t gone)
{
    state s = {h->start[0], h->start[1], h->start[2], h->start[3]};
    size_t length = message.len - gone, at = 0;
    for (size_t words = length / 8; words; words--, at += 8)
        take_word(&s, word_without(message.ptr, at, from, gone));
    take_word(&s, word_without(message.ptr, at, from, gone) | (uint64_t)length << 56);
    return finish(&s);
}

/* Of a message with zeros after its end. */
static inline void add_without(kk_hashes *h, kk_slice message, size_t from, size_t gone,
                               uint64_t *out)
{
    size_t length = message.len - gone, words = length / 8 + 1, at = 0;
    uint64_t top = (uint64_t)length << 56;
    if (words > KK_LANE_WORDS) {
        *out = hash_long_without(h, message, from, gone);
        return;
    }
    kk_lane_group *g = group_for(h, words);
    uint64_t *to = lane_of(h, g, words, out);
    for (size_t step = word_step(h); --words; at += 8, to += step)
        *to = word_without(message.ptr, at, from, gone);
    *to = word_without(message.ptr, at, from, gone) | top;
    close_lane(h, g);
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
    if (h->way == KK_LANES_AVX512 && text.len && text.len <= 3 * KK_LANES && are_triples(text)) {
        kk_hashes_add(h, kind, text, out);
        hash_triples(h, kind, text, out + 1);
        return 1 + text.len / 3;
    }
    if (!text.len || size > MESSAGE_MOST ||
        (text.len > KK_NEIGHBOURS_MOST && kk_char_count(text) > KK_NEIGHBOURS_MOST))
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
