/* Long and short values with what rules want at any place of them, held against a plain search: the sieve
 * before the tests has to let all of these through. */
#include "tests/unit/sigma_kit.h"

#include "detect/fold.h"
#include "detect/sample.h"

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

typedef enum { OF_FIELD, OF_KEYWORDS, OF_CLASS } want;

static bool is_of_class(kk_slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!memchr("abckxABCK_", value.ptr[i], 10))
            return false;
    return value.len >= 5 && value.len <= 9;
}

static bool is_wanted(kk_slice value, want what)
{
    kk_slice folded = kk_fold(arena, value);
    if (what == OF_CLASS)
        return is_of_class(value) || kk_has(folded, KK_S("cc_kb")) || kk_ends(folded, KK_S("a_ac"));
    if (what == OF_KEYWORDS)
        return kk_has(folded, kk_cstr(inside[0])) || kk_has(folded, kk_cstr(inside[1]));
    bool wanted = kk_eq(folded, KK_S("ab")) || kk_eq(folded, KK_S("accac"));
    for (size_t i = 0; i < 4; i++)
        wanted |= kk_has(folded, kk_cstr(inside[i]));
    for (size_t i = 0; i < 2; i++)
        wanted |= kk_starts(folded, kk_cstr(before[i])) || kk_ends(folded, kk_cstr(behind[i]));
    return wanted;
}

/* ---- values that nobody made text of yet ---- */

typedef struct {
    kk_slice text;
    kk_xml_value raw;
    unsigned asked; /* for its text */
} unread_value;

static kk_slice text_of(void *context, const kk_xml_value *value)
{
    unread_value *v = context;
    assert_ptr_equal(value, &v->raw);
    v->asked++;
    return v->text;
}

/* As UTF-16, with a terminator now and then; characters of one or three bytes. */
static void make_unread(unread_value *v, kk_slice text)
{
    uint8_t *out = kk_take(arena, 2 * text.len + 2 + KK_XML_BEHIND);
    uint32_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t c = (unsigned char)text.ptr[i];
        if (c >= 0xe0) {
            c = (c & 15) << 12 | ((uint32_t)text.ptr[i + 1] & 63) << 6 |
                ((uint32_t)text.ptr[i + 2] & 63);
            i += 2;
        }
        out[len++] = (uint8_t)c;
        out[len++] = (uint8_t)(c >> 8);
    }
    memset(out + len, below(2) ? 'c' : 0xff, KK_XML_BEHIND + 2);
    if (!below(3))
        len += 2, out[len - 2] = out[len - 1] = 0;
    *v = (unread_value){.text = text, .raw = {out, len, KK_XML_UTF16}};
}

static bool fires_unread(kit *k, unread_value *v, kk_slice dataset)
{
    kk_raw_texts texts = {text_of, v};
    kk_event event = {0};
    kk_sample_wish wish;
    const char *what;
    kk_rule_hit hits[8];
    if (!kk_sample_read(arena, kk_cstr(application("\"A\":\"\"")), &event, &wish, &what))
        fail_msg("%s", what);
    event.text[KK_DATASET] = dataset;
    event.unread = &texts;
    event.more[event.more_count - 1].value =
        (kk_slice){(const char *)(const void *)&v->raw, KK_UNREAD};
    if (!kk_matcher_takes_unread(k->matcher, &event))
        fail_msg("such events are asked for with all their texts");
    return kk_match(k->matcher, &event, hits, 8) > 0;
}

#define OF_APPLICATION KK_S("windows.application")

static void hold_against_search(const char *detection, want what)
{
    kit k = kit_of(rule_of(APPLICATION, detection));
    size_t wanted = 0, asked = 0;
    assert_int_equal(k.set->count, 1);
    for (int i = 0; i < 8000; i++) {
        kk_slice value = random_value();
        bool should = is_wanted(value, what);
        if (fires_on(&k, application(kk_print(arena, "\"A\":\"%.*s\"", KK_P(value)).ptr)) != should)
            fail_msg("`%.*s` should%s match", KK_P(value), should ? "" : " not");
        wanted += should;
        unread_value unread;
        make_unread(&unread, value);
        if (fires_unread(&k, &unread, OF_APPLICATION) != should)
            fail_msg("unread, `%.*s` should%s match", KK_P(value), should ? "" : " not");
        assert_true(unread.asked <= 1); /* not where it is known from the event before */
        asked += unread.asked;
    }
    assert_true(wanted > 500);
#ifdef __x86_64__
    assert_true(what != OF_KEYWORDS || asked < 6000 || !__builtin_cpu_supports("avx2"));
#endif
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
                        OF_FIELD);
}

