/* Excel workbooks of before 2007: XLS, the rows of every sheet.
 *
 * A stream of records (type, length, bytes), in an OLE file called "Workbook" (Excel 97 on, BIFF8) or
 * "Book" (Excel 5 and 95), before that a file by itself. Substreams lie between BOF and EOF: first that
 * of the workbook with what all sheets share (encoding, formats, shared texts, names and places of the
 * sheets), then one for each sheet; charts have substreams within those of sheets. Up to Excel 4 a
 * file is one sheet with everything in it. Cells come row by row; programs that write them in another
 * order are met too, and their cells are sorted by row first. */
#include "parse/biff_key.h"
#include "parse/compound.h"
#include "parse/ole_kind.h"
#include "parse/ole_objects.h"
#include "parse/sheet_rows.h"
#include "parse/xlsx_number.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    SHEETS_MAX = 4096,
    FORMATS_MAX = 65536,
    SORTED_MAX = 4 * 1024 * 1024,
    NO_ROW = UINT32_MAX >> 1
};

enum { /* records */
       EOF_RECORD = 0x0a,
       DATEMODE = 0x22,
       FILEPASS = 0x2f,
       CODEPAGE = 0x42,
       BOUNDSHEET = 0x85,
       SST = 0xfc,
       FORMAT_OLD = 0x1e,
       FORMAT = 0x41e,
       XF2 = 0x43,
       XF3 = 0x243,
       XF4 = 0x443,
       XF = 0xe0,
       MULRK = 0xbd,
       RSTRING = 0xd6,
       LABELSST = 0xfd,
       RK = 0x27e
};

/* Cells, whose types differ by version. */
typedef enum {
    NO_CELL,
    INTEGER_CELL,
    NUMBER_CELL,
    RK_CELL,
    RKS_CELL,
    TEXT_CELL,
    SHARED_CELL,
    BOOL_CELL,
    FORMULA_CELL
} cell_kind;

typedef struct {
    uint32_t offset;
    bool is_cells; /* no chart, no macros */
    kk_slice name;
} sheet;

typedef struct {
    unsigned id;
    kk_slice code;
} number_format;

typedef struct {
    uint64_t at;
    uint32_t row;
} place;

typedef struct {
    kk_biff records;
    kk_compound *file; /* NULL: the stream is the file from `base` on */
    uint32_t entry;
    uint64_t base;
    const kk_settings *settings;
    kk_sink *sink;
    kk_arena *arena;
    unsigned version; /* 2 3 4 5 8 */
    bool since_1904;
    sheet *sheets;
    size_t sheet_count, sheet_capacity;
    number_format *codes;
    size_t code_count, code_capacity;
    uint16_t *format_ids; /* of styles */
    size_t style_count, style_capacity;
    kk_xlsx_format *styles; /* made of them when the first sheet begins */
    size_t styles_made;
    kk_sheet_rows rows;
    uint32_t row;          /* being filled, or NO_ROW */
    size_t formula_column; /* whose text comes behind it; SIZE_MAX: none */
    kk_buffer text;
    uint64_t read;        /* bytes of sheets */
    bool too_wide, whole; /* whole: its EOF was met */
} book;

static bool is_begin(uint16_t type)
{
    return type == 0x809 || type == 0x409 || type == 0x209 || type == 0x09;
}

/* ---- What sheets share ---- */

static kk_slice text_of(book *b, size_t count)
{
    b->text.len = 0;
    kk_biff_text(&b->records, count, &b->text);
    return kk_copy(b->arena, kk_buffer_slice(&b->text));
}

static void add_sheet(book *b)
{
    kk_biff *r = &b->records;
    if (b->sheet_count == SHEETS_MAX)
        return;
    b->sheets =
        kk_grow(b->arena, b->sheets, &b->sheet_capacity, b->sheet_count + 1, sizeof *b->sheets);
    sheet *s = &b->sheets[b->sheet_count++];
    s->offset = kk_biff_u32(r);
    (void)kk_biff_u8(r); /* hidden or not */
    s->is_cells = kk_biff_u8(r) == 0;
    s->name = text_of(b, kk_biff_u8(r));
}

