/* E01 images (Expert Witness Format as EnCase 1 to 7, FTK Imager, ewfacquire and others write it;
 * SMART .s01 too). The media is cut into chunks of mostly 32 KiB, deflated or stored, in segment
 * files .E01 to .E99, .EAA to .EZZ, .FAA to .ZZZ.
 *
 * A segment: "EVF" 09 0D 0A FF 00, 01, segment number (u16), 00 00; then sections, a chain of
 * descriptors of 76 bytes: type (16 bytes), offset of the next descriptor (u64), size (u64), 40
 * unused, Adler-32 of the 72 before it. The types that matter: volume, disk, data   chunk count
 * (u32 at 4), sectors per chunk (u32 at 8), bytes per sector (u32 at 12), sectors (u64 at 16; u32
 * where the section has only 94 bytes), set id (16 bytes at 64), Adler-32 at 1048 (or at 90)
 *   sectors              the chunks, one after the other
 *   table, table2        where they begin: count (u32), 4 unused, base offset (u64), 4 unused,
 * Adler-32 of these 20; count u32 (bit 31: deflated; the rest is an offset from base); Adler-32 of
 * them (not where volume has 94 bytes). table2 repeats table. Older writers have no sectors
 *                        section: the chunks follow the entries inside the table section.
 *   hash, digest         MD5 at 0 of the whole media (digest: SHA-1 at 16)
 *   error2               sectors that could not be read when the image was made: count (u32), at
 * 520 pairs of first sector and count (u32 each) next, done           the end of a segment, of the
 * last one A stored chunk ends with its Adler-32, a deflated one carries it inside zlib's frame. */
#include "base/cursor.h"
#include "base/sorted.h"
#include "parse/parser.h"
#include <openssl/evp.h>
#include <zlib.h>

#define DESCRIPTOR_SIZE 76
#define SECTIONS_MAX 1000000u
#define SEGMENTS_MAX 14971u /* .E01 to .ZZZ */
#define LOOK_AHEAD 16u      /* names tried beyond a missing segment */
#define CHUNK_SIZE_MAX (32u << 20)
#define TABLE_ENTRIES_MAX (1u << 20)
#define LOADED_TABLES 8u
#define CACHE_BYTES (8u << 20)

typedef struct {
    uint32_t segment;
    uint32_t run; /* raised by whatever may have lost a table: numbers are unsure from there */
    uint32_t count;
    uint64_t first; /* number of the first chunk */
    uint64_t base;
    uint64_t entries;  /* offset of the entries in the segment; 0 where the section is damaged */
    uint64_t second;   /* of the same in table2; 0: none */
    uint64_t data_end; /* where the last chunk ends at the latest */
} chunk_table;

typedef struct {
    const chunk_table *table; /* NULL: nothing loaded */
    uint32_t *entries;
    uint32_t wide_from; /* from this entry on all 32 bits are offset, nothing is deflated */
} loaded_table;

typedef struct {
    uint64_t number; /* of the chunk, plus 1; 0: nothing here */
    uint8_t *bytes;
} slot;

typedef struct {
    kk_arena *arena;
    kk_sink *sink; /* NULL: nobody listens */
    kk_stream **segments;
    size_t segment_count, segment_capacity;
    chunk_table *tables;
    size_t table_count, table_capacity;
    uint32_t run, entries_most;
    bool have_volume, have_done, have_id, have_md5;
    bool unsummed; /* the form whose chunk tables have no checksum behind their entries */
    uint8_t id[16], md5[16];
    uint32_t chunk_size;
    uint64_t chunks, media_size;
    loaded_table loaded[LOADED_TABLES];
    slot *slots;
    uint32_t slot_count;
    uint8_t *packed; /* a chunk as stored */
    size_t packed_size;
    z_stream inflater;
    bool inflating;
} image;

typedef struct {
    kk_slice type;
    uint64_t offset, data, end; /* of the descriptor, of its data, where the next one is */
    bool last;                  /* next or done */
} section;

