/* Records as JSON, in the customary shape: an element is a member of its parent's object; attributes
 * are in "#attributes", and text beside them is "#text"; <Data Name="x"> is a member x; Data without
 * names are one member with a list; of members with the same name the later ones are called x_1, x_2.
 *
 * Each template is made once into a list of constant text and values to go between. A comma is
 * written behind each member, and taken back where its object ends. */
#include "parse/binxml_json.h"
#include "base/json.h"
#include <stdio.h>

#define MEMBERS 256 /* neighbours that are compared with a name */

typedef kk_json_put put;
typedef kk_json_program json_program;

/* ---- from marks to puts ---- */

typedef struct {
    kk_arena *arena;
    const kk_xml_mark *marks;
    size_t count, at;
    json_program *program;
    kk_buffer text; /* constant text not yet in a put */
    size_t parent;  /* mark of the element whose children are looked at */
    struct {
        size_t parent;
        kk_slice name;
    } groups[KK_JSON_GROUPS];
    size_t group_count;
} maker;

static kk_slice spacious(kk_arena *arena, kk_slice a, kk_slice b)
{
    char *room = kk_take(arena, a.len + b.len + KK_JSON_SPARE);
    if (a.len)
        memcpy(room, a.ptr, a.len);
    if (b.len)
        memcpy(room + a.len, b.ptr, b.len);
    return (kk_slice){room, a.len + b.len};
}

/* Constant text before a member goes with its key. */
static put *add_put(maker *m, put next)
{
    json_program *p = m->program;
    kk_slice text = kk_buffer_slice(&m->text);
    p->puts = kk_grow(m->arena, p->puts, &p->capacity, p->count + 2, sizeof(put));
    bool keyed = next.kind <= PUT_ATTRIBUTE;
    if (keyed && text.len <= UINT16_MAX) {
        next.lead = (uint16_t)text.len;
        next.text = spacious(m->arena, text, next.text);
    } else if (text.len) {
        p->puts[p->count++] = (put){.kind = PUT_TEXT, .text = spacious(m->arena, text, KK_NONE)};
        if (keyed)
            next.text = spacious(m->arena, next.text, KK_NONE);
    }
    m->text.len = 0;
    if (next.kind == PUT_MEMBER && (next.is_named || next.group || next.index == UINT16_MAX))
        next.kind = PUT_NAMED;
    p->is_grouped |= next.group != 0;
    p->puts[p->count] = next;
    return &p->puts[p->count++];
}

static void put_key(kk_buffer *out, kk_slice name)
{
    kk_put_byte(out, '"');
    kk_put_json_text(out, name);
    kk_put(out, KK_S("\":"));
}

static kk_slice key_of(maker *m, kk_slice name)
{
    kk_buffer key = {0};
    put_key(&key, name);
    kk_slice kept = kk_copy(m->arena, kk_buffer_slice(&key));
    kk_buffer_close(&key);
    return kept;
}

/* What an element is made of, by the places of its marks. */
typedef struct {
    kk_slice name;
    size_t attributes, content, end; /* first attribute, first of the content, the end mark */
    size_t attribute_count, child_count, piece_count;
    size_t name_at; /* the piece that names a Data element; 0: none */
} shape;

static size_t end_of(const maker *m, size_t at)
{
    size_t depth = 0;
    for (; at < m->count; at++) {
        depth += m->marks[at].kind == KK_MARK_ELEMENT;
        if (m->marks[at].kind == KK_MARK_END && --depth == 0)
            break;
    }
    return at;
}

static bool is_data_name(const maker *m, const shape *s, size_t at)
{
    return kk_is(s->name, "Data") && kk_is(m->marks[at].text, "Name") &&
           m->marks[at + 1].kind >= KK_MARK_TEXT && m->marks[at + 2].kind < KK_MARK_TEXT;
}

