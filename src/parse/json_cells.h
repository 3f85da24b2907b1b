/* Cells of databases that hold JSON: {"name":"...","address":{"zip":"..."}} in a column `profile` is told as
 * columns profile.name and profile.address.zip beside the others, so that a row stays one row. Which columns
 * there are is learned before the first row is told; a cell with other members is told as it stands too. */
#pragma once
#include "base/arena.h"
#include "base/slice.h"

typedef struct {
    kk_slice *columns; /* the table's own, then those out of its cells */
    size_t count, own;
    size_t capacity;
    kk_arena *arena;
} kk_json_cells;

/* The texts of the columns are not copied. */
void kk_json_cells_open(kk_json_cells *j, kk_arena *arena, const kk_slice *columns, size_t count);
/* A row of the beginning, of `own` cells. */
void kk_json_cells_learn(kk_json_cells *j, kk_arena *scratch, const kk_slice *cells);
/* `count` cells out of `own`; the same slice where nothing was learned. */
const kk_slice *kk_json_cells_spread(const kk_json_cells *j, kk_arena *scratch,
                                     const kk_slice *cells);
