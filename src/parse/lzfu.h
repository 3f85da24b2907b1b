/* RTF as Outlook compresses it (MS-OXRTFCP). */
#pragma once
#include "base/arena.h"

/* At most `most` bytes; *good becomes false when it ends early or is none. */
kk_slice kk_lzfu_unpack(kk_arena *arena, kk_slice packed, size_t most, bool *good);
