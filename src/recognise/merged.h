/* Columns under a heading that is merged over them: 氏名 over surname and given name, 〒 over two numbers. */
#pragma once
#include "recognise/plan.h"

/* Gives columns without a heading what the one before them leaves to them; kinds are judged before. */
void kk_merged_settle(kk_plan *plan);
