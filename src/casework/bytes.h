/* The bytes that a ref names, out of the evidence as it lies there now: through a worker, by the item's
 * path of containers; members of archives are unpacked again. */
#pragma once
#include "casework/case.h"
#include "model/ref.h"

typedef struct kk_byte_reader kk_byte_reader;
KK_CHECKED kk_status kk_byte_reader_open(kk_case *c, bool unsafe_no_sandbox, kk_byte_reader **out,
                                         kk_fault *fault);
void kk_byte_reader_close(kk_byte_reader *reader);
/* Empty where they cannot be had any more. As kk_bytes_of: `context` is the reader. */
kk_slice kk_bytes_at(void *context, const kk_ref *ref, kk_arena *arena, kk_slice *text);
