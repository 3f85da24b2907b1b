/* The mentions of the store, in their one order (evidence, path, table, record, slot), in arrays of
 * plain numbers; and their packed values, of which identity makes keys as often as it likes. */
#include "base/machine.h"
#include "base/sorted.h"
#include "persons/beside.h"
#include "persons/decided.h"
#include "persons/room.h"

#include <stdlib.h>

#define GONE UINT32_MAX /* no table, no row */

/* Packed values one after the other, each behind its row and its length. */
enum { SHELF_BYTES = 4 << 20, SHELF_HEAD = 6 };
typedef struct {
    char *bytes;
    size_t used;
} shelf;

/* Rows that one processor reads at a time; row groups of the store lie whole in it. */
enum { STRETCH_ROWS = 4 * 122880 };
typedef struct {
    kk_arena *lists, *values; /* values: of the shelves */
    shelf *shelves;
    size_t shelf_count, shelf_capacity;
    size_t count;        /* mentions */
    uint32_t last_table; /* rows of one table follow each other */
    uint64_t last_item;
    kk_status status;
    kk_fault fault;
} stretch;

typedef struct {
    kk_identity_graph *g;
    kk_store *store;
    kk_arena *scratch;
    kk_arena *order; /* what identity orders mentions by */
    mention_room room;
    uint32_t rows; /* of the store's table; some may be gone */
    person_mention *of_row;
    uint32_t *sorted; /* rows in the order of mentions */
    uint32_t *place;  /* of a row: its mention */
    size_t count;     /* mentions */
    stretch *stretches;
    size_t stretch_count;
    shelf *shelves; /* all of them */
    size_t shelf_count;
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
                       .is_database = kk_rows_u64(rows, 9),
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

static void shelve(stretch *s, uint32_t row, kk_slice values)
{
    shelf *at = s->shelf_count ? &s->shelves[s->shelf_count - 1] : NULL;
    uint16_t len = (uint16_t)values.len;
    if (!at || SHELF_BYTES - at->used < SHELF_HEAD + values.len) {
        s->shelves = kk_grow(s->lists, s->shelves, &s->shelf_capacity, s->shelf_count + 1,
                             sizeof *s->shelves);
        at = &s->shelves[s->shelf_count++];
        *at = (shelf){KK_NEW_ARRAY(s->values, char, SHELF_BYTES), 0};
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
    *mention = l->place[row];
    return true;
}

static uint64_t content_of(kk_slice packed)
{
    uint64_t content = 0;
    (void)kk_values_content(packed, &content);
    return content;
}

static uint32_t table_of(const loading *l, stretch *s, const kk_rows *rows)
{
    uint64_t item = kk_rows_u64(rows, 1);
    kk_slice name = kk_rows_text(rows, 2);
    if (s->last_table == GONE || s->last_item != item ||
        !kk_eq(l->g->tables[s->last_table].name, name)) {
        s->last_table = graph_table(l->g, item, name);
        s->last_item = item;
    }
    return s->last_table;
}

static void take_row(loading *l, stretch *s, const kk_rows *rows)
{
    uint64_t row = kk_rows_u64(rows, 0);
    uint32_t table = table_of(l, s, rows);
    uint64_t standing = kk_rows_u64(rows, 6), role = kk_rows_u64(rows, 5);
    if (table == GONE || row >= l->rows || standing >= KK_STANDINGS || role >= KK_ROLES)
        return; /* of an item that came after the tables were read */
    kk_slice packed = kk_rows_text(rows, 10);
    person_mention *m = &l->of_row[row];
    *m = (person_mention){.record = kk_rows_u64(rows, 3),
                          .items = kk_rows_u64(rows, 7),
                          .content = content_of(packed),
                          .table = table,
                          .slot = (uint32_t)kk_rows_u64(rows, 4),
                          .dated = day_of(rows, 8),
                          .left_at = day_of(rows, 9),
                          .role = (uint8_t)role,
                          .standing = (uint8_t)standing};
    m->left_out = decided_leaves_out(l->g, m) ? RECORD_LEFT_OUT : IS_IN;
    s->count++;
    if (packed.len <= KK_VALUES_BYTES)
        shelve(s, (uint32_t)row, packed);
}

static int open_spill(void *context)
{
    return kk_store_spill_open(((const loading *)context)->store);
}

static kk_arena *open_large(loading *l)
{
    kk_arena *arena = kk_arena_open();
    if (!l->room.all)
        kk_arena_use_disk(arena, open_spill, l);
    return arena;
}

/* With more mentions than memory holds they lie in files of the case: slow where it does not fit, but it comes to its
 * end. */
static kk_status make_room(loading *l, kk_fault *fault)
{
    const double giga = 1e9;
    l->room = room_for_mentions(kk_machine_memory(), kk_store_memory(l->store), l->rows);
    uint64_t wanted = disk_for_mentions(l->room, l->rows), free = kk_store_spill_room(l->store);
    if (wanted > free)
        return kk_fail(
            fault, KK_IO,
            "memory has no room for %u mentions of persons, and on the case's disk %.1f GB "
            "are free of the %.1f GB that they want: free some of it, or give the program "
            "more memory",
            l->rows, (double)free / giga, (double)wanted / giga);
    if (!l->room.all) {
        kk_arena_use_disk(l->scratch, open_spill, l);
        kk_arena_use_disk(l->order, open_spill, l);
        kk_arena_use_disk(l->g->arena, open_spill, l);
    }
    l->of_row = KK_NEW_ARRAY(l->scratch, person_mention, l->rows);
    l->stretch_count = l->rows / STRETCH_ROWS + (l->rows % STRETCH_ROWS > 0);
    l->stretches = KK_NEW_ARRAY(l->order, stretch, l->stretch_count);
    return KK_OK;
}

static void read_stretch(void *context, unsigned hand, unsigned part)
{
    loading *l = context;
    stretch *s = &l->stretches[part];
    uint64_t from = (uint64_t)part * STRETCH_ROWS, to = from + STRETCH_ROWS;
    const kk_param range[] = {KK_U64(from), KK_U64(to)};
    kk_rows *rows;
    (void)hand;
    s->lists = kk_arena_open();
    s->values = open_large(l);
    s->last_table = GONE;
    for (uint64_t row = from; row < to && row < l->rows; row++)
        l->of_row[row].table = GONE;
    s->status = kk_ask(l->store, "persons_mentions", NULL, range, 2, &rows, &s->fault);
    if (s->status != KK_OK)
        return;
    while (kk_rows_next(rows))
        take_row(l, s, rows);
    s->status = kk_rows_close(rows, &s->fault);
}

/* What the processors have read, as one. */
static kk_status gather_stretches(loading *l, kk_fault *fault)
{
    size_t shelves = 0;
    for (size_t i = 0; i < l->stretch_count; i++) {
        const stretch *s = &l->stretches[i];
        shelves += s->shelf_count;
        l->count += s->count;
        if (s->status != KK_OK) {
            *fault = s->fault;
            return s->status;
        }
    }
    l->shelves = KK_NEW_ARRAY(l->order, shelf, shelves);
    for (size_t i = 0; i < l->stretch_count; i++)
        for (size_t k = 0; k < l->stretches[i].shelf_count; k++)
            l->shelves[l->shelf_count++] = l->stretches[i].shelves[k];
    return KK_OK;
}

static kk_status load_rows(loading *l, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(l->store, "persons_mention_rows", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    uint64_t count = kk_rows_next(rows) ? kk_rows_u64(rows, 0) : 0;
    status = kk_rows_close(rows, fault);
    if (status != KK_OK)
        return status;
    if (count >= GONE - 1)
        return kk_fail(fault, KK_LIMIT,
                       "more than 4,294,967,294 mentions of persons cannot be counted");
    l->rows = (uint32_t)count;
    status = make_room(l, fault);
    if (status != KK_OK)
        return status;
    hands_work(read_stretch, l, (unsigned)l->stretch_count);
    return gather_stretches(l, fault);
}

static int by_place(const void *a, const void *b, void *context)
{
    const person_mention *of_row = context;
    uint32_t row = *(const uint32_t *)a, other = *(const uint32_t *)b;
    const person_mention *m = &of_row[row], *n = &of_row[other];
    if (m->record != n->record)
        return m->record < n->record ? -1 : 1;
    if (m->slot != n->slot)
        return m->slot < n->slot ? -1 : 1;
    return (row > other) - (row < other);
}

static bool is_in_order(const uint32_t *sorted, size_t count, person_mention *of_row)
{
    for (size_t i = 1; i < count; i++)
        if (by_place(&sorted[i - 1], &sorted[i], of_row) > 0)
            return false;
    return true;
}

static void sort_table(void *context, unsigned hand, unsigned table)
{
    loading *l = context;
    const person_table *t = &l->g->tables[table];
    uint32_t *part = l->sorted + t->first;
    (void)hand;
    if (!is_in_order(part, t->count, l->of_row))
        qsort_r(part, t->count, sizeof *part, by_place, l->of_row);
}

/* Rows come table by table and mostly in order: into their table's part, then sorted where needed. */
static void sort_rows(loading *l)
{
    kk_identity_graph *g = l->g;
    size_t *next = KK_NEW_ARRAY(l->order, size_t, g->table_count), sum = 0;
    l->sorted = KK_NEW_ARRAY(l->scratch, uint32_t, l->count);
    for (uint32_t row = 0; row < l->rows; row++)
        if (l->of_row[row].table != GONE)
            g->tables[l->of_row[row].table].count++;
    for (size_t t = 0; t < g->table_count; t++) {
        g->tables[t].first = next[t] = sum;
        sum += g->tables[t].count;
    }
    for (uint32_t row = 0; row < l->rows; row++)
        if (l->of_row[row].table != GONE)
            l->sorted[next[l->of_row[row].table]++] = row;
    hands_work(sort_table, l, (unsigned)g->table_count);
}

enum { SHARE = 1 << 16, AHEAD = 16 };

static void move_share(void *context, unsigned hand, unsigned share)
{
    loading *l = context;
    size_t from = (size_t)share * SHARE, to = from + SHARE < l->count ? from + SHARE : l->count;
    (void)hand;
    for (size_t i = from; i < to; i++) {
        uint32_t row = l->sorted[i];
        __builtin_prefetch(&l->of_row[l->sorted[i + AHEAD < to ? i + AHEAD : i]]);
        l->g->mentions[i] = l->of_row[row];
        l->place[row] = (uint32_t)i;
    }
}

static void put_in_order(loading *l)
{
    sort_rows(l);
    l->g->mentions = KK_NEW_ARRAY(l->g->arena, person_mention, l->count);
    l->place = KK_NEW_ARRAY(l->g->arena, uint32_t, l->rows);
    hands_work(move_share, l, (unsigned)((l->count + SHARE - 1) / SHARE));
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

/* A document that somebody wrote names its people more than once: in the text, in tables, on slides. Mailboxes, sheets and
 * what is a list throughout name many. */
static bool is_document(const kk_identity_graph *g, const person_file *f)
{
    enum { MENTIONS_MOST = 64 };
    static const char *const endings[] = {"docx", "docm", "doc", "rtf", "odt",  "pdf",
                                          "pptx", "pptm", "ppt", "odp", "html", "htm",
                                          "txt",  "md",   "eml", "msg"};
    size_t mentions = 0, dot = kk_rfind_byte(f->path, '.');
    bool named = false;
    for (size_t i = 0; dot != KK_NOWHERE && i < sizeof endings / sizeof *endings; i++)
        named |= kk_eq_nocase(kk_from(f->path, dot + 1), kk_cstr(endings[i]));
    for (uint32_t t = 0; t < f->table_count; t++)
        mentions += g->tables[f->first_table + t].count;
    return named && mentions > 1 && mentions <= MENTIONS_MOST;
}

static void find_documents(kk_identity_graph *g)
{
    in_document *documents = NULL;
    for (size_t i = 0; i < g->file_count; i++) {
        const person_file *f = &g->files[i];
        if (!is_document(g, f))
            continue;
        if (!documents) {
            documents = KK_NEW_ARRAY(g->arena, in_document, g->persons.count);
            memset(documents, 0, g->persons.count * sizeof *documents);
        }
        for (uint32_t t = f->first_table; t < f->first_table + f->table_count; t++) {
            bool list = g->tables[t].header.len > strlen("[]");
            for (size_t m = 0; m < g->tables[t].count; m++)
                documents[g->tables[t].first + m] =
                    (in_document){(uint32_t)i + 1, list ? t + 1 : 0};
        }
    }
    g->persons.documents = documents;
}

/* Who stands in a record as somebody else's. */
static void find_beside(kk_identity_graph *g)
{
    enum { RECORD_MOST = 128 };
    const uint64_t others = UINT64_C(1) << KK_ROLE_FAMILY | UINT64_C(1) << KK_ROLE_ADDRESSEE |
                            UINT64_C(1) << KK_ROLE_HOLDER | UINT64_C(1) << KK_ROLE_CONTACT;
    const uint32_t *record = g->persons.record;
    beside_whom *beside = NULL;
    for (size_t t = 0; t < g->table_count; t++) {
        const person_table *table = &g->tables[t];
        if (!(table->roles & others))
            continue;
        if (!beside)
            beside = KK_NEW_ARRAY(g->arena, beside_whom, g->persons.count);
        size_t behind = table->first + table->count;
        for (size_t i = table->first, end; i < behind; i = end) {
            uint8_t roles[RECORD_MOST];
            bool counts[RECORD_MOST];
            for (end = i; end < behind && end - i < RECORD_MOST && record[end] == record[i];
                 end++) {
                roles[end - i] = g->mentions[end].role;
                counts[end - i] = is_somebody(&g->mentions[end]);
            }
            beside_in_record(roles, counts, end - i, &beside[i]);
        }
    }
    g->persons.beside = beside;
}

static void settle_mentions(loading *l)
{
    kk_identity_graph *g = l->g;
    g->persons.count = l->count;
    uint32_t *record = KK_NEW_ARRAY(g->arena, uint32_t, l->count);
    uint64_t *content = KK_NEW_ARRAY(l->order, uint64_t, l->count);
    g->persons.record = record;
    g->persons.content = content;
    for (size_t i = 0; i < l->count; i++) {
        const person_mention *m = &g->mentions[i], *before = i ? m - 1 : NULL;
        person_table *t = &g->tables[m->table];
        bool is_same = before && before->table == m->table && before->record == m->record;
        content[i] = m->content;
        record[i] = i ? record[i - 1] + !is_same : 0;
        t->items |= m->items;
        t->roles |= UINT64_C(1) << m->role;
    }
    spread_leaving(g->mentions, l->count);
    find_documents(g);
    find_beside(g);
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

static uint32_t table_of_mention(const void *context, uint32_t mention)
{
    return ((const loading *)context)->g->mentions[mention].table;
}

/* The same by where tables begin: mentions that lie in a file are not looked at for it. */
static uint32_t table_around(const void *context, uint32_t mention)
{
    const kk_identity_graph *g = ((const loading *)context)->g;
    size_t behind = 0;
    KK_LOWER_BOUND(behind, g->table_count, g->tables[behind].first <= mention);
    return (uint32_t)(behind - 1);
}

/* Tables of one folder, or of one database in it. */
static uint64_t *folders(const kk_identity_graph *g)
{
    uint64_t *kept_in = KK_NEW_ARRAY(g->arena, uint64_t, g->table_count);
    for (size_t t = 0; t < g->table_count; t++) {
        const person_file *f = &g->files[g->tables[t].file];
        size_t slash = kk_rfind_byte(f->path, '/');
        kk_slice folder = slash == KK_NOWHERE ? KK_NONE : kk_part(f->path, 0, slash);
        kk_slice place = f->table_count > 1 ? f->path : folder;
        kept_in[t] = kk_hash_quick(place) * 31 + kk_hash_quick(f->label);
    }
    return kept_in;
}

/* 社員番号, 学籍番号, 患者番号: an organisation has one register of them, whatever its lists are called; one without a
 * name says nothing, either. */
static bool numbers_everybody(const person_table *t)
{
    const uint64_t numbers =
        KK_BIT(KK_ITEM_EMPLOYEE_NO) | KK_BIT(KK_ITEM_STUDENT_NO) | KK_BIT(KK_ITEM_PATIENT_NO);
    return (t->items & numbers) || !t->name.len || kk_starts(t->name, KK_S("Sheet")) ||
           kk_starts(t->name, KK_S("sheet"));
}

/* Tables of one file refer to each other: those of a database by what its columns are called, the sheets of a
 * workbook perhaps. Of a dump of several databases each is one. */
static table_place *places(const kk_identity_graph *g)
{
    table_place *places = KK_NEW_ARRAY(g->arena, table_place, g->table_count);
    for (size_t t = 0; t < g->table_count; t++) {
        const person_file *f = &g->files[g->tables[t].file];
        size_t dot = kk_rfind_byte(g->tables[t].name, '.');
        kk_slice database = dot == KK_NOWHERE ? KK_NONE : kk_part(g->tables[t].name, 0, dot);
        uint64_t file = (uint64_t)g->tables[t].file + 1;
        if (f->table_count > 1) {
            places[t].file = f->is_database ? kk_hash_quick(database) ^ file << 32 : file;
            places[t].of_database = f->is_database;
        }
        if (!f->is_database && !numbers_everybody(&g->tables[t]))
            places[t].name = kk_hash_quick(g->tables[t].name);
    }
    return places;
}

/* Most of what is compared is of one home, or else of one name. */
static uint64_t lies_by(const kk_values *v, bool *has_home)
{
    static const kk_value others[] = {KK_VALUE_NAME,  KK_VALUE_KANA,   KK_VALUE_GIVEN,
                                      KK_VALUE_EMAIL, KK_VALUE_MOBILE, KK_VALUE_FIXED};
    *has_home = v->hash[KK_VALUE_ADDRESS] != 0;
    if (*has_home)
        return v->hash[KK_VALUE_ADDRESS];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (v->hash[others[i]])
            return v->hash[others[i]];
    return v->content;
}

static void say(const void *context, size_t part, about_sink *sink)
{
    const loading *l = context;
    kk_values values;
    uint32_t mention;
    for (size_t at = 0; take_values(l, &l->shelves[part], &at, &mention, &values);) {
        const person_mention *m = &l->g->mentions[mention];
        contrast c = contrast_of(&values);
        bool has_home;
        uint64_t by = lies_by(&values, &has_home);
        about_place to = about_put(sink, mention, by, has_home);
        c.is_relative = m->role == KK_ROLE_FAMILY;
        if (m->dated != NO_DAY)
            c.from = c.to = m->dated;
        if (!is_somebody(m))
            c.at_company = false;
        *to.said = c;
        *to.near = near_names_of(&values);
    }
}

kk_status graph_load(kk_identity_graph *g, kk_store *store, kk_persons *out, kk_fault *fault)
{
    loading l = {.g = g, .store = store, .scratch = kk_arena_open(), .order = kk_arena_open()};
    kk_status status = load_tables(&l, fault);
    if (status == KK_OK) {
        owners_settle(g, out);
        decided_tables(g, out);
        status = load_rows(&l, fault);
    }
    if (status == KK_OK) {
        put_in_order(&l);
        settle_mentions(&l);
        kk_arena_close(l.scratch);
        l.scratch = NULL;
        decided_rulings(g);
        key_source source = {.context = &l,
                             .parts = l.shelf_count,
                             .tell = tell_keys,
                             .say = say,
                             .table_of = l.room.all ? table_of_mention : table_around,
                             .kept_in = folders(g),
                             .places = places(g),
                             .tables = g->table_count,
                             .open_file = l.room.all ? NULL : open_spill,
                             .files = &l,
                             .people_in_memory = l.room.people};
        identity_find(&g->persons, &source, g->arena);
    }
    kk_arena_use_disk(g->arena, NULL, NULL);
    for (size_t i = 0; i < l.stretch_count; i++) {
        kk_arena_close(l.stretches[i].lists);
        kk_arena_close(l.stretches[i].values);
    }
    kk_arena_close(l.scratch);
    kk_arena_close(l.order);
    g->persons.content = NULL;
    return status;
}
