/* Numbers of spreadsheet cells as a person sees them: dates, times, digits in a pattern. */
#pragma once
#include "base/buffer.h"

typedef enum {
    KK_SHOWN_PLAIN,
    KK_SHOWN_DATE,
    KK_SHOWN_TIME,
    KK_SHOWN_DATE_TIME,
    KK_SHOWN_ELAPSED, /* hours beyond 24 */
    KK_SHOWN_DIGITS   /* leading zeros, or marks between digits: 000-0000 */
} kk_xlsx_shown;

typedef struct {
    kk_xlsx_shown shown;
    kk_slice code; /* of KK_SHOWN_DIGITS */
} kk_xlsx_format;

/* A number format by its id and its code; an empty code is one of the built-in ids. The code must
 * outlive the result. */
kk_xlsx_format kk_xlsx_format_of(unsigned id, kk_slice code);

/* Puts what the cell shows. Dates are ISO 8601; what is no number is put as it is. */
void kk_xlsx_put_number(kk_buffer *out, const kk_xlsx_format *format, kk_slice raw,
                        bool since_1904);
