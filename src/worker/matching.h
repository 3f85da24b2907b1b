/* Inside a worker: what rules say of the events that it tells, and of what they hold encoded. */
#pragma once
#include "detect/match.h"
#include "model/hit.h"
#include "model/sink.h"

typedef struct matching matching;

/* Until the worker ends. Hits go to `hit`, issues to the sink. */
matching *matching_open(const kk_ruleset *rules, kk_sink *sink,
                        void (*hit)(kk_sink *sink, const kk_hit *hit));
/* NULL is fine for these: there are no rules. */
void matching_event(matching *m, const kk_event *event);
/* What was decoded out of a field of that event: rules that fit only with it are told as such. */
void matching_decoded(matching *m, const kk_event *event, const kk_decoded *decoded);
/* Both, of an event that nobody else looks through for what it holds encoded. */
void matching_stored(matching *m, const kk_event *event);
