/* Why these records are one person: its mentions with what stands in them, the joins with their rules
 * and the values that agreed, the decisions that joined or parted them, what else could be the same
 * person, and who is near and why apart. */
#include "base/hash.h"
#include "base/sorted.h"
#include "persons/decided.h"
#include "persons/near.h"
#include "persons/set_aside.h"

#include <stdlib.h>

/* Mentions, ascending, with what stands in them: those of the person, and of who is near. */
typedef struct {
    kk_arena *arena;
    const uint32_t *mentions;
    size_t count;
    kk_slice (*values)[VALUES];
    uint64_t *offsets;
    uint32_t *lengths;
    uint8_t *reasons;  /* kk_aside */
    uint32_t *told_by; /* column, from 1; 0: none in particular */
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

/* The place of a mention in the list, SIZE_MAX if it is not in it. */
static size_t place_in(const person_values *p, uint32_t mention)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, p->count, p->mentions[low] < mention);
    return low < p->count && p->mentions[low] == mention ? low : SIZE_MAX;
}

static void keep_values(void *context, uint32_t mention, const kk_slice values[VALUES])
{
    person_values *p = context;
    size_t i = place_in(p, mention);
    for (size_t v = 0; v < VALUES && i != SIZE_MAX; v++)
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
        size_t i = mention == UINT32_MAX ? SIZE_MAX : place_in(p, mention);
        if (i == SIZE_MAX)
            continue;
        p->offsets[i] = kk_rows_u64(rows, 4);
        p->lengths[i] = (uint32_t)kk_rows_u64(rows, 5);
        p->reasons[i] = (uint8_t)(kk_rows_u64(rows, 6) < KK_ASIDES ? kk_rows_u64(rows, 6) : 0);
        p->told_by[i] = (uint32_t)kk_rows_u64(rows, 7);
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
    p->reasons = KK_NEW_ARRAY(p->arena, uint8_t, p->count);
    p->told_by = KK_NEW_ARRAY(p->arena, uint32_t, p->count);
    kk_status status = personal_read(g, store, where.ptr, keep_values, p, fault);
    if (status == KK_OK)
        status = load_places(g, store, p, where.ptr, fault);
    kk_buffer_close(&where);
    return status;
}

static const char *const value_names[VALUES] = {"name",        "kana",    "birth_date",
                                                "postal_code", "address", "phone",
                                                "email",       "company", "person_no"};

static void mention_json(kk_json *j, const char *key, const kk_identity_graph *g,
                         const person_values *p, size_t i)
{
    const person_mention *m = &g->mentions[p->mentions[i]];
    kk_json_object(j, key);
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
            kk_json_text(j, value_names[v], p->values[i][v]);
    kk_json_close(j);
    kk_json_close(j);
}

