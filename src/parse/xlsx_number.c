/* A cell keeps a number and a number format, and only the format says that 45000 is a day. Days
 * count from 1899-12-30 so that 1 is 1900-01-01 and 60 the 29th of February 1900, which never was
 * but is shown; or from 1904-01-01. Codes: y m d h s e g are parts of dates, 0 # ? digits, "..."
 * and \x letters, [...] colours, conditions, languages and elapsed time; ';' separates sections. */
#include "parse/xlsx_number.h"

#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOKENS_MAX = 64 };

/* One past what a quoted text, an escape or a bracket at i takes; i where there is none. */
static size_t past_literal(kk_slice code, size_t i)
{
    char c = code.ptr[i], stop = c == '"' ? '"' : ']';
    if (c == '\\' || c == '_' || c == '*')
        return i + 2 < code.len ? i + 2 : code.len;
    if (c != '"' && c != '[')
        return i;
    for (i++; i < code.len && code.ptr[i] != stop;)
        i++;
    return i < code.len ? i + 1 : i;
}

static kk_slice section_of(kk_slice *rest)
{
    kk_slice all = *rest;
    for (size_t i = 0; i < all.len;) {
        size_t past = past_literal(all, i);
        if (past == i && all.ptr[i] == ';') {
            *rest = kk_from(all, i + 1);
            return kk_part(all, 0, i);
        }
        i = past > i ? past : i + 1;
    }
    *rest = KK_NONE;
    return all;
}

typedef struct {
    bool day, month, hour, elapsed, digits, general;
} parts;

static bool is_elapsed(kk_slice code, size_t i)
{
    if (i + 2 >= code.len || code.ptr[i] != '[')
        return false;
    char c = (char)(code.ptr[i + 1] | 0x20);
    return (c == 'h' || c == 'm' || c == 's') &&
           (code.ptr[i + 2] == ']' || (code.ptr[i + 2] | 0x20) == c);
}

static parts parts_of(kk_slice code)
{
    parts p = {.general = kk_eq_nocase(kk_part(code, 0, 7), KK_S("general"))};
    char before = 0;
    for (size_t i = 0; i < code.len;) {
        size_t past = past_literal(code, i);
        if (past > i) {
            p.elapsed = p.elapsed || is_elapsed(code, i);
            i = past;
            continue;
        }
        char c = code.ptr[i++];
        char low = (char)(c | 0x20);
        if (low == 'y' || low == 'd' || c == 'g' || c == 'r' ||
            (c == 'e' && before != '0' && before != '#'))
            p.day = true;
        else if (low == 'm')
            p.month = true;
        else if (low == 'h' || low == 's')
            p.hour = true;
        else if (c == '#' || c == '?' || (c == '0' && before != '.' && !p.hour))
            p.digits = true;
        if (low == 'a' && kk_eq_nocase(kk_part(code, i - 1, 5), KK_S("am/pm")))
            i += 4;
        before = c;
    }
    return p;
}

/* ---- Digits in a pattern ---- */

typedef struct {
    bool place; /* for a digit */
    char c;
} token;

typedef struct {
    token tokens[TOKENS_MAX];
    size_t count, places, zeros;
    bool marked; /* a mark between digits */
    bool other;  /* something that is no plain pattern of digits: a point, a percent sign */
} pattern;

static void add_token(pattern *p, bool place, char c)
{
    if (p->count == TOKENS_MAX) {
        p->other = true;
        return;
    }
    p->tokens[p->count++] = (token){place, c};
}

static void add_literal(pattern *p, kk_slice code, size_t from, size_t past)
{
    char c = code.ptr[from];
    if (c == '\\' && past == from + 2)
        add_token(p, false, code.ptr[from + 1]);
    else if (c == '"')
        for (size_t i = from + 1; i + 1 < past; i++)
            add_token(p, false, code.ptr[i]);
}

