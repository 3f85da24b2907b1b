/* Windows events as XML: what Event Viewer saves, wevtutil prints, PowerShell's ToXml() gives.
 *
 *   [<?xml ...?>] [<Events>] (<Event xmlns="..."><System>...</System>...</Event>)* [</Events>]
 *
 * often all of it in one line; a program that read it and wrote it again may have put a prefix before each name. Events are found in the raw bytes, in units of one byte or two, so
 * that each keeps its place; only a whole event is brought to UTF-8 and read. An event begins at an
 * <Event> whose first child is <System>, wherever that stands: what is torn before it costs itself
 * alone, and a range of the file may begin anywhere. */
#include "parse/raw_text.h"
#include "parse/syslog_line.h"
#include "parse/winevent.h"

enum {
    EVENT_MAX = 4 * 1024 * 1024, /* bytes of one event */
    REMARK = 4352,               /* bytes of what is said before one */
    AHEAD = 1024,                /* characters from <Event to <System */
    PREFIX = 32,                 /* characters of a prefix */
    TAG = PREFIX + 16            /* and of what is told by a tag's name */
};

typedef enum { WHOLE, TORN, MORE } outcome;

typedef struct {
    kk_sink *sink;
    kk_winevents *events;
    kk_raw_text text;
    uint64_t end;    /* events that begin at or after it are not ours */
    uint64_t behind; /* the last event */
    bool finished;   /* no event follows up to the end of the file */
    bool listed;     /* the file says that it is a list, which has an end */
    bool closed;
    uint64_t torn, first_torn, strange, first_strange, over, first_over;
    uint64_t unreadable, first_unreadable;
} walk;

/* ---- Where events begin and end ---- */

static bool is_of_prefix(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/* Behind the prefix of a name at `at`, which may have none. */
static size_t behind_prefix(const kk_raw_view *v, size_t at)
{
    size_t p = at, most = at + PREFIX * v->unit;
    while (p < v->len && p < most && is_of_prefix(kk_raw_char(v, p)))
        p += v->unit;
    return p > at && p < v->len && kk_raw_char(v, p) == ':' ? p + v->unit : at;
}

/* `lead` is "<" or "</". */
static bool is_named(const kk_raw_view *v, size_t at, const char *lead, const char *name)
{
    return kk_raw_starts(v, at, lead) &&
           kk_raw_starts(v, behind_prefix(v, at + strlen(lead) * v->unit), name);
}

/* A tag of that name and not of a longer one. */
static bool is_tag(const kk_raw_view *v, size_t at, const char *lead, const char *name)
{
    if (!is_named(v, at, lead, name))
        return false;
    size_t behind = behind_prefix(v, at + strlen(lead) * v->unit) + strlen(name) * v->unit;
    char next = kk_raw_char(v, behind);
    return kk_raw_blank(next) || next == '>' || next == '/';
}

/* The list itself, anywhere in the view. */
static bool has_list(const kk_raw_view *v)
{
    for (size_t at = 0; (at = kk_raw_find(v, at, '<')) < v->len; at += v->unit)
        if (is_named(v, at, "<", "Events"))
            return true;
    return false;
}

/* At "<Event": an event if <System> is its first child. MORE: that cannot be seen yet. */
static outcome is_start(const kk_raw_view *v, size_t at)
{
    size_t most = at + AHEAD * v->unit, p = at;
    while (p < v->len && p < most && kk_raw_char(v, p) != '>')
        p += v->unit;
    bool empty = p > at && kk_raw_char(v, p - v->unit) == '/';
    for (p += v->unit; p < v->len && p < most && kk_raw_blank(kk_raw_char(v, p));)
        p += v->unit;
    if (p + TAG * v->unit > v->len && p < most && !v->final)
        return MORE;
    bool alone = kk_raw_starts(v, at, "<Event"); /* without a prefix: so are its children */
    if (empty || p >= most || !is_tag(v, p, "<", "System") ||
        (alone && !kk_raw_starts(v, p, "<System")))
        return TORN;
    return WHOLE;
}

/* The next event from `at` on; *at is then its place, or what to look at again once more is there.
 */
static bool find_start(const kk_raw_view *v, size_t *at)
{
    while ((*at = kk_raw_find(v, *at, '<')) < v->len) {
        if (!v->final && *at + TAG * v->unit > v->len)
            return false;
        if (is_tag(v, *at, "<", "Event")) {
            outcome o = is_start(v, *at);
            if (o == MORE)
                return false;
            if (o == WHOLE)
                return true;
        }
        *at += v->unit;
    }
    return false;
}

/* Behind a comment or CDATA section that begins at `at`; `at` if it is neither. */
static size_t behind_section(const kk_raw_view *v, size_t at)
{
    static const char *const sections[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}};
    for (size_t i = 0; i < 2; i++)
        if (kk_raw_starts(v, at, sections[i][0]))
            return kk_raw_find_text(v, at + strlen(sections[i][0]) * v->unit, sections[i][1]);
    return at;
}

