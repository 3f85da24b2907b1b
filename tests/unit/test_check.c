/* The check of drafts: right ones pass, and each kind of mistake is found on its line, with what should
 * stand there. The cases are made by hand (report_case.h), the drafts are invented. */
#include "tests/unit/arena.h"

#include "base/text.h"
#include "report/check.h"
#include "tests/unit/report_case.h"

static kk_draft_check check_bytes(const made_case *m, kk_slice bytes)
{
    kk_draft_check out;
    kk_fault fault = {0};
    if (kk_check_draft(m ? &m->input : NULL, bytes, arena, &out, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    return out;
}

static kk_draft_check check(const made_case *m, const char *text)
{
    return check_bytes(m, kk_cstr(text));
}

static void show(const kk_draft_check *c)
{
    for (size_t i = 0; i < c->count; i++)
        print_message("  line %zu %s %s `%.*s`: %.*s => %.*s\n", c->items[i].line,
                      kk_said_names[c->items[i].kind], kk_held_names[c->items[i].status],
                      KK_P(c->items[i].quote), KK_P(c->items[i].text), KK_P(c->items[i].expected));
}

/* The first statement of a kind and status on a line (0: any); NULL if none. */
static const kk_statement *find(const kk_draft_check *c, kk_said kind, kk_held status, size_t line)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].kind == kind && c->items[i].status == status &&
            (!line || c->items[i].line == line))
            return &c->items[i];
    return NULL;
}

static void wrong(const made_case *m, const char *text, kk_said kind, const char *expected)
{
    kk_draft_check c = check(m, text);
    const kk_statement *s = find(&c, kind, KK_HELD_CONTRADICTED, 0);
    if (!s || (expected && !kk_has(s->expected, kk_cstr(expected)))) {
        show(&c);
        fail_msg("`%s`: not found to be a wrong %s", text, kk_said_names[kind]);
    }
}

static void right(const made_case *m, const char *text, kk_said kind)
{
    kk_draft_check c = check(m, text);
    if (!find(&c, kind, KK_HELD_SUPPORTED, 0) || c.contradicted) {
        show(&c);
        fail_msg("`%s`: not found to be a right %s", text, kk_said_names[kind]);
    }
}

static void neither(const made_case *m, const char *text, kk_said kind)
{
    kk_draft_check c = check(m, text);
    if (!find(&c, kind, KK_HELD_UNSUPPORTED, 0) || c.contradicted) {
        show(&c);
        fail_msg("`%s`: not found to be an unsupported %s", text, kk_said_names[kind]);
    }
}

static const char good_draft[] =
    "# 不正アクセスによる個人情報の流出について\n"
    "2026年4月20日\n"
    "\n"
    "■経緯\n"
    "2026年3月6日8時40分、社員が配合データを開けないことに気付きました。\n"
    "2026年2月23日23時41分から3月6日5時10分まで不正アクセスがあったことを確認しました。\n"
    "３月１３日に所轄警察へ被害届を提出しました。\n"
    "\n"
    "■外部流出が確認された個人情報(下記(1)~(2)の合計 ７，９２８名)\n"
    "(1) お客様情報(7,343名)\n"
    "項目:氏名、住所、電話番号\n"
    "(2) 社員及び元社員の情報(585名)\n"
    "項目:氏名、生年月日、ユーザーID\n"
    "\n"
    "クレジットカード情報は、確認したファイルに含まれておりません。\n"
    "\n"
    "■お問い合わせ窓口\n"
    "電話番号: 06-0000-0000\n";

static void a_right_draft_passes(void **state)
{
    kk_draft_check c = check(paint_case(), good_draft);
    (void)state;
    if (c.contradicted || !find(&c, KK_SAID_COUNT, KK_HELD_SUPPORTED, 9) ||
        !find(&c, KK_SAID_SUM, KK_HELD_SUPPORTED, 9) ||
        !find(&c, KK_SAID_COUNT, KK_HELD_SUPPORTED, 10) ||
        !find(&c, KK_SAID_COUNT, KK_HELD_SUPPORTED, 12) ||
        !find(&c, KK_SAID_DATE, KK_HELD_SUPPORTED, 5) ||
        !find(&c, KK_SAID_DATE, KK_HELD_SUPPORTED, 6) ||
        !find(&c, KK_SAID_DATE, KK_HELD_SUPPORTED, 7) ||
        !find(&c, KK_SAID_ITEM, KK_HELD_SUPPORTED, 11) ||
        !find(&c, KK_SAID_ABSENCE, KK_HELD_SUPPORTED, 15)) {
        show(&c);
        fail_msg("a right draft is not found to be one");
    }
    for (size_t i = 0; i < c.count; i++)
        if (c.items[i].status == KK_HELD_SUPPORTED && c.items[i].kind != KK_SAID_SUM)
            assert_true(c.items[i].claim.len > 0);
}

