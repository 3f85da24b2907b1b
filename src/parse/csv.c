/* Tables as text: CSV, TSV, semicolons, pipes, in any of the encodings of base/text.h.
 *
 * Bytes are taken in whole physical lines (a line feed is never part of a character in any of the
 * encodings, a comma, quote or pipe may be), brought to UTF-8 a block at a time, and split then.
 * For every line the offset in the file is kept, so that a row knows where it came from.
 *
 *     row   = field *(delimiter field) (LF | CR LF | CR, where the file has no LF at all)
 *     field = anything without delimiter or line end
 *           | '"' anything, '"' doubled '"' and then delimiter or line end
 *
 * A quote that is never closed would swallow the rest of the file: it is then taken as a letter. */
#include "base/cursor.h"
#include "parse/csv_lines.h"
#include "parse/csv_marks.h"
#include "parse/csv_rows.h"
#include "parse/csv_shape.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    ROW_MAX = 4 * 1024 * 1024, /* bytes of a row over all its lines, as UTF-8 */
    CELLS_MAX = 32768,
    WASTE_MAX = 64 * 1024 * 1024 /* bytes searched in vain for the ends of quotes, and four times
                                    the file so far; after that no quote may cross a line */
};

typedef struct {
    kk_csv_lines lines;
    kk_sink *sink;
    char delimiter;
    size_t columns; /* of most rows */
    bool special[256];
    bool is_quick; /* delimiter and line ends are such that most rows can be split quickly */
    kk_csv_marks marks;
    kk_slice *cells; /* CELLS_MAX, and as many again for looking ahead */
    bool *quoted;    /* of a cell: holds doubled quotes */
    size_t count;
    uint64_t record;
    uint64_t wasted;
    uint64_t stray_quotes, open_quotes, nul_rows;
    uint64_t first_stray, first_open;
    uint64_t rows;  /* that hold something */
    bool is_sample; /* rows are told for judging the table alone */
    bool is_beyond; /* ... or behind the range, to end a record that began in it */
    bool is_range;  /* what is damaged was said when the places of ranges were told */
    bool is_survey; /* rows are not told but places where ranges begin: */
    uint64_t step;  /* bytes of a range */
    uint64_t cuts;  /* places told */
    bool is_uncut;  /* the rows by which it is judged fill a range */
} table;

/* ---- Splitting ---- */

typedef enum { FIELD, MORE, OPEN, TOO_WIDE } outcome;

/* What one pass over a row found; all pointers into t->lines.text. */
typedef struct {
    const char *end;     /* of the text to look at: a '\n' stands there */
    bool one_line;       /* a quote that its own line does not close is a letter */
    bool last;           /* nothing follows `end` */
    size_t lines;        /* line ends passed, the row's own too */
    bool tested, is_row; /* whether the first line alone looks like a row */
    bool in_vain; /* in one line: no quote ends a field any more, or it stands by the opening one */
    bool settled; /* the cells are what they will be told as, and not all of them empty */
    size_t reach; /* bytes searched for the end of a quote in vain */
} split;

static outcome split_row(table *t, const char **at, split *s);

/* Behind the line end at p. */
static const char *after_line(const table *t, const char *p, const char *end)
{
    if (*p == '\r' && p + 1 < end && p[1] == '\n' && t->lines.by_return)
        return p + 2;
    return p < end ? p + 1 : p;
}

static const char *line_end(const table *t, const char *p, const char *end)
{
    if (t->lines.by_return) {
        while (p < end && *p != '\n' && *p != '\r')
            p++;
        return p;
    }
    const char *feed = memchr(p, '\n', (size_t)(end - p));
    return feed ? feed : end;
}

static size_t lines_between(const table *t, const char *p, const char *end)
{
    size_t n = 0;
    while ((p = line_end(t, p, end)) < end) {
        p = after_line(t, p, end);
        n++;
    }
    return n;
}

/* Whether the physical line at p, taken alone, has as many fields as most rows. */
static bool line_is_row(table *t, const char *p, const char *end)
{
    const char *stop = line_end(t, p, end);
    split alone = {.end = stop, .one_line = true, .last = true};
    size_t before = t->count;
    t->count = 0;
    bool is = split_row(t, &p, &alone) == FIELD && t->count == t->columns;
    t->count = before;
    return is;
}

