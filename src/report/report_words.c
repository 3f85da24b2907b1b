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

kk_slice number_words(const building_report *b, uint64_t number)
{
    char text[32];
    size_t at = sizeof text;
    int digits = 0;
    do {
        if (digits && digits % 3 == 0)
            text[--at] = ',';
        text[--at] = (char)('0' + number % 10);
        number /= 10;
        digits++;
    } while (number);
    return kk_copy(b->arena, (kk_slice){text + at, sizeof text - at});
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
    const kk_party *party = kk_party_by_id(b->settings, id);
    if (kk_is(id, "ppc") || kk_is(id, "jp-ppc"))
        return KK_TOLD(b->d, "個人情報保護委員会", "Personal Information Protection Commission");
    if (kk_is(id, "persons"))
        return KK_TOLD(b->d, "本人", "the persons concerned");
    if (kk_eq(id, KK_SELF) && b->settings->organisation.name.len)
        return b->settings->organisation.name;
    if (kk_eq(id, KK_SELF))
        return KK_TOLD(b->d, "自社", "ourselves");
    return party && party->name.len ? party->name : id;
}

kk_slice report_kind_words(const building_report *b, kk_slice kind)
{
    static const struct {
        const char *kind, *ja, *en;
    } words[] = {{"preliminary", "速報", "preliminary report"},
                 {"ppc-preliminary", "速報", "preliminary report"},
                 {"final", "確報", "final report"},
                 {"ppc-final", "確報", "final report"},
                 {"notice", "公表", "public notice"},
                 {"notify_persons", "本人への通知", "telling the persons"},
                 {"notify_client", "委託元への通知", "telling the client"},
                 {"my_number_preliminary", "特定個人情報の速報", "preliminary report (My Number)"},
                 {"my_number_final", "特定個人情報の確報", "final report (My Number)"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(kind, words[i].kind))
            return kk_cstr(b->d->japanese ? words[i].ja : words[i].en);
    return kind;
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
