/* Dates: ISO and slashes, 8 digits, 年月日, Japanese eras by name, letter, ligature (NFKC makes them
 * names) and code, month names, Excel day numbers. A year of two digits is a range and no value. */
#include "recognise/date.h"

#include "base/text.h"
#include "base/time.h"
#include "model/mention.h"
#include "recognise/fold.h"

enum { DATE_BYTES = 60, YEAR_MIN = 1868, YEAR_MAX = 2100, EXCEL_FIRST = 3000, EXCEL_LAST = 73000 };

typedef struct {
    kk_slice name;
    char letter;
    int first_year;
} era;
/* First years; a date of a changing year is valid under both eras. */
static const era eras[] = {
    {KK_WORD("明治"), 'm', 1868}, {KK_WORD("大正"), 't', 1912}, {KK_WORD("昭和"), 's', 1926},
    {KK_WORD("平成"), 'h', 1989}, {KK_WORD("令和"), 'r', 2019},
};
static const int era_years[] = {45, 15, 64, 31, 99};

static int kanji_digit(uint32_t c)
{
    switch (c) {
    case 0x3007: /* 〇 */
    case 0x96f6: /* 零 */
        return 0;
    case 0x4e00:
    case 0x58f1: /* 壱 */
        return 1;
    case 0x4e8c:
    case 0x5f10: /* 弐 */
        return 2;
    case 0x4e09:
    case 0x53c2: /* 参 */
        return 3;
    case 0x56db:
        return 4;
    case 0x4e94:
        return 5;
    case 0x516d:
        return 6;
    case 0x4e03:
        return 7;
    case 0x516b:
        return 8;
    case 0x4e5d:
        return 9;
    default:
        return -1;
    }
}

bool kk_kanji_number(kk_slice text, size_t *at, uint32_t *number)
{
    uint32_t total = 0, part = 0;
    int digits = 0;
    size_t next = *at;
    while (next < text.len) {
        size_t before = next;
        uint32_t c = kk_plain_char(text, &next);
        int digit = kanji_digit(c);
        uint32_t unit = c == 0x5341 ? 10 : c == 0x767e ? 100 : c == 0x5343 ? 1000 : 0;
        if (digit < 0 && c == 0x5eff) { /* 廿 */
            unit = 10;
            part = 2;
        }
        if ((digit < 0 && !unit) || ++digits > 9) {
            next = before;
            break;
        }
        if (unit) {
            total += (part ? part : 1) * unit;
            part = 0;
        } else {
            part = part * 10 + (uint32_t)digit;
        }
    }
    if (next == *at)
        return false;
    *at = next;
    *number = total + part;
    return true;
}

/* A number in digits or kanji; *width is how many characters it has. */
static bool take_number(kk_slice text, size_t *at, uint32_t *number, size_t *width)
{
    size_t from = *at;
    uint32_t n = 0;
    while (*at < text.len && *at - from < 9 && kk_char_digit((unsigned char)text.ptr[*at]))
        n = n * 10 + (uint32_t)(text.ptr[(*at)++] - '0');
    *width = *at - from;
    if (*width) {
        *number = n;
        return true;
    }
    if (!kk_kanji_number(text, at, number))
        return false;
    *width = (*at - from) / 3;
    return true;
}

static void skip_blanks(kk_slice text, size_t *at)
{
    while (*at < text.len && text.ptr[*at] == ' ')
        (*at)++;
}

/* One separator of a date: - / . 年 月 日 ー */
static bool skip_mark(kk_slice text, size_t *at)
{
    static const kk_slice marks[] = {
        KK_WORD("-"),  KK_WORD("/"),  KK_WORD("."),  KK_WORD("年"),
        KK_WORD("月"), KK_WORD("日"), KK_WORD("ー"), KK_WORD("\xe2\x88\x92"),
        KK_WORD(",")};
    size_t start = *at;
    skip_blanks(text, at);
    bool digit = *at < text.len && kk_char_digit((unsigned char)text.ptr[*at]);
    for (size_t i = 0; !digit && i < KK_COUNT(marks); i++) {
        if (kk_word_at(text, *at, marks[i])) {
            *at += marks[i].len;
            skip_blanks(text, at);
            return true;
        }
    }
    return *at > start;
}

/* 13:05 or 13時5分; three hours (3時間) are none. */
static bool has_clock(kk_slice text)
{
    size_t at = kk_find(text, KK_S("時"));
    return kk_find_byte(text, ':') != KK_NOWHERE ||
           (at != KK_NOWHERE && !kk_starts(kk_from(text, at), KK_S("時間")));
}