/* A quote stands open since the row's first line, which begins at `row`: is that line a row by
 * itself, and the next one too? Then the quote is a letter. */
static bool first_line_is_row(table *t, const char *row, split *s)
{
    if (s->tested || t->columns < 2)
        return s->is_row;
    s->tested = true;
    kk_slice *kept = t->cells;
    bool *kept_quoted = t->quoted;
    t->cells = kept + CELLS_MAX; /* the second half is for looking ahead */
    t->quoted = kept_quoted + CELLS_MAX;
    const char *stop = line_end(t, row, s->end);
    s->is_row = line_is_row(t, row, s->end);
    if (s->is_row && stop < s->end) {
        const char *next = after_line(t, stop, s->end);
        if (next < s->end && (s->last || line_end(t, next, s->end) < s->end))
            s->is_row = line_is_row(t, next, s->end);
    }
    t->cells = kept;
    t->quoted = kept_quoted;
    return s->is_row;
}

static bool add_cell(table *t, const char *p, const char *end, bool quoted)
{
    if (t->count == CELLS_MAX)
        return false;
    t->quoted[t->count] = quoted;
    t->cells[t->count++] = (kk_slice){p, (size_t)(end - p)};
    return true;
}

/* The next delimiter or character of a line end; one stands at the end of the text, with room behind it. */
static inline const char *next_special(const table *t, const char *p)
{
#ifdef __SSE2__
    const __m128i delimiter = _mm_set1_epi8(t->delimiter), feed = _mm_set1_epi8('\n'),
                  back = _mm_set1_epi8('\r');
    for (;; p += sizeof delimiter) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i found =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, feed), _mm_cmpeq_epi8(bytes, back)));
        unsigned mask = (unsigned)_mm_movemask_epi8(found);
        if (mask)
            return p + __builtin_ctz(mask);
    }
#else
    while (!t->special[(unsigned char)*p])
        p++;
    return p;
#endif
}

/* Up to the delimiter or the end of the line. */
static const char *plain_end(const table *t, const char *p, const char *end)
{
    for (;;) {
        p = next_special(t, p);
        if (*p != '\r' || t->lines.by_return || p >= end)
            return p < end ? p : end;
        if (p[1] == '\n')
            return p;
        p++;
    }
}

/* From behind the opening quote to the closing one. */
static outcome find_close(table *t, const char *row, const char *p, split *s, const char **close,
                          bool *doubled)
{
    const char *open = p;
    size_t lines = s->lines;
    *doubled = false;
    for (const char *counted = p;; counted = p) {
        if (s->in_vain && *p != '"')
            return OPEN;
        const char *q = memchr(p, '"', (size_t)(s->end - p));
        const char *seen = q ? q : s->end;
        s->lines += lines_between(t, counted, seen);
        s->reach = (size_t)(seen - row);
        if (!q) {
            s->in_vain = s->one_line;
            return s->last ? OPEN : MORE;
        }
        if (q + 1 == s->end && !s->last)
            return MORE;
        p = q + 1;
        const char *behind = p;
        while (behind < s->end && *behind == ' ')
            behind++;
        if (behind == s->end || *behind == t->delimiter || *behind == '\n' || *behind == '\r') {
            *close = q;
            return FIELD;
        }
        if (*p == '"') {
            *doubled = true;
            p++;
            continue;
        }
        if (s->lines > lines && first_line_is_row(t, row, s))
            return OPEN;
        if (q == open || q[-1] != '\\')
            t->stray_quotes += !s->one_line;
    }
}

/* One field at *at; leaves *at on the delimiter or line end behind it. */
static outcome split_field(table *t, const char *row, const char **at, split *s)
{
    const char *p = *at, *close;
    bool doubled;
    size_t lines = s->lines;
    while (p < s->end && *p == ' ' && t->delimiter != ' ')
        p++;
    if (p < s->end && *p == '"') {
        outcome o = find_close(t, row, p + 1, s, &close, &doubled);
        if (o == FIELD) {
            *at = plain_end(t, close + 1, s->end);
            return add_cell(t, p + 1, close, doubled) ? FIELD : TOO_WIDE;
        }
        if (!s->one_line)
            return o;
        s->lines = lines;
        p = plain_end(t, p + 1, s->end);
        const char *begin = *at;
        while (*begin == ' ')
            begin++;
        *at = p;
        return add_cell(t, begin + 1, p, false) ? FIELD : TOO_WIDE;
    }
    p = plain_end(t, *at, s->end);
    bool fits = add_cell(t, *at, p, false);
    *at = p;
    return fits ? FIELD : TOO_WIDE;
}

