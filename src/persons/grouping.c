/* Keys into groups of equal ones: those that several persons have are found by a table that fits into
 * the processor's cache, and these alone are sorted. */
#include "persons/grouping.h"

#include <stdlib.h>

enum {
    SMALL = 48,
    HASH_BYTES = 8,
    ROOM_KEYS = 1 << 18,  /* more keys are spread once more */
    PLACES_MAX = 1 << 10, /* ... to so many places at most */
    DIGIT = 11,
    AHEAD = 48 /* keys from the one at hand to the one whose memory is fetched */
};

static bool is_before(const rule_key *a, const rule_key *b)
{
    return a->hash != b->hash ? a->hash < b->hash : a->mention < b->mention;
}

static int by_hash_and_mention(const void *a, const void *b)
{
    const rule_key *x = a, *y = b;
    return is_before(x, y) ? -1 : is_before(y, x);
}

static void sort_few(rule_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        rule_key key = keys[i];
        size_t at = i;
        for (; at > 0 && is_before(&key, &keys[at - 1]); at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Brings every key into the part of its byte: each is moved once. */
static void spread(rule_key *keys, unsigned shift, size_t ends[256])
{
    size_t next[256], count[256] = {0};
    size_t total = ends[255];
    for (size_t i = 0; i < total; i++)
        count[keys[i].hash >> shift & 255]++;
    size_t sum = 0;
    for (int b = 0; b < 256; b++) {
        next[b] = sum;
        sum += count[b];
        ends[b] = sum;
    }
    for (unsigned b = 0; b < 256; b++)
        while (next[b] < ends[b]) {
            rule_key key = keys[next[b]];
            unsigned to = key.hash >> shift & 255;
            while (to != b) {
                rule_key other = keys[next[to]];
                keys[next[to]++] = key;
                key = other;
                to = key.hash >> shift & 255;
            }
            keys[next[b]++] = key;
        }
}

/* At most eight levels deep: one a byte. */
static void sort_from(rule_key *keys, size_t count, unsigned byte)
{
    if (count <= SMALL) {
        sort_few(keys, count);
        return;
    }
    if (byte == HASH_BYTES) { /* all hashes are equal */
        qsort(keys, count, sizeof *keys, by_hash_and_mention);
        return;
    }
    size_t ends[256];
    ends[255] = count;
    spread(keys, 56 - 8 * byte, ends);
    for (size_t b = 0, from = 0; b < 256; from = ends[b++])
        if (ends[b] - from > 1)
            sort_from(keys + from, ends[b] - from, byte + 1);
}

void rule_keys_sort(rule_key *keys, size_t count)
{
    sort_from(keys, count, 0);
}

/* ---- keys that two persons have ---- */

static const uint32_t nobody_yet = 0, several = UINT32_MAX;

/* A table of who has a hash, by some of its bits: hashes that share a place are taken for one, and
 * kept. `shift` leaves out the bits that all keys of a part share. */
typedef struct {
    uint32_t *who;
    uint64_t mask;
    unsigned shift;
} owners;

static uint32_t *owner_of(const owners *o, uint64_t hash)
{
    return &o->who[hash >> o->shift & o->mask];
}

static void note_owners(const owners *o, key_run run, const uint32_t *person)
{
    for (size_t i = 0; i < run.count; i++) {
        if (i + AHEAD < run.count)
            __builtin_prefetch(&person[run.keys[i + AHEAD].mention]);
        uint32_t *at = owner_of(o, run.keys[i].hash), who = person[run.keys[i].mention] + 1;
        *at = *at == nobody_yet || *at == who ? who : several;
    }
}

/* Each key is written, and the next one in its place if it is not kept: there is room for one more. */
static size_t keep_shared(const owners *o, key_run run, rule_key *into)
{
    size_t kept = 0;
    for (size_t i = 0; i < run.count; i++) {
        rule_key key = run.keys[i];
        into[kept] = key;
        kept += *owner_of(o, key.hash) == several;
    }
    return kept;
}

static unsigned bits_for(size_t count)
{
    unsigned bits = 1;
    while ((size_t)1 << bits < count)
        bits++;
    return bits;
}

/* By `bits` bits of the hash above `shift`, keys of equal ones in the order that they came in. */
static void sort_by_digit(const rule_key *keys, size_t count, unsigned shift, unsigned bits,
                          rule_key *into)
{
    size_t next[1 << DIGIT], sum = 0;
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    memset(next, 0, sizeof *next << bits);
    for (size_t i = 0; i < count; i++)
        next[keys[i].hash >> shift & mask]++;
    for (size_t d = 0; d <= mask; d++) {
        size_t here = next[d];
        next[d] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++)
        into[next[keys[i].hash >> shift & mask]++] = keys[i];
}

/* Keys that share their `shared` highest bits. Two digits leave next to nothing to sort. */
static void sort_part(rule_key *keys, size_t count, unsigned shared, rule_key *buffer)
{
    if (count <= SMALL) {
        sort_few(keys, count);
        return;
    }
    unsigned digit = (bits_for(count) + 3) / 2;
    digit = digit > DIGIT ? DIGIT : digit;
    unsigned shift = 64 - shared - 2 * digit;
    sort_by_digit(keys, count, shift, digit, buffer);
    sort_by_digit(buffer, count, shift + digit, digit, keys);
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && keys[end].hash >> shift == keys[i].hash >> shift)
            end++;
        if (end - i > 1)
            sort_from(keys + i, end - i, 0);
    }
}

