/* JSON tokens. Structure is looked for in the raw bytes, in units of one or two, so that every token
 * keeps its place in the file; only texts are decoded. */
#include "parse/json_tokens.h"

enum { BLOCK = 256 * 1024, HEAD = 64 * 1024, TEXT_MAX = 1024 * 1024 };
enum { OTHER = 0x7f };

static bool is_wide(kk_charset charset)
{
    return charset == KK_UTF16LE || charset == KK_UTF16BE;
}

void kk_json_tokens_open(kk_json_tokens *t, kk_arena *arena, kk_stream *in)
{
    char *bytes = kk_take(arena, HEAD);
    kk_slice head = {bytes, kk_read(in, 0, bytes, HEAD)};
    *t = (kk_json_tokens){.in = in, .charset = kk_charset_guess(head, NULL)};
    if (t->charset == KK_LATIN1 || t->charset == KK_ISO_2022_JP)
        t->charset = KK_UTF8;
    t->scratch = kk_arena_open();
    t->unit = is_wide(t->charset) ? 2 : 1;
    t->big = t->charset == KK_UTF16BE;
    t->pairs = t->charset == KK_CP932;
    kk_json_tokens_restart(t, UINT64_MAX);
}

void kk_json_tokens_close(kk_json_tokens *t)
{
    kk_buffer_close(&t->raw);
    kk_buffer_close(&t->unescaped);
    kk_arena_close(t->scratch);
}

void kk_json_tokens_restart(kk_json_tokens *t, uint64_t end)
{
    uint8_t mark[3] = {0};
    size_t n = kk_read(t->in, 0, mark, sizeof mark);
    bool utf8 = n == 3 && mark[0] == 0xef && mark[1] == 0xbb && mark[2] == 0xbf;
    bool wide =
        n >= 2 && ((mark[0] == 0xff && mark[1] == 0xfe) || (mark[0] == 0xfe && mark[1] == 0xff));
    t->offset = utf8 ? 3 : t->unit == 2 && wide ? 2 : 0;
    t->end = end;
    t->raw.len = t->at = 0;
    t->at_end = t->failed = false;
    t->lines = t->cut = t->lost = 0;
}

uint64_t kk_json_place(const kk_json_tokens *t)
{
    return t->offset + t->at;
}

/* Drops what is before `keep` and reads on; moves `at` along. False at the end. */
static bool fill(kk_json_tokens *t, size_t keep)
{
    if (t->at_end)
        return false;
    if (keep)
        memmove(t->raw.ptr, t->raw.ptr + keep, t->raw.len - keep);
    t->raw.len -= keep;
    t->offset += keep;
    t->at -= keep;
    char *room = kk_buffer_room(&t->raw, BLOCK);
    ptrdiff_t n = t->in->read_at(t->in, t->offset + t->raw.len, room, BLOCK);
    t->failed = n < 0;
    t->at_end = n <= 0;
    t->raw.len += n > 0 ? (size_t)n : 0;
    return n > 0;
}

/* The character at `at`: ASCII, OTHER for any else, 0 at the end. */
static char look(kk_json_tokens *t, size_t keep)
{
    while (t->at + t->unit > t->raw.len) {
        size_t before = t->at - keep;
        if (!fill(t, keep))
            return 0;
        keep = 0;
        t->at = before;
    }
    const uint8_t *p = (const uint8_t *)t->raw.ptr + t->at;
    uint8_t low = t->unit == 2 && t->big ? p[1] : p[0];
    uint8_t high = t->unit == 1 ? 0 : t->big ? p[0] : p[1];
    return high || low >= 0x80 || !low ? OTHER : (char)low;
}

static char peek(kk_json_tokens *t)
{
    return look(t, t->at);
}

