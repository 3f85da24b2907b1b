/* Finding a place in what is sorted. */
#pragma once
#include <stddef.h>

/* Sets the size_t variable `at` to the first place below `count` for which `is_before`, an expression
 * over `at`, does not hold; to `count` where it holds everywhere. It must hold for a beginning of the
 * places and for none behind it:
 *     size_t at = 0;
 *     KK_LOWER_BOUND(at, count, items[at].number < number); */
#define KK_LOWER_BOUND(at, count, is_before)                                                       \
    do {                                                                                           \
        size_t from_ = 0, to_ = (count);                                                           \
        while (from_ < to_) {                                                                      \
            (at) = from_ + (to_ - from_) / 2;                                                      \
            if (is_before)                                                                         \
                from_ = (at) + 1;                                                                  \
            else                                                                                   \
                to_ = (at);                                                                        \
        }                                                                                          \
        (at) = from_;                                                                              \
    } while (0)
