/* What the texts of known programs mean. syslog.c takes a line apart; the table in
 * syslog_programs.c gives its message to who understands that program, who fills the event. */
#pragma once
#include "model/event.h"
#include "parse/unix_fields.h"

typedef struct {
    kk_event *event;
    kk_arena *lasting; /* holds the event's own array: never reset between lines */
    kk_arena *scratch; /* of the line */
    kk_slice program, pid, message;
    int share_at;  /* which piece of a Samba prefix names the share, learned; -1 unknown */
    uint64_t lost; /* messages that a logging daemon says it had to drop */
} kk_syslog_act;

typedef bool kk_syslog_reader(kk_syslog_act *act);

/* Fills the event from act->message as far as somebody understands it. */
void kk_syslog_interpret(kk_syslog_act *act);

/* One reader for each family of programs; false when the text is not known. */
kk_syslog_reader kk_syslog_sshd, kk_syslog_sftp, kk_syslog_dropbear; /* syslog_ssh.c */
kk_syslog_reader kk_syslog_samba, kk_syslog_buffalo, kk_syslog_synology, kk_syslog_synology_login,
    kk_syslog_qnap; /* syslog_shares.c */
kk_syslog_reader kk_syslog_sudo, kk_syslog_su, kk_syslog_login, kk_syslog_pam, kk_syslog_useradd,
    kk_syslog_usermod, kk_syslog_userdel, kk_syslog_group, kk_syslog_passwd,
    kk_syslog_gpasswd; /* syslog_accounts.c */
kk_syslog_reader kk_syslog_logind, kk_syslog_cron, kk_syslog_kernel, kk_syslog_daemon,
    kk_syslog_vmware, kk_syslog_esxi_shell, kk_syslog_veeam; /* syslog_system.c */

/* Which piece of the Samba prefix is the share, from the lines at the head of an item; -1 when they
 * do not show it. */
int kk_syslog_samba_share_at(kk_slice head);

/* For the readers: syslog_act.c. */
void kk_act_more(kk_syslog_act *act, kk_slice name, kk_slice value);
/* Splits a domain off ("CORP\tanaka"). */
void kk_act_user(kk_syslog_act *act, kk_slice name);
/* An address goes to source.ip, another name to source.domain. */
void kk_act_source(kk_syslog_act *act, kk_slice address);
void kk_act_source_port(kk_syslog_act *act, kk_slice port);
/* "sshd:20411"; nothing without an id. */
void kk_act_session(kk_syslog_act *act, kk_slice kind, kk_slice id);
/* "1234" at the start of a text to a number field; false when there are no digits. */
bool kk_act_number(kk_syslog_act *act, kk_number_field field, kk_slice digits);
/* sshd writes bytes beyond ASCII, and backslashes, as escapes ("\343\201\202"): as they were. */
kk_slice kk_act_unescape(kk_syslog_act *act, kk_slice text);

static inline void kk_act_is(kk_syslog_act *act, kk_slice category, kk_slice action,
                             kk_outcome outcome)
{
    act->event->text[KK_CATEGORY] = category;
    act->event->text[KK_ACTION] = action;
    act->event->outcome = outcome;
}

static inline void kk_act_login(kk_syslog_act *act, kk_slice action, kk_outcome outcome)
{
    kk_act_is(act, KK_S("authentication"), action, outcome);
}
