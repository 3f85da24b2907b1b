/* The Linux audit log (/var/log/audit/audit.log):
 *     [node=HOST ]type=TYPE msg=audit(SECONDS.MILLISECONDS:SERIAL): key=value key="text" ... [0x1d
 * KEY=...] What the kernel tells of one system call comes in several lines of one serial number:
 * SYSCALL (who, which program), EXECVE (the arguments), CWD, PATH (files), SOCKADDR (the far end),
 * PROCTITLE. Where such lines stand together they are one event; every other line is one of its
 * own. User programs put their fields into msg='...'. Texts with blanks, quotes or bytes beyond
 * ASCII are in hexadecimal; what is behind the byte 0x1d are names that the daemon looked up
 * (log_format = ENRICHED).
 *
 * Serial numbers go up by one: those that never come are counted. They are handed out in order but
 * written nearly in order, so a number is missing only while it is. Daemons' own records (DAEMON_*)
 * have a series of their own. */
#include "base/cursor.h"
#include "model/audit_call.h"
#include "parse/auditd_fields.h"
#include "parse/log_lines.h"
#include "parse/unix_fields.h"

#include <arpa/inet.h>

enum {
    PROBE_LINES = 40,
    GROUP_LINES = 512,
    GROUP_BYTES = 4 << 20,
    FIELDS_MAX = 4096,  /* of one event */
    WINDOW = 4096,      /* serials that may come late */
    JUMP_MAX = 1000000, /* a larger step is another series, not a gap */
};

typedef struct {
    kk_slice node, type, rest;
    int64_t seconds, milliseconds;
    uint64_t serial;
    kk_slice serial_text;
} audit_line;

typedef struct {
    size_t start, len; /* in the group's bytes */
    uint64_t number, offset;
    uint32_t length;
    bool no_end;
} held;

typedef struct {
    kk_log_lines lines;
    kk_sink *sink;
    const kk_settings *settings;
    kk_arena *scratch; /* of the group being told */
    kk_event event;
    kk_buffer group, command;
    held held[GROUP_LINES];
    audit_line line[GROUP_LINES]; /* the same, taken apart when the group is whole */
    bool part[GROUP_LINES];
    size_t held_count;
    int64_t seconds, milliseconds; /* of the group */
    uint64_t serial;
    uint64_t highest; /* serial, 0: none yet */
    uint64_t seen[WINDOW / 64];
    uint64_t missing;
    uint64_t missing_at;
    uint64_t too_many; /* fields beyond the limit */
    bool interpreted;  /* lines as `ausearch -i` prints them */
} audit_file;

/* ---- one line ---------------------------------------------------------------------------------
 */

static bool eat_number(kk_slice *rest, uint64_t *out)
{
    size_t n = kk_count_digits(*rest);
    if (!kk_to_u64(kk_part(*rest, 0, n), out))
        return false;
    *rest = kk_from(*rest, n);
    return true;
}

static bool read_line(kk_slice text, audit_line *line)
{
    kk_slice rest = text;
    uint64_t seconds, milliseconds;
    *line = (audit_line){0};
    if (kk_eat(&rest, KK_S("node=")))
        line->node = kk_eat_word(&rest);
    if (!kk_eat(&rest, KK_S("type=")))
        return false;
    line->type = kk_audit_type(kk_eat_word(&rest));
    kk_eat(&rest, KK_S("msg="));
    if (!line->type.len || !kk_eat(&rest, KK_S("audit(")) || !eat_number(&rest, &seconds) ||
        !kk_eat(&rest, KK_S(".")) || !eat_number(&rest, &milliseconds) || !kk_eat(&rest, KK_S(":")))
        return false;
    line->serial_text = kk_part(rest, 0, kk_count_digits(rest));
    if (!eat_number(&rest, &line->serial) || !kk_eat(&rest, KK_S(")")) || milliseconds > 999 ||
        seconds > (uint64_t)INT64_MAX / KK_SECOND)
        return false;
    kk_eat(&rest, KK_S(":"));
    kk_eat_blanks(&rest);
    line->seconds = (int64_t)seconds;
    line->milliseconds = (int64_t)milliseconds;
    line->rest = rest;
    return true;
}

/* ---- serial numbers ---------------------------------------------------------------------------
 */

