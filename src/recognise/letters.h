/* Kanji and kana by small numbers: four of them are a key of the lexicon, and each has marks that tell
 * whether a name that holds it could be something else. */
#pragma once
#include "recognise/fold.h"

enum {
    KK_LETTER_BITS = 15,
    KK_LETTERS_OF_KEY = 4,
    KK_LETTER_REPEAT = 190, /* 々; kana stand below it */
    KK_LETTER_KANJI = KK_LETTER_REPEAT,
    KK_LETTER_KANJI_FIRST = 256, /* U+4E00 */
    KK_LETTERS = KK_LETTER_KANJI_FIRST + KK_KANJI
};

/* 0 for other characters; all that have a number take three bytes. */
static inline unsigned kk_letter_of(uint32_t c)
{
    if (c - KK_KANJI_FIRST < KK_KANJI)
        return KK_LETTER_KANJI_FIRST + c - KK_KANJI_FIRST;
    if (c >= 0x3041 && c <= 0x30fc && kk_char_kana(c))
        return c - 0x3040;
    return c == 0x3005 ? KK_LETTER_REPEAT : 0;
}

enum {
    KK_MARK_COURTESY = 1,     /* ends a courtesy: 様 */
    KK_MARK_BEGINS = 2,       /* begins what says that somebody is dead */
    KK_MARK_ORGANISATION = 4, /* one of these is in every word for organisations */
    KK_MARK_NOBODY = 8,       /* one of these is in every word for test data and the like */
    KK_MARK_ENDS = 16, /* ends a whole cell that is a heading, or a word for a trade or group */
};

typedef struct kk_letter_marks {
    uint8_t of[KK_LETTERS];
} kk_letter_marks;

/* What is known of a letter, in one place: the letter that it is folded to, whether that is another, and the
 * marks of both. */
enum {
    KK_LETTER_MASK = (1 << KK_LETTER_BITS) - 1,
    KK_LETTER_FOLDS = 1 << KK_LETTER_BITS,
    KK_LETTER_MARKS_SHIFT = 16
};
typedef struct kk_letter_facts {
    uint32_t of[KK_LETTERS];
} kk_letter_facts;

/* The first or last character of each word, or all of them. */
typedef enum { KK_FIRST_LETTER, KK_LAST_LETTER, KK_ALL_LETTERS } kk_which_letter;
void kk_mark_letters(kk_letter_marks *marks, const kk_slice *words, size_t count,
                     kk_which_letter which, uint8_t mark);
/* What name.c and company.c look for. */
void kk_name_mark_letters(kk_letter_marks *marks);
void kk_company_mark_letters(kk_letter_marks *marks);
