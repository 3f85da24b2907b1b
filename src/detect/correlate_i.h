/* What a group of hits holds within its window, for the correlations. */
#pragma once
#include "detect/correlate.h"
#include "detect/rules_i.h"

enum { RULES_MOST = 64, NANO = 1000000000 };

/* What one hit is to a correlation: a line of the processor's cache. */
typedef struct {
    kk_time time;
    uint64_t order : 56; /* in which it was taken in */
    uint64_t nth : 7;    /* of the correlation's rules */
    uint64_t has : 1;    /* the field to be counted is there */
    kk_hit_place event;
    uint64_t value
        [2]; /* of sums, averages, percentiles: rules_get_fixed; else what tells values apart */
} correlate_entry;

typedef struct {
    uint64_t value[2], count; /* 0: free; 1: it was here */
} correlate_distinct;

/* An ordered chain that ends with rule `nth` and has some length. */
typedef struct {
    bool there;
    kk_time first, last;
    kk_hit_place *events; /* as many as the correlation has rules */
    size_t length;
} correlate_chain;

/* The fullest window of a burst so far, where a hit is what that comes to. */
typedef struct {
    bool there;
    kk_fixed value;
    kk_buffer entries; /* its first ones */
    uint64_t total;
    correlate_entry last;
    kk_buffer carried; /* bytes of the values behind it */
    kk_slice *carry;
} correlate_peak;

/* Hits that belong together: of such groups there may be as many as hits. One that is idle beyond the timespan is emptied and used for another. */
typedef struct {
    uint64_t hash;
    kk_buffer text; /* its key, then the values shown */
    size_t key_len;
    kk_slice *shown; /* values of the group-by fields, as first written in this burst */
    kk_time last;
    kk_buffer entries;
    size_t head; /* the first that is in the window */
    kk_fixed sum;
    uint64_t numbers;
    kk_buffer table; /* of correlate_distinct */
    size_t table_size, table_used, distinct_count;
    kk_buffer sorted; /* of kk_fixed */
    uint64_t *by_rule;
    correlate_chain *chains; /* [rule][length - 1] */
    bool holds;
    correlate_peak *peak; /* NULL where hits are told when a count rises */
} correlate_group;

typedef struct {
    const rules_correlation *c;
    uint32_t rules[RULES_MOST];
    size_t rule_count, wanted; /* wanted: of them, where no condition says how many */
    size_t enough;             /* so many events settle the condition; 0: all are needed */
    int level;                 /* 1: of plain rules alone */
    bool rising;               /* hits when a count reaches something */
    bool prompt;               /* all that it is about comes in the order of time */
} correlate_about;

static inline correlate_entry *correlate_entries(const kk_buffer *buffer)
{
    return (correlate_entry *)(void *)buffer->ptr;
}

static inline size_t correlate_entry_count(const kk_buffer *buffer)
{
    return buffer->len / sizeof(correlate_entry);
}

void correlate_put(kk_buffer *entries, const correlate_entry *e, size_t count);
/* Lets go of what is older than the timespan. */
void correlate_slide(const correlate_about *x, correlate_group *g, kk_time now);
void correlate_enter(const correlate_about *x, correlate_group *g, const correlate_entry *e);
/* What is to be compared, of the window; false where there is nothing: no number in it. */
bool correlate_value(const correlate_about *x, const correlate_group *g, kk_fixed *out);
bool correlate_satisfied(const correlate_about *x, kk_fixed value);
/* How many events settle an event_count that only has to reach something. */
size_t correlate_enough(const rules_correlation *c);
/* As when it was new; memory is kept, but not much. */
void correlate_empty(const correlate_about *x, correlate_group *g);
void correlate_close(correlate_group *g);
