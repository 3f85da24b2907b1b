/* Who touched which file of a share: Samba's vfs_full_audit and the access logs of NAS boxes.
 *
 * full_audit writes PREFIX|op|ok|arguments or PREFIX|op|fail (reason)|arguments. The prefix is the
 * site's own, commonly %u|%I|%m|%S, of any number of pieces; nothing is escaped, and paths may hold
 * the bar too. So the place to hold on to is the result: the first piece that is "ok" or begins
 * with "fail" behind a word in small letters. In the prefix, the piece that is an address shows the
 * rest. */
#include "parse/syslog_programs.h"

enum { PIECES_MAX = 12, SPLITS_MAX = 64 };

typedef struct {
    kk_slice prefix[PIECES_MAX];
    size_t count;
    kk_slice op, result, arguments;
} audit;

static bool is_op(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || s.ptr[i] == '_' || kk_is_digit(s.ptr[i])))
            return false;
    return s.len > 0 && s.len < 40;
}

static bool is_result(kk_slice s)
{
    return kk_is(s, "ok") || kk_is(s, "fail") || kk_starts(s, KK_S("fail ("));
}

static bool read_audit(kk_slice text, audit *out)
{
    kk_slice rest = text, piece;
    out->count = 0;
    while (out->count < PIECES_MAX && kk_eat_until(&rest, KK_S("|"), &piece)) {
        size_t bar = kk_find_byte(rest, '|');
        kk_slice next = kk_part(rest, 0, bar);
        if (is_result(next) && is_op(piece)) {
            out->op = piece;
            out->result = next;
            out->arguments = bar == KK_NOWHERE ? KK_NONE : kk_from(rest, bar + 1);
            return true;
        }
        out->prefix[out->count++] = piece;
    }
    return false;
}

