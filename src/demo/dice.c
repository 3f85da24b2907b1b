/* splitmix64 spreads the seed, xoshiro256** rolls. */
#include "demo/dice.h"

static uint64_t spread(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t turn(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

kk_dice kk_dice_make(uint64_t seed, const char *purpose)
{
    uint64_t x = seed;
    for (const char *p = purpose; *p; p++)
        x = (x ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
    kk_dice dice;
    for (int i = 0; i < 4; i++)
        dice.state[i] = spread(&x);
    return dice;
}

uint64_t kk_dice_next(kk_dice *dice)
{
    uint64_t *s = dice->state, result = turn(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = turn(s[3], 45);
    return result;
}

uint32_t kk_dice_below(kk_dice *dice, uint32_t limit)
{
    return (uint32_t)((kk_dice_next(dice) >> 32) * limit >> 32);
}

int64_t kk_dice_between(kk_dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)(kk_dice_next(dice) % ((uint64_t)(high - low) + 1));
}

bool kk_dice_percent(kk_dice *dice, uint32_t percent)
{
    return kk_dice_below(dice, 100) < percent;
}

uint32_t kk_dice_low(kk_dice *dice, uint32_t limit)
{
    for (;;) {
        uint32_t n = kk_dice_below(dice, limit);
        if (kk_dice_below(dice, n + 12) < 12)
            return n;
    }
}

void kk_dice_bytes(kk_dice *dice, void *into, size_t len)
{
    uint8_t *p = into;
    while (len > 0) {
        uint64_t word = kk_dice_next(dice);
        size_t n = len < 8 ? len : 8;
        for (size_t i = 0; i < n; i++)
            *p++ = (uint8_t)(word >> 8 * i);
        len -= n;
    }
}