#define NOTE(image, ...)                                                                           \
    do {                                                                                           \
        if ((image)->sink)                                                                         \
            kk_report((image)->sink, __VA_ARGS__);                                                 \
    } while (0)

static uint32_t adler_of(const void *bytes, size_t len)
{
    return (uint32_t)adler32(adler32(0, Z_NULL, 0), bytes, (uInt)len);
}

/* --- sections --- */

static const char *const types[] = {"header", "header2", "xheader",   "volume", "disk",
                                    "data",   "sectors", "table",     "table2", "next",
                                    "done",   "hash",    "digest",    "error2", "session",
                                    "ltree",  "xhash",   "incomplete"};

/* The descriptor at the offset; false when it is none. */
static bool read_section(kk_stream *segment, uint64_t offset, section *out)
{
    char bytes[DESCRIPTOR_SIZE];
    if (kk_read(segment, offset, bytes, sizeof bytes) < sizeof bytes)
        return false;
    kk_cursor c = kk_cursor_over((kk_slice){bytes, sizeof bytes});
    kk_slice type = kk_bytes(&c, 16);
    uint64_t next = kk_u64(&c), size = kk_u64(&c);
    kk_skip(&c, 40);
    if (kk_u32(&c) != adler_of(bytes, 72))
        return false;
    type.len = strnlen(type.ptr, 16);
    *out = (section){.type = KK_S("other"), .offset = offset, .data = offset + DESCRIPTOR_SIZE};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (kk_is(type, types[i]))
            out->type = kk_cstr(types[i]);
    out->last = kk_is(out->type, "next") || kk_is(out->type, "done");
    out->end = next > offset ? next : size <= UINT64_MAX - offset ? offset + size : 0;
    return true;
}

/* After damage: the next descriptor of a known type with a good checksum. */
static bool find_section(kk_stream *segment, uint64_t from, section *out)
{
    char bytes[65536];
    for (;;) {
        size_t got = kk_read(segment, from, bytes, sizeof bytes);
        if (got < DESCRIPTOR_SIZE)
            return false;
        kk_slice block = {bytes, got};
        for (size_t at = 0; at + DESCRIPTOR_SIZE <= got; at++) {
            bool likely = false;
            for (size_t i = 0; i < sizeof types / sizeof *types && !likely; i++)
                likely = bytes[at] == types[i][0] && bytes[at + 1] == types[i][1] &&
                         bytes[at + 15] == 0 && kk_starts(kk_from(block, at), kk_cstr(types[i]));
            if (likely && read_section(segment, from + at, out))
                return true;
        }
        from += got - DESCRIPTOR_SIZE + 1;
    }
}

static void take_volume(image *m, kk_stream *segment, const section *s)
{
    char bytes[1052];
    uint64_t len = s->end > s->data ? s->end - s->data : 0;
    bool full = len >= sizeof bytes;
    size_t want = full ? sizeof bytes : 94;
    if (len < 94 || kk_read(segment, s->data, bytes, want) < want) {
        NOTE(m, KK_ISSUE_TRUNCATED, s->offset, "the section that describes the media is cut short");
        return;
    }
    kk_cursor c = kk_cursor_over((kk_slice){bytes, want});
    kk_seek(&c, want - 4);
    bool good = kk_u32(&c) == adler_of(bytes, want - 4);
    kk_seek(&c, 4);
    uint64_t chunks = kk_u32(&c), per_chunk = kk_u32(&c), sector = kk_u32(&c);
    uint64_t sectors = full ? kk_u64(&c) : kk_u32(&c);
    if (full && !m->have_id)
        memcpy(m->id, bytes + 64, sizeof m->id);
    else if (full && memcmp(m->id, bytes + 64, sizeof m->id) != 0)
        NOTE(m, KK_ISSUE_DAMAGED, s->offset, "a segment belongs to another set of segments");
    m->have_id = m->have_id || full;
    if (m->have_volume)
        return;
    if (!good)
        NOTE(m, KK_ISSUE_DAMAGED, s->offset,
             "the section that describes the media has a wrong checksum");
    if (sector < 64 || sector > 65536 || per_chunk == 0 || per_chunk > CHUNK_SIZE_MAX / sector ||
        sectors > (UINT64_MAX >> 1) / sector)
        return;
    m->have_volume = true;
    m->unsummed = !full;
    m->chunk_size = (uint32_t)(per_chunk * sector);
    m->chunks = chunks;
    m->media_size = sectors * sector;
}

