/* The life of a table: its first rows are kept, the header found, each column judged, a plan made;
 * then rows go through one scratch arena that is emptied after each. */
#include "recognise/recogniser_i.h"

#include "base/text.h"
#include "recognise/fold.h"
#include "recognise/form.h"
#include "recognise/free_text.h"
#include "recognise/passage.h"
#include "recognise/said_of.h"
#include "recognise/sheet.h"

enum { SAMPLE_BYTES = 8 * 1024 * 1024, COLUMNS_MAX = 1024, WHY_WORDS = 8 };

const kk_lexicon *kk_recognise_warm(kk_arena *arena)
{
    kk_text_warm();
    return kk_lexicon_open(arena);
}

kk_recogniser *kk_recogniser_open(kk_arena *arena, const kk_recogniser_settings *settings,
                                  void (*mention)(void *context, const kk_mention *mention),
                                  void (*table)(void *context, const kk_table *table),
                                  void *context)
{
    kk_recogniser *r = KK_NEW(arena, kk_recogniser);
    r->settings = *settings;
    r->settings.register_name = kk_copy(arena, settings->register_name);
    r->lexicon = settings->lexicon ? settings->lexicon : kk_recognise_warm(arena);
    r->tell_mention = mention;
    r->tell_table = table;
    r->context = context;
    r->arena = arena;
    r->of_table = kk_arena_open();
    r->of_row = kk_arena_open();
    r->of_passages = kk_arena_open();
    r->of_cell = kk_arena_open();
    r->of_layers = kk_arena_open();
    r->personas = KK_NEW_ARRAY(arena, kk_persona, PERSONAS_MAX);
    return r;
}

/* ---- planning ---- */

static void find_header(kk_recogniser *r, const kk_cells *rows)
{
    if (r->given_columns)
        return;
    r->header = kk_header_find(r->of_table, rows, r->row_count);
    if (r->header.found)
        r->header_record = r->rows[r->header.first].record;
}

static size_t first_data_row(const kk_recogniser *r)
{
    return r->given_columns || !r->header.found ? 0 : r->header.last + 1;
}

/* Titles above a list without headings are none of its rows. */
static size_t first_row_of_list(const kk_recogniser *r)
{
    size_t first = first_data_row(r);
    while (!r->header.found && r->plan.count > 2 && first + 1 < r->row_count &&
           kk_sheet_filled(&(kk_cells){r->rows[first].cells, r->rows[first].count}) < 2)
        first++;
    return first;
}

static void profile_columns(kk_recogniser *r)
{
    for (size_t i = first_row_of_list(r); i < r->row_count; i++) {
        const held_row *row = &r->rows[i];
        for (size_t c = 0; c < row->count && c < r->plan.count; c++)
            if (row->cells[c].len)
                kk_profile_add(&r->plan.columns[c].profile, r->of_row, r->lexicon, row->cells[c]);
        kk_arena_reset(r->of_row);
    }
}

/* ---- sheets that are no tables ---- */

static void read_block(kk_recogniser *r, kk_slice text, size_t row)
{
    const held_row *at = &r->rows[row];
    if (r->mention.record != at->record || !kk_eq(r->mention.table, r->table))
        r->mention.slot = 0;
    r->mention.table = r->table;
    r->mention.record = at->record;
    r->mention.offset = at->offset;
    r->mention.length = at->length;
    r->content = kk_hash_quick(text);
    kk_passage_read(r->of_row, r->lexicon, text, NULL, kk_tell_of_sheet, r);
    kk_arena_reset(r->of_row);
}

static size_t first_filled(const kk_cells *rows, size_t count)
{
    size_t r = 0;
    while (r + 1 < count && !kk_sheet_filled(&rows[r]))
        r++;
    return r;
}

