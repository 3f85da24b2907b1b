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

char *kk_xml_put_odd_json(char *at, const uint8_t *in, size_t units, size_t *i)
{
    return put_odd(at, in, units, i, AS_JSON);
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
