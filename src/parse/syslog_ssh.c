/* sshd of OpenSSH, its SFTP server, and dropbear.
 *
 * The account of a failed login is whatever the far end typed: it may hold blanks and even text
 * that looks like the rest of the line ("x from 192.0.2.9 port 22"). So failures are read from the
 * right; an accepted login names an account that exists and is read from the left, since what
 * follows it (the name of a certificate) comes from outside. */
#include "parse/syslog_programs.h"

typedef struct {
    kk_slice user, address, port, tail;
} peer;

/* "USER from ADDRESS port N TAIL", split at the last or the first place that fits. */
static bool read_from(kk_slice text, bool from_right, peer *out)
{
    bool found = false;
    for (size_t at = 0; at < text.len;) {
        size_t mark = kk_find(kk_from(text, at), KK_S(" from "));
        if (mark == KK_NOWHERE)
            break;
        mark += at;
        kk_slice rest = kk_from(text, mark + 6);
        kk_slice address = kk_eat_word(&rest);
        if (kk_is_address(kk_bare_address(address)) || kk_starts(rest, KK_S("port "))) {
            kk_eat(&rest, KK_S("port "));
            size_t digits = kk_count_digits(rest);
            *out = (peer){kk_part(text, 0, mark), address, kk_part(rest, 0, digits),
                          kk_from(rest, digits)};
            found = true;
            if (!from_right)
                break;
        }
        at = mark + 6;
    }
    return found;
}

/* "USER ADDRESS port N TAIL" or "ADDRESS port N TAIL", as disconnections have it. */
static bool read_beside(kk_slice text, peer *out)
{
    for (size_t end = text.len;;) {
        size_t mark = KK_NOWHERE;
        for (size_t i = end; i-- > 0;) {
            if (kk_starts(kk_from(text, i), KK_S(" port ")) && i + 6 < text.len &&
                kk_is_digit(text.ptr[i + 6])) {
                mark = i;
                break;
            }
        }
        if (mark == KK_NOWHERE)
            return false;
        kk_slice before = kk_part(text, 0, mark), after = kk_from(text, mark + 6);
        size_t blank = kk_rfind_byte(before, ' ');
        kk_slice address = blank == KK_NOWHERE ? before : kk_from(before, blank + 1);
        size_t digits = kk_count_digits(after);
        if (kk_is_address(kk_bare_address(address)) || mark == 0) {
            *out = (peer){kk_part(before, 0, blank == KK_NOWHERE ? 0 : blank), address,
                          kk_part(after, 0, digits), kk_from(after, digits)};
            return true;
        }
        end = mark;
    }
}

static void set_peer(kk_syslog_act *act, const peer *p)
{
    if (p->user.len)
        kk_act_user(act, kk_act_unescape(act, p->user));
    kk_act_source(act, p->address);
    kk_act_source_port(act, p->port);
}

/* "password for USER from ADDRESS port N ssh2: RSA SHA256:..." */
static bool read_accepted(kk_syslog_act *act, kk_slice rest)
{
    kk_slice method;
    peer p;
    if (!kk_eat_until(&rest, KK_S(" for "), &method) || !read_from(rest, false, &p) || !p.port.len)
        return false;
    kk_act_login(act, KK_S("logon"), KK_SUCCESS);
    set_peer(act, &p);
    kk_act_more(act, KK_S("ssh.method"), method);
    kk_slice key = p.tail;
    kk_eat_blanks(&key);
    if (kk_eat(&key, KK_S("ssh2: ")) && key.len)
        kk_act_more(act, KK_S("ssh.key"), key);
    return true;
}

static bool read_failed(kk_syslog_act *act, kk_slice rest)
{
    kk_slice method;
    peer p;
    if (!kk_eat_until(&rest, KK_S(" for "), &method))
        return false;
    bool invalid = kk_eat(&rest, KK_S("invalid user ")) || kk_eat(&rest, KK_S("illegal user "));
    /* an empty account leaves two blanks */
    if (kk_starts(rest, KK_S("from ")))
        rest = (kk_slice){rest.ptr - 1, rest.len + 1};
    if (!read_from(rest, true, &p) || !p.port.len)
        return false;
    kk_act_login(act, KK_S("logon-failed"), KK_FAILURE);
    set_peer(act, &p);
    kk_act_more(act, KK_S("ssh.method"), method);
    if (invalid)
        kk_act_more(act, KK_S("ssh.invalid_user"), KK_S("true"));
    return true;
}

