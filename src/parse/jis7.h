/* ISO-2022-JP as mailers and old hosts really write it. */
#pragma once
#include "base/text.h"

/* The same text as CP932, which has a place for every character that such text holds in practice:
 * the rows of NEC and IBM (numbers in circles, (株), variant kanji of names) and half-width kana,
 * none of which the standard allows. Lines keep their line feeds. *whole is false where an escape
 * names a set that CP932 lacks: then kk_decode knows more. */
kk_slice kk_jis7_to_cp932(kk_arena *arena, kk_slice bytes, bool *whole);
