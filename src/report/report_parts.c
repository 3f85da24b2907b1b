/* Parts that several reports have: what happened when, whose data with which items, what was looked
 * for and not found, and the counts told before beside those of now. */
#include "report/report_i.h"

#include <stdlib.h>

/* ---- what happened when ---- */

typedef struct {
    kk_time at;
    size_t order;
    kk_slice when, what;
    const kk_claim *claim;
} happening;

static int earlier_first(const void *left, const void *right)
{
    const happening *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* A measure's claim has no words of its time: case.yaml knows whether a day or a time was given. */
static kk_slice measure_when(const building_report *b, const kk_claim *claim)
{
    for (size_t i = 0; i < b->settings->measures.count; i++) {
        const kk_measure *m = &b->settings->measures.items[i];
        if (m->done.time == claim->by_at && kk_eq(m->what.ja, claim->ja))
            return moment_words(b, &m->done);
    }
    return time_words(b, claim->by_at);
}

static kk_slice known_when(const building_report *b, const kk_claim *claim)
{
    for (size_t i = 0; i < b->settings->known.count; i++)
        if (b->settings->known.items[i].at.time == claim->by_at)
            return moment_words(b, &b->settings->known.items[i].at);
    return day_words(b, claim->by_at);
}

static happening happening_of(const building_report *b, const kk_claim *claim)
{
    kk_slice text = claim_text(b, claim);
    happening h = {.at = claim->by_at, .what = text, .claim = claim};
    if (strcmp(claim->kind, "measure") == 0) {
        h.when = measure_when(b, claim);
    } else if (claim->subject.len && kk_starts(text, claim->subject)) {
        h.when = claim->subject;
        h.what = kk_trim(kk_from(text, claim->subject.len));
    } else {
        h.when = known_when(b, claim);
        kk_slice lead = kk_join(b->arena, h.when, KK_S("に"));
        if (kk_starts(text, lead))
            h.what = kk_from(text, lead.len);
    }
    return h;
}

static size_t gather(building_report *b, happening *out, const char *kind, size_t count)
{
    size_t at = 0;
    for (const kk_claim *c; (c = next_claim(b, kind, &at));) {
        if (c->by_at == KK_NO_TIME)
            continue;
        out[count] = happening_of(b, c);
        out[count].order = count;
        count++;
    }
    return count;
}

void put_chronology(building_report *b)
{
    static const kk_column_words columns[] = {{"日時", "When", false}, {"内容", "What", false}};
    happening *all = KK_NEW_ARRAY(b->arena, happening, b->in->claims->count);
    size_t count = gather(b, all, "known", 0);
    count = gather(b, all, "chronology", count);
    count = gather(b, all, "measure", count);
    if (!count) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "発覚から現在までの経緯は調査中です。",
                                 "The course of events is under investigation."));
        return;
    }
    qsort(all, count, sizeof *all, earlier_first);
    if (b->level <= KK_LEVEL_PERSON) {
        kk_doc_paragraph(b->d);
        kk_doc_say(b->d, KK_TOLD(b->d, "次の経緯は、当社の担当者の申告によります。",
                                 "The following is as stated by our own people."));
    }
    kk_doc_table(b->d, KK_NONE, columns, 2);
    for (size_t i = 0; i < count; i++) {
        kk_doc_cell_text(b->d, all[i].when);
        kk_doc_cell(b->d);
        cite_words(b, all[i].claim, all[i].what);
    }
}

/* ---- whose data, with which items, how many ---- */

typedef struct {
    kk_slice name, parent;
    const kk_claim *left, *reachable;
    const kk_category_count *counted; /* NULL: only its claims are known */
} category_row;

typedef struct {
    category_row *items;
    size_t count;
    bool any_left;
} category_rows;

static const kk_category_count *counted_category(const building_report *b, kk_slice name)
{
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->category_count; i++)
        if (kk_eq(p->categories[i].name, name))
            return &p->categories[i];
    return NULL;
}

static void add_category(building_report *b, category_rows *rows, const kk_claim *claim, bool left)
{
    size_t i = 0;
    while (i < rows->count && !kk_eq(rows->items[i].name, claim->subject))
        i++;
    category_row *row = &rows->items[i];
    if (i == rows->count) {
        *row =
            (category_row){.name = claim->subject, .counted = counted_category(b, claim->subject)};
        row->parent = row->counted ? row->counted->parent : KK_NONE;
        rows->count++;
    }
    *(left ? &row->left : &row->reachable) = claim;
    rows->any_left = rows->any_left || left;
}

