/* The small words that many text logs share: addresses, dates, clocks, offsets, epochs, sizes. Each
 * reads the whole slice it is given, strictly, and says whether it was one. */
#pragma once
#include "model/event.h"

/* Digits, dots and colons of an IPv4 or IPv6 address, zone suffix allowed. */
bool kk_log_is_ip(kk_slice text);
/* "2026-07-03" or "2026/07/03" and "02:14:09" with an optional fraction. */
bool kk_log_date(kk_slice text, kk_civil *civil);
/* A year that a log can have; beyond it times would overflow. */
bool kk_log_year(int year);
bool kk_log_clock(kk_slice text, kk_civil *civil);
/* Digits at the beginning of the text; false when there are none or too many. */
bool kk_log_digits(kk_slice text, uint64_t *value, size_t *taken);
/* "+0900", "+09:00", "+9", "Z", "UTC+9", "GMT-03:30" to seconds east of UTC. */
bool kk_log_offset(kk_slice text, int32_t *seconds);
/* What the number of digits says an epoch time is in: 10 s, 13 ms, 16 us, 19 ns. */
bool kk_log_epoch(kk_slice text, kk_time *time, kk_precision *precision);
/* A size as people write it: "12,345", "1.2M", "3 KiB", "4.56 GB". *tolerance is how far the true
 * number may lie from it, 0 when it is exact. */
bool kk_log_size(kk_slice text, uint64_t *bytes, uint64_t *tolerance);
/* The next cell of a row, moving *at; with `may_quote` one may stand in quotes, doubled inside. False
 * behind the last. */
bool kk_log_cell(kk_arena *arena, kk_slice row, size_t *at, char separator, bool may_quote,
                 kk_slice *cell);
