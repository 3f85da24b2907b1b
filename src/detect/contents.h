/* Given indicators, looked for in what files hold: bytes as they stand, text in UTF-8 and in UTF-16LE between
 * them, what parsers make of documents, and hashes of the whole. Any number of indicators costs about the
 * same: ioc_match.h says what is found, and what only looks like it. */
#pragma once
#include "detect/ioc.h"
#include "model/hit.h"

typedef struct kk_contents kk_contents;

/* `iocs` must stay. One stream after the other uses its memory. */
kk_contents *kk_contents_open(kk_arena *arena, const kk_ioc *iocs, size_t count);
void kk_contents_close(kk_contents *c); /* NULL is fine */

/* A stream: its bytes in order, then its end. `is_whole`: all of them were given, so hashes say something;
 * its path and size count where an indicator wants both a hash and these. */
void kk_contents_begin(kk_contents *c);
void kk_contents_take(kk_contents *c, const char *bytes, size_t len);
void kk_contents_end(kk_contents *c, kk_slice path, bool is_whole);
/* What a parser made of it, once begun: the cells of a row, or one text. */
void kk_contents_text(kk_contents *c, kk_slice table, uint64_t record, const kk_slice *texts,
                      size_t count);
/* What was found since it began: each indicator once for each way, at its first place. */
void kk_contents_tell(kk_contents *c, void (*hit)(void *context, const kk_content_hit *hit),
                      void *context);