/* Nothing may follow but a time of day or a remark in brackets. */
static bool ends_well(kk_slice text, size_t at, bool *has_time)
{
    size_t sign = at;
    skip_blanks(text, &sign); /* 9 月 21 日生 */
    if (kk_starts(kk_from(text, sign), KK_S("日")))
        at = sign + strlen("日");
    kk_slice rest = kk_from(text, at);
    if (rest.len && (rest.ptr[0] == 'T' || rest.ptr[0] == ' ')) {
        kk_slice clock = kk_trim(kk_from(rest, 1));
        *has_time =
            clock.len >= 4 && kk_char_digit((unsigned char)clock.ptr[0]) && has_clock(clock);
        /* midnight is how a date looks that was kept with a time */
        if (*has_time && kk_starts(clock, KK_S("00:00")))
            *has_time = false;
    }
    rest = kk_trim(rest);
    return !rest.len || rest.ptr[0] == '(' || has_clock(rest) || kk_starts(rest, KK_S("生")) ||
           (unsigned char)rest.ptr[0] == 'T';
}

static bool is_filler(int year, int month, int day)
{
    if (year > 1901 && year < 2099 && year != 1970)
        return false;
    return (year == 1900 && month == 1 && day <= 2) || (year == 1899 && month == 12) ||
           (year == 1970 && month == 1 && day == 1) || (year == 1901 && month == 1 && day == 1) ||
           year >= 2099 || (year == 1868 && month == 1);
}

static kk_day day_of(int year, int month, int day)
{
    kk_day found = {.day = KK_NO_DAY};
    if (year == 9999 || (year == 1111 && month == 11) || year == 1) {
        found.found = found.filler = true;
        return found;
    }
    kk_civil civil = {year, month, day, 0, 0, 0, 0};
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        (day > 28 && !kk_civil_valid(&civil)))
        return found;
    found.found = true;
    found.filler = is_filler(year, month, day);
    if (!found.filler)
        found.day = (int32_t)kk_days_from_civil(year, month, day);
    return found;
}

static const kk_day no_day = {.day = KK_NO_DAY};

/* A number in digits or kanji stands at `at`, or the word for a first year. */
static bool number_follows(kk_slice text, size_t at)
{
    uint32_t number;
    size_t width;
    skip_blanks(text, &at);
    return kk_word_at(text, at, KK_S("元")) || take_number(text, &at, &number, &width);
}

/* The era that the text begins with, by name, its first character (only where a date is promised: 大1-2-3
 * is a place) or letter; its index or -1. */
static int take_era(kk_slice text, bool named, size_t *at)
{
    if (text.len && kk_char_digit((unsigned char)text.ptr[0]))
        return -1;
    for (int i = 0; i < 5; i++) {
        kk_slice name = eras[i].name;
        if (kk_starts(text, name)) {
            *at = name.len;
            return i;
        }
        kk_slice first = kk_part(name, 0, strlen("昭"));
        size_t behind = first.len;
        if (named && kk_starts(text, first)) {
            skip_blanks(text, &behind);
            (void)(behind < text.len && text.ptr[behind] == '.' && behind++);
            if (number_follows(text, behind)) {
                *at = behind;
                return i;
            }
        }
        if (text.len > 1 && (text.ptr[0] | 0x20) == eras[i].letter) {
            size_t next = 1;
            skip_blanks(text, &next);
            (void)(next < text.len && text.ptr[next] == '.' && next++);
            skip_blanks(text, &next); /* S. 39. 8. 8 */
            if (next < text.len && kk_char_digit((unsigned char)text.ptr[next])) {
                *at = next;
                return i;
            }
        }
    }
    return -1;
}

static kk_day read_era(kk_slice text, int which, size_t at)
{
    uint32_t year, month, day;
    size_t width;
    skip_blanks(text, &at);
    if (kk_starts(kk_from(text, at), KK_S("元"))) {
        year = 1;
        at += strlen("元");
    } else if (!take_number(text, &at, &year, &width) || year == 0) {
        return no_day;
    } else if (width == 6) { /* S550304 */
        day = year % 100;
        month = year / 100 % 100;
        year /= 10000;
        return day_of(eras[which].first_year + (int)year - 1, (int)month, (int)day);
    }
    if (year > (uint32_t)era_years[which])
        return no_day;
    bool has_time = false;
    if (!skip_mark(text, &at) || !take_number(text, &at, &month, &width) || !skip_mark(text, &at) ||
        !take_number(text, &at, &day, &width) || !ends_well(text, at, &has_time))
        return (kk_day){.day = KK_NO_DAY, .found = at >= text.len};
    kk_day found = day_of(eras[which].first_year + (int)year - 1, (int)month, (int)day);
    found.has_time = has_time;
    return found;
}

