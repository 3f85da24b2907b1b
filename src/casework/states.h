/* Counts of persons that were kept, each with the state it was made from:
 *
 *   CASE/states.jsonl, states.head   a chain (casefile/chain.h) with a line each
 *   CASE/states/NNNN-STATE.json      the document as it was
 *   CASE/states/NNNN-STATE.persons   what the change to a later state is worked out from
 *
 * Lines hold the hashes of the files. Nothing is ever written over. */
#pragma once
#include "casework/answers.h"
#include "persons/states.h"
#include "report/report.h"

typedef struct {
    uint64_t n;
    kk_slice state, tool, name; /* name: of its files, without the ending */
    kk_time at;
    kk_slice total;  /* JSON: left, reachable, held */
    kk_slice answer; /* SHA-256 of what the document says beside its head */
    kk_slice document_sha256, persons_sha256;
} kk_kept_state;

/* In the order in which they were kept. KK_STORE where the chain does not hold. */
KK_CHECKED kk_status kk_case_states(kk_case *c, kk_kept_state **out, size_t *count,
                                    kk_fault *fault);
/* Keeps the count of `a`, unless the same one is kept already. *n: its number. While evidence is taken in
 * nothing is kept: n is 0. */
KK_CHECKED kk_status kk_case_keep_count(kk_case *c, const kk_answers *a, uint64_t *n,
                                        kk_fault *fault);
/* The ledger's line of an analysis: its state, and how many counts were kept. */
KK_CHECKED kk_status kk_case_note_analysis(kk_case *c, kk_fault *fault);
/* Persons get the ids that they had when a count was last kept. */
KK_CHECKED kk_status kk_case_keep_ids(kk_case *c, kk_persons *persons, kk_fault *fault);

/* The kept count whose state begins with this; KK_NOT_FOUND if none or several do. */
KK_CHECKED kk_status kk_case_state_named(kk_case *c, kk_slice prefix, kk_kept_state *out,
                                         kk_fault *fault);
/* The document of a kept count, as it was printed then. */
KK_CHECKED kk_status kk_case_kept_document(kk_case *c, const kk_kept_state *kept, kk_slice *out,
                                           kk_fault *fault);
KK_CHECKED kk_status kk_case_kept_persons(kk_case *c, const kk_kept_state *kept, kk_arena *arena,
                                          kk_person_state **out, kk_fault *fault);
/* What the case as it stands is known by. */
KK_CHECKED kk_status kk_case_state_head(kk_case *c, kk_state_head *out, kk_fault *fault);
/* `persons --states` */
KK_CHECKED kk_status kk_case_states_json(kk_case *c, kk_buffer *out, kk_fault *fault);
/* A line for each id of a kept count that is somebody else's now, or nobody's. */
KK_CHECKED kk_status kk_case_moved_ids(kk_case *c, kk_slice since,
                                       void (*line)(void *context, kk_slice json), void *context,
                                       kk_fault *fault);
/* The part of `verify`: the chain, and every file against its hash. */
KK_CHECKED kk_status kk_case_verify_states(kk_case *c, kk_json *j, bool *good, kk_fault *fault);

/* What `persons --since` is asked. */
typedef struct {
    kk_slice since; /* the beginning of a state, "reported", or the day of a report */
    kk_figure figure;
    bool has_basis, has_bound; /* false: what the report told, else reachable, count */
} kk_since;
/* For reports: why each number of `reported` is another now, in words that the public may read. `a`: up
 * to KK_NEEDS_PERSONS. */
KK_CHECKED kk_status kk_case_reported_changes(kk_case *c, kk_answers *a, kk_report_change **out,
                                              size_t *count, kk_fault *fault);
/* The document: how the figure came to be what it is now. */
KK_CHECKED kk_status kk_case_since(kk_case *c, const kk_since *asked, kk_buffer *out,
                                   kk_fault *fault);
