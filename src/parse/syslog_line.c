/* The header of a syslog line. Read are, in any nesting that relays make:
 *     [count ][<PRI>]Mmm [d]d [yyyy ]hh:mm:ss[.f][ yyyy][:] HOST TAG[PID]: text     RFC 3164
 *     [<PRI>]Mmm dd hh:mm:ss TAG: text                       without a host
 *     [<PRI>]yyyy-mm-ddThh:mm:ss[.f](Z|+hh:mm|+hhmm) HOST TAG[PID]: text   rsyslog, journalctl
 *     yyyy-mm-ddThh:mm:ss.fZ LEVEL TAG[PID]: text            ESXi, Chrome OS: no host
 *     yyyy-mm-dd hh:mm:ss TAB Facility.Level TAB HOST TAB text   Kiwi and other collectors
 *     M月 dd hh:mm:ss HOST TAG[PID]: text                    journalctl in a Japanese locale
 *     <PRI>1 TIME HOST APP PROCID MSGID SD text              RFC 5424
 * A relay puts its own header in front of the one it got; the inner one tells the truth. */
#include "parse/syslog_line.h"
#include "parse/unix_fields.h"

enum { LAYERS_MAX = 4, TAG_MAX = 128, PID_MAX = 64 };

static bool digits(kk_slice s, size_t at, size_t count, int *out)
{
    int v = 0;
    if (s.len < at + count)
        return false;
    for (size_t i = at; i < at + count; i++) {
        if (!kk_is_digit(s.ptr[i]))
            return false;
        v = v * 10 + (s.ptr[i] - '0');
    }
    *out = v;
    return true;
}

static int month_of(kk_slice s)
{
    if (s.len < 3)
        return 0;
    uint32_t key = ((uint32_t)(unsigned char)s.ptr[0] << 16 |
                    (uint32_t)(unsigned char)s.ptr[1] << 8 | (uint32_t)(unsigned char)s.ptr[2]) |
                   0x202020;
#define MONTH(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))
    switch (key) {
    case MONTH('j', 'a', 'n'):
        return 1;
    case MONTH('f', 'e', 'b'):
        return 2;
    case MONTH('m', 'a', 'r'):
        return 3;
    case MONTH('a', 'p', 'r'):
        return 4;
    case MONTH('m', 'a', 'y'):
        return 5;
    case MONTH('j', 'u', 'n'):
        return 6;
    case MONTH('j', 'u', 'l'):
        return 7;
    case MONTH('a', 'u', 'g'):
        return 8;
    case MONTH('s', 'e', 'p'):
        return 9;
    case MONTH('o', 'c', 't'):
        return 10;
    case MONTH('n', 'o', 'v'):
        return 11;
    case MONTH('d', 'e', 'c'):
        return 12;
    default:
        return 0;
    }
#undef MONTH
}

/* hh:mm:ss and a fraction off the front. */
static bool eat_clock(kk_slice *rest, kk_syslog_stamp *stamp)
{
    kk_slice s = *rest;
    kk_civil *c = &stamp->civil;
    if (!digits(s, 0, 2, &c->hour) || !digits(s, 3, 2, &c->minute) ||
        !digits(s, 6, 2, &c->second) || s.ptr[2] != ':' || s.ptr[5] != ':' || c->hour > 23 ||
        c->minute > 59 || c->second > 60)
        return false;
    s = kk_from(s, 8);
    if (s.len > 1 && (s.ptr[0] == '.' || s.ptr[0] == ',') && kk_is_digit(s.ptr[1])) {
        s = kk_from(s, 1);
        int scale = 100000000;
        while (s.len && kk_is_digit(s.ptr[0])) {
            c->nanosecond += (s.ptr[0] - '0') * scale;
            scale /= 10;
            stamp->fraction++;
            s = kk_from(s, 1);
        }
    }
    *rest = s;
    return true;
}

