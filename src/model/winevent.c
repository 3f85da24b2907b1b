/* By code, then channel; a provider where other providers write the same id to the same channel. */
#include "model/winevent.h"

#include "base/sorted.h"

static const char *const channels[KK_WIN_CHANNELS] = {
    [KK_WIN_SECURITY] = "Security",
    [KK_WIN_SYSTEM] = "System",
    [KK_WIN_REMOTE_CONNECTION] =
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    [KK_WIN_LOCAL_SESSION] = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    [KK_WIN_REMOTE_CONNECTION_ADMIN] =
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin",
    [KK_WIN_RDP_CLIENT] = "Microsoft-Windows-TerminalServices-RDPClient/Operational",
    [KK_WIN_RDP_GATEWAY] = "Microsoft-Windows-TerminalServices-Gateway/Operational",
    [KK_WIN_RDP_CORE] = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    [KK_WIN_SYSMON] = "Microsoft-Windows-Sysmon/Operational",
    [KK_WIN_POWERSHELL] = "Microsoft-Windows-PowerShell/Operational",
    [KK_WIN_POWERSHELL_OLD] = "Windows PowerShell",
    [KK_WIN_POWERSHELL_CORE] = "PowerShellCore/Operational",
    [KK_WIN_BITS] = "Microsoft-Windows-Bits-Client/Operational",
    [KK_WIN_DEFENDER] = "Microsoft-Windows-Windows Defender/Operational",
    [KK_WIN_TASKS] = "Microsoft-Windows-TaskScheduler/Operational",
};

#define TEXT(COLUMN, field)                                                                        \
    {                                                                                              \
        KK_WIN_AS_TEXT, KK_##COLUMN, field                                                         \
    }
#define NUMBER(COLUMN, field)                                                                      \
    {                                                                                              \
        KK_WIN_AS_NUMBER, KK_##COLUMN, field                                                       \
    }
#define ADDRESS(COLUMN, field)                                                                     \
    {                                                                                              \
        KK_WIN_AS_ADDRESS, KK_##COLUMN, field                                                      \
    }
