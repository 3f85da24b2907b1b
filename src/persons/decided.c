#include "persons/decided.h"

#include "base/hash.h"
#include "base/sorted.h"

#include <stdlib.h>

kk_slice decided_record_text(const person_mention *m, kk_arena *arena)
{
    return kk_print(arena, "%016llx.%u", (unsigned long long)m->content, m->slot);
}

/* ---- records ---- */

static int by_record(const void *a, const void *b)
{
    const decided_record *x = a, *y = b;
    if (x->content != y->content)
        return x->content < y->content ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return (x->decision > y->decision) - (x->decision < y->decision);
}

static void read_records(struct decided *d, kk_arena *arena, size_t *capacity, uint32_t decision)
{
    const kk_texts *parts = &d->all->items[decision].parts;
    for (size_t part = 0; part < parts->count; part++) {
        kk_slice rest = parts->items[part], word, content;
        while (kk_split(&rest, ' ', &word)) {
            decided_record r = {.decision = decision, .part = (uint32_t)part};
            uint64_t slot = 0;
            if (!kk_split(&word, '.', &content) || !kk_hex_to_u64(content, &r.content) ||
                !kk_to_u64(word, &slot))
                continue;
            r.slot = (uint32_t)slot;
            d->records = kk_grow(arena, d->records, capacity, d->record_count + 1, sizeof r);
            d->records[d->record_count++] = r;
        }
    }
}

/* Those about a mention follow each other from here on; NULL if there is none. */
static const decided_record *records_of(const struct decided *d, const person_mention *m)
{
    size_t low = 0;
    decided_record wanted = {.content = m->content, .slot = m->slot};
    KK_LOWER_BOUND(low, d->record_count, by_record(&d->records[low], &wanted) < 0);
    if (low == d->record_count)
        return NULL;
    const decided_record *r = &d->records[low];
    return r->content == m->content && r->slot == m->slot ? r : NULL;
}

static const decided_record *next_record(const struct decided *d, const decided_record *r)
{
    const decided_record *next = r + 1;
    return next < d->records + d->record_count && next->content == r->content &&
                   next->slot == r->slot
               ? next
               : NULL;
}

/* ---- files ---- */

/* A decision by the hash of what it is looked for by. */
typedef struct {
    uint64_t hash;
    uint32_t decision;
} wanted_file;

typedef enum { AT_ITS_PLACE = 1, SAME_BYTES, BOTH } likeness;
typedef struct {
    decided_item it;
    likeness like;
} found_file;

typedef struct {
    struct decided *d;
    kk_arena *arena;
    wanted_file *wanted;
    size_t wanted_count;
    found_file *found;
    size_t found_count, capacity;
    likeness *best; /* of each decision */
    /* Files that were met and may hold the next ones: what is inside comes right behind. */
    struct met_file {
        kk_slice label, path;
        uint32_t decision;
        likeness like;
    } * around;
    size_t around_count, around_capacity;
} file_search;

