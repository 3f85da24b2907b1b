/* XML that programs export: elements that repeat as records, attributes and elements inside as columns.
 * Also Excel's XML Spreadsheet of 2003, and dumps in which elements tell their column in an attribute.
 *
 * The beginning is gone through to see what repeats, then as keyed_rows.h says. Tags are taken as they come,
 * not by expat: a torn document, a wrong name of its encoding or a control character in it would end it
 * there, and entities would have to be held off. */
#include "base/hash.h"
#include "parse/document_text.h"
#include "parse/html_text.h"
#include "parse/keyed_rows.h"
#include "parse/markup.h"

enum {
    FRAMES_MAX = 128,
    NAMES_MAX = 64,        /* kinds of children that are told apart, of one element */
    PATHS_MAX = 16 * 1024, /* slots for those that repeat */
    NAME_MAX = 200,        /* bytes of an element's name */
    TEXT_MAX = 1024 * 1024 /* bytes of an element's text */
};
#define SAMPLE UINT64_C(4194304) /* bytes from which what repeats and columns are learned */

typedef struct {
    uint64_t name;
    uint32_t count;
} child_count;

typedef struct {
    kk_buffer name; /* without prefix; the key that it was given, where it was */
    kk_buffer text;
    uint64_t path; /* of the names from the root on, hashed */
    uint64_t tag;  /* the element's own name, hashed */
    uint64_t from;
    bool is_open;    /* in the rows; else it may be a mere value yet */
    uint32_t number; /* of its name among its siblings */
    child_count children[NAMES_MAX];
    size_t child_count;
    kk_buffer next_key; /* plist: <key> names what follows */
} frame;

typedef struct {
    kk_markup markup;
    kk_keyed_rows *rows;
    kk_sink *sink;
    kk_arena *scratch; /* of a piece */
    enum { COUNTING, ROWS } phase;
    frame *frames; /* FRAMES_MAX */
    size_t depth, too_deep;
    uint64_t *repeating; /* PATHS_MAX hashes of paths; 0 is empty */
    size_t repeating_count;
    uint64_t documents;
    bool many;
    uint64_t torn, first_torn, cut, deep;
} reading;

static frame *top(reading *r)
{
    return r->depth ? &r->frames[r->depth - 1] : NULL;
}

static kk_slice local(kk_slice name)
{
    size_t colon = kk_find_byte(name, ':');
    return kk_part(colon == KK_NOWHERE ? name : kk_from(name, colon + 1), 0, NAME_MAX);
}

/* ---- What repeats ---- */

static size_t slot_of(const reading *r, uint64_t path)
{
    size_t at = path & (PATHS_MAX - 1);
    while (r->repeating[at] && r->repeating[at] != path)
        at = (at + 1) & (PATHS_MAX - 1);
    return at;
}

static bool repeats(const reading *r, uint64_t path)
{
    return r->repeating[slot_of(r, path)] == path;
}

static void note_repeating(reading *r, uint64_t path)
{
    if (r->repeating_count >= PATHS_MAX / 2 || repeats(r, path))
        return;
    r->repeating[slot_of(r, path)] = path;
    r->repeating_count++;
}

static uint32_t count_child(frame *around, uint64_t name)
{
    for (size_t i = 0; i < around->child_count; i++)
        if (around->children[i].name == name)
            return ++around->children[i].count;
    if (around->child_count < NAMES_MAX)
        around->children[around->child_count++] = (child_count){name, 1};
    return 1;
}

/* ---- Elements ---- */

/* <field name="mail">, <string name="mail">: the attribute is the column's name. */
static kk_slice key_in_attribute(const kk_markup *m)
{
    static const char *const carriers[] = {"field",     "column", "col",  "property", "entry",
                                           "string",    "str",    "int",  "long",     "boolean",
                                           "date",      "value",  "data", "param",    "attr",
                                           "attribute", "prop",   "var",  NULL};
    kk_slice name, value, key = KK_NONE;
    if (!kk_is_any_nocase(local(m->name), carriers))
        return KK_NONE;
    for (size_t at = 0; kk_markup_next_attribute(m, &at, &name, &value);) {
        kk_slice own = local(name);
        if (kk_is(own, "name") || kk_is(own, "key") || kk_is(own, "Name"))
            key = value;
        else if (!kk_eq_nocase(own, KK_S("type")) && !kk_eq_nocase(own, KK_S("nil")))
            return KK_NONE; /* an element of its own, with values in it */
    }
    return kk_part(key, 0, NAME_MAX);
}