static void room_for(gather_room *room, size_t keys, size_t table)
{
    if (!room->arena)
        room->arena = kk_arena_open();
    if (keys > room->key_capacity) {
        room->key_capacity = keys + keys / 4;
        room->keys = KK_NEW_ARRAY(room->arena, rule_key, room->key_capacity);
        room->buffer = KK_NEW_ARRAY(room->arena, rule_key, room->key_capacity);
    }
    if (table > room->table_capacity) {
        room->table_capacity = table;
        room->table = KK_NEW_ARRAY(room->arena, uint32_t, table);
    }
}

/* Half full, every third key shares its place with another one's. What is left is looked at once more, by
 * other bits: that is quicker than to sort it. */
static size_t keep_shared_again(rule_key *keys, size_t count, const uint32_t *person, owners o)
{
    o.shift = 0;
    memset(o.who, 0, (o.mask + 1) * sizeof *o.who);
    note_owners(&o, (key_run){keys, count}, person);
    return keep_shared(&o, (key_run){keys, count}, keys);
}

/* Keys that share their `shared` highest bits. */
static size_t gather(const key_run *runs, size_t run_count, size_t count, unsigned shared,
                     const uint32_t *person, const uint32_t *place, gather_room *room)
{
    unsigned bits = bits_for(count + count / 2);
    size_t kept = 0;
    room_for(room, count + 1, (size_t)1 << bits);
    owners o = {room->table, (UINT64_C(1) << bits) - 1, 64 - shared - bits};
    memset(o.who, 0, (o.mask + 1) * sizeof *o.who);
    for (size_t r = 0; r < run_count; r++)
        note_owners(&o, runs[r], person);
    for (size_t r = 0; r < run_count; r++)
        kept += keep_shared(&o, runs[r], room->keys + kept);
    if (kept > SMALL && kept < count / 4 * 3)
        kept = keep_shared_again(room->keys, kept, person, o);
    for (size_t i = 0; place && i < kept; i++) {
        if (i + AHEAD < kept)
            __builtin_prefetch(&place[room->keys[i + AHEAD].mention]);
        room->keys[i].mention = place[room->keys[i].mention];
    }
    sort_part(room->keys, kept, shared, room->buffer);
    return kept;
}

/* All in one piece, by so many more bits of their hashes. */
static rule_key *spread_once_more(const key_run *runs, size_t run_count, size_t count,
                                  unsigned shift, unsigned bits, kk_arena *scratch)
{
    rule_key *all = KK_NEW_ARRAY(scratch, rule_key, count);
    rule_key *spread = KK_NEW_ARRAY(scratch, rule_key, count);
    size_t at = 0;
    for (size_t r = 0; r < run_count; at += runs[r++].count)
        memcpy(all + at, runs[r].keys, runs[r].count * sizeof *all);
    sort_by_digit(all, count, shift, bits, spread);
    return spread;
}

