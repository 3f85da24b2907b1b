#include "demo/linux_logs.h"

#include <stdlib.h>

#define HOUR (3600 * KK_SECOND)

enum { AUTH, SYSLOG, SAMBA, AUDIT, HISTORY, WTMP, FILES };

typedef struct {
    kk_time time;
    uint32_t order;
    uint8_t file;
    kk_slice text;
} told_line;

struct kk_linux {
    kk_arena *arena;
    const char *name;
    kk_dice dice;
    told_line *lines;
    size_t line_count, line_capacity;
    uint32_t next_serial;
};

kk_linux *kk_linux_open(kk_arena *arena, const char *name, uint64_t seed)
{
    kk_linux *host = KK_NEW(arena, kk_linux);
    host->arena = arena;
    host->name = name;
    host->dice = kk_dice_make(seed, name);
    host->next_serial = 88001;
    return host;
}

static void tell(kk_linux *host, uint8_t file, kk_time at, kk_slice text)
{
    host->lines = kk_grow(host->arena, host->lines, &host->line_capacity, host->line_count + 1,
                          sizeof *host->lines);
    host->lines[host->line_count] = (told_line){at, (uint32_t)host->line_count, file, text};
    host->line_count++;
}

/* Numbers rise with time and start again, as on a machine that is never idle. */
static uint32_t next_pid(kk_linux *host, kk_time at)
{
    return 900 + (uint32_t)(at / KK_SECOND / 20 % 31000) + kk_dice_below(&host->dice, 12);
}

/* "Mar  6 03:20:44 lx01 program[pid]: " in local time, as rsyslog's old format has it. */
static kk_slice stamped(kk_linux *host, kk_time at, const char *program, uint32_t pid,
                        kk_slice message)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    kk_civil c = kk_civil_from_time(at + KK_JST_OFFSET);
    return kk_print(host->arena, "%s %2d %02d:%02d:%02d %s %s[%u]: %.*s\n", months[c.month - 1],
                    c.day, c.hour, c.minute, c.second, host->name, program, pid, KK_P(message));
}

/* A record of 384 bytes, as on 64-bit Linux. type 7 is a login, 8 its end. */
static void tell_wtmp(kk_linux *host, kk_time at, int type, const kk_shell *shell)
{
    char *r = kk_take(host->arena, 384);
    int64_t seconds = at / KK_SECOND;
    r[0] = (char)type;
    for (int i = 0; i < 4; i++) {
        r[4 + i] = (char)(shell->pid >> 8 * i);
        r[340 + i] = (char)(seconds >> 8 * i);
    }
    memcpy(r + 8, "pts/0", 5);
    memcpy(r + 40, "ts/0", 4);
    if (type == 7) {
        memcpy(r + 44, shell->user, strlen(shell->user));
        memcpy(r + 76, shell->from_ip, strlen(shell->from_ip));
        kk_slice rest = kk_cstr(shell->from_ip), part;
        uint64_t number;
        for (int i = 0; i < 4 && kk_split(&rest, '.', &part); i++)
            if (kk_to_u64(part, &number))
                r[348 + i] = (char)number;
    }
    tell(host, WTMP, at, (kk_slice){r, 384});
}

kk_shell kk_linux_login(kk_linux *host, kk_time at, const char *user, uint32_t uid,
                        const char *from_ip)
{
    kk_shell shell = {
        user, from_ip, uid, next_pid(host, at), 50000 + kk_dice_below(&host->dice, 9000), at};
    tell(host, AUTH, at,
         stamped(host, at, "sshd", shell.pid,
                 kk_print(host->arena, "Accepted password for %s from %s port %u ssh2", user,
                          from_ip, shell.port)));
    tell(host, AUTH, at,
         stamped(host, at, "sshd", shell.pid,
                 kk_print(host->arena,
                          "pam_unix(sshd:session): session opened for user %s(uid=%u) by (uid=0)",
                          user, uid)));
    tell_wtmp(host, at, 7, &shell);
    return shell;
}

void kk_linux_logout(kk_linux *host, kk_time at, const kk_shell *shell)
{
    tell(host, AUTH, at,
         stamped(host, at, "sshd", shell->pid,
                 kk_print(host->arena,
                          "Received disconnect from %s port %u:11: disconnected by user",
                          shell->from_ip, shell->port)));
    tell(host, AUTH, at,
         stamped(host, at, "sshd", shell->pid,
                 kk_print(host->arena, "Disconnected from user %s %s port %u", shell->user,
                          shell->from_ip, shell->port)));
    tell(host, AUTH, at,
         stamped(host, at, "sshd", shell->pid,
                 kk_print(host->arena, "pam_unix(sshd:session): session closed for user %s",
                          shell->user)));
    tell_wtmp(host, at, 8, shell);
}

void kk_linux_denied(kk_linux *host, kk_time at, const char *user, const char *from_ip)
{
    tell(host, AUTH, at,
         stamped(host, at, "sshd", next_pid(host, at),
                 kk_print(host->arena, "Failed password for %s from %s port %u ssh2", user, from_ip,
                          50000 + kk_dice_below(&host->dice, 9000))));
}

/* auditd writes arguments with blanks in hexadecimal. */
static void put_argument(kk_buffer *out, size_t number, const char *word)
{
    kk_putf(out, " a%zu=", number);
    if (strchr(word, ' ') || strchr(word, '"'))
        kk_put_hex(out, word, strlen(word));
    else
        kk_putf(out, "\"%s\"", word);
}

