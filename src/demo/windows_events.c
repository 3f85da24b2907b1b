#include "demo/windows_events.h"

#include <stdlib.h>

#define DOMAIN_SID "S-1-5-21-1004336348-1177238915-682003330"
#define AUDITING "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-a5ba-3e3b0328c30d}"
#define LOCAL_SESSIONS                                                                             \
    "Microsoft-Windows-TerminalServices-LocalSessionManager",                                      \
        "{5d896912-022d-40aa-a3a8-4fa5515c76d7}",                                                  \
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
#define SUCCESS UINT64_C(0x8020000000000000)
#define FAILURE UINT64_C(0x8010000000000000)
#define TS_KEYWORDS UINT64_C(0x1000000000000000)
#define SCM_KEYWORDS UINT64_C(0x8080000000000000)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const kk_evtx_field logon_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},
    {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT},
    {"SubjectLogonId", KK_EVTX_HEX64},
    {"TargetUserSid", KK_EVTX_SID},
    {"TargetUserName", KK_EVTX_TEXT},
    {"TargetDomainName", KK_EVTX_TEXT},
    {"TargetLogonId", KK_EVTX_HEX64},
    {"LogonType", KK_EVTX_U32},
    {"LogonProcessName", KK_EVTX_TEXT},
    {"AuthenticationPackageName", KK_EVTX_TEXT},
    {"WorkstationName", KK_EVTX_TEXT},
    {"LogonGuid", KK_EVTX_GUID},
    {"TransmittedServices", KK_EVTX_TEXT},
    {"LmPackageName", KK_EVTX_TEXT},
    {"KeyLength", KK_EVTX_U32},
    {"ProcessId", KK_EVTX_HEX64},
    {"ProcessName", KK_EVTX_TEXT},
    {"IpAddress", KK_EVTX_TEXT},
    {"IpPort", KK_EVTX_TEXT},
    {"ImpersonationLevel", KK_EVTX_TEXT},
    {"RestrictedAdminMode", KK_EVTX_TEXT},
    {"TargetOutboundUserName", KK_EVTX_TEXT},
    {"TargetOutboundDomainName", KK_EVTX_TEXT},
    {"VirtualAccount", KK_EVTX_TEXT},
    {"TargetLinkedLogonId", KK_EVTX_HEX64},
    {"ElevatedToken", KK_EVTX_TEXT},
};
static const kk_evtx_field denied_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},
    {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT},
    {"SubjectLogonId", KK_EVTX_HEX64},
    {"TargetUserSid", KK_EVTX_SID},
    {"TargetUserName", KK_EVTX_TEXT},
    {"TargetDomainName", KK_EVTX_TEXT},
    {"Status", KK_EVTX_HEX32},
    {"FailureReason", KK_EVTX_TEXT},
    {"SubStatus", KK_EVTX_HEX32},
    {"LogonType", KK_EVTX_U32},
    {"LogonProcessName", KK_EVTX_TEXT},
    {"AuthenticationPackageName", KK_EVTX_TEXT},
    {"WorkstationName", KK_EVTX_TEXT},
    {"TransmittedServices", KK_EVTX_TEXT},
    {"LmPackageName", KK_EVTX_TEXT},
    {"KeyLength", KK_EVTX_U32},
    {"ProcessId", KK_EVTX_HEX64},
    {"ProcessName", KK_EVTX_TEXT},
    {"IpAddress", KK_EVTX_TEXT},
    {"IpPort", KK_EVTX_TEXT},
};
static const kk_evtx_field logoff_fields[] = {
    {"TargetUserSid", KK_EVTX_SID},     {"TargetUserName", KK_EVTX_TEXT},
    {"TargetDomainName", KK_EVTX_TEXT}, {"TargetLogonId", KK_EVTX_HEX64},
    {"LogonType", KK_EVTX_U32},
};
static const kk_evtx_field explicit_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},     {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT}, {"SubjectLogonId", KK_EVTX_HEX64},
    {"LogonGuid", KK_EVTX_GUID},         {"TargetUserName", KK_EVTX_TEXT},
    {"TargetDomainName", KK_EVTX_TEXT},  {"TargetLogonGuid", KK_EVTX_GUID},
    {"TargetServerName", KK_EVTX_TEXT},  {"TargetInfo", KK_EVTX_TEXT},
    {"ProcessId", KK_EVTX_HEX64},        {"ProcessName", KK_EVTX_TEXT},
    {"IpAddress", KK_EVTX_TEXT},         {"IpPort", KK_EVTX_TEXT},
};
static const kk_evtx_field rights_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},     {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT}, {"SubjectLogonId", KK_EVTX_HEX64},
    {"PrivilegeList", KK_EVTX_TEXT},
};
static const kk_evtx_field process_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},      {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT},  {"SubjectLogonId", KK_EVTX_HEX64},
    {"NewProcessId", KK_EVTX_HEX64},      {"NewProcessName", KK_EVTX_TEXT},
    {"TokenElevationType", KK_EVTX_TEXT}, {"ProcessId", KK_EVTX_HEX64},
    {"CommandLine", KK_EVTX_TEXT},        {"TargetUserSid", KK_EVTX_SID},
    {"TargetUserName", KK_EVTX_TEXT},     {"TargetDomainName", KK_EVTX_TEXT},
    {"TargetLogonId", KK_EVTX_HEX64},     {"ParentProcessName", KK_EVTX_TEXT},
    {"MandatoryLabel", KK_EVTX_SID},
};
static const kk_evtx_field share_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},
    {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT},
    {"SubjectLogonId", KK_EVTX_HEX64},
    {"ObjectType", KK_EVTX_TEXT},
    {"IpAddress", KK_EVTX_TEXT},
    {"IpPort", KK_EVTX_TEXT},
    {"ShareName", KK_EVTX_TEXT},
    {"ShareLocalPath", KK_EVTX_TEXT},
    {"AccessMask", KK_EVTX_HEX32},
    {"AccessList", KK_EVTX_TEXT},
};
static const kk_evtx_field cleared_fields[] = {
    {"SubjectUserSid", KK_EVTX_SID},
    {"SubjectUserName", KK_EVTX_TEXT},
    {"SubjectDomainName", KK_EVTX_TEXT},
    {"SubjectLogonId", KK_EVTX_HEX64},
};
static const kk_evtx_field session_fields[] = {
    {"User", KK_EVTX_TEXT},
    {"SessionID", KK_EVTX_U32},
    {"Address", KK_EVTX_TEXT},
};
static const kk_evtx_field reached_fields[] = {
    {"Param1", KK_EVTX_TEXT},
    {"Param2", KK_EVTX_TEXT},
    {"Param3", KK_EVTX_TEXT},
};
static const kk_evtx_field service_fields[] = {
    {"ServiceName", KK_EVTX_TEXT}, {"ImagePath", KK_EVTX_TEXT},   {"ServiceType", KK_EVTX_TEXT},
    {"StartType", KK_EVTX_TEXT},   {"AccountName", KK_EVTX_TEXT},
};
static const kk_evtx_field state_fields[] = {
    {"param1", KK_EVTX_TEXT},
    {"param2", KK_EVTX_TEXT},
};

