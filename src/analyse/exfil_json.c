/* The `exfil` document. */
#include "analyse/rule_reach.h"
#include "analyse/scan_reach.h"

static void datasets(kk_json *j, const kk_exfil *e)
{
    kk_json_array(j, "datasets");
    for (size_t i = 0; i < e->dataset_count; i++) {
        const kk_dataset *d = &e->datasets[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "id", d->id);
        kk_json_text(j, "name", d->name);
        kk_json_text_or_null(j, "owner", d->owner);
        kk_json_cstr(j, "verdict", kk_verdict_names[d->verdict]);
        kk_json_cstr(j, "tier", kk_tier_names[d->tier]);
        kk_json_cstr(j, "legal", d->legal);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void finding(kk_json *j, const kk_finding *f)
{
    static const char *const strengths[] = {"conclusive", "strong", "weak"};
    kk_json_object(j, NULL);
    kk_json_text(j, "id", f->id);
    kk_json_cstr(j, "rule", f->rule);
    kk_json_cstr(j, "kind", f->kind);
    kk_json_cstr(j, "strength", strengths[f->strength]);
    kk_json_text_or_null(j, "host", f->host);
    kk_json_text_or_null(j, "account", f->account);
    kk_json_time(j, "start", f->start);
    kk_json_time(j, "end", f->end);
    if (f->has_bytes)
        kk_json_u64(j, "bytes_out", f->bytes_out);
    else
        kk_json_null(j, "bytes_out");
    kk_json_text_or_null(j, "destination", f->destination);
    kk_json_text_or_null(j, "country", f->country);
    kk_json_u64(j, "files", f->files);
    kk_json_text_or_null(j, "decision", f->decision);
    if (f->published)
        kk_json_bool(j, "published_only", true);
    kk_json_both(j, "text", f->ja, f->en);
    kk_json_refs(j, "refs", &f->refs);
    kk_json_close(j);
}

/* Left out where there are none. */
static void apart(kk_json *j, const char *key, const kk_finding *findings, size_t count)
{
    if (!count)
        return;
    kk_json_array(j, key);
    for (size_t i = 0; i < count; i++)
        finding(j, &findings[i]);
    kk_json_close(j);
}

static const kk_json_field gap_fields[] = {KK_JSON_FIELD(kk_gap, from, "from"),
                                           KK_JSON_FIELD(kk_gap, to, "to"),
                                           KK_JSON_FIELD(kk_gap, source, "source"),
                                           KK_JSON_FIELD(kk_gap, reason, "reason"),
                                           {0}};

static void source(kk_json *j, const kk_coverage_source *s)
{
    static const char *const ratings[] = {"R0", "R1", "R2", "R3"};
    kk_json_object(j, NULL);
    kk_json_text(j, "source", s->source);
    kk_json_text(j, "host", s->host);
    kk_json_cstr(j, "kind", s->kind);
    kk_json_time(j, "first", s->first);
    kk_json_time(j, "last", s->last);
    kk_json_cstr(j, "rating", ratings[s->rating]);
    kk_json_cstr(j, "why_ends", s->why_ends);
    kk_json_close(j);
}

static void coverage(kk_json *j, const kk_exfil *e)
{
    kk_json_object(j, "coverage");
    kk_json_cstr(j, "tier", kk_tier_names[e->tier]);
    kk_json_u64(j, "host_hours", e->host_hours);
    kk_json_u64(j, "covered", e->covered);
    kk_json_ratio(j, "ratio", e->host_hours ? (double)e->covered / (double)e->host_hours : 0);
    kk_json_array(j, "sources");
    for (size_t i = 0; i < e->source_count; i++)
        source(j, &e->sources[i]);
    kk_json_close(j);
    kk_json_array(j, "gaps");
    for (size_t i = 0; i < e->gap_count; i++) {
        kk_json_object(j, NULL);
        kk_json_text_or_null(j, "host", e->gaps[i].host);
        kk_json_fields(j, &e->gaps[i], gap_fields);
        kk_json_close(j);
    }
    kk_json_close(j);
    if (e->rules)
        kk_rule_reach_coverage(j, e->rules);
    if (e->scans)
        kk_scan_reach_counts(j, e->scans);
    kk_json_close(j);
}

void kk_exfil_json(kk_json *j, const kk_exfil *e)
{
    kk_json_cstr(j, "verdict", kk_verdict_names[e->verdict]);
    kk_json_window(j, "window", &e->window);
    kk_json_both(j, "statement", e->statement_ja, e->statement_en);
    kk_json_array(j, "limbs");
    for (size_t i = 0; i < e->limb_count; i++)
        kk_json_both(j, NULL, e->limbs[i].ja, e->limbs[i].en);
    kk_json_close(j);
    kk_json_array(j, "hosts");
    for (size_t i = 0; i < e->host_count; i++) {
        kk_json_object(j, NULL);
        kk_json_text(j, "host", e->hosts[i].host);
        kk_json_cstr(j, "verdict", kk_verdict_names[e->hosts[i].verdict]);
        kk_json_cstr(j, "tier", kk_tier_names[e->hosts[i].tier]);
        kk_json_close(j);
    }
    kk_json_close(j);
    datasets(j, e);
    kk_json_array(j, "findings");
    for (size_t i = 0; i < e->finding_count; i++)
        finding(j, &e->findings[i]);
    kk_json_close(j);
    apart(j, "responder_findings", e->by_responders, e->by_responder_count);
    apart(j, "refuted_findings", e->refuted, e->refuted_count);
    kk_json_u64(j, "bytes_out", e->bytes_out);
    kk_json_u64(j, "identified_bytes", e->identified_bytes);
    if (e->has_unseen)
        kk_json_u64(j, "unseen_bytes", e->unseen_bytes);
    else
        kk_json_null(j, "unseen_bytes");
    coverage(j, e);
}
