#include "demo/fortigate_log.h"

#include "demo/disk.h"

#include <stdlib.h>
#include <zlib.h>

#define MINUTE (60 * KK_SECOND)
#define DAY (24 * 60 * MINUTE)

typedef struct {
    kk_time time;
    size_t offset, len;
    uint32_t order;
} log_line;

struct kk_fortigate {
    kk_arena *arena;
    const char *name, *serial;
    kk_dice dice;
    kk_buffer text;
    log_line *lines;
    size_t line_count, line_capacity, begun_at;
    uint64_t next_session, next_tunnel;
};

kk_time kk_jst(int year, int month, int day, int hour, int minute, int second)
{
    int64_t seconds =
        kk_days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return seconds * KK_SECOND - KK_JST_OFFSET;
}

kk_fortigate *kk_fortigate_open(kk_arena *arena, const char *name, const char *serial,
                                uint64_t seed)
{
    kk_fortigate *wall = KK_NEW(arena, kk_fortigate);
    wall->arena = arena;
    wall->name = name;
    wall->serial = serial;
    wall->dice = kk_dice_make(seed, name);
    wall->next_session = 4400000;
    wall->next_tunnel = 771200000;
    return wall;
}

static void begin_line(kk_fortigate *wall, kk_time at, const char *log_id, const char *type,
                       const char *subtype, const char *level)
{
    wall->lines = kk_grow(wall->arena, wall->lines, &wall->line_capacity, wall->line_count + 1,
                          sizeof *wall->lines);
    wall->begun_at = wall->text.len;
    kk_civil local = kk_civil_from_time(at + KK_JST_OFFSET);
    /* The parts of a second are the firewall's own; its clock prints whole ones. */
    int64_t event = at - at % KK_SECOND + kk_dice_between(&wall->dice, 0, KK_SECOND - 1);
    wall->lines[wall->line_count] =
        (log_line){event, wall->begun_at, 0, (uint32_t)wall->line_count};
    kk_putf(&wall->text,
            "date=%04d-%02d-%02d time=%02d:%02d:%02d devname=\"%s\" devid=\"%s\" eventtime=%lld "
            "tz=\"+0900\" logid=\"%s\" type=\"%s\" subtype=\"%s\" level=\"%s\" vd=\"root\"",
            local.year, local.month, local.day, local.hour, local.minute, local.second, wall->name,
            wall->serial, (long long)event, log_id, type, subtype, level);
}

static void end_line(kk_fortigate *wall)
{
    kk_put_byte(&wall->text, '\n');
    wall->lines[wall->line_count].len = wall->text.len - wall->begun_at;
    wall->line_count++;
}

static const char *role_of(const char *interface)
{
    return strncmp(interface, "wan", 3) == 0   ? "wan"
           : strncmp(interface, "ssl", 3) == 0 ? "undefined"
                                               : "lan";
}

static void put_flow_head(kk_fortigate *wall, const kk_demo_flow *flow, uint64_t session,
                          uint16_t from_port, const char *action)
{
    kk_buffer *out = &wall->text;
    kk_putf(out, " srcip=%s", flow->from_ip);
    if (flow->from_name)
        kk_putf(out, " srcname=\"%s\"", flow->from_name);
    kk_putf(out,
            " srcport=%u srcintf=\"%s\" srcintfrole=\"%s\" dstip=%s dstport=%u dstintf=\"%s\" "
            "dstintfrole=\"%s\" srccountry=\"Reserved\" dstcountry=\"%s\" sessionid=%llu proto=%u "
            "action=\"%s\" policyid=%u policytype=\"policy\"",
            from_port, flow->from_interface, role_of(flow->from_interface), flow->to_ip, flow->port,
            flow->to_interface, role_of(flow->to_interface),
            flow->to_country ? flow->to_country : "Reserved", (unsigned long long)session,
            flow->protocol, action, flow->policy);
    if (flow->user)
        kk_putf(out, " user=\"%s\" group=\"sslvpn\"", flow->user);
    kk_putf(out, " service=\"%s\" trandisp=\"%s\"", flow->service,
            strncmp(flow->to_interface, "wan", 3) == 0 ? "snat" : "noop");
    if (flow->app)
        kk_putf(out, " app=\"%s\" appcat=\"Cloud.IT\"", flow->app);
    else
        kk_put(out, KK_S(" appcat=\"unscanned\""));
}

