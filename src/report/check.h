/* Holds a drafted notice against the claims of a case: its numbers, sums, dates, items, verdicts,
 * absences and the rest, each supported, contradicted or unsupported. Without a case only what needs
 * none is checked. The draft is hostile: it is read from bytes already in memory and nothing else,
 * so that it can be done inside a worker. What is recognised: docs/check.md. */
#pragma once
#include "claim/claim.h"
#include "report/report.h"

typedef enum {
    KK_SAID_COUNT,
    KK_SAID_SUM,
    KK_SAID_DATE,
    KK_SAID_VERDICT,
    KK_SAID_ITEM,
    KK_SAID_ACTION,
    KK_SAID_SCOPE,
    KK_SAID_ABSENCE,
    KK_SAID_PARTY,
    KK_SAID_JUDGEMENT,
    KK_SAID_KINDS
} kk_said;
extern const char *const kk_said_names[KK_SAID_KINDS]; /* "count", "sum", ... */

typedef enum { KK_HELD_SUPPORTED, KK_HELD_CONTRADICTED, KK_HELD_UNSUPPORTED } kk_held;
extern const char *const kk_held_names[3];

typedef struct {
    kk_said kind;
    size_t line;    /* from 1, in the draft */
    kk_slice text;  /* the sentence */
    kk_slice quote; /* the words in it that were held against the claims; may be empty */
    kk_held status;
    kk_slice claim;    /* id; empty: none */
    kk_slice expected; /* what should stand there, in the draft's language; may be empty */
} kk_statement;

typedef struct {
    kk_statement *items; /* in the order of the draft */
    size_t count, capacity;
    size_t contradicted, unsupported;
} kk_draft_check;

#define KK_DRAFT_MOST (1u << 20) /* bytes */

/* `bytes`: text, Markdown or HTML in UTF-8, UTF-16, CP932, EUC-JP or ISO-2022-JP. `input` NULL: no
 * case (--alone). KK_INVALID for a draft that is too large. */
KK_CHECKED kk_status kk_check_draft(const kk_report_input *input, kk_slice bytes, kk_arena *arena,
                                    kk_draft_check *out, kk_fault *fault);
/* Members "statements", "contradicted", "unsupported" into an open object. */
void kk_check_json(kk_json *j, const kk_draft_check *check);
