/* The system's own programs: sessions of systemd, cron, the kernel's packet filter, logging daemons
 * that own up to losses, and hosts of virtual machines. */
#include "parse/syslog_programs.h"

/* "New session 12 of user tanaka.", "New session '12' of user 'tanaka' with class 'user'" */
bool kk_syslog_logind(kk_syslog_act *act)
{
    kk_slice rest = act->message, id, user;
    if (kk_eat(&rest, KK_S("New session ")) && kk_eat_until(&rest, KK_S(" of user "), &id)) {
        kk_slice with;
        kk_act_login(act, KK_S("session-opened"), KK_SUCCESS);
        if (kk_eat(&rest, KK_S("'")) && kk_eat_until(&rest, KK_S("'"), &with))
            user = with;
        else
            user = kk_part(rest, 0, rest.len - kk_ends(rest, KK_S(".")));
        kk_act_user(act, user);
    } else if (kk_eat(&rest, KK_S("Removed session "))) {
        kk_act_login(act, KK_S("session-closed"), KK_OUTCOME_NONE);
        id = kk_part(rest, 0, rest.len - kk_ends(rest, KK_S(".")));
    } else if (kk_eat(&rest, KK_S("Session ")) && kk_eat_until(&rest, KK_S(" logged out."), &id)) {
        kk_act_login(act, KK_S("session-ending"), KK_OUTCOME_NONE);
    } else if (kk_starts(act->message, KK_S("System is powering down")) ||
               kk_starts(act->message, KK_S("System is rebooting")) ||
               kk_starts(act->message, KK_S("The system will "))) {
        kk_act_is(act, KK_S("host"), KK_S("shutdown"), KK_OUTCOME_NONE);
        return true;
    } else {
        return false;
    }
    if (id.len > 1 && id.ptr[0] == '\'')
        id = kk_part(id, 1, id.len - 2);
    kk_act_session(act, KK_S("logind"), id);
    return true;
}

/* "(root) CMD (run-parts /etc/cron.hourly)", "(root) REPLACE (root)" */
bool kk_syslog_cron(kk_syslog_act *act)
{
    static const struct {
        kk_slice word, action;
    } acts[] = {
#define ACT(word, action)                                                                          \
    {                                                                                              \
        {word, sizeof word - 1},                                                                   \
        {                                                                                          \
            action, sizeof action - 1                                                              \
        }                                                                                          \
    }
        ACT("REPLACE", "crontab-changed"),     ACT("DELETE", "crontab-deleted"),
        ACT("LIST", "crontab-listed"),         ACT("BEGIN EDIT", "crontab-edit"),
        ACT("END EDIT", "crontab-edit-ended"), ACT("RELOAD", "crontab-loaded"),
#undef ACT
    };
    kk_slice rest = act->message, user, word;
    if (!kk_eat(&rest, KK_S("(")) || !kk_eat_until(&rest, KK_S(") "), &user) ||
        !kk_eat_until(&rest, KK_S(" ("), &word))
        return false;
    if (kk_is(user, "CRON") || kk_is(user, "*system*"))
        return false;
    kk_slice inside = kk_part(rest, 0, rest.len - kk_ends(rest, KK_S(")")));
    if (kk_is(word, "CMD")) {
        kk_act_is(act, KK_S("process"), KK_S("scheduled-command"), KK_OUTCOME_NONE);
        kk_act_user(act, user);
        act->event->text[KK_COMMAND_LINE] = kk_trim(inside);
        kk_act_session(act, KK_S("cron"), act->pid);
        return true;
    }
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (!kk_eq(word, acts[i].word))
            continue;
        kk_act_is(act, KK_S("configuration"), acts[i].action, KK_OUTCOME_NONE);
        kk_act_user(act, user);
        if (!kk_eq(inside, user))
            act->event->text[KK_TARGET_USER] = inside;
        return true;
    }
    return false;
}

/* ---- kernel -----------------------------------------------------------------------------------
 */

static void set_packet_word(kk_syslog_act *act, kk_slice word)
{
    kk_event *e = act->event;
    kk_slice key;
    if (!kk_eat_until(&word, KK_S("="), &key))
        return;
    if (kk_is(key, "SRC") && kk_is_address(word))
        e->text[KK_SOURCE_IP] = word;
    else if (kk_is(key, "DST") && kk_is_address(word))
        e->text[KK_DESTINATION_IP] = word;
    else if (kk_is(key, "SPT"))
        kk_act_source_port(act, word);
    else if (kk_is(key, "DPT"))
        kk_act_number(act, KK_DESTINATION_PORT, word);
    else if (kk_is(key, "PROTO") || kk_is(key, "IN") || kk_is(key, "OUT") || kk_is(key, "LEN") ||
             kk_is(key, "MAC"))
        kk_act_more(act, key, word);
}

