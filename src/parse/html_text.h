/* The text of an HTML page, without its tags: for finding people in it, not for showing it. */
#pragma once
#include "base/text.h"

/* `html` is UTF-8. Table cells are parted by tabs; rows, paragraphs and lines by line feeds. */
kk_slice kk_html_text(kk_arena *arena, kk_slice html);

/* The charset that a page declares in its first bytes; empty if none. */
kk_slice kk_html_charset(kk_slice bytes);
