/* Records of old Excel streams (BIFF): a type, a length and bytes; what is too long for one goes on in
 * CONTINUE records behind it. */
#pragma once
#include "base/buffer.h"
#include "base/cursor.h"
#include "evidence/stream.h"

enum { KK_BIFF_CONTINUE = 0x3c };

typedef struct kk_biff_key kk_biff_key;

typedef struct {
    kk_stream *in;
    kk_arena *scratch; /* for texts in code pages; the parser resets it */
    uint64_t at, next; /* of the record and of the one behind it */
    uint16_t type;
    kk_cursor data;
    bool cut;         /* the stream ends within the record */
    bool wide;        /* version 8: texts are Unicode */
    unsigned page;    /* code page of other texts */
    bool strange;     /* the page is not known, texts are guessed */
    kk_biff_key *key; /* of an encrypted stream, else NULL */
    char *window;
    uint64_t window_at;
    size_t window_len, window_fill;
    char *plain; /* the record's bytes where they were encrypted */
} kk_biff;

kk_biff kk_biff_open(kk_arena *arena, kk_arena *scratch, kk_stream *in);
/* The next record; false at the end. */
bool kk_biff_next(kk_biff *b);
void kk_biff_seek(kk_biff *b, uint64_t at);

/* These read on in CONTINUE records; at the end of all they yield zeros. */
uint8_t kk_biff_u8(kk_biff *b);
uint16_t kk_biff_u16(kk_biff *b);
uint32_t kk_biff_u32(kk_biff *b);
/* `count` characters are put as UTF-8. In version 8 their width comes before them, and again at the
 * start of each CONTINUE: with what else a text of the shared list has around its characters. */
void kk_biff_text(kk_biff *b, size_t count, kk_buffer *out);
void kk_biff_rich_text(kk_biff *b, kk_buffer *out); /* with its count */
/* Whether anything is left of the record and of those that continue it. */
bool kk_biff_more(kk_biff *b);
