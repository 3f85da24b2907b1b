#include "recognise/free_text.h"

#include "base/text.h"
#include "recognise/fold.h"

enum {
    SENTENCE_BYTES = 24, /* eight characters: a name, its courtesy, and something said */
    LONG_BYTES = 60,     /* a column without a telling heading holds texts */
    RELATION_BYTES = 15, /* before a name */
    NUMBER_DIGITS = 10
};

/* お問い合わせ内容, 対応履歴, message_body: what is written under it is written freely. */
static bool is_heading_of_text(kk_arena *arena, kk_slice word)
{
    static const char *const words[] = {
        "備考",       "内容",    "メモ",     "コメント", "経緯",   "詳細",    "履歴",    "記事",
        "本文",       "特記",    "所見",     "申し送り", "連絡",   "要望",    "質問",    "回答",
        "問い合わせ", "問合せ",  "問合わせ", "相談",     "申し出", "comment", "message", "body",
        "remark",     "inquiry", "note",     "memo",     "content"};
    if (!word.len)
        return false;
    kk_slice form = kk_heading_form(arena, word);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has(form, kk_cstr(words[i])))
            return true;
    return false;
}

/* What people write in to say, and what was answered: in lists of products nothing else is read. */
static bool is_heading_of_talk(kk_slice word)
{
    static const char *const words[] = {"問い合わせ", "問合せ",   "問合わせ", "対応",
                                        "経緯",       "申し送り", "連絡",     "要望",
                                        "質問",       "回答",     "inquiry"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has_nocase(word, kk_cstr(words[i])))
            return true;
    return false;
}

static bool is_free(kk_arena *arena, const kk_column *c)
{
    switch (c->kind) {
    case KK_COL_REMARK:
    case KK_COL_BODY:
        return true;
    case KK_COL_UNKNOWN:
    case KK_COL_IGNORED:
    case KK_COL_ORDER:
    case KK_COL_HEALTH:
        return c->profile.letters &&
               (c->profile.longest >= LONG_BYTES || is_heading_of_text(arena, c->word));
    default:
        return false;
    }
}

uint16_t *kk_free_text_columns(const kk_plan *plan, kk_arena *arena, size_t *count)
{
    uint16_t *columns = KK_NEW_ARRAY(arena, uint16_t, plan->count + 1);
    *count = 0;
    bool talk_alone = plan->reason == KK_TABLE_PRODUCT_LIST;
    bool read = plan->reason != KK_TABLE_LOG && plan->reason != KK_TABLE_WORD_LIST;
    for (size_t i = 0; read && i < plan->count; i++)
        if (is_free(arena, &plan->columns[i]) &&
            (!talk_alone || is_heading_of_talk(plan->columns[i].word)))
            columns[(*count)++] = (uint16_t)i;
    return columns;
}

static bool has_long_number(kk_slice cell)
{
    size_t digits = 0;
    for (size_t i = 0; i < cell.len; i++) {
        unsigned char c = (unsigned char)cell.ptr[i];
        if (kk_char_digit(c))
            digits++;
        else if (c != '-' && c != ' ' && c != '(' && c != ')')
            digits = 0;
        if (digits == NUMBER_DIGITS)
            return true;
    }
    return kk_has(cell, KK_S("０")) && kk_has(cell, KK_S("１"));
}

/* 母の佐藤節子が: seen by the last character of the word, and read by who reads the text. */
static bool names_relation(kk_slice cell)
{
    static const char *const behind[] = {"妻の", "夫の", "男の", "女の",   "父の", "母の", "兄の",
                                         "弟の", "姉の", "妹の", "息子の", "娘の", "孫の"};
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        if (kk_has(cell, kk_cstr(behind[i])))
            return true;
    return false;
}

bool kk_may_name_people(kk_slice cell)
{
    static const char *const signs[] = {"様",   "さん", "氏",       "殿",
                                        "さま", "先生", "申します", "といいます"};
    if (cell.len < SENTENCE_BYTES)
        return false;
    if (kk_find_byte(cell, '@') != KK_NOWHERE || has_long_number(cell) || kk_has(cell, KK_S("＠")))
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (kk_has(cell, kk_cstr(signs[i])))
            return true;
    return kk_has(cell, KK_S("の")) && names_relation(cell);
}

static bool has_phone(const kk_persona *p, const kk_phone *phone)
{
    for (size_t i = 0; i < p->phone_count; i++)
        if (kk_eq(kk_phone_digits(&p->phones[i]), kk_phone_digits(phone)))
            return true;
    return false;
}

/* Whether everything that tells people apart in `found` is the other's. */
static bool adds_nothing(const kk_persona *found, const kk_persona *p)
{
    if (found->name.whole.len && !kk_eq(found->name.whole, p->name.whole))
        return false;
    if (found->email.address.len && !kk_eq(found->email.address, p->email.address))
        return false;
    for (size_t i = 0; i < found->phone_count; i++)
        if (!has_phone(p, &found->phones[i]))
            return false;
    return !found->number_count && !found->card.len && !found->address_shown.len &&
           !found->kana.len;
}

bool kk_is_of_row(const kk_persona *found, const kk_persona *persons, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (persons[i].items && adds_nothing(found, &persons[i]))
            return true;
    return false;
}

bool kk_is_named_as_relative(kk_slice cell, const kk_persona *found)
{
    static const char *const words[] = {
        "妻", "夫", "父", "母",   "長男", "長女", "次男", "次女", "息子", "娘",     "兄",
        "弟", "姉", "妹", "祖父", "祖母", "家族", "親族", "配偶", "奥様", "ご主人", "保護者"};
    size_t at = found->name.shown.len ? kk_find(cell, found->name.shown) : KK_NOWHERE;
    if (at == KK_NOWHERE)
        return false;
    size_t from = at > RELATION_BYTES ? at - RELATION_BYTES : 0;
    kk_slice before = kk_part(cell, from, at - from);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has(before, kk_cstr(words[i])))
            return true;
    return false;
}
