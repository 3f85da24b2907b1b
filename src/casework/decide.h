/* Decisions of people: held against what the case holds, written down, listed. */
#pragma once
#include "base/json.h"
#include "casework/case.h"

/* Checks that everything that is decided about is there, then writes all of it down or none; rules named
 * by title are written by id. KK_INVALID with one sentence for what does not fit. */
KK_CHECKED kk_status kk_case_decide(kk_case *c, kk_decision *decisions, size_t count,
                                    size_t *written, kk_fault *fault);
/* The lines of an exclusion list: RULE[,HOST[,FIELD=VALUE[,REASON]]], CSV; `#` begins a remark, the header
 * `rule,host,where,reason` may stand first. Each becomes a copy of `like` that is narrowed so. */
KK_CHECKED kk_status kk_exclusion_list_read(kk_arena *arena, const char *path,
                                            const kk_decision *like, kk_decision **out,
                                            size_t *count, kk_fault *fault);

/* By index of the case's decisions: it is about something that the case does not hold any more. */
KK_CHECKED kk_status kk_case_orphans(kk_case *c, bool **out, kk_fault *fault);
/* The `decide --list` document. */
KK_CHECKED kk_status kk_case_decisions_json(kk_case *c, kk_buffer *out, kk_fault *fault);
/* The member `orphans` of other documents: the ids; absent where there are none. */
KK_CHECKED kk_status kk_case_orphans_json(kk_case *c, kk_json *j, kk_fault *fault);
