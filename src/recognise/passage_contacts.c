/* Addresses, mailboxes and numbers in a line of running text. */
#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/number.h"
#include "recognise/passage_i.h"
#include "recognise/text_address.h"

enum {
    CONTEXT = 60,      /* bytes before a number in which its word may stand */
    ZIP_LINE_MAX = 12, /* 〒100-0001 */
    NAME_LINE_MAX = KK_NAME_LINE_MAX
};

/* An address on a line of its own, apart from the person of the block: of the office that writes to him, or of who is
 * named below it. */
static bool is_of_other(kk_reader *r, bool line_begins)
{
    return line_begins && r->has_name && kk_is_apart(r) &&
           ((r->addressed && r->below_title) || (r->gap && kk_name_is_below(r)));
}

/* 〒100-0001 東京都..., to the end of the line or what is plainly no address any more. */
void kk_scan_address(kk_reader *r, kk_slice line)
{
    size_t begin = kk_text_address_begin(line);
    /* a label of an envelope below another: postal code, address and last the name */
    bool turn =
        r->gap || (r->addressed && r->address_line < r->said_line && r->said_line + 1 == r->line);
    bool next_label = begin == 0 && kk_starts(line, KK_S("〒")) && turn && r->has_name;
    if (begin != KK_NOWHERE && r->open && next_label && (r->draft.part_count || r->persona.zip.len))
        kk_block_close(r);
    if (begin != KK_NOWHERE && r->open && is_of_other(r, begin == 0 && line.ptr == r->text.ptr))
        kk_block_close(r);
    bool below = begin == 0 && r->open && r->draft.part_count && r->address_line + 1 == r->line;
    if (below && !r->persona.zip.len && line.len <= ZIP_LINE_MAX && kk_starts(line, KK_S("〒")))
        kk_persona_set_zip(&r->persona, r->scratch, kk_trim(kk_from(line, strlen("〒"))));
    if (begin != KK_NOWHERE && kk_is_address_of_office(r, kk_trim(kk_part(line, 0, begin))))
        r->of_place = true; /* nor is the number behind it anybody's */
    if (begin == KK_NOWHERE || r->of_place || (r->open && r->draft.part_count))
        return;
    kk_slice text = kk_text_address_cut(kk_from(line, begin));
    kk_address address = kk_address_read(r->scratch, text);
    if (!kk_is_text_address(&address) && !address.zip.len)
        return;
    kk_block_open(r);
    if (r->zip_line.len && !r->persona.zip.len)
        kk_persona_set_zip(&r->persona, r->scratch, r->zip_line);
    if (address.level == KK_PLACE_NONE) /* the postal code has a line of its own */
        kk_persona_set_zip(&r->persona, r->scratch,
                           kk_starts(text, KK_S("〒")) ? kk_trim(kk_from(text, strlen("〒")))
                                                       : address.zip);
    else
        r->draft.parts[r->draft.part_count++] = (kk_address_part){text, KK_COL_ADDRESS, 0};
    r->address_line = r->line;
}

/* ---- running text ---- */

static bool has_word_before(kk_slice line, size_t at, const char *const *words, size_t count)
{
    size_t from = at > CONTEXT ? at - CONTEXT : 0;
    kk_slice before = kk_part(line, from, at - from);
    for (size_t i = 0; i < count; i++)
        if (kk_has_nocase(before, kk_cstr(words[i])))
            return true;
    return false;
}

/* (例: taro@...): how one is written */
static bool is_example(kk_slice line, size_t end, size_t len)
{
    enum { BEFORE = 12 };
    size_t begin = end > len ? end - len : 0, from = begin > BEFORE ? begin - BEFORE : 0;
    kk_slice before = kk_part(line, from, begin - from);
    return kk_has(before, KK_S("例:")) || kk_has(before, KK_S("例)")) ||
           kk_has(before, KK_S("(例"));
}

