/* Values of event records as JSON: the ways that a processor may take, against the writer that knows every value and
 * takes them one by one. */
#include "parse/binxml_json.h"
#include "test.h"

enum { MOST = 6, LONGEST = 200, ROOM = 1 << 16 };

static uint32_t throw_dice(uint64_t *dice)
{
    *dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*dice >> 33);
}

/* Mostly plain; else what has to be escaped, terminators, and units beyond ASCII, halves of pairs among them. */
static uint32_t unit(uint64_t *dice, uint32_t plain)
{
    static const uint16_t odd[] = {'"',    '\\',   '\n',   0x1f,   0,      0x7f,
                                   0x80,   0xff,   0x7ff,  0x800,  0x3042, 0xd800,
                                   0xdbff, 0xdc00, 0xdfff, 0xfffe, 0xffff, 0x8000};
    if (throw_dice(dice) % plain)
        return 0x20 + throw_dice(dice) % 0x5f;
    return odd[throw_dice(dice) % (sizeof odd / sizeof *odd)];
}

static uint32_t fill_text(uint64_t *dice, uint8_t *bytes)
{
    uint32_t units = throw_dice(dice) % (throw_dice(dice) % 2 ? LONGEST / 2 : 20);
    uint32_t plain = 2 + throw_dice(dice) % 60;
    for (uint32_t i = 0; i < units; i++) {
        uint32_t c = unit(dice, plain);
        bytes[2 * i] = (uint8_t)c;
        bytes[2 * i + 1] = (uint8_t)(c >> 8);
    }
    return 2 * units + (throw_dice(dice) % 16 == 0); /* half a unit at times */
}

static uint32_t fill_number(uint64_t *dice, uint8_t *bytes, uint32_t size)
{
    uint64_t v = (uint64_t)throw_dice(dice) << 33 | throw_dice(dice);
    v >>= throw_dice(dice) % 64;
    if (throw_dice(dice) % 8 == 0)
        v = ~v;
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i < 8 ? v >> (8 * i) : throw_dice(dice));
    return size;
}

/* One of a few domains, which differ late; the text of the last is long. */
static uint32_t fill_domain_account(uint64_t *dice, uint8_t *bytes)
{
    const uint32_t domain = throw_dice(dice) % 3, last = throw_dice(dice) % 4;
    memset(bytes, domain == 2 ? 0xff : 1, 28);
    bytes[23] = (uint8_t)domain;
    bytes[1] = (uint8_t)(5 - (last == 0)); /* one number less, and another account for it */
    if (domain < 2)
        memset(bytes + 2, 0, 5);
    fill_number(dice, bytes + 24, 4);
    return 8 + 4u * bytes[1];
}

static uint32_t fill_account(uint64_t *dice, uint8_t *bytes)
{
    if (throw_dice(dice) % 2)
        return fill_domain_account(dice, bytes);
    uint32_t subs = throw_dice(dice) % 17;
    fill_number(dice, bytes, LONGEST);
    for (uint32_t i = 2; i < 8; i++)
        bytes[i] = throw_dice(dice) % 4 ? 0 : (uint8_t)throw_dice(dice);
    for (uint32_t i = 0; i < subs; i++)
        fill_number(dice, bytes + 8 + 4 * i, 4);
    bytes[1] = (uint8_t)subs;
    return 8 + 4 * subs - throw_dice(dice) % 2;
}

static kk_xml_value random_value(uint64_t *dice, uint8_t *bytes)
{
    static const uint8_t types[] = {
        KK_XML_NULL,     KK_XML_UTF16, KK_XML_UTF16,  KK_XML_UTF16,  KK_XML_ANSI,   KK_XML_INT8,
        KK_XML_UINT8,    KK_XML_INT16, KK_XML_UINT16, KK_XML_INT32,  KK_XML_UINT32, KK_XML_INT64,
        KK_XML_UINT64,   KK_XML_FLOAT, KK_XML_BOOL,   KK_XML_BINARY, KK_XML_GUID,   KK_XML_SIZE,
        KK_XML_FILETIME, KK_XML_SID,   KK_XML_SID,    KK_XML_HEX32,  KK_XML_HEX64,  KK_XML_HANDLE};
    static const uint8_t sizes[64] = {
        [KK_XML_INT8] = 1,  [KK_XML_UINT8] = 1,  [KK_XML_INT16] = 2,    [KK_XML_UINT16] = 2,
        [KK_XML_INT32] = 4, [KK_XML_UINT32] = 4, [KK_XML_INT64] = 8,    [KK_XML_UINT64] = 8,
        [KK_XML_FLOAT] = 4, [KK_XML_BOOL] = 4,   [KK_XML_FILETIME] = 8, [KK_XML_GUID] = 16,
        [KK_XML_HEX32] = 4, [KK_XML_HEX64] = 8,  [KK_XML_SIZE] = 8};
    kk_xml_value v = {bytes, 0, types[throw_dice(dice) % sizeof types]};
    if (v.type == KK_XML_UTF16)
        v.len = fill_text(dice, bytes);
    else if (v.type == KK_XML_SID)
        v.len = fill_account(dice, bytes);
    else if (v.type != KK_XML_NULL)
        v.len = fill_number(dice, bytes,
                            sizes[v.type] && throw_dice(dice) % 8 ? sizes[v.type]
                                                                  : throw_dice(dice) % 20);
    return v;
}