static pattern pattern_of(kk_slice code)
{
    pattern p = {.count = 0};
    for (size_t i = 0; i < code.len && !p.other;) {
        size_t past = past_literal(code, i);
        char c = code.ptr[i];
        if (past > i) {
            add_literal(&p, code, i, past);
            i = past;
            continue;
        }
        i++;
        if (c == '0' || c == '#') {
            p.marked = p.marked || (p.places && !p.tokens[p.count - 1].place);
            p.places++;
            p.zeros += c == '0';
            add_token(&p, true, c);
        } else if (c == '-' || c == '(' || c == ')' || c == ' ' || c == '+' || c == ':' ||
                   (unsigned char)c >= 0x80) {
            add_token(&p, false, c);
        } else {
            p.other = true;
        }
    }
    return p;
}

static bool is_digits(kk_slice code)
{
    for (int i = 0; i < 4 && code.len; i++) {
        pattern p = pattern_of(section_of(&code));
        if (!p.other && (p.zeros >= 2 || (p.marked && p.places >= 2)))
            return true;
    }
    return false;
}

/* "[<=999]000": whether the section is for this value. */
static bool section_takes(kk_slice section, double value, bool *conditional)
{
    char number[24];
    size_t open = kk_find_byte(section, '['), n = 0;
    *conditional = false;
    for (; open != KK_NOWHERE; open = kk_find_byte(section, '[')) {
        section = kk_from(section, open + 1);
        if (section.len &&
            (section.ptr[0] == '<' || section.ptr[0] == '>' || section.ptr[0] == '='))
            break;
    }
    if (open == KK_NOWHERE)
        return true;
    size_t sign = section.len > 1 && (section.ptr[1] == '=' || section.ptr[1] == '>') ? 2 : 1;
    for (size_t i = sign; i < section.len && section.ptr[i] != ']' && n + 1 < sizeof number; i++)
        number[n++] = section.ptr[i];
    number[n] = '\0';
    double bound = strtod(number, NULL);
    *conditional = true;
    if (section.ptr[0] == '=')
        return value == bound;
    if (section.ptr[0] == '<')
        return value < bound || (sign == 2 && section.ptr[1] == '=' && value == bound);
    return value > bound || (sign == 2 && value == bound);
}

/* Fills the places from the right; digits that are left over stand before the first place. */
static bool put_pattern(kk_buffer *out, const pattern *p, kk_slice digits)
{
    char text[TOKENS_MAX + 24];
    size_t at = sizeof text, left = digits.len, places = p->places;
    if (p->other || p->places == 0 || digits.len > 20)
        return false;
    for (size_t i = p->count; i-- > 0;) {
        const token *t = &p->tokens[i];
        if (!t->place) {
            text[--at] = t->c;
            continue;
        }
        places--;
        if (left)
            text[--at] = digits.ptr[--left];
        else if (t->c == '0')
            text[--at] = '0';
        while (places == 0 && left)
            text[--at] = digits.ptr[--left];
    }
    kk_put_bytes(out, text + at, sizeof text - at);
    return true;
}

static bool put_digits(kk_buffer *out, kk_slice code, double value, kk_slice digits)
{
    bool conditional = true;
    for (int i = 0; i < 4 && code.len; i++) {
        kk_slice section = section_of(&code);
        bool takes = section_takes(section, value, &conditional);
        if (takes) {
            pattern p = pattern_of(section);
            return put_pattern(out, &p, digits);
        }
    }
    return false;
}

/* ---- Days ---- */

static void put_day(kk_buffer *out, int64_t serial, bool since_1904)
{
    int year, month, day;
    if (!since_1904 && serial == 60) {
        kk_put(out, KK_S("1900-02-29"));
        return;
    }
    if (!since_1904 && serial == 0) {
        kk_put(out, KK_S("1900-01-00"));
        return;
    }
    int64_t epoch = since_1904 ? kk_days_from_civil(1904, 1, 1) : kk_days_from_civil(1899, 12, 30);
    if (!since_1904 && serial < 60)
        epoch++;
    kk_civil_from_days(epoch + serial, &year, &month, &day);
    kk_putf(out, "%04d-%02d-%02d", year, month, day);
}

