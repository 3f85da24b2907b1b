/* Names of persons, and names that only stand where a person's would. */
#pragma once
#include "model/mention.h"
#include "recognise/lexicon.h"

typedef enum {
    KK_NAME_NONE,
    KK_NAME_JAPANESE, /* kanji, or kana as its only writing */
    KK_NAME_LATIN,
    KK_NAME_OTHER, /* another script */
} kk_script;

typedef struct {
    kk_script script;
    kk_standing standing;   /* KK_COUNTS, organisation, placeholder or deceased */
    kk_aside reason;        /* of a placeholder */
    kk_slice shown;         /* as found, cleaned, honorific off */
    kk_slice whole;         /* folded, without blanks; Latin: words in order of the alphabet */
    kk_slice family, given; /* folded; empty when it cannot be split */
    kk_slice former;        /* whole name with the former surname, from "(旧姓 ...)" */
    kk_slice kana;          /* a reading given in brackets */
    kk_slice reading;       /* Latin: as letters tell it (recognise/kana.h), surname first */
    bool order_untold;      /* ... if the given name stands first, as the West has it */
    kk_slice company;       /* found before the name in the same cell */
    bool full;              /* more than a surname */
    bool known;             /* surname and given name are in the lexicon */
    bool split;             /* the cell itself separates surname and given name */
} kk_name;

kk_name kk_name_read(kk_arena *arena, const kk_lexicon *lexicon, kk_slice cell);
/* The quick way for names of kanji and kana alone; false where it does not know. It is in the former, which
 * gives the same without it: kk_name_read_slowly, for tests. */
bool kk_kanji_name_read(kk_arena *arena, const kk_lexicon *lexicon, kk_slice plain, kk_name *name);
kk_name kk_name_read_slowly(kk_arena *arena, const kk_lexicon *lexicon, kk_slice cell);
/* From separate columns. */
kk_name kk_name_of_parts(kk_arena *arena, const kk_lexicon *lexicon, kk_slice family,
                         kk_slice given);
/* The folded whole name with another surname. */
kk_slice kk_name_with_family(kk_arena *arena, const kk_name *name, kk_slice family);
