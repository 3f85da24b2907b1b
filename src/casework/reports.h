/* Reports written to CASE/reports. */
#pragma once
#include "casework/case.h"
#include "report/check.h"

/* Every kind given, in every language and format given, to `folder` (empty: CASE/reports). Paths of the
 * files are told. The case must be open for writing: each report leaves a line in the ledger. */
KK_CHECKED kk_status kk_case_report(kk_case *c, const kk_slice *kinds, size_t kind_count,
                                    const kk_slice *langs, size_t lang_count,
                                    const kk_slice *formats, size_t format_count, kk_slice folder,
                                    void (*written)(void *context, kk_slice path), void *context,
                                    kk_fault *fault);

/* A drafted notice held against the case's claims: the `check` document. The draft is read behind the
 * walls of a worker. *good is false when something in it is contradicted. `c` NULL: no case (--alone). */
KK_CHECKED kk_status kk_case_check(kk_case *c, const kk_options *options, const char *draft,
                                   kk_buffer *out, bool *good, kk_fault *fault);
