#include "store/hits.h"

#include "base/json_read.h"
#include "store/hit_events_i.h"
#include "store/ordered_i.h"

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

static size_t level_rank(kk_slice level)
{
    size_t rank = 0;
    while (rank < LEVELS && !kk_is(level, levels[rank]))
        rank++;
    return rank;
}

static void put_filter(kk_buffer *sql, const kk_hit_filter *f)
{
    size_t from = level_rank(f->level_from);
    if (from < LEVELS && !(f->judge && f->judge->sets_levels)) {
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

bool kk_is_level(kk_slice text)
{
    return level_rank(text) < LEVELS;
}

bool kk_hit_counts(const kk_hit_row *row)
{
    const kk_hit_said *s = &row->said;
    return !s->excluded && !s->benign && (!s->by_responder || s->hostile);
}

/* Whether the row is to be shown, after what people said of it. */
static kk_status judge_row(const kk_hit_filter *f, kk_hit_row *r, bool *shown, kk_fault *fault)
{
    kk_status status = KK_OK;
    r->said = (kk_hit_said){0};
    if (f->judge)
        status = f->judge->judge(f->judge->context, r, fault);
    size_t from = level_rank(f->level_from), level = level_rank(r->level);
    *shown = (f->shown == KK_HITS_ALL || r->said.excluded == (f->shown == KK_HITS_EXCLUDED)) &&
             (from == LEVELS || (level < LEVELS && level >= from));
    return status;
}

/* Hits in bytes, with the columns of hits in events that they have. */
static void put_scan_hits(kk_buffer *out, const kk_hit_filter *filter)
{
    kk_put(out, KK_S(" UNION ALL BY NAME SELECT h.time, 0::UBIGINT AS record, 0::UINTEGER AS sub, "
                     "t.path, t.label, t.evidence_key, t.parser AS \"event.module\", t.host, "
                     "t.path AS \"file.path\", "
                     "r.id AS rule_id, r.title, r.level, r.tags, false AS correlated, h.total, "
                     "true AS yara, h.item IN (SELECT s.item FROM scanned s WHERE s.outcome = 1) "
                     "AS in_part, h.places FROM scan_told h "
                     "JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0 "
                     "JOIN item_info t ON t.item = h.item WHERE true"));
    put_filter(out, filter);
}

static void put_question(kk_buffer *sql, const kk_hit_filter *filter)
{
    kk_put(sql, KK_S("SELECT "));
    kk_put_event_columns(sql, "t");
    kk_put(
        sql,
        KK_S(
            ", r.id AS rule_id, r.title, r.level, r.tags, h.source, h.decoded, h.number IS NOT "
            "NULL "
            "AS correlated, h.first, h.total, h.value, h.grouped, h.number, r.title_ja, "
            "false AS yara, false AS in_part, NULL::VARCHAR AS places FROM ("
            "SELECT rules, rule, item, range, record, sub, time, source, decoded, NULL AS number, "
            "NULL AS first, NULL AS total, NULL AS value, NULL AS grouped FROM hits "
            "ANTI JOIN (FROM uncounted_hits WHERE why = 0) USING (rules, item, range, record, sub) "
            "UNION ALL SELECT c.rules, c.rule, e.item, e.range, e.record, e.sub, c.last, "
            "'correlation', NULL, c.number, c.first, c.total, c.value, c.grouped "
            "FROM correlated c JOIN correlated_events e ON e.number = c.number AND "
            "e.position = 0) h "
            "JOIN rules r ON r.rules = h.rules AND r.rule = h.rule AND r.state = 0 "
            "LEFT JOIN unit_base hb ON hb.item = h.item AND hb.range = h.range "
            "JOIN timeline t ON t.item = h.item AND t.range = h.range AND "
            "t.record = h.record + coalesce(hb.base, 0) AND t.sub = h.sub WHERE true"));
    put_filter(sql, filter);
    if (filter->with_yara)
        put_scan_hits(sql, filter);
}

typedef struct {
    const kk_hit_filter *filter;
    const kk_known_events *known;
    void (*row)(void *context, const kk_hit_row *row);
    void *context;
    kk_fault *fault;
} telling;

static kk_status tell_hit(void *context, const kk_rows *rows)
{
    const telling *t = context;
    kk_hit_row r = {.known = t->known};
    bool shown;
    size_t c = kk_event_fill(&r.event, rows);
    r.rule = kk_rows_text(rows, c++);
    r.title = kk_rows_text(rows, c++);
    r.level = kk_rows_text(rows, c++);
    r.tags = kk_rows_text(rows, c++);
    r.source = kk_rows_text(rows, c++);
    r.decoded = kk_rows_text(rows, c++);
    r.is_correlation = kk_rows_u64(rows, c++) != 0;
    r.first = kk_rows_i64(rows, c++);
    r.total = kk_rows_u64(rows, c++);
    r.value = kk_rows_text(rows, c++);
    r.group = kk_rows_text(rows, c++);
    r.number = (uint32_t)kk_rows_u64(rows, c++);
    r.title_ja = kk_rows_text(rows, c++);
    r.is_yara = kk_rows_u64(rows, c++) != 0;
    r.in_part = kk_rows_u64(rows, c++) != 0;
    r.places = kk_rows_text(rows, c++);
    kk_status status = judge_row(t->filter, &r, &shown, t->fault);
    if (status == KK_OK && shown)
        t->row(t->context, &r);
    return status;
}

kk_status kk_hits_read(kk_store *store, const kk_hit_filter *filter,
                       void (*row)(void *context, const kk_hit_row *row), void *context,
                       kk_fault *fault)
{
    kk_buffer sql = {0};
    kk_arena *arena = kk_arena_open();
    telling t = {filter, NULL, row, context, fault};
    kk_status status = KK_OK;
    put_question(&sql, filter);
    if (filter->with_events)
        status = hit_events_load(store, arena, &t.known, fault);
    if (status == KK_OK)
        status =
            read_rows(store, kk_buffer_slice(&sql),
                      filter->any_order ? NULL : ", rule_id, title, number", tell_hit, &t, fault);
    kk_buffer_close(&sql);
    kk_arena_close(arena);
    return status;
}

kk_status kk_hit_events(kk_store *store, const kk_hit_row *hit,
                        void (*row)(void *context, const kk_event_row *row), void *context,
                        kk_fault *fault)
{
    kk_buffer columns = {0};
    kk_rows *rows;
    kk_event_row r;
    kk_param number = KK_U64(hit->number);
    if (hit->known) {
        hit_events_tell(hit->known, hit->number, row, context);
        return KK_OK;
    }
    kk_put_event_columns(&columns, "t");
    kk_put_byte(&columns, '\0');
    kk_status status = kk_ask(store, "correlated_events", columns.ptr, &number, 1, &rows, fault);
    kk_buffer_close(&columns);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        (void)kk_event_fill(&r, rows);
        row(context, &r);
    }
    return kk_rows_close(rows, fault);
}

kk_slice kk_hit_id(kk_arena *arena, const kk_hit_row *r)
{
    kk_slice parts[] = {r->rule.len ? r->rule : r->title, kk_event_id(arena, &r->event), r->group};
    return kk_id(arena, "D", parts, r->is_correlation ? 3 : 2);
}

size_t kk_scan_places(kk_arena *arena, const kk_hit_row *r, kk_scan_place **out)
{
    const kk_json_value *list = kk_json_read(arena, r->places);
    size_t count = 0;
    *out = KK_NEW_ARRAY(arena, kk_scan_place, KK_SCAN_PLACES);
    for (const kk_json_value *v = list ? list->first : NULL; v && count < KK_SCAN_PLACES;
         v = v->next) {
        const kk_json_value *offset = v->first ? v->first->next : NULL;
        kk_scan_place *p = &(*out)[count];
        uint64_t length;
        if (!offset || !offset->next || !kk_to_u64(offset->text, &p->ref.offset) ||
            !kk_to_u64(offset->next->text, &length))
            continue;
        p->name = v->first->text;
        p->ref.evidence = r->event.label;
        p->ref.path = r->event.path;
        p->ref.length = (uint32_t)length;
        count++;
    }
    return count;
}

/* Events of a detection: their ids and places. */
typedef struct {
    kk_arena *arena;
    kk_slice ids[KK_REFS_MOST];
    size_t count;
    kk_refs refs;
} told;

static void tell(void *context, const kk_event_row *row)
{
    told *t = context;
    kk_ref ref = kk_event_ref(t->arena, row);
    if (t->count < KK_REFS_MOST)
        t->ids[t->count++] = kk_event_id(t->arena, row);
    kk_refs_add(t->arena, &t->refs, &ref);
}

static void put_places(kk_json *j, const kk_hit_row *r, kk_arena *arena)
{
    kk_scan_place *places;
    size_t count = kk_scan_places(arena, r, &places);
    kk_json_u64(j, "matches", r->total);
    kk_json_array(j, "strings");
    for (size_t i = 0; i < count; i++) {
        kk_json_object(j, NULL);
        kk_json_text(j, "name", places[i].name);
        kk_json_u64(j, "offset", places[i].ref.offset);
        kk_json_u64(j, "length", places[i].ref.length);
        kk_json_close(j);
    }
    kk_json_close(j);
    if (r->in_part)
        kk_json_bool(j, "partly_scanned", true);
}

static void put_hit(kk_json *j, const kk_hit_row *r, const told *t)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "id", kk_hit_id(t->arena, r));
    kk_json_object(j, "rule");
    kk_json_text(j, "id", r->rule);
    kk_json_text(j, "title", r->title);
    kk_json_text(j, "level", r->level);
    if (r->said.level_was.len)
        kk_json_text(j, "level_was", r->said.level_was);
    kk_json_raw(j, "tags", r->tags.len ? r->tags : KK_S("[]"));
    kk_json_close(j);
    kk_json_cstr(j, "engine", r->is_yara ? "yara" : "sigma");
    kk_json_text(j, "host", r->event.host);
    if (r->event.time != KK_NO_TIME)
        kk_json_time(j, "@timestamp", r->event.time);
    if (r->is_correlation) {
        kk_json_time(j, "first", r->first);
        kk_json_u64(j, "events", r->total);
        kk_json_text(j, "value", r->value);
        kk_json_raw(j, "group", r->group);
    } else if (!r->is_yara) {
        kk_json_text(j, "matched_as", r->source);
        if (r->decoded.len) {
            kk_json_cstr(j, "in", "decoded payload");
            kk_json_text(j, "decoded_field", r->decoded);
        }
    }
    if (r->event.flags & KK_FLAG_RECOVERED)
        kk_json_bool(j, "recovered", true);
    kk_json_texts(j, "event_ids", t->ids, t->count);
    kk_json_refs(j, "refs", &t->refs);
    if (r->is_yara)
        put_places(j, r, t->arena);
    kk_hit_said_json(j, &r->said);
    kk_json_close(j);
}

