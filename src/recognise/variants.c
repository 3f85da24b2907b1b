/* Kanji that are written in several forms, and characters that NFKC keeps apart: both tables by the
 * character, 0 where it stands for itself, since every character of every name is looked up. */
#include "recognise/fold.h"

#include <uchar.h>

#define SAME(form, kept) [(form)-KK_KANJI_FIRST] = (kept),
#define NEAR(character, group)
const uint16_t kk_same_forms[KK_KANJI] = {
#include "recognise/variants.def"
};

#define SAME(form, kept)
#define NEAR(character, group) [(character)-KK_KANJI_FIRST] = (group),
const uint16_t kk_near_forms[KK_KANJI] = {
#include "recognise/variants.def"
};

/* Forms outside the table's range. */
uint32_t kk_same_rare_kanji(uint32_t c)
{
    static const char32_t pairs[] = U"﨑崎𠀋丈𠮷吉𡈽土𣘺橋𣳾泰𥔎崎𫝆今𫞎橋";
    for (size_t i = 0; i + 1 < KK_COUNT(pairs) - 1; i += 2)
        if (pairs[i] == c)
            return pairs[i + 1];
    return c;
}
