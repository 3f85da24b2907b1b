/* Values that a log source does not write as the rules expect them, made from those it writes. */
#include "base/buffer.h"
#include "base/time.h"
#include "detect/source.h"
#include "model/audit_call.h"

static kk_slice find(const kk_event *e, const char *name)
{
    kk_slice wanted = kk_cstr(name);
    for (size_t i = 0; i < e->more_count; i++)
        if (e->more[i].name.len == wanted.len && kk_eq_nocase(e->more[i].name, wanted))
            return kk_event_value(e, i);
    return KK_NONE;
}

static bool is_nothing(kk_slice s)
{
    return !s.len || kk_is(s, "-");
}

static kk_slice number_text(kk_arena *arena, uint64_t number)
{
    return kk_print(arena, "%llu", (unsigned long long)number);
}

static kk_slice time_text(kk_arena *arena, kk_time time)
{
    return time == KK_NO_TIME ? KK_NONE : kk_time_text(arena, time);
}

/* 0x1f4 as Sysmon writes it: 500. */
static kk_slice decimal(kk_arena *arena, kk_slice hex)
{
    uint64_t number;
    if (kk_starts(hex, KK_S("0x")) && kk_hex_to_u64(kk_from(hex, 2), &number))
        return number_text(arena, number);
    return hex;
}

static kk_slice account(kk_arena *arena, kk_slice domain, kk_slice name)
{
    if (is_nothing(name))
        return KK_NONE;
    if (is_nothing(domain))
        return name;
    return kk_join(arena, domain, kk_join(arena, KK_S("\\"), name));
}

/* The account that a new process runs as: the target where there is one. */
static kk_slice process_user(kk_arena *arena, const kk_event *e)
{
    kk_slice target = find(e, "TargetUserName");
    if (!is_nothing(target))
        return account(arena, find(e, "TargetDomainName"), target);
    return account(arena, find(e, "SubjectDomainName"), find(e, "SubjectUserName"));
}

static kk_slice process_logon(const kk_event *e)
{
    kk_slice target = find(e, "TargetLogonId");
    return is_nothing(target) || kk_is(target, "0x0") ? find(e, "SubjectLogonId") : target;
}

static kk_slice integrity(const kk_event *e)
{
    static const struct {
        const char *sid, *level;
    } levels[] = {
        {"S-1-16-0", "Untrusted"},      {"S-1-16-4096", "Low"},   {"S-1-16-8192", "Medium"},
        {"S-1-16-8448", "Medium Plus"}, {"S-1-16-12288", "High"}, {"S-1-16-16384", "System"},
    };
    kk_slice label = find(e, "MandatoryLabel");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (kk_eq_nocase(label, kk_cstr(levels[i].sid)))
            return kk_cstr(levels[i].level);
    return label;
}

/* ---- registry ---- */

static bool eat_nocase(kk_slice *s, kk_slice head)
{
    if (!kk_eq_nocase(kk_part(*s, 0, head.len), head))
        return false;
    *s = kk_from(*s, head.len);
    return true;
}

/* \REGISTRY\MACHINE\SYSTEM\ControlSet001 is HKLM\System\CurrentControlSet for Sysmon. */
static kk_slice key_path(kk_arena *arena, kk_slice key)
{
    kk_slice rest = key;
    if (eat_nocase(&rest, KK_S("\\REGISTRY\\USER")))
        return kk_join(arena, KK_S("HKU"), rest);
    if (!eat_nocase(&rest, KK_S("\\REGISTRY\\MACHINE")))
        return key;
    kk_slice set = rest;
    if (eat_nocase(&set, KK_S("\\SYSTEM\\ControlSet00")) && set.len > 1 && set.ptr[0] >= '1' &&
        set.ptr[0] <= '9' && set.ptr[1] == '\\')
        return kk_join(arena, KK_S("HKLM\\System\\CurrentControlSet"), kk_from(set, 1));
    return kk_join(arena, KK_S("HKLM"), rest);
}

