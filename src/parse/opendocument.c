/* OpenDocument, as LibreOffice writes it: ODT, ODS, ODP, ODG and their templates.
 *
 * A zip whose first member is "mimetype" with application/vnd.oasis.opendocument.KIND; content.xml has
 * the text, styles.xml headers and footers, META-INF/manifest.xml says what is encrypted. The flat
 * forms (FODT, FODS, FODP) are one XML file of all. Text is <text:p> and <text:h>; tables are
 * <table:table> of <table:table-row> of <table:table-cell>, where cells and rows that are alike are
 * written once with a number of repetitions. A cell has what is shown as paragraphs and its value as
 * attributes. Whatever in the zip is no XML is told as a child. */
#include "base/text.h"
#include "parse/document_text.h"
#include "parse/opendocument_lock.h"

enum { BLANKS_MAX = 1024, REPEAT_MAX = 1048576, PLACES_MAX = 64, NAMED_TABLES_MAX = 65536 };

typedef struct {
    kk_office_file *file;
    kk_sink *sink;
    kk_arena *arena;
    kk_document *document;
    kk_slice name; /* of the document */
    kk_odf_locks *locks;
    uint64_t tables, slides, unread;
    bool closed, any;
} package;

/* A flow of its own within a paragraph, and the state of the paragraph that it interrupts. */
typedef struct {
    unsigned depth;           /* of the element that opened it */
    bool in_paragraph, blank; /* blank: nothing or a blank came last */
} place;

typedef struct {
    kk_office_xml xml; /* xml.at is the paragraph */
    package *k;
    unsigned depth, skip; /* of elements; of the one whose content is passed over, 0: none */
    place places[PLACES_MAX];
    unsigned place_count;
    bool in_paragraph, blank;
    uint64_t cell_times, row_times;
    kk_buffer
        value; /* of the cell: told instead of what is shown; empty: nothing better is known */
    bool is_number;
} part;

/* ---- Flows ---- */

static void begin_place(part *p, const char *name)
{
    if (p->place_count == PLACES_MAX) {
        p->skip = p->depth;
        return;
    }
    p->places[p->place_count++] = (place){p->depth, p->in_paragraph, p->blank};
    p->in_paragraph = false;
    kk_document_begin_flow(p->k->document, kk_cstr(name));
}

static void end_place(part *p)
{
    const place *before = &p->places[--p->place_count];
    p->in_paragraph = before->in_paragraph;
    p->blank = before->blank;
    kk_document_end_flow(p->k->document);
}

/* Flows that lie inside others; NULL: the element opens none. */
static const char *flow_of(const part *p, kk_slice name)
{
    static const struct {
        const char *name, *flow;
    } flows[] = {{"note", "notes"},          {"notes", "notes"},
                 {"annotation", "comments"}, {"tracked-changes", "deleted text"},
                 {"shapes", "text boxes"},   {"header", "header"},
                 {"header-left", "header"},  {"header-first", "header"},
                 {"footer", "footer"},       {"footer-left", "footer"},
                 {"footer-first", "footer"}};
    static const char *const boxes[] = {"text-box", "custom-shape", "rect", "ellipse",
                                        "circle",   "polygon",      "path", "caption"};
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
        if (kk_is(name, flows[i].name))
            return flows[i].flow;
    for (size_t i = 0; p->in_paragraph && i < sizeof boxes / sizeof *boxes; i++)
        if (kk_is(name, boxes[i]))
            return "text boxes";
    return NULL;
}

static void begin_slide(part *p)
{
    package *k = p->k;
    kk_document_end_flow(k->document);
    kk_document_begin_flow(k->document,
                           kk_print(k->arena, "slide %llu", (unsigned long long)++k->slides));
}

static void end_slide(part *p)
{
    kk_document_end_flow(p->k->document);
    kk_document_begin_flow(p->k->document, KK_S("body"));
}

/* ---- Tables ---- */

static uint64_t times(const char **attributes, const char *name)
{
    uint64_t n = kk_office_number(attributes, name, 1);
    return n < 1 ? 1 : n < REPEAT_MAX ? n : REPEAT_MAX;
}

