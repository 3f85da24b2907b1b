/* Literals of patterns as grams: of each literal the four bytes that fewest other literals of its field
 * have (all of it where it is shorter), a filter of bits for each field that tells most places of a
 * value to have none, and an index of those that there are. */
#include "detect/compile_i.h"

#include <stdlib.h>

typedef struct {
    kk_slice text;
    uint32_t field, bytes, size, offset;
    uint32_t literal; /* its number */
} gram;

static uint32_t bytes_at(kk_slice text, size_t at, size_t size)
{
    uint32_t bytes = 0;
    memcpy(&bytes, text.ptr + at, size);
    return bytes;
}

/* How many literals of all fields have four bytes: a count by hash is near enough. */
enum { COUNTS = 1 << 16 };
static size_t count_place(uint32_t bytes)
{
    return rules_gram_hash(bytes) >> 16;
}

static void count_all(const gram *grams, size_t count, uint32_t *counts)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at + GRAM_SIZES <= grams[i].text.len; at++)
            counts[count_place(bytes_at(grams[i].text, at, GRAM_SIZES))]++;
}

static void choose(gram *g, const uint32_t *counts)
{
    uint32_t least = UINT32_MAX;
    g->size = g->text.len < GRAM_SIZES ? (uint32_t)g->text.len : GRAM_SIZES;
    for (size_t at = 0; at + g->size <= g->text.len; at++) {
        uint32_t bytes = bytes_at(g->text, at, g->size);
        uint32_t count = g->size == GRAM_SIZES ? counts[count_place(bytes)] : 0;
        if (count >= least)
            continue;
        least = count;
        g->bytes = bytes;
        g->offset = (uint32_t)at;
    }
}

static int by_gram(const void *a, const void *b)
{
    const gram *x = a, *y = b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return (x->literal > y->literal) - (x->literal < y->literal);
}

/* *literal*, folded. */
static bool is_sure(const kk_compiler *c, uint32_t test, size_t literal_len)
{
    const rules_test *t = (const rules_test *)(const void *)c->section[S_TESTS].ptr + test;
    const char *p = c->section[S_TEXT].ptr + t->text.at;
    return t->kind == KK_TEST_TEXT && !t->cased && t->text.len == literal_len + 2 &&
           p[0] == KK_ANY_RUN && p[t->text.len - 1] == KK_ANY_RUN;
}

static void put_gram(kk_compiler *c, const gram *g)
{
    const kk_numbers *tests = &c->literal_tests[g->literal];
    rules_gram out = {.bytes = g->bytes,
                      .field = g->field,
                      .size = g->size,
                      .offset = g->offset,
                      .text = kk_compiler_text(c, g->text)};
    out.tests.first = (uint32_t)(c->section[S_GRAM_TESTS].len / sizeof(rules_gram_test));
    out.tests.count = (uint32_t)tests->count;
    for (size_t i = 0; i < tests->count; i++) {
        rules_gram_test t = {tests->items[i], is_sure(c, tests->items[i], g->text.len)};
        kk_compiler_put(c, S_GRAM_TESTS, &t, sizeof t);
    }
    kk_compiler_put(c, S_GRAMS, &out, sizeof out);
}

static void put_index(kk_compiler *c, const gram *grams, size_t count)
{
    size_t size = 16;
    while (size < count * 2)
        size *= 2;
    uint64_t *index = KK_NEW_ARRAY(c->arena, uint64_t, size);
    for (size_t i = 0; i < count; i++) {
        const gram *g = &grams[i];
        if (i && g->field == g[-1].field && g->size == g[-1].size && g->bytes == g[-1].bytes)
            continue;
        uint64_t key = rules_gram_key(g->field, g->size, g->bytes);
        size_t at = rules_gram_place(key) & (size - 1);
        while (index[at])
            at = (at + 1) & (size - 1);
        index[at] = key << 32 | (i + 1);
    }
    kk_put_bytes(&c->section[S_GRAM_INDEX], index, size * sizeof *index);
}

/* Grams of one field and size. */
static void put_filter(kk_compiler *c, const gram *grams, size_t count)
{
    size_t bits = SHORT_FILTER_BITS;
    uint32_t shift = SHORT_FILTER_SHIFT;
    rules_field *f = kk_compiler_field(c, grams->field);
    for (; grams->size == GRAM_SIZES && bits < count * 24 && bits < (1u << 18); shift--)
        bits *= 2;
    uint64_t *filter = KK_NEW_ARRAY(c->arena, uint64_t, bits / 64);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = rules_gram_spread(grams[i].bytes);
        filter[hash >> shift] |= rules_filter_bits(hash);
    }
    if (grams->size == GRAM_SIZES)
        f->filter_shift = shift;
    f->filter[grams->size - 1] = (uint32_t)(c->section[S_FILTERS].len / sizeof *filter) + 1;
    kk_put_bytes(&c->section[S_FILTERS], filter, bits / 8);
}

/* Of the grams of one field. */
static void put_starts(kk_compiler *c, const gram *grams, size_t count)
{
    uint64_t words[32] = {0};
    uint8_t *starts = (uint8_t *)words;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (grams[i].size == GRAM_SIZES)
            continue;
        starts[(uint8_t)grams[i].text.ptr[grams[i].offset]] |= (uint8_t)(1u << grams[i].size);
        any = true;
    }
    if (!any)
        return;
    kk_compiler_field(c, grams->field)->starts =
        (uint32_t)(c->section[S_FILTERS].len / sizeof *words) + 1;
    kk_put_bytes(&c->section[S_FILTERS], words, sizeof words);
}

void kk_compile_grams(kk_compiler *c)
{
    size_t count = c->literals.count, from = 0;
    gram *grams = KK_NEW_ARRAY(c->arena, gram, count);
    uint32_t *counts = KK_NEW_ARRAY(c->arena, uint32_t, COUNTS);
    for (size_t i = 0; i < count; i++) {
        kk_slice key = c->literals.keys[i];
        memcpy(&grams[i].field, key.ptr, sizeof grams[i].field);
        grams[i].text = kk_from(key, sizeof grams[i].field);
        grams[i].literal = (uint32_t)i;
    }
    count_all(grams, count, counts);
    for (size_t i = 0; i < count; i++)
        choose(&grams[i], counts);
    if (count)
        qsort(grams, count, sizeof *grams, by_gram);
    for (size_t i = 0; i < count; i++)
        put_gram(c, &grams[i]);
    put_index(c, grams, count);
    for (size_t i = 1; i <= count; i++) {
        if (i < count && grams[i].field == grams[from].field && grams[i].size == grams[from].size)
            continue;
        put_filter(c, &grams[from], i - from);
        from = i;
    }
    from = 0;
    for (size_t i = 1; i <= count; i++) {
        if (i < count && grams[i].field == grams[from].field)
            continue;
        put_starts(c, &grams[from], i - from);
        from = i;
    }
}
