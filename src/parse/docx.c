/* Word documents and PowerPoint slides of 2007 and later: DOCX, DOCM, PPTX and their templates.
 *
 * A zip of XML parts; what a part is, its outermost element says, as names of parts vary:
 *     document, hdr, ftr, footnotes, endnotes, comments, glossaryDocument     of Word
 *     sld, notes, sldMaster, sldLayout, notesMaster, handoutMaster, cmLst     of PowerPoint
 *     dataModel                                                               a diagram of either
 * Both write text the same way, under different prefixes: paragraphs <p> of runs <r> with <t>, tables
 * <tbl> of rows <tr> of cells <tc>. Which slide a part is, ppt/presentation.xml says by number of a
 * relation, and ppt/_rels/presentation.xml.rels by name; both may come behind the slides. Whatever
 * else is in the zip and is no XML (pictures, workbooks, macros) is told as a child. */
#include "parse/document_text.h"
#include "parse/office_parts.h"

#include "base/text.h"

enum { SLIDES_MAX = 4096, RELATIONS_MAX = 8192, SPAN_MAX = 1024 };

typedef struct {
    kk_slice id, target;
} relation;

typedef struct {
    kk_slice *items;
    size_t count, capacity;
} names;

typedef struct {
    kk_office_file *file;
    kk_sink *sink;
    kk_arena *arena;
    kk_document *document;
    relation *relations;
    size_t relation_count, relation_capacity;
    names slides; /* in their order: first the relations' ids, then the parts' names */
    bool any;
} package;

typedef struct {
    kk_office_xml xml; /* xml.at is the paragraph */
    package *k;
    kk_slice path;
    kk_slice flow;  /* name of what the part is; empty: its root is still to come */
    unsigned depth; /* of elements */
    unsigned skip;  /* depth of the element whose content is passed over; 0: none */
    bool in_text, deleted;
    uint64_t span,
        before;     /* of the cell and the row: columns that it covers, that come before it */
    kk_buffer gone; /* text of deleted runs */
} part;

/* ---- Which slide is which ---- */

static void relations_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    package *k = p->k;
    if (!kk_is(name, "Relationship") || k->relation_count == RELATIONS_MAX)
        return;
    k->relations = kk_grow(k->arena, k->relations, &k->relation_capacity, k->relation_count + 1,
                           sizeof *k->relations);
    k->relations[k->relation_count++] =
        (relation){kk_copy(k->arena, kk_office_attribute(attributes, "Id")),
                   kk_copy(k->arena, kk_office_attribute(attributes, "Target"))};
}

static void add_name(kk_arena *arena, names *list, kk_slice name)
{
    if (list->count == SLIDES_MAX)
        return;
    list->items =
        kk_grow(arena, list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = kk_copy(arena, name);
}

/* <p:sldId id="256" r:id="rId2"/>: the one with a prefix is meant. */
static void presentation_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    if (!kk_is(name, "sldId"))
        return;
    for (; attributes[0]; attributes += 2)
        if (kk_ends(kk_cstr(attributes[0]), KK_S(":id")))
            add_name(p->k->arena, &p->k->slides, kk_cstr(attributes[1]));
}

static kk_slice target_of(const package *k, kk_slice id)
{
    for (size_t i = 0; i < k->relation_count; i++)
        if (kk_eq(k->relations[i].id, id))
            return kk_office_base(k->relations[i].target);
    return KK_NONE;
}

static void read_order(package *k)
{
    kk_slice path;
    kk_office_rewind(k->file);
    while (!k->sink->stopped && (path = kk_office_next(k->file)).len) {
        part p = {.xml = {.unit = "element"}, .k = k};
        if (kk_office_is_part(path, "ppt/", "presentation", ".xml"))
            p.xml.start = presentation_start;
        else if (kk_office_is_part(path, "ppt/_rels/", "presentation", ".xml.rels"))
            p.xml.start = relations_start;
        if (p.xml.start)
            kk_office_read(k->file, &p.xml, "the order of slides");
    }
    for (size_t i = 0; i < k->slides.count; i++)
        k->slides.items[i] = target_of(k, k->slides.items[i]);
}

/* The number that the file's own name has: that of "ppt/slides/slide12.xml" is 12. */
static uint64_t number_of(kk_slice base)
{
    uint64_t number = 0;
    size_t at = 0;
    while (at < base.len && (base.ptr[at] < '0' || base.ptr[at] > '9'))
        at++;
    for (; at < base.len && base.ptr[at] >= '0' && base.ptr[at] <= '9' && number < 1000000; at++)
        number = number * 10 + (uint64_t)(base.ptr[at] - '0');
    return number;
}

