/* Dates and times in a folded sentence: 2025年3月6日, 令和7年3月6日(木) 午前8時40分, r7.3.6, 2025/3/6,
 * 3月6日, 同月8日, March 6, 2025 at 8:40. Those that do not exist say so. */
#include "report/draft_i.h"

typedef struct {
    kk_slice s;
    size_t at;
} scan;

static bool digit_at(kk_slice s, size_t at)
{
    return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

static bool take(scan *c, const char *word)
{
    kk_slice w = kk_cstr(word);
    if (!kk_starts(kk_from(c->s, c->at), w))
        return false;
    c->at += w.len;
    return true;
}

static bool take_int(scan *c, int most_digits, int *value)
{
    int v = 0, n = 0;
    size_t at = c->at;
    while (digit_at(c->s, at) && n < most_digits) {
        v = v * 10 + (c->s.ptr[at++] - '0');
        n++;
    }
    if (!n || digit_at(c->s, at))
        return false;
    *value = v;
    c->at = at;
    return true;
}

static void blanks(scan *c)
{
    while (c->at < c->s.len && c->s.ptr[c->at] == ' ')
        c->at++;
}

/* 令和元年, 令和7年; also of earlier eras, since data are older than the breach. */
static bool take_era(scan *c, int *year)
{
    static const struct {
        const char *word;
        int base;
    } eras[] = {{"令和", 2018}, {"平成", 1988}, {"昭和", 1925}};
    for (size_t i = 0; i < 3; i++) {
        scan t = *c;
        int n = 1;
        if (!take(&t, eras[i].word) || !(take(&t, "元") || take_int(&t, 2, &n)))
            continue;
        *year = eras[i].base + n;
        *c = t;
        return true;
    }
    return false;
}

/* 2025年3月6日, 3月6日; a month alone or a year alone is no date. */
static bool japanese_date(scan *c, said_date *d)
{
    scan t = *c;
    if (take_era(&t, &d->year)) {
        if (!take(&t, "年"))
            return false;
    } else {
        scan y = t;
        if (!take_int(&y, 4, &d->year) || !take(&y, "年"))
            d->year = 0;
        else if (d->year < 1900)
            return false;
        else
            t = y;
    }
    if (!take_int(&t, 2, &d->month) || !take(&t, "月") || !take_int(&t, 2, &d->day) ||
        !take(&t, "日"))
        return false;
    kk_slice rest = kk_from(t.s, t.at);
    if (kk_starts(rest, KK_S("間")))
        return false;
    *c = t;
    return true;
}

/* 2025-03-06, 2025/3/6, 2025.3.6, r7.3.6 */
static bool numeric_date(scan *c, said_date *d)
{
    scan t = *c;
    bool era = take(&t, "r");
    char mark;
    if (!take_int(&t, era ? 2 : 4, &d->year) || t.at >= t.s.len)
        return false;
    mark = t.s.ptr[t.at++];
    if (!strchr("-/.", mark) || (!era && d->year < 1900) || !take_int(&t, 2, &d->month) ||
        t.at >= t.s.len || t.s.ptr[t.at++] != mark || !take_int(&t, 2, &d->day))
        return false;
    if (era)
        d->year += 2018;
    *c = t;
    return true;
}

static int month_named(scan *c)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (int i = 0; i < 12; i++)
        if (take(c, names[i]))
            return i + 1;
    for (int i = 0; i < 12; i++) {
        scan t = *c;
        char brief[4] = {names[i][0], names[i][1], names[i][2], 0};
        if (take(&t, brief) && (take(&t, ".") || (t.at < t.s.len && t.s.ptr[t.at] == ' '))) {
            *c = t;
            return i + 1;
        }
    }
    return 0;
}

static void english_year(scan *c, said_date *d)
{
    scan t = *c;
    (void)take(&t, ",");
    blanks(&t);
    if (take_int(&t, 4, &d->year) && d->year >= 1900)
        *c = t;
    else
        d->year = 0;
}

static void suffix(scan *c)
{
    if (!take(c, "st") && !take(c, "nd") && !take(c, "rd"))
        (void)take(c, "th");
}

static bool english_date(scan *c, said_date *d)
{
    scan t = *c;
    if (take_int(&t, 2, &d->day)) { /* 6 March 2025 */
        suffix(&t);
        blanks(&t);
        d->month = month_named(&t);
    } else if ((d->month = month_named(&t)) != 0) { /* March 6, 2025 */
        blanks(&t);
        if (!take_int(&t, 2, &d->day))
            return false;
        suffix(&t);
    }
    if (!d->month)
        return false;
    english_year(&t, d);
    *c = t;
    return true;
}

static bool weekday_of(scan *c, said_date *d)
{
    static const char *const names[] = {"日", "月", "火", "水", "木", "金", "土"};
    scan t = *c;
    d->weekday = -1;
    if (!take(&t, "("))
        return false;
    for (int i = 0; i < 7; i++) {
        scan w = t;
        if (!take(&w, names[i]))
            continue;
        (void)take(&w, "曜日");
        (void)take(&w, "曜");
        if (!take(&w, ")") && !take(&w, "・"))
            continue;
        d->weekday = i;
        *c = w;
        return true;
    }
    return false;
}

