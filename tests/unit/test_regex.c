/* What is told of regular expressions without running them, held against running them. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "detect/fold.h"
#include "detect/regex.h"
#include "test.h"

static uint64_t seed = 7;

static uint32_t below(uint32_t most)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % most;
}

/* Of a few pieces, one behind the other. */
static kk_slice made_of(kk_arena *arena, const char *const *pieces, uint32_t count, uint32_t most)
{
    kk_slice out = KK_NONE;
    for (uint32_t i = 1 + below(most); i; i--)
        out = kk_join(arena, out, kk_cstr(pieces[below(count)]));
    return out;
}

/* -1: it is no expression. */
static int run(kk_slice regex, kk_slice text, bool nocase)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)regex.ptr, regex.len, nocase ? PCRE2_CASELESS : 0,
                                     &error, &at, NULL);
    if (!code)
        return -1;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int got = pcre2_match(code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return got >= 0;
}

static bool has_letter(const kk_regex_order *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (kk_has(o->text[i], KK_S("a")) || kk_has(o->text[i], KK_S("b")))
            return true;
    return false;
}

static void order_is_what_is_found(void **state)
{
    static const char *const of_regex[] = {"a",  "B",    "\\+", ".*",   "\\s",    "(ab)?", "(?:b)",
                                           "a+", "b?",   "\\{", "[ab]", "a{0,2}", "^",     "$",
                                           "|",  "(?i)", ".*",  ".*?",  "(?=a)",  "(?!b)", "\\n"};
    static const char *const of_text[] = {"a", "b", "A", "B", "+", "{", " ", "\n", "ab"};
    size_t told = 0, settled = 0, found = 0;
    for (int i = 0; i < 60000; i++) {
        kk_arena *arena = kk_arena_open();
        kk_slice regex = made_of(arena, of_regex, i % 2 ? 21 : 4, 6);
        kk_slice text = made_of(arena, of_text, 9, 9);
        bool nocase = below(2);
        int really = run(regex, text, nocase);
        kk_regex_order order;
        if (really >= 0 && kk_regex_order_of(arena, regex, &order)) {
            bool fits = kk_regex_order_fits(&order, kk_fold(arena, text));
            assert_false(!fits && really);
            told += !fits;
            if (fits && order.is_all && (nocase || !has_letter(&order)) &&
                kk_find_byte(text, '\n') == KK_NOWHERE) {
                assert_true(really);
                settled++;
            }
            found += (size_t)really;
        }
        kk_arena_close(arena);
    }
    assert_true(told > 5000 && settled > 500 && found > 2000);
    (void)state;
}

static void class_is_what_is_found(void **state)
{
    static const char *const classes[] = {"[A-Za-z0-9]", "[a-f]", "[A-F0-9]", "[xyz]", "[a-z5]"};
    static const char *const times[] = {"{3}", "{2,4}", "{0,2}", "{3,}", "{10}"};
    static const char *const of_text[] = {"a", "F", "0", "x", "Z", "5", "-", "_", "g"};
    size_t found = 0;
    for (int i = 0; i < 30000; i++) {
        kk_arena *arena = kk_arena_open();
        kk_slice regex = kk_print(arena, "^%s%s$", classes[below(5)], times[below(5)]);
        kk_slice text = made_of(arena, of_text, i % 2 ? 9 : 4, 5);
        bool nocase = below(2);
        kk_regex_class c;
        assert_true(kk_regex_class_of(regex, nocase, &c));
        int really = run(regex, text, nocase);
        assert_int_equal(kk_regex_class_fits(&c, text), really);
        found += (size_t)really;
        kk_arena_close(arena);
    }
    assert_true(found > 2000);
    (void)state;
}

static void other_expressions_are_no_class(void **state)
{
    static const char *const others[] = {"^[a-z]{3}",      "[a-z]{3}$", "^[^a]{3}$",  "^[a\\d]{3}$",
                                         "^[a-z]{3}b{2}$", "^[]a]{3}$", "^[a-z]{x}$", "^[a-z]{}$",
                                         "^[a-z]{,3}$",    "^[]{3}$",   "^[z-a]{3}$"};
    kk_regex_class c;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(kk_regex_class_of(kk_cstr(others[i]), false, &c));
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_what_is_found),
        cmocka_unit_test(class_is_what_is_found),
        cmocka_unit_test(other_expressions_are_no_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
