/* The store's tables as const data: the statements that make them and the appenders that fill them
 * come from the same lines. */
#pragma once
#include "base/slice.h"

typedef enum {
    KK_COLUMN_U8,
    KK_COLUMN_U32,
    KK_COLUMN_U64,
    KK_COLUMN_I64, /* also times: nanoseconds since 1970, NULL for none */
    KK_COLUMN_TEXT,
    KK_COLUMN_BYTES
} kk_column_type;

typedef struct {
    const char *name;
    kk_column_type type;
    const char *compression; /* NULL: DuckDB chooses */
} kk_column;

typedef struct {
    const char *name;
    const kk_column *columns;
    size_t count;
} kk_table_schema;

typedef enum {
    KK_TABLE_EVENTS,
    KK_TABLE_ITEMS,
    KK_TABLE_UNITS,
    KK_TABLE_ISSUES,
    KK_TABLE_MENTIONS,
    KK_TABLE_PERSONAL,
    KK_TABLE_TABLES,
    KK_TABLE_HITS,
    KK_TABLE_UNCOUNTED_HITS,
    KK_TABLE_MATCHED,
    KK_TABLE_CORRELATED,
    KK_TABLE_CORRELATED_EVENTS,
    KK_TABLE_RULES,
    KK_TABLE_RULE_FILES,
    KK_TABLE_PAYLOADS,
    KK_TABLE_SCAN_HITS,
    KK_TABLE_SCANNED,
    KK_TABLE_OPENINGS,
    KK_TABLE_TELLERS,
    KK_TABLE_TRIES,
    KK_TABLE_COUNT
} kk_table_id;

extern const kk_table_schema kk_schema[KK_TABLE_COUNT];

/* Columns of `events`. */
enum {
    KK_EV_ITEM,
    KK_EV_RANGE,
    KK_EV_RECORD,
    KK_EV_SUB,
    KK_EV_OFFSET,
    KK_EV_LENGTH,
    KK_EV_TIME,
    KK_EV_MARKS,
#define TEXT_FIELD(NAME, ecs, column) KK_EV_##NAME,
#define WORD_FIELD(NAME, ecs, column) KK_EV_##NAME,
#define RARE_FIELD(NAME, ecs, column)
#include "model/fields.def"
#define NUMBER_FIELD(NAME, ecs, column) KK_EV_##NAME,
#include "model/fields.def"
    KK_EV_RARE,
    KK_EV_NAMES,
    KK_EV_MORE
};

/* What the column `marks` has, each in a byte of its own: four columns cost four times as much. */
enum { KK_MARK_FLAGS = 0, KK_MARK_BASIS = 8, KK_MARK_PRECISION = 16, KK_MARK_OUTCOME = 24 };

/* What the column `rare` has: of each text a byte of these, its length in four, its bytes. */
enum {
#define RARE_FIELD(NAME, ecs, column) KK_RARE_##NAME,
#include "model/fields.def"
    KK_RARE_FIELDS
};
