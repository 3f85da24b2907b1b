/* Accounts: PAM, sudo, su, login, and the tools that make and change users and groups. */
#include "parse/syslog_programs.h"

/* "U(uid=1000)" without what stands in brackets at its end. */
static kk_slice without_id(kk_slice user)
{
    size_t open = kk_rfind_byte(user, '(');
    if (kk_ends(user, KK_S(")")) && open != KK_NOWHERE &&
        kk_starts(kk_from(user, open), KK_S("(uid=")))
        return kk_part(user, 0, open);
    return user;
}

static kk_slice unquoted(kk_slice s)
{
    s = kk_trim(s);
    if (s.len > 1 && (s.ptr[0] == '\'' || s.ptr[0] == '`' || s.ptr[0] == '"' || s.ptr[0] == '[') &&
        (s.ptr[s.len - 1] == '\'' || s.ptr[s.len - 1] == '"' || s.ptr[s.len - 1] == ']'))
        return kk_part(s, 1, s.len - 2);
    return s;
}

/* The value of "name=" in a list of blanks; empty values are common ("ruser= rhost="). */
static kk_slice word_of(kk_slice list, kk_slice name)
{
    for (size_t at = 0, found; (found = kk_find(kk_from(list, at), name)) != KK_NOWHERE;
         at += found + 1) {
        size_t start = at + found;
        if (start && list.ptr[start - 1] != ' ')
            continue;
        kk_slice rest = kk_from(list, start + name.len);
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ' ')
            n++;
        return kk_part(rest, 0, n);
    }
    return KK_NONE;
}

/* ---- PAM --------------------------------------------------------------------------------------
 */

static bool changes_user(kk_slice service)
{
    return kk_is(service, "su") || kk_is(service, "su-l") || kk_is(service, "sudo") ||
           kk_is(service, "sudo-i") || kk_is(service, "runuser") || kk_is(service, "pkexec");
}

static bool is_logon_service(kk_slice service)
{
    return kk_is(service, "sshd") || kk_is(service, "login") || kk_is(service, "remote") ||
           kk_starts(service, KK_S("gdm")) || kk_starts(service, KK_S("lightdm")) ||
           kk_starts(service, KK_S("xrdp")) || kk_is(service, "vsftpd") ||
           kk_is(service, "cockpit");
}

/* "user U(uid=0) by X(uid=1000)" */
static bool pam_opened(kk_syslog_act *act, kk_slice rest, kk_slice service)
{
    kk_slice user = rest, by = KK_NONE, tail = rest;
    if (kk_eat_until(&tail, KK_S(" by "), &user))
        by = kk_is(tail, "(uid=0)") ? KK_NONE : without_id(tail);
    kk_act_login(act, KK_S("session-opened"), KK_SUCCESS);
    user = without_id(user);
    if (changes_user(service) && by.len && by.ptr[0] != '(') {
        kk_act_user(act, by);
        act->event->text[KK_TARGET_USER] = user;
    } else if (changes_user(service)) {
        act->event->text[KK_TARGET_USER] = user;
    } else {
        kk_act_user(act, user);
        if (by.len && by.ptr[0] != '(')
            kk_act_more(act, KK_S("by"), by);
    }
    return true;
}

static bool pam_closed(kk_syslog_act *act, kk_slice user, kk_slice service)
{
    kk_act_login(act, is_logon_service(service) ? KK_S("logoff") : KK_S("session-closed"),
                 KK_OUTCOME_NONE);
    if (changes_user(service))
        act->event->text[KK_TARGET_USER] = without_id(user);
    else
        kk_act_user(act, without_id(user));
    return true;
}

/* "; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.9  user=root" */
static bool pam_judged(kk_syslog_act *act, kk_slice list, bool good, kk_slice service)
{
    kk_slice user = word_of(list, KK_S("user=")), ruser = word_of(list, KK_S("ruser="));
    kk_act_login(act, good ? KK_S("authentication") : KK_S("authentication-failed"),
                 good ? KK_SUCCESS : KK_FAILURE);
    if (changes_user(service)) {
        kk_act_user(act, ruser.len ? ruser : word_of(list, KK_S("logname=")));
        act->event->text[KK_TARGET_USER] = user;
    } else {
        kk_act_user(act, user);
    }
    kk_act_source(act, word_of(list, KK_S("rhost=")));
    kk_slice tty = word_of(list, KK_S("tty="));
    if (tty.len)
        kk_act_more(act, KK_S("tty"), tty);
    return true;
}

