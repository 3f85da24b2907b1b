/* Why a rule holds of an event or does not: every selection, every test, with the values. */
#pragma once
#include "base/json.h"
#include "detect/sigma.h"
#include "model/event.h"

/* Writes an object for each log source of the rule that the event can be of: {"source", "fires",
 * "why": tree}. A node is {"name"?, "is": "all|some|not|test", "holds": true|false|null, ...}; null:
 * the source cannot tell. Returns their number. */
size_t kk_sigma_explain(kk_arena *arena, const kk_sigma_rule *rule, const kk_event *event,
                        kk_json *out);
