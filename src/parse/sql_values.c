/* Literals of the dialects, and as much of expressions as programs that write dumps use:
 *
 *     value = term *(["||" | "+"] term) ["::" type] | CAST(value AS type) | function(value, ...)
 *     term  = 'text' | N'..' E'..' X'..' B'..' U&'..' q'[..]' _charset'..' | 0x.. | number | NULL
 *
 * Of a function's values the first one that is not empty is taken (dates in a given form, casts), but
 * for those that put characters into a text: replace, char, unistr, concat. */
#include "parse/sql_values.h"

enum { DEPTH_MAX = 16 };

static kk_sql_outcome read_value(kk_sql_row *r, unsigned depth);

void kk_sql_row_open(kk_sql_row *r, kk_sql_text *text)
{
    r->text = text;
    r->arena = kk_arena_open();
}

void kk_sql_row_close(kk_sql_row *r)
{
    kk_buffer_close(&r->bytes);
    kk_arena_close(r->arena);
}

void kk_sql_row_clear(kk_sql_row *r)
{
    kk_arena_reset(r->arena);
    r->bytes.len = r->count = r->surplus = 0;
    r->computed = false;
}

/* ---- Cells ---- */

static void begin_cell(kk_sql_row *r)
{
    r->binary = r->cut = false;
    r->whole = 0;
    if (r->count < KK_SQL_COLUMNS_MAX)
        r->cells[r->count].start = r->bytes.len;
}

static void end_cell(kk_sql_row *r)
{
    if (r->count == KK_SQL_COLUMNS_MAX) {
        r->surplus++;
        return;
    }
    kk_sql_cell *cell = &r->cells[r->count++];
    cell->end = r->bytes.len;
    cell->binary = r->binary;
    cell->whole = r->whole;
    r->cut_cells += r->cut;
}

static void put(kk_sql_row *r, const void *bytes, size_t len)
{
    r->whole += len;
    size_t start = r->count < KK_SQL_COLUMNS_MAX ? r->cells[r->count].start : 0;
    if (r->count == KK_SQL_COLUMNS_MAX || r->bytes.len - start + len > KK_SQL_CELL_MAX ||
        r->bytes.len + len > KK_SQL_ROW_MAX)
        r->cut = true;
    else
        kk_put_bytes(&r->bytes, bytes, len);
}

static void put_byte(kk_sql_row *r, int byte)
{
    char c = (char)byte;
    put(r, &c, 1);
}

static void put_point(kk_sql_row *r, uint32_t point)
{
    kk_buffer one = {0};
    bool good = point && point < 0x110000 && (point & 0xfffff800) != 0xd800;
    kk_put_char(&one, good ? point : 0xfffd);
    put(r, one.ptr, one.len);
    kk_buffer_close(&one);
}

/* ---- Texts ---- */