static bool pam_text(kk_syslog_act *act, kk_slice text, kk_slice service)
{
    kk_slice user;
    if (kk_eat(&text, KK_S("session opened for user ")))
        return pam_opened(act, text, service);
    if (kk_eat(&text, KK_S("session closed for user ")))
        return pam_closed(act, text, service);
    if (kk_eat(&text, KK_S("authentication failure;")))
        return pam_judged(act, text, false, service);
    if (kk_eat(&text, KK_S("authentication success;")))
        return pam_judged(act, text, true, service);
    if (kk_eat(&text, KK_S("password changed for "))) {
        kk_act_is(act, KK_S("iam"), KK_S("password-changed"), KK_SUCCESS);
        act->event->text[KK_TARGET_USER] = text;
        return true;
    }
    if (kk_eat(&text, KK_S("Consecutive login failures for user ")) &&
        kk_eat_until(&text, KK_S(" account temporarily locked"), &user)) {
        kk_act_login(act, KK_S("account-locked"), KK_FAILURE);
        kk_act_user(act, user);
        return true;
    }
    if (kk_has(text, KK_S("user unknown"))) {
        kk_act_login(act, KK_S("invalid-user"), KK_FAILURE);
        return true;
    }
    kk_act_login(act, KK_NONE, KK_OUTCOME_NONE); /* known to be about accounts, nothing more */
    return true;
}

/* sshd itself: "PAM 2 more authentication failures; logname= ... user=root" */
static bool pam_more_failures(kk_syslog_act *act, kk_slice rest)
{
    size_t digits = kk_count_digits(rest);
    kk_slice count = kk_part(rest, 0, digits);
    rest = kk_from(rest, digits);
    if (!digits || !(kk_eat(&rest, KK_S(" more authentication failures;")) ||
                     kk_eat(&rest, KK_S(" more authentication failure;"))))
        return false;
    kk_act_session(act, KK_S("sshd"), act->pid);
    kk_act_more(act, KK_S("failures"), count);
    return pam_judged(act, rest, false, KK_S("sshd"));
}

bool kk_syslog_pam(kk_syslog_act *act)
{
    kk_slice rest = act->message, service = act->program, module;
    if (kk_eat(&rest, KK_S("PAM ")))
        return pam_more_failures(act, rest);
    size_t old = kk_find(service, KK_S("(pam_"));
    if (old != KK_NOWHERE) {
        service = kk_part(service, 0, old); /* "sshd(pam_unix)[4711]: session opened ..." */
    } else {
        if (!kk_eat_until(&rest, KK_S("("), &module) || !kk_eat_until(&rest, KK_S(")"), &service))
            return false;
        service = kk_part(service, 0, kk_find_byte(service, ':'));
        kk_eat(&rest, KK_S(":"));
        kk_eat_blanks(&rest);
    }
    kk_act_session(act, service, act->pid);
    return pam_text(act, rest, service);
}

/* ---- becoming somebody else -------------------------------------------------------------------
 */

static bool sudo_field(kk_syslog_act *act, kk_slice field, kk_slice whole_rest)
{
    kk_event *e = act->event;
    if (kk_eat(&field, KK_S("USER=")))
        e->text[KK_TARGET_USER] = field;
    else if (kk_eat(&whole_rest, KK_S("COMMAND=")))
        e->text[KK_COMMAND_LINE] = whole_rest;
    else if (kk_eat(&field, KK_S("TTY=")))
        kk_act_more(act, KK_S("tty"), field);
    else if (kk_eat(&field, KK_S("PWD=")))
        kk_act_more(act, KK_S("cwd"), field);
    else if (kk_eat(&field, KK_S("GROUP=")))
        kk_act_more(act, KK_S("group"), field);
    else if (kk_eat(&field, KK_S("ENV=")))
        kk_act_more(act, KK_S("env"), field);
    else if (kk_eat(&field, KK_S("TSID=")))
        kk_act_more(act, KK_S("tsid"), field);
    else if (kk_eat(&field, KK_S("CHROOT=")))
        kk_act_more(act, KK_S("chroot"), field);
    else
        return false;
    return true;
}