/* The row at *at into t->cells; *at moves behind its line end. MORE: the text ends inside it. OPEN:
 * a quote is never closed. */
static outcome split_row(table *t, const char **at, split *s)
{
    const char *p = *at;
    t->count = 0;
    for (;;) {
        outcome o = split_field(t, *at, &p, s);
        if (o != FIELD)
            return o;
        if (p >= s->end || *p != t->delimiter)
            break;
        p++;
    }
    if (p >= s->end && !s->last)
        return MORE;
    if (p < s->end && *p == '\r' && !t->lines.by_return)
        p++;
    s->lines++;
    if (s->lines > 1 && t->count != t->columns && !s->one_line && first_line_is_row(t, *at, s))
        return OPEN;
    *at = after_line(t, p, s->end);
    return FIELD;
}

/* A row of fields without quotes, or wholly in quotes without line ends, doubled quotes or anything beside them, as
 * nearly all are: each mark is looked at once. False where the row has something else: nothing is moved then. */
static bool split_quickly(table *t, const char **at, split *s)
{
    const char *begin = *at, *mark;
    bool filled = false, formula = false;
    kk_csv_marks marks = kk_csv_marks_from(&t->marks, begin, t->delimiter);
    for (t->count = 0;; begin = mark + 1) {
        kk_slice cell = {begin, 0};
        mark = kk_csv_next_mark(&marks);
        if (*mark == '"') {
            if (mark != begin)
                return false;
            do
                mark = kk_csv_next_mark(&marks);
            while (*mark == t->delimiter);
            if (*mark != '"')
                return false;
            cell = (kk_slice){begin + 1, (size_t)(mark - begin - 1)};
            const char *close = mark;
            mark = kk_csv_next_mark(&marks);
            if (mark != close + 1 || *mark == '"')
                return false;
        } else {
            cell.len = (size_t)(mark - begin);
        }
        if (mark >= s->end || t->count == CELLS_MAX)
            return false;
        filled |= cell.len > 0;
        formula |= *cell.ptr == '=';
        t->quoted[t->count] = false;
        t->cells[t->count++] = cell;
        if (*mark != t->delimiter)
            break;
    }
    if (*mark == '\r' && kk_csv_next_mark(&marks) != ++mark)
        return false;
    if (mark >= s->end || *mark != '\n')
        return false;
    marks.next = *at = mark + 1;
    t->marks = marks;
    s->lines = 1;
    s->settled = filled && !formula && !t->lines.has_nul && t->count > 1;
    return true;
}

/* The first physical line as a row of its own, open quotes taken as letters. */
static outcome split_line(table *t, const char **at, split *s)
{
    const char *stop = line_end(t, *at, s->end), *p = *at;
    split alone = {.end = stop, .one_line = true, .last = true};
    outcome o = split_row(t, &p, &alone);
    *at = after_line(t, stop, s->end);
    s->lines = 1;
    return o;
}

/* In place: the row is not read again. */
static void undouble(kk_slice *cell, char *text)
{
    size_t to = 0;
    for (size_t i = 0; i < cell->len; i++) {
        text[to++] = text[i];
        if (text[i] == '"' && i + 1 < cell->len && text[i + 1] == '"')
            i++;
    }
    cell->len = to;
}

static void drop_nuls(kk_slice *cell, char *text)
{
    size_t to = 0;
    for (size_t i = 0; i < cell->len; i++)
        if (text[i])
            text[to++] = text[i];
    cell->len = to;
}

/* ="0123": how a spreadsheet is told to keep a number's zeros. */
static void drop_formula_quotes(kk_slice *cell)
{
    if (cell->len >= 3 && cell->ptr[0] == '=' && cell->ptr[1] == '"' &&
        cell->ptr[cell->len - 1] == '"')
        *cell = kk_part(*cell, 2, cell->len - 3);
}

