/* Windows events as named values side by side. Names are compared without case, blanks, dashes and
 * underscores; one table knows those of Event Viewer (English and Japanese), PowerShell, EvtxECmd,
 * LogParser, NXLog, Winlogbeat, Splunk. */
#include "parse/winevent_flat.h"

#include "parse/winevent_message.h"
#include "parse/winevent_object.h"
#include "parse/winevent_words.h"

static const struct {
    const char *name;
    kk_flat_meaning meaning;
} names[] = {
    {"eventid", KK_FLAT_ID},
    {"eventcode", KK_FLAT_ID},
    {"id", KK_FLAT_ID},
    {"イベントid", KK_FLAT_ID},
    {"winlog.eventid", KK_FLAT_ID},
    {"channel", KK_FLAT_CHANNEL},
    {"logname", KK_FLAT_CHANNEL},
    {"logfile", KK_FLAT_CHANNEL},
    {"eventlog", KK_FLAT_CHANNEL},
    {"log", KK_FLAT_CHANNEL},
    {"ログの名前", KK_FLAT_CHANNEL},
    {"ログ", KK_FLAT_CHANNEL},
    {"winlog.channel", KK_FLAT_CHANNEL},
    {"provider", KK_FLAT_PROVIDER},
    {"providername", KK_FLAT_PROVIDER},
    {"source", KK_FLAT_PROVIDER},
    {"sourcename", KK_FLAT_PROVIDER},
    {"eventsourcename", KK_FLAT_PROVIDER},
    {"ソース", KK_FLAT_PROVIDER},
    {"winlog.providername", KK_FLAT_PROVIDER},
    {"computer", KK_FLAT_COMPUTER},
    {"computername", KK_FLAT_COMPUTER},
    {"machinename", KK_FLAT_COMPUTER},
    {"hostname", KK_FLAT_COMPUTER},
    {"コンピューター", KK_FLAT_COMPUTER},
    {"コンピュータ", KK_FLAT_COMPUTER},
    {"コンピューター名", KK_FLAT_COMPUTER},
    {"winlog.computername", KK_FLAT_COMPUTER},
    {"eventrecordid", KK_FLAT_RECORD},
    {"recordid", KK_FLAT_RECORD},
    {"index", KK_FLAT_RECORD},
    {"winlog.recordid", KK_FLAT_RECORD},
    {"recordnumber", KK_FLAT_LINE},
    {"timecreated", KK_FLAT_TIME},
    {"timegenerated", KK_FLAT_TIME},
    {"timegenerated[utc]", KK_FLAT_TIME}, /* Azure Monitor, Sentinel */
    {"eventtime", KK_FLAT_TIME},
    {"systemtime", KK_FLAT_TIME},
    {"dateandtime", KK_FLAT_TIME},
    {"日付と時刻", KK_FLAT_TIME},
    {"日付/時刻", KK_FLAT_TIME},
    {"@timestamp", KK_FLAT_TIME},
    {"timestamp", KK_FLAT_LATER_TIME},
    {"timewritten", KK_FLAT_LATER_TIME},
    {"time", KK_FLAT_LATER_TIME},
    {"eventreceivedtime", KK_FLAT_IGNORED},
    {"event.created", KK_FLAT_IGNORED},
    {"level", KK_FLAT_LEVEL},
    {"レベル", KK_FLAT_LEVEL},
    {"winlog.level", KK_FLAT_LEVEL},
    {"log.level", KK_FLAT_LEVEL},
    {"leveldisplayname", KK_FLAT_LEVEL_NAME},
    {"eventlevelname", KK_FLAT_LEVEL_NAME},
    {"eventlevel", KK_FLAT_IGNORED},
    {"task", KK_FLAT_TASK},
    {"winlog.task", KK_FLAT_TASK},
    {"categorynumber", KK_FLAT_TASK},
    {"eventcategory", KK_FLAT_TASK},
    {"taskcategory", KK_FLAT_TASK},
    {"category", KK_FLAT_TASK},
    {"タスクのカテゴリ", KK_FLAT_TASK},
    {"taskdisplayname", KK_FLAT_TASK_NAME},
    {"eventcategoryname", KK_FLAT_TASK_NAME},
    {"opcode", KK_FLAT_OPCODE},
    {"opcodevalue", KK_FLAT_OPCODE},
    {"operationalcode", KK_FLAT_OPCODE},
    {"winlog.opcode", KK_FLAT_OPCODE},
    {"opcodedisplayname", KK_FLAT_IGNORED},
    {"keywords", KK_FLAT_KEYWORDS},
    {"keywordsdisplaynames", KK_FLAT_KEYWORDS},
    {"キーワード", KK_FLAT_KEYWORDS},
    {"winlog.keywords", KK_FLAT_KEYWORDS},
    {"entrytype", KK_FLAT_TYPE},
    {"eventtypename", KK_FLAT_TYPE},
    {"eventtype", KK_FLAT_TYPE},
    {"type", KK_FLAT_TYPE},
    {"種類", KK_FLAT_TYPE},
    {"version", KK_FLAT_VERSION},
    {"winlog.version", KK_FLAT_VERSION},
    {"qualifiers", KK_FLAT_QUALIFIERS},
    {"providerguid", KK_FLAT_GUID},
    {"providerid", KK_FLAT_GUID},
    {"winlog.providerguid", KK_FLAT_GUID},
    {"activityid", KK_FLAT_ACTIVITY},
    {"winlog.activityid", KK_FLAT_ACTIVITY},
    {"relatedactivityid", KK_FLAT_RELATED},
    {"winlog.relatedactivityid", KK_FLAT_RELATED},
    {"executionprocessid", KK_FLAT_PROCESS},
    {"winlog.process.pid", KK_FLAT_PROCESS},
    {"プロセスid", KK_FLAT_PROCESS},
    {"processid", KK_FLAT_TOOL_PROCESS},
    {"threadid", KK_FLAT_THREAD},
    {"executionthreadid", KK_FLAT_THREAD},
    {"スレッドid", KK_FLAT_THREAD},
    {"winlog.process.thread.id", KK_FLAT_THREAD},
    {"userid", KK_FLAT_SID},
    {"userid.value", KK_FLAT_SID},
    {"sid", KK_FLAT_SID},
    {"winlog.user.identifier", KK_FLAT_SID},
    {"user", KK_FLAT_USER},
    {"username", KK_FLAT_USER},
    {"ユーザー", KK_FLAT_USER},
    {"message", KK_FLAT_MESSAGE},
    {"rendereddescription", KK_FLAT_MESSAGE},
    {"parameterxml", KK_FLAT_IGNORED},
    {"全般", KK_FLAT_MESSAGE},
    {"説明", KK_FLAT_MESSAGE},
    {"description", KK_FLAT_MESSAGE},
    {"strings", KK_FLAT_STRINGS},
    {"insertionstrings", KK_FLAT_STRINGS},
    {"replacementstrings", KK_FLAT_STRINGS},
    {"stringinserts", KK_FLAT_STRINGS},
    {"eventdata", KK_FLAT_STRINGS}, /* as a list: Fluentd */
    {"properties", KK_FLAT_STRINGS},
    {"properties.value", KK_FLAT_STRINGS},
    {"properties.value.value", KK_FLAT_STRINGS},
    {"timecreated.value", KK_FLAT_TIME},
    {"host", KK_FLAT_IGNORED},
    {"sourcetype", KK_FLAT_IGNORED},
    {"splunkserver", KK_FLAT_IGNORED},
    {"punct", KK_FLAT_IGNORED},
    {"linecount", KK_FLAT_IGNORED},
    {"payload", KK_FLAT_PAYLOAD},
    {"raw", KK_FLAT_XML},
    {"payloaddata1", KK_FLAT_DERIVED},
    {"payloaddata2", KK_FLAT_DERIVED},
    {"payloaddata3", KK_FLAT_DERIVED},
    {"payloaddata4", KK_FLAT_DERIVED},
    {"payloaddata5", KK_FLAT_DERIVED},
    {"payloaddata6", KK_FLAT_DERIVED},
    {"mapdescription", KK_FLAT_DERIVED},
    {"remotehost", KK_FLAT_DERIVED},
    {"executableinfo", KK_FLAT_DERIVED},
    {"chunknumber", KK_FLAT_IGNORED},
    {"hiddenrecord", KK_FLAT_IGNORED},
    {"sourcefile", KK_FLAT_IGNORED},
    {"extradataoffset", KK_FLAT_IGNORED},
    {"containerlog", KK_FLAT_IGNORED},
    {"matchedqueryids", KK_FLAT_IGNORED},
    {"bookmark", KK_FLAT_IGNORED},
    {"instanceid", KK_FLAT_IGNORED},
    {"severity", KK_FLAT_IGNORED},
    {"severityvalue", KK_FLAT_IGNORED},
    {"sourcemodulename", KK_FLAT_IGNORED},
    {"sourcemoduletype", KK_FLAT_IGNORED},
    {"pscomputername", KK_FLAT_IGNORED},
    {"psshowcomputername", KK_FLAT_IGNORED},
    {"runspaceid", KK_FLAT_IGNORED},
    {"site", KK_FLAT_IGNORED},
    {"container", KK_FLAT_IGNORED},
    {"winlog.api", KK_FLAT_IGNORED},
    {"xmlns", KK_FLAT_IGNORED},
};

