/* SQLite databases: the rows of every ordinary table, through libsqlite3 over a stream.
 *
 * The file begins with "SQLite format 3\0", then (big-endian) the page size at 16, read and write
 * version at 18 and 19 (2: write-ahead log), the number of pages at 28. The library gets a file
 * system of its own (VFS) that knows one stream, writes nothing and finds no other file. Three
 * places are answered otherwise than the bytes say: the versions at 18 and 19 as 1, since the pages
 * of the log are laid over the file's here, and the size as at least the number of pages, since the library refuses a whole
 * database that is cut short, where most tables can still be read; missing pages read as zeros.
 *
 * The schema is hostile too: views, triggers and virtual tables are never run, computed columns
 * never computed, and the work is counted. */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/json_cells.h"
#include "parse/parser.h"
#include "parse/sqlite_wal.h"

#include <sqlite3.h>
#include <stdio.h>

enum {
    HEADER = 100,
    COLUMNS_MAX = 2000,
    TABLES_MAX = 10000,
    CELL_MAX = 1024 * 1024,
    STEPS_EACH = 10000, /* of the library's machine between two looks at the count */
    SAMPLE_ROWS = 100,
    FAULTS_MAX = 64, /* rows of one table that are left out one by one */
    RECORD_MAX = 256 * 1024 * 1024
};

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    kk_arena *arena;   /* of one table */
    kk_arena *scratch; /* of one row */
    sqlite3 *db;
    kk_sqlite_wal wal;
    uint64_t bytes_in; /* of the database and its log */
    uint64_t declared; /* pages times their size */
    uint64_t steps, steps_max;
    uint64_t rows, bytes; /* read so far: a page that is named twice gives its rows twice */
    bool exhausted;
    uint64_t cut_cells, odd_texts;
} reading;

/* ---- The file system with one file in it ---- */

typedef struct {
    sqlite3_file base;
    reading *r;
} file;

static int file_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

/* Bytes 18 and 19 say 1 wherever they are part of what is read. */
static void hide_log(char *into, sqlite3_int64 offset, int amount)
{
    for (sqlite3_int64 at = 18; at <= 19; at++)
        if (offset <= at && at < offset + amount && into[at - offset] == 2)
            into[at - offset] = 1;
}

static int file_read(sqlite3_file *f, void *into, int amount, sqlite3_int64 offset)
{
    reading *r = ((file *)f)->r;
    if (amount < 0 || offset < 0)
        return SQLITE_IOERR_READ;
    size_t got = kk_read(r->in, (uint64_t)offset, into, (size_t)amount);
    got = kk_sqlite_wal_lay_over(&r->wal, (uint64_t)offset, into, (size_t)amount, got);
    hide_log(into, offset, (int)got);
    if (got == (size_t)amount)
        return SQLITE_OK;
    memset((char *)into + got, 0, (size_t)amount - got);
    return (uint64_t)offset < r->declared ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *from, int amount, sqlite3_int64 offset)
{
    (void)f, (void)from, (void)amount, (void)offset;
    return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    (void)f, (void)size;
    return SQLITE_READONLY;
}

