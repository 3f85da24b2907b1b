#include "parse/log_words.h"

bool kk_log_is_ip(kk_slice text)
{
    size_t dots = 0, colons = 0, digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c == '.')
            dots++;
        else if (c == ':')
            colons++;
        else if (c == '%' && colons >= 2)
            return true; /* fe80::1%eth0 */
        else if (!((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
        else
            digits += 100; /* a letter: no IPv4 */
    }
    if (text.len > 45)
        return false;
    return colons >= 2 || (colons == 0 && dots == 3 && digits >= 4 && digits <= 12);
}

bool kk_log_digits(kk_slice text, uint64_t *value, size_t *taken)
{
    uint64_t v = 0;
    size_t i = 0;
    while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9') {
        if (i >= 19)
            return false;
        v = v * 10 + (uint64_t)(text.ptr[i++] - '0');
    }
    *value = v;
    *taken = i;
    return i > 0;
}

/* Two or four digits at a fixed place. */
static bool fixed(kk_slice text, size_t at, size_t len, int *out)
{
    if (at + len > text.len)
        return false;
    int v = 0;
    for (size_t i = at; i < at + len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        v = v * 10 + (text.ptr[i] - '0');
    }
    *out = v;
    return true;
}

bool kk_log_date(kk_slice text, kk_civil *civil)
{
    if (text.len != 10 || (text.ptr[4] != '-' && text.ptr[4] != '/') || text.ptr[7] != text.ptr[4])
        return false;
    return fixed(text, 0, 4, &civil->year) && fixed(text, 5, 2, &civil->month) &&
           fixed(text, 8, 2, &civil->day) && kk_log_year(civil->year);
}

bool kk_log_year(int year)
{
    return year >= 1970 && year < 2200;
}

bool kk_log_clock(kk_slice text, kk_civil *civil)
{
    if (text.len < 8 || text.ptr[2] != ':' || text.ptr[5] != ':')
        return false;
    if (!fixed(text, 0, 2, &civil->hour) || !fixed(text, 3, 2, &civil->minute) ||
        !fixed(text, 6, 2, &civil->second))
        return false;
    civil->nanosecond = 0;
    if (text.len == 8)
        return true;
    if (text.len < 10 || (text.ptr[8] != '.' && text.ptr[8] != ','))
        return false;
    int scale = 100000000;
    for (size_t i = 9; i < text.len; i++, scale /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        civil->nanosecond += (text.ptr[i] - '0') * scale;
    }
    return true;
}

