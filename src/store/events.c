#include "store/events.h"

#include "store/ordered_i.h"
#include "store/store_i.h"

#include "base/json_read.h"

/* SQL conditions are built here from escaped texts; --where alone is SQL of the user's own, in a
 * connection that can only read the case. */
static void put_quoted(kk_buffer *sql, kk_slice text)
{
    kk_put_byte(sql, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            kk_put_byte(sql, '\'');
        if (text.ptr[i])
            kk_put_byte(sql, text.ptr[i]);
    }
    kk_put_byte(sql, '\'');
}

void kk_put_any(kk_buffer *sql, const char *condition, const kk_slice *values, size_t count)
{
    if (!count)
        return;
    kk_put(sql, KK_S(" AND ("));
    for (size_t i = 0; i < count; i++) {
        kk_slice c = kk_cstr(condition);
        kk_put(sql, i ? KK_S(" OR ") : KK_S(""));
        for (size_t at; (at = kk_find_byte(c, '$')) != KK_NOWHERE; c = kk_from(c, at + 1)) {
            kk_put(sql, kk_part(c, 0, at));
            put_quoted(sql, values[i]);
        }
        kk_put(sql, c);
    }
    kk_put_byte(sql, ')');
}

static const char grep_condition[] = "contains(lower(concat_ws(chr(10)"
#define TEXT_FIELD(NAME, ecs, column) ", \"" ecs "\""
#define WORD_FIELD(NAME, ecs, column) ", \"" ecs "\""
#include "model/fields.def"
                                     ", more, path)), lower($))";

static const char *const set_conditions[KK_EVENT_SETS] = {
    [KK_EVENTS_ALL] = "true",
    [KK_EVENTS_ACCESS] =
        "(\"event.category\" IN ('authentication', 'session') OR \"event.dataset\" = "
        "'fortinet.vpn' OR "
        "(\"event.dataset\" = 'samba.audit' AND \"event.action\" IN ('connect', 'disconnect')) OR "
        "(\"event.dataset\" = 'windows.security' AND \"event.code\" IN ('4624', '4625', '4634', "
        "'4647', '4648', "
        "'4672', '4768', '4769', '4771', '4776', '4778', '4779', '5140', '4608', '512')) OR "
        "(\"event.dataset\" = 'windows.system' AND \"event.code\" = '6005') OR "
        "(\"event.action\" = 'connection' AND \"event.provider\" IN "
        "('Microsoft-Windows-RemoteDesktopServices-RdpCoreTS', "
        "'Microsoft-Windows-TerminalServices-RemoteConnectionManager')))",
    [KK_EVENTS_TRAFFIC] = "\"event.dataset\" = 'fortinet.traffic'",
    [KK_EVENTS_PROCESSES] =
        "(\"event.category\" = 'process' OR \"event.dataset\" IN ('linux.history') OR "
        "(\"event.dataset\" = 'windows.security' AND \"event.code\" IN ('4688', '4697', '4698')) "
        "OR "
        "(\"event.dataset\" = 'windows.system' AND \"event.code\" = '7045'))",
    [KK_EVENTS_FILES] =
        "(\"event.dataset\" = 'samba.audit' OR "
        "(\"event.dataset\" = 'windows.security' AND \"event.code\" IN ('4663', '5145')))",
    [KK_EVENTS_ENTRIES] = "starts_with(\"event.dataset\", 'fs.')",
    [KK_EVENTS_LISTED] = "\"event.dataset\" = 'leak.listing'",
    [KK_EVENTS_TRANSFERS] = "(\"event.dataset\" IN ('rclone.log', 'rclone.config') OR "
                            "(\"event.action\" IN ('sftp-close', 'upload', 'download')))",
    [KK_EVENTS_CLEARED] = "((\"event.dataset\" = 'windows.security' AND \"event.code\" IN ('1102', "
                          "'4719', '4616', '1100')) OR "
                          "(\"event.dataset\" = 'windows.system' AND \"event.code\" IN ('104', "
                          "'6005', '6006', '6008')))",
};

static void put_filter(kk_buffer *sql, const kk_event_filter *f)
{
    kk_putf(sql, " AND %s", set_conditions[f->set]);
    if (f->from != KK_NO_TIME)
        kk_putf(sql, " AND time >= %lld", (long long)f->from);
    if (f->to != KK_NO_TIME)
        kk_putf(sql, " AND time < %lld", (long long)f->to);
    kk_put_any(sql, "lower(host) = lower($)", f->hosts, f->host_count);
    kk_put_any(sql, "lower(\"user.name\") = lower($) OR lower(\"user.target.name\") = lower($)",
               f->accounts, f->account_count);
    kk_put_any(sql, "lower(\"event.module\") = lower($) OR lower(\"event.dataset\") = lower($)",
               f->sources, f->source_count);
    kk_put_any(sql, grep_condition, f->greps, f->grep_count);
    for (size_t i = 0; i < f->where_count; i++)
        kk_putf(sql, " AND (%.*s\n)", KK_P(f->wheres[i]));
}

static const bool is_rare[KK_TEXT_FIELDS] = {
#define RARE_FIELD(NAME, ecs, column) [KK_##NAME] = true,
#include "model/fields.def"
};

