/* Tables of a page: a line of headings that the recogniser knows, and below it lines whose words keep to
 * columns; or, without such headings, lines that keep to three columns or more. Words have places and
 * cells have none: columns are what lies between gaps that no word crosses, rows begin where a line fills
 * its columns, and lines that fill few of them belong to the row that they are closest to. */
#include "parse/pdf_page.h"

#include "base/sorted.h"
#include "base/text.h"

#include <stdlib.h>

enum {
    PLAIN_COLUMNS = 3, /* of a table without headings, and rows */
    PLAIN_ROWS = 4,
    PLAIN_CELL = 60, /* bytes of a cell on the average: longer ones are columns of prose */
    ROWS_A_PAGE = 9999,
    CELL_LINES = 6, /* that are told apart within a cell */
    TRIES = 16      /* times that a page's words are looked at */
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

/* がな) below 氏名(ふり: the rest of a heading that was too long for its cell. */
static bool is_rest_of_heading(pdf_document *d, const pdf_page *page, kk_slice above,
                               kk_slice below)
{
    bool open = kk_find(above, KK_S("（")) != KK_NOWHERE &&
                kk_find(above, KK_S("）")) == KK_NOWHERE &&
                kk_find(below, KK_S("）")) != KK_NOWHERE;
    return (open || !pdf_is_heading(d, above)) &&
           pdf_is_heading(d, kk_join(page->arena, above, below));
}

typedef struct {
    size_t column;
    kk_slice text;
    bool goes_on; /* with the word above it */
} second_line;

/* What of a line stands under which headings; false where some of it is no heading. A word that nobody knows goes on
 * beside the rest of one that is known. */
static bool is_second_line(pdf_document *d, const pdf_page *page, const pdf_table *t,
                           const pdf_cluster *heads, const pdf_cluster *below, size_t count,
                           second_line *out)
{
    size_t good = 0, rests = 0, unknown = 0;
    for (size_t i = 0; i < count; i++) {
        const pdf_word place = {.x0 = below[i].x0, .x1 = below[i].x1};
        const size_t column = column_of(t, &place);
        const pdf_cluster *above = &heads[column];
        bool under = below[i].x0 < above->x1 && below[i].x1 > above->x0;
        bool rest = under && is_rest_of_heading(d, page, above->text, below[i].text);
        bool head = under && !rest && pdf_is_heading(d, below[i].text);
        out[i] = (second_line){column, below[i].text, !head};
        rests += rest;
        good += rest || head;
        unknown += under && !rest && !head && !pdf_is_heading(d, above->text);
    }
    return count && good + (rests ? unknown : 0) == count;
}

/* 氏名 below カナ, closer than a row: the second line of a heading. What is no heading is no such line. */
static size_t add_second_lines(pdf_document *d, const pdf_page *page, const pdf_bands *bands,
                               size_t at, const pdf_table *t, pdf_cluster *clusters)
{
    pdf_cluster below[PDF_COLUMNS_MOST];
    second_line lines[PDF_COLUMNS_MOST];
    while (at + 1 < bands->count) {
        const pdf_band *band = &bands->items[at], *next = band + 1;
        size_t count = pdf_clusters_of(page, next, below);
        if (next->y0 - band->y1 >= page->em * 2 ||
            !is_second_line(d, page, t, clusters, below, count, lines))
            return at;
        for (size_t i = 0; i < count; i++) {
            kk_slice *text = &clusters[lines[i].column].text;
            *text = kk_print(page->arena, "%.*s%s%.*s", KK_P(*text), lines[i].goes_on ? "" : "\n",
                             KK_P(lines[i].text));
        }
        at++;
    }
    return at;
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

/* A mail address too long for its cell runs into the next one, over what stands there: its cell ends before that. What is
 * drawn twice at one place is no such word. */
static void cut_overflow(pdf_page *page)
{
    pdf_bands bands = pdf_bands_of(page, false);
    for (size_t b = 0; b < bands.count; b++)
        for (size_t i = 1; i < bands.items[b].count; i++) {
            pdf_word *w = &page->words[bands.items[b].words[i - 1]];
            const pdf_word *next = &page->words[bands.items[b].words[i]];
            int32_t end = next->x0 - page->em / 2;
            if (w->x1 > next->x0 + page->em / 5 && end > w->x0 + page->em)
                w->x1 = end;
        }
}

/* The same of a mail address where nothing stands in the next cell: it begins where its column does. */
static void cut_to_column(pdf_page *page, const pdf_table *t, const pdf_band *band)
{
    for (size_t i = 0; i < band->count; i++) {
        pdf_word *w = &page->words[band->words[i]];
        for (size_t c = 0; c + 1 < t->count; c++)
            if (abs(w->x0 - t->x0[c]) < page->em / 2 && w->x1 > t->gaps[c].right &&
                w->x0 < t->gaps[c].left && kk_find_byte(w->text, '@') != KK_NOWHERE)
                w->x1 = t->gaps[c].left;
    }
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
        if (b->t->heads)
            cut_to_column(b->page, b->t, band);
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

/* Words of a cell, in the order of reading. */
typedef struct {
    uint32_t *words;
    size_t count;
} cell;

/* What the lines of a column's cells come to: how wide the widest is, and after the first, second, ... line of a
 * cell, how many there are and how many end before they are full. */
typedef struct {
    int32_t widest;
    size_t lines[CELL_LINES], early[CELL_LINES];
} measure;

static cell cell_at(const body *b, size_t from, size_t to, size_t column)
{
    cell c = {0};
    size_t words = 0;
    for (size_t i = from; i < to; i++)
        words += b->bands->items[b->picked[i]].count;
    c.words = KK_NEW_ARRAY(b->page->arena, uint32_t, words + 1);
    for (size_t i = from; i < to; i++) {
        const pdf_band *band = &b->bands->items[b->picked[i]];
        for (size_t k = 0; k < band->count; k++)
            if (column_of(b->t, &b->page->words[band->words[k]]) == column)
                c.words[c.count++] = band->words[k];
    }
    pdf_sort_cell(b->page, c.words, c.count);
    return c;
}

/* Where the line that begins at `from` ends, and how wide it is. */
static size_t line_end(const pdf_page *page, const cell *c, size_t from, int32_t *width)
{
    const pdf_word *first = &page->words[c->words[from]];
    size_t to = from + 1;
    int32_t end = first->x1;
    for (; to < c->count; to++) {
        const pdf_word *w = &page->words[c->words[to]], *before = &page->words[c->words[to - 1]];
        if ((w->y0 + w->y1) / 2 - (before->y0 + before->y1) / 2 > w->em * 2 / 5)
            break;
        end = w->x1 > end ? w->x1 : end;
    }
    *width = end - first->x0;
    return to;
}

/* What begins the next line would have had room on this one: the line was ended, not filled. Characters that
 * must not stand alone take others with them. */
static bool ends_early(const pdf_page *page, const measure *m, int32_t width, const pdf_word *next)
{
    int32_t wants = pdf_first_char(next->text) >= 0x2e80 ? next->em : next->x1 - next->x0;
    wants += wants < page->em * 2 ? page->em : page->em / 2;
    return width + wants <= m->widest;
}

static void measure_widths(const pdf_page *page, measure *m, const cell *c)
{
    int32_t width;
    for (size_t at = 0; at < c->count;) {
        at = line_end(page, c, at, &width);
        m->widest = width > m->widest ? width : m->widest;
    }
}

static void measure_lines(const pdf_page *page, measure *m, const cell *c)
{
    int32_t width;
    size_t line = 0;
    for (size_t at = 0; at < c->count && line < CELL_LINES; line++) {
        at = line_end(page, c, at, &width);
        m->lines[line] += at < c->count;
        m->early[line] += at < c->count && ends_early(page, m, width, &page->words[c->words[at]]);
    }
}

/* A line for each line of a heading that has several: 携帯電話 below 電話番号. */
static bool is_lined(const pdf_page *page, const cell *c, kk_slice head)
{
    size_t lines = 0, wanted = 1, at = 0;
    int32_t width;
    for (size_t i = 0; i < head.len; i++)
        wanted += head.ptr[i] == '\n';
    for (; wanted > 1 && at < c->count; lines++)
        at = line_end(page, c, at, &width);
    return wanted > 1 && lines == wanted;
}

/* Nothing but kana, above a line that begins with kanji: a reading above its name, however full the line is. */
static bool is_reading_above(const pdf_page *page, const cell *c, size_t from, size_t to)
{
    enum { KANJI = 0x4e00, KANJI_END = 0x9fff };
    size_t letters = 0;
    for (size_t i = from; i < to; i++) {
        kk_slice word = page->words[c->words[i]].text;
        for (size_t at = 0; at < word.len;) {
            uint32_t k = kk_next_char(word, &at);
            if (!(k >= 0x3041 && k <= 0x30ff) && !(k >= 0xff66 && k <= 0xff9f) && k != ' ' &&
                k != 0x3000)
                return false;
            letters++;
        }
    }
    uint32_t next = to < c->count ? pdf_first_char(page->words[c->words[to]].text) : 0;
    return letters > 1 && next >= KANJI && next <= KANJI_END;
}

/* Its lines are one text where they are full. Full lines end short of the edge by a character or two: where every fourth
 * line ends earlier, lines are ended in that column, and the longest ones too. */
static kk_slice cell_text(const pdf_page *page, const measure *m, const cell *c, kk_slice head)
{
    kk_slice text = KK_NONE;
    int32_t width;
    size_t from = 0, line = 0;
    const bool as_head = is_lined(page, c, head);
    for (size_t at = 0; at < c->count; line++) {
        at = line_end(page, c, at, &width);
        size_t k = line < CELL_LINES ? line : CELL_LINES - 1;
        if (at < c->count && !as_head && !is_reading_above(page, c, from, at) &&
            m->early[k] * 4 < m->lines[k] &&
            !ends_early(page, m, width, &page->words[c->words[at]]))
            continue;
        kk_slice piece = pdf_cell_text(page, c->words + from, at - from);
        text = from ? kk_print(page->arena, "%.*s\n%.*s", KK_P(text), KK_P(piece)) : piece;
        from = at;
    }
    return text;
}

static void tell_row(body *b, const kk_slice *cells)
{
    pdf_table *t = b->t;
    kk_row row = {.table = kk_print(b->page->arena, "table %llu", (unsigned long long)t->number),
                  .columns = t->heads,
                  .cells = cells,
                  .count = t->count,
                  .record = b->page->number * (ROWS_A_PAGE + 1) + ++t->rows};
    b->d->sink->row(b->d->sink, &row);
}

/* `ends`: where each row ends among the picked lines. */
static void tell_cells(body *b, const size_t *ends, size_t rows)
{
    const size_t width = b->t->count;
    kk_arena *arena = b->page->arena;
    cell *cells = KK_NEW_ARRAY(arena, cell, rows * width + 1);
    measure *measures = KK_NEW_ARRAY(arena, measure, width);
    for (size_t i = 0; i < rows * width; i++) {
        cells[i] = cell_at(b, i < width ? 0 : ends[i / width - 1], ends[i / width], i % width);
        measure_widths(b->page, &measures[i % width], &cells[i]);
    }
    for (size_t i = 0; i < rows * width; i++)
        measure_lines(b->page, &measures[i % width], &cells[i]);
    for (size_t r = 0; r < rows && !b->d->sink->stopped; r++) {
        kk_slice *texts = KK_NEW_ARRAY(arena, kk_slice, width);
        for (size_t c = 0; c < width; c++)
            texts[c] = cell_text(b->page, &measures[c], &cells[r * width + c],
                                 b->t->heads ? b->t->heads[c] : KK_NONE);
        if (b->t->rows < ROWS_A_PAGE)
            tell_row(b, texts);
    }
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
    size_t *ends = KK_NEW_ARRAY(b->page->arena, size_t, b->count + 1), rows = 0;
    for (size_t from = 0; from < b->count; from = ends[rows++])
        ends[rows] = end_of_row(b, starts, from);
    tell_cells(b, ends, rows);
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
    pdf_table *t = table_over(d, page, clusters, count);
    const size_t heads_end = add_second_lines(d, page, bands, *at, t, clusters);
    bool goes_on = has_heads(d->open, clusters, count) && d->open->page < page->number;
    name_columns(d, t, clusters);
    if (goes_on)
        t->number = d->open->number;
    body b = body_of(d, page, bands, t);
    size_t end = pick_lines(&b, heads_end + 1);
    drop_tail(&b);
    if (b.full < 1 || (b.full < 2 && known < 3 && !goes_on))
        return false;
    for (size_t i = *at; i <= heads_end; i++)
        use(page, &bands->items[i]);
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

/* 氏名 before 佐藤 and 健一: a line of a form. What stands further apart is of several people. */
static bool is_form_line(pdf_document *d, const pdf_cluster *clusters, size_t count, int32_t em)
{
    for (size_t i = 2; i < count; i++)
        if (clusters[i].x0 - clusters[i - 1].x1 > em * 3 / 2)
            return false;
    return count > 1 && pdf_is_heading(d, clusters[0].text) &&
           !pdf_count_headings(d, clusters, count);
}

/* Two lines of a form are no table. */
static bool is_form(const body *b)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    size_t lines = 0;
    for (size_t i = 0; i < b->count; i++) {
        size_t count = pdf_clusters_of(b->page, &b->bands->items[b->picked[i]], clusters);
        lines += is_form_line(b->d, clusters, count, b->page->em);
    }
    return lines >= 2;
}

static bool plain_table(pdf_document *d, pdf_page *page, const pdf_bands *bands, size_t *at)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    size_t count = pdf_clusters_of(page, &bands->items[*at], clusters);
    if (count < PLAIN_COLUMNS || page->effort > page->count * TRIES ||
        is_form_line(d, clusters, count, page->em))
        return false;
    pdf_table *t = table_over(d, page, clusters, count);
    body b = body_of(d, page, bands, t);
    size_t end = pick_lines(&b, *at);
    drop_tail(&b);
    if (b.full < PLAIN_ROWS || !is_tabular(&b) || is_form(&b))
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
    cut_overflow(page);
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
