/* The window over a dump, and what lies between its words. */
#include "parse/sql_text.h"

enum { BLOCK = 64 * 1024, TAG_MAX = 62 };

/* Offset in the file of window.ptr[at]: a unit of UTF-16 has become one to three bytes, a pair of
 * them four. */
static void move_mark(kk_sql_text *t)
{
    if (!t->wide) {
        t->mark += t->at - t->mark_at;
    } else {
        for (size_t i = t->mark_at; i < t->at; i++) {
            unsigned char c = (unsigned char)t->window.ptr[i];
            t->mark += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 4 : 2;
        }
    }
    t->mark_at = t->at;
}

uint64_t kk_sql_text_offset(kk_sql_text *t)
{
    move_mark(t);
    return t->mark;
}

static void put_wide(kk_sql_text *t, uint8_t *raw, size_t len)
{
    if (t->charset == KK_UTF16BE)
        for (size_t i = 0; i + 1 < len; i += 2) {
            uint8_t high = raw[i];
            raw[i] = raw[i + 1];
            raw[i + 1] = high;
        }
    kk_arena_reset(t->scratch);
    kk_put(&t->window, kk_utf16_to_utf8(t->scratch, (kk_slice){(char *)raw, len}));
}

/* The first half of a character that the next block ends is left for it. */
static size_t whole_units(const kk_sql_text *t, const uint8_t *raw, size_t len)
{
    len &= ~(size_t)1;
    if (len < 4)
        return len;
    uint8_t high = raw[t->charset == KK_UTF16LE ? len - 1 : len - 2];
    return (high & 0xfc) == 0xd8 ? len - 2 : len;
}

bool kk_sql_text_fill(kk_sql_text *t)
{
    uint8_t raw[BLOCK];
    if (t->at_end)
        return false;
    move_mark(t);
    if (t->at) {
        memmove(t->window.ptr, t->window.ptr + t->at, t->window.len - t->at);
        t->window.len -= t->at;
        t->at = t->mark_at = 0;
    }
    ptrdiff_t n = t->in->read_at(t->in, t->next, raw, sizeof raw);
    t->failed = t->failed || n < 0;
    size_t len = n > 0 ? (size_t)n : 0;
    if (t->wide)
        len = whole_units(t, raw, len);
    if (len == 0) {
        t->at_end = true;
        return false;
    }
    t->next += len;
    if (t->wide)
        put_wide(t, raw, len);
    else
        kk_put_bytes(&t->window, raw, len);
    return true;
}

void kk_sql_text_seek(kk_sql_text *t, uint64_t offset)
{
    t->window.len = t->at = t->mark_at = 0;
    t->mark = t->next = offset;
    t->at_end = false;
}

void kk_sql_text_open(kk_sql_text *t, kk_stream *in)
{
    uint8_t head[512];
    kk_slice bytes = {(char *)head, kk_read(in, 0, head, sizeof head)};
    *t = (kk_sql_text){.in = in, .scratch = kk_arena_open(), .charset = KK_UTF8};
    if (kk_starts(bytes, KK_S("\xef\xbb\xbf"))) {
        t->charset_known = true;
        kk_sql_text_seek(t, 3);
        return;
    }
    kk_charset charset = kk_charset_guess(bytes, NULL);
    if (charset == KK_UTF16LE || charset == KK_UTF16BE) {
        bool marked = kk_starts(bytes, KK_S("\xff\xfe")) || kk_starts(bytes, KK_S("\xfe\xff"));
        t->charset = charset;
        t->wide = t->charset_known = true;
        kk_sql_text_seek(t, marked ? 2 : 0);
    }
}

void kk_sql_text_close(kk_sql_text *t)
{
    kk_buffer_close(&t->window);
    kk_arena_close(t->scratch);
}

/* ---- Encodings ---- */

void kk_sql_text_name_charset(kk_sql_text *t, kk_slice name)
{
    static const struct {
        const char *name;
        kk_charset charset;
    } names[] = {
        {"utf8", KK_UTF8},      {"utf8mb3", KK_UTF8},     {"utf8mb4", KK_UTF8},
        {"utf-8", KK_UTF8},     {"unicode", KK_UTF8},     {"sjis", KK_CP932},
        {"cp932", KK_CP932},    {"mskanji", KK_CP932},    {"shiftjis", KK_CP932},
        {"win932", KK_CP932},   {"windows932", KK_CP932}, {"ujis", KK_EUC_JP},
        {"eucjpms", KK_EUC_JP}, {"euc_jp", KK_EUC_JP},    {"eucjp", KK_EUC_JP},
    };
    if (t->wide)
        return;
    t->charset_known = t->pairs = false;
    t->named_bytewise = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_eq_nocase(name, kk_cstr(names[i].name))) {
            t->charset = names[i].charset;
            t->charset_known = true;
            t->pairs = t->charset == KK_CP932;
        }
}

