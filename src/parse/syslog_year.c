/* RFC 3164 writes no year. Known is when the file was last written: no line is later than that. So
 * the last lines get the latest year that does not put them after it, and every turn of the
 * calendar (December to January, or any step back by more than a season) puts the lines before it
 * one year earlier. Two other things decide: 29 February needs a leap year, and a date in the name
 * of a rotated file ("messages-20260705") tells the year when the time of the file is that of a
 * later copy.
 *
 * A clock that falls back to 1 January at power-on and is set some lines later is no new year.
 *
 * Up to FULL_SCAN bytes are read line by line. Larger files are sampled at fixed places, and read
 * in full only between two samples that lie on different sides of a turn. */
#include "parse/syslog_year.h"
#include "parse/log_lines.h"
#include "parse/syslog_line.h"
#include "parse/unix_fields.h"

enum { STEP = 1 << 20, SAMPLE = 8192, SEASON = 90, GLITCH_LINES = 20000 };
#define FULL_SCAN (UINT64_C(64) << 20)
#define DAY (INT64_C(86400) * KK_SECOND)

typedef struct {
    kk_syslog_years *years;
    int day;                        /* of the year of the line before; 0: none yet */
    int before_turn;                /* the day before the last turn */
    int turn_day;                   /* the day that began it */
    uint64_t since_turn;            /* lines */
    bool leap[KK_SYSLOG_TURNS + 1]; /* 29 February occurs between turns */
    kk_civil latest;                /* the latest time of the last part */
} walk;

static int day_of_year(const kk_civil *c)
{
    static const int before[] = {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335};
    return before[c->month] + c->day;
}

static int64_t in_year(const kk_civil *c)
{
    return (int64_t)day_of_year(c) * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
}

static void turn(walk *w, int step, int day, uint64_t offset)
{
    kk_syslog_years *y = w->years;
    if (y->count == KK_SYSLOG_TURNS)
        return;
    y->turns[y->count].offset = offset;
    y->turns[y->count++].step = step;
    w->leap[y->count] = false;
    w->before_turn = w->day;
    w->turn_day = day;
    w->since_turn = 0;
    w->latest = (kk_civil){.month = 1};
}

/* The clock was wrong for some lines and then right again: there was no turn. */
static bool was_glitch(const walk *w, int day)
{
    const kk_syslog_years *y = w->years;
    bool new_year = w->before_turn >= 359 && w->turn_day <= 7;
    return y->count && y->turns[y->count - 1].step > 0 && !new_year &&
           w->since_turn < GLITCH_LINES && w->day - w->turn_day <= 2 && day >= w->before_turn &&
           day - w->before_turn <= 3;
}

static void see(walk *w, const kk_civil *c, uint64_t offset)
{
    kk_syslog_years *y = w->years;
    int day = day_of_year(c), step = w->day ? day - w->day : 0;
    w->since_turn++;
    if (step < -SEASON)
        turn(w, 1, day, offset);
    else if (step > SEASON && was_glitch(w, day))
        w->leap[y->count - 1] |= w->leap[y->count], y->count--;
    else if (step > SEASON && y->count && y->turns[y->count - 1].step > 0 && w->day <= 7 &&
             day >= 359)
        turn(w, -1, day, offset); /* a late line of the old year */
    w->day = day;
    if (c->month == 2 && c->day == 29)
        w->leap[y->count] = true;
    if (in_year(c) > in_year(&w->latest))
        w->latest = *c;
}

/* Issues are told by who reads the lines for their events. */
static void mute(kk_sink *sink, const kk_issue *issue)
{
    (void)sink;
    (void)issue;
}

static void walk_lines(walk *w, kk_stream *in, uint64_t begin, uint64_t end)
{
    kk_sink sink = {.arena = kk_arena_open(), .issue = mute};
    kk_settings range = {.begin = begin, .end = end};
    kk_log_lines lines;
    kk_log_line text;
    kk_syslog_line line;
    kk_log_lines_open(&lines, in, &range, &sink);
    while (kk_log_lines_next(&lines, &text))
        if (kk_syslog_line_read(text.text, &line) && !line.undated && !line.stamp.civil.year)
            see(w, &line.stamp.civil, text.offset);
    kk_log_lines_close(&lines);
    kk_arena_close(sink.arena);
}

