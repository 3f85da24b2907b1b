/* One <Event> element as text, read into named fields by the rules by which evtx.c names them: Data
 * by its Name, elements below others joined with dots, attributes behind the name of their element.
 * No DTD is read and no entity defined, so there is nothing that could grow. What is torn is read as
 * far as it goes. */
#include "base/text.h"
#include "parse/winevent.h"
#include "parse/winevent_system.h"

#define DEPTH 32
#define PATH 1024    /* bytes of names joined with dots */
#define NAMES 16384u /* of elements and attributes of one event */

typedef enum { AT_TOP, IN_EVENT, IN_SYSTEM, IN_EVENTDATA, IN_USERDATA, IN_BODY } place;

typedef struct {
    kk_slice tag;
    kk_slice path;   /* what its text and its attributes are called */
    kk_slice prefix; /* what its children are called below */
    kk_slice text;   /* so far, since the last child */
    char *joined;    /* where it was put together from several pieces */
    size_t capacity; /* of `joined` */
    place inside;
    kk_system_field field;
    bool quiet, had_child, is_data, in_system, has_attribute;
} frame;

typedef struct {
    kk_winevent *event;
    kk_arena *arena;
    kk_slice s;
    size_t at;
    frame stack[DEPTH];
    size_t depth, names;
    bool prefixed; /* the event's own name has a prefix: none counts */
    bool torn;
} reading;

/* ---- Text ---- */

/* The number of &#...; or 0 if it is none. */
static uint32_t reference(kk_slice name)
{
    uint64_t n = 0;
    bool hex = name.len > 2 && (name.ptr[1] | 0x20) == 'x';
    if (name.len < 2 || name.ptr[0] != '#')
        return 0;
    bool good = hex ? kk_hex_to_u64(kk_from(name, 2), &n) : kk_to_u64(kk_from(name, 1), &n);
    return good && n <= 0x10ffff ? (uint32_t)n : 0;
}

