/* Rows that tell what somebody did are no people: who borrowed five books is one reader. */
#include "recognise/names_alone.h"

#include "recognise/fold.h"

/* Beside these, people have more than a name. */
static bool is_told_apart(const kk_slot_plan *slot)
{
    static const kk_column_kind apart[] = {
        KK_COL_COMPANY,    KK_COL_BIRTH,      KK_COL_BIRTH_YEAR,  KK_COL_AGE,
        KK_COL_GENDER,     KK_COL_EMAIL,      KK_COL_PHONE,       KK_COL_MOBILE,
        KK_COL_ADDRESS,    KK_COL_ZIP,        KK_COL_USER_ID,     KK_COL_EMPLOYEE_NO,
        KK_COL_STUDENT_NO, KK_COL_PATIENT_NO, KK_COL_CUSTOMER_NO, KK_COL_POLICY_NO};
    for (size_t i = 0; i < KK_COUNT(apart); i++)
        if (kk_slot_has(slot, apart[i]))
            return true;
    return false;
}

static bool has_any(kk_slice word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_has(word, kk_cstr(words[i])))
            return true;
    return false;
}

/* 貸出日, 来店日時: a day on which something was done. Of 登録日, 最終来店日 and the like there is one for each who is
 * in the list. */
static bool is_day_of_act(const kk_column *c, kk_arena *arena)
{
    static const char *const acts[] = {
        "貸出", "返却", "予約", "来店", "来院", "来館", "来訪", "利用", "面会", "訪問",
        "注文", "購入", "出勤", "勤務", "出席", "申請", "相談", "使用", "入室", "退室",
        "入館", "支払", "入金", "取引", "受診", "診療", "施術", "実施", "記入", "対応",
        "受付", "問",   "営業", "乗車", "作業", "点検", "報告", "精算", "搬入", "面談"};
    static const char *const once[] = {"最終", "初回", "前回", "直近",
                                       "次回", "登録", "入会", "加入"};
    kk_slice form = kk_plain(arena, c->word); /* 記入日: a form's word tells here */
    bool dated = c->kind == KK_COL_DATED || c->kind == KK_COL_TIMED ||
                 kk_share(c->profile.days + c->profile.times, c->profile.filled, 80, 1);
    if (!dated || has_any(form, once, KK_COUNT(once)))
        return false;
    return c->kind == KK_COL_TIMED || has_any(form, acts, KK_COUNT(acts));
}

static bool tells_of_acts(const kk_plan *plan, kk_arena *arena)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_day_of_act(&plan->columns[i], arena))
            return true;
    return false;
}

/* The column with the names of a slot. */
static const kk_column *name_of(const kk_plan *plan, size_t slot)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (c->slot == slot && (c->kind == KK_COL_NAME || c->kind == KK_COL_FAMILY_NAME ||
                                c->kind == KK_COL_LATIN_NAME))
            return c;
    }
    return NULL;
}

/* 貸出日, 利用者名: of all who are named and no more than named. */
static void settle_doers(kk_plan *plan, kk_arena *arena)
{
    if (!tells_of_acts(plan, arena))
        return;
    for (size_t s = 0; s < plan->slot_count; s++) {
        kk_slot_plan *slot = &plan->slots[s];
        const kk_column *name = name_of(plan, s);
        if (name && !slot->staff_register && !is_told_apart(slot) &&
            !(slot->role == KK_ROLE_CONTACT && kk_plan_has(plan, KK_COL_COMPANY)))
            slot->staff_register = name->table_register | 1;
    }
}

/* 申請日, 申請者, 部署, 金額: what people of departments did or claimed; two departments may have one of a name each. */
static void settle_claimants(kk_plan *plan)
{
    static const kk_column_kind acts[] = {KK_COL_ORDER, KK_COL_DATED, KK_COL_TIMED};
    kk_slot_plan *slot = &plan->slots[plan->primary];
    bool acting = slot->role == KK_ROLE_ORDERER;
    for (size_t i = 0; i < KK_COUNT(acts); i++)
        acting |= kk_plan_has(plan, acts[i]);
    if (!slot->has_name || !acting)
        return;
    for (size_t s = 0; s < plan->slot_count; s++)
        if (is_told_apart(&plan->slots[s]))
            return;
    const kk_column *name = name_of(plan, plan->primary);
    for (size_t i = 0; name && i < plan->count && i < UINT16_MAX; i++)
        if (plan->columns[i].slot == plan->primary && plan->columns[i].kind == KK_COL_DEPARTMENT) {
            slot->staff_register = name->table_register | 1;
            slot->within = (uint16_t)(i + 1);
        }
}

/* 担当者 beside who is served, where no company is named, or 弊社担当: the organisation's own people. */
static void settle_staff(kk_plan *plan)
{
    bool of_company = kk_plan_has(plan, KK_COL_COMPANY);
    if (!plan->slots[plan->primary].has_name)
        return;
    for (size_t i = plan->count; i-- > 0;) {
        const kk_column *c = &plan->columns[i];
        if (c->slot == KK_NO_SLOT || c->slot == plan->primary || !kk_is_name_kind(c->kind))
            continue;
        kk_slot_plan *slot = &plan->slots[c->slot];
        bool own = c->heading.ordinal == KK_OWN_STAFF; /* 弊社担当, beside a customer's contact */
        if (slot->role == KK_ROLE_CONTACT && (own || !of_company))
            slot->staff_register = c->table_register | 1;
    }
}

void kk_names_alone_settle(kk_plan *plan, kk_arena *arena)
{
    settle_staff(plan);
    settle_claimants(plan);
    settle_doers(plan, arena);
}
