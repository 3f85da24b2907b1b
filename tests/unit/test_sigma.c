/* Sigma: every line of the specification by hand. */
#include "tests/unit/sigma_kit.h"

#include "detect/sample.h"
#include "model/batch.h"

/* `selection` is the body of one selection, indented by eight. */
static kit kit_for(const char *selection)
{
    return kit_of(rule_of(APPLICATION,
                          kk_print(arena, "    s:\n        %s\n    condition: s", selection).ptr));
}

static void check(const char *selection, const char *fields, bool wanted)
{
    kit k = kit_for(selection);
    if (!k.set->count)
        fail_msg("`%s` is refused: %.*s", selection, KK_P(k.set->refusals[0].what));
    if (fires_on(&k, application(fields)) != wanted)
        fail_msg("`%s` on %s should%s match", selection, fields, wanted ? "" : " not");
    kit_close(&k);
}

static void yes(const char *selection, const char *fields)
{
    check(selection, fields, true);
}

static void no(const char *selection, const char *fields)
{
    check(selection, fields, false);
}

static void refused(const char *selection, const char *why)
{
    kk_sigma *set = kk_sigma_open(arena);
    const char *yaml = rule_of(
        APPLICATION, kk_print(arena, "    s:\n        %s\n    condition: s", selection).ptr);
    kk_sigma_read(set, KK_S("r.yml"), kk_cstr(yaml));
    if (set->count || !set->refusal_count)
        fail_msg("`%s` is not refused", selection);
    if (!kk_has(set->refusals[0].what, kk_cstr(why)))
        fail_msg("`%s`: %.*s", selection, KK_P(set->refusals[0].what));
    assert_int_equal(set->refusals[0].line, 7);
}

/* ---- values ---- */

static void test_wildcards(void **state)
{
    (void)state;
    yes("A: 'prog?.exe'", "\"A\":\"progA.exe\"");
    no("A: 'prog?.exe'", "\"A\":\"prog.exe\"");
    no("A: 'prog?.exe'", "\"A\":\"progAB.exe\"");
    yes("A: 'antivirus_V*.exe'", "\"A\":\"antivirus_V21.2.1.exe\"");
    yes("A: 'a*'", "\"A\":\"a\"");
    yes("A: '*'", "\"A\":\"\"");
    no("A: '*'", "\"B\":\"x\"");
    yes("A: '?'", "\"A\":\"漢\"");   /* a character, not a byte */
    no("A: 'bc'", "\"A\":\"abcd\""); /* the whole value */
    no("A: 'b*d'", "\"A\":\"abcd\"");
    yes("A: 'a*\\n*'", "\"A\":\"a\\\\n and more\\nlines\""); /* over line ends too */
    yes("A: '*a*b*c*'", "\"A\":\"xxaxxbxxaxbxc\"");
    no("A: '*a*b*c'", "\"A\":\"abcab\"");
}

static void test_escapes(void **state)
{
    (void)state;
    yes("A: 'C:\\Windows\\a'", "\"A\":\"C:\\\\Windows\\\\a\"");
    yes("A: 'C:\\\\Windows'", "\"A\":\"C:\\\\Windows\""); /* doubled is one */
    yes("A: 'a\\*'", "\"A\":\"a*\"");
    no("A: 'a\\*'", "\"A\":\"ab\"");
    yes("A: 'a\\?'", "\"A\":\"a?\"");
    no("A: 'a\\?'", "\"A\":\"ab\"");
    yes("A: 'C:\\\\*'", "\"A\":\"C:\\\\anything\""); /* a backslash, then a wildcard */
    no("A: 'C:\\\\*'", "\"A\":\"C:anything\"");
    yes("A: 'C:\\\\\\*'", "\"A\":\"C:\\\\*\""); /* three: both as they are */
    no("A: 'C:\\\\\\*'", "\"A\":\"C:\\\\x\"");
    yes("A: 'a\\\\\\\\b'", "\"A\":\"a\\\\\\\\b\""); /* four: two */
    yes("A: 'a\\\\\\b'", "\"A\":\"a\\\\\\\\b\"");   /* three: two */
    yes("A|endswith: '\\'", "\"A\":\"C:\\\\\"");    /* one alone at the end */
    no("A|endswith: '\\'", "\"A\":\"C:\"");
    yes("A|contains: '\\'", "\"A\":\"a\\\\b\"");
    yes("A|startswith: '\\\\\\\\'", "\"A\":\"\\\\\\\\server\\\\share\"");
}

static void test_case(void **state)
{
    (void)state;
    yes("A: 'ABC'", "\"A\":\"aBc\"");
    yes("A: 'ÉCOLE'", "\"A\":\"école\"");
    yes("A|contains: 'ＡＢＣ'", "\"A\":\"xａｂｃx\""); /* full width */
    yes("A|endswith: 'привет'", "\"A\":\"ПРИВЕТ\"");
    yes("A|startswith: 'ΣΑΣ'", "\"A\":\"σας\""); /* both sigmas fold to one */
    no("A: 'STRASSE'", "\"A\":\"straße\"");      /* simple folding: a character for a character */
    yes("A|cased: 'aBc'", "\"A\":\"aBc\"");
    no("A|cased: 'aBc'", "\"A\":\"ABC\"");
    yes("A|contains|cased: 'Bc'", "\"A\":\"aBcd\"");
    no("A|contains|cased: 'bc'", "\"A\":\"aBcd\"");
    no("A|startswith|cased: 'É'", "\"A\":\"é\"");
    yes("a b: x", "\"AB\":\"x\""); /* names: no blanks, no case */
}

