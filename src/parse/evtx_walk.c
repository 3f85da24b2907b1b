/* Windows event logs (Vista and later), .evtx.
 *
 *   file    4096 bytes: "ElfFile\0", 8 first chunk, 16 last chunk, 24 next record number,
 *           42 u16 count of chunks, 120 u32 flags (1 not closed, 2 full, 4 no checksums),
 *           124 u32 CRC-32 of bytes 0..119; then chunks of 64 KiB
 *   chunk   512 bytes: "ElfChnk\0", 8/16 first and last number, 24/32 first and last record id,
 *           44 u32 offset of the last record, 48 u32 offset of free space, 52 u32 CRC-32 of
 *           512..free, 124 u32 CRC-32 of 0..119 and 128..511; then records, then free space, where
 *           records of older generations often remain
 *   record  2a 2a 00 00, u32 size, u64 id, u64 FILETIME written, BinXML, u32 size again
 *
 * Live records are read in a first pass over a window of chunks. What stands behind the last live
 * record is read in a second one, flagged as recovered, and left out where the window has the same
 * record alive or had it already. BinXML is in binxml.c, what events mean in evtx.c and
 * evtx_columns.c, templates for records that lost theirs in evtx_donors.c. */
#include "parse/evtx_walk.h"

#include "base/cursor.h"
#include "parse/evtx_donors.h"
#include "parse/evtx_numbers.h"
#include "parse/evtx_places.h"
#include "parse/evtx_sum.h"

#define HEADER 4096u
#define RECORDS 512u /* offset of the first record of a chunk */
#define LEAST 28u    /* of a record: header and both sizes */
#define WINDOW ((uint64_t)64 << 20)
#define CANDIDATES 4096u /* of one chunk */
#define MAGIC_BYTES 8
#define LINE 64u

/* Kinds of what is wrong; each becomes one issue with a count. */
typedef enum {
    BAD_FILE_HEADER,
    HEADER_CUT,
    NOT_CLOSED,
    CHUNKS_MISSING,
    CHUNK_CUT,
    CHUNK_HEADLESS,
    CHUNK_FOREIGN,
    CHUNK_DISPLACED,
    CHUNK_HEADER_SUM,
    CHUNK_SUM,
    TORN,
    UNREADABLE,
    PARTLY,
    EMPTY_BETWEEN,
    NUMBER_GAPS,
    HIDDEN,
    OVER_LIMIT,
    UNREAD_BYTES,
    TROUBLES
} trouble;

static const struct {
    kk_issue_kind kind;
    const char *what;
} trouble_words[TROUBLES] = {
    [BAD_FILE_HEADER] = {KK_ISSUE_DAMAGED, "the file header is missing or its checksum is wrong"},
    [HEADER_CUT] = {KK_ISSUE_TRUNCATED, "the log ends inside of its file header"},
    [NOT_CLOSED] = {KK_ISSUE_DAMAGED,
                    "the log was not closed and its header counts fewer chunks than there are"},
    [CHUNKS_MISSING] = {KK_ISSUE_TRUNCATED, "chunks that the file header counts are not there"},
    [CHUNK_CUT] = {KK_ISSUE_TRUNCATED, "the last chunk is cut short"},
    [CHUNK_HEADLESS] = {KK_ISSUE_DAMAGED, "chunks with records have no readable header"},
    [CHUNK_FOREIGN] = {KK_ISSUE_DAMAGED, "chunks hold other bytes and no record"},
    [CHUNK_DISPLACED] = {KK_ISSUE_DAMAGED,
                         "chunks stand where the log has no place for them: bytes before them are "
                         "missing, or do not belong there"},
    [CHUNK_HEADER_SUM] = {KK_ISSUE_DAMAGED, "chunk headers have a wrong checksum"},
    [CHUNK_SUM] = {KK_ISSUE_DAMAGED, "chunks have a wrong checksum over their records"},
    [TORN] = {KK_ISSUE_DAMAGED, "records are torn or have a wrong size"},
    [UNREADABLE] = {KK_ISSUE_DAMAGED, "records could not be read: their template is damaged"},
    [PARTLY] = {KK_ISSUE_DAMAGED, "records could be read only in part"},
    [EMPTY_BETWEEN] = {KK_ISSUE_MISSING, "empty chunks stand before chunks with records"},
    [NUMBER_GAPS] = {KK_ISSUE_CLEARED, "record numbers are missing from an undamaged sequence"},
    [HIDDEN] = {KK_ISSUE_CLEARED, "records are hidden inside the record before them"},
    [OVER_LIMIT] = {KK_ISSUE_LIMIT, "records are larger than what is read of one record"},
    [UNREAD_BYTES] = {KK_ISSUE_DAMAGED, "chunks could not be read from the evidence"},
};

/* A place behind the live records of a chunk where a record seems to be. */
typedef struct {
    uint64_t chunk;
    uint64_t key; /* as of live records; 0 where carving: found out when its chunk is there again */
    uint32_t at, size;
    kk_evtx_level level;
} candidate;

