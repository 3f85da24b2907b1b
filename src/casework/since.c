/* `persons --since`: from a kept count, or from a number that was reported, to the count of now. Decisions
 * are taken out of the count of now and put in again one after the other, each counted anew: what they
 * do is never guessed from what they say. */
#include "casework/states.h"

enum {
    ONE_BY_ONE = 64,         /* decisions, each with a count of its own */
    MENTIONS_MOST = 4000000, /* ... of so many mentions together */
};

typedef struct {
    kk_case *c;
    kk_change change;
    kk_answers *answers;
    kk_state_head head; /* of now */
    const kk_person_state *now;
    const kk_decisions *decisions;        /* all */
    bool together;                        /* decisions are never counted one by one */
    const kk_person_state **kept;         /* those that were read, by their place in the list */
    const kk_person_state *reported_then; /* what a number that was reported is held against */
    const kk_person_state *without_of, *without; /* the last that was counted without decisions */
} comparing;

/* ---- decisions ---- */

static bool holds_in(const kk_state_head *head, kk_slice id)
{
    for (size_t i = 0; i < head->decision_count; i++)
        if (kk_eq(head->decisions[i], id))
            return true;
    return false;
}

/* The count as it would be with these decisions alone. */
static kk_status count_with(comparing *k, const kk_slice *ids, size_t count,
                            const kk_person_state **out, kk_fault *fault)
{
    kk_case *c = k->c;
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    kk_state_head head = k->head;
    head.decisions = ids;
    head.decision_count = count;
    c->settings->decisions = kk_decisions_only(c->arena, k->decisions, ids, count);
    kk_status status = kk_case_answers(c, KK_NEEDS_PERSONS, a, fault);
    c->settings->decisions = k->decisions;
    if (status == KK_OK)
        *out = kk_person_state_of(&a->persons, &head, c->arena);
    return status;
}

static void tell_decision(comparing *k, const kk_decision *d, bool is_made, int64_t by)
{
    kk_arena *arena = k->c->arena;
    const char *kind = kk_decision_kind_name(d->kind);
    if (!by)
        return;
    kk_change_step *step =
        kk_change_tell(&k->change, KK_STEP_DECISION, by,
                       kk_print(arena, "判断(%s、%.*s)%s: %.*s", kind, KK_P(d->by),
                                is_made ? "" : "の取消し", KK_P(d->reason)),
                       kk_print(arena, "decision (%s, %.*s)%s: %.*s", kind, KK_P(d->by),
                                is_made ? "" : " revoked", KK_P(d->reason)));
    kk_change_refer(&k->change, step, (kk_change_ref){.decision = is_made ? d->id : d->revoked_by});
}

/* Those that hold now and did not then, or the other way round, in the order they were made. */
static size_t changed_decisions(const comparing *k, const kk_state_head *then, size_t *out)
{
    size_t count = 0;
    for (size_t i = 0; k->decisions && i < k->decisions->count; i++)
        if (holds_in(then, k->decisions->items[i].id) !=
            holds_in(&k->head, k->decisions->items[i].id))
            out[count++] = i;
    return count;
}

static kk_status add_one_by_one(comparing *k, const kk_state_head *then, const size_t *changed,
                                size_t count, const kk_person_state *without, kk_fault *fault)
{
    kk_status status = KK_OK;
    size_t n = then->decision_count;
    kk_slice *ids = KK_NEW_ARRAY(k->c->arena, kk_slice, n + count);
    uint64_t before = kk_state_figure(without, &k->change.figure);
    if (n)
        memcpy(ids, then->decisions, n * sizeof *ids);
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        const kk_decision *d = &k->decisions->items[changed[i]];
        const kk_person_state *with = k->now;
        bool is_made = holds_in(&k->head, d->id);
        size_t at = 0;
        while (!is_made && at < n && !kk_eq(ids[at], d->id))
            at++;
        if (is_made)
            ids[n++] = d->id;
        else if (at < n)
            ids[at] = ids[--n];
        if (i + 1 < count)
            status = count_with(k, ids, n, &with, fault);
        if (status != KK_OK)
            return status;
        uint64_t after = kk_state_figure(with, &k->change.figure);
        tell_decision(k, d, is_made, (int64_t)(after - before));
        before = after;
    }
    return status;
}

