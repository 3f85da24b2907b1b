/* What Windows events mean: category, action and outcome by channel and id, and which of their
 * named fields are columns of an event. */
#pragma once
#include "model/event.h"
#include "parse/binxml.h"

typedef struct kk_evtx_columns kk_evtx_columns;

/* Without `xml` the fields are found by their names in the event's `more`. */
kk_evtx_columns *kk_evtx_columns_open(kk_arena *arena, kk_binxml *xml);
/* Fills the columns of an event whose channel, provider and `more` are set already; `keywords` are
 * those of its System element, 0 if it has none. Texts made here are taken from `arena`. */
void kk_evtx_columns_fill(kk_evtx_columns *columns, uint64_t code, uint64_t keywords,
                          kk_slice channel, kk_arena *arena, kk_event *event);
