/* Windows events to columns, by one table. A row is found by event id and channel, and by provider
 * where other providers write the same id to the same channel. The first field of a row that has a
 * value wins its column. "-" and blanks are how Windows says that there is no value. */
#include "parse/evtx_columns.h"

typedef enum {
    SECURITY,
    SYSTEM,
    REMOTE_CONNECTION,
    LOCAL_SESSION,
    RDP_CORE,
    SYSMON,
    POWERSHELL,
    POWERSHELL_OLD,
    POWERSHELL_CORE,
    BITS,
    DEFENDER,
    TASKS,
    CHANNELS
} channel_id;

static const char *const channels[CHANNELS] = {
    [SECURITY] = "Security",
    [SYSTEM] = "System",
    [REMOTE_CONNECTION] = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    [LOCAL_SESSION] = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    [RDP_CORE] = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    [SYSMON] = "Microsoft-Windows-Sysmon/Operational",
    [POWERSHELL] = "Microsoft-Windows-PowerShell/Operational",
    [POWERSHELL_OLD] = "Windows PowerShell",
    [POWERSHELL_CORE] = "PowerShellCore/Operational",
    [BITS] = "Microsoft-Windows-Bits-Client/Operational",
    [DEFENDER] = "Microsoft-Windows-Windows Defender/Operational",
    [TASKS] = "Microsoft-Windows-TaskScheduler/Operational",
};

typedef enum {
    NOTHING,
    AS_TEXT,
    AS_NUMBER,
    AS_ADDRESS,
    AS_ACCOUNT,    /* DOMAIN\user or user@DOMAIN */
    AS_ENDPOINT,   /* address:port of the far end */
    AS_OBJECT,     /* a file or a registry key, by its ObjectType */
    AS_SHARE_PATH, /* ShareName and a path relative to it */
    AS_HASHES,     /* MD5=...,SHA256=... */
    AS_THREAT,     /* file:_C:\... */
    AS_CONTEXT,    /* lines of PowerShell about its host */
} how;

typedef struct {
    uint8_t how, column;
    const char *name;
} binding;

#define BINDINGS 16
typedef struct {
    uint16_t code;
    uint8_t channel;
    uint8_t outcome;
    const char *provider; /* NULL: any */
    const char *category, *action;
    binding bind[BINDINGS];
} meaning;

#define TEXT(COLUMN, field)                                                                        \
    {                                                                                              \
        AS_TEXT, KK_##COLUMN, field                                                                \
    }
#define NUMBER(COLUMN, field)                                                                      \
    {                                                                                              \
        AS_NUMBER, KK_##COLUMN, field                                                              \
    }
#define ADDRESS(COLUMN, field)                                                                     \
    {                                                                                              \
        AS_ADDRESS, KK_##COLUMN, field                                                             \
    }
#define ACCOUNT(field)                                                                             \
    {                                                                                              \
        AS_ACCOUNT, 0, field                                                                       \
    }
#define SUBJECT                                                                                    \
    TEXT(USER_NAME, "SubjectUserName"), TEXT(USER_DOMAIN, "SubjectDomainName"),                    \
        TEXT(USER_ID, "SubjectUserSid"), TEXT(SESSION_ID, "SubjectLogonId")
#define LOGGED_ON                                                                                  \
    TEXT(USER_NAME, "TargetUserName"), TEXT(USER_DOMAIN, "TargetDomainName"),                      \
        TEXT(USER_ID, "TargetUserSid"), TEXT(SESSION_ID, "TargetLogonId")
#define FROM ADDRESS(SOURCE_IP, "IpAddress"), NUMBER(SOURCE_PORT, "IpPort")
#define BY_PROCESS NUMBER(PROCESS_PID, "ProcessId"), TEXT(PROCESS_EXECUTABLE, "ProcessName")
#define MEMBER SUBJECT, TEXT(TARGET_USER, "MemberName"), TEXT(TARGET_USER, "MemberSid")
#define SESSION ACCOUNT("User"), TEXT(SESSION_ID, "SessionID"), ADDRESS(SOURCE_IP, "Address")
#define IMAGE ACCOUNT("User"), NUMBER(PROCESS_PID, "ProcessId"), TEXT(PROCESS_EXECUTABLE, "Image")
#define EVENTLOG "Microsoft-Windows-Eventlog"
#define OLD_EVENTLOG "EventLog"
#define SERVICES "Service Control Manager"

