/* A line of JSON as an event: what rules are tried on. docs/sigma.md tells the three forms. */
#pragma once
#include "detect/sigma.h"
#include "model/event.h"

typedef struct {
    kk_slice *fires, *silent; /* ids or names of rules that the line must, and must not, bring */
    size_t fire_count, silent_count;
} kk_sample_wish;

/* False if the line is no event of one of the forms; *what then says why. */
bool kk_sample_read(kk_arena *arena, kk_slice line, kk_event *event, kk_sample_wish *wish,
                    const char **what);
/* Whether a line looks like a sample, and not like some log in JSON. */
bool kk_sample_likely(kk_arena *arena, kk_slice line);
