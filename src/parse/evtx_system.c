/* Remembering what System comes to, by the bytes of its fields. */
#include "parse/evtx_system.h"

#include "parse/binxml_digits.h"
#include "parse/winevent_system.h"

enum { KINDS = 128, ROOM = 1280, CHANNEL_MOST = 512, AMPLE = 4096, IMAGE = 384, BLOCK = 16 };

/* What is compared, those first that differ most often. */
static const uint8_t shared_fields[] = {
    KK_SYS_EVENT_ID, KK_SYS_KEYWORDS, KK_SYS_COMPUTER,   KK_SYS_CHANNEL,
    KK_SYS_PROVIDER, KK_SYS_TASK,     KK_SYS_LEVEL,      KK_SYS_VERSION,
    KK_SYS_OPCODE,   KK_SYS_GUID,     KK_SYS_QUALIFIERS, KK_SYS_SOURCE,
};
enum { SHARED = sizeof shared_fields / sizeof *shared_fields };

typedef struct {
    bool is_known;
    size_t spent; /* of the record's share of text, when it was made */
    kk_xml_value values[SHARED];
    kk_evtx_system system;
    size_t used;
    char room[ROOM + 8]; /* bytes of values and texts */
    /* Bytes of an instance of `outer` from the count of its values on, and which of them make it this kind: looking
     * at them is quicker than at the values. NULL: none are known. */
    const kk_xml_program *outer;
    size_t compared;
    uint8_t image[IMAGE], mask[IMAGE];
} kind;

struct kk_evtx_systems {
    kk_binxml *xml;
    kk_evtx_columns *columns;
    const kk_xml_value *values; /* of the record that is made now */
    kk_evtx_system now;
    char dataset[CHANNEL_MOST + 8];
    kind kinds[KINDS];
};

kk_evtx_systems *kk_evtx_systems_open(kk_arena *arena, kk_binxml *xml, kk_evtx_columns *columns)
{
    kk_evtx_systems *s = KK_NEW(arena, kk_evtx_systems);
    s->xml = xml;
    s->columns = columns;
    return s;
}

/* ---- making ---- */

static kk_slice text_of(void *context, kk_system_field field)
{
    kk_evtx_systems *s = context;
    return kk_binxml_text(s->xml, s->values[field]);
}