typedef struct {
    const kk_evtx_walk *ask;
    kk_stream *in;
    kk_sink *sink;
    kk_arena *window_arena;
    kk_binxml *xml;
    uint8_t *chunk;               /* KK_EVTX_CHUNK bytes, zeros behind what was there */
    uint64_t offset;              /* of the chunk in the stream */
    size_t have;                  /* of them that were there */
    uint8_t behind[KK_EVTX_NEXT]; /* what follows it */
    bool headed, damaged, no_sums;
    uint32_t free_at, last_at;
    uint64_t last_id;
    uint64_t next_id; /* that must follow if nothing is missing; 0 not known */
    uint64_t empty;   /* chunks of zeros since the last one with records */
    uint64_t *keys;   /* of the window's live records */
    size_t key_count, key_capacity;
    candidate *candidates;
    size_t candidate_count, candidate_capacity;
    uint64_t window;        /* where it begins */
    kk_evtx_donors *donors; /* of the window's chunks */
    bool indexed;
    kk_arena *log_arena; /* of what is known of the whole log; NULL: nobody wanted it yet */
    kk_evtx_donors *far; /* of the whole log */
    kk_evtx_memory *memory;
    uint64_t base;   /* where its first chunk begins */
    uint64_t *known; /* keys as a table, once the window is over */
    size_t known_mask;
    struct {
        uint64_t count, first;
    } troubles[TROUBLES];
    kk_evtx_record record;
} walk;

struct kk_evtx_memory {
    kk_arena *window_arena; /* of 64 MiB of a log */
    kk_binxml *xml;
    uint8_t *chunk;
    kk_evtx_donors *donors;
    uint64_t log; /* that these are of; 0: of none */
    kk_arena *numbers_arena;
    kk_evtx_numbers *numbers; /* NULL: nobody asked for them yet */
};

/* ---- small things ---- */

/* A walk for recovered records alone says nothing of what the walk over live ones says. */
static void note(walk *w, trouble what, uint64_t offset, uint64_t count)
{
    if (!w->ask->live)
        return;
    if (!w->troubles[what].count)
        w->troubles[what].first = offset;
    w->troubles[what].count += count;
}

static inline uint64_t le_at(const uint8_t *bytes, size_t len, size_t at, size_t n)
{
    kk_cursor c = {bytes, len, 0, false};
    kk_seek(&c, at);
    return kk_le(&c, n);
}

