/* Windows events as XML: what Event Viewer saves, wevtutil prints, PowerShell's ToXml() gives.
 *
 *   [<?xml ...?>] [<Events>] (<Event xmlns="..."><System>...</System>...</Event>)* [</Events>]
 *
 * often all of it in one line. Events are found in the raw bytes, in units of one byte or two, so
 * that each keeps its place; only a whole event is brought to UTF-8 and read. An event begins at an
 * <Event> whose first child is <System>, wherever that stands: what is torn before it costs itself
 * alone, and a range of the file may begin anywhere. */
#include "base/text.h"
#include "parse/winevent.h"

enum {
    BLOCK = 64 * 1024,
    EVENT_MAX = 4 * 1024 * 1024, /* bytes of one event */
    AHEAD = 1024                 /* characters from <Event to <System */
};

/* Raw bytes with their unit: character `i` begins at byte i * unit. */
typedef struct {
    const uint8_t *ptr;
    size_t len; /* in bytes */
    size_t unit;
    bool big;
    bool final; /* nothing comes behind */
} view;

typedef enum { WHOLE, TORN, MORE } outcome;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_winevents *events;
    kk_buffer raw;
    uint64_t offset; /* of raw.ptr[0] in the file */
    uint64_t end;    /* events that begin at or after it are not ours */
    bool at_end, failed;
    bool finished; /* no event follows up to the end of the file */
    size_t unit;
    kk_charset charset;
    bool by_event; /* the head was plain ASCII: each event may tell the encoding */
    bool listed;   /* the file says that it is a list, which has an end */
    bool closed;
    uint64_t torn, first_torn, strange, first_strange, lost, first_lost, over, first_over;
    uint64_t unreadable, first_unreadable;
} walk;

/* ---- Characters of raw bytes ---- */

