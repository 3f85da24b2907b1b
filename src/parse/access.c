/* Databases of Microsoft Access: MDB (Jet 3 and 4), ACCDB (ACE). The rows of every table with their memos,
 * files inside as children. The catalogue, MSysObjects, is a table like others; its definition is page 2. */
#include "base/text.h"
#include "parse/jet_lock.h"
#include "parse/jet_object.h"

enum {
    CATALOGUE = 2,
    TABLES_MAX = 65536,
    MOVES_MAX = 8,
    KIND_TABLE = 1,
    KIND_LINKED_ODBC = 4,
    KIND_LINKED = 6
};
#define FLAGS_SYSTEM UINT32_C(0x80000002)
#define UNPACK_TIMES 200u
#define UNPACK_FLOOR (UINT64_C(64) << 20)

typedef struct {
    kk_slice name;
    uint32_t page;
} entry;

typedef struct {
    kk_jet_file file;
    kk_sink *sink;
    kk_arena *arena;       /* of the file */
    kk_arena *table_arena; /* of one table */
    kk_jet_values values;
    kk_jet_objects objects;
    entry *entries;
    size_t count, capacity;
    uint64_t linked, left_tables, bad_tables, lost_pages, lost_maps, bad_rows, missing_rows;
    bool used_up;
} reading;

/* The table that is gone through. */
typedef struct table table;
struct table {
    kk_jet_table of;
    kk_slice name;
    uint32_t page;
    uint64_t rows;
    kk_slice *columns, *cells;
    int file_name; /* column of the names of attachments, -1 */
    void (*tell)(reading *r, table *t, const kk_jet_row *row, const kk_jet_slot *slot);
};

/* ---- Going through the rows of a table ---- */

/* Where the row is that moved; false where nothing makes sense. */
static bool find_moved(reading *r, kk_jet_slot *slot)
{
    for (int moves = 0; slot->moved; moves++) {
        kk_cursor c = kk_cursor_over(slot->bytes);
        uint32_t pointer = kk_u32(&c);
        if (c.bad || moves == MOVES_MAX || !kk_jet_follow(&r->file, KK_JET_ROW, pointer, slot))
            return false;
    }
    return true;
}

static void take_row(reading *r, table *t, kk_jet_slot *slot)
{
    kk_jet_row row;
    uint64_t cost = 32 + slot->bytes.len + t->of.count;
    if (r->file.left < cost) {
        r->used_up = true;
        return;
    }
    r->file.left -= cost;
    t->rows++;
    if (find_moved(r, slot) && kk_jet_row_read(&r->file, slot->bytes, &row))
        t->tell(r, t, &row, slot);
    else
        r->bad_rows++;
}

static void take_page(reading *r, table *t, uint32_t number)
{
    kk_slice page = kk_jet_page(&r->file, KK_JET_SCAN, number);
    kk_cursor c = kk_cursor_over(page);
    kk_skip(&c, 4);
    uint32_t owner = kk_u32(&c);
    r->lost_pages += page.len == 0;
    if (c.bad || owner != t->page)
        return;
    size_t count = kk_jet_slots(&r->file, page);
    for (size_t i = 0; i < count && !r->sink->stopped && !r->used_up; i++) {
        kk_jet_slot slot;
        if (!kk_jet_slot_at(&r->file, page, number, i, &slot))
            r->bad_rows++;
        else if (!slot.deleted)
            take_row(r, t, &slot);
    }
}

static bool goes_on(const reading *r)
{
    return !r->sink->stopped && !r->used_up;
}

/* Pages that say they are the table's, where its map is lost; those that the map knows were read. */
static void take_lost_pages(reading *r, table *t, kk_jet_map *map)
{
    uint32_t known = 0;
    bool more = kk_jet_map_next(&r->file, map, &known);
    for (uint32_t page = 1; page < r->file.pages && goes_on(r); page++) {
        while (more && known < page)
            more = kk_jet_map_next(&r->file, map, &known);
        if (more && known == page)
            continue;
        if (r->file.left < 64) {
            r->used_up = true;
            return;
        }
        r->file.left -= 64;
        take_page(r, t, page);
    }
}

