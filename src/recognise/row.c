/* The cells of a row to persons, column by column as the plan says. */
#include "base/text.h"
#include "base/time.h"
#include "recognise/company.h"
#include "recognise/draft.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/number.h"
#include "recognise/said_of.h"

enum { NUMBER_MAX = 64, MAILBOXES_MAX = 64, DAY_SECONDS = 86400 };

static kk_slice joined(kk_arena *scratch, kk_slice pieces, kk_slice cell)
{
    if (!pieces.len)
        return cell;
    kk_pen pen = kk_pen_open(scratch, pieces.len + 1 + cell.len);
    kk_pen_add(&pen, pieces);
    kk_pen_add(&pen, KK_S("-"));
    kk_pen_add(&pen, cell);
    return kk_pen_slice(&pen);
}

static kk_time time_of(kk_day day)
{
    return day.day == KK_NO_DAY ? KK_NO_TIME : (kk_time)day.day * DAY_SECONDS * KK_SECOND;
}

static kk_time timed_of(kk_day day, const kk_time_of_day *clock)
{
    int kind = clock->has_offset ? KK_DATED_ZONED + clock->offset : KK_DATED_CLOCK;
    return time_of(day) + clock->second * KK_SECOND + kind;
}

/* With the time of day, where one is written: an order may be on either side of a moment. */
static kk_time dated_of(kk_day day, kk_slice plain)
{
    kk_time_of_day clock;
    bool has_clock = day.day != KK_NO_DAY && kk_time_of_day_read(plain, &clock);
    return has_clock ? timed_of(day, &clock) : time_of(day);
}

/* In digits alone; midnight is how programs write a day. */
static bool solid_of(kk_slice plain, kk_time *out)
{
    kk_day day;
    kk_time_of_day clock;
    if (!kk_solid_time_read(plain, &day, &clock))
        return false;
    *out = clock.second || clock.has_offset ? timed_of(day, &clock) : time_of(day);
    return true;
}

/* Seconds or thousandths since 1970, as programs keep times; until 2030, so that 2026031012 is none. */
static bool epoch_of(kk_slice plain, kk_time *out)
{
    enum { FIRST = 1000000000, LAST = 1899999999 };
    uint64_t n;
    if ((plain.len != 10 && plain.len != 13) || !kk_to_u64(plain, &n))
        return false;
    n /= plain.len == 13 ? 1000 : 1;
    *out = (kk_time)n * KK_SECOND + KK_DATED_ZONED;
    return n >= FIRST && n <= LAST;
}

/* ---- numbers ---- */

static kk_slice number_form(kk_arena *scratch, kk_slice plain)
{
    if (kk_ends(plain, KK_S(".0")))
        plain.len -= 2;
    bool digits = true, changes = false;
    for (size_t i = 0; i < plain.len; i++) {
        char c = plain.ptr[i];
        digits &= (unsigned char)(c - '0') < 10;
        changes |= c == ' ' || (unsigned char)(c - 'A') < 26;
    }
    kk_slice form = changes ? kk_lower(scratch, kk_dense(scratch, plain)) : plain;
    if (changes)
        digits = kk_digits(scratch, form).len == form.len;
    size_t zeros = 0;
    while (digits && zeros < form.len && form.ptr[zeros] == '0')
        zeros++; /* spreadsheets lose them */
    form = kk_from(form, zeros);
    return form.len > NUMBER_MAX ? KK_NONE : form;
}

static void add_number(kk_persona *p, const kk_column *column, kk_slice value, bool official)
{
    if (!value.len || p->number_count == KK_NUMBERS_MAX)
        return;
    p->numbers[p->number_count++] =
        (kk_person_number){column->kind, value, official ? 0 : column->wide_register,
                           official ? 0 : column->table_register, column->shared};
}

static void read_register_number(kk_persona *p, kk_draft *d, const kk_column *column,
                                 kk_arena *scratch, kk_slice plain)
{
    (void)d;
    kk_slice form = number_form(scratch, plain);
    if (!form.len)
        return;
    p->items |= KK_BIT(kk_column_item(column->kind));
    if (!p->person_no.len)
        p->person_no = plain;
    p->numbered_as_person |= column->kind != KK_COL_CUSTOMER_NO && column->kind != KK_COL_POLICY_NO;
    add_number(p, column, form, false);
}

