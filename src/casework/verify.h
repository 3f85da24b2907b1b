/* Whether the evidence is still what was taken in, and the ledger whole. */
#pragma once
#include "base/json.h"
#include "casework/case.h"

/* The `verify` document. *good is false for any mismatch. */
KK_CHECKED kk_status kk_case_verify(kk_case *c, bool unsafe_no_sandbox, kk_buffer *out, bool *good,
                                    kk_fault *fault);
