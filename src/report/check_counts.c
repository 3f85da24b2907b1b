/* Counts: which group of persons a number is about, whether it is of those known to have left or of
 * those within reach, and whether the claim on them says so. */
#include "base/json_read.h"
#include "report/check_i.h"

enum { LABELS_MOST = 64, NEEDLES_MOST = 12 };

/* Words that mean the same group: a draft says 顧客 where case.yaml says お客様. */
static const char *const groups[][8] = {
    {"元社員", "退職者", "元従業員", "元職員", "退社された", "former employees", "former staff",
     "ex-employees"},
    {"社員", "従業員", "職員", "スタッフ", "employees", "staff", "present and former employees",
     "current and former employees"},
    {"お客様", "お客さま", "顧客", "得意先", "customers", "clients", NULL},
    {"会員", "members", NULL},
    {"株主", "shareholders", NULL},
    {"患者", "patients", NULL},
    {"取引先", "business partners", "suppliers", NULL},
    {"学生", "生徒", "児童", "students", "pupils", NULL},
    {"応募者", "採用候補", "applicants", NULL},
    {"保護者", "ご家族", "guardians", NULL},
};
enum { GROUPS = sizeof groups / sizeof *groups, GROUP_WORDS = 8 };

typedef struct {
    kk_slice name, parent;
    kk_slice needles[NEEDLES_MOST];
    size_t needle_count;
} known_group;

typedef struct {
    size_t at, end;
    size_t group; /* KK_NOWHERE: a group that the case does not know */
} label_at;

typedef struct counting_words {
    checking *c;
    known_group *groups;
    size_t group_count;
    label_at labels[LABELS_MOST];
    size_t label_count;
} counting_words;

typedef enum { BASIS_ANY, BASIS_LEFT, BASIS_REACH } said_basis;

typedef struct {
    uint64_t count, least, most;
    bool bounded;
} claimed;

/* ---- groups and the words for them ---- */

static void add_needle(known_group *g, kk_slice word)
{
    for (size_t i = 0; i < g->needle_count; i++)
        if (kk_eq(g->needles[i], word))
            return;
    if (word.len > 2 && g->needle_count < NEEDLES_MOST)
        g->needles[g->needle_count++] = word;
}

static bool same_word(kk_slice label, const char *word)
{
    return kk_eq(label, kk_cstr(word));
}

static void add_synonyms(known_group *g, kk_slice label)
{
    for (size_t k = 0; k < GROUPS; k++)
        for (size_t i = 0; i < GROUP_WORDS && groups[k][i]; i++)
            if (same_word(label, groups[k][i]))
                for (size_t w = 0; w < GROUP_WORDS && groups[k][w]; w++)
                    add_needle(g, kk_cstr(groups[k][w]));
}

/* "お客様(代表者)": also 代表者 alone. */
static void add_inner(kk_arena *arena, known_group *g, kk_slice label)
{
    size_t open = kk_find_byte(label, '('), close = kk_find_byte(label, ')');
    if (open == KK_NOWHERE || close == KK_NOWHERE || close < open + 3)
        return;
    kk_slice outer = kk_trim(kk_part(label, 0, open));
    add_needle(g, kk_part(label, open + 1, close - open - 1));
    for (size_t k = 0; k < GROUPS; k++)
        for (size_t i = 0; i < GROUP_WORDS && groups[k][i]; i++)
            if (same_word(outer, groups[k][i]))
                for (size_t w = 0; w < GROUP_WORDS && groups[k][w]; w++)
                    add_needle(g,
                               kk_print(arena, "%s%.*s", groups[k][w], KK_P(kk_from(label, open))));
}

static void add_group(counting_words *w, kk_slice name, kk_slice parent, kk_slice ja, kk_slice en)
{
    kk_arena *arena = w->c->arena;
    known_group *g = &w->groups[w->group_count++];
    *g = (known_group){.name = name, .parent = parent};
    kk_slice labels[] = {draft_fold(arena, ja), draft_fold(arena, en)};
    for (size_t i = 0; i < 2; i++) {
        add_needle(g, labels[i]);
        add_synonyms(g, labels[i]);
        add_inner(arena, g, labels[i]);
    }
}

static counting_words *know_groups(checking *c)
{
    if (c->words)
        return c->words;
    counting_words *w = c->words = KK_NEW(c->arena, counting_words);
    const kk_persons *p = c->in->facts->persons;
    w->c = c;
    w->groups = KK_NEW_ARRAY(w->c->arena, known_group, p->category_count);
    for (size_t i = 0; i < p->category_count; i++)
        add_group(w, p->categories[i].name, p->categories[i].parent, p->categories[i].label_ja,
                  p->categories[i].label_en);
    return w;
}

