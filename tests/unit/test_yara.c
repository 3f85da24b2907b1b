/* YARA rules: what is taken, what is refused and why, and what is found where. */
#include "detect/yara.h"
#include "unit/test.h"

#include <stdio.h>

typedef struct {
    kk_yara_set set;
    kk_buffer bytes;
    kk_arena *arena;
    kk_yara *yara; /* where it was opened */
    kk_yara_scanner *scanner;
} compiled;

static compiled compile(const kk_yara_file *files, size_t count)
{
    compiled c = {.arena = kk_arena_open()};
    kk_yara_compile(files, count, &c.bytes);
    assert_true(kk_yara_read(c.arena, kk_buffer_slice(&c.bytes), &c.set));
    return c;
}

static compiled compile_text(const char *text)
{
    kk_yara_file file = {KK_S("rules/one.yar"), kk_cstr(text), KK_NONE};
    return compile(&file, 1);
}

static void done(compiled *c)
{
    if (c->scanner)
        kk_yara_scanner_close(c->scanner);
    kk_yara_close(c->yara);
    kk_buffer_close(&c->bytes);
    kk_arena_close(c->arena);
}

static bool has_rule(const compiled *c, const char *id)
{
    for (size_t i = 0; i < c->set.count; i++)
        if (kk_is(c->set.rules[i].id, id))
            return true;
    return false;
}

/* The refusal whose rule is `id` (or whose file, for what is no rule), or NULL. */
static const kk_yara_refusal *refused(const compiled *c, const char *id)
{
    for (size_t i = 0; i < c->set.refusal_count; i++)
        if (kk_is(c->set.refusals[i].id, id))
            return &c->set.refusals[i];
    return NULL;
}

static void one_bad_rule_keeps_the_others(void **state)
{
    compiled c =
        compile_text("import \"pe\"\n"
                     "rule first { strings: $a = \"x{}\" condition: $a }\n"
                     "rule broken {\n  strings:\n    $b = \"y\"\n  condition: $b and $c\n}\n"
                     "rule needs { condition: broken and pe.is_pe }\n"
                     "rule variable { condition: owner contains \"x\" }\n"
                     "rule uneven { condition: math.entropy(0, filesize) > 7 }\n"
                     "rule last { strings: $r = /a\\/{2}\"/ $h = { 61 [2-3] ( 62 | 63 ) }\n"
                     "  condition: $r or $h /* } */ }\n");
    (void)state;
    assert_int_equal(c.set.count, 2);
    assert_true(has_rule(&c, "one:first"));
    assert_true(has_rule(&c, "one:last"));
    assert_int_equal(c.set.refusal_count, 4);
    assert_int_equal(refused(&c, "one:broken")->line, 7); /* where libyara had read to */
    assert_true(kk_has(refused(&c, "one:broken")->what, KK_S("undefined string")));
    assert_true(kk_has(refused(&c, "one:needs")->what, KK_S("broken")));
    assert_int_equal(refused(&c, "one:needs")->line, 8);
    assert_true(kk_has(refused(&c, "one:variable")->what, KK_S("owner")));
    assert_true(
        kk_has(refused(&c, "one:uneven")->what, KK_S("\"math\" is used, but not imported")));
    done(&c);
}

static void damaged_files(void **state)
{
    compiled c = compile_text("rule open {\n  strings: $a = \"x\"\n  condition: $a\n\n"
                              "rule closed { condition: true }\n"
                              "something else\n"
                              "rule after { condition: false }\n"
                              "rule cut { condition: tr");
    (void)state;
    assert_int_equal(c.set.count, 2);
    assert_true(has_rule(&c, "one:closed"));
    assert_true(has_rule(&c, "one:after"));
    assert_non_null(refused(&c, "one:open"));
    assert_non_null(refused(&c, "one:cut"));
    assert_int_equal(refused(&c, "")->line, 6);
    done(&c);
}

static void modules(void **state)
{
    compiled c =
        compile_text("import \"magic\"\nimport \"nonsense\"\nimport \"hash\"\nimport \"math\"\n"
                     "import \"elf\"\nimport \"dotnet\"\nimport \"time\"\nimport \"console\"\n"
                     "rule a { condition: magic.type() contains \"PDF\" }\n"
                     "rule b { condition: hash.md5(0, filesize) == \"\" or math.entropy(0, 9) > 9.0"
                     " or elf.machine == 1 or dotnet.version == \"\""
                     " or console.log(\"x\") }\n");
    (void)state;
    assert_int_equal(c.set.count, 1);
    assert_true(has_rule(&c, "one:b"));
    assert_int_equal(c.set.refusal_count, 4);
    done(&c);
}

