/* The case's store: one DuckDB file. The only room that knows SQL.
 *
 * Writing goes through lanes: a lane is one connection with one transaction at a time, that holds
 * whole units (an item's range) and is committed with their outcomes, so that a crash leaves whole
 * units or none. Open-ended words (hosts, providers, codes) are ids into a dictionary that all lanes
 * share; its new words are committed before the lane that uses them. Figures behind this shape:
 * docs/performance.md. */
#pragma once
#include "model/batch.h"
#include "store/schema.h"

typedef struct kk_store kk_store;
typedef struct kk_lane kk_lane;

typedef enum { KK_STORE_READ, KK_STORE_WRITE } kk_store_mode;

/* Opens CASE/case.duckdb; in write mode makes it where it is not there yet. KK_BUSY when another
 * process is writing (after some tries: a killed writer's lock outlives it for a moment). */
KK_CHECKED kk_status kk_store_open(const char *path, kk_store_mode mode, kk_store **out,
                                   kk_fault *fault);
void kk_store_close(kk_store *store); /* NULL is fine */
/* A file without a name in the case's folder, for what does not fit into memory; -1: there can be none.
 * Whoever asks closes it. */
int kk_store_spill_open(const kk_store *store);
/* Bytes that such files may still take; UINT64_MAX: nobody tells. */
uint64_t kk_store_spill_room(const kk_store *store);
/* Bytes of memory that the store may use. */
uint64_t kk_store_memory(const kk_store *store);

/* A unit of work that has an outcome. */
typedef enum { KK_UNIT_READ, KK_UNIT_FAILED } kk_unit_outcome;
typedef struct {
    uint64_t item;
    uint32_t range;
    uint64_t settings; /* hash of parser version and settings that were used */
    kk_slice parser, reason, host, zone;
    kk_unit_outcome outcome;
    uint64_t events, mentions, lines;
    bool has_hash;
    kk_sha256 sha256;
} kk_unit_row;

typedef struct {
    uint64_t item, parent, size;
    uint32_t evidence;
    kk_slice path, parser, token;
    kk_time modified;
    bool is_volume, unreadable, has_hash;
    kk_sha256 sha256;
} kk_item_row;

KK_CHECKED kk_status kk_lane_open(kk_store *store, kk_lane **out, kk_fault *fault);
void kk_lane_close(kk_lane *lane); /* what is not committed is gone */
/* Failures of appending are kept and come back from the next commit. */
void kk_lane_event(kk_lane *lane, uint64_t item, uint32_t range, const kk_event *event,
                   kk_more more);
void kk_lane_mention(kk_lane *lane, uint64_t item, uint32_t range, const kk_mention *mention);
void kk_lane_table(kk_lane *lane, uint64_t item, uint32_t range, const kk_table *table);
void kk_lane_issue(kk_lane *lane, uint64_t item, uint32_t range, const kk_issue *issue);
void kk_lane_item(kk_lane *lane, const kk_item_row *item);
void kk_lane_hit(kk_lane *lane, uint64_t item, uint32_t range, uint64_t rules, const kk_hit *hit);
/* `child`: the item that has its bytes, 0: none. */
void kk_lane_payload(kk_lane *lane, uint64_t item, uint32_t range, const kk_payload_row *payload,
                     uint64_t child);
/* An item was opened by a password that stands in a record of another. */
void kk_lane_opening(kk_lane *lane, uint64_t item, uint64_t told_item, uint32_t told_range,
                     uint64_t told_record);
/* Something like a password stands in what the unit read. */
void kk_lane_teller(kk_lane *lane, uint64_t item, uint32_t range);
/* All that was told was tried on all that was closed: a hash of both. */
void kk_lane_tried(kk_lane *lane, uint64_t state);
void kk_lane_matched(kk_lane *lane, uint64_t item, uint32_t range, uint64_t rules);
/* What a rule about several events found. */
typedef struct {
    uint64_t rules, total;
    uint32_t rule, number;
    kk_time first, last;
    kk_slice value, group; /* what was compared; values of the group-by fields as a JSON array */
} kk_correlated_row;
void kk_lane_correlated(kk_lane *lane, const kk_correlated_row *row);
void kk_lane_correlated_event(kk_lane *lane, uint64_t rules, uint32_t number, uint32_t position,
                              const kk_hit_place *place);
