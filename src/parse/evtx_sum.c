/* CRC-32 of chunks. zlib's is an eighth of the time that a whole log takes; where the processor can
 * multiply without carries, 64 bytes are folded at a time instead: the running remainder is a
 * 512-bit polynomial, moved on by multiplying its halves with x^n modulo the CRC's polynomial, and
 * reduced at the end (Barrett). All in the bit-reflected form that this CRC has. */
#include "parse/evtx_sum.h"

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

uint32_t kk_evtx_sum(uint32_t sum, const uint8_t *bytes, size_t len)
{
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
