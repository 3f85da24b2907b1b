/* What detections say that was done: hits of the window gathered by machine and by what they point
 * to. An act is not a verdict on it: a rule fits an event, and what is hostile is for sessions,
 * accounts and people to tell. */
#pragma once
#include "analyse/witness.h"

typedef struct {
    const char *code;    /* "credentials"; "other" where no technique of the table is named */
    const char *ja, *en; /* 「…」を示す記録; records that point to ... */
} kk_act_kind;

typedef struct {
    kk_slice id; /* of the detection */
    kk_slice title, title_ja, level;
    kk_slice
        decoded; /* the field in whose decoded payload it was found; empty: in the event itself */
    kk_time time;
    kk_ref ref;
} kk_act_hit;

typedef struct {
    const kk_act_kind *kind;
    kk_slice host;
    kk_slice level; /* the highest */
    int rank;       /* of it: 0 informational to 4 critical */
    kk_time first, last;
    uint64_t detections;
    uint64_t decoded;   /* of them, those that rest on what the records hold encoded */
    kk_witness witness; /* the best of those that carry it */
    kk_slice finding;   /* id of a finding of another source that shows the same; empty */
    bool by_responder;  /* stated in case.yaml to be our own people's */
    kk_slice responder_ja, responder_en;
    kk_slice *rules, *rules_ja; /* titles, each once */
    size_t rule_count, rule_capacity;
    kk_act_hit *hits; /* the first ones */
    size_t hit_count, hit_capacity;
    kk_refs refs;
} kk_act;

/* Hits of a tactic on a machine on a day of the case's zone. */
typedef struct {
    kk_slice host, day, tactic; /* "2026-07-01", "credential-access" */
    uint64_t detections;
} kk_tactic_day;

typedef struct {
    kk_act *items; /* highest level first, then by first, host, kind; our own people's last */
    size_t count;
    kk_tactic_day *tactics; /* by host, day, tactic */
    size_t tactic_count;
} kk_acts;

/* Of a rule's tags (a JSON array) the first technique that the table knows, of these codes alone (none: of all);
 * NULL: there is none. `matters`: hits of level medium are told too. */
const kk_act_kind *kk_act_kind_of(kk_arena *scratch, kk_slice tags, const char *const *codes,
                                  size_t count, bool *matters);
KK_CHECKED kk_status kk_acts_find(kk_store *store, const kk_case_settings *settings,
                                  const kk_access *access, const kk_exfil *exfil, kk_arena *arena,
                                  kk_acts *out, kk_fault *fault);
/* A source that could not be altered, or two that do not depend on each other. */
bool kk_act_is_proven(const kk_act *act);
