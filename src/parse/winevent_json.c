/* Windows events as JSON: a line each, an array, or printed over many lines; by evtx_dump, kakuho
 * itself, Velociraptor, EvtxECmd, PowerShell, Winlogbeat and Elasticsearch, NXLog, Splunk.
 *
 * Where a line is an object, ranges of the file are read by many workers; else the whole file is one
 * range. Objects are found in the raw bytes by their braces. One that is torn is closed behind its last
 * whole member and read as far as that. */
#include "parse/raw_text.h"
#include "parse/winevent_flat.h"
#include "parse/winevent_object.h"

enum {
    EVENT_MAX = 4 * 1024 * 1024, /* bytes of one object */
    DEPTH = 60
};

typedef enum { WHOLE, TORN, MORE } outcome;

/* Where an object ends, or how far it is sound. */
typedef struct {
    size_t end;
    size_t safe, safe_depth; /* behind the last whole member, and how much was open there */
    char closers[DEPTH];
} extent;

typedef struct {
    kk_sink *sink;
    uint64_t end; /* objects that begin at or after it are not ours */
    kk_winevents *events;
    kk_raw_text text;
    bool by_line;
    bool cut_off; /* the file ends inside an object */
    char before;  /* the last character before what is looked at; 0 not known */
    uint64_t torn, first_torn, other, first_other, over, first_over;
} walk;

/* ---- Objects in raw bytes ---- */

typedef struct {
    bool in_text, escaped;
    size_t depth;
} state;

/* Outside of texts; false where brackets do not fit. */
static bool take_mark(extent *x, state *s, char c, size_t at, size_t next)
{
    if (c == '"') {
        s->in_text = true;
    } else if (c == '{' || c == '[') {
        if (s->depth == DEPTH)
            return false;
        x->closers[s->depth++] = c == '{' ? '}' : ']';
    } else if (c == '}' || c == ']') {
        if (!s->depth || x->closers[s->depth - 1] != c)
            return false;
        s->depth--;
        x->safe = next;
        x->safe_depth = s->depth;
    } else if (c == ',') {
        x->safe = at;
        x->safe_depth = s->depth;
    }
    return true;
}

/* The object at `at`. No text goes over a line end; where `by_line`, no object does. */
static outcome find_end(const kk_raw_view *v, size_t at, bool by_line, extent *x)
{
    state s = {0};
    x->safe = at;
    x->safe_depth = 0;
    for (size_t next; at < v->len; at = next) {
        char c = kk_raw_char(v, at);
        next = kk_raw_next(v, at);
        x->end = at;
        if (c == '\n' && (s.in_text || by_line))
            return TORN;
        if (s.in_text) {
            bool quote = c == '"' && !s.escaped;
            s.escaped = c == '\\' && !s.escaped;
            s.in_text = !quote;
        } else if (!take_mark(x, &s, c, at, next)) {
            x->end = next;
            return TORN;
        } else if (!s.depth) {
            x->end = next;
            return WHOLE;
        }
    }
    x->end = v->len;
    return v->final ? TORN : MORE;
}

/* The next object that is no member of another: no colon stands before it. */
static bool find_object(const kk_raw_view *v, char *before, size_t *at)
{
    for (; *at < v->len; *at = kk_raw_next(v, *at)) {
        char c = kk_raw_char(v, *at);
        if (c == '{' && *before && *before != ':')
            return true;
        if (!kk_raw_blank(c))
            *before = c;
    }
    return false;
}

/* ---- Reading ---- */

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

/* What is sound of a torn object, closed. */
static kk_slice mend(walk *w, kk_arena *arena, const extent *x)
{
    kk_slice text = kk_raw_text_decode(&w->text, arena, x->safe);
    char closers[DEPTH];
    for (size_t i = 0; i < x->safe_depth; i++)
        closers[i] = x->closers[x->safe_depth - 1 - i];
    return kk_join(arena, text, (kk_slice){closers, x->safe_depth});
}

static void tell_object(walk *w, const extent *x, bool torn)
{
    kk_winevent *e = kk_winevents_begin(w->events);
    kk_arena *arena = kk_winevents_scratch(w->events);
    kk_slice text = torn ? mend(w, arena, x) : kk_raw_text_decode(&w->text, arena, x->end);
    const kk_json_value *v = kk_json_read(arena, text);
    e->offset = w->text.offset;
    e->length = x->end;
    bool ours = v && kk_winevent_read_json(w->events, e, v);
    if (torn || !v)
        note(&w->torn, &w->first_torn, w->text.offset);
    else if (!ours)
        note(&w->other, &w->first_other, w->text.offset);
    if (e->cut)
        note(&w->over, &w->first_over, w->text.offset);
    e->flags |= torn ? KK_FLAG_DAMAGED : 0;
    if (ours)
        (void)kk_winevents_tell(w->events);
}

