/* Rows that are split quickly against the same rows split slowly. Cells hold what makes the two differ if anything
 * does, also damage. */
#include "tests/unit/arena.h"

#include "base/text.h"
#include "parse/csv_rows.h"

enum { TABLES = 1500, ROWS_MOST = 60, CELLS_MOST = 12 };

static uint64_t seed = 88172645463325252u;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

typedef struct {
    kk_sink sink; /* first */
    kk_buffer rows, issues;
    size_t count;
} hearer;

static void on_row(kk_sink *sink, const kk_row *row)
{
    hearer *h = (hearer *)sink;
    h->count++;
    kk_putf(&h->rows, "%llu at %llu, %u bytes:", (unsigned long long)row->record,
            (unsigned long long)row->offset, row->length);
    for (size_t i = 0; i < row->count; i++)
        kk_putf(&h->rows, " %zu<%.*s>", row->cells[i].len, KK_P(row->cells[i]));
    kk_putf(&h->rows, "\n");
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    hearer *h = (hearer *)sink;
    kk_putf(&h->issues, "%d at %llu, %llu times: %.*s\n", (int)issue->kind,
            (unsigned long long)issue->offset, (unsigned long long)issue->count, KK_P(issue->what));
}

static void put_cell(kk_buffer *out, char delimiter, bool tame)
{
    static const char *const plain[] = {"",
                                        "1",
                                        "山田",
                                        "山田　太郎",
                                        "a b",
                                        " x",
                                        "x ",
                                        "=1",
                                        "é",
                                        "東京都千代田区丸の内一丁目1番1号",
                                        "0312345678900",
                                        "\xff",
                                        "\xe5\xb1",
                                        "' ",
                                        "taro@example.jp"};
    static const char *const wild[] = {"5\"",        "\"a",      "\"a\" b",    " \"a\"",
                                       "\"a\"\"b\"", "\"\"\"",   "\"x\r\ny\"", "\"x\ny\"",
                                       "a\rb",       "=\"012\"", "\"\r\"",     "\"=\"\"0\"\"\"",
                                       "\r",         "\"a\"\r",  "\"a\\\""};
    switch (draw(tame ? 3 : 5)) {
    case 0:
        kk_putf(out, "\"%s\"", plain[draw(sizeof plain / sizeof *plain)]);
        break;
    case 1:
        kk_putf(out, "\"%c%s%c\"", delimiter, plain[draw(sizeof plain / sizeof *plain)], delimiter);
        break;
    case 2:
        kk_putf(out, "%s", plain[draw(sizeof plain / sizeof *plain)]);
        break;
    case 3:
        kk_putf(out, "%s", wild[draw(sizeof wild / sizeof *wild)]);
        break;
    default:
        kk_put_byte(out, (char)draw(128));
    }
}

static void put_table(kk_buffer *out, char delimiter)
{
    const char *end = draw(2) ? "\r\n" : "\n";
    size_t rows = 1 + draw(ROWS_MOST), cells = 1 + draw(CELLS_MOST);
    uint64_t wild = draw(4); /* of sixteen rows */
    for (size_t r = 0; r < rows; r++) {
        bool tame = draw(16) >= wild;
        size_t width = draw(8) ? cells : draw(CELLS_MOST);
        for (size_t i = 0; i < width; i++) {
            if (i)
                kk_put_byte(out, delimiter);
            put_cell(out, delimiter, tame);
        }
        if (r + 1 < rows || draw(2))
            kk_putf(out, "%s", draw(20) ? end : "\n");
    }
}

typedef void reading(kk_stream *in, kk_sink *sink, char delimiter, size_t columns);

static void hear(hearer *h, reading *read, const kk_buffer *bytes, char delimiter, size_t columns)
{
    kk_stream *in = kk_stream_over_memory(arena, kk_buffer_slice(bytes), KK_S("t.csv"));
    h->sink = kk_sink_deaf(arena);
    h->sink.row = on_row;
    h->sink.issue = on_issue;
    read(in, &h->sink, delimiter, columns);
}

