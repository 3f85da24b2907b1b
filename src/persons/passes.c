/* Keys lie in blocks of one rule and part; what one pass is done with the next one uses again. With a file each
 * processor has but the last block of each rule and part in memory: a full one is written, and filled anew. */
#include "persons/passes.h"
#include "base/machine.h"
#include "persons/key_file.h"

enum {
    BLOCK_BYTES = 4096,
    FILE_BLOCK_MOST = 65536, /* what is written and read at a time */
    FILE_BLOCK_STEP = 4,
    FILE_BLOCKS_PART = 48, /* of the memory, for blocks that are being filled */
    WRITE_AHEAD =
        128, /* bytes: each key goes elsewhere, so the processor does not see them coming */
    SLAB_BYTES = 1 << 24,
    BITS_LEAST = 2,
    BITS_MOST = 11,
    FILE_BITS_MOST = 9,
    PART_KEYS = 1 << 15,      /* so many keys of a part at most, if that is not too many parts */
    FILE_PART_KEYS = 1 << 18, /* fewer parts, larger blocks */
    PART_LEAST = 256,
    SAMPLES = 16
};

/* At an address that its size divides, so that the place of the next key tells when it is full. */
typedef struct {
    uint64_t
        older; /* the block before it, which is full: its address, or where it lies in the file; 0: none */
    uint64_t in_file; /* how many of those before it do */
    rule_key keys[];
} key_block;
_Static_assert((BLOCK_BYTES - sizeof(key_block)) % sizeof(rule_key) == 0 &&
                   (FILE_BLOCK_MOST / FILE_BLOCK_STEP - sizeof(key_block)) % sizeof(rule_key) ==
                       0 &&
                   (FILE_BLOCK_MOST - sizeof(key_block)) % sizeof(rule_key) == 0,
               "no gap at the end");
_Static_assert(FILE_BLOCK_MOST == BLOCK_BYTES * FILE_BLOCK_STEP * FILE_BLOCK_STEP,
               "three sizes of blocks");
#define IN_FILE UINT64_C(1) /* lowest bit of `older` */

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
    kk_arena *read_arena;
    char *read; /* what comes out of the file, until the next part */
    size_t read_capacity;
} hand_keys;

typedef struct {
    rule_key *keys; /* NULL: in the file */
    uint64_t at;
    size_t count;
} kept_part;

typedef struct {
    kk_arena *arenas[HANDS];
    kept_part *parts;
} kept_keys;