static inline uint32_t u32_at(const walk *w, size_t at)
{
    if (at > KK_EVTX_CHUNK - 4)
        return 0;
    const uint8_t *p = w->chunk + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t u64_at(const walk *w, size_t at)
{
    return u32_at(w, at) | (uint64_t)u32_at(w, at + 4) << 32;
}

static bool all_zero(const uint8_t *p, size_t len)
{
    return !len || (!p[0] && memcmp(p, p + 1, len - 1) == 0);
}

/* Same id and same time written: the same record, wherever it stands. Never 0. */
static uint64_t key_of(uint64_t id, uint64_t written)
{
    uint64_t h = (id + UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 29 ^ written) * UINT64_C(0x94d049bb133111eb);
    return (h ^ h >> 32) | 1;
}

/* ---- records ---- */

static void keep_candidate(walk *w, size_t at, size_t size, kk_evtx_level level)
{
    if (!w->ask->recovered)
        return;
    if (w->candidate_count == w->candidate_capacity)
        w->candidates = kk_grow(w->window_arena, w->candidates, &w->candidate_capacity,
                                w->candidate_count + 1, sizeof(candidate));
    uint64_t key = w->ask->carve ? 0 : key_of(u64_at(w, at + 8), u64_at(w, at + 16));
    w->candidates[w->candidate_count++] =
        (candidate){w->offset, key, (uint32_t)at, (uint32_t)size, level};
}

/* Then only what leaves no doubt is believed. */
static bool is_recovered(const walk *w, kk_evtx_level level)
{
    return w->ask->carve || level >= KK_EVTX_BEYOND;
}

/* What the record at `at` of the chunk holds; false if nothing that a reader could use. */
static bool read_record(walk *w, size_t at, size_t size, kk_evtx_level level)
{
    kk_evtx_record *r = &w->record;
    kk_binxml_read(w->xml, at + 24, at + size - 4, &r->xml);
    r->id = u64_at(w, at + 8);
    r->written = u64_at(w, at + 16);
    r->offset = w->offset + at;
    r->size = (uint32_t)size;
    r->at = at + 24;
    r->end = at + size - 4;
    r->level = w->ask->carve && level < KK_EVTX_HIDDEN ? KK_EVTX_CARVED : level;
    bool named = r->xml.system[KK_SYS_EVENT_ID].type != KK_XML_NULL ||
                 r->xml.system[KK_SYS_PROVIDER].type != KK_XML_NULL;
    return named && (!is_recovered(w, level) || (r->xml.strict && !r->xml.damaged && !r->xml.cut));
}

/* For the second pass, with the templates of other chunks; nothing is looked for inside. */
static void keep_unreadable(walk *w, size_t at, size_t size)
{
    keep_candidate(w, at, size, w->record.xml.cut ? KK_EVTX_RAW : KK_EVTX_BORROWED);
    w->record.xml.end = at + size;
}

/* Hands on what was read. */
static void tell_record(walk *w, bool damaged)
{
    kk_evtx_record *r = &w->record;
    r->damaged = damaged || r->xml.damaged || r->xml.cut;
    w->ask->record(w->ask->context, r);
    if (r->xml.cut)
        note(w, OVER_LIMIT, r->offset, 1);
    else if (r->xml.damaged)
        note(w, PARTLY, r->offset, 1);
}

/* Reads the record and hands it on; false if that could not be. */
static bool emit_record(walk *w, size_t at, size_t size, kk_evtx_level level, bool damaged)
{
    kk_evtx_record *r = &w->record;
    if (!read_record(w, at, size, level)) {
        if (!is_recovered(w, level)) {
            note(w, r->xml.cut ? OVER_LIMIT : UNREADABLE, w->offset + at, 1);
            keep_unreadable(w, at, size);
        }
        return false;
    }
    tell_record(w, damaged);
    return true;
}

/* ---- records of a chunk ---- */

static bool is_magic(const walk *w, size_t at)
{
    return at + LEAST <= KK_EVTX_CHUNK && u32_at(w, at) == 0x2a2a;
}

/* A record by its own two sizes. */
static bool is_whole(const walk *w, size_t at)
{
    if (!is_magic(w, at))
        return false;
    uint32_t size = u32_at(w, at + 4);
    return size >= LEAST && size <= KK_EVTX_CHUNK - at && u32_at(w, at + size - 4) == size;
}

static size_t next_whole(const walk *w, size_t at, size_t end)
{
    while (at + LEAST <= end) {
        const uint8_t *p = memchr(w->chunk + at, 0x2a, end - LEAST + 1 - at);
        if (!p)
            break;
        at = (size_t)(p - w->chunk);
        if (at % 8 == 0 && is_whole(w, at))
            return at;
        at++;
    }
    return end;
}

static void keep_key(walk *w, size_t at)
{
    if (!w->ask->recovered)
        return;
    if (w->key_count == w->key_capacity)
        w->keys =
            kk_grow(w->window_arena, w->keys, &w->key_capacity, w->key_count + 1, sizeof *w->keys);
    w->keys[w->key_count++] = key_of(u64_at(w, at + 8), u64_at(w, at + 16));
}

/* A record that was made larger to swallow those behind it: its BinXML ends long before it does,
 * and in between there is the head of another one. */
static void look_inside(walk *w, size_t xml_end, size_t end)
{
    for (size_t at = (xml_end + 7) & ~(size_t)7; at + LEAST <= end; at += 8) {
        if (w->chunk[at] != 0x2a || !is_magic(w, at))
            continue;
        uint32_t size = u32_at(w, at + 4);
        if (size < LEAST || size > end - at || (size != end - at && !is_whole(w, at)))
            continue;
        note(w, HIDDEN, w->offset + at, 1);
        keep_candidate(w, at, size, KK_EVTX_HIDDEN);
        at += (size & ~(size_t)7) - 8;
    }
}

static kk_arena *log_arena(walk *w)
{
    if (!w->log_arena)
        w->log_arena = kk_arena_open();
    return w->log_arena;
}

/* Of all chunks of the log, read once for all its pieces: where each begins anew, each asks for them. */
static const kk_evtx_numbers *numbers_of(walk *w)
{
    kk_evtx_memory *m = w->memory;
    if (!m->numbers)
        m->numbers = kk_evtx_numbers_read(w->in, w->base, m->numbers_arena);
    return m->numbers;
}

/* Numbers missing at a chunk's beginning, where `id` is not the one that must follow: the chunk's own, and
 * those that no other chunk has. */
static uint64_t missing_at_chunk(walk *w, uint64_t id)
{
    uint64_t first = u64_at(w, 24), own = 0;
    if (first < id && w->last_id - first < KK_EVTX_CHUNK / LEAST)
        own = id - first;
    return own +
           kk_evtx_numbers_missing(numbers_of(w), w->offset, own ? first : id, w->next_id - 1);
}

static void check_sequence(walk *w, size_t at)
{
    uint64_t id = u64_at(w, at + 8), missing = 0;
    if (w->next_id && id != w->next_id && !w->damaged) {
        if (at == RECORDS)
            missing = missing_at_chunk(w, id);
        else if (id > w->next_id)
            missing = id - w->next_id;
    }
    if (missing)
        note(w, NUMBER_GAPS, w->offset + at, missing);
    w->next_id = id + 1;
}

static void live_record(walk *w, size_t at, size_t size, bool torn)
{
    if (w->ask->carve) {
        keep_candidate(w, at, size, KK_EVTX_LIVE);
        return;
    }
    check_sequence(w, at);
    keep_key(w, at);
    if (torn)
        note(w, TORN, w->offset + at, 1);
    kk_evtx_level level = w->damaged ? KK_EVTX_UNSUMMED : KK_EVTX_LIVE;
    if (w->ask->live)
        (void)emit_record(w, at, size, level, torn || w->damaged);
    else if (!read_record(w, at, size, level))
        keep_unreadable(w, at, size);
    if (at + size - 4 >= w->record.xml.end + LEAST)
        look_inside(w, w->record.xml.end, at + size);
}

/* How far the record at `at` goes: by its size, or where that is wrong to the next whole one. */
static size_t record_span(const walk *w, size_t at, size_t end, bool *torn)
{
    uint32_t size = u32_at(w, at + 4);
    *torn = false;
    if (is_whole(w, at))
        return size;
    *torn = true;
    if (size >= LEAST && size <= KK_EVTX_CHUNK - at && (at + size == end || is_magic(w, at + size)))
        return size;
    size_t next = next_whole(w, at + 8, end);
    return next > at + LEAST ? next - at : LEAST;
}

/* Live records; returns where they end. */
static size_t walk_live(walk *w, size_t end)
{
    if (end > w->have)
        end = w->have; /* zeros behind it are none of the evidence's */
    size_t at = w->headed ? RECORDS : next_whole(w, RECORDS, end);
    while (at + LEAST <= end && !w->sink->stopped) {
        bool torn;
        if (!is_magic(w, at)) {
            size_t next = next_whole(w, at, end);
            bool older = !w->headed && next < end && u64_at(w, next + 8) < w->next_id;
            if (next == end || older)
                break; /* zeros up to the declared end are common in archived logs */
            note(w, TORN, w->offset + at, 1);
            w->damaged = true;
            at = next;
            continue;
        }
        if (w->headed && at > w->last_at && u64_at(w, at + 8) > w->last_id)
            break;
        size_t span = record_span(w, at, end, &torn);
        live_record(w, at, span, torn);
        at += span;
    }
    return at;
}

/* Behind the live records: first such as the header should have counted, which go on without a gap
 * where those end; then the chunk's earlier life. */
static void find_slack(walk *w, size_t at)
{
    size_t kept = 0, next = at;
    uint64_t id = w->headed ? w->last_id + 1 : 0;
    while (kept < CANDIDATES && (at = next_whole(w, at, KK_EVTX_CHUNK)) < KK_EVTX_CHUNK) {
        uint32_t size = u32_at(w, at + 4);
        bool goes_on = at == next && id && u64_at(w, at + 8) == id;
        keep_candidate(w, at, size, goes_on ? KK_EVTX_BEYOND : KK_EVTX_SLACK);
        id = goes_on ? id + 1 : 0;
        kept++;
        at += size;
        next = at;
    }
}

/* Fills what the walk needs of the header. Without a magic the rest is still believed where it
 * leads to the record that it says is the last. */
static void read_chunk_header(walk *w, size_t have)
{
    bool magic = kk_evtx_is_header(w->chunk);
    w->free_at = u32_at(w, 48);
    w->last_at = u32_at(w, 44);
    w->last_id = u64_at(w, 32);
    w->headed = w->free_at >= RECORDS && w->free_at <= KK_EVTX_CHUNK && w->last_at < w->free_at;
    if (!magic)
        w->headed = w->headed && w->last_at >= RECORDS && is_whole(w, w->last_at) &&
                    u64_at(w, w->last_at + 8) == w->last_id;
    w->damaged = !magic || !w->headed || have < KK_EVTX_CHUNK;
    if (have < KK_EVTX_CHUNK)
        note(w, CHUNK_CUT, w->offset, 1);
    else if (w->damaged)
        note(w, CHUNK_HEADLESS, w->offset, 1);
    if (w->damaged || w->no_sums || u32_at(w, 120) & 4)
        return;
    if (!kk_evtx_has_header_sum(w->chunk)) {
        note(w, CHUNK_HEADER_SUM, w->offset, 1);
        w->damaged = true;
    }
    if (kk_evtx_sum(0, w->chunk + RECORDS, w->free_at - RECORDS) != u32_at(w, 52)) {
        note(w, CHUNK_SUM, w->offset, 1);
        w->damaged = true;
    }
}

static size_t load_chunk(walk *w, uint64_t offset)
{
    w->offset = offset;
    w->have = kk_evtx_chunk_at(w->in, offset, w->chunk);
    memcpy(w->behind, w->chunk + KK_EVTX_CHUNK, KK_EVTX_NEXT);
    memset(w->chunk + KK_EVTX_CHUNK, 0, KK_EVTX_NEXT);
    kk_binxml_chunk(w->xml, w->chunk);
    return w->have;
}

/* ---- where chunks stand ---- */

/* The first header that begins in [from, to) of the bytes and is whole; `to` if there is none. */
static size_t find_header(const uint8_t *bytes, size_t len, size_t from, size_t to)
{
    while (from < to && from + RECORDS <= len) {
        const uint8_t *p = memmem(bytes + from, len - from, "ElfChnk", MAGIC_BYTES);
        from = p && p - bytes + RECORDS <= (ptrdiff_t)len ? (size_t)(p - bytes) : to;
        if (from < to && kk_evtx_has_header_sum(p))
            return from;
        from++;
    }
    return to;
}

/* The next header of a chunk from `from` on, at any byte; it may go on behind this one. */
static size_t find_any_header(const walk *w, size_t from)
{
    uint8_t bytes[2 * RECORDS];
    const size_t last = KK_EVTX_CHUNK - RECORDS;
    size_t at = find_header(w->chunk, KK_EVTX_CHUNK, from, last);
    if (at < last)
        return at;
    size_t have = kk_read(w->in, w->offset + last, bytes, sizeof bytes);
    return last + find_header(bytes, have, from > last ? from - last : 0, RECORDS);
}

/* Copies by sectors lose sectors. */
static size_t find_header_of_sector(const walk *w)
{
    for (size_t at = RECORDS; at < KK_EVTX_CHUNK; at += RECORDS)
        if (kk_evtx_is_header(w->chunk + at) && kk_evtx_has_header_sum(w->chunk + at))
            return at;
    return KK_EVTX_CHUNK;
}

/* Where another chunk begins in one that begins as it should; its size if none does, as in every sound log. Each byte
 * is looked at only where something is wrong: with this chunk, or with the place of the next one. */
static size_t header_inside(const walk *w)
{
    bool sound = !w->damaged && (kk_evtx_is_header(w->behind) || all_zero(w->behind, KK_EVTX_NEXT));
    return sound ? find_header_of_sector(w) : find_any_header(w, RECORDS);
}

/* How much of a slot without a header still is the chunk that stands displaced in the slot before. */
static size_t covered_by_before(walk *w, uint64_t slot)
{
    size_t last = 0;
    if (slot < w->base + KK_EVTX_CHUNK)
        return 0;
    load_chunk(w, slot - KK_EVTX_CHUNK);
    for (size_t at = find_any_header(w, 1); at < KK_EVTX_CHUNK; at = find_any_header(w, at + 1))
        last = at;
    return last;
}

/* Only [from, to) of what is there is this chunk's. */
static void keep_only(walk *w, size_t from, size_t to)
{
    memset(w->chunk, 0, from);
    memset(w->chunk + to, 0, KK_EVTX_CHUNK - to);
    w->have = w->have < to ? w->have : to;
}

/* The records of the chunk that is there, of which `have` bytes could be read. Returns where another chunk begins
 * in it. */
static size_t read_records(walk *w, size_t have)
{
    size_t next = KK_EVTX_CHUNK;
    if (w->empty)
        note(w, EMPTY_BETWEEN, w->offset, w->empty);
    w->empty = 0;
    read_chunk_header(w, have);
    if (kk_evtx_is_header(w->chunk)) {
        next = header_inside(w);
        keep_only(w, 0, next);
    }
    if (w->ask->recovered && have == KK_EVTX_CHUNK)
        kk_evtx_donors_add(w->donors, w->chunk, w->offset);
    size_t end = walk_live(w, w->headed ? w->free_at : KK_EVTX_CHUNK);
    w->next_id = w->headed && !w->damaged && w->last_id < UINT64_MAX ? w->last_id + 1 : 0;
    if (w->ask->recovered && !w->sink->stopped)
        find_slack(w, end);
    return next;
}

/* What stands in a slot without a header, up to the next one; returns where that is. */
static size_t read_headless(walk *w, uint64_t offset)
{
    size_t covered = covered_by_before(w, offset), have = load_chunk(w, offset);
    size_t next = find_any_header(w, 0);
    bool other_log = memcmp(w->chunk, "ElfFile", MAGIC_BYTES) == 0;
    keep_only(w, covered < next ? covered : next, next);
    if (next_whole(w, RECORDS, KK_EVTX_CHUNK) < KK_EVTX_CHUNK)
        read_records(w, have);
    else if (!other_log && !all_zero(w->chunk, w->have))
        note(w, CHUNK_FOREIGN, offset, 1);
    if (other_log) /* joined to the one before: what that one has room for is not missing */
        w->empty = 0;
    return next;
}

/* Returns where another chunk begins in this one; its size if none does. */
static size_t read_chunk(walk *w, uint64_t offset)
{
    size_t have = load_chunk(w, offset);
    if (have < KK_EVTX_CHUNK && have < w->in->size - offset)
        note(w, UNREAD_BYTES, offset + have, 1);
    if (have <= RECORDS || all_zero(w->chunk, have)) {
        w->empty += have == KK_EVTX_CHUNK;
        w->next_id = 0;
        return KK_EVTX_CHUNK;
    }
    if (!kk_evtx_is_header(w->chunk))
        return read_headless(w, offset);
    return read_records(w, have);
}

/* The place of a chunk, and chunks that begin in it without being in their own place: of a log that lost
 * bytes or has some too many, and of logs that were joined. */
static void read_slot(walk *w, uint64_t slot)
{
    for (size_t at = read_chunk(w, slot); at < KK_EVTX_CHUNK && !w->sink->stopped;) {
        note(w, CHUNK_DISPLACED, slot + at, 1);
        w->next_id = 0;
        at += read_chunk(w, slot + at);
        w->next_id = 0;
    }
}

/* ---- the second pass ---- */

/* Where the key stands in the table, or would. */
static size_t place_of_key(const walk *w, uint64_t key)
{
    size_t at = (size_t)(key >> 1) & w->known_mask;
    while (w->known[at] && w->known[at] != key)
        at = (at + 1) & w->known_mask;
    return at;
}

static bool is_known(const walk *w, uint64_t key)
{
    return w->known[place_of_key(w, key)] != 0;
}

/* True if the key was not there yet; it is then. */
static bool add_known(walk *w, uint64_t key)
{
    size_t at = place_of_key(w, key);
    bool is_new = !w->known[at];
    w->known[at] = key;
    return is_new;
}

static void make_known(walk *w)
{
    size_t need = 2 * (w->key_count + w->candidate_count) + 1;
    w->known_mask = 1023;
    while (w->known_mask < need)
        w->known_mask = 2 * w->known_mask + 1;
    w->known = KK_NEW_ARRAY(w->window_arena, uint64_t, w->known_mask + 1);
    for (size_t i = 0; i < w->key_count; i++)
        add_known(w, w->keys[i]);
}

/* Where carving; else chunks are looked at while they are there. */
static void add_donors(walk *w)
{
    w->indexed = true;
    for (size_t i = 0; i < w->candidate_count; i++)
        if (i == 0 || w->candidates[i].chunk != w->candidates[i - 1].chunk)
            kk_evtx_donors_add_at(w->donors, w->candidates[i].chunk);
}

/* A kind of record that comes often has its template in most chunks, so of a large log some are enough. */
static void add_far_donors(walk *w)
{
    enum { LOOKED_AT = 2048 };
    uint64_t chunks = (w->in->size - w->base) / KK_EVTX_CHUNK;
    uint64_t step = (chunks + LOOKED_AT - 1) / LOOKED_AT;
    w->far = kk_evtx_donors_open(log_arena(w));
    kk_evtx_donors_begin(w->far, w->in, log_arena(w));
    for (uint64_t i = 0; i < chunks && !w->sink->stopped; i += step)
        kk_evtx_donors_add_at(w->far, w->base + i * KK_EVTX_CHUNK);
}

/* Outside of logs nothing says which chunks are of one. */
static bool find_donor(void *context, bool far, uint32_t id, size_t number, kk_xml_donor *out)
{
    walk *w = context;
    if (w->ask->carve && !w->indexed)
        add_donors(w);
    if (!far)
        return kk_evtx_donors_find(w->donors, id, number, out);
    if (w->ask->carve || w->in->size < w->base + KK_EVTX_CHUNK)
        return false;
    if (!w->far)
        add_far_donors(w);
    return kk_evtx_donors_find(w->far, id, number, out);
}

/* ---- the second pass, over what the first one found ---- */

/* The record just read, which has no template anywhere; only what is whole, and says something. */
static void emit_raw(walk *w, const candidate *c)
{
    kk_evtx_record *r = &w->record;
    r->level = KK_EVTX_RAW;
    if (!is_whole(w, c->at) || !kk_binxml_raw(w->xml))
        return;
    r->damaged = false;
    w->ask->record(w->ask->context, r);
}

/* Read once: where all templates are there nothing is borrowed, and it is what it would be without lending. */
static void emit_candidate(walk *w, const candidate *c)
{
    kk_binxml_lending(w->xml, true);
    bool is_read = read_record(w, c->at, c->size, c->level);
    if (!is_read || c->level == KK_EVTX_RAW) {
        emit_raw(w, c);
    } else {
        if (w->record.xml.borrowed)
            w->record.level = KK_EVTX_BORROWED;
        tell_record(w, false);
    }
    kk_binxml_lending(w->xml, false);
}

/* Copies of a record lie in many places: one that is readable is preferred to the others. */
static void tell_readable(walk *w, const candidate *c)
{
    if (!is_known(w, c->key) && emit_record(w, c->at, c->size, c->level, false))
        add_known(w, c->key);
}

/* The key of one that is alive but could not be read is known already. */
static bool is_wanted(walk *w, const candidate *c)
{
    return add_known(w, c->key) || c->level >= KK_EVTX_BORROWED;
}

static void tell_rest(walk *w, const candidate *c)
{
    if (is_wanted(w, c))
        emit_candidate(w, c);
}

/* Records of several logs may share id and time: the end of the values is looked at too, which is the
 * same in all copies, wherever their templates stand. */
static uint64_t key_where_carving(const walk *w, const candidate *c)
{
    uint64_t id = u64_at(w, c->at + 8), written = u64_at(w, c->at + 16);
    for (size_t at = c->at + c->size - 4, n = 0; n < 8; n++) {
        if (at < c->at + LEAST + 8)
            break;
        id = key_of(id, u64_at(w, at -= 8));
    }
    return key_of(id, written);
}

static void each_candidate(walk *w, void (*tell)(walk *, const candidate *))
{
    uint64_t loaded = UINT64_MAX;
    for (size_t i = 0; i < w->candidate_count && !w->sink->stopped; i++) {
        candidate *c = &w->candidates[i];
        if (i == 0 || loaded != c->chunk)
            load_chunk(w, c->chunk);
        loaded = c->chunk;
        if (w->ask->carve)
            c->key = key_where_carving(w, c);
        tell(w, c);
    }
}

/* Before their chunks are read again: those that are alive or come twice are many. */
static void drop_known(walk *w)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->candidate_count; i++)
        if (is_wanted(w, &w->candidates[i]))
            w->candidates[kept++] = w->candidates[i];
    w->candidate_count = kept;
}

