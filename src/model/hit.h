/* A hit: an event that a detection rule is about. It belongs to the event of the same item and range
 * that has its record and sub-number. */
#pragma once
#include "base/slice.h"
#include "base/time.h"

typedef struct {
    kk_time time;
    uint64_t record;
    uint32_t sub;
    uint32_t rule;    /* its number in the rule set that was matched */
    kk_slice source;  /* the log source that it was seen as: "security 4688" */
    kk_slice capture; /* values that correlations want, as JSON: ["10.0.0.5",null]; empty: none */
} kk_hit;
