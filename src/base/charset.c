/* Encodings: which one it is, and out of it. */
#include "base/text.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>

static const struct {
    const char *name, *icu;
} charsets[] = {
    [KK_UTF8] = {"UTF-8", "UTF-8"},
    [KK_UTF16LE] = {"UTF-16LE", "UTF-16LE"},
    [KK_UTF16BE] = {"UTF-16BE", "UTF-16BE"},
    [KK_CP932] = {"CP932", "ibm-943_P15A-2003"}, /* ICU's table of Windows code page 932 */
    [KK_EUC_JP] = {"EUC-JP", "EUC-JP"},
    [KK_ISO_2022_JP] = {"ISO-2022-JP", "ISO-2022-JP-2"},
    [KK_LATIN1] = {"ISO-8859-1", "ISO-8859-1"},
};

const char *kk_charset_name(kk_charset charset)
{
    return charsets[charset].name;
}

bool kk_charset_by_name(kk_slice name, kk_charset *out)
{
    static const struct {
        const char *name;
        kk_charset charset;
    } names[] = {
        {"utf-8", KK_UTF8},
        {"utf8", KK_UTF8},
        {"us-ascii", KK_UTF8},
        {"ascii", KK_UTF8},
        {"utf-16", KK_UTF16LE},
        {"utf-16le", KK_UTF16LE},
        {"utf-16be", KK_UTF16BE},
        {"shift_jis", KK_CP932},
        {"shift-jis", KK_CP932},
        {"sjis", KK_CP932},
        {"x-sjis", KK_CP932},
        {"cp932", KK_CP932},
        {"ms932", KK_CP932},
        {"windows-31j", KK_CP932},
        {"euc-jp", KK_EUC_JP},
        {"eucjp", KK_EUC_JP},
        {"x-euc-jp", KK_EUC_JP},
        {"iso-2022-jp", KK_ISO_2022_JP},
        {"iso-2022-jp-1", KK_ISO_2022_JP},
        {"iso-2022-jp-2", KK_ISO_2022_JP},
        {"iso-2022-jp-ms", KK_ISO_2022_JP},
        {"cp50221", KK_ISO_2022_JP},
        {"iso-8859-1", KK_LATIN1},
        {"iso-8859-15", KK_LATIN1},
        {"windows-1252", KK_LATIN1},
        {"latin1", KK_LATIN1},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kk_eq_nocase(name, kk_cstr(names[i].name))) {
            *out = names[i].charset;
            return true;
        }
    }
    return false;
}

/* How Japanese some bytes look when read as one encoding. */
typedef struct {
    size_t kana, kanji, half_kana, bad;
} look;

/* So many faults are no slips of a text: the rest need not be looked at. */
static bool is_hopeless(const look *l)
{
    return l->bad > 200 && l->bad * 20 > l->kana + l->kanji;
}

static size_t worth(look l)
{
    return l.kana * 4 + l.kanji * 3 + l.half_kana;
}

static look look_as_cp932(kk_slice s)
{
    look l = {0};
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len && !is_hopeless(&l); i++) {
        unsigned char c = p[i];
        if (c < 0x80)
            continue;
        if (c >= 0xa1 && c <= 0xdf) {
            l.half_kana++;
            continue;
        }
        if (c == 0x80 || c == 0xa0 || c > 0xfc) {
            l.bad++;
            continue;
        }
        if (i + 1 == s.len)
            break; /* cut: says nothing */
        unsigned char d = p[++i];
        if (d < 0x40 || d == 0x7f || d > 0xfc) {
            l.bad++;
            i--;
        } else if (c == 0x82 || c == 0x83) {
            l.kana++;
        } else {
            l.kanji++;
        }
    }
    return l;
}

