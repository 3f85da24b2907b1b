/* Readings in rows of their own: ｻﾄｳ ｹﾝｲﾁ in the column of names, 佐藤 健一 in the row below, and what else is known of him in
 * either (番号 and 住所 reach over both where cells are merged). */
#pragma once
#include "recognise/header.h"
#include "recognise/lexicon.h"

typedef struct {
    size_t name, width; /* the column of names; all of them: 0, no such sheet */
    size_t header;      /* the row of headings */
} kk_ruby;

kk_ruby kk_ruby_find(kk_arena *arena, const kk_cells *rows, const uint64_t *records, size_t count);
/* Whether kana stand in the column of names. */
bool kk_is_ruby(const kk_ruby *ruby, kk_arena *arena, const kk_cells *row);
/* Both rows as one, the reading in a column behind the others; false where they are not of one person. */
bool kk_ruby_join(const kk_ruby *ruby, kk_arena *arena, const kk_cells *above,
                  const kk_cells *below, kk_cells *joined);
/* The headings with one for the reading. */
kk_cells kk_ruby_headings(const kk_ruby *ruby, kk_arena *arena, const kk_cells *row);