/* Before version 5 the place in the list is the number. */
static void add_format(book *b)
{
    kk_biff *r = &b->records;
    unsigned id = (unsigned)b->code_count;
    if (b->code_count == FORMATS_MAX)
        return;
    if (b->version >= 4)
        id = kk_biff_u16(r);
    if (b->version == 4)
        id = (unsigned)b->code_count;
    kk_slice code = text_of(b, b->version == 8 ? kk_biff_u16(r) : kk_biff_u8(r));
    b->codes = kk_grow(b->arena, b->codes, &b->code_capacity, b->code_count + 1, sizeof *b->codes);
    b->codes[b->code_count++] = (number_format){id, code};
}

static void add_style(book *b)
{
    kk_biff *r = &b->records;
    if (b->style_count == FORMATS_MAX)
        return;
    unsigned id;
    if (r->type == XF) {
        (void)kk_biff_u16(r);
        id = kk_biff_u16(r);
    } else {
        (void)kk_biff_u8(r);
        if (r->type == XF2)
            (void)kk_biff_u8(r);
        id = r->type == XF2 ? kk_biff_u8(r) & 0x3f : kk_biff_u8(r);
    }
    b->format_ids = kk_grow(b->arena, b->format_ids, &b->style_capacity, b->style_count + 1,
                            sizeof *b->format_ids);
    b->format_ids[b->style_count++] = (uint16_t)id;
}

static void read_shared(book *b)
{
    kk_biff *r = &b->records;
    uint64_t at = r->at;
    (void)kk_biff_u32(r);
    uint32_t count = kk_biff_u32(r), n = 0;
    for (; n < count && kk_biff_more(r); n++) {
        b->text.len = 0;
        kk_biff_rich_text(r, &b->text);
        if (!kk_sheet_share(&b->rows, kk_buffer_slice(&b->text))) {
            kk_report(b->sink, KK_ISSUE_LIMIT, at, "the list of shared texts holds over 256 MiB");
            return;
        }
    }
    if (n < count)
        kk_report(b->sink, KK_ISSUE_TRUNCATED, at, "the list of shared texts ends early");
}

static void read_shared_record(book *b)
{
    kk_biff *r = &b->records;
    switch (r->type) {
    case DATEMODE:
        b->since_1904 = kk_biff_u16(r) == 1;
        break;
    case CODEPAGE:
        r->page = kk_biff_u16(r);
        r->page = r->page == 0x8001 ? 1252 : r->page == 367 ? 20127 : r->page;
        break;
    case BOUNDSHEET:
        add_sheet(b);
        break;
    case SST:
        read_shared(b);
        break;
    case FORMAT_OLD:
    case FORMAT:
        add_format(b);
        break;
    case XF2:
    case XF3:
    case XF4:
    case XF:
        add_style(b);
        break;
    default:
        break;
    }
}

/* Styles share few formats: each is looked up once. */
static void make_styles(book *b)
{
    kk_arena *own = kk_arena_open();
    kk_xlsx_format *by_id = KK_NEW_ARRAY(own, kk_xlsx_format, FORMATS_MAX);
    bool *has = KK_NEW_ARRAY(own, bool, FORMATS_MAX);
    b->styles = KK_NEW_ARRAY(b->arena, kk_xlsx_format, b->style_count);
    for (size_t i = 0; i < b->code_count; i++) {
        unsigned id = b->codes[i].id & 0xffff;
        if (!has[id])
            by_id[id] = kk_xlsx_format_of(id, b->codes[i].code);
        has[id] = true;
    }
    for (size_t i = 0; i < b->style_count; i++) {
        unsigned id = b->format_ids[i];
        b->styles[i] = has[id] ? by_id[id] : kk_xlsx_format_of(id, KK_NONE);
    }
    b->styles_made = b->style_count;
    kk_arena_close(own);
}

/* ---- Cells ---- */