/* A form, or labels for envelopes: read like text. False for tables. */
static bool read_sheet(kk_recogniser *r, const kk_cells *rows)
{
    kk_sheet_block *blocks;
    bool is_table = r->plan.about_people && r->header.found;
    kk_slice text = kk_form_text(r->of_table, r->lexicon, rows, r->row_count, is_table);
    size_t count = 0;
    if (!text.len && !is_table)
        count = kk_label_blocks(r->of_table, rows, r->row_count, &blocks);
    if (!text.len && !count && !r->plan.about_people)
        count = kk_contact_blocks(r->of_table, r->lexicon, rows, r->row_count, &blocks);
    if (!text.len && !count && !r->plan.about_people)
        count = kk_seat_blocks(r->of_table, rows, r->row_count, &blocks);
    if (!text.len && !count)
        return false;
    r->header = (kk_header){0}; /* its words may be values */
    r->header_record = 0;
    r->mention.table = KK_NONE;
    if (text.len)
        read_block(r, text, first_filled(rows, r->row_count));
    for (size_t i = 0; i < count; i++)
        read_block(r, blocks[i].text, blocks[i].row);
    for (size_t i = 0; i < r->row_count; i++)
        r->data_rows += kk_sheet_filled(&rows[i]) > 0;
    return true;
}

/* 住所変更届(記入例), above the headings. */
static bool is_shown(kk_recogniser *r, const kk_cells *rows, size_t first)
{
    for (size_t i = 0; i < first; i++)
        for (size_t c = 0; c < rows[i].count; c++)
            if (kk_is_title_of_sample(kk_plain(r->of_row, rows[i].cells[c])))
                return true;
    return false;
}

static void plan_rows(kk_recogniser *r, bool whole)
{
    kk_cells *rows = KK_NEW_ARRAY(r->of_table, kk_cells, r->row_count + 1);
    for (size_t i = 0; i < r->row_count; i++)
        rows[i] = (kk_cells){r->rows[i].cells, r->rows[i].count};
    find_header(r, rows);
    size_t first = first_data_row(r);
    size_t width = r->header.found ? r->header.count : 0;
    for (size_t i = first; i < r->row_count; i++)
        if (r->rows[i].count > width)
            width = r->rows[i].count;
    width = width > COLUMNS_MAX ? COLUMNS_MAX : width;
    r->plan = (kk_plan){.count = width, .columns = KK_NEW_ARRAY(r->of_table, kk_column, width + 1)};
    for (size_t i = 0; i < width && r->header.found && i < r->header.count; i++) {
        r->plan.columns[i].word = r->header.words[i];
        r->plan.columns[i].heading = r->header.headings[i];
    }
    profile_columns(r);
    kk_plan_context context = {r->table, r->settings.register_name, r->header.found};
    kk_plan_make(&r->plan, r->of_table, &context);
    kk_cells given = {r->header.words, r->header.count};
    bool of_words = kk_is_about_words(r->of_row, r->given_columns ? &given : rows,
                                      r->given_columns ? 1 : r->row_count);
    of_words |= r->key_words;
    if (of_words) {
        r->plan.about_people = false;
        r->plan.reason = KK_TABLE_WORD_LIST;
    }
    r->shown_table = is_shown(r, rows, first);
    kk_plan_check_numbers(&r->plan, r->of_table, rows + first, r->row_count - first);
    r->texts = kk_free_text_columns(&r->plan, r->of_table, &r->text_count);
    r->planned = true;
    if (whole && !of_words && !r->given_columns && r->row_count && read_sheet(r, rows))
        return;
    for (size_t i = first; i < r->row_count; i++)
        kk_tell_row(r, &r->rows[i]);
}

/* ---- several tables in a sheet, and tables on their side ---- */

static kk_cells *cells_of_rows(kk_recogniser *r)
{
    kk_cells *rows = KK_NEW_ARRAY(r->of_table, kk_cells, r->row_count + 1);
    for (size_t i = 0; i < r->row_count; i++)
        rows[i] = (kk_cells){r->rows[i].cells, r->rows[i].count};
    return rows;
}

static void add_words(kk_header *all, kk_arena *arena, const kk_header *header)
{
    size_t count = header->found ? header->count : 0;
    kk_slice *words = KK_NEW_ARRAY(arena, kk_slice, all->count + count + 1);
    for (size_t i = 0; i < all->count; i++)
        words[i] = all->words[i];
    for (size_t i = 0; i < count; i++)
        words[all->count + i] = header->words[i];
    all->words = words;
    all->count += count;
    all->found |= header->found;
}

