/* A large table read in ranges says what it says when it is read at one go: rows with their numbers and places,
 * issues, and the people in them. The tables hold what makes this hard: quoted line ends everywhere, quotes that
 * are never closed, encodings that show late, long lines, and no line ends at all. */
#include "tests/unit/lexicon.h"

#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "model/batch.h"
#include "parse/parser.h"

enum { BLOCK = 65536, CUTS_MOST = 4096, PACKED = 1 << 16 };

typedef struct {
    kk_sink sink; /* first */
    kk_recogniser *recogniser;
    kk_buffer rows, issues, mentions; /* as bytes, to be compared */
    uint64_t row_count, mention_count, issue_count;
    uint64_t offsets[CUTS_MOST];
    kk_slice places[CUTS_MOST];
    size_t cuts;
} hearer;

static void put_number(kk_buffer *out, uint64_t v)
{
    kk_put_bytes(out, &v, sizeof v);
}

static void on_row(kk_sink *sink, const kk_row *row)
{
    hearer *h = (hearer *)sink;
    if (h->recogniser)
        kk_recognise_row(h->recogniser, row);
    if (row->is_sample || row->is_beyond)
        return;
    h->row_count++;
    put_number(&h->rows, row->record);
    put_number(&h->rows, row->offset);
    put_number(&h->rows, row->length);
    put_number(&h->rows, row->count);
    for (size_t i = 0; i < row->count; i++)
        put_number(&h->rows, kk_hash_quick(row->cells[i]) ^ row->cells[i].len);
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    hearer *h = (hearer *)sink;
    h->issue_count++;
    kk_putf(&h->issues, "%d at %llu, %llu times: %.*s\n", (int)issue->kind,
            (unsigned long long)issue->offset, (unsigned long long)issue->count, KK_P(issue->what));
}

static void on_cut(kk_sink *sink, uint64_t offset, kk_slice place)
{
    hearer *h = (hearer *)sink;
    assert_true(h->cuts < CUTS_MOST);
    h->offsets[h->cuts] = offset;
    h->places[h->cuts++] = kk_copy(arena, place);
}

static void on_mention(void *context, const kk_mention *mention)
{
    static char room[PACKED];
    hearer *h = context;
    kk_packer p = {room, 0, sizeof room};
    assert_true(kk_pack_mention(&p, mention));
    kk_put_bytes(&h->mentions, room, p.used);
    h->mention_count++;
}

static void on_table(void *context, const kk_table *table)
{
    (void)context, (void)table;
}

static void begin(hearer *h, bool recognises)
{
    if (recognises) {
        kk_recogniser_settings settings = {.lexicon = lexicon, .incident = KK_NO_TIME};
        h->recogniser = kk_recogniser_open(arena, &settings, on_mention, on_table, h);
    }
}

static void end(hearer *h)
{
    if (h->recogniser)
        kk_recognise_end(h->recogniser);
    h->recogniser = NULL;
}

static void hear(hearer *h, kk_slice bytes, const kk_settings *settings, bool recognises)
{
    kk_stream *in = kk_stream_over_memory(arena, bytes, KK_S("people.csv"));
    begin(h, recognises);
    kk_parser_by_name(KK_S("csv"))->parse(in, settings, &h->sink);
    end(h);
}

static hearer hearer_open(void)
{
    return (hearer){.sink = {.arena = arena, .row = on_row, .issue = on_issue}};
}

static void hearer_close(hearer *h)
{
    kk_buffer_close(&h->rows);
    kk_buffer_close(&h->issues);
    kk_buffer_close(&h->mentions);
}

static void same(const char *name, const char *what, const kk_buffer *whole, const kk_buffer *parts)
{
    if (!kk_eq(kk_buffer_slice(whole), kk_buffer_slice(parts)))
        fail_msg("%s: %s differ in ranges (%zu bytes, as a whole %zu)", name, what, parts->len,
                 whole->len);
}

/* How many ranges have rows. */
static size_t compare(const char *name, kk_slice bytes, uint64_t range, bool recognises)
{
    hearer whole = hearer_open(), survey = hearer_open(), parts = hearer_open();
    kk_settings settings = {.end = UINT64_MAX, .table_range = range};
    size_t filled = 0;
    hear(&whole, bytes, &settings, recognises);
    survey.sink.cut = on_cut;
    hear(&survey, bytes, &settings, false);
    assert_int_equal(survey.row_count, 0);
    assert_int_equal(survey.cuts, (bytes.len + range - 1) / range);
    for (size_t i = 0; i < survey.cuts; i++) {
        uint64_t before = parts.row_count;
        settings.begin = survey.offsets[i];
        settings.end = i + 1 < survey.cuts ? survey.offsets[i + 1] : UINT64_MAX;
        settings.place = survey.places[i];
        assert_true(i == 0 || settings.begin >= survey.offsets[i - 1]);
        hear(&parts, bytes, &settings, recognises);
        filled += parts.row_count > before;
    }
    same(name, "rows", &whole.rows, &parts.rows);
    same(name, "mentions", &whole.mentions, &parts.mentions);
    same(name, "issues", &whole.issues, &survey.issues);
    assert_int_equal(parts.issue_count, 0);
    hearer_close(&whole);
    hearer_close(&survey);
    hearer_close(&parts);
    return filled;
}