static kk_slice key_and_value(kk_arena *arena, const kk_event *e)
{
    kk_slice key = key_path(arena, find(e, "ObjectName")), value = find(e, "ObjectValueName");
    if (is_nothing(key) || is_nothing(value))
        return key;
    return kk_join(arena, key, kk_join(arena, KK_S("\\"), value));
}

static kk_slice key_details(kk_arena *arena, const kk_event *e)
{
    kk_slice type = find(e, "NewValueType"), value = find(e, "NewValue");
    uint64_t number;
    bool hex = kk_starts(value, KK_S("0x"));
    bool is_number = hex ? kk_hex_to_u64(kk_from(value, 2), &number) : kk_to_u64(value, &number);
    if (kk_is(type, "%%1875"))
        return KK_S("Binary Data");
    if (kk_is(type, "%%1876") && is_number)
        return kk_print(arena, "DWORD (0x%08llx)", (unsigned long long)number);
    if (kk_is(type, "%%1883") && is_number)
        return kk_print(arena, "QWORD (0x%08llx-0x%08llx)", (unsigned long long)(number >> 32),
                        (unsigned long long)(number & 0xffffffff));
    return value;
}

static kk_slice key_change(const kk_event *e)
{
    kk_slice type = find(e, "OperationType");
    if (kk_is(type, "%%1906"))
        return KK_S("DeleteValue");
    return kk_is(type, "%%1904") || kk_is(type, "%%1905") ? KK_S("SetValue") : type;
}

/* ---- network ---- */

/* Which drive a volume was is not in the event; rules ask for C:, where Windows mostly is. */
static kk_slice device_path(kk_arena *arena, const kk_event *e)
{
    kk_slice path = find(e, "Application"), rest = path;
    if (!eat_nocase(&rest, KK_S("\\device\\harddiskvolume")))
        return path;
    size_t bar = kk_find_byte(rest, '\\');
    return bar == KK_NOWHERE ? path : kk_join(arena, KK_S("C:"), kk_from(rest, bar));
}

static kk_slice initiated(const kk_event *e)
{
    kk_slice direction = find(e, "Direction");
    return kk_is(direction, "%%14593")   ? KK_S("true")
           : kk_is(direction, "%%14592") ? KK_S("false")
                                         : direction;
}

static kk_slice protocol(const kk_event *e)
{
    kk_slice number = find(e, "Protocol");
    return kk_is(number, "6")    ? KK_S("tcp")
           : kk_is(number, "17") ? KK_S("udp")
           : kk_is(number, "1")  ? KK_S("icmp")
                                 : number;
}

/* SHA1=...,MD5=...,SHA256=...,IMPHASH=... */
static kk_slice hash_of(const kk_event *e, uint8_t index)
{
    static const char *const names[] = {"MD5=", "SHA1=", "SHA256=", "IMPHASH="};
    kk_slice rest = find(e, "Hashes"), part, wanted = kk_cstr(names[index]);
    if (!rest.len)
        rest = find(e, "Hash");
    while (kk_split(&rest, ',', &part))
        if (eat_nocase(&part, wanted))
            return part;
    return KK_NONE;
}

/* file:_C:\a.exe; containerfile:_C:\b.zip: each path for itself. */
static size_t threat_paths(const kk_event *e, kk_slice out[KK_MADE_MOST])
{
    kk_slice rest = find(e, "Path"), part;
    size_t count = 0;
    if (!rest.len)
        return 0;
    while (count < KK_MADE_MOST && kk_split(&rest, ';', &part)) {
        part = kk_trim(part);
        size_t at = kk_find(part, KK_S(":_"));
        out[count++] = at == KK_NOWHERE ? part : kk_from(part, at + 2);
    }
    return count;
}

/* ---- audit log ---- */

