/* Inside of the persons room only: the groups of a step by the lane in which what is known of their people lies
 * (about.h). All groups that a chain of others connects are in one lane. */
#pragma once
#include "persons/joins.h"

typedef struct {
    kk_arena *arena;
    uint16_t *of;     /* of a group its lane */
    uint32_t *groups; /* lane by lane, in each in their order */
    size_t of_capacity, group_capacity;
    size_t from[LANES_MOST + 1];
} lane_lists;

void lanes_choose(lane_lists *lists, const group_order *groups, const people *all);
/* Fetches what is known of the people of a lane at once, where enough of it is wanted. */
void lanes_fetch(const lane_lists *lists, const people *all, unsigned lane, bool with_near);
