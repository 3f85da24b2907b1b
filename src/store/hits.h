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

/* A decision of a named person about a hit. */
typedef struct {
    kk_slice id, kind, by, reason;
} kk_hit_decision;

/* What people said of a hit, in case.yaml and in decisions; nothing was said where it is zero. */
typedef struct {
    kk_hit_decision decisions[3]; /* on leaving it out, on its level, on whose it was */
    size_t decision_count;
    bool excluded;
    kk_slice level_was; /* the rule's own, where another was decided */
    bool hostile, benign;
    bool by_responder;
    kk_slice did_ja, did_en; /* what the responder did; may be empty */
} kk_hit_said;

typedef struct kk_known_events kk_known_events;
/* A hit with its rule and its event. */
typedef struct {
    kk_slice rule, title, level, tags; /* tags: a JSON array */
    kk_slice title_ja;                 /* empty: the rule has none */
    kk_slice source;
    kk_slice
        decoded; /* the field in whose decoded payload it was found; empty: in the event itself */
    kk_event_row
        event; /* of a correlation: its last one; of YARA: the item's path, host and time */
    bool is_correlation, is_yara;
    bool in_part;    /* only ends of the item were held against YARA rules */
    kk_slice places; /* of YARA: as in kk_scan_hit; `total` counts all of them */
    kk_time first;
    uint64_t total;               /* events */
    kk_slice value, group;        /* what was compared; the group's values as a JSON array */
    uint32_t number;              /* for kk_hit_events */
    const kk_known_events *known; /* of all correlations, where they were asked for */
    kk_hit_said said;
} kk_hit_row;

/* Says what people said of hits: fills row->said and sets the level that was decided. */
typedef struct {
    kk_status (*judge)(void *context, kk_hit_row *row, kk_fault *fault);
    void *context;
    bool sets_levels;
} kk_hit_judge;

typedef enum { KK_HITS_NOT_EXCLUDED, KK_HITS_EXCLUDED, KK_HITS_ALL } kk_hits_shown;

typedef struct {
    kk_slice level_from; /* this level and above; empty: all */
    kk_slice rule;       /* id or title; empty: all */
    const kk_slice *hosts;
    size_t host_count;
    kk_time from, to;          /* KK_NO_TIME: no bound */
    const kk_hit_judge *judge; /* NULL: nobody said anything, nothing is excluded */
    kk_hits_shown shown;
    bool with_yara;   /* else of events alone: the time of a file is not that of an act */
    bool any_order;   /* for who adds up: sorting costs */
    bool with_events; /* kk_hit_events will be asked of most: read at once, and told with time,
                       * host, user.name, source.ip and place alone */
} kk_hit_filter;

/* Marks those that are told once though their records stand in several copies of a log, and those of recovered records,
 * which never count: what kk_hits_read leaves out. Anew each time. */
KK_CHECKED kk_status kk_hits_find_uncounted(kk_store *store, uint64_t rules, kk_fault *fault);
/* In the order of events, then of rule ids, unless any order will do. */
KK_CHECKED kk_status kk_hits_read(kk_store *store, const kk_hit_filter *filter,
                                  void (*row)(void *context, const kk_hit_row *row), void *context,
                                  kk_fault *fault);
/* The events of a correlation in order, at most KK_REFS_MOST. */
KK_CHECKED kk_status kk_hit_events(kk_store *store, const kk_hit_row *hit,
                                   void (*row)(void *context, const kk_event_row *row),
                                   void *context, kk_fault *fault);
/* A place in an item at which a text of a YARA rule is. */
typedef struct {
    kk_slice name; /* of the text in the rule: "$a" */
    kk_ref ref;
} kk_scan_place;
/* Those of a hit that were kept, at most KK_SCAN_PLACES. */
size_t kk_scan_places(kk_arena *arena, const kk_hit_row *row, kk_scan_place **out);
kk_slice kk_hit_id(kk_arena *arena, const kk_hit_row *row);
/* Members that tell what people said, into an open object: responder, excluded, hostile, decisions. */
void kk_hit_said_json(kk_json *j, const kk_hit_said *said);
/* Nobody said that it was a responder's act, benign or to be left out. */
bool kk_hit_counts(const kk_hit_row *row);
/* informational, low, medium, high, critical */
bool kk_is_level(kk_slice text);
/* The line of `detections --json`. The store is asked for the events of a correlation. */
KK_CHECKED kk_status kk_hit_json(kk_store *store, kk_json *j, const kk_hit_row *row,
                                 kk_fault *fault);
