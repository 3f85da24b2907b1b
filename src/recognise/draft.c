/* Columns put together: surname and given name, the parts of an address, the pieces of a number. */
#include "recognise/draft.h"

#include "base/text.h"
#include "base/time.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/kana.h"

void kk_persona_clear(kk_persona *p, kk_role role)
{
    memset(p, 0, offsetof(kk_persona, phones));
    p->role = role;
    p->birth = KK_NO_DAY;
    p->dated = p->left_at = KK_NO_TIME;
    p->standing = p->name.standing = KK_COUNTS;
}

/* 9055550101, a number to a spreadsheet: nobody could call it. */
static bool lost_its_zero(kk_slice shown, const kk_phone *phone)
{
    return phone->digits[0] == '0' && shown.len + 1 == phone->len &&
           kk_eq(shown, kk_from(kk_phone_digits(phone), 1));
}

void kk_persona_add_phones(kk_persona *p, kk_slice plain)
{
    if (kk_ends(plain, KK_S(".0"))) /* a spreadsheet made a number of it */
        plain.len -= 2;
    for (int rounds = 0; rounds < 2 && plain.len; rounds++) {
        size_t from = 0, used = 0;
        while (from < plain.len && !kk_char_digit((unsigned char)plain.ptr[from]) &&
               plain.ptr[from] != '+' && plain.ptr[from] != '(')
            from++;
        plain = kk_from(plain, from);
        kk_phone phone = kk_phone_read(plain, true, &used);
        if (phone.kind != KK_PHONE_NONE && phone.kind != KK_PHONE_FILLER) {
            p->items |= KK_BIT(KK_ITEM_PHONE);
            bool opened =
                plain.ptr[0] == '(' && kk_find_byte(kk_part(plain, 0, used), ')') == KK_NOWHERE;
            bool first = !p->phone_shown.len, kept = p->phone_count < KK_PHONES_MAX;
            kk_slice shown = kk_part(plain, opened, used - opened);
            if (kept)
                p->phones[p->phone_count++] = phone;
            if (first)
                p->phone_shown = kept && lost_its_zero(shown, &phone)
                                     ? kk_phone_digits(&p->phones[p->phone_count - 1])
                                     : shown;
        }
        plain = kk_from(plain, used ? used : plain.len);
        if (!plain.len)
            break;
        /* 内線 123 is no second number */
        if (kk_starts(kk_trim(plain), KK_S("内線")) ||
            kk_has_nocase(kk_part(plain, 0, 6), KK_S("ext")))
            break;
    }
}

void kk_persona_join_phones(kk_persona *owner, const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count && owner->phone_count < KK_PHONES_MAX; i++)
        owner->phones[owner->phone_count++] = p->phones[i];
    if (!owner->phone_shown.len)
        owner->phone_shown = p->phone_shown;
}

void kk_persona_set_email(kk_persona *p, kk_arena *scratch, kk_slice plain)
{
    kk_email email = kk_email_read(scratch, plain);
    if (!email.address.len)
        return;
    p->items |= KK_BIT(KK_ITEM_EMAIL);
    if (!p->email.address.len)
        p->email = email;
}

void kk_persona_set_name(kk_persona *p, kk_arena *scratch, kk_name name)
{
    if (!name.shown.len && !name.company.len)
        return;
    p->name = name;
    if (name.whole.len && name.standing != KK_IS_ORGANISATION)
        p->items |= KK_BIT(KK_ITEM_NAME);
    if (name.company.len) {
        p->items |= KK_BIT(KK_ITEM_COMPANY);
        p->company_shown = name.company;
    }
    if (name.kana.len && !p->kana.len)
        kk_persona_set_kana(p, scratch, name.kana);
}

void kk_persona_set_kana(kk_persona *p, kk_arena *scratch, kk_slice plain)
{
    size_t comma = kk_find_byte(plain, ','); /* サトウ, ケンイチ */
    if (comma != KK_NOWHERE)
        plain = kk_print(scratch, "%.*s %.*s", KK_P(kk_trim(kk_part(plain, 0, comma))),
                         KK_P(kk_trim(kk_from(plain, comma + 1))));
    kk_slice skeleton = kk_kana_skeleton(scratch, plain);
    if (!skeleton.len)
        return;
    p->items |= KK_BIT(KK_ITEM_KANA);
    p->kana = skeleton;
    p->kana_shown = plain;
    size_t blank = kk_find_byte(plain, ' ');
    p->kana_full = blank != KK_NOWHERE || kk_char_count(skeleton) >= KK_KANA_MIN;
}

