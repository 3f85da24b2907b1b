/* Points in time as people write them in case.yaml and decisions: with an offset, without one (then
 * the case's zone holds), or a day alone. */
#pragma once
#include "base/time.h"

typedef struct {
    kk_time time;  /* KK_NO_TIME: not given. Of a day alone its beginning in the case's zone */
    bool day_only; /* only a day was written: print it as a day */
    int32_t day;   /* with day_only: days since 1970-01-01, as written */
} kk_moment;

#define KK_NO_MOMENT ((kk_moment){KK_NO_TIME, false, 0})

static inline bool kk_moment_given(const kk_moment *moment)
{
    return moment->time != KK_NO_TIME;
}

/* "2025-03-06", "2025-03-06T08:40", "2025-03-06 08:40:00.5", each with or without `Z` or an offset
 * such as +09:00 (not after a day alone). False for anything else, also for dates that do not
 * exist. */
bool kk_moment_read(kk_slice text, const kk_zone *zone, kk_moment *out);
/* The end of what was written: of a day alone its last second, otherwise the moment itself. */
kk_time kk_moment_end(const kk_moment *moment, const kk_zone *zone);
/* The calendar day in a zone, days since 1970-01-01; of a day alone that day, whatever the zone. */
int64_t kk_moment_day(const kk_moment *moment, const kk_zone *zone);
