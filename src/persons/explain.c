/* Why these records are one person: its mentions with what stands in them, the joins with their
 * rules, and what else could be the same person. */
#include "persons/persons_i.h"

typedef struct {
    kk_arena *arena;
    const uint32_t *mentions;
    size_t count;
    kk_slice (*values)[VALUES];
    uint64_t *offsets;
    uint32_t *lengths;
} person_values;

static size_t mentions_of(const kk_identity_graph *g, const uint32_t *of, uint32_t person,
                          kk_arena *arena, uint32_t **mentions)
{
    size_t count = 0, capacity = 0;
    *mentions = NULL;
    for (size_t i = person; i < g->persons.count; i++)
        if (of[i] == person && is_somebody(&g->mentions[i])) {
            *mentions = kk_grow(arena, *mentions, &capacity, count + 1, sizeof **mentions);
            (*mentions)[count++] = (uint32_t)i;
        }
    return count;
}

static void keep_values(void *context, uint32_t mention, const kk_slice values[VALUES])
{
    person_values *p = context;
    for (size_t i = 0; i < p->count; i++)
        if (p->mentions[i] == mention)
            for (size_t v = 0; v < VALUES; v++)
                p->values[i][v] = kk_copy(p->arena, values[v]);
}

static kk_status load_places(const kk_identity_graph *g, kk_store *store, person_values *p,
                             const char *where, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "persons_places", where, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint32_t table = graph_table(g, kk_rows_u64(rows, 0), kk_rows_text(rows, 1));
        uint32_t mention = table == UINT32_MAX ? UINT32_MAX
                                               : graph_mention(g, table, kk_rows_u64(rows, 2),
                                                               (uint32_t)kk_rows_u64(rows, 3));
        for (size_t i = 0; i < p->count; i++)
            if (p->mentions[i] == mention) {
                p->offsets[i] = kk_rows_u64(rows, 4);
                p->lengths[i] = (uint32_t)kk_rows_u64(rows, 5);
            }
    }
    return kk_rows_close(rows, fault);
}

/* Items are numbers of ours: no text of the evidence gets into the question. */
static kk_status load_values(const kk_identity_graph *g, kk_store *store, person_values *p,
                             kk_fault *fault)
{
    kk_buffer where = {0};
    uint64_t last = 0;
    kk_put(&where, KK_S("WHERE item IN (0"));
    for (size_t i = 0; i < p->count; i++) {
        uint64_t item = file_of(g, p->mentions[i])->item;
        if (item != last)
            kk_putf(&where, ",%llu", (unsigned long long)item);
        last = item;
    }
    kk_put(&where, KK_S(")"));
    kk_put_byte(&where, '\0');
    p->values = kk_take_array(p->arena, p->count, sizeof *p->values);
    p->offsets = KK_NEW_ARRAY(p->arena, uint64_t, p->count);
    p->lengths = KK_NEW_ARRAY(p->arena, uint32_t, p->count);
    kk_status status = personal_read(g, store, where.ptr, keep_values, p, fault);
    if (status == KK_OK)
        status = load_places(g, store, p, where.ptr, fault);
    kk_buffer_close(&where);
    return status;
}

static void mention_json(kk_json *j, const kk_identity_graph *g, const person_values *p, size_t i)
{
    static const char *const names[VALUES] = {"name",        "kana",    "birth_date",
                                              "postal_code", "address", "phone",
                                              "email",       "company", "person_no"};
    const person_mention *m = &g->mentions[p->mentions[i]];
    kk_json_object(j, NULL);
    mention_ref_json(j, "ref", g, p->mentions[i]);
    kk_json_u64(j, "slot", m->slot);
    kk_json_cstr(j, "role", kk_role_names[m->role]);
    kk_json_text(j, "category", g->categories[category_of(g, m)].name);
    kk_json_cstr(j, "exposure", exposure_names[exposure_of(g, p->mentions[i])]);
    kk_json_array(j, "items");
    for (uint64_t items = m->items; items; items &= items - 1)
        kk_json_cstr(j, NULL, kk_items[__builtin_ctzll(items)].name);
    kk_json_close(j);
    kk_json_object(j, "values");
    for (size_t v = 0; v < VALUES; v++)
        if (p->values[i][v].len)
            kk_json_text(j, names[v], p->values[i][v]);
    kk_json_close(j);
    kk_json_close(j);
}

