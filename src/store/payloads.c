#include "store/payloads.h"

#include "store/ordered_i.h"

static void put_question(kk_buffer *sql, const kk_payload_filter *f)
{
    kk_put(sql, KK_S("SELECT "));
    kk_put_event_columns(sql, "t");
    kk_put(sql, KK_S(", p.number, p.within, p.torn, p.cut, p.kind, p.field, p.mark, p.chain, "
                     "p.bytes, p.sha256, p.text, c.path AS child FROM payloads p "
                     "LEFT JOIN unit_base b ON b.item = p.item AND b.range = p.range "
                     "JOIN timeline t ON t.item = p.item AND t.range = p.range AND "
                     "t.record = p.record + coalesce(b.base, 0) AND t.sub = p.sub "
                     "LEFT JOIN items c ON c.item = p.child WHERE true"));
    if (!f->all_scripts)
        kk_put(sql,
               KK_S(" AND (p.kind <> 'script' OR (p.item, p.range, p.record, p.sub) IN (SELECT "
                    "(item, range, record, sub) FROM payloads WHERE within = 1))"));
    if (f->from != KK_NO_TIME)
        kk_putf(sql, " AND p.time >= %lld", (long long)f->from);
    if (f->to != KK_NO_TIME)
        kk_putf(sql, " AND p.time < %lld", (long long)f->to);
    kk_put_any(sql, "lower(t.host) = lower($)", f->hosts, f->host_count);
}

static void fill(kk_payload_line *line, const kk_rows *rows)
{
    kk_payload_row *p = &line->payload;
    size_t c = kk_event_fill(&line->event, rows);
    *p = (kk_payload_row){
        .time = line->event.time, .record = line->event.record, .sub = line->event.sub};
    p->number = (uint32_t)kk_rows_u64(rows, c++);
    p->within = (uint32_t)kk_rows_u64(rows, c++);
    p->torn = kk_rows_u64(rows, c++) != 0;
    p->cut = kk_rows_u64(rows, c++) != 0;
    p->kind = kk_rows_text(rows, c++);
    p->field = kk_rows_text(rows, c++);
    p->mark = kk_rows_text(rows, c++);
    p->chain = kk_rows_text(rows, c++);
    p->bytes = kk_rows_u64(rows, c++);
    kk_slice digest = kk_rows_text(rows, c++);
    if (digest.len == sizeof p->sha256.bytes)
        memcpy(p->sha256.bytes, digest.ptr, sizeof p->sha256.bytes);
    p->text = kk_rows_text(rows, c++);
    p->child = kk_rows_text(rows, c++);
}

typedef struct {
    void (*row)(void *context, const kk_payload_line *row);
    void *context;
} telling;

static kk_status tell(void *context, const kk_rows *rows)
{
    const telling *t = context;
    kk_payload_line line;
    fill(&line, rows);
    t->row(t->context, &line);
    return KK_OK;
}

kk_status kk_payloads_read(kk_store *store, const kk_payload_filter *filter,
                           void (*row)(void *context, const kk_payload_line *row), void *context,
                           kk_fault *fault)
{
    kk_buffer sql = {0};
    telling t = {row, context};
    put_question(&sql, filter);
    kk_status status = read_rows(store, kk_buffer_slice(&sql), ", number", tell, &t, fault);
    kk_buffer_close(&sql);
    return status;
}

kk_slice kk_payload_id(kk_arena *arena, const kk_payload_line *r)
{
    kk_slice parts[] = {kk_event_id(arena, &r->event), r->payload.field,
                        kk_print(arena, "%u", r->payload.number),
                        kk_sha256_hex(arena, &r->payload.sha256)};
    return kk_id(arena, "Y", parts, 4);
}

static void put_place(kk_json *j, kk_arena *arena, const kk_payload_line *r)
{
    kk_ref ref = kk_event_ref(arena, &r->event);
    kk_json_text(j, "event_id", kk_event_id(arena, &r->event));
    kk_json_ref(j, "ref", &ref);
}

void kk_payload_json(kk_json *j, const kk_payload_line *r)
{
    const kk_payload_row *p = &r->payload;
    kk_arena *arena = kk_arena_open();
    kk_json_object(j, NULL);
    kk_json_text(j, "id", kk_payload_id(arena, r));
    kk_json_text(j, "host", r->event.host);
    if (r->event.time != KK_NO_TIME)
        kk_json_time(j, "@timestamp", r->event.time);
    if (r->event.text[KK_USER_NAME].len)
        kk_json_text(j, "account", r->event.text[KK_USER_NAME]);
    kk_json_text(j, "kind", p->kind);
    kk_json_text(j, "chain", p->chain);
    if (p->mark.len)
        kk_json_text(j, "mark", p->mark);
    kk_json_text(j, "field", p->field);
    kk_json_u64(j, "number", p->number);
    if (p->within)
        kk_json_u64(j, "within", p->within);
    kk_json_text(j, "sha256", kk_sha256_hex(arena, &p->sha256));
    kk_json_u64(j, "bytes", p->bytes);
    if (p->torn)
        kk_json_bool(j, "torn", true);
    if (p->text.len)
        kk_json_text(j, "text", p->text);
    if (p->cut)
        kk_json_bool(j, "text_cut", true);
    if (p->child.len)
        kk_json_text(j, "path", p->child);
    put_place(j, arena, r);
    kk_json_close(j);
    kk_arena_close(arena);
}
