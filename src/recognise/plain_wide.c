/* Plain text of a whole cell at once: each test is made of all its bytes, and what changes is put together in
 * one move. Cells of up to 62 bytes in ASCII, kana and kanji, also with blanks, letters and digits of full
 * width and kana of half width, which nearly all are; what else there is, fold.c reads in the same way. */
#include "base/wide.h"
#include "recognise/fold.h"

#if KK_HAS_WIDE
enum { MOST = 62 /* so that a character that begins before the end ends within 64 bits */ };

typedef uint64_t bits; /* one for each byte */

/* Where characters begin, by what they are. */
typedef struct {
    __m512i bytes;
    bits all, odd;               /* bytes of the cell; ... of what is none of the following */
    bits blanks, forms;          /* of full width */
    bits kana, voiced, plosives; /* of half width; the marks of the two voices */
} survey;

/* Of dashes and minus, which are their own plain forms. */
KK_WIDE bits odd_dashes(__m512i bytes, bits leads)
{
    bits dash = kk_wide_equal(bytes, 0x80) >> 1 &
                (kk_wide_equal(bytes, 0x90) | kk_wide_between(bytes, 0x92, 0x95)) >> 2;
    bits minus = kk_wide_equal(bytes, 0x88) >> 1 & kk_wide_equal(bytes, 0x92) >> 2;
    return leads & ~(dash | minus);
}

KK_WIDE void look_at_forms(survey *s, bits leads)
{
    bits second = kk_wide_equal(s->bytes, 0xbd) >> 1, third = kk_wide_equal(s->bytes, 0xbe) >> 1;
    s->forms =
        leads & ((kk_wide_equal(s->bytes, 0xbc) >> 1 & kk_wide_between(s->bytes, 0x81, 0xbf) >> 2) |
                 (second & kk_wide_between(s->bytes, 0x80, 0x9e) >> 2));
    s->kana = leads & ((second & kk_wide_between(s->bytes, 0xa6, 0xbf) >> 2) |
                       (third & kk_wide_between(s->bytes, 0x80, 0x9d) >> 2));
    s->voiced = leads & third & kk_wide_equal(s->bytes, 0x9e) >> 2;
    s->plosives = leads & third & kk_wide_equal(s->bytes, 0x9f) >> 2;
    s->odd |= leads & ~(s->forms | s->kana | s->voiced | s->plosives);
}

/* Of what begins like kana: U+3001 to U+3011, kana; and the blank. */
KK_WIDE void look_at_kana(survey *s, bits leads)
{
    __m512i v = s->bytes;
    bits marks = kk_wide_equal(v, 0x80) >> 1, hiragana = kk_wide_equal(v, 0x81) >> 1;
    bits both = kk_wide_equal(v, 0x82) >> 1, katakana = kk_wide_equal(v, 0x83) >> 1;
    s->blanks = leads & marks & kk_wide_equal(v, 0x80) >> 2;
    bits good = (marks & kk_wide_between(v, 0x80, 0x91) >> 2) |
                (hiragana & ~(kk_wide_equal(v, 0x80) >> 2)) |
                (both & ~(kk_wide_between(v, 0x97, 0xa0) >> 2)) |
                (katakana & ~(kk_wide_between(v, 0xbd, 0xbf) >> 2));
    s->odd |= leads & ~good;
}

KK_WIDE survey look_over(__m512i bytes, bits all, bits ascii)
{
    survey s = {.bytes = bytes, .all = all};
    bits dashes = kk_wide_equal(bytes, 0xe2), kana = kk_wide_equal(bytes, 0xe3),
         first_kanji = kk_wide_equal(bytes, 0xe4);
    bits forms = kk_wide_equal(bytes, 0xef);
    bits leads = kk_wide_between(bytes, 0xe5, 0xe9) | first_kanji | kana | forms | dashes;
    bits trails = kk_wide_between(bytes, 0x80, 0xbf);
    s.odd = (all & ~(ascii | trails | leads)) | (trails ^ (leads << 1 | leads << 2));
    if (first_kanji) /* from U+4E00 on */
        s.odd |= first_kanji & ~(kk_wide_between(bytes, 0xb8, 0xbf) >> 1);
    if (kana)
        look_at_kana(&s, kana);
    if (forms)
        look_at_forms(&s, forms);
    if (dashes)
        s.odd |= odd_dashes(bytes, dashes);
    return s;
}

