/* Word documents of before 2007: DOC, text and tables.
 *
 * An OLE file. The stream "WordDocument" begins with a header (FIB) and holds the text, in pieces; the
 * stream "0Table" or "1Table" says which piece comes when (Clx), and has the lists that the header
 * points into. Characters have positions: first those of the main text, then of footnotes, headers,
 * comments, endnotes, text boxes. A piece is UTF-16 or, with one byte each, Western. Marks in the text:
 *     0d paragraph   07 cell or row   0c page   0b line   13 14 15 a field: its code, its result, its end
 * Word 6 and 95 have no stream of tables and bytes in the code page of the language. */
#include "base/cursor.h"
#include "base/sorted.h"
#include "base/text.h"
#include "parse/code_page.h"
#include "parse/compound.h"
#include "parse/doc_paragraph.h"
#include "parse/document_text.h"
#include "parse/office_rc4.h"
#include "parse/ole_kind.h"
#include "parse/ole_objects.h"

enum {
    BLOCK = 16 * 1024,
    TABLES_MAX = 32 * 1024 * 1024, /* bytes of one list */
    PARAGRAPH_MAX = 64 * 1024,     /* bytes; longer ones are told in pieces */
    BYTES_MAX = 1024 * 1024,       /* ... of characters that may have two of them */
    FIELDS_MAX = 64,
    CODE_MAX = 4096, /* characters of a field's code; then it is taken for text */
    DEPTH_MAX = 16,
    HEADER_MAX = 2048
};

enum { ENCRYPTED = 0x100, TABLE_1 = 0x200, FAR_EAST = 0x4000 }; /* flags of the header */

typedef struct {
    uint32_t from, to; /* positions */
    uint64_t place;    /* in the stream */
    unsigned width;    /* bytes of a character */
} piece;

typedef struct {
    bool row, cell; /* open */
} table;

typedef struct {
    kk_compound *file; /* NULL: the directory is lost, the text lies as the file begins */
    uint32_t entry;
    kk_stream *text, *lists;
    kk_office_rc4 *lock; /* NULL: not encrypted */
    const kk_settings *settings;
    kk_sink *sink;
    kk_arena *arena, *scratch;
    kk_document *document;
    kk_slice header; /* FIB */
    bool old;        /* Word 6 or 95 */
    unsigned page;   /* code page of bytes */
    piece *pieces;
    size_t piece_count;
    kk_doc_paragraphs *paragraphs; /* NULL: not known */
    uint64_t budget;               /* characters that pieces may still have */
    bool overrun;
    /* being walked */
    kk_buffer line; /* UTF-8; bytes in the code page where characters are such */
    uint64_t line_place;
    bool line_bytes, after_cell;
    uint16_t high; /* first half of a character */
    bool in_code[FIELDS_MAX];
    size_t fields, codes, code_length;
    table tables[DEPTH_MAX + 1];
    unsigned depth;
} word;

/* ---- The header and its lists ---- */

static uint32_t header_number(const word *w, size_t at)
{
    kk_cursor c = kk_cursor_over(w->header);
    kk_seek(&c, at);
    return kk_u32(&c);
}

static kk_slice load(word *w, kk_stream *in, uint64_t at, uint64_t len)
{
    uint64_t there = at < in->size ? in->size - at : 0;
    if (len > TABLES_MAX) {
        kk_report(w->sink, KK_ISSUE_LIMIT, 0, "a list of the document is larger than 32 MiB");
        return KK_NONE;
    }
    len = there < len ? there : len;
    char *bytes = kk_take(w->arena, (size_t)len);
    return (kk_slice){bytes, kk_read(in, at, bytes, (size_t)len)};
}

/* The list with this number in the header of Word 97 and later. */
static kk_slice list_of(word *w, size_t number)
{
    kk_cursor c = kk_cursor_over(w->header);
    kk_seek(&c, 0x98);
    bool there = number < kk_u16(&c);
    kk_seek(&c, 0x9a + number * 8);
    uint32_t at = kk_u32(&c), len = kk_u32(&c);
    if (c.bad || !there || w->old || !w->lists || len == 0)
        return KK_NONE;
    return load(w, w->lists, at, len);
}

static void add_piece(word *w, piece p)
{
    if (p.to > p.from)
        w->pieces[w->piece_count++] = p;
}

