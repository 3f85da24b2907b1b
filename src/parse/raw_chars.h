/* Text of any size and encoding, looked at a character at a time in its raw bytes, so that everything
 * keeps its place in the file; only what is wanted is brought to UTF-8. For formats whose marks are ASCII. */
#pragma once
#include "base/text.h"
#include "parse/parser.h"

typedef struct {
    kk_stream *in;
    kk_buffer raw;
    size_t at;       /* in raw */
    uint64_t offset; /* of raw.ptr[0] in the file */
    kk_charset charset;
    size_t unit; /* bytes of a character that is ASCII */
    bool big, pairs, jis, in_kanji, at_end, failed;
    uint64_t lost; /* characters that are none in the encoding */
} kk_raw_chars;

enum { KK_RAW_OTHER = 0x7f }; /* a character that is not ASCII */

/* `charset`: how the file is encoded; the caller guesses or reads it from a declaration. */
void kk_raw_chars_open(kk_raw_chars *t, kk_stream *in, kk_charset charset);
void kk_raw_chars_close(kk_raw_chars *t);
/* To the beginning, behind a BOM. */
void kk_raw_chars_restart(kk_raw_chars *t);
/* The character at `at`: ASCII, KK_RAW_OTHER or 0 at the end. What is before *keep in the buffer may be
 * dropped; *keep and `at` move along. */
char kk_raw_chars_look(kk_raw_chars *t, size_t *keep);
/* Over the character at `at`, which was looked at. */
void kk_raw_chars_pass(kk_raw_chars *t);
/* Bytes of the buffer as UTF-8, only copied where they have to be. */
kk_slice kk_raw_chars_text(kk_raw_chars *t, kk_arena *arena, kk_slice raw);

static inline uint64_t kk_raw_chars_place(const kk_raw_chars *t)
{
    return t->offset + t->at;
}

static inline char kk_raw_chars_peek(kk_raw_chars *t)
{
    size_t keep = t->at;
    return kk_raw_chars_look(t, &keep);
}
