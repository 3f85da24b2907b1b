/* What was read beside a file that could not be read, and what that says of it: copies of it, others of
 * its series (顧客_2024-02.xlsx beside 顧客_2024-03.xlsx.locked), its folder, its name. */
#pragma once
#include "persons/persons_i.h"

/* Where an unread file stood before somebody put a suffix on its name. */
typedef struct {
    kk_slice label, path;    /* as it is now */
    kk_slice host, original; /* path without the suffix */
} unread_place;

typedef struct neighbours neighbours;

/* The files that were read. `counted` is looked at only when something is suggested. `unread`: items, ascending, of which something was not; they are no measure
 * of others. Everything lives in the arena. */
KK_CHECKED kk_status neighbours_load(const unread_search *s, const kk_persons *counted,
                                     const uint64_t *unread, size_t unread_count, kk_arena *arena,
                                     neighbours **out, kk_fault *fault);
/* The same file of the same host, read elsewhere: restored, or in older evidence. */
bool neighbours_have_copy(const neighbours *n, kk_arena *scratch, const unread_place *place);
/* Of these the ones in which people are: files of the graph, `most` at most. */
size_t neighbours_people(const neighbours *n, kk_arena *scratch, const unread_place *place,
                         uint32_t *files, size_t most);
/* Fills `suggests` of a listed file, and an estimate by its size where files of its kind allow one. */
void neighbours_suggest(const neighbours *n, kk_arena *scratch, const unread_place *place,
                        bool may_estimate, kk_unread *unread);

kk_slice path_last_name(kk_slice path);
kk_slice path_ending(kk_slice name); /* without the dot; empty if none */