static void put_counters(kk_fortigate *wall, uint32_t seconds, uint64_t sent, uint64_t received)
{
    kk_putf(&wall->text, " duration=%u sentbyte=%llu rcvdbyte=%llu sentpkt=%llu rcvdpkt=%llu",
            seconds, (unsigned long long)sent, (unsigned long long)received,
            (unsigned long long)(sent / 1100 + 2), (unsigned long long)(received / 1100 + 2));
}

void kk_fortigate_flow(kk_fortigate *wall, const kk_demo_flow *flow)
{
    uint64_t session = wall->next_session += 1 + kk_dice_below(&wall->dice, 40);
    uint16_t from_port = (uint16_t)(49152 + kk_dice_below(&wall->dice, 16000));
    uint32_t told = 0;
    uint64_t sent_told = 0, received_told = 0;
    for (uint32_t at = 120; flow->seconds > 600 && at < flow->seconds; at += 120) {
        uint64_t sent = flow->sent / flow->seconds * at,
                 received = flow->received / flow->seconds * at;
        begin_line(wall, flow->start + at * KK_SECOND, "0000000020", "traffic", "forward",
                   "notice");
        put_flow_head(wall, flow, session, from_port, "accept");
        put_counters(wall, at, sent, received);
        kk_putf(&wall->text, " sentdelta=%llu rcvddelta=%llu durationdelta=%u",
                (unsigned long long)(sent - sent_told),
                (unsigned long long)(received - received_told), at - told);
        end_line(wall);
        told = at;
        sent_told = sent;
        received_told = received;
    }
    begin_line(wall, flow->start + flow->seconds * KK_SECOND, "0000000013", "traffic", "forward",
               "notice");
    put_flow_head(wall, flow, session, from_port, flow->protocol == 17 ? "accept" : "close");
    put_counters(wall, flow->seconds, flow->sent, flow->received);
    end_line(wall);
}

static void put_tunnel(kk_fortigate *wall, const kk_demo_tunnel *tunnel, uint64_t id, kk_time at,
                       const char *log_id, const char *what, const char *action)
{
    begin_line(wall, at, log_id, "event", "vpn", "information");
    kk_putf(&wall->text,
            " logdesc=\"%s\" action=\"%s\" tunneltype=\"ssl-tunnel\" tunnelid=%llu remip=%s "
            "tunnelip=%s user=\"%s\" group=\"sslvpn\" dst_host=\"N/A\"",
            what, action, (unsigned long long)id, tunnel->remote_ip, tunnel->tunnel_ip,
            tunnel->user);
}

static void put_tunnel_counters(kk_fortigate *wall, kk_time seconds, uint64_t sent,
                                uint64_t received)
{
    kk_putf(&wall->text, " duration=%lld sentbyte=%llu rcvdbyte=%llu", (long long)seconds,
            (unsigned long long)sent, (unsigned long long)received);
}

