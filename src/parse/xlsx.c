/* Excel workbooks: XLSX and XLSM, the rows of every sheet.
 *
 * A zip of XML parts:
 *     xl/workbook.xml             names and order of the sheets, the epoch of dates
 *     xl/_rels/workbook.xml.rels  which part each sheet is
 *     xl/styles.xml               number formats
 *     xl/sharedStrings.xml        the texts that cells name by number
 *     xl/worksheets/sheetN.xml    <row r="5"><c r="C5" s="2" t="s"><v>17</v></c></row>
 * Parts come in any order in the zip, so it is gone through twice: first what sheets need, then the
 * sheets. Element names may carry any prefix. A workbook with a password is no zip but an OLE file
 * (locked_office.c), as the workbooks of before 2007 are. */
#include "base/text.h"
#include "parse/office_parts.h"
#include "parse/ole_kind.h"
#include "parse/sheet_rows.h"
#include "parse/xlsx_notes.h"
#include "parse/xlsx_number.h"

#include <stdio.h>

enum { SHEETS_MAX = 4096, STYLES_MAX = 65536, ROWS_MAX = 1048576, PASSES_MAX = 32 };

typedef struct {
    kk_slice name, rel, part; /* part: path in the zip, empty until found */
    bool done;
} sheet;

typedef struct {
    kk_slice id, target;
    bool is_sheet;
} rel;

typedef struct {
    unsigned id;
    kk_slice code;
} number_format;

typedef struct {
    kk_office_file *file;
    kk_sink *sink;
    kk_arena *arena;
    kk_slice folder; /* of the workbook part: "xl/" */
    bool has_workbook, binary, since_1904;
    kk_xlsx_notes *notes;
    sheet *sheets;
    size_t sheet_count, sheet_capacity;
    rel *rels;
    size_t rel_count, rel_capacity;
    kk_slice *parts; /* worksheets by their place in the zip */
    size_t part_count, part_capacity;
    number_format *codes;
    size_t code_count, code_capacity;
    kk_xlsx_format *styles;
    size_t style_count, style_capacity;
    kk_sheet_rows rows;
} book;

/* One XML part while it is read. */
typedef struct {
    kk_office_xml xml; /* xml.at is the row */
    book *b;
    /* styles.xml */
    bool in_cell_xfs;
    /* sharedStrings.xml and inline strings */
    bool phonetic;
    /* sheets */
    bool has_notes, notes_headed;
    size_t beside; /* the column behind the sheet's own, for what is said of cells */
    size_t column;
    char type; /* n s t(str) i(inline) b e d */
    unsigned style;
    kk_buffer value;
} part;

/* ---- What sheets need: names, formats, texts ---- */

static void workbook_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    book *b = p->b;
    if (kk_is(name, "workbookPr")) {
        kk_slice flag = kk_office_attribute(attributes, "date1904");
        b->since_1904 = kk_is(flag, "1") || kk_is(flag, "true");
    }
    if (!kk_is(name, "sheet") || b->sheet_count == SHEETS_MAX)
        return;
    b->sheets =
        kk_grow(b->arena, b->sheets, &b->sheet_capacity, b->sheet_count + 1, sizeof *b->sheets);
    b->sheets[b->sheet_count++] =
        (sheet){.name = kk_copy(b->arena, kk_office_attribute(attributes, "name")),
                .rel = kk_copy(b->arena, kk_office_attribute(attributes, "id"))};
}

static void rels_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    book *b = p->b;
    if (!kk_is(name, "Relationship") || b->rel_count == SHEETS_MAX * 4)
        return;
    kk_slice type = kk_office_attribute(attributes, "Type");
    b->rels = kk_grow(b->arena, b->rels, &b->rel_capacity, b->rel_count + 1, sizeof *b->rels);
    b->rels[b->rel_count++] =
        (rel){.id = kk_copy(b->arena, kk_office_attribute(attributes, "Id")),
              .target = kk_copy(b->arena, kk_office_attribute(attributes, "Target")),
              .is_sheet = kk_ends(type, KK_S("/worksheet"))};
}

