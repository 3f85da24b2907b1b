#include "analyse/rule_reach.h"

#include <stdlib.h>

#include "base/json_read.h"
#include "detect/source.h"

#define HOUR (3600 * KK_SECOND)
#define DAY (24 * HOUR)
enum { FAMILIES = 16, DEEPEST = 8 };

const char *const kk_log_reach_names[KK_LOG_REACHES] = {"absent", "never_logged", "outside_window",
                                                        "partly", "whole"};

/* Rules with the same log sources share a wish. */
typedef struct {
    kk_slice name, ja, en;
    bool *sources; /* by number in the table of log sources */
    uint32_t families;
    size_t need[KK_LOG_PARTLY]; /* by reason, 1 more than its place among the needs; 0: none */
} wish;

typedef struct {
    kk_slice name;
    uint32_t families;
    uint8_t *sources; /* kk_log_reach by number of log source */
    uint8_t *wishes;  /* kk_log_reach by wish */
} machine;

typedef struct {
    const kk_rule_ground *ground;
    kk_arena *arena;
    kk_rule_reach *out;
    kk_slice family[FAMILIES];
    size_t family_count;
    machine *machines;
    size_t machine_count, machine_capacity;
    wish *wishes;
    size_t wish_count, wish_capacity, need_capacity;
    size_t *wish_of; /* by place of the rule in ground->rules; SIZE_MAX: a correlation */
    size_t *by_number;
    size_t numbers;
} deciding;

typedef struct {
    kk_log_reach reach;
    size_t wish;
    bool applies;
} outcome;

/* ---- kinds of machines ---- */

static uint32_t family_bit(deciding *d, kk_slice dataset)
{
    kk_slice family = kk_part(dataset, 0, kk_find_byte(dataset, '.'));
    for (size_t i = 0; i < d->family_count; i++)
        if (kk_eq(d->family[i], family))
            return UINT32_C(1) << i;
    return 0;
}

/* Every word that datasets of log sources begin with: windows, linux, fortinet, ... */
static void list_families(deciding *d)
{
    for (size_t i = 0; i < kk_source_count(); i++) {
        kk_slice dataset = kk_cstr(kk_source_at(i)->dataset);
        if (!family_bit(d, dataset) && d->family_count < FAMILIES)
            d->family[d->family_count++] = kk_part(dataset, 0, kk_find_byte(dataset, '.'));
    }
}

static machine *machine_add(deciding *d, kk_slice name)
{
    d->machines = kk_grow(d->arena, d->machines, &d->machine_capacity, d->machine_count + 1,
                          sizeof *d->machines);
    machine *m = &d->machines[d->machine_count++];
    *m = (machine){.name = name, .sources = KK_NEW_ARRAY(d->arena, uint8_t, kk_source_count())};
    return m;
}

static bool machine_known(const deciding *d, kk_slice name)
{
    for (size_t i = 0; i < d->machine_count; i++)
        if (kk_eq_nocase(d->machines[i].name, name))
            return true;
    return false;
}

/* ---- how far logs go ---- */

static kk_log_reach reach_of(const kk_window *w, kk_time first, kk_time last, bool steady)
{
    if (w->from == KK_NO_TIME)
        return KK_LOG_WHOLE;
    if (last < w->from || first > w->to)
        return KK_LOG_OUTSIDE;
    return steady && first > w->from + HOUR ? KK_LOG_PARTLY : KK_LOG_WHOLE;
}

static bool fits_list(const char *const *list, size_t most, kk_slice value)
{
    for (size_t i = 0; i < most && list[i]; i++)
        if (kk_is(value, list[i]))
            return true;
    return !list[0];
}

static bool is_event_of(const kk_source *s, const kk_seen_log *seen)
{
    bool by_action = s->field && strcmp(s->field, "event.action") == 0;
    return fits_list(s->codes, KK_SOURCE_CODES, seen->code) &&
           (!by_action || fits_list(s->values, sizeof s->values / sizeof *s->values, seen->action));
}