static void plan_table(kk_recogniser *r, bool whole)
{
    plan_rows(r, whole);
    if (r->tables++)
        add_words(&r->all_headings, r->of_table, &r->header);
    else
        r->all_headings = r->header;
}

/* Every column's record is that of the row with the names. */
static bool plan_turned(kk_recogniser *r, const kk_cells *rows)
{
    size_t count = 0, names = 0;
    kk_cells *turned = kk_sheet_turned(r->of_table, r->lexicon, rows, r->row_count, &count, &names);
    if (!turned)
        return false;
    held_row at = r->rows[names];
    r->rows = KK_NEW_ARRAY(r->of_table, held_row, count);
    r->row_count = count;
    for (size_t i = 0; i < count; i++) {
        r->rows[i] = at;
        r->rows[i].cells = turned[i].cells;
        r->rows[i].count = turned[i].count;
    }
    r->turned = true;
    r->mention.slot = 0;
    plan_table(r, false);
    return true;
}

/* Each by its own headings; all of them are told as those of the sheet. */
static void plan_tables(kk_recogniser *r, const size_t *begins, size_t tables, bool whole)
{
    held_row *rows = r->rows;
    size_t row_count = r->row_count;
    for (size_t t = 0; t < tables; t++) {
        size_t end = t + 1 < tables ? begins[t + 1] : row_count;
        r->rows = rows + begins[t];
        r->row_count = end - begins[t];
        r->header = (kk_header){0};
        plan_table(r, whole || t + 1 < tables);
    }
    r->rows = rows;
    r->row_count = row_count;
}

/* ---- records of several rows ---- */

static void end_record(kk_recogniser *r, void (*take)(kk_recogniser *, const held_row *))
{
    if (!r->layered)
        return;
    r->layered_at.cells = r->layered;
    r->layered_at.count = r->layers.count * r->layers.width;
    take(r, &r->layered_at);
    r->layered = NULL;
}

_Static_assert((int)KK_ROWS_BEYOND >= (int)KK_LAYERS_MAX - 1, "a record can be ended");

static uint64_t first_row_of(const kk_recogniser *r, const held_row *row)
{
    return row->record - (row->record - r->layered_from) % r->layers.count;
}

/* A record belongs to the range in which it begins: who reads that one is told its rows in the next. */
static bool is_of_this_range(const kk_recogniser *r, const held_row *row, bool is_beyond)
{
    uint64_t first = first_row_of(r, row);
    return is_beyond ? first < r->beyond_from : first >= r->range_from || row->is_sample;
}

static void add_layer(kk_recogniser *r, kk_arena *arena, const held_row *row,
                      void (*take)(kk_recogniser *, const held_row *))
{
    uint64_t first = first_row_of(r, row);
    size_t layer = (size_t)(row->record - first);
    if (r->layered && r->layered_at.record != first)
        end_record(r, take);
    if (!r->layered) {
        if (arena == r->of_layers)
            kk_arena_reset(arena);
        r->layered = KK_NEW_ARRAY(arena, kk_slice, r->layers.count * r->layers.width);
        r->layered_at = *row;
        r->layered_at.record = first;
    }
    kk_slice *cells = r->layered + layer * r->layers.width;
    for (size_t i = 0; i < row->count && i < r->layers.width; i++)
        cells[i] = kk_copy(arena, kk_part(row->cells[i], 0, CELL_MAX));
    if (layer + 1 == r->layers.count)
        end_record(r, take);
}

static void keep_record(kk_recogniser *r, const held_row *row)
{
    r->rows[r->row_count++] = *row;
}

/* Headings and records as they would stand side by side. What the last rows have begun the next ones end. */
static bool plan_layers(kk_recogniser *r, const kk_cells *rows)
{
    uint64_t *records = KK_NEW_ARRAY(r->of_table, uint64_t, r->row_count);
    for (size_t i = 0; i < r->row_count; i++)
        records[i] = r->rows[i].record;
    r->layers = kk_layers_find(r->of_table, r->lexicon, rows, records, r->row_count);
    if (r->layers.count < 2)
        return false;
    held_row *held = r->rows;
    size_t count = r->row_count;
    r->rows = KK_NEW_ARRAY(r->of_table, held_row, count + 1);
    r->row_count = 0;
    r->layered_from = records[r->layers.header];
    r->layered = NULL;
    for (size_t i = r->layers.header; i < count; i++)
        add_layer(r, r->of_table, &held[i], keep_record);
    plan_table(r, false);
    return true;
}