static void add_label(counting_words *w, size_t at, size_t len, size_t group)
{
    for (size_t i = 0; i < w->label_count; i++) {
        label_at *l = &w->labels[i];
        if (at >= l->at && at + len <= l->end)
            return; /* inside of a longer one, or the same */
        if (at <= l->at && at + len >= l->end) {
            *l = (label_at){at, at + len, group};
            return;
        }
    }
    if (w->label_count < LABELS_MOST)
        w->labels[w->label_count++] = (label_at){at, at + len, group};
}

static void find_word(counting_words *w, kk_slice text, kk_slice word, size_t group)
{
    for (size_t from = 0; word.len && from < text.len;) {
        size_t at = kk_find(kk_from(text, from), word);
        if (at == KK_NOWHERE)
            return;
        add_label(w, from + at, word.len, group);
        from += at + word.len;
    }
}

static void find_labels(counting_words *w, kk_slice text)
{
    w->label_count = 0;
    for (size_t g = 0; g < w->group_count; g++)
        for (size_t i = 0; i < w->groups[g].needle_count; i++)
            find_word(w, text, w->groups[g].needles[i], g);
    for (size_t k = 0; k < GROUPS; k++)
        for (size_t i = 0; i < GROUP_WORDS && groups[k][i]; i++)
            find_word(w, text, kk_cstr(groups[k][i]), KK_NOWHERE);
}

/* ---- what the words around a number say ---- */

static said_basis basis_of(kk_slice text)
{
    static const char *const reach[] = {
        "可能性",    "おそれ",   "恐れ",       "保存され", "保管",         "閲覧",       "possib",
        "potential", "may have", "might have", "stored",   "within reach", "could have", NULL};
    static const char *const left[] = {"流出を確認",
                                       "流出が確認",
                                       "漏えいを確認",
                                       "漏えいが確認",
                                       "漏洩を確認",
                                       "漏洩が確認",
                                       "流出したこと",
                                       "漏えいしたこと",
                                       "漏洩したこと",
                                       "外部流出",
                                       "流出した方",
                                       "流出しました",
                                       "漏えいしました",
                                       "漏洩しました",
                                       "持ち出され",
                                       "confirmed",
                                       "have left",
                                       "has left",
                                       "leaked",
                                       "were taken",
                                       "exfiltrated",
                                       "was taken",
                                       NULL};
    bool r = has_any(text, reach), l = has_any(text, left);
    return r == l ? BASIS_ANY : l ? BASIS_LEFT : BASIS_REACH;
}

static said_basis basis_for(const sentence *s, const said_number *n, size_t from, size_t to,
                            size_t column)
{
    said_basis b = BASIS_ANY;
    if (s->kind == SENTENCE_ROW && column < s->column_count)
        b = basis_of(s->columns[column]);
    if (b == BASIS_ANY && s->kind != SENTENCE_ROW)
        b = basis_of(kk_part(s->folded, from, to - from));
    if (b == BASIS_ANY && s->kind != SENTENCE_ROW)
        b = basis_of(s->folded);
    if (b == BASIS_ANY)
        b = basis_of(s->heading);
    if (b == BASIS_ANY)
        b = basis_of(s->above);
    return b == BASIS_ANY && n->most ? BASIS_REACH : b;
}

/* ---- claims ---- */

static bool claimed_of(checking *c, const kk_claim *claim, claimed *out)
{
    const kk_json_value *v =
        claim && claim->value.len ? kk_json_read(c->arena, claim->value) : NULL;
    if (!v || !kk_to_u64(kk_json_member(v, "count"), &out->count) ||
        !kk_to_u64(kk_json_member(v, "least"), &out->least) ||
        !kk_to_u64(kk_json_member(v, "most"), &out->most))
        return false;
    const kk_json_value *bounded = kk_json_get(v, "bounded");
    out->bounded = bounded && bounded->kind == KK_JSON_TRUE;
    return true;
}

static const kk_claim *count_claim(const checking *c, kk_slice name, bool left)
{
    if (!name.len)
        return claim_of(c, left ? "persons_left" : "persons_reachable", KK_NONE);
    const kk_claim *claim = claim_of(c, left ? "category_left" : "category_reachable", name);
    /* where all that was in reach left, one claim says both */
    return claim || left ? claim : claim_of(c, "category_left", name);
}

