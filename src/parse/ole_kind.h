/* What an OLE compound file holds: asked by the parsers of office files. */
#pragma once
#include "parse/parser.h"

typedef enum {
    KK_OLE_NONE, /* no OLE file */
    KK_OLE_OTHER,
    KK_OLE_ENCRYPTED, /* an office document of 2007 or later behind a password */
    KK_OLE_WORKBOOK,  /* Excel before 2007 */
    KK_OLE_DOCUMENT,  /* Word before 2007 */
    KK_OLE_SLIDES,    /* PowerPoint before 2007 */
    KK_OLE_MESSAGE    /* an item of Outlook */
} kk_ole_kind;

kk_ole_kind kk_ole_kind_of(kk_stream *in);
/* Of a file of which only the head is there; where that does not tell, by the name's tail. */
kk_score kk_ole_probe(const kk_probe *p, kk_ole_kind wanted, const char *const *tails);
/* Where its directory is, if that is not within the head (kk_parser.place). */
uint64_t kk_ole_place(const kk_probe *p);
/* The main stream of a file that lost its directory but begins with it, all in a row as Excel and Word
 * write it: the file from KK_OLE_BARE on. NULL: it is another kind. */
enum { KK_OLE_BARE = 512 };
kk_stream *kk_ole_bare_stream(kk_arena *arena, kk_stream *in, kk_ole_kind wanted);

/* Says why a file that a parser was given is none that it reads. */
void kk_ole_refuse(kk_stream *in, kk_sink *sink);
