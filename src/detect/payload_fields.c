/* Where in an event payloads are looked for, and the quick look that most events end with. */
#include "detect/payload_i.h"

enum { RUN_LEAST = 20, TEXT_LEAST = 16 };

/* A run of digits, looked for from its end: where there is none at a place, none of those before it
 * matters. */
static bool has_run(kk_slice s)
{
    const uint8_t *bytes = (const uint8_t *)s.ptr;
    for (size_t end = RUN_LEAST; end <= s.len;) {
        size_t at = end, least = end - RUN_LEAST;
        while (at > least && payload_class[bytes[at - 1]] & (PAYLOAD_DIGIT | PAYLOAD_SIGN))
            at--;
        if (at == least)
            return true;
        end = at + RUN_LEAST;
    }
    return false;
}

/* What a mark begins with; most letters of a command are none of them. */
static const bool begins_mark[256] = {['-'] = true, ['/'] = true,  [0xe2] = true, ['6'] = true,
                                      ['0'] = true, ['\\'] = true, ['t'] = true};

/* "-e", "/e" or a wide dash behind a blank or a quote; "64", as decoders have it in their names, and
 * "atob"; "\x" or "0x"; carets by which letters are hidden. */
static bool is_mark(char before, char c, char next)
{
    if ((c == '-' || c == '/' || c == '\xe2') && (before == ' ' || before == '"') &&
        (c == '\xe2' || (next | 32) == 'e' || next == '^'))
        return true;
    return (c == '6' && next == '4') || ((c == '0' || c == '\\') && next == 'x') ||
           (c == 't' && next == 'o' && before == 'a');
}

static bool has_mark(kk_slice s)
{
    for (size_t i = 1; i + 1 < s.len; i++)
        if (begins_mark[(unsigned char)s.ptr[i]] && is_mark(s.ptr[i - 1], s.ptr[i], s.ptr[i + 1]))
            return true;
    return false;
}

/* A quick look that overlooks nothing but what no mark announces. `is_command`: also for short options
 * of commands. */
static bool is_suspected(kk_slice s, bool is_command)
{
    return s.len >= TEXT_LEAST && (has_run(s) || (is_command && has_mark(s)));
}

/* Fields of Windows events by their own names, in the order of codes; of a channel by the end of its
 * dataset. */
typedef struct {
    unsigned code;
    kk_slice dataset, fields[4];
} place;
#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define SYSMON TEXT("microsoft-windows-sysmon/operational")
#define POWERSHELL TEXT("powershell/operational")
#define NEW_POWERSHELL TEXT("powershellcore/operational")
#define OLD_POWERSHELL TEXT("windows powershell")
#define OF_HOST TEXT("HostApplication"), TEXT("Data")
#define OF_PIPELINE TEXT("Payload"), TEXT("ContextInfo")
static const place places[] = {
    {1, SYSMON, {TEXT("CommandLine"), TEXT("ParentCommandLine")}},
    {13, SYSMON, {TEXT("Details")}},
    {15, SYSMON, {TEXT("Contents")}},
    {19, SYSMON, {TEXT("Query")}},
    {20, SYSMON, {TEXT("Destination")}},
    {24, SYSMON, {TEXT("ClientInfo")}},
    {400, OLD_POWERSHELL, {OF_HOST}},
    {403, OLD_POWERSHELL, {OF_HOST}},
    {600, OLD_POWERSHELL, {OF_HOST}},
    {800, OLD_POWERSHELL, {OF_HOST, OF_PIPELINE}},
    {4100, POWERSHELL, {OF_PIPELINE}},
    {4103, POWERSHELL, {OF_PIPELINE}},
    {4103, NEW_POWERSHELL, {OF_PIPELINE}},
    {4104, POWERSHELL, {TEXT("ScriptBlockText")}},
    {4104, NEW_POWERSHELL, {TEXT("ScriptBlockText")}},
    {4657, TEXT("security"), {TEXT("NewValue")}},
    {4688, TEXT("security"), {TEXT("CommandLine")}},
    {4697, TEXT("security"), {TEXT("ServiceFileName")}},
    {4698, TEXT("security"), {TEXT("TaskContent")}},
    {4702, TEXT("security"), {TEXT("TaskContentNew")}},
    {5861,
     TEXT("wmi-activity/operational"),
     {TEXT("PossibleCause"), TEXT("ESS"), TEXT("CONSUMER")}},
    {7045, TEXT("system"), {TEXT("ImagePath")}},
};
/* Any other Windows event: fields that are longer than names, paths and lists of rights are. */
enum { LONG_FIELD = 200, SCRIPT_CODE = 4104 };

