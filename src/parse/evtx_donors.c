/* Finding the definitions of templates in chunks: by the table in the chunk's header, or where that is empty by
 * the records. */
#include "parse/evtx_donors.h"

#include "base/cursor.h"

#define DEFINITIONS 4096u /* that are kept */
#define RECORDS 512u      /* offset of the first record of a chunk */
#define LEAST 28u         /* of a record: header and both sizes */

typedef struct {
    uint8_t guid[16];
    uint32_t size, offset;
    uint64_t chunk;
} definition;

struct kk_evtx_donors {
    kk_stream *in;
    kk_arena *window;
    definition *all;
    size_t count, capacity;
    uint16_t *slots; /* definition + 1, by hash; NULL: there is none yet */
    uint8_t *chunk;  /* the one read last, at `at` */
    uint64_t at;
};

kk_evtx_donors *kk_evtx_donors_open(kk_arena *arena)
{
    kk_evtx_donors *d = KK_NEW(arena, kk_evtx_donors);
    d->chunk = kk_take(arena, KK_EVTX_CHUNK + KK_XML_BEHIND);
    return d;
}

void kk_evtx_donors_begin(kk_evtx_donors *d, kk_stream *in, kk_arena *window)
{
    d->in = in;
    d->window = window;
    d->all = NULL;
    d->count = d->capacity = 0;
    d->slots = NULL;
    d->at = UINT64_MAX;
}

static uint32_t u32_at(const uint8_t *chunk, size_t at)
{
    kk_cursor c = {chunk, KK_EVTX_CHUNK, 0, false};
    kk_seek(&c, at);
    return kk_u32(&c);
}

/* What instances know it by. */
static uint32_t id_of(const definition *d)
{
    kk_cursor c = {d->guid, sizeof d->guid, 0, false};
    return kk_u32(&c);
}

static bool is_definition(const definition *d, const definition *of)
{
    return d->size == of->size && memcmp(d->guid, of->guid, sizeof d->guid) == 0;
}

/* Of each kind the first is kept, and the last: where a chunk is damaged, so are those beside it. */
static void keep_definition(kk_evtx_donors *d, const uint8_t *chunk, uint64_t place,
                            uint32_t offset)
{
    enum { SLOTS = 2 * DEFINITIONS };
    definition next = {.offset = offset, .chunk = place};
    memcpy(next.guid, chunk + offset + 4, sizeof next.guid);
    next.size = u32_at(chunk, offset + 20);
    if (!d->slots)
        d->slots = KK_NEW_ARRAY(d->window, uint16_t, SLOTS);
    uint32_t hash = id_of(&next) ^ next.size;
    size_t at = hash * UINT32_C(0x9e3779b1) % SLOTS;
    bool has_first = false;
    for (; d->slots[at]; at = (at + 1) % SLOTS) {
        definition *kept = &d->all[d->slots[at] - 1];
        if (!is_definition(kept, &next))
            continue;
        if (has_first) {
            *kept = next;
            return;
        }
        has_first = true;
    }
    if (d->count == DEFINITIONS)
        return;
    d->all = kk_grow(d->window, d->all, &d->capacity, d->count + 1, sizeof next);
    d->all[d->count++] = next;
    d->slots[at] = (uint16_t)d->count;
}

/* A template that stands in an instance, and those in the values of that one. */
static void index_instance(kk_evtx_donors *d, const uint8_t *chunk, uint64_t place, size_t at,
                           size_t end, int depth)
{
    kk_cursor c = {chunk, end, 0, false};
    kk_seek(&c, at);
    if (kk_u8(&c) == 0x0f) {
        kk_skip(&c, 3);
        (void)kk_u8(&c);
    }
    kk_skip(&c, 5);
    uint32_t offset = kk_u32(&c);
    if (c.bad || depth > 3)
        return;
    if (offset == c.at && kk_left(&c) > 32) {
        keep_definition(d, chunk, place, offset);
        kk_skip(&c, 20);
        kk_skip(&c, kk_u32(&c));
    }
    uint32_t count = kk_u32(&c);
    kk_cursor descriptors = c;
    if (c.bad || count > kk_left(&c) / 4)
        return;
    kk_skip(&c, 4 * (size_t)count);
    for (uint32_t i = 0; i < count && !c.bad; i++) {
        size_t size = kk_u16(&descriptors), from = c.at;
        bool nested = kk_u16(&descriptors) == KK_XML_BINXML;
        kk_skip(&c, size);
        if (nested && !c.bad)
            index_instance(d, chunk, place, from, from + size, depth + 1);
    }
}

/* By the table of templates in the chunk's header, 32 lists; where it is empty, by the records. */
void kk_evtx_donors_add(kk_evtx_donors *d, const uint8_t *chunk, uint64_t place)
{
    enum { TABLE = 384, LISTS = 32, LONGEST = 256 };
    bool has_table = false;
    if (memcmp(chunk, "ElfChnk", 8) != 0)
        return;
    for (size_t list = 0; list < LISTS; list++) {
        uint32_t offset = u32_at(chunk, TABLE + 4 * list);
        for (int n = 0; n < LONGEST && offset >= RECORDS && offset < KK_EVTX_CHUNK - 32; n++) {
            keep_definition(d, chunk, place, offset);
            has_table = true;
            offset = u32_at(chunk, offset);
        }
    }
    for (size_t at = RECORDS, size; !has_table && at + LEAST <= KK_EVTX_CHUNK; at += size) {
        size = u32_at(chunk, at + 4);
        if (u32_at(chunk, at) != 0x2a2a || size < LEAST || size > KK_EVTX_CHUNK - at)
            break;
        index_instance(d, chunk, place, at + 24, at + size - 4, 0);
    }
}

size_t kk_evtx_chunk_at(kk_stream *in, uint64_t offset, uint8_t *chunk)
{
    enum { ALL = KK_EVTX_CHUNK + KK_EVTX_NEXT };
    size_t before = offset > INT64_MAX ? (size_t)(0 - offset) : 0;
    before = before < KK_EVTX_CHUNK ? before : KK_EVTX_CHUNK;
    memset(chunk, 0, before);
    size_t have = before + kk_read(in, offset + before, chunk + before, ALL - before);
    memset(chunk + have, 0, ALL - have);
    return have < KK_EVTX_CHUNK ? have : KK_EVTX_CHUNK;
}

static bool load(kk_evtx_donors *d, uint64_t place)
{
    if (d->at == place)
        return true;
    d->at = UINT64_MAX;
    if (kk_evtx_chunk_at(d->in, place, d->chunk) != KK_EVTX_CHUNK)
        return false;
    d->at = place;
    return true;
}

void kk_evtx_donors_add_at(kk_evtx_donors *d, uint64_t place)
{
    if (load(d, place))
        kk_evtx_donors_add(d, d->chunk, place);
}

bool kk_evtx_donors_find(kk_evtx_donors *d, uint32_t id, size_t number, kk_xml_donor *out)
{
    for (size_t i = 0; i < d->count; i++) {
        const definition *found = &d->all[i];
        if (id_of(found) != id || number--)
            continue;
        if (!load(d, found->chunk))
            return false;
        *out = (kk_xml_donor){d->chunk, found->offset, found->chunk + found->offset};
        return true;
    }
    return false;
}