static void add_together(comparing *k, const size_t *changed, size_t count,
                         const kk_person_state *without)
{
    int64_t by = (int64_t)(kk_state_figure(k->now, &k->change.figure) -
                           kk_state_figure(without, &k->change.figure));
    if (!by)
        return;
    kk_change_step *step = kk_change_tell(&k->change, KK_STEP_DECISION, by,
                                          kk_print(k->c->arena, "%zu件の判断を合わせた効果", count),
                                          kk_print(k->c->arena, "%zu decisions together", count));
    for (size_t i = 0; i < count; i++) {
        const kk_decision *d = &k->decisions->items[changed[i]];
        kk_slice id = holds_in(&k->head, d->id) ? d->id : d->revoked_by;
        kk_change_refer(&k->change, step, (kk_change_ref){.decision = id});
    }
}

static kk_status compare(comparing *k, const kk_person_state *then, kk_fault *fault)
{
    const kk_state_head *head = kk_person_state_head(then);
    size_t *changed = KK_NEW_ARRAY(k->c->arena, size_t, k->decisions ? k->decisions->count : 0);
    size_t count = changed_decisions(k, head, changed);
    kk_status status = KK_OK;
    if (!count)
        k->without = k->now;
    else if (k->without_of != then)
        status = count_with(k, head->decisions, head->decision_count, &k->without, fault);
    if (status != KK_OK)
        return status;
    const kk_person_state *without = k->without;
    k->without_of = count ? then : NULL;
    kk_change_add(&k->change, then, without);
    if (!count)
        return KK_OK;
    if (k->together || count > ONE_BY_ONE || count * k->answers->persons.records > MENTIONS_MOST) {
        add_together(k, changed, count, without);
        return KK_OK;
    }
    return add_one_by_one(k, head, changed, count, without, fault);
}

/* ---- reported numbers ---- */

static bool is_total(kk_slice category)
{
    return !category.len || kk_is(category, "total");
}

/* The report of this day, or the last one, that has numbers. */
static const kk_reported *report_of(const kk_case_settings *s, kk_slice since)
{
    const kk_reported *found = NULL;
    kk_moment day = KK_NO_MOMENT;
    bool last = kk_is(since, "reported");
    if (!last && !kk_moment_read(since, &s->zone, &day))
        return NULL;
    for (size_t i = 0; i < s->reported.count; i++) {
        const kk_reported *r = &s->reported.items[i];
        bool fits = last || kk_moment_day(&r->at, &s->zone) == kk_moment_day(&day, &s->zone);
        if (r->counts.count && fits && (!found || r->at.time >= found->at.time))
            found = r;
    }
    return found;
}

/* The name of a category that was called so, by its name or its label; as it is, if there is none. */
static kk_slice category_called(const comparing *k, kk_slice called)
{
    const kk_persons *p = &k->answers->persons;
    for (size_t i = 0; i < p->category_count; i++)
        if (kk_eq(p->categories[i].name, called))
            return called;
    for (size_t i = 0; i < p->category_count && called.len; i++)
        if (kk_eq(p->categories[i].label_ja, called) || kk_eq(p->categories[i].label_en, called))
            return p->categories[i].name;
    return called;
}

static bool fits_asked(const comparing *k, const kk_reported_count *n, const kk_since *asked)
{
    kk_basis basis = n->basis == KK_COUNTED_LEFT ? KK_OF_LEFT : KK_OF_REACHABLE;
    bool category = !asked->figure.category.len ||
                    kk_eq(category_called(k, n->category), asked->figure.category);
    return n->count.given && category && (!asked->has_basis || basis == asked->figure.basis);
}

/* The number that was asked about: the total, if nothing narrows it and there is one. */
static kk_status number_of(const comparing *k, const kk_reported *r, const kk_since *asked,
                           const kk_reported_count **out, kk_fault *fault)
{
    size_t fitting = 0;
    bool has_total = false;
    for (size_t i = 0; i < r->counts.count; i++) {
        const kk_reported_count *n = &r->counts.items[i];
        bool total = is_total(n->category);
        if (!fits_asked(k, n, asked) || (has_total && !total))
            continue;
        fitting = has_total == total ? fitting + 1 : 1;
        has_total = has_total || total;
        *out = n;
    }
    if (fitting == 1)
        return KK_OK;
    return kk_fail(fault, KK_NOT_FOUND,
                   fitting ? "that report has several such numbers: choose one with --category, "
                             "--basis left or reachable"
                           : "that report has no such number: see `reported` in case.yaml");
}

