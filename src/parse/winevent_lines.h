/* Lines of an event log that was printed as text: in any encoding, one looked ahead, and with the width
 * at which the printing program broke long lines. */
#pragma once
#include "parse/raw_text.h"

typedef struct {
    kk_slice text;   /* without its end */
    uint64_t offset; /* in the file */
    bool there;
} kk_printed_line;

typedef struct {
    kk_raw_text raw;
    kk_printed_line line, ahead;
    kk_arena *arenas[2]; /* of the line, of the one ahead */
    size_t width,
        cells; /* of the widest line seen at the beginning, in characters and in columns */
    uint64_t cut, first_cut;
} kk_printed_lines;

void kk_printed_open(kk_printed_lines *lines, kk_stream *in);
void kk_printed_close(kk_printed_lines *lines);
/* The next line in `line`, the one behind it in `ahead`; false at the end. */
bool kk_printed_next(kk_printed_lines *lines);

/* How a line ended that others follow. */
typedef enum {
    KK_LINE_ENDED,    /* by itself */
    KK_BROKEN_BEFORE, /* before a word: a blank may be missing */
    KK_BROKEN_INSIDE, /* inside of a word */
} kk_line_break;
/* `line` as printed, with its indentation of so many blanks; `next` without it. */
kk_line_break kk_printed_break(const kk_printed_lines *lines, kk_slice line, kk_slice next,
                               size_t indent);
