/* The verdict on data leaving. Its resting state is that nothing can be said; "no trace" is earned by
 * coverage, "traces" and "confirmed" by findings. docs/verdict.md. */
#include "analyse/exfil_i.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyse/responders.h"
#include "analyse/rule_reach.h"
#include "analyse/scan_reach.h"
#include "analyse/verdict_words.h"
#include "casefile/decisions.h"

const char *const kk_verdict_names[4] = {"indeterminate", "no_trace", "traces", "confirmed"};
const char *const kk_tier_names[4] = {"A", "B", "C", "D"};

/* What case.yaml says of pages that sent away what was typed into them: a strong sign, as long as
 * nobody has shown it by records. */
static void find_captures(judgement *j)
{
    const kk_zone *zone = &j->settings->zone;
    for (size_t i = 0; i < j->settings->captures.count; i++) {
        const kk_capture *c = &j->settings->captures.items[i];
        kk_finding *f = finding_add(j, "D1", "capture", KK_STRONG);
        f->start = c->from.time;
        f->end = kk_moment_end(&c->to, zone);
        f->declared = true;
        f->ja =
            kk_print(j->arena,
                     "「%.*s」に入力された内容は、その間、外部へ送信されていたと申告されています。",
                     KK_P(c->page));
        f->en = kk_print(
            j->arena,
            "What was typed into \"%.*s\" in that time is stated to have been sent outside.",
            KK_P(c->page));
        finding_finish(j, f);
    }
}

/* A table packs to a twelfth at the best; office files and archives are packed already. */
static uint64_t packed(const person_item *p)
{
    bool is_packed = kk_is(p->parser, "xlsx") || kk_is(p->parser, "docx") ||
                     kk_is(p->parser, "opendocument") || kk_is(p->parser, "archive");
    return is_packed ? p->size * 9 / 10 : p->size / 12;
}

static kk_status load_people(judgement *j, kk_fault *fault)
{
    kk_rows *rows;
    size_t capacity = 0;
    kk_status status = kk_ask(j->store, "person_items", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        j->people = kk_grow(j->arena, j->people, &capacity, j->people_count + 1, sizeof *j->people);
        person_item *p = &j->people[j->people_count++];
        *p = (person_item){.item = kk_rows_u64(rows, 0),
                           .size = kk_rows_u64(rows, 4),
                           .mentions = kk_rows_u64(rows, 6),
                           .label = kk_copy(j->arena, kk_rows_text(rows, 1)),
                           .path = kk_copy(j->arena, kk_rows_text(rows, 2)),
                           .host = kk_copy(j->arena, kk_rows_text(rows, 3)),
                           .parser = kk_copy(j->arena, kk_rows_text(rows, 7))};
        j->packed_bytes += packed(p);
    }
    return kk_rows_close(rows, fault);
}

static void add_key(kk_arena *arena, uint64_t **keys, size_t *count, size_t *capacity, uint64_t key)
{
    *keys = kk_grow(arena, *keys, capacity, *count + 1, sizeof **keys);
    (*keys)[(*count)++] = key;
}

static void reach_item(judgement *j, const kk_finding *f, uint64_t item)
{
    kk_exfil *e = j->out;
    add_key(j->arena, &e->reachable, &e->reachable_count, &j->reachable_capacity, item);
    if (f->strength == KK_CONCLUSIVE && !f->published)
        add_key(j->arena, &e->left, &e->left_count, &j->left_capacity, item);
}