static void begin_table(part *p, const char **attributes)
{
    package *k = p->k;
    kk_slice name = kk_part(kk_office_attribute(attributes, "name"), 0, 255);
    bool named = name.len && k->tables++ < NAMED_TABLES_MAX;
    kk_document_begin_table(k->document,
                            named ? kk_utf8_clean(k->arena, kk_copy(k->arena, name)) : KK_NONE);
}

/* What the cell is worth telling instead of what it shows: a date without its format, a number
 * without its grouping. */
static void begin_cell(part *p, const char **attributes)
{
    kk_slice type = kk_office_attribute(attributes, "value-type");
    p->value.len = 0;
    p->is_number = kk_is(type, "float") || kk_is(type, "currency") || kk_is(type, "percentage");
    p->cell_times = times(attributes, "number-columns-repeated");
    kk_document_begin_cell(p->k->document);
    if (p->is_number) {
        kk_put(&p->value, kk_office_attribute(attributes, "value"));
    } else if (kk_is(type, "date")) {
        kk_put(&p->value, kk_office_attribute(attributes, "date-value"));
        if (p->value.len > 10 && p->value.ptr[10] == 'T')
            p->value.ptr[10] = ' ';
    } else if (kk_is(type, "boolean")) {
        bool yes = kk_is(kk_office_attribute(attributes, "boolean-value"), "true");
        kk_put(&p->value, yes ? KK_S("TRUE") : KK_S("FALSE"));
    } else if (kk_is(type, "string")) {
        kk_put(&p->value, kk_office_attribute(attributes, "string-value"));
    }
}

/* "0012345", "150-0001", "(03) 3555-0001": digits in a pattern, which the bare number lacks. */
static bool is_pattern(kk_slice shown)
{
    size_t digits = 0;
    for (size_t i = 0; i < shown.len; i++) {
        bool digit = shown.ptr[i] >= '0' && shown.ptr[i] <= '9';
        digits += digit;
        if (!digit && (shown.ptr[i] == 0 || !strchr("-() ", shown.ptr[i])))
            return false;
    }
    return digits > 0;
}

static void end_cell(part *p)
{
    kk_document *d = p->k->document;
    kk_slice shown = kk_document_cell(d), value = kk_buffer_slice(&p->value);
    bool exact = kk_find_byte(value, 'E') == KK_NOWHERE;
    if (value.len && !(shown.len && p->is_number && (is_pattern(shown) || !exact)))
        kk_document_set_cell(d, value);
    kk_document_end_cell(d, p->cell_times, 0);
    p->value.len = 0;
    p->cell_times = 1;
}

static bool start_table_part(part *p, kk_slice name, const char **attributes)
{
    if (kk_is(name, "table")) {
        begin_table(p, attributes);
    } else if (kk_is(name, "table-row")) {
        p->row_times = times(attributes, "number-rows-repeated");
        kk_document_begin_row(p->k->document);
    } else if (kk_is(name, "table-cell") || kk_is(name, "covered-table-cell")) {
        begin_cell(p, attributes);
    } else {
        return false;
    }
    return true;
}

static bool end_table_part(part *p, kk_slice name)
{
    if (kk_is(name, "table")) {
        kk_document_end_table(p->k->document);
    } else if (kk_is(name, "table-row")) {
        kk_document_end_row(p->k->document, p->row_times);
        p->row_times = 1;
    } else if (kk_is(name, "table-cell") || kk_is(name, "covered-table-cell")) {
        end_cell(p);
    } else {
        return false;
    }
    return true;
}

/* ---- Text ---- */

/* The reading of a word, a note's mark, who changed what, what a picture is called. */
static bool is_passed_over(kk_slice name)
{
    static const char *const names[] = {"ruby-text", "note-citation", "change-info",
                                        "title",     "desc",          "binary-data"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_is(name, names[i]))
            return true;
    return false;
}

