/* What recognition did not count, and why: places for persons that are nobody or nobody living, by reason,
 * column and file; tables and texts that nobody is in. Reasons and heading words alone: no values. */
#include "persons/set_aside.h"

#include "base/json_read.h"
#include "base/text.h"

#include <stdlib.h>

kk_slice set_aside_column(kk_slice header, size_t column, kk_arena *arena)
{
    const kk_json_value *words = header.len && column ? kk_json_read(arena, header) : NULL;
    if (!words || words->kind != KK_JSON_ARRAY)
        return KK_NONE;
    const kk_json_value *v = words->first;
    for (size_t i = 1; v && i < column; i++)
        v = v->next;
    return v ? v->text : KK_NONE;
}

/* ---- places for persons ---- */

/* The most telling first: as the reasons stand in their list, then by column. */
static int by_reason(const void *a, const void *b)
{
    const kk_set_aside *x = a, *y = b;
    if (x->reason != y->reason)
        return x->reason < y->reason ? -1 : 1;
    if (x->standing != y->standing)
        return x->standing < y->standing ? -1 : 1;
    return kk_compare(x->column, y->column);
}

/* The same reason of several tables of a file, and under one heading, is one entry. */
static size_t joined(kk_set_aside *list, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(list, count, sizeof *list, by_reason);
    for (size_t i = 0; i < count; i++) {
        if (kept && by_reason(&list[kept - 1], &list[i]) == 0)
            list[kept - 1].mentions += list[i].mentions;
        else
            list[kept++] = list[i];
    }
    return kept;
}

typedef struct {
    kk_set_aside *items;
    size_t count, capacity;
} entries;

static void add_entry(entries *e, kk_arena *arena, kk_set_aside entry)
{
    e->items = kk_grow(arena, e->items, &e->capacity, e->count + 1, sizeof *e->items);
    e->items[e->count++] = entry;
}

static void add_row(kk_identity_graph *g, entries *of_table, entries *all, const kk_rows *rows)
{
    uint32_t table = graph_table(g, kk_rows_u64(rows, 0), kk_rows_text(rows, 1));
    uint64_t standing = kk_rows_u64(rows, 2), reason = kk_rows_u64(rows, 3);
    if (table == UINT32_MAX || standing >= KK_STANDINGS || reason >= KK_ASIDES)
        return;
    const person_table *t = &g->tables[table];
    kk_set_aside entry = {.standing = (kk_standing)standing,
                          .reason = (kk_aside)reason,
                          .mentions = kk_rows_u64(rows, 5)};
    add_entry(all, g->arena, entry);
    all->count = joined(all->items, all->count);
    entry.column = set_aside_column(t->header, kk_rows_u64(rows, 4), g->arena);
    add_entry(&of_table[table], g->arena, entry);
}

/* Of a file what there is of its tables. */
static void settle_file(kk_identity_graph *g, const person_file *f, kk_person_source *source)
{
    entries of_file = {0};
    for (uint32_t t = f->first_table; t < f->first_table + f->table_count; t++)
        for (size_t i = 0; i < g->tables[t].set_aside_count; i++)
            add_entry(&of_file, g->arena, g->tables[t].set_aside[i]);
    source->set_aside = of_file.items;
    source->set_aside_count = joined(of_file.items, of_file.count);
}

static kk_status read_places(kk_identity_graph *g, kk_store *store, kk_persons *out,
                             kk_fault *fault)
{
    kk_rows *rows;
    kk_arena *scratch = kk_arena_open();
    entries *of_table = KK_NEW_ARRAY(scratch, entries, g->table_count + 1), all = {0};
    kk_status status = kk_ask(store, "persons_set_aside", NULL, NULL, 0, &rows, fault);
    if (status == KK_OK) {
        while (kk_rows_next(rows))
            add_row(g, of_table, &all, rows);
        status = kk_rows_close(rows, fault);
    }
    out->set_aside = all.items;
    out->set_aside_count = all.count;
    for (size_t t = 0; t < g->table_count; t++) {
        g->tables[t].set_aside = of_table[t].items;
        g->tables[t].set_aside_count = joined(of_table[t].items, of_table[t].count);
    }
    for (size_t f = 0; f < g->file_count && f < out->source_count; f++)
        settle_file(g, &g->files[f], &out->sources[f]);
    kk_arena_close(scratch);
    return status;
}

/* ---- tables ---- */

