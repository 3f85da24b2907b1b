#include "recognise/joined.h"

static bool differ(kk_slice a, kk_slice b)
{
    return a.len && b.len && !kk_eq(a, b);
}

static bool has_phone(const kk_persona *p, const kk_phone *phone)
{
    for (size_t i = 0; i < p->phone_count; i++)
        if (kk_eq(kk_phone_digits(&p->phones[i]), kk_phone_digits(phone)))
            return true;
    return false;
}

/* Two mobile numbers, or two of houses: a list of telephones has two of one name. */
static bool phones_differ(const kk_persona *a, const kk_persona *b)
{
    bool alike[2] = {false}, same[2] = {false};
    for (size_t i = 0; i < a->phone_count; i++)
        for (size_t k = 0; k < b->phone_count; k++) {
            bool mobile = a->phones[i].kind == KK_PHONE_MOBILE;
            if (mobile != (b->phones[k].kind == KK_PHONE_MOBILE))
                continue;
            alike[mobile] = true;
            same[mobile] |= kk_eq(kk_phone_digits(&a->phones[i]), kk_phone_digits(&b->phones[k]));
        }
    return (alike[0] && !same[0]) || (alike[1] && !same[1]);
}

static bool has_card_or_account(const kk_persona *p)
{
    return p->card.len || p->bank.len || p->insurance_number.len;
}

/* A father and a son of one name, two customers: what both have must be the same. */
static bool contradict(const kk_persona *a, const kk_persona *b)
{
    bool birth = a->birth != KK_NO_DAY && b->birth != KK_NO_DAY && a->birth != b->birth;
    return birth || (a->sex && b->sex && a->sex != b->sex) || phones_differ(a, b) ||
           differ(a->email.address, b->email.address) || differ(a->kana, b->kana) ||
           differ(a->address.place, b->address.place) ||
           differ(a->address.block, b->address.block) || differ(a->zip, b->zip) ||
           differ(a->company, b->company) || (a->number_count && b->number_count) ||
           (has_card_or_account(a) && has_card_or_account(b));
}

static void take(kk_slice *into, kk_slice from)
{
    if (!into->len)
        *into = from;
}

static void join_address(kk_persona *into, const kk_persona *from)
{
    if (!into->zip.len && from->zip.len) {
        into->zip = from->zip;
        into->zip_shown = from->zip_shown;
        into->zip_japanese = from->zip_japanese;
    }
    if (into->address_shown.len)
        return;
    into->address = from->address;
    into->address_shown = from->address_shown;
}

static void join_numbers(kk_persona *into, const kk_persona *from)
{
    for (size_t i = 0; i < from->phone_count && into->phone_count < KK_PHONES_MAX; i++)
        if (!has_phone(into, &from->phones[i]))
            into->phones[into->phone_count++] = from->phones[i];
    take(&into->phone_shown, from->phone_shown);
    for (size_t i = 0; i < from->number_count && into->number_count < KK_NUMBERS_MAX; i++)
        into->numbers[into->number_count++] = from->numbers[i];
    take(&into->card, from->card);
    take(&into->bank, from->bank);
    take(&into->bank_branch, from->bank_branch);
    take(&into->holder, from->holder);
    take(&into->card_holder, from->card_holder);
    take(&into->insurer, from->insurer);
    take(&into->insurance_symbol, from->insurance_symbol);
    take(&into->insurance_number, from->insurance_number);
    take(&into->insurance_branch, from->insurance_branch);
}

bool kk_persona_join(kk_persona *into, const kk_persona *from)
{
    if (!into->name.full || !from->name.full || !kk_eq(into->name.whole, from->name.whole) ||
        into->name.standing != KK_COUNTS || from->name.standing != KK_COUNTS ||
        contradict(into, from))
        return false;
    if (into->role == KK_ROLE_SELF)
        into->role = from->role;
    if (into->birth == KK_NO_DAY && from->birth_shown.len) {
        into->birth = from->birth;
        into->birth_shown = from->birth_shown;
    }
    if (!into->kana.len && from->kana.len) {
        into->kana = from->kana;
        into->kana_shown = from->kana_shown;
        into->kana_full = from->kana_full;
    }
    if (!into->email.address.len)
        into->email = from->email;
    into->sex = into->sex ? into->sex : from->sex;
    take(&into->former_family, from->former_family);
    take(&into->company, from->company);
    take(&into->company_shown, from->company_shown);
    take(&into->person_no, from->person_no);
    join_address(into, from);
    join_numbers(into, from);
    into->items |= from->items;
    into->test_data |= from->test_data;
    into->test_card |= from->test_card;
    into->deceased |= from->deceased;
    into->attributes |= from->attributes;
    into->corporate |= from->corporate;
    into->secret |= from->secret;
    return true;
}
