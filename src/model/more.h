/* The further fields of an event as texts: JSON, [["name","value"],…], which is how they are told. Most events
 * share their names with many others, so that on their way and in the store names and values are apart. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

typedef struct {
    kk_slice names;  /* "a","b"; empty: `values` are whole pairs, as JSON, already */
    kk_slice values; /* packed texts, as follows; empty: there are no further fields */
} kk_more;

/* Texts one after the other: how many there are, the length of each, then the bytes of all. Each such number is a
 * byte, or 255 and four bytes. */
enum { KK_PACKED_NUMBER_MOST = 5 };
size_t kk_packed_number_put(char *to, uint32_t number); /* how many bytes it took */
/* All lengths fit, and each text is UTF-8. */
bool kk_packed_texts_are_good(kk_slice packed);

/* Appends the pairs as JSON; nothing if there are none. Of texts that do not fit together, as many pairs as do. */
void kk_more_put(kk_buffer *out, kk_more more);
/* The same as a text of the arena, or as it is if nothing is to be put together. */
kk_slice kk_more_json(kk_arena *arena, kk_more more);