static shape shape_of(const maker *m, size_t at)
{
    shape s = {.name = m->marks[at].text, .attributes = at + 1, .end = end_of(m, at)};
    for (at++; at < s.end && m->marks[at].kind != KK_MARK_CONTENT; at++) {
        if (m->marks[at].kind != KK_MARK_ATTRIBUTE)
            continue;
        if (is_data_name(m, &s, at))
            s.name_at = at + 1;
        else
            s.attribute_count++;
    }
    s.content = at + 1;
    for (at++; at < s.end; at++) {
        if (m->marks[at].kind == KK_MARK_ELEMENT) {
            s.child_count++;
            at = end_of(m, at);
        } else if (m->marks[at].kind != KK_MARK_TEXT || kk_trim(m->marks[at].text).len) {
            s.piece_count++;
        }
    }
    return s;
}

/* What the element at `at` is called in JSON, where that is constant. */
static kk_slice name_of(const maker *m, size_t at)
{
    shape s = shape_of(m, at);
    return s.name_at && m->marks[s.name_at].kind == KK_MARK_TEXT ? m->marks[s.name_at].text
                                                                 : s.name;
}

/* Children of one element with the same name: all that are written are numbered, from the second on.
 * Which group the child at `at` belongs to, 0 if it is alone. */
static uint8_t group_of(maker *m, size_t at, kk_slice name)
{
    for (size_t i = 0; i < m->group_count; i++)
        if (m->groups[i].parent == m->parent && kk_eq(m->groups[i].name, name))
            return (uint8_t)(i + 1);
    size_t next = end_of(m, at) + 1;
    for (size_t seen = 0; next < m->count && seen < MEMBERS; seen++) {
        while (next < m->count && m->marks[next].kind >= KK_MARK_TEXT)
            next++;
        if (next >= m->count || m->marks[next].kind != KK_MARK_ELEMENT)
            return 0;
        if (kk_eq(name_of(m, next), name))
            break;
        next = end_of(m, next) + 1;
    }
    if (next >= m->count || m->group_count == KK_JSON_GROUPS)
        return 0;
    m->groups[m->group_count].parent = m->parent;
    m->groups[m->group_count++].name = name;
    return (uint8_t)m->group_count;
}

/* The pieces in [first, end) as one put. */
static put pieces(const maker *m, size_t first, size_t end, kk_put_kind one, kk_put_kind mixed)
{
    put p = {.first = (uint32_t)first, .count = (uint32_t)(end - first)};
    bool single = end - first == 1 && m->marks[first].kind == KK_MARK_VALUE;
    p.kind = (uint8_t)(single ? one : mixed);
    if (end > first) {
        p.index = m->marks[first].index;
        p.inside = m->marks[first].inside;
    }
    return p;
}

static void attributes(maker *m, const shape *s)
{
    bool all_constant = true;
    kk_put(&m->text, KK_S("\"#attributes\":{"));
    for (size_t at = s->attributes; at + 1 < s->content; at++) {
        if (m->marks[at].kind != KK_MARK_ATTRIBUTE || at + 1 == s->name_at)
            continue;
        size_t end = at + 1;
        while (m->marks[end].kind >= KK_MARK_TEXT)
            end++;
        if (end == at + 2 && m->marks[at + 1].kind == KK_MARK_TEXT) {
            put_key(&m->text, m->marks[at].text);
            kk_put_byte(&m->text, '"');
            kk_put_json_text(&m->text, m->marks[at + 1].text);
            kk_put(&m->text, KK_S("\","));
            continue;
        }
        if (end == at + 1) /* written as empty */
            continue;
        put p = pieces(m, at + 1, end, PUT_ATTRIBUTE, PUT_MIXED);
        p.text = key_of(m, m->marks[at].text);
        all_constant = false;
        add_put(m, p);
    }
    if (all_constant && m->text.len && m->text.ptr[m->text.len - 1] == ',') {
        m->text.len--;
        kk_put(&m->text, KK_S("},"));
    } else {
        add_put(m, (put){.kind = CLOSE_ATTRIBUTES});
    }
}

static void element(maker *m, size_t at);