/* A table's own head at 24 bytes; false when it contradicts itself. */
static bool read_table_head(kk_stream *segment, const section *s, chunk_table *t)
{
    char bytes[24];
    if (kk_read(segment, s->data, bytes, sizeof bytes) < sizeof bytes)
        return false;
    kk_cursor c = kk_cursor_over((kk_slice){bytes, sizeof bytes});
    t->count = kk_u32(&c);
    kk_skip(&c, 4);
    t->base = kk_u64(&c);
    kk_skip(&c, 4);
    bool good = kk_u32(&c) == adler_of(bytes, 20);
    t->entries = s->data + sizeof bytes;
    return good && t->count <= TABLE_ENTRIES_MAX && t->count <= (segment->size - s->data) / 4 &&
           t->base < segment->size;
}

static void take_table(image *m, kk_stream *segment, const section *s, uint64_t sectors_end)
{
    chunk_table t = {.segment = (uint32_t)m->segment_count - 1, .run = m->run};
    if (!read_table_head(segment, s, &t)) {
        NOTE(m, KK_ISSUE_DAMAGED, s->offset, "a chunk table has a damaged head");
        t = (chunk_table){.segment = t.segment, .run = ++m->run};
    }
    t.data_end = sectors_end ? sectors_end : s->end;
    m->tables = kk_grow(m->arena, m->tables, &m->table_capacity, m->table_count + 1, sizeof t);
    m->tables[m->table_count++] = t;
}

/* The mirror of the table before it; stands in where that one was unreadable. */
static void take_mirror(image *m, kk_stream *segment, const section *s, uint64_t sectors_end)
{
    chunk_table t = {0};
    chunk_table *first = m->table_count ? &m->tables[m->table_count - 1] : NULL;
    if (!read_table_head(segment, s, &t))
        return;
    if (first && first->segment + 1 == m->segment_count && first->run == m->run &&
        first->entries == 0) {
        first->count = t.count;
        first->base = t.base;
        first->entries = t.entries;
    } else if (first && first->segment + 1 == m->segment_count && first->count == t.count) {
        first->second = t.entries;
    } else {
        take_table(m, segment, s, sectors_end);
    }
}

static void take_errors(image *m, kk_stream *segment, const section *s)
{
    uint8_t head[4], pair[8];
    if (kk_read(segment, s->data, head, sizeof head) < sizeof head)
        return;
    kk_cursor c = kk_cursor_over((kk_slice){(const char *)head, sizeof head});
    uint64_t sectors = 0;
    uint32_t count = kk_u32(&c);
    for (uint32_t i = 0; i < count && i < 65536; i++) {
        uint64_t at = s->data + 520 + 8 * (uint64_t)i;
        if (at + 8 > s->end || kk_read(segment, at, pair, sizeof pair) < sizeof pair)
            break;
        kk_cursor p = kk_cursor_over((kk_slice){(const char *)pair, sizeof pair});
        kk_skip(&p, 4);
        sectors += kk_u32(&p);
    }
    if (sectors && m->sink) {
        kk_issue issue = {KK_ISSUE_DAMAGED, s->offset, sectors,
                          KK_S("sectors could not be read when the image was made")};
        m->sink->issue(m->sink, &issue);
    }
}

