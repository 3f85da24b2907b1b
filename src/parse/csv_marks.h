/* Where the delimiters, quotes and line ends of a text are: 64 bytes are looked at together, and the next mark is the next
 * bit. A '\n' stands behind the text, with KK_CSV_ROOM behind it, so that a mark is always found. */
#pragma once
#include "parse/csv_lines.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { KK_CSV_WINDOW = 64 };
_Static_assert((int)KK_CSV_ROOM >= (int)KK_CSV_WINDOW, "a window may begin where the text ends");

typedef struct {
    const char *window;
    uint64_t left; /* a bit for each mark of the window that is still to come */
    const char
        *next; /* where the row behind the last one begins; NULL if the text has moved since */
    char delimiter;
} kk_csv_marks;

#ifdef __SSE2__
static inline uint64_t kk_csv_marks_of_16(const char *p, char delimiter)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
    __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter)),
                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(ends, marks));
}

static inline uint64_t kk_csv_marks_of(const char *p, char delimiter)
{
    return kk_csv_marks_of_16(p, delimiter) | kk_csv_marks_of_16(p + 16, delimiter) << 16 |
           kk_csv_marks_of_16(p + 32, delimiter) << 32 |
           kk_csv_marks_of_16(p + 48, delimiter) << 48;
}
#else
static inline uint64_t kk_csv_marks_of(const char *p, char delimiter)
{
    uint64_t marks = 0;
    for (size_t i = 0; i < KK_CSV_WINDOW; i++)
        marks |= (uint64_t)(p[i] == delimiter || p[i] == '"' || p[i] == '\n' || p[i] == '\r') << i;
    return marks;
}
#endif

/* From `begin` on; goes on where the last row ended, if it is there. */
static inline kk_csv_marks kk_csv_marks_from(const kk_csv_marks *last, const char *begin,
                                             char delimiter)
{
    if (last->next == begin)
        return *last;
    return (kk_csv_marks){begin, kk_csv_marks_of(begin, delimiter), NULL, delimiter};
}

static inline const char *kk_csv_next_mark(kk_csv_marks *marks)
{
    while (!marks->left) {
        marks->window += KK_CSV_WINDOW;
        marks->left = kk_csv_marks_of(marks->window, marks->delimiter);
    }
    const char *mark = marks->window + __builtin_ctzll(marks->left);
    marks->left &= marks->left - 1;
    return mark;
}