static void tell_candidates(walk *w)
{
    make_known(w);
    kk_binxml_lend(w->xml, find_donor, w);
    if (w->ask->carve) {
        each_candidate(w, tell_readable);
        each_candidate(w, tell_rest);
    } else {
        drop_known(w);
        each_candidate(w, emit_candidate);
    }
}

static void finish_window(walk *w)
{
    if (w->candidate_count && !w->sink->stopped)
        tell_candidates(w);
    w->candidate_count = w->candidate_capacity = 0;
    w->key_count = w->key_capacity = 0;
    kk_evtx_donors_begin(w->donors, w->in, w->window_arena);
    w->indexed = false;
    kk_arena_reset(w->window_arena);
}

/* ---- the file ---- */

static bool has_magic(kk_stream *in, uint64_t offset, const char *magic)
{
    char bytes[MAGIC_BYTES];
    return kk_read(in, offset, bytes, sizeof bytes) == sizeof bytes &&
           memcmp(bytes, magic, sizeof bytes) == 0;
}

/* Where chunks begin, modulo their size: behind the header, or at 0 where the header is cut off. In
 * a piece of a log the first chunk is looked for. */
uint64_t kk_evtx_base(kk_stream *in, kk_arena *arena)
{
    if (has_magic(in, 0, "ElfFile") || has_magic(in, HEADER, "ElfChnk"))
        return HEADER;
    size_t len = HEADER + 2 * KK_EVTX_CHUNK;
    uint8_t *head = kk_take(arena, len);
    len = kk_read(in, 0, head, len);
    const uint8_t *first = len ? memmem(head, len, "ElfChnk", MAGIC_BYTES) : NULL;
    return first ? (uint64_t)(first - head) % KK_EVTX_CHUNK : HEADER;
}

