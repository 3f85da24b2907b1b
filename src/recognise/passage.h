/* Persons in running text: labelled blocks (氏名: ...), signatures, names with a courtesy. */
#pragma once
#include "recognise/persona.h"

/* Who a mail is from and to, as "name <mailbox>" or a mailbox alone; empty where that is not one. What the text says
 * of them by name is theirs. They outlive the scratch arena. */
typedef struct {
    kk_slice sender, receiver;
} kk_letter;

/* Calls `found` for each person; the persona lives until the call returns. `letter` is NULL for other texts. */
void kk_passage_read(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice text,
                     const kk_letter *letter, void (*found)(void *context, kk_persona *persona),
                     void *context);
/* Whether a title among the first lines, of the whole or of a part behind blank lines, says that a form is only
 * shown (記入例); `at_top`: of the whole alone. */
bool kk_shows_sample(kk_arena *scratch, kk_slice text, bool at_top);
