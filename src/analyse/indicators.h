/* What the intruder left that others can look for: addresses, accounts, names, files, hashes, services.
 * Only what findings, sessions and detections of the case rest on; each says which. */
#pragma once
#include "analyse/analyse.h"
#include "detect/ioc.h"

typedef enum {
    KK_ROLE_INTRUDER,    /* an address, a machine's name, a file of the intruder's */
    KK_ROLE_DESTINATION, /* where data went, what was connected to */
    KK_ROLE_FAR_ACCOUNT, /* an account at such a place */
    KK_ROLE_CREATED,     /* an account that the intruder made here */
    KK_ROLE_COMPROMISED, /* an account of the organisation that the intruder used */
    KK_ROLE_INSIDE,      /* an address of the organisation that the intruder came from */
    KK_INDICATOR_ROLES
} kk_indicator_role;
extern const char *const kk_indicator_role_names[KK_INDICATOR_ROLES];

typedef enum { KK_CONFIDENCE_LOW, KK_CONFIDENCE_MEDIUM, KK_CONFIDENCE_HIGH } kk_confidence;
extern const char *const kk_confidence_names[3];

/* What an indicator rests on: a session, a finding, a detection, or an event of a session. */
typedef struct {
    const char *kind; /* "session", "finding", "detection", "event" */
    kk_slice id;
    kk_slice what; /* kind of session or finding, title of the rule, action of the event */
} kk_indicator_ground;
enum { KK_GROUNDS_MOST = 20 };

typedef struct {
    kk_slice id;
    kk_ioc_type type;
    kk_indicator_role role;
    kk_slice value;
    kk_slice of; /* of a hash: the file it is of */
    bool internal;
    kk_confidence confidence;
    kk_time first, last; /* KK_NO_TIME: not known */
    uint64_t seen;       /* grounds, also those that are not kept */
    kk_slice *hosts;     /* in the order in which they were met */
    size_t host_count, host_capacity;
    kk_indicator_ground *grounds; /* at most KK_GROUNDS_MOST */
    size_t ground_count, ground_capacity;
    kk_refs refs;
} kk_indicator;

typedef struct {
    kk_indicator *items; /* by type, role, value */
    size_t count;
} kk_indicators;

/* Hostile by itself: fit for a block list. Accounts and addresses of the organisation are not. */
bool kk_indicator_is_hostile(const kk_indicator *indicator);
KK_CHECKED kk_status kk_indicators_find(kk_store *store, const kk_case_settings *settings,
                                        const kk_access *access, const kk_exfil *exfil,
                                        kk_arena *arena, kk_indicators *out, kk_fault *fault);
/* One indicator as an object. `defang`: values are written so that nothing makes links of them. */
void kk_indicator_json(kk_json *j, kk_arena *scratch, const kk_indicator *indicator, bool defang);
/* http://evil.example to hxxp://evil[.]example, for addresses, names, links and mail addresses. */
kk_slice kk_defanged(kk_arena *arena, kk_ioc_type type, kk_slice value);

/* A bundle of STIX 2.1, the same bytes for the same case. */
typedef struct {
    kk_slice case_name, organisation, state;
    kk_slice first_evidence;   /* its SHA-256: cases of one name are told apart by it */
    kk_time created, modified; /* when the first evidence was taken in, and the last */
} kk_stix_about;
void kk_indicators_stix(kk_json *j, kk_arena *arena, const kk_indicators *indicators,
                        const kk_stix_about *about);