static bool finish_cells(table *t)
{
    bool any = false, nul = false;
    for (size_t i = 0; i < t->count; i++) {
        kk_slice *cell = &t->cells[i];
        if (cell->len == 0)
            continue;
        char *text = t->lines.text.ptr + (cell->ptr - t->lines.text.ptr);
        if (t->quoted[i])
            undouble(cell, text);
        if (t->lines.has_nul && memchr(text, 0, cell->len)) {
            drop_nuls(cell, text);
            nul = true;
        }
        if (cell->len && *text == '=')
            drop_formula_quotes(cell);
        any = any || cell->len;
    }
    t->nul_rows += nul;
    /* The end mark that old systems write behind a file is no row. */
    return any && !(t->count == 1 && kk_is(t->cells[0], "\x1a"));
}

static void emit(table *t, const split *s)
{
    size_t next = t->lines.starts_at + s->lines;
    if (next >= t->lines.starts_count)
        next = t->lines.starts_count - 1;
    uint64_t offset = t->lines.starts[t->lines.starts_at], len = t->lines.starts[next] - offset;
    t->lines.starts_at = next;
    t->record++;
    if (!s->settled && !finish_cells(t))
        return;
    t->rows++;
    if (t->is_survey)
        return;
    kk_row row = {.cells = t->cells,
                  .count = t->count,
                  .record = t->record,
                  .offset = offset,
                  .length = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX,
                  .is_sample = t->is_sample,
                  .is_beyond = t->is_beyond};
    t->sink->row(t->sink, &row);
}

static void leave_out(table *t)
{
    t->record++;
    if (!t->is_range)
        kk_report(t->sink, KK_ISSUE_LIMIT, t->lines.starts[t->lines.starts_at],
                  "row %llu has more than 32,768 fields and was left out",
                  (unsigned long long)t->record);
    t->lines.starts_at += t->lines.starts_at + 1 < t->lines.starts_count;
}

static void note_open_quote(table *t)
{
    if (t->open_quotes++ == 0)
        t->first_open = t->lines.starts[t->lines.starts_at];
}

/* Moves the text. */
static bool fill(table *t)
{
    t->marks.next = NULL;
    return kk_csv_lines_fill(&t->lines);
}

/* Reads on until twice as much of the row is there, so that a long row is searched few times. */
static bool grow(table *t)
{
    size_t have = t->lines.text.len - t->lines.at;
    bool any = false;
    while (t->lines.text.len - t->lines.at <= have * 2 && fill(t))
        any = true;
    return any;
}

static outcome try_row(table *t, const char **p, split *s)
{
    *s = (split){.end = t->lines.text.ptr + t->lines.text.len, .last = t->lines.final};
    *p = t->lines.text.ptr + t->lines.at;
    if (t->wasted > WASTE_MAX && t->wasted > t->lines.raw_offset * 4)
        return split_line(t, p, s);
    if (t->is_quick && split_quickly(t, p, s))
        return FIELD;
    uint64_t stray = t->stray_quotes;
    outcome o = split_row(t, p, s);
    if (o == MORE || o == OPEN)
        t->stray_quotes = stray;
    else if (stray == 0 && t->stray_quotes)
        t->first_stray = t->lines.starts[t->lines.starts_at];
    return o;
}

/* The next row; false when there is no more text before `final`. */
static bool next_row(table *t)
{
    const char *p;
    split s;
    if (t->lines.at == t->lines.text.len && !fill(t))
        return false;
    if (t->lines.at == t->lines.text.len)
        return !t->lines.final;
    outcome o = try_row(t, &p, &s);
    while (o == MORE && t->lines.text.len - t->lines.at <= ROW_MAX && grow(t))
        o = try_row(t, &p, &s);
    if (o == MORE || o == OPEN) {
        note_open_quote(t);
        t->wasted += s.reach;
        p = t->lines.text.ptr + t->lines.at;
        s = (split){.end = t->lines.text.ptr + t->lines.text.len, .last = t->lines.final};
        o = split_line(t, &p, &s);
    }
    if (o == TOO_WIDE) {
        p = line_end(t, t->lines.text.ptr + t->lines.at, s.end);
        t->lines.at = (size_t)(after_line(t, p, s.end) - t->lines.text.ptr);
        leave_out(t);
    } else {
        t->lines.at = (size_t)(p - t->lines.text.ptr);
        emit(t, &s);
    }
    return true;
}

/* ---- The parser ---- */

