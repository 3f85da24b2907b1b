/* Given indicators, looked for in everything that the case holds: every field of every event and what
 * events carry encoded, paths and hashes of every item, values of people in tables and texts. */
#pragma once
#include "analyse/analyse.h"
#include "detect/ioc.h"

/* Where an indicator was found; fields beyond those of events. */
enum {
    KK_IOC_FIELD_MORE = KK_TEXT_FIELDS,
    KK_IOC_FIELD_NUMBER,
    KK_IOC_FIELD_HOST,
    KK_IOC_FIELD_ITEM_PATH,
    KK_IOC_FIELD_ITEM_HASH,
    KK_IOC_FIELD_DECODED,
    KK_IOC_FIELD_PERSON,
    KK_IOC_FIELDS
};
const char *kk_ioc_field_name(unsigned field);

typedef struct kk_ioc_sighting kk_ioc_sighting; /* inside of the search */
typedef struct {
    uint64_t events, items, people; /* each counted once; people: records of them */
    kk_time first, last;            /* of events; KK_NO_TIME */
    kk_slice *hosts;                /* sorted */
    size_t host_count, host_capacity;
    uint64_t fields; /* a bit for each where it was */
    kk_refs refs;    /* the first in the order of events, then items, then people */
    kk_ioc_sighting *sightings;
    size_t sighting_count;
} kk_ioc_found;

typedef struct {
    kk_ioc_found *found;                                    /* as many as indicators */
    uint64_t events, payloads, items, hashed_items, people; /* that were looked through */
} kk_ioc_search;

KK_CHECKED kk_status kk_iocs_search(kk_store *store, const kk_ioc *iocs, size_t count,
                                    kk_arena *arena, kk_ioc_search *out, kk_fault *fault);
