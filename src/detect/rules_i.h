/* The layout of compiled rules. Everything is an index; a text is a place in the text section. */
#pragma once
#include "detect/rules.h"
#include "detect/source.h"

typedef struct {
    uint32_t at, len;
} rules_text;
typedef struct {
    uint32_t first, count;
} rules_span;

typedef enum {
    S_TEXT,
    S_RULES,
    S_RUNS,
    S_STEPS,
    S_TESTS,
    S_FIELDS,
    S_SLOTS,
    S_BUCKETS,
    S_BUCKET_INDEX, /* uint32_t: bucket + 1, by hash of dataset and code */
    S_LISTS,        /* uint32_t: what spans point into */
    S_MEMBERS,      /* uint64_t: a bit per run, for each bucket */
    S_EXACTS,
    S_EXACT_INDEX,  /* uint32_t: exact + 1, by hash */
    S_EXACT_FILTER, /* uint64_t: bits of the hashes of exacts, and of the edges of long ones */
    S_GRAMS,
    S_GRAM_INDEX, /* uint64_t: half of a gram's hash, and gram + 1, by hash; the first of equal ones */
    S_GRAM_TESTS,
    S_FILTERS, /* uint64_t: bits of the grams of each field */
    S_CORRELATIONS,
    S_REFUSALS,
    SECTIONS
} rules_section;

typedef struct {
    char magic[8];
    uint32_t version, sections;
    kk_sha256 key, sum; /* sum: of everything but itself */
    uint64_t size;      /* of all of it */
    struct {
        uint64_t at, count;
    } section[SECTIONS];
} rules_header;

typedef struct {
    rules_text file, id, name, title, level, status;
    uint32_t line;
    uint8_t is_correlation, silent, unused[2];
    rules_span tags;     /* in S_LISTS: pairs of at and len */
    rules_span captures; /* the same */
    rules_span runs;
    uint32_t correlation; /* in S_CORRELATIONS */
} rules_rule;

typedef struct {
    uint32_t rule, source;
    uint32_t start;      /* the first step */
    rules_span captures; /* in S_LISTS: fields */
} rules_run;

typedef struct {
    rules_text file, id, title, what;
    uint32_t line, no_source;
} rules_refusal;

#define STEP_ACCEPT 0xfffffffeu
#define STEP_REJECT 0xffffffffu
#define FIELD_AND_ANY 0x80000000u /* with a field: keywords are looked for as well */
#define STEP_DYNAMIC 0x80000000u  /* in a test: it is asked of the event, not of a value */
typedef struct {
    uint32_t test, yes, no;
} rules_step;

typedef struct {
    uint32_t field, other; /* other: of KK_TEST_FIELD */
    uint8_t kind, part, place, flags, cased, is_v6, bits, dynamic;
    rules_text text;
    rules_span triggers; /* in S_LISTS: runs to look at when it holds */
    uint64_t number[2];  /* a kk_fixed */
    uint8_t network[16];
} rules_test;

/* EDGE_WORD: bytes of a long beginning or end that are looked at before all of it is. */
enum {
    EDGE_LONGEST = 127,
    EDGE_WORD = 8,
    GRAM_SIZES = 4,
    SHORT_FILTER_BITS = 4096,
    SHORT_FILTER_SHIFT = 58
};
typedef struct {
    rules_text name;
    uint64_t heads[2], tails[2]; /* a bit per length of what values begin or end with */
    uint64_t wholes[2];          /* the same of whole values */
    rules_span others;           /* in S_LISTS: tests that nothing indexes */
    uint32_t filter[GRAM_SIZES]; /* in S_FILTERS + 1, by size of gram - 1; 0: there are none */
    uint32_t filter_shift; /* of the one for four bytes: 64 less the bits of its count of words */
    uint32_t
        starts; /* in S_FILTERS + 1: a byte for each byte, with a bit for each size of the shorter
                        grams that begin with it; 0: there are none */
    uint8_t has_longer, has_numbers, unused[6]; /* has_longer: wholes beyond EDGE_LONGEST */
} rules_field;

static inline bool rules_has_exacts(const rules_field *f)
{
    return f->heads[0] || f->heads[1] || f->tails[0] || f->tails[1] || f->wholes[0] ||
           f->wholes[1] || f->has_longer;
}

typedef struct {
    uint32_t field;
    uint32_t least; /* a value of fewer bytes, folded, passes none of the bucket's tests */
    uint8_t text, number, maker, index, last, any;
    rules_text name;
    uint64_t name_hash;
} rules_slot;

typedef struct {
    rules_text dataset, code;
    rules_span slots;
    rules_span always; /* in S_LISTS: runs that no value can rule out */
    uint32_t members;  /* in S_MEMBERS */
    uint32_t whole;    /* every code: the dataset is known, its code is not */
} rules_bucket;

typedef enum { EXACT_WHOLE, EXACT_NUMBER, EXACT_HEAD, EXACT_TAIL } exact_kind;
typedef struct {
    uint32_t field, kind;
    rules_text text;  /* of a tail: in its own order */
    rules_span tests; /* in S_LISTS */
    uint64_t hash;
} rules_exact;