static void read_row_key(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                         kk_slice plain)
{
    (void)d;
    p->numbered_as_person |= column->heading.kind != KK_COL_CUSTOMER_NO;
    add_number(p, column, number_form(scratch, plain), false);
}

static void read_account(kk_persona *p, const kk_column *column, kk_arena *scratch, kk_slice plain)
{
    kk_persona_set_email(p, scratch, plain);
    if (column->also_number)
        read_row_key(p, NULL, column, scratch, plain);
}

static kk_slice padded(kk_arena *scratch, kk_slice digits, size_t len)
{
    if (digits.len + 1 == len)
        return kk_join(scratch, KK_S("0"), digits);
    return digits;
}

static bool official_form(kk_column_kind kind, kk_arena *scratch, kk_slice plain, kk_slice *value)
{
    kk_slice digits = kk_digits(scratch, plain);
    *value = kk_lower(scratch, kk_dense(scratch, plain));
    switch (kind) {
    case KK_COL_MY_NUMBER:
        *value = padded(scratch, digits, 12);
        return kk_is_my_number(*value);
    case KK_COL_LICENCE:
        *value = padded(scratch, digits, 12);
        return kk_is_licence_number(*value);
    case KK_COL_PASSPORT:
        return kk_is_passport_number(*value);
    case KK_COL_RESIDENCE_CARD:
        return kk_is_residence_card(*value);
    case KK_COL_PENSION:
        *value = digits;
        return digits.len == 10;
    case KK_COL_EMPLOYMENT_INSURANCE:
    case KK_COL_RESIDENT_CODE:
        *value = digits;
        return digits.len == 11;
    default:
        return value->len >= 5;
    }
}

static void read_official(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                          kk_slice plain)
{
    (void)d;
    kk_slice value;
    bool good = official_form(column->kind, scratch, plain, &value);
    bool plausible = good || (kk_digits(scratch, plain).len >= 6 && plain.len <= 24);
    if (plausible)
        p->items |= KK_BIT(kk_column_item(column->kind));
    if (good)
        add_number(p, column, value, true);
}

static void read_card(kk_persona *p, kk_arena *scratch, kk_slice plain)
{
    kk_slice digits = kk_digits(scratch, plain);
    kk_card card = kk_card_judge(digits);
    bool masked = kk_find_byte(plain, '*') != KK_NOWHERE || kk_has_nocase(plain, KK_S("xx"));
    if (masked || digits.len < 13 || digits.len > 19) {
        p->items |= digits.len ? KK_BIT(KK_ITEM_CREDIT_CARD) : 0;
        return;
    }
    p->items |= KK_BIT(KK_ITEM_CARD_NUMBER);
    if (card == KK_CARD_REAL)
        p->card = digits;
    else if (card == KK_CARD_TEST)
        p->test_card = true;
}

/* ---- words ---- */

static uint8_t read_sex(kk_slice plain)
{
    plain = kk_checked(plain); /* □男 ☑女 */
    static const kk_slice male[] = {KK_WORD("男"),   KK_WORD("男性"), KK_WORD("m"),
                                    KK_WORD("male"), KK_WORD("1"),    KK_WORD("おとこ"),
                                    KK_WORD("男子")};
    static const kk_slice female[] = {KK_WORD("女"),     KK_WORD("女性"), KK_WORD("f"),
                                      KK_WORD("female"), KK_WORD("2"),    KK_WORD("おんな"),
                                      KK_WORD("女子")};
    if (kk_eq(plain, male[0]))
        return 1;
    if (kk_eq(plain, female[0]))
        return 2;
    for (size_t i = 1; i < KK_COUNT(male); i++)
        if (plain.len == male[i].len && kk_eq_nocase(plain, male[i]))
            return 1;
    for (size_t i = 1; i < KK_COUNT(female); i++)
        if (plain.len == female[i].len && kk_eq_nocase(plain, female[i]))
            return 2;
    return 0;
}

static bool says_dead(kk_slice plain)
{
    static const kk_slice words[] = {KK_WORD("死亡"),     KK_WORD("故人"), KK_WORD("逝去"),
                                     KK_WORD("ご逝去"),   KK_WORD("物故"), KK_WORD("他界"),
                                     KK_WORD("deceased"), KK_WORD("dead")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_starts(plain, words[i]))
            return true;
    return false;
}

