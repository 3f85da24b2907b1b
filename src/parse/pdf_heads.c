/* Cells of a line, and headings among them: also those in two lines, where an upper one stands over several
 * (注文者 over 氏名, 住所, 電話番号). */
#include "parse/pdf_page.h"

enum { SORTED_MOST = 2000, GROUPS_MOST = 8 };

/* ---- Cells of a line ---- */

static int by_reading(const pdf_page *page, uint32_t a, uint32_t b)
{
    const pdf_word *p = &page->words[a], *q = &page->words[b];
    int32_t em = p->em > q->em ? p->em : q->em;
    int32_t dy = (p->y0 + p->y1) / 2 - (q->y0 + q->y1) / 2;
    if (dy > em * 2 / 5 || dy < -em * 2 / 5)
        return dy < 0 ? -1 : 1;
    return (p->x0 > q->x0) - (p->x0 < q->x0);
}

void pdf_sort_cell(const pdf_page *page, uint32_t *words, size_t count)
{
    for (size_t i = 1; i < count && count < SORTED_MOST; i++)
        for (size_t k = i; k > 0 && by_reading(page, words[k - 1], words[k]) > 0; k--) {
            uint32_t swap = words[k];
            words[k] = words[k - 1];
            words[k - 1] = swap;
        }
}

kk_slice pdf_cell_text(const pdf_page *page, uint32_t *words, size_t count)
{
    kk_buffer out = {0};
    pdf_sort_cell(page, words, count);
    for (size_t i = 0; i < count; i++)
        pdf_put_word(&out, i ? &page->words[words[i - 1]] : NULL, &page->words[words[i]]);
    kk_slice text = kk_copy(page->arena, kk_trim(kk_buffer_slice(&out)));
    kk_buffer_close(&out);
    return text;
}

size_t pdf_clusters_of(const pdf_page *page, const pdf_band *band, pdf_cluster *out)
{
    enum { WORDS_MOST = 4096 };
    uint32_t *words = KK_NEW_ARRAY(page->arena, uint32_t, band->count + 1);
    size_t count = 0, from = 0;
    int32_t end = 0;
    if (band->count > WORDS_MOST)
        return 0;
    for (size_t i = 0; i < band->count; i++)
        words[i] = band->words[i];
    for (size_t i = 0; i <= band->count; i++) {
        const pdf_word *w = i < band->count ? &page->words[band->words[i]] : NULL;
        if (i && (!w || w->x0 > end + w->em / 2)) {
            if (count == PDF_COLUMNS_MOST)
                return 0;
            out[count++] = (pdf_cluster){page->words[band->words[from]].x0, end,
                                         pdf_cell_text(page, words + from, i - from)};
            from = i;
        }
        if (w)
            end = from == i || w->x1 > end ? w->x1 : end;
    }
    return count;
}

size_t pdf_count_headings(pdf_document *d, const pdf_cluster *clusters, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (pdf_is_value(clusters[i].text))
            return 0;
        known += pdf_is_heading(d, clusters[i].text);
    }
    return known >= 2 && known * 2 > count ? known : 0;
}

/* ---- Headings over headings ---- */

static int32_t middle_of(const pdf_word *w)
{
    return w->y0 + (w->y1 - w->y0) / 2;
}

/* The words of a band that are within one of these clusters and not below `y`, or all the others. */
static pdf_band part_of(const pdf_page *page, const pdf_band *band, int32_t y,
                        const pdf_cluster *within, size_t count, bool others)
{
    uint32_t *words = KK_NEW_ARRAY(page->arena, uint32_t, band->count + 1);
    pdf_band part = {.words = words, .y0 = band->y0, .y1 = band->y1};
    for (size_t i = 0; i < band->count; i++) {
        const pdf_word *w = &page->words[band->words[i]];
        bool inside = false;
        for (size_t c = 0; c < count && middle_of(w) <= y && !inside; c++)
            inside = w->x0 >= within[c].x0 && w->x1 <= within[c].x1;
        if (inside != others)
            words[part.count++] = band->words[i];
    }
    return part;
}

/* Headings of the upper line of a band, and what is left of it: the upper half of 会員番/号 is no heading. */
static pdf_band take_labels(pdf_document *d, const pdf_page *page, const pdf_band *band,
                            pdf_band *rest)
{
    static const pdf_cluster everything = {INT32_MIN, INT32_MAX, {NULL, 0}};
    pdf_cluster labels[PDF_COLUMNS_MOST];
    const int32_t y = band->y0 + (band->y1 - band->y0) / 4;
    pdf_band upper = part_of(page, band, y, &everything, 1, false);
    size_t count = pdf_clusters_of(page, &upper, labels), kept = 0;
    for (size_t i = 0; i < count; i++)
        if (pdf_is_heading(d, labels[i].text))
            labels[kept++] = labels[i];
    *rest = part_of(page, band, y, labels, kept, true);
    return part_of(page, band, y, labels, kept, false);
}

/* How badly a label stands over the columns [from, to): it has their middle, or begins with them. */
static int64_t misfit(const pdf_cluster *label, const pdf_cluster *columns, size_t from, size_t to)
{
    int64_t centre = (int64_t)label->x0 + label->x1 - columns[from].x0 - columns[to - 1].x1;
    int64_t begin = 2 * ((int64_t)label->x0 - columns[from].x0);
    centre = centre < 0 ? -centre : centre;
    begin = begin < 0 ? -begin : begin;
    return centre < begin ? centre : begin;
}

/* The best way to share the first columns among the first labels. */
typedef struct {
    int64_t bad;
    size_t from; /* of the last label's columns; the column itself where no label is over it */
    bool shared;
} share;

