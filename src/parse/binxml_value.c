/* Values of BinXML as text, numbers and times. All integers are little-endian; sizes come from the
 * descriptor and are trusted over the type, because producers get types wrong (booleans of one or
 * eight bytes, 32-bit numbers typed as 64-bit ones). */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/binxml_digits.h"
#include "parse/code_page.h"
#include <stdio.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

kk_xml_scratch kk_xml_scratch_open(kk_arena *arena, kk_arena *odd)
{
    kk_xml_scratch s = {.capacity = KK_XML_SCRATCH + KK_XML_RESERVE, .odd = odd};
    s.ptr = kk_take_bytes(arena, s.capacity);
    return s;
}

/* Room for `len` bytes, or NULL when the record has used up its share. */
static char *room(kk_xml_scratch *s, size_t len)
{
    if (len > s->capacity - s->used) {
        s->full = true;
        return NULL;
    }
    return s->ptr + s->used;
}

static kk_slice keep(kk_xml_scratch *s, size_t len)
{
    kk_slice text = {s->ptr + s->used, len};
    s->used += len;
    return text;
}

static char *put_bytes_hex(char *out, const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        *out++ = "0123456789ABCDEF"[p[i] >> 4];
        *out++ = "0123456789ABCDEF"[p[i] & 15];
    }
    return out;
}

/* Leading code units that are ASCII, eight at a time; writes them and returns how many. */
static size_t narrow_ascii(char *out, const uint8_t *in, size_t units)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i high = _mm_set1_epi16((short)0xff80), zero = _mm_setzero_si128();
    for (; units - i >= 8; i += 8) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in + 2 * i));
        if (_mm_movemask_epi8(_mm_cmpeq_epi16(_mm_and_si128(v, high), zero)) != 0xffff)
            break;
        _mm_storel_epi64((__m128i *)(void *)(out + i), _mm_packus_epi16(v, v));
    }
#endif
    for (; i < units && !in[2 * i + 1] && in[2 * i] < 0x80; i++)
        out[i] = (char)in[2 * i];
    return i;
}

