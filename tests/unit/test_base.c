/* The floor: slices, globs, numbers, cursors, arenas, times, zones, hashes, JSON, YAML, encodings and lines. Expected
 * values come from the standards' own examples and from other programs, never from this one. */
#include "tests/unit/arena.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/punycode.h"
#include "base/sorted.h"
#include "base/text.h"
#include "base/yaml.h"
#include "evidence/stream.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void same(kk_slice found, kk_slice wanted, const char *what)
{
    if (!kk_eq(found, wanted))
        fail_msg("%s: `%.*s` should be `%.*s`", what, KK_P(found), KK_P(wanted));
}

static kk_slice from_hex(const char *hex)
{
    size_t len = strlen(hex) / 2;
    char *bytes = kk_take(arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        uint64_t byte;
        assert_true(kk_hex_to_u64((kk_slice){hex + 2 * i, 2}, &byte));
        bytes[i] = (char)byte;
    }
    return (kk_slice){bytes, len};
}

/* --- slices --- */

static void finds(void **state)
{
    (void)state;
    static const struct {
        const char *in, *what;
        size_t at;
    } cases[] = {{"abcabc", "abc", 0},        {"abcabc", "cab", 2}, {"aaab", "aab", 1},
                 {"abc", "abcd", KK_NOWHERE}, {"abc", "", 0},       {"", "", 0},
                 {"", "a", KK_NOWHERE},       {"ababac", "abac", 2}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(kk_find(kk_cstr(cases[i].in), kk_cstr(cases[i].what)), cases[i].at);
    assert_int_equal(kk_find_byte(KK_S("a/b/c"), '/'), 1);
    assert_int_equal(kk_rfind_byte(KK_S("a/b/c"), '/'), 3);
    assert_int_equal(kk_find_byte(KK_NONE, '/'), KK_NOWHERE);
    assert_int_equal(kk_rfind_byte(KK_S("abc"), '/'), KK_NOWHERE);
    assert_true(kk_has_nocase(KK_S("Failed PASSWORD for"), KK_S("password")));
    assert_true(kk_has_nocase(KK_S("pPasS passwor PASSWORd"), KK_S("passWORD")));
    assert_true(kk_has_nocase(KK_S("a--b"), KK_S("--")) && kk_has_nocase(KK_S("ab"), KK_S("")));
    assert_true(kk_has_nocase(KK_S(""), KK_S("")) && kk_has_nocase(KK_S("xY"), KK_S("XY")));
    assert_false(kk_has_nocase(KK_S("passwor"), KK_S("password")));
    assert_false(kk_has_nocase(KK_S("password"), KK_S("asswordp")));
    assert_false(kk_has_nocase(KK_S(""), KK_S("a")) || kk_has_nocase(KK_S("[`@"), KK_S("{`")));
    assert_false(kk_eq_nocase(KK_S("a"), KK_S("\xc1"))); /* only ASCII letters fold */
    assert_false(kk_eq_nocase(KK_S("@"), KK_S("`")));
    assert_false(kk_eq_nocase(KK_S("["), KK_S("{")));
    same(kk_trim(KK_S(" \t\r\n x y \n")), KK_S("x y"), "trim");
    same(kk_trim(KK_S(" \t ")), KK_S(""), "trim blanks");
    assert_true(kk_compare(KK_S("ab"), KK_S("abc")) < 0);
    assert_true(kk_compare(KK_S("\x7f"), KK_S("\x80")) < 0); /* bytes, not signed characters */
    assert_int_equal(kk_compare(KK_NONE, KK_S("")), 0);
    same(kk_part(KK_S("abc"), 5, 2), KK_S(""), "part beyond");
    same(kk_part(KK_S("abc"), 1, SIZE_MAX), KK_S("bc"), "part to the end");
}

static void splits(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *pieces[5];
    } cases[] = {
        {"a,,b", {"a", "", "b"}}, {"", {""}}, {",", {"", ""}}, {"a", {"a"}}, {"a,", {"a", ""}}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        kk_slice rest = kk_cstr(cases[i].in), piece;
        size_t n = 0;
        for (; kk_split(&rest, ',', &piece); n++) {
            assert_non_null(cases[i].pieces[n]);
            same(piece, kk_cstr(cases[i].pieces[n]), cases[i].in);
        }
        assert_null(cases[i].pieces[n]);
    }
}