/* The file header; what is wrong with it is told once, by the range that begins with it. */
static void check_file(walk *w, uint64_t base, bool tell)
{
    uint8_t head[128] = {0};
    size_t have = kk_read(w->in, 0, head, sizeof head);
    bool known = have == sizeof head && memcmp(head, "ElfFile", MAGIC_BYTES) == 0;
    uint32_t flags = (uint32_t)le_at(head, sizeof head, 120, 4);
    uint32_t sum = (uint32_t)le_at(head, sizeof head, 124, 4);
    bool sound = known && kk_evtx_sum(0, head, 120) == sum;
    w->no_sums = known && flags & 4;
    if (!tell)
        return;
    if (!known || (!sound && !w->no_sums))
        note(w, BAD_FILE_HEADER, 0, 1);
    if (w->in->size < base)
        note(w, HEADER_CUT, w->in->size, 1);
    if (!sound)
        return;
    uint64_t declared = le_at(head, sizeof head, 42, 2), last = le_at(head, sizeof head, 16, 8);
    uint64_t slots = w->in->size > base ? (w->in->size - base) / KK_EVTX_CHUNK : 0;
    if (declared == 0xffff || (last != UINT64_MAX && last >= 0xffff))
        return; /* the counter is at its end */
    if (declared > slots)
        note(w, CHUNKS_MISSING, w->in->size, declared - slots);
    if (flags & 1 && has_magic(w->in, base + declared * KK_EVTX_CHUNK, "ElfChnk"))
        note(w, NOT_CLOSED, 0, 1);
}

