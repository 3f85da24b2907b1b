/* Event records out of bytes that are no event log: unallocated space, page files, dumps of memory.
 *
 *   chunk    "ElfChnk\0", header size 128 at 40, offsets of the last record and of free space that
 *            fit; its records go up to free space, or to where the next chunk begins
 *   records  elsewhere: 2a 2a 00 00, the size at both ends, a time, BinXML; those behind it
 *            without a gap belong to it. A template that stands in full in one of them says where the
 *            chunk began: its own offset in the chunk is written in front of it.
 *
 * What is found is read by evtx_walk.c like records in the slack of a log. */
#include "parse/evtx_places.h"

#include "base/cursor.h"
#include "parse/evtx_walk.h"

#define BLOCK ((size_t)4 << 20)
#define WHOLE (BLOCK + KK_EVTX_CHUNK)
#define LEAST 28u    /* of a record: header and both sizes */
#define RECORDS 512u /* where they begin in a chunk */
#define LARGEST (KK_EVTX_CHUNK - RECORDS)
#define MAGIC_BYTES 8
#define SECTORS 4096u /* left out where the stream cannot be read */

struct kk_evtx_carver {
    kk_stream *in;
    uint8_t *block;  /* BLOCK bytes of the stream, and a chunk more */
    uint64_t offset; /* of block[0] in the stream */
    size_t have;
    uint64_t at;          /* everything before it is settled */
    size_t chunk, record; /* of the block: where the next one of each may begin; 0 not known */
    kk_evtx_place last;   /* the chunk found last */
};

kk_evtx_carver *kk_evtx_carver_open(kk_arena *arena, kk_stream *in)
{
    kk_evtx_carver *c = KK_NEW(arena, kk_evtx_carver);
    c->in = in;
    c->block = kk_take(arena, WHOLE);
    return c;
}

static uint64_t number_at(const kk_evtx_carver *c, size_t at, size_t bytes)
{
    kk_cursor cursor = {c->block, c->have, 0, false};
    kk_seek(&cursor, at);
    return kk_le(&cursor, bytes);
}

static bool is_chunk(const kk_evtx_carver *c, size_t at)
{
    if (at + RECORDS > c->have || memcmp(c->block + at, "ElfChnk", MAGIC_BYTES) != 0)
        return false;
    uint64_t last = number_at(c, at + 44, 4), space = number_at(c, at + 48, 4);
    return number_at(c, at + 40, 4) == 128 && space >= RECORDS && space <= KK_EVTX_CHUNK &&
           last < space;
}

/* The size of a whole record; 0 where there is none. */
static size_t record_at(const kk_evtx_carver *c, size_t at)
{
    size_t size = (size_t)number_at(c, at + 4, 4);
    if (number_at(c, at, 4) != 0x2a2a || size < LEAST || size > LARGEST || size % 8 ||
        size > c->have - at || number_at(c, at + size - 4, 4) != size)
        return 0;
    uint64_t written = number_at(c, at + 16, 8), token = number_at(c, at + 24, 1);
    bool dated = written && kk_time_from_filetime(written) != KK_NO_TIME;
    return dated && (token == 0x0f || token == 0x0c) ? size : 0;
}

/* Where in the stream the chunk of a record began, by the template that stands in full in it. */
static bool base_of(const kk_evtx_carver *c, size_t record, size_t size, uint64_t *base)
{
    kk_cursor xml = {c->block, record + size - 4, 0, false};
    kk_seek(&xml, record + 24);
    if (kk_u8(&xml) == 0x0f) {
        kk_skip(&xml, 3);
        if (kk_u8(&xml) != 0x0c)
            return false;
    }
    kk_skip(&xml, 1);
    uint32_t id = kk_u32(&xml), offset = kk_u32(&xml);
    size_t definition = xml.at;
    kk_skip(&xml, 4);
    bool in_full = id && kk_u32(&xml) == id && !xml.bad;
    *base = c->offset + definition - offset;
    return in_full && offset >= RECORDS + 24 && offset < KK_EVTX_CHUNK;
}

/* The rest of a chunk behind `at` is in the block too, unless the stream ends or cannot be read. */
static bool fill(kk_evtx_carver *c)
{
    uint64_t end = c->offset + c->have;
    if (c->at < end && (c->have < WHOLE || c->at + KK_EVTX_CHUNK <= end))
        return true;
    for (c->have = 0; !c->have && c->at < c->in->size; c->at += c->have ? 0 : SECTORS) {
        c->offset = c->at;
        c->have = kk_read(c->in, c->offset, c->block, WHOLE);
    }
    c->chunk = c->record = 0;
    return c->have > 0;
}

/* The first of these bytes in [from, to) of the block; `to` where there are none. */
static size_t find(const kk_evtx_carver *c, size_t from, size_t to, const char *bytes, size_t len)
{
    const uint8_t *found = from < to ? memmem(c->block + from, to - from, bytes, len) : NULL;
    return found ? (size_t)(found - c->block) : to;
}

static size_t find_chunk(const kk_evtx_carver *c, size_t from, size_t to)
{
    to = to < c->have ? to : c->have;
    from = find(c, from, to, "ElfChnk", MAGIC_BYTES);
    while (from < to && !is_chunk(c, from))
        from = find(c, from + 1, to, "ElfChnk", MAGIC_BYTES);
    return from;
}

static void take_chunk(kk_evtx_carver *c, size_t at, kk_evtx_place *place)
{
    uint64_t limit = c->offset + find_chunk(c, at + 1, at + KK_EVTX_CHUNK);
    uint64_t space = c->offset + at + number_at(c, at + 48, 4);
    *place = (kk_evtx_place){.base = c->offset + at,
                             .begin = c->offset + at + RECORDS,
                             .end = space < limit ? space : limit,
                             .limit = limit,
                             .is_chunk = true};
    c->last = *place;
    c->at = place->end;
}

static void take_records(kk_evtx_carver *c, size_t at, size_t size, kk_evtx_place *place)
{
    uint64_t base = 0;
    size_t end = at;
    bool known = false;
    for (; size && end + size - at <= LARGEST; size = record_at(c, end)) {
        known = known || base_of(c, end, size, &base);
        end += size;
    }
    uint64_t begin = c->offset + at;
    if (!known || begin - base < RECORDS || c->offset + end - base > KK_EVTX_CHUNK)
        base = c->offset + end <= c->last.limit
                   ? c->last.base     /* most likely older ones of that chunk */
                   : begin - RECORDS; /* nothing that they refer to will be found */
    *place = (kk_evtx_place){
        .base = base, .begin = begin, .end = c->offset + end, .limit = base + KK_EVTX_CHUNK};
    c->at = place->end;
}

bool kk_evtx_next_place(kk_evtx_carver *c, kk_evtx_place *place)
{
    while (fill(c)) {
        size_t from = (size_t)(c->at - c->offset);
        if (c->chunk <= from)
            c->chunk = find_chunk(c, from, c->have);
        if (c->record <= from)
            c->record = find(c, from, c->have, "\x2a\x2a\0", 4);
        size_t at = c->chunk < c->record ? c->chunk : c->record;
        if (c->have == WHOLE && at + KK_EVTX_CHUNK > c->have) { /* it may go on behind the block */
            c->at = c->offset + (at < c->have ? at : c->have - MAGIC_BYTES + 1);
            continue;
        }
        size_t size = at == c->record ? record_at(c, at) : 0;
        c->at = c->offset + at + (at < c->have);
        if (at < c->have && at == c->chunk)
            return take_chunk(c, at, place), true;
        if (size)
            return take_records(c, at, size, place), true;
    }
    return false;
}