static bool says_test(kk_arena *scratch, kk_slice plain)
{
    kk_slice small = kk_lower(scratch, kk_part(plain, 0, 60));
    static const kk_slice words[] = {
        KK_WORD("テストデータ"),   KK_WORD("テスト用"),        KK_WORD("テスト注文"),
        KK_WORD("テスト会員"),     KK_WORD("テストユーザ"),    KK_WORD("動作確認用"),
        KK_WORD("test data"),      KK_WORD("testdata"),        KK_WORD("ダミーデータ"),
        KK_WORD("サンプルデータ"), KK_WORD("テスト登録"),      KK_WORD("test order"),
        KK_WORD("test user"),      KK_WORD("テストアカウント")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has(small, words[i]))
            return true;
    return kk_is(small, "test") || kk_is(small, "テスト");
}

/* A date of death, or a flag that is set. */
static bool death_is_set(kk_slice plain)
{
    static const kk_slice no[] = {KK_WORD("0"),    KK_WORD("false"), KK_WORD("無"),  KK_WORD("否"),
                                  KK_WORD("生存"), KK_WORD("f"),     KK_WORD("n"),   KK_WORD("no"),
                                  KK_WORD("×"),    KK_WORD("生"),    KK_WORD("存命")};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (kk_eq_nocase(plain, no[i]))
            return false;
    kk_day day = kk_day_read(plain, true);
    return !day.filler;
}

/* ---- one cell ----
 *
 * Each reader takes the same, so that a cell goes to its own by the kind of its column. */

static void read_dates(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                       kk_slice plain)
{
    (void)d, (void)scratch;
    kk_time at;
    bool is_entry = column->kind == KK_COL_DATED || column->kind == KK_COL_TIMED;
    if (is_entry && (epoch_of(plain, &at) || solid_of(plain, &at))) {
        if (p->dated == KK_NO_TIME)
            p->dated = at;
        return;
    }
    kk_day day = kk_day_read(plain, true);
    if (day.filler || (!day.found && column->kind != KK_COL_HIRE_DATE))
        return;
    switch (column->kind) {
    case KK_COL_HIRE_DATE:
        p->items |= KK_BIT(KK_ITEM_HIRE_DATE);
        break;
    case KK_COL_LEAVE_DATE:
        p->items |= KK_BIT(KK_ITEM_LEAVE_DATE);
        p->left_at = time_of(day);
        break;
    default:
        if (p->dated == KK_NO_TIME)
            p->dated = dated_of(day, plain);
    }
}

static const char era_letters[] = "MTSHR"; /* as their codes 1 to 5 have them */

/* 昭和, S, 3 */
static void read_era(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                     kk_slice plain)
{
    static const char *const names[] = {"明治", "大正", "昭和", "平成", "令和"};
    (void)p, (void)column, (void)scratch;
    d->birth_era = 0;
    for (size_t i = 0; i < KK_COUNT(names); i++) {
        bool letter = plain.len == 1 && (plain.ptr[0] & ~0x20) == era_letters[i];
        bool code = plain.len == 1 && plain.ptr[0] == (char)('1' + (int)i);
        if (letter || code || kk_has(plain, kk_cstr(names[i])))
            d->birth_era = era_letters[i];
    }
}

/* 45.3.1 or 450301 behind 昭和; what has an era or a year of four digits stays as it is. */
static kk_slice with_era(kk_arena *scratch, char era, kk_slice plain)
{
    size_t digits = 0;
    while (digits < plain.len && kk_char_digit((unsigned char)plain.ptr[digits]))
        digits++;
    if (digits == 6 && plain.len == 6) {
        size_t code = (size_t)(strchr(era_letters, era) - era_letters) + 1;
        return kk_print(scratch, "%zu%.*s", code, KK_P(plain));
    }
    return digits == 1 || digits == 2 ? kk_print(scratch, "%c%.*s", era, KK_P(plain)) : plain;
}

static void read_birth(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                       kk_slice plain)
{
    if (d->birth_era)
        plain = with_era(scratch, d->birth_era, plain);
    kk_day day = kk_day_read(plain, true);
    if (day.day != KK_NO_DAY && day.day == column->filler_day)
        return;
    kk_persona_set_birth(p, plain, day);
    if (kk_ends(plain, KK_S("歳)")) || kk_ends(plain, KK_S("才)"))) /* 昭和45年3月1日(55歳) */
        p->items |= KK_BIT(KK_ITEM_AGE);
}