void kk_hit_said_json(kk_json *j, const kk_hit_said *said)
{
    if (said->by_responder && said->did_ja.len)
        kk_json_both(j, "responder", said->did_ja, said->did_en);
    else if (said->by_responder)
        kk_json_bool(j, "responder", true);
    if (said->excluded)
        kk_json_bool(j, "excluded", true);
    if (said->hostile || said->benign)
        kk_json_bool(j, "hostile", said->hostile);
    if (!said->decision_count)
        return;
    kk_json_array(j, "decisions");
    for (size_t i = 0; i < said->decision_count; i++) {
        const kk_hit_decision *d = &said->decisions[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "id", d->id);
        kk_json_text(j, "kind", d->kind);
        kk_json_text(j, "by", d->by);
        kk_json_text(j, "reason", d->reason);
        kk_json_close(j);
    }
    kk_json_close(j);
}

/* Without a place, as for a rule about a file's form alone, the file itself. */
static void tell_places(told *t, const kk_hit_row *r)
{
    kk_scan_place *places;
    size_t count = kk_scan_places(t->arena, r, &places);
    kk_ref whole = kk_event_ref(t->arena, &r->event);
    if (!count)
        kk_refs_add(t->arena, &t->refs, &whole);
    for (size_t i = 0; i < count; i++)
        kk_refs_add(t->arena, &t->refs, &places[i].ref);
}

kk_status kk_hit_json(kk_store *store, kk_json *j, const kk_hit_row *r, kk_fault *fault)
{
    told t = {.arena = kk_arena_open()};
    kk_status status = KK_OK;
    if (r->is_correlation)
        status = kk_hit_events(store, r, tell, &t, fault);
    else if (r->is_yara)
        tell_places(&t, r);
    else
        tell(&t, &r->event);
    if (status == KK_OK)
        put_hit(j, r, &t);
    kk_arena_close(t.arena);
    return status;
}
