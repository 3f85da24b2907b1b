/* A file of the case whose lines only the case's key can have written and that hang together, so that
 * a line changed, removed, reordered or put in shows. The custody ledger is one, the decisions another.
 *
 *   lines  one JSON object a line: {"n","at", members of the kind, "prev","sig"}
 *          prev: SHA-256 of the line before (without its line break), 64 zeros at first
 *          sig:  Ed25519 over the line as it is without its sig member
 *   head   how far it was acknowledged: {"entries","bytes","last_bytes","last","sig"}; by it a missing
 *          end shows, and a torn one is known to be no line */
#pragma once
#include "base/hash.h"
#include "base/json_read.h"
#include "base/time.h"

typedef struct {
    const char *name;         /* "the custody ledger": for messages */
    const char *lines, *head; /* files of the case folder */
    bool
        makes_keys; /* it begins with the case: without its keys it makes them, with them it is there */
    bool batches; /* several lines are written before the head acknowledges them */
} kk_chain_kind;

typedef struct kk_chain kk_chain;

/* For writing. KK_STORE when a part of it is there and another is not. `kind` must outlive it. */
KK_CHECKED kk_status kk_chain_open(kk_arena *arena, const char *case_folder,
                                   const kk_chain_kind *kind, kk_chain **out, kk_fault *fault);
void kk_chain_close(kk_chain *chain); /* NULL is fine */

/* From begin to end nobody else writes: begin holds the end of the file against the head, `*dropped`
 * bytes of a torn line are cut off. KK_STORE when the end is not what was acknowledged. */
KK_CHECKED kk_status kk_chain_begin(kk_chain *chain, size_t *dropped, kk_fault *fault);
/* The lines that hold so far, between begin and end. */
kk_slice kk_chain_lines(const kk_chain *chain);
uint64_t kk_chain_count(const kk_chain *chain); /* with those that were put */
/* One line more: `members` is what stands between "at" and "prev", on one line, without braces. */
void kk_chain_put(kk_chain *chain, kk_time at, kk_slice members);
/* What was put is on the disk and acknowledged when this returns. */
KK_CHECKED kk_status kk_chain_write(kk_chain *chain, kk_fault *fault);
/* Of the last line that was written. */
const kk_sha256 *kk_chain_last(const kk_chain *chain);
void kk_chain_end(kk_chain *chain);

typedef struct {
    uint64_t entries; /* that hold, from the first on */
    bool intact;
    uint64_t broken_at; /* number of the first that does not hold or is missing; 0 if intact */
    const char *why;    /* "" if intact */
    bool torn;          /* an unfinished, never acknowledged line is at the end: no breach */
    uint8_t public_key[32];
    kk_sha256 last; /* of the last line that holds */
    kk_slice lines; /* those that hold */
} kk_chain_state;

typedef enum {
    KK_CHAIN_EVERY_SIGNATURE,
    KK_CHAIN_BY_HEAD /* the signed head vouches for the lines, which hang together by their hashes */
} kk_chain_depth;

/* Fails only where the machine does. A chain that was never written is intact and empty, unless it is
 * one that begins with the case: then it is broken at 1. */
KK_CHECKED kk_status kk_chain_check(kk_arena *arena, const char *case_folder,
                                    const kk_chain_kind *kind, kk_chain_depth depth,
                                    kk_chain_state *out, kk_fault *fault);
/* The members of a line, as they were put. */
kk_slice kk_chain_members(kk_slice line);
