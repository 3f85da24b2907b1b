/* Insertion strings stand in events by position alone; which name a position has in the event's data is
 * in the provider's template, of which the important ones are kept here. The Security log before Vista
 * had other ids (mostly today's less 4096) and fewer strings. */
#include "parse/winevent_words.h"

#define SUBJECT "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId"
#define BY "SubjectUserName SubjectDomainName SubjectLogonId"
#define ON_TARGET "TargetUserName TargetDomainName TargetSid " SUBJECT
#define OLD_TARGET "TargetUserName TargetDomainName TargetSid " BY
#define MEMBER "MemberName MemberSid " ON_TARGET " PrivilegeList"
#define OLD_MEMBER "MemberName MemberSid " OLD_TARGET " PrivilegeList"
#define OLD_FAILURE                                                                                \
    "TargetUserName TargetDomainName LogonType LogonProcessName AuthenticationPackageName "        \
    "WorkstationName " BY " ProcessId TransmittedServices IpAddress IpPort"
#define OLD_LOGON                                                                                  \
    "TargetUserName TargetDomainName TargetLogonId LogonType LogonProcessName "                    \
    "AuthenticationPackageName WorkstationName LogonGuid " BY                                      \
    " ProcessId TransmittedServices IpAddress IpPort"

/* 672 without the result code that came with Windows 2003. */
#define ACCOUNT                                                                                    \
    ON_TARGET                                                                                      \
    " PrivilegeList SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath "          \
    "ScriptPath ProfilePath UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId "       \
    "AllowedToDelegateTo OldUacValue NewUacValue UserAccountControl UserParameters SidHistory "    \
    "LogonHours"
#define OBJECT " ObjectServer ObjectType ObjectName "
/* 4656 before Windows 8. */
#define HANDLE_OF_VISTA                                                                            \
    SUBJECT OBJECT "HandleId TransactionId AccessList AccessMask PrivilegeList "                   \
                   "RestrictedSidCount ProcessId ProcessName"
#define TICKET_OF_2000                                                                             \
    "TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions "              \
    "TicketEncryptionType PreAuthType IpAddress"

/* Names that have blanks are parted by commas. */
#define THREAT_FOUND                                                                               \
    "Product Name,Product Version,Detection ID,Detection Time,Unused,Unused2,Threat ID,Threat "    \
    "Name,Severity ID,Severity Name,Category ID,Category Name,FWLink,Status Code,Status "          \
    "Description,State,Source ID,Source Name,Process Name,Detection User,Unused3,Path,Origin "     \
    "ID,Origin Name,Execution ID,Execution Name,Type ID,Type Name,Pre Execution Status,Action "    \
    "ID,Action Name,Unused4,Error Code,Error Description,Unused5,Post Clean Status,Additional "    \
    "Actions ID,Additional Actions String,Remediation User,Unused6,Signature Version,Engine "      \
    "Version"

typedef enum { SECURITY, OLD_SECURITY, SERVICES, TERMINAL, POWERSHELL, DEFENDER, OTHER } family;