/* Whether enough of the log lies in the window for its silence to tell anything. */
static bool is_long(const kk_window *w, kk_time first, kk_time last)
{
    if (w->from == KK_NO_TIME)
        return true;
    kk_time from = first > w->from ? first : w->from, to = last < w->to ? last : w->to;
    return from <= w->from + HOUR || to - from >= DAY;
}

/* Events that may be rare are not missed: that there are none says nothing. Steady ones are. */
static kk_log_reach source_reach(const deciding *d, const kk_source *s, const kk_seen_log *log,
                                 size_t count)
{
    const kk_window *w = &d->ground->window;
    kk_time first = INT64_MAX, last = INT64_MIN;
    bool has_own = false;
    for (size_t i = 0; i < count; i++) {
        first = log[i].first < first ? log[i].first : first;
        last = log[i].last > last ? log[i].last : last;
        has_own = has_own || (is_event_of(s, &log[i]) &&
                              reach_of(w, log[i].first, log[i].last, false) == KK_LOG_WHOLE);
    }
    kk_log_reach reach = reach_of(w, first, last, s->steady);
    if (reach == KK_LOG_WHOLE && s->partial)
        reach = KK_LOG_PARTLY;
    if (!s->steady || has_own || reach == KK_LOG_OUTSIDE)
        return reach;
    return is_long(w, first, last) ? KK_LOG_NEVER_LOGGED : KK_LOG_OUTSIDE;
}

static bool is_dataset_of(const kk_source *s, kk_slice dataset)
{
    kk_slice wanted = kk_cstr(s->dataset);
    if (kk_ends(wanted, KK_S("*")))
        return kk_starts(dataset, kk_part(wanted, 0, wanted.len - 1));
    return kk_eq(wanted, dataset);
}

/* Events of one dataset on one machine. */
static void hear_log(deciding *d, machine *m, const kk_seen_log *log, size_t count)
{
    m->families |= family_bit(d, log->dataset);
    for (size_t s = 0; s < kk_source_count(); s++) {
        if (!is_dataset_of(kk_source_at(s), log->dataset))
            continue;
        kk_log_reach reach = source_reach(d, kk_source_at(s), log, count);
        if (reach > m->sources[s])
            m->sources[s] = (uint8_t)reach;
    }
}

static void hear_logs(deciding *d)
{
    const kk_seen_log *seen = d->ground->seen;
    size_t count = d->ground->seen_count;
    machine *m = NULL;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && kk_eq_nocase(seen[next].host, seen[i].host) &&
                           kk_eq(seen[next].dataset, seen[i].dataset);)
            next++;
        if (!family_bit(d, seen[i].dataset))
            continue;
        if (!m || !kk_eq_nocase(m->name, seen[i].host))
            m = machine_add(d, seen[i].host);
        hear_log(d, m, seen + i, next - i);
    }
    for (size_t i = 0; i < d->ground->intruded_count; i++)
        if (!machine_known(d, d->ground->intruded[i]))
            machine_add(d, d->ground->intruded[i]);
}

/* ---- what rules wish for ---- */

static kk_slice joined(kk_arena *arena, const kk_slice *names, size_t count)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < count; i++)
        out = kk_join(arena, out, i ? kk_join(arena, KK_S(", "), names[i]) : names[i]);
    return out;
}

static bool names_source(const kk_known_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->log_count; i++)
        if (kk_is(rule->logs[i], name))
            return true;
    return false;
}

static size_t wish_for(deciding *d, const kk_known_rule *rule)
{
    kk_slice name = joined(d->arena, rule->logs, rule->log_count);
    for (size_t i = 0; i < d->wish_count; i++)
        if (kk_eq(d->wishes[i].name, name))
            return i;
    d->wishes =
        kk_grow(d->arena, d->wishes, &d->wish_capacity, d->wish_count + 1, sizeof *d->wishes);
    wish *w = &d->wishes[d->wish_count];
    *w = (wish){.name = name,
                .ja = kk_rule_logs_words(d->arena, rule->logs, rule->log_count, true),
                .en = kk_rule_logs_words(d->arena, rule->logs, rule->log_count, false),
                .sources = KK_NEW_ARRAY(d->arena, bool, kk_source_count())};
    for (size_t s = 0; s < kk_source_count(); s++) {
        w->sources[s] = names_source(rule, kk_source_at(s)->name);
        if (w->sources[s])
            w->families |= family_bit(d, kk_cstr(kk_source_at(s)->dataset));
    }
    return d->wish_count++;
}

