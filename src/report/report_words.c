/* Words of times, numbers and names in a report. Every time is in the case's zone, with its offset. */
#include "base/text.h"
#include "report/report_i.h"

#include <stdlib.h>

kk_slice time_words(const building_report *b, kk_time at)
{
    const kk_zone *zone = &b->settings->zone;
    if (at == KK_NO_TIME)
        return KK_NONE;
    kk_civil c = kk_civil_in_zone(zone, at);
    int32_t offset = kk_zone_offset(zone, at);
    return kk_print(b->arena, "%04d-%02d-%02d %02d:%02d (%c%02d:%02d)", c.year, c.month, c.day,
                    c.hour, c.minute, offset < 0 ? '-' : '+', abs(offset) / 3600,
                    abs(offset) / 60 % 60);
}

kk_slice day_words(const building_report *b, kk_time at)
{
    if (at == KK_NO_TIME)
        return KK_NONE;
    kk_civil c = kk_civil_in_zone(&b->settings->zone, at);
    return kk_print(b->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

kk_slice moment_words(const building_report *b, const kk_moment *at)
{
    if (!kk_moment_given(at))
        return KK_NONE;
    return at->day_only ? kk_day_text(b->arena, at->day) : time_words(b, at->time);
}

kk_slice bytes_words(const building_report *b, uint64_t bytes)
{
    if (bytes >= 1000000000)
        return kk_print(b->arena, "%.1f GB", (double)bytes / 1e9);
    if (bytes >= 100000)
        return kk_print(b->arena, "%.1f MB", (double)bytes / 1e6);
    return kk_print(b->arena, "%llu kB", (unsigned long long)(bytes + 999) / 1000);
}

kk_slice words_of(const building_report *b, const kk_words *words)
{
    return b->d->japanese ? words->ja : words->en;
}

kk_slice party_words(const building_report *b, kk_slice id)
{
    return kk_party_words(b->settings, id, b->d->japanese);
}

kk_slice report_kind_words(const building_report *b, kk_slice kind)
{
    return kk_report_kind_words(kind, b->d->japanese);
}

kk_slice items_words(const building_report *b, uint64_t items)
{
    kk_buffer out = {0};
    for (int i = 0; i < KK_ITEMS; i++) {
        if (!(items >> i & 1))
            continue;
        if (out.len)
            kk_put(&out, KK_TOLD(b->d, "、", ", "));
        kk_put(&out, kk_cstr(b->d->japanese ? kk_items[i].ja : kk_items[i].en));
    }
    kk_slice text = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

kk_slice category_label(const building_report *b, kk_slice name)
{
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->category_count; i++)
        if (kk_eq(p->categories[i].name, name))
            return b->d->japanese ? p->categories[i].label_ja : p->categories[i].label_en;
    for (size_t i = 0; i < b->settings->categories.count; i++)
        if (kk_eq(b->settings->categories.items[i].name, name))
            return words_of(b, &b->settings->categories.items[i].label);
    if (!name.len || kk_is(name, "total"))
        return KK_TOLD(b->d, "全体", "all");
    return name;
}
