/* Windows events as text for people: `wevtutil qe /f:text`, what Event Viewer copies, PowerShell's
 * Format-List of Get-WinEvent and Get-EventLog, events as Splunk keeps them, evtxexport. docs/formats/winevent_text.md.
 *
 * All are lines of a name and a value with a message of many lines; they differ in how a record
 * begins and in what ends the message. */
#include "parse/winevent_flat.h"
#include "parse/winevent_lines.h"

enum { MESSAGE_MOST = 1024 * 1024, PROPERTIES = 64, LINES_BEFORE = 5, HEAD = 16 * 1024 };

typedef enum {
    NO_LAYOUT,
    PRINTED /* wevtutil */,
    COPIED /* Event Viewer */,
    KEPT /* Splunk */,
    EXPORTED /* evtxexport */,
    LISTED,
    TABLED
} layout;

/* Names that wevtutil and Event Viewer put before values. */
static const struct {
    const char *en, *ja;
    kk_flat_meaning meaning;
} labels[] = {
    {"Log Name", "ログの名前", KK_FLAT_CHANNEL},
    {"Source", "ソース", KK_FLAT_PROVIDER},
    {"Date", "日付", KK_FLAT_TIME},
    {"Event ID", "イベント ID", KK_FLAT_ID},
    {"Task", "タスク", KK_FLAT_TASK},
    {"Task Category", "タスクのカテゴリ", KK_FLAT_TASK},
    {"Level", "レベル", KK_FLAT_LEVEL},
    {"Opcode", "オペコード", KK_FLAT_OPCODE},
    {"Keyword", "キーワード", KK_FLAT_KEYWORDS},
    {"Keywords", "キーワード", KK_FLAT_KEYWORDS},
    {"User", "ユーザー", KK_FLAT_USER},
    {"User Name", "ユーザー名", KK_FLAT_USER},
    {"Computer", "コンピューター", KK_FLAT_COMPUTER},
    {"Computer", "コンピュータ", KK_FLAT_COMPUTER},
    {"Description", "説明", KK_FLAT_MESSAGE},
    {"Event Xml", "イベント XML", KK_FLAT_XML},
};

/* Those of evtxexport; `in_brackets`: the number behind the words is meant. */
static const struct {
    const char *name;
    kk_flat_meaning meaning;
    bool in_brackets;
} exported[] = {
    {"Creation time", KK_FLAT_TIME, false},       {"Written time", KK_FLAT_LATER_TIME, false},
    {"Event level", KK_FLAT_LEVEL, true},         {"Event type", KK_FLAT_TYPE, false},
    {"Event category", KK_FLAT_TASK, false},      {"User security identifier", KK_FLAT_SID, false},
    {"Computer name", KK_FLAT_COMPUTER, false},   {"Source name", KK_FLAT_PROVIDER, false},
    {"Provider identifier", KK_FLAT_GUID, false}, {"Event identifier", KK_FLAT_ID, true},
    {"Message", KK_FLAT_MESSAGE, false},
};

typedef struct {
    kk_sink *sink;
    const kk_settings *settings;
    kk_winevents *events;
    kk_winevent *event; /* NULL: none is open */
    kk_printed_lines lines;
    layout layout;
    kk_flat_shape shape;
    kk_slice channel; /* as the file's name tells it */
    kk_buffer text;   /* of the message, or of the value that is being listed */
    kk_buffer xml;
    bool in_message, in_xml, over;
    uint64_t count;
    /* Of a list of properties: */
    size_t indent; /* of the values */
    kk_slice seen[PROPERTIES], name, instance, strings;
    size_t seen_count;
    kk_buffer last; /* the line before, as printed */
    uint64_t other, first_other, stray, first_stray, undated, first_undated, large, first_large;
} walk;

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

/* ---- Lines with a label ---- */

static kk_slice without_blanks_before(kk_slice s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s = kk_from(s, 1);
    return s;
}

/* "  Log Name: Security": which label, and the value; KK_FLAT_NONE if none. */
static kk_flat_meaning label_of(kk_slice line, kk_slice *value)
{
    line = without_blanks_before(line);
    size_t colon = kk_find_byte(line, ':');
    if (colon == KK_NOWHERE || colon > 40)
        return KK_FLAT_NONE;
    kk_slice name = kk_trim(kk_part(line, 0, colon));
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (kk_is(name, labels[i].en) || kk_is(name, labels[i].ja)) {
            *value = kk_trim(kk_from(line, colon + 1));
            return labels[i].meaning;
        }
    return KK_FLAT_NONE;
}

