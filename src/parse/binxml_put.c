/* Values written straight into JSON and XML: text is converted and escaped in one go. */
#include "parse/binxml_program.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define LONGEST 6 /* bytes that one code unit may come to: \u001f, &quot; */

static bool has_room(kk_xml_scratch *out, size_t len)
{
    if (len > out->capacity - out->used)
        out->full = true;
    return !out->full;
}

static void put_text(kk_xml_scratch *out, kk_slice text)
{
    if (has_room(out, text.len) && text.len) {
        memcpy(out->ptr + out->used, text.ptr, text.len);
        out->used += text.len;
    }
}

static char *put_escape(char *at, unsigned char c)
{
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    *at++ = '\\';
    if (c >= 0x20) {
        *at++ = (char)c;
    } else if (letters[c]) {
        *at++ = letters[c];
    } else {
        memcpy(at, "u00", 3);
        at[3] = "0123456789abcdef"[c >> 4];
        at[4] = "0123456789abcdef"[c & 15];
        at += 5;
    }
    return at;
}

/* Characters that XML 1.0 cannot hold become U+FFFD. */
static char *put_entity(char *at, unsigned char c)
{
    static const char *const words[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\r'] = "&#xD;"};
    const char *word = words[c];
    if (!word && (c >= 0x20 || c == '\t' || c == '\n')) {
        *at++ = (char)c;
        return at;
    }
    size_t len = word ? strlen(word) : 3;
    memcpy(at, word ? word : "\xef\xbf\xbd", len);
    return at + len;
}

typedef enum { AS_JSON, AS_XML } escaping;

static inline bool is_plain(unsigned c, escaping how)
{
    if (how == AS_JSON)
        return c >= 0x20 && c != '"' && c != '\\';
    return c >= 0x20 && c != '&' && c != '<' && c != '>' && c != '"';
}

#ifdef __SSE2__
/* One bit for each byte that needs an escape. */
static inline unsigned special_of(__m128i bytes, escaping how)
{
    const __m128i quote = _mm_set1_epi8('"'), blank = _mm_set1_epi8(0x20);
    __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, blank), _mm_cmpeq_epi8(bytes, quote));
    if (how == AS_JSON) {
        special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    } else {
        special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&')));
        special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
        special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
    }
    return (unsigned)_mm_movemask_epi8(special);
}

/* Eight units without those that are no ASCII: they become zero, and so need an escape. */
static inline __m128i ascii_of(const uint8_t *in)
{
    const __m128i high = _mm_set1_epi16((short)0xff80), zero = _mm_setzero_si128();
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)in);
    return _mm_and_si128(v, _mm_cmpeq_epi16(_mm_and_si128(v, high), zero));
}
#endif

static char *put_point(char *at, uint32_t c)
{
    if (c < 0x800) {
        *at++ = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        *at++ = (char)(0xe0 | c >> 12);
        *at++ = (char)(0x80 | (c >> 6 & 63));
    } else {
        *at++ = (char)(0xf0 | c >> 18);
        *at++ = (char)(0x80 | (c >> 12 & 63));
        *at++ = (char)(0x80 | (c >> 6 & 63));
    }
    *at++ = (char)(0x80 | (c & 63));
    return at;
}

static inline uint32_t unit_at(const uint8_t *in, size_t i)
{
    return (uint32_t)in[2 * i] | (uint32_t)in[2 * i + 1] << 8;
}

/* The unit at *i, which is no plain character, with its other half if it has one. */
static char *put_odd(char *at, const uint8_t *in, size_t units, size_t *i, escaping how)
{
    uint32_t c = unit_at(in, (*i)++);
    if (c < 0x80)
        return how == AS_JSON ? put_escape(at, (unsigned char)c) : put_entity(at, (unsigned char)c);
    if (c >= 0xd800 && c <= 0xdfff) {
        uint32_t low = c < 0xdc00 && *i < units ? unit_at(in, *i) : 0;
        if (low < 0xdc00 || low > 0xdfff)
            return put_point(at, 0xfffd);
        ++*i;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    if (how == AS_XML && (c == 0xfffe || c == 0xffff))
        c = 0xfffd;
    return put_point(at, c);
}

/* Room for LONGEST bytes a unit and KK_XML_BEHIND more is there. Up to so many bytes behind the text are
 * looked at, and ignored. */
static inline char *put_units(char *at, const uint8_t *in, size_t units, escaping how)
{
    size_t i = 0;
    while (i < units) {
#ifdef __SSE2__
        __m128i bytes = _mm_packus_epi16(ascii_of(in + 2 * i), ascii_of(in + 2 * i + 16));
        unsigned special = special_of(bytes, how);
        size_t plain = (unsigned)__builtin_ctz(special | 0x10000), left = units - i;
        _mm_storeu_si128((__m128i *)(void *)at, bytes);
        if (plain >= left)
            return at + left;
        at += plain;
        i += plain;
        if (plain < 16)
            at = put_odd(at, in, units, &i, how);
#else
        uint32_t c = unit_at(in, i);
        if (c < 0x80 && is_plain(c, how)) {
            *at++ = (char)c;
            i++;
        } else {
            at = put_odd(at, in, units, &i, how);
        }
#endif
    }
    return at;
}

static void put_utf16(kk_xml_scratch *out, kk_xml_value v, escaping how)
{
    size_t units = v.len / 2;
    while (units && !v.ptr[2 * units - 1] && !v.ptr[2 * units - 2])
        units--;
    if (!has_room(out, LONGEST * units + KK_XML_BEHIND))
        return;
    char *at = out->ptr + out->used;
    out->used = (size_t)(put_units(at, v.ptr, units, how) - out->ptr);
}

static void put_utf8(kk_xml_scratch *out, kk_slice text, escaping how)
{
    if (!has_room(out, LONGEST * text.len))
        return;
    char *at = out->ptr + out->used;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 || is_plain(c, how))
            *at++ = (char)c;
        else
            at = how == AS_JSON ? put_escape(at, c) : put_entity(at, c);
    }
    out->used = (size_t)(at - out->ptr);
}

