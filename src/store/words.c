/* Dictionaries: of open-ended words, of the names of further fields. Ids follow arrival and never leave the store: every query joins
 * the words before it orders anything. */
#include "store/store_i.h"

#include "base/buffer.h"
#include "base/hash.h"

#include <stdlib.h>

struct words {
    const char *table;
    pthread_mutex_t guard;
    kk_arena *arena;
    kk_slice *word; /* by id - 1 */
    size_t count, capacity, committed, bytes, bytes_most;
    uint32_t *slots; /* open addressing; id or 0 */
    size_t slot_count;
};

words *words_open(const char *table, size_t bytes_most)
{
    words *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->table = table;
    w->bytes_most = bytes_most;
    pthread_mutex_init(&w->guard, NULL);
    w->arena = kk_arena_open();
    w->slot_count = 1024;
    w->slots = KK_NEW_ARRAY(w->arena, uint32_t, w->slot_count);
    return w;
}

void words_close(words *w)
{
    pthread_mutex_destroy(&w->guard);
    kk_arena_close(w->arena);
    free(w);
}

static size_t slot_of(const words *w, kk_slice word)
{
    size_t at = kk_hash_quick(word) & (w->slot_count - 1);
    while (w->slots[at] && !kk_eq(w->word[w->slots[at] - 1], word))
        at = (at + 1) & (w->slot_count - 1);
    return at;
}

static void spread(words *w)
{
    w->slot_count *= 2;
    w->slots = KK_NEW_ARRAY(w->arena, uint32_t, w->slot_count);
    for (size_t i = 0; i < w->count; i++)
        w->slots[slot_of(w, w->word[i])] = (uint32_t)i + 1;
}

static uint32_t add(words *w, kk_slice word)
{
    w->word = kk_grow(w->arena, w->word, &w->capacity, w->count + 1, sizeof *w->word);
    w->word[w->count++] = kk_copy(w->arena, word);
    w->bytes += word.len;
    if (w->count * 2 > w->slot_count)
        spread(w);
    else
        w->slots[slot_of(w, word)] = (uint32_t)w->count;
    return (uint32_t)w->count;
}

uint32_t words_id(words *w, kk_slice word, kk_slice *kept)
{
    pthread_mutex_lock(&w->guard);
    uint32_t id = w->slots[slot_of(w, word)];
    if (!id && word.len <= w->bytes_most - w->bytes && w->count < w->bytes_most / 1024)
        id = add(w, word);
    if (id)
        *kept = w->word[id - 1];
    pthread_mutex_unlock(&w->guard);
    return id;
}

kk_slice words_word(words *w, uint32_t id)
{
    pthread_mutex_lock(&w->guard);
    kk_slice word = id && id <= w->count ? w->word[id - 1] : KK_NONE;
    pthread_mutex_unlock(&w->guard);
    return word;
}

kk_status words_load(kk_store *store, words *w, kk_fault *fault)
{
    duckdb_result result;
    kk_buffer sql = {0};
    kk_putf(&sql, "SELECT word FROM %s ORDER BY id", w->table);
    kk_put_byte(&sql, '\0');
    duckdb_state state = duckdb_query(store->connection, sql.ptr, &result);
    kk_buffer_close(&sql);
    if (state == DuckDBError) {
        duckdb_destroy_result(&result);
        return kk_fail(fault, KK_STORE, "the store's dictionary cannot be read");
    }
    duckdb_data_chunk chunk;
    while ((chunk = duckdb_fetch_chunk(result))) {
        duckdb_string_t *texts = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
        idx_t n = duckdb_data_chunk_get_size(chunk);
        for (idx_t i = 0; i < n; i++)
            add(w, (kk_slice){duckdb_string_t_data(&texts[i]), duckdb_string_t_length(texts[i])});
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(&result);
    w->committed = w->count;
    return KK_OK;
}

static kk_status append_new(kk_store *store, words *w, kk_fault *fault)
{
    duckdb_appender appender;
    bool good =
        duckdb_appender_create(store->connection, NULL, w->table, &appender) == DuckDBSuccess;
    for (size_t i = w->committed; good && i < w->count; i++)
        good = duckdb_append_uint32(appender, (uint32_t)i + 1) == DuckDBSuccess &&
               duckdb_append_varchar_length(appender, w->word[i].ptr, w->word[i].len) ==
                   DuckDBSuccess &&
               duckdb_appender_end_row(appender) == DuckDBSuccess;
    good = good && duckdb_appender_close(appender) == DuckDBSuccess;
    kk_status status = KK_OK;
    if (good)
        w->committed = w->count;
    else
        status =
            kk_fail(fault, KK_STORE, "the store's dictionary cannot be written: is the disk full?");
    duckdb_appender_destroy(&appender);
    return status;
}

kk_status words_commit(kk_store *store, words *w, kk_fault *fault)
{
    kk_status status = KK_OK;
    pthread_mutex_lock(&store->guard);
    pthread_mutex_lock(&w->guard);
    if (w->committed < w->count)
        status = append_new(store, w, fault);
    pthread_mutex_unlock(&w->guard);
    pthread_mutex_unlock(&store->guard);
    return status;
}
