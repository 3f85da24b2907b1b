/* Keyed hashes of many short texts at once, for what is hashed by the dozen for each record: what kk_hash64
 * gives for one byte, the kind, with the text after it. Texts wait in lanes, those of about the same length
 * together, until there are enough of them for one instruction to work on all. */
#pragma once
#include "base/hash.h"

enum {
    KK_LANES = 8,
    KK_LANE_WORDS = 8, /* texts that take more are hashed alone */
    KK_LANE_GROUPS = 3,
    KK_NEIGHBOURS_MOST = 24 /* characters of a text whose neighbours are hashed */
};

/* What the processor offers. All ways give the same. */
typedef enum { KK_LANES_ONE_BY_ONE, KK_LANES_AVX2, KK_LANES_AVX512 } kk_lanes_way;
kk_lanes_way kk_lanes_best(void);

typedef struct {
    _Alignas(64) uint64_t words[KK_LANE_WORDS][KK_LANES];
    _Alignas(64) uint64_t lengths[KK_LANES]; /* in words */
    uint64_t *out[KK_LANES];
    size_t used;
    size_t least, most; /* words that a lane of this group can have */
} kk_lane_group;

typedef struct {
    kk_lane_group groups[KK_LANE_GROUPS];
    uint64_t start[4]; /* the state before the first word */
    kk_lanes_way way;
} kk_hashes;

void kk_hashes_begin(kk_hashes *hashes, const kk_hash_key *key);
/* The text is not needed after the call; *out is written at kk_hashes_end at the latest. */
void kk_hashes_add(kk_hashes *hashes, char kind, kk_slice text, uint64_t *out);
/* Of the text whole and with each character left out in turn: out[0] and one for each character. Returns
 * how many hashes that makes: none for an empty text and one of more characters than KK_NEIGHBOURS_MOST. */
size_t kk_hashes_add_neighbours(kk_hashes *hashes, char kind, kk_slice text, uint64_t *out);
void kk_hashes_end(kk_hashes *hashes);
