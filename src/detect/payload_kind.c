/* What decoded bytes are. Without a mark only what cannot well be there by chance is a payload: text of
 * some length without one odd character, a program's head with what belongs to it, an archive that
 * unpacks. */
#include "detect/payload_i.h"

#include "base/cursor.h"
#include "base/text.h"

#include <zlib.h>

static bool begins(kk_slice s, const char *bytes, size_t len)
{
    return kk_starts(s, (kk_slice){bytes, len});
}
#define BEGINS(s, literal) begins((s), (literal), sizeof(literal) - 1)

static bool is_pe(kk_slice s)
{
    kk_cursor c = kk_cursor_over(s);
    if (!BEGINS(s, "MZ") || s.len < 64)
        return false;
    kk_seek(&c, 0x3c);
    uint32_t head = kk_u32(&c);
    if (head < 0x40 || head > 0x10000)
        return false;
    kk_slice sign = kk_part(s, head, 2);
    return sign.len < 2 || kk_is(sign, "PE") || kk_is(sign, "NE") || kk_is(sign, "LE");
}

static bool is_elf(kk_slice s)
{
    return BEGINS(s, "\177ELF") && s.len >= 16 && (s.ptr[4] == 1 || s.ptr[4] == 2) &&
           (s.ptr[5] == 1 || s.ptr[5] == 2) && s.ptr[6] == 1;
}

/* The first instructions of the loaders that everybody uses. */
static bool is_shellcode(kk_slice s)
{
    return s.len >= 32 &&
           (BEGINS(s, "\xfc\x48\x83\xe4\xf0") || BEGINS(s, "\xfc\x48\x81\xe4") ||
            (BEGINS(s, "\xfc\xe8") && s.ptr[3] == 0 && s.ptr[4] == 0 && s.ptr[5] == 0));
}

/* Certificates, keys, signatures, whole or not: a sequence, and in it another, a name or a number. */
static bool begins_der(kk_slice s)
{
    return s.len >= 16 && BEGINS(s, "\x30\x82") && memchr("\x30\x06\x02", s.ptr[4], 3);
}

/* DER: a sequence that is as long as it says, with another one inside; a certificate's begins with its
 * version or its number. */
static bool is_der(kk_slice s, bool *is_certificate)
{
    kk_cursor c = kk_cursor_over(s);
    if (s.len < 16 || kk_be16(&c) != 0x3082)
        return false;
    size_t len = kk_be16(&c);
    unsigned inside = kk_be16(&c);
    kk_skip(&c, inside == 0x3082 ? 2 : 1);
    unsigned first = kk_u8(&c), second = kk_u8(&c);
    *is_certificate =
        (inside == 0x3082 || inside == 0x3081) && ((first == 0xa0 && second == 3) || first == 2);
    return !c.bad && len + 4 <= s.len && len + 4 + 2 >= s.len;
}