static void take_section(image *m, kk_stream *segment, const section *s, uint64_t *sectors_end)
{
    if (kk_is(s->type, "volume") || kk_is(s->type, "disk") || kk_is(s->type, "data")) {
        take_volume(m, segment, s);
    } else if (kk_is(s->type, "sectors")) {
        *sectors_end = s->end;
    } else if (kk_is(s->type, "table")) {
        take_table(m, segment, s, *sectors_end);
    } else if (kk_is(s->type, "table2")) {
        take_mirror(m, segment, s, *sectors_end);
    } else if (kk_is(s->type, "error2")) {
        take_errors(m, segment, s);
    } else if (kk_is(s->type, "hash") || kk_is(s->type, "digest")) {
        m->have_md5 = kk_read(segment, s->data, m->md5, sizeof m->md5) == sizeof m->md5;
    } else if (kk_is(s->type, "done")) {
        m->have_done = true;
    }
}

static void read_segment(image *m, kk_stream *segment)
{
    uint64_t at = 13, sectors_end = 0;
    for (uint32_t i = 0; i < SECTIONS_MAX; i++) {
        section s;
        if (!read_section(segment, at, &s)) {
            m->run++;
            bool found = at < segment->size && find_section(segment, at + 1, &s);
            if (!found) {
                NOTE(m, KK_ISSUE_TRUNCATED, at, "segment %zu ends without its closing section",
                     m->segment_count);
                return;
            }
            NOTE(m, KK_ISSUE_DAMAGED, at, "segment %zu has a damaged section", m->segment_count);
            if (kk_is(s.type, "table")) /* of its sectors section nothing is known */
                sectors_end = s.offset;
        }
        take_section(m, segment, &s, &sectors_end);
        if (s.last)
            return;
        /* A chain that does not go forward is damage: the next round looks for a descriptor. */
        at = s.end > s.offset ? s.end : s.offset + 1;
    }
    NOTE(m, KK_ISSUE_LIMIT, at, "more sections than the limit in segment %zu", m->segment_count);
}

/* --- segments --- */

static uint16_t segment_number(kk_stream *segment)
{
    uint8_t head[13];
    if (!segment || kk_read(segment, 0, head, sizeof head) < sizeof head ||
        memcmp(head, "EVF\x09\x0d\x0a\xff\x00", 8) != 0)
        return 0;
    return (uint16_t)(head[9] | head[10] << 8);
}

/* "E01" to "E99", "EAA" to "EZZ", "FAA" ...; `letter` is that of the first one. */
static void write_extension(char out[3], char letter, uint32_t number)
{
    out[0] = letter;
    if (number <= 99) {
        out[1] = (char)('0' + number / 10);
        out[2] = (char)('0' + number % 10);
        return;
    }
    int n = (int)number - 100;
    char a = letter >= 'a' ? 'a' : 'A';
    out[0] = (char)(letter + n / 676);
    out[1] = (char)(a + n / 26 % 26);
    out[2] = (char)(a + n % 26);
}

static kk_stream *find_segment(kk_stream *in, kk_arena *arena, uint32_t number)
{
    size_t dot = kk_rfind_byte(in->name, '.');
    if (!in->sibling || dot == KK_NOWHERE || in->name.len - dot != 4)
        return NULL;
    char letter = in->name.ptr[dot + 1];
    if (number > 99 && ((letter | 0x20) + (int)((number - 100) / 676) > 'z'))
        return NULL;
    kk_stream *found = NULL;
    for (int flipped = 0; flipped < 2 && !found; flipped++) {
        kk_slice name = kk_copy(arena, in->name);
        write_extension((char *)(uintptr_t)name.ptr + dot + 1,
                        (char)(letter ^ (flipped ? 0x20 : 0)), number);
        found = in->sibling(in, name);
    }
    return found;
}

static void add_segment(image *m, kk_stream *segment)
{
    m->segments = kk_grow(m->arena, m->segments, &m->segment_capacity, m->segment_count + 1,
                          sizeof *m->segments);
    m->segments[m->segment_count++] = segment;
    read_segment(m, segment);
}

