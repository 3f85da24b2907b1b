/* Much work in pieces behind walls, some pieces at once, for what streams its results to standard
 * output: each process is forked from this one, closed in, and takes one piece after the other; what it
 * hands back arrives through shared memory in the order of the pieces, whatever their number at once.
 * Descriptors that the work needs are opened before. No thread may run. */
#pragma once
#include "base/slice.h"
#include "base/status.h"

#define KK_FLOW_BLOCK (4u << 20) /* the most that is handed over in one go */

typedef struct kk_flow_out kk_flow_out;
/* Room to write the next block to: KK_FLOW_BLOCK bytes of memory that the other side will see. */
char *kk_flow_room(kk_flow_out *out);
/* Hands over the first `len` bytes of the room, and of what kind they are (the caller's own numbers);
 * the room is another one afterwards. */
void kk_flow_send(kk_flow_out *out, unsigned kind, size_t len);

typedef struct {
    size_t pieces;
    int jobs;
    bool unsafe_no_sandbox;
    void *context;
    /* In a walled process; it may keep things in the context between its pieces: memory is its own. */
    void (*work)(void *context, size_t piece, kk_flow_out *out);
    /* Here, in order. False: nothing more is wanted. */
    bool (*take)(void *context, size_t piece, unsigned kind, kk_slice bytes);
    /* The process died over it; what it had handed over before was taken. */
    void (*died)(void *context, size_t piece);
} kk_flow;

/* KK_IO when the walls cannot be raised or no process can be started. */
KK_CHECKED kk_status kk_flow_run(const kk_flow *flow, kk_fault *fault);
