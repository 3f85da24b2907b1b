/* Two lists of people side by side in one sheet. */
#pragma once
#include "recognise/plan.h"

/* The first column of the second list, and how wide one is; SIZE_MAX: there is none. Kinds of columns are known. */
size_t kk_second_list(const kk_plan *plan, size_t *width);
