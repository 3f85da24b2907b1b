/* Tables of a page: a line of headings that the recogniser knows, and below it lines whose words keep to
 * columns; or, without such headings, lines that keep to three columns or more. Words have places and
 * cells have none: columns are what lies between gaps that no word crosses, rows begin where a line fills
 * its columns, and lines that fill few of them belong to the row that they are closest to. */
#include "parse/pdf_page.h"

#include "base/sorted.h"

#include <stdlib.h>

enum {
    PLAIN_COLUMNS = 3, /* of a table without headings, and rows */
    PLAIN_ROWS = 4,
    PLAIN_CELL = 60, /* bytes of a cell on the average: longer ones are columns of prose */
    ROWS_A_PAGE = 9999,
    TRIES = 16 /* times that a page's words are looked at */
};

typedef struct {
    int32_t left, right; /* no word lies between */
} gap;

struct pdf_table {
    uint64_t number, page, rows; /* rows: on that page */
    size_t count;
    kk_slice *heads;  /* NULL: none */
    gap *gaps;        /* count - 1 */
    int32_t *x0, *x1; /* of what stands in each column */
};

/* Lines that may be of the table, from its first row on. */
typedef struct {
    pdf_document *d;
    pdf_page *page;
    const pdf_bands *bands;
    pdf_table *t;
    size_t *picked; /* numbers of bands */
    size_t count, full,
        most; /* full: with two filled columns or more; most: filled columns of one */
} body;

/* ---- Columns ---- */

/* A word and a gap: the gap gives way on the side that the word belongs to. False: the word crosses it. */
static bool keeps(gap *g, const pdf_word *w)
{
    int32_t slack = w->em / 10;
    if (w->x1 <= g->left + slack || w->x0 >= g->right - slack)
        return true;
    bool begins = w->x0 > g->left, ends = w->x1 < g->right;
    if (!begins && !ends)
        return false;
    bool is_left = !begins || (ends && w->x0 - g->left <= g->right - w->x1);
    if (is_left)
        g->left = w->x1;
    else
        g->right = w->x0;
    return g->left < g->right;
}

static size_t column_of(const pdf_table *t, const pdf_word *w)
{
    size_t low = 0;
    int64_t twice = (int64_t)w->x0 + w->x1;
    KK_LOWER_BOUND(low, t->count - 1, (int64_t)t->gaps[low].left + t->gaps[low].right <= twice);
    return low;
}

/* Whether the line's words keep to the columns, whose gaps then fit them too. */
static bool fits(const pdf_page *page, pdf_table *t, const pdf_band *band)
{
    gap *gaps = KK_NEW_ARRAY(page->arena, gap, t->count);
    memcpy(gaps, t->gaps, (t->count - 1) * sizeof *gaps);
    for (size_t i = 0; i < band->count; i++) {
        const pdf_word *w = &page->words[band->words[i]];
        for (size_t g = 0; g + 1 < t->count; g++)
            if (!keeps(&gaps[g], w))
                return false;
    }
    memcpy(t->gaps, gaps, (t->count - 1) * sizeof *gaps);
    return true;
}

static size_t filled_columns(const pdf_page *page, const pdf_table *t, const pdf_band *band,
                             bool *filled)
{
    size_t count = 0;
    memset(filled, 0, t->count);
    for (size_t i = 0; i < band->count; i++) {
        size_t column = column_of(t, &page->words[band->words[i]]);
        count += !filled[column];
        filled[column] = true;
    }
    return count;
}

static pdf_table *table_over(pdf_document *d, const pdf_page *page, const pdf_cluster *clusters,
                             size_t count)
{
    pdf_table *t = KK_NEW(d->arena, pdf_table);
    *t = (pdf_table){.page = page->number, .count = count};
    t->gaps = KK_NEW_ARRAY(d->arena, gap, count);
    t->x0 = KK_NEW_ARRAY(d->arena, int32_t, count);
    t->x1 = KK_NEW_ARRAY(d->arena, int32_t, count);
    for (size_t i = 0; i + 1 < count; i++)
        t->gaps[i] = (gap){clusters[i].x1, clusters[i + 1].x0};
    for (size_t i = 0; i < count; i++) {
        t->x0[i] = clusters[i].x0;
        t->x1[i] = clusters[i].x1;
    }
    return t;
}

static void name_columns(pdf_document *d, pdf_table *t, const pdf_cluster *clusters)
{
    t->heads = KK_NEW_ARRAY(d->arena, kk_slice, t->count);
    for (size_t i = 0; i < t->count; i++)
        t->heads[i] = kk_copy(d->arena, clusters[i].text);
}

