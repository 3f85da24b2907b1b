/* Items: each that a draft says was among the data, or was not, held against what was found in them;
 * and a list of items that leaves one out. */
#include "report/check_i.h"

static const char *const synonyms[KK_ITEMS][8] = {
    [KK_ITEM_NAME] = {"氏名", "お名前", "名前", "姓名"},
    [KK_ITEM_KANA] = {"フリガナ", "ふりがな", "カナ氏名", "カナ", "読み仮名", "name reading"},
    [KK_ITEM_BIRTH_DATE] = {"生年月日", "誕生日", "date of birth", "birth date", "birthday"},
    [KK_ITEM_AGE] = {"年齢"},
    [KK_ITEM_GENDER] = {"性別", "gender"},
    [KK_ITEM_ADDRESS] = {"住所", "所在地"},
    [KK_ITEM_POSTAL_CODE] = {"郵便番号", "postal code", "zip code"},
    [KK_ITEM_PHONE] = {"電話番号", "携帯番号", "連絡先電話", "telephone number", "phone number"},
    [KK_ITEM_FAX] = {"fax番号", "ファックス番号", "fax number"},
    [KK_ITEM_EMAIL] = {"メールアドレス", "eメール", "e-mail address", "email address"},
    [KK_ITEM_USER_ID] = {"ユーザーid", "ユーザid", "会員id", "ログインid", "user id"},
    [KK_ITEM_PASSWORD] = {"パスワード", "password"},
    [KK_ITEM_COMPANY] = {"会社名", "勤務先", "法人名"},
    [KK_ITEM_DEPARTMENT] = {"部署名", "所属部署", "部署", "department"},
    [KK_ITEM_TITLE] = {"役職", "job title"},
    [KK_ITEM_ORG_CODE] = {"組織コード"},
    [KK_ITEM_EMPLOYEE_NO] = {"社員番号", "従業員番号", "employee number"},
    [KK_ITEM_HIRE_DATE] = {"入社日", "入社年月日"},
    [KK_ITEM_LEAVE_DATE] = {"退社日", "退職日"},
    [KK_ITEM_CUSTOMER_NO] = {"お客様番号", "顧客番号", "customer number"},
    [KK_ITEM_MY_NUMBER] = {"マイナンバー", "個人番号", "my number", "individual number"},
    [KK_ITEM_CREDIT_CARD] = {"クレジットカード情報", "クレジットカード", "カード情報",
                             "credit card"},
    [KK_ITEM_CARD_NUMBER] = {"カード番号", "card number"},
    [KK_ITEM_CARD_EXPIRY] = {"有効期限"},
    [KK_ITEM_CARD_CVV] = {"セキュリティコード", "security code"},
    [KK_ITEM_BANK_ACCOUNT] = {"口座情報", "口座番号", "銀行口座", "bank account"},
    [KK_ITEM_HEALTH_INSURANCE_NO] = {"被保険者番号"},
    [KK_ITEM_DRIVERS_LICENSE_NO] = {"運転免許証番号", "免許証番号"},
    [KK_ITEM_PASSPORT_NO] = {"旅券番号", "パスポート番号", "passport number"},
    [KK_ITEM_RESIDENCE_CARD] = {"在留カード"},
    [KK_ITEM_ID_DOCUMENT] = {"本人確認書類"},
    [KK_ITEM_ORDER] = {"注文情報", "注文内容", "注文商品", "購入商品", "購入履歴", "注文履歴",
                       "order details", "order history"},
    [KK_ITEM_SALARY] = {"給与"},
    [KK_ITEM_FAMILY] = {"家族情報", "家族構成"},
    [KK_ITEM_RESUME] = {"履歴書", "職歴"},
    [KK_ITEM_GRADES] = {"成績"},
    [KK_ITEM_HEALTH] = {"健康情報", "診療情報", "健康診断", "病歴", "health data", "medical"},
    [KK_ITEM_PHOTO] = {"顔写真"},
    [KK_ITEM_IP_ADDRESS] = {"ipアドレス", "ip address"},
    [KK_ITEM_MESSAGE_BODY] = {"メール本文", "message body"},
};