/* Below these stand fields of the event itself. */
static const char *const prefixes[] = {
    "winlog.event_data.", "winlog.user_data.", "event_data.",
    "user_data.",         "EventData.",        "UserData.",
};

/* What shippers say about themselves and derive from the event, and parts of .NET objects. */
static const char *const derived[] = {
    "agent.",   "ecs.",         "host.",        "event.",         "log.",
    "beat.",    "related.",     "input.",       "user.",          "source.",
    "process.", "file.",        "winlog.user.", "winlog.logon.",  "destination.",
    "userid.",  "timecreated.", "timewritten.", "timegenerated.", "properties.value.",
    "elastic",  "tags",         "metadata.",    "@metadata.",     "@version",
};

static kk_slice plain_name(char *out, size_t room, kk_slice name)
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < room; i++) {
        char c = name.ptr[i];
        if (c == ' ' || c == '_' || c == '-')
            continue;
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return (kk_slice){out, n};
}

kk_flat_meaning kk_flat_meaning_of(kk_slice *name)
{
    char room[80];
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (kk_starts(*name, kk_cstr(prefixes[i]))) {
            *name = kk_from(*name, strlen(prefixes[i]));
            return kk_is(*name, "xml_name") ? KK_FLAT_IGNORED : KK_FLAT_NONE;
        }
    /* NXLog has ProcessID for the logging process and ProcessId for the event's own field. */
    if (kk_is(*name, "ProcessID") || kk_is(*name, "ThreadID"))
        return name->ptr[0] == 'P' ? KK_FLAT_PROCESS : KK_FLAT_THREAD;
    kk_slice plain = plain_name(room, sizeof room, *name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_is(plain, names[i].name))
            return names[i].meaning;
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++)
        if (kk_starts(plain, kk_cstr(derived[i])))
            return KK_FLAT_IGNORED;
    return name->len && name->ptr[0] == '_' ? KK_FLAT_IGNORED : KK_FLAT_NONE;
}

