/* case.yaml: every key, defaults, and one clear sentence for each way to get it wrong. */
#include "tests/unit/arena.h"

#include <stdio.h>

#include "base/buffer.h"
#include "tests/unit/settings_text.h"

static void wrong(const char *text, const char *sentence)
{
    kk_case_settings *s = NULL;
    kk_fault fault = {0};
    assert_int_equal(kk_case_settings_read(arena, kk_cstr(text), &s, &fault), KK_INVALID);
    assert_string_equal(fault.text, sentence);
    assert_null(s);
}

static void assert_slice(kk_slice s, const char *text)
{
    if (!kk_is(s, text))
        fail_msg("`%.*s` is not `%s`", KK_P(s), text);
}

static void assert_time(kk_time time, const char *text)
{
    assert_slice(kk_time_text(arena, time), text);
}

static void defaults_of_an_empty_file(void **state)
{
    (void)state;
    const char *empty[] = {"", "\n", "# nothing\n", "---\n", "timezone:\nknown: null\n"};
    for (size_t i = 0; i < 5; i++) {
        kk_case_settings *s = settings_of(empty[i]);
        assert_slice(s->timezone, "Asia/Tokyo");
        assert_int_equal(kk_zone_offset(&s->zone, 0), 9 * 3600);
        assert_int_equal(s->wrongful_purpose, KK_PURPOSE_UNKNOWN);
        assert_int_equal(s->known.count, 0);
        assert_false(kk_moment_given(&s->discovered));
        assert_false(kk_moment_given(&s->intrusion.from));
        assert_false(s->uplink_mbps.given);
        assert_true(kk_address_is_internal(s, KK_S("172.31.255.255")));
        assert_false(kk_address_is_internal(s, KK_S("172.32.0.0")));
        assert_false(kk_address_is_internal(s, KK_S("192.0.2.1")));
    }
}

static void the_example_of_the_contract(void **state)
{
    (void)state;
    kk_case_settings *s = settings_of(
        "organisation: 例示ペイント株式会社   # or a map\n"
        "timezone: Asia/Tokyo\n"
        "discovered: 2025-03-06T08:40:00+09:00\n"
        "known: []\n"
        "wrongful_purpose: suspected\n"
        "intrusion: {from: null, to: null}\n"
        "internal_networks: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]\n"
        "uplink_mbps: null\n"
        "categories:\n"
        "  - {name: employee, label: {ja: 社員, en: employees}, columns: [社員番号], parent: "
        "null}\n"
        "  - {name: customer, label: {ja: お客様, en: customers}, paths: [\"**/顧客*\", "
        "\"**/orders/**\"]}\n"
        "parties: []\nowners: []\nassets: null\nacquired: []\nresponders: []\nobservations: []\n"
        "datasets: []\nestimates: []\nmeasures: []\nchronology: []\nnotified: []\npublished: []\n"
        "harm: {known: [], checked: []}\nprevention: []\nrecovery: []\ndesk: null\nreported: []\n");
    assert_slice(s->organisation.name, "例示ペイント株式会社");
    assert_int_equal(s->known.count, 1);
    assert_true(s->known.items[0].from_discovered);
    assert_slice(s->known.items[0].party, "self");
    assert_time(s->known.items[0].at.time, "2025-03-05T23:40:00Z");
    assert_int_equal(s->wrongful_purpose, KK_PURPOSE_SUSPECTED);
    assert_int_equal(s->categories.count, 2);
    assert_slice(s->categories.items[1].label.en, "customers");
    assert_int_equal(s->categories.items[1].line, 11);
    assert_true(s->harm.known_given);
}