static void children(maker *m, const shape *s)
{
    size_t outer = m->parent;
    m->parent = s->content;
    for (size_t at = s->content; at < s->end; at++) {
        if (m->marks[at].kind == KK_MARK_ELEMENT) {
            element(m, at);
            at = m->at;
        } else if (m->marks[at].kind != KK_MARK_TEXT || kk_trim(m->marks[at].text).len) {
            add_put(m, (put){.kind = PUT_CONTENT,
                             .first = (uint32_t)at,
                             .count = 1,
                             .inside = m->marks[at].inside,
                             .index = m->marks[at].index});
        }
    }
    m->parent = outer;
}

/* Without attributes and children: a member with a value. */
static void plain_member(maker *m, const shape *s, kk_slice key, bool dynamic, uint8_t group)
{
    bool constant = true;
    for (size_t at = s->content; at < s->end; at++)
        constant = constant && m->marks[at].kind == KK_MARK_TEXT;
    if (constant && !dynamic && !group) {
        kk_put(&m->text, key);
        if (s->content < s->end || kk_is(s->name, "Data")) {
            kk_put_byte(&m->text, '"');
            for (size_t at = s->content; at < s->end; at++)
                kk_put_json_text(&m->text, m->marks[at].text);
            kk_put(&m->text, KK_S("\","));
        } else {
            kk_put(&m->text, KK_S("null,"));
        }
        return;
    }
    put p = pieces(m, s->content, s->end, PUT_MEMBER, PUT_MIXED);
    if (s->content == s->end) { /* no content, and no value of any number either */
        p.kind = PUT_MEMBER;
        p.index = UINT16_MAX;
    }
    p.text = key;
    p.blank = kk_is(s->name, "Data");
    p.group = group;
    p.is_named = dynamic;
    p.name_index = dynamic ? m->marks[s->name_at].index : 0;
    add_put(m, p);
}

/* Data without a name, and all like it that follow, become one list. */
static void nameless_data(maker *m, const shape *s, kk_slice key)
{
    put p = pieces(m, s->content, s->end, PUT_DATA, PUT_DATA);
    p.text = key;
    size_t end = s->end;
    while (end + 1 < m->count && m->marks[end + 1].kind == KK_MARK_ELEMENT) {
        shape next = shape_of(m, end + 1);
        if (!kk_is(next.name, "Data") || next.name_at || next.attribute_count || next.child_count)
            break;
        end = next.end;
    }
    p.count = (uint32_t)(end - s->content);
    add_put(m, p);
    m->at = end;
}

static void element(maker *m, size_t at)
{
    shape s = shape_of(m, at);
    const kk_xml_mark *given = s.name_at ? &m->marks[s.name_at] : NULL;
    bool dynamic = given && given->kind == KK_MARK_VALUE;
    kk_slice name = given && !dynamic ? given->text : s.name;
    kk_slice key = key_of(m, name);
    m->at = s.end;
    if (kk_is(s.name, "Data") && !given && !s.attribute_count && !s.child_count) {
        nameless_data(m, &s, key);
        return;
    }
    uint8_t group = dynamic ? 0 : group_of(m, at, name);
    if (!s.attribute_count && !s.child_count) {
        plain_member(m, &s, key, dynamic, group);
        return;
    }
    if (group)
        add_put(m, (put){.kind = PUT_KEY, .text = key, .group = group});
    else
        kk_put(&m->text, key);
    kk_put_byte(&m->text, '{');
    if (s.attribute_count)
        attributes(m, &s);
    if (!s.child_count && s.piece_count) {
        add_put(m, pieces(m, s.content, s.end, PUT_LEAF, PUT_LEAF_MIXED));
        return;
    }
    children(m, &s);
    m->at = s.end;
    add_put(m, (put){.kind = CLOSE_OBJECT});
}

static bool is_of_value(const put *p)
{
    return p->kind <= PUT_ATTRIBUTE || p->kind == PUT_LEAF;
}