static void read_part(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                      kk_slice plain)
{
    (void)p, (void)scratch;
    kk_slice prefecture = kk_prefecture_of_code(plain);
    plain = prefecture.len ? prefecture : plain;
    if (d->part_count < KK_ADDRESS_PARTS)
        d->parts[d->part_count++] = (kk_address_part){plain, column->kind, column->heading.part};
}

/* Names and readings, which wait for their other columns. */
static void read_into_draft(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                            kk_slice plain)
{
#define KEPT(NAME, field) [KK_COL_##NAME] = offsetof(kk_draft, field)
    static const uint16_t kept[KK_COLUMN_KINDS] = {
        KEPT(NAME, name),
        KEPT(FAMILY_NAME, family),
        KEPT(GIVEN_NAME, given),
        KEPT(LATIN_NAME, latin),
        KEPT(LATIN_FAMILY, latin_family),
        KEPT(LATIN_GIVEN, latin_given),
        KEPT(KANA, kana),
        KEPT(FAMILY_KANA, family_kana),
        KEPT(GIVEN_KANA, given_kana),
        KEPT(BIRTH_YEAR, birth_year),
        KEPT(BIRTH_MONTH, birth_month),
        KEPT(BIRTH_DAY, birth_day),
    };
#undef KEPT
    (void)p, (void)scratch;
    kk_slice *target = (kk_slice *)(void *)((char *)d + kept[column->kind]);
    if (!target->len)
        *target = plain;
}

static void read_zip(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                     kk_slice plain)
{
    if (column->piece)
        d->zip_pieces = joined(scratch, d->zip_pieces, plain);
    else
        kk_persona_set_zip(p, scratch, plain);
}

static void read_phone(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                       kk_slice plain)
{
    kk_slice *pieces = column->kind == KK_COL_PHONE ? &d->phone_pieces : &d->mobile_pieces;
    if (column->piece)
        *pieces = joined(scratch, *pieces, plain);
    else
        kk_persona_add_phones(p, plain);
}

static void read_fax(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                     kk_slice plain)
{
    (void)d, (void)column;
    if (kk_digits(scratch, plain).len >= 3)
        p->items |= KK_BIT(KK_ITEM_FAX);
}

static void read_email(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                       kk_slice plain)
{
    (void)d, (void)column;
    kk_persona_set_email(p, scratch, plain);
}

static void read_contact(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                         kk_slice plain)
{
    (void)d, (void)column;
    if (kk_find_byte(plain, '@') == KK_NOWHERE) {
        kk_persona_add_phones(p, plain);
        return;
    }
    kk_slice rest = plain, word, others = KK_NONE; /* 090-5555-0101 taro@example.jp */
    while (kk_split(&rest, ' ', &word))
        if (kk_find_byte(word, '@') == KK_NOWHERE)
            others = others.len ? kk_print(scratch, "%.*s %.*s", KK_P(others), KK_P(word)) : word;
    kk_persona_set_email(p, scratch, plain);
    kk_persona_add_phones(p, others);
}

static void read_money(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                       kk_slice plain)
{
    (void)d;
    switch (column->kind) {
    case KK_COL_CARD_NUMBER:
        read_card(p, scratch, plain);
        return;
    case KK_COL_CARD_HOLDER:
        p->card_holder = plain;
        break;
    case KK_COL_BANK_HOLDER:
        p->holder = plain;
        break;
    case KK_COL_BANK:
        p->bank_branch = joined(scratch, p->bank_branch, plain);
        break;
    case KK_COL_BANK_BRANCH:
        p->bank_branch = joined(scratch, p->bank_branch, plain);
        break;
    case KK_COL_BANK_NUMBER:
        p->bank = number_form(scratch, plain);
        break;
    default:
        break;
    }
    p->items |= KK_BIT(kk_column_item(column->kind));
}

static void read_insurance(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                           kk_slice plain)
{
    (void)d;
    kk_slice form = number_form(scratch, plain);
    if (!form.len)
        return;
    if (column->kind == KK_COL_INSURER)
        p->insurer = form;
    else if (column->kind == KK_COL_INSURANCE_SYMBOL)
        p->insurance_symbol = form;
    else if (column->kind == KK_COL_INSURANCE_NUMBER)
        p->insurance_number = form;
    else
        p->insurance_branch = form;
    p->items |= KK_BIT(KK_ITEM_HEALTH_INSURANCE_NO);
}