static int file_flags(sqlite3_file *f, int flags)
{
    (void)f, (void)flags;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    const reading *r = ((file *)f)->r;
    uint64_t bytes = r->in->size > r->declared ? r->in->size : r->declared;
    *size = bytes < INT64_MAX ? (sqlite3_int64)bytes : INT64_MAX;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *f, int *out)
{
    (void)f;
    *out = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int op, void *argument)
{
    (void)f, (void)op, (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static int file_traits(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_flags,
    .xFileSize = file_size,
    .xLock = file_flags,
    .xUnlock = file_flags,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    f->pMethods = NULL;
    if (!name || !(flags & SQLITE_OPEN_MAIN_DB))
        return SQLITE_CANTOPEN; /* no journal, no temporary file */
    ((file *)f)->r = vfs->pAppData;
    f->pMethods = &file_methods;
    if (out)
        *out = SQLITE_OPEN_READONLY;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs, (void)name, (void)sync;
    return SQLITE_IOERR_DELETE;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs, (void)name, (void)flags;
    *out = 0;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    memset(out, 0, (size_t)size);
    return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, double *julian)
{
    (void)vfs;
    *julian = 2440587.5; /* 1970: nothing that is read depends on the clock */
    return SQLITE_OK;
}

/* A VFS for one reading, so that nothing is shared between threads but the library's list. */
static sqlite3_vfs vfs_for(reading *r, const char *name)
{
    return (sqlite3_vfs){.iVersion = 1,
                         .szOsFile = sizeof(file),
                         .mxPathname = 512,
                         .zName = name,
                         .pAppData = r,
                         .xOpen = vfs_open,
                         .xDelete = vfs_delete,
                         .xAccess = vfs_access,
                         .xFullPathname = vfs_full_path,
                         .xRandomness = vfs_random,
                         .xSleep = vfs_sleep,
                         .xCurrentTime = vfs_time};
}

/* ---- Opening, without trust ---- */

static int count_steps(void *context)
{
    reading *r = context;
    r->steps += STEPS_EACH;
    if (r->steps > r->steps_max)
        r->exhausted = true;
    return r->exhausted || r->sink->stopped;
}

/* Nothing but reading columns; no function, not even one that a schema calls. */
static int allow(void *context, int action, const char *a, const char *b, const char *c,
                 const char *d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_PRAGMA
               ? SQLITE_OK
               : SQLITE_DENY;
}

static void distrust(reading *r)
{
    sqlite3 *db = r->db;
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, RECORD_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024);
    sqlite3_limit(db, SQLITE_LIMIT_COLUMN, COLUMNS_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 100);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_progress_handler(db, STEPS_EACH, count_steps, r);
    sqlite3_exec(db, "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON",
                 NULL, NULL, NULL);
    sqlite3_set_authorizer(db, allow, r);
}

static bool is_damage(int code)
{
    int kind = code & 0xff;
    return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_IOERR ||
           kind == SQLITE_ERROR || kind == SQLITE_FORMAT || kind == SQLITE_TOOBIG;
}

/* ---- Rows ---- */

typedef struct {
    kk_slice name;
    size_t number;   /* in the order of the schema, for issues */
    kk_slice quoted; /* the name for SQL */
    kk_slice *columns;
    size_t count;
    kk_slice list;     /* columns for SQL */
    const char *rowid; /* a name of the row id that no column has taken; NULL: the table has none */
    uint64_t rows;     /* told so far */
    int64_t last;      /* row id of the last one */
    kk_slice *cells;
    kk_json_cells json;
    bool is_sample; /* rows are looked at for JSON, and not told */
} shape;

/* 2.0 reads "2"; else the shortest text that keeps 15 digits. */
static kk_slice real_text(kk_arena *arena, double value)
{
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
        return kk_print(arena, "%lld", (long long)value);
    return kk_print(arena, "%.15g", value);
}

static kk_slice text_cell(reading *r, kk_slice text)
{
    if (text.len > CELL_MAX) {
        r->cut_cells++;
        text = kk_part(text, 0, CELL_MAX);
        while (text.len && ((unsigned char)text.ptr[text.len - 1] & 0xc0) == 0x80)
            text.len--;
        if (text.len && (unsigned char)text.ptr[text.len - 1] >= 0xc0)
            text.len--;
    }
    if (kk_utf8_valid(text))
        return text;
    /* Programs of old put the code page of the machine into it. */
    r->odd_texts++;
    return kk_decode(r->scratch, kk_charset_guess(text, NULL), text, NULL);
}

static kk_slice cell_of(reading *r, sqlite3_stmt *s, int i)
{
    switch (sqlite3_column_type(s, i)) {
    case SQLITE_NULL:
        return KK_NONE;
    case SQLITE_INTEGER:
        return kk_print(r->scratch, "%lld", (long long)sqlite3_column_int64(s, i));
    case SQLITE_FLOAT:
        return real_text(r->scratch, sqlite3_column_double(s, i));
    case SQLITE_BLOB:
        r->bytes += (uint64_t)sqlite3_column_bytes(s, i);
        return kk_print(r->scratch, "(blob %d bytes)", sqlite3_column_bytes(s, i));
    default:
        break;
    }
    const char *text = (const char *)sqlite3_column_text(s, i);
    int len = sqlite3_column_bytes(s, i);
    return text && len > 0 ? text_cell(r, (kk_slice){text, (size_t)len}) : KK_NONE;
}

static void tell_row(reading *r, shape *t, sqlite3_stmt *s)
{
    int first = t->rowid ? 1 : 0;
    kk_arena_reset(r->scratch);
    for (size_t i = 0; i < t->count; i++) {
        t->cells[i] = cell_of(r, s, (int)i + first);
        r->bytes += t->cells[i].len;
    }
    if (t->is_sample) {
        kk_json_cells_learn(&t->json, r->scratch, t->cells);
        return;
    }
    t->rows++;
    if (first)
        t->last = sqlite3_column_int64(s, 0);
    /* Four bytes of a page make a row at least; a number of one byte becomes a few letters. */
    r->rows++;
    if (r->rows > r->bytes_in / 4 + 1000 || r->bytes > r->bytes_in * 16 + CELL_MAX)
        r->exhausted = true;
    kk_row row = {.table = t->name,
                  .columns = t->json.columns,
                  .cells = kk_json_cells_spread(&t->json, r->scratch, t->cells),
                  .count = t->json.count,
                  .record = first ? (uint64_t)t->last : t->rows};
    r->sink->row(r->sink, &row);
}

/* Runs a query to its end; the library's code for why it ended. */
static int run(reading *r, shape *t, kk_slice sql)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(r->db, sql.ptr, -1, &s, NULL);
    if (code == SQLITE_OK && sqlite3_bind_parameter_count(s))
        sqlite3_bind_int64(s, 1, t->last);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(s);
        if (code == SQLITE_ROW)
            tell_row(r, t, s);
        if (r->exhausted || r->sink->stopped)
            code = SQLITE_INTERRUPT;
    }
    sqlite3_finalize(s);
    return code;
}

