/* Which three bytes stand next to each other in a short text. A word whose first three bytes do not cannot be in it:
 * lists of words are gone through without looking for each. */
#pragma once
#include "base/slice.h"

enum { GRAM_BITS = 1024 };
typedef struct {
    uint64_t bits[GRAM_BITS / 64];
} grams;

static inline unsigned gram_at(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (b[0] * 0x1du ^ b[1] * 0x35u ^ (unsigned)b[2] * 0x3au ^ (unsigned)b[2] << 4) % GRAM_BITS;
}

static inline grams grams_of(kk_slice text)
{
    grams g = {{0}};
    for (size_t i = 0; i + 3 <= text.len; i++) {
        unsigned gram = gram_at(text.ptr + i);
        g.bits[gram / 64] |= UINT64_C(1) << gram % 64;
    }
    return g;
}

/* `word` has three bytes at the least. */
static inline bool grams_may_hold(const grams *g, const char *word)
{
    unsigned gram = gram_at(word);
    return g->bits[gram / 64] >> gram % 64 & 1;
}
