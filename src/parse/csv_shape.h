/* What kind of table some text is: delimiter, columns, and signs that it is none. */
#pragma once
#include "base/slice.h"

typedef struct {
    char delimiter;
    size_t columns; /* of most rows */
    size_t rows;    /* looked at, without blank ones */
    size_t agree;   /* rows with that many columns */
    bool spaced;    /* the delimiter mostly has a blank after it: prose, or a log */
    bool like_log;  /* key=value, syslog, JSON: text of another kind */
} kk_csv_shape;

/* The best of comma, tab, semicolon and pipe over the first rows of UTF-8 or kk_csv_skeleton text.
 * `whole`: the text does not end inside a row. */
kk_csv_shape kk_csv_shape_of(kk_slice text, bool whole);
kk_csv_shape kk_csv_shape_with(kk_slice text, bool whole, char delimiter);

/* "sep=;" as spreadsheets write it into the first line: the length of that line, 0 if it is none.
 */
size_t kk_csv_separator_line(kk_slice text, char *delimiter);

/* Some bytes with every character that is not ASCII as an 'x', so that second bytes that look like
 * delimiters do not count as such; the encoding need not be known for that. */
typedef struct {
    char text[32 * 1024];
    size_t len;
    size_t strange; /* control characters that no table holds */
} kk_csv_skeleton;
void kk_csv_skeleton_of(kk_slice bytes, kk_csv_skeleton *out);