/* フリガナ over 氏名 in one cell, and so in the cells below. */
static void add_lines(kk_recogniser *r, kk_arena *arena, const held_row *row,
                      void (*take)(kk_recogniser *, const held_row *))
{
    if (arena == r->of_layers)
        kk_arena_reset(arena);
    r->layered = KK_NEW_ARRAY(arena, kk_slice, r->layers.count * r->layers.width);
    r->layered_at = *row;
    kk_lines_spread(&r->layers, &(kk_cells){row->cells, row->count}, r->layered);
    end_record(r, take);
}

static bool plan_lines(kk_recogniser *r, const kk_cells *rows)
{
    const kk_header *given = &r->header;
    kk_cells columns = {given->words, given->count};
    kk_layers layers =
        kk_lines_find(r->of_table, rows, r->row_count, r->given_columns ? &columns : NULL);
    if (layers.count < 2)
        return false;
    size_t count = r->row_count;
    held_row *held = r->rows;
    r->layers = layers;
    r->rows = KK_NEW_ARRAY(r->of_table, held_row, count + 1);
    r->row_count = 0;
    if (r->given_columns) {
        kk_slice *words = KK_NEW_ARRAY(r->of_table, kk_slice, layers.count * layers.width);
        kk_cells own = kk_lines_headings(&layers, r->of_table, &columns);
        kk_lines_spread(&layers, &own, words);
        r->header = kk_header_of_columns(r->of_table, words, layers.count * layers.width);
    }
    for (size_t i = r->given_columns ? 0 : layers.header; i < count; i++) {
        held_row row = held[i];
        if (i == layers.header && !r->given_columns)
            row.cells = kk_lines_headings(&layers, r->of_table, &rows[i]).cells;
        add_lines(r, r->of_table, &row, keep_record);
    }
    plan_table(r, false);
    return true;
}

/* ---- readings in rows of their own ---- */

static kk_cells cells_of(const held_row *row)
{
    return (kk_cells){row->cells, row->count};
}

/* A row that waited in vain is one as any other. */
static void end_reading(kk_recogniser *r, void (*take)(kk_recogniser *, const held_row *))
{
    if (r->reading_held)
        take(r, &r->layered_at);
    r->reading_held = false;
}

static void join_rows(kk_recogniser *r, kk_arena *arena, const held_row *row,
                      void (*take)(kk_recogniser *, const held_row *))
{
    kk_cells own = cells_of(row), above = cells_of(&r->layered_at), joined;
    if (r->reading_held && row->record == r->layered_at.record + 1 &&
        kk_ruby_join(&r->ruby, arena, &above, &own, &joined)) {
        r->layered_at.cells = joined.cells;
        r->layered_at.count = joined.count;
        end_reading(r, take);
        return;
    }
    end_reading(r, take);
    if (!kk_is_ruby(&r->ruby, arena, &own)) {
        take(r, row);
        return;
    }
    if (arena == r->of_layers)
        kk_arena_reset(arena);
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, row->count);
    for (size_t i = 0; i < row->count; i++)
        cells[i] = kk_copy(arena, kk_part(row->cells[i], 0, CELL_MAX));
    r->layered_at = *row;
    r->layered_at.cells = cells;
    r->reading_held = true;
}

static bool plan_ruby(kk_recogniser *r, const kk_cells *rows, bool whole)
{
    uint64_t *records = KK_NEW_ARRAY(r->of_table, uint64_t, r->row_count);
    for (size_t i = 0; i < r->row_count; i++)
        records[i] = r->rows[i].record;
    r->ruby = kk_ruby_find(r->of_table, rows, records, r->row_count);
    if (!r->ruby.width)
        return false;
    held_row *held = r->rows;
    size_t count = r->row_count, header = r->ruby.header;
    r->rows = KK_NEW_ARRAY(r->of_table, held_row, count + 1);
    r->row_count = 0;
    for (size_t i = 0; i < count; i++) {
        kk_cells words;
        if (i <= header)
            keep_record(r, &held[i]);
        else
            join_rows(r, r->of_table, &held[i], keep_record);
        if (i != header)
            continue;
        words = kk_ruby_headings(&r->ruby, r->of_table, &rows[i]);
        r->rows[i].cells = words.cells;
        r->rows[i].count = words.count;
    }
    if (whole)
        end_reading(r, keep_record);
    plan_table(r, whole);
    return true;
}