bool kk_log_offset(kk_slice text, int32_t *seconds)
{
    if (kk_starts(text, KK_S("UTC")) || kk_starts(text, KK_S("GMT")))
        text = kk_from(text, 3);
    if (text.len == 0 || kk_is(text, "Z")) {
        *seconds = 0;
        return text.ptr != NULL;
    }
    if (text.ptr[0] != '+' && text.ptr[0] != '-')
        return false;
    kk_slice rest = kk_from(text, 1);
    uint64_t hours, minutes = 0;
    size_t taken, more;
    if (!kk_log_digits(rest, &hours, &taken))
        return false;
    if (taken == 4 && rest.len == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (taken <= 2 && rest.len == taken + 3 && rest.ptr[taken] == ':') {
        if (!kk_log_digits(kk_from(rest, taken + 1), &minutes, &more) || more != 2)
            return false;
    } else if (taken > 2 || rest.len != taken) {
        return false;
    }
    if (hours > 14 || minutes > 59)
        return false;
    int32_t east = (int32_t)(hours * 3600 + minutes * 60);
    *seconds = text.ptr[0] == '-' ? -east : east;
    return true;
}

bool kk_log_epoch(kk_slice text, kk_time *time, kk_precision *precision)
{
    uint64_t v;
    size_t taken;
    if (!kk_log_digits(text, &v, &taken) || taken != text.len)
        return false;
    uint64_t scale;
    switch (taken) {
    case 10:
        scale = 1000000000, *precision = KK_EXACT_S;
        break;
    case 13:
        scale = 1000000, *precision = KK_EXACT_MS;
        break;
    case 16:
        scale = 1000, *precision = KK_EXACT_US;
        break;
    case 19:
        scale = 1, *precision = KK_EXACT_100NS;
        break;
    default:
        return false;
    }
    uint64_t ns;
    if (__builtin_mul_overflow(v, scale, &ns) || ns > INT64_MAX)
        return false;
    *time = (kk_time)ns;
    return true;
}

/* Powers of 1024. `loose` when programs disagree whether 1000 or 1024 is meant. */
static bool unit_of(kk_slice text, unsigned *power, bool *loose)
{
    static const char letters[] = "KMGTP";
    text = kk_trim(text);
    *power = 0;
    *loose = false;
    if (text.len == 0 || kk_eq_nocase(text, KK_S("B")) || kk_eq_nocase(text, KK_S("bytes")) ||
        kk_eq_nocase(text, KK_S("byte")) || kk_eq(text, KK_S("バイト")))
        return true;
    const char *letter = memchr(letters, text.ptr[0] & ~0x20, sizeof letters - 1);
    if (!letter)
        return false;
    *power = (unsigned)(letter - letters) + 1;
    kk_slice tail = kk_from(text, 1);
    *loose = kk_eq_nocase(tail, KK_S("B")) || kk_eq_nocase(tail, KK_S("Bytes"));
    return tail.len == 0 || *loose || kk_eq_nocase(tail, KK_S("i")) ||
           kk_eq_nocase(tail, KK_S("iB")) || kk_eq_nocase(tail, KK_S("iBytes"));
}

/* "1.25" or "12,345": the number as whole and thousandths, and how many digits follow the point. */
static bool number_of(kk_slice text, uint64_t *whole, uint64_t *fraction, size_t *digits,
                      size_t *taken)
{
    uint64_t value = 0, scaled = 0;
    size_t i = 0, places = 0, seen = 0;
    bool point = false;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9') {
            if (++seen > 18)
                return false;
            if (point) {
                if (places < 6) {
                    scaled = scaled * 10 + (uint64_t)(c - '0');
                    places++;
                }
            } else {
                value = value * 10 + (uint64_t)(c - '0');
            }
        } else if (c == '.' && !point && i > 0) {
            point = true;
        } else if (!(c == ',' && !point && i > 0 && i + 3 < text.len && text.ptr[i + 1] >= '0' &&
                     text.ptr[i + 1] <= '9')) {
            break;
        }
    }
    for (size_t p = places; p < 6; p++)
        scaled *= 10;
    *whole = value;
    *fraction = scaled;
    *digits = places;
    *taken = i;
    return seen > 0;
}

bool kk_log_size(kk_slice text, uint64_t *bytes, uint64_t *tolerance)
{
    uint64_t whole, millionths;
    size_t digits, taken;
    unsigned power;
    bool loose;
    text = kk_trim(text);
    if (!number_of(text, &whole, &millionths, &digits, &taken) ||
        !unit_of(kk_from(text, taken), &power, &loose))
        return false;
    if (power == 0) {
        *bytes = whole;
        *tolerance = 0;
        return digits == 0;
    }
    uint64_t unit = UINT64_C(1) << (10 * power), step = unit;
    if (whole > UINT64_MAX / 2 / unit)
        return false;
    for (size_t i = 0; i < digits; i++)
        step /= 10;
    uint64_t part = unit / 1000000 * millionths + unit % 1000000 * millionths / 1000000;
    *bytes = whole * unit + part;
    *tolerance = (step + 1) / 2;
    if (loose) { /* 1000 or 1024: down to the decimal reading, and half a step of that */
        uint64_t decimal = 1;
        for (unsigned i = 0; i < power; i++)
            decimal *= 1000;
        *tolerance += (unit - decimal) * (whole + 1);
    }
    return true;
}

/* What stands between the quotes from *at on, up to the closing one or the end. */
static kk_slice in_quotes(kk_arena *arena, kk_slice s, size_t *at)
{
    size_t i = *at + 1, n = 0;
    char *out = kk_take(arena, s.len - i + 1);
    for (; i < s.len; i++) {
        if (s.ptr[i] == '"' && !(++i < s.len && s.ptr[i] == '"'))
            break;
        out[n++] = s.ptr[i];
    }
    *at = i;
    return (kk_slice){out, n};
}

bool kk_log_cell(kk_arena *arena, kk_slice row, size_t *at, char separator, bool may_quote,
                 kk_slice *cell)
{
    if (*at > row.len)
        return false;
    size_t i = *at;
    bool quoted = may_quote && i < row.len && row.ptr[i] == '"';
    if (quoted)
        *cell = in_quotes(arena, row, &i);
    while (i < row.len && row.ptr[i] != separator)
        i++;
    if (!quoted)
        *cell = kk_part(row, *at, i - *at);
    *at = i + 1;
    return true;
}
