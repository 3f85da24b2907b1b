/* Readings. Katakana from U+30A1: small and large, plain and voiced letters stand in pairs. */
#include "recognise/kana.h"

#include "base/text.h"
#include "recognise/fold.h"

#include <uchar.h>

enum { LONG_MARK = 0x30fc, KATAKANA_FIRST = 0x30a1, KATAKANA_LAST = 0x30f4 };

/* Letters of each katakana from ァ U+30A1 to ヴ U+30F4; "-" marks ッ. */
static const char *const letters[] = {
    "a",  "a",  "i",  "i",  "u",   "u",  "e",  "e",   "o",   "o",  "ka", "ga", "ki", "gi",
    "ku", "gu", "ke", "ge", "ko",  "go", "sa", "za",  "shi", "ji", "su", "zu", "se", "ze",
    "so", "zo", "ta", "da", "chi", "ji", "-",  "tsu", "zu",  "te", "de", "to", "do", "na",
    "ni", "nu", "ne", "no", "ha",  "ba", "pa", "hi",  "bi",  "pi", "fu", "bu", "pu", "he",
    "be", "pe", "ho", "bo", "po",  "ma", "mi", "mu",  "me",  "mo", "ya", "ya", "yu", "yu",
    "yo", "yo", "ra", "ri", "ru",  "re", "ro", "wa",  "wa",  "i",  "e",  "o",  "n",  "bu",
};

static uint32_t to_katakana(uint32_t c)
{
    return kk_char_hiragana(c) ? c + 0x60 : c;
}

bool kk_is_kana(kk_slice plain)
{
    size_t at = 0, kana = 0;
    while (at < plain.len) {
        uint32_t c = kk_plain_char(plain, &at);
        if (kk_char_kana(c))
            kana++;
        else if (c != ' ' && c != 0x30fb && !kk_char_dash(c) && c != '.')
            return false;
    }
    return kana > 0;
}

/* Of each katakana up to ヺ: the letter that stands for it, and the vowel of that letter's own sound. */
static const char32_t large_forms[] =
    U"アアイイウウエエオオカガキギクグケゲコゴサザシジスズセゼソゾ"
    U"タダチジツツズテデトドナニヌネノハバパヒビピフブプヘベペホボ"
    U"ポマミムメモヤヤユユヨヨラリルレロワワイエオンブカケヷヸヹヺ";
static const char vowels[] = "aaiiuueeooaaiiuueeooaaiiuueeoo"
                             "aaii-uueeooaiueoaaaiiiuuueeeoo"
                             "oaiueoaauuooaiueoaaieo-u------";

/* Where a kana with a large form stands in these tables, or their end. */
static inline size_t place_of(uint32_t c)
{
    const size_t count = KK_COUNT(large_forms) - 1;
    size_t at = c - KATAKANA_FIRST;
    if (at < count)
        return at;
    return kk_char_hiragana(c) ? c + 0x60 - KATAKANA_FIRST : count;
}

static inline size_t put_kana(char *p, uint32_t c)
{
    p[0] = (char)(0xe0 | c >> 12);
    p[1] = (char)(0x80 | (c >> 6 & 0x3f));
    p[2] = (char)(0x80 | (c & 0x3f));
    return 3;
}

typedef struct {
    kk_pen pen;
    char vowel;      /* of the letter before, "-" for none */
    bool lengthened; /* by the letter before */
    bool any;
} skeleton;

/* A vowel that is held, however it is written: only its first mark is kept. */
static inline void lengthen(skeleton *s)
{
    if (!s->lengthened)
        s->pen.len += put_kana(s->pen.ptr + s->pen.len, LONG_MARK);
    s->lengthened = true;
}

static inline void add_kana(skeleton *s, size_t place)
{
    uint32_t c = large_forms[place];
    s->any = true;
    if ((c == 0x30a6 && (s->vowel == 'o' || s->vowel == 'u')) || (c == 0x30aa && s->vowel == 'o')) {
        lengthen(s);
        return;
    }
    s->pen.len += put_kana(s->pen.ptr + s->pen.len, c);
    s->lengthened = false;
    c -= KATAKANA_FIRST;
    s->vowel = c < sizeof vowels - 1 ? vowels[c] : '-';
}

