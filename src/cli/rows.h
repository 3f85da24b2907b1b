/* Events, detections and what else has columns as rows: JSON Lines, CSV, a table for a terminal, or a workbook. */
#pragma once
#include "cli/command.h"
#include "store/hits.h"
#include "store/payloads.h"

typedef struct kk_row_writer kk_row_writer;
/* In the format and to the file that the invocation asks for (--json, --format, --out); NULL and a
 * usage message where it cannot be. `store` is of the case, for the events of correlations; `folder`
 * is where a workbook keeps its temporary parts: inside the case. */
kk_row_writer *kk_row_writer_open(kk_invocation *i, kk_store *store, const char *folder,
                                  const kk_zone *zone);
void kk_write_event(void *writer, const kk_event_row *row); /* as kk_events_read wants it */
void kk_write_hit(void *writer, const kk_hit_row *row);     /* as kk_hits_read wants it */
/* As kk_payloads_read wants it. */
void kk_write_payload(void *writer, const kk_payload_line *row);
/* Anything else: its columns, the same in every row. `width` in a table, 0: not shown there; a time is
 * shown in the zone of the writer. `line` is the row of JSON Lines. */
typedef struct {
    const char *name;
    kk_slice value;
    size_t width;
    kk_time time; /* of a column that is a time: its value is made of it */
    bool is_time;
} kk_cell;
bool kk_row_writer_wants_lines(const kk_row_writer *writer);
void kk_write_cells(kk_row_writer *writer, const kk_cell *cells, size_t count, kk_slice line);
/* `status` is of what gave the rows; the first failure is returned, and told in the invocation. */
KK_CHECKED kk_status kk_row_writer_close(kk_row_writer *writer, kk_status status);
