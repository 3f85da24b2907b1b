#include "demo/paint_papers.h"

#include "demo/truth.h"

/* Persons with any (or one given) item in any of the groups; exposure 0 reachable, 1 left. */
static uint64_t persons(const kk_paint *s, int exposure, uint32_t groups, uint32_t items)
{
    const kk_contact_book *book = s->book;
    uint64_t count = 0;
    for (size_t i = 0; i < book->people->person_count; i++) {
        uint32_t all = 0;
        for (uint32_t g = 0; g < KK_CONTACT_GROUPS; g++)
            if (groups >> g & 1)
                all |= book->seen[i].items[exposure][g];
        count += (all & items) != 0;
    }
    return count;
}

#define GROUP(name) (1u << (name))
#define CUSTOMERS (GROUP(KK_REPRESENTATIVE) | GROUP(KK_DELIVERY_CONTACT))
#define STAFF (GROUP(KK_EMPLOYEE_PRESENT) | GROUP(KK_EMPLOYEE_LEDGER))
#define ALL_STAFF (STAFF | GROUP(KK_EMPLOYEE_FORMER))
#define ANY UINT32_MAX

static uint64_t rows_of(const kk_paint *s, uint32_t groups, bool left_only)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < s->book->file_count; i++)
        if (groups >> s->book->files[i].group & 1 && (!left_only || s->book->files[i].left))
            rows += s->book->files[i].rows;
    return rows;
}

/* ---- case.yaml ---- */

static const char case_head[] =
    "# "
    "例示ペイント株式会社の事例。証拠とともに書き出されたもので、実在の組織・人物とは関係がありませ"
    "ん。\n"
    "organisation:\n"
    "  name: 例示ペイント株式会社\n"
    "  address: 大阪府堺市堺区例示町9-9\n"
    "  representative: 代表取締役社長 例示 次郎\n"
    "  trade: 塗料製造業\n"
    "  contact: {name: 例示ペイント 個人情報取扱窓口, tel: 06-0000-0000, "
    "mail: privacy@paint.example.co.jp}\n"
    "timezone: Asia/Tokyo\n"
    "discovered: 2026-03-06T08:40:00+09:00\n"
    "wrongful_purpose: suspected\n"
    "intrusion: {from: null, to: null}\n"
    "internal_networks: [192.168.20.0/24, 10.212.135.0/24]\n"
    "uplink_mbps: 100\n"
    "categories:\n"
    "  - {name: representative, label: {ja: お客様(代表者), en: customers (representatives)}, "
    "paths: [\"**/得意先代表者*\"], parent: customer}\n"
    "  - {name: delivery_contact, label: {ja: お客様(納入担当者), "
    "en: customers (delivery contacts)}, paths: [\"**/納入担当者/**\"], parent: customer}\n"
    "  - {name: customer, label: {ja: お客様, en: customers}, paths: [\"**/得意先*\"]}\n"
    "  - {name: former_employee, label: {ja: 元社員, en: former employees}, "
    "paths: [\"**/退職者*\"], parent: employee}\n"
    "  - {name: employee, label: {ja: 社員, en: employees}, "
    "paths: [\"**/社員アカウント*\", \"**/アカウント台帳*\"]}\n"
    "parties:\n"
    "  - {id: parent, name: 例示化学ホールディングス株式会社, role: parent}\n"
    "acquired:\n"
    "  - {source: FS02.img, label: FS02, host: FS02, at: 2026-03-10T09:00:00+09:00, "
    "by: 岡田 (情報システム課), method: ディスクの全複製}\n"
    "  - {source: LX01.img, label: LX01, host: LX01, at: 2026-03-10T10:30:00+09:00, "
    "by: 岡田 (情報システム課), method: ディスクの全複製}\n"
    "  - {source: AD01, label: AD01, host: AD01, at: 2026-03-10T11:20:00+09:00, "
    "by: 岡田 (情報システム課), method: イベントログの書き出し}\n"
    "  - {source: fortigate, label: FGT-OSAKA, host: FGT-OSAKA, at: 2026-03-10T11:40:00+09:00, "
    "by: 岡田 (情報システム課), method: ディスクログの書き出し}\n"
    "responders:\n"
    "  - {account: okada.adm, from_ip: 192.168.20.101, hosts: [FS02, AD01], "
    "from: 2026-03-06T08:40:00+09:00, to: 2026-03-09T23:59:59+09:00, "
    "did: サーバーのウイルススキャン}\n"
    "  - {account: root, from_ip: 192.168.20.101, hosts: [LX01], "
    "from: 2026-03-06T08:40:00+09:00, to: 2026-03-09T23:59:59+09:00, did: サーバーの確認}\n"
    "observations:\n"
    "  - {at: 2026-03-24T10:15:00+09:00, by: 岡田 (情報システム課), kind: downloadable, "
    "what: "
    "外部の特定のサイトにファイルの一覧が掲載されダウンロードできる状態であったとの連絡を受けた, "
    "file: leak-listing.txt}\n"
    "  - {at: 2026-04-14T15:00:00+09:00, by: 岡田 (情報システム課), kind: withdrawn, "
    "what: 掲載が消えているとの連絡を受けた}\n"
    "datasets:\n"
    "  - {name: お客様情報, paths: [\"**/営業/**\", \"**/物流/**\"], state: intact}\n"
    "  - {name: 社員のアカウント情報, paths: [\"**/人事/**\", \"**/情シス/**\"], state: intact}\n"
    "measures:\n"
    "  - {done: 2026-03-06T09:15:00+09:00, what: {ja: VPNアカウントを無効にしました, "
    "en: the VPN account was disabled}, hosts: [FGT-OSAKA], check: account-disabled}\n"
    "  - {done: 2026-03-06T09:30:00+09:00, what: {ja: 社内ネットワークを外部から切り離しました, "
    "en: the network was cut off from outside}, hosts: [FS02, AD01, LX01], "
    "check: no-external-traffic}\n"
    "chronology:\n"
    "  - {at: 2026-03-06T08:40:00+09:00, what: 製造部の社員が配合データを開けないことに気付いた, "
    "by: 岡田 (情報システム課), source: 聞き取り, level: public}\n"
    "  - {at: 2026-03-13T13:00:00+09:00, what: 所轄警察に被害届を提出した, "
    "by: 岡田 (情報システム課), source: 作業記録, level: public}\n"
    "notified: []\n"
    "harm:\n"
    "  known: []\n"
    "  checked:\n"
    "    - {at: 2026-04-20T17:00:00+09:00, channel: 個人情報取扱窓口, "
    "by: 岡田 (情報システム課), result: 不正利用の連絡なし}\n"
    "desk: {name: 例示ペイント 個人情報取扱窓口, tel: 06-0000-0000, hours: 平日9時から17時}\n";

