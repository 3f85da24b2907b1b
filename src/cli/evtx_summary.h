/* What a log holds, in numbers: channels, kinds of events, computers, first and last, gaps between record
 * ids, clearings, what was recovered. Made per piece inside the walls, carried out as JSON, and joined. */
#pragma once
#include "base/json.h"
#include "parse/evtx_walk.h"

typedef struct kk_evtx_summary kk_evtx_summary;
kk_evtx_summary *kk_evtx_summary_open(kk_arena *arena);
void kk_evtx_summary_add(kk_evtx_summary *summary, kk_binxml *xml, kk_evtx_record *record);
/* As members of an object that is open in `json`. `with_runs`: for joining, not for people. */
/* Records could not be read: it is not complete. */
void kk_evtx_summary_lacks(kk_evtx_summary *s);
void kk_evtx_summary_put(kk_evtx_summary *summary, kk_json *json, bool with_runs);
/* Adds what another one put; false if it is no such text. */
bool kk_evtx_summary_join(kk_evtx_summary *summary, kk_slice json);
uint64_t kk_evtx_summary_records(const kk_evtx_summary *summary);