static kk_slice code_by_id(const book *b, unsigned id)
{
    for (size_t i = 0; i < b->code_count; i++)
        if (b->codes[i].id == id)
            return b->codes[i].code;
    return KK_NONE;
}

static void styles_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    book *b = p->b;
    unsigned id = (unsigned)(kk_office_number(attributes, "numFmtId", 0) & 0xffffff);
    if (kk_is(name, "cellXfs")) {
        p->in_cell_xfs = true;
    } else if (kk_is(name, "numFmt") && b->code_count < 4096) {
        b->codes =
            kk_grow(b->arena, b->codes, &b->code_capacity, b->code_count + 1, sizeof *b->codes);
        b->codes[b->code_count++] =
            (number_format){id, kk_copy(b->arena, kk_office_attribute(attributes, "formatCode"))};
    } else if (kk_is(name, "xf") && p->in_cell_xfs && b->style_count < STYLES_MAX) {
        b->styles =
            kk_grow(b->arena, b->styles, &b->style_capacity, b->style_count + 1, sizeof *b->styles);
        b->styles[b->style_count++] = kk_xlsx_format_of(id, code_by_id(b, id));
    }
}

static void styles_end(kk_office_xml *xml, kk_slice name)
{
    part *p = (part *)xml;
    if (kk_is(name, "cellXfs"))
        p->in_cell_xfs = false;
}

/* "_x000D_" stands for a character that XML cannot hold. */
static size_t unescape(char *text, size_t len)
{
    size_t to = 0;
    for (size_t i = 0; i < len;) {
        uint64_t code;
        if (text[i] == '_' && len - i >= 7 && text[i + 1] == 'x' && text[i + 6] == '_' &&
            kk_hex_to_u64((kk_slice){text + i + 2, 4}, &code) && code > 0 && code < 0x80) {
            text[to++] = (char)code;
            i += 7;
        } else {
            text[to++] = text[i++];
        }
    }
    return to;
}

static void shared_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    (void)attributes;
    if (kk_is(name, "rPh"))
        p->phonetic = true;
    else if (kk_is(name, "t") && !p->phonetic)
        p->xml.into = &p->value;
}

static void shared_end(kk_office_xml *xml, kk_slice name)
{
    part *p = (part *)xml;
    p->xml.into = NULL;
    if (kk_is(name, "rPh"))
        p->phonetic = false;
    if (!kk_is(name, "si"))
        return;
    p->value.len = unescape(p->value.ptr, p->value.len);
    if (!kk_sheet_share(&p->b->rows, kk_buffer_slice(&p->value)))
        kk_office_stop(&p->xml, "holds more than 256 MiB");
    p->value.len = 0;
}

/* ---- Sheets ---- */

/* "C5": 2; the column after the last one where the cell does not say. */
static size_t column_of(kk_slice ref, size_t otherwise)
{
    size_t column = 0, i = 0;
    for (; i < ref.len && i < 4; i++) {
        char c = (char)(ref.ptr[i] & ~0x20);
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (size_t)(c - 'A' + 1);
    }
    return i ? column - 1 : otherwise;
}

static char type_of(kk_slice t)
{
    if (kk_is(t, "str"))
        return 't';
    if (kk_is(t, "inlineStr"))
        return 'i';
    return t.len == 1 ? t.ptr[0] : 'n';
}

static void start_row(part *p, const char **attributes)
{
    uint64_t number = kk_office_number(attributes, "r", p->xml.at + 1);
    p->xml.at = number >= 1 && number <= ROWS_MAX ? number : p->xml.at + 1;
    p->column = 0;
    kk_sheet_begin_row(&p->b->rows);
}

/* Attributes of cells have no prefix and one letter: there may be millions. */
static void start_cell(part *p, const char **attributes)
{
    p->type = 'n';
    p->style = 0;
    p->value.len = 0;
    for (; attributes[0]; attributes += 2) {
        uint64_t style = 0;
        if (attributes[0][1] != '\0')
            continue;
        kk_slice value = kk_cstr(attributes[1]);
        if (attributes[0][0] == 'r')
            p->column = column_of(value, p->column);
        else if (attributes[0][0] == 't')
            p->type = type_of(value);
        else if (attributes[0][0] == 's' && kk_to_u64(value, &style))
            p->style = (unsigned)(style & 0xffffff);
    }
}