static void count_room(json_program *p)
{
    for (size_t i = 0; i < p->count; i++) {
        unsigned uses = 0;
        p->room += p->puts[i].text.len + KK_JSON_QUICK;
        if (!is_of_value(&p->puts[i]))
            continue;
        for (size_t k = 0; k < p->count; k++)
            uses += is_of_value(&p->puts[k]) && p->puts[k].index == p->puts[i].index;
        p->uses = uses > p->uses ? uses : p->uses;
        if (p->puts[i].index >= p->values)
            p->values = (size_t)p->puts[i].index + 1;
    }
}

static const json_program *make(kk_arena *arena, const kk_xml_program *p)
{
    maker m = {.arena = arena,
               .marks = p->marks,
               .count = p->mark_count,
               .program = KK_NEW(arena, json_program)};
    for (m.at = 0; m.at < m.count; m.at++)
        if (p->marks[m.at].kind == KK_MARK_ELEMENT)
            element(&m, m.at);
    if (m.text.len)
        add_put(&m, (put){.kind = PUT_TEXT, .text = spacious(arena, KK_NONE, KK_NONE)});
    kk_buffer_close(&m.text);
    count_room(m.program);
    return m.program;
}

/* ---- running ---- */

static char last_byte(const kk_xml_scratch *out)
{
    return out->used ? out->ptr[out->used - 1] : '\0';
}

static void close_object(kk_xml_scratch *out)
{
    if (out->full)
        return;
    if (last_byte(out) == ',') {
        out->ptr[out->used - 1] = '}';
        kk_xml_write_byte(out, ',');
    } else { /* nothing was in it */
        out->used--;
        kk_xml_write_text(out, KK_S("null,"));
    }
}

/* `again`: the same member was written just before. */
static void write_key(kk_xml_writer *w, const put *p, unsigned again)
{
    unsigned times = p->group ? w->numbers[p->group - 1]++ : again;
    kk_slice key = kk_from(p->text, again ? p->lead : 0);
    kk_xml_value name = p->is_named ? kk_xml_value_at(w, p->name_index) : (kk_xml_value){0};
    if (name.len) {
        kk_xml_write_text(w->out, kk_part(key, 0, again ? 0 : p->lead));
        kk_xml_put_json(w->out, (kk_xml_value){name.ptr, name.len, name.type});
        kk_xml_write_byte(w->out, ':');
    } else {
        kk_xml_write_text(w->out, key);
    }
    if (times && !w->out->full) {
        char number[16];
        int n = snprintf(number, sizeof number, "_%u\":", times);
        w->out->used -= 2;
        kk_xml_write_bytes(w->out, number, (size_t)n);
    }
}

static void write_nested(kk_xml_writer *w, const put *p, kk_xml_value v)
{
    size_t at = (size_t)(v.ptr - w->x->chunk);
    kk_xml_write_fragment(w, at, at + v.len, p->inside);
}

static void write_empty(kk_xml_scratch *out, const put *p)
{
    kk_xml_write_text(out, p->blank ? KK_S("\"\"") : KK_S("null"));
}

static void write_member(kk_xml_writer *w, const put *p)
{
    kk_xml_value v = kk_xml_value_at(w, p->index), item;
    if (v.type & KK_XML_ARRAY && v.len) {
        for (unsigned times = 0; kk_xml_item(&v, &item) && !w->out->full; times++) {
            write_key(w, p, times);
            kk_xml_put_json(w->out, item);
            kk_xml_write_byte(w->out, ',');
        }
        return;
    }
    write_key(w, p, 0);
    if (!v.len) {
        write_empty(w->out, p);
    } else if (v.type == KK_XML_BINXML) {
        kk_xml_write_byte(w->out, '{');
        write_nested(w, p, v);
        close_object(w->out);
        return;
    } else {
        kk_xml_put_json(w->out, v);
    }
    kk_xml_write_byte(w->out, ',');
}

