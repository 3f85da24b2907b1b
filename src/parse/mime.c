/* RFC 5322, 2045, 2047 and 2231, as mailers of thirty years have written them. */
#include "parse/mime.h"

#include "base/base64.h"
#include "parse/jis7.h"

/* ---- Transfer encodings ---- */

bool kk_mime_coding_by_name(kk_slice name, kk_mime_coding *out)
{
    static const struct {
        const char *name;
        kk_mime_coding coding;
    } names[] = {{"base64", KK_MIME_BASE64}, {"quoted-printable", KK_MIME_QUOTED},
                 {"7bit", KK_MIME_PLAIN},    {"8bit", KK_MIME_PLAIN},
                 {"binary", KK_MIME_PLAIN},  {"", KK_MIME_PLAIN}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kk_eq_nocase(name, kk_cstr(names[i].name))) {
            *out = names[i].coding;
            return true;
        }
    }
    *out = KK_MIME_PLAIN;
    return false;
}

static size_t decode_base64(kk_mime_decoder *d, kk_slice from, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < from.len; i++) {
        int value = kk_base64_value(from.ptr[i]);
        if (from.ptr[i] == '=')
            d->count = 0; /* the end of a group; another text may follow */
        if (value < 0)
            continue;
        d->bits = d->bits << 6 | (uint32_t)value;
        if (++d->count == 1)
            continue;
        int unused = (4 - d->count) * 2;
        to[len++] = (char)(d->bits >> unused & 0xff);
        if (d->count == 4)
            d->count = 0;
    }
    return len;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum { TEXT, EQUALS, DIGIT, SOFT };

/* One byte; how many were written. */
static size_t quoted_byte(kk_mime_decoder *d, char c, char *to)
{
    switch (d->state) {
    case EQUALS:
        d->first = c;
        d->state = hex_value(c) >= 0 ? DIGIT : c == ' ' || c == '\t' || c == '\r' ? SOFT : TEXT;
        if (d->state != TEXT || c == '\n')
            return 0;
        to[0] = '=';
        to[1] = c;
        return 2;
    case DIGIT:
        d->state = TEXT;
        if (hex_value(c) >= 0) {
            to[0] = (char)(hex_value(d->first) << 4 | hex_value(c));
            return 1;
        }
        to[0] = '=';
        to[1] = d->first;
        to[2] = c;
        return 3;
    case SOFT:
        if (c == '\n')
            d->state = TEXT;
        if (c == '\n' || c == ' ' || c == '\t' || c == '\r')
            return 0;
        d->state = TEXT;
        break;
    default:
        break;
    }
    if (c == '=') {
        d->state = EQUALS;
        return 0;
    }
    to[0] = c;
    return 1;
}

size_t kk_mime_decode(kk_mime_decoder *d, kk_slice from, char *to)
{
    size_t len = 0;
    if (d->coding == KK_MIME_BASE64)
        return decode_base64(d, from, to);
    if (d->coding == KK_MIME_PLAIN) {
        if (from.len)
            memcpy(to, from.ptr, from.len);
        return from.len;
    }
    for (size_t i = 0; i < from.len; i++)
        len += quoted_byte(d, from.ptr[i], to + len);
    return len;
}

/* ---- Charsets ---- */

