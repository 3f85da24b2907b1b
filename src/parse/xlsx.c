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
 * that holds a stream "EncryptedPackage"; the workbooks of before 2007 are OLE files too. */
#include "base/text.h"
#include "parse/ole_kind.h"
#include "parse/parser.h"
#include "parse/xlsx_number.h"

#include <archive.h>
#include <archive_entry.h>
#include <expat.h>
#include <stdio.h>

enum {
    BLOCK = 64 * 1024,
    ENTRIES_MAX = 65536,
    SHEETS_MAX = 4096,
    STYLES_MAX = 65536,
    COLUMNS_MAX = 16384, /* XFD */
    ROWS_MAX = 1048576,
    VALUE_MAX = 1024 * 1024,
    TAG_MAX = 2 * 1024 * 1024, /* bytes that the XML reader may hold back for one tag */
    PASSES_MAX = 32
};
#define SHARED_MAX ((size_t)256 * 1024 * 1024)
#define EXPANDED_MIN (UINT64_C(512) * 1024 * 1024) /* and 400 times the size of the file */
#define EMPTY_CELLS_MAX UINT64_C(50000000)

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

/* Where the text of a cell is: in a shared string, or in the row's own bytes. */
typedef struct {
    const char *shared;
    size_t from, len;
} cell;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_arena *arena;
    char block[BLOCK];
    uint64_t expanded, expanded_max;
    kk_slice folder; /* of the workbook part: "xl/" */
    bool has_workbook, binary, since_1904;
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
    kk_buffer shared, shared_ends; /* texts one behind the other; where each ends, as uint32_t */
    size_t shared_count;
    uint64_t empty_cells;
    uint64_t lost_strings, far_cells, cut_values;
} book;

/* One XML part while it is read. */
typedef struct part part;
struct part {
    book *b;
    XML_Parser xml;
    void (*start)(part *p, kk_slice name, const XML_Char **attributes);
    void (*end)(part *p, kk_slice name);
    kk_buffer *into; /* collects text when not NULL */
    size_t into_max;
    const char *stopped; /* why we stopped it ourselves */
    /* styles.xml */
    bool in_cell_xfs;
    /* sharedStrings.xml and inline strings */
    bool phonetic;
    /* sheets */
    const sheet *sheet;
    uint64_t row;
    size_t column, width; /* width: one past the last column with a value */
    char type;            /* n s t(str) i(inline) b e d */
    unsigned style;
    kk_buffer value, text;
    cell *cells;
    kk_slice *slices;
};

/* ---- XML through expat ---- */

static kk_slice local_name(const XML_Char *name)
{
    const char *colon = strchr(name, ':');
    return kk_cstr(colon ? colon + 1 : name);
}

static kk_slice attribute(const XML_Char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (kk_is(local_name(attributes[0]), name))
            return kk_cstr(attributes[1]);
    return KK_NONE;
}

static uint64_t number_attribute(const XML_Char **attributes, const char *name, uint64_t otherwise)
{
    uint64_t value = otherwise;
    (void)kk_to_u64(attribute(attributes, name), &value);
    return value;
}

static void stop(part *p, const char *why)
{
    if (!p->stopped) {
        p->stopped = why;
        XML_StopParser(p->xml, XML_FALSE);
    }
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    part *p = data;
    if (!p->stopped)
        p->start(p, local_name(name), attributes);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    part *p = data;
    if (!p->stopped && p->end)
        p->end(p, local_name(name));
}

static void XMLCALL on_text(void *data, const XML_Char *text, int len)
{
    part *p = data;
    if (!p->into || p->stopped)
        return;
    if (p->into->len + (size_t)len > p->into_max) {
        p->b->cut_values++;
        p->into = NULL;
        return;
    }
    kk_put_bytes(p->into, text, (size_t)len);
}

/* No entities but the five: a document that declares any is no workbook of an office program. */
static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public_id, int internal)
{
    (void)name, (void)system, (void)public_id, (void)internal;
    stop(data, "declares a document type");
}

static void report_part(part *p, const char *kind, bool damaged_zip)
{
    kk_sink *sink = p->b->sink;
    unsigned long long row = p->row;
    if (sink->stopped)
        return;
    if (p->stopped)
        kk_report(sink, KK_ISSUE_LIMIT, 0, "%s %s: it was left at row %llu", kind, p->stopped, row);
    else if (damaged_zip)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "%s cannot be unpacked at row %llu", kind, row);
    else
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "%s is damaged at row %llu", kind, row);
}