/* A value without quotes of its own, as part of a longer text. */
static void write_bare(kk_xml_scratch *out, kk_xml_value v)
{
    size_t before = out->used;
    if (!v.len)
        return;
    kk_xml_put_json(out, v);
    if (!out->full && out->ptr[before] == '"') {
        memmove(out->ptr + before, out->ptr + before + 1, out->used - before - 2);
        out->used -= 2;
    }
}

static void write_joined(kk_xml_scratch *out, kk_xml_value v)
{
    kk_xml_value item;
    if (!(v.type & KK_XML_ARRAY)) {
        write_bare(out, v);
        return;
    }
    for (bool more = false; !out->full && kk_xml_item(&v, &item); more = true) {
        kk_xml_write_text(out, more ? KK_S(", ") : KK_NONE);
        write_bare(out, item);
    }
}

/* Where one value has to do for an array: its items in one text. */
static void write_single(kk_xml_scratch *out, kk_xml_value v)
{
    if (!(v.type & KK_XML_ARRAY)) {
        kk_xml_put_json(out, v);
        return;
    }
    kk_xml_write_byte(out, '"');
    write_joined(out, v);
    kk_xml_write_byte(out, '"');
}

/* Texts of the pieces one after the other, between quotes. */
static void write_mixed_text(kk_xml_writer *w, const put *p)
{
    kk_xml_scratch *out = w->out;
    kk_xml_write_byte(out, '"');
    for (uint32_t i = 0; i < p->count && !out->full; i++) {
        const kk_xml_mark *mark = &w->p->marks[p->first + i];
        kk_xml_value v = {(const uint8_t *)mark->text.ptr, (uint32_t)mark->text.len, KK_XML_UTF8};
        if (mark->kind != KK_MARK_TEXT)
            v = mark->kind == KK_MARK_VALUE ? kk_xml_value_at(w, mark->index) : (kk_xml_value){0};
        if (v.type != KK_XML_BINXML)
            write_joined(out, v);
    }
    kk_xml_write_byte(out, '"');
}

static void write_data(kk_xml_writer *w, const put *p)
{
    kk_xml_scratch *out = w->out;
    kk_xml_value v, item;
    size_t items = 0, first = 0;
    kk_xml_write_text(out, p->text);
    kk_xml_write_text(out, KK_S("{\"#text\":"));
    first = out->used;
    for (uint32_t i = 0; i < p->count && !out->full; i++) {
        const kk_xml_mark *mark = &w->p->marks[p->first + i];
        if (mark->kind != KK_MARK_VALUE && mark->kind != KK_MARK_TEXT)
            continue;
        v = mark->kind == KK_MARK_VALUE ? kk_xml_value_at(w, mark->index)
                                        : (kk_xml_value){(const uint8_t *)mark->text.ptr,
                                                         (uint32_t)mark->text.len, KK_XML_UTF8};
        bool array = v.type & KK_XML_ARRAY;
        if (array && !v.len)
            continue;
        while (!out->full && (array ? kk_xml_item(&v, &item) : (item = v, true))) {
            if (items++)
                kk_xml_write_byte(out, ',');
            if (item.len)
                kk_xml_put_json(out, item);
            else
                kk_xml_write_text(out, KK_S("\"\""));
            if (!array)
                break;
        }
    }
    if (!items)
        kk_xml_write_text(out, KK_S("\"\""));
    if (items > 1) {
        kk_xml_write_byte(out, ']');
        if (!out->full && out->used < out->capacity) {
            memmove(out->ptr + first + 1, out->ptr + first, out->used - first);
            out->ptr[first] = '[';
            out->used++;
        } else {
            out->full = true;
        }
    }
    kk_xml_write_text(out, KK_S("},"));
}