static void one_by_one(kk_xml_writer *w, const kk_json_program *program)
{
    for (size_t i = 0; i < program->count; i++)
        kk_json_write(w, &program->puts[i]);
}

static void run_plain(kk_xml_writer *w, const kk_json_program *program)
{
    (void)program;
    w->x->writes_wide = false;
    kk_json_run(w);
}

/* Members and attributes with a key each, and behind them the end of their object. */
static void same_as_one_by_one(void **state)
{
    static uint8_t bytes[MOST][2 * LONGEST + 2 * KK_XML_BEHIND];
    static const char key[KK_JSON_SPARE * 3] =
        "{\"#attributes\":{\"SubjectLogonGuidOfSomeAccount\":";
    void (*const ways[])(kk_xml_writer *, const kk_json_program *) = {one_by_one, run_plain,
                                                                      kk_json_run_wide};
    const size_t way_count = kk_json_can_run_wide() ? 3 : 2;
    kk_arena *arena = kk_arena_open();
    kk_binxml *x = kk_binxml_open(arena);
    uint64_t dice = 11;
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        kk_xml_value values[MOST];
        kk_json_put puts[MOST + 1];
        kk_json_program program = {.puts = puts, .count = 1 + throw_dice(&dice) % MOST, .uses = 1};
        size_t size = 0;
        for (size_t i = 0; i < program.count; i++) {
            values[i] = random_value(&dice, bytes[i]);
            size += values[i].len;
            puts[i] = (kk_json_put){.kind = throw_dice(&dice) % 3 ? PUT_MEMBER : PUT_ATTRIBUTE,
                                    .index = (uint16_t)i,
                                    .blank = throw_dice(&dice) % 2,
                                    .lead = 16,
                                    .text = {key, strlen(key) - throw_dice(&dice) % 30}};
            program.room += puts[i].text.len + KK_JSON_QUICK;
        }
        program.values = program.count;
        puts[program.count++] =
            (kk_json_put){.kind = throw_dice(&dice) % 2 ? CLOSE_OBJECT : CLOSE_ATTRIBUTES};
        program.room += KK_JSON_QUICK;
        kk_slice texts[3];
        for (size_t way = 0; way < way_count; way++) {
            kk_xml_program p = {.json = &program};
            kk_xml_scratch out = {.ptr = kk_take(arena, ROOM), .capacity = ROOM, .odd = arena};
            kk_xml_writer w = {.x = x,
                               .out = &out,
                               .p = &p,
                               .values = values,
                               .count = program.values,
                               .size = size};
            x->steps = 0;
            memset(out.ptr, '#', 64); /* what stands before */
            out.used = 64;
            ways[way](&w, &program);
            assert_false(out.full);
            texts[way] = (kk_slice){out.ptr, out.used};
            assert_int_equal(texts[way].len, texts[0].len);
            assert_memory_equal(texts[way].ptr, texts[0].ptr, texts[0].len);
        }
        kk_arena_reset(x->chunk_arena);
        if (round % 64 == 63) {
            kk_binxml_close(x);
            kk_arena_reset(arena);
            x = kk_binxml_open(arena);
        }
    }
    kk_binxml_close(x);
    kk_arena_close(arena);
}

/* The code page of 8-bit text is not named: letters of Western Europe are no halves of Japanese ones, and a Japanese text
 * that is cut stays Japanese. */
static void code_pages_of_8_bit_text(void **state)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {{"Jos\xe9", "José"},
                 {"M\xfcller", "Müller"},
                 {"caf\xe9 \xe0 la carte", "café à la carte"},
                 {"Fran\xe7ois", "François"},
                 {"5 \x80", "5 €"},
                 {"C:\\\x8c\xda\x8bq", "C:\\顧客"},
                 {"\x8c\xda\x8bq\x83\x8a\x83X\x83", "顧客リス\xef\xbf\xbd"},
                 {"\xe8\xb3\x87 plain", "資 plain"}};
    kk_arena *arena = kk_arena_open();
    kk_xml_scratch scratch = kk_xml_scratch_open(arena, arena);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].bytes);
        kk_xml_value v = {(const uint8_t *)cases[i].bytes, (uint32_t)len, KK_XML_ANSI};
        scratch.used = 0;
        kk_slice text = kk_xml_text(&scratch, v);
        kk_slice wanted = kk_cstr(cases[i].text);
        assert_true(kk_eq(text, wanted));
    }
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_one_by_one),
                                       cmocka_unit_test(code_pages_of_8_bit_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
