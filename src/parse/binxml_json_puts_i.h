/* The usual puts, straight behind each other where there is room for any of them: a key and one value of a common
 * type, constant text, ends of objects. Compiled for any processor by binxml_json_run.c, and by binxml_json_wide.c for
 * one that does more at a time: KK_FOR is what its functions are for, KK_WIDE says that there is AVX2. */
#pragma once
#include "parse/binxml_digits.h"
#include "parse/binxml_json.h"

/* ---- values ---- */

KK_FOR static inline uint32_t unit_at(const uint8_t *in, size_t i)
{
    return (uint32_t)in[2 * i] | (uint32_t)in[2 * i + 1] << 8;
}

/* How many of the next PLAIN units are plain, up to the first that is not; they are written. What is no ASCII
 * becomes zero or more than 127 when it is narrowed. Up to KK_XML_BEHIND bytes behind the text are looked at. */
#ifdef KK_WIDE
enum { PLAIN = 32 };
KK_FOR static inline size_t put_plain(char *at, const uint8_t *in, size_t units)
{
    const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'),
                  blank = _mm256_set1_epi8(' ');
    const void *low = in, *high = in + PLAIN;
    __m256i bytes = _mm256_permute4x64_epi64(
        _mm256_packus_epi16(_mm256_loadu_si256(low), _mm256_loadu_si256(high)), 0xd8);
    __m256i special =
        _mm256_or_si256(_mm256_cmpgt_epi8(blank, bytes), _mm256_cmpeq_epi8(bytes, quote));
    special = _mm256_or_si256(special, _mm256_cmpeq_epi8(bytes, slash));
    _mm256_storeu_si256((__m256i *)(void *)at, bytes);
    size_t plain =
        _tzcnt_u32((unsigned)_mm256_movemask_epi8(special)); /* PLAIN where there is none */
    return plain < units ? plain : units;
}
#else
enum { PLAIN = 16 };
KK_FOR static inline size_t put_plain(char *at, const uint8_t *in, size_t units)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'),
                  blank = _mm_set1_epi8(' ');
    const void *low = in, *high = in + 16;
    __m128i bytes = _mm_packus_epi16(_mm_loadu_si128(low), _mm_loadu_si128(high));
    __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, blank), _mm_cmpeq_epi8(bytes, quote));
    special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, slash));
    _mm_storeu_si128((__m128i *)(void *)at, bytes);
    size_t plain = (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(special) | 0x10000);
    return plain < units ? plain : units;
#else
    size_t i = 0;
    for (; i < units && i < PLAIN && !in[2 * i + 1]; i++) {
        uint8_t c = in[2 * i];
        if (c < ' ' || c > 127 || c == '"' || c == '\\')
            break;
        at[i] = (char)c;
    }
    return i;
#endif
}
#endif

/* From a unit on that is not plain. Terminators at the end are none of the text. */
KK_FOR static char *put_rest(char *at, const uint8_t *in, size_t units, size_t i)
{
    while (i < units) {
        uint32_t c = unit_at(in, i);
        while (!c && units > i && !unit_at(in, units - 1))
            units--;
        if (c == '\\' || c == '"') {
            *at++ = '\\';
            *at++ = (char)c;
            i++;
        } else if (i < units) {
            at = kk_xml_put_odd_json(at, in, units, &i);
        }
        for (size_t plain = PLAIN; plain == PLAIN && i < units;) {
            plain = put_plain(at, in + 2 * i, units - i);
            at += plain;
            i += plain;
        }
    }
    return at;
}

KK_FOR static inline char *put_text(char *at, const uint8_t *in, size_t units)
{
    size_t plain = 0, i = 0;
    *at++ = '"';
    do {
        plain = put_plain(at, in + 2 * i, units - i);
        at += plain;
        i += plain;
    } while (plain == PLAIN);
    if (i < units)
        at = put_rest(at, in, units, i);
    *at++ = '"';
    return at;
}

/* NULL for what may be a terminator alone, or half a unit. */
KK_FOR static inline char *put_utf16(char *at, kk_xml_value v)
{
    return v.len <= 2 && (v.len < 2 || !v.ptr[0]) ? NULL : put_text(at, v.ptr, v.len / 2);
}