static bool is_letter(kk_slice name, char letter)
{
    return name.len == 1 && name.ptr[0] == letter;
}

/* Of A1:H12. */
static size_t width_of(kk_slice ref)
{
    size_t colon = kk_find_byte(ref, ':');
    size_t last = column_of(colon == KK_NOWHERE ? ref : kk_from(ref, colon + 1), 0);
    return last < KK_SHEET_COLUMNS - 1 ? last + 1 : 0;
}

static void sheet_start(kk_office_xml *xml, kk_slice name, const char **attributes)
{
    part *p = (part *)xml;
    if (is_letter(name, 'c'))
        start_cell(p, attributes);
    else if (is_letter(name, 'v') || (is_letter(name, 't') && !p->phonetic))
        p->xml.into = &p->value;
    else if (kk_is(name, "row"))
        start_row(p, attributes);
    else if (p->has_notes && kk_is(name, "dimension"))
        p->beside = width_of(kk_office_attribute(attributes, "ref"));
    else if (kk_is(name, "rPh"))
        p->phonetic = true;
}

static void put_value(part *p, kk_buffer *to)
{
    static const kk_xlsx_format plain = {.shown = KK_SHOWN_PLAIN};
    book *b = p->b;
    kk_slice value = kk_buffer_slice(&p->value);
    if (p->type == 'b')
        kk_put(to, kk_is(kk_trim(value), "0") ? KK_S("FALSE") : KK_S("TRUE"));
    else if (p->type == 'n')
        kk_xlsx_put_number(to, p->style < b->style_count ? &b->styles[p->style] : &plain, value,
                           b->since_1904);
    else
        kk_put_bytes(to, value.ptr, unescape(p->value.ptr, value.len));
}

static void end_cell(part *p)
{
    kk_sheet_rows *rows = &p->b->rows;
    size_t column = p->column++;
    if (p->value.len == 0)
        return;
    uint64_t number = UINT64_MAX; /* what is no number names no text */
    if (p->type == 's') {
        (void)kk_to_u64(kk_trim(kk_buffer_slice(&p->value)), &number);
        kk_sheet_shared_cell(rows, column, number);
        return;
    }
    kk_buffer *to = kk_sheet_begin_cell(rows, column);
    if (!to)
        return;
    put_value(p, to);
    kk_sheet_end_cell(rows, column);
}

/* Behind the cells of the row what is said of them, under a heading of its own. */
static void put_notes(part *p)
{
    kk_sheet_rows *rows = &p->b->rows;
    kk_slice text = kk_xlsx_notes_of_row(p->b->notes, p->b->arena, p->xml.at);
    size_t filled = 0;
    for (size_t i = 0; i < rows->width && filled < 2; i++)
        filled += kk_sheet_has_cell(rows, i);
    if (!text.len && !p->notes_headed && filled > 1)
        text = KK_S("コメント");
    p->notes_headed |= filled > 1;
    p->beside = rows->width > p->beside ? rows->width : p->beside;
    kk_buffer *into = text.len ? kk_sheet_begin_cell(rows, p->beside) : NULL;
    if (!into)
        return;
    kk_put(into, text);
    kk_sheet_end_cell(rows, p->beside);
}

static void end_row(part *p)
{
    if (p->has_notes)
        put_notes(p);
    if (!kk_sheet_end_row(&p->b->rows, p->xml.at))
        kk_office_stop(&p->xml, "has more than fifty million empty cells before filled ones");
    if (p->b->sink->stopped)
        kk_office_stop(&p->xml, "");
}

static void sheet_end(kk_office_xml *xml, kk_slice name)
{
    part *p = (part *)xml;
    p->xml.into = NULL;
    if (is_letter(name, 'c'))
        end_cell(p);
    else if (kk_is(name, "row"))
        end_row(p);
    else if (kk_is(name, "rPh"))
        p->phonetic = false;
}

