/* Time is UTC in nanoseconds since 1970. Zones are tables of offsets, filled from ICU before a
 * sandbox closes and then plain data. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

typedef int64_t kk_time;
#define KK_NO_TIME INT64_MIN
#define KK_SECOND INT64_C(1000000000)

typedef struct {
    int year, month, day, hour, minute, second; /* month and day from 1 */
    int nanosecond;
} kk_civil;

/* Days since 1970-01-01 of the proleptic Gregorian calendar, and back. */
int64_t kk_days_from_civil(int year, int month, int day);
void kk_civil_from_days(int64_t days, int *year, int *month, int *day);
int kk_weekday(int64_t days);                    /* 0 is Sunday */
bool kk_civil_valid(const kk_civil *civil);      /* fields in range, the day in its month */
kk_time kk_time_from_civil(const kk_civil *utc); /* KK_NO_TIME when invalid or beyond 1677..2262 */
kk_civil kk_civil_from_time(kk_time time);
kk_time kk_time_from_filetime(uint64_t filetime); /* 100 ns since 1601; 0 gives KK_NO_TIME */
kk_time kk_time_from_unix(int64_t seconds, int64_t nanoseconds);

/* RFC 3339, strictly, with `Z` or an offset; also a blank for `T`. */
bool kk_time_parse(kk_slice text, kk_time *out);
/* "2025-03-06T08:40:00Z", with as many digits of a second (0, 3, 6, 9) as are needed. */
void kk_put_time(kk_buffer *buffer, kk_time time);
kk_slice kk_time_text(kk_arena *arena, kk_time time);
/* Days since 1970-01-01: "2025-05-07". */
kk_slice kk_day_text(kk_arena *arena, int64_t day);

typedef struct {
    char name[48];
    size_t count;
    struct {
        kk_time from;   /* UTC */
        int32_t offset; /* seconds east of UTC from then on */
    } span[128];
} kk_zone;

/* By IANA name ("Asia/Tokyo"), by "UTC", or by a fixed offset ("+09:00"); false if unknown. Covers
 * 1990 to 2050, at most 128 changes; before and after, the nearest known offset holds. */
bool kk_zone_load(kk_slice name, kk_zone *out);
int32_t kk_zone_offset(const kk_zone *zone, kk_time utc);
/* Local wall clock to UTC. Of a doubled hour the first; a skipped hour moves forward. */
kk_time kk_time_from_local(const kk_zone *zone, const kk_civil *local);
/* RFC 3339 in the zone, with its offset. */
void kk_put_local_time(kk_buffer *buffer, const kk_zone *zone, kk_time time);
kk_civil kk_civil_in_zone(const kk_zone *zone, kk_time time);
/* "Jan".."Dec" to 1..12 in any case; 0 if none. */
int kk_month_by_name(kk_slice name);
kk_time kk_time_now(void);
/* Seconds of a clock that never jumps; for rates and progress. */
double kk_clock(void);
