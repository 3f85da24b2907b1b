/* What the store keeps together or apart, as questions see it, through functions of the store's: further fields,
 * whose names it keeps once and values with each event; rare texts, all of an event in one column. */
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

enum { HEAD = 5 }; /* of a rare text: its number, its length */

void rare_texts(kk_slice rare, kk_slice text[KK_TEXT_FIELDS])
{
    static const uint8_t field_of[KK_RARE_FIELDS] = {
#define RARE_FIELD(NAME, ecs, column) [KK_RARE_##NAME] = KK_##NAME,
#include "model/fields.def"
    };
    uint32_t len;
    while (rare.len >= HEAD) {
        unsigned number = (unsigned char)rare.ptr[0];
        memcpy(&len, rare.ptr + 1, sizeof len);
        if (number < KK_RARE_FIELDS && !text[field_of[number]].ptr)
            text[field_of[number]] = kk_part(rare, HEAD, len);
        rare = kk_from(rare, (size_t)HEAD + len);
    }
}

/* The text of that number among an event's rare ones; {NULL} where it has none. */
static kk_slice rare_text(kk_slice rare, unsigned number)
{
    uint32_t len;
    while (rare.len >= HEAD) {
        memcpy(&len, rare.ptr + 1, sizeof len);
        if ((unsigned char)rare.ptr[0] == number)
            return kk_part(rare, HEAD, len);
        rare = kk_from(rare, (size_t)HEAD + len);
    }
    return KK_NONE;
}

static void pick_rare(duckdb_function_info info, duckdb_data_chunk rows, duckdb_vector out)
{
    duckdb_vector rare = duckdb_data_chunk_get_vector(rows, 0);
    const uint8_t *numbers = duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows, 1));
    duckdb_string_t *texts = duckdb_vector_get_data(rare);
    uint64_t *valid = duckdb_vector_get_validity(rare);
    (void)info;
    duckdb_vector_ensure_validity_writable(out);
    uint64_t *told = duckdb_vector_get_validity(out);
    for (idx_t i = 0; i < duckdb_data_chunk_get_size(rows); i++) {
        kk_slice text = KK_NONE;
        if (is_there(valid, i))
            text = rare_text(
                (kk_slice){duckdb_string_t_data(&texts[i]), duckdb_string_t_length(texts[i])},
                numbers[i]);
        if (text.ptr)
            duckdb_vector_assign_string_element_len(out, i, text.ptr, text.len);
        else
            duckdb_validity_set_row_invalid(told, i);
    }
}

typedef struct {
    const char *name;
    duckdb_type parameters[2], result;
    duckdb_scalar_function_t function;
} described;

static bool make_known(kk_store *store, const described *d)
{
    duckdb_scalar_function f = duckdb_create_scalar_function();
    for (size_t i = 0; i < 2; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(d->parameters[i]);
        duckdb_scalar_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type type = duckdb_create_logical_type(d->result);
    duckdb_scalar_function_set_return_type(f, type);
    duckdb_destroy_logical_type(&type);
    duckdb_scalar_function_set_name(f, d->name);
    duckdb_scalar_function_set_special_handling(f);
    duckdb_scalar_function_set_extra_info(f, store, NULL);
    duckdb_scalar_function_set_function(f, d->function);
    duckdb_state state = duckdb_register_scalar_function(store->connection, f);
    duckdb_destroy_scalar_function(&f);
    return state == DuckDBSuccess;
}

kk_status further_register(kk_store *store, kk_fault *fault)
{
    static const described functions[] = {
        {"kakuho_more",
         {DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BLOB},
         DUCKDB_TYPE_VARCHAR,
         put_together},
        {"kakuho_rare", {DUCKDB_TYPE_BLOB, DUCKDB_TYPE_UTINYINT}, DUCKDB_TYPE_VARCHAR, pick_rare},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!make_known(store, &functions[i]))
            return kk_fail(fault, KK_STORE,
                           "the store refuses a function: this DuckDB is another version");
    return KK_OK;
}