/* By code, then channel. Outcomes of the Security channel come from its keywords. */
static const meaning meanings[] = {
    {1,
     SYSMON,
     0,
     NULL,
     "process",
     "start",
     {IMAGE,
      TEXT(SESSION_ID, "LogonId"),
      TEXT(COMMAND_LINE, "CommandLine"),
      TEXT(PARENT_EXECUTABLE, "ParentImage"),
      {AS_HASHES, 0, "Hashes"}}},
    {3,
     SYSMON,
     0,
     NULL,
     "network",
     "connection",
     {IMAGE, ADDRESS(SOURCE_IP, "SourceIp"), NUMBER(SOURCE_PORT, "SourcePort"),
      TEXT(SOURCE_HOST, "SourceHostname"), ADDRESS(DESTINATION_IP, "DestinationIp"),
      NUMBER(DESTINATION_PORT, "DestinationPort"), TEXT(DESTINATION_HOST, "DestinationHostname")}},
    {11, SYSMON, 0, NULL, "file", "create", {IMAGE, TEXT(FILE_PATH, "TargetFilename")}},
    {12, SYSMON, 0, NULL, "registry", "key-change", {IMAGE, TEXT(REGISTRY_PATH, "TargetObject")}},
    {13, SYSMON, 0, NULL, "registry", "value-set", {IMAGE, TEXT(REGISTRY_PATH, "TargetObject")}},
    {21, LOCAL_SESSION, KK_SUCCESS, NULL, "authentication", "session-logon", {SESSION}},
    {22, LOCAL_SESSION, KK_SUCCESS, NULL, "session", "shell-start", {SESSION}},
    {22, SYSMON, 0, NULL, "network", "dns-query", {IMAGE, TEXT(DESTINATION_HOST, "QueryName")}},
    {23, LOCAL_SESSION, KK_SUCCESS, NULL, "session", "session-logoff", {SESSION}},
    {23,
     SYSMON,
     0,
     NULL,
     "file",
     "delete",
     {IMAGE, TEXT(FILE_PATH, "TargetFilename"), {AS_HASHES, 0, "Hashes"}}},
    {24, LOCAL_SESSION, 0, NULL, "session", "session-disconnect", {SESSION}},
    {25, LOCAL_SESSION, KK_SUCCESS, NULL, "authentication", "session-reconnect", {SESSION}},
    {39,
     LOCAL_SESSION,
     0,
     NULL,
     "session",
     "session-disconnect",
     {TEXT(SESSION_ID, "TargetSession")}},
    {40, LOCAL_SESSION, 0, NULL, "session", "session-disconnect", {TEXT(SESSION_ID, "Session")}},
    {59, BITS, 0, NULL, "network", "transfer-start", {TEXT(URL, "url")}},
    {60, BITS, 0, NULL, "network", "transfer-stop", {TEXT(URL, "url")}},
    {61, BITS, KK_FAILURE, NULL, "network", "transfer-stop", {TEXT(URL, "url")}},
    {104, SYSTEM, KK_SUCCESS, EVENTLOG, "configuration", "log-clear", {SUBJECT}},
    {106, TASKS, 0, NULL, "configuration", "task-create", {ACCOUNT("UserContext")}},
    {131, RDP_CORE, 0, NULL, "network", "connection", {{AS_ENDPOINT, 0, "ClientIP"}}},
    {140, RDP_CORE, KK_FAILURE, NULL, "authentication", "logon", {ADDRESS(SOURCE_IP, "IPString")}},
    {140, TASKS, 0, NULL, "configuration", "task-update", {ACCOUNT("UserName")}},
    {141, TASKS, 0, NULL, "configuration", "task-delete", {ACCOUNT("UserName")}},
    {200, TASKS, 0, NULL, "process", "task-start", {TEXT(PROCESS_EXECUTABLE, "ActionName")}},
    {400, POWERSHELL_OLD, 0, NULL, "process", "engine-start", {{AS_CONTEXT, 0, "Data"}}},
    {600, POWERSHELL_OLD, 0, NULL, "process", "provider-start", {{AS_CONTEXT, 0, "Data"}}},
    {800, POWERSHELL_OLD, 0, NULL, "process", "pipeline-run", {{AS_CONTEXT, 0, "Data"}}},
    {1102, SECURITY, KK_SUCCESS, EVENTLOG, "configuration", "log-clear", {SUBJECT}},
    {1116,
     DEFENDER,
     0,
     NULL,
     "malware",
     "threat-found",
     {ACCOUNT("Detection User"), {AS_THREAT, 0, "Path"}, TEXT(PROCESS_EXECUTABLE, "Process Name")}},
    {1117,
     DEFENDER,
     0,
     NULL,
     "malware",
     "threat-action",
     {ACCOUNT("Detection User"), {AS_THREAT, 0, "Path"}, TEXT(PROCESS_EXECUTABLE, "Process Name")}},
    {1149,
     REMOTE_CONNECTION,
     0,
     NULL,
     "authentication",
     "rdp-reached",
     {TEXT(USER_NAME, "Param1"), TEXT(USER_DOMAIN, "Param2"), ADDRESS(SOURCE_IP, "Param3")}},
    {4103, POWERSHELL, 0, NULL, "process", "module-run", {{AS_CONTEXT, 0, "ContextInfo"}}},
    {4103, POWERSHELL_CORE, 0, NULL, "process", "module-run", {{AS_CONTEXT, 0, "ContextInfo"}}},
    {4104, POWERSHELL, 0, NULL, "process", "script-block", {TEXT(FILE_PATH, "Path")}},
    {4104, POWERSHELL_CORE, 0, NULL, "process", "script-block", {TEXT(FILE_PATH, "Path")}},
    {4624,
     SECURITY,
     KK_SUCCESS,
     NULL,
     "authentication",
     "logon",
     {LOGGED_ON, FROM, TEXT(SOURCE_HOST, "WorkstationName"), BY_PROCESS}},
    {4625,
     SECURITY,
     KK_FAILURE,
     NULL,
     "authentication",
     "logon",
     {LOGGED_ON, FROM, TEXT(SOURCE_HOST, "WorkstationName"), BY_PROCESS}},
    {4634, SECURITY, 0, NULL, "authentication", "logoff", {LOGGED_ON}},
    {4647, SECURITY, 0, NULL, "authentication", "logoff", {LOGGED_ON}},
    {4648,
     SECURITY,
     0,
     NULL,
     "authentication",
     "explicit-logon",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName"), FROM,
      TEXT(DESTINATION_HOST, "TargetServerName"), BY_PROCESS}},
    {4656, SECURITY, 0, NULL, "file", "open", {SUBJECT, {AS_OBJECT, 0, "ObjectName"}, BY_PROCESS}},
    {4663,
     SECURITY,
     0,
     NULL,
     "file",
     "access",
     {SUBJECT, {AS_OBJECT, 0, "ObjectName"}, BY_PROCESS}},
    {4672, SECURITY, 0, NULL, "authentication", "special-privileges", {SUBJECT}},
    {4688,
     SECURITY,
     0,
     NULL,
     "process",
     "start",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName"), NUMBER(PROCESS_PID, "NewProcessId"),
      TEXT(PROCESS_EXECUTABLE, "NewProcessName"), TEXT(COMMAND_LINE, "CommandLine"),
      TEXT(PARENT_EXECUTABLE, "ParentProcessName")}},
    {4689, SECURITY, 0, NULL, "process", "end", {SUBJECT, BY_PROCESS}},
    {4697,
     SECURITY,
     0,
     NULL,
     "configuration",
     "service-install",
     {SUBJECT, TEXT(COMMAND_LINE, "ServiceFileName")}},
    {4698, SECURITY, 0, NULL, "configuration", "task-create", {SUBJECT}},
    {4702, SECURITY, 0, NULL, "configuration", "task-update", {SUBJECT}},
    {4720, SECURITY, 0, NULL, "iam", "user-create", {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4722, SECURITY, 0, NULL, "iam", "user-enable", {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4724,
     SECURITY,
     0,
     NULL,
     "iam",
     "password-reset",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4725,
     SECURITY,
     0,
     NULL,
     "iam",
     "user-disable",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4726, SECURITY, 0, NULL, "iam", "user-delete", {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4728, SECURITY, 0, NULL, "iam", "group-member-add", {MEMBER}},
    {4732, SECURITY, 0, NULL, "iam", "group-member-add", {MEMBER}},
    {4756, SECURITY, 0, NULL, "iam", "group-member-add", {MEMBER}},
    {4768,
     SECURITY,
     0,
     NULL,
     "authentication",
     "kerberos-ticket",
     {LOGGED_ON, TEXT(USER_ID, "TargetSid"), FROM}},
    {4769,
     SECURITY,
     0,
     NULL,
     "authentication",
     "kerberos-service-ticket",
     {ACCOUNT("TargetUserName"), TEXT(USER_DOMAIN, "TargetDomainName"),
      TEXT(TARGET_USER, "ServiceName"), FROM}},
    {4771,
     SECURITY,
     KK_FAILURE,
     NULL,
     "authentication",
     "kerberos-preauthentication",
     {LOGGED_ON, TEXT(USER_ID, "TargetSid"), FROM}},
    {4776,
     SECURITY,
     0,
     NULL,
     "authentication",
     "ntlm-validation",
     {LOGGED_ON, TEXT(SOURCE_HOST, "Workstation")}},
    {4778,
     SECURITY,
     0,
     NULL,
     "authentication",
     "session-reconnect",
     {TEXT(USER_NAME, "AccountName"), TEXT(USER_DOMAIN, "AccountDomain"),
      TEXT(SESSION_ID, "LogonID"), TEXT(SOURCE_HOST, "ClientName"),
      ADDRESS(SOURCE_IP, "ClientAddress")}},
    {4779,
     SECURITY,
     0,
     NULL,
     "session",
     "session-disconnect",
     {TEXT(USER_NAME, "AccountName"), TEXT(USER_DOMAIN, "AccountDomain"),
      TEXT(SESSION_ID, "LogonID"), TEXT(SOURCE_HOST, "ClientName"),
      ADDRESS(SOURCE_IP, "ClientAddress")}},
    {5001, DEFENDER, 0, NULL, "configuration", "protection-disable", {{0}}},
    {5140,
     SECURITY,
     0,
     NULL,
     "file",
     "share-access",
     {SUBJECT, FROM, TEXT(FILE_PATH, "ShareName")}},
    {5145,
     SECURITY,
     0,
     NULL,
     "file",
     "share-file-access",
     {SUBJECT, FROM, {AS_SHARE_PATH, 0, "RelativeTargetName"}, TEXT(FILE_PATH, "ShareName")}},
    {5156,
     SECURITY,
     0,
     NULL,
     "network",
     "connection",
     {NUMBER(PROCESS_PID, "ProcessID"), TEXT(PROCESS_EXECUTABLE, "Application"),
      ADDRESS(SOURCE_IP, "SourceAddress"), NUMBER(SOURCE_PORT, "SourcePort"),
      ADDRESS(DESTINATION_IP, "DestAddress"), NUMBER(DESTINATION_PORT, "DestPort")}},
    {6005, SYSTEM, 0, OLD_EVENTLOG, "host", "log-start", {{0}}},
    {6006, SYSTEM, 0, OLD_EVENTLOG, "host", "log-stop", {{0}}},
    {6008, SYSTEM, 0, OLD_EVENTLOG, "host", "unexpected-shutdown", {{0}}},
    {6013, SYSTEM, 0, OLD_EVENTLOG, "host", "uptime", {{0}}},
    {7036, SYSTEM, 0, SERVICES, "process", "service-state", {{0}}},
    {7040, SYSTEM, 0, SERVICES, "configuration", "service-start-type", {{0}}},
    {7045,
     SYSTEM,
     0,
     SERVICES,
     "configuration",
     "service-install",
     {TEXT(COMMAND_LINE, "ImagePath")}},
};

/* For all other events of these two: who did it, and with what. */
static const meaning other_security = {
    0,
    SECURITY,
    0,
    NULL,
    NULL,
    NULL,
    {SUBJECT, TEXT(TARGET_USER, "TargetUserName"), FROM, BY_PROCESS}};
static const meaning other_sysmon = {0, SYSMON, 0, NULL, NULL, NULL, {IMAGE}};

#define MEANINGS (sizeof meanings / sizeof *meanings)

struct kk_evtx_columns {
    kk_binxml *xml;
    uint16_t watch[MEANINGS + 2][BINDINGS];
    uint16_t object_type, share_name, rendered;
};

static void watch_all(kk_evtx_columns *c, size_t row, const meaning *m)
{
    for (size_t i = 0; i < BINDINGS && m->bind[i].how; i++)
        c->watch[row][i] = kk_binxml_watch(c->xml, m->bind[i].name);
}

kk_evtx_columns *kk_evtx_columns_open(kk_arena *arena, kk_binxml *xml)
{
    kk_evtx_columns *c = KK_NEW(arena, kk_evtx_columns);
    c->xml = xml;
    for (size_t i = 0; i < MEANINGS; i++)
        watch_all(c, i, &meanings[i]);
    watch_all(c, MEANINGS, &other_security);
    watch_all(c, MEANINGS + 1, &other_sysmon);
    c->object_type = kk_binxml_watch(xml, "ObjectType");
    c->share_name = kk_binxml_watch(xml, "ShareName");
    c->rendered = kk_binxml_watch(xml, "RenderingInfo.Message");
    return c;
}

static bool is_channel(kk_slice channel, channel_id id)
{
    return kk_eq_nocase(channel, kk_cstr(channels[id]));
}

static const meaning *find_meaning(uint64_t code, kk_slice channel, kk_slice provider)
{
    size_t low = 0, high = MEANINGS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (meanings[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < MEANINGS && meanings[low].code == code; low++) {
        const meaning *m = &meanings[low];
        if (is_channel(channel, m->channel) &&
            (!m->provider || kk_eq_nocase(provider, kk_cstr(m->provider))))
            return m;
    }
    if (is_channel(channel, SECURITY))
        return &other_security;
    return is_channel(channel, SYSMON) ? &other_sysmon : NULL;
}

static bool no_value(kk_slice value)
{
    return !value.len || (value.len == 1 && value.ptr[0] == '-') || !kk_trim(value).len;
}

static void set_text(kk_event *e, kk_text_field column, kk_slice value)
{
    bool nobody = (column == KK_USER_ID && kk_is(value, "S-1-0-0")) ||
                  (column == KK_SESSION_ID && kk_is(value, "0x0")) ||
                  (column == KK_PROCESS_EXECUTABLE && kk_is(value, "Unknown"));
    if (!e->text[column].len && !no_value(value) && !nobody)
        e->text[column] = value;
}

/* Decimal or 0x...; ports and process ids of 0 say that there is none. */
static void set_number(kk_event *e, kk_number_field column, kk_slice value)
{
    uint64_t number;
    kk_xml_value v = {(const uint8_t *)value.ptr, (uint32_t)value.len, KK_XML_UTF8};
    if (!no_value(value) && kk_xml_number(v, &number) && number)
        kk_set_number(e, column, number);
}

static bool is_ipv4(kk_slice s)
{
    int dots = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.')
            dots++;
        else if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    }
    return dots == 3 && s.len >= 7 && s.len <= 15;
}

static bool is_ipv6(kk_slice s)
{
    int colons = 0;
    kk_slice bare = kk_part(s, 0, kk_find_byte(s, '%')); /* without its interface */
    for (size_t i = 0; i < bare.len; i++) {
        char c = bare.ptr[i], lower = (char)(c | 0x20);
        if (c == ':')
            colons++;
        else if (c != '.' && !(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'f'))
            return false;
    }
    return colons >= 2 && s.len <= 60;
}

/* "LOCAL" and host names are no addresses; a mapped IPv4 address is shown as one. */
static void set_address(kk_event *e, kk_text_field column, kk_slice value)
{
    const kk_slice mapped = KK_S("::ffff:");
    value = kk_trim(value);
    if (value.len > mapped.len && kk_eq_nocase(kk_part(value, 0, mapped.len), mapped) &&
        is_ipv4(kk_from(value, mapped.len)))
        value = kk_from(value, mapped.len);
    if (is_ipv4(value) || is_ipv6(value))
        set_text(e, column, value);
}

static void set_account(kk_event *e, kk_slice value)
{
    size_t bar = kk_find_byte(value, '\\'), at = kk_rfind_byte(value, '@');
    if (bar != KK_NOWHERE) {
        set_text(e, KK_USER_DOMAIN, kk_part(value, 0, bar));
        set_text(e, KK_USER_NAME, kk_from(value, bar + 1));
    } else if (at != KK_NOWHERE && at) {
        set_text(e, KK_USER_DOMAIN, kk_from(value, at + 1));
        set_text(e, KK_USER_NAME, kk_part(value, 0, at));
    } else {
        set_text(e, KK_USER_NAME, value);
    }
}

/* 203.0.113.5:51234 or [2001:db8::5]:51234 */
static void set_endpoint(kk_event *e, kk_slice value)
{
    size_t colon = kk_rfind_byte(value, ':');
    kk_slice address = value;
    if (value.len && value.ptr[0] == '[') {
        size_t close = kk_find_byte(value, ']');
        address = kk_part(value, 1, close == KK_NOWHERE ? SIZE_MAX : close - 1);
        if (close == KK_NOWHERE || colon == KK_NOWHERE || colon < close)
            colon = KK_NOWHERE;
    } else if (colon != KK_NOWHERE && kk_find_byte(value, ':') == colon) {
        address = kk_part(value, 0, colon);
    } else {
        colon = KK_NOWHERE;
    }
    set_address(e, KK_SOURCE_IP, address);
    if (colon != KK_NOWHERE)
        set_number(e, KK_SOURCE_PORT, kk_from(value, colon + 1));
}

static void set_object(const kk_evtx_columns *c, kk_event *e, kk_slice value)
{
    kk_slice type = KK_NONE;
    kk_binxml_watched(c->xml, c->object_type, &type);
    if (kk_is(type, "Key")) {
        set_text(e, KK_REGISTRY_PATH, value);
        e->text[KK_CATEGORY] = KK_S("registry");
    } else if (kk_is(type, "File") || !type.len) {
        set_text(e, KK_FILE_PATH, value);
    } else {
        e->text[KK_CATEGORY] = KK_S("object");
    }
}

static void set_share_path(const kk_evtx_columns *c, kk_event *e, kk_slice value, kk_arena *arena)
{
    kk_slice share = KK_NONE;
    if (no_value(value) || !kk_binxml_watched(c->xml, c->share_name, &share) || no_value(share))
        return;
    bool barred = value.ptr[0] == '\\' || kk_ends(share, KK_S("\\"));
    kk_slice root = barred ? share : kk_join(arena, share, KK_S("\\"));
    set_text(e, KK_FILE_PATH, kk_join(arena, root, value));
}

static void set_hashes(kk_event *e, kk_slice value)
{
    kk_slice rest = value, part, label = KK_S("SHA256=");
    while (kk_split(&rest, ',', &part))
        if (kk_starts(part, label) && part.len == label.len + 64)
            set_text(e, KK_FILE_SHA256, kk_from(part, label.len));
}

static void set_threat(kk_event *e, kk_slice value)
{
    kk_slice rest = value, part, label = KK_S("file:_");
    while (kk_split(&rest, ';', &part)) {
        part = kk_trim(part);
        if (kk_starts(part, label))
            set_text(e, KK_FILE_PATH, kk_from(part, label.len));
    }
}

/* Lines such as "Host Application = powershell.exe ..." and "HostApplication=...". */
static void context_line(kk_event *e, kk_slice line)
{
    static const char *const host[] = {"HostApplication", "Host Application",
                                       "ホスト アプリケーション"};
    static const char *const user[] = {"UserId", "User", "ユーザー"};
    size_t at = kk_find_byte(line, '=');
    if (at == KK_NOWHERE)
        return;
    kk_slice key = kk_trim(kk_part(line, 0, at)), value = kk_trim(kk_from(line, at + 1));
    for (size_t i = 0; i < 3; i++) {
        if (kk_is(key, host[i]))
            set_text(e, KK_COMMAND_LINE, value);
        if (kk_is(key, user[i]))
            set_account(e, value);
    }
}

/* All fields of the name: the old channel has several without one. */
static void set_context(kk_event *e, const char *name)
{
    for (size_t i = 0; i < e->more_count; i++) {
        kk_slice rest = e->more[i].value, line;
        if (!kk_is(e->more[i].name, name))
            continue;
        while (kk_split(&rest, '\n', &line))
            context_line(e, line);
    }
}

static void bind(const kk_evtx_columns *c, const binding *b, kk_slice value, kk_arena *arena,
                 kk_event *e)
{
    switch (b->how) {
    case AS_TEXT:
        set_text(e, b->column, value);
        break;
    case AS_NUMBER:
        set_number(e, b->column, value);
        break;
    case AS_ADDRESS:
        set_address(e, b->column, value);
        break;
    case AS_ACCOUNT:
        set_account(e, value);
        break;
    case AS_ENDPOINT:
        set_endpoint(e, value);
        break;
    case AS_OBJECT:
        set_object(c, e, value);
        break;
    case AS_SHARE_PATH:
        set_share_path(c, e, value, arena);
        break;
    case AS_HASHES:
        set_hashes(e, value);
        break;
    case AS_THREAT:
        set_threat(e, value);
        break;
    case AS_CONTEXT:
        set_context(e, b->name);
        break;
    default:
        break;
    }
}

static kk_outcome outcome_of(const meaning *m, uint64_t keywords)
{
    if (m->outcome)
        return (kk_outcome)m->outcome;
    if (m->channel == SECURITY && keywords & UINT64_C(0x10000000000000))
        return KK_FAILURE;
    if (m->channel == SECURITY && keywords & UINT64_C(0x20000000000000))
        return KK_SUCCESS;
    return KK_OUTCOME_NONE;
}

static kk_slice base_name(kk_slice path)
{
    size_t bar = kk_rfind_byte(path, '\\'), slash = kk_rfind_byte(path, '/');
    if (bar == KK_NOWHERE || (slash != KK_NOWHERE && slash > bar))
        bar = slash;
    return bar == KK_NOWHERE ? path : kk_from(path, bar + 1);
}

void kk_evtx_columns_fill(const kk_evtx_columns *c, uint64_t code, uint64_t keywords,
                          kk_slice channel, kk_arena *arena, kk_event *e)
{
    kk_slice value;
    if (kk_binxml_watched(c->xml, c->rendered, &value))
        set_text(e, KK_MESSAGE, value);
    const meaning *m = find_meaning(code, channel, e->text[KK_PROVIDER]);
    if (!m)
        return;
    size_t row = m == &other_security ? MEANINGS
                 : m == &other_sysmon ? MEANINGS + 1
                                      : (size_t)(m - meanings);
    e->text[KK_CATEGORY] = kk_cstr(m->category);
    e->text[KK_ACTION] = kk_cstr(m->action);
    e->outcome = outcome_of(m, keywords);
    for (size_t i = 0; i < BINDINGS && m->bind[i].how; i++)
        if (kk_binxml_watched(c->xml, c->watch[row][i], &value))
            bind(c, &m->bind[i], value, arena, e);
    e->text[KK_PROCESS_NAME] = base_name(e->text[KK_PROCESS_EXECUTABLE]);
}
