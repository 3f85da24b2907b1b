/* Files that lie in a database: objects in OLE columns, attachments. */
#pragma once
#include "parse/jet_value.h"

typedef struct {
    kk_sink *sink;
    kk_arena *arena;      /* of one row */
    uint64_t unpack_left; /* bytes that attachments may still unpack to */
    uint64_t told, bad, too_large;
} kk_jet_objects;

/* Tells what is inside as a child. `place` is its path up to its name; `label` its name where the database
 * tells one, else the column's. */
void kk_jet_tell_object(kk_jet_objects *o, kk_jet_long *value, kk_slice place, kk_slice label,
                        bool is_attachment);
