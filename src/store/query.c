/* Questions to the store, by the name of a file in src/store/sql. */
#include "store/store_i.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <unistd.h>

/* A column of the chunk at hand. */
typedef struct {
    const void *data;
    uint64_t *valid; /* NULL: all are */
    duckdb_type type;
} column_view;

struct kk_rows {
    duckdb_connection connection;
    duckdb_prepared_statement statement;
    duckdb_result result;
    duckdb_data_chunk chunk;
    idx_t at, size;
    bool has_result;
    column_view *columns;
    kk_store *store;
    struct {
        uint32_t id;
        kk_slice names; /* of that number */
        kk_buffer text;
    } * more; /* further fields of the row */
};

/* The query's text with {extra} filled in; every query has at most one. */
static void put_sql(kk_buffer *out, const char *sql, const char *extra)
{
    kk_slice text = kk_cstr(sql);
    size_t at = kk_find(text, KK_S("{extra}"));
    if (at == KK_NOWHERE) {
        kk_put(out, text);
    } else {
        kk_put(out, kk_part(text, 0, at));
        kk_put(out, kk_cstr(extra ? extra : ""));
        kk_put(out, kk_from(text, at + strlen("{extra}")));
    }
    kk_put_byte(out, '\0');
}

static bool bind(duckdb_prepared_statement s, idx_t index, const kk_param *p)
{
    switch (p->type) {
    case KK_PARAM_U64:
        return duckdb_bind_uint64(s, index, p->u64) == DuckDBSuccess;
    case KK_PARAM_I64:
        return duckdb_bind_int64(s, index, p->i64) == DuckDBSuccess;
    case KK_PARAM_TEXT:
        return duckdb_bind_varchar_length(s, index, p->text.ptr ? p->text.ptr : "", p->text.len) ==
               DuckDBSuccess;
    default:
        return duckdb_bind_null(s, index) == DuckDBSuccess;
    }
}

static kk_status start(kk_rows *rows, const char *name, const char *sql, const kk_param *params,
                       size_t count, kk_fault *fault)
{
    if (duckdb_prepare(rows->connection, sql, &rows->statement) == DuckDBError)
        return kk_fail(fault, KK_STORE, "the question `%s`: %.400s", name,
                       duckdb_prepare_error(rows->statement));
    for (size_t i = 0; i < count; i++)
        if (!bind(rows->statement, i + 1, &params[i]))
            return kk_fail(fault, KK_STORE, "the question `%s` does not take its value %zu", name,
                           i + 1);
    rows->has_result = true;
    if (duckdb_execute_prepared_streaming(rows->statement, &rows->result) == DuckDBError)
        return kk_fail(fault, KK_STORE, "the question `%s`: %.400s", name,
                       duckdb_result_error(&rows->result));
    return KK_OK;
}

static kk_status ask_once(kk_store *store, const char *query, const char *sql,
                          const kk_param *params, size_t param_count, kk_rows **out,
                          kk_fault *fault)
{
    kk_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        abort();
    rows->store = store;
    rows->more = calloc(1, sizeof *rows->more);
    if (!rows->more)
        abort();
    kk_status status = connect_to(store, &rows->connection, fault);
    if (status == KK_OK)
        status = start(rows, query, sql, params, param_count, fault);
    if (status != KK_OK) {
        kk_fault ignored;
        (void)!kk_rows_close(rows, &ignored);
        return status;
    }
    *out = rows;
    return KK_OK;
}

bool is_short_of_memory(kk_status status, const kk_fault *fault)
{
    return status == KK_STORE && kk_has(kk_cstr(fault->text), KK_S("Out of Memory"));
}

kk_status kk_ask(kk_store *store, const char *query, const char *extra, const kk_param *params,
                 size_t param_count, kk_rows **out, kk_fault *fault)
{
    enum { TRIES = 8, WAIT_US = 250000 };
    const char *text = query_text(query);
    kk_buffer sql = {0};
    kk_status status = KK_OK;
    if (!text)
        abort(); /* a misspelt name is a mistake of ours */
    put_sql(&sql, text, extra);
    /* What others are writing holds memory until it is committed, which takes seconds at most. */
    for (int tries = 1; tries <= TRIES; tries++) {
        status = ask_once(store, query, sql.ptr, params, param_count, out, fault);
        if (!is_short_of_memory(status, fault) || tries == TRIES)
            break;
        usleep(WAIT_US);
        *fault = (kk_fault){0};
    }
    kk_buffer_close(&sql);
    return status;
}

