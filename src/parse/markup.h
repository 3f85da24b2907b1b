/* Tags and the text between them, out of HTML and XML of any size and encoding. Nothing is asked of their
 * order, so that a page without end tags and a torn document read as far as they go; no entity that a
 * document declares is ever expanded. */
#pragma once
#include "parse/raw_chars.h"

typedef enum {
    KK_MARKUP_END,
    KK_MARKUP_TEXT, /* entities still in it */
    KK_MARKUP_CDATA,
    KK_MARKUP_TAG
} kk_markup_kind;

typedef struct {
    kk_raw_chars chars;
    kk_arena *scratch; /* of one piece */
    bool html;         /* scripts and styles are passed over */
    /* of the piece, until the next one */
    kk_markup_kind kind;
    kk_slice text;
    kk_slice name, attributes; /* of a tag; its name as it stands, with a prefix */
    bool closing, empty;       /* </x>, <x/> */
    uint64_t from;             /* its offset in the file */
    uint64_t end;              /* no piece begins behind it */
    uint64_t cut_tags;         /* over all: tags that have no end */
} kk_markup;

void kk_markup_open(kk_markup *m, kk_arena *arena, kk_stream *in, bool html);
void kk_markup_close(kk_markup *m);
/* To the beginning; pieces that begin at or behind `end` are not told. */
void kk_markup_restart(kk_markup *m, uint64_t end);
kk_markup_kind kk_markup_next(kk_markup *m);
/* The tag's attribute by name, without case; empty where it is not there. Entities still in it. */
kk_slice kk_markup_attribute(const kk_markup *m, const char *name);
/* One attribute after the other; *at begins with 0. */
bool kk_markup_next_attribute(const kk_markup *m, size_t *at, kk_slice *name, kk_slice *value);
