/* Times as exports of Windows events write them: in the words of a machine's settings, or of a tool.
 *     2026/07/01 10:02:03    2026/07/01 午後 1:02:03    7/1/2026 1:02:03 PM    01.07.2026 13:02:03
 *     2026-07-01T01:02:03.1234567Z    2026-07-01 10:02:03.123+09:00    /Date(1782867723123)/
 *     1782867723.123    Jul 1, 2026 @ 10:02:03.123
 * Of a date that could be day first or month first, AM and PM tell that it is month first. */
#include "parse/winevent_flat.h"

#include "parse/log_words.h"

typedef struct {
    kk_slice rest;
    kk_civil civil;
    int digits;                          /* of the fraction */
    bool has_seconds, afternoon, twelve; /* `twelve`: morning or afternoon was said */
} clock_text;

static bool take_number(kk_slice *rest, size_t most, int *out)
{
    uint64_t v;
    size_t taken;
    if (!kk_log_digits(kk_part(*rest, 0, most), &v, &taken))
        return false;
    *out = (int)v;
    *rest = kk_from(*rest, taken);
    return true;
}

static bool take_byte(kk_slice *rest, char c)
{
    if (!rest->len || rest->ptr[0] != c)
        return false;
    *rest = kk_from(*rest, 1);
    return true;
}

static void skip_blanks(kk_slice *rest)
{
    static const char narrow[] = "\xe2\x80\xaf"; /* before AM since Windows 11 */
    for (;;) {
        if (rest->len && (rest->ptr[0] == ' ' || rest->ptr[0] == 'T' || rest->ptr[0] == ','))
            *rest = kk_from(*rest, 1);
        else if (kk_starts(*rest, kk_cstr(narrow)))
            *rest = kk_from(*rest, 3);
        else
            return;
    }
}

static void take_half(clock_text *t)
{
    static const struct {
        const char *word;
        bool afternoon;
    } halves[] = {{"AM", false}, {"PM", true},    {"am", false},
                  {"pm", true},  {"午前", false}, {"午後", true}};
    skip_blanks(&t->rest);
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        if (kk_starts(t->rest, kk_cstr(halves[i].word))) {
            t->twelve = true;
            t->afternoon = halves[i].afternoon;
            t->rest = kk_from(t->rest, strlen(halves[i].word));
            skip_blanks(&t->rest);
        }
}

/* A weekday in brackets, as some Japanese settings have it. */
static void skip_weekday(kk_slice *rest)
{
    size_t close = kk_find_byte(kk_part(*rest, 0, 16), ')');
    if (rest->len && rest->ptr[0] == '(' && close != KK_NOWHERE)
        *rest = kk_from(*rest, close + 1);
}

/* Jul 1, 2026 @ 10:02:03.123: Kibana. The fields as year, month, day. */
static bool take_named_date(clock_text *t, int field[3])
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    kk_slice name = kk_part(t->rest, 0, 3);
    for (field[1] = 1; field[1] <= 12; field[1]++)
        if (name.len == 3 && memcmp(months + 3 * (field[1] - 1), name.ptr, 3) == 0)
            break;
    if (field[1] > 12)
        return false;
    t->rest = kk_from(t->rest, 3);
    skip_blanks(&t->rest);
    if (!take_number(&t->rest, 2, &field[2]))
        return false;
    skip_blanks(&t->rest);
    if (!take_number(&t->rest, 4, &field[0]))
        return false;
    skip_blanks(&t->rest);
    (void)take_byte(&t->rest, '@');
    skip_blanks(&t->rest);
    return field[0] > 31;
}

static bool take_date(clock_text *t, int field[3], char *between)
{
    *between = '/';
    if (take_named_date(t, field))
        return true;
    if (!take_number(&t->rest, 4, &field[0]) || !t->rest.len)
        return false;
    *between = t->rest.ptr[0];
    if (*between != '/' && *between != '-' && *between != '.')
        return false;
    bool good = take_byte(&t->rest, *between) && take_number(&t->rest, 2, &field[1]) &&
                take_byte(&t->rest, *between) && take_number(&t->rest, 4, &field[2]);
    skip_weekday(&t->rest);
    skip_blanks(&t->rest);
    return good;
}