static void test_numbers(void **state)
{
    (void)state;
    yes("A: 4624", "\"A\":4624");
    yes("A: 4624", "\"A\":\"4624\"");
    yes("A: '4624'", "\"A\":4624");
    yes("A: 16", "\"A\":\"0x10\"");
    yes("A: '0x10'", "\"A\":\"0X10\"");
    no("A: '0x10'", "\"A\":\"16\"");
    no("A: 46", "\"A\":\"4624\"");
    yes("A|contains: 62", "\"A\":\"4624\"");
    yes("A|gt: 5", "\"A\":\"5.5\"");
    no("A|gt: 5", "\"A\":\"5\"");
    yes("A|gte: 5", "\"A\":\"5\"");
    yes("A|lt: 0", "\"A\":\"-3\"");
    yes("A|lte: 18446744073709551615", "\"A\":\"18446744073709551615\"");
    no("A|lt: 18446744073709551615", "\"A\":\"18446744073709551615\"");
    yes("A|gt: 9007199254740992", "\"A\":\"9007199254740993\""); /* beyond a double */
    no("A|lt: 5", "\"A\":\"four\"");
    no("A|lt: 5", "\"B\":\"4\"");
    yes("A: true", "\"A\":true");
    refused("A|gt: many", "wants a number");
}

static void test_null_and_empty(void **state)
{
    (void)state;
    yes("A: null", "\"B\":\"x\"");
    no("A: null", "\"A\":\"\"");
    no("A: ''", "\"B\":\"x\"");
    yes("A: ''", "\"A\":\"\"");
    no("A: ''", "\"A\":\"x\"");
    yes("A:", "\"B\":\"x\"");
    yes("A|exists: true", "\"A\":\"\"");
    no("A|exists: true", "\"B\":\"\"");
    yes("A|exists: false", "\"B\":\"\"");
    no("A|exists: false", "\"A\":\"x\"");
    refused("A|exists: maybe", "true or false");
    refused("A|contains: null", "null takes no modifier");
    refused("A: ['', null]", "null cannot be in a list");
}

static void test_text_modifiers(void **state)
{
    (void)state;
    yes("A|startswith: ab", "\"A\":\"ABc\"");
    no("A|startswith: ab", "\"A\":\"cab\"");
    yes("A|endswith: ab", "\"A\":\"cAB\"");
    no("A|endswith: ab", "\"A\":\"abc\"");
    yes("A|contains: ab", "\"A\":\"cABd\"");
    yes("A|contains: [x, b]", "\"A\":\"abc\"");
    no("A|contains|all: [x, b]", "\"A\":\"abc\"");
    yes("A|contains|all: [a, b]", "\"A\":\"bca\"");
    yes("A|contains: 'a*c'", "\"A\":\"xabcx\"");
    yes("A|contains: ab", "\"A\":[\"x\",\"ab\"]"); /* a field more than once */
    yes("A|neq: ab", "\"A\":\"abc\"");
    no("A|neq: ab", "\"A\":\"AB\"");
    yes("A|neq: ab", "\"B\":\"x\""); /* what is not there differs */
    no("A|neq: [ab, cd]", "\"A\":\"cd\"");
    yes("A|contains|neq: x", "\"A\":\"abc\"");
    refused("A|all: ab", "needs a list");
    refused("A|contains|all: [ab]", "more than one value");
    refused("A|contians: ab", "there is no modifier `contians`");
    refused("A|contains|startswith: ab", "cannot stand with another");
    refused("A: []", "empty list");
    refused("A: [[a]]", "cannot be a list");
}

static void test_recoding(void **state)
{
    (void)state;
    yes("A|windash|contains: ' -foo'", "\"A\":\"x /foo\"");
    yes("A|contains|windash: ' -foo'", "\"A\":\"x \\u2013foo\"");
    yes("A|contains|windash: ' /foo'", "\"A\":\"x \\u2015FOO\"");
    no("A|contains|windash: 'a-foo'", "\"A\":\"a/foo\""); /* no option: inside a word */
    yes("A|endswith|windash: '-f*o'", "\"A\":\"x /fo\""); /* with wildcards */
    yes("A|base64: 'foo'", "\"A\":\"Zm9v\"");
    yes("A|base64|contains: 'foobar'", "\"A\":\"xxZm9vYmFyxx\"");
    yes("A|base64offset|contains: 'foobar'", "\"A\":\"eGZvb2Jhcg==\""); /* xfoobar */
    yes("A|base64offset|contains: 'foobar'", "\"A\":\"eHhmb29iYXJ6\""); /* xxfoobarz */
    yes("A|base64offset|contains: 'foobar'", "\"A\":\"Zm9vYmFyenp6\""); /* foobarzzz */
    no("A|base64offset|contains: 'foxbar'", "\"A\":\"eHhmb29iYXJ6\"");
    yes("A|wide|base64: 'ab'", "\"A\":\"YQBiAA==\"");
    yes("A|utf16le|base64: 'ab'", "\"A\":\"YQBiAA==\"");
    yes("A|utf16be|base64: 'ab'", "\"A\":\"AGEAYg==\"");
    yes("A|utf16|base64: 'ab'", "\"A\":\"//5hAGIA\"");
    yes("A|wide: 'ab'", "\"A\":\"a\\u0000b\\u0000\"");
    yes("A|wide|base64offset|contains: 'IEX'", "\"A\":\"eABJAEUAWAA=\"");
    yes("A|windash|base64: '-a -b'", "\"A\":\"L2EgLWI=\""); /* /a -b */
    yes("A|windash|base64: '/a –b'", "\"A\":\"LWEgL2I=\""); /* -a /b */
    no("A|windash|base64: 'x-a'", "\"A\":\"eC9h\"");        /* x/a: inside a word */
    yes("A|windash|base64offset|contains: ' -enc'", "\"A\":\"eCAvZW5jIHk=\""); /* x /enc y */
    yes("A|windash|wide|base64offset|contains: ' -ec'", "\"A\":\"eAAgABQgZQBjAA==\""); /* x —ec */
    no("A|windash|wide|base64offset|contains: ' -ec'", "\"A\":\"eAAgABYgZQBjAA==\"");
    refused("A|windash|base64: '-a -b -c -d -e'", "more options");
    refused("A|windash|base64: '-a*'", "wildcards");
    refused("A|base64: 'a*'", "wildcards");
    refused("A|contains|base64: 'a'", "before contains");
    refused("A|utf16: 'a'", "can be no text");
}

