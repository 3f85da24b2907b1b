#include "analyse/session_groups.h"

#include "base/hash.h"

static uint32_t *slot_of(const text_groups *g, kk_slice text)
{
    size_t at = kk_hash_quick(text) & (g->slot_count - 1);
    while (g->slots[at] && !kk_eq(g->texts[g->slots[at] - 1], text))
        at = (at + 1) & (g->slot_count - 1);
    return &g->slots[at];
}

text_groups text_groups_of(kk_arena *arena, const kk_slice *texts, size_t count)
{
    text_groups g = {.slot_count = 16};
    while (g.slot_count < 2 * count)
        g.slot_count *= 2;
    uint32_t *of = KK_NEW_ARRAY(arena, uint32_t, count);
    g.slots = KK_NEW_ARRAY(arena, uint32_t, g.slot_count);
    g.texts = KK_NEW_ARRAY(arena, kk_slice, count);
    g.members = KK_NEW_ARRAY(arena, size_t, count);
    g.first = KK_NEW_ARRAY(arena, size_t, count + 2);
    for (size_t i = 0; i < count; i++) {
        uint32_t *slot = slot_of(&g, texts[i]);
        if (!*slot) {
            g.texts[g.count] = texts[i];
            *slot = (uint32_t)++g.count;
        }
        of[i] = *slot - 1;
        g.first[of[i] + 2]++;
    }
    for (size_t k = 2; k < g.count + 2; k++)
        g.first[k] += g.first[k - 1];
    for (size_t i = 0; i < count; i++)
        g.members[g.first[of[i] + 1]++] = i;
    return g;
}

const size_t *text_group_of(const text_groups *g, kk_slice text, size_t *count)
{
    uint32_t number = *slot_of(g, text);
    size_t from = number ? g->first[number - 1] : 0;
    *count = number ? g->first[number] - from : 0;
    return g->members + from;
}
