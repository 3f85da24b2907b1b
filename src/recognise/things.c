#include "recognise/things.h"

static bool is_open_name(const kk_column *c)
{
    return c->kind == KK_COL_NAME &&
           (c->heading.strength == KK_HEADING_WEAK || !c->heading.exact || kk_is(c->word, "名前"));
}

/* Headings of what is sold; who buys has a total, an amount, a date, a number of the order. */
typedef enum { OF_NO_GOODS, OF_A_NUMBER, OF_GOODS } goods_word;
static goods_word goods_word_of(kk_arena *arena, const kk_column *c)
{
    static const char *const goods[] = {
        "price", "unitprice",   "価格",      "単価", "定価", "売価",       "販売価格",
        "sku",   "productcode", "productid", "品番", "型番", "商品コード", NULL};
    static const char *const numbers[] = {"qty", "quantity", "数量", "個数", NULL};
    kk_slice form = kk_heading_form(arena, c->word);
    return kk_is_any(form, goods) ? OF_GOODS : kk_is_any(form, numbers) ? OF_A_NUMBER : OF_NO_GOODS;
}

/* Says something of somebody, whatever his name is. */
static bool is_of_somebody(const kk_column *c)
{
    int item = kk_column_item(c->kind);
    return item >= 0 && item != KK_ITEM_OTHER && item != KK_ITEM_COMPANY && c->slot != KK_NO_SLOT;
}

/* name, price; 名前, 価格: what is sold, where the cells are not names that the lists know and nothing else is
 * anybody's. */
static bool are_sold(const kk_plan *plan, kk_arena *arena)
{
    bool sold = false, named = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (is_open_name(c) && !kk_share(c->profile.names, c->profile.filled, 40, 1)) {
            named = true;
        } else if (c->kind == KK_COL_ORDER) {
            goods_word word = goods_word_of(arena, c);
            if (word == OF_NO_GOODS)
                return false;
            sold |= word == OF_GOODS;
        } else if (c->kind == KK_COL_DATED || c->kind == KK_COL_TIMED || is_of_somebody(c)) {
            return false;
        }
    }
    return sold && named;
}

static bool is_in_letters(kk_slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] & 0x80)
            return false;
    return word.len > 0;
}

/* Whether all that is anybody's in the table is columns of names of this kind. */
static bool are_all(const kk_plan *plan, bool (*is_kind)(const kk_column *))
{
    bool named = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (!c->profile.filled || !is_of_somebody(c))
            continue;
        if (!is_kind(c))
            return false;
        named |= kk_column_item(c->kind) == KK_ITEM_NAME;
    }
    return named;
}

/* name, description: what bodies, fields of a program or settings are called. What 氏名 heads is somebody's in any
 * case. */
static bool is_body_or_text(const kk_column *c)
{
    const kk_profile *p = &c->profile;
    return kk_column_item(c->kind) == KK_ITEM_NAME && is_in_letters(c->word) &&
           (kk_share(p->nameless, p->filled, 60, 3) ||
            kk_share(p->organisations, p->filled, 40, 5));
}

static bool is_open_and_unknown(const kk_column *c)
{
    return is_open_name(c) && !c->heading.has_role &&
           !kk_share(c->profile.names, c->profile.filled, 10, 1);
}

/* name: Aspect Ratio, Frame Rate: words in letters of which none is a name that the lists know. */
static bool is_word(const kk_column *c)
{
    const kk_profile *p = &c->profile;
    return is_open_and_unknown(c) && is_in_letters(c->word) && !p->wide &&
           !kk_share(p->western, p->filled, 20, 1);
}

/* 名前: 自動フラグ, 破損の数: what parts and settings are called; pwd is a command beside what it does. */
static bool is_term(const kk_column *c)
{
    return c->kind == KK_COL_PASSWORD ||
           (is_open_and_unknown(c) && kk_share(c->profile.nameless, c->profile.filled, 40, 3));
}

/* 名前, かな: 大崎, おおさき: stations and places are called as families are, but hardly ever all of them, and with no given
 * name anywhere. */
static bool is_place(const kk_column *c)
{
    const kk_profile *p = &c->profile;
    if (c->kind == KK_COL_KANA)
        return true;
    return is_open_and_unknown(c) && !p->kana && kk_share(p->unknown, p->filled, 95, 5) &&
           p->surnames * 10 < p->filled * 8 && p->givens * 2 < p->filled;
}

bool kk_names_things(const kk_plan *plan, kk_arena *arena)
{
    return are_sold(plan, arena) || are_all(plan, is_body_or_text) || are_all(plan, is_word) ||
           are_all(plan, is_term) || (kk_plan_has(plan, KK_COL_KANA) && are_all(plan, is_place));
}
