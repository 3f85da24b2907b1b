/* Names of persons: honorifics and brackets off, surname and given name apart where the cell, the
 * columns or the lexicon tell, forms of kanji folded. A name is never guessed into parts: what cannot
 * be split stays whole. */
#include "recognise/name.h"

#include "base/text.h"
#include "recognise/company.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/letters.h"
#include "recognise/said_of.h"

#include <uchar.h>

enum {
    LETTERS_MAX = 64,
    JAPANESE_MAX = 30,
    WORDS_MAX = 8,
    DESK_MIN = 9 /* 営業部; 阿部 is no desk */
};

static const kk_slice honorifics[] = {
    KK_WORD("御中"), KK_WORD("様方"), KK_WORD("様"), KK_WORD("さま"), KK_WORD("殿"),
    KK_WORD("さん"), KK_WORD("先生"), KK_WORD("氏"), KK_WORD("くん"), KK_WORD("ちゃん")};
static const kk_slice titles[] = {KK_WORD("mr"),  KK_WORD("mrs"),  KK_WORD("ms"),   KK_WORD("miss"),
                                  KK_WORD("dr"),  KK_WORD("prof"), KK_WORD("mr."),  KK_WORD("mrs."),
                                  KK_WORD("ms."), KK_WORD("dr."),  KK_WORD("prof.")};

typedef struct {
    kk_slice word;
    kk_aside reason;
} placeholder_word;
#define TEST(w)                                                                                    \
    {                                                                                              \
        KK_WORD(w), KK_ASIDE_TEST_WORD                                                             \
    }
#define NOBODY(w)                                                                                  \
    {                                                                                              \
        KK_WORD(w), KK_ASIDE_NOBODY_WORD                                                           \
    }
#define HEADING(w)                                                                                 \
    {                                                                                              \
        KK_WORD(w), KK_ASIDE_HEADING_WORD                                                          \
    }
#define SYSTEM(w)                                                                                  \
    {                                                                                              \
        KK_WORD(w), KK_ASIDE_SYSTEM_WORD                                                           \
    }

static const placeholder_word placeholder_parts[] = {
    TEST("テスト"),         TEST("てすと"),   TEST("ダミー"),
    TEST("だみー"),         TEST("サンプル"), TEST("さんぷる"),
    TEST("見本"),           TEST("記入例"),   NOBODY("名無し"),
    NOBODY("ななし"),       NOBODY("匿名"),   NOBODY("未登録"),
    NOBODY("不明"),         TEST("xxxx"),     TEST("dummy"),
    TEST("ほげ"),           TEST("ふが"),     NOBODY("削除済"),
    NOBODY("退会済"),       TEST("動作確認"), SYSTEM("システム管理"),
    SYSTEM("管理者"),       SYSTEM("ゲスト"), TEST("検証用"),
    TEST("架空"),           NOBODY("ご担当"), NOBODY("御担当"),
    SYSTEM("バックアップ"), SYSTEM("複合機"), SYSTEM("共有アカウント"),
    SYSTEM("共用"),         SYSTEM("保守用"),
};

static const placeholder_word placeholder_words[] = {
    HEADING("氏名"),
    HEADING("名前"),
    HEADING("お名前"),
    HEADING("姓"),
    HEADING("名"),
    HEADING("姓名"),
    HEADING("合計"),
    HEADING("小計"),
    HEADING("総計"),
    HEADING("計"),
    HEADING("頁計"),
    HEADING("累計"),
    HEADING("総合計"),
    HEADING("平均"),
    HEADING("平均点"),
    HEADING("最高点"),
    HEADING("最低点"),
    HEADING("フリガナ"),
    HEADING("ふりがな"),
    HEADING("カナ"),
    HEADING("セイ"),
    HEADING("メイ"),
    HEADING("name"),
    HEADING("fullname"),
    NOBODY("なし"),
    NOBODY("無し"),
    TEST("test"),
    TEST("sample"),
    SYSTEM("admin"),
    SYSTEM("administrator"),
    SYSTEM("root"),
    SYSTEM("guest"),
    SYSTEM("user"),
    TEST("foobar"),
    TEST("foo"),
    TEST("hoge"),
    TEST("fuga"),
    TEST("example"),
    TEST("例"),
    NOBODY("該当なし"),
    NOBODY("none"),
    NOBODY("null"),
    NOBODY("unknown"),
    NOBODY("anonymous"),
    NOBODY("noname"),
    HEADING("total"),
    NOBODY("nobody"),
    HEADING("firstname"),
    HEADING("lastname"),
    HEADING("surname"),
    TEST("johndoe"),
    TEST("janedoe"),
    SYSTEM("システム"),
    NOBODY("担当者"),
    NOBODY("様"),
    NOBODY("御中"),
    NOBODY("同上"),
    NOBODY("注文者"),
    NOBODY("お客様"),
    NOBODY("ご本人"),
    NOBODY("本人"),
    NOBODY("担当"),
    NOBODY("責任者"),
    HEADING("名簿"),
    HEADING("会員名簿"),
    HEADING("社員名簿"),
    HEADING("職員名簿"),
    HEADING("従業員名簿"),
    HEADING("参加者名簿"),
    HEADING("住所録"),
    HEADING("緊急連絡網"),
    HEADING("電話番号"),
    HEADING("会員番号"),
    HEADING("生年月日"),
    HEADING("郵便番号"),
    HEADING("メールアドレス"),
    HEADING("住所"),
    HEADING("性別"),
    HEADING("備考"),
    HEADING("会員一覧"),
    HEADING("社員一覧"),
    HEADING("顧客一覧"),
    HEADING("顧客名簿"),
    HEADING("当番表"),
    HEADING("台帳"),
};
#undef TEST
#undef NOBODY
#undef HEADING
#undef SYSTEM

