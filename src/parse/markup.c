#include "parse/markup.h"

#include "parse/html_text.h"

enum {
    HEAD = 64 * 1024,
    TAG_MAX = 64 * 1024,
    TEXT_MAX = 32 * 1024 /* bytes of a piece of text, where a blank comes soon */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- The encoding ---- */

/* What an XML declaration says. */
static kk_slice declared(kk_slice head)
{
    kk_slice line = kk_part(head, 0, 256);
    line = kk_starts(line, KK_S("\xef\xbb\xbf")) ? kk_from(line, 3) : line;
    if (!kk_starts(line, KK_S("<?xml")))
        return KK_NONE;
    line = kk_part(line, 0, kk_find_byte(line, '>'));
    size_t at = kk_find(line, KK_S("encoding="));
    if (at == KK_NOWHERE || at + 10 >= line.len)
        return KK_NONE;
    char quote = line.ptr[at + 9];
    line = kk_from(line, at + 10);
    return kk_part(line, 0, kk_find_byte(line, quote));
}

/* A BOM or two bytes a letter first, then what the text says of itself, where that can be. */
static kk_charset charset_of(kk_slice head, bool html)
{
    size_t lost = 0;
    kk_charset said, guess = kk_charset_guess(head, NULL);
    bool wide = guess == KK_UTF16LE || guess == KK_UTF16BE;
    kk_slice name = declared(head);
    name = name.len || !html ? name : kk_html_charset(head);
    if (wide || kk_starts(head, KK_S("\xef\xbb\xbf")) || !kk_charset_by_name(name, &said) ||
        said == KK_UTF16LE || said == KK_UTF16BE)
        return guess;
    kk_arena *arena = kk_arena_open();
    (void)kk_decode(arena, said, kk_part(head, 0, head.len > 4 ? head.len - 4 : head.len), &lost);
    if (said == KK_UTF8)
        lost = !kk_utf8_valid(head) && guess != KK_UTF8;
    kk_arena_close(arena);
    return lost ? guess : said;
}

void kk_markup_open(kk_markup *m, kk_arena *arena, kk_stream *in, bool html)
{
    char *bytes = kk_take(arena, HEAD);
    kk_slice head = {bytes, kk_read(in, 0, bytes, HEAD)};
    *m = (kk_markup){.scratch = kk_arena_open(), .html = html, .end = UINT64_MAX};
    kk_raw_chars_open(&m->chars, in, charset_of(head, html));
}

void kk_markup_close(kk_markup *m)
{
    kk_raw_chars_close(&m->chars);
    kk_arena_close(m->scratch);
}

void kk_markup_restart(kk_markup *m, uint64_t end)
{
    kk_raw_chars_restart(&m->chars);
    m->end = end;
    m->cut_tags = 0;
}

/* ---- Attributes ---- */

static size_t skip_blanks(kk_slice s, size_t at)
{
    while (at < s.len && (is_blank(s.ptr[at]) || s.ptr[at] == '/'))
        at++;
    return at;
}

/* The value at `at`, behind the '='. */
static kk_slice attribute_value(kk_slice s, size_t *at)
{
    while (*at < s.len && is_blank(s.ptr[*at]))
        ++*at;
    size_t begin = *at;
    char quote = begin < s.len ? s.ptr[begin] : 0;
    if (quote == '"' || quote == '\'') {
        size_t end = kk_find_byte(kk_from(s, begin + 1), quote);
        *at = end == KK_NOWHERE ? s.len : begin + end + 2;
        return kk_part(s, begin + 1, end == KK_NOWHERE ? s.len : end);
    }
    while (*at < s.len && !is_blank(s.ptr[*at]))
        ++*at;
    return kk_part(s, begin, *at - begin);
}

bool kk_markup_next_attribute(const kk_markup *m, size_t *at, kk_slice *name, kk_slice *value)
{
    kk_slice s = m->attributes;
    size_t begin = *at = skip_blanks(s, *at);
    while (*at < s.len && !is_blank(s.ptr[*at]) && s.ptr[*at] != '=')
        ++*at;
    *name = kk_part(s, begin, *at - begin);
    *value = KK_NONE;
    size_t equals = skip_blanks(s, *at);
    if (equals < s.len && s.ptr[equals] == '=') {
        *at = equals + 1;
        *value = attribute_value(s, at);
    }
    return begin < s.len;
}

kk_slice kk_markup_attribute(const kk_markup *m, const char *name)
{
    kk_slice key, value;
    for (size_t at = 0; kk_markup_next_attribute(m, &at, &key, &value);)
        if (kk_eq_nocase(key, kk_cstr(name)))
            return value;
    return KK_NONE;
}

/* ---- Pieces ---- */

/* Past `needle`, given in small letters, or to the end. */
static void skip_past(kk_markup *m, const char *needle)
{
    size_t matched = 0;
    for (char c; needle[matched] && (c = kk_raw_chars_peek(&m->chars));
         kk_raw_chars_pass(&m->chars)) {
        char low = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        if (low == needle[matched])
            matched++;
        else if (!(low == '-' && matched && needle[matched - 1] == '-'))
            matched = low == needle[0];
    }
}

/* At '<': whether a tag begins there. */
static bool at_tag(kk_markup *m)
{
    kk_raw_chars *c = &m->chars;
    size_t begin = c->at;
    kk_raw_chars_pass(c);
    char next = kk_raw_chars_look(c, &begin);
    c->at = begin;
    return is_letter(next) || next == '/' || next == '!' || next == '?' || next == '_' ||
           (next == KK_RAW_OTHER && !m->html);
}

static kk_slice text_since(kk_markup *m, size_t begin)
{
    kk_raw_chars *c = &m->chars;
    kk_slice raw = kk_part(kk_buffer_slice(&c->raw), begin, c->at - begin);
    kk_slice text = kk_raw_chars_text(c, m->scratch, raw);
    return text.ptr == raw.ptr ? kk_copy(m->scratch, text) : text;
}

/* From '<' to behind '>'; one inside quotes does not count. */
static kk_slice read_tag(kk_markup *m)
{
    kk_raw_chars *c = &m->chars;
    size_t begin = c->at;
    char quote = 0, before = 0;
    for (char now; (now = kk_raw_chars_look(c, &begin)); kk_raw_chars_pass(c)) {
        if (quote ? now == quote : (now == '"' || now == '\'') && before == '=')
            quote = quote ? 0 : now;
        else if (now == '>' && !quote)
            break;
        if (c->at - begin > TAG_MAX) {
            m->cut_tags++;
            break;
        }
        before = is_blank(now) ? before : now;
    }
    kk_slice text = text_since(m, begin);
    if (kk_raw_chars_peek(c) == '>')
        kk_raw_chars_pass(c);
    return text;
}

/* Up to the next tag; long texts come in pieces. */
static void read_text(kk_markup *m)
{
    kk_raw_chars *c = &m->chars;
    size_t begin = c->at;
    for (char now; (now = kk_raw_chars_look(c, &begin)); kk_raw_chars_pass(c)) {
        size_t len = c->at - begin;
        if ((now == '<' && len) || (len > TEXT_MAX && (is_blank(now) || len > 2 * TEXT_MAX)))
            break;
    }
    m->kind = KK_MARKUP_TEXT;
    m->text = text_since(m, begin);
}

static bool reads(kk_markup *m, const char *word)
{
    kk_raw_chars *c = &m->chars;
    size_t begin = c->at;
    bool same = true;
    for (; same && *word; word++) {
        same = kk_raw_chars_look(c, &begin) == *word;
        if (same)
            kk_raw_chars_pass(c);
    }
    c->at = begin;
    return same;
}

/* Behind "<![CDATA[", which was seen. A part longer than a piece comes as text. */
static void read_cdata(kk_markup *m)
{
    enum { MARK = 9 };
    kk_raw_chars *c = &m->chars;
    for (int i = 0; i < MARK && kk_raw_chars_peek(c); i++)
        kk_raw_chars_pass(c);
    size_t begin = c->at;
    char first = 0, second = 0;
    for (char now; (now = kk_raw_chars_look(c, &begin)); kk_raw_chars_pass(c)) {
        if (now == '>' && second == ']' && first == ']')
            break;
        if (c->at - begin > 16 * TEXT_MAX)
            break;
        first = second;
        second = now;
    }
    m->kind = KK_MARKUP_CDATA;
    m->text = text_since(m, begin);
    if (kk_ends(m->text, KK_S("]]")))
        m->text.len -= 2;
    if (kk_raw_chars_peek(c) == '>')
        kk_raw_chars_pass(c);
}

static void split_tag(kk_markup *m, kk_slice text)
{
    m->closing = text.len > 1 && text.ptr[1] == '/';
    m->empty = kk_ends(text, KK_S("/"));
    size_t begin = 1 + (size_t)m->closing, n = begin;
    while (n < text.len && !is_blank(text.ptr[n]) && text.ptr[n] != '/')
        n++;
    m->name = kk_part(text, begin, n - begin);
    m->attributes = kk_from(text, n);
}

/* Over a document type with the declarations in its brackets. */
static void skip_doctype(kk_markup *m)
{
    bool in_brackets = false;
    char quote = 0;
    for (char c; (c = kk_raw_chars_peek(&m->chars)); kk_raw_chars_pass(&m->chars)) {
        if (quote || (in_brackets && (c == '"' || c == '\'')))
            quote = !quote ? c : c == quote ? 0 : quote;
        else if (c == '[' || c == ']')
            in_brackets = c == '[';
        else if (c == '>' && !in_brackets)
            break;
    }
    if (kk_raw_chars_peek(&m->chars))
        kk_raw_chars_pass(&m->chars);
}

/* False for what is no tag of an element. */
static bool read_markup(kk_markup *m)
{
    if (reads(m, "<!--")) {
        skip_past(m, "-->");
        return false;
    }
    if (reads(m, "<![CDATA[")) {
        read_cdata(m);
        return true;
    }
    if (!m->html && reads(m, "<!DOCTYPE")) {
        skip_doctype(m);
        return false;
    }
    kk_slice text = read_tag(m);
    if (text.len < 2 || text.ptr[1] == '!' || text.ptr[1] == '?')
        return false;
    split_tag(m, text);
    bool script = kk_eq_nocase(m->name, KK_S("script"));
    bool style = kk_eq_nocase(m->name, KK_S("style"));
    m->kind = KK_MARKUP_TAG;
    if (!m->html || m->closing || !(script || style))
        return true;
    skip_past(m, script ? "</script" : "</style");
    skip_past(m, ">");
    return false;
}

kk_markup_kind kk_markup_next(kk_markup *m)
{
    kk_arena_reset(m->scratch);
    for (char c; (c = kk_raw_chars_peek(&m->chars));) {
        m->from = kk_raw_chars_place(&m->chars);
        if (m->from >= m->end)
            break;
        if (c != '<' || !at_tag(m))
            read_text(m);
        else if (!read_markup(m))
            continue;
        return m->kind;
    }
    return m->kind = KK_MARKUP_END;
}
