/* What Windows events mean: category, action and outcome by channel and id, and which of their
 * named fields are columns of an event. */
#pragma once
#include "model/winevent.h"
#include "parse/binxml.h"

typedef struct kk_evtx_columns kk_evtx_columns;

/* Without `xml` the fields are found by their names in the event's `more`. */
kk_evtx_columns *kk_evtx_columns_open(kk_arena *arena, kk_binxml *xml);
/* What an event means; NULL where nothing is known of it. */
const kk_win_meaning *kk_evtx_columns_meaning(kk_evtx_columns *columns, uint64_t code,
                                              kk_slice channel, kk_slice provider);
/* Fills the columns of an event whose `more` is set already; `keywords` are those of its System
 * element, 0 if it has none. Texts made here are taken from `arena`. */
void kk_evtx_columns_fill(kk_evtx_columns *columns, const kk_win_meaning *meaning,
                          uint64_t keywords, kk_arena *arena, kk_event *event);
/* The message alone, of an event that may be unread. */
void kk_evtx_columns_message(const kk_evtx_columns *columns, kk_event *event);
