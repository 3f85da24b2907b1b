/* Tables in texts whose columns nothing but places part: lines of one width as host systems write them, with and without
 * headings, and lists that are aligned with blanks. Lines are held until it shows whether they are one. */
#pragma once
#include "parse/document_text.h"

typedef struct kk_text_columns kk_text_columns;

/* What is done with lines that are of no table, which come back in their order, and before a table begins. */
typedef struct {
    void (*plain)(void *context, kk_slice line, uint64_t offset);
    void (*begin_table)(void *context);
    void *context;
} kk_text_around;

/* `text` and `services`, which may be NULL, live as long. */
kk_text_columns *kk_text_columns_open(kk_arena *arena, kk_document *document,
                                      const kk_text_around *text, const kk_services *services);
/* False: the line is of no table, nothing is held any more, and it is the caller's. */
bool kk_text_columns_take(kk_text_columns *c, kk_slice line, uint64_t offset);
/* Tells or gives back what is held. */
void kk_text_columns_end(kk_text_columns *c);
/* Lines of one width, with blanks or digits as records have them, whose columns could not be told; and where the first is. */
uint64_t kk_text_columns_unread(const kk_text_columns *c, uint64_t *first);
void kk_text_columns_close(kk_text_columns *c);