/* latin1 and binary are said of dumps in any encoding, so those are guessed too. */
void kk_sql_text_settle(kk_sql_text *t)
{
    if (t->charset_known)
        return;
    while (t->window.len - t->at < BLOCK / 2 && kk_sql_text_fill(t))
        ;
    kk_charset guess = kk_charset_guess(kk_from(kk_buffer_slice(&t->window), t->at), NULL);
    bool fits = guess == KK_CP932 || guess == KK_EUC_JP || guess == KK_LATIN1;
    t->charset = fits ? guess : KK_UTF8;
    t->charset_known = true;
    t->pairs = t->charset == KK_CP932 && !t->named_bytewise;
}

kk_slice kk_sql_text_decode(kk_sql_text *t, kk_arena *arena, kk_slice bytes)
{
    bool as_utf8 = t->wide || t->charset == KK_UTF8;
    if (as_utf8 && !kk_utf8_valid(bytes)) {
        t->foreign++;
        return kk_decode(arena, kk_charset_guess(bytes, NULL), bytes, NULL);
    }
    return as_utf8 ? bytes : kk_decode(arena, t->charset, bytes, NULL);
}

/* ---- Between words ---- */

static int small_letter(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool kk_sql_looking_at(kk_sql_text *t, kk_slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (small_letter(kk_sql_peek(t, i)) != small_letter((unsigned char)word.ptr[i]))
            return false;
    return true;
}

void kk_sql_skip_line(kk_sql_text *t)
{
    for (;;) {
        const char *from = t->window.ptr + t->at;
        const char *feed = t->at < t->window.len ? memchr(from, '\n', t->window.len - t->at) : NULL;
        if (feed) {
            t->at += (size_t)(feed - from) + 1;
            return;
        }
        t->at = t->window.len;
        if (!kk_sql_text_fill(t))
            return;
    }
}

static void skip_comment(kk_sql_text *t)
{
    int c, before = 0;
    t->at += 2;
    while ((c = kk_sql_peek(t, 0)) >= 0) {
        t->at++;
        if (before == '*' && c == '/')
            return;
        before = c;
    }
}

/* Behind the mark that begins code for MySQL (`!40101`) or MariaDB (`M!100616`) alone; false: it is
 * an ordinary comment. The sandbox mark (`M!999999\-`) is one. */
static bool skip_code_mark(kk_sql_text *t)
{
    size_t n = kk_sql_peek(t, 2) == 'M' ? 3 : 2;
    if (kk_sql_peek(t, n) != '!')
        return false;
    for (n++; kk_sql_peek(t, n) >= '0' && kk_sql_peek(t, n) <= '9' && n < 16;)
        n++;
    if (kk_sql_peek(t, n) == '\\')
        return false;
    t->at += n;
    return true;
}

void kk_sql_skip_blanks(kk_sql_text *t)
{
    int c;
    while ((c = kk_sql_peek(t, 0)) >= 0) {
        int next = c == '-' || c == '/' || c == '*' ? kk_sql_peek(t, 1) : 0;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == 0)
            t->at++;
        else if (c == '-' && next == '-')
            kk_sql_skip_line(t);
        else if (c == '*' && next == '/')
            t->at += 2;
        else if (c != '/' || next != '*')
            return;
        else if (!skip_code_mark(t))
            skip_comment(t);
    }
}

bool kk_sql_is_word_byte(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '#' || c == '@' || c >= 0x80;
}

size_t kk_sql_word(kk_sql_text *t, char into[64], kk_slice *word)
{
    size_t len = 0;
    int c;
    while (kk_sql_is_word_byte(c = kk_sql_peek(t, 0))) {
        if (c >= 0x80)
            kk_sql_text_settle(t);
        if (len < 64)
            into[len] = (char)c;
        len++;
        t->at++;
    }
    *word = (kk_slice){into, len < 64 ? len : 64};
    return len;
}

bool kk_sql_skip_dollars(kk_sql_text *t)
{
    char tag[TAG_MAX + 2];
    size_t len = 1;
    tag[0] = '$';
    while (len < TAG_MAX && kk_sql_peek(t, len) != '$' &&
           kk_sql_is_word_byte(kk_sql_peek(t, len))) {
        tag[len] = (char)kk_sql_peek(t, len);
        len++;
    }
    if (kk_sql_peek(t, 0) != '$' || kk_sql_peek(t, len) != '$')
        return false;
    tag[len++] = '$';
    t->at += len;
    while (kk_sql_peek(t, 0) >= 0) {
        if (kk_sql_peek(t, 0) == '$' && kk_sql_looking_at(t, (kk_slice){tag, len})) {
            t->at += len;
            break;
        }
        t->at++;
    }
    return true;
}
