/* DuckDB is 65 MB whose loading takes longer than many a command: it is loaded when a store is opened. */
#include "store/store_i.h"

#include "base/late.h"

/* Its header does not say that they take none. */
duckdb_scalar_function duckdb_create_scalar_function(void);
duckdb_table_function duckdb_create_table_function(void);

enum {
#define CALL(result, name, parameters, arguments) AT_##name,
#define ACT(name, parameters, arguments) AT_##name,
#include "store/duckdb_calls.def"
    CALLS
};

static struct {
    pthread_once_t once;
    const char *lacks; /* why it is not loaded */
    kk_late_call calls[CALLS];
} library = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    static const char *const names[] = {
#define CALL(result, name, parameters, arguments) #name,
#define ACT(name, parameters, arguments) #name,
#include "store/duckdb_calls.def"
    };
    library.lacks = kk_late_load("libduckdb.so", names, library.calls, CALLS);
}

kk_status duckdb_load(kk_fault *fault)
{
    pthread_once(&library.once, load);
    return library.lacks ? kk_fail(fault, KK_STORE,
                                   "the store's library cannot be loaded: %.300s: build or install "
                                   "kakuho again",
                                   library.lacks)
                         : KK_OK;
}

#define CALL(result, name, parameters, arguments)                                                  \
    result name parameters                                                                         \
    {                                                                                              \
        return ((__typeof__(&name))library.calls[AT_##name])arguments;                             \
    }
#define ACT(name, parameters, arguments)                                                           \
    void name parameters                                                                           \
    {                                                                                              \
        ((__typeof__(&name))library.calls[AT_##name]) arguments;                                   \
    }
#include "store/duckdb_calls.def"
