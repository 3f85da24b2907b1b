/* For what looks at all bytes of a cell at once. A bit for each byte, the first one lowest. */
#pragma once
#include "base/slice.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define KK_WIDE_TARGET                                                                             \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))
/* For the parts of such functions, which are theirs alone. */
#define KK_WIDE KK_WIDE_TARGET static inline
#define KK_HAS_WIDE 1

/* Processors with this have the others too. */
static inline bool kk_can_wide(void)
{
    return __builtin_cpu_supports("avx512vbmi2");
}

KK_WIDE uint64_t kk_wide_all(size_t len)
{
    return _bzhi_u64(~UINT64_C(0), (unsigned)len);
}

/* Up to 64 bytes, zeros behind them. Nothing behind them is read. */
KK_WIDE __m512i kk_wide_load(kk_slice text)
{
    return _mm512_maskz_loadu_epi8(kk_wide_all(text.len), text.ptr);
}

KK_WIDE uint64_t kk_wide_equal(__m512i bytes, unsigned char c)
{
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)c));
}

KK_WIDE uint64_t kk_wide_between(__m512i bytes, unsigned char first, unsigned char last)
{
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8((char)first)),
                                  _mm512_set1_epi8((char)(last - first)));
}
#else
#define KK_HAS_WIDE 0
#endif