/* The day of a month in any year: February has 29. */
static bool day_fits(const kk_civil *c)
{
    static const int most[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= most[c->month];
}

static bool eat_year(kk_slice *rest, kk_civil *civil)
{
    int year;
    if (kk_count_digits(*rest) != 4 || !digits(*rest, 0, 4, &year) || year < 1980 || year > 2199)
        return false;
    if (rest->len > 4 && rest->ptr[4] != ' ' && rest->ptr[4] != ':')
        return false;
    civil->year = year;
    *rest = kk_from(*rest, 4);
    kk_eat_blanks(rest);
    return true;
}

static bool eat_month(kk_slice *rest, kk_civil *civil)
{
    civil->month = month_of(*rest);
    if (civil->month) {
        *rest = kk_from(*rest, 3);
        return true;
    }
    size_t count = kk_count_digits(*rest);
    if (count < 1 || count > 2 || !digits(*rest, 0, count, &civil->month))
        return false;
    kk_slice after = kk_from(*rest, count);
    if (!kk_eat(&after, KK_S("\xe6\x9c\x88"))) /* 月 */
        return false;
    *rest = after;
    return true;
}

/* "Jul  3 02:20:31", with the year where some devices put it. */
static bool eat_old_stamp(kk_slice *rest, kk_syslog_stamp *stamp)
{
    kk_slice s = *rest;
    if (s.len && s.ptr[0] == '*') /* Cisco: clock not set by NTP */
        s = kk_from(s, 1);
    if (eat_year(&s, &stamp->civil) && s.ptr == rest->ptr + 4)
        return false;
    if (!eat_month(&s, &stamp->civil) || !s.len || s.ptr[0] != ' ')
        return false;
    kk_eat_blanks(&s);
    size_t count = kk_count_digits(s);
    if (count < 1 || count > 2 || !digits(s, 0, count, &stamp->civil.day) ||
        !day_fits(&stamp->civil))
        return false;
    s = kk_from(s, count);
    kk_eat(&s, KK_S("\xe6\x97\xa5")); /* 日 */
    if (!s.len || s.ptr[0] != ' ')
        return false;
    kk_eat_blanks(&s);
    if (!stamp->civil.year)
        eat_year(&s, &stamp->civil);
    if (!eat_clock(&s, stamp))
        return false;
    *rest = s;
    return s.len == 0 || s.ptr[0] == ' ' || s.ptr[0] == ':' || s.ptr[0] == '\t';
}

static bool eat_offset(kk_slice *rest, kk_syslog_stamp *stamp)
{
    kk_slice s = *rest;
    int hours, minutes = 0;
    if (s.len && (s.ptr[0] == 'Z' || s.ptr[0] == 'z')) {
        stamp->utc = stamp->has_offset = true;
        *rest = kk_from(s, 1);
        return true;
    }
    if (!s.len || (s.ptr[0] != '+' && s.ptr[0] != '-') || !digits(s, 1, 2, &hours))
        return false;
    bool west = s.ptr[0] == '-';
    s = kk_from(s, 3);
    size_t colon = s.len && s.ptr[0] == ':';
    if (digits(s, colon, 2, &minutes))
        s = kk_from(s, colon + 2);
    if (hours > 15 || minutes > 59)
        return false;
    stamp->offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    stamp->has_offset = true;
    *rest = s;
    return true;
}

/* "2026-07-03T02:20:31.123456+09:00", or a blank for the T. */
static bool eat_iso_stamp(kk_slice *rest, kk_syslog_stamp *stamp)
{
    kk_slice s = *rest;
    kk_civil *c = &stamp->civil;
    if (!digits(s, 0, 4, &c->year) || !digits(s, 5, 2, &c->month) || !digits(s, 8, 2, &c->day) ||
        s.ptr[4] != '-' || s.ptr[7] != '-' || s.len < 19 || (s.ptr[10] != 'T' && s.ptr[10] != ' '))
        return false;
    if (c->year < 1980 || c->year > 2199 || !day_fits(c))
        return false;
    s = kk_from(s, 11);
    if (!eat_clock(&s, stamp))
        return false;
    eat_offset(&s, stamp);
    if (s.len && s.ptr[0] != ' ' && s.ptr[0] != '\t' && s.ptr[0] != ':')
        return false;
    *rest = s;
    return true;
}

static bool is_tag_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kk_is_digit(c) || c == '_' ||
           c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '%' || c == '+' ||
           c == '@';
}

