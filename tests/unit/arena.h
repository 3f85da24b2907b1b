/* An arena for each test: set up by open_arena, taken down by close_arena. */
#pragma once
#include "tests/unit/test.h"

#include "base/arena.h"

static kk_arena *arena;

static inline int open_arena(void **state)
{
    (void)state;
    arena = kk_arena_open();
    return 0;
}

static inline int close_arena(void **state)
{
    (void)state;
    kk_arena_close(arena);
    return 0;
}