static void join_json(kk_json *j, const kk_identity_graph *g, const join_edge *e)
{
    static const char *const strengths[] = {"certain", "probable", "possible", "never"};
    const kk_rule_words *rule = &kk_rules[e->rule];
    kk_json_object(j, NULL);
    kk_json_cstr(j, "kind", "join");
    kk_json_cstr(j, "rule", rule->name);
    kk_json_cstr(j, "strength", strengths[e->strength]);
    kk_json_both(j, "text", kk_cstr(rule->ja), kk_cstr(rule->en));
    kk_json_array(j, "refs");
    mention_ref_json(j, NULL, g, e->a);
    mention_ref_json(j, NULL, g, e->b);
    kk_json_close(j);
    kk_json_close(j);
}

static void joins_json(kk_json *j, const kk_identity_graph *g, uint32_t person)
{
    kk_json_array(j, "because");
    for (size_t i = 0; i < g->persons.edge_count; i++) {
        const join_edge *e = &g->persons.edges[i];
        if (e->strength <= KK_STRENGTH_PROBABLE && g->persons.probable[e->a] == person)
            join_json(j, g, e);
    }
    kk_json_close(j);
}

/* Joins that only the lowest count makes. */
static void maybe_json(kk_json *j, const kk_identity_graph *g, uint32_t person, kk_arena *scratch)
{
    const uint32_t *of = g->persons.probable;
    kk_json_array(j, "could_also_be");
    for (size_t i = 0; i < g->persons.edge_count; i++) {
        const join_edge *e = &g->persons.edges[i];
        if (e->strength != KK_STRENGTH_POSSIBLE || (of[e->a] != person && of[e->b] != person))
            continue;
        uint32_t other = of[e->a] == person ? of[e->b] : of[e->a];
        kk_json_object(j, NULL);
        kk_json_text(j, "id", person_id(g, other, scratch));
        kk_json_cstr(j, "rule", kk_rules[e->rule].name);
        kk_json_both(j, "text", kk_cstr(kk_rules[e->rule].ja), kk_cstr(kk_rules[e->rule].en));
        kk_json_array(j, "refs");
        mention_ref_json(j, NULL, g, e->a);
        mention_ref_json(j, NULL, g, e->b);
        kk_json_close(j);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void text_json(kk_json *j, const kk_identity_graph *g, const person_values *p,
                      kk_arena *arena)
{
    size_t records = 0;
    for (size_t i = 0; i < p->count; i++) {
        const person_mention *m = &g->mentions[p->mentions[i]];
        const person_mention *before = i ? &g->mentions[p->mentions[i - 1]] : NULL;
        records += !before || before->table != m->table || before->record != m->record;
    }
    kk_json_both(j, "text", kk_print(arena, "%zu件の記録を1人と数えました", records),
                 kk_print(arena,
                          records == 1 ? "%zu record is counted as one person"
                                       : "%zu records are counted as one person",
                          records));
    kk_json_u64(j, "value", 1);
}

static bool is_one_certainly(const kk_identity_graph *g, const person_values *p)
{
    for (size_t i = 1; i < p->count; i++)
        if (g->persons.certain[p->mentions[i]] != g->persons.certain[p->mentions[0]])
            return false;
    return true;
}

static void put_ref(kk_json *j, const kk_identity_graph *g, const person_values *p, size_t i)
{
    const person_mention *m = &g->mentions[p->mentions[i]];
    kk_ref ref = {.evidence = file_of(g, p->mentions[i])->label,
                  .path = g->tables[m->table].path,
                  .record = m->record,
                  .offset = p->offsets[i],
                  .length = p->lengths[i]};
    kk_json_ref(j, NULL, &ref);
}

kk_status kk_person_explain(kk_store *store, const kk_persons *persons, kk_slice id,
                            kk_arena *arena, kk_json *j, bool *found, kk_fault *fault)
{
    const kk_identity_graph *g = persons->graph;
    person_values p = {.arena = arena};
    uint32_t person = 0, *mentions = NULL;
    *found = kk_starts(id, KK_S("P")) && person_by_id(g, id, &person);
    if (!*found)
        return KK_OK;
    p.count = mentions_of(g, g->persons.probable, person, arena, &mentions);
    p.mentions = mentions;
    kk_status status = load_values(g, store, &p, fault);
    if (status != KK_OK)
        return status;
    kk_json_text(j, "id", id);
    kk_json_cstr(j, "kind", "person");
    text_json(j, g, &p, arena);
    kk_json_cstr(j, "standing", is_one_certainly(g, &p) ? "proven" : "supported");
    joins_json(j, g, person);
    maybe_json(j, g, person, arena);
    kk_json_array(j, "mentions");
    for (size_t i = 0; i < p.count; i++)
        mention_json(j, g, &p, i);
    kk_json_close(j);
    kk_json_array(j, "refs");
    for (size_t i = 0; i < p.count && i < KK_REFS_MOST; i++)
        put_ref(j, g, &p, i);
    kk_json_close(j);
    kk_json_cstr(j, "again", "kakuho persons CASE --list");
    return KK_OK;
}
