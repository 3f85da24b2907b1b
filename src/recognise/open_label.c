/* Labels of forms that have nothing but a blank behind them. A colon says that a value follows; without one only what
 * looks like the value that is promised is taken for it. */
#include "recognise/open_label.h"

#include "recognise/fold.h"
#include "recognise/judge.h"
#include "recognise/name.h"
#include "recognise/said_of.h"

enum { NAME_BYTES_MIN = 6, GIVEN_BYTES = 15 };

bool kk_is_sentence(kk_slice text)
{
    static const char *const words[] = {"。", "ます", "です", "ください", "でした", "ません"};
    if (text.len > 2 * KK_NAME_LINE_MAX)
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has(text, kk_cstr(words[i])))
            return true;
    return false;
}

kk_slice kk_label_value(kk_slice line, size_t begin, size_t end)
{
    kk_slice value = kk_trim(kk_part(line, begin, end - begin));
    if (kk_ends(value, KK_S(" 印")) || kk_ends(value, KK_S(" ㊞")))
        value = kk_trim(kk_part(value, 0, value.len - 4));
    return value;
}

/* 氏名 電話番号 住所: the first line of a list; 代表取締役 社長. */
static bool is_row_of_headings(kk_arena *scratch, kk_slice value)
{
    size_t blank = kk_find_byte(value, ' ');
    kk_heading first = kk_heading_read(scratch, kk_part(value, 0, blank));
    return first.exact && first.strength == KK_HEADING_STRONG;
}

/* 大河内 修 総務課: the words at its beginning that are a known name, else all of it. */
kk_slice kk_name_in_front(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice value)
{
    kk_slice front = KK_NONE;
    if (kk_find_byte(value, ' ') == KK_NOWHERE || kk_name_read(scratch, lexicon, value).known)
        return value;
    for (size_t at = 0; at < value.len; at++)
        if (value.ptr[at] == ' ' && kk_name_read(scratch, lexicon, kk_part(value, 0, at)).known)
            front = kk_part(value, 0, at);
    return front.len ? front : value;
}

/* NGUYEN VAN MINH(グエン ヴァン ミン): as passports have it. */
static bool is_in_capitals(kk_slice value)
{
    size_t end = kk_find_byte(value, '(');
    value = kk_trim(kk_part(value, 0, end));
    for (size_t i = 0; i < value.len; i++)
        if ((value.ptr[i] < 'A' || value.ptr[i] > 'Z') &&
            kk_find_byte(KK_S(" -'.,"), value.ptr[i]) == KK_NOWHERE)
            return false;
    return value.len > 0;
}

static bool fits_name(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice value)
{
    if (kk_is_sentence(value) || value.len > KK_NAME_LINE_MAX || is_row_of_headings(scratch, value))
        return false;
    value = kk_name_in_front(scratch, lexicon, value);
    for (size_t i = 0; i < value.len; i++)
        if (kk_char_digit((unsigned char)value.ptr[i]))
            return false;
    kk_name name = kk_name_read(scratch, lexicon, value);
    if (name.script == KK_NAME_LATIN)
        return is_in_capitals(value) && name.split && name.standing == KK_COUNTS;
    bool parts = name.split && name.family.len && name.given.len && name.whole.len <= 24;
    return name.standing == KK_COUNTS && name.script == KK_NAME_JAPANESE &&
           name.whole.len >= NAME_BYTES_MIN && (name.known || parts);
}

static bool is_number_kind(kk_column_kind kind)
{
    return kind == KK_COL_EMPLOYEE_NO || kind == KK_COL_LICENCE || kind == KK_COL_PASSPORT ||
           kind == KK_COL_RESIDENCE_CARD || kind == KK_COL_PENSION || kind == KK_COL_INSURER ||
           kind == KK_COL_INSURANCE_NUMBER || kind == KK_COL_MY_NUMBER ||
           kind == KK_COL_BANK_NUMBER || (kind >= KK_COL_CUSTOMER_NO && kind <= KK_COL_POLICY_NO);
}

