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
 * record alive or had it already. BinXML is in binxml.c, what events mean in evtx_columns.c. */
#include "base/cursor.h"
#include "parse/binxml.h"
#include "parse/evtx_columns.h"
#include "parse/evtx_sum.h"
#include "parse/parser.h"

#define HEADER 4096u
#define RECORDS 512u /* offset of the first record of a chunk */
#define LEAST 28u    /* of a record: header and both sizes */
#define WINDOW ((uint64_t)64 << 20)
#define CANDIDATES 4096u /* of one chunk */
#define MAGIC_BYTES 8

/* Kinds of what is wrong; each becomes one issue with a count. */
typedef enum {
    BAD_FILE_HEADER,
    NOT_CLOSED,
    CHUNKS_MISSING,
    CHUNK_CUT,
    CHUNK_HEADLESS,
    CHUNK_FOREIGN,
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
    [NOT_CLOSED] = {KK_ISSUE_DAMAGED,
                    "the log was not closed and its header counts fewer chunks than there are"},
    [CHUNKS_MISSING] = {KK_ISSUE_TRUNCATED, "chunks that the file header counts are not there"},
    [CHUNK_CUT] = {KK_ISSUE_TRUNCATED, "the last chunk is cut short"},
    [CHUNK_HEADLESS] = {KK_ISSUE_DAMAGED, "chunks with records have no readable header"},
    [CHUNK_FOREIGN] = {KK_ISSUE_DAMAGED, "chunks hold other bytes and no record"},
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
    uint32_t at, size;
    bool hidden; /* inside a live record */
} candidate;

/* The text of a System field in the record before: most of them repeat. */
typedef struct {
    uint8_t type;
    uint32_t len;
    size_t text_len;
    uint8_t raw[128];
    char text[200];
} system_memo;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_arena *arena, *chunk_arena, *window_arena;
    kk_binxml *xml;
    kk_evtx_columns *columns;
    uint8_t *chunk;  /* KK_EVTX_CHUNK bytes, zeros behind what was there */
    uint64_t offset; /* of the chunk in the stream */
    size_t have;     /* of them that were there */
    bool headed, damaged, no_sums;
    uint32_t free_at, last_at;
    uint64_t last_id;
    uint64_t next_id; /* that must follow if nothing is missing; 0 not known */
    uint64_t empty;   /* chunks of zeros since the last one with records */
    uint64_t *keys;   /* of the window's live records */
    size_t key_count, key_capacity;
    candidate *candidates;
    size_t candidate_count, candidate_capacity;
    uint64_t *known; /* keys as a table, once the window is over */
    size_t known_mask;
    struct {
        uint64_t count, first;
    } troubles[TROUBLES];
    kk_slice channel, dataset; /* of the record before: mostly the same */
    char channel_text[512], dataset_text[520];
    system_memo memo[KK_SYS_FIELDS];
    kk_event event;
} walk;

/* ---- small things ---- */

static void note(walk *w, trouble what, uint64_t offset, uint64_t count)
{
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
    return (uint32_t)le_at(w->chunk, KK_EVTX_CHUNK, at, 4);
}