static const struct {
    uint16_t code;
    uint8_t family;
    uint16_t today; /* of an older id */
    const char *names;
} strings[] = {
    {517, OLD_SECURITY, 1102, "PrimaryUserName PrimaryDomainName PrimaryLogonId " BY},
    {528, OLD_SECURITY, 4624, OLD_LOGON},
    {529, OLD_SECURITY, 4625, OLD_FAILURE},
    {530, OLD_SECURITY, 4625, OLD_FAILURE},
    {531, OLD_SECURITY, 4625, OLD_FAILURE},
    {532, OLD_SECURITY, 4625, OLD_FAILURE},
    {533, OLD_SECURITY, 4625, OLD_FAILURE},
    {534, OLD_SECURITY, 4625, OLD_FAILURE},
    {535, OLD_SECURITY, 4625, OLD_FAILURE},
    {536, OLD_SECURITY, 4625, OLD_FAILURE},
    {537, OLD_SECURITY, 4625,
     "TargetUserName TargetDomainName LogonType LogonProcessName AuthenticationPackageName "
     "WorkstationName Status SubStatus " BY " ProcessId TransmittedServices IpAddress IpPort"},
    {538, OLD_SECURITY, 4634, "TargetUserName TargetDomainName TargetLogonId LogonType"},
    {539, OLD_SECURITY, 4625, OLD_FAILURE},
    {540, OLD_SECURITY, 4624, OLD_LOGON},
    {551, OLD_SECURITY, 4647, "TargetUserName TargetDomainName TargetLogonId"},
    {552, OLD_SECURITY, 4648,
     BY " LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo "
        "ProcessId IpAddress IpPort"},
    {576, OLD_SECURITY, 4672, BY " PrivilegeList"},
    {592, OLD_SECURITY, 4688, "NewProcessId NewProcessName ProcessId " BY},
    {593, OLD_SECURITY, 4689, "ProcessId ProcessName " BY},
    {601, OLD_SECURITY, 4697,
     "ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount " BY},
    {602, OLD_SECURITY, 4698, "TaskName Command Triggers Time Flags TargetUserName " BY},
    {612, OLD_SECURITY, 4719, NULL},
    {624, OLD_SECURITY, 4720, OLD_TARGET " PrivilegeList SamAccountName"},
    {625, OLD_SECURITY, 4721, OLD_TARGET},
    {626, OLD_SECURITY, 4722, OLD_TARGET},
    {627, OLD_SECURITY, 4723, OLD_TARGET},
    {628, OLD_SECURITY, 4724, OLD_TARGET},
    {629, OLD_SECURITY, 4725, OLD_TARGET},
    {630, OLD_SECURITY, 4726, OLD_TARGET},
    {632, OLD_SECURITY, 4728, OLD_MEMBER},
    {636, OLD_SECURITY, 4732, OLD_MEMBER},
    {642, OLD_SECURITY, 4738, "Dummy " OLD_TARGET " PrivilegeList"},
    {644, OLD_SECURITY, 4740, "TargetUserName TargetDomainName TargetSid " BY},
    {660, OLD_SECURITY, 4756, OLD_MEMBER},
    {672, OLD_SECURITY, 4768,
     "TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions Status "
     "TicketEncryptionType PreAuthType IpAddress"},
    {673, OLD_SECURITY, 4769,
     "TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType "
     "IpAddress Status LogonGuid TransmittedServices"},
    {675, OLD_SECURITY, 4771, "TargetUserName TargetSid ServiceName PreAuthType Status IpAddress"},
    {676, OLD_SECURITY, 4768,
     "TargetUserName TargetDomainName ServiceName TicketOptions Status IpAddress"},
    {677, OLD_SECURITY, 4769,
     "TargetUserName TargetDomainName ServiceName TicketOptions Status IpAddress"},
    {680, OLD_SECURITY, 4776, "PackageName TargetUserName Workstation Status"},
    {681, OLD_SECURITY, 4776, "PackageName TargetUserName Workstation Status"},
    {682, OLD_SECURITY, 4778,
     "AccountName AccountDomain LogonID SessionName ClientName ClientAddress"},
    {683, OLD_SECURITY, 4779,
     "AccountName AccountDomain LogonID SessionName ClientName ClientAddress"},
    {104, SECURITY, 0, "SubjectUserName SubjectDomainName Channel BackupPath"},
    {1102, SECURITY, 0, SUBJECT},
    {4624, SECURITY, 0,
     SUBJECT " TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType "
             "LogonProcessName AuthenticationPackageName WorkstationName LogonGuid "
             "TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort "
             "ImpersonationLevel RestrictedAdminMode TargetOutboundUserName "
             "TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken"},
    {4625, SECURITY, 0,
     SUBJECT " TargetUserSid TargetUserName TargetDomainName Status FailureReason SubStatus "
             "LogonType LogonProcessName AuthenticationPackageName WorkstationName "
             "TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort"},
    {4634, SECURITY, 0, "TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType"},
    {4647, SECURITY, 0, "TargetUserSid TargetUserName TargetDomainName TargetLogonId"},
    {4648, SECURITY, 0,
     SUBJECT " LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName "
             "TargetInfo ProcessId ProcessName IpAddress IpPort"},
    {4656, SECURITY, 0,
     SUBJECT OBJECT "HandleId TransactionId AccessList AccessReason AccessMask PrivilegeList "
                    "RestrictedSidCount ProcessId ProcessName ResourceAttributes"},
    {4657, SECURITY, 0,
     SUBJECT
     " ObjectName ObjectValueName HandleId OperationType OldValueType OldValue NewValueType "
     "NewValue ProcessId ProcessName"},
    {4658, SECURITY, 0, SUBJECT " ObjectServer HandleId ProcessId ProcessName"},
    {4661, SECURITY, 0,
     SUBJECT OBJECT "HandleId TransactionId AccessList AccessMask PrivilegeList Properties "
                    "RestrictedSidCount ProcessId ProcessName"},
    {4662, SECURITY, 0,
     SUBJECT OBJECT "OperationType HandleId AccessList AccessMask Properties AdditionalInfo "
                    "AdditionalInfo2"},
    {4663, SECURITY, 0,
     SUBJECT " ObjectServer ObjectType ObjectName HandleId AccessList AccessMask ProcessId "
             "ProcessName ResourceAttributes"},
    {4672, SECURITY, 0, SUBJECT " PrivilegeList"},
    {4673, SECURITY, 0, SUBJECT " ObjectServer Service PrivilegeList ProcessId ProcessName"},
    {4674, SECURITY, 0, SUBJECT OBJECT "HandleId AccessMask PrivilegeList ProcessId ProcessName"},
    {4688, SECURITY, 0,
     SUBJECT " NewProcessId NewProcessName TokenElevationType ProcessId CommandLine TargetUserSid "
             "TargetUserName TargetDomainName TargetLogonId ParentProcessName MandatoryLabel"},
    {4689, SECURITY, 0, SUBJECT " Status ProcessId ProcessName"},
    {4697, SECURITY, 0,
     SUBJECT " ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount"},
    {4698, SECURITY, 0, SUBJECT " TaskName TaskContent"},
    {4699, SECURITY, 0, SUBJECT " TaskName TaskContent"},
    {4700, SECURITY, 0, SUBJECT " TaskName TaskContent"},
    {4701, SECURITY, 0, SUBJECT " TaskName TaskContent"},
    {4702, SECURITY, 0, SUBJECT " TaskName TaskContentNew"},
    {4719, SECURITY, 0, SUBJECT " CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges"},
    {4720, SECURITY, 0, ACCOUNT},
    {4722, SECURITY, 0, ON_TARGET},
    {4723, SECURITY, 0, ON_TARGET " PrivilegeList"},
    {4724, SECURITY, 0, ON_TARGET},
    {4725, SECURITY, 0, ON_TARGET},
    {4726, SECURITY, 0, ON_TARGET},
    {4728, SECURITY, 0, MEMBER},
    {4732, SECURITY, 0, MEMBER},
    {4738, SECURITY, 0, "Dummy " ACCOUNT},
    {4740, SECURITY, 0, ON_TARGET},
    {4741, SECURITY, 0, ACCOUNT " DnsHostName ServicePrincipalNames"},
    {4742, SECURITY, 0, "ComputerAccountChange " ACCOUNT " DnsHostName ServicePrincipalNames"},
    {4756, SECURITY, 0, MEMBER},
    {4767, SECURITY, 0, ON_TARGET},
    {4768, SECURITY, 0,
     "TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions Status "
     "TicketEncryptionType PreAuthType IpAddress IpPort CertIssuerName CertSerialNumber "
     "CertThumbprint"},
    {4769, SECURITY, 0,
     "TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType "
     "IpAddress IpPort Status LogonGuid TransmittedServices"},
    {4771, SECURITY, 0,
     "TargetUserName TargetSid ServiceName TicketOptions Status PreAuthType IpAddress IpPort "
     "CertIssuerName CertSerialNumber CertThumbprint"},
    {4776, SECURITY, 0, "PackageName TargetUserName Workstation Status"},
    {4778, SECURITY, 0, "AccountName AccountDomain LogonID SessionName ClientName ClientAddress"},
    {4779, SECURITY, 0, "AccountName AccountDomain LogonID SessionName ClientName ClientAddress"},
    {4781, SECURITY, 0,
     "OldTargetUserName NewTargetUserName TargetDomainName TargetSid " SUBJECT " PrivilegeList"},
    {4794, SECURITY, 0, SUBJECT " Workstation Status"},
    {4798, SECURITY, 0, ON_TARGET " CallerProcessId CallerProcessName"},
    {4799, SECURITY, 0, ON_TARGET " CallerProcessId CallerProcessName"},
    {5136, SECURITY, 0,
     "OpCorrelationID AppCorrelationID " SUBJECT " DSName DSType ObjectDN ObjectGUID ObjectClass "
     "AttributeLDAPDisplayName AttributeSyntaxOID AttributeValue OperationType"},
    {5140, SECURITY, 0,
     SUBJECT " ObjectType IpAddress IpPort ShareName ShareLocalPath AccessMask AccessList"},
    {5145, SECURITY, 0,
     SUBJECT " ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask "
             "AccessList AccessReason"},
    {5156, SECURITY, 0,
     "ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol "
     "FilterRTID LayerName LayerRTID RemoteUserID RemoteMachineID"},
    {5158, SECURITY, 0,
     "ProcessId Application SourceAddress SourcePort Protocol FilterRTID LayerName LayerRTID"},
    {7036, SERVICES, 0, "param1 param2"},
    {7040, SERVICES, 0, "param1 param2 param3 param4"},
    {7045, SERVICES, 0, "ServiceName ImagePath ServiceType StartType AccountName"},
    {21, TERMINAL, 0, "User SessionID Address"},
    {22, TERMINAL, 0, "User SessionID Address"},
    {23, TERMINAL, 0, "User SessionID"},
    {24, TERMINAL, 0, "User SessionID Address"},
    {25, TERMINAL, 0, "User SessionID Address"},
    {1149, TERMINAL, 0, "Param1 Param2 Param3"},
    {1116, DEFENDER, 0, THREAT_FOUND},
    {1117, DEFENDER, 0, THREAT_FOUND},
    {4103, POWERSHELL, 0, "ContextInfo UserData Payload"},
    {4104, POWERSHELL, 0, "MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path"},
};

