/* Event logs of Windows NT, 2000, XP and 2003 (.evt). All integers are little-endian.
 *
 *   header  48 bytes: size, "LfLe", 1, 1, 16 offset of the oldest record, 20 offset of the end mark,
 *           24 next record number, 28 oldest one, 32 size of the file, 36 flags (1 not closed, 2 wrapped,
 *           4 full, 8 archived), 40 retention, size again
 *   record  size, "LfLe", number, 12 time generated, 16 time written, 20 event id, 24 u16 type, 26 u16
 *           strings, 28 u16 category, 36 offset of strings, 40 length and 44 offset of the SID,
 *           48 length and 52 offset of the data, 56 source, computer (UTF-16 with an end), SID, strings,
 *           data, padding, size again
 *   end     40 bytes: size, 11111111 22222222 33333333 44444444 (hexadecimal), 20 offset of the oldest
 *           record, 24 its own offset, next number, oldest number, size again
 *
 * Records form a ring behind the header; one that does not fit before the end of the file goes on behind
 * the header. While the log is open the header is stale and the end mark holds. What stands between the
 * end mark and the oldest record is the log's earlier life: recovered. */
#include "parse/evt.h"
#include "base/cursor.h"
#include "base/text.h"
#include "parse/winevent.h"
#include "parse/winevent_words.h"
#include <stdlib.h>

enum {
    HEADER = 48,
    END_MARK = 40,
    LEAST = 56 + 2 + 2 + 4,  /* of a record */
    RECORD_MAX = 512 * 1024, /* bytes of a record */
    WINDOW = 2 * RECORD_MAX
};
#define MAGIC 0x654c664cu /* "LfLe" */

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_winevents *events;
    kk_xml_scratch rendered;
    uint8_t *window; /* WINDOW bytes */
    uint64_t window_at;
    size_t window_len;
    uint8_t *joined; /* RECORD_MAX bytes: a record that goes over the end of the ring */
    uint64_t size;   /* of the ring with its header */
    uint64_t start, end;
    bool headed; /* the file begins with a header */
    bool ring;   /* start and end are known */
    kk_slice channel;
    uint64_t next_number; /* 0 not known */
    kk_arena *arena;
    uint64_t *live; /* number and time of each record of the ring, sorted once it is read */
    size_t live_count, live_capacity;
    uint64_t torn, first_torn, gaps, first_gap, partly, first_partly;
} walk;

static void note(uint64_t *count, uint64_t *first, uint64_t offset, uint64_t n)
{
    if (!*count)
        *first = offset;
    *count += n;
}

/* Up to `len` bytes at `offset`, as many as there are. */
static kk_slice bytes_at(walk *w, uint64_t offset, size_t len)
{
    bool inside = offset >= w->window_at && offset + len <= w->window_at + w->window_len;
    if (!inside) {
        w->window_at = offset;
        w->window_len = kk_read(w->in, offset, w->window, WINDOW);
    }
    kk_slice window = {(const char *)w->window, w->window_len};
    return kk_part(window, (size_t)(offset - w->window_at), len);
}

static uint32_t u32_in(kk_slice bytes, size_t at)
{
    kk_cursor c = kk_cursor_over(bytes);
    kk_seek(&c, at);
    return kk_u32(&c);
}

/* The record that goes on behind the header; its last size is looked at before all of it is read. */
static kk_slice wrapped_record(walk *w, uint64_t offset, uint32_t size)
{
    size_t before = (size_t)(w->size - offset), rest = size - before;
    uint8_t tail[4];
    kk_slice last = {(const char *)tail, sizeof tail};
    if (rest < sizeof tail || HEADER + rest > offset ||
        kk_read(w->in, HEADER + rest - sizeof tail, tail, sizeof tail) < sizeof tail ||
        u32_in(last, 0) != size)
        return KK_NONE;
    if (kk_read(w->in, offset, w->joined, before) < before ||
        kk_read(w->in, HEADER, w->joined + before, rest) < rest)
        return KK_NONE;
    return (kk_slice){(const char *)w->joined, size};
}

/* The record at `offset`, over the end of the ring if need be; empty if there is none. */
static kk_slice record_at(walk *w, uint64_t offset)
{
    kk_slice head = bytes_at(w, offset, 8);
    uint32_t size = u32_in(head, 0);
    if (head.len < 8 || u32_in(head, 4) != MAGIC || size < LEAST || size > RECORD_MAX || size % 4)
        return KK_NONE;
    if (w->ring && offset < w->size && size > w->size - offset)
        return wrapped_record(w, offset, size);
    if (size > w->in->size - offset)
        return KK_NONE;
    kk_slice all = bytes_at(w, offset, size);
    return all.len == size && u32_in(all, size - 4) == size ? all : KK_NONE;
}

