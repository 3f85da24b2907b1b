/* Windows events as PowerShell's Export-Clixml keeps objects: Get-WinEvent | Export-Clixml, and the same of
 * Get-EventLog.
 *
 *   <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
 *     <Obj RefId="0"><TN>types</TN><ToString>...</ToString>
 *       <Props><I32 N="Id">4624</I32> <Obj N="Properties"><LST>...</LST></Obj> ...</Props>
 *       <MS><S N="Message">...</S></MS></Obj> ... </Objs>
 *
 * A list that was exported as one object holds them one level further in: <Obj><TN>types</TN><LST>objects</LST></Obj>.
 * An object's properties are named values side by side, as PowerShell's JSON has them. Line ends and other
 * control characters are _x000A_. Objects are found in the raw bytes by their tags. */
#include "parse/raw_text.h"
#include "parse/winevent_flat.h"

enum {
    EVENT_MAX = 4 * 1024 * 1024, /* bytes of one object */
    AHEAD = 4096                 /* characters from an object to the list that it is */
};

typedef enum { WHOLE, TORN, MORE } outcome;

typedef struct {
    kk_sink *sink;
    const kk_settings *settings;
    kk_winevents *events;
    kk_raw_text text;
    bool closed;
    uint64_t torn, first_torn, other, first_other, over, first_over;
} walk;

/* ---- Where objects begin and end ---- */

static bool is_tag(const kk_raw_view *v, size_t at, const char *name)
{
    char next = kk_raw_char(v, at + strlen(name) * v->unit);
    return kk_raw_starts(v, at, name) && (kk_raw_blank(next) || next == '>' || next == '/');
}

static bool find_start(walk *w, const kk_raw_view *v, size_t *at)
{
    while ((*at = kk_raw_find(v, *at, '<')) < v->len) {
        if (!v->final && *at + 8 * v->unit > v->len)
            return false;
        if (is_tag(v, *at, "<Obj"))
            return true;
        w->closed = w->closed || is_tag(v, *at, "</Objs");
        *at += v->unit;
    }
    return false;
}

/* Opens (1) or closes (-1) something that holds objects without names. */
static int list_step(const kk_raw_view *v, size_t at)
{
    static const char *const tags[][2] = {{"<LST", "</LST"},
                                          {"<IE", "</IE"},
                                          {"<DCT", "</DCT"},
                                          {"<STK", "</STK"},
                                          {"<QUE", "</QUE"}};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (is_tag(v, at, tags[i][1]))
            return -1;
        size_t close = is_tag(v, at, tags[i][0]) ? kk_raw_find(v, at, '>') : v->len;
        if (close < v->len && kk_raw_char(v, close - v->unit) != '/')
            return 1;
    }
    return 0;
}

static bool is_named(const kk_raw_view *v, size_t at, size_t close)
{
    kk_raw_view tag = *v;
    tag.len = close;
    return kk_raw_find_text(&tag, at, " N=") < close;
}

/* Where the object at the beginning ends: behind its last tag, or where something begins that cannot be
 * in it, since outside of a list only a property of the object could. */
static outcome find_end(const kk_raw_view *v, size_t *end)
{
    size_t depth = 0;
    int lists = 0;
    for (size_t p = 0; (p = kk_raw_find(v, p, '<')) < v->len; p += v->unit) {
        bool opens = is_tag(v, p, "<Obj"), closes = is_tag(v, p, "</Obj");
        if (!v->final && p + 8 * v->unit > v->len)
            break;
        size_t close = kk_raw_find(v, p, '>');
        if (close >= v->len)
            break;
        *end = p;
        lists += list_step(v, p);
        if (is_tag(v, p, "</Objs") || (opens && depth && lists <= 0 && !is_named(v, p, close)))
            return TORN;
        if (closes)
            depth--;
        else if (opens && kk_raw_char(v, close - v->unit) != '/')
            depth++;
        *end = close + v->unit;
        if (!depth)
            return WHOLE;
    }
    *end = v->len;
    return v->final ? TORN : MORE;
}

