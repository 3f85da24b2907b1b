/* Payloads that were found in events, with their events. */
#pragma once
#include "model/payload_row.h"
#include "store/events.h"

typedef struct {
    kk_payload_row payload; /* `child` is the whole path of the item that has its bytes */
    kk_event_row event;
} kk_payload_line;

typedef struct {
    const kk_slice *hosts;
    size_t host_count;
    kk_time from, to; /* KK_NO_TIME: no bound */
    bool all_scripts; /* also joined scripts without any payload in them */
} kk_payload_filter;

/* In the order of events, then of the payloads in one. Texts live until the next row. */
KK_CHECKED kk_status kk_payloads_read(kk_store *store, const kk_payload_filter *filter,
                                      void (*row)(void *context, const kk_payload_line *row),
                                      void *context, kk_fault *fault);
kk_slice kk_payload_id(kk_arena *arena, const kk_payload_line *row);
/* The line of `detections --payloads --json`. */
void kk_payload_json(kk_json *j, const kk_payload_line *row);
