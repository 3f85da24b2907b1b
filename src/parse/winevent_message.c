/* Messages whose labels are the names of the fields (Sysmon's lines), and the one that holds a script. */
#include "parse/winevent_message.h"

/* ---- Sysmon ---- */

static bool is_sysmon(const kk_winevent *e)
{
    return kk_is(e->system[KK_SYS_PROVIDER], "Microsoft-Windows-Sysmon") ||
           kk_is(e->system[KK_SYS_PROVIDER], "Linux-Sysmon") ||
           kk_is(e->system[KK_SYS_CHANNEL], "Microsoft-Windows-Sysmon/Operational");
}

/* "ParentImage: C:\\a.exe": a name as Sysmon has them, then its value, which may be empty. */
static bool labelled(kk_slice line, kk_slice *name, kk_slice *value)
{
    size_t at = kk_find_byte(line, ':');
    if (at == KK_NOWHERE || at == 0 || at > 40 || line.ptr[0] < 'A' || line.ptr[0] > 'Z' ||
        (at + 1 < line.len && line.ptr[at + 1] != ' ' && line.ptr[at + 1] != '\r'))
        return false;
    for (size_t i = 0; i < at; i++) {
        char c = (char)(line.ptr[i] | 0x20);
        if (!(c >= 'a' && c <= 'z') && !(line.ptr[i] >= '0' && line.ptr[i] <= '9'))
            return false;
    }
    *name = kk_part(line, 0, at);
    *value = kk_from(line, at + 1);
    if (value->len && value->ptr[0] == ' ')
        *value = kk_from(*value, 1);
    if (value->len && value->ptr[value->len - 1] == '\r')
        *value = kk_part(*value, 0, value->len - 1);
    return true;
}

/* Its names, for messages whose line ends a forwarder took away. */
static const char known_names[] =
    "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company "
    "OriginalFileName CommandLine CurrentDirectory User LogonGuid LogonId "
    "TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId "
    "ParentImage ParentCommandLine ParentUser TargetFilename CreationUtcTime "
    "PreviousCreationUtcTime Protocol Initiated SourceIsIpv6 SourceIp SourceHostname "
    "SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname "
    "DestinationPort DestinationPortName ImageLoaded Signed Signature SignatureStatus "
    "SourceProcessGuid SourceProcessGUID SourceProcessId SourceImage TargetProcessGuid "
    "TargetProcessGUID TargetProcessId TargetImage NewThreadId StartAddress StartModule "
    "StartFunction Device SourceThreadId SourceUser TargetUser GrantedAccess CallTrace "
    "EventType TargetObject Details NewName Hash Contents PipeName Operation "
    "EventNamespace Name Query Type Destination Consumer Filter QueryName QueryStatus "
    "QueryResults Archived IsExecutable ClientInfo Session ";

static bool is_known(kk_slice name)
{
    kk_slice rest = kk_cstr(known_names), known;
    while (kk_split(&rest, ' ', &known))
        if (known.len && kk_eq(known, name))
            return true;
    return false;
}

/* Where the next name of Sysmon's stands behind a blank; the end if there is none. */
static size_t next_name(kk_slice text, size_t from)
{
    for (size_t at = from; at < text.len; at++) {
        kk_slice name, value;
        if (text.ptr[at] == ' ' && labelled(kk_from(text, at + 1), &name, &value) && is_known(name))
            return at;
    }
    return text.len;
}

enum { SYSMON_FIELDS = 64 };

typedef struct {
    kk_pair fields[SYSMON_FIELDS];
    size_t count;
    size_t sure; /* of them, where a name is there twice */
    bool doubtful;
} sysmon_lines;

static void take_sysmon_line(sysmon_lines *s, kk_slice line)
{
    kk_slice name, value;
    bool known = labelled(line, &name, &value);
    for (size_t i = 0; i < s->count && known; i++)
        if (kk_eq(s->fields[i].name, name)) {
            known = false;
            s->sure = s->doubtful && s->sure < i ? s->sure : i ? i - 1 : 0;
            s->doubtful = true;
        }
    if (known && s->count < SYSMON_FIELDS)
        s->fields[s->count++] = (kk_pair){name, value};
    else if (s->count && kk_trim(line).len)
        s->fields[s->count - 1].value.len =
            (size_t)(line.ptr + line.len - s->fields[s->count - 1].value.ptr);
}