static look look_as_euc(kk_slice s)
{
    look l = {0};
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len && !is_hopeless(&l); i++) {
        unsigned char c = p[i];
        if (c < 0x80)
            continue;
        size_t more = c == 0x8f ? 2 : 1;
        if ((c < 0xa1 && c != 0x8e && c != 0x8f) || c == 0xff) {
            l.bad++;
            continue;
        }
        if (i + more >= s.len)
            break;
        bool good = p[i + 1] >= 0xa1 && p[i + 1] != 0xff && (more == 1 || p[i + 2] >= 0xa1);
        if (c == 0x8e)
            good = good && p[i + 1] <= 0xdf;
        if (!good) {
            l.bad++;
            continue;
        }
        i += more;
        if (c == 0xa4 || c == 0xa5)
            l.kana++;
        else if (c == 0x8e)
            l.half_kana++;
        else
            l.kanji++;
    }
    return l;
}

static bool has_escapes(kk_slice s)
{
    for (size_t i = 0; i + 2 < s.len; i++)
        if (s.ptr[i] == 0x1b && (s.ptr[i + 1] == '$' || s.ptr[i + 1] == '('))
            return true;
    return false;
}

/* UTF-16 without a BOM: many zero bytes on one side only. */
static bool utf16_side(kk_slice s, kk_charset *out)
{
    size_t zero[2] = {0, 0};
    size_t n = s.len < 4096 ? s.len : 4096;
    for (size_t i = 0; i < n; i++)
        zero[i & 1] += s.ptr[i] == 0;
    if (n < 16 || (zero[0] + zero[1]) * 6 < n)
        return false;
    if (zero[1] > zero[0] * 8)
        *out = KK_UTF16LE;
    else if (zero[0] > zero[1] * 8)
        *out = KK_UTF16BE;
    else
        return false;
    return true;
}

static kk_slice without_cut_char(kk_slice s)
{
    for (size_t back = 1; back <= 3 && back <= s.len; back++)
        if ((unsigned char)s.ptr[s.len - back] >= 0xc0)
            return kk_part(s, 0, s.len - back);
    return s;
}

kk_charset kk_charset_guess(kk_slice s, bool *certain)
{
    bool ignored;
    kk_charset side;
    if (!certain)
        certain = &ignored;
    *certain = true;
    if (kk_starts(s, KK_S("\xef\xbb\xbf")))
        return KK_UTF8;
    if (kk_starts(s, KK_S("\xff\xfe")))
        return KK_UTF16LE;
    if (kk_starts(s, KK_S("\xfe\xff")))
        return KK_UTF16BE;
    if (utf16_side(s, &side))
        return side;
    if (kk_utf8_valid(s) || kk_utf8_valid(without_cut_char(s)))
        return has_escapes(s) ? KK_ISO_2022_JP : KK_UTF8;
    look sjis = look_as_cp932(s), euc = look_as_euc(s);
    *certain = (sjis.bad == 0) != (euc.bad == 0);
    if (*certain)
        return sjis.bad == 0 ? KK_CP932 : KK_EUC_JP;
    if (sjis.bad == 0)
        return worth(euc) > worth(sjis) ? KK_EUC_JP : KK_CP932;
    /* Both have faults: damaged, or neither. The one with fewer faults, if it explains the most. */
    look best = sjis.bad <= euc.bad ? sjis : euc;
    if (best.bad * 20 > best.kana + best.kanji)
        return kk_utf8_valid(s) ? KK_UTF8 : KK_LATIN1;
    return sjis.bad <= euc.bad ? KK_CP932 : KK_EUC_JP;
}

static kk_slice without_bom(kk_charset charset, kk_slice s)
{
    if (charset == KK_UTF8 && kk_starts(s, KK_S("\xef\xbb\xbf")))
        return kk_from(s, 3);
    if ((charset == KK_UTF16LE && kk_starts(s, KK_S("\xff\xfe"))) ||
        (charset == KK_UTF16BE && kk_starts(s, KK_S("\xfe\xff"))))
        return kk_from(s, 2);
    return s;
}

static size_t count_lost(kk_slice text)
{
    size_t lost = 0;
    for (kk_slice rest = text; rest.len;) {
        size_t at = kk_find(rest, KK_S("\xef\xbf\xbd"));
        if (at == KK_NOWHERE)
            break;
        lost++;
        rest = kk_from(rest, at + 3);
    }
    return lost;
}