static bool is_number(kk_slice s)
{
    uint64_t v;
    return kk_to_u64(s, &v) || (kk_starts(s, KK_S("0x")) && kk_hex_to_u64(kk_from(s, 2), &v));
}

static void put_level(kk_winevent *e, kk_slice value)
{
    if (is_number(value)) {
        e->system[KK_SYS_LEVEL] = value;
        return;
    }
    e->level = value;
}

static void put_task(kk_winevent *e, kk_slice value)
{
    kk_slice inner = value.len > 2 && value.ptr[0] == '(' && value.ptr[value.len - 1] == ')'
                         ? kk_part(value, 1, value.len - 2)
                         : value;
    if (is_number(inner))
        e->system[KK_SYS_TASK] = inner;
    else if (!kk_is(value, "なし") && !kk_is(value, "None"))
        e->task = value;
}

static void put_keywords(kk_winevents *events, kk_winevent *e, kk_slice value)
{
    kk_slice text = kk_winevent_keywords_text(kk_winevents_scratch(events), value);
    if (is_number(text)) {
        e->system[KK_SYS_KEYWORDS] = text;
        return;
    }
    uint64_t bits = kk_winevent_audit_bits(value);
    e->keywords |= bits;
    if (!e->system[KK_SYS_KEYWORDS].len && bits)
        e->system[KK_SYS_KEYWORDS] =
            bits == KK_AUDIT_FAILURE ? KK_S("0x8010000000000000") : KK_S("0x8020000000000000");
}

