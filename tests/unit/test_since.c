/* Kept states and the change between two: random cases are changed at random in every way that a real
 * one changes; each step is held against a judge that knows the documented order and counts anew, slowly,
 * after each. Ids: who keeps which. */
#include "tests/unit/test.h"

#include "persons/state_i.h"

#include <stdlib.h>

enum { ROUNDS = 400, FILES_MOST = 7, ROWS_MOST = 9, CATEGORIES = 3, OWNERS = 2 };

static uint64_t seed;

static uint32_t below(uint32_t most)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return most ? (uint32_t)(seed >> 33) % most : 0;
}

/* ---- cases ---- */

/* A mention by its place, with all that a case knows of it. */
typedef struct {
    uint32_t file, table, record, slot;
    uint8_t standing;
    bool captured;
    uint64_t content;
    uint32_t person[PARTITIONS_KEPT]; /* labels; possible is the widest */
} row;

typedef struct {
    kk_arena *arena;
    row *rows;
    size_t count, capacity;
    uint32_t category[FILES_MOST * 2], owner[FILES_MOST * 2]; /* of file and table */
    exposure_kind exposure[FILES_MOST];
    bool damaged[FILES_MOST];
} made_case;

static uint32_t any_category(void)
{
    return below(CATEGORIES);
}

static void add_row(made_case *c, uint32_t file, uint32_t table, uint32_t record, uint32_t slot)
{
    static const uint8_t standings[] = {KK_COUNTS,         KK_COUNTS,          KK_COUNTS,
                                        KK_COUNTS,         KK_COUNTS,          KK_IS_DECEASED,
                                        KK_IS_PLACEHOLDER, KK_IS_ORGANISATION, KK_NOT_IDENTIFIED};
    c->rows = kk_grow(c->arena, c->rows, &c->capacity, c->count + 1, sizeof *c->rows);
    row *r = &c->rows[c->count++];
    *r = (row){.file = file,
               .table = table,
               .record = record,
               .slot = slot,
               .standing = standings[below(9)],
               .captured = below(6) == 0,
               .content = below(12) + 1};
    r->person[PARTITION_POSSIBLE] = below(10);
    r->person[PARTITION_PROBABLE] = r->person[PARTITION_POSSIBLE] * 4 + below(2);
    r->person[PARTITION_CERTAIN] = r->person[PARTITION_PROBABLE] * 4 + below(2);
}

static void add_file(made_case *c, uint32_t file)
{
    for (uint32_t table = 0; table < 1 + below(2); table++)
        for (uint32_t record = 1; record <= below(ROWS_MOST); record++)
            for (uint32_t slot = 0; slot < 1 + below(4) / 3; slot++)
                add_row(c, file, table, record, slot);
    c->exposure[file] = (exposure_kind)below(3);
    c->damaged[file] = below(3) == 0;
    for (uint32_t table = 0; table < 2; table++) {
        c->category[2 * file + table] = any_category();
        c->owner[2 * file + table] = below(OWNERS);
    }
}