static cell_kind cell_of(const book *b, uint16_t type)
{
    switch (type) {
    case 0x02:
        return b->version == 2 ? INTEGER_CELL : NO_CELL;
    case 0x03:
        return b->version == 2 ? NUMBER_CELL : NO_CELL;
    case 0x04:
        return b->version == 2 ? TEXT_CELL : NO_CELL;
    case 0x05:
        return b->version == 2 ? BOOL_CELL : NO_CELL;
    case 0x203:
        return NUMBER_CELL;
    case 0x204:
    case RSTRING:
        return TEXT_CELL;
    case 0x205:
        return BOOL_CELL;
    case 0x06:
    case 0x206:
    case 0x406:
        return FORMULA_CELL;
    case RK:
        return RK_CELL;
    case MULRK:
        return RKS_CELL;
    case LABELSST:
        return SHARED_CELL;
    default:
        return NO_CELL;
    }
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 30 bits of a whole number or of the upper end of a double, perhaps a hundredth of it. */
static double rk_value(uint32_t rk)
{
    double value =
        rk & 2 ? (double)((int32_t)(rk & ~3u) / 4) : double_of((uint64_t)(rk & ~3u) << 32);
    return rk & 1 ? value / 100 : value;
}

static void put_number(book *b, size_t column, const kk_xlsx_format *format, double value)
{
    char raw[40];
    kk_buffer *to = kk_sheet_begin_cell(&b->rows, column);
    if (!to || value - value != 0) /* no number at all */
        return;
    int len = snprintf(raw, sizeof raw, "%.17g", value);
    kk_xlsx_put_number(to, format, (kk_slice){raw, (size_t)len}, b->since_1904);
    kk_sheet_end_cell(&b->rows, column);
}

static void put_text(book *b, size_t column, size_t count)
{
    kk_buffer *to = kk_sheet_begin_cell(&b->rows, column);
    if (!to)
        return;
    kk_biff_text(&b->records, count, to);
    kk_sheet_end_cell(&b->rows, column);
}

static void put_known(book *b, size_t column, kk_slice text)
{
    kk_buffer *to = kk_sheet_begin_cell(&b->rows, column);
    if (!to)
        return;
    kk_put(to, text);
    kk_sheet_end_cell(&b->rows, column);
}

static void put_bool(book *b, size_t column, uint8_t value, bool is_error)
{
    static const struct {
        uint8_t code;
        const char *text;
    } errors[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0f, "#VALUE!"}, {0x17, "#REF!"},
                  {0x1d, "#NAME?"}, {0x24, "#NUM!"},   {0x2a, "#N/A"}};
    if (!is_error)
        put_known(b, column, value ? KK_S("TRUE") : KK_S("FALSE"));
    for (size_t i = 0; is_error && i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == value)
            put_known(b, column, kk_cstr(errors[i].text));
}

/* What was calculated last: a number, or eight bytes that end in ff ff and tell another kind. */
static void put_formula(book *b, size_t column, const kk_xlsx_format *format)
{
    kk_slice value = kk_bytes(&b->records.data, 8);
    kk_cursor u = kk_cursor_over(value);
    if (value.len < 8)
        return;
    if (!kk_ends(value, KK_S("\xff\xff"))) {
        put_number(b, column, format, double_of(kk_u64(&u)));
        return;
    }
    uint8_t kind = kk_u8(&u);
    kk_skip(&u, 1);
    if (kind == 0)
        b->formula_column = column;
    else if (kind == 1 || kind == 2)
        put_bool(b, column, kk_u8(&u), kind == 2);
}

/* The format of a cell, whose style comes next. Version 2 has three bytes of flags there. */
static const kk_xlsx_format *format_next(book *b, kk_xlsx_format *own)
{
    static const kk_xlsx_format plain = {.shown = KK_SHOWN_PLAIN};
    kk_cursor *c = &b->records.data;
    if (b->version == 2) {
        kk_skip(c, 1);
        unsigned id = kk_u8(c) & 0x3f;
        kk_skip(c, 1);
        *own = kk_xlsx_format_of(id, id < b->code_count ? b->codes[id].code : KK_NONE);
        return own;
    }
    unsigned style = kk_u16(c);
    return style < b->styles_made ? &b->styles[style] : &plain;
}

static void put_rks(book *b, size_t column)
{
    kk_cursor *c = &b->records.data;
    kk_xlsx_format own;
    while (kk_left(c) >= 8) { /* two bytes behind the last pair say its column */
        const kk_xlsx_format *format = format_next(b, &own);
        put_number(b, column++, format, rk_value(kk_u32(c)));
    }
}

