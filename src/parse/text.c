/* Plain text that people write: notes, letters, memos. docs/formats/text.md.
 *
 * Any text file is text, so the name decides, and every parser that knows better goes first. */
#include "model/system_path.h"
#include "parse/document_text.h"
#include "parse/log_form.h"
#include "parse/raw_text.h"
#include "parse/text_columns.h"

enum { LINE_MOST = 64 * 1024 };

enum { PIECES_MOST = 32, WAITING_MOST = 1024, DASHES_MIN = 8, COLUMNS_MIN = 2 };

/* A table whose columns are parted by blanks: where its headings begin; and the line that may be these. */
typedef struct {
    size_t starts[PIECES_MOST], count;
    size_t bars; /* between its cells, where these part them and none stands at the ends */
    bool open, waits;
    uint64_t offset;
    char bytes[WAITING_MOST];
    kk_slice line;
} columns;

static bool is_text(const kk_probe *p)
{
    size_t odd = 0;
    kk_charset charset = kk_charset_guess(p->head, NULL);
    if (charset == KK_UTF16LE || charset == KK_UTF16BE)
        return true;
    for (size_t i = 0; i < p->head.len; i++) {
        unsigned char c = (unsigned char)p->head.ptr[i];
        odd += (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1a && c != 0x1b) || c == 0x7f;
    }
    return odd == 0;
}

/* What programs bring along is not about the organisation's people. */
static bool is_of_a_program(kk_slice name)
{
    static const char *const beginnings[] = {"license", "licence",      "copying",   "readme",
                                             "change",  "notice",       "authors",   "third",
                                             "robots.", "requirements", "cmakelists"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (kk_eq_nocase(kk_part(name, 0, strlen(beginnings[i])), kk_cstr(beginnings[i])))
            return true;
    return false;
}

static kk_score probe(const kk_probe *p)
{
    static const char *const endings[] = {"txt", "text", "md",  "memo", "asc", "lst", "prn",
                                          "prt", "rpt",  "spl", "dat",  "vtt", "srt"};
    size_t dot = kk_rfind_byte(p->name, '.');
    if (dot == KK_NOWHERE || !p->head.len || kk_is_system_path(p->path) || is_of_a_program(p->name))
        return KK_NO;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (kk_eq_nocase(kk_from(p->name, dot + 1), kk_cstr(endings[i])))
            return is_text(p) ? KK_MAYBE - 10 : KK_NO;
    return KK_NO;
}

/* `most` bytes or a few less: no character is cut in two. */
static size_t whole_characters(const kk_raw_text *t, const kk_raw_view *v, size_t most)
{
    size_t at = 0, begin = most > LINE_MOST / 2 ? most / 2 / v->unit * v->unit : 0;
    if (most >= v->len)
        return v->len;
    if (t->charset == KK_UTF8)
        for (at = most; at > most - 4 && (v->ptr[at] & 0xc0) == 0x80;)
            at--;
    else
        for (size_t next = 0; next <= most; next = kk_raw_next(v, at))
            at = next;
    return at > begin ? at : most;
}

/* Bytes of the next line with its end, or of a part of it where it is too long; 0 at the end. */
static size_t next_line(kk_raw_text *t, size_t *text_len)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(t);
        size_t end = kk_raw_find(&v, 0, '\n');
        if (end >= v.len && !v.final && v.len <= LINE_MOST) {
            kk_raw_text_more(t);
            continue;
        }
        size_t most = LINE_MOST < v.len ? LINE_MOST : v.len;
        if (end < most) {
            *text_len = end;
            return end + v.unit;
        }
        return *text_len = whole_characters(t, &v, most);
    }
}

/* ISO-2022-JP begins every line anew. */
static bool is_jis(kk_raw_text *t)
{
    kk_raw_text_more(t);
    return kk_charset_guess(kk_part(kk_buffer_slice(&t->raw), 0, LINE_MOST), NULL) ==
           KK_ISO_2022_JP;
}

/* A mark, or what the last reader of a disk put behind the end. */
static kk_slice without_end(kk_slice line)
{
    while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == 0x1a))
        line.len--;
    return line;
}

/* | 氏名 | 電話 |, as people write tables in notes and database clients print them: how many cells; 0: none. */
static size_t cells_of(kk_slice line)
{
    size_t bars = 0;
    line = kk_trim(line);
    for (size_t i = 0; i < line.len; i++)
        bars += line.ptr[i] == '|';
    return bars > 2 && line.ptr[0] == '|' && line.ptr[line.len - 1] == '|' ? bars - 1 : 0;
}

/* |---|:--:|, +-----+---+ */
static bool is_rule(kk_slice line)
{
    line = kk_trim(line);
    for (size_t i = 0; i < line.len; i++)
        if (!strchr("|+-=: ", line.ptr[i]))
            return false;
    return line.len > 2 && (line.ptr[0] == '|' || line.ptr[0] == '+');
}