static void read_sheet(book *b, const sheet *s, size_t number)
{
    char kind[32];
    part p = {
        .xml = {.start = sheet_start, .end = sheet_end, .into_max = KK_SHEET_TEXT, .unit = "row"},
        .b = b};
    b->rows.table = s->name;
    p.has_notes = kk_xlsx_notes_of_sheet(b->notes, s->part);
    snprintf(kind, sizeof kind, "sheet %zu", number);
    kk_office_read(b->file, &p.xml, kind);
    kk_buffer_close(&p.value);
}

static void add_part(book *b, kk_slice path)
{
    if (b->part_count == SHEETS_MAX)
        return;
    b->parts = kk_grow(b->arena, b->parts, &b->part_capacity, b->part_count + 1, sizeof *b->parts);
    b->parts[b->part_count++] = kk_copy(b->arena, path);
}

/* What the sheets need of one part. */
static void read_needed(book *b, kk_slice path)
{
    part p = {.xml = {.into_max = KK_SHEET_TEXT, .unit = "row"}, .b = b};
    const char *kind = NULL;
    if (kk_office_is_part(path, "_rels/", "workbook", ".xml.rels")) {
        p.xml.start = rels_start;
        kind = "the list of parts";
    } else if (kk_office_is_part(path, "", "workbook", ".xml") && !b->has_workbook) {
        b->has_workbook = true;
        b->folder = kk_copy(b->arena, kk_part(path, 0, path.len - kk_office_base(path).len));
        p.xml.start = workbook_start;
        kind = "the list of sheets";
    } else if (kk_office_is_part(path, "", "styles", ".xml")) {
        p.xml.start = styles_start;
        p.xml.end = styles_end;
        kind = "the list of formats";
    } else if (kk_office_is_part(path, "", "sharedStrings", ".xml")) {
        p.xml.start = shared_start;
        p.xml.end = shared_end;
        kind = "the list of shared texts";
    } else if (kk_office_is_part(path, "worksheets/", "", ".xml")) {
        add_part(b, path);
    } else if (kk_office_is_part(path, "", "workbook", ".bin")) {
        b->binary = true;
    }
    if (!kind)
        kk_xlsx_notes_take(b->notes, b->file, path);
    if (kind)
        kk_office_read(b->file, &p.xml, kind);
    kk_buffer_close(&p.value);
}

static void first_pass(book *b)
{
    kk_slice name;
    kk_office_rewind(b->file);
    while ((name = kk_office_next(b->file)).len)
        read_needed(b, name);
    if (kk_office_damaged(b->file))
        kk_report(b->sink, KK_ISSUE_DAMAGED, 0, "the zip of the workbook is damaged");
    if (kk_office_too_many(b->file))
        kk_report(b->sink, KK_ISSUE_LIMIT, 0, "only the first 65,536 parts were read");
}

static const rel *rel_by_id(const book *b, kk_slice id)
{
    for (size_t i = 0; i < b->rel_count; i++)
        if (kk_eq(b->rels[i].id, id))
            return &b->rels[i];
    return NULL;
}

static bool has_sheet_for(const book *b, kk_slice path)
{
    for (size_t i = 0; i < b->sheet_count; i++)
        if (kk_eq_nocase(b->sheets[i].part, path))
            return true;
    return false;
}

/* Sheets to parts; parts that no sheet names are read too, by the name of the part. */
static void match_parts(book *b)
{
    for (size_t i = 0; i < b->sheet_count; i++) {
        const rel *r = rel_by_id(b, b->sheets[i].rel);
        if (r && !r->is_sheet)
            b->sheets[i].done = true; /* a chart, a dialog, old macros: no cells */
        if (r)
            b->sheets[i].part = kk_office_resolve(b->arena, b->folder, r->target);
    }
    for (size_t i = 0; i < b->part_count; i++) {
        kk_slice base = kk_office_base(b->parts[i]);
        if (has_sheet_for(b, b->parts[i]) || b->sheet_count == SHEETS_MAX)
            continue;
        b->sheets =
            kk_grow(b->arena, b->sheets, &b->sheet_capacity, b->sheet_count + 1, sizeof *b->sheets);
        b->sheets[b->sheet_count++] =
            (sheet){.name = kk_part(base, 0, base.len - 4), .part = b->parts[i]};
    }
}

