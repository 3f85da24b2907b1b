/* From columns to persons. A row can hold several: each role that the headings name is a slot of its
 * own; columns without a role belong to the person that the row is about. */
#include "recognise/plan.h"

#include "base/hash.h"
#include "recognise/beside.h"
#include "recognise/fold.h"
#include "recognise/merged.h"
#include "recognise/names_alone.h"
#include "recognise/only_name.h"
#include "recognise/row_keys.h"
#include "recognise/second_list.h"
#include "recognise/stem.h"
#include "recognise/talk.h"
#include "recognise/things.h"

#include <stdlib.h>

enum { RANK_ANY = 100 };

static bool is_unread(kk_column_kind kind)
{
    return kind == KK_COL_UNKNOWN || kind == KK_COL_IGNORED || kind == KK_COL_LOGGED ||
           kind == KK_COL_COUNTRY;
}

/* What is said of the row as a whole. */
static bool is_row_kind(kk_column_kind kind)
{
    return kind == KK_COL_ORDER || kind == KK_COL_DATED || kind == KK_COL_TIMED ||
           kind == KK_COL_STATUS || kind == KK_COL_REMARK || kind == KK_COL_DEATH;
}

static uint8_t find_slot(kk_plan *plan, kk_role role, uint8_t ordinal, bool insured)
{
    for (size_t i = 0; i < plan->slot_count; i++)
        if (plan->slots[i].role == role && plan->slots[i].ordinal == ordinal &&
            plan->slots[i].insured == insured)
            return (uint8_t)i;
    if (plan->slot_count == KK_SLOTS_MAX)
        return KK_NO_SLOT;
    plan->slots[plan->slot_count] = (kk_slot_plan){.role = role,
                                                   .ordinal = ordinal,
                                                   .insured = insured,
                                                   .bystander = ordinal > KK_FIRST_BYSTANDER};
    return (uint8_t)plan->slot_count++;
}

/* A column without a role that comes twice belongs to the role named before it:
 * 注文者, 住所, 電話, お届け先, 住所, 電話. */
static bool is_repeated(const kk_plan *plan, const kk_column *column)
{
    unsigned times = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *other = &plan->columns[i];
        times += other->kind == column->kind && !other->heading.has_role &&
                 other->heading.part == column->heading.part;
    }
    return times >= 2;
}

static bool is_of_life(kk_column_kind kind)
{
    return kk_is_name_kind(kind) || kind == KK_COL_BIRTH || kind == KK_COL_AGE ||
           kind == KK_COL_GENDER || kind == KK_COL_RELATION;
}

/* What each of the people of a row can have; the rest is said of one. */
static bool is_of_slot(kk_column_kind kind)
{
    return kind <= KK_COL_ID_DOCUMENT || kind == KK_COL_RELATION;
}

/* 生年月日, 扶養親族氏名1, 生年月日1: what has a number is not the first once more. */
static bool is_numbered_again(const kk_plan *plan, const kk_column *column)
{
    if (!column->heading.part || !is_of_life(column->kind))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *other = &plan->columns[i];
        if (other->kind == column->kind && !other->heading.has_role && !other->heading.part)
            return true;
    }
    return false;
}

static size_t numbered_column(const kk_plan *plan, kk_column_kind kind, unsigned number,
                              const kk_heading *like)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_heading *h = &plan->columns[i].heading;
        unsigned part = h->part ? h->part : 1;
        if (plan->columns[i].kind == kind && part == number && h->has_role == like->has_role &&
            h->role == like->role && h->ordinal == like->ordinal)
            return i;
    }
    return SIZE_MAX;
}

/* 氏名1, 生年月日1, 氏名2, 生年月日2: of the second person what is his by its number, and of the rest what
 * stands behind his name when the first one's stands before it. 0: no such person. */
static uint8_t number_of_person(const kk_plan *plan, size_t at)
{
    const kk_column *c = &plan->columns[at];
    unsigned part = c->heading.part;
    if (part < 2 || part > KK_SLOTS_MAX || is_row_kind(c->kind))
        return 0;
    size_t name = numbered_column(plan, KK_COL_NAME, part, &c->heading);
    size_t before = numbered_column(plan, KK_COL_NAME, part - 1, &c->heading);
    if (name == SIZE_MAX || before == SIZE_MAX)
        return 0;
    const kk_profile *p = &plan->columns[name].profile;
    if (p->filled && !kk_share(p->person_like + p->organisations, p->filled, 30, 1))
        return 0;
    if (is_of_life(c->kind))
        return (uint8_t)part;
    size_t other = numbered_column(plan, c->kind, part - 1, &c->heading);
    return at > name && other != SIZE_MAX && other < name ? (uint8_t)part : 0;
}

static bool is_of_role(const kk_column *c, kk_role role, unsigned ordinal)
{
    return c->heading.has_role && c->heading.role == role && c->heading.ordinal == ordinal;
}

static bool has_of_role(const kk_plan *plan, kk_role role, unsigned ordinal, kk_column_kind kind)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_of_role(&plan->columns[i], role, ordinal) && plan->columns[i].kind == kind)
            return true;
    return false;
}

/* 保護者名①, 保護者①携帯電話番号: the first of a role is who has no number, unless both are there. */
static void join_firsts(kk_plan *plan)
{
    uint32_t both = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (is_of_role(c, c->heading.role, 1) && has_of_role(plan, c->heading.role, 0, c->kind))
            both |= UINT32_C(1) << c->heading.role;
    }
    for (size_t i = 0; i < plan->count; i++) {
        kk_heading *h = &plan->columns[i].heading;
        if (is_of_role(&plan->columns[i], h->role, 1) && !(both >> h->role & 1))
            h->ordinal = 0;
    }
}