/* "test", "test1", "testuser", "usertest": as a word of its own or beside such a word. */
static bool is_latin_placeholder(kk_slice folded)
{
    static const kk_slice stems[] = {KK_WORD("test"), KK_WORD("sample"), KK_WORD("dummy"),
                                     KK_WORD("demo"), KK_WORD("example")};
    static const kk_slice tails[] = {KK_WORD(""),     KK_WORD("user"),    KK_WORD("account"),
                                     KK_WORD("name"), KK_WORD("taro"),    KK_WORD("hanako"),
                                     KK_WORD("data"), KK_WORD("customer")};
    kk_slice core = folded;
    while (core.len && (kk_char_digit((unsigned char)core.ptr[core.len - 1]) ||
                        core.ptr[core.len - 1] == '_' || core.ptr[core.len - 1] == '-'))
        core.len--;
    if (!core.len || (core.ptr[0] & 0x80))
        return false;
    for (size_t i = 0; i < KK_COUNT(stems); i++) {
        kk_slice stem = stems[i];
        for (size_t t = 0; t < KK_COUNT(tails); t++) {
            kk_slice tail = tails[t];
            if (core.len == stem.len + tail.len &&
                ((kk_starts(core, stem) && kk_ends(core, tail)) ||
                 (kk_starts(core, tail) && kk_ends(core, stem))))
                return true;
        }
    }
    return false;
}

static bool one_character_repeated(kk_slice folded)
{
    size_t at = 0, count = 0;
    uint32_t first = kk_plain_char(folded, &at);
    if (first == 0x3005)
        return true;
    while (at < folded.len) {
        if (kk_plain_char(folded, &at) != first)
            return false;
        count++;
    }
    /* ああ and 々 are no names, 奈々 is; XX and ○○ stand for any */
    return count >= 2 || (count == 1 && !kk_char_kanji(first));
}

/* Each of placeholder_parts holds one of these, most names none. */
static const char32_t telling[] = U"テてダだプぷ見例無な匿登不げが削済認管ゲ架担複共用";

static bool may_hold_part(kk_slice folded)
{
    size_t at = 0;
    while (at < folded.len) {
        uint32_t c = kk_plain_char(folded, &at);
        if (c < 0x80)
            return true;
        for (size_t i = 0; i + 1 < KK_COUNT(telling); i++)
            if (c == telling[i])
                return true;
    }
    return false;
}

/* 20名, 計20名, 全120人: how many there are, below a list. */
static bool is_number_of_people(kk_slice folded)
{
    static const kk_slice before[] = {KK_WORD("合計"), KK_WORD("総計"), KK_WORD("計"),
                                      KK_WORD("全"),   KK_WORD("総数"), KK_WORD("約")};
    static const kk_slice behind[] = {KK_WORD("名"), KK_WORD("人"), KK_WORD("件"), KK_WORD("名様")};
    size_t i = 0, digits = 0;
    for (size_t b = 0; b < KK_COUNT(before); b++)
        if (kk_starts(folded, before[b])) {
            folded = kk_from(folded, before[b].len);
            break;
        }
    while (i < folded.len && (kk_char_digit((unsigned char)folded.ptr[i]) || folded.ptr[i] == ','))
        digits += folded.ptr[i++] != ',';
    for (size_t b = 0; digits && b < KK_COUNT(behind); b++)
        if (kk_eq(kk_from(folded, i), behind[b]))
            return true;
    return false;
}

/* 8件36,000円: how many, and what they come to. */
static bool is_amount(kk_slice folded)
{
    return kk_char_digit((unsigned char)folded.ptr[0]) &&
           (kk_has(folded, KK_S("件")) || kk_ends(folded, KK_S("円")));
}

