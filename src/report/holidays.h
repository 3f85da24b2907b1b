/* Japanese holidays, and days on which public offices are closed, computed from the rules of the
 * law for 1948 to 2150. Days are counted from 1970-01-01, as in base/time.h. */
#pragma once
#include "base/slice.h"

typedef struct {
    const char *ja, *en;
} kk_holiday;

/* NULL on every other day; also for Sundays that are nothing else. */
const kk_holiday *kk_holiday_on(int64_t day);
/* Not a Saturday, Sunday or holiday, nor 29 December to 3 January. */
bool kk_offices_open(int64_t day);
/* The day itself when offices are open, else the next one on which they are. */
int64_t kk_next_open_day(int64_t day);
/* Why they are closed, for a basis: the holiday's name, the weekday or the turn of the year. */
kk_holiday kk_closed_because(int64_t day);
