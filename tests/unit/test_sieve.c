/* Long and short values with what rules want at any place of them, held against a plain search: the sieve
 * before the tests has to let all of these through. */
#include "tests/unit/sigma_kit.h"

#include "detect/fold.h"

static uint64_t seed = 11;

static uint32_t below(uint32_t most)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % most;
}

static const char *const inside[] = {"lsa:dump::x", "cc_kb", "abba", "ccc"};
static const char *const before[] = {"acab", "bacc_a"};
static const char *const behind[] = {"b.ca", "a_ac"};

static kk_slice random_value(void)
{
    static const char *const pieces[] = {"a",    "B",     "c",    "_",  ".",  ":", "x",
                                         "ab",   "cc_",   "cc",   "K",  "kb", "C", "\xe2\x84\xaa",
                                         "ACAB", "bacc_", "a_ac", "b.", "ca"};
    kk_slice out = KK_NONE;
    uint32_t most = below(3) ? 6 : 60, last = below(4) ? 13 : 19;
    for (uint32_t i = below(most); i; i--)
        out = kk_join(arena, out, kk_cstr(pieces[below(last)]));
    if (!below(6)) {
        uint32_t at = below((uint32_t)out.len + 1);
        while (at < out.len && ((unsigned char)out.ptr[at] & 0xc0) == 0x80)
            at++;
        kk_slice found = kk_join(arena, kk_part(out, 0, at), kk_cstr(inside[below(4)]));
        out = kk_join(arena, found, kk_from(out, at));
    }
    return out;
}

static bool is_wanted(kk_slice value, bool keywords)
{
    kk_slice folded = kk_fold(arena, value);
    if (keywords)
        return kk_has(folded, kk_cstr(inside[0])) || kk_has(folded, kk_cstr(inside[1]));
    bool wanted = kk_eq(folded, KK_S("ab")) || kk_eq(folded, KK_S("accac"));
    for (size_t i = 0; i < 4; i++)
        wanted |= kk_has(folded, kk_cstr(inside[i]));
    for (size_t i = 0; i < 2; i++)
        wanted |= kk_starts(folded, kk_cstr(before[i])) || kk_ends(folded, kk_cstr(behind[i]));
    return wanted;
}

static void hold_against_search(const char *detection, bool keywords)
{
    kit k = kit_of(rule_of(APPLICATION, detection));
    size_t wanted = 0;
    assert_int_equal(k.set->count, 1);
    for (int i = 0; i < 8000; i++) {
        kk_slice value = random_value();
        bool should = is_wanted(value, keywords);
        if (fires_on(&k, application(kk_print(arena, "\"A\":\"%.*s\"", KK_P(value)).ptr)) != should)
            fail_msg("`%.*s` should%s match", KK_P(value), should ? "" : " not");
        wanted += should;
    }
    assert_true(wanted > 500);
    kit_close(&k);
}

static void test_fields(void **state)
{
    (void)state;
    hold_against_search("    s1:\n        A|contains: ['lsa:dump::x', 'cc_kb', 'ABBA', 'ccc']\n"
                        "    s2:\n        A|startswith: ['acab', 'bacc_a']\n"
                        "    s3:\n        A|endswith: ['b.ca', 'a_ac']\n"
                        "    s4:\n        A: ['ab', 'acCac']\n"
                        "    condition: 1 of s*",
                        false);
}

static void test_keywords(void **state)
{
    (void)state;
    hold_against_search("    k:\n        - 'LSA:dump::x'\n        - 'cc_kb'\n    condition: k",
                        true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fields, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_keywords, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