/* Of other characters; false for one that no reading has. */
static bool add_mark(skeleton *s, uint32_t c)
{
    s->any |= kk_char_kana(c);
    if (kk_char_dash(c)) {
        if (s->vowel != '-')
            lengthen(s);
        return true;
    }
    s->vowel = '-';
    return c == ' ' || c == 0x30fb || c == '.';
}

kk_slice kk_kana_skeleton(kk_arena *arena, kk_slice plain)
{
    skeleton s = {.vowel = '-'};
    for (size_t at = 0; at < plain.len;) {
        uint32_t c = kk_plain_char(plain, &at);
        size_t place = place_of(c);
        if (!s.pen.ptr)
            s.pen = kk_pen_open(arena, 3 * plain.len);
        if (place < KK_COUNT(large_forms) - 1)
            add_kana(&s, place);
        else if (!add_mark(&s, c))
            return KK_NONE;
    }
    return s.any ? kk_pen_slice(&s.pen) : KK_NONE;
}

/* キ + ャ is "kya", シ + ャ is "sha". */
static void add_glide(kk_pen *pen, uint32_t c)
{
    const char *sound = letters[c - KATAKANA_FIRST]; /* ya yu yo */
    if (pen->len && pen->ptr[pen->len - 1] == 'i')
        pen->len--;
    bool soft = pen->len && (pen->ptr[pen->len - 1] == 'h' || pen->ptr[pen->len - 1] == 'j');
    bool sound_h =
        soft && pen->ptr[pen->len - 1] == 'h' &&
        (pen->len < 2 || (pen->ptr[pen->len - 2] != 's' && pen->ptr[pen->len - 2] != 'c'));
    kk_pen_add(pen, kk_cstr(soft && !sound_h ? sound + 1 : sound));
}

kk_slice kk_kana_to_latin(kk_arena *arena, kk_slice kana)
{
    kk_pen pen = kk_pen_open(arena, kana.len + 4);
    bool doubled = false;
    size_t at = 0;
    while (at < kana.len) {
        uint32_t c = to_katakana(kk_plain_char(kana, &at));
        if (c < KATAKANA_FIRST || c > KATAKANA_LAST)
            continue;
        if (c == 0x30c3) {
            doubled = true;
            continue;
        }
        if (c == 0x30e3 || c == 0x30e5 || c == 0x30e7) {
            add_glide(&pen, c);
            continue;
        }
        const char *sound = letters[c - KATAKANA_FIRST];
        if (doubled)
            kk_pen_add(&pen, (kk_slice){sound[0] == 'c' ? "t" : sound, 1});
        doubled = false;
        kk_pen_add(&pen, kk_cstr(sound));
    }
    return kk_latin_skeleton(arena, kk_pen_slice(&pen));
}

/* Spellings of other systems, longest first where one holds another; each of two or three letters. */
#define SPELT(from, to)                                                                            \
    {                                                                                              \
        KK_WORD(from), KK_WORD(to)                                                                 \
    }
typedef struct {
    kk_slice from, to;
} spelling;
static const spelling spellings[] = {
    SPELT("sya", "sha"), SPELT("syu", "shu"), SPELT("syo", "sho"), SPELT("tya", "cha"),
    SPELT("tyu", "chu"), SPELT("tyo", "cho"), SPELT("zya", "ja"),  SPELT("zyu", "ju"),
    SPELT("zyo", "jo"),  SPELT("jya", "ja"),  SPELT("jyu", "ju"),  SPELT("jyo", "jo"),
    SPELT("oh", "o"),    SPELT("ou", "o"),    SPELT("oo", "o"),    SPELT("uu", "u"),
    SPELT("mb", "nb"),   SPELT("mp", "np"),   SPELT("mm", "nm")};
static const spelling syllables[] = {SPELT("si", "shi"), SPELT("ti", "chi"), SPELT("tu", "tsu"),
                                     SPELT("hu", "fu"), SPELT("zi", "ji")};
#undef SPELT

/* Letter by letter: the lexicon asks this of every place of all its words, and hardly ever finds one. */
static bool is_spelt(kk_slice rest, kk_slice from)
{
    return rest.len >= from.len && rest.ptr[0] == from.ptr[0] && rest.ptr[1] == from.ptr[1] &&
           (from.len == 2 || rest.ptr[2] == from.ptr[2]);
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'i' || c == 'u' || c == 'e' || c == 'o';
}

