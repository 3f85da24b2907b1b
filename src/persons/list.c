/* `persons --list`: who is concerned, a line each. Personal values are read for the lines that are
 * being written only, so many persons at a time as fit into little memory. */
#include "persons/persons_i.h"

enum { AT_A_TIME = 200000, REFS_MOST = KK_REFS_MOST };

/* Values of a line; each comes from the newest record that has it. */
static const struct {
    kk_item item;
    value_kind value;
} shown_values[] = {
    {KK_ITEM_NAME, VALUE_NAME},   {KK_ITEM_KANA, VALUE_KANA},   {KK_ITEM_ADDRESS, VALUE_ADDRESS},
    {KK_ITEM_PHONE, VALUE_PHONE}, {KK_ITEM_EMAIL, VALUE_EMAIL},
};
enum { SHOWN = sizeof shown_values / sizeof *shown_values };

typedef struct {
    uint32_t person;        /* first mention */
    size_t from, count;     /* in the order */
    uint32_t chosen[SHOWN]; /* mention that the value is taken from, UINT32_MAX if none has it */
    kk_slice text[SHOWN], postal_code;
} line;

typedef struct {
    const kk_identity_graph *g;
    const kk_persons *persons;
    kk_store *store;
    person_order order;
    line *lines;
    size_t count;
    kk_arena *values;
    void (*tell)(void *context, kk_slice json);
    void *context;
} listing;

kk_status personal_read(const kk_identity_graph *g, kk_store *store, const char *where,
                        void (*row)(void *context, uint32_t mention, const kk_slice values[VALUES]),
                        void *context, kk_fault *fault)
{
    kk_rows *rows;
    uint64_t last_item = 0;
    uint32_t table = UINT32_MAX;
    kk_status status = kk_ask(store, "persons_personal", where, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint64_t item = kk_rows_u64(rows, 0);
        kk_slice name = kk_rows_text(rows, 1), values[VALUES];
        if (table == UINT32_MAX || item != last_item || !kk_eq(g->tables[table].name, name))
            table = graph_table(g, item, name);
        last_item = item;
        uint32_t mention = table == UINT32_MAX ? UINT32_MAX
                                               : graph_mention(g, table, kk_rows_u64(rows, 2),
                                                               (uint32_t)kk_rows_u64(rows, 3));
        if (mention == UINT32_MAX)
            continue;
        for (size_t i = 0; i < VALUES; i++)
            values[i] = kk_rows_text(rows, 4 + i);
        row(context, mention, values);
    }
    return kk_rows_close(rows, fault);
}

void mention_ref_json(kk_json *j, const char *key, const kk_identity_graph *g, uint32_t mention)
{
    kk_json_object(j, key);
    kk_json_text(j, "evidence", file_of(g, mention)->label);
    kk_json_text(j, "path", g->tables[g->mentions[mention].table].path);
    kk_json_u64(j, "record", g->mentions[mention].record);
    kk_json_close(j);
}

static void choose(const kk_identity_graph *g, const uint32_t *mentions, line *l)
{
    for (size_t v = 0; v < SHOWN; v++) {
        l->chosen[v] = UINT32_MAX;
        for (size_t i = 0; i < l->count; i++) {
            const person_mention *m = &g->mentions[mentions[i]];
            if ((m->items & KK_BIT(shown_values[v].item)) &&
                (l->chosen[v] == UINT32_MAX || m->dated > g->mentions[l->chosen[v]].dated))
                l->chosen[v] = mentions[i];
        }
    }
}

static line *line_of(listing *l, uint32_t person)
{
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->lines[middle].person == person)
            return &l->lines[middle];
        if (l->lines[middle].person < person)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void take_values(void *context, uint32_t mention, const kk_slice values[VALUES])
{
    listing *l = context;
    line *at = line_of(l, l->g->persons.probable[mention]);
    for (size_t v = 0; at && v < SHOWN; v++) {
        if (at->chosen[v] != mention)
            continue;
        at->text[v] = kk_copy(l->values, values[shown_values[v].value]);
        if (shown_values[v].value == VALUE_ADDRESS)
            at->postal_code = kk_copy(l->values, values[VALUE_POSTAL_CODE]);
    }
}

static exposure_kind exposure_of(const kk_identity_graph *g, uint32_t mention)
{
    return file_of(g, mention)->exposure;
}

/* A letter tells a person things about himself: it must be one, certainly, and have an address. */
static bool is_letter_certain(const kk_identity_graph *g, const uint32_t *mentions, const line *l)
{
    for (size_t i = 1; i < l->count; i++)
        if (g->persons.certain[mentions[i]] != g->persons.certain[mentions[0]])
            return false;
    return l->chosen[2] != UINT32_MAX;
}

static void text_or_null(kk_json *j, const char *key, kk_slice text)
{
    if (text.len)
        kk_json_text(j, key, text);
    else
        kk_json_null(j, key);
}

