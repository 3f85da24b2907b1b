/* Random Sigma rules on random events: the matcher has to agree with a slow judge that shares nothing
 * with it. */
#include "tests/unit/sigma_kit.h"

#include <stdio.h>

#include "tests/unit/sigma_referee.h"

static uint64_t seed;

static unsigned dice(unsigned sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % sides;
}

static const char *const pieces[] = {"a",   "b", "A",  "ab", "\\", "*", "?", "-",  "/",   " ",
                                     "é",   "É", "漢", "Ａ", "ａ", ".", "x", "Я",  "я",   "\\\\",
                                     "\\*", "1", "2",  "0x", "ß",  "–", "'", "cc", " -ab"};
static const char *const values[] = {"5",
                                     "10",
                                     "0x10",
                                     "-2",
                                     "3.5",
                                     "2026-07-01T08:30:00Z",
                                     "2026-03-15 23:59:01",
                                     "10.0.0.1",
                                     "192.0.2.77",
                                     "2001:db8::1",
                                     "YWI=",
                                     "YQBiAA==",
                                     "xYWIx",
                                     ""};

static void put_random(kk_buffer *out, bool quote)
{
    if (dice(4) == 0) {
        kk_put(out, kk_cstr(values[dice(sizeof values / sizeof *values)]));
        return;
    }
    for (unsigned n = dice(5); n-- > 0;) {
        kk_slice piece = kk_cstr(pieces[dice(sizeof pieces / sizeof *pieces)]);
        if (quote && kk_is(piece, "'"))
            kk_put(out, KK_S("''"));
        else
            kk_put(out, piece);
    }
}

static void put_value(kk_buffer *out, const char *mods)
{
    static const char *const networks[] = {"10.0.0.0/8", "192.0.2.64/26", "2001:db8::/32"};
    static const char *const regexes[] = {"a+b?", "^[ab]", "b$", ".\\\\", "(a|x)1*", "[^a]", "^$"};
    static const char *const fields[] = {"A", "B", "C"};
    if (strstr(mods, "exists"))
        kk_putf(out, "%s", dice(2) ? "true" : "false");
    else if (strstr(mods, "cidr"))
        kk_putf(out, "'%s'", networks[dice(3)]);
    else if (strstr(mods, "|re"))
        kk_putf(out, "'%s'", regexes[dice(7)]);
    else if (strstr(mods, "fieldref"))
        kk_putf(out, "%s", fields[dice(3)]);
    else if (strstr(mods, "|hour") || strstr(mods, "|day") || strstr(mods, "|week") ||
             strstr(mods, "|month") || strstr(mods, "|year") || strstr(mods, "|minute"))
        kk_putf(out, "%u", dice(2) ? dice(60) : dice(2) ? 8 : 7);
    else if (strstr(mods, "|lt") || strstr(mods, "|gt"))
        kk_putf(out, "%u", dice(20));
    else if (strstr(mods, "base64") || strstr(mods, "wide") || strstr(mods, "utf16"))
        kk_putf(out, "'%s'", dice(2) ? "ab" : "abc");
    else if (!*mods && dice(6) == 0)
        kk_putf(out, "%s", dice(2) ? "null" : "''");
    else if (!*mods && dice(5) == 0)
        kk_putf(out, "%u", dice(20));
    else {
        kk_put_byte(out, '\'');
        put_random(out, true);
        kk_put_byte(out, '\'');
    }
}

static void put_item(kk_buffer *out, const char *indent)
{
    static const char *const mods[] = {"",
                                       "",
                                       "|contains",
                                       "|startswith",
                                       "|endswith",
                                       "|cased",
                                       "|contains|cased",
                                       "|neq",
                                       "|contains|neq",
                                       "|exists",
                                       "|re",
                                       "|re|i",
                                       "|re|m|s",
                                       "|cidr",
                                       "|lt",
                                       "|gte",
                                       "|gt|neq",
                                       "|windash",
                                       "|contains|windash",
                                       "|base64",
                                       "|base64offset|contains",
                                       "|wide|base64offset|contains",
                                       "|utf16le|base64",
                                       "|utf16be|base64",
                                       "|utf16|base64|contains",
                                       "|fieldref",
                                       "|fieldref|contains",
                                       "|fieldref|startswith|cased",
                                       "|hour",
                                       "|hour|gte",
                                       "|day",
                                       "|week",
                                       "|month|lt",
                                       "|year",
                                       "|minute",
                                       "|endswith|windash"};
    const char *mod = mods[dice(sizeof mods / sizeof *mods)];
    unsigned count = strstr(mod, "exists") ? 0 : dice(4);
    bool all = count > 1 && !strstr(mod, "neq") && dice(3) == 0;
    kk_putf(out, "%s%c%s%s:", indent, "ABCDE"[dice(5)], mod, all ? "|all" : "");
    if (!count) {
        kk_put_byte(out, ' ');
        put_value(out, mod);
    }
    for (unsigned i = 0; i < count; i++) {
        kk_putf(out, "\n%s    - ", indent);
        put_value(out, mod);
    }
    kk_put_byte(out, '\n');
}

