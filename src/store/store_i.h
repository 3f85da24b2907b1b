/* Inside of the store room only. */
#pragma once
#include "store/store.h"

#include <duckdb.h>
#include <pthread.h>

typedef struct words words; /* a dictionary: text to id, shared by the lanes */

struct kk_store {
    duckdb_database database;
    duckdb_connection connection; /* of the store itself; guarded */
    pthread_mutex_t guard;
    words *words;
    words *names; /* of further fields, as model/more.h has them */
    kk_store_mode mode;
    uint64_t sorted_at_once; /* bytes of rows; 0: as is usual for the mode */
    char *folder;            /* of the case */
    struct feed *feeds;      /* of the lanes that are open; the next two with their own guard */
    uint64_t feed_count;     /* that ever were */
    pthread_mutex_t guard_of_feeds;
};

/* Before any other call of DuckDB. KK_STORE where its library is not there. */
kk_status duckdb_load(kk_fault *fault);
/* In a table of that name with the columns id and word; of no more than that many bytes and a word for every 1,024 of
 * them. */
words *words_open(const char *table, size_t bytes_most);
void words_close(words *w);
kk_status words_load(kk_store *store, words *w, kk_fault *fault);
/* The word's id, from 1, or 0 where there is no room for it; new words wait for words_commit. `kept` is the
 * dictionary's own copy of it, which stays as long as the dictionary. Thread-safe. */
uint32_t words_id(words *w, kk_slice word, kk_slice *kept);
/* The word of an id; empty where there is none. Thread-safe. */
kk_slice words_word(words *w, uint32_t id);
kk_status words_commit(kk_store *store, words *w, kk_fault *fault);
/* The text of a file in src/store/sql, by its name; NULL: there is none. */
const char *query_text(const char *name);
/* Makes functions known: kakuho_more(names, more), what these columns come to as JSON; kakuho_rare(rare, number), the
 * text of that number. */
kk_status further_register(kk_store *store, kk_fault *fault);
/* Further fields as JSON out of the columns packed_names, which is at `column`, and packed_more; until the next row. */
kk_slice rows_more(const kk_rows *rows, size_t column);
/* Puts the texts of packed_rare where they belong. */
void rare_texts(kk_slice rare, kk_slice text[KK_TEXT_FIELDS]);
/* Runs a statement on a connection; `what` names it in the sentence. */
kk_status run_on(duckdb_connection connection, const char *sql, const char *what, kk_fault *fault);
/* A further connection, to the case's file; the caller disconnects it, also after a failure. */
kk_status connect_to(kk_store *store, duckdb_connection *connection, kk_fault *fault);
/* A question failed for want of memory, which others may hold for a while only. */
bool is_short_of_memory(kk_status status, const kk_fault *fault);
