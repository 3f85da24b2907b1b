/* What stands beside the cells of a workbook: comments of its sheets, and text boxes of its drawings. */
#pragma once
#include "parse/office_parts.h"

typedef struct kk_xlsx_notes kk_xlsx_notes;

kk_xlsx_notes *kk_xlsx_notes_open(kk_arena *arena);
/* Reads the current part where it is one of notes, or says which sheet's these are. */
void kk_xlsx_notes_take(kk_xlsx_notes *notes, kk_office_file *file, kk_slice path);
/* Which notes are those of the sheet: where they begin. False: it has none. */
bool kk_xlsx_notes_of_sheet(kk_xlsx_notes *notes, kk_slice sheet);
/* The comments at the row's cells, of the sheet asked for last; empty if there are none. Told once. */
kk_slice kk_xlsx_notes_of_row(kk_xlsx_notes *notes, kk_arena *arena, uint64_t row);
/* Passages of `comments` that no row was told with, and of `text boxes`. */
void kk_xlsx_notes_rest(const kk_xlsx_notes *notes, kk_sink *sink);