/* Asked of the store once a chunk, since its answers cost more than a value does. */
static void view_columns(kk_rows *rows)
{
    idx_t count = duckdb_data_chunk_get_column_count(rows->chunk);
    if (!rows->columns)
        rows->columns = calloc(count, sizeof *rows->columns);
    if (!rows->columns)
        abort();
    for (idx_t i = 0; i < count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(rows->chunk, i);
        duckdb_logical_type type = duckdb_vector_get_column_type(vector);
        rows->columns[i] =
            (column_view){duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector),
                          duckdb_get_type_id(type)};
        duckdb_destroy_logical_type(&type);
    }
}

bool kk_rows_next(kk_rows *rows)
{
    if (++rows->at < rows->size)
        return true;
    do {
        if (rows->chunk)
            duckdb_destroy_data_chunk(&rows->chunk);
        rows->chunk = duckdb_fetch_chunk(rows->result);
        if (!rows->chunk)
            return false;
        rows->size = duckdb_data_chunk_get_size(rows->chunk);
        rows->at = 0;
    } while (!rows->size);
    view_columns(rows);
    return true;
}

kk_status kk_rows_close(kk_rows *rows, kk_fault *fault)
{
    kk_status status = KK_OK;
    const char *error = rows->has_result ? duckdb_result_error(&rows->result) : NULL;
    if (error)
        status = kk_fail(fault, KK_STORE, "reading from the store: %.400s", error);
    if (rows->chunk)
        duckdb_destroy_data_chunk(&rows->chunk);
    if (rows->has_result)
        duckdb_destroy_result(&rows->result);
    if (rows->statement)
        duckdb_destroy_prepare(&rows->statement);
    if (rows->connection)
        duckdb_disconnect(&rows->connection);
    free(rows->columns);
    kk_buffer_close(&rows->more->text);
    free(rows->more);
    free(rows);
    return status;
}

bool kk_rows_null(const kk_rows *rows, size_t column)
{
    const uint64_t *valid = rows->columns[column].valid;
    return valid && !(valid[rows->at >> 6] >> (rows->at & 63) & 1);
}

uint64_t kk_rows_u64(const kk_rows *rows, size_t column)
{
    return kk_rows_null(rows, column) ? 0 : (uint64_t)kk_rows_i64(rows, column);
}

int64_t kk_rows_i64(const kk_rows *rows, size_t column)
{
    const void *data = rows->columns[column].data;
    if (kk_rows_null(rows, column))
        return KK_NO_TIME;
    switch (rows->columns[column].type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_UTINYINT:
        return ((const uint8_t *)data)[rows->at];
    case DUCKDB_TYPE_INTEGER:
        return ((const int32_t *)data)[rows->at];
    case DUCKDB_TYPE_UINTEGER:
        return ((const uint32_t *)data)[rows->at];
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UBIGINT:
        return ((const int64_t *)data)[rows->at];
    case DUCKDB_TYPE_HUGEINT: /* sums */
    case DUCKDB_TYPE_UHUGEINT:
        return (int64_t)((const duckdb_hugeint *)data)[rows->at].lower;
    default:
        abort(); /* a query of ours gives another type than its reader expects */
    }
}

kk_slice kk_rows_text(const kk_rows *rows, size_t column)
{
    if (kk_rows_null(rows, column))
        return KK_NONE;
    const duckdb_string_t *text = (const duckdb_string_t *)rows->columns[column].data + rows->at;
    uint32_t len = text->value.inlined.length;
    return (kk_slice){len <= sizeof text->value.inlined.inlined ? text->value.inlined.inlined
                                                                : text->value.pointer.ptr,
                      len};
}

kk_slice rows_more(const kk_rows *rows, size_t column)
{
    kk_slice packed = kk_rows_text(rows, column + 1);
    uint32_t id = (uint32_t)kk_rows_u64(rows, column);
    if (!packed.len || !id)
        return packed;
    if (id != rows->more->id)
        rows->more->names = words_word(rows->store->names, id);
    rows->more->id = id;
    rows->more->text.len = 0;
    kk_more_put(&rows->more->text, (kk_more){rows->more->names, packed});
    return kk_buffer_slice(&rows->more->text);
}
