/* Records as XML, as Windows shows them, from the elements that the compiler kept. An attribute without
 * a value is left out; an element whose only content is an array is there once for each item. */
#include "parse/binxml_program.h"

#define NESTED 8

/* ---- what both ways of writing share ---- */

/* `at` is behind the token; returns where the instance ends. */
static size_t write_instance(kk_xml_writer *w, size_t at, size_t end, kk_xml_place where)
{
    const kk_xml_instance *n = kk_binxml_instance(w->x, at, end, where);
    const size_t behind = n->behind;
    w->p = n->program;
    w->values = w->x->values + n->first;
    w->count = n->count;
    w->size = n->size;
    if (w->p)
        w->program(w);
    return behind;
}

static size_t write_element(kk_xml_writer *w, size_t at, size_t end, kk_xml_place where)
{
    size_t stop = end;
    w->p = kk_binxml_compile(w->x, at, end, where, &stop);
    w->values = NULL;
    w->count = w->size = 0;
    if (w->p)
        w->program(w);
    return w->p && !w->p->damaged && stop > at ? stop : end;
}

void kk_xml_write_fragment(kk_xml_writer *w, size_t at, size_t end, kk_xml_place where)
{
    kk_xml_program *p = w->p;
    const kk_xml_value *values = w->values;
    const size_t count = w->count, size = w->size;
    w->depth++;
    while (at < end && !w->out->full && w->depth <= NESTED) {
        uint8_t token = w->x->chunk[at] & 0xbf;
        if (token == 0x0f)
            at += 4;
        else if (token == 0x0c)
            at = write_instance(w, at + 1, end, where);
        else if (token == 0x01)
            at = write_element(w, at, end, where);
        else
            break;
    }
    w->depth--;
    w->p = p;
    w->values = values;
    w->count = count;
    w->size = size;
}

/* ---- XML ---- */

/* The mark behind an element's end. */
static size_t behind(const kk_xml_program *p, size_t at)
{
    size_t depth = 0;
    for (; at < p->mark_count; at++) {
        depth += p->marks[at].kind == KK_MARK_ELEMENT;
        if (p->marks[at].kind == KK_MARK_END && --depth == 0)
            return at + 1;
    }
    return at;
}

/* Names come from the evidence too: what no name may hold, or only one in a foreign script, becomes an
 * underscore. */
static void write_name(kk_xml_scratch *out, kk_slice name)
{
    size_t before = out->used;
    kk_xml_write_text(out, name);
    for (size_t at = before; at < out->used; at++) {
        char c = out->ptr[at], lower = (char)(c | 0x20);
        bool letter = (lower >= 'a' && lower <= 'z') || c == ':';
        bool later = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!letter && (!later || at == before))
            out->ptr[at] = '_';
    }
}

static void write_value(kk_xml_writer *w, const kk_xml_mark *m)
{
    kk_xml_value v = kk_xml_value_at(w, m->index), item;
    if (v.type == KK_XML_BINXML && v.len) {
        size_t at = (size_t)(v.ptr - w->x->chunk);
        kk_xml_write_fragment(w, at, at + v.len, m->inside);
    } else if (v.type & KK_XML_ARRAY) {
        for (bool more = false; !w->out->full && kk_xml_item(&v, &item); more = true) {
            kk_xml_write_text(w->out, more ? KK_S(", ") : KK_NONE);
            kk_xml_put_xml(w->out, item);
        }
    } else {
        kk_xml_put_xml(w->out, v);
    }
}

static void write_piece(kk_xml_writer *w, const kk_xml_mark *m)
{
    if (m->kind == KK_MARK_VALUE)
        write_value(w, m);
    else if (m->kind == KK_MARK_INSTANCE)
        kk_xml_write_fragment(w, m->at, m->end, m->inside);
    else
        kk_xml_put_xml(w->out, (kk_xml_value){(const uint8_t *)m->text.ptr, (uint32_t)m->text.len,
                                              KK_XML_UTF8});
}

/* Returns the place behind the attribute's pieces. */
static size_t write_attribute(kk_xml_writer *w, size_t at)
{
    const kk_xml_program *p = w->p;
    const kk_xml_mark *m = &p->marks[at];
    size_t first = at + 1, end = first;
    while (end < p->mark_count && p->marks[end].kind >= KK_MARK_TEXT)
        end++;
    bool single = end == first + 1 && p->marks[first].kind == KK_MARK_VALUE;
    if (single && !kk_xml_value_at(w, p->marks[first].index).len)
        return end;
    kk_xml_write_byte(w->out, ' ');
    write_name(w->out, m->text);
    kk_xml_write_text(w->out, KK_S("=\""));
    for (size_t i = first; i < end; i++)
        write_piece(w, &p->marks[i]);
    kk_xml_write_byte(w->out, '"');
    return end;
}