static int by_place(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

/* People are joined, torn apart, read otherwise; files come and go. */
static made_case changed(const made_case *before)
{
    made_case c = *before;
    uint32_t gone = below(FILES_MOST + 3), come = below(FILES_MOST + 3);
    bool people = below(3) > 0, rows = below(3) > 0, standings = below(3) > 0;
    c.rows = NULL;
    c.count = c.capacity = 0;
    for (size_t i = 0; i < before->count; i++) {
        row r = before->rows[i];
        if (r.file == gone || r.file == come || (rows && below(8) == 0))
            continue;
        if (standings && below(6) == 0)
            r.standing = (uint8_t)below(KK_STANDINGS);
        if (below(9) == 0)
            r.captured = !r.captured;
        if (people && below(4) == 0) {
            r.person[PARTITION_POSSIBLE] = below(10);
            r.person[PARTITION_PROBABLE] = r.person[PARTITION_POSSIBLE] * 4 + below(3);
            r.person[PARTITION_CERTAIN] = r.person[PARTITION_PROBABLE] * 4 + below(3);
        }
        c.rows = kk_grow(c.arena, c.rows, &c.capacity, c.count + 1, sizeof r);
        c.rows[c.count++] = r;
        if (rows && below(8) == 0)
            add_row(&c, r.file, r.table, r.record, r.slot + 2);
    }
    if (come < FILES_MOST)
        add_file(&c, come);
    for (uint32_t i = 0; i < FILES_MOST; i++)
        if (below(3) == 0)
            c.exposure[i] = (exposure_kind)below(3);
    for (uint32_t i = 0; i < 2 * FILES_MOST; i++) {
        if (below(4) == 0)
            c.category[i] = any_category();
        if (below(8) == 0)
            c.owner[i] = below(OWNERS);
    }
    if (c.count)
        qsort(c.rows, c.count, sizeof *c.rows, by_place);
    return c;
}

static made_case new_case(kk_arena *arena)
{
    made_case c = {.arena = arena};
    for (uint32_t file = 0; file < FILES_MOST; file++)
        if (below(3))
            add_file(&c, file);
    if (c.count)
        qsort(c.rows, c.count, sizeof *c.rows, by_place);
    return c;
}

/* ---- as the program has it ---- */

static kk_capture capture; /* of everything: which records it took is theirs to say */
static kk_case_settings settings = {.captures = {&capture, 1}};

static uint32_t *partition(const made_case *c, int which)
{
    uint32_t *of = KK_NEW_ARRAY(c->arena, uint32_t, c->count);
    for (size_t i = 0; i < c->count; i++) {
        size_t k = 0;
        while (k < i && (!is_somebody(&(person_mention){.standing = c->rows[k].standing}) ||
                         c->rows[k].person[which] != c->rows[i].person[which]))
            k++;
        bool counts = is_somebody(&(person_mention){.standing = c->rows[i].standing});
        of[i] = counts ? (uint32_t)k : (uint32_t)i;
    }
    return of;
}

static void put_mention(kk_identity_graph *g, const made_case *c, const row *r)
{
    const row *before = g->persons.count ? r - 1 : NULL;
    if (!before || before->file != r->file) {
        g->files[g->file_count++] = (person_file){.item = 1000 - r->file,
                                                  .label = KK_S("E"),
                                                  .path = kk_print(c->arena, "file%u.csv", r->file),
                                                  .exposure = c->exposure[r->file],
                                                  .damage = c->damaged[r->file] ? "case" : NULL,
                                                  .first_table = (uint32_t)g->table_count};
    }
    if (!before || before->file != r->file || before->table != r->table) {
        g->tables[g->table_count++] =
            (person_table){.file = (uint32_t)g->file_count - 1,
                           .name = kk_print(c->arena, "t%u", r->table),
                           .category = c->category[2 * r->file + r->table],
                           .present = c->category[2 * r->file + r->table],
                           .owner = c->owner[2 * r->file + r->table],
                           .first = g->persons.count};
        g->files[g->file_count - 1].table_count++;
    }
    g->tables[g->table_count - 1].count++;
    g->mentions[g->persons.count++] = (person_mention){.record = r->record,
                                                       .content = r->content,
                                                       .table = (uint32_t)g->table_count - 1,
                                                       .slot = r->slot,
                                                       .dated = NO_DAY,
                                                       .left_at = NO_DAY,
                                                       .captures = r->captured,
                                                       .items = 1,
                                                       .standing = r->standing};
}

static kk_persons persons_of(const made_case *c)
{
    kk_identity_graph *g = KK_NEW(c->arena, kk_identity_graph);
    kk_persons out = {.graph = g};
    static const char *const names[] = {"all", "part", "other"};
    g->arena = c->arena;
    g->settings = &settings;
    g->files = KK_NEW_ARRAY(c->arena, person_file, FILES_MOST);
    g->tables = KK_NEW_ARRAY(c->arena, person_table, 2 * FILES_MOST);
    g->mentions = KK_NEW_ARRAY(c->arena, person_mention, c->count);
    for (size_t i = 0; i < c->count; i++)
        put_mention(g, c, &c->rows[i]);
    g->persons.certain = partition(c, PARTITION_CERTAIN);
    g->persons.probable = partition(c, PARTITION_PROBABLE);
    g->persons.possible = partition(c, PARTITION_POSSIBLE);
    out.categories = g->categories = KK_NEW_ARRAY(c->arena, kk_category_count, CATEGORIES);
    out.owners = KK_NEW_ARRAY(c->arena, kk_category_count, OWNERS);
    out.category_count = CATEGORIES;
    out.owner_count = OWNERS;
    for (size_t i = 0; i < CATEGORIES; i++)
        out.categories[i].name = kk_cstr(names[i]);
    out.categories[1].parent = out.categories[0].name;
    out.owners[0].name = KK_S("self");
    out.owners[1].name = KK_S("client");
    ids_settle(g);
    return out;
}

/* ---- the judge ---- */

typedef struct {
    bool present, exposed, category, owner, dead;
    uint32_t label; /* whoever has the same is one person */
} judged;

typedef struct {
    judged *all;
    const row **place; /* which row it is, of either case */
    size_t count;
    const made_case *a, *b;
    const row **then, **now; /* its row at both times, NULL: none */
    kk_figure figure;
    int64_t changes[64];
    kk_change_kind kinds[64];
    size_t steps;
    uint64_t last;
} judge;

static bool counts(const row *r)
{
    return r && (r->standing == KK_COUNTS || r->standing == KK_IS_DECEASED);
}

static bool in_category(const judge *j, uint32_t category)
{
    static const char *const names[] = {"all", "part", "other"};
    return !j->figure.category.len || kk_is(j->figure.category, names[category]) ||
           (category == 1 && kk_is(j->figure.category, "all"));
}

static judged judged_in(const judge *j, const made_case *c, const row *r)
{
    exposure_kind e = c->exposure[r->file];
    uint32_t at = 2 * r->file + r->table;
    bool exposed = j->figure.basis == KK_OF_HELD ||
                   (j->figure.basis == KK_OF_REACHABLE && e != EXPOSED_NOT) ||
                   (j->figure.basis == KK_OF_LEFT && e == EXPOSED_LEFT) ||
                   (j->figure.basis == KK_OF_DAMAGED && c->damaged[r->file]);
    exposed = exposed || (r->captured &&
                          (j->figure.basis == KK_OF_LEFT || j->figure.basis == KK_OF_REACHABLE));
    bool owner = !j->figure.owner.len || kk_is(j->figure.owner, c->owner[at] ? "client" : "self");
    return (judged){counts(r),
                    exposed,
                    in_category(j, c->category[at]),
                    owner,
                    r->standing == KK_IS_DECEASED,
                    r->person[partition_of(j->figure.bound)]};
}

static uint64_t recount(const judge *j)
{
    uint64_t count = 0;
    for (size_t i = 0; i < j->count; i++) {
        bool first = j->all[i].present, in = false, dead = false;
        for (size_t k = 0; k < j->count && first; k++) {
            const judged *m = &j->all[k];
            if (!m->present || m->label != j->all[i].label)
                continue;
            first = k >= i;
            in = in || (m->exposed && m->category && m->owner);
            dead = dead || m->dead;
        }
        count += first && in && !dead;
    }
    return count;
}

/* Files are told even where nothing changes, records are not. */
static void judge_step(judge *j, kk_change_kind kind, bool always)
{
    uint64_t now = recount(j);
    if (now != j->last || always) {
        j->kinds[j->steps] = kind;
        j->changes[j->steps++] = (int64_t)(now - j->last);
    }
    j->last = now;
}

static void open_judge(judge *j, kk_arena *arena)
{
    size_t most = j->a->count + j->b->count;
    j->all = KK_NEW_ARRAY(arena, judged, most);
    j->then = KK_NEW_ARRAY(arena, const row *, most);
    j->now = KK_NEW_ARRAY(arena, const row *, most);
    for (size_t i = 0; i < j->b->count; i++)
        j->now[j->count++] = &j->b->rows[i];
    for (size_t i = 0; i < j->a->count; i++) {
        size_t k = 0;
        while (k < j->b->count && by_place(&j->b->rows[k], &j->a->rows[i]) != 0)
            k++;
        size_t at = k < j->b->count ? k : j->count++;
        j->then[at] = &j->a->rows[i];
        j->all[at] = judged_in(j, j->a, &j->a->rows[i]);
    }
    j->last = recount(j);
}

static bool has_file(const made_case *c, uint32_t file)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rows[i].file == file)
            return true;
    return false;
}

