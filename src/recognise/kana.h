/* Readings: kana to a skeleton that survives the ways one name is written in forms, and to letters. */
#pragma once
#include "base/arena.h"

/* Kana of any width, long marks, middle dots and blanks; at least one kana. */
bool kk_is_kana(kk_slice plain);
/* Katakana without blanks: small letters large, ヅ as ズ, ヂ as ジ, ヲ as オ, every long vowel as ー
 * (オオノ, オウノ and オーノ are one, オノ is another). Empty when the text is not kana. */
kk_slice kk_kana_skeleton(kk_arena *arena, kk_slice plain);
/* What letters tell of a skeleton: long vowels are short, ンイ is ニ (Ken'ichi). The skeleton itself where
 * that is all of it. */
kk_slice kk_reading_loosely(kk_arena *arena, kk_slice skeleton);
/* Both letter by letter, for what cannot be looked at all at once. */
kk_slice kk_kana_skeleton_slowly(kk_arena *arena, kk_slice plain);
kk_slice kk_reading_loosely_slowly(kk_arena *arena, kk_slice skeleton);
/* The same of Latin letters, Hepburn or Kunrei; empty if these are no Japanese syllables. */
kk_slice kk_reading_of_letters(kk_arena *arena, kk_slice word);
/* Katakana or hiragana to Latin letters in one spelling (Hepburn without long vowels). */
kk_slice kk_kana_to_latin(kk_arena *arena, kk_slice kana);
/* Latin letters of a Japanese name to that spelling: "Satoh", "Satou", "SATO" are "sato". */
kk_slice kk_latin_skeleton(kk_arena *arena, kk_slice word);