void kk_persona_set_zip(kk_persona *p, kk_arena *scratch, kk_slice plain)
{
    if (kk_ends(plain, KK_S(".0")))
        plain.len -= 2;
    if (kk_starts(plain, KK_S("'"))) /* that spreadsheets shall keep its zeros */
        plain = kk_from(plain, 1);
    bool japanese;
    kk_slice zip = kk_postal_read(scratch, plain, &japanese);
    if (!zip.len)
        return;
    p->items |= KK_BIT(KK_ITEM_POSTAL_CODE);
    p->zip = zip;
    bool lost_zeros = japanese && plain.len < zip.len && kk_ends(zip, plain);
    p->zip_shown = lost_zeros ? zip : plain;
    p->zip_japanese = japanese;
}

/* 〒100-0005 before an address is shown by itself. */
static kk_slice without_zip(kk_slice plain)
{
    kk_slice rest = kk_starts(plain, KK_S("〒")) ? kk_from(plain, strlen("〒")) : plain;
    size_t digits = 0, at = 0;
    for (; at < rest.len && digits < 7; at++) {
        unsigned char c = (unsigned char)rest.ptr[at];
        digits += kk_char_digit(c);
        if (!kk_char_digit(c) && c != '-' && c != ' ')
            return plain;
    }
    return digits == 7 && at < rest.len ? kk_trim(kk_from(rest, at)) : plain;
}

static void set_address(kk_persona *p, kk_places *places, kk_arena *scratch, kk_slice plain)
{
    p->address = kk_address_recall(scratch, places, plain);
    p->address_shown = p->address.zip.len ? without_zip(plain) : plain;
    p->items |= KK_BIT(KK_ITEM_ADDRESS);
    if (!p->address.zip.len || p->zip.len)
        return;
    kk_slice zip = kk_trim(kk_part(plain, 0, (size_t)(p->address_shown.ptr - plain.ptr)));
    if (kk_starts(zip, KK_S("〒")))
        zip = kk_trim(kk_from(zip, strlen("〒")));
    kk_persona_set_zip(p, scratch, zip.len ? zip : p->address.zip);
}

void kk_persona_set_birth(kk_persona *p, kk_slice plain, kk_day day)
{
    if (!day.found || day.filler)
        return;
    p->items |= KK_BIT(KK_ITEM_BIRTH_DATE);
    p->birth_shown = plain;
    p->birth = day.day;
    p->attributes = true;
}

static void settle_name(kk_persona *p, const kk_draft *d, const kk_lexicon *lexicon,
                        kk_arena *scratch)
{
    if (d->family.len || d->given.len)
        kk_persona_set_name(p, scratch, kk_name_of_parts(scratch, lexicon, d->family, d->given));
    else if (d->name.len)
        kk_persona_set_name(p, scratch, kk_name_read(scratch, lexicon, d->name));
    if (p->name.whole.len || p->name.standing == KK_IS_ORGANISATION)
        return;
    if (d->latin_family.len || d->latin_given.len)
        kk_persona_set_name(p, scratch,
                            kk_name_of_parts(scratch, lexicon, d->latin_family, d->latin_given));
    else if (d->latin.len)
        kk_persona_set_name(p, scratch, kk_name_read(scratch, lexicon, d->latin));
}

static void settle_kana(kk_persona *p, const kk_draft *d, kk_arena *scratch)
{
    if (d->family_kana.len || d->given_kana.len) {
        kk_pen pen = kk_pen_open(scratch, d->family_kana.len + 1 + d->given_kana.len);
        kk_pen_add(&pen, d->family_kana);
        kk_pen_add(&pen, KK_S(" "));
        kk_pen_add(&pen, d->given_kana);
        kk_persona_set_kana(p, scratch, kk_trim(kk_pen_slice(&pen)));
        p->kana_full = d->family_kana.len && d->given_kana.len && p->kana.len;
    } else if (d->kana.len) {
        kk_persona_set_kana(p, scratch, d->kana);
    }
}

static void settle_birth(kk_persona *p, const kk_draft *d, kk_arena *scratch)
{
    if (!d->birth_year.len || p->birth_shown.len)
        return;
    kk_slice era = {&d->birth_era, d->birth_era != 0};
    kk_slice text = kk_print(scratch, "%.*s%.*s/%.*s/%.*s", KK_P(era), KK_P(d->birth_year),
                             KK_P(d->birth_month), KK_P(d->birth_day));
    kk_day day = kk_day_read(text, true);
    day.found = true; /* a year alone is a birth date too, but compares with none */
    kk_persona_set_birth(p, text, day);
}

static bool all_digits(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!kk_char_digit((unsigned char)text.ptr[i]))
            return false;
    return text.len > 0;
}

