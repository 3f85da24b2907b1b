/* A lane: one connection, one transaction at a time, one chunk being filled per table. */
#include "store/feed_i.h"

#include "base/json.h"

#include <stdlib.h>

enum { CHUNK_ROWS = 2048, CHUNKS = 4, TEXTS_MOST = 64, NAMES_KEPT = 64 };

/* Chunks of one table being filled, one after the other. */
typedef struct {
    duckdb_prepared_statement statement; /* that gives them to the store */
    duckdb_data_chunk chunks[CHUNKS];
    size_t at;  /* the chunk that is being filled */
    idx_t rows; /* in it */
    size_t columns;
    void *data[TEXTS_MOST];
    uint64_t *valid[TEXTS_MOST];
    kk_arena *texts; /* of all rows, until they are given */
} filling;

struct kk_lane {
    kk_store *store;
    duckdb_connection connection;
    filling table[KK_TABLE_COUNT];
    struct {
        kk_slice word;
        uint32_t id;
    } last[KK_TEXT_FIELDS], /* words come in runs: most are those of the row before */
        names[NAMES_KEPT];  /* names of further fields, by where in a batch they are */
    kk_buffer joined;       /* room for a text that is put together */
    feed feed;
    bool in_transaction;
    uint64_t rows, bytes; /* since the last commit */
    double since;
    kk_status status;
    kk_fault fault;
};

static duckdb_data_chunk new_chunk(kk_table_id id)
{
    const kk_table_schema *schema = &kk_schema[id];
    duckdb_logical_type types[TEXTS_MOST];
    for (size_t i = 0; i < schema->count; i++)
        types[i] = duckdb_create_logical_type(feed_type(schema->columns[i].type));
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types, schema->count);
    for (size_t i = 0; i < schema->count; i++)
        duckdb_destroy_logical_type(&types[i]);
    return chunk;
}

/* Begins to fill the chunk at `at`. */
static void fresh_chunk(filling *f, kk_table_id id)
{
    if (!f->chunks[f->at])
        f->chunks[f->at] = new_chunk(id);
    duckdb_data_chunk chunk = f->chunks[f->at];
    duckdb_data_chunk_reset(chunk);
    for (size_t i = 0; i < f->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        f->data[i] = duckdb_vector_get_data(vector);
        duckdb_vector_ensure_validity_writable(vector);
        f->valid[i] = duckdb_vector_get_validity(vector);
        memset(f->valid[i], 0, CHUNK_ROWS / 8); /* everything is NULL until it is set */
    }
    f->rows = 0;
}

static void open_table(kk_lane *lane, kk_table_id id)
{
    filling *f = &lane->table[id];
    f->columns = kk_schema[id].count;
    f->texts = kk_arena_open();
    fresh_chunk(f, id);
}

kk_status kk_lane_open(kk_store *store, kk_lane **out, kk_fault *fault)
{
    kk_lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        abort();
    lane->store = store;
    kk_status status = connect_to(store, &lane->connection, fault);
    if (status != KK_OK) {
        duckdb_disconnect(&lane->connection);
        free(lane);
        return status;
    }
    feed_open(store, &lane->feed);
    for (int i = 0; i < KK_TABLE_COUNT; i++)
        open_table(lane, (kk_table_id)i);
    lane->since = kk_clock();
    *out = lane;
    return KK_OK;
}

void kk_lane_close(kk_lane *lane)
{
    if (!lane)
        return;
    kk_fault ignored;
    if (lane->in_transaction)
        (void)!run_on(lane->connection, "ROLLBACK", "rolling back", &ignored);
    for (int i = 0; i < KK_TABLE_COUNT; i++) {
        filling *f = &lane->table[i];
        if (f->statement)
            duckdb_destroy_prepare(&f->statement);
        for (size_t k = 0; k < CHUNKS; k++)
            if (f->chunks[k])
                duckdb_destroy_data_chunk(&f->chunks[k]);
        kk_arena_close(f->texts);
    }
    feed_close(lane->store, &lane->feed);
    kk_buffer_close(&lane->joined);
    duckdb_disconnect(&lane->connection);
    free(lane);
}

