#include "persons/registers.h"

#include "base/sorted.h"

#include <stdlib.h>

enum {
    TABLES_MOST = 6, /* of one number, that are compared with each other */
    FIRST_SLOTS = 256,
    ENOUGH = 3,    /* numbers that differ before two tables are of two registers */
    BY_CHANCE = 8, /* ... and one in so many may agree nevertheless */
    AHEAD = 16
};

/* Of the numbers that two tables have: beside how many something agrees, or all that can be compared
 * differs. */
typedef struct {
    uint64_t tables; /* the smaller one above; 0: free */
    uint32_t agree, differ;
    uint32_t
        met; /* numbers that both have; of a table with itself: `differ` of them in several records */
} table_pair;

typedef struct {
    table_pair *slots;
    size_t capacity, count;
    kk_arena *arena;
} pair_map;

struct registers {
    const void *context;
    uint32_t (*table_of)(const void *context, uint32_t mention);
    const uint64_t *kept_in;
    const table_place *places;
    uint8_t *
        referred; /* by place: another table of its file has the number too; NULL: no file has tables */
    size_t tables;
    pair_map maps[HANDS];
    kk_arena *arena;
    uint32_t *one;    /* of a table: the first of its register */
    uint32_t *likely; /* ... with those that cannot be compared */
    table_pair *pairs;
    size_t pair_count;
};

static bool has_files_of_tables(const key_source *source)
{
    for (size_t t = 0; source->places && t < source->tables; t++)
        if (source->places[t].file)
            return true;
    return false;
}

registers *registers_open(const key_source *source, kk_arena *arena, size_t mentions)
{
    registers *r = KK_NEW(arena, registers);
    r->context = source->context;
    r->table_of = source->table_of;
    r->kept_in = source->kept_in;
    r->tables = source->tables;
    r->places = source->places;
    if (has_files_of_tables(source))
        r->referred = KK_NEW_ARRAY(arena, uint8_t, mentions + 1);
    r->arena = arena;
    for (int i = 0; i < HANDS; i++)
        r->maps[i].arena = kk_arena_open();
    return r;
}

/* ---- counting ---- */

static uint64_t pair_of(uint32_t a, uint32_t b)
{
    /* counted from 1, so that no pair is 0 */
    return a < b ? (uint64_t)(a + 1) << 32 | (b + 1) : (uint64_t)(b + 1) << 32 | (a + 1);
}

static table_pair *slot_of(const pair_map *m, uint64_t tables)
{
    size_t at = (tables * UINT64_C(0x9E3779B97F4A7C15)) >> 32 & (m->capacity - 1);
    while (m->slots[at].tables && m->slots[at].tables != tables)
        at = (at + 1) & (m->capacity - 1);
    return &m->slots[at];
}

static void add_to(pair_map *m, const table_pair *more)
{
    if (2 * m->count >= m->capacity) {
        pair_map larger = {.capacity = m->capacity ? 2 * m->capacity : FIRST_SLOTS,
                           .count = m->count,
                           .arena = m->arena};
        larger.slots = KK_NEW_ARRAY(m->arena, table_pair, larger.capacity);
        for (size_t i = 0; i < m->capacity; i++)
            if (m->slots[i].tables)
                *slot_of(&larger, m->slots[i].tables) = m->slots[i];
        *m = larger;
    }
    table_pair *at = slot_of(m, more->tables);
    m->count += at->tables == 0;
    at->tables = more->tables;
    at->agree += more->agree;
    at->differ += more->differ;
    at->met += more->met;
}

/* What tells that two records beside one number are of one person, or of two. */
static table_pair compare(const people *all, uint32_t place, uint32_t other)
{
    static const said_kind kinds[] = {SAID_NAME,    SAID_GIVEN,    SAID_KANA,
                                      SAID_READING, SAID_BIRTH,    SAID_MOBILE,
                                      SAID_EMAIL,   SAID_LANDLINE, SAID_ADDRESS};
    const contrast *a = said_of(&all->about, place), *b = said_of(&all->about, other);
    table_pair found = {.met = 1};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!is_said(a, kinds[i]) || !is_said(b, kinds[i]) || !is_comparable(a, b, kinds[i]))
            continue;
        found.agree |= a->said[kinds[i]] == b->said[kinds[i]];
        found.differ = 1;
    }
    if (found.differ && !found.agree)
        found.agree =
            how_near(near_of(&all->about, place), near_of(&all->about, other)) != NOT_NEAR;
    found.differ -= found.agree;
    return found;
}

