/* Records are read through a window of the stream that holds the longest record whole. */
#include "parse/biff.h"

#include "parse/biff_key.h"
#include "parse/code_page.h"

enum { HEAD = 4, WINDOW = 128 * 1024, WINDOW_FIRST = 512, RECORD_MAX = 0xffff };

kk_biff kk_biff_open(kk_arena *arena, kk_arena *scratch, kk_stream *in)
{
    return (kk_biff){.in = in,
                     .scratch = scratch,
                     .page = 1252,
                     .window = kk_take(arena, WINDOW),
                     .plain = kk_take(arena, RECORD_MAX)};
}

void kk_biff_seek(kk_biff *b, uint64_t at)
{
    b->next = at;
}

/* Read on, the window grows to its full size; behind a jump it begins small, as cells that are sorted
 * lie anywhere. */
static void fill_window(kk_biff *b, uint64_t at, size_t len)
{
    bool goes_on = at >= b->window_at && at <= b->window_at + b->window_len;
    size_t want = goes_on ? b->window_fill * 4 : WINDOW_FIRST;
    want = want < WINDOW_FIRST ? WINDOW_FIRST : want;
    want = want < len ? len : want;
    b->window_fill = want > WINDOW ? WINDOW : want;
    b->window_at = at;
    b->window_len = at < b->in->size ? kk_read(b->in, at, b->window, b->window_fill) : 0;
}

static kk_slice window_from(kk_biff *b, uint64_t at, size_t len)
{
    if (at < b->window_at || at + len > b->window_at + b->window_len)
        fill_window(b, at, len);
    return kk_part((kk_slice){b->window, b->window_len}, (size_t)(at - b->window_at), len);
}

bool kk_biff_next(kk_biff *b)
{
    kk_cursor head = kk_cursor_over(window_from(b, b->next, HEAD));
    uint16_t type = kk_u16(&head), len = kk_u16(&head);
    if (head.bad) {
        b->cut = b->cut || b->next < b->in->size;
        b->data = kk_cursor_over(KK_NONE);
        return false;
    }
    b->at = b->next;
    b->type = type;
    kk_slice data = window_from(b, b->at + HEAD, len);
    if (data.len < len) { /* half a value is none */
        b->cut = true;
        b->data = kk_cursor_over(KK_NONE);
        return false;
    }
    if (b->key)
        data = kk_biff_key_apply(b->key, type, b->at + HEAD, data, b->plain);
    b->data = kk_cursor_over(data);
    b->next = b->at + HEAD + len;
    return true;
}

bool kk_biff_more(kk_biff *b)
{
    while (kk_left(&b->data) == 0) {
        kk_cursor head = kk_cursor_over(window_from(b, b->next, HEAD));
        if (kk_u16(&head) != KK_BIFF_CONTINUE || head.bad || !kk_biff_next(b))
            return false;
    }
    return true;
}

uint8_t kk_biff_u8(kk_biff *b)
{
    return kk_biff_more(b) ? kk_u8(&b->data) : 0;
}

uint16_t kk_biff_u16(kk_biff *b)
{
    uint16_t low = kk_biff_u8(b);
    return (uint16_t)(low | kk_biff_u8(b) << 8);
}

uint32_t kk_biff_u32(kk_biff *b)
{
    uint32_t low = kk_biff_u16(b);
    return low | (uint32_t)kk_biff_u16(b) << 16;
}

static void skip(kk_biff *b, uint64_t len)
{
    while (len && kk_biff_more(b)) {
        size_t here = kk_left(&b->data), n = len < here ? (size_t)len : here;
        kk_skip(&b->data, n);
        len -= n;
    }
}

/* UTF-16 as it comes; *high keeps the first half of a character. */
static void put_unit(kk_buffer *out, uint16_t unit, uint16_t *high)
{
    bool low = unit >= 0xdc00 && unit < 0xe000;
    uint32_t c = unit;
    if (*high && low)
        c = 0x10000 + ((uint32_t)(*high - 0xd800) << 10) + (uint32_t)(unit - 0xdc00);
    else if (*high)
        kk_put_char(out, 0xfffd);
    *high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    if (low && c == unit)
        c = 0xfffd;
    if (!*high && c)
        kk_put_char(out, c);
}

static void put_wide(kk_biff *b, size_t count, bool wide, kk_buffer *out)
{
    uint16_t high = 0;
    while (count) {
        if (kk_left(&b->data) == 0) {
            if (!kk_biff_more(b))
                break;
            wide = kk_u8(&b->data) & 1;
            continue;
        }
        if (wide && kk_left(&b->data) == 1) { /* half a character: there is no other half */
            kk_skip(&b->data, 1);
            continue;
        }
        put_unit(out, wide ? kk_u16(&b->data) : kk_u8(&b->data), &high);
        count--;
    }
    if (high)
        kk_put_char(out, 0xfffd);
}

static void put_bytes(kk_biff *b, size_t count, kk_buffer *out)
{
    kk_buffer bytes = {0};
    while (count && kk_biff_more(b)) {
        size_t here = kk_left(&b->data), n = count < here ? count : here;
        kk_put(&bytes, kk_bytes(&b->data, n));
        count -= n;
    }
    bool known = true;
    kk_put(out, kk_code_page_text(b->scratch, b->page, kk_buffer_slice(&bytes), &known));
    b->strange = b->strange || !known;
    kk_buffer_close(&bytes);
}

void kk_biff_text(kk_biff *b, size_t count, kk_buffer *out)
{
    if (b->wide)
        put_wide(b, count, kk_biff_u8(b) & 1, out);
    else
        put_bytes(b, count, out);
}

void kk_biff_rich_text(kk_biff *b, kk_buffer *out)
{
    size_t count = kk_biff_u16(b);
    uint8_t flags = kk_biff_u8(b);
    uint64_t runs = flags & 8 ? kk_biff_u16(b) : 0, readings = flags & 4 ? kk_biff_u32(b) : 0;
    put_wide(b, count, flags & 1, out);
    skip(b, runs * 4 + readings);
}