/* Out of the count; `standing` KK_STANDINGS: those whose row is gone. */
static void judge_removal(judge *j, uint8_t standing, kk_change_kind kind)
{
    for (size_t i = 0; i < j->count; i++) {
        const row *then = j->then[i], *now = j->now[i];
        if (then && has_file(j->b, then->file) &&
            (standing == KK_STANDINGS ? !now : now && now->standing == standing))
            j->all[i].present = false;
    }
    judge_step(j, kind, false);
}

static bool stays(const judge *j, size_t i)
{
    return counts(j->then[i]) && counts(j->now[i]);
}

/* Whether a file that only the one case has holds a record of the person. */
static bool touched_by_file(const judge *j, const made_case *c, const made_case *other,
                            const row *of)
{
    int p = partition_of(j->figure.bound);
    for (size_t i = 0; i < c->count; i++)
        if (counts(&c->rows[i]) && c->rows[i].person[p] == of->person[p] &&
            !has_file(other, c->rows[i].file))
            return true;
    return false;
}

static void judge_split(judge *j)
{
    int p = partition_of(j->figure.bound);
    for (int by_file = 1; by_file >= 0; by_file--) {
        for (size_t i = 0; i < j->count; i++)
            if (stays(j, i) && touched_by_file(j, j->a, j->b, j->then[i]) == (by_file == 1))
                j->all[i].label = 1000 + j->then[i]->person[p] * 1000 + j->now[i]->person[p];
        judge_step(j, KK_STEP_SPLIT, false);
    }
}