/* Where the event at `at` ends: behind its last tag, or where the next one begins. */
static outcome find_end(const kk_raw_view *v, size_t at, size_t *end)
{
    size_t depth = 1, silent = 0; /* until `silent` there is a comment or CDATA */
    for (size_t p = at + v->unit; (p = kk_raw_find(v, p, '<')) < v->len; p += v->unit) {
        *end = p;
        if (!v->final && p + TAG * v->unit > v->len)
            return MORE;
        if (is_tag(v, p, "<", "Event")) {
            outcome o = is_start(v, p);
            if (o != TORN)
                return o == MORE ? MORE : TORN;
            size_t close = kk_raw_find(v, p, '>');
            if (p >= silent && close < v->len && kk_raw_char(v, close - v->unit) != '/')
                depth++;
        } else if (p >= silent && is_tag(v, p, "</", "Event") && --depth == 0) {
            *end = kk_raw_find(v, p, '>');
            if (*end < v->len)
                *end += v->unit;
            else if (!v->final)
                return MORE;
            return WHOLE;
        } else if (p >= silent) {
            silent = behind_section(v, p);
        }
    }
    *end = v->len;
    return v->final ? TORN : MORE;
}

/* ---- Reading ---- */

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

/* Between events there is nothing but the frame of the list. */
static void check_gap(walk *w, size_t from, size_t to, bool before_first)
{
    kk_raw_view v = kk_raw_text_view(&w->text);
    v.len = to;
    for (size_t at = from; (at = kk_raw_find(&v, at, '<')) < to; at += v.unit) {
        bool closes = is_named(&v, at, "</", "Events");
        bool known = closes || is_named(&v, at, "<", "Events") || kk_raw_starts(&v, at, "<?") ||
                     kk_raw_starts(&v, at, "<!--");
        w->closed = w->closed || closes;
        if (!known && !before_first) {
            note(&w->strange, &w->first_strange, w->text.offset + at);
            return;
        }
    }
}

/* Behind the last `what`; 0 where there is none. */
static size_t behind_last(kk_slice text, kk_slice what)
{
    size_t behind = 0;
    for (size_t at; (at = kk_find(kk_from(text, behind), what)) != KK_NOWHERE;)
        behind += at + what.len;
    return behind;
}

/* "<!-- security.evtx, slack, byte 123 -->" right before an event: how `kakuho evtx` found it. */
static void read_remark(walk *w, kk_winevent *e)
{
    const kk_slice begin = KK_S("<!-- "), end = KK_S(" -->"), place = KK_S(", byte ");
    char room[REMARK];
    uint64_t gap = w->text.offset - w->behind;
    size_t len = gap < sizeof room ? (size_t)gap : sizeof room;
    if (w->text.unit != 1 || len < begin.len + place.len + end.len)
        return;
    kk_slice text = {room, kk_read(w->text.in, w->text.offset - len, room, len)};
    size_t at = behind_last(text, begin);
    if (text.len != len || !kk_ends(text, end) || !at)
        return;
    text = kk_from(text, at);
    at = behind_last(text, place);
    if (!at)
        return;
    text = kk_part(text, 0, at - place.len);
    (void)kk_winevent_found_as(e, kk_from(text, behind_last(text, KK_S(", "))));
}

static void read_event(walk *w, size_t len, bool torn)
{
    kk_winevent *e = kk_winevents_begin(w->events);
    e->offset = w->text.offset;
    e->length = len;
    read_remark(w, e);
    w->behind = e->offset + len;
    bool whole = kk_winevent_read_xml(
        w->events, e, kk_raw_text_decode(&w->text, kk_winevents_scratch(w->events), len));
    if (e->cut)
        note(&w->over, &w->first_over, w->text.offset);
    else if (torn || !whole)
        note(&w->torn, &w->first_torn, w->text.offset);
    if (torn || !whole)
        e->flags |= KK_FLAG_DAMAGED;
    if (!kk_winevents_tell(w->events) && whole)
        note(&w->unreadable, &w->first_unreadable, w->text.offset);
}

