/* Events, detections and what else has columns as rows: JSON Lines, CSV, a table for a terminal, or a workbook. */
#pragma once
#include "cli/command.h"
#include "persons/persons.h"
#include "store/hits.h"
#include "store/logons.h"
#include "store/payloads.h"

typedef struct kk_row_writer kk_row_writer;
/* In the format and to the file that the invocation asks for (--json, --format, --out); NULL and a
 * usage message where it cannot be. `store` is of the case, for the events of correlations; `folder`
 * is where a workbook keeps its temporary parts: inside the case. */
kk_row_writer *kk_row_writer_open(kk_invocation *i, kk_store *store, const char *folder,
                                  const kk_zone *zone);
void kk_write_event(void *writer, const kk_event_row *row); /* as kk_events_read wants it */
void kk_write_hit(void *writer, const kk_hit_row *row);     /* as kk_hits_read wants it */
void kk_write_logon(void *writer, const kk_logon_row *row); /* as kk_logons_read wants it */
/* As kk_payloads_read wants it. */
void kk_write_payload(void *writer, const kk_payload_line *row);

void kk_write_person(void *writer, const kk_person_line *line); /* as kk_persons_list wants it */
void kk_write_person_heads(kk_row_writer *writer);              /* where nobody was written */

/* Any other row: its object where JSON Lines are written, else its columns, the same in every row. */
typedef struct {
    const char *name; /* NULL: in tables only */
    kk_slice value;
    size_t width; /* in a table; 0: not shown there */
    kk_time
        time; /* of a column that is a time, shown in the writer's zone: its value is made of it */
    bool is_time;
} kk_cell;
#define KK_CELLS_MOST 96
/* Where the row's object goes, to be ended with kk_row_end; NULL where cells are wanted. */
kk_buffer *kk_row_line(kk_row_writer *writer);
void kk_row_end(kk_row_writer *writer);
void kk_write_cells(kk_row_writer *writer, const kk_cell *cells, size_t count);

/* `status` is of what gave the rows; the first failure is returned, and told in the invocation. */
KK_CHECKED kk_status kk_row_writer_close(kk_row_writer *writer, kk_status status);
