/* Events in their one order (time, evidence, path, record, sub), as rows of ECS columns. */
#pragma once
#include "base/json.h"
#include "model/ref.h"
#include "store/store.h"

/* Sets of events that analyses ask for; their conditions are in events.c. */
typedef enum {
    KK_EVENTS_ALL,
    KK_EVENTS_ACCESS,    /* logons, logoffs, tunnels, sessions, failures, of every kind of source */
    KK_EVENTS_TRAFFIC,   /* firewall sessions with bytes */
    KK_EVENTS_PROCESSES, /* programs run, commands typed, services installed */
    KK_EVENTS_FILES, /* file reads, writes, renames, deletes on shares (not file-system entries) */
    KK_EVENTS_ENTRIES,   /* file-system entries: names with their times */
    KK_EVENTS_LISTED,    /* lines of leak listings */
    KK_EVENTS_TRANSFERS, /* lines of transfer tools: rclone and the like, sftp with bytes */
    KK_EVENTS_CLEARED, /* logs cleared, audit policy or clock changed, services of logging stopped */
    KK_EVENT_SETS
} kk_event_set;

typedef struct {
    kk_event_set set;
    kk_time from, to; /* KK_NO_TIME: no bound */
    const kk_slice *hosts, *accounts, *sources, *greps, *wheres;
    size_t host_count, account_count, source_count, grep_count, where_count;
    bool in_any_order; /* whoever counts only need not wait for millions to be sorted */
} kk_event_filter;

/* One event as its row is read; texts live until the next. */
typedef struct {
    kk_time time;
    uint64_t record, offset;
    uint32_t sub, length, flags;
    kk_outcome outcome;
    kk_slice path, label, evidence_key, module, host; /* host: the event's own, else the item's */
    kk_slice keeper; /* machine that the item is of, as it was given or found; empty: not known */
    kk_slice text[KK_TEXT_FIELDS];
    uint64_t number[KK_NUMBER_FIELDS];
    uint64_t has_number;
    kk_slice more;
} kk_event_row;

KK_CHECKED kk_status kk_events_read(kk_store *store, const kk_event_filter *filter,
                                    void (*row)(void *context, const kk_event_row *row),
                                    void *context, kk_fault *fault);
/* For other questions about events: the columns of a row, from the view `timeline` under that name;
 * a row of them read, which gives the number of the next column; a condition with `$` for each value. */
void kk_put_event_columns(kk_buffer *sql, const char *table);
size_t kk_event_fill(kk_event_row *row, const kk_rows *rows);
void kk_put_any(kk_buffer *sql, const char *condition, const kk_slice *values, size_t count);
/* The line of `timeline --json`. */
void kk_event_json(kk_json *j, const kk_event_row *row);
kk_slice kk_event_id(kk_arena *arena, const kk_event_row *row);
kk_ref kk_event_ref(kk_arena *arena, const kk_event_row *row);
/* A field of `more` by its name; empty if there is none. The first of several. */
kk_slice kk_event_field(kk_arena *arena, const kk_event_row *row, const char *name);