/* ---- keys and values ---- */

static void hold(kk_recogniser *r, const held_row *row)
{
    held_row *held = &r->rows[r->row_count++];
    size_t count = row->count < COLUMNS_MAX ? row->count : COLUMNS_MAX;
    kk_slice *cells = KK_NEW_ARRAY(r->of_table, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        if (row->cells[i].len)
            cells[i] = kk_copy(r->of_table, kk_part(row->cells[i], 0, CELL_MAX));
    *held = *row;
    held->cells = cells;
    held->count = count;
}

/* What the rows of a run tell of one person, as one row. */
static void end_run(kk_recogniser *r, kk_arena *arena,
                    void (*take)(kk_recogniser *, const held_row *))
{
    if (!r->run_count)
        return;
    held_row record = r->run[0];
    const held_row *last = &r->run[r->run_count - 1];
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, r->key_values->width);
    for (size_t i = 0; i < r->run_count; i++)
        kk_key_values_put(r->key_values, &(kk_cells){r->run[i].cells, r->run[i].count}, cells);
    uint64_t length = last->offset + last->length - record.offset;
    if (last->offset > record.offset && length <= UINT32_MAX)
        record.length = (uint32_t)length;
    record.cells = cells;
    record.count = r->key_values->width;
    r->run_count = 0;
    take(r, &record);
}

static bool goes_on(const kk_recogniser *r, const held_row *row)
{
    const held_row *first = &r->run[0];
    kk_cells own = cells_of(row), above = cells_of(first);
    return r->run_count && r->run_count < KK_RUN_MAX && first->is_sample == row->is_sample &&
           kk_is_same_owner(r->key_values, &above, &own);
}

static void add_to_run(kk_recogniser *r, kk_arena *arena, const held_row *row,
                       void (*take)(kk_recogniser *, const held_row *))
{
    if (!goes_on(r, row)) {
        end_run(r, arena, take);
        if (arena == r->of_layers)
            kk_arena_reset(arena);
    }
    held_row *own = &r->run[r->run_count++];
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, row->count);
    for (size_t i = 0; i < row->count; i++)
        cells[i] = kk_copy(arena, kk_part(row->cells[i], 0, CELL_MAX));
    *own = *row;
    own->cells = cells;
}

/* The headings above keys and values, as they were given or stand in the first rows; *first: the row behind them. */
static const kk_cells *find_key_headings(kk_recogniser *r, const kk_cells *rows, size_t *first)
{
    enum { HEADER_ROWS = 4 };
    kk_cells *found = &r->key_headings;
    if (!found->count && r->given_columns)
        *found = (kk_cells){r->header.words, r->header.count};
    for (size_t i = 0; !found->count && i < r->row_count && i < HEADER_ROWS; i++)
        if (kk_key_column(r->of_table, &rows[i]) != SIZE_MAX) {
            *found = rows[i];
            *first = i + 1;
            r->header_record = r->rows[i].record;
        }
    if (found->count && r->key_column == SIZE_MAX)
        r->key_column = kk_key_column(r->of_table, found);
    return found->count ? found : NULL;
}

/* A record for each person, under the keys as headings. */
static bool plan_key_values(kk_recogniser *r, const kk_cells *rows, bool whole)
{
    size_t first = 0, count = r->row_count;
    const kk_cells *headings = find_key_headings(r, rows, &first);
    r->key_values =
        kk_key_values_find(r->of_table, r->lexicon, rows + first, count - first, headings);
    r->key_words =
        headings && kk_are_values_words(r->of_table, rows + first, count - first, headings);
    if (!r->key_values && !r->replans)
        return false;
    r->given_columns = true; /* they are known now */
    held_row *held = r->rows;
    if (r->key_values) {
        r->rows = KK_NEW_ARRAY(r->of_table, held_row, count + 1);
        r->row_count = 0;
        for (size_t i = first; i < count; i++)
            add_to_run(r, r->of_table, &held[i], keep_record);
        if (whole)
            end_run(r, r->of_table, keep_record);
        r->header = kk_header_of_columns(r->of_table, r->key_values->words, r->key_values->width);
    } else {
        r->header = kk_header_of_columns(r->of_table, headings->cells, headings->count);
    }
    plan_table(r, false);
    return true;
}