/* In English the plain words are too common to be items outside of a list. */
static const struct {
    kk_item item;
    const char *word;
} in_lists[] = {{KK_ITEM_NAME, "name"},   {KK_ITEM_ADDRESS, "address"},
                {KK_ITEM_PHONE, "phone"}, {KK_ITEM_EMAIL, "e-mail"},
                {KK_ITEM_EMAIL, "email"}, {KK_ITEM_COMPANY, "company"},
                {KK_ITEM_AGE, "age"}};

typedef struct {
    size_t at, len;
} found_word;

static bool letter_beside(kk_slice s, size_t at, size_t len)
{
    char before = at ? s.ptr[at - 1] : ' ', after = at + len < s.len ? s.ptr[at + len] : ' ';
    char last = s.ptr[at];
    bool ascii = !((unsigned char)last & 0x80);
    return ascii &&
           ((before >= 'a' && before <= 'z') || (after >= 'a' && after <= 'z' && after != 's'));
}

static bool word_in(kk_slice s, const char *word, found_word *out)
{
    size_t at = kk_find(s, kk_cstr(word));
    if (at == KK_NOWHERE || letter_beside(s, at, strlen(word)))
        return false;
    *out = (found_word){at, strlen(word)};
    return true;
}

/* メールアドレス is no 住所, カード番号 within クレジットカード番号 is one thing: the longer word wins. */
static bool within_another(const found_word *all, int item)
{
    for (int i = 0; i < KK_ITEMS; i++)
        if (i != item && all[i].len > all[item].len && all[item].at >= all[i].at &&
            all[item].at + all[item].len <= all[i].at + all[i].len)
            return true;
    return false;
}

/* The words that the program's own texts use; single English words only in lists. */
static void own_words(kk_slice s, kk_item item, bool list, found_word *out)
{
    if (item == KK_ITEM_OTHER || out->len)
        return;
    if (!word_in(s, kk_items[item].ja, out) && (list || strchr(kk_items[item].en, ' ')))
        (void)word_in(s, kk_items[item].en, out);
}

static uint64_t items_in(kk_slice s, bool list, found_word *all)
{
    uint64_t found = 0;
    memset(all, 0, KK_ITEMS * sizeof *all);
    for (int item = 0; item < KK_ITEMS; item++) {
        for (size_t i = 0; i < 8 && synonyms[item][i] && !all[item].len; i++)
            (void)word_in(s, synonyms[item][i], &all[item]);
        own_words(s, (kk_item)item, list, &all[item]);
    }
    for (size_t i = 0; list && i < sizeof in_lists / sizeof *in_lists; i++)
        if (!all[in_lists[i].item].len)
            (void)word_in(s, in_lists[i].word, &all[in_lists[i].item]);
    for (int item = 0; item < KK_ITEMS; item++)
        if (all[item].len && !within_another(all, item))
            found |= KK_BIT(item);
    return found;
}

/* ---- what the case knows ---- */

/* The category that has it among what left or is within reach; NULL: none. */
static const kk_category_count *category_with(const checking *c, kk_item item)
{
    const kk_persons *p = c->in->facts->persons;
    for (size_t i = 0; i < p->category_count; i++)
        for (size_t k = 0; k < p->categories[i].item_count; k++)
            if (p->categories[i].items[k].item == item &&
                (p->categories[i].items[k].left || p->categories[i].items[k].reachable))
                return &p->categories[i];
    return NULL;
}

static const kk_claim *claim_on_category(const checking *c, const kk_category_count *category)
{
    const kk_claim *left = claim_of(c, "category_left", category->name);
    return left ? left : claim_of(c, "category_reachable", category->name);
}