static void settle_shape(table *t, char delimiter, size_t columns)
{
    kk_slice text = kk_buffer_slice(&t->lines.text);
    kk_csv_shape s = kk_csv_shape_of(text, t->lines.final);
    size_t skip = kk_csv_separator_line(text, &s.delimiter);
    if (skip && s.delimiter != '"' && s.delimiter != '\r' && s.delimiter != '\n') {
        t->lines.at = skip;
        t->lines.starts_at = 1;
        s = kk_csv_shape_with(kk_from(text, skip), t->lines.final, s.delimiter);
    }
    if (s.agree == 0 && kk_ends(t->lines.in->name, KK_S(".tsv")))
        s.delimiter = '\t';
    t->delimiter = delimiter ? delimiter : s.delimiter;
    t->columns = delimiter ? columns : s.columns;
    t->special[(unsigned char)t->delimiter] = t->special['\n'] = t->special['\r'] = true;
    t->is_quick = !t->lines.by_return && t->delimiter != ' ' && t->delimiter != '"' &&
                  t->delimiter != '\r' && t->delimiter != '\n';
}

static void note(table *t, kk_issue_kind kind, uint64_t offset, uint64_t count, const char *what)
{
    if (count)
        t->sink->issue(t->sink, &(kk_issue){kind, offset, count, kk_cstr(what)});
}

static void report_rest(table *t)
{
    note(t, KK_ISSUE_DAMAGED, 0, t->lines.lost,
         "characters that are none in the file's encoding were replaced");
    note(t, KK_ISSUE_DAMAGED, 0, t->lines.foreign,
         "lines are in another encoding than the rest of the file");
    note(t, KK_ISSUE_DAMAGED, 0, t->nul_rows, "rows hold zero bytes, which were left out");
    note(t, KK_ISSUE_DAMAGED, t->first_stray, t->stray_quotes,
         "quotes inside quoted fields are not doubled");
    note(t, KK_ISSUE_DAMAGED, t->first_open, t->open_quotes,
         "quotes are never closed and were taken as letters");
    if (t->lines.failed)
        kk_report(t->sink, KK_ISSUE_TRUNCATED, t->lines.raw_offset,
                  "the file cannot be read from here on");
}

static void leave_long(table *t)
{
    t->record++;
    if (!t->is_range)
        kk_report(t->sink, KK_ISSUE_LIMIT, t->lines.raw_offset,
                  "row %llu is longer than 1 MiB and was left out", (unsigned long long)t->record);
    kk_csv_lines_skip_long(&t->lines);
}

static table *open_table(kk_stream *in, kk_sink *sink, char delimiter, size_t columns)
{
    kk_arena *arena = kk_arena_open();
    table *t = KK_NEW(arena, table);
    t->sink = sink;
    t->cells = KK_NEW_ARRAY(arena, kk_slice, CELLS_MAX * 2);
    t->quoted = KK_NEW_ARRAY(arena, bool, CELLS_MAX * 2);
    kk_csv_lines_open(&t->lines, in, arena);
    fill(t);
    settle_shape(t, delimiter, columns);
    return t;
}

static void close_table(table *t)
{
    kk_csv_lines_close(&t->lines);
    kk_arena_close(t->lines.arena);
}

static void read_rows(table *t)
{
    for (;;) {
        while (!t->sink->stopped && next_row(t))
            ;
        if (t->sink->stopped || !t->lines.too_long)
            break;
        leave_long(t);
    }
    report_rest(t);
    close_table(t);
}

void kk_csv_rows(kk_stream *in, kk_sink *sink, char delimiter, size_t columns)
{
    read_rows(open_table(in, sink, delimiter, columns));
}

void kk_csv_rows_slowly(kk_stream *in, kk_sink *sink, char delimiter, size_t columns)
{
    table *t = open_table(in, sink, delimiter, columns);
    t->is_quick = false;
    read_rows(t);
}

/* ---- Ranges ----
 *
 * Where a quoted field ends, what a stray quote means, which number a row has: all that is known only to
 * who read the rows above. So all rows are found once, without being told, which is a tenth of the work,
 * and the place of a range is where at the same time a row, a block of lines and nothing else begins. Who
 * reads the range has the header, delimiter and columns from the first block as anybody, tells the first
 * rows as a sample for judging the table, and goes on at the place. */

enum { PLACE_VERSION = 1, PLACE_BYTES = 1 + 1 + 1 + 8 + 8 };