static bool is_value_attribute(kk_slice name)
{
    return !kk_starts(name, KK_S("xmlns")) && !kk_starts(name, KK_S("xsi:")) &&
           !kk_starts(name, KK_S("xml:"));
}

static bool has_values(const kk_markup *m)
{
    kk_slice name, value;
    for (size_t at = 0; kk_markup_next_attribute(m, &at, &name, &value);)
        if (is_value_attribute(name) && value.len)
            return true;
    return false;
}

/* Tables of phpMyAdmin (each row is one) and of mysqldump (rows are in one). */
static bool is_table_of_dump(const kk_markup *m)
{
    return kk_is(m->name, "table") || kk_is(m->name, "table_data");
}

/* In the rows: an element with something in it. */
static void open_frame(reading *r, frame *f)
{
    kk_slice name = kk_buffer_slice(&f->name);
    if (f->is_open || r->phase == COUNTING)
        return;
    f->is_open = true;
    if (f == r->frames)
        kk_keyed_begin(r->rows, KK_KEYED_DOCUMENT, KK_NONE, 1, f->from);
    else if (repeats(r, f->path))
        kk_keyed_begin(r->rows, KK_KEYED_ELEMENT, name, f->number, f->from);
    else
        kk_keyed_begin(r->rows, KK_KEYED_PART, name, 1, f->from);
}

static void tell_text(reading *r, frame *f)
{
    kk_slice text = kk_trim(kk_buffer_slice(&f->text));
    if (r->phase == ROWS && text.len)
        kk_keyed_value(r->rows, KK_NONE, text);
    f->text.len = 0;
}

static void tell_attributes(reading *r, frame *f)
{
    kk_slice name, value;
    if (r->phase == COUNTING || !has_values(&r->markup))
        return;
    open_frame(r, f);
    for (size_t at = 0; kk_markup_next_attribute(&r->markup, &at, &name, &value);)
        if (is_value_attribute(name) && !(kk_is(name, "name") && is_table_of_dump(&r->markup)))
            kk_keyed_value(r->rows, local(name), kk_html_text(r->scratch, value));
}

static void name_frame(reading *r, frame *f, frame *around, kk_slice key)
{
    kk_slice tag = local(r->markup.name), name = key.len ? key : tag;
    if (around && around->next_key.len)
        name = kk_buffer_slice(&around->next_key);
    f->name.len = f->text.len = f->next_key.len = 0;
    kk_put(&f->name, kk_html_text(r->scratch, name));
    f->tag = kk_hash_quick(tag);
    f->path = kk_hash_quick(kk_buffer_slice(&f->name)) ^ (around ? around->path * 31 + 7 : 0);
    f->path += f->path == 0;
    if (around)
        around->next_key.len = 0;
}

static void name_rows(reading *r, const frame *f, bool before)
{
    kk_slice name = kk_markup_attribute(&r->markup, "name");
    bool rows_are_tables = kk_is(r->markup.name, "table");
    if (r->phase == ROWS && name.len && f > r->frames && is_table_of_dump(&r->markup) &&
        before == rows_are_tables)
        kk_keyed_name_table(r->rows, kk_html_text(r->scratch, name));
}

static void end_element(reading *r, uint64_t end)
{
    frame *f = top(r), *around = r->depth > 1 ? f - 1 : NULL;
    bool is_key = around && f->tag == kk_hash_quick(KK_S("key"));
    r->depth--;
    if (f->is_open) {
        tell_text(r, f);
        kk_keyed_end(r->rows, end);
    } else if (is_key && around->tag == kk_hash_quick(KK_S("dict"))) {
        kk_put(&around->next_key, kk_part(kk_trim(kk_buffer_slice(&f->text)), 0, NAME_MAX));
    } else if (r->phase == ROWS && around) {
        kk_keyed_value(r->rows, kk_buffer_slice(&f->name), kk_trim(kk_buffer_slice(&f->text)));
    }
}

