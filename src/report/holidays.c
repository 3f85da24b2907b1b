/* The Act on National Holidays as a table of rules with the years in which each held, and on top of
 * it its two general rules: a holiday on a Sunday gives the next day that is none (since 12 April
 * 1973; until 2006 only the Monday), and a day between two holidays is one (since 27 December
 * 1985). The equinoxes follow the mean formula that agrees with the dates proclaimed so far; those
 * of coming years are proclaimed each February. */
#include "report/holidays.h"

#include "base/time.h"

typedef enum { FIXED, MONDAY, SPRING, AUTUMN } rule_kind;

typedef struct {
    int from, to; /* years, both included */
    rule_kind kind;
    int month, day; /* MONDAY: day is which Monday of the month */
    kk_holiday name;
} rule;

enum { EVER = 2150, NO_DAY = 0 };

static const rule rules[] = {
    {1949, EVER, FIXED, 1, 1, {"元日", "New Year's Day"}},
    {1949, 1999, FIXED, 1, 15, {"成人の日", "Coming of Age Day"}},
    {2000, EVER, MONDAY, 1, 2, {"成人の日", "Coming of Age Day"}},
    {1967, EVER, FIXED, 2, 11, {"建国記念の日", "National Foundation Day"}},
    {2020, EVER, FIXED, 2, 23, {"天皇誕生日", "Emperor's Birthday"}},
    {1989, 1989, FIXED, 2, 24, {"昭和天皇の大喪の礼", "Funeral of Emperor Showa"}},
    {1949, EVER, SPRING, 3, NO_DAY, {"春分の日", "Vernal Equinox Day"}},
    {1959, 1959, FIXED, 4, 10, {"皇太子明仁親王の結婚の儀", "Wedding of Crown Prince Akihito"}},
    {1949, 1988, FIXED, 4, 29, {"天皇誕生日", "Emperor's Birthday"}},
    {1989, 2006, FIXED, 4, 29, {"みどりの日", "Greenery Day"}},
    {2007, EVER, FIXED, 4, 29, {"昭和の日", "Showa Day"}},
    {2019, 2019, FIXED, 5, 1, {"天皇の即位の日", "Accession of the Emperor"}},
    {1949, EVER, FIXED, 5, 3, {"憲法記念日", "Constitution Memorial Day"}},
    {2007, EVER, FIXED, 5, 4, {"みどりの日", "Greenery Day"}},
    {1949, EVER, FIXED, 5, 5, {"こどもの日", "Children's Day"}},
    {1993, 1993, FIXED, 6, 9, {"皇太子徳仁親王の結婚の儀", "Wedding of Crown Prince Naruhito"}},
    {1996, 2002, FIXED, 7, 20, {"海の日", "Marine Day"}},
    {2003, 2019, MONDAY, 7, 3, {"海の日", "Marine Day"}},
    {2020, 2020, FIXED, 7, 23, {"海の日", "Marine Day"}},
    {2020, 2020, FIXED, 7, 24, {"スポーツの日", "Sports Day"}},
    {2021, 2021, FIXED, 7, 22, {"海の日", "Marine Day"}},
    {2021, 2021, FIXED, 7, 23, {"スポーツの日", "Sports Day"}},
    {2022, EVER, MONDAY, 7, 3, {"海の日", "Marine Day"}},
    {2016, 2019, FIXED, 8, 11, {"山の日", "Mountain Day"}},
    {2020, 2020, FIXED, 8, 10, {"山の日", "Mountain Day"}},
    {2021, 2021, FIXED, 8, 8, {"山の日", "Mountain Day"}},
    {2022, EVER, FIXED, 8, 11, {"山の日", "Mountain Day"}},
    {1966, 2002, FIXED, 9, 15, {"敬老の日", "Respect for the Aged Day"}},
    {2003, EVER, MONDAY, 9, 3, {"敬老の日", "Respect for the Aged Day"}},
    {1948, EVER, AUTUMN, 9, NO_DAY, {"秋分の日", "Autumnal Equinox Day"}},
    {1966, 1999, FIXED, 10, 10, {"体育の日", "Health and Sports Day"}},
    {2000, 2019, MONDAY, 10, 2, {"体育の日", "Health and Sports Day"}},
    {2022, EVER, MONDAY, 10, 2, {"スポーツの日", "Sports Day"}},
    {2019, 2019, FIXED, 10, 22, {"即位礼正殿の儀", "Enthronement of the Emperor"}},
    {1948, EVER, FIXED, 11, 3, {"文化の日", "Culture Day"}},
    {1990, 1990, FIXED, 11, 12, {"即位礼正殿の儀", "Enthronement of the Emperor"}},
    {1948, EVER, FIXED, 11, 23, {"勤労感謝の日", "Labour Thanksgiving Day"}},
    {1989, 2018, FIXED, 12, 23, {"天皇誕生日", "Emperor's Birthday"}},
};

