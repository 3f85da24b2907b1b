/* The custody ledger: what was done to the case, when. A chain (casefile/chain.h) whose lines hold
 * {"what","details"} beside their number, time and signature.
 *
 *   CASE/ledger.jsonl, CASE/ledger.head   the chain
 *   CASE/case.key  the secret, CASE/case.pub  what verifies it; all of them mode 0600
 *
 * Whoever holds case.key can write a ledger anew: who needs proof against the holder notes the
 * public key and the head's hash elsewhere (both are in kk_ledger_state). */
#pragma once
#include "base/hash.h"
#include "base/time.h"

typedef struct kk_ledger kk_ledger;

/* Opens the ledger of a case folder for writing; makes the keys and an empty ledger in a folder
 * that has none. KK_STORE when the key is there and the ledger or its head is not. */
KK_CHECKED kk_status kk_ledger_open(kk_arena *arena, const char *case_folder, kk_ledger **out,
                                    kk_fault *fault);
void kk_ledger_close(kk_ledger *ledger); /* NULL is fine */
/* One entry, on the disk when this returns. `details` is one JSON object in one line, empty for
 * none; it must hold no personal data. Processes may append at the same time. KK_STORE when the end
 * of the ledger is not what was acknowledged. */
KK_CHECKED kk_status kk_ledger_append(kk_ledger *ledger, kk_time at, const char *what,
                                      kk_slice details, kk_fault *fault);

typedef struct {
    uint64_t entries; /* that hold, from the first on */
    bool intact;
    uint64_t
        broken_at;   /* number of the first entry that does not hold or is missing; 0 if intact */
    const char *why; /* "" if intact */
    bool torn;       /* an unfinished, never acknowledged line is at the end: no breach */
    kk_slice public_key, last; /* hexadecimal; of the last entry that holds */
} kk_ledger_state;
/* Fails only where the machine does; a missing ledger is broken at 1. */
KK_CHECKED kk_status kk_ledger_verify(kk_arena *arena, const char *case_folder,
                                      kk_ledger_state *out, kk_fault *fault);

typedef struct {
    uint64_t n;
    kk_slice at, what, details; /* details: JSON as it stands */
} kk_ledger_entry;
/* The entries that hold, in order, for showing. */
KK_CHECKED kk_status kk_ledger_entries(kk_arena *arena, const char *case_folder,
                                       kk_ledger_entry **out, size_t *count, kk_fault *fault);
