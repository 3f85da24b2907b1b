/* What surfaces print: the documents of the contract, made from the case as it stands. */
#pragma once
#include "base/json.h"
#include "casework/case.h"
#include "claim/claim.h"
#include "report/deadlines.h"

typedef struct {
    kk_access access;
    kk_exfil exfil;
    kk_persons persons;
    kk_measure_tests measures;
    kk_acts acts;
    kk_claims claims;
} kk_answers;

typedef enum {
    KK_NEEDS_NOTHING,
    KK_NEEDS_ACCESS,
    KK_NEEDS_EXFIL,
    KK_NEEDS_PERSONS,
    KK_NEEDS_CLAIMS
} kk_needs;

/* Everything up to `needs`, from the store; memory is the case's. */
KK_CHECKED kk_status kk_case_answers(kk_case *c, kk_needs needs, kk_answers *out, kk_fault *fault);
/* What claims and reports are made of, out of answers that live as long. */
kk_known_facts kk_case_facts(const kk_case *c, const kk_answers *a);
/* What is due; `a` up to KK_NEEDS_PERSONS. */
const kk_deadlines *kk_case_deadlines(kk_case *c, const kk_answers *a);
/* A whole document by its name: evidence, access, exfil, persons, claims, deadlines, status. */
KK_CHECKED kk_status kk_case_document(kk_case *c, const char *name, kk_buffer *out,
                                      kk_fault *fault);
/* The members that every document carries: case, state, tool, so_far. */
KK_CHECKED kk_status kk_document_head(kk_case *c, kk_json *j, kk_fault *fault);