static family family_of(const kk_winevent *e)
{
    kk_slice provider = e->system[KK_SYS_PROVIDER], channel = e->system[KK_SYS_CHANNEL];
    bool named = provider.len > 0;
    if (kk_is(provider, "Security"))
        return OLD_SECURITY;
    if (kk_is(provider, "Microsoft-Windows-Security-Auditing") ||
        kk_is(provider, "Microsoft Windows security auditing.") ||
        kk_is(provider, "Microsoft-Windows-Eventlog") || (!named && kk_is(channel, "Security")))
        return SECURITY;
    if (kk_is(provider, "Service Control Manager"))
        return SERVICES;
    if (kk_is(provider, "Microsoft-Windows-PowerShell") || kk_is(provider, "PowerShellCore"))
        return POWERSHELL;
    if (kk_is(provider, "Microsoft-Windows-Windows Defender"))
        return DEFENDER;
    return kk_has(named ? provider : channel, KK_S("TerminalServices-")) ? TERMINAL : OTHER;
}

static uint64_t code_of(const kk_winevent *e)
{
    kk_xml_value v = {(const uint8_t *)e->system[KK_SYS_EVENT_ID].ptr,
                      (uint32_t)e->system[KK_SYS_EVENT_ID].len, KK_XML_UTF8};
    uint64_t code = 0;
    return v.len && kk_xml_number(v, &code) ? code : 0;
}