static void put_cell(book *b, cell_kind kind, size_t column)
{
    kk_cursor *c = &b->records.data;
    kk_xlsx_format own;
    if (kind == RKS_CELL) {
        put_rks(b, column);
        return;
    }
    const kk_xlsx_format *format = format_next(b, &own);
    uint8_t value;
    switch (kind) {
    case INTEGER_CELL:
        put_number(b, column, format, kk_u16(c));
        break;
    case NUMBER_CELL:
        put_number(b, column, format, double_of(kk_u64(c)));
        break;
    case RK_CELL:
        put_number(b, column, format, rk_value(kk_u32(c)));
        break;
    case TEXT_CELL:
        put_text(b, column, b->version == 2 ? kk_u8(c) : kk_u16(c));
        break;
    case SHARED_CELL:
        kk_sheet_shared_cell(&b->rows, column, kk_u32(c));
        break;
    case BOOL_CELL:
        value = kk_u8(c);
        put_bool(b, column, value, kk_u8(c) != 0);
        break;
    case FORMULA_CELL:
        put_formula(b, column, format);
        break;
    default:
        break;
    }
}

/* ---- Rows ---- */

static void end_row(book *b)
{
    if (b->row == NO_ROW)
        return;
    b->too_wide = !kk_sheet_end_row(&b->rows, (uint64_t)b->row + 1) || b->too_wide;
    b->row = NO_ROW;
    kk_arena_reset(b->records.scratch);
}

static void begin_row(book *b, uint32_t row)
{
    end_row(b);
    b->row = row;
    b->rows.offset =
        b->file ? kk_compound_offset(b->file, b->entry, b->records.at) : b->base + b->records.at;
    kk_sheet_begin_row(&b->rows);
}

static void read_cell(book *b, cell_kind kind)
{
    kk_cursor *c = &b->records.data;
    uint32_t row = kk_u16(c);
    size_t column = kk_u16(c);
    if (c->bad)
        return;
    if (row != b->row)
        begin_row(b, row);
    b->formula_column = SIZE_MAX;
    if (b->styles_made == 0 && b->style_count)
        make_styles(b);
    put_cell(b, kind, column);
}

static void read_formula_text(book *b)
{
    size_t column = b->formula_column;
    b->formula_column = SIZE_MAX;
    if (column != SIZE_MAX)
        put_text(b, column, b->version == 2 ? kk_biff_u8(&b->records) : kk_biff_u16(&b->records));
}

static void read_cell_record(book *b)
{
    uint16_t type = b->records.type;
    cell_kind kind = cell_of(b, type);
    if (kind != NO_CELL)
        read_cell(b, kind);
    else if (type == 0x207 || (type == 0x07 && b->version == 2))
        read_formula_text(b);
    else if (b->version < 5)
        read_shared_record(b);
}

/* ---- Sheets ---- */

/* The next record of the substream itself; *depth is 1 behind its BOF and 0 behind its EOF. */
static bool next_of_sheet(book *b, int *depth)
{
    while (*depth && kk_biff_next(&b->records)) {
        uint16_t type = b->records.type;
        if (is_begin(type))
            (*depth)++;
        else if (type == EOF_RECORD)
            (*depth)--;
        else if (*depth == 1)
            return true;
    }
    return false;
}

/* Where cells are, and what is shared where a sheet is a file by itself. */
static place *list_cells(book *b, size_t *count, kk_arena *own)
{
    int depth = 1;
    size_t capacity = 0;
    place *places = NULL;
    while (next_of_sheet(b, &depth) && *count < SORTED_MAX) {
        kk_cursor c = b->records.data;
        if (cell_of(b, b->records.type) != NO_CELL) {
            places = kk_grow(own, places, &capacity, *count + 1, sizeof *places);
            places[(*count)++] = (place){b->records.at, kk_u16(&c)};
        } else if (b->version < 5) {
            read_shared_record(b);
        }
    }
    return places;
}

static bool is_ordered(book *b)
{
    int depth = 1;
    uint32_t last = 0;
    while (next_of_sheet(b, &depth)) {
        if (cell_of(b, b->records.type) == NO_CELL)
            continue;
        kk_cursor c = b->records.data;
        uint32_t row = kk_u16(&c);
        if (row < last)
            return false;
        last = row;
    }
    return true;
}

