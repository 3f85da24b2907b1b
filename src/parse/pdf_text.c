/* What stands on a page outside of tables: what is at its edges once for all pages, a form's labels with
 * what they are for, then running text in the order of reading, lines of a paragraph joined. */
#include "base/hash.h"
#include "base/sorted.h"
#include "base/text.h"
#include "parse/pdf_page.h"

#include <stdlib.h>

enum {
    MARGINS_KEPT = 4096, /* of a document */
    MARGINS_ROOM = 16384,
    FORM_WORDS_MOST = 20000,
    SEGMENTS_MOST = 256,    /* of a line that is looked through for labels */
    VALUE_LINES = 12,       /* of a label */
    VALUE_COLUMNS = 64,     /* of a form; lines that are looked through for them */
    SPREAD_MOST = 5,        /* characters of a label that are set apart */
    NO_STEP = INT32_MAX / 2 /* after the last line; what is added to it does not wrap */
};

typedef struct {
    pdf_document *d;
    pdf_page *page;
    kk_buffer out;
    int32_t columns[VALUE_COLUMNS]; /* of a form: where its values begin */
    size_t column_count;
} telling;

/* So many line ends, with those that are there. */
static void put_break(kk_buffer *out, size_t feeds)
{
    size_t have = 0;
    while (have < out->len && out->ptr[out->len - 1 - have] == '\n')
        have++;
    for (; out->len && have < feeds; have++)
        kk_put_byte(out, '\n');
}

/* ---- Edges ---- */

static bool was_seen(pdf_document *d, uint64_t hash)
{
    hash += !hash;
    if (!d->margins)
        d->margins = KK_NEW_ARRAY(d->arena, uint64_t, MARGINS_ROOM);
    size_t at = hash % MARGINS_ROOM;
    for (; d->margins[at]; at = (at + 1) % MARGINS_ROOM)
        if (d->margins[at] == hash)
            return true;
    if (d->margin_count < MARGINS_KEPT) {
        d->margins[at] = hash;
        d->margin_count++;
    }
    return false;
}

/* A heading or the name of who is in charge, on each page at the same place, is told once. */
static void pass_over_edges(telling *t)
{
    const int32_t edge = t->page->height / 8;
    pdf_bands bands = pdf_bands_of(t->page, false);
    for (size_t i = 0; i < bands.count; i++) {
        const pdf_band *band = &bands.items[i];
        uint64_t hash =
            (uint64_t)(band->y0 / 200) * 31 + (uint64_t)(t->page->words[band->words[0]].x0 / 200);
        if (band->y0 > edge && band->y0 < t->page->height - edge)
            continue;
        for (size_t k = 0; k < band->count; k++)
            hash = (hash ^ kk_hash_quick(t->page->words[band->words[k]].text)) *
                   UINT64_C(0x9fb21c651e98df25);
        if (was_seen(t->d, hash))
            for (size_t k = 0; k < band->count; k++)
                t->page->words[band->words[k]].used = true;
    }
}

/* ---- Labels ---- */

typedef struct {
    size_t from, to; /* words of the band */
    int32_t x0;
    kk_slice text;
    bool is_label;
} segment;

static kk_slice text_of(telling *t, const pdf_band *band, size_t from, size_t to)
{
    kk_buffer out = {0};
    for (size_t i = from; i < to; i++)
        pdf_put_word(&out, i > from ? &t->page->words[band->words[i - 1]] : NULL,
                     &t->page->words[band->words[i]]);
    kk_slice text = kk_copy(t->page->arena, kk_trim(kk_buffer_slice(&out)));
    kk_buffer_close(&out);
    return text;
}

/* 氏名: 佐藤 is no label any more. */
static bool has_value(kk_slice text)
{
    size_t colon = kk_find_byte(text, ':'), wide = kk_find(text, KK_S("："));
    return (colon != KK_NOWHERE && colon + 1 < text.len) ||
           (wide != KK_NOWHERE && wide + strlen("：") < text.len);
}

