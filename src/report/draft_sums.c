/* The draft's own arithmetic: A + B = C; a total and its parts in one sentence; a total over the
 * headings, entries or rows that follow it; the total row of a table. What says that persons are in
 * several groups at once is not held to a plain sum. */
#include "report/draft_i.h"

enum { REACH = 300 }; /* sentences or rows that a total may be over */

typedef struct {
    kk_arena *arena;
    const sentences *draft;
    said_sums *out;
} summing;

static const char *const overlap_words[] = {
    "重複", "複数の区分", "一度だけ",         "名寄せ",      "延べ",
    "のべ", "overlap",    "each person once", "counts once", NULL};
static const char *const total_words[] = {"合計",     "総計",  "総数",       "計",
                                          "合わせて", "total", "altogether", NULL};

static kk_slice parts_text(kk_arena *arena, const double *parts, size_t count)
{
    kk_slice text = KK_NONE;
    for (size_t i = 0; i < count; i++)
        text = kk_print(arena, "%.*s%s%.*s", KK_P(text), i ? " + " : "",
                        KK_P(plain_number(arena, parts[i])));
    return text;
}

static void add_sum(summing *w, size_t index, kk_slice quote, double said, const double *parts,
                    size_t count)
{
    double is = 0;
    for (size_t i = 0; i < count; i++)
        is += parts[i];
    w->out->items = kk_grow(w->arena, w->out->items, &w->out->capacity, w->out->count + 1,
                            sizeof *w->out->items);
    w->out->items[w->out->count++] =
        (said_sum){index, quote, said, is, parts_text(w->arena, parts, count)};
}

static bool same_unit(const said_number *a, const said_number *b)
{
    bool persons = a->unit <= UNIT_CASE && b->unit <= UNIT_CASE;
    return persons || a->unit == b->unit || a->unit == UNIT_NONE || b->unit == UNIT_NONE;
}

static char sign_before(kk_slice s, size_t from, size_t to)
{
    for (size_t i = to; i-- > from;)
        if (s.ptr[i] == '+' || s.ptr[i] == '=')
            return s.ptr[i];
    return 0;
}

/* 37,667 + 831 = 38,498; true when there was an equation. */
static bool equation(summing *w, size_t index, const said_number *n, size_t count)
{
    kk_slice s = w->draft->items[index].folded;
    double parts[NUMBERS_MOST];
    size_t used = 0;
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        char sign = i ? sign_before(s, n[i - 1].end, n[i].at) : 0;
        if (sign == '=' && used >= 2) {
            add_sum(w, index, kk_part(s, n[i - used].at, n[i].end - n[i - used].at), n[i].value,
                    parts, used);
            found = true;
        }
        if (sign != '+')
            used = 0;
        parts[used++] = n[i].value;
    }
    return found;
}

/* "合計20,161名(お客様19,583名、社員578名)": all the others are its parts, unless they are *some* of it. */
static void in_sentence(summing *w, size_t index, const said_number *n, size_t count)
{
    const sentence *s = &w->draft->items[index];
    double parts[NUMBERS_MOST], sum = 0;
    size_t used = 0, total = count;
    for (size_t i = 0; i < count; i++)
        if (n[i].total && total == count)
            total = i;
    if (total == count || s->kind == SENTENCE_ROW)
        return;
    for (size_t i = 0; i < count; i++) {
        if (i == total || !same_unit(&n[i], &n[total]))
            continue;
        if (n[i].total)
            return; /* two totals: which is of what is not for us to guess */
        parts[used++] = n[i].value;
        sum += n[i].value;
    }
    bool some = kk_has(s->folded, KK_S("うち")) || kk_has(s->folded, KK_S("of these")) ||
                kk_has(s->folded, KK_S("including")) || kk_has(s->folded, KK_S("of whom"));
    if (used < 2 || has_any(s->folded, overlap_words) || (some && sum < n[total].value))
        return;
    add_sum(w, index, kk_part(s->folded, n[total].at, n[total].end - n[total].at), n[total].value,
            parts, used);
}

/* The one number that an entry or a heading is about; false where there is none, or a part of one. */
static bool only_number(const sentence *s, said_number *n)
{
    said_number all[NUMBERS_MOST];
    size_t count = numbers_find(s->folded, false, all, NUMBERS_MOST);
    if (count != 1 || all[0].unit > UNIT_RECORD || all[0].part ||
        kk_starts(s->folded, KK_S("うち")))
        return false;
    *n = all[0];
    return true;
}

/* Headings of one level, or entries, that follow a heading or a sentence with a total. */
static void over_what_follows(summing *w, size_t index, const said_number *total)
{
    const sentences *d = w->draft;
    const sentence *top = &d->items[index];
    for (int pass = 0; pass < 2; pass++) {
        sentence_kind kind = pass ? SENTENCE_ENTRY : SENTENCE_HEADING;
        double parts[NUMBERS_MOST];
        size_t used = 0;
        for (size_t i = index + 1; i < d->count && i < index + REACH && used < NUMBERS_MOST; i++) {
            const sentence *s = &d->items[i];
            said_number n;
            if (s->kind == SENTENCE_HEADING &&
                s->level <= (top->kind == SENTENCE_HEADING ? top->level : 1))
                break;
            if (s->kind == kind && only_number(s, &n) && !n.total && same_unit(&n, total))
                parts[used++] = n.value;
            else if (used && kind == SENTENCE_ENTRY && s->kind != SENTENCE_ENTRY)
                break;
            if (!used && kind == SENTENCE_ENTRY && i > index + 3)
                break; /* a list begins right below its total */
            if (has_any(s->folded, overlap_words))
                return;
        }
        if (used >= 2) {
            add_sum(w, index, kk_part(top->folded, total->at, total->end - total->at), total->value,
                    parts, used);
            return;
        }
    }
}