/* Bytes of the character at `at`, of which one unit is there. */
static size_t width(kk_json_tokens *t)
{
    if (!t->pairs)
        return t->unit;
    uint8_t c = (uint8_t)t->raw.ptr[t->at];
    bool lead = (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
    return lead && t->at + 1 < t->raw.len && (uint8_t)t->raw.ptr[t->at + 1] >= 0x40 ? 2 : 1;
}

static char skip_blanks(kk_json_tokens *t)
{
    for (;;) {
        char c = peek(t);
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return c;
        t->lines += c == '\n';
        t->at += t->unit;
    }
}

static kk_slice decoded(kk_json_tokens *t, kk_slice raw)
{
    size_t lost = 0;
    if (t->unit == 1 && kk_utf8_valid(raw) && t->charset == KK_UTF8)
        return raw;
    kk_charset charset = t->charset == KK_UTF8 ? kk_charset_guess(raw, NULL) : t->charset;
    if (t->unit == 1 && is_wide(charset))
        charset = KK_UTF8;
    kk_slice text = kk_decode(t->scratch, charset, raw, &lost);
    t->lost += lost;
    return kk_utf8_clean(t->scratch, text);
}

/* \uXXXX at `at`, behind the u; moves behind the digits. */
static bool hex4(kk_slice s, size_t *at, uint32_t *out)
{
    uint64_t v;
    if (*at + 4 > s.len || !kk_hex_to_u64(kk_part(s, *at, 4), &v))
        return false;
    *at += 4;
    *out = (uint32_t)v;
    return true;
}

static void put_escape(kk_buffer *out, kk_slice s, size_t *at)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t c, low;
    char e = s.ptr[(*at)++];
    const char *known = e ? strchr(from, e) : NULL;
    if (known) {
        kk_put_byte(out, to[known - from]);
        return;
    }
    if (e != 'u' || !hex4(s, at, &c)) { /* no escape of JSON: the letter itself */
        kk_put_byte(out, e);
        return;
    }
    size_t back = *at;
    if (c >= 0xd800 && c < 0xdc00 && kk_starts(kk_from(s, *at), KK_S("\\u"))) {
        *at += 2;
        if (hex4(s, at, &low) && low >= 0xdc00 && low < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        else
            *at = back;
    }
    kk_put_char(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c ? c : ' ');
}

static kk_slice unescaped(kk_json_tokens *t, kk_slice s)
{
    size_t slash = kk_find_byte(s, '\\');
    if (slash == KK_NOWHERE)
        return s;
    t->unescaped.len = 0;
    for (size_t at = 0; at < s.len;) {
        slash = kk_find_byte(kk_from(s, at), '\\');
        size_t plain = slash == KK_NOWHERE ? s.len - at : slash;
        kk_put(&t->unescaped, kk_part(s, at, plain));
        at += plain + (slash != KK_NOWHERE);
        if (slash != KK_NOWHERE && at < s.len)
            put_escape(&t->unescaped, s, &at);
    }
    return kk_buffer_slice(&t->unescaped);
}

/* Over what can be neither the end of a text nor of a line, as far as the buffer reaches. */
static void skip_plain(kk_json_tokens *t, size_t begin)
{
    const char *p = t->raw.ptr;
    size_t at = t->at, end = t->raw.len;
    if (t->unit == 2 || t->pairs)
        return;
    if (end - begin > TEXT_MAX)
        end = begin + TEXT_MAX;
    while (at < end && p[at] != '"' && p[at] != '\\' && p[at] != '\n')
        at++;
    t->at = at > t->at ? at : t->at;
}

/* Behind the opening quote. */
static void read_string(kk_json_tokens *t)
{
    size_t begin = t->at, len = 0;
    bool escaped = false, over = false;
    t->torn = false;
    for (;;) {
        if (!escaped)
            skip_plain(t, begin);
        size_t had = t->at - begin;
        char c = look(t, begin);
        begin = t->at - had;
        if (!c || (t->by_line && c == '\n')) {
            t->torn = true;
            break;
        }
        if (c == '"' && !escaped)
            break;
        escaped = c == '\\' && !escaped;
        t->lines += c == '\n';
        t->at += width(t);
        if (t->at - begin > TEXT_MAX) { /* the rest is passed over */
            if (!over) {
                t->text = kk_copy(t->scratch, (kk_slice){t->raw.ptr + begin, t->at - begin});
                over = true;
                t->cut++;
            }
            begin = t->at;
        }
    }
    len = t->at - begin;
    t->text = over ? t->text : (kk_slice){t->raw.ptr + begin, len};
    t->text = unescaped(t, decoded(t, t->text));
    if (over || t->torn) /* may end inside a character or an escape */
        t->text = kk_utf8_clean(t->scratch, t->text);
    if (!t->torn)
        t->at += t->unit;
}

static bool is_bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.' || c == '_' || c == '$';
}

static void read_bare(kk_json_tokens *t)
{
    enum { BARE_MAX = 4096 };
    size_t begin = t->at;
    for (;;) {
        size_t had = t->at - begin;
        char c = look(t, begin);
        begin = t->at - had;
        if (!is_bare(c) || t->at - begin > BARE_MAX)
            break;
        t->at += t->unit;
    }
    t->text = decoded(t, (kk_slice){t->raw.ptr + begin, t->at - begin});
}

static kk_json_token_kind mark_of(char c)
{
    switch (c) {
    case '{':
        return KK_JSON_OPEN_OBJECT;
    case '}':
        return KK_JSON_CLOSE_OBJECT;
    case '[':
        return KK_JSON_OPEN_ARRAY;
    case ']':
        return KK_JSON_CLOSE_ARRAY;
    case ',':
        return KK_JSON_COMMA;
    case ':':
        return KK_JSON_COLON;
    default:
        return KK_JSON_STRAY;
    }
}

kk_json_token_kind kk_json_next(kk_json_tokens *t)
{
    kk_arena_reset(t->scratch);
    char c = skip_blanks(t);
    t->from = kk_json_place(t);
    t->line = t->lines;
    t->text = KK_NONE;
    if (!c || t->from >= t->end)
        return t->kind = KK_JSON_END;
    if (c == '"') {
        t->at += t->unit;
        read_string(t);
        return t->kind = KK_JSON_STRING;
    }
    if (is_bare(c)) {
        read_bare(t);
        return t->kind = KK_JSON_BARE;
    }
    t->kind = mark_of(c);
    t->at += width(t);
    return t->kind;
}