static int by_hash(const void *a, const void *b)
{
    const wanted_file *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static void note_file(file_search *s, uint32_t decision, uint64_t item, likeness like)
{
    s->found = kk_grow(s->arena, s->found, &s->capacity, s->found_count + 1, sizeof *s->found);
    s->found[s->found_count++] = (found_file){{item, decision}, like};
    if (like > s->best[decision])
        s->best[decision] = like;
}

static void remember_around(file_search *s, const kk_rows *rows, uint32_t decision, likeness like)
{
    s->around =
        kk_grow(s->arena, s->around, &s->around_capacity, s->around_count + 1, sizeof *s->around);
    s->around[s->around_count++] =
        (struct met_file){kk_copy(s->arena, kk_rows_text(rows, 1)),
                          kk_copy(s->arena, kk_rows_text(rows, 2)), decision, like};
}

/* What is inside of a file that is decided about is decided with it. */
static void look_around(file_search *s, const kk_rows *rows)
{
    kk_slice label = kk_rows_text(rows, 1), path = kk_rows_text(rows, 2);
    size_t kept = 0;
    for (size_t i = 0; i < s->around_count; i++) {
        const struct met_file *f = &s->around[i];
        if (!kk_eq(f->label, label) || !kk_starts(path, f->path) ||
            !kk_starts(kk_from(path, f->path.len), KK_S("!/")))
            continue;
        note_file(s, f->decision, kk_rows_u64(rows, 0), f->like);
        s->around[kept++] = *f;
    }
    s->around_count = kept;
}

/* A file is met by its place first; by its bytes only where its place did not tell. */
static void look_at_file(file_search *s, kk_slice key, bool is_place, const kk_rows *rows)
{
    wanted_file wanted = {.hash = kk_hash_quick(key)};
    size_t low = 0;
    KK_LOWER_BOUND(low, s->wanted_count, s->wanted[low].hash < wanted.hash);
    for (; low < s->wanted_count && s->wanted[low].hash == wanted.hash; low++) {
        const kk_decision *d = &s->d->all->items[s->wanted[low].decision];
        bool place =
            kk_eq(d->path, kk_rows_text(rows, 2)) && kk_eq(d->evidence, kk_rows_text(rows, 1));
        bool bytes = d->file.len && kk_eq(d->file, kk_rows_text(rows, 3));
        likeness like = place && bytes ? BOTH : place ? AT_ITS_PLACE : SAME_BYTES;
        if (!(is_place ? place : bytes && !place))
            continue;
        note_file(s, s->wanted[low].decision, kk_rows_u64(rows, 0), like);
        if (!d->table.len)
            remember_around(s, rows, s->wanted[low].decision, like);
    }
}

static int by_item(const void *a, const void *b)
{
    const decided_item *x = a, *y = b;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    return (x->decision > y->decision) - (x->decision < y->decision);
}

static void keep_file(struct decided *d, const decided_item *found)
{
    d->items[d->item_count++] = *found;
    if (!d->all->items[found->decision].table.len)
        d->outcomes[found->decision].is_found = true;
}

static void keep_best(file_search *s, kk_arena *arena)
{
    struct decided *d = s->d;
    d->items = KK_NEW_ARRAY(arena, decided_item, s->found_count);
    for (size_t i = 0; i < s->found_count; i++)
        if (s->found[i].like == s->best[s->found[i].it.decision])
            keep_file(d, &s->found[i].it);
    if (d->item_count)
        qsort(d->items, d->item_count, sizeof *d->items, by_item);
}

static void want_files(file_search *s)
{
    const kk_decisions *all = s->d->all;
    s->wanted = KK_NEW_ARRAY(s->arena, wanted_file, 2 * all->count);
    s->best = KK_NEW_ARRAY(s->arena, likeness, all->count);
    for (size_t i = 0; i < all->count; i++) {
        const kk_decision *d = &all->items[i];
        if (!s->d->outcomes[i].decision || !d->path.len)
            continue;
        s->wanted[s->wanted_count++] = (wanted_file){kk_hash_quick(d->path), (uint32_t)i};
        if (d->file.len)
            s->wanted[s->wanted_count++] = (wanted_file){kk_hash_quick(d->file), (uint32_t)i};
    }
    if (s->wanted_count)
        qsort(s->wanted, s->wanted_count, sizeof *s->wanted, by_hash);
}

static kk_status find_files(struct decided *d, kk_store *store, kk_arena *arena, kk_fault *fault)
{
    file_search s = {.d = d, .arena = kk_arena_open()};
    kk_rows *rows;
    kk_status status = KK_OK;
    want_files(&s);
    if (s.wanted_count)
        status = kk_ask(store, "persons_files", NULL, NULL, 0, &rows, fault);
    if (s.wanted_count && status == KK_OK) {
        while (kk_rows_next(rows)) {
            look_around(&s, rows);
            look_at_file(&s, kk_rows_text(rows, 2), true, rows);
            if (kk_rows_text(rows, 3).len)
                look_at_file(&s, kk_rows_text(rows, 3), false, rows);
        }
        status = kk_rows_close(rows, fault);
    }
    keep_best(&s, arena);
    kk_arena_close(s.arena);
    return status;
}

/* ---- all of them ---- */

kk_status decided_read(kk_identity_graph *g, kk_store *store, kk_fault *fault)
{
    const kk_decisions *all = g->settings->decisions;
    struct decided *d = KK_NEW(g->arena, struct decided);
    size_t capacity = 0, count = 0;
    d->all = all;
    d->outcomes = KK_NEW_ARRAY(g->arena, kk_person_decision, all ? all->count : 0);
    for (size_t i = 0; all && i < all->count; i++) {
        const kk_decision *one = &all->items[i];
        if (!kk_decision_holds(one) || !kk_decision_is_on_persons(one))
            continue;
        d->outcomes[i].decision = one;
        d->on_persons = d->on_persons || kk_is_id(one->of, 'P');
        read_records(d, g->arena, &capacity, (uint32_t)i);
        count++;
    }
    if (!count)
        return KK_OK;
    if (d->record_count)
        qsort(d->records, d->record_count, sizeof *d->records, by_record);
    d->categories = KK_NEW_ARRAY(g->arena, uint32_t, all->count);
    memset(d->categories, 0xff, all->count * sizeof *d->categories);
    g->decided = d;
    return find_files(d, store, g->arena, fault);
}

static size_t first_of_item(const struct decided *d, uint64_t item)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, d->item_count, d->items[low].item < item);
    return low;
}