uint64_t kk_winevent_code_of_today(const kk_winevent *e, uint64_t code)
{
    if (code >= 1024 || family_of(e) != OLD_SECURITY)
        return code;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (strings[i].code == code && strings[i].family == OLD_SECURITY)
            return strings[i].today;
    return code;
}

/* LogParser parts strings by bars, which a command line may hold: what stands behind it is then in the wrong places, and
 * no SID is where one should be. */
static bool all_may_be(const kk_winevent *e, kk_slice names, char by)
{
    static const char *const nobody[] = {"", "-", "NULL SID", NULL};
    kk_slice name;
    for (size_t i = 0; i < e->count; i++) {
        kk_slice value = e->pairs[i].value;
        if (!kk_is(e->pairs[i].name, "Data") || !kk_split(&names, by, &name) ||
            !kk_ends(name, KK_S("Sid")))
            continue;
        if (!kk_is_any_nocase(value, nobody) && !kk_has(kk_part(value, 0, 8), KK_S("S-1-")))
            return false;
    }
    return true;
}

void kk_winevent_name_strings(kk_winevent *e)
{
    uint64_t code = code_of(e);
    const char *names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < e->count; i++)
        count += kk_is(e->pairs[i].name, "Data");
    family f = count ? family_of(e) : OTHER;
    if (f == OTHER)
        return;
    for (size_t i = 0; i < sizeof strings / sizeof *strings && !names; i++)
        if (strings[i].code == code && strings[i].family == f)
            names = strings[i].names;
    if (f == OLD_SECURITY && code == 672 && count == 9)
        names = TICKET_OF_2000;
    if (f == SECURITY && code == 4656 && count == 15)
        names = HANDLE_OF_VISTA;
    kk_slice rest = kk_cstr(names), name;
    char by = kk_find_byte(rest, ',') == KK_NOWHERE ? ' ' : ',';
    if (names && f == SECURITY && !all_may_be(e, rest, by))
        return;
    for (size_t i = 0; names && i < e->count; i++)
        if (kk_is(e->pairs[i].name, "Data")) {
            if (!kk_split(&rest, by, &name))
                return;
            e->pairs[i].name = name;
        }
}

/* ---- Levels and audit results ---- */

uint64_t kk_winevent_audit_bits(kk_slice name)
{
    static const char *const success[] = {
        "Audit Success",       "SuccessAudit", "AUDIT_SUCCESS", "Success Audit",
        "Success Audit event", "成功の監査",   "成功監査",      NULL};
    static const char *const failure[] = {
        "Audit Failure",       "FailureAudit", "AUDIT_FAILURE", "Failure Audit",
        "Failure Audit event", "失敗の監査",   "失敗監査",      NULL};
    kk_slice rest = name, piece;
    while (kk_split(&rest, ',', &piece)) {
        if (kk_is_any_nocase(kk_trim(piece), success))
            return KK_AUDIT_SUCCESS;
        if (kk_is_any_nocase(kk_trim(piece), failure))
            return KK_AUDIT_FAILURE;
    }
    return 0;
}

int kk_winevent_level_of(kk_slice name)
{
    static const char *const levels[][5] = {{"Critical", "重大"},
                                            {"Error", "エラー", "Error event"},
                                            {"Warning", "警告", "Warning event"},
                                            {"Information", "Info", "情報", "Information event"},
                                            {"Verbose", "詳細"},
                                            {"LogAlways"}};
    for (int i = 0; i < 6; i++)
        if (kk_is_any_nocase(name, levels[i]))
            return i + 1;
    return 0;
}

kk_slice kk_winevent_level_number(const kk_winevent *e)
{
    static const char numbers[] = "012345";
    int level = kk_winevent_level_of(e->level);
    bool audit = family_of(e) == SECURITY && code_of(e) != 1102;
    if (level == 6 || (audit && level == 4))
        return KK_S("0");
    return level ? (kk_slice){numbers + level, 1} : KK_NONE;
}

/* ---- Messages ---- */

typedef enum { NO_GROUP, SUBJECT_OF, TARGET, MEMBER_OF, GROUP, ANY_GROUP } group;

/* Headings of groups of labels, without blanks and in small letters. */
static const struct {
    const char *heading;
    group is;
} headings[] = {
    {"subject", SUBJECT_OF},
    {"creatorsubject", SUBJECT_OF},
    {"サブジェクト", SUBJECT_OF},
    {"作成元サブジェクト", SUBJECT_OF},
    {"作成者サブジェクト", SUBJECT_OF},
    {"newlogon", TARGET},
    {"新しいログオン", TARGET},
    {"accountforwhichlogonfailed", TARGET},
    {"ログオンを失敗したアカウント", TARGET},
    {"ログオンに失敗したアカウント", TARGET},
    {"accountwhosecredentialswereused", TARGET},
    {"資格情報が使用されたアカウント", TARGET},
    {"targetaccount", TARGET},
    {"ターゲットアカウント", TARGET},
    {"対象アカウント", TARGET},
    {"newaccount", TARGET},
    {"新しいアカウント", TARGET},
    {"targetsubject", TARGET},
    {"ターゲットサブジェクト", TARGET},
    {"accountinformation", TARGET},
    {"アカウント情報", TARGET},
    {"member", MEMBER_OF},
    {"メンバー", MEMBER_OF},
    {"group", GROUP},
    {"グループ", GROUP},
};