/* 福岡支店小計, ** 頁計 **; 給食当番表 above a list */
static bool is_sum_or_title(kk_slice folded)
{
    static const kk_slice sums[] = {
        KK_WORD("小計"),   KK_WORD("合計"),   KK_WORD("総計"), KK_WORD("累計"), KK_WORD("頁計"),
        KK_WORD("店計"),   KK_WORD("課計"),   KK_WORD("部計"), KK_WORD("班計"), KK_WORD("区計"),
        KK_WORD("組計"),   KK_WORD("当番表"), KK_WORD("名簿"), KK_WORD("一覧"), KK_WORD("一覧表"),
        KK_WORD("予定表"), KK_WORD("台帳")};
    while (folded.len && kk_find_byte(KK_S("*-=<>[]"), folded.ptr[folded.len - 1]) != KK_NOWHERE)
        folded.len--;
    for (size_t i = 0; i < KK_COUNT(sums); i++)
        if (kk_ends(folded, sums[i]))
            return true;
    return false;
}

/* Test data, fillers, headings, sums; KK_ASIDE_NONE for names. `folded` is small letters without
 * blanks. */
static kk_aside placeholder_reason(kk_slice folded)
{
    if (!folded.len)
        return KK_ASIDE_NO_WORD;
    if (one_character_repeated(folded))
        return KK_ASIDE_SIGN_REPEATED;
    if (is_latin_placeholder(folded))
        return KK_ASIDE_TEST_WORD;
    bool may = may_hold_part(folded);
    for (size_t i = 0; may && i < KK_COUNT(placeholder_parts); i++)
        if (kk_has(folded, placeholder_parts[i].word))
            return placeholder_parts[i].reason;
    for (size_t i = 0; i < KK_COUNT(placeholder_words); i++)
        if (kk_eq(folded, placeholder_words[i].word))
            return placeholder_words[i].reason;
    if (is_sum_or_title(folded))
        return KK_ASIDE_HEADING_WORD;
    if (is_amount(folded))
        return KK_ASIDE_NUMBER_FOR_NAME;
    for (size_t i = 0; i < folded.len; i++)
        if (!kk_char_digit((unsigned char)folded.ptr[i]) && folded.ptr[i] != '-')
            return is_number_of_people(folded) ? KK_ASIDE_NUMBER_FOR_NAME : KK_ASIDE_NONE;
    return KK_ASIDE_NUMBER_FOR_NAME;
}

void kk_name_mark_letters(kk_letter_marks *marks)
{
    static const kk_slice dead[] = {KK_WORD("故"), KK_WORD("亡")};
    static const kk_slice family[] = {KK_WORD("家")};
    kk_mark_letters(marks, honorifics, KK_COUNT(honorifics), KK_LAST_LETTER, KK_MARK_COURTESY);
    kk_mark_letters(marks, dead, KK_COUNT(dead), KK_FIRST_LETTER, KK_MARK_BEGINS);
    kk_mark_letters(marks, family, KK_COUNT(family), KK_LAST_LETTER, KK_MARK_ENDS);
    for (size_t i = 0; i < KK_COUNT(placeholder_words); i++)
        kk_mark_letters(marks, &placeholder_words[i].word, 1, KK_LAST_LETTER, KK_MARK_ENDS);
    for (size_t i = 0; i + 1 < KK_COUNT(telling); i++)
        marks->of[kk_letter_of(telling[i])] |= KK_MARK_NOBODY;
    marks->of[KK_LETTER_REPEAT] |= KK_MARK_BEGINS;
}

/* 故 山田太郎, (故)山田太郎, 山田太郎(故人) */
static bool take_deceased(kk_slice *text)
{
    static const kk_slice before[] = {KK_WORD("故 "), KK_WORD("(故)"), KK_WORD("故・"),
                                      KK_WORD("亡 "), KK_WORD("(亡)")};
    static const kk_slice after[] = {KK_WORD("(故人)"), KK_WORD("(故)"), KK_WORD("(逝去)"),
                                     KK_WORD("(死亡)"), KK_WORD("(他界)")};
    for (size_t i = 0; i < KK_COUNT(before); i++) {
        if (kk_starts(*text, before[i])) {
            *text = kk_trim(kk_from(*text, before[i].len));
            return true;
        }
    }
    for (size_t i = 0; i < KK_COUNT(after); i++) {
        if (kk_ends(*text, after[i])) {
            *text = kk_trim(kk_part(*text, 0, text->len - after[i].len));
            return true;
        }
    }
    return false;
}