static void test_regex(void **state)
{
    (void)state;
    yes("A|re: 'b+c'", "\"A\":\"abbcd\""); /* anywhere */
    no("A|re: 'B+c'", "\"A\":\"abbcd\"");  /* with case */
    yes("A|re|i: 'B+c'", "\"A\":\"abbcd\"");
    no("A|re: '^b'", "\"A\":\"a\\nb\"");
    yes("A|re|m: '^b'", "\"A\":\"a\\nb\"");
    no("A|re: 'a.b'", "\"A\":\"a\\nb\"");
    yes("A|re|s: 'a.b'", "\"A\":\"a\\nb\"");
    yes("A|re|i|m|s: 'A.^B'", "\"A\":\"a\\nb\"");
    yes("A|re: '^$'", "\"A\":\"\"");
    yes("A|re: '(?i)abc'", "\"A\":\"ABC\"");
    yes("A|re: '[\\x{2013}-]enc'", "\"A\":\"x -enc\"");
    yes("A|re: '[\\x{2013}-]enc'", "\"A\":\"x \\u2013enc\"");
    yes("A|re: '(a)\\1'", "\"A\":\"aa\""); /* beyond the scanner */
    yes("A|re: 'a(?=b)'", "\"A\":\"ab\"");
    no("A|re: 'a(?!b)'", "\"A\":\"ab\"");
    yes("A|re: '^.{3}$'", "\"A\":\"漢字だ\"");
    no("A|re: '(a+)+$'", "\"A\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\""); /* ends */
    refused("A|re: 'a('", "regular expression");
    refused("A|re|contains: 'a'", "cannot stand with");
    refused("A|i: 'a'", "has to follow `re`");
}

static void test_addresses(void **state)
{
    (void)state;
    yes("A|cidr: 10.0.0.0/8", "\"A\":\"10.255.0.1\"");
    no("A|cidr: 10.0.0.0/8", "\"A\":\"11.0.0.1\"");
    yes("A|cidr: 192.0.2.128/25", "\"A\":\"192.0.2.200\"");
    no("A|cidr: 192.0.2.128/25", "\"A\":\"192.0.2.100\"");
    yes("A|cidr: ['fe80::/10', 'fc00::/7']", "\"A\":\"fd12::1\"");
    no("A|cidr: 'fe80::/10'", "\"A\":\"2001:db8::1\"");
    yes("A|cidr: 203.0.113.0/24", "\"A\":\"::ffff:203.0.113.5\"");
    no("A|cidr: '::/0'", "\"A\":\"203.0.113.5\"");
    yes("A|cidr: 0.0.0.0/0", "\"A\":\"203.0.113.5\"");
    no("A|cidr: 0.0.0.0/0", "\"A\":\"2001:db8::1\"");
    yes("A|cidr: 127.0.0.1", "\"A\":\"127.0.0.1\"");
    no("A|cidr: 127.0.0.0/8", "\"A\":\"localhost\"");
    refused("A|cidr: 10.0.0.0/33", "wants networks");
    refused("A|cidr: ten", "wants networks");
}

static void test_dates(void **state)
{
    (void)state;
    yes("A|hour: 8", "\"A\":\"2026-07-01T08:30:00Z\"");
    no("A|hour: 8", "\"A\":\"2026-07-01T09:30:00Z\"");
    yes("A|minute: 30", "\"A\":\"2026-07-01 08:30:00.123\"");
    yes("A|day: 1", "\"A\":\"2026-07-01 08:30:00\"");
    yes("A|month: 7", "\"A\":\"2026-07-01\"");
    yes("A|year: 2026", "\"A\":\"2026-07-01\"");
    yes("A|week: 27", "\"A\":\"2026-07-01\"");
    yes("A|week: 53", "\"A\":\"2021-01-01\""); /* of 2020 */
    yes("A|week: 1", "\"A\":\"2019-12-31\"");
    yes("A|hour|gte: 22", "\"A\":\"2026-07-01T23:00:00Z\"");
    no("A|hour: 8", "\"A\":\"2026-07-01\"");
    no("A|month: 2", "\"A\":\"2026-02-30T08:00:00Z\"");
    no("A|hour: 8", "\"A\":\"8\"");
}

static void test_fieldref(void **state)
{
    (void)state;
    yes("A|fieldref: B", "\"A\":\"Xy\",\"B\":\"xY\"");
    no("A|fieldref: B", "\"A\":\"x\",\"B\":\"y\"");
    no("A|fieldref: B", "\"A\":\"x\"");
    yes("A|fieldref|contains: B", "\"A\":\"abc\",\"B\":\"B\"");
    yes("A|fieldref|startswith: B", "\"A\":\"abc\",\"B\":\"ab\"");
    yes("A|fieldref|endswith: B", "\"A\":\"abc\",\"B\":\"bc\"");
    no("A|fieldref|cased: B", "\"A\":\"a\",\"B\":\"A\"");
    yes("A|fieldref|neq: B", "\"A\":\"a\",\"B\":\"b\"");
    no("A|fieldref|neq: B", "\"A\":\"a\",\"B\":\"A\"");
}

static void test_keywords(void **state)
{
    (void)state;
    kit k = kit_of(rule_of(APPLICATION, "    k:\n        - 'event::clear'\n        - 'dr?p'\n"
                                        "    condition: k"));
    assert_true(fires_on(&k, application("\"A\":\"x\",\"Zed\":\"EVENT::Clear now\"")));
    assert_true(fires_on(&k, application("\"B\":\"a drop\"")));
    assert_false(fires_on(&k, application("\"drop\":\"x\""))); /* names are no values */
    kit_close(&k);
    k = kit_of(rule_of(APPLICATION, "    k:\n        '|all':\n            - one\n"
                                    "            - two\n    condition: k"));
    assert_true(fires_on(&k, application("\"A\":\"one\",\"B\":\"TWO\"")));
    assert_false(fires_on(&k, application("\"A\":\"one\"")));
    kit_close(&k);
}