/* What was counted by hand in the first days: rows, everything on the server, and of the staff the
 * list of accounts and that of the departed together. */
static void put_reported(const kk_paint *s, kk_buffer *out)
{
    kk_putf(
        out,
        "reported:\n"
        "  - {by: 例示ペイント株式会社, to: ppc, kind: preliminary, "
        "at: 2026-03-10T16:00:00+09:00, receipt: null, counts: [\n"
        "      {category: representative, count: %llu, unit: record, basis: reachable, "
        "most: false},\n"
        "      {category: delivery_contact, count: %llu, unit: record, basis: reachable, "
        "most: true},\n"
        "      {category: employee, count: %llu, unit: account, basis: reachable, most: false}]}\n",
        (unsigned long long)rows_of(s, GROUP(KK_REPRESENTATIVE), false),
        (unsigned long long)rows_of(s, GROUP(KK_DELIVERY_CONTACT), false),
        (unsigned long long)rows_of(s, GROUP(KK_EMPLOYEE_LEDGER) | GROUP(KK_EMPLOYEE_FORMER),
                                    false));
}

static kk_status write_case(const kk_paint *s)
{
    kk_buffer out = {0};
    kk_put(&out, kk_cstr(case_head));
    put_reported(s, &out);
    kk_status status = kk_demo_save(kk_print(s->arena, "%.*s/case.yaml", KK_P(s->into->folder)),
                                    kk_buffer_slice(&out), s->into->fault);
    kk_buffer_close(&out);
    return status;
}

/* ---- the leak listing ---- */

