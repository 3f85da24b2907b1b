#include "base/text.h"

#include "base/wide.h"

#include <assert.h>
#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

/* A character of three bytes, of E1 to EC, which any two bytes of continuation may follow: nearly all
 * of Japanese text. Of the four bytes read the lowest three count. */
static bool is_plain_triple(uint32_t four)
{
    unsigned first = four & 0xff;
    return first > 0xe0 && first < 0xed && (four & 0xc0c000) == 0x808000;
}

#ifdef __SSE2__
enum { STRETCH = 64 };

/* Where bytes of 16 are from `first` to `first + span`. */
static uint64_t bytes_between(__m128i bytes, unsigned char first, unsigned char span)
{
    __m128i from = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
    __m128i within = _mm_min_epu8(from, _mm_set1_epi8((char)span));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(from, within));
}

/* How many of 64 bytes, which begin with a character, are whole characters of ASCII or of three bytes but
 * those of E0 and ED; 0 where there are others or something is wrong. */
static size_t common_bytes(const unsigned char *p)
{
    uint64_t high = 0, leads = 0, trails = 0, odd = 0;
    for (int i = 0; i < STRETCH; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        high |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i;
        leads |= bytes_between(bytes, 0xe1, 0xef - 0xe1) << i;
        odd |= bytes_between(bytes, 0xed, 0) << i;
        trails |= bytes_between(bytes, 0x80, 0xbf - 0x80) << i;
    }
    bool good = !odd && high == (leads | trails) && trails == (leads << 1 | leads << 2);
    size_t cut = leads >> 63 ? 1 : leads >> 62 ? 2 : 0;
    return good ? STRETCH - cut : 0;
}

/* How many bytes from the beginning are ASCII: all, or some sixteens. */
static size_t ascii_bytes(const unsigned char *p, size_t len)
{
    size_t i = 0;
    if (len < 16)
        return 0;
    for (; len - i >= 16; i += 16)
        if (_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + i))))
            return i;
    /* The last sixteen, some of them seen already. */
    return _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + len - 16))) ? i
                                                                                             : len;
}
#else
static size_t ascii_bytes(const unsigned char *p, size_t len)
{
    (void)p, (void)len;
    return 0;
}

enum { STRETCH = 1 };
static size_t common_bytes(const unsigned char *p)
{
    (void)p;
    return 0;
}
#endif

#if KK_HAS_WIDE
/* As common_bytes, as far as it goes on so; what is shorter too. */
KK_WIDE_TARGET static size_t common_wide(kk_slice s)
{
    size_t i = 0;
    while (i < s.len) {
        kk_slice part = kk_part(s, i, STRETCH);
        __m512i bytes = kk_wide_load(part);
        uint64_t high = _mm512_movepi8_mask(bytes), leads = kk_wide_between(bytes, 0xe1, 0xef);
        uint64_t trails = kk_wide_between(bytes, 0x80, 0xbf);
        if (kk_wide_equal(bytes, 0xed) || high != (leads | trails) ||
            trails != (leads << 1 | leads << 2))
            break;
        /* a character that is cut short by the end of the text has no trail there, and is not passed over */
        i += part.len - (leads >> 63 ? 1 : leads >> 62 ? 2 : 0);
    }
    return i;
}
#endif

/* How many bytes at the beginning are plainly valid. */
static size_t plainly_valid(kk_slice s)
{
#if KK_HAS_WIDE
    if (kk_can_wide())
        return common_wide(s);
#endif
    return ascii_bytes((const unsigned char *)s.ptr, s.len);
}

bool kk_utf8_valid(kk_slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = plainly_valid(s);
    while (i < s.len) {
        uint64_t word;
        size_t common = s.len - i >= STRETCH ? common_bytes(p + i) : 0;
        if (common) {
            i += common;
            continue;
        }
        if (s.len - i >= 8 &&
            (memcpy(&word, p + i, 8), (word & UINT64_C(0x8080808080808080)) == 0)) {
            i += 8;
            continue;
        }
        uint32_t three;
        if (s.len - i >= 4 && (memcpy(&three, p + i, 4), is_plain_triple(three))) {
            i += 3;
            continue;
        }
        unsigned char c = p[i++];
        if (c < 0x80)
            continue;
        size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        if (c < 0xc2 || c > 0xf4 || s.len - i < more)
            return false;
        unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        if (p[i] < low || p[i] > high)
            return false;
        for (size_t k = 1; k < more; k++)
            if ((p[i + k] & 0xc0) != 0x80)
                return false;
        i += more;
    }
    return true;
}