/* The parts that stand above "計 542件", one a line; across headings only where that makes the sum. */
static void over_what_precedes(summing *w, size_t index, const said_number *total)
{
    const sentences *d = w->draft;
    double parts[NUMBERS_MOST], sum = 0;
    size_t used = 0, before_heading = 0, stop = index > REACH ? index - REACH : 0;
    bool crossed = false;
    for (size_t i = index; i-- > stop && used < NUMBERS_MOST;) {
        const sentence *s = &d->items[i];
        said_number n;
        if (s->kind == SENTENCE_HEADING && !only_number(s, &n)) {
            if (used >= 2 && sum == total->value)
                break;
            before_heading = crossed ? before_heading : used;
            crossed = true;
            continue;
        }
        if (!only_number(s, &n) || n.total || !same_unit(&n, total))
            break;
        parts[used++] = n.value;
        sum += n.value;
    }
    if (crossed && sum != total->value)
        used = before_heading;
    for (size_t i = 0; i < used / 2; i++) {
        double swap = parts[i];
        parts[i] = parts[used - 1 - i];
        parts[used - 1 - i] = swap;
    }
    const sentence *s = &d->items[index];
    if (used >= 2)
        add_sum(w, index, kk_part(s->folded, total->at, total->end - total->at), total->value,
                parts, used);
}

static bool begins_with_total(kk_slice s)
{
    static const char *const words[] = {"計",    "合計",   "総計",   "(計",
                                        "(合計", "total:", "total ", NULL};
    for (size_t i = 0; words[i]; i++)
        if (kk_starts(s, kk_cstr(words[i])))
            return !kk_starts(s, KK_S("計画")) && !kk_starts(s, KK_S("計算"));
    return false;
}

/* ---- tables ---- */

static bool cell_number(kk_slice cell, double *value)
{
    said_number n[2];
    size_t count = numbers_find(cell, true, n, 2);
    if (!count || n[0].unit > UNIT_RECORD) {
        if (!count || n[0].unit != UNIT_NONE || count != 1)
            return false;
    }
    *value = n[0].value;
    return true;
}

static bool is_part_row(kk_slice first)
{
    static const char *const marks[] = {"うち",     "内訳", "内、", "(うち", "of these",
                                        "of which", "-",    "└",    "・",    NULL};
    for (size_t i = 0; marks[i]; i++)
        if (kk_starts(first, kk_cstr(marks[i])))
            return true;
    return false;
}

static bool table_overlaps(const sentences *d, size_t row)
{
    for (size_t i = row; i < d->count && i < row + 6; i++)
        if (has_any(d->items[i].folded, overlap_words))
            return true;
    return false;
}

static void total_row(summing *w, size_t index)
{
    const sentences *d = w->draft;
    const sentence *row = &d->items[index];
    for (size_t column = 1; column < row->cell_count; column++) {
        double said, parts[NUMBERS_MOST], sum = 0;
        size_t used = 0;
        if (!cell_number(row->cells[column], &said))
            continue;
        size_t stop = index > REACH ? index - REACH : 0;
        for (size_t i = index;
             i-- > stop && d->items[i].table == row->table && used < NUMBERS_MOST;) {
            double value;
            const sentence *s = &d->items[i];
            if (column >= s->cell_count || is_part_row(s->cells[0]) ||
                has_any(s->cells[0], total_words) || !cell_number(s->cells[column], &value))
                continue;
            parts[used++] = value;
            sum += value;
        }
        if (used < 2 || (sum != said && table_overlaps(d, index)))
            continue;
        for (size_t i = 0; i < used / 2; i++) {
            double swap = parts[i];
            parts[i] = parts[used - 1 - i];
            parts[used - 1 - i] = swap;
        }
        add_sum(w, index, row->cells[column], said, parts, used);
    }
}

static void sums_of(summing *w, size_t index)
{
    const sentence *s = &w->draft->items[index];
    said_number n[NUMBERS_MOST];
    size_t count, total = KK_NOWHERE, comparable = 0;
    if (s->kind == SENTENCE_ROW) {
        if (s->cell_count && has_any(s->cells[0], total_words))
            total_row(w, index);
        return;
    }
    count = numbers_find(s->folded, true, n, NUMBERS_MOST);
    if (equation(w, index, n, count))
        return;
    count = numbers_find(s->folded, false, n, NUMBERS_MOST);
    for (size_t i = 0; i < count; i++) {
        if (n[i].total && n[i].unit <= UNIT_RECORD && total == KK_NOWHERE)
            total = i;
        comparable += n[i].unit <= UNIT_RECORD;
    }
    bool leads = begins_with_total(s->folded);
    for (size_t i = 0; i < count && leads && total == KK_NOWHERE; i++)
        if (n[i].unit <= UNIT_RECORD) {
            n[i].total = true;
            total = i;
        }
    if (total == KK_NOWHERE)
        return;
    if (comparable >= 3)
        in_sentence(w, index, n, count);
    else if (comparable == 1 && !has_any(s->folded, overlap_words)) {
        size_t before = w->out->count;
        if (leads && s->kind != SENTENCE_HEADING)
            over_what_precedes(w, index, &n[total]);
        if (w->out->count == before)
            over_what_follows(w, index, &n[total]);
    }
}

said_sums sums_find(kk_arena *arena, const sentences *draft)
{
    said_sums out = {0};
    summing w = {arena, draft, &out};
    for (size_t i = 0; i < draft->count; i++)
        sums_of(&w, i);
    return out;
}
