/* Texts between quotes, as JSON has them: most have nothing that is to be escaped, and are copied in a move or two. */
#pragma once
#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Eight bytes at once: is there one that JSON wants escaped? (The usual test for a byte below n and
 * for a byte equal to one; a false alarm behind a true one does not matter.) */
static inline bool kk_needs_escape(uint64_t eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t quote = eight ^ ones * '"', slash = eight ^ ones * '\\';
    return ((eight - ones * 0x20) & ~eight & tops) || ((quote - ones) & ~quote & tops) ||
           ((slash - ones) & ~slash & tops);
}

/* How many bytes from the beginning can be copied as they are. */
static inline size_t kk_clean_length(kk_slice s)
{
    size_t i = 0;
    for (uint64_t eight; i + sizeof eight <= s.len; i += sizeof eight) {
        memcpy(&eight, s.ptr + i, sizeof eight);
        if (kk_needs_escape(eight))
            break;
    }
    for (; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c == '"' || c == '\\')
            break;
    }
    return i;
}

/* The sign at s.ptr[0], which is to be escaped: how many bytes of `to`, at most six, it takes. */
static inline size_t kk_put_escape(char *to, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    if (c >= 0x20) {
        to[0] = '\\';
        to[1] = (char)c;
        return 2;
    }
    memcpy(to, "\\u00", 4);
    to[4] = digits[c >> 4];
    to[5] = digits[c & 15];
    return 6;
}

#ifdef __SSE2__
/* Sixteen at once: 0 where none wants to be escaped. */
static inline int kk_escapes_in(__m128i sixteen)
{
    const __m128i low = _mm_set1_epi8(0x1f);
    __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(sixteen, low), low);
    __m128i quote = _mm_cmpeq_epi8(sixteen, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(sixteen, _mm_set1_epi8('\\'));
    return _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, slash)));
}

/* At least sixteen; the last sixteen may be looked at and copied twice. */
static inline bool kk_copy_long(char *to, kk_slice s)
{
    size_t last = s.len - 16;
    for (size_t i = 0;; i = i + 16 < last ? i + 16 : last) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(s.ptr + i));
        if (kk_escapes_in(sixteen))
            return false;
        _mm_storeu_si128((__m128i *)(to + i), sixteen);
        if (i == last)
            return true;
    }
}
#else
static inline bool kk_copy_long(char *to, kk_slice s)
{
    if (kk_clean_length(s) < s.len)
        return false;
    memcpy(to, s.ptr, s.len);
    return true;
}
#endif

/* Copies a text with nothing to be escaped; false where there is something: what lies at `to` then is of no use. */
static inline bool kk_copy_clean(char *to, kk_slice s)
{
    const uint64_t blanks = UINT64_C(0x2020202020202020);
    if (s.len >= 16)
        return kk_copy_long(to, s);
    if (s.len >= 8) {
        uint64_t first, last;
        memcpy(&first, s.ptr, 8);
        memcpy(&last, s.ptr + s.len - 8, 8);
        memcpy(to, &first, 8);
        memcpy(to + s.len - 8, &last, 8);
        return !kk_needs_escape(first) && !kk_needs_escape(last);
    }
    if (s.len >= 4) {
        uint32_t first, last;
        memcpy(&first, s.ptr, 4);
        memcpy(&last, s.ptr + s.len - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + s.len - 4, &last, 4);
        return !kk_needs_escape(first | (uint64_t)last << 32);
    }
    uint64_t bytes = blanks;
    for (size_t i = 0; i < s.len; i++) {
        to[i] = s.ptr[i];
        bytes = bytes << 8 | (unsigned char)s.ptr[i];
    }
    return !kk_needs_escape(bytes);
}
