/* Normal forms of characters. Most cells of a Japanese table are ASCII, kana and common kanji with
 * some full-width forms: those are done here; whatever else occurs goes through ICU's NFKC. */
#include "recognise/fold.h"

#include "base/text.h"

#include <uchar.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

kk_pen kk_pen_open(kk_arena *arena, size_t room)
{
    return (kk_pen){kk_take_bytes(arena, room + 1), 0, room};
}

/* Returns how many bytes it takes. */
static inline size_t put_char(char *p, uint32_t c)
{
    if (c < 0x80) {
        p[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        p[0] = (char)(0xc0 | c >> 6);
        p[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        p[0] = (char)(0xe0 | c >> 12);
        p[1] = (char)(0x80 | (c >> 6 & 0x3f));
        p[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    p[0] = (char)(0xf0 | c >> 18);
    p[1] = (char)(0x80 | (c >> 12 & 0x3f));
    p[2] = (char)(0x80 | (c >> 6 & 0x3f));
    p[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

void kk_pen_put(kk_pen *pen, uint32_t c)
{
    if (pen->len + 4 > pen->room && pen->len + (c < 0x80      ? 1
                                                : c < 0x800   ? 2
                                                : c < 0x10000 ? 3
                                                              : 4) >
                                        pen->room)
        return;
    pen->len += put_char(pen->ptr + pen->len, c);
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
static inline uint32_t wide_kana(kk_slice text, uint32_t c, size_t *at)
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

static bool is_triple(kk_slice text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    return text.len - at >= 3 && p[0] >= 0xe2 && p[0] <= 0xef && (p[1] & 0xc0) == 0x80 &&
           (p[2] & 0xc0) == 0x80;
}

/* The character at *at in its usual width: ' ' for a blank, 0 for what NFKC has to look at. */
static uint32_t usual_width(kk_slice text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[*at];
    if (first < 0x80 ? first != ' ' && first != '\n' && first != '\r' && first != '\t'
                     : !is_triple(text, *at))
        return 0;
    uint32_t c = kk_plain_char(text, at);
    if (c <= ' ' || c == 0x3000)
        return ' ';
    if (is_wide(c))
        return c - 0xfee0;
    return settled(c) ? c : wide_kana(text, c, at);
}

/* The same behind NFKC: 0 for an invisible one. */
static uint32_t visible(kk_slice text, size_t *at)
{
    uint32_t c = kk_plain_char(text, at);
    uint32_t kana = wide_kana(text, c, at);
    if (kana)
        return kana;
    if (is_wide(c))
        c = c == 0x3000 ? ' ' : c - 0xfee0;
    if (c <= ' ' || (c >= 0x7f && c <= 0xa0))
        return ' ';
    return is_invisible(c) ? 0 : c;
}

#ifdef __SSE2__
static unsigned bytes_between(__m128i bytes, unsigned char first, unsigned char last)
{
    __m128i from = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
    __m128i within = _mm_min_epu8(from, _mm_set1_epi8((char)(last - first)));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(from, within));
}

/* Of the bytes that can only begin kana: those that do not go on as one. */
static unsigned odd_kana(__m128i bytes, unsigned kana)
{
    unsigned first = kana << 1, second = bytes_between(bytes, 0x81, 0x81);
    unsigned odd = first & ~bytes_between(bytes, 0x81, 0x83);
    odd |= (first & second) << 1 & bytes_between(bytes, 0x80, 0x80);
    second = bytes_between(bytes, 0x82, 0x82);
    odd |= (first & second) << 1 & bytes_between(bytes, 0x97, 0xa0);
    second = bytes_between(bytes, 0x83, 0x83);
    return odd | ((first & second) << 1 & bytes_between(bytes, 0xbd, 0xbf));
}

/* How many of 16 bytes, which begin with a character, are whole characters that stay as they are, up to the
 * first other: ASCII without two blanks side by side, kana, kanji from U+5000 on. */
static size_t common_bytes(__m128i bytes)
{
    unsigned ascii = bytes_between(bytes, ' ', '~'), trails = bytes_between(bytes, 0x80, 0xbf);
    unsigned kanji = bytes_between(bytes, 0xe5, 0xe9), kana = bytes_between(bytes, 0xe3, 0xe3);
    unsigned blanks = bytes_between(bytes, ' ', ' ');
    unsigned leads = kanji | kana, wrong = kana ? odd_kana(bytes, kana) : 0;
    wrong |=
        ~(ascii | trails | leads) | (trails ^ (leads << 1 | leads << 2)) | (blanks & blanks << 1);
    unsigned end = (unsigned)__builtin_ctz(wrong | 0x10000);
    leads <<= 2; /* of a character that begins one or two bytes before the end, none is taken */
    return leads >> (end + 1) & 1 ? end - 1 : leads >> end & 1 ? end - 2 : end;
}

/* Fewer than 16 bytes, filled up. */
static __m128i short_bytes(const char *p, size_t len)
{
    uint64_t low = UINT64_C(0x6161616161616161), high = low;
    if (len >= 8) {
        memcpy(&low, p, 8);
        if (len > 8) {
            uint64_t last;
            memcpy(&last, p + len - 8, 8);
            unsigned rest = 8 * (unsigned)(len - 8);
            high = last >> (64 - rest) | high << rest;
        }
    } else if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + len - 4, 4);
        uint64_t bytes = first | (uint64_t)last << 8 * (len - 4);
        low = bytes | low << 8 * len;
    } else {
        for (size_t i = len; i-- > 0;)
            low = low << 8 | (unsigned char)p[i];
    }
    return _mm_set_epi64x((long long)high, (long long)low);
}

/* How many bytes at the beginning of the text are their own plain form, as mostly all are. */
static size_t plain_bytes(kk_slice text)
{
    for (size_t at = 0; at < text.len;) {
        const char *p = text.ptr + at;
        size_t left = text.len - at;
        if (at && p[0] == ' ' && p[-1] == ' ')
            return at;
        /* a character that is cut short is completed by nothing that is filled up */
        size_t common = left >= 16 ? common_bytes(_mm_loadu_si128((const __m128i *)(const void *)p))
                                   : common_bytes(short_bytes(p, left));
        if (common < left && common < 14)
            return at + common;
        at += common;
    }
    return text.len;
}

/* Copies 16 bytes, of which it returns how many count. */
static size_t copy_common(char *to, const char *from)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    _mm_storeu_si128((__m128i *)(void *)to, bytes);
    return common_bytes(bytes);
}
#else
static size_t plain_bytes(kk_slice text)
{
    bool blank = false;
    size_t at = 0;
    while (at < text.len) {
        const unsigned char *p = (const unsigned char *)text.ptr + at;
        bool triple = is_triple(text, at) && kk_is_kana_or_kanji(p);
        if (!triple && (p[0] < ' ' || p[0] >= 0x7f || (blank && p[0] == ' ')))
            break;
        blank = p[0] == ' ';
        at += triple ? 3 : 1;
    }
    return at;
}

static size_t copy_common(char *to, const char *from)
{
    size_t len = plain_bytes((kk_slice){from, 16});
    memcpy(to, from, len);
    return len;
}
#endif

enum { BLOCK = 16, BLANK = ' ', ESCAPE = 0x1b, BELL = 7 };

/* Three bytes as one number; 0 where they are no character that begins with 0xe2 to 0xef. */
static inline uint32_t triple_at(const unsigned char *p, size_t left)
{
    if (left < 3 || p[0] < 0xe2)
        return 0;
    uint32_t three = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    return (three & 0xf0c0c0) == 0xe08080 ? three : 0;
}

/* What a triple is in its usual width; 0 for what is to be looked up. Only the most common. */
static inline uint32_t usual_triple(uint32_t three)
{
    if (three == 0xe38080)
        return BLANK;
    if (three >= 0xefbc81 && three <= 0xefbcbf)
        return three - 0xefbc81 + '!';
    return three >= 0xefbd80 && three <= 0xefbd9e ? three - 0xefbd80 + '`' : 0;
}

/* In usual width, with blanks squeezed. The first bytes are known to stay as they are. False where the text is
 * not normal yet and NFKC is needed. */
static bool squeeze(kk_arena *arena, kk_slice text, size_t at, bool normal, kk_slice *out)
{
    kk_pen pen = kk_pen_open(arena, text.len + BLOCK);
    char *begin = pen.ptr, *to = begin + at;
    if (at)
        memcpy(begin, text.ptr, at);
    while (at < text.len) {
        const unsigned char *p = (const unsigned char *)text.ptr + at;
        if (p[0] > ' ' && p[0] < 0x7f) {
            *to++ = text.ptr[at++];
            continue;
        }
        uint32_t three = triple_at(p, text.len - at), c = 0;
        if (three && kk_is_kana_or_kanji(p)) {
            size_t len = text.len - at >= BLOCK ? copy_common(to, text.ptr + at) : 0;
            if (!len)
                memcpy(to, p, len = 3);
            to += len;
            at += len;
            continue;
        }
        c = usual_triple(three);
        if (c)
            at += 3;
        else
            c = normal ? visible(text, &at) : usual_width(text, &at);
        if (c == 0 && !normal)
            return false;
        bool again = c == BLANK && (to == begin || to[-1] == BLANK);
        if (c && !again)
            to += put_char(to, c);
    }
    if (to > begin && to[-1] == BLANK)
        to--;
    *out = (kk_slice){begin, (size_t)(to - begin)};
    return true;
}

/* ASCII but blanks and control characters, eight bytes at a time. */
static inline bool is_visible(uint64_t word)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    return ((word | (word + each) | (word - 0x21 * each)) & 0x80 * each) == 0;
}

static inline bool is_visible_ascii(kk_slice text)
{
    uint64_t word, last;
    uint32_t first, second;
    if (text.len >= 8) {
        for (size_t at = 0; text.len - at > 8; at += 8) {
            memcpy(&word, text.ptr + at, 8);
            if (!is_visible(word))
                return false;
        }
        memcpy(&last, text.ptr + text.len - 8, 8);
        return is_visible(last);
    }
    if (text.len >= 4) {
        memcpy(&first, text.ptr, 4);
        memcpy(&second, text.ptr + text.len - 4, 4);
        return is_visible(first | (uint64_t)second << 32);
    }
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)(text.ptr[i] - 0x21) > 0x7e - 0x21)
            return false;
    return true;
}

