/* Every kind of report in both languages and formats, on cases made by hand: nothing that may never
 * be said is in them, what is not known says so, and each reader sees only what is meant for him. */
#include "tests/unit/arena.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/report_case.h"

static kk_slice render(const made_case *m, const char *kind, const char *lang, const char *format)
{
    kk_buffer out = {0};
    kk_fault fault = {0};
    if (kk_report_render(&m->input, kk_cstr(kind), kk_cstr(lang), kk_cstr(format), &out, &fault) !=
        KK_OK)
        fail_msg("%s", fault.text);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    const char *folder = getenv("KAKUHO_KEEP_REPORTS"); /* to look at them in a browser */
    if (folder) {
        static int number;
        FILE *file = fopen(
            kk_print(arena, "%s/%02d-%s.%s.%s", folder, number++, kind, lang, format).ptr, "w");
        if (file && fwrite(text.ptr, 1, text.len, file) == text.len)
            fclose(file);
    }
    return text;
}

static bool says(kk_slice text, const char *what)
{
    return kk_has(text, kk_cstr(what));
}

static void offended(void *user, const kk_phrase *phrase, size_t line, kk_slice sentence)
{
    fail_msg("%s, line %zu: %s (%s): %.*s", (const char *)user, line, phrase->id, phrase->why,
             KK_P(sentence));
}

static void check_all(const made_case *m, const char *name)
{
    static const char *const langs[] = {"ja", "en"}, *const formats[] = {"html", "md"};
    for (size_t k = 0; k < kk_report_kind_count; k++)
        for (int l = 0; l < 2; l++)
            for (int f = 0; f < 2; f++) {
                const kk_report_kind *kind = &kk_report_kinds[k];
                kk_phrase_context c = kk_report_phrases(&m->input, kind->level, KK_LANG_BOTH);
                kk_slice where =
                    kk_print(arena, "%s %s.%s.%s", name, kind->name, langs[l], formats[f]);
                kk_slice text = render(m, kind->name, langs[l], formats[f]);
                assert_true(text.len > 500);
                assert_int_equal(kk_phrase_check(&c, text, offended, (void *)(uintptr_t)where.ptr),
                                 0);
                assert_false(says(text, "(null)"));
            }
}

static void nothing_forbidden_is_said(void **state)
{
    (void)state;
    check_all(empty_case(), "empty");
    check_all(paint_case(), "paint");
    check_all(mats_case(KK_TIER_A, true), "mats A");
    check_all(mats_case(KK_TIER_B, true), "mats B");
    check_all(mats_case(KK_TIER_B, false), "mats unread");
}

/* Each of the nine items, in their order, and each says that it is not known yet. */
static void an_empty_case_says_so_in_every_item(void **state)
{
    static const char *const items[] = {
        "## 1. 概要",
        "## 2. 漏えい等が発生し、又は発生したおそれがある個人データの項目",
        "## 3. 漏えい等が発生し、又は発生したおそれがある個人データに係る本人の数",
        "## 4. 原因",
        "## 5. 二次被害",
        "## 6. 本人への対応",
        "## 7. 公表",
        "## 8. 再発防止",
        "## 9. その他"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        kk_slice rest = render(empty_case(), k ? "ppc-final" : "ppc-preliminary", "ja", "md");
        for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
            size_t at = kk_find(rest, kk_cstr(items[i]));
            if (at == KK_NOWHERE)
                fail_msg("%s is missing or out of order", items[i]);
            rest = kk_from(rest, at + 3);
            size_t next = kk_find(rest, KK_S("\n## "));
            if (!says(kk_part(rest, 0, next), "調査中"))
                fail_msg("%s does not say 調査中", items[i]);
        }
    }
    kk_slice en = render(empty_case(), "ppc-preliminary", "en", "md");
    size_t count = 0;
    for (kk_slice rest = en;; count++) {
        size_t at = kk_find(rest, KK_S("nder investigation"));
        if (at == KK_NOWHERE)
            break;
        rest = kk_from(rest, at + 1);
    }
    assert_true(count >= 9);
    assert_false(says(render(empty_case(), "ppc-preliminary", "ja", "md"), "0名"));
    assert_true(says(render(empty_case(), "notice", "ja", "md"), "調査中"));
    assert_true(says(render(empty_case(), "investigation", "ja", "html"), "調査中"));
}