static bool replace_spelling(kk_pen *pen, kk_slice word, size_t *at)
{
    kk_slice rest = kk_from(word, *at);
    for (size_t i = 0; i < KK_COUNT(spellings); i++) {
        kk_slice from = spellings[i].from;
        if (!is_spelt(rest, from))
            continue;
        /* "ohara" is o-ha-ra, "ohno" is a long o */
        if (from.ptr[1] == 'h' && rest.len > 2 && is_vowel(rest.ptr[2]))
            continue;
        kk_pen_add(pen, spellings[i].to);
        *at += from.len;
        return true;
    }
    for (size_t i = 0; i < KK_COUNT(syllables); i++) {
        bool after_consonant = *at > 0 && (word.ptr[*at - 1] == 's' || word.ptr[*at - 1] == 'c' ||
                                           word.ptr[*at - 1] == 't');
        if (is_spelt(rest, syllables[i].from) && !after_consonant) {
            kk_pen_add(pen, syllables[i].to);
            *at += 2;
            return true;
        }
    }
    return false;
}

kk_slice kk_latin_skeleton(kk_arena *arena, kk_slice word)
{
    word = kk_lower(arena, word);
    kk_pen pen = kk_pen_open(arena, word.len * 2 + 4);
    size_t at = 0;
    while (at < word.len) {
        if (replace_spelling(&pen, word, &at))
            continue;
        char c = word.ptr[at++];
        if (c != '\'' && c != '-')
            kk_pen_add(&pen, (kk_slice){&c, 1});
    }
    return kk_pen_slice(&pen);
}

/* ---- readings that letters can tell ---- */

static char vowel_of(uint32_t c)
{
    size_t place = c - KATAKANA_FIRST;
    return place < sizeof vowels - 1 ? vowels[place] : '-';
}

static bool holds_vowel(uint32_t c, char before)
{
    return c == LONG_MARK || (c == U'ウ' && (before == 'o' || before == 'u')) ||
           (c == U'オ' && before == 'o');
}

/* ン and a vowel or glide behind it, as letters run them together; 0: they do not. */
static uint32_t run_together(uint32_t c)
{
    static const char32_t behind[] = U"アイウエオヤユヨ", together[] = U"ナニヌネノニニニ";
    for (size_t i = 0; i + 1 < KK_COUNT(behind); i++)
        if (c == behind[i])
            return together[i];
    return 0;
}

static bool is_told_by_letters(kk_slice kana)
{
    uint32_t before = 0;
    for (size_t at = 0; at < kana.len;) {
        uint32_t c = kk_plain_char(kana, &at);
        if (holds_vowel(c, vowel_of(before)) || (before == U'ン' && run_together(c)))
            return false;
        before = c;
    }
    return true;
}

kk_slice kk_reading_loosely(kk_arena *arena, kk_slice kana)
{
    if (is_told_by_letters(kana))
        return kana;
    kk_pen pen = kk_pen_open(arena, kana.len);
    uint32_t before = 0;
    for (size_t at = 0; at < kana.len;) {
        uint32_t c = kk_plain_char(kana, &at);
        uint32_t both = before == U'ン' ? run_together(c) : 0;
        if (holds_vowel(c, vowel_of(before)))
            continue;
        if (both) {
            pen.len -= 3;
            kk_pen_put(&pen, both);
        }
        if (!both || c == U'ヤ' || c == U'ユ' || c == U'ヨ')
            kk_pen_put(&pen, c);
        before = both && vowel_of(c) == vowel_of(both) ? both : c;
    }
    return kk_pen_slice(&pen);
}