static void read_segments(image *m, kk_stream *in)
{
    uint32_t missing = 0, first_missing = 0;
    add_segment(m, in);
    for (uint32_t n = 2; n <= SEGMENTS_MAX && !m->have_done && missing <= LOOK_AHEAD; n++) {
        kk_stream *next = find_segment(in, m->arena, n);
        if (next && segment_number(next) != n) {
            NOTE(m, KK_ISSUE_DAMAGED, 0, "segment %u is not what its name says", n);
            next = NULL;
        }
        if (!next) {
            first_missing = first_missing ? first_missing : n;
            missing++;
            continue;
        }
        if (missing) {
            m->run++;
            NOTE(m, KK_ISSUE_MISSING, 0, "segments %u to %u of the image are missing",
                 first_missing, n - 1);
        }
        missing = first_missing = 0;
        add_segment(m, next);
    }
    if (!m->have_done)
        NOTE(m, KK_ISSUE_MISSING, 0,
             "the image is incomplete: segment %u and what follows is missing",
             first_missing ? first_missing : 2);
}

/* Numbers the chunks. Where tables were lost in between, what follows the last loss is counted from
 * the end, if the end is there; between two losses nobody knows. */
static void number_chunks(image *m)
{
    uint64_t found = 0, tail = 0;
    for (size_t i = 0; i < m->table_count; i++) {
        found += m->tables[i].count;
        if (m->tables[i].run == m->run)
            tail += m->tables[i].count;
        if (m->tables[i].count > m->entries_most)
            m->entries_most = m->tables[i].count;
    }
    if (m->chunks == 0)
        m->chunks = found;
    bool lossy = found < m->chunks && m->run > 0;
    uint64_t at = 0;
    size_t kept = 0;
    for (size_t i = 0; i < m->table_count; i++) {
        chunk_table t = m->tables[i];
        if (t.count == 0 || (lossy && t.run > 0 && (t.run < m->run || !m->have_done)))
            continue;
        if (lossy && t.run > 0 && at < m->chunks - tail)
            at = m->chunks - tail;
        t.first = at;
        at += t.count;
        m->tables[kept++] = t;
    }
    m->table_count = kept;
    if (found < m->chunks && m->have_done && m->sink) {
        kk_issue issue = {KK_ISSUE_MISSING, 0, m->chunks - found,
                          KK_S("chunks of the media are in no chunk table")};
        m->sink->issue(m->sink, &issue);
    }
}

/* --- chunks --- */

static bool load_entries(image *m, kk_stream *segment, uint64_t from, uint32_t count,
                         loaded_table *into)
{
    size_t len = (size_t)count * 4;
    uint8_t *bytes = (uint8_t *)into->entries, sum[4];
    if (kk_read(segment, from, bytes, len) < len)
        return false;
    bool good = m->unsummed || kk_read(segment, from + len, sum, sizeof sum) == sizeof sum;
    kk_cursor tail = kk_cursor_over((kk_slice){(const char *)sum, sizeof sum});
    good = m->unsummed || (good && kk_u32(&tail) == adler_of(bytes, len));
    kk_cursor c = kk_cursor_over((kk_slice){(const char *)bytes, len});
    for (uint32_t i = 0; i < count; i++)
        into->entries[i] = kk_u32(&c);
    /* EnCase 6.7 let offsets grow into bit 31, for stored chunks alone. */
    into->wide_from = count;
    for (uint32_t i = 0; i + 1 < count && into->wide_from == count; i++) {
        uint32_t here = into->entries[i] & 0x7FFFFFFF, next = into->entries[i + 1];
        if ((next & 0x7FFFFFFF) < here && next > here && next - here <= 2 * m->chunk_size)
            into->wide_from = i + 1;
    }
    return good;
}