static void put_refs(kk_json *j, const kk_identity_graph *g, const uint32_t *mentions, size_t count)
{
    size_t told = 0;
    uint32_t last = UINT32_MAX;
    kk_json_array(j, "refs");
    for (size_t i = 0; i < count && told < REFS_MOST; i++) {
        const person_mention *m = &g->mentions[mentions[i]];
        bool same = last != UINT32_MAX && g->mentions[last].table == m->table &&
                    g->mentions[last].record == m->record;
        if (same || exposure_of(g, mentions[i]) == EXPOSED_NOT)
            continue;
        mention_ref_json(j, NULL, g, last = mentions[i]);
        told++;
    }
    kk_json_close(j);
}

static uint64_t count_records(const kk_identity_graph *g, const uint32_t *mentions, size_t count)
{
    uint64_t records = 0;
    for (size_t i = 0; i < count; i++) {
        const person_mention *m = &g->mentions[mentions[i]];
        const person_mention *before = i ? &g->mentions[mentions[i - 1]] : NULL;
        records += !before || before->table != m->table || before->record != m->record;
    }
    return records;
}

/* Category, owner and items are those of the records in reach. */
static void put_line(listing *l, const line *at, kk_json *j, kk_arena *scratch)
{
    const kk_identity_graph *g = l->g;
    const uint32_t *mentions = l->order.mentions + at->from;
    exposure_kind exposure = EXPOSED_NOT;
    uint64_t items = 0;
    const person_mention *first = NULL;
    for (size_t i = 0; i < at->count; i++) {
        exposure_kind of = exposure_of(g, mentions[i]);
        exposure = of > exposure ? of : exposure;
        items |= of != EXPOSED_NOT ? g->mentions[mentions[i]].items : 0;
        if (!first && of != EXPOSED_NOT)
            first = &g->mentions[mentions[i]];
    }
    kk_json_object(j, NULL);
    kk_json_text(j, "id", person_id(g, at->person, scratch));
    kk_json_text(j, "category", l->persons->categories[category_of(g, first)].name);
    kk_json_text(j, "owner", l->persons->owners[g->tables[first->table].owner].name);
    text_or_null(j, "name", at->text[0]);
    text_or_null(j, "kana", at->text[1]);
    kk_json_object(j, "contacts");
    text_or_null(j, "postal_code", at->postal_code);
    text_or_null(j, "address", at->text[2]);
    text_or_null(j, "phone", at->text[3]);
    text_or_null(j, "email", at->text[4]);
    kk_json_close(j);
    kk_json_array(j, "items");
    for (; items; items &= items - 1)
        kk_json_cstr(j, NULL, kk_items[__builtin_ctzll(items)].name);
    kk_json_close(j);
    kk_json_u64(j, "records", count_records(g, mentions, at->count));
    kk_json_cstr(j, "exposure", exposure_names[exposure]);
    kk_json_cstr(j, "letter", is_letter_certain(g, mentions, at) ? "certain" : "hold");
    put_refs(j, g, mentions, at->count);
    kk_json_close(j);
}

static kk_status tell_lines(listing *l, kk_fault *fault)
{
    l->values = kk_arena_open();
    kk_arena *scratch = kk_arena_open();
    kk_buffer text = {0};
    kk_status status = l->count ? personal_read(l->g, l->store, "", take_values, l, fault) : KK_OK;
    for (size_t i = 0; i < l->count && status == KK_OK; i++) {
        text.len = 0;
        kk_json j = {.out = &text};
        put_line(l, &l->lines[i], &j, scratch);
        l->tell(l->context, kk_buffer_slice(&text));
        kk_arena_reset(scratch);
    }
    kk_buffer_close(&text);
    kk_arena_close(scratch);
    kk_arena_close(l->values);
    l->count = 0;
    return status;
}

/* Somebody living of whom something is in reach. */
static bool is_concerned(const kk_identity_graph *g, const uint32_t *mentions, size_t count)
{
    bool in_reach = false;
    for (size_t i = 0; i < count; i++) {
        if (g->mentions[mentions[i]].standing == KK_IS_DECEASED)
            return false;
        in_reach = in_reach || exposure_of(g, mentions[i]) != EXPOSED_NOT;
    }
    return in_reach;
}

kk_status kk_persons_list(kk_store *store, const kk_persons *persons,
                          void (*tell)(void *context, kk_slice json), void *context,
                          kk_fault *fault)
{
    const kk_identity_graph *g = persons->graph;
    const uint32_t *of = g->persons.probable;
    kk_arena *own = kk_arena_open();
    listing l = {.g = g, .persons = persons, .store = store, .tell = tell, .context = context};
    kk_status status = KK_OK;
    l.order = persons_in_order(g, of, own);
    l.lines = KK_NEW_ARRAY(own, line, l.order.count < AT_A_TIME ? l.order.count : AT_A_TIME);
    for (size_t i = 0, end; i < l.order.count && status == KK_OK; i = end) {
        const uint32_t *mentions = l.order.mentions + i;
        for (end = i + 1; end < l.order.count && of[l.order.mentions[end]] == of[mentions[0]];)
            end++;
        if (!is_concerned(g, mentions, end - i))
            continue;
        line *at = &l.lines[l.count++];
        *at = (line){.person = of[mentions[0]], .from = i, .count = end - i};
        choose(g, mentions, at);
        if (l.count == AT_A_TIME)
            status = tell_lines(&l, fault);
    }
    if (status == KK_OK)
        status = tell_lines(&l, fault);
    kk_arena_close(own);
    return status;
}