static bool is_reach(kk_column_kind kind)
{
    return kind == KK_COL_PHONE || kind == KK_COL_MOBILE || kind == KK_COL_EMAIL;
}

static bool is_named_from(const kk_plan *plan, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (kk_is_name_kind(plan->columns[i].kind) && !plan->columns[i].heading.has_role)
            return true;
    return false;
}

static bool speaks_for_others(const kk_heading *h)
{
    return h->has_role && (h->role == KK_ROLE_CONTACT || h->role == KK_ROLE_REPRESENTATIVE ||
                           h->role == KK_ROLE_FAMILY);
}

/* 担当者名, 電話番号, メールアドレス, 名前: how he is reached, where who the row is about is named behind. */
static bool is_contacts_own(const kk_plan *plan, size_t at)
{
    size_t from = at, to = at;
    bool phone = false, mail = false;
    while (from > 0 && is_reach(plan->columns[from].kind))
        from--;
    const kk_heading *before = &plan->columns[from].heading;
    if (from == at || !speaks_for_others(before) || !kk_is_name_kind(plan->columns[from].kind))
        return false;
    for (to = from + 1; to < plan->count && is_reach(plan->columns[to].kind); to++) {
        mail |= plan->columns[to].kind == KK_COL_EMAIL;
        phone |= plan->columns[to].kind != KK_COL_EMAIL;
    }
    return phone && mail && !is_named_from(plan, 0, from) && is_named_from(plan, to, plan->count);
}

static void place_columns(kk_plan *plan, kk_arena *arena)
{
    uint8_t *beside = KK_NEW_ARRAY(arena, uint8_t, plan->count + 1);
    bool *works = KK_NEW_ARRAY(arena, bool, plan->count + 1);
    kk_stems_number(plan, arena, beside, works);
    join_firsts(plan);
    size_t width = 1, second = kk_second_list(plan, &width);
    uint8_t self = find_slot(plan, KK_ROLE_SELF, 0, false), last = KK_NO_SLOT;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        column->slot = KK_NO_SLOT;
        if (is_unread(column->kind))
            continue;
        bool of_self = beside[i] == KK_STEM_OF_SELF;
        bool apart = beside[i] && !of_self && !is_row_kind(column->kind);
        uint8_t number = apart ? beside[i] : of_self ? 0 : number_of_person(plan, i);
        if (second != SIZE_MAX && i >= second) {
            column->slot =
                find_slot(plan, KK_ROLE_SELF,
                          (uint8_t)(KK_FIRST_BYSTANDER + 1 + (i - second) / width), false);
        } else if (column->heading.has_role) {
            column->slot = last =
                find_slot(plan, column->heading.role, number ? number : column->heading.ordinal,
                          column->heading.insured);
        } else if (number) {
            column->slot =
                find_slot(plan, works[i] ? KK_ROLE_CONTACT : KK_ROLE_SELF, number, false);
            last = apart ? column->slot : last;
        } else {
            column->slot = self;
            bool own = last != KK_NO_SLOT && is_of_slot(column->kind) && !apart && !of_self &&
                       !kk_slot_has(&plan->slots[last], column->kind);
            bool told = column->kind == KK_COL_RELATION && i > 0 &&
                        plan->columns[i - 1].slot == last && last != KK_NO_SLOT &&
                        plan->slots[last].role == KK_ROLE_FAMILY &&
                        kk_is_name_kind(plan->columns[i - 1].kind);
            if (own && (told || is_repeated(plan, column) || is_numbered_again(plan, column) ||
                        is_contacts_own(plan, i)))
                column->slot = last;
        }
        if (column->slot == KK_NO_SLOT)
            continue;
        kk_slot_plan *slot = &plan->slots[column->slot];
        kk_slot_mark(slot, column->kind);
        slot->has_name |= kk_is_name_kind(column->kind);
    }
}

static bool is_used(const kk_plan *plan, kk_column_kind kind)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->columns[i].slot == 0 && plan->columns[i].kind == kind &&
            plan->columns[i].profile.filled)
            return true;
    return false;
}

/* 住所録コード that nobody fills in tells nobody apart. */
static bool self_identifies(const kk_plan *plan)
{
    static const kk_column_kind kinds[] = {KK_COL_EMAIL,       KK_COL_PHONE,     KK_COL_MOBILE,
                                           KK_COL_ADDRESS,     KK_COL_ZIP,       KK_COL_CUSTOMER_NO,
                                           KK_COL_EMPLOYEE_NO, KK_COL_COMPANY,   KK_COL_BIRTH,
                                           KK_COL_STUDENT_NO,  KK_COL_PATIENT_NO};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kk_slot_has(&plan->slots[0], kinds[i]) && is_used(plan, kinds[i]))
            return true;
    return false;
}

/* 保護者氏名, 電話, メール, クラス: a pupil of whom nothing is told but his parent, whose the contacts are. */
static bool is_only_relative(const kk_plan *plan, size_t slot)
{
    static const kk_column_kind own[] = {KK_COL_BIRTH, KK_COL_STUDENT_NO, KK_COL_PATIENT_NO,
                                         KK_COL_CUSTOMER_NO, KK_COL_EMPLOYEE_NO};
    for (size_t i = 1; i < plan->slot_count; i++)
        if (i != slot && plan->slots[i].has_name)
            return false;
    for (size_t i = 0; i < KK_COUNT(own); i++)
        if (kk_slot_has(&plan->slots[0], own[i]) && is_used(plan, own[i]))
            return false;
    return plan->slots[slot].role == KK_ROLE_FAMILY;
}

