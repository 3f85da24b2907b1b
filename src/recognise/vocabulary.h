/* The words of headings.def, looked up. */
#pragma once
#include "base/slice.h"

typedef struct {
    const char *word;
    uint8_t len;
    uint8_t kind; /* kk_column_kind */
    bool whole;   /* only as the whole heading */
    bool weak, apart, works;
} vocable;

/* The word that the form is; NULL if it is none. */
const vocable *kk_vocable_of(kk_slice form);
/* The longest word in it; of equal ones the last, for the head of a Japanese compound does stand at its end. */
const vocable *kk_vocable_inside(kk_slice form);
