/* Escapes switch what follows until the end of the line:
 *     ESC ( B, ESC ( J     ASCII, JIS X 0201 letters
 *     ESC ( I, SO          JIS X 0201 kana, seven bits; SI ends SO
 *     ESC $ @, ESC $ B     JIS X 0208, two bytes of 0x21..0x7e each */
#include "parse/jis7.h"

typedef enum { LETTERS, KANA, KANJI, OTHER } set;

/* The set that the escape at p names, and its length; 0 when it is none. */
static size_t escape_at(const unsigned char *p, size_t left, set *out)
{
    if (left < 3 || p[0] != 0x1b)
        return 0;
    if (p[1] == '(') {
        *out = p[2] == 'I' ? KANA : p[2] == 'B' || p[2] == 'J' || p[2] == 'H' ? LETTERS : OTHER;
        return 3;
    }
    if (p[1] == '$' && (p[2] == '@' || p[2] == 'B')) {
        *out = KANJI;
        return 3;
    }
    if (p[1] == '$' && p[2] == '(' && left >= 4) {
        *out = p[3] == '@' || p[3] == 'B' ? KANJI : OTHER;
        return 4;
    }
    if (p[1] == '&' && p[2] == '@') /* announces a revision of JIS X 0208 */
        return 3;
    if (p[1] == '$' || p[1] == '.') {
        *out = OTHER;
        return 3;
    }
    return 0;
}

static bool is_kanji_byte(unsigned char c)
{
    return c >= 0x21 && c <= 0x7e;
}

static char *put_kanji(char *to, unsigned high, unsigned low)
{
    unsigned lead = ((high - 0x21) >> 1) + 0x81;
    unsigned trail = high & 1 ? low + 0x1f + (low >= 0x60) : low + 0x7e;
    *to++ = (char)(lead > 0x9f ? lead + 0x40 : lead);
    *to++ = (char)trail;
    return to;
}

kk_slice kk_jis7_to_cp932(kk_arena *arena, kk_slice bytes, bool *whole)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    char *text = kk_take(arena, bytes.len + 1), *to = text;
    set now = LETTERS, before = LETTERS;
    *whole = true;
    for (size_t i = 0; i < bytes.len;) {
        size_t escape = escape_at(p + i, bytes.len - i, &now);
        unsigned char c = p[i];
        if (escape) {
            *whole = *whole && now != OTHER;
            i += escape;
            continue;
        }
        i++;
        if (c == '\n' || c == '\r') {
            now = LETTERS;
        } else if (c == 0x0e || c == 0x0f) {
            before = c == 0x0e ? now : before;
            now = c == 0x0e ? KANA : before;
            continue;
        } else if (now == KANJI && is_kanji_byte(c) && i < bytes.len && is_kanji_byte(p[i])) {
            to = put_kanji(to, c, p[i++]);
            continue;
        } else if (now == KANA && c >= 0x21 && c <= 0x5f) {
            c |= 0x80;
        }
        *to++ = (char)c;
    }
    return (kk_slice){text, (size_t)(to - text)};
}