/* A literal out of a pattern, found by a few bytes of it: by four where it has so many. Literals of a
 * field with the same bytes stand behind one another. */
typedef struct {
    uint32_t bytes, field;
    uint32_t size;    /* of the gram: 1 to 4 */
    uint32_t offset;  /* of the gram in the literal */
    rules_text text;  /* folded */
    rules_span tests; /* in S_GRAM_TESTS */
} rules_gram;
typedef struct {
    uint32_t test;
    uint32_t sure; /* the literal is all that the test wants */
} rules_gram_test;

static inline uint32_t rules_gram_hash(uint32_t bytes)
{
    return bytes * UINT32_C(0x9e3779b1);
}
/* Its place in the index is in the upper bits, what is kept of it there in the lower half. */
static inline uint64_t rules_gram_key(uint32_t field, uint32_t size, uint32_t bytes)
{
    uint64_t h =
        ((uint64_t)field << 34 ^ (uint64_t)size << 32 ^ bytes) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}
static inline size_t rules_gram_place(uint64_t key)
{
    return (size_t)(key >> 32);
}

/* Followed in S_LISTS by what its spans say. */
typedef struct {
    uint32_t rule, type;
    int64_t timespan;
    uint64_t percentile[2];
    rules_span rules;  /* rule numbers, in order */
    rules_span groups; /* for each rule in turn: the capture of each group-by field */
    rules_span fields; /* the same of the fields whose values count */
    rules_span carry;  /* the same of the correlation's own captures */
    uint32_t group_count, field_count, carry_count, condition_count;
    struct {
        uint64_t with, than[2];
    } conditions[KK_COMPARES];
} rules_correlation;

struct kk_ruleset {
    kk_arena *arena;
    const char *bytes;
    const rules_header *header;
    const rules_rule *rules;
    const rules_run *runs;
    const rules_step *steps;
    const rules_test *tests;
    const rules_field *fields;
    const rules_slot *slots;
    const rules_bucket *buckets;
    const uint32_t *bucket_index, *lists, *exact_index;
    const uint64_t *exact_filter;
    const uint64_t *members;
    const rules_exact *exacts;
    const rules_gram *grams;
    const uint64_t *gram_index;
    const rules_gram_test *gram_tests;
    const uint64_t *filters;
    const rules_correlation *correlations;
    const rules_refusal *refusals;
    size_t count[SECTIONS];
};

static inline kk_slice rules_slice(const kk_ruleset *r, rules_text t)
{
    return (kk_slice){r->bytes + r->header->section[S_TEXT].at + t.at, t.len};
}

static inline uint64_t rules_mix(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}
#define RULES_SEED UINT64_C(0xcbf29ce484222325)
static inline uint64_t rules_finish(uint64_t h, uint32_t field, exact_kind kind, size_t len)
{
    h ^= ((uint64_t)field << 32 | (uint64_t)kind << 24) + len;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}
/* Of a beginning or an end of EDGE_WORD bytes at least: its first or last ones, in their own order. */
static inline uint64_t rules_edge_hash(uint32_t field, exact_kind kind, const char *eight)
{
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    return rules_finish(word * UINT64_C(0xff51afd7ed558ccd), field, kind, EDGE_WORD);
}
/* A filter keeps two bits of each hash, in one of its words, of which there are a power of two: a look at one
 * place of memory tells most of what is not in it. */
static inline uint64_t rules_filter_bits(uint64_t hash)
{
    return UINT64_C(1) << (hash >> 40 & 63) | UINT64_C(1) << (hash >> 46 & 63);
}
/* `word`: the one that the hash has its bits in. */
static inline bool rules_filter_has(uint64_t word, uint64_t hash)
{
    return (word >> (hash >> 40 & 63) & word >> (hash >> 46 & 63)) & 1;
}
/* Of exacts; their index uses the lower bits. */
static inline size_t rules_filter_word(uint64_t hash, size_t words)
{
    return (hash >> 20 ^ hash >> 52) & (words - 1);
}
/* Of grams: the uppermost bits choose the word. */
static inline uint64_t rules_gram_spread(uint32_t bytes)
{
    return bytes * UINT64_C(0x9e3779b97f4a7c15);
}
static inline uint64_t rules_hash(kk_slice s)
{
    uint64_t h = RULES_SEED;
    for (size_t i = 0; i < s.len; i++)
        h = rules_mix(h, s.ptr[i]);
    return h;
}
static inline uint64_t rules_bucket_hash(kk_slice dataset, kk_slice code)
{
    uint64_t h = rules_mix(rules_hash(dataset), 0);
    for (size_t i = 0; i < code.len; i++)
        h = rules_mix(h, code.ptr[i]);
    return h ^ h >> 31;
}
static inline void rules_put_fixed(uint64_t out[2], kk_fixed number)
{
    memcpy(out, &number, sizeof number);
}
static inline kk_fixed rules_get_fixed(const uint64_t in[2])
{
    kk_fixed number;
    memcpy(&number, in, sizeof number);
    return number;
}
/* The name of the field that stands for every value of an event. */
#define RULES_ANY_VALUE ""
