/* A database keeps people in one table and what belongs to them in others: users (id, name), addresses (user_id, zip,
 * phone). The number is no item, and tells nobody apart by itself; which tables number one register is measured by
 * what stands beside it (docs/identity.md). */
#include "recognise/row_keys.h"

static bool is_of_people(kk_column_kind kind)
{
    return kind == KK_COL_USER_ID || kind == KK_COL_EMPLOYEE_NO ||
           (kind >= KK_COL_CUSTOMER_NO && kind < KK_COL_POLICY_NO); /* a policy is a family's */
}

/* users, shop.users: user */
static kk_slice one_of(kk_slice table)
{
    size_t dot = kk_rfind_byte(table, '.');
    table = dot == KK_NOWHERE ? table : kk_from(table, dot + 1);
    return kk_ends(table, KK_S("s")) ? kk_part(table, 0, table.len - 1) : table;
}

static bool are_numbers(const kk_profile *p)
{
    return kk_share(p->numbers, p->filled, 90, 1);
}

static void settle(kk_column *c, kk_arena *arena, kk_slice table)
{
    kk_slice form = kk_heading_form(arena, c->word);
    if (!are_numbers(&c->profile) || !table.len)
        return;
    if (kk_is(form, "id")) {
        kk_slice word = kk_print(arena, "%.*s_id", KK_P(one_of(table)));
        kk_heading heading = kk_heading_read(arena, word);
        if (!heading.exact || !is_of_people(heading.kind))
            return;
        c->word = word;
        c->heading = heading;
        c->kind = KK_COL_ROW_KEY;
    } else if (c->kind == KK_COL_USER_ID && kk_ends(form, KK_S("id"))) {
        c->kind = KK_COL_ROW_KEY;
    }
}

/* user_id beside a password is an account, numbers or not. */
static bool has_passwords(const kk_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->columns[i].kind == KK_COL_PASSWORD)
            return true;
    return false;
}

void kk_row_keys_settle(kk_plan *plan, kk_arena *arena, kk_slice table)
{
    bool accounts = has_passwords(plan);
    for (size_t i = 0; i < plan->count; i++)
        if (!accounts || plan->columns[i].kind != KK_COL_USER_ID)
            settle(&plan->columns[i], arena, table);
}

bool kk_is_row_key(const kk_column *column, kk_slice form)
{
    return column->kind == KK_COL_ROW_KEY ||
           (column->heading.exact && is_of_people(column->kind) && kk_ends(form, KK_S("id")));
}
