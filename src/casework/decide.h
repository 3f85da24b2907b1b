/* Decisions of people: held against what the case holds, written down, listed. */
#pragma once
#include "base/json.h"
#include "casework/case.h"
#include "persons/persons.h"

/* Checks that everything that is decided about is there, then writes all of it down or none; rules named
 * by title are written by id, persons, records and files by content; `words` is how these are named.
 * KK_INVALID with one sentence for what does not fit. */
KK_CHECKED kk_status kk_case_decide(kk_case *c, const kk_person_words *words,
                                    kk_decision *decisions, size_t count, size_t *written,
                                    kk_fault *fault);
/* The lines of an exclusion list: RULE[,HOST[,FIELD=VALUE[,REASON]]], CSV; `#` begins a remark, the header
 * `rule,host,where,reason` may stand first. Each becomes a copy of `like` that is narrowed so. */
KK_CHECKED kk_status kk_exclusion_list_read(kk_arena *arena, const char *path,
                                            const kk_decision *like, kk_decision **out,
                                            size_t *count, kk_fault *fault);

/* By index of the case's decisions: NULL where it is in force or revoked, as it says itself; "orphan"
 * where the case does not hold any more what it is about; else as kk_person_decision_state says.
 * `persons`: the count, where it is known already. */
KK_CHECKED kk_status kk_case_decision_states(kk_case *c, const kk_persons *persons,
                                             const char ***out, kk_fault *fault);
/* The `decide --list` document. */
KK_CHECKED kk_status kk_case_decisions_json(kk_case *c, kk_buffer *out, kk_fault *fault);
/* The member `orphans` of other documents: the ids; absent where there are none. */
KK_CHECKED kk_status kk_case_orphans_json(kk_case *c, const kk_persons *persons, kk_json *j,
                                          kk_fault *fault);