static void one_changed_digit_is_found(void **state)
{
    static const struct {
        const char *from, *to;
        kk_said kind;
        size_t line;
    } changes[] = {
        {"７，９２８", "７，９２９", KK_SAID_COUNT, 9},
        {"７，９２８", "７，９２９", KK_SAID_SUM, 9},
        {"7,343名", "7,344名", KK_SAID_COUNT, 10},
        {"7,343名", "7,334名", KK_SAID_SUM, 9},
        {"585名", "578名", KK_SAID_COUNT, 12},
        {"8時40分", "8時45分", KK_SAID_DATE, 5},
        {"3月6日8時", "3月7日8時", KK_SAID_DATE, 5},
        {"2月23日", "2月24日", KK_SAID_DATE, 6},
        {"３月１３日", "３月１４日", KK_SAID_DATE, 7},
        {"電話番号\n(2)", "生年月日\n(2)", KK_SAID_ITEM, 11},
        {"クレジットカード情報は", "住所は", KK_SAID_ABSENCE, 15},
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        kk_slice text = kk_cstr(good_draft);
        size_t at = kk_find(text, kk_cstr(changes[i].from));
        assert_true(at != KK_NOWHERE);
        kk_slice changed = kk_print(arena, "%.*s%s%s", KK_P(kk_part(text, 0, at)), changes[i].to,
                                    good_draft + at + strlen(changes[i].from));
        kk_draft_check c = check_bytes(paint_case(), changed);
        if (!find(&c, changes[i].kind, KK_HELD_CONTRADICTED, changes[i].line)) {
            show(&c);
            fail_msg("%s for %s is not found", changes[i].to, changes[i].from);
        }
    }
}

static void counts_in_many_shapes(void **state)
{
    made_case *p = paint_case(), *m = mats_case(KK_TIER_B, true);
    (void)state;
    right(p, "流出が確認された方は七千九百二十八名です。", KK_SAID_COUNT);
    right(p, "流出を確認したお客様は約７３００人です。", KK_SAID_COUNT);
    right(p, "漏えいのおそれがある方は最大1万501名です。", KK_SAID_COUNT);
    right(p, "保存されていた顧客は最大9,916名です。", KK_SAID_COUNT);
    right(p, "| 対象 | 流出を確認した件数 |\n|---|---|\n| お客様 | 7,343 |\n| 従業員 | 585 |\n",
          KK_SAID_COUNT);
    right(p, "The data of 7,343 customers were leaked.", KK_SAID_COUNT);
    right(p, "Confirmed to have left: 585 present and former employees.", KK_SAID_COUNT);
    right(p, "Up to 10,501 persons may have been affected.", KK_SAID_COUNT);
    right(p, "当初、最大19,300件とお知らせしました。", KK_SAID_COUNT);
    right(p, "当社の機器1台でデータが暗号化されました。", KK_SAID_COUNT);
    wrong(p, "流出が確認された方は9,907名です。", KK_SAID_COUNT, "7,928");
    wrong(p, "漏えいのおそれがある方は最大10,492名です。", KK_SAID_COUNT, "10,501");
    wrong(p, "流出を確認した元社員は578名です。", KK_SAID_COUNT, "218");
    wrong(p, "The data of 7,434 customers were leaked.", KK_SAID_COUNT, "7,343");
    wrong(p, "当社の機器3台でデータが暗号化されました。", KK_SAID_COUNT, "1台");
    wrong(m, "流出が確認された方は49,027名です。", KK_SAID_COUNT, NULL);
    right(m, "流出の可能性がある方は最大49,040名です。", KK_SAID_COUNT);
    neither(p, "株主の情報3,500名分が含まれます。", KK_SAID_COUNT);
    neither(p, "保存されていたお客様の情報は9,914件です。",
            KK_SAID_COUNT); /* records, not persons */
    neither(p, "お問い合わせは120件ありました。", KK_SAID_COUNT);
    wrong(mats_case(KK_TIER_B, false), "流出の可能性がある方は最大49,040名です。", KK_SAID_COUNT,
          "増える可能性");
    wrong(mats_case(KK_TIER_B, false), "対象は49,027名です。", KK_SAID_COUNT, "増える可能性");
}

