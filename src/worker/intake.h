/* Taking evidence in: what is handed over becomes items, items become units (item, range), units are
 * given to workers, and what they tell goes to the store. Resumes where an earlier run stopped: a unit
 * that has an outcome for the same parser and settings is not read again. */
#pragma once
#include "store/store.h"
#include "worker/worker.h"

typedef struct {
    uint32_t number;                  /* in the store */
    kk_slice id, label, source, kind; /* kind: file, folder, image, archive */
    kk_slice host;                    /* given by HOST=, else empty */
    kk_slice forced; /* parser that the user chose by an option (leak_listing), else empty */
} kk_evidence;

typedef struct {
    uint64_t bytes_done, bytes_known, items_done, items_known, events;
} kk_progress;

/* Who looks through the contents of evidence hears of them, from one thread at a time. */
typedef struct {
    uint64_t item;     /* key */
    uint32_t evidence; /* number */
    kk_slice path;
} kk_looked_at;
typedef struct {
    void *context;
    void (*hit)(void *context, const kk_looked_at *at, const kk_content_hit *hit);
    /* Its bytes were looked through, and it has so many of them; or not, or not all, and why: a word of
     * docs/iocs.md. */
    void (*done)(void *context, const kk_looked_at *at, uint64_t bytes);
    void (*gap)(void *context, const kk_looked_at *at, const char *why);
} kk_look;

typedef struct {
    kk_store *store;
    kk_pool *pool;
    const char *folder; /* of the case: spooled members live in it, unlinked */
    int jobs;
    kk_slice zone; /* of the case */
    kk_hash_key key;
    kk_time incident;
    bool passwords; /* the pool's workers have some: what none opened before is read again */
    bool carve;     /* unallocated space of file systems is read too */
    /* All evidence of the case, this run's too: what is closed in it is tried with what this run read. */
    const kk_evidence *all;
    size_t all_count;
    bool has_earlier;    /* some of it was read before this run */
    uint64_t rules;      /* number of the rule set that the pool's workers have; 0: none */
    uint64_t yara;       /* of the YARA rules, while evidence is held against them */
    const kk_look *look; /* while it is looked through for indicators; else NULL */
    void (*progress)(void *context, const kk_progress *progress);
    void *context;
} kk_intake_settings;

/* Reads all evidence given; returns when everything has an outcome. Damage of evidence is no failure;
 * KK_STORE, KK_IO are. */
KK_CHECKED kk_status kk_intake(const kk_intake_settings *settings, const kk_evidence *evidence,
                               size_t count, kk_fault *fault);
/* Holds stored events that the rule set was not yet held against, with workers of the pool, and keeps
 * the hits: the same as if they were read again. */
KK_CHECKED kk_status kk_match_stored(kk_store *store, kk_pool *pool, int jobs, uint64_t rules,
                                     kk_fault *fault);
/* The bytes of evidence that were not yet held against a set of YARA rules (the pool's workers have them) are
 * read again, with all that is inside, and hits kept. Resumes where an earlier run stopped. Evidence that is
 * not there any more is noted, and tried again the next time. */
KK_CHECKED kk_status kk_scan_evidence(const kk_intake_settings *settings, uint64_t rules,
                                      kk_fault *fault);
/* Forgets what other YARA rules had found; whether there is something to hold against these (0: none). */
KK_CHECKED kk_status kk_scan_forget(kk_store *store, uint64_t rules, bool *pending,
                                    kk_fault *fault);
/* Whether something could not be held against YARA rules, or not wholly. */
KK_CHECKED kk_status kk_scan_trouble(kk_store *store, bool *any, kk_fault *fault);
/* The bytes of all evidence are read again, with all that is inside and the text that parsers make of it, by
 * workers that have indicators (kk_pool_iocs). Nothing is written: the store may be open for reading alone. */
KK_CHECKED kk_status kk_look_through(const kk_intake_settings *settings, kk_fault *fault);
/* The key of an item: the same for the same evidence number and path. */
uint64_t kk_item_key(uint32_t evidence, kk_slice path);
