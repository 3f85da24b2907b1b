/* Records like most, which are read in one go, against the way that reads any: a template is only known from the second
 * record on that uses it, so that a record read twice is read both ways. */
#include "demo/evtx_writer.h"
#include "parse/binxml_program.h"
#include "parse/evtx_system.h"
#include "parse/evtx_walk.h"
#include "test.h"

enum { HEADER = 4096, RECORDS = 512, RECORD_HEAD = 24, ROUNDS = 400, FIELDS_MOST = 64 };

static const kk_evtx_field logon[] = {
    {"TargetUserName", KK_EVTX_TEXT}, {"TargetUserSid", KK_EVTX_SID}, {"LogonType", KK_EVTX_U32},
    {"TargetLogonId", KK_EVTX_HEX64}, {"LogonGuid", KK_EVTX_GUID},    {"IpAddress", KK_EVTX_TEXT}};
static const kk_evtx_field session[] = {{"User", KK_EVTX_TEXT}, {"SessionID", KK_EVTX_U32}};
static const kk_evtx_kind kinds[] = {
    {"Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}", "Security",
     4624, 12544, 2, 0, 0, UINT64_C(0x8020000000000000), NULL, NULL, logon, 6},
    {"Microsoft-Windows-TerminalServices-LocalSessionManager",
     "{5D896912-022D-40AA-A3A8-4FA5515C76D7}",
     "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", 21, 0, 0, 4, 0,
     UINT64_C(0x1000000000000000), "EventXML", "Event_NS", session, 2}};

static uint32_t throw_dice(uint64_t *dice)
{
    *dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*dice >> 33);
}

static kk_slice write_log(kk_arena *arena)
{
    kk_evtx *log = kk_evtx_open(arena, KK_S("DC01.paint.example"), 1);
    for (uint64_t i = 0; i < 40; i++) {
        const kk_evtx_value values[2][6] = {{{KK_S("e.example"), 0},
                                             {KK_S("S-1-5-21-1-2-3-1104"), 0},
                                             {KK_NONE, i},
                                             {KK_NONE, i << 20},
                                             {KK_S("{11111111-2222-3333-4444-555555555555}"), 0},
                                             {i % 3 ? KK_S("192.0.2.7") : KK_NONE, 0}},
                                            {{KK_S("PAINT\\e.example"), 0}, {KK_NONE, i}}};
        kk_evtx_add(log, &kinds[i % 2], KK_SECOND * (kk_time)i, 4, 8,
                    i % 4 ? KK_S("S-1-5-18") : KK_NONE, values[i % 2]);
    }
    return kk_evtx_finish(log, 0);
}

static void assert_same_value(const kk_xml_value *a, const kk_xml_value *b)
{
    assert_int_equal(a->len, b->len);
    assert_int_equal(a->type, b->type);
    if (a->len)
        assert_ptr_equal(a->ptr, b->ptr);
}

static void assert_same(const kk_xml_event *a, const kk_xml_event *b)
{
    for (size_t i = 0; i < KK_SYS_FIELDS; i++)
        assert_same_value(&a->system[i], &b->system[i]);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count && i < FIELDS_MOST; i++) {
        assert_true(kk_eq(a->fields[i].name, b->fields[i].name));
        assert_same_value(&a->fields[i].value, &b->fields[i].value);
    }
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->damaged, b->damaged);
    assert_int_equal(a->strict, b->strict);
    assert_int_equal(a->cut, b->cut);
}

/* With the templates unknown, then known. Returns whether it is one of most. */
static bool read_both_ways(kk_binxml *x, const uint8_t *chunk, size_t at, size_t end)
{
    static kk_xml_field fields[FIELDS_MOST];
    kk_xml_event first, second, alone = {0};
    size_t stop = 0;
    kk_binxml_chunk(x, chunk);
    kk_binxml_read(x, at, end, &first);
    kk_binxml_fields(x);
    const size_t steps = x->steps;
    memcpy(fields, first.fields,
           (first.count < FIELDS_MOST ? first.count : FIELDS_MOST) * sizeof *fields);
    first.fields = fields;
    x->steps = 0;
    kk_binxml_read(x, at, end, &second);
    kk_binxml_fields(x);
    assert_int_equal(x->steps, steps);
    assert_same(&first, &second);
    x->value_count = x->found_count = x->found_next = 0;
    x->out = &alone;
    return kk_binxml_read_usual(x, &stop);
}