static int by_row(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* A formula's text stands at most a few records behind it. */
static void read_behind_formula(book *b)
{
    for (int i = 0; i < 4 && b->formula_column != SIZE_MAX && kk_biff_next(&b->records); i++) {
        if (cell_of(b, b->records.type) != NO_CELL || b->records.type == EOF_RECORD)
            return;
        read_cell_record(b);
    }
}

static void read_sorted(book *b, uint64_t begin)
{
    kk_arena *own = kk_arena_open();
    size_t count = 0;
    kk_biff_seek(&b->records, begin);
    place *places = list_cells(b, &count, own);
    uint64_t end = b->records.next;
    b->whole = b->records.type == EOF_RECORD;
    if (count == SORTED_MAX)
        kk_report(b->sink, KK_ISSUE_LIMIT, begin,
                  "only the first 4,194,304 cells of a sheet that is not in order were read");
    qsort(places, count, sizeof *places, by_row);
    for (size_t i = 0; i < count && !b->sink->stopped && !b->too_wide; i++) {
        kk_biff_seek(&b->records, places[i].at);
        if (!kk_biff_next(&b->records))
            break;
        read_cell_record(b);
        read_behind_formula(b);
    }
    end_row(b);
    kk_biff_seek(&b->records, end);
    kk_arena_close(own);
}

static void read_in_order(book *b, uint64_t begin)
{
    int depth = 1;
    kk_biff_seek(&b->records, begin);
    while (!b->sink->stopped && !b->too_wide && next_of_sheet(b, &depth))
        read_cell_record(b);
    b->whole = b->records.type == EOF_RECORD;
    end_row(b);
}

/* Behind its BOF. */
static void read_sheet(book *b, kk_slice name, unsigned long long number)
{
    kk_biff *r = &b->records;
    uint64_t begin = r->next, at = r->at;
    b->rows.table = name;
    b->too_wide = r->cut = false;
    b->row = NO_ROW;
    b->formula_column = SIZE_MAX;
    if (is_ordered(b))
        read_in_order(b, begin);
    else
        read_sorted(b, begin);
    b->read += r->next - at;
    if (r->cut || (!b->whole && !b->too_wide && !b->sink->stopped))
        kk_report(b->sink, KK_ISSUE_TRUNCATED, b->rows.offset, "sheet %llu is cut short", number);
    if (b->too_wide)
        kk_report(b->sink, KK_ISSUE_LIMIT, b->rows.offset,
                  "sheet %llu has more than fifty million empty cells before filled ones", number);
}

/* The version and what begins, of the BOF record just read: 5 a workbook, 0x10 a sheet. */
static unsigned begin_substream(book *b)
{
    kk_biff *r = &b->records;
    uint16_t type = r->type, version = kk_biff_u16(r), what = kk_biff_u16(r);
    b->version = type == 0x09       ? 2
                 : type == 0x209    ? 3
                 : type == 0x409    ? 4
                 : version == 0x600 ? 8
                                    : 5;
    r->wide = b->version == 8;
    return what;
}

/* False when it is encrypted. */
static bool unlock(book *b)
{
    kk_biff *r = &b->records;
    kk_slice data = kk_bytes(&r->data, kk_left(&r->data));
    r->key = kk_biff_key_of(b->arena, data, b->settings, b->sink);
    if (!r->key)
        kk_report(b->sink, KK_ISSUE_PASSWORD, r->at, "the workbook is encrypted with a password");
    return r->key != NULL;
}

/* The workbook's own substream; false when what follows cannot be read. */
static bool read_workbook(book *b)
{
    int depth = 1;
    while (!b->sink->stopped && next_of_sheet(b, &depth)) {
        if (b->records.type == FILEPASS && !unlock(b))
            return false;
        read_shared_record(b);
    }
    if (depth)
        kk_report(b->sink, KK_ISSUE_TRUNCATED, 0, "the workbook ends before its sheets");
    return true;
}

static void read_listed_sheets(book *b)
{
    for (size_t i = 0; i < b->sheet_count && !b->sink->stopped; i++) {
        const sheet *s = &b->sheets[i];
        unsigned long long number = i + 1;
        if (!s->is_cells)
            continue;
        if (b->read > b->records.in->size) {
            kk_report(b->sink, KK_ISSUE_DAMAGED, 0, "sheets lie within one another");
            return;
        }
        kk_biff_seek(&b->records, s->offset);
        if (!kk_biff_next(&b->records) || !is_begin(b->records.type))
            kk_report(b->sink, KK_ISSUE_MISSING, 0, "sheet %llu is not where the workbook says",
                      number);
        else if (begin_substream(b) == 0x10)
            read_sheet(b, s->name, number);
    }
}

/* Sheets that nothing lists: those of a file of one, or of a workbook whose list is lost. */
static void read_found_sheets(book *b, unsigned what)
{
    char name[32];
    unsigned long long number = 0;
    do {
        if (is_begin(b->records.type) && !what)
            what = begin_substream(b);
        if (what == 0x10) {
            int len = snprintf(name, sizeof name, "sheet %llu", ++number);
            read_sheet(b, (kk_slice){name, (size_t)len}, number);
        }
        what = 0;
    } while (!b->sink->stopped && number < SHEETS_MAX && kk_biff_next(&b->records));
}

static void read_stream(book *b)
{
    kk_biff *r = &b->records;
    if (!kk_biff_next(r) || !is_begin(r->type)) {
        kk_report(b->sink, KK_ISSUE_DAMAGED, 0, "the stream of the workbook does not begin as one");
        return;
    }
    unsigned what = begin_substream(b);
    if (what == 5 && !read_workbook(b))
        return;
    make_styles(b);
    if (b->sheet_count)
        read_listed_sheets(b);
    else
        read_found_sheets(b, what);
    if (r->strange)
        kk_report(b->sink, KK_ISSUE_FORMAT, 0,
                  "texts are in a code page that is not known, and were guessed");
    kk_sheet_report(&b->rows);
}

/* ---- The parser ---- */

/* The stream of the workbook; that of version 8 where a file has both. */
static kk_stream *stream_of(book *b, kk_stream *in)
{
    b->file = kk_compound_open(b->arena, in);
    if (!b->file)
        return in;
    if (!kk_compound_at(b->file, KK_COMPOUND_ROOT)) {
        kk_stream *bare = kk_ole_bare_stream(b->arena, in, KK_OLE_WORKBOOK);
        if (bare)
            kk_ole_refuse(in, b->sink); /* what is wrong with it */
        b->file = NULL;
        b->base = KK_OLE_BARE;
        return bare;
    }
    b->entry = kk_compound_find(b->file, KK_COMPOUND_ROOT, "Workbook");
    if (b->entry == KK_COMPOUND_NONE)
        b->entry = kk_compound_find(b->file, KK_COMPOUND_ROOT, "Book");
    return kk_compound_stream(b->file, b->entry);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open(), *scratch = kk_arena_open();
    book *b = KK_NEW(arena, book);
    b->settings = settings;
    b->sink = sink;
    b->arena = arena;
    kk_sheet_open(&b->rows, arena, sink);
    kk_stream *stream = stream_of(b, in);
    if (stream) {
        b->records = kk_biff_open(arena, scratch, stream);
        read_stream(b);
        if (b->file)
            kk_ole_tell_objects(b->file, sink);
    } else {
        kk_ole_refuse(in, sink);
    }
    if (b->file)
        kk_compound_report(b->file, sink);
    kk_sheet_close(&b->rows);
    kk_buffer_close(&b->text);
    kk_arena_close(scratch);
    kk_arena_close(arena);
}

/* A stream of records that is a file by itself: BOF with a known length and kind. */
static bool is_bare(kk_slice head)
{
    kk_cursor c = kk_cursor_over(head);
    uint16_t type = kk_u16(&c), len = kk_u16(&c);
    kk_skip(&c, 2);
    uint16_t what = kk_u16(&c);
    kk_skip(&c, len >= 4 ? len - 4u : 0);
    uint16_t next = kk_u16(&c), next_len = kk_u16(&c);
    bool known = (type == 0x09 && len == 4) || (type == 0x209 && len == 6) ||
                 (type == 0x409 && len == 6) || (type == 0x809 && (len == 8 || len == 16));
    return known && !c.bad && (what == 5 || what == 0x10) && next && next < 0x900 &&
           next_len < 0x2100;
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".xls", ".xlt", ".xla", ".xlm", NULL};
    if (is_bare(p->head))
        return KK_SURE;
    return kk_ole_probe(p, KK_OLE_WORKBOOK, tails);
}

const kk_parser kk_parser_xls = {
    .name = "xls",
    .about = "Excel workbooks of before 2007: the rows of every sheet",
    .version = 2,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .place = kk_ole_place,
    .parse = parse,
};