static void test_placeholders(void **state)
{
    (void)state;
    kk_slice values[] = {KK_S("srv*"), KK_S("dc01"), KK_S("pc")};
    kit k = {.set = kk_sigma_open(arena)};
    kk_sigma_list(k.set, KK_S("Servers"), values + 2, 1);
    kk_sigma_list(k.set, KK_S("Servers"), values, 2); /* the later one holds */
    kk_sigma_read(k.set, KK_S("r"),
                  kk_cstr(rule_of(APPLICATION, "    s:\n        A|expand: '%Servers%'\n"
                                               "        B|expand: '\\%x%Servers%'\n"
                                               "        C: '%Servers%'\n    condition: s")));
    kit_finish(&k);
    assert_true(fires_on(&k, application("\"A\":\"srv5\",\"B\":\"%xDC01\",\"C\":\"%servers%\"")));
    assert_false(fires_on(&k, application("\"A\":\"pc\",\"B\":\"%xdc01\",\"C\":\"%servers%\"")));
    kit_close(&k);
    refused("A|expand: '%nothing%'", "has no list");
}

/* ---- conditions ---- */

static void condition(const char *text, const char *fields, bool wanted)
{
    kit k = kit_of(rule_of(APPLICATION, kk_print(arena,
                                                 "    sel_a: {A: a}\n    sel_b: {B: b}\n"
                                                 "    _hidden: {C: c}\n    other: {D: d}\n"
                                                 "    condition: %s",
                                                 text)
                                            .ptr));
    if (!k.set->count)
        fail_msg("`%s` is refused: %.*s", text, KK_P(k.set->refusals[0].what));
    if (fires_on(&k, application(fields)) != wanted)
        fail_msg("`%s` on %s", text, fields);
    kit_close(&k);
}

static void test_conditions(void **state)
{
    (void)state;
    condition("sel_a or sel_b and other", "\"A\":\"a\"", true); /* and binds more */
    condition("(sel_a or sel_b) and other", "\"A\":\"a\"", false);
    condition("not sel_a and sel_b", "\"B\":\"b\"", true);
    condition("not (sel_a and sel_b)", "\"A\":\"a\",\"B\":\"b\"", false);
    condition("not not sel_a", "\"A\":\"a\"", true);
    condition("1 of sel_*", "\"B\":\"b\"", true);
    condition("all of sel_*", "\"B\":\"b\"", false);
    condition("all of sel*", "\"A\":\"a\",\"B\":\"b\"", true);
    condition("1 of *_b", "\"B\":\"b\"", true);
    condition("1 of them", "\"C\":\"c\"", false); /* not the hidden one */
    condition("1 of them", "\"D\":\"d\"", true);
    condition("all of them", "\"A\":\"a\",\"B\":\"b\",\"D\":\"d\"", true);
    condition("2 of them", "\"A\":\"a\",\"D\":\"d\"", true);
    condition("2 of them", "\"A\":\"a\"", false);
    condition("not 2 of them", "\"A\":\"a\"", true);
    condition("any of sel_*", "\"A\":\"a\"", true);
    condition("sel_a AND NOT other", "\"A\":\"a\"", true);
    condition("1 OF THEM", "\"D\":\"d\"", true);
    condition("[sel_a, other]", "\"D\":\"d\"", true); /* a list: or */
    condition("not 1 of sel_*", "", true);
}

static void condition_refused(const char *text, const char *why)
{
    kk_sigma *set = kk_sigma_open(arena);
    kk_sigma_read(set, KK_S("r"),
                  kk_cstr(rule_of(APPLICATION,
                                  kk_print(arena, "    a: {A: a}\n    condition: %s", text).ptr)));
    if (set->count || !kk_has(set->refusals[0].what, kk_cstr(why)))
        fail_msg("`%s`: %.*s", text, KK_P(set->count ? KK_S("taken") : set->refusals[0].what));
}

static void test_bad_conditions(void **state)
{
    (void)state;
    condition_refused("a and", "ends too early");
    condition_refused("(a", "lacks a `)`");
    condition_refused("a)", "should be");
    condition_refused("b", "no such selection");
    condition_refused("1 of b*", "there are 0 such");
    condition_refused("2 of a*", "there are 1 such");
    condition_refused("0 of a*", "wants 0");
    condition_refused("a | count() by B > 5", "correlation rule");
    condition_refused("''", "ends too early");
}

static void test_documents(void **state)
{
    (void)state;
    kk_sigma *set = kk_sigma_open(arena);
    kk_sigma_read(set, KK_S("two.yml"),
                  KK_S("title: one\nid: a\nlogsource: {category: process_creation}\n"
                       "detection: {s: {A: 1}, condition: s}\n---\n"
                       "title: two\nlogsource: {product: windows}\ndetection: {s: {A: 1}}\n---\n"
                       "title: three\nid: a\nlogsource: {product: windows}\n"
                       "detection: {s: {A: 1}, condition: s}\n---\n"
                       "title: four\nlogsource: {product: azure}\n"
                       "detection: {s: {A: 1}, condition: s}\n"));
    kk_sigma_read(set, KK_S("broken.yml"), KK_S("title: [\n"));
    kk_sigma_read(set, KK_S("list.yml"), KK_S("- a\n- b\n"));
    kk_sigma_read(set, KK_S("level.yml"), KK_S("title: x\nlevel: bad\n"));
    kk_sigma_link(set);
    kk_fault fault = {0};
    kk_buffer block = {0};
    assert_int_equal(kk_ruleset_compile(set, &(kk_sha256){{0}}, &block, &fault), KK_OK);
    assert_int_equal(set->count, 1);
    assert_int_equal(set->refusal_count, 6);
    assert_int_equal(set->refusals[0].line, 8);
    assert_true(kk_has(set->refusals[0].what, KK_S("no condition")));
    assert_true(kk_is(set->refusals[1].file, "broken.yml"));
    assert_true(kk_has(set->refusals[2].what, KK_S("no map")));
    assert_true(kk_has(set->refusals[3].what, KK_S("no level")));
    assert_true(kk_has(set->refusals[4].what, KK_S("its id")));
    assert_true(set->refusals[5].no_source);
    kk_ruleset *rules;
    assert_int_equal(kk_ruleset_open(kk_buffer_slice(&block), &rules, &fault), KK_OK);
    assert_int_equal(kk_ruleset_refusals(rules), 6);
    assert_true(kk_is(kk_ruleset_refusal(rules, 1).file, "broken.yml"));
    assert_true(kk_has(kk_ruleset_refusal(rules, 0).what, KK_S("no condition")));
    assert_int_equal(kk_ruleset_refusal(rules, 0).line, 8);
    assert_true(kk_ruleset_refusal(rules, 5).no_source);
    kk_ruleset_close(rules);
    kk_buffer_close(&block);
    kk_slice names[] = {KK_S("a"), KK_S("b")}, texts[] = {KK_S("xy"), KK_S("z")};
    kk_slice moved[] = {KK_S("x"), KK_S("yz")};
    kk_sha256 key = kk_ruleset_key_of(names, texts, 2), other = kk_ruleset_key_of(names, moved, 2);
    assert_false(kk_sha256_eq(&key, &other));
}