static bool read_invalid(kk_syslog_act *act, kk_slice rest)
{
    peer p;
    if (kk_starts(rest, KK_S("from ")))
        rest = (kk_slice){rest.ptr - 1, rest.len + 1};
    if (!read_from(rest, true, &p))
        return false;
    kk_act_login(act, KK_S("invalid-user"), KK_FAILURE);
    set_peer(act, &p);
    return true;
}

/* What ends a connection. Before authentication it is a failed attempt, after it a logoff. */
static bool read_end(kk_syslog_act *act, kk_slice rest)
{
    peer p;
    bool tried = kk_eat(&rest, KK_S("authenticating user ")),
         invalid = !tried && kk_eat(&rest, KK_S("invalid user "));
    bool known = !tried && !invalid && kk_eat(&rest, KK_S("user "));
    if (!read_beside(rest, &p))
        return false;
    bool before = tried || invalid || kk_has(p.tail, KK_S("[preauth]"));
    kk_act_login(act, known && !before ? KK_S("logoff") : KK_S("disconnected"),
                 before ? KK_FAILURE : KK_OUTCOME_NONE);
    set_peer(act, &p);
    if (invalid)
        kk_act_more(act, KK_S("ssh.invalid_user"), KK_S("true"));
    return true;
}

/* "from ADDRESS port N:11: disconnected by user", older without the port. */
static bool read_received_disconnect(kk_syslog_act *act, kk_slice rest)
{
    kk_slice reason = KK_NONE;
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != ' ')
        end++;
    kk_slice address = kk_part(rest, 0, end);
    rest = kk_from(rest, end);
    if (kk_ends(address, KK_S(":")))
        address.len--;
    if (!kk_is_address(kk_bare_address(address)))
        return false;
    kk_eat_blanks(&rest);
    if (kk_eat(&rest, KK_S("port ")))
        kk_act_source_port(act, rest);
    kk_act_login(act, KK_S("disconnected"),
                 kk_has(rest, KK_S("[preauth]")) ? KK_FAILURE : KK_OUTCOME_NONE);
    kk_act_source(act, address);
    if (kk_eat_until(&rest, KK_S(": "), &reason) && rest.len)
        kk_act_more(act, KK_S("reason"), rest);
    return true;
}

static bool read_too_many(kk_syslog_act *act, kk_slice rest)
{
    peer p;
    bool invalid = kk_eat(&rest, KK_S("invalid user "));
    if (!read_from(rest, true, &p))
        return false;
    kk_act_login(act, KK_S("logon-blocked"), KK_FAILURE);
    set_peer(act, &p);
    if (invalid)
        kk_act_more(act, KK_S("ssh.invalid_user"), KK_S("true"));
    return true;
}

/* "User NAME from ADDRESS not allowed because ..." */
static bool read_not_allowed(kk_syslog_act *act, kk_slice rest)
{
    kk_slice who;
    if (!kk_eat_until(&rest, KK_S(" not allowed because "), &who))
        return false;
    size_t from = KK_NOWHERE;
    for (size_t at = 0, next; (next = kk_find(kk_from(who, at), KK_S(" from "))) != KK_NOWHERE;
         at = from + 6)
        from = at + next;
    kk_act_login(act, KK_S("logon-blocked"), KK_FAILURE);
    if (from != KK_NOWHERE)
        kk_act_source(act, kk_from(who, from + 6));
    kk_act_user(act, kk_act_unescape(act, kk_part(who, 0, from)));
    kk_act_more(act, KK_S("reason"), rest);
    return true;
}

/* "Starting session: command on pts/0 for USER from ADDRESS port N id 0", "shell", "subsystem
 * 'sftp'" */
static bool read_starting(kk_syslog_act *act, kk_slice rest)
{
    kk_slice what;
    peer p;
    if (!kk_eat_until(&rest, KK_S(" for "), &what) || !read_from(rest, false, &p))
        return false;
    kk_act_login(act, KK_S("session-opened"), KK_SUCCESS);
    set_peer(act, &p);
    kk_act_more(act, KK_S("ssh.session"), what);
    return true;
}