/* version, charset known, charset, rows above, bytes searched in vain */
static void tell_place(table *t, uint64_t offset)
{
    char bytes[PLACE_BYTES] = {PLACE_VERSION, (char)t->lines.charset_known, (char)t->lines.charset};
    memcpy(bytes + 3, &t->record, sizeof t->record);
    memcpy(bytes + 11, &t->wasted, sizeof t->wasted);
    t->sink->cut(t->sink, offset, (kk_slice){bytes, sizeof bytes});
    t->cuts++;
}

/* The place of a range; false where it makes no sense in this file. */
static bool go_to_place(table *t, uint64_t offset, kk_slice place)
{
    kk_cursor c = kk_cursor_over(place);
    bool is_ours = kk_u8(&c) == PLACE_VERSION, known = kk_u8(&c) != 0;
    unsigned charset = kk_u8(&c);
    uint64_t record = kk_u64(&c), wasted = kk_u64(&c);
    bool wide = charset == KK_UTF16LE || charset == KK_UTF16BE;
    if (c.bad || !is_ours || charset > KK_LATIN1 || wide != (t->lines.unit == 2))
        return false;
    t->record = record;
    t->wasted = wasted;
    kk_csv_lines_go_to(&t->lines, offset, known, (kk_charset)charset);
    return true;
}

static bool is_between_blocks(const table *t)
{
    return t->lines.at == t->lines.text.len && !t->lines.final && !t->lines.uneven;
}

/* Where there is no quote every line is a row. */
static bool pass_plain_lines(table *t)
{
    kk_slice text = kk_from(kk_buffer_slice(&t->lines.text), t->lines.at);
    const uint64_t *starts = t->lines.starts + t->lines.starts_at;
    size_t lines = t->lines.starts_count - t->lines.starts_at - 1;
    if (t->rows < KK_SAMPLE_ROWS || t->lines.by_return || t->lines.unit != 1 || !text.len ||
        memchr(text.ptr, '"', text.len) || memchr(text.ptr, 0, text.len))
        return false;
    for (size_t i = 0; i < lines; i++)
        if (starts[i + 1] - starts[i] >= CELLS_MAX)
            return false;
    t->record += lines;
    t->rows += lines;
    t->lines.at = t->lines.text.len;
    t->lines.starts_at += lines;
    return true;
}

/* One step of going through all rows for the places of ranges; false at the end. */
static bool survey_on(table *t)
{
    if (is_between_blocks(t) && t->lines.raw_offset >= t->step) {
        t->is_uncut = t->is_uncut || t->rows < KK_SAMPLE_ROWS;
        while (!t->is_uncut && t->lines.raw_offset >= t->cuts * t->step)
            tell_place(t, t->lines.raw_offset);
    }
    if (t->lines.at < t->lines.text.len)
        return next_row(t);
    return fill(t) && (pass_plain_lines(t) || next_row(t));
}

static void survey(table *t, uint64_t size)
{
    t->is_survey = true;
    tell_place(t, 0);
    for (;;) {
        while (!t->sink->stopped && survey_on(t))
            ;
        if (t->sink->stopped || !t->lines.too_long)
            break;
        leave_long(t);
    }
    while (!t->sink->stopped && t->cuts * t->step < size)
        tell_place(t, size);
    report_rest(t);
}

/* The rows by which the table is judged; they lie above every range but the first. */
static void tell_sample(table *t)
{
    t->is_sample = true;
    for (;;) {
        while (!t->sink->stopped && t->rows < KK_SAMPLE_ROWS && next_row(t))
            ;
        if (t->sink->stopped || t->rows >= KK_SAMPLE_ROWS || !t->lines.too_long)
            break;
        leave_long(t);
    }
    t->is_sample = false;
}

static void tell_beyond(table *t)
{
    uint64_t last = t->record + KK_ROWS_BEYOND;
    t->is_beyond = true;
    while (!t->sink->stopped && t->record < last && next_row(t))
        ;
}

