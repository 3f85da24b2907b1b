/* Rich Text Format: text, in the document's code page or as Unicode, and tables.
 *
 *     { ... }       a group: what is set inside ends with it
 *     \word-12      a control word, with or without a number; one blank behind it is part of it
 *     \'8e          a byte in the code page of the font
 *     \u-12345?     a UTF-16 unit, behind it \ucN characters for readers that know no Unicode
 *     \binN         N raw bytes follow
 *     {\*\word      a group to pass over for who does not know the word
 * Line ends mean nothing. A cell's text comes before \cell, a row's cells before \row; paragraphs in a
 * table say \intbl. Groups of some words hold no text of the document: fonts, styles, pictures. */
#include "base/text.h"
#include "parse/document_text.h"

enum {
    BLOCK = 64 * 1024,
    GROUPS_MAX = 1000,
    FLOWS_MAX = 16,
    FONTS_MAX = 4096,
    WORD_MAX = 32,
    RUN_GOOD = 32 * 1024, /* longer runs of text end where no character can be cut */
    RUN_MAX = 1024 * 1024,
    GONE_MAX = 64 * 1024
};

typedef struct {
    bool skip, in_fonts, deleted, in_table;
    bool first_is_other; /* its first group says the same as its second, without Unicode */
    bool has_flow;
    uint32_t font, unicode_skip;
} group;

/* A flow, and how far its table is open. `defined`: \trowd began a row; writers by hand say no \intbl. */
typedef struct {
    bool table, row, cell, defined;
} flow;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_arena *scratch;
    kk_document *document;
    uint8_t block[BLOCK];
    uint64_t position; /* behind the block */
    size_t filled, at;
    group groups[GROUPS_MAX];
    size_t depth, too_deep; /* groups[depth] is the current one */
    flow flows[FLOWS_MAX];
    size_t flow_depth, flows_over;
    uint8_t fonts[FONTS_MAX]; /* charset of each, as in \fcharset */
    uint32_t font;            /* being described */
    kk_buffer run, gone;      /* bytes not decoded yet; text that is deleted but tracked */
    uint64_t run_offset, gone_offset;
    bool high;          /* the run has bytes above ASCII */
    bool star;          /* \* came */
    uint32_t pass;      /* characters to pass over behind \u */
    uint32_t surrogate; /* the first half of a character, or 0 */
    uint32_t code_page;
    uint64_t lost, other_pages;
    bool ended;
} rtf;

static group *now(rtf *r)
{
    return &r->groups[r->depth];
}

/* ---- Bytes ---- */

/* -1 at the end. */
static int next_byte(rtf *r)
{
    if (r->at == r->filled) {
        r->filled = kk_read(r->in, r->position, r->block, BLOCK);
        r->position += r->filled;
        r->at = 0;
        if (r->filled == 0)
            return -1;
    }
    return r->block[r->at++];
}

static void step_back(rtf *r)
{
    r->at--; /* never over the begin of a block: a byte of it was just taken */
}

static uint64_t offset(const rtf *r)
{
    return r->position - (r->filled - r->at);
}

static void skip_bytes(rtf *r, uint64_t n)
{
    uint64_t here = r->filled - r->at;
    if (n <= here) {
        r->at += (size_t)n;
        return;
    }
    r->position = n - here < r->in->size ? r->position + (n - here) : r->in->size;
    r->at = r->filled = 0;
}

/* ---- Text ---- */

static flow *top_flow(rtf *r)
{
    return &r->flows[r->flow_depth];
}

static void end_table(rtf *r)
{
    flow *f = top_flow(r);
    if (f->row)
        kk_document_end_row(r->document, 1);
    if (f->table)
        kk_document_end_table(r->document);
    *f = (flow){0};
}

static bool in_table(const rtf *r)
{
    return r->groups[r->depth].in_table || r->flows[r->flow_depth].defined;
}

static void open_cell(rtf *r)
{
    flow *f = top_flow(r);
    if (!f->table)
        kk_document_begin_table(r->document, KK_NONE);
    if (!f->row)
        kk_document_begin_row(r->document);
    if (!f->cell)
        kk_document_begin_cell(r->document);
    *f = (flow){true, true, true, f->defined};
}

static void put_text(rtf *r, kk_slice text)
{
    if (now(r)->deleted) {
        r->gone_offset = r->gone.len ? r->gone_offset : r->run_offset;
        if (r->gone.len < GONE_MAX)
            kk_put(&r->gone, text);
        return;
    }
    kk_document_at(r->document, r->run_offset);
    if (in_table(r))
        open_cell(r);
    else if (!top_flow(r)->cell && top_flow(r)->table)
        end_table(r);
    kk_document_text(r->document, text);
}

