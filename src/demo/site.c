#include "demo/site.h"

#define MINUTE (60 * KK_SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define LAN "internal"
#define WAN "wan1"

static const kk_demo_account system_account = {"SYSTEM", 0, true};

/* Places that an office talks to. */
static const struct {
    const char *ip, *app;
    uint16_t port;
    uint32_t sent_kb, received_kb; /* up to */
} places[] = {
    {"192.0.2.11", "Microsoft.Office.365", 443, 120, 900},
    {"192.0.2.12", "Microsoft.Teams", 443, 400, 700},
    {"192.0.2.13", NULL, 443, 20, 1500},
    {"192.0.2.14", NULL, 443, 12, 800},
    {"192.0.2.15", "MS.Windows.Update", 443, 30, 9000},
    {"192.0.2.16", NULL, 80, 6, 200},
    {"192.0.2.17", "HTTPS.BROWSER", 443, 40, 2500},
    {"192.0.2.18", "HTTPS.BROWSER", 443, 25, 600},
    {"192.0.2.19", "OneDrive", 443, 2500, 1500},
    {"192.0.2.20", "Mall.Seller.Console", 443, 60, 1200},
    {"192.0.2.21", "Web.Mail", 443, 350, 500},
};
#define PLACE_COUNT ((uint32_t)(sizeof places / sizeof places[0]))

static const char *const strangers[] = {"198.51.100.201", "198.51.100.202", "198.51.100.203",
                                        "203.0.113.210",  "203.0.113.211",  "203.0.113.212"};
static const char *const stranger_countries[] = {"United States", "Netherlands", "Germany",
                                                 "Singapore",     "Brazil",      "Viet Nam"};

static kk_time within(kk_dice *dice, kk_time from, kk_time length)
{
    return from + (kk_time)kk_dice_below(dice, (uint32_t)(length / KK_SECOND)) * KK_SECOND;
}

static bool is_open_day(const kk_demo_site *site, kk_time midnight)
{
    kk_civil local = kk_civil_from_time(midnight + KK_JST_OFFSET);
    int weekday = kk_weekday((midnight + KK_JST_OFFSET) / DAY);
    if (weekday == 0 || weekday == 6)
        return false;
    for (size_t i = 0; site->holidays[i][0] != 0; i++)
        if (site->holidays[i][0] == local.month && site->holidays[i][1] == local.day)
            return false;
    return true;
}

static bool is_cut_off(const kk_demo_site *site, kk_time at)
{
    return site->quiet_from != KK_NO_TIME && at >= site->quiet_from;
}

static void browse(kk_demo_site *site, kk_time at, const char *name, const char *ip)
{
    kk_dice *dice = &site->dice;
    uint32_t p = kk_dice_low(dice, PLACE_COUNT);
    if (is_cut_off(site, at))
        return;
    kk_fortigate_flow(
        site->wall,
        &(kk_demo_flow){.start = at,
                        .seconds = 1 + kk_dice_below(dice, 200),
                        .from_ip = ip,
                        .from_name = name,
                        .from_interface = LAN,
                        .to_ip = places[p].ip,
                        .to_interface = WAN,
                        .to_country = "Japan",
                        .port = places[p].port,
                        .protocol = 6,
                        .policy = 3,
                        .service = places[p].port == 80 ? "HTTP" : "HTTPS",
                        .app = places[p].app,
                        .sent = 900 + kk_dice_below(dice, places[p].sent_kb * 1024),
                        .received = 2000 + kk_dice_below(dice, places[p].received_kb * 1024)});
}

/* A user opens the share: the file server logs it, and a domain controller the ticket's owner. */
static void open_share(kk_demo_site *site, kk_time at, const kk_demo_account *account,
                       const char *ip, const char *workstation)
{
    if (site->controller && kk_dice_percent(&site->dice, 30)) {
        kk_logon logon =
            kk_windows_logon(site->controller, at - 2 * KK_SECOND, account, 3, ip, workstation);
        kk_windows_logoff(site->controller, at + 9 * KK_SECOND, &logon);
    }
    if (!site->files)
        return;
    kk_logon logon = kk_windows_logon(site->files, at, account, 3, ip, workstation);
    kk_windows_share(site->files, at + KK_SECOND, &logon, site->share, site->share_local);
    kk_windows_logoff(site->files, within(&site->dice, at + 20 * KK_SECOND, 20 * MINUTE), &logon);
}

/* 8:30 to 18:30 with a dip at noon; the later the fewer. */
static void seat_day(kk_demo_site *site, kk_time midnight, const kk_demo_seat *seat)
{
    kk_dice *dice = &site->dice;
    kk_time open = midnight + 8 * HOUR + 30 * MINUTE;
    for (int hour = 0; hour < 11; hour++) {
        uint32_t busy = hour == 3 ? 3 : hour == 10 ? 2 : 7;
        kk_time from = open + hour * HOUR;
        for (uint32_t i = kk_dice_below(dice, busy + 1); i > 0; i--)
            browse(site, within(dice, from, HOUR), seat->name, seat->ip);
        if (hour != 3 && kk_dice_percent(dice, 35) && !is_cut_off(site, from))
            open_share(site, within(dice, from, HOUR), &seat->account, seat->ip, seat->name);
    }
    if (site->files && kk_dice_percent(dice, 3))
        kk_windows_denied(site->files, within(dice, open, HOUR), seat->account.name, seat->ip,
                          seat->name);
}

