/* States of a count in memory: made of the graph, matched with each other, counted. */
#include "persons/state_i.h"

#include <stdlib.h>

const char *const kk_basis_names[KK_OF_ALL] = {"reachable", "left", "held", "damaged"};
const char *const kk_bound_names[KK_BOUNDS] = {"count", "least", "most"};

const kk_state_head *kk_person_state_head(const kk_person_state *state)
{
    return &state->head;
}

/* ---- out of the graph ---- */

static uint8_t shown_of(const person_file *f)
{
    unsigned shown = 1u << KK_OF_HELD | (f->damage ? 1u << KK_OF_DAMAGED : 0u);
    if (f->exposure >= EXPOSED_REACHABLE)
        shown |= 1u << KK_OF_REACHABLE;
    if (f->exposure == EXPOSED_LEFT)
        shown |= 1u << KK_OF_LEFT;
    return (uint8_t)shown;
}

static void take_files(kk_person_state *s, const kk_identity_graph *g, kk_arena *arena)
{
    s->file_count = g->file_count;
    s->files = KK_NEW_ARRAY(arena, state_file, g->file_count);
    s->table_count = g->table_count;
    s->tables = KK_NEW_ARRAY(arena, state_table, g->table_count);
    for (size_t i = 0; i < g->file_count; i++) {
        const person_file *f = &g->files[i];
        s->files[i] = (state_file){.item = f->item,
                                   .digest = f->digest,
                                   .evidence = f->label,
                                   .path = f->path,
                                   .shown = shown_of(f),
                                   .first_table = f->first_table,
                                   .table_count = f->table_count};
    }
    for (size_t t = 0; t < g->table_count; t++) {
        const person_table *table = &g->tables[t];
        state_file *f = &s->files[table->file];
        s->tables[t] =
            (state_table){table->name, table->file, table->owner, table->first, table->count};
        if (!f->count)
            f->first = table->first;
        f->count += table->count;
    }
}

static void take_categories(kk_person_state *s, const kk_persons *p, kk_arena *arena)
{
    s->category_count = p->category_count;
    s->categories = KK_NEW_ARRAY(arena, state_category, p->category_count);
    s->owner_count = p->owner_count;
    s->owners = KK_NEW_ARRAY(arena, kk_slice, p->owner_count);
    for (size_t i = 0; i < p->category_count; i++) {
        state_category *c = &s->categories[i];
        *c = (state_category){p->categories[i].name, UINT32_MAX};
        for (size_t k = 0; k < p->category_count && p->categories[i].parent.len; k++)
            if (kk_eq(p->categories[k].name, p->categories[i].parent))
                c->parent = (uint32_t)k;
    }
    for (size_t i = 0; i < p->owner_count; i++)
        s->owners[i] = p->owners[i].name;
}

kk_person_state *kk_person_state_of(const kk_persons *p, const kk_state_head *head, kk_arena *arena)
{
    const kk_identity_graph *g = p->graph;
    kk_person_state *s = KK_NEW(arena, kk_person_state);
    s->head = *head;
    take_files(s, g, arena);
    take_categories(s, p, arena);
    s->bounded[KK_OF_LEFT] = p->left.bounded;
    s->bounded[KK_OF_HELD] = p->held.bounded;
    s->bounded[KK_OF_REACHABLE] = s->bounded[KK_OF_DAMAGED] = p->reachable.bounded;
    s->count = g->persons.count;
    s->record = KK_NEW_ARRAY(arena, uint64_t, s->count);
    s->slot = KK_NEW_ARRAY(arena, uint32_t, s->count);
    s->category = KK_NEW_ARRAY(arena, uint16_t, s->count);
    s->standing = KK_NEW_ARRAY(arena, uint8_t, s->count);
    for (size_t i = 0; i < s->count; i++) {
        const person_mention *m = &g->mentions[i];
        s->record[i] = m->record;
        s->slot[i] = m->slot;
        s->category[i] = (uint16_t)category_of(g, m);
        uint8_t standing = m->left_out == IS_IN ? m->standing : KK_NOT_IDENTIFIED;
        bool captured = m->captures && captured_items(g, m);
        s->standing[i] = (uint8_t)(standing | (captured ? STATE_CAPTURED : 0));
    }
    s->of[PARTITION_CERTAIN] = g->persons.certain;
    s->of[PARTITION_PROBABLE] = g->persons.probable;
    s->of[PARTITION_POSSIBLE] = g->persons.possible;
    s->names = g->names;
    s->name_count = g->name_count;
    return s;
}

