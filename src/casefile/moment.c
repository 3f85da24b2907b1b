/* Reads times as people write them. */
#include "casefile/moment.h"

#include "base/cursor.h"

static bool digits(kk_cursor *c, int count, int *out)
{
    kk_slice s = kk_bytes(c, (size_t)count);
    int value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        value = value * 10 + (s.ptr[i] - '0');
    }
    *out = value;
    return !c->bad;
}

static char peek(const kk_cursor *c)
{
    return kk_left(c) ? (char)c->ptr[c->at] : 0;
}

static bool take(kk_cursor *c, char byte)
{
    if (kk_left(c) == 0 || peek(c) != byte)
        return false;
    c->at++;
    return true;
}

static bool read_day(kk_cursor *c, kk_civil *civil)
{
    return digits(c, 4, &civil->year) && take(c, '-') && digits(c, 2, &civil->month) &&
           take(c, '-') && digits(c, 2, &civil->day);
}

static bool read_fraction(kk_cursor *c, int *nanosecond)
{
    int scale = 100000000, value = 0, count = 0;
    for (; peek(c) >= '0' && peek(c) <= '9'; c->at++, count++) {
        value += (peek(c) - '0') * scale;
        scale /= 10; /* digits beyond nanoseconds weigh nothing */
    }
    *nanosecond = value;
    return count > 0;
}

static bool read_clock(kk_cursor *c, kk_civil *civil)
{
    if (!digits(c, 2, &civil->hour) || !take(c, ':') || !digits(c, 2, &civil->minute))
        return false;
    if (!take(c, ':'))
        return true;
    if (!digits(c, 2, &civil->second))
        return false;
    return !take(c, '.') || read_fraction(c, &civil->nanosecond);
}

/* "Z", "+09:00" or nothing; *given tells which. */
static bool read_offset(kk_cursor *c, bool *given, int *seconds)
{
    int hours = 0, minutes = 0;
    *given = false;
    *seconds = 0;
    if (kk_left(c) == 0)
        return true;
    *given = true;
    if (take(c, 'Z') || take(c, 'z'))
        return kk_left(c) == 0;
    int sign = peek(c) == '-' ? -1 : 1;
    if (!take(c, '+') && !take(c, '-'))
        return false;
    if (!digits(c, 2, &hours) || (!take(c, ':') && kk_left(c) != 2) || !digits(c, 2, &minutes))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return kk_left(c) == 0 && hours < 24 && minutes < 60;
}

static bool finish(const kk_civil *civil, bool offset_given, int seconds, const kk_zone *zone,
                   kk_moment *out)
{
    kk_time time;
    if (!kk_civil_valid(civil))
        return false;
    if (offset_given) {
        time = kk_time_from_civil(civil);
        if (time != KK_NO_TIME)
            time -= seconds * KK_SECOND;
    } else {
        time = kk_time_from_local(zone, civil);
    }
    out->time = time;
    return time != KK_NO_TIME;
}

bool kk_moment_read(kk_slice text, const kk_zone *zone, kk_moment *out)
{
    kk_cursor c = kk_cursor_over(text);
    kk_civil civil = {0};
    kk_moment moment = {0};
    bool offset_given = false;
    int seconds = 0;
    if (!read_day(&c, &civil) || civil.year < 1900 || civil.year > 2200)
        return false;
    moment.day_only = kk_left(&c) == 0;
    if (!moment.day_only) {
        if (!take(&c, 'T') && !take(&c, 't') && !take(&c, ' '))
            return false;
        if (!read_clock(&c, &civil))
            return false;
        take(&c, ' '); /* YAML's own timestamps allow a blank before the offset */
        if (!read_offset(&c, &offset_given, &seconds))
            return false;
    }
    if (!finish(&civil, offset_given, seconds, zone, &moment))
        return false;
    if (moment.day_only)
        moment.day = (int32_t)kk_days_from_civil(civil.year, civil.month, civil.day);
    *out = moment;
    return true;
}

kk_time kk_moment_end(const kk_moment *moment, const kk_zone *zone)
{
    kk_civil civil = {.hour = 23, .minute = 59, .second = 59};
    if (!moment->day_only || moment->time == KK_NO_TIME)
        return moment->time;
    kk_civil_from_days(moment->day, &civil.year, &civil.month, &civil.day);
    return kk_time_from_local(zone, &civil);
}

int64_t kk_moment_day(const kk_moment *moment, const kk_zone *zone)
{
    if (moment->day_only)
        return moment->day;
    kk_civil civil = kk_civil_in_zone(zone, moment->time);
    return kk_days_from_civil(civil.year, civil.month, civil.day);
}
