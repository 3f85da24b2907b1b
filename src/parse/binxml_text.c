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

/* A text of the chunk: mostly it is ASCII. */
static inline kk_slice text_of_units(kk_xml_scratch *s, kk_xml_value v)
{
    size_t units = v.len / 2;
    if (3 * units + KK_XML_BEHIND > s->capacity - s->used)
        return kk_xml_text(s, v);
    while (units && !v.ptr[2 * units - 1] && !v.ptr[2 * units - 2])
        units--;
    char *at = s->ptr + s->used;
    if (kk_xml_narrow(at, v.ptr, units) != units)
        return kk_xml_text(s, v);
    s->used += units;
    return (kk_slice){at, units};
}

kk_slice kk_binxml_text(kk_binxml *x, kk_xml_value v)
{
    return v.type == KK_XML_UTF16 ? text_of_units(&x->scratch, v) : kk_xml_text(&x->scratch, v);
}

kk_pair *kk_binxml_pairs(kk_binxml *x)
{
    kk_pair *pairs = x->pairs + KK_XML_SPARE;
    size_t limit = x->scratch.capacity;
    for (size_t i = 0; i < x->out->count; i++) {
        kk_slice text = kk_binxml_text(x, x->fields[i].value);
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
