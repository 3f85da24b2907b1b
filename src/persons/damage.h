/* Whose data were encrypted or destroyed: as case.yaml says, or as the encrypted files themselves show. */
#pragma once
#include "persons/neighbours.h"

/* Where the encrypted files are, by evidence label and path. Marks the files that are their copies: what
 * was in these is what the intruder encrypted. */
KK_CHECKED kk_status damage_find(kk_identity_graph *g, kk_store *store, const neighbours *known,
                                 const unread_place *encrypted, size_t count, kk_fault *fault);