/* The last count that was kept before the report, else the first one, else the one of now. */
static kk_status state_at(comparing *k, const kk_moment *at, const kk_person_state **out,
                          kk_fault *fault)
{
    kk_kept_state *all;
    kk_person_state *then;
    size_t count, chosen = 0;
    kk_status status = kk_case_states(k->c, &all, &count, fault);
    *out = k->now;
    if (status != KK_OK || !count)
        return status;
    for (size_t i = 0; i < count; i++)
        if (all[i].at <= kk_moment_end(at, &k->c->settings->zone))
            chosen = i;
    if (!k->kept)
        k->kept = kk_take_array(k->c->arena, count, sizeof *k->kept);
    if (!k->kept[chosen]) {
        status = kk_case_kept_persons(k->c, &all[chosen], k->c->arena, &then, fault);
        if (status != KK_OK)
            return status;
        k->kept[chosen] = then;
    }
    *out = k->kept[chosen];
    return KK_OK;
}

/* From a number to now; what `asked` leaves open follows the number. */
static kk_status follow_number(comparing *k, const kk_reported *r, const kk_reported_count *n,
                               const kk_since *asked, kk_fault *fault)
{
    const kk_person_state *then = NULL;
    kk_figure *f = &k->change.figure;
    kk_status status = state_at(k, &r->at, &then, fault);
    if (status != KK_OK)
        return status;
    f->category = is_total(n->category) ? KK_NONE : category_called(k, n->category);
    if (!asked->has_basis)
        f->basis = n->basis == KK_COUNTED_LEFT ? KK_OF_LEFT : KK_OF_REACHABLE;
    if (!asked->has_bound)
        f->bound = n->most == KK_ANSWER_YES ? KK_BOUND_MOST : KK_BOUND_COUNT;
    if (!kk_state_has_reported(then, f, n) && kk_state_has_reported(k->now, f, n))
        then = k->now;
    k->reported_then = then;
    kk_change_from_reported(&k->change, n, then);
    return then == k->now ? KK_OK : compare(k, then, fault);
}

/* A category that no count has would make the figure 0: the report may call it otherwise. */
static kk_status compare_reported(comparing *k, const kk_reported *r, const kk_since *asked,
                                  kk_fault *fault)
{
    const kk_reported_count *n = NULL;
    kk_status status = number_of(k, r, asked, &n, fault);
    if (status == KK_OK)
        status = follow_number(k, r, n, asked, fault);
    kk_slice category = k->change.figure.category;
    if (status == KK_OK && category.len && !kk_state_has_category(k->now, category) &&
        !kk_state_has_category(k->reported_then, category))
        return kk_fail(fault, KK_NOT_FOUND,
                       "no category is called as in `reported` of case.yaml: `persons` lists them");
    return status;
}

/* ---- for reports ---- */

static const struct {
    const char *ja, *en;
} public_words[KK_STEPS] = {
    [KK_STEP_FILE_ADDED] = {"調査の対象に加わったファイル", "files that were added"},
    [KK_STEP_FILE_WITHDRAWN] = {"調査の対象から外れたファイル", "files that are no longer counted"},
    [KK_STEP_EXPOSURE_CHANGED] = {"ファイルの範囲の見直し", "files in and out of the scope"},
    [KK_STEP_MERGED] = {"同一の方と判明", "found to be one person"},
    [KK_STEP_SPLIT] = {"別の方と判明", "found to be several persons"},
    [KK_STEP_CATEGORY_CHANGED] = {"区分の見直し", "categories that were changed"},
    [KK_STEP_DEFINITION_CHANGED] = {"数え方の見直し", "the way of counting"},
    [KK_STEP_DECOY_REMOVED] = {"個人ではない記録の除外", "records of nobody left out"},
    [KK_STEP_DECISION] = {"担当者の判断", "decisions of those in charge"},
    [KK_STEP_NOT_RECONSTRUCTIBLE] = {"前回の数え方が残っておらず、理由を算定できない差",
                                     "cannot be worked out: how it was counted is not on record"},
};

/* By kind, in the order in which the kinds first come. */
static void sum_steps(const kk_change *change, size_t number, kk_arena *arena,
                      kk_report_change **out, size_t *count, size_t *capacity)
{
    bool done[KK_STEPS] = {false};
    for (size_t i = 0; i < change->step_count; i++) {
        kk_change_kind kind = change->steps[i].what;
        int64_t sum = 0;
        for (size_t k = i; k < change->step_count && !done[kind]; k++)
            sum += change->steps[k].what == kind ? change->steps[k].change : 0;
        done[kind] = true;
        if (!sum)
            continue;
        *out = kk_grow(arena, *out, capacity, *count + 1, sizeof **out);
        (*out)[(*count)++] = (kk_report_change){number, kk_cstr(public_words[kind].ja),
                                                kk_cstr(public_words[kind].en), sum};
    }
}