static bool read_close_session(kk_syslog_act *act, kk_slice rest)
{
    peer p;
    if (!read_from(rest, false, &p))
        return false;
    kk_act_login(act, KK_S("session-closed"), KK_OUTCOME_NONE);
    set_peer(act, &p);
    return true;
}

/* "sent N, received M bytes": the server's words; the far end is the source. */
static bool read_transferred(kk_syslog_act *act, kk_slice rest)
{
    kk_slice sent;
    if (!kk_eat_until(&rest, KK_S(", received "), &sent) ||
        !kk_act_number(act, KK_DESTINATION_BYTES, sent) ||
        !kk_act_number(act, KK_SOURCE_BYTES, rest))
        return false;
    kk_act_is(act, KK_S("network"), KK_S("transferred"), KK_OUTCOME_NONE);
    return true;
}

/* "from ADDRESS port N on ADDRESS port 22" */
static bool read_connection(kk_syslog_act *act, kk_slice rest)
{
    kk_slice address = kk_eat_word(&rest);
    if (!kk_is_address(kk_bare_address(address)))
        return false;
    kk_act_is(act, KK_S("network"), KK_S("connected"), KK_OUTCOME_NONE);
    kk_act_source(act, address);
    if (kk_eat(&rest, KK_S("port ")))
        kk_act_source_port(act, rest);
    kk_eat_word(&rest);
    if (kk_eat(&rest, KK_S("on "))) {
        kk_slice own = kk_bare_address(kk_eat_word(&rest));
        if (kk_is_address(own))
            act->event->text[KK_DESTINATION_IP] = own;
        if (kk_eat(&rest, KK_S("port ")))
            kk_act_number(act, KK_DESTINATION_PORT, rest);
    }
    return true;
}

/* Negotiation that failed: scanners, old clients. */
static bool read_refused(kk_syslog_act *act, kk_slice rest)
{
    peer p;
    if (read_beside(rest, &p))
        p.user = KK_NONE;
    else if (!read_from((kk_slice){rest.ptr - 1, rest.len + 1}, false, &p))
        return false;
    p.user = KK_NONE;
    kk_act_is(act, KK_S("network"), KK_S("connection-refused"), KK_FAILURE);
    set_peer(act, &p);
    return true;
}

static bool read_subsystem(kk_syslog_act *act, kk_slice rest)
{
    kk_slice name;
    if (!kk_eat_until(&rest, KK_S(" by user "), &name))
        return false;
    kk_act_login(act, KK_S("subsystem"), KK_OUTCOME_NONE);
    peer p;
    if (!read_from(rest, true, &p))
        p = (peer){.user = rest};
    set_peer(act, &p);
    kk_act_more(act, KK_S("ssh.subsystem"), name);
    return true;
}

bool kk_syslog_sshd(kk_syslog_act *act)
{
    static const struct {
        kk_slice start;
        bool (*read)(kk_syslog_act *act, kk_slice rest);
    } texts[] = {
#define TEXT(start, read) {{start, sizeof start - 1}, read}
        TEXT("Failed ", read_failed),
        TEXT("Accepted ", read_accepted),
        TEXT("Invalid user ", read_invalid),
        TEXT("Illegal user ", read_invalid),
        TEXT("Connection closed by ", read_end),
        TEXT("Connection reset by ", read_end),
        TEXT("Connection from ", read_connection),
        TEXT("Disconnected from ", read_end),
        TEXT("Disconnecting ", read_end),
        TEXT("Closing connection to ", read_end),
        TEXT("Timeout before authentication for ", read_end),
        TEXT("Received disconnect from ", read_received_disconnect),
        TEXT("error: Received disconnect from ", read_received_disconnect),
        TEXT("maximum authentication attempts exceeded for ", read_too_many),
        TEXT("error: maximum authentication attempts exceeded for ", read_too_many),
        TEXT("User ", read_not_allowed),
        TEXT("Starting session: ", read_starting),
        TEXT("Close session: user ", read_close_session),
        TEXT("Transferred: sent ", read_transferred),
        TEXT("subsystem request for ", read_subsystem),
        TEXT("Did not receive identification string from ", read_refused),
        TEXT("Bad protocol version identification ", read_refused),
        TEXT("Unable to negotiate with ", read_refused),
        TEXT("fatal: Unable to negotiate with ", read_refused),
        TEXT("banner exchange: Connection from ", read_refused),
#undef TEXT
    };
    kk_act_session(act, KK_S("sshd"), act->pid);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kk_slice rest = act->message;
        if (rest.ptr[0] == texts[i].start.ptr[0] && kk_eat(&rest, texts[i].start))
            return texts[i].read(act, rest);
    }
    return kk_syslog_sftp(act); /* a chrooted internal-sftp speaks in sshd's name */
}

