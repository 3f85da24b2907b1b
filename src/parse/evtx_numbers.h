/* Which record numbers the chunks of an event log hold, by their headers: whether numbers that are not where
 * they should be are missing, or only elsewhere in the log. */
#pragma once
#include "evidence/stream.h"

typedef struct kk_evtx_numbers kk_evtx_numbers;
/* Reads the headers of all chunks from `base` on, once. Lives in the arena. */
kk_evtx_numbers *kk_evtx_numbers_read(kk_stream *in, uint64_t base, kk_arena *arena);
/* How many numbers are missing before the chunk at `place`, which begins with `id`: no chunk holds them, though one
 * holds lower ones. `before` is the number that the place before ends with. 0 where chunks that could not be read might
 * hold them. What is missing between two chunks is told for one place only. */
uint64_t kk_evtx_numbers_missing(const kk_evtx_numbers *numbers, uint64_t place, uint64_t id,
                                 uint64_t before);