/* Where only a bound is known, a plain number says more than anybody knows. */
static void a_bound_is_no_number(void **state)
{
    made_case *p = paint_case();
    kk_fault fault;
    (void)state;
    p->persons.left = (kk_count_of){7928, 7923, 7928, true};
    assert_int_equal(kk_claims_make(&p->facts, arena, &p->claims, &fault), KK_OK);
    right(p, "流出が確認された方は最大7,928名です。", KK_SAID_COUNT);
    neither(p, "流出が確認された方は7,928名です。", KK_SAID_COUNT);
    kk_draft_check c = check(p, "流出が確認された方は7,928名です。");
    const kk_statement *s = find(&c, KK_SAID_COUNT, KK_HELD_UNSUPPORTED, 0);
    assert_true(kk_has(s->expected, KK_S("最大7,928名")));
    wrong(p, "流出が確認された方は7,929名です。", KK_SAID_COUNT, "最大7,928");
}

static void sums_need_no_case(void **state)
{
    (void)state;
    right(NULL, "合計20,161件(お客様19,583件、社員578件)。", KK_SAID_SUM);
    right(NULL, "38,498名=37,667名+831名ではなく、37,667名+831名=38,498名です。", KK_SAID_SUM);
    right(NULL,
          "| 区分 | 人数 |\n|---|---|\n| 顧客 | 100名 |\n| うち法人 | 40名 |\n| 社員 | 20名 |\n| "
          "合計 | 120名 |\n",
          KK_SAID_SUM);
    right(NULL, "■流出した情報(合計 20,1６１件)\n### (1)お客様(19,５８３件)\n### (2)社員(578 件)\n",
          KK_SAID_SUM);
    right(NULL, "A total of 120 persons: 100 customers and 20 employees.", KK_SAID_SUM);
    right(NULL,
          "- 市立学校 61校 5,604人\n- 県立学校 10校 1,701人\n- 大学 214人\n\n合 計 71校 7,519人\n",
          KK_SAID_SUM);
    right(NULL, "計:中学校6校、963名(生徒785名、教職員178名)", KK_SAID_SUM);
    wrong(NULL, "- 市立学校 61校 5,604人\n- 県立学校 10校 1,701人\n\n合 計 71校 7,519人\n",
          KK_SAID_SUM, "7,305");
    wrong(NULL, "合計20,161件(お客様19,583件、社員587件)。", KK_SAID_SUM, "20,170");
    wrong(NULL, "37,667+831=38,489", KK_SAID_SUM, "38,498");
    wrong(NULL, "| 区分 | 人数 |\n|---|---|\n| 顧客 | 100 |\n| 社員 | 20 |\n| 合計 | 130 |\n",
          KK_SAID_SUM, "100 + 20 = 120");
    wrong(NULL, "A total of 130 persons: 100 customers and 20 employees.", KK_SAID_SUM, "120");
    kk_draft_check c = check(NULL, "合計110名(お客様100名、社員20名、重複を除く)。");
    assert_int_equal(c.count, 0);
    c = check(NULL, "合計100名(うちお客様20名、社員30名)。");
    assert_int_equal(c.contradicted, 0);
}

static void dates_need_no_case(void **state)
{
    (void)state;
    wrong(NULL, "2026年2月29日に公表しました。", KK_SAID_DATE, "存在しない");
    wrong(NULL, "令和8年13月1日に公表しました。", KK_SAID_DATE, "存在しない");
    wrong(NULL, "2026年3月6日(木)に公表しました。", KK_SAID_DATE, "金曜日");
    wrong(NULL, "It was published on 31 April 2026.", KK_SAID_DATE, "no such date");
    wrong(NULL, "2026年3月6日31時10分に発生しました。", KK_SAID_DATE, "存在しない");
    assert_int_equal(check(NULL, "2026年3月6日(金)、令和8年3月6日、R8.3.6、March 6, 2026。").count,
                     0);
    assert_int_equal(
        check(NULL, "①令和8年2月9日午前1時50分。5.令和8年2月14日(土)。2025/1/27 25:00ごろ。").count,
        0);
    assert_int_equal(check(NULL, "2025年12月26日(金)から1月6日(火)まで休業します。").count, 0);
    assert_int_equal(
        check(NULL, "電話は03-0000-0000、受付は平日9時から17時です。バージョン1.2.3。").count, 0);
}

