/* What stands in a slot: a person to be counted, or why not. */
#include "base/text.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/persona.h"

static bool has_mobile(const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count; i++)
        if (p->phones[i].kind == KK_PHONE_MOBILE)
            return true;
    return false;
}

/* 090-1234-5678, and 090-0000-0001 and 03-0000-0001, which no carrier has: as samples show them. */
static bool is_shown_number(const kk_phone *phone)
{
    if (phone->len == 10)
        return memcmp(phone->digits + 2, "0000", 4) == 0;
    return phone->len == 11 &&
           (phone->digits[3] == '0' || memcmp(phone->digits + 3, "12345678", 8) == 0);
}

static bool has_mobile_of_somebody(const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count; i++)
        if (p->phones[i].kind == KK_PHONE_MOBILE && !is_shown_number(&p->phones[i]))
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
           (p->numbered_as_person && p->address.level >= KK_PLACE_BLOCK && !p->company.len) ||
           (p->secret && (p->items & KK_BIT(KK_ITEM_USER_ID))) ||
           (birth && (p->address.level >= KK_PLACE_TOWN || p->zip.len || p->phone_count));
}

/* Names that forms are shown with. Somebody may bear them: they need a filler beside them. */
static bool is_sample_name(kk_slice whole)
{
    static const kk_slice names[] = {
        KK_WORD("山田太郎"), KK_WORD("山田花子"), KK_WORD("日本太郎"), KK_WORD("日本花子"),
        KK_WORD("東京太郎"), KK_WORD("東京花子"), KK_WORD("見本太郎"), KK_WORD("見本花子"),
        KK_WORD("甲野太郎"), KK_WORD("乙山花子"), KK_WORD("個人太郎"), KK_WORD("番号花子"),
        KK_WORD("doejohn"),  KK_WORD("doejane"),  KK_WORD("doe john"), KK_WORD("doe jane")};
    for (size_t i = 0; i < KK_COUNT(names); i++)
        if (kk_eq(whole, names[i]))
            return true;
    return false;
}

/* taro@example.com, and no telephone number but such as samples show: 03-0000-0001. */
static bool has_sample_mailbox(const kk_persona *p)
{
    static const char *const boxes[] = {"taro@example.com", "hanako@example.com",
                                        "taro@example.org", "hanako@example.org",
                                        "taro@example.net", "hanako@example.net"};
    for (size_t i = 0; i < p->phone_count; i++)
        if (!is_shown_number(&p->phones[i]))
            return p->email.filler;
    for (size_t i = 0; i < KK_COUNT(boxes); i++)
        if (kk_is(p->email.address, boxes[i]))
            return !p->number_count && !p->address_shown.len && p->birth == KK_NO_DAY;
    return p->email.filler;
}

static bool has_landline(const kk_persona *p)
{
    for (size_t i = 0; i < p->phone_count; i++)
        if (p->phones[i].kind != KK_PHONE_NONE)
            return true;
    return false;
}

/* Of what is there, that which comes nearest to telling somebody. */
static kk_aside why_nobody(const kk_persona *p)
{
    if (kk_persona_named(p))
        return KK_ASIDE_SURNAME_ALONE;
    if (p->number_count)
        return KK_ASIDE_NUMBER_ALONE;
    if (p->email.address.len)
        return KK_ASIDE_SHARED_MAIL;
    if (has_landline(p))
        return KK_ASIDE_LANDLINE_ALONE;
    bool place = (p->items & (KK_BIT(KK_ITEM_ADDRESS) | KK_BIT(KK_ITEM_POSTAL_CODE))) != 0;
    return place ? KK_ASIDE_PLACE_ALONE : KK_ASIDE_NOTHING_TELLS;
}

static kk_judgement judged(kk_standing standing, kk_aside reason, kk_column_kind by)
{
    return (kk_judgement){standing, reason, by, NULL};
}

static kk_aside why_organisation(const kk_persona *p)
{
    kk_slice whole = p->name.company.len ? p->name.company : p->name.shown;
    kk_aside reason = kk_organisation_reason(whole);
    return reason ? reason : KK_ASIDE_HOUSEHOLD;
}

/* Longer than any name in one word, or what the mailbox is called: anywhere else a surname may stand there. */
static bool is_no_surname(const kk_persona *p)
{
    enum { CHARS = 7 };
    kk_slice local = kk_part(p->email.address, 0, kk_find_byte(p->email.address, '@'));
    bool latin = p->name.script != KK_NAME_JAPANESE;
    bool joined = kk_find_byte(p->name.shown, '-') != KK_NOWHERE && /* shop-front */
                  p->name.shown.ptr[0] >= 'a' && p->name.shown.ptr[0] <= 'z';
    return latin ? joined || kk_eq_nocase(p->name.shown, local)
                 : kk_char_count(p->name.shown) >= CHARS;
}

