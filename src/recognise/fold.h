/* Normal forms of characters: what every comparison of names, addresses and numbers starts from. Pure
 * functions; the text as found is kept by the caller. */
#pragma once
#include "base/arena.h"

/* For tables of words: a slice whose length the compiler knows. */
#define KK_WORD(literal)                                                                           \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define KK_COUNT(table) (sizeof(table) / sizeof *(table))

/* The next character of plain text, which is known to be valid; quicker than kk_next_char. Never reads
 * past the end, whatever the bytes are. */
static inline uint32_t kk_plain_char(kk_slice s, size_t *at)
{
    if (*at >= s.len)
        return 0;
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t size = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (size > s.len - *at) {
        ++*at;
        return 0xfffd;
    }
    *at += size;
    if (size == 1)
        return p[0];
    if (size == 3)
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    if (size == 2)
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}
static inline bool kk_word_at(kk_slice text, size_t at, kk_slice word)
{
    return at < text.len && text.len - at >= word.len && text.ptr[at] == word.ptr[0] &&
           memcmp(text.ptr + at, word.ptr, word.len) == 0;
}

/* Writes characters into room taken beforehand: no form here is longer than what it is made from. */
typedef struct {
    char *ptr;
    size_t len, room;
} kk_pen;

kk_pen kk_pen_open(kk_arena *arena, size_t room);
void kk_pen_put(kk_pen *pen, uint32_t code_point);
void kk_pen_add(kk_pen *pen, kk_slice text);
static inline kk_slice kk_pen_slice(const kk_pen *pen)
{
    return (kk_slice){pen->ptr, pen->len};
}

/* NFKC, control characters and runs of blanks to one space, none at the ends, no invisible ones. */
kk_slice kk_plain(kk_arena *arena, kk_slice text);
/* The same where the processor can look at a whole cell at once and the cell is one of most: false if not. */
bool kk_plain_wide(kk_arena *arena, kk_slice text, kk_slice *plain);
/* ASCII letters small; other bytes as they are. The slice itself when nothing changes. */
kk_slice kk_lower(kk_arena *arena, kk_slice plain);
/* Without spaces. */
kk_slice kk_dense(kk_arena *arena, kk_slice plain);
/* Only the digits. */
kk_slice kk_digits(kk_arena *arena, kk_slice plain);

enum { KK_KANJI_FIRST = 0x4e00, KK_KANJI = 0x9fff - KK_KANJI_FIRST + 1 };
/* From KK_KANJI_FIRST on; 0 for a character that stands for itself. */
extern const uint16_t kk_same_forms[KK_KANJI], kk_near_forms[KK_KANJI];
uint32_t kk_same_rare_kanji(uint32_t c);

/* Old and variant forms of a character to one representative: 髙 to 高, 邉 and 邊 to 辺. */
static inline uint32_t kk_same_kanji(uint32_t c)
{
    if (c - KK_KANJI_FIRST < KK_KANJI)
        return kk_same_forms[c - KK_KANJI_FIRST] ? kk_same_forms[c - KK_KANJI_FIRST] : c;
    return c < 0xf900 ? c : kk_same_rare_kanji(c);
}
/* Characters that are different but get mixed up (斎 and 斉): a match on these is only possible. 0 for
 * all others. */
static inline uint32_t kk_near_kanji(uint32_t c)
{
    return c - KK_KANJI_FIRST < KK_KANJI ? kk_near_forms[c - KK_KANJI_FIRST] : 0;
}
kk_slice kk_fold_kanji(kk_arena *arena, kk_slice plain);
/* *mixed is set when a character of the text belongs to such a class at all. */
kk_slice kk_fold_near(kk_arena *arena, kk_slice folded, bool *mixed);

/* Kanji from U+5000 on are known by their first byte; of kana, the first two tell. */
static inline bool kk_is_kana_or_kanji(const unsigned char *p)
{
    if (p[0] >= 0xe5 && p[0] <= 0xe9)
        return true;
    return p[0] == 0xe3 && ((p[1] == 0x82 && (p[2] < 0x97 || p[2] > 0xa0)) ||
                            (p[1] == 0x83 && p[2] <= 0xbc) || (p[1] == 0x81 && p[2] > 0x80));
}

/* Like an empty cell: "", "-", "なし", "NULL", "N/A", "不明". */
bool kk_is_blank(kk_slice plain);
/* Whether it could be, by its first character: no digit, letter, kana or kanji but those that the words below begin with. */
static inline bool kk_may_be_blank(kk_slice plain)
{
    /* 不 同 未 無 該 非, each the only one of its first byte */
    static const unsigned char kanji[6][2] = {{0xb8, 0x8d}, {0x90, 0x8c}, {0x9c, 0xaa},
                                              {0x84, 0xa1}, {0xa9, 0xb2}, {0x9d, 0x9e}};
    const unsigned char *p = (const unsigned char *)plain.ptr;
    if (!plain.len)
        return true;
    if (p[0] < 0x80) {
        unsigned char small = p[0] | 0x20;
        return !((p[0] >= '0' && p[0] <= '9') ||
                 (small >= 'a' && small <= 'z' && small != 'n' && small != 'u'));
    }
    if (plain.len < 3)
        return true;
    if (p[0] >= 0xe4 && p[0] <= 0xe9)
        return p[1] == kanji[p[0] - 0xe4][0] && p[2] == kanji[p[0] - 0xe4][1];
    if (p[0] != 0xe3 || !kk_is_kana_or_kanji(p))
        return true;
    return (p[1] == 0x81 && p[2] == 0xaa) ||                 /* な */
           (p[1] == 0x83 && (p[2] == 0x8a || p[2] == 0xbc)); /* ナ ー */
}

static inline bool kk_char_hiragana(uint32_t c)
{
    return c >= 0x3041 && c <= 0x3096;
}
static inline bool kk_char_katakana(uint32_t c)
{
    return (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc;
}
static inline bool kk_char_kana(uint32_t c)
{
    return kk_char_hiragana(c) || kk_char_katakana(c);
}
/* Ideographs, with 々 〆 〇. */
static inline bool kk_char_kanji(uint32_t c)
{
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || c == 0x3005 ||
           c == 0x3006 || c == 0x3007 || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff);
}
static inline bool kk_char_japanese(uint32_t c)
{
    return kk_char_kana(c) || kk_char_kanji(c);
}
static inline bool kk_char_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}
static inline bool kk_char_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7);
}
/* Hyphens, dashes, minus and the long mark, all of which stand between numbers. */
static inline bool kk_char_dash(uint32_t c)
{
    return c == '-' ||
           (c >= 0x2010 && ((c <= 0x2015) || c == 0x2212 || c == 0x30fc || c == 0x2500 ||
                            c == 0x2501 || c == 0xff70 || c == 0x2043 || c == 0xfe63));
}
bool kk_has_japanese(kk_slice plain);