/* From the element's mark to behind its end, whose content may be replaced by one value. Children are
 * written by the caller's loop: names stand on a stack of open elements. */
static void write_one(kk_xml_writer *w, size_t at, size_t end, const kk_xml_value *instead)
{
    const kk_xml_mark *marks = w->p->marks;
    kk_xml_write_byte(w->out, '<');
    write_name(w->out, marks[at].text);
    size_t i = at + 1;
    while (i < end && marks[i].kind == KK_MARK_ATTRIBUTE)
        i = write_attribute(w, i);
    kk_xml_write_byte(w->out, '>');
    for (i++; i + 1 < end && !w->out->full; i++) {
        if (instead)
            kk_xml_put_xml(w->out, *instead);
        else
            write_piece(w, &marks[i]);
    }
    kk_xml_write_text(w->out, KK_S("</"));
    write_name(w->out, marks[at].text);
    kk_xml_write_byte(w->out, '>');
}

/* Without children: is its content one array of several items? */
static bool is_repeated(const kk_xml_writer *w, size_t at, size_t end, kk_xml_value *array)
{
    const kk_xml_mark *marks = w->p->marks;
    if (end < at + 3 || marks[end - 2].kind != KK_MARK_VALUE ||
        marks[end - 3].kind != KK_MARK_CONTENT)
        return false;
    *array = kk_xml_value_at(w, marks[end - 2].index);
    return array->type & KK_XML_ARRAY && array->len;
}

static bool has_children(const kk_xml_program *p, size_t at, size_t end)
{
    for (size_t i = at + 1; i < end; i++)
        if (p->marks[i].kind == KK_MARK_ELEMENT)
            return true;
    return false;
}

static void open_tag(kk_xml_writer *w, size_t *at)
{
    const kk_xml_mark *marks = w->p->marks;
    kk_xml_write_byte(w->out, '<');
    write_name(w->out, marks[*at].text);
    size_t i = *at + 1;
    while (i < w->p->mark_count && marks[i].kind == KK_MARK_ATTRIBUTE)
        i = write_attribute(w, i);
    kk_xml_write_byte(w->out, '>');
    *at = i; /* the content mark */
}

static void write_leaf(kk_xml_writer *w, size_t at, size_t end)
{
    kk_xml_value array, item;
    if (!is_repeated(w, at, end, &array)) {
        write_one(w, at, end, NULL);
        return;
    }
    while (!w->out->full && kk_xml_item(&array, &item))
        write_one(w, at, end, &item);
}

static void write_marks(kk_xml_writer *w)
{
    enum { DEEPEST = 64 };
    kk_slice open[DEEPEST];
    size_t depth = 0;
    const kk_xml_program *p = w->p;
    for (size_t i = 0; i < p->mark_count && !w->out->full; i++) {
        const kk_xml_mark *m = &p->marks[i];
        if (w->x->steps++ > KK_XML_CHUNK_STEPS)
            w->out->full = true;
        if (m->kind == KK_MARK_ELEMENT) {
            size_t end = behind(p, i);
            if (!has_children(p, i, end)) {
                write_leaf(w, i, end);
                i = end - 1;
            } else if (depth < DEEPEST) {
                open[depth++] = m->text;
                open_tag(w, &i);
            }
        } else if (m->kind == KK_MARK_END && depth) {
            kk_xml_write_text(w->out, KK_S("</"));
            write_name(w->out, open[--depth]);
            kk_xml_write_byte(w->out, '>');
        } else if (m->kind >= KK_MARK_TEXT) {
            write_piece(w, m);
        }
    }
}

bool kk_binxml_xml(kk_binxml *x, size_t at, size_t end, kk_xml_scratch *out)
{
    kk_xml_writer w = {.x = x, .out = out, .program = write_marks};
    size_t before = out->used;
    out->full = false;
    x->found_next = 0;
    kk_xml_write_fragment(&w, at, end, AT_TOP);
    if (out->full)
        out->used = before;
    return !out->full;
}