/* The code page of the font, 0 where it says nothing, else UINT32_MAX: one that is not read. */
static uint32_t page_of_font(const rtf *r, uint32_t font)
{
    switch (r->fonts[font < FONTS_MAX ? font : 0]) {
    case 0: /* Western; also what programs call a font under which they write Japanese */
    case 1: /* by the system */
    case 2: /* symbols */
    case 77:
        return 0;
    case 128:
        return 932;
    default:
        return UINT32_MAX;
    }
}

/* In the font's code page, else in the document's; what does not fit that is Western. */
static kk_slice decode_run(rtf *r, kk_slice bytes)
{
    size_t lost = 0;
    uint32_t of_font = page_of_font(r, now(r)->font), page = of_font ? of_font : r->code_page;
    kk_charset charset = page == 932 ? KK_CP932 : page == 65001 ? KK_UTF8 : KK_LATIN1;
    if (charset == KK_LATIN1 && page != 1252 && page != 28591 && page != 0) {
        r->other_pages++;
        return kk_utf8_clean(r->scratch, bytes);
    }
    kk_slice text = kk_decode(r->scratch, charset, bytes, &lost);
    if (lost && !of_font) {
        lost = 0;
        text = kk_decode(r->scratch, KK_LATIN1, bytes, &lost);
    }
    r->lost += lost;
    return kk_utf8_clean(r->scratch, text);
}

static void end_run(rtf *r)
{
    kk_slice bytes = kk_buffer_slice(&r->run);
    if (bytes.len == 0)
        return;
    put_text(r, r->high ? decode_run(r, bytes) : bytes);
    kk_arena_reset(r->scratch);
    r->run.len = 0;
    r->high = false;
}

static void end_surrogate(rtf *r)
{
    if (r->surrogate)
        put_text(r, KK_S("\xef\xbf\xbd"));
    r->surrogate = 0;
}

static void add_byte(rtf *r, int byte)
{
    if (now(r)->skip || r->depth == 0 || byte == 0)
        return;
    if (r->pass) {
        r->pass--;
        return;
    }
    end_surrogate(r);
    if ((r->run.len > RUN_GOOD && byte < 0x40) || r->run.len > RUN_MAX)
        end_run(r);
    if (r->run.len == 0)
        r->run_offset = offset(r) - 1;
    kk_put_byte(&r->run, (char)byte);
    r->high = r->high || byte >= 0x80;
}

static void add_char(rtf *r, uint32_t c)
{
    char bytes[8];
    kk_buffer text = {bytes, 0, sizeof bytes};
    end_run(r);
    end_surrogate(r);
    r->run_offset = offset(r);
    kk_put_char(&text, c);
    put_text(r, kk_buffer_slice(&text));
}

static void add_unicode(rtf *r, int64_t number)
{
    uint32_t unit = (uint32_t)(number & 0xffff);
    r->pass = 0;
    if (now(r)->skip)
        return;
    end_run(r);
    if (unit >= 0xdc00 && unit < 0xe000 && r->surrogate) {
        uint32_t c = 0x10000 + ((r->surrogate - 0xd800) << 10) + (unit - 0xdc00);
        r->surrogate = 0;
        add_char(r, c);
    } else if (unit >= 0xd800 && unit < 0xdc00) {
        end_surrogate(r);
        r->surrogate = unit;
    } else if (unit >= 0x20) {
        add_char(r, unit >= 0xdc00 && unit < 0xe000 ? 0xfffd : unit);
    }
    r->pass = now(r)->unicode_skip;
}

static void end_paragraph(rtf *r)
{
    end_run(r);
    end_surrogate(r);
    if (!top_flow(r)->cell && !now(r)->in_table)
        end_table(r);
    if (!top_flow(r)->table || top_flow(r)->cell)
        kk_document_end_paragraph(r->document);
    if (r->gone.len == 0)
        return;
    kk_document_begin_flow(r->document, KK_S("deleted text"));
    kk_document_at(r->document, r->gone_offset);
    kk_document_text(r->document, kk_buffer_slice(&r->gone));
    kk_document_end_paragraph(r->document);
    kk_document_end_flow(r->document);
    r->gone.len = 0;
}

static void end_cell(rtf *r)
{
    end_run(r);
    end_surrogate(r);
    if (!top_flow(r)->cell)
        kk_document_at(r->document, offset(r));
    open_cell(r);
    kk_document_end_cell(r->document, 1, 0);
    top_flow(r)->cell = false;
}

static void end_row(rtf *r)
{
    end_run(r);
    if (top_flow(r)->cell)
        end_cell(r);
    if (top_flow(r)->row)
        kk_document_end_row(r->document, 1);
    top_flow(r)->row = top_flow(r)->defined = false;
}

/* ---- Groups ---- */