static uint32_t entity(kk_slice name)
{
    static const struct {
        const char *name;
        char is;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (kk_is(name, known[i].name))
            return (uint32_t)known[i].is;
    return reference(name);
}

/* The name of the entity at `at`, where an ampersand stands; empty if it is none. */
static kk_slice entity_name(kk_slice s, size_t at)
{
    size_t end = kk_find_byte(kk_part(s, at + 1, 10), ';');
    return end == KK_NOWHERE ? KK_NONE : kk_part(s, at + 1, end);
}

/* A character outside of the first plane may be written as two references to surrogates. */
static uint32_t second_half(kk_slice s, size_t *at, uint32_t high)
{
    kk_slice name = *at < s.len && s.ptr[*at] == '&' ? entity_name(s, *at) : KK_NONE;
    uint32_t low = name.len ? reference(name) : 0;
    if (high >= 0xdc00 || low < 0xdc00 || low > 0xdfff)
        return 0xfffd;
    *at += name.len + 2;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

kk_slice kk_winevent_unescape(kk_arena *arena, kk_slice s)
{
    size_t at = kk_find_byte(s, '&');
    if (at == KK_NOWHERE)
        return s;
    kk_buffer out = {0};
    kk_put(&out, kk_part(s, 0, at));
    while (at < s.len) {
        kk_slice name = s.ptr[at] == '&' ? entity_name(s, at) : KK_NONE;
        uint32_t c = name.len ? entity(name) : 0;
        if (!c) {
            kk_put_byte(&out, s.ptr[at++]);
            continue;
        }
        at += name.len + 2;
        if (c >= 0xd800 && c <= 0xdfff)
            c = second_half(s, &at, c);
        kk_put_char(&out, c);
    }
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

/* ---- Names ---- */

static kk_slice dotted(reading *r, kk_slice prefix, kk_slice name)
{
    if (!prefix.len)
        return name;
    if (r->names++ == NAMES)
        r->event->cut = true;
    if (r->event->cut)
        return name;
    if (prefix.len + name.len >= PATH) {
        r->torn = true;
        return name;
    }
    return kk_join(r->arena, kk_join(r->arena, prefix, KK_S(".")), name);
}

static void frame_in_event(frame *f)
{
    f->quiet = true;
    if (kk_is(f->tag, "System"))
        f->inside = IN_SYSTEM;
    else if (kk_is(f->tag, "EventData"))
        f->inside = IN_EVENTDATA;
    else if (kk_is(f->tag, "UserData"))
        f->inside = IN_USERDATA;
    else
        f->prefix = f->tag;
}

/* What an element of this name means at this place. */
static frame frame_for(reading *r, place where, kk_slice prefix, kk_slice name)
{
    frame f = {.tag = name, .path = name, .inside = IN_BODY, .field = KK_SYS_FIELDS};
    switch (where) {
    case AT_TOP:
        f.inside = IN_EVENT;
        f.quiet = true;
        break;
    case IN_EVENT:
        frame_in_event(&f);
        break;
    case IN_SYSTEM:
        f.in_system = f.quiet = true;
        f.field = kk_system_field_of(name, KK_NONE);
        f.prefix = f.path = dotted(r, KK_S("System"), name);
        break;
    case IN_EVENTDATA:
        f.is_data = kk_is(name, "Data") || kk_is(name, "ComplexData");
        f.prefix = name;
        break;
    case IN_USERDATA:
        break;
    case IN_BODY:
        f.prefix = f.path = dotted(r, prefix, name);
        break;
    }
    return f;
}

/* ---- Elements ---- */

static void put(reading *r, kk_system_field field, kk_slice name, kk_slice value)
{
    if (field == KK_SYS_FIELDS)
        kk_winevent_add(r->event, name, value);
    else if (!r->event->system[field].len)
        r->event->system[field] = kk_trim(value);
}

/* The text so far: at the element's end, or before a child of it. */
static void flush_text(reading *r, frame *f, bool at_end)
{
    bool blank = !kk_trim(f->text).len, quiet = f->quiet || f->had_child || !at_end;
    bool only_attributes = f->has_attribute && !f->is_data && !f->text.len;
    kk_slice text = f->text.len ? f->text : (kk_slice){"", 0};
    f->text = KK_NONE;
    if (!blank || !(quiet || only_attributes))
        put(r, f->field, f->path, text);
}

static void add_text(reading *r, kk_slice text)
{
    if (!r->depth || !text.len)
        return;
    frame *f = &r->stack[r->depth - 1];
    if (!f->text.len) {
        f->text = text;
        f->capacity = 0;
        return;
    }
    char *joined =
        kk_grow(r->arena, f->capacity ? f->joined : NULL, &f->capacity, f->text.len + text.len, 1);
    if (joined != f->text.ptr)
        memcpy(joined, f->text.ptr, f->text.len);
    memcpy(joined + f->text.len, text.ptr, text.len);
    f->joined = joined;
    f->text = (kk_slice){joined, f->text.len + text.len};
}

static void close_one(reading *r)
{
    flush_text(r, &r->stack[r->depth - 1], true);
    r->depth--;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool ends_name(char c)
{
    return is_blank(c) || c == '=' || c == '/' || c == '>' || c == '<' || c == '"' || c == '\'';
}

static kk_slice take_name(reading *r)
{
    size_t begin = r->at;
    while (r->at < r->s.len && !ends_name(r->s.ptr[r->at]))
        r->at++;
    return kk_part(r->s, begin, r->at - begin);
}

/* Of an element. Who writes XML again puts prefixes where namespaces were told by xmlns alone. */
static kk_slice take_tag_name(reading *r)
{
    kk_slice name = take_name(r);
    size_t colon = kk_find_byte(name, ':');
    if (!r->depth)
        r->prefixed = colon != KK_NOWHERE;
    return r->prefixed && colon != KK_NOWHERE ? kk_from(name, colon + 1) : name;
}

static void skip_blanks(reading *r)
{
    while (r->at < r->s.len && is_blank(r->s.ptr[r->at]))
        r->at++;
}

/* name="value" or name='value'; false, and the reading torn, if it is neither that nor the end of
 * the tag. */
static bool take_attribute(reading *r, kk_slice *name, kk_slice *value)
{
    skip_blanks(r);
    if (r->at >= r->s.len || r->s.ptr[r->at] == '>' || r->s.ptr[r->at] == '/')
        return false;
    *name = take_name(r);
    skip_blanks(r);
    bool equals = r->at < r->s.len && r->s.ptr[r->at] == '=';
    r->at += equals;
    skip_blanks(r);
    char quote = r->at < r->s.len ? r->s.ptr[r->at] : 0;
    size_t close = equals && (quote == '"' || quote == '\'')
                       ? kk_find_byte(kk_from(r->s, r->at + 1), quote)
                       : KK_NOWHERE;
    if (!name->len || close == KK_NOWHERE) {
        r->torn = true;
        return false;
    }
    *value = kk_winevent_unescape(r->arena, kk_part(r->s, r->at + 1, close));
    r->at += close + 2;
    return true;
}

static void put_attribute(reading *r, frame *f, kk_slice name, kk_slice value)
{
    if (kk_is(name, "xmlns") || kk_starts(name, KK_S("xmlns:")))
        return;
    if (f->is_data && kk_is(name, "Name") && value.len && !f->has_attribute) {
        f->path = f->prefix = value;
        return;
    }
    kk_system_field field = f->in_system ? kk_system_field_of(f->tag, name) : KK_SYS_FIELDS;
    put(r, field, dotted(r, f->path, name), value);
    f->has_attribute = true;
}

/* Behind the '<' of an element's first tag. */
static void open_element(reading *r)
{
    place where = AT_TOP;
    kk_slice prefix = KK_NONE, name = take_tag_name(r), value;
    if (r->depth == DEPTH || !name.len) {
        r->torn = true;
        return;
    }
    if (r->depth && r->stack[r->depth - 1].is_data && kk_is(name, "Data") &&
        kk_is(r->stack[r->depth - 1].tag, "Data")) {
        r->torn = true; /* no Data holds another: its end is missing */
        close_one(r);
    }
    if (r->depth) {
        frame *parent = &r->stack[r->depth - 1];
        flush_text(r, parent, false);
        parent->had_child = true;
        where = parent->inside;
        prefix = parent->prefix;
    }
    frame *f = &r->stack[r->depth++];
    *f = frame_for(r, where, prefix, name);
    while (take_attribute(r, &name, &value))
        put_attribute(r, f, name, value);
    bool empty = r->at < r->s.len && r->s.ptr[r->at] == '/';
    r->at += empty;
    bool ended = r->at < r->s.len && r->s.ptr[r->at] == '>';
    r->at += ended;
    r->torn = r->torn || !ended;
    if (empty && ended)
        close_one(r);
}

/* Behind "</". A tag that closes an element further out closes those inside of it too. */
static void close_element(reading *r)
{
    kk_slice name = take_tag_name(r);
    size_t end = kk_find_byte(kk_from(r->s, r->at), '>'), depth = r->depth;
    while (depth && !kk_eq(r->stack[depth - 1].tag, name))
        depth--;
    r->torn = r->torn || end == KK_NOWHERE || !depth || depth != r->depth;
    while (depth && r->depth >= depth)
        close_one(r);
    r->at += end == KK_NOWHERE ? 0 : end + 1;
}

/* Behind the opening of something that ends with `closer`; its content. */
static kk_slice take_until(reading *r, size_t opening, const char *closer)
{
    kk_slice rest = kk_from(r->s, r->at + opening);
    size_t end = kk_find(rest, kk_cstr(closer));
    r->torn = r->torn || end == KK_NOWHERE;
    r->at = end == KK_NOWHERE ? r->s.len : r->at + opening + end + strlen(closer);
    return kk_part(rest, 0, end);
}

/* At a '<'. */
static void take_markup(reading *r)
{
    kk_slice here = kk_from(r->s, r->at);
    if (kk_starts(here, KK_S("<!--"))) {
        take_until(r, 4, "-->");
    } else if (kk_starts(here, KK_S("<![CDATA["))) {
        add_text(r, take_until(r, 9, "]]>"));
    } else if (kk_starts(here, KK_S("<?"))) {
        take_until(r, 2, "?>");
    } else if (kk_starts(here, KK_S("<!"))) {
        take_until(r, 2, ">");
        r->torn = true;
    } else if (kk_starts(here, KK_S("</"))) {
        r->at += 2;
        close_element(r);
    } else {
        r->at++;
        open_element(r);
    }
}

bool kk_winevent_read_xml(kk_winevents *events, kk_winevent *event, kk_slice xml)
{
    kk_arena *arena = kk_winevents_scratch(events);
    reading *r = KK_NEW(arena, reading);
    *r = (reading){.event = event, .arena = arena, .s = xml};
    bool begun = false;
    while (r->at < xml.len && !(begun && !r->depth) && !event->cut) {
        size_t tag = kk_find_byte(kk_from(xml, r->at), '<');
        kk_slice text = kk_part(xml, r->at, tag == KK_NOWHERE ? SIZE_MAX : tag);
        add_text(r, kk_winevent_unescape(r->arena, text));
        r->at += text.len;
        if (tag == KK_NOWHERE)
            break;
        take_markup(r);
        begun = begun || r->depth;
    }
    r->torn = r->torn || r->depth;
    return !r->torn;
}
