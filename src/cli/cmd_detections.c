/* kakuho detections: what rules found, as rows; how often; and which rules could not be used. */
#include "analyse/hit_judge.h"
#include "analyse/hit_sums.h"
#include "analyse/rule_reach.h"
#include "analyse/scan_reach.h"
#include "base/text.h"
#include "casework/answers.h"
#include "cli/answer.h"
#include "cli/readable.h"
#include "cli/rows.h"

static int write_hits(kk_invocation *i, kk_case *c)
{
    const kk_zone *zone = kk_zone_shown(i, c);
    kk_hit_filter f = {
        .with_yara = true,
        .with_events = true,
        .level_from = kk_value(i, KK_OPTION_LEVEL),
        .rule = kk_value(i, KK_OPTION_RULE),
        .hosts = i->values[KK_OPTION_HOST],
        .host_count = i->value_count[KK_OPTION_HOST],
        .shown = kk_given(i, KK_OPTION_EXCLUDED) ? KK_HITS_EXCLUDED : KK_HITS_NOT_EXCLUDED,
    };
    kk_row_writer *w = NULL;
    if (!kk_time_option(i, KK_OPTION_FROM, zone, &f.from) ||
        !kk_time_option(i, KK_OPTION_TO, zone, &f.to) ||
        !(w = kk_row_writer_open(i, c->store, c->path.ptr, zone)))
        return 2;
    kk_status status = kk_decisions_hold(c->settings->decisions, &i->fault);
    if (status == KK_OK)
        status = kk_detections_read(c->store, c->settings, &f, kk_write_hit, w, &i->fault);
    return kk_finish(i, kk_row_writer_close(w, status));
}

static int write_payloads(kk_invocation *i, kk_case *c)
{
    const kk_zone *zone = kk_zone_shown(i, c);
    kk_payload_filter f = {.hosts = i->values[KK_OPTION_HOST],
                           .host_count = i->value_count[KK_OPTION_HOST],
                           .all_scripts = kk_given(i, KK_OPTION_SCRIPTS)};
    kk_row_writer *w = NULL;
    if (!kk_time_option(i, KK_OPTION_FROM, zone, &f.from) ||
        !kk_time_option(i, KK_OPTION_TO, zone, &f.to) ||
        !(w = kk_row_writer_open(i, c->store, c->path.ptr, zone)))
        return 2;
    kk_status status = kk_payloads_read(c->store, &f, kk_write_payload, w, &i->fault);
    return kk_finish(i, kk_row_writer_close(w, status));
}

static kk_status put_refused(kk_case *c, kk_json *j, kk_fault *fault)
{
    static const char *const names[] = {"state", "file", "line", "id", "title", "why", "engine"};
    enum { LINE = 2, NAMES = sizeof names / sizeof *names };
    kk_rows *rows;
    kk_status status = kk_ask(c->store, "rules_unused", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_json_object(j, NULL);
        for (size_t k = 0; k < NAMES; k++)
            if (k == LINE)
                kk_json_u64(j, names[k], kk_rows_u64(rows, k));
            else
                kk_json_text(j, names[k], kk_rows_text(rows, k));
        kk_json_close(j);
    }
    return kk_rows_close(rows, fault);
}

static kk_status find_reach(kk_case *c, kk_rule_reach *out, kk_scan_reach *scans, kk_fault *fault)
{
    kk_answers a;
    kk_status status = kk_case_answers(c, KK_NEEDS_ACCESS, &a, fault);
    if (status == KK_OK)
        status = kk_rule_reach_find(c->store, &a.access, c->arena, out, fault);
    if (status == KK_OK)
        status = kk_scan_reach_find(c->store, c->arena, scans, fault);
    out->refused += status == KK_OK ? scans->refused : 0;
    return status;
}

static kk_status put_unused(kk_case *c, kk_json *j, kk_fault *fault)
{
    kk_rule_reach reach;
    kk_scan_reach scans;
    kk_status status = find_reach(c, &reach, &scans, fault);
    if (status != KK_OK)
        return status;
    kk_json_array(j, "unused");
    status = put_refused(c, j, fault);
    kk_rule_reach_idle(j, &reach);
    kk_scan_reach_idle(j, &scans);
    kk_json_close(j);
    kk_rule_reach_hosts(j, &reach);
    kk_scan_reach_gaps(j, &scans);
    return status;
}

static kk_status put_summary(kk_case *c, kk_json *j, kk_fault *fault)
{
    kk_rule_reach reach;
    kk_scan_reach scans;
    kk_status status = find_reach(c, &reach, &scans, fault);
    if (status != KK_OK)
        return status;
    kk_rule_reach_counts(j, &reach);
    status = kk_hit_sums_json(c->store, c->settings, j, fault);
    kk_scan_reach_counts(j, &scans);
    return status;
}

static kk_status write_document(kk_invocation *i, kk_case *c)
{
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_json_object(&j, NULL);
    kk_status status = kk_document_head(c, &j, &i->fault);
    if (status == KK_OK)
        status = kk_given(i, KK_OPTION_UNUSED) ? put_unused(c, &j, &i->fault)
                                               : put_summary(c, &j, &i->fault);
    kk_json_close(&j);
    kk_put_byte(&out, '\n');
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&out), kk_zone_shown(i, c));
    kk_buffer_close(&out);
    return status;
}

static int answer(kk_invocation *i, kk_case *c)
{
    if (kk_given(i, KK_OPTION_UNUSED) || kk_given(i, KK_OPTION_SUMMARY))
        return kk_finish(i, write_document(i, c));
    return kk_given(i, KK_OPTION_PAYLOADS) ? write_payloads(i, c) : write_hits(i, c);
}

static int run(kk_invocation *i)
{
    return kk_answer_from_case(i, answer);
}

const kk_command kk_command_detections = {
    .name = "detections",
    .arguments = "CASE",
    .about = "what rules found in the events",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_LEVEL, KK_OPTION_RULE, KK_OPTION_HOST, KK_OPTION_FROM, KK_OPTION_TO,
                KK_OPTION_SUMMARY, KK_OPTION_UNUSED, KK_OPTION_PAYLOADS, KK_OPTION_SCRIPTS,
                KK_OPTION_EXCLUDED, KK_OPTION_FORMAT, KK_OPTION_OUT},
    .run = run,
};