/* Keys of one map have to differ: each item is a map of its own in a list of one. */
static void put_selection(kk_buffer *out, unsigned number)
{
    kk_putf(out, "    %s%u:\n", number == 3 ? "_s" : "s", number);
    if (dice(8) == 0) {
        for (unsigned n = 1 + dice(3); n-- > 0;) {
            kk_put(out, KK_S("        - '"));
            put_random(out, true);
            kk_put(out, KK_S("x'\n"));
        }
    } else if (dice(2)) {
        put_item(out, "        ");
    } else {
        for (unsigned n = 1 + dice(3); n-- > 0;) {
            kk_put(out, KK_S("        -\n"));
            put_item(out, "            ");
        }
    }
}

static void put_condition(kk_buffer *out, unsigned depth)
{
    static const char *const plain[] = {"s0",       "s1",        "s2",        "_s3",
                                        "1 of s*",  "all of s*", "1 of them", "all of them",
                                        "2 of *s*", "1 of _*"};
    unsigned what = dice(depth > 2 ? 1 : 5);
    if (what <= 1) {
        kk_putf(out, "%s", plain[dice(10)]);
        return;
    }
    if (what == 2) {
        kk_putf(out, "not ");
        put_condition(out, depth + 1);
        return;
    }
    kk_put_byte(out, '(');
    put_condition(out, depth + 1);
    kk_putf(out, what == 3 ? " and " : " or ");
    put_condition(out, depth + 1);
    kk_put_byte(out, ')');
    if (dice(3) == 0) {
        kk_putf(out, dice(2) ? " and " : " or ");
        put_condition(out, depth + 1);
    }
}

static void put_rule(kk_buffer *out, unsigned number)
{
    kk_putf(out, "title: random\nid: '%u'\nlogsource: {product: windows, service: application}\n",
            number);
    kk_put(out, KK_S("detection:\n"));
    for (unsigned s = 0; s < 4; s++)
        put_selection(out, s);
    kk_put(out, KK_S("    condition: "));
    put_condition(out, 0);
    kk_put_byte(out, '\n');
}

static void random_event(kk_arena *of, kk_event *event)
{
    static const char *const names[] = {"A", "B", "C", "D", "E", "F"};
    kk_event_clear(event);
    event->text[KK_DATASET] = KK_S("windows.application");
    for (unsigned n = dice(7); n-- > 0;) {
        kk_buffer value = {0};
        put_random(&value, false);
        kk_event_more(event, of, kk_cstr(names[dice(6)]), kk_copy(of, kk_buffer_slice(&value)));
        kk_buffer_close(&value);
    }
}

enum { ROUNDS = 10, RULES = 100, EVENTS = 100 };

static void disagree(const kk_sigma_rule *rule, kk_slice yaml, const kk_event *e, bool matcher)
{
    for (size_t i = 0; i < e->more_count; i++)
        printf("  %.*s = [%.*s]\n", KK_P(e->more[i].name), KK_P(e->more[i].value));
    fail_msg("rule %.*s: the matcher says %s\n%.*s", KK_P(rule->id), matcher ? "yes" : "no",
             KK_P(yaml));
}

static void one_round(unsigned round, size_t *fired, size_t *pairs)
{
    kk_arena *of = kk_arena_open();
    kit k = {.set = kk_sigma_open(of)};
    kk_slice text[RULES];
    kk_yaml *document[RULES];
    kk_fault fault;
    seed = UINT64_C(0x9e3779b97f4a7c15) * (round + 1);
    for (unsigned r = 0; r < RULES; r++) {
        kk_buffer yaml = {0};
        put_rule(&yaml, r);
        text[r] = kk_copy(of, kk_buffer_slice(&yaml));
        kk_buffer_close(&yaml);
        assert_int_equal(kk_yaml_read(of, text[r], &document[r], &fault), KK_OK);
        kk_sigma_read(k.set, KK_S("random"), text[r]);
    }
    kit_finish(&k);
    if (k.set->count < RULES * 9 / 10)
        fail_msg("too many random rules are refused: %.*s", KK_P(k.set->refusals[0].what));
    for (unsigned n = 0; n < EVENTS; n++) {
        kk_event event = {0};
        kk_rule_hit hits[RULES];
        random_event(of, &event);
        if (n % 2)
            event.layout =
                kk_layout_of(kk_matcher_layouts(k.matcher), event.more, event.more_count);
        size_t count = kk_match(k.matcher, &event, hits, RULES), h = 0;
        for (uint32_t r = 0; r < k.set->count; r++) {
            uint64_t number = 0;
            kk_to_u64(k.set->rules[r]->id, &number);
            bool matcher = h < count && hits[h].rule == r;
            h += matcher;
            if (referee_fires(document[number], &event) != matcher)
                disagree(k.set->rules[r], text[number], &event, matcher);
            *fired += matcher;
            ++*pairs;
        }
    }
    kit_close(&k);
    kk_arena_close(of);
}

static void test_random(void **state)
{
    size_t fired = 0, pairs = 0;
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++)
        one_round(round, &fired, &pairs);
    printf("%zu pairs, %zu of them fire\n", pairs, fired);
    assert_true(fired > pairs / 20 && fired < pairs / 20 * 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
