/* A stack of what is open; the pairs of key and value found so far, those of inner records above those of
 * outer ones. At the end of a record its pairs are taken off and become a row, or stay for the record
 * around it. Keys are kept as whole paths; a record cuts off its own. */
#include "parse/keyed_rows.h"

#include "base/hash.h"
#include "base/text.h"

#include <stdio.h>

enum {
    DEPTH_MAX = 64,
    PATH_MAX_BYTES = 512,
    TABLES_MAX = 256,
    COLUMNS_MAX = 1000,         /* of one table */
    SHAPES_MAX = 8,             /* times that a table may get new columns once it is being told */
    REPEATS_MAX = 4,            /* of one key in a record, and of its elements without a name */
    PAIRS_MAX = 16 * 1024,      /* of one record; what is longer is told in pieces */
    VALUES_MAX = 16 << 20,      /* bytes of them */
    KEPT_MAX = 32 * 1024 * 1024 /* bytes of rows that wait */
};

#define NO_COLUMN SIZE_MAX

typedef struct {
    size_t key, key_len, value, value_len; /* places in the buffers */
} pair;

typedef struct {
    kk_slice name, shown;
    kk_slice *columns;
    size_t count, capacity, told_count;
    uint32_t *index; /* of columns, by hash; 0 is empty */
    size_t index_size;
    unsigned shapes; /* with which it was told */
    uint64_t record;
    kk_buffer kept;
} table;

typedef struct {
    kk_keyed_kind kind;
    size_t path_len, table_len; /* with its own key */
    size_t around;              /* the record around it: its place in the stack plus one */
    uint32_t number;
    bool names;    /* somebody */
    bool of_names; /* the list's key is that of a name: its elements are parts of one */
    kk_slice rows; /* table of its elements; empty: by the path */
    size_t pairs, keys, values;
    uint64_t offset;
} node;

typedef struct {
    uint64_t record, offset;
    uint32_t length, count;
    size_t size; /* of the text */
} kept_head;

typedef struct {
    uint32_t column, len;
} kept_cell;

struct kk_keyed_rows {
    kk_arena *arena, *scratch;
    kk_sink *sink;
    enum { LOOKING, LEARNING, TELLING } phase;
    bool many, document_is_record;
    bool named_document; /* the one document names somebody */
    node nodes[DEPTH_MAX];
    size_t depth, too_deep, record; /* record: the innermost one's place plus one */
    kk_buffer path, table_path, keys, values, more;
    pair *pairs;
    size_t pair_count, pair_capacity;
    size_t run; /* values under the key of the last pair */
    table *tables[TABLES_MAX];
    size_t table_count;
    kk_slice cells[COLUMNS_MAX + 1];
    size_t kept;
    uint64_t deep, pieces, overflows;
};

kk_keyed_rows *kk_keyed_rows_open(kk_arena *arena, kk_sink *sink)
{
    kk_keyed_rows *r = KK_NEW(arena, kk_keyed_rows);
    r->arena = arena;
    r->scratch = kk_arena_open();
    r->sink = sink;
    return r;
}

static void clear(kk_keyed_rows *r)
{
    r->depth = r->too_deep = r->record = r->pair_count = r->run = 0;
    r->path.len = r->table_path.len = r->keys.len = r->values.len = 0;
}

void kk_keyed_rows_learn(kk_keyed_rows *r, bool many, bool whole)
{
    clear(r);
    r->phase = LEARNING;
    r->many = many;
    r->document_is_record = many || (whole && r->named_document);
    r->table_count = 0;
}

void kk_keyed_rows_start(kk_keyed_rows *r)
{
    clear(r);
    r->phase = TELLING;
    r->deep = r->pieces = r->overflows = 0;
    for (size_t i = 0; i < r->table_count; i++)
        r->tables[i]->record = 0;
}

/* ---- Names ---- */

