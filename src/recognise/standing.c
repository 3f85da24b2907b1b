/* What stands in a slot: a person to be counted, or why not. */
#include "recognise/persona.h"

static bool has_mobile(const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count; i++)
        if (p->phones[i].kind == KK_PHONE_MOBILE)
            return true;
    return false;
}

static bool has_official(const kk_persona *p)
{
    for (size_t i = 0; i < p->number_count; i++)
        if (p->numbers[i].table == 0)
            return true;
    return p->card.len > 0 ||
           (p->insurance_number.len > 0 && p->insurance_symbol.len + p->insurer.len > 0);
}

bool kk_persona_named(const kk_persona *p)
{
    return p->name.whole.len > 0 || p->kana.len > 0;
}

/* A surname alone is somebody only beside something else. */
static bool name_identifies(const kk_persona *p)
{
    if (p->name.full || p->kana_full)
        return true;
    return kk_persona_named(p) && (p->phone_count || p->email.address.len || p->company.len ||
                                   p->address.level >= KK_PLACE_TOWN || p->number_count ||
                                   p->zip.len || p->birth != KK_NO_DAY);
}

static bool identified(const kk_persona *p)
{
    bool mail = p->email.address.len && !p->email.shared && !p->email.filler;
    bool birth = p->birth != KK_NO_DAY;
    return name_identifies(p) || mail || has_mobile(p) || has_official(p) || p->bank.len ||
           (p->number_count && p->attributes) ||
           (p->secret && (p->items & KK_BIT(KK_ITEM_USER_ID))) ||
           (birth && (p->address.level >= KK_PLACE_TOWN || p->zip.len || p->phone_count));
}

/* Names that forms are shown with. Somebody may bear them: they need a filler beside them. */
static bool is_sample_name(kk_slice whole)
{
    static const char *const names[] = {"山田太郎", "山田花子", "日本太郎", "日本花子",
                                        "東京太郎", "東京花子", "見本太郎", "見本花子",
                                        "甲野太郎", "乙山花子", "個人太郎", "番号花子",
                                        "doejohn",  "doejane",  "doe john", "doe jane"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_is(whole, names[i]))
            return true;
    return false;
}

kk_standing kk_standing_of(const kk_persona *p)
{
    bool named = kk_persona_named(p);
    if (p->name.standing == KK_IS_DECEASED || (p->deceased && named))
        return KK_IS_DECEASED;
    if (p->test_data || (p->name.standing == KK_IS_PLACEHOLDER && p->name.shown.len))
        return KK_IS_PLACEHOLDER;
    if (p->name.standing == KK_IS_ORGANISATION ||
        (p->corporate && p->role == KK_ROLE_SELF && !p->name.known))
        return KK_IS_ORGANISATION;
    /* "Front Desk <noreply@...>" */
    if (!p->name.known && !p->kana.len && p->email.address.len && p->email.filler &&
        !has_mobile(p) && !has_official(p))
        return KK_IS_PLACEHOLDER;
    if (p->email.filler && is_sample_name(p->name.whole))
        return KK_IS_PLACEHOLDER;
    if (!named && p->test_card && !p->email.address.len && !p->phone_count)
        return KK_IS_PLACEHOLDER;
    bool personal = (p->email.address.len && !p->email.shared) || has_mobile(p) || p->attributes;
    if (!named && p->company.len && !personal)
        return KK_IS_ORGANISATION;
    return identified(p) ? KK_COUNTS : KK_NOT_IDENTIFIED;
}
