#include "recognise/said_of.h"

#include "base/text.h"
#include "model/mention.h"
#include "recognise/date.h"
#include "recognise/fold.h"
#include "recognise/kana.h"
#include "recognise/phone.h"

enum {
    AGE_MOST = 120,
    READING_CHARS = 4,
    BIRTH_BYTES = 40,       /* of the longest date */
    SAMPLE_TITLE_BYTES = 90 /* thirty characters */
};

/* ---- a life ---- */

/* 75歳 is somebody's age, 18歳以上 and 20歳代 are nobody's. */
static bool is_of_many(kk_slice behind)
{
    static const char *const words[] = {"以上", "未満", "以下", "から", "まで", "代",
                                        "児",   "~",    "〜",   "-",    "時",   "以降"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_starts(behind, kk_cstr(words[i])))
            return true;
    return false;
}

/* 佐藤健一様(57), as notes and newspapers write it. */
static kk_slice age_in_bracket(kk_slice text)
{
    static const char *const words[] = {"様(", "さん(", "氏(", "君(", "くん(", "ちゃん("};
    for (size_t i = 0; i < KK_COUNT(words); i++) {
        size_t found = kk_find(text, kk_cstr(words[i]));
        kk_slice inside = found == KK_NOWHERE ? KK_NONE : kk_from(text, found + strlen(words[i]));
        inside = kk_part(inside, 0, kk_find_byte(inside, ')'));
        uint64_t years;
        if ((inside.len == 2 || inside.len == 3) && kk_to_u64(inside, &years) &&
            years <= AGE_MOST && inside.ptr + inside.len < text.ptr + text.len)
            return inside;
    }
    return KK_NONE;
}

static kk_slice find_age(kk_slice text)
{
    static const char *const words[] = {"歳", "才"};
    for (size_t i = 0; i < KK_COUNT(words); i++) {
        size_t found = kk_find(text, kk_cstr(words[i])), begin;
        if (found == KK_NOWHERE || is_of_many(kk_from(text, found + strlen(words[i]))))
            continue;
        size_t end = found && text.ptr[found - 1] == ' ' ? found - 1 : found; /* 満 45 歳 */
        for (begin = end; begin > 0 && kk_char_digit((unsigned char)text.ptr[begin - 1]);)
            begin--;
        uint64_t years;
        bool of_range = begin > 0 && (text.ptr[begin - 1] == '~' || text.ptr[begin - 1] == '-');
        if (!of_range && kk_to_u64(kk_part(text, begin, end - begin), &years) && years <= AGE_MOST)
            return kk_part(text, begin, end - begin);
    }
    return age_in_bracket(text);
}

static bool is_edge(kk_slice text, size_t at, bool before)
{
    if (before ? at == 0 : at >= text.len)
        return true;
    if (before)
        return kk_find_byte(KK_S("( /,:"), text.ptr[at - 1]) != KK_NOWHERE ||
               (at >= 3 &&
                (kk_is(kk_part(text, at - 3, 3), "・") || kk_is(kk_part(text, at - 3, 3), "、") ||
                 kk_is(kk_part(text, at - 3, 3), "歳")));
    return kk_find_byte(KK_S(") /,"), text.ptr[at]) != KK_NOWHERE ||
           kk_starts(kk_from(text, at), KK_S("・")) || kk_starts(kk_from(text, at), KK_S("、"));
}

/* 女性 between marks, or 女 in a bracket; 男・女 of a form is no answer. */
static kk_slice find_sex(kk_slice text)
{
    static const char *const words[] = {"男性", "女性", "男", "女"};
    if (kk_has(text, KK_S("男")) && kk_has(text, KK_S("女")))
        return KK_NONE;
    for (size_t i = 0; i < KK_COUNT(words); i++) {
        kk_slice word = kk_cstr(words[i]);
        size_t at = kk_find(text, word);
        if (at != KK_NOWHERE && is_edge(text, at, true) && is_edge(text, at + word.len, false))
            return kk_part(text, at, word.len);
    }
    return KK_NONE;
}

