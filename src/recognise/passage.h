/* Persons in running text: labelled blocks (氏名: ...), signatures, names with a courtesy. */
#pragma once
#include "recognise/persona.h"

/* Calls `found` for each person; the persona lives until the call returns. `receiver`: the mailbox that the
 * text was sent to, of whom it greets; may be empty. */
void kk_passage_read(kk_arena *scratch, const kk_lexicon *lexicon, kk_slice text, kk_slice receiver,
                     void (*found)(void *context, kk_persona *persona), void *context);