typedef struct {
    const rule_key *keys; /* of one number */
    size_t count;
    const uint32_t *tables; /* that have it */
    size_t table_count;
} number_group;

static bool is_of_one_file(const registers *r, uint32_t a, uint32_t b)
{
    return r->places[a].file && r->places[a].file == r->places[b].file;
}

static bool has_neighbour(const registers *r, const number_group *g, uint32_t table)
{
    for (size_t i = 0; i < g->table_count; i++)
        if (g->tables[i] != table && is_of_one_file(r, g->tables[i], table))
            return true;
    return false;
}

static bool is_in_several_records(const registers *r, const people *all, const number_group *g,
                                  uint32_t table)
{
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; i < g->count; i++) {
        uint32_t number = number_of(all, g->keys[i].mention);
        if (r->table_of(r->context, number) != table)
            continue;
        uint32_t record = all->record ? all->record[number] : number;
        if (first != UINT32_MAX && record != first)
            return true;
        first = record;
    }
    return false;
}

/* Which of its records another table of the file has the number of, too, and in which tables it stands once. */
static void look_at_references(registers *r, pair_map *map, const people *all,
                               const number_group *g)
{
    for (size_t i = 0; i < g->count; i++) {
        uint32_t place = g->keys[i].mention;
        if (has_neighbour(r, g, r->table_of(r->context, number_of(all, place))))
            __atomic_store_n(&r->referred[place], 1, __ATOMIC_RELAXED);
    }
    for (size_t i = 0; i < g->table_count; i++) {
        uint32_t table = g->tables[i];
        if (has_neighbour(r, g, table))
            add_to(map, &(table_pair){.tables = pair_of(table, table),
                                      .differ = is_in_several_records(r, all, g, table),
                                      .met = 1});
    }
}

/* The records of one number: of each table the first by what stands in it. */
static void look_at_number(registers *r, pair_map *map, const people *all, const rule_key *keys,
                           size_t count)
{
    uint32_t tables[TABLES_MOST], places[TABLES_MOST];
    size_t known = 0;
    for (size_t i = 0; i < count && known < TABLES_MOST; i++) {
        uint32_t table = r->table_of(r->context, number_of(all, keys[i].mention));
        size_t at = 0;
        while (at < known && tables[at] != table)
            at++;
        if (at < known)
            continue;
        tables[known] = table;
        places[known++] = keys[i].mention;
    }
    if (r->referred && known > 1)
        look_at_references(r, map, all, &(number_group){keys, count, tables, known});
    for (size_t i = 1; i < known; i++)
        for (size_t k = 0; k < i; k++) {
            table_pair pair = compare(all, places[i], places[k]);
            pair.tables = pair_of(tables[i], tables[k]);
            add_to(map, &pair);
        }
}

void registers_look(registers *r, unsigned hand, const people *all, const rule_key *keys,
                    size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && keys[end].hash == keys[i].hash;)
            end++;
        for (size_t k = i + AHEAD; k < end + AHEAD && k < count; k++)
            __builtin_prefetch(said_of(&all->about, keys[k].mention));
        if (end - i > 1)
            look_at_number(r, &r->maps[hand], all, keys + i, end - i);
    }
}

/* ---- judging ---- */

static int by_tables(const void *a, const void *b)
{
    uint64_t x = ((const table_pair *)a)->tables, y = ((const table_pair *)b)->tables;
    return (x > y) - (x < y);
}

static uint32_t lower(const table_pair *p)
{
    return (uint32_t)(p->tables >> 32) - 1;
}

static uint32_t higher(const table_pair *p)
{
    return (uint32_t)p->tables - 1;
}

static bool is_uncompared(const table_pair *p)
{
    return !p->agree && !p->differ;
}

/* Half is enough: beside the numbers of two registers next to nothing agrees. */
static bool is_one(const table_pair *p)
{
    return p->agree && p->agree >= p->differ;
}

static void unite(uint32_t *of, uint32_t a, uint32_t b)
{
    uint32_t x = person_of(of, a), y = person_of(of, b);
    of[x < y ? y : x] = x < y ? x : y;
}

/* Pairs in order, each once. */
static void list_pairs(registers *r, pair_map *map)
{
    r->pairs = KK_NEW_ARRAY(r->arena, table_pair, map->count);
    r->pair_count = 0;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].tables)
            r->pairs[r->pair_count++] = map->slots[i];
    if (r->pair_count)
        qsort(r->pairs, r->pair_count, sizeof *r->pairs, by_tables);
}

static void add_pairs(pair_map *into, const pair_map *from)
{
    for (size_t i = 0; i < from->capacity; i++)
        if (from->slots[i].tables)
            add_to(into, &from->slots[i]);
}