static void test_keywords(void **state)
{
    (void)state;
    hold_against_search("    k:\n        - 'LSA:dump::x'\n        - 'cc_kb'\n    condition: k",
                        OF_KEYWORDS);
}

static void test_classes(void **state)
{
    (void)state;
    hold_against_search("    s1:\n        A|re: '^[a-ckxA-CK_]{5,9}$'\n"
                        "    s2:\n        A|contains: 'cc_kb'\n"
                        "    s3:\n        A|endswith: 'a_ac'\n"
                        "    condition: 1 of s*",
                        OF_CLASS);
}

static void test_networks(void **state)
{
    static const struct {
        const char *value;
        bool fires;
    } values[] = {{"10.1.2.3", true},         {"11.1.2.3", false},  {"127.0.0.1", true},
                  {"fe80::1", true},          {"fe80::1%4", true},  {"fec0::1", false},
                  {"::ffff:10.2.3.4", true},  {"127.no", true},     {"x10.1.2.3", false},
                  {"192.168.1.7.mimi", true}, {"010.1.2.3", false}, {"ABCDEF", true},
                  {"ABCDEFG", false},         {"192.168.1", false}, {"192.168.1.9", true},
                  {"192.168.2.9", false},     {"-", false}};
    (void)state;
    kit k = kit_of(rule_of(APPLICATION, "    s1:\n        A|cidr: ['10.0.0.0/8', 'fe80::/10']\n"
                                        "    s2:\n        A|cidr: '192.168.1.0/24'\n"
                                        "    s3:\n        A|startswith: '127.'\n"
                                        "    s4:\n        A|contains: 'mimi'\n"
                                        "    s5:\n        A|re: '^[A-Z]{6}$'\n"
                                        "    condition: 1 of s*"));
    assert_int_equal(k.set->count, 1);
    for (size_t i = 0; i < 40 * sizeof values / sizeof *values; i++) {
        const char *value = values[i % (sizeof values / sizeof *values)].value;
        bool should = values[i % (sizeof values / sizeof *values)].fires;
        unread_value unread;
        make_unread(&unread, kk_cstr(value));
        if (fires_unread(&k, &unread, OF_APPLICATION) != should ||
            fires_on(&k, application(kk_print(arena, "\"A\":\"%s\"", value).ptr)) != should)
            fail_msg("`%s` should%s match", value, should ? "" : " not");
    }
    kit_close(&k);
}

/* What few tests are asked of at one place may pass others at another one. */
static void test_places(void **state)
{
    (void)state;
    const char *one = rule_of(APPLICATION, "    s:\n        A|re: '^[a-z]{9}$'\n    condition: s");
    const char *other = rule_of("product: windows\n    service: system",
                                "    s:\n        A|contains: 'mimi'\n    condition: s");
    kit k = kit_of(kk_print(arena, "%s\n---\n%s", one, other).ptr);
    unread_value v;
    assert_int_equal(k.set->count, 2);
    make_unread(&v, KK_S("xmimimimi"));
    for (int i = 0; i < 8; i++)
        assert_true(fires_unread(&k, &v, OF_APPLICATION));
    assert_true(fires_unread(&k, &v, KK_S("windows.system")));
    make_unread(&v, KK_S("xmimimimi\n")); /* a line may end behind it */
    assert_true(fires_unread(&k, &v, OF_APPLICATION));
    make_unread(&v, KK_S("xmimimim\n"));
    assert_false(fires_unread(&k, &v, OF_APPLICATION));
    kit_close(&k);
}

