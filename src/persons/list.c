/* `persons --list`: who is concerned, a line each. Personal values are read for the lines that are
 * being written only, so many persons at a time as fit into little memory, out of their files alone. */
#include "persons/persons_i.h"

#include "base/sorted.h"
#include "base/text.h"

enum { AT_A_TIME = 200000, ITEMS_NAMED_MOST = 1000 };

/* Values of a line. */
enum { NAME, KANA, ADDRESS, PHONE, EMAIL, SHOWN };
static const struct {
    kk_item item;
    value_kind value;
} shown_values[SHOWN] = {
    [NAME] = {KK_ITEM_NAME, VALUE_NAME},          [KANA] = {KK_ITEM_KANA, VALUE_KANA},
    [ADDRESS] = {KK_ITEM_ADDRESS, VALUE_ADDRESS}, [PHONE] = {KK_ITEM_PHONE, VALUE_PHONE},
    [EMAIL] = {KK_ITEM_EMAIL, VALUE_EMAIL},
};

typedef struct {
    uint32_t person;        /* first mention */
    size_t from, count;     /* in the order */
    uint32_t chosen[SHOWN]; /* mention that the value is taken from, UINT32_MAX if none has it */
    bool is_complete;       /* the address */
    uint32_t postal_from;   /* without an address */
    kk_slice text[SHOWN], postal_code;
} line;

typedef struct {
    const kk_identity_graph *g;
    const kk_persons *persons;
    kk_person_list kind;
    const uint32_t *of; /* whose line a mention is in */
    uint32_t *parts;    /* of letters: how many a person gets, by its first mention */
    uint32_t *told;     /* ... and has got */
    kk_store *store;
    person_order order;
    line *lines;
    size_t count;
    kk_arena *values;
    void (*tell)(void *context, const kk_person_line *line);
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

/* The newest record that has the value. Of addresses those that a letter would reach go first, which only
 * their text shows: they are chosen as they are read. */
static void choose(const kk_identity_graph *g, const uint32_t *mentions, line *l)
{
    for (size_t v = 0; v < SHOWN; v++) {
        l->chosen[v] = UINT32_MAX;
        for (size_t i = 0; i < l->count && v != ADDRESS; i++) {
            const person_mention *m = &g->mentions[mentions[i]];
            if ((m->items & KK_BIT(shown_values[v].item)) &&
                (l->chosen[v] == UINT32_MAX || m->dated > g->mentions[l->chosen[v]].dated))
                l->chosen[v] = mentions[i];
        }
    }
}

static line *line_of(listing *l, uint32_t person)
{
    size_t low = 0;
    KK_LOWER_BOUND(low, l->count, l->lines[low].person < person);
    return low < l->count && l->lines[low].person == person ? &l->lines[low] : NULL;
}

static bool is_digit(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19);
}

/* A number of a house, a block or a box: a letter with less than that comes back. */
static bool is_complete_address(kk_slice address)
{
    static const char *const units[] = {"丁目", "番", "号"};
    for (size_t at = 0; at < address.len;)
        if (is_digit(kk_next_char(address, &at)))
            return true;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t at = kk_find(address, kk_cstr(units[i]));
        if (at != KK_NOWHERE && at >= 3 &&
            kk_has(KK_S("一二三四五六七八九十〇"), kk_part(address, at - 3, 3)))
            return true;
    }
    return false;
}

/* Complete before incomplete, newer before older, then by place: rows come in any order. */
static bool is_better_address(const listing *l, const line *at, uint32_t mention, bool is_complete)
{
    if (at->chosen[ADDRESS] == UINT32_MAX || is_complete != at->is_complete)
        return at->chosen[ADDRESS] == UINT32_MAX || is_complete;
    int32_t day = l->g->mentions[mention].dated, had = l->g->mentions[at->chosen[ADDRESS]].dated;
    return day != had ? day > had : mention < at->chosen[ADDRESS];
}

static void take_address(listing *l, line *at, uint32_t mention, const kk_slice values[VALUES])
{
    kk_slice address = values[VALUE_ADDRESS];
    bool is_complete = is_complete_address(address);
    if (!at->text[ADDRESS].len && values[VALUE_POSTAL_CODE].len &&
        (!at->postal_code.len || mention < at->postal_from)) {
        at->postal_code = kk_copy(l->values, values[VALUE_POSTAL_CODE]);
        at->postal_from = mention;
    }
    if (!address.len || !is_better_address(l, at, mention, is_complete))
        return;
    at->chosen[ADDRESS] = mention;
    at->is_complete = is_complete;
    at->text[ADDRESS] = kk_copy(l->values, address);
    at->postal_code = kk_copy(l->values, values[VALUE_POSTAL_CODE]);
}