#define ACCOUNT(field)                                                                             \
    {                                                                                              \
        KK_WIN_AS_ACCOUNT, 0, field                                                                \
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
#define GATEWAY                                                                                    \
    ACCOUNT("Username"), {KK_WIN_AS_ENDPOINT, 0, "IpAddress"}, TEXT(DESTINATION_HOST, "Resource")
#define POLICY                                                                                     \
    SUBJECT, ADDRESS(SOURCE_IP, "CallingStationID"), TEXT(SOURCE_HOST, "CallingStationID"),        \
        TEXT(DESTINATION_HOST, "NASIdentifier")
#define EVENTLOG "Microsoft-Windows-Eventlog"
#define OLD_EVENTLOG "EventLog"
#define SERVICES "Service Control Manager"

/* By code, then channel. Outcomes of the Security channel come from its keywords. */
static const kk_win_meaning meanings[] = {
    {1,
     KK_WIN_SYSMON,
     0,
     NULL,
     "process",
     "start",
     {IMAGE,
      TEXT(SESSION_ID, "LogonId"),
      TEXT(COMMAND_LINE, "CommandLine"),
      TEXT(PARENT_EXECUTABLE, "ParentImage"),
      {KK_WIN_AS_HASHES, 0, "Hashes"}}},
    {3,
     KK_WIN_SYSMON,
     0,
     NULL,
     "network",
     "connection",
     {IMAGE, ADDRESS(SOURCE_IP, "SourceIp"), NUMBER(SOURCE_PORT, "SourcePort"),
      TEXT(SOURCE_HOST, "SourceHostname"), ADDRESS(DESTINATION_IP, "DestinationIp"),
      NUMBER(DESTINATION_PORT, "DestinationPort"), TEXT(DESTINATION_HOST, "DestinationHostname")}},
    {11, KK_WIN_SYSMON, 0, NULL, "file", "create", {IMAGE, TEXT(FILE_PATH, "TargetFilename")}},
    {12,
     KK_WIN_SYSMON,
     0,
     NULL,
     "registry",
     "key-change",
     {IMAGE, TEXT(REGISTRY_PATH, "TargetObject")}},
    {13,
     KK_WIN_SYSMON,
     0,
     NULL,
     "registry",
     "value-set",
     {IMAGE, TEXT(REGISTRY_PATH, "TargetObject")}},
    {21, KK_WIN_LOCAL_SESSION, KK_SUCCESS, NULL, "authentication", "session-logon", {SESSION}},
    {22, KK_WIN_LOCAL_SESSION, KK_SUCCESS, NULL, "session", "shell-start", {SESSION}},
    {22,
     KK_WIN_SYSMON,
     0,
     NULL,
     "network",
     "dns-query",
     {IMAGE, TEXT(DESTINATION_HOST, "QueryName")}},
    {23, KK_WIN_LOCAL_SESSION, KK_SUCCESS, NULL, "session", "session-logoff", {SESSION}},
    {23,
     KK_WIN_SYSMON,
     0,
     NULL,
     "file",
     "delete",
     {IMAGE, TEXT(FILE_PATH, "TargetFilename"), {KK_WIN_AS_HASHES, 0, "Hashes"}}},
    {24, KK_WIN_LOCAL_SESSION, 0, NULL, "session", "session-disconnect", {SESSION}},
    {25, KK_WIN_LOCAL_SESSION, KK_SUCCESS, NULL, "authentication", "session-reconnect", {SESSION}},
    {39,
     KK_WIN_LOCAL_SESSION,
     0,
     NULL,
     "session",
     "session-disconnect",
     {TEXT(SESSION_ID, "TargetSession")}},
    {40,
     KK_WIN_LOCAL_SESSION,
     0,
     NULL,
     "session",
     "session-disconnect",
     {TEXT(SESSION_ID, "Session")}},
    {59, KK_WIN_BITS, 0, NULL, "network", "transfer-start", {TEXT(URL, "url")}},
    {60, KK_WIN_BITS, 0, NULL, "network", "transfer-stop", {TEXT(URL, "url")}},
    {61, KK_WIN_BITS, KK_FAILURE, NULL, "network", "transfer-stop", {TEXT(URL, "url")}},
    {104, KK_WIN_SYSTEM, KK_SUCCESS, EVENTLOG, "configuration", "log-clear", {SUBJECT}},
    {106, KK_WIN_TASKS, 0, NULL, "configuration", "task-create", {ACCOUNT("UserContext")}},
    {131, KK_WIN_RDP_CORE, 0, NULL, "network", "connection", {{KK_WIN_AS_ENDPOINT, 0, "ClientIP"}}},
    {140,
     KK_WIN_RDP_CORE,
     KK_FAILURE,
     NULL,
     "authentication",
     "logon",
     {ADDRESS(SOURCE_IP, "IPString")}},
    {140, KK_WIN_TASKS, 0, NULL, "configuration", "task-update", {ACCOUNT("UserName")}},
    {141, KK_WIN_TASKS, 0, NULL, "configuration", "task-delete", {ACCOUNT("UserName")}},
    {200, KK_WIN_TASKS, 0, NULL, "process", "task-start", {TEXT(PROCESS_EXECUTABLE, "ActionName")}},
    {201, KK_WIN_RDP_GATEWAY, KK_FAILURE, NULL, "authentication", "gateway-connect", {GATEWAY}},
    {301, KK_WIN_RDP_GATEWAY, KK_FAILURE, NULL, "authentication", "gateway-connect", {GATEWAY}},
    {302, KK_WIN_RDP_GATEWAY, KK_SUCCESS, NULL, "authentication", "gateway-connect", {GATEWAY}},
    {303,
     KK_WIN_RDP_GATEWAY,
     0,
     NULL,
     "session",
     "gateway-disconnect",
     {GATEWAY, NUMBER(SOURCE_BYTES, "BytesTransfered"),
      NUMBER(DESTINATION_BYTES, "BytesReceived")}},
    {304, KK_WIN_RDP_GATEWAY, KK_FAILURE, NULL, "authentication", "gateway-connect", {GATEWAY}},
    {400,
     KK_WIN_POWERSHELL_OLD,
     0,
     NULL,
     "process",
     "engine-start",
     {{KK_WIN_AS_CONTEXT, 0, "Data"}}},
    {600,
     KK_WIN_POWERSHELL_OLD,
     0,
     NULL,
     "process",
     "provider-start",
     {{KK_WIN_AS_CONTEXT, 0, "Data"}}},
    {800,
     KK_WIN_POWERSHELL_OLD,
     0,
     NULL,
     "process",
     "pipeline-run",
     {{KK_WIN_AS_CONTEXT, 0, "Data"}}},
    {1024,
     KK_WIN_RDP_CLIENT,
     0,
     NULL,
     "session",
     "rdp-client-connect",
     {TEXT(DESTINATION_HOST, "Value")}},
    {1025, KK_WIN_RDP_CLIENT, 0, NULL, "session", "rdp-client-connected", {{0}}},
    {1026, KK_WIN_RDP_CLIENT, 0, NULL, "session", "rdp-client-disconnected", {{0}}},
    {1027,
     KK_WIN_RDP_CLIENT,
     0,
     NULL,
     "session",
     "rdp-client-logon",
     {TEXT(SESSION_ID, "SessionId"), TEXT(USER_DOMAIN, "DomainName")}},
    {1102, KK_WIN_SECURITY, KK_SUCCESS, EVENTLOG, "configuration", "log-clear", {SUBJECT}},
    {1102,
     KK_WIN_RDP_CLIENT,
     0,
     NULL,
     "session",
     "rdp-client-connect",
     {ADDRESS(DESTINATION_IP, "Value"), TEXT(DESTINATION_HOST, "Value")}},
    {1116,
     KK_WIN_DEFENDER,
     0,
     NULL,
     "malware",
     "threat-found",
     {ACCOUNT("Detection User"),
      {KK_WIN_AS_THREAT, 0, "Path"},
      TEXT(PROCESS_EXECUTABLE, "Process Name")}},
    {1117,
     KK_WIN_DEFENDER,
     0,
     NULL,
     "malware",
     "threat-action",
     {ACCOUNT("Detection User"),
      {KK_WIN_AS_THREAT, 0, "Path"},
      TEXT(PROCESS_EXECUTABLE, "Process Name")}},
    {1149,
     KK_WIN_REMOTE_CONNECTION,
     0,
     NULL,
     "authentication",
     "rdp-reached",
     {TEXT(USER_NAME, "Param1"), TEXT(USER_DOMAIN, "Param2"), ADDRESS(SOURCE_IP, "Param3")}},
    {1158,
     KK_WIN_REMOTE_CONNECTION_ADMIN,
     0,
     NULL,
     "network",
     "connection",
     {ADDRESS(SOURCE_IP, "Param1")}},
    {4103,
     KK_WIN_POWERSHELL,
     0,
     NULL,
     "process",
     "module-run",
     {{KK_WIN_AS_CONTEXT, 0, "ContextInfo"}}},
    {4103,
     KK_WIN_POWERSHELL_CORE,
     0,
     NULL,
     "process",
     "module-run",
     {{KK_WIN_AS_CONTEXT, 0, "ContextInfo"}}},
    {4104, KK_WIN_POWERSHELL, 0, NULL, "process", "script-block", {TEXT(FILE_PATH, "Path")}},
    {4104, KK_WIN_POWERSHELL_CORE, 0, NULL, "process", "script-block", {TEXT(FILE_PATH, "Path")}},
    {4624,
     KK_WIN_SECURITY,
     KK_SUCCESS,
     NULL,
     "authentication",
     "logon",
     {LOGGED_ON, FROM, TEXT(SOURCE_HOST, "WorkstationName"), BY_PROCESS}},
    {4625,
     KK_WIN_SECURITY,
     KK_FAILURE,
     NULL,
     "authentication",
     "logon",
     {LOGGED_ON, FROM, TEXT(SOURCE_HOST, "WorkstationName"), BY_PROCESS}},
    {4634, KK_WIN_SECURITY, 0, NULL, "authentication", "logoff", {LOGGED_ON}},
    {4647, KK_WIN_SECURITY, 0, NULL, "authentication", "logoff", {LOGGED_ON}},
    {4648,
     KK_WIN_SECURITY,
     0,
     NULL,
     "authentication",
     "explicit-logon",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName"), FROM,
      TEXT(DESTINATION_HOST, "TargetServerName"), BY_PROCESS}},
    {4656,
     KK_WIN_SECURITY,
     0,
     NULL,
     "file",
     "open",
     {SUBJECT, {KK_WIN_AS_OBJECT, 0, "ObjectName"}, BY_PROCESS}},
    {4663,
     KK_WIN_SECURITY,
     0,
     NULL,
     "file",
     "access",
     {SUBJECT, {KK_WIN_AS_OBJECT, 0, "ObjectName"}, BY_PROCESS}},
    {4672, KK_WIN_SECURITY, 0, NULL, "authentication", "special-privileges", {SUBJECT}},
    {4688,
     KK_WIN_SECURITY,
     0,
     NULL,
     "process",
     "start",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName"), NUMBER(PROCESS_PID, "NewProcessId"),
      TEXT(PROCESS_EXECUTABLE, "NewProcessName"), TEXT(COMMAND_LINE, "CommandLine"),
      TEXT(PARENT_EXECUTABLE, "ParentProcessName")}},
    {4689, KK_WIN_SECURITY, 0, NULL, "process", "end", {SUBJECT, BY_PROCESS}},
    {4697,
     KK_WIN_SECURITY,
     0,
     NULL,
     "configuration",
     "service-install",
     {SUBJECT, TEXT(COMMAND_LINE, "ServiceFileName")}},
    {4698, KK_WIN_SECURITY, 0, NULL, "configuration", "task-create", {SUBJECT}},
    {4702, KK_WIN_SECURITY, 0, NULL, "configuration", "task-update", {SUBJECT}},
    {4720,
     KK_WIN_SECURITY,
     0,
     NULL,
     "iam",
     "user-create",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4722,
     KK_WIN_SECURITY,
     0,
     NULL,
     "iam",
     "user-enable",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4724,
     KK_WIN_SECURITY,
     0,
     NULL,
     "iam",
     "password-reset",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4725,
     KK_WIN_SECURITY,
     0,
     NULL,
     "iam",
     "user-disable",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4726,
     KK_WIN_SECURITY,
     0,
     NULL,
     "iam",
     "user-delete",
     {SUBJECT, TEXT(TARGET_USER, "TargetUserName")}},
    {4728, KK_WIN_SECURITY, 0, NULL, "iam", "group-member-add", {MEMBER}},
    {4732, KK_WIN_SECURITY, 0, NULL, "iam", "group-member-add", {MEMBER}},
    {4756, KK_WIN_SECURITY, 0, NULL, "iam", "group-member-add", {MEMBER}},
    {4768,
     KK_WIN_SECURITY,
     0,
     NULL,
     "authentication",
     "kerberos-ticket",
     {LOGGED_ON, TEXT(USER_ID, "TargetSid"), FROM}},
    {4769,
     KK_WIN_SECURITY,
     0,
     NULL,
     "authentication",
     "kerberos-service-ticket",
     {ACCOUNT("TargetUserName"), TEXT(USER_DOMAIN, "TargetDomainName"),
      TEXT(TARGET_USER, "ServiceName"), FROM}},
    {4771,
     KK_WIN_SECURITY,
     KK_FAILURE,
     NULL,
     "authentication",
     "kerberos-preauthentication",
     {LOGGED_ON, TEXT(USER_ID, "TargetSid"), FROM}},
    {4776,
     KK_WIN_SECURITY,
     0,
     NULL,
     "authentication",
     "ntlm-validation",
     {LOGGED_ON, TEXT(SOURCE_HOST, "Workstation")}},
    {4778,
     KK_WIN_SECURITY,
     0,
     NULL,
     "authentication",
     "session-reconnect",
     {TEXT(USER_NAME, "AccountName"), TEXT(USER_DOMAIN, "AccountDomain"),
      TEXT(SESSION_ID, "LogonID"), TEXT(SOURCE_HOST, "ClientName"),
      ADDRESS(SOURCE_IP, "ClientAddress")}},
    {4779,
     KK_WIN_SECURITY,
     0,
     NULL,
     "session",
     "session-disconnect",
     {TEXT(USER_NAME, "AccountName"), TEXT(USER_DOMAIN, "AccountDomain"),
      TEXT(SESSION_ID, "LogonID"), TEXT(SOURCE_HOST, "ClientName"),
      ADDRESS(SOURCE_IP, "ClientAddress")}},
    {5001, KK_WIN_DEFENDER, 0, NULL, "configuration", "protection-disable", {{0}}},
    {5140,
     KK_WIN_SECURITY,
     0,
     NULL,
     "file",
     "share-access",
     {SUBJECT, FROM, TEXT(FILE_PATH, "ShareName")}},
    {5145,
     KK_WIN_SECURITY,
     0,
     NULL,
     "file",
     "share-file-access",
     {SUBJECT,
      FROM,
      {KK_WIN_AS_SHARE_PATH, 0, "RelativeTargetName"},
      TEXT(FILE_PATH, "ShareName")}},
    {5156,
     KK_WIN_SECURITY,
     0,
     NULL,
     "network",
     "connection",
     {NUMBER(PROCESS_PID, "ProcessID"), TEXT(PROCESS_EXECUTABLE, "Application"),
      ADDRESS(SOURCE_IP, "SourceAddress"), NUMBER(SOURCE_PORT, "SourcePort"),
      ADDRESS(DESTINATION_IP, "DestAddress"), NUMBER(DESTINATION_PORT, "DestPort")}},
    {6005, KK_WIN_SYSTEM, 0, OLD_EVENTLOG, "host", "log-start", {{0}}},
    {6006, KK_WIN_SYSTEM, 0, OLD_EVENTLOG, "host", "log-stop", {{0}}},
    {6008, KK_WIN_SYSTEM, 0, OLD_EVENTLOG, "host", "unexpected-shutdown", {{0}}},
    {6013, KK_WIN_SYSTEM, 0, OLD_EVENTLOG, "host", "uptime", {{0}}},
    {6272, KK_WIN_SECURITY, KK_SUCCESS, NULL, "authentication", "network-access", {POLICY}},
    {6273, KK_WIN_SECURITY, KK_FAILURE, NULL, "authentication", "network-access", {POLICY}},
    {6274, KK_WIN_SECURITY, KK_FAILURE, NULL, "authentication", "network-access", {POLICY}},
    {7036, KK_WIN_SYSTEM, 0, SERVICES, "process", "service-state", {{0}}},
    {7040, KK_WIN_SYSTEM, 0, SERVICES, "configuration", "service-start-type", {{0}}},
    {7045,
     KK_WIN_SYSTEM,
     0,
     SERVICES,
     "configuration",
     "service-install",
     {TEXT(COMMAND_LINE, "ImagePath")}},
};

