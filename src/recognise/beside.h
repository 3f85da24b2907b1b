/* Columns that mean something by what stands beside them: 年 behind 元号, kana behind a name, 4-32-14 behind a city. */
#pragma once
#include "recognise/plan.h"

/* Kinds are judged before, people are told apart after. */
void kk_beside_settle(kk_plan *plan, kk_arena *arena, bool has_header);
