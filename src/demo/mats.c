/* The second case: a mat shop, a VPN account used on and off for a week, a file share encrypted and
 * restored, and no trace of data leaving. */
#include "demo/cases.h"
#include "demo/orders.h"
#include "demo/site.h"
#include "demo/truth.h"
#include "demo/xlsx_writer.h"

#include <stdio.h>

#define MINUTE (60 * KK_SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define SEED UINT64_C(0x6d617473)
#define WAN_IP "198.51.100.2"
#define ROBBER_IP "203.0.113.45"
#define ROBBER_COUNTRY "Romania"
#define ROBBER_TUNNEL "10.212.134.21"
#define ROBBER_STATION "WIN-8J4KQ2"
#define QUARANTINE "encrypted_20260708"
#define JULY(day, hour, minute, second) kk_jst(2026, 7, day, hour, minute, second)

static const kk_demo_account tanaka = {"tanaka.k", 1107, false},
                             administrator = {"Administrator", 500, true},
                             sato_admin = {"sato.adm", 1121, true};

static const kk_demo_seat seats[] = {
    {"PC-01", "192.168.10.101", {"suzuki.m", 1103, false}},
    {"PC-02", "192.168.10.102", {"sato.h", 1104, false}},
    {"PC-03", "192.168.10.103", {"takahashi.y", 1105, false}},
    {"PC-04", "192.168.10.104", {"ito.n", 1106, false}},
    {"PC-05", "192.168.10.105", {"tanaka.k", 1107, false}},
    {"PC-06", "192.168.10.106", {"watanabe.s", 1108, false}},
    {"PC-07", "192.168.10.107", {"kobayashi.a", 1109, false}},
    {"PC-08", "192.168.10.108", {"kato.r", 1110, false}},
    {"PC-09", "192.168.10.109", {"yoshida.e", 1111, false}},
    {"PC-10", "192.168.10.110", {"yamada.t", 1112, false}},
    {"PC-11", "192.168.10.111", {"sasaki.j", 1113, false}},
    {"PC-12", "192.168.10.112", {"shimizu.k", 1114, false}},
    {"PC-13", "192.168.10.113", {"hayashi.m", 1115, false}},
    {"PC-14", "192.168.10.114", {"mori.c", 1116, false}},
};
static const kk_demo_teleworker teleworkers[] = {
    {{"tanaka.k", 1107, false}, "198.51.100.23", "10.212.134.11", "NOTE-05", 40},
    {{"yoshida.e", 1111, false}, "198.51.100.37", "10.212.134.12", "NOTE-09", 900},
    {{"ito.n", 1106, false}, "192.0.2.201", "10.212.134.13", "NOTE-04", 60},
};
static const char *const servers[] = {"192.168.10.5", "192.168.10.10", NULL};
static const int holidays[][2] = {{0, 0}};

/* What the intruder did through the VPN; bytes as the firewall counted them at the end. */
typedef struct {
    kk_time up, down, desk, left; /* tunnel, remote desktop */
    const char *target_ip;
    const kk_demo_account *account;
    uint64_t carried_away, brought_in;
} visit;
enum { VISITS = 4 };

static void fill_visits(visit visits[VISITS])
{
    visits[0] = (visit){JULY(1, 22, 10, 7),
                        JULY(1, 22, 58, 41),
                        JULY(1, 22, 11, 30),
                        JULY(1, 22, 57, 50),
                        "192.168.10.10",
                        &tanaka,
                        412336,
                        6911208};
    visits[1] = (visit){JULY(3, 2, 14, 9),
                        JULY(3, 3, 21, 52),
                        JULY(3, 2, 15, 2),
                        JULY(3, 3, 20, 44),
                        "192.168.10.10",
                        &tanaka,
                        688120,
                        2204417};
    visits[2] = (visit){JULY(6, 1, 20, 12),
                        JULY(6, 1, 52, 40),
                        JULY(6, 1, 21, 4),
                        JULY(6, 1, 51, 55),
                        "192.168.10.5",
                        &administrator,
                        301554,
                        288731};
    visits[3] =
        (visit){JULY(8, 0, 31, 15), JULY(8, 4, 12, 30), JULY(8, 0, 32, 8), JULY(8, 4, 11, 50),
                "192.168.10.10",    &administrator,     1702880,           4120077};
}