/* Lines of one serial number are one event here: it is of each of their types. */
static size_t audit_types(const kk_event *e, kk_slice out[KK_MADE_MOST])
{
    size_t count = 0;
    kk_slice code = e->text[KK_CODE];
    bool call = kk_is(code, "EXECVE") || kk_is(code, "SYSCALL");
    if (!code.len)
        return 0;
    out[count++] = code;
    if (kk_is(code, "EXECVE"))
        out[count++] = KK_S("SYSCALL");
    if (call && (e->text[KK_FILE_PATH].len || find(e, "name").len)) /* a program's own file, too */
        out[count++] = KK_S("PATH");
    if (call && (e->text[KK_SOURCE_IP].len || e->text[KK_DESTINATION_IP].len))
        out[count++] = KK_S("SOCKADDR");
    return count;
}

/* The word of the command line, and what the system call had in that place. */
static size_t audit_argument(kk_arena *arena, const kk_event *e, uint8_t index,
                             kk_slice out[KK_MADE_MOST])
{
    size_t count = 0, n = 0;
    kk_slice rest = e->text[KK_COMMAND_LINE], word;
    kk_slice own = find(e, kk_print(arena, "a%u", index).ptr);
    if (own.len)
        out[count++] = own;
    if (!kk_is(e->text[KK_CODE], "EXECVE") || !rest.len)
        return count;
    while (kk_split(&rest, ' ', &word))
        if (word.len && n++ == index) {
            out[count++] = word;
            break;
        }
    return count;
}

/* Its number, and its name: which the daemon looked up only if it was told to. */
static size_t audit_call(const kk_event *e, kk_slice out[KK_MADE_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < e->more_count && count < 2; i++)
        if (kk_eq_nocase(e->more[i].name, KK_S("syscall")))
            out[count++] = kk_event_value(e, i);
    kk_slice name = count == 1 ? kk_audit_call(find(e, "arch"), out[0]) : KK_NONE;
    if (name.len)
        out[count++] = name;
    return count;
}

static kk_slice audit_success(const kk_event *e)
{
    return e->outcome == KK_SUCCESS ? KK_S("yes") : e->outcome == KK_FAILURE ? KK_S("no") : KK_NONE;
}

/* ---- sudo ---- */

static kk_slice sudo_program(const kk_event *e)
{
    kk_slice command = e->text[KK_COMMAND_LINE];
    return kk_starts(command, KK_S("/")) ? kk_part(command, 0, kk_find_byte(command, ' '))
                                         : KK_NONE;
}

/* ---- web ---- */

/* Where it names the machine (http://host/path), also without: rules mean the one or the other. */
static size_t whole_url(const kk_event *e, kk_slice out[KK_MADE_MOST])
{
    kk_slice url = e->text[KK_URL];
    size_t scheme = kk_find(url, KK_S("://")), count = 0;
    if (!url.len)
        return 0;
    out[count++] = url;
    size_t at = scheme == KK_NOWHERE ? KK_NOWHERE : kk_find_byte(kk_from(url, scheme + 3), '/');
    bool in_query = kk_find_byte(kk_part(url, 0, scheme), '?') != KK_NOWHERE;
    if (at != KK_NOWHERE && !in_query)
        out[count++] = kk_from(url, scheme + 3 + at);
    return count;
}

/* Rules use it for the query and for the whole of path and query. */
static size_t url_query(const kk_event *e, kk_slice out[KK_MADE_MOST])
{
    kk_slice url = e->text[KK_URL];
    size_t at = kk_find_byte(url, '?'), count = whole_url(e, out);
    if (at != KK_NOWHERE)
        out[count++] = kk_from(url, at + 1);
    return count;
}

static kk_slice url_stem(const kk_event *e)
{
    kk_slice url = e->text[KK_URL];
    return kk_part(url, 0, kk_find_byte(url, '?'));
}