static kk_status give_chunks(kk_lane *lane, filling *f, kk_table_id id, size_t count)
{
    kk_status status = KK_OK;
    if (!lane->in_transaction)
        status = run_on(lane->connection, "BEGIN", "beginning to write", &lane->fault);
    lane->in_transaction = status == KK_OK;
    if (status == KK_OK && !f->statement)
        status = feed_prepare(&lane->feed, lane->connection, id, &f->statement, &lane->fault);
    if (status == KK_OK)
        status =
            feed_give(lane->store, &lane->feed, f->statement, id, f->chunks, count, &lane->fault);
    return status;
}

/* All that was filled goes to the store. */
static void empty_chunks(kk_lane *lane, kk_table_id id)
{
    filling *f = &lane->table[id];
    if (f->rows)
        duckdb_data_chunk_set_size(f->chunks[f->at], f->rows);
    size_t count = f->at + (f->rows != 0);
    if (!count)
        return;
    if (lane->status == KK_OK) /* else rows that can go nowhere make room for the next ones */
        lane->status = give_chunks(lane, f, id, count);
    f->at = 0;
    fresh_chunk(f, id);
    kk_arena_reset(f->texts);
}

static void next_chunk(kk_lane *lane, kk_table_id id)
{
    filling *f = &lane->table[id];
    if (f->at + 1 == CHUNKS) {
        empty_chunks(lane, id);
        return;
    }
    duckdb_data_chunk_set_size(f->chunks[f->at++], f->rows);
    fresh_chunk(f, id);
}

/* A row is begun by taking its filling; cells not set stay NULL. */
static filling *begin_row(kk_lane *lane, kk_table_id id)
{
    return &lane->table[id];
}

static void end_row(kk_lane *lane, kk_table_id id)
{
    filling *f = &lane->table[id];
    lane->rows++;
    if (++f->rows == CHUNK_ROWS)
        next_chunk(lane, id);
}

static void set_valid(filling *f, size_t column)
{
    f->valid[column][f->rows >> 6] |= UINT64_C(1) << (f->rows & 63);
}

static void set_u8(filling *f, size_t column, unsigned v)
{
    ((uint8_t *)f->data[column])[f->rows] = (uint8_t)v;
    set_valid(f, column);
}

static void set_u32(filling *f, size_t column, uint32_t v)
{
    ((uint32_t *)f->data[column])[f->rows] = v;
    set_valid(f, column);
}

static void set_u64(filling *f, size_t column, uint64_t v)
{
    ((uint64_t *)f->data[column])[f->rows] = v;
    set_valid(f, column);
}

static void set_time(filling *f, size_t column, kk_time v)
{
    if (v == KK_NO_TIME)
        return;
    ((int64_t *)f->data[column])[f->rows] = v;
    set_valid(f, column);
}

/* The store's own function for this would check once more that a text is UTF-8, which whoever
 * unpacked the batch has done. */
static void set_text(kk_lane *lane, filling *f, size_t column, kk_slice s)
{
    if (!s.ptr)
        return;
    duckdb_string_t text = {.value.inlined = {.length = (uint32_t)s.len}};
    if (s.len <= sizeof text.value.inlined.inlined) {
        memcpy(text.value.inlined.inlined, s.ptr, s.len);
    } else {
        text.value.pointer.ptr = (char *)kk_copy(f->texts, s).ptr;
        memcpy(text.value.pointer.prefix, s.ptr, sizeof text.value.pointer.prefix);
    }
    ((duckdb_string_t *)f->data[column])[f->rows] = text;
    lane->bytes += s.len;
    set_valid(f, column);
}

static void set_texts(kk_lane *lane, filling *f, size_t column, const kk_slice *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (texts[i].len)
            set_text(lane, f, column + i, texts[i]);
}

static uint32_t word_of(kk_lane *lane, int field, kk_slice word)
{
    if (!kk_eq(lane->last[field].word, word))
        lane->last[field].id = words_id(lane->store->words, word, &lane->last[field].word);
    return lane->last[field].id;
}