/* Whether the row has a key of people that the plan knows nothing of. */
static bool has_new_key(kk_recogniser *r, const kk_row *row)
{
    enum { REPLANS_MOST = 16 };
    size_t at = r->key_values ? r->key_values->key : r->key_column;
    if (at >= row->count || !r->planned || r->replans == REPLANS_MOST ||
        (!r->key_values && r->plan.about_people))
        return false;
    uint64_t hash = kk_hash_quick(row->cells[at]) % KEYS_SEEN;
    if (r->keys_seen[hash / 64] >> hash % 64 & 1)
        return false;
    r->keys_seen[hash / 64] |= UINT64_C(1) << hash % 64;
    bool is = (!r->key_values || !kk_key_values_has(r->key_values, row->cells[at])) &&
              kk_is_key_of_people(r->of_row, row->cells[at]);
    kk_arena_reset(r->of_row);
    return is;
}

/* The rows from its owner's first on are looked at anew. */
static void plan_again(kk_recogniser *r)
{
    r->planned = false;
    r->replans++;
    r->rows = KK_NEW_ARRAY(r->of_table, held_row, KK_SAMPLE_ROWS + KK_RUN_MAX);
    r->row_count = 0;
    for (size_t i = 0; i < r->run_count; i++)
        hold(r, &r->run[i]);
    r->run_count = 0;
}

/* Who is at a border is told by the range in whose last row, or right behind it, he begins. */
static void go_on_with_run(kk_recogniser *r, held_row *row, bool is_beyond)
{
    if (is_beyond && r->beyond_over)
        return;
    if (is_beyond && row->record != r->beyond_from && !goes_on(r, row)) {
        end_run(r, r->of_layers, kk_tell_row);
        r->beyond_over = true;
        return;
    }
    kk_cells own = cells_of(row), above = cells_of(&r->run[0]);
    if (r->range_from && row->record == r->range_from)
        r->told_before = true;
    else if (!r->run_count || !kk_is_same_owner(r->key_values, &above, &own))
        r->told_before = false;
    row->is_sample |= r->told_before;
    add_to_run(r, r->of_layers, row, kk_tell_row);
}

static void make_plan(kk_recogniser *r, bool whole)
{
    size_t begins[KK_SHEET_TABLES_MAX], tables = 1;
    r->layers.count = 1;
    kk_cells *rows = cells_of_rows(r);
    if (r->row_count && (plan_key_values(r, rows, whole) || plan_lines(r, rows)))
        return;
    if (r->given_columns || !r->row_count) {
        plan_table(r, whole);
        return;
    }
    if ((whole && plan_turned(r, rows)) || plan_layers(r, rows) || plan_ruby(r, rows, whole))
        return;
    bool *gap = KK_NEW_ARRAY(r->of_table, bool, r->row_count);
    for (size_t i = 1; i < r->row_count; i++)
        gap[i] = r->rows[i].record > r->rows[i - 1].record + 1;
    tables = kk_sheet_tables(r->of_table, rows, gap, r->row_count, !whole, begins);
    plan_tables(r, begins, tables, whole);
}

/* ---- a table's beginning and end ---- */

static kk_slice why(kk_recogniser *r)
{
    kk_slice words = KK_NONE;
    size_t named = 0;
    for (size_t i = 0; i < r->plan.count; i++) {
        const kk_column *column = &r->plan.columns[i];
        if (column->slot == KK_NO_SLOT || !column->word.len)
            continue;
        if (named++ < WHY_WORDS)
            words = words.len ? kk_print(r->of_table, "%.*s, %.*s", KK_P(words), KK_P(column->word))
                              : column->word;
    }
    if (!r->header.found)
        return kk_print(r->of_table, "no header, columns judged by their cells; %llu rows",
                        (unsigned long long)r->data_rows);
    return kk_print(r->of_table, "%s %.*s%s; %llu rows", r->given_columns ? "columns" : "header",
                    KK_P(words), named > WHY_WORDS ? ", ..." : "",
                    (unsigned long long)r->data_rows);
}