static uint64_t slide_number(const package *k, kk_slice path)
{
    for (size_t i = 0; i < k->slides.count; i++)
        if (kk_eq_nocase(k->slides.items[i], kk_office_base(path)))
            return i + 1;
    return number_of(kk_office_base(path));
}

/* ---- Text ---- */

/* What the outermost element says the part is; empty: no text of people. */
static kk_slice flow_of(const part *p, kk_slice root)
{
    static const struct {
        const char *root, *flow;
    } flows[] = {{"document", "body"},
                 {"hdr", "header"},
                 {"ftr", "footer"},
                 {"footnotes", "footnotes"},
                 {"endnotes", "endnotes"},
                 {"comments", "comments"},
                 {"cmLst", "comments"},
                 {"glossaryDocument", "building blocks"},
                 {"dataModel", "diagram"},
                 {"sldMaster", "slide master"},
                 {"sldLayout", "slide layout"},
                 {"notesMaster", "slide master"},
                 {"handoutMaster", "slide master"}};
    package *k = p->k;
    if (kk_is(root, "sld"))
        return kk_print(k->arena, "slide %llu", (unsigned long long)slide_number(k, p->path));
    if (kk_is(root, "notes"))
        return kk_print(k->arena, "notes %llu",
                        (unsigned long long)number_of(kk_office_base(p->path)));
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
        if (kk_is(root, flows[i].root))
            return kk_cstr(flows[i].flow);
    return KK_NONE;
}

static void start_root(part *p, kk_slice name)
{
    p->flow = flow_of(p, name);
    if (p->flow.len == 0) {
        kk_office_stop(&p->xml, "");
        return;
    }
    p->k->any = true;
    kk_document_begin_flow(p->k->document, p->flow);
}

/* A second form of what is there already, the reading of a word, the place that a text was moved from;
 * tab stops, which are called as tabs are. */
static bool is_passed_over(kk_slice name)
{
    return kk_is(name, "Fallback") || kk_is(name, "tabs") || kk_is(name, "rt") ||
           kk_is(name, "moveFrom") || kk_is(name, "pPrChange") || kk_is(name, "rPrChange");
}

static void start_mark(part *p, kk_slice name, const char **attributes)
{
    kk_document *d = p->k->document;
    if (kk_is(name, "br") && kk_is(kk_office_attribute(attributes, "type"), "page"))
        kk_document_gap(d);
    else if (kk_is(name, "tab"))
        kk_document_text(d, KK_S("\t"));
    else if (kk_is(name, "br") || kk_is(name, "cr"))
        kk_document_text(d, KK_S("\n"));
    else if (kk_is(name, "noBreakHyphen"))
        kk_document_text(d, KK_S("-"));
    else if (kk_is(name, "gridSpan"))
        p->span = kk_office_number(attributes, "val", 1);
    else if (kk_is(name, "gridBefore"))
        p->before = kk_office_number(attributes, "val", 0);
}

static void start_table_part(part *p, kk_slice name)
{
    kk_document *d = p->k->document;
    if (kk_is(name, "tbl")) {
        kk_document_begin_table(d, KK_NONE);
    } else if (kk_is(name, "tr")) {
        kk_document_begin_row(d);
        p->before = 0;
    } else {
        if (p->before) {
            kk_document_begin_cell(d);
            kk_document_end_cell(d, 0, p->before < SPAN_MAX ? p->before : SPAN_MAX);
        }
        p->before = 0;
        p->span = 1;
        kk_document_begin_cell(d);
    }
}

static void document_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    p->depth++;
    if (p->skip)
        return;
    if (p->depth == 1)
        start_root(p, name);
    else if (kk_is(name, "p") || kk_is(name, "r"))
        return; /* the commonest */
    else if (kk_is(name, "t") || kk_is(name, "delText") || kk_is(name, "text"))
        p->in_text = true, p->deleted = kk_is(name, "delText");
    else if (kk_is(name, "tbl") || kk_is(name, "tr") || kk_is(name, "tc"))
        start_table_part(p, name);
    else if (is_passed_over(name))
        p->skip = p->depth;
    else if (kk_is(name, "txbxContent"))
        kk_document_begin_flow(p->k->document, KK_S("text boxes"));
    else
        start_mark(p, name, attributes);
}

static void end_deleted(part *p)
{
    if (p->gone.len == 0)
        return;
    kk_document_begin_flow(p->k->document, KK_S("deleted text"));
    kk_document_text(p->k->document, kk_buffer_slice(&p->gone));
    kk_document_end_paragraph(p->k->document);
    kk_document_end_flow(p->k->document);
    p->gone.len = 0;
}

