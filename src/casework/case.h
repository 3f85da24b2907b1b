/* An open case: the folder with its case.yaml, store, ledger and keys, and the verbs of an
 * investigation. Surfaces (cli, web) call these and print what comes back. */
#pragma once
#include "casefile/decisions.h"
#include "casefile/ledger.h"
#include "casefile/settings.h"
#include "store/store.h"
#include "worker/intake.h"

typedef struct {
    kk_time now;        /* --now, else the clock */
    int jobs;           /* --jobs, else the processors */
    kk_slice case_file; /* --case-file, empty if none */
    bool unsafe_no_sandbox;
    bool quiet;
    struct kk_case *shared; /* the writing case of this process: read from its store */
    const kk_slice *rules;  /* --rules, if given */
    size_t rule_count;
    kk_slice passwords; /* --passwords: a path, empty if not given */
    bool carve;         /* --carve: unallocated space too */
    bool takes_in;      /* evidence will be added: workers are started while the store is opened */
    bool without_rules; /* events are kept only; kk_case_detect holds rules against them later */
    void (*progress)(void *context, const kk_progress *progress);
    void *context;
} kk_options;

typedef struct kk_case {
    kk_arena *arena;
    kk_slice path; /* absolute */
    kk_slice name; /* last part of it: `case` in documents */
    kk_case_settings *settings;
    kk_store *store;
    kk_hash_key key;
    kk_time now;
    bool writing;
    bool so_far;       /* an `add` is running: answers are of what was stored so far */
    kk_ledger *ledger; /* while writing */
    int lock;
    kk_pool *early; /* started for who takes evidence in, and not used yet */
} kk_case;

typedef enum { KK_CASE_READ, KK_CASE_WRITE, KK_CASE_CREATE } kk_case_mode;

/* CREATE makes the folder (0700), case.yaml, keys and ledger where they are missing; then as WRITE.
 * WRITE takes the case's lock: KK_BUSY when another process has it. READ opens the store read-only. */
KK_CHECKED kk_status kk_case_open(const char *path, kk_case_mode mode, const kk_options *options,
                                  kk_case **out, kk_fault *fault);
void kk_case_close(kk_case *c); /* NULL is fine */

/* One thing handed over: "[HOST=]PATH"; `forced` names a parser (leak_listing) or is empty. */
typedef struct {
    kk_slice argument, forced;
} kk_handed;

/* Takes evidence in. *failed tells that some items could not be read (exit status 3). */
KK_CHECKED kk_status kk_case_add(kk_case *c, const kk_options *options, const kk_handed *handed,
                                 size_t count, bool *failed, kk_fault *fault);
/* Those that the options name go to the workers by a descriptor of memory, and nowhere else. */
KK_CHECKED kk_status kk_case_give_passwords(kk_case *c, const kk_options *options, kk_pool *pool,
                                            kk_fault *fault);
/* A file of the case itself, whole or not at all: written beside and renamed. */
KK_CHECKED kk_status kk_case_write_file(kk_case *c, const char *name, kk_slice text,
                                        kk_fault *fault);
/* Detection anew, of what is stored: with the rules of options, or those given before. *failed tells
 * that the bytes of some items could not be held against rules about content. */
KK_CHECKED kk_status kk_case_detect(kk_case *c, const kk_options *options, bool *failed,
                                    kk_fault *fault);
/* The state that every answer follows from: hash of evidence and how it was read (each item's reader in its
 * version, what it opened), case.yaml, decisions, rules, version. */
kk_slice kk_case_state(kk_case *c, kk_fault *fault);