/* Whose are the columns without a role, when no column names the person of the row. */
static uint8_t heir_of_self(const kk_plan *plan)
{
    static const kk_role heirs[] = {KK_ROLE_ORDERER, KK_ROLE_CONTACT, KK_ROLE_REPRESENTATIVE};
    for (size_t i = 1; i < plan->slot_count; i++)
        if (plan->slots[i].has_name && plan->slots[i].insured)
            return (uint8_t)i;
    for (size_t r = 0; r < sizeof heirs / sizeof *heirs; r++)
        for (size_t i = 1; i < plan->slot_count; i++)
            if (plan->slots[i].role == heirs[r] && plan->slots[i].has_name)
                return (uint8_t)i;
    for (size_t i = 1; i < plan->slot_count; i++) {
        bool addressee = plan->slots[i].role == KK_ROLE_ADDRESSEE && !self_identifies(plan);
        bool householder = plan->slots[i].ordinal == KK_HOUSEHOLDER;
        if (plan->slots[i].has_name && (addressee || householder || is_only_relative(plan, i)))
            return (uint8_t)i;
    }
    return KK_NO_SLOT;
}

/* 被保険者氏名, フリガナ, 住所: a reading alone, behind the one named, is the same person's. */
static bool is_only_read(const kk_plan *plan, uint8_t heir)
{
    const kk_slot_plan *self = &plan->slots[0];
    bool kana = kk_slot_has(self, KK_COL_KANA) || kk_slot_has(self, KK_COL_FAMILY_KANA);
    bool other = kk_slot_has(self, KK_COL_NAME) || kk_slot_has(self, KK_COL_FAMILY_NAME) ||
                 kk_slot_has(self, KK_COL_GIVEN_NAME) || kk_slot_has(self, KK_COL_LATIN_NAME) ||
                 kk_slot_has(self, KK_COL_LATIN_FAMILY);
    return kana && !other && heir != KK_NO_SLOT && kk_slot_has(&plan->slots[heir], KK_COL_NAME) &&
           !kk_slot_has(&plan->slots[heir], KK_COL_KANA);
}

/* 世帯主, 住所, 家族氏名, 年齢: a household's members are listed with what is known of each. */
static bool is_of_member(const kk_plan *plan, size_t at, uint8_t householder)
{
    const kk_column *c = &plan->columns[at];
    return c->slot != KK_NO_SLOT && c->slot != householder && is_of_life(c->kind) &&
           plan->slots[c->slot].role == KK_ROLE_FAMILY;
}

static void settle_self(kk_plan *plan)
{
    kk_slot_plan *self = &plan->slots[0];
    uint8_t heir = heir_of_self(plan);
    if (heir == KK_NO_SLOT || (self->has_name && !is_only_read(plan, heir)))
        return;
    kk_slot_plan *slot = &plan->slots[heir];
    kk_slot_plan had = *slot;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        if (column->slot != 0)
            continue;
        /* the company's own telephone beside the contact's: not the contact's */
        column->slot =
            kk_slot_has(&had, column->kind) && !is_row_kind(column->kind) ? KK_NO_SLOT : heir;
        if (slot->ordinal == KK_HOUSEHOLDER && is_of_life(column->kind) && i > 0 &&
            is_of_member(plan, i - 1, heir)) {
            column->slot = plan->columns[i - 1].slot;
            kk_slot_mark(&plan->slots[column->slot], column->kind);
        }
        if (column->slot == heir)
            kk_slot_mark(slot, column->kind);
    }
    *self = (kk_slot_plan){.role = KK_ROLE_SELF};
    plan->primary = heir;
    slot->has_name = true;
    if (slot->insured || slot->ordinal == KK_HOUSEHOLDER)
        slot->role = KK_ROLE_SELF; /* no policy holder beside: the row is about the insured */
}

/* 氏名, 送付先郵便番号, billing_phone: where things or bills go to that nobody is named for is where they go to the one
 * who is. */
static void settle_addressee(kk_plan *plan)
{
    kk_slot_plan *owner = &plan->slots[plan->primary];
    if (!owner->has_name)
        return;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        if (c->slot == KK_NO_SLOT || c->slot == plan->primary)
            continue;
        const kk_slot_plan *slot = &plan->slots[c->slot];
        bool his = slot->role == KK_ROLE_ADDRESSEE || slot->role == KK_ROLE_ORDERER;
        if (!his || slot->has_name || slot->ordinal > 1 || kk_slot_has(owner, c->kind))
            continue;
        c->slot = plan->primary;
    }
    for (size_t i = 0; i < plan->count; i++)
        if (plan->columns[i].slot == plan->primary)
            kk_slot_mark(owner, plan->columns[i].kind);
}

