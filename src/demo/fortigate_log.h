/* Writes the log of a FortiGate firewall as its disk keeps it (key=value lines, FortiOS 7): traffic
 * at session end and in between, SSL VPN, local traffic, and the performance report every five
 * minutes that shows the log was running. Lines may be told in any order. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "base/time.h"
#include "demo/dice.h"

#define KK_JST_OFFSET (9 * 3600 * KK_SECOND)
/* Wall clock of Japan to UTC; minute 61 is the next hour's first. The inverse is adding
 * KK_JST_OFFSET. */
kk_time kk_jst(int year, int month, int day, int hour, int minute, int second);

typedef struct kk_fortigate kk_fortigate;
kk_fortigate *kk_fortigate_open(kk_arena *arena, const char *name, const char *serial,
                                uint64_t seed);

typedef struct {
    kk_time start;
    uint32_t seconds;
    const char *from_ip, *from_name, *from_interface; /* from_name may be NULL */
    const char *to_ip, *to_interface, *to_country;    /* country NULL: "Reserved" */
    uint16_t port;
    uint8_t protocol; /* 6 TCP, 17 UDP */
    uint32_t policy;
    const char *service, *app, *user; /* app, user may be NULL */
    uint64_t sent, received;          /* by the side that opened the session */
} kk_demo_flow;
/* The line at the end, and one every two minutes for a flow of more than ten. */
void kk_fortigate_flow(kk_fortigate *wall, const kk_demo_flow *flow);

typedef struct {
    kk_time up, down;
    const char *user, *remote_ip, *tunnel_ip;
    uint64_t sent, received; /* by the firewall: sent is what the client got */
} kk_demo_tunnel;
/* New connection, tunnel up, statistics every ten minutes, tunnel down. */
void kk_fortigate_tunnel(kk_fortigate *wall, const kk_demo_tunnel *tunnel);
void kk_fortigate_login_failed(kk_fortigate *wall, kk_time at, const char *user,
                               const char *remote_ip);
/* Somebody outside knocks at the firewall itself. */
void kk_fortigate_knock(kk_fortigate *wall, kk_time at, const char *remote_ip, const char *country,
                        const char *own_ip, uint16_t port, bool accepted);
void kk_fortigate_heartbeats(kk_fortigate *wall, kk_time from, kk_time to);
void kk_fortigate_admin(kk_fortigate *wall, kk_time at, const char *user, const char *from_ip,
                        const char *what);

/* One file a day under the folder; those of days before `plain_from` are compressed. */
KK_CHECKED kk_status kk_fortigate_save(kk_fortigate *wall, kk_slice folder, kk_time plain_from,
                                       kk_fault *fault);