static kk_slice url_extension(const kk_event *e)
{
    kk_slice stem = url_stem(e);
    kk_slice name = kk_from(stem, kk_name_begins(stem));
    size_t dot = kk_rfind_byte(name, '.');
    return dot == KK_NOWHERE ? KK_NONE : kk_from(name, dot + 1);
}

/* ---- the makers ---- */

static kk_slice system_process(kk_arena *arena, const kk_event *e)
{
    kk_slice own = find(e, "System.ProcessID");
    if (own.len || !kk_has_number(e, KK_PROCESS_PID))
        return own;
    return number_text(arena, e->number[KK_PROCESS_PID]);
}

static kk_slice system_user(const kk_event *e)
{
    kk_slice own = find(e, "System.UserID");
    return own.len ? own : e->text[KK_USER_ID];
}

static kk_slice outcome(const kk_event *e)
{
    return e->outcome == KK_SUCCESS   ? KK_S("success")
           : e->outcome == KK_FAILURE ? KK_S("failure")
                                      : KK_NONE;
}

static kk_slice make_windows(kk_arena *arena, const kk_event *e, uint8_t maker, uint8_t index)
{
    switch ((kk_maker)maker) {
    case KK_MADE_PROCESS_ID:
        return decimal(arena, find(e, index == 1 ? "NewProcessId" : "ProcessId"));
    case KK_MADE_PROCESS_USER:
        return process_user(arena, e);
    case KK_MADE_SUBJECT_USER:
        return account(arena, find(e, "SubjectDomainName"), find(e, "SubjectUserName"));
    case KK_MADE_PROCESS_LOGON:
        return process_logon(e);
    case KK_MADE_INTEGRITY:
        return integrity(e);
    case KK_MADE_KEY:
        return key_and_value(arena, e);
    case KK_MADE_KEY_DETAILS:
        return key_details(arena, e);
    case KK_MADE_KEY_CHANGE:
        return key_change(e);
    case KK_MADE_DEVICE_PATH:
        return device_path(arena, e);
    case KK_MADE_INITIATED:
        return initiated(e);
    case KK_MADE_PROTOCOL:
        return protocol(e);
    case KK_MADE_HASH:
        return hash_of(e, index);
    default:
        return KK_NONE;
    }
}

static kk_slice make_one(kk_arena *arena, const kk_event *e, uint8_t maker, uint8_t index)
{
    switch ((kk_maker)maker) {
    case KK_MADE_TIME:
        return time_text(arena, e->time);
    case KK_MADE_RECORD:
        return number_text(arena, e->record);
    case KK_MADE_OUTCOME:
        return outcome(e);
    case KK_MADE_SYSTEM_PROCESS:
        return system_process(arena, e);
    case KK_MADE_SYSTEM_USER:
        return system_user(e);
    case KK_MADE_AUDIT_SUCCESS:
        return audit_success(e);
    case KK_MADE_SUDO_PROGRAM:
        return sudo_program(e);
    case KK_MADE_URL_STEM:
        return url_stem(e);
    case KK_MADE_URL_EXTENSION:
        return url_extension(e);
    default:
        return make_windows(arena, e, maker, index);
    }
}

size_t kk_made(kk_arena *arena, const kk_event *e, uint8_t maker, uint8_t index,
               kk_slice out[KK_MADE_MOST])
{
    switch ((kk_maker)maker) {
    case KK_MADE_THREAT_PATH:
        return threat_paths(e, out);
    case KK_MADE_AUDIT_TYPE:
        return audit_types(e, out);
    case KK_MADE_AUDIT_CALL:
        return audit_call(e, out);
    case KK_MADE_AUDIT_ARGUMENT:
        return audit_argument(arena, e, index, out);
    case KK_MADE_URL:
        return whole_url(e, out);
    case KK_MADE_URL_QUERY:
        return url_query(e, out);
    default:
        out[0] = make_one(arena, e, maker, index);
        return out[0].len != 0;
    }
}