static kk_slice dataset_of(kk_evtx_systems *s, kk_slice channel)
{
    const kk_slice prefix = KK_S("windows.");
    if (!channel.len)
        return KK_S("windows");
    if (channel.len > CHANNEL_MOST)
        channel.len = CHANNEL_MOST;
    memcpy(s->dataset, prefix.ptr, prefix.len);
    for (size_t i = 0; i < channel.len; i++) {
        char c = channel.ptr[i];
        s->dataset[prefix.len + i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return (kk_slice){s->dataset, prefix.len + channel.len};
}

static void make(kk_evtx_systems *s)
{
    kk_evtx_system *now = &s->now;
    uint64_t code = 0;
    now->provider = text_of(s, KK_SYS_PROVIDER);
    if (!now->provider.len)
        now->provider = text_of(s, KK_SYS_GUID);
    now->code_text = text_of(s, KK_SYS_EVENT_ID);
    now->host = text_of(s, KK_SYS_COMPUTER);
    kk_slice channel = text_of(s, KK_SYS_CHANNEL);
    now->dataset = dataset_of(s, channel);
    now->keywords = 0;
    kk_xml_number(s->values[KK_SYS_EVENT_ID], &code);
    kk_xml_number(s->values[KK_SYS_KEYWORDS], &now->keywords);
    now->meaning = kk_evtx_columns_meaning(s->columns, code, channel, now->provider);
    kk_pair pairs[KK_SYS_FIELDS], *end = pairs + KK_SYS_FIELDS, *more = end;
    kk_system_part part = {
        .values = s->values, .fields = ~(uint32_t)KK_EVTX_OWN, .text = text_of, .context = s};
    now->told = kk_system_tell(&part, &more);
    now->count = (size_t)(end - more);
    memcpy(now->pairs, more, now->count * sizeof *more);
}

/* ---- remembering ---- */

static bool keep_bytes(kind *k, const void *bytes, size_t len, const void **kept)
{
    if (len > ROOM - k->used)
        return false;
    *kept = k->room + k->used;
    if (len)
        memcpy(k->room + k->used, bytes, len);
    k->used += len;
    return true;
}

static bool keep_text(kind *k, kk_slice *text)
{
    const void *kept;
    if (!keep_bytes(k, text->ptr, text->len, &kept))
        return false;
    text->ptr = kept;
    return true;
}

static bool keep(const kk_evtx_systems *s, kind *k)
{
    const void *kept;
    k->used = 0;
    for (size_t i = 0; i < SHARED; i++) {
        const kk_xml_value *v = &s->values[shared_fields[i]];
        if (!keep_bytes(k, v->ptr, v->len, &kept))
            return false;
        k->values[i] = (kk_xml_value){kept, v->len, v->type};
    }
    k->system = s->now;
    bool all = keep_text(k, &k->system.provider) && keep_text(k, &k->system.code_text) &&
               keep_text(k, &k->system.host) && keep_text(k, &k->system.dataset);
    for (size_t i = 0; i < k->system.count && all; i++)
        all = keep_text(k, &k->system.pairs[i].value);
    return all;
}

static inline uint64_t eight(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint64_t other = eight(a + len - 8) ^ eight(b + len - 8);
    for (size_t i = 0; i + 8 <= len; i += 8)
        other |= eight(a + i) ^ eight(b + i);
    return !other;
}

/* Behind the bytes of a chunk there are others, and behind those that are kept too. */
static inline bool same_value(const kk_xml_value *v, const kk_xml_value *own)
{
    if (v->len > 8)
        return same_bytes(v->ptr, own->ptr, v->len);
    if (v->type == KK_XML_UTF8)
        return memcmp(v->ptr, own->ptr, v->len) == 0;
    return (eight(v->ptr) ^ eight(own->ptr)) << (64 - 8 * v->len) == 0;
}

static inline bool is_kind(const kind *k, const kk_xml_value *values)
{
    if (!k->is_known)
        return false;
    for (size_t i = 0; i < SHARED; i++) {
        const kk_xml_value *v = &values[shared_fields[i]], *own = &k->values[i];
        if (v->len != own->len || v->type != own->type)
            return false;
        if (v->len && !same_value(v, own))
            return false;
    }
    return true;
}

/* ---- by its bytes ---- */

static inline bool has_image(const kind *k, const kk_binxml *x)
{
    const kk_xml_instance *outer = x->outer;
    if (!outer || !k->outer || outer->program != k->outer)
        return false;
    const size_t begin = outer->at + KK_XML_COUNT_BEHIND;
    if (k->compared > KK_EVTX_CHUNK - begin)
        return false;
    const uint8_t *bytes = x->chunk + begin;
    uint64_t other = 0;
    for (size_t at = 0; at < k->compared; at += BLOCK) {
        other |= (eight(bytes + at) ^ eight(k->image + at)) & eight(k->mask + at);
        other |= (eight(bytes + at + 8) ^ eight(k->image + at + 8)) & eight(k->mask + at + 8);
    }
    return !other;
}

/* All descriptors but the size of the event's data, and the shared values. What stands behind the data moves with it. */
static void keep_image(kind *k, const kk_binxml *x, const kk_xml_value *system)
{
    k->outer = NULL;
    if (!x->outer || !x->outer->program->movable)
        return;
    const kk_xml_program *program = x->outer->program;
    const kk_xml_value *data = &x->values[program->late->index];
    const uint8_t *base = x->chunk + x->outer->at + KK_XML_COUNT_BEHIND;
    size_t end = 4 + 4 * (size_t)x->outer->count, most = (size_t)(data->ptr - base);
    most = most < IMAGE ? most : IMAGE;
    if (end > most)
        return;
    memset(k->mask, 0, IMAGE);
    memset(k->mask, 0xff, end);
    memset(k->mask + 4 + 4 * (size_t)program->late->index, 0, 2);
    for (size_t i = 0; i < SHARED; i++) {
        const kk_xml_value *v = &system[shared_fields[i]];
        if (!v->len || v->type == KK_XML_UTF8) /* a constant of the program */
            continue;
        const size_t at = (size_t)(v->ptr - base);
        if (at + v->len > most)
            return;
        memset(k->mask + at, 0xff, v->len);
        end = at + v->len > end ? at + v->len : end;
    }
    memcpy(k->image, base, end);
    k->compared = (end + BLOCK - 1) / BLOCK * BLOCK;
    k->outer = program;
}

/* Up to eight of its last bytes. */
static inline uint64_t tail_of(const kk_xml_value *v)
{
    return v->len < 8 ? kk_xml_little(v->ptr, v->len) : eight(v->ptr + v->len - 8);
}

static kind *place_of(kk_evtx_systems *s, const kk_xml_value *values)
{
    const uint64_t mix = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = tail_of(&values[KK_SYS_EVENT_ID]) * mix ^ tail_of(&values[KK_SYS_KEYWORDS]);
    h = (h ^ h >> 32 ^ tail_of(&values[KK_SYS_COMPUTER])) * mix;
    h = (h ^ h >> 32 ^ values[KK_SYS_PROVIDER].len) * mix;
    return &s->kinds[(h >> 32) % KINDS];
}

static bool is_same(kind *k, const kk_binxml *x, const kk_xml_value *system)
{
    if (has_image(k, x))
        return true;
    if (!is_kind(k, system))
        return false;
    if (!k->outer)
        keep_image(k, x, system);
    return true;
}

/* The share of the record is the same, whether it is known already or not. */
const kk_evtx_system *kk_evtx_system_of(kk_evtx_systems *s, const kk_xml_event *record)
{
    kk_xml_scratch *scratch = kk_binxml_scratch(s->xml);
    const size_t before = scratch->used;
    kind *k = place_of(s, record->system);
    if (is_same(k, s->xml, record->system) && scratch->capacity - before >= k->spent + AMPLE) {
        scratch->used += k->spent;
        return &k->system;
    }
    s->values = record->system;
    make(s);
    k->spent = scratch->used - before;
    k->is_known = !scratch->full && keep(s, k);
    k->outer = NULL;
    return k->is_known ? &k->system : &s->now;
}