/* n + 1 positions, then for each piece 8 bytes: flags, place, changes. */
static void read_pieces(word *w, kk_slice plc)
{
    size_t count = plc.len < 4 ? 0 : (plc.len - 4) / 12;
    kk_cursor positions = kk_cursor_over(plc), places = positions;
    kk_seek(&places, (count + 1) * 4);
    w->pieces = KK_NEW_ARRAY(w->arena, piece, count + 1);
    uint32_t from = kk_u32(&positions);
    for (size_t i = 0; i < count; i++) {
        uint32_t to = kk_u32(&positions);
        kk_skip(&places, 2);
        uint32_t place = kk_u32(&places);
        kk_skip(&places, 2);
        bool narrow = w->old || (place & 0x40000000);
        if (!w->old)
            place = narrow ? (place & 0x3fffffff) / 2 : place & 0x3fffffff;
        if (to < from)
            return; /* positions rise */
        add_piece(w, (piece){from, to, place, narrow ? 1 : 2});
        from = to;
    }
}

/* Changes first (1, a length of two bytes, changes), then the pieces (2, a length of four bytes). */
static void read_clx(word *w, kk_slice clx)
{
    kk_cursor c = kk_cursor_over(clx);
    uint8_t kind;
    while ((kind = kk_u8(&c)) == 1 && !c.bad)
        kk_skip(&c, kk_u16(&c));
    if (kind != 2 || c.bad)
        return;
    uint32_t len = kk_u32(&c);
    read_pieces(w, kk_part(clx, c.at, len));
}

/* The text in a row where the header says it begins: what Word 6 writes, and what is left when the
 * pieces are lost. False: characters of one byte and of two are mixed, and nothing says which are which. */
static bool take_in_a_row(word *w, uint64_t characters)
{
    enum { EXTENDED = 0x1000 };
    uint32_t from = header_number(w, 0x18), end = header_number(w, 0x1c);
    uint64_t bytes = end > from ? end - from : 0;
    bool wide = w->old ? header_number(w, 0x0a) & EXTENDED : bytes >= characters * 2;
    if (!w->old && !wide && bytes > characters)
        return false;
    w->pieces = KK_NEW_ARRAY(w->arena, piece, 1);
    uint32_t to = characters < UINT32_MAX ? (uint32_t)characters : UINT32_MAX;
    add_piece(w, (piece){0, to, from, wide ? 2 : 1});
    return true;
}

/* ---- Paragraphs ---- */

static kk_slice line_text(word *w)
{
    kk_slice line = kk_buffer_slice(&w->line);
    return w->line_bytes ? kk_code_page_text(w->scratch, w->page, line, NULL) : line;
}

static void close_tables(word *w, unsigned depth)
{
    for (; w->depth > depth; w->depth--) {
        table *t = &w->tables[w->depth];
        if (t->cell)
            kk_document_end_cell(w->document, 1, 0);
        if (t->row)
            kk_document_end_row(w->document, 1);
        kk_document_end_table(w->document);
        *t = (table){0};
    }
}

static void open_cell(word *w)
{
    table *t = &w->tables[w->depth];
    if (!t->row)
        kk_document_begin_row(w->document);
    if (!t->cell)
        kk_document_begin_cell(w->document);
    t->row = t->cell = true;
}

/* A table within another one begins in a cell. */
static void open_tables(word *w, unsigned depth)
{
    while (w->depth < depth) {
        if (w->depth)
            open_cell(w);
        kk_document_begin_table(w->document, KK_NONE);
        w->tables[++w->depth] = (table){0};
    }
}

static void put_line(word *w)
{
    kk_document_at(w->document, w->file ? kk_compound_offset(w->file, w->entry, w->line_place)
                                        : KK_OLE_BARE + w->line_place);
    if (w->depth)
        open_cell(w);
    kk_document_text(w->document, line_text(w));
    kk_arena_reset(w->scratch);
    w->line.len = 0;
}

static void end_in_table(word *w, kk_doc_paragraph p)
{
    table *t = &w->tables[w->depth];
    /* the mark of a row stands alone: behind text it is a cell's, whatever is said of it */
    if (p.ends_row && !w->line.len) {
        if (t->cell)
            kk_document_end_cell(w->document, 1, 0);
        if (t->row)
            kk_document_end_row(w->document, 1);
        *t = (table){0};
        return;
    }
    put_line(w);
    if (p.ends_cell) {
        kk_document_end_cell(w->document, 1, 0);
        t->cell = false;
    } else {
        kk_document_end_paragraph(w->document);
    }
}

