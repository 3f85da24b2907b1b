/* Keys into groups of equal ones: a radix sort in place, from the highest byte down, then runs. */
#include "persons/identity.h"

#include <stdlib.h>

enum { SMALL = 48, HASH_BYTES = 8, PARTS_MAX = 1024, PART_KEYS = 4096 };

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
static size_t keep_shared(rule_key *keys, size_t count, unsigned shift, uint32_t *table,
                          unsigned bits)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    memset(table, 0, (mask + 1) * sizeof *table);
    for (size_t i = 0; i < count; i++) {
        uint32_t *at = &table[keys[i].hash >> shift & mask], person = keys[i].person + 1;
        *at = *at == nobody_yet || *at == person ? person : several;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (table[keys[i].hash >> shift & mask] == several)
            keys[kept++] = keys[i];
    return kept;
}

static unsigned bits_for(size_t count)
{
    unsigned bits = 1;
    while ((size_t)1 << bits < count)
        bits++;
    return bits;
}

/* Into parts by the highest bits; ends[p] is where part p ends. */
static void scatter(const rule_key *keys, size_t count, unsigned bits, rule_key *into,
                    size_t ends[PARTS_MAX])
{
    size_t next[PARTS_MAX], sum = 0, parts = (size_t)1 << bits;
    memset(ends, 0, parts * sizeof *ends);
    for (size_t i = 0; i < count; i++)
        ends[keys[i].hash >> (64 - bits)]++;
    for (size_t p = 0; p < parts; p++) {
        next[p] = sum;
        sum += ends[p];
        ends[p] = sum;
    }
    for (size_t i = 0; i < count; i++)
        into[next[keys[i].hash >> (64 - bits)]++] = keys[i];
}

size_t rule_keys_gather(rule_key *keys, size_t count, rule_key *buffer)
{
    size_t ends[PARTS_MAX], largest = 0, kept = 0;
    unsigned bits = bits_for(count / PART_KEYS + 1);
    bits = bits > 10 ? 10 : bits;
    scatter(keys, count, bits, buffer, ends);
    for (size_t p = 0; p < (size_t)1 << bits; p++)
        if (ends[p] - (p ? ends[p - 1] : 0) > largest)
            largest = ends[p] - (p ? ends[p - 1] : 0);
    kk_arena *scratch = kk_arena_open();
    unsigned table_bits = bits_for(2 * largest + 1);
    uint32_t *table = KK_NEW_ARRAY(scratch, uint32_t, (size_t)1 << table_bits);
    for (size_t p = 0, from = 0; p < (size_t)1 << bits; from = ends[p++]) {
        rule_key *part = buffer + from;
        size_t now = keep_shared(part, ends[p] - from, 64 - bits - table_bits, table, table_bits);
        sort_from(part, now, bits / 8);
        memcpy(keys + kept, part, now * sizeof *part);
        kept += now;
    }
    kk_arena_close(scratch);
    return kept;
}

/* ---- groups ---- */

static void add_group(key_groups *g, const rule_key *keys, size_t count, uint32_t *parent)
{
    uint32_t first = person_of(parent, keys[0].mention);
    bool one_person = true;
    for (size_t i = 1; i < count && one_person; i++)
        one_person = person_of(parent, keys[i].mention) == first;
    if (one_person)
        return;
    g->groups = kk_grow(g->arena, g->groups, &g->capacity, g->count + 1, sizeof *g->groups);
    g->members = kk_grow(g->arena, g->members, &g->member_capacity, g->member_count + count,
                         sizeof *g->members);
    key_group *group = &g->groups[g->count++];
    group->start = g->member_count;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || keys[i].mention != keys[i - 1].mention)
            g->members[g->member_count++] = keys[i].mention;
    group->count = (uint32_t)(g->member_count - group->start);
}

void key_groups_add(key_groups *groups, const rule_key *keys, size_t count, uint32_t *parent)
{
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && keys[end].hash == keys[i].hash)
            end++;
        if (end - i > 1)
            add_group(groups, keys + i, end - i, parent);
    }
}

static int by_members(const void *a, const void *b, void *context)
{
    const key_group *x = a, *y = b;
    const uint32_t *members = context;
    size_t shorter = x->count < y->count ? x->count : y->count;
    for (size_t i = 0; i < shorter; i++) {
        uint32_t m = members[x->start + i], n = members[y->start + i];
        if (m != n)
            return m < n ? -1 : 1;
    }
    return (x->count > y->count) - (x->count < y->count);
}

/* By the first two members as one number; what is equal in these is compared whole. */
void key_groups_sort(key_groups *g)
{
    kk_arena *scratch = kk_arena_open();
    rule_key *order = KK_NEW_ARRAY(scratch, rule_key, g->count);
    key_group *before = KK_NEW_ARRAY(scratch, key_group, g->count);
    for (size_t i = 0; i < g->count; i++) {
        const uint32_t *members = g->members + g->groups[i].start;
        order[i] = (rule_key){(uint64_t)members[0] << 32 | members[1], (uint32_t)i, 0};
    }
    rule_keys_sort(order, g->count);
    if (g->count)
        memcpy(before, g->groups, g->count * sizeof *before);
    for (size_t i = 0, end; i < g->count; i = end) {
        for (end = i; end < g->count && order[end].hash == order[i].hash; end++)
            g->groups[end] = before[order[end].mention];
        if (end - i > 1)
            qsort_r(g->groups + i, end - i, sizeof *g->groups, by_members, g->members);
    }
    kk_arena_close(scratch);
}