static kk_table_reason table_reason(const kk_recogniser *r)
{
    return r->of_rows.persons      ? KK_TABLE_PEOPLE
           : !r->data_rows         ? KK_TABLE_NO_ROWS
           : !r->plan.about_people ? r->plan.reason
           : r->of_rows.mentions   ? KK_TABLE_ALL_SET_ASIDE
                                   : KK_TABLE_ROWS_EMPTY;
}

static void end_table(kk_recogniser *r)
{
    if (!r->open)
        return;
    if (!r->planned)
        make_plan(r, !r->tables);
    end_record(r, kk_tell_row);
    end_reading(r, kk_tell_row);
    end_run(r, r->of_layers, kk_tell_row);
    kk_table table = {.table = r->table,
                      .columns = r->all_headings.words,
                      .column_count = r->all_headings.found ? r->all_headings.count : 0,
                      .header_row = r->header_record,
                      .rows = r->data_rows,
                      .mentions = r->of_rows.mentions,
                      .items = r->of_rows.items,
                      .about_people = r->of_rows.persons > 0,
                      .reason = table_reason(r),
                      .why = why(r)};
    r->tell_table(r->context, &table);
    r->open = false;
}

static void begin_table(kk_recogniser *r, const kk_row *row)
{
    kk_arena_reset(r->of_table);
    r->open = true;
    r->planned = r->turned = r->shown_table = false;
    r->table = kk_copy(r->of_table, row->table);
    r->rows = KK_NEW_ARRAY(r->of_table, held_row, KK_SAMPLE_ROWS);
    r->row_count = 0;
    r->header = r->all_headings = (kk_header){0};
    r->tables = 0;
    r->layered = NULL;
    r->layers.count = 1;
    r->ruby = (kk_ruby){0};
    r->reading_held = false;
    r->key_values = NULL;
    r->key_headings = (kk_cells){0};
    r->key_column = SIZE_MAX;
    r->run_count = r->replans = 0;
    r->told_before = r->beyond_over = false;
    memset(r->keys_seen, 0, sizeof r->keys_seen);
    r->after_sample = false;
    r->range_from = r->beyond_from = 0;
    r->last_alone = false;
    r->given_columns = row->columns != NULL;
    r->text_count = 0;
    r->data_rows = r->header_record = 0;
    r->of_rows = (tally){0};
    if (r->given_columns)
        r->header = kk_header_of_columns(r->of_table, row->columns,
                                         row->count < COLUMNS_MAX ? row->count : COLUMNS_MAX);
}

/* Headings behind an empty row or a title, in a sheet too long to be looked at as a whole. */
static bool begins_table(kk_recogniser *r, const kk_row *row)
{
    bool apart = row->record > r->last_record + 1 || r->last_alone;
    size_t filled = 0;
    for (size_t i = 0; i < row->count && filled < 2; i++)
        filled += row->cells[i].len > 0;
    r->last_record = row->record;
    r->last_alone = filled < 2;
    if (!r->planned || !apart || filled < 2 || r->given_columns || r->layers.count > 1 ||
        r->tables >= KK_SHEET_TABLES_MAX)
        return false;
    bool begins = kk_is_sheet_header(r->of_row, &(kk_cells){row->cells, row->count});
    bool other = !r->header.found;
    for (size_t i = 0; begins && i < r->header.count && i < row->count; i++)
        other |= !kk_eq(kk_trim(row->cells[i]), r->header.words[i]);
    kk_arena_reset(r->of_row);
    return begins && other;
}

/* The first rows that are told of a range, and behind it. */
static void note_range(kk_recogniser *r, const kk_row *row)
{
    if (r->after_sample && !row->is_sample)
        r->range_from = row->record;
    r->after_sample = row->is_sample;
    if (row->is_beyond && !r->beyond_from)
        r->beyond_from = row->record;
}