/* Up to the next " ; NAME=": a folder or a reason may hold the mark itself. */
static kk_slice eat_sudo_field(kk_slice *rest)
{
    for (size_t at = 0, next; (next = kk_find(kk_from(*rest, at), KK_S(" ; "))) != KK_NOWHERE;
         at += next + 3) {
        kk_slice after = kk_from(*rest, at + next + 3);
        size_t n = 0;
        while (n < after.len && after.ptr[n] >= 'A' && after.ptr[n] <= 'Z')
            n++;
        if (n && n < after.len && after.ptr[n] == '=') {
            kk_slice field = kk_part(*rest, 0, at + next);
            *rest = after;
            return field;
        }
    }
    kk_slice field = *rest;
    *rest = KK_NONE;
    return field;
}

/* "tanaka : [reason ; ]TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/bin/cat /etc/shadow" */
bool kk_syslog_sudo(kk_syslog_act *act)
{
    kk_slice rest = act->message, user, field, after;
    if (!kk_eat_until(&rest, KK_S(" : "), &user))
        return false;
    kk_act_login(act, KK_S("sudo"), KK_SUCCESS);
    kk_act_user(act, kk_trim(user));
    kk_act_session(act, KK_S("sudo"), act->pid);
    for (bool first = true; rest.len; first = false) {
        after = rest;
        field = eat_sudo_field(&after);
        bool known = sudo_field(act, field, rest);
        if (first && kk_eat(&field, KK_S("(command continued) "))) {
            act->event->text[KK_COMMAND_LINE] = kk_from(rest, 20);
            kk_act_more(act, KK_S("continued"), KK_S("true"));
            return true;
        }
        if (first && !known) {
            act->event->outcome = KK_FAILURE;
            kk_act_more(act, KK_S("reason"), field);
        }
        if (kk_starts(rest, KK_S("COMMAND=")))
            break;
        rest = after;
    }
    return true;
}

static bool su_is(kk_syslog_act *act, kk_slice user, kk_slice target, bool good)
{
    kk_act_login(act, KK_S("su"), good ? KK_SUCCESS : KK_FAILURE);
    kk_act_user(act, kk_trim(user));
    act->event->text[KK_TARGET_USER] = kk_trim(target);
    kk_act_session(act, KK_S("su"), act->pid);
    return true;
}

/* util-linux "(to root) tanaka on pts/0", shadow "Successful su for root by tanaka", "+ pts/0 a:b"
 */
bool kk_syslog_su(kk_syslog_act *act)
{
    kk_slice rest = act->message, target, user;
    bool failed = kk_eat(&rest, KK_S("FAILED SU ")) || kk_eat(&rest, KK_S("BAD SU "));
    if (kk_eat(&rest, KK_S("(to ")) && kk_eat_until(&rest, KK_S(") "), &target)) {
        if (!kk_eat_until(&rest, KK_S(" on "), &user))
            user = rest;
        else
            kk_act_more(act, KK_S("tty"), rest);
        return su_is(act, user, target, !failed);
    }
    rest = act->message;
    bool good = kk_eat(&rest, KK_S("Successful su for "));
    if ((good || kk_eat(&rest, KK_S("FAILED su for "))) &&
        kk_eat_until(&rest, KK_S(" by "), &target))
        return su_is(act, rest, target, good);
    if (kk_eat(&rest, KK_S("'su ")) &&
        kk_eat_until(&rest, KK_S("' "), &target)) { /* BSD, Solaris */
        good = kk_eat(&rest, KK_S("succeeded for "));
        if (!good && !kk_eat(&rest, KK_S("failed for ")))
            return false;
        return su_is(act, kk_part(rest, 0, kk_find(rest, KK_S(" on "))), target, good);
    }
    rest = act->message;
    good = kk_eat(&rest, KK_S("+ "));
    if (good || kk_eat(&rest, KK_S("- "))) {
        kk_slice tty = kk_eat_word(&rest);
        if (!kk_eat_until(&rest, KK_S(":"), &user) && !kk_eat_until(&rest, KK_S("-"), &user))
            return false;
        kk_act_more(act, KK_S("tty"), tty);
        return su_is(act, user, rest, good);
    }
    return false;
}

