/* Given indicators, looked for in everything that the case holds: every field of every event and what
 * events carry encoded, paths and hashes of every item, values of people in tables and texts; and, read again
 * where the evidence still is, the contents of every file, with the text that parsers make of it. What of
 * that could not be looked through is told with its reason. */
#pragma once
#include "analyse/analyse.h"
#include "analyse/ioc_contents.h"
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
    KK_IOC_FIELD_CONTENT, /* one for each kk_content_way */
    KK_IOC_FIELDS = KK_IOC_FIELD_CONTENT + KK_CONTENT_WAYS
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
    uint64_t contents;        /* files in which it stands */
    kk_content_place *places; /* the first KK_REFS_MOST of them, by evidence and path */
    size_t place_count;
} kk_ioc_found;

typedef struct {
    kk_ioc_found *found;                                    /* as many as indicators */
    uint64_t events, payloads, items, hashed_items, people; /* that were looked through */
    kk_ioc_contents *contents;                              /* NULL: they were not */
} kk_ioc_search;

/* `contents`: with workers that have the same indicators in the same order; NULL: contents of files are left
 * aside. */
KK_CHECKED kk_status kk_iocs_search(kk_store *store, const kk_ioc *iocs, size_t count,
                                    const kk_intake_settings *contents, kk_arena *arena,
                                    kk_ioc_search *out, kk_fault *fault);