/* What a terminal is told at `at`: ESC [ 31 m, ESC ] title BEL, the same with one character for ESC [; 0: nothing. Of
 * what does not end as it should only the beginning. */
static size_t sequence_at(kk_slice text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    bool one = kk_starts(kk_from(text, at), KK_S("\xc2\x9b"));
    size_t left = text.len - at, end = 2;
    if (!one && p[at] != ESCAPE)
        return 0;
    unsigned char kind = one ? '[' : left > 1 ? p[at + 1] : 0;
    if (kind < ' ' || kind > 0x7e)
        return 1;
    if (kind == '[') {
        while (end < left && p[at + end] >= ' ' && p[at + end] < '@')
            end++;
        return end < left && p[at + end] >= '@' && p[at + end] <= 0x7e ? end + 1 : 2;
    }
    if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
        while (end < left && p[at + end] != BELL && p[at + end] != ESCAPE)
            end++;
        bool is_closed = end < left && (p[at + end] == BELL ||
                                        kk_starts(kk_from(text, at + end), KK_S("\x1b\\")));
        return !is_closed ? 2 : end + (p[at + end] == BELL ? 1 : 2);
    }
    while (end < left && p[at + end - 1] < '0' && p[at + end] >= ' ' && p[at + end] <= 0x7e)
        end++;
    return end;
}