static void tell_parted(kk_document *d, kk_slice rest)
{
    kk_slice cell;
    kk_document_begin_row(d);
    while (kk_split(&rest, '|', &cell)) {
        kk_document_begin_cell(d);
        kk_document_text(d, kk_trim(cell));
        kk_document_end_cell(d, 1, 0);
    }
    kk_document_end_row(d, 1);
}

static void tell_bars(kk_document *d, kk_slice line)
{
    line = kk_trim(line);
    tell_parted(d, kk_part(line, 1, line.len - 2));
}

static size_t times_in(kk_slice line, char c)
{
    size_t times = 0;
    for (size_t i = 0; i < line.len; i++)
        times += line.ptr[i] == c;
    return times;
}

/* ----+------+-----, below headings with as many bars between: what psql prints. 0: it is none. */
static size_t crosses_of(kk_slice line)
{
    size_t crosses = times_in(line, '+');
    line = kk_trim(line);
    return line.len && line.ptr[0] == '-' && times_in(line, '-') + crosses == line.len ? crosses
                                                                                       : 0;
}

/* ---- columns of blanks ---- */

/* A line apart by two blanks or more, and where each piece begins in halves of a kanji. */
static size_t pieces_of(kk_slice line, kk_slice *pieces, size_t *starts)
{
    size_t count = 0, column = 0, blanks = 2, begin = 0, end = 0;
    for (size_t at = 0; at < line.len;) {
        size_t from = at;
        uint32_t c = kk_next_char(line, &at);
        bool blank = c == ' ' || c == '\t';
        if (!blank && blanks >= 2) {
            if (count)
                pieces[count - 1] = kk_part(line, begin, end - begin);
            if (count == PIECES_MOST)
                return 0;
            starts[count++] = column;
            begin = from;
        }
        blanks = c == '\t' ? 2 : blank ? blanks + 1 : 0;
        end = blank ? end : at;
        column += c >= 0x1100 && !(c >= 0xff61 && c <= 0xff9f) ? 2 : 1;
    }
    if (count)
        pieces[count - 1] = kk_part(line, begin, end - begin);
    return count;
}

/* A row under headings that begin at these places: each piece under the last heading that does not begin behind it, or,
 * where two would meet, one after the other. False if it cannot be told. */
static bool tell_columns(kk_document *d, const columns *c, kk_slice line)
{
    kk_slice pieces[PIECES_MOST], cells[PIECES_MOST] = {{NULL, 0}};
    size_t starts[PIECES_MOST], count = pieces_of(line, pieces, starts);
    bool meet = false;
    for (size_t i = 0; i < count; i++) {
        size_t at = c->count - 1;
        while (at > 0 && c->starts[at] > starts[i] + 1)
            at--;
        meet |= cells[at].len > 0;
        cells[at] = pieces[i];
    }
    if (count < 2 || (meet && count != c->count))
        return false;
    kk_document_begin_row(d);
    for (size_t i = 0; i < c->count; i++) {
        kk_document_begin_cell(d);
        kk_document_text(d, meet ? pieces[i] : cells[i]);
        kk_document_end_cell(d, 1, 0);
    }
    kk_document_end_row(d, 1);
    return true;
}

/* -------- or ==== ==== under headings */
static bool is_dashes(kk_slice line)
{
    size_t dashes = 0;
    line = kk_trim(line);
    line.len -= line.len && line.ptr[line.len - 1] == '\f';
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] != '-' && line.ptr[i] != '=' && line.ptr[i] != ' ')
            return false;
        dashes += line.ptr[i] != ' ';
    }
    return dashes >= DASHES_MIN;
}

/* A line that waits, since headings stand above their rule. */
static void tell_waiting(kk_document *d, columns *c)
{
    if (!c->waits)
        return;
    kk_document_at(d, c->offset);
    kk_document_text(d, c->line);
    kk_document_end_paragraph(d);
    c->waits = false;
}

/* True where the line is of a table whose columns are parted by blanks, or waits for the next one. */
static bool take_columns(kk_document *d, columns *c, kk_slice line, uint64_t offset)
{
    bool bars = cells_of(line) > 0 || is_rule(line);
    size_t crosses = crosses_of(line);
    if (c->open && c->bars && times_in(line, '|') == c->bars) {
        tell_parted(d, line);
        return true;
    }
    if (c->open && !c->bars && !bars && tell_columns(d, c, line))
        return true;
    if (c->open) {
        kk_document_end_table(d);
        c->open = false;
    }
    c->bars = 0;
    if (c->waits && crosses && times_in(c->line, '|') == crosses) {
        kk_document_at(d, c->offset);
        kk_document_begin_table(d, KK_S(""));
        tell_parted(d, c->line);
        c->open = true;
        c->waits = false;
        c->bars = crosses;
        kk_document_at(d, offset);
        return true;
    }
    if (c->waits && is_dashes(line)) {
        kk_document_at(d, c->offset);
        kk_document_begin_table(d, KK_S(""));
        c->open = tell_columns(d, c, c->line);
        c->waits = false;
        kk_document_at(d, offset);
        return true;
    }
    tell_waiting(d, c);
    kk_document_at(d, offset);
    kk_slice pieces[PIECES_MOST];
    c->count = line.len <= WAITING_MOST && !bars ? pieces_of(line, pieces, c->starts) : 0;
    c->waits = c->count >= COLUMNS_MIN;
    if (c->waits) {
        memcpy(c->bytes, line.ptr, line.len);
        c->line = (kk_slice){c->bytes, line.len};
        c->offset = offset;
    }
    return c->waits;
}