/* Without knowledge of paragraphs a row cannot be told from an empty cell: cells are parted by tabs. */
static void end_unknown(word *w, uint32_t mark)
{
    bool lone = mark == 7 && w->after_cell && w->line.len == 0;
    w->after_cell = mark == 7 && !lone;
    put_line(w);
    if (w->after_cell)
        kk_document_text(w->document, KK_S("\t"));
    else
        kk_document_end_paragraph(w->document);
}

static void end_paragraph(word *w, uint64_t place, uint32_t mark)
{
    if (w->high)
        kk_put_char(&w->line, 0xfffd);
    w->high = 0;
    if (!w->paragraphs) {
        end_unknown(w, mark);
    } else {
        kk_doc_paragraph p = kk_doc_paragraph_at(w->paragraphs, place, mark);
        unsigned depth = p.depth < DEPTH_MAX ? p.depth : DEPTH_MAX;
        close_tables(w, depth);
        open_tables(w, depth);
        if (depth) {
            end_in_table(w, p);
        } else {
            put_line(w);
            kk_document_end_paragraph(w->document);
        }
    }
    if (mark == 0x0c)
        kk_document_gap(w->document);
    if (w->code_length > CODE_MAX)
        w->fields = w->codes = 0;
}

/* ---- Characters ---- */

static void field_mark(word *w, uint32_t c)
{
    if (c == 0x13) {
        if (w->fields < FIELDS_MAX) {
            w->in_code[w->fields++] = true;
            w->codes++;
            w->code_length = 0;
        }
    } else if (w->fields) {
        bool *in_code = &w->in_code[w->fields - 1];
        w->codes -= *in_code;
        *in_code = false;
        w->fields -= c == 0x15;
    }
}

static void put_char(word *w, uint32_t c, unsigned width)
{
    bool bytes = width == 1 && w->old;
    if (w->line.len == 0)
        w->line_bytes = bytes;
    if (bytes) {
        kk_put_byte(&w->line, (char)c);
        return;
    }
    if (width == 1) {
        c = kk_code_page_western((uint8_t)c);
    } else if (c >= 0xd800 && c < 0xdc00) {
        w->high = (uint16_t)c;
        return;
    } else if (w->high) {
        bool low = c >= 0xdc00 && c < 0xe000;
        c = low ? 0x10000 + ((uint32_t)(w->high - 0xd800) << 10) + (c - 0xdc00) : c;
        if (!low)
            kk_put_char(&w->line, 0xfffd);
    }
    w->high = 0;
    kk_put_char(&w->line, c >= 0xdc00 && c < 0xe000 ? 0xfffd : c);
}

static void take_control(word *w, uint32_t c, unsigned width, uint64_t place)
{
    switch (c) {
    case 0x07:
    case 0x0c:
    case 0x0d:
        end_paragraph(w, place, c);
        break;
    case 0x13:
    case 0x14:
    case 0x15:
        field_mark(w, c);
        break;
    case 0x09:
        put_char(w, c, width);
        break;
    case 0x0b:
    case 0x0e:
        put_char(w, '\n', width);
        break;
    case 0x1e:
        put_char(w, '-', width);
        break;
    default: /* pictures, marks of notes, hyphens that may be */
        break;
    }
}

static void take_char(word *w, uint32_t c, unsigned width, uint64_t place)
{
    bool ends = c == 0x07 || c == 0x0c || c == 0x0d;
    if (w->codes && !ends && (c < 0x13 || c > 0x15)) {
        w->code_length++;
        return;
    }
    if (w->codes && ends) { /* a paragraph in a code is none of the text */
        if (w->code_length++ > CODE_MAX)
            w->fields = w->codes = 0;
        if (c != 0x07)
            return;
    }
    if (w->line.len == 0)
        w->line_place = place;
    if (c < 0x20)
        take_control(w, c, width, place);
    else
        put_char(w, c, width);
    /* a cut between bytes of one character is avoided as long as it can be */
    if (w->line.len > PARAGRAPH_MAX && (!w->line_bytes || w->line.len > BYTES_MAX))
        put_line(w);
}