static bool has_heads(const pdf_table *t, const pdf_cluster *clusters, size_t count)
{
    if (!t || !t->heads || t->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!kk_eq(t->heads[i], clusters[i].text))
            return false;
    return true;
}

/* ---- Lines ---- */

static void pick(body *b, size_t band)
{
    bool filled[PDF_COLUMNS_MOST];
    size_t count = filled_columns(b->page, b->t, &b->bands->items[band], filled);
    b->picked[b->count++] = band;
    b->full += count >= 2;
    b->most = count > b->most ? count : b->most;
}

/* A line over all columns between rows: a title within the table. */
static bool is_inserted(const body *b, size_t band, int32_t most)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    bool filled[PDF_COLUMNS_MOST];
    if (band + 1 >= b->bands->count)
        return false;
    const pdf_band *here = &b->bands->items[band], *next = here + 1;
    if (next->y0 - here->y1 > most || pdf_clusters_of(b->page, here, clusters) != 1)
        return false;
    return fits(b->page, b->t, next) && filled_columns(b->page, b->t, next, filled) >= 2;
}

static void use(const pdf_page *page, const pdf_band *band)
{
    for (size_t i = 0; i < band->count; i++)
        page->words[band->words[i]].used = true;
}

/* Lines from `at` on, as long as they go on in the same way; where they ended. */
static size_t pick_lines(body *b, size_t at)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    int32_t em = b->page->em, widest = 0;
    for (; at < b->bands->count; at++) {
        const pdf_band *band = &b->bands->items[at];
        int32_t most = widest * 5 / 2 > em * 4 ? widest * 5 / 2 : em * 4;
        int32_t step = at ? band->y0 - b->bands->items[at - 1].y1 : 0;
        if (b->count && step > most)
            break;
        size_t count = pdf_clusters_of(b->page, band, clusters);
        b->page->effort += band->count;
        if (b->t->heads && has_heads(b->t, clusters, count)) {
            use(b->page, band); /* repeated on each page */
            continue;
        }
        if (pdf_count_headings(b->d, clusters, count))
            break;
        if (fits(b->page, b->t, band)) {
            pick(b, at);
            if (b->count == 2 || (b->count > 2 && step < widest))
                widest = step;
        } else if (!b->count || !is_inserted(b, at, most)) {
            break;
        }
    }
    return at;
}

/* What stands alone at the end, further away than rows are from each other, is no row. */
static void drop_tail(body *b)
{
    bool filled[PDF_COLUMNS_MOST];
    while (b->count > 1 && b->t->count > 1) {
        const pdf_band *last = &b->bands->items[b->picked[b->count - 1]];
        const pdf_band *before = &b->bands->items[b->picked[b->count - 2]];
        if (filled_columns(b->page, b->t, last, filled) > 1 ||
            last->y0 - before->y1 < b->page->em * 5 / 2)
            return;
        b->count--;
    }
}

/* ---- Rows ---- */

static size_t fill(const body *b, size_t i, bool *filled)
{
    return filled_columns(b->page, b->t, &b->bands->items[b->picked[i]], filled);
}

/* The first column that each line with nearly all columns fills; the number of columns: none. */
static size_t key_column(const body *b)
{
    bool filled[PDF_COLUMNS_MOST], always[PDF_COLUMNS_MOST];
    size_t c = 0;
    memset(always, true, sizeof always);
    for (size_t i = 0; i < b->count; i++)
        if (fill(b, i, filled) * 5 > b->most * 4)
            for (c = 0; c < b->t->count; c++)
                always[c] = always[c] && filled[c];
    for (c = 0; c < b->t->count && !always[c]; c++)
        ;
    return c;
}

/* How far a line is below the one before it. */
static int32_t step_to(const body *b, size_t i)
{
    if (i == 0 || i >= b->count)
        return INT32_MAX;
    return b->bands->items[b->picked[i]].y0 - b->bands->items[b->picked[i - 1]].y1;
}

/* Which lines begin rows: those that fill more than half of the columns and the key, and of the others those
 * that are as far from what is around them as these are from each other; the rest is what did not fit into
 * one line of a cell. */
static void find_starts(const body *b, bool *starts)
{
    bool filled[PDF_COLUMNS_MOST];
    size_t key = key_column(b);
    int32_t pitch = INT32_MAX;
    for (size_t i = 0; i < b->count; i++) {
        starts[i] = fill(b, i, filled) * 2 > b->most && (key == b->t->count || filled[key]);
        if (i && starts[i] && starts[i - 1] && step_to(b, i) < pitch)
            pitch = step_to(b, i);
    }
    for (size_t i = 0; i < b->count && pitch != INT32_MAX; i++) {
        const int32_t far = pitch - pitch / 20;
        bool half = !starts[i] && fill(b, i, filled) * 2 > b->most,
             by_key = key == b->t->count || filled[key];
        if (step_to(b, i) > far && (half || (by_key && step_to(b, i + 1) > far)))
            starts[i] = true;
    }
}