static const kk_holiday substitute = {"振替休日", "substitute holiday"};
static const kk_holiday between = {"国民の休日", "citizens' holiday"};

/* The day of March or September, in millionths of a day: a constant by century, the drift of the
 * year, less its leap days. */
static int equinox(int year, bool spring)
{
    int64_t base = spring ? 20843100 : 23248800;
    int leaps_from = 1980;
    if (year < 1980) {
        base = spring ? 20835700 : 23258800;
        leaps_from = 1983;
    } else if (year >= 2100) {
        base = spring ? 21851000 : 24248800;
    }
    int64_t drift = INT64_C(242194) * (year - 1980);
    return (int)((base + drift) / 1000000) - (year - leaps_from) / 4;
}

static int64_t day_of_rule(const rule *r, int year)
{
    if (r->kind == FIXED)
        return kk_days_from_civil(year, r->month, r->day);
    if (r->kind == MONDAY) {
        int64_t first = kk_days_from_civil(year, r->month, 1);
        return first + (8 - kk_weekday(first)) % 7 + 7 * (r->day - 1);
    }
    return kk_days_from_civil(year, r->month, equinox(year, r->kind == SPRING));
}

/* Days that the law names one by one. */
static const kk_holiday *named_holiday(int64_t day)
{
    int year, month, of_month;
    kk_civil_from_days(day, &year, &month, &of_month);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].month == month && year >= rules[i].from && year <= rules[i].to &&
            day_of_rule(&rules[i], year) == day)
            return &rules[i].name;
    return NULL;
}

static bool is_substitute(int64_t day)
{
    int64_t before = day - 1;
    if (day < kk_days_from_civil(1973, 4, 12) || named_holiday(day))
        return false;
    if (day < kk_days_from_civil(2007, 1, 1))
        return kk_weekday(day) == 1 && named_holiday(before);
    while (named_holiday(before)) {
        if (kk_weekday(before) == 0)
            return true;
        before--;
    }
    return false;
}

static bool is_between(int64_t day)
{
    return day >= kk_days_from_civil(1985, 12, 27) && kk_weekday(day) != 0 &&
           named_holiday(day - 1) && named_holiday(day + 1) && !named_holiday(day);
}

const kk_holiday *kk_holiday_on(int64_t day)
{
    const kk_holiday *named = named_holiday(day);
    if (named)
        return named;
    if (is_substitute(day))
        return &substitute;
    return is_between(day) ? &between : NULL;
}

static bool turn_of_year(int64_t day)
{
    int year, month, of_month;
    kk_civil_from_days(day, &year, &month, &of_month);
    return (month == 12 && of_month >= 29) || (month == 1 && of_month <= 3);
}

bool kk_offices_open(int64_t day)
{
    int weekday = kk_weekday(day);
    return weekday != 0 && weekday != 6 && !turn_of_year(day) && !kk_holiday_on(day);
}

int64_t kk_next_open_day(int64_t day)
{
    while (!kk_offices_open(day))
        day++;
    return day;
}

kk_holiday kk_closed_because(int64_t day)
{
    const kk_holiday *holiday = kk_holiday_on(day);
    int weekday = kk_weekday(day);
    if (holiday)
        return *holiday;
    if (turn_of_year(day))
        return (kk_holiday){"年末年始の閉庁日", "offices closed at the turn of the year"};
    if (weekday == 0)
        return (kk_holiday){"日曜日", "Sunday"};
    if (weekday == 6)
        return (kk_holiday){"土曜日", "Saturday"};
    return (kk_holiday){"", ""};
}