/* A line, of a table or of the text. */
static void tell_line(kk_document *d, kk_slice line, bool *in_table)
{
    bool bars = cells_of(line) > 0, rule = is_rule(line) || (*in_table && is_dashes(line));
    if (*in_table && !bars && !rule) {
        kk_document_end_table(d);
        *in_table = false;
    }
    if (bars && !rule && !*in_table) {
        kk_document_begin_table(d, KK_S(""));
        *in_table = true;
    }
    if (*in_table) {
        if (!rule)
            tell_bars(d, line);
        return;
    }
    kk_document_text(d, line);
    kk_document_end_paragraph(d);
}

/* last=%E4%BD%90...&tel=090..., the body of a request that somebody saved: what was typed into its form, as lines. False
 * where it is none. */
static bool tell_form(kk_document *d, kk_arena *scratch, kk_slice line)
{
    kk_slice rest = line, field;
    if (kk_find_byte(line, ' ') != KK_NOWHERE || kk_find_byte(line, '&') == KK_NOWHERE ||
        !kk_log_may_hold_form(line))
        return false;
    rest = kk_log_form_read(scratch, line);
    if (!rest.len)
        return false;
    while (kk_split(&rest, '\n', &field)) {
        kk_document_text(d, field);
        kk_document_end_paragraph(d);
    }
    return true;
}

typedef struct {
    kk_document *d;
    kk_arena *scratch; /* of a line */
    columns c;
    bool in_table; /* of bars */
} text;

static void tell_plain(void *context, kk_slice line, uint64_t offset)
{
    text *t = context;
    kk_document_at(t->d, offset);
    if (!t->in_table && !t->c.open && !t->c.waits && tell_form(t->d, t->scratch, line))
        return;
    if (t->in_table || !take_columns(t->d, &t->c, line, offset))
        tell_line(t->d, line, &t->in_table);
}

static void end_tables(void *context)
{
    text *t = context;
    tell_waiting(t->d, &t->c);
    if (t->in_table || t->c.open)
        kk_document_end_table(t->d);
    t->in_table = t->c.open = false;
}

static void take_line(text *t, kk_text_columns *places, kk_slice line, uint64_t offset)
{
    bool open = t->in_table || t->c.open || cells_of(line) > 0 || is_rule(line) ||
                is_dashes(line) || crosses_of(line) > 0;
    if (open)
        kk_text_columns_end(places);
    if (open || !kk_text_columns_take(places, line, offset))
        tell_plain(t, line, offset);
}

static void report(const kk_raw_text *raw, const kk_text_columns *places, kk_sink *sink)
{
    uint64_t first, unread = kk_text_columns_unread(places, &first);
    if (raw->failed)
        kk_report(sink, KK_ISSUE_TRUNCATED, raw->offset, "the text could not be read from here");
    if (raw->lost)
        kk_report(sink, KK_ISSUE_DAMAGED, raw->first_lost,
                  "%llu lines hold bytes that no encoding explains", (unsigned long long)raw->lost);
    if (unread)
        kk_report(
            sink, KK_ISSUE_FORMAT, first,
            "%llu lines look like records of one width; where their columns begin is not known",
            (unsigned long long)unread);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_raw_text raw;
    kk_arena *own = kk_arena_open(), *scratch = kk_arena_open();
    text *t = KK_NEW(own, text);
    const kk_text_around around = {tell_plain, end_tables, t};
    size_t len, text_len;
    kk_raw_text_open(&raw, in, 0);
    t->d = kk_document_open(own, sink);
    t->scratch = scratch;
    kk_text_columns *places = kk_text_columns_open(own, t->d, &around, settings->services);
    bool jis = is_jis(&raw);
    kk_document_begin_flow(t->d, KK_S(""));
    while (!sink->stopped && (len = next_line(&raw, &text_len)) > 0) {
        kk_slice line = jis ? kk_decode(scratch, KK_ISO_2022_JP,
                                        kk_part(kk_buffer_slice(&raw.raw), 0, text_len), NULL)
                            : kk_raw_text_decode(&raw, scratch, text_len);
        take_line(t, places, without_end(line), raw.offset);
        kk_raw_text_drop(&raw, len);
        kk_arena_reset(scratch);
    }
    kk_text_columns_end(places);
    end_tables(t);
    report(&raw, places, sink);
    kk_document_end_flow(t->d);
    kk_document_close(t->d);
    kk_text_columns_close(places);
    kk_raw_text_close(&raw);
    kk_arena_close(scratch);
    kk_arena_close(own);
}

const kk_parser kk_parser_text = {
    .name = "text",
    .about = "notes, letters and other plain text that people write",
    .version = 5,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