#define IN_APPLICATION "logsource: {product: windows, service: application}\n"

/* A document that cannot be read costs no other of its file, and is named by what it says. */
static void test_broken_documents(void **state)
{
    (void)state;
    kit k = kit_of("title: one\n" IN_APPLICATION "detection: {s: {A: a}, condition: s}\n---\n"
                   "title: 'two'\nid: the-second\ndetection: {s: [\n--- # three\ntitle: three\n" //
                   IN_APPLICATION "detection:\n  s: {A: b}\n  condition: t\n---\n# nothing\n");
    assert_int_equal(k.set->count, 1);
    assert_true(fires_on(&k, application("\"A\":\"a\"")));
    assert_int_equal(k.set->refusal_count, 2);
    assert_true(kk_is(k.set->refusals[0].title, "two"));
    assert_true(kk_is(k.set->refusals[0].id, "the-second"));
    assert_int_equal(k.set->refusals[0].line, 8);
    assert_true(kk_is(k.set->refusals[1].title, "three"));
    assert_int_equal(k.set->refusals[1].line, 13);
    kit_close(&k);
    kk_sigma *set = kk_sigma_open(arena);
    kk_sigma_read(set, KK_S("nul.yml"), (kk_slice){"title: one\n\0x", 13});
    assert_int_equal(set->refusal_count, 1);
    assert_true(kk_has(set->refusals[0].what, KK_S("NUL")));
}

/* What old rules wrote for several log sources: not in 2.1, but many such rules are about. */
static void test_old_actions(void **state)
{
    (void)state;
    kit k = kit_of("action: global\ntitle: old\nid: the-old\ndetection:\n  condition: all of s*\n"
                   "  s1: {A: a}\n---\n" IN_APPLICATION "detection: {s2: {B: b}}\n---\n"
                   "logsource: {product: windows, service: system}\n---\naction: reset\n---\n"
                   "title: alone\n" IN_APPLICATION "detection: {s: {C: c}, condition: s}\n---\n"
                   "action: repeat\ntitle: again\ndetection: {s: {C: d}}\n");
    assert_int_equal(k.set->refusal_count, 0);
    assert_int_equal(k.set->count, 4);
    assert_true(kk_is(k.set->rules[1]->id, "the-old"));
    assert_true(fires_on(&k, application("\"A\":\"a\",\"B\":\"b\"")));
    assert_false(fires_on(&k, application("\"A\":\"a\"")));
    assert_true(fires_on(&k, application("\"C\":\"c\"")));
    assert_true(fires_on(&k, application("\"C\":\"d\"")));
    kit_close(&k);
}

static void test_aliases_of_yaml(void **state)
{
    (void)state;
    kit k = kit_of("title: x\n" IN_APPLICATION
                   "detection:\n  s: &one {A: a}\n  t: {B: b}\n  u: *one\n  condition: u\n");
    assert_true(fires_on(&k, application("\"A\":\"a\"")));
    assert_false(fires_on(&k, application("\"B\":\"b\"")));
    kit_close(&k);
    k = kit_of("title: x\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
               "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
               "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n");
    assert_int_equal(k.set->count, 0);
    assert_true(kk_has(k.set->refusals[0].what, KK_S("too much")));
    kit_close(&k);
}

static void test_taxonomy(void **state)
{
    (void)state;
    kit k = kit_of(
        "title: x\ntaxonomy: Sigma\n" IN_APPLICATION "detection: {s: {A: a}, condition: s}\n"
        "---\ntitle: y\ntaxonomy: ours\n" IN_APPLICATION "detection: {s: {A: a}, condition: s}\n");
    assert_int_equal(k.set->count, 1);
    assert_int_equal(k.set->refusals[0].line, 7);
    assert_true(kk_has(k.set->refusals[0].what, KK_S("taxonomy `ours`")));
    kit_close(&k);
}

/* `generate` beside `level`, where the specification has it. */
static void test_generate(void **state)
{
    (void)state;
    kit k =
        kit_of("title: x\nname: one\n" IN_APPLICATION "detection: {s: {A: a}, condition: s}\n---\n"
               "title: y\ngenerate: true\ncorrelation: {type: event_count, rules: [one],\n"
               "  group-by: [B], timespan: 1m, condition: {gte: 2}}\n");
    assert_false(k.set->rules[0]->silent);
    kit_close(&k);
}

static void filtered_by(const char *rules, bool wanted)
{
    kit k =
        kit_of(kk_print(arena,
                        "title: rule\nid: the-rule\n" IN_APPLICATION
                        "detection: {s: {A: a}, condition: s}\n---\ntitle: ours\n" IN_APPLICATION
                        "filter: {rules: %s, x: {A: a}, condition: not x}\n",
                        rules)
                   .ptr);
    assert_int_equal(fires_on(&k, application("\"A\":\"a\"")), !wanted);
    kit_close(&k);
}

static void test_rules_of_filters(void **state)
{
    (void)state;
    filtered_by("any", true);
    filtered_by("[any]", true);
    filtered_by("the-rule", true);
    filtered_by("[other, the-rule]", true);
    filtered_by("other", false);
}

