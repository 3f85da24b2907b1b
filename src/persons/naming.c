/* From what people call a thing to its content: a person's id to the hashes of the records that are the
 * person today, a path to the file's bytes. What is written down so finds its thing again when rows are
 * sorted, files renamed or evidence added. */
#include "persons/decided.h"

#include "base/hash.h"
#include "base/sorted.h"
#include "base/text.h"
#include "persons/looks.h"

#include <stdlib.h>

enum { RECORDS_MOST = 20000, SHOWN = 200 };

typedef struct {
    kk_store *store;
    const kk_persons *persons;
    const kk_identity_graph *g;
    const kk_person_words *words;
    kk_arena *arena;
    kk_decision *d;
    kk_fault *fault;
} naming;

static kk_status wrong(const naming *n, const char *what, kk_slice of)
{
    return kk_fail(n->fault, KK_INVALID, "cannot decide this: %s: %.*s", what,
                   KK_P(kk_part(of, 0, SHOWN)));
}

/* ---- records as text ---- */

static int by_text(const void *a, const void *b)
{
    return kk_compare(*(const kk_slice *)a, *(const kk_slice *)b);
}

/* The records of mentions, each once, in order, with blanks between them. */
static kk_slice records_text(const naming *n, const uint32_t *mentions, size_t count)
{
    kk_buffer text = {0};
    kk_slice *each = KK_NEW_ARRAY(n->arena, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        each[i] = decided_record_text(&n->g->mentions[mentions[i]], n->arena);
    if (count)
        qsort(each, count, sizeof *each, by_text);
    for (size_t i = 0; i < count; i++)
        if (!i || !kk_eq(each[i], each[i - 1])) {
            kk_put(&text, i ? KK_S(" ") : KK_NONE);
            kk_put(&text, each[i]);
        }
    kk_slice copy = kk_copy(n->arena, kk_buffer_slice(&text));
    kk_buffer_close(&text);
    return copy;
}

static void give_parts(naming *n, kk_slice *parts, size_t count)
{
    if (count)
        qsort(parts, count, sizeof *parts, by_text);
    n->d->parts = (kk_texts){parts, count};
}

static kk_slice *one_part(const naming *n, const uint32_t *mentions, size_t count)
{
    kk_slice *part = KK_NEW(n->arena, kk_slice);
    *part = records_text(n, mentions, count);
    return part;
}

/* ---- persons ---- */

typedef struct {
    uint32_t person;
    uint32_t *mentions;
    size_t count;
} named_person;

static kk_status find_person(const naming *n, kk_slice id, named_person *out)
{
    const kk_identity_graph *g = n->g;
    size_t capacity = 0;
    *out = (named_person){0};
    if (!kk_is_id(id, 'P'))
        return wrong(n, "this is no id of a person (P...), which `persons --list` shows", id);
    if (!person_by_id(g, id, &out->person))
        return wrong(n, "the case has no such person: `persons --list` shows their ids", id);
    for (uint32_t i = out->person; i < g->persons.count; i++)
        if (g->persons.probable[i] == out->person && is_somebody(&g->mentions[i])) {
            out->mentions =
                kk_grow(n->arena, out->mentions, &capacity, out->count + 1, sizeof(uint32_t));
            out->mentions[out->count++] = i;
        }
    if (out->count > RECORDS_MOST)
        return wrong(n, "more than 20,000 records are of this person: decide about their files",
                     id);
    return KK_OK;
}

static kk_status name_person(naming *n)
{
    named_person p;
    kk_status status = find_person(n, n->d->of, &p);
    if (status == KK_OK)
        give_parts(n, one_part(n, p.mentions, p.count), 1);
    return status;
}

static kk_status name_merge(naming *n)
{
    const kk_texts *ids = &n->words->ids;
    kk_slice *parts = KK_NEW_ARRAY(n->arena, kk_slice, ids->count);
    kk_slice *sorted = KK_NEW_ARRAY(n->arena, kk_slice, ids->count);
    uint32_t *persons = KK_NEW_ARRAY(n->arena, uint32_t, ids->count), owner = 0;
    if (ids->count < 2)
        return wrong(n, "merge wants two persons or more", n->d->of);
    for (size_t i = 0; i < ids->count; i++) {
        named_person p;
        kk_status status = find_person(n, ids->items[i], &p);
        if (status != KK_OK)
            return status;
        for (size_t k = 0; k < i; k++)
            if (persons[k] == p.person)
                return wrong(n, "these are one person already", ids->items[i]);
        uint32_t matched = n->g->tables[n->g->mentions[p.person].table].matched;
        if (i && matched != owner)
            n->d->as = KK_S("across-owners");
        owner = matched;
        persons[i] = p.person;
        parts[i] = records_text(n, p.mentions, p.count);
        sorted[i] = ids->items[i];
    }
    qsort(sorted, ids->count, sizeof *sorted, by_text);
    kk_slice of = sorted[0];
    for (size_t i = 1; i < ids->count; i++)
        of = kk_print(n->arena, "%.*s,%.*s", KK_P(of), KK_P(sorted[i]));
    n->d->of = of;
    give_parts(n, parts, ids->count);
    return KK_OK;
}

/* ---- files, tables and records ---- */

typedef struct {
    kk_slice evidence, path, file; /* file: SHA-256, empty if it was not hashed */
    size_t count;                  /* how many fit */
} place;

static kk_status find_file(const naming *n, kk_slice what, place *out)
{
    kk_rows *rows;
    kk_slice evidence = n->words->evidence;
    kk_status status = kk_ask(n->store, "persons_files", NULL, NULL, 0, &rows, n->fault);
    *out = (place){0};
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice label = kk_rows_text(rows, 1), path = kk_rows_text(rows, 2);
        kk_slice hash = kk_rows_text(rows, 3);
        if ((evidence.len && !kk_eq(label, evidence)) ||
            !(kk_eq(path, what) || (hash.len && kk_eq_nocase(hash, what))))
            continue;
        if (!out->count++)
            *out = (place){kk_copy(n->arena, label), kk_copy(n->arena, path),
                           kk_copy(n->arena, hash), 1};
    }
    return kk_rows_close(rows, n->fault);
}

