/* 加害者氏名, 加害者住所, 加害者電話: what stands before 氏名 says who it is, and before other headings whose they are. */
#pragma once
#include "recognise/plan.h"

enum {
    KK_FIRST_BYSTANDER =
        100, /* ordinals above it are of people named beside the person of the row */
    KK_STEM_OF_SELF = 255
};

/* numbers[i]: 0 where column i is of the person that the row is about, KK_STEM_OF_SELF where its word says so, else of whom beside him;
 * works[i]: somebody who works there. Both have plan->count places and are filled. */
void kk_stems_number(const kk_plan *plan, kk_arena *arena, uint8_t *numbers, bool *works);