typedef struct {
    const kk_demo_case *into;
    kk_arena *arena;
    kk_fortigate *wall;
    kk_windows *files, *controller;
    kk_disk *disk;
    kk_order_book *book;
    kk_order_file *order_files;
    size_t order_file_count;
    uint32_t *contents; /* staged, by order file */
    visit visits[VISITS];
    kk_time first_encrypted, last_encrypted;
    uint32_t encrypted;
} story;

/* ---- the network ---- */

static void live(story *s)
{
    kk_demo_site site = {
        .wall = s->wall,
        .controller = s->controller,
        .files = s->files,
        .files_ip = "192.168.10.10",
        .wan_ip = WAN_IP,
        .server_ips = servers,
        .seats = seats,
        .seat_count = sizeof seats / sizeof seats[0],
        .teleworkers = teleworkers,
        .teleworker_count = sizeof teleworkers / sizeof teleworkers[0],
        .share = "\\\\*\\share",
        .share_local = "\\??\\C:\\share",
        .backup_from_ip = "192.168.10.10",
        .backup_to_ip = "192.0.2.50",
        .backup_bytes = 2100000000,
        .backup_hour = 22,
        .holidays = holidays,
        .quiet_from = JULY(8, 9, 40, 0),
        .dice = kk_dice_make(SEED, "site"),
    };
    kk_site_live(&site, kk_jst(2026, 6, 1, 0, 0, 0), JULY(10, 0, 0, 0));
}

static void break_in(story *s)
{
    for (int i = 0; i < VISITS; i++) {
        const visit *v = &s->visits[i];
        kk_site_enter(s->wall,
                      &(kk_demo_intrusion){"tanaka.k", ROBBER_IP, ROBBER_COUNTRY, ROBBER_TUNNEL,
                                           WAN_IP, v->up, v->down, v->desk, v->left, v->target_ip,
                                           v->carried_away, v->brought_in});
    }
    kk_fortigate_admin(s->wall, JULY(8, 9, 28, 10), "admin", "192.168.10.102", "tanaka.k");
}

/* ---- on the servers ---- */

#define V "C:\\ProgramData\\v\\"
#define SHELL "C:\\Windows\\System32\\cmd.exe"
#define SYSTEM32 "C:\\Windows\\System32\\"

static void first_visit(story *s)
{
    const visit *v = &s->visits[0];
    kk_logon desk = kk_windows_desktop(s->files, v->desk, &tanaka, ROBBER_TUNNEL, ROBBER_STATION);
    kk_windows_process(s->files, v->desk + 2 * MINUTE, &desk, SYSTEM32 "whoami.exe", "whoami /all",
                       SHELL);
    kk_windows_process(s->files, v->desk + 4 * MINUTE, &desk, SYSTEM32 "net.exe",
                       "net group \"Domain Admins\" /domain", SHELL);
    kk_windows_process(s->files, v->desk + 5 * MINUTE, &desk, SYSTEM32 "nltest.exe",
                       "nltest /dclist:MATS", SHELL);
    kk_windows_process(s->files, v->desk + 12 * MINUTE, &desk, V "netscan.exe",
                       V "netscan.exe /hide /auto:" V "r.xml /range:192.168.10.1-192.168.10.254",
                       "C:\\Windows\\explorer.exe");
    kk_windows_desktop_left(s->files, v->left, &desk);
    kk_windows_desktop_end(s->files, v->left + KK_SECOND, &desk);
}

