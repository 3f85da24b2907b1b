/* What tests of the recogniser start with: its tables, and a comparison that shows both texts. */
#pragma once
#include "tests/unit/test.h"

#include "recognise/recogniser.h"

static kk_arena *arena;
static const kk_lexicon *lexicon;

static inline int open_arena(void **state)
{
    (void)state;
    arena = kk_arena_open();
    lexicon = kk_recognise_warm(arena);
    return 0;
}

static inline int close_arena(void **state)
{
    (void)state;
    kk_arena_close(arena);
    return 0;
}

static inline void expect(kk_slice got, const char *wanted, const char *input)
{
    if (kk_is(got, wanted))
        return;
    fail_msg("%s: got \"%.*s\", wanted \"%s\"", input, KK_P(got), wanted);
}