static bool is_of(const kk_decision *d, kk_decision_kind kind)
{
    return d->kind == kind || (kind == KK_DECIDE_EXCLUDE && d->kind == KK_DECIDE_INCLUDE);
}

/* The number of the last one, UINT32_MAX if there is none; `t` NULL: of the item as a whole. */
static uint32_t last_of(const kk_identity_graph *g, uint64_t item, const person_table *t,
                        kk_decision_kind kind)
{
    const struct decided *d = g->decided;
    uint32_t last = UINT32_MAX;
    if (!d)
        return last;
    for (size_t k = first_of_item(d, item); k < d->item_count && d->items[k].item == item; k++) {
        uint32_t number = d->items[k].decision;
        const kk_decision *one = &d->all->items[number];
        if (!is_of(one, kind) || (one->table.len && !(t && kk_eq(t->name, one->table))))
            continue;
        d->outcomes[number].is_found = d->outcomes[number].holds = true;
        if (last != UINT32_MAX && last != number)
            d->outcomes[last].overruled_by = one;
        last = number;
    }
    return last;
}

static const kk_decision *numbered(const kk_identity_graph *g, uint32_t number)
{
    return number == UINT32_MAX ? NULL : &g->decided->all->items[number];
}

const kk_decision *decided_of_table(const kk_identity_graph *g, const person_table *t,
                                    kk_decision_kind kind)
{
    return numbered(g, last_of(g, g->files[t->file].item, t, kind));
}

const kk_decision *decided_of_item(const kk_identity_graph *g, uint64_t item, kk_decision_kind kind)
{
    return numbered(g, last_of(g, item, NULL, kind));
}

/* ---- owners ---- */

static uint32_t owner_named(const kk_persons *out, kk_slice party)
{
    uint32_t i = 0;
    while (i < out->owner_count && !kk_eq(out->owners[i].name, party))
        i++;
    return i < out->owner_count ? i : UINT32_MAX;
}

static void match_owners(uint32_t *matched, const kk_persons *out, kk_person_decision *outcome)
{
    kk_slice rest = outcome->decision->of, name;
    bool all = kk_is(rest, "all");
    uint32_t first = UINT32_MAX;
    for (uint32_t i = 1; all && i < out->owner_count; i++)
        matched[person_of(matched, i)] = 0;
    outcome->is_found = outcome->holds = all;
    while (!all && kk_split(&rest, ',', &name)) {
        uint32_t at = owner_named(out, kk_trim(name));
        if (at == UINT32_MAX)
            continue;
        at = person_of(matched, at);
        if (first != UINT32_MAX) {
            matched[at > first ? at : first] = at > first ? first : at;
            outcome->is_found = outcome->holds = true;
        }
        first = person_of(matched, at);
    }
}

void decided_tables(kk_identity_graph *g, const kk_persons *out)
{
    struct decided *d = g->decided;
    uint32_t *matched = KK_NEW_ARRAY(g->arena, uint32_t, out->owner_count);
    for (uint32_t i = 0; i < out->owner_count; i++)
        matched[i] = i;
    for (size_t i = 0; d && i < d->all->count; i++)
        if (d->outcomes[i].decision && d->all->items[i].kind == KK_DECIDE_MATCH)
            match_owners(matched, out, &d->outcomes[i]);
    for (size_t i = 0; i < g->table_count; i++) {
        person_table *t = &g->tables[i];
        t->matched = person_of(matched, t->owner);
        t->left_out = 1 + last_of(g, g->files[t->file].item, t, KK_DECIDE_EXCLUDE);
    }
}

