/* The mentions of the store, in their one order (evidence, path, table, record, slot), in arrays of
 * plain numbers; and their packed values, of which identity makes keys as often as it likes. */
#include "persons/decided.h"

#include <stdlib.h>
#include <unistd.h>

/* A row as it came. */
typedef struct {
    person_mention mention;
    uint32_t row;
} raw_mention;

/* Packed values one after the other, each behind its row and its length. */
enum { SHELF_BYTES = 4 << 20, SHELF_HEAD = 6 };
typedef struct {
    char *bytes;
    size_t used;
} shelf;

typedef struct {
    kk_identity_graph *g;
    kk_store *store;
    kk_arena *scratch;
    kk_arena *order; /* what identity orders mentions by */
    raw_mention *raw;
    size_t count, capacity;
    uint32_t *sorted; /* the raw ones in the order of mentions */
    uint32_t *place;  /* of a row: its mention + 1 */
    size_t rows;
    kk_arena *values; /* the shelves */
    shelf *shelves;
    size_t shelf_count, shelf_capacity;
    uint32_t last_table; /* rows of one table follow each other */
    uint64_t last_item;
} loading;

/* ---- files and tables ---- */

/* As much of a content's hash as tells two contents apart; 0 where none was taken. */
static uint64_t digest_of(kk_slice sha256)
{
    uint64_t digest = 0;
    if (sha256.len >= sizeof digest)
        memcpy(&digest, sha256.ptr, sizeof digest);
    return digest;
}

static person_file *file_for(kk_identity_graph *g, const kk_rows *rows, size_t *capacity)
{
    uint64_t item = kk_rows_u64(rows, 0);
    if (g->file_count && g->files[g->file_count - 1].item == item)
        return &g->files[g->file_count - 1];
    g->files = kk_grow(g->arena, g->files, capacity, g->file_count + 1, sizeof *g->files);
    person_file *f = &g->files[g->file_count++];
    *f = (person_file){.item = item,
                       .size = kk_rows_u64(rows, 5),
                       .label = kk_copy(g->arena, kk_rows_text(rows, 1)),
                       .key = kk_copy(g->arena, kk_rows_text(rows, 2)),
                       .path = kk_copy(g->arena, kk_rows_text(rows, 3)),
                       .host = kk_copy(g->arena, kk_rows_text(rows, 4)),
                       .digest = digest_of(kk_rows_text(rows, 8)),
                       .stage = "none",
                       .first_table = (uint32_t)g->table_count};
    return f;
}

static int by_item_and_name(const void *a, const void *b, void *context)
{
    const kk_identity_graph *g = context;
    const person_table *x = &g->tables[*(const uint32_t *)a], *y = &g->tables[*(const uint32_t *)b];
    uint64_t i = g->files[x->file].item, k = g->files[y->file].item;
    return i != k ? (i < k ? -1 : 1) : kk_compare(x->name, y->name);
}

static kk_status load_tables(loading *l, kk_fault *fault)
{
    kk_identity_graph *g = l->g;
    kk_rows *rows;
    size_t files = 0, tables = 0;
    kk_status status = kk_ask(l->store, "persons_tables", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        person_file *f = file_for(g, rows, &files);
        g->tables = kk_grow(g->arena, g->tables, &tables, g->table_count + 1, sizeof *g->tables);
        person_table *t = &g->tables[g->table_count++];
        *t = (person_table){.file = (uint32_t)(f - g->files),
                            .name = kk_copy(g->arena, kk_rows_text(rows, 6)),
                            .header = kk_copy(g->arena, kk_rows_text(rows, 7))};
        t->path =
            t->name.len ? kk_print(g->arena, "%.*s#%.*s", KK_P(f->path), KK_P(t->name)) : f->path;
        f->table_count++;
    }
    g->tables_by_item = KK_NEW_ARRAY(g->arena, uint32_t, g->table_count);
    for (size_t i = 0; i < g->table_count; i++)
        g->tables_by_item[i] = (uint32_t)i;
    if (g->table_count)
        qsort_r(g->tables_by_item, g->table_count, sizeof(uint32_t), by_item_and_name, g);
    return kk_rows_close(rows, fault);
}