void kk_recognise_row(kk_recogniser *r, const kk_row *row)
{
    if (r->open && !kk_eq(r->table, row->table))
        end_table(r);
    if (!r->open)
        begin_table(r, row);
    note_range(r, row);
    bool waits = r->key_values || (r->layers.count > 1 && !r->layers.lined);
    if (row->is_beyond && (!r->planned || !waits))
        return;
    if (begins_table(r, row)) {
        r->planned = false;
        r->row_count = 0;
        r->header = (kk_header){0};
    }
    held_row passing = {row->cells,  row->count,   row->record,   row->offset,
                        row->length, row->deleted, row->is_sample};
    if (has_new_key(r, row))
        plan_again(r);
    if (!r->planned) {
        hold(r, &passing);
        if (r->row_count < KK_SAMPLE_ROWS && kk_arena_used(r->of_table) <= SAMPLE_BYTES)
            return;
        make_plan(r, false);
        r->places = r->places ? r->places : kk_places_open(r->arena);
        r->plan.places = r->places;
        return;
    }
    if (r->key_values)
        go_on_with_run(r, &passing, row->is_beyond);
    else if (r->ruby.width)
        join_rows(r, r->of_layers, &passing, kk_tell_row);
    else if (r->layers.count < 2)
        kk_tell_row(r, &passing);
    else if (r->layers.lined)
        add_lines(r, r->of_layers, &passing, kk_tell_row);
    else if (is_of_this_range(r, &passing, row->is_beyond))
        add_layer(r, r->of_layers, &passing, kk_tell_row);
}

/* ---- passages ---- */

static void end_passages(kk_recogniser *r)
{
    if (!r->passages_open)
        return;
    kk_table table = {
        .table = r->passage_table,
        .rows = r->passages,
        .mentions = r->of_texts.mentions,
        .items = r->of_texts.items,
        .about_people = r->of_texts.persons > 0,
        .reason = r->of_texts.persons    ? KK_TABLE_PEOPLE
                  : r->of_texts.mentions ? KK_TABLE_ALL_SET_ASIDE
                                         : KK_TABLE_TEXT,
        .why = kk_print(r->of_passages, "text; %llu passages", (unsigned long long)r->passages)};
    r->tell_table(r->context, &table);
    r->passages_open = false;
}

void kk_recognise_passage(kk_recogniser *r, const kk_passage *passage)
{
    if (r->passages_open && !kk_eq(r->passage_table, passage->table))
        end_passages(r);
    if (!r->passages_open) {
        kk_arena_reset(r->of_passages);
        r->passages_open = true;
        r->passage_table = kk_copy(r->of_passages, passage->table);
        r->passages = 0;
        r->of_texts = (tally){0};
    }
    r->passages++;
    r->mention.table = r->passage_table;
    r->mention.record = passage->record;
    r->mention.offset = passage->offset;
    r->mention.length = passage->text.len > UINT32_MAX ? UINT32_MAX : (uint32_t)passage->text.len;
    bool same = r->passages > 1 && r->passage_record == passage->record; /* another part of it */
    r->mention.slot = same ? r->passage_slots : 0;
    r->passage_record = passage->record;
    r->content = kk_hash_quick(passage->text);
    if (passage->receiver.len)
        r->content ^= kk_hash_quick(passage->receiver);
    if (passage->sender.len)
        r->content ^= kk_hash_quick(passage->sender) * 3;
    if (!r->passages_began)
        r->shown_item = kk_shows_sample(r->of_row, passage->text, true);
    r->passages_began = true;
    kk_letter letter = {passage->sender, passage->receiver};
    kk_passage_read(r->of_row, r->lexicon, passage->text, &letter, kk_tell_of_passage, r);
    r->passage_slots = r->mention.slot;
    kk_arena_reset(r->of_row);
}

void kk_recognise_end(kk_recogniser *r)
{
    end_table(r);
    end_passages(r);
    kk_arena_close(r->of_table);
    kk_arena_close(r->of_row);
    kk_arena_close(r->of_passages);
    kk_arena_close(r->of_cell);
    kk_arena_close(r->of_layers);
    r->of_table = r->of_row = r->of_passages = r->of_cell = r->of_layers = NULL;
}
