/* Cases made by hand for the tests of reports and of the check of drafts: what analyses would have
 * found is written down here, claims are made of it. All of it is invented. */
#pragma once
#include "claim/claim.h"
#include "report/report.h"
#include "tests/unit/settings_text.h"

typedef struct {
    kk_access access;
    kk_exfil exfil;
    kk_persons persons;
    kk_acts acts;
    kk_known_facts facts;
    kk_claims claims;
    kk_report_input input;
} made_case;

static inline kk_time at_time(const char *text)
{
    kk_time time = KK_NO_TIME;
    return kk_time_parse(kk_cstr(text), &time) ? time : KK_NO_TIME;
}

static const char paint_yaml[] =
    "organisation: {name: 例示ペイント株式会社, address: 大阪府堺市堺区例示町9-9, "
    "representative: 代表取締役社長 例示 次郎, trade: 塗料製造業, contact: {name: "
    "個人情報取扱窓口, "
    "tel: 06-0000-0000, mail: privacy@paint.example.co.jp}}\n"
    "discovered: 2026-03-06T08:40:00+09:00\n"
    "wrongful_purpose: suspected\n"
    "categories:\n"
    "  - {name: representative, label: {ja: お客様(代表者), en: customers (representatives)}, "
    "paths: [\"**/得意先代表者*\"], parent: customer}\n"
    "  - {name: delivery_contact, label: {ja: お客様(納入担当者), en: customers (delivery "
    "contacts)}, paths: [\"**/納入担当者/**\"], parent: customer}\n"
    "  - {name: customer, label: {ja: お客様, en: customers}, paths: [\"**/得意先*\"]}\n"
    "  - {name: former_employee, label: {ja: 元社員, en: former employees}, paths: "
    "[\"**/退職者*\"], parent: employee}\n"
    "  - {name: employee, label: {ja: 社員, en: employees}, paths: [\"**/社員*\"]}\n"
    "observations:\n"
    "  - {at: 2026-03-24T10:15:00+09:00, by: 岡田, kind: downloadable, what: "
    "ファイルの一覧がダウンロードできる状態であったとの連絡を受けた}\n"
    "measures:\n"
    "  - {done: 2026-03-06T09:15:00+09:00, what: {ja: VPNアカウントを無効にしました, "
    "en: the VPN account was disabled}}\n"
    "  - {done: 2026-03-06T09:30:00+09:00, what: {ja: FS02を切り離しました, en: FS02 was cut "
    "off}}\n"
    "chronology:\n"
    "  - {at: 2026-03-06T08:40:00+09:00, what: {ja: 社員が配合データを開けないことに気付いた, "
    "en: staff could not open data}, by: 岡田 (情報システム課), level: public}\n"
    "  - {at: 2026-03-13T13:00:00+09:00, what: {ja: 所轄警察に被害届を提出した, "
    "en: the police were told}, by: 岡田 (情報システム課), level: public}\n"
    "  - {at: 2026-03-14, what: {ja: FS02の複製を調査会社へ渡した, en: a copy of FS02 was handed "
    "over}, by: 岡田 (情報システム課)}\n"
    "harm: {known: [], checked: [{at: 2026-04-20T17:00:00+09:00, channel: 個人情報取扱窓口, by: "
    "岡田, result: {ja: 不正利用の連絡なし, en: no reports of misuse}}]}\n"
    "prevention:\n"
    "  - {what: {ja: VPNに多要素認証を導入する, en: multi-factor authentication for the VPN}, "
    "status: planned}\n"
    "desk: {name: 個人情報取扱窓口, tel: 06-0000-0000, hours: 平日9時から17時}\n"
    "reported:\n"
    "  - {by: 例示ペイント株式会社, to: ppc, kind: preliminary, at: 2026-03-10T16:00:00+09:00, "
    "receipt: R-0310, counts: [\n"
    "      {category: customer, count: 19300, unit: record, basis: reachable, most: true},\n"
    "      {category: employee, count: 831, unit: person, basis: reachable, most: false}]}\n";

static inline void add_items(kk_category_count *c, const kk_item *items, size_t n, bool left)
{
    c->items = KK_NEW_ARRAY(arena, kk_item_count, n);
    for (size_t i = 0; i < n; i++)
        c->items[c->item_count++] =
            (kk_item_count){items[i], left ? c->left.count : 0, c->reachable.count};
}