/* Colours and the like tell a terminal something; to who reads they are nothing. */
static kk_slice without_sequences(kk_arena *arena, kk_slice text)
{
    if (kk_find_byte(text, ESCAPE) == KK_NOWHERE && kk_find(text, KK_S("\xc2\x9b")) == KK_NOWHERE)
        return text;
    char *out = kk_take_bytes(arena, text.len + 1);
    size_t len = 0;
    for (size_t at = 0, end; at < text.len; at = end) {
        end = at + sequence_at(text, at);
        if (end == at)
            out[len++] = text.ptr[end++];
    }
    return (kk_slice){out, len};
}

static __attribute__((noinline)) kk_slice plain_of_any(kk_arena *arena, kk_slice text)
{
    kk_slice plain;
    if ((unsigned char)text.ptr[0] <= ' ' || (unsigned char)text.ptr[text.len - 1] <= ' ')
        text = kk_trim(text);
    size_t common = plain_bytes(text);
    if (common == text.len)
        return text;
    kk_slice shown = without_sequences(arena, text);
    if (shown.ptr != text.ptr) {
        text = kk_trim(shown);
        common = plain_bytes(text);
    }
    if (!squeeze(arena, text, common, false, &plain))
        (void)squeeze(arena, kk_nfkc(arena, kk_utf8_clean(arena, text)), 0, true, &plain);
    return plain;
}

kk_slice kk_plain(kk_arena *arena, kk_slice text)
{
    kk_slice plain;
    if (kk_plain_wide(arena, text, &plain))
        return plain;
    return is_visible_ascii(text) ? text : plain_of_any(arena, text);
}

/* Of eight bytes: one from A to Z. */
static inline bool holds_capitals(uint64_t word)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t low = word & 0x7f * each;
    return (((low + (0x80 - 'A') * each) ^ (low + (0x7f - 'Z') * each)) & ~word & 0x80 * each) != 0;
}

static bool has_capitals(kk_slice text)
{
    uint64_t word;
    if (text.len < 8) {
        for (size_t i = 0; i < text.len; i++)
            if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
                return true;
        return false;
    }
    for (size_t at = 0; text.len - at > 8; at += 8) {
        memcpy(&word, text.ptr + at, 8);
        if (holds_capitals(word))
            return true;
    }
    memcpy(&word, text.ptr + text.len - 8, 8);
    return holds_capitals(word);
}

kk_slice kk_lower(kk_arena *arena, kk_slice plain)
{
    if (!has_capitals(plain))
        return plain;
    char *out = kk_take_bytes(arena, plain.len + 1);
    for (size_t i = 0; i < plain.len; i++) {
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

bool kk_is_blank(kk_slice plain)
{
    static const kk_slice blanks[] = {
        KK_WORD("なし"),     KK_WORD("無し"),   KK_WORD("無"),      KK_WORD("ナシ"),
        KK_WORD("不明"),     KK_WORD("未登録"), KK_WORD("未入力"),  KK_WORD("未設定"),
        KK_WORD("該当なし"), KK_WORD("非公開"), KK_WORD("null"),    KK_WORD("n/a"),
        KK_WORD("none"),     KK_WORD("nil"),    KK_WORD("(null)"),  KK_WORD("#n/a"),
        KK_WORD("nan"),      KK_WORD("\\n"),    KK_WORD("unknown"), KK_WORD("未定"),
        KK_WORD("同上"),     KK_WORD("〃"),     KK_WORD("未指定"),  KK_WORD("未回答"),
    };
    bool only_marks = true;
    size_t at = 0;
    if (!kk_may_be_blank(plain))
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
