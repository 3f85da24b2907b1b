/* Forms with several parties beside each other: lines that have one label twice (氏名 佐藤 健一 氏名 鈴木 花子), and columns
 * under 契約者 and 被保険者 with the labels once at the left. Read along the lines the second one would get what is the
 * first one's: each party is told as a text of its own. */
#include "parse/pdf_page.h"

#include "base/text.h"

#include <stdlib.h>

enum {
    PARTIES_MOST = 4,
    LABELS_MIN = 2,   /* different ones that come once for each party */
    LABELS_LEFT = 3,  /* at the left of the columns of parties */
    LABELS_MOST = 32, /* that are told apart */
    WORDS_MOST = 64   /* of a line of a form */
};

/* Between two parties; no word is there. */
typedef struct {
    int32_t left, right;
} gutter;

typedef struct {
    gutter gutters[PARTIES_MOST - 1];
    size_t count;
    kk_slice label;
} twin_line;

/* Lines of parties beside each other. */
typedef struct {
    size_t first, last; /* bands with twins */
    gutter gutters[PARTIES_MOST - 1];
    size_t count; /* of gutters */
    kk_slice labels[LABELS_MOST];
    size_t label_count;
} region;

typedef struct {
    pdf_document *d;
    pdf_page *page;
    const pdf_bands *bands;
} sheet;

static const pdf_word *word_of(const sheet *s, const pdf_band *band, size_t at)
{
    return &s->page->words[band->words[at]];
}

/* ---- one label twice in a line ---- */