/* The date that ends before 生. */
static kk_slice find_birth(kk_slice text)
{
    for (size_t from = 0;;) {
        size_t found = kk_find(kk_from(text, from), KK_S("生"));
        if (found == KK_NOWHERE)
            return KK_NONE;
        size_t end = from + found, begin = end > BIRTH_BYTES ? end - BIRTH_BYTES : 0;
        from = end + strlen("生");
        while (begin < end && ((unsigned char)text.ptr[begin] & 0xc0) == 0x80)
            begin++;
        for (; begin + 5 < end; begin++) {
            bool starts = kk_char_digit((unsigned char)text.ptr[begin]) ||
                          kk_starts(kk_from(text, begin), KK_S("昭和")) ||
                          kk_starts(kk_from(text, begin), KK_S("平成")) ||
                          kk_starts(kk_from(text, begin), KK_S("大正")) ||
                          kk_starts(kk_from(text, begin), KK_S("令和")) ||
                          kk_find_byte(KK_S("SHTRM"), text.ptr[begin]) != KK_NOWHERE;
            kk_slice date = kk_trim(kk_part(text, begin, end - begin));
            if (starts && kk_day_read(date, true).day != KK_NO_DAY)
                return date;
        }
    }
}

kk_life kk_life_read(kk_slice plain)
{
    return (kk_life){find_age(plain), find_sex(plain), find_birth(plain)};
}

bool kk_is_reading_word(kk_slice bracket)
{
    static const char *const words[] = {"(ふりがな)", "(フリガナ)", "(カナ)", "(かな)",
                                        "(よみがな)"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_is(bracket, words[i]))
            return true;
    return false;
}

kk_slice kk_checked(kk_slice text)
{
    static const char *const set[] = {"☑", "☒", "■", "✓", "✔"}, *const unset[] = {"□", "☐"};
    size_t begin = KK_NOWHERE, end;
    bool others = false;
    for (size_t i = 0; i < KK_COUNT(unset); i++)
        others |= kk_has(text, kk_cstr(unset[i]));
    for (size_t i = 0; others && i < KK_COUNT(set); i++) {
        size_t at = kk_find(text, kk_cstr(set[i]));
        if (at == KK_NOWHERE)
            continue;
        if (begin != KK_NOWHERE || kk_has(kk_from(text, at + 3), kk_cstr(set[i])))
            return text;
        begin = at + strlen(set[i]);
    }
    if (begin == KK_NOWHERE)
        return text;
    kk_slice rest = kk_trim(kk_from(text, begin));
    end = kk_find_byte(rest, ' ');
    for (size_t i = 0; i < KK_COUNT(unset); i++) {
        size_t at = kk_find(rest, kk_cstr(unset[i]));
        end = at < end ? at : end;
    }
    return kk_trim(kk_part(rest, 0, end));
}

/* ---- brackets, relations, titles ---- */

bool kk_tells_phone(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t used = 0;
        bool begins = text.ptr[i] == '0' || text.ptr[i] == '+';
        bool inside = i > 0 && (kk_char_digit((unsigned char)text.ptr[i - 1]) ||
                                text.ptr[i - 1] == '-' || text.ptr[i - 1] == '/');
        if (!begins || inside)
            continue;
        kk_phone phone = kk_phone_read(kk_from(text, i), false, &used);
        if (phone.kind != KK_PHONE_NONE && phone.kind != KK_PHONE_FILLER &&
            (phone.dashed || used >= 10))
            return true;
    }
    return false;
}

/* (妻), (長男): whose relative stands before the bracket. */
static bool is_relation_alone(kk_slice inside)
{
    enum { BYTES = 12 };
    char text[BYTES + 1];
    if (!inside.len || inside.len >= BYTES)
        return false;
    memcpy(text, inside.ptr, inside.len);
    text[inside.len] = ' ';
    return kk_relation_at((kk_slice){text, inside.len + 1}) == inside.len + 1;
}