static const kk_claim *absent_claim(const checking *c, kk_item item)
{
    const kk_claim *claim = claim_of(c, "absent", kk_cstr(kk_items[item].name));
    if (!claim && item == KK_ITEM_CARD_NUMBER)
        claim = claim_of(c, "absent", kk_cstr(kk_items[KK_ITEM_CREDIT_CARD].name));
    if (!claim && item == KK_ITEM_CREDIT_CARD)
        claim = claim_of(c, "absent", kk_cstr(kk_items[KK_ITEM_CARD_NUMBER].name));
    return claim;
}

/* Card data are there when a number is, whatever the columns are called. */
static const kk_category_count *found_in(const checking *c, kk_item item)
{
    const kk_category_count *category = category_with(c, item);
    if (!category && item == KK_ITEM_CREDIT_CARD)
        category = category_with(c, KK_ITEM_CARD_NUMBER);
    return category;
}

static void hold_present(checking *c, const sentence *s, kk_item item, kk_slice quote)
{
    const kk_category_count *category = found_in(c, item);
    const kk_claim *absent = absent_claim(c, item);
    if (category)
        held(c, s, KK_SAID_ITEM, quote, KK_HELD_SUPPORTED, claim_on_category(c, category), KK_NONE);
    else
        held(c, s, KK_SAID_ITEM, quote,
             absent && absent->standing != KK_OPEN ? KK_HELD_CONTRADICTED : KK_HELD_UNSUPPORTED,
             absent, KK_NONE);
}

static void hold_absent(checking *c, const sentence *s, kk_item item, kk_slice quote)
{
    const kk_category_count *category = found_in(c, item);
    const kk_claim *absent = absent_claim(c, item);
    if (category)
        held(c, s, KK_SAID_ABSENCE, quote, KK_HELD_CONTRADICTED, claim_on_category(c, category),
             KK_NONE);
    else
        held(c, s, KK_SAID_ABSENCE, quote,
             absent && absent->standing != KK_OPEN ? KK_HELD_SUPPORTED : KK_HELD_UNSUPPORTED,
             absent, KK_NONE);
}

/* ---- lists that leave something out ---- */

static uint64_t items_of(const kk_category_count *c)
{
    uint64_t items = 0;
    for (size_t i = 0; i < c->item_count; i++)
        if (c->left.most ? c->items[i].left : c->items[i].reachable)
            items |= KK_BIT(c->items[i].item);
    return items;
}

/* The group that the list is of: the only one whose label stands in the row or above, or the only one
 * there is. */
static const kk_category_count *listed_group(const checking *c, const sentence *s)
{
    const kk_persons *p = c->in->facts->persons;
    const kk_category_count *one = p->category_count == 1 ? &p->categories[0] : NULL;
    size_t length = 0;
    kk_slice place = s->kind == SENTENCE_ROW && s->cell_count ? s->cells[0] : s->heading;
    for (size_t i = 0; i < p->category_count; i++)
        for (int lang = 0; lang < 2; lang++) {
            kk_slice label =
                draft_fold(c->arena, lang ? p->categories[i].label_en : p->categories[i].label_ja);
            if (label.len > length && kk_has(place, label)) {
                one = &p->categories[i];
                length = label.len;
            }
        }
    return one;
}

static bool open_ended(kk_slice s)
{
    static const char *const words[] = {"等",      "など",      "一部", "ほか",
                                        "such as", "including", "etc",  NULL};
    return has_any(s, words);
}

/* A postal code belongs to an address, a reading to a name: said with them. */
static uint64_t covered_by(uint64_t said)
{
    if (said & KK_BIT(KK_ITEM_ADDRESS))
        said |= KK_BIT(KK_ITEM_POSTAL_CODE);
    if (said & KK_BIT(KK_ITEM_NAME))
        said |= KK_BIT(KK_ITEM_KANA);
    return said | KK_BIT(KK_ITEM_OTHER);
}