/* 患者氏名 beside 身元引受人 and 電話番号 beside 携帯電話 are one label for two people as well. */
static kk_slice sort_of_label(kk_slice label)
{
    static const char *const names[] = {"氏名", "名前", "引受人", "保証人", "代理人", "保護者"};
    static const char *const ways[] = {"電話", "TEL", "携帯"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (kk_ends(label, kk_cstr(names[i])))
            return KK_S("氏名");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (kk_has(label, kk_cstr(ways[i])))
            return KK_S("電話");
    return label;
}

static kk_slice label_at(const sheet *s, const pdf_band *band, size_t at)
{
    kk_slice text = word_of(s, band, at)->text;
    if (kk_starts(text, KK_S("〒")))
        return KK_S("〒");
    return pdf_is_heading(s->d, text) ? sort_of_label(text) : KK_NONE;
}

/* Before a label; お届け先 may stand before 〒, so that there it is the widest gap since the last one. */
static gutter gap_between(const sheet *s, const pdf_band *band, size_t from, size_t to)
{
    gutter best = {0, 0};
    bool code = kk_starts(word_of(s, band, to)->text, KK_S("〒"));
    for (size_t i = code ? from : to - 1; i < to; i++) {
        gutter g = {word_of(s, band, i)->x1, word_of(s, band, i + 1)->x0};
        if (g.right - g.left > best.right - best.left)
            best = g;
    }
    return best;
}

/* The label that comes most often in the line, from two times on. */
static bool find_twins(const sheet *s, const pdf_band *band, twin_line *out)
{
    kk_slice labels[WORDS_MOST];
    *out = (twin_line){.count = 0};
    if (band->count < 2 || band->count > WORDS_MOST)
        return false;
    for (size_t i = 0; i < band->count; i++)
        labels[i] = label_at(s, band, i);
    for (size_t i = 0; i < band->count; i++) {
        twin_line line = {.label = labels[i]};
        for (size_t k = i + 1, last = i; labels[i].len && k < band->count; k++) {
            bool empty = k == last + 1 && !kk_is(labels[i], "〒"); /* a code is its own value */
            if (!kk_eq(labels[k], labels[i]) || empty)
                continue;
            if (line.count == PARTIES_MOST - 1)
                return false;
            line.gutters[line.count++] = gap_between(s, band, last, k);
            last = k;
        }
        if (line.count > out->count)
            *out = line;
    }
    return out->count > 0;
}

/* ---- which lines belong together ---- */

static int32_t least_gutter(const sheet *s)
{
    return s->page->em / 2;
}

/* Whether the gutters have room between the line's words, too; they are narrowed to it. What belongs to the right begins
 * about where its labels do. */
static bool keeps_apart(const sheet *s, const pdf_band *band, gutter *gutters, size_t count)
{
    for (size_t g = 0; g < count; g++) {
        gutter narrow = gutters[g];
        for (size_t i = 0; i < band->count; i++) {
            const pdf_word *w = word_of(s, band, i);
            if (w->x0 > narrow.right - s->page->em)
                narrow.right = w->x0 < narrow.right ? w->x0 : narrow.right;
            else
                narrow.left = w->x1 > narrow.left ? w->x1 : narrow.left;
        }
        if (narrow.right - narrow.left < least_gutter(s))
            return false;
        gutters[g] = narrow;
    }
    return true;
}

static size_t party_of(const region *r, const pdf_word *w)
{
    size_t party = 0;
    while (party < r->count && w->x0 >= r->gutters[party].right)
        party++;
    return party;
}

/* A line of all parties. */
static bool has_all(const sheet *s, const region *r, const pdf_band *band)
{
    unsigned seen = 0;
    for (size_t i = 0; i < band->count; i++)
        seen |= 1u << party_of(r, word_of(s, band, i));
    return seen == (1u << (r->count + 1)) - 1;
}

static void note_label(region *r, kk_slice label)
{
    for (size_t i = 0; i < r->label_count; i++)
        if (kk_eq(r->labels[i], label))
            return;
    if (r->label_count < LABELS_MOST)
        r->labels[r->label_count++] = label;
}

static int32_t step_to(const sheet *s, size_t at)
{
    return s->bands->items[at].y0 - s->bands->items[at - 1].y1;
}

/* Lines with twins from `at` on, and what stands between them on either side. */
static region region_from(const sheet *s, size_t at, const twin_line *begin)
{
    region r = {.first = at, .last = at, .count = begin->count};
    gutter gutters[PARTIES_MOST - 1];
    memcpy(r.gutters, begin->gutters, sizeof r.gutters);
    note_label(&r, begin->label);
    memcpy(gutters, r.gutters, sizeof gutters);
    for (size_t i = at + 1; i < s->bands->count && step_to(s, i) < s->page->em * 8; i++) {
        const pdf_band *band = &s->bands->items[i];
        twin_line line;
        if (!keeps_apart(s, band, gutters, r.count))
            break;
        if (!find_twins(s, band, &line) || line.count != r.count)
            continue;
        note_label(&r, line.label);
        r.last = i;
        memcpy(r.gutters, gutters, sizeof gutters);
    }
    return r;
}

/* お届け先 and ご依頼主 right above, each alone over its party. */
static bool is_titled(const sheet *s, const region *r)
{
    pdf_cluster heads[PDF_COLUMNS_MOST];
    if (r->first == 0 || step_to(s, r->first) >= s->page->em * 3)
        return false;
    const pdf_band *above = &s->bands->items[r->first - 1];
    size_t count = pdf_clusters_of(s->page, above, heads);
    if (count != r->count + 1 || !has_all(s, r, above))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!pdf_is_heading(s->d, heads[i].text) || (i && kk_eq(heads[i].text, heads[0].text)))
            return false;
    return true;
}

/* A name or a telephone number that only one of them has in this line. */
static bool goes_on(const sheet *s, const pdf_band *band)
{
    kk_slice label = label_at(s, band, 0);
    return !label.len || kk_is(label, "電話") || kk_is(label, "氏名");
}

/* 借主 and 連帯保証人 above the first, the rest of addresses below the last. */
static void widen_region(const sheet *s, region *r, bool titled)
{
    const int32_t em = s->page->em;
    if (r->first > 0 && step_to(s, r->first) < em * 3) {
        const pdf_band *above = &s->bands->items[r->first - 1];
        if (keeps_apart(s, above, r->gutters, r->count) && has_all(s, r, above))
            r->first--;
    }
    for (size_t i = r->last + 1; i < s->bands->count && step_to(s, i) < em * 5 / 2; i++) {
        const pdf_band *below = &s->bands->items[i];
        if (!keeps_apart(s, below, r->gutters, r->count) ||
            !(has_all(s, r, below) || (titled && goes_on(s, below))))
            break;
        r->last = i;
    }
}

