/* Values of BinXML as characters, each put straight where it belongs: numbers, identifiers, accounts, plain
 * text. There is room for what is said to be written; for the files of BinXML only. */
#pragma once
#include "parse/binxml_program.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static const char kk_xml_pairs_of_digits[201] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
    "949596979899";

static inline char *kk_xml_put_two(char *at, unsigned v)
{
    memcpy(at, kk_xml_pairs_of_digits + 2 * v, 2);
    return at + 2;
}

/* The digits of a number below 10^8, each a byte, the first one in the lowest: halves of four digits, pairs, digits,
 * all at once. */
static inline uint64_t kk_xml_eight_digits(uint32_t v)
{
    uint64_t fours = v / 10000 | (uint64_t)(v % 10000) << 32;
    uint64_t hundreds = fours * 10486 >> 20 & UINT64_C(0x0000007f0000007f);
    uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16;
    uint64_t tens = pairs * 103 >> 10 & UINT64_C(0x000f000f000f000f);
    return tens | (pairs - 10 * tens) << 8;
}

static inline char *kk_xml_put_eight(char *at, uint64_t digits, unsigned lead)
{
    digits = (digits + UINT64_C(0x3030303030303030)) >> (8 * lead);
    memcpy(at, &digits, 8);
    return at + 8 - lead;
}

/* Below 10^8; eight bytes are written at least. */
static inline char *kk_xml_put_middling(char *at, uint32_t v)
{
    if (v < 10) {
        *at = (char)('0' + v);
        return at + 1;
    }
    if (v < 100)
        return kk_xml_put_two(at, v);
    const uint64_t digits = kk_xml_eight_digits(v);
    return kk_xml_put_eight(at, digits, (unsigned)__builtin_ctzll(digits) / 8);
}

/* Decimal, up to 20 digits, or eight bytes. */
static inline char *kk_xml_put_number(char *at, uint64_t v)
{
    const uint64_t hundred_million = 100000000;
    if (v < hundred_million)
        return kk_xml_put_middling(at, (uint32_t)v);
    uint64_t above = v / hundred_million;
    if (above >= hundred_million) {
        at = kk_xml_put_middling(at, (uint32_t)(above / hundred_million));
        at = kk_xml_put_eight(at, kk_xml_eight_digits((uint32_t)(above % hundred_million)), 0);
    } else {
        at = kk_xml_put_middling(at, (uint32_t)above);
    }
    return kk_xml_put_eight(at, kk_xml_eight_digits((uint32_t)(v % hundred_million)), 0);
}

/* Eight hexadecimal digits, the first one in the lowest byte; `letters`: what ten is. */
static inline uint64_t kk_xml_hex_of(uint32_t v, char letters)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = (uint64_t)(v >> 16) | (uint64_t)(v & 0xffff) << 32;
    x = (x >> 8 & UINT64_C(0x000000ff000000ff)) | (x & UINT64_C(0x000000ff000000ff)) << 16;
    x = (x >> 4 & UINT64_C(0x000f000f000f000f)) | (x & UINT64_C(0x000f000f000f000f)) << 8;
    return x + '0' * ones + ((x + 6 * ones) >> 4 & ones) * (uint64_t)(letters - '0' - 10);
}

/* The last n of eight digits; eight bytes are written. */
static inline char *kk_xml_put_digits(char *at, uint64_t digits, unsigned n)
{
    digits >>= 8 * (8 - n);
    memcpy(at, &digits, 8);
    return at + n;
}

/* 0x3e7. Up to eight bytes behind the text are written too. */
static inline char *kk_xml_put_hex(char *at, uint64_t v)
{
    unsigned n = v ? (unsigned)(67 - __builtin_clzll(v)) / 4 : 1;
    memcpy(at, "0x", 2);
    at += 2;
    if (n > 8)
        at = kk_xml_put_digits(at, kk_xml_hex_of((uint32_t)(v >> 32), 'a'), n - 8);
    return kk_xml_put_digits(at, kk_xml_hex_of((uint32_t)v, 'a'), n > 8 ? 8 : n);
}