static bool is_apart(const telling *t, const pdf_band *band, size_t at)
{
    const pdf_word *before = &t->page->words[band->words[at - 1]],
                   *w = &t->page->words[band->words[at]];
    return w->x0 - before->x1 > before->em * 3 / 5 || w->field || before->field;
}

/* Characters set apart as one word: 氏　　名. */
static kk_slice spread_text(telling *t, const pdf_band *band, size_t from, size_t count)
{
    kk_slice text = KK_NONE;
    for (size_t i = from; i < from + count; i++)
        text = kk_join(t->page->arena, text, t->page->words[band->words[i]].text);
    return text;
}

/* 氏名 / Name, up to the next gap: how many words, 0 where it is none. */
static size_t translated_words(telling *t, const pdf_band *band, size_t from, kk_slice *text)
{
    size_t to = from + 1;
    while (to < band->count && !is_apart(t, band, to))
        to++;
    kk_slice both = text_of(t, band, from, to);
    if (to == from + 1 || kk_find_byte(both, '/') == KK_NOWHERE || has_value(both) ||
        !pdf_is_heading(t->d, both))
        return 0;
    *text = both;
    return to - from;
}

/* How many words from here on are a label, which then is `text`: one, or single characters. 0: none. */
static size_t label_words(telling *t, const pdf_band *band, size_t from, kk_slice *text)
{
    size_t most = 0;
    while (most < SPREAD_MOST && from + most < band->count) {
        const pdf_word *w = &t->page->words[band->words[from + most]];
        if (w->field || (most > 0 && kk_char_count(w->text) != 1))
            break;
        most++;
        if (kk_char_count(w->text) != 1)
            break;
    }
    for (; most > 0; most--) {
        *text = spread_text(t, band, from, most);
        if (!has_value(*text) && pdf_is_heading(t->d, *text)) {
            size_t both = translated_words(t, band, from, text);
            return both ? both : most;
        }
    }
    return 0;
}

/* Pieces of a line, with a label in front of what it is for; how many, 0 where none is a label. */
static size_t find_labels(telling *t, const pdf_band *band, segment *out)
{
    size_t count = 0, labels = 0;
    for (size_t from = 0, to; from < band->count && count < SEGMENTS_MOST; from = to) {
        kk_slice text;
        size_t words = label_words(t, band, from, &text);
        labels += words > 0;
        for (to = from + (words ? words : 1); !words && to < band->count && !is_apart(t, band, to);
             to++)
            ;
        out[count++] = (segment){from, to, t->page->words[band->words[from]].x0,
                                 words ? text : text_of(t, band, from, to), words > 0};
    }
    return labels ? count : 0;
}

static void use_words(telling *t, const pdf_band *band, const segment *s)
{
    for (size_t i = s->from; i < s->to; i++)
        t->page->words[band->words[i]].used = true;
}

static void put_label(telling *t, kk_slice label)
{
    while (kk_ends(label, KK_S(":")) || kk_ends(label, KK_S("：")))
        label =
            kk_trim(kk_part(label, 0, label.len - (kk_ends(label, KK_S(":")) ? 1 : strlen("："))));
    kk_put(&t->out, label);
    kk_put(&t->out, KK_S(": "));
}

/* Kanji go on in the next line without a blank. */
static void join_wide(kk_buffer *out, kk_slice next)
{
    size_t len = out->len;
    while (len && out->ptr[len - 1] == ' ')
        len--;
    if (pdf_last_char((kk_slice){out->ptr, len}) >= 0x2e80 && pdf_first_char(next) >= 0x2e80)
        out->len = len;
}

/* A line of a value: it begins where the value does, and has no label. */
static bool is_value_line(telling *t, const pdf_band *band, int32_t x0)
{
    segment *found = KK_NEW_ARRAY(t->page->arena, segment, SEGMENTS_MOST);
    const pdf_word *first = &t->page->words[band->words[0]];
    return !first->used && abs(first->x0 - x0) <= t->page->em * 7 / 10 &&
           !find_labels(t, band, found);
}

