/* What the cells of a column look like. One cell in ten passes a check digit by chance, so numbers
 * need many cells; names need a lexicon; addresses a prefecture or a block. */
#include "recognise/judge.h"

#include "base/hash.h"
#include "base/text.h"
#include "recognise/address.h"
#include "recognise/company.h"
#include "recognise/date.h"
#include "recognise/email.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/name.h"
#include "recognise/number.h"
#include "recognise/phone.h"
#include "recognise/western_names.h"

enum { BIRTH_FIRST_DAY = -25567 /* 1900-01-01 */, BIRTH_LAST_DAY = 18993 /* 2022-01-01 */ };
enum { ONE_KANJI = 3 };

static void count_day(kk_profile *p, int32_t day)
{
    for (size_t i = 0; i < sizeof p->seen / sizeof *p->seen; i++) {
        if (p->seen[i].count && p->seen[i].day != day)
            continue;
        p->seen[i].day = day;
        if (++p->seen[i].count > p->top_count) {
            p->top_count = p->seen[i].count;
            p->top_day = day;
        }
        return;
    }
}

static void judge_day(kk_profile *p, kk_slice plain)
{
    kk_day day = kk_day_read(plain, false);
    if (!day.found)
        return;
    p->days++;
    p->times += day.has_time;
    if (day.day == KK_NO_DAY)
        return;
    p->births += day.day >= BIRTH_FIRST_DAY && day.day < BIRTH_LAST_DAY && !day.has_time;
    count_day(p, day.day);
}

static void judge_digits(kk_profile *p, kk_arena *scratch, kk_slice plain, size_t digits)
{
    size_t used = 0;
    kk_phone phone = kk_phone_read(plain, false, &used);
    bool whole = used == plain.len || (used < plain.len && plain.ptr[used] == ' ');
    bool plan = phone.kind == KK_PHONE_MOBILE || phone.kind == KK_PHONE_FIXED ||
                phone.kind == KK_PHONE_IP || phone.kind == KK_PHONE_FREE;
    if (plan && whole) {
        p->phones++;
        p->dashed_phones += phone.dashed;
        p->mobiles += phone.kind == KK_PHONE_MOBILE;
    }
    if (digits == 7 && plain.len <= 11 && plain.len >= 8)
        p->zips++;
    if (digits >= 12 && digits <= 19 && plain.len <= 24) {
        kk_slice number = kk_digits(scratch, plain);
        bool card = kk_card_judge(number) != KK_CARD_NONE;
        p->my_numbers += kk_is_my_number(number);
        p->product_codes += kk_is_product_code(number);
        p->cards += card;
        p->spaced_cards += card && plain.len > digits;
    }
    p->ips += kk_is_ip_address(plain);
}

static bool is_sex(kk_slice plain)
{
    static const char *const words[] = {"男", "女",   "男性",   "女性",   "m",
                                        "f",  "male", "female", "おとこ", "おんな"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_eq_nocase(plain, kk_cstr(words[i])))
            return true;
    return false;
}

/* .uno:InsertChart, private:resource/toolbar, fly-in-slow: what programs call things. */
static bool is_of_program(kk_slice shown)
{
    if (!shown.len || shown.ptr[0] == '.' || shown.ptr[0] == '-')
        return true;
    unsigned dashes = 0, others = 0;
    for (size_t i = 0; i < shown.len; i++) {
        dashes += shown.ptr[i] == '-';
        others += shown.ptr[i] == ' ' || (shown.ptr[i] >= 'A' && shown.ptr[i] <= 'Z');
        if (kk_find_byte(KK_S(":/_=<>{}[]|#*;\\$%^0123456789"), shown.ptr[i]) != KK_NOWHERE)
            return true;
    }
    return dashes > 1 && !others;
}

static bool is_person_like(const kk_name *name)
{
    if (name->standing != KK_COUNTS && name->standing != KK_IS_DECEASED)
        return false;
    if (name->known)
        return true;
    if (name->script == KK_NAME_LATIN)
        return name->split && name->whole.len <= 40;
    return name->script == KK_NAME_JAPANESE && name->family.len && name->given.len &&
           name->whole.len <= 24;
}

static bool is_kanji(uint32_t c)
{
    return c >= 0x3400 && c <= 0x9fff;
}