static void mark(audit_file *f, uint64_t serial, bool here)
{
    uint64_t bit = UINT64_C(1) << (serial % 64);
    uint64_t *word = &f->seen[serial % WINDOW / 64];
    *word = here ? *word | bit : *word & ~bit;
}

static void start_series(audit_file *f, uint64_t serial)
{
    memset(f->seen, 0xff, sizeof f->seen);
    f->highest = serial;
}

static void count_serial(audit_file *f, const audit_line *line, uint64_t offset)
{
    uint64_t serial = line->serial;
    if (kk_eq(line->type, KK_S("DAEMON_START")))
        f->highest = 0;
    if (kk_starts(line->type, KK_S("DAEMON_")) || serial == 0 || serial == f->highest)
        return;
    bool other = f->highest == 0 || serial > f->highest + JUMP_MAX || serial + WINDOW <= f->highest;
    if (other) {
        start_series(f, serial);
        return;
    }
    if (serial > f->highest) {
        uint64_t gap = serial - f->highest - 1;
        if (gap && f->missing == 0)
            f->missing_at = offset;
        f->missing += gap;
        for (uint64_t s = gap > WINDOW ? serial - WINDOW : f->highest + 1; s < serial; s++)
            mark(f, s, false);
        mark(f, serial, true);
        f->highest = serial;
    } else if (!(f->seen[serial % WINDOW / 64] >> (serial % 64) & 1)) {
        mark(f, serial, true);
        f->missing--;
    }
}

/* ---- what lines mean --------------------------------------------------------------------------
 */

typedef enum { ACCT_IS_USER, ACCT_IS_TARGET, ACCT_IS_GROUP, NO_ACCT } acct_role;

static const struct meaning {
    const char *type, *category, *action, *failed;
    acct_role role;
} meanings[] = {
    {"USER_LOGIN", "authentication", "logon", "logon-failed", ACCT_IS_USER},
    {"USER_AUTH", "authentication", "authentication", "authentication-failed", ACCT_IS_USER},
    {"USER_ACCT", "authentication", "account-checked", NULL, ACCT_IS_USER},
    {"USER_ERR", "authentication", "authentication-failed", NULL, ACCT_IS_USER},
    {"USER_START", "authentication", "session-opened", NULL, ACCT_IS_USER},
    {"USER_END", "authentication", "session-closed", NULL, ACCT_IS_USER},
    {"USER_LOGOUT", "authentication", "logoff", NULL, ACCT_IS_USER},
    {"CRED_ACQ", "authentication", "credentials-acquired", NULL, ACCT_IS_USER},
    {"CRED_REFR", "authentication", "credentials-refreshed", NULL, ACCT_IS_USER},
    {"CRED_DISP", "authentication", "credentials-disposed", NULL, ACCT_IS_USER},
    {"LOGIN", "authentication", "session-assigned", NULL, NO_ACCT},
    {"USER_CMD", "authentication", "sudo", NULL, ACCT_IS_TARGET},
    {"ANOM_LOGIN_FAILURES", "authentication", "logon-blocked", NULL, ACCT_IS_USER},
    {"RESP_ACCT_LOCK", "authentication", "account-locked", NULL, ACCT_IS_USER},
    {"ADD_USER", "iam", "user-created", NULL, ACCT_IS_TARGET},
    {"DEL_USER", "iam", "user-deleted", NULL, ACCT_IS_TARGET},
    {"USER_MGMT", "iam", "user-changed", NULL, ACCT_IS_TARGET},
    {"ACCT_LOCK", "iam", "user-locked", NULL, ACCT_IS_TARGET},
    {"ACCT_UNLOCK", "iam", "user-unlocked", NULL, ACCT_IS_TARGET},
    {"ADD_GROUP", "iam", "group-created", NULL, ACCT_IS_GROUP},
    {"DEL_GROUP", "iam", "group-deleted", NULL, ACCT_IS_GROUP},
    {"GRP_MGMT", "iam", "group-changed", NULL, ACCT_IS_TARGET},
    {"USER_CHAUTHTOK", "iam", "password-changed", NULL, ACCT_IS_TARGET},
    {"USER_ROLE_CHANGE", "iam", "role-changed", NULL, ACCT_IS_USER},
    {"CONFIG_CHANGE", "configuration", "audit-changed", NULL, NO_ACCT},
    {"NETFILTER_CFG", "configuration", "firewall-changed", NULL, NO_ACCT},
    {"KERN_MODULE", "configuration", "module-loaded", NULL, NO_ACCT},
    {"SOFTWARE_UPDATE", "configuration", "software-updated", NULL, NO_ACCT},
    {"DAEMON_START", "host", "audit-started", NULL, NO_ACCT},
    {"DAEMON_END", "host", "audit-stopped", NULL, NO_ACCT},
    {"DAEMON_ABORT", "host", "audit-stopped", NULL, NO_ACCT},
    {"DAEMON_ROTATE", "host", "audit-rotated", NULL, NO_ACCT},
    {"DAEMON_CONFIG", "configuration", "audit-changed", NULL, NO_ACCT},
    {"SYSTEM_BOOT", "host", "boot", NULL, NO_ACCT},
    {"SYSTEM_SHUTDOWN", "host", "shutdown", NULL, NO_ACCT},
    {"SYSTEM_RUNLEVEL", "host", "run-level", NULL, NO_ACCT},
    {"SERVICE_START", "host", "service-started", NULL, NO_ACCT},
    {"SERVICE_STOP", "host", "service-stopped", NULL, NO_ACCT},
    {"TTY", "process", "typed", NULL, NO_ACCT},
    {"USER_TTY", "process", "typed", NULL, NO_ACCT},
    {"ANOM_ABEND", "process", "crashed", NULL, NO_ACCT},
    {"ANOM_PROMISCUOUS", "network", "promiscuous", NULL, NO_ACCT},
    {"SECCOMP", "process", "denied", NULL, NO_ACCT},
};

