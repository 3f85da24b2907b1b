/* How a figure came from one state to another. Every mention of both states is placed as the first state
 * has it; then each step changes some mentions to what the second state says and the persons are counted
 * again, by who was touched. So the steps sum exactly, and each is what its change alone does where it
 * stands in the order: files out, decoys out, rows no longer read, persons split, exposure, rows newly
 * read, files in, persons merged, categories, owners. See docs/persons.md. */
#include "persons/since_i.h"

#include <assert.h>

/* ---- placing ---- */

static void touch(walk *w, uint32_t block, int in, int dead)
{
    w->count -= w->in[block] && !w->dead[block];
    w->in[block] = (uint32_t)((int64_t)w->in[block] + in);
    w->dead[block] = (uint32_t)((int64_t)w->dead[block] + dead);
    w->count += w->in[block] && !w->dead[block];
}

static bool is_in(const walk *w, size_t mention)
{
    return (w->marks[mention] & MARKS_IN) == MARKS_IN;
}

void walk_place(walk *w, size_t mention, uint32_t block, uint8_t marks)
{
    uint32_t before = w->block[mention];
    if (before != NO_BLOCK)
        touch(w, before, -is_in(w, mention), -(w->marks[mention] >> MARK_DEAD_BIT & 1));
    w->block[mention] = block;
    w->marks[mention] = marks;
    if (block != NO_BLOCK)
        touch(w, block, is_in(w, mention), marks >> MARK_DEAD_BIT & 1);
}

static void take_away(walk *w, size_t mention)
{
    walk_place(w, mention, NO_BLOCK, 0);
}

/* ---- what a mention is in a state ---- */

static view view_of(const kk_person_state *s, const kk_figure *figure, kk_arena *arena)
{
    view v = {.s = s, .of = s->of[partition_of(figure->bound)], .basis = figure->basis};
    v.categories = state_categories(s, figure->category, arena);
    v.owners = state_owners(s, figure->owner, arena);
    v.table = KK_NEW_ARRAY(arena, uint32_t, s->count);
    for (size_t t = 0; t < s->table_count; t++)
        for (size_t k = 0; k < s->tables[t].count; k++)
            v.table[s->tables[t].first + k] = (uint32_t)t;
    return v;
}

/* ---- the universe ---- */

/* Mentions of the second state have their own numbers; those that only the first has come after. */
static void number_mentions(walk *w, kk_arena *arena)
{
    const kk_person_state *a = w->from.s, *b = w->to.s;
    uint32_t *b_of_a = state_match(a, b, arena);
    w->all_of_from = KK_NEW_ARRAY(arena, uint32_t, a->count);
    w->from_of_to = KK_NEW_ARRAY(arena, uint32_t, b->count);
    memset(w->from_of_to, 0xff, b->count * sizeof(uint32_t));
    size_t next = b->count;
    for (size_t i = 0; i < a->count; i++) {
        if (b_of_a[i] != NO_MENTION)
            w->from_of_to[b_of_a[i]] = (uint32_t)i;
        w->all_of_from[i] = b_of_a[i] != NO_MENTION ? b_of_a[i] : (uint32_t)next++;
    }
    w->all = next;
}

static void open_blocks(walk *w, kk_arena *arena)
{
    const kk_person_state *a = w->from.s, *b = w->to.s;
    size_t blocks = a->count + 2 * b->count;
    w->first_cell = (uint32_t)a->count;
    w->first_whole = (uint32_t)(a->count + b->count);
    w->block = KK_NEW_ARRAY(arena, uint32_t, w->all);
    w->marks = KK_NEW_ARRAY(arena, uint8_t, w->all);
    w->in = KK_NEW_ARRAY(arena, uint32_t, blocks);
    w->dead = KK_NEW_ARRAY(arena, uint32_t, blocks);
    memset(w->block, 0xff, w->all * sizeof *w->block);
    for (size_t i = 0; i < a->count; i++)
        if (state_counts(a, i))
            walk_place(w, w->all_of_from[i], w->from.of[i], marks_in(&w->from, i));
}

/* Counted at both times, in the same place. */
static bool stays(const walk *w, size_t to_mention)
{
    uint32_t from = w->from_of_to[to_mention];
    return from != NO_MENTION && state_counts(w->from.s, from) && state_counts(w->to.s, to_mention);
}