static const char whole[] =
    "organisation:\n"
    "  name: 例示マット株式会社\n"
    "  corporate_number: 1234567890123\n"
    "  address: 東京都千代田区例示1-2-3\n"
    "  representative: 例示太郎\n"
    "  trade: 小売業\n"
    "  contact: {name: 総務課, tel: 03-0000-0000, mail: soumu@example.jp}\n"
    "timezone: +09:00\n"
    "discovered: 2022-07-08\n"
    "known:\n"
    "  - {at: 2022-07-08T07:30, party: self, by: 情報課, what: 暗号化を発見, reportable: yes}\n"
    "  - {at: 2022-07-11 10:00:00Z, party: parent-co, what: {en: told}, reportable: unclear}\n"
    "wrongful_purpose: excluded\n"
    "intrusion: {from: 2022-07-01, to: 2022-07-08}\n"
    "internal_networks: [10.1.0.0/16, 2001:db8::/32, 203.0.113.7]\n"
    "uplink_mbps: 100.5\n"
    "categories:\n"
    "  - {name: all}\n"
    "  - {name: orderer, columns: [注文者 氏名, ＴＥＬ], parent: all}\n"
    "parties:\n"
    "  - {id: parent-co, name: 例示HD, role: parent, kind: 株式会社, via: null}\n"
    "  - {id: mall-1, role: mall}\n"
    "owners:\n"
    "  - {party: mall-1, column: 販路, equals: モール１}\n"
    "  - {party: self, paths: \"**/own/**\"}\n"
    "assets: assets.csv\n"
    "acquired:\n"
    "  - {source: FS01.E01, label: ファイルサーバ, host: FS01, at: 2022-07-15, by: 調査会社, "
    "method: dd, sha256: 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef, "
    "clock_offset: -3m4s}\n"
    "responders:\n"
    "  - {account: sysadmin, from_ip: 10.1.2.0/24, hosts: [FS01], from: 2022-07-08, to: "
    "2022-07-08, "
    "did: ウイルススキャン}\n"
    "observations:\n"
    "  - {at: 2022-07-20, by: 調査会社, kind: downloadable, what: {ja: 掲載, en: listed}, file: "
    "a.csv, "
    "sha256: null}\n"
    "datasets:\n"
    "  - {name: 受注, paths: [\"**/orders/**\"], state: encrypted, restored: partly, protected: "
    "yes}\n"
    "  - {name: 人事, protected: AES-256で暗号化}\n"
    "estimates:\n"
    "  - {dataset: 人事, category: employee, count: \"1,200\", basis: 名簿, by: 人事課, at: "
    "2022-07-20}\n"
    "measures:\n"
    "  - {done: 2022-07-08T09:00, what: 切断, hosts: FS01, accounts: [vpn1], check: host-silent}\n"
    "chronology:\n"
    "  - {at: 2022-07-11, what: 被害届, by: 総務課, source: 控え, level: public}\n"
    "  - {at: 2022-07-12, what: 会議}\n"
    "notified:\n"
    "  - {party: null, category: orderer, means: 書状, from: 2022-07-15, sent: 40600, returned: "
    "12}\n"
    "  - {party: mall-1, sent: 2022-07-16}\n"
    "published:\n"
    "  - {at: 2022-07-15, where: 自社サイト, report: first.pdf}\n"
    "harm:\n"
    "  known: [迷惑メール, {at: 2022-08-01, what: {en: calls}, by: 窓口}]\n"
    "  checked: [{at: 2022-09-01, channel: 窓口, by: 顧客課, result: 申出なし}]\n"
    "prevention:\n"
    "  - {what: 多要素認証, status: planned, at: 2022-12-01, because: [認証情報の悪用]}\n";