static void tell_audit(kk_linux *host, kk_time at, const kk_shell *shell, const char *executable,
                       const char *const *words)
{
    uint32_t serial = host->next_serial++, count = 0;
    kk_slice moment = kk_print(host->arena, "audit(%lld.%03u:%u)", (long long)(at / KK_SECOND),
                               kk_dice_below(&host->dice, 1000), serial);
    while (words[count])
        count++;
    kk_slice base = kk_cstr(executable);
    size_t slash = kk_rfind_byte(base, '/');
    tell(host, AUDIT, at,
         kk_print(host->arena,
                  "type=SYSCALL msg=%.*s: arch=c000003e syscall=59 success=yes exit=0 items=2 "
                  "ppid=%u pid=%u auid=%u uid=%u gid=%u euid=%u tty=pts0 ses=%u comm=\"%.*s\" "
                  "exe=\"%s\" key=\"exec\"\n",
                  KK_P(moment), shell->pid, next_pid(host, at), shell->uid, shell->uid, shell->uid,
                  shell->uid, shell->pid % 90, KK_P(kk_from(base, slash + 1)), executable));
    kk_buffer out = {0};
    kk_putf(&out, "type=EXECVE msg=%.*s: argc=%u", KK_P(moment), count);
    for (size_t i = 0; i < count; i++)
        put_argument(&out, i, words[i]);
    kk_put_byte(&out, '\n');
    tell(host, AUDIT, at, kk_copy(host->arena, kk_buffer_slice(&out)));
    kk_buffer_close(&out);
}

void kk_linux_command(kk_linux *host, kk_time at, const kk_shell *shell, const char *executable,
                      const char *const *words)
{
    kk_buffer out = {0};
    kk_putf(&out, "#%lld\n", (long long)(at / KK_SECOND));
    for (size_t i = 0; words[i]; i++)
        kk_putf(&out, strchr(words[i], ' ') ? "%s'%s'" : "%s%s", i ? " " : "", words[i]);
    kk_put_byte(&out, '\n');
    tell(host, HISTORY, at, kk_copy(host->arena, kk_buffer_slice(&out)));
    kk_buffer_close(&out);
    tell_audit(host, at, shell, executable, words);
}

void kk_linux_sudo(kk_linux *host, kk_time at, const kk_shell *shell, const char *command)
{
    uint32_t pid = next_pid(host, at);
    tell(host, AUTH, at,
         stamped(host, at, "sudo", pid,
                 kk_print(host->arena, "  %s : TTY=pts/0 ; PWD=/home/%s ; USER=root ; COMMAND=%s",
                          shell->user, shell->user, command)));
}

void kk_linux_cron(kk_linux *host, kk_time at, const char *command)
{
    uint32_t pid = next_pid(host, at);
    tell(host, SYSLOG, at,
         stamped(host, at, "CRON", pid, kk_print(host->arena, "(root) CMD (%s)", command)));
    tell(host, AUTH, at,
         stamped(host, at, "CRON", pid,
                 KK_S("pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)")));
    tell(host, AUTH, at,
         stamped(host, at, "CRON", pid,
                 KK_S("pam_unix(cron:session): session closed for user root")));
}

void kk_linux_samba(kk_linux *host, kk_time at, const char *user, const char *from_ip,
                    const char *machine, const char *share, const char *operation, const char *path)
{
    tell(host, SAMBA, at,
         stamped(host, at, "smbd_audit", 2211 + (uint32_t)(at / (24 * HOUR) % 700),
                 kk_print(host->arena, "%s|%s|%s|%s|%s|ok|%s", user, from_ip, machine, share,
                          operation, path)));
}

void kk_linux_daily(kk_linux *host, kk_time from, kk_time to)
{
    for (kk_time at = from; at < to; at += HOUR) {
        kk_linux_cron(host, at + 17 * 60 * KK_SECOND,
                      "cd / && run-parts --report /etc/cron.hourly");
        if (at / HOUR % 4 == 1)
            kk_linux_cron(host, at + 25 * 60 * KK_SECOND, "/usr/local/sbin/check-raid");
    }
}

static int by_time(const void *a, const void *b)
{
    const told_line *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void put_file(kk_linux *host, kk_disk *disk, uint8_t file, kk_slice path, kk_time from,
                     kk_time last)
{
    kk_buffer out = {0};
    for (size_t i = 0; i < host->line_count; i++)
        if (host->lines[i].file == file) {
            kk_put(&out, host->lines[i].text);
            if (file == HISTORY)
                last = host->lines[i].time;
        }
    kk_disk_act *act = kk_disk_file(disk, from, path, kk_buffer_slice(&out));
    act->modified = act->accessed = last;
    act->mode = file == HISTORY ? 0600 : 0640;
    kk_buffer_close(&out);
}

void kk_linux_to_disk(kk_linux *host, kk_disk *disk, kk_time from, kk_time last, const char *user)
{
    qsort(host->lines, host->line_count, sizeof *host->lines, by_time);
    put_file(host, disk, AUTH, KK_S("var/log/auth.log"), from, last);
    put_file(host, disk, SYSLOG, KK_S("var/log/syslog"), from, last);
    put_file(host, disk, SAMBA, KK_S("var/log/samba/audit.log"), from, last);
    put_file(host, disk, AUDIT, KK_S("var/log/audit/audit.log"), from, last);
    put_file(host, disk, WTMP, KK_S("var/log/wtmp"), from, last);
    put_file(host, disk, HISTORY, kk_print(host->arena, "home/%s/.bash_history", user), from, last);
}