/* ---- tables ---- */

typedef struct {
    const char *name, *line_end;
    kk_charset charset;
    bool bom;
    unsigned plain_rows; /* before the first character that is not ASCII */
    unsigned quoted, lines, stray, open, zeros, blank; /* of a thousand cells or rows */
    uint64_t seed;
} shape;

static uint64_t state_of_chance;

static unsigned chance(unsigned below)
{
    state_of_chance =
        state_of_chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state_of_chance >> 33) % below;
}

static bool one_of_thousand(unsigned n)
{
    return chance(1000) < n;
}

static void put_cell(kk_buffer *out, const shape *s, kk_slice text)
{
    if (one_of_thousand(s->open))
        kk_put_byte(out, '"');
    if (!one_of_thousand(s->quoted)) {
        kk_put(out, text);
        return;
    }
    kk_put_byte(out, '"');
    kk_put(out, text);
    if (one_of_thousand(s->lines))
        kk_putf(out, "%sand more, \"\"quoted\"\"%s", s->line_end, s->line_end);
    if (one_of_thousand(s->stray))
        kk_put(out, KK_S(" 5\" wide"));
    kk_put_byte(out, '"');
}

static kk_slice table_of(const shape *s, size_t size)
{
    static const char *const family[] = {"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺"};
    static const char *const given[] = {"太郎", "花子", "一郎", "美咲", "健太", "陽子"};
    kk_buffer out = {0};
    state_of_chance = s->seed;
    kk_putf(&out, "No,%s,Tel,Mail,Note%s", s->plain_rows ? "Name" : "氏名", s->line_end);
    for (unsigned row = 1; out.len < size; row++) {
        bool plain = row < s->plain_rows;
        if (one_of_thousand(s->blank))
            kk_put(&out, kk_cstr(s->line_end));
        kk_putf(&out, "%u,", row);
        put_cell(&out, s,
                 plain ? KK_S("Taro Sato")
                       : kk_print(arena, "%s %s", family[chance(6)], given[chance(6)]));
        kk_putf(&out, ",090-%04u-%04u,", chance(10000), chance(10000));
        put_cell(&out, s, kk_print(arena, "user%u@example.com", chance(1000000)));
        kk_put_byte(&out, ',');
        put_cell(&out, s, plain ? KK_S("note") : KK_S("備考"));
        if (one_of_thousand(s->zeros))
            kk_put_byte(&out, '\0');
        kk_put(&out, kk_cstr(s->line_end));
    }
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    kk_slice bytes = s->charset == KK_UTF16LE ? kk_utf8_to_utf16(arena, text)
                                              : kk_encode(arena, s->charset, text);
    if (s->bom)
        bytes =
            kk_join(arena, s->charset == KK_UTF8 ? KK_S("\xef\xbb\xbf") : KK_S("\xff\xfe"), bytes);
    return bytes;
}

static const shape shapes[] = {
    {.name = "plain", .line_end = "\n", .blank = 5},
    {.name = "quoted", .line_end = "\r\n", .bom = true, .quoted = 1000},
    {.name = "line ends in quotes", .line_end = "\n", .quoted = 700, .lines = 600},
    {.name = "line ends in quotes, CR LF", .line_end = "\r\n", .quoted = 900, .lines = 300},
    {.name = "stray quotes", .line_end = "\n", .quoted = 700, .lines = 100, .stray = 50},
    {.name = "open quotes", .line_end = "\n", .quoted = 500, .lines = 100, .open = 2},
    {.name = "many open quotes", .line_end = "\n", .quoted = 100, .lines = 100, .open = 60},
    {.name = "zeros", .line_end = "\n", .zeros = 20},
    {.name = "CR alone", .line_end = "\r", .quoted = 300, .lines = 200},
    {.name = "CP932", .line_end = "\r\n", .charset = KK_CP932, .quoted = 300, .lines = 200},
    {.name = "EUC-JP", .line_end = "\n", .charset = KK_EUC_JP, .quoted = 300, .lines = 200},
    {.name = "ISO-2022-JP",
     .line_end = "\n",
     .charset = KK_ISO_2022_JP,
     .quoted = 300,
     .lines = 200},
    {.name = "UTF-16",
     .line_end = "\r\n",
     .charset = KK_UTF16LE,
     .bom = true,
     .quoted = 300,
     .lines = 200},
    {.name = "late CP932",
     .line_end = "\n",
     .charset = KK_CP932,
     .plain_rows = 7000,
     .quoted = 100},
    {.name = "late EUC-JP",
     .line_end = "\n",
     .charset = KK_EUC_JP,
     .plain_rows = 5003,
     .lines = 100},
    {.name = "late ISO-2022-JP", .line_end = "\n", .charset = KK_ISO_2022_JP, .plain_rows = 4000},
};