/* For all other events of these two: who did it, and with what. */
static const kk_win_meaning other_security = {
    0,
    KK_WIN_SECURITY,
    0,
    NULL,
    NULL,
    NULL,
    {SUBJECT, TEXT(TARGET_USER, "TargetUserName"), FROM, BY_PROCESS}};
static const kk_win_meaning other_sysmon = {0, KK_WIN_SYSMON, 0, NULL, NULL, NULL, {IMAGE}};

#define MEANINGS (sizeof meanings / sizeof *meanings)

size_t kk_winevent_count(void)
{
    return MEANINGS + 2;
}

const kk_win_meaning *kk_winevent_at(size_t row)
{
    return row < MEANINGS ? &meanings[row] : row == MEANINGS ? &other_security : &other_sysmon;
}

size_t kk_winevent_row(const kk_win_meaning *m)
{
    return m == &other_security ? MEANINGS
           : m == &other_sysmon ? MEANINGS + 1
                                : (size_t)(m - meanings);
}

const char *kk_win_channel_name(kk_win_channel channel)
{
    return channels[channel];
}

static bool is_channel(kk_slice channel, kk_win_channel id)
{
    return kk_eq_nocase(channel, kk_cstr(channels[id]));
}

const kk_win_meaning *kk_winevent_find(uint64_t code, kk_slice channel, kk_slice provider)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, MEANINGS, meanings[low].code < code);
    for (; low < MEANINGS && meanings[low].code == code; low++) {
        const kk_win_meaning *m = &meanings[low];
        if (is_channel(channel, m->channel) &&
            (!m->provider || kk_eq_nocase(provider, kk_cstr(m->provider))))
            return m;
    }
    if (is_channel(channel, KK_WIN_SECURITY))
        return &other_security;
    return is_channel(channel, KK_WIN_SYSMON) ? &other_sysmon : NULL;
}