/* The record id that must follow the chunk before this range. */
static uint64_t id_before(kk_stream *in, uint64_t first, uint64_t base)
{
    uint8_t head[RECORDS];
    if (first < base + KK_EVTX_CHUNK)
        return 0;
    size_t have = kk_read(in, first - KK_EVTX_CHUNK, head, sizeof head);
    if (have < sizeof head || !kk_evtx_is_header(head) || !kk_evtx_has_header_sum(head))
        return 0;
    uint64_t last = le_at(head, have, 32, 8);
    return last && last < UINT64_MAX ? last + 1 : 0;
}

static void report_troubles(walk *w)
{
    for (size_t i = 0; i < TROUBLES; i++) {
        if (!w->troubles[i].count)
            continue;
        kk_issue issue = {.kind = trouble_words[i].kind,
                          .offset = w->troubles[i].first,
                          .count = w->troubles[i].count,
                          .what = kk_cstr(trouble_words[i].what)};
        w->sink->issue(w->sink, &issue);
    }
}

kk_evtx_memory *kk_evtx_memory_open(kk_arena *arena)
{
    kk_evtx_memory *m = KK_NEW(arena, kk_evtx_memory);
    m->window_arena = kk_arena_open();
    m->xml = kk_binxml_open(arena);
    /* The kernel copies a quarter faster to where a line of the cache begins. */
    uint8_t *room = kk_take(arena, KK_EVTX_CHUNK + KK_XML_BEHIND + LINE);
    m->chunk = room + (LINE - (uintptr_t)room % LINE) % LINE;
    m->donors = kk_evtx_donors_open(arena);
    m->numbers_arena = kk_arena_open();
    return m;
}

