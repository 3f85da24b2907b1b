/* Which names the further fields of an event have, and in which order, as a number. Who consumes events may
 * give parsers a table through the sink; a parser that knows an event to have the names of one before says so
 * by its number, and nobody has to compare names. It changes speed only: 0 is always right. */
#pragma once
#include "model/event.h"

enum { KK_LAYOUTS_MOST = 2048 };
typedef struct kk_layouts kk_layouts;
kk_layouts *kk_layouts_open(kk_arena *arena);
/* The number of these names, the same for the same names; 0: the table is full, or they are too many. */
uint32_t kk_layout_of(kk_layouts *layouts, const kk_pair *pairs, size_t count);
