/* What a report of this program never says, as a table, and the check of rendered texts against it.
 * The table is held against every text that the program renders (tests do it over all of them); it
 * is not the check of a human's draft, which knows claims. Grounds: docs/wording.md. */
#pragma once
#include "claim/claim.h"

/* By the contract's word ("no_trace"); KK_SAYS_NOTHING for any other. */
kk_says kk_says_by_name(kk_slice name);

typedef enum { KK_LANG_JA = 1, KK_LANG_EN = 2, KK_LANG_BOTH = 3 } kk_lang;

/* When a phrase may stand. */
typedef enum {
    KK_ALLOWED_NEVER,
    KK_ALLOWED_FULL_RECORDS,  /* verdict no trace, and the records are whole (tier A) */
    KK_ALLOWED_NOT_LEFT,      /* not where data are known to have left, or strong traces say so */
    KK_ALLOWED_NOT_UNCERTAIN, /* not where the verdict is that nothing can be said */
    KK_ALLOWED_BOUNDED,       /* where everything in reach was read */
    KK_ALLOWED_ASSETS,        /* where a list says what "all" refers to */
    KK_ALLOWED_FIRST_SEEN,    /* where the records reach back before the first act */
    KK_ALLOWED_INTERNAL,      /* in texts for investigators */
    KK_ALLOWED_TRANSMITTED    /* where data are known to have left */
} kk_allowed;

typedef struct {
    const char *id; /* "no-leak" */
    kk_lang lang;
    /* Literal text, folded (NFKC, lower case, no blanks beside Japanese), with {a|b} for one of
     * several, ~ for a gap within the sentence, # for a number. */
    const char *pattern;
    const char *unless; /* the sentence is fine when this is in it too; "" for no such way out */
    kk_allowed allowed;
    const char *why;
} kk_phrase;

extern const kk_phrase kk_phrases[];
extern const size_t kk_phrase_count;

typedef struct {
    kk_says verdict;
    char tier; /* 'A'..'D'; 0: none */
    kk_lang lang;
    bool bounded;    /* everything in reach was read */
    bool has_assets; /* case.yaml names the list of machines */
    bool first_seen; /* the window's beginning is first_seen, not no_later_than */
    bool internal;   /* for investigators: technical words may stand */
} kk_phrase_context;

/* `sentence` is a part of the text given; `line` counts from 1. */
typedef void (*kk_phrase_found)(void *user, const kk_phrase *phrase, size_t line,
                                kk_slice sentence);
/* Number of offences. Text, Markdown or HTML; tags, emphasis and line breaks do not hide a phrase.
 * A placeholder that was left unfilled is an offence too. `found` may be NULL. */
size_t kk_phrase_check(const kk_phrase_context *context, kk_slice text, kk_phrase_found found,
                       void *user);
/* Whether a folded sentence has the pattern anywhere. For tests of the table. */
bool kk_phrase_matches(const char *pattern, kk_slice folded);