/* Within the last place that is not 0: 約4万 is said of 38,000 as well as of 40,600. */
static bool near(double value, double is)
{
    double step = 1;
    while (value >= step * 10 && (double)(uint64_t)(value / (step * 10)) * step * 10 == value)
        step *= 10;
    return value - is < step && is - value < step;
}

/* What is known is how many there are at most: a text says 最大, and a plain number says too much. */
static bool only_a_bound(const claimed *is)
{
    return is->bounded && is->least < is->most && is->count == is->most;
}

static bool fits(const said_number *n, const claimed *is, bool so_far)
{
    if (!is->bounded)
        return so_far && !n->most && n->value == (double)is->count;
    if (n->at_least)
        return n->value <= (double)is->count;
    if (n->about)
        return near(n->value, (double)(n->most ? is->most : is->count)) ||
               (!n->most && near(n->value, (double)is->most));
    if (n->value == (double)is->count && only_a_bound(is) && !n->most)
        return false;
    return n->value == (double)(n->most ? is->most : is->count);
}

typedef struct {
    kk_slice names[LABELS_MOST];
    size_t count;
    bool unknown; /* a group that the case does not know */
} subjects;

static void add_subject(subjects *out, kk_slice name)
{
    for (size_t i = 0; i < out->count; i++)
        if (kk_eq(out->names[i], name))
            return;
    if (out->count < LABELS_MOST)
        out->names[out->count++] = name;
}

/* The group that others of them are part of is what one number for all of them is about. */
static void put_parent_first(const counting_words *w, subjects *out)
{
    kk_slice parent = KK_NONE;
    for (size_t i = 0; i < out->count; i++)
        for (size_t g = 0; g < w->group_count; g++)
            if (kk_eq(w->groups[g].name, out->names[i]) && w->groups[g].parent.len)
                parent = w->groups[g].parent;
    if (!parent.len)
        return;
    add_subject(out, parent);
    for (size_t i = 0; i < out->count; i++)
        if (kk_eq(out->names[i], parent)) {
            out->names[i] = out->names[0];
            out->names[0] = parent;
        }
}

/* Labels between two places; several of them stand for what is above them too: 社員及び元社員. */
static void subjects_between(counting_words *w, size_t from, size_t to, subjects *out)
{
    for (size_t i = 0; i < w->label_count; i++) {
        const label_at *l = &w->labels[i];
        if (l->at < from || l->end > to)
            continue;
        if (l->group == KK_NOWHERE)
            out->unknown = true;
        else
            add_subject(out, w->groups[l->group].name);
    }
    if (out->count > 1)
        put_parent_first(w, out);
}

/* Before it, in the same part of the sentence; else behind it; else in the row's first cell or the
 * headings above; else everybody. */
static subjects subjects_for(counting_words *w, const sentence *s, const said_number *n,
                             size_t from, size_t to)
{
    subjects out = {.count = 0};
    find_labels(w, s->folded);
    subjects_between(w, from, n->at, &out);
    if (!out.count && !out.unknown)
        subjects_between(w, n->at, to, &out);
    const kk_slice places[] = {s->kind == SENTENCE_ROW && s->cell_count ? s->cells[0] : KK_NONE,
                               s->heading, s->above};
    for (size_t i = 0; i < 3 && !out.count && !out.unknown && !n->total; i++) {
        find_labels(w, places[i]);
        subjects_between(w, 0, places[i].len, &out);
        if (out.count > 1 && i) { /* a heading over several groups says nothing of one number */
            out.count = 0;
            break;
        }
    }
    if (n->total || (!out.count && !out.unknown))
        add_subject(&out, KK_NONE);
    return out;
}

/* ---- holding ---- */

static bool says_so_far(const sentence *s)
{
    static const char *const words[] = {"現時点",     "確認できた範囲", "これまでに", "調査中",
                                        "読めた範囲", "増える可能性",   "so far",     "as far as",
                                        "may grow",   "at this point",  NULL};
    return has_any(s->folded, words);
}

static bool records_match(const checking *c, const subjects *of, double value)
{
    const kk_persons *p = c->in->facts->persons;
    for (size_t i = 0; i < of->count; i++) {
        if (!of->names[i].len && (double)p->records == value)
            return true;
        for (size_t k = 0; k < p->category_count; k++)
            if (kk_eq(p->categories[k].name, of->names[i]) &&
                (double)p->categories[k].records == value)
                return true;
    }
    return false;
}

