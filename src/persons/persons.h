/* Distinct persons: mentions joined by named rules, counted by category, by exposure and with bounds.
 * Only keyed hashes are compared; names are read for lists alone. See docs/identity.md.
 *
 * count: joined by certain and probable rules; most: by certain ones only; least: by possible ones
 * too. The truth is to lie between. */
#pragma once
#include "analyse/analyse.h"

typedef struct {
    uint64_t count, least, most;
    bool bounded; /* false: files in reach are unread, so `most` is no bound */
} kk_count_of;

typedef struct {
    kk_item item;
    uint64_t left, reachable;
} kk_item_count;

typedef struct {
    kk_slice name, label_ja, label_en, parent, owner;
    kk_count_of left, reachable, damaged, held;
    uint64_t records;
    kk_time period_from, period_to;
    kk_item_count *items;
    size_t item_count;
    struct kk_role_count { kk_role role; kk_count_of reachable; } *roles;
    size_t role_count;
} kk_category_count;

typedef struct {
    kk_slice path, host, owner, evidence;
    const char *reason; /* encrypted, damaged, password, format */
    uint64_t bytes;
    bool has_estimate;
    kk_count_of estimate;
} kk_unread;

typedef struct {
    uint64_t item;
    kk_slice evidence, path, host, category;
    uint64_t records, persons;
    uint64_t items;       /* KK_BIT */
    const char *exposure; /* left, reachable, none */
    const char *stage;    /* published, transferred, collected, read, reachable, captured, none */
} kk_person_source;

typedef struct kk_identity_graph kk_identity_graph; /* mentions and their joins, for explain and --list */

typedef struct {
    kk_count_of left, reachable, held;
    uint64_t overlap_left, overlap_reachable;
    bool complete;
    kk_category_count *categories;
    size_t category_count;
    kk_category_count *owners; /* by_owner, the same shape */
    size_t owner_count;
    kk_time period_from, period_to;
    uint64_t records, organisations, deceased, placeholders;
    kk_unread *unread;
    size_t unread_count;
    struct kk_absent { kk_item item; uint64_t files, bytes, tables, unread; } *absent;
    size_t absent_count;
    kk_person_source *sources;
    size_t source_count;
    kk_identity_graph *graph;
} kk_persons;

KK_CHECKED kk_status kk_persons_count(kk_store *store, const kk_case_settings *settings, const kk_access *access,
                                      const kk_exfil *exfil, kk_arena *arena, kk_persons *out, kk_fault *fault);
void kk_persons_json(kk_json *j, const kk_persons *persons);
/* `persons --list`: one line a person, in the order of their first record. */
KK_CHECKED kk_status kk_persons_list(kk_store *store, const kk_persons *persons,
                                     void (*line)(void *context, kk_slice json), void *context, kk_fault *fault);
/* The document of `explain` for a person's id: its mentions, the joins with their rules, refs. */
KK_CHECKED kk_status kk_person_explain(kk_store *store, const kk_persons *persons, kk_slice id, kk_arena *arena,
                                       kk_json *j, bool *found, kk_fault *fault);