static void end_paragraph(part *p)
{
    kk_document_end_paragraph(p->k->document);
    p->xml.at++;
    end_deleted(p);
}

/* Holds text of its own, whose neighbours are about others. */
static bool is_piece(kk_slice name)
{
    return kk_is(name, "comment") || kk_is(name, "cm") || kk_is(name, "footnote") ||
           kk_is(name, "endnote") || kk_is(name, "sectPr") || kk_is(name, "docPart");
}

static void document_end(kk_office_xml *xml, kk_slice name)
{
    part *p = (part *)xml;
    kk_document *d = p->k->document;
    bool passed = p->skip != 0;
    if (p->skip == p->depth)
        p->skip = 0;
    p->depth--;
    if (passed)
        return;
    p->in_text = false;
    if (kk_is(name, "p") || kk_is(name, "text"))
        end_paragraph(p);
    else if (kk_is(name, "tc"))
        kk_document_end_cell(d, 1, p->span > 1 && p->span < SPAN_MAX ? p->span - 1 : 0);
    else if (kk_is(name, "tr"))
        kk_document_end_row(d, 1);
    else if (kk_is(name, "tbl"))
        kk_document_end_table(d);
    else if (kk_is(name, "txbxContent"))
        kk_document_end_flow(d);
    else if (kk_is(name, "txBody"))
        kk_document_text(d, KK_S("\n")); /* an empty line between shapes */
    else if (is_piece(name))
        kk_document_gap(d);
}

static void document_text(kk_office_xml *xml, kk_slice text)
{
    enum { GONE_MAX = 64 * 1024 };
    part *p = (part *)xml;
    if (!p->in_text || p->skip)
        return;
    if (!p->deleted) {
        kk_document_text(p->k->document, text);
        return;
    }
    kk_put(&p->gone, text);
    if (p->gone.len > GONE_MAX)
        end_deleted(p);
}

static void read_text(package *k, kk_slice path)
{
    part p = {.xml = {.start = document_start,
                      .end = document_end,
                      .text = document_text,
                      .unit = "paragraph"},
              .k = k,
              .path = path};
    kk_office_read(k->file, &p.xml, "a part of the document");
    kk_document_finish(k->document);
    kk_buffer_close(&p.gone);
}

/* ---- The zip ---- */

static bool ends_as(kk_slice path, const char *tail)
{
    const char *const tails[] = {tail, NULL};
    return kk_office_named(path, tails);
}

static bool holds_text(kk_slice path)
{
    return ends_as(path, ".xml") && !kk_office_is_part(path, "docProps/", "", "") &&
           !kk_office_is_part(path, "customXml/", "", "") &&
           !kk_office_is_part(path, "theme/", "", "") && !kk_is(path, "[Content_Types].xml");
}

static void read_parts(package *k)
{
    kk_slice path;
    kk_office_rewind(k->file);
    while (!k->sink->stopped && (path = kk_office_next(k->file)).len) {
        if (holds_text(path))
            read_text(k, path);
        else if (!ends_as(path, ".xml") && !ends_as(path, ".rels") && !kk_ends(path, KK_S("/")))
            kk_office_tell_child(k->file, path);
    }
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    package *k = KK_NEW(arena, package);
    *k = (package){.file = kk_office_open(arena, in, settings, sink),
                   .sink = sink,
                   .arena = arena,
                   .document = kk_document_open(arena, sink)};
    read_order(k);
    read_parts(k);
    kk_document_close(k->document);
    if (kk_office_damaged(k->file))
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the zip of the document is damaged");
    if (kk_office_too_many(k->file))
        kk_report(sink, KK_ISSUE_LIMIT, 0, "only the first 65,536 parts were read");
    if (!k->any && !sink->stopped)
        kk_report(sink, KK_ISSUE_MISSING, 0, "no part of the document holds text");
    kk_office_close(k->file);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".docx", ".docm", ".dotx", ".dotm", ".pptx", ".pptm",
                                        ".potx", ".potm", ".ppsx", ".ppsm", NULL};
    kk_slice folder = kk_office_folder(p->head);
    bool ours = kk_is(folder, "word") || kk_is(folder, "ppt");
    if (!kk_starts(p->head, KK_S("PK\3\4")))
        return KK_NO;
    if (kk_office_is_package(p->head) && ours)
        return KK_CERTAIN;
    return (ours || kk_office_is_package(p->head)) && !kk_is(folder, "xl") &&
                   kk_office_named(p->name, tails)
               ? (kk_score)(KK_SURE + 10)
               : KK_NO;
}

const kk_parser kk_parser_docx = {
    .name = "docx",
    .about = "Word documents and PowerPoint slides: paragraphs, tables, notes, comments",
    .version = 2,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
