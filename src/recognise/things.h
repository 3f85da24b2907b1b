/* Tables whose names are those of things: what is sold, bodies, fields of a program. */
#pragma once
#include "recognise/plan.h"

/* Whether what stands below the headings for names names nobody. */
bool kk_names_things(const kk_plan *plan, kk_arena *arena);