#define SECURITY_ID "securityid", "セキュリティid"
#define ACCOUNT_NAME "accountname", "アカウント名"
#define ACCOUNT_DOMAIN "accountdomain", "アカウントドメイン"
#define LOGON_ID "logonid", "ログオンid"

/* English, Japanese, and the field. Of several rows that fit, the first is taken. */
static const struct {
    uint16_t from, to; /* event ids */
    uint8_t family, group;
    const char *en, *ja, *field;
} labels[] = {
    {4634, 4647, SECURITY, SUBJECT_OF, SECURITY_ID, "TargetUserSid"},
    {4634, 4647, SECURITY, SUBJECT_OF, ACCOUNT_NAME, "TargetUserName"},
    {4634, 4647, SECURITY, SUBJECT_OF, ACCOUNT_DOMAIN, "TargetDomainName"},
    {4634, 4647, SECURITY, SUBJECT_OF, LOGON_ID, "TargetLogonId"},
    {4720, 4771, SECURITY, TARGET, SECURITY_ID, "TargetSid"},
    {4768, 4768, SECURITY, TARGET, "userid", "ユーザーid", "TargetSid"},
    {4768, 4768, SECURITY, TARGET, "suppliedrealmname", "提供された領域名", "TargetDomainName"},
    {0, 9999, SECURITY, SUBJECT_OF, SECURITY_ID, "SubjectUserSid"},
    {0, 9999, SECURITY, SUBJECT_OF, ACCOUNT_NAME, "SubjectUserName"},
    {0, 9999, SECURITY, SUBJECT_OF, ACCOUNT_DOMAIN, "SubjectDomainName"},
    {0, 9999, SECURITY, SUBJECT_OF, "domainname", "ドメイン名", "SubjectDomainName"},
    {0, 9999, SECURITY, SUBJECT_OF, LOGON_ID, "SubjectLogonId"},
    {0, 9999, SECURITY, TARGET, SECURITY_ID, "TargetUserSid"},
    {0, 9999, SECURITY, TARGET, ACCOUNT_NAME, "TargetUserName"},
    {0, 9999, SECURITY, TARGET, ACCOUNT_DOMAIN, "TargetDomainName"},
    {0, 9999, SECURITY, TARGET, LOGON_ID, "TargetLogonId"},
    {4624, 4624, SECURITY, TARGET, "logonguid", "ログオンguid", "LogonGuid"},
    {0, 9999, SECURITY, MEMBER_OF, SECURITY_ID, "MemberSid"},
    {0, 9999, SECURITY, MEMBER_OF, ACCOUNT_NAME, "MemberName"},
    {0, 9999, SECURITY, GROUP, SECURITY_ID, "TargetSid"},
    {0, 9999, SECURITY, GROUP, "groupname", "グループ名", "TargetUserName"},
    {0, 9999, SECURITY, GROUP, "groupdomain", "グループドメイン", "TargetDomainName"},
    {0, 9999, SECURITY, ANY_GROUP, "logontype", "ログオンタイプ", "LogonType"},
    {0, 9999, SECURITY, ANY_GROUP, "logontype", "ログオンの種類", "LogonType"},
    {4776, 4776, SECURITY, ANY_GROUP, "authenticationpackage", "認証パッケージ", "PackageName"},
    {4776, 4776, SECURITY, ANY_GROUP, "logonaccount", "ログオンアカウント", "TargetUserName"},
    {4776, 4776, SECURITY, ANY_GROUP, "sourceworkstation", "ソースワークステーション",
     "Workstation"},
    {4776, 4776, SECURITY, ANY_GROUP, "errorcode", "エラーコード", "Status"},
    {4688, 4688, SECURITY, ANY_GROUP, "newprocessid", "新しいプロセスid", "NewProcessId"},
    {4688, 4688, SECURITY, ANY_GROUP, "newprocessname", "新しいプロセス名", "NewProcessName"},
    {4688, 4688, SECURITY, ANY_GROUP, "creatorprocessid", "作成元プロセスid", "ProcessId"},
    {4688, 4688, SECURITY, ANY_GROUP, "creatorprocessid", "クリエータープロセスid", "ProcessId"},
    {4688, 4688, SECURITY, ANY_GROUP, "creatorprocessname", "作成元プロセス名",
     "ParentProcessName"},
    {4688, 4688, SECURITY, ANY_GROUP, "creatorprocessname", "クリエータープロセス名",
     "ParentProcessName"},
    {4688, 4688, SECURITY, ANY_GROUP, "processcommandline", "プロセスコマンドライン",
     "CommandLine"},
    {4688, 4688, SECURITY, ANY_GROUP, "processcommandline", "プロセスのコマンドライン",
     "CommandLine"},
    {4688, 4688, SECURITY, ANY_GROUP, "tokenelevationtype", "トークン昇格の種類",
     "TokenElevationType"},
    {4688, 4688, SECURITY, ANY_GROUP, "mandatorylabel", "必須ラベル", "MandatoryLabel"},
    {4625, 4625, SECURITY, ANY_GROUP, "callerprocessid", "呼び出し側プロセスid", "ProcessId"},
    {4625, 4625, SECURITY, ANY_GROUP, "callerprocessname", "呼び出し側プロセス名", "ProcessName"},
    {4625, 4625, SECURITY, ANY_GROUP, "failurereason", "失敗の原因", "FailureReason"},
    {4625, 4625, SECURITY, ANY_GROUP, "failurereason", "失敗の理由", "FailureReason"},
    {4625, 4625, SECURITY, ANY_GROUP, "status", "状態", "Status"},
    {4625, 4625, SECURITY, ANY_GROUP, "status", "ステータス", "Status"},
    {4625, 4625, SECURITY, ANY_GROUP, "substatus", "サブステータス", "SubStatus"},
    {0, 9999, SECURITY, ANY_GROUP, "processid", "プロセスid", "ProcessId"},
    {0, 9999, SECURITY, ANY_GROUP, "processname", "プロセス名", "ProcessName"},
    {4624, 4625, SECURITY, ANY_GROUP, "workstationname", "ワークステーション名", "WorkstationName"},
    {4624, 4625, SECURITY, ANY_GROUP, "logonprocess", "ログオンプロセス", "LogonProcessName"},
    {4624, 4625, SECURITY, ANY_GROUP, "authenticationpackage", "認証パッケージ",
     "AuthenticationPackageName"},
    {4624, 4625, SECURITY, ANY_GROUP, "sourcenetworkaddress", "ソースネットワークアドレス",
     "IpAddress"},
    {4624, 4625, SECURITY, ANY_GROUP, "sourceport", "ソースポート", "IpPort"},
    {4648, 4648, SECURITY, ANY_GROUP, "targetservername", "ターゲットサーバー名",
     "TargetServerName"},
    {4648, 4648, SECURITY, ANY_GROUP, "networkaddress", "ネットワークアドレス", "IpAddress"},
    {4648, 4648, SECURITY, ANY_GROUP, "port", "ポート", "IpPort"},
    {4768, 4771, SECURITY, ANY_GROUP, "clientaddress", "クライアントアドレス", "IpAddress"},
    {4768, 4771, SECURITY, ANY_GROUP, "clientport", "クライアントポート", "IpPort"},
    {4768, 4771, SECURITY, ANY_GROUP, "servicename", "サービス名", "ServiceName"},
    {4768, 4771, SECURITY, ANY_GROUP, "ticketencryptiontype", "チケット暗号化の種類",
     "TicketEncryptionType"},
    {4768, 4771, SECURITY, ANY_GROUP, "resultcode", "結果コード", "Status"},
    {4768, 4771, SECURITY, ANY_GROUP, "failurecode", "エラーコード", "Status"},
    {5140, 5145, SECURITY, ANY_GROUP, "objecttype", "オブジェクトの種類", "ObjectType"},
    {5140, 5145, SECURITY, ANY_GROUP, "sourceaddress", "ソースアドレス", "IpAddress"},
    {5140, 5145, SECURITY, ANY_GROUP, "sourceport", "ソースポート", "IpPort"},
    {5140, 5145, SECURITY, ANY_GROUP, "sharename", "共有名", "ShareName"},
    {5140, 5145, SECURITY, ANY_GROUP, "sharepath", "共有パス", "ShareLocalPath"},
    {5140, 5145, SECURITY, ANY_GROUP, "relativetargetname", "相対ターゲット名",
     "RelativeTargetName"},
    {4656, 4663, SECURITY, ANY_GROUP, "objecttype", "オブジェクトの種類", "ObjectType"},
    {4656, 4663, SECURITY, ANY_GROUP, "objectname", "オブジェクト名", "ObjectName"},
    {4698, 4702, SECURITY, ANY_GROUP, "taskname", "タスク名", "TaskName"},
    {4697, 4697, SECURITY, ANY_GROUP, "servicename", "サービス名", "ServiceName"},
    {4697, 4697, SECURITY, ANY_GROUP, "servicefilename", "サービスファイル名", "ServiceFileName"},
    {7045, 7045, SERVICES, ANY_GROUP, "servicename", "サービス名", "ServiceName"},
    {7045, 7045, SERVICES, ANY_GROUP, "servicefilename", "サービスファイル名", "ImagePath"},
    {7045, 7045, SERVICES, ANY_GROUP, "servicetype", "サービスの種類", "ServiceType"},
    {7045, 7045, SERVICES, ANY_GROUP, "servicestarttype", "サービス開始の種類", "StartType"},
    {7045, 7045, SERVICES, ANY_GROUP, "servicestarttype", "サービスの開始の種類", "StartType"},
    {7045, 7045, SERVICES, ANY_GROUP, "serviceaccount", "サービスアカウント", "AccountName"},
    {1149, 1149, TERMINAL, ANY_GROUP, "user", "ユーザー", "Param1"},
    {1149, 1149, TERMINAL, ANY_GROUP, "domain", "ドメイン", "Param2"},
    {1149, 1149, TERMINAL, ANY_GROUP, "sourcenetworkaddress", "ソースネットワークアドレス",
     "Param3"},
    {21, 25, TERMINAL, ANY_GROUP, "user", "ユーザー", "User"},
    {21, 25, TERMINAL, ANY_GROUP, "sessionid", "セッションid", "SessionID"},
    {21, 25, TERMINAL, ANY_GROUP, "sourcenetworkaddress", "ソースネットワークアドレス", "Address"},
};