static void begin_flow(rtf *r, const char *name)
{
    if (r->flow_depth + 1 == FLOWS_MAX) {
        now(r)->skip = true;
        return;
    }
    now(r)->has_flow = true;
    now(r)->in_table = false;
    r->flows[++r->flow_depth] = (flow){0};
    kk_document_begin_flow(r->document, kk_cstr(name));
}

static void begin_group(rtf *r)
{
    end_run(r);
    r->pass = 0;
    if (r->depth + 1 == GROUPS_MAX) {
        r->too_deep++;
        return;
    }
    group *around = now(r);
    r->groups[r->depth + 1] = *around;
    r->depth++;
    now(r)->has_flow = now(r)->first_is_other = false;
    now(r)->skip = around->skip || around->first_is_other;
    around->first_is_other = false;
}

static void end_group(rtf *r)
{
    end_run(r);
    r->pass = 0;
    r->star = false;
    if (r->too_deep) {
        r->too_deep--;
        return;
    }
    if (r->depth == 0)
        return;
    if (now(r)->has_flow) {
        end_surrogate(r);
        end_table(r);
        kk_document_end_flow(r->document);
        r->flow_depth--;
    }
    r->depth--;
    r->ended = r->depth == 0;
}

/* What a word says of the group that it begins. False: it begins none. */
static bool begin_destination(rtf *r, kk_slice word)
{
    static const struct {
        const char *word, *flow;
    } flows[] = {{"footnote", "notes"},        {"annotation", "comments"}, {"shptxt", "text boxes"},
                 {"dptxbxtext", "text boxes"}, {"header", "header"},       {"headerl", "header"},
                 {"headerr", "header"},        {"headerf", "header"},      {"footer", "footer"},
                 {"footerl", "footer"},        {"footerr", "footer"},      {"footerf", "footer"}};
    static const char *const passed[] = {
        "colortbl",   "stylesheet",   "info",     "pict",    "fldinst", "listtext", "pntext",
        "nonshppict", "objdata",      "objclass", "objname", "xe",      "tc",       "tcn",
        "filetbl",    "nonesttables", "private",  "sp",      "rxe"};
    for (size_t i = 0; i < sizeof flows / sizeof *flows; i++) {
        if (kk_is(word, flows[i].word)) {
            if (!now(r)->skip)
                begin_flow(r, flows[i].flow);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        if (kk_is(word, passed[i])) {
            now(r)->skip = true;
            return true;
        }
    }
    return false;
}

static bool is_known_star(kk_slice word)
{
    return kk_is(word, "shpinst") || kk_is(word, "do") || kk_is(word, "ud") ||
           kk_is(word, "fldrslt");
}

/* ---- Words ---- */

static bool take_char_word(rtf *r, kk_slice word)
{
    static const struct {
        const char *word;
        uint32_t c;
    } chars[] = {{"tab", '\t'},      {"line", '\n'},        {"nestcell", '\t'},
                 {"emdash", 0x2014}, {"endash", 0x2013},    {"lquote", 0x2018},
                 {"rquote", 0x2019}, {"ldblquote", 0x201c}, {"rdblquote", 0x201d},
                 {"bullet", 0x2022}, {"emspace", ' '},      {"enspace", ' '},
                 {"qmspace", ' '},   {"column", '\n'}};
    for (size_t i = 0; i < sizeof chars / sizeof *chars; i++) {
        if (kk_is(word, chars[i].word)) {
            add_char(r, chars[i].c);
            return true;
        }
    }
    return false;
}

static bool take_text_word(rtf *r, kk_slice word)
{
    if (kk_is(word, "par")) {
        end_paragraph(r);
    } else if (kk_is(word, "cell")) {
        end_cell(r);
    } else if (kk_is(word, "row")) {
        end_row(r);
    } else if (kk_is(word, "page") || kk_is(word, "sect")) {
        end_run(r);
        if (kk_is(word, "sect"))
            end_paragraph(r);
        if (!top_flow(r)->table)
            kk_document_gap(r->document);
    } else {
        return take_char_word(r, word);
    }
    return true;
}

static void take_property(rtf *r, kk_slice word, int64_t number, bool has_number)
{
    group *g = now(r);
    uint32_t n = number >= 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
    if (kk_is(word, "pard")) {
        end_run(r);
        g->in_table = false;
    } else if (kk_is(word, "intbl")) {
        end_run(r);
        g->in_table = true;
    } else if (kk_is(word, "trowd")) {
        end_run(r);
        top_flow(r)->defined = true;
    } else if (kk_is(word, "plain")) {
        end_run(r);
        g->deleted = false;
    } else if (kk_is(word, "deleted")) {
        end_run(r);
        g->deleted = !has_number || number != 0;
    } else if (kk_is(word, "uc")) {
        g->unicode_skip = n < 16 ? n : 1;
    } else if (kk_is(word, "ansicpg")) {
        r->code_page = n;
    } else if (kk_is(word, "fonttbl")) {
        g->in_fonts = g->skip = true;
    } else if (kk_is(word, "upr")) {
        g->first_is_other = true;
    } else if (kk_is(word, "fcharset") && g->in_fonts && r->font < FONTS_MAX) {
        r->fonts[r->font] = (uint8_t)(n < 256 ? n : 0);
    } else if (kk_is(word, "f") || kk_is(word, "af")) {
        end_run(r);
        if (g->in_fonts)
            r->font = n;
        else
            g->font = n;
    }
}

static void take_word(rtf *r, kk_slice word, int64_t number, bool has_number)
{
    bool star = r->star;
    r->star = false;
    if (kk_is(word, "bin")) {
        skip_bytes(r, number > 0 ? (uint64_t)number : 0);
        return;
    }
    if (kk_is(word, "ud"))
        now(r)->skip = r->depth > 1 && r->groups[r->depth - 1].skip;
    if (kk_is(word, "nestrow") && r->depth > 1 && !r->groups[r->depth - 1].skip) {
        r->depth--; /* it stands in a group that is passed over, and is text of the one around */
        add_char(r, '\n');
        r->depth++;
    }
    if (now(r)->skip && !now(r)->in_fonts)
        return;
    if (kk_is(word, "u")) {
        add_unicode(r, number);
        return;
    }
    if (r->pass) { /* it stands for the character before it */
        r->pass--;
        return;
    }
    if (begin_destination(r, word))
        return;
    if (star && !is_known_star(word)) {
        now(r)->skip = true;
        return;
    }
    if (now(r)->in_fonts || !take_text_word(r, word))
        take_property(r, word, number, has_number);
}

/* Letters, then a number, then one blank. */
static void read_word(rtf *r, int first)
{
    char word[WORD_MAX];
    size_t len = 0;
    int64_t number = 0;
    int c = first, digits = 0;
    for (; (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; c = next_byte(r))
        if (len < sizeof word)
            word[len++] = (char)c;
    bool minus = c == '-';
    if (minus)
        c = next_byte(r);
    for (; c >= '0' && c <= '9'; c = next_byte(r))
        if (digits++ < 10)
            number = number * 10 + (c - '0');
    if (c != ' ' && c >= 0)
        step_back(r);
    take_word(r, (kk_slice){word, len}, minus ? -number : number, digits > 0);
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void read_control(rtf *r)
{
    int c = next_byte(r);
    if (c >= 0 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
        read_word(r, c);
    } else if (c == '\'') {
        int high = hex_digit(next_byte(r)), low = hex_digit(next_byte(r));
        if (high >= 0 && low >= 0)
            add_byte(r, high * 16 + low);
    } else if (c == '*') {
        r->star = true;
    } else if (c == '\\' || c == '{' || c == '}') {
        add_byte(r, c);
    } else if (c == '~') {
        add_byte(r, ' ');
    } else if (c == '_') {
        add_byte(r, '-');
    } else if ((c == '\r' || c == '\n') && !now(r)->skip) {
        end_paragraph(r);
    }
}

static void read_all(rtf *r)
{
    for (int c; !r->ended && !r->sink->stopped && (c = next_byte(r)) >= 0;) {
        if (c == '{')
            begin_group(r);
        else if (c == '}')
            end_group(r);
        else if (c == '\\')
            read_control(r);
        else if (c != '\r' && c != '\n')
            add_byte(r, c);
    }
    end_run(r);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    kk_arena *arena = kk_arena_open();
    rtf *r = KK_NEW(arena, rtf);
    r->in = in;
    r->sink = sink;
    r->scratch = kk_arena_open();
    r->document = kk_document_open(arena, sink);
    r->groups[0].unicode_skip = 1;
    r->code_page = 1252;
    kk_document_begin_flow(r->document, KK_S("body"));
    read_all(r);
    end_paragraph(r);
    kk_document_close(r->document);
    if (!r->ended && !sink->stopped)
        kk_report(sink, KK_ISSUE_TRUNCATED, offset(r), "the document ends inside a group");
    if (r->other_pages)
        sink->issue(sink, &(kk_issue){KK_ISSUE_FORMAT, 0, r->other_pages,
                                      KK_S("texts are in a code page that is not read")});
    if (r->lost)
        sink->issue(sink, &(kk_issue){KK_ISSUE_DAMAGED, 0, r->lost,
                                      KK_S("characters do not fit the code page")});
    kk_buffer_close(&r->run);
    kk_buffer_close(&r->gone);
    kk_arena_close(r->scratch);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    return kk_starts(p->head, KK_S("{\\rtf")) ? KK_SURE : KK_NO;
}

const kk_parser kk_parser_rtf = {
    .name = "rtf",
    .about = "Rich Text Format: paragraphs and tables",
    .version = 2,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
