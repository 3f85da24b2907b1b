/* Text by the number of a Windows code page, as office files name their encodings. */
#pragma once
#include "base/text.h"

/* To UTF-8; *known (may be NULL) becomes false for a page that is not read, whose bytes are then
 * guessed. */
kk_slice kk_code_page_text(kk_arena *arena, unsigned page, kk_slice bytes, bool *known);
/* A character of code page 1252. */
uint32_t kk_code_page_western(uint8_t byte);