/* Codes of the eras in front of yymmdd: 1 Meiji to 5 Reiwa. */
static kk_day read_era_code(uint32_t n)
{
    uint32_t which = n / 1000000, year = n / 10000 % 100;
    if (which < 1 || which > 5 || year < 1 || year > (uint32_t)era_years[which - 1])
        return no_day;
    return day_of(eras[which - 1].first_year + (int)year - 1, (int)(n / 100 % 100), (int)(n % 100));
}

/* Day 1 is 1900-01-01, and day 60 the 29th of February 1900, which never was. */
static kk_day read_excel(uint32_t n)
{
    int year, month, day;
    if (n < EXCEL_FIRST || n > EXCEL_LAST)
        return no_day;
    kk_civil_from_days((int64_t)n - 25569, &year, &month, &day);
    return day_of(year, month, day);
}

static kk_day read_solid(uint32_t n, size_t width, bool named)
{
    int month = (int)(n / 100 % 100), day = (int)(n % 100);
    if (width == 8)
        return day_of((int)(n / 10000), month, day);
    if (!named)
        return no_day;
    if (width == 7)
        return read_era_code(n);
    if (width == 6) {
        kk_day found = day_of(2000, month, day); /* a leap year */
        found.day = KK_NO_DAY;
        return found;
    }
    return width == 5 || width == 4 ? read_excel(n) : no_day;
}

/* Day, month and year in the Western order; the month is the one that can be. */
static kk_day read_western_order(uint32_t first, uint32_t second, uint32_t year, size_t year_width)
{
    bool day_first = first > 12;
    int month = (int)(day_first ? second : first), day = (int)(day_first ? first : second);
    kk_day found = day_of(year_width == 4 ? (int)year : 2000, month, day);
    if (year_width != 4)
        found.day = KK_NO_DAY;
    return found;
}

/* 29221.0, as spreadsheets write whole numbers; not 1968.09.08 */
static bool is_zero_fraction(kk_slice rest)
{
    size_t at = 1;
    while (at < rest.len && rest.ptr[at] == '0')
        at++;
    return at > 1 && at == rest.len && rest.ptr[0] == '.';
}

static kk_day read_parts(kk_slice text, bool named)
{
    uint32_t part[3] = {0};
    size_t width[3] = {0}, at = 0;
    bool has_time = false;
    if (!take_number(text, &at, &part[0], &width[0]))
        return no_day;
    if (at >= text.len || is_zero_fraction(kk_from(text, at)))
        return read_solid(part[0], width[0], named);
    if (width[0] > 4 || !skip_mark(text, &at) || !take_number(text, &at, &part[1], &width[1]))
        return no_day;
    if (!skip_mark(text, &at) || !take_number(text, &at, &part[2], &width[2])) {
        bool year_month = width[0] == 4 && part[1] >= 1 && part[1] <= 12 && at >= text.len;
        return (kk_day){.day = KK_NO_DAY, .found = year_month && named};
    }
    if (!ends_well(text, at, &has_time))
        return no_day;
    kk_day found;
    if (part[0] >= YEAR_MIN)
        found = day_of((int)part[0], (int)part[1], (int)part[2]);
    else if (width[2] == 4 || !named)
        found = width[2] == 4 ? read_western_order(part[0], part[1], part[2], 4) : no_day;
    else /* 80/03/04: the century is not there */
        found = read_western_order(part[1], part[2], part[0], 2);
    found.has_time = has_time;
    return found;
}

static int take_month(kk_slice text, size_t *at)
{
    size_t from = *at;
    while (*at < text.len && kk_char_letter((unsigned char)text.ptr[*at]))
        (*at)++;
    if (*at - from < 3)
        return 0;
    return kk_month_by_name(kk_part(text, from, 3));
}

/* 4-Mar-1980, 4 March 1980, Mar 4, 1980 */
static kk_day read_month_name(kk_slice text)
{
    uint32_t day = 0, year = 0;
    size_t at = 0, width = 0;
    bool has_time = false;
    bool day_first = take_number(text, &at, &day, &width);
    if (day_first && !skip_mark(text, &at))
        return no_day;
    int month = take_month(text, &at);
    if (!month || !skip_mark(text, &at))
        return no_day;
    if (!day_first && (!take_number(text, &at, &day, &width) || !skip_mark(text, &at)))
        return no_day;
    (void)skip_mark(text, &at);
    if (!take_number(text, &at, &year, &width) || !ends_well(text, at, &has_time))
        return no_day;
    kk_day found = day_of(width == 4 ? (int)year : 2000, month, (int)day);
    if (width != 4)
        found.day = KK_NO_DAY;
    found.has_time = has_time;
    return found;
}

/* `count` digits from p on; more than 9999 where there are others among them. */
static unsigned digits_at(const char *p, unsigned count)
{
    unsigned number = 0, wrong = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned digit = (unsigned)(unsigned char)p[i] - '0';
        wrong |= digit > 9;
        number = number * 10 + digit;
    }
    return wrong ? UINT32_MAX : number;
}