/* Keys that name a person, without case, blanks and marks. */
static bool is_name_key(kk_slice key)
{
    static const char *const words[] = {
        "name",         "names",       "fullname",       "lastname",
        "firstname",    "familyname",  "givenname",      "surname",
        "forename",     "displayname", "realname",       "personname",
        "customername", "membername",  "username",       "contactname",
        "employeename", "patientname", "studentname",    "sei",
        "mei",          "lname",       "fname",          "namekanji",
        "namekana",     "cardholder",  "cardholdername", "accountholder",
        "shimei",       "氏名",        "名前",           "お名前",
        "姓",           "名",          "顧客名",         "会員名",
        "社員名",       "患者名",      "生徒名",         "契約者名",
        "宛名",         "フリガナ",    "カナ氏名",       "氏名カナ",
        "氏名（漢字）", "漢字氏名"};
    char form[48];
    size_t n = 0;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (c == '_' || c == '-' || c == ' ')
            continue;
        if (n == sizeof form)
            return false;
        form[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (n && form[0] == words[i][0] && kk_is((kk_slice){form, n}, words[i]))
            return true;
    return false;
}

static kk_slice last_name(kk_slice path)
{
    size_t dot = kk_rfind_byte(path, '.');
    return dot == KK_NOWHERE ? path : kk_from(path, dot + 1);
}

static void append_name(kk_buffer *path, kk_slice key)
{
    if (!key.len || path->len + key.len + 1 > PATH_MAX_BYTES)
        return;
    if (path->len)
        kk_put_byte(path, '.');
    kk_put(path, key);
}

/* ---- Tables and their columns ---- */

static table *table_of(kk_keyed_rows *r, kk_slice name)
{
    for (size_t i = 0; i < r->table_count; i++)
        if (kk_eq(r->tables[i]->name, name))
            return r->tables[i];
    if (r->table_count == TABLES_MAX)
        return r->tables[TABLES_MAX - 1];
    table *t = KK_NEW(r->arena, table);
    t->name = t->shown =
        r->table_count == TABLES_MAX - 1 ? KK_S("(more)") : kk_copy(r->arena, name);
    r->tables[r->table_count++] = t;
    return t;
}

static void index_column(table *t, size_t column)
{
    size_t at = kk_hash_quick(t->columns[column]) & (t->index_size - 1);
    while (t->index[at])
        at = (at + 1) & (t->index_size - 1);
    t->index[at] = (uint32_t)column + 1;
}

static size_t add_column(kk_keyed_rows *r, table *t, kk_slice key)
{
    if ((t->count + 1) * 2 > t->index_size) {
        t->index_size = t->index_size ? t->index_size * 2 : 64;
        t->index = KK_NEW_ARRAY(r->arena, uint32_t, t->index_size);
        for (size_t i = 0; i < t->count; i++)
            index_column(t, i);
    }
    t->columns = kk_grow(r->arena, t->columns, &t->capacity, t->count + 1, sizeof *t->columns);
    t->columns[t->count] = kk_copy(r->arena, key);
    index_column(t, t->count);
    return t->count++;
}

static size_t find_column(const table *t, kk_slice key)
{
    if (!t->index_size)
        return NO_COLUMN;
    for (size_t at = kk_hash_quick(key) & (t->index_size - 1); t->index[at];
         at = (at + 1) & (t->index_size - 1))
        if (kk_eq(t->columns[t->index[at] - 1], key))
            return t->index[at] - 1;
    return NO_COLUMN;
}

/* `hint`: where it is likely to be. */
static size_t column_of(kk_keyed_rows *r, table *t, kk_slice key, size_t hint)
{
    if (hint < t->count && kk_eq(t->columns[hint], key))
        return hint;
    size_t column = find_column(t, key);
    if (column == NO_COLUMN && t->count < COLUMNS_MAX && t->shapes < SHAPES_MAX)
        column = add_column(r, t, key);
    return column;
}

/* ---- A record's pairs as cells ---- */

static kk_slice text_at(const kk_buffer *b, size_t at, size_t len)
{
    return kk_part(kk_buffer_slice(b), at, len);
}

static kk_slice key_of(const kk_keyed_rows *r, const node *n, const pair *p)
{
    kk_slice key = text_at(&r->keys, p->key, p->key_len), own = kk_from(key, n->path_len);
    own = kk_starts(own, KK_S(".")) ? kk_from(own, 1) : own;
    return own.len ? own : last_name(key);
}

/* The column for one more value of a key that has one: phone.2 */
static size_t repeated_column(kk_keyed_rows *r, table *t, kk_slice key)
{
    for (int i = 2; i <= REPEATS_MAX; i++) {
        size_t column = column_of(r, t, kk_print(r->scratch, "%.*s.%d", KK_P(key), i), NO_COLUMN);
        if (column == NO_COLUMN || !r->cells[column].len)
            return column;
    }
    return NO_COLUMN;
}

/* What has no column of its own is told in one for all of it. */
static void put_more(kk_keyed_rows *r, table *t)
{
    if (!r->more.len)
        return;
    size_t column = find_column(t, KK_S("(more)"));
    if (column == NO_COLUMN)
        column = add_column(r, t, KK_S("(more)"));
    r->cells[column] = kk_buffer_slice(&r->more);
    r->overflows++;
}

static void fill_cells(kk_keyed_rows *r, table *t, const node *n)
{
    size_t hint = 0, most = t->count + r->pair_count - n->pairs;
    memset(r->cells, 0, sizeof *r->cells * (most < COLUMNS_MAX ? most + 1 : COLUMNS_MAX + 1));
    r->more.len = 0;
    for (size_t i = n->pairs; i < r->pair_count; i++) {
        kk_slice key = key_of(r, n, &r->pairs[i]);
        kk_slice value = text_at(&r->values, r->pairs[i].value, r->pairs[i].value_len);
        size_t column = column_of(r, t, key, hint);
        if (column != NO_COLUMN && r->cells[column].len)
            column = repeated_column(r, t, key);
        if (column == NO_COLUMN) {
            kk_put(&r->more, key);
            kk_put(&r->more, KK_S(": "));
            kk_put(&r->more, value);
            kk_put_byte(&r->more, '\n');
            continue;
        }
        r->cells[column] = value;
        hint = column + 1;
    }
    put_more(r, t);
}

/* ---- Rows ---- */

/* A table that got columns behind its first row goes on as another one, since a table has one header. */
static void settle_shape(kk_keyed_rows *r, table *t)
{
    if (t->shapes && t->count == t->told_count)
        return;
    t->shapes++;
    t->told_count = t->count;
    if (t->shapes > 1)
        t->shown =
            kk_print(r->arena, "%.*s%s(%u)", KK_P(t->name), t->name.len ? " " : "", t->shapes);
}

static void tell_row(kk_keyed_rows *r, table *t, const kept_head *h)
{
    settle_shape(r, t);
    r->sink->row(r->sink, &(kk_row){.table = t->shown,
                                    .columns = t->columns,
                                    .cells = r->cells,
                                    .count = t->count,
                                    .record = h->record,
                                    .offset = h->offset,
                                    .length = h->length});
}

static void tell_kept(kk_keyed_rows *r, table *t)
{
    kept_head h;
    kept_cell c;
    for (size_t at = 0; at < t->kept.len && !r->sink->stopped;) {
        memcpy(&h, t->kept.ptr + at, sizeof h);
        size_t cell = at + sizeof h, text = cell + h.count * sizeof c;
        memset(r->cells, 0, sizeof *r->cells * (t->count + 1));
        for (uint32_t i = 0; i < h.count; i++, cell += sizeof c) {
            memcpy(&c, t->kept.ptr + cell, sizeof c);
            r->cells[c.column] = (kk_slice){t->kept.ptr + text, c.len};
            text += c.len;
        }
        tell_row(r, t, &h);
        at = text;
    }
    t->kept.len = 0;
}

static void tell_all_kept(kk_keyed_rows *r)
{
    for (size_t i = 0; i < r->table_count; i++)
        tell_kept(r, r->tables[i]);
    r->kept = 0;
}

static void keep_row(kk_keyed_rows *r, table *t, kept_head h)
{
    size_t begin = t->kept.len;
    for (size_t i = 0; i < t->count; i++)
        h.count += r->cells[i].len > 0;
    kk_put_bytes(&t->kept, &h, sizeof h);
    for (size_t i = 0; i < t->count; i++)
        if (r->cells[i].len)
            kk_put_bytes(&t->kept, &(kept_cell){(uint32_t)i, (uint32_t)r->cells[i].len},
                         sizeof(kept_cell));
    for (size_t i = 0; i < t->count; i++)
        kk_put(&t->kept, r->cells[i]);
    r->kept += t->kept.len - begin;
    if (r->kept > KEPT_MAX)
        tell_all_kept(r);
}

static void tell_line(kk_keyed_rows *r, const node *n, const kept_head *h, kk_slice name)
{
    size_t count = r->pair_count - n->pairs;
    count = count < COLUMNS_MAX ? count : COLUMNS_MAX;
    for (size_t i = 0; i < count; i++) {
        const pair *p = &r->pairs[n->pairs + i];
        r->cells[i] = text_at(&r->values, p->value, p->value_len);
    }
    r->overflows += r->pair_count - n->pairs > count;
    if (r->phase == TELLING && count)
        r->sink->row(r->sink, &(kk_row){.table = name,
                                        .cells = r->cells,
                                        .count = count,
                                        .record = h->record,
                                        .offset = h->offset,
                                        .length = h->length});
}

static node *record_around(kk_keyed_rows *r, const node *n)
{
    return n->around ? &r->nodes[n->around - 1] : NULL;
}

/* The one document, which only holds what is told. */
static bool is_frame(const kk_keyed_rows *r, const node *n)
{
    return n->kind == KK_KEYED_DOCUMENT && !r->document_is_record && r->phase != LOOKING;
}

static bool only_holds(const kk_keyed_rows *r, const node *n)
{
    return is_frame(r, n) || n->kind == KK_KEYED_LINE;
}

static bool has_rows_named(const kk_keyed_rows *r, const node *n)
{
    return n > r->nodes && n[-1].rows.len;
}

static void tell_record(kk_keyed_rows *r, node *n, uint64_t end)
{
    bool named = has_rows_named(r, n);
    kk_slice path = named ? n[-1].rows : text_at(&r->table_path, 0, n->table_len);
    node *around = record_around(r, n);
    if (r->pair_count == n->pairs)
        return;
    table *t = table_of(r, path);
    uint64_t length = end > n->offset ? end - n->offset : 0;
    kept_head h = {.record = ++t->record,
                   .offset = n->offset,
                   .length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX};
    if (n->kind == KK_KEYED_LINE) {
        tell_line(r, n, &h, t->name);
        return;
    }
    fill_cells(r, t, n);
    if (r->phase != TELLING)
        ;
    else if (!around || named || only_holds(r, around))
        tell_row(r, t, &h);
    else
        keep_row(r, t, h);
    kk_arena_reset(r->scratch);
}

static void forget_pairs(kk_keyed_rows *r, const node *n)
{
    r->pair_count = n->pairs;
    r->keys.len = n->keys;
    r->values.len = n->values;
    r->run = 0;
}

/* ---- What is open ---- */

static bool is_record(const node *n)
{
    return n->kind != KK_KEYED_PART;
}

void kk_keyed_begin(kk_keyed_rows *r, kk_keyed_kind kind, kk_slice key, uint32_t number,
                    uint64_t offset)
{
    if (r->depth == DEPTH_MAX || r->too_deep) {
        r->deep += !r->too_deep;
        r->too_deep++;
        return;
    }
    if (kind == KK_KEYED_DOCUMENT)
        clear(r);
    char digits[16];
    append_name(&r->table_path, key);
    append_name(&r->path, key);
    if (kind == KK_KEYED_ELEMENT && number > 1 && number <= REPEATS_MAX)
        append_name(&r->path,
                    (kk_slice){digits, (size_t)snprintf(digits, sizeof digits, "%u", number)});
    node *n = &r->nodes[r->depth++];
    *n = (node){.kind = kind,
                .path_len = r->path.len,
                .table_len = r->table_path.len,
                .around = r->record,
                .number = number,
                .of_names = kind == KK_KEYED_ELEMENT &&
                            is_name_key(last_name(kk_buffer_slice(&r->table_path))),
                .pairs = r->pair_count,
                .keys = r->keys.len,
                .values = r->values.len,
                .offset = offset};
    if (is_record(n))
        r->record = r->depth;
}

static void tell_piece(kk_keyed_rows *r, node *n)
{
    r->pieces++;
    tell_record(r, n, n->offset);
    forget_pairs(r, n);
}

/* Values of a list of bare ones: the first few have a column each, the others go behind the last. */
static bool add_to_run(kk_keyed_rows *r, const node *n, kk_slice key, kk_slice value)
{
    const pair *last = r->pair_count > n->pairs ? &r->pairs[r->pair_count - 1] : NULL;
    kk_slice path = text_at(&r->path, 0, r->nodes[r->depth - 1].path_len);
    if (key.len || !last || n->kind == KK_KEYED_LINE ||
        !kk_eq(text_at(&r->keys, last->key, last->key_len), path)) {
        r->run = 0;
        return false;
    }
    if (++r->run < REPEATS_MAX)
        return false;
    kk_put(&r->values, KK_S(", "));
    kk_put(&r->values, value);
    r->pairs[r->pair_count - 1].value_len = r->values.len - last->value;
    return true;
}

void kk_keyed_value(kk_keyed_rows *r, kk_slice key, kk_slice value)
{
    if (!r->record || (!value.len && r->nodes[r->record - 1].kind != KK_KEYED_LINE))
        return;
    node *n = &r->nodes[r->record - 1];
    if (r->pair_count - n->pairs >= PAIRS_MAX || r->values.len - n->values > VALUES_MAX)
        tell_piece(r, n);
    if (add_to_run(r, n, key, value))
        return;
    r->pairs = kk_grow(r->arena, r->pairs, &r->pair_capacity, r->pair_count + 1, sizeof *r->pairs);
    pair *p = &r->pairs[r->pair_count++];
    p->key = r->keys.len;
    kk_put(&r->keys, text_at(&r->path, 0, r->nodes[r->depth - 1].path_len));
    key = kk_part(key, 0, PATH_MAX_BYTES);
    if (key.len && r->keys.len > p->key)
        kk_put_byte(&r->keys, '.');
    kk_put(&r->keys, key);
    p->key_len = r->keys.len - p->key;
    p->value = r->values.len;
    p->value_len = value.len;
    kk_put(&r->values, value);
    n->names = n->names || is_name_key(key.len ? key : last_name(kk_buffer_slice(&r->path)));
}

static void pop(kk_keyed_rows *r)
{
    const node *n = &r->nodes[--r->depth];
    r->record = n->around;
    r->path.len = r->depth ? n[-1].path_len : 0;
    r->table_path.len = r->depth ? n[-1].table_len : 0;
}

/* Whether the end of `n` makes a row, or its pairs stay for the record around it. */
static bool is_own_row(kk_keyed_rows *r, const node *n)
{
    const node *around = record_around(r, n);
    if (!around || only_holds(r, around) || has_rows_named(r, n) || n->kind == KK_KEYED_LINE)
        return true;
    return !n->of_names && (n->names || n->number > REPEATS_MAX);
}

void kk_keyed_end(kk_keyed_rows *r, uint64_t end)
{
    if (r->too_deep) {
        r->too_deep--;
        return;
    }
    if (!r->depth)
        return;
    node *n = &r->nodes[r->depth - 1];
    if (is_record(n) && is_own_row(r, n)) {
        if (n->kind == KK_KEYED_DOCUMENT && r->phase == LOOKING)
            r->named_document = n->names;
        tell_record(r, n, end);
        forget_pairs(r, n);
    } else if (is_record(n)) {
        record_around(r, n)->names |= n->of_names && n->names;
    }
    pop(r);
}

void kk_keyed_drop(kk_keyed_rows *r)
{
    if (r->too_deep) {
        r->too_deep--;
        return;
    }
    if (!r->depth)
        return;
    forget_pairs(r, &r->nodes[r->depth - 1]);
    pop(r);
}

void kk_keyed_name_table(kk_keyed_rows *r, kk_slice name)
{
    if (r->depth && !r->too_deep)
        r->nodes[r->depth - 1].rows = table_of(r, name)->name;
}

kk_slice kk_keyed_member(const kk_keyed_rows *r, const char *key)
{
    if (!r->record)
        return KK_NONE;
    const node *n = &r->nodes[r->record - 1];
    for (size_t i = n->pairs; i < r->pair_count; i++)
        if (kk_is(key_of(r, n, &r->pairs[i]), key))
            return text_at(&r->values, r->pairs[i].value, r->pairs[i].value_len);
    return KK_NONE;
}

bool kk_keyed_outermost(const kk_keyed_rows *r)
{
    if (r->many || r->too_deep || !r->record)
        return !r->record;
    return r->record == 1 && is_frame(r, &r->nodes[0]);
}

/* ---- The end ---- */

static void note(kk_keyed_rows *r, uint64_t count, const char *what)
{
    if (count)
        r->sink->issue(r->sink, &(kk_issue){KK_ISSUE_LIMIT, 0, count, kk_cstr(what)});
}

void kk_keyed_rows_close(kk_keyed_rows *r)
{
    tell_all_kept(r);
    note(r, r->deep, "members nest deeper than 64 levels and were told without their names");
    note(r, r->pieces, "records over 16 MiB or 16,384 values were told in pieces");
    note(r, r->overflows, "records hold more kinds of values than there are columns");
    for (size_t i = 0; i < r->table_count; i++)
        kk_buffer_close(&r->tables[i]->kept);
    kk_buffer_close(&r->path);
    kk_buffer_close(&r->table_path);
    kk_buffer_close(&r->keys);
    kk_buffer_close(&r->values);
    kk_buffer_close(&r->more);
    kk_arena_close(r->scratch);
}

bool kk_keyed_may_tell(kk_slice value)
{
    enum { DIGITS_OF_PHONE = 10 };
    size_t at = kk_find_byte(value, '@'), digits = 0;
    bool foreign = false;
    for (size_t i = 0; i < value.len; i++) {
        digits += value.ptr[i] >= '0' && value.ptr[i] <= '9';
        foreign |= (unsigned char)value.ptr[i] >= 0x80;
    }
    bool mail = at != KK_NOWHERE && at > 0 && kk_find_byte(kk_from(value, at), '.') != KK_NOWHERE;
    return mail || foreign || digits == DIGITS_OF_PHONE || digits == DIGITS_OF_PHONE + 1;
}