static void second_visit(story *s)
{
    const visit *v = &s->visits[1];
    kk_logon desk = kk_windows_desktop(s->files, v->desk, &tanaka, ROBBER_TUNNEL, ROBBER_STATION);
    kk_windows_process(s->files, v->desk + 6 * MINUTE, &desk, V "m64.exe",
                       V "m64.exe \"privilege::debug\" \"sekurlsa::logonpasswords\" exit", SHELL);
    kk_time over = JULY(3, 2, 51, 20);
    kk_windows_explicit(s->files, over, &desk, "Administrator", "DC01.mats.example");
    kk_windows_process(s->files, over - 4 * KK_SECOND, &desk, SYSTEM32 "mstsc.exe",
                       "mstsc.exe /v:dc01", "C:\\Windows\\explorer.exe");
    kk_logon far = kk_windows_desktop(s->controller, over + KK_SECOND, &administrator,
                                      "192.168.10.10", "FS01");
    kk_windows_process(s->controller, over + 3 * MINUTE, &far, SYSTEM32 "net.exe",
                       "net user /domain", SHELL);
    kk_windows_desktop_end(s->controller, JULY(3, 3, 18, 5), &far);
    kk_windows_desktop_left(s->files, v->left, &desk);
    kk_windows_desktop_end(s->files, v->left + KK_SECOND, &desk);
}

static void third_visit(story *s)
{
    const visit *v = &s->visits[2];
    kk_logon desk =
        kk_windows_desktop(s->controller, v->desk, &administrator, ROBBER_TUNNEL, ROBBER_STATION);
    kk_windows_process(s->controller, v->desk + 5 * MINUTE, &desk, SYSTEM32 "mmc.exe",
                       "\"C:\\Windows\\System32\\mmc.exe\" gpmc.msc", "C:\\Windows\\explorer.exe");
    kk_logon share = kk_windows_logon(s->files, v->desk + 20 * MINUTE, &administrator, 3,
                                      "192.168.10.5", "DC01");
    kk_windows_share(s->files, v->desk + 20 * MINUTE + KK_SECOND, &share, "\\\\*\\C$",
                     "\\??\\C:\\");
    kk_windows_logoff(s->files, v->desk + 23 * MINUTE, &share);
    kk_windows_desktop_left(s->controller, v->left, &desk);
    kk_windows_desktop_end(s->controller, v->left + KK_SECOND, &desk);
}

static void last_visit(story *s)
{
    const visit *v = &s->visits[3];
    kk_logon desk =
        kk_windows_desktop(s->files, v->desk, &administrator, ROBBER_TUNNEL, ROBBER_STATION);
    kk_windows_service(s->files, JULY(8, 2, 40, 11), "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe");
    kk_windows_process(s->files, JULY(8, 3, 9, 2), &desk, SYSTEM32 "vssadmin.exe",
                       "vssadmin delete shadows /all /quiet", SHELL);
    kk_windows_process(s->files, JULY(8, 3, 10, 40), &desk, SYSTEM32 "net.exe",
                       "net stop \"Windows Server Backup\" /y", SHELL);
    kk_windows_process(s->files, JULY(8, 3, 11, 48), &desk, V "enc.exe", V "enc.exe -p C:\\share",
                       SHELL);
    kk_windows_desktop_left(s->files, v->left, &desk);
    kk_windows_desktop_end(s->files, v->left + 2 * KK_SECOND, &desk);
}

/* The owner's own people, from the morning of discovery on. */
static void scan_for_viruses(story *s)
{
    kk_windows *hosts[] = {s->files, s->controller};
    for (int day = 8; day <= 9; day++)
        for (size_t i = 0; i < 2; i++) {
            kk_time at = JULY(day, day == 8 ? 9 : 10, 5 + 40 * (int)i, 20);
            kk_logon desk =
                kk_windows_desktop(hosts[i], at, &sato_admin, "192.168.10.102", "PC-02");
            kk_windows_process(hosts[i], at + 3 * MINUTE, &desk,
                               "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
                               "MpCmdRun.exe -Scan -ScanType 2", SHELL);
            kk_windows_process(hosts[i], at + 9 * MINUTE, &desk, "C:\\Tools\\autoruns64.exe",
                               "autoruns64.exe -accepteula", "C:\\Windows\\explorer.exe");
            kk_windows_desktop_left(hosts[i], at + 3 * HOUR, &desk);
            kk_windows_desktop_end(hosts[i], at + 7 * HOUR, &desk);
        }
}

/* ---- the file server's disk ---- */