/* The object at the beginning of the text. */
static void take_object(walk *w)
{
    extent x;
    outcome o;
    kk_raw_view v = kk_raw_text_view(&w->text);
    while ((o = find_end(&v, 0, w->by_line, &x)) == MORE &&
           w->text.raw.len <= EVENT_MAX * w->text.unit) {
        kk_raw_text_more(&w->text);
        v = kk_raw_text_view(&w->text);
    }
    if (o == MORE || x.end > EVENT_MAX * w->text.unit) {
        note(&w->over, &w->first_over, w->text.offset);
        if (x.end > EVENT_MAX * w->text.unit)
            x.end = EVENT_MAX * w->text.unit;
        o = MORE;
    } else {
        w->cut_off = o == TORN && x.end >= v.len;
        tell_object(w, &x, o == TORN);
    }
    kk_raw_text_drop(&w->text, x.end ? x.end : w->text.unit);
    w->before = o == WHOLE ? ',' : 0;
}

/* Moves behind the next line end at or after `at`. */
static bool skip_line(walk *w, size_t at)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(&w->text);
        size_t feed = kk_raw_find(&v, at, '\n');
        kk_raw_text_drop(&w->text, feed < v.len ? feed + v.unit : v.len);
        at = 0;
        w->before = ',';
        if (feed < v.len)
            return true;
        if (w->text.at_end)
            return false;
        kk_raw_text_more(&w->text);
    }
}

/* To the next object of the range; false at its end. */
static bool next_object(walk *w)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(&w->text);
        size_t at = 0;
        if (w->by_line && !w->before && !skip_line(w, 0))
            return false;
        if (w->by_line)
            v = kk_raw_text_view(&w->text);
        bool found = find_object(&v, &w->before, &at);
        kk_raw_text_drop(&w->text, at);
        if (found || w->text.at_end || w->text.offset >= w->end)
            return found && w->text.offset < w->end;
        kk_raw_text_more(&w->text);
    }
}

/* ---- The shape of the file ---- */

/* The array that holds the events where one object holds everything: behind its bracket; 0 if there is
 * none. */
static size_t find_list(const kk_raw_view *v)
{
    static const char *const keys[] = {"\"results\"", "\"hits\"",    "\"Events\"", "\"Event\"",
                                       "\"records\"", "\"Records\"", "\"events\"", "\"value\""};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (size_t at = 0; (at = kk_raw_find_text(v, at, keys[i])) < v->len; at += v->unit) {
            static const char marks[] = ":[{";
            size_t p = at + strlen(keys[i]) * v->unit, behind = 0, m = 0;
            for (; m < 3 && p < v->len; p += v->unit) {
                char c = kk_raw_char(v, p);
                if (kk_raw_blank(c))
                    continue;
                if (c != marks[m])
                    break;
                behind = m == 1 ? p + v->unit : behind;
                m++;
            }
            if (m == 3)
                return behind;
        }
    return 0;
}

/* Objects are lines: one of the first stands in a line of its own, from its first character on. */
static bool is_by_line(const kk_raw_view *v)
{
    extent x;
    size_t at = 0;
    for (int lines = 0; lines < 16 && at < v->len; lines++) {
        if (kk_raw_char(v, at) == '{' && find_end(v, at, true, &x) == WHOLE) {
            size_t p = x.end;
            while (p < v->len && strchr(" \t\r,", kk_raw_char(v, p)) && kk_raw_char(v, p))
                p += v->unit;
            if (p >= v->len || kk_raw_char(v, p) == '\n')
                return true;
        }
        at = kk_raw_find(v, at, '\n') + v->unit;
    }
    return false;
}

/* Where a list begins that stands before anything of an event; 0 if there is none. */
static size_t find_wrapped_list(const kk_raw_view *v)
{
    static const char *const parts[] = {"\"EventID\"",   "\"event_id\"", "\"EventId\"",
                                        "\"EventCode\"", "\"System\"",   "\"winlog\"",
                                        "\"_raw\"",      "\"Id\""};
    size_t list = find_list(v), at = 0;
    while (at < v->len && kk_raw_blank(kk_raw_char(v, at)))
        at += v->unit;
    if (!list || kk_raw_char(v, at) != '{')
        return 0;
    kk_raw_view before = *v;
    before.len = list;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (kk_raw_find_text(&before, 0, parts[i]) < list)
            return 0;
    return list;
}

