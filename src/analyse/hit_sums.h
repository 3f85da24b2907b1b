/* How often rules found something: by rule, by host and level, by host, day and ATT&CK tactic. */
#pragma once
#include "analyse/hit_judge.h"

/* Members of the `detections --summary` document: rules, hosts, tactics. What a decision left out, what is
 * benign and what responders did is counted apart (excluded, benign, responder), never in `detections`. */
KK_CHECKED kk_status kk_hit_sums_json(kk_store *store, const kk_case_settings *settings, kk_json *j,
                                      kk_fault *fault);