static void read_status(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                        kk_slice plain)
{
    (void)d;
    bool dead = column->kind == KK_COL_DEATH ? death_is_set(plain) : says_dead(plain);
    bool test = says_test(scratch, plain);
    if ((dead && !p->deceased) || (test && !p->test_data && !p->deceased))
        p->told = column;
    p->deceased |= dead;
    p->test_data |= test;
}

/* What only a person has: with a number of a register it is about somebody. */
static const uint64_t personal_items =
    KK_BIT(KK_ITEM_BIRTH_DATE) | KK_BIT(KK_ITEM_AGE) | KK_BIT(KK_ITEM_GENDER) |
    KK_BIT(KK_ITEM_NATIONALITY) | KK_BIT(KK_ITEM_SALARY) | KK_BIT(KK_ITEM_FAMILY) |
    KK_BIT(KK_ITEM_RESUME) | KK_BIT(KK_ITEM_GRADES) | KK_BIT(KK_ITEM_HEALTH) |
    KK_BIT(KK_ITEM_DISABILITY) | KK_BIT(KK_ITEM_CRIMINAL_RECORD) | KK_BIT(KK_ITEM_CREED) |
    KK_BIT(KK_ITEM_PHOTO) | KK_BIT(KK_ITEM_HIRE_DATE) | KK_BIT(KK_ITEM_TITLE);

/* Kinds whose cell is an item by being filled. */
static void read_attribute(kk_persona *p, const kk_column *column)
{
    int item = kk_column_item(column->kind);
    if (item < 0)
        return;
    p->items |= KK_BIT(item);
    p->attributes |= (KK_BIT(item) & personal_items) != 0;
}

static void read_corporate(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                           kk_slice plain)
{
    (void)d, (void)column;
    p->corporate = kk_is_corporate_number(kk_digits(scratch, plain));
}

static void read_attribute_cell(kk_persona *p, kk_draft *d, const kk_column *column,
                                kk_arena *scratch, kk_slice plain)
{
    static const char *const unsaid[] = {"指定なし",    "未回答",      "回答しない", "未設定",
                                         "Unspecified", "unspecified", NULL};
    (void)d;
    if (column->kind == KK_COL_GENDER && kk_is_any(plain, unsaid))
        return;
    if (column->kind == KK_COL_GENDER)
        p->sex = read_sex(plain);
    else if (column->kind == KK_COL_COMPANY && !p->company_shown.len)
        p->company_shown = plain;
    else if (column->kind == KK_COL_FORMER_NAME)
        p->former_family = kk_fold_kanji(scratch, kk_dense(scratch, plain));
    else if (column->kind == KK_COL_PASSWORD)
        p->secret = true;
    else if (column->kind == KK_COL_USER_ID)
        read_account(p, column, scratch, plain);
    read_attribute(p, column);
}

