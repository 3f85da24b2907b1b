/* Zones: offsets of IANA zones out of ICU, taken once into a table. */
#include "base/time.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

static const kk_time first_year = INT64_C(631152000) * KK_SECOND; /* 1990 */
static const kk_time last_year = INT64_C(2524608000) * KK_SECOND; /* 2050 */

static bool fixed_offset(kk_slice name, kk_zone *out)
{
    uint64_t hours, minutes = 0;
    if (name.len < 3 || (name.ptr[0] != '+' && name.ptr[0] != '-') ||
        !kk_to_u64(kk_part(name, 1, 2), &hours) || hours > 14)
        return false;
    kk_slice rest = kk_from(name, 3);
    if (rest.len && rest.ptr[0] == ':')
        rest = kk_from(rest, 1);
    if (rest.len && (rest.len != 2 || !kk_to_u64(rest, &minutes) || minutes > 59))
        return false;
    int32_t offset = (int32_t)(hours * 3600 + minutes * 60);
    out->count = 1;
    out->span[0].from = INT64_MIN;
    out->span[0].offset = name.ptr[0] == '-' ? -offset : offset;
    return true;
}

static int32_t icu_offset(UCalendar *calendar, UErrorCode *error)
{
    int32_t zone = ucal_get(calendar, UCAL_ZONE_OFFSET, error);
    return (zone + ucal_get(calendar, UCAL_DST_OFFSET, error)) / 1000;
}

static bool fill(UCalendar *calendar, kk_zone *out)
{
    UErrorCode error = U_ZERO_ERROR;
    UDate at = (double)(first_year / 1000000);
    out->count = 0;
    for (kk_time from = INT64_MIN; out->count < sizeof out->span / sizeof *out->span;) {
        ucal_setMillis(calendar, at, &error);
        out->span[out->count].from = from;
        out->span[out->count++].offset = icu_offset(calendar, &error);
        if (U_FAILURE(error))
            return false;
        if (!ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &at, &error) ||
            U_FAILURE(error) || at >= (double)(last_year / 1000000))
            return true;
        from = (kk_time)at * 1000000;
    }
    return true;
}

bool kk_zone_load(kk_slice name, kk_zone *out)
{
    UChar id[64], canonical[64];
    char text[sizeof out->name] = "";
    UErrorCode error = U_ZERO_ERROR;
    if (name.len == 0 || name.len >= sizeof out->name)
        return false;
    *out = (kk_zone){0};
    memcpy(text, name.ptr, name.len);
    memcpy(out->name, text, sizeof text);
    if (fixed_offset(name, out))
        return true;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] >= 0x80)
            return false;
    u_uastrcpy(id, text);
    /* ICU opens an unknown zone as GMT: ask for its canonical name first, which fails for those. */
    UBool system_id = 0;
    ucal_getCanonicalTimeZoneID(id, -1, canonical, 64, &system_id, &error);
    if (U_FAILURE(error) || !system_id)
        return false;
    UCalendar *calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &error);
    if (U_FAILURE(error))
        return false;
    bool good = fill(calendar, out);
    ucal_close(calendar);
    return good;
}

int32_t kk_zone_offset(const kk_zone *zone, kk_time utc)
{
    size_t low = 0, high = zone->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (zone->span[middle].from <= utc)
            low = middle;
        else
            high = middle;
    }
    return zone->count ? zone->span[low].offset : 0;
}

kk_time kk_time_from_local(const kk_zone *zone, const kk_civil *local)
{
    kk_time wall = kk_time_from_civil(local);
    if (wall == KK_NO_TIME || zone->count <= 1)
        return wall == KK_NO_TIME || !zone->count ? wall : wall - zone->span[0].offset * KK_SECOND;
    /* The offset before any change near this wall time is tried first: of a doubled hour the first. */
    int32_t before = kk_zone_offset(zone, wall - INT64_C(86400) * KK_SECOND);
    int32_t after = kk_zone_offset(zone, wall + INT64_C(86400) * KK_SECOND);
    kk_time first = wall - before * KK_SECOND, second = wall - after * KK_SECOND;
    if (kk_zone_offset(zone, first) == before)
        return first;
    return kk_zone_offset(zone, second) == after ? second : first;
}

kk_civil kk_civil_in_zone(const kk_zone *zone, kk_time time)
{
    return kk_civil_from_time(time + kk_zone_offset(zone, time) * KK_SECOND);
}

void kk_put_local_time(kk_buffer *buffer, const kk_zone *zone, kk_time time)
{
    int32_t offset = kk_zone_offset(zone, time);
    int32_t size = offset < 0 ? -offset : offset;
    kk_put_time(buffer, time + offset * KK_SECOND);
    buffer->len--; /* the Z */
    kk_putf(buffer, "%c%02d:%02d", offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
}