/* Of registers instead of tables. */
static void sum_up(registers *r)
{
    pair_map sum = {.arena = kk_arena_open()};
    for (size_t i = 0; i < r->pair_count; i++) {
        uint32_t a = person_of(r->one, lower(&r->pairs[i]));
        uint32_t b = person_of(r->one, higher(&r->pairs[i]));
        table_pair pair = {pair_of(a, b), r->pairs[i].agree, r->pairs[i].differ, r->pairs[i].met};
        if (a != b)
            add_to(&sum, &pair);
    }
    list_pairs(r, &sum);
    kk_arena_close(sum.arena);
}

static bool are_kept_together(const registers *r, uint32_t a, uint32_t b)
{
    return r->kept_in && r->kept_in[a] == r->kept_in[b];
}

/* Each database has its own people, and so may lists of two names have: they are one register only where they
 * agree. */
static bool are_kept_apart(const registers *r, uint32_t a, uint32_t b)
{
    if (!r->places || is_of_one_file(r, a, b))
        return false;
    const table_place *x = &r->places[a], *y = &r->places[b];
    return (x->of_database && y->of_database) || (x->name && y->name && x->name != y->name);
}

/* Registers that cannot be compared are taken for one where in all that would be one then nothing differs. */
static void unite_uncompared(registers *r, const table_pair *met, size_t count, bool together)
{
    kk_arena *scratch = kk_arena_open();
    uint32_t *of = KK_NEW_ARRAY(scratch, uint32_t, r->tables);
    bool *torn = KK_NEW_ARRAY(scratch, bool, r->tables);
    memcpy(of, r->likely, r->tables * sizeof *of);
    for (size_t i = 0; i < count; i++)
        if (is_uncompared(&met[i]) && !are_kept_apart(r, lower(&met[i]), higher(&met[i])) &&
            (!together || are_kept_together(r, lower(&met[i]), higher(&met[i]))))
            unite(of, lower(&met[i]), higher(&met[i]));
    for (size_t i = 0; i < r->pair_count; i++)
        if (!is_uncompared(&r->pairs[i])) {
            uint32_t a = person_of(of, lower(&r->pairs[i]));
            torn[a] = torn[a] || a == person_of(of, higher(&r->pairs[i]));
        }
    for (uint32_t i = 0; i < r->tables; i++)
        if (!torn[person_of(of, i)])
            unite(r->likely, i, person_of(of, i));
    kk_arena_close(scratch);
}

/* ---- tables of one file ---- */

/* What is known of the tables that refer to each other. */
typedef struct {
    kk_arena *scratch;
    uint32_t *numbered,
        *unmet; /* by table: its records with a number; ... that no other table of its file has */
    bool *repeats; /* one number stands in several of its records */
} references;

static bool speaks_against(const table_pair *p)
{
    return p->differ > p->agree && (uint64_t)p->differ * BY_CHANCE > p->met;
}

/* Next to all its numbers are numbers of the others: users that were deleted leave some behind. */
static bool is_included(const references *known, uint32_t table)
{
    return (uint64_t)known->unmet[table] * BY_CHANCE <= known->numbered[table];
}

/* The columns of a database say what they refer to. Sheets of a workbook may each number from 1: only if they
 * number the very same people they are of one register. */
static bool refer_to_each_other(const registers *r, const references *known, const table_pair *p)
{
    enum { ENOUGH_IN_SHEETS = 8 };
    uint32_t a = lower(p), b = higher(p);
    if (a == b || !is_of_one_file(r, a, b) || speaks_against(p) ||
        (known->repeats[a] && known->repeats[b]))
        return false;
    if (r->places[a].of_database)
        return p->met >= ENOUGH && (is_included(known, a) || is_included(known, b));
    return p->met >= ENOUGH_IN_SHEETS && !known->unmet[a] && !known->unmet[b];
}

static references references_of(const registers *r, const people *all, size_t mentions)
{
    kk_arena *scratch = kk_arena_open();
    references known = {.scratch = scratch,
                        .numbered = KK_NEW_ARRAY(scratch, uint32_t, r->tables),
                        .unmet = KK_NEW_ARRAY(scratch, uint32_t, r->tables),
                        .repeats = KK_NEW_ARRAY(scratch, bool, r->tables)};
    const uint32_t *places = about_places(&all->about, mentions, scratch);
    for (size_t slot = 0; slot < all->about.slots; slot++) {
        if (!all->about.said[slot].is_numbered)
            continue;
        uint32_t place = places ? places[slot] : (uint32_t)slot;
        uint32_t table = r->table_of(r->context, number_of(all, place));
        known.numbered[table]++;
        known.unmet[table] += !r->referred[place];
    }
    for (size_t i = 0; i < r->pair_count; i++) {
        const table_pair *p = &r->pairs[i];
        if (lower(p) == higher(p))
            known.repeats[lower(p)] = (uint64_t)p->differ * BY_CHANCE > p->met;
    }
    return known;
}