void kk_cell_read(kk_persona *p, kk_draft *d, const kk_column *column, kk_arena *scratch,
                  kk_slice plain)
{
    typedef void reader(kk_persona *, kk_draft *, const kk_column *, kk_arena *, kk_slice);
    static reader *const readers[KK_COLUMN_KINDS] = {
        [KK_COL_PHONE] = read_phone,
        [KK_COL_MOBILE] = read_phone,
        [KK_COL_FAX] = read_fax,
        [KK_COL_EMAIL] = read_email,
        [KK_COL_CONTACT] = read_contact,
        [KK_COL_ZIP] = read_zip,
        [KK_COL_CARD_NUMBER] = read_money,
        [KK_COL_CARD_EXPIRY] = read_money,
        [KK_COL_CARD_CVV] = read_money,
        [KK_COL_CARD_HOLDER] = read_money,
        [KK_COL_CARD] = read_money,
        [KK_COL_BANK] = read_money,
        [KK_COL_BANK_BRANCH] = read_money,
        [KK_COL_BANK_NUMBER] = read_money,
        [KK_COL_BANK_HOLDER] = read_money,
        [KK_COL_BANK_TYPE] = read_money,
        [KK_COL_INSURER] = read_insurance,
        [KK_COL_INSURANCE_SYMBOL] = read_insurance,
        [KK_COL_INSURANCE_NUMBER] = read_insurance,
        [KK_COL_INSURANCE_BRANCH] = read_insurance,
        [KK_COL_MY_NUMBER] = read_official,
        [KK_COL_LICENCE] = read_official,
        [KK_COL_PASSPORT] = read_official,
        [KK_COL_RESIDENCE_CARD] = read_official,
        [KK_COL_PENSION] = read_official,
        [KK_COL_EMPLOYMENT_INSURANCE] = read_official,
        [KK_COL_RESIDENT_CODE] = read_official,
        [KK_COL_SOCIAL_SECURITY] = read_official,
        [KK_COL_DEATH] = read_status,
        [KK_COL_STATUS] = read_status,
        [KK_COL_REMARK] = read_status,
        [KK_COL_BIRTH] = read_birth,
        [KK_COL_BIRTH_ERA] = read_era,
        [KK_COL_HIRE_DATE] = read_dates,
        [KK_COL_LEAVE_DATE] = read_dates,
        [KK_COL_DATED] = read_dates,
        [KK_COL_TIMED] = read_dates,
        [KK_COL_EMPLOYEE_NO] = read_register_number,
        [KK_COL_ROW_KEY] = read_row_key,
        [KK_COL_CUSTOMER_NO] = read_register_number,
        [KK_COL_STUDENT_NO] = read_register_number,
        [KK_COL_PATIENT_NO] = read_register_number,
        [KK_COL_POLICY_NO] = read_register_number,
        [KK_COL_CORPORATE_NO] = read_corporate,
        [KK_COL_NAME] = read_into_draft,
        [KK_COL_FAMILY_NAME] = read_into_draft,
        [KK_COL_GIVEN_NAME] = read_into_draft,
        [KK_COL_LATIN_NAME] = read_into_draft,
        [KK_COL_LATIN_FAMILY] = read_into_draft,
        [KK_COL_LATIN_GIVEN] = read_into_draft,
        [KK_COL_KANA] = read_into_draft,
        [KK_COL_FAMILY_KANA] = read_into_draft,
        [KK_COL_GIVEN_KANA] = read_into_draft,
        [KK_COL_BIRTH_YEAR] = read_into_draft,
        [KK_COL_BIRTH_MONTH] = read_into_draft,
        [KK_COL_BIRTH_DAY] = read_into_draft,
        [KK_COL_ADDRESS] = read_part,
        [KK_COL_PREFECTURE] = read_part,
        [KK_COL_CITY] = read_part,
        [KK_COL_TOWN] = read_part,
        [KK_COL_HOUSE_NUMBER] = read_part,
        [KK_COL_BUILDING] = read_part,
        [KK_COL_ROOM] = read_part,
        [KK_COL_STREET_NUMBER] = read_part,
        [KK_COL_STREET] = read_part,
        [KK_COL_SUBURB] = read_part,
    };
    reader *read = readers[column->kind];
    if (read)
        read(p, d, column, scratch, plain);
    else
        read_attribute_cell(p, d, column, scratch, plain);
}

/* ---- holders and mailboxes ---- */

static kk_slice latin_of_kana(kk_arena *scratch, kk_slice kana)
{
    kk_slice rest = kana, word;
    kk_pen pen = kk_pen_open(scratch, kana.len * 2 + 8);
    while (kk_split(&rest, ' ', &word)) {
        if (pen.len)
            kk_pen_add(&pen, KK_S(" "));
        kk_pen_add(&pen, kk_kana_to_latin(scratch, word));
    }
    return kk_pen_slice(&pen);
}

/* Whether the holder is plainly somebody else. What cannot be compared (kana of one, kanji of the
 * other) is taken for the same person. */
static bool is_another(const kk_persona *p, const kk_name *holder, kk_slice kana,
                       const kk_lexicon *lexicon, kk_arena *scratch)
{
    if (kana.len)
        return p->kana_full && !kk_eq(kana, p->kana);
    if (holder->script == KK_NAME_JAPANESE)
        return p->name.script == KK_NAME_JAPANESE && p->name.full &&
               !kk_eq(holder->whole, p->name.whole);
    if (p->name.script == KK_NAME_LATIN)
        return p->name.full && !kk_eq(holder->whole, p->name.whole);
    if (holder->script != KK_NAME_LATIN || kk_find_byte(p->kana_shown, ' ') == KK_NOWHERE)
        return false;
    kk_name own = kk_name_read(scratch, lexicon, latin_of_kana(scratch, p->kana_shown));
    kk_name other = kk_name_read(scratch, lexicon, kk_latin_skeleton(scratch, holder->shown));
    return !kk_eq(own.whole, other.whole);
}