/* ---- places ---- */

typedef struct {
    uint64_t item;
    uint32_t file;
} file_place;

static int by_item(const void *a, const void *b)
{
    const file_place *x = a, *y = b;
    return (x->item > y->item) - (x->item < y->item);
}

static bool is_same_content(const state_file *a, const state_file *b)
{
    return !a->digest || !b->digest || a->digest == b->digest;
}

uint32_t *state_match_files(const kk_person_state *from, const kk_person_state *to, kk_arena *arena)
{
    kk_arena *scratch = kk_arena_open();
    uint32_t *out = KK_NEW_ARRAY(arena, uint32_t, from->file_count);
    file_place *places = KK_NEW_ARRAY(scratch, file_place, to->file_count);
    for (size_t i = 0; i < to->file_count; i++)
        places[i] = (file_place){to->files[i].item, (uint32_t)i};
    if (to->file_count)
        qsort(places, to->file_count, sizeof *places, by_item);
    for (size_t i = 0; i < from->file_count; i++) {
        file_place wanted = {.item = from->files[i].item};
        const file_place *at =
            to->file_count ? bsearch(&wanted, places, to->file_count, sizeof *places, by_item)
                           : NULL;
        out[i] =
            at && is_same_content(&from->files[i], &to->files[at->file]) ? at->file : UINT32_MAX;
    }
    kk_arena_close(scratch);
    return out;
}

/* Tables of a file are mostly the same at both times: looked for from `near` on. */
static const state_table *table_named(const kk_person_state *s, const state_file *f, kk_slice name,
                                      uint32_t near)
{
    for (uint32_t k = 0; k < f->table_count; k++) {
        const state_table *t = &s->tables[f->first_table + (near + k) % f->table_count];
        if (kk_eq(t->name, name))
            return t;
    }
    return NULL;
}

static void match_table(const kk_person_state *from, const kk_person_state *to,
                        const state_table *t, const state_table *u, uint32_t *out)
{
    size_t i = t->first, k = u->first;
    while (i < t->first + t->count && k < u->first + u->count) {
        bool equal = from->record[i] == to->record[k] && from->slot[i] == to->slot[k];
        bool before = from->record[i] != to->record[k] ? from->record[i] < to->record[k]
                                                       : from->slot[i] < to->slot[k];
        if (equal)
            out[i] = (uint32_t)k;
        i += equal || before;
        k += equal || !before;
    }
}

uint32_t *state_match(const kk_person_state *from, const kk_person_state *to, kk_arena *arena)
{
    uint32_t *out = KK_NEW_ARRAY(arena, uint32_t, from->count);
    memset(out, 0xff, from->count * sizeof *out);
    kk_arena *scratch = kk_arena_open();
    const uint32_t *files = state_match_files(from, to, scratch);
    for (size_t t = 0; t < from->table_count; t++) {
        const state_table *table = &from->tables[t];
        uint32_t file = files[table->file];
        uint32_t near = (uint32_t)t - from->files[table->file].first_table;
        const state_table *other =
            file == UINT32_MAX ? NULL : table_named(to, &to->files[file], table->name, near);
        if (other)
            match_table(from, to, table, other, out);
    }
    kk_arena_close(scratch);
    return out;
}