static void hold_list(checking *c, const sentence *s, kk_slice list, uint64_t said)
{
    const kk_category_count *group = listed_group(c, s);
    uint64_t missing = group ? items_of(group) & ~covered_by(said) : 0;
    const kk_claim *claim = group ? claim_on_category(c, group) : NULL;
    if (!missing || !claim || open_ended(list))
        return;
    kk_buffer words = {0};
    for (int i = 0; i < KK_ITEMS; i++)
        if (missing >> i & 1)
            kk_putf(&words, "%s%s", words.len ? (c->japanese ? "、" : ", ") : "",
                    c->japanese ? kk_items[i].ja : kk_items[i].en);
    kk_slice expected =
        c->japanese ? kk_print(c->arena, "%.*sも含まれています", KK_P(kk_buffer_slice(&words)))
                    : kk_print(c->arena, "also among them: %.*s", KK_P(kk_buffer_slice(&words)));
    kk_buffer_close(&words);
    held(c, s, KK_SAID_ITEM, list, KK_HELD_CONTRADICTED, claim, expected);
}

/* ---- sentences ---- */

static bool denies(kk_slice s)
{
    return kk_phrase_matches("{含まれ|含んで|保有|保持|保管|保存|取得|収集|見つか|該当し}~{"
                             "ていない|ていません|ておりません|ておらず|ません|ない}",
                             s) ||
           kk_phrase_matches("{not included|not include|do not hold|does not hold|not stored|do "
                             "not store|not contain|not among|was not found}",
                             s) ||
           kk_phrase_matches("no ~{was found|were found|is included|are included}", s);
}

static bool is_list(const sentence *s)
{
    static const char *const labels[] = {
        "項目", "・項目", "items:", "対象項目", "情報の項目", NULL};
    kk_slice text = without_number(s->folded);
    for (size_t i = 0; labels[i]; i++)
        if (kk_starts(text, kk_cstr(labels[i])))
            return true;
    return false;
}

/* Entries under a heading that says so: each may have one item only. */
static bool under_items(const sentence *s)
{
    return kk_ends(s->heading, KK_S("項目")) || kk_ends(s->heading, KK_S("items"));
}

static bool concerns_data(const sentence *s)
{
    static const char *const words[] = {"流出",   "漏えい",   "漏洩",     "項目",
                                        "含ま",   "含む",     "個人情報", "対象",
                                        "閲覧",   "保存され", "leak",     "items",
                                        "includ", "contain",  "left our", "personal information",
                                        NULL};
    return is_said(s, words);
}

static void hold_words(checking *c, const sentence *s, kk_slice text, bool list, bool denied)
{
    found_word all[KK_ITEMS];
    uint64_t found = items_in(text, list, all);
    for (int item = 0; item < KK_ITEMS; item++) {
        if (!(found >> item & 1))
            continue;
        kk_slice quote = kk_part(text, all[item].at, all[item].len);
        if (denied)
            hold_absent(c, s, (kk_item)item, quote);
        else
            hold_present(c, s, (kk_item)item, quote);
    }
    if (list && !denied && found)
        hold_list(c, s, text, found);
}

void check_items(checking *c, const sentence *s)
{
    static const char *const columns[] = {"項目", "items", "情報", NULL};
    found_word all[KK_ITEMS];
    if (!c->in || is_aside(s) || s->kind == SENTENCE_HEADING || !concerns_data(s))
        return;
    if (s->kind == SENTENCE_ROW) {
        for (size_t i = 1; i < s->cell_count && i < s->column_count; i++)
            if (has_any(s->columns[i], columns))
                hold_words(c, s, s->cells[i], true, false);
        return;
    }
    bool denied = denies(s->folded), list = is_list(s);
    uint64_t found = items_in(s->folded, list, all);
    bool several = (found & (found - 1)) != 0;
    static const char *const acts[] = {"変更", "リセット", "再設定", "不審", "導入",
                                       "悪用", "changed",  "reset",  NULL};
    if (found && (denied || list || several || under_items(s)) && !has_any(s->folded, acts))
        hold_words(c, s, s->folded, list, denied);
}
