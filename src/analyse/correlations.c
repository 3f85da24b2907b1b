#include "analyse/correlations.h"

#include "base/json_read.h"
#include "detect/correlate.h"
#include "model/ref.h"

typedef struct {
    kk_arena *scratch;
    kk_ruleset *rules;
    uint64_t number; /* of the set */
    kk_lane *lane;
    uint32_t told;
} run;

/* What was counted, as a number of people: the fraction only where there is one. */
static kk_slice value_text(kk_arena *arena, kk_fixed value)
{
    long long whole = (long long)(value / 1000000000), part = (long long)(value % 1000000000);
    if (!part)
        return kk_print(arena, "%lld", whole);
    return kk_print(arena, "%s%lld.%03lld", value < 0 && !whole ? "-" : "", whole,
                    (part < 0 ? -part : part) / 1000000);
}

static kk_slice group_text(const kk_correlation_hit *hit, kk_buffer *out)
{
    kk_json j = {.out = out};
    kk_json_texts(&j, NULL, hit->group, hit->group_count);
    return kk_buffer_slice(out);
}

static void on_correlation(void *context, const kk_correlation_hit *hit)
{
    run *r = context;
    kk_buffer group = {0};
    kk_correlated_row row = {.rules = r->number,
                             .rule = hit->rule,
                             .number = r->told++,
                             .first = hit->first,
                             .last = hit->last,
                             .total = hit->total,
                             .value = value_text(r->scratch, hit->value),
                             .group = group_text(hit, &group)};
    kk_lane_correlated(r->lane, &row);
    /* The last event stands for the whole; of the others the first ones are kept. */
    for (size_t i = 0; i < hit->total && i <= hit->count && i < KK_REFS_MOST; i++)
        kk_lane_correlated_event(r->lane, r->number, row.number, (uint32_t)i,
                                 i ? &hit->events[i - 1] : &hit->last_event);
    kk_buffer_close(&group);
}

/* Texts that have nothing escaped are read where they are; false where one has. */
static bool plain_captures(kk_slice json, kk_slice *values, size_t count)
{
    size_t n = 0;
    if (json.len < 2 || json.ptr[0] != '[' || kk_find_byte(json, '\\') != KK_NOWHERE)
        return false;
    for (size_t at = 1; n < count && at < json.len; at++, n++) {
        kk_slice rest = kk_from(json, at);
        if (rest.ptr[0] == '"') {
            rest = kk_from(rest, 1);
            size_t len = kk_find_byte(rest, '"');
            if (len == KK_NOWHERE)
                return false;
            values[n] = kk_part(rest, 0, len);
            at += len + 2;
        } else if (kk_starts(rest, KK_S("null"))) {
            values[n] = KK_NONE;
            at += 4;
        } else {
            return false;
        }
        if (at >= json.len || (json.ptr[at] != ',' && json.ptr[at] != ']'))
            return false;
    }
    return true;
}

/* The stored array of captured values, back into as many slices as the rule has. */
static const kk_slice *captures_of(run *r, uint32_t rule, kk_slice json)
{
    size_t count = kk_ruleset_info(r->rules, rule).captures, at = 0;
    kk_slice *values = KK_NEW_ARRAY(r->scratch, kk_slice, count + 1);
    if (plain_captures(json, values, count))
        return values;
    const kk_json_value *array = json.len ? kk_json_read(r->scratch, json) : NULL;
    memset(values, 0, (count + 1) * sizeof *values);
    for (const kk_json_value *v = array ? array->first : NULL; v && at < count; v = v->next)
        values[at++] = v->kind == KK_JSON_TEXT ? v->text : KK_NONE;
    return values;
}

/* The rules whose hits are wanted, for the question that asks for them. */
static void put_wanted(const run *r, const kk_correlator *correlator, kk_buffer *out)
{
    for (uint32_t rule = 0; rule < kk_ruleset_count(r->rules); rule++)
        if (kk_correlator_wants(correlator, rule))
            kk_putf(out, "%s%u", out->len ? ", " : "", rule);
    if (!out->len)
        kk_put(out, KK_S("NULL"));
    kk_put_byte(out, '\0');
}

static kk_status feed(run *r, kk_store *store, kk_correlator *correlator, kk_fault *fault)
{
    kk_rows *rows;
    kk_param number = KK_U64(r->number);
    kk_buffer wanted = {0};
    put_wanted(r, correlator, &wanted);
    kk_status status = kk_ask(store, "hits_in_order", wanted.ptr, &number, 1, &rows, fault);
    kk_buffer_close(&wanted);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint32_t rule = (uint32_t)kk_rows_u64(rows, 0);
        if (rule >= kk_ruleset_count(r->rules))
            continue;
        kk_rule_event event = {rule,
                               kk_rows_i64(rows, 1),
                               {kk_rows_u64(rows, 2), kk_rows_u64(rows, 4),
                                (uint32_t)kk_rows_u64(rows, 3), (uint32_t)kk_rows_u64(rows, 5)},
                               captures_of(r, rule, kk_rows_text(rows, 6))};
        kk_correlator_add(correlator, &event);
        kk_arena_reset(r->scratch);
    }
    return kk_rows_close(rows, fault);
}

static bool has_correlations(const kk_ruleset *rules)
{
    for (uint32_t i = 0; i < kk_ruleset_count(rules); i++)
        if (kk_ruleset_info(rules, i).is_correlation)
            return true;
    return false;
}

kk_status kk_correlations_find(kk_store *store, kk_slice block, uint64_t rules, kk_fault *fault)
{
    run r = {.number = rules};
    kk_status status = kk_ruleset_open(block, &r.rules, fault);
    if (status == KK_OK)
        status =
            kk_store_run(store, "DELETE FROM correlated; DELETE FROM correlated_events", fault);
    if (status == KK_OK)
        status = kk_hits_find_uncounted(store, rules, fault);
    if (status == KK_OK && has_correlations(r.rules))
        status = kk_lane_open(store, &r.lane, fault);
    if (r.lane) {
        r.scratch = kk_arena_open();
        kk_correlator *correlator = kk_correlator_open(r.rules, on_correlation, &r);
        status = feed(&r, store, correlator, fault);
        kk_correlator_finish(correlator);
        kk_correlator_close(correlator);
        if (status == KK_OK)
            status = kk_lane_commit(r.lane, fault);
        kk_arena_close(r.scratch);
    }
    kk_lane_close(r.lane);
    kk_ruleset_close(r.rules);
    return status;
}