static void begin_element(reading *r)
{
    if (r->depth == FRAMES_MAX || r->too_deep) {
        r->deep += !r->too_deep;
        r->too_deep += !r->markup.empty;
        return;
    }
    frame *around = top(r), *f = &r->frames[r->depth];
    kk_slice key = key_in_attribute(&r->markup);
    if (!around)
        r->documents++;
    else
        open_frame(r, around);
    if (around)
        name_rows(r, f, true);
    name_frame(r, f, around, key);
    f->from = r->markup.from;
    f->is_open = false;
    f->child_count = 0;
    f->number = around ? count_child(around, kk_hash_quick(kk_buffer_slice(&f->name))) : 1;
    if (f->number > 1)
        note_repeating(r, f->path);
    r->depth++;
    if (!around)
        open_frame(r, f);
    if (!key.len)
        tell_attributes(r, f);
    if (f->is_open)
        name_rows(r, f, false);
    if (r->markup.empty)
        end_element(r, kk_raw_chars_place(&r->markup.chars));
}

/* Ends what the tag is for, with what was left open in it. */
static void close_element(reading *r)
{
    uint64_t tag = kk_hash_quick(local(r->markup.name));
    size_t fits = r->depth;
    if (r->too_deep) {
        r->too_deep--;
        return;
    }
    while (fits && r->frames[fits - 1].tag != tag)
        fits--;
    if (fits != r->depth && r->torn++ == 0)
        r->first_torn = r->markup.from;
    while (fits && r->depth >= fits)
        end_element(r, kk_raw_chars_place(&r->markup.chars));
}

static void take_text(reading *r)
{
    frame *f = top(r);
    bool cdata = r->markup.kind == KK_MARKUP_CDATA;
    if (!f || r->too_deep || r->phase == COUNTING)
        return;
    kk_slice text = kk_html_text(r->scratch, r->markup.text);
    bool blank = r->markup.text.len && strchr(" \t\r\n", r->markup.text.ptr[0]);
    if (text.len == 0)
        return;
    if (f->text.len + text.len > TEXT_MAX) {
        r->cut++;
        return;
    }
    if (f->text.len && (blank || cdata))
        kk_put_byte(&f->text, ' ');
    kk_put(&f->text, text);
}

/* From the beginning; true when nothing is left open at the end. */
static bool go_through(reading *r, uint64_t end)
{
    kk_markup_restart(&r->markup, end);
    r->depth = r->too_deep = 0;
    r->documents = r->torn = r->cut = r->deep = 0;
    while (!r->sink->stopped && kk_markup_next(&r->markup) != KK_MARKUP_END) {
        if (r->markup.kind != KK_MARKUP_TAG)
            take_text(r);
        else if (r->markup.closing)
            close_element(r);
        else
            begin_element(r);
        kk_arena_reset(r->scratch);
    }
    return r->depth == 0;
}

static void note(kk_sink *sink, kk_issue_kind kind, uint64_t count, uint64_t offset,
                 const char *what)
{
    if (count)
        sink->issue(sink, &(kk_issue){kind, offset, count, kk_cstr(what)});
}

static void report_text(kk_sink *sink, const kk_markup *m, bool whole)
{
    note(sink, KK_ISSUE_DAMAGED, m->chars.lost, 0, "characters are none in the file's encoding");
    note(sink, KK_ISSUE_DAMAGED, m->cut_tags, 0, "tags have no end");
    if (!whole && !sink->stopped)
        kk_report(sink, KK_ISSUE_TRUNCATED, kk_raw_chars_place(&m->chars),
                  m->chars.failed ? "the file cannot be read from here on"
                                  : "the file ends inside an element");
}

static void read_records(reading *r, kk_arena *arena)
{
    r->frames = KK_NEW_ARRAY(arena, frame, FRAMES_MAX);
    r->repeating = KK_NEW_ARRAY(arena, uint64_t, PATHS_MAX);
    r->rows = kk_keyed_rows_open(arena, r->sink);
    bool whole = go_through(r, SAMPLE);
    r->phase = ROWS;
    r->many = r->documents > 1;
    (void)go_through(r, SAMPLE);
    while (r->depth)
        end_element(r, SAMPLE);
    kk_keyed_rows_learn(r->rows, r->many, whole);
    (void)go_through(r, SAMPLE);
    kk_keyed_rows_start(r->rows);
    whole = go_through(r, UINT64_MAX);
    while (r->depth)
        end_element(r, kk_raw_chars_place(&r->markup.chars));
    kk_keyed_rows_close(r->rows);
    note(r->sink, KK_ISSUE_DAMAGED, r->torn, r->first_torn, "end tags do not fit what is open");
    note(r->sink, KK_ISSUE_LIMIT, r->cut, 0, "pieces of text beyond 1 MiB were left out");
    note(r->sink, KK_ISSUE_LIMIT, r->deep, 0, "elements lie more than 128 deep and were left out");
    report_text(r->sink, &r->markup, whole);
    for (size_t i = 0; i < FRAMES_MAX; i++) {
        kk_buffer_close(&r->frames[i].name);
        kk_buffer_close(&r->frames[i].text);
        kk_buffer_close(&r->frames[i].next_key);
    }
}