void kk_fortigate_tunnel(kk_fortigate *wall, const kk_demo_tunnel *tunnel)
{
    uint64_t id = wall->next_tunnel += 1 + kk_dice_below(&wall->dice, 9);
    kk_time whole = (tunnel->down - tunnel->up) / KK_SECOND;
    begin_line(wall, tunnel->up - 2 * KK_SECOND, "0101039943", "event", "vpn", "information");
    kk_putf(&wall->text,
            " logdesc=\"SSL VPN new connection\" action=\"ssl-new-con\" tunneltype=\"ssl\" "
            "tunnelid=0 remip=%s user=\"N/A\" group=\"N/A\" dst_host=\"N/A\" reason=\"N/A\" "
            "msg=\"SSL new connection\"",
            tunnel->remote_ip);
    end_line(wall);
    put_tunnel(wall, tunnel, id, tunnel->up, "0101039947", "SSL VPN tunnel up", "tunnel-up");
    kk_put(&wall->text, KK_S(" reason=\"tunnel established\" msg=\"SSL tunnel established\""));
    end_line(wall);
    for (kk_time at = 600; at < whole; at += 600) {
        put_tunnel(wall, tunnel, id, tunnel->up + at * KK_SECOND, "0101039949",
                   "SSL VPN statistics", "tunnel-stats");
        kk_put(&wall->text, KK_S(" reason=\"N/A\""));
        put_tunnel_counters(wall, at, tunnel->sent / (uint64_t)whole * (uint64_t)at,
                            tunnel->received / (uint64_t)whole * (uint64_t)at);
        kk_put(&wall->text, KK_S(" msg=\"SSL tunnel statistics\""));
        end_line(wall);
    }
    put_tunnel(wall, tunnel, id, tunnel->down, "0101039948", "SSL VPN tunnel down", "tunnel-down");
    kk_put(&wall->text, KK_S(" reason=\"User requested termination of service\""));
    put_tunnel_counters(wall, whole, tunnel->sent, tunnel->received);
    kk_put(&wall->text, KK_S(" msg=\"SSL tunnel shutdown\""));
    end_line(wall);
}

void kk_fortigate_login_failed(kk_fortigate *wall, kk_time at, const char *user,
                               const char *remote_ip)
{
    begin_line(wall, at, "0101039426", "event", "vpn", "alert");
    kk_putf(&wall->text,
            " logdesc=\"SSL VPN login fail\" action=\"ssl-login-fail\" tunneltype=\"ssl-web\" "
            "tunnelid=0 remip=%s user=\"%s\" group=\"N/A\" dst_host=\"N/A\" "
            "reason=\"sslvpn_login_permission_denied\" msg=\"SSL user failed to logged in\"",
            remote_ip, user);
    end_line(wall);
}

void kk_fortigate_knock(kk_fortigate *wall, kk_time at, const char *remote_ip, const char *country,
                        const char *own_ip, uint16_t port, bool accepted)
{
    uint64_t session = wall->next_session += 1 + kk_dice_below(&wall->dice, 40);
    begin_line(wall, at, "0001000014", "traffic", "local", "notice");
    kk_putf(&wall->text,
            " srcip=%s srcport=%u srcintf=\"wan1\" srcintfrole=\"wan\" dstip=%s dstport=%u "
            "dstintf=\"root\" dstintfrole=\"undefined\" srccountry=\"%s\" dstcountry=\"Japan\" "
            "sessionid=%llu proto=6 action=\"%s\" policyid=%u policytype=\"local-in-policy\" "
            "service=\"tcp/%u\" trandisp=\"noop\" app=\"tcp/%u\" appcat=\"unscanned\"",
            remote_ip, 1024 + kk_dice_below(&wall->dice, 60000), own_ip, port, country,
            (unsigned long long)session, accepted ? "close" : "deny", accepted ? 1u : 0u, port,
            port);
    if (accepted)
        put_counters(wall, 2, 1840 + kk_dice_below(&wall->dice, 400),
                     4210 + kk_dice_below(&wall->dice, 900));
    else
        put_counters(wall, 0, 0, 0);
    end_line(wall);
}

void kk_fortigate_heartbeats(kk_fortigate *wall, kk_time from, kk_time to)
{
    kk_dice dice = wall->dice;
    for (kk_time at = from; at < to; at += 5 * MINUTE) {
        uint32_t busy = kk_dice_below(&dice, 9);
        begin_line(wall, at, "0100040704", "event", "system", "notice");
        kk_putf(&wall->text,
                " logdesc=\"System performance statistics\" action=\"perf-stats\" cpu=%u mem=%u "
                "totalsession=%u disk=%u bandwidth=\"%u/%u\" setuprate=%u disklograte=%u "
                "sysuptime=%lld msg=\"Performance statistics: average CPU: %u, memory: %u, "
                "concurrent sessions: %u, setup-rate: %u\"",
                busy, 38 + busy / 3, 60 + busy * 21, 12 + busy / 5, busy * 310, busy * 140, busy,
                busy * 2, (long long)(at / KK_SECOND - 1760000000), busy, 38 + busy / 3,
                60 + busy * 21, busy);
        end_line(wall);
    }
}