/* Contents of that many bytes without pattern: programs, and what an encryptor leaves. */
static uint32_t stage_noise(story *s, kk_dice *dice, size_t size)
{
    kk_buffer out = {0};
    kk_dice_bytes(dice, kk_buffer_room(&out, size), size);
    out.len = size;
    uint32_t content = kk_disk_stage(s->disk, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return content;
}

static kk_slice product_list(story *s)
{
    kk_workbook *book = kk_workbook_open(s->arena);
    static const char *const names[] = {"玄関マット",         "キッチンマット", "バスマット",
                                        "エントランスマット", "トイレマット",   "チェアマット"};
    kk_workbook_sheet(book, KK_S("商品一覧"));
    kk_workbook_row(book);
    kk_workbook_text(book, KK_S("商品コード"));
    kk_workbook_text(book, KK_S("商品名"));
    kk_workbook_text(book, KK_S("税込単価"));
    kk_workbook_text(book, KK_S("在庫数"));
    for (uint32_t i = 0; i < 240; i++) {
        kk_workbook_row(book);
        kk_workbook_text(book, kk_print(s->arena, "RM-%02u%c", i / 8 + 1, 'A' + (int)(i % 8)));
        kk_workbook_text(book, kk_cstr(names[i % 6]));
        kk_workbook_number(book, 2980 + i % 9 * 700);
        kk_workbook_number(book, i * 37 % 211);
    }
    return kk_workbook_finish(book);
}

/* How the disk looked before: the share with its years of files, each with its own time. */
static void fill_disk(story *s)
{
    kk_disk *disk = s->disk;
    kk_time moved_in = kk_jst(2024, 3, 30, 14, 0, 0);
    kk_disk_folder(disk, moved_in, KK_S("Users/Administrator/Desktop"));
    kk_disk_folder(disk, moved_in, KK_S("Program Files/Windows Defender"));
    kk_disk_file(disk, moved_in + 3 * MINUTE, KK_S("share/手順書/出荷手順.txt"),
                 KK_S("1. 各モールの管理画面から受注データを保存する\r\n"
                      "2. 出荷実績に取り込む\r\n3. 翌月5日までに集計する\r\n"))
        ->modified = kk_jst(2023, 11, 8, 16, 20, 5);
    kk_disk_file(disk, moved_in + 4 * MINUTE, KK_S("share/商品/商品一覧.xlsx"), product_list(s))
        ->modified = kk_jst(2026, 5, 29, 11, 3, 40);
    s->contents = KK_NEW_ARRAY(s->arena, uint32_t, s->order_file_count);
    for (size_t i = 0; i < s->order_file_count; i++) {
        const kk_order_file *file = &s->order_files[i];
        kk_time saved = file->last + 2 * DAY;
        if (saved > JULY(7, 18, 0, 0))
            saved = JULY(7, 18, 20, 0) + (kk_time)(i % 10) * MINUTE;
        s->contents[i] = kk_disk_stage(disk, file->bytes);
        kk_disk_act *act =
            kk_disk_put(disk, saved > moved_in ? saved : moved_in + (kk_time)i * KK_SECOND,
                        kk_print(s->arena, "share/%.*s", KK_P(file->path)), s->contents[i]);
        act->born = act->modified = saved;
    }
}

static void bring_tools(story *s)
{
    kk_dice dice = kk_dice_make(SEED, "tools");
    kk_time at = s->visits[0].desk + 9 * MINUTE;
    kk_disk_put(s->disk, at, KK_S("ProgramData/v/netscan.exe"), stage_noise(s, &dice, 2291712));
    kk_disk_file(s->disk, at + 4 * MINUTE, KK_S("ProgramData/v/r.xml"),
                 KK_S("<?xml version=\"1.0\"?><hosts><h ip=\"192.168.10.5\" name=\"DC01\"/>"
                      "<h ip=\"192.168.10.10\" name=\"FS01\"/></hosts>\r\n"));
    kk_disk_put(s->disk, s->visits[1].desk + 5 * MINUTE, KK_S("ProgramData/v/m64.exe"),
                stage_noise(s, &dice, 1250056));
    kk_disk_delete(s->disk, s->visits[1].left - MINUTE, KK_S("ProgramData/v/m64.exe"));
    kk_disk_put(s->disk, JULY(8, 0, 44, 10), KK_S("ProgramData/v/enc.exe"),
                stage_noise(s, &dice, 803328));
}

/* Each file is overwritten where it lies and then gets another name. */
static void encrypt(story *s)
{
    kk_dice dice = kk_dice_make(SEED, "encryption");
    kk_time at = JULY(8, 3, 12, 4) + 211 * KK_SECOND / 1000;
    s->first_encrypted = at;
    for (size_t i = 0; i < s->order_file_count; i++) {
        kk_slice path = kk_print(s->arena, "share/%.*s", KK_P(s->order_files[i].path));
        uint32_t content = stage_noise(s, &dice, s->order_files[i].bytes.len + 512);
        kk_disk_rewrite(s->disk, at, path, content);
        kk_disk_rename(s->disk, at + KK_SECOND / 10, path,
                       kk_print(s->arena, "%.*s.mklock", KK_P(path)));
        s->last_encrypted = at;
        s->encrypted++;
        at += 7 * KK_SECOND + kk_dice_below(&dice, 3500) * (KK_SECOND / 1000);
    }
    kk_disk_file(s->disk, at + KK_SECOND, KK_S("share/README_RESTORE.txt"),
                 KK_S("All your files are locked.\r\nThe name of every file ends in .mklock.\r\n"
                      "Do not change them. Wait for our message.\r\n"));
    kk_disk_delete(s->disk, at + 9 * MINUTE, KK_S("ProgramData/v/enc.exe"));
}

/* What was encrypted is put aside, and last night's backup put back with its own times. */
static void restore(story *s)
{
    kk_time aside = JULY(8, 13, 30, 0), back = JULY(8, 14, 5, 0);
    for (size_t i = 0; i < s->order_file_count; i++) {
        kk_slice path = s->order_files[i].path;
        kk_disk_rename(s->disk, aside + (kk_time)i * KK_SECOND / 4,
                       kk_print(s->arena, "share/%.*s.mklock", KK_P(path)),
                       kk_print(s->arena, QUARANTINE "/%.*s.mklock", KK_P(path)));
    }
    for (size_t i = 0; i < s->order_file_count; i++) {
        const kk_order_file *file = &s->order_files[i];
        kk_time saved = file->last + 2 * DAY;
        if (saved > JULY(7, 18, 0, 0))
            saved = JULY(7, 18, 20, 0) + (kk_time)(i % 10) * MINUTE;
        kk_disk_act *act =
            kk_disk_put(s->disk, back + (kk_time)i * 4 * KK_SECOND,
                        kk_print(s->arena, "share/%.*s", KK_P(file->path)), s->contents[i]);
        act->born = act->modified = saved;
    }
}

/* ---- case.yaml, assets, truth ---- */

static kk_status write_case(story *s)
{
    static const char text[] =
        "# "
        "例示マット株式会社の事例。証拠とともに書き出されたもので、実在の組織・人物とは関係がありま"
        "せん。\n"
        "organisation:\n"
        "  name: 例示マット株式会社\n"
        "  address: 東京都品川区大井9-9-9\n"
        "  representative: 代表取締役 例示 一郎\n"
        "  trade: 通信販売業\n"
        "  contact: {name: 例示マット 個人情報相談窓口, tel: 03-0000-0000, mail: "
        "privacy@example.jp}\n"
        "timezone: Asia/Tokyo\n"
        "discovered: 2026-07-08T08:35:00+09:00\n"
        "wrongful_purpose: suspected\n"
        "intrusion: {from: null, to: null}\n"
        "internal_networks: [192.168.10.0/24, 10.212.134.0/24]\n"
        "uplink_mbps: 100\n"
        "categories:\n"
        "  - {name: customer, label: {ja: お客様, en: customers}, paths: [\"**/受注/**\"]}\n"
        "assets: assets.csv\n"
        "acquired:\n"
        "  - {source: FS01.img, label: FS01, host: FS01, at: 2026-07-10T09:10:00+09:00, "
        "by: 佐藤 (情報システム), method: ディスクの全複製}\n"
        "  - {source: DC01, label: DC01, host: DC01, at: 2026-07-10T10:40:00+09:00, "
        "by: 佐藤 (情報システム), method: イベントログの書き出し}\n"
        "  - {source: fortigate, label: FGT-HONSHA, host: FGT-HONSHA, "
        "at: 2026-07-10T11:00:00+09:00, by: 佐藤 (情報システム), method: ディスクログの書き出し}\n"
        "responders:\n"
        "  - {account: sato.adm, from_ip: 192.168.10.102, hosts: [FS01, DC01], "
        "from: 2026-07-08T08:35:00+09:00, to: 2026-07-09T23:59:59+09:00, "
        "did: サーバーのウイルススキャンと自動起動の確認}\n"
        "datasets:\n"
        "  - {name: 受注データ, paths: [\"**/受注/**\"], state: encrypted, restored: yes, "
        "protected: no}\n"
        "measures:\n"
        "  - {done: 2026-07-08T09:31:00+09:00, what: {ja: VPNアカウントを無効にしました, "
        "en: the VPN account was disabled}, hosts: [FGT-HONSHA], check: account-disabled}\n"
        "  - {done: 2026-07-08T09:40:00+09:00, what: {ja: "
        "社内ネットワークを外部から切り離しました, "
        "en: the network was cut off from outside}, hosts: [FS01, DC01], check: "
        "no-external-traffic}\n"
        "chronology:\n"
        "  - {at: 2026-07-08T08:35:00+09:00, what: 社員が共有フォルダーを開けないことに気付いた, "
        "by: 佐藤 (情報システム), source: 聞き取り, level: public}\n"
        "  - {at: 2026-07-08T14:05:00+09:00, what: 前夜のバックアップから受注データの復元を始めた, "
        "by: 佐藤 (情報システム), source: 作業記録, level: public}\n"
        "  - {at: 2026-07-11T10:00:00+09:00, what: 所轄警察に相談した, by: 佐藤 (情報システム), "
        "source: 作業記録, level: public}\n"
        "harm:\n"
        "  known: []\n"
        "  checked:\n"
        "    - {at: 2026-07-10T17:00:00+09:00, channel: お問い合わせ窓口, by: 佐藤 (情報システム), "
        "result: 不正利用の連絡なし}\n"
        "desk: {name: 例示マット 個人情報相談窓口, tel: 03-0000-0000, hours: 平日9時から17時}\n";
    kk_status status = kk_demo_save(kk_print(s->arena, "%.*s/case.yaml", KK_P(s->into->folder)),
                                    kk_cstr(text), s->into->fault);
    if (status != KK_OK)
        return status;
    kk_buffer out = {0};
    kk_put(&out, KK_S("host,kind,owner,site,os,address,state,note\n"
                      "FGT-HONSHA,firewall,情報システム,本社,FortiOS,192.168.10.1,in use,\n"
                      "DC01,server,情報システム,本社,Windows Server 2019,192.168.10.5,in use,\n"
                      "FS01,server,情報システム,本社,Windows Server 2019,192.168.10.10,in use,\n"));
    for (size_t i = 0; i < sizeof seats / sizeof seats[0]; i++)
        kk_putf(&out, "%s,pc,%s,本社,Windows 11,%s,in use,\n", seats[i].name, seats[i].account.name,
                seats[i].ip);
    status = kk_demo_save(kk_print(s->arena, "%.*s/assets.csv", KK_P(s->into->folder)),
                          kk_buffer_slice(&out), s->into->fault);
    kk_buffer_close(&out);
    return status;
}

static uint64_t count_seen(const story *s, uint8_t bits)
{
    uint64_t count = 0;
    for (size_t i = 0; i < s->book->people->person_count; i++)
        count += (s->book->seen[i] & bits) != 0;
    return count;
}

static void put_persons(story *s, kk_json *json)
{
    int64_t off = (int64_t)s->book->moved_unseen - (int64_t)s->book->alike;
    uint64_t rows = 0, tests = 0;
    for (size_t i = 0; i < s->order_file_count; i++)
        rows += s->order_files[i].rows;
    for (size_t i = 0; i < s->book->order_count; i++)
        tests += s->book->orders[i].kind == KK_ORDER_TEST;
    kk_json_object(json, "persons");
    kk_json_u64(json, "left", 0);
    kk_truth_count(json, "reachable", count_seen(s, 0xff), off);
    kk_truth_count(json, "damaged", count_seen(s, 0xff), off);
    kk_json_u64(json, "overlap", 0);
    kk_json_array(json, "categories");
    kk_json_object(json, NULL);
    kk_json_cstr(json, "name", "customer");
    kk_json_u64(json, "left", 0);
    kk_truth_count(json, "reachable", count_seen(s, 0xff), off);
    kk_json_u64(json, "records", rows);
    kk_json_time(json, "from", s->book->orders[0].at);
    kk_json_time(json, "to", s->book->orders[s->book->order_count - 1].at);
    kk_json_object(json, "roles");
    kk_truth_count(json, "orderer", count_seen(s, KK_SEEN_ORDERER), off);
    kk_truth_count(json, "addressee", count_seen(s, KK_SEEN_ADDRESSEE), off);
    kk_json_close(json);
    kk_json_object(json, "items");
    kk_truth_count(json, "name", count_seen(s, 0xff), off);
    kk_truth_count(json, "kana", count_seen(s, KK_SEEN_KANA), 0);
    kk_truth_count(json, "address", count_seen(s, KK_SEEN_ADDRESS), off);
    kk_truth_count(json, "postal_code", count_seen(s, KK_SEEN_ADDRESS), off);
    kk_truth_count(json, "phone", count_seen(s, KK_SEEN_PHONE), off);
    kk_truth_count(json, "order_of_orderers", count_seen(s, KK_SEEN_ORDERER), off);
    kk_truth_count(json, "order_of_all", count_seen(s, 0xff), off);
    kk_json_close(json);
    kk_json_close(json);
    kk_json_close(json);
    kk_json_u64(json, "orders", s->book->order_count);
    kk_json_u64(json, "organisations", s->book->company_count + 1);
    kk_json_u64(json, "deceased", 0);
    kk_json_u64(json, "test_orders", tests);
    kk_json_u64(json, "one_too_many_by_rules", s->book->moved_unseen);
    kk_json_u64(json, "one_too_few_by_rules", s->book->alike);
    kk_json_close(json);
}

static void put_window(story *s, kk_json *json)
{
    kk_truth_session sessions[VISITS], desks[VISITS + 1];
    uint64_t away = 0;
    for (int i = 0; i < VISITS; i++) {
        const visit *v = &s->visits[i];
        sessions[i] =
            (kk_truth_session){"vpn", "tanaka.k", ROBBER_IP,     ROBBER_COUNTRY, "FGT-HONSHA",
                               v->up, v->down,    v->brought_in, v->carried_away};
        desks[i] = (kk_truth_session){"rdp",
                                      v->account->name,
                                      ROBBER_TUNNEL,
                                      NULL,
                                      v->target_ip[11] == '5' ? "DC01" : "FS01",
                                      v->desk,
                                      v->left,
                                      0,
                                      0};
        away += v->carried_away;
    }
    desks[VISITS] = (kk_truth_session){"rdp",  "Administrator",    "192.168.10.10",   NULL,
                                       "DC01", JULY(3, 2, 51, 21), JULY(3, 3, 18, 5), 0,
                                       0};
    kk_json_object(json, "window");
    kk_json_time(json, "from", s->visits[0].up);
    kk_json_time(json, "to", s->visits[VISITS - 1].down);
    kk_json_close(json);
    kk_truth_sessions(json, "vpn_sessions", sessions, VISITS);
    kk_truth_sessions(json, "rdp_sessions", desks, VISITS + 1);
    kk_json_cstr(json, "verdict", "no_trace");
    kk_json_u64(json, "carried_away", away);
    kk_json_object(json, "encrypted");
    kk_json_cstr(json, "host", "FS01");
    kk_json_time(json, "first", s->first_encrypted);
    kk_json_time(json, "last", s->last_encrypted);
    kk_json_u64(json, "files", s->encrypted);
    kk_json_close(json);
    kk_json_array(json, "hosts");
    kk_json_cstr(json, NULL, "DC01");
    kk_json_cstr(json, NULL, "FS01");
    kk_json_close(json);
}

static kk_status write_truth(story *s)
{
    kk_buffer out = {0};
    kk_json json = {.out = &out};
    uint64_t bytes = 0;
    kk_json_object(&json, NULL);
    kk_json_cstr(&json, "case", "mats");
    put_window(s, &json);
    put_persons(s, &json);
    kk_json_object(&json, "deadlines");
    kk_json_cstr(&json, "known", "2026-07-08");
    kk_json_cstr(&json, "preliminary_guide_from", "2026-07-10");
    kk_json_cstr(&json, "preliminary_guide_to", "2026-07-12");
    kk_json_cstr(&json, "final", "2026-09-07");
    kk_json_close(&json);
    kk_json_array(&json, "files");
    for (size_t i = 0; i < s->order_file_count; i++) {
        kk_truth_file(&json, kk_print(s->arena, "share/%.*s", KK_P(s->order_files[i].path)),
                      &s->disk->contents[s->contents[i]], s->order_files[i].rows);
        bytes += s->order_files[i].bytes.len;
    }
    kk_json_close(&json);
    kk_json_u64(&json, "bytes_of_data", bytes);
    kk_json_close(&json);
    kk_put_byte(&out, '\n');
    kk_status status = kk_demo_save(kk_print(s->arena, "%.*s/truth.json", KK_P(s->into->folder)),
                                    kk_buffer_slice(&out), s->into->fault);
    kk_buffer_close(&out);
    return status;
}

/* ---- all of it ---- */

static void make_orders(story *s)
{
    kk_people *people = kk_people_open(s->arena, SEED);
    s->book = kk_orders_make(people, kk_jst(2021, 5, 11, 0, 0, 0), JULY(8, 0, 0, 0));
    s->book->own_name = KK_S("例示マット株式会社");
    s->book->own_address = KK_S("東京都品川区大井9-9-9");
    s->book->own_postal = KK_S("140-0014");
    s->book->own_phone = KK_S("03-0000-0000");
    s->order_files = kk_order_files(s->book, &s->order_file_count);
}

static kk_status write_evidence(story *s)
{
    kk_slice evidence = kk_print(s->arena, "%.*s/evidence", KK_P(s->into->folder));
    kk_fault *fault = s->into->fault;
    kk_status status =
        kk_fortigate_save(s->wall, kk_print(s->arena, "%.*s/fortigate", KK_P(evidence)),
                          kk_jst(2026, 6, 29, 0, 0, 0), fault);
    if (status == KK_OK)
        status =
            kk_windows_save(s->controller, kk_print(s->arena, "%.*s/DC01", KK_P(evidence)), fault);
    if (status != KK_OK)
        return status;
    kk_windows_to_disk(s->files, s->disk, JULY(9, 23, 59, 0), JULY(9, 23, 59, 30));
    return kk_disk_write_ntfs(
        s->disk, &(kk_disk_image){.image = kk_print(s->arena, "%.*s/FS01.img", KK_P(evidence)).ptr,
                                  .label = "FS01",
                                  .megabytes = 192,
                                  .serial = UINT64_C(0x9c4e21a04e21735d),
                                  .partitioned = true,
                                  .made = kk_jst(2024, 3, 30, 10, 12, 0),
                                  .helper = s->into->ntfs_helper});
}

kk_status kk_demo_mats(const kk_demo_case *into)
{
    story s = {.into = into, .arena = into->arena};
    s.wall = kk_fortigate_open(into->arena, "FGT-HONSHA", "FGT60FTK26000001", SEED);
    s.files = kk_windows_open(into->arena, "FS01.mats.example", "MATS", SEED);
    s.controller = kk_windows_open(into->arena, "DC01.mats.example", "MATS", SEED);
    s.disk = kk_disk_open(into->arena, kk_print(into->arena, "%.*s/.stage", KK_P(into->folder)),
                          into->fault);
    fill_visits(s.visits);
    make_orders(&s);
    live(&s);
    break_in(&s);
    first_visit(&s);
    second_visit(&s);
    third_visit(&s);
    last_visit(&s);
    scan_for_viruses(&s);
    fill_disk(&s);
    bring_tools(&s);
    encrypt(&s);
    restore(&s);
    kk_status status = write_evidence(&s);
    if (status == KK_OK)
        status = write_case(&s);
    return status == KK_OK ? write_truth(&s) : status;
}
