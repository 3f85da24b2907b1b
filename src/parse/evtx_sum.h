/* What tells that a chunk of an event log is one and whole: its magic word and its checksums, fast enough to check every
 * chunk. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CRC-32 as of zip, continued from `sum` (0 at the start). */
uint32_t kk_evtx_sum(uint32_t sum, const uint8_t *bytes, size_t len);

/* Whether a chunk begins with these 8 bytes. */
bool kk_evtx_is_header(const uint8_t *bytes);
/* Whether the 512 bytes of a chunk's header have the checksum that they say. */
bool kk_evtx_has_header_sum(const uint8_t *header);
