/* Which mentions are one person, out of keyed hashes alone. Nothing here knows a store, a file or a
 * value: mentions are numbers in a total order, keys are (rule, hash), contrasts are hashes.
 *
 * Mentions that share a key of a rule are joined, unless what is known of the two persons
 * contradicts it (a veto). Rules are taken from the strongest to the weakest; the state after the
 * certain ones, after the probable ones and after the possible ones are the three partitions that
 * counts are made from. Groups of equal keys are taken in the order of what stands in the records and
 * never of their hashes, so that neither the order of rows, files or arrival nor the case's key shows
 * in the result.
 * Grounds: docs/persons.md. */
#pragma once
#include "base/arena.h"
#include "model/mention.h"

/* Values of which two that are there and differ speak against a join. */
typedef enum {
    SAID_BIRTH,
    SAID_SEX,
    SAID_NAME,
    SAID_GIVEN,
    SAID_KANA,
    SAID_ROOM,
    SAID_MOBILE,
    SAID_LANDLINE,
    SAID_EMAIL,
    SAID_ADDRESS,
    SAID_ZIP,
    SAID_KINDS
} said_kind;

typedef struct {
    uint32_t said[SAID_KINDS];  /* 0: not said */
    uint32_t near[KK_NEAR_MAX]; /* of a mention: see kk_contrast */
    uint16_t several;           /* bit per kind: of this person different ones were said */
    bool at_company;            /* address and telephone may be the company's */
    bool is_relative;           /* of a mention: stands in the record as somebody else's relative */
    int32_t from, to;           /* days of the records; 0, 0: not dated */
} contrast;

/* From what is stored of a mention; then each of its keys is shown to it. */
contrast contrast_of(const kk_contrast *stored);
void contrast_add_key(contrast *said, unsigned rule);

typedef struct {
    uint64_t hash;
    uint32_t mention;
    uint32_t person; /* whose mention it is so far; set by identity */
} rule_key;

typedef struct {
    uint32_t a, b; /* mentions that share the key */
    uint8_t rule;  /* kk_rule */
    uint8_t strength;
} join_edge;

enum { KEY_PARTS = 16 };
static inline unsigned key_part(uint64_t hash)
{
    return (unsigned)(hash >> 60);
}

/* What is wanted of the keys: of these rules, from this part of the hashes to that one. */
typedef struct {
    uint32_t rules;    /* bit per kk_rule */
    uint32_t gathered; /* of identity: those that were sorted */
    unsigned from, to;
    rule_key *at[KK_RULES];
    size_t count[KK_RULES], room[KK_RULES];
} key_order;

static inline void key_give(key_order *order, unsigned rule, uint64_t hash, uint32_t mention)
{
    unsigned part = key_part(hash);
    if (rule < KK_RULES && order->rules >> rule & 1 && part >= order->from && part <= order->to &&
        order->count[rule] < order->room[rule])
        order->at[rule][order->count[rule]++] = (rule_key){hash, mention, mention};
}

/* Where keys come from. They may be asked for more than once, since those of a large case do not
 * fit into memory together; their order does not matter. */
typedef struct {
    void *context;
    kk_status (*read)(void *context, key_order *order, kk_fault *fault);
    uint64_t count[KK_RULES][KEY_PARTS];
    size_t at_once; /* keys held at a time; 0: as many as is usual */
} key_source;

typedef struct {
    size_t count;           /* of mentions */
    const uint32_t *record; /* for each mention its record, counted; NULL: each is one of its own */
    /* What stands in its record. Mentions are taken in this order, so that moving rows or files
     * about changes nothing; NULL: in the order of their numbers. */
    const uint64_t *content;
    contrast *said;    /* of each mention; used up */
    uint32_t *certain; /* for each mention the first mention of its person */
    uint32_t *probable;
    uint32_t *possible;
    join_edge *edges; /* the joins that were made: a spanning forest, strongest first */
    size_t edge_count;
} identity;

/* Fills everything but `count`, `record`, `content` and `said`, which the caller has set. */
KK_CHECKED kk_status identity_find(identity *persons, key_source *source, kk_arena *arena,
                                   kk_fault *fault);

/* Mentions that share a key, ascending; lists of several groups one after the other. */
typedef struct {
    uint64_t start;
    uint32_t count;
} key_group;

typedef struct {
    kk_arena *arena;
    key_group *groups;
    uint32_t *members;
    size_t count, capacity;
    size_t member_count, member_capacity;
} key_groups;

/* Sorts by hash, then mention: linear in the number of keys. */
void rule_keys_sort(rule_key *keys, size_t count);
/* The same, but keeps those keys alone that two persons have, and a few more; returns how many. The
 * buffer has room for as many keys. Most keys of a case are one person's own, and are never sorted. */
size_t rule_keys_gather(rule_key *keys, size_t count, rule_key *buffer);
/* Adds each set of at least two mentions with one hash, out of sorted keys; sets that are one
 * person already (by `parent`, see identity.c) are left out. */
void key_groups_add(key_groups *groups, const rule_key *keys, size_t count, uint32_t *parent);
/* By their members, in the order of lists. */
void key_groups_sort(key_groups *groups);

/* The first mention of the person; shortens the way there. */
static inline uint32_t person_of(uint32_t *parent, uint32_t mention)
{
    while (parent[mention] != mention) {
        parent[mention] = parent[parent[mention]];
        mention = parent[mention];
    }
    return mention;
}