uint32_t kk_next_char(kk_slice s, size_t *at)
{
    if (*at >= s.len)
        return 0;
    unsigned char c = (unsigned char)s.ptr[*at];
    size_t size = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (size == 1) {
        ++*at;
        return c;
    }
    kk_slice one = kk_part(s, *at, size);
    if (one.len < size || !kk_utf8_valid(one)) {
        ++*at;
        return 0xfffd;
    }
    uint32_t point = c & (0xffu >> (size + 1));
    for (size_t k = 1; k < size; k++)
        point = point << 6 | ((unsigned char)one.ptr[k] & 0x3fu);
    *at += size;
    return point;
}

static size_t encode_char(char to[4], uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        c = 0xfffd;
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

void kk_put_char(kk_buffer *buffer, uint32_t code_point)
{
    char bytes[4];
    kk_put_bytes(buffer, bytes, encode_char(bytes, code_point));
}

#if KK_HAS_WIDE
KK_WIDE_TARGET static size_t count_wide(kk_slice text)
{
    __mmask64 begins = _mm512_mask_cmpge_epi8_mask(kk_wide_all(text.len), kk_wide_load(text),
                                                   _mm512_set1_epi8((char)0xc0));
    return (size_t)__builtin_popcountll(begins);
}
#endif

size_t kk_char_count(kk_slice text)
{
#if KK_HAS_WIDE
    if (text.len <= 64 && kk_can_wide())
        return count_wide(text);
#endif
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t count = 0, i = 0;
    for (; text.len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, 8);
        uint64_t begins = (~word >> 7 | word >> 6) & ones; /* no byte of continuation */
        count += begins * ones >> 56;
    }
    for (; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

kk_slice kk_utf8_clean(kk_arena *arena, kk_slice s)
{
    if (kk_utf8_valid(s))
        return s;
    char *to = kk_take_array(arena, s.len, 3); /* U+FFFD takes three bytes for one */
    size_t len = 0;
    for (size_t at = 0; at < s.len;)
        len += encode_char(to + len, kk_next_char(s, &at));
    return (kk_slice){to, len};
}

/* A character that stands for a byte: '!' and 0x80 to 0xff lie at U+EF21 and U+EF80 to U+EFFF, three bytes each. */
static bool stands_for_byte(uint32_t c)
{
    return c == 0xef21 || (c >= 0xef80 && c <= 0xefff);
}

/* "!/" leads into a container: a folder's name that ends so must not. */
static bool is_joint(kk_slice name, size_t at)
{
    return at + 1 < name.len && name.ptr[at] == '!' && name.ptr[at + 1] == '/';
}

kk_slice kk_name_text(kk_arena *arena, kk_slice bytes)
{
    static const char *const signs[] = {"\xee\xbc", "\xee\xbe", "\xee\xbf", "!/"};
    bool plain_name = kk_utf8_valid(bytes);
    for (size_t i = 0; plain_name && i < sizeof signs / sizeof *signs; i++)
        plain_name = kk_find(bytes, kk_cstr(signs[i])) == KK_NOWHERE;
    if (plain_name)
        return bytes;
    char *to = kk_take_array(arena, bytes.len, 3);
    size_t len = 0;
    for (size_t at = 0; at < bytes.len;) {
        size_t begin = at;
        uint32_t c = kk_next_char(bytes, &at);
        bool plain = kk_utf8_valid(kk_part(bytes, begin, at - begin)) && !stands_for_byte(c) &&
                     !is_joint(bytes, begin);
        if (plain)
            len += encode_char(to + len, c);
        for (; !plain && begin < at; begin++)
            len += encode_char(to + len, 0xef00u + (unsigned char)bytes.ptr[begin]);
    }
    return (kk_slice){to, len};
}

kk_slice kk_name_bytes(kk_arena *arena, kk_slice text)
{
    char *to = kk_take(arena, text.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        uint32_t c = kk_next_char(text, &at);
        if (stands_for_byte(c)) {
            to[len++] = (char)(c & 0xff);
            continue;
        }
        memcpy(to + len, text.ptr + begin, at - begin);
        len += at - begin;
    }
    to[len] = '\0';
    return (kk_slice){to, len};
}

kk_slice kk_utf16_to_utf8(kk_arena *arena, kk_slice bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t units = bytes.len / 2, len = 0;
    char *to = kk_take_array(arena, units, 3);
    for (size_t i = 0; i < units; i++) {
        uint32_t c = (uint32_t)p[2 * i] | (uint32_t)p[2 * i + 1] << 8;
        if (c < 0x80) {
            to[len++] = (char)c;
            continue;
        }
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units) {
            uint32_t low = (uint32_t)p[2 * i + 2] | (uint32_t)p[2 * i + 3] << 8;
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }
        }
        len += encode_char(to + len, c); /* a lone surrogate becomes U+FFFD there */
    }
    return (kk_slice){to, len};
}

