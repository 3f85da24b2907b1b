/* Events in time order, as rows of ECS columns. */
#pragma once
#include "base/json.h"
#include "casework/case.h"

typedef struct {
    kk_time from, to; /* KK_NO_TIME: no bound */
    const kk_slice *hosts, *accounts, *sources, *greps, *wheres;
    size_t host_count, account_count, source_count, grep_count, where_count;
} kk_timeline_filter;

/* One event as its row is read; texts live until the next. */
typedef struct {
    kk_time time;
    uint64_t record, offset;
    uint32_t sub, length, flags;
    kk_outcome outcome;
    kk_slice path, label, evidence_key, module, host;
    kk_slice text[KK_TEXT_FIELDS];
    uint64_t number[KK_NUMBER_FIELDS];
    uint64_t has_number;
    kk_slice more;
} kk_timeline_row;

KK_CHECKED kk_status kk_timeline_read(kk_store *store, const kk_timeline_filter *filter,
                                      void (*row)(void *context, const kk_timeline_row *row), void *context,
                                      kk_fault *fault);
/* The line of `timeline --json`. */
void kk_timeline_json(kk_json *j, const kk_timeline_row *row);
kk_slice kk_event_id(kk_arena *arena, const kk_timeline_row *row);
void kk_json_ref(kk_json *j, const char *key, kk_slice evidence, kk_slice path, uint64_t record, uint64_t offset);
