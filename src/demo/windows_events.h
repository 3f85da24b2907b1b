/* What a Windows server writes into its event logs when people, services and intruders come and go.
 * Events may be told in any order; they are sorted by time when the logs are written. */
#pragma once
#include "demo/dice.h"
#include "demo/disk.h"
#include "demo/evtx_writer.h"

typedef struct {
    const char *name; /* account */
    uint32_t rid;     /* last part of its SID; 0: not an account of this domain */
    bool admin;
} kk_demo_account;

typedef struct kk_windows kk_windows;
/* domain: short name; computer: as events show it ("FS01.mats.example"). */
kk_windows *kk_windows_open(kk_arena *arena, const char *computer, const char *domain,
                            uint64_t seed);

typedef struct {
    const kk_demo_account *account;
    uint64_t logon_id;
    uint32_t type;    /* 2 console, 3 network, 5 service, 10 remote desktop */
    uint32_t session; /* of the terminal server */
    const char *ip;
} kk_logon;

/* 4624, and 4672 for an administrator. */
kk_logon kk_windows_logon(kk_windows *host, kk_time at, const kk_demo_account *account,
                          uint32_t type, const char *ip, const char *workstation);
void kk_windows_logoff(kk_windows *host, kk_time at, const kk_logon *logon); /* 4634 */
void kk_windows_denied(kk_windows *host, kk_time at, const char *name, const char *ip,
                       const char *workstation); /* 4625 */
/* 4648: other credentials used from here for another machine. */
void kk_windows_explicit(kk_windows *host, kk_time at, const kk_logon *logon,
                         const char *target_user, const char *target_server);
void kk_windows_process(kk_windows *host, kk_time at, const kk_logon *logon, const char *executable,
                        const char *command_line, const char *parent); /* 4688 */
void kk_windows_share(kk_windows *host, kk_time at, const kk_logon *logon, const char *share,
                      const char *local); /* 5140 */
void kk_windows_service(kk_windows *host, kk_time at, const char *name,
                        const char *path); /* 7045 */
void kk_windows_service_state(kk_windows *host, kk_time at, const char *name, bool running);
/* Security 1102: what was told of earlier times will not be in the log. */
void kk_windows_cleared(kk_windows *host, kk_time at, const kk_logon *logon);
/* A remote desktop session as the servers show it: 1149, 4624 type 10, 21, 22; later 24 or 23. */
kk_logon kk_windows_desktop(kk_windows *host, kk_time at, const kk_demo_account *account,
                            const char *ip, const char *workstation);
void kk_windows_desktop_left(kk_windows *host, kk_time at, const kk_logon *logon); /* 24 */
void kk_windows_desktop_back(kk_windows *host, kk_time at, const kk_logon *logon); /* 1149, 25 */
void kk_windows_desktop_end(kk_windows *host, kk_time at, const kk_logon *logon);  /* 23, 4634 */

/* The four logs under a folder of a disk, or saved under a folder of the evidence. */
void kk_windows_to_disk(kk_windows *host, kk_disk *disk, kk_time made, kk_time last);
KK_CHECKED kk_status kk_windows_save(kk_windows *host, kk_slice folder, kk_fault *fault);