static void start_mark(part *p, kk_slice name, const char **attributes)
{
    kk_document *d = p->k->document;
    if (!p->in_paragraph)
        return;
    if (kk_is(name, "tab")) {
        kk_document_text(d, KK_S("\t"));
    } else if (kk_is(name, "line-break")) {
        kk_document_text(d, KK_S("\n"));
    } else if (kk_is(name, "s")) {
        uint64_t blanks = kk_office_number(attributes, "c", 1);
        for (uint64_t i = 0; i < blanks && i < BLANKS_MAX; i++)
            kk_document_text(d, KK_S(" "));
    }
}

static void content_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    p->depth++;
    if (p->skip)
        return;
    const char *flow;
    if (kk_is(name, "p") || kk_is(name, "h"))
        p->in_paragraph = p->blank = true;
    else if (start_table_part(p, name, attributes))
        return; /* the commonest come first: there may be millions */
    else if (is_passed_over(name))
        p->skip = p->depth;
    else if ((flow = flow_of(p, name)))
        begin_place(p, flow);
    else if (kk_is(name, "page"))
        begin_slide(p);
    else
        start_mark(p, name, attributes);
}

static void content_end(kk_office_xml *xml, kk_slice name)
{
    part *p = (part *)xml;
    unsigned depth = p->depth--;
    if (p->skip) {
        p->skip = p->skip == depth ? 0 : p->skip;
        return;
    }
    if (p->place_count && p->places[p->place_count - 1].depth == depth) {
        end_place(p);
    } else if (kk_is(name, "p") || kk_is(name, "h")) {
        kk_document_end_paragraph(p->k->document);
        p->in_paragraph = false;
        p->xml.at++;
    } else if (kk_is(name, "page")) {
        end_slide(p);
    } else {
        (void)end_table_part(p, name);
    }
}

/* Blanks and line ends in a row are one blank, at the start of a paragraph none. */
static void content_text(kk_office_xml *xml, kk_slice text)
{
    part *p = (part *)xml;
    if (!p->in_paragraph || p->skip)
        return;
    p->k->any = true;
    while (text.len) {
        size_t n = 0;
        while (n < text.len && !strchr(" \t\r\n", text.ptr[n]))
            n++;
        kk_document_text(p->k->document, kk_part(text, 0, n));
        p->blank = n ? false : p->blank;
        if (n < text.len && !p->blank)
            kk_document_text(p->k->document, KK_S(" "));
        p->blank = p->blank || n < text.len;
        text = kk_from(text, n + 1);
    }
}

static void read_text(package *k, bool flat, const char *flow)
{
    part p = {.xml = {.start = content_start,
                      .end = content_end,
                      .text = content_text,
                      .unit = "paragraph"},
              .k = k,
              .cell_times = 1,
              .row_times = 1};
    kk_document_begin_flow(k->document, kk_cstr(flow));
    if (flat)
        kk_office_read_flat(k->file, &p.xml, "the document");
    else
        kk_office_read(k->file, &p.xml, "a part of the document");
    kk_document_finish(k->document);
    kk_buffer_close(&p.value);
}

/* ---- The zip ---- */

static void manifest_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    kk_odf_locks_start(p->k->locks, name, attributes);
}

static void read_manifest(package *k)
{
    kk_slice path;
    kk_office_rewind(k->file);
    while (!k->sink->stopped && (path = kk_office_next(k->file)).len) {
        part p = {.xml = {.start = manifest_start, .unit = "element"}, .k = k};
        if (kk_is(path, "META-INF/manifest.xml"))
            kk_office_read(k->file, &p.xml, "the list of parts");
    }
}

/* LibreOffice from 24.8 on locks the document as one. */
static void tell_whole(package *k)
{
    k->any = true;
    kk_office_tell_child_as(k->file, k->name);
}

