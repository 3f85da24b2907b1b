/* Names of the Internet in other scripts than Latin: 例示.example is xn--fsq192h.example on the wire (RFC 3492). */
#pragma once
#include "base/arena.h"

/* The labels beyond ASCII of a name that is in small letters as xn--...; KK_NONE where there are none, or
 * one that cannot be written so. */
kk_slice kk_punycode_name(kk_arena *arena, kk_slice utf8_name);
/* The labels xn--... as characters; KK_NONE where there are none, or a wrong one. */
kk_slice kk_punycode_read(kk_arena *arena, kk_slice ascii_name);
