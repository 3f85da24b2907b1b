/* Names of kanji and kana alone, with at most one blank, as nearly all cells of a column of names are.
 * Each character is looked up once; whatever it could begin, end or tell (a courtesy, a company, test data)
 * leaves the cell to name.c, which gives the same for all cells. */
#include "recognise/name.h"

#include "recognise/fold.h"
#include "recognise/letters.h"

enum {
    LETTERS_MAX = 9,
    UNSPLIT_MAX = 5 /* a name without a blank: longer ones are cut at more places than keys hold */
};

typedef struct {
    uint16_t letter[LETTERS_MAX + 1]; /* folded */
    size_t count, family;             /* letters; letters before the blank, 0 for none */
    size_t kana;                      /* letters of kana before the first of kanji */
    uint8_t all, first, last;         /* marks of any, of the first, of the last */
    bool kanji, folded;
} letters;

/* The text may be none yet that was brought to its plain form: 0 for what is no three bytes of UTF-8. */
static uint32_t take_triple(kk_slice text, size_t *at)
{
    const unsigned char *p = (const unsigned char *)text.ptr + *at;
    if (text.len - *at < 3 || p[0] < 0xe3 || p[0] > 0xe9 || (p[1] & 0xc0) != 0x80 ||
        (p[2] & 0xc0) != 0x80)
        return 0;
    *at += 3;
    return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
}

/* False for characters of other kinds, more than one blank, or too many. */
static bool take_letters(const kk_lexicon *lexicon, kk_slice text, letters *out)
{
    const kk_letter_facts *facts = kk_lexicon_letters(lexicon);
    out->count = out->family = out->kana = 0;
    out->all = out->first = 0;
    out->kanji = out->folded = false;
    if (!facts)
        return false;
    for (size_t at = 0; at < text.len;) {
        if (text.ptr[at] == ' ' && !out->family && out->count) {
            out->family = out->count;
            at++;
            continue;
        }
        uint32_t c = take_triple(text, &at);
        unsigned letter = kk_letter_of(c);
        if (!letter || out->count == LETTERS_MAX)
            return false;
        uint32_t fact = facts->of[letter];
        uint8_t mark = (uint8_t)(fact >> KK_LETTER_MARKS_SHIFT);
        out->all |= mark;
        out->last = mark;
        if (!out->count)
            out->first = mark;
        out->folded |= (fact & KK_LETTER_FOLDS) != 0;
        out->kanji |= letter >= KK_LETTER_KANJI;
        out->kana += !out->kanji;
        out->letter[out->count++] = (uint16_t)(fact & KK_LETTER_MASK);
    }
    return out->count > out->family;
}

static uint64_t key_of(const letters *l, size_t from, size_t to)
{
    uint64_t key = 0;
    for (size_t i = from; i < to; i++)
        key = key << KK_LETTER_BITS | l->letter[i];
    return key;
}

static unsigned look(const kk_lexicon *lexicon, const letters *l, size_t from, size_t to,
                     kk_slice whole)
{
    if (to - from <= KK_LETTERS_OF_KEY)
        return kk_lexicon_look_letters(lexicon, key_of(l, from, to));
    return kk_lexicon_look(lexicon, kk_part(whole, 3 * from, 3 * (to - from)));
}

/* As cut_score of name.c. */
static int cut_score(const kk_lexicon *lexicon, const letters *l, size_t cut)
{
    size_t given = l->count - cut;
    if (!(kk_lexicon_look_letters(lexicon, key_of(l, 0, cut)) & KK_WORD_SURNAME))
        return 0;
    bool known = kk_lexicon_look_letters(lexicon, key_of(l, cut, l->count)) & KK_WORD_GIVEN;
    if (!known && given > 3)
        return 0;
    return (known ? 20 : 0) + (cut == 2 ? 4 : cut == 3 ? 3 : 1) + (given == 2 ? 2 : 1);
}

static void split_by_lexicon(const kk_lexicon *lexicon, const letters *l, kk_name *name)
{
    int best = 0;
    bool surname = look(lexicon, l, 0, l->count, name->whole) & KK_WORD_SURNAME;
    for (size_t cut = 1; cut < l->count && !surname; cut++) {
        int score = cut_score(lexicon, l, cut);
        if (score > best) {
            best = score;
            name->family = kk_part(name->whole, 0, 3 * cut);
            name->given = kk_from(name->whole, 3 * cut);
        }
    }
    name->known = best >= 20;
    name->full = name->known || (l->count >= 3 && !surname) || name->given.len > 0;
}

static void split_by_blank(const kk_lexicon *lexicon, const letters *l, kk_name *name)
{
    name->family = kk_part(name->whole, 0, 3 * l->family);
    name->given = kk_from(name->whole, 3 * l->family);
    name->split = name->full = true;
    /* both are looked for before either is known, so that neither waits for the other */
    unsigned family = look(lexicon, l, 0, l->family, name->whole);
    unsigned given = look(lexicon, l, l->family, l->count, name->whole);
    name->known = (family & KK_WORD_SURNAME) && (given & KK_WORD_GIVEN);
}

/* Folded, without the blank. Every letter takes three bytes. */
static kk_slice whole_of(kk_arena *arena, const letters *l, kk_slice text)
{
    if (!l->folded)
        return l->family ? kk_join(arena, kk_part(text, 0, 3 * l->family),
                                   kk_from(text, 3 * l->family + 1))
                         : text;
    kk_pen pen = kk_pen_open(arena, text.len);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = kk_plain_char(text, &at);
        if (c != ' ')
            kk_pen_put(&pen, kk_same_kanji(c));
    }
    return kk_pen_slice(&pen);
}

/* サトウケンイチ 佐藤健一: may be a reading above its name. */
enum { READING_MIN = 3 };

bool kk_kanji_name_read(kk_arena *arena, const kk_lexicon *lexicon, kk_slice plain, kk_name *name)
{
    letters l;
    if (plain.len > 3 * LETTERS_MAX + 1 || !take_letters(lexicon, plain, &l) || !l.kanji ||
        kk_is_blank(plain))
        return false;
    if (l.kana >= READING_MIN || (l.all & KK_MARK_ORGANISATION) || (l.first & KK_MARK_BEGINS) ||
        (l.last & KK_MARK_COURTESY) || (l.family ? l.count < 3 : l.count > UNSPLIT_MAX))
        return false;
    *name = (kk_name){.script = KK_NAME_JAPANESE, .standing = KK_COUNTS, .shown = plain};
    name->whole = whole_of(arena, &l, plain);
    if (l.family)
        split_by_blank(lexicon, &l, name);
    else
        split_by_lexicon(lexicon, &l, name);
    /* what is no name after all */
    return name->known || (l.count > 1 && l.letter[0] != l.letter[1] && !(l.all & KK_MARK_NOBODY) &&
                           !(l.last & KK_MARK_ENDS));
}