#define OF(value) (1u << VALUE_##value)
#define CONTACT (OF(POSTAL_CODE) | OF(ADDRESS) | OF(PHONE))
/* What a rule compares, bits of value_kind; which of several contacts agreed shows in the values. */
static const uint16_t compared_by[KK_RULES] = {
    [KK_RULE_SAME_NUMBER] = OF(PERSON_NO) | OF(NAME),
    [KK_RULE_NUMBER_AGREED] =
        OF(PERSON_NO) | OF(NAME) | OF(KANA) | OF(BIRTH_DATE) | OF(EMAIL) | OF(PHONE),
    [KK_RULE_OFFICIAL_NUMBER] = OF(PERSON_NO) | OF(NAME),
    [KK_RULE_EMAIL_NAME] = OF(EMAIL) | OF(NAME) | OF(KANA),
    [KK_RULE_NAME_BIRTH_CONTACT] = OF(NAME) | OF(BIRTH_DATE) | CONTACT,
    [KK_RULE_NAME_MOBILE] = OF(NAME) | OF(KANA) | OF(PHONE),
    [KK_RULE_NAME_ADDRESS_PHONE] = OF(NAME) | OF(ADDRESS) | OF(PHONE),
    [KK_RULE_NAME_ADDRESS] = OF(NAME) | OF(ADDRESS) | OF(POSTAL_CODE),
    [KK_RULE_KANA_ADDRESS] = OF(KANA) | OF(ADDRESS) | OF(POSTAL_CODE),
    [KK_RULE_KANA_BIRTH_CONTACT] = OF(KANA) | OF(BIRTH_DATE) | CONTACT,
    [KK_RULE_NAME_BIRTH] = OF(NAME) | OF(BIRTH_DATE),
    [KK_RULE_PART_NAME_BIRTH_CONTACT] = OF(NAME) | OF(BIRTH_DATE) | CONTACT,
    [KK_RULE_NEAR_NUMBER] = OF(PERSON_NO) | OF(POSTAL_CODE) | OF(BIRTH_DATE),
    [KK_RULE_NEAR_NAME_TWICE] = OF(NAME) | OF(ADDRESS) | OF(POSTAL_CODE) | OF(BIRTH_DATE),
    [KK_RULE_NAME_DISTRICT] = OF(NAME) | OF(ADDRESS) | OF(POSTAL_CODE),
    [KK_RULE_NAME_LANDLINE] = OF(NAME) | OF(KANA) | OF(PHONE),
    [KK_RULE_NAME_STAFF] = OF(NAME),
    [KK_RULE_NAME_BESIDE] = OF(NAME) | OF(KANA),
    [KK_RULE_EMAIL_ALONE] = OF(EMAIL) | OF(NAME),
    [KK_RULE_MOBILE_ALONE] = OF(PHONE) | OF(NAME),
    [KK_RULE_NAME_COMPANY] = OF(NAME) | OF(COMPANY),
    [KK_RULE_NEAR_NAME] = OF(NAME) | OF(BIRTH_DATE) | OF(EMAIL) | CONTACT,
    [KK_RULE_NEAR_BIRTH] = OF(NAME) | OF(BIRTH_DATE) | CONTACT,
    [KK_RULE_NEAR_CONTACT] = OF(NAME) | OF(PHONE) | OF(EMAIL),
    [KK_RULE_BIRTH_ADDRESS] = OF(BIRTH_DATE) | OF(ADDRESS) | OF(POSTAL_CODE),
    [KK_RULE_NAME_ONLY] = OF(NAME) | OF(KANA),
    [KK_RULE_LANDLINE_ALONE] = OF(PHONE),
    [KK_RULE_SAME_HOME] = OF(ADDRESS),
};