static void write_leaf(kk_xml_writer *w, const put *p)
{
    kk_xml_scratch *out = w->out;
    kk_xml_value v = kk_xml_value_at(w, p->index);
    bool bare = last_byte(out) == '{', mixed = p->kind == PUT_LEAF_MIXED;
    if (!mixed && v.type == KK_XML_BINXML && v.len) {
        write_nested(w, p, v);
        close_object(out);
        return;
    }
    if (!mixed && !v.len && !bare) { /* attributes alone */
        close_object(out);
        return;
    }
    if (bare)
        out->used--;
    else
        kk_xml_write_text(out, KK_S("\"#text\":"));
    if (mixed)
        write_mixed_text(w, p);
    else if (v.len)
        write_single(out, v);
    else
        write_empty(out, p);
    kk_xml_write_text(out, bare ? KK_S(",") : KK_S("},"));
}

static void write_content(kk_xml_writer *w, const put *p)
{
    const kk_xml_mark *mark = &w->p->marks[p->first];
    kk_xml_value v = kk_xml_value_at(w, p->index);
    if (mark->kind == KK_MARK_INSTANCE) {
        kk_xml_write_fragment(w, mark->at, mark->end, p->inside);
    } else if (mark->kind == KK_MARK_TEXT) {
        kk_xml_write_text(w->out, KK_S("\"#text\":"));
        write_mixed_text(w, p);
        kk_xml_write_byte(w->out, ',');
    } else if (v.type == KK_XML_BINXML && v.len) {
        write_nested(w, p, v);
    } else if (v.len) {
        kk_xml_write_text(w->out, KK_S("\"#text\":"));
        write_single(w->out, v);
        kk_xml_write_byte(w->out, ',');
    }
}

static void close_attributes(kk_xml_scratch *out)
{
    const kk_slice opening = KK_S("\"#attributes\":{");
    if (out->full)
        return;
    if (last_byte(out) == ',') {
        out->ptr[out->used - 1] = '}';
        kk_xml_write_byte(out, ',');
    } else {
        out->used -= opening.len;
    }
}

void kk_json_write(kk_xml_writer *w, const put *p)
{
    kk_xml_value v;
    switch (p->kind) {
    case PUT_TEXT:
        kk_xml_write_text(w->out, p->text);
        break;
    case PUT_KEY:
        write_key(w, p, 0);
        break;
    case PUT_MEMBER:
    case PUT_NAMED:
        write_member(w, p);
        break;
    case PUT_ATTRIBUTE:
        v = kk_xml_value_at(w, p->index);
        kk_xml_write_text(w->out, kk_part(p->text, 0, v.len ? SIZE_MAX : p->lead));
        if (!v.len)
            break;
        write_single(w->out, v);
        kk_xml_write_byte(w->out, ',');
        break;
    case PUT_MIXED:
        write_key(w, p, 0);
        write_mixed_text(w, p);
        kk_xml_write_byte(w->out, ',');
        break;
    case PUT_DATA:
        write_data(w, p);
        break;
    case CLOSE_ATTRIBUTES:
        close_attributes(w->out);
        break;
    case PUT_LEAF:
    case PUT_LEAF_MIXED:
        write_leaf(w, p);
        break;
    case PUT_CONTENT:
        write_content(w, p);
        break;
    default:
        close_object(w->out);
        break;
    }
}

const kk_json_program *kk_json_of(kk_xml_writer *w)
{
    kk_xml_program *p = w->p;
    if (!p->json)
        p->json = make(p->movable ? w->x->arena : w->x->chunk_arena, p);
    w->x->steps += p->json->count;
    if (w->x->steps > KK_XML_CHUNK_STEPS)
        w->out->full = true;
    return p->json;
}

bool kk_binxml_json(kk_binxml *x, size_t at, size_t end, kk_xml_scratch *out)
{
    kk_xml_writer w = {.x = x, .out = out, .program = kk_json_run};
    size_t before = out->used;
    out->full = false;
    x->found_next = 0;
    kk_xml_write_byte(out, '{');
    kk_xml_write_fragment(&w, at, end, AT_TOP);
    close_object(out);
    if (!out->full && last_byte(out) == ',')
        out->used--;
    if (out->full)
        out->used = before;
    return !out->full;
}