/* With the first that stays of his person of now, else with the others that are new. */
static void judge_attach(judge *j, size_t i)
{
    int p = partition_of(j->figure.bound);
    j->all[i] = judged_in(j, j->b, j->now[i]);
    j->all[i].label = 5000000 + j->now[i]->person[p];
    for (size_t k = j->b->count; k-- > 0;)
        if (stays(j, k) && j->now[k]->person[p] == j->now[i]->person[p])
            j->all[i].label = j->all[k].label;
}

/* A file whose own exposure changed is told even if that changes nobody in it. */
static bool file_changes(const judge *j, const row *of, bool wider)
{
    row plain = *of;
    plain.captured = false;
    bool then = judged_in(j, j->a, &plain).exposed, now = judged_in(j, j->b, &plain).exposed;
    return then != now && now == wider;
}

static void judge_exposure(judge *j)
{
    for (int wider = 1; wider >= 0; wider--)
        for (uint32_t file = 0; file < FILES_MOST; file++) {
            bool differs = false;
            for (size_t i = 0; i < j->b->count; i++) {
                if (j->now[i]->file != file || !has_file(j->a, file))
                    continue;
                bool now = judged_in(j, j->b, j->now[i]).exposed;
                differs = differs || file_changes(j, j->now[i], wider == 1);
                if (!stays(j, i) || now != (wider == 1) ||
                    judged_in(j, j->a, j->then[i]).exposed == now)
                    continue;
                differs = true;
                j->all[i].exposed = now;
            }
            if (differs)
                judge_step(j, KK_STEP_EXPOSURE_CHANGED, true);
        }
}