uint32_t graph_table(const kk_identity_graph *g, uint64_t item, kk_slice name)
{
    size_t low = 0, high = g->table_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const person_table *t = &g->tables[g->tables_by_item[middle]];
        uint64_t at = g->files[t->file].item;
        int order = at != item ? (at < item ? -1 : 1) : kk_compare(t->name, name);
        if (order == 0)
            return g->tables_by_item[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

uint32_t graph_mention(const kk_identity_graph *g, uint32_t table, uint64_t record, uint32_t slot)
{
    size_t low = g->tables[table].first, high = low + g->tables[table].count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const person_mention *m = &g->mentions[middle];
        if (m->record == record && m->slot == slot)
            return (uint32_t)middle;
        if (m->record < record || (m->record == record && m->slot < slot))
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

/* ---- mentions ---- */

static int32_t day_of(const kk_rows *rows, size_t column)
{
    kk_time time = kk_rows_i64(rows, column);
    if (time == KK_NO_TIME)
        return NO_DAY;
    return (int32_t)(time / DAY - (time % DAY < 0));
}

/* Nothing is matched across owners: the same key of another owner is another key. */
static uint64_t owned(uint64_t hash, uint32_t owner)
{
    if (!owner)
        return hash;
    uint64_t mixed = (hash ^ (owner * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xD6E8FEB86659FD93);
    return mixed ^ mixed >> 32;
}

static void shelve(loading *l, uint32_t row, kk_slice values)
{
    shelf *at = l->shelf_count ? &l->shelves[l->shelf_count - 1] : NULL;
    uint16_t len = (uint16_t)values.len;
    if (!at || SHELF_BYTES - at->used < SHELF_HEAD + values.len) {
        l->shelves = kk_grow(l->order, l->shelves, &l->shelf_capacity, l->shelf_count + 1,
                             sizeof *l->shelves);
        at = &l->shelves[l->shelf_count++];
        *at = (shelf){KK_NEW_ARRAY(l->values, char, SHELF_BYTES), 0};
    }
    memcpy(at->bytes + at->used, &row, sizeof row);
    memcpy(at->bytes + at->used + sizeof row, &len, sizeof len);
    memcpy(at->bytes + at->used + SHELF_HEAD, values.ptr, values.len);
    at->used += SHELF_HEAD + values.len;
}

/* The next packed values of a shelf; `mention`: whose they are. */
static bool take_values(const loading *l, const shelf *from, size_t *at, uint32_t *mention,
                        kk_values *values)
{
    uint32_t row;
    uint16_t len;
    if (*at >= from->used)
        return false;
    memcpy(&row, from->bytes + *at, sizeof row);
    memcpy(&len, from->bytes + *at + sizeof row, sizeof len);
    (void)kk_values_unpack((kk_slice){from->bytes + *at + SHELF_HEAD, len}, values);
    *at += SHELF_HEAD + len;
    *mention = l->place[row] - 1;
    return true;
}

static uint64_t content_of(kk_slice packed)
{
    kk_values values;
    return kk_values_unpack(packed, &values) ? values.content : 0;
}

static uint32_t table_of(loading *l, const kk_rows *rows)
{
    uint64_t item = kk_rows_u64(rows, 1);
    kk_slice name = kk_rows_text(rows, 2);
    if (l->last_table == UINT32_MAX || l->last_item != item ||
        !kk_eq(l->g->tables[l->last_table].name, name)) {
        l->last_table = graph_table(l->g, item, name);
        l->last_item = item;
    }
    return l->last_table;
}

static void take_row(loading *l, const kk_rows *rows)
{
    uint64_t row = kk_rows_u64(rows, 0);
    uint32_t table = table_of(l, rows);
    uint64_t standing = kk_rows_u64(rows, 6), role = kk_rows_u64(rows, 5);
    if (table == UINT32_MAX || row >= UINT32_MAX - 1 || standing >= KK_STANDINGS ||
        role >= KK_ROLES)
        return; /* of an item that came after the tables were read */
    l->raw = kk_grow(l->scratch, l->raw, &l->capacity, l->count + 1, sizeof *l->raw);
    raw_mention *raw = &l->raw[l->count++];
    raw->row = (uint32_t)row;
    raw->mention = (person_mention){.record = kk_rows_u64(rows, 3),
                                    .items = kk_rows_u64(rows, 7),
                                    .table = table,
                                    .slot = (uint32_t)kk_rows_u64(rows, 4),
                                    .dated = day_of(rows, 8),
                                    .left_at = day_of(rows, 9),
                                    .role = (uint8_t)role,
                                    .standing = (uint8_t)standing};
    kk_slice packed = kk_rows_text(rows, 10);
    raw->mention.content = content_of(packed);
    raw->mention.left_out = decided_leaves_out(l->g, &raw->mention) ? RECORD_LEFT_OUT : IS_IN;
    if (packed.len <= KK_VALUES_BYTES)
        shelve(l, raw->row, packed);
    if (row >= l->rows)
        l->rows = row + 1;
    l->g->tables[table].count++;
}

static int open_spill(void *context)
{
    return kk_store_spill_open(((const loading *)context)->store);
}

/* With more mentions than fit into half of the machine's memory, what is known of them lies in files of the
 * case: slow where it does not fit, but it comes to its end. */
static void make_room(loading *l, size_t mentions)
{
    const uint64_t bytes_of_one = 2 * sizeof(person_mention) + sizeof(contrast) + 200;
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || size <= 0 || mentions <= (uint64_t)pages / 2 * (uint64_t)size / bytes_of_one)
        return;
    kk_arena_use_disk(l->scratch, open_spill, l);
    kk_arena_use_disk(l->values, open_spill, l);
    kk_arena_use_disk(l->g->arena, open_spill, l);
}

static kk_status load_rows(loading *l, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(l->store, "persons_mention_count", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    size_t expected = kk_rows_next(rows) ? kk_rows_u64(rows, 0) : 0;
    status = kk_rows_close(rows, fault);
    make_room(l, expected);
    l->raw = kk_grow(l->scratch, NULL, &l->capacity, expected + 1, sizeof *l->raw);
    l->last_table = UINT32_MAX;
    if (status == KK_OK)
        status = kk_ask(l->store, "persons_mentions", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        take_row(l, rows);
    if (l->count >= UINT32_MAX - 1) {
        kk_fault ignored;
        (void)!kk_rows_close(rows, &ignored);
        return kk_fail(fault, KK_LIMIT,
                       "more than 4,294,967,294 mentions of persons cannot be counted");
    }
    return kk_rows_close(rows, fault);
}

static int by_place(const void *a, const void *b, void *context)
{
    const raw_mention *raw = context, *x = &raw[*(const uint32_t *)a],
                      *y = &raw[*(const uint32_t *)b];
    const person_mention *m = &x->mention, *n = &y->mention;
    if (m->record != n->record)
        return m->record < n->record ? -1 : 1;
    if (m->slot != n->slot)
        return m->slot < n->slot ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool is_in_order(const uint32_t *sorted, size_t count, raw_mention *raw)
{
    for (size_t i = 1; i < count; i++)
        if (by_place(&sorted[i - 1], &sorted[i], raw) > 0)
            return false;
    return true;
}

/* Rows come table by table and mostly in order: into their table's part, then sorted where needed. They
 * themselves stay where they are. */
static void put_in_order(loading *l)
{
    kk_identity_graph *g = l->g;
    size_t *next = KK_NEW_ARRAY(l->order, size_t, g->table_count), sum = 0;
    l->sorted = KK_NEW_ARRAY(l->scratch, uint32_t, l->count);
    for (size_t t = 0; t < g->table_count; t++) {
        g->tables[t].first = next[t] = sum;
        sum += g->tables[t].count;
    }
    for (size_t i = 0; i < l->count; i++)
        l->sorted[next[l->raw[i].mention.table]++] = (uint32_t)i;
    for (size_t t = 0; t < g->table_count; t++) {
        uint32_t *part = l->sorted + g->tables[t].first;
        if (!is_in_order(part, g->tables[t].count, l->raw))
            qsort_r(part, g->tables[t].count, sizeof *part, by_place, l->raw);
    }
}

/* Who has left says so for the whole record, his family in it too. */
static void spread_leaving(person_mention *mentions, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        int32_t left_at = mentions[i].left_at;
        for (end = i + 1; end < count && mentions[end].table == mentions[i].table &&
                          mentions[end].record == mentions[i].record;
             end++)
            if (left_at == NO_DAY)
                left_at = mentions[end].left_at;
        for (size_t k = i; k < end; k++)
            if (mentions[k].left_at == NO_DAY)
                mentions[k].left_at = left_at;
    }
}

static void unpack(loading *l)
{
    kk_identity_graph *g = l->g;
    g->mentions = KK_NEW_ARRAY(g->arena, person_mention, l->count);
    g->persons.count = l->count;
    uint32_t *record = KK_NEW_ARRAY(g->arena, uint32_t, l->count);
    uint64_t *content = KK_NEW_ARRAY(l->order, uint64_t, l->count);
    g->persons.record = record;
    g->persons.content = content;
    l->place = KK_NEW_ARRAY(g->arena, uint32_t, l->rows);
    for (size_t i = 0; i < l->count; i++) {
        const raw_mention *raw = &l->raw[l->sorted[i]];
        person_table *t = &g->tables[raw->mention.table];
        const person_mention *before = i ? &g->mentions[i - 1] : NULL;
        bool is_same =
            before && before->table == raw->mention.table && before->record == raw->mention.record;
        g->mentions[i] = raw->mention;
        content[i] = raw->mention.content;
        record[i] = i ? record[i - 1] + !is_same : 0;
        l->place[raw->row] = (uint32_t)i + 1;
        t->items |= raw->mention.items;
        t->roles |= UINT64_C(1) << raw->mention.role;
    }
    spread_leaving(g->mentions, l->count);
}

/* ---- what identity asks ---- */

static void tell_keys(const void *context, size_t part, uint32_t rules, key_sink *sink)
{
    const loading *l = context;
    kk_values values;
    value_keys keys;
    uint32_t mention;
    for (size_t at = 0; take_values(l, &l->shelves[part], &at, &mention, &values);) {
        const person_mention *m = &l->g->mentions[mention];
        if (!is_somebody(m))
            continue;
        uint32_t owner = l->g->tables[m->table].matched;
        keys_of_values(&values, rules, &keys);
        for (size_t i = 0; i < keys.count; i++)
            key_give(sink, keys.keys[i].rule, owned(keys.keys[i].hash, owner), mention);
    }
}

static void say(const void *context, size_t part, const uint32_t *place, contrast *said,
                near_names *near)
{
    const loading *l = context;
    kk_values values;
    uint32_t mention;
    for (size_t at = 0; take_values(l, &l->shelves[part], &at, &mention, &values);) {
        const person_mention *m = &l->g->mentions[mention];
        contrast c = contrast_of(&values);
        uint32_t to = place ? place[mention] : mention;
        c.is_relative = m->role == KK_ROLE_FAMILY;
        if (m->dated != NO_DAY)
            c.from = c.to = m->dated;
        if (!is_somebody(m))
            c.at_company = false;
        said[to] = c;
        near[to] = near_names_of(&values);
    }
}

kk_status graph_load(kk_identity_graph *g, kk_store *store, kk_persons *out, kk_fault *fault)
{
    loading l = {.g = g,
                 .store = store,
                 .scratch = kk_arena_open(),
                 .order = kk_arena_open(),
                 .values = kk_arena_open()};
    kk_status status = load_tables(&l, fault);
    if (status == KK_OK) {
        owners_settle(g, out);
        decided_tables(g, out);
        status = load_rows(&l, fault);
    }
    if (status == KK_OK) {
        put_in_order(&l);
        unpack(&l);
        kk_arena_close(l.scratch);
        l.scratch = NULL;
        decided_rulings(g);
        key_source source = {.context = &l, .parts = l.shelf_count, .tell = tell_keys, .say = say};
        identity_find(&g->persons, &source, g->arena);
    }
    kk_arena_use_disk(g->arena, NULL, NULL);
    kk_arena_close(l.scratch);
    kk_arena_close(l.values);
    kk_arena_close(l.order);
    g->persons.content = NULL;
    return status;
}