/* "prog[pid]: ", "prog: " or "prog[pid] " off the front. */
static bool eat_tag(kk_slice *rest, kk_slice *program, kk_slice *pid)
{
    kk_slice s = *rest;
    size_t n = 0;
    while (n < s.len && n < TAG_MAX && is_tag_char(s.ptr[n]))
        n++;
    if (n == 0 || n == s.len)
        return false;
    kk_slice name = kk_part(s, 0, n), inside = KK_NONE;
    s = kk_from(s, n);
    if (s.ptr[0] == '[') {
        size_t close = kk_find_byte(kk_part(s, 0, PID_MAX), ']');
        if (close == KK_NOWHERE)
            return false;
        inside = kk_part(s, 1, close - 1);
        s = kk_from(s, close + 1);
        if (!kk_eat(&s, KK_S(":")) && s.len && s.ptr[0] != ' ')
            return false;
    } else if (!kk_eat(&s, KK_S(":")) || (s.len && s.ptr[0] != ' ')) {
        return false;
    }
    *program = name;
    *pid = inside;
    *rest = s;
    return true;
}

static bool is_level(kk_slice word)
{
    static const char *const levels[] = {"info",  "warning", "warn",   "error",    "err",
                                         "debug", "notice",  "crit",   "critical", "alert",
                                         "emerg", "verbose", "trivia", "panic"};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (kk_eq_nocase(word, kk_cstr(levels[i])))
            return true;
    /* ESXi 8: "In(166)" */
    return word.len >= 5 && word.ptr[2] == '(' && word.ptr[word.len - 1] == ')' &&
           kk_count_digits(kk_from(word, 3)) == word.len - 4;
}

static bool says_repeated(kk_slice s)
{
    return kk_starts(s, KK_S("last message repeated ")) ||
           kk_starts(s, KK_S("message repeated ")) || kk_starts(s, KK_S("--- "));
}

/* Host and program behind a time. The host is missing in lines of the machine's own daemon. */
static void eat_host(kk_slice *rest, kk_syslog_line *line)
{
    kk_slice after = *rest;
    if (says_repeated(after) || eat_tag(rest, &line->program, &line->pid))
        return;
    kk_slice word = kk_eat_word(&after);
    kk_eat(&after, KK_S(": ")); /* Cisco sets a colon after the host */
    kk_slice tagged = after;
    bool tag = eat_tag(&tagged, &line->program, &line->pid);
    if (tag && line->stamp.civil.year && is_level(word))
        line->level = word;
    else
        line->host = word;
    *rest = tag ? tagged : after;
}

/* Kiwi: the columns are set apart by tabs. */
static bool eat_columns(kk_slice *rest, kk_syslog_line *line)
{
    kk_slice s = *rest, level, host;
    if (!kk_eat(&s, KK_S("\t")) || !kk_eat_until(&s, KK_S("\t"), &level) ||
        !kk_eat_until(&s, KK_S("\t"), &host) || kk_find_byte(level, '.') == KK_NOWHERE ||
        host.len == 0 || kk_find_byte(host, ' ') != KK_NOWHERE)
        return false;
    line->level = level;
    line->host = host;
    eat_tag(&s, &line->program, &line->pid);
    *rest = s;
    return true;
}