/* Parts of persons: the mentions that stay, by their person of then and their person of now. Each person
 * of now has a first part, to which what is new of it is put. */
static void cut_cells(walk *w, kk_arena *arena)
{
    const kk_person_state *b = w->to.s;
    kk_arena *scratch = kk_arena_open();
    size_t n = w->from.s->count;
    size_t *next = KK_NEW_ARRAY(scratch, size_t, n + 1);
    uint32_t *sorted = KK_NEW_ARRAY(scratch, uint32_t, b->count);
    uint32_t *cell_then = KK_NEW_ARRAY(scratch, uint32_t, b->count); /* of a person of now */
    uint32_t *cell = KK_NEW_ARRAY(scratch, uint32_t, b->count);
    w->cell = KK_NEW_ARRAY(arena, uint32_t, b->count);
    w->attach = KK_NEW_ARRAY(arena, uint32_t, b->count);
    w->starts = KK_NEW_ARRAY(arena, uint8_t, b->count);
    memset(w->cell, 0xff, b->count * sizeof *w->cell);
    memset(w->attach, 0xff, b->count * sizeof *w->attach);
    memset(cell_then, 0xff, b->count * sizeof *cell_then);
    for (size_t i = 0; i < b->count; i++)
        if (stays(w, i))
            next[w->from.of[w->from_of_to[i]] + 1]++;
    for (size_t i = 0; i < n; i++)
        next[i + 1] += next[i];
    size_t staying = next[n];
    for (size_t i = 0; i < b->count; i++)
        if (stays(w, i))
            sorted[next[w->from.of[w->from_of_to[i]]]++] = (uint32_t)i;
    uint32_t cells = 0;
    for (size_t k = 0; k < staying; k++) {
        uint32_t i = sorted[k], then = w->from.of[w->from_of_to[i]], now = w->to.of[i];
        if (cell_then[now] != then) {
            cell_then[now] = then;
            cell[now] = w->first_cell + cells++;
            bool is_other = k && w->from.of[w->from_of_to[sorted[k - 1]]] == then;
            w->starts[i] = (uint8_t)(STARTS_CELL | (is_other ? STARTS_OTHER : 0));
        }
        w->cell[i] = cell[now];
    }
    for (size_t i = 0; i < b->count; i++)
        if (w->cell[i] != NO_BLOCK && w->attach[w->to.of[i]] == NO_BLOCK)
            w->attach[w->to.of[i]] = w->cell[i];
    kk_arena_close(scratch);
}

static void open_walk(walk *w, kk_change *change, const kk_person_state *from,
                      const kk_person_state *to, kk_arena *arena)
{
    w->change = change;
    w->from = view_of(from, &change->figure, arena);
    w->to = view_of(to, &change->figure, arena);
    w->from_files = state_match_files(to, from, arena);
    w->to_files = state_match_files(from, to, arena);
    w->by_withdrawn = KK_NEW_ARRAY(arena, bool, from->count);
    w->by_added = KK_NEW_ARRAY(arena, bool, to->count);
    number_mentions(w, arena);
    open_blocks(w, arena);
    cut_cells(w, arena);
}

/* ---- the steps: files ---- */

static void withdraw_files(walk *w)
{
    const kk_person_state *a = w->from.s;
    file_steps files = file_steps_open(w);
    for (size_t f = 0; f < a->file_count; f++) {
        if (w->to_files[f] != UINT32_MAX)
            continue;
        uint64_t before = w->count;
        for (size_t i = a->files[f].first; i < a->files[f].first + a->files[f].count; i++) {
            if (!state_counts(a, i))
                continue;
            w->by_withdrawn[w->from.of[i]] = true;
            take_away(w, w->all_of_from[i]);
        }
        file_steps_note(&files, a, f, (int64_t)(w->count - before));
    }
    file_steps_tell(&files, TELL_WITHDRAWN);
}

/* A record that is new goes to the part of its person that is there already. */
static void attach(walk *w, size_t mention)
{
    uint32_t person = w->to.of[mention];
    if (w->attach[person] == NO_BLOCK)
        w->attach[person] = w->first_whole + person;
    walk_place(w, mention, w->attach[person], marks_in(&w->to, mention));
}