/* In reach: every file on a machine where the intruder had a session. Left: named by conclusive findings. */
static kk_status find_reach(judgement *j, kk_fault *fault)
{
    kk_exfil *e = j->out;
    kk_status status = KK_OK;
    for (size_t i = 0; i < j->access->host_count && status == KK_OK; i++) {
        kk_rows *rows;
        kk_param host = KK_TEXT(j->access->hosts[i].name);
        status = kk_ask(j->store, "host_items", NULL, &host, 1, &rows, fault);
        if (status != KK_OK)
            break;
        while (kk_rows_next(rows))
            add_key(j->arena, &e->reachable, &e->reachable_count, &j->reachable_capacity,
                    kk_rows_u64(rows, 0));
        status = kk_rows_close(rows, fault);
    }
    if (status == KK_OK)
        status = inside_find(j, fault);
    for (size_t i = 0; i < e->finding_count; i++) {
        const kk_finding *f = &e->findings[i];
        for (size_t k = 0; k < f->item_count; k++)
            reach_item(j, f, f->items[k]);
        for (size_t k = 0; k < f->inside_count; k++)
            reach_item(j, f, f->inside[k]);
    }
    items_sort(e->reachable, &e->reachable_count);
    items_sort(e->left, &e->left_count);
    return status;
}

static int strongest_first(const void *a, const void *b)
{
    const kk_finding *x = a, *y = b;
    if (x->strength != y->strength)
        return x->strength < y->strength ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return kk_compare(x->id, y->id);
}

static void sort_findings(kk_finding *findings, size_t count)
{
    if (count)
        qsort(findings, count, sizeof *findings, strongest_first);
}

/* A listing adds no bytes; of two findings about the same transfer the larger counts. */
static void sum_bytes(kk_exfil *e)
{
    uint64_t logged = 0, by_tool = 0, by_session = 0;
    for (size_t i = 0; i < e->finding_count; i++) {
        const kk_finding *f = &e->findings[i];
        if (!f->has_bytes)
            continue;
        if (strcmp(f->kind, "upload_tool") == 0)
            by_tool += f->bytes_out;
        else if (strcmp(f->rule, "S2") == 0)
            by_session += f->bytes_out;
        else
            logged += f->bytes_out;
        if (f->strength == KK_CONCLUSIVE)
            e->identified_bytes += f->bytes_out;
    }
    e->bytes_out = (logged > by_tool ? logged : by_tool) + by_session;
    if (e->identified_bytes > e->bytes_out)
        e->identified_bytes = e->bytes_out;
}

static kk_verdict verdict_of(const judgement *j)
{
    const kk_exfil *e = j->out;
    kk_verdict verdict = KK_INDETERMINATE;
    for (size_t i = 0; i < e->finding_count; i++) {
        if (e->findings[i].strength == KK_CONCLUSIVE)
            return KK_CONFIRMED;
        if (e->findings[i].strength == KK_STRONG)
            verdict = KK_TRACES;
    }
    if (verdict == KK_INDETERMINATE && e->window.from != KK_NO_TIME && e->tier <= KK_TIER_B)
        verdict = KK_NO_TRACE;
    return verdict;
}

static kk_slice size_text(kk_arena *arena, uint64_t bytes)
{
    if (bytes >= 1000000000)
        return kk_print(arena, "%.1f GB", (double)bytes / 1e9);
    if (bytes >= 100000)
        return kk_print(arena, "%.1f MB", (double)bytes / 1e6);
    return kk_print(arena, "%llu kB", (unsigned long long)(bytes + 999) / 1000);
}

static kk_slice local_text(const judgement *j, kk_time at)
{
    kk_civil c = kk_civil_in_zone(&j->settings->zone, at);
    int32_t offset = kk_zone_offset(&j->settings->zone, at);
    return kk_print(j->arena, "%04d-%02d-%02d %02d:%02d (%c%02d:%02d)", c.year, c.month, c.day,
                    c.hour, c.minute, offset < 0 ? '-' : '+', abs(offset) / 3600,
                    abs(offset) / 60 % 60);
}