/* ---- mentions ---- */

/* Decisions of single records, and those that bring persons back, also out of a file that is left out. */
bool decided_leaves_out(const kk_identity_graph *g, const person_mention *m)
{
    const struct decided *d = g->decided;
    uint32_t last = d ? g->tables[m->table].left_out : 0;
    for (const decided_record *r = d ? records_of(d, m) : NULL; r; r = next_record(d, r)) {
        const kk_decision *one = &d->all->items[r->decision];
        bool counts = one->kind == KK_DECIDE_INCLUDE ||
                      (one->kind == KK_DECIDE_EXCLUDE && !kk_is_id(one->of, 'P'));
        if (counts && r->decision + 1 > last)
            last = r->decision + 1;
    }
    return last && d->all->items[last - 1].kind == KK_DECIDE_EXCLUDE;
}

static int by_decision(const void *a, const void *b)
{
    const ruling *x = a, *y = b;
    if (x->decision != y->decision)
        return x->decision < y->decision ? -1 : 1;
    return (x->mention > y->mention) - (x->mention < y->mention);
}

/* A merge joins the records of each owner for themselves, unless it was made of persons of several. */
static uint32_t merged_part(const kk_decision *d, const person_table *t)
{
    return kk_is(d->as, "across-owners") ? 0 : t->matched;
}

void decided_rulings(kk_identity_graph *g)
{
    struct decided *d = g->decided;
    ruling *rulings = NULL;
    size_t count = 0, capacity = 0;
    if (!d)
        return;
    g->persons.outcomes = KK_NEW_ARRAY(g->arena, ruling_outcome, d->all->count);
    for (size_t i = 0; i < d->all->count; i++)
        g->persons.outcomes[i].overruled_by = RULED_BY_NONE;
    for (size_t i = 0; i < g->persons.count && d->record_count; i++) {
        const person_mention *m = &g->mentions[i];
        for (const decided_record *r = records_of(d, m); r; r = next_record(d, r)) {
            const kk_decision *one = &d->all->items[r->decision];
            bool is_apart = one->kind == KK_DECIDE_SPLIT;
            d->outcomes[r->decision].is_found = true;
            if (!is_somebody(m) || !(is_apart || one->kind == KK_DECIDE_MERGE))
                continue;
            rulings = kk_grow(g->arena, rulings, &capacity, count + 1, sizeof *rulings);
            rulings[count++] =
                (ruling){r->decision, is_apart ? r->part : merged_part(one, &g->tables[m->table]),
                         (uint32_t)i, is_apart};
        }
    }
    if (count)
        qsort(rulings, count, sizeof *rulings, by_decision);
    g->persons.rulings = rulings;
    g->persons.ruling_count = count;
}

/* ---- whole persons ---- */

typedef struct {
    uint32_t left_out, category; /* 1 + the last decision about the person */
} person_said;

static void hear(struct decided *d, person_said *said, const decided_record *r)
{
    const kk_decision *one = &d->all->items[r->decision];
    bool on_figures = one->kind == KK_DECIDE_EXCLUDE || one->kind == KK_DECIDE_INCLUDE;
    bool on_category = one->kind == KK_DECIDE_CATEGORY && d->categories[r->decision] != UINT32_MAX;
    uint32_t *last = on_figures ? &said->left_out : on_category ? &said->category : NULL;
    if (!last || !kk_is_id(one->of, 'P'))
        return;
    d->outcomes[r->decision].holds = true;
    if (*last && *last != r->decision + 1) {
        uint32_t earlier = *last - 1 < r->decision ? *last - 1 : r->decision;
        d->outcomes[earlier].overruled_by = &d->all->items[*last - 1 + r->decision - earlier];
    }
    if (*last < r->decision + 1)
        *last = r->decision + 1;
}

static void settle_outcomes(kk_identity_graph *g)
{
    struct decided *d = g->decided;
    for (size_t i = 0; i < d->all->count; i++) {
        const ruling_outcome *o = &g->persons.outcomes[i];
        const kk_decision *one = d->outcomes[i].decision;
        if (!one)
            continue;
        if (one->kind == KK_DECIDE_MERGE || one->kind == KK_DECIDE_SPLIT) {
            d->outcomes[i].holds = o->holds;
            d->outcomes[i].overruled_by = numbered(g, o->overruled_by);
        } else if (one->parts.count && !kk_is_id(one->of, 'P')) {
            d->outcomes[i].holds = d->outcomes[i].is_found;
        }
        if (one->kind == KK_DECIDE_CATEGORY && d->categories[i] == UINT32_MAX)
            d->outcomes[i].is_found = d->outcomes[i].holds = false;
    }
}

