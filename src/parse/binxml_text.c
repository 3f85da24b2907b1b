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
static inline char *put_units(char *at, const kk_xml_value *v)
{
    const uint8_t *in = v->ptr;
    size_t units = v->len / 2;
    while (units && !in[2 * units - 1] && !in[2 * units - 2])
        units--;
    return kk_xml_narrow(at, in, units) == units ? at + units : NULL;
}

/* Of up to eight bytes; NULL for a negative number. */
static inline char *put_signed(char *at, const kk_xml_value *v)
{
    uint64_t number = kk_xml_little(v->ptr, v->len);
    return number >> (8 * v->len - 1) ? NULL : kk_xml_put_number(at, number);
}

static inline char *put_guid(char *at, const uint8_t *p)
{
    *at = '{';
    at = kk_xml_put_guid(at + 1, p);
    *at++ = '}';
    return at;
}

bool kk_xml_learn_realm(kk_xml_realm *realm, const uint8_t *account)
{
    char text[KK_XML_SID_TEXT + 16];
    *realm = (kk_xml_realm){0};
    memcpy(realm->bytes, account, sizeof realm->bytes);
    realm->bytes[1] = KK_XML_REALM_NUMBERS;
    size_t len = (size_t)(kk_xml_put_sid(text, realm->bytes) - text);
    if (len >= sizeof realm->text)
        return false; /* its count keeps it from being found */
    memcpy(realm->text, text, len);
    realm->text[len] = '-';
    realm->len = len + 1;
    realm->bytes[1] = account[1];
    return true;
}

/* What is no text, and has a size. NULL, with nothing written that counts, for the less common. */
static char *put_short(kk_binxml *x, char *at, const kk_xml_value *v)
{
    const uint32_t len = v->len;
    switch (v->type) {
    case KK_XML_INT8:
    case KK_XML_INT16:
    case KK_XML_INT32:
    case KK_XML_INT64:
        return len <= 8 ? put_signed(at, v) : NULL;
    case KK_XML_UINT8:
    case KK_XML_UINT16:
    case KK_XML_UINT32:
    case KK_XML_UINT64:
        return len <= 8 ? kk_xml_put_number(at, kk_xml_little(v->ptr, len)) : NULL;
    case KK_XML_SIZE:
    case KK_XML_HEX32:
    case KK_XML_HEX64:
        return len <= 8 ? kk_xml_put_hex(at, kk_xml_little(v->ptr, len)) : NULL;
    case KK_XML_GUID:
        return len == 16 ? put_guid(at, v->ptr) : NULL;
    case KK_XML_SID:
        return kk_xml_is_sid(v->ptr, len) ? kk_xml_put_account(&x->realm, at, v->ptr) : NULL;
    default:
        return NULL;
    }
}

/* The commonest types. */
static inline char *put_quick(kk_binxml *x, char *at, const kk_xml_value *v)
{
    if (!v->len)
        return at;
    return v->type == KK_XML_UTF16 ? put_units(at, v) : put_short(x, at, v);
}

static inline bool has_room(const kk_xml_scratch *s, const kk_xml_value *v)
{
    return 3 * (size_t)v->len + QUICK <= s->capacity - s->used;
}

kk_slice kk_binxml_text(kk_binxml *x, kk_xml_value v)
{
    kk_xml_scratch *s = &x->scratch;
    char *at = s->ptr + s->used, *end = has_room(s, &v) ? put_quick(x, at, &v) : NULL;
    if (!end)
        return kk_xml_text(s, v);
    s->used += (size_t)(end - at);
    return (kk_slice){at, (size_t)(end - at)};
}

/* What takes longer than a quick put; false where there is no room for it. */
static bool put_slow(kk_binxml *x, size_t limit, const kk_xml_value *v, kk_slice *text)
{
    *text = kk_xml_text(&x->scratch, *v);
    if (!x->scratch.full && x->scratch.used <= limit)
        return true;
    x->out->cut = true;
    return false;
}

kk_pair *kk_binxml_pairs(kk_binxml *x)
{
    kk_xml_scratch *s = &x->scratch;
    const size_t limit = s->capacity, count = x->out->count;
    kk_pair *pairs = x->pairs + KK_XML_SPARE;
    const kk_xml_field *fields = x->fields;
    /* Text is written through a char pointer, which may be anybody's: what is needed stays here. */
    char *at = s->ptr + s->used, *const begin = s->ptr, *const end = begin + limit;
    size_t i = 0;
    for (; i < count; i++) {
        const kk_xml_value *v = &fields[i].value;
        bool is_roomy = 3 * (size_t)v->len + QUICK <= (size_t)(end - at);
        char *behind = is_roomy ? put_quick(x, at, v) : NULL;
        memcpy(&pairs[i].name, &fields[i].name, sizeof pairs[i].name); /* in one move */
        if (behind) {
            pairs[i].value.ptr = at;
            pairs[i].value.len = (size_t)(behind - at);
            at = behind;
            continue;
        }
        s->used = (size_t)(at - begin);
        if (!put_slow(x, limit, v, &pairs[i].value))
            break;
        at = begin + s->used;
    }
    s->used = (size_t)(at - begin);
    x->out->count = i;
    s->full = false;
    s->capacity = KK_XML_SCRATCH + KK_XML_RESERVE;
    return pairs;
}

kk_pair *kk_binxml_unread(kk_binxml *x)
{
    const size_t count = x->out->count;
    kk_pair *pairs = x->pairs + KK_XML_SPARE;
    const kk_xml_field *fields = x->fields;
    for (size_t i = 0; i < count; i++) {
        memcpy(&pairs[i].name, &fields[i].name, sizeof pairs[i].name); /* in one move */
        pairs[i].value = (kk_slice){(const char *)(const void *)&fields[i].value, KK_UNREAD};
    }
    x->scratch.full = false;
    x->scratch.capacity = KK_XML_SCRATCH + KK_XML_RESERVE;
    return pairs;
}

bool kk_binxml_whole(const kk_binxml *x, size_t field, uint64_t *number)
{
    const kk_xml_value v = x->fields[field].value;
    const uint8_t is_signed = v.type & 1; /* types of whole numbers take turns */
    if (!kk_xml_is_whole(v))
        return false;
    *number = kk_xml_little(v.ptr, v.len);
    return v.type > KK_XML_UINT64 || !is_signed || !(*number >> (8 * v.len - 1));
}
