#include "model/layout.h"

#include "base/hash.h"

enum { SLOTS = 2 * KK_LAYOUTS_MOST, PAIRS_MOST = 96, BYTES_MOST = 1 << 20 };

typedef struct {
    uint64_t hash;
    kk_slice *names;
    size_t count;
} layout;

struct kk_layouts {
    kk_arena *arena;
    layout all[KK_LAYOUTS_MOST];
    uint16_t slots[SLOTS]; /* layout + 1 */
    size_t count, bytes;
};

kk_layouts *kk_layouts_open(kk_arena *arena)
{
    kk_layouts *l = KK_NEW(arena, kk_layouts);
    l->arena = arena;
    return l;
}

static bool has_names(const layout *l, const kk_pair *pairs, size_t count)
{
    if (l->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!kk_eq(l->names[i], pairs[i].name))
            return false;
    return true;
}

static void add(kk_layouts *l, uint64_t hash, const kk_pair *pairs, size_t count)
{
    layout *own = &l->all[l->count++];
    *own = (layout){hash, KK_NEW_ARRAY(l->arena, kk_slice, count), count};
    for (size_t i = 0; i < count; i++)
        own->names[i] = kk_copy(l->arena, pairs[i].name);
}

uint32_t kk_layout_of(kk_layouts *l, const kk_pair *pairs, size_t count)
{
    uint64_t hash = count;
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ kk_hash_quick(pairs[i].name)) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
        bytes += pairs[i].name.len + sizeof(kk_slice);
    }
    size_t at = hash % SLOTS;
    for (; l->slots[at]; at = (at + 1) % SLOTS)
        if (l->all[l->slots[at] - 1].hash == hash &&
            has_names(&l->all[l->slots[at] - 1], pairs, count))
            return l->slots[at];
    if (l->count == KK_LAYOUTS_MOST || count > PAIRS_MOST || bytes > BYTES_MOST - l->bytes)
        return 0;
    add(l, hash, pairs, count);
    l->bytes += bytes;
    l->slots[at] = (uint16_t)l->count;
    return l->slots[at];
}