/* Lines between two starts belong to the first up to the widest step, and to the second from there. */
static size_t end_of_row(const body *b, const bool *starts, size_t from)
{
    size_t first = from, next;
    while (first < b->count && !starts[first])
        first++; /* what stands above the first line of a row is higher than that in its cell */
    for (next = first + 1; next < b->count && !starts[next]; next++)
        ;
    if (next >= b->count)
        return b->count;
    size_t widest = next;
    int32_t most = 0;
    for (size_t i = next; i > first; i--) {
        const pdf_band *band = &b->bands->items[b->picked[i]],
                       *before = &b->bands->items[b->picked[i - 1]];
        int32_t step = band->y0 - before->y1;
        if (step > most + b->page->em / 10 || i == next) {
            most = step;
            widest = i;
        }
    }
    return widest;
}

static void tell_row(body *b, size_t from, size_t to)
{
    pdf_table *t = b->t;
    kk_arena *arena = b->page->arena;
    kk_slice *cells = KK_NEW_ARRAY(arena, kk_slice, t->count);
    size_t words = 0, count = 0;
    for (size_t i = from; i < to; i++)
        words += b->bands->items[b->picked[i]].count;
    uint32_t *of_column = KK_NEW_ARRAY(arena, uint32_t, words + 1);
    for (size_t c = 0; c < t->count; c++) {
        count = 0;
        for (size_t i = from; i < to; i++) {
            const pdf_band *band = &b->bands->items[b->picked[i]];
            for (size_t k = 0; k < band->count; k++)
                if (column_of(t, &b->page->words[band->words[k]]) == c)
                    of_column[count++] = band->words[k];
        }
        cells[c] = pdf_cell_text(b->page, of_column, count);
    }
    kk_row row = {.table = kk_print(arena, "table %llu", (unsigned long long)t->number),
                  .columns = t->heads,
                  .cells = cells,
                  .count = t->count,
                  .record = b->page->number * (ROWS_A_PAGE + 1) + ++t->rows};
    b->d->sink->row(b->d->sink, &row);
}

static void note_places(const body *b)
{
    pdf_table *t = b->t;
    for (size_t i = 0; i < b->count; i++) {
        const pdf_band *band = &b->bands->items[b->picked[i]];
        for (size_t k = 0; k < band->count; k++) {
            const pdf_word *w = &b->page->words[band->words[k]];
            size_t c = column_of(t, w);
            t->x0[c] = w->x0 < t->x0[c] ? w->x0 : t->x0[c];
            t->x1[c] = w->x1 > t->x1[c] ? w->x1 : t->x1[c];
        }
    }
}

static void tell_rows(body *b)
{
    bool *starts = KK_NEW_ARRAY(b->page->arena, bool, b->count + 1);
    if (!b->t->number)
        b->t->number = ++b->d->tables;
    if (b->t->page != b->page->number) {
        b->t->page = b->page->number;
        b->t->rows = 0;
    }
    find_starts(b, starts);
    for (size_t from = 0, to; from < b->count && !b->d->sink->stopped; from = to) {
        to = end_of_row(b, starts, from);
        if (b->t->rows < ROWS_A_PAGE)
            tell_row(b, from, to);
    }
    note_places(b);
    for (size_t i = 0; i < b->count; i++)
        use(b->page, &b->bands->items[b->picked[i]]);
    b->d->open = b->t;
}

/* ---- Tables ---- */

static body body_of(pdf_document *d, pdf_page *page, const pdf_bands *bands, pdf_table *t)
{
    return (body){.d = d,
                  .page = page,
                  .bands = bands,
                  .t = t,
                  .picked = KK_NEW_ARRAY(page->arena, size_t, bands->count + 1)};
}

/* A line of headings and what is below; false where it is none. */
static bool headed_table(pdf_document *d, pdf_page *page, const pdf_bands *bands, size_t *at)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    size_t count = 0, known = pdf_headings_of(d, page, bands, *at, clusters, &count);
    if (!known)
        return false;
    bool goes_on = has_heads(d->open, clusters, count) && d->open->page < page->number;
    pdf_table *t = table_over(d, page, clusters, count);
    name_columns(d, t, clusters);
    if (goes_on)
        t->number = d->open->number;
    body b = body_of(d, page, bands, t);
    size_t end = pick_lines(&b, *at + 1);
    drop_tail(&b);
    if (b.full < 1 || (b.full < 2 && known < 3 && !goes_on))
        return false;
    use(page, &bands->items[*at]);
    tell_rows(&b);
    *at = end;
    return true;
}