/* "LOGIN ON tty1 BY tanaka", "ROOT LOGIN ON tty1", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root',
 * ..." */
bool kk_syslog_login(kk_syslog_act *act)
{
    kk_slice rest = act->message, tty, user = KK_S("root"), from;
    kk_act_session(act, KK_S("login"), act->pid);
    if (kk_eat(&rest, KK_S("FAILED LOGIN"))) {
        size_t mark = kk_find(rest, KK_S(" FOR "));
        if (mark == KK_NOWHERE)
            return false;
        kk_act_login(act, KK_S("logon-failed"), KK_FAILURE);
        user = kk_from(rest, mark + 5);
        kk_act_user(act, unquoted(kk_part(user, 0, kk_find(user, KK_S(", ")))));
        return true;
    }
    bool root = kk_eat(&rest, KK_S("ROOT LOGIN ")) || kk_eat(&rest, KK_S("ROOT LOGIN  "));
    if (!root && !kk_eat(&rest, KK_S("LOGIN ")))
        return false;
    kk_eat_blanks(&rest);
    if (!kk_eat(&rest, KK_S("ON ")) && !kk_eat(&rest, KK_S("on ")))
        return false;
    tty = unquoted(kk_eat_word(&rest));
    if (kk_eat(&rest, KK_S("BY ")))
        user = kk_eat_word(&rest);
    kk_act_login(act, KK_S("logon"), KK_SUCCESS);
    kk_act_user(act, user);
    kk_act_more(act, KK_S("tty"), tty);
    if (kk_eat_until(&rest, KK_S("FROM "), &from))
        kk_act_source(act, kk_trim(rest));
    return true;
}

/* ---- users and groups -------------------------------------------------------------------------
 */

static bool iam(kk_syslog_act *act, kk_slice action, kk_slice target)
{
    kk_act_is(act, KK_S("iam"), action, KK_SUCCESS);
    act->event->text[KK_TARGET_USER] = unquoted(target);
    return true;
}

static bool iam_group(kk_syslog_act *act, kk_slice action, kk_slice group)
{
    kk_act_is(act, KK_S("iam"), action, KK_SUCCESS);
    kk_act_more(act, KK_S("group"), unquoted(group));
    return true;
}

/* "name=evil, UID=1001, GID=1001, home=/home/evil, shell=/bin/bash": all but the name to more. */
static kk_slice read_list(kk_syslog_act *act, kk_slice list)
{
    kk_slice name = KK_NONE, field;
    while (list.len) {
        if (!kk_eat_until(&list, KK_S(", "), &field)) {
            field = list;
            list = KK_NONE;
        }
        kk_slice key;
        if (!kk_eat_until(&field, KK_S("="), &key))
            continue;
        if (kk_is(key, "name"))
            name = field;
        else if (kk_is(key, "UID") || kk_is(key, "GID") || kk_is(key, "home") ||
                 kk_is(key, "shell") || kk_is(key, "from"))
            kk_act_more(act, key, field);
    }
    return unquoted(name);
}

/* "add 'U' to group 'G'", "add 'U' to shadow group 'G'", "delete 'U' from group 'G'" */
static bool read_member(kk_syslog_act *act, kk_slice rest)
{
    kk_slice user, before;
    bool added = kk_eat(&rest, KK_S("add "));
    if (!added && !kk_eat(&rest, KK_S("delete ")))
        return false;
    if (!kk_eat_until(&rest, added ? KK_S(" to ") : KK_S(" from "), &user))
        return false;
    bool shadow = kk_starts(rest, KK_S("shadow "));
    if (!kk_eat_until(&rest, KK_S("group "), &before))
        return false;
    iam(act, added ? KK_S("group-member-added") : KK_S("group-member-removed"), user);
    kk_act_more(act, KK_S("group"), unquoted(rest));
    if (shadow)
        kk_act_more(act, KK_S("file"), KK_S("gshadow")); /* the same change, told a second time */
    return true;
}

