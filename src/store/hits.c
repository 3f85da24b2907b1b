#include "store/hits.h"

static const char stored_columns[] = "s.item, s.range, s.record, s.sub, s.time, s.flags, s.outcome"
#define TEXT_FIELD(NAME, ecs, column) ", s." #column
#define WORD_FIELD(NAME, ecs, column) ", s." #column
#include "model/fields.def"
#define NUMBER_FIELD(NAME, ecs, column) ", s." #column
#include "model/fields.def"
                                     ", s.more";

kk_status kk_unmatched_any(kk_store *store, uint64_t rules, bool *any, kk_fault *fault)
{
    kk_rows *rows;
    kk_param number = KK_U64(rules);
    kk_status status = kk_ask(store, "units_unmatched", NULL, &number, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    *any = kk_rows_next(rows) && kk_rows_u64(rows, 0) > 0;
    return kk_rows_close(rows, fault);
}

kk_status kk_unmatched_open(kk_store *store, uint64_t rules, kk_rows **out, kk_fault *fault)
{
    kk_buffer sql = {0};
    kk_putf(&sql,
            "SELECT %s FROM stored s WHERE (s.item, s.range) NOT IN "
            "(SELECT (item, range) FROM matched WHERE rules = %llu::UBIGINT)",
            stored_columns, (unsigned long long)rules);
    kk_put_byte(&sql, '\0');
    kk_status status = kk_ask(store, "any", sql.ptr, NULL, 0, out, fault);
    kk_buffer_close(&sql);
    return status;
}

bool kk_unmatched_next(kk_rows *rows, kk_stored_event *e)
{
    size_t c = 0;
    if (!kk_rows_next(rows))
        return false;
    memset(e, 0, sizeof *e);
    e->item = kk_rows_u64(rows, c++);
    e->range = (uint32_t)kk_rows_u64(rows, c++);
    e->event.record = kk_rows_u64(rows, c++);
    e->event.sub = (uint32_t)kk_rows_u64(rows, c++);
    e->event.time = kk_rows_i64(rows, c++);
    e->event.flags = (uint32_t)kk_rows_u64(rows, c++);
    e->event.outcome = (kk_outcome)kk_rows_u64(rows, c++);
    for (size_t i = 0; i < KK_TEXT_FIELDS; i++)
        e->event.text[i] = kk_rows_text(rows, c++);
    for (size_t i = 0; i < KK_NUMBER_FIELDS; i++, c++)
        if (!kk_rows_null(rows, c))
            kk_set_number(&e->event, (kk_number_field)i, kk_rows_u64(rows, c));
    e->more = kk_rows_text(rows, c);
    return true;
}

kk_status kk_unmatched_settle(kk_store *store, uint64_t rules, kk_fault *fault)
{
    kk_buffer sql = {0};
    kk_putf(&sql,
            "INSERT INTO matched SELECT DISTINCT %llu::UBIGINT, item, range FROM units "
            "WHERE (item, range) NOT IN "
            "(SELECT (item, range) FROM matched WHERE rules = %llu::UBIGINT)",
            (unsigned long long)rules, (unsigned long long)rules);
    kk_put_byte(&sql, '\0');
    kk_status status = kk_store_run(store, sql.ptr, fault);
    kk_buffer_close(&sql);
    return status;
}

static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
enum { LEVELS = sizeof levels / sizeof *levels };

static void put_filter(kk_buffer *sql, const kk_hit_filter *f)
{
    size_t from = 0;
    while (from < LEVELS && !kk_is(f->level_from, levels[from]))
        from++;
    if (from < LEVELS) {
        kk_put(sql, KK_S(" AND r.level IN ("));
        for (size_t i = from; i < LEVELS; i++)
            kk_putf(sql, "%s'%s'", i > from ? ", " : "", levels[i]);
        kk_put_byte(sql, ')');
    }
    if (f->from != KK_NO_TIME)
        kk_putf(sql, " AND h.time >= %lld", (long long)f->from);
    if (f->to != KK_NO_TIME)
        kk_putf(sql, " AND h.time < %lld", (long long)f->to);
    kk_put_any(sql, "lower(r.id) = lower($) OR lower(r.title) = lower($)", &f->rule,
               f->rule.len > 0);
    kk_put_any(sql, "lower(t.host) = lower($)", f->hosts, f->host_count);
}

kk_status kk_hits_read(kk_store *store, const kk_hit_filter *filter,
                       void (*row)(void *context, const kk_hit_row *row), void *context,
                       kk_fault *fault)
{
    kk_buffer sql = {0};
    kk_rows *rows;
    kk_put(&sql, KK_S("SELECT "));
    kk_put_event_columns(&sql, "t");
    kk_put(&sql, KK_S(", r.id, r.title, r.level, r.tags, h.source FROM hits h "
                      "JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0 "
                      "LEFT JOIN unit_base hb ON hb.item = h.item AND hb.range = h.range "
                      "JOIN timeline t ON t.item = h.item AND t.range = h.range AND "
                      "t.record = h.record + coalesce(hb.base, 0) AND t.sub = h.sub WHERE true"));
    put_filter(&sql, filter);
    kk_put(&sql,
           KK_S(" ORDER BY t.time NULLS LAST, t.label, t.path, t.record, t.sub, t.\"offset\", "
                "r.id, r.title"));
    kk_put_byte(&sql, '\0');
    kk_status status = kk_ask(store, "any", sql.ptr, NULL, 0, &rows, fault);
    kk_buffer_close(&sql);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_hit_row r;
        size_t c = kk_event_fill(&r.event, rows);
        r.rule = kk_rows_text(rows, c++);
        r.title = kk_rows_text(rows, c++);
        r.level = kk_rows_text(rows, c++);
        r.tags = kk_rows_text(rows, c++);
        r.source = kk_rows_text(rows, c++);
        row(context, &r);
    }
    return kk_rows_close(rows, fault);
}

kk_slice kk_hit_id(kk_arena *arena, const kk_hit_row *r)
{
    kk_slice parts[] = {r->rule.len ? r->rule : r->title, kk_event_id(arena, &r->event)};
    return kk_id(arena, "D", parts, 2);
}

void kk_hit_json(kk_json *j, const kk_hit_row *r)
{
    kk_arena *arena = kk_arena_open();
    kk_ref ref = kk_event_ref(arena, &r->event);
    kk_json_object(j, NULL);
    kk_json_text(j, "id", kk_hit_id(arena, r));
    kk_json_object(j, "rule");
    kk_json_text(j, "id", r->rule);
    kk_json_text(j, "title", r->title);
    kk_json_text(j, "level", r->level);
    kk_json_raw(j, "tags", r->tags.len ? r->tags : KK_S("[]"));
    kk_json_close(j);
    kk_json_cstr(j, "engine", "sigma");
    kk_json_text(j, "host", r->event.host);
    if (r->event.time != KK_NO_TIME)
        kk_json_time(j, "@timestamp", r->event.time);
    kk_json_text(j, "matched_as", r->source);
    kk_json_array(j, "event_ids");
    kk_json_text(j, NULL, kk_event_id(arena, &r->event));
    kk_json_close(j);
    kk_json_refs(j, "refs", &(kk_refs){&ref, 1, 1});
    kk_json_close(j);
    kk_arena_close(arena);
}