static uint32_t names_of(kk_lane *lane, kk_slice names)
{
    size_t at = ((uintptr_t)names.ptr / 8 ^ names.len) % NAMES_KEPT;
    if (names.len && !kk_eq(lane->names[at].word, names))
        lane->names[at].id = words_id(lane->store->names, names, &lane->names[at].word);
    return names.len ? lane->names[at].id : 0;
}

/* The column of each text, 0 for those that are rare, and their numbers among these. */
static const uint8_t column_of[KK_TEXT_FIELDS] = {
#define TEXT_FIELD(NAME, ecs, column) [KK_##NAME] = KK_EV_##NAME,
#define WORD_FIELD(NAME, ecs, column) [KK_##NAME] = KK_EV_##NAME,
#define RARE_FIELD(NAME, ecs, column)
#include "model/fields.def"
};
static const uint8_t rare_of[KK_TEXT_FIELDS] = {
#define RARE_FIELD(NAME, ecs, column) [KK_##NAME] = KK_RARE_##NAME,
#include "model/fields.def"
};

static void set_fields(kk_lane *lane, filling *f, const kk_event *e)
{
    kk_buffer *rare = &lane->joined;
    rare->len = 0;
    for (int i = 0; i < KK_TEXT_FIELDS; i++) {
        uint32_t len = (uint32_t)e->text[i].len;
        if (!len)
            continue;
        if (kk_text_field_is_word((kk_text_field)i)) {
            set_u32(f, column_of[i], word_of(lane, i, e->text[i]));
        } else if (column_of[i]) {
            set_text(lane, f, column_of[i], e->text[i]);
        } else {
            kk_put_byte(rare, (char)rare_of[i]);
            kk_put_bytes(rare, &len, sizeof len);
            kk_put(rare, e->text[i]);
        }
    }
    if (rare->len)
        set_text(lane, f, KK_EV_RARE, kk_buffer_slice(rare));
}

static void set_more(kk_lane *lane, filling *f, kk_more more)
{
    uint32_t names = names_of(lane, more.names);
    if (!more.values.len)
        return;
    if (more.names.len && !names) { /* there are too many others */
        lane->joined.len = 0;
        kk_more_put(&lane->joined, more);
        more.values = kk_buffer_slice(&lane->joined);
    }
    set_u32(f, KK_EV_NAMES, names);
    set_text(lane, f, KK_EV_MORE, more.values);
}

void kk_lane_event(kk_lane *lane, uint64_t item, uint32_t range, const kk_event *e, kk_more more)
{
    filling *f = begin_row(lane, KK_TABLE_EVENTS);
    set_u64(f, KK_EV_ITEM, item);
    set_u32(f, KK_EV_RANGE, range);
    set_u64(f, KK_EV_RECORD, e->record);
    set_u32(f, KK_EV_SUB, e->sub);
    set_u64(f, KK_EV_OFFSET, e->offset);
    set_u32(f, KK_EV_LENGTH, e->length);
    set_time(f, KK_EV_TIME, e->time);
    set_u32(f, KK_EV_MARKS,
            (e->flags & 0xff) << KK_MARK_FLAGS | (uint32_t)e->basis << KK_MARK_BASIS |
                (uint32_t)e->precision << KK_MARK_PRECISION |
                (uint32_t)e->outcome << KK_MARK_OUTCOME);
    set_fields(lane, f, e);
    for (uint64_t left = e->has_number; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctzll(left);
        set_u64(f, KK_EV_RARE - KK_NUMBER_FIELDS + n, e->number[n]);
    }
    set_more(lane, f, more);
    end_row(lane, KK_TABLE_EVENTS);
}

/* Nine values in one text; what lies behind the last that is there is left out. */
static kk_slice joined(kk_lane *lane, const kk_slice *texts, size_t count)
{
    enum { BETWEEN = 0x1f };
    kk_buffer *out = &lane->joined;
    while (count && !texts[count - 1].len)
        count--;
    out->len = 0;
    for (size_t i = 0; i < count; i++) {
        char *to = kk_buffer_room(out, texts[i].len + 1);
        if (texts[i].len)
            memcpy(to, texts[i].ptr, texts[i].len);
        for (char *p = to; (p = memchr(p, BETWEEN, texts[i].len - (size_t)(p - to)));)
            *p = ' ';
        out->len += texts[i].len;
        if (i + 1 < count)
            kk_put_byte(out, BETWEEN);
    }
    return count ? kk_buffer_slice(out) : KK_S("");
}