typedef struct {
    kk_winevent *event;
    uint64_t code;
    family family;
    group group;
} message;

/* Without blanks, in small letters: blanks inside Japanese labels differ between versions. */
static kk_slice plain_label(char *out, size_t room, kk_slice label)
{
    size_t n = 0;
    for (size_t i = 0; i < label.len && n < room; i++) {
        char c = label.ptr[i];
        if (c != ' ' && c != '\t' && c != '\r')
            out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return (kk_slice){out, n};
}

static const char *field_of(const message *m, kk_slice label)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (m->code >= labels[i].from && m->code <= labels[i].to &&
            m->family == (family)labels[i].family &&
            (labels[i].group == ANY_GROUP || m->group == (group)labels[i].group) &&
            (kk_is(label, labels[i].en) || kk_is(label, labels[i].ja)))
            return labels[i].field;
    return NULL;
}

static void set_group(message *m, kk_slice label)
{
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (kk_is(label, headings[i].heading))
            m->group = headings[i].is;
}

static void put_labelled(message *m, kk_slice label, kk_slice value)
{
    kk_slice other;
    const char *field = value.len ? field_of(m, label) : NULL;
    if (!field || kk_winevent_field(m->event, field, &other))
        return;
    /* Windows shows the name of a known account in place of its identifier. */
    if (kk_ends(kk_cstr(field), KK_S("Sid")) && !kk_starts(value, KK_S("S-1-")))
        return;
    kk_winevent_add(m->event, kk_cstr(field), value);
}