static bool is_katakana(uint32_t c)
{
    return c >= 0x30a1 && c <= 0x30fc && c != 0x30fb;
}

/* 破損の数, ファイルを削除, 自動フラグ: words for things; 井の上 and 佐藤マリア are among people who are called otherwise. */
static bool is_term(kk_slice plain)
{
    enum { RUN = 3 };
    static const char *const marks[] = {"を", "、", "。", "%", "\"", "(", "\\"};
    for (size_t i = 0; i < KK_COUNT(marks); i++)
        if (kk_has(plain, kk_cstr(marks[i])))
            return true;
    uint32_t before = 0, last = 0, ahead = 0; /* ahead: of the run of katakana */
    unsigned run = 0;
    for (size_t at = 0; at < plain.len;) {
        uint32_t c = kk_plain_char(plain, &at);
        bool word = is_kanji(c) || is_katakana(c);
        if (last == 0x306e && word && (is_kanji(before) || is_katakana(before))) /* の */
            return true;
        if (is_kanji(c) && run >= RUN)
            return true;
        ahead = run ? ahead : last;
        run = is_katakana(c) ? run + 1 : 0;
        if (run == RUN && is_kanji(ahead))
            return true;
        before = last;
        last = c;
    }
    return false;
}

/* Marks of programs; sentences; words for things. */
static bool is_nameless(kk_slice plain)
{
    size_t words = 0, small = 0;
    kk_slice rest = plain, word;
    for (size_t i = 0; i < plain.len; i++)
        if ((plain.ptr[i] & 0x80) ||
            kk_find_byte(KK_S("_{}<>\\=*;|#[]%"), plain.ptr[i]) != KK_NOWHERE)
            return !(plain.ptr[i] & 0x80) || is_term(plain);
    while (kk_split(&rest, ' ', &word)) {
        words += word.len > 0;
        small += word.len && word.ptr[0] >= 'a' && word.ptr[0] <= 'z';
    }
    return words > 6 || (words > 2 && small * 2 > words);
}

static void judge_words(kk_profile *p, kk_arena *scratch, const kk_lexicon *lexicon, kk_slice plain,
                        size_t digits)
{
    size_t len = 0;
    int prefecture = kk_prefecture_at(plain, &len);
    if (digits || prefecture) {
        kk_address address = kk_address_read(scratch, plain);
        bool block = address.level == KK_PLACE_BLOCK && !address.western && address.place.len >= 6;
        p->addresses += (prefecture && plain.len > len) || (block && kk_has(plain, KK_S("市"))) ||
                        (block && kk_has(plain, KK_S("丁目")));
        p->places += prefecture != 0 || block;
    }
    if (plain.len > 120 || (prefecture && plain.len == len))
        return;
    size_t comma = kk_find_byte(plain, ','); /* サトウ, ケンイチ */
    kk_slice kana = comma == KK_NOWHERE
                        ? plain
                        : kk_print(scratch, "%.*s%.*s", KK_P(kk_part(plain, 0, comma)),
                                   KK_P(kk_from(plain, comma + 1)));
    if (kk_is_kana(kana)) {
        plain = kana;
        p->kana++;
        kk_slice rest = plain, first;
        (void)kk_split(&rest, ' ', &first);
        unsigned kinds = kk_lexicon_look(lexicon, kk_kana_skeleton(scratch, first));
        p->kana_names += rest.len && (kinds & KK_WORD_SURNAME_READING);
    }
    if (digits)
        return;
    kk_name name = kk_name_read(scratch, lexicon, plain);
    if (name.script == KK_NAME_JAPANESE && !name.split) {
        unsigned kinds = kk_lexicon_look(lexicon, name.whole);
        p->surnames += (kinds & KK_WORD_SURNAME) != 0;
        p->givens += (kinds & KK_WORD_GIVEN) != 0;
        p->unknown += !name.known;
    }
    if (name.script == KK_NAME_LATIN && is_of_program(plain)) { /* though Uno is a surname */
        p->nameless++;
        return;
    }
    p->names += name.known;
    p->western += name.script == KK_NAME_LATIN && kk_has_western_given_name(scratch, plain);
    if (name.known && !name.split && name.given.len == ONE_KANJI) {
        p->given = p->given ? p->given : kk_hash_quick(name.given);
        p->same_given += p->given == kk_hash_quick(name.given);
    }
    p->person_like += is_person_like(&name);
    p->nameless += is_nameless(plain);
    p->organisations += name.standing == KK_IS_ORGANISATION;
    p->legal_forms +=
        name.standing == KK_IS_ORGANISATION && kk_organisation_reason(plain) == KK_ASIDE_LEGAL_FORM;
}