static void eat_priority(kk_slice *rest, kk_syslog_line *line)
{
    kk_slice s = *rest;
    size_t count = kk_count_digits(kk_part(s, 0, 8));
    if (count && count < 7 && kk_starts(kk_from(s, count), KK_S(" <")))
        s = kk_from(s, count + 1); /* octet counting of RFC 6587 */
    if (!s.len || s.ptr[0] != '<')
        return;
    count = kk_count_digits(kk_part(s, 1, 4));
    if (count < 1 || count > 3 || s.len < count + 2 || s.ptr[count + 1] != '>')
        return;
    line->priority = kk_part(s, 1, count);
    *rest = kk_from(s, count + 2);
}

static kk_slice not_nil(kk_slice word)
{
    return kk_is(word, "-") ? KK_NONE : word;
}

/* How long the structured data is: up to a "]" that another element, a blank or the end follows.
 * Values may hold quotes that nobody escaped (Veeam), so quotes are judged by what follows them. */
static size_t structured_len(kk_slice s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : ' ';
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted || (next != ' ' && next != ']');
        else if (c == ']' && !quoted && next == ' ')
            return i + 1;
        else if (c == ']' && !quoted && next != '[')
            return 0;
    }
    return 0;
}

/* Veeam sets a blank between elements, which by the book would begin the text. */
static size_t elements_len(kk_slice s, bool veeam)
{
    size_t len = structured_len(s);
    if (len == 0 || (veeam && len + 1 < s.len && s.ptr[len + 1] == '[')) {
        size_t end = kk_rfind_byte(s, ']');
        len = end != KK_NOWHERE && end > len && s.ptr[end - 1] == '"' ? end + 1 : len;
    }
    return len;
}

/* "1 TIME HOST APP PROCID MSGID SD text" behind <PRI>. */
static bool eat_protocol(kk_slice *rest, kk_syslog_line *line)
{
    kk_slice s = *rest;
    size_t count = kk_count_digits(s);
    if (count < 1 || count > 2 || s.len <= count || s.ptr[count] != ' ' || s.ptr[0] == '0')
        return false;
    s = kk_from(s, count + 1);
    if (kk_eat(&s, KK_S("- ")))
        line->undated = true;
    else if (!eat_iso_stamp(&s, &line->stamp) || !line->stamp.has_offset || !kk_eat(&s, KK_S(" ")))
        return false;
    line->host = not_nil(kk_eat_word(&s));
    line->program = not_nil(kk_eat_word(&s));
    line->pid = not_nil(kk_eat_word(&s));
    line->message_id = not_nil(kk_eat_word(&s));
    line->protocol = true;
    if (s.len && s.ptr[0] == '[') {
        size_t len = elements_len(s, kk_is(line->program, "Veeam_MP"));
        line->structured = kk_part(s, 0, len);
        s = kk_from(s, len);
    } else if (s.len && s.ptr[0] == '-' && (s.len == 1 || s.ptr[1] == ' ')) {
        s = kk_from(s, 1);
    }
    *rest = s;
    return true;
}

static bool eat_layer(kk_slice *rest, kk_syslog_line *line)
{
    kk_slice s = *rest;
    *line = (kk_syslog_line){0};
    eat_priority(&s, line);
    if (line->priority.len && eat_protocol(&s, line)) {
        *rest = s;
        return true;
    }
    bool iso = s.len > 4 && s.ptr[4] == '-' && kk_is_digit(s.ptr[0]);
    line->undated = false;
    line->stamp = (kk_syslog_stamp){0};
    if (iso ? !eat_iso_stamp(&s, &line->stamp) : !eat_old_stamp(&s, &line->stamp))
        return false;
    bool bare = iso && !line->stamp.has_offset;
    if (iso && eat_columns(&s, line)) {
        *rest = s;
        return true;
    }
    if (s.len && s.ptr[0] == ':')
        s = kk_from(s, 1);
    kk_eat_blanks(&s);
    if (!iso && !line->stamp.civil.year)
        eat_year(&s, &line->stamp.civil);
    line->bare = bare;
    eat_host(&s, line);
    *rest = s;
    return true;
}

