/* Records that were entered while a page sent them to somebody else (`captures` of case.yaml): by their
 * own dates, record by record, whatever became of the file that they are in. */
#include "persons/persons_i.h"

typedef struct {
    kk_identity_graph *g;
    kk_persons *out;
    uint8_t *tables; /* of each table: bit per capture whose paths fit */
    kk_slice last_name;
    uint64_t last_item;
    uint32_t last_table;
} capturing;

/* ---- when ---- */

typedef struct {
    kk_time from, to; /* instants, both included */
} stretch;

/* What was written, as the instants that it may be. */
static stretch stretch_of(kk_time written, const kk_zone *zone)
{
    int64_t kind = written % KK_SECOND;
    if (kind < 0)
        kind += KK_SECOND;
    kk_time seconds = written - kind;
    if (kind >= KK_DATED_ZONED - 24 * 60 && kind <= KK_DATED_ZONED + 24 * 60) {
        kk_time at = seconds - (kind - KK_DATED_ZONED) * 60 * KK_SECOND;
        return (stretch){at, at};
    }
    kk_civil civil = kk_civil_from_time(seconds);
    kk_time at = kk_time_from_local(zone, &civil);
    if (kind == KK_DATED_CLOCK)
        return (stretch){at, at};
    kk_civil next = kk_civil_from_time(seconds + DAY);
    return (stretch){at, kk_time_from_local(zone, &next) - 1};
}

static stretch span_of(const kk_capture *c)
{
    return (stretch){kk_moment_given(&c->from) ? c->from.time : INT64_MIN / 2,
                     kk_moment_given(&c->to) ? c->to.time + KK_SECOND - 1 : INT64_MAX / 2};
}

/* Inclusive: who may have been in the window is. A second is whole, so is a day. */
static bool meets(const stretch *a, const stretch *b)
{
    return a->from <= b->to && b->from <= a->to;
}

static bool is_within(const stretch *part, const stretch *whole)
{
    return part->from >= whole->from && part->to <= whole->to;
}

/* ---- which ---- */

uint64_t captured_items(const kk_identity_graph *g, const person_mention *m)
{
    bool enters =
        m->role == KK_ROLE_SELF || m->role == KK_ROLE_ORDERER || m->role == KK_ROLE_HOLDER;
    uint64_t items = 0;
    for (unsigned bits = m->captures; bits; bits &= bits - 1) {
        uint64_t said = g->settings->captures.items[__builtin_ctz(bits)].items;
        items |= !said ? m->items : enters ? said : said & m->items;
    }
    return items;
}

static bool fit_tables(capturing *c)
{
    const kk_identity_graph *g = c->g;
    kk_arena *scratch = kk_arena_open();
    bool any = false;
    c->tables = KK_NEW_ARRAY(g->arena, uint8_t, g->table_count);
    for (size_t t = 0; t < g->table_count; t++) {
        for (size_t i = 0; i < g->settings->captures.count; i++)
            if (kk_path_matches(scratch, &g->settings->captures.items[i].paths, g->tables[t].path))
                c->tables[t] |= (uint8_t)(1u << i);
        any = any || c->tables[t];
        kk_arena_reset(scratch);
    }
    kk_arena_close(scratch);
    return any;
}

static uint32_t table_of(capturing *c, const kk_rows *rows)
{
    uint64_t item = kk_rows_u64(rows, 0);
    kk_slice name = kk_rows_text(rows, 1);
    if (c->last_table == UINT32_MAX || c->last_item != item || !kk_eq(c->last_name, name)) {
        c->last_item = item;
        c->last_table = graph_table(c->g, item, name);
        c->last_name = c->last_table == UINT32_MAX ? KK_NONE : c->g->tables[c->last_table].name;
    }
    return c->last_table;
}

static void take_row(capturing *c, const kk_rows *rows)
{
    kk_identity_graph *g = c->g;
    uint32_t table = table_of(c, rows);
    if (table == UINT32_MAX || !c->tables[table])
        return;
    uint32_t at = graph_mention(g, table, kk_rows_u64(rows, 2), (uint32_t)kk_rows_u64(rows, 3));
    if (at == UINT32_MAX)
        return;
    stretch written = stretch_of(kk_rows_i64(rows, 4), &g->settings->zone);
    for (unsigned bits = c->tables[table]; bits; bits &= bits - 1) {
        unsigned i = (unsigned)__builtin_ctz(bits);
        stretch span = span_of(&g->settings->captures.items[i]);
        if (!meets(&written, &span))
            continue;
        g->mentions[at].captures |= (uint8_t)(1u << i);
        if (!is_within(&written, &span))
            g->mentions[at].on_edge |= (uint8_t)(1u << i);
    }
}

/* What is said of one slot of a record is said of the record. */
static void settle_record(capturing *c, const person_table *t, size_t from, size_t to)
{
    kk_identity_graph *g = c->g;
    uint8_t captures = 0, on_edge = 0;
    bool is_dated = false, is_anybody = false;
    for (size_t i = from; i < to; i++) {
        captures |= g->mentions[i].captures;
        on_edge |= g->mentions[i].on_edge;
        is_dated = is_dated || g->mentions[i].dated != NO_DAY;
        is_anybody = is_anybody || is_somebody(&g->mentions[i]);
    }
    for (size_t i = from; i < to; i++)
        g->mentions[i].captures = captures;
    for (size_t i = 0; is_anybody && i < c->out->capture_count; i++) {
        struct kk_captured *said = &c->out->captures[i];
        unsigned bit = 1u << i;
        said->records += (captures & bit) != 0;
        said->on_edge += (captures & on_edge & bit) != 0;
        said->undated += !is_dated && (c->tables[t - g->tables] & bit);
    }
}

static void settle_records(capturing *c)
{
    const kk_identity_graph *g = c->g;
    for (size_t t = 0; t < g->table_count; t++) {
        const person_table *table = &g->tables[t];
        size_t end = table->first + table->count;
        for (size_t i = table->first, next; c->tables[t] && i < end; i = next) {
            for (next = i + 1; next < end && g->mentions[next].record == g->mentions[i].record;)
                next++;
            settle_record(c, table, i, next);
        }
    }
}

/* Written times may be up to a day off what they are in UTC. */
static void reach_of_all(const kk_case_settings *s, kk_param range[2])
{
    kk_time from = INT64_MAX / 2, to = INT64_MIN / 2;
    for (size_t i = 0; i < s->captures.count; i++) {
        stretch span = span_of(&s->captures.items[i]);
        from = span.from < from ? span.from : from;
        to = span.to > to ? span.to : to;
    }
    range[0] = KK_I64(from - 2 * DAY);
    range[1] = KK_I64(to + 2 * DAY);
}

kk_status captures_settle(kk_identity_graph *g, kk_store *store, kk_persons *out, kk_fault *fault)
{
    const kk_case_settings *s = g->settings;
    capturing c = {.g = g, .out = out, .last_table = UINT32_MAX};
    kk_param range[2];
    kk_rows *rows;
    out->capture_count = s->captures.count;
    out->captures = KK_NEW_ARRAY(g->arena, struct kk_captured, s->captures.count);
    for (size_t i = 0; i < s->captures.count; i++)
        out->captures[i].said = &s->captures.items[i];
    if (!s->captures.count || !fit_tables(&c))
        return KK_OK;
    reach_of_all(s, range);
    kk_status status = kk_ask(store, "persons_dated", NULL, range, 2, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows))
        take_row(&c, rows);
    status = kk_rows_close(rows, fault);
    settle_records(&c);
    return status;
}
