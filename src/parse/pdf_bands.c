/* Words to lines of a page, and words to texts. */
#include "base/text.h"
#include "parse/pdf_page.h"

#include <stdlib.h>

static int32_t middle(const pdf_word *w)
{
    return w->y0 + (w->y1 - w->y0) / 2;
}

typedef struct {
    int32_t y, x;
    uint32_t word;
} spot;

static int by_height(const void *a, const void *b)
{
    const spot *p = a, *q = b;
    if (p->y != q->y)
        return p->y < q->y ? -1 : 1;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->word > q->word) - (p->word < q->word);
}

static int by_side(const void *a, const void *b)
{
    const spot *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return by_height(a, b);
}

static size_t spots_of(const pdf_page *page, spot *spots)
{
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        const pdf_word *w = &page->words[i];
        if (!w->used && !w->down)
            spots[count++] = (spot){middle(w), w->x0, (uint32_t)i};
    }
    if (count)
        qsort(spots, count, sizeof *spots, by_height);
    return count;
}

/* The end of the band that begins at `from`: a line, and in loose bands the lines that touch it, as where
 * cells of one or two lines stand in the middle of their row. */
static size_t band_end(const pdf_page *page, const spot *spots, size_t count, size_t from,
                       bool loose)
{
    const int32_t line = page->em * 2 / 5, touching = page->em * 17 / 20, most = page->em * 5;
    size_t to = from + 1;
    int32_t top = spots[from].y;
    for (; to < count; to++) {
        int32_t step = spots[to].y - spots[to - 1].y, from_top = spots[to].y - top;
        if (from_top <= line)
            continue;
        if (!loose || step > touching || from_top > most)
            break;
    }
    return to;
}

pdf_bands pdf_bands_of(const pdf_page *page, bool loose)
{
    pdf_bands bands = {0};
    size_t capacity = 0;
    spot *spots = KK_NEW_ARRAY(page->arena, spot, page->count + 1);
    uint32_t *words = KK_NEW_ARRAY(page->arena, uint32_t, page->count + 1);
    size_t count = spots_of(page, spots);
    for (size_t from = 0, to; from < count; from = to) {
        to = band_end(page, spots, count, from, loose);
        bands.items =
            kk_grow(page->arena, bands.items, &capacity, bands.count + 1, sizeof *bands.items);
        bands.items[bands.count++] =
            (pdf_band){words + from, to - from, spots[from].y, spots[to - 1].y};
        qsort(spots + from, to - from, sizeof *spots, by_side);
        for (size_t i = from; i < to; i++)
            words[i] = spots[i].word;
    }
    return bands;
}

bool pdf_is_value(kk_slice text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++)
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return digits >= 4 || kk_find_byte(text, '@') != KK_NOWHERE;
}

bool pdf_is_heading(pdf_document *d, kk_slice text)
{
    enum { HEADING_MOST = 60 };
    const kk_services *s = d->services;
    if (!s || !s->is_heading || !text.len || text.len > HEADING_MOST || pdf_is_value(text))
        return false;
    kk_arena_reset(d->scratch);
    return s->is_heading(s->context, d->scratch, text);
}

/* ---- Texts ---- */

static bool is_wide(uint32_t c)
{
    return c >= 0x2e80;
}

uint32_t pdf_first_char(kk_slice text)
{
    size_t at = 0;
    return kk_next_char(text, &at);
}

uint32_t pdf_last_char(kk_slice text)
{
    size_t at = text.len;
    while (at > 0 && ((unsigned char)text.ptr[at - 1] & 0xc0) == 0x80)
        at--;
    at -= at > 0;
    return kk_next_char(text, &at);
}

/* Whether a text that was broken at the end of a line goes on without a blank. */
static bool goes_on(kk_slice line, kk_slice next)
{
    uint32_t last = pdf_last_char(line), first = pdf_first_char(next);
    if (is_wide(last) && is_wide(first))
        return true;
    if (last == '-' || last == '@' || last == '.' || last == '_' || first == '-' || first == '@' ||
        first == '.')
        return true;
    return kk_find_byte(line, '@') != KK_NOWHERE && kk_find_byte(next, '@') == KK_NOWHERE &&
           !is_wide(first);
}

void pdf_put_word(kk_buffer *out, const pdf_word *before, const pdf_word *word)
{
    if (before) {
        int32_t em = before->em > word->em ? before->em : word->em, gap = word->x0 - before->x1;
        int32_t step = middle(word) - middle(before);
        bool wide = is_wide(pdf_last_char(before->text)) && is_wide(pdf_first_char(word->text));
        bool same_line = step <= em * 2 / 5 && step >= -em * 2 / 5 && gap > -em;
        if (same_line ? gap > (wide ? em / 6 : em / 12) : !goes_on(before->text, word->text))
            kk_put_byte(out, ' ');
    }
    for (size_t i = 0; i < word->text.len; i++)
        kk_put_byte(out, word->text.ptr[i] == '\n' ? ' ' : word->text.ptr[i]);
}