static bool tell_value_line(telling *t, const pdf_band *band, int32_t x0)
{
    if (!is_value_line(t, band, x0))
        return false;
    segment whole = {0, band->count, x0, text_of(t, band, 0, band->count), false};
    join_wide(&t->out, whole.text);
    kk_put(&t->out, whole.text);
    kk_put_byte(&t->out, ' ');
    use_words(t, band, &whole);
    return true;
}

/* What is right of a label as in a cell beside it, not as in TEL 03-5555-0101 of a letter's head. */
static bool is_wide(const telling *t, const pdf_band *band, const segment *label,
                    const segment *value)
{
    const pdf_word *last = &t->page->words[band->words[label->to - 1]],
                   *first = &t->page->words[band->words[value->from]];
    return first->field || first->x0 - last->x1 > t->page->em * 6 / 5;
}

/* The same of what begins where other values of the form do. */
static bool is_beside(const telling *t, const pdf_band *band, const segment *label,
                      const segment *value)
{
    bool aligned = false;
    for (size_t i = 0; i < t->column_count; i++)
        aligned |= abs(t->columns[i] - value->x0) < t->page->em / 3;
    return aligned || is_wide(t, band, label, value);
}

static int32_t step_to(const pdf_bands *bands, size_t at)
{
    return at > 0 && at < bands->count ? bands->items[at].y0 - bands->items[at - 1].y1 : NO_STEP;
}

/* Whether lines of a value end before they are full: what begins the next one would have had room on one of them. */
static bool are_ended(const telling *t, const pdf_bands *bands, size_t from, size_t to)
{
    int32_t right = INT32_MIN;
    for (size_t i = from; i < to; i++) {
        const pdf_band *band = &bands->items[i];
        int32_t x1 = t->page->words[band->words[band->count - 1]].x1;
        right = x1 > right ? x1 : right;
    }
    for (size_t i = from; i + 1 < to; i++) {
        const pdf_band *band = &bands->items[i], *below = band + 1;
        const pdf_word *last = &t->page->words[band->words[band->count - 1]],
                       *next = &t->page->words[below->words[0]];
        int32_t wants = pdf_first_char(next->text) >= 0x2e80 ? next->em : next->x1 - next->x0;
        if (last->x1 + wants + t->page->em <= right)
            return true;
    }
    return false;
}

/* Lines below that stand under the value, and closer to it than to what is below them. */
static void put_rest_of_value(telling *t, const pdf_bands *bands, size_t at, int32_t x0)
{
    const int32_t em = t->page->em;
    size_t end = at + 1;
    while (end < bands->count && end < at + VALUE_LINES && step_to(bands, end) <= em * 2 &&
           step_to(bands, end) <= step_to(bands, end + 1) + em / 5 &&
           is_value_line(t, &bands->items[end], x0))
        end++;
    bool ended = are_ended(t, bands, at, end);
    for (size_t i = at + 1; i < end; i++) {
        if (ended)
            put_break(&t->out, 1);
        (void)tell_value_line(t, &bands->items[i], x0);
    }
}

/* A label in the middle of a cell, with lines of its value above and below. */
static bool tell_lonely_label(telling *t, const pdf_bands *bands, size_t at, const segment *label,
                              int32_t x0)
{
    const int32_t most = t->page->em * 6 / 5;
    const pdf_band *band = &bands->items[at];
    size_t begin = t->out.len;
    put_break(&t->out, 1);
    put_label(t, label->text);
    bool above = step_to(bands, at) < most && tell_value_line(t, &band[-1], x0);
    bool below = step_to(bands, at + 1) < most && tell_value_line(t, &band[1], x0);
    if (above || below)
        use_words(t, band, label);
    else
        t->out.len = begin;
    return above || below;
}

/* A label's own line, and what is right of it up to the next label. */
static size_t tell_pair(telling *t, const pdf_bands *bands, size_t at, const segment *segments,
                        size_t count, size_t i)
{
    const pdf_band *band = &bands->items[at];
    put_break(&t->out, 1);
    put_label(t, segments[i].text);
    use_words(t, band, &segments[i]);
    int32_t x0 = segments[i + 1].x0;
    for (i++; i < count && !segments[i].is_label; i++) {
        kk_put(&t->out, segments[i].text);
        kk_put_byte(&t->out, ' ');
        use_words(t, band, &segments[i]);
    }
    if (i == count)
        put_rest_of_value(t, bands, at, x0);
    return i - 1;
}