/* ---- A record ---- */

/* UTF-16 up to its end mark; moves *at behind it. False if it has none inside of the record. */
static bool take_text(walk *w, kk_slice record, size_t *at, kk_slice *text)
{
    size_t end = *at;
    while (end + 2 <= record.len - 4 && (record.ptr[end] || record.ptr[end + 1]))
        end += 2;
    if (end + 2 > record.len - 4)
        return false;
    *text = kk_utf16_to_utf8(kk_winevents_scratch(w->events), kk_part(record, *at, end - *at));
    *at = end + 2;
    return true;
}

/* S-1-5-...; empty if the bytes are none. */
static kk_slice sid_text(walk *w, kk_slice record, size_t at, size_t len)
{
    kk_slice bytes = kk_part(record, at, len);
    if (bytes.len != len || len < 8 || len != 8u + 4u * (uint8_t)bytes.ptr[1])
        return KK_NONE;
    w->rendered.used = 0; /* one a record */
    kk_xml_value v = {(const uint8_t *)bytes.ptr, (uint32_t)len, KK_XML_SID};
    return kk_xml_text(&w->rendered, v);
}

static kk_slice hex_text(walk *w, kk_slice bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = kk_take(kk_winevents_scratch(w->events), bytes.len * 2);
    for (size_t i = 0; i < bytes.len; i++) {
        out[2 * i] = digits[(uint8_t)bytes.ptr[i] >> 4];
        out[2 * i + 1] = digits[(uint8_t)bytes.ptr[i] & 15];
    }
    return (kk_slice){out, bytes.len * 2};
}

static kk_slice decimal(walk *w, uint64_t number)
{
    return kk_print(kk_winevents_scratch(w->events), "%llu", (unsigned long long)number);
}

/* Error, warning, information, and results of audits. */
static void set_type(kk_winevent *e, unsigned type)
{
    e->system[KK_SYS_LEVEL] = type == 1 ? KK_S("2") : type == 2 ? KK_S("3") : KK_S("4");
    if (type == 8 || type == 16) {
        e->system[KK_SYS_LEVEL] = KK_S("0");
        e->system[KK_SYS_KEYWORDS] =
            type == 8 ? KK_S("0x8020000000000000") : KK_S("0x8010000000000000");
    }
}

static void set_time(walk *w, kk_winevent *e, uint32_t generated, uint32_t written)
{
    e->basis = KK_BASIS_UTC;
    e->precision = KK_EXACT_S;
    uint32_t apart = generated > written ? generated - written : written - generated;
    if (generated)
        e->time = kk_time_from_unix(generated, 0);
    else if (written)
        e->time = kk_time_from_unix(written, 0);
    if (generated && written && apart > 1)
        e->written = kk_time_text(kk_winevents_scratch(w->events), kk_time_from_unix(written, 0));
}

/* Source and computer behind the fixed part, strings, data. False if some of it is not there. */
static bool fill_texts(walk *w, kk_winevent *e, kk_slice record, unsigned count)
{
    size_t at = 56, strings = u32_in(record, 36);
    size_t data_len = u32_in(record, 48), data_at = u32_in(record, 52);
    bool good = take_text(w, record, &at, &e->system[KK_SYS_PROVIDER]) &&
                take_text(w, record, &at, &e->system[KK_SYS_COMPUTER]);
    kk_slice text;
    for (unsigned i = 0; i < count && good; i++) {
        good = strings >= 56 && strings < record.len && take_text(w, record, &strings, &text);
        if (good)
            kk_winevent_add(e, KK_S("Data"), text);
    }
    kk_winevent_name_strings(e);
    if (data_len && data_at >= 56 && data_at <= record.len - 4 &&
        data_len <= record.len - 4 - data_at)
        kk_winevent_add(e, KK_S("Binary"), hex_text(w, kk_part(record, data_at, data_len)));
    else if (data_len)
        good = false;
    return good;
}