static void read_range(table *t, const kk_settings *settings)
{
    t->is_range = true;
    if (settings->begin)
        tell_sample(t);
    if (settings->begin && !go_to_place(t, settings->begin, settings->place))
        return;
    for (;;) {
        bool is_over = false;
        while (!t->sink->stopped && !is_over && next_row(t))
            is_over = is_between_blocks(t) && t->lines.raw_offset >= settings->end;
        if (is_over)
            tell_beyond(t);
        if (t->sink->stopped || is_over || !t->lines.too_long)
            break;
        leave_long(t);
    }
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    uint64_t step = settings->table_range ? settings->table_range : KK_TABLE_RANGE;
    bool is_cut = sink->cut && in->size > step && in->size != UINT64_MAX;
    if (!settings->place.len && !is_cut) {
        kk_csv_rows(in, sink, 0, 0);
        return;
    }
    if (settings->begin && (settings->begin >= settings->end || settings->begin >= in->size))
        return;
    table *t = open_table(in, sink, 0, 0);
    t->step = step;
    if (settings->place.len)
        read_range(t, settings);
    else
        survey(t, in->size);
    close_table(t);
}

/* ---- The probe ---- */

static bool has_suffix(kk_slice name, const char *const *suffixes)
{
    for (; *suffixes; suffixes++) {
        kk_slice suffix = kk_cstr(*suffixes);
        if (name.len > suffix.len && kk_eq_nocase(kk_from(name, name.len - suffix.len), suffix))
            return true;
    }
    return false;
}

/* No name tells that it is a table: so the text must, over several rows. */
static bool is_table_alone(const kk_csv_shape *s, bool any_columns)
{
    if (s->like_log || s->rows < 3 || s->agree * 10 < s->rows * 9)
        return false;
    if (s->spaced && s->delimiter != '\t' && !(s->delimiter == '|' && s->columns > 2))
        return false;
    return any_columns || s->columns > 2 || s->delimiter == '\t';
}

static bool is_named_table(kk_slice name)
{
    static const char *const tables[] = {".csv", ".tsv", ".tab", NULL};
    return has_suffix(name, tables);
}

static kk_score score_by_name(kk_slice name, const kk_csv_shape *s)
{
    static const char *const texts[] = {".txt", NULL}, *const logs[] = {".log", NULL};
    /* Code, markup, settings and mails may line up by chance. */
    static const char *const others[] = {
        ".c",      ".h",   ".cc",   ".cpp",   ".cs",      ".go",         ".rs",  ".py",   ".rb",
        ".pl",     ".php", ".js",   ".ts",    ".java",    ".kt",         ".sh",  ".ps1",  ".bat",
        ".cmd",    ".vbs", ".lua",  ".sql",   ".md",      ".rst",        ".tex", ".htm",  ".html",
        ".xml",    ".css", ".svg",  ".json",  ".yml",     ".yaml",       ".ini", ".cfg",  ".conf",
        ".toml",   ".reg", ".inf",  ".eml",   ".vcf",     ".ics",        ".rtf", ".mbox", ".jsonl",
        ".ndjson", ".po",  ".diff", ".patch", ".service", ".properties", NULL};
    if (is_named_table(name)) {
        bool good = s->agree * 2 >= s->rows && s->agree > 0 && !s->like_log;
        return good ? KK_LIKELY : KK_MAYBE;
    }
    if (has_suffix(name, texts)) /* below a log's own parser */
        return is_table_alone(s, true) ? (kk_score)(KK_LIKELY - 5) : KK_NO;
    if (has_suffix(name, others) || !is_table_alone(s, false))
        return KK_NO;
    return has_suffix(name, logs) ? (kk_score)(KK_MAYBE + 5) : KK_MAYBE;
}

static kk_score probe(const kk_probe *p)
{
    kk_csv_skeleton k;
    char delimiter;
    if (p->head.len == 0)
        return KK_NO;
    kk_csv_skeleton_of(p->head, &k);
    if (k.strange * 50 > k.len) /* bytes, or a table with a damaged place */
        return is_named_table(p->name) && k.strange * 2 < k.len ? KK_MAYBE : KK_NO;
    kk_slice text = {k.text, k.len};
    if (kk_csv_separator_line(text, &delimiter))
        return KK_LIKELY;
    kk_csv_shape s = kk_csv_shape_of(text, p->size <= p->head.len && k.len < sizeof k.text);
    return score_by_name(p->name, &s);
}

const kk_parser kk_parser_csv = {
    .name = "csv",
    .about = "tables as text: CSV, TSV and the like",
    .version = 2,
    .cut = KK_ROWS,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
