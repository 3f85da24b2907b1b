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

/* Tells it, if there is one. `number` is that of the line in the range; in ranges behind the first, whose lines nobody
 * has counted yet, the place where the range begins is added, so that no two records of an item are alike. */
void kk_log_form_tell(kk_sink *sink, const kk_settings *settings, kk_arena *scratch, kk_slice entry,
                      uint64_t number, uint64_t offset);