/* ICU's own callback writes a SUB where one byte is undecodable, which nobody would count. */
static void replace(const void *context, UConverterToUnicodeArgs *args, const char *bytes,
                    int32_t len, UConverterCallbackReason reason, UErrorCode *error)
{
    static const UChar replacement = 0xfffd;
    (void)context, (void)bytes, (void)len;
    if (reason > UCNV_IRREGULAR)
        return; /* it is opened, reset or closed */
    *error = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, error);
}

static kk_slice by_icu(kk_arena *arena, kk_charset charset, kk_slice bytes)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(charsets[charset].icu, &error);
    if (U_FAILURE(error) || bytes.len > INT32_MAX / 4) {
        ucnv_close(converter);
        return kk_utf8_clean(arena, bytes);
    }
    ucnv_setToUCallBack(converter, replace, NULL, NULL, NULL, &error);
    UChar *units = kk_take_array(arena, bytes.len * 2 + 2, sizeof *units);
    int32_t count = ucnv_toUChars(converter, units, (int32_t)bytes.len * 2 + 2, bytes.ptr,
                                  (int32_t)bytes.len, &error);
    ucnv_close(converter);
    return U_FAILURE(error)
               ? kk_utf8_clean(arena, bytes)
               : kk_utf16_to_utf8(arena, (kk_slice){(const char *)units, (size_t)count * 2});
}

static kk_slice latin1(kk_arena *arena, kk_slice bytes)
{
    char *to = kk_take_array(arena, bytes.len, 2);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c >= 0x80) {
            to[len++] = (char)(0xc0 | c >> 6);
            to[len++] = (char)(0x80 | (c & 0x3f));
        } else {
            to[len++] = (char)c;
        }
    }
    return (kk_slice){to, len};
}

kk_slice kk_decode(kk_arena *arena, kk_charset charset, kk_slice bytes, size_t *lost)
{
    kk_slice body = without_bom(charset, bytes), text;
    switch (charset) {
    case KK_UTF8:
        text = kk_utf8_clean(arena, body);
        break;
    case KK_UTF16LE:
        text = kk_utf16_to_utf8(arena, body);
        break;
    case KK_LATIN1:
        text = latin1(arena, body);
        break;
    default:
        text = by_icu(arena, charset, body);
    }
    if (lost)
        *lost = text.ptr == body.ptr ? 0 : count_lost(text);
    return text;
}

kk_slice kk_encode(kk_arena *arena, kk_charset charset, kk_slice text)
{
    UErrorCode error = U_ZERO_ERROR;
    if (charset == KK_UTF8)
        return text;
    if (charset == KK_UTF16LE)
        return kk_utf8_to_utf16(arena, text);
    kk_slice wide = kk_utf8_to_utf16(arena, text);
    UConverter *converter = ucnv_open(charsets[charset].icu, &error);
    if (U_FAILURE(error))
        return KK_NONE;
    ucnv_setSubstChars(converter, "?", 1, &error);
    error = U_ZERO_ERROR;
    size_t capacity = wide.len * 4 + 16;
    char *to = kk_take(arena, capacity);
    int32_t len =
        ucnv_fromUChars(converter, to, (int32_t)capacity, (const UChar *)(const void *)wide.ptr,
                        (int32_t)(wide.len / 2), &error);
    ucnv_close(converter);
    return U_FAILURE(error) ? KK_NONE : (kk_slice){to, (size_t)len};
}

void kk_text_warm(void)
{
    kk_arena *arena = kk_arena_open();
    for (int charset = KK_UTF8; charset <= KK_LATIN1; charset++)
        (void)kk_decode(arena, (kk_charset)charset, KK_S("\x8e\xa5"), NULL);
    (void)kk_nfkc(arena, KK_S("\xef\xbd\xb1"));
    (void)kk_nfkc_fold(arena, KK_S("\xef\xbd\xb1"));
    kk_arena_close(arena);
}