/* As they stand in the two records: a rule may have compared another form of them. */
static void values_json(kk_json *j, const char *key, const person_values *p, uint32_t a, uint32_t b,
                        unsigned kinds)
{
    size_t x = place_in(p, a), y = place_in(p, b);
    kk_json_array(j, key);
    for (unsigned v = 0; v < VALUES && x != SIZE_MAX && y != SIZE_MAX; v++) {
        if (!(kinds >> v & 1) || !p->values[x][v].len || !p->values[y][v].len)
            continue;
        kk_json_object(j, NULL);
        kk_json_cstr(j, "item", value_names[v]);
        kk_json_texts(j, "values", (const kk_slice[]){p->values[x][v], p->values[y][v]}, 2);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void pair_refs_json(kk_json *j, const kk_identity_graph *g, uint32_t a, uint32_t b)
{
    kk_json_array(j, "refs");
    mention_ref_json(j, NULL, g, a);
    mention_ref_json(j, NULL, g, b);
    kk_json_close(j);
}

static const char *const strengths[] = {"certain", "probable", "possible", "never"};

static void join_json(kk_json *j, const kk_identity_graph *g, const person_values *p,
                      const join_edge *e)
{
    const kk_rule_words *rule = &kk_rules[e->rule];
    kk_json_object(j, NULL);
    kk_json_cstr(j, "kind", "join");
    kk_json_cstr(j, "rule", rule->name);
    kk_json_cstr(j, "strength", strengths[e->strength]);
    kk_json_both(j, "text", kk_cstr(rule->ja), kk_cstr(rule->en));
    values_json(j, "values", p, e->a, e->b, compared_by[e->rule]);
    pair_refs_json(j, g, e->a, e->b);
    kk_json_close(j);
}

/* Merges whose records are all of this person, or some of them. */
static size_t merges_json(kk_json *j, const kk_identity_graph *g, uint32_t person, kk_arena *arena)
{
    const identity *all = &g->persons;
    size_t told = 0;
    for (size_t i = 0, end; i < all->ruling_count; i = end) {
        size_t members = 0;
        uint32_t decision = all->rulings[i].decision;
        for (end = i; end < all->ruling_count && all->rulings[end].decision == decision; end++)
            members += all->probable[all->rulings[end].mention] == person;
        if (all->rulings[i].is_apart || members < 2 || !all->outcomes[decision].holds)
            continue;
        kk_json_object(j, NULL);
        kk_decision_explain(j, arena, &g->decided->all->items[decision]);
        kk_json_close(j);
        told++;
    }
    return told;
}

/* The joins and merges that make the person; how many merges. */
static size_t joins_json(kk_json *j, const kk_identity_graph *g, const person_values *p,
                         uint32_t person, kk_arena *arena)
{
    kk_json_array(j, "because");
    for (size_t i = 0; i < g->persons.edge_count; i++) {
        const join_edge *e = &g->persons.edges[i];
        if (e->strength <= KK_STRENGTH_PROBABLE && g->persons.probable[e->a] == person)
            join_json(j, g, p, e);
    }
    size_t merges = merges_json(j, g, person, arena);
    kk_json_close(j);
    return merges;
}

/* ---- who is near ---- */

/* What differs, in words, and the column that shows it. */
static const struct {
    const char *code, *ja, *en;
    unsigned values;
} vetoes[SAID_KINDS] = {
    [SAID_BIRTH] = {"birth_date", "生年月日が異なる", "birth dates differ", OF(BIRTH_DATE)},
    [SAID_SEX] = {"sex", "性別が異なる", "sexes differ", 0},
    [SAID_NAME] = {"name", "氏名が異なる", "names differ", OF(NAME)},
    [SAID_GIVEN] = {"given_name", "名が異なる", "given names differ", OF(NAME)},
    [SAID_KANA] = {"kana", "フリガナが異なる", "readings differ", OF(KANA)},
    [SAID_READING] = {"kana", "氏名の読みが異なる", "names are read otherwise",
                      OF(NAME) | OF(KANA)},
    [SAID_ROOM] = {"room", "部屋番号が異なる", "rooms differ", OF(ADDRESS)},
    [SAID_MOBILE] = {"mobile", "それぞれに別の携帯電話番号がある",
                     "each has a mobile number of his own", OF(PHONE)},
    [SAID_LANDLINE] = {"landline", "固定電話番号が異なる", "landline numbers differ", OF(PHONE)},
    [SAID_EMAIL] = {"email", "それぞれに別のメールアドレスがある",
                    "each has an e-mail address of his own", OF(EMAIL)},
    [SAID_ADDRESS] = {"address", "住所が異なる", "addresses differ", OF(ADDRESS)},
    [SAID_ZIP] = {"postal_code", "郵便番号が異なる", "postal codes differ", OF(POSTAL_CODE)},
};
#undef OF

static const struct {
    const char *code, *ja, *en;
} reasons[] = {
    [NEAR_BY_VALUES] = {"", "", ""},
    [NEAR_BY_DECISION] = {"decided_apart", "別人であると判断された", "decided to be somebody else"},
    [NEAR_OTHER_OWNER] = {"other_owner", "データの保有者が異なる", "the data are another owner's"},
    [NEAR_OTHER_REGISTER] = {"other_register", "番号が同じ台帳のものといえない",
                             "the numbers cannot be said to be of one register"},
    [NEAR_SWITCHBOARD] = {"switchboard", "連絡先が多数の氏名で共用されている",
                          "the contact is shared by many names"},
    [NEAR_ONLY_NAME] = {"only_name", "氏名以外に一致するものがない", "nothing but the name agrees"},
    [NEAR_TOO_LITTLE] = {"too_little", "一致するものだけでは同一人といえない",
                         "what agrees joins nobody by itself"},
    [NEAR_POSSIBLE] = {"only_possible", "同一人である可能性にとどまる",
                       "what agrees makes it possible, not probable"},
    [NEAR_NOT_THEN] = {"not_then", "照合した時点で判明していた内容が異なっていた",
                       "what was known when they were compared spoke against it"},
};

static void veto_json(kk_json *j, const char *code, const char *ja, const char *en)
{
    kk_json_object(j, NULL);
    kk_json_cstr(j, "veto", code);
    kk_json_both(j, "text", kk_cstr(ja), kk_cstr(en));
}

/* A value that speaks against it, from the first record of each that has it. */
static void against_json(kk_json *j, const kk_identity_graph *g, const person_values *p,
                         const near_person *n, said_kind kind)
{
    uint32_t of[2] = {g->persons.probable[n->mine], n->person}, at[2] = {n->mine, n->theirs};
    for (int side = 0; side < 2; side++)
        for (size_t i = 0, found = 0; i < p->count && !found; i++)
            for (unsigned v = 0; v < VALUES && !found; v++)
                if (g->persons.probable[p->mentions[i]] == of[side] &&
                    vetoes[kind].values >> v & 1 && p->values[i][v].len) {
                    at[side] = p->mentions[i];
                    found = 1;
                }
    veto_json(j, vetoes[kind].code, vetoes[kind].ja, vetoes[kind].en);
    values_json(j, "values", p, at[0], at[1], vetoes[kind].values);
    kk_json_close(j);
}

static void shared_json(kk_json *j, const person_values *p, const near_person *n)
{
    kk_json_array(j, "shared");
    for (uint32_t rules = n->rules; rules; rules &= rules - 1) {
        const kk_rule_words *rule = &kk_rules[__builtin_ctz(rules)];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "rule", rule->name);
        kk_json_cstr(j, "strength", strengths[rule->strength]);
        kk_json_both(j, "text", kk_cstr(rule->ja), kk_cstr(rule->en));
        values_json(j, "values", p, n->mine, n->theirs, compared_by[__builtin_ctz(rules)]);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void near_json(kk_json *j, const kk_identity_graph *g, const person_values *p,
                      const near_persons *near, kk_arena *arena)
{
    kk_json_array(j, "near");
    for (size_t i = 0; i < near->count; i++) {
        const near_person *n = &near->items[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "id", person_id(g, n->person, arena));
        shared_json(j, p, n);
        kk_json_array(j, "because");
        for (uint32_t kinds = n->against; kinds; kinds &= kinds - 1)
            against_json(j, g, p, n, (said_kind)__builtin_ctz(kinds));
        if (n->reason != NEAR_BY_VALUES) {
            veto_json(j, reasons[n->reason].code, reasons[n->reason].ja, reasons[n->reason].en);
            kk_json_close(j);
        }
        kk_json_close(j);
        if (n->decision)
            kk_json_text(j, "decision", n->decision->id);
        kk_json_bool(j, "in_least", n->in_least);
        pair_refs_json(j, g, n->mine, n->theirs);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_u64(j, "near_more", near->more);
}

/* ---- decisions about the person ---- */

static bool is_about(const kk_identity_graph *g, const uint32_t *mentions, size_t count,
                     uint32_t decision)
{
    for (size_t i = 0; i < count; i++)
        if (decided_names(g, &g->mentions[mentions[i]], decision))
            return true;
    return false;
}

static void decisions_json(kk_json *j, const kk_identity_graph *g, const uint32_t *mentions,
                           size_t count, kk_arena *arena)
{
    const struct decided *d = g->decided;
    kk_json_array(j, "decisions");
    for (size_t i = 0; d && i < d->all->count; i++) {
        const kk_person_decision *outcome = &d->outcomes[i];
        if (!outcome->decision || !is_about(g, mentions, count, (uint32_t)i))
            continue;
        kk_json_object(j, NULL);
        kk_decision_explain(j, arena, outcome->decision);
        kk_json_cstr(j, "state", kk_person_decision_state(outcome));
        if (outcome->overruled_by)
            kk_json_text(j, "overruled_by", outcome->overruled_by->id);
        kk_json_close(j);
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
        pair_refs_json(j, g, e->a, e->b);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void text_json(kk_json *j, const kk_identity_graph *g, const uint32_t *mentions,
                      size_t count, kk_arena *arena)
{
    size_t records = 0;
    bool left_out = count && g->mentions[mentions[0]].left_out != IS_IN;
    for (size_t i = 0; i < count; i++) {
        const person_mention *m = &g->mentions[mentions[i]];
        const person_mention *before = i ? &g->mentions[mentions[i - 1]] : NULL;
        records += !before || before->table != m->table || before->record != m->record;
    }
    kk_json_both(j, "text",
                 kk_print(arena,
                          left_out ? "%zu件の記録の1人を判断により除外しました"
                                   : "%zu件の記録を1人と数えました",
                          records),
                 kk_print(arena,
                          left_out       ? "the person of %zu record(s) is left out by decision"
                          : records == 1 ? "%zu record is counted as one person"
                                         : "%zu records are counted as one person",
                          records));
    kk_json_u64(j, "value", left_out ? 0 : 1);
}

static bool is_one_certainly(const kk_identity_graph *g, const uint32_t *mentions, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (g->persons.certain[mentions[i]] != g->persons.certain[mentions[0]])
            return false;
    return true;
}

static void put_ref(const kk_ref_writer *refs, const kk_identity_graph *g, const person_values *p,
                    size_t i)
{
    const person_mention *m = &g->mentions[p->mentions[i]];
    kk_ref ref = {.evidence = file_of(g, p->mentions[i])->label,
                  .path = g->tables[m->table].path,
                  .record = m->record,
                  .offset = p->offsets[i],
                  .length = p->lengths[i]};
    refs->put(refs->context, &ref);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

enum { OF_EACH_NEAR = 20 };

/* The person's mentions and some of who is near: of them the one that shares most, and others. */
static void gather_values(const kk_identity_graph *g, const near_persons *near,
                          const uint32_t *mentions, size_t count, person_values *p)
{
    size_t room = count + near->count * (OF_EACH_NEAR + 2), kept = 0;
    uint32_t *all = KK_NEW_ARRAY(p->arena, uint32_t, room);
    for (size_t i = 0; i < count; i++)
        all[p->count++] = mentions[i];
    for (size_t n = 0; n < near->count; n++) {
        size_t told = 0;
        all[p->count++] = near->items[n].theirs;
        for (size_t i = near->items[n].person; i < g->persons.count && told < OF_EACH_NEAR; i++)
            if (g->persons.probable[i] == near->items[n].person && is_somebody(&g->mentions[i])) {
                all[p->count++] = (uint32_t)i;
                told++;
            }
    }
    qsort(all, p->count, sizeof *all, by_number);
    for (size_t i = 0; i < p->count; i++)
        if (!kept || all[kept - 1] != all[i])
            all[kept++] = all[i];
    p->mentions = all;
    p->count = kept;
}

/* What is told of the person's own mentions alone. */
static void mentions_json(kk_json *j, const kk_identity_graph *g, const person_values *p,
                          const uint32_t *mentions, size_t count, const kk_ref_writer *refs)
{
    kk_json_array(j, "mentions");
    for (size_t i = 0; i < count; i++)
        mention_json(j, NULL, g, p, place_in(p, mentions[i]));
    kk_json_close(j);
    kk_json_array(j, "refs");
    for (size_t i = 0; i < count && i < KK_REFS_MOST; i++)
        put_ref(refs, g, p, place_in(p, mentions[i]));
    kk_json_close(j);
}

/* ---- a record: whose, or why nobody's ---- */

static const struct {
    const char *code, *ja, *en;
} standings[KK_STANDINGS] = {
    [KK_COUNTS] = {"counts", "人として数える", "counts as a person"},
    [KK_IS_ORGANISATION] = {"organisation", "会社又は団体の名称と認識した",
                            "taken for a company or a group"},
    [KK_IS_PLACEHOLDER] = {"placeholder", "試験用、見本又は埋め草のデータと認識した",
                           "taken for test data, a sample or a filler"},
    [KK_IS_DECEASED] = {"deceased", "亡くなった方と認識した", "said to be dead"},
    [KK_NOT_IDENTIFIED] = {"not_identified", "個人を識別できるものがない",
                           "nothing that identifies anybody"},
};

/* What told that nobody stands there, and in which column. */
static void because_json(kk_json *j, const kk_identity_graph *g, const person_values *p, size_t i,
                         kk_arena *arena)
{
    const kk_aside_words *words = &kk_asides[p->reasons[i]];
    kk_slice header = g->tables[g->mentions[p->mentions[i]].table].header;
    kk_slice column = set_aside_column(header, p->told_by[i], arena);
    if (p->reasons[i] == KK_ASIDE_NONE) {
        kk_json_null(j, "set_aside");
        return;
    }
    kk_json_object(j, "set_aside");
    kk_json_cstr(j, "reason", words->name);
    kk_json_text_or_null(j, "column", column);
    kk_json_both(j, "text", kk_cstr(words->ja), kk_cstr(words->en));
    kk_json_close(j);
}

static void slot_json(kk_json *j, const kk_identity_graph *g, const person_values *p, size_t i,
                      kk_arena *arena)
{
    uint32_t mention = p->mentions[i];
    const person_mention *m = &g->mentions[mention];
    kk_json_object(j, NULL);
    kk_json_cstr(j, "standing", standings[m->standing].code);
    kk_json_both(j, "text", kk_cstr(standings[m->standing].ja), kk_cstr(standings[m->standing].en));
    because_json(j, g, p, i, arena);
    kk_json_bool(j, "excluded", m->left_out != IS_IN);
    if (is_somebody(m))
        kk_json_text(j, "person", person_id(g, g->persons.probable[mention], arena));
    else
        kk_json_null(j, "person");
    mention_json(j, "mention", g, p, i);
    kk_json_close(j);
}

/* Some record of this person says so: the dead are counted apart. */
static bool is_of_the_dead(const kk_identity_graph *g, uint32_t mention)
{
    uint32_t person = g->persons.probable[mention];
    for (size_t i = person; i < g->persons.count; i++)
        if (g->persons.probable[i] == person && is_somebody(&g->mentions[i]) &&
            g->mentions[i].standing == KK_IS_DECEASED)
            return true;
    return false;
}

static kk_status explain_record(const kk_persons *persons, kk_store *store, kk_slice what,
                                const kk_ref_writer *refs, kk_arena *arena, kk_json *j, bool *found,
                                kk_fault *fault)
{
    const kk_identity_graph *g = persons->graph;
    person_values p = {.arena = arena};
    uint32_t *mentions = NULL;
    bool is_several;
    size_t counted = 0;
    p.count = graph_record(g, KK_NONE, what, arena, &mentions, &is_several);
    p.mentions = mentions;
    *found = p.count > 0;
    if (is_several)
        return kk_fail(fault, KK_INVALID,
                       "several evidences have a record of this path: explain the person instead");
    if (!*found)
        return set_aside_explain(store, persons, what, arena, j, found, fault);
    kk_status status = load_values(g, store, &p, fault);
    if (status != KK_OK)
        return status;
    for (size_t i = 0; i < p.count; i++)
        counted += is_counted(&g->mentions[mentions[i]]) && !is_of_the_dead(g, mentions[i]);
    kk_json_text(j, "id", what);
    kk_json_cstr(j, "kind", "record");
    kk_json_both(j, "text",
                 kk_print(arena, "%zu人分の記載があり、%zu人分を数えました", p.count, counted),
                 kk_print(arena, "places for persons: %zu, counted: %zu", p.count, counted));
    kk_json_u64(j, "value", counted);
    kk_json_cstr(j, "standing", "supported");
    kk_json_array(j, "slots");
    for (size_t i = 0; i < p.count; i++)
        slot_json(j, g, &p, i, arena);
    kk_json_close(j);
    decisions_json(j, g, mentions, p.count, arena);
    kk_json_array(j, "refs");
    put_ref(refs, g, &p, 0);
    kk_json_close(j);
    return KK_OK;
}

kk_status kk_person_explain(kk_store *store, const kk_persons *persons, kk_slice id,
                            const kk_ref_writer *refs, kk_arena *arena, kk_json *j, bool *found,
                            kk_fault *fault)
{
    const kk_identity_graph *g = persons->graph;
    person_values p = {.arena = arena};
    uint32_t person = 0, *mentions = NULL;
    near_persons near;
    *found = kk_is_id(id, 'P') && person_by_id(g, id, &person);
    if (!*found)
        return explain_record(persons, store, id, refs, arena, j, found, fault);
    size_t count = mentions_of(g, g->persons.probable, person, arena, &mentions);
    kk_status status = near_find(g, store, mentions, count, arena, &near, fault);
    if (status == KK_OK) {
        gather_values(g, &near, mentions, count, &p);
        status = load_values(g, store, &p, fault);
    }
    if (status != KK_OK)
        return status;
    kk_slice now = person_id(g, person, arena);
    kk_json_text(j, "id", now.len ? now : id);
    if (now.len && !kk_eq(now, id)) /* an id of before leads to the one of now */
        kk_json_text(j, "asked", id);
    kk_json_cstr(j, "kind", "person");
    text_json(j, g, mentions, count, arena);
    size_t merges = joins_json(j, g, &p, person, arena);
    kk_json_cstr(j, "standing",
                 merges                                 ? "judged"
                 : is_one_certainly(g, mentions, count) ? "proven"
                                                        : "supported");
    decisions_json(j, g, mentions, count, arena);
    maybe_json(j, g, person, arena);
    near_json(j, g, &p, &near, arena);
    mentions_json(j, g, &p, mentions, count, refs);
    return KK_OK;
}