/* Cheap, because every line is asked. */
static bool may_be_layer(kk_slice s)
{
    if (s.len < 16)
        return false;
    char c = s.ptr[0];
    return c == '<' ||
           (kk_is_digit(c) &&
            (s.ptr[4] == '-' || kk_find_byte(kk_part(s, 0, 8), '<') != KK_NOWHERE)) ||
           (c >= 'A' && c <= 'Z' && s.ptr[3] == ' ' && month_of(s));
}

/* A header inside, when it has its own priority or names a program; a message may begin with a date
 * without being a relayed line. */
static bool is_relayed(const kk_syslog_line *inner)
{
    return inner->protocol || (!inner->bare && (inner->priority.len || inner->program.len));
}

bool kk_syslog_line_read(kk_slice text, kk_syslog_line *line)
{
    kk_slice rest = text;
    kk_eat_blanks(&rest);
    if (!eat_layer(&rest, line))
        return false;
    for (int layer = 1; layer < LAYERS_MAX && !line->program.len; layer++) {
        kk_eat_blanks(&rest);
        kk_slice inside = rest;
        kk_syslog_line inner;
        if (!may_be_layer(rest) || !eat_layer(&inside, &inner) || !is_relayed(&inner))
            break;
        inner.relay = line->host.len ? line->host : line->relay;
        if (!inner.host.len) {
            inner.host = line->host;
            inner.relay = line->relay;
        }
        if (!inner.priority.len)
            inner.priority = line->priority;
        *line = inner;
        rest = inside;
    }
    if (kk_starts(line->program, KK_S("/")) && kk_is(line->program, "/"))
        line->program = KK_NONE;
    line->message = kk_trim(rest);
    kk_eat(&line->message, KK_S("\xef\xbb\xbf"));
    return true;
}

/* An element's name is a word without "="; Veeam leaves it out and begins with a parameter. */
static void eat_element_start(kk_slice *rest, kk_slice *id)
{
    for (;;) {
        kk_eat_blanks(rest);
        if (kk_eat(rest, KK_S("]")))
            continue;
        if (!kk_eat(rest, KK_S("[")))
            return;
        size_t n = 0;
        while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != ']' && rest->ptr[n] != '=')
            n++;
        *id = KK_NONE;
        if (n == rest->len || rest->ptr[n] != '=') {
            *id = kk_part(*rest, 0, n);
            *rest = kk_from(*rest, n);
        }
    }
}

/* Where a quoted value ends: at a quote that an end of the element or another parameter follows. */
static size_t quoted_len(kk_slice s, bool to_the_last)
{
    size_t last = s.len > 1 && to_the_last ? kk_rfind_byte(s, '"') : KK_NOWHERE;
    if (last != KK_NOWHERE)
        return last;
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len ? s.ptr[i + 1] : ']';
        if (s.ptr[i] == '\\')
            i++;
        else if (s.ptr[i] == '"' && (next == ' ' || next == ']'))
            return i;
    }
    return KK_NOWHERE;
}

bool kk_syslog_element_next(kk_slice *rest, kk_slice *id, kk_slice *name, kk_slice *value)
{
    kk_slice s = *rest;
    eat_element_start(&s, id);
    if (!kk_eat_until(&s, KK_S("="), name))
        return false;
    if (!kk_eat(&s, KK_S("\""))) {
        size_t n = 0;
        while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != ']')
            n++;
        *value = kk_part(s, 0, n);
        *rest = kk_from(s, n);
        return true;
    }
    /* The last field of Veeam's element, which has no name, holds XML with quotes of its own. */
    size_t len = quoted_len(s, !id->len && kk_is(*name, "Description"));
    if (len == KK_NOWHERE)
        return false;
    *value = kk_part(s, 0, len);
    *rest = kk_from(s, len + 1);
    return true;
}
