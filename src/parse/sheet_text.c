/* Sheets that programs of the eighties wrote as text, and spreadsheets still do: SYLK (.slk) and DIF (.dif). Layout:
 * docs/formats/sheet_text.md. */
#include "base/text.h"
#include "parse/sheet_rows.h"

enum { HEAD_LINES = 4, LINE_MOST = 1024 * 1024 };

typedef struct {
    kk_arena *line; /* emptied after each */
    kk_sheet_rows rows;
    kk_charset charset;
    uint64_t row, column; /* from 1, where the last cell was */
    bool any;             /* the row has a cell */
    uint64_t cells, odd, first_odd;
    bool whole;
} sheet;

static void end_row(sheet *s)
{
    if (s->any)
        (void)kk_sheet_end_row(&s->rows, s->row);
    s->any = false;
}

static void put_cell(sheet *s, kk_slice text, uint64_t offset)
{
    if (!s->any) {
        kk_sheet_begin_row(&s->rows);
        s->rows.offset = offset;
        s->any = true;
    }
    s->cells++;
    size_t column =
        s->column && s->column <= KK_SHEET_COLUMNS ? (size_t)s->column - 1 : KK_SHEET_COLUMNS;
    kk_buffer *out = kk_sheet_begin_cell(&s->rows, column);
    if (!out)
        return;
    if (s->charset != KK_UTF8)
        text = kk_decode(s->line, s->charset, text, NULL);
    kk_put(out, kk_utf8_clean(s->line, text));
    kk_sheet_end_cell(&s->rows, column);
}

static void note_odd(sheet *s, uint64_t offset)
{
    if (!s->odd++)
        s->first_odd = offset;
}

/* "He said ""no""" without its quotes; \x1b and " :" stand for a line end. */
static kk_slice text_of(sheet *s, kk_slice value)
{
    bool quoted = value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"';
    kk_slice inner = quoted ? kk_part(value, 1, value.len - 2) : value;
    char *text = kk_take(s->line, inner.len + 1);
    size_t used = 0;
    for (size_t i = 0; i < inner.len; i++) {
        bool feed = kk_starts(kk_from(inner, i), KK_S("\x1b :"));
        text[used++] = feed ? '\n' : inner.ptr[i];
        i += feed ? 2 : quoted && kk_starts(kk_from(inner, i), KK_S("\"\""));
    }
    return (kk_slice){text, used};
}

/* ---- SYLK ---- */

/* The next field of a record; ;; within it is a semicolon. */
static bool next_field(sheet *s, kk_slice *rest, kk_slice *field)
{
    if (!rest->len)
        return false;
    char *text = kk_take(s->line, rest->len);
    size_t used = 0, at = 0;
    for (; at < rest->len; at++) {
        bool doubled = kk_starts(kk_from(*rest, at), KK_S(";;"));
        if (rest->ptr[at] == ';' && !doubled)
            break;
        text[used++] = rest->ptr[at];
        at += doubled;
    }
    *rest = at < rest->len ? kk_from(*rest, at + 1) : KK_NONE;
    *field = (kk_slice){text, used};
    return true;
}

static void take_place(sheet *s, kk_slice field, uint64_t offset)
{
    uint64_t number;
    if (!kk_to_u64(kk_from(field, 1), &number) || !number) {
        note_odd(s, offset);
        return;
    }
    if (field.ptr[0] == 'X') {
        s->column = number;
        return;
    }
    if (number != s->row)
        end_row(s);
    s->row = number;
}

/* C;Y2;X1;K"佐藤 健一": where, and what; F and its place go before cells too. */
static void take_sylk(sheet *s, kk_slice line, uint64_t offset)
{
    kk_slice rest = line, kind, field, value = KK_NONE;
    bool has_value = false;
    if (!next_field(s, &rest, &kind))
        return;
    s->whole |= kk_is(kind, "E");
    if (!kk_is(kind, "C") && !kk_is(kind, "F"))
        return;
    while (next_field(s, &rest, &field)) {
        if (field.len > 1 && (field.ptr[0] == 'X' || field.ptr[0] == 'Y'))
            take_place(s, field, offset);
        if (field.len && field.ptr[0] == 'K') {
            value = kk_from(field, 1);
            has_value = true;
        }
    }
    if (has_value && kk_is(kind, "C"))
        put_cell(s, text_of(s, value), offset);
}

/* ---- DIF ---- */

typedef struct {
    bool in_data, has_first;
    kk_buffer first; /* line of a pair */
    uint64_t offset;
} dif;

