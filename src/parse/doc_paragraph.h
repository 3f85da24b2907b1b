/* What a Word file says of its paragraphs: which of them are in tables, and what ends cells and rows. */
#pragma once
#include "base/cursor.h"
#include "evidence/stream.h"

typedef struct kk_doc_paragraphs kk_doc_paragraphs;

typedef struct {
    unsigned depth; /* of tables around it */
    bool ends_cell, ends_row;
} kk_doc_paragraph;

/* `ranges`: the list PlcBtePapx. `more`: the stream "Data", or NULL. NULL when nothing is known. */
kk_doc_paragraphs *kk_doc_paragraphs_open(kk_arena *arena, kk_stream *text, kk_stream *more,
                                          kk_slice ranges);
/* Of the paragraph whose mark, `mark`, is at this place of the stream. */
kk_doc_paragraph kk_doc_paragraph_at(kk_doc_paragraphs *p, uint64_t place, uint32_t mark);