size_t state_table_of(const kk_person_state *s, size_t mention)
{
    size_t low = 0, high = s->table_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->tables[middle].first <= mention)
            low = middle;
        else
            high = middle;
    }
    return low;
}

kk_change_ref state_ref(const kk_person_state *s, size_t mention, kk_arena *arena)
{
    const state_table *t = &s->tables[state_table_of(s, mention)];
    const state_file *f = &s->files[t->file];
    kk_slice path =
        t->name.len ? kk_print(arena, "%.*s#%.*s", KK_P(f->path), KK_P(t->name)) : f->path;
    return (kk_change_ref){.evidence = f->evidence, .path = path, .record = s->record[mention]};
}

/* ---- figures ---- */

bool *state_categories(const kk_person_state *s, kk_slice category, kk_arena *arena)
{
    bool *in = KK_NEW_ARRAY(arena, bool, s->category_count + 1);
    in[s->category_count] = !category.len;
    for (size_t i = 0; i < s->category_count; i++) {
        in[i] = !category.len;
        size_t depth = 0;
        for (uint32_t c = (uint32_t)i; c != UINT32_MAX && !in[i] && depth <= s->category_count;
             c = s->categories[c].parent, depth++)
            in[i] = kk_eq(s->categories[c].name, category);
    }
    return in;
}

bool *state_owners(const kk_person_state *s, kk_slice owner, kk_arena *arena)
{
    bool *in = KK_NEW_ARRAY(arena, bool, s->owner_count + 1);
    in[s->owner_count] = !owner.len;
    for (size_t i = 0; i < s->owner_count; i++)
        in[i] = !owner.len || kk_eq(s->owners[i], owner);
    return in;
}

enum { PERSON_IN = 1, PERSON_DEAD = 2 };

bool kk_state_has_category(const kk_person_state *s, kk_slice name)
{
    for (size_t i = 0; i < s->category_count; i++)
        if (kk_eq(s->categories[i].name, name))
            return true;
    return false;
}

bool kk_state_has_owner(const kk_person_state *s, kk_slice name)
{
    for (size_t i = 0; i < s->owner_count; i++)
        if (kk_eq(s->owners[i], name))
            return true;
    return false;
}

uint64_t kk_state_figure(const kk_person_state *s, const kk_figure *figure)
{
    kk_arena *scratch = kk_arena_open();
    const bool *categories = state_categories(s, figure->category, scratch);
    const bool *owners = state_owners(s, figure->owner, scratch);
    const uint32_t *of = s->of[partition_of(figure->bound)];
    uint8_t *seen = KK_NEW_ARRAY(scratch, uint8_t, s->count);
    uint64_t count = 0;
    for (size_t t = 0; t < s->table_count; t++) {
        const state_table *table = &s->tables[t];
        for (size_t i = table->first; i < table->first + table->count; i++) {
            if (!state_counts(s, i))
                continue;
            if (state_standing(s, i) == KK_IS_DECEASED)
                seen[of[i]] |= PERSON_DEAD;
            if (owners[table->owner] && categories[s->category[i]] &&
                state_shows(s, table->file, i, figure->basis))
                seen[of[i]] |= PERSON_IN;
        }
    }
    for (size_t i = 0; i < s->count; i++)
        count += seen[i] == PERSON_IN;
    kk_arena_close(scratch);
    return count;
}

kk_figure_count kk_state_counts(const kk_person_state *s, const kk_figure *figure)
{
    kk_figure f = *figure;
    uint64_t n[KK_BOUNDS];
    for (f.bound = 0; f.bound < KK_BOUNDS; f.bound++)
        n[f.bound] = kk_state_figure(s, &f);
    return (kk_figure_count){
        .of = {n[KK_BOUND_COUNT], n[KK_BOUND_LEAST], n[KK_BOUND_MOST], s->bounded[figure->basis]},
        .unit = "person",
        .counted = true};
}