static void take_folded(sysmon_lines *s, kk_slice text)
{
    for (size_t at = next_name(text, 0); at < text.len;) {
        size_t end = next_name(text, at + 1);
        take_sysmon_line(s, kk_trim(kk_part(text, at + 1, end - at - 1)));
        at = end;
    }
}

static bool has_field(const kk_winevent *e, kk_slice name)
{
    for (size_t i = 0; i < e->count; i++)
        if (kk_eq(e->pairs[i].name, name))
            return true;
    return false;
}

/* A value may have several lines, and one of a command line can look like a field. Where a name comes
 * twice, what stands before the value that may hold the first one is believed. */
void kk_winevent_read_sysmon(kk_winevent *e)
{
    sysmon_lines s = {.count = 0};
    size_t strings_count = 0, next = 0;
    if (!is_sysmon(e))
        return;
    if (e->described) {
        kk_winevent_add(e, KK_S("Description"), e->message);
        e->message = KK_NONE;
    }
    kk_slice rest = e->message, line;
    bool headed = kk_split(&rest, '\n', &line);
    if (headed && !rest.len)
        take_folded(&s, line);
    while (headed && kk_split(&rest, '\n', &line))
        take_sysmon_line(&s, line);
    for (size_t i = 0; i < e->count; i++)
        strings_count += kk_is(e->pairs[i].name, "Data");
    bool by_place = strings_count == s.count && !s.doubtful;
    for (size_t i = 0; by_place && i < e->count; i++)
        if (kk_is(e->pairs[i].name, "Data"))
            e->pairs[i].name = s.fields[next++].name;
    for (size_t i = 0; i < (s.doubtful ? s.sure : s.count); i++)
        if (!has_field(e, s.fields[i].name))
            kk_winevent_add(e, s.fields[i].name, s.fields[i].value);
    /* Among the fields of the event `User` is Sysmon's; else it is who wrote the record. */
    if (e->user.len && !s.count && has_field(e, KK_S("UtcTime")) && !has_field(e, KK_S("User"))) {
        kk_winevent_add(e, KK_S("User"), e->user);
        e->user = KK_NONE;
    }
}

/* ---- PowerShell ---- */

static bool is_script(const kk_winevent *e)
{
    return kk_is(e->system[KK_SYS_EVENT_ID], "4104") &&
           (kk_is(e->system[KK_SYS_PROVIDER], "Microsoft-Windows-PowerShell") ||
            kk_is(e->system[KK_SYS_PROVIDER], "PowerShellCore"));
}

/* "Creating Scriptblock text (1 of 1):", the script as it was, an empty line, "ScriptBlock ID: ..." and,
 * in the machine's language, "Path: ...". */
void kk_winevent_read_script(kk_winevent *e)
{
    const kk_slice mark = KK_S("\nScriptBlock ID:");
    size_t at = KK_NOWHERE;
    kk_slice rest = e->message, line;
    if (!is_script(e) || has_field(e, KK_S("ScriptBlockText")) || !kk_split(&rest, '\n', &line) ||
        !kk_ends(kk_trim(line), KK_S(":")))
        return;
    for (size_t from = 0, next; (next = kk_find(kk_from(rest, from), mark)) != KK_NOWHERE;) {
        at = from + next; /* the last one: the script may hold such a line */
        from = at + mark.len;
    }
    if (at == KK_NOWHERE)
        return;
    kk_slice script = kk_part(rest, 0, at), ends = kk_from(rest, at + mark.len);
    if (kk_ends(script, KK_S("\r\n\r")))
        script.len -= 3;
    else if (kk_ends(script, KK_S("\n")))
        script.len--;
    kk_winevent_add(e, KK_S("ScriptBlockText"), script);
    if (kk_split(&ends, '\n', &line))
        kk_winevent_add(e, KK_S("ScriptBlockId"), kk_trim(line));
    if (kk_split(&ends, ':', &line) && !kk_has(line, KK_S("\n")))
        kk_winevent_add(e, KK_S("Path"), kk_trim(ends));
}
