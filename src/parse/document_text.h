/* What a text document tells: running text as passages, tables as rows. Parsers of documents say what
 * begins and ends; here it is put together, in an order in which tables and texts do not interrupt
 * each other: what stands inside (a note, a text box, a table in a cell) is told behind what is around it. */
#pragma once
#include "parse/parser.h"

typedef struct kk_document kk_document;

kk_document *kk_document_open(kk_arena *arena, kk_sink *sink);
/* Ends what is open and tells what waits: at the end of a part, whole or damaged. */
void kk_document_finish(kk_document *d);
/* Finishes, and reports what was only counted. */
void kk_document_close(kk_document *d);
/* Where in the item what comes now stands; 0 where that cannot be said. */
void kk_document_at(kk_document *d, uint64_t offset);

/* A flow of paragraphs: "body", "header", "comments". One inside another waits for the outer ones' end.
 * `name` lives as long as the document or is a literal. */
void kk_document_begin_flow(kk_document *d, kk_slice name);
void kk_document_end_flow(kk_document *d);
/* UTF-8; a tab or a line feed as such. */
void kk_document_text(kk_document *d, kk_slice text);
void kk_document_end_paragraph(kk_document *d);
/* What comes now is about somebody else: a new comment, a new page. */
void kk_document_gap(kk_document *d);

/* A table without a name is "table N". Cells hold text and paragraphs as flows do. */
void kk_document_begin_table(kk_document *d, kk_slice name);
void kk_document_begin_row(kk_document *d);
void kk_document_begin_cell(kk_document *d);
/* What the open cell holds so far; something else instead. */
kk_slice kk_document_cell(kk_document *d);
void kk_document_set_cell(kk_document *d, kk_slice text);
/* `times` cells of the same content, then `empty` ones. */
void kk_document_end_cell(kk_document *d, uint64_t times, uint64_t empty);
/* The same row `times` times. */
void kk_document_end_row(kk_document *d, uint64_t times);
void kk_document_end_table(kk_document *d);
