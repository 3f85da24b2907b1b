/* Inside of the store room only. */
#pragma once
#include "store/store.h"

#include <duckdb.h>
#include <pthread.h>

typedef struct words words; /* the dictionary: text to id, shared by the lanes */

struct kk_store {
    duckdb_database database;
    duckdb_connection connection; /* of the store itself; guarded */
    pthread_mutex_t guard;
    words *words;
    kk_store_mode mode;
    uint64_t sorted_at_once; /* bytes of rows; 0: as is usual for the mode */
    char *folder;            /* of the case */
};

/* Before any other call of DuckDB. KK_STORE where its library is not there. */
kk_status duckdb_load(kk_fault *fault);
words *words_open(void);
void words_close(words *w);
kk_status words_load(kk_store *store, kk_fault *fault);
/* The word's id, from 1; new words wait for words_commit. `kept` is the dictionary's own copy of it,
 * which stays as long as the dictionary. Thread-safe. */
uint32_t words_id(words *w, kk_slice word, kk_slice *kept);
kk_status words_commit(kk_store *store, kk_fault *fault);
/* The text of a file in src/store/sql, by its name; NULL: there is none. */
const char *query_text(const char *name);
/* Runs a statement on a connection; `what` names it in the sentence. */
kk_status run_on(duckdb_connection connection, const char *sql, const char *what, kk_fault *fault);
/* A further connection, to the case's file; the caller disconnects it, also after a failure. */
kk_status connect_to(kk_store *store, duckdb_connection *connection, kk_fault *fault);
/* A question failed for want of memory, which others may hold for a while only. */
bool is_short_of_memory(kk_status status, const kk_fault *fault);