static void numbers_come_with_their_claims(void **state)
{
    made_case *m = paint_case();
    const kk_claim *left = kk_claim_of(&m->claims, "persons_left", KK_NONE);
    kk_slice html = render(m, "ppc-final", "ja", "html");
    (void)state;
    assert_true(says(html, "7,928名"));
    assert_true(says(html, kk_print(arena, "data-claim=\"%.*s\"", KK_P(left->id)).ptr));
    assert_true(says(html, kk_print(arena, "<sup title=\"%.*s\">", KK_P(left->id)).ptr));
    assert_true(
        says(render(m, "ppc-final", "ja", "md"), kk_print(arena, "[%.*s]", KK_P(left->id)).ptr));
    kk_slice all = render(m, "investigation", "en", "html");
    for (size_t i = 0; i < m->claims.count; i++)
        assert_true(
            says(all, kk_print(arena, "<tr id=\"%.*s\">", KK_P(m->claims.items[i].id)).ptr));
    kk_slice notice = render(m, "notice", "ja", "md");
    assert_true(says(notice, kk_print(arena, "<!-- %.*s -->", KK_P(left->id)).ptr));
    assert_false(says(notice, "[C"));
    assert_true(says(render(m, "notice", "ja", "html"),
                     kk_print(arena, "data-claim=\"%.*s\"", KK_P(left->id)).ptr));
    assert_false(says(render(m, "notice", "ja", "html"), "<sup"));
}

static void the_public_sees_no_inside(void **state)
{
    static const char *const inside[] = {"hoshu01",  "FS02", "FGT-1",  "203.0.113",
                                         "p1/share", "岡田", "R-0310", "K1"};
    made_case *m = paint_case();
    (void)state;
    for (int l = 0; l < 2; l++)
        for (int f = 0; f < 2; f++) {
            kk_slice text = render(m, "notice", l ? "en" : "ja", f ? "md" : "html");
            for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
                if (says(text, inside[i]))
                    fail_msg("the notice says %s", inside[i]);
        }
    kk_slice ppc = render(m, "ppc-final", "ja", "md");
    assert_true(says(ppc, "hoshu01"));
    assert_false(says(ppc, "p1/share"));
    assert_false(says(ppc, "調査会社へ渡した")); /* internal */
    kk_slice all = render(m, "investigation", "ja", "html");
    assert_true(says(all, "p1/share/|a_b&lt;c&gt;&quot;&amp;.csv"));
    assert_true(says(all, "調査会社へ渡した"));
}

static void standing_shows(void **state)
{
    made_case *m = paint_case();
    (void)state;
    kk_slice ppc = render(m, "ppc-preliminary", "ja", "md");
    assert_true(says(ppc, "(申告: 岡田 (情報システム課))"));
    assert_true(says(ppc, "(記録による)"));
    assert_true(says(render(m, "ppc-preliminary", "en", "md"), "(stated by 岡田"));
    assert_true(says(render(empty_case(), "ppc-preliminary", "ja", "md"), "(未確認)"));
    assert_true(says(render(m, "notice", "ja", "md"), "担当者の申告"));
}

static void counts_before_stand_beside(void **state)
{
    kk_slice final = render(paint_case(), "ppc-final", "ja", "md");
    (void)state;
    assert_true(says(final, "前回の報告との差の内訳は算定していません。"));
    assert_true(says(final, "最大19,300件"));
    assert_true(says(final, "数え方の単位が異なります"));
    assert_true(says(final, "| -246 |")); /* 831 persons before, 585 now */
    assert_false(says(render(paint_case(), "ppc-preliminary", "ja", "md"), "差の内訳"));
}

static void differences_say_why(void **state)
{
    const kk_report_change changes[] = {{0, KK_S("数え方の見直し"), KK_S("counting"), -22},
                                        {0, KK_S("加わったファイル"), KK_S("files"), 1234}};
    made_case *m = paint_case();
    (void)state;
    m->input.changes = changes;
    m->input.change_count = 2;
    kk_slice final = render(m, "ppc-final", "ja", "md");
    assert_true(says(final, "| 数え方の見直し | -22 |"));
    assert_true(says(final, "| 加わったファイル | +1,234 |"));
    assert_false(says(final, "算定していません"));
    assert_true(says(render(m, "ppc-final", "en", "md"), "| files | +1,234 |"));
}