static bool is_seven_bit(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

static kk_slice decode(kk_arena *arena, kk_charset charset, kk_slice bytes, size_t *lost)
{
    bool whole;
    if (charset != KK_ISO_2022_JP)
        return kk_decode(arena, charset, bytes, lost);
    kk_slice pairs = kk_jis7_to_cp932(arena, bytes, &whole);
    return whole ? kk_decode(arena, KK_CP932, pairs, lost) : kk_decode(arena, charset, bytes, lost);
}

kk_slice kk_mime_text(kk_arena *arena, kk_slice name, kk_slice bytes, bool *known)
{
    kk_charset charset;
    size_t lost = 0, lost_by_guess = 0;
    size_t star = kk_find_byte(name, '*'); /* a language, RFC 2231 */
    bool is_known = kk_charset_by_name(kk_part(name, 0, star), &charset);
    if (known)
        *known = is_known || name.len == 0 || is_seven_bit(bytes);
    bool escapes = kk_has(bytes, KK_S("\x1b$")) || kk_has(bytes, KK_S("\x1b("));
    if (is_seven_bit(bytes) && !escapes)
        return kk_utf8_clean(arena, bytes);
    kk_charset guess = kk_charset_guess(bytes, NULL);
    if (!is_known)
        return decode(arena, guess, bytes, NULL);
    kk_slice text = decode(arena, charset, bytes, &lost);
    if (guess == charset || (lost == 0 && !(escapes && guess == KK_ISO_2022_JP)))
        return text;
    kk_slice other = decode(arena, guess, bytes, &lost_by_guess);
    return lost_by_guess < lost || (escapes && guess == KK_ISO_2022_JP) ? other : text;
}

/* ---- Encoded words ---- */

typedef struct {
    kk_slice charset, body;
    char kind; /* 'b', 'q' */
    size_t len;
} word;

/* "=?charset?B?...?=" at the start of s. */
static bool word_at(kk_slice s, word *out)
{
    if (!kk_starts(s, KK_S("=?")))
        return false;
    kk_slice rest = kk_from(s, 2);
    size_t mark = kk_find_byte(kk_part(rest, 0, 64), '?');
    if (mark == KK_NOWHERE || mark == 0 || rest.len < mark + 4 || rest.ptr[mark + 2] != '?')
        return false;
    out->charset = kk_part(rest, 0, mark);
    out->kind = (char)(rest.ptr[mark + 1] | 0x20);
    if (out->kind != 'b' && out->kind != 'q')
        return false;
    rest = kk_from(rest, mark + 3);
    size_t end = kk_find(kk_part(rest, 0, 8192), KK_S("?="));
    if (end == 0 && kk_starts(kk_from(rest, 1), KK_S("?=")))
        end = KK_NOWHERE;
    if (end == KK_NOWHERE)
        return false;
    out->body = kk_part(rest, 0, end);
    out->len = 2 + mark + 3 + end + 2;
    return true;
}

static void put_body(kk_buffer *bytes, const word *w)
{
    char *to = kk_buffer_room(bytes, w->body.len + 4);
    kk_mime_decoder d = {.coding = w->kind == 'b' ? KK_MIME_BASE64 : KK_MIME_QUOTED};
    bytes->len += kk_mime_decode(&d, w->body, to);
}

/* In "Q" an underscore is a blank, but =5F is one: so blanks are put in before decoding. */
static word blanks_for_underscores(kk_arena *arena, word w)
{
    if (w.kind != 'q')
        return w;
    kk_slice copy = kk_copy(arena, w.body);
    char *to = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; i < copy.len; i++)
        if (to[i] == '_')
            to[i] = ' ';
    w.body = copy;
    return w;
}

/* Words of one charset in a row are one text: mailers cut where they like. Gives what they take. */
static size_t put_words(kk_arena *arena, kk_slice s, kk_buffer *out)
{
    kk_buffer bytes = {0};
    word first, next;
    size_t at = 0;
    if (!word_at(s, &first))
        return 0;
    for (next = first;;) {
        next = blanks_for_underscores(arena, next);
        put_body(&bytes, &next);
        at += next.len;
        size_t gap = at;
        while (gap < s.len && (s.ptr[gap] == ' ' || s.ptr[gap] == '\t' || s.ptr[gap] == '\r' ||
                               s.ptr[gap] == '\n'))
            gap++;
        if (!word_at(kk_from(s, gap), &next))
            break;
        at = gap;
        if (!kk_eq_nocase(next.charset, first.charset))
            break;
    }
    kk_put(out, kk_mime_text(arena, first.charset, kk_buffer_slice(&bytes), NULL));
    kk_buffer_close(&bytes);
    return at;
}

kk_slice kk_mime_words(kk_arena *arena, kk_slice value)
{
    if (!is_seven_bit(value) || kk_has(value, KK_S("\x1b$")))
        value = kk_mime_text(arena, KK_NONE, value, NULL);
    if (!kk_has(value, KK_S("=?")))
        return value;
    kk_buffer out = {0};
    for (size_t at = 0; at < value.len;) {
        size_t taken = value.ptr[at] == '=' ? put_words(arena, kk_from(value, at), &out) : 0;
        if (taken == 0)
            kk_put_byte(&out, value.ptr[at]);
        at += taken ? taken : 1;
    }
    kk_slice text = kk_utf8_clean(arena, kk_copy(arena, kk_buffer_slice(&out)));
    kk_buffer_close(&out);
    return text;
}