static void ranges_are_the_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            shape s = shapes[i];
            s.seed = seed * 7919 + i;
            kk_slice bytes = table_of(&s, 700000 + 4099 * seed);
            size_t filled = compare(s.name, bytes, BLOCK * seed, seed == 1);
            if (s.open < 10 && filled < bytes.len / (BLOCK * seed) / 2)
                fail_msg("%s: only %zu ranges of %zu bytes hold rows", s.name, filled, bytes.len);
            kk_arena_reset(arena);
            lexicon = kk_recognise_warm(arena);
        }
}

/* Bytes of it changed, taken out, or of another encoding. */
static void damage(char *bytes, size_t len)
{
    static const char bad[] = "\"\"\"\n\n,\r\0\xff\x1b\x82\xa0\xe3\x81\x82;";
    for (unsigned i = 0; i < 200; i++)
        bytes[chance((unsigned)len)] = bad[chance(sizeof bad - 1)];
}

static void damaged_tables_too(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        shape s = shapes[seed % (sizeof shapes / sizeof *shapes)];
        s.seed = seed;
        kk_slice bytes = table_of(&s, 400000);
        char *copy = kk_take(arena, bytes.len);
        memcpy(copy, bytes.ptr, bytes.len);
        damage(copy, bytes.len);
        (void)compare(s.name, (kk_slice){copy, bytes.len}, BLOCK, false);
        kk_arena_reset(arena);
        lexicon = kk_recognise_warm(arena);
    }
}

static void giants(void **state)
{
    (void)state;
    enum { SIZE = 24 << 20 };
    shape s = {.line_end = "\n", .seed = 5, .quoted = 100};
    kk_slice rows = table_of(&s, 600000);
    char *bytes = kk_take(arena, SIZE);
    memset(bytes, 'x', SIZE);
    memcpy(bytes, rows.ptr, rows.len); /* rows, then a line without an end */
    assert_int_equal(compare("no line end", (kk_slice){bytes, SIZE}, 1 << 20, false), 1);
    memcpy(bytes + (20 << 20), rows.ptr, rows.len); /* rows again behind it, and one more */
    assert_true(compare("a giant between", (kk_slice){bytes, SIZE}, 1 << 17, false) > 4);
    for (size_t i = 0; i < SIZE; i += 60)
        bytes[i] = '\n';
    bytes[rows.len] = '"'; /* opened, never closed */
    bytes[(6 << 20) + 5] = ',';
    assert_true(compare("an open quote", (kk_slice){bytes, SIZE}, 1 << 20, false) > 4);
    memset(bytes, 'y', SIZE);
    assert_int_equal(compare("one line", (kk_slice){bytes, SIZE}, 1 << 20, false), 0);
    memset(bytes, ',', SIZE);
    memcpy(bytes, rows.ptr, rows.len);
    for (size_t i = rows.len; i < SIZE; i += 40000)
        bytes[i] = '\n';
    assert_int_equal(compare("too wide", (kk_slice){bytes, SIZE}, 1 << 20, false), 1);
}

/* Rows of one person, up to twelve, on both sides of many borders. */
static void keys_and_values_in_ranges(void **state)
{
    (void)state;
    kk_buffer out = {0};
    state_of_chance = 11;
    kk_put(&out, KK_S("id,user_id,meta_key,meta_value\n"));
    for (unsigned user = 1, id = 1; out.len < 600000; user++) {
        kk_putf(&out, "%u,%u,氏名,佐藤 %s\n", id++, user, chance(2) ? "太郎" : "花子");
        kk_putf(&out, "%u,%u,メール,user%u@example.com\n", id++, user, user);
        for (unsigned n = chance(10); n > 0; n--)
            kk_putf(&out, "%u,%u,option_%u,%u\n", id++, user, n, chance(1000000));
        kk_putf(&out, "%u,%u,電話番号,090-%04u-%04u\n", id++, user, chance(10000), chance(10000));
    }
    kk_slice bytes = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    for (uint64_t seed = 1; seed <= 5; seed++)
        assert_true(compare("keys and values", bytes, BLOCK * seed + 7919, true) > 1);
}

/* One line of a mebibyte, as many cells as a row may have, each opened by a quote and closed by none: the end is looked for
 * once. It took a minute when each cell looked for itself. */