kk_slice kk_utf8_to_utf16(kk_arena *arena, kk_slice text)
{
    char *to = kk_take_array(arena, text.len + 1, 4);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = kk_next_char(text, &at);
        if (c >= 0x10000) {
            uint32_t high = 0xd800 + ((c - 0x10000) >> 10);
            to[len++] = (char)(high & 0xff);
            to[len++] = (char)(high >> 8);
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        to[len++] = (char)(c & 0xff);
        to[len++] = (char)(c >> 8);
    }
    return (kk_slice){to, len};
}

static bool is_ascii(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

static kk_slice fold_ascii(kk_arena *arena, kk_slice s)
{
    char *to = kk_take(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        to[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    return (kk_slice){to, s.len};
}

static kk_slice from_units(kk_arena *arena, const UChar *units, int32_t count)
{
    return kk_utf16_to_utf8(arena, (kk_slice){(const char *)units, (size_t)count * 2});
}

/* To ICU's units; *count is 0 for texts too long for it (2 GiB), which stay as they are. */
static UChar *to_units(kk_arena *arena, kk_slice text, int32_t *count)
{
    UErrorCode error = U_ZERO_ERROR;
    *count = 0;
    if (text.len > INT32_MAX / 4)
        return NULL;
    UChar *units = kk_take_array(arena, text.len + 1, sizeof *units);
    u_strFromUTF8WithSub(units, (int32_t)text.len + 1, count, text.ptr, (int32_t)text.len, 0xfffd,
                         NULL, &error);
    return units;
}

static kk_slice normalize(kk_arena *arena, const UNormalizer2 *form, kk_slice text)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t count, capacity;
    UChar *units = to_units(arena, text, &count);
    if (!count)
        return text;
    /* NFKC grows one code point to 18 at the worst (U+FDFA); four is enough nearly always. */
    for (capacity = count * 4 + 8;; capacity = count * 18 + 8, error = U_ZERO_ERROR) {
        UChar *out = kk_take_array(arena, (size_t)capacity, sizeof *out);
        int32_t len = unorm2_normalize(form, units, count, out, capacity, &error);
        if (U_SUCCESS(error))
            return from_units(arena, out, len);
        if (error != U_BUFFER_OVERFLOW_ERROR || capacity > count * 4 + 8)
            return text;
    }
}

kk_slice kk_nfkc(kk_arena *arena, kk_slice text)
{
    UErrorCode error = U_ZERO_ERROR;
    if (is_ascii(text))
        return text;
    const UNormalizer2 *form = unorm2_getNFKCInstance(&error);
    return U_FAILURE(error) ? text : normalize(arena, form, text);
}

kk_slice kk_nfkc_fold(kk_arena *arena, kk_slice text)
{
    UErrorCode error = U_ZERO_ERROR;
    if (is_ascii(text))
        return fold_ascii(arena, text);
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&error);
    return U_FAILURE(error) ? text : normalize(arena, form, text);
}
