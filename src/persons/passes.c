/* Keys lie in blocks of one rule and part; what one pass is done with the next one uses again. */
#include "persons/passes.h"

enum {
    BLOCK_BYTES = 4096,
    FILE_BLOCK_BYTES = 65536, /* what is read from a disk at a time */
    WRITE_AHEAD =
        128, /* bytes: each key goes elsewhere, so the processor does not see them coming */
    SLAB_BYTES = 1 << 24,
    BITS_LEAST = 2,
    BITS_MOST = 11,
    FILE_BITS_MOST = 6,  /* a block of each part is in memory */
    PART_KEYS = 1 << 15, /* so many keys of a part at most, if that is not too many parts */
    PART_LEAST = 256,
    SAMPLES = 16
};

/* At an address that its size divides, so that the place of the next key tells when it is full. */
typedef struct key_block {
    struct key_block *older; /* these are full */
    uint64_t unused;
    rule_key keys[];
} key_block;
_Static_assert((BLOCK_BYTES - sizeof(key_block)) % sizeof(rule_key) == 0 &&
                   (FILE_BLOCK_BYTES - sizeof(key_block)) % sizeof(rule_key) == 0,
               "no gap at the end");

/* What one processor has. */
typedef struct {
    kk_arena *arena; /* of blocks */
    key_block *free;
    char *slab;
    size_t slab_left;
    rule_key **next[KK_RULES]; /* of each part: where the next key goes; NULL: no block yet */
    kk_arena *run_arena;
    key_run *runs; /* of a part */
    size_t run_capacity;
} hand_keys;

typedef struct {
    kk_arena *arenas[HANDS];
    key_run *parts;
} kept_keys;

struct key_passes {
    const key_source *source;
    kk_arena *arena;
    hand_keys *hands;
    size_t block; /* bytes */
    unsigned bits[KK_RULES];
    uint32_t spread, kept; /* rules */
    kept_keys *of[KK_RULES];
    uint64_t expected[KK_RULES];
};

struct key_sink {
    key_passes *passes;
    hand_keys *hand; /* NULL: only counted */
    uint64_t *counts;
    unsigned from, to;
};

/* ---- making and spreading ---- */

static key_block *new_block(const key_passes *p, hand_keys *h)
{
    key_block *b = h->free;
    if (b) {
        h->free = b->older;
        return b;
    }
    if (!h->slab_left) {
        char *room = kk_take(h->arena, SLAB_BYTES + p->block);
        h->slab = room + (p->block - (uintptr_t)room % p->block);
        h->slab_left = SLAB_BYTES / p->block;
    }
    b = (key_block *)h->slab;
    h->slab += p->block;
    h->slab_left--;
    return b;
}

static bool is_full(const key_passes *p, const rule_key *next)
{
    return ((uintptr_t)next & (p->block - 1)) == 0;
}

static rule_key *next_block(const key_passes *p, hand_keys *h, rule_key *full)
{
    key_block *b = new_block(p, h);
    b->older = full ? (key_block *)((char *)full - p->block) : NULL;
    return b->keys;
}

void key_give(key_sink *sink, unsigned rule, uint64_t hash, uint32_t mention)
{
    if (!sink->hand) {
        sink->counts[rule]++;
        return;
    }
    unsigned part = (unsigned)(hash >> (64 - sink->passes->bits[rule]));
    if (part < sink->from || part > sink->to)
        return;
    rule_key **next = &sink->hand->next[rule][part];
    if (is_full(sink->passes, *next))
        *next = next_block(sink->passes, sink->hand, *next);
    __builtin_prefetch((const char *)*next + WRITE_AHEAD, 1);
    *(*next)++ = (rule_key){hash, mention};
}

typedef struct {
    key_passes *p;
    uint32_t rules;
    unsigned from, to;
} spreading;

static void spread_part(void *context, unsigned hand, unsigned part)
{
    const spreading *s = context;
    key_sink sink = {.passes = s->p, .hand = &s->p->hands[hand], .from = s->from, .to = s->to};
    s->p->source->tell(s->p->source->context, part, s->rules, &sink);
}

static void open_rule(key_passes *p, unsigned rule)
{
    size_t parts = passes_parts(p, rule);
    if (p->of[rule])
        return;
    p->of[rule] = KK_NEW(p->arena, kept_keys);
    p->of[rule]->parts = KK_NEW_ARRAY(p->arena, key_run, parts);
    for (int i = 0; i < HANDS; i++)
        p->hands[i].next[rule] = KK_NEW_ARRAY(p->arena, rule_key *, parts);
}

void passes_spread(key_passes *p, uint32_t rules, unsigned from, unsigned to)
{
    spreading s = {p, rules, from, to};
    for (unsigned rule = 0; rule < KK_RULES; rule++)
        if (rules >> rule & 1)
            open_rule(p, rule);
    hands_work(spread_part, &s, (unsigned)p->source->parts);
    p->spread |= rules;
}

/* ---- how many there are ---- */

typedef struct {
    key_passes *p;
    size_t samples;
    uint64_t counts[HANDS][KK_RULES];
} sampling;

static void sample_part(void *context, unsigned hand, unsigned sample)
{
    sampling *s = context;
    const key_source *source = s->p->source;
    key_sink sink = {.passes = s->p, .counts = s->counts[hand]};
    source->tell(source->context, sample * source->parts / s->samples, ALL_RULES, &sink);
}

