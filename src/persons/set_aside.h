/* What recognition did not count, and why: inside of the persons room only. */
#pragma once
#include "persons/persons_i.h"

/* Fills the lists of `out`; its sources are there already. */
KK_CHECKED kk_status set_aside_find(kk_identity_graph *g, kk_store *store, kk_persons *out,
                                    kk_fault *fault);
/* The heading of a column, from 1, in the JSON array of a table's headings; empty if there is none. */
kk_slice set_aside_column(kk_slice header, size_t column, kk_arena *arena);
void set_aside_json(kk_json *j, const kk_set_aside *list, size_t count, bool columns);
void without_people_json(kk_json *j, const kk_persons *persons);
/* For a file, a table or a row that holds nobody: what it was taken for. */
KK_CHECKED kk_status set_aside_explain(kk_store *store, const kk_persons *persons, kk_slice what,
                                       kk_arena *arena, kk_json *j, bool *found, kk_fault *fault);