#define SECURITY_KIND(name, number, its_task, its_version, its_keywords, its_fields)               \
    static const kk_evtx_kind name = {AUDITING,    "Security", number,     its_task,               \
                                      its_version, 0,          0,          its_keywords,           \
                                      NULL,        NULL,       its_fields, COUNT(its_fields)}
SECURITY_KIND(logon_kind, 4624, 12544, 2, SUCCESS, logon_fields);
SECURITY_KIND(denied_kind, 4625, 12544, 0, FAILURE, denied_fields);
SECURITY_KIND(logoff_kind, 4634, 12545, 0, SUCCESS, logoff_fields);
SECURITY_KIND(explicit_kind, 4648, 12544, 0, SUCCESS, explicit_fields);
SECURITY_KIND(rights_kind, 4672, 12548, 0, SUCCESS, rights_fields);
SECURITY_KIND(process_kind, 4688, 13312, 2, SUCCESS, process_fields);
SECURITY_KIND(share_kind, 5140, 12808, 1, SUCCESS, share_fields);
static const kk_evtx_kind cleared_kind = {
    "Microsoft-Windows-Eventlog",
    "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}",
    "Security",
    1102,
    104,
    0,
    4,
    0,
    UINT64_C(0x4020000000000000),
    "LogFileCleared",
    "http://manifests.microsoft.com/win/2004/08/windows/eventlog",
    cleared_fields,
    COUNT(cleared_fields)};