static size_t put_point(char *out, uint32_t c)
{
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* One code point at unit i; lone surrogates become U+FFFD. */
static uint32_t take_point(const uint8_t *in, size_t units, size_t *i)
{
    uint32_t c = (uint32_t)kk_xml_little(in + 2 * *i, 2);
    ++*i;
    if (c < 0xd800 || c > 0xdfff)
        return c;
    if (c < 0xdc00 && *i < units) {
        uint32_t low = (uint32_t)kk_xml_little(in + 2 * *i, 2);
        if (low >= 0xdc00 && low <= 0xdfff) {
            ++*i;
            return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return 0xfffd;
}

static kk_slice text_utf16(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    size_t units = len / 2, i = 0, n = 0;
    while (units && !in[2 * units - 1] && !in[2 * units - 2])
        units--;
    char *out = room(s, 3 * units + 16);
    if (!out)
        return KK_NONE;
    while (i < units) {
        size_t run = narrow_ascii(out + n, in + 2 * i, units - i);
        i += run;
        n += run;
        if (i < units)
            n += put_point(out + n, take_point(in, units, &i));
    }
    return keep(s, n);
}

static bool is_letter_of_ascii(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Each byte above ASCII is a letter of Western Europe and stands alone beside one of ASCII: in Japanese they come in
 * pairs, or the first of a pair is mostly below. */
static bool is_western(const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (in[i] < 0x80)
            continue;
        uint8_t before = i ? in[i - 1] : 0, behind = i + 1 < len ? in[i + 1] : 0;
        bool alone = before < 0x80 && behind < 0x80,
             beside = is_letter_of_ascii(before) || is_letter_of_ascii(behind);
        if (in[i] < 0xc0 || !alone || !beside)
            return false;
    }
    return true;
}

static size_t count_beyond_ascii(kk_slice text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len;)
        count += kk_next_char(text, &at) >= 0x80;
    return count;
}

/* Japanese text may be cut; where half of what is beyond ASCII is no character, it is no Japanese. */
static kk_slice guessed_text(kk_arena *arena, kk_slice bytes)
{
    size_t lost = 0;
    kk_charset charset = kk_charset_guess(bytes, NULL);
    if (charset == KK_LATIN1 || is_western((const uint8_t *)bytes.ptr, bytes.len))
        return kk_code_page_text(arena, 1252, bytes, NULL);
    kk_slice text = kk_decode(arena, charset, bytes, &lost);
    return lost * 2 > count_beyond_ascii(text) ? kk_code_page_text(arena, 1252, bytes, NULL) : text;
}

/* 8-bit text: the code page is a setting of the machine that wrote it, so it is guessed. */
static kk_slice text_ansi(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    while (len && !in[len - 1])
        len--;
    kk_slice bytes = {(const char *)in, len};
    if (!kk_utf8_valid(bytes))
        bytes = guessed_text(s->odd, bytes);
    char *out = room(s, bytes.len);
    if (!out || !bytes.len)
        return KK_NONE;
    memcpy(out, bytes.ptr, bytes.len);
    return keep(s, bytes.len);
}

static kk_slice text_binary(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    char *out = room(s, 2 * len);
    if (!out)
        return KK_NONE;
    put_bytes_hex(out, in, len);
    return keep(s, 2 * len);
}

/* What was put at the end of the text so far. */
static kk_slice keep_until(kk_xml_scratch *s, const char *end)
{
    return keep(s, (size_t)(end - (s->ptr + s->used)));
}

static kk_slice text_signed(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    char *out = room(s, 24);
    if (!out)
        return KK_NONE;
    uint64_t v = kk_xml_little(in, len);
    uint64_t sign = UINT64_C(1) << (8 * (len > 8 ? 8 : len) - 1);
    if (!(v & sign))
        return keep_until(s, kk_xml_put_number(out, v));
    *out = '-';
    return keep_until(s, kk_xml_put_number(out + 1, (~v & (sign - 1)) + 1));
}

static kk_slice text_unsigned(kk_xml_scratch *s, const uint8_t *in, size_t len, bool hex)
{
    char *out = room(s, 32);
    if (!out)
        return KK_NONE;
    uint64_t v = kk_xml_little(in, len);
    return keep_until(s, hex ? kk_xml_put_hex(out, v) : kk_xml_put_number(out, v));
}

/* The shortest text that reads back as the same number. */
static kk_slice text_float(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    double v;
    float f;
    char *out = room(s, 40);
    if (!out || (len != 4 && len != 8))
        return text_binary(s, in, len);
    if (len == 4) {
        memcpy(&f, in, 4);
        v = (double)f;
    } else {
        memcpy(&v, in, 8);
    }
    int n = 0, least = len == 4 ? 6 : 15;
    for (int digits = least; digits <= least + 3; digits++) {
        n = snprintf(out, 40, "%.*g", digits, v);
        double back = strtod(out, NULL);
        if (len == 4 ? (float)back == (float)v : back == v)
            break;
    }
    return keep(s, (size_t)n);
}

static kk_slice text_guid(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    if (len != 16)
        return text_binary(s, in, len);
    char *out = room(s, 38);
    if (!out)
        return KK_NONE;
    *out = '{';
    *kk_xml_put_guid(out + 1, in) = '}';
    return keep(s, 38);
}

static kk_slice text_sid(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    if (!kk_xml_is_sid(in, len))
        return text_binary(s, in, len);
    char *out = room(s, KK_XML_SID_TEXT);
    return out ? keep_until(s, kk_xml_put_sid(out, in)) : KK_NONE;
}

static char *put_digits(char *out, unsigned v, size_t n)
{
    for (size_t i = n; i-- > 0; v /= 10)
        out[i] = (char)('0' + v % 10);
    return out + n;
}

/* 2026-07-09T00:00:00.1234567 without a zone. FILETIME beyond the range of kk_time is written out
 * too: "never" is a real value of logs. */
size_t kk_xml_put_filetime(char out[40], uint64_t ticks, unsigned digits)
{
    uint64_t seconds = ticks / 10000000;
    int year, month, day;
    char *at = out;
    kk_civil_from_days((int64_t)(seconds / 86400) - 134774, &year, &month, &day);
    unsigned in_day = (unsigned)(seconds % 86400), rest = (unsigned)(ticks % 10000000);
    at = put_digits(at, (unsigned)year, year > 9999 ? 5 : 4);
    *at++ = '-';
    at = kk_xml_put_two(at, (unsigned)month);
    *at++ = '-';
    at = kk_xml_put_two(at, (unsigned)day);
    *at++ = 'T';
    at = kk_xml_put_two(at, in_day / 3600);
    *at++ = ':';
    at = kk_xml_put_two(at, in_day / 60 % 60);
    *at++ = ':';
    at = kk_xml_put_two(at, in_day % 60);
    if (digits) {
        char all[10];
        *at++ = '.';
        put_digits(all, rest, 7);
        all[7] = all[8] = '0';
        memcpy(at, all, digits);
        at += digits;
    }
    return (size_t)(at - out);
}

static kk_slice text_filetime(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    char *out = room(s, 48);
    if (!out || len != 8)
        return text_binary(s, in, len);
    uint64_t ticks = kk_xml_little(in, 8);
    unsigned rest = (unsigned)(ticks % 10000000);
    size_t n = kk_xml_put_filetime(out, ticks,
                                   !rest               ? 0
                                   : rest % 10000 == 0 ? 3
                                   : rest % 10 == 0    ? 6
                                                       : 9);
    out[n++] = 'Z';
    return keep(s, n);
}

static bool civil_of(const uint8_t *in, size_t len, kk_civil *out)
{
    if (len != 16 || kk_xml_little(in + 14, 2) > 999)
        return false;
    *out = (kk_civil){.year = (int)kk_xml_little(in, 2),
                      .month = (int)kk_xml_little(in + 2, 2),
                      .day = (int)kk_xml_little(in + 6, 2),
                      .hour = (int)kk_xml_little(in + 8, 2),
                      .minute = (int)kk_xml_little(in + 10, 2),
                      .second = (int)kk_xml_little(in + 12, 2),
                      .nanosecond = (int)kk_xml_little(in + 14, 2) * 1000000};
    return kk_civil_valid(out);
}

static kk_slice text_systemtime(kk_xml_scratch *s, const uint8_t *in, size_t len)
{
    kk_civil t;
    char *out = room(s, 48);
    if (!out || !civil_of(in, len, &t))
        return text_binary(s, in, len);
    int n = snprintf(out, 48, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour,
                     t.minute, t.second);
    if (t.nanosecond)
        n += snprintf(out + n, 12, ".%03d", t.nanosecond / 1000000);
    out[n++] = 'Z';
    return keep(s, (size_t)n);
}

static kk_slice text_bool(const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (in[i])
            return KK_S("true");
    return KK_S("false");
}

kk_slice kk_xml_text(kk_xml_scratch *s, kk_xml_value v)
{
    if (!v.len)
        return (kk_slice){"", 0};
    switch (v.type) {
    case KK_XML_UTF8:
        return (kk_slice){(const char *)v.ptr, v.len};
    case KK_XML_UTF16:
    case KK_XML_EVTXML:
        return text_utf16(s, v.ptr, v.len);
    case KK_XML_ANSI:
        return text_ansi(s, v.ptr, v.len);
    case KK_XML_INT8:
    case KK_XML_INT16:
    case KK_XML_INT32:
    case KK_XML_INT64:
        return text_signed(s, v.ptr, v.len);
    case KK_XML_UINT8:
    case KK_XML_UINT16:
    case KK_XML_UINT32:
    case KK_XML_UINT64:
        return text_unsigned(s, v.ptr, v.len, false);
    case KK_XML_SIZE:
    case KK_XML_HEX32:
    case KK_XML_HEX64:
    case KK_XML_HANDLE:
        return text_unsigned(s, v.ptr, v.len, true);
    case KK_XML_FLOAT:
    case KK_XML_DOUBLE:
        return text_float(s, v.ptr, v.len);
    case KK_XML_BOOL:
        return text_bool(v.ptr, v.len);
    case KK_XML_GUID:
        return text_guid(s, v.ptr, v.len);
    case KK_XML_FILETIME:
        return text_filetime(s, v.ptr, v.len);
    case KK_XML_SYSTEMTIME:
        return text_systemtime(s, v.ptr, v.len);
    case KK_XML_SID:
        return text_sid(s, v.ptr, v.len);
    case KK_XML_NULL:
        return (kk_slice){"", 0};
    default:
        return text_binary(s, v.ptr, v.len);
    }
}

/* Bytes up to the terminator (of `unit` bytes) or the end. */
static size_t string_item(const kk_xml_value *a, size_t unit, size_t *with_end)
{
    for (size_t i = 0; i + unit <= a->len; i += unit) {
        if (!a->ptr[i] && (unit == 1 || !a->ptr[i + 1])) {
            *with_end = i + unit;
            return i;
        }
    }
    *with_end = a->len;
    return a->len / unit * unit;
}

static size_t item_size(const kk_xml_value *a, uint8_t type)
{
    switch (type) {
    case KK_XML_INT8:
    case KK_XML_UINT8:
        return 1;
    case KK_XML_INT16:
    case KK_XML_UINT16:
        return 2;
    case KK_XML_INT32:
    case KK_XML_UINT32:
    case KK_XML_FLOAT:
    case KK_XML_BOOL:
    case KK_XML_HEX32:
        return 4;
    case KK_XML_INT64:
    case KK_XML_UINT64:
    case KK_XML_DOUBLE:
    case KK_XML_HEX64:
    case KK_XML_FILETIME:
        return 8;
    case KK_XML_SIZE:
        return a->len % 8 ? 4 : 8;
    case KK_XML_GUID:
    case KK_XML_SYSTEMTIME:
        return 16;
    case KK_XML_SID:
        return a->len >= 8 ? 8u + 4u * a->ptr[1] : a->len;
    default:
        return a->len;
    }
}

bool kk_xml_item(kk_xml_value *array, kk_xml_value *item)
{
    if (!array->len)
        return false;
    uint8_t type = array->type & (KK_XML_ARRAY - 1);
    size_t size, take;
    if (type == KK_XML_UTF16 || type == KK_XML_ANSI)
        size = string_item(array, type == KK_XML_UTF16 ? 2 : 1, &take);
    else
        take = size = item_size(array, type);
    if (take > array->len)
        take = size = array->len;
    *item = (kk_xml_value){array->ptr, (uint32_t)size, type};
    array->ptr += take;
    array->len -= (uint32_t)take;
    return true;
}

static bool number_in_text(kk_slice text, uint64_t *out)
{
    text = kk_trim(text);
    if (text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x')
        return kk_hex_to_u64(kk_from(text, 2), out);
    return kk_to_u64(text, out);
}

bool kk_xml_number(kk_xml_value v, uint64_t *out)
{
    char narrow[48];
    if (v.type == KK_XML_UTF8)
        return number_in_text((kk_slice){(const char *)v.ptr, v.len}, out);
    if (v.type == KK_XML_UTF16 && v.len >= 2 && v.len <= 2 * sizeof narrow - 16)
        return number_in_text((kk_slice){narrow, narrow_ascii(narrow, v.ptr, v.len / 2)}, out);
    if (!kk_xml_is_whole(v))
        return false;
    *out = kk_xml_little(v.ptr, v.len);
    return true;
}

kk_time kk_xml_time(kk_xml_value v)
{
    kk_time time;
    kk_civil civil;
    char narrow[64];
    if (v.type == KK_XML_FILETIME && v.len == 8)
        return kk_time_from_filetime(kk_xml_little(v.ptr, 8));
    if (v.type == KK_XML_SYSTEMTIME && civil_of(v.ptr, v.len, &civil))
        return kk_time_from_civil(&civil);
    if (v.type == KK_XML_UTF8 && kk_time_parse((kk_slice){(const char *)v.ptr, v.len}, &time))
        return time;
    if (v.type == KK_XML_UTF16 && v.len <= 2 * sizeof narrow - 16) {
        size_t n = narrow_ascii(narrow, v.ptr, v.len / 2);
        if (kk_time_parse((kk_slice){narrow, n}, &time))
            return time;
    }
    return KK_NO_TIME;
}