static void open_quotes_of_one_line(void **state)
{
    (void)state;
    kk_buffer text = {0};
    kk_put(&text, KK_S("a,b\n1,2\n3,4\n5,\"\"6,\"7\"\",\"8\"\n"));
    size_t begin = text.len;
    while (text.len < begin + 1000000)
        kk_put(&text, KK_S("\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x\"x,"));
    kk_put(&text, KK_S("\n9,10\n"));
    hearer h = hearer_open();
    kk_settings settings = {.end = UINT64_MAX};
    clock_t before = clock();
    hear(&h, kk_buffer_slice(&text), &settings, false);
    assert_true(clock() - before < 2 * CLOCKS_PER_SEC);
    assert_int_equal(h.row_count, 6);
    hearer_close(&h);
    kk_buffer_close(&text);
}

/* Rows so long that those by which the table is judged fill more than a range: one reader has all. */
static void long_rows_are_not_cut(void **state)
{
    (void)state;
    kk_buffer out = {0};
    kk_put(&out, KK_S("氏名,備考\n"));
    for (unsigned i = 0; i < 400; i++) {
        kk_putf(&out, "佐藤 %u,", i);
        for (unsigned k = 0; k < 900; k++)
            kk_put_byte(&out, (char)('a' + k % 26));
        kk_put_byte(&out, '\n');
    }
    assert_int_equal(compare("long rows", kk_buffer_slice(&out), BLOCK, true), 1);
    kk_buffer_close(&out);
}

/* A record takes so many rows; some rows are empty, so that ranges begin in the middle of records. */
static kk_slice layered_table(unsigned layers, unsigned titles, unsigned records, kk_buffer *out)
{
    static const char *const given[] = {"健一", "陽子", "誠", "美咲", "大輔", "直美"};
    for (unsigned i = 0; i < titles; i++)
        kk_put(out, KK_S("会員名簿,,,\n"));
    kk_put(out, KK_S("No,氏名,電話番号,生年月日\n,フリガナ,住所,携帯電話\n"));
    if (layers == 3)
        kk_put(out, KK_S(",メールアドレス,郵便番号,性別\n"));
    for (unsigned i = 0; i < records; i++) {
        kk_putf(out, "%u,佐藤 %s,03-%04u-%04u,19%02u.%u.%u\n", i, given[i % 6], 1000 + i % 9000,
                chance(10000), 30 + i % 60, 1 + i % 12, 1 + i % 28);
        kk_putf(out, ",サトウ ケンイチ,東京都千代田区丸の内%u-%u-%u,090-%04u-%04u\n", 1 + i % 9,
                1 + i % 30, 1 + i % 40, chance(10000), i % 10000);
        if (layers == 3)
            kk_putf(out, ",user%u@example.com,100-%04u,男\n", i, 1000 + i % 9000);
    }
    return kk_buffer_slice(out);
}

static void records_of_several_rows_stay_whole(void **state)
{
    (void)state;
    enum { RECORDS = 6000 };
    for (unsigned layers = 2; layers <= 3; layers++)
        for (unsigned titles = 0; titles < 3; titles++) {
            kk_buffer out = {0};
            kk_slice bytes = layered_table(layers, titles, RECORDS, &out);
            hearer whole = hearer_open();
            kk_settings settings = {.end = UINT64_MAX};
            hear(&whole, bytes, &settings, true);
            assert_int_equal(whole.mention_count, RECORDS);
            hearer_close(&whole);
            assert_true(compare("records of several rows", bytes, BLOCK, true) > 4);
            kk_buffer_close(&out);
        }
}

/* Places cross from processes that read hostile bytes. */
static void wrong_places_do_no_harm(void **state)
{
    (void)state;
    shape s = {.line_end = "\n", .seed = 3, .quoted = 300, .lines = 300, .charset = KK_EUC_JP};
    kk_slice bytes = table_of(&s, 300000);
    for (unsigned i = 0; i < 500; i++) {
        char place[24];
        hearer h = hearer_open();
        for (size_t k = 0; k < sizeof place; k++)
            place[k] = (char)(k < 3 ? chance(9) : chance(256));
        kk_settings settings = {.begin = chance(320000),
                                .end = UINT64_MAX,
                                .table_range = BLOCK,
                                .place = {place, chance(sizeof place + 1)}};
        settings.end = chance(2) ? settings.begin + chance(100000) : UINT64_MAX;
        hear(&h, bytes, &settings, false);
        assert_int_equal(h.issue_count, 0);
        hearer_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ranges_are_the_whole, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(damaged_tables_too, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(keys_and_values_in_ranges, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(giants, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(open_quotes_of_one_line, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(long_rows_are_not_cut, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(records_of_several_rows_stay_whole, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(wrong_places_do_no_harm, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
