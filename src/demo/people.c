/* Homes and telephone numbers are handed out by counting, so that no two households share one; what
 * is shared (a family's landline, a name) is shared on purpose. */
#include "demo/people.h"

#include "base/time.h"

#include <stdio.h>

static const char *const buildings[] = {
    "メゾン青葉",     "コーポひまわり", "ハイツみどり", "サンハイツ",     "グリーンコート",
    "パークハイム桜", "第二末広荘",     "シティハイム", "レジデンス若葉", "ロイヤルコーポ",
    "ドミール松風",   "ファミール花園", "エステート桂", "ヴィラ常盤",     "プラザ中央",
    "フォレスト欅",   "スカイハイツ",   "コスモ高台",   "リバーサイド堤", "ライフピア梅",
};

kk_people *kk_people_open(kk_arena *arena, uint64_t seed)
{
    kk_people *people = KK_NEW(arena, kk_people);
    people->arena = arena;
    people->dice = kk_dice_make(seed, "people");
    people->taken = KK_NEW_ARRAY(arena, uint32_t, kk_demo_place_count);
    return people;
}

static bool ends_in_cho(const char *town)
{
    return kk_ends(kk_cstr(town), KK_S("町"));
}

/* The k-th home of a place: k runs over 3,000 house numbers in an order without pattern. */
kk_demo_home kk_people_new_home(kk_people *people)
{
    kk_demo_home home = {0};
    home.place = (uint16_t)kk_dice_below(&people->dice, (uint32_t)kk_demo_place_count);
    uint32_t k = (people->taken[home.place]++ * 787 + home.place * 113u + 131) % 3000;
    if (ends_in_cho(kk_demo_places[home.place].town)) {
        home.b = (uint16_t)(k % 1000 + 1);
        home.c = (uint16_t)(k / 1000);
    } else {
        home.a = (uint16_t)(k % 5 + 1);
        home.b = (uint16_t)(k / 5 % 30 + 1);
        home.c = (uint16_t)(k / 150 + 1);
    }
    if (kk_dice_percent(&people->dice, 35)) {
        home.building =
            (uint8_t)(1 + kk_dice_below(&people->dice, sizeof buildings / sizeof buildings[0]));
        home.room = (uint16_t)(100 * (1 + kk_dice_below(&people->dice, 8)) + 1 +
                               kk_dice_below(&people->dice, 9));
    }
    return home;
}

/* Ten digits: area code, an exchange of one repeated digit, four counted ones. */
void kk_people_new_landline(kk_people *people, uint16_t place, char out[16])
{
    const char *area = kk_demo_places[place].area;
    uint32_t n = people->landline_count++, digit = 2 + n % 8, last = (n / 8 * 7919 + 1234) % 10000;
    char exchange[8] = {0};
    size_t len = 6 - strlen(area);
    for (size_t i = 0; i < len && i < sizeof exchange - 1; i++)
        exchange[i] = (char)('0' + digit);
    snprintf(out, 16, "%s-%s-%04u", area, exchange, last);
}

void kk_people_give_mobile(kk_people *people, uint32_t person)
{
    static const char *const prefixes[] = {"090", "080", "070"};
    static const char *const blocks[] = {"1111", "2222", "3333", "4444", "5555",
                                         "6666", "7777", "8888", "9999", "1234",
                                         "2345", "3456", "4567", "5678", "6789"};
    uint32_t n = people->mobile_count++, last = (n / 45 * 7919 + 4321) % 10000;
    const char *block = blocks[n / 3 % 15];
    if (n / 3 % 15 < 9 && last == 1111 * (n / 3 % 15 + 1))
        block = "1212"; /* 090-1111-1111 is what people type who give no number */
    snprintf(people->persons[person].mobile, sizeof people->persons[person].mobile, "%s-%s-%04u",
             prefixes[n % 3], block, last);
}

uint32_t kk_people_settle_as(kk_people *people, uint16_t family)
{
    people->households = kk_grow(people->arena, people->households, &people->household_capacity,
                                 people->household_count + 1, sizeof *people->households);
    kk_demo_household *household = &people->households[people->household_count];
    *household = (kk_demo_household){.family = family, .home = kk_people_new_home(people)};
    kk_people_new_landline(people, household->home.place, household->landline);
    return (uint32_t)people->household_count++;
}

uint32_t kk_people_settle(kk_people *people)
{
    uint32_t family = kk_dice_low(&people->dice, (uint32_t)kk_demo_family_name_count);
    return kk_people_settle_as(people, (uint16_t)family);
}

/* In one household no two may have the same writing or the same reading. */
static bool clashes(const kk_people *people, const kk_demo_household *household, uint32_t given)
{
    const kk_demo_given_name *want = &kk_demo_given_names[given];
    for (uint32_t i = 0; i < household->member_count; i++) {
        const kk_demo_given_name *have =
            &kk_demo_given_names[people->persons[household->members[i]].given];
        if (strcmp(have->kanji, want->kanji) == 0 || strcmp(have->kana, want->kana) == 0)
            return true;
    }
    return false;
}

