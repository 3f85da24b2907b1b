/* Objects of encrypted slides: each is enciphered as a whole under the key of its number (MS-PPT 2.3.7). */
#pragma once
#include "parse/office_rc4.h"

typedef struct {
    uint64_t place;  /* in the stream; it goes as far as the next one */
    uint32_t number; /* KK_PPT_PLAIN: not enciphered */
} kk_ppt_object;

#define KK_PPT_PLAIN UINT32_MAX

/* The stream made plain while it is read. `objects` are put in order, and used as long as the stream. */
kk_stream *kk_ppt_unlock(kk_arena *arena, const kk_office_rc4 *rc4, kk_stream *in,
                         kk_ppt_object *objects, size_t count);