/* The table with this path, UINT32_MAX for none; several of different evidences are told by *count. */
static uint32_t find_table(const kk_identity_graph *g, kk_slice evidence, kk_slice path,
                           size_t *count)
{
    uint32_t found = UINT32_MAX;
    *count = 0;
    for (uint32_t t = 0; t < g->table_count; t++) {
        const person_table *table = &g->tables[t];
        kk_slice label = g->files[table->file].label;
        if (!kk_eq(table->path, path) || (evidence.len && !kk_eq(label, evidence)))
            continue;
        found = (*count)++ ? found : t;
    }
    return found;
}

static const char several[] = "several evidences hold this: name one with --evidence LABEL";

size_t graph_record(const kk_identity_graph *g, kk_slice evidence, kk_slice what, kk_arena *arena,
                    uint32_t **mentions, bool *is_several)
{
    size_t colon = kk_rfind_byte(what, ':'), fits, count = 0;
    uint64_t record;
    *is_several = false;
    if (colon == KK_NOWHERE || !kk_to_u64(kk_from(what, colon + 1), &record))
        return 0;
    uint32_t t = find_table(g, evidence, kk_part(what, 0, colon), &fits);
    *is_several = fits > 1;
    if (fits != 1)
        return 0;
    const person_table *table = &g->tables[t];
    *mentions = KK_NEW_ARRAY(arena, uint32_t, table->count);
    for (size_t i = table->first; i < table->first + table->count; i++)
        if (g->mentions[i].record == record)
            (*mentions)[count++] = (uint32_t)i;
    return count;
}

static kk_status find_record(const naming *n, kk_slice what, uint32_t **mentions, size_t *count)
{
    bool is_several;
    *count = graph_record(n->g, n->words->evidence, what, n->arena, mentions, &is_several);
    return is_several ? wrong(n, several, what) : KK_OK;
}

static kk_status name_place(naming *n, bool file_only)
{
    kk_decision *d = n->d;
    kk_slice what = d->of, path = what;
    size_t fits;
    uint32_t t = file_only ? UINT32_MAX : find_table(n->g, n->words->evidence, what, &fits);
    if (t != UINT32_MAX && n->g->tables[t].name.len) {
        if (fits > 1)
            return wrong(n, several, what);
        d->table = n->g->tables[t].name;
        path = n->g->files[n->g->tables[t].file].path;
    }
    place found;
    kk_status status = find_file(n, path, &found);
    if (status != KK_OK || !found.count)
        return status;
    if (found.count > 1)
        return wrong(n, several, what);
    d->file = found.file;
    d->evidence = found.evidence;
    d->path = found.path;
    d->of = d->table.len ? what : found.path;
    return KK_OK;
}

static kk_status name_anything(naming *n)
{
    uint32_t *mentions = NULL;
    size_t count;
    kk_status status = name_place(n, false);
    if (status != KK_OK || n->d->path.len || n->d->kind == KK_DECIDE_OWNER ||
        n->d->kind == KK_DECIDE_CATEGORY)
        return status;
    status = find_record(n, n->d->of, &mentions, &count);
    if (status == KK_OK && count)
        give_parts(n, one_part(n, mentions, count), 1);
    return status;
}

