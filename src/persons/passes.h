/* Inside of the persons room only: the keys of some rules at a time, made from the values, spread by
 * parts of their hashes, and let go of again. Every processor makes and spreads its own share; a part is
 * then gathered by one of them. What was gathered is kept for later steps where memory allows; else the
 * keys are made once more. None of this shows in the result. */
#pragma once
#include "persons/grouping.h"

typedef struct key_passes key_passes;

key_passes *passes_open(const key_source *source);
void passes_close(key_passes *p);
/* There is a file: all keys may be spread at once. */
bool passes_in_file(const key_passes *p);
/* In how many parts its keys are spread: work for hands_work. */
unsigned passes_parts(const key_passes *p, unsigned rule);
/* About how many keys the rule has. */
uint64_t passes_expect(const key_passes *p, unsigned rule);
/* The keys of the rule are there, spread or kept. */
bool passes_have(const key_passes *p, unsigned rule);
/* ... kept: they were gathered before. */
bool passes_kept(const key_passes *p, unsigned rule);
/* Makes and spreads the keys of these rules; only the parts from `from` to `to`. */
void passes_spread(key_passes *p, uint32_t rules, unsigned from, unsigned to);
/* The spread keys of a part, in so many runs; they stay until keys are spread again. */
const key_run *passes_part(key_passes *p, unsigned rule, unsigned part, unsigned hand,
                           size_t *count);
/* The kept ones; until this hand asks for another part. Who drops some of them, where they lie, tells passes_keep. */
key_run passes_kept_part(const key_passes *p, unsigned rule, unsigned part, unsigned hand);
/* So many of them, gathered, are wanted again. */
void passes_keep(key_passes *p, unsigned rule, unsigned part, unsigned hand, const rule_key *keys,
                 size_t count);
/* All parts were gathered: from now on they are kept, or gone. */
void passes_settle(key_passes *p, unsigned rule, bool keep);
/* How many highest bits the hashes of a part share. */
unsigned passes_bits(const key_passes *p, unsigned rule);