static unsigned number_of(kk_slice code)
{
    enum { DIGITS_MOST = 5 };
    unsigned n = 0;
    if (code.len > DIGITS_MOST)
        return 0;
    for (size_t i = 0; i < code.len; i++)
        n = n * 10 + (unsigned char)code.ptr[i] - '0';
    return n;
}

static const place *place_of(const kk_event *e)
{
    const place *p = places, *end = places + sizeof places / sizeof *places;
    unsigned code = number_of(e->text[KK_CODE]);
    while (p < end && p->code < code)
        p++;
    for (; p < end && p->code == code; p++)
        if (kk_ends(e->text[KK_DATASET], p->dataset))
            return p;
    return NULL;
}

static bool is_of(const place *p, kk_slice name)
{
    for (size_t i = 0; i < sizeof p->fields / sizeof *p->fields && p->fields[i].len; i++)
        if (kk_eq(name, p->fields[i]))
            return true;
    return false;
}

static kk_slice more_of(const kk_event *e, const char *name)
{
    for (size_t i = 0; i < e->more_count; i++)
        if (kk_is(e->more[i].name, name))
            return kk_event_value(e, i);
    return KK_NONE;
}

/* A script block that was logged in parts: what is whole only once they are joined. */
static bool is_part(const kk_event *e)
{
    kk_slice id = more_of(e, "ScriptBlockId");
    uint64_t number, total;
    if (id.len == 38 && id.ptr[0] == '{' && id.ptr[37] == '}')
        id = kk_part(id, 1, 36);
    for (size_t i = 0; i < id.len; i++)
        if (!memchr("0123456789abcdefABCDEF-", id.ptr[i], 23))
            return false;
    return id.len == 36 && kk_to_u64(more_of(e, "MessageNumber"), &number) && number &&
           kk_to_u64(more_of(e, "MessageTotal"), &total) && total > 1 && total <= UINT32_MAX;
}

/* Not too short to be looked at; the value of an unread one is made text only if it may not be. */
static bool is_long(const kk_event *e, size_t i, size_t least)
{
    kk_slice value = e->more[i].value;
    if (value.len == KK_UNREAD) {
        const kk_xml_value *raw = (const kk_xml_value *)(const void *)value.ptr;
        if (raw->type == KK_XML_UTF16 && raw->len + raw->len / 2 < least)
            return false;
        if (least == LONG_FIELD && kk_xml_is_numeral(raw->type) && raw->type != KK_XML_BINARY &&
            raw->len < LONG_FIELD / 2)
            return false;
        value = kk_event_read(e, i);
    }
    return value.len >= least;
}

static size_t windows_fields(const kk_event *e, kk_payload_field *out)
{
    const place *p = place_of(e);
    size_t least = p ? TEXT_LEAST : LONG_FIELD, count = 0;
    for (size_t i = 0; i < e->more_count; i++) {
        const kk_pair *m = &e->more[i];
        if ((p && !is_of(p, m->name)) || !is_long(e, i, least))
            continue;
        if (count < KK_PAYLOAD_FIELDS && is_suspected(m->value, p != NULL))
            out[count++] = (kk_payload_field){m->name, m->value};
    }
    if (count && p && p->code == SCRIPT_CODE && is_part(e))
        return 0;
    return count;
}

size_t kk_payload_fields(const kk_event *e, kk_payload_field out[KK_PAYLOAD_FIELDS])
{
    static const kk_text_field columns[] = {KK_COMMAND_LINE, KK_URL, KK_MESSAGE, KK_USER_AGENT};
    size_t count = 0;
    if (kk_starts(e->text[KK_DATASET], KK_S("windows")))
        return windows_fields(e, out);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (is_suspected(e->text[columns[i]], columns[i] == KK_COMMAND_LINE))
            out[count++] =
                (kk_payload_field){kk_cstr(kk_text_field_name(columns[i])), e->text[columns[i]]};
    return count;
}
