/* Runs what binxml_json.c made of a template. The usual puts are written here, straight behind each other where
 * there is room for any of them: a key and one value of a common type, constant text, ends of objects. */
#include "parse/binxml_digits.h"
#include "parse/binxml_json.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- values ---- */

static inline uint32_t unit_at(const uint8_t *in, size_t i)
{
    return (uint32_t)in[2 * i] | (uint32_t)in[2 * i + 1] << 8;
}

/* How many of the next 16 units are plain, up to the first that is not; they are written. What is no ASCII
 * becomes zero or more than 127 when it is narrowed. Up to KK_XML_BEHIND bytes behind the text are looked at. */
static inline size_t put_plain(char *at, const uint8_t *in, size_t units)
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
    for (; i < units && i < 16 && !in[2 * i + 1]; i++) {
        uint8_t c = in[2 * i];
        if (c < ' ' || c > 127 || c == '"' || c == '\\')
            break;
        at[i] = (char)c;
    }
    return i;
#endif
}

/* From a unit on that is not plain. Terminators at the end are none of the text. */
static char *put_rest(char *at, const uint8_t *in, size_t units, size_t i)
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
        for (size_t plain = 16; plain == 16 && i < units;) {
            plain = put_plain(at, in + 2 * i, units - i);
            at += plain;
            i += plain;
        }
    }
    return at;
}

static inline char *put_text(char *at, const uint8_t *in, size_t units)
{
    size_t plain = 0, i = 0;
    *at++ = '"';
    do {
        plain = put_plain(at, in + 2 * i, units - i);
        at += plain;
        i += plain;
    } while (plain == 16);
    if (i < units)
        at = put_rest(at, in, units, i);
    *at++ = '"';
    return at;
}

/* NULL for what may be a terminator alone. */
static inline char *put_utf16(char *at, kk_xml_value v)
{
    return v.len == 2 && !v.ptr[0] ? NULL : put_text(at, v.ptr, v.len / 2);
}

/* Up to eight bytes behind the text are written too. */
static inline char *put_hex(char *at, uint64_t v)
{
    *at = '"';
    at = kk_xml_put_hex(at + 1, v);
    *at++ = '"';
    return at;
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

/* Without braces. */
static inline char *put_guid(char *at, const uint8_t *p)
{
    *at = '"';
    at = kk_xml_put_guid(at + 1, p);
    *at++ = '"';
    return at;
}

/* NULL for one that is not whole. */
static inline char *put_sid(char *at, kk_xml_value v)
{
    if (!kk_xml_is_sid(v.ptr, v.len))
        return NULL;
    *at = '"';
    at = kk_xml_put_sid(at + 1, v.ptr);
    *at++ = '"';
    return at;
}

static inline char *put_bool(char *at, uint64_t v)
{
    memcpy(at, v ? "true" : "fals", 4);
    at[4] = 'e';
    return at + (v ? 4 : 5);
}

/* A value of up to eight bytes; NULL for a negative number. */
static inline char *put_short(char *at, kk_xml_value v)
{
    uint64_t number = kk_xml_little(v.ptr, v.len);
    switch (v.type) {
    case KK_XML_INT8:
    case KK_XML_INT16:
    case KK_XML_INT32:
    case KK_XML_INT64:
        return number >> (8 * v.len - 1) ? NULL : kk_xml_put_number(at, number);
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

/* The commonest types. NULL, with nothing written that counts, for others. */
static inline char *put_value(kk_binxml *x, char *at, kk_xml_value v)
{
    switch (v.type) {
    case KK_XML_INT8:
    case KK_XML_INT16:
    case KK_XML_INT32:
    case KK_XML_INT64:
    case KK_XML_UINT8:
    case KK_XML_UINT16:
    case KK_XML_UINT32:
    case KK_XML_UINT64:
    case KK_XML_HEX32:
    case KK_XML_HEX64:
    case KK_XML_SIZE:
    case KK_XML_BOOL:
        return v.len <= 8 ? put_short(at, v) : NULL;
    case KK_XML_FILETIME:
        return v.len == 8 ? put_time(x, at, kk_xml_little(v.ptr, 8)) : NULL;
    case KK_XML_GUID:
        return v.len == 16 ? put_guid(at, v.ptr) : NULL;
    case KK_XML_SID:
        return put_sid(at, v);
    default:
        return NULL;
    }
}

/* ---- puts ---- */

static inline char *copy_blocks(char *at, const char *text, size_t len)
{
    memcpy(at, text, KK_JSON_SPARE); /* so many are always there */
    for (size_t n = KK_JSON_SPARE; n < len; n += KK_JSON_SPARE)
        memcpy(at + n, text + n, KK_JSON_SPARE);
    return at + len;
}

/* A key and one value. NULL where it takes longer: then nothing was written that counts. */
static inline char *write_member(kk_binxml *x, const kk_json_put *p, const kk_xml_value *v,
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
static inline bool is_bare_leaf(const kk_xml_value *v, const char *at)
{
    return at[-1] == '{' && v->len && v->type >= KK_XML_INT8 && v->type <= KK_XML_UINT64;
}

/* Attributes that are not there are taken back. */
static inline char *close_attributes(char *at)
{
    if (at[-1] != ',')
        return at - strlen("\"#attributes\":{");
    at[-1] = '}';
    *at++ = ',';
    return at;
}

static inline char *close_object(char *at)
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
static inline char *write_quick(kk_binxml *x, const kk_json_put *p, const kk_xml_value *values,
                                char *at)
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

static void run_puts(kk_xml_writer *w, const kk_json_program *program)
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

void kk_json_run(kk_xml_writer *w)
{
    const kk_json_program *program = kk_json_of(w);
    unsigned *outer = w->numbers, own[KK_JSON_GROUPS];
    if (w->out->full || !program->count)
        return;
    if (program->is_grouped) {
        memset(own, 0, sizeof own);
        w->numbers = own;
    }
    run_puts(w, program);
    w->numbers = outer;
}