static void take_values(void *context, uint32_t mention, const kk_slice values[VALUES])
{
    listing *l = context;
    line *at = line_of(l, l->of[mention]);
    if (!at)
        return;
    take_address(l, at, mention, values);
    for (size_t v = 0; v < SHOWN; v++)
        if (v != ADDRESS && at->chosen[v] == mention)
            at->text[v] = kk_copy(l->values, values[shown_values[v].value]);
}

/* Why no letter may tell this person about himself; NULL: one may. It must be one person, certainly,
 * and reach him. */
static const char *reason_to_hold(const listing *l, const line *at)
{
    const kk_identity_graph *g = l->g;
    const uint32_t *mentions = l->order.mentions + at->from;
    for (size_t i = 1; i < at->count; i++)
        if (g->persons.certain[mentions[i]] != g->persons.certain[mentions[0]])
            return "merge";
    if (!at->text[NAME].len)
        return "no_name";
    if (!at->text[ADDRESS].len)
        return "no_address";
    return at->is_complete ? NULL : "incomplete_address";
}

/* The best way to reach him, and why there is none. */
static void settle_channel(const line *at, kk_person_line *out)
{
    bool has_address = at->text[ADDRESS].len && at->is_complete;
    out->channel = has_address           ? "letter"
                   : at->text[EMAIL].len ? "email"
                   : at->text[PHONE].len ? "phone"
                                         : "none";
    if (!has_address && !at->text[EMAIL].len && !at->text[PHONE].len)
        out->unreachable = at->text[ADDRESS].len ? "incomplete_address" : "no_contact";
}

