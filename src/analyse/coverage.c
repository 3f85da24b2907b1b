/* How far the logs reach: for every hour of the window and a day before it, and every machine concerned,
 * whether a source that could have seen a transfer was there and whole. */
#include "analyse/exfil_i.h"

#define HOUR (3600 * KK_SECOND)
#define DAY (24 * HOUR)

static const struct {
    const char *kind;
    int rating;
} ratings[] = {{"firewall", 3}, {"vpn", 2},       {"firewall_events", 0}, {"event_log", 1},
               {"host_log", 1}, {"share_log", 2}, {"web_log", 2}};

static kk_status find_sources(judgement *j, kk_fault *fault)
{
    kk_rows *rows;
    kk_exfil *e = j->out;
    kk_status status = kk_ask(j->store, "source_spans", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        e->sources = kk_grow(j->arena, e->sources, &j->source_capacity, e->source_count + 1,
                             sizeof *e->sources);
        kk_coverage_source *s = &e->sources[e->source_count++];
        *s = (kk_coverage_source){.source = kk_copy(j->arena, kk_rows_text(rows, 3)),
                                  .host = kk_copy(j->arena, kk_rows_text(rows, 1)),
                                  .first = kk_rows_i64(rows, 4),
                                  .last = kk_rows_i64(rows, 5),
                                  .last_line = {kk_copy(j->arena, kk_rows_text(rows, 8)),
                                                kk_copy(j->arena, kk_rows_text(rows, 9)),
                                                kk_rows_u64(rows, 10), kk_rows_u64(rows, 11),
                                                (uint32_t)kk_rows_u64(rows, 12)}};
        for (size_t i = 0; i < sizeof ratings / sizeof *ratings; i++)
            if (kk_is(kk_rows_text(rows, 0), ratings[i].kind)) {
                s->kind = ratings[i].kind;
                s->rating = ratings[i].rating;
            }
        if (e->window.to != KK_NO_TIME && s->last < e->window.to)
            s->why_ends = "not_collected";
        j->has_firewall = j->has_firewall || s->rating == 3;
    }
    return kk_rows_close(rows, fault);
}

/* Hours of the span in which the perimeter logged nothing become gaps; the others are covered. */
static kk_status walk_hours(judgement *j, kk_time from, kk_time to, uint64_t *seen, kk_fault *fault)
{
    kk_rows *rows;
    kk_param span[] = {KK_I64(from), KK_I64(to)};
    int64_t next = from / HOUR, last = to / HOUR;
    kk_status status = kk_ask(j->store, "source_hours", NULL, span, 2, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        int64_t hour = kk_rows_i64(rows, 0);
        if (hour > next)
            gap_add(j, KK_S(""), KK_S("firewall"), next * HOUR, hour * HOUR, "absent");
        next = hour + 1;
        ++*seen;
    }
    if (next <= last)
        gap_add(j, KK_S(""), KK_S("firewall"), next * HOUR, (last + 1) * HOUR,
                j->has_firewall ? "absent" : "not_collected");
    return kk_rows_close(rows, fault);
}

static kk_status find_cleared(judgement *j, kk_time from, kk_time to, kk_fault *fault)
{
    kk_rows *rows;
    kk_param span[] = {KK_I64(from), KK_I64(to)};
    kk_status status = kk_ask(j->store, "cleared_logs", NULL, span, 2, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice host = kk_copy(j->arena, kk_rows_text(rows, 0));
        gap_add(j, host, kk_copy(j->arena, kk_rows_text(rows, 2)), from, kk_rows_i64(rows, 1),
                "cleared");
        j->cleared = true;
    }
    return kk_rows_close(rows, fault);
}

static size_t machines(const judgement *j)
{
    size_t count = j->access->host_count;
    for (size_t i = 0; i < j->people_count; i++) {
        bool known = host_is_intruded(j, j->people[i].host);
        for (size_t k = 0; k < i && !known; k++)
            known = kk_eq_nocase(j->people[k].host, j->people[i].host);
        count += !known;
    }
    return count;
}

static kk_tier tier_of(const judgement *j, uint64_t hours, uint64_t seen)
{
    const kk_exfil *e = j->out;
    bool whole = hours && seen == hours;
    bool remote = false; /* a screen from afar can carry a file that no log tells from pictures */
    for (size_t i = 0; i < j->access->session_count; i++)
        remote = remote || (j->access->sessions[i].suspicious == KK_TRUE &&
                            j->access->sessions[i].kind == KK_BY_RDP);
    if (!hours || !j->has_firewall || seen * 2 < hours || j->cleared)
        return KK_TIER_D;
    if (seen * 100 < hours * 95 || !e->has_unseen || e->unseen_bytes >= j->packed_bytes ||
        !j->carried_known)
        return KK_TIER_C;
    return whole && !remote && e->unseen_bytes * 2 <= j->packed_bytes && !j->access->host_count
               ? KK_TIER_A
               : KK_TIER_B;
}

/* The most that could have left unseen: what the intruder's sessions carried, what nothing explains,
 * and what the line takes in the hours without a log. Without a line's speed a gap bounds nothing. */
static void find_unseen(judgement *j)
{
    kk_exfil *e = j->out;
    double gap_seconds = 0;
    for (size_t i = 0; i < e->gap_count; i++)
        if (!e->gaps[i].host.len)
            gap_seconds += (double)(e->gaps[i].to - e->gaps[i].from) / (double)KK_SECOND;
    e->has_unseen =
        j->carried_known && j->has_firewall && (gap_seconds <= 0 || j->settings->uplink_mbps.given);
    if (!e->has_unseen)
        return;
    double through_gaps =
        gap_seconds > 0 ? j->settings->uplink_mbps.value * 125000.0 * gap_seconds : 0;
    e->unseen_bytes = j->carried + j->unexplained + (uint64_t)through_gaps;
}

kk_status coverage_find(judgement *j, kk_fault *fault)
{
    kk_exfil *e = j->out;
    uint64_t seen = 0, hours = 0;
    kk_status status = find_sources(j, fault);
    if (status != KK_OK || e->window.from == KK_NO_TIME) {
        e->tier = KK_TIER_D;
        return status;
    }
    kk_time from = (e->window.from - DAY) / HOUR * HOUR, to = e->window.to;
    hours = (uint64_t)(to / HOUR - from / HOUR + 1);
    status = walk_hours(j, from, to, &seen, fault);
    if (status == KK_OK)
        status = find_cleared(j, from, to, fault);
    find_unseen(j);
    e->tier = tier_of(j, hours, seen);
    size_t count = machines(j);
    e->host_hours = hours * count;
    e->covered = seen * count;
    return status;
}