/* Kana of half width, by the lower bits of their last byte: how far behind U+3080 the usual ones are. */
static const uint8_t kana_forms[128] = {
    [0x26] = 0x72, [0x27] = 0x21, [0x28] = 0x23, [0x29] = 0x25, [0x2a] = 0x27, [0x2b] = 0x29,
    [0x2c] = 0x63, [0x2d] = 0x65, [0x2e] = 0x67, [0x2f] = 0x43, [0x30] = 0x7c, [0x31] = 0x22,
    [0x32] = 0x24, [0x33] = 0x26, [0x34] = 0x28, [0x35] = 0x2a, [0x36] = 0x2b, [0x37] = 0x2d,
    [0x38] = 0x2f, [0x39] = 0x31, [0x3a] = 0x33, [0x3b] = 0x35, [0x3c] = 0x37, [0x3d] = 0x39,
    [0x3e] = 0x3b, [0x3f] = 0x3d, [0x40] = 0x3f, [0x41] = 0x41, [0x42] = 0x44, [0x43] = 0x46,
    [0x44] = 0x48, [0x45] = 0x4a, [0x46] = 0x4b, [0x47] = 0x4c, [0x48] = 0x4d, [0x49] = 0x4e,
    [0x4a] = 0x4f, [0x4b] = 0x52, [0x4c] = 0x55, [0x4d] = 0x58, [0x4e] = 0x5b, [0x4f] = 0x5e,
    [0x50] = 0x5f, [0x51] = 0x60, [0x52] = 0x61, [0x53] = 0x62, [0x54] = 0x64, [0x55] = 0x66,
    [0x56] = 0x68, [0x57] = 0x69, [0x58] = 0x6a, [0x59] = 0x6b, [0x5a] = 0x6c, [0x5b] = 0x6d,
    [0x5c] = 0x6f, [0x5d] = 0x73,
};

/* In their usual width, with the voices of the marks behind them. False for a mark that has no such letter. */
KK_WIDE bool widen_kana(const survey *s, __m512i *out)
{
    bits lasts = s->kana << 2, voiced = s->voiced >> 1, plosives = s->plosives >> 1;
    bits upper = kk_wide_equal(s->bytes, 0xbe) << 1;
    __m512i at = _mm512_and_si512(s->bytes, _mm512_set1_epi8(0x3f));
    at = _mm512_mask_add_epi8(at, upper, at, _mm512_set1_epi8(0x40));
    __m512i forms = _mm512_permutex2var_epi8(_mm512_loadu_si512(kana_forms), at,
                                             _mm512_loadu_si512(kana_forms + 64));
    if (s->voiced | s->plosives) {
        bits with_two = kk_wide_between(forms, 0x4f, 0x5b), vu = kk_wide_equal(forms, 0x26);
        bits with_one = kk_wide_between(forms, 0x2b, 0x41) | kk_wide_equal(forms, 0x44) |
                        kk_wide_equal(forms, 0x46) | kk_wide_equal(forms, 0x48) | vu | with_two;
        if ((voiced & ~(lasts & with_one)) || (plosives & ~(lasts & with_two)) ||
            ((s->voiced | s->plosives) & 1))
            return false;
        forms = _mm512_mask_add_epi8(forms, voiced & ~vu, forms, _mm512_set1_epi8(1));
        forms = _mm512_mask_add_epi8(forms, voiced & vu, forms, _mm512_set1_epi8(0x4e));
        forms = _mm512_mask_add_epi8(forms, plosives, forms, _mm512_set1_epi8(2));
    }
    static const uint8_t next[64] = {
        1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
        23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
        45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 63};
    bits high = _mm512_test_epi8_mask(forms, _mm512_set1_epi8(0x40));
    __m512i thirds = _mm512_ternarylogic_epi32(forms, _mm512_set1_epi8(0x3f),
                                               _mm512_set1_epi8((char)0x80), 0xea);
    __m512i seconds =
        _mm512_mask_mov_epi8(_mm512_set1_epi8((char)0x82), high, _mm512_set1_epi8((char)0x83));
    seconds = _mm512_permutexvar_epi8(_mm512_loadu_si512(next), seconds);
    *out = _mm512_mask_mov_epi8(*out, s->kana, _mm512_set1_epi8((char)0xe3));
    *out = _mm512_mask_mov_epi8(*out, s->kana << 1, seconds);
    *out = _mm512_mask_mov_epi8(*out, lasts, thirds);
    return true;
}

