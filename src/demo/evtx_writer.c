/* An EVTX file is a block of 4,096 bytes ("ElfFile") and chunks of 65,536. A chunk ("ElfChnk")
 * begins with a header of 128 bytes, 64 heads of name lists and 32 heads of template lists; then
 * come records: signature, size, number, time, binary XML, size. A name or a template stands where
 * it is first used in the chunk and is pointed at from there on, so every chunk can be read alone.
 */
#include "demo/evtx_writer.h"

#include <stdio.h>
#include <zlib.h>

#define CHUNK 65536u
#define HEADER 512u
#define NAMES_MAX 512
#define TEMPLATES_MAX 64

typedef struct {
    const char *text;
    uint32_t offset;
} known_name;

typedef struct {
    const void *key;
    bool outer;
    uint32_t offset, id;
} known_template;

typedef struct {
    uint32_t name_heads[64], template_heads[32];
    known_name names[NAMES_MAX];
    known_template templates[TEMPLATES_MAX];
    size_t name_count, template_count, used;
} tables;

struct kk_evtx {
    kk_arena *arena;
    kk_slice computer;
    kk_buffer file; /* finished chunks */
    uint8_t chunk[CHUNK];
    tables tables, kept; /* kept: to go back to when a record does not fit */
    uint64_t first_record, next_record, chunk_first;
    uint32_t last_offset, chunk_count;
    bool over; /* the record being written ran past the chunk */
};

static void put_le(kk_evtx *log, uint64_t value, size_t bytes)
{
    if (log->tables.used + bytes > CHUNK) {
        log->over = true;
        return;
    }
    for (size_t i = 0; i < bytes; i++)
        log->chunk[log->tables.used++] = (uint8_t)(value >> 8 * i);
}