void kk_evtx_memory_close(kk_evtx_memory *m)
{
    kk_binxml_close(m->xml);
    kk_arena_close(m->window_arena);
    kk_arena_close(m->numbers_arena);
}

static void begin_log(kk_evtx_memory *m, uint64_t log)
{
    if (log && log == m->log)
        return;
    m->log = log;
    m->numbers = NULL;
    kk_arena_reset(m->numbers_arena);
}

kk_binxml *kk_evtx_binxml(kk_evtx_memory *m)
{
    return m->xml;
}

static void walk_chunks(walk *w, uint64_t base)
{
    uint64_t first = base, begin = w->ask->begin;
    if (begin > base)
        first = base + (begin - base + KK_EVTX_CHUNK - 1) / KK_EVTX_CHUNK * KK_EVTX_CHUNK;
    w->next_id = id_before(w->in, first, base);
    for (uint64_t at = first; at < w->ask->end && at < w->in->size && !w->sink->stopped;
         at += KK_EVTX_CHUNK) {
        if (at == first || at / WINDOW != (at - KK_EVTX_CHUNK) / WINDOW) {
            finish_window(w);
            w->window = at;
        }
        read_slot(w, at);
    }
    finish_window(w);
}

/* A chunk on a disk may go on in another file's bytes: they are none of its. */
static void carve_chunk(walk *w, const kk_evtx_place *place)
{
    size_t end = (size_t)(place->limit - place->base);
    load_chunk(w, place->base);
    memset(w->chunk + end, 0, KK_EVTX_CHUNK - end);
    w->have = w->have < end ? w->have : end;
    read_chunk_header(w, w->have);
    (void)walk_live(w, w->headed ? w->free_at : KK_EVTX_CHUNK);
}