/* Steps over the row behind the last one, by its id alone, which needs none of its overflow pages.
 */
static bool step_over(reading *r, shape *t)
{
    sqlite3_stmt *s = NULL;
    kk_slice sql =
        kk_print(r->arena, "SELECT %s FROM %.*s NOT INDEXED WHERE %s>?1 ORDER BY 1 LIMIT 1",
                 t->rowid, KK_P(t->quoted), t->rowid);
    int code = sqlite3_prepare_v2(r->db, sql.ptr, -1, &s, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, t->last);
        code = sqlite3_step(s);
        if (code == SQLITE_ROW)
            t->last = sqlite3_column_int64(s, 0);
    }
    sqlite3_finalize(s);
    return code == SQLITE_ROW;
}

/* Rows behind a fault: a bad row is stepped over; where not even that is possible, the rows come
 * from the far end back to the fault. */
static int go_on(reading *r, shape *t)
{
    const char *format = "SELECT %s,%.*s FROM %.*s NOT INDEXED WHERE %s>?1 ORDER BY %s%s";
    kk_slice on = kk_print(r->arena, format, t->rowid, KK_P(t->list), KK_P(t->quoted), t->rowid,
                           t->rowid, "");
    for (int fault = 0; fault < FAULTS_MAX && step_over(r, t); fault++) {
        int code = run(r, t, on);
        if (!is_damage(code))
            return code;
    }
    return run(r, t,
               kk_print(r->arena, format, t->rowid, KK_P(t->list), KK_P(t->quoted), t->rowid,
                        t->rowid, " DESC"));
}