static const struct meaning *meaning_of(kk_slice type)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (kk_is(type, meanings[i].type))
            return &meanings[i];
    return NULL;
}

static bool is_unset(kk_slice id)
{
    return id.len == 0 || kk_eq(id, KK_S("4294967295")) || kk_eq(id, KK_S("-1")) ||
           kk_eq(id, KK_S("unset"));
}

/* What the fields of one event said, before it is settled which of it goes where. */
typedef struct {
    kk_slice uid, auid, uid_name, auid_name, acct, session, host, address;
    kk_slice arch, syscall_number, syscall, cwd, title;
    kk_slice path, made, removed; /* of PATH lines: any, created, deleted */
    bool executes;
} findings;

static void more(audit_file *f, kk_slice name, kk_slice value)
{
    if (f->event.more_count >= FIELDS_MAX) {
        f->too_many++;
        return;
    }
    kk_event_more(&f->event, f->sink->arena, name, value);
}

static void set_text(kk_slice *to, kk_slice value)
{
    if (!to->len)
        *to = value;
}

static void set_outcome(audit_file *f, kk_slice value)
{
    bool good =
        kk_eq(value, KK_S("yes")) || kk_eq(value, KK_S("success")) || kk_eq(value, KK_S("1"));
    bool bad = kk_eq(value, KK_S("no")) || kk_eq(value, KK_S("failed")) || kk_eq(value, KK_S("0"));
    if (good || bad)
        f->event.outcome = good ? KK_SUCCESS : KK_FAILURE;
}

static bool keep_number(audit_file *f, kk_number_field to, kk_slice value)
{
    uint64_t number;
    if (!kk_to_u64(value, &number))
        return false;
    kk_set_number(&f->event, to, number);
    return true;
}

/* True when the field has found its place; the others go to `more`. */
static bool place(audit_file *f, findings *x, kk_slice key, kk_slice value)
{
    kk_event *e = &f->event;
    if (kk_eq(key, KK_S("pid")))
        return keep_number(f, KK_PROCESS_PID, value);
    if (kk_eq(key, KK_S("exe"))) {
        set_text(&e->text[KK_PROCESS_EXECUTABLE], value);
        return true;
    }
    if (kk_eq(key, KK_S("comm"))) {
        set_text(&e->text[KK_PROCESS_NAME], value);
        return true;
    }
    if (kk_eq(key, KK_S("cmd"))) {
        e->text[KK_COMMAND_LINE] = value;
        return true;
    }
    if (kk_eq(key, KK_S("success")) || kk_eq(key, KK_S("res")) || kk_eq(key, KK_S("result"))) {
        set_outcome(f, value);
        return true;
    }
    if (kk_eq(key, KK_S("acct"))) {
        set_text(&x->acct, value);
        return value.len && value.ptr[0] != '(';
    }
    if (kk_eq(key, KK_S("addr")) || kk_eq(key, KK_S("hostname"))) {
        set_text(key.ptr[0] == 'a' ? &x->address : &x->host, value);
        return true;
    }
    if (kk_eq(key, KK_S("rport")) || kk_eq(key, KK_S("lport"))) {
        kk_number_field to = key.ptr[0] == 'r' ? KK_SOURCE_PORT : KK_DESTINATION_PORT;
        return keep_number(f, to, value);
    }
    return false;
}

