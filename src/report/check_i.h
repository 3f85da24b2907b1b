/* Inside of the check of drafts: sentences held against claims. */
#pragma once
#include "report/check.h"
#include "report/draft_i.h"

typedef struct {
    kk_slice ja, en; /* folded texts of a claim */
} folded_claim;

typedef struct {
    kk_arena *arena;
    const kk_report_input *in; /* NULL: no case */
    const kk_claims *claims;   /* never NULL; empty without a case */
    folded_claim *folded;
    const kk_case_settings *settings; /* NULL without a case */
    const sentences *draft;
    kk_draft_check *out;
    bool japanese;                /* the draft's language */
    struct counting_words *words; /* of groups of persons; made when first needed */
    int year;                     /* for dates without one: of the last date that had one */
} checking;

/* Adds what was found; `claim` may be NULL, `expected` empty: then the claim's own words. */
void held(checking *c, const sentence *s, kk_said kind, kk_slice quote, kk_held status,
          const kk_claim *claim, kk_slice expected);
kk_slice claim_words(const checking *c, const kk_claim *claim);
const kk_claim *claim_of(const checking *c, const char *kind, kk_slice subject);
/* A claim that says the sentence word for word; NULL if none. */
const kk_claim *echoed(const checking *c, const sentence *s);
bool is_said(const sentence *s, const char *const *words); /* in it or its headings */
/* Headings under which a draft asks, thanks and gives telephone numbers, not facts. */
bool is_aside(const sentence *s);
kk_slice told(const checking *c, const char *ja, const char *en);
bool any_phrase(kk_slice folded,
                const char *const *patterns); /* patterns of phrases.h, NULL at the end */

void check_counts(checking *c, const sentence *s);
void check_sums(checking *c, size_t index, const said_sums *sums);
void check_dates(checking *c, const sentence *s);
void check_verdict(checking *c,
                   const sentence *s);            /* forbidden words, and what is said of leaving */
void check_items(checking *c, const sentence *s); /* items that are said to be there, or not */
void check_rest(checking *c, const sentence *s);  /* scope, parties, actions, judgements */