#define SESSION_KIND(name, number, count)                                                          \
    static const kk_evtx_kind name = {                                                             \
        LOCAL_SESSIONS, number,         0,    0, 4, 0, TS_KEYWORDS, "EventXML",                    \
        "Event_NS",     session_fields, count}
SESSION_KIND(session_logon_kind, 21, 3);
SESSION_KIND(session_shell_kind, 22, 3);
SESSION_KIND(session_logoff_kind, 23, 2);
SESSION_KIND(session_left_kind, 24, 3);
SESSION_KIND(session_back_kind, 25, 3);
static const kk_evtx_kind reached_kind = {
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
    "{c76baa63-ae81-421c-b425-340b4b24157f}",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    1149,
    0,
    0,
    4,
    0,
    TS_KEYWORDS,
    "EventXML",
    "Event_NS",
    reached_fields,
    COUNT(reached_fields)};
static const kk_evtx_kind service_kind = {"Service Control Manager",
                                          "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
                                          "System",
                                          7045,
                                          0,
                                          0,
                                          4,
                                          0,
                                          SCM_KEYWORDS,
                                          NULL,
                                          NULL,
                                          service_fields,
                                          COUNT(service_fields)};
static const kk_evtx_kind state_kind = {"Service Control Manager",
                                        "{555908d1-a6d7-4695-8e1e-26931d2012f4}",
                                        "System",
                                        7036,
                                        0,
                                        0,
                                        4,
                                        0,
                                        SCM_KEYWORDS,
                                        NULL,
                                        NULL,
                                        state_fields,
                                        COUNT(state_fields)};

enum { LOG_SECURITY, LOG_SYSTEM, LOG_SESSIONS, LOG_CONNECTIONS, LOGS };
static const char *const log_files[LOGS] = {
    "Security.evtx",
    "System.evtx",
    "Microsoft-Windows-TerminalServices-LocalSessionManager%4Operational.evtx",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx",
};

typedef struct {
    kk_time time;
    uint32_t order; /* told earlier first, at the same time */
    uint8_t log;
    const kk_evtx_kind *kind;
    kk_slice user;
    const kk_evtx_value *values;
} told_event;

struct kk_windows {
    kk_arena *arena;
    const char *computer, *domain;
    kk_dice dice;
    told_event *events;
    size_t event_count, event_capacity;
    uint64_t next_logon;
    uint32_t next_session, next_process;
    kk_time cleared_at;
};

static kk_evtx_value text(const char *value)
{
    return (kk_evtx_value){.text = kk_cstr(value)};
}

static kk_evtx_value number(uint64_t value)
{
    return (kk_evtx_value){.number = value};
}

kk_windows *kk_windows_open(kk_arena *arena, const char *computer, const char *domain,
                            uint64_t seed)
{
    kk_windows *host = KK_NEW(arena, kk_windows);
    host->arena = arena;
    host->computer = computer;
    host->domain = domain;
    host->dice = kk_dice_make(seed, computer);
    host->next_logon = 0x3e8000 + kk_dice_below(&host->dice, 0x10000);
    host->next_session = 2;
    host->next_process = 0x1a4;
    host->cleared_at = KK_NO_TIME;
    return host;
}

static void tell(kk_windows *host, uint8_t log, const kk_evtx_kind *kind, kk_time at, kk_slice user,
                 const kk_evtx_value *values)
{
    host->events = kk_grow(host->arena, host->events, &host->event_capacity, host->event_count + 1,
                           sizeof *host->events);
    kk_evtx_value *kept = KK_NEW_ARRAY(host->arena, kk_evtx_value, kind->field_count);
    memcpy(kept, values, kind->field_count * sizeof *kept);
    /* Windows counts in 100 ns; a little of it tells events of one second apart. */
    at += (kk_time)(host->event_count % 97) * 10100;
    host->events[host->event_count] =
        (told_event){at, (uint32_t)host->event_count, log, kind, user, kept};
    host->event_count++;
}