#ifdef KK_WIDE
/* Half bytes of eight bytes as digits, in their order. */
KK_FOR static inline __m128i hex_digits(__m128i bytes, const char *digits)
{
    const __m128i half = _mm_set1_epi8(15);
    const void *table = digits;
    __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), half), low = _mm_and_si128(bytes, half);
    return _mm_shuffle_epi8(_mm_loadu_si128(table), _mm_unpacklo_epi8(high, low));
}

/* Up to sixteen bytes behind the text are written too. */
KK_FOR static inline char *put_hex(char *at, uint64_t v)
{
    static const uint8_t places[31] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const unsigned n = v ? (unsigned)(67 - __builtin_clzll(v)) / 4 : 1;
    const void *from = places + (16 - n);
    __m128i digits =
        hex_digits(_mm_cvtsi64_si128((long long)__builtin_bswap64(v)), "0123456789abcdef");
    memcpy(at, "\"0x", 4);
    _mm_storeu_si128((__m128i *)(void *)(at + 3), _mm_shuffle_epi8(digits, _mm_loadu_si128(from)));
    at[3 + n] = '"';
    return at + 4 + n;
}

/* Without braces. */
KK_FOR static inline char *put_guid(char *at, const uint8_t *p)
{
    const __m128i order = _mm_setr_epi8(3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m128i first = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, -1, 12, 13);
    const __m128i first_lines = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, '-', 0, 0, 0, 0, '-', 0, 0);
    const char *digits = "0123456789ABCDEF";
    const void *in = p;
    __m128i bytes = _mm_shuffle_epi8(_mm_loadu_si128(in), order);
    __m128i low = hex_digits(bytes, digits), high = hex_digits(_mm_srli_si128(bytes, 8), digits);
    const __m128i second = _mm_setr_epi8(0, 1, -1, 2, 3, 4, 5, -1, 6, 7, 8, 9, 10, 11, 12, 13);
    const __m128i second_lines = _mm_setr_epi8(0, 0, '-', 0, 0, 0, 0, '-', 0, 0, 0, 0, 0, 0, 0, 0);
    const int last = _mm_extract_epi32(high, 3);
    __m128i middle = _mm_alignr_epi8(high, low, 14);
    *at = '"';
    _mm_storeu_si128((__m128i *)(void *)(at + 1),
                     _mm_or_si128(_mm_shuffle_epi8(low, first), first_lines));
    _mm_storeu_si128((__m128i *)(void *)(at + 17),
                     _mm_or_si128(_mm_shuffle_epi8(middle, second), second_lines));
    memcpy(at + 33, &last, 4);
    at[37] = '"';
    return at + 38;
}
#else
/* Up to eight bytes behind the text are written too. */
KK_FOR static inline char *put_hex(char *at, uint64_t v)
{
    *at = '"';
    at = kk_xml_put_hex(at + 1, v);
    *at++ = '"';
    return at;
}

/* Without braces. */
KK_FOR static inline char *put_guid(char *at, const uint8_t *p)
{
    *at = '"';
    at = kk_xml_put_guid(at + 1, p);
    *at++ = '"';
    return at;
}
#endif

KK_FOR static bool remember_day(kk_binxml *x, uint64_t ticks, size_t len)
{
    char text[40];
    uint64_t day = ticks / 10000000 / 86400;
    if (day + 1 == x->day)
        return true;
    if (kk_xml_put_filetime(text, ticks, 0) != len + 8)
        return false; /* a year of five digits */
    memcpy(x->day_text, text, len);
    x->day = day + 1;
    return true;
}

/* To the microsecond; the day before is remembered. */
KK_FOR static char *put_time(kk_binxml *x, char *at, uint64_t ticks)
{
    enum { DAY_TEXT = 11 }; /* 2026-07-09T */
    uint64_t seconds = ticks / 10000000, day = seconds / 86400;
    unsigned micro = (unsigned)(ticks % 10000000) / 10, in_day = (unsigned)(seconds % 86400);
    if (day + 1 != x->day && !remember_day(x, ticks, DAY_TEXT))
        return NULL;
    *at++ = '"';
    memcpy(at, x->day_text, DAY_TEXT);
    at = kk_xml_put_two(at + DAY_TEXT, in_day / 3600);
    *at++ = ':';
    at = kk_xml_put_two(at, in_day / 60 % 60);
    *at++ = ':';
    at = kk_xml_put_two(at, in_day % 60);
    *at++ = '.';
    at = kk_xml_put_two(kk_xml_put_two(kk_xml_put_two(at, micro / 10000), micro / 100 % 100),
                        micro % 100);
    *at++ = 'Z';
    *at++ = '"';
    return at;
}