/* `spread`: by more bits than they share; what is kept moves up to the beginning. */
static size_t gather_pieces(rule_key *spread, size_t count, unsigned shared, const uint32_t *person,
                            const uint32_t *place, gather_room *room)
{
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        uint64_t piece = spread[i].hash >> (64 - shared);
        end = i + 1;
        while (end < count && spread[end].hash >> (64 - shared) == piece)
            end++;
        const key_run run = {spread + i, end - i};
        size_t here = gather(&run, 1, end - i, shared, person, place, room);
        memcpy(spread + kept, room->keys, here * sizeof *spread);
        kept += here;
    }
    return kept;
}

key_run rule_keys_gather(const key_run *runs, size_t run_count, unsigned shared,
                         const uint32_t *person, const uint32_t *place, gather_room *room)
{
    size_t count = 0;
    for (size_t r = 0; r < run_count; r++)
        count += runs[r].count;
    if (count <= ROOM_KEYS) {
        size_t kept = gather(runs, run_count, count, shared, person, place, room);
        return (key_run){room->keys, kept};
    }
    unsigned bits = bits_for(count / (ROOM_KEYS / 2));
    bits = (size_t)1 << bits > PLACES_MAX ? bits_for(PLACES_MAX) : bits;
    kk_arena *scratch = kk_arena_open();
    rule_key *spread = spread_once_more(runs, run_count, count, 64 - shared - bits, bits, scratch);
    size_t kept = gather_pieces(spread, count, shared + bits, person, place, room);
    room_for(room, kept + 1, 1);
    memcpy(room->keys, spread, kept * sizeof *spread);
    kk_arena_close(scratch);
    return (key_run){room->keys, kept};
}

/* ---- groups ---- */

static void make_room(key_groups *g, size_t members)
{
    g->groups = kk_grow(g->arena, g->groups, &g->capacity, g->count + 1, sizeof *g->groups);
    g->members = kk_grow(g->arena, g->members, &g->member_capacity, g->member_count + members,
                         sizeof *g->members);
}

/* The cluster of each person, while other processors change it: ways there only grow shorter. */
static uint32_t find_cluster(uint32_t *cluster, uint32_t person)
{
    for (;;) {
        uint32_t next = __atomic_load_n(&cluster[person], __ATOMIC_RELAXED);
        if (next == person)
            return person;
        uint32_t beyond = __atomic_load_n(&cluster[next], __ATOMIC_RELAXED);
        if (beyond != next)
            (void)__atomic_compare_exchange_n(&cluster[person], &next, beyond, false,
                                              __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        person = beyond;
    }
}

static void link_clusters(key_groups *g, uint32_t *cluster, uint32_t a, uint32_t b)
{
    for (;;) {
        a = find_cluster(cluster, a);
        b = find_cluster(cluster, b);
        if (a == b)
            return;
        uint32_t first = a < b ? a : b, second = a < b ? b : a, still = second;
        if (!__atomic_compare_exchange_n(&cluster[second], &still, first, false, __ATOMIC_RELAXED,
                                         __ATOMIC_RELAXED))
            continue;
        g->linked = kk_grow(g->arena, g->linked, &g->linked_capacity, g->linked_count + 1,
                            sizeof *g->linked);
        g->linked[g->linked_count++] = second;
        return;
    }
}

uint32_t cluster_of(const group_order *all, uint32_t person)
{
    return person_seen(all->cluster, person);
}

static bool is_known(const uint32_t *persons, size_t count, uint32_t person)
{
    for (size_t i = 0; i < count; i++)
        if (persons[i] == person)
            return true;
    return false;
}

/* The first member of each person, behind the members; returns how many persons, 0 if too many. */
static size_t add_persons(group_order *all, key_groups *g, uint64_t start, uint32_t count,
                          const uint32_t *parent)
{
    uint32_t persons[PERSONS_MOST];
    size_t known = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t mention = g->members[start + i], person = person_seen(parent, mention);
        if (is_known(persons, known, person))
            continue;
        if (known == PERSONS_MOST) {
            g->member_count = start + count;
            known = 0;
            break;
        }
        g->members[g->member_count++] = mention;
        persons[known++] = person;
    }
    for (size_t i = 1; all->cluster && i < known; i++)
        link_clusters(g, all->cluster, persons[0], persons[i]);
    return known;
}

