#include "store/logons.h"

#include "base/text.h"
#include "model/logon.h"

#include <stdlib.h>

enum { REASONS_MOST = 64 };

static kk_ref ref_at(const kk_rows *rows, size_t column)
{
    return (kk_ref){kk_rows_text(rows, column), kk_rows_text(rows, column + 1),
                    kk_rows_u64(rows, column + 2), kk_rows_u64(rows, column + 3),
                    (uint32_t)kk_rows_u64(rows, column + 4)};
}

static void fill(kk_logon_row *r, const kk_rows *rows)
{
    kk_slice *const texts[] = {&r->host, &r->account, &r->domain, &r->account_is, &r->kind};
    kk_slice *const more[] = {&r->from_ip, &r->workstation, &r->by, &r->target, &r->log};
    uint64_t *const counts[] = {&r->successes, &r->failures, &r->others, &r->ended, &r->privileged};
    size_t c = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = kk_rows_text(rows, c++);
    r->has_type = !kk_rows_null(rows, c);
    r->type = (uint8_t)kk_rows_u64(rows, c++);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        *more[i] = kk_rows_text(rows, c++);
    r->is_local = kk_rows_u64(rows, c++) != 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        *counts[i] = kk_rows_u64(rows, c++);
    r->first = kk_rows_i64(rows, c++);
    r->last = kk_rows_i64(rows, c++);
    r->reasons = kk_rows_text(rows, c++);
    r->failures_before = kk_rows_u64(rows, c++);
    r->success_at = kk_rows_i64(rows, c++);
    r->failing_since = kk_rows_i64(rows, c++);
    r->has_source = !kk_rows_null(rows, c);
    r->source_accounts = kk_rows_u64(rows, c++);
    r->source_failed_accounts = kk_rows_u64(rows, c++);
    r->source_hosts = kk_rows_u64(rows, c++);
    r->workstations = kk_rows_u64(rows, c++);
    r->first_ref = ref_at(rows, c);
    r->last_ref = ref_at(rows, c + 5);
}

static bool is_any(kk_slice value, const kk_slice *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kk_eq_nocase(value, wanted[i]))
            return true;
    return !count;
}

/* What a source did elsewhere stays in the figures of the rows that are left. */
static bool is_wanted(const kk_logon_filter *f, const kk_logon_row *r)
{
    kk_slice short_name = kk_part(r->host, 0, kk_find_byte(r->host, '.'));
    return (is_any(r->host, f->hosts, f->host_count) ||
            is_any(short_name, f->hosts, f->host_count)) &&
           (is_any(r->account, f->accounts, f->account_count) ||
            is_any(r->by, f->accounts, f->account_count)) &&
           (is_any(r->from_ip, f->addresses, f->address_count) ||
            is_any(r->workstation, f->addresses, f->address_count));
}

kk_status kk_logons_read(kk_store *store, const kk_logon_filter *f,
                         void (*row)(void *context, const kk_logon_row *row), void *context,
                         kk_fault *fault)
{
    kk_buffer extra = {0};
    kk_rows *rows;
    kk_logon_row r;
    if (f->from != KK_NO_TIME)
        kk_putf(&extra, " AND time >= %lld", (long long)f->from);
    if (f->to != KK_NO_TIME)
        kk_putf(&extra, " AND time < %lld", (long long)f->to);
    kk_put_byte(&extra, '\0');
    kk_status status = kk_ask(store, "logons", extra.ptr, NULL, 0, &rows, fault);
    kk_buffer_close(&extra);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        fill(&r, rows);
        if (is_wanted(f, &r))
            row(context, &r);
    }
    return kk_rows_close(rows, fault);
}

/* ---- Reasons ---- */

typedef struct {
    kk_slice name;
    uint64_t count;
} counted;

static int most_first(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : kk_compare(x->name, y->name);
}

/* 0xc000006a, and 3221225578 as Windows 2000 wrote it. */
static bool code_of(kk_slice text, uint64_t *code)
{
    return kk_starts(text, KK_S("0x")) ? kk_hex_to_u64(kk_from(text, 2), code)
                                       : kk_to_u64(text, code);
}

/* "status:0xc000006a" to "wrong_password"; a code without a name stays as it is. */
static kk_slice reason_of(kk_slice coded)
{
    static const char *const kinds[KK_LOGON_CODES] = {"status", "kerberos", "policy", "event",
                                                      "gateway"};
    size_t colon = kk_find_byte(coded, ':');
    kk_slice kind = kk_part(coded, 0, colon), code = kk_from(coded, colon + 1);
    uint64_t number;
    if (kk_is(kind, "line"))
        return code;
    if (!code.len)
        return KK_S("not_told");
    for (int k = 0; k < KK_LOGON_CODES; k++) {
        const char *name = kk_is(kind, kinds[k]) && code_of(code, &number)
                               ? kk_logon_reason_name((kk_logon_code)k, number)
                               : NULL;
        if (name)
            return kk_cstr(name);
    }
    return coded;
}

