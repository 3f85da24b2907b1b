/* The table of phrases: what may not be said is found in every shape, what may be said passes, and
 * the program's own sentences about a verdict pass under it. */
#include "tests/unit/arena.h"

#include <stdio.h>

#include "analyse/verdict_words.h"
#include "base/buffer.h"
#include "report/deadlines.h"
#include "report/phrases.h"
#include "tests/unit/settings_text.h"

typedef struct {
    char ids[400];
    size_t line;
} hits;

static void note(void *user, const kk_phrase *phrase, size_t line, kk_slice sentence)
{
    hits *h = user;
    size_t used = strlen(h->ids);
    (void)sentence;
    snprintf(h->ids + used, sizeof h->ids - used, "%s ", phrase->id);
    if (!h->line)
        h->line = line;
}

static hits check(const char *text, kk_phrase_context context)
{
    hits h = {"", 0};
    kk_phrase_check(&context, kk_cstr(text), note, &h);
    return h;
}

/* Everything that can be allowed is. */
static kk_phrase_context best(kk_says verdict, char tier)
{
    return (kk_phrase_context){verdict, tier, KK_LANG_BOTH, true, true, true, false};
}

static void never(const char *text, const char *id)
{
    hits h = check(text, best(KK_SAYS_NO_TRACE, 'A'));
    if (!strstr(h.ids, id))
        fail_msg("`%s` passes as %s (found: %s)", text, id, h.ids);
}

static void fine(const char *text)
{
    hits h = check(text, best(KK_SAYS_NO_TRACE, 'B'));
    if (h.ids[0])
        fail_msg("`%s` is found as %s", text, h.ids);
}

static void promises_that_nothing_left(void **state)
{
    (void)state;
    const char *const leaks[] = {
        "お客様の情報は流出していません。",
        "個人情報の流出はございません。",
        "情報漏洩の事実はありません",
        "情報の流出は一切なかったことを確認しました。",
        "外部に持ち出されておりません。",
        "情報が漏えいした事実はないことを確認しております。",
        "No data left our network.",
        "Customer data did not leave our systems.",
        "Your information has not been leaked.",
        "There was no data breach.",
        "There has been no leak of information.",
        "No breach occurred.",
        "The files were not exfiltrated.",
    };
    for (size_t i = 0; i < sizeof leaks / sizeof *leaks; i++)
        never(leaks[i], "no-leak");
    never("流出の可能性は決してございません。", "no-possibility");
    never("情報が流出した可能性はございません。", "no-possibility");
    never("外部に流出した痕跡や証拠は一切無いことが判明いたしました。", "no-trace-exists");
    never("There is no evidence of exfiltration.", "no-trace-exists");
    never("クレジットカード情報は保有しておらず、流出の懸念はありません。", "not-held");
    never("We do not hold card data, so none can have leaked.", "not-held");
}

static void promises_of_other_kinds(void **state)
{
    (void)state;
    never("従業員への影響はありません。", "not-affected");
    never("他のシステムは影響を受けておりません。", "not-affected");
    never("Employees were not affected.", "not-affected");
    never("There was no impact on employees.", "not-affected");
    never("ウイルススキャンを実施し、安全性を確認いたしました。", "clean");
    never("その他の端末は感染していません。", "clean");
    never("All systems are now safe.", "clean");
    never("報告義務はありません。", "no-duty");
    never("本人への通知は不要です。", "no-duty");
    never("法令を遵守して報告しました。", "complied");
    never("We are not required to notify anyone.", "no-duty");
    never("We complied with the law.", "complied");
    never("マルウェアのタイプからも、データ流出につながる可能性は極めて低いことが判明しています。",
          "family");
    never("攻撃者は北朝鮮のグループです。", "who");
    never("中国からの攻撃でした。", "who");
    never("元社員による持ち出しです。", "who");
    never("The attack from Russia began at night.", "who");
    never("An employee stole the data.", "who");
    never("二次被害は発生しておりません。", "no-harm");
    never("不正利用は確認されておりません。", "no-harm");
    never("現時点で二次被害は確認されていません。", "no-harm");
    never("No misuse has occurred.", "no-harm");
    never("身代金を支払うことを検討してください。", "ransom");
    never("Do not pay the ransom.", "ransom");
    never("http://abcdefg.onion/list", "leak-site");
    never("期間は{missing_hours}時間です。", "placeholder");
}