static void tell_difference(uint64_t drawn, kk_slice quick, kk_slice slow)
{
    kk_slice one = KK_NONE, other = KK_NONE;
    while (kk_split(&quick, '\n', &one) && kk_split(&slow, '\n', &other) && kk_eq(one, other))
        ;
    fail_msg("seed %llu:\nquick %.*s\nslow  %.*s", (unsigned long long)drawn, KK_P(one),
             KK_P(other));
}

static void rows_are_split_alike(void **state)
{
    (void)state;
    static const char delimiters[] = {',', '\t', ';', '|', ' '};
    size_t rows = 0;
    for (size_t t = 0; t < TABLES; t++) {
        uint64_t drawn = seed;
        char delimiter = delimiters[draw(sizeof delimiters)];
        kk_buffer bytes = {0};
        hearer q = {.count = 0}, s = {.count = 0};
        size_t columns = draw(3) ? 2 + draw(CELLS_MOST) : 0;
        put_table(&bytes, delimiter);
        hear(&q, kk_csv_rows, &bytes, delimiter, columns);
        hear(&s, kk_csv_rows_slowly, &bytes, delimiter, columns);
        if (!kk_eq(kk_buffer_slice(&q.rows), kk_buffer_slice(&s.rows)) ||
            !kk_eq(kk_buffer_slice(&q.issues), kk_buffer_slice(&s.issues)))
            tell_difference(drawn, kk_buffer_slice(&q.rows), kk_buffer_slice(&s.rows));
        rows += q.count;
        kk_buffer_close(&bytes);
        kk_buffer_close(&q.rows);
        kk_buffer_close(&s.rows);
        kk_buffer_close(&q.issues);
        kk_buffer_close(&s.issues);
        kk_arena_reset(arena);
    }
    assert_true(rows > TABLES * 10);
}

/* The only cell of each row, in a line of its own. */
static void on_only_cell(kk_sink *sink, const kk_row *row)
{
    hearer *h = (hearer *)sink;
    h->count++;
    kk_put(&h->rows, row->cells[0]);
    kk_put_byte(&h->rows, '\n');
}

static kk_slice drawn_lines(kk_charset charset)
{
    static const char *const pieces[] = {"山田太郎",
                                         "ｱｲｳ",
                                         "α",
                                         "Я",
                                         "①",
                                         "髙",
                                         "ソ表",
                                         "a",
                                         "0123456789",
                                         "×÷",
                                         "噂",
                                         "ﾞ",
                                         "　",
                                         "～",
                                         "-",
                                         "￥",
                                         "亜熙",
                                         "\xe4\xb8\x82",
                                         "住所 氏名 フリガナ",
                                         "ー"};
    kk_buffer text = {0};
    for (size_t line = 0; line < 40; line++) {
        kk_putf(&text, "x");
        for (size_t count = draw(20); count; count--)
            kk_putf(&text, "%s", pieces[draw(sizeof pieces / sizeof *pieces)]);
        kk_putf(&text, "\n");
    }
    kk_slice encoded = kk_encode(arena, charset, kk_buffer_slice(&text));
    kk_buffer_close(&text);
    return kk_join(arena, kk_encode(arena, charset, KK_S("住所氏名電話番号の一覧表です\n")),
                   encoded);
}

static void double_bytes(void **state)
{
    (void)state;
    static const kk_charset charsets[] = {KK_CP932, KK_EUC_JP};
    for (size_t t = 0; t < TABLES / 4; t++) {
        kk_charset charset = charsets[t % 2];
        kk_slice bytes = drawn_lines(charset);
        size_t lost = 0;
        kk_slice wanted = kk_decode(arena, charset, bytes, &lost);
        hearer h = {.count = 0};
        h.sink = kk_sink_deaf(arena);
        h.sink.row = on_only_cell;
        kk_csv_rows(kk_stream_over_memory(arena, bytes, KK_S("t.csv")), &h.sink, ',', 1);
        if (!lost && !kk_eq(kk_buffer_slice(&h.rows), wanted))
            fail_msg("charset %d:\n%.*s----\n%.*s", (int)charset, KK_P(kk_buffer_slice(&h.rows)),
                     KK_P(wanted));
        assert_true(lost == 0);
        kk_buffer_close(&h.rows);
        kk_arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_split_alike, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(double_bytes, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