/* "Event[12]:", newer without the colon. */
static bool is_number_line(kk_slice line)
{
    size_t n = 6;
    if (!kk_starts(line, KK_S("Event[")))
        return false;
    while (n < line.len && line.ptr[n] >= '0' && line.ptr[n] <= '9')
        n++;
    kk_slice rest = kk_from(line, n);
    return n > 6 && kk_starts(rest, KK_S("]")) && kk_trim(rest).len <= 2;
}

/* What Event Viewer copies begins with the log, and then the source. */
static bool begins_copy(kk_slice line, kk_slice next)
{
    kk_slice value;
    return line.len && line.ptr[0] != ' ' && line.ptr[0] != '\t' &&
           label_of(line, &value) == KK_FLAT_CHANNEL && value.len &&
           label_of(next, &value) == KK_FLAT_PROVIDER;
}

/* A time, and below it the log. */
static bool begins_kept(kk_slice line, kk_slice next)
{
    return line.len > 10 && line.len < 40 && line.ptr[0] >= '0' && line.ptr[0] <= '9' &&
           kk_find_byte(line, ':') != KK_NOWHERE && kk_starts(next, KK_S("LogName="));
}

/* ---- Properties ---- */

/* "ProviderName         : ...": the name and where the value begins; 0: it is none. */
static size_t property_of(kk_slice line, kk_slice *name)
{
    size_t n = 0;
    while (n < line.len && ((line.ptr[n] | 0x20) >= 'a' && (line.ptr[n] | 0x20) <= 'z'))
        n++;
    *name = kk_part(line, 0, n);
    while (n > 0 && n < line.len && line.ptr[n] == ' ')
        n++;
    bool good = n > 1 && n <= 60 && n < line.len && line.ptr[n] == ':' && line.ptr[n - 1] == ' ' &&
                (n + 1 == line.len || line.ptr[n + 1] == ' ');
    return good ? n + 2 : 0;
}

static bool was_seen(const walk *w, kk_slice name)
{
    for (size_t i = 0; i < w->seen_count; i++)
        if (kk_eq(w->seen[i], name))
            return true;
    return false;
}

static kk_slice without_braces(kk_slice value)
{
    bool both = value.len >= 2 && value.ptr[0] == '{' && value.ptr[value.len - 1] == '}';
    return both ? kk_part(value, 1, value.len - 2) : value;
}

/* A .NET object that could only be named. */
static bool is_object_name(kk_slice value)
{
    return kk_starts(value, KK_S("System.")) &&
           (kk_ends(value, KK_S("]")) || kk_has(value, KK_S("Diagnostics")));
}

static void end_property(walk *w)
{
    kk_slice name = w->name;
    w->name = KK_NONE;
    if (!name.len)
        return;
    kk_slice value = kk_trim(kk_copy(kk_winevents_scratch(w->events), kk_buffer_slice(&w->text)));
    kk_flat_meaning m = kk_flat_meaning_of(&name);
    if (kk_is(name, "InstanceId")) {
        w->instance = value;
        return;
    }
    if (m != KK_FLAT_MESSAGE)
        value = without_braces(value);
    if (m == KK_FLAT_STRINGS)
        w->strings = value;
    else if (m != KK_FLAT_NONE && !is_object_name(value))
        kk_flat_put(w->events, w->event, &w->shape, m, name, value);
    else if (value.len && !is_object_name(value) && !kk_is(name, "Data"))
        kk_winevent_add(w->event, name, value);
}

static void begin_property(walk *w, kk_slice name, size_t at, kk_slice line)
{
    end_property(w);
    w->name = kk_copy(kk_winevents_scratch(w->events), name);
    if (w->seen_count < PROPERTIES)
        w->seen[w->seen_count++] = w->name;
    w->shape.dotnet = w->shape.dotnet || kk_is(name, "ProviderName");
    w->indent = at;
    w->text.len = 0;
    kk_put(&w->text, kk_from(line, at));
}

/* ---- What evtxexport writes ---- */

static void add_text(walk *w, kk_buffer *to, kk_slice text)
{
    if (to->len + text.len > MESSAGE_MOST)
        w->over = true;
    else
        kk_put(to, text);
}