bool kk_tells_somebody(kk_slice inside)
{
    kk_life life = kk_life_read(inside);
    bool reading = kk_is_kana(inside) && kk_char_count(inside) >= READING_CHARS;
    return reading || life.age.len || life.sex.len || life.birth.len ||
           kk_starts(inside, KK_S("続柄")) || is_relation_alone(inside) ||
           kk_find_byte(inside, '@') != KK_NOWHERE || kk_tells_phone(inside);
}

size_t kk_relation_at(kk_slice text)
{
    static const char *const words[] = {"妻",   "夫",   "長男", "長女", "次男", "次女", "二男",
                                        "二女", "三男", "三女", "義父", "義母", "祖父", "祖母",
                                        "父",   "母",   "兄",   "弟",   "姉",   "妹",   "息子",
                                        "娘",   "孫",   "実父", "実母", "長姉", "長兄", "内縁の妻"};
    static const char *const behind[] = {" の ", "の", " ", ":", "、", "・"};
    for (size_t i = 0; i < KK_COUNT(words); i++) {
        size_t end = strlen(words[i]);
        if (!kk_starts(text, kk_cstr(words[i])))
            continue;
        for (size_t j = 0; j < KK_COUNT(behind); j++)
            if (kk_starts(kk_from(text, end), kk_cstr(behind[j])))
                return end + strlen(behind[j]);
    }
    return 0;
}

kk_slice kk_without_title(kk_slice text)
{
    static const char *const words[] = {
        "委員長", "副委員長", "委員",   "課長補佐", "課長",   "係長",   "部長", "室長", "次長",
        "主任",   "主査",     "社長",   "専務",     "常務",   "会長",   "理事", "監事", "議員",
        "教授",   "医師",     "看護師", "弁護士",   "教諭",   "校長",   "園長", "院長", "店長",
        "所長",   "局長",     "議長",   "工場長",   "支店長", "座長",   "幹事", "様",   "殿",
        "氏",     "先生",     "さん",   "君",       "くん",   "ちゃん", "副",   "准",   "取締役",
        "相談役", "顧問",     "保健師", "主事"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < KK_COUNT(words); i++)
            if (kk_ends(text, kk_cstr(words[i])) && text.len > strlen(words[i]) + 3) {
                text = kk_trim(kk_part(text, 0, text.len - strlen(words[i])));
                again = true;
            }
    }
    return text;
}

/* ---- titles and marks of lines ---- */

/* リクエスト例; 相談事例 and 条例 are no examples of a form. */
static bool ends_with_example(kk_slice line)
{
    static const char *const others[] = {"事例", "症例", "条例", "定例", "凡例", "判例", "特例",
                                         "慣例", "恒例", "先例", "前例", "比例", "実例", "用例"};
    enum { BYTES = 48 };
    if (!kk_ends(line, KK_S("例")) || line.len > BYTES)
        return false;
    for (size_t i = 0; i < KK_COUNT(others); i++)
        if (kk_ends(line, kk_cstr(others[i])))
            return false;
    return true;
}

bool kk_is_title_of_sample(kk_slice line)
{
    static const char *const telling[] = {"記入例",   "入力例",   "記載例",  "作成例",
                                          "記入見本", "入力見本", "記載見本"};
    static const char *const alone[] = {"見本", "サンプル", "例", "sample", "Sample", "SAMPLE"};
    static const char *const brackets[] = {"()", "[]", "<>"};
    if (line.len > SAMPLE_TITLE_BYTES || kk_find_byte(line, ':') != KK_NOWHERE ||
        kk_has(line, KK_S("。")))
        return false;
    for (size_t i = 0; i < KK_COUNT(telling); i++) {
        size_t at = kk_find(line, kk_cstr(telling[i]));
        /* 記入例を参照: says where one is */
        if (at != KK_NOWHERE && !kk_has(kk_from(line, at), KK_S("を")) &&
            !kk_has(kk_from(line, at), KK_S("参照")))
            return true;
    }
    if (ends_with_example(line))
        return true;
    for (size_t i = 0; i < KK_COUNT(alone); i++) {
        kk_slice word = kk_cstr(alone[i]);
        size_t at = kk_find(line, word);
        if (kk_eq(line, word))
            return true;
        if (at == KK_NOWHERE || at == 0 || at + word.len >= line.len)
            continue;
        for (size_t j = 0; j < KK_COUNT(brackets); j++)
            if (line.ptr[at - 1] == brackets[j][0] && line.ptr[at + word.len] == brackets[j][1])
                return true;
        kk_slice before = kk_part(line, 0, at), behind = kk_from(line, at + word.len);
        if ((kk_ends(before, KK_S("【")) && kk_starts(behind, KK_S("】"))) ||
            (kk_ends(before, KK_S("≪")) && kk_starts(behind, KK_S("≫"))))
            return true;
    }
    return false;
}