static void judge_added(judge *j)
{
    for (int was_there = 0; was_there < 2; was_there++) {
        for (size_t i = 0; i < j->b->count; i++)
            if (counts(j->now[i]) && !counts(j->then[i]) && has_file(j->a, j->now[i]->file) &&
                (j->then[i] != NULL) == (was_there == 1))
                judge_attach(j, i);
        judge_step(j, KK_STEP_DEFINITION_CHANGED, false);
    }
    for (uint32_t file = 0; file < FILES_MOST; file++) {
        if (has_file(j->a, file) || !has_file(j->b, file))
            continue;
        for (size_t i = 0; i < j->b->count; i++)
            if (j->now[i]->file == file && counts(j->now[i]))
                judge_attach(j, i);
        judge_step(j, KK_STEP_FILE_ADDED, true);
    }
}

static bool owners_differ(const judge *j)
{
    for (size_t i = 0; i < j->b->count; i++)
        if (j->then[i] && j->a->owner[2 * j->now[i]->file + j->now[i]->table] !=
                              j->b->owner[2 * j->now[i]->file + j->now[i]->table])
            return true;
    return false;
}

static void judge_merged(judge *j)
{
    int p = partition_of(j->figure.bound);
    for (int by_file = 1; by_file >= 0; by_file--) {
        for (size_t i = 0; i < j->b->count; i++)
            if (counts(j->now[i]) && touched_by_file(j, j->b, j->a, j->now[i]) == (by_file == 1))
                j->all[i].label = 9000000 + j->now[i]->person[p];
        judge_step(j, KK_STEP_MERGED, false);
    }
}

static void judge_all(judge *j)
{
    for (uint32_t file = 0; file < FILES_MOST; file++) {
        if (!has_file(j->a, file) || has_file(j->b, file))
            continue;
        for (size_t i = 0; i < j->count; i++)
            j->all[i].present &= !j->then[i] || j->then[i]->file != file;
        judge_step(j, KK_STEP_FILE_WITHDRAWN, true);
    }
    judge_removal(j, KK_IS_PLACEHOLDER, KK_STEP_DECOY_REMOVED);
    judge_removal(j, KK_IS_ORGANISATION, KK_STEP_DECOY_REMOVED);
    judge_removal(j, KK_NOT_IDENTIFIED, KK_STEP_DECOY_REMOVED);
    judge_removal(j, KK_STANDINGS, KK_STEP_DEFINITION_CHANGED);
    for (size_t i = 0; i < j->count; i++)
        if (stays(j, i))
            j->all[i].dead = j->now[i]->standing == KK_IS_DECEASED;
    judge_step(j, KK_STEP_DEFINITION_CHANGED, false);
    judge_split(j);
    judge_exposure(j);
    judge_added(j);
    judge_merged(j);
    for (size_t i = 0; i < j->b->count; i++)
        j->all[i].category = judged_in(j, j->b, j->now[i]).category;
    judge_step(j, KK_STEP_CATEGORY_CHANGED, false);
    for (size_t i = 0; i < j->b->count; i++)
        j->all[i].owner = judged_in(j, j->b, j->now[i]).owner;
    judge_step(j, KK_STEP_CATEGORY_CHANGED, false);
}

/* ---- tests ---- */

static const kk_state_head head_of_all = {
    .state = {"0123", 4}, .tool = {"kakuho " KAKUHO_VERSION, sizeof "kakuho " KAKUHO_VERSION - 1}};