/* Whether a later part says again what this one says: 住所 that begins with the prefecture. */
static bool said_again(const kk_draft *d, size_t at)
{
    if (d->parts[at].kind != KK_COL_PREFECTURE && d->parts[at].kind != KK_COL_CITY)
        return false;
    size_t len;
    for (size_t i = at + 1; i < d->part_count; i++)
        if (d->parts[i].kind == KK_COL_ADDRESS && (kk_starts(d->parts[i].text, d->parts[at].text) ||
                                                   kk_prefecture_at(d->parts[i].text, &len)))
            return true;
    return false;
}

static void add_part(kk_pen *pen, const kk_address_part *part, bool western)
{
    bool place = part->kind == KK_COL_PREFECTURE || part->kind == KK_COL_CITY;
    bool room_number = part->kind == KK_COL_ROOM || part->kind == KK_COL_BUILDING;
    kk_pen_add(pen, part->text);
    if (room_number && !western && all_digits(part->text))
        kk_pen_add(pen, KK_S("号室"));
    if (western || !place)
        kk_pen_add(pen, KK_S(" "));
}

/* From the large to the small; in Western tables the city comes after the street. */
static kk_slice join_parts(const kk_draft *d, bool western, kk_arena *scratch)
{
    size_t room = 0;
    if (d->part_count == 1 && d->parts[0].kind == KK_COL_ADDRESS)
        return kk_trim(d->parts[0].text);
    for (size_t i = 0; i < d->part_count; i++)
        room += d->parts[i].text.len + 16;
    kk_pen pen = kk_pen_open(scratch, room);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < d->part_count; i++) {
            const kk_address_part *part = &d->parts[i];
            bool place = part->kind == KK_COL_PREFECTURE || part->kind == KK_COL_CITY;
            bool now = western ? place == (round == 1) : round == 0;
            if (now && !said_again(d, i))
                add_part(&pen, part, western);
        }
    return kk_trim(kk_pen_slice(&pen));
}

/* Number and street apart; of several lines the first is the street. */
static void settle_western(kk_persona *p, const kk_draft *d, kk_arena *scratch)
{
    kk_slice number = KK_NONE, street = KK_NONE, suburb = KK_NONE;
    for (size_t i = 0; i < d->part_count; i++) {
        const kk_address_part *part = &d->parts[i];
        if (part->kind == KK_COL_STREET_NUMBER)
            number = part->text;
        else if (!street.len && (part->kind == KK_COL_STREET || part->kind == KK_COL_ADDRESS))
            street = part->text;
        else if (!suburb.len && (part->kind == KK_COL_CITY || part->kind == KK_COL_SUBURB))
            suburb = part->text;
    }
    p->address = kk_address_western(scratch, number, street);
    p->address.suburb = kk_lower(scratch, kk_dense(scratch, suburb));
    if (p->address.level != KK_PLACE_NONE || d->part_count)
        p->items |= KK_BIT(KK_ITEM_ADDRESS);
}

/* ship-address-1, ship-city, ship-state of a Japanese address: the prefecture stands last. */
static void turn_round(kk_draft *d)
{
    for (size_t i = 1; i < d->part_count; i++) {
        kk_address_part part = d->parts[i];
        if (part.kind != KK_COL_SUBURB || !kk_has_japanese(part.text))
            continue;
        memmove(d->parts + 1, d->parts, i * sizeof *d->parts);
        part.kind = KK_COL_PREFECTURE;
        d->parts[0] = part;
    }
}

static void settle_address(kk_persona *p, kk_draft *d, const kk_slot_plan *slot, kk_arena *scratch)
{
    if (!d->part_count)
        return;
    bool western = slot->western;
    for (size_t i = 0; i < d->part_count && western; i++)
        western = !kk_has_japanese(d->parts[i].text);
    if (!western && slot->western)
        turn_round(d);
    kk_slice whole = join_parts(d, western, scratch);
    if (western) {
        settle_western(p, d, scratch);
        p->address_shown = whole;
        return;
    }
    set_address(p, d->places, scratch, whole);
}

static void settle_company(kk_persona *p, kk_arena *scratch)
{
    if (p->company_shown.len)
        p->company = kk_company_form(scratch, kk_plain(scratch, p->company_shown));
}

void kk_draft_settle(kk_persona *p, kk_draft *d, const kk_slot_plan *slot,
                     const kk_lexicon *lexicon, kk_arena *scratch)
{
    settle_name(p, d, lexicon, scratch);
    settle_kana(p, d, scratch);
    settle_birth(p, d, scratch);
    if (d->zip_pieces.len)
        kk_persona_set_zip(p, scratch, d->zip_pieces);
    if (d->phone_pieces.len)
        kk_persona_add_phones(p, d->phone_pieces);
    if (d->mobile_pieces.len)
        kk_persona_add_phones(p, d->mobile_pieces);
    settle_address(p, d, slot, scratch);
    settle_company(p, scratch);
}