uint32_t kk_people_add(kk_people *people, uint32_t household, uint8_t sex, int from_year,
                       int to_year)
{
    kk_demo_household *home = &people->households[household];
    if (home->member_count == sizeof home->members / sizeof home->members[0])
        return KK_NOBODY;
    uint32_t given;
    do
        given = kk_dice_below(&people->dice, (uint32_t)kk_demo_given_name_count);
    while ((sex != 0 && kk_demo_given_names[given].sex != sex) || clashes(people, home, given));
    people->persons = kk_grow(people->arena, people->persons, &people->person_capacity,
                              people->person_count + 1, sizeof *people->persons);
    uint32_t id = (uint32_t)people->person_count++;
    people->persons[id] = (kk_demo_person){
        .household = household,
        .given = (uint16_t)given,
        .sex = kk_demo_given_names[given].sex,
        .birth_day = (int32_t)kk_dice_between(&people->dice, kk_days_from_civil(from_year, 1, 1),
                                              kk_days_from_civil(to_year, 12, 31)),
    };
    home->members[home->member_count++] = id;
    return id;
}

kk_demo_spelling kk_people_spelling(uint32_t person, uint32_t where)
{
    kk_dice dice = kk_dice_make((uint64_t)person << 8 | where, "spelling");
    kk_demo_spelling how = {0};
    uint32_t blank = kk_dice_below(&dice, 100);
    how.blank = blank < 55 ? KK_BLANK_WIDE : blank < 80 ? KK_BLANK_HALF : KK_BLANK_NONE;
    how.variant = kk_dice_percent(&dice, 20);
    how.half_kana = kk_dice_percent(&dice, 12);
    uint32_t style = kk_dice_below(&dice, 100);
    how.style = style < 60   ? KK_ADDRESS_HYPHEN
                : style < 75 ? KK_ADDRESS_WORDS
                : style < 88 ? KK_ADDRESS_WIDE
                             : KK_ADDRESS_MIXED;
    how.no_building = kk_dice_percent(&dice, 15);
    how.bare_phone = kk_dice_percent(&dice, 35);
    return how;
}

static const kk_demo_family_name *family_of(const kk_people *people, uint32_t person)
{
    return &kk_demo_family_names[people->households[people->persons[person].household].family];
}

kk_slice kk_person_family(const kk_people *people, uint32_t person, kk_demo_spelling how)
{
    const kk_demo_family_name *family = family_of(people, person);
    return kk_cstr(how.variant && family->variant ? family->variant : family->kanji);
}

kk_slice kk_person_given(const kk_people *people, uint32_t person)
{
    return kk_cstr(kk_demo_given_names[people->persons[person].given].kanji);
}

kk_slice kk_person_family_kana(const kk_people *people, uint32_t person)
{
    return kk_cstr(family_of(people, person)->kana);
}

kk_slice kk_person_given_kana(const kk_people *people, uint32_t person)
{
    return kk_cstr(kk_demo_given_names[people->persons[person].given].kana);
}

static void put_blank(kk_buffer *out, kk_demo_blank blank)
{
    if (blank == KK_BLANK_WIDE)
        kk_put(out, KK_S("　"));
    else if (blank == KK_BLANK_HALF)
        kk_put_byte(out, ' ');
}

void kk_put_person(kk_buffer *out, const kk_people *people, uint32_t person, kk_demo_spelling how)
{
    kk_put(out, kk_person_family(people, person, how));
    put_blank(out, how.blank);
    kk_put(out, kk_person_given(people, person));
}