/* What is of another width. False where blanks come together or stand at an end. */
KK_WIDE_TARGET static bool put_together(kk_arena *arena, const survey *s, kk_slice *plain)
{
    __m512i out = _mm512_mask_mov_epi8(s->bytes, s->blanks, _mm512_set1_epi8(' '));
    bits gone = s->blanks << 1 | s->blanks << 2 | s->forms | s->forms << 1;
    if (s->forms) {
        bits lasts = s->forms << 2, upper = lasts & kk_wide_equal(s->bytes, 0xbd) << 1;
        out = _mm512_mask_sub_epi8(out, lasts & ~upper, out, _mm512_set1_epi8(0x60));
        out = _mm512_mask_sub_epi8(out, upper, out, _mm512_set1_epi8(0x20));
    }
    if (s->kana | s->voiced | s->plosives) {
        bits marks = s->voiced | s->plosives;
        if (!widen_kana(s, &out))
            return false;
        gone |= marks | marks << 1 | marks << 2;
    }
    bits kept = s->all & ~gone;
    size_t len = (size_t)__builtin_popcountll(kept);
    out = _mm512_maskz_compress_epi8(kept, out);
    bits blanks = _mm512_mask_cmpeq_epi8_mask(kk_wide_all(len), out, _mm512_set1_epi8(' '));
    if (!len || (blanks & (blanks << 1 | 1 | (bits)1 << (len - 1))))
        return false;
    char *to = kk_take_bytes(arena, len);
    _mm512_mask_storeu_epi8(to, kk_wide_all(len), out);
    *plain = (kk_slice){to, len};
    return true;
}

/* Kept out of read_wide, which stays without a frame for the many cells of ASCII alone. */
KK_WIDE_TARGET static __attribute__((noinline)) bool read_others(kk_arena *arena, kk_slice text,
                                                                 bits ascii, kk_slice *plain)
{
    survey s = look_over(kk_wide_load(text), kk_wide_all(text.len), ascii);
    if (s.odd)
        return false;
    if (!(s.blanks | s.forms | s.kana | s.voiced | s.plosives))
        return true;
    return put_together(arena, &s, plain);
}

KK_WIDE_TARGET static bool read_wide(kk_arena *arena, kk_slice text, kk_slice *plain)
{
    __m512i bytes = kk_wide_load(text);
    bits ascii = kk_wide_between(bytes, ' ', '~'), blanks = kk_wide_equal(bytes, ' ');
    if (blanks & (blanks << 1 | 1 | (bits)1 << (text.len - 1)))
        return false;
    *plain = text;
    return ascii == kk_wide_all(text.len) || read_others(arena, text, ascii, plain);
}

bool kk_plain_wide(kk_arena *arena, kk_slice text, kk_slice *plain)
{
    return text.len && text.len <= MOST && kk_can_wide() && read_wide(arena, text, plain);
}
#else
bool kk_plain_wide(kk_arena *arena, kk_slice text, kk_slice *plain)
{
    (void)arena, (void)text, (void)plain;
    return false;
}
#endif