/* Whether it went well to the end. */
static bool feed(part *p, struct archive *a, bool *damaged_zip)
{
    uint64_t fed = 0;
    for (;;) {
        la_ssize_t n = archive_read_data(a, p->b->block, BLOCK);
        if (n < 0) {
            *damaged_zip = true;
            return false;
        }
        fed += (uint64_t)n;
        p->b->expanded += (uint64_t)n;
        if (p->b->expanded > p->b->expanded_max)
            p->stopped = "unpacks to more than a workbook of this size holds";
        if (p->stopped || p->b->sink->stopped)
            return false;
        if (XML_Parse(p->xml, p->b->block, (int)n, n == 0) != XML_STATUS_OK)
            return false;
        XML_Index at = XML_GetCurrentByteIndex(p->xml);
        if (at >= 0 && fed - (uint64_t)at > TAG_MAX)
            p->stopped = "has a tag of more than 2 MiB";
        if (n == 0)
            return true;
    }
}

static void read_part(part *p, struct archive *a, const char *kind)
{
    bool damaged_zip = false;
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml)
        return;
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetCharacterDataHandler(p->xml, on_text);
    XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
    if (!feed(p, a, &damaged_zip))
        report_part(p, kind, damaged_zip);
    XML_ParserFree(p->xml);
}

/* ---- What sheets need: names, formats, texts ---- */

static void workbook_start(part *p, kk_slice name, const XML_Char **attributes)
{
    book *b = p->b;
    if (kk_is(name, "workbookPr")) {
        kk_slice flag = attribute(attributes, "date1904");
        b->since_1904 = kk_is(flag, "1") || kk_is(flag, "true");
    }
    if (!kk_is(name, "sheet") || b->sheet_count == SHEETS_MAX)
        return;
    b->sheets =
        kk_grow(b->arena, b->sheets, &b->sheet_capacity, b->sheet_count + 1, sizeof *b->sheets);
    b->sheets[b->sheet_count++] = (sheet){.name = kk_copy(b->arena, attribute(attributes, "name")),
                                          .rel = kk_copy(b->arena, attribute(attributes, "id"))};
}

static void rels_start(part *p, kk_slice name, const XML_Char **attributes)
{
    book *b = p->b;
    if (!kk_is(name, "Relationship") || b->rel_count == SHEETS_MAX * 4)
        return;
    kk_slice type = attribute(attributes, "Type");
    b->rels = kk_grow(b->arena, b->rels, &b->rel_capacity, b->rel_count + 1, sizeof *b->rels);
    b->rels[b->rel_count++] = (rel){.id = kk_copy(b->arena, attribute(attributes, "Id")),
                                    .target = kk_copy(b->arena, attribute(attributes, "Target")),
                                    .is_sheet = kk_ends(type, KK_S("/worksheet"))};
}

static kk_slice code_by_id(const book *b, unsigned id)
{
    for (size_t i = 0; i < b->code_count; i++)
        if (b->codes[i].id == id)
            return b->codes[i].code;
    return KK_NONE;
}

static void styles_start(part *p, kk_slice name, const XML_Char **attributes)
{
    book *b = p->b;
    unsigned id = (unsigned)(number_attribute(attributes, "numFmtId", 0) & 0xffffff);
    if (kk_is(name, "cellXfs")) {
        p->in_cell_xfs = true;
    } else if (kk_is(name, "numFmt") && b->code_count < 4096) {
        b->codes =
            kk_grow(b->arena, b->codes, &b->code_capacity, b->code_count + 1, sizeof *b->codes);
        b->codes[b->code_count++] =
            (number_format){id, kk_copy(b->arena, attribute(attributes, "formatCode"))};
    } else if (kk_is(name, "xf") && p->in_cell_xfs && b->style_count < STYLES_MAX) {
        b->styles =
            kk_grow(b->arena, b->styles, &b->style_capacity, b->style_count + 1, sizeof *b->styles);
        b->styles[b->style_count++] = kk_xlsx_format_of(id, code_by_id(b, id));
    }
}

