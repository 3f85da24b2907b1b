/* Values of an Access database as a person sees them. */
#pragma once
#include "parse/jet_table.h"

enum { KK_JET_TEXT_MAX = 1024 * 1024 };

typedef struct {
    kk_jet_file *file;
    kk_arena *arena; /* of one row: texts lie in it */
    uint64_t cut, odd,
        bad; /* long texts, code pages that are not known, values that make no sense */
} kk_jet_values;

/* Bytes of a text, also squeezed ones, to UTF-8. */
kk_slice kk_jet_text(kk_jet_values *v, unsigned code_page, kk_slice bytes);
/* What a cell shows; empty for what has no value. Of a value of bytes how many there are. */
kk_slice kk_jet_show(kk_jet_values *v, const kk_jet_row *row, const kk_jet_column *column);
