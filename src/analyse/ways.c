#include "analyse/ways.h"

enum { PLACES_LEAST = 64 };

typedef struct {
    kk_way way;
    uint64_t hash;
} numbered;

/* places: numbers plus one, 0 for none; at most half of them are taken. */
struct kk_ways {
    kk_arena *arena;
    numbered *items;
    size_t count, capacity;
    size_t *places, place_count;
};

static uint64_t mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const kk_way *way)
{
    uint64_t hash = 0;
    for (size_t t = 0; t < KK_WAY_TEXTS; t++) {
        kk_slice text = way->texts[t];
        for (size_t i = 0; i < text.len; i++) {
            unsigned char c = (unsigned char)text.ptr[i];
            hash = mixed(hash, c >= 'A' && c <= 'Z' ? c | 0x20u : c);
        }
        hash = mixed(hash, 0x100 + text.len);
    }
    return hash;
}

static bool is_same(const kk_way *a, const kk_way *b)
{
    for (size_t t = 0; t < KK_WAY_TEXTS; t++)
        if (!kk_eq_nocase(a->texts[t], b->texts[t]))
            return false;
    return true;
}

/* Where it stands, or would. */
static size_t place_of(const kk_ways *w, const kk_way *way, uint64_t hash)
{
    size_t at = (size_t)hash & (w->place_count - 1);
    for (; w->places[at]; at = (at + 1) & (w->place_count - 1)) {
        const numbered *here = &w->items[w->places[at] - 1];
        if (here->hash == hash && is_same(&here->way, way))
            break;
    }
    return at;
}

static void make_places(kk_ways *w, size_t count)
{
    w->places = KK_NEW_ARRAY(w->arena, size_t, count);
    w->place_count = count;
    for (size_t i = 0; i < w->count; i++)
        w->places[place_of(w, &w->items[i].way, w->items[i].hash)] = i + 1;
}

kk_way kk_way_in(kk_session_kind kind, kk_slice account, kk_slice from_ip)
{
    return (kk_way){{kk_cstr(kk_session_kind_names[kind]), account, from_ip}};
}

kk_ways *kk_ways_open(kk_arena *arena)
{
    kk_ways *w = KK_NEW(arena, kk_ways);
    w->arena = arena;
    make_places(w, PLACES_LEAST);
    return w;
}

size_t kk_ways_find(const kk_ways *w, kk_way way)
{
    size_t place = w->places[place_of(w, &way, hash_of(&way))];
    return place ? place - 1 : KK_NOWHERE;
}

size_t kk_ways_add(kk_ways *w, kk_way way)
{
    uint64_t hash = hash_of(&way);
    size_t *place = &w->places[place_of(w, &way, hash)];
    if (*place)
        return *place - 1;
    w->items = kk_grow(w->arena, w->items, &w->capacity, w->count + 1, sizeof *w->items);
    w->items[w->count++] = (numbered){way, hash};
    *place = w->count;
    if (w->count * 2 > w->place_count)
        make_places(w, w->place_count * 2);
    return w->count - 1;
}