static void words_that_only_some_verdicts_bear(void **state)
{
    (void)state;
    const struct {
        const char *text, *id;
        kk_phrase_context bad, good;
    } cases[] = {
        {"痕跡は一切認められませんでした。", "absolute", best(KK_SAYS_NO_TRACE, 'B'),
         best(KK_SAYS_NO_TRACE, 'A')},
        {"持ち出された可能性は極めて低いと考えます。", "absolute", best(KK_SAYS_INDETERMINATE, 'A'),
         best(KK_SAYS_NO_TRACE, 'A')},
        {"Removal is highly unlikely.", "absolute", best(KK_SAYS_NO_TRACE, 'B'),
         best(KK_SAYS_NO_TRACE, 'A')},
        {"外部に流出した可能性を完全に否定できません。", "too-weak", best(KK_SAYS_TRACES, 0),
         best(KK_SAYS_NO_TRACE, 'B')},
        {"情報の流出は確認されておりません。", "too-weak", best(KK_SAYS_CONFIRMED, 0),
         best(KK_SAYS_NO_TRACE, 'B')},
        {"情報の流出は確認されていません。", "not-seen-alone", best(KK_SAYS_INDETERMINATE, 'C'),
         best(KK_SAYS_NO_TRACE, 'B')},
        {"No evidence of exfiltration was seen.", "not-seen-alone",
         best(KK_SAYS_INDETERMINATE, 'C'), best(KK_SAYS_NO_TRACE, 'B')},
        {"一覧に掲載されたファイルの内容が流出しました。", "names-alone", best(KK_SAYS_TRACES, 0),
         best(KK_SAYS_CONFIRMED, 0)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hits bad = check(cases[i].text, cases[i].bad), good = check(cases[i].text, cases[i].good);
        if (!strstr(bad.ids, cases[i].id))
            fail_msg("`%s` passes", cases[i].text);
        if (good.ids[0])
            fail_msg("`%s` is found as %s", cases[i].text, good.ids);
    }
}

static void what_the_case_lacks(void **state)
{
    (void)state;
    kk_phrase_context c = best(KK_SAYS_NO_TRACE, 'B');
    c.bounded = c.has_assets = c.first_seen = false;
    const char *const texts[][2] = {
        {"最大 40,600 件", "most"},
        {"合計２０，１６１人でした。", "most"},
        {"up to 40,600 persons", "most"},
        {"全台のフォレンジック調査を実施しました。", "every"},
        {"すべてのサーバーを調査しました。", "every"},
        {"We examined all our servers.", "every"},
        {"7月1日に不正アクセスが始まりました。", "begin"},
        {"The intrusion began on 1 July.", "begin"},
        {"Coverage is tier B.", "word"},
        {"3 host-hours are missing in SRUM.", "word"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hits h = check(texts[i][0], c);
        if (!strstr(h.ids, texts[i][1]))
            fail_msg("`%s` passes (found: %s)", texts[i][0], h.ids);
        kk_phrase_context all = best(KK_SAYS_NO_TRACE, 'A');
        all.internal = true;
        assert_string_equal(check(texts[i][0], all).ids, "");
    }
    assert_string_equal(check("遅くとも7月1日には不正アクセスが始まりました。", c).ids, "");
    assert_string_equal(check("最大 500 人(読めていないデータがあり、増えることがあります)", c).ids,
                        "");
}

static void what_may_be_said(void **state)
{
    (void)state;
    const char *const texts[] = {
        "流出がなかったと判断することはできません。",
        "流出の有無は調査中です。",
        "外部への送信を示す痕跡は認められませんでした。",
        "痕跡がないか調査しています。",
        "情報が流出したかどうかは判断できません。",
        "お客様に被害が生じるおそれがあります。",
        "9月1日までに、お客様相談窓口への申出による二次被害は確認されていません。",
        "2022-09-01T10:00:00+09:00 までに、窓口への申出による不正利用は確認されていません。",
        "9月1日15時までに、窓口への申出による不正利用は確認されていません。",
        "9月1日15時30分現在、窓口への申出による不正利用は確認されていません。",
        "No misuse has been reported to our desk by 1 September 2022.",
        "As of 1 September 2022 no misuse has been reported to our desk.",
        "不審なメールの添付ファイルは決して開かないでください。",
        "We cannot conclude that data did not leave.",
        "We cannot determine whether files were not exfiltrated.",
        "この結果は、流出していないことを示すものではありません。",
        "ファイアウォールの安全確保を実施しました。",
        "the frontier of our network",
        "閲覧された可能性は否定できません。",
        "報告義務の有無は個人情報保護委員会にご確認ください。",
        "パソコン28台を調査しました。",
        "身代金要求文書が見つかりました。",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        fine(texts[i]);
}

static void markup_hides_nothing(void **state)
{
    (void)state;
    never("情報は<b>流出</b>して<wbr>いません。", "no-leak");
    never("情報は**流出していません**。", "no-leak");
    never("情報は流出\n  して いません。", "no-leak");
    never("<p>Your data <em>has not</em>\n been&nbsp;leaked.</p>", "no-leak");
    never("影響はあ\nりません", "not-affected");
    never("＊情報は、流出していません", "no-leak");
    fine("<style>p{safe}</style><script>var s = 'is safe';</script><!-- is safe --><p>x</p>");
    fine("<table><tr><td>流出</td><td>していません</td></tr></table>");
    fine("流出\n\nはありません");
    fine("| 流出 | はありません |");
    fine("a < b and c > d");
    hits h = check("一行目。\n\n二行目。\n三行目に流出していません。", best(KK_SAYS_NO_TRACE, 'B'));
    assert_int_equal(h.line, 3);
    assert_string_equal(check("流出していません。", (kk_phrase_context){.lang = KK_LANG_EN}).ids,
                        "");
    assert_string_equal(check("", best(KK_SAYS_NOTHING, 0)).ids, "");
    check("\xff\xfe<", best(KK_SAYS_NOTHING, 0));
    check("<style>", best(KK_SAYS_NOTHING, 0));
}

/* The seeds' own sentences, shortened: what the program must not repeat. */
static void sentences_of_real_notices(void **state)
{
    (void)state;
    kk_phrase_context c = best(KK_SAYS_NO_TRACE, 'B');
    assert_true(check("外部に流出した可能性は極めて低いと判断しております。", c).ids[0]);
    assert_true(
        check("外部へのデータ流出の可能性を示す痕跡は一切無いことが確認されました。", c).ids[0]);
    assert_true(
        check("カード情報は当社では保持しておらず、当初より流出の可能性は決してございません。", c)
            .ids[0]);
    assert_true(check("7月8日以降に情報が流出した可能性はございません。", c).ids[0]);
}

static void own_sentences_pass_under_their_verdict(void **state)
{
    (void)state;
    const kk_pair values[] = {
        {KK_S("persons.ja"), KK_S("20,161人")},
        {KK_S("persons.en"), KK_S("20,161 persons")},
        {KK_S("from"), KK_S("2022-07-01T00:00:00+09:00")},
        {KK_S("to"), KK_S("2022-07-08T03:00:00+09:00")},
        {KK_S("machines"), KK_S("3")},
        {KK_S("all_hours"), KK_S("171")},
        {KK_S("covered_hours"), KK_S("168")},
        {KK_S("missing_hours"), KK_S("3")},
        {KK_S("sources.ja"), KK_S("ファイアウォールとVPN装置")},
        {KK_S("sources.en"), KK_S("firewall and VPN")},
        {KK_S("signs.ja"), KK_S("圧縮ファイルの作成")},
        {KK_S("signs.en"), KK_S("archives made")},
        {KK_S("missing.ja"), KK_S("41時間分")},
        {KK_S("missing.en"), KK_S("41 hours")},
        {KK_S("why.ja"), KK_S("暗号化")},
        {KK_S("why.en"), KK_S("encrypted")},
        {KK_S("floor"), KK_S("3 MB")},
        {KK_S("unseen"), KK_S("45 GB")},
        {KK_S("bytes"), KK_S("60 MB")},
        {KK_S("files"), KK_S("24")},
        {KK_S("datasets.ja"), KK_S("受注データ")},
        {KK_S("datasets.en"), KK_S("the orders")},
    };
    const char tiers[] = "ABCD";
    for (size_t i = 0; i < KK_VERDICT_SENTENCES; i++) {
        const kk_verdict_words *words = &kk_verdict_told[i];
        assert_non_null(words->ja);
        kk_words told =
            kk_verdict_fill(arena, (kk_verdict_sentence)i, values, sizeof values / sizeof *values);
        for (kk_says verdict = KK_SAYS_CONFIRMED; verdict <= KK_SAYS_INDETERMINATE; verdict++)
            for (size_t t = 0; t < 4; t++) {
                if ((words->verdict && words->verdict != verdict) ||
                    (words->tier && words->tier != tiers[t]))
                    continue;
                kk_phrase_context c = {verdict, tiers[t], KK_LANG_BOTH, false, false, false, false};
                hits ja = check(told.ja.ptr, c), en = check(told.en.ptr, c);
                if (ja.ids[0] || en.ids[0])
                    fail_msg("sentence %d under %d%c: %s/ %s", (int)i, (int)verdict, tiers[t],
                             ja.ids, en.ids);
            }
    }
    kk_words unfilled = kk_verdict_fill(arena, KK_TOLD_TRACES, NULL, 0);
    assert_true(strstr(check(unfilled.ja.ptr, best(KK_SAYS_TRACES, 0)).ids, "placeholder"));
}

static void deadlines_keep_to_it_too(void **state)
{
    (void)state;
    kk_case_settings *s = settings_of("discovered: 2025-03-06\nparties: [{id: a, role: client}]\n");
    kk_buffer out = {0};
    for (int event = 0; event < 3; event++)
        for (int read = 0; read < 4; read++) {
            kk_duty_facts facts = {.event.status = (kk_trigger_status)event,
                                   .wrongful.status = (kk_trigger_status)event,
                                   .searched = read & 1,
                                   .unread = read & 2,
                                   .items = read & 1 ? 0 : UINT64_MAX >> 16,
                                   .persons_most = {read & 1, 40600}};
            kk_json j = {.out = &out};
            out.len = 0;
            kk_json_object(&j, NULL);
            kk_deadlines_write(&j, kk_deadlines_for(arena, s, &facts, 0));
            kk_json_close(&j);
            kk_put_byte(&out, 0);
            kk_phrase_context c = {
                KK_SAYS_INDETERMINATE, 'D', KK_LANG_BOTH, false, false, false, false};
            hits h = check(out.ptr, c);
            if (h.ids[0])
                fail_msg("%s in %s", h.ids, out.ptr);
        }
    kk_buffer_close(&out);
}

/* Patterns are matched by hand-written code: braces and gaps must be well formed. */
static void the_table_is_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < kk_phrase_count; i++)
        for (int half = 0; half < 2; half++) {
            const char *p = half ? kk_phrases[i].unless : kk_phrases[i].pattern;
            bool open = false;
            assert_true(kk_phrases[i].id[0] && kk_phrases[i].why[0] && (half || p[0]));
            for (; *p; p++) {
                assert_false(*p >= 'A' && *p <= 'Z'); /* folded */
                if (*p == '{')
                    assert_false(open);
                if (*p == '}')
                    assert_true(open);
                open = *p == '{' ? true : *p == '}' ? false : open;
            }
            assert_false(open);
        }
    assert_int_equal(kk_says_by_name(KK_S("no_trace")), KK_SAYS_NO_TRACE);
    assert_int_equal(kk_says_by_name(KK_S("indeterminate")), KK_SAYS_INDETERMINATE);
    assert_int_equal(kk_says_by_name(KK_S("")), KK_SAYS_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_that_nothing_left),
        cmocka_unit_test(promises_of_other_kinds),
        cmocka_unit_test(words_that_only_some_verdicts_bear),
        cmocka_unit_test(what_the_case_lacks),
        cmocka_unit_test(what_may_be_said),
        cmocka_unit_test(markup_hides_nothing),
        cmocka_unit_test(sentences_of_real_notices),
        cmocka_unit_test(own_sentences_pass_under_their_verdict),
        cmocka_unit_test(deadlines_keep_to_it_too),
        cmocka_unit_test(the_table_is_well_formed),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