static kk_status read_tables(kk_identity_graph *g, kk_store *store, kk_persons *out,
                             kk_fault *fault)
{
    kk_rows *rows;
    struct kk_without_people of[KK_TABLE_REASONS] = {0};
    kk_status status = kk_ask(store, "persons_looked", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint64_t reason = kk_rows_u64(rows, 3);
        if (reason == KK_TABLE_PEOPLE || reason >= KK_TABLE_REASONS)
            continue;
        of[reason].tables++;
        of[reason].rows += kk_rows_u64(rows, 4);
        if (of[reason].refs.count == KK_REFS_MOST)
            continue;
        kk_slice path = kk_rows_text(rows, 1), name = kk_rows_text(rows, 2);
        kk_ref ref = {.evidence = kk_copy(g->arena, kk_rows_text(rows, 0)),
                      .path = name.len ? kk_print(g->arena, "%.*s#%.*s", KK_P(path), KK_P(name))
                                       : kk_copy(g->arena, path)};
        kk_refs_add(g->arena, &of[reason].refs, &ref);
    }
    out->without = KK_NEW_ARRAY(g->arena, struct kk_without_people, KK_TABLE_REASONS);
    for (int r = 0; r < KK_TABLE_REASONS; r++)
        if (of[r].tables) {
            out->without[out->without_count] = of[r];
            out->without[out->without_count++].reason = (kk_table_reason)r;
        }
    return kk_rows_close(rows, fault);
}

kk_status set_aside_find(kk_identity_graph *g, kk_store *store, kk_persons *out, kk_fault *fault)
{
    kk_status status = read_places(g, store, out, fault);
    return status == KK_OK ? read_tables(g, store, out, fault) : status;
}

/* ---- the document ---- */

static const char *const standing_names[KK_STANDINGS] = {
    [KK_COUNTS] = "counts",
    [KK_IS_ORGANISATION] = "organisation",
    [KK_IS_PLACEHOLDER] = "placeholder",
    [KK_IS_DECEASED] = "deceased",
    [KK_NOT_IDENTIFIED] = "not_identified",
};

void set_aside_json(kk_json *j, const kk_set_aside *list, size_t count, bool columns)
{
    kk_json_array(j, "set_aside");
    for (size_t i = 0; i < count; i++) {
        const kk_aside_words *words = &kk_asides[list[i].reason];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "standing", standing_names[list[i].standing]);
        kk_json_cstr(j, "reason", words->name);
        if (columns && list[i].column.len)
            kk_json_text(j, "column", list[i].column);
        else if (columns)
            kk_json_null(j, "column");
        kk_json_both(j, "text", kk_cstr(words->ja), kk_cstr(words->en));
        kk_json_u64(j, "mentions", list[i].mentions);
        kk_json_close(j);
    }
    kk_json_close(j);
}

void without_people_json(kk_json *j, const kk_persons *p)
{
    kk_json_array(j, "without_people");
    for (size_t i = 0; i < p->without_count; i++) {
        const struct kk_without_people *w = &p->without[i];
        const kk_aside_words *words = &kk_table_reasons[w->reason];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "reason", words->name);
        kk_json_both(j, "text", kk_cstr(words->ja), kk_cstr(words->en));
        kk_json_u64(j, "tables", w->tables);
        kk_json_u64(j, "rows", w->rows);
        kk_json_array(j, "refs");
        for (size_t k = 0; k < w->refs.count; k++) {
            kk_json_object(j, NULL);
            kk_json_text(j, "evidence", w->refs.items[k].evidence);
            kk_json_text(j, "path", w->refs.items[k].path);
            kk_json_close(j);
        }
        kk_json_close(j);
        kk_json_close(j);
    }
    kk_json_close(j);
}

/* ---- explain ---- */

typedef struct {
    kk_slice evidence, path, name, header;
    uint64_t item, rows;
    kk_table_reason reason;
} looked;

/* What is asked for is the file, this table of it, or (after the last ':') a row of one of these. */
static bool is_asked(kk_slice what, kk_slice path, kk_slice name)
{
    if (kk_eq(what, path))
        return true;
    return name.len && what.len == path.len + 1 + name.len && kk_starts(what, path) &&
           what.ptr[path.len] == '#' && kk_ends(what, name);
}