static bool is_about_type(const kk_raw_view *v, size_t at)
{
    static const char *const tags[] = {"<TN", "</TN",      "<TNRef",    "<T",
                                       "</T", "<ToString", "</ToString"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (is_tag(v, at, tags[i]))
            return true;
    return false;
}

/* The object at the beginning is a list and nothing else: *inside is where its objects begin. */
static outcome find_list(const kk_raw_view *v, size_t *inside)
{
    const size_t most = AHEAD * v->unit;
    size_t at = kk_raw_find(v, v->unit, '<');
    for (; at < v->len && at < most; at = kk_raw_find(v, at + v->unit, '<')) {
        size_t close = kk_raw_find(v, at, '>');
        if (close >= v->len)
            break;
        if (is_about_type(v, at))
            continue;
        *inside = close + v->unit;
        return list_step(v, at) > 0 && !is_tag(v, at, "<DCT") && !is_named(v, at, close) ? WHOLE
                                                                                         : TORN;
    }
    return v->final || v->len > 2 * most ? TORN : MORE;
}

/* ---- What an object says ---- */

typedef struct {
    kk_winevents *events;
    kk_winevent *event;
    kk_arena *arena;
    kk_flat_shape shape;
    size_t depth;   /* of objects: 1 is the event */
    kk_slice outer; /* the event's property that is an object or a list */
    bool inner;     /* inside a property of that object */
} object;

/* What its attribute N calls it. */
static kk_slice name_in(kk_slice tag)
{
    const kk_slice mark = KK_S(" N=\"");
    size_t at = kk_find(tag, mark);
    if (at == KK_NOWHERE)
        return KK_NONE;
    kk_slice value = kk_from(tag, at + mark.len);
    return kk_part(value, 0, kk_find_byte(value, '"'));
}

/* The code unit of _xHHHH_ at `at`; 0 if there is none. */
static uint32_t escaped_unit(kk_slice s, size_t at)
{
    uint64_t unit;
    kk_slice piece = kk_part(s, at, 7);
    bool good = piece.len == 7 && piece.ptr[0] == '_' && piece.ptr[1] == 'x' &&
                piece.ptr[6] == '_' && kk_hex_to_u64(kk_part(piece, 2, 4), &unit);
    return good ? (uint32_t)unit : 0;
}

static kk_slice unescaped(kk_arena *arena, kk_slice s)
{
    kk_buffer out = {0};
    s = kk_winevent_unescape(arena, s);
    if (kk_find(s, KK_S("_x")) == KK_NOWHERE)
        return s;
    for (size_t at = 0; at < s.len;) {
        uint32_t unit = s.ptr[at] == '_' ? escaped_unit(s, at) : 0;
        if (!unit) {
            kk_put_byte(&out, s.ptr[at++]);
            continue;
        }
        at += 7;
        uint32_t low = unit >= 0xd800 && unit < 0xdc00 ? escaped_unit(s, at) : 0;
        if (low >= 0xdc00 && low <= 0xdfff) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            at += 7;
        }
        kk_put_char(&out, unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit);
    }
    s = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return s;
}

static void put_value(object *o, kk_slice name, kk_slice text)
{
    kk_flat_meaning meaning = kk_flat_meaning_of(&name);
    kk_slice value = unescaped(o->arena, text);
    if (value.len || meaning == KK_FLAT_STRINGS)
        kk_flat_put(o->events, o->event, &o->shape, meaning, name, value);
}

/* A number, a text, a time: the event's own, or of a list that is the event's. */
static void take_value(object *o, kk_slice name, kk_slice text)
{
    if (o->depth == 1 && name.len)
        put_value(o, kk_copy(o->arena, name), text);
    else if (o->depth > 1 && o->outer.len && !o->inner && (!name.len || kk_is(name, "Value")))
        put_value(o, kk_copy(o->arena, o->outer), text);
}

static void take_object(object *o, kk_slice name, bool empty)
{
    if (empty)
        return;
    o->depth++;
    if (o->depth == 2)
        o->outer = name;
    else if (o->depth > 2 && name.len)
        o->inner = true;
}

static void leave_object(object *o)
{
    o->depth -= o->depth > 0;
    if (o->depth <= 2)
        o->inner = false;
    if (o->depth == 1)
        o->outer = KK_NONE;
}