/* "[UFW BLOCK] IN=eth0 OUT= MAC=... SRC=... DST=... LEN=60 ... PROTO=TCP SPT=1 DPT=22 ..." */
static bool read_packet(kk_syslog_act *act, kk_slice text)
{
    size_t in = kk_find(text, KK_S("IN="));
    if (in == KK_NOWHERE || !kk_has(kk_from(text, in), KK_S(" SRC=")) ||
        !kk_has(kk_from(text, in), KK_S(" DST=")))
        return false;
    kk_slice label = kk_trim(kk_part(text, 0, in)), rest = kk_from(text, in);
    bool denied = kk_has_nocase(label, KK_S("block")) || kk_has_nocase(label, KK_S("drop")) ||
                  kk_has_nocase(label, KK_S("deny")) || kk_has_nocase(label, KK_S("reject"));
    bool allowed = kk_has_nocase(label, KK_S("allow")) || kk_has_nocase(label, KK_S("accept"));
    kk_act_is(act, KK_S("network"),
              denied    ? KK_S("denied")
              : allowed ? KK_S("allowed")
                        : KK_S("packet"),
              denied ? KK_FAILURE : KK_OUTCOME_NONE);
    if (label.len)
        kk_act_more(act, KK_S("rule"), label);
    while (rest.len) {
        kk_slice word = kk_eat_word(&rest);
        if (word.len && word.ptr[0] == '[') /* the packet inside an ICMP error */
            break;
        set_packet_word(act, word);
    }
    return true;
}

bool kk_syslog_kernel(kk_syslog_act *act)
{
    kk_slice rest = act->message, stamp;
    if (kk_starts(rest, KK_S("[")) && kk_eat_until(&rest, KK_S("]"), &stamp)) {
        kk_slice digits = kk_trim(kk_from(stamp, 1));
        if (kk_count_digits(digits) == 0)
            rest = act->message; /* a rule's label, not the seconds since boot */
        kk_eat_blanks(&rest);
    }
    if (kk_starts(rest, KK_S("Linux version "))) {
        kk_act_is(act, KK_S("host"), KK_S("boot"), KK_OUTCOME_NONE);
        return true;
    }
    if (kk_has(rest, KK_S("New USB device found"))) {
        kk_act_is(act, KK_S("host"), KK_S("device-connected"), KK_OUTCOME_NONE);
        return true;
    }
    if (kk_has(rest, KK_S("USB disconnect"))) {
        kk_act_is(act, KK_S("host"), KK_S("device-disconnected"), KK_OUTCOME_NONE);
        return true;
    }
    return read_packet(act, rest);
}

/* ---- logging daemons --------------------------------------------------------------------------
 */

/* "imuxsock lost 12 messages from pid 3 due to rate-limiting", "... : 12 messages lost due to
 * rate-limiting", journald's "Suppressed 12 messages from ..." and "Missed 12 kernel messages" */
bool kk_syslog_daemon(kk_syslog_act *act)
{
    kk_slice text = act->message, before, rest = text;
    uint64_t lost = 0;
    size_t end = kk_find(text, KK_S(" messages lost due to rate-limiting"));
    bool named = kk_eat_until(&rest, KK_S("lost "), &before) ||
                 kk_eat_until(&rest, KK_S("Suppressed "), &before) ||
                 kk_eat_until(&rest, KK_S("Missed "), &before);
    if (end != KK_NOWHERE) {
        size_t start = end;
        while (start && kk_is_digit(text.ptr[start - 1]))
            start--;
        rest = kk_part(text, start, end - start);
        named = true;
    }
    if (named && kk_to_u64(kk_part(rest, 0, kk_count_digits(rest)), &lost) && lost) {
        act->lost = lost;
        kk_act_is(act, KK_S("host"), KK_S("log-lost"), KK_OUTCOME_NONE);
        return true;
    }
    if (kk_has(text, KK_S("exiting on signal")) || kk_starts(text, KK_S("exiting"))) {
        kk_act_is(act, KK_S("host"), KK_S("log-stopped"), KK_OUTCOME_NONE);
        return true;
    }
    if (kk_ends(text, KK_S(" start")) || kk_ends(text, KK_S(": restart.")) ||
        kk_starts(text, KK_S("Journal started"))) {
        kk_act_is(act, KK_S("host"), KK_S("log-started"), KK_OUTCOME_NONE);
        return true;
    }
    return false;
}

