/* Values of an instance out of their descriptors: size:u16 type:u8 0 each, their bytes one after the other; one of type
 * NULL is empty, whatever its size. Several at a time, with a running sum for where each begins. */
#include "parse/binxml_program.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
static inline __m128i sixteen(const void *at)
{
    return _mm_loadu_si128((const __m128i *)at);
}

/* Each lane with all before it. */
static inline __m128i running_sum(__m128i x)
{
    x = _mm_add_epi32(x, _mm_slli_si128(x, 4));
    return _mm_add_epi32(x, _mm_slli_si128(x, 8));
}

/* Four values from where they begin and what their descriptors say, without their types' lane. */
static inline void store_values(kk_xml_value *values, __m128i base, __m128i from, __m128i lengths,
                                __m128i types)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i *to = (__m128i *)(void *)values;
    __m128i low = _mm_add_epi64(base, _mm_unpacklo_epi32(from, zero));
    __m128i high = _mm_add_epi64(base, _mm_unpackhi_epi32(from, zero));
    __m128i low_rest = _mm_unpacklo_epi32(lengths, types),
            high_rest = _mm_unpackhi_epi32(lengths, types);
    _mm_storeu_si128(to, _mm_unpacklo_epi64(low, low_rest));
    _mm_storeu_si128(to + 1, _mm_unpackhi_epi64(low, low_rest));
    _mm_storeu_si128(to + 2, _mm_unpacklo_epi64(high, high_rest));
    _mm_storeu_si128(to + 3, _mm_unpackhi_epi64(high, high_rest));
}

/* The values whose bytes begin at `bytes`, four at a time: up to three places behind them are written, and 12
 * bytes behind the descriptors looked at. Nothing of it counts where they come to more than there is. */
static inline kk_xml_overview fill_values(kk_xml_value *values, const uint8_t *descriptors,
                                          uint32_t count, const uint8_t *bytes)
{
    const __m128i size_bits = _mm_set1_epi32(0xffff), type_bits = _mm_set1_epi32(0xff);
    const __m128i zero = _mm_setzero_si128(), places = _mm_set_epi32(3, 2, 1, 0);
    const __m128i base = _mm_set1_epi64x((long long)(uintptr_t)bytes);
    __m128i total = zero, all = zero;
    for (uint32_t i = 0; i < count; i += 4) {
        __m128i d = sixteen(descriptors + 4 * (size_t)i);
        if (count - i < 4) /* others' bytes */
            d = _mm_and_si128(d, _mm_cmplt_epi32(places, _mm_set1_epi32((int)(count - i))));
        __m128i sizes = _mm_and_si128(d, size_bits),
                types = _mm_and_si128(_mm_srli_epi32(d, 16), type_bits);
        __m128i behind = _mm_add_epi32(total, running_sum(sizes));
        __m128i lengths = _mm_andnot_si128(_mm_cmpeq_epi32(types, zero), sizes);
        store_values(values + i, base, _mm_sub_epi32(behind, sizes), lengths, types);
        total = _mm_shuffle_epi32(behind, 0xff);
        all = _mm_or_si128(all, types);
    }
    all = _mm_or_si128(all, _mm_srli_si128(all, 8));
    all = _mm_or_si128(all, _mm_srli_si128(all, 4));
    return (kk_xml_overview){(uint32_t)_mm_cvtsi128_si32(total), (uint8_t)_mm_cvtsi128_si32(all)};
}
#else
static inline kk_xml_overview fill_values(kk_xml_value *values, const uint8_t *descriptors,
                                          uint32_t count, const uint8_t *bytes)
{
    kk_xml_overview all = {0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t d = kk_binxml_u32(descriptors + 4 * (size_t)i);
        const uint8_t type = (uint8_t)(d >> 16);
        values[i] = (kk_xml_value){bytes + (all.size & 0xffff), type ? d & 0xffff : 0, type};
        all.size += d & 0xffff;
        all.types |= type;
    }
    return all;
}
#endif

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f")))

/* Each lane with all before it. */
WIDE static inline __m512i wide_sum(__m512i x)
{
    const __m512i zero = _mm512_setzero_si512();
    x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 15));
    x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 14));
    x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 12));
    return _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 8));
}

/* Eight values. */
WIDE static inline void store_eight(kk_xml_value *values, __m512i base, __m256i from,
                                    __m256i lengths, __m256i types)
{
    const __m512i first = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0),
                  second = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    __m512i places = _mm512_add_epi64(base, _mm512_cvtepu32_epi64(from));
    __m512i rest = _mm512_or_si512(_mm512_cvtepu32_epi64(lengths),
                                   _mm512_slli_epi64(_mm512_cvtepu32_epi64(types), 32));
    _mm512_storeu_si512(values, _mm512_permutex2var_epi64(places, first, rest));
    _mm512_storeu_si512(values + 4, _mm512_permutex2var_epi64(places, second, rest));
}

/* Sixteen at a time: up to 7 places behind the values are written. */
WIDE static kk_xml_overview fill_wide(kk_xml_value *values, const uint8_t *descriptors,
                                      uint32_t count, const uint8_t *bytes)
{
    const __m512i size_bits = _mm512_set1_epi32(0xffff), type_bits = _mm512_set1_epi32(0xff);
    const __m512i base = _mm512_set1_epi64((long long)(uintptr_t)bytes),
                  last = _mm512_set1_epi32(15);
    __m512i total = _mm512_setzero_si512(), all = total;
    for (uint32_t i = 0; i < count; i += 16) {
        const uint32_t left = count - i;
        const __mmask16 there = (__mmask16)(left < 16 ? (1u << left) - 1 : 0xffff);
        __m512i d = _mm512_maskz_loadu_epi32(there, descriptors + 4 * (size_t)i);
        __m512i sizes = _mm512_and_si512(d, size_bits),
                types = _mm512_and_si512(_mm512_srli_epi32(d, 16), type_bits);
        __m512i behind = _mm512_add_epi32(total, wide_sum(sizes));
        __m512i from = _mm512_sub_epi32(behind, sizes);
        __m512i lengths = _mm512_maskz_mov_epi32(_mm512_test_epi32_mask(types, types), sizes);
        store_eight(values + i, base, _mm512_castsi512_si256(from), _mm512_castsi512_si256(lengths),
                    _mm512_castsi512_si256(types));
        if (left > 8)
            store_eight(values + i + 8, base, _mm512_extracti64x4_epi64(from, 1),
                        _mm512_extracti64x4_epi64(lengths, 1), _mm512_extracti64x4_epi64(types, 1));
        total = _mm512_permutexvar_epi32(last, behind);
        all = _mm512_or_si512(all, types);
    }
    return (kk_xml_overview){(uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(total)),
                             (uint8_t)_mm512_reduce_or_epi32(all)};
}

bool kk_xml_can_fill_wide(void)
{
    return __builtin_cpu_supports("avx512f");
}
#else
static kk_xml_overview fill_wide(kk_xml_value *values, const uint8_t *descriptors, uint32_t count,
                                 const uint8_t *bytes)
{
    return fill_values(values, descriptors, count, bytes);
}

bool kk_xml_can_fill_wide(void)
{
    return false;
}
#endif

kk_xml_overview kk_xml_fill(bool wide, kk_xml_value *values, const uint8_t *descriptors,
                            uint32_t count, const uint8_t *bytes)
{
    return wide ? fill_wide(values, descriptors, count, bytes)
                : fill_values(values, descriptors, count, bytes);
}
