/* CRC-32 of chunks. zlib's is an eighth of the time that a whole log takes; where the processor can
 * multiply without carries, 64 bytes are folded at a time instead: the running remainder is a
 * 512-bit polynomial, moved on by multiplying its halves with x^n modulo the CRC's polynomial, and
 * reduced at the end (Barrett). All in the bit-reflected form that this CRC has. */
#include "parse/evtx_sum.h"

#include "base/cursor.h"

#include <string.h>
#include <zlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define FOLDING __attribute__((target("pclmul,sse4.1")))

FOLDING static inline __m128i load(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

FOLDING static inline __m128i fold(__m128i x, __m128i by, __m128i next)
{
    __m128i low = _mm_clmulepi64_si128(x, by, 0x00), high = _mm_clmulepi64_si128(x, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* 128 bits to the 32 of the sum. */
FOLDING static uint32_t reduce(__m128i x, __m128i by128)
{
    const __m128i by64 = _mm_set_epi64x(0, 0x163cd6124), mask = _mm_setr_epi32(-1, 0, -1, 0);
    const __m128i barrett = _mm_set_epi64x(0x1f7011641, 0x1db710641);
    x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, by128, 0x10));
    x = _mm_xor_si128(_mm_srli_si128(x, 4),
                      _mm_clmulepi64_si128(_mm_and_si128(x, mask), by64, 0x00));
    __m128i q = _mm_clmulepi64_si128(_mm_and_si128(x, mask), barrett, 0x10);
    q = _mm_clmulepi64_si128(_mm_and_si128(q, mask), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, q), 1);
}

/* `len` is a multiple of 16, and 64 at least. */
FOLDING static uint32_t sum_folded(uint32_t sum, const uint8_t *p, size_t len)
{
    const __m128i by512 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
    const __m128i by128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
    __m128i a = _mm_xor_si128(load(p), _mm_cvtsi32_si128((int)~sum));
    __m128i b = load(p + 16), c = load(p + 32), d = load(p + 48);
    for (p += 64, len -= 64; len >= 64; p += 64, len -= 64) {
        a = fold(a, by512, load(p));
        b = fold(b, by512, load(p + 16));
        c = fold(c, by512, load(p + 32));
        d = fold(d, by512, load(p + 48));
    }
    a = fold(fold(fold(a, by128, b), by128, c), by128, d);
    for (; len >= 16; p += 16, len -= 16)
        a = fold(a, by128, load(p));
    return ~reduce(a, by128);
}

#define FOLDING_WIDE __attribute__((target("avx512f,vpclmulqdq,pclmul,sse4.1")))

FOLDING_WIDE static inline __m512i fold_wide(__m512i x, __m512i by, const uint8_t *next)
{
    __m512i low = _mm512_clmulepi64_epi128(x, by, 0x00),
            high = _mm512_clmulepi64_epi128(x, by, 0x11);
    return _mm512_xor_si512(_mm512_xor_si512(low, high), _mm512_loadu_si512(next));
}

/* The same with 256 bytes at a time; `len` is a multiple of 16, and 256 at least. */
FOLDING_WIDE static uint32_t sum_folded_wide(uint32_t sum, const uint8_t *p, size_t len)
{
    const __m512i by2048 = _mm512_set4_epi64(0x1322d1430, 0x11542778a, 0x1322d1430, 0x11542778a);
    const __m512i by512 = _mm512_set4_epi64(0x1c6e41596, 0x154442bd4, 0x1c6e41596, 0x154442bd4);
    const __m128i by128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
    __m512i a = _mm512_xor_si512(_mm512_loadu_si512(p),
                                 _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)~sum)));
    __m512i b = _mm512_loadu_si512(p + 64), c = _mm512_loadu_si512(p + 128);
    __m512i d = _mm512_loadu_si512(p + 192);
    for (p += 256, len -= 256; len >= 256; p += 256, len -= 256) {
        a = fold_wide(a, by2048, p);
        b = fold_wide(b, by2048, p + 64);
        c = fold_wide(c, by2048, p + 128);
        d = fold_wide(d, by2048, p + 192);
    }
    uint8_t rest[4][64];
    _mm512_storeu_si512(rest[1], b);
    _mm512_storeu_si512(rest[2], c);
    _mm512_storeu_si512(rest[3], d);
    for (size_t i = 1; i < 4; i++)
        a = fold_wide(a, by512, rest[i]);
    for (; len >= 64; p += 64, len -= 64)
        a = fold_wide(a, by512, p);
    _mm512_storeu_si512(rest[0], a);
    __m128i x = load(rest[0]);
    for (size_t i = 16; i < 64; i += 16)
        x = fold(x, by128, load(rest[0] + i));
    for (; len >= 16; p += 16, len -= 16)
        x = fold(x, by128, load(p));
    return ~reduce(x, by128);
}

static bool can_fold_wide(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq");
}

uint32_t kk_evtx_sum(uint32_t sum, const uint8_t *bytes, size_t len)
{
    if (len >= 4096 && can_fold_wide()) {
        size_t whole = len & ~(size_t)15;
        sum = sum_folded_wide(sum, bytes, whole);
        bytes += whole;
        len -= whole;
    }
    if (len >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) {
        size_t whole = len & ~(size_t)15;
        sum = sum_folded(sum, bytes, whole);
        bytes += whole;
        len -= whole;
    }
    return (uint32_t)crc32(sum, bytes, (unsigned)len);
}
#else
uint32_t kk_evtx_sum(uint32_t sum, const uint8_t *bytes, size_t len)
{
    return (uint32_t)crc32(sum, bytes, (unsigned)len);
}
#endif

bool kk_evtx_is_header(const uint8_t *bytes)
{
    return memcmp(bytes, "ElfChnk", 8) == 0;
}

/* Over 0..119 and 128..511; it stands at 124. */
bool kk_evtx_has_header_sum(const uint8_t *header)
{
    uint32_t sum = kk_evtx_sum(kk_evtx_sum(0, header, 120), header + 128, 512 - 128);
    kk_cursor c = {header, 512, 124, false};
    return kk_le(&c, 4) == sum;
}