/* ---- splits ---- */

static kk_status mark_named(const naming *n, const named_person *p, uint32_t *part)
{
    for (size_t i = 0; i < n->words->records.count; i++) {
        kk_slice what = n->words->records.items[i];
        uint32_t *mentions = NULL;
        size_t count, met = 0;
        kk_status status = find_record(n, what, &mentions, &count);
        if (status != KK_OK)
            return status;
        for (size_t k = 0; k < p->count; k++)
            for (size_t m = 0; m < count; m++)
                if (p->mentions[k] == mentions[m])
                    part[k] = 1, met++;
        if (!met)
            return wrong(n, "the person has no such record (PATH:RECORD)", what);
    }
    return KK_OK;
}

static uint32_t index_in(const named_person *p, uint32_t mention)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, p->count, p->mentions[low] < mention);
    return low < p->count && p->mentions[low] == mention ? (uint32_t)low : UINT32_MAX;
}

static void bring_together(uint32_t *part, uint32_t a, uint32_t b)
{
    if (a == UINT32_MAX || b == UINT32_MAX)
        return;
    uint32_t x = person_of(part, a), y = person_of(part, b);
    part[x > y ? x : y] = x > y ? y : x;
}

/* What stays together without the joins of one rule: by other rules and by earlier decisions. */
static kk_status part_by_rule(const naming *n, const named_person *p, uint32_t *part)
{
    const identity *all = &n->g->persons;
    unsigned rule = 0;
    while (rule < KK_RULES && !kk_is(n->d->rule, kk_rules[rule].name))
        rule++;
    if (rule == KK_RULES)
        return wrong(n, "no rule has this name: `explain` of the person shows them", n->d->rule);
    for (size_t i = 0; i < p->count; i++)
        part[i] = (uint32_t)i;
    for (size_t i = 0; i < all->edge_count; i++)
        if (all->edges[i].strength <= KK_STRENGTH_PROBABLE && all->edges[i].rule != rule &&
            all->probable[all->edges[i].a] == p->person)
            bring_together(part, index_in(p, all->edges[i].a), index_in(p, all->edges[i].b));
    for (size_t i = 1; i < all->ruling_count; i++) {
        const ruling *a = &all->rulings[i - 1], *b = &all->rulings[i];
        if (!a->is_apart && a->decision == b->decision && a->part == b->part)
            bring_together(part, index_in(p, a->mention), index_in(p, b->mention));
    }
    for (size_t i = 0; i < p->count; i++)
        part[i] = person_of(part, (uint32_t)i);
    return KK_OK;
}

/* Members of a person as they are parted. */
typedef struct {
    const kk_identity_graph *g;
    uint32_t mention, part;
} member;

static int by_content(const void *a, const void *b)
{
    const member *x = a, *y = b;
    const person_mention *m = &x->g->mentions[x->mention], *o = &y->g->mentions[y->mention];
    if (m->content != o->content)
        return m->content < o->content ? -1 : 1;
    if (m->slot != o->slot)
        return m->slot < o->slot ? -1 : 1;
    return (x->part < y->part) - (x->part > y->part);
}

static int by_part(const void *a, const void *b)
{
    const member *x = a, *y = b;
    return (x->part > y->part) - (x->part < y->part);
}

/* Records that say the same cannot be told apart: where one is named, all are; where a rule is taken
 * away, they hold together what they are in. */
static void join_equal(member *members, size_t count, uint32_t *together)
{
    qsort(members, count, sizeof *members, by_content);
    for (size_t i = 1; i < count; i++) {
        const person_mention *m = &members[i].g->mentions[members[i].mention];
        const person_mention *before = &members[i].g->mentions[members[i - 1].mention];
        if (m->content != before->content || m->slot != before->slot)
            continue;
        if (together)
            bring_together(together, members[i].part, members[i - 1].part);
        else
            members[i].part = members[i - 1].part;
    }
    for (size_t i = 0; i < count && together; i++)
        members[i].part = person_of(together, members[i].part);
    qsort(members, count, sizeof *members, by_part);
}

static size_t parts_of(const naming *n, const member *members, size_t count, kk_slice *parts)
{
    uint32_t *mentions = KK_NEW_ARRAY(n->arena, uint32_t, count);
    size_t found = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && members[end].part == members[i].part; end++)
            mentions[end - i] = members[end].mention;
        parts[found++] = records_text(n, mentions, end - i);
    }
    return found;
}

