/* The keys of encrypted Excel streams (RC4 in its two forms). */
#pragma once
#include "parse/biff.h"

/* NULL when the password is another one or the method is not read. `data`: of the record FILEPASS. */
kk_biff_key *kk_biff_key_of(kk_arena *arena, kk_slice data, kk_slice password);
/* The bytes of a record that begin at `at` in the stream, decrypted into `out`; as they are for
 * records that are never encrypted. */
kk_slice kk_biff_key_apply(kk_biff_key *key, uint16_t type, uint64_t at, kk_slice data, char *out);
