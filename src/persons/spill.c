/* Blocks of keys of one lot each, in the order in which they filled; a list a lot says where they are.
 * Keys are put once and each lot read from one to a few times. */
#include "persons/spill.h"

#include <unistd.h>

enum { BLOCK_KEYS = 4096, NO_LOT = UINT16_MAX };

typedef struct {
    rule_key *keys; /* not written yet */
    size_t filled;
    uint32_t *blocks; /* numbers of those written, each full */
    size_t count, capacity;
} lot_blocks;

struct key_spill {
    kk_arena *arena;
    int file;
    bool has_failed;
    uint32_t written; /* blocks */
    const key_lot *kinds;
    lot_blocks *lots;
    size_t lot_count;
    uint16_t lot_of[KK_RULES][KEY_PARTS];
};

enum { BLOCK_BYTES = BLOCK_KEYS * sizeof(rule_key) };

key_spill *key_spill_open(int file, const key_lot *lots, size_t count)
{
    kk_arena *arena = kk_arena_open();
    key_spill *s = KK_NEW(arena, key_spill);
    s->arena = arena;
    s->file = file;
    s->kinds = lots;
    s->lot_count = count;
    s->lots = KK_NEW_ARRAY(arena, lot_blocks, count);
    memset(s->lot_of, 0xff, sizeof s->lot_of);
    for (size_t i = 0; i < count && i < NO_LOT; i++)
        for (unsigned part = lots[i].from; part <= lots[i].to; part++)
            s->lot_of[lots[i].rule][part] = (uint16_t)i;
    return s;
}

void key_spill_close(key_spill *s)
{
    if (!s)
        return;
    close(s->file);
    kk_arena_close(s->arena);
}

static bool write_all(int file, const char *bytes, size_t size, uint64_t at)
{
    while (size) {
        ssize_t n = pwrite(file, bytes, size, (off_t)at);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
        at += (uint64_t)n;
    }
    return true;
}

static void write_block(key_spill *s, lot_blocks *lot)
{
    if (s->has_failed || s->written == UINT32_MAX ||
        !write_all(s->file, (const char *)lot->keys, BLOCK_BYTES,
                   (uint64_t)s->written * BLOCK_BYTES)) {
        s->has_failed = true;
        return;
    }
    lot->blocks = kk_grow(s->arena, lot->blocks, &lot->capacity, lot->count + 1, sizeof(uint32_t));
    lot->blocks[lot->count++] = s->written++;
}

void key_spill_put(key_spill *s, unsigned rule, uint64_t hash, uint32_t mention)
{
    uint16_t at = s->lot_of[rule][key_part(hash)];
    if (at == NO_LOT)
        return;
    lot_blocks *lot = &s->lots[at];
    if (!lot->keys)
        lot->keys = KK_NEW_ARRAY(s->arena, rule_key, BLOCK_KEYS);
    lot->keys[lot->filled++] = (rule_key){hash, mention};
    if (lot->filled == BLOCK_KEYS) {
        write_block(s, lot);
        lot->filled = 0;
    }
}

/* What is left in the buffers stays there: it is read from them. */
bool key_spill_end(key_spill *s)
{
    return !s->has_failed;
}

static void give_all(key_order *order, unsigned rule, const rule_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        key_give(order, rule, keys[i].hash, keys[i].mention);
}

static bool read_all(int file, char *bytes, size_t size, uint64_t at)
{
    while (size) {
        ssize_t n = pread(file, bytes, size, (off_t)at);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
        at += (uint64_t)n;
    }
    return true;
}

bool key_spill_read(key_spill *s, size_t at, key_order *order)
{
    const lot_blocks *lot = &s->lots[at];
    unsigned rule = s->kinds[at].rule;
    kk_arena *arena = kk_arena_open();
    rule_key *keys = KK_NEW_ARRAY(arena, rule_key, BLOCK_KEYS);
    bool good = true;
    for (size_t i = 0; i < lot->count && good; i++) {
        good = read_all(s->file, (char *)keys, BLOCK_BYTES, (uint64_t)lot->blocks[i] * BLOCK_BYTES);
        if (good)
            give_all(order, rule, keys, BLOCK_KEYS);
    }
    give_all(order, rule, lot->keys, lot->filled);
    kk_arena_close(arena);
    return good;
}