static void settle_shape(walk *w)
{
    kk_raw_text_more(&w->text);
    kk_raw_view v = kk_raw_text_view(&w->text);
    v.final = true;
    w->before = ',';
    size_t list = find_wrapped_list(&v);
    w->by_line = !list && is_by_line(&v);
    kk_raw_text_drop(&w->text, list);
}

static void report(walk *w)
{
    kk_report_first(w->sink, w->cut_off && w->torn == 1 ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED,
                    w->torn, w->first_torn, "objects are torn or cut short");
    kk_report_first(w->sink, KK_ISSUE_UNPARSED, w->other, w->first_other,
                    "objects are no Windows events");
    kk_report_first(w->sink, KK_ISSUE_LIMIT, w->over, w->first_over,
                    "objects are larger than what is read of one event");
    kk_report_first(w->sink, KK_ISSUE_DAMAGED, w->text.lost, w->text.first_lost,
                    "objects hold characters that no encoding explains");
    if (w->text.failed)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->text.offset + w->text.raw.len,
                  "the file cannot be read from here on");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    walk w = {.sink = sink};
    kk_raw_text_open(&w.text, in, 0);
    uint64_t first = w.text.offset;
    settle_shape(&w);
    w.events = kk_winevents_open(arena, sink, settings);
    w.end = w.by_line ? settings->end : UINT64_MAX;
    bool ours = settings->begin == 0 || w.by_line;
    if (settings->begin > first && ours) {
        size_t unit = w.text.unit; /* a line begins at `begin` where the unit before ends one */
        kk_raw_text_close(&w.text);
        kk_raw_text_open(&w.text, in, (settings->begin + unit - 1) / unit * unit - unit);
        ours = skip_line(&w, 0);
    }
    while (ours && !sink->stopped && next_object(&w))
        take_object(&w);
    report(&w);
    kk_winevents_close(w.events);
    kk_raw_text_close(&w.text);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

static void nothing(kk_sink *sink, const kk_event *event)
{
    (void)sink;
    (void)event;
}

typedef struct {
    size_t seen, ours, trees;
} finding;

/* The first objects of the head. */
static finding look_at(const kk_raw_view *v, kk_slice head, kk_winevents *events, kk_arena *arena)
{
    finding found = {0};
    size_t at = find_wrapped_list(v);
    bool by_line = !at && is_by_line(v);
    char before = ',';
    kk_raw_text text = {.unit = v->unit, .charset = KK_UTF8};
    text.charset = kk_charset_guess(head, NULL);
    while (found.seen < 8 && find_object(v, &before, &at)) {
        extent x;
        outcome o = find_end(v, at, by_line, &x);
        walk w = {.text = text};
        size_t len = (o == WHOLE ? x.end : x.safe) - at;
        kk_put_bytes(&w.text.raw, v->ptr + at, len);
        x.safe = len;
        kk_winevent *e = kk_winevents_begin(events);
        const kk_json_value *object = kk_json_read(
            arena, o == WHOLE ? kk_raw_text_decode(&w.text, arena, len) : mend(&w, arena, &x));
        found.seen++;
        if (object && kk_winevent_read_json(events, e, object)) {
            found.ours++;
            found.trees += e->system[KK_SYS_CHANNEL].len > 0;
        }
        kk_raw_text_close(&w.text);
        at = x.end;
        before = o == WHOLE ? ',' : 0;
    }
    return found;
}

static kk_score probe(const kk_probe *p)
{
    kk_raw_view v = kk_raw_view_of_head(p->head);
    size_t at = 0;
    while (at < v.len && (kk_raw_blank(kk_raw_char(&v, at)) || (v.unit == 2 && at == 0)))
        at += v.unit;
    char first = kk_raw_char(&v, at);
    bool record = kk_raw_starts(&v, at, "Record ") && kk_raw_find(&v, at, '{') < 64 * v.unit;
    if (first != '{' && first != '[' && !record)
        return KK_NO;
    kk_arena *arena = kk_arena_open();
    kk_settings settings = {.zone_basis = KK_BASIS_CASE, .modified = KK_NO_TIME};
    kk_sink sink = {.arena = arena, .event = nothing};
    kk_winevents *events = kk_winevents_open(arena, &sink, &settings);
    finding found = look_at(&v, p->head, events, arena);
    kk_winevents_close(events);
    kk_arena_close(arena);
    if (!found.ours)
        return KK_NO;
    return found.ours * 2 >= found.seen ? KK_CERTAIN : KK_MAYBE;
}

const kk_parser kk_parser_winevent_json = {
    .name = "winevent_json",
    .about = "Windows events as JSON: evtx_dump, PowerShell, Winlogbeat and others",
    .version = 6,
    .cut = KK_LINES,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