size_t kk_event_fill(kk_event_row *r, const kk_rows *rows)
{
    size_t c = 0;
    r->time = kk_rows_i64(rows, c++);
    r->record = kk_rows_u64(rows, c++);
    r->sub = (uint32_t)kk_rows_u64(rows, c++);
    r->offset = kk_rows_u64(rows, c++);
    r->length = (uint32_t)kk_rows_u64(rows, c++);
    r->flags = (uint32_t)kk_rows_u64(rows, c++);
    r->outcome = (kk_outcome)kk_rows_u64(rows, c++);
    r->path = kk_rows_text(rows, c++);
    r->label = kk_rows_text(rows, c++);
    r->evidence_key = kk_rows_text(rows, c++);
    r->module = kk_rows_text(rows, c++);
    r->host = kk_rows_text(rows, c++);
    r->keeper = kk_rows_text(rows, c++);
    r->more = rows_more(rows, c);
    c += 2;
    kk_slice rare = kk_rows_text(rows, c++);
    for (size_t i = 0; i < KK_TEXT_FIELDS; i++)
        r->text[i] = is_rare[i] ? KK_NONE : kk_rows_text(rows, c++);
    rare_texts(rare, r->text);
    r->has_number = 0;
    for (size_t i = 0; i < KK_NUMBER_FIELDS; i++, c++) {
        r->number[i] = kk_rows_u64(rows, c);
        r->has_number |= (uint64_t)!kk_rows_null(rows, c) << i;
    }
    return c;
}

static const char
    *const
        columns
            [] =
                {
                    "time",         "record",  "sub",    "offset",       "length",
                    "flags",        "outcome", "path",   "label",        "evidence_key",
                    "event.module", "host",    "keeper", "packed_names", "packed_more",
                    "packed_rare", /* put together here, once their order is known */
#define TEXT_FIELD(NAME, ecs, column) ecs,
#define RARE_FIELD(NAME, ecs, column)
#define WORD_FIELD(NAME, ecs, column) ecs,
#include "model/fields.def"
#define NUMBER_FIELD(NAME, ecs, column) ecs,
#include "model/fields.def"
};

void kk_put_event_columns(kk_buffer *sql, const char *table)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        kk_putf(sql, "%s%s.\"%s\"", i ? ", " : "", table, columns[i]);
}

typedef struct {
    void (*row)(void *context, const kk_event_row *row);
    void *context;
} telling;

static kk_status tell_event(void *context, const kk_rows *rows)
{
    const telling *t = context;
    kk_event_row r;
    (void)kk_event_fill(&r, rows);
    t->row(t->context, &r);
    return KK_OK;
}

kk_status kk_events_read(kk_store *store, const kk_event_filter *filter,
                         void (*row)(void *context, const kk_event_row *row), void *context,
                         kk_fault *fault)
{
    kk_buffer sql = {0};
    telling t = {row, context};
    kk_put(&sql, KK_S("SELECT "));
    kk_put_event_columns(&sql, "timeline");
    kk_put(&sql, KK_S(" FROM timeline WHERE true"));
    put_filter(&sql, filter);
    kk_status status = read_rows(store, kk_buffer_slice(&sql), filter->in_any_order ? NULL : "",
                                 tell_event, &t, fault);
    kk_buffer_close(&sql);
    return status;
}

kk_ref kk_event_ref(kk_arena *arena, const kk_event_row *r)
{
    return (kk_ref){kk_copy(arena, r->label), kk_copy(arena, r->path), r->record, r->offset,
                    r->length};
}

kk_slice kk_event_field(kk_arena *arena, const kk_event_row *r, const char *name)
{
    /* A quick look first: most rows lack most fields, and reading JSON costs. */
    if (!r->more.len || !kk_has(r->more, kk_cstr(name)))
        return KK_NONE;
    const kk_json_value *pairs = kk_json_read(arena, r->more);
    for (const kk_json_value *p = pairs ? pairs->first : NULL; p; p = p->next)
        if (p->kind == KK_JSON_ARRAY && p->first && p->first->next && kk_is(p->first->text, name))
            return p->first->next->text;
    return KK_NONE;
}

kk_slice kk_event_id(kk_arena *arena, const kk_event_row *r)
{
    uint64_t numbers[3] = {r->record, r->offset, r->sub};
    kk_slice parts[] = {r->evidence_key, r->path, {(const char *)numbers, sizeof numbers}};
    return kk_id(arena, "V", parts, 3);
}

void kk_event_json(kk_json *j, const kk_event_row *r)
{
    static const char *const outcomes[KK_OUTCOMES] = {NULL, "success", "failure"};
    kk_json_object(j, NULL);
    if (r->time != KK_NO_TIME)
        kk_json_time(j, "@timestamp", r->time);
    if (r->host.len)
        kk_json_text(j, "host.name",
                     r->host); /* the name given for the machine, where it is this machine */
    kk_json_text(j, "event.module", r->module);
    for (kk_text_field f = 0; f < KK_TEXT_FIELDS; f++)
        if (r->text[f].len && f != KK_HOST_NAME)
            kk_json_text(j, kk_text_field_name(f), r->text[f]);
    if (r->outcome)
        kk_json_cstr(j, "event.outcome", outcomes[r->outcome]);
    for (kk_number_field f = 0; f < KK_NUMBER_FIELDS; f++)
        if (r->has_number >> f & 1)
            kk_json_u64(j, kk_number_field_name(f), r->number[f]);
    if (r->flags & KK_FLAG_DELETED)
        kk_json_bool(j, "kakuho.deleted", true);
    if (r->flags & KK_FLAG_RECOVERED)
        kk_json_bool(j, "kakuho.recovered", true);
    if (r->flags & KK_FLAG_DAMAGED)
        kk_json_bool(j, "kakuho.damaged", true);
    if (r->more.len)
        kk_json_raw(j, "kakuho.fields", r->more);
    kk_json_ref(j, "ref", &(kk_ref){r->label, r->path, r->record, r->offset, r->length});
    kk_json_close(j);
}