static size_t sheet_by_part(const book *b, kk_slice path)
{
    for (size_t i = 0; i < b->sheet_count; i++)
        if (!b->sheets[i].done && kk_eq_nocase(b->sheets[i].part, path))
            return i;
    return b->sheet_count;
}

static size_t next_sheet(const book *b)
{
    size_t i = 0;
    while (i < b->sheet_count && b->sheets[i].done)
        i++;
    return i;
}

/* Sheets in the order of the workbook: those that the zip has in another order wait for a pass of
 * their own. True when some were read. */
static bool sheet_pass(book *b, bool any_order)
{
    bool read = false;
    kk_slice name;
    kk_office_rewind(b->file);
    while (next_sheet(b) < b->sheet_count && !b->sink->stopped &&
           (name = kk_office_next(b->file)).len) {
        size_t i = sheet_by_part(b, name);
        if (i == b->sheet_count || (!any_order && i != next_sheet(b)))
            continue;
        b->sheets[i].done = read = true;
        read_sheet(b, &b->sheets[i], i + 1);
    }
    return read;
}

static bool is_there(const book *b, kk_slice path)
{
    for (size_t i = 0; i < b->part_count; i++)
        if (kk_eq_nocase(b->parts[i], path))
            return true;
    return false;
}

static void read_sheets(book *b)
{
    match_parts(b);
    for (size_t i = 0; i < b->sheet_count; i++) {
        if (b->sheets[i].done || is_there(b, b->sheets[i].part))
            continue;
        b->sheets[i].done = true;
        kk_report(b->sink, KK_ISSUE_MISSING, 0, "sheet %zu is not in the workbook's file", i + 1);
    }
    int pass = 0;
    while (next_sheet(b) < b->sheet_count && sheet_pass(b, pass >= PASSES_MAX))
        pass++;
}

static void report_rest(const book *b)
{
    kk_sink *sink = b->sink;
    if (b->binary)
        kk_report(sink, KK_ISSUE_FORMAT, 0, "a binary workbook (XLSB), which is not read");
    else if (!b->has_workbook && b->sheet_count == 0)
        kk_report(sink, KK_ISSUE_MISSING, 0, "the workbook has no list of sheets and no sheet");
    kk_sheet_report(&b->rows);
    uint64_t cut = kk_office_cut_texts(b->file);
    if (cut)
        sink->issue(sink, &(kk_issue){KK_ISSUE_LIMIT, 0, cut, KK_S("texts over 1 MiB were cut")});
}

/* ---- The parser ---- */

static void read_zip(kk_stream *in, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    book *b = KK_NEW(arena, book);
    b->sink = sink;
    b->arena = arena;
    b->notes = kk_xlsx_notes_open(arena);
    kk_sheet_open(&b->rows, arena, sink);
    b->file = kk_office_open(arena, in, NULL, sink);
    first_pass(b);
    if (!b->binary)
        read_sheets(b);
    if (!sink->stopped)
        kk_xlsx_notes_rest(b->notes, sink);
    report_rest(b);
    kk_sheet_close(&b->rows);
    kk_office_close(b->file);
    kk_arena_close(arena);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    if (kk_ole_kind_of(in) == KK_OLE_NONE)
        read_zip(in, sink);
    else
        kk_ole_refuse(in, sink);
}

/* A zip whose first part is of an office document; parts of a workbook near its beginning. A zip
 * that only holds a workbook has that one's name first, and is not called as one. */
static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xlsb", NULL};
    if (!kk_starts(p->head, KK_S("PK\3\4")))
        return KK_NO;
    kk_slice folder = kk_office_folder(p->head);
    bool is_package = kk_office_is_package(p->head), is_ours = kk_is(folder, "xl");
    if (is_package && is_ours)
        return KK_CERTAIN;
    return (is_ours || (is_package && !folder.len)) && kk_office_named(p->name, tails)
               ? (kk_score)(KK_SURE + 10)
               : KK_NO;
}

const kk_parser kk_parser_xlsx = {
    .name = "xlsx",
    .about = "Excel workbooks: the rows of every sheet",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
