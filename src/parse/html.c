/* HTML pages and tables that programs save as HTML: rows of tables, also of those inside the tables of a
 * page's layout; other text as passages. Forms and lists of definitions become lines "label：value".
 *
 * Tags are looked for in the raw bytes, so that rows keep their place; nothing is built of the tree:
 * what is open is known from tables, rows and cells alone, and missing end tags end with what follows. */
#include "model/system_path.h"
#include "parse/document_text.h"
#include "parse/html_text.h"
#include "parse/markup.h"

enum {
    TABLES_DEEP = 24,
    SPANS_MAX = 256,  /* columns of a table with a cell that goes on below */
    SPAN_TEXT = 4096, /* bytes of such a cell that are repeated */
    ROW_CELLS = 4096,
    LONG_CELL = 240, /* bytes; the only cell of a row with more is running text */
    LABEL_MAX = 120, /* bytes of a label in a form */
    ANCHOR_MAX = 512
};

typedef enum { PLAIN, LABEL } cell_kind; /* td, th */

typedef struct {
    size_t column;
    uint32_t width;
    uint32_t left;  /* rows that it reaches further down */
    kk_buffer text; /* empty for headings: they stand once */
} span;

typedef struct {
    bool in_row, in_cell, has_inner; /* has_inner: the open cell holds a table */
    cell_kind kind;
    uint32_t colspan, rowspan;
    size_t column;      /* the next one to be filled */
    uint64_t wide_rows; /* told, of two cells or more */
    bool has_header;    /* a row of headings alone */
    /* of the row so far, as a form has it: label, value, label, value */
    bool pairs_fit;
    size_t cells;
    kk_buffer pairs;
    kk_buffer form; /* rows that were such, as lines */
    span *spans;    /* SPANS_MAX, once there is one */
    size_t span_count;
} table;

typedef struct {
    kk_markup markup;
    kk_sink *sink;
    kk_document *document;
    kk_arena *arena;   /* of the file */
    kk_arena *scratch; /* of a piece of text */
    table tables[TABLES_DEEP];
    size_t depth, too_deep;
    bool blank; /* white space is owed before the next letter */
    bool line_begun;
    bool in_term, in_anchor;
    kk_buffer anchor, mail;         /* a link to an address of mail: its text, the address */
    uint64_t repeated, repeat_most; /* bytes of cells that reach down */
    uint64_t left_spans;
} page;

