/* The keys of encrypted Excel streams: RC4 in its two forms, and what came before it. */
#pragma once
#include "parse/biff.h"
#include "parse/parser.h"

/* NULL when no password of the list opens it or the method is not read. `data`: of the record FILEPASS. */
kk_biff_key *kk_biff_key_of(kk_arena *arena, kk_slice data, const kk_settings *settings,
                            kk_sink *sink);
/* The bytes of a record that begin at `at` in the stream, decrypted into `out`; as they are for
 * records that are never encrypted. */
kk_slice kk_biff_key_apply(kk_biff_key *key, uint16_t type, uint64_t at, kk_slice data, char *out);
