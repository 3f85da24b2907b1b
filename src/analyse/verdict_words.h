/* The sentences in which a verdict is told, in the reader's words, with {places} to be filled. What
 * is not here is not said about data leaving; every one passes report/phrases.h under the verdict
 * it belongs to. */
#pragma once
#include "casefile/shape.h"
#include "model/event.h"

typedef enum {
    KK_SAYS_NOTHING, /* no verdict yet: only what may never be said */
    KK_SAYS_CONFIRMED,
    KK_SAYS_TRACES,
    KK_SAYS_NO_TRACE,
    KK_SAYS_INDETERMINATE
} kk_says;

typedef enum {
    KK_TOLD_PUBLISHED,   /* confirmed, and obtainable outside: {persons} */
    KK_TOLD_TRANSMITTED, /* confirmed by logged transfer: {from} {to} */
    KK_TOLD_TRACES,      /* {signs} */
    KK_TOLD_POSSIBLE,    /* indeterminate with weak signs: {signs} */
    KK_TOLD_FULL,        /* no trace, records whole: {from} {to} {machines} {sources} */
    KK_TOLD_PARTLY,      /* no trace as far as records reach: {from} {to} {machines} {all_hours}
                            {covered_hours} {missing_hours} {sources} */
    KK_TOLD_COVERED, /* no trace, an hour's record is nowhere missing, but what they show has limits:
                            {from} {to} {machines} {all_hours} {sources} */
    KK_TOLD_LIMITED,     /* indeterminate, few records: {sources} {missing} */
    KK_TOLD_LOST,        /* indeterminate, records lost: {why} */
    KK_TOLD_NOTHING_YET, /* nothing was read yet */
    KK_LIMB_VIEWING,     /* what no record shows */
    KK_LIMB_SMALL,       /* {floor} */
    KK_LIMB_UNSEEN,      /* {unseen} */
    KK_LIMB_UNBOUNDED,
    KK_LIMB_REMOTE,     /* the intruder worked on a screen from afar: {bytes} */
    KK_LIMB_NAMES_ONLY, /* listed by name: {files} */
    KK_LIMB_DAMAGE,     /* encrypted or destroyed: {datasets} */
    KK_LIMB_DUTY,       /* no trace decides nothing in law */
    KK_VERDICT_SENTENCES
} kk_verdict_sentence;

typedef struct {
    kk_says verdict; /* KK_SAYS_NOTHING: may stand beside any */
    char tier;       /* 'A', 'B', 'C', 'D'; 0: any */
    const char *ja, *en;
} kk_verdict_words;

extern const kk_verdict_words kk_verdict_told[KK_VERDICT_SENTENCES];

/* The sentence with its places filled, in both languages. A value is {name, value} for both, or a
 * pair of pairs "name.ja" and "name.en". A place without a value stays, and the check of phrases
 * finds it. */
kk_words kk_verdict_fill(kk_arena *arena, kk_verdict_sentence which, const kk_pair *values,
                         size_t count);