static void walk_piece(word *w, const piece *p, uint32_t from, uint32_t to)
{
    char bytes[BLOCK];
    uint64_t at = p->place + (uint64_t)(from - p->from) * p->width;
    uint64_t left = (uint64_t)(to - from) * p->width;
    while (left && !w->sink->stopped) {
        kk_slice block = {bytes, kk_read(w->text, at, bytes, left < BLOCK ? (size_t)left : BLOCK)};
        kk_cursor c = kk_cursor_over(block);
        if (block.len < p->width || w->budget < block.len) {
            w->overrun = true;
            return;
        }
        w->budget -= block.len;
        for (size_t n = block.len / p->width; n; n--) {
            uint64_t place = at + c.at;
            take_char(w, p->width == 1 ? kk_u8(&c) : kk_u16(&c), p->width, place);
        }
        at += c.at;
        left -= c.at;
    }
}

/* The characters at positions from `from` to `to`. */
static void walk(word *w, uint64_t from, uint64_t to)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, w->piece_count, w->pieces[low].to <= from);
    for (; low < w->piece_count && w->pieces[low].from < to && !w->overrun; low++) {
        const piece *p = &w->pieces[low];
        walk_piece(w, p, p->from > from ? p->from : (uint32_t)from,
                   p->to < to ? p->to : (uint32_t)to);
    }
    if (w->line.len)
        put_line(w);
    close_tables(w, 0);
    kk_document_gap(w->document);
    w->fields = w->codes = 0;
    w->after_cell = false;
    w->high = 0;
}

/* ---- Parts of the document ---- */

typedef struct {
    const char *name;
    size_t list;  /* of where its texts begin; 0: it is one text */
    size_t extra; /* bytes for each text behind the positions of the list */
} part;

static const part parts[] = {{"body", 0, 0},        {"footnotes", 3, 0}, {"header", 11, 0},
                             {NULL, 0, 0}, /* of macros, in versions before */
                             {"comments", 5, 0},    {"endnotes", 47, 0}, {"text boxes", 56, 22},
                             {"text boxes", 58, 22}};
enum { HEADER_PART = 2 };

/* Six texts about footnotes, then for each section six: which of them are at the foot of the page. */
static bool is_footer(size_t text)
{
    size_t kind = text % 6;
    return text >= 6 && (kind == 2 || kind == 3 || kind == 5);
}

static void tell_texts(word *w, const part *p, uint64_t from, uint64_t to, bool footers)
{
    kk_slice list = p->list ? list_of(w, p->list) : KK_NONE;
    kk_cursor c = kk_cursor_over(list);
    size_t count = list.len < 8 ? 0 : (list.len - 4) / (4 + p->extra);
    uint64_t begin = from;
    bool headers = p == &parts[HEADER_PART];
    kk_document_begin_flow(w->document, footers ? KK_S("footer") : kk_cstr(p->name));
    (void)kk_u32(&c);
    for (size_t i = 0; i < count && begin < to; i++) {
        uint64_t end = from + kk_u32(&c);
        end = end > to ? to : end;
        if (end < begin)
            break;
        if (!headers || is_footer(i) == footers)
            walk(w, begin, end);
        begin = end;
    }
    if (begin < to && !footers)
        walk(w, begin, to);
    kk_document_end_flow(w->document);
}

static void tell_parts(word *w, const uint32_t *lengths)
{
    uint64_t from = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !w->sink->stopped; i++) {
        uint64_t to = from + lengths[i];
        if (parts[i].name && to > from)
            tell_texts(w, &parts[i], from, to, false);
        if (i == HEADER_PART && to > from && list_of(w, parts[i].list).len)
            tell_texts(w, &parts[i], from, to, true);
        from = to;
    }
}

/* ---- The parser ---- */

static kk_stream *stream_named(word *w, const char *name)
{
    kk_stream *stream =
        w->file ? kk_compound_stream(w->file, kk_compound_find(w->file, KK_COMPOUND_ROOT, name))
                : NULL;
    return w->lock ? kk_office_rc4_stream(w->lock, w->arena, stream, 0) : stream;
}

static void read_text(word *w)
{
    enum { CCP = 0x4c, CCP_OLD = 0x34, CLX = 33, CLX_OLD = 0x160, PARAGRAPHS = 13, COMPLEX = 4 };
    uint32_t lengths[sizeof parts / sizeof *parts];
    uint64_t characters = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        lengths[i] = header_number(w, (w->old ? CCP_OLD : CCP) + i * 4) & INT32_MAX;
        characters += lengths[i];
    }
    if (w->old && (header_number(w, 0x0a) & COMPLEX)) {
        read_clx(w, load(w, w->text, header_number(w, CLX_OLD), header_number(w, CLX_OLD + 4)));
    } else if (!w->old) {
        read_clx(w, list_of(w, CLX));
        kk_slice ranges = list_of(w, PARAGRAPHS);
        w->paragraphs = kk_doc_paragraphs_open(w->arena, w->text, stream_named(w, "Data"), ranges);
    }
    bool is_plain = w->old && !(header_number(w, 0x0a) & COMPLEX);
    if (w->piece_count == 0) {
        bool taken = take_in_a_row(w, characters);
        if (!is_plain)
            kk_report(w->sink, KK_ISSUE_DAMAGED, 0, "the list of the text's pieces is lost%s",
                      taken ? "; the text was taken as it lies" : "");
    }
    w->budget = w->text->size * 2;
    tell_parts(w, lengths);
    if (w->overrun)
        kk_report(w->sink, KK_ISSUE_DAMAGED, 0,
                  "pieces of the text lie beyond the stream or repeat");
}

