#include "parse/json_cells.h"

#include "base/text.h"
#include "parse/json_tokens.h"

#include <stdio.h>

enum {
    ADDED_MAX = 200, /* columns */
    DEPTH_MAX = 8,
    NUMBER_MAX = 4 /* elements of a list that have columns */
};

typedef struct {
    size_t path; /* length of the path around it */
    bool is_object;
    size_t element;
} level;

/* A walk over one cell; `take` gets every value that is not empty. */
typedef struct {
    kk_json_tokens tokens;
    kk_buffer path;
    level levels[DEPTH_MAX];
    size_t depth;
    bool has_key; /* `path` ends with the key of the value that comes */
} walk;

static void open_level(walk *w, size_t around, bool is_object)
{
    w->levels[w->depth++] = (level){.path = around, .is_object = is_object};
    w->has_key = false;
}

/* The second element of a list phones has the path phones.2; the first one that of the list. */
static void begin_element(walk *w)
{
    level *l = &w->levels[w->depth - 1];
    if (l->is_object)
        return;
    w->path.len = l->path;
    if (++l->element > 1) {
        char number[24];
        int len = snprintf(number, sizeof number, ".%zu", l->element);
        kk_put_bytes(&w->path, number, (size_t)len);
    }
}

/* True with the next value and its path; false at the end, or where it is no JSON: then `depth` is not 0. */
static bool next_value(walk *w, kk_slice *value)
{
    kk_json_tokens *t = &w->tokens;
    for (;;) {
        kk_json_token_kind kind = kk_json_next(t);
        level *l = w->depth ? &w->levels[w->depth - 1] : NULL;
        bool opens = kind == KK_JSON_OPEN_OBJECT || kind == KK_JSON_OPEN_ARRAY;
        if (kind == KK_JSON_END || kind == KK_JSON_STRAY || (!l && !opens) ||
            (opens && w->depth == DEPTH_MAX))
            return false;
        if (kind == KK_JSON_CLOSE_OBJECT || kind == KK_JSON_CLOSE_ARRAY) {
            if (l->is_object != (kind == KK_JSON_CLOSE_OBJECT) || w->has_key)
                return false;
            w->path.len = l->path;
            if (--w->depth == 0)
                return false;
        } else if (opens) {
            if (l)
                begin_element(w);
            open_level(w, w->path.len, kind == KK_JSON_OPEN_OBJECT);
        } else if (kind == KK_JSON_STRING && l->is_object && !w->has_key) {
            w->path.len = l->path;
            kk_put_byte(&w->path, '.');
            kk_put(&w->path, t->text);
            w->has_key = true;
        } else if (kind == KK_JSON_STRING || kind == KK_JSON_BARE) {
            if (l->is_object && !w->has_key)
                return false;
            begin_element(w);
            w->has_key = false;
            *value = kind == KK_JSON_BARE && kk_is(t->text, "null") ? KK_NONE : t->text;
            if (value->len && (l->is_object || l->element <= NUMBER_MAX))
                return true;
        }
    }
}

static walk *begin_walk(kk_arena *scratch, kk_slice column, kk_slice cell)
{
    walk *w = KK_NEW(scratch, walk);
    kk_json_tokens_open(&w->tokens, scratch, kk_stream_over_memory(scratch, cell, KK_NONE));
    kk_put(&w->path, column);
    return w;
}

/* True when the cell was JSON to its end. */
static bool end_walk(walk *w)
{
    bool whole = w->depth == 0 && kk_json_next(&w->tokens) == KK_JSON_END;
    kk_json_tokens_close(&w->tokens);
    kk_buffer_close(&w->path);
    return whole;
}

void kk_json_cells_open(kk_json_cells *j, kk_arena *arena, const kk_slice *columns, size_t count)
{
    *j = (kk_json_cells){.arena = arena, .count = count, .own = count, .capacity = count};
    j->columns = KK_NEW_ARRAY(arena, kk_slice, count + 1);
    memcpy(j->columns, columns, count * sizeof *columns);
}

static size_t place_of(const kk_json_cells *j, kk_slice path)
{
    for (size_t i = j->own; i < j->count; i++)
        if (kk_eq(j->columns[i], path))
            return i;
    return KK_NOWHERE;
}

void kk_json_cells_learn(kk_json_cells *j, kk_arena *scratch, const kk_slice *cells)
{
    for (size_t i = 0; i < j->own; i++) {
        kk_slice value;
        if (!kk_json_may_be_object(cells[i]))
            continue;
        size_t before = j->count;
        walk *w = begin_walk(scratch, j->columns[i], cells[i]);
        while (next_value(w, &value)) {
            kk_slice path = kk_buffer_slice(&w->path);
            if (j->count - j->own >= ADDED_MAX || place_of(j, path) != KK_NOWHERE)
                continue;
            j->columns =
                kk_grow(j->arena, j->columns, &j->capacity, j->count + 1, sizeof *j->columns);
            j->columns[j->count++] = kk_copy(j->arena, path);
        }
        if (!end_walk(w))
            j->count = before;
    }
}

/* The values of one cell at their places; true when all of it has one. */
static bool spread_one(const kk_json_cells *j, kk_arena *scratch, size_t column, kk_slice cell,
                       kk_slice *into)
{
    kk_slice value;
    bool all = true;
    walk *w = begin_walk(scratch, j->columns[column], cell);
    while (next_value(w, &value)) {
        size_t at = place_of(j, kk_buffer_slice(&w->path));
        all = all && at != KK_NOWHERE;
        if (at != KK_NOWHERE)
            into[at] = kk_copy(scratch, value);
    }
    return end_walk(w) && all;
}

const kk_slice *kk_json_cells_spread(const kk_json_cells *j, kk_arena *scratch,
                                     const kk_slice *cells)
{
    if (j->count == j->own)
        return cells;
    kk_slice *spread = KK_NEW_ARRAY(scratch, kk_slice, j->count);
    memcpy(spread, cells, j->own * sizeof *cells);
    for (size_t i = 0; i < j->own; i++)
        if (kk_json_may_be_object(cells[i]) && spread_one(j, scratch, i, cells[i], spread))
            spread[i] = KK_NONE; /* all of it is told beside it */
    return spread;
}