/* ---- telling ---- */

/* What is told of one party. */
typedef struct {
    kk_buffer *out;
    kk_slice first; /* label; one card ends and another begins where it comes again */
} party_text;

/* "氏名: 佐藤 健一" of the words between two labels. */
static void put_line(const sheet *s, party_text *t, const pdf_band *line)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    size_t count = pdf_clusters_of(s->page, line, clusters);
    for (size_t i = 0; i < count; i++) {
        kk_slice text = clusters[i].text;
        bool label = i + 1 < count && pdf_is_heading(s->d, text);
        if (label && kk_eq(text, t->first))
            kk_put(t->out, KK_S("\n\n"));
        if (label && !t->first.len)
            t->first = text;
        kk_put(t->out, text);
        kk_put(t->out, label ? KK_S(": ") : i + 1 < count ? KK_S(" ") : KK_S("\n"));
    }
}

static void tell(const sheet *s, kk_buffer *out)
{
    kk_slice text = kk_trim(kk_buffer_slice(out));
    if (text.len && !s->d->sink->stopped)
        s->d->sink->passage(
            s->d->sink,
            &(kk_passage){.table = KK_S("pages"), .text = text, .record = s->page->number});
    out->len = 0;
}

/* Whether a line begins with what the parties have told already, or with somebody else's name. */
static bool begins_anew(const region *r, kk_slice label)
{
    bool again = kk_eq(label, KK_S("氏名"));
    for (size_t i = 0; i < r->label_count; i++)
        again |= kk_eq(r->labels[i], label);
    return again;
}

/* 住所 over the whole width below: of the first party, whose labels it begins with. */
static size_t end_of_first(const sheet *s, const region *r)
{
    const int32_t x0 = word_of(s, &s->bands->items[r->last], 0)->x0;
    size_t end = r->last + 1;
    for (; end < s->bands->count && step_to(s, end) < s->page->em * 4; end++) {
        const pdf_band *band = &s->bands->items[end];
        kk_slice label = label_at(s, band, 0);
        if (!label.len || begins_anew(r, label) ||
            abs(word_of(s, band, 0)->x0 - x0) >= s->page->em / 2)
            break;
    }
    return end;
}

static void tell_party(const sheet *s, const region *r, size_t party, kk_buffer *out)
{
    uint32_t words[WORDS_MOST * PARTIES_MOST];
    party_text text = {.out = out};
    for (size_t b = r->first; b <= r->last; b++) {
        const pdf_band *band = &s->bands->items[b];
        pdf_band own = {.words = words, .y0 = band->y0, .y1 = band->y1};
        for (size_t i = 0; i < band->count && own.count < sizeof words / sizeof *words; i++)
            if (party_of(r, word_of(s, band, i)) == party)
                words[own.count++] = band->words[i];
        put_line(s, &text, &own);
    }
    for (size_t b = r->last + 1; !party && b < end_of_first(s, r); b++)
        put_line(s, &text, &s->bands->items[b]);
    tell(s, out);
}

static void use_lines(const sheet *s, size_t first, size_t last)
{
    for (size_t b = first; b <= last; b++)
        for (size_t i = 0; i < s->bands->items[b].count; i++)
            s->page->words[s->bands->items[b].words[i]].used = true;
}

static size_t tell_twins(const sheet *s, size_t at, kk_buffer *out)
{
    twin_line line;
    if (!find_twins(s, &s->bands->items[at], &line))
        return at + 1;
    region r = region_from(s, at, &line);
    bool titled = is_titled(s, &r);
    if (r.label_count < LABELS_MIN && !titled)
        return at + 1;
    widen_region(s, &r, titled);
    for (size_t party = 0; party <= r.count; party++)
        tell_party(s, &r, party, out);
    size_t end = end_of_first(s, &r);
    use_lines(s, r.first, end - 1);
    return end;
}

/* ---- columns of parties ---- */