static void set_le(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void patch_u32(kk_evtx *log, size_t at, uint64_t value)
{
    if (at + 4 <= CHUNK)
        set_le(log->chunk + at, value, 4);
}

static size_t put_utf16(kk_evtx *log, kk_slice text)
{
    size_t units = 0;
    for (size_t i = 0; i < text.len; units++) {
        const uint8_t *p = (const uint8_t *)text.ptr + i;
        uint32_t c = p[0];
        if (c < 0x80) {
            i += 1;
        } else if (c < 0xe0 && i + 1 < text.len) {
            c = (c & 31) << 6 | (p[1] & 63u);
            i += 2;
        } else if (i + 2 < text.len) {
            c = (c & 15) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
            i += 3;
        } else {
            break;
        }
        put_le(log, c, 2);
    }
    return units;
}

/* u16 count of characters, then the characters. */
static void put_counted(kk_evtx *log, kk_slice text)
{
    size_t at = log->tables.used;
    put_le(log, 0, 2);
    size_t units = put_utf16(log, text);
    if (at + 2 <= CHUNK)
        set_le(log->chunk + at, units, 2);
}

/* The offset of a name; the name itself follows when the chunk has not had it yet. */
static void put_name(kk_evtx *log, const char *text)
{
    tables *t = &log->tables;
    for (size_t i = 0; i < t->name_count; i++)
        if (strcmp(t->names[i].text, text) == 0) {
            put_le(log, t->names[i].offset, 4);
            return;
        }
    uint32_t hash = 0, here = (uint32_t)t->used + 4;
    for (const char *p = text; *p; p++)
        hash = hash * 65599 + (uint8_t)*p;
    put_le(log, here, 4);
    put_le(log, t->name_heads[hash & 63], 4);
    put_le(log, hash & 0xffff, 2);
    put_counted(log, kk_cstr(text));
    put_le(log, 0, 2);
    if (t->name_count == NAMES_MAX) {
        log->over = true;
        return;
    }
    t->name_heads[hash & 63] = here;
    t->names[t->name_count++] = (known_name){text, here};
}

/* ---- elements; each begin_ returns where its size is to be written ---- */

static size_t begin_element(kk_evtx *log, const char *name, bool attributes)
{
    put_le(log, attributes ? 0x41 : 0x01, 1);
    put_le(log, 0xffff, 2);
    size_t at = log->tables.used;
    put_le(log, 0, 4);
    put_name(log, name);
    return at;
}

static void end_size(kk_evtx *log, size_t at)
{
    patch_u32(log, at, log->tables.used - at - 4);
}

static void end_element(kk_evtx *log, size_t at)
{
    put_le(log, 0x04, 1);
    end_size(log, at);
}

static void end_empty(kk_evtx *log, size_t at)
{
    put_le(log, 0x03, 1);
    end_size(log, at);
}

static size_t begin_attributes(kk_evtx *log)
{
    size_t at = log->tables.used;
    put_le(log, 0, 4);
    return at;
}

static void attribute(kk_evtx *log, const char *name, bool more)
{
    put_le(log, more ? 0x46 : 0x06, 1);
    put_name(log, name);
}

static void literal(kk_evtx *log, kk_slice text)
{
    put_le(log, 0x05, 1);
    put_le(log, 0x01, 1);
    put_counted(log, text);
}

static void place(kk_evtx *log, uint16_t index, uint8_t type)
{
    put_le(log, 0x0e, 1);
    put_le(log, index, 2);
    put_le(log, type, 1);
}

/* <name>value of a slot</name> */
static void slot_element(kk_evtx *log, const char *name, uint16_t index, uint8_t type)
{
    size_t at = begin_element(log, name, false);
    put_le(log, 0x02, 1);
    place(log, index, type);
    end_element(log, at);
}

/* <name first="…" second="…"/> with slots for values; second may be NULL. */
static void slot_attributes(kk_evtx *log, const char *name, const char *first, uint16_t index,
                            uint8_t type, const char *second, uint16_t second_index,
                            uint8_t second_type)
{
    size_t at = begin_element(log, name, true), list = begin_attributes(log);
    attribute(log, first, second != NULL);
    place(log, index, type);
    if (second) {
        attribute(log, second, false);
        place(log, second_index, second_type);
    }
    end_size(log, list);
    end_empty(log, at);
}

static void put_fragment_head(kk_evtx *log)
{
    put_le(log, 0x0001010f, 4);
}

static void literal_attribute(kk_evtx *log, const char *name, kk_slice value)
{
    size_t list = begin_attributes(log);
    attribute(log, name, false);
    literal(log, value);
    end_size(log, list);
}

/* Slots of the System part, in Windows' own order. */
enum {
    S_LEVEL,
    S_OPCODE,
    S_TASK,
    S_ID,
    S_QUALIFIERS,
    S_KEYWORDS,
    S_TIME,
    S_ACTIVITY,
    S_PID,
    S_TID,
    S_RECORD,
    S_VERSION,
    S_USER,
    S_RELATED,
    S_PROVIDER,
    S_GUID,
    S_CHANNEL,
    S_DATA,
    S_COUNT
};

static void put_outer_body(kk_evtx *log)
{
    put_fragment_head(log);
    size_t event = begin_element(log, "Event", true);
    literal_attribute(log, "xmlns", KK_S("http://schemas.microsoft.com/win/2004/08/events/event"));
    put_le(log, 0x02, 1);
    size_t system = begin_element(log, "System", false);
    put_le(log, 0x02, 1);
    slot_attributes(log, "Provider", "Name", S_PROVIDER, 0x01, "Guid", S_GUID, 0x0f);
    size_t id = begin_element(log, "EventID", true), list = begin_attributes(log);
    attribute(log, "Qualifiers", false);
    place(log, S_QUALIFIERS, 0x06);
    end_size(log, list);
    put_le(log, 0x02, 1);
    place(log, S_ID, 0x06);
    end_element(log, id);
    slot_element(log, "Version", S_VERSION, 0x04);
    slot_element(log, "Level", S_LEVEL, 0x04);
    slot_element(log, "Task", S_TASK, 0x06);
    slot_element(log, "Opcode", S_OPCODE, 0x04);
    slot_element(log, "Keywords", S_KEYWORDS, 0x15);
    slot_attributes(log, "TimeCreated", "SystemTime", S_TIME, 0x11, NULL, 0, 0);
    slot_element(log, "EventRecordID", S_RECORD, 0x0a);
    slot_attributes(log, "Correlation", "ActivityID", S_ACTIVITY, 0x0f, "RelatedActivityID",
                    S_RELATED, 0x0f);
    slot_attributes(log, "Execution", "ProcessID", S_PID, 0x08, "ThreadID", S_TID, 0x08);
    slot_element(log, "Channel", S_CHANNEL, 0x01);
    size_t computer = begin_element(log, "Computer", false);
    put_le(log, 0x02, 1);
    literal(log, log->computer);
    end_element(log, computer);
    slot_attributes(log, "Security", "UserID", S_USER, 0x13, NULL, 0, 0);
    end_element(log, system);
    place(log, S_DATA, 0x21);
    end_element(log, event);
    put_le(log, 0x00, 1);
}

static void put_inner_body(kk_evtx *log, const kk_evtx_kind *kind)
{
    put_fragment_head(log);
    if (!kind->user_data) {
        size_t data = begin_element(log, "EventData", false);
        put_le(log, 0x02, 1);
        for (size_t i = 0; i < kind->field_count; i++) {
            size_t one = begin_element(log, "Data", true);
            literal_attribute(log, "Name", kk_cstr(kind->fields[i].name));
            put_le(log, 0x02, 1);
            place(log, (uint16_t)i, (uint8_t)kind->fields[i].type);
            end_element(log, one);
        }
        end_element(log, data);
    } else {
        size_t data = begin_element(log, "UserData", false);
        put_le(log, 0x02, 1);
        size_t own = begin_element(log, kind->user_data, true);
        literal_attribute(log, "xmlns", kk_cstr(kind->user_space));
        put_le(log, 0x02, 1);
        for (size_t i = 0; i < kind->field_count; i++)
            slot_element(log, kind->fields[i].name, (uint16_t)i, (uint8_t)kind->fields[i].type);
        end_element(log, own);
        end_element(log, data);
    }
    put_le(log, 0x00, 1);
}

/* Token, id, where the definition is; the definition itself at its first use in the chunk. kind
 * NULL is the System part. */
static void put_instance(kk_evtx *log, const kk_evtx_kind *kind)
{
    tables *t = &log->tables;
    put_le(log, 0x010c, 2);
    for (size_t i = 0; i < t->template_count; i++)
        if (t->templates[i].key == kind) {
            put_le(log, t->templates[i].id, 4);
            put_le(log, t->templates[i].offset, 4);
            return;
        }
    uint32_t guid[4];
    guid[0] = kind ? 0x5eed0000u + kind->id * 16u + kind->version : 0x49dea60cu;
    guid[1] = kind ? kind->task * 2654435761u + 1 : 0x809422d9u;
    guid[2] = kind ? (uint32_t)kind->field_count * 40503u + 0x8000u : 0x70065de9u;
    guid[3] = kind ? 0x0badcafeu : 0xab58b3e7u;
    uint32_t here = (uint32_t)t->used + 8, bucket = (guid[0] ^ guid[1] ^ guid[2] ^ guid[3]) & 31;
    put_le(log, guid[0], 4);
    put_le(log, here, 4);
    put_le(log, t->template_heads[bucket], 4);
    for (size_t i = 0; i < 4; i++)
        put_le(log, guid[i], 4);
    size_t size_at = t->used;
    put_le(log, 0, 4);
    if (kind)
        put_inner_body(log, kind);
    else
        put_outer_body(log);
    end_size(log, size_at);
    if (t->template_count == TEMPLATES_MAX) {
        log->over = true;
        return;
    }
    t->template_heads[bucket] = here;
    t->templates[t->template_count++] = (known_template){kind, kind == NULL, here, guid[0]};
}

/* ---- values: descriptors first, then the bytes ---- */

static void put_guid(kk_evtx *log, kk_slice text)
{
    uint8_t bytes[16] = {0};
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    size_t digit = 0;
    for (size_t i = 0; i < text.len && digit < 32; i++) {
        char c = text.ptr[i];
        int v = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (v < 0)
            continue;
        bytes[order[digit / 2]] |= (uint8_t)(digit % 2 ? v : v << 4);
        digit++;
    }
    for (size_t i = 0; i < 16; i++)
        put_le(log, bytes[i], 1);
}

/* "S-1-5-21-1-2-3-500": revision, count, authority in six big-endian bytes, parts. */
static void put_sid(kk_evtx *log, kk_slice text)
{
    uint64_t parts[20];
    size_t count = 0;
    kk_slice rest = kk_from(text, 2), piece;
    while (count < 20 && kk_split(&rest, '-', &piece))
        if (!kk_to_u64(piece, &parts[count++]))
            parts[count - 1] = 0;
    size_t subs = count > 2 ? count - 2 : 0;
    put_le(log, 1, 1);
    put_le(log, subs, 1);
    for (int i = 5; i >= 0; i--)
        put_le(log, parts[1] >> 8 * i, 1);
    for (size_t i = 0; i < subs; i++)
        put_le(log, parts[2 + i], 4);
}

static uint64_t filetime(kk_time time)
{
    return (uint64_t)(time / 100) + UINT64_C(116444736000000000);
}

static void put_value(kk_evtx *log, kk_evtx_type type, const kk_evtx_value *value)
{
    switch (type) {
    case KK_EVTX_TEXT:
        put_utf16(log, value->text);
        break;
    case KK_EVTX_GUID:
        put_guid(log, value->text);
        break;
    case KK_EVTX_SID:
        put_sid(log, value->text);
        break;
    case KK_EVTX_U8:
        put_le(log, value->number, 1);
        break;
    case KK_EVTX_U16:
        put_le(log, value->number, 2);
        break;
    case KK_EVTX_U32:
    case KK_EVTX_HEX32:
        put_le(log, value->number, 4);
        break;
    case KK_EVTX_U64:
    case KK_EVTX_TIME:
    case KK_EVTX_HEX64:
        put_le(log, value->number, 8);
        break;
    }
}

static bool is_absent(kk_evtx_type type, const kk_evtx_value *value)
{
    return (type == KK_EVTX_GUID || type == KK_EVTX_SID) && value->text.len == 0;
}

/* Writes `count` descriptors and values; the size of each is known once it is written. */
static void put_values(kk_evtx *log, const kk_evtx_field *fields, const kk_evtx_value *values,
                       size_t count)
{
    put_le(log, count, 4);
    size_t descriptors = log->tables.used;
    for (size_t i = 0; i < count; i++)
        put_le(log, 0, 4);
    for (size_t i = 0; i < count && !log->over; i++) {
        size_t before = log->tables.used;
        bool absent = is_absent(fields[i].type, &values[i]);
        if (!absent)
            put_value(log, fields[i].type, &values[i]);
        set_le(log->chunk + descriptors + 4 * i, log->tables.used - before, 2);
        log->chunk[descriptors + 4 * i + 2] = absent ? 0 : (uint8_t)fields[i].type;
    }
}

typedef struct {
    const kk_evtx_kind *kind;
    kk_time time;
    uint32_t pid, tid;
    kk_slice user;
    const kk_evtx_value *values;
} one_event;

static void put_inner(kk_evtx *log, const one_event *e)
{
    put_fragment_head(log);
    put_instance(log, e->kind);
    put_values(log, e->kind->fields, e->values, e->kind->field_count);
}

/* Descriptors of the System part; the nested binary XML comes last, as a value of its own. */
static void put_outer(kk_evtx *log, const one_event *e)
{
    const kk_evtx_kind *k = e->kind;
    const kk_evtx_field fields[S_COUNT] = {
        [S_LEVEL] = {"", KK_EVTX_U8},       [S_OPCODE] = {"", KK_EVTX_U8},
        [S_TASK] = {"", KK_EVTX_U16},       [S_ID] = {"", KK_EVTX_U16},
        [S_QUALIFIERS] = {"", KK_EVTX_SID}, [S_KEYWORDS] = {"", KK_EVTX_HEX64},
        [S_TIME] = {"", KK_EVTX_TIME},      [S_ACTIVITY] = {"", KK_EVTX_GUID},
        [S_PID] = {"", KK_EVTX_U32},        [S_TID] = {"", KK_EVTX_U32},
        [S_RECORD] = {"", KK_EVTX_U64},     [S_VERSION] = {"", KK_EVTX_U8},
        [S_USER] = {"", KK_EVTX_SID},       [S_RELATED] = {"", KK_EVTX_GUID},
        [S_PROVIDER] = {"", KK_EVTX_TEXT},  [S_GUID] = {"", KK_EVTX_GUID},
        [S_CHANNEL] = {"", KK_EVTX_TEXT},   [S_DATA] = {"", KK_EVTX_TEXT},
    };
    const kk_evtx_value values[S_COUNT] = {
        [S_LEVEL] = {.number = k->level},
        [S_OPCODE] = {.number = k->opcode},
        [S_TASK] = {.number = k->task},
        [S_ID] = {.number = k->id},
        [S_KEYWORDS] = {.number = k->keywords},
        [S_TIME] = {.number = filetime(e->time)},
        [S_PID] = {.number = e->pid},
        [S_TID] = {.number = e->tid},
        [S_RECORD] = {.number = log->next_record},
        [S_VERSION] = {.number = k->version},
        [S_USER] = {.text = e->user},
        [S_PROVIDER] = {.text = kk_cstr(k->provider)},
        [S_GUID] = {.text = kk_cstr(k->guid)},
        [S_CHANNEL] = {.text = kk_cstr(k->channel)},
    };
    put_fragment_head(log);
    put_instance(log, NULL);
    size_t descriptors = log->tables.used + 4;
    put_values(log, fields, values, S_COUNT);
    size_t before = log->tables.used;
    put_inner(log, e);
    if (!log->over) {
        set_le(log->chunk + descriptors + 4 * S_DATA, log->tables.used - before, 2);
        log->chunk[descriptors + 4 * S_DATA + 2] = 0x21;
    }
    put_le(log, 0x00, 1);
}

static bool put_record(kk_evtx *log, const one_event *e)
{
    size_t start = log->tables.used;
    log->over = false;
    put_le(log, 0x00002a2a, 4);
    put_le(log, 0, 4);
    put_le(log, log->next_record, 8);
    put_le(log, filetime(e->time), 8);
    put_outer(log, e);
    while ((log->tables.used - start + 4) % 8 != 0 && !log->over)
        put_le(log, 0, 1);
    size_t size = log->tables.used - start + 4;
    put_le(log, size, 4);
    if (log->over)
        return false;
    patch_u32(log, start + 4, size);
    log->last_offset = (uint32_t)start;
    return true;
}

static void begin_chunk(kk_evtx *log)
{
    memset(log->chunk, 0, sizeof log->chunk);
    memset(&log->tables, 0, sizeof log->tables);
    log->tables.used = HEADER;
    log->chunk_first = log->next_record;
}

static uint32_t crc(const uint8_t *bytes, size_t len, uint32_t seed)
{
    return (uint32_t)crc32(seed, bytes, (uInt)len);
}

static void end_chunk(kk_evtx *log)
{
    uint8_t *c = log->chunk;
    uint32_t used = (uint32_t)log->tables.used;
    memset(c + used, 0, CHUNK - used);
    memcpy(c, "ElfChnk", 8);
    set_le(c + 8, log->chunk_first - log->first_record + 1, 8);
    set_le(c + 16, log->next_record - log->first_record, 8);
    set_le(c + 24, log->chunk_first, 8);
    set_le(c + 32, log->next_record - 1, 8);
    set_le(c + 40, 128, 4);
    set_le(c + 44, log->last_offset, 4);
    set_le(c + 48, used, 4);
    set_le(c + 52, crc(c + HEADER, used - HEADER, 0), 4);
    for (size_t i = 0; i < 64; i++)
        set_le(c + 128 + 4 * i, log->tables.name_heads[i], 4);
    for (size_t i = 0; i < 32; i++)
        set_le(c + 384 + 4 * i, log->tables.template_heads[i], 4);
    set_le(c + 124, crc(c + 128, HEADER - 128, crc(c, 120, 0)), 4);
    kk_put_bytes(&log->file, c, CHUNK);
    log->chunk_count++;
}

kk_evtx *kk_evtx_open(kk_arena *arena, kk_slice computer, uint64_t first_record)
{
    kk_evtx *log = KK_NEW(arena, kk_evtx);
    log->arena = arena;
    log->computer = kk_copy(arena, computer);
    log->first_record = log->next_record = first_record;
    memset(kk_buffer_room(&log->file, 4096), 0, 4096);
    log->file.len = 4096;
    begin_chunk(log);
    return log;
}

void kk_evtx_add(kk_evtx *log, const kk_evtx_kind *kind, kk_time time, uint32_t pid, uint32_t tid,
                 kk_slice user, const kk_evtx_value *values)
{
    const one_event e = {kind, time, pid, tid, user, values};
    log->kept = log->tables;
    if (!put_record(log, &e)) {
        log->tables = log->kept;
        end_chunk(log);
        begin_chunk(log);
        (void)put_record(log, &e);
    }
    log->next_record++;
}

kk_slice kk_evtx_finish(kk_evtx *log, size_t size)
{
    if (log->next_record > log->chunk_first)
        end_chunk(log);
    uint8_t *h = (uint8_t *)log->file.ptr;
    memcpy(h, "ElfFile", 8);
    set_le(h + 16, log->chunk_count ? log->chunk_count - 1 : 0, 8);
    set_le(h + 24, log->next_record, 8);
    set_le(h + 32, 128, 4);
    set_le(h + 36, 1, 2);
    set_le(h + 38, 3, 2);
    set_le(h + 40, 4096, 2);
    set_le(h + 42, log->chunk_count, 2);
    set_le(h + 124, crc(h, 120, 0), 4);
    if (size > log->file.len) {
        size_t more = size - log->file.len;
        memset(kk_buffer_room(&log->file, more), 0, more);
        log->file.len += more;
    }
    kk_slice whole = kk_copy(log->arena, kk_buffer_slice(&log->file));
    kk_buffer_close(&log->file);
    return whole;
}