/* Samples of RFC 3492, section 7.1, and names of the test domains of IANA. */
static void names_in_other_scripts(void **state)
{
    static const char *const table[][2] = {
        {"他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"},
        {"なぜみんな日本語を話してくれないのか", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"},
        {"3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"},
        {"そのスピードで", "xn--d9juau41awczczp"},
        {"bücher.example", "xn--bcher-kva.example"},
        {"例え.テスト", "xn--r8jz45g.xn--zckzah"},
        {"😀.example", "xn--e28h.example"},
    };
    static const char *const wrong[] = {"xn--.example", "xn--99999999.example", "xn--é",
                                        "plain.example"};
    kk_arena *a = kk_arena_open();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        same(kk_punycode_name(a, kk_cstr(table[i][0])), kk_cstr(table[i][1]), table[i][0]);
        same(kk_punycode_read(a, kk_cstr(table[i][1])), kk_cstr(table[i][0]), table[i][1]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(kk_punycode_read(a, kk_cstr(wrong[i])).len, 0);
    assert_int_equal(kk_punycode_name(a, KK_S("plain.example")).len, 0);
    assert_int_equal(kk_punycode_name(a, KK_S("\xff.example")).len, 0);
    kk_arena_close(a);
    (void)state;
}

static void reads_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {{"0", true, 0},
                 {"18446744073709551615", true, UINT64_MAX},
                 {"18446744073709551616", false, 0},
                 {"99999999999999999999999", false, 0},
                 {"", false, 0},
                 {"-1", false, 0},
                 {"+1", false, 0},
                 {" 1", false, 0},
                 {"1 ", false, 0},
                 {"1a", false, 0},
                 {"007", true, 7},
                 {"0x10", false, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 42;
        assert_int_equal(kk_to_u64(kk_cstr(cases[i].text), &value), cases[i].good);
        assert_int_equal(value, cases[i].good ? cases[i].value : 42);
    }
    int64_t value = 42;
    assert_true(kk_to_i64(KK_S("-9223372036854775808"), &value) && value == INT64_MIN);
    assert_true(kk_to_i64(KK_S("9223372036854775807"), &value) && value == INT64_MAX);
    assert_false(kk_to_i64(KK_S("9223372036854775808"), &value));
    assert_false(kk_to_i64(KK_S("-9223372036854775809"), &value));
    assert_false(kk_to_i64(KK_S("-"), &value));
    uint64_t hex = 42;
    assert_true(kk_hex_to_u64(KK_S("DEADbeef"), &hex) && hex == 0xdeadbeef);
    assert_true(kk_hex_to_u64(KK_S("ffffffffffffffff"), &hex) && hex == UINT64_MAX);
    assert_false(kk_hex_to_u64(KK_S("10000000000000000"), &hex));
    assert_false(kk_hex_to_u64(KK_S("0x1"), &hex));
    assert_false(kk_hex_to_u64(KK_S(""), &hex));
}

static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *path;
        bool matches;
    } cases[] = {
        {"a", "a", true},
        {"a", "b", false},
        {"", "", true},
        {"*", "", true},
        {"*", "abc", true},
        {"*", "a/b", false},
        {"?", "a", true},
        {"?", "/", false},
        {"?", "", false},
        {"a*c", "abbc", true},
        {"a*c", "a/c", false},
        {"*.csv", "x.csv", true},
        {"*.csv", "d/x.csv", false},
        {"**", "a/b/c", true},
        {"**", "", true},
        {"**/*.csv", "x.csv", true},
        {"**/*.csv", "d/e/x.csv", true},
        {"**/*.csv", "d/x.csv/y", false},
        {"**/orders/**", "orders/x", true},
        {"**/orders/**", "a/orders/x/y", true},
        {"**/orders/**", "a/reorders/x", false},
        {"**/orders/**", "a/orders2/x", false},
        {"**/顧客*", "share/顧客名簿.xlsx", true},
        {"**/顧客*", "share/見込顧客名簿.xlsx", false},
        {"a/**/z", "a/z", true},
        {"a/**/z", "a/b/c/z", true},
        {"a/**/z", "a/bz", false},
        {"a/**", "a/b/c", true},
        {"a/**", "ab/c", false},
        {"*a*b*c*", "xxaxxbxxcxx", true},
        {"*a*b*c*", "xxaxxcxxbxx", false},
        {"**/a/**/b", "a/x/a/y/b", true},
        {"**/a/*/b", "a/x/c/a/y/b", true},
        {"**/a*b/**/c?", "q/axxb/r/s/cd", true},
        {"A", "a", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (kk_glob(kk_cstr(cases[i].pattern), kk_cstr(cases[i].path)) != cases[i].matches)
            fail_msg("`%s` and `%s`", cases[i].pattern, cases[i].path);
}

static void globs_are_not_slow(void **state)
{
    (void)state;
    char path[4001], pattern[121];
    memset(path, 'a', 4000);
    path[4000] = 0;
    for (int i = 0; i < 60; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    pattern[119] = 'b';
    pattern[120] = 0;
    double begun = kk_clock();
    assert_false(kk_glob(kk_cstr(pattern), kk_cstr(path)));
    for (int i = 0; i < 40; i++)
        memcpy(pattern + 3 * i, "**a", 3);
    assert_false(kk_glob(kk_part(kk_cstr(pattern), 0, 119), KK_S("b")));
    assert_true(kk_clock() - begun < 1.0);
}

/* --- memory --- */

static size_t files_given;

static int give_file(void *context)
{
    (void)context;
    files_given++;
    return open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int give_device(void *context)
{
    (void)context;
    files_given++;
    return open("/dev/full", O_RDWR | O_CLOEXEC);
}

/* Large arrays in files, and in memory where a file cannot hold any: the same to whoever uses them. */
static void arenas_on_disk(void **state)
{
    (void)state;
    enum { LARGE = 5 * 1024 * 1024 };
    static int (*const files[])(void *) = {give_file, give_device};
    for (size_t i = 0; i < 2; i++) {
        kk_arena *own = kk_arena_open();
        files_given = 0;
        kk_arena_use_disk(own, files[i], NULL);
        (void)kk_take(own, 100);
        assert_int_equal(files_given, 0);
        for (size_t n = 1; n <= 3; n++) {
            unsigned char *p = kk_take(own, LARGE);
            assert_int_equal(files_given, n);
            for (size_t k = 0; k < LARGE; k++)
                assert_int_equal(p[k], 0);
            memset(p, 0xff, LARGE);
        }
        kk_arena_use_disk(own, NULL, NULL);
        (void)kk_take(own, LARGE);
        assert_int_equal(files_given, 3);
        kk_arena_close(own);
    }
}

static void arenas(void **state)
{
    (void)state;
    for (size_t size = 0; size < 5000; size += 37) {
        unsigned char *p = kk_take(arena, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        if (size)
            memset(p, 0xff, size);
    }
    assert_true(kk_arena_used(arena) >= 100000);
    kk_arena_reset(arena);
    assert_int_equal(kk_arena_used(arena), 0);
    unsigned char *again = kk_take(arena, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(again[i], 0); /* zeroed also where it was used before */
    size_t capacity = 0;
    uint32_t *list = NULL;
    for (uint32_t i = 0; i < 10000; i++) {
        list = kk_grow(arena, list, &capacity, i + 1, sizeof *list);
        list[i] = i;
    }
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(list[i], i);
    kk_slice copy = kk_copy(arena, KK_S("abc"));
    assert_string_equal(copy.ptr, "abc");
    same(kk_join(arena, KK_S("a"), KK_NONE), KK_S("a"), "join");
    same(kk_print(arena, "%d-%s", 7, "x"), KK_S("7-x"), "print");
    char *large = kk_take(arena, 50u << 20);
    large[(50u << 20) - 1] = 1;
}

/* Sizes that wrap around end the program; they never give a small block. */
static void sizes_that_wrap(void **state)
{
    (void)state;
    for (int what = 0; what < 4; what++) {
        pid_t child = fork();
        if (child == 0) {
            size_t capacity = 0;
            struct rlimit none = {0, 0};
            (void)setrlimit(RLIMIT_CORE, &none);
            if (what == 0)
                (void)kk_take_array(arena, SIZE_MAX / 2, 4);
            else if (what == 1)
                (void)kk_grow(arena, NULL, &capacity, SIZE_MAX / 4, 16);
            else if (what == 2)
                (void)kk_take(arena, SIZE_MAX - 3);
            else
                (void)kk_take(arena, SIZE_MAX - 100);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

static void cursors(void **state)
{
    (void)state;
    kk_cursor c =
        kk_cursor_over(KK_S("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"));
    assert_int_equal(kk_u8(&c), 1);
    assert_int_equal(kk_u16(&c), 0x0302);
    assert_int_equal(kk_u32(&c), 0x07060504);
    assert_int_equal(kk_be16(&c), 0x0809);
    assert_int_equal(kk_left(&c), 6);
    assert_int_equal(kk_u64(&c), 0);
    assert_true(c.bad);
    assert_int_equal(kk_u8(&c), 0); /* what went wrong once stays so */
    c = kk_cursor_over(KK_S("abcd"));
    same(kk_bytes(&c, 2), KK_S("ab"), "bytes");
    kk_skip(&c, SIZE_MAX);
    assert_true(c.bad);
    c = kk_cursor_over(KK_S("abcd"));
    kk_seek(&c, 4);
    assert_false(c.bad);
    kk_seek(&c, 5);
    assert_true(c.bad);
    c = kk_cursor_over(KK_NONE);
    same(kk_bytes(&c, 0), KK_S(""), "none of nothing");
    assert_false(c.bad);
}

/* --- time --- */

static void civil_days(void **state)
{
    (void)state;
    static const struct {
        int year, month, day, weekday;
        int64_t days;
    } cases[] = {{1970, 1, 1, 4, 0},       {1969, 12, 31, 3, -1},   {2000, 2, 29, 2, 11016},
                 {2000, 3, 1, 3, 11017},   {1900, 3, 1, 4, -25508}, {2026, 7, 8, 3, 20642},
                 {1601, 1, 1, 1, -134774}, {2100, 2, 28, 0, 47540}, {2100, 3, 1, 1, 47541},
                 {2262, 4, 11, 5, 106751}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int year, month, day;
        assert_int_equal(kk_days_from_civil(cases[i].year, cases[i].month, cases[i].day),
                         cases[i].days);
        kk_civil_from_days(cases[i].days, &year, &month, &day);
        assert_int_equal(year * 10000 + month * 100 + day,
                         cases[i].year * 10000 + cases[i].month * 100 + cases[i].day);
        assert_int_equal(kk_weekday(cases[i].days), cases[i].weekday);
    }
    for (int64_t days = -150000; days < 150000; days += 7) {
        int year, month, day;
        kk_civil_from_days(days, &year, &month, &day);
        assert_int_equal(kk_days_from_civil(year, month, day), days);
    }
    assert_false(kk_civil_valid(&(kk_civil){.year = 2026, .month = 2, .day = 29}));
    assert_true(kk_civil_valid(&(kk_civil){.year = 2024, .month = 2, .day = 29}));
    assert_false(kk_civil_valid(&(kk_civil){.year = 1900, .month = 2, .day = 29}));
    assert_false(kk_civil_valid(&(kk_civil){.year = 2026, .month = 13, .day = 1}));
    assert_false(kk_civil_valid(&(kk_civil){.year = 2026, .month = 4, .day = 31}));
    assert_false(kk_civil_valid(&(kk_civil){.year = 2026, .month = 4, .day = 1, .hour = 24}));
    assert_int_equal(kk_time_from_civil(&(kk_civil){.year = 1600, .month = 1, .day = 1}),
                     KK_NO_TIME);
    assert_int_equal(kk_time_from_civil(&(kk_civil){.year = 2300, .month = 1, .day = 1}),
                     KK_NO_TIME);
}

static void parses_times(void **state)
{
    (void)state;
    static const struct {
        const char *text, *utc; /* NULL: refused */
    } cases[] = {
        {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"}, /* RFC 3339, section 5.8 */
        {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"},
        {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"},
        {"2026-07-08T08:35:00+09:00", "2026-07-07T23:35:00Z"},
        {"2026-07-08 08:35:00+09:00", "2026-07-07T23:35:00Z"},
        {"2026-07-08T08:35:00.123456789Z", "2026-07-08T08:35:00.123456789Z"},
        {"2026-07-08T08:35:00.1234Z", "2026-07-08T08:35:00.123400Z"},
        {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"2026-02-29T00:00:00Z", NULL},
        {"2026-07-08T24:00:00Z", NULL},
        {"2026-07-08T08:35:00", NULL},
        {"2026-07-08", NULL},
        {"2026-7-8T08:35:00Z", NULL},
        {"2026-07-08T08:35:00+0900", NULL},
        {"2026-07-08T08:35:00Zx", NULL},
        {" 2026-07-08T08:35:00Z", NULL},
        {"2026-07-08T08:35:00.Z", NULL},
        {"2262-04-11T23:47:16-23:59", NULL},
        {"1677-09-21T00:12:44+23:59", NULL},
        {"", NULL},
        {"9999-12-31T23:59:59Z", NULL}, /* beyond what nanoseconds in 64 bits hold */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kk_time time = 42;
        bool good = kk_time_parse(kk_cstr(cases[i].text), &time);
        if (good != (cases[i].utc != NULL))
            fail_msg("`%s` is %s", cases[i].text, good ? "taken" : "refused");
        if (good)
            same(kk_time_text(arena, time), kk_cstr(cases[i].utc), cases[i].text);
    }
    same(kk_time_text(arena, kk_time_from_filetime(UINT64_C(116444736000000000))),
         KK_S("1970-01-01T00:00:00Z"), "FILETIME");
    same(kk_time_text(arena, kk_time_from_filetime(UINT64_C(132223104000000001))),
         KK_S("2020-01-01T00:00:00.000000100Z"), "FILETIME");
    assert_int_equal(kk_time_from_filetime(0), KK_NO_TIME);
    assert_int_equal(kk_time_from_filetime(UINT64_MAX), KK_NO_TIME);
    assert_int_equal(kk_time_from_unix(INT64_MAX, 0), KK_NO_TIME);
    same(kk_time_text(arena, kk_time_from_unix(-1, 1)), KK_S("1969-12-31T23:59:59.000000001Z"),
         "before 1970");
    assert_int_equal(kk_month_by_name(KK_S("jul")), 7);
    assert_int_equal(kk_month_by_name(KK_S("JUN")), 6);
    assert_int_equal(kk_month_by_name(KK_S("Jux")), 0);
}

static void zones(void **state)
{
    (void)state;
    static const struct { /* as zdump of tzdata has them */
        const char *zone, *utc, *local;
    } cases[] = {
        {"Asia/Tokyo", "2026-07-07T23:35:00Z", "2026-07-08T08:35:00+09:00"},
        {"UTC", "2026-07-07T23:35:00Z", "2026-07-07T23:35:00+00:00"},
        {"+05:45", "2026-07-07T23:35:00Z", "2026-07-08T05:20:00+05:45"},
        {"-03:30", "2026-07-07T23:35:00Z", "2026-07-07T20:05:00-03:30"},
        {"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"},
        {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"},
        {"Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"},
        {"Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"},
        {"America/New_York", "2006-04-02T07:00:00Z", "2006-04-02T03:00:00-04:00"},
        {"America/New_York", "2007-03-11T06:59:59Z", "2007-03-11T01:59:59-05:00"},
        {"Australia/Lord_Howe", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00+11:00"},
        {"Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T05:30:00+05:30"},
        {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"},
        {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        kk_zone zone;
        kk_time utc;
        kk_buffer local = {0};
        assert_true(kk_zone_load(kk_cstr(cases[i].zone), &zone));
        assert_true(kk_time_parse(kk_cstr(cases[i].utc), &utc));
        kk_put_local_time(&local, &zone, utc);
        kk_slice found = kk_buffer_slice(&local), wanted = kk_cstr(cases[i].local);
        if (kk_ends(found, KK_S("Z")) && kk_ends(wanted, KK_S("+00:00"))) /* both are RFC 3339 */
            wanted = kk_print(arena, "%.*sZ", KK_P(kk_part(wanted, 0, wanted.len - 6)));
        same(found, wanted, cases[i].zone);
        kk_buffer_close(&local);
        kk_civil civil = kk_civil_in_zone(&zone, utc);
        kk_time back = kk_time_from_local(&zone, &civil);
        bool doubled = strcmp(cases[i].utc, "2026-10-25T01:00:00Z") == 0;
        assert_true(back == utc ||
                    (doubled && back == utc - 3600 * KK_SECOND)); /* of a doubled hour the first */
    }
    kk_zone berlin;
    assert_true(kk_zone_load(KK_S("Europe/Berlin"), &berlin));
    kk_civil skipped = {.year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 30};
    same(kk_time_text(arena, kk_time_from_local(&berlin, &skipped)), KK_S("2026-03-29T01:30:00Z"),
         "a skipped hour");
    /* What evidence claims may lie at the ends of time: no offset leads out of 64 bits. */
    static const kk_civil extremes[] = {
        {.year = 1677, .month = 9, .day = 25}, {.year = 1677, .month = 9, .day = 26},
        {.year = 2262, .month = 4, .day = 7},  {.year = 2262, .month = 4, .day = 11},
        {.year = 1600, .month = 1, .day = 1},  {.year = 9999, .month = 12, .day = 31}};
    for (size_t i = 0; i < COUNT(extremes); i++)
        for (size_t k = 0; k < 2; k++) {
            kk_zone zone;
            kk_buffer text = {0};
            assert_true(kk_zone_load(k ? KK_S("America/New_York") : KK_S("+14:00"), &zone));
            kk_time time = kk_time_from_local(&zone, &extremes[i]);
            if (time == KK_NO_TIME)
                continue;
            kk_civil back = kk_civil_in_zone(&zone, time);
            assert_true(back.year == extremes[i].year && back.day == extremes[i].day &&
                        back.hour == 0);
            kk_put_local_time(&text, &zone, time);
            kk_buffer_close(&text);
        }
    const char *unknown[] = {"",   "Mars/Olympus", "Asia/Tokyo ",   "+25:00",
                             "+9", "09:00",        "../etc/passwd", "Asia"};
    for (size_t i = 0; i < COUNT(unknown); i++)
        if (kk_zone_load(kk_cstr(unknown[i]), &berlin))
            fail_msg("`%s` is a zone", unknown[i]);
}

/* --- hashes --- */

static void hashes(void **state)
{
    (void)state;
    static const struct { /* FIPS 180-4 */
        const char *text, *sha256;
    } cases[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                 {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                 {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
    kk_hasher *hasher = kk_hasher_open();
    for (size_t i = 0; i < COUNT(cases); i++) {
        kk_slice text = kk_cstr(cases[i].text);
        kk_sha256 whole = kk_sha256_of(text), read;
        same(kk_sha256_hex(arena, &whole), kk_cstr(cases[i].sha256), "SHA-256");
        for (size_t k = 0; k < text.len; k++)
            kk_hasher_add(hasher, text.ptr + k, 1);
        kk_sha256 parts = kk_hasher_digest(hasher);
        assert_true(kk_sha256_eq(&whole, &parts));
        assert_true(kk_sha256_from_hex(kk_cstr(cases[i].sha256), &read) &&
                    kk_sha256_eq(&whole, &read));
    }
    kk_hasher_close(hasher);
    kk_sha256 read;
    assert_false(kk_sha256_from_hex(KK_S("e3b0"), &read));
    assert_false(kk_sha256_from_hex(
        KK_S("z3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), &read));
    kk_slice ab[] = {KK_S("a"), KK_S("bc")}, abc[] = {KK_S("ab"), KK_S("c")};
    kk_slice first = kk_id(arena, "X", ab, 2), second = kk_id(arena, "X", abc, 2);
    assert_true(kk_is_id(first, 'X'));
    assert_false(kk_is_id(first, 'Y') || kk_is_id(kk_part(first, 0, 20), 'X') ||
                 kk_is_id(KK_S("X0123456789abcdefghij"), 'X') || kk_is_id(KK_NONE, 'X'));
    assert_false(kk_eq(first, second));
    assert_int_equal(first.len, 21);
    kk_hash_key key = {{0}}, other = {{1}};
    assert_true(kk_hash64(&key, KK_S("a")) != kk_hash64(&other, KK_S("a")));
    assert_true(kk_hash64(&key, KK_S("a")) == kk_hash64(&key, KK_S("a")));
    kk_sign_key sign;
    uint8_t signature[64];
    kk_sign_key_make(&sign);
    kk_sign(&sign, KK_S("line"), signature);
    assert_true(kk_signature_good(sign.public_key, KK_S("line"), signature));
    assert_false(kk_signature_good(sign.public_key, KK_S("lime"), signature));
    signature[0] ^= 1;
    assert_false(kk_signature_good(sign.public_key, KK_S("line"), signature));
}

/* --- JSON --- */

static void writes_json(void **state)
{
    (void)state;
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_object(&j, NULL);
    kk_json_text(&j, "a\"", KK_S("\"\\/\b\f\n\r\t\x01\x1f\x7f 氏名 \xf0\x9f\x98\x80"));
    kk_json_array(&j, "b");
    kk_json_close(&j);
    kk_json_object(&j, "c");
    kk_json_u64(&j, "u", UINT64_MAX);
    kk_json_i64(&j, "i", INT64_MIN);
    kk_json_ratio(&j, "r", 0.98765);
    kk_json_ratio(&j, "one", 1);
    kk_json_bool(&j, "t", true);
    kk_json_close(&j);
    kk_json_cstr(&j, "n", NULL);
    kk_json_time(&j, "never", KK_NO_TIME);
    kk_json_both(&j, "w", KK_S("は"), KK_S("y"));
    kk_json_close(&j);
    const kk_json_value *v = kk_json_read(arena, kk_buffer_slice(&out));
    assert_non_null(v);
    same(kk_json_member(v, "a\""), KK_S("\"\\/\b\f\n\r\t\x01\x1f\x7f 氏名 \xf0\x9f\x98\x80"),
         "text there and back");
    for (size_t i = 0; i < out.len; i++)
        assert_true((unsigned char)out.ptr[i] >= 0x20);
    kk_slice tail =
        KK_S(",\"b\":[],\"c\":{\"u\":18446744073709551615,\"i\":-9223372036854775808,\"r\":0.9877,"
             "\"one\":1,"
             "\"t\":true},\"n\":null,\"never\":null,\"w\":{\"ja\":\"は\",\"en\":\"y\"}}");
    assert_true(kk_ends(kk_buffer_slice(&out), tail));
    kk_buffer_close(&out);
}

static void writes_lists_of_structs(void **state)
{
    (void)state;
    struct gap {
        const char *why;
        uint64_t missing;
        kk_time from;
        kk_slice host;
    } gaps[] = {{"cleared", 7, 0, KK_S("pc \"1\"")}, {NULL, 0, KK_NO_TIME, KK_NONE}};
    static const kk_json_field fields[] = {KK_JSON_FIELD(struct gap, host, "host"),
                                           KK_JSON_FIELD(struct gap, from, "from"),
                                           KK_JSON_FIELD(struct gap, missing, "n"),
                                           KK_JSON_FIELD(struct gap, why, "why"),
                                           {0}};
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_list(&j, NULL, gaps, 2, sizeof *gaps, fields);
    same(kk_buffer_slice(&out),
         KK_S("[{\"host\":\"pc \\\"1\\\"\",\"from\":\"1970-01-01T00:00:00Z\",\"n\":7,\"why\":"
              "\"cleared\"},{\"host\":\"\",\"from\":null,\"n\":0,\"why\":null}]"),
         "structs as objects");
    kk_buffer_close(&out);
}

static void reads_json(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"null", true},        {"true", true},        {" [1, 2.5e-3, -0] ", true},
        {"{\"a\":{}}", true},  {"\"\\u00e9\"", true}, {"\"\\ud83d\\ude00\"", true},
        {"[]", true},          {"", false},           {"[1,]", false},
        {"{\"a\":1,}", false}, {"{a:1}", false},      {"[1 2]", false},
        {"\"abc", false},      {"\"\\x41\"", false},  {"\"\\u12g4\"", false},
        {"nul", false},        {"truely", false},     {"[1]x", false},
        {"{\"a\"}", false},    {"'a'", false},        {"[1", false},
        {"{\"a\":}", false},   {"]", false},          {"-", false},
        {"1 2", false},        {"\\", false},         {"01", false},
        {"1.", false},         {"1e", false},         {"+1", false},
        {".5", false},         {"-0.0E+7", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if ((kk_json_read(arena, kk_cstr(cases[i].text)) != NULL) != cases[i].good)
            fail_msg("`%s` is %s", cases[i].text, cases[i].good ? "refused" : "taken");
    const kk_json_value *v =
        kk_json_read(arena, KK_S("{\"k\":\"\\u3042\\ud83d\\ude00\\ud800x\",\"k\":2,\"n\":1.50}"));
    assert_non_null(v);
    same(kk_json_member(v, "k"), KK_S("あ\xf0\x9f\x98\x80\xef\xbf\xbdx"),
         "escapes; a lone surrogate is replaced");
    same(kk_json_member(v, "n"), KK_S("1.50"), "a number as written");
    same(kk_json_member(v, "none"), KK_NONE, "no member");
    v = kk_json_read(arena, KK_S("\"a\xff\""));
    assert_non_null(v);
    assert_true(kk_utf8_valid(v->text));
    char deep[20001];
    memset(deep, '[', 20000);
    deep[20000] = 0;
    assert_null(kk_json_read(arena, kk_cstr(deep)));
    for (size_t len = 0; len < 30; len++) /* every beginning of a value ends without a crash */
        (void)kk_json_read(arena, kk_part(KK_S("{\"a\":[1,\"\\u3042\\ud83d\\ude00\"]}"), 0, len));
}

/* --- YAML --- */

static void yaml_bombs(void **state)
{
    (void)state;
    kk_yaml *root;
    kk_buffer laughs = {0}, deep = {0};
    kk_fault fault = {0};
    kk_put(&laughs, KK_S("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
    for (int i = 1; i < 30; i++)
        kk_putf(&laughs, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1,
                i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    double begun = kk_clock();
    assert_int_equal(kk_yaml_read(arena, kk_buffer_slice(&laughs), &root, &fault), KK_INVALID);
    assert_non_null(strstr(fault.text, "aliases"));
    for (int i = 0; i < 5000; i++)
        kk_put(&deep, KK_S("["));
    assert_int_equal(kk_yaml_read(arena, kk_buffer_slice(&deep), &root, &fault), KK_INVALID);
    for (int i = 0; i < 5000; i++)
        kk_put(&deep, KK_S("]"));
    assert_int_equal(kk_yaml_read(arena, kk_buffer_slice(&deep), &root, &fault), KK_INVALID);
    assert_true(kk_clock() - begun < 5.0);
    static const char *const circles[] = {"&a [*a]\n", "a: &x {b: *x}\n", "<<: *none\n",
                                          "a: &x {b: 1}\nc: {<<: *x}\n"};
    for (size_t i = 0; i < COUNT(circles); i++)
        assert_int_equal(kk_yaml_read(arena, kk_cstr(circles[i]), &root, &fault), KK_INVALID);
    assert_int_equal(kk_yaml_read(arena, KK_S("a: 1\n\n---\nb: 2\n"), &root, &fault), KK_INVALID);
    assert_non_null(strstr(fault.text, "line 4: a second document"));
    assert_int_equal(kk_yaml_read(arena, KK_S("a: 1\nb: \0 2\nc: 3\n"), &root, &fault), KK_INVALID);
    assert_non_null(strstr(fault.text, "line 2: a NUL"));
    assert_int_equal(kk_yaml_read(arena, KK_S("# nothing\n"), &root, &fault), KK_OK);
    assert_int_equal(kk_yaml_read(arena, KK_S("---\na: 1\n...\n"), &root, &fault), KK_OK);
    kk_buffer_close(&laughs);
    kk_buffer_close(&deep);
}

static void reads_yaml(void **state)
{
    (void)state;
    kk_yaml *root;
    kk_fault fault = {0};
    kk_slice text = KK_S("# c\na: 1\nb: [x, 'null', ~]\nc:\n  d: yes\n  e: |\n    two\n    "
                         "lines\n\"f g\": \"\\u3042\"\n");
    assert_int_equal(kk_yaml_read(arena, text, &root, &fault), KK_OK);
    same(kk_yaml_get(root, "a")->text, KK_S("1"), "a");
    assert_int_equal(kk_yaml_get(root, "a")->line, 2);
    const kk_yaml *list = kk_yaml_get(root, "b");
    assert_int_equal(kk_yaml_count(list), 3);
    assert_int_equal(list->first->next->kind, KK_YAML_TEXT);
    assert_true(list->first->next->quoted);
    assert_int_equal(list->first->next->next->kind, KK_YAML_NULL);
    bool yes = false;
    assert_true(kk_yaml_bool(kk_yaml_get(kk_yaml_get(root, "c"), "d"), &yes) && yes);
    same(kk_yaml_get(kk_yaml_get(root, "c"), "e")->text, KK_S("two\nlines\n"), "block");
    same(kk_yaml_get(root, "f g")->text, KK_S("あ"), "quoted");
    assert_int_equal(kk_yaml_get(root, "f g")->key_line, 9);
    assert_null(kk_yaml_get(root, "none"));
    static const struct {
        const char *text, *line;
    } wrong[] = {{"a: 1\na: 2\n", "line 2"},
                 {"a: &x 1\nb: *x\n", "line 2"},
                 {"a: {b: 1\n", "line "},
                 {"a:\n\tb: 1\n", "line 2"},
                 {"a: 'x\n", "line "}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        fault = (kk_fault){0};
        assert_int_equal(kk_yaml_read(arena, kk_cstr(wrong[i].text), &root, &fault), KK_INVALID);
        if (!strstr(fault.text, wrong[i].line))
            fail_msg("`%s` is told as `%s`", wrong[i].text, fault.text);
    }
}

/* --- encodings --- */

static void encodings(void **state)
{
    (void)state;
    static const struct { /* bytes as Python's codecs make them of the same text */
        kk_charset charset;
        const char *hex, *utf8;
    } cases[] = {
        {KK_CP932, "8de28ce0", "坂呉"},
        {KK_CP932, "fbfc8d82", "髙高"}, /* IBM and JIS forms */
        {KK_CP932, "878a", "㈱"},       /* NEC row 13 */
        {KK_CP932, "b6c5", "ｶﾅ"},
        {KK_CP932, "8160", "～"}, /* Windows: U+FF5E */
        {KK_EUC_JP, "bbe1ccbe8eb6", "氏名ｶ"},
        {KK_ISO_2022_JP, "1b24423b614c3e1b2842", "氏名"},
        {KK_UTF16LE, "0f6c0d540d0a3dd800de", "氏名\xe0\xa8\x8d\xf0\x9f\x98\x80"},
        {KK_UTF16BE, "6c0f540d", "氏名"},
        {KK_LATIN1, "e9", "é"},
        {KK_UTF8, "e6b08f", "氏"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t lost = 0;
        same(kk_decode(arena, cases[i].charset, from_hex(cases[i].hex), &lost),
             kk_cstr(cases[i].utf8), kk_charset_name(cases[i].charset));
        assert_int_equal(lost, 0);
    }
    size_t lost = 0;
    kk_slice damaged;
    static const struct {
        kk_charset charset;
        const char *hex, *utf8;
        size_t lost;
    } broken[] = {{KK_CP932, "41a042",
                   "A\xef\xbf\xbd"
                   "B",
                   1},
                  {KK_CP932, "41fd42",
                   "A\xef\xbf\xbd"
                   "B",
                   1},
                  {KK_CP932, "4181", "A\xef\xbf\xbd", 1},
                  {KK_EUC_JP, "41b02042", "A\xef\xbf\xbd B", 1},
                  {KK_EUC_JP, "41b0", "A\xef\xbf\xbd", 1},
                  {KK_ISO_2022_JP, "1b24423021ff1b28425a", "亜\xef\xbf\xbdZ", 1},
                  {KK_UTF8, "41e6b042",
                   "A\xef\xbf\xbd\xef\xbf\xbd"
                   "B",
                   2},
                  {KK_UTF16LE, "41003dd8", "A\xef\xbf\xbd", 1}};
    for (size_t i = 0; i < COUNT(broken); i++) {
        same(kk_decode(arena, broken[i].charset, from_hex(broken[i].hex), &lost),
             kk_cstr(broken[i].utf8), broken[i].hex);
        assert_int_equal(lost, broken[i].lost);
    }
    damaged = kk_decode(arena, KK_CP932, from_hex("41812042"), &lost);
    assert_true(kk_utf8_valid(damaged) && lost >= 1 && kk_starts(damaged, KK_S("A")) &&
                kk_ends(damaged, KK_S("B")));
    same(kk_encode(arena, KK_CP932, KK_S("高a")), from_hex("8d8261"), "to CP932");
    same(kk_utf8_to_utf16(arena, KK_S("a\xf0\x9f\x98\x80")), from_hex("61003dd800de"), "to UTF-16");
    same(kk_utf16_to_utf8(arena, from_hex("00d841006100ff")),
         KK_S("\xef\xbf\xbd"
              "A\x61"),
         "a lone surrogate, an odd byte");
    kk_charset charset;
    assert_true(kk_charset_by_name(KK_S("Shift_JIS"), &charset) && charset == KK_CP932);
    assert_true(kk_charset_by_name(KK_S("ISO-2022-JP"), &charset) && charset == KK_ISO_2022_JP);
    assert_false(kk_charset_by_name(KK_S("klingon"), &charset));
}

static void guesses(void **state)
{
    (void)state;
    static const char text[] = "会員番号,氏名,フリガナ,住所,電話番号\r\n1001,髙橋 一郎,ﾀｶﾊｼ "
                               "ｲﾁﾛｳ,東京都品川区大井1-2-3,03-0000-0000\r\n";
    static const kk_charset charsets[] = {KK_UTF8, KK_CP932, KK_UTF16LE};
    for (size_t i = 0; i < COUNT(charsets); i++) {
        kk_slice bytes = charsets[i] == KK_UTF8 ? KK_S(text)
                         : charsets[i] == KK_UTF16LE
                             ? kk_join(arena, KK_S("\xff\xfe"), kk_utf8_to_utf16(arena, KK_S(text)))
                             : kk_encode(arena, charsets[i], KK_S(text));
        assert_int_equal(kk_charset_guess(bytes, NULL), charsets[i]);
        if (charsets[i] != KK_UTF16LE) /* a cut last character counts against nothing */
            assert_int_equal(kk_charset_guess(kk_part(bytes, 0, 18), NULL), charsets[i]);
    }
    assert_int_equal(kk_charset_guess(from_hex("bbe1ccbe2cbdbbbdea2cc5c5cfc3c8d6b9e60a"), NULL),
                     KK_EUC_JP);
    assert_int_equal(kk_charset_guess(from_hex("1b24423b614c3e1b2842"), NULL), KK_ISO_2022_JP);
    assert_int_equal(kk_charset_guess(KK_S("plain ASCII\n"), NULL), KK_UTF8);
}

static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        bool valid;
    } cases[] = {{"", true},         {"41", true},        {"c3a9", true},      {"e6b08f", true},
                 {"f09f9880", true}, {"f48fbfbf", true},  {"c0af", false},     {"c1bf", false},
                 {"e08080", false},  {"f0808080", false}, {"eda080", false},   {"f4908080", false},
                 {"ff", false},      {"80", false},       {"c3", false},       {"e6b0", false},
                 {"f09f98", false},  {"c341", false},     {"f8888080", false}, {"00", true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        kk_slice bytes = from_hex(cases[i].hex);
        if (kk_utf8_valid(bytes) != cases[i].valid)
            fail_msg("%s", cases[i].hex);
        kk_slice clean = kk_utf8_clean(arena, bytes);
        assert_true(kk_utf8_valid(clean));
        if (cases[i].valid)
            same(clean, bytes, "clean text stays");
    }
    same(kk_nfkc(arena, KK_S("ｶﾞ１㈱")), KK_S("ガ1(株)"), "NFKC");
    same(kk_nfkc_fold(arena, KK_S("ＡbＣ")), KK_S("abc"), "NFKC and folding");
    assert_int_equal(kk_char_count(KK_S("aé氏\xf0\x9f\x98\x80")), 4);
    kk_buffer out = {0};
    kk_put_char(&out, 0x6c0f);
    kk_put_char(&out, 0xd800);
    same(kk_buffer_slice(&out), KK_S("氏\xef\xbf\xbd"), "characters");
    kk_buffer_close(&out);
}

/* Every name of a file comes back byte for byte, and two names are never one text. */
static void names(void **state)
{
    (void)state;
    static const char *const hex[] = {
        "",       "61",       "e6b08f",         "ff",       "fe",           "61ff62",
        "835c",   "eebfbf",   "eebe80",         "eebf",     "efbfbd",       "ee",
        "c3c3a9", "f09f98",   "616263e6b0ffe6", "eebdbf41", "80818283feff", "ed",
        "612f62", "61212f62", "61eebca12f62",   "6121",     "61eebca1",     "6121212f62"};
    for (size_t i = 0; i < COUNT(hex); i++) {
        kk_slice bytes = from_hex(hex[i]), text = kk_name_text(arena, bytes);
        assert_true(kk_utf8_valid(text));
        same(kk_name_bytes(arena, text), bytes, hex[i]);
        assert_int_equal(kk_name_bytes(arena, text).ptr[bytes.len], 0);
        for (size_t k = 0; k < i; k++)
            assert_false(kk_eq(text, kk_name_text(arena, from_hex(hex[k]))));
    }
    same(kk_name_text(arena, KK_S("顧客/会員.csv")), KK_S("顧客/会員.csv"), "plain names stay");
    same(kk_name_text(arena, KK_S("急ぎ!.zip")), KK_S("急ぎ!.zip"), "a sign within a name stays");
    assert_int_equal(kk_find(kk_name_text(arena, KK_S("a.zip!/b.csv")), KK_S("!/")), KK_NOWHERE);
}

/* --- lines --- */

static void collect(kk_slice text, uint64_t begin, uint64_t end, kk_buffer *out, size_t *cuts)
{
    kk_stream *stream = kk_stream_over_memory(arena, text, KK_S("x"));
    kk_reader reader = kk_reader_open(arena, stream, begin, end);
    kk_slice line;
    uint64_t offset;
    bool cut;
    while (kk_reader_line(&reader, &line, &offset, &cut)) {
        kk_putf(out, "%llu:%zu,", (unsigned long long)offset, line.len);
        *cuts += cut;
    }
    assert_false(reader.failed);
}

static void lines_of(const char *text, const char *wanted)
{
    kk_buffer out = {0};
    size_t cuts = 0;
    collect(kk_cstr(text), 0, UINT64_MAX, &out, &cuts);
    same(kk_buffer_slice(&out), kk_cstr(wanted), text);
    for (uint64_t at = 0; at <= strlen(text);
         at++) { /* cut anywhere into two ranges: the same lines */
        out.len = 0;
        collect(kk_cstr(text), 0, at, &out, &cuts);
        collect(kk_cstr(text), at, UINT64_MAX, &out, &cuts);
        if (at)
            same(kk_buffer_slice(&out), kk_cstr(wanted), text);
    }
    assert_int_equal(cuts, 0);
    kk_buffer_close(&out);
}

static void reads_lines(void **state)
{
    (void)state;
    lines_of("", "");
    lines_of("a", "0:1,");
    lines_of("a\n", "0:1,");
    lines_of("a\r\nbb\n\nccc", "0:1,3:2,6:0,7:3,");
    lines_of("\n\n", "0:0,1:0,");
    lines_of("a\rb\n", "0:3,");
    size_t size = 3u << 20, cuts = 0;
    char *giant = kk_take(arena, size + 3);
    memset(giant, 'x', size);
    memcpy(giant + size, "\ny\n", 3);
    kk_buffer out = {0};
    collect((kk_slice){giant, size + 3}, 0, UINT64_MAX, &out, &cuts);
    same(kk_buffer_slice(&out), kk_print(arena, "0:%u,%zu:1,", KK_LINE_MAX, size + 1),
         "a giant line and the next");
    assert_int_equal(cuts, 1);
    kk_buffer_close(&out);
}

static void streams(void **state)
{
    (void)state;
    char into[16];
    kk_stream *whole = kk_stream_over_memory(arena, KK_S("0123456789"), KK_S("x"));
    kk_stream *part = kk_stream_part(arena, whole, 3, 4, KK_S("y"));
    assert_int_equal(part->size, 4);
    assert_int_equal(kk_read(part, 1, into, sizeof into), 3);
    assert_memory_equal(into, "456", 3);
    assert_int_equal(kk_read(part, 4, into, 1), 0);
    assert_int_equal(kk_read(part, UINT64_MAX, into, 1), 0);
    kk_stream *beyond =
        kk_stream_part(arena, whole, 8, 100, KK_S("z")); /* larger than what it is a part of */
    assert_int_equal(kk_read(beyond, 0, into, sizeof into), 2);
    assert_int_equal(kk_read(beyond, 50, into, 1), 0);
}

/* Every list of up to nine places with one step in it, at each place, and with none. */
static void lower_bounds(void **state)
{
    (void)state;
    for (size_t count = 0; count < 10; count++)
        for (size_t step = 0; step <= count; step++) {
            size_t at = 99;
            KK_LOWER_BOUND(at, count, at < step);
            assert_int_equal(at, step);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(splits),
        cmocka_unit_test(names_in_other_scripts),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(globs),
        cmocka_unit_test(globs_are_not_slow),
        cmocka_unit_test(arenas),
        cmocka_unit_test(arenas_on_disk),
        cmocka_unit_test(cursors),
        cmocka_unit_test(sizes_that_wrap),
        cmocka_unit_test(civil_days),
        cmocka_unit_test(parses_times),
        cmocka_unit_test(zones),
        cmocka_unit_test(hashes),
        cmocka_unit_test(writes_json),
        cmocka_unit_test(writes_lists_of_structs),
        cmocka_unit_test(reads_json),
        cmocka_unit_test(reads_yaml),
        cmocka_unit_test(yaml_bombs),
        cmocka_unit_test(names),
        cmocka_unit_test(encodings),
        cmocka_unit_test(guesses),
        cmocka_unit_test(utf8),
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(streams),
        cmocka_unit_test(lower_bounds),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