static bool is_known_binary(kk_slice s)
{
    return s.len >= 16 && (BEGINS(s, "%PDF-") || BEGINS(s, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") ||
                           BEGINS(s, "7z\xbc\xaf\x27\x1c") || BEGINS(s, "Rar!\x1a\x07") ||
                           BEGINS(s, "MSCF\0\0\0\0") || BEGINS(s, "\x4c\0\0\0\x01\x14\x02\0") ||
                           BEGINS(s, "\xca\xfe\xba\xbe\0\0\0") ||
                           BEGINS(s, "\xfd"
                                     "7zXZ\0") ||
                           BEGINS(s, "\xcf\xfa\xed\xfe"));
}

static bool is_picture(kk_slice s)
{
    return BEGINS(s, "\x89PNG\r\n") || BEGINS(s, "\xff\xd8\xff") || BEGINS(s, "GIF8") ||
           BEGINS(s, "RIFF") || BEGINS(s, "wOF") || BEGINS(s, "\0\0\1\0\1\0");
}

/* ---- Text ---- */

static bool is_plain(uint32_t c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
}

static kk_slice without_end_zeros(kk_slice s)
{
    while (s.len && !s.ptr[s.len - 1])
        s.len--;
    return s;
}

/* UTF-8: without controls; where nothing announced it also mostly of ASCII, and one line if it is short
 * (lengths and kinds of fields in binary messages look like line ends and tabs). */
static bool is_utf8(kk_slice s, const payload_ground *g)
{
    enum { SHORT = 40 };
    size_t plain = 0, others = 0, at = 0;
    kk_slice line = kk_trim(s);
    size_t line_end = !g->marked && s.len < SHORT ? (size_t)(line.ptr + line.len - s.ptr) : 0;
    if (s.len < (g->marked ? 2 : 15) || !kk_utf8_valid(s))
        return false;
    while (at < s.len) {
        uint32_t c = kk_next_char(s, &at);
        if (is_plain(c) && (c >= 0x20 || at > line_end))
            plain++;
        else if (c < 0xa0 || (c >= 0xfff0 && c < 0x10000) || (c >= 0xe000 && c < 0xf900))
            return false;
        else
            others++;
    }
    return g->marked || !others || (plain > 2 * others && s.len >= 32);
}

static bool is_wide_letter(unsigned c)
{
    return (c >= 0xa0 && c < 0x530) || (c >= 0x2010 && c < 0x2700) || (c >= 0x3000 && c < 0xa000) ||
           (c >= 0xac00 && c < 0xe000) || (c >= 0xf900 && c < 0xfb00) ||
           (c >= 0xff00 && c < 0xfff0);
}

static bool is_utf16(kk_slice s, const payload_ground *g)
{
    kk_cursor c = kk_cursor_over(s);
    size_t units = s.len / 2, plain = 0;
    if (units < (g->marked ? 2 : 6) || (s.len % 2 && !g->torn))
        return false;
    for (size_t i = 0; i < units; i++) {
        unsigned unit = kk_u16(&c);
        plain += is_plain(unit);
        if (!is_plain(unit) && !is_wide_letter(unit) && !(i == 0 && unit == 0xfeff))
            return false;
    }
    return g->marked ? plain * 2 >= units : plain * 5 >= units * (units < 20 ? 5 : 3);
}

static kk_slice without_mark(kk_slice text)
{
    return kk_starts(text, KK_S("\xef\xbb\xbf")) ? kk_from(text, 3) : text;
}

static bool judge_text(kk_arena *arena, kk_slice bytes, const payload_ground *g,
                       payload_nature *out)
{
    enum { OPTION_LEAST = 8 }; /* powercat has a "-e cmd" */
    kk_slice s = without_end_zeros(bytes);
    out->kind = KK_PAYLOAD_TEXT;
    if (is_utf8(s, g) && (!g->is_option || (g->powershell && s.len >= OPTION_LEAST))) {
        out->charset = "utf-8";
        out->text = without_mark(s);
        return true;
    }
    s = (s.len % 2 && s.len < bytes.len) ? kk_part(bytes, 0, s.len + 1) : s;
    if (is_utf16(s, g)) {
        out->charset = "utf-16le";
        out->text = without_mark(kk_utf16_to_utf8(arena, s));
        return true;
    }
    return false;
}

static bool has_controls(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x80 && !is_plain((unsigned char)s.ptr[i]))
            return true;
    return false;
}

/* Scripts in the older Japanese codes, where a mark says that there is something. */
static bool judge_older_text(kk_arena *arena, kk_slice bytes, payload_nature *out)
{
    size_t lost = 0;
    kk_charset charset = kk_charset_guess(bytes, NULL);
    if (bytes.len < 8 || has_controls(bytes) || (charset != KK_CP932 && charset != KK_EUC_JP))
        return false;
    out->text = kk_decode(arena, charset, bytes, &lost);
    out->charset = charset == KK_CP932 ? "cp932" : "euc-jp";
    out->kind = KK_PAYLOAD_TEXT;
    return lost == 0 && kk_char_count(out->text) * 4 <= bytes.len * 3;
}

/* ---- Compressed ---- */

/* What it unpacks to; Z_STREAM_END, Z_BUF_ERROR where it is cut, Z_DATA_ERROR, Z_OK at the limit.
 * `used`: of the bytes. */
static int unpack(kk_arena *arena, kk_slice s, int window, const payload_ground *g,
                  payload_nature *n, size_t *used)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)s.ptr, .avail_in = (uInt)s.len};
    kk_buffer into = {0};
    int result = inflateInit2(&z, window);
    while (result == Z_OK && into.len < g->inflated) {
        size_t left = g->inflated - into.len, room = left < 65536 ? left : 65536;
        z.next_out = (Bytef *)kk_buffer_room(&into, room);
        z.avail_out = (uInt)room;
        result = inflate(&z, Z_NO_FLUSH);
        into.len += room - z.avail_out;
    }
    *used = z.total_in;
    n->inside = kk_copy(arena, kk_buffer_slice(&into));
    n->unpacked += into.len;
    inflateEnd(&z);
    kk_buffer_close(&into);
    return result;
}