static kk_evtx_value sid_of(kk_windows *host, const kk_demo_account *account)
{
    if (account->rid == 0)
        return text("S-1-5-18");
    return (kk_evtx_value){.text = kk_print(host->arena, DOMAIN_SID "-%u", account->rid)};
}

static kk_evtx_value domain_of(const kk_windows *host, const kk_demo_account *account)
{
    return text(account->rid == 0 ? "NT AUTHORITY" : host->domain);
}

static kk_evtx_value port(kk_windows *host)
{
    return (kk_evtx_value){
        .text = kk_print(host->arena, "%u", 49152 + kk_dice_below(&host->dice, 16000))};
}

static uint64_t next_logon(kk_windows *host)
{
    return host->next_logon += 0x11 + kk_dice_below(&host->dice, 0x3000);
}

kk_logon kk_windows_logon(kk_windows *host, kk_time at, const kk_demo_account *account,
                          uint32_t type, const char *ip, const char *workstation)
{
    kk_logon logon = {account, next_logon(host), type, 0, ip};
    bool network = type == 3, service = type == 5;
    kk_evtx_value sid = sid_of(host, account);
    const kk_evtx_value values[COUNT(logon_fields)] = {
        network ? text("S-1-0-0") : text("S-1-5-18"),
        network
            ? text("-")
            : (kk_evtx_value){.text = kk_print(host->arena, "%.*s$",
                                               (int)strcspn(host->computer, "."), host->computer)},
        network ? text("-") : text(host->domain),
        number(network ? 0 : 0x3e7),
        sid,
        text(account->name),
        domain_of(host, account),
        number(service ? 0x3e7 : logon.logon_id),
        number(type),
        service   ? text("Advapi  ")
        : network ? text("NtLmSsp ")
                  : text("User32 "),
        network ? text("NTLM") : text("Negotiate"),
        text(workstation),
        text("{00000000-0000-0000-0000-000000000000}"),
        text("-"),
        text(network ? "NTLM V2" : "-"),
        number(network ? 128 : 0),
        number(network ? 0 : 0x2d4),
        text(network   ? "-"
             : service ? "C:\\Windows\\System32\\services.exe"
                       : "C:\\Windows\\System32\\svchost.exe"),
        text(ip),
        ip[0] == '-' ? text("-") : port(host),
        text("%%1833"),
        text("-"),
        text("-"),
        text("-"),
        text("%%1843"),
        number(0),
        text(account->admin ? "%%1842" : "%%1843"),
    };
    tell(host, LOG_SECURITY, &logon_kind, at, KK_NONE, values);
    if (account->admin) {
        const kk_evtx_value rights[COUNT(rights_fields)] = {
            sid, text(account->name), domain_of(host, account),
            number(service ? 0x3e7 : logon.logon_id),
            text("SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\t"
                 "SeTakeOwnershipPrivilege\n\t\t\tSeDebugPrivilege\n\t\t\tSeLoadDriverPrivilege")};
        tell(host, LOG_SECURITY, &rights_kind, at, KK_NONE, rights);
    }
    return logon;
}

void kk_windows_logoff(kk_windows *host, kk_time at, const kk_logon *logon)
{
    const kk_evtx_value values[COUNT(logoff_fields)] = {
        sid_of(host, logon->account), text(logon->account->name), domain_of(host, logon->account),
        number(logon->logon_id), number(logon->type)};
    tell(host, LOG_SECURITY, &logoff_kind, at, KK_NONE, values);
}

