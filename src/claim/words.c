/* Small words of claims: numbers, times and sizes as a reader writes them. */
#include "claim/claim_i.h"

#include <stdlib.h>

kk_slice local_time_text(const building *b, kk_time at)
{
    const kk_zone *zone = &b->facts->settings->zone;
    kk_civil c = kk_civil_in_zone(zone, at);
    int32_t offset = kk_zone_offset(zone, at);
    return kk_print(b->arena, "%04d-%02d-%02d %02d:%02d (%c%02d:%02d)", c.year, c.month, c.day,
                    c.hour, c.minute, offset < 0 ? '-' : '+', abs(offset) / 3600,
                    abs(offset) / 60 % 60);
}

kk_slice local_day_text(const building *b, const kk_moment *at)
{
    kk_civil c = kk_civil_in_zone(&b->facts->settings->zone, at->time);
    return kk_print(b->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

kk_slice bytes_text(kk_arena *arena, uint64_t bytes)
{
    if (bytes >= 1000000000)
        return kk_print(arena, "%.1f GB", (double)bytes / 1e9);
    if (bytes >= 100000)
        return kk_print(arena, "%.1f MB", (double)bytes / 1e6);
    return kk_print(arena, "%llu kB", (unsigned long long)(bytes + 999) / 1000);
}

kk_slice item_words(kk_arena *arena, uint64_t items, bool japanese)
{
    kk_buffer out = {0};
    for (int i = 0; i < KK_ITEMS; i++) {
        if (!(items >> i & 1))
            continue;
        if (out.len)
            kk_put(&out, japanese ? KK_S("、") : KK_S(", "));
        kk_put(&out, kk_cstr(japanese ? kk_items[i].ja : kk_items[i].en));
    }
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

kk_slice json_number(kk_arena *arena, uint64_t number)
{
    return kk_print(arena, "%llu", (unsigned long long)number);
}

kk_slice json_time(kk_arena *arena, kk_time at)
{
    return at == KK_NO_TIME ? KK_NONE : kk_print(arena, "\"%.*s\"", KK_P(kk_time_text(arena, at)));
}

#define TOLD(ja, en) (japanese ? KK_S(ja) : KK_S(en))

kk_slice kk_party_words(const kk_case_settings *settings, kk_slice id, bool japanese)
{
    const kk_party *party = kk_party_by_id(settings, id);
    if (kk_is(id, "ppc") || kk_is(id, "jp-ppc"))
        return TOLD("個人情報保護委員会", "Personal Information Protection Commission");
    if (kk_is(id, "police"))
        return TOLD("警察", "the police");
    if (kk_is(id, "persons"))
        return TOLD("本人", "the persons concerned");
    if (kk_eq(id, KK_SELF) && settings->organisation.name.len)
        return settings->organisation.name;
    if (kk_eq(id, KK_SELF))
        return TOLD("自社", "ourselves");
    return party && party->name.len ? party->name : id;
}

kk_slice kk_report_kind_words(kk_slice kind, bool japanese)
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
            return kk_cstr(japanese ? words[i].ja : words[i].en);
    return kind;
}