static void report_end(reading *r, const shape *t, int code, bool damaged)
{
    if (r->exhausted)
        kk_report(
            r->sink, KK_ISSUE_LIMIT, 0,
            "table %zu gives more than a file of this size holds and was left after %llu rows",
            t->number, (unsigned long long)t->rows);
    else if (damaged)
        kk_report(r->sink, KK_ISSUE_DAMAGED, 0,
                  "table %zu is damaged: %llu rows could be read, others may be lost", t->number,
                  (unsigned long long)t->rows);
    else if (code != SQLITE_DONE && code != SQLITE_INTERRUPT)
        kk_report(r->sink, KK_ISSUE_FORMAT, 0, "table %zu cannot be read", t->number);
}

/* The first rows, for what JSON in them holds. */
static void look_for_json(reading *r, shape *t)
{
    uint64_t odd = r->odd_texts, cut = r->cut_cells; /* these rows come again */
    kk_json_cells_open(&t->json, r->arena, t->columns, t->count);
    t->is_sample = true;
    (void)run(r, t,
              kk_print(r->arena, "SELECT %s%s%.*s FROM %.*s NOT INDEXED LIMIT %d",
                       t->rowid ? t->rowid : "", t->rowid ? "," : "", KK_P(t->list),
                       KK_P(t->quoted), SAMPLE_ROWS));
    t->is_sample = false;
    r->odd_texts = odd;
    r->cut_cells = cut;
}

static void read_rows(reading *r, shape *t)
{
    look_for_json(r, t);
    const char *order = t->rowid ? " ORDER BY 1" : "";
    kk_slice sql =
        kk_print(r->arena, "SELECT %s%s%.*s FROM %.*s NOT INDEXED%s", t->rowid ? t->rowid : "",
                 t->rowid ? "," : "", KK_P(t->list), KK_P(t->quoted), order);
    int code = run(r, t, sql);
    bool damaged = is_damage(code);
    if (damaged && t->rowid)
        code = go_on(r, t);
    report_end(r, t, code, damaged);
}

/* ---- Tables ---- */

static kk_slice quote(kk_arena *arena, kk_slice name)
{
    char *to = kk_take_array(arena, name.len + 2, 2);
    size_t len = 0;
    to[len++] = '"';
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            to[len++] = '"';
        to[len++] = name.ptr[i];
    }
    to[len++] = '"';
    return (kk_slice){to, len};
}

static kk_slice column_text(kk_arena *arena, sqlite3_stmt *s, int i)
{
    const char *text = (const char *)sqlite3_column_text(s, i);
    int len = sqlite3_column_bytes(s, i);
    return text && len > 0 ? kk_copy(arena, (kk_slice){text, (size_t)len}) : KK_NONE;
}

/* A name of the row id that no column has taken, by asking for it. */
static const char *rowid_name(reading *r, const shape *t)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool taken = false;
        for (size_t k = 0; k < t->count; k++)
            taken = taken || kk_eq_nocase(t->columns[k], kk_cstr(names[i]));
        if (taken)
            continue;
        sqlite3_stmt *s = NULL;
        kk_slice sql = kk_print(r->arena, "SELECT %s FROM %.*s", names[i], KK_P(t->quoted));
        int code = sqlite3_prepare_v2(r->db, sql.ptr, -1, &s, NULL);
        sqlite3_finalize(s);
        return code == SQLITE_OK ? names[i] : NULL;
    }
    return NULL;
}

/* Columns that are computed when they are read are left out: their expressions are the evidence's.
 */
static void find_columns(reading *r, shape *t)
{
    sqlite3_stmt *s = NULL;
    kk_buffer list = {0};
    size_t capacity = 0;
    kk_slice sql = kk_print(r->arena, "PRAGMA table_xinfo(%.*s)", KK_P(t->quoted));
    if (sqlite3_prepare_v2(r->db, sql.ptr, -1, &s, NULL) == SQLITE_OK) {
        while (sqlite3_step(s) == SQLITE_ROW && t->count < COLUMNS_MAX) {
            kk_slice name = column_text(r->arena, s, 1);
            if (sqlite3_column_int(s, 6) == 2)
                continue;
            t->columns = kk_grow(r->arena, t->columns, &capacity, t->count + 1, sizeof *t->columns);
            t->columns[t->count++] = kk_utf8_clean(r->arena, name);
            if (list.len)
                kk_put_byte(&list, ',');
            kk_put(&list, quote(r->arena, name));
        }
    }
    sqlite3_finalize(s);
    t->list = kk_copy(r->arena, kk_buffer_slice(&list));
    t->cells = KK_NEW_ARRAY(r->arena, kk_slice, t->count + 1);
    kk_buffer_close(&list);
}