/* ---- XML Spreadsheet 2003 ---- */

typedef struct {
    kk_markup *markup;
    kk_sink *sink;
    kk_document *document;
    kk_arena *arena, *scratch;
    bool in_sheet, in_row, in_cell, in_data;
    uint64_t row, column; /* so far */
    uint64_t merged;      /* columns that the open cell reaches over */
    bool in_comment;
    kk_buffer text, comment;
} workbook;

static uint64_t number_of(const kk_markup *m, const char *name)
{
    uint64_t n;
    return kk_to_u64(kk_trim(kk_markup_attribute(m, name)), &n) && n < (1u << 24) ? n : 0;
}

static void begin_sheet(workbook *w)
{
    kk_slice name = kk_html_text(w->scratch, kk_markup_attribute(w->markup, "ss:Name"));
    if (w->in_sheet)
        kk_document_end_table(w->document);
    kk_document_begin_table(w->document, kk_copy(w->arena, name));
    w->in_sheet = true;
    w->row = 0;
}

static void begin_row(workbook *w)
{
    uint64_t index = number_of(w->markup, "ss:Index");
    if (index > w->row + 1) {
        kk_document_begin_row(w->document);
        kk_document_end_row(w->document, index - w->row - 1);
        w->row = index - 1;
    }
    kk_document_begin_row(w->document);
    w->row++;
    w->column = 0;
    w->in_row = !w->markup->empty;
    if (w->markup->empty)
        kk_document_end_row(w->document, 1);
}

static void end_cell(workbook *w)
{
    if (w->in_cell) {
        kk_document_text(w->document, kk_buffer_slice(&w->text));
        kk_document_end_cell(w->document, 1, w->merged);
    }
    w->in_cell = w->in_data = w->in_comment = false;
}

static void begin_cell(workbook *w)
{
    uint64_t index = number_of(w->markup, "ss:Index"), skipped = 0;
    end_cell(w);
    if (index > w->column + 1)
        skipped = index - w->column - 1;
    if (skipped) {
        kk_document_begin_cell(w->document);
        kk_document_end_cell(w->document, 1, skipped - 1);
    }
    w->merged = number_of(w->markup, "ss:MergeAcross");
    w->column += skipped + 1 + w->merged;
    w->text.len = 0;
    kk_document_begin_cell(w->document);
    w->in_cell = true;
    if (w->markup->empty)
        end_cell(w);
}

static void tell_comment(workbook *w)
{
    kk_document_begin_flow(w->document, KK_S("comments"));
    kk_document_text(w->document, kk_buffer_slice(&w->comment));
    kk_document_end_paragraph(w->document);
    kk_document_end_flow(w->document);
    w->comment.len = 0;
}

static void take_sheet_tag(workbook *w)
{
    kk_slice name = local(w->markup->name);
    bool closing = w->markup->closing;
    if (kk_is(name, "Worksheet") && !closing) {
        begin_sheet(w);
    } else if (kk_is(name, "Row") && w->in_sheet) {
        end_cell(w);
        if (w->in_row)
            kk_document_end_row(w->document, 1);
        w->in_row = false;
        if (!closing)
            begin_row(w);
    } else if (kk_is(name, "Cell") && w->in_row) {
        closing ? end_cell(w) : begin_cell(w);
    } else if (kk_is(name, "Comment") && w->in_cell) {
        w->in_comment = !closing && !w->markup->empty;
        if (closing)
            tell_comment(w);
    } else if (kk_is(name, "Data") && w->in_cell) {
        w->in_data = !closing && !w->markup->empty;
    }
}

static void take_sheet_text(workbook *w)
{
    kk_slice text = kk_html_text(w->scratch, w->markup->text);
    kk_buffer *to = w->in_comment ? &w->comment : &w->text;
    if (w->in_data && to->len + text.len <= TEXT_MAX)
        kk_put(to, text);
}