/* What is needed for judging but stays visible as it is. */
static void note(findings *x, kk_slice key, kk_slice value)
{
    if (kk_eq(key, KK_S("uid")))
        set_text(&x->uid, value);
    else if (kk_eq(key, KK_S("auid")))
        x->auid = value;
    else if (kk_eq(key, KK_S("new-auid")) || kk_eq(key, KK_S("new auid")))
        x->auid = value;
    else if (kk_eq(key, KK_S("UID")))
        set_text(&x->uid_name, value);
    else if (kk_eq(key, KK_S("AUID")))
        x->auid_name = value;
    else if (kk_eq(key, KK_S("ses")) || kk_eq(key, KK_S("new ses")))
        x->session = value;
    else if (kk_eq(key, KK_S("arch")))
        set_text(&x->arch, value);
    else if (kk_eq(key, KK_S("syscall")))
        set_text(&x->syscall_number, value);
    else if (kk_eq(key, KK_S("SYSCALL")))
        set_text(&x->syscall, value);
}

static void read_fields(audit_file *f, findings *x, kk_slice rest, int depth)
{
    kk_audit_field field;
    while (kk_audit_field_next(&rest, &field)) {
        if (field.cut)
            f->event.flags |= KK_FLAG_DAMAGED;
        if (field.nested && depth == 0) {
            read_fields(f, x, field.value, depth + 1);
            continue;
        }
        kk_slice value = kk_audit_text(f->scratch, &field);
        note(x, field.key, value);
        if (!place(f, x, field.key, value))
            more(f, field.key, value);
    }
}

static kk_slice session_text(audit_file *f, kk_slice session)
{
    return is_unset(session) ? KK_NONE : kk_join(f->scratch, KK_S("ses:"), session);
}

/* The account that logged in, whatever it has become since; else who runs it. */
static void settle_actor(audit_file *f, const findings *x)
{
    kk_event *e = &f->event;
    bool logged_in = !is_unset(x->auid);
    e->text[KK_USER_ID] = logged_in ? x->auid : x->uid;
    kk_slice name = logged_in ? x->auid_name : x->uid_name;
    if (!is_unset(name))
        e->text[KK_USER_NAME] = name;
}

static void settle_source(audit_file *f, const findings *x)
{
    kk_event *e = &f->event;
    kk_slice address = kk_bare_address(x->address), host = kk_bare_address(x->host);
    if (kk_is_address(address))
        e->text[KK_SOURCE_IP] = address;
    else if (kk_is_address(host))
        e->text[KK_SOURCE_IP] = host;
    if (host.len && !kk_is_address(host)) {
        /* without an address it is the machine's own name: a login at its console */
        if (kk_is_address(address))
            e->text[KK_SOURCE_HOST] = host;
        else
            more(f, KK_S("hostname"), host);
    }
}

static void begin_event(audit_file *f, const audit_line *line, const held *h)
{
    kk_event *e = &f->event;
    kk_event_clear(e);
    e->time = kk_time_from_unix(line->seconds, line->milliseconds * 1000000);
    e->basis = KK_BASIS_UTC;
    e->precision = KK_EXACT_MS;
    e->record = h->number;
    e->offset = h->offset;
    e->length = h->length;
    e->flags = h->no_end ? KK_FLAG_DAMAGED : 0;
    e->text[KK_HOST_NAME] = line->node.len ? line->node : f->settings->host;
    e->text[KK_DATASET] = KK_S("linux.auditd");
    e->text[KK_TIME_KIND] = KK_S("logged");
    e->text[KK_CODE] = line->type;
    more(f, KK_S("audit.serial"), line->serial_text);
}

