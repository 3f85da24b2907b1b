/* A hit: an event that a detection rule is about. It belongs to the event of the same item and range
 * that has its record and sub-number. */
#pragma once
#include "base/slice.h"
#include "base/time.h"

typedef struct {
    kk_time time;
    uint64_t record;
    uint32_t sub;
    uint32_t rule;   /* its number in the rule set that was matched */
    kk_slice source; /* the log source that it was seen as: "security 4688" */
    kk_slice
        decoded; /* the field in whose decoded payload it was found; empty: in the event itself */
    kk_slice capture; /* values that correlations want, as JSON: ["10.0.0.5",null]; empty: none */
} kk_hit;

/* Where the event of a hit is. */
typedef struct {
    uint64_t item, record;
    uint32_t range, sub;
} kk_hit_place;

/* How the bytes of a stream were held against rules about content. */
typedef enum {
    KK_SCANNED,         /* all of them */
    KK_SCANNED_ENDS,    /* it is large: its beginning and its end */
    KK_SCANNED_MATCHES, /* a text is in it so often that not every place was kept */
    KK_SCAN_CUT,        /* it took too long, and was given up */
    KK_SCAN_FAILED,     /* it took more memory than there is */
    KK_SCAN_CRASHED,    /* the worker died on it */
    KK_SCAN_UNREADABLE, /* its bytes could not be had, or not all */
    KK_SCAN_OUTCOMES
} kk_scan_outcome;

/* A rule that the bytes of a stream fit. */
typedef struct {
    uint32_t rule;   /* its number in its set */
    uint64_t total;  /* places at which its texts were found */
    kk_slice places; /* the first of them as JSON: [["$a",offset,length],...] */
} kk_scan_hit;
#define KK_SCAN_PLACES 50

/* How an indicator stands in a file. */
typedef enum {
    KK_CONTENT_BYTES, /* as it is, or in UTF-8 */
    KK_CONTENT_UTF16, /* two bytes a character, the low one first */
    KK_CONTENT_TEXT,  /* in what a parser makes of it: a mail's text, a cell, a page */
    KK_CONTENT_HASH,  /* it is the file's own */
    KK_CONTENT_WAYS
} kk_content_way;
typedef struct {
    uint32_t ioc; /* its number among those given */
    kk_content_way way;
    uint64_t at; /* the byte; of text the record */
    kk_slice table;
    bool of_child; /* the one that was found last; else the job's own */
} kk_content_hit;