static void list_wishes(deciding *d)
{
    const kk_rule_ground *g = d->ground;
    d->wish_of = KK_NEW_ARRAY(d->arena, size_t, g->rule_count);
    for (size_t i = 0; i < g->rule_count; i++) {
        d->wish_of[i] = g->rules[i].log_count ? wish_for(d, &g->rules[i]) : SIZE_MAX;
        if (g->rules[i].state <= KK_RULE_SILENT && g->rules[i].rule >= d->numbers)
            d->numbers = g->rules[i].rule + (size_t)1;
    }
    d->by_number = KK_NEW_ARRAY(d->arena, size_t, d->numbers);
    for (size_t i = 0; i < g->rule_count; i++)
        if (g->rules[i].state <= KK_RULE_SILENT)
            d->by_number[g->rules[i].rule] = i;
}

static void grant_wishes(deciding *d)
{
    for (size_t m = 0; m < d->machine_count; m++) {
        machine *one = &d->machines[m];
        one->wishes = KK_NEW_ARRAY(d->arena, uint8_t, d->wish_count);
        for (size_t w = 0; w < d->wish_count; w++)
            for (size_t s = 0; s < kk_source_count(); s++)
                if (d->wishes[w].sources[s] && one->sources[s] > one->wishes[w])
                    one->wishes[w] = one->sources[s];
    }
}

/* ---- rules ---- */

/* On a machine, or (NULL) on whichever machine it went best. */
static outcome of_wish(const deciding *d, size_t w, const machine *m)
{
    outcome out = {KK_LOG_ABSENT, w, false};
    if (m)
        return (outcome){m->wishes[w], w, (m->families & d->wishes[w].families) != 0};
    for (size_t i = 0; i < d->machine_count; i++)
        if (d->machines[i].wishes[w] > out.reach)
            out.reach = d->machines[i].wishes[w];
    out.applies = true;
    return out;
}

/* A correlation goes as far as the worst of the rules that it joins, or as the best of those that it
 * counts. */
static outcome of_rule(const deciding *d, size_t place, const machine *m, int depth)
{
    const kk_known_rule *rule = &d->ground->rules[place];
    outcome out = {.applies = false};
    if (d->wish_of[place] != SIZE_MAX)
        return of_wish(d, d->wish_of[place], m);
    for (size_t i = 0; i < rule->part_count && depth < DEEPEST; i++) {
        if (rule->parts[i] >= d->numbers)
            continue;
        outcome part = of_rule(d, d->by_number[rule->parts[i]], m, depth + 1);
        if (!part.applies && rule->all_parts)
            return (outcome){.applies = false};
        if (part.applies &&
            (!out.applies || (rule->all_parts ? part.reach < out.reach : part.reach > out.reach)))
            out = part;
    }
    return out;
}

static size_t need_of(deciding *d, size_t w, kk_log_reach reason)
{
    kk_rule_reach *out = d->out;
    size_t *at = &d->wishes[w].need[reason];
    if (!*at) {
        out->needs = kk_grow(d->arena, out->needs, &d->need_capacity, out->need_count + 1,
                             sizeof *out->needs);
        out->needs[out->need_count++] = (kk_rule_need){.log = d->wishes[w].name,
                                                       .ja = d->wishes[w].ja,
                                                       .en = d->wishes[w].en,
                                                       .reason = reason,
                                                       .last_rule = UINT32_MAX};
        *at = out->need_count;
    }
    return *at - 1;
}