static inline uint64_t u64_at(const walk *w, size_t at)
{
    return le_at(w->chunk, KK_EVTX_CHUNK, at, 8);
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

/* ---- events ---- */

static kk_slice dataset_of(walk *w, kk_slice channel)
{
    if (w->dataset.len && kk_eq(channel, w->channel))
        return w->dataset;
    const kk_slice prefix = KK_S("windows.");
    if (!channel.len)
        return KK_S("windows");
    if (channel.len > sizeof w->channel_text)
        channel.len = sizeof w->channel_text;
    memcpy(w->channel_text, channel.ptr, channel.len);
    memcpy(w->dataset_text, prefix.ptr, prefix.len);
    for (size_t i = 0; i < channel.len; i++) {
        char c = channel.ptr[i];
        w->dataset_text[prefix.len + i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    w->channel = (kk_slice){w->channel_text, channel.len};
    w->dataset = (kk_slice){w->dataset_text, prefix.len + channel.len};
    return w->dataset;
}

static kk_slice system_text(walk *w, const kk_xml_event *x, kk_system_field field)
{
    kk_xml_value v = x->system[field];
    system_memo *m = &w->memo[field];
    if (v.type == KK_XML_NULL || v.type == KK_XML_UTF8 || v.len > sizeof m->raw)
        return kk_xml_text(kk_binxml_scratch(w->xml), v);
    if (m->type == v.type && m->len == v.len && memcmp(m->raw, v.ptr, v.len) == 0)
        return (kk_slice){m->text, m->text_len};
    kk_slice text = kk_xml_text(kk_binxml_scratch(w->xml), v);
    if (text.len > sizeof m->text || kk_binxml_scratch(w->xml)->full)
        return text;
    m->type = v.type;
    m->len = v.len;
    m->text_len = text.len;
    memcpy(m->raw, v.ptr, v.len);
    if (text.len)
        memcpy(m->text, text.ptr, text.len);
    return (kk_slice){m->text, m->text_len};
}

static void put_before(kk_event *e, const char *name, kk_slice value)
{
    e->more--;
    e->more_count++;
    *e->more = (kk_pair){kk_cstr(name), value};
}

/* Fields of System that say more than the usual, last to first. */
static void add_system_fields(walk *w, const kk_xml_event *x, bool user_is_column,
                              bool process_is_column)
{
    static const struct {
        const char *name;
        kk_system_field field;
        bool always;
    } words[] = {
        {"System.RelatedActivityID", KK_SYS_RELATED, true},
        {"System.ActivityID", KK_SYS_ACTIVITY, true},
        {"System.UserID", KK_SYS_USER, true},
        {"System.ThreadID", KK_SYS_THREAD, false},
        {"System.ProcessID", KK_SYS_PROCESS, false},
        {"System.Keywords", KK_SYS_KEYWORDS, false},
        {"System.Opcode", KK_SYS_OPCODE, false},
        {"System.Task", KK_SYS_TASK, false},
        {"System.Level", KK_SYS_LEVEL, true},
        {"System.Version", KK_SYS_VERSION, false},
        {"System.Qualifiers", KK_SYS_QUALIFIERS, false},
        {"System.EventSourceName", KK_SYS_SOURCE, true},
        {"winlog.channel", KK_SYS_CHANNEL, true},
    };
    const uint64_t reserved = UINT64_C(1) << 63; /* set by every classic provider */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        kk_xml_value v = x->system[words[i].field];
        uint64_t number = 1;
        bool is_user = words[i].field == KK_SYS_USER, is_process = words[i].field == KK_SYS_PROCESS;
        if (v.type == KK_XML_NULL || (is_user && user_is_column) ||
            (is_process && process_is_column))
            continue;
        if (!words[i].always && kk_xml_number(v, &number) &&
            !(words[i].field == KK_SYS_KEYWORDS ? number & ~reserved : number))
            continue;
        put_before(&w->event, words[i].name, system_text(w, x, words[i].field));
    }
}

static void set_times(kk_event *e, const kk_xml_event *x, uint64_t written, kk_arena *arena)
{
    kk_time header = kk_time_from_filetime(written);
    e->time = kk_xml_time(x->system[KK_SYS_TIME]);
    e->basis = KK_BASIS_UTC;
    e->precision = KK_EXACT_100NS;
    e->text[KK_TIME_KIND] = KK_S("logged");
    if (e->time == KK_NO_TIME) {
        e->time = header;
    } else if (header != KK_NO_TIME) {
        uint64_t apart = e->time > header ? (uint64_t)e->time - (uint64_t)header
                                          : (uint64_t)header - (uint64_t)e->time;
        if (apart > (uint64_t)KK_SECOND)
            put_before(e, "evtx.written", kk_time_text(arena, header));
    }
}

static void fill_event(walk *w, const kk_xml_event *x, uint64_t id, uint64_t written)
{
    kk_event *e = &w->event;
    uint64_t code = 0, keywords = 0, number;
    e->text[KK_PROVIDER] = system_text(w, x, KK_SYS_PROVIDER);
    if (!e->text[KK_PROVIDER].len)
        e->text[KK_PROVIDER] = system_text(w, x, KK_SYS_GUID);
    e->text[KK_CODE] = system_text(w, x, KK_SYS_EVENT_ID);
    e->text[KK_HOST_NAME] = system_text(w, x, KK_SYS_COMPUTER);
    kk_slice channel = system_text(w, x, KK_SYS_CHANNEL);
    e->text[KK_DATASET] = dataset_of(w, channel);
    e->more = x->pairs;
    e->more_count = x->count;
    kk_xml_number(x->system[KK_SYS_EVENT_ID], &code);
    kk_xml_number(x->system[KK_SYS_KEYWORDS], &keywords);
    kk_evtx_columns_fill(w->columns, code, keywords, channel, w->chunk_arena, e);

    bool own_process = !kk_has_number(e, KK_PROCESS_PID);
    if (own_process && kk_xml_number(x->system[KK_SYS_PROCESS], &number) && number)
        kk_set_number(e, KK_PROCESS_PID, number);
    bool sysmon = kk_is(e->text[KK_PROVIDER], "Microsoft-Windows-Sysmon");
    bool own_user = !sysmon && !e->text[KK_USER_ID].len && !e->text[KK_USER_NAME].len;
    if (own_user)
        e->text[KK_USER_ID] = system_text(w, x, KK_SYS_USER);
    set_times(e, x, written, w->chunk_arena);
    add_system_fields(w, x, own_user, own_process);
    e->record = id;
    if (kk_xml_number(x->system[KK_SYS_RECORD_ID], &number)) {
        e->record = number;
        e->sub = number == id ? 0 : (uint32_t)(id & 0x7fffffff);
    }
}

/* Reads the record at `at` of the chunk and hands it on. False if nothing of it could be read. */
static bool emit_record(walk *w, size_t at, size_t size, uint32_t flags, size_t *end)
{
    kk_xml_event x;
    uint64_t id = u64_at(w, at + 8), written = u64_at(w, at + 16);
    kk_binxml_read(w->xml, at + 24, at + size - 4, &x);
    if (end)
        *end = x.end;
    bool named = x.system[KK_SYS_EVENT_ID].type != KK_XML_NULL ||
                 x.system[KK_SYS_PROVIDER].type != KK_XML_NULL;
    bool recovered = flags & KK_FLAG_RECOVERED;
    if (!named || (recovered && (!x.strict || x.damaged || x.cut))) {
        if (!recovered)
            note(w, x.cut ? OVER_LIMIT : UNREADABLE, w->offset + at, 1);
        return false;
    }
    kk_event_clear(&w->event);
    fill_event(w, &x, id, written);
    w->event.offset = w->offset + at;
    w->event.length = (uint32_t)size;
    w->event.flags = flags;
    if (x.cut || kk_binxml_scratch(w->xml)->full)
        note(w, OVER_LIMIT, w->offset + at, 1);
    else if (x.damaged)
        note(w, PARTLY, w->offset + at, 1);
    if (x.cut || x.damaged)
        w->event.flags |= KK_FLAG_DAMAGED;
    if (recovered)
        w->event.sub = 0x80000000u | (uint32_t)(w->event.offset >> 3 & 0x7fffffff);
    w->sink->event(w->sink, &w->event);
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
    for (at = (at + 7) & ~(size_t)7; at + LEAST <= end; at += 8)
        if (w->chunk[at] == 0x2a && is_whole(w, at))
            return at;
    return end;
}

static void keep_candidate(walk *w, size_t at, size_t size, bool hidden)
{
    if (w->candidate_count == w->candidate_capacity)
        w->candidates = kk_grow(w->window_arena, w->candidates, &w->candidate_capacity,
                                w->candidate_count + 1, sizeof(candidate));
    w->candidates[w->candidate_count++] =
        (candidate){w->offset, (uint32_t)at, (uint32_t)size, hidden};
}

static void keep_key(walk *w, size_t at)
{
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
        keep_candidate(w, at, size, true);
        at += (size & ~(size_t)7) - 8;
    }
}

static void check_sequence(walk *w, size_t at)
{
    uint64_t id = u64_at(w, at + 8);
    if (w->next_id && id > w->next_id && !w->damaged)
        note(w, NUMBER_GAPS, w->offset + at, id - w->next_id);
    w->next_id = id + 1;
}

static void live_record(walk *w, size_t at, size_t size, bool torn)
{
    size_t xml_end;
    check_sequence(w, at);
    keep_key(w, at);
    if (torn)
        note(w, TORN, w->offset + at, 1);
    uint32_t flags = torn || w->damaged ? KK_FLAG_DAMAGED : 0;
    if (emit_record(w, at, size, flags, &xml_end)) {
        if (at + size - 4 - xml_end >= LEAST)
            look_inside(w, xml_end, at + size);
    }
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

/* Behind the live records: the chunk's earlier life. */
static void find_slack(walk *w, size_t at)
{
    size_t kept = 0;
    while (kept < CANDIDATES && (at = next_whole(w, at, KK_EVTX_CHUNK)) < KK_EVTX_CHUNK) {
        uint32_t size = u32_at(w, at + 4);
        keep_candidate(w, at, size, false);
        kept++;
        at += size;
    }
}

/* Fills what the walk needs of the header. Without a magic the rest is still believed where it
 * leads to the record that it says is the last. */
static void read_chunk_header(walk *w, size_t have)
{
    bool magic = memcmp(w->chunk, "ElfChnk", MAGIC_BYTES) == 0;
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
    uint32_t sum = kk_evtx_sum(0, w->chunk, 120);
    if (kk_evtx_sum(sum, w->chunk + 128, RECORDS - 128) != u32_at(w, 124)) {
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
    size_t have = w->have = kk_read(w->in, offset, w->chunk, KK_EVTX_CHUNK);
    memset(w->chunk + have, 0, KK_EVTX_CHUNK - have);
    kk_binxml_chunk(w->xml, w->chunk);
    kk_arena_reset(w->chunk_arena);
    return have;
}

static void read_chunk(walk *w, uint64_t offset)
{
    size_t have = load_chunk(w, offset);
    if (have < KK_EVTX_CHUNK && have < w->in->size - offset)
        note(w, UNREAD_BYTES, offset + have, 1);
    if (have <= RECORDS || all_zero(w->chunk, have)) {
        w->empty += have == KK_EVTX_CHUNK;
        w->next_id = 0;
        return;
    }
    if (memcmp(w->chunk, "ElfChnk", MAGIC_BYTES) != 0 &&
        next_whole(w, RECORDS, KK_EVTX_CHUNK) == KK_EVTX_CHUNK) {
        note(w, CHUNK_FOREIGN, offset, 1);
        return;
    }
    if (w->empty)
        note(w, EMPTY_BETWEEN, offset, w->empty);
    w->empty = 0;
    read_chunk_header(w, have);
    size_t end = walk_live(w, w->headed ? w->free_at : KK_EVTX_CHUNK);
    w->next_id = w->headed && !w->damaged && w->last_id < UINT64_MAX ? w->last_id + 1 : 0;
    if (!w->sink->stopped)
        find_slack(w, end);
}

/* ---- the second pass ---- */

/* True if the key was not there yet; it is then. */
static bool add_known(walk *w, uint64_t key)
{
    size_t at = (size_t)(key >> 1) & w->known_mask;
    while (w->known[at] && w->known[at] != key)
        at = (at + 1) & w->known_mask;
    if (w->known[at])
        return false;
    w->known[at] = key;
    return true;
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

static void finish_window(walk *w)
{
    if (w->candidate_count && !w->sink->stopped) {
        make_known(w);
        uint64_t loaded = UINT64_MAX;
        for (size_t i = 0; i < w->candidate_count && !w->sink->stopped; i++) {
            const candidate *c = &w->candidates[i];
            if (loaded != c->chunk)
                load_chunk(w, c->chunk);
            loaded = c->chunk;
            uint64_t key = key_of(u64_at(w, c->at + 8), u64_at(w, c->at + 16));
            uint32_t flags = KK_FLAG_RECOVERED | (c->hidden ? KK_FLAG_DELETED : 0u);
            if (add_known(w, key))
                emit_record(w, c->at, c->size, flags, NULL);
        }
    }
    w->candidate_count = w->candidate_capacity = 0;
    w->key_count = w->key_capacity = 0;
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
static uint64_t find_base(kk_stream *in, kk_arena *arena)
{
    if (has_magic(in, 0, "ElfFile") || has_magic(in, HEADER, "ElfChnk"))
        return HEADER;
    size_t len = HEADER + 2 * KK_EVTX_CHUNK;
    uint8_t *head = kk_take(arena, len);
    len = kk_read(in, 0, head, len);
    for (size_t at = 0; at + MAGIC_BYTES <= len; at += 512)
        if (memcmp(head + at, "ElfChnk", MAGIC_BYTES) == 0)
            return at % KK_EVTX_CHUNK;
    return HEADER;
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
    uint8_t head[64];
    if (first < base + KK_EVTX_CHUNK || !has_magic(in, first - KK_EVTX_CHUNK, "ElfChnk"))
        return 0;
    size_t have = kk_read(in, first - KK_EVTX_CHUNK, head, sizeof head);
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

static void walk_open(walk *w, kk_stream *in, kk_sink *sink)
{
    w->in = in;
    w->sink = sink;
    w->arena = kk_arena_open();
    w->chunk_arena = kk_arena_open();
    w->window_arena = kk_arena_open();
    w->xml = kk_binxml_open(w->arena);
    w->columns = kk_evtx_columns_open(w->arena, w->xml);
    w->chunk = kk_take(w->arena, KK_EVTX_CHUNK);
}

static void walk_close(walk *w)
{
    kk_binxml_close(w->xml);
    kk_arena_close(w->window_arena);
    kk_arena_close(w->chunk_arena);
    kk_arena_close(w->arena);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    walk *w = KK_NEW(sink->arena, walk);
    walk_open(w, in, sink);
    uint64_t base = find_base(in, w->arena), first = base, begin = settings->begin;
    check_file(w, base, begin == 0);
    if (begin > base)
        first = base + (begin - base + KK_EVTX_CHUNK - 1) / KK_EVTX_CHUNK * KK_EVTX_CHUNK;
    w->next_id = id_before(in, first, base);
    for (uint64_t at = first; at < settings->end && at < in->size && !sink->stopped;
         at += KK_EVTX_CHUNK) {
        if (at / WINDOW != (at - KK_EVTX_CHUNK) / WINDOW)
            finish_window(w);
        read_chunk(w, at);
    }
    finish_window(w);
    report_troubles(w);
    walk_close(w);
}

static kk_score probe(const kk_probe *p)
{
    const kk_slice file = {"ElfFile", MAGIC_BYTES}, chunk = {"ElfChnk", MAGIC_BYTES};
    if (kk_starts(p->head, file))
        return KK_CERTAIN;
    if (kk_starts(p->head, chunk) || kk_starts(kk_from(p->head, HEADER), chunk))
        return KK_SURE;
    return KK_NO;
}

const kk_parser kk_parser_evtx = {
    .name = "evtx",
    .about = "Windows event logs (.evtx)",
    .version = 1,
    .cut = KK_CHUNKS,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