void kk_fortigate_admin(kk_fortigate *wall, kk_time at, const char *user, const char *from_ip,
                        const char *what)
{
    begin_line(wall, at, "0100032001", "event", "system", "information");
    kk_putf(&wall->text,
            " logdesc=\"Admin login successful\" sn=\"%lld\" user=\"%s\" ui=\"https(%s)\" "
            "method=\"https\" srcip=%s action=\"login\" status=\"success\" reason=\"none\" "
            "msg=\"Administrator %s logged in successfully from https(%s)\"",
            (long long)(at / KK_SECOND), user, from_ip, from_ip, user, from_ip);
    end_line(wall);
    if (!what)
        return;
    begin_line(wall, at + 3 * MINUTE, "0100044546", "event", "system", "information");
    kk_putf(&wall->text,
            " logdesc=\"Attribute configured\" user=\"%s\" ui=\"GUI(%s)\" action=\"Edit\" "
            "cfgtid=%u cfgpath=\"user.local\" cfgobj=\"%s\" cfgattr=\"status[enable->disable]\" "
            "msg=\"Edit user.local %s\"",
            user, from_ip, kk_dice_below(&wall->dice, 90000000), what, what);
    end_line(wall);
}

static int by_time(const void *a, const void *b)
{
    const log_line *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* gzip without a name or a time in it. */
static void squeeze(kk_buffer *out, kk_slice bytes)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t most = deflateBound(&stream, (uLong)bytes.len);
    stream.next_in = (Bytef *)(uintptr_t)bytes.ptr;
    stream.avail_in = (uInt)bytes.len;
    stream.next_out = (Bytef *)kk_buffer_room(out, most);
    stream.avail_out = (uInt)most;
    (void)deflate(&stream, Z_FINISH);
    out->len += most - stream.avail_out;
    deflateEnd(&stream);
}

static kk_status save_day(kk_fortigate *wall, kk_slice folder, int64_t day, kk_slice text,
                          bool plain, kk_fault *fault)
{
    int year, month, date;
    kk_civil_from_days(day, &year, &month, &date);
    kk_slice path = kk_print(wall->arena, "%.*s/%s_disk-%04d%02d%02d.log%s", KK_P(folder),
                             wall->name, year, month, date, plain ? "" : ".gz");
    if (plain)
        return kk_demo_save(path, text, fault);
    kk_buffer small = {0};
    squeeze(&small, text);
    kk_status status = kk_demo_save(path, kk_buffer_slice(&small), fault);
    kk_buffer_close(&small);
    return status;
}

kk_status kk_fortigate_save(kk_fortigate *wall, kk_slice folder, kk_time plain_from,
                            kk_fault *fault)
{
    qsort(wall->lines, wall->line_count, sizeof *wall->lines, by_time);
    kk_buffer text = {0};
    kk_status status = KK_OK;
    for (size_t i = 0; i < wall->line_count && status == KK_OK; i++) {
        int64_t day = (wall->lines[i].time + KK_JST_OFFSET) / DAY;
        kk_put_bytes(&text, wall->text.ptr + wall->lines[i].offset, wall->lines[i].len);
        if (i + 1 < wall->line_count && (wall->lines[i + 1].time + KK_JST_OFFSET) / DAY == day)
            continue;
        status = save_day(wall, folder, day, kk_buffer_slice(&text),
                          wall->lines[i].time >= plain_from, fault);
        text.len = 0;
    }
    kk_buffer_close(&text);
    kk_buffer_close(&wall->text);
    return status;
}
