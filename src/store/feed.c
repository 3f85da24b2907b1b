/* Rows on their way from a lane into a table: the store asks for them through a table function, so that what the lane
 * filled is what the store's own row groups are filled from, without a copy between. */
#include "store/feed_i.h"

/* What kakuho_rows(lane, table) was asked for, as one number. */
enum { TABLES_MOST = 256 };

static uint64_t parameter(duckdb_bind_info info, idx_t at)
{
    duckdb_value value = duckdb_bind_get_parameter(info, at);
    uint64_t number = duckdb_get_uint64(value);
    duckdb_destroy_value(&value);
    return number;
}

static void bind_rows(duckdb_bind_info info)
{
    uint64_t lane = parameter(info, 0), table = parameter(info, 1);
    if (table >= KK_TABLE_COUNT || lane > UINT32_MAX) {
        duckdb_bind_set_error(info, "there is no such table");
        return;
    }
    uintptr_t asked = lane * TABLES_MOST + table;
    duckdb_bind_set_bind_data(info, (void *)asked, NULL); /* NOLINT(performance-no-int-to-ptr) */
    const kk_table_schema *schema = &kk_schema[table];
    for (size_t i = 0; i < schema->count; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(feed_type(schema->columns[i].type));
        duckdb_bind_add_result_column(info, schema->columns[i].name, type);
        duckdb_destroy_logical_type(&type);
    }
}

/* Only the thread of a lane that is giving rows away at the moment gets any: who else asks (a question of a user's may)
 * finds none. */
static feed *feed_of(kk_store *store, uint64_t lane)
{
    pthread_mutex_lock(&store->guard_of_feeds);
    feed *f = store->feeds;
    while (f && (f->number != lane || !f->giving || !pthread_equal(f->thread, pthread_self())))
        f = f->next;
    pthread_mutex_unlock(&store->guard_of_feeds);
    return f;
}

static void begin_rows(duckdb_init_info info)
{
    uintptr_t asked = (uintptr_t)duckdb_init_get_bind_data(info);
    feed *f = feed_of(duckdb_init_get_extra_info(info), asked / TABLES_MOST);
    duckdb_init_set_max_threads(info, 1);
    if (!f || f->table != asked % TABLES_MOST)
        duckdb_init_set_error(info, "there are no rows to be had");
    else
        duckdb_init_set_init_data(info, f, NULL);
}

static void give_rows(duckdb_function_info info, duckdb_data_chunk out)
{
    feed *f = duckdb_function_get_init_data(info);
    if (f->at == f->count) {
        duckdb_data_chunk_set_size(out, 0);
        return;
    }
    duckdb_data_chunk chunk = f->chunks[f->at];
    for (size_t i = 0; i < kk_schema[f->table].count; i++)
        duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(out, i),
                                       duckdb_data_chunk_get_vector(chunk, i));
    duckdb_data_chunk_set_size(out, duckdb_data_chunk_get_size(chunk));
    f->at++;
}

duckdb_type feed_type(kk_column_type type)
{
    static const duckdb_type types[] = {
        [KK_COLUMN_U8] = DUCKDB_TYPE_UTINYINT,  [KK_COLUMN_U32] = DUCKDB_TYPE_UINTEGER,
        [KK_COLUMN_U64] = DUCKDB_TYPE_UBIGINT,  [KK_COLUMN_I64] = DUCKDB_TYPE_BIGINT,
        [KK_COLUMN_TEXT] = DUCKDB_TYPE_VARCHAR, [KK_COLUMN_BYTES] = DUCKDB_TYPE_BLOB,
    };
    return types[type];
}

kk_status feeds_register(kk_store *store, kk_fault *fault)
{
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT);
    duckdb_table_function_set_name(f, "kakuho_rows");
    duckdb_table_function_add_parameter(f, number);
    duckdb_table_function_add_parameter(f, number);
    duckdb_destroy_logical_type(&number);
    duckdb_table_function_set_extra_info(f, store, NULL);
    duckdb_table_function_set_bind(f, bind_rows);
    duckdb_table_function_set_init(f, begin_rows);
    duckdb_table_function_set_function(f, give_rows);
    duckdb_state state = duckdb_register_table_function(store->connection, f);
    duckdb_destroy_table_function(&f);
    return state == DuckDBSuccess
               ? KK_OK
               : kk_fail(fault, KK_STORE,
                         "the store refuses a function: this DuckDB is another version");
}

void feed_open(kk_store *store, feed *f)
{
    pthread_mutex_lock(&store->guard_of_feeds);
    f->number = ++store->feed_count;
    f->next = store->feeds;
    store->feeds = f;
    pthread_mutex_unlock(&store->guard_of_feeds);
}

void feed_close(kk_store *store, feed *f)
{
    pthread_mutex_lock(&store->guard_of_feeds);
    for (feed **at = &store->feeds; *at; at = &(*at)->next) {
        if (*at == f) {
            *at = f->next;
            break;
        }
    }
    pthread_mutex_unlock(&store->guard_of_feeds);
}

kk_status feed_prepare(const feed *f, duckdb_connection connection, kk_table_id table,
                       duckdb_prepared_statement *out, kk_fault *fault)
{
    kk_buffer sql = {0};
    kk_putf(&sql, "INSERT INTO %s SELECT * FROM kakuho_rows(%llu::UBIGINT, %d::UBIGINT)",
            kk_schema[table].name, (unsigned long long)f->number, (int)table);
    kk_put_byte(&sql, '\0');
    duckdb_state state = duckdb_prepare(connection, sql.ptr, out);
    kk_buffer_close(&sql);
    return state == DuckDBSuccess ? KK_OK
                                  : kk_fail(fault, KK_STORE, "the store cannot be written: %.300s",
                                            duckdb_prepare_error(*out));
}

/* What others look at is changed under their guard. */
static void set_giving(kk_store *store, feed *f, bool giving)
{
    pthread_mutex_lock(&store->guard_of_feeds);
    f->thread = pthread_self();
    f->giving = giving;
    pthread_mutex_unlock(&store->guard_of_feeds);
}

kk_status feed_give(kk_store *store, feed *f, duckdb_prepared_statement statement,
                    kk_table_id table, const duckdb_data_chunk *chunks, size_t count,
                    kk_fault *fault)
{
    duckdb_result result;
    kk_status status = KK_OK;
    f->table = table;
    f->chunks = chunks;
    f->count = count;
    f->at = 0;
    set_giving(store, f, true);
    if (duckdb_execute_prepared(statement, &result) == DuckDBError)
        status = kk_fail(fault, KK_STORE, "the store cannot be written: %.300s",
                         duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    set_giving(store, f, false);
    return status;
}