static bool judge_packed(kk_arena *arena, kk_slice s, kk_payload_kind kind, int window,
                         const payload_ground *g, payload_nature *out)
{
    size_t used;
    int result = unpack(arena, s, window, g, out, &used);
    out->kind = kind;
    out->inside_cut = result == Z_OK;
    out->inside_torn = result != Z_STREAM_END && result != Z_OK;
    return out->inside.len >= 4 &&
           (result == Z_STREAM_END || result == Z_OK || g->marked || g->torn);
}

/* Raw deflate has no head: it is one if it unpacks to its last byte, and to something that is a
 * payload by itself. */
static bool judge_deflate(kk_arena *arena, kk_slice s, const payload_ground *g, payload_nature *out)
{
    payload_nature inside = {0};
    payload_ground strict = {.marked = g->deflate, .least = SIZE_MAX, .torn = g->torn};
    size_t used;
    if (s.len < 12 || !(g->deflate || g->marked || s.len >= 64))
        return false;
    int result = unpack(arena, s, -15, g, out, &used);
    out->kind = KK_PAYLOAD_DEFLATE;
    out->inside_cut = result == Z_OK;
    out->inside_torn = result == Z_BUF_ERROR;
    if (result == Z_DATA_ERROR || (result == Z_STREAM_END && used + 16 < s.len))
        return false;
    if (result == Z_BUF_ERROR && !(g->torn && out->inside.len >= 32))
        return false;
    if (is_pe(out->inside) || is_elf(out->inside) || is_shellcode(out->inside))
        return true;
    return judge_text(arena, out->inside, &strict, &inside) ||
           (g->deflate && result == Z_STREAM_END && out->inside.len >= 16);
}

static bool is_zlib(kk_slice s)
{
    return s.len > 8 && s.ptr[0] == 0x78 &&
           (((unsigned)(unsigned char)s.ptr[0] << 8) | (unsigned char)s.ptr[1]) % 31 == 0;
}

/* By their heads. */
static bool judge_head(kk_arena *arena, kk_slice s, const payload_ground *g, payload_nature *out)
{
    bool is_certificate = false;
    if (BEGINS(s, "\x1f\x8b\x08"))
        return judge_packed(arena, s, KK_PAYLOAD_GZIP, 15 + 16, g, out);
    if (is_zlib(s) && judge_packed(arena, s, KK_PAYLOAD_ZLIB, 15, g, out))
        return true;
    out->kind = is_pe(s)                                       ? KK_PAYLOAD_PE
                : is_elf(s)                                    ? KK_PAYLOAD_ELF
                : is_shellcode(s)                              ? KK_PAYLOAD_SHELLCODE
                : BEGINS(s, "PK\3\4") && s.len >= 30           ? KK_PAYLOAD_ZIP
                : is_der(s, &is_certificate) && is_certificate ? KK_PAYLOAD_X509
                : is_known_binary(s)                           ? KK_PAYLOAD_BINARY
                                                               : KK_PAYLOAD_KINDS;
    return out->kind != KK_PAYLOAD_KINDS;
}

/* What the last look left is no part of the next one. */
static void look_again(payload_nature *n)
{
    *n = (payload_nature){.unpacked = n->unpacked};
}

bool payload_judge(kk_arena *arena, kk_slice bytes, const payload_ground *g, payload_nature *out)
{
    *out = (payload_nature){0};
    if (!g->no_text && judge_text(arena, bytes, g, out))
        return true;
    look_again(out);
    if (g->is_option)
        return false;
    if (judge_head(arena, bytes, g, out))
        return true;
    look_again(out);
    if (!g->marked && (is_picture(bytes) || begins_der(bytes)))
        return false;
    if (!g->no_text && judge_deflate(arena, bytes, g, out))
        return true;
    look_again(out);
    if (g->marked && judge_older_text(arena, bytes, out))
        return true;
    look_again(out);
    out->kind = KK_PAYLOAD_BINARY;
    return bytes.len >= g->least;
}
