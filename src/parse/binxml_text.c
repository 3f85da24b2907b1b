/* Texts of the fields of a record, each made where it is asked for: making one again costs less than looking
 * for it among those that came before. */
#include "parse/binxml_digits.h"

void kk_binxml_share(kk_binxml *x)
{
    size_t spent = x->scratch.used;
    x->text_left -= spent < x->text_left ? spent : x->text_left;
    x->scratch.used = 0;
    x->scratch.full = false;
    x->scratch.capacity = x->text_left < KK_XML_SCRATCH ? x->text_left : KK_XML_SCRATCH;
}

/* Beside three bytes for each byte of a value: what a quick put takes at most. */
#define QUICK 224u

/* A text of the chunk; NULL where it is not all ASCII. */
static inline char *put_units(char *at, kk_xml_value v)
{
    size_t units = v.len / 2;
    while (units && !v.ptr[2 * units - 1] && !v.ptr[2 * units - 2])
        units--;
    return kk_xml_narrow(at, v.ptr, units) == units ? at + units : NULL;
}

/* Of up to eight bytes; NULL for a negative number. */
static inline char *put_whole(char *at, kk_xml_value v)
{
    uint64_t number = kk_xml_little(v.ptr, v.len);
    bool is_signed = v.type == KK_XML_INT8 || v.type == KK_XML_INT16 || v.type == KK_XML_INT32 ||
                     v.type == KK_XML_INT64;
    if (is_signed && number >> (8 * v.len - 1))
        return NULL;
    return v.type >= KK_XML_SIZE ? kk_xml_put_hex(at, number) : kk_xml_put_number(at, number);
}

static inline char *put_guid(char *at, const uint8_t *p)
{
    *at = '{';
    at = kk_xml_put_guid(at + 1, p);
    *at++ = '}';
    return at;
}

/* The commonest types. NULL, with nothing written that counts, for others. */
static inline char *put_quick(char *at, kk_xml_value v)
{
    if (!v.len)
        return at;
    if (v.type == KK_XML_UTF16)
        return put_units(at, v);
    if (kk_xml_is_whole(v))
        return put_whole(at, v);
    if (v.type == KK_XML_SID && kk_xml_is_sid(v.ptr, v.len))
        return kk_xml_put_sid(at, v.ptr);
    return v.type == KK_XML_GUID && v.len == 16 ? put_guid(at, v.ptr) : NULL;
}

static inline kk_slice text_of(kk_xml_scratch *s, kk_xml_value v)
{
    char *at = s->ptr + s->used;
    char *end = 3 * (size_t)v.len + QUICK <= s->capacity - s->used ? put_quick(at, v) : NULL;
    if (!end)
        return kk_xml_text(s, v);
    s->used += (size_t)(end - at);
    return (kk_slice){at, (size_t)(end - at)};
}

kk_slice kk_binxml_text(kk_binxml *x, kk_xml_value v)
{
    return text_of(&x->scratch, v);
}

kk_pair *kk_binxml_pairs(kk_binxml *x)
{
    kk_pair *pairs = x->pairs + KK_XML_SPARE;
    size_t limit = x->scratch.capacity;
    for (size_t i = 0; i < x->out->count; i++) {
        kk_slice text = text_of(&x->scratch, x->fields[i].value);
        if (x->scratch.full || x->scratch.used > limit) {
            x->out->count = i;
            x->out->cut = true;
            break;
        }
        pairs[i] = (kk_pair){x->fields[i].name, text};
    }
    x->scratch.full = false;
    x->scratch.capacity = KK_XML_SCRATCH + KK_XML_RESERVE;
    return pairs;
}