/* NULL for one that is not whole. */
KK_FOR static inline char *put_sid(kk_binxml *x, char *at, kk_xml_value v)
{
    if (!kk_xml_is_sid(v.ptr, v.len))
        return NULL;
    *at = '"';
    at = kk_xml_put_account(&x->realm, at + 1, v.ptr);
    *at++ = '"';
    return at;
}

KK_FOR static inline char *put_bool(char *at, uint64_t v)
{
    memcpy(at, v ? "true" : "fals", 4);
    at[4] = 'e';
    return at + (v ? 4 : 5);
}

/* Of the size that its type has; NULL for a negative number. */
KK_FOR static inline char *put_signed(char *at, uint64_t number, unsigned bits)
{
    return number >> (bits - 1) ? NULL : kk_xml_put_number(at, number);
}

/* A value of another size than its type has: up to eight bytes, whatever they are. */
KK_FOR static char *put_short(char *at, kk_xml_value v)
{
    if (!((UINT64_C(1) << v.type) & KK_JSON_SHORT) || v.len > 8)
        return NULL;
    uint64_t number = kk_xml_little(v.ptr, v.len);
    switch (v.type) {
    case KK_XML_INT8:
    case KK_XML_INT16:
    case KK_XML_INT32:
    case KK_XML_INT64:
        return put_signed(at, number, 8 * v.len);
    case KK_XML_HEX32:
    case KK_XML_HEX64:
    case KK_XML_SIZE:
        return put_hex(at, number);
    case KK_XML_BOOL:
        return put_bool(at, number);
    default:
        return kk_xml_put_number(at, number);
    }
}

/* What a type has on Windows for a size, which is what it mostly has here. */
KK_FOR static inline bool is_usual(kk_xml_value v)
{
    static const uint8_t sizes[32] = {
        [KK_XML_INT8] = 1,  [KK_XML_UINT8] = 1,    [KK_XML_INT16] = 2, [KK_XML_UINT16] = 2,
        [KK_XML_INT32] = 4, [KK_XML_UINT32] = 4,   [KK_XML_INT64] = 8, [KK_XML_UINT64] = 8,
        [KK_XML_GUID] = 16, [KK_XML_FILETIME] = 8, [KK_XML_HEX32] = 4, [KK_XML_HEX64] = 8};
    return sizes[v.type & 31] == v.len && v.type < 32;
}

/* The commonest types. NULL, with nothing written that counts, for others. */
KK_FOR static inline char *put_value(kk_binxml *x, char *at, kk_xml_value v)
{
    if (v.type == KK_XML_SID)
        return put_sid(x, at, v);
    if (!is_usual(v))
        return v.type < 64 ? put_short(at, v) : NULL;
    switch (v.type) {
    case KK_XML_UINT8:
        return kk_xml_put_number(at, v.ptr[0]);
    case KK_XML_UINT16:
        return kk_xml_put_number(at, unit_at(v.ptr, 0));
    case KK_XML_UINT32:
        return kk_xml_put_number(at, kk_binxml_u32(v.ptr));
    case KK_XML_UINT64:
        return kk_xml_put_number(at, kk_xml_little(v.ptr, 8));
    case KK_XML_INT8:
        return put_signed(at, v.ptr[0], 8);
    case KK_XML_INT16:
        return put_signed(at, unit_at(v.ptr, 0), 16);
    case KK_XML_INT32:
        return put_signed(at, kk_binxml_u32(v.ptr), 32);
    case KK_XML_INT64:
        return put_signed(at, kk_xml_little(v.ptr, 8), 64);
    case KK_XML_HEX32:
        return put_hex(at, kk_binxml_u32(v.ptr));
    case KK_XML_HEX64:
        return put_hex(at, kk_xml_little(v.ptr, 8));
    case KK_XML_FILETIME:
        return put_time(x, at, kk_xml_little(v.ptr, 8));
    default:
        return put_guid(at, v.ptr);
    }
}