/* ---- a line of its own ------------------------------------------------------------------------
 */

/* "avc:  denied  { read } for  pid=..." */
static void settle_avc(audit_file *f, kk_slice rest)
{
    kk_slice before, what;
    kk_event *e = &f->event;
    bool denied = kk_has(rest, KK_S("denied")) || kk_has(rest, KK_S("DENIED"));
    e->text[KK_ACTION] = denied ? KK_S("denied") : KK_S("granted");
    e->outcome = denied ? KK_FAILURE : KK_SUCCESS;
    if (kk_eat_until(&rest, KK_S("{"), &before) && kk_eat_until(&rest, KK_S("}"), &what))
        more(f, KK_S("permission"), kk_trim(what));
}

static void settle_user(audit_file *f, const findings *x, acct_role role)
{
    kk_event *e = &f->event;
    kk_slice acct = x->acct.len && x->acct.ptr[0] == '(' ? KK_NONE : x->acct; /* "(unknown user)" */
    if (role == ACCT_IS_USER) {
        e->text[KK_USER_ID] = is_unset(x->auid) ? KK_NONE : x->auid;
        e->text[KK_USER_NAME] = acct;
        if (!acct.len && !is_unset(x->auid) && !is_unset(x->auid_name))
            e->text[KK_USER_NAME] = x->auid_name;
    } else {
        settle_actor(f, x);
        if (role == ACCT_IS_TARGET)
            e->text[KK_TARGET_USER] = acct;
        else if (acct.len)
            more(f, role == ACCT_IS_GROUP ? KK_S("group") : KK_S("acct"), acct);
    }
}

static void tell_single(audit_file *f, const audit_line *line, const held *h)
{
    findings x = {0};
    kk_event *e = &f->event;
    const struct meaning *m = meaning_of(line->type);
    begin_event(f, line, h);
    read_fields(f, &x, line->rest, 0);
    if (m) {
        bool failed = e->outcome == KK_FAILURE && m->failed;
        e->text[KK_CATEGORY] = kk_cstr(m->category);
        e->text[KK_ACTION] = kk_cstr(failed ? m->failed : m->action);
    } else if (kk_eq(line->type, KK_S("AVC")) || kk_eq(line->type, KK_S("USER_AVC"))) {
        settle_avc(f, line->rest);
    }
    settle_user(f, &x, m ? m->role : x.acct.len ? ACCT_IS_USER : NO_ACCT);
    settle_source(f, &x);
    e->text[KK_SESSION_ID] = session_text(f, x.session);
    f->sink->event(f->sink, e);
}

/* ---- a system call of several lines -----------------------------------------------------------
 */