static bool may_fill(const kk_win_binding *b, kk_text_field column)
{
    switch (b->how) {
    case KK_WIN_AS_TEXT:
    case KK_WIN_AS_ADDRESS:
        return b->column == column;
    case KK_WIN_AS_ACCOUNT:
        return column == KK_USER_NAME || column == KK_USER_DOMAIN;
    case KK_WIN_AS_ENDPOINT:
        return column == KK_SOURCE_IP;
    case KK_WIN_AS_OBJECT:
        return column == KK_FILE_PATH || column == KK_REGISTRY_PATH;
    case KK_WIN_AS_SHARE_PATH:
    case KK_WIN_AS_THREAT:
        return column == KK_FILE_PATH;
    case KK_WIN_AS_HASHES:
        return column == KK_FILE_SHA256;
    case KK_WIN_AS_CONTEXT:
        return column == KK_COMMAND_LINE || column == KK_USER_NAME || column == KK_USER_DOMAIN;
    default:
        return false;
    }
}

size_t kk_winevent_names(const kk_win_meaning *m, kk_text_field column, const char **names,
                         size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < KK_WIN_BINDINGS && m->bind[i].how && count < most; i++)
        if (may_fill(&m->bind[i], column))
            names[count++] = m->bind[i].name;
    return count;
}