static void read_workbook(kk_markup *m, kk_sink *sink, kk_arena *arena)
{
    workbook w = {.markup = m,
                  .sink = sink,
                  .document = kk_document_open(arena, sink),
                  .arena = arena,
                  .scratch = kk_arena_open()};
    bool whole = false;
    kk_markup_restart(m, UINT64_MAX);
    while (!sink->stopped && kk_markup_next(m) != KK_MARKUP_END) {
        kk_document_at(w.document, m->from);
        whole = m->kind == KK_MARKUP_TAG && m->closing && kk_is(local(m->name), "Workbook");
        if (m->kind == KK_MARKUP_TAG)
            take_sheet_tag(&w);
        else
            take_sheet_text(&w);
        kk_arena_reset(w.scratch);
        if (whole)
            break;
    }
    end_cell(&w);
    kk_document_close(w.document);
    report_text(sink, m, whole);
    kk_buffer_close(&w.text);
    kk_buffer_close(&w.comment);
    kk_arena_close(w.scratch);
}

/* ---- The parser ---- */

static bool is_workbook(kk_markup *m)
{
    bool is = false;
    kk_markup_restart(m, 4096);
    while (!is && kk_markup_next(m) != KK_MARKUP_END)
        is = m->kind == KK_MARKUP_TAG && kk_is(local(m->name), "Workbook") &&
             kk_has(m->attributes, KK_S("office:spreadsheet"));
    return is;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    kk_arena *arena = kk_arena_open();
    reading *r = KK_NEW(arena, reading);
    kk_markup_open(&r->markup, arena, in, false);
    r->sink = sink;
    r->scratch = kk_arena_open();
    if (is_workbook(&r->markup))
        read_workbook(&r->markup, sink, arena);
    else
        read_records(r, arena);
    kk_markup_close(&r->markup);
    kk_arena_close(r->scratch);
    kk_arena_close(arena);
}

/* ---- The probe ---- */

/* Roots of what programs write for themselves, and of what others read. */
static bool is_foreign(kk_slice root)
{
    static const char *const roots[] = {
        "svg",           "schema",       "assembly",     "Task",        "configuration",
        "Project",       "html",         "Events",       "Event",       "policyDefinitions",
        "stylesheet",    "transform",    "unattend",     "helpItems",   "policyDefinitionResources",
        "manifest",      "Types",        "Wix",          "definitions", "instrumentationManifest",
        "Relationships", "ui",           "interface",    "TS",          "language",
        "busconfig",     "mime-info",    "mime-type",    "fontconfig",  "protocol",
        "xliff",         "resources",    "AppxManifest", "Package",     "component",
        "repository",    "policyconfig", "node",         "glade",       "gresources",
        "schemalist",    "book",         "refentry",     "article",     "math",
        "kml",           "gpx",          "document",     NULL};
    return kk_is_any_nocase(root, roots);
}

static kk_score probe(const kk_probe *p)
{
    kk_arena *arena = kk_arena_open();
    kk_stream *in = kk_stream_over_memory(arena, p->head, p->name);
    kk_markup m;
    size_t tags = 0, closing = 0;
    bool ours = true;
    kk_markup_open(&m, arena, in, false);
    char first = kk_raw_chars_peek(&m.chars);
    while (first && strchr(" \t\r\n", first)) {
        kk_raw_chars_pass(&m.chars);
        first = kk_raw_chars_peek(&m.chars);
    }
    bool declared = kk_has(kk_part(p->head, 0, 64), KK_S("<?xml")) || m.chars.unit == 2;
    for (int i = 0; ours && first == '<' && i < 4000 && kk_markup_next(&m) != KK_MARKUP_END; i++) {
        bool text = m.kind != KK_MARKUP_TAG && kk_trim(m.text).len;
        if (m.kind == KK_MARKUP_TAG && tags++ == 0)
            ours = !is_foreign(local(m.name)) && !m.closing;
        else if (text && tags == 0)
            ours = false;
        closing += m.kind == KK_MARKUP_TAG && (m.closing || m.empty);
    }
    ours = ours && first == '<' && closing > 0 && (declared || closing * 3 >= tags);
    kk_markup_close(&m);
    kk_arena_close(arena);
    return ours ? (kk_score)(declared ? KK_LIKELY - 3 : KK_MAYBE - 2) : KK_NO;
}

const kk_parser kk_parser_xml_table = {
    .name = "xml_table",
    .about = "XML that programs export: elements that repeat as rows",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