static void dates_against_claims(void **state)
{
    made_case *p = paint_case();
    (void)state;
    right(p, "令和8年3月6日に当社従業員が発見しました。", KK_SAID_DATE);
    right(p, "3月10日に個人情報保護委員会へ速報を提出しました。", KK_SAID_DATE);
    right(p, "The matter was discovered on March 6, 2026.", KK_SAID_DATE);
    right(p, "2月25日にも不正アクセスがありました。", KK_SAID_DATE);
    wrong(p, "3月11日に個人情報保護委員会へ速報を提出しました。", KK_SAID_DATE, "2026-03-10");
    wrong(p, "2026年3月8日に不正アクセスを受けました。", KK_SAID_DATE, "2026-03-06");
    wrong(p, "The matter was discovered on March 7, 2026.", KK_SAID_DATE, "2026-03-06");
    neither(p, "不正アクセスについて、3月15日に第一報を掲載しました。", KK_SAID_DATE);
    neither(p, "2026年5月9日までに全てのシステムが稼働しています。", KK_SAID_DATE);
}

static void verdicts(void **state)
{
    made_case *p = paint_case(), *b = mats_case(KK_TIER_B, true), *a = mats_case(KK_TIER_A, true),
              *e = empty_case();
    (void)state;
    right(p, "個人情報が外部に流出したことを確認しました。", KK_SAID_VERDICT);
    right(b, "外部への送信を示す痕跡は認められませんでした。", KK_SAID_VERDICT);
    right(b, "流出した可能性を否定できません。", KK_SAID_VERDICT);
    right(b, "画面で閲覧された可能性があります。", KK_SAID_VERDICT);
    right(e, "流出の有無は調査中です。", KK_SAID_VERDICT);
    right(a, "外部に流出した可能性は極めて低いと判断しております。", KK_SAID_VERDICT);
    wrong(p, "個人情報の流出は確認されておりません。", KK_SAID_VERDICT, "流出し");
    wrong(p, "個人情報が流出した可能性があります。", KK_SAID_VERDICT, "確認しました");
    wrong(b, "個人情報が外部に流出したことを確認しました。", KK_SAID_VERDICT,
          "痕跡は認められません");
    wrong(b, "個人情報の流出は一切ございません。", KK_SAID_VERDICT, NULL);
    wrong(b, "外部に流出した可能性は極めて低いと判断しております。", KK_SAID_VERDICT, NULL);
    wrong(b, "No customer data was leaked.", KK_SAID_VERDICT, NULL);
    wrong(e, "情報の流出は確認されていません。", KK_SAID_VERDICT, "調査中");
    wrong(NULL, "個人情報の流出はございません。", KK_SAID_VERDICT, "証明できません");
    wrong(NULL, "痕跡や証拠は一切無いことが判明しました。", KK_SAID_VERDICT, NULL);
    wrong(NULL, "他のシステムへの影響はありません。", KK_SAID_SCOPE, NULL);
    assert_int_equal(check(NULL, "流出の有無は調査中です。最大49,040名です。").count, 0);
}