static kk_slice strip_honorific(kk_slice text)
{
    text = kk_trim(text);
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < KK_COUNT(honorifics); i++) {
            kk_slice word = honorifics[i];
            /* 殿 and 氏 end some surnames of two characters */
            if (kk_ends(text, word) && text.len >= word.len + 6) {
                text = kk_trim(kk_part(text, 0, text.len - word.len));
                again = true;
            }
        }
    }
    if (kk_ends(text, KK_S("様")) && text.len > strlen("様"))
        text = kk_trim(kk_part(text, 0, text.len - strlen("様")));
    return text;
}

static void read_bracket(kk_arena *arena, kk_name *name, kk_slice inside, kk_slice *former)
{
    static const kk_slice marks[] = {KK_WORD("旧姓:"), KK_WORD("旧姓"), KK_WORD("旧:"),
                                     KK_WORD("旧")};
    inside = kk_trim(inside);
    for (size_t i = 0; i < KK_COUNT(marks); i++) {
        if (kk_starts(inside, marks[i])) {
            *former = kk_fold_kanji(arena, kk_dense(arena, kk_from(inside, marks[i].len)));
            return;
        }
    }
    if (kk_is_kana(inside))
        name->kana = inside;
    static const kk_slice samples[] = {KK_WORD("例"),     KK_WORD("記入例"), KK_WORD("入力例"),
                                       KK_WORD("記載例"), KK_WORD("見本"),   KK_WORD("サンプル")};
    for (size_t i = 0; i < KK_COUNT(samples); i++)
        if (kk_eq(inside, samples[i]))
            name->reason = KK_ASIDE_TEST_WORD;
}

/* Cuts every (...) out of the text and reads what it says. */
static kk_slice take_brackets(kk_arena *arena, kk_name *name, kk_slice text, kk_slice *former)
{
    for (int round = 0; round < 3; round++) {
        size_t open = kk_find_byte(text, '(');
        if (open == KK_NOWHERE)
            break;
        size_t close = kk_find_byte(kk_from(text, open), ')');
        size_t inside_len = close == KK_NOWHERE ? text.len - open - 1 : close - 1;
        size_t end = close == KK_NOWHERE ? text.len : open + close + 1;
        read_bracket(arena, name, kk_part(text, open + 1, inside_len), former);
        text = kk_trim(kk_join(arena, kk_part(text, 0, open), kk_from(text, end)));
    }
    return text;
}

static kk_script script_of(kk_slice text)
{
    size_t japanese = 0, letters = 0, others = 0, at = 0;
    while (at < text.len) {
        uint32_t c = kk_plain_char(text, &at);
        if (kk_char_japanese(c))
            japanese++;
        else if (kk_char_letter(c))
            letters++;
        else if (c >= 0x370)
            others++;
    }
    if (japanese)
        return KK_NAME_JAPANESE;
    if (letters)
        return KK_NAME_LATIN;
    return others ? KK_NAME_OTHER : KK_NAME_NONE;
}

static size_t words_of(kk_slice text, kk_slice *words, size_t max)
{
    size_t count = 0;
    kk_slice rest = text, word;
    while (count < max && kk_split(&rest, ' ', &word))
        if (word.len)
            words[count++] = word;
    return count;
}

static bool is_title(kk_slice word)
{
    for (size_t i = 0; i < KK_COUNT(titles); i++)
        if (kk_eq(word, titles[i]))
            return true;
    return false;
}

/* Words in order of the alphabet, so that "Taro Yamada" and "YAMADA, Taro" are one. */
static kk_slice sorted_words(kk_arena *arena, kk_slice *words, size_t count)
{
    size_t room = 0;
    for (size_t i = 0; i < count; i++) {
        room += words[i].len + 1;
        for (size_t j = i; j > 0 && kk_compare(words[j], words[j - 1]) < 0; j--) {
            kk_slice swap = words[j];
            words[j] = words[j - 1];
            words[j - 1] = swap;
        }
    }
    kk_pen pen = kk_pen_open(arena, room);
    for (size_t i = 0; i < count; i++) {
        if (i)
            kk_pen_add(&pen, KK_S(" "));
        kk_pen_add(&pen, words[i]);
    }
    return kk_pen_slice(&pen);
}

/* Letters and blanks only, small. */
static kk_slice latin_words(kk_arena *arena, kk_slice text)
{
    kk_slice small = kk_lower(arena, text);
    kk_pen pen = kk_pen_open(arena, small.len);
    size_t at = 0;
    while (at < small.len) {
        uint32_t c = kk_plain_char(small, &at);
        if (kk_char_letter(c) || c > 0x24f)
            kk_pen_put(&pen, c);
        else if (c != '\'' && c != '.')
            kk_pen_put(&pen, ' ');
    }
    return kk_pen_slice(&pen);
}

/* A Japanese name in letters: which word is the surname the comma, the lists or capitals tell; else the
 * given name may be first, as the West has it. */