/* 名 without 姓 is the whole name; 名前 beside 名字 is the given name. */
static void settle_names(kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        if (column->slot == KK_NO_SLOT)
            continue;
        const kk_slot_plan *slot = &plan->slots[column->slot];
        if (column->kind == KK_COL_GIVEN_NAME && !kk_slot_has(slot, KK_COL_FAMILY_NAME))
            column->kind = kk_slot_has(slot, KK_COL_NAME) ? KK_COL_UNKNOWN : KK_COL_NAME;
        else if (column->kind == KK_COL_NAME && kk_slot_has(slot, KK_COL_FAMILY_NAME) &&
                 !kk_slot_has(slot, KK_COL_GIVEN_NAME))
            column->kind = KK_COL_GIVEN_NAME;
        else if (column->kind == KK_COL_GIVEN_KANA && !kk_slot_has(slot, KK_COL_FAMILY_KANA))
            column->kind = kk_slot_has(slot, KK_COL_KANA) ? KK_COL_UNKNOWN : KK_COL_KANA;
        else if (column->kind == KK_COL_KANA && kk_slot_has(slot, KK_COL_FAMILY_KANA) &&
                 !kk_slot_has(slot, KK_COL_GIVEN_KANA))
            column->kind = KK_COL_GIVEN_KANA;
        else if (column->kind == KK_COL_KANA && column->heading.part && column->heading.part <= 2 &&
                 kk_slot_has(slot, KK_COL_FAMILY_NAME) &&
                 numbered_column(plan, KK_COL_KANA, column->heading.part ^ 3, &column->heading) !=
                     SIZE_MAX) /* name01, name02, kana01, kana02 */
            column->kind = column->heading.part == 1 ? KK_COL_FAMILY_KANA : KK_COL_GIVEN_KANA;
        if (column->kind == KK_COL_UNKNOWN)
            column->slot = KK_NO_SLOT;
        else
            kk_slot_mark(&plan->slots[column->slot], column->kind);
    }
}

/* 電話番号1, 2, 3 with two to four digits each is one number; so is 郵便番号1, 2. */
static void settle_pieces(kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        bool number = column->kind == KK_COL_PHONE || column->kind == KK_COL_MOBILE ||
                      column->kind == KK_COL_FAX || column->kind == KK_COL_ZIP;
        column->piece = number && column->heading.part > 0 &&
                        kk_share(column->profile.short_numbers, column->profile.filled, 90, 1);
    }
}

static uint8_t address_rank(const kk_column *column)
{
    switch (column->kind) {
    case KK_COL_PREFECTURE:
        return 10;
    case KK_COL_CITY:
        return 20;
    case KK_COL_TOWN:
        return 30;
    case KK_COL_ADDRESS:
        return (uint8_t)(40 + (column->heading.part < 10 ? column->heading.part : 9));
    case KK_COL_STREET_NUMBER:
        return 38;
    case KK_COL_STREET:
        return 39;
    case KK_COL_HOUSE_NUMBER:
        return 60;
    case KK_COL_BUILDING:
        return 70;
    case KK_COL_ROOM:
        return 80;
    default:
        return RANK_ANY;
    }
}

static void settle_order(kk_plan *plan, kk_arena *arena)
{
    plan->order = KK_NEW_ARRAY(arena, uint16_t, plan->count);
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        if (column->slot == KK_NO_SLOT)
            continue;
        column->rank = address_rank(column);
        kk_slot_plan *slot = &plan->slots[column->slot];
        slot->western |= column->kind == KK_COL_STREET || column->kind == KK_COL_STREET_NUMBER ||
                         column->kind == KK_COL_SUBURB;
        size_t at = plan->order_count++;
        while (at > 0 && plan->columns[plan->order[at - 1]].rank > column->rank) {
            plan->order[at] = plan->order[at - 1];
            at--;
        }
        plan->order[at] = (uint16_t)i;
    }
}

static bool is_generic_table(kk_slice table)
{
    return !table.len || kk_starts(table, KK_S("Sheet")) || kk_starts(table, KK_S("sheet"));
}

/* Which register a number belongs to. Customer 1001 of two shops is two persons: the wide register
 * (kind and heading) only joins numbers beside another agreeing value; the number alone needs the
 * same table name and the same place of keeping too. */
static void settle_registers(kk_plan *plan, kk_arena *arena, const kk_plan_context *context)
{
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        kk_slice word = kk_heading_form(arena, column->word);
        bool alone = is_generic_table(context->table) || kk_is_row_key(column, word);
        kk_slice table = alone ? KK_NONE : context->table;
        kk_column_kind kind = column->kind == KK_COL_ROW_KEY ? column->heading.kind : column->kind;
        kk_slice heading = kk_print(arena, "%d/%.*s", (int)kind, KK_P(word));
        bool only = kk_is_of_only_register(column, word);
        column->wide_register = kk_hash_quick(only ? kk_print(arena, "%d/", (int)kind) : heading);
        column->table_register =
            kk_hash_quick(kk_print(arena, "%.*s/%zu:%.*s/%.*s", KK_P(heading), table.len,
                                   KK_P(table), KK_P(context->register_name)));
        const kk_profile *p = &column->profile;
        column->filler_day =
            p->filled >= 10 && p->top_count * 5 > p->filled ? p->top_day : KK_NO_DAY;
    }
}

static bool any_of(const kk_plan *plan, const kk_column_kind *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_plan_has(plan, kinds[i]))
            return true;
    return false;
}

static const kk_column *column_of(const kk_plan *plan, kk_column_kind kind)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->columns[i].kind == kind && plan->columns[i].slot != KK_NO_SLOT)
            return &plan->columns[i];
    return NULL;
}

