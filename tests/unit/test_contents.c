/* Indicators in bytes: what is found, and where, does not depend on the pieces in which the bytes come. */
#include "base/text.h"
#include "detect/contents.h"
#include "tests/unit/arena.h"

enum { SIZE = 700000, PLANTED = 6 };

static const char list[] =
    "203.0.113.5\nevil.example\n名簿.xlsx\nC:\\ProgramData\\kb\\7z.exe\nsvc_bk9\n198.51.100.9\n";

typedef struct {
    kk_content_hit hits[64];
    size_t count;
} heard;

static void hear(void *context, const kk_content_hit *hit)
{
    heard *h = context;
    assert_true(h->count < 64);
    h->hits[h->count++] = *hit;
}

static uint64_t turn(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Long lines, bytes of all kinds, zeros and text, as the seed has it. */
static void fill(char *bytes, uint64_t seed)
{
    for (size_t i = 0; i < SIZE;) {
        uint64_t what = turn(&seed) % 6;
        size_t len = 1 + (size_t)(turn(&seed) % (what == 0 ? 200000 : 3000));
        for (; len && i < SIZE; len--, i++)
            bytes[i] = what == 0   ? (char)('a' + turn(&seed) % 26)
                       : what == 1 ? (char)turn(&seed)
                       : what == 2 ? 0
                       : what == 3 ? (char)(i & 1 ? 0 : 'a' + turn(&seed) % 26)
                       : what == 4 ? " \n.:/\\%[](){}=&-_@"[turn(&seed) % 18]
                                   : (char)(0x20 + turn(&seed) % 0x5f);
    }
}

static void plant(char *bytes, uint64_t seed, size_t at[PLANTED])
{
    static const char *const texts[PLANTED] = {
        " 203.0.113.5 ", "\"http://x.evil.example/\"",    " 名簿.xlsx ",
        " svc_bk9;",     " C:\\ProgramData\\kb\\7z.exe ", " hxxp://198[.]51[.]100[.]9/ "};
    for (size_t i = 0; i < PLANTED; i++) {
        kk_slice text = kk_cstr(texts[i]);
        if (i % 2 == 0)
            text = kk_utf8_to_utf16(arena, text);
        at[i] = i * (SIZE / PLANTED) + (size_t)(turn(&seed) % (SIZE / PLANTED - 200));
        memcpy(bytes + at[i], text.ptr, text.len);
    }
}

static void look(kk_contents *c, const char *bytes, uint64_t seed, size_t most, heard *out)
{
    out->count = 0;
    kk_contents_begin(c);
    for (size_t at = 0; at < SIZE;) {
        size_t len = 1 + (size_t)(turn(&seed) % most);
        len = len < SIZE - at ? len : SIZE - at;
        kk_contents_take(c, bytes + at, len);
        at += len;
    }
    kk_contents_end(c, KK_S("a/b.bin"), true);
    kk_contents_tell(c, hear, out);
}

static bool found_near(const heard *h, size_t at)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->hits[i].at >= at && h->hits[i].at < at + 40)
            return true;
    return false;
}

static void test_pieces(void **state)
{
    (void)state;
    kk_iocs iocs;
    kk_iocs_read(arena, KK_S(list), &iocs);
    assert_int_equal(iocs.count, PLANTED);
    kk_contents *c = kk_contents_open(arena, iocs.items, iocs.count);
    char *bytes = kk_take(arena, SIZE);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        heard whole, parts;
        size_t at[PLANTED];
        fill(bytes, seed * 77);
        plant(bytes, seed, at);
        look(c, bytes, seed, SIZE, &whole);
        for (size_t i = 0; i < PLANTED; i++)
            assert_true(found_near(&whole, at[i]));
        look(c, bytes, seed, 9000, &parts);
        assert_int_equal(parts.count, whole.count);
        for (size_t i = 0; i < whole.count; i++) {
            bool same = false;
            for (size_t k = 0; k < parts.count; k++)
                same = same || (parts.hits[k].ioc == whole.hits[i].ioc &&
                                parts.hits[k].way == whole.hits[i].way &&
                                parts.hits[k].at == whole.hits[i].at);
            assert_true(same);
        }
    }
    kk_contents_close(c);
}

/* Cells that all name one long text: it is looked at once, and yet what stands beside it in one row only
 * makes an indicator of two things whole. */
static void test_long_text_of_many_rows(void **state)
{
    enum { LENGTH = 40000, ROWS = 300 };
    static const char wanted[] =
        "evil.example\n"
        "[domain-name:value = 'evil.example' AND ipv4-addr:value = '203.0.113.5']\n"
        "[domain-name:value = 'evil.example' AND domain-name:value LIKE '%.other.example']\n";
    (void)state;
    kk_iocs iocs;
    heard of_one = {0}, of_all = {0};
    kk_iocs_read(arena, KK_S(wanted), &iocs);
    assert_int_equal(iocs.count, 3);
    char *text = kk_take(arena, LENGTH);
    memset(text, 'x', LENGTH);
    memcpy(text + LENGTH / 2, " evil.example ", 14);
    for (size_t all = 0; all < 2; all++) {
        kk_contents *c = kk_contents_open(arena, iocs.items, all ? iocs.count : 1);
        kk_contents_begin(c);
        for (uint64_t row = 0; row < ROWS; row++) {
            kk_slice cells[2] = {{text, LENGTH}, KK_S("203.0.113.6")};
            cells[1] = row == 100   ? KK_S("203.0.113.5")
                       : row == 200 ? KK_S("www.other.example")
                                    : cells[1];
            kk_contents_text(c, KK_S("t"), row, cells, 2);
        }
        kk_contents_tell(c, hear, all ? &of_all : &of_one);
        kk_contents_close(c);
    }
    assert_int_equal(of_one.count, 1);
    assert_int_equal(of_one.hits[0].at, 0);
    assert_int_equal(of_all.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(of_all.hits[i].at, of_all.hits[i].ioc * 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_long_text_of_many_rows, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_pieces, open_arena, close_arena)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