/* The character at byte `at`: ASCII, 0 past the end, else a letter that means nothing. */
static char char_at(const view *v, size_t at)
{
    if (at + v->unit > v->len)
        return 0;
    uint8_t low = v->ptr[at + (v->unit == 2 && v->big)];
    uint8_t high = v->unit == 2 ? v->ptr[at + !v->big] : 0;
    return high || low >= 0x80 || !low ? 'x' : (char)low;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool text_at(const view *v, size_t at, const char *text)
{
    for (; *text; text++, at += v->unit)
        if (char_at(v, at) != *text)
            return false;
    return true;
}

/* Where the character next is, from `at` on; the end if nowhere. */
static size_t find_char(const view *v, size_t at, char c)
{
    while (at < v->len) {
        const uint8_t *p = memchr(v->ptr + at, c, v->len - at);
        if (!p)
            break;
        at = (size_t)(p - v->ptr) / v->unit * v->unit;
        if (char_at(v, at) == c)
            return at;
        at += v->unit;
    }
    return v->len;
}

static size_t find_text(const view *v, size_t at, const char *text)
{
    while ((at = find_char(v, at, *text)) < v->len && !text_at(v, at, text))
        at += v->unit;
    return at;
}

/* ---- Where events begin and end ---- */

/* A tag of that name (with its '<') and not of a longer one. */
static bool is_tag(const view *v, size_t at, const char *name)
{
    char next = char_at(v, at + strlen(name) * v->unit);
    return text_at(v, at, name) && (is_blank(next) || next == '>' || next == '/');
}

/* At "<Event": an event if <System> is its first child. MORE: that cannot be seen yet. */
static outcome is_start(const view *v, size_t at)
{
    size_t most = at + AHEAD * v->unit, p = at;
    while (p < v->len && p < most && char_at(v, p) != '>')
        p += v->unit;
    bool empty = p > at && char_at(v, p - v->unit) == '/';
    for (p += v->unit; p < v->len && p < most && is_blank(char_at(v, p));)
        p += v->unit;
    if (p + 8 * v->unit > v->len && p < most && !v->final)
        return MORE;
    return !empty && p < most && is_tag(v, p, "<System") ? WHOLE : TORN;
}

/* The next event from `at` on; *at is then its place, or what to look at again once more is there.
 */
static bool find_start(const view *v, size_t *at)
{
    while ((*at = find_char(v, *at, '<')) < v->len) {
        if (!v->final && *at + 8 * v->unit > v->len)
            return false;
        if (is_tag(v, *at, "<Event")) {
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
static size_t behind_section(const view *v, size_t at)
{
    static const char *const sections[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}};
    for (size_t i = 0; i < 2; i++)
        if (text_at(v, at, sections[i][0]))
            return find_text(v, at + strlen(sections[i][0]) * v->unit, sections[i][1]);
    return at;
}

/* Where the event at `at` ends: behind its last tag, or where the next one begins. */
static outcome find_end(const view *v, size_t at, size_t *end)
{
    size_t depth = 1, silent = 0; /* until `silent` there is a comment or CDATA */
    for (size_t p = at + v->unit; (p = find_char(v, p, '<')) < v->len; p += v->unit) {
        *end = p;
        if (!v->final && p + 16 * v->unit > v->len)
            return MORE;
        if (is_tag(v, p, "<Event")) {
            outcome o = is_start(v, p);
            if (o != TORN)
                return o == MORE ? MORE : TORN;
            size_t close = find_char(v, p, '>');
            if (p >= silent && close < v->len && char_at(v, close - v->unit) != '/')
                depth++;
        } else if (p >= silent && is_tag(v, p, "</Event") && --depth == 0) {
            *end = find_char(v, p, '>');
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

static view view_of(const walk *w)
{
    return (view){(const uint8_t *)w->raw.ptr, w->raw.len / w->unit * w->unit, w->unit,
                  w->charset == KK_UTF16BE, w->at_end};
}

/* As much again as is there already, so that long events are searched few times. */
static void read_more(walk *w)
{
    size_t want = w->raw.len > BLOCK ? w->raw.len : BLOCK;
    char *room = kk_buffer_room(&w->raw, want);
    ptrdiff_t n = w->in->read_at(w->in, w->offset + w->raw.len, room, want);
    w->failed = n < 0;
    w->at_end = n <= 0;
    w->raw.len += n > 0 ? (size_t)n : 0;
}

static void drop(walk *w, size_t n)
{
    if (!n)
        return;
    memmove(w->raw.ptr, w->raw.ptr + n, w->raw.len - n);
    w->raw.len -= n;
    w->offset += n;
}

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

/* Between events there is nothing but the frame of the list. */
static void check_gap(walk *w, size_t from, size_t to, bool before_first)
{
    static const char *const frames[] = {"<?", "<Events", "</Events", "<!--"};
    view v = view_of(w);
    v.len = to;
    for (size_t at = from; (at = find_char(&v, at, '<')) < to; at += v.unit) {
        bool known = false;
        for (size_t i = 0; i < sizeof frames / sizeof *frames && !known; i++)
            known = text_at(&v, at, frames[i]);
        w->closed = w->closed || text_at(&v, at, "</Events");
        if (!known && !before_first) {
            note(&w->strange, &w->first_strange, w->offset + at);
            return;
        }
    }
}

static kk_slice decode(walk *w, kk_slice raw)
{
    kk_arena *arena = kk_winevents_scratch(w->events);
    size_t lost = 0;
    if (w->unit == 1 && kk_utf8_valid(raw))
        return raw;
    kk_charset charset = w->by_event ? kk_charset_guess(raw, NULL) : w->charset;
    if (w->unit == 1 && charset != KK_CP932 && charset != KK_EUC_JP)
        charset = KK_UTF8;
    kk_slice text = kk_decode(arena, charset, raw, &lost);
    if (lost)
        note(&w->lost, &w->first_lost, w->offset);
    return text;
}

static void read_event(walk *w, size_t len, bool torn)
{
    kk_winevent *e = kk_winevents_begin(w->events);
    e->offset = w->offset;
    e->length = len;
    bool whole =
        kk_winevent_read_xml(w->events, e, decode(w, kk_part(kk_buffer_slice(&w->raw), 0, len)));
    if (e->cut)
        note(&w->over, &w->first_over, w->offset);
    else if (torn || !whole)
        note(&w->torn, &w->first_torn, w->offset);
    if (torn || !whole)
        e->flags |= KK_FLAG_DAMAGED;
    if (!kk_winevents_tell(w->events) && whole)
        note(&w->unreadable, &w->first_unreadable, w->offset);
}

/* The event at the beginning of `raw`. */
static void take_event(walk *w)
{
    size_t end;
    outcome o;
    view v = view_of(w);
    while ((o = find_end(&v, 0, &end)) == MORE && w->raw.len <= EVENT_MAX * w->unit) {
        read_more(w);
        v = view_of(w);
    }
    if (o == MORE || end > EVENT_MAX * w->unit) {
        note(&w->over, &w->first_over, w->offset);
        drop(w, w->unit); /* the next one is looked for in what it holds */
        return;
    }
    read_event(w, end, o == TORN);
    drop(w, end);
}

/* Moves to the next event of the range; false at its end. */
static bool next_event(walk *w, bool *any)
{
    for (;;) {
        view v = view_of(w);
        size_t at = 0;
        bool found = find_start(&v, &at);
        if (found || w->at_end) {
            check_gap(w, 0, at < v.len ? at : v.len, !*any);
            drop(w, at);
            *any = true;
            w->finished = !found;
            return found && w->offset < w->end;
        }
        check_gap(w, 0, at, !*any);
        drop(w, at);
        if (w->offset >= w->end)
            return false;
        read_more(w);
    }
}

/* ---- The parser ---- */

static bool is_ascii(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.ptr[i] >= 0x80)
            return false;
    return true;
}

static void settle_charset(kk_slice head, size_t *unit, kk_charset *charset)
{
    *charset = kk_charset_guess(head, NULL);
    *unit = *charset == KK_UTF16LE || *charset == KK_UTF16BE ? 2 : 1;
}

static void tell(walk *w, kk_issue_kind kind, uint64_t count, uint64_t first, const char *what)
{
    if (count)
        w->sink->issue(w->sink, &(kk_issue){kind, first, count, kk_cstr(what)});
}

static void report(walk *w)
{
    tell(w, w->finished && w->torn == 1 && !w->closed ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED,
         w->torn, w->first_torn, "events are torn or cut short");
    tell(w, KK_ISSUE_DAMAGED, w->strange, w->first_strange,
         "elements between events belong to none");
    tell(w, KK_ISSUE_DAMAGED, w->unreadable, w->first_unreadable,
         "events have neither an id nor a provider");
    tell(w, KK_ISSUE_DAMAGED, w->lost, w->first_lost,
         "events hold characters that no encoding explains");
    tell(w, KK_ISSUE_LIMIT, w->over, w->first_over,
         "events are larger than what is read of one event");
    if (w->failed)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->offset + w->raw.len,
                  "the file cannot be read from here on");
    else if (w->finished && w->listed && !w->closed && !w->torn)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->offset + w->raw.len,
                  "the list of events is not closed");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    walk w = {.in = in, .sink = sink, .end = settings->end, .unit = 1};
    char *bytes = kk_take(arena, BLOCK);
    kk_slice head = {bytes, kk_read(in, 0, bytes, BLOCK)};
    settle_charset(head, &w.unit, &w.charset);
    w.by_event = w.unit == 1 && is_ascii(head);
    view v = {(const uint8_t *)head.ptr, head.len, w.unit, w.charset == KK_UTF16BE, true};
    w.listed = find_text(&v, 0, "<Events") < v.len;
    w.offset = (settings->begin + w.unit - 1) / w.unit * w.unit;
    w.events = kk_winevents_open(arena, sink, settings);
    bool any = false;
    while (!sink->stopped && next_event(&w, &any))
        take_event(&w);
    report(&w);
    kk_winevents_close(w.events);
    kk_buffer_close(&w.raw);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

/* Some tools print their name first; anything else before the first tag is other text. */
static bool begins_as_xml(const view *v)
{
    static const char *const first[] = {"<?xml", "<Events", "<Event", "<!--"};
    size_t at = find_char(v, 0, '<');
    if (at > 100 * v->unit || find_char(v, 0, '{') < at || find_char(v, 0, ',') < at)
        return false;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (text_at(v, at, first[i]))
            return true;
    return false;
}

static kk_score probe(const kk_probe *p)
{
    kk_charset charset;
    view v = {(const uint8_t *)p->head.ptr, p->head.len, 1, false, true};
    if (p->head.len < 32)
        return KK_NO;
    settle_charset(p->head, &v.unit, &charset);
    v.big = charset == KK_UTF16BE;
    v.len = v.len / v.unit * v.unit;
    if (!begins_as_xml(&v))
        return KK_NO;
    size_t at = 0;
    if (find_start(&v, &at))
        return KK_CERTAIN;
    bool none = find_text(&v, 0, "<Events") < v.len && p->size < 256 * v.unit;
    return none ? KK_MAYBE : KK_NO;
}

const kk_parser kk_parser_winevent_xml = {
    .name = "winevent_xml",
    .about = "Windows events as XML, saved by Event Viewer or wevtutil",
    .version = 1,
    .cut = KK_LINES,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