static void includes(void **state)
{
    const kk_yara_file files[] = {
        {KK_S("r/index.yar"),
         KK_S("include \"./deep/a.yar\"\ninclude \"deep/../deep/a.yar\"\ninclude \"../out.yar\"\n"
              "include \"/etc/passwd\"\nrule top { condition: inner }\n"),
         KK_NONE},
        {KK_S("r/deep/a.yar"), KK_S("include \"b.yar\"\nrule inner { condition: innermost }\n"),
         KK_NONE},
        {KK_S("r/deep/b.yar"), KK_S("rule innermost { condition: true }\n"), KK_NONE},
        {KK_S("r/x.yar"), KK_S("include \"y.yar\"\nrule x { condition: true }\n"), KK_NONE},
        {KK_S("r/y.yar"), KK_S("include \"x.yar\"\nrule y { condition: true }\n"), KK_NONE},
    };
    compiled c = compile(files, sizeof files / sizeof *files);
    (void)state;
    assert_int_equal(c.set.count, 5);
    assert_true(has_rule(&c, "index:innermost"));
    assert_true(has_rule(&c, "index:top"));
    assert_true(has_rule(&c, "x:y"));
    assert_int_equal(c.set.refusal_count, 2);
    assert_int_equal(c.set.refusals[0].line, 3);
    assert_int_equal(c.set.refusals[1].line, 4);
    done(&c);
}

static void files_refused(void **state)
{
    const kk_yara_file files[] = {
        {KK_S("a.yarc"), KK_S("YARA\x14\0\0"), KK_NONE},
        {KK_S("b.yar"), (kk_slice){"rule b { condition: true }\0x", 28}, KK_NONE},
        {KK_S("c.yar"), KK_NONE, KK_S("too large")},
        {KK_S("d/e.yar"), KK_S("rule e { condition: true }"), KK_NONE},
        {KK_S("f/e.yar"), KK_S("rule e { condition: true }"), KK_NONE},
    };
    compiled c = compile(files, sizeof files / sizeof *files);
    (void)state;
    assert_int_equal(c.set.refusal_count, 3);
    assert_int_equal(c.set.count, 2);
    assert_true(has_rule(&c, "e:e"));
    assert_true(has_rule(&c, "e-2:e"));
    done(&c);
}

static void facts(void **state)
{
    compiled c = compile_text(
        "rule a : tool T1059_001 { meta: description = \"A Tool \" score = 75 mitre_attack = "
        "\"T1003.001, "
        "TA0002; Credential Access\" condition: true }\n"
        "rule b { meta: severity = \"Critical\" condition: true }\n"
        "rule c { meta: level = 3 tactic = \"Lateral Movement,defense_evasion\" condition: true }\n"
        "private rule d { condition: true }\n"
        "rule e { meta: threat_level = 9 description = \"\xff\xfe\" condition: d }\n");
    const kk_yara_rule *r = c.set.rules;
    (void)state;
    assert_int_equal(c.set.count + c.set.refusal_count, 5);
    assert_true(kk_is(r[0].title, "A Tool"));
    assert_true(kk_is(r[0].level, "medium"));
    assert_true(kk_is(r[0].tags,
                      "[\"tool\",\"T1059_001\",\"attack.t1059.001\",\"attack.t1003.001\","
                      "\"attack.ta0002\"]"));
    assert_true(kk_is(r[1].level, "critical"));
    assert_true(kk_is(r[1].title, "b"));
    assert_true(kk_is(r[2].level, "informational"));
    assert_true(kk_is(r[2].tags, "[\"attack.lateral-movement\",\"attack.defense-evasion\"]"));
    assert_true(r[3].is_private);
    done(&c);
}

static void known_by_content(void **state)
{
    (void)state;
    assert_true(kk_yara_is(KK_S("/* x */ import \"pe\"\nprivate rule a { condition: true }")));
    assert_true(kk_yara_is(KK_S("YARA\x01")));
    assert_false(kk_yara_is(KK_S("title: A Rule\nrule: x {")));
    assert_false(kk_yara_is(KK_S("")));
    assert_false(kk_yara_is(KK_S("rule of thumb")));
}

typedef struct {
    uint64_t total[8];
    char places[8][1200];
    size_t hits;
} heard;

static void hear(void *context, const kk_scan_hit *hit)
{
    heard *h = context;
    h->hits++;
    h->total[hit->rule] = hit->total;
    snprintf(h->places[hit->rule], sizeof h->places[0], "%.*s", KK_P(hit->places));
}