static void read_table(reading *r, kk_slice name, size_t number)
{
    shape t = {.name = kk_utf8_clean(r->arena, name), .number = number, .last = INT64_MIN};
    t.quoted = quote(r->arena, name);
    find_columns(r, &t);
    if (t.count == 0) {
        kk_report(r->sink, KK_ISSUE_DAMAGED, 0, "table %zu has no columns that can be read",
                  number);
        return;
    }
    t.rowid = rowid_name(r, &t);
    read_rows(r, &t);
}

/* The library's own tables: counters and statistics. */
static bool is_own(kk_slice name)
{
    return kk_eq_nocase(kk_part(name, 0, 7), KK_S("sqlite_"));
}

typedef struct {
    kk_slice *names;
    size_t count, capacity;
    int code; /* why the list ended */
} listing;

static listing list_tables(reading *r, kk_arena *arena)
{
    listing l = {0};
    sqlite3_stmt *s = NULL;
    l.code = sqlite3_prepare_v2(
        r->db, "SELECT name FROM sqlite_schema WHERE type='table' AND rootpage>0", -1, &s, NULL);
    while ((l.code == SQLITE_OK || l.code == SQLITE_ROW) && l.count < TABLES_MAX) {
        l.code = sqlite3_step(s);
        if (l.code != SQLITE_ROW)
            break;
        kk_slice name = column_text(arena, s, 0);
        if (name.len == 0 || is_own(name))
            continue;
        l.names = kk_grow(arena, l.names, &l.capacity, l.count + 1, sizeof *l.names);
        l.names[l.count++] = name;
    }
    sqlite3_finalize(s);
    return l;
}