static void read_reading(kk_arena *arena, const kk_lexicon *lexicon, kk_name *name,
                         const kk_slice words[2], bool has_comma, bool capitals_first)
{
    kk_slice sounds[2];
    unsigned kinds[2];
    name->reading = KK_NONE;
    for (int i = 0; i < 2; i++) {
        sounds[i] = kk_reading_of_letters(arena, words[i]);
        kinds[i] = kk_lexicon_look(lexicon, kk_latin_skeleton(arena, words[i]));
        if (!sounds[i].len)
            return;
    }
    bool forward = kinds[0] & KK_WORD_SURNAME_LATIN && kinds[1] & KK_WORD_GIVEN_LATIN;
    bool backward = kinds[1] & KK_WORD_SURNAME_LATIN && kinds[0] & KK_WORD_GIVEN_LATIN;
    bool in_order = has_comma || (forward == backward ? capitals_first : forward);
    name->order_untold = !has_comma && !capitals_first && forward == backward;
    name->reading = kk_reading_loosely(arena, kk_join(arena, sounds[!in_order], sounds[in_order]));
}

/* "YAMADA Taro" */
static bool is_capitals_first(kk_slice text)
{
    size_t blank = kk_find_byte(text, ' '), small = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_small = text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
        if (is_small && i < blank)
            return false;
        small += is_small;
    }
    return small > 0;
}

static void read_latin(kk_arena *arena, const kk_lexicon *lexicon, kk_name *name, kk_slice text)
{
    kk_slice raw[WORDS_MAX], words[WORDS_MAX];
    size_t comma = kk_find_byte(text, ',');
    size_t count = words_of(latin_words(arena, text), raw, WORDS_MAX), kept = 0;
    bool surname = false, given = false;
    for (size_t i = 0; i < count; i++) {
        bool initial = raw[i].len == 1 && count > 2;
        if (initial || (is_title(raw[i]) && count > 1))
            continue;
        kk_slice skeleton = kk_latin_skeleton(arena, raw[i]);
        unsigned kinds = kk_lexicon_look(lexicon, skeleton);
        surname |= (kinds & KK_WORD_SURNAME_LATIN) && !surname;
        given |= (kinds & KK_WORD_GIVEN_LATIN) != 0;
        words[kept++] = raw[i];
    }
    if (comma != KK_NOWHERE && kept >= 2) {
        name->family = words[0];
        name->given = words[1];
    }
    name->full = name->split = kept >= 2;
    if (kept == 2)
        read_reading(arena, lexicon, name, words, comma != KK_NOWHERE, is_capitals_first(text));
    name->known = kept >= 2 && kept <= 3 && surname && given;
    name->whole = sorted_words(arena, words, kept);
}

/* How well the lexicon likes this cut; 0 not at all. */
static int cut_score(const kk_lexicon *lexicon, kk_slice family, kk_slice given)
{
    size_t family_chars = family.len / 3, given_chars = given.len / 3;
    if (!(kk_lexicon_look(lexicon, family) & KK_WORD_SURNAME))
        return 0;
    bool known = kk_lexicon_look(lexicon, given) & KK_WORD_GIVEN;
    if (!known && (given_chars > 3 || given_chars < 1))
        return 0;
    int score = known ? 20 : 0;
    score += family_chars == 2 ? 4 : family_chars == 3 ? 3 : 1;
    return score + (given_chars == 2 ? 2 : 1);
}

static void split_by_lexicon(const kk_lexicon *lexicon, kk_name *name)
{
    kk_slice whole = name->whole;
    int best = 0;
    size_t at = 0;
    if (kk_lexicon_look(lexicon, whole) & KK_WORD_SURNAME)
        return;
    for (int i = 0; i < 5 && at < whole.len; i++) {
        (void)kk_plain_char(whole, &at);
        kk_slice family = kk_part(whole, 0, at), given = kk_from(whole, at);
        int score = given.len ? cut_score(lexicon, family, given) : 0;
        if (score > best) {
            best = score;
            name->family = family;
            name->given = given;
        }
    }
    name->known = best >= 20;
}

static void read_japanese(kk_arena *arena, const kk_lexicon *lexicon, kk_name *name, kk_slice text)
{
    kk_slice words[WORDS_MAX];
    kk_slice folded = kk_lower(arena, kk_fold_kanji(arena, text));
    size_t count = words_of(folded, words, WORDS_MAX), chars = kk_char_count(folded);
    name->whole = kk_dense(arena, folded);
    if (kk_is_kana(text) && !name->kana.len)
        name->kana = text;
    if (count >= 2 && chars > 2 * count - 1) {
        name->family = words[0];
        name->given = kk_dense(arena, kk_from(folded, (size_t)(words[1].ptr - folded.ptr)));
        name->split = name->full = true;
        name->known = (kk_lexicon_look(lexicon, name->family) & KK_WORD_SURNAME) &&
                      (kk_lexicon_look(lexicon, name->given) & KK_WORD_GIVEN);
        return;
    }
    split_by_lexicon(lexicon, name);
    bool surname_only = kk_lexicon_look(lexicon, name->whole) & KK_WORD_SURNAME;
    name->full = name->known || (chars >= 3 && !surname_only) || name->given.len > 0;
}