struct key_passes {
    const key_source *source;
    kk_arena *arena;
    key_file *file; /* NULL: all in memory */
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
        h->free = (key_block *)(uintptr_t)b->older;
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

/* Room for the next keys, behind a block that is full (NULL: there is none yet). */
static rule_key *next_block(const key_passes *p, hand_keys *h, rule_key *end)
{
    key_block *full = end ? (key_block *)((char *)end - p->block) : NULL;
    uint64_t at;
    if (full && p->file) {
        key_file_put(p->file, full, p->block, &at);
        full->older = at | IN_FILE;
        full->in_file++;
        return full->keys;
    }
    key_block *b = new_block(p, h);
    b->older = (uintptr_t)full;
    b->in_file = full ? full->in_file : 0;
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
    p->of[rule]->parts = KK_NEW_ARRAY(p->arena, kept_part, parts);
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
    uint64_t usual = p->file ? FILE_PART_KEYS : PART_KEYS;
    uint64_t most = at_once && at_once < usual ? at_once + PART_LEAST : usual;
    unsigned bits_most = p->file ? FILE_BITS_MOST : BITS_MOST;
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

/* As large as the share of memory allows in which each processor fills one of each part. */
static size_t file_block(const key_passes *p)
{
    size_t blocks = 0, size = FILE_BLOCK_MOST;
    for (unsigned rule = 0; rule < KK_RULES; rule++)
        blocks += (size_t)HANDS << p->bits[rule];
    while (size > BLOCK_BYTES && size > kk_machine_memory() / FILE_BLOCKS_PART / blocks)
        size /= FILE_BLOCK_STEP;
    return size;
}

key_passes *passes_open(const key_source *source)
{
    kk_arena *arena = kk_arena_open();
    key_passes *p = KK_NEW(arena, key_passes);
    p->source = source;
    p->arena = arena;
    p->hands = KK_NEW_ARRAY(arena, hand_keys, HANDS);
    if (source->open_file)
        p->file = key_file_open(source->open_file, source->files, arena);
    for (int i = 0; i < HANDS; i++) {
        p->hands[i].arena = kk_arena_open();
        p->hands[i].run_arena = kk_arena_open();
        p->hands[i].read_arena = kk_arena_open();
    }
    expect(p);
    p->block = p->file ? file_block(p) : BLOCK_BYTES;
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
        kk_arena_close(p->hands[i].read_arena);
    }
    key_file_close(p->file);
    kk_arena_close(p->arena);
}

bool passes_in_file(const key_passes *p)
{
    return p->file != NULL;
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

/* Until the next part of this hand. */
static char *room_to_read(hand_keys *h, size_t size)
{
    if (size > h->read_capacity) {
        kk_arena_reset(h->read_arena);
        h->read = kk_take_bytes(h->read_arena, size);
        h->read_capacity = size;
    }
    return h->read;
}

static size_t whole_block(const key_passes *p)
{
    return (p->block - sizeof(key_block)) / sizeof(rule_key);
}

/* Of blocks in the file, one before the other; returns the first one that lies in memory. */
static key_block *read_blocks(const key_passes *p, uint64_t at, hand_keys *mine, char **room,
                              size_t *runs)
{
    while (at & IN_FILE) {
        key_block *b = (key_block *)*room;
        key_file_get(p->file, at ^ IN_FILE, b, p->block);
        *room += p->block;
        add_run(mine, (*runs)++, b->keys, whole_block(p));
        at = b->older;
    }
    return (key_block *)(uintptr_t)at;
}

/* What this hand has of a part. The blocks are free then, but nobody uses them before keys are spread again. */
static void take_blocks(key_passes *p, key_block *last, size_t keys, hand_keys *mine, char **room,
                        size_t *runs)
{
    for (key_block *b = last; b;) {
        uint64_t older = b->older;
        add_run(mine, (*runs)++, b->keys, keys);
        keys = whole_block(p);
        b->older = (uintptr_t)mine->free;
        mine->free = b;
        b = read_blocks(p, older, mine, room, runs);
    }
}

const key_run *passes_part(key_passes *p, unsigned rule, unsigned part, unsigned hand,
                           size_t *count)
{
    hand_keys *mine = &p->hands[hand];
    key_block *last[HANDS];
    size_t keys[HANDS], in_file = 0;
    for (int i = 0; i < HANDS; i++) {
        last[i] = last_block(p, p->hands[i].next[rule][part], &keys[i]);
        in_file += last[i] ? last[i]->in_file : 0;
    }
    char *room = in_file ? room_to_read(mine, in_file * p->block) : NULL;
    *count = 0;
    for (int i = 0; i < HANDS; i++) {
        p->hands[i].next[rule][part] = NULL;
        take_blocks(p, last[i], keys[i], mine, &room, count);
    }
    return mine->runs;
}

key_run passes_kept_part(const key_passes *p, unsigned rule, unsigned part, unsigned hand)
{
    const kept_part *kept = &p->of[rule]->parts[part];
    size_t size = kept->count * sizeof *kept->keys;
    if (kept->keys || !size)
        return (key_run){kept->keys, kept->count};
    char *room = room_to_read(&p->hands[hand], size);
    key_file_get(p->file, kept->at, room, size);
    return (key_run){(rule_key *)room, kept->count};
}

static void keep_part(key_passes *p, kept_keys *kept, unsigned part, unsigned hand,
                      const rule_key *keys, size_t size)
{
    kept_part *k = &kept->parts[part];
    k->keys = NULL;
    if (size && p->file)
        key_file_put(p->file, keys, size, &k->at);
    if (!size || p->file)
        return;
    if (!kept->arenas[hand])
        kept->arenas[hand] = kk_arena_open();
    k->keys = kk_take_bytes(kept->arenas[hand], size);
    memcpy(k->keys, keys, size);
}

/* Once they are kept, they were changed where passes_kept_part gave them: fewer of them, to be written back. */
void passes_keep(key_passes *p, unsigned rule, unsigned part, unsigned hand, const rule_key *keys,
                 size_t count)
{
    kept_part *k = &p->of[rule]->parts[part];
    size_t size = count * sizeof *keys;
    if (!passes_kept(p, rule))
        keep_part(p, p->of[rule], part, hand, keys, size);
    else if (!k->keys && count < k->count)
        key_file_put_at(p->file, k->at, keys, size);
    k->count = count;
}

void passes_settle(key_passes *p, unsigned rule, bool keep)
{
    p->spread &= ~(UINT32_C(1) << rule);
    if (keep)
        p->kept |= UINT32_C(1) << rule;
    else
        drop(p, rule);
}
