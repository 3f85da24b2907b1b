/* People in lines of logs: what somebody typed into a form, as the server or a program wrote it down. */
#pragma once
#include "parse/parser.h"

/* Whether it is worth a look. Made for every line of an access log: most are told by a byte that is not there. */
bool kk_log_may_hold_form(kk_slice line);
/* The same for what programs print in any way: slower. */
bool kk_log_may_hold_record(kk_slice entry);

/* The form in a line, or in several lines of one entry, as text of labelled lines, for sink->passage. Empty
 * where there are not two things at least that tell a person: an account, an address of the network and a time are
 * nobody. */
kk_slice kk_log_form_read(kk_arena *arena, kk_slice entry);

/* A record that is a line of a range behind the first: with it, where the range begins, in 64 KiB, and in the lower half the
 * line. When all ranges are read it becomes the line of the file (mentions_by_line.sql). */
#define KK_LINE_OF_RANGE (UINT64_C(1) << 62)

/* Tells it, if there is one. `number` is that of the line in the range. */
void kk_log_form_tell(kk_sink *sink, const kk_settings *settings, kk_arena *scratch, kk_slice entry,
                      uint64_t number, uint64_t offset);