static void every_key(void **state)
{
    (void)state;
    char text[8000];
    /* `because` takes one text: the list is the mistake that is told here */
    wrong(whole, "case.yaml line 52: `because` must be a text, or {ja: ..., en: ...}");
    snprintf(text, sizeof text, "%s", whole);
    char *list = strstr(text, "[認証情報の悪用]");
    *list = ' ';
    *strchr(list, ']') = ' ';
    size_t len = strlen(text);
    snprintf(text + len, sizeof text - len, "%s",
             "recovery: [{system: 受注, at: 2022-07-20, shown_clean_by: スキャン}]\n"
             "desk: {name: 窓口, tel: 0120-000-000, hours: {ja: 平日, en: weekdays}}\n"
             "reported:\n"
             "  - by: self\n"
             "    to: ppc\n"
             "    kind: preliminary\n"
             "    at: 2022-07-11T15:00:00+09:00\n"
             "    receipt: R-1\n"
             "    report: r.pdf\n"
             "    counts: [{category: orderer, count: 40600, unit: record, basis: reachable, most: "
             "true}, {count: 5}]\n");
    kk_case_settings *s = settings_of(text);
    assert_slice(s->organisation.contact.mail, "soumu@example.jp");
    assert_slice(s->organisation.corporate_number, "1234567890123");
    assert_int_equal(s->known.count, 3);
    assert_true(s->known.items[0].from_discovered);
    assert_true(s->known.items[0].at.day_only);
    assert_time(s->known.items[1].at.time, "2022-07-07T22:30:00Z");
    assert_slice(s->known.items[1].what.en, "暗号化を発見");
    assert_slice(s->known.items[2].what.ja, "told");
    assert_int_equal(s->known.items[1].reportable, KK_REPORTABLE_YES);
    assert_time(s->intrusion.from.time, "2022-06-30T15:00:00Z");
    assert_time(s->intrusion.to.time, "2022-07-08T14:59:59Z");
    assert_true(s->uplink_mbps.value > 100.49 && s->uplink_mbps.value < 100.51);
    assert_int_equal(s->categories.items[1].parent_at, 0);
    assert_int_equal(s->parties.items[0].role, KK_PARTY_PARENT);
    assert_slice(s->assets, "assets.csv");
    const kk_acquired *a = &s->acquired.items[0];
    assert_slice(a->sha256, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    assert_true(a->clock_offset.given && a->clock_offset.nanoseconds == -184 * KK_SECOND);
    assert_int_equal(s->observations.items[0].kind, KK_OBSERVED_DOWNLOADABLE);
    assert_int_equal(s->datasets.items[0].is_protected, KK_ANSWER_YES);
    assert_int_equal(s->datasets.items[0].protection.len, 0);
    assert_slice(s->datasets.items[1].protection, "AES-256で暗号化");
    assert_int_equal(s->estimates.items[0].count.value, 1200);
    assert_int_equal(s->estimates.items[0].unit, KK_COUNT_PERSON);
    assert_slice(s->measures.items[0].hosts.items[0], "FS01");
    assert_int_equal(s->chronology.items[1].level, KK_LEVEL_INTERNAL);
    assert_int_equal(s->notified.items[0].sent.value, 40600);
    assert_false(kk_moment_given(&s->notified.items[0].sent_at));
    assert_time(s->notified.items[1].sent_at.time, "2022-07-15T15:00:00Z");
    assert_slice(s->harm.known.items[0].what.ja, "迷惑メール");
    assert_slice(s->harm.known.items[1].by, "窓口");
    assert_int_equal(s->prevention.items[0].status, KK_PREVENTION_PLANNED);
    assert_slice(s->recovery.items[0].shown_clean_by.ja, "スキャン");
    assert_slice(s->desk.hours.en, "weekdays");
    assert_int_equal(s->reported.items[0].counts.items[0].most, KK_ANSWER_YES);
    assert_int_equal(s->reported.items[0].counts.items[1].unit, KK_COUNT_PERSON);
}

static void unknown_keys_are_errors_with_their_line(void **state)
{
    (void)state;
    wrong("timezone: Asia/Tokyo\norganization: x\n",
          "case.yaml line 2: unknown key `organization`: did you mean `organisation`?");
    wrong("desks: 1\ntimezone: Nowhere\n", /* the first of two */
          "case.yaml line 1: unknown key `desks`: did you mean `desk`?");
    wrong("Timezone: UTC\n", "case.yaml line 1: unknown key `Timezone`: did you mean `timezone`?");
    wrong("categories:\n  - name: a\n    colums: [b]\n",
          "case.yaml line 3: unknown key `colums`: did you mean `columns`?");
    wrong("desk:\n  mail: a@example.jp\n",
          "case.yaml line 2: unknown key `mail` in desk: known are name, tel, hours");
    wrong("notified:\n- {zzzzz: 1}\n",
          "case.yaml line 2: unknown key `zzzzz` in notified: known are party, category, means, "
          "from, sent, returned");
    wrong("known:\n- at: 2025-01-01\n  what:\n    jp: x\n",
          "case.yaml line 4: unknown key `jp` in `what`: known are ja, en");
    wrong("harm:\n  checked:\n  - chanel: x\n",
          "case.yaml line 3: unknown key `chanel`: did you mean `channel`?");
    wrong("reported:\n- at: 2025-01-01\n  counts:\n  - {count: 1, mots: true}\n",
          "case.yaml line 4: unknown key `mots`: did you mean `most`?");
}

static void wrong_values_are_told_without_repeating_them(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"timezone: Asia/Tokio\n",
         "case.yaml line 1: `timezone` must be the name of a zone such as "
         "Asia/Tokyo, or an offset such as +09:00"},
        {"assets: x\ntimezone: [a]\n",
         "case.yaml line 2: `timezone` must be the name of a zone such as "
         "Asia/Tokyo, or an offset such as +09:00"},
        {"discovered: 2025-02-30\n",
         "case.yaml line 1: `discovered` must be a date or time such as "
         "2025-03-06 or 2025-03-06T08:40:00+09:00"},
        {"discovered: yesterday\n", "case.yaml line 1: `discovered` must be a date or time such as "
                                    "2025-03-06 or 2025-03-06T08:40:00+09:00"},
        {"known: 2025-03-06\n",
         "case.yaml line 1: `known` must be a list: each entry on a line that begins with `-`"},
        {"known:\n- by: x\n", "case.yaml line 2: an entry of known needs `at`"},
        {"wrongful_purpose: maybe\n",
         "case.yaml line 1: `wrongful_purpose` must be unknown, suspected or excluded"},
        {"intrusion: {from: 2025-02-02, to: 2025-02-01}\n",
         "case.yaml line 1: `from` is later than `to`"},
        {"internal_networks:\n- 10.0.0.0/8\n- 10.0.0.0/33\n",
         "case.yaml line 3: `internal_networks` must be addresses or networks such as "
         "192.168.0.0/16 or fd00::/8"},
        {"uplink_mbps: -1\n", "case.yaml line 1: `uplink_mbps` must be a number above 0"},
        {"uplink_mbps: 100Mbps\n", "case.yaml line 1: `uplink_mbps` must be a number above 0"},
        {"categories:\n- {label: x}\n", "case.yaml line 2: an entry of categories needs `name`"},
        {"categories:\n- {name: a}\n- {name: a}\n",
         "case.yaml line 3: this category's name is already taken on line 2"},
        {"categories:\n- {name: a, parent: b}\n",
         "case.yaml line 2: `parent` must be the name of another category of this file"},
        {"categories:\n- {name: a, parent: b}\n- {name: b, parent: a}\n",
         "case.yaml line 2: this category is, over its `parent`, its own parent"},
        {"categories:\n- {name: a, paths: ['x//y']}\n",
         "case.yaml line 2: `paths` must be path globs such as **/orders/** (names parted by one "
         "`/`, `*` within a name, `**` for any names)"},
        {"parties:\n- {id: a, role: boss}\n", "case.yaml line 2: `role` must be parent, group, "
                                              "client, processor, mall, payment, insurer "
                                              "or investigator"},
        {"parties:\n- {id: a}\nowners:\n- {party: b, paths: [x]}\n",
         "case.yaml line 4: `party` must be the `id` of an entry of parties, or self"},
        {"owners:\n- {party: b, column: x}\n",
         "case.yaml line 2: `column` and `equals` go together"},
        {"acquired:\n- {source: a, sha256: abc}\n",
         "case.yaml line 2: `sha256` must be a SHA-256: 64 hexadecimal digits"},
        {"acquired:\n- {source: a, clock_offset: soon}\n",
         "case.yaml line 2: `clock_offset` must be seconds, or a time such as -00:03:04 or 3m4s, "
         "by "
         "which the clock was ahead"},
        {"responders:\n- {did: x}\n",
         "case.yaml line 2: an entry of responders needs `account`, `from_ip` or `hosts`"},
        {"estimates:\n- {count: many}\n",
         "case.yaml line 2: `count` must be a whole number from 0 on"},
        {"reported:\n- {at: 2025-01-01, counts: [{count: 1, most: perhaps}]}\n",
         "case.yaml line 2: `most` must be true or false"},
        {"assets: [a]\n", "case.yaml line 1: `assets` must be one text"},
        {"- a\n", "case.yaml line 1: the file must be a map of keys and values such as `timezone: "
                  "Asia/Tokyo`"},
        {"organisation: {corporate_number: 12}\n",
         "case.yaml line 1: `corporate_number` must be 13 digits"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        wrong(cases[i][0], cases[i][1]);
    kk_case_settings *s = NULL;
    kk_fault fault;
    assert_int_equal(kk_case_settings_read(arena, KK_S("known:\nassets: a\nknown:\n"), &s, &fault),
                     KK_INVALID);
    assert_memory_equal(fault.text, "case.yaml line 3: ", 18);
    assert_int_equal(kk_case_settings_read(arena, KK_S("a: [\n"), &s, &fault), KK_INVALID);
    assert_memory_equal(fault.text, "case.yaml line ", 15);
    assert_int_equal(kk_case_settings_read(arena, KK_S("a: \xff\n"), &s, &fault), KK_INVALID);
    assert_string_equal(fault.text, "case.yaml: not UTF-8: save it in UTF-8");
}

static void times_without_an_offset_are_the_cases(void **state)
{
    (void)state;
    kk_case_settings *s =
        settings_of("discovered: 2025-03-06 08:40\nintrusion: {from: 2025-03-01T00:00:00-05:00}\n"
                    "timezone: Asia/Kolkata\n");
    assert_time(s->discovered.time, "2025-03-06T03:10:00Z");
    assert_time(s->intrusion.from.time, "2025-03-01T05:00:00Z");
    s = settings_of("\xEF\xBB\xBF"
                    "timezone: UTC\ndiscovered: 2025-03-06\n");
    assert_time(s->discovered.time, "2025-03-06T00:00:00Z");
    assert_int_equal(s->discovered.day, kk_days_from_civil(2025, 3, 6));
}

/* Examples in: "key: []" with the commented lines below it, each one without its '#'. */
static kk_slice uncommented(kk_slice template)
{
    kk_buffer out = {0};
    kk_slice line, held = KK_NONE;
    while (kk_split(&template, '\n', &line)) {
        bool example = kk_starts(line, KK_S("#  "));
        if (held.len) {
            size_t value = kk_find(held, KK_S(": "));
            kk_put(&out, example ? kk_part(held, 0, value + 1) : held);
            kk_put_byte(&out, '\n');
            held = KK_NONE;
        }
        bool empty = kk_ends(line, KK_S(": []")) || kk_ends(line, KK_S(": null")) ||
                     kk_is(line, "harm: {known: [], checked: []}");
        if (line.len && line.ptr[0] != '#' && empty) {
            held = line;
            continue;
        }
        kk_put(&out, example ? kk_from(line, 1) : line);
        kk_put_byte(&out, '\n');
    }
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void the_template_reads_both_ways(void **state)
{
    (void)state;
    kk_slice template = kk_case_template();
    kk_case_settings *s = settings_of(template.ptr), *filled = NULL;
    kk_fault fault;
    assert_int_equal(s->known.count, 0);
    assert_int_equal(s->organisation.name.len, 0);
    if (kk_case_settings_read(arena, uncommented(template), &filled, &fault) != KK_OK)
        fail_msg("%s", fault.text);
    assert_slice(filled->organisation.name, "例示ペイント株式会社");
    assert_int_equal(filled->known.count, 1);
    assert_int_equal(filled->categories.count, 2);
    assert_true(filled->parties.count && filled->owners.count && filled->acquired.count);
    assert_true(filled->responders.count && filled->observations.count && filled->datasets.count);
    assert_true(filled->estimates.count && filled->measures.count && filled->chronology.count);
    assert_true(filled->notified.count && filled->published.count && filled->harm.checked.count);
    assert_true(filled->prevention.count && filled->recovery.count && filled->desk.tel.len);
    assert_int_equal(filled->reported.items[0].counts.items[0].count.value, 37667);
}

static size_t category(const kk_case_settings *s, const char *path, const char *column)
{
    kk_slice columns[2] = {KK_S("備考"), kk_cstr(column)};
    return kk_category_for(s, arena, kk_cstr(path), columns, column ? 2 : 0);
}

static void categories_by_path_and_columns(void **state)
{
    (void)state;
    kk_case_settings *s =
        settings_of("categories:\n"
                    "- {name: employee, columns: [社員番号]}\n"
                    "- {name: staff, columns: [Employee No, 備考]}\n"
                    "- {name: customer, paths: [\"**/顧客*\", \"**/orders/**\"]}\n"
                    "- {name: guest, paths: [\"/p2/ガスト.csv\"]}\n");
    assert_int_equal(category(s, "p2/x.csv", "社員番号"), 0);
    assert_int_equal(category(s, "p2/orders/x.csv", " 社員　番号 "), 0);
    assert_int_equal(category(s, "p2/x.csv", "EMPLOYEE_NO"), 1);
    assert_int_equal(category(s, "p2/srv/顧客名簿.xlsx#Sheet1", NULL), 2);
    assert_int_equal(category(s, "顧客.csv", NULL), 2);
    assert_int_equal(category(s, "p2/顧客DB.zip!/list.csv", NULL), 2);
    assert_int_equal(category(s, "a.zip!/orders/2022/x.csv", NULL), 2);
    assert_int_equal(category(s, "p2/reorders/x.csv", NULL), KK_NOWHERE);
    assert_int_equal(category(s, "p2/ガスト.csv", NULL), 3);
    assert_int_equal(category(s, "p2/\xE3\x82\xAB\xE3\x82\x99スト.csv", NULL), 3); /* decomposed */
}

static void owners(void **state)
{
    (void)state;
    kk_case_settings *s = settings_of("owners:\n- {party: a, column: 店舗 コード, equals: A1}\n"
                                      "- {party: b, paths: [\"**/b/**\"]}\n");
    assert_int_equal(kk_owner_for_path(s, arena, KK_S("x/b/y.csv")), 1);
    assert_int_equal(kk_owner_for_path(s, arena, KK_S("x/y.csv")), KK_NOWHERE);
    assert_true(kk_owner_of_cell(&s->owners.items[0], arena, KK_S("店舗コード"), KK_S(" Ａ１ ")));
    assert_false(kk_owner_of_cell(&s->owners.items[0], arena, KK_S("店舗コード"), KK_S("A2")));
}

static void internal_addresses(void **state)
{
    (void)state;
    kk_case_settings *s =
        settings_of("internal_networks: [10.1.0.0/16, 2001:db8::/32, 203.0.113.7]\n");
    const char *const inside[] = {"10.1.255.255", "2001:db8::1",     "[2001:db8::1]",
                                  "203.0.113.7",  "::ffff:10.1.2.3", "127.0.0.1",
                                  "::1",          "fe80::1%eth0",    "169.254.1.1",
                                  "224.0.0.1",    "255.255.255.255", "0.0.0.0"};
    const char *const outside[] = {"10.2.0.1",   "203.0.113.8", "2001:db9::1", "192.168.1.1",
                                   "",           "x",           "10.1.1",      "10.1.1.256",
                                   "10.1.1.1.1", "10.1.1.1 ",   "1",           "10.1.1.1:443"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (!kk_address_is_internal(s, kk_cstr(inside[i])))
            fail_msg("%s", inside[i]);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        if (kk_address_is_internal(s, kk_cstr(outside[i])))
            fail_msg("%s", outside[i]);
    kk_buffer text = {0};
    for (size_t i = 0; i < s->internal_networks.count; i++) {
        kk_put_network(&text, &s->internal_networks.items[i]);
        kk_put_byte(&text, ' ');
    }
    assert_true(kk_is(kk_buffer_slice(&text), "10.1.0.0/16 2001:db8::/32 203.0.113.7/32 "));
    kk_buffer_close(&text);
    s = settings_of("internal_networks: []\n");
    assert_false(kk_address_is_internal(s, KK_S("10.0.0.1")));
    assert_true(kk_address_is_internal(settings_of(""), KK_S("fd12::1")));
}

static void acquisition_records(void **state)
{
    (void)state;
    kk_case_settings *s = settings_of("acquired:\n- {source: FS01.E01, host: A}\n"
                                      "- {source: disks/web.E01, host: B}\n"
                                      "- {label: fw, host: C}\n");
    assert_slice(kk_acquired_for(s, KK_S("/mnt/x/FS01.E01"), KK_NONE)->host, "A");
    assert_slice(kk_acquired_for(s, KK_S("/mnt/disks/web.E01"), KK_NONE)->host, "B");
    assert_slice(kk_acquired_for(s, KK_S("disks/web.E01"), KK_S("fw"))->host, "C");
    assert_null(kk_acquired_for(s, KK_S("/mnt/web.E01"), KK_NONE));
    assert_null(kk_acquired_for(s, KK_S("xFS01.E01"), KK_NONE));
}

static void responders(void **state)
{
    (void)state;
    kk_case_settings *s =
        settings_of("timezone: UTC\nresponders:\n- {account: sysadmin, from_ip: "
                    "[192.0.2.0/28], hosts: fs01, from: 2022-07-08, to: 2022-07-08}\n");
    kk_time noon = kk_time_from_unix(1657281600, 0); /* 2022-07-08 12:00 */
    kk_slice ip = KK_S("192.0.2.3"), host = KK_S("FS01.corp.example");
    assert_non_null(kk_responder_for(s, KK_S("CORP\\SysAdmin"), ip, host, noon));
    assert_non_null(kk_responder_for(s, KK_S("sysadmin@corp.example"), ip, host, noon));
    assert_non_null(
        kk_responder_for(s, KK_S("sysadmin"), ip, host, kk_time_from_unix(1657324799, 999999999)));
    assert_null(kk_responder_for(s, KK_S("sysadmin"), ip, host, kk_time_from_unix(1657324800, 0)));
    assert_null(kk_responder_for(s, KK_S("sysadmin2"), ip, host, noon));
    assert_null(kk_responder_for(s, KK_S("sysadmin"), KK_S("192.0.2.16"), host, noon));
    assert_null(kk_responder_for(s, KK_S("sysadmin"), ip, KK_S("FS02"), noon));
    assert_null(kk_responder_for(s, KK_S("sysadmin"), ip, host, KK_NO_TIME));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_of_an_empty_file),
        cmocka_unit_test(the_example_of_the_contract),
        cmocka_unit_test(every_key),
        cmocka_unit_test(unknown_keys_are_errors_with_their_line),
        cmocka_unit_test(wrong_values_are_told_without_repeating_them),
        cmocka_unit_test(times_without_an_offset_are_the_cases),
        cmocka_unit_test(the_template_reads_both_ways),
        cmocka_unit_test(categories_by_path_and_columns),
        cmocka_unit_test(owners),
        cmocka_unit_test(internal_addresses),
        cmocka_unit_test(acquisition_records),
        cmocka_unit_test(responders),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