static void tell_record(walk *w, uint64_t offset, kk_slice record, uint32_t flags)
{
    kk_winevent *e = kk_winevents_begin(w->events);
    kk_cursor c = kk_cursor_over(record);
    kk_skip(&c, 8);
    uint32_t number = kk_u32(&c), generated = kk_u32(&c), written = kk_u32(&c), id = kk_u32(&c);
    unsigned type = kk_u16(&c), strings = kk_u16(&c), category = kk_u16(&c);
    uint32_t sid_len = u32_in(record, 40), sid_at = u32_in(record, 44);
    e->system[KK_SYS_EVENT_ID] = decimal(w, id & 0xffff);
    e->system[KK_SYS_QUALIFIERS] = decimal(w, id >> 16);
    e->system[KK_SYS_TASK] = decimal(w, category);
    e->system[KK_SYS_RECORD_ID] = decimal(w, number);
    if (sid_len)
        e->system[KK_SYS_USER] = sid_text(w, record, sid_at, sid_len);
    set_type(e, type);
    set_time(w, e, generated, written);
    e->numbered = true;
    e->likely_channel = w->channel;
    e->offset = offset;
    e->length = record.len;
    e->flags = flags;
    if (!fill_texts(w, e, record, strings) || (sid_len && !e->system[KK_SYS_USER].len)) {
        note(&w->partly, &w->first_partly, offset, 1);
        e->flags |= KK_FLAG_DAMAGED;
    }
    (void)kk_winevents_tell(w->events);
}

/* ---- The ring ---- */

static void check_number(walk *w, uint64_t offset, uint32_t number)
{
    if (w->next_number && number > w->next_number)
        note(&w->gaps, &w->first_gap, offset, number - w->next_number);
    w->next_number = (uint64_t)number + 1;
}

static uint64_t key_of(kk_slice record)
{
    return (uint64_t)u32_in(record, 8) << 32 | u32_in(record, 12);
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void keep_key(walk *w, kk_slice record)
{
    w->live = kk_grow(w->arena, w->live, &w->live_capacity, w->live_count + 1, sizeof *w->live);
    w->live[w->live_count++] = key_of(record);
}

/* An older copy of a record that is in the ring too. */
static bool is_copy(const walk *w, kk_slice record)
{
    uint64_t key = key_of(record);
    return w->live_count && bsearch(&key, w->live, w->live_count, sizeof key, compare_keys);
}

/* Zeros, the 00000027 that fills the end of the ring, the end mark: nothing is lost there. */
static bool is_filler(uint32_t word)
{
    return word == 0 || word == 0x27 || word == 0x27000000;
}

/* Records that begin in [from, to), in order. */
static void scan(walk *w, uint64_t from, uint64_t to, uint32_t flags)
{
    bool live = !(flags & KK_FLAG_RECOVERED), lost = false;
    if (to > w->in->size)
        to = w->in->size;
    for (uint64_t at = from; at + LEAST <= to + END_MARK && at < to && !w->sink->stopped;) {
        kk_slice record = record_at(w, at);
        if (!record.len) {
            bool mark = u32_in(bytes_at(w, at, END_MARK), 4) == 0x11111111;
            if (live && !mark && !lost && !is_filler(u32_in(bytes_at(w, at, 4), 0))) {
                note(&w->torn, &w->first_torn, at, 1);
                lost = true;
                w->next_number = 0;
            }
            at += mark ? END_MARK : 4;
            continue;
        }
        lost = false;
        if (live) {
            check_number(w, at, u32_in(record, 8));
            keep_key(w, record);
        }
        size_t len = record.len;
        if (live || !is_copy(w, record))
            tell_record(w, at, record, flags);
        at += len;
    }
}

/* The end mark: a sound one says where the ring begins. */
static bool is_end_mark(walk *w, uint64_t at)
{
    static const uint8_t words[] = {0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22,
                                    0x33, 0x33, 0x33, 0x33, 0x44, 0x44, 0x44, 0x44};
    kk_slice mark = bytes_at(w, at, END_MARK);
    if (mark.len < END_MARK || memcmp(mark.ptr + 4, words, sizeof words) != 0)
        return false;
    uint32_t begin = u32_in(mark, 20), own = u32_in(mark, 24);
    return u32_in(mark, 0) == END_MARK && u32_in(mark, 36) == END_MARK && own == at &&
           begin >= HEADER && begin < w->in->size;
}

static bool find_end_mark(walk *w)
{
    for (uint64_t at = HEADER; at + END_MARK <= w->in->size; at += 4) {
        if (u32_in(bytes_at(w, at, 8), 4) != 0x11111111 || !is_end_mark(w, at))
            continue;
        w->start = u32_in(bytes_at(w, at, END_MARK), 20);
        w->end = at;
        return true;
    }
    return false;
}

/* Where the ring begins and ends: by the header of a closed log, else by the end mark. */
static void find_ring(walk *w)
{
    kk_slice head = bytes_at(w, 0, HEADER);
    bool known = head.len == HEADER && u32_in(head, 0) == HEADER && u32_in(head, 4) == MAGIC;
    uint32_t flags = u32_in(head, 36), size = u32_in(head, 32);
    w->size = w->in->size;
    w->headed = known;
    if (!known) {
        kk_report(w->sink, KK_ISSUE_DAMAGED, 0, "the file header is missing");
        return;
    }
    if (size > w->in->size)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->in->size, KK_EVT_SHORTER);
    else if (size > HEADER && !(flags & 8))
        w->size = size;
    w->start = u32_in(head, 16);
    w->end = u32_in(head, 20);
    bool inside = w->start >= HEADER && w->start < w->in->size;
    w->ring = !(flags & 1) && inside && is_end_mark(w, w->end);
    if (!w->ring) {
        if (flags & 1)
            kk_report(w->sink, KK_ISSUE_DAMAGED, 0,
                      "the log was not closed and its header is stale");
        w->ring = find_end_mark(w);
    }
    if (!w->ring)
        kk_report(
            w->sink, KK_ISSUE_DAMAGED, 0,
            "the end of the log is not marked: its records are told in the order of the file");
}