/* The files as they were when they were taken: the originals, not what was left of them. */
static kk_status write_listing(const kk_paint *s)
{
    kk_buffer out = {0};
    kk_put(&out, KK_S("path\tsize\tsha256\n"));
    for (size_t i = 0; i < s->book->file_count; i++) {
        const kk_disk_content *content = &s->disk->contents[s->contents[i]];
        if (s->book->files[i].left)
            kk_putf(&out, "share/%.*s\t%llu\t%.*s\n", KK_P(s->book->files[i].path),
                    (unsigned long long)content->size, KK_P(content->hex));
    }
    for (int i = 0; i < KK_PAINT_DRAWINGS; i += 2) {
        const kk_disk_content *content = &s->disk->contents[s->drawings[i]];
        kk_putf(&out, "share/製造/配合設計/配合_%03d.dat\t%llu\t%.*s\n", i + 1,
                (unsigned long long)content->size, KK_P(content->hex));
    }
    kk_status status =
        kk_demo_save(kk_print(s->arena, "%.*s/leak-listing.txt", KK_P(s->into->folder)),
                     kk_buffer_slice(&out), s->into->fault);
    kk_buffer_close(&out);
    return status;
}

/* ---- truth.json ---- */

/* Whoever changed company is two persons by the rules, and stands in lists of deliveries alone: an
 * item that these lists lack is not counted twice. */
static void put_category(const kk_paint *s, kk_json *json, const char *name, uint32_t groups,
                         int64_t off)
{
    kk_json_object(json, NULL);
    kk_json_cstr(json, "name", name);
    kk_truth_count(json, "left", persons(s, 1, groups, ANY), off);
    kk_truth_count(json, "reachable", persons(s, 0, groups, ANY), off);
    kk_json_u64(json, "records", rows_of(s, groups, false));
    kk_json_u64(json, "records_left", rows_of(s, groups, true));
    kk_json_array(json, "items");
    for (uint32_t item = 0; item < KK_HAS_COUNT; item++) {
        uint64_t reachable = persons(s, 0, groups, 1u << item),
                 left = persons(s, 1, groups, 1u << item);
        bool delivered = persons(s, 0, GROUP(KK_DELIVERY_CONTACT), 1u << item) > 0;
        if (reachable == 0)
            continue;
        kk_json_object(json, NULL);
        kk_json_cstr(json, "item", kk_contact_items[item]);
        kk_truth_count(json, "left", left, delivered ? off : 0);
        kk_truth_count(json, "reachable", reachable, delivered ? off : 0);
        kk_json_close(json);
    }
    kk_json_close(json);
    kk_json_close(json);
}

static void put_persons(const kk_paint *s, kk_json *json)
{
    const kk_contact_book *book = s->book;
    int64_t off = book->changed_company;
    uint64_t decoys = 0;
    for (size_t i = 0; i < book->file_count; i++)
        decoys += book->files[i].decoys;
    kk_json_object(json, "persons");
    kk_truth_count(json, "left", persons(s, 1, ANY, ANY), off);
    kk_truth_count(json, "reachable", persons(s, 0, ANY, ANY), off);
    kk_json_array(json, "categories");
    put_category(s, json, "representative", GROUP(KK_REPRESENTATIVE), 0);
    put_category(s, json, "delivery_contact", GROUP(KK_DELIVERY_CONTACT), off);
    put_category(s, json, "customer", CUSTOMERS, off);
    put_category(s, json, "former_employee", GROUP(KK_EMPLOYEE_FORMER), 0);
    put_category(s, json, "employee", STAFF, 0);
    put_category(s, json, "employee_with_former", ALL_STAFF, 0);
    kk_json_close(json);
    kk_json_u64(json, "records", rows_of(s, ANY, false));
    kk_json_u64(json, "decoy_rows", decoys - book->deceased);
    kk_json_u64(json, "customer_companies", book->companies);
    kk_json_u64(json, "deceased", book->deceased);
    kk_json_u64(json, "rehired", book->rehired);
    kk_json_u64(json, "same_name_father_and_son", book->same_name_pairs);
    kk_json_u64(json, "one_too_many_by_rules", book->changed_company);
    kk_json_close(json);
}

static void put_transfer(const kk_paint *s, kk_json *json)
{
    kk_json_object(json, "transfer");
    kk_json_cstr(json, "host", "LX01");
    kk_json_cstr(json, "tool", "rclone");
    kk_json_cstr(json, "destination", "203.0.113.77");
    kk_json_time(json, "start", s->upload_start);
    kk_json_time(json, "end", s->upload_start + s->upload_seconds * KK_SECOND);
    kk_json_u64(json, "bytes", s->uploaded);
    kk_json_u64(json, "bytes_by_firewall", s->upload_flow_bytes);
    kk_json_array(json, "files");
    for (int i = 0; i < KK_PAINT_PARTS; i++)
        kk_truth_file(json, s->parts[i].name, &s->disk->contents[s->parts[i].content], 0);
    kk_json_close(json);
    kk_json_close(json);
}