/* C:\\..., https://..., /srv/x, a/b/c: what a program shows (display_name), and nobody's name. */
static bool is_path(kk_slice plain)
{
    size_t first = kk_find_byte(plain, '/');
    if (first == KK_NOWHERE)
        return kk_has(plain, KK_S(":\\")) || kk_starts(plain, KK_S("\\\\"));
    return first == 0 || plain.ptr[first - 1] == ':' ||
           kk_find_byte(kk_from(plain, first + 1), '/') != KK_NOWHERE;
}

static size_t count_digits(kk_slice text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++)
        digits += kk_char_digit((unsigned char)text.ptr[i]);
    return digits;
}

void kk_profile_add(kk_profile *p, kk_arena *scratch, const kk_lexicon *lexicon, kk_slice cell)
{
    kk_slice plain = kk_plain(scratch, kk_part(cell, 0, 400));
    if (kk_is_blank(plain))
        return;
    p->filled++;
    if (plain.len > p->longest)
        p->longest = (unsigned)plain.len;
    size_t digits = 0;
    bool letters = false, wide = false;
    for (size_t i = 0; i < plain.len; i++) {
        digits += kk_char_digit((unsigned char)plain.ptr[i]);
        wide |= (plain.ptr[i] & 0x80) != 0;
        letters |= (plain.ptr[i] | 0x20) >= 'a' && (plain.ptr[i] | 0x20) <= 'z';
    }
    letters |= wide;
    p->letters += letters;
    p->wide += wide;
    p->numbers += digits == plain.len;
    p->paths += is_path(plain);
    p->short_numbers += digits == plain.len && digits <= 5;
    kk_email email = kk_email_read(scratch, plain);
    if (email.address.len) {
        p->emails++;
        p->shared_mails += email.shared;
        p->phones += digits >= count_digits(email.address) + 9; /* a telephone number beside it */
        return;
    }
    p->sexes += is_sex(plain);
    if (digits)
        judge_day(p, plain);
    if (digits >= 4 && plain.len < 40)
        judge_digits(p, scratch, plain, digits);
    if (letters)
        judge_words(p, scratch, lexicon, plain, digits);
}

/* ---- the heading against the cells ---- */

static bool looks_like_names(const kk_profile *p, unsigned percent)
{
    return kk_share(p->person_like, p->filled, percent, 1);
}

static kk_column_kind judge_unheaded(const kk_profile *p, unsigned least)
{
    if (kk_share(p->emails, p->filled, 80, least))
        return KK_COL_EMAIL;
    if (kk_share(p->cards, p->filled, 90, 20) || kk_share(p->spaced_cards, p->filled, 90, 3))
        return KK_COL_CARD_NUMBER;
    if (kk_share(p->my_numbers, p->filled, 90, 20))
        return KK_COL_MY_NUMBER;
    if (kk_share(p->dashed_phones, p->filled, 80, least) ||
        (kk_share(p->phones, p->filled, 95, 20) && p->mobiles * 10 > p->filled) ||
        kk_share(p->mobiles, p->filled, 95, 5))
        return KK_COL_PHONE;
    if (kk_share(p->addresses, p->filled, 60, least))
        return KK_COL_ADDRESS;
    bool places = p->names > 1 && p->same_given == p->names; /* 青木中, 石井中, 上野中 */
    if (kk_share(p->names, p->filled, 60, least) && p->kana * 2 < p->filled && !places)
        return KK_COL_NAME;
    if (kk_share(p->kana, p->filled, 95, least) && kk_share(p->kana_names, p->filled, 60, least))
        return KK_COL_KANA;
    return KK_COL_UNKNOWN;
}

/* Columns that mean something only beside a name; the plan of the table asks for one. */
static kk_column_kind judge_side(const kk_profile *p, unsigned least)
{
    if (kk_share(p->zips, p->filled, 90, least))
        return KK_COL_ZIP;
    if (kk_share(p->births, p->filled, 80, least) && p->top_count * 5 < p->filled + 5)
        return KK_COL_BIRTH;
    if (kk_share(p->sexes, p->filled, 90, least))
        return KK_COL_GENDER;
    return KK_COL_UNKNOWN;
}

