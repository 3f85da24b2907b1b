/* Lines of a text file, decoded to UTF-8 a block at a time, each with its offset in the file. */
#pragma once
#include "base/text.h"
#include "parse/parser.h"

/* Bytes behind the text that may be read, though they mean nothing. */
enum { KK_CSV_ROOM = 64 };

typedef struct {
    kk_stream *in;
    kk_arena *arena, *scratch;
    kk_charset charset;
    bool charset_known; /* until the first byte that is not ASCII there is nothing to know */
    size_t unit;        /* bytes of a line end: 2 in UTF-16 */
    bool by_return;     /* no line feeds in the file: CR ends a line */
    kk_buffer raw;
    uint64_t raw_offset; /* of raw.ptr[0] in the file */
    size_t seen;         /* of raw, searched for line ends */
    bool uneven;         /* a long line was left out: the next block begins anywhere */
    bool at_end, failed;
    struct kk_csv_jis *jis;
    uint64_t lost;    /* characters that were not decoded */
    uint64_t foreign; /* lines of another encoding than the file */

    /* For the caller, who moves `at` and `starts_at` on. */
    kk_buffer text;   /* whole lines; a '\n' more and KK_CSV_ROOM stand behind */
    size_t at;        /* of text, used up so far */
    uint64_t *starts; /* offset of each line from `at` on, and of what follows the last one */
    size_t starts_at, starts_count, starts_capacity;
    bool has_nul;  /* somewhere in the text so far */
    bool final;    /* nothing comes behind this text but the end, or a line that is too long */
    bool too_long; /* of the two it is that */
} kk_csv_lines;

void kk_csv_lines_open(kk_csv_lines *lines, kk_stream *in, kk_arena *arena);
void kk_csv_lines_close(kk_csv_lines *lines);
/* More text behind what is there; moves both. False when none comes before `final`. */
bool kk_csv_lines_fill(kk_csv_lines *lines);
/* Goes on at a place where a block began when the lines were read from the beginning (all text used up,
 * none left out just before): every block from there on is then the same. */
void kk_csv_lines_go_to(kk_csv_lines *lines, uint64_t offset, bool charset_known,
                        kk_charset charset);
/* Leaves out the line that is too long, once everything before it is used up. */
void kk_csv_lines_skip_long(kk_csv_lines *lines);