static void add_files(walk *w)
{
    const kk_person_state *b = w->to.s;
    file_steps files = file_steps_open(w);
    for (size_t f = 0; f < b->file_count; f++) {
        if (w->from_files[f] != UINT32_MAX)
            continue;
        uint64_t before = w->count;
        for (size_t i = b->files[f].first; i < b->files[f].first + b->files[f].count; i++) {
            if (!state_counts(b, i))
                continue;
            w->by_added[w->to.of[i]] = true;
            attach(w, i);
        }
        file_steps_note(&files, b, f, (int64_t)(w->count - before));
    }
    file_steps_tell(&files, TELL_ADDED);
}

static bool expose(walk *w, size_t mention, bool wider)
{
    if (w->block[mention] == NO_BLOCK)
        return false;
    uint8_t now = marks_in(&w->to, mention) & MARK_EXPOSED;
    if (now == (w->marks[mention] & MARK_EXPOSED) || (now != 0) != wider)
        return false;
    walk_place(w, mention, w->block[mention], w->marks[mention] ^ MARK_EXPOSED);
    return true;
}

static void change_exposure(walk *w)
{
    const kk_person_state *b = w->to.s;
    for (int wider = 1; wider >= 0; wider--) {
        file_steps files = file_steps_open(w);
        for (size_t f = 0; f < b->file_count; f++) {
            uint32_t then = w->from_files[f];
            if (then == UINT32_MAX)
                continue;
            uint64_t before = w->count;
            unsigned bit = 1u << w->to.basis, now = b->files[f].shown & bit;
            bool any = (w->from.s->files[then].shown & bit) != now && (now != 0) == (wider == 1);
            for (size_t i = b->files[f].first; i < b->files[f].first + b->files[f].count; i++)
                any |= expose(w, i, wider == 1);
            if (any)
                file_steps_note(&files, b, f, (int64_t)(w->count - before));
        }
        file_steps_tell(&files, wider ? TELL_EXPOSED : TELL_NOT_EXPOSED);
    }
}

/* ---- the steps: records of files that both states have ---- */

static telling decoy_of(uint8_t standing)
{
    return standing == KK_IS_PLACEHOLDER    ? TELL_PLACEHOLDER
           : standing == KK_IS_ORGANISATION ? TELL_ORGANISATION
                                            : TELL_NOBODY;
}

static void remove_decoys(walk *w)
{
    const kk_person_state *a = w->from.s, *b = w->to.s;
    for (telling tell = TELL_PLACEHOLDER; tell <= TELL_NOBODY; tell++) {
        row_step rows = row_step_open(w, tell);
        for (size_t i = 0; i < b->count; i++) {
            uint32_t then = w->from_of_to[i];
            if (then == NO_MENTION || !state_counts(a, then) || state_counts(b, i) ||
                decoy_of(state_standing(b, i)) != tell)
                continue;
            take_away(w, i);
            row_step_note(&rows, b, i);
        }
        row_step_tell(&rows);
    }
}

static void remove_rows(walk *w)
{
    const kk_person_state *a = w->from.s;
    row_step rows = row_step_open(w, TELL_ROWS_GONE);
    for (size_t i = 0; i < a->count; i++) {
        size_t at = w->all_of_from[i];
        uint32_t file = a->tables[w->from.table[i]].file;
        if (at < w->to.s->count || !state_counts(a, i) || w->to_files[file] == UINT32_MAX)
            continue;
        take_away(w, at);
        row_step_note(&rows, a, i);
    }
    row_step_tell(&rows);
}

static void add_rows(walk *w)
{
    const kk_person_state *a = w->from.s, *b = w->to.s;
    for (int counted_now = 0; counted_now < 2; counted_now++) {
        row_step rows = row_step_open(w, counted_now ? TELL_COUNTED_NOW : TELL_ROWS_NEW);
        for (size_t i = 0; i < b->count; i++) {
            uint32_t then = w->from_of_to[i];
            uint32_t file = b->tables[w->to.table[i]].file;
            bool was_there = then != NO_MENTION;
            if (!state_counts(b, i) || w->from_files[file] == UINT32_MAX ||
                was_there != (counted_now == 1) || (was_there && state_counts(a, then)))
                continue;
            attach(w, i);
            row_step_note(&rows, b, i);
        }
        row_step_tell(&rows);
    }
}

