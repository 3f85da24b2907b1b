/* Rows of any table of text, for parsers whose files are tables too. */
#pragma once
#include "parse/parser.h"

/* Tells every row and what is damaged to the sink. `delimiter` 0: found out, with the columns; else
 * `columns` is how many most rows have. */
void kk_csv_rows(kk_stream *in, kk_sink *sink, char delimiter, size_t columns);
/* The same without the quick way for most rows: for tests. */
void kk_csv_rows_slowly(kk_stream *in, kk_sink *sink, char delimiter, size_t columns);