static void lane_personal(kk_lane *lane, uint64_t item, const kk_mention *m)
{
    const kk_slice texts[] = {m->name,  m->kana,  m->birth_date, m->postal_code, m->address,
                              m->phone, m->email, m->company,    m->person_no};
    filling *f = begin_row(lane, KK_TABLE_PERSONAL);
    set_u64(f, 0, item);
    set_text(lane, f, 1, m->table.ptr ? m->table : KK_S(""));
    set_u64(f, 2, m->record);
    set_u32(f, 3, m->slot);
    set_text(lane, f, 4, joined(lane, texts, sizeof texts / sizeof *texts));
    end_row(lane, KK_TABLE_PERSONAL);
}

void kk_lane_mention(kk_lane *lane, uint64_t item, uint32_t range, const kk_mention *m)
{
    filling *f = begin_row(lane, KK_TABLE_MENTIONS);
    set_u64(f, 0, item);
    set_u32(f, 1, range);
    set_text(lane, f, 2, m->table.ptr ? m->table : KK_S(""));
    set_u64(f, 3, m->record);
    set_u32(f, 4, m->slot);
    set_u64(f, 5, m->offset);
    set_u32(f, 6, m->length);
    set_u8(f, 7, m->role);
    set_u8(f, 8, m->standing);
    set_u64(f, 9, m->items);
    set_time(f, 10, m->dated);
    set_time(f, 11, m->left_at);
    set_text(lane, f, 12, m->values);
    if (m->reason)
        set_u8(f, 13, m->reason);
    if (m->told_by)
        set_u32(f, 14, m->told_by);
    end_row(lane, KK_TABLE_MENTIONS);
    lane_personal(lane, item, m);
}

void kk_lane_table(kk_lane *lane, uint64_t item, uint32_t range, const kk_table *t)
{
    kk_buffer header = {0};
    kk_json j = {.out = &header};
    kk_json_texts(&j, NULL, t->columns, t->column_count);
    filling *f = begin_row(lane, KK_TABLE_TABLES);
    set_u64(f, 0, item);
    set_u32(f, 1, range);
    set_text(lane, f, 2, t->table.ptr ? t->table : KK_S(""));
    set_text(lane, f, 3, kk_buffer_slice(&header));
    set_u64(f, 4, t->header_row);
    set_u64(f, 5, t->rows);
    set_u64(f, 6, t->mentions);
    set_u64(f, 7, t->items);
    set_u8(f, 8, t->about_people);
    set_text(lane, f, 9, t->why);
    set_u8(f, 10, t->reason);
    end_row(lane, KK_TABLE_TABLES);
    kk_buffer_close(&header);
}

void kk_lane_issue(kk_lane *lane, uint64_t item, uint32_t range, const kk_issue *issue)
{
    filling *f = begin_row(lane, KK_TABLE_ISSUES);
    set_u64(f, 0, item);
    set_u32(f, 1, range);
    set_u8(f, 2, issue->kind);
    set_u64(f, 3, issue->offset);
    set_u64(f, 4, issue->count ? issue->count : 1);
    set_text(lane, f, 5, issue->what);
    end_row(lane, KK_TABLE_ISSUES);
}

void kk_lane_item(kk_lane *lane, const kk_item_row *item)
{
    filling *f = begin_row(lane, KK_TABLE_ITEMS);
    set_u64(f, 0, item->item);
    set_u32(f, 1, item->evidence);
    set_u64(f, 2, item->parent);
    set_text(lane, f, 3, item->path);
    if (item->size != UINT64_MAX)
        set_u64(f, 4, item->size);
    if (item->has_hash)
        set_text(lane, f, 5, (kk_slice){(const char *)item->sha256.bytes, 32});
    set_time(f, 6, item->modified);
    set_text(lane, f, 7, item->parser);
    set_text(lane, f, 8, item->token);
    set_u8(f, 9, item->is_volume);
    set_u8(f, 10, item->unreadable);
    end_row(lane, KK_TABLE_ITEMS);
}