/* Of sixteen bytes, without braces: 36 characters. */
static inline char *kk_xml_put_guid(char *at, const uint8_t *p)
{
    uint64_t first = kk_xml_hex_of(kk_binxml_u32(p), 'A');
    uint64_t second = kk_xml_hex_of(
        (uint32_t)p[5] << 24 | (uint32_t)p[4] << 16 | (uint32_t)p[7] << 8 | p[6], 'A');
    uint64_t third = kk_xml_hex_of(__builtin_bswap32(kk_binxml_u32(p + 8)), 'A');
    uint64_t last = kk_xml_hex_of(__builtin_bswap32(kk_binxml_u32(p + 12)), 'A');
    memcpy(at, &first, 8);
    memcpy(at + 9, &second, 4);
    second >>= 32;
    memcpy(at + 14, &second, 4);
    memcpy(at + 19, &third, 4);
    third >>= 32;
    memcpy(at + 24, &third, 4);
    memcpy(at + 28, &last, 8);
    at[8] = at[13] = at[18] = at[23] = '-';
    return at + 36;
}

/* An account with a whole identifier, of up to KK_XML_SID_TEXT characters. */
#define KK_XML_SID_TEXT 192u
static inline bool kk_xml_is_sid(const uint8_t *p, size_t len)
{
    return len >= 8 && p[1] <= 15 && len >= 8u + 4u * p[1];
}

/* S-1-authority-sub-sub...; the authority is big-endian, and hexadecimal where it is large, as Windows has it. */
static inline char *kk_xml_put_sid(char *at, const uint8_t *p)
{
    uint64_t authority = 0;
    for (size_t i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    memcpy(at, "S-", 2);
    at = kk_xml_put_number(at + 2, p[0]);
    *at++ = '-';
    at = authority >> 32 ? kk_xml_put_hex(at, authority) : kk_xml_put_number(at, authority);
    for (size_t i = 0; i < p[1]; i++) {
        *at++ = '-';
        at = kk_xml_put_number(at, kk_binxml_u32(p + 8 + 4 * i));
    }
    return at;
}

/* The same for one whose first numbers may be those of the one before. Up to KK_XML_REALM_TEXT bytes are written at least. */
static inline char *kk_xml_put_account(kk_xml_realm *realm, char *at, const uint8_t *p)
{
    if (p[1] != KK_XML_REALM_NUMBERS + 1 ||
        (memcmp(realm->bytes, p, sizeof realm->bytes) != 0 && !kk_xml_learn_realm(realm, p)))
        return kk_xml_put_sid(at, p);
    memcpy(at, realm->text, KK_XML_REALM_TEXT);
    return kk_xml_put_number(at + realm->len, kk_binxml_u32(p + sizeof realm->bytes));
}

/* Of up to eight bytes. */
static inline uint64_t kk_xml_little(const uint8_t *p, size_t n)
{
    if (n == 4)
        return kk_binxml_u32(p);
    if (n == 2)
        return (uint64_t)p[1] << 8 | p[0];
    if (n == 1)
        return p[0];
    if (n >= 8)
        return kk_binxml_u32(p) | (uint64_t)kk_binxml_u32(p + 4) << 32;
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

/* A number of up to eight bytes. */
static inline bool kk_xml_is_whole(kk_xml_value v)
{
    const uint64_t whole = (UINT64_C(1) << (KK_XML_UINT64 + 1)) - (UINT64_C(1) << KK_XML_INT8);
    const uint64_t hex =
        UINT64_C(1) << KK_XML_SIZE | UINT64_C(1) << KK_XML_HEX32 | UINT64_C(1) << KK_XML_HEX64;
    return v.type < 64 && (whole | hex) >> v.type & 1 && v.len - 1u < 8;
}

/* Leading units of a text in a chunk that are ASCII: writes them, and up to 15 bytes more; looks at up to
 * KK_XML_BEHIND bytes behind the text. */
static inline size_t kk_xml_narrow(char *at, const uint8_t *in, size_t units)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i high = _mm_set1_epi16((short)0xff80), zero = _mm_setzero_si128();
    for (; i < units; i += 16) {
        __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(in + 2 * i));
        __m128i rest = _mm_loadu_si128((const __m128i *)(const void *)(in + 2 * i + 16));
        __m128i is_low = _mm_cmpeq_epi16(_mm_and_si128(low, high), zero);
        __m128i is_rest = _mm_cmpeq_epi16(_mm_and_si128(rest, high), zero);
        unsigned plain = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(is_low, is_rest));
        _mm_storeu_si128((__m128i *)(void *)(at + i), _mm_packus_epi16(low, rest));
        if (plain != 0xffff) {
            i += (size_t)__builtin_ctz(~plain);
            break;
        }
    }
    return i < units ? i : units;
#else
    for (; i < units && !in[2 * i + 1] && in[2 * i] < 0x80; i++)
        at[i] = (char)in[2 * i];
    return i;
#endif
}