/* ---- hosts of virtual machines ----------------------------------------------------------------
 */

/* "root@192.0.2.9": the address is behind the last sign, users may be "a@vsphere.local". */
static void set_at(kk_syslog_act *act, kk_slice who)
{
    size_t at = kk_rfind_byte(who, '@');
    kk_act_user(act, kk_part(who, 0, at));
    if (at != KK_NOWHERE)
        kk_act_source(act, kk_from(who, at + 1));
}

static bool read_vmware_event(kk_syslog_act *act, kk_slice rest)
{
    kk_slice who;
    if (kk_eat(&rest, KK_S("Cannot login "))) {
        kk_act_login(act, KK_S("logon-failed"), KK_FAILURE);
        set_at(act, kk_eat_word(&rest));
        return true;
    }
    if (!kk_eat(&rest, KK_S("User ")))
        return false;
    if (kk_eat_until(&rest, KK_S(" logged in as "), &who)) {
        kk_act_login(act, KK_S("logon"), KK_SUCCESS);
        act->event->text[KK_USER_AGENT] = kk_trim(rest);
    } else if (kk_eat_until(&rest, KK_S(" logged out"), &who)) {
        kk_act_login(act, KK_S("logoff"), KK_OUTCOME_NONE);
    } else {
        return false;
    }
    set_at(act, who);
    return true;
}

static bool read_vmware_password(kk_syslog_act *act, kk_slice text)
{
    kk_slice before, user;
    bool good = kk_eat_until(&text, KK_S("Accepted password for user "), &before);
    if (!good && !kk_eat_until(&text, KK_S("Rejected password for user "), &before))
        return false;
    if (!kk_eat_until(&text, KK_S(" from "), &user))
        return false;
    /* the event of the login itself follows */
    kk_act_login(act, good ? KK_S("authentication") : KK_S("logon-failed"),
                 good ? KK_SUCCESS : KK_FAILURE);
    kk_act_user(act, user);
    kk_act_source(act, kk_eat_word(&text));
    return true;
}

/* "... Event 975279 : User root@192.0.2.9 logged in as VMware-client/6.5.0", and vobd's SSH
 * sessions. */
bool kk_syslog_vmware(kk_syslog_act *act)
{
    kk_slice rest = act->message, before, who;
    if (kk_eat_until(&rest, KK_S("Event "), &before)) {
        kk_slice number = kk_part(rest, 0, kk_count_digits(rest));
        kk_slice text = kk_from(rest, number.len);
        if (number.len && kk_eat(&text, KK_S(" : "))) {
            act->event->text[KK_CODE] = number;
            return read_vmware_event(act, text);
        }
    }
    rest = act->message;
    bool opened = kk_eat_until(&rest, KK_S("SSH session was opened for '"), &before);
    if ((opened || kk_eat_until(&rest, KK_S("SSH session was closed for '"), &before)) &&
        kk_eat_until(&rest, KK_S("'"), &who)) {
        kk_act_login(act, opened ? KK_S("session-opened") : KK_S("session-closed"),
                     opened ? KK_SUCCESS : KK_OUTCOME_NONE);
        set_at(act, who);
        return true;
    }
    return read_vmware_password(act, act->message);
}

/* "[root]: esxcli vm process list" */
bool kk_syslog_esxi_shell(kk_syslog_act *act)
{
    kk_slice rest = act->message, user;
    if (!kk_eat(&rest, KK_S("[")) || !kk_eat_until(&rest, KK_S("]: "), &user))
        return false;
    kk_act_is(act, KK_S("process"), KK_S("command"), KK_OUTCOME_NONE);
    kk_act_user(act, user);
    act->event->text[KK_COMMAND_LINE] = rest;
    kk_act_session(act, KK_S("shell"), act->pid);
    return true;
}

/* The structured data hold it all; the text is often empty. */
bool kk_syslog_veeam(kk_syslog_act *act)
{
    kk_event *e = act->event;
    for (size_t i = 0; i < e->more_count; i++) {
        kk_slice name = e->more[i].name, value = e->more[i].value;
        if (kk_is(name, "instanceId"))
            e->text[KK_CODE] = value;
        else if (kk_is(name, "UserName") && value.len)
            kk_act_user(act, value);
        else if (kk_is(name, "Description") && !e->text[KK_MESSAGE].len)
            e->text[KK_MESSAGE] = value;
    }
    return true;
}