static size_t words_parted(kk_slice text)
{
    size_t words = 1;
    for (size_t i = 0; i < text.len; i++)
        words += text.ptr[i] == ' ';
    return words;
}

/* A person's name after the organisation's, in one cell: 株式会社例示 山田太郎 */
static bool take_person_of_company(kk_arena *arena, const kk_lexicon *lexicon, kk_name *name,
                                   kk_slice text)
{
    size_t blank = kk_find_byte(text, ' ');
    while (blank != KK_NOWHERE) {
        kk_slice before = kk_part(text, 0, blank), after = kk_from(text, blank + 1);
        kk_name person = {0};
        bool company = kk_names_organisation(before);
        bool desk = !company && before.len >= DESK_MIN && kk_ends_like_organisation(before);
        if ((company || desk) && !kk_names_organisation(after)) {
            after = strip_honorific(after);
            read_japanese(arena, lexicon, &person, after);
            bool surname =
                desk && person.split && (kk_lexicon_look(lexicon, person.family) & KK_WORD_SURNAME);
            bool given = person.split && words_parted(after) == 2 &&
                         (kk_lexicon_look(lexicon, person.given) & KK_WORD_GIVEN);
            if (person.known || surname || given) {
                person.company = company ? before : KK_NONE;
                person.shown = after;
                person.script = KK_NAME_JAPANESE;
                *name = person;
                return true;
            }
        }
        size_t next = kk_find_byte(after, ' ');
        blank = next == KK_NOWHERE ? KK_NOWHERE : blank + 1 + next;
    }
    return false;
}

static bool is_family_group(const kk_lexicon *lexicon, kk_slice whole)
{
    kk_slice family = kk_part(whole, 0, whole.len >= 3 ? whole.len - 3 : 0);
    return kk_ends(whole, KK_S("家")) && (kk_lexicon_look(lexicon, family) & KK_WORD_SURNAME);
}

/* Below a table, or above the next one: ※取扱注意。 ■パート */
static bool is_note(kk_slice text)
{
    static const kk_slice marks[] = {KK_WORD("※"), KK_WORD("■"), KK_WORD("□"),  KK_WORD("◆"),
                                     KK_WORD("◇"), KK_WORD("●"), KK_WORD("▼"),  KK_WORD("▽"),
                                     KK_WORD("★"), KK_WORD("☆"), KK_WORD("【"), KK_WORD("<")};
    for (size_t i = 0; i < KK_COUNT(marks); i++)
        if (kk_starts(text, marks[i]))
            return true;
    return kk_has(text, KK_S("。"));
}

/* サトウ ケンイチ, or サトウケンイチ: of a surname and a given name in the lists. */
static bool is_reading(kk_arena *arena, const kk_lexicon *lexicon, kk_slice kana)
{
    enum { CUT_MIN = 2, CUT_MAX = 7 };
    size_t blank = kk_find_byte(kana, ' '), at = 0;
    if (blank != KK_NOWHERE) {
        kk_slice family = kk_kana_skeleton(arena, kk_part(kana, 0, blank));
        kk_slice given = kk_kana_skeleton(arena, kk_from(kana, blank));
        return (kk_lexicon_look(lexicon, family) & KK_WORD_SURNAME_READING) ||
               (kk_lexicon_look(lexicon, given) & KK_WORD_GIVEN_READING);
    }
    for (size_t cut = 1; cut <= CUT_MAX && at < kana.len; cut++) {
        (void)kk_plain_char(kana, &at);
        kk_slice family = kk_kana_skeleton(arena, kk_part(kana, 0, at));
        if (cut >= CUT_MIN && (kk_lexicon_look(lexicon, family) & KK_WORD_SURNAME_READING) &&
            (kk_lexicon_look(lexicon, kk_kana_skeleton(arena, kk_from(kana, at))) &
             KK_WORD_GIVEN_READING))
            return true;
    }
    return false;
}