/* "Computer name\t\t\t: SRV", "String: 12\t\t: text": the name, and the value as it is. */
static bool exported_line(kk_slice line, kk_slice *name, kk_slice *value)
{
    size_t tab = kk_find_byte(line, '\t'), at = tab;
    if (tab == KK_NOWHERE || tab < 6 || tab > 40 || line.ptr[0] < 'A' || line.ptr[0] > 'Z')
        return false;
    while (at < line.len && line.ptr[at] == '\t')
        at++;
    *name = kk_part(line, 0, tab);
    *value = kk_from(line, at + 2);
    return kk_starts(kk_from(line, at), KK_S(": ")) || kk_is(kk_from(line, at), ":");
}

static bool begins_export(kk_slice line, kk_slice next)
{
    kk_slice name, value;
    uint64_t number;
    return exported_line(line, &name, &value) && kk_is(name, "Event number") &&
           kk_to_u64(kk_trim(value), &number) && exported_line(next, &name, &value) &&
           kk_ends(name, KK_S(" time"));
}

/* 0x00000000000003e7: as long as its type; in the log it is 0x3e7. */
static kk_slice without_zeros(kk_arena *arena, kk_slice value)
{
    uint64_t number;
    bool filled = (value.len == 10 || value.len == 18) && kk_starts(value, KK_S("0x"));
    if (!filled || !kk_hex_to_u64(kk_from(value, 2), &number))
        return value;
    return kk_print(arena, "0x%llx", (unsigned long long)number);
}

/* "0x00001278 (4728)", "Information (0)", "Success Audit event (8)": the number or the words. */
static kk_slice part_in_brackets(kk_slice value, bool inside)
{
    size_t open = kk_rfind_byte(value, '(');
    if (open == KK_NOWHERE || !kk_ends(value, KK_S(")")))
        return value;
    return inside ? kk_part(value, open + 1, value.len - open - 2)
                  : kk_trim(kk_part(value, 0, open));
}

/* The value that was gathered over its lines; a record ends with an empty one. */
static void end_exported(walk *w, bool at_end)
{
    kk_arena *scratch = kk_winevents_scratch(w->events);
    kk_slice name = w->name, value = kk_copy(scratch, kk_buffer_slice(&w->text));
    w->name = KK_NONE;
    if (at_end && kk_ends(value, KK_S("\n")))
        value.len--;
    if (kk_starts(name, KK_S("String: ")))
        kk_winevent_add(w->event, KK_S(KK_FLAT_STRING), without_zeros(scratch, value));
    for (size_t i = 0; i < sizeof exported / sizeof *exported; i++)
        if (kk_is(name, exported[i].name))
            kk_flat_put(w->events, w->event, &w->shape, exported[i].meaning, KK_NONE,
                        exported[i].meaning == KK_FLAT_MESSAGE
                            ? value
                            : part_in_brackets(kk_trim(value), exported[i].in_brackets));
}

static void take_exported(walk *w, kk_slice line)
{
    kk_slice name, value;
    if (exported_line(line, &name, &value)) {
        end_exported(w, false);
        w->name = kk_copy(kk_winevents_scratch(w->events), name);
        w->text.len = 0;
        add_text(w, &w->text, value);
    } else {
        add_text(w, &w->text, KK_S("\n"));
        add_text(w, &w->text, line);
    }
}

/* ---- Records ---- */

/* What the message does not say is in the strings, which PowerShell parts by commas that may also be inside
 * of one, and of which it shows four: they are one text, except where they are the whole message. */
static void put_strings(walk *w)
{
    if (w->strings.len && !kk_starts(w->strings, KK_S("System.")))
        kk_winevent_add(w->event, KK_S("ReplacementStrings"), w->strings);
}

static void put_instance(walk *w)
{
    if (!w->event->system[KK_SYS_EVENT_ID].len && w->instance.len)
        kk_flat_put(w->events, w->event, &w->shape, KK_FLAT_ID, KK_S("EventID"), w->instance);
}

/* The event's own XML says all that the lines say, and more. */
static bool take_xml(walk *w)
{
    kk_arena *scratch = kk_winevents_scratch(w->events);
    kk_slice xml = kk_copy(scratch, kk_buffer_slice(&w->xml));
    kk_winevent said = *w->event;
    size_t begin = kk_find(xml, KK_S("<Event"));
    if (begin == KK_NOWHERE)
        return false;
    kk_winevent *e = w->event;
    bool whole = kk_winevent_read_xml(w->events, e, kk_from(xml, begin));
    if (e->system[KK_SYS_TIME].len)
        e->time = KK_NO_TIME;
    if (!whole)
        e->flags |= KK_FLAG_DAMAGED;
    e->level = said.level;
    e->task = said.task;
    return e->count > said.count;
}

