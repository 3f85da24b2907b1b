/* What kind of table: the delimiter by rows that agree, and what looks like a table but is a log.
 */
#include "parse/csv_shape.h"

#include "base/text.h"
#include "base/time.h"

enum { SNIFF_ROWS = 256 };

/* The end of a quoted field, or NULL where the quote is not closed soon. */
static const char *quote_end(const char *p, const char *end, char delimiter)
{
    int lines = 0;
    for (; p < end; p++) {
        if (*p == '\n' && ++lines > 50)
            return NULL;
        if (*p != '"')
            continue;
        if (p + 1 < end && p[1] == '"') {
            p++;
            continue;
        }
        if (p + 1 == end || p[1] == delimiter || p[1] == '\n' || p[1] == '\r')
            return p + 1;
    }
    return NULL;
}

/* Fields of the row at *at, which moves behind it; 0 for a blank line or a row that has no end. */
static size_t count_fields(kk_slice text, size_t *at, char delimiter, bool whole, size_t *spaces)
{
    const char *p = text.ptr + *at, *end = text.ptr + text.len, *begin = p;
    size_t fields = 1;
    bool fresh = true, blank = true;
    for (; p < end && *p != '\n' && *p != '\r'; p++) {
        if (fresh && *p == '"') {
            const char *close = quote_end(p + 1, end, delimiter);
            fresh = blank = false;
            if (close) {
                p = close - 1;
                continue;
            }
        }
        fresh = *p == delimiter;
        fields += fresh;
        blank = blank && (*p == ' ' || *p == '\t');
        if (fresh && p + 1 < end && p[1] == ' ')
            ++*spaces;
    }
    bool ended = p < end || whole;
    if (p < end && *p == '\r')
        p++;
    if (p < end && *p == '\n')
        p++;
    *at = (size_t)(p - text.ptr);
    return p == begin || blank || !ended ? 0 : fields;
}

kk_csv_shape kk_csv_shape_with(kk_slice text, bool whole, char delimiter)
{
    kk_csv_shape s = {.delimiter = delimiter, .columns = 1};
    size_t counts[SNIFF_ROWS], spaces = 0, fields = 0;
    for (size_t at = 0; at < text.len && s.rows < SNIFF_ROWS;) {
        size_t n = count_fields(text, &at, delimiter, whole, &spaces);
        if (n)
            counts[s.rows++] = n;
        fields += n;
    }
    for (size_t i = 0; i < s.rows; i++) {
        size_t same = 0;
        for (size_t k = 0; k < s.rows; k++)
            same += counts[k] == counts[i];
        if (counts[i] >= 2 && (same > s.agree || (same == s.agree && counts[i] > s.columns))) {
            s.agree = same;
            s.columns = counts[i];
        }
    }
    s.spaced = fields > s.rows && spaces * 2 > fields - s.rows;
    return s;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
}

/* key=value, key="value" in half of the fields at least, three of them. */
static bool is_pairs(kk_slice line, char delimiter)
{
    size_t pairs = 0, fields = 0;
    kk_slice piece;
    while (kk_split(&line, delimiter, &piece)) {
        size_t n = 0;
        piece = kk_trim(piece);
        while (n < piece.len && is_word(piece.ptr[n]))
            n++;
        pairs += n > 0 && n < piece.len && piece.ptr[n] == '=';
        fields++;
    }
    return pairs >= 3 && pairs * 2 >= fields;
}

/* "12:34:56,789 INFO": the comma of a log's milliseconds. */
static bool is_stamped(kk_slice line)
{
    size_t comma = kk_find_byte(line, ',');
    if (comma == KK_NOWHERE || comma < 8 || line.len < comma + 5)
        return false;
    const char *p = line.ptr + comma;
    return p[-3] == ':' && p[-6] == ':' && is_digit(p[-1]) && is_digit(p[1]) && is_digit(p[2]) &&
           is_digit(p[3]) && !is_digit(p[4]) && p[4] != ',';
}

static bool is_other_text(kk_slice line, char delimiter)
{
    line = kk_trim(line);
    if (line.len < 2)
        return false;
    char c = line.ptr[0], last = line.ptr[line.len - 1];
    if ((c == '{' && (last == '}' || last == ',')) || (c == '[' && last == ']'))
        return true; /* JSON */
    if (c == '<' && (last == '>' || is_digit(line.ptr[1])))
        return true; /* markup, or the priority of a syslog line */
    if (line.len > 15 && line.ptr[3] == ' ' && line.ptr[9] == ':' && line.ptr[12] == ':' &&
        kk_month_by_name(kk_part(line, 0, 3)))
        return true; /* "Jul  1 12:34:56 " */
    return is_pairs(line, delimiter) || (delimiter == ',' && is_stamped(line));
}

static bool looks_like_log(kk_slice text, char delimiter)
{
    size_t rows = 0, other = 0;
    kk_slice line;
    while (rows < SNIFF_ROWS && kk_split(&text, '\n', &line)) {
        if (kk_trim(line).len == 0)
            continue;
        rows++;
        other += is_other_text(line, delimiter);
    }
    return other * 2 > rows;
}