/* ---- puts ---- */

KK_FOR static inline char *copy_blocks(char *at, const char *text, size_t len)
{
#ifdef KK_WIDE
    const void *from = text;
    _mm256_storeu_si256((__m256i *)(void *)at,
                        _mm256_loadu_si256(from)); /* so many are always there */
#else
    memcpy(at, text, KK_JSON_SPARE);
#endif
    for (size_t n = KK_JSON_SPARE; __builtin_expect(n < len, 0); n += KK_JSON_SPARE)
        memcpy(at + n, text + n, KK_JSON_SPARE);
    return at + len;
}

/* A key and one value. NULL where it takes longer: then nothing was written that counts. */
KK_FOR static inline char *write_member(kk_binxml *x, const kk_json_put *p, const kk_xml_value *v,
                                        char *at)
{
    const bool blank = p->blank, attribute = p->kind == PUT_ATTRIBUTE;
    const kk_xml_value value = *v;
    char *before = at;
    if (p->kind != PUT_LEAF)
        at = copy_blocks(at, p->text.ptr, p->text.len);
    if (value.len) {
        at = value.type == KK_XML_UTF16 ? put_utf16(at, value) : put_value(x, at, value);
        if (at)
            *at++ = ',';
        return at;
    }
    if (attribute)
        return before + p->lead;
    memcpy(at, blank ? "\"\",," : "null,", 5);
    return at + (blank ? 3 : 5);
}

/* The only value of an element is bare where there are no attributes: then it takes the place of the brace. */
KK_FOR static inline bool is_bare_leaf(const kk_xml_value *v, const char *at)
{
    return at[-1] == '{' && v->len && v->type >= KK_XML_INT8 && v->type <= KK_XML_UINT64;
}

/* Attributes that are not there are taken back. */
KK_FOR static inline char *close_attributes(char *at)
{
    if (at[-1] != ',')
        return at - strlen("\"#attributes\":{");
    at[-1] = '}';
    *at++ = ',';
    return at;
}

KK_FOR static inline char *close_object(char *at)
{
    if (at[-1] != ',') { /* nothing was in it */
        memcpy(at - 1, "null,", 5);
        return at + 4;
    }
    at[-1] = '}';
    *at++ = ',';
    return at;
}

/* Returns where the text ends now, NULL where kk_json_write has to do it. There is room for the put's text,
 * KK_JSON_QUICK bytes, and three bytes for each of the value. */
KK_FOR static inline char *write_quick(kk_binxml *x, const kk_json_put *p,
                                       const kk_xml_value *values, char *at)
{
    if (p->kind <= PUT_ATTRIBUTE || (p->kind == PUT_LEAF && is_bare_leaf(&values[p->index], at)))
        return write_member(x, p, &values[p->index], p->kind == PUT_LEAF ? at - 1 : at);
    switch (p->kind) {
    case PUT_TEXT:
        return copy_blocks(at, p->text.ptr, p->text.len);
    case CLOSE_ATTRIBUTES:
        return close_attributes(at);
    case CLOSE_OBJECT:
        return close_object(at);
    default:
        return NULL;
    }
}

KK_FOR static void run_puts(kk_xml_writer *w, const kk_json_program *program)
{
    kk_xml_scratch *out = w->out;
    kk_binxml *x = w->x;
    /* Text is written through a char pointer, which may be anybody's: what is needed stays here. */
    const kk_xml_value *values = w->values;
    size_t room = program->room + 3 * (size_t)program->uses * w->size;
    if (program->values > w->count)
        room = SIZE_MAX; /* some are not there: nothing is usual */
    bool is_roomy = room <= out->capacity - out->used;
    char *at = out->ptr + out->used;
    for (const kk_json_put *p = program->puts, *end = p + program->count; p < end; p++) {
        char *behind = is_roomy ? write_quick(x, p, values, at) : NULL;
        if (!behind) {
            out->used = (size_t)(at - out->ptr);
            kk_json_write(w, p);
            if (out->full)
                return;
            behind = out->ptr + out->used;
            is_roomy = room <= out->capacity - out->used;
        }
        at = behind;
    }
    out->used = (size_t)(at - out->ptr);
}