/* Katakana of a consonant before a, i, u, e, o; longer ones first. A letter behind i is a glide's. */
static const struct {
    const char *letters;
    const char32_t *kana[5];
} onsets[] = {
    {"sh", {U"シヤ", U"シ", U"シユ", U"シエ", U"シヨ"}},
    {"sy", {U"シヤ", NULL, U"シユ", NULL, U"シヨ"}},
    {"ch", {U"チヤ", U"チ", U"チユ", U"チエ", U"チヨ"}},
    {"ty", {U"チヤ", NULL, U"チユ", NULL, U"チヨ"}},
    {"cy", {U"チヤ", NULL, U"チユ", NULL, U"チヨ"}},
    {"ts", {NULL, NULL, U"ツ", NULL, NULL}},
    {"ky", {U"キヤ", NULL, U"キユ", NULL, U"キヨ"}},
    {"gy", {U"ギヤ", NULL, U"ギユ", NULL, U"ギヨ"}},
    {"ny", {U"ニヤ", NULL, U"ニユ", NULL, U"ニヨ"}},
    {"hy", {U"ヒヤ", NULL, U"ヒユ", NULL, U"ヒヨ"}},
    {"by", {U"ビヤ", NULL, U"ビユ", NULL, U"ビヨ"}},
    {"py", {U"ピヤ", NULL, U"ピユ", NULL, U"ピヨ"}},
    {"my", {U"ミヤ", NULL, U"ミユ", NULL, U"ミヨ"}},
    {"ry", {U"リヤ", NULL, U"リユ", NULL, U"リヨ"}},
    {"jy", {U"ジヤ", NULL, U"ジユ", NULL, U"ジヨ"}},
    {"zy", {U"ジヤ", NULL, U"ジユ", NULL, U"ジヨ"}},
    {"k", {U"カ", U"キ", U"ク", U"ケ", U"コ"}},
    {"g", {U"ガ", U"ギ", U"グ", U"ゲ", U"ゴ"}},
    {"s", {U"サ", U"シ", U"ス", U"セ", U"ソ"}},
    {"z", {U"ザ", U"ジ", U"ズ", U"ゼ", U"ゾ"}},
    {"j", {U"ジヤ", U"ジ", U"ジユ", U"ジエ", U"ジヨ"}},
    {"t", {U"タ", U"チ", U"ツ", U"テ", U"ト"}},
    {"d", {U"ダ", U"ジ", U"ズ", U"デ", U"ド"}},
    {"n", {U"ナ", U"ニ", U"ヌ", U"ネ", U"ノ"}},
    {"h", {U"ハ", U"ヒ", U"フ", U"ヘ", U"ホ"}},
    {"f", {U"フア", U"フイ", U"フ", U"フエ", U"フオ"}},
    {"b", {U"バ", U"ビ", U"ブ", U"ベ", U"ボ"}},
    {"p", {U"パ", U"ピ", U"プ", U"ペ", U"ポ"}},
    {"m", {U"マ", U"ミ", U"ム", U"メ", U"モ"}},
    {"y", {U"ヤ", NULL, U"ユ", NULL, U"ヨ"}},
    {"r", {U"ラ", U"リ", U"ル", U"レ", U"ロ"}},
    {"w", {U"ワ", NULL, NULL, NULL, U"オ"}},
    {"", {U"ア", U"イ", U"ウ", U"エ", U"オ"}},
};

static const char32_t *syllable_at(kk_slice word, size_t *at)
{
    static const char order[] = "aiueo";
    for (size_t i = 0; i < KK_COUNT(onsets); i++) {
        kk_slice onset = kk_cstr(onsets[i].letters);
        size_t vowel = *at + onset.len;
        if (vowel >= word.len || !is_vowel(word.ptr[vowel]) ||
            !kk_starts(kk_from(word, *at), onset))
            continue;
        *at = vowel + 1;
        return onsets[i].kana[strchr(order, word.ptr[vowel]) - order];
    }
    return NULL;
}

/* A consonant without a vowel: ん, a doubled one, or the h of a long o. */
static const char32_t *letter_alone(kk_slice word, size_t *at)
{
    char c = word.ptr[*at], next = *at + 1 < word.len ? word.ptr[*at + 1] : 0;
    ++*at;
    if (c == 'n' || (c == 'm' && (next == 'b' || next == 'p' || next == 'm')))
        return U"ン";
    if (next && (c == next || (c == 't' && next == 'c')))
        return U"ツ";
    return c == 'h' && *at > 1 && word.ptr[*at - 2] == 'o' ? U"" : NULL;
}

kk_slice kk_reading_of_letters(kk_arena *arena, kk_slice word)
{
    kk_pen pen = kk_pen_open(arena, 6 * word.len + 4);
    word = kk_lower(arena, word);
    for (size_t at = 0; at < word.len;) {
        if (word.ptr[at] == '\'' || word.ptr[at] == '-') {
            at++;
            continue;
        }
        const char32_t *kana = syllable_at(word, &at);
        if (!kana)
            kana = letter_alone(word, &at);
        if (!kana)
            return KK_NONE;
        for (; *kana; kana++)
            kk_pen_put(&pen, *kana);
    }
    return kk_reading_loosely(arena, kk_pen_slice(&pen));
}