static void styles_end(part *p, kk_slice name)
{
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

static void shared_start(part *p, kk_slice name, const XML_Char **attributes)
{
    (void)attributes;
    if (kk_is(name, "rPh"))
        p->phonetic = true;
    else if (kk_is(name, "t") && !p->phonetic)
        p->into = &p->value;
}

static void shared_end(part *p, kk_slice name)
{
    book *b = p->b;
    p->into = NULL;
    if (kk_is(name, "rPh"))
        p->phonetic = false;
    if (!kk_is(name, "si"))
        return;
    p->value.len = unescape(p->value.ptr, p->value.len);
    if (b->shared.len + p->value.len + b->shared_ends.len > SHARED_MAX) {
        stop(p, "holds more than 256 MiB");
        return;
    }
    kk_put(&b->shared, kk_buffer_slice(&p->value));
    uint32_t end = (uint32_t)b->shared.len;
    kk_put_bytes(&b->shared_ends, &end, sizeof end);
    b->shared_count++;
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

static void start_row(part *p, const XML_Char **attributes)
{
    uint64_t number = number_attribute(attributes, "r", p->row + 1);
    p->row = number >= 1 && number <= ROWS_MAX ? number : p->row + 1;
    p->column = p->width = 0;
    p->text.len = 0;
}

/* Attributes of cells have no prefix and one letter: there may be millions. */
static void start_cell(part *p, const XML_Char **attributes)
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

static void sheet_start(part *p, kk_slice name, const XML_Char **attributes)
{
    if (is_letter(name, 'c'))
        start_cell(p, attributes);
    else if (is_letter(name, 'v') || (is_letter(name, 't') && !p->phonetic))
        p->into = &p->value;
    else if (kk_is(name, "row"))
        start_row(p, attributes);
    else if (kk_is(name, "rPh"))
        p->phonetic = true;
}

static void put_shared(part *p, cell *c)
{
    book *b = p->b;
    uint64_t index;
    if (!kk_to_u64(kk_trim(kk_buffer_slice(&p->value)), &index) || index >= b->shared_count) {
        b->lost_strings++;
        return;
    }
    uint32_t from = 0, end;
    const char *ends = b->shared_ends.ptr + index * sizeof end;
    memcpy(&end, ends, sizeof end);
    if (index)
        memcpy(&from, ends - sizeof from, sizeof from);
    c->len = end - from;
    if (c->len)
        c->shared = b->shared.ptr + from;
}

static void put_value(part *p)
{
    static const kk_xlsx_format plain = {.shown = KK_SHOWN_PLAIN};
    book *b = p->b;
    kk_slice value = kk_buffer_slice(&p->value);
    if (p->type == 'b')
        kk_put(&p->text, kk_is(kk_trim(value), "0") ? KK_S("FALSE") : KK_S("TRUE"));
    else if (p->type == 'n')
        kk_xlsx_put_number(&p->text, p->style < b->style_count ? &b->styles[p->style] : &plain,
                           value, b->since_1904);
    else
        kk_put_bytes(&p->text, value.ptr, unescape(p->value.ptr, value.len));
}

static void end_cell(part *p)
{
    size_t column = p->column++;
    if (p->value.len == 0)
        return;
    if (column >= COLUMNS_MAX) {
        p->b->far_cells++;
        return;
    }
    while (p->width <= column)
        p->cells[p->width++] = (cell){0};
    cell *c = &p->cells[column];
    *c = (cell){.from = p->text.len};
    if (p->type == 's') {
        put_shared(p, c);
    } else {
        put_value(p);
        c->len = p->text.len - c->from;
    }
}

static void end_row(part *p)
{
    bool any = false;
    for (size_t i = 0; i < p->width; i++) {
        const cell *c = &p->cells[i];
        if (c->len == 0)
            p->slices[i] = KK_NONE;
        else
            p->slices[i] = (kk_slice){c->shared ? c->shared : p->text.ptr + c->from, c->len};
        any = any || c->len;
        p->b->empty_cells += c->len == 0;
    }
    if (any)
        p->b->sink->row(p->b->sink, &(kk_row){.table = p->sheet->name,
                                              .cells = p->slices,
                                              .count = p->width,
                                              .record = p->row});
    p->width = 0;
    if (p->b->empty_cells > EMPTY_CELLS_MAX)
        stop(p, "has more than fifty million empty cells before filled ones");
    if (p->b->sink->stopped)
        stop(p, "");
}

static void sheet_end(part *p, kk_slice name)
{
    p->into = NULL;
    if (is_letter(name, 'c'))
        end_cell(p);
    else if (kk_is(name, "row"))
        end_row(p);
    else if (kk_is(name, "rPh"))
        p->phonetic = false;
}

static void read_sheet(book *b, struct archive *a, const sheet *s, size_t number)
{
    char kind[32];
    kk_arena *own = kk_arena_open();
    part p = {.b = b, .start = sheet_start, .end = sheet_end, .into_max = VALUE_MAX, .sheet = s};
    p.cells = KK_NEW_ARRAY(own, cell, COLUMNS_MAX);
    p.slices = KK_NEW_ARRAY(own, kk_slice, COLUMNS_MAX);
    snprintf(kind, sizeof kind, "sheet %zu", number);
    read_part(&p, a, kind);
    kk_buffer_close(&p.value);
    kk_buffer_close(&p.text);
    kk_arena_close(own);
}

/* ---- The zip ---- */

typedef struct {
    kk_stream *in;
    uint64_t position;
    char block[BLOCK];
} source;

static la_ssize_t zip_read(struct archive *a, void *context, const void **block)
{
    source *s = context;
    (void)a;
    *block = s->block;
    size_t n = kk_read(s->in, s->position, s->block, BLOCK);
    s->position += n;
    return (la_ssize_t)n;
}

static la_int64_t zip_skip(struct archive *a, void *context, la_int64_t n)
{
    source *s = context;
    (void)a;
    uint64_t left = s->position < s->in->size ? s->in->size - s->position : 0;
    if (n < 0)
        return 0;
    uint64_t skip = (uint64_t)n < left ? (uint64_t)n : left;
    s->position += skip;
    return (la_int64_t)skip;
}

static la_int64_t zip_seek(struct archive *a, void *context, la_int64_t offset, int whence)
{
    source *s = context;
    (void)a;
    int64_t from = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? (int64_t)s->position
                                        : (int64_t)s->in->size,
            to;
    if (__builtin_add_overflow(from, offset, &to) || to < 0)
        return ARCHIVE_FATAL;
    s->position = (uint64_t)to < s->in->size ? (uint64_t)to : s->in->size;
    return (la_int64_t)s->position;
}

static struct archive *zip_open(source *s)
{
    struct archive *a = archive_read_new();
    if (!a)
        return NULL;
    s->position = 0;
    archive_read_support_format_zip(a);
    archive_read_set_callback_data(a, s);
    archive_read_set_read_callback(a, zip_read);
    archive_read_set_skip_callback(a, zip_skip);
    archive_read_set_seek_callback(a, zip_seek);
    if (archive_read_open1(a) == ARCHIVE_OK)
        return a;
    archive_read_free(a);
    return NULL;
}

/* The next part's path, '/' between names; empty at the end. */
static kk_slice next_part(struct archive *a, char *path, size_t size, bool *damaged)
{
    struct archive_entry *entry;
    for (;;) {
        int code = archive_read_next_header(a, &entry);
        if (code == ARCHIVE_EOF)
            return KK_NONE;
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
            *damaged = true;
            return KK_NONE;
        }
        const char *name = archive_entry_pathname(entry);
        size_t len = name ? strlen(name) : 0;
        if (len == 0 || len >= size)
            continue;
        for (size_t i = 0; i <= len; i++)
            path[i] = name[i] == '\\' ? '/' : name[i];
        return (kk_slice){path, len};
    }
}

static kk_slice base_of(kk_slice path)
{
    size_t slash = kk_rfind_byte(path, '/');
    return slash == KK_NOWHERE ? path : kk_from(path, slash + 1);
}

static bool is_part(kk_slice path, const char *folder, const char *stem, const char *tail)
{
    kk_slice base = base_of(path), f = kk_cstr(folder), s = kk_cstr(stem), t = kk_cstr(tail);
    size_t before = path.len - base.len;
    return base.len >= s.len + t.len && kk_eq_nocase(kk_part(base, 0, s.len), s) &&
           kk_eq_nocase(kk_from(base, base.len - t.len), t) && before >= f.len &&
           kk_eq_nocase(kk_part(path, before - f.len, f.len), f);
}

static void add_part(book *b, kk_slice path)
{
    if (b->part_count == SHEETS_MAX)
        return;
    b->parts = kk_grow(b->arena, b->parts, &b->part_capacity, b->part_count + 1, sizeof *b->parts);
    b->parts[b->part_count++] = kk_copy(b->arena, path);
}

/* What the sheets need of one part. */
static void read_needed(book *b, struct archive *a, kk_slice path)
{
    part p = {.b = b, .into_max = VALUE_MAX};
    const char *kind = NULL;
    if (is_part(path, "_rels/", "workbook", ".xml.rels")) {
        p.start = rels_start;
        kind = "the list of parts";
    } else if (is_part(path, "", "workbook", ".xml") && !b->has_workbook) {
        b->has_workbook = true;
        b->folder = kk_copy(b->arena, kk_part(path, 0, path.len - base_of(path).len));
        p.start = workbook_start;
        kind = "the list of sheets";
    } else if (is_part(path, "", "styles", ".xml")) {
        p.start = styles_start;
        p.end = styles_end;
        kind = "the list of formats";
    } else if (is_part(path, "", "sharedStrings", ".xml")) {
        p.start = shared_start;
        p.end = shared_end;
        kind = "the list of shared texts";
    } else if (is_part(path, "worksheets/", "", ".xml")) {
        add_part(b, path);
    } else if (is_part(path, "", "workbook", ".bin")) {
        b->binary = true;
    }
    if (kind)
        read_part(&p, a, kind);
    kk_buffer_close(&p.value);
}

static void first_pass(book *b, source *s)
{
    char path[1024];
    bool damaged = false;
    struct archive *a = zip_open(s);
    kk_slice name;
    int entries = 0;
    while (a && entries++ < ENTRIES_MAX && (name = next_part(a, path, sizeof path, &damaged)).len)
        read_needed(b, a, name);
    if (!a || damaged)
        kk_report(b->sink, KK_ISSUE_DAMAGED, 0, "the zip of the workbook is damaged");
    if (entries > ENTRIES_MAX)
        kk_report(b->sink, KK_ISSUE_LIMIT, 0, "only the first 65,536 parts were read");
    if (a)
        archive_read_free(a);
}

/* A target of the relations as a path in the zip: "/xl/x.xml", "x.xml", "../xl/x.xml". */
static kk_slice resolve(book *b, kk_slice target)
{
    kk_slice folder = b->folder;
    if (target.len && target.ptr[0] == '/')
        return kk_from(target, 1);
    for (;;) {
        if (kk_starts(target, KK_S("./"))) {
            target = kk_from(target, 2);
        } else if (kk_starts(target, KK_S("../")) && folder.len) {
            target = kk_from(target, 3);
            folder = kk_part(folder, 0, folder.len - 1);
            folder = kk_part(folder, 0, folder.len - base_of(folder).len);
        } else {
            return kk_join(b->arena, folder, target);
        }
    }
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
            b->sheets[i].part = resolve(b, r->target);
    }
    for (size_t i = 0; i < b->part_count; i++) {
        kk_slice base = base_of(b->parts[i]);
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
static bool sheet_pass(book *b, source *s, bool any_order)
{
    char path[1024];
    bool damaged = false, read = false;
    struct archive *a = zip_open(s);
    kk_slice name;
    for (int n = 0; a && n < ENTRIES_MAX && next_sheet(b) < b->sheet_count && !b->sink->stopped;
         n++) {
        name = next_part(a, path, sizeof path, &damaged);
        if (name.len == 0)
            break;
        size_t i = sheet_by_part(b, name);
        if (i == b->sheet_count || (!any_order && i != next_sheet(b)))
            continue;
        b->sheets[i].done = read = true;
        read_sheet(b, a, &b->sheets[i], i + 1);
    }
    if (a)
        archive_read_free(a);
    return read;
}

static bool is_there(const book *b, kk_slice path)
{
    for (size_t i = 0; i < b->part_count; i++)
        if (kk_eq_nocase(b->parts[i], path))
            return true;
    return false;
}

static void read_sheets(book *b, source *s)
{
    match_parts(b);
    for (size_t i = 0; i < b->sheet_count; i++) {
        if (b->sheets[i].done || is_there(b, b->sheets[i].part))
            continue;
        b->sheets[i].done = true;
        kk_report(b->sink, KK_ISSUE_MISSING, 0, "sheet %zu is not in the workbook's file", i + 1);
    }
    int pass = 0;
    while (next_sheet(b) < b->sheet_count && sheet_pass(b, s, pass >= PASSES_MAX))
        pass++;
}

static void report_rest(const book *b)
{
    kk_sink *sink = b->sink;
    if (b->binary)
        kk_report(sink, KK_ISSUE_FORMAT, 0, "a binary workbook (XLSB), which is not read");
    else if (!b->has_workbook && b->sheet_count == 0)
        kk_report(sink, KK_ISSUE_MISSING, 0, "the workbook has no list of sheets and no sheet");
    if (b->lost_strings)
        sink->issue(sink, &(kk_issue){KK_ISSUE_MISSING, 0, b->lost_strings,
                                      KK_S("cells name a shared text that is not there")});
    if (b->far_cells)
        sink->issue(sink, &(kk_issue){KK_ISSUE_DAMAGED, 0, b->far_cells,
                                      KK_S("cells lie beyond the last column of a sheet")});
    if (b->cut_values)
        sink->issue(
            sink, &(kk_issue){KK_ISSUE_LIMIT, 0, b->cut_values, KK_S("texts over 1 MiB were cut")});
}

/* ---- The parser ---- */

static void read_zip(kk_stream *in, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    book *b = KK_NEW(arena, book);
    source *s = KK_NEW(arena, source);
    s->in = in;
    b->sink = sink;
    b->arena = arena;
    b->expanded_max = EXPANDED_MIN + (in->size < (UINT64_C(1) << 40) ? in->size * 400 : 0);
    first_pass(b, s);
    if (!b->binary)
        read_sheets(b, s);
    report_rest(b);
    kk_buffer_close(&b->shared);
    kk_buffer_close(&b->shared_ends);
    kk_arena_close(arena);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    switch (kk_ole_kind_of(in)) {
    case KK_OLE_NONE:
        read_zip(in, sink);
        break;
    case KK_OLE_ENCRYPTED:
        kk_report(sink, KK_ISSUE_PASSWORD, 0, "the document is encrypted with a password");
        break;
    case KK_OLE_OLD_EXCEL:
        kk_report(sink, KK_ISSUE_FORMAT, 0,
                  "a workbook of Excel 97-2003 or before (XLS), which is not read");
        break;
    case KK_OLE_OTHER:
        kk_report(sink, KK_ISSUE_FORMAT, 0, "an OLE file in which no workbook was found");
        break;
    }
}

static ptrdiff_t read_head(kk_stream *stream, uint64_t offset, void *into, size_t len)
{
    kk_slice here = offset < stream->size
                        ? kk_part(*(kk_slice *)stream->context, (size_t)offset, len)
                        : KK_NONE;
    if (here.len)
        memcpy(into, here.ptr, here.len);
    return (ptrdiff_t)here.len;
}

static bool named(kk_slice name, const char *const *tails)
{
    for (; *tails; tails++) {
        kk_slice tail = kk_cstr(*tails);
        if (name.len > tail.len && kk_eq_nocase(kk_from(name, name.len - tail.len), tail))
            return true;
    }
    return false;
}

static kk_score probe_ole(const kk_probe *p)
{
    static const char *const tails[] = {".xls", ".xlsx", ".xlsm", ".xlsb", ".xlt", ".xla", NULL};
    kk_slice head = p->head;
    kk_stream in = {.size = head.len, .read_at = read_head, .context = &head};
    switch (kk_ole_kind_of(&in)) {
    case KK_OLE_ENCRYPTED:
    case KK_OLE_OLD_EXCEL:
        return (kk_score)(KK_SURE + 5);
    case KK_OLE_OTHER:
        return named(p->name, tails) ? KK_MAYBE : KK_NO;
    case KK_OLE_NONE:
        break;
    }
    return KK_NO;
}

/* A zip whose first part is of an office document; parts of a workbook near its beginning. A zip
 * that only holds a workbook has that one's name first. */
static kk_score probe(const kk_probe *p)
{
    static const char *const firsts[] = {
        "[Content_Types].xml", "_rels/", "docProps/", "xl/", "xl\\", "customXml/"};
    static const char *const tails[] = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xlsb", NULL};
    static const char *const others[] = {"word/", "ppt/", "visio/", "word\\", "ppt\\"};
    kk_slice magic = KK_S("PK\3\4"), rest = p->head;
    bool office = false, other = false;
    if (!kk_starts(rest, magic))
        return probe_ole(p);
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        office = office || kk_starts(kk_from(rest, 30), kk_cstr(firsts[i]));
    while (office && rest.len > 34) {
        kk_slice name = kk_from(rest, 30);
        if (kk_starts(name, KK_S("xl/")) || kk_starts(name, KK_S("xl\\")))
            return KK_CERTAIN;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            other = other || kk_starts(name, kk_cstr(others[i]));
        size_t next = kk_find(name, magic);
        rest = next == KK_NOWHERE ? KK_NONE : kk_from(name, next);
    }
    return office && !other && named(p->name, tails) ? (kk_score)(KK_SURE + 10) : KK_NO;
}

const kk_parser kk_parser_xlsx = {
    .name = "xlsx",
    .about = "Excel workbooks: the rows of every sheet",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