/* Tables of one file whose numbers are each other's are of one register, where in all that would be one then
 * nothing differs: a dump may hold the customers of two shops. */
static void unite_references(registers *r, const people *all, size_t mentions)
{
    references known = references_of(r, all, mentions);
    uint32_t *of = KK_NEW_ARRAY(known.scratch, uint32_t, r->tables);
    bool *torn = KK_NEW_ARRAY(known.scratch, bool, r->tables);
    memcpy(of, r->one, r->tables * sizeof *of);
    for (size_t i = 0; i < r->pair_count; i++)
        if (refer_to_each_other(r, &known, &r->pairs[i]))
            unite(of, lower(&r->pairs[i]), higher(&r->pairs[i]));
    for (size_t i = 0; i < r->pair_count; i++)
        if (speaks_against(&r->pairs[i]) && lower(&r->pairs[i]) != higher(&r->pairs[i])) {
            uint32_t a = person_of(of, lower(&r->pairs[i]));
            torn[a] = torn[a] || a == person_of(of, higher(&r->pairs[i]));
        }
    for (uint32_t i = 0; i < r->tables; i++)
        if (!torn[person_of(of, i)])
            unite(r->one, i, person_of(of, i));
    kk_arena_close(known.scratch);
}

static void flatten(uint32_t *of, size_t count)
{
    for (uint32_t i = 0; i < count; i++)
        of[i] = person_of(of, i);
}

void registers_judge(registers *r, const people *all, size_t mentions)
{
    for (int i = 1; i < HANDS; i++) {
        add_pairs(&r->maps[0], &r->maps[i]);
        kk_arena_close(r->maps[i].arena);
    }
    list_pairs(r, &r->maps[0]);
    kk_arena_close(r->maps[0].arena);
    const table_pair *met = r->pairs;
    size_t count = r->pair_count;
    r->one = KK_NEW_ARRAY(r->arena, uint32_t, r->tables);
    r->likely = KK_NEW_ARRAY(r->arena, uint32_t, r->tables);
    for (uint32_t i = 0; i < r->tables; i++)
        r->one[i] = i;
    for (size_t i = 0; i < count; i++)
        if (is_one(&met[i]))
            unite(r->one, lower(&met[i]), higher(&met[i]));
    if (r->referred)
        unite_references(r, all, mentions);
    flatten(r->one, r->tables);
    sum_up(r);
    memcpy(r->likely, r->one, r->tables * sizeof *r->likely);
    unite_uncompared(r, met, count, true);
    unite_uncompared(r, met, count, false);
    flatten(r->likely, r->tables);
}

/* ---- asking ---- */

static bool is_other(const registers *r, uint32_t a, uint32_t b)
{
    uint64_t tables = pair_of(r->one[a], r->one[b]);
    size_t at = 0;
    KK_LOWER_BOUND(at, r->pair_count, r->pairs[at].tables < tables);
    const table_pair *p = &r->pairs[at];
    return at < r->pair_count && p->tables == tables && p->differ >= ENOUGH &&
           p->differ > (uint64_t)p->agree * BY_CHANCE;
}

register_standing registers_of(const registers *r, uint32_t table, uint32_t other)
{
    if (r->one[table] == r->one[other])
        return REGISTER_ONE;
    if (r->likely[table] == r->likely[other])
        return REGISTER_LIKELY;
    return is_other(r, table, other) ? REGISTER_OTHER : REGISTER_OPEN;
}

bool registers_forbid(const registers *r, const join_step *step, uint32_t number, uint32_t other)
{
    if (!r || (step->rule != KK_RULE_SAME_NUMBER && step->rule != KK_RULE_NUMBER_AGREED))
        return false;
    register_standing standing =
        registers_of(r, r->table_of(r->context, number), r->table_of(r->context, other));
    if (step->rule == KK_RULE_NUMBER_AGREED)
        return standing == REGISTER_OTHER;
    return step->strength == KK_STRENGTH_CERTAIN    ? standing != REGISTER_ONE
           : step->strength == KK_STRENGTH_PROBABLE ? standing > REGISTER_LIKELY
                                                    : standing == REGISTER_OTHER;
}