static void time_of_day(scan *c, said_date *d)
{
    scan t = *c;
    bool after = false;
    d->minute = -1;
    blanks(&t);
    (void)take(&t, "の");
    (void)take(&t, "t");
    (void)take(&t, "at ");
    if (take(&t, "午後"))
        after = true;
    else
        (void)take(&t, "午前");
    if (!take_int(&t, 2, &d->hour))
        return;
    if (take(&t, "時")) {
        scan m = t;
        if (take(&t, "半"))
            d->minute = 30;
        else if (take_int(&m, 2, &d->minute) && take(&m, "分"))
            t = m;
        else
            d->minute = -1;
        if (kk_starts(kk_from(t.s, t.at), KK_S("間")))
            return; /* hours long, not an hour of the day */
    } else if (!take(&t, ":") || !take_int(&t, 2, &d->minute)) {
        return;
    }
    blanks(&t);
    after = after || take(&t, "pm") || take(&t, "p.m.");
    if (after && d->hour < 12)
        d->hour += 12;
    d->has_time = true;
    *c = t;
}

/* Days that are in no calendar, hours that no day has. */
static bool in_calendar(const said_date *d)
{
    kk_civil civil = {.year = d->year ? d->year : 2024,
                      .month = d->month,
                      .day = d->day,
                      .hour = d->has_time && d->hour < 24 ? d->hour : 0};
    /* 25:10 is said in Japan of the night that follows */
    bool hours = !d->has_time || (d->hour < 30 && d->minute < 60);
    return hours && kk_civil_valid(&civil);
}

int64_t said_day(const said_date *d, int year)
{
    return kk_days_from_civil(d->year ? d->year : year, d->month, d->day);
}

static void range_marks(kk_slice s, said_date *d)
{
    static const char *const roughly[] = {"頃", "ごろ", "未明", "早朝", "朝",
                                          "夜", "深夜", "夕方", NULL};
    static const char *const until[] = {"から", "より",    "~",   "-",         "〜",    "–",
                                        " to ", " until ", " - ", " through ", " and ", NULL};
    kk_slice rest = kk_from(s, d->end);
    for (size_t i = 0; roughly[i]; i++)
        if (kk_starts(rest, kk_cstr(roughly[i]))) {
            rest = kk_from(rest, strlen(roughly[i]));
            d->roughly = true;
        }
    size_t offset = kk_starts(rest, KK_S("(")) ? kk_find_byte(rest, ')') : KK_NOWHERE;
    if (offset != KK_NOWHERE && offset < 10) /* "(+09:00)" */
        rest = kk_from(rest, offset + 1);
    for (size_t i = 0; until[i]; i++)
        d->starts_range = d->starts_range || kk_starts(rest, kk_cstr(until[i]));
}

static bool date_at(kk_slice s, size_t at, said_date *d)
{
    scan c = {s, at};
    *d = (said_date){.at = at, .weekday = -1, .minute = -1};
    bool found = japanese_date(&c, d);
    if (!found) {
        *d = (said_date){.at = at, .weekday = -1, .minute = -1};
        found = numeric_date(&c, d) || english_date(&c, d);
    }
    if (!found)
        return false;
    (void)weekday_of(&c, d);
    time_of_day(&c, d);
    d->end = c.at;
    d->exists = in_calendar(d);
    range_marks(s, d);
    return true;
}

/* "7月1日~8日未明": the second day has its month from the first. */
static bool short_end(kk_slice s, const said_date *first, said_date *d)
{
    scan c = {s, first->end};
    if (!first->starts_range ||
        !(take(&c, "~") || take(&c, "から") || take(&c, "-") || take(&c, "〜")))
        return false;
    *d = *first;
    d->at = c.at;
    d->has_time = d->roughly = d->starts_range = false;
    d->weekday = d->minute = -1;
    if (!take_int(&c, 2, &d->day) || !take(&c, "日"))
        return false;
    (void)weekday_of(&c, d);
    time_of_day(&c, d);
    d->end = c.at;
    d->exists = in_calendar(d);
    range_marks(s, d);
    return true;
}

/* A number or a word must not go on into what looks like a date. */
static bool may_begin(kk_slice s, size_t at)
{
    char c = s.ptr[at], before = at ? s.ptr[at - 1] : ' ';
    bool word = (before >= 'a' && before <= 'z') || (before >= '0' && before <= '9');
    if ((unsigned char)c & 0x80) /* an era's name */
        return ((unsigned char)c & 0xc0) != 0x80;
    return !word && before != '.' && before != '/' && before != '-';
}

size_t dates_find(kk_slice s, said_date *out, size_t most)
{
    size_t count = 0;
    for (size_t at = 0; at < s.len && count < most;) {
        said_date d, end;
        if (!may_begin(s, at) || !date_at(s, at, &d)) {
            at++;
            continue;
        }
        d.ends_range = count && out[count - 1].starts_range && d.at - out[count - 1].end < 24;
        out[count++] = d;
        at = d.end;
        if (count < most && short_end(s, &d, &end)) {
            end.ends_range = true;
            out[count++] = end;
            at = end.end;
        }
    }
    return count;
}