static void hold_against_judge(const made_case *a, const made_case *b, const kk_figure *figure)
{
    kk_arena *arena = kk_arena_open();
    kk_persons then = persons_of(a), now = persons_of(b);
    const kk_person_state *from = kk_person_state_of(&then, &head_of_all, arena);
    const kk_person_state *to = kk_person_state_of(&now, &head_of_all, arena);
    kk_change change = {.arena = arena, .figure = *figure};
    judge j = {.a = a, .b = b, .figure = *figure};
    open_judge(&j, arena);
    assert_int_equal(j.last, kk_state_figure(from, figure));
    kk_change_add(&change, from, to);
    judge_all(&j);
    assert_int_equal(j.last, kk_state_figure(to, figure));
    bool defined = owners_differ(&j);
    assert_int_equal(change.step_count, j.steps);
    int64_t sum = 0;
    for (size_t i = 0; i < j.steps; i++) {
        const kk_change_step *s = &change.steps[i];
        bool renamed = defined && (j.kinds[i] == KK_STEP_SPLIT || j.kinds[i] == KK_STEP_MERGED) &&
                       s->what == KK_STEP_DEFINITION_CHANGED;
        assert_true(s->what == j.kinds[i] || renamed);
        assert_int_equal(s->change, j.changes[i]);
        assert_true(s->ja.len && s->en.len);
        sum += s->change;
    }
    assert_int_equal(sum,
                     (int64_t)kk_state_figure(to, figure) - (int64_t)kk_state_figure(from, figure));
    kk_arena_close(arena);
}

static void test_steps(void **state)
{
    (void)state;
    size_t changes = 0;
    for (seed = 1; changes < ROUNDS; changes++) {
        seed = changes + 1;
        kk_arena *arena = kk_arena_open();
        made_case a = new_case(arena), b = changed(&a);
        static const char *const categories[] = {"", "", "all", "part", "other"};
        static const char *const owners[] = {"", "", "client"};
        kk_figure figure = {(kk_basis)below(KK_OF_ALL), (kk_bound)below(KK_BOUNDS),
                            kk_cstr(categories[below(5)]), kk_cstr(owners[below(3)])};
        hold_against_judge(&a, &b, &figure);
        hold_against_judge(&b, &a, &figure);
        hold_against_judge(&a, &a, &figure);
        kk_arena_close(arena);
    }
}

static void equal_states(const kk_person_state *a, const kk_person_state *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->file_count, b->file_count);
    assert_int_equal(a->table_count, b->table_count);
    assert_int_equal(a->name_count, b->name_count);
    assert_true(kk_eq(a->head.state, b->head.state) && kk_eq(a->head.tool, b->head.tool));
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->record[i], b->record[i]);
        assert_int_equal(a->slot[i], b->slot[i]);
        assert_int_equal(a->category[i], b->category[i]);
        assert_int_equal(a->standing[i], b->standing[i]);
        for (int p = 0; p < PARTITIONS_KEPT; p++)
            assert_int_equal(a->of[p][i], b->of[p][i]);
    }
    for (size_t i = 0; i < a->file_count; i++) {
        assert_int_equal(a->files[i].item, b->files[i].item);
        assert_int_equal(a->files[i].shown, b->files[i].shown);
        assert_int_equal(a->files[i].count, b->files[i].count);
        assert_true(kk_eq(a->files[i].path, b->files[i].path));
    }
    for (size_t i = 0; i < a->name_count; i++) {
        assert_int_equal(a->names[i].content, b->names[i].content);
        assert_int_equal(a->names[i].person, b->names[i].person);
        assert_int_equal(a->names[i].anchor, b->names[i].anchor);
        assert_int_equal(a->names[i].twin, b->names[i].twin);
        assert_int_equal(a->names[i].born, b->names[i].born);
    }
}

static void test_kept(void **state)
{
    (void)state;
    const kk_hash_key key = {.bytes = {1, 2, 3}};
    for (uint64_t round = 1; round < 60; round++) {
        kk_arena *arena = kk_arena_open();
        kk_buffer bytes = {0};
        kk_fault fault;
        kk_person_state *again, *ignored;
        seed = round;
        made_case c = new_case(arena);
        kk_persons persons = persons_of(&c);
        const kk_person_state *s = kk_person_state_of(&persons, &head_of_all, arena);
        kk_person_state_pack(s, &key, &bytes);
        assert_int_equal(
            kk_person_state_unpack(kk_buffer_slice(&bytes), &key, arena, &again, &fault), KK_OK);
        equal_states(s, again);
        for (size_t cut = 0; cut < bytes.len;
             cut += 1 + bytes.len / 9) /* a part of it is nothing */
            assert_int_equal(
                kk_person_state_unpack((kk_slice){bytes.ptr, cut}, &key, arena, &ignored, &fault),
                KK_STORE);
        kk_buffer_close(&bytes);
        kk_arena_close(arena);
    }
}