/* The event at the beginning of `raw`. */
static void take_event(walk *w)
{
    size_t end;
    outcome o;
    kk_raw_view v = kk_raw_text_view(&w->text);
    while ((o = find_end(&v, 0, &end)) == MORE && w->text.raw.len <= EVENT_MAX * w->text.unit) {
        kk_raw_text_more(&w->text);
        v = kk_raw_text_view(&w->text);
    }
    if (o == MORE || end > EVENT_MAX * w->text.unit) {
        note(&w->over, &w->first_over, w->text.offset);
        kk_raw_text_drop(&w->text, w->text.unit); /* the next one is looked for in what it holds */
        return;
    }
    read_event(w, end, o == TORN);
    kk_raw_text_drop(&w->text, end);
}

/* Moves to the next event of the range; false at its end. */
static bool next_event(walk *w, bool *any)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(&w->text);
        size_t at = 0;
        bool found = find_start(&v, &at);
        if (found || w->text.at_end) {
            check_gap(w, 0, at < v.len ? at : v.len, !*any);
            kk_raw_text_drop(&w->text, at);
            *any = true;
            w->finished = !found;
            return found && w->text.offset < w->end;
        }
        check_gap(w, 0, at, !*any);
        kk_raw_text_drop(&w->text, at);
        if (w->text.offset >= w->end)
            return false;
        kk_raw_text_more(&w->text);
    }
}

/* ---- The parser ---- */

static void report(walk *w)
{
    kk_report_first(
        w->sink, w->finished && w->torn == 1 && !w->closed ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED,
        w->torn, w->first_torn, "events are torn or cut short");
    kk_report_first(w->sink, KK_ISSUE_DAMAGED, w->strange, w->first_strange,
                    "elements between events belong to none");
    kk_report_first(w->sink, KK_ISSUE_DAMAGED, w->unreadable, w->first_unreadable,
                    "events have neither an id nor a provider");
    kk_report_first(w->sink, KK_ISSUE_DAMAGED, w->text.lost, w->text.first_lost,
                    "events hold characters that no encoding explains");
    kk_report_first(w->sink, KK_ISSUE_LIMIT, w->over, w->first_over,
                    "events are larger than what is read of one event");
    if (w->text.failed)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->text.offset + w->text.raw.len,
                  "the file cannot be read from here on");
    else if (w->finished && w->listed && !w->closed && !w->torn)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->text.offset + w->text.raw.len,
                  "the list of events is not closed");
}

static bool is_list(kk_stream *in)
{
    char bytes[4096];
    kk_raw_view v = kk_raw_view_of_head((kk_slice){bytes, kk_read(in, 0, bytes, sizeof bytes)});
    return has_list(&v);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    walk w = {.sink = sink, .end = settings->end, .listed = is_list(in)};
    kk_raw_text_open(&w.text, in, settings->begin);
    w.events = kk_winevents_open(arena, sink, settings);
    bool any = false;
    while (!sink->stopped && next_event(&w, &any))
        take_event(&w);
    report(&w);
    kk_winevents_close(w.events);
    kk_raw_text_close(&w.text);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

/* Some tools print their name first; anything else before the first tag is other text. */
static bool begins_as_xml(const kk_raw_view *v)
{
    size_t at = kk_raw_find(v, 0, '<');
    if (at > 100 * v->unit || kk_raw_find(v, 0, '{') < at || kk_raw_find(v, 0, ',') < at)
        return false;
    return kk_raw_starts(v, at, "<?xml") || kk_raw_starts(v, at, "<!--") ||
           is_named(v, at, "<", "Event");
}

/* Sysmon for Linux logs through syslog, with lines of everybody else around. */
static bool is_syslog(const kk_probe *p)
{
    kk_slice rest = p->head, line;
    kk_syslog_line header;
    return kk_split(&rest, '\n', &line) && kk_syslog_line_read(line, &header) &&
           header.program.len && kk_find_byte(line, '<') != 0;
}

static kk_score probe(const kk_probe *p)
{
    if (p->head.len < 32)
        return KK_NO;
    kk_raw_view v = kk_raw_view_of_head(p->head);
    if (!begins_as_xml(&v) || is_syslog(p))
        return KK_NO;
    size_t at = 0;
    if (find_start(&v, &at))
        return KK_CERTAIN;
    bool none = has_list(&v) && p->size < 256 * v.unit;
    return none ? KK_MAYBE : KK_NO;
}

const kk_parser kk_parser_winevent_xml = {
    .name = "winevent_xml",
    .about = "Windows events as XML, saved by Event Viewer or wevtutil",
    .version = 5,
    .cut = KK_LINES,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
