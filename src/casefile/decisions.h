/* What people decided about the case: decisions.jsonl, a chain (casefile/chain.h) with a line each.
 *
 *   {"n","at","id","kind","of","value":{...},"by","reason","prev","sig"}
 *
 * What concerns persons is kept by content: records by the hash of what stands in them, files by that
 * of their bytes and by their place. `of` is what it was called when it was decided.
 *
 * The id comes from what was decided, by whom and why, not from when, so that a decision keeps its id
 * on every rebuild. Nothing is ever taken out: `revoke` is a decision too. Every decision is also an
 * entry of the custody ledger ("decide"), which is how a file that was put back shows. */
#pragma once
#include "base/json.h"
#include "casefile/ledger.h"
#include "casefile/shape.h"

typedef enum {
    KK_DECIDE_EXCLUDE, /* detections, persons, records, files: not counted, shown apart, never deleted */
    KK_DECIDE_INCLUDE,  /* the same: counted although an earlier decision excluded them */
    KK_DECIDE_LEVEL,    /* detections: of this level, whatever the rule says */
    KK_DECIDE_HOSTILE,  /* a session or a detection was the intruder's */
    KK_DECIDE_BENIGN,   /* it was not */
    KK_DECIDE_REFUTE,   /* a finding that data left does not hold */
    KK_DECIDE_WINDOW,   /* when the intruder was there: from, to or both */
    KK_DECIDE_MERGE,    /* persons: they are one */
    KK_DECIDE_SPLIT,    /* a person: the records are of several */
    KK_DECIDE_CATEGORY, /* a person, a file or a table */
    KK_DECIDE_OWNER,    /* a file or a table: whose data it is */
    KK_DECIDE_EXPOSURE, /* a file: left, reachable or none */
    KK_DECIDE_MATCH,    /* persons are matched across these owners */
    KK_DECIDE_REVOKE,   /* another decision no longer holds */
    KK_DECISION_KINDS
} kk_decision_kind;

#define KK_INTRUSION "intrusion" /* what a window is decided of */

typedef struct kk_decision {
    uint64_t n;
    kk_slice id;
    kk_time at;
    kk_decision_kind kind;
    /* Id of a rule (its title, if it has none), a detection, a session, a finding, a decision or a person; path of a
     * file, PATH#TABLE, PATH:RECORD; "intrusion"; owners with commas between them, or "all". */
    kk_slice of;
    /* What narrows it, all of it together; each may be empty. */
    kk_texts hosts, accounts; /* one of them */
    kk_texts where;           /* "field=value" with `*` and `?`, every one */
    kk_time from, to;         /* KK_NO_TIME: no bound; `to` is not in it */
    kk_slice level;           /* of KK_DECIDE_LEVEL */
    /* About records: a text for each person or part, "CONTENT.SLOT" with blanks between them. */
    kk_texts parts;
    kk_slice file, evidence, path,
        table;     /* about a file: SHA-256 where it is known, and its place */
    kk_slice as;   /* category, owner or exposure */
    kk_slice rule; /* a split of what this rule joined */
    kk_slice by, reason;
    kk_slice revoked_by;               /* id of the decision that revoked it; empty: in force */
    const struct kk_decision *next_of; /* the next one of the same thing */
} kk_decision;

typedef struct kk_decisions {
    kk_decision *items; /* in the order of the file */
    size_t count;
    bool intact;
    uint64_t broken_at; /* 0 if intact */
    const char *why;    /* "" if intact */
    bool torn;          /* an unfinished line at the end, which counts for nothing: no breach */
    struct kk_decision_places *places; /* by id and by what they are of */
} kk_decisions;

const char *kk_decision_kind_name(kk_decision_kind kind);
bool kk_decision_kind_named(kk_slice name, kk_decision_kind *out);
static inline bool kk_decision_holds(const kk_decision *d)
{
    return !d->revoked_by.len && d->kind != KK_DECIDE_REVOKE;
}
/* About records, a file or owners: what the count of persons follows. */
static inline bool kk_decision_is_on_persons(const kk_decision *d)
{
    return d->parts.count || d->path.len || d->kind == KK_DECIDE_MATCH;
}
/* NULL if none. */
const kk_decision *kk_decision_by_id(const kk_decisions *decisions, kk_slice id);
/* The first decision about a thing, revoked ones too; `next_of` leads on, in their order. NULL if none. */
const kk_decision *kk_decision_of(const kk_decisions *decisions, kk_slice of);
/* The last one on the window that holds; NULL if none. `decisions` may be NULL. */
const kk_decision *kk_decision_on_window(const kk_decisions *decisions);
/* The last one that refutes this finding and holds; NULL if none. `decisions` may be NULL. */
const kk_decision *kk_decision_refuting(const kk_decisions *decisions, kk_slice finding);
/* The last hostile or benign that holds for a session or a detection; NULL if none. `decisions` may be
 * NULL. */
const kk_decision *kk_decision_on_whose(const kk_decisions *decisions, kk_slice of);

/* Decisions that hold, up to the first line that does not; also looks whether the ledger knows of ones
 * that are missing here. Every signature is checked with `thorough`, else the hashes up to the head's.
 * Fails only where the machine does: who builds on them looks at `intact`. */
KK_CHECKED kk_status kk_decisions_read(kk_arena *arena, const char *case_folder, bool thorough,
                                       kk_decisions **out, kk_fault *fault);
/* As if these alone had been made, and none of them revoked: for asking what each of them does. */
const kk_decisions *kk_decisions_only(kk_arena *arena, const kk_decisions *all, const kk_slice *ids,
                                      size_t count);
/* As documents show it; `state` NULL: in_force or revoked, as it says itself. */
void kk_decision_json(kk_json *j, const kk_decision *decision, const char *state);
/* As a ground of something: the members of an `explain` document, into an open object. */
void kk_decision_explain(kk_json *j, kk_arena *arena, const kk_decision *decision);
/* What every answer asks first: KK_STORE with one sentence where they do not hold. NULL holds. */
KK_CHECKED kk_status kk_decisions_hold(const kk_decisions *decisions, kk_fault *fault);
/* The same answers follow from the same text: for the state of the case. Empty without decisions. */
void kk_decisions_put_state(const kk_decisions *decisions, kk_buffer *out);

/* Writes decisions down, all of them or none, and enters them into the ledger; n, id, and at are filled
 * in. Those that hold already, word for word, are left out: *written tells how many were not. KK_INVALID
 * for a revoke of what is not in force. */
KK_CHECKED kk_status kk_decisions_append(kk_arena *arena, const char *case_folder,
                                         kk_ledger *ledger, kk_time at, kk_decision *decisions,
                                         size_t count, size_t *written, kk_fault *fault);