/* What has no character that needs an escape is rendered in its place. */
static void put_rendered(kk_xml_scratch *out, kk_xml_value v)
{
    size_t before = out->used;
    kk_slice text = kk_xml_text(out, v);
    if (out->used == before)
        put_text(out, text);
}

static void put_ansi(kk_xml_scratch *out, kk_xml_value v, escaping how)
{
    size_t before = out->used;
    kk_slice text = kk_xml_text(out, v);
    if (out->full || !text.len)
        return;
    kk_slice copy = kk_copy(out->odd, text);
    out->used = before;
    put_utf8(out, copy, how);
}

static void put_escaped(kk_xml_scratch *out, kk_xml_value v, escaping how)
{
    switch (v.type) {
    case KK_XML_UTF16:
    case KK_XML_EVTXML:
        put_utf16(out, v, how);
        break;
    case KK_XML_ANSI:
        put_ansi(out, v, how);
        break;
    case KK_XML_UTF8:
        put_utf8(out, (kk_slice){(const char *)v.ptr, v.len}, how);
        break;
    default:
        put_rendered(out, v);
        break;
    }
}

/* As others write them: a GUID without braces, a time to the microsecond. */
static bool put_customary(kk_xml_scratch *out, kk_xml_value v)
{
    char *at = out->ptr + out->used;
    if (v.type == KK_XML_GUID && v.len == 16) {
        if (!has_room(out, 40))
            return true;
        kk_xml_text(out, v);
        memmove(at, at + 1, 36);
        out->used -= 2;
        return true;
    }
    if (v.type != KK_XML_FILETIME || v.len != 8 || !has_room(out, 48))
        return out->full;
    uint64_t ticks = 0;
    for (size_t i = 8; i-- > 0;)
        ticks = ticks << 8 | v.ptr[i];
    size_t len = kk_xml_put_filetime(at, ticks, 6);
    at[len] = 'Z';
    out->used += len + 1;
    return true;
}

static bool is_bare(kk_xml_value v)
{
    switch (v.type) {
    case KK_XML_INT8:
    case KK_XML_UINT8:
    case KK_XML_INT16:
    case KK_XML_UINT16:
    case KK_XML_INT32:
    case KK_XML_UINT32:
    case KK_XML_INT64:
    case KK_XML_UINT64:
        return v.len <= 8;
    case KK_XML_BOOL:
        return true;
    default:
        return false;
    }
}

static const char pairs_of_digits[201] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546"
    "4748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293"
    "949596979899";

static inline unsigned digits_of(uint64_t v)
{
    unsigned n = 1;
    for (;; n += 4, v /= 10000) {
        if (v < 10)
            return n;
        if (v < 100)
            return n + 1;
        if (v < 1000)
            return n + 2;
        if (v < 10000)
            return n + 3;
    }
}

static inline char *put_number(char *at, uint64_t v)
{
    unsigned n = digits_of(v);
    char *end = at + n, *to = end;
    while (v >= 100) {
        to -= 2;
        memcpy(to, pairs_of_digits + 2 * (v % 100), 2);
        v /= 100;
    }
    if (v >= 10)
        memcpy(to - 2, pairs_of_digits + 2 * v, 2);
    else
        to[-1] = (char)('0' + v);
    return end;
}

/* Eight hexadecimal digits, the first one in the lowest byte. */
static inline uint64_t hex_of(uint32_t v)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = (uint64_t)(v >> 16) | (uint64_t)(v & 0xffff) << 32;
    x = (x >> 8 & UINT64_C(0x000000ff000000ff)) | (x & UINT64_C(0x000000ff000000ff)) << 16;
    x = (x >> 4 & UINT64_C(0x000f000f000f000f)) | (x & UINT64_C(0x000f000f000f000f)) << 8;
    return x + '0' * ones + ((x + 6 * ones) >> 4 & ones) * ('a' - '0' - 10);
}