static bool put_time(kk_buffer *out, kk_xlsx_shown shown, double value, bool since_1904)
{
    if (!(value >= 0 && value < 2958466)) /* the last day is 9999-12-31 */
        return false;
    int64_t seconds = (int64_t)(value * 86400.0 + 0.5), day = seconds / 86400,
            rest = seconds % 86400;
    if (shown == KK_SHOWN_ELAPSED) {
        kk_putf(out, "%lld:%02lld:%02lld", (long long)(seconds / 3600), (long long)(rest / 60 % 60),
                (long long)(rest % 60));
        return true;
    }
    if (shown == KK_SHOWN_DATE)
        day = (int64_t)value;
    bool dated = shown != KK_SHOWN_TIME || day > 0;
    if (dated)
        put_day(out, day, since_1904);
    if (shown == KK_SHOWN_DATE)
        return true;
    kk_putf(out, "%s%02lld:%02lld:%02lld", dated ? " " : "", (long long)(rest / 3600),
            (long long)(rest / 60 % 60), (long long)(rest % 60));
    return true;
}

/* ---- What others call ---- */

static kk_xlsx_shown built_in(unsigned id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || (id >= 34 && id <= 36) ||
        (id >= 50 && id <= 58))
        return KK_SHOWN_DATE;
    if ((id >= 18 && id <= 21) || id == 32 || id == 33 || id == 45 || id == 47)
        return KK_SHOWN_TIME;
    return id == 22 ? KK_SHOWN_DATE_TIME : id == 46 ? KK_SHOWN_ELAPSED : KK_SHOWN_PLAIN;
}

kk_xlsx_format kk_xlsx_format_of(unsigned id, kk_slice code)
{
    kk_xlsx_format f = {KK_SHOWN_PLAIN, code};
    if (code.len == 0) {
        f.shown = built_in(id);
        return f;
    }
    kk_slice rest = code;
    parts p = parts_of(section_of(&rest));
    if (p.general)
        return f;
    bool dated = p.day || (p.month && !p.hour && !p.elapsed);
    if (p.elapsed && !p.day)
        f.shown = KK_SHOWN_ELAPSED;
    else if (dated && !p.digits)
        f.shown = p.hour ? KK_SHOWN_DATE_TIME : KK_SHOWN_DATE;
    else if (p.hour && !p.digits)
        f.shown = KK_SHOWN_TIME;
    else if (is_digits(code))
        f.shown = KK_SHOWN_DIGITS;
    return f;
}

static bool read_number(kk_slice raw, double *out)
{
    char text[64];
    if (raw.len == 0 || raw.len >= sizeof text)
        return false;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (!((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'))
            return false;
        text[i] = c;
    }
    text[raw.len] = '\0';
    char *end;
    *out = strtod(text, &end);
    return end == text + raw.len && *out - *out == 0;
}

static bool all_digits(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

void kk_xlsx_put_number(kk_buffer *out, const kk_xlsx_format *format, kk_slice raw, bool since_1904)
{
    double value;
    char digits[24];
    raw = kk_trim(raw);
    if (format->shown == KK_SHOWN_PLAIN && raw.len <= 15 && all_digits(raw)) {
        kk_put(out, raw);
        return;
    }
    if (!read_number(raw, &value)) {
        kk_put(out, raw);
        return;
    }
    if (format->shown != KK_SHOWN_PLAIN && format->shown != KK_SHOWN_DIGITS &&
        put_time(out, format->shown, value, since_1904))
        return;
    bool is_whole = value > -1e17 && value < 1e17 && value == (double)(int64_t)value;
    if (!is_whole) {
        kk_putf(out, "%.15g", value);
        return;
    }
    uint64_t number = (uint64_t)(value < 0 ? -(int64_t)value : (int64_t)value);
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    if (format->shown == KK_SHOWN_DIGITS && value >= 0 &&
        put_digits(out, format->code, value, (kk_slice){digits, (size_t)len}))
        return;
    if (value < 0)
        kk_put_byte(out, '-');
    kk_put_bytes(out, digits, (size_t)len);
}