/* ---- SFTP -------------------------------------------------------------------------------------
 */

/* A path in quotes off the front; what follows the last quote that fits stays. */
static bool eat_quoted(kk_slice *rest, kk_slice follows, kk_slice *path)
{
    kk_slice s = *rest;
    if (!kk_eat(&s, KK_S("\"")))
        return false;
    size_t mark = KK_NOWHERE;
    for (size_t at = 0, next; (next = kk_find(kk_from(s, at), follows)) != KK_NOWHERE;
         at += next + 1)
        mark = at + next;
    if (mark == KK_NOWHERE)
        return false;
    *path = kk_part(s, 0, mark);
    *rest = kk_from(s, mark + follows.len);
    return true;
}

static void set_path(kk_syslog_act *act, kk_text_field field, kk_slice path)
{
    act->event->text[field] = kk_act_unescape(act, path);
}

/* "close "/srv/a" bytes read N written M": read by the client's wish, so the server sent N. */
static bool read_close(kk_syslog_act *act, kk_slice rest)
{
    kk_slice path, digits;
    if (!eat_quoted(&rest, KK_S("\" bytes read "), &path) ||
        !kk_eat_until(&rest, KK_S(" written "), &digits) ||
        !kk_act_number(act, KK_DESTINATION_BYTES, digits) ||
        !kk_act_number(act, KK_SOURCE_BYTES, rest))
        return false;
    uint64_t read = act->event->number[KK_DESTINATION_BYTES],
             written = act->event->number[KK_SOURCE_BYTES];
    kk_act_is(act, KK_S("file"),
              written ? KK_S("upload")
              : read  ? KK_S("download")
                      : KK_S("close"),
              KK_SUCCESS);
    set_path(act, KK_FILE_PATH, path);
    return true;
}

static bool read_open(kk_syslog_act *act, kk_slice rest)
{
    kk_slice path, flags;
    if (!eat_quoted(&rest, KK_S("\" flags "), &path))
        return false;
    kk_act_is(act, KK_S("file"), KK_S("open"), KK_OUTCOME_NONE);
    set_path(act, KK_FILE_PATH, path);
    if (!kk_eat_until(&rest, KK_S(" mode "), &flags))
        flags = rest;
    kk_act_more(act, KK_S("flags"), flags);
    return true;
}

static bool read_two(kk_syslog_act *act, kk_slice rest)
{
    kk_slice old, new_path;
    if (!eat_quoted(&rest, KK_S("\" new \""), &old) || !kk_ends(rest, KK_S("\"")))
        return false;
    new_path = kk_part(rest, 0, rest.len - 1);
    kk_act_is(act, KK_S("file"),
              kk_has(act->message, KK_S("link old")) ? KK_S("link") : KK_S("rename"),
              KK_OUTCOME_NONE);
    set_path(act, KK_FILE_PATH, old);
    set_path(act, KK_FILE_TARGET, new_path);
    return true;
}

static bool one_path(kk_syslog_act *act, kk_slice rest, kk_slice action)
{
    kk_slice path;
    if (!eat_quoted(&rest, KK_S("\""), &path))
        return false;
    kk_act_is(act, KK_S("file"), action, KK_OUTCOME_NONE);
    set_path(act, KK_FILE_PATH, path);
    return true;
}

static bool read_local_user(kk_syslog_act *act, kk_slice rest, bool opened)
{
    peer p;
    kk_act_is(act, KK_S("authentication"), opened ? KK_S("sftp-opened") : KK_S("sftp-closed"),
              opened ? KK_SUCCESS : KK_OUTCOME_NONE);
    if (!read_from(rest, true, &p))
        p = (peer){.user = rest};
    set_peer(act, &p);
    return true;
}

