/* Normal forms of characters. Most cells of a Japanese table are ASCII, kana and common kanji with
 * some full-width forms: those are done here; whatever else occurs goes through ICU's NFKC. */
#include "recognise/fold.h"

#include "base/text.h"

#include <uchar.h>

kk_pen kk_pen_open(kk_arena *arena, size_t room)
{
    return (kk_pen){kk_take_bytes(arena, room + 1), 0, room};
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

/* Eight bytes of ASCII at once, without blanks and control characters. */
static bool is_run_of_ascii(const unsigned char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t word;
    memcpy(&word, p, 8);
    uint64_t low = word - 0x21 * ones; /* borrows where a byte is a blank or less */
    uint64_t delete = word + ones;     /* of ASCII only 0x7f reaches the top bit */
    return ((word | low | delete) & tops) == 0;
}

static bool is_triple(const unsigned char *p, const unsigned char *end)
{
    return end - p >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80;
}

/* Kanji from U+5000 on are known by their first byte. */
static bool is_kanji_lead(unsigned char c)
{
    return c >= 0xe5 && c <= 0xe9;
}

static form form_of_ascii(const unsigned char *p, const unsigned char *end)
{
    if (*p < 0x20)
        return *p == '\n' || *p == '\r' || *p == '\t' ? WIDE : OTHER;
    if (*p == 0x7f)
        return OTHER;
    return *p == ' ' && p + 1 < end && p[1] == ' ' ? WIDE : AS_IT_IS;
}

/* Hiragana, katakana and kanji from U+5000 on: the characters of names, which are settled. */
static bool is_common_triple(const unsigned char *p)
{
    if (is_kanji_lead(p[0]))
        return true;
    if (p[0] != 0xe3)
        return false;
    return (p[1] == 0x82 && (p[2] < 0x97 || p[2] > 0xa0)) || (p[1] == 0x83 && p[2] <= 0xbc) ||
           (p[1] == 0x81 && p[2] > 0x80);
}

/* Valid UTF-8 of settled characters only, without blanks to squeeze; of these, full-width ones and
 * half-width kana; or with others. */
static form form_of(kk_slice text)
{
    const unsigned char *begin = (const unsigned char *)text.ptr, *end = begin + text.len;
    form found = AS_IT_IS;
    for (const unsigned char *p = begin; p < end;) {
        if (*p < 0x80) {
            if (end - p >= 8 && is_run_of_ascii(p)) {
                p += 8;
                continue;
            }
            form one = *p > ' ' && *p < 0x7f ? AS_IT_IS : form_of_ascii(p, end);
            p++;
            if (one == OTHER)
                return OTHER;
            found = one == WIDE ? WIDE : found;
        } else if (!is_triple(p, end)) {
            return OTHER;
        } else if (is_common_triple(p)) {
            p += 3;
        } else if (*p < 0xe2 || *p > 0xef) {
            return OTHER;
        } else {
            size_t at = (size_t)(p - begin);
            uint32_t c = kk_plain_char(text, &at);
            if (!settled(c) && !is_wide(c) && !wide_kana(text, c, &at))
                return OTHER;
            found = c >= 0xff01 || c == 0x3000 ? WIDE : found;
            p = begin + at;
        }
    }
    return found;
}

/* Characters that squeeze takes over as they are: ASCII but blanks and control characters, kana and
 * kanji. Their bytes; 0 for others. */
static size_t taken_over(const unsigned char *p, size_t len)
{
    if (p[0] < 0x80)
        return p[0] > ' ' && p[0] < 0x7f;
    return len >= 3 && is_common_triple(p) ? 3 : 0;
}

/* The character at *at in its usual width; 0 for one that is left out, ' ' for a blank. */
static uint32_t usual_width(kk_slice text, size_t *at)
{
    uint32_t c = kk_plain_char(text, at);
    uint32_t kana = wide_kana(text, c, at);
    if (kana)
        return kana;
    if (is_wide(c))
        c = c == 0x3000 ? ' ' : c - 0xfee0;
    if (c <= ' ' || c == 0x7f || c == 0xa0)
        return ' ';
    return is_invisible(c) ? 0 : c;
}

static kk_slice squeeze(kk_arena *arena, kk_slice text)
{
    kk_pen pen = kk_pen_open(arena, text.len + 1);
    bool owed = false;
    for (size_t at = 0; at < text.len;) {
        size_t size = taken_over((const unsigned char *)text.ptr + at, text.len - at);
        uint32_t c = size ? 1 : usual_width(text, &at);
        if (c == ' ')
            owed = true;
        if (c == 0 || c == ' ')
            continue;
        if (owed && pen.len)
            pen.ptr[pen.len++] = ' ';
        owed = false;
        if (size == 1) {
            pen.ptr[pen.len++] = text.ptr[at++];
        } else if (size == 3) {
            memcpy(pen.ptr + pen.len, text.ptr + at, 3);
            pen.len += 3;
            at += 3;
        } else {
            kk_pen_put(&pen, c);
        }
    }
    return kk_pen_slice(&pen);
}

kk_slice kk_plain(kk_arena *arena, kk_slice text)
{
    if (text.len &&
        ((unsigned char)text.ptr[0] <= ' ' || (unsigned char)text.ptr[text.len - 1] <= ' '))
        text = kk_trim(text);
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
    char *out = kk_take_bytes(arena, plain.len + 1);
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

bool kk_has_japanese(kk_slice plain)
{
    size_t at = 0;
    while (at < plain.len)
        if (kk_char_japanese(kk_plain_char(plain, &at)))
            return true;
    return false;
}

/* By its first character: no digit, letter, kana or kanji but those that the words below begin with. */
static bool may_be_blank(kk_slice plain)
{
    size_t at = 0;
    uint32_t c = kk_plain_char(plain, &at);
    if (c < 0x80)
        return !((c >= '0' && c <= '9') || (kk_char_letter(c) && !strchr("nNuU", (int)c)));
    return !kk_char_japanese(c) || c == 0x30fc || c == 0x306a /* な */ || c == 0x30ca /* ナ */ ||
           c == 0x7121 /* 無 */ || c == 0x4e0d /* 不 */ || c == 0x672a /* 未 */ ||
           c == 0x8a72 /* 該 */ || c == 0x975e /* 非 */ || c == 0x540c /* 同 */;
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
    if (!may_be_blank(plain))
        return false;
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

/* Where the first character stands that has another form, or the text's end. */
static size_t first_variant(kk_slice text, bool near)
{
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        uint32_t c = kk_plain_char(text, &at);
        if (near ? kk_near_kanji(c) != 0 : kk_same_kanji(c) != c)
            return before;
    }
    return text.len;
}

kk_slice kk_fold_kanji(kk_arena *arena, kk_slice plain)
{
    size_t at = first_variant(plain, false);
    if (at == plain.len)
        return plain;
    kk_pen pen = kk_pen_open(arena, plain.len);
    kk_pen_add(&pen, kk_part(plain, 0, at));
    while (at < plain.len)
        kk_pen_put(&pen, kk_same_kanji(kk_plain_char(plain, &at)));
    return kk_pen_slice(&pen);
}

kk_slice kk_fold_near(kk_arena *arena, kk_slice folded, bool *mixed)
{
    size_t at = first_variant(folded, true);
    *mixed = at < folded.len;
    if (!*mixed)
        return folded;
    kk_pen pen = kk_pen_open(arena, folded.len);
    kk_pen_add(&pen, kk_part(folded, 0, at));
    while (at < folded.len) {
        uint32_t c = kk_plain_char(folded, &at), near = kk_near_kanji(c);
        kk_pen_put(&pen, near ? near : c);
    }
    return kk_pen_slice(&pen);
}