static category_rows gather_categories(building_report *b)
{
    category_rows rows = {KK_NEW_ARRAY(b->arena, category_row, b->in->claims->count), 0, false};
    for (size_t i = 0; i < b->in->claims->count; i++) {
        const kk_claim *c = &b->in->claims->items[i];
        bool left = strcmp(c->kind, "category_left") == 0;
        if ((left || strcmp(c->kind, "category_reachable") == 0) && may_tell(b, c))
            add_category(b, &rows, c, left);
    }
    return rows;
}

static bool has_row(const category_rows *rows, kk_slice name)
{
    for (size_t i = 0; name.len && i < rows->count; i++)
        if (kk_eq(rows->items[i].name, name))
            return true;
    return false;
}

static uint64_t items_of_row(const category_row *row)
{
    uint64_t items = 0;
    for (size_t i = 0; row->counted && i < row->counted->item_count; i++) {
        const kk_item_count *n = &row->counted->items[i];
        if (row->left ? n->left : n->reachable)
            items |= KK_BIT(n->item);
    }
    return items;
}

/* Items, for investigators and the regulator each with how many persons have it. */
static kk_slice items_cell(const building_report *b, const category_row *row, bool bounded)
{
    if (b->level <= KK_LEVEL_PERSON || !bounded)
        return items_words(b, items_of_row(row));
    kk_buffer out = {0};
    for (size_t i = 0; i < row->counted->item_count; i++) {
        const kk_item_count *n = &row->counted->items[i];
        uint64_t persons = row->left ? n->left : n->reachable;
        if (!persons)
            continue;
        kk_putf(&out, "%s%s %.*s",
                out.len == 0     ? ""
                : b->d->japanese ? "、"
                                 : ", ",
                b->d->japanese ? kk_items[n->item].ja : kk_items[n->item].en,
                KK_P(kk_number_text(b->arena, persons)));
    }
    kk_slice text = kk_copy(b->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void count_cell(building_report *b, const kk_claim *claim)
{
    claimed_count count;
    kk_doc_cell(b->d);
    if (!claim)
        kk_doc_say(b->d, KK_S("-"));
    else if (claimed_count_of(b->arena, claim, &count))
        cite_bare(b, claim, count_words(b, &count));
    else
        cite(b, claim);
}

/* Where all that was in reach left, one claim says both. */
static const kk_claim *in_reach(const category_row *row)
{
    return row->reachable ? row->reachable : row->left;
}

static void put_row(building_report *b, const category_rows *rows, const category_row *row,
                    bool with_items, bool within)
{
    const kk_claim *shown = row->left ? row->left : row->reachable;
    claimed_count count = {0};
    kk_slice label = row->counted ? kk_category_shown(b->arena, row->counted, b->d->japanese)
                                  : category_label(b, row->name);
    bool known = claimed_count_of(b->arena, shown, &count);
    kk_doc_cell_text(b->d, within ? kk_join(b->arena, KK_TOLD(b->d, "うち ", "of these: "), label)
                                  : label);
    if (with_items) {
        kk_doc_cell(b->d);
        cite_bare(b, shown,
                  row->counted ? items_cell(b, row, known && count.bounded) : claim_text(b, shown));
    }
    if (rows->any_left)
        count_cell(b, row->left);
    count_cell(b, in_reach(row));
}

static void put_total(building_report *b, const category_rows *rows, bool with_items)
{
    size_t at_left = 0, at_reachable = 0;
    const kk_claim *left = next_claim(b, "persons_left", &at_left);
    const kk_claim *reachable = next_claim(b, "persons_reachable", &at_reachable);
    if (!left && !reachable)
        return;
    kk_doc_cell_text(b->d, KK_TOLD(b->d, "合計(重複を除く)", "Total (each person once)"));
    if (with_items)
        kk_doc_cell_text(b->d, KK_S("-"));
    if (rows->any_left)
        count_cell(b, left);
    count_cell(b, reachable);
}

/* The arithmetic of the numbers shown, where it is not that of a plain sum. */
static void put_overlap(building_report *b, const category_rows *rows, bool left)
{
    size_t at = 0;
    const kk_claim *total = next_claim(b, left ? "persons_left" : "persons_reachable", &at);
    claimed_count all, one;
    uint64_t sum = 0;
    if (!total || !claimed_count_of(b->arena, total, &all) || !all.bounded)
        return;
    for (size_t i = 0; i < rows->count; i++) {
        const kk_claim *c = left ? rows->items[i].left : in_reach(&rows->items[i]);
        if (!c || has_row(rows, rows->items[i].parent))
            continue;
        if (!claimed_count_of(b->arena, c, &one) || !one.bounded)
            return;
        sum += one.count;
    }
    if (sum <= all.count)
        return;
    kk_slice over = kk_number_text(b->arena, sum - all.count);
    kk_slice of = left ? KK_TOLD(b->d, "流出を確認した方", "Those whose data left")
                       : KK_TOLD(b->d, "保存されていた方", "Those whose data were stored");
    kk_doc_note(b->d);
    cite_bare(b, total,
              b->d->japanese
                  ? kk_print(b->arena,
                             "%.*sの合計は各区分の和より%.*s少なくなっています。"
                             "複数の区分に含まれる方を合計では一度だけ数えているためです。",
                             KK_P(of), KK_P(over))
                  : kk_print(b->arena,
                             "%.*s: the total is %.*s less than the sum of the groups, since who "
                             "is in several groups counts once in it.",
                             KK_P(of), KK_P(over)));
}

static void put_rows(building_report *b, const category_rows *rows, bool with_items)
{
    for (size_t i = 0; i < rows->count; i++) {
        const category_row *row = &rows->items[i];
        if (has_row(rows, row->parent))
            continue;
        put_row(b, rows, row, with_items, false);
        for (size_t k = 0; k < rows->count; k++)
            if (kk_eq(rows->items[k].parent, row->name))
                put_row(b, rows, &rows->items[k], with_items, true);
    }
    put_total(b, rows, with_items);
}

void put_categories(building_report *b, bool with_items)
{
    category_rows rows = gather_categories(b);
    kk_column_words columns[4];
    size_t n = 0;
    if (!rows.count)
        return;
    columns[n++] = (kk_column_words){"対象", "Who", false};
    if (with_items)
        columns[n++] = (kk_column_words){"項目", "Items", false};
    if (rows.any_left)
        columns[n++] = (kk_column_words){"流出を確認した方", "Confirmed to have left", true};
    columns[n++] = (kk_column_words){"不正アクセスを受けた機器に保存されていた方",
                                     "Stored on machines that were accessed", true};
    kk_doc_table(b->d, KK_NONE, columns, n);
    put_rows(b, &rows, with_items);
    kk_doc_paragraph(b->d);
    if (with_items)
        kk_doc_say(b->d, KK_TOLD(b->d, "お一人ごとに全ての項目が含まれるわけではありません。",
                                 "Not every item is there for every person."));
    if (b->level > KK_LEVEL_PERSON)
        kk_doc_say(
            b->d,
            KK_TOLD(b->d,
                    "人数は、同じ方の記録を確実な一致と有力な一致とでまとめて数えたものです"
                    "。幅があるものは最大の人数(確実な一致だけでまとめた場合)を添えています。",
                    "Records of one person are merged where the match is certain or "
                    "probable; where that leaves a range, the most (merging certain matches "
                    "only) stands beside."));
    if (rows.any_left)
        put_overlap(b, &rows, true);
    put_overlap(b, &rows, false);
}

uint64_t items_concerned(const building_report *b)
{
    const kk_persons *p = b->facts->persons;
    uint64_t items = 0;
    for (size_t i = 0; i < p->category_count; i++)
        for (size_t k = 0; k < p->categories[i].item_count; k++)
            if (p->categories[i].items[k].reachable || p->categories[i].items[k].left)
                items |= KK_BIT(p->categories[i].items[k].item);
    return items;
}

void put_not_found(building_report *b)
{
    list_all(b, "absent");
}

/* ---- what was told before ---- */

bool has_reported_counts(building_report *b)
{
    size_t at = 0;
    return next_claim(b, "reported_count", &at) != NULL;
}

/* The n-th number that case.yaml says was reported: claims come in its order. */
static const kk_reported_count *reported_number(const building_report *b, size_t n)
{
    for (size_t i = 0; i < b->settings->reported.count; i++) {
        const kk_reported *r = &b->settings->reported.items[i];
        if (n < r->counts.count)
            return &r->counts.items[n];
        n -= r->counts.count;
    }
    return NULL;
}

static const kk_claim *count_now(building_report *b, kk_slice subject, kk_counted basis)
{
    bool total = kk_is(subject, "total") || !subject.len, left = basis == KK_COUNTED_LEFT;
    const char *kind = total ? left ? "persons_left" : "persons_reachable"
                             : (left ? "category_left" : "category_reachable");
    const kk_claim *claim = kk_claim_of(b->in->claims, kind, total ? KK_NONE : subject);
    if (!claim && !left) /* all that was in reach left */
        return count_now(b, subject, KK_COUNTED_LEFT);
    return claim && may_tell(b, claim) ? claim : NULL;
}

static void difference_cell(building_report *b, const kk_claim *before,
                            const kk_reported_count *said, const kk_claim *now)
{
    claimed_count count;
    uint64_t was;
    bool persons = said && said->unit <= KK_COUNT_PERSON;
    kk_doc_cell(b->d);
    if (!persons)
        kk_doc_say(b->d, KK_TOLD(b->d, "数え方の単位が異なります", "counted in another unit"));
    else if (!now || !claimed_count_of(b->arena, now, &count) || !count.bounded ||
             !kk_to_u64(before->value, &was))
        kk_doc_say(b->d, KK_S("-"));
    else {
        uint64_t is = said->most == KK_ANSWER_YES ? count.most : count.count;
        kk_doc_say(b->d, kk_print(b->arena, "%s%.*s",
                                  is < was   ? "-"
                                  : is > was ? "+"
                                             : "±",
                                  KK_P(kk_number_text(b->arena, is < was ? was - is : is - was))));
    }
}

/* A number that was told, and the one that stands beside it now. */
typedef struct {
    size_t number; /* over all of `reported` */
    const kk_claim *before, *now;
    const kk_reported_count *said;
} told_number;

static size_t told_numbers(building_report *b, told_number **out)
{
    size_t count = 0, number = 0;
    *out = KK_NEW_ARRAY(b->arena, told_number, b->in->claims->count);
    for (size_t i = 0; i < b->in->claims->count; i++) {
        const kk_claim *before = &b->in->claims->items[i];
        if (strcmp(before->kind, "reported_count") != 0)
            continue;
        const kk_reported_count *said = reported_number(b, number++);
        kk_counted basis = said ? said->basis : KK_COUNTED_REACHABLE;
        if (may_tell(b, before))
            (*out)[count++] =
                (told_number){number - 1, before, count_now(b, before->subject, basis), said};
    }
    return count;
}

/* Why the numbers differ, as far as the case can work it out; nothing while files are unread. */
static void put_changes(building_report *b, const told_number *told, size_t count)
{
    static const kk_column_words columns[] = {{"対象", "Who", false},
                                              {"差の内訳", "What makes up the difference", false},
                                              {"増減", "Change", true}};
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        claimed_count now;
        bool firm = told[i].now && claimed_count_of(b->arena, told[i].now, &now) && now.bounded;
        for (size_t k = 0; k < b->in->change_count && firm; k++) {
            const kk_report_change *c = &b->in->changes[k];
            if (c->number != told[i].number)
                continue;
            if (!any)
                kk_doc_table(b->d, KK_NONE, columns, 3);
            any = true;
            uint64_t size = c->change < 0 ? (uint64_t)-c->change : (uint64_t)c->change;
            kk_doc_cell_text(b->d, category_label(b, told[i].before->subject));
            kk_doc_cell_text(b->d, b->d->japanese ? c->ja : c->en);
            kk_doc_cell_text(b->d, kk_print(b->arena, "%s%.*s", c->change < 0 ? "-" : "+",
                                            KK_P(kk_number_text(b->arena, size))));
        }
    }
    if (any)
        return;
    kk_doc_paragraph(b->d);
    kk_doc_say(b->d, KK_TOLD(b->d, "前回の報告との差の内訳は算定していません。",
                             "What makes up the difference to the earlier report has not "
                             "been worked out."));
}

void put_differences(building_report *b)
{
    static const kk_column_words columns[] = {{"対象", "Who", false},
                                              {"前回の報告", "Reported before", false},
                                              {"今回", "Now", false},
                                              {"差", "Difference", true}};
    told_number *told;
    if (!has_reported_counts(b))
        return;
    size_t count = told_numbers(b, &told);
    kk_doc_table(b->d, KK_NONE, columns, 4);
    for (size_t i = 0; i < count; i++) {
        kk_doc_cell_text(b->d, category_label(b, told[i].before->subject));
        kk_doc_cell(b->d);
        cite_bare(b, told[i].before, claim_text(b, told[i].before));
        count_cell(b, told[i].now);
        difference_cell(b, told[i].before, told[i].said, told[i].now);
    }
    put_changes(b, told, count);
}
