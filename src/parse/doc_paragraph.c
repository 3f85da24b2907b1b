/* Properties lie in pages of 512 bytes of the stream of the text; a list has for each page the first
 * place that it is about. A page has places, and behind them for each place 13 bytes, of which the
 * first says where in the page (in units of two bytes) the properties are: a length, a style, then
 * changes: a number, of which the upper bits say how long its value is, and a value. */
#include "parse/doc_paragraph.h"

enum { PAGE = 512, BX = 13, HUGE_MAX = 0x4000, DEPTH_MAX = 16 };

struct kk_doc_paragraphs {
    kk_stream *text, *more;
    kk_slice ranges;
    size_t count; /* of pages in the list */
    char page[PAGE];
    size_t page_index, page_len;
    uint64_t from, to; /* what `known` is about */
    kk_doc_paragraph known;
    char *huge;
};

kk_doc_paragraphs *kk_doc_paragraphs_open(kk_arena *arena, kk_stream *text, kk_stream *more,
                                          kk_slice ranges)
{
    if (ranges.len < 12)
        return NULL;
    kk_doc_paragraphs *p = KK_NEW(arena, kk_doc_paragraphs);
    p->text = text;
    p->more = more;
    p->ranges = ranges;
    p->count = (ranges.len - 4) / 8;
    p->page_index = SIZE_MAX;
    p->huge = more ? kk_take(arena, HUGE_MAX) : NULL;
    return p;
}

static uint32_t number_at(kk_slice s, size_t at)
{
    kk_cursor c = kk_cursor_over(s);
    kk_seek(&c, at);
    return kk_u32(&c);
}

/* The last of `count` rising numbers at the start of `s` that is not above `place`. */
static size_t last_below(kk_slice s, size_t count, uint64_t place)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (number_at(s, middle * 4) <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Bytes of a change's value. */
static size_t value_size(uint16_t change, kk_cursor *c)
{
    static const uint8_t sizes[8] = {1, 1, 2, 4, 2, 2, 0, 3};
    if (change >> 13 != 6)
        return sizes[change >> 13];
    if (change == 0xd608 || change == 0xd606) { /* tables: two bytes of length, one too many */
        uint16_t len = kk_u16(c);
        return len ? len - 1u : 0;
    }
    uint8_t len = kk_u8(c);
    if (change != 0xc615 || len != 255)
        return len;
    uint8_t deleted = kk_u8(c); /* tab stops: too many for one byte of length */
    kk_skip(c, (size_t)deleted * 4);
    return (size_t)kk_u8(c) * 3;
}

typedef struct {
    bool in_table, ends_row, inner_cell, inner_row;
    uint32_t depth;
    uint64_t huge; /* where the changes really are, in the stream of further data; or UINT64_MAX */
} changes;

static void read_changes(kk_cursor c, changes *out)
{
    while (!c.bad && kk_left(&c) >= 3) {
        uint16_t change = kk_u16(&c);
        size_t size = value_size(change, &c);
        kk_cursor value = kk_cursor_over(kk_bytes(&c, size));
        if (change == 0x2416)
            out->in_table = kk_u8(&value);
        else if (change == 0x2417)
            out->ends_row = kk_u8(&value);
        else if (change == 0x244b)
            out->inner_cell = kk_u8(&value);
        else if (change == 0x244c)
            out->inner_row = kk_u8(&value);
        else if (change == 0x6649)
            out->depth = kk_u32(&value);
        else if (change == 0x6645 || change == 0x6646)
            out->huge = kk_u32(&value);
    }
}

static void read_huge(kk_doc_paragraphs *p, changes *out)
{
    kk_slice bytes = {p->huge, p->more ? kk_read(p->more, out->huge, p->huge, HUGE_MAX) : 0};
    kk_cursor c = kk_cursor_over(bytes);
    size_t len = kk_u16(&c);
    read_changes(kk_cursor_over(kk_part(bytes, 2, len)), out);
}

static changes changes_at(kk_doc_paragraphs *p, size_t run, size_t runs)
{
    changes out = {.huge = UINT64_MAX};
    kk_slice page = {p->page, p->page_len};
    kk_cursor c = kk_cursor_over(page);
    kk_seek(&c, (runs + 1) * 4 + run * BX);
    size_t at = (size_t)kk_u8(&c) * 2;
    if (at == 0)
        return out;
    kk_seek(&c, at);
    size_t len = kk_u8(&c);
    len = len ? len * 2 - 1 : (size_t)kk_u8(&c) * 2;
    kk_cursor properties = kk_cursor_over(kk_part(page, c.at, len));
    kk_skip(&properties, 2); /* the style */
    read_changes(properties, &out);
    if (out.huge != UINT64_MAX)
        read_huge(p, &out);
    return out;
}

static bool load_page(kk_doc_paragraphs *p, uint64_t place)
{
    size_t index = last_below(p->ranges, p->count, place);
    if (index != p->page_index) {
        uint64_t number = number_at(p->ranges, (p->count + 1 + index) * 4) & 0x3fffff;
        p->page_index = index;
        p->page_len = kk_read(p->text, number * PAGE, p->page, PAGE);
    }
    return p->page_len == PAGE;
}

kk_doc_paragraph kk_doc_paragraph_at(kk_doc_paragraphs *p, uint64_t place, uint32_t mark)
{
    if ((place < p->from || place >= p->to) && load_page(p, place)) {
        kk_slice page = {p->page, p->page_len};
        size_t runs = (uint8_t)p->page[PAGE - 1], run = last_below(page, runs, place);
        changes found = changes_at(p, run, runs);
        unsigned depth = found.depth < DEPTH_MAX ? (unsigned)found.depth : DEPTH_MAX;
        p->from = number_at(page, run * 4);
        p->to = number_at(page, (run + 1) * 4);
        p->known =
            (kk_doc_paragraph){depth ? depth : found.in_table, found.inner_cell || depth <= 1,
                               depth > 1 ? found.inner_row : found.ends_row};
    }
    /* inside another table a cell ends with an ordinary mark that is said to be one */
    kk_doc_paragraph out = p->known;
    out.ends_cell = out.depth > 1 ? out.ends_cell : mark == 7 && out.depth;
    out.ends_row = out.ends_row && (out.depth > 1 || mark == 7);
    return out;
}