/* Which column a value is in: it begins or has its middle where the head does. `count` for none. */
static size_t column_of(const sheet *s, const pdf_cluster *heads, size_t count,
                        const pdf_cluster *value)
{
    size_t at = 0;
    while (at < count && abs(heads[at].x0 - value->x0) > s->page->em &&
           abs((heads[at].x0 + heads[at].x1 - value->x0 - value->x1) / 2) > s->page->em)
        at++;
    return at;
}

typedef struct {
    kk_slice label;
    kk_slice values[PARTIES_MOST];
} column_line;

/* A label and a value in each column at most, or only values that go on with those above. */
static bool read_line(const sheet *s, const pdf_band *band, const pdf_cluster *heads, size_t count,
                      column_line *out)
{
    pdf_cluster clusters[PDF_COLUMNS_MOST];
    size_t found = pdf_clusters_of(s->page, band, clusters), from = 0;
    *out = (column_line){.label = KK_NONE};
    if (!found)
        return false;
    if (clusters[0].x1 < heads[0].x0 && pdf_is_heading(s->d, clusters[0].text))
        out->label = clusters[from++].text;
    for (size_t i = from, column = count; i < found; i++) {
        bool goes_on = column < count && clusters[i].x0 - clusters[i - 1].x1 < s->page->em * 2 &&
                       (column + 1 == count || clusters[i].x1 < heads[column + 1].x0);
        column = goes_on ? column : column_of(s, heads, count, &clusters[i]);
        if (column == count)
            return false;
        kk_slice *value = &out->values[column];
        *value = value->len
                     ? kk_print(s->page->arena, "%.*s %.*s", KK_P(*value), KK_P(clusters[i].text))
                     : clusters[i].text;
    }
    return true;
}

static bool is_of_people(kk_slice label)
{
    return kk_has(label, KK_S("氏名")) || kk_has(label, KK_S("名前"));
}

/* The lines under the heads that belong to them; 0 where they are no parties. */
static size_t lines_of_columns(const sheet *s, size_t at, const pdf_cluster *heads, size_t count,
                               column_line *lines)
{
    size_t found = 0, labels = 0;
    bool people = false;
    for (size_t b = at + 1; b < s->bands->count && found < LABELS_MOST; b++) {
        column_line *line = &lines[found];
        if (step_to(s, b) > s->page->em * 5 ||
            !read_line(s, &s->bands->items[b], heads, count, line) || (!found && !line->label.len))
            break;
        found++;
        labels += line->label.len > 0;
        people |= is_of_people(line->label) && line->values[0].len && line->values[1].len;
    }
    return people && labels >= LABELS_LEFT ? found : 0;
}

static size_t tell_columns(const sheet *s, size_t at, kk_buffer *out)
{
    pdf_cluster heads[PDF_COLUMNS_MOST];
    column_line lines[LABELS_MOST];
    size_t count = pdf_clusters_of(s->page, &s->bands->items[at], heads);
    if (count < 2 || count > PARTIES_MOST)
        return at + 1;
    size_t found = lines_of_columns(s, at, heads, count, lines);
    if (!found)
        return at + 1;
    for (size_t c = 0; c < count; c++) {
        kk_put(out, heads[c].text);
        for (size_t i = 0; i < found; i++) {
            kk_slice label = lines[i].label, value = lines[i].values[c];
            if (label.len && value.len)
                kk_putf(out, "\n%.*s: %.*s", KK_P(label), KK_P(value));
            else if (value.len)
                kk_putf(out, " %.*s", KK_P(value));
        }
        tell(s, out);
    }
    use_lines(s, at, at + found);
    return at + found + 1;
}

void pdf_tell_parties(pdf_document *d, pdf_page *page)
{
    enum { WORDS_OF_FORM = 3000 };
    if (page->count > WORDS_OF_FORM)
        return;
    kk_buffer out = {0};
    pdf_bands bands = pdf_bands_of(page, false);
    sheet s = {d, page, &bands};
    for (size_t at = 0; at < bands.count && !d->sink->stopped;) {
        size_t next = tell_columns(&s, at, &out);
        at = next > at + 1 ? next : tell_twins(&s, at, &out);
    }
    kk_buffer_close(&out);
}