static void put_acts(const kk_paint *s, kk_json *json)
{
    kk_truth_session tunnels[KK_PAINT_VISITS], desks[KK_PAINT_VISITS + 1];
    kk_truth_session shell = {
        "ssh", "svcadm", "192.168.20.10", NULL, "LX01", s->shell_start, s->shell_end, 0, 0};
    for (int i = 0; i < KK_PAINT_VISITS; i++) {
        const kk_paint_visit *v = &s->visits[i];
        tunnels[i] =
            (kk_truth_session){"vpn", "hoshu01", "203.0.113.181", "Netherlands",  "FGT-OSAKA",
                               v->up, v->down,   v->brought_in,   v->carried_away};
        desks[i] = (kk_truth_session){
            "rdp", v->account, "10.212.135.31", NULL, v->target, v->desk, v->left, 0, 0};
    }
    desks[KK_PAINT_VISITS] = (kk_truth_session){"rdp",
                                                "Administrator",
                                                "192.168.20.5",
                                                NULL,
                                                "FS02",
                                                kk_jst(2026, 3, 6, 3, 48, 12),
                                                kk_jst(2026, 3, 6, 4, 38, 30),
                                                0,
                                                0};
    kk_json_object(json, "window");
    kk_json_time(json, "from", s->visits[0].up);
    kk_json_time(json, "to", s->visits[KK_PAINT_VISITS - 1].down);
    kk_json_close(json);
    kk_truth_sessions(json, "vpn_sessions", tunnels, KK_PAINT_VISITS);
    kk_truth_sessions(json, "rdp_sessions", desks, KK_PAINT_VISITS + 1);
    kk_truth_sessions(json, "ssh_sessions", &shell, 1);
    kk_json_cstr(json, "verdict", "confirmed");
    put_transfer(s, json);
    kk_json_object(json, "encrypted");
    kk_json_cstr(json, "host", "FS02");
    kk_json_time(json, "first", s->first_encrypted);
    kk_json_time(json, "last", s->last_encrypted);
    kk_json_u64(json, "files", KK_PAINT_DRAWINGS);
    kk_json_close(json);
    kk_json_object(json, "cleared");
    kk_json_cstr(json, "host", "AD01");
    kk_json_cstr(json, "channel", "Security");
    kk_json_time(json, "at", kk_jst(2026, 3, 6, 4, 41, 3));
    kk_json_close(json);
    kk_json_array(json, "hosts");
    kk_json_cstr(json, NULL, "AD01");
    kk_json_cstr(json, NULL, "FS02");
    kk_json_cstr(json, NULL, "LX01");
    kk_json_close(json);
}

static void put_files(const kk_paint *s, kk_json *json, const char *key, bool left)
{
    kk_json_array(json, key);
    for (size_t i = 0; i < s->book->file_count; i++)
        if (s->book->files[i].left == left)
            kk_truth_file(json, kk_print(s->arena, "share/%.*s", KK_P(s->book->files[i].path)),
                          &s->disk->contents[s->contents[i]], s->book->files[i].rows);
    kk_json_close(json);
}

static kk_status write_truth(const kk_paint *s)
{
    kk_buffer out = {0};
    kk_json json = {.out = &out};
    kk_json_object(&json, NULL);
    kk_json_cstr(&json, "case", "paint");
    put_acts(s, &json);
    put_persons(s, &json);
    kk_json_object(&json, "deadlines");
    kk_json_cstr(&json, "known", "2026-03-06");
    kk_json_cstr(&json, "preliminary_guide_from", "2026-03-08");
    kk_json_cstr(&json, "preliminary_guide_to", "2026-03-10");
    kk_json_cstr(&json, "final", "2026-05-07");
    kk_json_close(&json);
    put_files(s, &json, "files_left", true);
    put_files(s, &json, "files_only_reachable", false);
    kk_json_close(&json);
    kk_put_byte(&out, '\n');
    kk_status status = kk_demo_save(kk_print(s->arena, "%.*s/truth.json", KK_P(s->into->folder)),
                                    kk_buffer_slice(&out), s->into->fault);
    kk_buffer_close(&out);
    return status;
}

kk_status kk_paint_write_papers(kk_paint *s)
{
    kk_status status = write_case(s);
    if (status == KK_OK)
        status = write_listing(s);
    return status == KK_OK ? write_truth(s) : status;
}