static kk_status find_looked(kk_store *store, kk_slice what, kk_arena *arena, looked **list,
                             size_t *count, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0, colon = kk_rfind_byte(what, ':');
    uint64_t record;
    bool is_row = colon != KK_NOWHERE && kk_to_u64(kk_from(what, colon + 1), &record);
    kk_slice before = is_row ? kk_part(what, 0, colon) : KK_NONE;
    kk_status status = kk_ask(store, "persons_looked", NULL, NULL, 0, &rows, fault);
    *list = NULL;
    *count = 0;
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice path = kk_rows_text(rows, 1), name = kk_rows_text(rows, 2);
        uint64_t reason = kk_rows_u64(rows, 3);
        bool fits = is_asked(what, path, name) || (is_row && is_asked(before, path, name));
        if (!fits || reason >= KK_TABLE_REASONS)
            continue;
        *list = kk_grow(arena, *list, &capacity, *count + 1, sizeof **list);
        (*list)[(*count)++] = (looked){.evidence = kk_copy(arena, kk_rows_text(rows, 0)),
                                       .path = kk_copy(arena, path),
                                       .name = kk_copy(arena, name),
                                       .header = kk_copy(arena, kk_rows_text(rows, 5)),
                                       .item = kk_rows_u64(rows, 6),
                                       .rows = kk_rows_u64(rows, 4),
                                       .reason = (kk_table_reason)reason};
    }
    return kk_rows_close(rows, fault);
}

static kk_slice path_of(const looked *l, kk_arena *arena)
{
    return l->name.len ? kk_print(arena, "%.*s#%.*s", KK_P(l->path), KK_P(l->name)) : l->path;
}

static void looked_json(kk_json *j, const kk_persons *p, const looked *l, kk_arena *arena)
{
    const kk_identity_graph *g = p->graph;
    const kk_aside_words *words = &kk_table_reasons[l->reason];
    uint32_t t = graph_table(g, l->item, l->name);
    uint64_t counted = 0, mentions = 0;
    for (size_t i = 0; t != UINT32_MAX && i < g->tables[t].count; i++, mentions++)
        counted += is_counted(&g->mentions[g->tables[t].first + i]);
    kk_json_object(j, NULL);
    kk_json_text(j, "evidence", l->evidence);
    kk_json_text(j, "path", path_of(l, arena));
    kk_json_cstr(j, "reason", words->name);
    kk_json_both(j, "text", kk_cstr(words->ja), kk_cstr(words->en));
    kk_json_u64(j, "rows", l->rows);
    kk_json_u64(j, "mentions", mentions);
    kk_json_u64(j, "counted", counted);
    const kk_json_value *header = l->header.len ? kk_json_read(arena, l->header) : NULL;
    kk_json_array(j, "header");
    for (const kk_json_value *v = header ? header->first : NULL; v; v = v->next)
        kk_json_text(j, NULL, v->text);
    kk_json_close(j);
    if (t != UINT32_MAX)
        set_aside_json(j, g->tables[t].set_aside, g->tables[t].set_aside_count, true);
    else
        set_aside_json(j, NULL, 0, true);
    kk_json_close(j);
}

kk_status set_aside_explain(kk_store *store, const kk_persons *p, kk_slice what, kk_arena *arena,
                            kk_json *j, bool *found, kk_fault *fault)
{
    looked *list;
    size_t count;
    kk_status status = find_looked(store, what, arena, &list, &count, fault);
    *found = status == KK_OK && count > 0;
    if (!*found)
        return status;
    uint64_t record;
    size_t without = 0, colon = kk_rfind_byte(what, ':');
    for (size_t i = 0; i < count; i++)
        without += list[i].reason != KK_TABLE_PEOPLE;
    bool is_row = !is_asked(what, list[0].path, list[0].name) && colon != KK_NOWHERE &&
                  kk_to_u64(kk_from(what, colon + 1), &record);
    kk_json_text(j, "id", what);
    kk_json_cstr(j, "kind", is_row ? "record" : "file");
    if (is_row)
        kk_json_both(j, "text", KK_S("この行には、人に関する記載を認めませんでした"),
                     KK_S("nothing about a person was found in this row"));
    else
        kk_json_both(
            j, "text",
            kk_print(arena, "表又は文章%zu件のうち、人を数えなかったもの%zu件", count, without),
            kk_print(arena, "tables or texts: %zu, of them without anybody who counts: %zu", count,
                     without));
    kk_json_u64(j, "value", 0);
    kk_json_cstr(j, "standing", "supported");
    kk_json_array(j, "tables");
    for (size_t i = 0; i < count; i++)
        looked_json(j, p, &list[i], arena);
    kk_json_close(j);
    kk_json_array(j, "refs");
    for (size_t i = 0; i < count && i < KK_REFS_MOST; i++) {
        kk_ref ref = {.evidence = list[i].evidence, .path = path_of(&list[i], arena)};
        kk_json_ref(j, NULL, &ref);
    }
    kk_json_close(j);
    return KK_OK;
}
