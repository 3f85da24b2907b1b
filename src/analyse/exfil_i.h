/* Inside of the analyse room only: what the parts of the verdict share. */
#pragma once
#include "analyse/analyse.h"

typedef struct {
    uint64_t item, size, mentions;
    kk_slice label, path, host, parser;
} person_item;

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    const kk_access *access;
    kk_arena *arena;
    kk_exfil *out;
    person_item *people; /* by label and path */
    size_t people_count;
    uint64_t packed_bytes; /* the least that the data would take, compressed */
    size_t finding_capacity, gap_capacity, source_capacity;
    size_t left_capacity, reachable_capacity;
    bool has_firewall, counters_whole, cleared;
    uint64_t unexplained; /* outgoing bytes that nothing explains, below the thresholds */
    uint64_t carried;     /* by the intruder's own sessions from outside */
    bool carried_known;   /* every one of them ended with its byte counts */
} judgement;

typedef struct {
    uint64_t parent, item;
} held_item;
typedef struct {
    held_item *items; /* by parent */
    size_t count;
} held_items;
/* Sets `inside` of the findings. */
kk_status inside_find(judgement *j, kk_fault *fault);

bool in_window(const judgement *j, kk_time at);
bool host_is_intruded(const judgement *j, kk_slice host);
kk_finding *finding_add(judgement *j, const char *rule, const char *kind,
                        kk_finding_strength strength);
void finding_item(judgement *j, kk_finding *f, uint64_t item);
void finding_finish(judgement *j, kk_finding *f); /* gives it its id, and its items their order */
/* Ascending, each once. */
void items_sort(uint64_t *items, size_t *count);
bool items_hold(const uint64_t *items, size_t count, uint64_t item);
void gap_add(judgement *j, kk_slice host, kk_slice source, kk_time from, kk_time to,
             const char *reason);

kk_status transfers_find(judgement *j, kk_fault *fault);
kk_status coverage_find(judgement *j, kk_fault *fault);
