/* Cells that somebody wrote sentences into: remarks, bodies of enquiries, records of calls. Who is named
 * there is found by the rules of running text. */
#pragma once
#include "recognise/persona.h"

/* The columns of such cells, by their headings or by what the sampled rows hold; *count is 0 in most
 * tables. */
uint16_t *kk_free_text_columns(const kk_plan *plan, kk_arena *arena, size_t *count);
/* Whether the cell is long enough, and has any sign that somebody may be named in it. Cheap. */
bool kk_may_name_people(kk_slice cell);
/* Whether it tells nothing that the persons of the row do not tell themselves. */
bool kk_is_of_row(const kk_persona *found, const kk_persona *persons, size_t count);
/* 妻 山田花子: a relative of who the row is about. */
bool kk_is_named_as_relative(kk_slice cell, const kk_persona *found);