/* Half-width forms of U+30A1 to U+30F4; the second string of a pair is the sound mark. */
void kk_put_half_kana(kk_buffer *out, kk_slice katakana)
{
    static const char *const half =
        "ｧ ｱ ｨ ｲ ｩ ｳ ｪ ｴ ｫ ｵ ｶ ｶﾞｷ ｷﾞｸ ｸﾞｹ ｹﾞｺ ｺﾞｻ ｻﾞｼ ｼﾞｽ ｽﾞｾ ｾﾞｿ ｿﾞﾀ ﾀﾞﾁ ﾁﾞｯ ﾂ ﾂﾞﾃ ﾃﾞﾄ ﾄﾞﾅ ﾆ ﾇ ﾈ "
        "ﾉ ﾊ ﾊﾞﾊﾟﾋ ﾋﾞﾋﾟﾌ ﾌﾞﾌﾟﾍ ﾍﾞﾍﾟﾎ ﾎﾞﾎﾟﾏ ﾐ ﾑ ﾒ ﾓ ｬ ﾔ ｭ ﾕ ｮ ﾖ ﾗ ﾘ ﾙ ﾚ ﾛ ﾜ ﾜ ｲ ｴ ｦ ﾝ ｳﾞ";
    size_t at = 0;
    while (at < katakana.len) {
        const uint8_t *p = (const uint8_t *)katakana.ptr + at;
        if (katakana.len - at < 3 || p[0] != 0xe3 || p[1] < 0x82) {
            kk_put_byte(out, katakana.ptr[at++]);
            continue;
        }
        uint32_t c = (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
        at += 3;
        if (c == 0x30fc) {
            kk_put(out, KK_S("ｰ"));
            continue;
        }
        if (c < 0x30a1 || c > 0x30f4)
            continue;
        const char *h = half;
        for (uint32_t i = 0x30a1; i < c; i++)
            h += h[3] == ' ' ? 4 : 6;
        kk_put_bytes(out, h, h[3] == ' ' ? 3 : 6);
    }
}

void kk_put_person_kana(kk_buffer *out, const kk_people *people, uint32_t person,
                        kk_demo_spelling how)
{
    kk_slice family = kk_person_family_kana(people, person),
             given = kk_person_given_kana(people, person);
    if (how.half_kana) {
        kk_put_half_kana(out, family);
        if (how.blank != KK_BLANK_NONE)
            kk_put_byte(out, ' ');
        kk_put_half_kana(out, given);
    } else {
        kk_put(out, family);
        put_blank(out, how.blank);
        kk_put(out, given);
    }
}

static void put_number(kk_buffer *out, uint32_t number, bool wide)
{
    char digits[12];
    int len = snprintf(digits, sizeof digits, "%u", number);
    for (int i = 0; i < len; i++) {
        if (wide) {
            const char wide_digit[] = {(char)0xef, (char)0xbc, (char)(0x90 + digits[i] - '0')};
            kk_put_bytes(out, wide_digit, sizeof wide_digit);
        } else {
            kk_put_byte(out, digits[i]);
        }
    }
}

static void put_blocks(kk_buffer *out, const kk_demo_home *home, kk_demo_address_style style)
{
    bool wide = style == KK_ADDRESS_WIDE;
    kk_slice dash = wide ? KK_S("－") : KK_S("-");
    put_number(out, home->a, wide);
    kk_put(out, style == KK_ADDRESS_WORDS || style == KK_ADDRESS_MIXED ? KK_S("丁目") : dash);
    put_number(out, home->b, wide);
    kk_put(out, style == KK_ADDRESS_WORDS ? KK_S("番") : dash);
    put_number(out, home->c, wide);
    if (style == KK_ADDRESS_WORDS)
        kk_put(out, KK_S("号"));
}

static void put_lots(kk_buffer *out, const kk_demo_home *home, kk_demo_address_style style)
{
    bool wide = style == KK_ADDRESS_WIDE, words = style == KK_ADDRESS_WORDS;
    put_number(out, home->b, wide);
    if (words)
        kk_put(out, KK_S("番地"));
    if (home->c == 0)
        return;
    if (!words)
        kk_put(out, wide ? KK_S("－") : KK_S("-"));
    else
        kk_put(out, KK_S("の"));
    put_number(out, home->c, wide);
}

void kk_put_house(kk_buffer *out, const kk_demo_home *home, kk_demo_spelling how)
{
    if (home->a != 0)
        put_blocks(out, home, how.style);
    else
        put_lots(out, home, how.style);
}

void kk_put_building(kk_buffer *out, const kk_demo_home *home)
{
    if (home->building == 0)
        return;
    kk_put(out, kk_cstr(buildings[home->building - 1]));
    kk_putf(out, "%u号室", home->room);
}

void kk_put_address(kk_buffer *out, const kk_demo_home *home, kk_demo_spelling how)
{
    const kk_demo_place *place = &kk_demo_places[home->place];
    kk_put(out, kk_cstr(place->prefecture));
    kk_put(out, kk_cstr(place->city));
    kk_put(out, kk_cstr(place->town));
    kk_put_house(out, home, how);
    if (home->building != 0 && !how.no_building) {
        kk_put(out, KK_S("　"));
        kk_put_building(out, home);
    }
}

void kk_put_postal(kk_buffer *out, const kk_demo_home *home, bool hyphen)
{
    const char *postal = kk_demo_places[home->place].postal;
    kk_put_bytes(out, postal, 3);
    if (hyphen)
        kk_put_byte(out, '-');
    kk_put_bytes(out, postal + 3, 4);
}

void kk_put_phone(kk_buffer *out, const char *phone, bool bare)
{
    for (; *phone; phone++)
        if (!bare || *phone != '-')
            kk_put_byte(out, *phone);
}

const char *kk_person_phone(const kk_people *people, uint32_t person)
{
    const kk_demo_person *one = &people->persons[person];
    return one->mobile[0] ? one->mobile : people->households[one->household].landline;
}

void kk_put_day(kk_buffer *out, int32_t day, char separator)
{
    int year, month, date;
    kk_civil_from_days(day, &year, &month, &date);
    kk_putf(out, "%04d%c%02d%c%02d", year, separator, month, separator, date);
}