static void expect(key_passes *p)
{
    sampling s = {.p = p};
    size_t at_once = p->source->at_once;
    uint64_t most = at_once && at_once < PART_KEYS ? at_once + PART_LEAST : PART_KEYS;
    unsigned bits_most = p->source->open_file ? FILE_BITS_MOST : BITS_MOST;
    s.samples = p->source->parts < SAMPLES ? p->source->parts : SAMPLES;
    hands_work(sample_part, &s, (unsigned)s.samples);
    for (int rule = 0; rule < KK_RULES; rule++) {
        for (int hand = 0; hand < HANDS; hand++)
            p->expected[rule] += s.counts[hand][rule];
        if (s.samples)
            p->expected[rule] = p->expected[rule] * p->source->parts / s.samples;
        p->bits[rule] = BITS_LEAST;
        while (p->bits[rule] < bits_most && p->expected[rule] >> p->bits[rule] > most)
            p->bits[rule]++;
    }
}

static kk_arena *open_arena(const key_passes *p)
{
    kk_arena *arena = kk_arena_open();
    kk_arena_use_disk(arena, p->source->open_file, p->source->files);
    return arena;
}

key_passes *passes_open(const key_source *source)
{
    kk_arena *arena = kk_arena_open();
    key_passes *p = KK_NEW(arena, key_passes);
    p->source = source;
    p->arena = arena;
    p->hands = KK_NEW_ARRAY(arena, hand_keys, HANDS);
    p->block = source->open_file ? FILE_BLOCK_BYTES : BLOCK_BYTES;
    for (int i = 0; i < HANDS; i++) {
        p->hands[i].arena = open_arena(p);
        p->hands[i].run_arena = kk_arena_open();
    }
    expect(p);
    return p;
}

/* The lists of its parts stay: it may be spread again, part by part. */
static void drop(key_passes *p, unsigned rule)
{
    for (int i = 0; p->of[rule] && i < HANDS; i++) {
        kk_arena_close(p->of[rule]->arenas[i]);
        p->of[rule]->arenas[i] = NULL;
    }
    p->kept &= ~(UINT32_C(1) << rule);
}

void passes_close(key_passes *p)
{
    for (unsigned rule = 0; rule < KK_RULES; rule++)
        drop(p, rule);
    for (int i = 0; i < HANDS; i++) {
        kk_arena_close(p->hands[i].arena);
        kk_arena_close(p->hands[i].run_arena);
    }
    kk_arena_close(p->arena);
}

unsigned passes_parts(const key_passes *p, unsigned rule)
{
    return 1u << p->bits[rule];
}

unsigned passes_bits(const key_passes *p, unsigned rule)
{
    return p->bits[rule];
}

uint64_t passes_expect(const key_passes *p, unsigned rule)
{
    return p->expected[rule];
}

bool passes_have(const key_passes *p, unsigned rule)
{
    return (p->spread | p->kept) >> rule & 1;
}

bool passes_kept(const key_passes *p, unsigned rule)
{
    return p->kept >> rule & 1;
}

/* ---- gathering ---- */

/* The block that is being filled, and how many keys are in it. */
static key_block *last_block(const key_passes *p, rule_key *next, size_t *count)
{
    if (!next)
        return NULL;
    size_t used = (uintptr_t)next & (p->block - 1);
    key_block *b = (key_block *)((char *)next - (used ? used : p->block));
    *count = (size_t)(next - b->keys);
    return b;
}

static void add_run(hand_keys *h, size_t at, rule_key *keys, size_t count)
{
    h->runs = kk_grow(h->run_arena, h->runs, &h->run_capacity, at + 1, sizeof *h->runs);
    h->runs[at] = (key_run){keys, count};
}

/* The blocks are free then, but nobody uses them before keys are spread again. */
static size_t take_blocks(key_passes *p, unsigned rule, unsigned part, hand_keys *mine)
{
    const size_t whole = (p->block - sizeof(key_block)) / sizeof(rule_key);
    size_t runs = 0, here;
    for (int i = 0; i < HANDS; i++) {
        rule_key **next = &p->hands[i].next[rule][part];
        key_block *b = last_block(p, *next, &here);
        *next = NULL;
        while (b) {
            key_block *older = b->older;
            add_run(mine, runs++, b->keys, here);
            here = whole;
            b->older = mine->free;
            mine->free = b;
            b = older;
        }
    }
    return runs;
}

const key_run *passes_part(key_passes *p, unsigned rule, unsigned part, unsigned hand,
                           size_t *count)
{
    *count = take_blocks(p, rule, part, &p->hands[hand]);
    return p->hands[hand].runs;
}

key_run passes_kept_part(const key_passes *p, unsigned rule, unsigned part)
{
    return p->of[rule]->parts[part];
}

void passes_keep(key_passes *p, unsigned rule, unsigned part, unsigned hand, const rule_key *keys,
                 size_t count)
{
    kept_keys *kept = p->of[rule];
    if (!passes_kept(p, rule)) {
        if (!kept->arenas[hand])
            kept->arenas[hand] = open_arena(p);
        kept->parts[part].keys = kk_take_bytes(kept->arenas[hand], count * sizeof *keys);
        if (count)
            memcpy(kept->parts[part].keys, keys, count * sizeof *keys);
    }
    kept->parts[part].count = count;
}

void passes_settle(key_passes *p, unsigned rule, bool keep)
{
    p->spread &= ~(UINT32_C(1) << rule);
    if (keep)
        p->kept |= UINT32_C(1) << rule;
    else
        drop(p, rule);
}