static void hold_persons(checking *c, const sentence *s, const said_number *n, kk_slice quote,
                         const subjects *of, said_basis basis)
{
    const kk_claim *first = NULL, *bound = NULL;
    for (size_t i = 0; i < of->count; i++)
        for (int pass = 0; pass < 2; pass++) {
            bool left = basis == BASIS_LEFT || (basis == BASIS_ANY && pass == 0);
            const kk_claim *claim =
                pass && basis != BASIS_ANY ? NULL : count_claim(c, of->names[i], left);
            claimed is;
            if (!claimed_of(c, claim, &is))
                continue;
            if (fits(n, &is, says_so_far(s))) {
                held(c, s, KK_SAID_COUNT, quote, KK_HELD_SUPPORTED, claim, KK_NONE);
                return;
            }
            if (!bound && only_a_bound(&is) && n->value == (double)is.count)
                bound = claim;
            if (!first)
                first = claim;
        }
    if (bound) /* what is expected is the claim's own words, with 最大 */
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_UNSUPPORTED, bound, KK_NONE);
    else if (n->unit != UNIT_PERSON && records_match(c, of, n->value))
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_UNSUPPORTED, first,
             told(c, "記録の数であり、人数ではありません",
                  "this is the number of records, not of persons"));
    else if (first)
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_CONTRADICTED, first, KK_NONE);
    else if (basis == BASIS_LEFT && claim_of(c, "verdict", KK_NONE))
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_CONTRADICTED, claim_of(c, "verdict", KK_NONE),
             KK_NONE);
    else
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_UNSUPPORTED, claim_of(c, "persons", KK_NONE),
             KK_NONE);
}

static void hold_machines(checking *c, const sentence *s, const said_number *n, kk_slice quote)
{
    static const char *const encrypted[] = {"暗号化", "encrypted", NULL};
    static const char *const entered[] = {"アクセス", "侵入",        "侵害",    "被害",
                                          "感染",     "access",      "entered", "intru",
                                          "affected", "compromised", NULL};
    bool e = has_any(s->folded, encrypted);
    const kk_claim *claim = claim_of(c, e ? "hosts_encrypted" : "hosts_entered", KK_NONE);
    uint64_t is;
    if ((!e && !has_any(s->folded, entered)) || !claim || !kk_to_u64(claim->value, &is))
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_UNSUPPORTED, NULL, KK_NONE);
    else
        held(c, s, KK_SAID_COUNT, quote,
             n->value == (double)is ? KK_HELD_SUPPORTED : KK_HELD_CONTRADICTED, claim, KK_NONE);
}

/* An amount as it is written against one in bytes: 23.8 MB is said of 23,816,020. */
static void hold_bytes(checking *c, const sentence *s, const said_number *n, kk_slice quote)
{
    static const char *const out[] = {"送信",     "流出",      "持ち出", "転送", "sent",
                                      "transfer", "exfiltrat", "upload", NULL};
    const kk_claim *claim = claim_of(c, "bytes_out", KK_NONE),
                   *unseen = claim_of(c, "unseen", KK_NONE);
    uint64_t is;
    for (int pass = 0; pass < 2; pass++) {
        const kk_claim *k = pass ? unseen : claim;
        if (k && kk_to_u64(k->value, &is) && n->value < (double)is * 1.05 &&
            n->value > (double)is * 0.95) {
            held(c, s, KK_SAID_COUNT, quote, KK_HELD_SUPPORTED, k, KK_NONE);
            return;
        }
    }
    bool about_that = claim && has_any(s->folded, out);
    held(c, s, KK_SAID_COUNT, quote, about_that ? KK_HELD_CONTRADICTED : KK_HELD_UNSUPPORTED,
         about_that ? claim : NULL, KK_NONE);
}

/* A number that an earlier notice gave. False: the sentence is not about one. */
static bool hold_earlier(checking *c, const sentence *s, const said_number *n, kk_slice quote,
                         size_t column)
{
    static const char *const words[] = {
        "前回",     "第一報",          "第1報",        "第2報",   "当初",     "先般",
        "速報では", "速報時",          "お知らせした", "earlier", "previous", "first notice",
        "initial",  "reported before", "件数の報告",   NULL};
    const kk_claim *first = NULL;
    bool above =
        s->kind == SENTENCE_ROW && column < s->column_count && has_any(s->columns[column], words);
    if (!above && !has_any(s->folded, words))
        return false;
    for (size_t i = 0; i < c->claims->count; i++) {
        const kk_claim *k = &c->claims->items[i];
        uint64_t was;
        if (strcmp(k->kind, "reported_count") != 0 || !kk_to_u64(k->value, &was))
            continue;
        if ((double)was == n->value) {
            held(c, s, KK_SAID_COUNT, quote, KK_HELD_SUPPORTED, k, KK_NONE);
            return true;
        }
        if (!first)
            first = k;
    }
    return false;
}

