/* Japanese surnames and given names, with their readings in kana and in letters. The words of IPADIC
 * (package mecab-ipadic) where it is installed; frequent names are built in. Read once, before a
 * sandbox closes; then plain memory. */
#pragma once
#include "base/arena.h"

typedef struct kk_lexicon kk_lexicon;

enum {
    KK_WORD_SURNAME = 1,
    KK_WORD_GIVEN = 2,
    KK_WORD_SURNAME_READING = 4, /* kana skeleton */
    KK_WORD_GIVEN_READING = 8,
    KK_WORD_SURNAME_LATIN = 16, /* letters as kk_latin_skeleton gives them */
    KK_WORD_GIVEN_LATIN = 32,
};

const kk_lexicon *kk_lexicon_open(kk_arena *arena);
/* What a word can be: KK_WORD_ bits, 0 when it is in no list. Kanji folded by kk_fold_kanji. */
unsigned kk_lexicon_look(const kk_lexicon *lexicon, kk_slice word);
/* The same for surnames and given names of one to four letters, by their numbers (recognise/letters.h),
 * the first one highest. */
unsigned kk_lexicon_look_letters(const kk_lexicon *lexicon, uint64_t key);
/* NULL where the list has too many such words for them to be looked up so. */
const struct kk_letter_facts *kk_lexicon_letters(const kk_lexicon *lexicon);
/* Number of words, and a fingerprint of them all: belongs to the settings that results depend on. */
size_t kk_lexicon_size(const kk_lexicon *lexicon);
uint64_t kk_lexicon_fingerprint(const kk_lexicon *lexicon);

/* Built in: words separated by blanks, each followed by its reading. */
extern const char kk_frequent_surnames[], kk_more_surnames[];
extern const char kk_frequent_given_names[], kk_more_given_names[];