static size_t count_need(deciding *d, const outcome *o, uint32_t rule)
{
    size_t n = need_of(d, o->wish, o->reach);
    kk_rule_need *need = &d->out->needs[n];
    need->rules += need->last_rule != rule;
    need->last_rule = rule;
    return n;
}

static void host_needs(deciding *d, kk_rule_host *host, size_t need)
{
    size_t i = 0;
    while (i < host->need_count && host->needs[i].need != need)
        i++;
    if (i == host->need_count) {
        kk_rule_need *n = &d->out->needs[need];
        host->needs = kk_grow(d->arena, host->needs, &host->capacity, host->need_count + 1,
                              sizeof *host->needs);
        host->needs[host->need_count++] = (struct kk_host_need){.need = need};
        n->hosts = kk_grow(d->arena, n->hosts, &n->capacity, n->host_count + 1, sizeof *n->hosts);
        n->hosts[n->host_count++] = host->host;
    }
    host->needs[i].rules++;
}

static void judge_on_machines(deciding *d, size_t place)
{
    for (size_t m = 0; m < d->machine_count; m++) {
        kk_rule_host *host = &d->out->hosts[m];
        outcome o = of_rule(d, place, &d->machines[m], 0);
        if (!o.applies)
            continue;
        host->ran += o.reach >= KK_LOG_PARTLY;
        host->ran_partly += o.reach == KK_LOG_PARTLY;
        if (o.reach >= KK_LOG_PARTLY)
            continue;
        host->could_not_run++;
        host_needs(d, host, count_need(d, &o, (uint32_t)place));
    }
}

static void judge(deciding *d, size_t place, size_t *idle_capacity)
{
    kk_rule_reach *out = d->out;
    judge_on_machines(d, place);
    outcome o = of_rule(d, place, NULL, 0);
    if (!o.applies)
        return;
    if (o.reach >= KK_LOG_PARTLY) {
        out->ran++;
        return;
    }
    out->could_not_run++;
    out->idle = kk_grow(d->arena, out->idle, idle_capacity, out->idle_count + 1, sizeof *out->idle);
    out->idle[out->idle_count++] =
        (kk_idle_rule){&d->ground->rules[place], count_need(d, &o, (uint32_t)place)};
}

/* ---- order ---- */

typedef struct {
    kk_rule_need need;
    size_t was;
} ranked;

static int most_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->need.rules != y->need.rules)
        return x->need.rules > y->need.rules ? -1 : 1;
    int order = kk_compare(x->need.log, y->need.log);
    return order ? order : (int)x->need.reason - (int)y->need.reason;
}

static int by_need(const void *a, const void *b)
{
    const struct kk_host_need *x = a, *y = b;
    return (x->need > y->need) - (x->need < y->need);
}

static void put_in_order(kk_rule_reach *out, kk_arena *arena)
{
    ranked *order = KK_NEW_ARRAY(arena, ranked, out->need_count);
    size_t *now = KK_NEW_ARRAY(arena, size_t, out->need_count);
    for (size_t i = 0; i < out->need_count; i++)
        order[i] = (ranked){out->needs[i], i};
    if (out->need_count)
        qsort(order, out->need_count, sizeof *order, most_first);
    for (size_t i = 0; i < out->need_count; i++) {
        out->needs[i] = order[i].need;
        now[order[i].was] = i;
    }
    for (size_t i = 0; i < out->idle_count; i++)
        out->idle[i].need = now[out->idle[i].need];
    for (size_t h = 0; h < out->host_count; h++) {
        for (size_t i = 0; i < out->hosts[h].need_count; i++)
            out->hosts[h].needs[i].need = now[out->hosts[h].needs[i].need];
        if (out->hosts[h].need_count)
            qsort(out->hosts[h].needs, out->hosts[h].need_count, sizeof *out->hosts[h].needs,
                  by_need);
    }
}