void decided_persons(kk_identity_graph *g)
{
    struct decided *d = g->decided;
    const uint32_t *of = g->persons.probable;
    if (!d)
        return;
    settle_outcomes(g);
    if (!d->on_persons)
        return;
    kk_arena *scratch = kk_arena_open();
    person_said *said = KK_NEW_ARRAY(scratch, person_said, g->persons.count);
    for (size_t i = 0; i < g->persons.count; i++)
        for (const decided_record *r = is_somebody(&g->mentions[i]) ? records_of(d, &g->mentions[i])
                                                                    : NULL;
             r; r = next_record(d, r))
            hear(d, &said[of[i]], r);
    for (size_t i = 0; i < g->persons.count; i++) {
        const person_said *s = &said[of[i]];
        person_mention *m = &g->mentions[i];
        if (!is_somebody(m))
            continue;
        if (s->left_out && d->all->items[s->left_out - 1].kind == KK_DECIDE_EXCLUDE)
            m->left_out = PERSON_LEFT_OUT;
        if (s->category)
            m->category = (uint16_t)(1 + d->categories[s->category - 1]);
    }
    kk_arena_close(scratch);
}

bool decided_names(const kk_identity_graph *g, const person_mention *m, uint32_t decision)
{
    const struct decided *d = g->decided;
    const person_table *t = &g->tables[m->table];
    uint64_t item = g->files[t->file].item;
    const kk_decision *one = &d->all->items[decision];
    for (const decided_record *r = records_of(d, m); r; r = next_record(d, r))
        if (r->decision == decision)
            return true;
    for (size_t k = first_of_item(d, item); k < d->item_count && d->items[k].item == item; k++)
        if (d->items[k].decision == decision && (!one->table.len || kk_eq(one->table, t->name)))
            return true;
    return false;
}

/* ---- exposure ---- */

static bool is_judged(const kk_identity_graph *g, uint64_t item, bool left)
{
    const kk_decision *d = decided_of_item(g, item, KK_DECIDE_EXPOSURE);
    return d && (kk_is(d->as, "left") || (!left && kk_is(d->as, "reachable")));
}

/* The items of a list without those that were decided about, and with those that were decided so. */
static size_t judged_list(const kk_identity_graph *g, const uint64_t *keys, size_t count, bool left,
                          uint64_t **out)
{
    const struct decided *d = g->decided;
    size_t kept = 0, k = 0;
    *out = KK_NEW_ARRAY(g->arena, uint64_t, count + d->item_count);
    for (size_t i = 0; i < count || k < d->item_count;) {
        bool listed = k == d->item_count || (i < count && keys[i] < d->items[k].item);
        uint64_t item = listed ? keys[i] : d->items[k].item;
        bool was = listed || (i < count && keys[i] == item);
        bool decided = decided_of_item(g, item, KK_DECIDE_EXPOSURE) != NULL;
        if (decided ? is_judged(g, item, left) : was)
            (*out)[kept++] = item;
        i += was;
        while (k < d->item_count && d->items[k].item == item)
            k++;
    }
    return kept;
}

kk_reach decided_reach(const kk_identity_graph *g, const kk_reach *reach)
{
    kk_reach judged = *reach;
    uint64_t *left, *reachable;
    if (!g->decided || !g->decided->item_count)
        return judged;
    judged.left_count = judged_list(g, reach->left, reach->left_count, true, &left);
    judged.reachable_count =
        judged_list(g, reach->reachable, reach->reachable_count, false, &reachable);
    judged.left = left;
    judged.reachable = reachable;
    return judged;
}

void decided_list(const kk_identity_graph *g, kk_persons *out)
{
    const struct decided *d = g->decided;
    if (!d)
        return;
    out->decisions = KK_NEW_ARRAY(g->arena, kk_person_decision, d->all->count);
    for (size_t i = 0; i < d->all->count; i++)
        if (d->outcomes[i].decision)
            out->decisions[out->decision_count++] = d->outcomes[i];
}
