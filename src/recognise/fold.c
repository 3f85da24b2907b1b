/* Normal forms of characters. Most cells of a Japanese table are ASCII, kana and common kanji with
 * some full-width forms: those are done here; whatever else occurs goes through ICU's NFKC. */
#include "recognise/fold.h"

#include "base/text.h"

#include <uchar.h>

kk_pen kk_pen_open(kk_arena *arena, size_t room)
{
    return (kk_pen){kk_take(arena, room + 1), 0, room};
}

void kk_pen_put(kk_pen *pen, uint32_t c)
{
    if (pen->len + 4 > pen->room && pen->len + (c < 0x80      ? 1
                                                : c < 0x800   ? 2
                                                : c < 0x10000 ? 3
                                                              : 4) >
                                        pen->room)
        return;
    char *p = pen->ptr + pen->len;
    if (c < 0x80) {
        p[0] = (char)c;
        pen->len += 1;
    } else if (c < 0x800) {
        p[0] = (char)(0xc0 | c >> 6);
        p[1] = (char)(0x80 | (c & 0x3f));
        pen->len += 2;
    } else if (c < 0x10000) {
        p[0] = (char)(0xe0 | c >> 12);
        p[1] = (char)(0x80 | (c >> 6 & 0x3f));
        p[2] = (char)(0x80 | (c & 0x3f));
        pen->len += 3;
    } else {
        p[0] = (char)(0xf0 | c >> 18);
        p[1] = (char)(0x80 | (c >> 12 & 0x3f));
        p[2] = (char)(0x80 | (c >> 6 & 0x3f));
        p[3] = (char)(0x80 | (c & 0x3f));
        pen->len += 4;
    }
}

void kk_pen_add(kk_pen *pen, kk_slice text)
{
    if (text.len > pen->room - pen->len)
        text.len = pen->room - pen->len;
    if (text.len)
        memcpy(pen->ptr + pen->len, text.ptr, text.len);
    pen->len += text.len;
}

/* NFKC leaves these as they are, and nothing composes among them. */
static bool settled(uint32_t c)
{
    return (c >= 0x20 && c < 0x7f) || (c >= 0x4e00 && c <= 0x9fff) ||
           (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fc) ||
           (c >= 0x3001 && c <= 0x3011) || c == 0x2010 || (c >= 0x2012 && c <= 0x2015) ||
           c == 0x2212 || c == '\n' || c == '\r' || c == '\t';
}

static bool is_wide(uint32_t c)
{
    return (c >= 0xff01 && c <= 0xff5e) || c == 0x3000;
}

static bool is_invisible(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || c == 0xfeff || c == 0xad ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xe0100 && c <= 0xe01ef);
}

/* A half-width kana in its usual width, with the voice mark behind it, which is then passed over. 0:
 * none that is simply so. */
static uint32_t wide_kana(kk_slice text, uint32_t c, size_t *at)
{
    static const char32_t wide[] = U"ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテト"
                                   U"ナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    if (c < 0xff66 || c > 0xff9d)
        return 0;
    uint32_t kana = wide[c - 0xff66];
    size_t next = *at;
    uint32_t mark = next < text.len ? kk_plain_char(text, &next) : 0;
    bool voiced = mark == 0xff9e, half = mark == 0xff9f;
    if (!voiced && !half)
        return kana;
    *at = next;
    if (kana >= 0x30cf && kana <= 0x30db) /* ハ to ホ: each with two marks */
        return kana + (half ? 2 : 1);
    if (voiced && kana == 0x30a6)
        return 0x30f4; /* ヴ */
    if (voiced && ((kana >= 0x30ab && kana <= 0x30c1) || kana == 0x30c4 || kana == 0x30c6 ||
                   kana == 0x30c8)) /* カ to チ, ツ テ ト */
        return kana + 1;
    return 0;
}

typedef enum { AS_IT_IS, WIDE, OTHER } form;

/* Valid UTF-8 of settled characters only, without blanks to squeeze; of these, full-width ones and
 * half-width kana; or with others. */
static form form_of(kk_slice text)
{
    form found = AS_IT_IS;
    size_t at = 0;
    uint32_t before = 0;
    while (at < text.len) {
        const unsigned char *p = (const unsigned char *)text.ptr + at;
        bool whole = p[0] < 0x80 || (p[0] >= 0xe2 && p[0] <= 0xef && text.len - at >= 3 &&
                                     (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80);
        if (!whole)
            return OTHER;
        uint32_t c = kk_plain_char(text, &at);
        if (!settled(c) && !is_wide(c) && !wide_kana(text, c, &at))
            return OTHER;
        if (c < ' ' || c >= 0xff01 || c == 0x3000 || (c == ' ' && before == ' '))
            found = WIDE;
        before = c;
    }
    return found;
}

/* ASCII without anything to change, but for blanks at the ends. */
static bool clean_ascii(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c >= 0x7f || (c == ' ' && i > 0 && text.ptr[i - 1] == ' '))
            return false;
    }
    return true;
}

