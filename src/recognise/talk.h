/* Tables of what people write to each other. */
#pragma once
#include "recognise/plan.h"

/* 送信者, メッセージ: names of writers and what they write, and no machine's log. */
void kk_talk_find(kk_plan *plan, kk_arena *arena);
/* When slots are known: who takes part in a conversation is told apart by name, and by the account where one stands
 * there; one message more is nobody more. */
void kk_talk_settle_writers(kk_plan *plan, kk_arena *arena);