static void go_through(reading *r, table *t)
{
    kk_jet_map map;
    uint32_t page;
    bool good = kk_jet_map_open(&r->file, r->table_arena, t->of.map, &map);
    while (good && goes_on(r) && kk_jet_map_next(&r->file, &map, &page))
        take_page(r, t, page);
    r->lost_pages += map.cut;
    if ((good && map.broken == 0) || !goes_on(r))
        return;
    r->lost_maps++;
    map.at = 0;
    take_lost_pages(r, t, &map);
}

/* ---- Telling rows ---- */

/* Attachments and several values of a cell lie in tables of their own: "f_", 32 digits, "_Photos". */
static bool is_of_column(kk_slice name)
{
    enum { DIGITS = 32 };
    bool is = name.len > DIGITS + 3 && kk_starts(name, KK_S("f_")) && name.ptr[2 + DIGITS] == '_';
    for (size_t i = 2; is && i < 2 + DIGITS; i++)
        is = strchr("0123456789ABCDEFabcdef", name.ptr[i]) && name.ptr[i];
    return is;
}

static kk_slice safe_name(kk_arena *arena, kk_slice name)
{
    kk_slice copy = kk_copy(arena, name);
    char *to = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (to[i] == '/' || to[i] == '\\' || (unsigned char)to[i] < 0x20)
            to[i] = '_';
    return kk_is(copy, ".") || kk_is(copy, "..") || copy.len == 0 ? KK_S("_") : copy;
}

static void tell_objects(reading *r, table *t, const kk_jet_row *row)
{
    for (size_t i = 0; i < t->of.count && !r->sink->stopped; i++) {
        const kk_jet_column *column = &t->of.columns[i];
        kk_jet_long value;
        kk_slice bytes;
        if (column->kind != KK_JET_OLE || kk_jet_cell_of(row, column, &bytes) != KK_JET_VALUE ||
            !kk_jet_long_open(&r->file, bytes, &value) || value.size == 0)
            continue;
        bool attached = t->file_name >= 0 && is_of_column(t->name);
        kk_slice label = attached ? t->cells[t->file_name] : column->name;
        kk_slice place =
            kk_print(r->values.arena, "%.*s/row-%llu/", KK_P(safe_name(r->values.arena, t->name)),
                     (unsigned long long)t->rows);
        kk_jet_tell_object(&r->objects, &value, place, label, attached);
    }
}

static void tell_row(reading *r, table *t, const kk_jet_row *row, const kk_jet_slot *slot)
{
    kk_arena_reset(r->values.arena);
    for (size_t i = 0; i < t->of.count; i++)
        t->cells[i] = kk_jet_show(&r->values, row, &t->of.columns[i]);
    r->sink->row(r->sink, &(kk_row){.table = t->name,
                                    .columns = t->columns,
                                    .cells = t->cells,
                                    .count = t->of.count,
                                    .record = t->rows,
                                    .offset = slot->offset,
                                    .length = (uint32_t)slot->bytes.len});
    tell_objects(r, t, row);
}

static void open_columns(reading *r, table *t)
{
    t->columns = KK_NEW_ARRAY(r->table_arena, kk_slice, t->of.count);
    t->cells = KK_NEW_ARRAY(r->table_arena, kk_slice, t->of.count);
    t->file_name = -1;
    for (size_t i = 0; i < t->of.count; i++) {
        t->columns[i] = t->of.columns[i].name;
        if (kk_eq_nocase(t->columns[i], KK_S("FileName")))
            t->file_name = (int)i;
    }
}

static void tell_table(reading *r, const entry *e)
{
    table t = {.name = e->name, .page = e->page, .tell = tell_row};
    kk_arena_reset(r->table_arena);
    if (!kk_jet_table_read(&r->file, r->table_arena, e->page, &t.of)) {
        r->bad_tables++;
        return;
    }
    r->bad_tables += t.of.cut;
    open_columns(r, &t);
    go_through(r, &t);
    if (goes_on(r) && t.rows < t.of.rows)
        r->missing_rows += t.of.rows - t.rows;
}

