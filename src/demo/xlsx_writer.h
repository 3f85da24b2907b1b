/* Writes an Excel workbook as Excel does: a zip of XML with shared strings and real date cells. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

typedef struct kk_workbook kk_workbook;
kk_workbook *kk_workbook_open(kk_arena *arena);
void kk_workbook_sheet(kk_workbook *book, kk_slice name); /* the sheet that rows go to */
void kk_workbook_row(kk_workbook *book);                  /* the row that cells go to */
void kk_workbook_text(kk_workbook *book, kk_slice text);  /* empty: an empty cell */
void kk_workbook_number(kk_workbook *book, int64_t number);
void kk_workbook_date(kk_workbook *book, int32_t day); /* days since 1970-01-01 */
kk_slice kk_workbook_finish(kk_workbook *book);
