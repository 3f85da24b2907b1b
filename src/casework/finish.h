/* After intake: lines of logs counted from their beginning, hashes of whole evidence, names of machines found, hashes held
 * against those that came with the evidence. Inside of the casework room only. */
#pragma once
#include "casework/case.h"

/* People in logs stand in lines of the file from now on, and no longer of a range. */
KK_CHECKED kk_status lines_finish(kk_case *c, kk_fault *fault);
/* *mismatch: some evidence does not have the hash it should have. */
KK_CHECKED kk_status evidence_finish(kk_case *c, bool *mismatch, kk_fault *fault);
/* The SHA-256 of evidence: of its one file, or of the manifest of its files ("sha256  path" lines,
 * sorted by path). Empty while files are not hashed yet. */
KK_CHECKED kk_status evidence_hash(kk_case *c, uint32_t evidence, bool is_folder, kk_slice *hex,
                                   uint64_t *bytes, kk_fault *fault);
