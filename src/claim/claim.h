/* Claims: one sentence's worth of fact for a report, each with what it rests on. Reports are made of
 * claims only. A claim's id comes from its content, so that the same fact has the same id. */
#pragma once
#include "analyse/acts.h"
#include "analyse/rule_reach.h"
#include "analyse/verdict_words.h"
#include "persons/persons.h"

typedef enum {
    KK_PROVEN,    /* a source that the intruder could not alter, or two independent ones */
    KK_SUPPORTED, /* evidence says so, from one source that could have been altered */
    KK_DECLARED,  /* a named person stated it (case.yaml) */
    KK_JUDGED,    /* a named person concluded it */
    KK_OPEN,      /* not known: what would settle it is in the text */
    KK_CONTRADICTED,
    KK_STANDINGS_OF_CLAIMS
} kk_claim_standing;
extern const char *const kk_claim_standing_names[KK_STANDINGS_OF_CLAIMS];

typedef struct {
    kk_slice id;
    const char *kind; /* one of docs/claims.md: "verdict", "persons_left", "entry", ... */
    kk_slice
        subject; /* which one of its kind: a category's name, a host, a deadline; may be empty */
    kk_slice ja, en; /* a full sentence each; obeys the phrase table */
    kk_slice value;  /* JSON; empty: null */
    kk_claim_standing standing;
    kk_level level; /* the widest circle it may be told to */
    kk_slice party;
    kk_slice *because; /* ids of claims and findings */
    size_t because_count;
    kk_slice by; /* who stated or judged it; empty */
    kk_time by_at;
    kk_refs refs;
} kk_claim;

typedef struct {
    kk_claim *items; /* in the order of the five questions, then kind, subject */
    size_t count;
} kk_claims;

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    const kk_access *access;
    const kk_exfil *exfil;
    const kk_persons *persons;
    const kk_measure_tests *measures; /* NULL: not tested */
    kk_time now;
    const kk_acts *acts; /* what rules found; NULL: not looked for */
} kk_known_facts;

KK_CHECKED kk_status kk_claims_make(const kk_known_facts *facts, kk_arena *arena, kk_claims *out,
                                    kk_fault *fault);
void kk_claims_json(kk_json *j, const kk_claims *claims); /* member "claims" into an open object */
/* The first of a kind (and subject, unless it is empty); NULL if none. */
const kk_claim *kk_claim_of(const kk_claims *claims, const char *kind, kk_slice subject);

/* The five questions: member "questions" into an open object. */
void kk_status_json(kk_json *j, const kk_known_facts *facts, const kk_claims *claims,
                    kk_arena *arena);

/* The ground of a claim, a finding, a session, a person or an event, down to bytes: the members of the
 * `explain` document into an open object. `bytes` gives the bytes of a ref (through a worker), and
 * as *text what a parser makes of them where they are no text themselves; NULL: refs come without. */
typedef kk_slice (*kk_bytes_of)(void *context, const kk_ref *ref, kk_arena *arena, kk_slice *text);
KK_CHECKED kk_status kk_explain(const kk_known_facts *facts, const kk_claims *claims, kk_slice id,
                                kk_bytes_of bytes, void *context, kk_arena *arena, kk_json *j,
                                bool *found, kk_fault *fault);

/* The subject of the claim on an act: "FS01/credentials". */
kk_slice kk_act_subject(kk_arena *arena, const kk_act *act);
/* Parties and kinds of report in the reader's words; what is not known stays as it is written. */
kk_slice kk_party_words(const kk_case_settings *settings, kk_slice id, bool japanese);
kk_slice kk_report_kind_words(kk_slice kind, bool japanese);