bool kk_syslog_useradd(kk_syslog_act *act)
{
    kk_slice rest = act->message;
    if (kk_eat(&rest, KK_S("new user: "))) {
        kk_slice name = read_list(act, rest);
        return iam(act, KK_S("user-created"), name);
    }
    if (kk_eat(&rest, KK_S("new group: "))) {
        kk_slice name = read_list(act, rest);
        return iam_group(act, KK_S("group-created"), name);
    }
    if (kk_eat(&rest, KK_S("failed adding user "))) {
        iam(act, KK_S("user-created"), kk_part(rest, 0, kk_find(rest, KK_S(", "))));
        act->event->outcome = KK_FAILURE;
        return true;
    }
    return read_member(act, rest);
}

/* "change user 'U' shell from ..", "change user 'U' password", "lock user 'U' password" */
bool kk_syslog_usermod(kk_syslog_act *act)
{
    kk_slice rest = act->message, verb;
    if (read_member(act, rest))
        return true;
    if (!kk_eat_until(&rest, KK_S(" user "), &verb) || rest.len < 2)
        return false;
    kk_slice user = kk_eat_word(&rest);
    kk_slice action = kk_is(verb, "lock")       ? KK_S("user-locked")
                      : kk_is(verb, "unlock")   ? KK_S("user-unlocked")
                      : kk_is(rest, "password") ? KK_S("password-changed")
                                                : KK_S("user-changed");
    iam(act, action, user);
    if (rest.len)
        kk_act_more(act, KK_S("change"), rest);
    return true;
}

bool kk_syslog_userdel(kk_syslog_act *act)
{
    kk_slice rest = act->message;
    if (kk_eat(&rest, KK_S("delete user ")))
        return iam(act, KK_S("user-deleted"), rest);
    if (kk_eat(&rest, KK_S("removed group ")) || kk_eat(&rest, KK_S("removed shadow group ")))
        return iam_group(act, KK_S("group-deleted"), kk_eat_word(&rest));
    return read_member(act, rest);
}

bool kk_syslog_group(kk_syslog_act *act)
{
    kk_slice rest = act->message, before;
    if (kk_eat(&rest, KK_S("new group: ")) ||
        (kk_starts(rest, KK_S("group added to ")) && kk_eat_until(&rest, KK_S(": "), &before))) {
        kk_slice name = read_list(act, rest);
        return iam_group(act, KK_S("group-created"), name);
    }
    if (kk_eat(&rest, KK_S("group changed in ")))
        return iam_group(act, KK_S("group-changed"), KK_NONE);
    if (kk_eat(&rest, KK_S("group ")) && kk_has(rest, KK_S(" removed")))
        return iam_group(act, KK_S("group-deleted"), kk_eat_word(&rest));
    return false;
}

/* "user U added by root to group G", "user U removed by root from group G" */
bool kk_syslog_gpasswd(kk_syslog_act *act)
{
    kk_slice rest = act->message, user, by;
    bool added = kk_has(rest, KK_S(" added by "));
    if (!kk_eat(&rest, KK_S("user ")) ||
        !kk_eat_until(&rest, added ? KK_S(" added by ") : KK_S(" removed by "), &user) ||
        !kk_eat_until(&rest, added ? KK_S(" to group ") : KK_S(" from group "), &by))
        return false;
    iam(act, added ? KK_S("group-member-added") : KK_S("group-member-removed"), user);
    kk_act_user(act, unquoted(by));
    kk_act_more(act, KK_S("group"), unquoted(rest));
    return true;
}

/* "password for 'U' changed by 'root'", "changed password expiry for U", "changed user 'U' shell
 * ..." */
bool kk_syslog_passwd(kk_syslog_act *act)
{
    kk_slice rest = act->message, user;
    if (kk_eat(&rest, KK_S("password for ")) && kk_eat_until(&rest, KK_S(" changed by "), &user)) {
        iam(act, KK_S("password-changed"), user);
        kk_act_user(act, unquoted(rest));
        return true;
    }
    rest = act->message;
    if (kk_eat(&rest, KK_S("changed password expiry for ")))
        return iam(act, KK_S("password-expiry-changed"), rest);
    if (kk_eat(&rest, KK_S("changed user ")))
        return iam(act, KK_S("user-changed"), kk_eat_word(&rest));
    return false;
}