/* A line between pairs that begins where their labels do, and is of one piece. */
static bool tell_between(telling *t, const pdf_band *band, int32_t label_x)
{
    segment segments[2];
    size_t count = 0;
    const int32_t x0 = t->page->words[band->words[0]].x0;
    for (size_t i = 1; i < band->count; i++)
        count += t->page->words[band->words[i]].x0 - t->page->words[band->words[i - 1]].x1 >
                 t->page->em * 2;
    if (count || abs(x0 - label_x) > t->page->em * 3 / 2)
        return false;
    segments[0] = (segment){0, band->count, x0, text_of(t, band, 0, band->count), false};
    put_break(&t->out, 1);
    kk_put(&t->out, segments[0].text);
    use_words(t, band, &segments[0]);
    return true;
}

static void add_colon(telling *t, const pdf_band *band, const segment *label)
{
    pdf_word *last = &t->page->words[band->words[label->to - 1]];
    if (!kk_ends(last->text, KK_S(":")) && !kk_ends(last->text, KK_S("：")))
        last->text = kk_join(t->page->arena, last->text, KK_S(":"));
}

/* The first label of a line and its value: where one ends and the other begins. */
typedef struct {
    int32_t label_end, value_begin;
    bool spread, wide, field;
} form_line;

static size_t form_lines(telling *t, const pdf_bands *bands, segment *segments, form_line *out)
{
    size_t lines = 0;
    for (size_t b = 0; b < bands->count && lines < VALUE_COLUMNS; b++) {
        const pdf_band *band = &bands->items[b];
        size_t count = find_labels(t, band, segments);
        if (count < 2 || !segments[0].is_label || segments[1].is_label)
            continue;
        out[lines++] = (form_line){t->page->words[band->words[segments[0].to - 1]].x1,
                                   segments[1].x0, segments[0].to - segments[0].from > 1,
                                   is_wide(t, band, &segments[0], &segments[1]),
                                   t->page->words[band->words[segments[1].from]].field};
    }
    return lines;
}

/* Values that begin at one place behind labels of different lengths, or of characters set apart to one length, stand
 * in a column. */
static bool is_in_column(const telling *t, const form_line *lines, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (abs(lines[i].value_begin - lines[at].value_begin) < t->page->em / 3 &&
            (lines[i].spread || lines[at].spread ||
             abs(lines[i].label_end - lines[at].label_end) > t->page->em / 2))
            return true;
    return false;
}

static void mark_labels(telling *t, const pdf_bands *bands, segment *segments)
{
    for (size_t b = 0; b < bands->count; b++) {
        size_t count = find_labels(t, &bands->items[b], segments);
        for (size_t i = 0; i + 1 < count; i++)
            if (segments[i].is_label && !segments[i + 1].is_label)
                add_colon(t, &bands->items[b], &segments[i]);
    }
}

/* A page is a form where two lines or more begin with a label and have something right of it, apart or in a column.
 * Elsewhere labels stay where they are, and are marked. */
static bool is_form(telling *t, const pdf_bands *bands, segment *segments)
{
    form_line lines[VALUE_COLUMNS];
    size_t filled = 0;
    if (t->page->count > FORM_WORDS_MOST)
        return false;
    size_t count = form_lines(t, bands, segments, lines);
    for (size_t i = 0; i < count; i++)
        if (lines[i].wide || is_in_column(t, lines, count, i)) {
            filled += 1 + lines[i].field;
            t->columns[t->column_count++] = lines[i].value_begin;
        }
    if (filled < 2)
        mark_labels(t, bands, segments);
    return filled > 1;
}

