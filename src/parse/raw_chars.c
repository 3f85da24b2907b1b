#include "parse/raw_chars.h"

enum { BLOCK = 256 * 1024 };

static bool is_wide(kk_charset charset)
{
    return charset == KK_UTF16LE || charset == KK_UTF16BE;
}

void kk_raw_chars_open(kk_raw_chars *t, kk_stream *in, kk_charset charset)
{
    *t = (kk_raw_chars){.in = in, .charset = charset};
    t->unit = is_wide(charset) ? 2 : 1;
    t->big = charset == KK_UTF16BE;
    t->pairs = charset == KK_CP932;
    t->jis = charset == KK_ISO_2022_JP;
    kk_raw_chars_restart(t);
}

void kk_raw_chars_close(kk_raw_chars *t)
{
    kk_buffer_close(&t->raw);
}

void kk_raw_chars_restart(kk_raw_chars *t)
{
    uint8_t mark[3] = {0};
    size_t n = kk_read(t->in, 0, mark, sizeof mark);
    bool utf8 = n == 3 && mark[0] == 0xef && mark[1] == 0xbb && mark[2] == 0xbf;
    bool little = n >= 2 && mark[0] == 0xff && mark[1] == 0xfe;
    bool big = n >= 2 && mark[0] == 0xfe && mark[1] == 0xff;
    t->offset = utf8 ? 3 : t->unit == 2 && (little || big) ? 2 : 0;
    t->raw.len = t->at = 0;
    t->at_end = t->failed = t->in_kanji = false;
    t->lost = 0;
}

static void fill(kk_raw_chars *t, size_t keep)
{
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
}

/* ESC $ begins kanji, ESC ( ends them: between the two bytes look like ASCII and are none. */
static void follow_escape(kk_raw_chars *t)
{
    if (t->at + 1 < t->raw.len && t->raw.ptr[t->at] == 0x1b)
        t->in_kanji = t->raw.ptr[t->at + 1] == '$';
}

char kk_raw_chars_look(kk_raw_chars *t, size_t *keep)
{
    size_t need = t->jis ? 3 : t->pairs ? 2 : t->unit;
    while (t->at + need > t->raw.len && !t->at_end) {
        fill(t, *keep);
        *keep = 0;
    }
    if (t->at + t->unit > t->raw.len)
        return 0;
    const uint8_t *p = (const uint8_t *)t->raw.ptr + t->at;
    uint8_t low = t->unit == 2 && t->big ? p[1] : p[0];
    uint8_t high = t->unit == 1 ? 0 : t->big ? p[0] : p[1];
    if (t->jis && p[0] == 0x1b)
        follow_escape(t);
    if (high || low >= 0x80 || !low || low == 0x1b || (t->in_kanji && low > ' '))
        return KK_RAW_OTHER;
    t->in_kanji = t->in_kanji && low != '\n';
    return (char)low;
}

void kk_raw_chars_pass(kk_raw_chars *t)
{
    const uint8_t *p = (const uint8_t *)t->raw.ptr + t->at;
    size_t left = t->raw.len - t->at, width = t->unit;
    bool lead = t->pairs && ((p[0] >= 0x81 && p[0] <= 0x9f) || (p[0] >= 0xe0 && p[0] <= 0xfc));
    if (lead && left > 1 && p[1] >= 0x40)
        width = 2;
    if (t->jis && p[0] == 0x1b && left > 2)
        width = 3;
    t->at += width;
}

kk_slice kk_raw_chars_text(kk_raw_chars *t, kk_arena *arena, kk_slice raw)
{
    size_t lost = 0;
    if (t->charset == KK_UTF8 && kk_utf8_valid(raw))
        return raw;
    kk_charset charset = t->charset == KK_UTF8 ? kk_charset_guess(raw, NULL) : t->charset;
    if (t->unit == 1 && is_wide(charset))
        charset = KK_UTF8;
    kk_slice text = kk_decode(arena, charset, raw, &lost);
    t->lost += lost;
    return kk_utf8_clean(arena, text);
}