void kk_lane_hit(kk_lane *lane, uint64_t item, uint32_t range, uint64_t rules, const kk_hit *hit)
{
    filling *f = begin_row(lane, KK_TABLE_HITS);
    set_u64(f, 0, rules);
    set_u64(f, 1, item);
    set_u32(f, 2, range);
    set_u64(f, 3, hit->record);
    set_u32(f, 4, hit->sub);
    set_time(f, 5, hit->time);
    set_u32(f, 6, hit->rule);
    set_text(lane, f, 7, hit->source);
    if (hit->capture.len)
        set_text(lane, f, 8, hit->capture);
    if (hit->decoded.len)
        set_text(lane, f, 9, hit->decoded);
    end_row(lane, KK_TABLE_HITS);
}

void kk_lane_payload(kk_lane *lane, uint64_t item, uint32_t range, const kk_payload_row *p,
                     uint64_t child)
{
    const kk_slice texts[] = {p->kind, p->field, p->mark, p->chain};
    filling *f = begin_row(lane, KK_TABLE_PAYLOADS);
    set_u64(f, 0, item);
    set_u32(f, 1, range);
    set_u64(f, 2, p->record);
    set_u32(f, 3, p->sub);
    set_time(f, 4, p->time);
    set_u32(f, 5, p->number);
    set_u32(f, 6, p->within);
    set_u8(f, 7, p->torn);
    set_u8(f, 8, p->cut);
    set_texts(lane, f, 9, texts, sizeof texts / sizeof *texts);
    set_u64(f, 13, p->bytes);
    set_text(lane, f, 14, (kk_slice){(const char *)p->sha256.bytes, 32});
    set_text(lane, f, 15, p->text);
    if (child)
        set_u64(f, 16, child);
    end_row(lane, KK_TABLE_PAYLOADS);
}

void kk_lane_opening(kk_lane *lane, uint64_t item, uint64_t told_item, uint32_t told_range,
                     uint64_t told_record)
{
    filling *f = begin_row(lane, KK_TABLE_OPENINGS);
    set_u64(f, 0, item);
    set_u64(f, 1, told_item);
    set_u32(f, 2, told_range);
    set_u64(f, 3, told_record);
    end_row(lane, KK_TABLE_OPENINGS);
}

void kk_lane_teller(kk_lane *lane, uint64_t item, uint32_t range)
{
    filling *f = begin_row(lane, KK_TABLE_TELLERS);
    set_u64(f, 0, item);
    set_u32(f, 1, range);
    end_row(lane, KK_TABLE_TELLERS);
}

void kk_lane_tried(kk_lane *lane, uint64_t state)
{
    filling *f = begin_row(lane, KK_TABLE_TRIES);
    set_u64(f, 0, state);
    end_row(lane, KK_TABLE_TRIES);
}

void kk_lane_matched(kk_lane *lane, uint64_t item, uint32_t range, uint64_t rules)
{
    filling *f = begin_row(lane, KK_TABLE_MATCHED);
    set_u64(f, 0, rules);
    set_u64(f, 1, item);
    set_u32(f, 2, range);
    end_row(lane, KK_TABLE_MATCHED);
}

void kk_lane_correlated(kk_lane *lane, const kk_correlated_row *r)
{
    filling *f = begin_row(lane, KK_TABLE_CORRELATED);
    set_u64(f, 0, r->rules);
    set_u32(f, 1, r->rule);
    set_u32(f, 2, r->number);
    set_time(f, 3, r->first);
    set_time(f, 4, r->last);
    set_u64(f, 5, r->total);
    set_text(lane, f, 6, r->value);
    set_text(lane, f, 7, r->group);
    end_row(lane, KK_TABLE_CORRELATED);
}

void kk_lane_correlated_event(kk_lane *lane, uint64_t rules, uint32_t number, uint32_t position,
                              const kk_hit_place *p)
{
    filling *f = begin_row(lane, KK_TABLE_CORRELATED_EVENTS);
    set_u64(f, 0, rules);
    set_u32(f, 1, number);
    set_u32(f, 2, position);
    set_u64(f, 3, p->item);
    set_u32(f, 4, p->range);
    set_u64(f, 5, p->record);
    set_u32(f, 6, p->sub);
    end_row(lane, KK_TABLE_CORRELATED_EVENTS);
}

