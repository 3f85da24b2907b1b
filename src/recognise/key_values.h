/* Lists in which a person takes as many rows as is known of him: 12, 氏名, 佐藤 健一, then 12, 電話, 090-5555-0101. Whose a
 * row is stands in one column, what it tells of him in a second, the value in a third. Programs keep what they know of
 * users, orders and answers so (user_id, meta_key, meta_value). */
#pragma once
#include "model/sink.h"
#include "recognise/header.h"
#include "recognise/lexicon.h"

enum { KK_RUN_MAX = KK_ROWS_BEYOND }; /* rows of one person; what is longer is told in pieces */

typedef struct {
    size_t width; /* of a record: the row's own columns, then one for each key; 0: no such list */
    size_t own;   /* how many columns a row has, */
    bool *kept;   /* ... and which of them say one thing in all rows of a person */
    size_t owner, key, value; /* columns */
    kk_slice *words;          /* headings of a record; of a key, the key */
    uint32_t *index;          /* of keys, by hash: their column plus one; 0 is empty */
} kk_key_values;

/* `headings` are none of the rows; NULL where there are none. NULL if the values do not bear out what the keys say. */
const kk_key_values *kk_key_values_find(kk_arena *arena, const kk_lexicon *lexicon,
                                        const kk_cells *rows, size_t count,
                                        const kk_cells *headings);
/* Lists of fields and translations look alike, but what stands beside their keys are words for them: email, メールアドレス. */
bool kk_are_values_words(kk_arena *arena, const kk_cells *rows, size_t count,
                         const kk_cells *headings);
/* The column that a heading says holds what the rows tell of (meta_key, 項目), beside one for values; SIZE_MAX: none.
 * Keys that tell of people may come behind many that do not. */
size_t kk_key_column(kk_arena *arena, const kk_cells *headings);
/* Whether the key is a heading of people: 氏名, _billing_phone. */
bool kk_is_key_of_people(kk_arena *scratch, kk_slice key);
bool kk_key_values_has(const kk_key_values *list, kk_slice key);
/* Whether a row goes on with what the one that began the run is about. */
bool kk_is_same_owner(const kk_key_values *list, const kk_cells *first, const kk_cells *row);
/* Puts a row into the record of its owner (width cells); the first value of a key stays. */
void kk_key_values_put(const kk_key_values *list, const kk_cells *row, kk_slice *record);