static void read_line(message *m, kk_slice line)
{
    const kk_slice wide = KK_S("：");
    char room[120];
    size_t narrow = kk_find_byte(line, ':'), wide_at = kk_find(line, wide);
    size_t at = narrow < wide_at ? narrow : wide_at, len = narrow < wide_at ? 1 : wide.len;
    if (at == KK_NOWHERE || at > sizeof room)
        return;
    bool indented = line.ptr[0] == '\t' || line.ptr[0] == ' ';
    kk_slice label = plain_label(room, sizeof room, kk_part(line, 0, at));
    kk_slice value = kk_trim(kk_from(line, at + len));
    if (!value.len && !indented) {
        m->group = NO_GROUP;
        set_group(m, label);
    }
    put_labelled(m, label, value);
}

/* ---- Messages whose line ends a forwarder took away ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* What stands before the next two blanks. */
static bool take_piece(kk_slice *rest, kk_slice *piece)
{
    kk_slice s = kk_trim(*rest);
    size_t len = 0;
    while (len < s.len && !(s.ptr[len] == '\t' ||
                            (is_blank(s.ptr[len]) && len + 1 < s.len && is_blank(s.ptr[len + 1]))))
        len++;
    *piece = kk_part(s, 0, len);
    *rest = kk_from(s, len);
    return len > 0;
}

/* "Restricted Admin Mode: -": words, a colon and a blank. */
static bool is_labelled(kk_slice piece)
{
    size_t at = kk_find(piece, KK_S(": "));
    if (at == KK_NOWHERE || at < 3 || at > 60)
        return false;
    for (size_t i = 0; i < at; i++) {
        unsigned char c = (unsigned char)piece.ptr[i], low = c | 0x20;
        if (!(low >= 'a' && low <= 'z') && c < 0x80 && !memchr(" ()-/", c, 5))
            return false;
    }
    return true;
}

/* A label, a heading, or what Windows explains below them. */
static bool ends_value(kk_slice piece)
{
    return is_labelled(piece) || kk_ends(piece, KK_S(":")) || kk_ends(piece, KK_S("：")) ||
           kk_starts(piece, KK_S("This event is generated")) ||
           kk_starts(piece, KK_S("Token Elevation Type indicates")) ||
           kk_starts(piece, KK_S("このイベントは")) ||
           kk_starts(piece, KK_S("トークン昇格の種類は"));
}

/* "Subject:   Security ID:  S-1-5-18   Account Name:  -": two blanks part what were lines. */
static void read_folded(message *m)
{
    char room[120];
    kk_slice rest = m->event->message, piece, next;
    while (take_piece(&rest, &piece)) {
        kk_slice wide = KK_S("：");
        size_t colon = kk_ends(piece, KK_S(":")) ? 1 : kk_ends(piece, wide) ? wide.len : 0;
        if (!colon) {
            read_line(m, piece);
            continue;
        }
        kk_slice label = plain_label(room, sizeof room, kk_part(piece, 0, piece.len - colon)),
                 value = KK_NONE;
        for (kk_slice ahead = rest; take_piece(&ahead, &next) && !ends_value(next); rest = ahead)
            value =
                value.len ? (kk_slice){value.ptr, (size_t)(next.ptr + next.len - value.ptr)} : next;
        if (!value.len)
            set_group(m, label);
        put_labelled(m, label, value);
    }
}