void kk_windows_denied(kk_windows *host, kk_time at, const char *name, const char *ip,
                       const char *workstation)
{
    const kk_evtx_value values[COUNT(denied_fields)] = {
        text("S-1-0-0"), text("-"),          text("-"),          number(0),
        text("S-1-0-0"), text(name),         text(host->domain), number(0xc000006d),
        text("%%2313"),  number(0xc000006a), number(3),          text("NtLmSsp "),
        text("NTLM"),    text(workstation),  text("-"),          text("-"),
        number(0),       number(0),          text("-"),          text(ip),
        port(host),
    };
    tell(host, LOG_SECURITY, &denied_kind, at, KK_NONE, values);
}

void kk_windows_explicit(kk_windows *host, kk_time at, const kk_logon *logon,
                         const char *target_user, const char *target_server)
{
    const kk_evtx_value values[COUNT(explicit_fields)] = {
        sid_of(host, logon->account),
        text(logon->account->name),
        domain_of(host, logon->account),
        number(logon->logon_id),
        text("{00000000-0000-0000-0000-000000000000}"),
        text(target_user),
        text(host->domain),
        text("{00000000-0000-0000-0000-000000000000}"),
        text(target_server),
        text(target_server),
        number(0x2d4),
        text("C:\\Windows\\System32\\lsass.exe"),
        text("-"),
        text("-"),
    };
    tell(host, LOG_SECURITY, &explicit_kind, at, KK_NONE, values);
}

void kk_windows_process(kk_windows *host, kk_time at, const kk_logon *logon, const char *executable,
                        const char *command_line, const char *parent)
{
    host->next_process += 4 * (1 + kk_dice_below(&host->dice, 40));
    const kk_evtx_value values[COUNT(process_fields)] = {
        sid_of(host, logon->account),
        text(logon->account->name),
        domain_of(host, logon->account),
        number(logon->logon_id),
        number(host->next_process),
        text(executable),
        text("%%1936"),
        number(0x11c8),
        text(command_line),
        text("S-1-0-0"),
        text("-"),
        text("-"),
        number(0),
        text(parent),
        text(logon->account->admin ? "S-1-16-12288" : "S-1-16-8192"),
    };
    tell(host, LOG_SECURITY, &process_kind, at, KK_NONE, values);
}

void kk_windows_share(kk_windows *host, kk_time at, const kk_logon *logon, const char *share,
                      const char *local)
{
    const kk_evtx_value values[COUNT(share_fields)] = {
        sid_of(host, logon->account),
        text(logon->account->name),
        domain_of(host, logon->account),
        number(logon->logon_id),
        text("File"),
        text(logon->ip),
        port(host),
        text(share),
        text(local),
        number(1),
        text("%%4416\n\t\t\t\t"),
    };
    tell(host, LOG_SECURITY, &share_kind, at, KK_NONE, values);
}

void kk_windows_service(kk_windows *host, kk_time at, const char *name, const char *path)
{
    const kk_evtx_value values[COUNT(service_fields)] = {text(name), text(path),
                                                         text("user mode service"),
                                                         text("demand start"), text("LocalSystem")};
    tell(host, LOG_SYSTEM, &service_kind, at, KK_S("S-1-5-18"), values);
}

void kk_windows_service_state(kk_windows *host, kk_time at, const char *name, bool running)
{
    const kk_evtx_value values[COUNT(state_fields)] = {text(name),
                                                       text(running ? "running" : "stopped")};
    tell(host, LOG_SYSTEM, &state_kind, at, KK_NONE, values);
}

void kk_windows_cleared(kk_windows *host, kk_time at, const kk_logon *logon)
{
    const kk_evtx_value values[COUNT(cleared_fields)] = {
        sid_of(host, logon->account), text(logon->account->name), domain_of(host, logon->account),
        number(logon->logon_id)};
    tell(host, LOG_SECURITY, &cleared_kind, at, KK_NONE, values);
    host->cleared_at = host->events[host->event_count - 1].time;
}

/* ---- remote desktop ---- */

static void tell_session(kk_windows *host, kk_time at, const kk_evtx_kind *kind,
                         const kk_logon *logon)
{
    const kk_evtx_value values[COUNT(session_fields)] = {
        {.text = kk_print(host->arena, "%s\\%s", host->domain, logon->account->name)},
        number(logon->session),
        text(logon->ip)};
    tell(host, LOG_SESSIONS, kind, at, KK_S("S-1-5-18"), values);
}

