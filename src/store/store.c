#include "store/feed_i.h"

#include "base/buffer.h"
#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

kk_status run_on(duckdb_connection connection, const char *sql, const char *what, kk_fault *fault)
{
    duckdb_result result;
    kk_status status = KK_OK;
    if (duckdb_query(connection, sql, &result) == DuckDBError)
        status = kk_fail(fault, KK_STORE, "%s: %.300s", what, duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return status;
}

kk_status kk_store_run(kk_store *store, const char *sql, kk_fault *fault)
{
    pthread_mutex_lock(&store->guard);
    kk_status status = run_on(store->connection, sql, "the store", fault);
    pthread_mutex_unlock(&store->guard);
    return status;
}

static const char *const type_names[] = {
    [KK_COLUMN_U8] = "UTINYINT", [KK_COLUMN_U32] = "UINTEGER", [KK_COLUMN_U64] = "UBIGINT",
    [KK_COLUMN_I64] = "BIGINT",  [KK_COLUMN_TEXT] = "VARCHAR", [KK_COLUMN_BYTES] = "BLOB",
};

static void put_create(kk_buffer *sql, const kk_table_schema *table)
{
    kk_putf(sql, "CREATE TABLE IF NOT EXISTS %s (", table->name);
    for (size_t i = 0; i < table->count; i++) {
        const kk_column *c = &table->columns[i];
        kk_putf(sql, "%s\"%s\" %s", i ? ", " : "", c->name, type_names[c->type]);
        if (c->compression)
            kk_putf(sql, " USING COMPRESSION %s", c->compression);
    }
    kk_put(sql, KK_S(");\n"));
}

static void put_rare(kk_buffer *sql, unsigned number, const char *name)
{
    kk_putf(sql, ", kakuho_rare(e.rare, %u::UTINYINT) AS \"%s\"", number, name);
}

static void put_marks(kk_buffer *sql)
{
    static const struct {
        const char *name;
        int shift;
    } marks[] = {{"flags", KK_MARK_FLAGS},
                 {"basis", KK_MARK_BASIS},
                 {"precision", KK_MARK_PRECISION},
                 {"outcome", KK_MARK_OUTCOME}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        kk_putf(sql, ", (e.marks >> %d & 255)::UTINYINT AS %s", marks[i].shift, marks[i].name);
}

/* Events with their words, their place and their line: what every reader of events asks. Columns have
 * the names of ECS. */
static void put_timeline(kk_buffer *sql)
{
    kk_put(sql,
           KK_S("CREATE OR REPLACE VIEW timeline AS SELECT e.item, e.range, "
                "e.record + coalesce(b.base, 0) AS record, e.sub, e.\"offset\", e.length, e.time"));
    put_marks(sql);
    kk_put(sql,
           KK_S(", i.path, i.label, i.evidence_key, "
                "i.parser AS \"event.module\", i.keeper, CASE WHEN w_host_name.word IS NULL OR "
                "lower(split_part(w_host_name.word, '.', 1)) = "
                "lower(split_part(i.given_host, '.', 1)) THEN i.host ELSE w_host_name.word END AS "
                "host"));
#define TEXT_FIELD(NAME, ecs, column) kk_put(sql, KK_S(", e." #column " AS \"" ecs "\""));
#define RARE_FIELD(NAME, ecs, column) put_rare(sql, KK_RARE_##NAME, ecs);
#define WORD_FIELD(NAME, ecs, column) kk_put(sql, KK_S(", w_" #column ".word AS \"" ecs "\""));
#define NUMBER_FIELD(NAME, ecs, column) kk_put(sql, KK_S(", e." #column " AS \"" ecs "\""));
#include "model/fields.def"
    kk_put(sql, KK_S(", kakuho_more(e.names, e.more) AS more, e.names AS packed_names, e.more AS "
                     "packed_more, e.rare AS packed_rare FROM events e JOIN item_info i ON "
                     "i.item = e.item "
                     "LEFT JOIN unit_base b ON b.item = e.item AND b.range = e.range"));
#define WORD_FIELD(NAME, ecs, column)                                                              \
    kk_put(sql, KK_S(" LEFT JOIN words w_" #column " ON w_" #column ".id = e." #column));
#include "model/fields.def"
    kk_put(sql, KK_S(";\n"));
}

/* Events with their words alone: what rules are held against. */
static void put_stored(kk_buffer *sql)
{
    kk_put(sql, KK_S("CREATE OR REPLACE VIEW stored AS SELECT e.item, e.range, e.record, e.sub, "
                     "e.time"));
    put_marks(sql);
#define TEXT_FIELD(NAME, ecs, column) kk_put(sql, KK_S(", e." #column));
#define RARE_FIELD(NAME, ecs, column) put_rare(sql, KK_RARE_##NAME, #column);
#define WORD_FIELD(NAME, ecs, column) kk_put(sql, KK_S(", w_" #column ".word AS " #column));
#define NUMBER_FIELD(NAME, ecs, column) kk_put(sql, KK_S(", e." #column));
#include "model/fields.def"
    kk_put(sql, KK_S(", kakuho_more(e.names, e.more) AS more FROM events e"));
#define WORD_FIELD(NAME, ecs, column)                                                              \
    kk_put(sql, KK_S(" LEFT JOIN words w_" #column " ON w_" #column ".id = e." #column));
#include "model/fields.def"
    kk_put(sql, KK_S(";\n"));
}

enum { NAMES_BYTES = 4 << 20 };

/* The number changes with every change of a table or view that older stores cannot be read with. */
#define LAYOUT "layout_8"

/* Asked by a question that fails without it: the list of tables takes longer to be made. */
static bool has_table(kk_store *store, const char *question)
{
    duckdb_result result;
    bool good = duckdb_query(store->connection, question, &result) == DuckDBSuccess;
    duckdb_destroy_result(&result);
    return good;
}

static kk_status check_layout(kk_store *store, kk_fault *fault)
{
    if (!has_table(store, "SELECT NULL FROM " LAYOUT " LIMIT 0") &&
        has_table(store, "SELECT NULL FROM mentions LIMIT 0"))
        return kk_fail(fault, KK_STORE,
                       "the case was made by another version of kakuho, and this one cannot read "
                       "it: make it anew with `kakuho init` and `kakuho add`");
    return KK_OK;
}

static kk_status make_tables(kk_store *store, kk_fault *fault)
{
    kk_buffer sql = {0};
    kk_put(
        &sql,
        KK_S("CREATE TABLE IF NOT EXISTS words (id UINTEGER, word VARCHAR);\n"
             "CREATE TABLE IF NOT EXISTS names (id UINTEGER, word VARCHAR);\n"
             "CREATE TABLE IF NOT EXISTS evidence (evidence UINTEGER, id VARCHAR, label VARCHAR, "
             "source VARCHAR, kind VARCHAR, host VARCHAR, bytes UBIGINT, sha256 VARCHAR, "
             "expected VARCHAR, taken_in BIGINT, acquired BIGINT, forced VARCHAR, found_host "
             "VARCHAR);\n"
             "CREATE TABLE IF NOT EXISTS answers (name VARCHAR, state VARCHAR, document "
             "VARCHAR);\n"
             "CREATE TABLE IF NOT EXISTS " LAYOUT " (nothing BOOLEAN);\n"));
    for (int i = 0; i < KK_TABLE_COUNT; i++)
        put_create(&sql, &kk_schema[i]);
    kk_put(&sql, kk_cstr(query_text("views")));
    put_timeline(&sql);
    put_stored(&sql);
    kk_put_byte(&sql, '\0');
    kk_status status = run_on(store->connection, sql.ptr, "making the tables", fault);
    kk_buffer_close(&sql);
    return status;
}

/* Loading needs half of what it gets: whoever asks meanwhile is answered out of the same memory, and must not
 * leave too little for it. Reading joins all items with their events, and there may be millions. */
uint64_t kk_store_memory(const kk_store *store)
{
    enum {
        MEGABYTE = 1000000,
        LEAST = 128,
        WRITING = 320,
        READING = 400,
        PART = 24,
        MOST_PART = 4
    };
    uint64_t machine = kk_machine_memory() / MEGABYTE, usual = READING;
    if (store->mode == KK_STORE_WRITE)
        return WRITING * MEGABYTE;
    if (machine && machine / MOST_PART < usual)
        usual = machine / MOST_PART > LEAST ? machine / MOST_PART : LEAST;
    return (machine / PART > usual ? machine / PART : usual) * MEGABYTE;
}

static bool set_options(duckdb_config config, const char *path, const kk_store *store)
{
    static const char *const options[][2] = {
        {"preserve_insertion_order", "false"},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (duckdb_set_config(config, options[i][0], options[i][1]) == DuckDBError)
            return false;
    /* What does not fit into memory is spilled beside the case's file, nowhere else. */
    char spill[4096];
    if (snprintf(spill, sizeof spill, "%s.tmp", path) >= (int)sizeof spill ||
        duckdb_set_config(config, "temp_directory", spill) == DuckDBError)
        return false;
    char memory[32];
    snprintf(memory, sizeof memory, "%" PRIu64 "B", kk_store_memory(store));
    /* Loading: one thread of the store's per lane is fastest. */
    return duckdb_set_config(config, "memory_limit", memory) == DuckDBSuccess &&
           (store->mode != KK_STORE_WRITE ||
            duckdb_set_config(config, "threads", "1") == DuckDBSuccess);
}

/* The case's file is attached rather than opened, since only so the size of its row groups can be
 * chosen: what a lane holds unpressed, and what a commit leaves half full, is a quarter of the usual. */
static kk_status attach(const char *path, kk_store *store, kk_fault *fault)
{
    duckdb_connection connection;
    kk_buffer sql = {0};
    if (duckdb_connect(store->database, &connection) == DuckDBError)
        return kk_fail(fault, KK_STORE, "the store gives no connection");
    kk_put(&sql, KK_S("ATTACH '"));
    for (const char *p = path; *p; p++)
        kk_put(&sql, *p == '\'' ? KK_S("''") : (kk_slice){p, 1});
    kk_put(&sql, store->mode == KK_STORE_WRITE
                     ? KK_S("' AS kakuho (STORAGE_VERSION 'latest', ROW_GROUP_SIZE 30720);")
                     : KK_S("' AS kakuho (READ_ONLY);"));
    /* From here no SQL text may read files or the network. */
    kk_put(&sql, KK_S("SET enable_external_access = false; SET lock_configuration = true"));
    kk_put_byte(&sql, '\0');
    kk_status status = run_on(connection, sql.ptr, "the store cannot be opened", fault);
    kk_buffer_close(&sql);
    duckdb_disconnect(&connection);
    return status;
}

static kk_status open_once(const char *path, kk_store *store, kk_fault *fault)
{
    duckdb_config config;
    char *error = NULL;
    kk_status loaded = duckdb_load(fault);
    if (loaded != KK_OK)
        return loaded;
    if (duckdb_create_config(&config) == DuckDBError || !set_options(config, path, store))
        return kk_fail(fault, KK_STORE,
                       "the store's settings are refused: this DuckDB is another version");
    duckdb_state state = duckdb_open_ext(NULL, &store->database, config, &error);
    duckdb_destroy_config(&config);
    duckdb_free(error);
    if (state == DuckDBError)
        return kk_fail(fault, KK_STORE, "the store cannot be started");
    kk_status status = attach(path, store, fault);
    if (status == KK_OK)
        return KK_OK;
    duckdb_close(&store->database);
    return kk_has(kk_cstr(fault->text), KK_S("lock"))
               ? kk_fail(fault, KK_BUSY,
                         "the case is being written: another kakuho has it open: wait "
                         "for it, or read with status, timeline or access meanwhile")
               : status;
}

kk_status connect_to(kk_store *store, duckdb_connection *connection, kk_fault *fault)
{
    if (duckdb_connect(store->database, connection) == DuckDBError)
        return kk_fail(fault, KK_STORE, "the store gives no further connection");
    return run_on(*connection, "USE kakuho", "the store", fault);
}

static kk_status connect(kk_store *store, kk_fault *fault)
{
    kk_status status = connect_to(store, &store->connection, fault);
    if (status == KK_OK)
        status = check_layout(store, fault);
    if (status == KK_OK)
        status = further_register(store, fault);
    if (status == KK_OK && store->mode != KK_STORE_READ)
        status = make_tables(store, fault);
    if (status == KK_OK && store->mode == KK_STORE_WRITE)
        status = words_load(store, store->words, fault);
    if (status == KK_OK && store->mode == KK_STORE_WRITE)
        status = feeds_register(store, fault);
    return status == KK_OK ? words_load(store, store->names, fault) : status;
}

static char *folder_of(const char *path)
{
    const char *end = strrchr(path, '/');
    char *folder = end ? strndup(path, end == path ? 1 : (size_t)(end - path)) : strdup(".");
    if (!folder)
        abort();
    return folder;
}

int kk_store_spill_open(const kk_store *store)
{
    return open(store->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

uint64_t kk_store_spill_room(const kk_store *store)
{
    struct statvfs disk;
    uint64_t bytes;
    if (statvfs(store->folder, &disk) != 0 ||
        __builtin_mul_overflow((uint64_t)disk.f_bavail, (uint64_t)disk.f_frsize, &bytes))
        return UINT64_MAX;
    return bytes;
}

kk_status kk_store_open(const char *path, kk_store_mode mode, kk_store **out, kk_fault *fault)
{
    kk_store *store = calloc(1, sizeof *store);
    kk_status status = KK_BUSY;
    if (!store)
        abort();
    store->mode = mode;
    store->folder = folder_of(path);
    store->words = words_open("words", SIZE_MAX);
    store->names = words_open("names", NAMES_BYTES);
    pthread_mutex_init(&store->guard, NULL);
    pthread_mutex_init(&store->guard_of_feeds, NULL);
    for (int tries = 0; tries < 15 && status == KK_BUSY; tries++) {
        if (tries)
            usleep(100000);
        status = open_once(path, store, fault);
    }
    if (status == KK_OK)
        status = connect(store, fault);
    if (status != KK_OK) {
        kk_store_close(store);
        return status;
    }
    *out = store;
    return KK_OK;
}

void kk_store_close(kk_store *store)
{
    if (!store)
        return;
    if (store->connection)
        duckdb_disconnect(&store->connection);
    if (store->database)
        duckdb_close(&store->database);
    words_close(store->words);
    words_close(store->names);
    free(store->folder);
    pthread_mutex_destroy(&store->guard);
    pthread_mutex_destroy(&store->guard_of_feeds);
    free(store);
}

kk_status kk_store_forget(kk_store *store, uint64_t item, kk_fault *fault)
{
    static const char *const tables[] = {"events",   "units",    "issues", "mentions",
                                         "personal", "tables",   "hits",   "matched",
                                         "payloads", "openings", "tellers"};
    enum { UNITS = 1 }; /* the hash of a large file is a unit of its own, and stays */
    kk_buffer sql = {0};
    kk_put(&sql, KK_S("BEGIN;"));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        kk_putf(&sql, "DELETE FROM %s WHERE item = %llu::UBIGINT%s;", tables[i],
                (unsigned long long)item, i == UNITS ? " AND range <> 4294967295" : "");
    kk_put(&sql, KK_S("COMMIT"));
    kk_put_byte(&sql, '\0');
    kk_status status = kk_store_run(store, sql.ptr, fault);
    kk_buffer_close(&sql);
    return status;
}