static void tele_session(kk_demo_site *site, const kk_demo_teleworker *who, kk_time up,
                         kk_time down, uint64_t megabytes)
{
    kk_dice *dice = &site->dice;
    if (is_cut_off(site, down))
        return;
    uint64_t read = megabytes * 1000003 + kk_dice_below(dice, 900000),
             sent = read / 14 + kk_dice_below(dice, 300000);
    kk_fortigate_flow(site->wall,
                      &(kk_demo_flow){.start = up + 20 * KK_SECOND,
                                      .seconds = (uint32_t)((down - up) / KK_SECOND) - 40,
                                      .from_ip = who->tunnel_ip,
                                      .from_interface = "ssl.root",
                                      .to_ip = site->files_ip,
                                      .to_interface = LAN,
                                      .port = 445,
                                      .protocol = 6,
                                      .policy = 12,
                                      .service = "SMB",
                                      .user = who->account.name,
                                      .sent = sent,
                                      .received = read});
    kk_fortigate_knock(site->wall, up - 3 * KK_SECOND, who->home_ip, "Japan", site->wan_ip, 10443,
                       true);
    kk_fortigate_tunnel(site->wall,
                        &(kk_demo_tunnel){up, down, who->account.name, who->home_ip, who->tunnel_ip,
                                          read + read / 25, sent + sent / 20});
    for (kk_time at = up + MINUTE; at < down; at += 50 * MINUTE)
        open_share(site, within(dice, at, 10 * MINUTE), &who->account, who->tunnel_ip,
                   who->pc_name);
}

static void tele_day(kk_demo_site *site, kk_time midnight, const kk_demo_teleworker *who)
{
    kk_dice *dice = &site->dice;
    if (!kk_dice_percent(dice, 55))
        return;
    kk_time morning = within(dice, midnight + 8 * HOUR + 20 * MINUTE, 40 * MINUTE);
    kk_time noon = within(dice, midnight + 12 * HOUR, 15 * MINUTE);
    kk_time evening = within(dice, midnight + 17 * HOUR + 30 * MINUTE, 90 * MINUTE);
    if (kk_dice_percent(dice, 12))
        kk_fortigate_login_failed(site->wall, morning - 30 * KK_SECOND, who->account.name,
                                  who->home_ip);
    uint32_t half = who->usual_megabytes / 2 + 1;
    tele_session(site, who, morning, noon, half / 2 + kk_dice_below(dice, half));
    tele_session(site, who, within(dice, midnight + 13 * HOUR, 10 * MINUTE), evening,
                 half / 2 + kk_dice_below(dice, half));
}

static void server_hour(kk_demo_site *site, kk_time at, const char *ip)
{
    kk_dice *dice = &site->dice;
    kk_time start = at;
    if (is_cut_off(site, at) || is_cut_off(site, start = within(dice, at, HOUR)))
        return;
    kk_fortigate_flow(site->wall, &(kk_demo_flow){.start = start,
                                                  .seconds = 3,
                                                  .from_ip = ip,
                                                  .from_interface = LAN,
                                                  .to_ip = "192.0.2.123",
                                                  .to_interface = WAN,
                                                  .to_country = "Japan",
                                                  .port = 123,
                                                  .protocol = 17,
                                                  .policy = 5,
                                                  .service = "NTP",
                                                  .sent = 76,
                                                  .received = 76});
    if (kk_dice_percent(dice, 40) && !is_cut_off(site, start = within(dice, at, HOUR)))
        kk_fortigate_flow(site->wall,
                          &(kk_demo_flow){.start = start,
                                          .seconds = 4 + kk_dice_below(dice, 40),
                                          .from_ip = ip,
                                          .from_interface = LAN,
                                          .to_ip = "192.0.2.15",
                                          .to_interface = WAN,
                                          .to_country = "Japan",
                                          .port = 443,
                                          .protocol = 6,
                                          .policy = 5,
                                          .service = "HTTPS",
                                          .app = "MS.Windows.Update",
                                          .sent = 2000 + kk_dice_below(dice, 9000),
                                          .received = 4000 + kk_dice_below(dice, 90000)});
}