/* One mark of the mentions that stay becomes what it is now. */
static void change_mark(walk *w, uint8_t mark, telling tell)
{
    const kk_person_state *b = w->to.s;
    row_step rows = row_step_open(w, tell);
    for (size_t i = 0; i < b->count; i++) {
        if (w->block[i] == NO_BLOCK || !((w->marks[i] ^ marks_in(&w->to, i)) & mark))
            continue;
        walk_place(w, i, w->block[i], w->marks[i] ^ mark);
        row_step_note(&rows, b, i);
    }
    row_step_tell(&rows);
}

/* ---- the steps: who is who ---- */

/* Whether somebody else's data are matched apart now, or by another program's rules: then it is these
 * that part and join. */
static bool is_defined_otherwise(const walk *w)
{
    const kk_person_state *a = w->from.s, *b = w->to.s;
    bool same = kk_eq(a->head.tool, b->head.tool);
    for (size_t t = 0; t < b->table_count && same; t++) {
        const state_table *now = &b->tables[t];
        for (size_t i = now->first; i < now->first + now->count; i++) {
            uint32_t then = w->from_of_to[i];
            if (then == NO_MENTION)
                continue;
            same = kk_eq(a->owners[a->tables[w->from.table[then]].owner], b->owners[now->owner]);
            break;
        }
    }
    return !same;
}

static void split_persons(walk *w, bool otherwise)
{
    const kk_person_state *b = w->to.s;
    for (int by_withdrawn = 1; by_withdrawn >= 0; by_withdrawn--) {
        row_step rows = row_step_open(w, by_withdrawn ? TELL_SPLIT_BY_WITHDRAWN
                                         : otherwise  ? TELL_SPLIT_BY_RULES
                                                      : TELL_SPLIT);
        for (size_t i = 0; i < b->count; i++) {
            if (w->cell[i] == NO_BLOCK ||
                w->by_withdrawn[w->from.of[w->from_of_to[i]]] != (by_withdrawn == 1))
                continue;
            walk_place(w, i, w->cell[i], w->marks[i]);
            if (w->starts[i] & STARTS_OTHER && is_in(w, i))
                row_step_note(&rows, b, i);
        }
        row_step_tell(&rows);
    }
}

static void merge_persons(walk *w, bool otherwise)
{
    const kk_person_state *b = w->to.s;
    for (int by_added = 1; by_added >= 0; by_added--) {
        row_step rows = row_step_open(w, by_added    ? TELL_MERGED_BY_ADDED
                                         : otherwise ? TELL_MERGED_BY_RULES
                                                     : TELL_MERGED);
        for (size_t i = 0; i < b->count; i++) {
            uint32_t person = w->to.of[i];
            if (w->block[i] == NO_BLOCK || w->by_added[person] != (by_added == 1))
                continue;
            walk_place(w, i, w->first_whole + person, w->marks[i]);
            if (w->starts[i] & STARTS_CELL && w->cell[i] != w->attach[person] && is_in(w, i))
                row_step_note(&rows, b, i);
        }
        row_step_tell(&rows);
    }
}

void kk_change_add(kk_change *change, const kk_person_state *from, const kk_person_state *to)
{
    kk_arena *scratch = kk_arena_open();
    walk w = {.scratch = scratch};
    open_walk(&w, change, from, to, scratch);
    withdraw_files(&w);
    remove_decoys(&w);
    remove_rows(&w);
    change_mark(&w, MARK_DEAD, TELL_DECEASED);
    bool otherwise = is_defined_otherwise(&w);
    split_persons(&w, otherwise);
    change_exposure(&w);
    add_rows(&w);
    add_files(&w);
    merge_persons(&w, otherwise);
    change_mark(&w, MARK_CATEGORY, TELL_CATEGORY);
    change_mark(&w, MARK_OWNER, TELL_OWNER);
    assert(w.count == kk_state_figure(to, &change->figure));
    kk_arena_close(scratch);
}