static kk_yara_scanner *scanner(compiled *c)
{
    c->yara = kk_yara_open(c->arena, c->set.compiled);
    assert_non_null(c->yara);
    c->scanner = kk_yara_scanner_open(c->arena, c->yara);
    assert_non_null(c->scanner);
    return c->scanner;
}

static void scanning(void **state)
{
    compiled c =
        compile_text("rule a { strings: $x = \"needle\" $y = \"pin\" condition: any of them }\n"
                     "rule b { condition: filename == \"One.EXE\" and filepath == \"d/e.zip!\" and "
                     "extension == \".exe\" and filesize == 20 }\n");
    kk_yara_scanner *s = scanner(&c);
    heard h = {.hits = 0};
    (void)state;
    kk_yara_begin(s);
    kk_yara_take(s, "pin needle", 10);
    kk_yara_take(s, " and needl", 10);
    assert_int_equal(kk_yara_end(s, KK_S("d/e.zip!/One.EXE"), hear, &h), KK_SCANNED);
    assert_int_equal(h.hits, 2);
    assert_int_equal(h.total[0], 2);
    assert_string_equal(h.places[0], "[[\"$y\",0,3],[\"$x\",4,6]]");
    h.hits = 0;
    kk_yara_begin(s);
    assert_int_equal(kk_yara_end(s, KK_S("empty"), hear, &h), KK_SCANNED);
    assert_int_equal(h.hits, 0);
    done(&c);
}

/* The same large stream told as it comes, in uneven steps, and by who leaves the middle out. */
static void large_streams(void **state)
{
    compiled c =
        compile_text("rule ends { strings: $x = \"needle\" condition: $x in (0..filesize) }\n"
                     "rule size { condition: filesize == 104857600 }\n"
                     "rule tail { condition: uint16be(filesize - 2) == 0x6c65 }\n");
    kk_yara_scanner *s = scanner(&c);
    size_t size = 100u << 20, last = size - KK_YARA_LAST;
    char *bytes = kk_take(c.arena, size);
    heard h[2] = {{.hits = 0}, {.hits = 0}};
    (void)state;
    memcpy(bytes + KK_YARA_FIRST - 6, "needle", 6);       /* in the first part */
    memcpy(bytes + KK_YARA_FIRST - 3 + 100, "needle", 6); /* in neither */
    memcpy(bytes + last - 3, "needle", 6);                /* cut by its edge */
    memcpy(bytes + last, "needle", 6);
    memcpy(bytes + size - 6, "needle", 6);
    kk_yara_begin(s);
    for (size_t at = 0, step = 1; at < size; at += step, step = (step * 7 + 1) % 9000011 + 1)
        kk_yara_take(s, bytes + at, at + step > size ? size - at : step);
    assert_int_equal(kk_yara_end(s, KK_S("x"), hear, &h[0]), KK_SCANNED_ENDS);
    kk_yara_begin(s);
    kk_yara_take(s, bytes, KK_YARA_FIRST);
    kk_yara_skip(s, size - KK_YARA_WHOLE);
    kk_yara_take(s, bytes + last, KK_YARA_LAST);
    assert_int_equal(kk_yara_end(s, KK_S("x"), hear, &h[1]), KK_SCANNED_ENDS);
    assert_int_equal(h[0].hits, 3);
    assert_int_equal(h[0].total[0], 3);
    assert_string_equal(h[0].places[0],
                        "[[\"$x\",50331642,6],[\"$x\",88080384,6],[\"$x\",104857594,6]]");
    assert_int_equal(h[1].hits, 3);
    assert_string_equal(h[1].places[0], h[0].places[0]);
    done(&c);
}

static void many_matches(void **state)
{
    compiled c = compile_text("rule a { strings: $x = \"a\" condition: #x > 900000 }\n");
    kk_yara_scanner *s = scanner(&c);
    size_t size = 1500000;
    char *bytes = kk_take(c.arena, size);
    heard h = {.hits = 0};
    (void)state;
    memset(bytes, 'a', size);
    kk_yara_begin(s);
    kk_yara_take(s, bytes, size);
    assert_int_equal(kk_yara_end(s, KK_S("x"), hear, &h), KK_SCANNED_MATCHES);
    assert_int_equal(h.total[0], 1000000);
    assert_true(strlen(h.places[0]) < 1000);
    done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bad_rule_keeps_the_others),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(modules),
        cmocka_unit_test(includes),
        cmocka_unit_test(files_refused),
        cmocka_unit_test(facts),
        cmocka_unit_test(known_by_content),
        cmocka_unit_test(scanning),
        cmocka_unit_test(large_streams),
        cmocka_unit_test(many_matches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
