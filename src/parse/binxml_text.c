/* Texts of the fields of a record. Most texts of a log repeat: accounts, hosts, paths, identifiers.
 * Each distinct one is converted once and remembered by its bytes, in two halves of bounded memory:
 * when one is full the other is emptied and filled, so that what was given out for a record lives
 * until the record is done. What is remembered changes speed only. */
#include "base/text.h"
#include "parse/binxml_program.h"

#define WORDS 8192u         /* places; a newer text takes the place of an older one */
#define WORD_MOST 512u      /* bytes of a value that is worth remembering */
#define HALF (1u << 20)     /* bytes of text and values of one half */
#define NEW_MOST (1u << 17) /* of them for one record: what it was given stays valid */

typedef struct {
    uint64_t hash; /* 0: free */
    const char *bytes;
    uint32_t len, text_len; /* the text is behind the bytes */
} word;

struct kk_xml_words {
    word table[WORDS];
    char *half[2];
    unsigned now;
    size_t used, new;
};

struct kk_xml_words *kk_xml_words_open(kk_arena *arena)
{
    struct kk_xml_words *w = KK_NEW(arena, struct kk_xml_words);
    w->half[0] = kk_take(arena, HALF);
    w->half[1] = kk_take(arena, HALF);
    return w;
}

void kk_binxml_share(kk_binxml *x)
{
    size_t spent = x->scratch.used + x->said;
    x->text_left -= spent < x->text_left ? spent : x->text_left;
    x->said = 0;
    x->words->new = 0;
    x->scratch.used = 0;
    x->scratch.full = false;
    x->scratch.capacity = x->text_left < KK_XML_SCRATCH ? x->text_left : KK_XML_SCRATCH;
}

static inline uint64_t eight(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

__extension__ typedef unsigned __int128 wide;

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of at least 8 bytes, and the type with them; never 0. */
static inline uint64_t hash_of(const uint8_t *p, size_t len, uint8_t type)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15), other = UINT64_C(0xe7037ed1a0b428db);
    uint64_t h = mix(len ^ odd, type ^ other);
    size_t at = 0;
    for (; len - at > 16; at += 16)
        h = mix(eight(p + at) ^ odd ^ h, eight(p + at + 8) ^ other);
    size_t last = len - at > 8 ? 8 : 0;
    return mix(eight(p + (last ? at : len - 8)) ^ odd ^ h, eight(p + len - 8) ^ other) | 1;
}

/* Memory of the half in use, after turning to the other one where it is full. */
static char *take(struct kk_xml_words *w, size_t len)
{
    if (w->new + len > NEW_MOST)
        return NULL;
    if (w->used + len > HALF) {
        w->now ^= 1;
        w->used = 0;
        const char *from = w->half[w->now], *to = from + HALF;
        for (size_t i = 0; i < WORDS; i++)
            if (w->table[i].bytes >= from && w->table[i].bytes < to)
                w->table[i].hash = 0;
    }
    char *at = w->half[w->now] + w->used;
    w->used += len;
    w->new += len;
    return at;
}

static kk_slice remember(struct kk_xml_words *w, word *place, uint64_t hash, kk_xml_value v,
                         kk_slice text)
{
    char *at = take(w, v.len + text.len);
    if (!at)
        return text;
    memcpy(at, v.ptr, v.len);
    memcpy(at + v.len, text.ptr, text.len);
    *place = (word){hash, at, v.len, (uint32_t)text.len};
    return (kk_slice){at + v.len, text.len};
}

static kk_slice text_of_word(kk_binxml *x, kk_xml_value v)
{
    uint64_t hash = hash_of(v.ptr, v.len, v.type);
    word *place = &x->words->table[hash >> 51];
    if (place->hash == hash && place->len == v.len && memcmp(place->bytes, v.ptr, v.len) == 0) {
        x->said += place->text_len;
        return (kk_slice){place->bytes + v.len, place->text_len};
    }
    size_t used = x->scratch.used;
    kk_slice text = kk_xml_text(&x->scratch, v);
    if (x->scratch.full || !text.len)
        return text;
    kk_slice kept = remember(x->words, place, hash, v, text);
    if (kept.ptr != text.ptr) {
        x->scratch.used = used;
        x->said += kept.len;
    }
    return kept;
}

kk_slice kk_binxml_text(kk_binxml *x, kk_xml_value v)
{
    bool repeats = v.type == KK_XML_SID || v.type == KK_XML_GUID || v.type == KK_XML_HEX64 ||
                   v.type == KK_XML_FILETIME;
    if (repeats && v.len >= 8 && v.len <= WORD_MOST)
        return text_of_word(x, v);
    return kk_xml_text(&x->scratch, v);
}

kk_pair *kk_binxml_pairs(kk_binxml *x)
{
    kk_pair *pairs = x->pairs + KK_XML_SPARE;
    size_t limit = x->scratch.capacity;
    for (size_t i = 0; i < x->out->count; i++) {
        kk_slice text = kk_binxml_text(x, x->fields[i].value);
        if (x->scratch.full || x->scratch.used + x->said > limit) {
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
