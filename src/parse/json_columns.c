#include "parse/json_columns.h"

enum {
    COLUMNS_MAX = 4096,
    ROWS_MIN = 3, /* two mailboxes and two numbers may be one person's */
    BYTES_MAX = 16 * 1024 * 1024
};

typedef struct {
    kk_slice *cells;
    size_t count, capacity;
} column;

typedef struct {
    uint64_t offset;
    uint32_t length;
} place;

typedef struct {
    kk_json_tokens *t;
    kk_arena *arena;
    kk_slice *keys;
    column *columns;
    size_t count, keys_capacity, columns_capacity;
    place *places; /* of the first column's values */
    size_t places_capacity;
} frame;

/* The key of a row is its number, from 0. */
static bool is_row_number(const frame *f, size_t number)
{
    uint64_t said;
    return f->t->kind == KK_JSON_STRING && kk_to_u64(f->t->text, &said) && said == number &&
           kk_json_next(f->t) == KK_JSON_COLON;
}

static bool take_cell(frame *f, column *c)
{
    kk_json_tokens *t = f->t;
    if (t->kind != KK_JSON_STRING && t->kind != KK_JSON_BARE)
        return false;
    bool none = t->kind == KK_JSON_BARE && (kk_is(t->text, "null") || kk_is(t->text, "NaN"));
    if (f->count == 1) {
        f->places =
            kk_grow(f->arena, f->places, &f->places_capacity, c->count + 1, sizeof *f->places);
        f->places[c->count] = (place){t->from, (uint32_t)(kk_json_place(t) - t->from)};
    }
    c->cells = kk_grow(f->arena, c->cells, &c->capacity, c->count + 1, sizeof *c->cells);
    c->cells[c->count++] = none ? KK_NONE : kk_copy(f->arena, t->text);
    return true;
}

/* From the bracket to the one that closes it. */
static bool read_column(frame *f, column *c)
{
    bool numbered = kk_json_next(f->t) == KK_JSON_OPEN_OBJECT;
    kk_json_token_kind close = numbered ? KK_JSON_CLOSE_OBJECT : KK_JSON_CLOSE_ARRAY;
    if (!numbered && f->t->kind != KK_JSON_OPEN_ARRAY)
        return false;
    for (;;) {
        (void)kk_json_next(f->t);
        if (numbered && (!is_row_number(f, c->count) || kk_json_next(f->t) == KK_JSON_END))
            return false;
        if (!take_cell(f, c))
            return false;
        if (kk_json_next(f->t) == close)
            return true;
        if (f->t->kind != KK_JSON_COMMA)
            return false;
    }
}

/* True when the file is such a table to its end. */
static bool read_frame(frame *f)
{
    if (kk_json_next(f->t) != KK_JSON_OPEN_OBJECT)
        return false;
    do {
        if (kk_json_next(f->t) != KK_JSON_STRING || f->count == COLUMNS_MAX)
            return false;
        f->keys = kk_grow(f->arena, f->keys, &f->keys_capacity, f->count + 1, sizeof *f->keys);
        f->columns =
            kk_grow(f->arena, f->columns, &f->columns_capacity, f->count + 1, sizeof *f->columns);
        f->keys[f->count] = kk_copy(f->arena, f->t->text);
        column *c = &f->columns[f->count++];
        *c = (column){0};
        if (kk_json_next(f->t) != KK_JSON_COLON || !read_column(f, c) ||
            c->count != f->columns[0].count)
            return false;
    } while (kk_json_next(f->t) == KK_JSON_COMMA);
    return f->t->kind == KK_JSON_CLOSE_OBJECT && kk_json_next(f->t) == KK_JSON_END &&
           f->count >= 2 && f->columns[0].count >= ROWS_MIN;
}

static void tell_rows(const frame *f, kk_sink *sink)
{
    kk_slice *cells = KK_NEW_ARRAY(f->arena, kk_slice, f->count);
    for (size_t i = 0; i < f->columns[0].count && !sink->stopped; i++) {
        for (size_t c = 0; c < f->count; c++)
            cells[c] = f->columns[c].cells[i];
        kk_row row = {.columns = f->keys,
                      .cells = cells,
                      .count = f->count,
                      .record = i + 1,
                      .offset = f->places[i].offset,
                      .length = f->places[i].length};
        sink->row(sink, &row);
    }
}

bool kk_json_columns_tell(kk_json_tokens *t, kk_stream *in, kk_sink *sink)
{
    if (in->size > BYTES_MAX)
        return false;
    frame f = {.t = t, .arena = kk_arena_open()};
    kk_json_tokens_restart(t, UINT64_MAX);
    bool fits = read_frame(&f);
    if (fits)
        tell_rows(&f, sink);
    kk_arena_close(f.arena);
    return fits;
}
