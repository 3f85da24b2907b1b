/* What people said of detections, held against them: decisions, and whose acts the responders of
 * case.yaml were. */
#pragma once
#include "casefile/decisions.h"
#include "casefile/settings.h"
#include "store/hits.h"

/* kk_hits_read with row->said filled in; the filter's own judge is not used. */
KK_CHECKED kk_status kk_detections_read(kk_store *store, const kk_case_settings *settings,
                                        const kk_hit_filter *filter,
                                        void (*row)(void *context, const kk_hit_row *row),
                                        void *context, kk_fault *fault);
/* What a decision is of, for a detection's rule: its id, its title where it has none. */
kk_slice kk_hit_rule(const kk_hit_row *row);
/* Of a rule's tags (a JSON array) the tactics of ATT&CK, each once and in one spelling: "attack.exfiltration",
 * not "attack.t1048" or "attack.g0001". */
kk_slice *kk_tactics_of(kk_arena *arena, kk_slice tags, size_t *count);
/* "field=value" as decisions take it: a name as `timeline --json` writes it, or of the source's own. */
bool kk_condition_is_good(kk_slice condition);