static bool take_clock(clock_text *t)
{
    int scale = 100000000;
    take_half(t);
    if (!take_number(&t->rest, 2, &t->civil.hour) || !take_byte(&t->rest, ':') ||
        !take_number(&t->rest, 2, &t->civil.minute))
        return false;
    t->has_seconds = take_byte(&t->rest, ':');
    if (t->has_seconds && !take_number(&t->rest, 2, &t->civil.second))
        return false;
    if (t->has_seconds && take_byte(&t->rest, '.'))
        while (t->rest.len && t->rest.ptr[0] >= '0' && t->rest.ptr[0] <= '9') {
            t->civil.nanosecond += (t->rest.ptr[0] - '0') * scale;
            scale /= 10;
            t->digits++;
            t->rest = kk_from(t->rest, 1);
        }
    take_half(t);
    if (t->twelve && t->civil.hour <= 12)
        t->civil.hour = t->civil.hour % 12 + (t->afternoon ? 12 : 0);
    return true;
}

/* The order of the three numbers; months beyond 12 tell it where nothing else does. */
static bool order_date(clock_text *t, const int field[3], char between, bool said_half)
{
    kk_civil *c = &t->civil;
    if (field[0] > 31) {
        c->year = field[0], c->month = field[1], c->day = field[2];
    } else if (between == '/' && field[0] <= 12 && (said_half || field[1] > 12)) {
        c->year = field[2], c->month = field[0], c->day = field[1];
    } else {
        c->year = field[2], c->month = field[1], c->day = field[0];
    }
    return kk_log_year(c->year) && kk_civil_valid(c);
}

static kk_precision precision_of(const clock_text *t)
{
    if (!t->has_seconds)
        return KK_EXACT_MIN;
    return t->digits == 0   ? KK_EXACT_S
           : t->digits <= 3 ? KK_EXACT_MS
           : t->digits <= 6 ? KK_EXACT_US
                            : KK_EXACT_100NS;
}

static bool written_time(kk_winevent *e, const kk_settings *settings, bool utc, kk_slice text)
{
    clock_text t = {.rest = text};
    int field[3];
    char between;
    int32_t east = 0;
    if (!take_date(&t, field, &between) || !take_clock(&t))
        return false;
    if (!order_date(&t, field, between, t.twelve))
        return false;
    kk_slice zone = kk_trim(t.rest);
    if (zone.len && !kk_log_offset(zone, &east))
        return false;
    e->precision = precision_of(&t);
    if (zone.len || utc) {
        e->time = kk_time_from_civil(&t.civil);
        e->time = e->time == KK_NO_TIME ? e->time : e->time - east * KK_SECOND;
        e->basis = utc || kk_is(zone, "Z") || !east ? KK_BASIS_UTC : KK_BASIS_OFFSET;
    } else {
        e->time = kk_time_from_local(&settings->zone, &t.civil);
        e->basis = settings->zone_basis;
    }
    return e->time != KK_NO_TIME;
}

/* Seconds since 1970 with a fraction, milliseconds without. */
static bool epoch_time(kk_winevent *e, kk_slice text)
{
    kk_slice whole = kk_part(text, 0, kk_find_byte(text, '.'));
    kk_slice part = whole.len < text.len ? kk_part(text, whole.len + 1, 9) : KK_NONE;
    uint64_t fraction = 0, scale = 1000000000;
    kk_time time;
    if (!kk_log_epoch(whole, &time, &e->precision) || (part.len && !kk_to_u64(part, &fraction)))
        return false;
    for (size_t i = 0; i < part.len; i++)
        scale /= 10;
    if (part.len && e->precision == KK_EXACT_S) {
        time += (kk_time)(fraction * scale);
        e->precision = part.len > 3 ? KK_EXACT_US : KK_EXACT_MS;
    }
    e->time = time;
    e->basis = KK_BASIS_UTC;
    return true;
}

bool kk_flat_time(kk_winevent *e, const kk_settings *settings, bool utc, kk_slice text)
{
    const kk_slice date = KK_S("/Date(");
    text = kk_trim(text);
    if (kk_starts(text, date)) {
        kk_slice digits = kk_from(text, date.len);
        size_t n = 0;
        while (n < digits.len && digits.ptr[n] >= '0' && digits.ptr[n] <= '9')
            n++;
        return epoch_time(e, kk_part(digits, 0, n));
    }
    return written_time(e, settings, utc, text) || epoch_time(e, text);
}