static void read_parts(package *k)
{
    kk_slice path;
    kk_office_rewind(k->file);
    while (!k->sink->stopped && (path = kk_office_next(k->file)).len) {
        if (!kk_odf_locks_enter(k->locks, k->file, path))
            k->unread++;
        else if (kk_odf_locks_whole(k->locks, path))
            tell_whole(k);
        else if (kk_is(kk_office_base(path), "content.xml"))
            read_text(k, false, "body");
        else if (kk_is(path, "styles.xml"))
            read_text(k, false, "page styles");
        else if (!kk_ends(path, KK_S(".xml")) && !kk_ends(path, KK_S(".rdf")) &&
                 !kk_ends(path, KK_S("/")) && !kk_is(path, "mimetype"))
            kk_office_tell_child(k->file, path);
    }
}

/* False: it stays closed. */
static bool unlock(package *k, const kk_settings *settings)
{
    if (!kk_odf_locks_any(k->locks))
        return true;
    kk_odf_state state = kk_odf_locks_try(k->locks, k->file, settings, k->sink);
    k->closed = state != KK_ODF_OPENED;
    if (k->closed)
        kk_report(k->sink, KK_ISSUE_PASSWORD, 0,
                  state == KK_ODF_CLOSED ? "the document is encrypted with a password"
                                         : "the document is encrypted in a way that is not read");
    return !k->closed;
}

static void report_unread(package *k)
{
    unsigned long long unread = k->unread;
    if (unread && kk_odf_locks_over(k->locks))
        kk_report(k->sink, KK_ISSUE_LIMIT, 0,
                  "%llu encrypted parts were left: their keys would take too long", unread);
    else if (unread)
        kk_report(k->sink, KK_ISSUE_PASSWORD, 0,
                  "%llu parts are encrypted in a way that is not read", unread);
}

static void read_zip(package *k, const kk_settings *settings)
{
    kk_sink *sink = k->sink;
    read_manifest(k);
    if (unlock(k, settings))
        read_parts(k);
    report_unread(k);
    if (kk_office_damaged(k->file))
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the zip of the document is damaged");
    if (kk_office_too_many(k->file))
        kk_report(sink, KK_ISSUE_LIMIT, 0, "only the first 65,536 parts were read");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    char head[4] = {0};
    kk_arena *arena = kk_arena_open();
    package *k = KK_NEW(arena, package);
    *k = (package){.file = kk_office_open(arena, in, settings, sink),
                   .sink = sink,
                   .arena = arena,
                   .name = in->name,
                   .locks = kk_odf_locks_open(arena),
                   .document = kk_document_open(arena, sink)};
    bool zip = kk_read(in, 0, head, sizeof head) == 4 && memcmp(head, "PK\3\4", 4) == 0;
    if (zip)
        read_zip(k, settings);
    else
        read_text(k, true, "body");
    kk_document_close(k->document);
    if (!k->any && !k->closed && !sink->stopped)
        kk_report(sink, KK_ISSUE_MISSING, 0, "no part of the document holds text");
    kk_odf_locks_close(k->locks);
    kk_office_close(k->file);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".odt", ".ods", ".odp", ".odg", ".ott",
                                        ".ots", ".otp", ".otg", ".odm", NULL};
    kk_slice head = kk_part(p->head, 0, 4096), kind = KK_S("application/vnd.oasis.opendocument.");
    if (kk_starts(head, KK_S("PK\3\4"))) {
        bool typed = kk_starts(kk_from(head, 30), KK_S("mimetype"));
        if (typed && kk_has(kk_part(head, 38, 256), kind))
            return KK_CERTAIN;
        /* packed again by hand: the parts in any order */
        bool parts = typed || kk_has(p->head, KK_S("content.xml")) ||
                     kk_has(p->head, KK_S("META-INF/manifest.xml"));
        return parts && kk_office_named(p->name, tails) ? (kk_score)(KK_SURE + 10) : KK_NO;
    }
    bool xml = kk_starts(head, KK_S("<?xml")) || kk_starts(head, KK_S("\xef\xbb\xbf<?xml"));
    return xml && kk_has(p->head, KK_S("<office:document ")) && kk_has(p->head, kind)
               ? (kk_score)(KK_SURE + 5)
               : KK_NO;
}

const kk_parser kk_parser_opendocument = {
    .name = "opendocument",
    .about = "OpenDocument texts, tables and slides: ODT, ODS, ODP",
    .version = 3,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
