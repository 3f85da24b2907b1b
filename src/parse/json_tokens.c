/* JSON tokens. Structure is looked for in the raw bytes, in units of one or two, so that every token
 * keeps its place in the file; only texts are decoded. */
#include "parse/json_tokens.h"

enum { HEAD = 64 * 1024, TEXT_MAX = 1024 * 1024 };

void kk_json_tokens_open(kk_json_tokens *t, kk_arena *arena, kk_stream *in)
{
    char *bytes = kk_take(arena, HEAD);
    kk_slice head = {bytes, kk_read(in, 0, bytes, HEAD)};
    kk_charset charset = kk_charset_guess(head, NULL);
    *t = (kk_json_tokens){.scratch = kk_arena_open(), .end = UINT64_MAX};
    kk_raw_chars_open(&t->chars, in, charset == KK_LATIN1 ? KK_UTF8 : charset);
}

void kk_json_tokens_close(kk_json_tokens *t)
{
    kk_raw_chars_close(&t->chars);
    kk_buffer_close(&t->unescaped);
    kk_arena_close(t->scratch);
}

void kk_json_tokens_restart(kk_json_tokens *t, uint64_t end)
{
    kk_raw_chars_restart(&t->chars);
    t->end = end;
    t->lines = t->cut = 0;
}

uint64_t kk_json_place(const kk_json_tokens *t)
{
    return kk_raw_chars_place(&t->chars);
}

static char skip_blanks(kk_json_tokens *t)
{
    for (;;) {
        char c = kk_raw_chars_peek(&t->chars);
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return c;
        t->lines += c == '\n';
        kk_raw_chars_pass(&t->chars);
    }
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
static void skip_plain(kk_raw_chars *c, size_t begin)
{
    const char *p = c->raw.ptr;
    size_t at = c->at, end = c->raw.len;
    if (c->unit == 2 || c->pairs || c->jis)
        return;
    if (end - begin > TEXT_MAX)
        end = begin + TEXT_MAX;
    while (at < end && p[at] != '"' && p[at] != '\\' && p[at] != '\n')
        at++;
    c->at = at;
}

/* Behind the opening quote. */
static void read_string(kk_json_tokens *t)
{
    kk_raw_chars *chars = &t->chars;
    size_t begin = chars->at;
    bool escaped = false, over = false;
    t->torn = false;
    for (;;) {
        if (!escaped)
            skip_plain(chars, begin);
        char c = kk_raw_chars_look(chars, &begin);
        if (!c || (t->by_line && c == '\n')) {
            t->torn = true;
            break;
        }
        if (c == '"' && !escaped)
            break;
        escaped = c == '\\' && !escaped;
        t->lines += c == '\n';
        kk_raw_chars_pass(chars);
        if (chars->at - begin > TEXT_MAX) { /* the rest is passed over */
            if (!over)
                t->text =
                    kk_copy(t->scratch, kk_part(kk_buffer_slice(&chars->raw), begin, TEXT_MAX));
            t->cut += !over;
            over = true;
            begin = chars->at;
        }
    }
    if (!over)
        t->text = kk_part(kk_buffer_slice(&chars->raw), begin, chars->at - begin);
    t->text = unescaped(t, kk_raw_chars_text(chars, t->scratch, t->text));
    if (over || t->torn) /* may end inside a character or an escape */
        t->text = kk_utf8_clean(t->scratch, t->text);
    if (!t->torn)
        kk_raw_chars_pass(chars);
}

static bool is_bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.' || c == '_' || c == '$';
}

static void read_bare(kk_json_tokens *t)
{
    enum { BARE_MAX = 4096 };
    kk_raw_chars *chars = &t->chars;
    size_t begin = chars->at;
    while (is_bare(kk_raw_chars_look(chars, &begin)) && chars->at - begin < BARE_MAX)
        kk_raw_chars_pass(chars);
    kk_slice raw = kk_part(kk_buffer_slice(&chars->raw), begin, chars->at - begin);
    t->text = kk_raw_chars_text(chars, t->scratch, raw);
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
    if (is_bare(c)) {
        read_bare(t);
        return t->kind = KK_JSON_BARE;
    }
    kk_raw_chars_pass(&t->chars);
    t->kind = c == '"' ? KK_JSON_STRING : mark_of(c);
    if (c == '"')
        read_string(t);
    return t->kind;
}

/* ---- Texts that are JSON ---- */

enum { OBJECT_MAX = 64 * 1024, OBJECT_DEPTH = 64 };

bool kk_json_may_be_object(kk_slice text)
{
    return text.len > 6 && text.len <= OBJECT_MAX && text.ptr[0] == '{' &&
           text.ptr[text.len - 1] == '}';
}

bool kk_json_is_object(kk_arena *arena, kk_slice text)
{
    char open[OBJECT_DEPTH];
    size_t depth = 0, tokens = 0;
    bool good = true, value_next = true, closed = false;
    kk_json_tokens t;
    kk_json_tokens_open(&t, arena, kk_stream_over_memory(arena, text, KK_NONE));
    while (good && kk_json_next(&t) != KK_JSON_END) {
        bool object = t.kind == KK_JSON_OPEN_OBJECT || t.kind == KK_JSON_CLOSE_OBJECT;
        good = !closed && t.kind != KK_JSON_STRAY && !(t.kind == KK_JSON_STRING && t.torn);
        if (t.kind == KK_JSON_OPEN_OBJECT || t.kind == KK_JSON_OPEN_ARRAY) {
            good = good && depth < OBJECT_DEPTH && value_next;
            if (good)
                open[depth++] = object ? '{' : '[';
        } else if (t.kind == KK_JSON_CLOSE_OBJECT || t.kind == KK_JSON_CLOSE_ARRAY) {
            good = good && depth && open[depth - 1] == (object ? '{' : '[');
            depth -= good;
            closed = depth == 0;
        }
        /* what a key or value may stand behind */
        bool mark = t.kind == KK_JSON_COMMA || t.kind == KK_JSON_COLON ||
                    t.kind == KK_JSON_OPEN_OBJECT || t.kind == KK_JSON_OPEN_ARRAY;
        bool bare = t.kind == KK_JSON_STRING || t.kind == KK_JSON_BARE;
        good = good && (!bare || value_next);
        value_next = mark;
        tokens++;
    }
    kk_json_tokens_close(&t);
    return good && closed && tokens > 3;
}
