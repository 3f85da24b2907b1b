/* The steps of a change in words, with what they refer to. */
#include "persons/since_i.h"

#include <stdlib.h>

enum { FILES_MOST = 20 }; /* with a step of their own */

static const struct {
    kk_change_kind what;
    const char *ja, *en;
} words[] = {
    [TELL_WITHDRAWN] = {KK_STEP_FILE_WITHDRAWN, "外れました", "is no longer among the evidence"},
    [TELL_ADDED] = {KK_STEP_FILE_ADDED, "加わりました", "was added"},
    [TELL_EXPOSED] = {KK_STEP_EXPOSURE_CHANGED, "対象の範囲に入りました", "is now in this scope"},
    [TELL_NOT_EXPOSED] = {KK_STEP_EXPOSURE_CHANGED, "対象の範囲から外れました",
                          "is no longer in this scope"},
    [TELL_PLACEHOLDER] = {KK_STEP_DECOY_REMOVED, "試験用のデータや見本と判断し、人として数えません",
                          "taken for test data or samples, not for people"},
    [TELL_ORGANISATION] = {KK_STEP_DECOY_REMOVED, "会社・団体の名前と判断し、人として数えません",
                           "taken for names of companies or groups, not of people"},
    [TELL_NOBODY] = {KK_STEP_DECOY_REMOVED, "個人を識別できないため、人として数えません",
                     "identify nobody, and do not count as people"},
    [TELL_ROWS_GONE] = {KK_STEP_DEFINITION_CHANGED,
                        "同じファイルの読み取り方が変わり、読まれなくなった記録",
                        "records of the same files that are no longer read as such"},
    [TELL_ROWS_NEW] = {KK_STEP_DEFINITION_CHANGED,
                       "同じファイルの読み取り方が変わり、新たに読まれた記録",
                       "records of the same files that are read now and were not"},
    [TELL_COUNTED_NOW] = {KK_STEP_DEFINITION_CHANGED, "人として数えるようになった記録",
                          "records that count as people now and did not"},
    [TELL_DECEASED] = {KK_STEP_DEFINITION_CHANGED,
                       "亡くなった方の記録かどうかの読み取りが変わりました",
                       "whether the record says that the person died is read otherwise"},
    [TELL_SPLIT_BY_WITHDRAWN] =
        {KK_STEP_SPLIT, "同一人物であることを示していた記録が外れ、別々の人として数えます",
         "counted apart: the records that showed them to be one person are gone"},
    [TELL_SPLIT_BY_RULES] =
        {KK_STEP_DEFINITION_CHANGED,
         "名寄せの規則または所有者の区分が変わり、別々の人として数えます",
         "counted apart: the rules of joining, or whose data they are, changed"},
    [TELL_SPLIT] = {KK_STEP_SPLIT, "今わかっている内容では同一人物といえず、別々の人として数えます",
                    "counted apart: what is known of them now speaks against one person"},
    [TELL_MERGED_BY_ADDED] = {KK_STEP_MERGED,
                              "加わったファイルの記録により、同一人物とわかりました",
                              "one person: records of the files that were added show it"},
    [TELL_MERGED_BY_RULES] = {KK_STEP_DEFINITION_CHANGED,
                              "名寄せの規則または所有者の区分が変わり、同一人物として数えます",
                              "one person: the rules of joining, or whose data they are, changed"},
    [TELL_MERGED] = {KK_STEP_MERGED, "今わかっている内容から、同一人物として数えます",
                     "one person: what is known of them now shows it"},
    [TELL_CATEGORY] = {KK_STEP_CATEGORY_CHANGED, "区分が変わった記録",
                       "records that are in another category now"},
    [TELL_OWNER] = {KK_STEP_CATEGORY_CHANGED, "誰のデータかの区分が変わった記録",
                    "records that are another owner's now"},
};

kk_change_step *kk_change_tell(kk_change *c, kk_change_kind what, int64_t by, kk_slice ja,
                               kk_slice en)
{
    c->steps = kk_grow(c->arena, c->steps, &c->capacity, c->step_count + 1, sizeof *c->steps);
    kk_change_step *step = &c->steps[c->step_count++];
    *step = (kk_change_step){.what = what, .ja = ja, .en = en, .change = by};
    return step;
}

void kk_change_refer(kk_change *c, kk_change_step *step, kk_change_ref ref)
{
    for (size_t i = 0; i < step->ref_count; i++) {
        const kk_change_ref *r = &step->refs[i];
        if (r->record == ref.record && kk_eq(r->path, ref.path) &&
            kk_eq(r->evidence, ref.evidence) && kk_eq(r->decision, ref.decision))
            return;
    }
    if (!step->refs)
        step->refs = KK_NEW_ARRAY(c->arena, kk_change_ref, KK_REFS_MOST);
    if (step->ref_count < KK_REFS_MOST)
        step->refs[step->ref_count++] = ref;
}