static kk_status name_split(naming *n)
{
    named_person p;
    bool by_rule = n->d->rule.len > 0;
    kk_status status = find_person(n, n->d->of, &p);
    if (status == KK_OK && by_rule == (n->words->records.count > 0))
        return wrong(n, "split wants --record PATH:RECORD or --rule RULE", n->d->of);
    uint32_t *part = KK_NEW_ARRAY(n->arena, uint32_t, p.count);
    if (status == KK_OK)
        status = by_rule ? part_by_rule(n, &p, part) : mark_named(n, &p, part);
    if (status != KK_OK)
        return status;
    member *members = KK_NEW_ARRAY(n->arena, member, p.count);
    for (size_t i = 0; i < p.count; i++)
        members[i] = (member){n->g, p.mentions[i], part[i]};
    join_equal(members, p.count, by_rule ? part : NULL);
    kk_slice *parts = KK_NEW_ARRAY(n->arena, kk_slice, p.count);
    size_t count = parts_of(n, members, p.count, parts);
    if (count < 2)
        return wrong(n,
                     by_rule ? "without this rule the person stays one"
                             : "nothing is left of the person, or what is left says the same",
                     n->d->of);
    give_parts(n, parts, count);
    return KK_OK;
}

/* ---- what is given ---- */

static bool has_owner(const naming *n, kk_slice party)
{
    for (size_t i = 0; i < n->persons->owner_count; i++)
        if (kk_eq(n->persons->owners[i].name, party))
            return true;
    return false;
}

static bool has_category(const naming *n, kk_slice name)
{
    for (size_t i = 0; i < n->persons->category_count; i++)
        if (kk_eq(n->persons->categories[i].name, name))
            return true;
    for (size_t i = 0; i < LOOKS; i++)
        if (kk_is(name, looks[i].name))
            return true;
    return false;
}

static kk_status name_owners(naming *n)
{
    kk_slice rest = n->d->of, name;
    kk_slice *each = KK_NEW_ARRAY(n->arena, kk_slice, rest.len + 1);
    size_t count = 0;
    if (kk_is(rest, "all"))
        return KK_OK;
    while (kk_split(&rest, ',', &name)) {
        each[count++] = kk_trim(name);
        if (!has_owner(n, kk_trim(name)))
            return wrong(n, "no data of such an owner: `persons` shows them under by_owner", name);
    }
    qsort(each, count, sizeof *each, by_text);
    n->d->of = each[0];
    for (size_t i = 1; i < count; i++) {
        if (kk_eq(each[i], each[i - 1]))
            return wrong(n, "this owner is named twice", each[i]);
        n->d->of = kk_print(n->arena, "%.*s,%.*s", KK_P(n->d->of), KK_P(each[i]));
    }
    return count > 1 ? KK_OK : wrong(n, "match-across-owners wants two owners, or all", n->d->of);
}

static const char *wrong_value(const naming *n)
{
    kk_slice as = n->d->as;
    bool is_exposure = kk_is(as, "left") || kk_is(as, "reachable") || kk_is(as, "none");
    switch (n->d->kind) {
    case KK_DECIDE_CATEGORY:
        return has_category(n, as) ? NULL : "--as wants a category of the case";
    case KK_DECIDE_OWNER:
        return has_owner(n, as) || kk_is(as, "self") || kk_party_by_id(n->g->settings, as)
                   ? NULL
                   : "--as wants the id of a party of case.yaml, or self";
    case KK_DECIDE_EXPOSURE:
        return is_exposure ? NULL : "--as wants left, reachable or none";
    default:
        return as.len ? "--as is for category, owner and exposure" : NULL;
    }
}

static kk_status name_it(naming *n)
{
    kk_decision *d = n->d;
    bool is_person = kk_is_id(d->of, 'P');
    switch (d->kind) {
    case KK_DECIDE_MERGE:
        return name_merge(n);
    case KK_DECIDE_SPLIT:
        return name_split(n);
    case KK_DECIDE_MATCH:
        return name_owners(n);
    case KK_DECIDE_EXPOSURE:
        return name_place(n, true);
    case KK_DECIDE_OWNER:
        return name_anything(n);
    default:
        return is_person ? name_person(n) : name_anything(n);
    }
}

kk_status kk_person_decision_name(kk_store *store, const kk_persons *persons,
                                  const kk_person_words *words, kk_arena *arena,
                                  kk_decision *decision, kk_fault *fault)
{
    naming n = {store, persons, persons->graph, words, arena, decision, fault};
    const char *value = wrong_value(&n);
    if (value)
        return wrong(&n, value, decision->as);
    kk_status status = name_it(&n);
    if (status == KK_OK && !kk_decision_is_on_persons(decision))
        return wrong(&n,
                     "the case has no such rule, detection, person, file, table or record: "
                     "`detections`, `persons --list` and `persons` show them",
                     decision->of);
    return status;
}
