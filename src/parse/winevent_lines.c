#include "parse/winevent_lines.h"

enum { LINE_MOST = 1024 * 1024, LOOKED_AT = 64 * 1024, WIDEST = 4096, NARROWEST = 40 };

typedef struct {
    size_t width, cells;
} extent;

/* Characters of East Asia take two columns. */
static extent extent_of(kk_slice text)
{
    extent e = {0, 0};
    for (size_t at = 0; at < text.len; e.width++) {
        uint32_t c = kk_next_char(text, &at);
        bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                    (c >= 0xffe0 && c <= 0xffe6);
        e.cells += wide ? 2 : 1;
    }
    return e;
}

static kk_slice without_end(kk_slice line)
{
    while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == 0x1a))
        line.len--;
    return line;
}

/* Bytes of the next line with its end; 0 at the end. */
static size_t find_line(kk_printed_lines *l, size_t *text_len)
{
    for (;;) {
        kk_raw_view v = kk_raw_text_view(&l->raw);
        size_t end = kk_raw_find(&v, 0, '\n');
        if (end >= v.len && !v.final && v.len <= LINE_MOST) {
            kk_raw_text_more(&l->raw);
            continue;
        }
        *text_len = end < LINE_MOST ? end : LINE_MOST;
        if (end > LINE_MOST && l->cut++ == 0)
            l->first_cut = l->raw.offset;
        return end < LINE_MOST ? (end < v.len ? end + v.unit : v.len) : LINE_MOST;
    }
}

static void read_ahead(kk_printed_lines *l)
{
    size_t text_len, len = find_line(l, &text_len);
    kk_arena_reset(l->arenas[1]);
    l->ahead = (kk_printed_line){.offset = l->raw.offset, .there = len > 0};
    if (!len)
        return;
    kk_slice text = kk_raw_text_decode(&l->raw, l->arenas[1], text_len);
    l->ahead.text = kk_copy(l->arenas[1], without_end(text));
    kk_raw_text_drop(&l->raw, len);
}

/* The widest line among the first: where lines were broken it is as wide as the window was. */
static void measure(kk_printed_lines *l)
{
    kk_arena *arena = kk_arena_open();
    size_t at = 0;
    while (l->raw.raw.len < LOOKED_AT && !l->raw.at_end)
        kk_raw_text_more(&l->raw);
    kk_raw_view v = kk_raw_text_view(&l->raw);
    size_t end = v.len < LOOKED_AT ? v.len : kk_raw_find(&v, LOOKED_AT - 2, '\n');
    kk_slice text = kk_raw_text_decode(&l->raw, arena, end), line;
    for (; kk_split(&text, '\n', &line) && at < LOOKED_AT; at++) {
        extent e = extent_of(kk_part(without_end(line), 0, WIDEST));
        l->width = e.width > l->width ? e.width : l->width;
        l->cells = e.cells > l->cells ? e.cells : l->cells;
    }
    kk_arena_close(arena);
}

void kk_printed_open(kk_printed_lines *l, kk_stream *in)
{
    *l = (kk_printed_lines){.arenas = {kk_arena_open(), kk_arena_open()}};
    kk_raw_text_open(&l->raw, in, 0);
    measure(l);
    l->raw.lost = 0; /* counted again, line by line */
    read_ahead(l);
}

void kk_printed_close(kk_printed_lines *l)
{
    kk_raw_text_close(&l->raw);
    kk_arena_close(l->arenas[0]);
    kk_arena_close(l->arenas[1]);
}

bool kk_printed_next(kk_printed_lines *l)
{
    kk_arena *free_one = l->arenas[0];
    l->line = l->ahead;
    l->arenas[0] = l->arenas[1];
    l->arenas[1] = free_one;
    if (l->line.there)
        read_ahead(l);
    return l->line.there;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static kk_slice first_word(kk_slice text)
{
    size_t n = 0;
    while (n < text.len && !is_blank(text.ptr[n]))
        n++;
    return kk_part(text, 0, n);
}

static kk_slice last_word(kk_slice text)
{
    size_t n = text.len;
    while (n > 0 && !is_blank(text.ptr[n - 1]))
        n--;
    return kk_from(text, n);
}

/* A word is broken only where it is longer than a line has room for. `last` is the one before, which a hyphen may
 * end: behind that a line is broken as it is at a blank. */
static kk_line_break broken_at(size_t width, size_t line, size_t indent, size_t last, size_t word)
{
    if (width < NARROWEST || width >= WIDEST || line + word <= width)
        return KK_LINE_ENDED;
    return line + 1 >= width && last + word + indent > width ? KK_BROKEN_INSIDE : KK_BROKEN_BEFORE;
}

kk_line_break kk_printed_break(const kk_printed_lines *l, kk_slice line, kk_slice next,
                               size_t indent)
{
    if (!next.len || is_blank(next.ptr[0]))
        return KK_LINE_ENDED;
    kk_slice before = last_word(line);
    extent e = extent_of(line), word = extent_of(first_word(next)), last = extent_of(before);
    kk_line_break by_cells = broken_at(l->cells, e.cells, indent, last.cells, word.cells);
    kk_line_break by_width = broken_at(l->width, e.width, indent, last.width, word.width);
    kk_line_break how = by_cells > by_width ? by_cells : by_width;
    bool hyphen = before.len > 1 && before.ptr[before.len - 1] == '-';
    return how == KK_BROKEN_BEFORE && hyphen ? KK_BROKEN_INSIDE : how;
}