static int digit_of(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Digits that come next, `most` at most. */
static uint32_t read_digits(kk_sql_text *t, int base, size_t most)
{
    uint32_t number = 0;
    for (size_t i = 0; i < most && digit_of(kk_sql_peek(t, 0)) < base; i++, t->at++)
        number = number * (uint32_t)base + (uint32_t)digit_of(kk_sql_peek(t, 0));
    return number;
}

/* Behind a backslash; PostgreSQL has numbers, MySQL keeps \% and \_ as they are. */
static void read_escape(kk_sql_row *r, bool numbers)
{
    static const char from[] = "0nrtbZfv", to[] = {0, '\n', '\r', '\t', '\b', 26, '\f', '\v'};
    kk_sql_text *t = r->text;
    int c = kk_sql_peek(t, 0);
    if (c < 0)
        return;
    if (numbers && c >= '0' && c <= '7') {
        put_byte(r, (int)read_digits(t, 8, 3));
        return;
    }
    t->at++;
    const char *at = c ? strchr(from, c) : NULL;
    if (numbers && c == 'x' && digit_of(kk_sql_peek(t, 0)) < 16)
        put_byte(r, (int)read_digits(t, 16, 2));
    else if (numbers && (c == 'u' || c == 'U') && digit_of(kk_sql_peek(t, 0)) < 16)
        put_point(r, read_digits(t, 16, c == 'u' ? 4 : 8));
    else if (at && (numbers || (c != 'f' && c != 'v')) && !(numbers && c == 'Z'))
        put_byte(r, to[at - from]);
    else if ((c == '%' || c == '_') && !numbers)
        put(r, c == '%' ? "\\%" : "\\_", 2);
    else
        put_byte(r, c);
}

/* At a byte that is no ASCII: a whole character of two bytes, so that its second one closes nothing. */
static void read_high(kk_sql_row *r, int c)
{
    kk_sql_text *t = r->text;
    kk_sql_text_settle(t);
    put_byte(r, c);
    t->at++;
    bool lead = (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
    int second = t->pairs && lead ? kk_sql_peek(t, 0) : 0;
    if (second >= 0x40) {
        put_byte(r, second);
        t->at++;
    }
}

/* A line end in a text whose writer escapes them, and then a statement: the text was never closed. */
static bool is_lost(kk_sql_row *r)
{
    kk_sql_text *t = r->text;
    static const char *const beginnings[] = {
        "\nINSERT INTO `",  "\n/*!",         "\nUNLOCK TABLES;",   "\n--\n-- ",
        "\nCREATE TABLE `", "\nDROP TABLE ", "\n-- Dump completed"};
    for (size_t i = 0; r->one_line && i < sizeof beginnings / sizeof *beginnings; i++)
        if (kk_sql_looking_at(t, kk_cstr(beginnings[i])))
            return true;
    return false;
}

static void put_plain(kk_sql_row *r, char close)
{
    kk_sql_text *t = r->text;
    bool high = t->charset_known && !t->pairs;
    const char *from = t->window.ptr + t->at, *end = t->window.ptr + t->window.len, *p = from;
    while (p < end && *p != close && *p != '\\' && *p != '\n' && (high || (signed char)*p >= 0))
        p++;
    put(r, from, (size_t)(p - from));
    t->at += (size_t)(p - from);
}

/* Behind the opening quote. `numbers`: escapes as PostgreSQL's E'' has them. */
static kk_sql_outcome read_text(kk_sql_row *r, char close, bool escapes, bool numbers)
{
    kk_sql_text *t = r->text;
    for (;;) {
        int c = kk_sql_peek(t, 0);
        if (c < 0)
            return KK_SQL_CUT;
        if (c == close) {
            t->at++;
            if (kk_sql_peek(t, 0) != close)
                return KK_SQL_FINE;
            put_byte(r, c);
            t->at++;
        } else if (c == '\\' && escapes) {
            t->at++;
            read_escape(r, numbers);
        } else if (c == '\n' && is_lost(r)) {
            t->at++;
            return KK_SQL_BROKEN;
        } else if (c == '\\' || c == '\n') {
            put_byte(r, c);
            t->at++;
        } else if (c >= 0x80 && (t->pairs || !t->charset_known)) {
            read_high(r, c);
        } else {
            put_plain(r, close);
        }
    }
}

kk_sql_outcome kk_sql_quoted(kk_sql_row *r, char close, bool escapes)
{
    r->text->at++;
    return read_text(r, close, escapes, false);
}

/* Oracle: q'[...]' with any mark. */
static kk_sql_outcome read_marked(kk_sql_row *r)
{
    kk_sql_text *t = r->text;
    t->at++;
    int open = kk_sql_peek(t, 0);
    int close = open == '['   ? ']'
                : open == '(' ? ')'
                : open == '{' ? '}'
                : open == '<' ? '>'
                              : open;
    t->at++;
    for (int c; (c = kk_sql_peek(t, 0)) >= 0;) {
        if (c == close && kk_sql_peek(t, 1) == '\'') {
            t->at += 2;
            return KK_SQL_FINE;
        }
        if (c >= 0x80) {
            read_high(r, c);
        } else {
            put_byte(r, c);
            t->at++;
        }
    }
    return KK_SQL_CUT;
}

/* Hexadecimal digits as bytes; of an odd number the first one stands alone. */
static void bytes_of_digits(kk_sql_row *r, size_t from)
{
    size_t len = r->bytes.len - from, to = from, at = from;
    if (len % 2 && len)
        r->bytes.ptr[to++] = (char)digit_of((unsigned char)r->bytes.ptr[at++]);
    for (; at + 1 < from + len; at += 2)
        r->bytes.ptr[to++] = (char)(digit_of((unsigned char)r->bytes.ptr[at]) << 4 |
                                    digit_of((unsigned char)r->bytes.ptr[at + 1]));
    r->bytes.len = to;
    r->whole = (r->whole + 1) / 2;
    r->binary = true;
}

static bool all_digits(const kk_sql_row *r, size_t from)
{
    for (size_t i = from; i < r->bytes.len; i++)
        if (digit_of((unsigned char)r->bytes.ptr[i]) > 15)
            return false;
    return true;
}

/* \XXXX, \uXXXX, \+XXXXXX and \\ in what was read since `from`. */
static void unescape_points(kk_sql_row *r, size_t from)
{
    kk_slice text = kk_copy(r->arena, kk_from(kk_buffer_slice(&r->bytes), from));
    r->bytes.len = from;
    for (size_t i = 0; i < text.len;) {
        if (text.ptr[i] != '\\' || i + 1 == text.len) {
            put_byte(r, text.ptr[i++]);
            continue;
        }
        char kind = text.ptr[++i];
        size_t most = kind == '+' ? 6 : kind == 'U' ? 8 : 4;
        i += kind == '+' || kind == 'u' || kind == 'U';
        uint64_t point;
        if (kk_hex_to_u64(kk_part(text, i, most), &point) && i + most <= text.len) {
            put_point(r, point < 0x110000 ? (uint32_t)point : 0);
            i += most;
        } else {
            put_byte(r, kind);
            i += kind == '\\';
        }
    }
}

/* ---- Functions ---- */

/* The first `count` values of a function, in the row's bytes. */
typedef struct {
    size_t starts[4];
    size_t count;
} arguments;

static kk_slice argument(const kk_sql_row *r, const arguments *a, size_t i)
{
    return kk_part(kk_buffer_slice(&r->bytes), a->starts[i], a->starts[i + 1] - a->starts[i]);
}

static void replace(kk_sql_row *r, const arguments *a)
{
    kk_slice text = kk_copy(r->arena, argument(r, a, 0));
    kk_slice old = kk_copy(r->arena, argument(r, a, 1));
    kk_slice new = kk_copy(r->arena, argument(r, a, 2));
    size_t at;
    r->bytes.len = a->starts[0];
    while (old.len && (at = kk_find(text, old)) != KK_NOWHERE) {
        put(r, text.ptr, at);
        put(r, new.ptr, new.len);
        text = kk_from(text, at + old.len);
    }
    put(r, text.ptr, text.len);
}

static void keep_first(kk_sql_row *r, const arguments *a)
{
    for (size_t i = 0; i < a->count; i++) {
        kk_slice one = argument(r, a, i);
        if (one.len == 0)
            continue;
        memmove(r->bytes.ptr + a->starts[0], one.ptr, one.len);
        r->bytes.len = a->starts[0] + one.len;
        return;
    }
    r->bytes.len = a->starts[0];
}

static void apply(kk_sql_row *r, kk_slice name, const arguments *a)
{
    static const char *const chars[] = {"char", "chr", "nchar", NULL};
    uint64_t number;
    if (a->count == 3 && kk_eq_nocase(name, KK_S("replace"))) {
        replace(r, a);
    } else if (a->count == 1 && kk_is_any_nocase(name, chars) &&
               kk_to_u64(argument(r, a, 0), &number)) {
        r->bytes.len = a->starts[0];
        put_point(r, number < 0x110000 ? (uint32_t)number : 0);
    } else if (a->count == 1 && kk_eq_nocase(name, KK_S("unistr"))) {
        unescape_points(r, a->starts[0]);
    } else if (!kk_eq_nocase(name, KK_S("concat"))) {
        keep_first(r, a);
    }
}

/* From behind '('. */
static kk_sql_outcome read_call(kk_sql_row *r, kk_slice name, unsigned depth)
{
    arguments a = {.starts = {r->bytes.len}};
    for (;;) {
        kk_sql_outcome o = read_value(r, depth + 1);
        if (o != KK_SQL_FINE)
            return o;
        if (a.count < 3)
            a.starts[++a.count] = r->bytes.len;
        r->text->at++;
        if (kk_sql_peek(r->text, 0) < 0)
            return KK_SQL_CUT;
        if (r->text->window.ptr[r->text->at - 1] == ')')
            break;
    }
    apply(r, name, &a);
    return KK_SQL_FINE;
}

/* ---- Terms ---- */

static void read_number(kk_sql_row *r)
{
    kk_sql_text *t = r->text;
    size_t from = r->bytes.len;
    int c = kk_sql_peek(t, 0), next = kk_sql_peek(t, 1), before = 0;
    if (c == '0' && (next == 'x' || next == 'X')) {
        t->at += 2;
        while (digit_of(c = kk_sql_peek(t, 0)) < 16) {
            put_byte(r, c);
            t->at++;
        }
        bytes_of_digits(r, from);
        return;
    }
    for (;; before = c) {
        c = kk_sql_peek(t, 0);
        bool sign = (c == '-' || c == '+') && (before == 0 || before == 'e' || before == 'E');
        if (!sign && c != '.' && !(c >= '0' && c <= '9') && !(before && (c == 'e' || c == 'E')))
            return;
        put_byte(r, c);
        t->at++;
    }
}

/* A text behind a word that says how it is written, its quote being next. */
static kk_sql_outcome read_prefixed(kk_sql_row *r, kk_slice word)
{
    size_t from = r->bytes.len;
    if (kk_eq_nocase(word, KK_S("q")) || kk_eq_nocase(word, KK_S("nq")))
        return read_marked(r);
    bool numbers = kk_eq_nocase(word, KK_S("e"));
    bool hex = kk_eq_nocase(word, KK_S("x"));
    r->text->at++;
    kk_sql_outcome o = read_text(r, '\'', r->escapes || numbers, numbers);
    if (hex && all_digits(r, from))
        bytes_of_digits(r, from);
    if (kk_eq_nocase(word, KK_S("_binary")))
        r->binary = true;
    return o;
}

/* What a bare word means; true when what follows is a type or the like, and no value. */
static bool read_bare(kk_sql_row *r, kk_slice word, unsigned depth, bool typed)
{
    static const char *const constants[] = {"true", "false", NULL};
    static const char *const types[] = {"as", "collate", "using", "at", NULL};
    static const char *const empty[] = {
        "null",         "default",           "date",         "time",      "timestamp", "interval",
        "binary",       "current_timestamp", "current_date", "sysdate",   "unknown",   "datetime",
        "current_time", "localtimestamp",    "localtime",    "character", NULL};
    if (typed || kk_is_any_nocase(word, types))
        return true;
    if (kk_is_any_nocase(word, constants))
        put(r, word.ptr, word.len);
    else if (kk_eq_nocase(word, KK_S("_binary")))
        r->binary = true;
    else if (word.ptr[0] != '_' && !kk_is_any_nocase(word, empty) &&
             (depth == 0 || kk_sql_peek(r->text, 0) == '.'))
        r->computed = true;
    return false;
}

static kk_sql_outcome read_word(kk_sql_row *r, unsigned depth, bool *typed)
{
    kk_sql_text *t = r->text;
    char letters[64];
    kk_slice word;
    size_t from = r->bytes.len;
    kk_sql_word(t, letters, &word);
    int c = kk_sql_peek(t, 0);
    if (c == '\'')
        return read_prefixed(r, word);
    if (c == '&' && kk_sql_peek(t, 1) == '\'' && kk_eq_nocase(word, KK_S("u"))) {
        t->at++;
        kk_sql_outcome o = kk_sql_quoted(r, '\'', false);
        unescape_points(r, from);
        return o;
    }
    kk_sql_skip_blanks(t);
    if (kk_sql_peek(t, 0) != '(') {
        *typed = read_bare(r, word, depth, *typed);
        return KK_SQL_FINE;
    }
    t->at++;
    kk_sql_outcome o = read_call(r, word, depth);
    if (*typed)
        r->bytes.len = from;
    return o;
}

static kk_sql_outcome skip_name(kk_sql_row *r, char close)
{
    size_t from = r->bytes.len;
    kk_sql_outcome o = kk_sql_quoted(r, close, false);
    r->bytes.len = from;
    r->computed = true;
    return o;
}

static kk_sql_outcome read_term(kk_sql_row *r, int c, unsigned depth, bool *typed)
{
    kk_sql_text *t = r->text;
    int next = kk_sql_peek(t, 1);
    if (c == '\'')
        return kk_sql_quoted(r, '\'', r->escapes);
    if (c == '"')
        return kk_sql_quoted(r, '"', r->escapes);
    if (c == '[' || c == '`')
        return skip_name(r, c == '[' ? ']' : '`');
    if (c == '(') {
        t->at++;
        return read_call(r, KK_NONE, depth);
    }
    bool digit = next >= '0' && next <= '9';
    if ((c >= '0' && c <= '9') || ((c == '-' || c == '.' || c == '+') && (digit || next == '.'))) {
        read_number(r);
        return KK_SQL_FINE;
    }
    if (kk_sql_is_word_byte(c))
        return read_word(r, depth, typed);
    if (c == ':' && next == ':')
        *typed = true;
    else if (c != '|' && c != '+' && c != '-' && c != ':' && !*typed)
        r->computed = true;
    t->at++;
    return KK_SQL_FINE;
}

/* Up to ',' or ')', which comes next. */
static kk_sql_outcome read_value(kk_sql_row *r, unsigned depth)
{
    bool typed = false;
    if (depth > DEPTH_MAX)
        return KK_SQL_BROKEN;
    for (;;) {
        kk_sql_skip_blanks(r->text);
        int c = kk_sql_peek(r->text, 0);
        if (c < 0)
            return KK_SQL_CUT;
        if (c == ',' || c == ')')
            return KK_SQL_FINE;
        if (c == ';')
            return KK_SQL_BROKEN;
        kk_sql_outcome o = read_term(r, c, depth, &typed);
        if (o != KK_SQL_FINE)
            return o;
    }
}

kk_sql_outcome kk_sql_row_read(kk_sql_row *r)
{
    for (;;) {
        begin_cell(r);
        kk_sql_outcome o = read_value(r, 0);
        if (o != KK_SQL_FINE)
            return o;
        end_cell(r);
        int c = kk_sql_peek(r->text, 0);
        r->text->at++;
        if (c == ')')
            return KK_SQL_FINE;
    }
}

/* ---- COPY ---- */

static void read_copied(kk_sql_row *r)
{
    kk_sql_text *t = r->text;
    for (;;) {
        int c = kk_sql_peek(t, 0);
        if (c < 0 || c == '\n' || c == '\t')
            return;
        if (c == '\\') {
            t->at++;
            if (kk_sql_peek(t, 0) == 'N')
                t->at++;
            else
                read_escape(r, true);
        } else if (c >= 0x80 && (t->pairs || !t->charset_known)) {
            read_high(r, c);
        } else {
            put_byte(r, c);
            t->at++;
            put_plain(r, '\t');
        }
    }
}

kk_sql_outcome kk_sql_row_copy(kk_sql_row *r)
{
    for (;;) {
        begin_cell(r);
        read_copied(r);
        int c = kk_sql_peek(r->text, 0);
        size_t start = r->count < KK_SQL_COLUMNS_MAX ? r->cells[r->count].start : r->bytes.len;
        /* A return that belongs to a value is written as \\r. */
        if (c == '\n' && r->bytes.len > start && r->bytes.ptr[r->bytes.len - 1] == '\r')
            r->bytes.len--;
        end_cell(r);
        if (c < 0)
            return KK_SQL_CUT;
        r->text->at++;
        if (c == '\n')
            return KK_SQL_FINE;
    }
}

/* ---- As text ---- */

static bool is_readable(kk_slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if ((c < 32 && c != '\n' && c != '\r' && c != '\t') || c == 127)
            return false;
    }
    return kk_utf8_valid(bytes);
}

/* \x and digits: bytes as PostgreSQL writes them. */
static void read_bytea(kk_sql_row *r, kk_sql_cell *cell)
{
    char *p = r->bytes.ptr + cell->start;
    size_t len = cell->end - cell->start;
    if (cell->binary || len < 4 || len % 2 || p[0] != '\\' || p[1] != 'x')
        return;
    for (size_t i = 2; i < len; i++)
        if (digit_of((unsigned char)p[i]) > 15)
            return;
    for (size_t i = 2; i < len; i += 2)
        p[i / 2 - 1] =
            (char)(digit_of((unsigned char)p[i]) << 4 | digit_of((unsigned char)p[i + 1]));
    cell->end = cell->start + len / 2 - 1;
    cell->whole = cell->whole / 2 - 1;
    cell->binary = true;
}

const kk_slice *kk_sql_row_cells(kk_sql_row *r)
{
    kk_slice *out = KK_NEW_ARRAY(r->arena, kk_slice, r->count + 1);
    for (size_t i = 0; i < r->count; i++) {
        kk_sql_cell *cell = &r->cells[i];
        read_bytea(r, cell);
        kk_slice bytes = kk_part(kk_buffer_slice(&r->bytes), cell->start, cell->end - cell->start);
        if (cell->binary && !is_readable(bytes))
            out[i] = kk_print(r->arena, "(blob %llu bytes)", (unsigned long long)cell->whole);
        else if (bytes.len)
            out[i] = kk_sql_text_decode(r->text, r->arena, bytes);
    }
    return out;
}
