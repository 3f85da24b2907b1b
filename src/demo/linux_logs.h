/* What a Linux server writes when people and programs use it: auth.log and syslog lines (RFC 3164),
 * wtmp, auditd, Samba's full_audit, an rclone log. Lines may be told in any order. */
#pragma once
#include "demo/disk.h"
#include "demo/fortigate_log.h"

typedef struct kk_linux kk_linux;
kk_linux *kk_linux_open(kk_arena *arena, const char *name, uint64_t seed);

typedef struct {
    const char *user, *from_ip;
    uint32_t uid, pid, port;
    kk_time start;
} kk_shell;

/* sshd lines of a login and a wtmp record; the end comes with kk_linux_logout. */
kk_shell kk_linux_login(kk_linux *host, kk_time at, const char *user, uint32_t uid,
                        const char *from_ip);
void kk_linux_logout(kk_linux *host, kk_time at, const kk_shell *shell);
void kk_linux_denied(kk_linux *host, kk_time at, const char *user, const char *from_ip);
/* A command: a line of the user's history with its time, and the auditd records of its start.
 * words: the arguments, NULL at the end. */
void kk_linux_command(kk_linux *host, kk_time at, const kk_shell *shell, const char *executable,
                      const char *const *words);
void kk_linux_sudo(kk_linux *host, kk_time at, const kk_shell *shell, const char *command);
void kk_linux_cron(kk_linux *host, kk_time at, const char *command);
/* smbd_audit: user|ip|machine|share|operation|ok|path */
void kk_linux_samba(kk_linux *host, kk_time at, const char *user, const char *from_ip,
                    const char *machine, const char *share, const char *operation,
                    const char *path);
void kk_linux_daily(kk_linux *host, kk_time from, kk_time to); /* cron, every hour */

/* /var/log/auth.log, syslog, samba/audit.log, audit/audit.log, wtmp, and the history of `user` in
 * his home. */
void kk_linux_to_disk(kk_linux *host, kk_disk *disk, kk_time from, kk_time last, const char *user);