static void add_refs(const listing *l, const line *at, kk_person_line *out, kk_arena *scratch)
{
    const kk_identity_graph *g = l->g;
    const uint32_t *mentions = l->order.mentions + at->from;
    const person_mention *last = NULL;
    for (size_t i = 0; i < at->count; i++) {
        const person_mention *m = &g->mentions[mentions[i]];
        if (exposure_of(g, mentions[i]) == EXPOSED_NOT ||
            (last && last->table == m->table && last->record == m->record))
            continue;
        kk_refs_add(
            scratch, &out->refs,
            &(kk_ref){file_of(g, mentions[i])->label, g->tables[m->table].path, m->record, 0, 0});
        last = m;
    }
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
static void settle_reach(const listing *l, const line *at, kk_person_line *out)
{
    const kk_identity_graph *g = l->g;
    const uint32_t *mentions = l->order.mentions + at->from;
    exposure_kind exposure = EXPOSED_NOT;
    const person_mention *first = NULL;
    for (size_t i = 0; i < at->count; i++) {
        exposure_kind of = exposure_of(g, mentions[i]);
        exposure = of > exposure ? of : exposure;
        out->items |= of != EXPOSED_NOT ? exposed_items(g, mentions[i]) : 0;
        if (!first && of != EXPOSED_NOT)
            first = &g->mentions[mentions[i]];
    }
    out->category = l->persons->categories[category_of(g, first)].name;
    out->owner = l->persons->owners[g->tables[first->table].owner].name;
    out->exposure = exposure_names[exposure];
}

static void tell_line(listing *l, const line *at, kk_arena *scratch)
{
    uint32_t person = l->g->persons.probable[at->person];
    kk_person_line out = {
        .id = person_id(l->g, person, scratch),
        .name = at->text[NAME],
        .kana = at->text[KANA],
        .postal_code = at->postal_code,
        .address = at->text[ADDRESS],
        .phone = at->text[PHONE],
        .email = at->text[EMAIL],
        .address_day = KK_NO_DAY,
        .records = count_records(l->g, l->order.mentions + at->from, at->count),
        .hold = reason_to_hold(l, at),
    };
    if (at->chosen[ADDRESS] != UINT32_MAX)
        out.address_day = l->g->mentions[at->chosen[ADDRESS]].dated;
    settle_channel(at, &out);
    if (l->kind == KK_LIST_UNREACHABLE && !out.unreachable)
        return;
    if (l->kind == KK_LIST_LETTERS) {
        out.part = ++l->told[person];
        out.parts = l->parts[person];
    }
    settle_reach(l, at, &out);
    add_refs(l, at, &out, scratch);
    l->tell(l->context, &out);
}

/* Asks for the files of these lines alone, where they are few enough to be named. */
static void put_files(const listing *l, kk_buffer *where)
{
    const kk_identity_graph *g = l->g;
    kk_arena *own = kk_arena_open();
    bool *is_in = KK_NEW_ARRAY(own, bool, g->file_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < l->lines[i].count; k++) {
            bool *in =
                &is_in[g->tables[g->mentions[l->order.mentions[l->lines[i].from + k]].table].file];
            count += !*in;
            *in = true;
        }
    for (size_t f = 0; f < g->file_count && count <= ITEMS_NAMED_MOST; f++)
        if (is_in[f])
            kk_putf(where, "%s%llu", where->len ? ", " : "WHERE item IN (",
                    (unsigned long long)g->files[f].item);
    kk_put(where, where->len ? KK_S(")") : KK_NONE);
    kk_put_byte(where, '\0');
    kk_arena_close(own);
}

static kk_status tell_lines(listing *l, kk_fault *fault)
{
    l->values = kk_arena_open();
    kk_arena *scratch = kk_arena_open();
    kk_buffer where = {0};
    kk_status status = KK_OK;
    put_files(l, &where);
    if (l->count)
        status = personal_read(l->g, l->store, where.ptr, take_values, l, fault);
    for (size_t i = 0; i < l->count && status == KK_OK; i++) {
        tell_line(l, &l->lines[i], scratch);
        kk_arena_reset(scratch);
    }
    kk_buffer_close(&where);
    kk_arena_close(scratch);
    kk_arena_close(l->values);
    l->count = 0;
    return status;
}

/* Somebody living of whom something is in reach. */
static bool is_concerned(const listing *l, const bool *dead, const uint32_t *mentions, size_t count)
{
    const kk_identity_graph *g = l->g;
    if (dead[g->persons.probable[mentions[0]]])
        return false;
    for (size_t i = 0; i < count; i++)
        if (exposure_of(g, mentions[i]) != EXPOSED_NOT)
            return true;
    return false;
}

static size_t end_of(const listing *l, size_t at)
{
    const uint32_t *mentions = l->order.mentions;
    size_t end = at + 1;
    while (end < l->order.count && l->of[mentions[end]] == l->of[mentions[at]])
        end++;
    return end;
}

/* Who is dead by any of his records; and how many letters each person gets. */
static bool *find_dead(listing *l, kk_arena *own)
{
    const kk_identity_graph *g = l->g;
    bool *dead = KK_NEW_ARRAY(own, bool, g->persons.count);
    for (size_t i = 0; i < l->order.count; i++) {
        uint32_t mention = l->order.mentions[i];
        if (g->mentions[mention].standing == KK_IS_DECEASED)
            dead[g->persons.probable[mention]] = true;
    }
    if (l->kind != KK_LIST_LETTERS)
        return dead;
    l->parts = KK_NEW_ARRAY(own, uint32_t, g->persons.count);
    l->told = KK_NEW_ARRAY(own, uint32_t, g->persons.count);
    for (size_t i = 0, end; i < l->order.count; i = end) {
        const uint32_t *mentions = l->order.mentions + i;
        end = end_of(l, i);
        l->parts[g->persons.probable[mentions[0]]] += is_concerned(l, dead, mentions, end - i);
    }
    return dead;
}

kk_status kk_persons_list(kk_store *store, const kk_persons *persons, kk_person_list kind,
                          void (*tell)(void *context, const kk_person_line *line), void *context,
                          kk_fault *fault)
{
    const kk_identity_graph *g = persons->graph;
    kk_arena *own = kk_arena_open();
    listing l = {.g = g,
                 .persons = persons,
                 .kind = kind,
                 .of = kind == KK_LIST_LETTERS ? g->persons.certain : g->persons.probable,
                 .store = store,
                 .tell = tell,
                 .context = context};
    kk_status status = KK_OK;
    l.order = persons_in_order(g, l.of, own);
    const bool *dead = find_dead(&l, own);
    l.lines = KK_NEW_ARRAY(own, line, l.order.count < AT_A_TIME ? l.order.count : AT_A_TIME);
    for (size_t i = 0, end; i < l.order.count && status == KK_OK; i = end) {
        const uint32_t *mentions = l.order.mentions + i;
        end = end_of(&l, i);
        if (!is_concerned(&l, dead, mentions, end - i))
            continue;
        line *at = &l.lines[l.count++];
        *at = (line){.person = l.of[mentions[0]], .from = i, .count = end - i};
        choose(g, mentions, at);
        if (l.count == AT_A_TIME)
            status = tell_lines(&l, fault);
    }
    if (status == KK_OK)
        status = tell_lines(&l, fault);
    kk_arena_close(own);
    return status;
}