/* "氏名   佐藤花子   電話   03-..." as a line of each label with what is to its right. */
static void tell_pairs(telling *t)
{
    pdf_bands bands = pdf_bands_of(t->page, false);
    segment *segments = KK_NEW_ARRAY(t->page->arena, segment, SEGMENTS_MOST);
    if (!is_form(t, &bands, segments))
        return;
    int32_t last = INT32_MIN, label_x = 0, value_x = INT32_MIN;
    for (size_t b = 0; b < bands.count; b++) {
        const pdf_band *band = &bands.items[b];
        bool any = false, near = last != INT32_MIN && band->y0 - last < t->page->em * 5;
        if (t->page->words[band->words[0]].used)
            continue; /* under a value */
        size_t count = find_labels(t, band, segments);
        if (count && !segments[0].is_label && !near)
            continue;
        for (size_t i = 0; i + 1 < count; i++) {
            if (!segments[i].is_label || segments[i + 1].is_label)
                continue;
            if (!any && !near && !is_beside(t, band, &segments[i], &segments[i + 1]))
                continue;
            if (!any && !near)
                put_break(&t->out, 3);
            label_x = any ? label_x : segments[i].x0;
            value_x = segments[i + 1].x0;
            any = true;
            i = tell_pair(t, &bands, b, segments, count, i);
        }
        if (count == 1 && near)
            any = tell_lonely_label(t, &bands, b, segments, value_x);
        if (any || (near && !count && tell_between(t, band, label_x)))
            last = band->y1;
    }
    put_break(&t->out, 3);
}

static void tell_fields(telling *t)
{
    for (size_t i = 0; i < t->page->count; i++) {
        pdf_word *w = &t->page->words[i];
        if (!w->field || w->used)
            continue;
        w->used = true;
        if (pdf_is_heading(t->d, w->label))
            put_label(t, w->label);
        kk_put(&t->out, w->text);
        kk_put_byte(&t->out, '\n');
    }
    put_break(&t->out, 2);
}

/* ---- Running text ---- */

typedef struct {
    size_t from, to; /* words of the page */
    int32_t x0, y0, x1, y1, em;
    bool down, told;
    size_t next; /* the line that goes on right of it; 0: none */
} line;

static void add_to_line(line *l, const pdf_word *w)
{
    l->x0 = w->x0 < l->x0 ? w->x0 : l->x0;
    l->y0 = w->y0 < l->y0 ? w->y0 : l->y0;
    l->x1 = w->x1 > l->x1 ? w->x1 : l->x1;
    l->y1 = w->y1 > l->y1 ? w->y1 : l->y1;
    l->em = w->em > l->em ? w->em : l->em;
}

static size_t lines_of(const pdf_page *page, line *out)
{
    size_t count = 0;
    for (size_t i = 0; i < page->count; i++) {
        const pdf_word *w = &page->words[i];
        if (w->used || w->down != page->down)
            continue;
        bool same =
            count && page->words[out[count - 1].from].line == w->line && out[count - 1].to == i;
        if (!same)
            out[count++] = (line){i, i, w->x0, w->y0, w->x1, w->y1, w->em, w->down, false, 0};
        add_to_line(&out[count - 1], w);
        out[count - 1].to = i + 1;
    }
    return count;
}

/* Where lines that begin as this one end, if more than one does. */
static int32_t edge_of(const pdf_page *page, const line *lines, size_t count, size_t at)
{
    enum { LOOK = 40 };
    const line *l = &lines[at];
    int32_t edge = l->down ? page->height - l->y0 : page->width - l->x0;
    int32_t begin = l->down ? l->y0 : l->x0, end = l->down ? l->y1 : l->x1;
    if (abs(edge - end) < l->em * 3 / 2)
        return end;
    int32_t far = INT32_MIN;
    for (size_t i = at > LOOK ? at - LOOK : 0; i < count && i < at + LOOK; i++) {
        int32_t other = lines[i].down ? lines[i].y0 : lines[i].x0;
        int32_t reach = lines[i].down ? lines[i].y1 : lines[i].x1;
        if (i != at && lines[i].down == l->down && abs(other - begin) < l->em * 3 / 2 &&
            reach > far)
            far = reach;
    }
    return far == INT32_MIN ? INT32_MAX : far;
}

