/* Numbers by which the tables of a database refer to people. */
#pragma once
#include "recognise/plan.h"

/* Where it is one, the column's kind, heading and word become those of the number: `id` of users is what other tables
 * call user_id. */
void kk_row_keys_settle(kk_plan *plan, kk_arena *arena, kk_slice table);
/* Whether the heading says by itself whose numbers these are, whatever table they stand in: customer_id. */
bool kk_is_row_key(const kk_column *column, kk_slice form);
/* Whether an organisation has but one register of such numbers, whatever they are called: 社員番号, employee_no. */
bool kk_is_of_only_register(const kk_column *column, kk_slice form);