static void test_filters(void **state)
{
    (void)state;
    kit k =
        kit_of("title: rule\nid: the-rule\nlogsource: {product: windows, service: application}\n"
               "detection: {s: {A: a}, condition: s}\n---\n"
               "title: ours\nlogsource: {product: windows}\n"
               "filter: {rules: [the-rule], x: {User|startswith: adm_}, condition: not x}\n---\n"
               "title: elsewhere\nlogsource: {product: linux}\n"
               "filter: {rules: [the-rule], x: {A: a}, condition: not x}\n");
    assert_true(fires_on(&k, application("\"A\":\"a\",\"User\":\"bob\"")));
    assert_false(fires_on(&k, application("\"A\":\"a\",\"User\":\"ADM_bob\"")));
    assert_int_equal(k.set->refusal_count, 1); /* a filter that is for nothing is named */
    kit_close(&k);
}

/* ---- log sources ---- */

#define PROCESS "product: windows\n    category: process_creation"
#define EVENT_4688                                                                                 \
    "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"x\"}},\"EventID\":4688,"    \
    "\"Channel\":\"Security\",\"Computer\":\"pc\"},\"EventData\":{\"SubjectUserName\":\"bob\","    \
    "\"SubjectDomainName\":\"EX\",\"TargetUserName\":\"-\",\"NewProcessId\":\"0x1f4\","            \
    "\"ProcessId\":\"0x64\",\"NewProcessName\":\"C:\\\\a\\\\whoami.exe\","                         \
    "\"ParentProcessName\":\"C:\\\\cmd.exe\",\"MandatoryLabel\":\"S-1-16-12288\","                 \
    "\"CommandLine\":\"whoami /all\",\"SubjectLogonId\":\"0x3e7\"}}}"

static bool on_4688(const char *source, const char *detection)
{
    kit k = kit_of(rule_of(source, detection));
    bool fired = k.set->count && fires_on(&k, EVENT_4688);
    kit_close(&k);
    return fired;
}

static void test_4688(void **state)
{
    (void)state;
    assert_true(on_4688(PROCESS, "    s:\n        Image|endswith: '\\whoami.exe'\n"
                                 "        ParentImage: 'C:\\cmd.exe'\n        ProcessId: 500\n"
                                 "        ParentProcessId: 100\n        User: 'EX\\bob'\n"
                                 "        IntegrityLevel: High\n        LogonId: '0x3e7'\n"
                                 "        CommandLine|contains: /all\n    condition: s"));
    /* what 4688 cannot tell is neither there nor not there */
    assert_false(on_4688(PROCESS, "    s: {OriginalFileName: whoami.exe}\n    condition: s"));
    assert_false(on_4688(PROCESS, "    s: {OriginalFileName: null}\n    condition: s"));
    assert_false(on_4688(PROCESS, "    s: {Image|endswith: whoami.exe}\n"
                                  "    f: {Company: Good}\n    condition: s and not f"));
    assert_true(on_4688(PROCESS, "    s: {Image|endswith: whoami.exe}\n"
                                 "    f: {Company: Good, Image|endswith: other.exe}\n"
                                 "    condition: s and not f"));
    assert_true(on_4688(PROCESS, "    s:\n        - Image|endswith: whoami.exe\n"
                                 "        - OriginalFileName: whoami.exe\n    condition: s"));
    /* by its own names on its own channel */
    assert_true(on_4688("product: windows\n    service: security",
                        "    s: {EventID: 4688, ProcessId: '0x64', Provider_Name: x, "
                        "Computer: PC, Channel: Security}\n    condition: s"));
    assert_false(on_4688("product: windows\n    service: security",
                         "    s: {EventID: 4624}\n    condition: s"));
    assert_false(on_4688("product: windows\n    service: security",
                         "    s: {Image|endswith: whoami.exe}\n    condition: s"));
    assert_true(on_4688("product: windows", "    s: {EventID: 4688}\n    condition: s"));
}

static void fires_in(const char *source, const char *selection, const char *event, bool wanted)
{
    kit k =
        kit_of(rule_of(source, kk_print(arena, "    s: {%s}\n    condition: s", selection).ptr));
    if (!k.set->count)
        fail_msg("%s: %.*s", selection, KK_P(k.set->refusals[0].what));
    if (fires_on(&k, event) != wanted)
        fail_msg("`%s` on %s", selection, event);
    kit_close(&k);
}

static void test_other_sources(void **state)
{
    (void)state;
    const char *key = "{\"Event\":{\"System\":{\"EventID\":4657,\"Channel\":\"Security\"},"
                      "\"EventData\":{\"ObjectName\":\"\\\\REGISTRY\\\\MACHINE\\\\SYSTEM\\\\"
                      "ControlSet001\\\\Services\\\\x\",\"ObjectValueName\":\"Start\","
                      "\"OperationType\":\"%%1905\",\"NewValueType\":\"%%1876\","
                      "\"NewValue\":\"4\",\"ProcessName\":\"C:\\\\reg.exe\"}}}";
    fires_in("product: windows\n    category: registry_set",
             "TargetObject: 'HKLM\\System\\CurrentControlSet\\Services\\x\\Start', "
             "Details: 'DWORD (0x00000004)', Image|endswith: reg.exe, EventType: SetValue",
             key, true);
    fires_in("product: windows\n    category: registry_delete", "Image|endswith: reg.exe", key,
             false);
    const char *flow = "{\"Event\":{\"System\":{\"EventID\":5156,\"Channel\":\"Security\"},"
                       "\"EventData\":{\"Application\":\"\\\\device\\\\harddiskvolume3\\\\"
                       "windows\\\\a.exe\",\"Direction\":\"%%14593\",\"DestAddress\":"
                       "\"203.0.113.5\",\"DestPort\":\"443\",\"Protocol\":\"6\"}}}";
    fires_in("product: windows\n    category: network_connection",
             "Image: 'C:\\windows\\a.exe', Initiated: 'true', DestinationIp|cidr: 203.0.113.0/24, "
             "DestinationPort: 443, Protocol: tcp",
             flow, true);
    fires_in("category: antivirus", "Signature|contains: Mimikatz, Filename|startswith: 'C:\\x'",
             "{\"Event\":{\"System\":{\"EventID\":1116,\"Channel\":\"Microsoft-Windows-Windows "
             "Defender/Operational\"},\"EventData\":{\"Threat Name\":\"HackTool:Mimikatz\","
             "\"Path\":\"containerfile:_D:\\\\a.zip; file:_C:\\\\x\\\\m.exe\"}}}",
             true);
    fires_in("category: webserver",
             "cs-method: POST, cs-uri-query|contains: cmd=, sc-status: 200, "
             "cs-uri-stem: /a.php, c-ip: 203.0.113.5",
             "{\"event.dataset\":\"web.access\",\"event.code\":\"200\",\"url.original\":"
             "\"/a.php?cmd=id\",\"source.ip\":\"203.0.113.5\",\"http.request.method\":\"POST\"}",
             true);
    fires_in("product: linux\n    service: auditd", "type: EXECVE, a0: wget, a1|startswith: http",
             "{\"event.dataset\":\"linux.auditd\",\"event.code\":\"EXECVE\","
             "\"process.command_line\":\"wget http://203.0.113.5/x\"}",
             true);
    fires_in("product: linux\n    category: process_creation",
             "Image|endswith: /wget, CommandLine|contains: http",
             "{\"event.dataset\":\"linux.auditd\",\"event.code\":\"EXECVE\","
             "\"process.executable\":\"/usr/bin/wget\",\"process.command_line\":\"wget http://x\"}",
             true);
    fires_in("product: linux\n    service: sshd", "message|contains: root",
             "{\"event.dataset\":\"linux.auth\",\"event.provider\":\"sshd\",\"message\":"
             "\"Accepted password for root\"}",
             true);
    fires_in("product: linux\n    service: sshd", "message|contains: root",
             "{\"event.dataset\":\"linux.auth\",\"event.provider\":\"su\",\"message\":\"root\"}",
             false);
}