/* Kanji, kana and commas go on in the next line; a full stop, a digit or a bracket may be the end. */
static bool may_go_on(uint32_t last, uint32_t first)
{
    bool flows = (last >= 0x3041 && last <= 0x30ff) || (last >= 0x3400 && last <= 0x9fff) ||
                 last == 0x3001 || last == '-';
    return flows && first >= 0x20 && first != 0x30fb &&
           (first >= 0x2e80 || last == '-' || last == 0x3001);
}

/* Whether a line is filled to its end and the next one is the next of its paragraph. */
static bool flows_on(const pdf_page *page, const line *lines, size_t count, size_t at)
{
    enum { LEAST = 18 }; /* kanji of a line of prose */
    const line *l = &lines[at], *next = &lines[at + 1];
    int32_t em = l->em, length = l->down ? l->y1 - l->y0 : l->x1 - l->x0;
    int32_t step = l->down ? l->x0 - next->x0 : next->y0 - l->y0;
    int32_t begins = l->down ? next->y0 - l->y0 : next->x0 - l->x0;
    int32_t end = l->down ? l->y1 : l->x1;
    uint32_t last = pdf_last_char(page->words[l->to - 1].text),
             first = pdf_first_char(page->words[next->from].text);
    return next->down == l->down && length > em * LEAST && step > em * 4 / 5 && step < em * 5 / 2 &&
           begins < em * 7 / 10 && begins > -em * 5 / 2 && abs(next->em - em) < em / 3 &&
           may_go_on(last, first) && end > edge_of(page, lines, count, at) - em * 3 / 2;
}

/* What parts a line from the next one. */
static void part(telling *t, const line *lines, size_t count, size_t at)
{
    const line *l = &lines[at], *next = &lines[at + 1];
    int32_t step = (next->y0 + next->y1 - l->y0 - l->y1) / 2, aside = next->x0 - l->x1;
    if (l->down)
        step = (l->x0 + l->x1 - next->x0 - next->x1) / 2, aside = next->y0 - l->y1;
    if (flows_on(t->page, lines, count, at))
        return;
    if (abs(step) < l->em * 2 / 5 && aside > -l->em / 2)
        kk_put_byte(&t->out, ' ');
    else
        put_break(&t->out, step < 0 || step > l->em * 6 ? 3 : step > l->em * 3 ? 2 : 1);
}

static int by_left(const void *a, const void *b)
{
    const int32_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static size_t count_below(const int32_t *sorted, size_t count, int32_t limit)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, count, sorted[low] < limit);
    return low;
}

/* A line that was taken for two because of a wide blank goes on right of it: not where a column begins. */
static void join_pieces(telling *t, line *lines, size_t count)
{
    const pdf_page *page = t->page;
    int32_t *lefts = KK_NEW_ARRAY(page->arena, int32_t, count);
    size_t *line_of = KK_NEW_ARRAY(page->arena, size_t, page->count + 1);
    for (size_t i = 0; i < count; i++) {
        lefts[i] = lines[i].x0;
        for (size_t k = lines[i].from; k < lines[i].to; k++)
            line_of[k] = i;
    }
    qsort(lefts, count, sizeof *lefts, by_left);
    pdf_bands bands = pdf_bands_of(page, false);
    for (size_t b = 0; b < bands.count; b++)
        for (size_t i = 1; i < bands.items[b].count; i++) {
            uint32_t left = bands.items[b].words[i - 1], right = bands.items[b].words[i];
            line *l = &lines[line_of[left]], *r = &lines[line_of[right]];
            int32_t gap = page->words[right].x0 - page->words[left].x1, near = page->em / 2;
            size_t alike =
                count_below(lefts, count, r->x0 + near) - count_below(lefts, count, r->x0 - near);
            bool ends = left + 1 == l->to && right == r->from && l != r;
            if (ends && gap < page->em * 3 / 2 && alike <= 2 && line_of[right])
                l->next = line_of[right];
        }
    for (size_t i = 0; i < count; i++)
        if (lines[i].next)
            lines[lines[i].next].told = true;
}

/* From right to left, and in a column from above. */
static int by_column(const void *a, const void *b)
{
    const pdf_word *p = a, *q = b;
    if (p->line != q->line)
        return p->line < q->line ? -1 : 1;
    return (p->y0 > q->y0) - (p->y0 < q->y0);
}