/* Of a record that goes over the end of the ring, the part behind the header is no place to search. */
static uint64_t behind_wrapped(walk *w)
{
    for (uint64_t back = 4; back <= RECORD_MAX && w->start + back <= w->size; back += 4) {
        uint64_t at = w->size - back;
        kk_slice record = u32_in(bytes_at(w, at, 8), 4) == MAGIC ? record_at(w, at) : KK_NONE;
        if (record.len > back)
            return HEADER + (record.len - back);
        if (record.len)
            break;
    }
    return HEADER;
}

static void sort_keys(walk *w)
{
    if (w->live_count)
        qsort(w->live, w->live_count, sizeof *w->live, compare_keys);
}

static void read_ring(walk *w)
{
    const uint32_t old = KK_FLAG_RECOVERED;
    if (!w->ring) {
        scan(w, w->headed ? HEADER : 0, w->in->size, 0);
    } else if (w->start < w->end) {
        scan(w, w->start, w->end, 0);
        sort_keys(w);
        scan(w, w->end + END_MARK, w->in->size, old);
        scan(w, HEADER, w->start, old);
    } else {
        scan(w, w->start, w->size, 0);
        scan(w, w->start > w->end ? behind_wrapped(w) : HEADER, w->end, 0);
        sort_keys(w);
        scan(w, w->end + END_MARK, w->start, old);
        scan(w, w->size, w->in->size, old);
    }
}

/* ---- The parser ---- */

static kk_slice channel_of_name(kk_slice name)
{
    static const struct {
        const char *begin, *channel;
    } words[] = {{"Sec", "Security"},
                 {"Sys", "System"},
                 {"App", "Application"},
                 {"NTDS", "Directory Service"},
                 {"NtFrs", "File Replication Service"},
                 {"Dns", "DNS Server"},
                 {"OSession", "Microsoft Office Sessions"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        kk_slice begin = kk_cstr(words[i].begin);
        if (kk_eq_nocase(kk_part(name, 0, begin.len), begin))
            return kk_cstr(words[i].channel);
    }
    return KK_NONE;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    walk w = {.in = in, .sink = sink, .arena = arena};
    w.window = kk_take(arena, WINDOW);
    w.joined = kk_take(arena, RECORD_MAX);
    w.rendered = kk_xml_scratch_open(arena, arena);
    w.channel = channel_of_name(in->name);
    w.events = kk_winevents_open(arena, sink, settings);
    find_ring(&w);
    read_ring(&w);
    kk_report_first(w.sink, KK_ISSUE_DAMAGED, w.torn, w.first_torn, KK_EVT_TORN);
    kk_report_first(w.sink, KK_ISSUE_DAMAGED, w.partly, w.first_partly, KK_EVT_PARTLY);
    kk_report_first(w.sink, KK_ISSUE_CLEARED, w.gaps, w.first_gap,
                    "record numbers are missing from an undamaged sequence");
    kk_winevents_close(w.events);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    bool magic = u32_in(p->head, 4) == MAGIC;
    if (magic && u32_in(p->head, 0) == HEADER && u32_in(p->head, 44) == HEADER)
        return KK_CERTAIN;
    uint32_t size = u32_in(p->head, 0); /* a piece of a log that begins with a record */
    return magic && size >= LEAST && size <= RECORD_MAX ? KK_SURE : KK_NO;
}

const kk_parser kk_parser_evt = {
    .name = "evt",
    .about = "event logs of Windows NT to 2003 (.evt)",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