typedef enum {
    KK_RULE_USED,
    KK_RULE_SILENT,      /* only a part of correlations */
    KK_RULE_WITHOUT_LOG, /* for a log that nothing here reads */
    KK_RULE_REFUSED
} kk_rule_state;
typedef enum { KK_SIGMA, KK_YARA } kk_engine;
typedef struct {
    uint64_t rules;
    uint32_t rule, line;
    kk_rule_state state;
    kk_slice id, title, level, status, file, tags, why; /* tags: a JSON array */
    kk_slice title_ja;                                  /* empty: it has none */
    kk_slice logs;  /* JSON array: names of the log sources, any of which it can be run on */
    kk_slice parts; /* of a correlation, JSON array: numbers of the rules that it refers to */
    bool all_parts; /* a correlation that fires only when each of them can */
    kk_engine engine;
} kk_rule_row;
void kk_lane_rule(kk_lane *lane, const kk_rule_row *rule);
void kk_lane_rule_file(kk_lane *lane, uint32_t position, kk_slice name, kk_slice text,
                       unsigned kind);
void kk_lane_scan_hit(kk_lane *lane, uint64_t item, uint64_t rules, const kk_scan_hit *hit);
typedef struct {
    uint64_t rules, item;
    bool has_outcome;
    kk_scan_outcome outcome;
    unsigned walked; /* as in the table */
    kk_slice reason;
} kk_scanned_row;
void kk_lane_scanned(kk_lane *lane, const kk_scanned_row *row);
void kk_lane_unit(kk_lane *lane, const kk_unit_row *unit);
/* Only between units. */
KK_CHECKED kk_status kk_lane_commit(kk_lane *lane, kk_fault *fault);
/* True when the transaction is large or old enough to be committed. */
bool kk_lane_is_due(const kk_lane *lane);

/* Everything read from an item is taken out: it will be read again with other settings. */
KK_CHECKED kk_status kk_store_forget(kk_store *store, uint64_t item, kk_fault *fault);

/* One statement, in a transaction of its own, on the store's own connection (serialised). */
KK_CHECKED kk_status kk_store_run(kk_store *store, const char *sql, kk_fault *fault);

typedef enum { KK_PARAM_U64, KK_PARAM_I64, KK_PARAM_TEXT, KK_PARAM_NULL } kk_param_type;
typedef struct {
    kk_param_type type;
    uint64_t u64;
    int64_t i64;
    kk_slice text;
} kk_param;
#define KK_U64(v) ((kk_param){.type = KK_PARAM_U64, .u64 = (v)})
#define KK_I64(v) ((kk_param){.type = KK_PARAM_I64, .i64 = (v)})
#define KK_TEXT(v) ((kk_param){.type = KK_PARAM_TEXT, .text = (v)})

/* Asks one of the queries of src/store/sql by its file's name, or, where `extra` is not NULL, with
 * `{extra}` in it replaced (conditions that store/query.c built itself or a user gave to --where).
 * Each question has its own connection: a snapshot that a writer beside it does not move. */
typedef struct kk_rows kk_rows;
KK_CHECKED kk_status kk_ask(kk_store *store, const char *query, const char *extra,
                            const kk_param *params, size_t param_count, kk_rows **out,
                            kk_fault *fault);
bool kk_rows_next(kk_rows *rows);
/* KK_OK, or what broke the reading after the last row that came. */
KK_CHECKED kk_status kk_rows_close(kk_rows *rows, kk_fault *fault);
/* Columns from 0. Texts live until the next row of the same rows. */
bool kk_rows_null(const kk_rows *rows, size_t column);
uint64_t kk_rows_u64(const kk_rows *rows, size_t column);  /* NULL gives 0 */
int64_t kk_rows_i64(const kk_rows *rows, size_t column);   /* NULL gives KK_NO_TIME */
kk_slice kk_rows_text(const kk_rows *rows, size_t column); /* also bytes; NULL is empty */