static void no_bound_while_files_are_unread(void **state)
{
    static const char *const kinds[] = {"ppc-preliminary", "ppc-final", "notice", "investigation"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        kk_slice text = render(mats_case(KK_TIER_B, false), kinds[i], "ja", "md");
        assert_false(says(text, "最大49"));
        assert_true(says(text, "これまでに確認できた範囲で49,027名"));
        text = render(mats_case(KK_TIER_B, true), kinds[i], "ja", "md");
        assert_true(says(text, "49,027名(最大49,040名)"));
    }
}

static void html_stands_alone(void **state)
{
    kk_slice html = render(paint_case(), "investigation", "ja", "html");
    (void)state;
    assert_true(kk_starts(html, KK_S("<!DOCTYPE html>\n<html lang=\"ja\">")));
    assert_false(says(html, "<script"));
    assert_false(says(html, "src="));
    assert_false(says(html, "url("));
    assert_false(says(html, "<link"));
    assert_false(says(html, "http://"));
    assert_true(says(html, "@page"));
    assert_true(says(html, "2026-02-23 23:41 (+09:00)") || says(html, "2026-02-24 23:41 (+09:00)"));
}

static void other_requests_fail_with_a_sentence(void **state)
{
    static const char *const wrong[][3] = {
        {"ppc", "ja", "html"}, {"notice", "fr", "html"}, {"notice", "ja", "odt"}};
    made_case *m = empty_case();
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        kk_buffer out = {0};
        kk_fault fault = {0};
        assert_int_equal(kk_report_render(&m->input, kk_cstr(wrong[i][0]), kk_cstr(wrong[i][1]),
                                          kk_cstr(wrong[i][2]), &out, &fault),
                         KK_INVALID);
        assert_true(fault.text[0]);
        kk_buffer_close(&out);
    }
}

static void rendering_twice_gives_the_same(void **state)
{
    (void)state;
    for (size_t k = 0; k < kk_report_kind_count; k++) {
        kk_slice once = render(paint_case(), kk_report_kinds[k].name, "ja", "html");
        kk_slice again = render(paint_case(), kk_report_kinds[k].name, "ja", "html");
        assert_true(kk_eq(once, again));
    }
}

static void what_rules_found_is_for_those_inside(void **state)
{
    made_case *m = paint_case();
    kk_slice ja = render(m, "investigation", "ja", "md"),
             en = render(m, "investigation", "en", "md");
    (void)state;
    assert_true(says(ja, "認証情報(パスワードなど)の取得(記録による)"));
    assert_true(says(ja, "「コマンドによるLSASSのメモリの書き出し」"));
    assert_true(says(ja, "「Foreign Rule」")); /* without a Japanese title: as it is */
    assert_true(says(en, "\"Dump Of LSASS By Command\""));
    assert_true(says(ja, "(当社側の作業として申告済み)"));
    assert_true(says(ja, "| FS02 | 2026-02-25 | 認証情報の取得 1、データの持ち出し 6 |"));
    assert_true(says(ja, "| Sysmonのファイル作成の記録(11) | 一件も記録されていない"));
    assert_true(says(en, "181 could be held against records; 68 could not"));
    assert_true(says(en, "the machine's own log and traffic records"));
    const kk_claim *own = kk_claim_of(&m->claims, "act", KK_S("FS02/credentials"));
    const kk_claim *both = kk_claim_of(&m->claims, "act", KK_S("FS02/sent"));
    assert_int_equal(own->standing, KK_SUPPORTED);
    assert_int_equal(both->standing, KK_PROVEN);
    for (size_t k = 0; k < kk_report_kind_count; k++)
        if (kk_report_kinds[k].level < KK_LEVEL_INTERNAL) {
            kk_slice text = render(m, kk_report_kinds[k].name, "ja", "md");
            assert_false(says(text, "LSASS"));
            assert_false(says(text, "Foreign Rule"));
        }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(nothing_forbidden_is_said),
        TEST(an_empty_case_says_so_in_every_item),
        TEST(numbers_come_with_their_claims),
        TEST(the_public_sees_no_inside),
        TEST(standing_shows),
        TEST(counts_before_stand_beside),
        TEST(differences_say_why),
        TEST(no_bound_while_files_are_unread),
        TEST(html_stands_alone),
        TEST(other_requests_fail_with_a_sentence),
        TEST(rendering_twice_gives_the_same),
        TEST(what_rules_found_is_for_those_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