static void add_holder(kk_persona *p, kk_persona *extra, size_t *count, size_t max, kk_slice text,
                       kk_item item, const kk_lexicon *lexicon, kk_arena *scratch)
{
    if (!kk_persona_named(p) && !p->company_shown.len &&
        (kk_is_company_account(text) || kk_names_organisation(text))) {
        p->company_shown = text;
        p->company = kk_company_form(scratch, text);
        return;
    }
    if (!text.len || kk_find_byte(text, ')') != KK_NOWHERE ||
        kk_find_byte(text, '(') != KK_NOWHERE || kk_names_organisation(text))
        return;
    kk_name name = kk_name_read(scratch, lexicon, text);
    kk_slice kana = kk_is_kana(text) ? kk_kana_skeleton(scratch, text) : KK_NONE;
    if (!kk_persona_named(p)) {
        if (kana.len)
            kk_persona_set_kana(p, scratch, text);
        else
            kk_persona_set_name(p, scratch, name);
        return;
    }
    if (*count == max || !is_another(p, &name, kana, lexicon, scratch))
        return;
    kk_persona *holder = &extra[(*count)++];
    kk_persona_clear(holder, KK_ROLE_HOLDER);
    holder->items = KK_BIT(item);
    holder->household = p;
    if (kana.len)
        kk_persona_set_kana(holder, scratch, text);
    else
        kk_persona_set_name(holder, scratch, name);
}

static void add_mailboxes(kk_persona *personas, size_t *count, size_t max, kk_role role,
                          kk_slice plain, const kk_lexicon *lexicon, kk_arena *scratch)
{
    size_t at = 0;
    kk_email email;
    for (int i = 0; i < MAILBOXES_MAX && *count < max && kk_email_find(scratch, plain, &at, &email);
         i++) {
        kk_persona *p = &personas[(*count)++];
        kk_persona_clear(p, role);
        p->email = email;
        p->items = KK_BIT(KK_ITEM_EMAIL);
        if (email.display.len && kk_find_byte(email.display, '@') == KK_NOWHERE)
            kk_persona_set_name(p, scratch, kk_name_read(scratch, lexicon, email.display));
    }
}

static kk_role role_of_mailbox(const kk_column *column, kk_arena *scratch)
{
    kk_slice form = kk_heading_form(scratch, column->word);
    static const char *const senders[] = {"from",   "sender",      "replyto",      "差出人",
                                          "送信者", "fromaddress", "senderaddress"};
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++)
        if (kk_is(form, senders[i]))
            return KK_ROLE_SENDER;
    return KK_ROLE_RECIPIENT;
}

/* A customer number beside a company is the company's: its contacts share it. */
static void settle_numbers(kk_persona *p)
{
    for (size_t i = 0; i < p->number_count; i++)
        p->numbers[i].shared |= p->company_shown.len && p->numbers[i].kind == KK_COL_CUSTOMER_NO;
}

static void settle_bank(kk_persona *p, kk_arena *scratch)
{
    if (p->bank.len)
        p->bank = kk_print(scratch, "%.*s/%.*s", KK_P(p->bank_branch), KK_P(p->bank));
}

/* 連名 花子 beside 佐藤 太郎: who is named by the given name alone has the surname of the person of the row. */
static void lend_surname(kk_persona *p, const kk_persona *owner, const kk_lexicon *lexicon,
                         kk_arena *scratch)
{
    const kk_name *own = &owner->name;
    if (!own->family.len || !own->given.len || own->script != KK_NAME_JAPANESE ||
        p->name.script != KK_NAME_JAPANESE || p->name.standing != KK_COUNTS ||
        kk_find_byte(p->name.shown, ' ') != KK_NOWHERE || p->name.former.len ||
        !(kk_lexicon_look(lexicon, p->name.whole) & KK_WORD_GIVEN) ||
        kk_starts(p->name.whole, own->family))
        return;
    size_t blank = kk_find_byte(own->shown, ' ');
    kk_slice family = blank == KK_NOWHERE ? own->family : kk_part(own->shown, 0, blank);
    p->name = kk_name_of_parts(scratch, lexicon, family, p->name.shown);
    if (p->kana_full)
        return;
    p->kana = p->kana_shown = KK_NONE; /* フミ is half a reading */
    p->items &= ~KK_BIT(KK_ITEM_KANA);
}

/* 会員氏名, 児童氏名, 住所: who is named alone beside somebody of his surname. */
static bool is_of_his_house(const kk_persona *p, const kk_persona *owner)
{
    const uint64_t names = KK_BIT(KK_ITEM_NAME) | KK_BIT(KK_ITEM_KANA);
    return p->items && !(p->items & ~names) && p->name.given.len && p->name.family.len &&
           kk_eq(p->name.family, owner->name.family);
}