/* The same in other words: sudo's program, files of a program's start, links with the machine and without. */
static void test_same_in_other_words(void **state)
{
    (void)state;
    const char *command = "product: linux\n    category: process_creation";
    const char *sudo = "{\"event.dataset\":\"linux.auth\",\"event.provider\":\"sudo\","
                       "\"process.command_line\":\"/usr/sbin/auditctl -D\"}";
    fires_in(command, "Image|endswith: /auditctl, CommandLine|re: '-D'", sudo, true);
    fires_in(command, "Image: /usr/sbin/auditctl", sudo, true);
    fires_in(command, "Image|endswith: /audit", sudo, false);
    fires_in(command, "Image|contains: a",
             "{\"event.dataset\":\"linux.auth\",\"event.provider\":\"sudo\","
             "\"process.command_line\":\"list\"}",
             false);
    const char *start = "{\"event.dataset\":\"linux.auditd\",\"event.code\":\"EXECVE\","
                        "\"process.command_line\":\"/tmp/.x\",\"name\":\"/tmp/.x\"}";
    fires_in("product: linux\n    service: auditd", "type: PATH, name|contains: '/.'", start, true);
    fires_in("product: linux\n    service: auditd", "type: PATH",
             "{\"event.dataset\":\"linux.auditd\",\"event.code\":\"EXECVE\","
             "\"process.command_line\":\"/tmp/.x\"}",
             false);
    const char *visit =
        "{\"event.dataset\":\"fortinet.utm\",\"subtype\":\"webfilter\",\"url.original\":"
        "\"http://www.example.com/admin/get.php?u=http://x/y\"}";
    fires_in("category: proxy", "cs-uri: '/admin/get.php?u=http://x/y'", visit, true);
    fires_in("category: proxy", "c-uri|startswith: 'http://www.example.com/admin/'", visit, true);
    fires_in("category: proxy",
             "cs-uri-query|startswith: '/admin/', c-uri-query|startswith: u=", visit, true);
    fires_in("category: proxy", "cs-uri: /y", visit, false);
}

/* Channels whose name on a machine is another one than lists of log sources have. */
static void test_channel_names(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"security-mitigations", "Microsoft-Windows-Security-Mitigations/KernelMode"},
        {"security-mitigations", "Microsoft-Windows-Security-Mitigations/UserMode"},
        {"dns-client", "Microsoft-Windows-DNS-Client/Operational"},
        {"dns-server-analytic", "Microsoft-Windows-DNSServer/Analytical"},
        {"dhcp", "Microsoft-Windows-DHCP Server Events/Operational"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fires_in(kk_print(arena, "product: windows\n    service: %s", names[i][0]).ptr, "A: x",
                 kk_print(arena,
                          "{\"Event\":{\"System\":{\"EventID\":5,\"Channel\":\"%s\"},"
                          "\"EventData\":{\"A\":\"x\"}}}",
                          names[i][1])
                     .ptr,
                 true);
}

/* Fields of the taxonomy that a log has only as parts of another. */
static void test_hashes(void **state)
{
    (void)state;
    const char *sysmon = "{\"Event\":{\"System\":{\"EventID\":1,\"Channel\":"
                         "\"Microsoft-Windows-Sysmon/Operational\"},\"EventData\":{\"Hashes\":"
                         "\"SHA1=AA11,MD5=BB22,SHA256=CC33,IMPHASH=DD44\"}}}";
    fires_in(PROCESS, "sha1: aa11, md5: bb22, sha256|startswith: cc, Imphash: dd44", sysmon, true);
    fires_in(PROCESS, "md5: aa11", sysmon, false);
    fires_in(PROCESS, "md5|exists: true",
             "{\"Event\":{\"System\":{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/"
             "Operational\"},\"EventData\":{\"Hashes\":\"SHA1=AA11\"}}}",
             false);
    fires_in(PROCESS, "md5: bb22",
             "{\"logsource\":{\"product\":\"windows\",\"category\":\"process_creation\"},"
             "\"md5\":\"BB22\"}",
             true);
}

/* Tag and attribute joined by an underscore, as the specification has it. */
static void test_system_attributes(void **state)
{
    (void)state;
    fires_in(
        APPLICATION,
        "Provider_EventSourceName: old, EventID_Qualifiers: 16384, EventID: 7045, "
        "Correlation_ActivityID|contains: 1111, Execution_ThreadID: 9, Security_UserID: S-1-5-18",
        "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"x\","
        "\"EventSourceName\":\"Old\"}},\"EventID\":{\"#attributes\":{\"Qualifiers\":16384},"
        "\"#text\":7045},\"Correlation\":{\"#attributes\":{\"ActivityID\":\"{1111}\"}},"
        "\"Execution\":{\"#attributes\":{\"ProcessID\":8,\"ThreadID\":9}},\"Channel\":"
        "\"Application\",\"Security\":{\"#attributes\":{\"UserID\":\"S-1-5-18\"}}}}}",
        true);
}

