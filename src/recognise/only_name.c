#include "recognise/only_name.h"

static bool is_reading(kk_column_kind kind)
{
    return kind >= KK_COL_KANA && kind <= KK_COL_GIVEN_KANA;
}

/* Things go to an address and a telephone; of a relative his birth date is told, and what he is to whom. */
static bool follows_name(kk_role role, kk_column_kind kind)
{
    bool contact = (kind >= KK_COL_ZIP && kind <= KK_COL_SUBURB) || kind == KK_COL_PHONE ||
                   kind == KK_COL_MOBILE;
    bool life = kind == KK_COL_BIRTH || kind == KK_COL_AGE || kind == KK_COL_GENDER ||
                kind == KK_COL_RELATION;
    return (role == KK_ROLE_ADDRESSEE && (contact || is_reading(kind))) ||
           (role == KK_ROLE_FAMILY && (life || is_reading(kind)));
}

/* A reading alone may be of the one who is named. */
static bool names_self(const kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (c->slot == 0 && kk_is_name_kind(c->kind) && !is_reading(c->kind))
            return true;
    }
    return false;
}

static uint8_t only_named(const kk_plan *plan)
{
    uint8_t found = KK_NO_SLOT;
    if (names_self(plan))
        return KK_NO_SLOT;
    for (size_t i = 1; i < plan->slot_count; i++) {
        if (plan->slots[i].has_name && found != KK_NO_SLOT)
            return KK_NO_SLOT;
        if (plan->slots[i].has_name)
            found = (uint8_t)i;
    }
    return found;
}

/* お届け先住所 beside 住所; 続柄 tells nothing, whose ever it is */
static bool has_its_own(const kk_plan *plan, uint8_t slot)
{
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        if (c->slot == slot && !is_reading(c->kind) && c->kind != KK_COL_RELATION &&
            follows_name(plan->slots[slot].role, c->kind))
            return true;
    }
    return false;
}

void kk_give_to_only_name(kk_plan *plan)
{
    uint8_t slot = only_named(plan);
    bool behind = false;
    if (slot == KK_NO_SLOT || has_its_own(plan, slot))
        return;
    plan->slots[0] = (kk_slot_plan){.role = KK_ROLE_SELF};
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        behind |= c->slot == slot && kk_is_name_kind(c->kind);
        if (behind && c->slot == 0 && follows_name(plan->slots[slot].role, c->kind) &&
            !kk_slot_has(&plan->slots[slot], c->kind))
            c->slot = slot;
        if (c->slot == KK_NO_SLOT)
            continue;
        kk_slot_mark(&plan->slots[c->slot], c->kind);
        plan->slots[c->slot].has_name |= kk_is_name_kind(c->kind);
    }
}
