/* Templates that the chunks of a log define: what a record whose own template is gone may be read with. */
#pragma once
#include "evidence/stream.h"
#include "parse/binxml.h"

typedef struct kk_evtx_donors kk_evtx_donors;
/* Lives in the arena. */
kk_evtx_donors *kk_evtx_donors_open(kk_arena *arena);
/* Forgets all; what is added from now on is of this stream, and kept in `window` until the next time. */
void kk_evtx_donors_begin(kk_evtx_donors *donors, kk_stream *in, kk_arena *window);
/* Those of a chunk that is here, of KK_EVTX_CHUNK bytes, and stands at `place` of the stream; each kind is kept
 * twice at most: its first and its last. */
void kk_evtx_donors_add(kk_evtx_donors *donors, const uint8_t *chunk, uint64_t place);
/* Those of the chunk at `place`, which is read. */
void kk_evtx_donors_add_at(kk_evtx_donors *donors, uint64_t place);
/* The `number`th definition of that id, as kk_binxml_lend wants it; its bytes stay until the next call. */
bool kk_evtx_donors_find(kk_evtx_donors *donors, uint32_t id, size_t number, kk_xml_donor *out);
#define KK_EVTX_NEXT                                                                               \
    8u /* bytes behind a chunk that are read with it: those that another one begins with */
/* The chunk at an offset of the stream, and KK_EVTX_NEXT bytes more: how much of the chunk was there. Zeros where nothing is;
 * one of a carved record may begin before the stream does. */
size_t kk_evtx_chunk_at(kk_stream *in, uint64_t offset, uint8_t *chunk);