/* From あおばニュース <news@...>, WordPress <wordpress@...>: no name that the lists know, with a mailbox of many. */
static bool is_sender_of_many(const kk_persona *p)
{
    bool of_shop = kk_ends(p->name.shown, KK_S("店"));
    bool joined = p->name.script == KK_NAME_LATIN && kk_find_byte(p->name.shown, ' ') == KK_NOWHERE;
    bool one_word = (!p->name.split || joined) && !p->name.given.len;
    bool of_mail =
        p->role == KK_ROLE_SENDER || p->role == KK_ROLE_RECIPIENT || (one_word && is_no_surname(p));
    return of_mail && p->name.whole.len && (of_shop || one_word) && p->email.shared &&
           !has_mobile(p);
}

/* 総務 <info@...>: whoever sits there is not said. */
static bool is_desk(const kk_persona *p)
{
    if (!p->name.known && !p->attributes && is_sender_of_many(p))
        return true;
    return !p->name.known && !p->attributes && kk_is_desk(p->name.shown) && !has_mobile(p) &&
           !has_official(p);
}

/* A sentence, a dash or a hundred letters in the place of a name say nothing of who it is: what only somebody has does,
 * as where the place is empty. */
static bool is_told_beside(const kk_persona *p)
{
    bool mail = p->email.address.len && !p->email.shared && !p->email.filler;
    return p->name.reason == KK_ASIDE_NO_WORD &&
           (mail || has_mobile_of_somebody(p) || has_official(p));
}

/* By what stands in place of a name, or is said of the whole row. */
static kk_judgement judge_name(const kk_persona *p)
{
    if (p->name.standing == KK_IS_DECEASED)
        return judged(KK_IS_DECEASED, KK_ASIDE_DEATH_MARK, KK_COL_NAME);
    if (p->deceased && kk_persona_named(p))
        return (kk_judgement){KK_IS_DECEASED, KK_ASIDE_DEATH_SAID, KK_COL_DEATH, p->told};
    if (p->test_data)
        return (kk_judgement){KK_IS_PLACEHOLDER, KK_ASIDE_TEST_REMARK, KK_COL_REMARK, p->told};
    if (p->name.standing == KK_IS_PLACEHOLDER && p->name.shown.len && !is_told_beside(p))
        return judged(KK_IS_PLACEHOLDER, p->name.reason, KK_COL_NAME);
    if (p->name.standing == KK_IS_ORGANISATION)
        return judged(KK_IS_ORGANISATION, why_organisation(p), KK_COL_NAME);
    if (is_desk(p))
        return judged(KK_IS_ORGANISATION, KK_ASIDE_DEPARTMENT_WORD, KK_COL_NAME);
    if (p->corporate && p->role == KK_ROLE_SELF && !p->name.known)
        return judged(KK_IS_ORGANISATION, KK_ASIDE_CORPORATE_NUMBER, KK_COL_CORPORATE_NO);
    return judged(KK_COUNTS, KK_ASIDE_NONE, KK_COL_UNKNOWN);
}

/* ○○県○○市, △△町: what forms are shown with. */
static bool has_sample_place(const kk_persona *p)
{
    static const char *const signs[] = {"○○", "〇〇", "◯◯", "△△", "××", "□□", "●●"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (kk_has(p->address_shown, kk_cstr(signs[i])))
            return true;
    return false;
}

static kk_judgement judge_made_up(const kk_persona *p)
{
    /* "Front Desk <noreply@...>" */
    if (!p->name.known && !p->kana.len && p->email.address.len && p->email.filler &&
        !has_mobile_of_somebody(p) && !has_official(p))
        return judged(KK_IS_PLACEHOLDER, KK_ASIDE_NOREPLY_MAIL, KK_COL_EMAIL);
    /* addresses are looked through for few */
    if (is_sample_name(p->name.whole) && (has_sample_mailbox(p) || has_sample_place(p)))
        return judged(KK_IS_PLACEHOLDER, KK_ASIDE_SAMPLE_NAME, KK_COL_NAME);
    if (!kk_persona_named(p) && !has_official(p) && has_sample_place(p))
        return judged(KK_IS_PLACEHOLDER, KK_ASIDE_SAMPLE_NAME, KK_COL_ADDRESS);
    if (!kk_persona_named(p) && p->test_card && !p->email.address.len && !p->phone_count)
        return judged(KK_IS_PLACEHOLDER, KK_ASIDE_TEST_CARD, KK_COL_CARD_NUMBER);
    return judged(KK_COUNTS, KK_ASIDE_NONE, KK_COL_UNKNOWN);
}

kk_judgement kk_judge_persona(const kk_persona *p)
{
    kk_judgement j = judge_name(p);
    if (j.standing == KK_COUNTS)
        j = judge_made_up(p);
    if (j.standing != KK_COUNTS)
        return j;
    bool personal = (p->email.address.len && !p->email.shared) || has_mobile(p) || p->attributes;
    if (!kk_persona_named(p) && p->company.len && !personal)
        return judged(KK_IS_ORGANISATION, KK_ASIDE_COMPANY_ALONE, KK_COL_COMPANY);
    return identified(p) ? j : judged(KK_NOT_IDENTIFIED, why_nobody(p), KK_COL_UNKNOWN);
}