static void read_database(reading *r, kk_arena *arena)
{
    listing l = list_tables(r, arena);
    if (is_damage(l.code) && l.count == 0) {
        /* With this the library keeps what it understands of a damaged schema. */
        sqlite3_db_config(r->db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
        l = list_tables(r, arena);
        kk_report(r->sink, KK_ISSUE_DAMAGED, 0,
                  "the list of tables is damaged: %zu tables are known", l.count);
    } else if (is_damage(l.code)) {
        kk_report(r->sink, KK_ISSUE_DAMAGED, 0,
                  "the list of tables is damaged: %zu tables are known", l.count);
    }
    if (l.count == TABLES_MAX)
        kk_report(r->sink, KK_ISSUE_LIMIT, 0, "only the first %zu tables were read", l.count);
    for (size_t i = 0; i < l.count && !r->exhausted && !r->sink->stopped; i++) {
        kk_arena_reset(r->arena);
        read_table(r, l.names[i], i + 1);
    }
}

/* ---- The parser ---- */

/* A journal holds pages as they were before a change that was not ended. */
static void report_journal(kk_stream *in, kk_sink *sink)
{
    char head[8] = {0};
    kk_stream *journal =
        in->sibling ? in->sibling(in, kk_join(sink->arena, in->name, KK_S("-journal"))) : NULL;
    if (journal && journal->size > 32 && kk_read(journal, 0, head, 8) == 8 && head[0])
        kk_report(sink, KK_ISSUE_FORMAT, 0,
                  "the rollback journal beside the database was not applied: the last change may "
                  "be half done");
}

typedef struct {
    uint32_t page_bytes; /* 0: makes no sense */
    uint64_t declared;   /* bytes that the header says the file has; 0 where it does not say */
} head_said;

static head_said read_head(kk_stream *in)
{
    char header[HEADER];
    kk_cursor c = kk_cursor_over((kk_slice){header, kk_read(in, 0, header, sizeof header)});
    kk_seek(&c, 16);
    uint32_t page = kk_be16(&c);
    page = page == 1 ? 65536 : page;
    kk_seek(&c, 24);
    uint32_t changes = kk_be32(&c);
    uint64_t pages = kk_be32(&c);
    kk_seek(&c, 92);
    uint32_t valid_for = kk_be32(&c);
    if (c.bad || page < 512 || (page & (page - 1)) != 0)
        return (head_said){0};
    return (head_said){page, changes == valid_for ? page * pages : 0};
}

/* The file as it is with what was committed in its log. */
static void open_pages(reading *r)
{
    head_said head = read_head(r->in);
    if (!kk_sqlite_wal_open(&r->wal, r->sink->arena, r->in, head.page_bytes))
        kk_report(r->sink, KK_ISSUE_DAMAGED, 0,
                  "the write-ahead log beside the database cannot be read: later changes may be "
                  "missing");
    if (r->wal.is_torn)
        kk_report(r->sink, KK_ISSUE_DAMAGED, 0,
                  "the write-ahead log beside the database is torn: changes behind the tear were "
                  "left out");
    if (head.declared > r->in->size)
        kk_report(r->sink, KK_ISSUE_TRUNCATED, r->in->size, "the database is cut short");
    r->bytes_in = r->in->size + (r->wal.count ? r->wal.file->size : 0);
    r->declared = r->wal.count ? (uint64_t)r->wal.pages * head.page_bytes : head.declared;
    r->steps_max = UINT64_C(200000000) + (r->bytes_in < (UINT64_C(1) << 50) ? r->bytes_in * 8 : 0);
}

static void report_rest(reading *r)
{
    if (r->cut_cells)
        r->sink->issue(r->sink, &(kk_issue){KK_ISSUE_LIMIT, 0, r->cut_cells,
                                            KK_S("texts over 1 MiB were cut")});
    if (r->odd_texts)
        r->sink->issue(
            r->sink,
            &(kk_issue){KK_ISSUE_DAMAGED, 0, r->odd_texts,
                        KK_S("texts are not in the database's encoding, which was guessed")});
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    (void)settings;
    char name[40];
    reading r = {.in = in, .sink = sink, .arena = kk_arena_open(), .scratch = kk_arena_open()};
    kk_arena *arena = kk_arena_open();
    open_pages(&r);
    report_journal(in, sink);
    snprintf(name, sizeof name, "kakuho-%p", (void *)&r);
    sqlite3_vfs vfs = vfs_for(&r, name);
    int code = sqlite3_vfs_register(&vfs, 0);
    if (code == SQLITE_OK)
        code = sqlite3_open_v2("evidence", &r.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, name);
    if (code == SQLITE_OK) {
        distrust(&r);
        read_database(&r, arena);
    } else {
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the database cannot be opened");
    }
    report_rest(&r);
    sqlite3_close(r.db);
    sqlite3_vfs_unregister(&vfs);
    kk_arena_close(arena);
    kk_arena_close(r.arena);
    kk_arena_close(r.scratch);
}

static kk_score probe(const kk_probe *p)
{
    if (!kk_starts(p->head, (kk_slice){"SQLite format 3\0", 16}))
        return KK_NO;
    kk_cursor c = kk_cursor_over(p->head);
    kk_seek(&c, 16);
    uint32_t page = kk_be16(&c);
    /* Payload fractions are fixed: 64, 32, 32. */
    kk_seek(&c, 21);
    bool fixed = kk_be(&c, 3) == 0x402020;
    return !c.bad && fixed && (page == 1 || page >= 512) ? KK_CERTAIN : KK_SURE;
}

static const char *const companions[] = {"-wal", "-journal", NULL};

const kk_parser kk_parser_sqlite = {
    .name = "sqlite",
    .about = "SQLite databases: the rows of every table",
    .version = 3,
    .cut = KK_WHOLE,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
    .companions = companions,
};