static void tell_reached(kk_windows *host, kk_time at, const kk_demo_account *account,
                         const char *ip)
{
    const kk_evtx_value values[COUNT(reached_fields)] = {text(account->name), text(host->domain),
                                                         text(ip)};
    tell(host, LOG_CONNECTIONS, &reached_kind, at, KK_S("S-1-5-20"), values);
}

kk_logon kk_windows_desktop(kk_windows *host, kk_time at, const kk_demo_account *account,
                            const char *ip, const char *workstation)
{
    kk_logon early = kk_windows_logon(host, at, account, 3, ip, workstation);
    kk_windows_logoff(host, at + 2 * KK_SECOND, &early);
    tell_reached(host, at + KK_SECOND / 100, account, ip);
    kk_logon logon = kk_windows_logon(host, at + 2 * KK_SECOND, account, 10, ip, workstation);
    logon.session = host->next_session++;
    tell_session(host, at + 2 * KK_SECOND + KK_SECOND / 5, &session_logon_kind, &logon);
    tell_session(host, at + 3 * KK_SECOND, &session_shell_kind, &logon);
    kk_windows_process(host, at + 3 * KK_SECOND, &logon, "C:\\Windows\\explorer.exe",
                       "C:\\Windows\\Explorer.EXE", "C:\\Windows\\System32\\userinit.exe");
    return logon;
}

void kk_windows_desktop_left(kk_windows *host, kk_time at, const kk_logon *logon)
{
    tell_session(host, at, &session_left_kind, logon);
}

void kk_windows_desktop_back(kk_windows *host, kk_time at, const kk_logon *logon)
{
    tell_reached(host, at, logon->account, logon->ip);
    tell_session(host, at + KK_SECOND, &session_back_kind, logon);
}

void kk_windows_desktop_end(kk_windows *host, kk_time at, const kk_logon *logon)
{
    tell_session(host, at, &session_logoff_kind, logon);
    kk_windows_logoff(host, at + KK_SECOND / 2, logon);
}

/* ---- the logs ---- */

static int by_time(const void *a, const void *b)
{
    const told_event *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static kk_slice write_log(kk_windows *host, uint8_t log)
{
    uint64_t first = log == LOG_SECURITY ? 184201 : log == LOG_SYSTEM ? 20611 : 1201;
    bool cleared = log == LOG_SECURITY && host->cleared_at != KK_NO_TIME;
    kk_evtx *file = kk_evtx_open(host->arena, kk_cstr(host->computer), cleared ? 1 : first);
    for (size_t i = 0; i < host->event_count; i++) {
        const told_event *e = &host->events[i];
        if (e->log != log || (cleared && e->time < host->cleared_at))
            continue;
        kk_evtx_add(file, e->kind, e->time, log == LOG_SECURITY ? 676 : 1244,
                    700 + (uint32_t)(i % 13) * 4, e->user, e->values);
    }
    return kk_evtx_finish(file, 0);
}

void kk_windows_to_disk(kk_windows *host, kk_disk *disk, kk_time made, kk_time last)
{
    qsort(host->events, host->event_count, sizeof *host->events, by_time);
    for (int log = 0; log < LOGS; log++) {
        kk_slice path = kk_print(host->arena, "Windows/System32/winevt/Logs/%s", log_files[log]);
        kk_disk_act *act = kk_disk_file(disk, made, path, write_log(host, (uint8_t)log));
        act->modified = act->accessed = last;
    }
}

kk_status kk_windows_save(kk_windows *host, kk_slice folder, kk_fault *fault)
{
    qsort(host->events, host->event_count, sizeof *host->events, by_time);
    for (int log = 0; log < LOGS; log++) {
        kk_slice path = kk_print(host->arena, "%.*s/%s", KK_P(folder), log_files[log]);
        kk_status status = kk_demo_save(path, write_log(host, (uint8_t)log), fault);
        if (status != KK_OK)
            return status;
    }
    return KK_OK;
}