/* Every id of then leads to whoever has the record that it came from; nobody has two, none is two
 * people's; who did not change keeps his; and when all is as it was, so are the ids. */
static void test_ids(void **state)
{
    (void)state;
    for (uint64_t round = 1; round < ROUNDS; round++) {
        kk_arena *arena = kk_arena_open(), *texts = kk_arena_open();
        seed = round * 77;
        made_case a = new_case(arena), b = changed(&a);
        kk_persons then = persons_of(&a), now = persons_of(&b), again = persons_of(&a);
        const kk_person_state *from = kk_person_state_of(&then, &head_of_all, arena);
        kk_persons_keep_ids(&now, from, 1);
        const kk_person_state *to = kk_person_state_of(&now, &head_of_all, arena);
        const uint32_t *match = state_match(from, to, arena);
        for (size_t i = 0; i < from->name_count; i++) {
            const person_name *name = &from->names[i];
            uint32_t found = 0, at = match[name->anchor];
            if (at == NO_MENTION || !state_counts(to, at) || b.rows[at].content != name->held)
                continue;
            assert_true(person_by_id(now.graph, name_id(name, texts), &found));
            assert_int_equal(found, now.graph->persons.probable[at]);
        }
        for (size_t i = 0; i < now.graph->persons.count; i++) {
            uint32_t found = 0;
            if (now.graph->persons.probable[i] != i || !is_somebody(&now.graph->mentions[i]))
                continue;
            kk_slice id = person_id(now.graph, (uint32_t)i, texts);
            assert_true(id.len && person_by_id(now.graph, id, &found));
            assert_int_equal(found, i);
        }
        kk_persons_keep_ids(&again, from, 1);
        for (size_t i = 0; i < again.graph->persons.count; i++)
            assert_true(kk_eq(person_id(again.graph, (uint32_t)i, texts),
                              person_id(then.graph, (uint32_t)i, texts)));
        kk_arena_close(texts);
        kk_arena_close(arena);
    }
}

/* Rows that moved, within a file and to another one, take their people's ids along. */
static void test_moved_rows(void **state)
{
    (void)state;
    enum { ROWS = 40 };
    kk_arena *arena = kk_arena_open();
    made_case a = {.arena = arena}, b = {.arena = arena};
    for (uint32_t i = 0; i < ROWS; i++) {
        row r = {.record = i + 1,
                 .standing = KK_COUNTS,
                 .content = (i * 7919 + 13) % 1009,
                 .person = {i / 2, i / 2, i / 2}};
        a.rows = kk_grow(arena, a.rows, &a.capacity, a.count + 1, sizeof r);
        a.rows[a.count++] = r;
        r.file = i >= ROWS / 2;
        r.record += 3;
        b.rows = kk_grow(arena, b.rows, &b.capacity, b.count + 1, sizeof r);
        b.rows[b.count++] = r;
    }
    row newer = {.file = 1, .record = 99, .standing = KK_COUNTS}; /* the smallest gives no new id */
    b.rows = kk_grow(arena, b.rows, &b.capacity, b.count + 1, sizeof newer);
    b.rows[b.count++] = newer;
    kk_persons then = persons_of(&a), now = persons_of(&b);
    kk_persons_keep_ids(&now, kk_person_state_of(&then, &head_of_all, arena), 1);
    for (uint32_t i = 0; i < ROWS; i += 2)
        assert_true(kk_eq(person_id(then.graph, i, arena), person_id(now.graph, i, arena)));
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_moved_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