/* The stream of tables begins with how the document is encrypted; the header's begin is plain. */
static bool unlock(word *w, unsigned flags)
{
    enum { OLD_METHOD = 0x8000, LENGTH = 14, LENGTH_MAX = 4096, BLOCK_MAX = 512, PLAIN = 68 };
    uint32_t len = header_number(w, LENGTH);
    kk_stream *tables = w->old ? NULL : stream_named(w, flags & TABLE_1 ? "1Table" : "0Table");
    if (flags & OLD_METHOD || !tables || len > LENGTH_MAX)
        return false;
    kk_office_rc4 *lock = kk_office_rc4_read(w->arena, load(w, tables, 0, len), BLOCK_MAX);
    if (!lock || !kk_office_rc4_unlock(lock, w->settings, w->sink, NULL))
        return false;
    w->lock = lock;
    w->text = kk_office_rc4_stream(lock, w->arena, w->text, PLAIN);
    w->header = load(w, w->text, 0, HEADER_MAX);
    return true;
}

static void read_document(word *w)
{
    w->header = load(w, w->text, 0, HEADER_MAX);
    kk_cursor c = kk_cursor_over(w->header);
    uint16_t magic = kk_u16(&c), version = kk_u16(&c);
    kk_seek(&c, 6);
    uint16_t language = kk_u16(&c);
    kk_seek(&c, 10);
    uint16_t flags = kk_u16(&c);
    bool is_japanese = language == 0x411 || (language == 0x409 && (flags & FAR_EAST));
    w->page = is_japanese ? 932 : 1252;
    w->old = version < 0xc1;
    if (c.bad || (magic != 0xa5ec && magic != 0xa5dc)) {
        kk_report(w->sink, KK_ISSUE_DAMAGED, 0, "the stream of the document does not begin as one");
    } else if ((flags & ENCRYPTED) && !unlock(w, flags)) {
        kk_report(w->sink, KK_ISSUE_PASSWORD, 0, "the document is encrypted with a password");
    } else {
        w->lists = w->old ? NULL : stream_named(w, flags & TABLE_1 ? "1Table" : "0Table");
        read_text(w);
    }
}

static void open_text(word *w, kk_stream *in)
{
    w->file = kk_compound_open(w->arena, in);
    if (w->file && !kk_compound_at(w->file, KK_COMPOUND_ROOT)) {
        w->file = NULL;
        w->text = kk_ole_bare_stream(w->arena, in, KK_OLE_DOCUMENT);
        if (w->text)
            kk_ole_refuse(in, w->sink); /* what is wrong with it */
    } else if (w->file) {
        w->entry = kk_compound_find(w->file, KK_COMPOUND_ROOT, "WordDocument");
        w->text = kk_compound_stream(w->file, w->entry);
    }
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    word *w = KK_NEW(arena, word);
    *w = (word){.settings = settings, .sink = sink, .arena = arena, .scratch = kk_arena_open()};
    open_text(w, in);
    if (w->text) {
        w->document = kk_document_open(arena, sink);
        read_document(w);
        kk_document_close(w->document);
        if (w->file)
            kk_ole_tell_objects(w->file, sink);
    } else {
        kk_ole_refuse(in, sink);
    }
    if (w->file)
        kk_compound_report(w->file, sink);
    kk_buffer_close(&w->line);
    kk_arena_close(w->scratch);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".doc", ".dot", NULL};
    return kk_ole_probe(p, KK_OLE_DOCUMENT, tails);
}

const kk_parser kk_parser_doc = {
    .name = "doc",
    .about = "Word documents of before 2007: paragraphs, tables, notes, comments",
    .version = 3,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .place = kk_ole_place,
    .parse = parse,
};