/* ---- files ---- */

file_steps file_steps_open(walk *w)
{
    file_steps f = {.w = w};
    f.seen_in[0] = KK_NEW_ARRAY(w->scratch, uint32_t, w->from.s->count);
    f.seen_in[1] = KK_NEW_ARRAY(w->scratch, uint32_t, w->to.s->count);
    return f;
}

static bool changes_exposure(const walk *w, size_t mention)
{
    uint32_t then = w->from_of_to[mention];
    return then != NO_MENTION &&
           ((marks_in(&w->from, then) ^ marks_in(&w->to, mention)) & MARK_EXPOSED);
}

/* Persons of a file, in the figure's categories and owners. */
static uint64_t persons_in(const file_steps *f, const struct file_change *c, telling tell)
{
    const view *v = c->s == f->w->from.s ? &f->w->from : &f->w->to;
    const state_file *file = &c->s->files[c->file];
    uint32_t *seen_in = f->seen_in[v == &f->w->to], mark = (uint32_t)(c - f->items) + 1;
    uint64_t count = 0;
    bool about_exposure = tell == TELL_EXPOSED || tell == TELL_NOT_EXPOSED;
    for (size_t i = file->first; i < file->first + file->count; i++) {
        if (!state_counts(c->s, i) || (marks_in(v, i) | MARK_EXPOSED) != MARKS_IN ||
            (about_exposure && !changes_exposure(f->w, i)))
            continue;
        count += seen_in[v->of[i]] != mark;
        seen_in[v->of[i]] = mark;
    }
    return count;
}

void file_steps_note(file_steps *f, const kk_person_state *s, size_t file, int64_t change)
{
    f->items = kk_grow(f->w->scratch, f->items, &f->capacity, f->count + 1, sizeof *f->items);
    f->items[f->count++] = (struct file_change){s, file, change};
}

static uint64_t size_of(int64_t change)
{
    return change < 0 ? (uint64_t)-change : (uint64_t)change;
}

static int largest_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* What a change must exceed to be told alone; of those that are as large the first `*equal` are. */
static uint64_t threshold(const file_steps *f, size_t *equal)
{
    uint64_t *sizes = KK_NEW_ARRAY(f->w->scratch, uint64_t, f->count);
    size_t above = 0;
    for (size_t i = 0; i < f->count; i++)
        sizes[i] = size_of(f->items[i].change);
    qsort(sizes, f->count, sizeof *sizes, largest_first);
    while (sizes[above] > sizes[FILES_MOST - 1])
        above++;
    *equal = FILES_MOST - above;
    return sizes[FILES_MOST - 1];
}

static kk_change_ref file_ref(const struct file_change *c, kk_arena *arena)
{
    const state_file *f = &c->s->files[c->file];
    return (kk_change_ref){.evidence = kk_copy(arena, f->evidence),
                           .path = kk_copy(arena, f->path)};
}

static void tell_file(const file_steps *f, telling tell, const struct file_change *c)
{
    kk_change *change = f->w->change;
    kk_change_ref ref = file_ref(c, change->arena);
    unsigned long long persons = persons_in(f, c, tell);
    kk_change_step *step = kk_change_tell(
        change, words[tell].what, c->change,
        kk_print(change->arena, "%.*s(%llu人の記録)が%s", KK_P(ref.path), persons, words[tell].ja),
        kk_print(change->arena, "%.*s (records of %llu %s) %s", KK_P(ref.path), persons,
                 persons == 1 ? "person" : "persons", words[tell].en));
    kk_change_refer(change, step, ref);
}

/* The rest of the files, those that are not told alone. */
static void tell_rest(const file_steps *f, telling tell, const bool *alone)
{
    kk_change *change = f->w->change;
    int64_t sum = 0;
    size_t rest = 0;
    for (size_t i = 0; i < f->count; i++) {
        sum += alone[i] ? 0 : f->items[i].change;
        rest += !alone[i];
    }
    kk_change_step *step =
        kk_change_tell(change, words[tell].what, sum,
                       kk_print(change->arena, "ほか%zu件のファイルが%s", rest, words[tell].ja),
                       kk_print(change->arena, "%zu more %s: each %s", rest,
                                rest == 1 ? "file" : "files", words[tell].en));
    for (size_t i = 0; i < f->count; i++)
        if (!alone[i])
            kk_change_refer(change, step, file_ref(&f->items[i], change->arena));
}