/* What was gathered of the record becomes its event. */
static void finish_event(walk *w)
{
    kk_slice text = kk_copy(kk_winevents_scratch(w->events), kk_buffer_slice(&w->text));
    if (w->layout == KEPT) {
        (void)kk_flat_read_raw(w->events, w->event, text);
        return;
    }
    if (w->layout == EXPORTED) {
        end_exported(w, true);
    } else if (w->layout == LISTED) {
        end_property(w);
        put_instance(w);
        put_strings(w);
    } else {
        w->event->message = kk_trim(text);
    }
    if (!w->xml.len || !take_xml(w))
        kk_flat_finish(w->event);
}

static void end_record(walk *w)
{
    kk_winevent *e = w->event;
    if (!e)
        return;
    if (w->over)
        note(&w->large, &w->first_large, e->offset);
    e->length =
        w->lines.line.there ? w->lines.line.offset - e->offset : w->lines.raw.offset - e->offset;
    finish_event(w);
    uint64_t id;
    bool has_id = kk_to_u64(kk_trim(e->system[KK_SYS_EVENT_ID]), &id);
    bool has_time = e->time != KK_NO_TIME || e->system[KK_SYS_TIME].len;
    uint64_t offset = e->offset;
    w->event = NULL;
    if (!has_id || !kk_winevents_tell(w->events))
        note(&w->other, &w->first_other, offset);
    else if (!has_time)
        note(&w->undated, &w->first_undated, offset);
}

static void begin_record(walk *w, uint64_t offset)
{
    end_record(w);
    w->event = kk_winevents_begin(w->events);
    w->event->offset = offset;
    w->event->record = ++w->count;
    w->event->likely_channel = w->channel;
    w->text.len = w->xml.len = 0;
    w->in_message = w->in_xml = w->over = false;
    w->seen_count = 0;
    w->name = w->instance = w->strings = KK_NONE;
}

static void add_line(walk *w, kk_buffer *to, kk_slice line)
{
    add_text(w, to, line);
    add_text(w, to, KK_S("\n"));
}

/* ---- A line ---- */

static void take_labelled(walk *w, kk_slice line)
{
    kk_slice value = KK_NONE;
    kk_flat_meaning m = label_of(line, &value);
    kk_buffer *to = w->in_xml ? &w->xml : &w->text;
    if (w->in_message && m == KK_FLAT_XML && !value.len && w->layout == COPIED) {
        w->in_xml = true;
    } else if (w->in_message) {
        add_line(w, to, line);
    } else if (m == KK_FLAT_MESSAGE) {
        w->in_message = true;
        add_text(w, to, value);
        add_text(w, to, value.len ? KK_S("\n") : KK_NONE);
    } else if (m != KK_FLAT_NONE && m != KK_FLAT_XML) {
        if (!kk_is(value, "N/A") && !kk_is(value, "なし") && !kk_is(value, "None"))
            kk_flat_put(w->events, w->event, &w->shape, m, KK_NONE,
                        kk_copy(kk_winevents_scratch(w->events), value));
    } else if (kk_trim(line).len) {
        note(&w->stray, &w->first_stray, w->lines.line.offset);
    }
}

