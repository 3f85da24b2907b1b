#include "parse/raw_text.h"

enum { BLOCK = 64 * 1024 };

static bool is_ascii(kk_slice s)
{
    uint8_t all = 0;
    for (size_t i = 0; i < s.len; i++)
        all |= (uint8_t)s.ptr[i];
    return all < 0x80;
}

static bool is_wide(kk_charset charset)
{
    return charset == KK_UTF16LE || charset == KK_UTF16BE;
}

static kk_charset charset_of(kk_slice head)
{
    kk_charset charset = kk_charset_guess(head, NULL);
    return is_wide(charset) || charset == KK_CP932 || charset == KK_EUC_JP ? charset : KK_UTF8;
}

void kk_raw_text_open(kk_raw_text *t, kk_stream *in, uint64_t begin)
{
    kk_arena *own = kk_arena_open();
    char *bytes = kk_take(own, BLOCK);
    kk_slice head = {bytes, kk_read(in, 0, bytes, BLOCK)};
    *t = (kk_raw_text){.in = in, .charset = charset_of(head)};
    t->unit = is_wide(t->charset) ? 2 : 1;
    t->by_record = t->unit == 1 && is_ascii(head);
    t->offset = (begin + t->unit - 1) / t->unit * t->unit;
    if (!begin && kk_starts(head, KK_S("\xef\xbb\xbf")))
        t->offset = 3;
    else if (!begin && t->unit == 2 &&
             (kk_starts(head, KK_S("\xff\xfe")) || kk_starts(head, KK_S("\xfe\xff"))))
        t->offset = 2;
    kk_arena_close(own);
}

void kk_raw_text_close(kk_raw_text *t)
{
    kk_buffer_close(&t->raw);
}

kk_raw_view kk_raw_text_view(const kk_raw_text *t)
{
    return (kk_raw_view){(const uint8_t *)t->raw.ptr, t->raw.len / t->unit * t->unit, t->unit,
                         t->charset == KK_UTF16BE,    t->charset == KK_CP932,         t->at_end};
}

void kk_raw_text_more(kk_raw_text *t)
{
    size_t want = t->raw.len > BLOCK ? t->raw.len : BLOCK;
    char *room = kk_buffer_room(&t->raw, want);
    ptrdiff_t n = t->in->read_at(t->in, t->offset + t->raw.len, room, want);
    t->failed = n < 0;
    t->at_end = n <= 0;
    t->raw.len += n > 0 ? (size_t)n : 0;
}

void kk_raw_text_drop(kk_raw_text *t, size_t len)
{
    if (!len)
        return;
    memmove(t->raw.ptr, t->raw.ptr + len, t->raw.len - len);
    t->raw.len -= len;
    t->offset += len;
}

kk_slice kk_raw_text_decode(kk_raw_text *t, kk_arena *arena, size_t len)
{
    kk_slice raw = kk_part(kk_buffer_slice(&t->raw), 0, len);
    size_t lost = 0;
    if (t->unit == 1 && kk_utf8_valid(raw))
        return raw;
    kk_charset charset = t->by_record ? charset_of(raw) : t->charset;
    if (t->unit == 1 && is_wide(charset))
        charset = KK_UTF8;
    kk_slice text = kk_decode(arena, charset, raw, &lost);
    if (lost && t->lost++ == 0)
        t->first_lost = t->offset;
    return text;
}

kk_raw_view kk_raw_view_of_head(kk_slice head)
{
    kk_charset charset = charset_of(head);
    size_t unit = is_wide(charset) ? 2 : 1;
    if (kk_starts(head, KK_S("\xef\xbb\xbf")))
        head = kk_from(head, 3);
    return (kk_raw_view){(const uint8_t *)head.ptr, head.len / unit * unit, unit,
                         charset == KK_UTF16BE,     charset == KK_CP932,    true};
}

bool kk_raw_starts(const kk_raw_view *v, size_t at, const char *text)
{
    for (; *text; text++, at += v->unit)
        if (kk_raw_char(v, at) != *text)
            return false;
    return true;
}

size_t kk_raw_find(const kk_raw_view *v, size_t at, char c)
{
    while (at < v->len) {
        const uint8_t *p = memchr(v->ptr + at, c, v->len - at);
        if (!p)
            break;
        at = (size_t)(p - v->ptr) / v->unit * v->unit;
        if (kk_raw_char(v, at) == c)
            return at;
        at += v->unit;
    }
    return v->len;
}

size_t kk_raw_find_text(const kk_raw_view *v, size_t at, const char *text)
{
    while ((at = kk_raw_find(v, at, *text)) < v->len && !kk_raw_starts(v, at, text))
        at += v->unit;
    return at;
}