static const loaded_table *load_table(image *m, const chunk_table *t)
{
    loaded_table *l = &m->loaded[(size_t)(t - m->tables) % LOADED_TABLES];
    if (l->table == t)
        return l;
    if (!l->entries)
        l->entries = KK_NEW_ARRAY(m->arena, uint32_t, m->entries_most + 1u);
    l->table = t;
    kk_stream *segment = m->segments[t->segment];
    if (load_entries(m, segment, t->entries, t->count, l))
        return l;
    if (t->second && load_entries(m, segment, t->second, t->count, l)) {
        NOTE(m, KK_ISSUE_DAMAGED, t->entries, "a chunk table is damaged: its mirror is used");
        return l;
    }
    /* Used all the same: each chunk has a checksum of its own. */
    NOTE(m, KK_ISSUE_DAMAGED, t->entries, "a chunk table has a wrong checksum");
    (void)load_entries(m, segment, t->entries, t->count, l);
    return l;
}

static const chunk_table *table_of(const image *m, uint64_t number)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, m->table_count,
                   m->tables[low].first <= number); /* the first that begins beyond it */
    const chunk_table *t = low ? &m->tables[low - 1] : NULL;
    return t && number - t->first < t->count ? t : NULL;
}

static void *take_for_zlib(void *arena, unsigned count, unsigned size)
{
    return kk_take_array(arena, count, size);
}

