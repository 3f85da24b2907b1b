/* Reports: documents in Japanese and English, made of claims, of what the case file says about the
 * organisation, and of deadlines. A kind is one file here and one line in reports.def. What each
 * prints and leaves out: docs/reports.md. */
#pragma once
#include "claim/claim.h"
#include "report/deadlines.h"
#include "report/phrases.h"

/* One piece of evidence, for the list in the investigation report. */
typedef struct {
    kk_slice id, label, source, kind, host, sha256;
    uint64_t bytes;
    kk_time taken_in;
    uint64_t parsed, failed, skipped;
} kk_report_evidence;

/* An item that could not be read. */
typedef struct {
    kk_slice evidence, path, reason;
} kk_report_failure;

/* A part of the way from a number that was reported to the one of now; no paths, no names. */
typedef struct {
    size_t number; /* which one, over all of `reported` in case.yaml */
    kk_slice ja, en;
    int64_t change;
} kk_report_change;

typedef struct {
    const kk_known_facts *facts; /* `store` may be NULL: nothing is asked of it */
    const kk_claims *claims;
    const kk_deadlines *deadlines; /* NULL: the report says that they are not known */
    const kk_report_evidence *evidence;
    size_t evidence_count;
    const kk_report_failure *failures;
    size_t failure_count;
    const kk_report_change *changes; /* by number; none: not worked out */
    size_t change_count;
    kk_slice case_name, state;
    bool so_far; /* evidence is still being taken in */
} kk_report_input;

typedef struct kk_report_build kk_report_build;
typedef struct {
    const char *name;
    kk_level level; /* the widest circle whose claims it prints */
    void (*build)(kk_report_build *build);
} kk_report_kind;
extern const kk_report_kind kk_report_kinds[];
extern const size_t kk_report_kind_count;
const kk_report_kind *kk_report_kind_by_name(kk_slice name); /* NULL if none */

/* `kind` as in kk_report_kinds, `lang` ja or en, `format` html or md; the text is added to `out`.
 * KK_INVALID for another kind, language or format. */
KK_CHECKED kk_status kk_report_render(const kk_report_input *input, kk_slice kind, kk_slice lang,
                                      kk_slice format, kk_buffer *out, kk_fault *fault);

/* What phrases.h has to know to judge a text of this case. */
kk_phrase_context kk_report_phrases(const kk_report_input *input, kk_level level, kk_lang lang);
