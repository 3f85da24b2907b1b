/* Further fields as questions see them: the store keeps names once and values with each event, and a function of
 * the store's puts them together where somebody asks. */
#include "store/store_i.h"

#include "base/buffer.h"

typedef struct {
    const uint32_t *names;
    duckdb_string_t *more;
    uint64_t *names_valid, *more_valid; /* NULL: all are there */
} columns;

static bool is_there(uint64_t *valid, idx_t row)
{
    return !valid || duckdb_validity_row_is_valid(valid, row);
}

static void put_together(duckdb_function_info info, duckdb_data_chunk rows, duckdb_vector out)
{
    kk_store *store = duckdb_scalar_function_get_extra_info(info);
    duckdb_vector names = duckdb_data_chunk_get_vector(rows, 0);
    duckdb_vector more = duckdb_data_chunk_get_vector(rows, 1);
    columns c = {duckdb_vector_get_data(names), duckdb_vector_get_data(more),
                 duckdb_vector_get_validity(names), duckdb_vector_get_validity(more)};
    kk_buffer text = {0};
    uint32_t last = 0;
    kk_more m = {0};
    for (idx_t i = 0; i < duckdb_data_chunk_get_size(rows); i++) {
        if (!is_there(c.more_valid, i)) {
            duckdb_vector_ensure_validity_writable(out);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(out), i);
            continue;
        }
        uint32_t id = is_there(c.names_valid, i) ? c.names[i] : 0;
        if (id != last)
            m.names = words_word(store->names, id);
        last = id;
        m.values = (kk_slice){duckdb_string_t_data(&c.more[i]), duckdb_string_t_length(c.more[i])};
        text.len = 0;
        kk_more_put(&text, m);
        duckdb_vector_assign_string_element_len(out, i, text.ptr, text.len);
    }
    kk_buffer_close(&text);
}

kk_status further_register(kk_store *store, kk_fault *fault)
{
    duckdb_scalar_function f = duckdb_create_scalar_function();
    const duckdb_type types[] = {DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BLOB, DUCKDB_TYPE_VARCHAR};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(types[i]);
        if (i < 2)
            duckdb_scalar_function_add_parameter(f, type);
        else
            duckdb_scalar_function_set_return_type(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_scalar_function_set_name(f, "kakuho_more");
    duckdb_scalar_function_set_special_handling(f);
    duckdb_scalar_function_set_extra_info(f, store, NULL);
    duckdb_scalar_function_set_function(f, put_together);
    duckdb_state state = duckdb_register_scalar_function(store->connection, f);
    duckdb_destroy_scalar_function(&f);
    return state == DuckDBSuccess
               ? KK_OK
               : kk_fail(fault, KK_STORE,
                         "the store refuses a function: this DuckDB is another version");
}