static void link_all(group_order *all, key_groups *g, const uint32_t *members, size_t count,
                     const uint32_t *parent)
{
    uint32_t first = person_seen(parent, members[0]), last = first;
    for (size_t i = 1; i < count; i++) {
        uint32_t person = person_seen(parent, members[i]);
        if (person != last && person != first)
            link_clusters(g, all->cluster, first, person);
        last = person;
    }
}

/* False if they are one person already. */
static bool add_group(group_order *all, unsigned hand, const rule_key *keys, size_t count,
                      const uint32_t *parent)
{
    key_groups *g = &all->lists[hand];
    uint32_t first = person_seen(parent, keys[0].mention);
    size_t other = 1, persons = 0;
    while (other < count && person_seen(parent, keys[other].mention) == first)
        other++;
    if (other == count)
        return false;
    make_room(g, count + PERSONS_MOST);
    uint64_t start = g->member_count;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || all->only_looked_at || keys[i].mention != keys[i - 1].mention)
            g->members[g->member_count++] = keys[i].mention;
    uint32_t members = (uint32_t)(g->member_count - start);
    if (all->by_person && members > 2)
        persons = add_persons(all, g, start, members, parent);
    if (!persons && all->cluster && !all->only_looked_at)
        link_all(all, g, g->members + start, members, parent);
    g->groups[g->count++] =
        (key_group){(uint64_t)hand << LIST_SHIFT | (uint64_t)persons << PERSONS_SHIFT | start,
                    keys[0].mention, members};
    return true;
}

size_t groups_add(group_order *all, unsigned hand, rule_key *keys, size_t count,
                  const uint32_t *parent)
{
    size_t kept = 0, fetched = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && keys[end].hash == keys[i].hash; end++)
            ;
        for (; fetched < end + AHEAD && fetched < count; fetched++) {
            __builtin_prefetch(&parent[keys[fetched].mention]);
            if (all->cluster && fetched >= AHEAD / 2)
                __builtin_prefetch(&all->cluster[parent[keys[fetched - AHEAD / 2].mention]], 1);
        }
        if (end - i < 2 || !add_group(all, hand, keys + i, end - i, parent))
            continue;
        if (kept < i)
            memmove(keys + kept, keys + i, (end - i) * sizeof *keys);
        kept += end - i;
    }
    return kept;
}

static void forget_list(void *context, unsigned hand, unsigned list)
{
    group_order *all = context;
    key_groups *g = &all->lists[list];
    (void)hand;
    for (size_t i = 0; i < g->linked_count; i++)
        all->cluster[g->linked[i]] = g->linked[i];
    g->count = g->member_count = g->linked_count = 0;
}

void groups_forget(group_order *all)
{
    hands_work(forget_list, all, HANDS);
    all->count = 0;
}

void group_order_open(group_order *all, kk_arena *arena, size_t mentions, bool with_clusters)
{
    all->arena = kk_arena_open();
    for (int i = 0; i < HANDS; i++)
        all->lists[i].arena = kk_arena_open(); /* each hand has its own */
    if (!with_clusters)
        return;
    all->cluster = KK_NEW_ARRAY(arena, uint32_t, mentions);
    for (size_t i = 0; i < mentions; i++)
        all->cluster[i] = (uint32_t)i;
}

void group_order_use_disk(group_order *all, int (*open_file)(void *context), void *context)
{
    kk_arena_use_disk(all->arena, open_file, context);
    for (int i = 0; i < HANDS; i++)
        kk_arena_use_disk(all->lists[i].arena, open_file, context);
}

void group_order_close(group_order *all)
{
    kk_arena_close(all->arena);
    for (int i = 0; i < HANDS; i++)
        kk_arena_close(all->lists[i].arena);
}
