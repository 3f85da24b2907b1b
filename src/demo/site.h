/* What goes on at an office that nobody has broken into: people at their desks and at home, servers
 * that back up and update themselves, strangers that knock. The same for both stories. */
#pragma once
#include "demo/fortigate_log.h"
#include "demo/windows_events.h"

typedef struct {
    const char *name, *ip;
    kk_demo_account account;
} kk_demo_seat;

typedef struct {
    kk_demo_account account;
    const char *home_ip, *tunnel_ip, *pc_name;
    uint32_t usual_megabytes; /* read from the file server on a day at home */
} kk_demo_teleworker;

typedef struct {
    kk_fortigate *wall;
    kk_windows *controller, *files; /* either may be NULL */
    const char *files_ip, *wan_ip;
    const char *const *server_ips; /* NULL at the end */
    const kk_demo_seat *seats;
    size_t seat_count;
    const kk_demo_teleworker *teleworkers;
    size_t teleworker_count;
    const char *share, *share_local;
    const char *backup_from_ip, *backup_to_ip;
    uint64_t backup_bytes; /* a night, about */
    int backup_hour;
    const int (*holidays)[2]; /* month and day; {0, 0} at the end */
    kk_time quiet_from;       /* the office is cut off from then on; KK_NO_TIME: never */
    kk_dice dice;
} kk_demo_site;

/* Every day from the one to before the other (midnights in Japan). */
void kk_site_live(kk_demo_site *site, kk_time from, kk_time to);

/* One visit of the intruder by VPN and remote desktop. */
typedef struct {
    const char *user, *ip, *country, *tunnel_ip, *wan_ip;
    kk_time up, down;   /* of the tunnel */
    kk_time desk, left; /* of the remote desktop inside it */
    const char *target_ip;
    uint64_t carried_away, brought_in; /* bytes */
} kk_demo_intrusion;

/* The firewall's records of it. */
void kk_site_enter(kk_fortigate *wall, const kk_demo_intrusion *visit);
