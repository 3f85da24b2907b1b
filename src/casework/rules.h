/* The rules that a case is looked at with: the project's own, and those that the user gave. They are
 * kept in the case as texts, so that every later run and every other machine uses the same ones. */
#pragma once
#include "casework/case.h"

typedef struct {
    uint64_t number; /* of the set, from the hash of all texts and of the program: in hits */
    kk_slice block;  /* compiled, for kk_pool_rules */
    uint64_t yara;   /* number of the YARA rules; 0: there are none */
    const struct kk_rule_files *files;
    kk_slice yara_block; /* compiled; empty until it is wanted */
} kk_case_rules;

/* Makes the rules ready, from a cache in the case where nothing changed. The files and folders that the
 * options name take the place of those given before; none: those given before. The case is open for
 * writing. */
KK_CHECKED kk_status kk_case_rules_ready(kk_case *c, const kk_options *options, kk_case_rules *out,
                                         kk_fault *fault);
/* Holds stored events that were not yet looked at with these rules against them, in workers of the
 * pool, and forgets what other rules had found. */
KK_CHECKED kk_status kk_case_rules_match(kk_case *c, const kk_options *options, kk_pool *pool,
                                         const kk_case_rules *rules, kk_fault *fault);
/* Holds the bytes of evidence that were not yet looked at with these YARA rules against them: all that is
 * inside is read again. *unscanned: some could not be held against them, or only in part. */
KK_CHECKED kk_status kk_case_rules_scan(kk_case *c, const kk_options *options, kk_pool *pool,
                                        kk_case_rules *rules, bool *unscanned, kk_fault *fault);