/* Without a colon only what looks like it is it. */
static bool fits(kk_arena *scratch, const kk_lexicon *lexicon, kk_column_kind kind, kk_slice value,
                 bool about)
{
    kk_profile p = {0};
    if (!value.len || kk_is_sentence(value))
        return false;
    kk_profile_add(&p, scratch, lexicon, value);
    switch (kind) {
    case KK_COL_NAME:
        return fits_name(scratch, lexicon, value);
    case KK_COL_FAMILY_NAME:
        return (kk_lexicon_look(lexicon, value) & KK_WORD_SURNAME) != 0;
    case KK_COL_GIVEN_NAME:
        return p.letters && value.len <= GIVEN_BYTES && kk_find_byte(value, ' ') == KK_NOWHERE;
    case KK_COL_KANA:
        return p.kana != 0;
    case KK_COL_BIRTH:
    case KK_COL_DEATH:
        return p.births || kk_has(value, KK_S("年"));
    case KK_COL_GENDER:
        return (p.sexes || kk_checked(value).len < value.len) && about;
    case KK_COL_AGE:
        return about && (kk_life_read(value).age.len || (p.short_numbers && value.len <= 3));
    case KK_COL_ADDRESS:
        return p.addresses || p.places;
    case KK_COL_ZIP:
        return p.zips != 0;
    case KK_COL_PHONE:
    case KK_COL_MOBILE:
    case KK_COL_FAX:
        return p.phones || p.dashed_phones;
    case KK_COL_EMAIL:
        return p.emails != 0;
    case KK_COL_NATIONALITY:
    case KK_COL_HEALTH:
    case KK_COL_DISABILITY:
        return about && p.letters && value.len <= 2 * KK_NAME_LINE_MAX;
    default:
        return is_number_kind(kind) && !p.phones && p.filled && value.len <= 24 &&
               kk_char_digit((unsigned char)value.ptr[value.len - 1]);
    }
}

/* The longest heading of a few words at `from`, and where its value begins; 0: none. */
static size_t heading_at(kk_arena *scratch, kk_slice line, size_t from, kk_heading *heading)
{
    enum { WORDS = 4 };
    size_t value = 0, at = from;
    for (int i = 0; i < WORDS; i++) {
        size_t blank = kk_find_byte(kk_from(line, at), ' ');
        if (blank == KK_NOWHERE || at + blank - from > KK_LABEL_MAX)
            break;
        at += blank + 1;
        kk_heading read = kk_heading_read(scratch, kk_part(line, from, at - 1 - from));
        bool of_role = read.has_role && read.kind == KK_COL_NAME; /* 担任 */
        bool good =
            (of_role || (read.exact && (read.strength == KK_HEADING_STRONG || read.apart))) &&
            (is_number_kind(read.kind) || read.kind == KK_COL_DEATH ||
             (read.kind >= KK_COL_NAME && read.kind <= KK_COL_DISABILITY)) &&
            (read.kind != KK_COL_GIVEN_NAME || from > 0);
        if (!good || (value && read.kind == KK_COL_KANA && heading->kind == KK_COL_KANA))
            continue; /* 氏名(カナ) サトウ ケンイチ: the first word of the reading is no part of its label */
        *heading = read;
        value = at;
    }
    return value;
}

/* 氏 名 佐藤 健一 / 甲 住所 東京都...: headings with values that fit, each up to the next. */
size_t kk_open_labels(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice line, bool about,
                      kk_label *labels)
{
    size_t count = 0, blank = kk_find_byte(line, ' ');
    size_t mark = kk_list_mark(line);
    if (blank == KK_NOWHERE || line.len > 4 * KK_LABEL_MAX + KK_NAME_LINE_MAX || mark == line.len ||
        !(line.ptr[mark] & 0x80))
        return 0;
    for (size_t at = mark; at < line.len && count < KK_LABELS_A_LINE;) {
        kk_heading heading;
        size_t value = heading_at(scratch, line, at, &heading);
        bool first = count == 0;
        if (value) {
            labels[count++] = (kk_label){at, value, heading};
            at = value;
        } else if (first && at - mark > 2 * strlen("甲")) {
            return 0; /* not at the beginning of the line */
        }
        blank = kk_find_byte(kk_from(line, at), ' ');
        at = blank == KK_NOWHERE ? line.len : at + blank + 1;
    }
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count ? labels[i + 1].begin : line.len;
        bool good = fits(scratch, lexicon, labels[i].heading.kind,
                         kk_label_value(line, labels[i].value, end), about);
        if (!good && i == 0)
            return 0;
        if (!good) /* it ends the value before it all the same */
            labels[i].heading.kind = KK_COL_UNKNOWN;
        about |= good && labels[i].heading.kind == KK_COL_NAME;
    }
    return count;
}