static kk_slice source_words(const judgement *j, bool japanese)
{
    static const struct {
        const char *kind, *ja, *en;
    } words[] = {{"firewall", "ファイアウォールの通信記録", "firewall session logs"},
                 {"vpn", "VPN接続の記録", "VPN logs"},
                 {"event_log", "Windowsイベントログ", "Windows event logs"},
                 {"host_log", "サーバーの認証記録", "server logs"},
                 {"share_log", "ファイル共有の操作記録", "file share logs"},
                 {"web_log", "Webサーバーの記録", "web server logs"}};
    kk_buffer out = {0};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        for (size_t i = 0; i < j->out->source_count; i++)
            if (j->out->sources[i].kind && strcmp(j->out->sources[i].kind, words[k].kind) == 0) {
                kk_put(&out, out.len ? (japanese ? KK_S("、") : KK_S(", ")) : KK_NONE);
                kk_put(&out, kk_cstr(japanese ? words[k].ja : words[k].en));
                break;
            }
    kk_slice text = out.len    ? kk_copy(j->arena, kk_buffer_slice(&out))
                    : japanese ? KK_S("記録なし")
                               : KK_S("no records");
    kk_buffer_close(&out);
    return text;
}

static kk_slice signs(const judgement *j, bool japanese)
{
    static const struct {
        const char *kind, *ja, *en;
    } words[] = {{"upload_tool", "ファイル送信ツールの使用", "use of an upload tool"},
                 {"staging_archive", "圧縮ファイルの作成", "building of archives"},
                 {"outbound_transfer", "外部への大量の送信", "a large outbound transfer"},
                 {"database_dump", "データベースの書き出し", "a database dump"},
                 {"capture", "入力された内容の送信（申告による）",
                  "sending of what was typed in (as stated)"}};
    kk_buffer out = {0};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        for (size_t i = 0; i < j->out->finding_count; i++)
            if (strcmp(j->out->findings[i].kind, words[k].kind) == 0) {
                kk_put(&out, out.len ? (japanese ? KK_S("、") : KK_S(", ")) : KK_NONE);
                kk_put(&out, kk_cstr(japanese ? words[k].ja : words[k].en));
                break;
            }
    kk_slice text = kk_copy(j->arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

enum { PLACES_MOST = 24 };
typedef struct {
    kk_pair items[PLACES_MOST];
    size_t count;
} places;

static void place(places *p, const char *name, kk_slice value)
{
    p->items[p->count++] = (kk_pair){kk_cstr(name), value};
}

static places fill_places(const judgement *j)
{
    const kk_exfil *e = j->out;
    places p = {.count = 0};
    uint64_t machines = e->host_hours && e->covered <= e->host_hours ? j->access->host_count : 0;
    if (e->window.from != KK_NO_TIME) {
        place(&p, "from", local_text(j, e->window.from));
        place(&p, "to", local_text(j, e->window.to));
    }
    place(&p, "machines", kk_print(j->arena, "%llu", (unsigned long long)machines));
    place(&p, "all_hours", kk_print(j->arena, "%llu", (unsigned long long)e->host_hours));
    place(&p, "covered_hours", kk_print(j->arena, "%llu", (unsigned long long)e->covered));
    place(&p, "missing_hours",
          kk_print(j->arena, "%llu", (unsigned long long)(e->host_hours - e->covered)));
    place(&p, "sources.ja", source_words(j, true));
    place(&p, "sources.en", source_words(j, false));
    place(&p, "signs.ja", signs(j, true));
    place(&p, "signs.en", signs(j, false));
    place(&p, "unseen", size_text(j->arena, e->unseen_bytes));
    place(&p, "bytes", size_text(j->arena, j->carried));
    place(&p, "missing.ja", KK_S("一部の時間帯または機器"));
    place(&p, "missing.en", KK_S("some hours or machines"));
    place(&p, "why.ja", j->cleared ? KK_S("消去") : KK_S("収集されていないか保存期間の経過"));
    place(&p, "why.en",
          j->cleared ? KK_S("cleared") : KK_S("not collected, or kept too short a time"));
    return p;
}

static kk_verdict_sentence told(const judgement *j)
{
    const kk_exfil *e = j->out;
    bool published = false, weak = false;
    for (size_t i = 0; i < e->finding_count; i++) {
        published = published || (e->findings[i].strength == KK_CONCLUSIVE &&
                                  e->findings[i].rule[0] == 'K' && e->findings[i].rule[1] <= '2');
        weak = weak || (e->findings[i].strength == KK_WEAK && !e->findings[i].published);
    }
    switch (e->verdict) {
    case KK_CONFIRMED:
        return published ? KK_TOLD_PUBLISHED : KK_TOLD_TRANSMITTED;
    case KK_TRACES:
        return KK_TOLD_TRACES;
    case KK_NO_TRACE:
        if (e->tier == KK_TIER_A)
            return KK_TOLD_FULL;
        return e->covered == e->host_hours ? KK_TOLD_COVERED : KK_TOLD_PARTLY;
    default:
        if (!e->source_count)
            return KK_TOLD_NOTHING_YET;
        if (weak && signs(j, false).len)
            return KK_TOLD_POSSIBLE;
        return e->tier == KK_TIER_C ? KK_TOLD_LIMITED : KK_TOLD_LOST;
    }
}

static void limb_add(judgement *j, kk_verdict_sentence which, const places *p, size_t *capacity)
{
    kk_exfil *e = j->out;
    kk_words words = kk_verdict_fill(j->arena, which, p->items, p->count);
    e->limbs = kk_grow(j->arena, e->limbs, capacity, e->limb_count + 1, sizeof *e->limbs);
    e->limbs[e->limb_count].ja = words.ja;
    e->limbs[e->limb_count++].en = words.en;
}

static void tell(judgement *j)
{
    kk_exfil *e = j->out;
    places p = fill_places(j);
    size_t capacity = 0;
    place(&p, "persons.ja", kk_print(j->arena, "ファイル%zu件", e->left_count));
    place(&p, "persons.en", kk_print(j->arena, "%zu files", e->left_count));
    kk_words statement = kk_verdict_fill(j->arena, told(j), p.items, p.count);
    e->statement_ja = statement.ja;
    e->statement_en = statement.en;
    if (e->window.from == KK_NO_TIME)
        return;
    limb_add(j, KK_LIMB_VIEWING, &p, &capacity);
    limb_add(j, e->has_unseen ? KK_LIMB_UNSEEN : KK_LIMB_UNBOUNDED, &p, &capacity);
    if (j->carried)
        limb_add(j, KK_LIMB_REMOTE, &p, &capacity);
    if (e->verdict == KK_NO_TRACE)
        limb_add(j, KK_LIMB_DUTY, &p, &capacity);
}

static kk_slice dataset_name(const judgement *j, const person_item *p)
{
    kk_arena *scratch = kk_arena_open();
    kk_slice name = KK_NONE;
    for (size_t i = 0; i < j->settings->datasets.count && !name.len; i++)
        if (kk_path_matches(scratch, &j->settings->datasets.items[i].paths, p->path))
            name = j->settings->datasets.items[i].name;
    kk_arena_close(scratch);
    return name.len ? name : p->host;
}

static void judge_dataset(judgement *j, kk_dataset *d)
{
    const kk_exfil *e = j->out;
    bool left = false, reached = false;
    for (size_t i = 0; i < d->item_count; i++) {
        left = left || items_hold(e->left, e->left_count, d->items[i]);
        reached = reached || items_hold(e->reachable, e->reachable_count, d->items[i]);
    }
    d->tier = e->tier;
    d->verdict = left ? KK_CONFIRMED : e->verdict == KK_CONFIRMED ? KK_INDETERMINATE : e->verdict;
    d->legal = left ? "leak" : reached ? "suspected" : "none_found";
}

static void find_datasets(judgement *j)
{
    kk_exfil *e = j->out;
    size_t capacity = 0;
    for (size_t i = 0; i < j->people_count; i++) {
        kk_slice name = dataset_name(j, &j->people[i]);
        size_t at = 0;
        while (at < e->dataset_count && !kk_eq(e->datasets[at].name, name))
            at++;
        if (at == e->dataset_count) {
            e->datasets = kk_grow(j->arena, e->datasets, &capacity, e->dataset_count + 1,
                                  sizeof *e->datasets);
            e->datasets[e->dataset_count++] =
                (kk_dataset){.id = kk_id(j->arena, "D", &name, 1),
                             .name = name,
                             .items = KK_NEW_ARRAY(j->arena, uint64_t, j->people_count)};
        }
        e->datasets[at].items[e->datasets[at].item_count++] = j->people[i].item;
    }
    for (size_t i = 0; i < e->dataset_count; i++)
        judge_dataset(j, &e->datasets[i]);
}

/* What a listing or a transfer names with people in it lay on this machine. */
static bool lay_on(const judgement *j, const kk_finding *f, kk_slice host)
{
    for (size_t i = 0; i < j->people_count && !f->published; i++)
        if (kk_eq_nocase(j->people[i].host, host) &&
            items_hold(f->items, f->item_count, j->people[i].item))
            return true;
    return false;
}

static void find_host_verdicts(judgement *j)
{
    kk_exfil *e = j->out;
    e->hosts = KK_NEW_ARRAY(j->arena, struct kk_host_verdict, j->access->host_count);
    for (size_t i = 0; i < j->access->host_count; i++) {
        struct kk_host_verdict *h = &e->hosts[e->host_count++];
        *h = (struct kk_host_verdict){j->access->hosts[i].name,
                                      e->verdict == KK_NO_TRACE ? KK_NO_TRACE : KK_INDETERMINATE,
                                      e->tier};
        for (size_t k = 0; k < e->finding_count; k++) {
            const kk_finding *f = &e->findings[k];
            if (f->strength == KK_WEAK ||
                (!kk_eq_nocase(f->host, h->host) && !lay_on(j, f, h->host)))
                continue;
            kk_verdict v = f->strength == KK_CONCLUSIVE ? KK_CONFIRMED : KK_TRACES;
            h->verdict = v > h->verdict ? v : h->verdict;
        }
    }
}

static kk_status find_rules(judgement *j, kk_fault *fault)
{
    kk_rule_reach *rules = KK_NEW(j->arena, kk_rule_reach);
    kk_scan_reach *scans = KK_NEW(j->arena, kk_scan_reach);
    j->out->rules = rules;
    j->out->scans = scans;
    kk_status status = kk_rule_reach_find(j->store, j->access, j->arena, rules, fault);
    return status == KK_OK ? kk_scan_reach_find(j->store, j->arena, scans, fault) : status;
}

static void part_refuted(judgement *j)
{
    kk_exfil *e = j->out;
    size_t kept = 0;
    e->refuted = KK_NEW_ARRAY(j->arena, kk_finding, e->finding_count);
    for (size_t i = 0; i < e->finding_count; i++) {
        kk_finding *f = &e->findings[i];
        const kk_decision *d = kk_decision_refuting(j->settings->decisions, f->id);
        if (d) {
            f->decision = d->id;
            e->refuted[e->refuted_count++] = *f;
        } else {
            e->findings[kept++] = *f;
        }
    }
    e->finding_count = kept;
}

kk_status kk_exfil_find(kk_store *store, const kk_case_settings *settings, const kk_access *access,
                        kk_arena *arena, kk_exfil *out, kk_fault *fault)
{
    judgement j = {
        .store = store, .settings = settings, .access = access, .arena = arena, .out = out};
    *out = (kk_exfil){.window = access->window};
    kk_status status = load_people(&j, fault);
    if (status == KK_OK)
        status = transfers_find(&j, fault);
    find_captures(&j);
    if (status == KK_OK) {
        responders own = responders_among(settings, access->sessions, access->session_count, arena);
        responders_part_findings(&own, out, arena);
    }
    part_refuted(&j);
    if (status == KK_OK)
        status = coverage_find(&j, fault);
    if (status == KK_OK)
        status = find_rules(&j, fault);
    if (status == KK_OK)
        status = find_reach(&j, fault);
    if (status != KK_OK)
        return status;
    sort_findings(out->findings, out->finding_count);
    sort_findings(out->by_responders, out->by_responder_count);
    sort_findings(out->refuted, out->refuted_count);
    sum_bytes(out);
    out->verdict = verdict_of(&j);
    find_datasets(&j);
    find_host_verdicts(&j);
    tell(&j);
    return KK_OK;
}