/* Short texts in most cells of each column: what prose in columns has not. */
static bool is_tabular(const body *b)
{
    bool filled[PDF_COLUMNS_MOST];
    size_t times[PDF_COLUMNS_MOST] = {0}, bytes = 0, cells = 0;
    for (size_t i = 0; i < b->count; i++) {
        const pdf_band *band = &b->bands->items[b->picked[i]];
        cells += filled_columns(b->page, b->t, band, filled);
        for (size_t c = 0; c < b->t->count; c++)
            times[c] += filled[c];
        for (size_t k = 0; k < band->count; k++)
            bytes += b->page->words[band->words[k]].text.len;
    }
    for (size_t c = 0; c < b->t->count; c++)
        if (times[c] * 2 < b->full)
            return false;
    return bytes <= cells * PLAIN_CELL;
}

static bool plain_table(pdf_document *d, pdf_page *page, const pdf_bands *bands, size_t *at)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    size_t count = pdf_clusters_of(page, &bands->items[*at], clusters);
    if (count < PLAIN_COLUMNS || page->effort > page->count * TRIES)
        return false;
    pdf_table *t = table_over(d, page, clusters, count);
    body b = body_of(d, page, bands, t);
    size_t end = pick_lines(&b, *at);
    drop_tail(&b);
    if (b.full < PLAIN_ROWS || !is_tabular(&b))
        return false;
    tell_rows(&b);
    *at = end;
    return true;
}

/* Words begin, end or have their middle where those of the open table's columns did. */
static bool is_aligned(const body *b)
{
    const pdf_table *t = b->t;
    const int32_t near = b->page->em * 7 / 10;
    size_t good = 0, filled = 0;
    for (size_t c = 0; c < t->count; c++) {
        int32_t x0 = INT32_MAX, x1 = INT32_MIN;
        for (size_t i = 0; i < b->count; i++) {
            const pdf_band *band = &b->bands->items[b->picked[i]];
            for (size_t k = 0; k < band->count; k++) {
                const pdf_word *w = &b->page->words[band->words[k]];
                if (column_of(t, w) == c) {
                    x0 = w->x0 < x0 ? w->x0 : x0;
                    x1 = w->x1 > x1 ? w->x1 : x1;
                }
            }
        }
        if (x0 > x1)
            continue;
        filled++;
        good += abs(x0 - t->x0[c]) < near || abs(x1 - t->x1[c]) < near ||
                abs((x0 + x1) / 2 - (t->x0[c] + t->x1[c]) / 2) < near;
    }
    return good * 2 >= filled && good >= 2;
}

/* The table of the page before goes on without its headings. */
static bool open_table_goes_on(pdf_document *d, pdf_page *page, const pdf_bands *bands, size_t *at)
{
    bool filled[PDF_COLUMNS_MOST];
    pdf_table *t = d->open;
    gap *gaps = KK_NEW_ARRAY(page->arena, gap, t->count);
    memcpy(gaps, t->gaps, (t->count - 1) * sizeof *gaps);
    body b = body_of(d, page, bands, t);
    size_t end = *at;
    if (fits(page, t, &bands->items[*at]) &&
        filled_columns(page, t, &bands->items[*at], filled) >= 2) {
        end = pick_lines(&b, *at);
        drop_tail(&b);
    }
    if (!b.full || (b.full < 2 && b.most * 2 < t->count) || !is_aligned(&b)) {
        memcpy(t->gaps, gaps, (t->count - 1) * sizeof *gaps);
        return false;
    }
    tell_rows(&b);
    *at = end;
    return true;
}

void pdf_tell_tables(pdf_document *d, pdf_page *page)
{
    enum { TOP_LINES = 12 };
    pdf_bands bands = pdf_bands_of(page, true);
    bool was_open = d->open != NULL;
    pdf_table *before = d->open;
    for (size_t at = 0; at < bands.count && !d->sink->stopped;) {
        bool told = headed_table(d, page, &bands, &at);
        if (!told && was_open && d->open == before && at < TOP_LINES)
            told = open_table_goes_on(d, page, &bands, &at);
        if (!told)
            told = plain_table(d, page, &bands, &at);
        at += !told;
        was_open = was_open && !told;
    }
    if (d->open == before && before && before->page != page->number)
        d->open = NULL;
}