static void carve_records(walk *w, const kk_evtx_place *place)
{
    size_t at = (size_t)(place->begin - place->base), end = (size_t)(place->end - place->base);
    load_chunk(w, place->base);
    for (; at < end; at += u32_at(w, at + 4)) {
        if (!is_whole(w, at))
            break;
        keep_candidate(w, at, u32_at(w, at + 4), KK_EVTX_LIVE);
    }
}

static void carve(walk *w)
{
    kk_arena *arena = kk_arena_open();
    kk_evtx_carver *carver = kk_evtx_carver_open(arena, w->in);
    kk_evtx_place place;
    while (!w->sink->stopped && kk_evtx_next_place(carver, &place)) {
        if (place.begin - w->window >= WINDOW) {
            finish_window(w);
            w->window = place.begin;
        }
        if (place.is_chunk)
            carve_chunk(w, &place);
        else
            carve_records(w, &place);
    }
    finish_window(w);
    kk_arena_close(arena);
}

void kk_evtx_read(kk_evtx_memory *memory, const kk_evtx_walk *ask)
{
    walk w = {.ask = ask,
              .in = ask->in,
              .sink = ask->sink,
              .window_arena = memory->window_arena,
              .xml = memory->xml,
              .chunk = memory->chunk,
              .donors = memory->donors,
              .memory = memory};
    begin_log(memory, ask->log);
    kk_evtx_donors_begin(w.donors, w.in, w.window_arena);
    if (ask->carve) {
        carve(&w);
        return;
    }
    w.base = kk_evtx_base(ask->in, memory->window_arena);
    check_file(&w, w.base, ask->begin == 0);
    walk_chunks(&w, w.base);
    kk_arena_close(w.log_arena);
    report_troubles(&w);
}

bool kk_evtx_loses(const kk_issue *issue)
{
    static const trouble losses[] = {HEADER_CUT,   CHUNKS_MISSING, CHUNK_CUT, CHUNK_FOREIGN,
                                     TORN,         UNREADABLE,     PARTLY,    OVER_LIMIT,
                                     UNREAD_BYTES, EMPTY_BETWEEN};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (kk_is(issue->what, trouble_words[losses[i]].what))
            return true;
    return issue->kind == KK_ISSUE_CRASHED || issue->kind == KK_ISSUE_FORMAT;
}

const char *kk_evtx_level_name(kk_evtx_level level)
{
    static const char *const names[KK_EVTX_LEVELS] = {
        [KK_EVTX_LIVE] = "live",      [KK_EVTX_UNSUMMED] = "live, checksum wrong",
        [KK_EVTX_BEYOND] = "beyond",  [KK_EVTX_SLACK] = "slack",
        [KK_EVTX_HIDDEN] = "hidden",  [KK_EVTX_BORROWED] = "borrowed template",
        [KK_EVTX_RAW] = "raw values", [KK_EVTX_CARVED] = "carved"};
    return level < KK_EVTX_LEVELS ? names[level] : "";
}