static inline void make_window(made_case *m, const char *from, const char *to, kk_from_is is)
{
    m->access.window = (kk_window){at_time(from), at_time(to), is, KK_WINDOW_EVIDENCE, KK_NONE};
    m->exfil.window = m->access.window;
}

static inline void make_hosts(made_case *m, const char *account, const char *host, const char *ip)
{
    static const kk_reason reason = {
        "new_address", {"接続元が過去にない", 27}, {"never seen before", 17}, {NULL, 0}};
    kk_time from = m->access.window.from, to = m->access.window.to;
    m->access.entries = KK_NEW_ARRAY(arena, kk_entry, 1);
    m->access.entries[m->access.entry_count++] = (kk_entry){.kind = KK_BY_VPN,
                                                            .account = kk_cstr(account),
                                                            .from_ip = kk_cstr(ip),
                                                            .country = KK_S("RO"),
                                                            .first = from,
                                                            .last = to,
                                                            .sessions = 4,
                                                            .certainty = "established"};
    m->access.sessions = KK_NEW_ARRAY(arena, kk_session, 1);
    m->access.sessions[m->access.session_count++] =
        (kk_session){.id = KK_S("S00000000000000000001"),
                     .kind = KK_BY_VPN,
                     .account = kk_cstr(account),
                     .host = KK_S("FGT-1"),
                     .from_ip = kk_cstr(ip),
                     .country = KK_S("RO"),
                     .start = from,
                     .end = to,
                     .has_bytes = true,
                     .bytes_out = 412336,
                     .suspicious = KK_TRUE,
                     .parent = KK_NOWHERE};
    m->access.sessions[0].reasons.items = KK_NEW(arena, kk_reason);
    m->access.sessions[0].reasons.items[0] = reason;
    m->access.sessions[0].reasons.count = 1;
    m->access.accounts = KK_NEW_ARRAY(arena, kk_account, 1);
    m->access.accounts[m->access.account_count++] =
        (kk_account){.name = kk_cstr(account), .first = from, .last = to, .suspicious = KK_TRUE};
    m->access.hosts = KK_NEW_ARRAY(arena, kk_intruded_host, 1);
    m->access.hosts[m->access.host_count++] =
        (kk_intruded_host){.name = kk_cstr(host),
                           .first = from,
                           .last = to,
                           .examined = true,
                           .encrypted = KK_TRUE,
                           .encrypted_first = to - 3600 * KK_SECOND,
                           .encrypted_last = to,
                           .encrypted_files = 315};
}