/* Message-ID: <...@...> of a mail that is passed on: nobody reads mail there. */
static bool names_message(kk_slice line)
{
    static const char *const words[] = {
        "message-id:", "in-reply-to:", "references:", "content-id:", "resent-message-id:"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (line.len > strlen(words[i]) &&
            kk_eq_nocase(kk_part(line, 0, strlen(words[i])), kk_cstr(words[i])))
            return true;
    return false;
}

void kk_scan_mails(kk_reader *r, kk_slice line)
{
    size_t at = 0;
    kk_email email;
    if (names_message(r->text))
        return;
    while (kk_find_byte(kk_from(line, at), '@') != KK_NOWHERE &&
           kk_email_find(r->scratch, line, &at, &email))
        if (!is_example(line, at, email.address.len))
            kk_block_add_mail(r, &email);
}

/* 佐藤 健一/090-..., 佐藤 健一...090-...: a mark behind a word, which belongs to no path and no number. */
static bool is_behind_mark(kk_slice line, size_t begin)
{
    size_t at = begin;
    while (at > 0 &&
           (line.ptr[at - 1] == '.' || line.ptr[at - 1] == '/' || line.ptr[at - 1] == '-'))
        at--;
    return at > 0 && at < begin && ((unsigned char)line.ptr[at - 1] & 0x80);
}

/* TEL090-..., as ℡090-... is written plainly. */
static bool is_behind_word(kk_slice line, size_t begin)
{
    enum { BYTES = 3 };
    if (begin < BYTES ||
        (begin > BYTES && kk_char_letter((unsigned char)line.ptr[begin - BYTES - 1])))
        return false;
    kk_slice word = kk_part(line, begin - BYTES, BYTES);
    return kk_eq_nocase(word, KK_S("tel")) || kk_eq_nocase(word, KK_S("fax"));
}

static bool stands_free(kk_slice line, size_t begin, size_t end)
{
    bool apart = begin == 0 || is_behind_mark(line, begin) || is_behind_word(line, begin);
    unsigned char before = apart ? ' ' : (unsigned char)line.ptr[begin - 1];
    unsigned char after = end < line.len ? (unsigned char)line.ptr[end] : ' ';
    bool glued = (before < 0x80 && (kk_char_letter(before) || kk_char_digit(before))) ||
                 before == '-' || before == '.' || before == '/' || before == '_' ||
                 before == '@' || before == '=';
    return !glued && !(after < 0x80 && (kk_char_letter(after) || kk_char_digit(after))) &&
           after != '_' && after != '@';
}

/* Digits with single blanks or dashes between, from `at`; *digits counts them. */
static size_t run_of_digits(kk_slice line, size_t at, size_t *digits)
{
    size_t end = at;
    *digits = 0;
    while (at < line.len && *digits < 24) {
        size_t next = at;
        uint32_t c = kk_plain_char(line, &next);
        if (kk_char_digit(c)) {
            (*digits)++;
            end = next;
        } else if (c != ' ' && !kk_char_dash(c)) {
            break;
        } else if (at > end) {
            break;
        }
        at = next;
    }
    return end;
}

static bool take_card(kk_reader *r, kk_slice line, size_t at, size_t end)
{
    static const char *const words[] = {"カード", "card", "クレジット", "visa",
                                        "master", "jcb",  "amex",       "番号"};
    kk_slice digits = kk_digits(r->scratch, kk_part(line, at, end - at));
    kk_card card = kk_card_judge(digits);
    bool grouped = end - at > digits.len;
    if (card == KK_CARD_NONE ||
        (!grouped && !has_word_before(line, at, words, sizeof words / sizeof *words)))
        return false;
    kk_block_open(r);
    r->persona.items |= KK_BIT(KK_ITEM_CARD_NUMBER);
    if (card == KK_CARD_TEST)
        r->persona.test_card = true;
    else
        r->persona.card = digits;
    return true;
}

static bool take_my_number(kk_reader *r, kk_slice line, size_t at, size_t end)
{
    static const char *const words[] = {"マイナンバー", "個人番号", "my number", "mynumber"};
    kk_slice digits = kk_digits(r->scratch, kk_part(line, at, end - at));
    if (!kk_is_my_number(digits) || !has_word_before(line, at, words, sizeof words / sizeof *words))
        return false;
    kk_block_open(r);
    r->persona.items |= KK_BIT(KK_ITEM_MY_NUMBER);
    r->persona.numbers[0] = (kk_person_number){KK_COL_MY_NUMBER, digits, 0, 0, false};
    r->persona.number_count = 1;
    return true;
}

/* A line that names nobody gives the number of a house: where something is, or where one is asked to call. To whom a
 * letter is written it gives its own. */
static bool is_of_office(kk_reader *r, const kk_phone *phone)
{
    if (phone->kind == KK_PHONE_MOBILE || (r->open && r->said_line == r->line))
        return false;
    if (r->of_place || kk_invites_contact(r->text))
        return true;
    if (r->open && r->has_name && r->addressed && r->below_title && kk_is_apart(r))
        kk_block_close(r);
    return false;
}

static bool take_phone(kk_reader *r, kk_slice line, size_t at, size_t *end)
{
    static const char *const words[] = {"tel",    "電話",   "携帯", "℡",         "phone",
                                        "mobile", "連絡先", "fax",  "ファックス"};
    static const char *const faxes[] = {"fax", "ファックス", "ファクス"};
    size_t used = 0;
    kk_phone phone = kk_phone_read(kk_from(line, at), false, &used);
    bool plan = phone.kind == KK_PHONE_MOBILE || phone.kind == KK_PHONE_FIXED ||
                phone.kind == KK_PHONE_IP || phone.kind == KK_PHONE_FREE ||
                (phone.kind == KK_PHONE_FOREIGN && phone.dashed);
    bool alone = at == 0 && used == line.len;
    if (!plan || !stands_free(line, at, at + used))
        return false;
    size_t near = at > 12 ? at - 12 : 0;
    kk_slice before = kk_part(line, near, at - near);
    bool fax = has_word_before(before, before.len, faxes, 3);
    if (!phone.dashed && !alone && phone.kind != KK_PHONE_MOBILE &&
        !has_word_before(line, at, words, sizeof words / sizeof *words))
        return false;
    *end = at + used;
    if (is_of_office(r, &phone))
        return true;
    kk_block_open(r);
    if (fax)
        r->persona.items |= KK_BIT(KK_ITEM_FAX);
    else
        kk_persona_add_phones(&r->persona, kk_part(line, at, used));
    r->phone_line = r->line;
    return true;
}

void kk_scan_numbers(kk_reader *r, kk_slice line)
{
    size_t at = 0;
    while (at < line.len) {
        unsigned char c = (unsigned char)line.ptr[at];
        if (!kk_char_digit(c) && c != '+' && c != '(') {
            at++;
            continue;
        }
        size_t digits, end = run_of_digits(line, at, &digits), phone_end;
        bool free = stands_free(line, at, end);
        if (free && digits >= 12 && digits <= 19 && end > at &&
            (take_card(r, line, at, end) || (digits == 12 && take_my_number(r, line, at, end)))) {
            at = end;
        } else if (take_phone(r, line, at, &phone_end)) {
            at = phone_end;
        } else {
            at++;
            while (kk_char_digit(c) && at < line.len && kk_char_digit((unsigned char)line.ptr[at]))
                at++;
        }
    }
}

/* Digits and dashes alone, that go on where the line above broke off. */
bool kk_take_rest_of_address(kk_reader *r, kk_slice line)
{
    enum { BYTES = 12, WHOLE = 24 };
    if (!r->open || r->draft.part_count != 1 || r->address_line + 1 != r->line || !line.len ||
        line.len > BYTES)
        return false;
    kk_address_part *part = &r->draft.parts[0];
    size_t digits = 0;
    for (size_t i = 0; i < line.len; i++) {
        bool digit = kk_char_digit((unsigned char)line.ptr[i]);
        digits += digit;
        if (!digit && line.ptr[i] != '-')
            return false;
    }
    size_t dashes = line.len - digits;
    bool broken =
        part->text.len && (part->text.ptr[part->text.len - 1] == '-' || line.ptr[0] == '-');
    if (!digits || dashes > 2 || digits > 5 || (!broken && (dashes || digits > 2)) ||
        part->text.len < WHOLE)
        return false;
    part->text = kk_print(r->scratch, "%.*s%.*s", KK_P(part->text), KK_P(line));
    r->address_line = r->line;
    return true;
}

/* グリーンハイツ203, on the line below the address. True if the line is that. */
bool kk_take_building(kk_reader *r, kk_slice line)
{
    static const char *const words[] = {"ハイツ", "コーポ", "マンション", "ビル",     "メゾン",
                                        "荘",     "ハウス", "レジデンス", "アパート", "号室",
                                        "団地",   "号棟",   "住宅",       "タワー",   "コート",
                                        "ヒルズ", "パレス", "ハイム",     "社宅",     "テラス"};
    if (!r->open || r->draft.part_count != 1 || r->address_line + 1 != r->line ||
        line.len > NAME_LINE_MAX || kk_find_byte(line, '@') != KK_NOWHERE ||
        kk_ends(line, KK_S("様")))
        return false;
    bool is_building = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        is_building |= kk_has(line, kk_cstr(words[i]));
    if (is_building)
        r->draft.parts[r->draft.part_count++] = (kk_address_part){line, KK_COL_BUILDING, 0};
    return is_building;
}