bool kk_syslog_sftp(kk_syslog_act *act)
{
    kk_slice rest = act->message;
    if (!act->event->text[KK_SESSION_ID].len)
        kk_act_session(act, KK_S("sshd"), act->pid);
    if (kk_eat(&rest, KK_S("session opened for local user ")))
        return read_local_user(act, rest, true);
    if (kk_eat(&rest, KK_S("session closed for local user ")))
        return read_local_user(act, rest, false);
    if (kk_eat(&rest, KK_S("close ")) || kk_eat(&rest, KK_S("forced close ")))
        return read_close(act, rest);
    if (kk_eat(&rest, KK_S("open ")))
        return read_open(act, rest);
    if (kk_eat(&rest, KK_S("rename old ")) || kk_eat(&rest, KK_S("posix-rename old ")) ||
        kk_eat(&rest, KK_S("symlink old ")) || kk_eat(&rest, KK_S("link old ")) ||
        kk_eat(&rest, KK_S("hardlink old ")))
        return read_two(act, rest);
    if (kk_eat(&rest, KK_S("remove name ")))
        return one_path(act, rest, KK_S("delete"));
    if (kk_eat(&rest, KK_S("mkdir name ")))
        return one_path(act, rest, KK_S("mkdir"));
    if (kk_eat(&rest, KK_S("rmdir name ")))
        return one_path(act, rest, KK_S("rmdir"));
    if (kk_eat(&rest, KK_S("opendir ")))
        return one_path(act, rest, KK_S("list"));
    if (kk_eat(&rest, KK_S("set ")))
        return one_path(act, rest, KK_S("set-attributes"));
    return false;
}

/* ---- dropbear: small machines and NAS ---------------------------------------------------------
 */

/* "'USER' from ADDRESS:PORT" behind one of several beginnings. */
static bool dropbear_peer(kk_syslog_act *act, kk_slice rest, kk_slice action, kk_outcome outcome)
{
    size_t from = KK_NOWHERE;
    for (size_t at = 0, next; (next = kk_find(kk_from(rest, at), KK_S("from "))) != KK_NOWHERE;
         at = from + 5)
        from = at + next;
    if (from == KK_NOWHERE)
        return false;
    kk_slice address = kk_from(rest, from + 5), who = kk_trim(kk_part(rest, 0, from));
    address = kk_eat_word(&address);
    size_t colon = kk_rfind_byte(address, ':');
    kk_act_login(act, action, outcome);
    if (colon != KK_NOWHERE) {
        kk_act_source(act, kk_part(address, 0, colon));
        kk_act_source_port(act, kk_from(address, colon + 1));
    }
    size_t quote = kk_rfind_byte(who, '\'');
    if (kk_starts(who, KK_S("'")) && quote > 0 && quote != KK_NOWHERE) {
        /* a key's print may stand between the account and "from" */
        size_t key = kk_find(who, KK_S("' with key "));
        kk_act_user(act, kk_part(who, 1, (key == KK_NOWHERE ? quote : key) - 1));
    }
    return true;
}

bool kk_syslog_dropbear(kk_syslog_act *act)
{
    kk_slice rest = act->message, user;
    kk_act_session(act, KK_S("dropbear"), act->pid);
    if (kk_eat(&rest, KK_S("Password auth succeeded for ")) ||
        kk_eat(&rest, KK_S("Pubkey auth succeeded for ")) ||
        kk_eat(&rest, KK_S("PAM password auth succeeded for ")) ||
        kk_eat(&rest, KK_S("Auth succeeded with blank password for ")))
        return dropbear_peer(act, rest, KK_S("logon"), KK_SUCCESS);
    if (kk_eat(&rest, KK_S("Bad password attempt for ")) ||
        kk_eat(&rest, KK_S("Bad PAM password attempt for ")) ||
        kk_eat(&rest, KK_S("Login attempt for nonexistent user ")) ||
        kk_eat(&rest, KK_S("login attempt for nonexistent user ")))
        return dropbear_peer(act, rest, KK_S("logon-failed"), KK_FAILURE);
    if (kk_eat(&rest, KK_S("Child connection ")))
        return dropbear_peer(act, rest, KK_S("connected"), KK_OUTCOME_NONE);
    if (kk_eat(&rest, KK_S("Exit (")) && kk_eat_until(&rest, KK_S(")"), &user)) {
        kk_act_login(act, KK_S("logoff"), KK_OUTCOME_NONE);
        kk_act_user(act, user);
        return true;
    }
    return false;
}
