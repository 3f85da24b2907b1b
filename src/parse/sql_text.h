/* The text of a dump, read forward a byte at a time through a window: statements may be many megabytes
 * long and are never held. Bytes are left in their encoding, of which only cells are decoded, but for
 * UTF-16, which becomes UTF-8 on its way in. */
#pragma once
#include "base/text.h"
#include "parse/parser.h"

typedef struct {
    kk_stream *in;
    kk_arena *scratch; /* of one block, one cell */
    kk_charset charset;
    bool charset_known;
    bool wide;  /* UTF-16 in the file */
    bool pairs; /* CP932: a character's second byte may look like ASCII */
    bool
        named_bytewise; /* a SET NAMES that says nothing of the bytes: their second ones are escaped */
    bool failed;
    kk_buffer window;
    size_t at;
    uint64_t mark;    /* offset in the file of window.ptr[mark_at] */
    size_t mark_at;   /* at or before `at` */
    uint64_t next;    /* offset of what is read next */
    uint64_t foreign; /* cells in another encoding than the dump's */
    bool at_end;
} kk_sql_text;

void kk_sql_text_open(kk_sql_text *text, kk_stream *in);
void kk_sql_text_close(kk_sql_text *text);
/* More behind what is there; false at the end. */
bool kk_sql_text_fill(kk_sql_text *text);
uint64_t kk_sql_text_offset(kk_sql_text *text); /* of the byte that comes next */
/* Goes on elsewhere in the file. */
void kk_sql_text_seek(kk_sql_text *text, uint64_t offset);
/* By SET NAMES and the like. */
void kk_sql_text_name_charset(kk_sql_text *text, kk_slice name);
/* At a byte that is not ASCII: finds out the encoding where nothing has told it. */
void kk_sql_text_settle(kk_sql_text *text);
/* Bytes out of the dump as UTF-8. */
kk_slice kk_sql_text_decode(kk_sql_text *text, kk_arena *arena, kk_slice bytes);

/* The byte `ahead` (64 at most) of the next one; -1 at the end. */
static inline int kk_sql_peek(kk_sql_text *t, size_t ahead)
{
    while (t->at + ahead >= t->window.len)
        if (!kk_sql_text_fill(t))
            return -1;
    return (unsigned char)t->window.ptr[t->at + ahead];
}

/* Whether the word comes next, in letters of any case. */
bool kk_sql_looking_at(kk_sql_text *text, kk_slice word);
/* Behind blanks and comments; the marks around code for MySQL alone count as blanks. */
void kk_sql_skip_blanks(kk_sql_text *text);
void kk_sql_skip_line(kk_sql_text *text);
/* Letters, digits, _, $, #, @ and what is not ASCII. */
bool kk_sql_is_word_byte(int c);
/* An unquoted word into `into`, cut at 64 bytes; its whole length. */
size_t kk_sql_word(kk_sql_text *text, char into[64], kk_slice *word);
/* Behind `$tag$ ... $tag$`; false where none begins here. */
bool kk_sql_skip_dollars(kk_sql_text *text);