/* ---- The catalogue ---- */

static void add_entry(reading *r, kk_slice name, uint32_t page)
{
    if (r->count == TABLES_MAX) {
        r->left_tables++;
        return;
    }
    r->entries = kk_grow(r->arena, r->entries, &r->capacity, r->count + 1, sizeof *r->entries);
    r->entries[r->count++] = (entry){kk_copy(r->arena, name), page};
}

static kk_slice named_cell(reading *r, const table *t, const kk_jet_row *row, const char *name)
{
    for (size_t i = 0; i < t->of.count; i++)
        if (kk_eq_nocase(t->of.columns[i].name, kk_cstr(name)))
            return kk_jet_show(&r->values, row, &t->of.columns[i]);
    return KK_NONE;
}

static void take_entry(reading *r, table *t, const kk_jet_row *row, const kk_jet_slot *slot)
{
    int64_t id = 0, kind = 0, flags = 0;
    (void)slot;
    kk_arena_reset(r->values.arena);
    kk_slice name = named_cell(r, t, row, "Name");
    if (!kk_to_i64(named_cell(r, t, row, "Id"), &id) ||
        !kk_to_i64(named_cell(r, t, row, "Type"), &kind))
        return;
    (void)kk_to_i64(named_cell(r, t, row, "Flags"), &flags);
    r->linked += kind == KIND_LINKED || kind == KIND_LINKED_ODBC;
    bool of_system = (uint32_t)flags & FLAGS_SYSTEM || kk_starts(name, KK_S("MSys"));
    if (kind == KIND_TABLE && (!of_system || is_of_column(name)))
        add_entry(r, name, (uint32_t)id & 0xffffff);
}

static bool read_catalogue(reading *r)
{
    table t = {.page = CATALOGUE, .tell = take_entry, .file_name = -1};
    if (!kk_jet_table_read(&r->file, r->table_arena, CATALOGUE, &t.of))
        return false;
    go_through(r, &t);
    return t.rows > 0;
}

/* Tables by their definitions, where no catalogue tells their names. */
static void find_tables(reading *r)
{
    char *follows = kk_take(r->arena, r->file.pages / 8 + 1);
    kk_report(r->sink, KK_ISSUE_DAMAGED, 0,
              "the list of tables cannot be read: their names are not known");
    for (int round = 0; round < 2; round++)
        for (uint32_t number = 1; number < r->file.pages && goes_on(r); number++) {
            kk_slice page = kk_jet_page(&r->file, KK_JET_SCAN, number);
            kk_cursor c = kk_cursor_over(page);
            bool is_table = kk_u8(&c) == KK_JET_TABLE;
            kk_skip(&c, 3);
            uint32_t next = kk_u32(&c);
            kk_jet_table t;
            if (!is_table || c.bad)
                continue;
            if (round == 0 && next < r->file.pages)
                follows[next / 8] = (char)(follows[next / 8] | 1 << next % 8);
            if (round == 0 || follows[number / 8] >> number % 8 & 1)
                continue;
            kk_arena_reset(r->table_arena);
            if (kk_jet_table_read(&r->file, r->table_arena, number, &t) && !t.is_system)
                add_entry(r, kk_print(r->table_arena, "page-%u", number), number);
        }
}

/* ---- The whole ---- */