static table *top(page *p)
{
    return p->depth && !p->too_deep ? &p->tables[p->depth - 1] : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* 1 where it is none, or says nothing that is true. */
static uint32_t span_of(const kk_markup *m, const char *name, uint32_t most)
{
    uint64_t n;
    if (!kk_to_u64(kk_trim(kk_markup_attribute(m, name)), &n) || n == 0)
        return 1;
    return n > most ? most : (uint32_t)n;
}

/* ---- Text ---- */

static void put(page *p, kk_slice text)
{
    kk_document_text(p->document, text);
    p->line_begun = true;
    if (p->in_anchor && p->anchor.len + text.len < ANCHOR_MAX)
        kk_put(&p->anchor, text);
}

/* UTF-8 without tags, entities still in it. */
static void take_text(page *p, kk_slice html)
{
    table *t = top(p);
    if (t && !t->in_cell) /* between cells there is nothing but blanks */
        return;
    bool first = html.len && is_blank(html.ptr[0]);
    bool last = html.len && is_blank(html.ptr[html.len - 1]);
    kk_slice text = kk_html_text(p->scratch, html);
    p->blank = p->blank || first;
    if (text.len == 0)
        return;
    if (p->blank && p->line_begun)
        put(p, KK_S(" "));
    put(p, text);
    p->blank = last;
}

static void line_end(page *p)
{
    if (p->line_begun)
        kk_document_end_paragraph(p->document);
    p->blank = p->line_begun = false;
}

/* ---- Tables ---- */

static void tell_passage(page *p, kk_slice text)
{
    if (!kk_trim(text).len)
        return;
    kk_document_begin_flow(p->document, KK_S("body"));
    kk_document_text(p->document, text);
    kk_document_end_paragraph(p->document);
    kk_document_end_flow(p->document);
}

/* What the open cell holds is text of the page and no value of a table. */
static void cell_to_passage(page *p)
{
    kk_slice text = kk_copy(p->scratch, kk_document_cell(p->document));
    kk_document_set_cell(p->document, KK_NONE);
    tell_passage(p, text);
}

static void tell_form(page *p, table *t)
{
    tell_passage(p, kk_buffer_slice(&t->form));
    t->form.len = 0;
}

static span *span_at(table *t, size_t column)
{
    for (size_t i = 0; i < t->span_count; i++)
        if (t->spans[i].column == column && t->spans[i].left)
            return &t->spans[i];
    return NULL;
}

/* Cells that reach down from the rows above, up to the next free column. */
static void fill_spans(page *p, table *t)
{
    span *s;
    while ((s = span_at(t, t->column)) && t->column < ROW_CELLS) {
        bool fits = p->repeated + s->text.len <= p->repeat_most;
        kk_document_begin_cell(p->document);
        if (fits)
            kk_document_text(p->document, kk_buffer_slice(&s->text));
        else
            p->left_spans++;
        kk_document_end_cell(p->document, 1, s->width - 1);
        p->repeated += fits ? s->text.len : 0;
        s->left--;
        t->column += s->width;
    }
}

static bool any_span_behind(const table *t)
{
    for (size_t i = 0; i < t->span_count; i++)
        if (t->spans[i].left && t->spans[i].column >= t->column)
            return true;
    return false;
}

/* Cells that reach down behind the last one of the row. */
static void fill_last_spans(page *p, table *t)
{
    while (t->column < ROW_CELLS && any_span_behind(t)) {
        fill_spans(p, t);
        if (!any_span_behind(t))
            break;
        kk_document_begin_cell(p->document);
        kk_document_end_cell(p->document, 1, 0);
        t->column++;
    }
}

static void keep_span(page *p, table *t, kk_slice text)
{
    size_t i = 0;
    while (i < t->span_count && t->spans[i].left)
        i++;
    if (i == SPANS_MAX) {
        p->left_spans++;
        return;
    }
    if (!t->spans)
        t->spans = KK_NEW_ARRAY(p->arena, span, SPANS_MAX);
    t->span_count += i == t->span_count;
    t->spans[i].column = t->column;
    t->spans[i].width = t->colspan;
    t->spans[i].left = t->rowspan - 1;
    t->spans[i].text.len = 0;
    if (t->kind != LABEL && t->wide_rows)
        kk_put(&t->spans[i].text, kk_part(text, 0, SPAN_TEXT));
}

/* The row's cells as label and value, as long as they take turns. */
static void add_pair(table *t, kk_slice text)
{
    cell_kind wanted = t->cells % 2 ? PLAIN : LABEL;
    t->pairs_fit = t->pairs_fit && t->kind == wanted && (wanted == PLAIN || text.len <= LABEL_MAX);
    if (!t->pairs_fit)
        return;
    kk_put(&t->pairs, text);
    kk_put(&t->pairs, wanted == LABEL ? KK_S("：") : KK_S("\n"));
}

static void end_cell(page *p)
{
    table *t = top(p);
    if (!t || !t->in_cell)
        return;
    if (t->has_inner)
        cell_to_passage(p);
    kk_slice text = kk_document_cell(p->document);
    add_pair(t, text);
    if (t->rowspan > 1)
        keep_span(p, t, text);
    kk_document_end_cell(p->document, 1, t->colspan - 1);
    t->column += t->colspan;
    t->cells++;
    t->in_cell = t->has_inner = false;
    p->blank = p->line_begun = false;
}

/* One cell alone with much text in it: the page's layout, no table. */
static bool is_running_text(const table *t, kk_slice text)
{
    return t->cells == 0 && text.len > LONG_CELL;
}

static void end_row(page *p)
{
    table *t = top(p);
    if (!t || !t->in_row)
        return;
    if (t->in_cell && is_running_text(t, kk_document_cell(p->document)))
        cell_to_passage(p);
    end_cell(p);
    bool form =
        t->pairs_fit && t->cells >= 2 && t->cells % 2 == 0 && !t->has_header && !t->wide_rows;
    t->in_row = false;
    if (form) {
        kk_put(&t->form, kk_buffer_slice(&t->pairs));
        kk_document_begin_row(p->document); /* in its place nothing */
        return;
    }
    fill_last_spans(p, t);
    tell_form(p, t);
    kk_document_end_row(p->document, 1);
    t->wide_rows += t->cells > 1;
}

static void begin_row(page *p)
{
    table *t = top(p);
    if (!t)
        return;
    end_row(p);
    kk_document_begin_row(p->document);
    t->in_row = t->pairs_fit = true;
    t->column = t->cells = 0;
    t->pairs.len = 0;
}

static void begin_cell(page *p, const kk_markup *g, cell_kind kind)
{
    table *t = top(p);
    if (!t)
        return;
    if (!t->in_row)
        begin_row(p);
    end_cell(p);
    fill_spans(p, t);
    if (t->cells == 1 && !t->wide_rows && kind == LABEL && t->kind == LABEL)
        t->has_header = true;
    t->kind = kind;
    t->colspan = span_of(g, "colspan", 1000);
    t->rowspan = span_of(g, "rowspan", 65534);
    kk_document_begin_cell(p->document);
    t->in_cell = true;
    p->blank = false;
}

static void begin_table(page *p)
{
    table *t = top(p);
    if (p->depth == TABLES_DEEP || p->too_deep) {
        p->too_deep++;
        return;
    }
    if (t && t->in_cell) {
        cell_to_passage(p);
        t->has_inner = true;
    }
    kk_document_begin_table(p->document, KK_NONE);
    t = &p->tables[p->depth++];
    t->in_row = t->in_cell = t->has_inner = t->has_header = false;
    t->wide_rows = t->span_count = t->form.len = 0;
    p->blank = p->line_begun = false;
}

static void end_table(page *p)
{
    if (p->too_deep) {
        p->too_deep--;
        return;
    }
    table *t = top(p);
    if (!t)
        return;
    end_row(p);
    tell_form(p, t);
    kk_document_end_table(p->document);
    p->depth--;
    p->blank = false;
}

/* ---- Tags ---- */

static bool is(kk_slice name, const char *word)
{
    return kk_eq_nocase(name, kk_cstr(word));
}

/* A link to an address of mail whose text is something else shows the address too. */
static void end_anchor(page *p)
{
    if (!p->in_anchor)
        return;
    p->in_anchor = false;
    if (p->mail.len && !kk_has_nocase(kk_buffer_slice(&p->anchor), kk_buffer_slice(&p->mail))) {
        put(p, KK_S(" "));
        put(p, kk_buffer_slice(&p->mail));
    }
}

static void begin_anchor(page *p, const kk_markup *g)
{
    kk_slice link = kk_trim(kk_markup_attribute(g, "href"));
    end_anchor(p);
    if (!kk_eq_nocase(kk_part(link, 0, 7), KK_S("mailto:")))
        return;
    link = kk_from(link, 7);
    link = kk_part(link, 0, kk_find_byte(link, '?'));
    p->anchor.len = p->mail.len = 0;
    kk_put(&p->mail, kk_part(link, 0, ANCHOR_MAX / 2));
    p->in_anchor = true;
}

/* What a form was filled with. */
static void take_input(page *p, const kk_markup *g)
{
    static const char *const others[] = {"submit", "button", "reset",    "image", "hidden",
                                         "file",   "radio",  "checkbox", NULL};
    kk_slice value = kk_markup_attribute(g, "value");
    if (value.len && !kk_is_any_nocase(kk_trim(kk_markup_attribute(g, "type")), others)) {
        p->blank = true;
        take_text(p, value);
        p->blank = true;
    }
}

static bool take_table_tag(page *p, const kk_markup *g)
{
    bool cell = is(g->name, "td") || is(g->name, "th");
    if (is(g->name, "table")) {
        g->closing ? end_table(p) : begin_table(p);
    } else if (is(g->name, "tr")) {
        g->closing ? end_row(p) : begin_row(p);
    } else if (cell && g->closing) {
        table *t = top(p);
        if (t && t->in_cell && !(t->cells == 0 && kk_document_cell(p->document).len > LONG_CELL))
            end_cell(p);
    } else if (cell) {
        begin_cell(p, g, is(g->name, "th") ? LABEL : PLAIN);
    } else {
        return false;
    }
    return true;
}

static void take_tag(page *p, const kk_markup *g)
{
    static const char *const blocks[] = {
        "br",     "p",        "div",     "li",      "h1",      "h2",     "h3",         "h4",
        "h5",     "h6",       "ul",      "ol",      "hr",      "dl",     "blockquote", "pre",
        "title",  "caption",  "section", "article", "address", "dd",     "dt",         "option",
        "legend", "fieldset", "form",    "label",   "header",  "footer", NULL};
    if (take_table_tag(p, g))
        return;
    if (is(g->name, "a"))
        g->closing ? end_anchor(p) : begin_anchor(p, g);
    else if (is(g->name, "input") && !g->closing)
        take_input(p, g);
    else if (is(g->name, "dt") && !g->closing)
        p->in_term = true;
    else if (is(g->name, "hr") || is(g->name, "section") || is(g->name, "article"))
        kk_document_gap(p->document);
    if (is(g->name, "dd") && !g->closing && p->in_term) {
        put(p, KK_S("："));
        p->in_term = p->blank = false;
    } else if (is(g->name, "dt") && g->closing) {
        p->blank = false; /* its value comes in the same line */
    } else if (kk_is_any_nocase(g->name, blocks)) {
        line_end(p);
    }
}

static void read_page(page *p)
{
    kk_document_begin_flow(p->document, KK_S("body"));
    while (!p->sink->stopped && kk_markup_next(&p->markup) != KK_MARKUP_END) {
        kk_document_at(p->document, p->markup.from);
        if (p->markup.kind == KK_MARKUP_TAG)
            take_tag(p, &p->markup);
        else
            take_text(p, p->markup.text);
        kk_arena_reset(p->scratch);
    }
    while (p->depth)
        end_table(p);
}

/* ---- The parser ---- */

static void close_buffers(table *t)
{
    kk_buffer_close(&t->pairs);
    kk_buffer_close(&t->form);
    for (size_t i = 0; t->spans && i < SPANS_MAX; i++)
        kk_buffer_close(&t->spans[i].text);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    kk_arena *arena = kk_arena_open();
    page *p = KK_NEW(arena, page);
    p->sink = sink;
    p->document = kk_document_open(arena, sink);
    p->arena = arena;
    p->scratch = kk_arena_open();
    p->repeat_most = in->size * 16 + 65536;
    kk_markup_open(&p->markup, arena, in, true);
    read_page(p);
    kk_document_close(p->document);
    kk_report_count(p->sink, KK_ISSUE_DAMAGED, p->markup.chars.lost,
                    "characters are none in the page's encoding");
    kk_report_count(p->sink, KK_ISSUE_LIMIT, p->left_spans,
                    "cells that reach over many rows were told once");
    kk_report_count(p->sink, KK_ISSUE_DAMAGED, p->markup.cut_tags, "tags have no end");
    if (p->markup.chars.failed)
        kk_report(sink, KK_ISSUE_TRUNCATED, kk_raw_chars_place(&p->markup.chars),
                  "the file cannot be read from here on");
    for (size_t i = 0; i < TABLES_DEEP; i++)
        close_buffers(&p->tables[i]);
    kk_buffer_close(&p->anchor);
    kk_buffer_close(&p->mail);
    kk_markup_close(&p->markup);
    kk_arena_close(p->scratch);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

static size_t find_nocase(kk_slice s, const char *word)
{
    kk_slice w = kk_cstr(word);
    for (size_t i = 0; i + w.len <= s.len; i++)
        if (kk_eq_nocase(kk_part(s, i, w.len), w))
            return i;
    return KK_NOWHERE;
}

/* The head's ASCII, blanks and comments at its beginning left out. */
static kk_slice beginning(kk_arena *arena, kk_slice head)
{
    kk_charset charset = kk_charset_guess(head, NULL);
    bool wide = charset == KK_UTF16LE || charset == KK_UTF16BE;
    kk_slice s = kk_part(head, 0, 16 * 1024);
    s = wide ? kk_decode(arena, charset, s, NULL) : s;
    s = kk_starts(s, KK_S("\xef\xbb\xbf")) ? kk_from(s, 3) : s;
    for (;;) {
        s = kk_trim(s);
        if (!kk_starts(s, KK_S("<!--")))
            return s;
        size_t end = kk_find(s, KK_S("-->"));
        s = end == KK_NOWHERE ? KK_NONE : kk_from(s, end + 3);
    }
}

/* A server's page of a folder: a list of files, if anything. */
static bool is_index(kk_slice s)
{
    return find_nocase(s, "<title>index of") != KK_NOWHERE ||
           find_nocase(s, "<h1>index of") != KK_NOWHERE;
}

static kk_score probe(const kk_probe *p)
{
    static const char *const firsts[] = {"<!doctype html", "<html", "<head",  "<body",  "<table",
                                         "<meta",          "<div",  "<style", "<title", NULL};
    static const char *const names[] = {".html", ".htm", ".xhtml", ".shtml", NULL};
    if (kk_is_system_path(p->path)) /* manuals of programs */
        return KK_NO;
    kk_arena *arena = kk_arena_open();
    kk_slice s = beginning(arena, p->head);
    bool html = false, named = false;
    if (kk_starts(s, KK_S("<?xml"))) {
        size_t at = find_nocase(kk_part(s, 0, 1024), "<html");
        html = at != KK_NOWHERE || find_nocase(kk_part(s, 0, 1024), "<!doctype html") != KK_NOWHERE;
    }
    for (const char *const *f = firsts; *f && !html; f++)
        html = kk_eq_nocase(kk_part(s, 0, strlen(*f)), kk_cstr(*f));
    for (const char *const *n = names; *n; n++)
        named = named || (p->name.len > strlen(*n) &&
                          kk_eq_nocase(kk_from(p->name, p->name.len - strlen(*n)), kk_cstr(*n)));
    bool index = html && is_index(s);
    bool marked = s.len && s.ptr[0] == '<' && !kk_starts(s, KK_S("<?"));
    kk_arena_close(arena);
    if (html)
        return index ? (kk_score)(KK_MAYBE - 5) : (kk_score)(KK_LIKELY + 5);
    return named && marked ? (kk_score)(KK_MAYBE - 5) : KK_NO;
}

const kk_parser kk_parser_html = {
    .name = "html",
    .about = "HTML pages, and tables saved as HTML",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
