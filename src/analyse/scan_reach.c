#include "analyse/scan_reach.h"

#include <stdlib.h>

enum { GAPS_TOLD = 10000, REASONS_MOST = 16 };

static kk_status load_rules(kk_store *store, kk_arena *arena, kk_scan_reach *out, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0;
    kk_status status = kk_ask(store, "scan_rules", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        if (kk_rows_u64(rows, 0) != KK_RULE_USED) {
            out->refused++;
            continue;
        }
        out->rules = kk_grow(arena, out->rules, &capacity, out->rule_count + 1, sizeof *out->rules);
        out->rules[out->rule_count++] = (kk_scan_rule){
            kk_copy(arena, kk_rows_text(rows, 1)), kk_copy(arena, kk_rows_text(rows, 2)),
            kk_copy(arena, kk_rows_text(rows, 3)), (uint32_t)kk_rows_u64(rows, 4)};
    }
    return kk_rows_close(rows, fault);
}

/* Rows come by evidence, so that a machine's are mostly together. */
static kk_scan_host *host_of(kk_arena *arena, kk_scan_reach *out, size_t *capacity, kk_slice name)
{
    for (size_t i = out->host_count; i > 0; i--)
        if (kk_eq(out->hosts[i - 1].host, name))
            return &out->hosts[i - 1];
    out->hosts = kk_grow(arena, out->hosts, capacity, out->host_count + 1, sizeof *out->hosts);
    out->hosts[out->host_count] = (kk_scan_host){.host = kk_copy(arena, name)};
    return &out->hosts[out->host_count++];
}

static int by_name(const void *a, const void *b)
{
    return kk_compare(((const kk_scan_host *)a)->host, ((const kk_scan_host *)b)->host);
}

typedef enum { WHOLLY, PARTLY } how_scanned; /* else not at all */

static void count(kk_scan_counts *counts, uint64_t how, uint64_t items)
{
    *(how == WHOLLY   ? &counts->scanned
      : how == PARTLY ? &counts->partly
                      : &counts->not_scanned) += items;
}

static kk_status load_items(kk_store *store, kk_arena *arena, kk_scan_reach *out, kk_fault *fault)
{
    kk_rows *rows;
    size_t host_capacity = 0, gap_capacity = 0;
    kk_status status = kk_ask(store, "scan_reach", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint64_t how = kk_rows_u64(rows, 3), items = kk_rows_u64(rows, 5);
        kk_scan_host *host = host_of(arena, out, &host_capacity, kk_rows_text(rows, 0));
        count(&host->counts, how, items);
        count(&out->counts, how, items);
        if (how == WHOLLY)
            continue;
        out->gaps = kk_grow(arena, out->gaps, &gap_capacity, out->gap_count + 1, sizeof *out->gaps);
        out->gaps[out->gap_count++] = (kk_scan_gap){
            kk_copy(arena, kk_rows_text(rows, 1)), kk_copy(arena, kk_rows_text(rows, 2)),
            kk_copy(arena, host->host), how == PARTLY, kk_copy(arena, kk_rows_text(rows, 4))};
    }
    if (out->host_count)
        qsort(out->hosts, out->host_count, sizeof *out->hosts, by_name);
    return kk_rows_close(rows, fault);
}

kk_status kk_scan_reach_find(kk_store *store, kk_arena *arena, kk_scan_reach *out, kk_fault *fault)
{
    *out = (kk_scan_reach){0};
    kk_status status = load_rules(store, arena, out, fault);
    return status == KK_OK && out->rule_count ? load_items(store, arena, out, fault) : status;
}

/* ---- told ---- */

static bool ran(const kk_scan_reach *r)
{
    return r->counts.scanned + r->counts.partly > 0;
}

typedef struct {
    kk_slice why;
    uint64_t items;
} reason;

static const kk_json_field reason_fields[] = {
    KK_JSON_FIELD(reason, why, "why"), KK_JSON_FIELD(reason, items, "items"), {0}};
static const kk_json_field counts_fields[] = {
    KK_JSON_FIELD(kk_scan_counts, scanned, "scanned"),
    KK_JSON_FIELD(kk_scan_counts, partly, "partly_scanned"),
    KK_JSON_FIELD(kk_scan_counts, not_scanned, "not_scanned"),
    {0}};
static const kk_json_field host_fields[] = {
    KK_JSON_FIELD(kk_scan_host, host, "host"),
    KK_JSON_FIELD(kk_scan_host, counts.scanned, "scanned"),
    KK_JSON_FIELD(kk_scan_host, counts.partly, "partly_scanned"),
    KK_JSON_FIELD(kk_scan_host, counts.not_scanned, "not_scanned"),
    {0}};

static void put_reasons(kk_json *j, const kk_scan_reach *r)
{
    reason reasons[REASONS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < r->gap_count; i++) {
        size_t at = 0;
        while (at < count && !kk_eq(reasons[at].why, r->gaps[i].why))
            at++;
        if (at == count && count < REASONS_MOST)
            reasons[count++] = (reason){r->gaps[i].why, 0};
        if (at < REASONS_MOST)
            reasons[at].items++;
    }
    kk_json_list(j, "reasons", reasons, count, sizeof *reasons, reason_fields);
}

static void put_counts(kk_json *j, const kk_scan_reach *r)
{
    kk_json_object(j, "rules");
    kk_json_u64(j, "ran", ran(r) ? r->rule_count : 0);
    kk_json_u64(j, "could_not_run", ran(r) ? 0 : r->rule_count);
    kk_json_u64(j, "refused", r->refused);
    kk_json_close(j);
    kk_json_fields(j, &r->counts, counts_fields);
    put_reasons(j, r);
    kk_json_list(j, "hosts", r->hosts, r->host_count, sizeof *r->hosts, host_fields);
}

void kk_scan_reach_counts(kk_json *j, const kk_scan_reach *r)
{
    if (!r->rule_count && !r->refused)
        return;
    kk_json_object(j, "yara");
    put_counts(j, r);
    kk_json_close(j);
}

void kk_scan_reach_idle(kk_json *j, const kk_scan_reach *r)
{
    for (size_t i = 0; i < r->rule_count && !ran(r); i++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "state", "could_not_run");
        kk_json_cstr(j, "engine", "yara");
        kk_json_text(j, "file", r->rules[i].file);
        kk_json_u64(j, "line", r->rules[i].line);
        kk_json_text(j, "id", r->rules[i].id);
        kk_json_text(j, "title", r->rules[i].title);
        kk_json_cstr(j, "why", "nothing_scanned");
        kk_json_close(j);
    }
}

void kk_scan_reach_gaps(kk_json *j, const kk_scan_reach *r)
{
    if (!r->rule_count && !r->refused)
        return;
    kk_json_object(j, "yara");
    put_counts(j, r);
    kk_json_array(j, "unscanned");
    for (size_t i = 0; i < r->gap_count && i < GAPS_TOLD; i++) {
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", r->gaps[i].evidence);
        kk_json_text(j, "path", r->gaps[i].path);
        kk_json_text(j, "host", r->gaps[i].host);
        kk_json_cstr(j, "state", r->gaps[i].is_partly ? "partly_scanned" : "not_scanned");
        kk_json_text(j, "why", r->gaps[i].why);
        kk_json_close(j);
    }
    kk_json_close(j);
    if (r->gap_count > GAPS_TOLD)
        kk_json_u64(j, "unscanned_more", r->gap_count - GAPS_TOLD);
    kk_json_close(j);
}