static int by_side(const void *a, const void *b)
{
    const pdf_word *p = a, *q = b;
    int32_t x = p->x0 + p->x1, y = q->x0 + q->x1;
    return (x < y) - (x > y);
}

/* A page of what goes down alone: lines are columns of words, whatever order they were found in. */
static pdf_page turned(const pdf_page *page)
{
    pdf_page result = *page;
    result.down = true;
    result.count = 0;
    result.words = KK_NEW_ARRAY(page->arena, pdf_word, page->count + 1);
    for (size_t i = 0; i < page->count; i++)
        if (page->words[i].down && !page->words[i].used)
            result.words[result.count++] = page->words[i];
    if (!result.count)
        return result;
    qsort(result.words, result.count, sizeof *result.words, by_side);
    int32_t x = 0;
    uint32_t column = 0;
    for (size_t i = 0; i < result.count; i++) {
        pdf_word *w = &result.words[i];
        int32_t middle = (w->x0 + w->x1) / 2;
        column += i && x - middle > w->em / 2;
        x = i && column == w[-1].line ? x : middle;
        w->line = column;
    }
    qsort(result.words, result.count, sizeof *result.words, by_column);
    return result;
}

static void put_words(telling *t, const line *l)
{
    for (size_t k = l->from; k < l->to; k++) {
        const pdf_word *w = &t->page->words[k], *before = k > l->from ? w - 1 : NULL;
        if (l->down && before && w->y0 - before->y1 > w->em / 4)
            kk_put_byte(&t->out, ' ');
        pdf_put_word(&t->out, l->down ? NULL : before, w);
    }
}

static void tell_lines(telling *t)
{
    line *lines = KK_NEW_ARRAY(t->page->arena, line, t->page->count + 1);
    size_t count = lines_of(t->page, lines), whole = 0;
    if (!t->page->down && count)
        join_pieces(t, lines, count);
    put_break(&t->out, 3);
    line *ordered = KK_NEW_ARRAY(t->page->arena, line, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!lines[i].told) /* those that go on elsewhere are told there */
            ordered[whole++] = lines[i];
    for (size_t i = 0; i < whole; i++) {
        put_words(t, &ordered[i]);
        for (size_t next = ordered[i].next; next; next = lines[next].next) {
            kk_put_byte(&t->out, ' ');
            put_words(t, &lines[next]);
        }
        if (i + 1 < whole)
            part(t, ordered, whole, i);
    }
}

void pdf_tell_text(pdf_document *d, pdf_page *page)
{
    telling t = {.d = d, .page = page};
    pass_over_edges(&t);
    tell_pairs(&t);
    tell_fields(&t);
    tell_lines(&t);
    pdf_page columns = turned(page);
    t.page = &columns;
    tell_lines(&t);
    kk_slice text = kk_trim(kk_buffer_slice(&t.out));
    if (text.len && !d->sink->stopped)
        d->sink->passage(
            d->sink, &(kk_passage){.table = KK_S("pages"), .text = text, .record = page->number});
    kk_buffer_close(&t.out);
}

static bool may_show_sample(kk_slice text)
{
    static const char *const words[] = {"例", "見本", "サンプル", "sample", "Sample", "SAMPLE"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_has(text, kk_cstr(words[i])))
            return true;
    return false;
}

void pdf_tell_title(pdf_document *d, pdf_page *page)
{
    enum { TOP = 6, BYTES = 90 };
    telling t = {.d = d, .page = page};
    pdf_bands bands = pdf_bands_of(page, false);
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    for (size_t b = 0; b < bands.count && b < TOP; b++) {
        if (pdf_clusters_of(page, &bands.items[b], clusters) > 1)
            continue; /* a row */
        kk_slice text = text_of(&t, &bands.items[b], 0, bands.items[b].count);
        if (text.len > BYTES || !may_show_sample(text))
            continue;
        if (!d->sink->stopped)
            d->sink->passage(
                d->sink,
                &(kk_passage){.table = KK_S("pages"), .text = text, .record = page->number});
        return;
    }
}
