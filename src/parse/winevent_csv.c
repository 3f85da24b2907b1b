/* Windows events as tables: what Event Viewer saves as CSV or text (English and Japanese), PowerShell's
 * Export-Csv of Get-WinEvent and Get-EventLog, EvtxECmd, LogParser.
 *
 * Rows are found by the parser of all tables (csv.c), which knows encodings, delimiters, quotes over
 * many lines and what is damaged; here they are listened to. The first row whose names are those of an
 * event is the header. Event Viewer names five columns and writes a sixth, the message. */
#include "base/text.h"
#include "parse/csv_rows.h"
#include "parse/winevent_flat.h"

enum {
    COLUMNS = 512,
    HEADER_LINES = 5,
    HEADER_ROWS = 10, /* rows before the header that are looked at */
    HEAD = 8 * 1024
};

typedef struct {
    kk_flat_meaning meaning[COLUMNS];
    kk_slice name[COLUMNS];
    size_t count;
    bool unnamed_message; /* one more column than names */
    bool dashes;          /* Kibana: of a field that is not there */
    bool raw;             /* Splunk: the whole event is in one of the columns */
    bool own;             /* what `kakuho evtx` wrote: values are as in the log */
    kk_flat_shape shape;
} header;

typedef struct {
    kk_sink sink; /* what csv.c speaks to: first, so that it leads back here */
    kk_sink *outer;
    kk_winevents *events;
    kk_arena *arena;
    kk_slice channel; /* as the file's name tells it */
    header header;
    bool headed;
    uint64_t rows_before, other, first_other, undated, first_undated;
} table;

/* ---- The header ---- */

static kk_slice bare_cell(kk_slice cell)
{
    cell = kk_trim(cell);
    if (kk_starts(cell, KK_S("\xef\xbb\xbf")))
        cell = kk_from(cell, 3);
    return cell;
}

static bool has_column(const header *h, const char *name)
{
    for (size_t i = 0; i < h->count; i++)
        if (kk_is(h->name[i], name))
            return true;
    return false;
}

/* The columns of `kakuho evtx --format csv`. */
static void settle_own(header *h)
{
    static const struct {
        const char *name;
        kk_flat_meaning meaning;
    } own[] = {{"path", KK_FLAT_IGNORED},
               {"offset", KK_FLAT_IGNORED},
               {"recovery", KK_FLAT_FOUND},
               {"data", KK_FLAT_FIELDS}};
    h->own = has_column(h, "event_id") && has_column(h, "offset") && has_column(h, "recovery") &&
             has_column(h, "data");
    for (size_t i = 0; h->own && i < h->count; i++)
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            if (kk_is(h->name[i], own[k].name))
                h->meaning[i] = own[k].meaning;
    h->shape.dotnet |= h->own;
    h->shape.utc |= h->own;
}

/* Columns of an event log: id and time, and source or log. `Id` alone is in every table. */
static bool read_header(header *h, const kk_slice *cells, size_t count)
{
    bool has[KK_FLAT_IGNORED + 1] = {false}, short_id = false, dotnet = false, viewer = false,
                               named_splunk = false;
    *h = (header){.count = count < COLUMNS ? count : COLUMNS};
    for (size_t i = 0; i < h->count; i++) {
        kk_slice name = bare_cell(cells[i]);
        kk_flat_meaning m = kk_flat_meaning_of(&name);
        if (kk_is(name, "Data"))
            name = KK_S("Binary");
        if (!name.len)
            m = KK_FLAT_MESSAGE;
        h->meaning[i] = m;
        h->name[i] = name;
        has[m] = true;
        short_id |= kk_eq_nocase(name, KK_S("id"));
        dotnet |= kk_is(name, "ProviderName");
        h->dashes |= kk_starts(kk_trim(cells[i]), KK_S("winlog."));
        named_splunk |= kk_is(name, "sourcetype");
        viewer |= kk_eq_nocase(name, KK_S("Date and Time")) || kk_is(name, "日付と時刻");
        h->shape.utc |= kk_is(name, "MapDescription") || kk_is(name, "ChunkNumber");
        h->shape.has_payload |= m == KK_FLAT_PAYLOAD;
    }
    h->shape.dotnet = dotnet || viewer || h->shape.utc;
    settle_own(h);
    h->unnamed_message = viewer && !has[KK_FLAT_MESSAGE];
    h->shape.strings_by = '|';
    h->raw = has[KK_FLAT_XML] && !has[KK_FLAT_ID];
    bool time = has[KK_FLAT_TIME] || has[KK_FLAT_LATER_TIME];
    if (h->raw)
        return named_splunk;
    return has[KK_FLAT_ID] && time && (has[KK_FLAT_PROVIDER] || has[KK_FLAT_CHANNEL]) &&
           (!short_id || dotnet);
}

static void keep_header(table *t)
{
    t->headed = true;
    for (size_t i = 0; i < t->header.count; i++)
        t->header.name[i] = kk_copy(t->arena, t->header.name[i]);
}

/* ---- Rows ---- */

/* A .NET object that Export-Csv could only name. */
static bool is_object_name(kk_slice value)
{
    return kk_starts(value, KK_S("System.")) &&
           (kk_ends(value, KK_S("]")) || kk_has(value, KK_S("Diagnostics")));
}

/* What a spreadsheet would take for a formula has a mark before it, which we put there. */
static kk_slice without_mark(kk_slice value)
{
    bool marked = value.len > 1 && value.ptr[0] == '\'' && memchr("=+-@\t\r", value.ptr[1], 6);
    return marked ? kk_from(value, 1) : value;
}