/* Bytes behind the record's head become others: tokens, descriptors, values, ends. */
static void harm(uint64_t *dice, uint8_t *record, size_t size)
{
    static const uint8_t others[] = {0x00, 0x01, 0x0c, 0x0f, 0x20, 0x21, 0x7f, 0x81, 0xff};
    for (uint32_t n = throw_dice(dice) % 4; n > 0; n--) {
        uint8_t *byte = record + RECORD_HEAD + throw_dice(dice) % (size - RECORD_HEAD - 4);
        const uint8_t other = others[throw_dice(dice) % sizeof others];
        *byte = throw_dice(dice) % 2 ? other : (uint8_t)(*byte + 1);
    }
}

static void same_both_ways(bool eager)
{
    static uint8_t chunk[KK_EVTX_CHUNK + KK_XML_BEHIND], whole[KK_EVTX_CHUNK + KK_XML_BEHIND];
    kk_arena *arena = kk_arena_open();
    kk_slice log = write_log(arena);
    kk_binxml *x = kk_binxml_open(arena);
    uint64_t dice = 5, usual = 0, unusual = 0, harmed_usual = 0;
    if (eager)
        kk_binxml_want_fields(x);
    memcpy(whole, log.ptr + HEADER, KK_EVTX_CHUNK);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (size_t at = RECORDS, size; kk_binxml_u32(whole + at) == 0x2a2a; at += size) {
            size = kk_binxml_u32(whole + at + 4);
            memcpy(chunk, whole, sizeof chunk);
            if (round)
                harm(&dice, chunk + at, size);
            bool is_usual = read_both_ways(x, chunk, at + RECORD_HEAD, at + size - 4);
            usual += !round && is_usual;
            unusual += !round && !is_usual;
            harmed_usual += round && is_usual;
        }
    }
    assert_int_equal(usual + unusual, 40);
    assert_int_equal(unusual, 2); /* the first of each kind */
    assert_true(harmed_usual > ROUNDS);
    kk_binxml_close(x);
    kk_arena_close(arena);
}

static void fields_when_asked_for(void **state)
{
    (void)state;
    same_both_ways(false);
}

static void fields_at_once(void **state)
{
    (void)state;
    same_both_ways(true);
}

static void assert_same_system(const kk_evtx_system *a, const kk_evtx_system *b)
{
    assert_true(kk_eq(a->provider, b->provider) && kk_eq(a->code_text, b->code_text));
    assert_true(kk_eq(a->host, b->host) && kk_eq(a->dataset, b->dataset));
    assert_true(a->keywords == b->keywords && a->meaning == b->meaning);
    assert_int_equal(a->told, b->told);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_true(kk_eq(a->pairs[i].name, b->pairs[i].name) &&
                    kk_eq(a->pairs[i].value, b->pairs[i].value));
}

/* What System comes to, remembered from record to record, against who remembers nothing. */
static void system_of_each(void **state)
{
    static uint8_t chunk[KK_EVTX_CHUNK + KK_XML_BEHIND];
    kk_arena *arena = kk_arena_open(), *own = kk_arena_open();
    kk_slice log = write_log(arena);
    kk_binxml *x = kk_binxml_open(arena);
    kk_evtx_columns *columns = kk_evtx_columns_open(arena, x);
    kk_evtx_systems *systems = kk_evtx_systems_open(arena, x, columns);
    kk_xml_event record;
    uint64_t dice = 9;
    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        memcpy(chunk, log.ptr + HEADER, KK_EVTX_CHUNK);
        kk_binxml_chunk(x, chunk);
        for (size_t at = RECORDS, size; kk_binxml_u32(chunk + at) == 0x2a2a; at += size) {
            size = kk_binxml_u32(chunk + at + 4);
            if (round)
                harm(&dice, chunk + at, size);
            kk_binxml_read(x, at + RECORD_HEAD, at + size - 4, &record);
            const kk_evtx_system *remembered = kk_evtx_system_of(systems, &record);
            kk_evtx_systems *fresh = kk_evtx_systems_open(own, x, columns);
            assert_same_system(remembered, kk_evtx_system_of(fresh, &record));
            kk_arena_reset(own);
        }
    }
    kk_binxml_close(x);
    kk_arena_close(own);
    kk_arena_close(arena);
}