/* サトウ ケンイチ 佐藤 健一: a reading that stands above the name in its cell. */
static kk_slice take_reading_above(kk_arena *arena, const kk_lexicon *lexicon, kk_name *name,
                                   kk_slice text)
{
    size_t end = 0, at = 0;
    for (; at < text.len; end = at) {
        uint32_t c = kk_plain_char(text, &at);
        bool kana = (c >= 0x3041 && c <= 0x309f) || (c >= 0x30a1 && c <= 0x30ff) || c == ' ';
        if (!kana)
            break;
    }
    kk_slice kana = kk_trim(kk_part(text, 0, end)), rest = kk_from(text, end);
    at = 0;
    if (!kana.len || !rest.len || !kk_char_kanji(kk_plain_char(rest, &at)) ||
        !is_reading(arena, lexicon, kana))
        return text;
    kk_name below = {0};
    read_japanese(arena, lexicon, &below, rest);
    if (!below.known && !below.split)
        return text;
    name->kana = kana;
    return rest;
}

/* 平 is a surname, 均 a given name, and both together stand below marks; 関東 (関, 東) is where somebody works. */
static bool is_word_like_a_name(kk_slice whole)
{
    static const char *const words[] = {"平均", "関東",   "関西",   "東北",   "北陸",  "近畿",
                                        "九州", "首都圏", "甲信越", "東日本", "西日本"};
    if (whole.len != strlen("平均") && whole.len != strlen("首都圏"))
        return false;
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_is(whole, words[i]))
            return true;
    return false;
}

/* みどり商会 採用担当: what is not a surname, and a desk behind it. */
static bool ends_with_desk(const kk_lexicon *lexicon, kk_slice text)
{
    size_t blank = kk_rfind_byte(text, ' ');
    return blank != KK_NOWHERE && kk_is_desk(kk_from(text, blank + 1)) &&
           !(kk_lexicon_look(lexicon, kk_part(text, 0, kk_find_byte(text, ' '))) & KK_WORD_SURNAME);
}

static void judge_standing(kk_arena *arena, const kk_lexicon *lexicon, kk_name *name, kk_slice text)
{
    if (name->known && !is_word_like_a_name(name->whole)) /* nobody is called テスト */
        return;
    bool is_word = name->script != KK_NAME_NONE;
    if (is_word_like_a_name(name->whole)) {
        name->reason = KK_ASIDE_HEADING_WORD;
        name->standing = KK_IS_PLACEHOLDER;
        return;
    }
    if (is_note(text)) {
        name->reason = KK_ASIDE_NO_WORD;
        name->standing = KK_IS_PLACEHOLDER;
        return;
    }
    name->reason = placeholder_reason(kk_dense(arena, is_word ? name->whole : text));
    if (!is_word && !name->reason)
        name->reason = KK_ASIDE_NO_WORD;
    if (name->reason)
        name->standing = KK_IS_PLACEHOLDER;
    else if (!(kk_lexicon_look(lexicon, name->whole) & KK_WORD_SURNAME) &&
             !(kk_lexicon_look(lexicon, name->given) & KK_WORD_GIVEN) &&
             (kk_ends_like_organisation(text) || ends_with_desk(lexicon, text) ||
              is_family_group(lexicon, name->whole)))
        name->standing = KK_IS_ORGANISATION;
}

/* 佐藤, 健一: a comma as in Western lists. 佐藤、鈴木 are two people. */
static kk_slice without_comma(kk_arena *arena, const kk_lexicon *lexicon, kk_slice text)
{
    size_t comma = kk_find_byte(text, ',');
    if (comma == KK_NOWHERE || !comma || !((unsigned char)text.ptr[0] & 0x80))
        return text;
    kk_slice family = kk_trim(kk_part(text, 0, comma)), given = kk_trim(kk_from(text, comma + 1));
    unsigned first = kk_lexicon_look(lexicon, kk_fold_kanji(arena, family));
    unsigned second = kk_lexicon_look(lexicon, kk_fold_kanji(arena, given));
    if (!(first & KK_WORD_SURNAME) || (!(second & KK_WORD_GIVEN) && (second & KK_WORD_SURNAME)))
        return text;
    return kk_print(arena, "%.*s %.*s", KK_P(family), KK_P(given));
}

/* 12 佐藤 健一, 3. 佐藤健一: the number that it has in a list, where a name of the lists stands behind. */
static kk_slice without_number(kk_arena *arena, const kk_lexicon *lexicon, kk_slice text)
{
    enum { DIGITS_MOST = 4 };
    size_t digits = 0;
    while (digits < text.len && kk_char_digit((unsigned char)text.ptr[digits]))
        digits++;
    kk_slice rest = kk_from(text, digits);
    bool marked = rest.len && (rest.ptr[0] == '.' || rest.ptr[0] == ')');
    if (!digits || digits > DIGITS_MOST || !rest.len || (!marked && rest.ptr[0] != ' '))
        return text;
    rest = kk_trim(kk_from(rest, 1));
    kk_name behind = {0};
    if (script_of(rest) == KK_NAME_JAPANESE)
        read_japanese(arena, lexicon, &behind, strip_honorific(rest));
    bool surname = kk_lexicon_look(lexicon, behind.family) & KK_WORD_SURNAME;
    return behind.known || (behind.split && surname) ? rest : text;
}

