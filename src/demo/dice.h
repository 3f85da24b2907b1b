/* The chance of the example evidence: the same numbers on every machine and in every run, since
 * they come from a fixed seed and whole-number arithmetic alone. Each purpose has dice of its own,
 * so that one more throw here moves nothing there. */
#pragma once
#include "base/slice.h"

typedef struct {
    uint64_t state[4];
} kk_dice;

kk_dice kk_dice_make(uint64_t seed, const char *purpose);
uint64_t kk_dice_next(kk_dice *dice);
/* 0 <= n < limit; limit > 0. */
uint32_t kk_dice_below(kk_dice *dice, uint32_t limit);
/* low <= n <= high. */
int64_t kk_dice_between(kk_dice *dice, int64_t low, int64_t high);
bool kk_dice_percent(kk_dice *dice, uint32_t percent);
/* Small ones often, large ones seldom: 0 <= n < limit, density falling as 1/(n + 12). */
uint32_t kk_dice_low(kk_dice *dice, uint32_t limit);
void kk_dice_bytes(kk_dice *dice, void *into, size_t len);