static void leave_to_arena(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

static bool inflate_chunk(image *m, size_t len, uint8_t *into, size_t want)
{
    z_stream *z = &m->inflater;
    if (!m->inflating) {
        z->zalloc = take_for_zlib;
        z->zfree = leave_to_arena;
        z->opaque = m->arena;
        m->inflating = inflateInit(z) == Z_OK;
    } else {
        m->inflating = inflateReset(z) == Z_OK;
    }
    z->next_in = m->packed;
    z->avail_in = (uInt)len;
    z->next_out = into;
    z->avail_out = m->chunk_size;
    return m->inflating && inflate(z, Z_FINISH) == Z_STREAM_END && z->total_out >= want;
}

static bool check_stored(image *m, size_t len, uint8_t *into, size_t want)
{
    size_t data = len >= (size_t)m->chunk_size + 4 ? m->chunk_size : len < 4 ? 0 : len - 4;
    if (data < want)
        return false;
    kk_cursor c = kk_cursor_over((kk_slice){(const char *)m->packed + data, 4});
    if (kk_u32(&c) != adler_of(m->packed, data))
        return false;
    memcpy(into, m->packed, data);
    return true;
}

/* The bytes of one chunk that belong to the media. */
static size_t chunk_bytes(const image *m, uint64_t number)
{
    uint64_t left = m->media_size - number * m->chunk_size;
    return left < m->chunk_size ? (size_t)left : m->chunk_size;
}

/* `into` holds chunk_size bytes. */
static bool read_chunk(image *m, uint64_t number, uint8_t *into)
{
    const chunk_table *t = table_of(m, number);
    if (!t)
        return false;
    const loaded_table *l = load_table(m, t);
    uint32_t i = (uint32_t)(number - t->first), entry = l->entries[i];
    bool wide = i >= l->wide_from, deflated = !wide && entry >> 31;
    uint64_t start = t->base + (wide ? entry : entry & 0x7FFFFFFF), end = t->data_end;
    if (i + 1 < t->count) {
        bool next_wide = i + 1 >= l->wide_from;
        end = t->base + (next_wide ? l->entries[i + 1] : l->entries[i + 1] & 0x7FFFFFFF);
    }
    if (end <= start)
        return false;
    size_t len = end - start < m->packed_size ? (size_t)(end - start) : m->packed_size;
    len = kk_read(m->segments[t->segment], start, m->packed, len);
    size_t want = chunk_bytes(m, number);
    return deflated ? inflate_chunk(m, len, into, want) : check_stored(m, len, into, want);
}

static const uint8_t *cached_chunk(image *m, uint64_t number)
{
    slot *s = &m->slots[number % m->slot_count];
    if (s->number == number + 1)
        return s->bytes;
    if (!s->bytes)
        s->bytes = kk_take(m->arena, m->chunk_size);
    s->number = 0;
    if (!read_chunk(m, number, s->bytes))
        return NULL;
    s->number = number + 1;
    return s->bytes;
}

/* What comes before an unreadable chunk is returned; a read that begins in one fails. */
static ptrdiff_t read_media(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    image *m = stream->context;
    uint8_t *out = into;
    size_t done = 0;
    if (offset >= m->media_size)
        return 0;
    if (len > m->media_size - offset)
        len = (size_t)(m->media_size - offset);
    if (len > PTRDIFF_MAX)
        len = PTRDIFF_MAX;
    while (done < len) {
        uint64_t number = (offset + done) / m->chunk_size;
        size_t within = (size_t)((offset + done) % m->chunk_size);
        size_t part = chunk_bytes(m, number) - within;
        bool direct = within == 0 && len - done >= m->chunk_size;
        if (part > len - done)
            part = len - done;
        if (direct) { /* the caller's buffer has room for all of it */
            if (!read_chunk(m, number, out + done))
                break;
        } else {
            const uint8_t *bytes = cached_chunk(m, number);
            if (!bytes)
                break;
            memcpy(out + done, bytes + within, part);
        }
        done += part;
    }
    return done || !len ? (ptrdiff_t)done : -1;
}

/* --- the image --- */

static kk_stream *media_stream(image *m, kk_stream *in)
{
    kk_stream *stream = KK_NEW(m->arena, kk_stream);
    *stream = (kk_stream){.name = in->name,
                          .path = in->path,
                          .size = m->media_size,
                          .modified = in->modified,
                          .read_at = read_media,
                          .context = m};
    return stream;
}

/* NULL where there is nothing to read. */
static kk_stream *open_image(kk_stream *in, kk_arena *arena, kk_sink *sink)
{
    image *m = KK_NEW(arena, image);
    m->arena = arena;
    m->sink = sink;
    read_segments(m, in);
    if (!m->have_volume) {
        NOTE(m, KK_ISSUE_DAMAGED, 0, "the section that describes the media is missing or damaged");
        return NULL;
    }
    number_chunks(m);
    uint64_t covered =
        m->chunks > UINT64_MAX / m->chunk_size ? UINT64_MAX : m->chunks * m->chunk_size;
    if (m->media_size == 0)
        m->media_size = covered;
    if (m->media_size > covered) {
        NOTE(m, KK_ISSUE_DAMAGED, 0, "the media is said to be larger than its chunks");
        m->media_size = covered;
    }
    m->packed_size = (size_t)m->chunk_size + m->chunk_size / 8 + 1024;
    m->packed = kk_take(arena, m->packed_size);
    m->slot_count = CACHE_BYTES / m->chunk_size;
    m->slot_count = m->slot_count < 2 ? 2 : m->slot_count > 256 ? 256 : m->slot_count;
    m->slots = KK_NEW_ARRAY(arena, slot, m->slot_count);
    return media_stream(m, in);
}

/* Reads the media once from end to end, for who wants it so: zeros stand for what is unreadable. */
typedef struct {
    image *image;
    kk_stream *media;
    EVP_MD_CTX *md5;
    uint64_t at, bad_chunks, first_bad;
} sequence;

static ptrdiff_t read_sequence(void *context, void *into, size_t len)
{
    sequence *s = context;
    ptrdiff_t got = s->media->read_at(s->media, s->at, into, len);
    if (got < 0) {
        uint64_t chunk = s->at / s->image->chunk_size;
        size_t left = chunk_bytes(s->image, chunk) - (size_t)(s->at % s->image->chunk_size);
        if (s->at % s->image->chunk_size == 0 && s->bad_chunks++ == 0)
            s->first_bad = s->at;
        got = (ptrdiff_t)(len < left ? len : left);
        memset(into, 0, (size_t)got);
    }
    if (s->md5 && got > 0)
        EVP_DigestUpdate(s->md5, into, (size_t)got);
    s->at += (uint64_t)got;
    return got;
}

static void end_sequence(sequence *s, kk_sink *sink)
{
    uint8_t digest[EVP_MAX_MD_SIZE] = {0};
    bool whole = s->at == s->media->size;
    if (s->bad_chunks) {
        kk_issue issue = {KK_ISSUE_DAMAGED, s->first_bad, s->bad_chunks,
                          KK_S("chunks of the media cannot be read: zeros stand for them")};
        sink->issue(sink, &issue);
    }
    if (s->md5 && whole && !s->bad_chunks && EVP_DigestFinal_ex(s->md5, digest, NULL) == 1 &&
        memcmp(digest, s->image->md5, sizeof s->image->md5) != 0)
        kk_report(sink, KK_ISSUE_DAMAGED, 0,
                  "the media differs from the MD5 that the image carries");
    EVP_MD_CTX_free(s->md5);
}

/* Every table is read once: a bad one is told now, not when somebody reads its chunks. */
static void check_tables(image *m)
{
    for (size_t i = 0; i < m->table_count && !m->sink->stopped; i++)
        (void)load_table(m, &m->tables[i]);
}

static void tell_media(kk_stream *media, kk_sink *sink)
{
    image *m = media->context;
    check_tables(m);
    m->sink = NULL; /* said once */
    sequence s = {.image = m, .media = media};
    if (m->have_md5 && (s.md5 = EVP_MD_CTX_new()) &&
        EVP_DigestInit_ex(s.md5, EVP_md5(), NULL) != 1) {
        EVP_MD_CTX_free(s.md5);
        s.md5 = NULL;
    }
    kk_child child = {.name = KK_S(""),
                      .joint = "",
                      .size = media->size,
                      .token = KK_S("media"),
                      .modified = media->modified,
                      .is_volume = true,
                      .read = read_sequence,
                      .context = &s};
    sink->child(sink, &child);
    end_sequence(&s, sink);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    uint16_t number = segment_number(in);
    if (number == 0) {
        kk_report(sink, KK_ISSUE_FORMAT, 0,
                  "a version 2 (Ex01) or logical (L01) image is not read");
        return;
    }
    if (number > 1) { /* read with the first one */
        if (segment_number(find_segment(in, sink->arena, 1)) != 1)
            kk_report(sink, KK_ISSUE_MISSING, 0, "segment %u of an image without its first segment",
                      number);
        return;
    }
    kk_stream *media = open_image(in, sink->arena, sink);
    if (media)
        tell_media(media, sink);
}

static kk_stream *open_media(kk_stream *in, kk_slice token, kk_arena *arena)
{
    if (!kk_is(token, "media") || segment_number(in) != 1)
        return NULL;
    return open_image(in, arena, NULL);
}

static kk_score probe(const kk_probe *probe)
{
    kk_slice head = kk_part(probe->head, 0, 8);
    if (kk_eq(head, KK_S("EVF\x09\x0d\x0a\xff\x00")))
        return probe->head.len > 12 && probe->head.ptr[8] == 1 ? KK_CERTAIN : KK_LIKELY;
    bool other = kk_eq(head, KK_S("EVF2\x0d\x0a\x81\x00")) ||
                 kk_eq(head, KK_S("LVF\x09\x0d\x0a\xff\x00")) ||
                 kk_eq(head, KK_S("LEF2\x0d\x0a\x81\x00"));
    return other ? KK_SURE : KK_NO;
}

const kk_parser kk_parser_ewf = {
    .name = "ewf",
    .about = "disk images in the Expert Witness Format (E01, s01), all segments",
    .version = 1,
    .cut = KK_WHOLE,
    .is_container = true,
    .is_disk = true,
    .priority = 20,
    .probe = probe,
    .parse = parse,
    .open = open_media,
};
