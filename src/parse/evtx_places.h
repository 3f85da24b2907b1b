/* Where event records lie in bytes that are no event log: unallocated space, a page file, a dump of
 * memory. */
#pragma once
#include "evidence/stream.h"

/* Records that stand together in the stream, in [begin, end). Offsets inside them count from `base`,
 * where their chunk begins or began; what is not of that chunk any more stands outside [base, limit).
 * A base before the stream wraps around, as sums with it do. */
typedef struct {
    uint64_t base, begin, end, limit;
    bool is_chunk; /* its header is there, and says where its records end */
} kk_evtx_place;

typedef struct kk_evtx_carver kk_evtx_carver;
/* Lives in the arena. */
kk_evtx_carver *kk_evtx_carver_open(kk_arena *arena, kk_stream *in);
/* The next one in the order of their beginnings; false at the end. */
bool kk_evtx_next_place(kk_evtx_carver *carver, kk_evtx_place *place);