/* Services, timers and machine accounts: a log that works is never silent for an hour. */
static void windows_hour(kk_demo_site *site, kk_windows *host, kk_time at)
{
    kk_dice *dice = &site->dice;
    if (!host)
        return;
    for (int i = 0; i < 2; i++)
        (void)kk_windows_logon(host, within(dice, at + i * 30 * MINUTE, 25 * MINUTE),
                               &system_account, 5, "-", "-");
    bool running = kk_civil_from_time(at).hour % 2 == 0;
    kk_windows_service_state(host, within(dice, at, 50 * MINUTE), "Windows Update", running);
    if (kk_dice_percent(dice, 50))
        kk_windows_service_state(host, within(dice, at, 50 * MINUTE),
                                 "WinHTTP Web Proxy Auto-Discovery Service", !running);
}

static void backup(kk_demo_site *site, kk_time midnight)
{
    kk_dice *dice = &site->dice;
    kk_time start = midnight + site->backup_hour * HOUR + kk_dice_below(dice, 240) * KK_SECOND;
    if (!site->backup_to_ip || is_cut_off(site, start))
        return;
    bool month_end = kk_civil_from_time(midnight + KK_JST_OFFSET).day == 1;
    uint64_t bytes = site->backup_bytes * (month_end ? 3 : 1) +
                     kk_dice_below(dice, (uint32_t)(site->backup_bytes / 8));
    kk_fortigate_flow(site->wall, &(kk_demo_flow){.start = start,
                                                  .seconds = 2400 + kk_dice_below(dice, 900),
                                                  .from_ip = site->backup_from_ip,
                                                  .from_interface = LAN,
                                                  .to_ip = site->backup_to_ip,
                                                  .to_interface = WAN,
                                                  .to_country = "Japan",
                                                  .port = 443,
                                                  .protocol = 6,
                                                  .policy = 7,
                                                  .service = "HTTPS",
                                                  .app = "Cloud.Backup",
                                                  .sent = bytes,
                                                  .received = bytes / 190});
}

static void knocks(kk_demo_site *site, kk_time midnight)
{
    static const uint16_t ports[] = {10443, 22, 23, 3389, 443, 8443};
    kk_dice *dice = &site->dice;
    for (uint32_t i = 30 + kk_dice_below(dice, 40); i > 0; i--) {
        uint32_t who = kk_dice_below(dice, 6);
        kk_fortigate_knock(site->wall, within(dice, midnight, DAY), strangers[who],
                           stranger_countries[who], site->wan_ip, ports[kk_dice_below(dice, 6)],
                           false);
    }
    for (uint32_t i = kk_dice_below(dice, 4); i > 0; i--) {
        static const char *const guesses[] = {"admin", "test", "vpn", "user1"};
        kk_fortigate_login_failed(site->wall, within(dice, midnight, DAY),
                                  guesses[kk_dice_below(dice, 4)],
                                  strangers[kk_dice_below(dice, 6)]);
    }
}

static void one_day(kk_demo_site *site, kk_time midnight)
{
    bool open = is_open_day(site, midnight);
    for (size_t i = 0; i < site->seat_count; i++) {
        if (open && !kk_dice_percent(&site->dice, 8))
            seat_day(site, midnight, &site->seats[i]);
        else if (!open && kk_dice_percent(&site->dice, 6))
            browse(site, within(&site->dice, midnight + 10 * HOUR, 6 * HOUR), site->seats[i].name,
                   site->seats[i].ip);
    }
    for (size_t i = 0; open && i < site->teleworker_count; i++)
        tele_day(site, midnight, &site->teleworkers[i]);
    for (int hour = 0; hour < 24; hour++) {
        for (const char *const *ip = site->server_ips; *ip; ip++)
            server_hour(site, midnight + hour * HOUR, *ip);
        windows_hour(site, site->controller, midnight + hour * HOUR);
        windows_hour(site, site->files, midnight + hour * HOUR);
    }
    backup(site, midnight);
    knocks(site, midnight);
    kk_fortigate_heartbeats(site->wall, midnight, midnight + DAY);
}

void kk_site_live(kk_demo_site *site, kk_time from, kk_time to)
{
    for (kk_time midnight = from; midnight < to; midnight += DAY)
        one_day(site, midnight);
}

void kk_site_enter(kk_fortigate *wall, const kk_demo_intrusion *v)
{
    kk_fortigate_knock(wall, v->up - 4 * KK_SECOND, v->ip, v->country, v->wan_ip, 10443, true);
    kk_fortigate_tunnel(wall, &(kk_demo_tunnel){v->up, v->down, v->user, v->ip, v->tunnel_ip,
                                                v->carried_away, v->brought_in});
    kk_fortigate_flow(wall, &(kk_demo_flow){.start = v->desk - KK_SECOND,
                                            .seconds = (uint32_t)((v->left - v->desk) / KK_SECOND),
                                            .from_ip = v->tunnel_ip,
                                            .from_interface = "ssl.root",
                                            .to_ip = v->target_ip,
                                            .to_interface = "internal",
                                            .port = 3389,
                                            .protocol = 6,
                                            .policy = 12,
                                            .service = "RDP",
                                            .user = v->user,
                                            .sent = v->brought_in / 100 * 95,
                                            .received = v->carried_away / 100 * 96});
}
