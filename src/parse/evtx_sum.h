/* The checksum of event log chunks, fast enough to check every chunk. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* CRC-32 as of zip, continued from `sum` (0 at the start). */
uint32_t kk_evtx_sum(uint32_t sum, const uint8_t *bytes, size_t len);