static void test_network(void **state)
{
    (void)state;
    const char *rule = "category: network\n    service: connection";
    fires_in(rule, "destination.ip|cidr: 203.0.113.0/24, destination.port: 443",
             "{\"event.dataset\":\"fortinet.traffic\",\"destination.ip\":\"203.0.113.5\","
             "\"destination.port\":443}",
             true);
    fires_in(rule, "destination.ip|cidr: 203.0.113.0/24",
             "{\"event.dataset\":\"windows.microsoft-windows-sysmon/operational\","
             "\"event.code\":\"3\",\"destination.ip\":\"203.0.113.5\"}",
             true);
    fires_in(rule, "destination.ip|cidr: 203.0.113.0/24",
             "{\"event.dataset\":\"web.access\",\"destination.ip\":\"203.0.113.5\"}", false);
}

/* ---- what is stored matches like what was parsed ---- */

static void test_stored(void **state)
{
    (void)state;
    kit k = kit_for("A|contains: 'k \"q\\'\n        B: ''\n        C: \"line\\nend\\u0001漢\"");
    kk_event event = {0};
    kk_sample_wish wish;
    const char *what;
    char room[4096];
    kk_packer packer = {room, 0, sizeof room};
    kk_unpacked out;
    kk_rule_hit hits[1];
    assert_true(kk_sample_read(
        arena,
        kk_cstr(application("\"A\":\"ok \\\"q\\\\x\",\"B\":\"\",\"C\":\"line\\nend\\u0001漢\"")),
        &event, &wish, &what));
    assert_int_equal(kk_match(k.matcher, &event, hits, 1), 1);
    assert_true(kk_pack_event(&packer, &event));
    kk_unpacker unpacker = {.bytes = {room, packer.used}};
    assert_true(kk_unpack(&unpacker, arena, &out));
    assert_true(kk_more_read(arena, kk_more_json(arena, out.more), &out.event));
    assert_int_equal(out.event.more_count, event.more_count);
    for (size_t i = 0; i < event.more_count; i++) {
        assert_true(kk_eq(out.event.more[i].name, event.more[i].name));
        assert_true(kk_eq(out.event.more[i].value, event.more[i].value));
    }
    assert_int_equal(kk_match(k.matcher, &out.event, hits, 1), 1);
    assert_true(kk_more_read(arena, KK_S("[[\"a\\u00e9\\ud83d\\ude00\", \"\\/\\t\"]]"), &event));
    assert_true(kk_is(event.more[0].name, "aé😀"));
    assert_true(kk_is(event.more[0].value, "/\t"));
    assert_false(kk_more_read(arena, KK_S("[[\"a\",\"b\"]"), &event));
    assert_false(kk_more_read(arena, KK_S("[[\"a\",\"b"), &event));
    kit_close(&k);
}

/* Events that say which names they have, and one that says so and has none. */
static void test_layouts(void **state)
{
    (void)state;
    kit k = kit_for("A: x\n        B: y");
    kk_pair pairs[] = {{KK_S("B"), KK_S("y")}, {KK_S("A"), KK_S("x")}};
    kk_pair others[] = {{KK_S("A"), KK_S("x")}, {KK_S("B"), KK_S("y")}};
    kk_pair values[] = {{KK_S("B"), KK_S("x")}, {KK_S("A"), KK_S("y")}};
    kk_layouts *table = kk_matcher_layouts(k.matcher);
    kk_event event = {.more = pairs, .more_count = 2};
    kk_rule_hit hits[1];
    event.text[KK_DATASET] = KK_S("windows.application");
    event.text[KK_CODE] = KK_S("1");
    event.layout = kk_layout_of(table, pairs, 2);
    assert_int_not_equal(event.layout, 0);
    assert_int_equal(kk_layout_of(table, values, 2), event.layout);
    assert_int_not_equal(kk_layout_of(table, others, 2), event.layout);
    assert_int_not_equal(kk_layout_of(table, pairs, 1), event.layout);
    assert_int_equal(kk_match(k.matcher, &event, hits, 1), 1);
    event.more_count = 0; /* cut, but the number stayed */
    assert_int_equal(kk_match(k.matcher, &event, hits, 1), 0);
    event.more_count = 2;
    event.more = values;
    assert_int_equal(kk_match(k.matcher, &event, hits, 1), 0);
    event.more = others;
    event.layout = 0;
    assert_int_equal(kk_match(k.matcher, &event, hits, 1), 1);
    kit_close(&k);
}

static void test_block(void **state)
{
    (void)state;
    kit k = kit_for("A: x");
    kk_sha256 key;
    kk_fault fault = {0};
    kk_ruleset *other;
    kk_slice block = kk_buffer_slice(&k.block);
    assert_true(kk_ruleset_key(block, &key));
    assert_int_equal(key.bytes[0], 7);
    for (size_t cut = 0; cut < block.len; cut += 97)
        assert_int_equal(kk_ruleset_open(kk_part(block, 0, cut), &other, &fault), KK_INVALID);
    for (size_t at = 0; at < block.len; at += block.len / 50 + 1) {
        k.block.ptr[at] ^= 0x40;
        assert_int_equal(kk_ruleset_open(block, &other, &fault), KK_INVALID);
        k.block.ptr[at] ^= 0x40;
    }
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wildcards, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_escapes, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_case, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_numbers, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_null_and_empty, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_text_modifiers, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_recoding, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_regex, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_addresses, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_dates, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_fieldref, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_keywords, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_placeholders, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_conditions, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_bad_conditions, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_documents, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_filters, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_rules_of_filters, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_generate, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_taxonomy, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_aliases_of_yaml, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_old_actions, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_broken_documents, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_4688, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_other_sources, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_same_in_other_words, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_channel_names, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_hashes, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_network, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_system_attributes, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_stored, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_layouts, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(test_block, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