/* Neither about types nor what holds others. */
static bool is_value(kk_slice tag)
{
    static const char *const values[] = {"S",   "C",   "B",   "DT",  "G",   "Nil", "I16",
                                         "I32", "I64", "U16", "U32", "U64", "By",  "SB",
                                         "Db",  "Sg",  "D",   "TS",  "URI", "SBK"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (kk_is(tag, values[i]))
            return true;
    return false;
}

static void read_object(object *o, kk_slice s)
{
    for (size_t at = 0, found; (found = kk_find_byte(kk_from(s, at), '<')) != KK_NOWHERE;) {
        at += found + 1;
        size_t close = kk_find_byte(kk_from(s, at), '>');
        if (close == KK_NOWHERE)
            return;
        kk_slice tag = kk_part(s, at, close), name = tag;
        bool empty = tag.len && tag.ptr[tag.len - 1] == '/';
        at += close + 1;
        for (size_t i = 0; i < tag.len && name.len == tag.len; i++)
            if (kk_raw_blank(tag.ptr[i]) || (i && tag.ptr[i] == '/'))
                name = kk_part(tag, 0, i);
        if (kk_is(name, "Obj"))
            take_object(o, name_in(tag), empty);
        else if (kk_is(name, "/Obj"))
            leave_object(o);
        else if (is_value(name))
            take_value(o, name_in(tag),
                       empty ? KK_NONE : kk_part(s, at, kk_find_byte(kk_from(s, at), '<')));
    }
}

/* ---- Reading ---- */

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

static void tell_object(walk *w, size_t len, bool torn)
{
    kk_winevent *e = kk_winevents_begin(w->events);
    kk_arena *arena = kk_winevents_scratch(w->events);
    object o = {.events = w->events,
                .event = e,
                .arena = arena,
                .shape = {.settings = w->settings, .dotnet = true}};
    e->offset = w->text.offset;
    e->length = len;
    e->flags |= torn ? KK_FLAG_DAMAGED : 0;
    read_object(&o, kk_raw_text_decode(&w->text, arena, len));
    bool ours = e->system[KK_SYS_EVENT_ID].len && e->system[KK_SYS_PROVIDER].len;
    if (ours) {
        kk_flat_finish(e);
        (void)kk_winevents_tell(w->events);
    }
    if (e->cut)
        note(&w->over, &w->first_over, w->text.offset);
    else if (torn)
        note(&w->torn, &w->first_torn, w->text.offset);
    else if (!ours)
        note(&w->other, &w->first_other, w->text.offset);
}

/* The object at the beginning of the text is a list: its objects come next. */
static bool enter_list(walk *w)
{
    size_t inside;
    outcome o;
    kk_raw_view v = kk_raw_text_view(&w->text);
    while ((o = find_list(&v, &inside)) == MORE) {
        kk_raw_text_more(&w->text);
        v = kk_raw_text_view(&w->text);
    }
    if (o == WHOLE)
        kk_raw_text_drop(&w->text, inside);
    return o == WHOLE;
}

/* The object at the beginning of the text. */
static void take_text(walk *w)
{
    size_t end, most = EVENT_MAX * w->text.unit;
    outcome o;
    kk_raw_view v = kk_raw_text_view(&w->text);
    while ((o = find_end(&v, &end)) == MORE && w->text.raw.len <= most) {
        kk_raw_text_more(&w->text);
        v = kk_raw_text_view(&w->text);
    }
    if (o == MORE || end > most) {
        note(&w->over, &w->first_over, w->text.offset);
        end = most < v.len ? most : v.len;
    } else {
        tell_object(w, end, o == TORN);
    }
    kk_raw_text_drop(&w->text, end);
}

static bool next_object(walk *w)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(&w->text);
        size_t at = 0;
        bool found = find_start(w, &v, &at);
        kk_raw_text_drop(&w->text, at);
        if (found || w->text.at_end)
            return found;
        kk_raw_text_more(&w->text);
    }
}

static void report(walk *w)
{
    kk_report_first(w->sink, w->torn == 1 && !w->closed ? KK_ISSUE_TRUNCATED : KK_ISSUE_DAMAGED,
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
    else if (!w->closed && !w->torn)
        kk_report(w->sink, KK_ISSUE_TRUNCATED, w->text.offset + w->text.raw.len,
                  "the list of objects is not closed");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    walk w = {.sink = sink, .settings = settings};
    kk_raw_text_open(&w.text, in, 0);
    w.events = kk_winevents_open(arena, sink, settings);
    while (!sink->stopped && next_object(&w))
        if (!enter_list(&w))
            take_text(&w);
    report(&w);
    kk_winevents_close(w.events);
    kk_raw_text_close(&w.text);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const types[] = {"Eventing.Reader.EventLogRecord",
                                        "Diagnostics.EventLogEntry"};
    kk_raw_view v = kk_raw_view_of_head(p->head);
    size_t at = kk_raw_find(&v, 0, '<');
    if (at > 16 * v.unit || kk_raw_find_text(&v, at, "<Objs") > at + 200 * v.unit ||
        kk_raw_find_text(&v, at, "schemas.microsoft.com/powershell") >= v.len)
        return KK_NO;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (kk_raw_find_text(&v, at, types[i]) < v.len)
            return KK_CERTAIN;
    return KK_NO;
}

const kk_parser kk_parser_winevent_clixml = {
    .name = "winevent_clixml",
    .about = "Windows events as PowerShell objects, saved by Export-Clixml",
    .version = 5,
    .cut = KK_WHOLE,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
