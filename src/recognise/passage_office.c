/* Offices, shops and hosts write to people and sign with where they are themselves: what of it is nobody's. */
#include "base/text.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/passage_i.h"
#include "recognise/said_of.h"
#include "recognise/text_address.h"

/* Bytes of marks and brackets that a heading begins with. */
static size_t marks_before(kk_slice line)
{
    size_t at = 0;
    while (at < line.len) {
        size_t next = at;
        uint32_t c = kk_plain_char(line, &next);
        bool mark = (c >= 0x25a0 && c <= 0x27bf) || c == 0x3010 || c == 0x203b || c == 0x30fb ||
                    c == '[' || c == '<' || c == '(' || c == '*' || c == ' ' || c == '-';
        if (!mark)
            return at;
        at = next;
    }
    return at;
}

/* 会場 of 【会場】, 会場:緑町会館 and 会場 緑町会館. */
static kk_slice first_word(kk_slice line)
{
    size_t from = marks_before(line), end = from;
    while (end < line.len && kk_find_byte(KK_S(" :])>"), line.ptr[end]) == KK_NOWHERE &&
           !kk_starts(kk_from(line, end), KK_S("】")))
        end++;
    return kk_part(line, from, end - from);
}

bool kk_is_of_place(kk_slice line)
{
    static const char *const words[] = {"会場",     "場所",       "集合",     "集合場所",
                                        "開催場所", "受付場所",   "面接場所", "実施場所",
                                        "発生場所", "事故現場",   "式場",     "訪問先",
                                        "現場",     "待ち合わせ", NULL};
    return kk_is_any(first_word(line), words);
}

static bool is_heading_of_office(kk_slice line)
{
    static const char *const words[] = {
        "店舗情報",       "店舗案内",     "店舗のご案内",   "店名",       "店舗名",
        "ホテル名",       "施設名",       "施設情報",       "宿泊施設",   "会場案内",
        "主催",           "事務局",       "お問い合わせ先", "お問合せ先", "お問い合わせ窓口",
        "問い合わせ先",   "問合せ先",     "お問い合わせ",   "お問合せ",   "医療機関名",
        "紹介元医療機関", "予約店舗",     "ご予約店舗",     "ご利用店舗", "来店店舗",
        "ご来店店舗",     "宿泊施設情報", "ホテル情報",     "アクセス",   "発行元",
        "販売元",         "販売店",       "送付元",         "発送元",     "運営会社",
        "支払者",         "サロン情報",   "クリニック情報", "運営事務局", NULL};
    return kk_find_byte(line, '@') == KK_NOWHERE && kk_is_any(first_word(line), words);
}

bool kk_is_heading_of_contacts(kk_slice line)
{
    static const char *const words[] = {"連絡先", "ご連絡先",       "本人連絡先",
                                        "現住所", "現住所・連絡先", NULL};
    enum { MARKS = 12 };
    kk_slice word = first_word(line);
    return line.len <= word.len + MARKS && kk_is_any(word, words);
}

bool kk_is_label_of_office(kk_slice word)
{
    static const char *const words[] = {"受付", "店舗", "会場", "施設", "ホテル", "当院", "当店"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_starts(word, kk_cstr(words[i])))
            return true;
    return false;
}

static bool is_organisation_alone(kk_reader *r, kk_slice line)
{
    enum { BYTES = 90 };
    if (line.len > BYTES || kk_is_sentence(line) || kk_find_byte(line, ':') != KK_NOWHERE ||
        kk_find_byte(line, '@') != KK_NOWHERE)
        return false;
    for (size_t i = 0; i < line.len; i++)
        if (kk_char_digit((unsigned char)line.ptr[i]))
            return false;
    return (kk_names_organisation(line) || kk_ends_like_organisation(line)) &&
           kk_name_read(r->scratch, r->lexicon, line).standing == KK_IS_ORGANISATION;
}

bool kk_is_apart(const kk_reader *r)
{
    return r->touch_line + 1 < r->line;
}

bool kk_office_begins(kk_reader *r, kk_slice line)
{
    if (!r->open || !r->has_name)
        return false;
    return is_heading_of_office(line) || (kk_is_apart(r) && is_organisation_alone(r, line));
}

bool kk_is_address_of_office(kk_reader *r, kk_slice before)
{
    static const char *const words[] = {"事業所", "事業者", "所在地", "医療機関", "施設", "店舗"};
    if (!before.len || r->said_line == r->line)
        return false;
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_has(before, kk_cstr(words[i])))
            return true;
    return kk_is_apart(r) && kk_names_organisation(before);
}

bool kk_invites_contact(kk_slice line)
{
    static const char *const acts[] = {"電話", "連絡", "問い合わせ", "問合せ", "問合わせ"};
    bool to = kk_has(line, KK_S("まで")) || kk_has(line, KK_S("へ")) || kk_has(line, KK_S("に"));
    for (size_t i = 0; to && i < KK_COUNT(acts); i++)
        if (kk_has(line, kk_cstr(acts[i])))
            return kk_is_sentence(line) || kk_ends(line, KK_S("まで"));
    return false;
}

/* 氏名 佐藤 健一 印, 被 告 鈴木 花子: a line that ends with somebody's name. */
static bool ends_with_name(kk_reader *r, kk_slice line)
{
    if (line.len > 2 * KK_NAME_LINE_MAX || kk_is_sentence(line))
        return false;
    line = kk_without_title(kk_label_value(line, 0, line.len));
    kk_slice name = kk_name_before(r, line, line.len);
    size_t at = name.len ? (size_t)(name.ptr - line.ptr) : 0;
    return name.len && (at == 0 || line.ptr[at - 1] == ' ' || line.ptr[at - 1] == ':');
}

bool kk_name_is_below(kk_reader *r)
{
    enum { LINES = 3 };
    kk_slice rest = r->ahead, line;
    for (int i = 0; i < LINES && kk_split(&rest, '\n', &line); i++) {
        line = kk_plain(r->scratch, kk_trim(kk_part(line, 0, 4 * KK_NAME_LINE_MAX)));
        if (!line.len)
            return false;
        if (ends_with_name(r, line))
            return true;
    }
    return false;
}