/* A number taken from a field is the one that its text says. */
static void numbers_of_fields(void **state)
{
    uint8_t bytes[KK_XML_BEHIND];
    uint64_t dice = 3, number, told, whole = 0;
    kk_arena *arena = kk_arena_open();
    kk_binxml *x = kk_binxml_open(arena);
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = throw_dice(&dice) % 2 ? 0 : (uint8_t)throw_dice(&dice);
        const kk_xml_value v = {bytes, throw_dice(&dice) % 10, (uint8_t)(throw_dice(&dice) % 0x22)};
        x->scratch.used = 0;
        x->fields[0].value = v;
        if (!kk_binxml_whole(x, 0, &number))
            continue;
        const kk_slice text = kk_binxml_text(x, v);
        whole++;
        assert_true(kk_xml_number(
            (kk_xml_value){(const uint8_t *)text.ptr, (uint32_t)text.len, KK_XML_UTF8}, &told));
        assert_true(number == told);
    }
    assert_true(whole > 2000);
    kk_binxml_close(x);
    kk_arena_close(arena);
}

/* ---- a log walked in pieces ---- */

enum { COPIES = 8, GONE = 3 };

typedef struct {
    kk_stream stream;
    kk_stream *whole;
    size_t headers; /* of chunks, read alone */
} counting_stream;

static ptrdiff_t count_read(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    counting_stream *c = stream->context;
    c->headers += len == 512;
    return c->whole->read_at(c->whole, offset, into, len);
}

/* Copies of one chunk, each of which begins anew; one chunk behind them begins some numbers later, if any are gone. */
static counting_stream *copies_of_chunk(kk_arena *arena, uint64_t gone)
{
    kk_slice small = write_log(arena);
    size_t size = HEADER + (COPIES + 1) * KK_EVTX_CHUNK;
    char *bytes = kk_take(arena, size);
    assert_int_equal(small.len, HEADER + KK_EVTX_CHUNK);
    memcpy(bytes, small.ptr, HEADER);
    for (size_t i = 0; i <= COPIES; i++) {
        kk_evtx *log = kk_evtx_open(arena, KK_S("DC01.paint.example"), i < COPIES ? 1 : 2 + gone);
        const kk_evtx_value values[] = {{KK_S("PAINT\\e.example"), 0}, {KK_NONE, 2}};
        kk_evtx_add(log, &kinds[1], KK_SECOND, 4, 8, KK_S("S-1-5-18"), values);
        kk_slice one = kk_evtx_finish(log, 0);
        memcpy(bytes + HEADER + i * KK_EVTX_CHUNK, one.ptr + HEADER, KK_EVTX_CHUNK);
    }
    counting_stream *c = KK_NEW(arena, counting_stream);
    c->whole = kk_stream_over_memory(arena, (kk_slice){bytes, size}, KK_S("copies.evtx"));
    c->stream = *c->whole;
    c->stream.read_at = count_read;
    c->stream.context = c;
    return c;
}

typedef struct {
    kk_sink sink;
    uint64_t missing;
} counting_sink;

static void count_missing(kk_sink *sink, const kk_issue *issue)
{
    if (issue->kind == KK_ISSUE_CLEARED)
        ((counting_sink *)sink)->missing += issue->count;
}

static void pass_over(void *context, kk_evtx_record *record)
{
    (void)context;
    (void)record;
}

static uint64_t missing_in_pieces(kk_evtx_memory *memory, counting_stream *c, uint64_t log)
{
    counting_sink told = {.sink = {.issue = count_missing}};
    for (uint64_t at = 0; at < c->stream.size; at += KK_EVTX_CHUNK) {
        const kk_evtx_walk piece = {.in = &c->stream,
                                    .begin = at,
                                    .end = at + KK_EVTX_CHUNK,
                                    .live = true,
                                    .sink = &told.sink,
                                    .record = pass_over,
                                    .log = log};
        kk_evtx_read(memory, &piece);
    }
    return told.missing;
}

/* The headers of all chunks are read once, not once for each piece that begins anew; of another log, again. */
static void chunks_in_pieces(void **state)
{
    (void)state;
    kk_arena *arena = kk_arena_open();
    kk_evtx_memory *memory = kk_evtx_memory_open(arena);
    counting_stream *whole = copies_of_chunk(arena, 0), *gap = copies_of_chunk(arena, GONE);
    assert_int_equal(missing_in_pieces(memory, whole, 1), 0);
    size_t once = whole->headers;
    assert_true(once > COPIES && once < (size_t)4 * COPIES);
    assert_int_equal(missing_in_pieces(memory, gap, 2), GONE);
    assert_int_equal(gap->headers, once);
    assert_int_equal(missing_in_pieces(memory, whole, 0), 0);
    assert_int_equal(missing_in_pieces(memory, gap, 0), GONE);
    kk_evtx_memory_close(memory);
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_when_asked_for), cmocka_unit_test(fields_at_once),
        cmocka_unit_test(system_of_each), cmocka_unit_test(numbers_of_fields),
        cmocka_unit_test(chunks_in_pieces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
