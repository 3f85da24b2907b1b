/* Inside the store: the events of all correlations at once, for who reads many. */
#pragma once
#include "store/hits.h"

/* Those that a reader of detections needs: where they are, when, on which machine, by whom. */
KK_CHECKED kk_status hit_events_load(kk_store *store, kk_arena *arena, const kk_known_events **out,
                                     kk_fault *fault);
/* As kk_hit_events. */
void hit_events_tell(const kk_known_events *known, uint32_t number,
                     void (*row)(void *context, const kk_event_row *row), void *context);