static void items_absences_and_the_rest(void **state)
{
    made_case *p = paint_case(), *m = mats_case(KK_TIER_B, true);
    (void)state;
    right(m, "項目:ご注文者様の氏名、住所、電話番号、ご注文商品", KK_SAID_ITEM);
    wrong(m, "項目:氏名、住所、注文商品", KK_SAID_ITEM, "電話番号");
    wrong(m, "流出した可能性のある項目は氏名、クレジットカード情報です。", KK_SAID_ITEM,
          "クレジットカード情報");
    wrong(m, "電話番号は含まれておりません。", KK_SAID_ABSENCE, NULL);
    right(p, "マイナンバーは含まれていません。", KK_SAID_ABSENCE);
    neither(mats_case(KK_TIER_B, false), "クレジットカード情報は含まれておりません。",
            KK_SAID_ABSENCE);
    neither(m, "パスポート番号は含まれておりません。", KK_SAID_ABSENCE);
    neither(m, "二次被害は確認されておりません。", KK_SAID_ABSENCE);
    right(m, "7月10日までに、お問い合わせ窓口への不正利用の連絡は確認されていません。",
          KK_SAID_ABSENCE);
    right(m, "VPNアカウントを無効にいたしました。", KK_SAID_ACTION);
    right(m, "所轄警察に相談しております。", KK_SAID_PARTY);
    neither(m, "全社員に情報セキュリティ教育を実施しました。", KK_SAID_ACTION);
    neither(m, "他の拠点のシステムへの影響は確認されておりません。", KK_SAID_SCOPE);
    neither(m, "攻撃者は海外の犯罪組織と推定しています。", KK_SAID_JUDGEMENT);
    neither(m, "中国からの攻撃でした。", KK_SAID_PARTY);
}

static kk_slice notice_of(const made_case *m, const char *lang, const char *format)
{
    kk_buffer out = {0};
    kk_fault fault = {0};
    assert_int_equal(
        kk_report_render(&m->input, KK_S("notice"), kk_cstr(lang), kk_cstr(format), &out, &fault),
        KK_OK);
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

/* What the program itself writes, it finds to be right. */
static void own_notices_pass(void **state)
{
    made_case *cases[] = {paint_case(), mats_case(KK_TIER_A, true), mats_case(KK_TIER_B, true),
                          mats_case(KK_TIER_B, false), empty_case()};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int how = 0; how < 4; how++) {
            kk_draft_check c = check_bytes(
                cases[i], notice_of(cases[i], how & 1 ? "en" : "ja", how & 2 ? "md" : "html"));
            if (c.contradicted) {
                show(&c);
                fail_msg("own notice of case %zu (%d) is contradicted", i, how);
            }
        }
}

static void encodings_and_odd_bytes(void **state)
{
    made_case *p = paint_case();
    (void)state;
    kk_slice sjis = kk_encode(arena, KK_CP932, kk_cstr(good_draft));
    kk_draft_check c = check_bytes(p, sjis);
    assert_int_equal(c.contradicted, 0);
    assert_non_null(find(&c, KK_SAID_COUNT, KK_HELD_SUPPORTED, 9));
    assert_int_equal(check(p, "").count, 0);
    check_bytes(p, KK_S("\xff\xfe\x00|\x01<\x02 \xe3\x80"));
    check_bytes(p, KK_S("|||\n|---|\n|1名|2名|\n<table><tr><td>1,2,3,</td><!-- "));
    for (size_t cut = 0; cut < sizeof good_draft; cut += 7) /* any end of it */
        check_bytes(p, kk_copy(arena, kk_part(kk_cstr(good_draft), cut / 3, cut)));
    kk_draft_check out;
    kk_fault fault = {0};
    char *large = kk_take(arena, KK_DRAFT_MOST + 1);
    assert_int_equal(
        kk_check_draft(NULL, (kk_slice){large, KK_DRAFT_MOST + 1}, arena, &out, &fault),
        KK_INVALID);
}

static void the_document_is_as_the_contract_says(void **state)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_draft_check c = check(paint_case(), "流出が確認された方は7,900名です。");
    (void)state;
    kk_json_object(&j, NULL);
    kk_check_json(&j, &c);
    kk_json_close(&j);
    kk_slice text = kk_buffer_slice(&out);
    assert_true(kk_has(
        text, KK_S("\"statements\":[{\"line\":1,\"text\":\"流出が確認された方は7,900名です。\"")));
    assert_true(kk_has(text, KK_S("\"kind\":\"count\",\"status\":\"contradicted\",\"claim\":\"C")));
    assert_true(kk_has(text, KK_S("\"contradicted\":1")));
    kk_buffer_close(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_right_draft_passes),        TEST(one_changed_digit_is_found),
        TEST(counts_in_many_shapes),       TEST(a_bound_is_no_number),
        TEST(sums_need_no_case),           TEST(dates_need_no_case),
        TEST(dates_against_claims),        TEST(verdicts),
        TEST(items_absences_and_the_rest), TEST(own_notices_pass),
        TEST(encodings_and_odd_bytes),     TEST(the_document_is_as_the_contract_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