static void put_cell(table *t, kk_winevent *e, size_t i, kk_slice value)
{
    const header *h = &t->header;
    if (h->own)
        value = without_mark(value);
    if (is_object_name(value) || (h->dashes && kk_is(value, "-")))
        return;
    if (h->raw) {
        if (i < h->count && h->meaning[i] == KK_FLAT_XML)
            (void)kk_flat_read_raw(t->events, e, value);
        return;
    }
    if (i >= h->count) {
        if (!e->message.len)
            e->message = value;
    } else if (h->meaning[i] != KK_FLAT_NONE || value.len) {
        kk_flat_put(t->events, e, &h->shape, h->meaning[i], h->name[i], value);
    }
}

static void on_row(kk_sink *sink, const kk_row *row)
{
    table *t = (table *)sink;
    if (!t->headed) {
        if (read_header(&t->header, row->cells, row->count))
            keep_header(t);
        else if (++t->rows_before > HEADER_ROWS)
            sink->stopped = true;
        return;
    }
    kk_flat_shape *shape = &t->header.shape;
    kk_winevent *e = kk_winevents_begin(t->events);
    e->offset = row->offset;
    e->length = row->length;
    e->record = row->record;
    e->likely_channel = t->channel;
    shape->settings = kk_winevents_settings(t->events);
    for (size_t i = 0; i < row->count; i++)
        put_cell(t, e, i, row->cells[i]);
    e->exact = t->header.own;
    if (!t->header.raw && !t->header.own)
        kk_flat_finish(e);
    uint64_t id;
    bool has_id = kk_to_u64(kk_trim(e->system[KK_SYS_EVENT_ID]), &id) ||
                  (t->header.own && !e->system[KK_SYS_EVENT_ID].len);
    bool sound = has_id && row->count + 1 >= t->header.count;
    if ((!sound || !kk_winevents_tell(t->events)) && t->other++ == 0)
        t->first_other = row->offset;
    if (sound && e->time == KK_NO_TIME && !e->system[KK_SYS_TIME].len && t->undated++ == 0)
        t->first_undated = row->offset;
    sink->stopped = t->outer->stopped;
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    table *t = (table *)sink;
    t->outer->issue(t->outer, issue);
}

/* The cells of a line, roughly: names of columns hold no delimiters. */
static bool read_header_line(header *h, kk_slice line, char delimiter)
{
    kk_slice cells[COLUMNS], cell;
    size_t count = 0;
    while (count < COLUMNS && kk_split(&line, delimiter, &cell)) {
        cell = bare_cell(cell);
        if (cell.len >= 2 && cell.ptr[0] == '"' && cell.ptr[cell.len - 1] == '"')
            cell = kk_part(cell, 1, cell.len - 2);
        cells[count++] = cell;
    }
    return count >= 4 && read_header(h, cells, count);
}

/* Splunk exports logs of all kinds so. */
static bool holds_raw(kk_slice text)
{
    return kk_has(text, KK_S("\nLogName=")) ||
           kk_has(text, KK_S("http://schemas.microsoft.com/win/2004/08/events/event"));
}

/* What separates the names of the header; 0 if none of the first lines is one. */
static char find_header(kk_slice head, kk_arena *arena, size_t *columns)
{
    static const char delimiters[] = ",\t;";
    kk_charset charset = kk_charset_guess(head, NULL);
    bool wide = charset == KK_UTF16LE || charset == KK_UTF16BE;
    if (charset == KK_LATIN1)
        charset = KK_UTF8;
    kk_slice rest =
        kk_decode(arena, charset, wide ? kk_part(head, 0, head.len / 2 * 2) : head, NULL);
    header *h = KK_NEW(arena, header);
    kk_slice line;
    for (int lines = 0; lines < HEADER_LINES && kk_split(&rest, '\n', &line); lines++) {
        line = kk_trim(kk_part(line, 0, HEAD));
        for (size_t i = 0; i < 3; i++)
            if (line.len && line.ptr[0] != '{' && line.ptr[0] != '<' &&
                read_header_line(h, line, delimiters[i])) {
                *columns = h->count + h->unnamed_message;
                return !h->raw || holds_raw(rest) ? delimiters[i] : 0;
            }
    }
    return 0;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    table *t = KK_NEW(arena, table);
    t->sink = (kk_sink){.arena = sink->arena, .row = on_row, .issue = on_issue};
    t->outer = sink;
    t->arena = arena;
    t->channel = kk_flat_channel_of_name(in->name);
    t->events = kk_winevents_open(arena, sink, settings);
    char *head = kk_take(arena, HEAD);
    size_t columns = 0, len = kk_read(in, 0, head, HEAD);
    char delimiter = find_header((kk_slice){head, len}, arena, &columns);
    kk_csv_rows(in, &t->sink, delimiter, columns);
    if (t->other)
        sink->issue(sink, &(kk_issue){KK_ISSUE_UNPARSED, t->first_other, t->other,
                                      KK_S("rows are no events: columns are missing, or the id")});
    if (t->undated)
        sink->issue(sink, &(kk_issue){KK_ISSUE_DAMAGED, t->first_undated, t->undated,
                                      KK_S("rows have no time that could be read")});
    if (!t->headed)
        kk_report(sink, KK_ISSUE_FORMAT, 0, "no row names the columns of an event log");
    kk_winevents_close(t->events);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

static kk_score probe(const kk_probe *p)
{
    kk_arena *arena = kk_arena_open();
    size_t columns;
    bool ours = find_header(kk_part(p->head, 0, HEAD), arena, &columns) != 0;
    kk_arena_close(arena);
    return ours ? KK_SURE : KK_NO;
}

const kk_parser kk_parser_winevent_csv = {
    .name = "winevent_csv",
    .about = "Windows events as tables, saved by Event Viewer, PowerShell, EvtxECmd",
    .version = 5,
    .cut = KK_WHOLE,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