static size_t weight(const kk_csv_shape *s)
{
    size_t columns = s->columns < 20 ? s->columns : 20;
    return s->rows ? s->agree * 1000 / s->rows + columns * 8 : 0;
}

/* Characters that stand between fields in few exports, and elsewhere in much that is no table: of them
 * more is asked. The last two are what big data stores and mainframes take. */
static void try_rare(kk_csv_shape *best, kk_slice text, bool whole)
{
    static const char rare[] = {'^', '~', '\x01', '\x1f'};
    if (best->columns > 2 && best->agree * 10 >= best->rows * 9)
        return;
    for (size_t i = 0; i < sizeof rare; i++) {
        kk_csv_shape s = kk_csv_shape_with(text, whole, rare[i]);
        if (s.rows >= 3 && s.columns > 2 && s.agree * 10 >= s.rows * 9 && weight(&s) > weight(best))
            *best = s;
    }
}

kk_csv_shape kk_csv_shape_of(kk_slice text, bool whole)
{
    static const char delimiters[] = {',', '\t', ';', '|'};
    kk_csv_shape best = {.delimiter = ',', .columns = 1};
    for (size_t i = 0; i < sizeof delimiters; i++) {
        kk_csv_shape s = kk_csv_shape_with(text, whole, delimiters[i]);
        if (s.agree && (!best.agree || weight(&s) > weight(&best)))
            best = s;
        else if (!best.agree)
            best.rows = s.rows;
    }
    try_rare(&best, text, whole);
    best.like_log = looks_like_log(text, best.delimiter);
    return best;
}

size_t kk_csv_separator_line(kk_slice text, char *delimiter)
{
    size_t feed = kk_find_byte(text, '\n'), back = kk_find_byte(text, '\r');
    size_t end = feed < back ? feed : back;
    if (end == KK_NOWHERE)
        return 0;
    kk_slice line = kk_part(text, 0, end);
    if (line.len == 7 && line.ptr[0] == '"' && line.ptr[6] == '"')
        line = kk_part(line, 1, 5);
    if (line.len != 5 || !kk_eq_nocase(kk_part(line, 0, 4), KK_S("sep=")))
        return 0;
    *delimiter = line.ptr[4];
    if (end + 1 < text.len && text.ptr[end] == '\r' && text.ptr[end + 1] == '\n')
        end++;
    return end + 1;
}

static void bare_16(kk_csv_skeleton *k, kk_slice s, size_t low)
{
    for (size_t i = 2; i + 1 < s.len && k->len < sizeof k->text; i += 2) {
        unsigned char c = (unsigned char)s.ptr[i + low];
        k->text[k->len++] = (char)(s.ptr[i + 1 - low] || c >= 0x80 ? 'x' : c);
    }
}

/* How many bytes at p are one character that is not ASCII. */
static size_t wide_at(const unsigned char *p, size_t left, bool utf8)
{
    bool lead = (p[0] >= 0x81 && p[0] <= 0x9f) || (p[0] >= 0xe0 && p[0] <= 0xfc);
    if (utf8 || left < 2 || !lead || p[1] < 0x40)
        return 1;
    return 2;
}

/* Where so much of the beginning is strange, the rest need not be looked at. */
enum { PLAINLY_BYTES = 8192 };

static void bare_8(kk_csv_skeleton *k, kk_slice s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    bool utf8 = kk_utf8_valid(kk_part(s, 0, s.len > 4 ? s.len - 4 : s.len)), kanji = false;
    for (size_t i = 0; i < s.len && k->len < sizeof k->text; i++) {
        unsigned char c = p[i];
        if (c == 0x1b && s.len - i > 2 && (p[i + 1] == '$' || p[i + 1] == '(')) {
            kanji = p[i + 1] == '$';
            i += 2;
            continue;
        }
        if (c == '\n')
            kanji = false;
        k->strange += c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1a && c != '\f' &&
                      c != 0x01 && c != 0x1f;
        k->text[k->len++] = (char)(c >= 0x80 || (kanji && c > ' ') ? 'x' : c);
        if (c >= 0x80)
            i += wide_at(p + i, s.len - i, utf8) - 1;
        if (k->len == PLAINLY_BYTES && k->strange * 20 > k->len)
            break;
    }
}

void kk_csv_skeleton_of(kk_slice bytes, kk_csv_skeleton *out)
{
    kk_charset charset = KK_UTF8;
    out->len = out->strange = 0;
    if (bytes.len && memchr(bytes.ptr, 0, bytes.len))
        charset = kk_charset_guess(bytes, NULL);
    if (charset == KK_UTF16LE || charset == KK_UTF16BE)
        bare_16(out, bytes, charset == KK_UTF16BE);
    else
        bare_8(out, kk_starts(bytes, KK_S("\xef\xbb\xbf")) ? kk_from(bytes, 3) : bytes);
}
