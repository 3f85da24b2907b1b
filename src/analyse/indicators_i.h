/* Inside of the analyse room only: indicators while they are gathered. */
#pragma once
#include "analyse/indicators.h"
#include "analyse/responders.h"

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    const kk_access *access;
    const kk_exfil *exfil;
    responders responders;
    kk_arena *arena, *scratch;
    const kk_session **hostile; /* sessions of the intruder's */
    size_t hostile_count;
    kk_indicator *items;
    size_t count, capacity;
    uint32_t *slots; /* number + 1 by hash of type and folded value */
    size_t slot_count;
} gathering;

/* Where something was seen. */
typedef struct {
    kk_time first, last;
    kk_slice host;
    kk_confidence confidence;
    kk_indicator_ground ground;
    const kk_refs *refs;
} sighting;

/* NULL for a value that is none: empty, "-", local. An address of the organisation's own becomes one of
 * KK_ROLE_INSIDE. */
kk_indicator *indicator_add(gathering *g, kk_ioc_type type, kk_indicator_role role, kk_slice value,
                            const sighting *s);
/* An address or a name, whichever it is. */
void indicator_add_place(gathering *g, kk_indicator_role role, kk_slice value, const sighting *s);
/* Gives each its id, and all their order. */
void indicators_finish(gathering *g);
/* A file by its path, unless it is one of the system's own; hashes that a log gave of it follow. */
void indicator_add_file(gathering *g, kk_slice path, const sighting *s);
/* "SHA1=..,MD5=..,SHA256=.." as Sysmon writes it, or one hash alone. */
void indicator_add_hashes(gathering *g, kk_slice hashes, kk_slice of, const sighting *s);
bool path_is_the_systems(kk_slice path);
/* Programs, services, accounts, files and links out of events of the intruder's, and of detections. */
kk_status gather_acts(gathering *g, kk_fault *fault);
kk_status gather_detections(gathering *g, kk_fault *fault);
/* SHA-256 of files that lie in the evidence under the path of an indicator. */
kk_status gather_item_hashes(gathering *g, kk_fault *fault);