static void report_rest(reading *r)
{
    kk_report_count(r->sink, KK_ISSUE_MISSING, r->linked,
                    "tables are links: their rows lie in other databases");
    kk_report_count(r->sink, KK_ISSUE_DAMAGED, r->bad_tables,
                    "tables whose definition cannot be read wholly");
    kk_report_count(r->sink, KK_ISSUE_DAMAGED, r->lost_maps,
                    "tables whose map of pages is damaged: their pages were searched for");
    kk_report_count(r->sink, KK_ISSUE_TRUNCATED, r->lost_pages,
                    "places where pages of rows cannot be read");
    kk_report_count(r->sink, KK_ISSUE_DAMAGED, r->bad_rows, "rows make no sense and were left out");
    kk_report_count(r->sink, KK_ISSUE_DAMAGED, r->missing_rows,
                    "rows that tables say to have were not found");
    kk_report_count(r->sink, KK_ISSUE_DAMAGED, r->values.bad, "values make no sense, or end early");
    kk_report_count(r->sink, KK_ISSUE_FORMAT, r->values.odd,
                    "texts are in a code page that is not read, and were guessed");
    kk_report_count(r->sink, KK_ISSUE_LIMIT, r->values.cut, "texts over 1 MiB were cut");
    kk_report_count(r->sink, KK_ISSUE_DAMAGED, r->objects.bad, "files inside are damaged");
    kk_report_count(r->sink, KK_ISSUE_LIMIT, r->objects.too_large,
                    "attachments unpack to too much");
    kk_report_count(r->sink, KK_ISSUE_LIMIT, r->left_tables, "tables beyond 65,536 were left out");
    if (r->used_up)
        kk_report(r->sink, KK_ISSUE_LIMIT, 0,
                  "tables give more than a file of this size holds: the rest was left");
}

static void read_tables(reading *r)
{
    if (!read_catalogue(r))
        find_tables(r);
    for (size_t i = 0; i < r->count && goes_on(r); i++)
        tell_table(r, &r->entries[i]);
    report_rest(r);
}

static uint64_t unpack_most(const kk_settings *settings, uint64_t size)
{
    uint64_t most = settings->unpack_most ? settings->unpack_most : size * UNPACK_TIMES;
    return settings->unpack_most || most > UNPACK_FLOOR ? most : UNPACK_FLOOR;
}

static kk_jet_state unlock(reading *r, kk_stream *in, const kk_settings *settings)
{
    kk_jet_lock *lock = kk_jet_lock_read(r->arena, in, r->sink);
    if (!lock)
        kk_report(r->sink, KK_ISSUE_PASSWORD, 0,
                  "the database is encrypted in a way that is not read");
    else if (!kk_jet_lock_open(lock, settings, r->sink))
        kk_report(r->sink, KK_ISSUE_PASSWORD, 0, "the database is encrypted with a password");
    else
        r->file.lock = lock;
    return r->file.lock ? KK_JET_OPEN : KK_JET_CLOSED;
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    reading *r = KK_NEW(arena, reading);
    kk_jet_state state = kk_jet_open(&r->file, in);
    r->sink = sink;
    r->arena = arena;
    r->table_arena = kk_arena_open();
    kk_arena *row_arena = kk_arena_open();
    r->values = (kk_jet_values){.file = &r->file, .arena = row_arena};
    r->objects = (kk_jet_objects){
        .sink = sink, .arena = row_arena, .unpack_left = unpack_most(settings, in->size)};
    if (state == KK_JET_CLOSED)
        state = unlock(r, in, settings);
    if (state == KK_JET_OPEN)
        read_tables(r);
    else if (state == KK_JET_NEWER)
        kk_report(sink, KK_ISSUE_FORMAT, 0, "a version of the database that is not read");
    else if (state == KK_JET_NONE)
        kk_report(sink, KK_ISSUE_DAMAGED, 0, "the head of the database cannot be read");
    if (state == KK_JET_OPEN && in->size % r->file.page_bytes)
        kk_report(sink, KK_ISSUE_TRUNCATED, in->size, "the file ends within a page");
    kk_arena_close(row_arena);
    kk_arena_close(r->table_arena);
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    kk_slice engine = kk_part(p->head, 4, 15);
    bool is = kk_starts(p->head, (kk_slice){"\0\1\0\0", 4}) &&
              (kk_is(engine, "Standard Jet DB") || kk_is(engine, "Standard ACE DB") ||
               kk_is(engine, "MSISAM Database"));
    return is ? KK_CERTAIN : KK_NO;
}

const kk_parser kk_parser_access = {
    .name = "access",
    .about = "databases of Microsoft Access (MDB, ACCDB)",
    .version = 2,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .tells_text = true,
    .probe = probe,
    .parse = parse,
};
