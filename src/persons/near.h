/* Who is near a person without being the same: shares a key of any rule, also of those that only look for
 * misspellings or join nothing, and stands apart; and what kept the two apart. For explanations. */
#pragma once
#include "casefile/decisions.h"
#include "persons/persons_i.h"

/* Why two are not one, where no value that differs says it. */
typedef enum {
    NEAR_BY_VALUES,      /* it is in `against` */
    NEAR_BY_DECISION,    /* somebody decided so */
    NEAR_OTHER_OWNER,    /* nothing is matched across owners */
    NEAR_OTHER_REGISTER, /* the same number, of another register as far as can be told */
    NEAR_SWITCHBOARD,    /* the contact is one of many names */
    NEAR_ONLY_NAME,      /* nothing but the name agrees */
    NEAR_TOO_LITTLE,     /* what agrees joins nobody by itself */
    NEAR_POSSIBLE,       /* what agrees makes it possible, not probable */
    NEAR_NOT_THEN        /* what was known when the two were compared spoke against it */
} near_reason;

typedef struct {
    uint32_t person;
    uint32_t rules;        /* bit per kk_rule: what they share */
    uint32_t mine, theirs; /* mentions that share the strongest of these */
    uint32_t against;      /* bit per said_kind */
    near_reason reason;
    const kk_decision *decision; /* of NEAR_BY_DECISION */
    bool in_least;               /* at the least they are one */
} near_person;

typedef struct {
    near_person *items; /* the nearest first */
    size_t count, more; /* more: that are not shown */
} near_persons;

/* `mentions`: of the person, ascending. */
KK_CHECKED kk_status near_find(const kk_identity_graph *g, kk_store *store,
                               const uint32_t *mentions, size_t count, kk_arena *arena,
                               near_persons *out, kk_fault *fault);