kk_status kk_case_reported_changes(kk_case *c, kk_answers *a, kk_report_change **out, size_t *count,
                                   kk_fault *fault)
{
    const kk_since nothing = {0};
    comparing k = {.c = c, .answers = a, .decisions = c->settings->decisions, .together = true};
    size_t number = 0, capacity = 0;
    *out = NULL;
    *count = 0;
    kk_status status = c->settings->reported.count ? kk_case_state_head(c, &k.head, fault) : KK_OK;
    if (status == KK_OK && c->settings->reported.count)
        k.now = kk_person_state_of(&a->persons, &k.head, c->arena);
    for (size_t i = 0; i < c->settings->reported.count; i++) {
        const kk_reported *r = &c->settings->reported.items[i];
        for (size_t n = 0; n < r->counts.count && status == KK_OK; n++, number++) {
            k.change = (kk_change){.arena = c->arena};
            if (!r->counts.items[n].count.given)
                continue;
            status = follow_number(&k, r, &r->counts.items[n], &nothing, fault);
            if (status == KK_OK)
                sum_steps(&k.change, number, c->arena, out, count, &capacity);
        }
    }
    return status;
}

/* ---- the document ---- */

/* A name that neither count has would make every figure 0. */
static kk_status check_names(const kk_since *asked, const kk_person_state *then,
                             const kk_person_state *now, kk_fault *fault)
{
    kk_slice category = asked->figure.category, owner = asked->figure.owner;
    bool has_category = !category.len || kk_state_has_category(now, category) ||
                        (then && kk_state_has_category(then, category));
    bool has_owner =
        !owner.len || kk_state_has_owner(now, owner) || (then && kk_state_has_owner(then, owner));
    if (has_category && has_owner)
        return KK_OK;
    return kk_fail(fault, KK_NOT_FOUND, "no %s is called %.*s: `persons` lists them",
                   has_category ? "owner" : "category", KK_P(has_category ? owner : category));
}

static kk_status find(comparing *k, const kk_since *asked, kk_json *j, kk_fault *fault)
{
    const kk_reported *report = report_of(k->c->settings, asked->since);
    kk_kept_state kept;
    kk_person_state *then;
    kk_moment day;
    if (report) {
        kk_status status = check_names(asked, NULL, k->now, fault);
        if (status != KK_OK)
            return status;
        kk_json_cstr(j, "since", "reported");
        kk_json_time(j, "since_at", report->at.time);
        if (report->at.day_only)
            kk_json_text(j, "since_day", kk_day_text(k->c->arena, report->at.day));
        return compare_reported(k, report, asked, fault);
    }
    if (kk_is(asked->since, "reported"))
        return kk_fail(fault, KK_NOT_FOUND,
                       "no reported number: write what was reported under `reported` in case.yaml");
    if (kk_moment_read(asked->since, &k->c->settings->zone, &day))
        return kk_fail(fault, KK_NOT_FOUND,
                       "nothing with a number was reported on that day: see `reported` in "
                       "case.yaml; `persons --states` lists the counts that were kept");
    kk_status status = kk_case_state_named(k->c, asked->since, &kept, fault);
    if (status == KK_OK)
        status = kk_case_kept_persons(k->c, &kept, k->c->arena, &then, fault);
    if (status == KK_OK)
        status = check_names(asked, then, k->now, fault);
    if (status != KK_OK)
        return status;
    kk_json_text(j, "since", kept.state);
    kk_json_time(j, "since_at", kept.at);
    k->change.from = kk_state_counts(then, &k->change.figure);
    return compare(k, then, fault);
}

kk_status kk_case_since(kk_case *c, const kk_since *asked, kk_buffer *out, kk_fault *fault)
{
    comparing k = {.c = c, .decisions = c->settings->decisions};
    kk_json j = {.out = out};
    k.change = (kk_change){.arena = c->arena, .figure = asked->figure};
    k.answers = KK_NEW(c->arena, kk_answers);
    kk_status status = kk_case_answers(c, KK_NEEDS_PERSONS, k.answers, fault);
    if (status == KK_OK)
        status = kk_case_state_head(c, &k.head, fault);
    if (status != KK_OK)
        return status;
    k.now = kk_person_state_of(&k.answers->persons, &k.head, c->arena);
    kk_since named = *asked;
    named.figure.category = category_called(&k, asked->figure.category);
    k.change.figure = named.figure;
    kk_json_object(&j, NULL);
    status = kk_document_head(c, &j, fault);
    if (status == KK_OK)
        status = find(&k, &named, &j, fault);
    if (status != KK_OK)
        return status;
    k.change.to = kk_state_counts(k.now, &k.change.figure);
    kk_change_json(&j, &k.change);
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    return KK_OK;
}
