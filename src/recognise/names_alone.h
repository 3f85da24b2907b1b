/* Columns in which a name is all that those who keep the table tell people apart by. */
#pragma once
#include "recognise/plan.h"

/* When slots and registers are known: staff, who claimed something, who did what the rows tell of. */
void kk_names_alone_settle(kk_plan *plan, kk_arena *arena);