/* What passed nothing before is not taken for what it resembles. */
static void test_again(void **state)
{
    (void)state;
    kit k = kit_of(rule_of(APPLICATION, "    s:\n        A: ['1337', 'xyz1']\n    condition: s"));
    static const uint8_t number[4 + KK_XML_BEHIND] = {0x39, 0x05};
    unread_value dull, passing, odd = {KK_S("\x39\x05"), {number, 4, KK_XML_UTF16}, 0},
                                same = {KK_S("1337"), {number, 4, KK_XML_UINT32}, 0};
    make_unread(&dull, KK_S("xyz2"));
    make_unread(&passing, KK_S("xyz1"));
    dull.raw.len = passing.raw.len = 8;
    for (int i = 0; i < 40; i++) {
        assert_false(fires_unread(&k, &dull, OF_APPLICATION));
        assert_false(fires_unread(&k, &odd, OF_APPLICATION));
        assert_true(fires_unread(&k, &passing, OF_APPLICATION));
        assert_true(fires_unread(&k, &same, OF_APPLICATION));
    }
    kit_close(&k);
}

/* A column stands before a pair of the name: where it was there, the pair was not asked. */
static void test_columns_first(void **state)
{
    (void)state;
    kit k = kit_of(rule_of("product: fortigate\n    category: firewall",
                           "    s:\n        devname: evil\n    condition: s"));
    kk_pair pair = {KK_S("devname"), KK_S("evil")};
    kk_event event = {.more = &pair, .more_count = 1};
    kk_rule_hit hits[8];
    event.text[KK_DATASET] = KK_S("fortinet.traffic");
    assert_int_equal(k.set->count, 1);
    for (int i = 0; i < 40; i++) {
        event.text[KK_HOST_NAME] = KK_S("fw1");
        assert_int_equal(kk_match(k.matcher, &event, hits, 8), 0);
        event.text[KK_HOST_NAME] = KK_NONE;
        assert_int_equal(kk_match(k.matcher, &event, hits, 8), 1);
    }
    kit_close(&k);
}

/* Numbers are made text of where a rule may want one, and nowhere else. */
static void test_numbers(void **state)
{
    static const uint8_t bytes[4 + KK_XML_BEHIND] = {0x39, 0x05};
    (void)state;
    kit some = kit_of(rule_of(APPLICATION, "    s:\n        A: 1337\n    condition: s"));
    kit part = kit_of(rule_of(APPLICATION, "    s:\n        A|contains: '337'\n    condition: s"));
    kit none = kit_of(rule_of(APPLICATION, "    s:\n        A|contains: 'mimi'\n    condition: s"));
    unread_value v = {KK_S("1337"), {bytes, 4, KK_XML_UINT32}, 0};
    assert_true(fires_unread(&some, &v, OF_APPLICATION));
    assert_true(fires_unread(&part, &v, OF_APPLICATION));
    assert_int_equal(v.asked, 2);
    assert_false(fires_unread(&none, &v, OF_APPLICATION));
    assert_int_equal(v.asked, 2);
    kit_close(&some);
    kit_close(&part);
    kit_close(&none);
}

/* Columns are not there where further fields are unread. */
static void test_columns(void **state)
{
    (void)state;
    const char *const wants[] = {"user.name: x", "event.outcome: success", "UserID: S-1-5-18",
                                 "Execution_ProcessID: 4"};
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
        kk_event event = {0};
        kit k = kit_of(rule_of(
            APPLICATION, kk_print(arena, "    s:\n        %s\n    condition: s", wants[i]).ptr));
        event.text[KK_DATASET] = KK_S("windows.application");
        assert_int_equal(k.set->count, 1);
        assert_false(kk_matcher_takes_unread(k.matcher, &event));
        kit_close(&k);
    }
    kit k = kit_of(rule_of(APPLICATION, "    keywords: ['1000']\n    condition: keywords"));
    kk_event event = {0};
    event.text[KK_DATASET] = KK_S("windows.application");
    assert_false(kk_matcher_takes_unread(k.matcher, &event));
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fields, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_keywords, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_classes, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_networks, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_places, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_again, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_columns_first, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_numbers, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_columns, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