/* A log: times and acts, and of persons at most accounts, addresses on the net or mail addresses. */
static bool is_log(const kk_plan *plan)
{
    unsigned logged = 0;
    bool timed = false;
    for (size_t i = 0; i < plan->count; i++) {
        logged += plan->columns[i].kind == KK_COL_LOGGED;
        timed |= plan->columns[i].kind == KK_COL_TIMED ||
                 kk_share(plan->columns[i].profile.times, plan->columns[i].profile.filled, 60, 3);
    }
    return timed && logged >= 1;
}

static bool numbers_with_attributes(const kk_plan *plan)
{
    static const kk_column_kind numbers[] = {KK_COL_CUSTOMER_NO, KK_COL_EMPLOYEE_NO,
                                             KK_COL_STUDENT_NO,  KK_COL_PATIENT_NO,
                                             KK_COL_POLICY_NO,   KK_COL_ROW_KEY};
    static const kk_column_kind attributes[] = {
        KK_COL_BIRTH,    KK_COL_GENDER, KK_COL_AGE,         KK_COL_SALARY,
        KK_COL_GRADES,   KK_COL_HEALTH, KK_COL_RESUME,      KK_COL_DISABILITY,
        KK_COL_CRIMINAL, KK_COL_CREED,  KK_COL_BANK_NUMBER, KK_COL_ADDRESS,
        KK_COL_PHONE,    KK_COL_MOBILE, KK_COL_RELATION,    KK_COL_ORDER};
    return any_of(plan, numbers, sizeof numbers / sizeof *numbers) &&
           any_of(plan, attributes, sizeof attributes / sizeof *attributes);
}

static bool has_names(const kk_plan *plan)
{
    for (size_t i = 0; i < plan->slot_count; i++)
        if (plan->slots[i].has_name)
            return true;
    return kk_plan_has(plan, KK_COL_MAILBOX) || kk_plan_has(plan, KK_COL_CARD_HOLDER);
}

static bool strong_names(const kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (kk_is_name_kind(plan->columns[i].kind) &&
            plan->columns[i].heading.strength == KK_HEADING_STRONG)
            return true;
    return false;
}

static bool has_word(const kk_plan *plan, const char *const *words, size_t count)
{
    for (size_t i = 0; i < plan->count; i++)
        for (size_t k = 0; k < count; k++)
            if (kk_has(plan->columns[i].word, kk_cstr(words[k])))
                return true;
    return false;
}

/* 氏名, 会員名: of people. 名前 may be that of a child to be, 名 alone the word for any given name. */
static bool names_people(const kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        bool open = c->heading.strength == KK_HEADING_WEAK || kk_is(c->word, "名前") ||
                    c->heading.kind == KK_COL_GIVEN_NAME;
        if (kk_is_name_kind(c->kind) && !open && c->kind != KK_COL_KANA)
            return true;
    }
    return false;
}

/* Surname and given name of the lists in nearly every cell: nobody counts how many bear these. */
static bool are_full_names(const kk_plan *plan)
{
    bool full = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        full |= c->kind == KK_COL_NAME && kk_share(c->profile.names, c->profile.filled, 90, 3);
    }
    return full;
}

/* Surnames with their frequency, stations with their reading: words, and nobody behind them. */
static bool is_word_list(const kk_plan *plan)
{
    static const kk_column_kind whole[] = {KK_COL_NAME, KK_COL_LATIN_NAME, KK_COL_MAILBOX,
                                           KK_COL_CARD_HOLDER, KK_COL_FORMER_NAME};
    static const char *const counted[] = {"人数", "件数", "頻度", "度数", "出現", "意味",
                                          "品詞", "水系", "流域", "標高", "路線"};
    bool numbered = has_word(plan, counted, KK_COUNT(counted));
    if (any_of(plan, whole, sizeof whole / sizeof *whole) &&
        (names_people(plan) || are_full_names(plan) || !numbered))
        return false;
    bool family = kk_plan_has(plan, KK_COL_FAMILY_NAME) || kk_plan_has(plan, KK_COL_LATIN_FAMILY) ||
                  kk_plan_has(plan, KK_COL_FAMILY_KANA);
    bool given = kk_plan_has(plan, KK_COL_GIVEN_NAME) || kk_plan_has(plan, KK_COL_LATIN_GIVEN) ||
                 kk_plan_has(plan, KK_COL_GIVEN_KANA);
    if (family && given)
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        bool tells = kk_column_item(c->kind) >= 0 && kk_column_item(c->kind) != KK_ITEM_OTHER &&
                     !kk_is_name_kind(c->kind) && c->heading.strength == KK_HEADING_STRONG;
        bool of_name =
            numbered && c->kind == KK_COL_GENDER; /* 名, 性別, 件数: whom it is given to */
        if (tells && !of_name && c->slot != KK_NO_SLOT)
            return false;
    }
    return true;
}