/* Labels over columns, so that they fit best together; `beside`: columns that no label is over. */
static bool share_columns(kk_arena *arena, const pdf_cluster *labels, size_t count,
                          const pdf_cluster *columns, size_t width, const bool *beside,
                          int64_t drop, size_t *label_of)
{
    const int64_t never = INT64_MAX / 4;
    const size_t row = width + 1;
    share *best = KK_NEW_ARRAY(arena, share, (count + 1) * row);
    for (size_t i = 0; i < (count + 1) * row; i++)
        best[i].bad = i ? never : 0;
    for (size_t l = 0; l <= count; l++)
        for (size_t i = 0; i < width; i++) {
            const share *here = &best[l * row + i];
            share *next = &best[l * row + i + 1];
            int64_t bad = here->bad + (beside[i] ? 0 : drop);
            if (bad < next->bad)
                *next = (share){bad, i, false};
            for (size_t k = i; l < count && k < width && !beside[k]; k++) {
                share *with = &best[(l + 1) * row + k + 1];
                bad = here->bad + misfit(&labels[l], columns, i, k + 1);
                if (bad < with->bad)
                    *with = (share){bad, i, true};
            }
        }
    if (best[count * row + width].bad >= never)
        return false;
    for (size_t l = count, i = width; i > 0;) {
        const share *s = &best[l * row + i];
        l -= s->shared;
        for (size_t from = s->from; i > from; i--)
            label_of[i - 1] = s->shared ? l : KK_NOWHERE;
    }
    return true;
}

/* 氏名, 住所, 電話番号, 氏名, 住所, 電話番号 under two labels: each has its share. */
static bool share_repeated(const pdf_cluster *labels, size_t count, const pdf_cluster *columns,
                           size_t width, size_t *label_of)
{
    for (size_t each = count > 1 ? width / count : 0; each > 0; each--)
        for (size_t from = 0; from + each * count <= width; from++) {
            bool good = true;
            for (size_t i = from; i + each < from + each * count && good; i++)
                good = kk_eq(columns[i].text, columns[i + each].text);
            for (size_t l = 0; l < count && good; l++)
                good = columns[from + l * each].x0 <= labels[l].x1 &&
                       columns[from + (l + 1) * each - 1].x1 >= labels[l].x0;
            if (!good)
                continue;
            for (size_t i = 0; i < width; i++)
                label_of[i] = i >= from && i < from + each * count ? (i - from) / each : KK_NOWHERE;
            return true;
        }
    return false;
}

/* Columns that have nothing in the lowest line stand beside headings of two lines. */
static void find_beside(const pdf_page *page, const pdf_band *lower, const pdf_cluster *columns,
                        size_t count, bool *beside)
{
    memset(beside, true, count);
    for (size_t i = 0; i < lower->count; i++) {
        const pdf_word *w = &page->words[lower->words[i]];
        for (size_t c = 0; c < count && lower->y1 - middle_of(w) < page->em * 2 / 5; c++)
            beside[c] = beside[c] && !(w->x0 >= columns[c].x0 && w->x1 <= columns[c].x1);
    }
}

static size_t grouped(pdf_document *d, const pdf_page *page, const pdf_band *upper,
                      const pdf_band *lower, pdf_cluster *out, size_t *count)
{
    pdf_cluster labels[PDF_COLUMNS_MOST];
    bool beside[PDF_COLUMNS_MOST];
    size_t label_of[PDF_COLUMNS_MOST], groups = pdf_clusters_of(page, upper, labels);
    *count = pdf_clusters_of(page, lower, out);
    if (!groups || groups > GROUPS_MOST || groups * 2 > *count)
        return 0;
    for (size_t i = 0; i < groups; i++)
        if (!pdf_is_heading(d, labels[i].text))
            return 0;
    size_t known = pdf_count_headings(d, out, *count);
    find_beside(page, lower, out, *count, beside);
    if (!known)
        return 0;
    if (!share_repeated(labels, groups, out, *count, label_of) &&
        !share_columns(page->arena, labels, groups, out, *count, beside, page->em * 12, label_of))
        return 0;
    for (size_t i = 0; i < *count; i++) {
        if (label_of[i] == KK_NOWHERE)
            continue;
        bool alone = (i == 0 || label_of[i - 1] != label_of[i]) &&
                     (i + 1 == *count || label_of[i + 1] != label_of[i]);
        kk_slice label = labels[label_of[i]].text;
        out[i].text = alone ? kk_print(page->arena, "%.*s\n%.*s", KK_P(label), KK_P(out[i].text))
                            : kk_join(page->arena, label, out[i].text);
    }
    return known;
}

size_t pdf_headings_of(pdf_document *d, const pdf_page *page, const pdf_bands *bands, size_t at,
                       pdf_cluster *out, size_t *count)
{
    const pdf_band *band = &bands->items[at];
    const int32_t height = band->y1 - band->y0;
    size_t known = 0;
    if (height > page->em * 9 / 10) { /* two lines, and between them what stands beside both */
        pdf_band lower, upper = take_labels(d, page, band, &lower);
        known = grouped(d, page, &upper, &lower, out, count);
    } else if (at > 0 && band->y0 - band[-1].y1 < page->em * 5 / 2 &&
               !page->words[band[-1].words[0]].used) {
        known = grouped(d, page, &band[-1], band, out, count);
    }
    if (known)
        return known;
    *count = pdf_clusters_of(page, band, out);
    return *count >= 2 ? pdf_count_headings(d, out, *count) : 0;
}