/* ---- Messages in one line in which all blanks are alike ---- */

/* Labels that end the value before them though no field is read from them; written as headings are. */
static const char *const other_labels[] = {
    "logoninformation",
    "restrictedadminmode",
    "remotecredentialguard",
    "virtualaccount",
    "elevatedtoken",
    "impersonationlevel",
    "linkedlogonid",
    "networkaccountname",
    "networkaccountdomain",
    "processinformation",
    "networkinformation",
    "detailedauthenticationinformation",
    "transitedservices",
    "packagename(ntlmonly)",
    "keylength",
    "failureinformation",
    "additionalinformation",
    "serviceinformation",
    "serviceid",
    "ticketoptions",
    "pre-authenticationtype",
    "certificateinformation",
    "privileges",
    "attributes",
    "samaccountname",
    "displayname",
    "object",
    "objectserver",
    "handleid",
    "shareinformation",
    "accessrequestinformation",
    "accessmask",
    "accesses",
    "taskinformation",
    "taskcontent",
    "targetserver",
    "targetservername",
    "logonguid",
};

static bool fits(const char *known, kk_slice label, bool torn)
{
    return torn ? label.len && kk_starts(kk_cstr(known), label) : kk_is(label, known);
}

/* A label of such messages, or with `torn` what begins like one. */
static bool is_label(const message *m, kk_slice label, bool torn)
{
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (fits(headings[i].heading, label, torn))
            return true;
    for (size_t i = 0; i < sizeof other_labels / sizeof *other_labels; i++)
        if (fits(other_labels[i], label, torn))
            return true;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (m->code >= labels[i].from && m->code <= labels[i].to &&
            m->family == (family)labels[i].family &&
            (fits(labels[i].en, label, torn) || fits(labels[i].ja, label, torn)))
            return true;
    return false;
}

/* Of the words that the text ends with so many as make the longest label; empty where none do. */
static kk_slice label_at_end(const message *m, kk_slice text, bool torn)
{
    enum { WORDS = 5 };
    char room[120];
    kk_slice label = KK_NONE;
    size_t begin = text.len;
    for (int words = 0; words < WORDS && begin > 0; words++) {
        begin -= words > 0; /* the blank before the word that is there already */
        while (begin > 0 && text.ptr[begin - 1] != ' ')
            begin--;
        if (text.len - begin > sizeof room)
            break;
        if (is_label(m, plain_label(room, sizeof room, kk_from(text, begin)), torn))
            label = kk_from(text, begin);
    }
    return label;
}

/* What Windows explains below the last value is none of it. */
static kk_slice without_explanation(kk_slice value)
{
    static const char *const begins[] = {
        " This event is generated", " Token Elevation Type indicates",
        " The subject fields indicate", " このイベントは", " トークン昇格の種類は"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        value = kk_part(value, 0, kk_find(value, kk_cstr(begins[i])));
    return kk_trim(value);
}

/* Long messages are cut, maybe inside of a label. Those of the Security log end with a sentence or a number. */
static kk_slice without_torn_label(const message *m, kk_slice value)
{
    kk_slice torn = m->family == SECURITY ? label_at_end(m, value, true) : KK_NONE;
    return kk_trim(kk_part(value, 0, value.len - torn.len));
}

static void put_joined(message *m, kk_slice label, kk_slice value)
{
    char room[120];
    if (!label.len)
        return;
    label = plain_label(room, sizeof room, label);
    value = without_explanation(value);
    if (!value.len)
        set_group(m, label);
    put_labelled(m, label, value);
}

/* "Subject: Security ID: S-1-5-18 Account Name: -": a value goes on to the next label that is known. */
static void read_joined(message *m)
{
    kk_slice text = m->event->message, label = KK_NONE, next;
    size_t value = 0;
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] != ':' || (at + 1 < text.len && text.ptr[at + 1] != ' '))
            continue;
        next = label_at_end(m, kk_part(text, value, at - value), false);
        if (!next.len)
            continue;
        put_joined(m, label, kk_part(text, value, (size_t)(next.ptr - text.ptr) - value));
        label = next;
        value = at + 1;
    }
    put_joined(m, label, without_torn_label(m, kk_from(text, value)));
}

void kk_winevent_read_message(kk_winevent *e)
{
    message m = {.event = e, .code = code_of(e), .family = family_of(e)};
    kk_slice rest = e->message, line;
    bool known = false;
    for (size_t i = 0; i < sizeof labels / sizeof *labels && !known; i++)
        known = labels[i].from && m.code >= labels[i].from && m.code <= labels[i].to;
    if (m.family == OTHER || m.family == OLD_SECURITY ||
        (!known && m.code != 1102 && m.code != 4672))
        return;
    if (kk_find_byte(e->message, '\n') == KK_NOWHERE) {
        bool has_gaps = kk_has(e->message, KK_S("  ")) || kk_has(e->message, KK_S("\t"));
        (has_gaps ? read_folded : read_joined)(&m);
        return;
    }
    for (size_t lines = 0; lines < 200 && kk_split(&rest, '\n', &line); lines++)
        if (line.len)
            read_line(&m, line);
}