/* Whether any column can tell a person apart. */
static bool judge_people(const kk_plan *plan, kk_arena *arena)
{
    static const kk_column_kind official[] = {KK_COL_MY_NUMBER,       KK_COL_LICENCE,
                                              KK_COL_PASSPORT,        KK_COL_RESIDENCE_CARD,
                                              KK_COL_PENSION,         KK_COL_CARD_NUMBER,
                                              KK_COL_RESIDENT_CODE,   KK_COL_BANK_NUMBER,
                                              KK_COL_SOCIAL_SECURITY, KK_COL_EMPLOYMENT_INSURANCE,
                                              KK_COL_INSURANCE_NUMBER};
    static const kk_column_kind beside[] = {KK_COL_ADDRESS, KK_COL_PHONE, KK_COL_MOBILE,
                                            KK_COL_BIRTH,   KK_COL_KANA,  KK_COL_MAILBOX};
    if (has_names(plan) && (is_word_list(plan) || kk_names_things(plan, arena)))
        return false;
    if (has_names(plan))
        return !is_log(plan) || strong_names(plan) || kk_plan_has(plan, KK_COL_CARD_HOLDER) ||
               any_of(plan, beside, sizeof beside / sizeof *beside);
    if (any_of(plan, official, sizeof official / sizeof *official))
        return true;
    if (is_log(plan))
        return false;
    const kk_column *mail = column_of(plan, KK_COL_EMAIL), *phone = column_of(plan, KK_COL_PHONE);
    const kk_column *contact = column_of(plan, KK_COL_CONTACT);
    if (!mail && contact && contact->profile.emails)
        mail = contact;
    bool of_desks = plan->company_list || kk_plan_has(plan, KK_COL_DEPARTMENT);
    if (mail && (!of_desks || mail->profile.shared_mails * 2 < mail->profile.emails))
        return true;
    if (kk_plan_has(plan, KK_COL_MOBILE) ||
        (phone && phone->profile.mobiles * 3 > phone->profile.filled))
        return !plan->company_list;
    if (kk_plan_has(plan, KK_COL_USER_ID) && kk_plan_has(plan, KK_COL_PASSWORD))
        return true;
    if (kk_plan_has(plan, KK_COL_ADDRESS) && kk_plan_has(plan, KK_COL_BIRTH))
        return true;
    return numbers_with_attributes(plan);
}

static bool is_product_list(const kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_profile *p = &plan->columns[i].profile;
        if (plan->columns[i].kind == KK_COL_ORDER || kk_share(p->product_codes, p->filled, 80, 3))
            return true;
    }
    return false;
}

/* For explanations alone. */
static kk_table_reason why_not_people(const kk_plan *plan)
{
    if (has_names(plan) && is_word_list(plan))
        return KK_TABLE_WORD_LIST;
    if (is_log(plan))
        return KK_TABLE_LOG;
    if (plan->company_list)
        return KK_TABLE_COMPANY_LIST;
    return is_product_list(plan) ? KK_TABLE_PRODUCT_LIST : KK_TABLE_NO_PERSON_COLUMN;
}

static bool is_card(kk_column_kind kind)
{
    return kind == KK_COL_CARD_NUMBER || kind == KK_COL_CARD || kind == KK_COL_CARD_HOLDER ||
           kind == KK_COL_CARD_CVV;
}

static bool is_of_address(kk_column_kind kind)
{
    return kind >= KK_COL_ADDRESS && kind <= KK_COL_BUILDING;
}

/* card_no of a shop's own card: longer than the last digits of a payment card, shorter than all of them. */
static bool is_short_number(const kk_profile *p)
{
    enum { LAST_DIGITS = 4, CARD_DIGITS = 13 };
    return p->filled && kk_share(p->numbers, p->filled, 90, 1) && p->longest > LAST_DIGITS &&
           p->longest < CARD_DIGITS;
}

/* 種目 without a bank, 有効期限 without a card, 号室 of a ward or a hotel, 症状 of a machine, 地番 of a piece of land, a book's Title,
 * 合計 of marks: not what they are elsewhere. */
static void drop_strangers(kk_plan *plan)
{
    static const char *const stays[] = {"宿泊", "病棟", "チェックイン", "入院", "客室"};
    static const char *const machines[] = {"機種", "型番", "型式", "品番",
                                           "製品", "車種", "修理", "故障"};
    static const char *const land[] = {"地目", "地積", "持分", "家屋番号", "所有者"};
    bool card = false, address = false, bank = false, company = false;
    size_t orders = 0, grades = 0, cards = 0;
    for (size_t i = 0; i < plan->count; i++) {
        card |= is_card(plan->columns[i].kind);
        company |= plan->columns[i].kind == KK_COL_COMPANY;
        cards += is_card(plan->columns[i].kind) || plan->columns[i].kind == KK_COL_CARD_EXPIRY;
        bank |= plan->columns[i].kind >= KK_COL_BANK &&
                plan->columns[i].kind <= KK_COL_BANK_HOLDER &&
                plan->columns[i].kind != KK_COL_BANK_BRANCH;
        address |= is_of_address(plan->columns[i].kind);
        orders += plan->columns[i].kind == KK_COL_ORDER;
        grades += plan->columns[i].kind == KK_COL_GRADES;
    }
    bool stay = has_word(plan, stays, sizeof stays / sizeof *stays);
    bool machine = has_word(plan, machines, sizeof machines / sizeof *machines);
    bool parcel = has_word(plan, land, sizeof land / sizeof *land);
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        bool strange =
            (c->kind == KK_COL_CARD_EXPIRY && !card) ||
            (c->kind == KK_COL_ROOM && (!address || stay)) ||
            (c->kind == KK_COL_HEALTH && machine && kk_has(c->word, KK_S("症状"))) ||
            (c->kind == KK_COL_HOUSE_NUMBER && parcel && kk_is(c->word, "地番")) ||
            (c->kind == KK_COL_TITLE && orders && c->heading.strength == KK_HEADING_WEAK);
        if (strange || (c->kind == KK_COL_BANK_TYPE && !bank))
            c->kind = KK_COL_IGNORED;
        if (c->kind == KK_COL_BANK_BRANCH && !bank && names_people(plan)) /* where they work */
            c->kind = kk_has(c->word, KK_S("支店")) && !c->profile.numbers ? KK_COL_DEPARTMENT
                                                                           : KK_COL_IGNORED;
        if (c->kind == KK_COL_CARD_NUMBER && cards == 1 && is_short_number(&c->profile))
            c->kind = KK_COL_CUSTOMER_NO;
        if (c->kind == KK_COL_ORDER && grades >= 2 && orders == 1 && c->heading.exact)
            c->kind = KK_COL_GRADES;
        if (c->kind == KK_COL_DEPARTMENT && !company && !c->heading.has_role &&
            kk_share(c->profile.legal_forms, c->profile.filled, 50, 2))
            c->kind = KK_COL_COMPANY; /* 所属 of who came from outside */
        if (c->kind == KK_COL_GRADES && grades == 1 && orders && kk_is(c->word, "点数"))
            c->kind = KK_COL_ORDER; /* 品名, 点数 */
    }
}

