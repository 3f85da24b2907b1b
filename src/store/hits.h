/* Stored events for rules, and what rules found in them. */
#pragma once
#include "store/events.h"

/* A stored event that was not yet held against a set of rules; texts live until the next. */
typedef struct {
    uint64_t item;
    uint32_t range;
    kk_event event;
    kk_slice more; /* as JSON; event.more is empty */
} kk_stored_event;

/* Whether there are units with events that `rules` has not seen. */
KK_CHECKED kk_status kk_unmatched_any(kk_store *store, uint64_t rules, bool *any, kk_fault *fault);
/* Every event of the units that `rules` has not seen, in no order that means anything; kk_rows_close
 * ends it. */
KK_CHECKED kk_status kk_unmatched_open(kk_store *store, uint64_t rules, kk_rows **out,
                                       kk_fault *fault);
bool kk_unmatched_next(kk_rows *unmatched, kk_stored_event *event);
/* Writes down that all units were held against `rules`. */
KK_CHECKED kk_status kk_unmatched_settle(kk_store *store, uint64_t rules, kk_fault *fault);

/* A hit with its rule and its event. */
typedef struct {
    kk_slice rule, title, level, tags; /* tags: a JSON array */
    kk_slice title_ja;                 /* empty: the rule has none */
    kk_slice source;
    kk_event_row event; /* of a correlation: its last one */
    bool is_correlation;
    kk_time first;
    uint64_t total;        /* events */
    kk_slice value, group; /* what was compared; the group's values as a JSON array */
    uint32_t number;       /* for kk_hit_events */
} kk_hit_row;

typedef struct {
    kk_slice level_from; /* this level and above; empty: all */
    kk_slice rule;       /* id or title; empty: all */
    const kk_slice *hosts;
    size_t host_count;
    kk_time from, to; /* KK_NO_TIME: no bound */
} kk_hit_filter;

/* In the order of events, then of rule ids. */
KK_CHECKED kk_status kk_hits_read(kk_store *store, const kk_hit_filter *filter,
                                  void (*row)(void *context, const kk_hit_row *row), void *context,
                                  kk_fault *fault);
/* The events of a correlation in order, at most KK_REFS_MOST. */
KK_CHECKED kk_status kk_hit_events(kk_store *store, const kk_hit_row *hit,
                                   void (*row)(void *context, const kk_event_row *row),
                                   void *context, kk_fault *fault);
kk_slice kk_hit_id(kk_arena *arena, const kk_hit_row *row);
/* The line of `detections --json`. The store is asked for the events of a correlation. */
KK_CHECKED kk_status kk_hit_json(kk_store *store, kk_json *j, const kk_hit_row *row,
                                 kk_fault *fault);