/* 2024-05-10, 2024/5/10, 20240510: what most dates of tables look like. What it does not find, the
 * general way may. */
static kk_day read_plain_form(kk_slice text)
{
    if (text.len < 8 || text.len > 10)
        return no_day;
    unsigned year = digits_at(text.ptr, 4), month, day;
    char mark = text.ptr[4];
    if (mark == '-' || mark == '/') {
        unsigned wide = text.ptr[6] == mark ? 1 : 2, rest = 5 + wide + 1;
        if (text.ptr[5 + wide] != mark || text.len - rest < 1 || text.len - rest > 2)
            return no_day;
        month = digits_at(text.ptr + 5, wide);
        day = digits_at(text.ptr + rest, (unsigned)(text.len - rest));
    } else {
        month = digits_at(text.ptr + 4, 2);
        day = text.len == 8 ? digits_at(text.ptr + 6, 2) : UINT32_MAX;
    }
    if (year < YEAR_MIN || year > 9999 || month - 1 > 98 || day - 1 > 98)
        return no_day;
    return day_of((int)year, (int)month, (int)day);
}

kk_day kk_day_read(kk_slice plain, bool named)
{
    kk_day common = read_plain_form(plain);
    return common.found ? common : kk_day_read_slowly(plain, named);
}

/* Wed, 11 Mar 2026: as mails have it. */
static kk_slice without_weekday(kk_slice text)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    enum { LETTERS = 3 };
    for (size_t i = 0; i < KK_COUNT(days) && text.len > LETTERS && text.ptr[LETTERS] == ','; i++)
        if (kk_eq_nocase(kk_part(text, 0, LETTERS), kk_cstr(days[i])))
            return kk_trim(kk_from(text, LETTERS + 1));
    return text;
}

/* 1966, 1966年, 昭和41年, S41: a year alone, as it stands in brackets beside the same year. */
static bool says_year(kk_slice text)
{
    size_t at = 0, width = 0;
    uint32_t year;
    bool of_era = take_era(text, true, &at) >= 0;
    skip_blanks(text, &at);
    if (kk_word_at(text, at, KK_S("元")))
        at += strlen("元");
    else if (!take_number(text, &at, &year, &width) || (!of_era && width != 4))
        return false;
    kk_slice rest = kk_trim(kk_from(text, at));
    return !rest.len || kk_eq(rest, KK_S("年"));
}

/* The year said twice, 昭和41年(1966年)9月9日 and 1966(昭和41)年9月9日, is read once: the text without
 * the brackets, in `kept`. Brackets around the era alone, (昭和)41年, go and leave it. */
static kk_slice without_brackets(kk_slice text, char kept[DATE_BYTES])
{
    size_t open = kk_find_byte(text, '('), close = kk_find_byte(text, ')');
    if (open == KK_NOWHERE || close == KK_NOWHERE || close < open)
        return text;
    kk_slice inner = kk_trim(kk_part(text, open + 1, close - open - 1));
    size_t behind = close + 1, used = 0;
    if (kk_word_at(text, behind, KK_S("年")))
        behind += strlen("年");
    if (open > 0 && (!number_follows(text, behind) || !says_year(inner)))
        return text;
    memcpy(kept, text.ptr, open);
    used = open;
    if (open == 0) {
        memcpy(kept, inner.ptr, inner.len);
        used = inner.len;
        behind = close + 1;
    } else if (!kk_ends(kk_trim((kk_slice){kept, used}), KK_S("年"))) {
        kept[used++] = '-'; /* the mark of the year stood behind the brackets, or nowhere */
    }
    memcpy(kept + used, text.ptr + behind, text.len - behind);
    return (kk_slice){kept, used + text.len - behind};
}

kk_day kk_day_read_slowly(kk_slice plain, bool named)
{
    size_t at = 0;
    if (!plain.len || plain.len > DATE_BYTES)
        return no_day;
    if (kk_starts(plain, KK_S("西暦")))
        plain = kk_trim(kk_from(plain, strlen("西暦")));
    plain = without_weekday(plain);
    char kept[DATE_BYTES];
    plain = without_brackets(plain, kept);
    int which = take_era(plain, named, &at);
    if (which >= 0)
        return read_era(plain, which, at);
    kk_day found = read_parts(plain, named);
    return found.found ? found : read_month_name(plain);
}

void kk_day_digits(int32_t day, char digits[8])
{
    int year, month, mday;
    kk_civil_from_days(day, &year, &month, &mday);
    int number = year * 10000 + month * 100 + mday;
    for (int i = 7; i >= 0; i--) {
        digits[i] = (char)('0' + number % 10);
        number /= 10;
    }
}