size_t kk_list_mark(kk_slice line)
{
    size_t at = 0, digits = 0;
    static const char *const behind[] = {"班", "組", "番", "号", ".", ")", "位", "号室", ""};
    if (kk_starts(line, KK_S("No.")) || kk_starts(line, KK_S("no.")))
        at = 3;
    at += at < line.len && line.ptr[at] == '(';
    while (at < line.len && digits < 5 &&
           (kk_char_digit((unsigned char)line.ptr[at]) || (digits && line.ptr[at] == ':'))) {
        digits++;
        at++;
    }
    for (size_t i = 0; digits && i < KK_COUNT(behind); i++) {
        size_t end = at + strlen(behind[i]);
        if (kk_starts(kk_from(line, at), kk_cstr(behind[i])) && end < line.len &&
            line.ptr[end] == ' ')
            return end + 1;
    }
    return 0;
}

bool kk_ends_with_title(kk_slice before)
{
    static const char *const words[] = {
        "長",   "役",   "者",   "員",   "師",   "監",   "監事", "理事", "士",   "官",
        "授",   "主",   "人",   "担当", "主任", "確認", "担任", "日報", "週報", "文責",
        "作成", "署名", "記録", "受付", "起案", "承認", "出席", "欠席", "司会", "進行",
        "書記", "講師", "窓口", "夜勤", "日勤", "宿直", "立会", "記入", "審査", "検印",
        "撮影", "早退", "遅刻", "司",   "医",   "会頭", "市民", "区民", "町民", "代表"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_ends(before, kk_cstr(words[i])))
            return true;
    return false;
}

bool kk_is_somebodys_word(kk_slice word)
{
    static const char *const words[] = {"新郎", "新婦", "男", "女",   "妻",   "夫",  "父",
                                        "母",   "兄",   "弟", "姉",   "妹",   "娘",  "息子",
                                        "孫",   "子",   "様", "氏名", "本名", "旧姓"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_ends(word, kk_cstr(words[i])))
            return true;
    return kk_ends_with_title(word);
}

kk_slice kk_without_duties(kk_slice text)
{
    for (size_t blank; (blank = kk_find_byte(text, ' ')) != KK_NOWHERE;) {
        kk_slice rest = kk_trim(kk_from(text, blank));
        if (!kk_ends_with_title(kk_part(text, 0, blank)) || kk_find_byte(rest, ' ') == KK_NOWHERE)
            break;
        text = rest;
    }
    return text;
}

kk_slice kk_without_translation(kk_slice text)
{
    size_t slash = kk_find_byte(text, '/');
    if (slash == KK_NOWHERE || slash == 0)
        return text;
    kk_slice front = kk_trim(kk_part(text, 0, slash)), tail = kk_trim(kk_from(text, slash + 1));
    bool letters = false;
    for (size_t i = 0; i < tail.len; i++) {
        if ((unsigned char)tail.ptr[i] >= 0x80 || kk_char_digit((unsigned char)tail.ptr[i]) ||
            tail.ptr[i] == '@' || tail.ptr[i] == ':')
            return text;
        letters |= kk_char_letter((unsigned char)tail.ptr[i]);
    }
    bool wide = front.len && (unsigned char)front.ptr[front.len - 1] >= 0x80;
    return letters && wide ? front : text;
}