void file_steps_tell(const file_steps *f, telling tell)
{
    bool *alone = KK_NEW_ARRAY(f->w->scratch, bool, f->count), few = f->count <= FILES_MOST;
    size_t equal = 0;
    uint64_t least = few ? 0 : threshold(f, &equal);
    for (size_t i = 0; i < f->count; i++) {
        uint64_t size = size_of(f->items[i].change);
        alone[i] = few || size > least || (size == least && equal);
        equal -= !few && size == least && equal;
        if (alone[i])
            tell_file(f, tell, &f->items[i]);
    }
    if (!few)
        tell_rest(f, tell, alone);
}

/* ---- records ---- */

row_step row_step_open(walk *w, telling tell)
{
    return (row_step){.w = w, .tell = tell, .before = w->count};
}

void row_step_note(row_step *r, const kk_person_state *s, size_t mention)
{
    r->rows++;
    if (r->ref_count < KK_REFS_MOST)
        r->refs[r->ref_count++] = (struct row_ref){s, mention};
}

void row_step_tell(const row_step *r)
{
    kk_change *change = r->w->change;
    int64_t by = (int64_t)(r->w->count - r->before);
    if (!by)
        return;
    kk_change_step *step = kk_change_tell(change, words[r->tell].what, by,
                                          kk_cstr(words[r->tell].ja), kk_cstr(words[r->tell].en));
    for (size_t i = 0; i < r->ref_count; i++) {
        kk_change_ref ref = state_ref(r->refs[i].s, r->refs[i].mention, change->arena);
        ref.evidence = kk_copy(change->arena, ref.evidence);
        ref.path = kk_copy(change->arena, ref.path);
        kk_change_refer(change, step, ref);
    }
}

/* ---- the document ---- */

static const char *const step_names[KK_STEPS] = {
    "file_added", "file_withdrawn",     "exposure_changed",   "merged",
    "split",      "category_changed",   "definition_changed", "decoy_removed",
    "decision",   "not_reconstructible"};

static void count_json(kk_json *j, const char *key, const kk_figure_count *c)
{
    kk_json_object(j, key);
    kk_json_u64(j, "count", c->of.count);
    if (c->counted) {
        kk_json_u64(j, "least", c->of.least);
        kk_json_u64(j, "most", c->of.most);
    } else {
        kk_json_null(j, "least");
        kk_json_null(j, "most");
    }
    kk_json_cstr(j, "unit", c->unit);
    if (c->counted)
        kk_json_bool(j, "bounded", c->of.bounded);
    else
        kk_json_null(j, "bounded");
    kk_json_close(j);
}

static void ref_json(kk_json *j, const kk_change_ref *r)
{
    kk_json_object(j, NULL);
    if (r->decision.len) {
        kk_json_text(j, "decision", r->decision);
    } else {
        kk_json_text(j, "evidence", r->evidence);
        kk_json_text(j, "path", r->path);
        if (r->record)
            kk_json_u64(j, "record", r->record);
    }
    kk_json_close(j);
}

void kk_change_json(kk_json *j, const kk_change *c)
{
    kk_json_object(j, "figure");
    kk_json_cstr(j, "basis", kk_basis_names[c->figure.basis]);
    kk_json_cstr(j, "bound", kk_bound_names[c->figure.bound]);
    kk_json_text_or_null(j, "category", c->figure.category);
    kk_json_text_or_null(j, "owner", c->figure.owner);
    kk_json_close(j);
    count_json(j, "from", &c->from);
    count_json(j, "to", &c->to);
    kk_json_array(j, "steps");
    for (size_t i = 0; i < c->step_count; i++) {
        const kk_change_step *s = &c->steps[i];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "what", step_names[s->what]);
        kk_json_both(j, "why", s->ja, s->en);
        kk_json_i64(j, "change", s->change);
        kk_json_array(j, "refs");
        for (size_t k = 0; k < s->ref_count; k++)
            ref_json(j, &s->refs[k]);
        kk_json_close(j);
        kk_json_close(j);
    }
    kk_json_close(j);
}

uint8_t marks_in(const view *v, size_t mention)
{
    const kk_person_state *s = v->s;
    const state_table *t = &s->tables[v->table[mention]];
    unsigned marks = state_shows(s, t->file, mention, v->basis) ? MARK_EXPOSED : 0;
    marks |= v->categories[s->category[mention]] ? MARK_CATEGORY : 0;
    marks |= v->owners[t->owner] ? MARK_OWNER : 0;
    marks |= state_standing(s, mention) == KK_IS_DECEASED ? MARK_DEAD : 0;
    return (uint8_t)marks;
}
