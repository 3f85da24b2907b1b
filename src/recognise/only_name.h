/* customer_code, recipient_name, zip, address; 社員番号, 扶養親族氏名, 生年月日, 続柄: a number of somebody whom the row does
 * not name, and behind it somebody else. */
#pragma once
#include "recognise/plan.h"

/* Gives the only one who is named, an addressee or a relative, what stands behind the name without a role. */
void kk_give_to_only_name(kk_plan *plan);