void kk_rule_reach_decide(const kk_rule_ground *ground, kk_arena *arena, kk_rule_reach *out)
{
    deciding d = {.ground = ground, .arena = arena, .out = out};
    size_t idle_capacity = 0;
    *out = (kk_rule_reach){0};
    list_families(&d);
    hear_logs(&d);
    list_wishes(&d);
    grant_wishes(&d);
    out->hosts = KK_NEW_ARRAY(arena, kk_rule_host, d.machine_count);
    out->host_count = d.machine_count;
    for (size_t m = 0; m < d.machine_count; m++)
        out->hosts[m] =
            (kk_rule_host){.host = d.machines[m].name, .has_logs = d.machines[m].families != 0};
    for (size_t i = 0; i < ground->rule_count; i++) {
        kk_rule_state state = ground->rules[i].state;
        out->refused += state == KK_RULE_REFUSED;
        out->without_log += state == KK_RULE_WITHOUT_LOG;
        if (state == KK_RULE_USED)
            judge(&d, i, &idle_capacity);
    }
    put_in_order(out, arena);
}

/* ---- out of the store ---- */

static size_t texts_of(kk_arena *arena, kk_slice json, kk_slice **out)
{
    const kk_json_value *list = kk_json_read(arena, json);
    size_t count = 0, n = 0;
    for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next)
        count++;
    *out = KK_NEW_ARRAY(arena, kk_slice, count);
    for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next)
        (*out)[n++] = v->text;
    return count;
}

static void take_rule(kk_arena *arena, const kk_rows *rows, kk_known_rule *r)
{
    kk_slice *parts;
    *r = (kk_known_rule){.rule = (uint32_t)kk_rows_u64(rows, 0),
                         .state = (kk_rule_state)kk_rows_u64(rows, 1),
                         .id = kk_copy(arena, kk_rows_text(rows, 2)),
                         .title = kk_copy(arena, kk_rows_text(rows, 3)),
                         .title_ja = kk_copy(arena, kk_rows_text(rows, 4)),
                         .level = kk_copy(arena, kk_rows_text(rows, 5)),
                         .file = kk_copy(arena, kk_rows_text(rows, 6)),
                         .line = (uint32_t)kk_rows_u64(rows, 7),
                         .all_parts = kk_rows_u64(rows, 10) != 0};
    r->log_count = texts_of(arena, kk_copy(arena, kk_rows_text(rows, 8)), &r->logs);
    r->part_count = texts_of(arena, kk_copy(arena, kk_rows_text(rows, 9)), &parts);
    r->parts = KK_NEW_ARRAY(arena, uint32_t, r->part_count);
    for (size_t i = 0; i < r->part_count; i++) {
        uint64_t number;
        r->parts[i] = kk_to_u64(parts[i], &number) ? (uint32_t)number : UINT32_MAX;
    }
}

static kk_status load_rules(kk_store *store, kk_arena *arena, kk_rule_ground *g, kk_fault *fault)
{
    kk_rows *rows;
    kk_known_rule *rules = NULL;
    size_t capacity = 0;
    kk_status status = kk_ask(store, "rules_in_force", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        rules = kk_grow(arena, rules, &capacity, g->rule_count + 1, sizeof *rules);
        take_rule(arena, rows, &rules[g->rule_count++]);
    }
    g->rules = rules;
    return kk_rows_close(rows, fault);
}

static kk_status load_seen(kk_store *store, kk_arena *arena, kk_rule_ground *g, kk_fault *fault)
{
    kk_rows *rows;
    kk_seen_log *seen = NULL;
    size_t capacity = 0;
    kk_status status = kk_ask(store, "log_presence", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        seen = kk_grow(arena, seen, &capacity, g->seen_count + 1, sizeof *seen);
        seen[g->seen_count++] = (kk_seen_log){kk_copy(arena, kk_rows_text(rows, 0)),
                                              kk_copy(arena, kk_rows_text(rows, 1)),
                                              kk_copy(arena, kk_rows_text(rows, 2)),
                                              kk_copy(arena, kk_rows_text(rows, 3)),
                                              kk_rows_i64(rows, 4),
                                              kk_rows_i64(rows, 5)};
    }
    g->seen = seen;
    return kk_rows_close(rows, fault);
}