static inline void finish_case(made_case *m, const char *yaml, const char *now)
{
    kk_case_settings *settings = settings_of(yaml);
    kk_fault fault = {0};
    m->facts = (kk_known_facts){.settings = settings,
                                .access = &m->access,
                                .exfil = &m->exfil,
                                .persons = &m->persons,
                                .now = at_time(now),
                                .acts = &m->acts};
    if (kk_claims_make(&m->facts, arena, &m->claims, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    kk_duty_facts duty = {
        .event = {KK_TRIGGER_POSSIBLE, {KK_S("まだ判断できません"), KK_S("not known yet")}}};
    m->input =
        (kk_report_input){.facts = &m->facts,
                          .claims = &m->claims,
                          .deadlines = kk_deadlines_for(arena, settings, &duty, at_time(now)),
                          .case_name = KK_S("例"),
                          .state = KK_S("0123456789abcdef0123456789abcdef")};
}

static inline kk_category_count category_of(const char *name, const char *ja, const char *en,
                                            const char *parent, uint64_t left, uint64_t reachable)
{
    return (kk_category_count){.name = kk_cstr(name),
                               .label_ja = kk_cstr(ja),
                               .label_en = kk_cstr(en),
                               .parent = kk_cstr(parent),
                               .left = {left, left, left, true},
                               .reachable = {reachable, reachable, reachable, true},
                               .period_from = KK_NO_TIME,
                               .period_to = KK_NO_TIME,
                               .records = reachable + 7};
}

static inline void count_paint(made_case *m)
{
    static const kk_item of_customers[] = {KK_ITEM_NAME, KK_ITEM_ADDRESS, KK_ITEM_PHONE};
    static const kk_item of_staff[] = {KK_ITEM_NAME, KK_ITEM_BIRTH_DATE, KK_ITEM_USER_ID};
    kk_persons *p = &m->persons;
    p->left = (kk_count_of){7928, 7928, 7928, true};
    p->reachable = (kk_count_of){10492, 10487, 10501, true};
    p->complete = true;
    p->records = 20438;
    p->period_from = at_time("2021-04-01T00:00:00Z");
    p->period_to = at_time("2026-02-20T00:00:00Z");
    p->categories = KK_NEW_ARRAY(arena, kk_category_count, 5);
    p->category_count = 5;
    p->categories[0] = category_of("representative", "お客様(代表者)",
                                   "customers (representatives)", "customer", 1128, 1128);
    p->categories[1] = category_of("delivery_contact", "お客様(納入担当者)",
                                   "customers (delivery contacts)", "customer", 6290, 8869);
    p->categories[2] = category_of("customer", "お客様", "customers", "", 7343, 9907);
    p->categories[3] =
        category_of("former_employee", "元社員", "former employees", "employee", 218, 218);
    p->categories[4] = category_of("employee", "社員", "employees", "", 585, 585);
    p->categories[2].reachable.most = 9916;
    for (size_t i = 0; i < 3; i++)
        add_items(&p->categories[i], of_customers, 3, true);
    for (size_t i = 3; i < 5; i++)
        add_items(&p->categories[i], of_staff, 3, true);
    p->absent = KK_NEW_ARRAY(arena, struct kk_absent, 2);
    p->absent_count = 2;
    p->absent[0].item = KK_ITEM_CREDIT_CARD;
    p->absent[0].files = 42;
    p->absent[1].item = KK_ITEM_MY_NUMBER;
    p->absent[1].files = 42;
    p->sources = KK_NEW_ARRAY(arena, kk_person_source, 1);
    p->source_count = 1;
    p->sources[0] = (kk_person_source){.item = 1,
                                       .evidence = KK_S("FS02"),
                                       .host = KK_S("FS02"),
                                       .path = KK_S("p1/share/|a_b<c>\"&.csv"),
                                       .category = KK_S("customer"),
                                       .records = 1150,
                                       .persons = 1128,
                                       .items = KK_BIT(KK_ITEM_NAME),
                                       .exposure = "left",
                                       .stage = "published"};
}

static const kk_act_kind taken_kind = {"credentials", "認証情報(パスワードなど)の取得",
                                       "credentials being taken"};
static const kk_act_kind sent_kind = {"sent", "外部へのデータ送信", "data being sent outside"};

/* One by the machine's own log, one that the firewall confirms, one of our own people. */
static inline void make_acts(made_case *m)
{
    kk_slice *title = KK_NEW_ARRAY(arena, kk_slice, 4);
    kk_time at = at_time("2026-02-24T15:06:40Z");
    title[0] = KK_S("Dump Of LSASS By Command");
    title[1] = KK_S("コマンドによるLSASSのメモリの書き出し");
    title[2] = KK_S("Foreign Rule");
    m->acts.items = KK_NEW_ARRAY(arena, kk_act, 3);
    m->acts.count = 3;
    m->acts.items[0] = (kk_act){.kind = &taken_kind,
                                .host = KK_S("FS02"),
                                .level = KK_S("critical"),
                                .rank = 4,
                                .first = at,
                                .last = at,
                                .detections = 1,
                                .rules = &title[0],
                                .rules_ja = &title[1],
                                .rule_count = 1};
    m->acts.items[1] = (kk_act){.kind = &sent_kind,
                                .host = KK_S("FS02"),
                                .level = KK_S("high"),
                                .rank = 3,
                                .first = at,
                                .last = at + 60 * KK_SECOND,
                                .detections = 6,
                                .finding = KK_S("F00000000000000000001"),
                                .rules = &title[2],
                                .rules_ja = &title[3],
                                .rule_count = 1};
    m->acts.items[2] = m->acts.items[0];
    m->acts.items[2].by_responder = true;
    m->acts.tactics = KK_NEW_ARRAY(arena, kk_tactic_day, 2);
    m->acts.tactic_count = 2;
    m->acts.tactics[0] =
        (kk_tactic_day){KK_S("FS02"), KK_S("2026-02-25"), KK_S("credential-access"), 1};
    m->acts.tactics[1] = (kk_tactic_day){KK_S("FS02"), KK_S("2026-02-25"), KK_S("exfiltration"), 6};
    kk_rule_reach *reach = KK_NEW(arena, kk_rule_reach);
    reach->ran = 181;
    reach->could_not_run = 68;
    reach->needs = KK_NEW_ARRAY(arena, kk_rule_need, 1);
    reach->need_count = 1;
    reach->needs[0] = (kk_rule_need){.log = KK_S("sysmon 11"),
                                     .ja = KK_S("Sysmonのファイル作成の記録(11)"),
                                     .en = KK_S("Sysmon's record of files made (11)"),
                                     .reason = KK_LOG_NEVER_LOGGED,
                                     .hosts = KK_NEW(arena, kk_slice),
                                     .host_count = 1,
                                     .rules = 7};
    reach->needs[0].hosts[0] = KK_S("FS02");
    m->exfil.rules = reach;
}

/* Confirmed: files of a listing match; 7,928 persons left, 10,492 within reach. */
static inline made_case *paint_case(void)
{
    made_case *m = KK_NEW(arena, made_case);
    make_window(m, "2026-02-23T14:41:00Z", "2026-03-05T20:10:00Z", KK_FIRST_SEEN);
    make_hosts(m, "hoshu01", "FS02", "203.0.113.181");
    m->exfil.verdict = KK_CONFIRMED;
    m->exfil.statement_ja = KK_S("下記の情報が外部に流出し、外部サイトにおいて入手可能な状態にあっ"
                                 "たことを確認しました(ファイル10件)。");
    m->exfil.statement_en =
        KK_S("We confirmed that the following information left our systems and was "
             "obtainable on an external site (10 files).");
    m->exfil.limbs = KK_NEW_ARRAY(arena, struct kk_limb, 1);
    m->exfil.limb_count = 1;
    m->exfil.limbs[0].ja = kk_cstr(kk_verdict_told[KK_LIMB_VIEWING].ja);
    m->exfil.limbs[0].en = kk_cstr(kk_verdict_told[KK_LIMB_VIEWING].en);
    m->exfil.findings = KK_NEW_ARRAY(arena, kk_finding, 1);
    m->exfil.finding_count = 1;
    m->exfil.findings[0] = (kk_finding){
        .id = KK_S("F00000000000000000001"),
        .rule = "K1",
        .kind = "leak_listing_match",
        .strength = KK_CONCLUSIVE,
        .host = KK_S("FS02"),
        .destination = KK_S("203.0.113.77"),
        .start = at_time("2026-02-26T17:44:11Z"),
        .end = KK_NO_TIME,
        .has_bytes = true,
        .bytes_out = 23816020,
        .files = 10,
        .ja = KK_S(
            "公開されたファイルの一覧のハッシュ値が、保全した10件のファイルの内容と一致しました。"),
        .en = KK_S("Hashes in the listing of published files match the content of 10 files here.")};
    m->exfil.bytes_out = 23816020;
    m->exfil.tier = KK_TIER_B;
    m->exfil.host_hours = 240;
    m->exfil.covered = 236;
    count_paint(m);
    make_acts(m);
    finish_case(m, paint_yaml, "2026-04-20T09:00:00Z");
    return m;
}

static const char mats_yaml[] =
    "organisation: 例示マット株式会社\n"
    "discovered: 2026-07-08T08:35:00+09:00\n"
    "wrongful_purpose: suspected\n"
    "categories:\n  - {name: customer, label: {ja: お客様, en: customers}, paths: "
    "[\"**/受注/**\"]}\n"
    "chronology:\n"
    "  - {at: 2026-07-08T08:35:00+09:00, what: 社員が共有フォルダーを開けないことに気付いた, by: "
    "佐藤, level: public}\n"
    "  - {at: 2026-07-11T10:00:00+09:00, what: 所轄警察に相談した, by: 佐藤, level: public}\n"
    "measures:\n  - {done: 2026-07-08T09:31:00+09:00, what: {ja: VPNアカウントを無効にしました, "
    "en: the VPN "
    "account was disabled}}\n"
    "harm: {checked: [{at: 2026-07-10T17:00:00+09:00, channel: お問い合わせ窓口, by: 佐藤, result: "
    "{ja: "
    "不正利用の連絡なし, en: no reports of misuse}}]}\n";

/* No trace as far as the records reach; 49,027 persons within reach. `tier` A or B. */
static inline made_case *mats_case(kk_tier tier, bool bounded)
{
    static const kk_item items[] = {KK_ITEM_NAME, KK_ITEM_ADDRESS, KK_ITEM_PHONE, KK_ITEM_ORDER};
    static const kk_verdict_sentence limbs[] = {KK_LIMB_VIEWING, KK_LIMB_DUTY};
    const kk_pair values[] = {{KK_S("from"), KK_S("2026-07-01 22:10 (+09:00)")},
                              {KK_S("to"), KK_S("2026-07-08 04:12 (+09:00)")},
                              {KK_S("machines"), KK_S("2")},
                              {KK_S("all_hours"), KK_S("302")},
                              {KK_S("covered_hours"), KK_S("298")},
                              {KK_S("missing_hours"), KK_S("4")},
                              {KK_S("sources.ja"), KK_S("ファイアウォールの通信記録")},
                              {KK_S("sources.en"), KK_S("firewall session logs")}};
    made_case *m = KK_NEW(arena, made_case);
    make_window(m, "2026-07-01T13:10:07Z", "2026-07-07T19:12:30Z", KK_FIRST_SEEN);
    make_hosts(m, "tanaka.k", "FS01", "203.0.113.45");
    m->exfil.verdict = KK_NO_TRACE;
    m->exfil.tier = tier;
    m->exfil.host_hours = 302;
    m->exfil.covered = 298;
    m->exfil.has_unseen = true;
    m->exfil.unseen_bytes = 3104890;
    kk_words told = kk_verdict_fill(arena, tier == KK_TIER_A ? KK_TOLD_FULL : KK_TOLD_PARTLY,
                                    values, sizeof values / sizeof *values);
    m->exfil.statement_ja = told.ja;
    m->exfil.statement_en = told.en;
    m->exfil.limbs = KK_NEW_ARRAY(arena, struct kk_limb, 2);
    for (size_t i = 0; i < 2; i++) {
        m->exfil.limbs[i].ja = kk_cstr(kk_verdict_told[limbs[i]].ja);
        m->exfil.limbs[m->exfil.limb_count++].en = kk_cstr(kk_verdict_told[limbs[i]].en);
    }
    m->exfil.gaps = KK_NEW_ARRAY(arena, kk_gap, 1);
    m->exfil.gap_count = 1;
    m->exfil.gaps[0] = (kk_gap){KK_S("FS01"), KK_S("firewall"), at_time("2026-07-03T00:00:00Z"),
                                at_time("2026-07-03T04:00:00Z"), "cleared"};
    m->exfil.sources = KK_NEW_ARRAY(arena, kk_coverage_source, 1);
    m->exfil.source_count = 1;
    m->exfil.sources[0] = (kk_coverage_source){KK_S("FGT-HONSHA"),
                                               KK_S("FS01"),
                                               "firewall",
                                               at_time("2026-06-20T00:00:00Z"),
                                               at_time("2026-07-10T00:00:00Z"),
                                               3,
                                               NULL,
                                               {KK_NONE, KK_NONE, 0, 0, 0}};
    kk_persons *p = &m->persons;
    p->reachable = (kk_count_of){49027, 49020, 49040, bounded};
    p->complete = true;
    p->records = 168430;
    p->period_from = at_time("2021-05-10T15:11:22Z");
    p->period_to = at_time("2026-07-07T14:44:23Z");
    p->categories = KK_NEW_ARRAY(arena, kk_category_count, 1);
    p->category_count = 1;
    p->categories[0] = category_of("customer", "お客様", "customers", "", 0, 49027);
    p->categories[0].reachable = p->reachable;
    add_items(&p->categories[0], items, 4, false);
    p->absent = KK_NEW_ARRAY(arena, struct kk_absent, 1);
    p->absent_count = 1;
    p->absent[0].item = KK_ITEM_CREDIT_CARD;
    p->absent[0].files = 315;
    p->absent[0].unread = bounded ? 0 : 3;
    if (!bounded) {
        p->unread = KK_NEW_ARRAY(arena, kk_unread, 1);
        p->unread_count = 1;
        p->unread[0] = (kk_unread){.path = KK_S("share/旧.zip"),
                                   .host = KK_S("FS01"),
                                   .reason = "password",
                                   .bytes = 81234};
    }
    finish_case(m, mats_yaml, "2026-07-20T03:00:00Z");
    return m;
}

/* The first hour: nothing was read, nobody said anything. */
static inline made_case *empty_case(void)
{
    made_case *m = KK_NEW(arena, made_case);
    make_window(m, "", "", KK_FIRST_SEEN);
    m->exfil.verdict = KK_INDETERMINATE;
    m->exfil.tier = KK_TIER_D;
    m->exfil.statement_ja = kk_cstr(kk_verdict_told[KK_TOLD_NOTHING_YET].ja);
    m->exfil.statement_en = kk_cstr(kk_verdict_told[KK_TOLD_NOTHING_YET].en);
    m->persons.period_from = m->persons.period_to = KK_NO_TIME;
    finish_case(m, "", "2026-07-20T03:00:00Z");
    return m;
}