/* A relative lives where the person of the row does; what is said of the row is said of its person. */
static void relate(kk_persona *personas, const kk_plan *plan, const kk_lexicon *lexicon,
                   kk_arena *scratch)
{
    for (size_t i = 0; i < plan->slot_count; i++)
        if (personas[i].role == KK_ROLE_FAMILY && i != plan->primary) {
            personas[i].household = &personas[plan->primary];
            lend_surname(&personas[i], &personas[plan->primary], lexicon, scratch);
        }
    const kk_persona *owner = &personas[plan->primary];
    for (size_t i = 0; i < plan->slot_count; i++) {
        kk_persona *p = &personas[i];
        bool again = plan->slots[i].bystander && kk_eq(p->name.whole, owner->name.whole);
        if (again && !(p->items & ~KK_BIT(KK_ITEM_NAME))) {
            p->items = 0; /* the same person once more */
            continue;
        }
        if (plan->slots[i].bystander && is_of_his_house(p, owner))
            p->household = owner;
        if (p->dated == KK_NO_TIME)
            p->dated = owner->dated;
        if (owner->test_data && !p->test_data) {
            p->test_data = true;
            p->told = p->deceased ? p->told : owner->told;
        }
        bool company_role = p->role == KK_ROLE_REPRESENTATIVE || p->role == KK_ROLE_CONTACT;
        bool own =
            plan->slots[i].staff_register != 0; /* 弊社担当 is not of the customer's company */
        if (company_role && !own && !p->company_shown.len && kk_persona_named(p) &&
            owner->company_shown.len) {
            p->company_shown = owner->company_shown;
            p->company = owner->company;
            p->items |= KK_BIT(KK_ITEM_COMPANY);
        }
    }
}

static uint64_t staff_register_of(const kk_slot_plan *slot, kk_arena *scratch,
                                  const kk_slice *cells, size_t count)
{
    if (!slot->within)
        return slot->staff_register;
    kk_slice within = slot->within <= count ? cells[slot->within - 1] : KK_NONE;
    within = kk_dense(scratch, kk_plain(scratch, within));
    return within.len ? (slot->staff_register ^ kk_hash_quick(within)) | 1 : 0;
}

size_t kk_row_read(kk_persona *personas, size_t max, const kk_plan *plan, const kk_lexicon *lexicon,
                   kk_arena *scratch, const kk_slice *cells, size_t count)
{
    kk_draft drafts[KK_SLOTS_MAX];
    for (size_t i = 0; i < plan->slot_count; i++) {
        kk_persona_clear(&personas[i], plan->slots[i].role);
        kk_draft_clear(&drafts[i]);
        drafts[i].places = plan->places;
    }
    size_t total = plan->slot_count;
    for (size_t i = 0; i < plan->order_count; i++) {
        size_t at = plan->order[i];
        const kk_column *column = &plan->columns[at];
        if (at >= count || !cells[at].len)
            continue;
        kk_slice plain = kk_plain(scratch, cells[at]);
        if (kk_may_be_blank(plain) && kk_is_blank(plain))
            continue;
        if (column->kind == KK_COL_MAILBOX)
            add_mailboxes(personas, &total, max, role_of_mailbox(column, scratch), plain, lexicon,
                          scratch);
        else
            kk_cell_read(&personas[column->slot], &drafts[column->slot], column, scratch, plain);
    }
    for (size_t i = 0; i < plan->slot_count; i++) {
        kk_draft_settle(&personas[i], &drafts[i], &plan->slots[i], lexicon, scratch);
        personas[i].staff_register = staff_register_of(&plan->slots[i], scratch, cells, count);
        settle_bank(&personas[i], scratch);
        settle_numbers(&personas[i]);
    }
    relate(personas, plan, lexicon, scratch);
    for (size_t i = 0; i < plan->slot_count; i++) {
        if (personas[i].holder.len)
            add_holder(&personas[i], personas, &total, max, personas[i].holder,
                       KK_ITEM_BANK_ACCOUNT, lexicon, scratch);
        if (personas[i].card_holder.len)
            add_holder(&personas[i], personas, &total, max, personas[i].card_holder,
                       KK_ITEM_CARD_HOLDER, lexicon, scratch);
    }
    return total;
}