/* The second line of a pair: V, or a text in quotes, or BOT and EOD. */
static void take_pair(sheet *s, const dif *d, kk_slice line)
{
    kk_slice first = kk_buffer_slice(&d->first);
    size_t comma = kk_find_byte(first, ',');
    kk_slice kind = kk_trim(kk_part(first, 0, comma == KK_NOWHERE ? first.len : comma));
    if (kk_is(kind, "-1")) {
        end_row(s);
        s->row += kk_is(kk_trim(line), "BOT");
        s->column = 0;
        s->whole |= kk_is(kk_trim(line), "EOD");
        return;
    }
    s->column++;
    if (kk_is(kind, "1"))
        put_cell(s, text_of(s, kk_trim(line)), d->offset);
    else if (kk_is(kind, "0") && comma != KK_NOWHERE && kk_is(kk_trim(line), "V"))
        put_cell(s, kk_trim(kk_from(first, comma + 1)), d->offset);
    else if (!kk_is(kind, "0"))
        note_odd(s, d->offset);
}

static void take_dif(sheet *s, dif *d, kk_slice line, uint64_t offset)
{
    if (!d->in_data) {
        d->in_data = kk_is(kk_trim(line), "DATA");
        d->has_first = false;
        d->first.len = 0;
        s->row = 0;
        return;
    }
    if (!d->has_first) {
        d->first.len = 0;
        kk_put(&d->first, kk_trim(line));
        d->offset = offset;
    } else {
        take_pair(s, d, line);
    }
    d->has_first = !d->has_first;
}

/* ---- both ---- */

static bool is_sylk(kk_slice head)
{
    return kk_starts(head, KK_S("ID;"));
}

static void read_lines(sheet *s, kk_stream *in, bool sylk)
{
    dif d = {.in_data = false};
    kk_arena *own = kk_arena_open();
    kk_reader reader = kk_reader_open(own, in, 0, UINT64_MAX);
    kk_slice line;
    uint64_t offset;
    bool cut;
    while (!s->rows.sink->stopped && !s->whole && kk_reader_line(&reader, &line, &offset, &cut)) {
        if (line.len > LINE_MOST)
            note_odd(s, offset);
        line = kk_part(line, 0, LINE_MOST);
        if (sylk)
            take_sylk(s, kk_trim(line), offset);
        else
            take_dif(s, &d, line, offset);
        kk_arena_reset(s->line);
    }
    end_row(s);
    kk_buffer_close(&d.first);
    kk_arena_close(own);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    enum { SAMPLE = 65536 };
    kk_arena *arena = kk_arena_open();
    char *bytes = kk_take(arena, SAMPLE);
    kk_slice head = {bytes, kk_read(in, 0, bytes, SAMPLE)};
    sheet s = {.line = kk_arena_open(), .charset = kk_charset_guess(head, NULL), .row = 1};
    kk_sheet_open(&s.rows, arena, sink);
    read_lines(&s, in, is_sylk(head));
    kk_sheet_report(&s.rows);
    if (s.odd)
        sink->issue(sink, &(kk_issue){KK_ISSUE_UNPARSED, s.first_odd, s.odd,
                                      KK_S("lines of the sheet could not be read")});
    if (!s.whole && !sink->stopped)
        kk_report(sink, KK_ISSUE_TRUNCATED, in->size, "the sheet has no end");
    kk_sheet_close(&s.rows);
    kk_arena_close(s.line);
    kk_arena_close(arena);
}

/* ID;P, then records of one letter; or TABLE, 0,1 and a title. */
static kk_score probe(const kk_probe *p)
{
    kk_slice rest = p->head, line, lines[HEAD_LINES] = {KK_NONE};
    for (size_t i = 0; i < HEAD_LINES && kk_split(&rest, '\n', &line); i++)
        lines[i] = kk_trim(line);
    bool record = lines[1].len && kk_find_byte(KK_S("PFBCNOWE"), lines[1].ptr[0]) != KK_NOWHERE &&
                  (lines[1].len == 1 || lines[1].ptr[1] == ';' ||
                   (lines[1].len > 2 && lines[1].ptr[2] == ';'));
    if (is_sylk(lines[0]) && record)
        return KK_CERTAIN;
    bool table =
        kk_is(lines[0], "TABLE") && kk_is(lines[1], "0,1") && kk_starts(lines[2], KK_S("\""));
    return table ? KK_CERTAIN : KK_NO;
}

const kk_parser kk_parser_sheet_text = {
    .name = "sheet_text",
    .about = "sheets as text: SYLK and DIF",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