static kk_column_kind judge_weak(const kk_heading *heading, const kk_profile *p)
{
    bool mails = kk_share(p->emails, p->filled, 50, 1);
    switch (heading->kind) {
    case KK_COL_EMAIL:
    case KK_COL_ADDRESS:
        if (mails)
            return KK_COL_EMAIL;
        if (kk_share(p->ips, p->filled, 50, 1))
            return KK_COL_LOGGED;
        if (kk_share(p->addresses + p->places, p->filled, 30, 1))
            return KK_COL_ADDRESS;
        return heading->kind == KK_COL_ADDRESS &&
                       (kk_share(p->letters, p->filled, 60, 1) || heading->part >= 1)
                   ? KK_COL_ADDRESS
                   : KK_COL_IGNORED;
    case KK_COL_MAILBOX:
        if (kk_share(p->emails, p->filled, 30, 1))
            return KK_COL_MAILBOX;
        return KK_COL_IGNORED;
    case KK_COL_USER_ID:
        return kk_share(p->names, p->filled, 50, 3) ? KK_COL_NAME : KK_COL_USER_ID;
    case KK_COL_NAME:
        if (mails)
            return KK_COL_EMAIL;
        if (kk_share(p->paths, p->filled, 60, 1))
            return KK_COL_IGNORED;
        if (heading->has_role && kk_share(p->addresses, p->filled, 40, 1))
            return KK_COL_ADDRESS;
        if (looks_like_names(p, 30) || (heading->has_role && looks_like_names(p, 10)))
            return KK_COL_NAME;
        return KK_COL_IGNORED;
    default:
        return heading->kind;
    }
}

static kk_column_kind judge_strong(const kk_heading *heading, const kk_profile *p)
{
    bool mails = kk_share(p->emails, p->filled, 70, 2);
    switch (heading->kind) {
    case KK_COL_NAME:
    case KK_COL_GIVEN_NAME:
        if (mails)
            return KK_COL_EMAIL;
        if (kk_share(p->numbers, p->filled, 90, 3) || kk_share(p->paths, p->filled, 60, 1))
            return KK_COL_IGNORED;
        return heading->kind;
    case KK_COL_USER_ID:
        return kk_share(p->names, p->filled, 60, 3) ? KK_COL_NAME : heading->kind;
    case KK_COL_KANA:
        if (p->filled && p->names == p->filled && !p->kana) /* お名前（フリガナ） */
            return KK_COL_NAME;
        if (p->filled >= 5 && p->kana * 5 < p->filled)
            return p->names ? KK_COL_NAME : KK_COL_IGNORED;
        return heading->kind;
    case KK_COL_COMPANY: /* 得意先 who are people */
        return kk_share(p->names, p->filled, 60, 3) && p->organisations * 5 < p->filled
                   ? KK_COL_NAME
                   : heading->kind;
    case KK_COL_PREFECTURE: /* 13 */
        return kk_share(p->numbers, p->filled, 90, 1) ? KK_COL_IGNORED : heading->kind;
    case KK_COL_PHONE:
    case KK_COL_ADDRESS:
    case KK_COL_CONTACT:
        if (mails &&
            (heading->kind != KK_COL_CONTACT || !p->phones)) /* of both kinds: cell by cell */
            return KK_COL_EMAIL;
        if (heading->kind == KK_COL_CONTACT && kk_share(p->names, p->filled, 50, 2))
            return KK_COL_NAME;
        return heading->kind;
    default:
        return heading->kind;
    }
}

kk_column_kind kk_judge_column(const kk_heading *heading, const kk_profile *p, bool has_header)
{
    if (heading->strength == KK_HEADING_STRONG)
        return judge_strong(heading, p);
    if (heading->strength == KK_HEADING_WEAK)
        return p->filled ? judge_weak(heading, p) : KK_COL_IGNORED;
    kk_column_kind kind = judge_unheaded(p, has_header ? 5 : 2);
    if (kind == KK_COL_UNKNOWN && !has_header)
        kind = judge_side(p, 3);
    return kind;
}