kk_status kk_rule_reach_find(kk_store *store, const kk_access *access, kk_arena *arena,
                             kk_rule_reach *out, kk_fault *fault)
{
    kk_slice *intruded = KK_NEW_ARRAY(arena, kk_slice, access->host_count);
    kk_rule_ground g = {
        .intruded = intruded, .intruded_count = access->host_count, .window = access->window};
    for (size_t i = 0; i < access->host_count; i++)
        intruded[i] = access->hosts[i].name;
    kk_status status = load_rules(store, arena, &g, fault);
    if (status == KK_OK)
        status = load_seen(store, arena, &g, fault);
    if (status == KK_OK)
        kk_rule_reach_decide(&g, arena, out);
    return status;
}

/* ---- told ---- */

static void put_need(kk_json *j, const kk_rule_need *need)
{
    kk_json_text(j, "log", need->log);
    kk_json_both(j, "text", need->ja, need->en);
    kk_json_cstr(j, "reason", kk_log_reach_names[need->reason]);
}

void kk_rule_reach_coverage(kk_json *j, const kk_rule_reach *r)
{
    kk_json_object(j, "rules");
    kk_json_u64(j, "ran", r->ran);
    kk_json_u64(j, "could_not_run", r->could_not_run);
    kk_json_array(j, "needs");
    for (size_t i = 0; i < r->need_count; i++) {
        kk_json_object(j, NULL);
        put_need(j, &r->needs[i]);
        kk_json_texts(j, "hosts", r->needs[i].hosts, r->needs[i].host_count);
        kk_json_u64(j, "rules", r->needs[i].rules);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_close(j);
}

void kk_rule_reach_idle(kk_json *j, const kk_rule_reach *r)
{
    for (size_t i = 0; i < r->idle_count; i++) {
        const kk_known_rule *rule = r->idle[i].rule;
        const kk_rule_need *need = &r->needs[r->idle[i].need];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "state", "could_not_run");
        kk_json_cstr(j, "engine", "sigma");
        kk_json_text(j, "file", rule->file);
        kk_json_u64(j, "line", rule->line);
        kk_json_text(j, "id", rule->id);
        kk_json_text(j, "title", rule->title);
        kk_json_cstr(j, "why", kk_log_reach_names[need->reason]);
        kk_json_object(j, "needs");
        kk_json_text(j, "log", need->log);
        kk_json_both(j, "text", need->ja, need->en);
        kk_json_close(j);
        kk_json_close(j);
    }
}

void kk_rule_reach_hosts(kk_json *j, const kk_rule_reach *r)
{
    kk_json_array(j, "hosts");
    for (size_t h = 0; h < r->host_count; h++) {
        const kk_rule_host *host = &r->hosts[h];
        kk_json_object(j, NULL);
        kk_json_text(j, "host", host->host);
        kk_json_bool(j, "logs", host->has_logs);
        kk_json_u64(j, "ran", host->ran);
        kk_json_u64(j, "ran_partly", host->ran_partly);
        kk_json_u64(j, "could_not_run", host->could_not_run);
        kk_json_array(j, "needs");
        for (size_t i = 0; i < host->need_count; i++) {
            kk_json_object(j, NULL);
            put_need(j, &r->needs[host->needs[i].need]);
            kk_json_u64(j, "rules", host->needs[i].rules);
            kk_json_close(j);
        }
        kk_json_close(j);
        kk_json_close(j);
    }
    kk_json_close(j);
}

void kk_rule_reach_counts(kk_json *j, const kk_rule_reach *r)
{
    kk_json_object(j, "usable");
    kk_json_u64(j, "ran", r->ran);
    kk_json_u64(j, "could_not_run", r->could_not_run);
    kk_json_close(j);
    kk_json_u64(j, "without_log", r->without_log);
    kk_json_u64(j, "refused", r->refused);
}
