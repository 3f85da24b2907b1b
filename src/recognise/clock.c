/* The time of day behind a date: 2024-05-10 13:05:30, 2024年5月10日 13時5分, 2024/5/10 1:05 PM, 2024-05-10T04:05:30Z, +09:00;
 * and dates with their time in digits alone. */
#include "base/text.h"
#include "model/mention.h"
#include "recognise/date.h"
#include "recognise/fold.h"

enum {
    LAST_HOUR = 29, /* 25:00 is the first hour of the next day, as shops and broadcasters say */
    DAY_DIGITS = 8,
    MINUTE_DIGITS = 4,
    SECOND_DIGITS = 6,
};

/* At most two digits; -1 for none. */
static int take_two(kk_slice text, size_t *at)
{
    int value = 0, count = 0;
    for (; count < 2 && *at < text.len && kk_char_digit((unsigned char)text.ptr[*at]); count++)
        value = 10 * value + text.ptr[(*at)++] - '0';
    return count ? value : -1;
}

static bool read_offset(kk_slice rest, kk_time_of_day *out)
{
    if (rest.len && (rest.ptr[0] == 'Z' || kk_is(rest, "UTC") || kk_is(rest, "GMT"))) {
        out->offset = 0;
        return true;
    }
    if (kk_starts(rest, KK_S("JST"))) {
        out->offset = 9 * 60;
        return true;
    }
    if (rest.len < 3 || (rest.ptr[0] != '+' && rest.ptr[0] != '-'))
        return false;
    size_t at = 1;
    int hours = take_two(rest, &at), minutes = 0;
    (void)(at < rest.len && rest.ptr[at] == ':' && at++);
    if (at < rest.len)
        minutes = take_two(rest, &at);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return false;
    out->offset = (rest.ptr[0] == '-' ? -1 : 1) * (60 * hours + minutes);
    return true;
}

/* AM and PM, in front (午後 1:05) or behind. */
static int half_of_day(kk_slice before, kk_slice after)
{
    bool late = kk_has(before, KK_S("午後")) || kk_eq_nocase(kk_part(after, 0, 2), KK_S("PM"));
    bool early = kk_has(before, KK_S("午前")) || kk_eq_nocase(kk_part(after, 0, 2), KK_S("AM"));
    return late ? 12 : early ? 0 : -1;
}

/* 13時, 13時5分, 午後1時05分30秒 */
static bool read_in_words(kk_slice plain, kk_time_of_day *out)
{
    size_t sign = kk_find(plain, KK_S("時")), at = sign;
    if (sign == KK_NOWHERE || sign == 0 || plain.len > 60)
        return false;
    while (at > 0 && sign - at < 2 && kk_char_digit((unsigned char)plain.ptr[at - 1]))
        at--;
    int half = half_of_day(kk_part(plain, 0, at), KK_NONE), minute = 0, second = 0;
    int hour = take_two(plain, &at);
    at = sign + strlen("時");
    if (at < plain.len) {
        minute = take_two(plain, &at);
        if (minute >= 0 && !kk_starts(kk_from(plain, at), KK_S("分")))
            return false;
        at += strlen("分");
    }
    if (at < plain.len && kk_char_digit((unsigned char)plain.ptr[at]))
        second = take_two(plain, &at);
    if (half >= 0 && hour >= 1 && hour <= 12)
        hour = hour % 12 + half;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    *out = (kk_time_of_day){.second = hour * 3600 + minute * 60 + second};
    return out->second > 0;
}

bool kk_time_of_day_read(kk_slice plain, kk_time_of_day *out)
{
    size_t colon = kk_find_byte(plain, ':'), at = colon;
    if (colon == KK_NOWHERE)
        return read_in_words(plain, out);
    if (colon == 0 || plain.len > 40)
        return false;
    while (at > 0 && colon - at < 2 && kk_char_digit((unsigned char)plain.ptr[at - 1]))
        at--;
    kk_slice before = kk_part(plain, 0, at);
    int hour = take_two(plain, &at);
    at = colon + 1;
    int minute = take_two(plain, &at), second = 0;
    if (at < plain.len && plain.ptr[at] == ':') {
        at++;
        second = take_two(plain, &at);
        if (at < plain.len && plain.ptr[at] == '.')
            for (at++; at < plain.len && kk_char_digit((unsigned char)plain.ptr[at]);)
                at++;
    }
    kk_slice after = kk_trim(kk_from(plain, at));
    int half = half_of_day(before, after);
    if (half >= 0 && hour >= 1 && hour <= 12)
        hour = hour % 12 + half;
    if (hour < 0 || hour > (half >= 0 ? 23 : LAST_HOUR) || minute < 0 || minute > 59 ||
        second < 0 || second > 59)
        return false;
    *out = (kk_time_of_day){.second = hour * 3600 + minute * 60 + second};
    out->has_offset = read_offset(after, out);
    return out->second || out->has_offset;
}

/* .123, ,123 */
static kk_slice without_fraction(kk_slice rest)
{
    size_t at = 1;
    if (rest.len < 2 || (rest.ptr[0] != '.' && rest.ptr[0] != ','))
        return rest;
    while (at < rest.len && kk_char_digit((unsigned char)rest.ptr[at]))
        at++;
    return kk_from(rest, at);
}

bool kk_solid_time_read(kk_slice plain, kk_day *day, kk_time_of_day *out)
{
    size_t from = DAY_DIGITS, width = 0;
    uint64_t number;
    if (plain.len > 40 || plain.len < DAY_DIGITS + MINUTE_DIGITS)
        return false;
    (void)(kk_find_byte(KK_S("T t_-"), plain.ptr[from]) != KK_NOWHERE && from++);
    while (from + width < plain.len && kk_char_digit((unsigned char)plain.ptr[from + width]))
        width++;
    size_t shown = width > SECOND_DIGITS ? SECOND_DIGITS : width; /* thousandths may be glued on */
    bool fits = width == MINUTE_DIGITS || width == SECOND_DIGITS || width == SECOND_DIGITS + 3;
    if (!fits || !kk_to_u64(kk_part(plain, from, shown), &number))
        return false;
    number *= shown == MINUTE_DIGITS ? 100 : 1;
    unsigned hour = (unsigned)(number / 10000), minute = (unsigned)(number / 100 % 100),
             second = (unsigned)(number % 100);
    kk_slice after = kk_trim(without_fraction(kk_from(plain, from + width)));
    *day = kk_day_read(kk_part(plain, 0, DAY_DIGITS), true);
    *out = (kk_time_of_day){.second = (int32_t)(hour * 3600 + minute * 60 + second)};
    out->has_offset = read_offset(after, out);
    return day->day != KK_NO_DAY && hour <= LAST_HOUR && minute < 60 && second < 60 &&
           (!after.len || out->has_offset);
}
