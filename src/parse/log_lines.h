/* Lines of a text log, brought to UTF-8 one by one: UTF-8 with or without BOM, CP932, EUC-JP,
 * ISO-2022-JP, UTF-16 with a BOM, and files where the encoding changes from line to line. A parser
 * opens them, takes line after line, and closes them; what it could not understand it hands back,
 * to be counted and told once. Every line keeps its number, its place and its length in the item.
 */
#pragma once
#include "base/text.h"
#include "parse/parser.h"

typedef struct {
    kk_slice text;   /* valid UTF-8 without a line end, until the next line is taken */
    uint64_t number; /* from 1 within the range */
    uint64_t offset; /* of the line in the item */
    uint32_t length; /* bytes in the item, without the line end */
    bool cut;        /* longer than KK_LINE_MAX: only its beginning is here */
    bool no_end;     /* the item ends without a line end: it may have been cut off */
} kk_log_line;

typedef struct {
    uint64_t count, first; /* how many, and where the first one is */
} kk_log_count;

typedef struct {
    kk_stream *stream;
    kk_sink *sink;
    kk_arena *scratch; /* of the line: given back when the next one is taken */
    kk_reader reader;
    kk_charset charset; /* what lines that are no UTF-8 most likely are */
    bool wide;          /* UTF-16: lines are found two bytes at a time */
    bool escapes;       /* ISO-2022-JP: ASCII bytes with escape sequences */
    uint64_t wide_at, wide_end;
    kk_buffer wide_line;
    uint8_t *wide_block;
    uint64_t wide_block_at;
    size_t wide_block_len;
    uint64_t number;
    kk_log_count unparsed, zeros, cut, undecoded;
} kk_log_lines;

void kk_log_lines_open(kk_log_lines *lines, kk_stream *in, const kk_settings *settings,
                       kk_sink *sink);
bool kk_log_lines_next(kk_log_lines *lines, kk_log_line *line);
/* No rule understood this line. */
void kk_log_lines_skip(kk_log_lines *lines, const kk_log_line *line);
/* Tells the sink what was counted, and gives the memory back. */
void kk_log_lines_close(kk_log_lines *lines);

/* The beginning of an item as text for a probe: at most `most` bytes, UTF-8 whatever it was; a cut
 * last line is left out unless it is the only one. */
kk_slice kk_log_head(kk_arena *arena, kk_slice head, size_t most);
/* Takes the next line that is not blank off *rest. */
bool kk_log_head_line(kk_slice *rest, kk_slice *line);
/* Whether nine in ten of its first lines have no control characters but those of texts and terminals. */
bool kk_log_head_is_text(kk_slice head);