static kk_slice action_of(kk_slice op)
{
    static const struct {
        const char *op, *action;
    } names[] = {
        {"openat", "open"},
        {"open", "open"},
        {"create_file", "open"},
        {"pread", "read"},
        {"pread_send", "read"},
        {"pread_recv", "read"},
        {"read", "read"},
        {"sendfile", "read"},
        {"offload_read_send", "read"},
        {"pwrite", "write"},
        {"pwrite_send", "write"},
        {"pwrite_recv", "write"},
        {"write", "write"},
        {"recvfile", "write"},
        {"offload_write_send", "write"},
        {"ftruncate", "write"},
        {"fallocate", "write"},
        {"rename", "rename"},
        {"renameat", "rename"},
        {"unlink", "delete"},
        {"unlinkat", "delete"},
        {"mkdir", "mkdir"},
        {"mkdirat", "mkdir"},
        {"rmdir", "rmdir"},
        {"connect", "connect"},
        {"disconnect", "disconnect"},
        {"opendir", "list"},
        {"fdopendir", "list"},
        {"readdir", "list"},
        {"link", "link"},
        {"linkat", "link"},
        {"symlink", "link"},
        {"symlinkat", "link"},
        {"chmod", "chmod"},
        {"fchmod", "chmod"},
        {"chown", "chown"},
        {"fchown", "chown"},
        {"lchown", "chown"},
        {"close", "close"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (op.len == strlen(names[i].op) && memcmp(op.ptr, names[i].op, op.len) == 0)
            return kk_cstr(names[i].action);
    return op;
}

static size_t common_start(kk_slice a, kk_slice b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
        i++;
    return i;
}

/* "old|new", where either may hold a bar: absolute paths are split where the second one begins;
 * else the split whose sides have the longest beginning in common. */
static void split_two(kk_slice both, kk_slice *old, kk_slice *new_path)
{
    bool absolute = both.len && both.ptr[0] == '/';
    size_t best = KK_NOWHERE, best_common = 0, tried = 0;
    for (size_t i = 0; i < both.len && tried < SPLITS_MAX; i++) {
        if (both.ptr[i] != '|' || (absolute && (i + 1 >= both.len || both.ptr[i + 1] != '/')))
            continue;
        tried++;
        size_t common = common_start(both, kk_part(both, i + 1, 4096));
        if (best == KK_NOWHERE || common > best_common) {
            best = i;
            best_common = common;
        }
    }
    if (best == KK_NOWHERE)
        best = kk_find_byte(both, '|');
    *old = kk_part(both, 0, best);
    *new_path = best == KK_NOWHERE ? KK_NONE : kk_from(both, best + 1);
}

/* "0x120089|file|open|path": the last piece is the path, the others never hold a bar. */
static void set_created(kk_syslog_act *act, kk_slice arguments)
{
    kk_slice mask, kind, disposition;
    if (kk_starts(arguments, KK_S("0x")) && kk_eat_until(&arguments, KK_S("|"), &mask) &&
        kk_eat_until(&arguments, KK_S("|"), &kind) &&
        kk_eat_until(&arguments, KK_S("|"), &disposition)) {
        kk_act_more(act, KK_S("access_mask"), mask);
        kk_act_more(act, KK_S("kind"), kind);
        kk_act_more(act, KK_S("disposition"), disposition);
    }
    act->event->text[KK_FILE_PATH] = arguments;
}

static void set_arguments(kk_syslog_act *act, const audit *a, kk_slice action)
{
    kk_event *e = act->event;
    kk_slice rest = a->arguments, mode = kk_part(rest, 0, 2);
    if (kk_is(action, "connect") || kk_is(action, "disconnect"))
        return; /* the argument is the share */
    if (kk_is(a->op, "create_file")) {
        set_created(act, rest);
    } else if (kk_is(action, "open") && (kk_is(mode, "r|") || kk_is(mode, "w|"))) {
        kk_act_more(act, KK_S("mode"), kk_part(mode, 0, 1));
        e->text[KK_FILE_PATH] = kk_from(rest, 2);
    } else if (kk_is(action, "rename") || kk_is(action, "link")) {
        split_two(rest, &e->text[KK_FILE_PATH], &e->text[KK_FILE_TARGET]);
    } else {
        e->text[KK_FILE_PATH] = rest;
    }
}

static size_t address_at(const audit *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (kk_is_address(kk_bare_address(a->prefix[i])))
            return i;
    return KK_NOWHERE;
}

/* Which piece is the share: learned, else the last one behind the address. */
static size_t share_at(const kk_syslog_act *act, const audit *a, size_t address)
{
    if (act->share_at >= 0)
        return (size_t)act->share_at < a->count ? (size_t)act->share_at : KK_NOWHERE;
    if (address == KK_NOWHERE || address + 1 >= a->count)
        return KK_NOWHERE;
    return a->count - 1;
}

static void set_prefix(kk_syslog_act *act, const audit *a)
{
    size_t address = address_at(a), user = address == 0 ? 1 : 0, share = share_at(act, a, address);
    bool named_by_argument = kk_is(a->op, "connect") || kk_is(a->op, "disconnect");
    if (share == user)
        share = KK_NOWHERE;
    size_t machine = address == KK_NOWHERE  ? KK_NOWHERE
                     : address + 1 == share ? address + 2
                                            : address + 1;
    if (share != KK_NOWHERE && address != KK_NOWHERE && a->count == address + 2)
        machine = KK_NOWHERE;
    if (named_by_argument && a->arguments.len)
        kk_act_more(act, KK_S("share"), a->arguments);
    for (size_t i = 0; i < a->count; i++) {
        kk_slice piece = a->prefix[i];
        if (i == address)
            kk_act_source(act, piece);
        else if (i == user)
            kk_act_user(act, piece);
        else if (i == share && !(named_by_argument && a->arguments.len))
            kk_act_more(act, KK_S("share"), piece);
        else if (i == machine && i != share && !kk_is_address(kk_bare_address(piece)))
            act->event->text[KK_SOURCE_HOST] = piece;
        else if (i != share)
            kk_act_more(act, KK_S("prefix"), piece);
    }
}

bool kk_syslog_samba(kk_syslog_act *act)
{
    audit a;
    if (!read_audit(act->message, &a))
        return false;
    kk_slice action = action_of(a.op);
    bool ok = kk_is(a.result, "ok");
    act->event->text[KK_DATASET] = KK_S("samba.audit");
    act->event->text[KK_CODE] = a.op;
    kk_act_is(act, KK_S("file"), action, ok ? KK_SUCCESS : KK_FAILURE);
    kk_act_session(act, KK_S("smbd"), act->pid);
    set_prefix(act, &a);
    set_arguments(act, &a, action);
    if (!ok && a.result.len > 7)
        kk_act_more(act, KK_S("error"),
                    kk_part(a.result, 6, a.result.len - 6 - kk_ends(a.result, KK_S(")"))));
    return true;
}

int kk_syslog_samba_share_at(kk_slice head)
{
    kk_slice line;
    while (head.len) {
        size_t end = kk_find_byte(head, '\n');
        line = kk_trim(kk_part(head, 0, end));
        head = kk_from(head, end == KK_NOWHERE ? head.len : end + 1);
        size_t tag = kk_find(line, KK_S("smbd_audit"));
        if (tag == KK_NOWHERE || !kk_has(line, KK_S("connect|ok|")))
            continue;
        kk_slice text = kk_from(line, tag), before;
        audit a;
        if (!kk_eat_until(&text, KK_S(": "), &before) || !read_audit(kk_trim(text), &a) ||
            !(kk_is(a.op, "connect") || kk_is(a.op, "disconnect")))
            continue;
        for (size_t i = a.count; i-- > 1;)
            if (kk_eq_nocase(a.prefix[i], a.arguments))
                return (int)i;
    }
    return -1;
}

/* ---- NAS --------------------------------------------------------------------------------------
 */

/* Buffalo: "[User:tanaka(192.0.2.9)] File Open(Read) /mnt/array1/share/file" */
bool kk_syslog_buffalo(kk_syslog_act *act)
{
    static const struct {
        kk_slice words, action;
    } acts[] = {
#define ACT(words, action)                                                                         \
    {                                                                                              \
        {words, sizeof words - 1},                                                                 \
        {                                                                                          \
            action, sizeof action - 1                                                              \
        }                                                                                          \
    }
        ACT("File Open(Read) ", "read"),
        ACT("File Open(Write) ", "write"),
        ACT("File Open(Read/Write) ", "write"),
        ACT("File Open ", "open"),
        ACT("File Create ", "create"),
        ACT("File Delete ", "delete"),
        ACT("File Rename ", "rename"),
        ACT("File Close ", "close"),
        ACT("Directory Open ", "list"),
        ACT("Directory Create ", "mkdir"),
        ACT("Directory Delete ", "rmdir"),
        ACT("Make Directory ", "mkdir"),
        ACT("Remove Directory ", "rmdir"),
        ACT("Rename ", "rename"),
        ACT("Delete ", "delete"),
        ACT("Create ", "create"),
#undef ACT
    };
    kk_slice rest = act->message, who, action = KK_NONE;
    if (!kk_eat(&rest, KK_S("[User:")) || !kk_eat_until(&rest, KK_S(")]"), &who))
        return false;
    size_t open = kk_rfind_byte(who, '(');
    kk_act_user(act, kk_part(who, 0, open));
    if (open != KK_NOWHERE)
        kk_act_source(act, kk_from(who, open + 1));
    kk_eat_blanks(&rest);
    for (size_t i = 0; i < sizeof acts / sizeof *acts && !action.len; i++)
        if (kk_eat(&rest, acts[i].words))
            action = acts[i].action;
    kk_act_is(act, KK_S("file"), action, KK_OUTCOME_NONE);
    size_t slash = kk_find_byte(rest, '/'), next = kk_find(rest, KK_S(" -> "));
    if (slash == KK_NOWHERE)
        return true;
    act->event->text[KK_FILE_PATH] = kk_from(kk_part(rest, 0, next), slash);
    if (next != KK_NOWHERE && next > slash)
        act->event->text[KK_FILE_TARGET] = kk_from(rest, next + 4);
    return true;
}

/* Synology: "Event: read, Path: /share/f, File/Folder: File, Size: 6.00 KB, User: u, IP: a". A path
 * may hold a comma: what follows is looked for from the right. */
bool kk_syslog_synology(kk_syslog_act *act)
{
    kk_slice rest = act->message, event, path, kind, size, user;
    kk_eat(&rest, KK_S("WinFileService "));
    if (!kk_eat(&rest, KK_S("Event: ")) || !kk_eat_until(&rest, KK_S(", Path: "), &event))
        return false;
    size_t mark = KK_NOWHERE;
    for (size_t at = 0, next;
         (next = kk_find(kk_from(rest, at), KK_S(", File/Folder: "))) != KK_NOWHERE; at = mark + 1)
        mark = at + next;
    if (mark == KK_NOWHERE)
        return false;
    path = kk_part(rest, 0, mark);
    rest = kk_from(rest, mark + 15);
    if (!kk_eat_until(&rest, KK_S(", Size: "), &kind) ||
        !kk_eat_until(&rest, KK_S(", User: "), &size) ||
        !kk_eat_until(&rest, KK_S(", IP: "), &user))
        return false;
    kk_act_is(act, KK_S("file"), event, KK_OUTCOME_NONE);
    kk_slice target, from = path;
    if (kk_is(event, "move") || kk_is(event, "rename")) {
        act->event->text[KK_ACTION] = KK_S("rename");
        if (kk_eat_until(&from, KK_S(" -> "), &target)) {
            act->event->text[KK_FILE_TARGET] = from;
            path = target;
        }
    }
    act->event->text[KK_FILE_PATH] = path;
    kk_act_user(act, user);
    kk_act_source(act, kk_trim(rest));
    kk_act_more(act, KK_S("kind"), kind);
    kk_act_more(act, KK_S("size"), size); /* rounded by the box: no number of bytes */
    return true;
}

/* "User [admin] from [192.0.2.9] signed in to [DSM] successfully ..." and "... failed to ..." */
bool kk_syslog_synology_login(kk_syslog_act *act)
{
    kk_slice rest = act->message, user, address;
    if (!kk_eat(&rest, KK_S("User [")) || !kk_eat_until(&rest, KK_S("] from ["), &user) ||
        !kk_eat_until(&rest, KK_S("] "), &address))
        return false;
    bool out = kk_has(rest, KK_S("logged out")) || kk_has(rest, KK_S("signed out"));
    bool failed = kk_has(rest, KK_S("failed to "));
    kk_act_login(act,
                 failed ? KK_S("logon-failed")
                 : out  ? KK_S("logoff")
                        : KK_S("logon"),
                 failed ? KK_FAILURE
                 : out  ? KK_OUTCOME_NONE
                        : KK_SUCCESS);
    kk_act_user(act, user);
    kk_act_source(act, address);
    return true;
}

static kk_slice qnap_field(kk_slice text, kk_slice name, kk_slice follows)
{
    kk_slice value;
    size_t at = kk_find(text, name);
    if (at == KK_NOWHERE)
        return KK_NONE;
    kk_slice rest = kk_from(text, at + name.len);
    return kk_eat_until(&rest, follows, &value) ? value : kk_trim(rest);
}

/* QNAP: "conn log: Users: u, Source IP: a, Computer name: n, Connection type: SAMBA, Accessed
 * resources: path, Action: Read" */
bool kk_syslog_qnap(kk_syslog_act *act)
{
    static const char *const actions[][2] = {
        {"Read", "read"},
        {"Write", "write"},
        {"Delete", "delete"},
        {"Rename", "rename"},
        {"Open", "open"},
        {"MakeDir", "mkdir"},
        {"Mkdir", "mkdir"},
        {"Login OK", "logon"},
        {"Move", "rename"},
        {"Copy", "copy"},
        {"Login Fail", "logon-failed"},
        {"Logout", "logoff"},
    };
    kk_slice text = act->message;
    if (!kk_starts(text, KK_S("conn log: ")))
        return false;
    kk_slice action = qnap_field(text, KK_S(", Action: "), KK_S(", "));
    kk_slice path = qnap_field(text, KK_S(", Accessed resources: "), KK_S(", Action: "));
    kk_slice name = qnap_field(text, KK_S(", Computer name: "), KK_S(", Connection type: "));
    kk_act_user(act, qnap_field(text, KK_S("Users: "), KK_S(", Source IP: ")));
    kk_act_source(act, qnap_field(text, KK_S(", Source IP: "), KK_S(", ")));
    if (name.len && !kk_is(name, "---"))
        act->event->text[KK_SOURCE_HOST] = name;
    kk_act_is(act, KK_S("file"), action, KK_OUTCOME_NONE);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (kk_eq_nocase(action, kk_cstr(actions[i][0])))
            act->event->text[KK_ACTION] = kk_cstr(actions[i][1]);
    kk_slice kind = act->event->text[KK_ACTION];
    if (kk_starts(kind, KK_S("log")))
        kk_act_login(act, kind,
                     kk_is(kind, "logon")    ? KK_SUCCESS
                     : kk_is(kind, "logoff") ? KK_OUTCOME_NONE
                                             : KK_FAILURE);
    else if (path.len && !kk_is(path, "---"))
        act->event->text[KK_FILE_PATH] = path;
    kk_act_more(act, KK_S("connection"), qnap_field(text, KK_S(", Connection type: "), KK_S(", ")));
    return true;
}