/* ---- Parameters ---- */

kk_slice kk_mime_main(kk_slice value)
{
    return kk_trim(kk_part(value, 0, kk_find_byte(value, ';')));
}

/* The next `name=value` behind a ';' outside quotes; a quoted value comes without its quotes, its
 * escapes kept. */
static bool next_parameter(kk_slice *rest, kk_slice *name, kk_slice *value)
{
    size_t semicolon = kk_find_byte(*rest, ';');
    if (semicolon == KK_NOWHERE)
        return false;
    kk_slice s = kk_trim(kk_from(*rest, semicolon + 1));
    size_t n = 0;
    while (n < s.len && s.ptr[n] != '=' && s.ptr[n] != ';')
        n++;
    *name = kk_trim(kk_part(s, 0, n));
    *value = KK_NONE;
    if (n == s.len || s.ptr[n] == ';') {
        *rest = kk_from(s, n);
        return true;
    }
    s = kk_trim(kk_from(s, n + 1));
    bool quoted = s.len && s.ptr[0] == '"';
    for (n = quoted; n < s.len; n++) {
        if (quoted && s.ptr[n] == '\\')
            n++;
        else if (s.ptr[n] == (quoted ? '"' : ';'))
            break;
    }
    n = n < s.len ? n : s.len;
    *value = quoted ? kk_part(s, 1, n - 1) : kk_trim(kk_part(s, 0, n));
    *rest = kk_from(s, n);
    return true;
}

static void put_percent(kk_buffer *out, kk_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '%' && s.len - i > 2 && hex_value(s.ptr[i + 1]) >= 0 &&
            hex_value(s.ptr[i + 2]) >= 0) {
            kk_put_byte(out, (char)(hex_value(s.ptr[i + 1]) << 4 | hex_value(s.ptr[i + 2])));
            i += 2;
        } else {
            kk_put_byte(out, s.ptr[i]);
        }
    }
}

static kk_slice unquote(kk_arena *arena, kk_slice s)
{
    if (kk_find_byte(s, '\\') == KK_NOWHERE)
        return s;
    kk_slice copy = kk_copy(arena, s);
    char *to = (char *)(uintptr_t)copy.ptr;
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        /* Only quotes and backslashes: Windows paths come unescaped. */
        if (s.ptr[i] == '\\' && i + 1 < s.len && (s.ptr[i + 1] == '"' || s.ptr[i + 1] == '\\'))
            i++;
        to[len++] = s.ptr[i];
    }
    return (kk_slice){to, len};
}

/* One piece "name*N" or "name*N*" of RFC 2231; `percent` when it ends in a star. */
static bool is_piece(kk_slice have, kk_slice name, bool *percent)
{
    if (have.len <= name.len || !kk_eq_nocase(kk_part(have, 0, name.len), name) ||
        have.ptr[name.len] != '*')
        return false;
    *percent = have.ptr[have.len - 1] == '*';
    return true;
}

kk_slice kk_mime_parameter(kk_arena *arena, kk_slice header, const char *wanted)
{
    kk_slice rest = header, name, value, key = kk_cstr(wanted), charset = KK_NONE, plain = KK_NONE;
    kk_buffer pieces = {0};
    bool percent, any = false;
    for (int count = 0; count < 256 && next_parameter(&rest, &name, &value); count++) {
        if (kk_eq_nocase(name, key) && plain.len == 0)
            plain = value;
        if (!is_piece(name, key, &percent))
            continue;
        size_t first = kk_find_byte(value, '\''), second = KK_NOWHERE;
        if (percent && !any && first != KK_NOWHERE)
            second = kk_find_byte(kk_from(value, first + 1), '\'');
        if (second != KK_NOWHERE) {
            charset = kk_part(value, 0, first);
            value = kk_from(value, first + 1 + second + 1);
        }
        any = true;
        if (percent)
            put_percent(&pieces, value);
        else
            kk_put(&pieces, value);
    }
    kk_slice text =
        any ? kk_mime_text(arena, charset, kk_copy(arena, kk_buffer_slice(&pieces)), NULL)
            : kk_mime_words(arena, unquote(arena, plain));
    kk_buffer_close(&pieces);
    return text;
}