static kk_name read_plain(kk_arena *arena, const kk_lexicon *lexicon, kk_slice text)
{
    kk_name name = {.standing = KK_COUNTS, .shown = text};
    kk_slice former = KK_NONE;
    text = without_comma(arena, lexicon, kk_without_translation(text));
    bool deceased = take_deceased(&text);
    if (kk_names_organisation(text)) {
        if (take_person_of_company(arena, lexicon, &name, text))
            return name;
        name.standing = KK_IS_ORGANISATION;
        name.company = text;
        return name;
    }
    text = strip_honorific(take_brackets(arena, &name, strip_honorific(text), &former));
    text = take_reading_above(arena, lexicon, &name, text);
    kk_aside said = name.reason; /* (記入例) */
    name.shown = text;
    name.script = script_of(text);
    if (text.len > 3 * LETTERS_MAX ||
        (name.script == KK_NAME_JAPANESE && text.len > 3 * JAPANESE_MAX))
        name.script = KK_NAME_NONE;
    else if (name.script == KK_NAME_JAPANESE && take_person_of_company(arena, lexicon, &name, text))
        return name; /* 営業部 佐藤 健一 */
    else if (name.script == KK_NAME_JAPANESE)
        read_japanese(arena, lexicon, &name, text);
    else
        read_latin(arena, lexicon, &name, text);
    judge_standing(arena, lexicon, &name, text);
    if (said) {
        name.standing = KK_IS_PLACEHOLDER;
        name.reason = said;
    }
    if (former.len)
        name.former = kk_name_with_family(arena, &name, former);
    if (deceased)
        name.standing = KK_IS_DECEASED;
    return name;
}

kk_name kk_name_read(kk_arena *arena, const kk_lexicon *lexicon, kk_slice cell)
{
    kk_name name;
    if (kk_kanji_name_read(arena, lexicon, cell, &name) && !is_word_like_a_name(name.whole))
        return name;
    return kk_name_read_slowly(arena, lexicon, cell);
}

kk_name kk_name_read_slowly(kk_arena *arena, const kk_lexicon *lexicon, kk_slice cell)
{
    kk_slice text = without_number(arena, lexicon, kk_plain(arena, cell));
    if (kk_is_blank(text))
        return (kk_name){.standing = KK_COUNTS};
    /* 故山田太郎, written together: only when what follows is a name that the lexicon splits */
    if (kk_starts(text, KK_S("故")) && text.len > 9) {
        kk_name rest = read_plain(arena, lexicon, kk_trim(kk_from(text, strlen("故"))));
        if (rest.known) {
            rest.standing = KK_IS_DECEASED;
            return rest;
        }
    }
    return read_plain(arena, lexicon, text);
}

kk_name kk_name_of_parts(kk_arena *arena, const kk_lexicon *lexicon, kk_slice family,
                         kk_slice given)
{
    family = kk_plain(arena, family);
    given = kk_plain(arena, given);
    if (kk_is_blank(family))
        family = KK_NONE;
    if (kk_is_blank(given))
        given = KK_NONE;
    if (!family.len && !given.len)
        return (kk_name){.standing = KK_COUNTS};
    kk_pen pen = kk_pen_open(arena, family.len + given.len + 1);
    kk_pen_add(&pen, family);
    if (family.len && given.len)
        kk_pen_add(&pen, KK_S(" "));
    kk_pen_add(&pen, given);
    kk_name name = kk_name_read(arena, lexicon, kk_pen_slice(&pen));
    if (!name.script || name.standing == KK_IS_ORGANISATION || name.company.len)
        return name;
    if (name.script == KK_NAME_LATIN) {
        name.family = kk_trim(latin_words(arena, family));
        name.given = kk_trim(latin_words(arena, given));
        kk_slice parts[2] = {name.family, name.given};
        read_reading(arena, lexicon, &name, parts, true, false);
    } else if (given.len && family.len) {
        name.split = name.full = true; /* one character each is a whole name too: 林 望 */
        name.given = kk_dense(arena, kk_lower(arena, kk_fold_kanji(arena, strip_honorific(given))));
        name.family = kk_dense(arena, kk_lower(arena, kk_fold_kanji(arena, family)));
    }
    if (!family.len || !given.len)
        name.full = false;
    return name;
}

kk_slice kk_name_with_family(kk_arena *arena, const kk_name *name, kk_slice family)
{
    if (!family.len || !name->given.len)
        return KK_NONE;
    if (name->script != KK_NAME_LATIN)
        return kk_join(arena, family, name->given);
    kk_slice words[2] = {family, name->given};
    return sorted_words(arena, words, 2);
}