/* Names a word for what the number counts that is no person of ours. */
static bool other_matter(const sentence *s, const said_number *n)
{
    static const char *const words[] = {"お問い合わせ", "問い合わせ", "通知数", "発送",
                                        "不着",         "inquir",     "enquir", NULL};
    return n->unit == UNIT_OTHER || has_any(s->folded, words);
}

static void hold_number(counting_words *w, const sentence *s, const said_number *n, size_t from,
                        size_t to, size_t column)
{
    checking *c = w->c;
    kk_slice quote = kk_part(s->folded, n->at, n->end - n->at);
    if (hold_earlier(c, s, n, quote, column))
        return;
    if (n->unit == UNIT_BYTES) {
        hold_bytes(c, s, n, quote);
    } else if (n->unit == UNIT_MACHINE) {
        hold_machines(c, s, n, quote);
    } else if (n->unit == UNIT_FILE || other_matter(s, n)) {
        held(c, s, KK_SAID_COUNT, quote, KK_HELD_UNSUPPORTED, NULL, KK_NONE);
    } else {
        subjects of = subjects_for(w, s, n, from, to);
        if (of.count)
            hold_persons(c, s, n, quote, &of, basis_for(s, n, from, to, column));
        else
            held(c, s, KK_SAID_COUNT, quote, KK_HELD_UNSUPPORTED, NULL, KK_NONE);
    }
}

/* ---- sentences and rows ---- */

static void hold_sentence(counting_words *w, const sentence *s)
{
    said_number n[NUMBERS_MOST];
    size_t count = numbers_find(s->folded, false, n, NUMBERS_MOST), from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t to = i + 1 < count ? n[i + 1].at : s->folded.len;
        hold_number(w, s, &n[i], from, to, CELLS_MOST);
        /* "9,907名(最大9,916名)": both are about the same persons */
        bool same = i + 1 < count && n[i + 1].most && n[i + 1].at - n[i].end <= 24;
        if (!same)
            from = n[i].end;
    }
}

static bool is_count_column(kk_slice column)
{
    static const char *const words[] = {"件数",   "人数", "本人の数", "名",     "人",
                                        "方",     "数",   "count",    "number", "persons",
                                        "people", "left", "stored",   "total",  NULL};
    static const char *const others[] = {"差", "通知",       "不着",    "期間",   "前回",
                                         "日", "difference", "earlier", "before", NULL};
    return has_any(column, words) && !has_any(column, others);
}

/* A row as a sentence of its own for each cell: the first cell says whose number it is. */
static void hold_row(counting_words *w, const sentence *s)
{
    for (size_t i = 1; i < s->cell_count; i++) {
        said_number n[NUMBERS_MOST];
        bool bare = i < s->column_count && is_count_column(s->columns[i]);
        sentence cell = *s;
        cell.folded = s->cells[i];
        size_t count = numbers_find(cell.folded, bare, n, NUMBERS_MOST);
        if (bare && count > 2 && n[0].unit == UNIT_NONE)
            continue; /* a list of things, not a count */
        for (size_t k = 0; k < count; k++) {
            if (n[k].unit == UNIT_NONE && (count > 1 || !bare))
                continue;
            if (n[k].unit == UNIT_NONE)
                n[k].unit = UNIT_CASE;
            n[k].total = n[k].total || kk_has(s->cells[0], KK_S("合計")) ||
                         kk_has(s->cells[0], KK_S("total"));
            hold_number(w, &cell, &n[k], 0, cell.folded.len, i);
        }
    }
}

void check_counts(checking *c, const sentence *s)
{
    if (!c->in || is_aside(s) || echoed(c, s))
        return;
    if (s->kind == SENTENCE_ROW)
        hold_row(know_groups(c), s);
    else
        hold_sentence(know_groups(c), s);
}

void check_sums(checking *c, size_t index, const said_sums *sums)
{
    const sentence *s = &c->draft->items[index];
    for (size_t i = 0; i < sums->count; i++) {
        const said_sum *sum = &sums->items[i];
        if (sum->sentence != index)
            continue;
        bool right = sum->said == sum->is;
        held(c, s, KK_SAID_SUM, sum->quote, right ? KK_HELD_SUPPORTED : KK_HELD_CONTRADICTED, NULL,
             kk_print(c->arena, "%.*s = %.*s", KK_P(sum->parts),
                      KK_P(plain_number(c->arena, sum->is))));
    }
}