/* Kinds that only mean something beside others: 記号 and 番号 of an insurance, a title of a person. */
static void drop_lonely(kk_plan *plan)
{
    bool insurance = false, named = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *column = &plan->columns[i];
        bool strong = column->heading.strength == KK_HEADING_STRONG;
        insurance |=
            strong && (column->kind == KK_COL_INSURER || column->kind == KK_COL_INSURANCE_NUMBER ||
                       column->kind == KK_COL_INSURANCE_SYMBOL);
        named |= kk_is_name_kind(column->kind) &&
                 (column->kind != KK_COL_KANA || column->heading.strength != KK_HEADING_NONE);
    }
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        bool weak = column->heading.strength == KK_HEADING_WEAK;
        if (weak && !insurance &&
            (column->kind == KK_COL_INSURANCE_SYMBOL || column->kind == KK_COL_INSURANCE_NUMBER))
            column->kind = KK_COL_IGNORED;
        if (column->kind == KK_COL_INSURANCE_BRANCH && !insurance)
            column->kind = KK_COL_IGNORED;
        bool beside_name = column->kind == KK_COL_TITLE && weak;
        bool unheaded = column->heading.strength == KK_HEADING_NONE &&
                        (column->kind == KK_COL_KANA || column->kind == KK_COL_ZIP ||
                         column->kind == KK_COL_BIRTH || column->kind == KK_COL_GENDER);
        if (!named && (beside_name || unheaded))
            column->kind = KK_COL_IGNORED;
    }
}

static bool is_called(kk_arena *arena, const kk_column *column)
{
    kk_slice form = kk_heading_form(arena, column->word);
    return kk_ends(form, KK_S("名")) || kk_ends(form, KK_S("name")) ||
           column->heading.kind == KK_COL_NAME;
}

/* What has a name and is nobody, as far as its column tells. */
static bool is_of_thing(const kk_plan *plan, kk_arena *arena, size_t at)
{
    const kk_column *c = &plan->columns[at];
    switch (c->kind) {
    case KK_COL_PREFECTURE:
    case KK_COL_CITY:
    case KK_COL_TOWN:
    case KK_COL_COMPANY:
        return true;
    case KK_COL_BANK:
    case KK_COL_BANK_BRANCH:
        for (size_t i = 0; i < plan->count; i++)
            if (plan->columns[i].kind == KK_COL_BANK_NUMBER)
                return false;
        return is_called(arena, c);
    case KK_COL_IGNORED:
    case KK_COL_RESUME: /* 学校名 */
    case KK_COL_GRADES: /* 科目名 */
    case KK_COL_HEALTH: /* 薬剤名 */
        return is_called(arena, c);
    case KK_COL_UNKNOWN:
        return c->word.len && is_called(arena, c);
    default:
        return false;
    }
}

/* 駅名, よみ: a reading behind a thing's name is the thing's, where nobody's name stands in the table. */
static void drop_readings_of_things(kk_plan *plan, kk_arena *arena)
{
    bool weak_thing = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (kk_is_name_kind(c->kind) && c->kind != KK_COL_KANA && !c->heading.has_role)
            return;
        weak_thing |= c->kind == KK_COL_IGNORED && c->heading.kind == KK_COL_NAME;
    }
    for (size_t i = 1; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        if (c->kind != KK_COL_KANA || c->heading.has_role || !c->word.len ||
            kk_share(c->profile.kana_names, c->profile.filled, 50, 1))
            continue;
        kk_slice form = kk_heading_form(arena, c->word);
        bool bare =
            !kk_has(form, KK_S("名")) && !kk_has(form, KK_S("氏")) && !kk_has(form, KK_S("name"));
        if (bare && (weak_thing || is_of_thing(plan, arena, i - 1)))
            c->kind = KK_COL_IGNORED;
    }
}

/* 受取人名(カナ) behind somebody's account: the account's holder, and nobody things are sent to; of a
 * policy somebody else. */
static void settle_payee(kk_plan *plan)
{
    bool account = false, named = false, insured = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        account |= c->kind == KK_COL_BANK_NUMBER;
        insured |= c->kind == KK_COL_POLICY_NO;
        named |= c->kind == KK_COL_NAME && !c->heading.has_role && !c->heading.apart;
    }
    for (size_t i = 0; account && named && !insured && i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        bool payee = kk_is_name_kind(c->kind) && kk_starts(c->word, KK_S("受取人"));
        if (payee) {
            c->kind = KK_COL_BANK_HOLDER;
            c->heading.has_role = false;
        }
    }
}

