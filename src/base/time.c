#include "base/time.h"

#include <time.h>

/* Days and years by the well-known arithmetic on eras of 400 years that begin on 1 March. */
int64_t kk_days_from_civil(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void kk_civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

int kk_weekday(int64_t days)
{
    int64_t w = (days + 4) % 7;
    return (int)(w < 0 ? w + 7 : w);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool kk_civil_valid(const kk_civil *c)
{
    return c->year >= 1600 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= month_days(c->year, c->month) && c->hour >= 0 && c->hour <= 23 &&
           c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 60 &&
           c->nanosecond >= 0 && c->nanosecond <= 999999999;
}

/* Some days are left free at both ends, so that offsets of zones never lead out of 64 bits. */
kk_time kk_time_from_unix(int64_t seconds, int64_t nanoseconds)
{
    static const int64_t most = INT64_MAX - 4 * 86400 * KK_SECOND;
    int64_t out;
    if (__builtin_mul_overflow(seconds, KK_SECOND, &out) ||
        __builtin_add_overflow(out, nanoseconds, &out) || out > most || out < -most)
        return KK_NO_TIME;
    return out;
}

kk_time kk_time_from_civil(const kk_civil *c)
{
    if (!kk_civil_valid(c))
        return KK_NO_TIME;
    int64_t days = kk_days_from_civil(c->year, c->month, c->day);
    int64_t seconds = days * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
    return kk_time_from_unix(seconds, c->nanosecond);
}

kk_civil kk_civil_from_time(kk_time time)
{
    kk_civil c = {0};
    int64_t seconds = time / KK_SECOND;
    int64_t rest = time % KK_SECOND;
    if (rest < 0) {
        rest += KK_SECOND;
        seconds--;
    }
    int64_t days = seconds / 86400, in_day = seconds % 86400;
    if (in_day < 0) {
        in_day += 86400;
        days--;
    }
    kk_civil_from_days(days, &c.year, &c.month, &c.day);
    c.hour = (int)(in_day / 3600);
    c.minute = (int)(in_day / 60 % 60);
    c.second = (int)(in_day % 60);
    c.nanosecond = (int)rest;
    return c;
}

kk_time kk_time_from_filetime(uint64_t filetime)
{
    const uint64_t epoch = UINT64_C(116444736000000000);
    if (filetime == 0 || filetime > (uint64_t)INT64_MAX)
        return KK_NO_TIME;
    int64_t ticks = (int64_t)filetime - (int64_t)epoch;
    return kk_time_from_unix(ticks / 10000000, ticks % 10000000 * 100);
}

static bool digits(kk_slice s, size_t *at, size_t n, int *out)
{
    int v = 0;
    if (s.len - *at < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(unsigned char)s.ptr[*at + i] - '0';
        if (d > 9)
            return false;
        v = v * 10 + (int)d;
    }
    *at += n;
    *out = v;
    return true;
}

static bool byte_is(kk_slice s, size_t *at, const char *any)
{
    if (*at >= s.len || !strchr(any, s.ptr[*at]) || s.ptr[*at] == '\0')
        return false;
    ++*at;
    return true;
}

/* False where no digit is there. */
static bool fraction(kk_slice s, size_t *at, int *nanosecond)
{
    int scale = 100000000;
    size_t begin = *at;
    while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9') {
        *nanosecond += (s.ptr[*at] - '0') * scale;
        scale /= 10;
        ++*at;
    }
    return *at > begin;
}

static bool offset_seconds(kk_slice s, size_t *at, int64_t *out)
{
    int hours, minutes;
    if (byte_is(s, at, "Zz")) {
        *out = 0;
        return true;
    }
    bool west = *at < s.len && s.ptr[*at] == '-';
    if (!byte_is(s, at, "+-") || !digits(s, at, 2, &hours) || !byte_is(s, at, ":") ||
        !digits(s, at, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *out = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

bool kk_time_parse(kk_slice s, kk_time *out)
{
    kk_civil c = {0};
    size_t at = 0;
    int64_t offset;
    if (!digits(s, &at, 4, &c.year) || !byte_is(s, &at, "-") || !digits(s, &at, 2, &c.month) ||
        !byte_is(s, &at, "-") || !digits(s, &at, 2, &c.day) || !byte_is(s, &at, "Tt ") ||
        !digits(s, &at, 2, &c.hour) || !byte_is(s, &at, ":") || !digits(s, &at, 2, &c.minute) ||
        !byte_is(s, &at, ":") || !digits(s, &at, 2, &c.second))
        return false;
    if (byte_is(s, &at, ".") && !fraction(s, &at, &c.nanosecond))
        return false;
    if (!offset_seconds(s, &at, &offset) || at != s.len)
        return false;
    kk_time local = kk_time_from_civil(&c);
    if (local == KK_NO_TIME)
        return false;
    *out = local - offset * KK_SECOND;
    return true;
}

static void two(char *to, int value)
{
    to[0] = (char)('0' + value / 10 % 10);
    to[1] = (char)('0' + value % 10);
}

enum { CIVIL_TEXT = 30 };

/* Without a zone; as many digits of the second as it takes: 0, 3, 6 or 9. Returns the length. */
static size_t civil_text(char text[CIVIL_TEXT], const kk_civil *c)
{
    int rest = c->nanosecond, digits = 9;
    memcpy(text, "0000-00-00T00:00:00", 19);
    two(text, c->year / 100);
    two(text + 2, c->year % 100);
    two(text + 5, c->month);
    two(text + 8, c->day);
    two(text + 11, c->hour);
    two(text + 14, c->minute);
    two(text + 17, c->second);
    if (!rest)
        return 19;
    text[19] = '.';
    for (; rest % 1000 == 0; rest /= 1000)
        digits -= 3;
    for (int i = digits; i > 0; i--, rest /= 10)
        text[19 + i] = (char)('0' + rest % 10);
    return 20 + (size_t)digits;
}

static size_t time_text(char text[CIVIL_TEXT], kk_time time)
{
    kk_civil c = kk_civil_from_time(time);
    size_t len = civil_text(text, &c);
    text[len] = 'Z';
    return len + 1;
}

void kk_put_time(kk_buffer *buffer, kk_time time)
{
    char text[CIVIL_TEXT];
    kk_put_bytes(buffer, text, time_text(text, time));
}

kk_slice kk_time_text(kk_arena *arena, kk_time time)
{
    char text[CIVIL_TEXT];
    return kk_copy(arena, (kk_slice){text, time_text(text, time)});
}

kk_slice kk_day_text(kk_arena *arena, int64_t day)
{
    int year, month, of_month;
    kk_civil_from_days(day, &year, &month, &of_month);
    return kk_print(arena, "%04d-%02d-%02d", year, month, of_month);
}

int kk_month_by_name(kk_slice name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (name.len == 3 && kk_eq_nocase(name, (kk_slice){names + 3 * i, 3}))
            return i + 1;
    return 0;
}

kk_time kk_time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return kk_time_from_unix(now.tv_sec, now.tv_nsec);
}

double kk_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
