/* Inside of the check of drafts: a draft cut into sentences, and what is found in them. Everything
 * here works on text alone and knows no case. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "base/time.h"

enum { CELLS_MOST = 16 };

typedef enum { SENTENCE_PLAIN, SENTENCE_HEADING, SENTENCE_ENTRY, SENTENCE_ROW } sentence_kind;

/* Folded text is NFKC in small letters, without blanks beside Japanese: what matching works on. */
typedef struct {
    sentence_kind kind;
    size_t line;
    int level;     /* of a heading */
    kk_slice text; /* as written, freed of markup */
    kk_slice folded;
    kk_slice heading,
        above; /* folded headings that it stands under: the nearest, and that above it */
    kk_slice cells[CELLS_MOST], columns[CELLS_MOST]; /* folded; of a row, and of its table's head */
    size_t cell_count, column_count;
    size_t table; /* number of its table, from 1; 0: none */
    bool japanese;
} sentence;

typedef struct {
    sentence *items;
    size_t count, capacity;
} sentences;

sentences draft_read(kk_arena *arena, kk_slice bytes);
/* Folded, one blank between words, none beside Japanese. */
kk_slice draft_fold(kk_arena *arena, kk_slice text);
kk_slice without_number(kk_slice folded); /* "(2)項目" is 項目 */

typedef enum {
    UNIT_PERSON,
    UNIT_CASE,
    UNIT_RECORD,
    UNIT_MACHINE,
    UNIT_FILE,
    UNIT_BYTES,
    UNIT_OTHER,
    UNIT_NONE
} said_unit;

typedef struct {
    size_t at, end; /* in the folded text, with its unit */
    size_t digits;  /* where the number ends and the unit begins */
    double value;
    said_unit unit;
    bool most, about, at_least, total, part; /* 最大, 約, 以上, 合計, うち */
} said_number;

enum { NUMBERS_MOST = 64 };
/* Numbers with a unit; with `bare` also those without. */
size_t numbers_find(kk_slice folded, bool bare, said_number *out, size_t most);

typedef struct {
    size_t at, end;
    int year, month, day; /* year 0: not written */
    bool has_time, roughly, starts_range, ends_range;
    int hour, minute; /* minute -1: not written */
    int weekday;      /* 0 Sunday; -1: not written */
    bool exists;
} said_date;

enum { DATES_MOST = 32 };
size_t dates_find(kk_slice folded, said_date *out, size_t most);
/* Days since 1970-01-01; `year` where none is written. */
int64_t said_day(const said_date *date, int year);

/* Whether the draft's own arithmetic holds. */
typedef struct {
    size_t sentence;
    kk_slice quote; /* folded */
    double said, is;
    kk_slice parts; /* "19,583 + 578" */
} said_sum;
typedef struct {
    said_sum *items;
    size_t count, capacity;
} said_sums;
said_sums sums_find(kk_arena *arena, const sentences *draft);

bool has_any(kk_slice text, const char *const *words); /* ends with NULL */
kk_slice plain_number(kk_arena *arena, double value);  /* 19,583 */
