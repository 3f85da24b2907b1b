/* Correlations over hits in the order of time: a pure stream, whoever feeds it.
 *
 * Windows slide: a window is any stretch of the timespan, both ends included. A count that only has to
 * reach something (gt, gte) hits when it does, and again only after it had fallen below. One with an
 * upper bound (lt, lte, eq, neq, a range) is held against the fullest window of each burst, a burst
 * being hits of a group with no gap longer than the timespan. Averages and percentiles are those of
 * the window that ends with each hit. Values are compared without case. Hits without a time, or
 * without a value for a group-by field, take no part.
 *
 * A group that had no hit for longer than the timespan is let go of, so what is held are the groups and
 * hits of one or two timespans; of an event_count that only has to reach something, so many hits of a
 * group as it has to reach. Only hits of a correlation that wait for bursts of others to end are
 * held until all is over. */
#pragma once
#include "base/time.h"
#include "detect/rules.h"
#include "model/hit.h"

enum { KK_CORRELATED_MOST = 64 }; /* events kept for one hit, its first; `total` counts all */

typedef struct {
    uint32_t rule; /* not itself a correlation */
    kk_time time;
    kk_hit_place event;
    const kk_slice *captures; /* as many as kk_rule_info says */
} kk_rule_event;

typedef struct {
    uint32_t rule; /* the correlation */
    kk_time first, last;
    const kk_hit_place *events;
    size_t count;
    uint64_t total;
    kk_hit_place last_event;
    kk_fixed value;        /* the count, sum, average... that was compared, in units of 1e-9 */
    const kk_slice *group; /* the values of the group-by fields, as first written in
                            * this burst */
    size_t group_count;
} kk_correlation_hit;

/* What a hit came to for a correlation that it may count for. */
typedef struct {
    uint32_t rule; /* the correlation */
    size_t of;     /* which of its rules the hit is of */
    kk_time time;
    const kk_slice
        *group; /* NULL: it has no value for one of the group-by fields and takes no part */
    size_t group_count;
    bool there; /* the window that ends with it has something to compare */
    kk_fixed value;
} kk_correlation_look;

typedef struct kk_correlator kk_correlator;
kk_correlator *kk_correlator_open(const kk_ruleset *rules,
                                  void (*tell)(void *context, const kk_correlation_hit *hit),
                                  void *context);
/* For who explains what does not fire: every hit that is taken in, or left out for want of a group. */
void kk_correlator_watch(kk_correlator *correlator,
                         void (*look)(void *context, const kk_correlation_look *look),
                         void *context);
/* Whether any correlation is about hits of this rule; others need not be added. */
bool kk_correlator_wants(const kk_correlator *correlator, uint32_t rule);
/* In the order of time; equal times in the order in which they are to count. */
void kk_correlator_add(kk_correlator *correlator, const kk_rule_event *event);
/* No more will come: bursts end, and correlations of correlations are made. */
void kk_correlator_finish(kk_correlator *correlator);
/* How many groups were alive at once, of all correlations together. */
size_t kk_correlator_groups(const kk_correlator *correlator);
void kk_correlator_close(kk_correlator *correlator); /* NULL is fine */