static size_t count_reasons(kk_slice reasons, counted *list)
{
    size_t count = 0;
    kk_slice rest = reasons, one;
    while (kk_split(&rest, ';', &one)) {
        size_t equals = kk_rfind_byte(one, '='), at = 0;
        uint64_t n = 0;
        if (equals == KK_NOWHERE || !kk_to_u64(kk_from(one, equals + 1), &n))
            continue;
        kk_slice name = reason_of(kk_part(one, 0, equals));
        while (at < count && !kk_eq(list[at].name, name))
            at++;
        if (at == REASONS_MOST)
            at = REASONS_MOST - 1; /* the last takes all further ones */
        if (at == count)
            list[count++] = (counted){name, 0};
        list[at].count += n;
    }
    if (count)
        qsort(list, count, sizeof *list, most_first);
    return count;
}

kk_slice kk_logon_reasons(kk_arena *arena, kk_slice reasons)
{
    counted list[REASONS_MOST];
    size_t count = count_reasons(reasons, list);
    kk_slice text = KK_NONE;
    for (size_t i = 0; i < count; i++)
        text = kk_print(arena, "%.*s%s%.*s=%llu", KK_P(text), i ? " " : "", KK_P(list[i].name),
                        (unsigned long long)list[i].count);
    return text;
}

/* ---- JSON ---- */

static void put_source(kk_json *j, const kk_logon_row *r)
{
    if (!r->has_source) {
        kk_json_null(j, "source");
        return;
    }
    kk_json_object(j, "source");
    kk_json_u64(j, "accounts", r->source_accounts);
    kk_json_u64(j, "failed_accounts", r->source_failed_accounts);
    kk_json_u64(j, "hosts", r->source_hosts);
    kk_json_close(j);
}

static void put_success_after(kk_json *j, const kk_logon_row *r)
{
    if (!r->failures_before) {
        kk_json_null(j, "success_after_failures");
        return;
    }
    kk_json_object(j, "success_after_failures");
    kk_json_u64(j, "failures", r->failures_before);
    kk_json_time(j, "since", r->failing_since);
    kk_json_time(j, "at", r->success_at);
    kk_json_close(j);
}

void kk_logon_json(kk_json *j, kk_arena *arena, const kk_logon_row *r)
{
    counted list[REASONS_MOST];
    size_t count = count_reasons(r->reasons, list);
    const char *type = r->has_type ? kk_logon_type_name(r->type) : NULL;
    kk_refs refs = {0};
    kk_json_object(j, NULL);
    kk_json_text(j, "host", r->host);
    kk_json_text_or_null(j, "account", r->account);
    kk_json_text_or_null(j, "domain", r->domain);
    kk_json_text(j, "account_is", r->account_is);
    kk_json_text(j, "kind", r->kind);
    if (r->has_type)
        kk_json_u64(j, "type", r->type);
    else
        kk_json_null(j, "type");
    kk_json_text_or_null(j, "type_name", kk_cstr(type));
    kk_json_text_or_null(j, "from_ip", r->from_ip);
    kk_json_text_or_null(j, "workstation", r->workstation);
    kk_json_u64(j, "workstations", r->workstations);
    kk_json_bool(j, "local", r->is_local);
    kk_json_text_or_null(j, "by", r->by);
    kk_json_text_or_null(j, "target", r->target);
    kk_json_text(j, "log", r->log);
    kk_json_u64(j, "successes", r->successes);
    kk_json_u64(j, "failures", r->failures);
    kk_json_u64(j, "others", r->others);
    kk_json_u64(j, "ended", r->ended);
    kk_json_u64(j, "privileged", r->privileged);
    kk_json_time(j, "first", r->first);
    kk_json_time(j, "last", r->last);
    kk_json_object(j, "reasons");
    for (size_t i = 0; i < count; i++)
        kk_json_u64(j, kk_copy(arena, list[i].name).ptr, list[i].count);
    kk_json_close(j);
    put_success_after(j, r);
    put_source(j, r);
    kk_refs_add(arena, &refs, &r->first_ref);
    if (r->first != r->last || r->first_ref.record != r->last_ref.record)
        kk_refs_add(arena, &refs, &r->last_ref);
    kk_json_refs(j, "refs", &refs);
    kk_json_close(j);
}