/* The first line without a year behind `offset`. */
static bool sample(kk_stream *in, uint64_t offset, kk_civil *out)
{
    char bytes[SAMPLE];
    kk_slice rest = {bytes, kk_read(in, offset, bytes, sizeof bytes)}, text;
    kk_syslog_line line;
    if (!kk_eat_until(&rest, KK_S("\n"), &text))
        return false;
    while (kk_eat_until(&rest, KK_S("\n"), &text)) {
        if (kk_syslog_line_read(text, &line) && !line.undated && !line.stamp.civil.year) {
            *out = line.stamp.civil;
            return true;
        }
    }
    return false;
}

static void walk_samples(walk *w, kk_stream *in)
{
    uint64_t from = 0;
    walk_lines(w, in, 0, STEP);
    for (uint64_t at = STEP; at < in->size; from = at, at += STEP) {
        kk_civil c;
        bool last = at + STEP >= in->size;
        if (!last && !sample(in, at, &c))
            continue;
        int step = last ? 0 : day_of_year(&c) - w->day;
        if (last || step < -SEASON || step > SEASON)
            walk_lines(w, in, from > STEP ? from : STEP, last ? UINT64_MAX : at + 1);
        else
            see(w, &c, at);
    }
}

/* "messages-20260705", "syslog.2026-07-05": a day that a name ends in or holds. */
static bool date_in_name(kk_slice name, kk_civil *out)
{
    for (size_t i = 0; i + 8 <= name.len; i++) {
        kk_slice part = kk_from(name, i);
        if (i && kk_is_digit(name.ptr[i - 1]))
            continue;
        size_t run = kk_count_digits(part);
        bool dashed = run == 4 && part.len >= 10 && part.ptr[4] == '-' && part.ptr[7] == '-';
        if (run != 8 && !dashed)
            continue;
        uint64_t year, month, day;
        if (!kk_to_u64(kk_part(part, 0, 4), &year) ||
            !kk_to_u64(kk_part(part, dashed ? 5 : 4, 2), &month) ||
            !kk_to_u64(kk_part(part, dashed ? 8 : 6, 2), &day))
            continue;
        *out = (kk_civil){.year = (int)year, .month = (int)month, .day = (int)day};
        if (year >= 1990 && year <= 2100 && kk_civil_valid(out))
            return true;
    }
    return false;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool leap_days_fit(const walk *w, int last_year)
{
    int year = last_year;
    for (size_t i = w->years->count + 1; i-- > 0;) {
        if (w->leap[i] && !is_leap(year))
            return false;
        if (i)
            year -= w->years->turns[i - 1].step;
    }
    return true;
}

static void decide(walk *w, const kk_settings *settings, kk_time modified, kk_slice name)
{
    kk_syslog_years *y = w->years;
    kk_civil named, limit;
    int64_t latest = in_year(&w->latest);
    bool has_name = date_in_name(name, &named);
    bool has_time = modified != KK_NO_TIME && modified < INT64_MAX - 2 * DAY;
    if (!has_name && !has_time)
        return;
    if (has_time) {
        limit = kk_civil_in_zone(&settings->zone, modified + DAY);
        y->last_year = limit.year - (latest > in_year(&limit));
    }
    if (has_name) {
        /* the year that brings the last line nearest to the day of the name */
        int64_t far = (latest - in_year(&named)) / 86400;
        int year = named.year + (far > 183 ? -1 : far < -183 ? 1 : 0);
        if (!has_time || year < y->last_year)
            y->last_year = year;
    }
    y->known = true;
    for (int back = 0; back <= 8; back++) {
        if (leap_days_fit(w, y->last_year - back)) {
            y->last_year -= back;
            return;
        }
    }
}

void kk_syslog_years_find(kk_syslog_years *years, kk_stream *in, const kk_settings *settings)
{
    walk w = {.years = years, .latest = {.month = 1}};
    kk_time modified = settings->modified != KK_NO_TIME ? settings->modified : in->modified;
    years->known = false;
    years->count = 0;
    if (in->size <= FULL_SCAN)
        walk_lines(&w, in, 0, UINT64_MAX);
    else
        walk_samples(&w, in);
    decide(&w, settings, modified, in->name);
}

int kk_syslog_year_at(const kk_syslog_years *years, uint64_t offset)
{
    int year = years->last_year;
    for (size_t i = years->count; i-- > 0 && years->turns[i].offset > offset;)
        year -= years->turns[i].step;
    return year;
}