/* The last n of eight digits; eight bytes are written. */
static inline char *put_digits(char *at, uint64_t digits, unsigned n)
{
    digits >>= 8 * (8 - n);
    memcpy(at, &digits, 8);
    return at + n;
}

/* Up to eight bytes behind the text are written too. */
static inline char *put_hex(char *at, uint64_t v)
{
    unsigned n = v ? (unsigned)(67 - __builtin_clzll(v)) / 4 : 1;
    memcpy(at, "\"0x", 3);
    at += 3;
    if (n > 8)
        at = put_digits(at, hex_of((uint32_t)(v >> 32)), n - 8);
    at = put_digits(at, hex_of((uint32_t)v), n > 8 ? 8 : n);
    *at++ = '"';
    return at;
}

static inline uint64_t little(const uint8_t *p, size_t n)
{
    if (n == 4)
        return kk_binxml_u32(p);
    if (n == 8)
        return kk_binxml_u32(p) | (uint64_t)kk_binxml_u32(p + 4) << 32;
    uint64_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static char *put_two(char *at, unsigned v)
{
    memcpy(at, pairs_of_digits + 2 * v, 2);
    return at + 2;
}

static bool remember_day(kk_binxml *x, uint64_t ticks, size_t len)
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
static char *put_time(kk_binxml *x, char *at, uint64_t ticks)
{
    enum { DAY_TEXT = 11 }; /* 2026-07-09T */
    uint64_t seconds = ticks / 10000000, day = seconds / 86400;
    unsigned micro = (unsigned)(ticks % 10000000) / 10, in_day = (unsigned)(seconds % 86400);
    if (day + 1 != x->day && !remember_day(x, ticks, DAY_TEXT))
        return NULL;
    *at++ = '"';
    memcpy(at, x->day_text, DAY_TEXT);
    at = put_two(at + DAY_TEXT, in_day / 3600);
    *at++ = ':';
    at = put_two(at, in_day / 60 % 60);
    *at++ = ':';
    at = put_two(at, in_day % 60);
    *at++ = '.';
    at = put_two(put_two(put_two(at, micro / 10000), micro / 100 % 100), micro % 100);
    *at++ = 'Z';
    *at++ = '"';
    return at;
}

/* What repeats, by its remembered text; a GUID without its braces. */
static char *put_remembered(kk_binxml *x, char *at, kk_xml_value v)
{
    kk_slice text = kk_binxml_text(x, v);
    if (x->scratch.full || text.len + 2 > KK_XML_QUICK + 3 * (size_t)v.len)
        return NULL;
    if (v.type == KK_XML_GUID && text.len == 38)
        text = kk_part(text, 1, 36);
    *at++ = '"';
    memcpy(at, text.ptr, text.len);
    at += text.len;
    *at++ = '"';
    return at;
}

char *kk_xml_put_json_quick(kk_binxml *x, char *at, kk_xml_value v)
{
    size_t units = v.len / 2;
    if (v.type == KK_XML_UTF16) {
        while (units && !v.ptr[2 * units - 1] && !v.ptr[2 * units - 2])
            units--;
        *at++ = '"';
        at = put_units(at, v.ptr, units, AS_JSON);
        *at++ = '"';
        return at;
    }
    switch (v.type) {
    case KK_XML_UINT8:
    case KK_XML_UINT16:
    case KK_XML_UINT32:
    case KK_XML_UINT64:
        return v.len <= 8 ? put_number(at, little(v.ptr, v.len)) : NULL;
    case KK_XML_HEX32:
    case KK_XML_HEX64:
    case KK_XML_SIZE:
        return v.len <= 8 ? put_hex(at, little(v.ptr, v.len)) : NULL;
    case KK_XML_FILETIME:
        return v.len == 8 ? put_time(x, at, little(v.ptr, 8)) : NULL;
    case KK_XML_SID:
    case KK_XML_GUID:
        return put_remembered(x, at, v);
    default:
        return NULL;
    }
}

void kk_xml_put_json(kk_xml_scratch *out, kk_xml_value v)
{
    if (!v.len && v.type == KK_XML_NULL) {
        put_text(out, KK_S("null"));
        return;
    }
    if (is_bare(v)) {
        put_rendered(out, v);
        return;
    }
    put_text(out, KK_S("\""));
    if (!put_customary(out, v))
        put_escaped(out, v, AS_JSON);
    put_text(out, KK_S("\""));
}

void kk_xml_put_xml(kk_xml_scratch *out, kk_xml_value v)
{
    put_escaped(out, v, AS_XML);
}
