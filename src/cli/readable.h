/* A document as a person reads it in a terminal: indented names and values, one language of two. */
#pragma once
#include "base/buffer.h"
#include "base/time.h"

/* Times are shown in the zone with their offset; zone NULL: as they stand, in UTC. */
void kk_put_readable(kk_buffer *out, kk_slice json, kk_slice lang, const kk_zone *zone);