static kk_slice squeeze(kk_arena *arena, kk_slice text)
{
    kk_pen pen = kk_pen_open(arena, text.len);
    bool owed = false;
    size_t at = 0;
    while (at < text.len) {
        uint32_t c = kk_plain_char(text, &at);
        uint32_t kana = wide_kana(text, c, &at);
        if (kana)
            c = kana;
        else if (is_wide(c))
            c = c == 0x3000 ? ' ' : c - 0xfee0;
        if (c <= ' ' || c == 0x7f || c == 0xa0) {
            owed = true;
        } else if (!is_invisible(c)) {
            if (owed && pen.len)
                kk_pen_put(&pen, ' ');
            owed = false;
            kk_pen_put(&pen, c);
        }
    }
    return kk_pen_slice(&pen);
}

kk_slice kk_plain(kk_arena *arena, kk_slice text)
{
    text = kk_trim(text);
    if (clean_ascii(text))
        return text;
    form is = form_of(text);
    if (is == AS_IT_IS)
        return text;
    if (is == OTHER)
        text = kk_nfkc(arena, kk_utf8_clean(arena, text));
    return squeeze(arena, text);
}

kk_slice kk_lower(kk_arena *arena, kk_slice plain)
{
    size_t i = 0;
    while (i < plain.len && !(plain.ptr[i] >= 'A' && plain.ptr[i] <= 'Z'))
        i++;
    if (i == plain.len)
        return plain;
    char *out = kk_take(arena, plain.len + 1);
    for (i = 0; i < plain.len; i++) {
        char c = plain.ptr[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return (kk_slice){out, plain.len};
}

kk_slice kk_dense(kk_arena *arena, kk_slice plain)
{
    if (kk_find_byte(plain, ' ') == KK_NOWHERE)
        return plain;
    kk_pen pen = kk_pen_open(arena, plain.len);
    for (size_t i = 0; i < plain.len; i++)
        if (plain.ptr[i] != ' ')
            pen.ptr[pen.len++] = plain.ptr[i];
    return kk_pen_slice(&pen);
}

kk_slice kk_digits(kk_arena *arena, kk_slice plain)
{
    size_t i = 0;
    while (i < plain.len && kk_char_digit((unsigned char)plain.ptr[i]))
        i++;
    if (i == plain.len)
        return plain;
    kk_pen pen = kk_pen_open(arena, plain.len);
    for (i = 0; i < plain.len; i++)
        if (kk_char_digit((unsigned char)plain.ptr[i]))
            pen.ptr[pen.len++] = plain.ptr[i];
    return kk_pen_slice(&pen);
}

bool kk_char_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x30fc || c == 0x2500 ||
           c == 0x2501 || c == 0xff70 || c == 0x2043 || c == 0xfe63;
}

bool kk_has_japanese(kk_slice plain)
{
    size_t at = 0;
    while (at < plain.len)
        if (kk_char_japanese(kk_plain_char(plain, &at)))
            return true;
    return false;
}

bool kk_is_blank(kk_slice plain)
{
    static const kk_slice blanks[] = {
        KK_WORD("なし"),     KK_WORD("無し"),   KK_WORD("無"),      KK_WORD("ナシ"),
        KK_WORD("不明"),     KK_WORD("未登録"), KK_WORD("未入力"),  KK_WORD("未設定"),
        KK_WORD("該当なし"), KK_WORD("非公開"), KK_WORD("null"),    KK_WORD("n/a"),
        KK_WORD("none"),     KK_WORD("nil"),    KK_WORD("(null)"),  KK_WORD("#n/a"),
        KK_WORD("nan"),      KK_WORD("\\n"),    KK_WORD("unknown"), KK_WORD("未定"),
        KK_WORD("同上"),     KK_WORD("〃"),
    };
    bool only_marks = true;
    size_t at = 0;
    while (only_marks && at < plain.len) {
        uint32_t c = kk_plain_char(plain, &at);
        only_marks = kk_char_dash(c) || c == '*' || c == '.' || c == '_' || c == '/' || c == '?' ||
                     c == 0x2026 || c == ' ' || c == 0x3003;
    }
    if (only_marks)
        return true;
    if (plain.len > 12)
        return false;
    for (size_t i = 0; i < KK_COUNT(blanks); i++)
        if (plain.len == blanks[i].len && kk_eq_nocase(plain, blanks[i]))
            return true;
    return false;
}

kk_slice kk_fold_kanji(kk_arena *arena, kk_slice plain)
{
    kk_pen pen = kk_pen_open(arena, plain.len);
    bool changed = false;
    size_t at = 0;
    while (at < plain.len) {
        uint32_t c = kk_plain_char(plain, &at), same = kk_same_kanji(c);
        changed |= same != c;
        kk_pen_put(&pen, same);
    }
    return changed ? kk_pen_slice(&pen) : plain;
}

kk_slice kk_fold_near(kk_arena *arena, kk_slice folded, bool *mixed)
{
    kk_pen pen = kk_pen_open(arena, folded.len);
    size_t at = 0;
    *mixed = false;
    while (at < folded.len) {
        uint32_t c = kk_plain_char(folded, &at), near = kk_near_kanji(c);
        *mixed |= near != 0;
        kk_pen_put(&pen, near ? near : c);
    }
    return *mixed ? kk_pen_slice(&pen) : folded;
}
