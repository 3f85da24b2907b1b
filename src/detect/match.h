/* Events held against rules: a matcher per worker. What is matched is what the store keeps of an event
 * (its columns and `more`), so that stored events give the same hits as fresh ones. */
#pragma once
#include "detect/rules.h"
#include "model/layout.h"

typedef struct {
    uint32_t rule;
    uint32_t run;       /* for kk_match_capture */
    const char *source; /* the log source that it was: "security 4688" */
} kk_rule_hit;

/* What a field of an event held encoded. */
typedef struct {
    kk_slice field; /* as kk_payload_field has it */
    const kk_slice *texts;
    size_t count;
} kk_decoded;

typedef struct kk_matcher kk_matcher;
/* `memory` bounds what is remembered of values: 8 MiB are plenty. */
kk_matcher *kk_matcher_open(const kk_ruleset *rules, size_t memory);
void kk_matcher_close(kk_matcher *matcher); /* NULL is fine */
/* For the sink whose events it gets: theirs is no other table. */
kk_layouts *kk_matcher_layouts(kk_matcher *matcher);

/* For a sink's `unread`: whether all that rules ask of such an event can be asked of it unread too. */
bool kk_matcher_takes_unread(kk_matcher *matcher, const kk_event *begun);

/* Hits of one event, at most `most`; their number, which may be greater. Includes those of rules
 * that are silent. The event, its pairs and texts, need to live until the next call. */
size_t kk_match(kk_matcher *matcher, const kk_event *event, kk_rule_hit *hits, size_t most);
/* Further hits of the event that was matched last, whose hits `had` are: rules that hold if what was
 * decoded out of one of its fields counts as values of that field too. */
size_t kk_match_decoded(kk_matcher *matcher, const kk_event *event, const kk_decoded *decoded,
                        const kk_rule_hit *had, size_t had_count, kk_rule_hit *hits, size_t most);
/* A value that correlations want of the hit, for the event matched last; empty if it has none. */
kk_slice kk_match_capture(kk_matcher *matcher, const kk_rule_hit *hit, size_t capture);

/* Reads `more` of a stored or unpacked event back into pairs: [["name","value"],…]. False, with what
 * could be read, if it is not of that form. */
bool kk_more_read(kk_arena *arena, kk_slice json, kk_event *event);

typedef struct {
    uint64_t events;    /* looked at */
    uint64_t indexed;   /* ... that any rule is about */
    uint64_t values;    /* looked up */
    uint64_t unknown;   /* ... that had to be scanned */
    uint64_t evaluated; /* conditions */
    uint64_t hits;
    uint64_t abandoned; /* regular expressions given up for taking too long: no match */
} kk_match_counts;
kk_match_counts kk_matcher_counts(const kk_matcher *matcher);
/* How often the rule's condition was evaluated. */
uint64_t kk_matcher_evaluated(const kk_matcher *matcher, uint32_t rule);