/* "Service Type:  user mode service": a line of its own, however long the one before is. */
static bool is_labelled(kk_slice text)
{
    size_t colon = kk_find_byte(kk_part(text, 0, 60), ':');
    if (colon == KK_NOWHERE || colon + 1 >= text.len ||
        (text.ptr[colon + 1] != ' ' && text.ptr[colon + 1] != '\t'))
        return false;
    for (size_t i = 0; i < colon; i++)
        if ((uint8_t)text.ptr[i] < 0x80 && text.ptr[i] != ' ' &&
            !((text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z'))
            return false;
    return true;
}

/* A line that goes on with the value of a property. */
static void take_rest(walk *w, kk_slice line)
{
    size_t n = 0;
    while (n < line.len && n < w->indent && line.ptr[n] == ' ')
        n++;
    kk_slice text = kk_from(line, n);
    if (kk_trim(line).len && n < w->indent) {
        note(&w->stray, &w->first_stray, w->lines.line.offset);
        return;
    }
    bool is_message = kk_is(w->name, "Message");
    kk_line_break how = kk_printed_break(&w->lines, kk_buffer_slice(&w->last), text, w->indent);
    if (how == KK_BROKEN_BEFORE && is_message && is_labelled(text))
        how = KK_LINE_ENDED;
    char end = w->text.len ? w->text.ptr[w->text.len - 1] : ' ';
    bool blank = end == ' ' || end == '\t';
    if (how == KK_LINE_ENDED && is_message)
        add_text(w, &w->text, KK_S("\n"));
    else if (how != KK_BROKEN_INSIDE && !blank)
        add_text(w, &w->text, KK_S(" "));
    add_text(w, &w->text, text);
}

static void take_listed(walk *w, kk_slice line)
{
    kk_slice name;
    size_t at = property_of(line, &name);
    bool fits = at && (!w->seen_count || at == w->indent);
    if (fits && (!w->event || was_seen(w, name))) {
        begin_record(w, w->lines.line.offset);
        begin_property(w, name, at, line);
    } else if (fits) {
        begin_property(w, name, at, line);
    } else if (w->event && w->name.len) {
        take_rest(w, line);
    } else if (kk_trim(line).len) {
        note(&w->stray, &w->first_stray, w->lines.line.offset);
    }
    w->last.len = 0;
    kk_put(&w->last, line);
}

/* The exporting program's own name and version. */
static bool is_banner(kk_slice line)
{
    return kk_starts(line, KK_S("evtxexport ")) || kk_starts(line, KK_S("evtexport "));
}

static void take_line(walk *w)
{
    kk_slice line = w->lines.line.text;
    if (w->layout == LISTED) {
        take_listed(w, line);
        return;
    }
    bool begins = w->layout == PRINTED    ? is_number_line(line)
                  : w->layout == KEPT     ? begins_kept(line, w->lines.ahead.text)
                  : w->layout == EXPORTED ? begins_export(line, w->lines.ahead.text)
                                          : begins_copy(line, w->lines.ahead.text);
    if (begins)
        begin_record(w, w->lines.line.offset);
    if (w->event && w->layout == EXPORTED)
        take_exported(w, line);
    else if (w->event && w->layout == KEPT)
        add_line(w, &w->text, line);
    else if (w->event && !(begins && w->layout == PRINTED))
        take_labelled(w, line);
    else if (!w->event && kk_trim(line).len && !is_banner(line))
        note(&w->stray, &w->first_stray, w->lines.line.offset);
}

/* ---- Which of them it is ---- */

/* Names of a list of properties that make an event; a bit for each kind. */
static unsigned kind_of_property(kk_slice name)
{
    static const char *const kinds[][4] = {{"Id", "EventID", "InstanceId"},
                                           {"TimeCreated", "TimeGenerated"},
                                           {"ProviderName", "LogName", "EntryType", "RecordId"},
                                           {"Message"}};
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 4 && kinds[i][k]; k++)
            if (kk_is(name, kinds[i][k]))
                return 1u << i;
    return 0;
}

/* What PowerShell shows without any Format-: names of columns over dashes. */
static bool is_table_head(kk_slice line, kk_slice next)
{
    bool of_winevent = kk_has(line, KK_S("TimeCreated")) && kk_has(line, KK_S(" Id "));
    bool of_eventlog = kk_has(line, KK_S("Index")) && kk_has(line, KK_S("EntryType"));
    kk_slice rule = kk_trim(next);
    if (!(of_winevent || of_eventlog) || !kk_starts(rule, KK_S("---")))
        return false;
    for (size_t i = 0; i < rule.len; i++)
        if (rule.ptr[i] != '-' && rule.ptr[i] != ' ')
            return false;
    return true;
}

static layout layout_of(kk_slice text)
{
    kk_slice line, next = KK_NONE, value, name;
    unsigned kinds = 0, before = 0;
    bool more = kk_split(&text, '\n', &line);
    for (; more; line = next) {
        more = kk_split(&text, '\n', &next);
        if (is_table_head(line, next))
            return TABLED;
        size_t at = property_of(line, &name);
        kinds |= at ? kind_of_property(name) : 0;
        if ((kinds & 3) == 3 && (kinds & 12))
            return LISTED;
        if (before > LINES_BEFORE && !kinds)
            return NO_LAYOUT;
        if (is_number_line(kk_trim(line)) && label_of(next, &value) == KK_FLAT_CHANNEL)
            return PRINTED;
        if (begins_copy(line, next))
            return COPIED;
        if (begins_kept(line, next))
            return KEPT;
        if (begins_export(line, next))
            return EXPORTED;
        before += kk_trim(line).len > 0;
        if (!more)
            break;
    }
    return NO_LAYOUT;
}

static layout layout_of_head(kk_slice head, kk_arena *arena)
{
    kk_charset charset = kk_charset_guess(head, NULL);
    bool wide = charset == KK_UTF16LE || charset == KK_UTF16BE;
    if (charset == KK_LATIN1)
        charset = KK_UTF8;
    head = wide ? kk_part(head, 0, head.len / 2 * 2) : head;
    kk_slice text = kk_decode(arena, charset, head, NULL);
    if (kk_starts(text, KK_S("\xef\xbb\xbf")))
        text = kk_from(text, 3);
    return layout_of(text);
}

static void report(walk *w)
{
    kk_report_first(w->sink, KK_ISSUE_UNPARSED, w->other, w->first_other,
                    "records are no events: the id is missing");
    kk_report_first(w->sink, KK_ISSUE_UNPARSED, w->stray, w->first_stray,
                    "lines belong to no event");
    kk_report_first(w->sink, KK_ISSUE_DAMAGED, w->undated, w->first_undated,
                    "events have no time that could be read");
    kk_report_first(w->sink, KK_ISSUE_LIMIT, w->large, w->first_large,
                    "events have more text than is read of one");
    kk_report_first(w->sink, KK_ISSUE_LIMIT, w->lines.cut, w->lines.first_cut,
                    "lines are longer than what is read of one");
    kk_report_first(w->sink, KK_ISSUE_DAMAGED, w->lines.raw.lost, w->lines.raw.first_lost,
                    "lines hold characters that no encoding explains");
    if (w->lines.raw.failed)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->lines.raw.offset,
                  "the file cannot be read from here on");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    walk w = {.sink = sink, .settings = settings, .shape = {.settings = settings}};
    char *head = kk_take(arena, HEAD);
    w.layout = layout_of_head((kk_slice){head, kk_read(in, 0, head, HEAD)}, arena);
    w.channel = kk_flat_channel_of_name(in->name);
    w.shape.utc = w.layout == EXPORTED;
    w.events = kk_winevents_open(arena, sink, settings);
    kk_printed_open(&w.lines, in);
    if (w.layout == TABLED)
        kk_report(sink, KK_ISSUE_FORMAT, 0,
                  "a table that PowerShell printed: its texts are cut, so it is not read; the log "
                  "itself (.evtx) or Export-Csv has all");
    while (w.layout != NO_LAYOUT && w.layout != TABLED && !sink->stopped &&
           kk_printed_next(&w.lines))
        take_line(&w);
    end_record(&w);
    report(&w);
    kk_printed_close(&w.lines);
    kk_winevents_close(w.events);
    kk_buffer_close(&w.text);
    kk_buffer_close(&w.xml);
    kk_buffer_close(&w.last);
    kk_arena_close(arena);
}

/* Bytes of zero are in text only where characters have two, and there they begin at once. */
static bool is_binary(kk_slice head)
{
    bool has_zero = kk_find_byte(head, '\0') != KK_NOWHERE;
    bool is_wide =
        head.len > 1 && (kk_starts(head, KK_S("\xff\xfe")) || kk_starts(head, KK_S("\xfe\xff")) ||
                         (head.ptr[0] == '\0') != (head.ptr[1] == '\0'));
    return has_zero && !is_wide;
}

static kk_score probe(const kk_probe *p)
{
    if (is_binary(kk_part(p->head, 0, HEAD)))
        return KK_NO;
    kk_arena *arena = kk_arena_open();
    layout found = layout_of_head(kk_part(p->head, 0, HEAD), arena);
    kk_arena_close(arena);
    return found == NO_LAYOUT ? KK_NO : KK_SURE;
}

const kk_parser kk_parser_winevent_text = {
    .name = "winevent_text",
    .about = "Windows events as text, printed by wevtutil, PowerShell, Event Viewer, evtxexport",
    .version = 4,
    .cut = KK_WHOLE,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
