/* Events and detections as rows: JSON Lines, CSV, a table for a terminal, or a workbook. */
#pragma once
#include "cli/command.h"
#include "store/hits.h"

typedef struct kk_row_writer kk_row_writer;
/* `format` by name; NULL and a usage message where it is not one. `folder` is where a workbook keeps its
 * temporary parts: inside the case. `path` is where a workbook goes, ignored by the others. */
/* `store`: of the case, for the events of correlations. */
kk_row_writer *kk_row_writer_open(kk_invocation *i, kk_store *store, kk_slice format,
                                  const char *folder, kk_slice path, const kk_zone *zone);
void kk_write_event(void *writer, const kk_event_row *row); /* as kk_events_read wants it */
void kk_write_hit(void *writer, const kk_hit_row *row);     /* as kk_hits_read wants it */
KK_CHECKED kk_status kk_row_writer_close(kk_row_writer *writer, kk_fault *fault);
