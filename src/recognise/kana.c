/* Readings. Katakana from U+30A1: small and large, plain and voiced letters stand in pairs. */
#include "recognise/kana.h"

#include "base/text.h"
#include "base/wide.h"
#include "recognise/fold.h"

#include <uchar.h>

enum {
    LONG_MARK = 0x30fc,
    KATAKANA_FIRST = 0x30a1,
    KATAKANA_LAST = 0x30f4,
    PLACES = 128 /* of tables that are looked into for all letters of a text at once */
};

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
static const char vowels[PLACES] = "aaiiuueeooaaiiuueeooaaiiuueeoo"
                                   "aaii-uueeooaiueoaaaiiiuuueeeoo"
                                   "oaiueoaauuooaiueoaaieo-u------";

enum { WITH_FORMS = KK_COUNT(large_forms) - 1 };

/* Where a kana with a large form stands in these tables, or their end. */
static inline size_t place_of(uint32_t c)
{
    const size_t count = WITH_FORMS;
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
    s->vowel = vowels[c - KATAKANA_FIRST];
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

/* ---- all letters of a text at once ---- */

#if KK_HAS_WIDE
enum { MOST = 62 /* so that a letter that begins before the end ends within 64 bits */ };

typedef uint64_t bits; /* one for each byte */

/* Katakana and blanks. What is of a letter stands at its last byte. */
typedef struct {
    __m512i bytes, places;
    bits all, blanks, lasts;
} kana_text;

enum { U_PLACE = 5, O_PLACE = 9, DOT_PLACE = 90, LONG_PLACE = 91, N_PLACE = 82 };

/* False for text with anything else. */
KK_WIDE bool look_at_kana(kk_slice text, kana_text *k)
{
    __m512i v = kk_wide_load(text);
    bits leads = kk_wide_equal(v, 0xe3), upper = kk_wide_equal(v, 0x83);
    k->bytes = v;
    k->all = kk_wide_all(text.len);
    k->blanks = kk_wide_equal(v, ' ');
    k->lasts = leads << 2;
    if ((leads | leads << 1 | k->lasts | k->blanks) != k->all ||
        (leads << 1 & ~(upper | kk_wide_equal(v, 0x82))) ||
        (k->lasts & ~kk_wide_between(v, 0x80, 0xbf)))
        return false;
    __m512i from = _mm512_mask_mov_epi8(_mm512_set1_epi8((char)0xa1), upper << 1,
                                        _mm512_set1_epi8(0x61)); /* ァ; and where U+30C0 is 0x80 */
    k->places = _mm512_maskz_sub_epi8(k->lasts, v, from);
    bits good = kk_wide_between(k->places, 0, LONG_PLACE) & ~kk_wide_equal(k->places, DOT_PLACE);
    return !(k->lasts & ~good);
}

KK_WIDE __m512i of_places(bits lasts, const void *table, __m512i places)
{
    return _mm512_maskz_permutex2var_epi8(lasts, _mm512_loadu_si512(table), places,
                                          _mm512_loadu_si512((const char *)table + 64));
}

/* At each letter the vowel of the one before. */
KK_WIDE __m512i vowels_before(bits lasts, __m512i places)
{
    return _mm512_maskz_expand_epi8(~UINT64_C(7), of_places(lasts, vowels, places));
}

/* ウ and オ that only hold the vowel before. */
KK_WIDE bits holding(bits us, bits os, __m512i before)
{
    bits after_o = kk_wide_equal(before, 'o'), after_u = kk_wide_equal(before, 'u');
    return (us & (after_o | after_u)) | (os & after_o);
}

/* All bytes of letters. */
KK_WIDE bits whole_letters(bits lasts)
{
    return lasts | lasts >> 1 | lasts >> 2;
}

KK_WIDE void keep_bytes(kk_arena *arena, __m512i bytes, bits kept, kk_slice *out)
{
    size_t len = (size_t)__builtin_popcountll(kept);
    char *to = kk_take_bytes(arena, len + 1);
    _mm512_mask_storeu_epi8(to, kk_wide_all(len), _mm512_maskz_compress_epi8(kept, bytes));
    *out = (kk_slice){to, len};
}

/* As large_forms, by their places. */
static const uint8_t large_places[PLACES] = {
    1,  1,  3,  3,  5,  5,  7,  7,  9,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 23, 35, 35, 25, 37, 38, 39, 40, 41, 42, 43, 44, 45,
    46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 67, 67, 69,
    69, 71, 71, 72, 73, 74, 75, 76, 78, 78, 3,  7,  9,  82, 53, 10, 16, 86, 87, 88, 89, 90, 91,
};

/* A vowel that is held twice (オオオ, オーウ) depends on what became of the first: left to the slow way. */
KK_WIDE_TARGET static bool skeleton_wide(kk_arena *arena, kk_slice plain, kk_slice *out)
{
    kana_text k;
    if (!look_at_kana(plain, &k) || !k.lasts)
        return false;
    __m512i places = of_places(k.lasts, large_places, k.places);
    __m512i before = vowels_before(k.lasts, places);
    bits us = kk_wide_equal(places, U_PLACE), os = kk_wide_equal(places, O_PLACE);
    bits marks = kk_wide_equal(places, LONG_PLACE);
    bits held = holding(us, os, before) | (marks & kk_wide_between(before, 'a', 'u'));
    if ((held | marks) << 3 & (us | os | marks))
        return false;
    places = _mm512_mask_mov_epi8(places, held, _mm512_set1_epi8(LONG_PLACE));
    bits upper = kk_wide_between(places, 0xc0 - 0xa1, LONG_PLACE) & k.lasts;
    bits lower = k.lasts & ~upper;
    __m512i v = _mm512_mask_add_epi8(k.bytes, lower, places, _mm512_set1_epi8((char)0xa1));
    v = _mm512_mask_add_epi8(v, upper, places, _mm512_set1_epi8(0x61));
    v = _mm512_mask_mov_epi8(v, lower >> 1, _mm512_set1_epi8((char)0x82));
    v = _mm512_mask_mov_epi8(v, upper >> 1, _mm512_set1_epi8((char)0x83));
    keep_bytes(arena, v, k.all & ~k.blanks & ~whole_letters(marks & ~held), out);
    return true;
}

/* Of a skeleton; where ン runs together with what is behind it, or what is left out counts for what follows, it
 * is left to the slow way. */
KK_WIDE_TARGET static bool loosely_wide(kk_arena *arena, kk_slice kana, kk_slice *out)
{
    kana_text k;
    if (!look_at_kana(kana, &k) || k.blanks)
        return false;
    bits us = kk_wide_equal(k.places, U_PLACE), os = kk_wide_equal(k.places, O_PLACE);
    bits marks = kk_wide_equal(k.places, LONG_PLACE), behind_n = kk_wide_equal(k.places, N_PLACE)
                                                                 << 3;
    bits gone = marks | holding(us, os, vowels_before(k.lasts, k.places));
    bits vowels_and_glides =
        kk_wide_between(k.places, 1, O_PLACE) | kk_wide_between(k.places, 0x43, 0x47);
    if ((behind_n & (vowels_and_glides | gone)) || (gone << 3 & (us | os)))
        return false;
    *out = kana;
    if (gone)
        keep_bytes(arena, k.bytes, k.all & ~whole_letters(gone), out);
    return true;
}
#endif

kk_slice kk_kana_skeleton(kk_arena *arena, kk_slice plain)
{
#if KK_HAS_WIDE
    kk_slice out;
    if (plain.len <= MOST && kk_can_wide() && skeleton_wide(arena, plain, &out))
        return out;
#endif
    return kk_kana_skeleton_slowly(arena, plain);
}

kk_slice kk_kana_skeleton_slowly(kk_arena *arena, kk_slice plain)
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
    return place < WITH_FORMS ? vowels[place] : '-';
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
#if KK_HAS_WIDE
    kk_slice out;
    if (kana.len && kana.len <= MOST && kk_can_wide() && loosely_wide(arena, kana, &out))
        return out;
#endif
    return kk_reading_loosely_slowly(arena, kana);
}

kk_slice kk_reading_loosely_slowly(kk_arena *arena, kk_slice kana)
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