/* SuccessAudit, AUDIT_FAILURE, 8, 16, or a level. */
static void put_type(kk_winevents *events, kk_winevent *e, kk_slice value)
{
    uint64_t bits = kk_winevent_audit_bits(value);
    if (kk_is(value, "8") || kk_is(value, "16"))
        bits = kk_is(value, "8") ? KK_AUDIT_SUCCESS : KK_AUDIT_FAILURE;
    if (bits)
        put_keywords(events, e,
                     bits == KK_AUDIT_SUCCESS ? KK_S("Audit Success") : KK_S("Audit Failure"));
    else if (kk_winevent_level_of(value))
        put_level(e, value);
}

kk_slice kk_flat_channel_of_name(kk_slice name)
{
    static const struct {
        const char *part, *channel;
    } words[] = {{"security", "Security"},       {"セキュリティ", "Security"},
                 {"system", "System"},           {"システム", "System"},
                 {"application", "Application"}, {"アプリケーション", "Application"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has_nocase(name, kk_cstr(words[i].part)))
            return kk_cstr(words[i].channel);
    return KK_NONE;
}

/* What a tool gives as the log: "Security", a file's path, "WinEventLog:Security". */
static void put_channel(kk_winevents *events, kk_winevent *e, kk_slice value)
{
    const kk_slice splunk = KK_S("WinEventLog:"), file = KK_S(".evtx"), slash = KK_S("%4");
    if (kk_starts(value, splunk))
        value = kk_from(value, splunk.len);
    if (kk_ends(value, file)) {
        value = kk_part(value, 0, value.len - file.len);
        size_t bar = kk_rfind_byte(value, '\\');
        value = kk_from(value, bar == KK_NOWHERE ? 0 : bar + 1);
        size_t at = kk_find(value, slash);
        kk_slice named = kk_flat_channel_of_name(value);
        if (at != KK_NOWHERE)
            value = kk_print(kk_winevents_scratch(events), "%.*s/%.*s", KK_P(kk_part(value, 0, at)),
                             KK_P(kk_from(value, at + slash.len)));
        else
            value = kk_eq_nocase(value, named) ? named : KK_NONE;
    }
    if (value.len)
        e->system[KK_SYS_CHANNEL] = value;
}

static void put_strings(kk_winevent *e, char by, kk_slice value)
{
    kk_slice piece;
    if (kk_starts(value, KK_S("System.Diagnostics.Eventing."))) /* nested too deep for PowerShell */
        return;
    if (!by) {
        kk_winevent_add(e, KK_S(KK_FLAT_STRING), value);
        return;
    }
    e->parted = true;
    while (kk_split(&value, by, &piece))
        kk_winevent_add(e, KK_S(KK_FLAT_STRING), piece);
}

/* <DataItem><EventData><Data Name="...">: what Azure Monitor has of the event's XML. */
static bool put_data_xml(kk_winevents *events, kk_winevent *e, kk_slice value)
{
    const kk_slice end = KK_S("</EventData>");
    size_t from = kk_find(value, KK_S("<EventData")), to = kk_find(value, end);
    if (kk_trim(value).len == 0 || kk_trim(value).ptr[0] != '<' || from == KK_NOWHERE ||
        to == KK_NOWHERE || to < from)
        return false;
    kk_slice data = kk_part(value, from, to + end.len - from);
    return kk_winevent_read_xml(
        events, e,
        kk_print(kk_winevents_scratch(events), "<Event><System></System>%.*s</Event>", KK_P(data)));
}

static void put_payload(kk_winevents *events, kk_winevent *e, kk_slice value)
{
    const kk_json_value *tree = kk_json_read(kk_winevents_scratch(events), value);
    if (tree && tree->kind == KK_JSON_OBJECT)
        kk_winevent_read_payload(events, e, tree);
    else
        kk_winevent_add(e, KK_S("Payload"), value);
}

static void put_fields(kk_winevents *events, kk_winevent *e, kk_slice value)
{
    const kk_json_value *tree = kk_json_read(kk_winevents_scratch(events), value);
    if (tree && tree->kind == KK_JSON_OBJECT)
        kk_winevent_read_fields(events, e, tree);
    else
        e->flags |= KK_FLAG_DAMAGED;
}

static void put_system(kk_winevents *events, kk_winevent *e, kk_flat_meaning meaning,
                       kk_slice value)
{
    static const kk_system_field fields[] = {
        [KK_FLAT_ID] = KK_SYS_EVENT_ID,          [KK_FLAT_PROVIDER] = KK_SYS_PROVIDER,
        [KK_FLAT_COMPUTER] = KK_SYS_COMPUTER,    [KK_FLAT_RECORD] = KK_SYS_RECORD_ID,
        [KK_FLAT_VERSION] = KK_SYS_VERSION,      [KK_FLAT_QUALIFIERS] = KK_SYS_QUALIFIERS,
        [KK_FLAT_ACTIVITY] = KK_SYS_ACTIVITY,    [KK_FLAT_RELATED] = KK_SYS_RELATED,
        [KK_FLAT_PROCESS] = KK_SYS_PROCESS,      [KK_FLAT_THREAD] = KK_SYS_THREAD,
        [KK_FLAT_TOOL_PROCESS] = KK_SYS_PROCESS, [KK_FLAT_GUID] = KK_SYS_GUID,
    };
    kk_arena *arena = kk_winevents_scratch(events);
    bool guid =
        meaning == KK_FLAT_ACTIVITY || meaning == KK_FLAT_RELATED || meaning == KK_FLAT_GUID;
    if (guid && value.len == 36)
        value = kk_print(arena, "{%.*s}", KK_P(value));
    if (guid && kk_is(value, "{00000000-0000-0000-0000-000000000000}"))
        return;
    uint64_t id;
    if (meaning == KK_FLAT_ID && kk_to_u64(value, &id) && id > 0xffff && id <= UINT32_MAX) {
        e->system[KK_SYS_QUALIFIERS] = kk_print(arena, "%u", (unsigned)(id >> 16));
        value = kk_print(arena, "%u", (unsigned)(id & 0xffff)); /* both in one number */
    }
    if (meaning == KK_FLAT_PROVIDER && kk_has(value, KK_S("WinEventLog:")))
        return; /* Splunk: where it read the event */
    e->system[fields[meaning]] = value;
}

static void put_user(kk_winevent *e, kk_slice value)
{
    if (kk_starts(value, KK_S("S-1-")))
        e->system[KK_SYS_USER] = value;
    else if (!kk_is(value, "N/A"))
        e->user = value;
}

static void put_record(kk_winevent *e, kk_flat_meaning meaning, kk_slice value)
{
    if (is_number(value) && (meaning == KK_FLAT_RECORD || !e->system[KK_SYS_RECORD_ID].len))
        e->system[KK_SYS_RECORD_ID] = value;
}

/* 2026/07/01 01:02:03.4567800: so many nanoseconds, not tenths and hundredths. */
static kk_slice with_zeros(kk_arena *arena, kk_slice value)
{
    size_t point = kk_rfind_byte(value, '.');
    size_t digits = point == KK_NOWHERE ? 9 : value.len - point - 1;
    if (digits >= 9)
        return value;
    return kk_print(arena, "%.*s.%.*s%.*s", KK_P(kk_part(value, 0, point)), (int)(9 - digits),
                    "000000000", KK_P(kk_from(value, point + 1)));
}

static void put_time(kk_winevent *e, const kk_flat_shape *shape, kk_flat_meaning meaning,
                     kk_slice name, kk_slice value)
{
    kk_winevent other = *e;
    if (meaning == KK_FLAT_LATER_TIME && e->time != KK_NO_TIME)
        return;
    bool utc = shape->utc || kk_is(name, "SystemTime") || kk_ends(name, KK_S("[UTC]"));
    if (kk_flat_time(&other, shape->settings, utc, value)) {
        e->time = other.time;
        e->basis = other.basis;
        e->precision = other.precision;
    }
}

static void put_sid(kk_winevent *e, kk_slice value)
{
    if (kk_starts(value, KK_S("S-1-")))
        e->system[KK_SYS_USER] = value;
}

/* Where there is a message beside it, a description is a field of the event (Sysmon's). */
static void put_message(kk_winevent *e, kk_slice name, kk_slice value)
{
    bool description = kk_eq_nocase(name, KK_S("Description"));
    if (description && e->message.len) {
        kk_winevent_add(e, name, value);
        return;
    }
    if (e->described)
        kk_winevent_add(e, KK_S("Description"), e->message);
    e->described = description;
    e->message = value;
}

void kk_flat_put(kk_winevents *events, kk_winevent *e, const kk_flat_shape *shape,
                 kk_flat_meaning meaning, kk_slice name, kk_slice value)
{
    if (meaning == KK_FLAT_NONE || (meaning == KK_FLAT_TOOL_PROCESS && !shape->dotnet) ||
        (meaning == KK_FLAT_DERIVED && !shape->has_payload)) {
        kk_winevent_add(e, name, value);
        return;
    }
    if (!kk_trim(value).len && meaning != KK_FLAT_STRINGS)
        return;
    switch (meaning) {
    case KK_FLAT_CHANNEL:
        put_channel(events, e, value);
        break;
    case KK_FLAT_RECORD:
    case KK_FLAT_LINE:
        put_record(e, meaning, value);
        break;
    case KK_FLAT_TIME:
    case KK_FLAT_LATER_TIME:
        if (shape->nanoseconds)
            value = with_zeros(kk_winevents_scratch(events), value);
        put_time(e, shape, meaning, name, value);
        break;
    case KK_FLAT_LEVEL:
        put_level(e, value);
        break;
    case KK_FLAT_LEVEL_NAME:
        e->level = value;
        break;
    case KK_FLAT_TASK:
        put_task(e, value);
        break;
    case KK_FLAT_TASK_NAME:
        e->task = value;
        break;
    case KK_FLAT_OPCODE:
        if (is_number(value))
            e->system[KK_SYS_OPCODE] = value;
        break;
    case KK_FLAT_KEYWORDS:
        put_keywords(events, e, value);
        break;
    case KK_FLAT_TYPE:
        put_type(events, e, value);
        break;
    case KK_FLAT_SID:
        put_sid(e, value);
        break;
    case KK_FLAT_USER:
        if (!shape->has_payload)
            put_user(e, value);
        break;
    case KK_FLAT_MESSAGE:
        put_message(e, name, value);
        break;
    case KK_FLAT_STRINGS:
        if (!put_data_xml(events, e, value))
            put_strings(e, shape->strings_by, value);
        break;
    case KK_FLAT_PAYLOAD:
        put_payload(events, e, value);
        break;
    case KK_FLAT_FIELDS:
        put_fields(events, e, value);
        break;
    case KK_FLAT_FOUND:
        (void)kk_winevent_found_as(e, value);
        break;
    case KK_FLAT_XML:
    case KK_FLAT_DERIVED:
    case KK_FLAT_IGNORED:
        break;
    default:
        put_system(events, e, meaning, value);
    }
}

void kk_flat_finish(kk_winevent *e)
{
    e->loose_hex = true;
    kk_winevent_settle_provider(e);
    kk_winevent_name_strings(e);
    if (e->level.len && !e->system[KK_SYS_LEVEL].len)
        e->system[KK_SYS_LEVEL] = kk_winevent_level_number(e);
    if (e->message.len)
        kk_winevent_read_message(e);
    kk_winevent_read_sysmon(e);
    kk_winevent_name_sysmon(e);
    kk_winevent_read_script(e);
}

/* 07/01/2026 10:02:03 AM, then LogName=Security, EventCode=4624 and so on, a line each; behind Message=
 * all that follows. */
static bool read_classic(kk_winevents *events, kk_winevent *e, kk_slice text)
{
    const kk_slice message = KK_S("Message=");
    const kk_flat_shape shape = {.settings = kk_winevents_settings(events)};
    kk_slice line, name;
    if (!kk_split(&text, '\n', &line) || !kk_flat_time(e, shape.settings, false, line))
        return false;
    while (text.len && !kk_starts(text, message) && kk_split(&text, '\n', &line)) {
        kk_slice value = kk_trim(line);
        if (!kk_split(&value, '=', &name))
            continue;
        kk_flat_meaning meaning = kk_flat_meaning_of(&name);
        kk_flat_put(events, e, &shape, meaning, name, value);
    }
    if (kk_starts(text, message))
        e->message = kk_from(text, message.len);
    kk_flat_finish(e);
    return true;
}

bool kk_flat_is_raw(kk_slice text)
{
    text = kk_trim(text);
    return kk_starts(text, KK_S("<Event ")) || (kk_has(kk_part(text, 0, 200), KK_S("\nLogName=")) &&
                                                kk_has(text, KK_S("\nEventCode=")));
}

bool kk_flat_read_raw(kk_winevents *events, kk_winevent *e, kk_slice text)
{
    text = kk_trim(text);
    if (!kk_flat_is_raw(text))
        return false;
    bool read =
        text.ptr[0] == '<' ? kk_winevent_read_xml(events, e, text) : read_classic(events, e, text);
    return read && e->system[KK_SYS_EVENT_ID].len;
}
