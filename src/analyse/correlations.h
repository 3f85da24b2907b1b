/* Rules about several events: they run over the hits that are stored, in the order of time, and what
 * they find is stored beside them. */
#pragma once
#include "store/hits.h"

/* Makes the correlations of the rule set anew. `block` is the compiled set that the hits are of. */
KK_CHECKED kk_status kk_correlations_find(kk_store *store, kk_slice block, uint64_t rules,
                                          kk_fault *fault);
