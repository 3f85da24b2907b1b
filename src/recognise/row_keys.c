/* A database keeps people in one table and what belongs to them in others: users (id, name), addresses (user_id, zip,
 * phone). The number is no item, and tells nobody apart by itself; which tables number one register is measured by
 * what stands beside it (docs/identity.md). */
#include "recognise/row_keys.h"

#include "recognise/fold.h"

static bool is_of_people(kk_column_kind kind)
{
    return kind == KK_COL_USER_ID || kind == KK_COL_EMPLOYEE_NO ||
           (kind >= KK_COL_CUSTOMER_NO && kind < KK_COL_POLICY_NO); /* a policy is a family's */
}

/* What else the name of a table of people says: that it is a table, or that they are no longer there. */
static kk_slice without_kind(kk_slice table)
{
    static const char *const before[] = {"m_",   "t_",        "tbl_",     "tb_",
                                         "mst_", "archived_", "deleted_", "old_"};
    static const char *const behind[] = {"_archive", "_archived", "_deleted", "_old",
                                         "_master",  "_mst",      "_tbl",     "_table"};
    for (size_t i = 0; i < KK_COUNT(before); i++)
        if (kk_starts(table, kk_cstr(before[i]))) {
            table = kk_from(table, strlen(before[i]));
            break;
        }
    for (size_t i = 0; i < KK_COUNT(behind); i++)
        if (kk_ends(table, kk_cstr(behind[i]))) {
            table.len -= strlen(behind[i]);
            break;
        }
    return table;
}

/* users, shop.users, m_user, users_archive: user */
static kk_slice one_of(kk_slice table)
{
    size_t dot = kk_rfind_byte(table, '.');
    table = without_kind(dot == KK_NOWHERE ? table : kk_from(table, dot + 1));
    return kk_ends(table, KK_S("s")) ? kk_part(table, 0, table.len - 1) : table;
}

static bool are_numbers(const kk_profile *p)
{
    return kk_share(p->numbers, p->filled, 90, 1);
}

/* user_id beside id: the row is numbered for itself. */
static bool refers_to(const kk_plan *plan, kk_arena *arena, kk_slice word)
{
    kk_slice form = kk_heading_form(arena, word);
    for (size_t i = 0; i < plan->count; i++)
        if (kk_eq(kk_heading_form(arena, plan->columns[i].word), form))
            return true;
    return false;
}

/* user_id, whose cells are numbers. */
static bool is_account_number(const kk_column *c, kk_slice form)
{
    return c->kind == KK_COL_USER_ID && c->heading.exact && are_numbers(&c->profile) &&
           kk_ends(form, KK_S("id"));
}

static void settle(kk_plan *plan, kk_column *c, kk_arena *arena, kk_slice table)
{
    kk_slice form = kk_heading_form(arena, c->word);
    if (!are_numbers(&c->profile))
        return;
    if (!table.len) {
        c->also_number = is_account_number(c, form);
    } else if (kk_is(form, "id")) {
        kk_slice word = kk_print(arena, "%.*s_id", KK_P(one_of(table)));
        kk_heading heading = kk_heading_read(arena, word);
        if (!heading.exact || !is_of_people(heading.kind) || refers_to(plan, arena, word))
            return;
        c->word = word;
        c->heading = heading;
        c->kind = KK_COL_ROW_KEY;
    } else if (c->kind == KK_COL_USER_ID && kk_ends(form, KK_S("id"))) {
        c->kind = KK_COL_ROW_KEY;
    }
}

/* user_id beside a password is an account, numbers or not, unless something else there is what one logs in with:
 * a mailbox, or an account that is no number (login_id, username). */
static bool number_is_account(const kk_plan *plan)
{
    bool passwords = false, other = false;
    for (size_t i = 0; i < plan->count; i++) {
        const kk_column *c = &plan->columns[i];
        passwords = passwords || c->kind == KK_COL_PASSWORD;
        bool names_account =
            c->kind == KK_COL_EMAIL || (c->kind == KK_COL_USER_ID && !are_numbers(&c->profile));
        other = other || (names_account && c->profile.filled);
    }
    return passwords && !other;
}

void kk_row_keys_settle(kk_plan *plan, kk_arena *arena, kk_slice table)
{
    bool account = number_is_account(plan);
    for (size_t i = 0; i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        if (account && c->kind == KK_COL_USER_ID)
            c->also_number = is_account_number(c, kk_heading_form(arena, c->word));
        else
            settle(plan, c, arena, table);
    }
}

/* Numbers that begin anew with each class and each examination. */
static bool is_local(kk_slice form)
{
    static const char *const words[] = {"出席番号", "受験番号", NULL};
    return kk_is_any(form, words);
}

bool kk_is_row_key(const kk_column *column, kk_slice form)
{
    bool says_whose = column->kind != KK_COL_USER_ID || kk_ends(form, KK_S("id"));
    return column->kind == KK_COL_ROW_KEY ||
           (column->heading.exact && is_of_people(column->kind) && says_whose && !is_local(form));
}

bool kk_is_of_only_register(const kk_column *column, kk_slice form)
{
    bool only = column->kind == KK_COL_EMPLOYEE_NO || column->kind == KK_COL_STUDENT_NO ||
                column->kind == KK_COL_PATIENT_NO;
    return only && column->heading.exact && !is_local(form);
}