/* 名義人 beside a card, where no account is, is the card's. */
static void settle_holder(kk_plan *plan)
{
    kk_column *holder = NULL;
    bool card = false, account = false;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        card |= c->kind == KK_COL_CARD_NUMBER;
        account |= c->kind == KK_COL_BANK_NUMBER || c->kind == KK_COL_BANK;
        if (c->kind == KK_COL_BANK_HOLDER)
            holder = c;
    }
    if (holder && card && !account && !kk_has(holder->word, KK_S("口座")))
        holder->kind = KK_COL_CARD_HOLDER;
    settle_payee(plan);
}

/* Without headings: surnames, given names beside them, and something that is each one's own. */
static void find_parted_names(kk_plan *plan)
{
    bool own = false, named = false;
    for (size_t i = 0; i < plan->count; i++) {
        kk_column_kind kind = plan->columns[i].kind;
        own |= kind == KK_COL_EMAIL || kind == KK_COL_PHONE || kind == KK_COL_MOBILE ||
               kind == KK_COL_BIRTH || kind == KK_COL_ADDRESS;
        named |= kk_is_name_kind(kind) && kind != KK_COL_KANA;
    }
    for (size_t i = 0; own && !named && i + 1 < plan->count; i++) {
        kk_column *family = &plan->columns[i], *given = &plan->columns[i + 1];
        const kk_profile *first = &family->profile, *second = &given->profile;
        if (family->kind != KK_COL_UNKNOWN || given->kind != KK_COL_UNKNOWN ||
            !kk_share(first->surnames, first->filled, 80, 3) ||
            !kk_share(second->givens, second->filled, 70, 3) || second->surnames >= second->givens)
            continue;
        family->kind = KK_COL_FAMILY_NAME;
        given->kind = KK_COL_GIVEN_NAME;
        return;
    }
}

void kk_plan_make(kk_plan *plan, kk_arena *arena, const kk_plan_context *context)
{
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        column->kind = kk_judge_column(&column->heading, &column->profile, context->has_header);
    }
    if (!context->has_header)
        find_parted_names(plan);
    if (context->has_header)
        kk_merged_settle(plan);
    if (context->has_header)
        kk_row_keys_settle(plan, arena,
                           is_generic_table(context->table) ? KK_NONE : context->table);
    drop_lonely(plan);
    drop_strangers(plan);
    kk_talk_find(plan, arena);
    settle_holder(plan);
    kk_beside_settle(plan, arena, context->has_header);
    drop_readings_of_things(plan, arena);
    place_columns(plan, arena);
    kk_give_to_only_name(plan);
    settle_self(plan);
    settle_addressee(plan);
    settle_names(plan);
    settle_pieces(plan);
    settle_order(plan, arena);
    settle_registers(plan, arena, context);
    kk_names_alone_settle(plan, arena);
    kk_talk_settle_writers(plan, arena);
    plan->company_list = kk_plan_has(plan, KK_COL_COMPANY) && !has_names(plan);
    plan->about_people = judge_people(plan, arena);
    plan->reason = plan->about_people ? KK_TABLE_PEOPLE : why_not_people(plan);
}

/* ---- shared numbers ---- */

typedef struct {
    uint64_t number, name;
} numbered;

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

static const kk_column *name_beside(const kk_plan *plan, const kk_column *number, size_t *at)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *column = &plan->columns[i];
        if (column->slot == number->slot &&
            (column->kind == KK_COL_NAME || column->kind == KK_COL_KANA ||
             column->kind == KK_COL_GIVEN_NAME)) {
            *at = i;
            return column;
        }
    }
    return NULL;
}

static uint64_t hash_cell(kk_arena *arena, const kk_cells *row, size_t at)
{
    kk_slice plain = at < row->count ? kk_dense(arena, kk_plain(arena, row->cells[at])) : KK_NONE;
    return plain.len ? kk_hash_quick(kk_fold_kanji(arena, plain)) : 0;
}

/* More than one name in twenty on a number that has another name already. */
static bool several_names(kk_arena *arena, const kk_cells *rows, size_t count, size_t number,
                          size_t name)
{
    numbered *pairs = KK_NEW_ARRAY(arena, numbered, count + 1);
    size_t kept = 0, clashes = 0;
    for (size_t r = 0; r < count; r++) {
        pairs[kept] =
            (numbered){hash_cell(arena, &rows[r], number), hash_cell(arena, &rows[r], name)};
        kept += pairs[kept].number && pairs[kept].name;
    }
    qsort(pairs, kept, sizeof *pairs, by_number);
    for (size_t i = 1; i < kept; i++)
        clashes += pairs[i].number == pairs[i - 1].number && pairs[i].name != pairs[i - 1].name;
    return clashes * 20 > kept;
}

void kk_plan_check_numbers(kk_plan *plan, kk_arena *arena, const kk_cells *rows, size_t row_count)
{
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *column = &plan->columns[i];
        bool number = column->kind == KK_COL_EMPLOYEE_NO ||
                      (column->kind >= KK_COL_CUSTOMER_NO && column->kind <= KK_COL_POLICY_NO);
        size_t name = 0;
        if (!number || column->slot == KK_NO_SLOT)
            continue;
        /* a contract has a holder and insured ones; beside 続柄 the number is the family's */
        column->shared = column->kind == KK_COL_POLICY_NO ||
                         kk_slot_has(&plan->slots[column->slot], KK_COL_RELATION);
        if (!column->shared && name_beside(plan, column, &name))
            column->shared = several_names(arena, rows, row_count, i, name);
    }
}