static bool is_part(kk_slice type)
{
    static const kk_slice parts[] = {
#define PART(name) {name, sizeof name - 1}
        PART("PATH"),
        PART("SYSCALL"),
        PART("EXECVE"),
        PART("CWD"),
        PART("PROCTITLE"),
        PART("SOCKADDR"),
        PART("EOE"),
        PART("MMAP"),
        PART("FD_PAIR"),
        PART("BPRM_FCAPS"),
        PART("OBJ_PID"),
        PART("SOCKETCALL"),
        PART("IPC"),
        PART("CAPSET"),
        PART("OPENAT2"),
        PART("MQ_OPEN"),
        PART("KERN_MODULE"),
        PART("TIME_ADJNTPVAL"),
        PART("TIME_INJOFFSET"),
#undef PART
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (kk_eq(type, parts[i]))
            return true;
    return false;
}

/* "a0", "a2[1]" (a piece of a long one), but not "a2_len". */
static bool is_argument(kk_slice key, bool *continued)
{
    size_t digits = key.len > 1 && key.ptr[0] == 'a' ? kk_count_digits(kk_from(key, 1)) : 0;
    kk_slice tail = kk_from(key, 1 + digits);
    *continued = tail.len > 0 && !kk_eq(tail, KK_S("[0]"));
    return digits && (tail.len == 0 || tail.ptr[0] == '[');
}

static void read_arguments(audit_file *f, kk_slice rest)
{
    kk_audit_field field;
    bool continued;
    while (kk_audit_field_next(&rest, &field)) {
        if (!is_argument(field.key, &continued)) {
            if (kk_eq(field.key, KK_S("argc")))
                more(f, field.key, field.value);
            continue;
        }
        kk_slice value = field.value, bytes;
        if (!field.quoted && kk_eq(value, KK_S("(null)")))
            value = KK_NONE;
        else if (!field.quoted && kk_audit_unhex(f->scratch, value, &bytes))
            value = bytes;
        if (!continued && !kk_eq(field.key, KK_S("a0")) && !kk_eq(field.key, KK_S("a0[0]")))
            kk_put_byte(&f->command, ' ');
        kk_put(&f->command, value);
    }
}

static kk_slice ip_text(kk_arena *scratch, int family, const uint8_t *bytes)
{
    char text[INET6_ADDRSTRLEN];
    if (!inet_ntop(family, bytes, text, sizeof text))
        return KK_NONE;
    return kk_bare_address(kk_copy(scratch, kk_cstr(text)));
}

/* sockaddr of the kernel, in hexadecimal: family (in the machine's order), port, address. */
static bool read_address(audit_file *f, kk_slice hex, kk_slice *ip, uint64_t *port)
{
    kk_slice bytes;
    const uint8_t *address;
    if (!kk_audit_unhex(f->scratch, hex, &bytes))
        return false;
    kk_cursor c = kk_cursor_over(bytes);
    uint16_t family = kk_u16(&c);
    *port = kk_be16(&c);
    if (family == AF_INET6)
        kk_skip(&c, 4);
    if ((family != AF_INET && family != AF_INET6) ||
        !kk_claim(&c, family == AF_INET ? 4 : 16, &address))
        return false;
    *ip = ip_text(f->scratch, family, address);
    return ip->len > 0;
}

static void read_socket(audit_file *f, const findings *x, kk_slice rest)
{
    kk_audit_field field;
    kk_event *e = &f->event;
    while (kk_audit_field_next(&rest, &field)) {
        kk_slice ip;
        uint64_t port;
        if (kk_eq(field.key, KK_S("saddr")) && read_address(f, field.value, &ip, &port)) {
            bool incoming =
                kk_starts(x->syscall, KK_S("accept")) || kk_starts(x->syscall, KK_S("recv"));
            e->text[incoming ? KK_SOURCE_IP : KK_DESTINATION_IP] = ip;
            kk_set_number(e, incoming ? KK_SOURCE_PORT : KK_DESTINATION_PORT, port);
        } else {
            more(f, field.key, kk_audit_text(f->scratch, &field));
        }
    }
}

static void read_path(audit_file *f, findings *x, kk_slice rest)
{
    kk_audit_field field;
    kk_slice name = KK_NONE, kind = KK_NONE;
    while (kk_audit_field_next(&rest, &field)) {
        kk_slice value = kk_audit_text(f->scratch, &field);
        if (kk_eq(field.key, KK_S("name")))
            name = value;
        else if (kk_eq(field.key, KK_S("nametype")))
            kind = value;
        more(f, field.key, value);
    }
    if (kk_eq(kind, KK_S("PARENT")) || !name.len)
        return;
    if (kk_eq(kind, KK_S("DELETE")))
        set_text(&x->removed, name);
    else if (kk_eq(kind, KK_S("CREATE")))
        set_text(&x->made, name);
    set_text(&x->path, name);
}

static void read_part(audit_file *f, findings *x, const audit_line *line)
{
    kk_audit_field field;
    kk_slice rest = line->rest;
    if (kk_eq(line->type, KK_S("EXECVE"))) {
        x->executes = true;
        read_arguments(f, rest);
    } else if (kk_eq(line->type, KK_S("PATH"))) {
        read_path(f, x, rest);
    } else if (kk_eq(line->type, KK_S("SOCKADDR"))) {
        read_socket(f, x, rest);
    } else if (kk_eq(line->type, KK_S("CWD")) && kk_audit_field_next(&rest, &field)) {
        x->cwd = kk_audit_text(f->scratch, &field);
        more(f, KK_S("cwd"), x->cwd);
    } else if (kk_eq(line->type, KK_S("PROCTITLE")) && kk_audit_field_next(&rest, &field)) {
        x->title = kk_audit_text(f->scratch, &field);
    } else {
        read_fields(f, x, rest, 0);
        if (!x->syscall.len)
            x->syscall = kk_audit_call(x->arch, x->syscall_number);
    }
}

static kk_slice whole_path(audit_file *f, const findings *x, kk_slice path)
{
    if (!path.len || path.ptr[0] == '/' || !x->cwd.len)
        return path;
    kk_eat(&path, KK_S("./"));
    bool slash = x->cwd.ptr[x->cwd.len - 1] == '/';
    return kk_join(f->scratch, slash ? x->cwd : kk_join(f->scratch, x->cwd, KK_S("/")), path);
}

/* What a system call does in the words of the other parsers; others keep their own name. */
static void settle_call(audit_file *f, const findings *x)
{
    static const struct {
        const char *start, *category, *action;
    } calls[] = {
        {"execve", "process", "exec"},     {"open", "file", "open"},
        {"creat", "file", "open"},         {"unlink", "file", "delete"},
        {"rename", "file", "rename"},      {"mkdir", "file", "mkdir"},
        {"rmdir", "file", "rmdir"},        {"chmod", "file", "chmod"},
        {"fchmod", "file", "chmod"},       {"chown", "file", "chown"},
        {"fchown", "file", "chown"},       {"lchown", "file", "chown"},
        {"link", "file", "link"},          {"symlink", "file", "link"},
        {"truncate", "file", "write"},     {"ftruncate", "file", "write"},
        {"connect", "network", "connect"}, {"accept", "network", "accept"},
        {"bind", "network", "listen"},     {"sendto", "network", "send"},
    };
    kk_event *e = &f->event;
    e->text[KK_ACTION] = x->syscall;
    for (size_t i = 0; i < sizeof calls / sizeof *calls && x->syscall.len; i++) {
        if (kk_starts(x->syscall, kk_cstr(calls[i].start))) {
            e->text[KK_CATEGORY] = kk_cstr(calls[i].category);
            e->text[KK_ACTION] = kk_cstr(calls[i].action);
            break;
        }
    }
    if (x->executes) {
        e->text[KK_CATEGORY] = KK_S("process");
        e->text[KK_ACTION] = KK_S("exec");
        e->text[KK_CODE] = KK_S("EXECVE");
    }
}

static void settle_paths(audit_file *f, const findings *x)
{
    kk_event *e = &f->event;
    if (kk_eq(e->text[KK_CATEGORY], KK_S("process")))
        return; /* the program and its loader: exe says it */
    if (kk_eq(e->text[KK_ACTION], KK_S("rename")) || kk_eq(e->text[KK_ACTION], KK_S("link"))) {
        e->text[KK_FILE_PATH] = whole_path(f, x, x->removed.len ? x->removed : x->path);
        e->text[KK_FILE_TARGET] = whole_path(f, x, x->made);
        return;
    }
    kk_slice path = x->removed.len ? x->removed : x->made.len ? x->made : x->path;
    e->text[KK_FILE_PATH] = whole_path(f, x, path);
}

static void settle_command(audit_file *f, const findings *x)
{
    kk_event *e = &f->event;
    if (f->command.len)
        e->text[KK_COMMAND_LINE] = kk_audit_clean(f->scratch, kk_buffer_slice(&f->command));
    else
        e->text[KK_COMMAND_LINE] = x->title;
}

/* `first` is the first of the parts; the others follow in the group. */
static void tell_call(audit_file *f, size_t first)
{
    findings x = {0};
    uint64_t end = 0;
    f->command.len = 0;
    begin_event(f, &f->line[first], &f->held[first]);
    for (size_t i = first; i < f->held_count; i++) {
        if (!f->part[i])
            continue;
        read_part(f, &x, &f->line[i]);
        end = f->held[i].offset + f->held[i].length;
        f->event.flags |= f->held[i].no_end ? KK_FLAG_DAMAGED : 0;
    }
    uint64_t length = end - f->event.offset;
    f->event.length = length < UINT32_MAX ? (uint32_t)length : 0;
    settle_call(f, &x);
    settle_paths(f, &x);
    settle_command(f, &x);
    settle_actor(f, &x);
    f->event.text[KK_SESSION_ID] = session_text(f, x.session);
    f->sink->event(f->sink, &f->event);
}

static void tell_group(audit_file *f)
{
    bool told = false;
    for (size_t i = 0; i < f->held_count; i++) {
        const held *h = &f->held[i];
        (void)read_line((kk_slice){f->group.ptr + h->start, h->len}, &f->line[i]); /* it was one */
        f->part[i] = is_part(f->line[i].type);
    }
    for (size_t i = 0; i < f->held_count; i++) {
        if (!f->part[i]) {
            tell_single(f, &f->line[i], &f->held[i]);
        } else if (!told && !kk_eq(f->line[i].type, KK_S("EOE"))) {
            tell_call(f, i);
            told = true;
        }
    }
    f->held_count = 0;
    f->group.len = 0;
    if (kk_arena_used(f->scratch))
        kk_arena_reset(f->scratch);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static void hold(audit_file *f, const audit_line *line, const kk_log_line *text)
{
    bool same = f->held_count && f->serial == line->serial && f->seconds == line->seconds &&
                f->milliseconds == line->milliseconds;
    bool full = f->held_count == GROUP_LINES || f->group.len + text->text.len > GROUP_BYTES;
    if (f->held_count && (!same || full)) {
        if (same)
            kk_report(f->sink, KK_ISSUE_LIMIT, text->offset, "more than %d lines for one event",
                      GROUP_LINES);
        tell_group(f);
    }
    f->serial = line->serial;
    f->seconds = line->seconds;
    f->milliseconds = line->milliseconds;
    f->held[f->held_count++] = (held){f->group.len, text->text.len, text->number,
                                      text->offset, text->length,   text->no_end};
    kk_put(&f->group, text->text);
}

static bool is_separator(kk_slice text)
{
    return text.len == 0 || kk_starts(text, KK_S("----")) || kk_starts(text, KK_S("time->"));
}

static void take_line(audit_file *f, const kk_log_line *text)
{
    audit_line line;
    if (read_line(text->text, &line)) {
        count_serial(f, &line, text->offset);
        hold(f, &line, text);
    } else if (!is_separator(kk_trim(text->text))) {
        kk_log_lines_skip(&f->lines, text);
        size_t at = kk_find(text->text, KK_S("msg=audit("));
        if (at != KK_NOWHERE && kk_find_byte(kk_part(text->text, at, 20), '/') != KK_NOWHERE &&
            !f->interpreted) {
            f->interpreted = true;
            kk_report(f->sink, KK_ISSUE_FORMAT, text->offset,
                      "lines as ausearch prints them with -i are not read: hand in the raw log");
        }
    }
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    audit_file *f = KK_NEW(sink->arena, audit_file);
    kk_log_line text;
    f->sink = sink;
    f->settings = settings;
    f->scratch = kk_arena_open();
    kk_log_lines_open(&f->lines, in, settings, sink);
    while (!sink->stopped && kk_log_lines_next(&f->lines, &text))
        take_line(f, &text);
    tell_group(f);
    kk_log_lines_close(&f->lines);
    if (f->missing) {
        kk_issue issue = {
            KK_ISSUE_MISSING, f->missing_at, f->missing,
            KK_S("serial numbers that no record has: records lost, filtered or removed")};
        sink->issue(sink, &issue);
    }
    if (f->too_many) {
        kk_issue issue = {KK_ISSUE_LIMIT, 0, f->too_many,
                          KK_S("fields beyond 4096 of one event were left out")};
        sink->issue(sink, &issue);
    }
    kk_buffer_close(&f->group);
    kk_buffer_close(&f->command);
    kk_arena_close(f->scratch);
}

static kk_score probe(const kk_probe *p)
{
    kk_arena *arena = kk_arena_open();
    kk_slice rest = kk_log_head(arena, p->head, 32 * 1024), text;
    size_t lines = 0, good = 0;
    audit_line line;
    while (lines < PROBE_LINES && kk_log_head_line(&rest, &text)) {
        if (is_separator(text))
            continue;
        lines++;
        good += read_line(text, &line) ||
                (kk_starts(text, KK_S("type=")) && kk_has(text, KK_S(" msg=audit(")));
    }
    kk_arena_close(arena);
    if (good == 0)
        return KK_NO;
    return good * 2 >= lines ? KK_SURE - 5 : KK_MAYBE + 5;
}

const kk_parser kk_parser_auditd = {
    .name = "auditd",
    .about = "Linux audit log: logins, commands run, files touched, accounts changed",
    .version = 2,
    .cut = KK_WHOLE,
    .numbers_lines = true,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