void kk_lane_rule(kk_lane *lane, const kk_rule_row *r)
{
    const kk_slice texts[] = {r->id,   r->title, r->level,    r->status, r->file,
                              r->tags, r->why,   r->title_ja, r->logs,   r->parts};
    filling *f = begin_row(lane, KK_TABLE_RULES);
    set_u64(f, 0, r->rules);
    set_u32(f, 1, r->rule);
    set_u8(f, 2, r->state);
    set_u32(f, 3, r->line);
    set_texts(lane, f, 4, texts, sizeof texts / sizeof *texts);
    set_u8(f, 4 + sizeof texts / sizeof *texts, r->all_parts);
    set_u8(f, 5 + sizeof texts / sizeof *texts, r->engine);
    end_row(lane, KK_TABLE_RULES);
}

void kk_lane_scan_hit(kk_lane *lane, uint64_t item, uint64_t rules, const kk_scan_hit *hit)
{
    filling *f = begin_row(lane, KK_TABLE_SCAN_HITS);
    set_u64(f, 0, rules);
    set_u64(f, 1, item);
    set_u32(f, 2, hit->rule);
    set_u64(f, 3, hit->total);
    set_text(lane, f, 4, hit->places);
    end_row(lane, KK_TABLE_SCAN_HITS);
}

void kk_lane_scanned(kk_lane *lane, const kk_scanned_row *r)
{
    filling *f = begin_row(lane, KK_TABLE_SCANNED);
    set_u64(f, 0, r->rules);
    set_u64(f, 1, r->item);
    if (r->has_outcome)
        set_u8(f, 2, r->outcome);
    set_u8(f, 3, r->walked);
    set_text(lane, f, 4, r->reason);
    end_row(lane, KK_TABLE_SCANNED);
}

void kk_lane_rule_file(kk_lane *lane, uint32_t position, kk_slice name, kk_slice text,
                       unsigned kind)
{
    filling *f = begin_row(lane, KK_TABLE_RULE_FILES);
    set_u32(f, 0, position);
    set_text(lane, f, 1, name);
    set_text(lane, f, 2, text);
    set_u8(f, 3, kind);
    end_row(lane, KK_TABLE_RULE_FILES);
}

void kk_lane_unit(kk_lane *lane, const kk_unit_row *u)
{
    filling *f = begin_row(lane, KK_TABLE_UNITS);
    set_u64(f, 0, u->item);
    set_u32(f, 1, u->range);
    set_u64(f, 2, u->settings);
    set_text(lane, f, 3, u->parser);
    set_u8(f, 4, u->outcome);
    set_text(lane, f, 5, u->reason);
    set_u64(f, 6, u->events);
    set_u64(f, 7, u->mentions);
    set_u64(f, 8, u->lines);
    if (u->has_hash)
        set_text(lane, f, 9, (kk_slice){(const char *)u->sha256.bytes, 32});
    set_text(lane, f, 10, u->host);
    set_text(lane, f, 11, u->zone);
    end_row(lane, KK_TABLE_UNITS);
}

bool kk_lane_is_due(const kk_lane *lane)
{
    return lane->rows >= 491520 || lane->bytes >= (256u << 20) ||
           (lane->rows && kk_clock() - lane->since >= 5.0);
}

kk_status kk_lane_commit(kk_lane *lane, kk_fault *fault)
{
    for (int i = 0; i < KK_TABLE_COUNT; i++)
        empty_chunks(lane, (kk_table_id)i);
    if (lane->status == KK_OK)
        lane->status = words_commit(lane->store, lane->store->words, &lane->fault);
    if (lane->status == KK_OK)
        lane->status = words_commit(lane->store, lane->store->names, &lane->fault);
    if (lane->status == KK_OK && lane->in_transaction) {
        lane->status = run_on(lane->connection, "COMMIT", "committing to the store", &lane->fault);
        lane->in_transaction = false;
    }
    lane->rows = lane->bytes = 0;
    lane->since = kk_clock();
    if (lane->status != KK_OK)
        *fault = lane->fault;
    return lane->status;
}
