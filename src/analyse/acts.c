#include "analyse/acts.h"

#include <stdlib.h>

#include "analyse/hit_judge.h"
#include "base/json_read.h"

#define HOUR (3600 * KK_SECOND)
enum { MEDIUM = 2, HIGH = 3, HITS_KEPT = 50, RULES_KEPT = 8 };

/* ATT&CK techniques and what a reader calls them; the first that a rule's tag begins with. `matters`:
 * also hits of level medium are told, on machines that the intruder was on. */
static const struct {
    const char *technique;
    bool matters;
    kk_act_kind kind;
} kinds[] = {
#define ACT(technique, matters, code, ja, en) {"attack." technique, matters, {code, ja, en}},
#include "analyse/acts.def"
};
enum { KINDS = sizeof kinds / sizeof *kinds };
static const kk_act_kind other_kind = {"other", "不審な動作", "acts that rules describe"};

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    const kk_access *access;
    kk_arena *arena, *scratch;
    kk_acts *out;
    size_t capacity, tactic_capacity;
} gathering;

static int rank_of(kk_slice level)
{
    static const char *const levels[] = {"informational", "low", "medium", "high", "critical"};
    for (int i = 0; i < (int)(sizeof levels / sizeof *levels); i++)
        if (kk_is(level, levels[i]))
            return i;
    return 0;
}

static bool is_one_of(const char *code, const char *const *codes, size_t count)
{
    bool found = !count;
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(code, codes[i]) == 0;
    return found;
}

/* The line of the table that a tag falls under, KINDS if none does. */
static size_t line_of(kk_slice tag)
{
    size_t i = 0;
    for (; i < KINDS; i++) {
        size_t len = strlen(kinds[i].technique);
        if (kk_eq_nocase(kk_part(tag, 0, len), kk_cstr(kinds[i].technique)) &&
            (tag.len == len || tag.ptr[len] == '.'))
            break;
    }
    return i;
}

const kk_act_kind *kk_act_kind_of(kk_arena *scratch, kk_slice tags, const char *const *codes,
                                  size_t count, bool *matters)
{
    const kk_json_value *list = kk_json_read(scratch, tags);
    for (const kk_json_value *v = list ? list->first : NULL; v; v = v->next) {
        size_t line = line_of(v->text);
        if (line == KINDS || !is_one_of(kinds[line].kind.code, codes, count))
            continue;
        *matters = kinds[line].matters;
        return &kinds[line].kind;
    }
    *matters = false;
    return NULL;
}

static bool was_entered(const kk_access *access, kk_slice host)
{
    for (size_t i = 0; i < access->host_count; i++)
        if (kk_same_machine(access->hosts[i].name, host))
            return true;
    return false;
}

/* ---- tactics over time ---- */

static kk_slice day_of(gathering *g, kk_time at)
{
    kk_civil c = kk_civil_in_zone(&g->settings->zone, at);
    return kk_print(g->scratch, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void count_tactic(gathering *g, kk_slice host, kk_slice day, kk_slice tactic)
{
    kk_acts *out = g->out;
    /* hits come by time: the same day is among the last */
    for (size_t i = out->tactic_count; i-- > 0;) {
        kk_tactic_day *t = &out->tactics[i];
        if (!kk_eq(t->day, day))
            break;
        if (kk_eq_nocase(t->host, host) && kk_eq(t->tactic, tactic)) {
            t->detections++;
            return;
        }
    }
    out->tactics = kk_grow(g->arena, out->tactics, &g->tactic_capacity, out->tactic_count + 1,
                           sizeof *out->tactics);
    out->tactics[out->tactic_count++] = (kk_tactic_day){
        kk_copy(g->arena, host), kk_copy(g->arena, day), kk_copy(g->arena, tactic), 1};
}

static void count_tactics(gathering *g, const kk_hit_row *r)
{
    size_t count;
    const kk_slice *tactics = kk_tactics_of(g->scratch, r->tags, &count);
    kk_slice day = day_of(g, r->event.time);
    for (size_t i = 0; i < count; i++)
        count_tactic(g, r->event.host, day, kk_from(tactics[i], 7));
}

static int by_host_and_day(const void *a, const void *b)
{
    const kk_tactic_day *x = a, *y = b;
    int order = kk_compare(x->host, y->host);
    if (!order)
        order = kk_compare(x->day, y->day);
    return order ? order : kk_compare(x->tactic, y->tactic);
}

/* ---- acts ---- */

/* Without a window only what nobody does in daily work is told. */
static bool is_told(const gathering *g, const kk_hit_row *r)
{
    const kk_window *w = &g->access->window;
    int rank = rank_of(r->level);
    if (r->event.time == KK_NO_TIME || (r->event.flags & KK_FLAG_RECOVERED))
        return false;
    if (w->from == KK_NO_TIME)
        return rank >= HIGH;
    if (r->event.time < w->from || r->event.time > w->to)
        return false;
    return rank >= HIGH || was_entered(g->access, r->event.host);
}

/* Our own people's, unless somebody decided that it was not. */
static bool is_responders(const kk_hit_said *said)
{
    return said->by_responder && !said->hostile;
}

static kk_act *act_of(gathering *g, const kk_act_kind *kind, const kk_hit_row *r)
{
    kk_acts *out = g->out;
    kk_slice host = r->event.host;
    bool own = is_responders(&r->said);
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->items[i].kind->code, kind->code) == 0 &&
            out->items[i].by_responder == own && kk_eq_nocase(out->items[i].host, host))
            return &out->items[i];
    out->items = kk_grow(g->arena, out->items, &g->capacity, out->count + 1, sizeof *out->items);
    kk_act *act = &out->items[out->count++];
    *act = (kk_act){
        .kind = kind, .host = kk_copy(g->arena, host), .first = KK_NO_TIME, .by_responder = own};
    if (own) {
        act->responder_ja = r->said.did_ja;
        act->responder_en = r->said.did_en;
    }
    return act;
}

static void add_rule(gathering *g, kk_act *act, const kk_hit_row *r)
{
    for (size_t i = 0; i < act->rule_count; i++)
        if (kk_eq(act->rules[i], r->title))
            return;
    if (act->rule_count == RULES_KEPT)
        return;
    size_t capacity = act->rule_capacity;
    act->rules_ja =
        kk_grow(g->arena, act->rules_ja, &capacity, act->rule_count + 1, sizeof *act->rules_ja);
    act->rules =
        kk_grow(g->arena, act->rules, &act->rule_capacity, act->rule_count + 1, sizeof *act->rules);
    act->rules[act->rule_count] = kk_copy(g->arena, r->title);
    act->rules_ja[act->rule_count++] = kk_copy(g->arena, r->title_ja);
}

static void add_hit(gathering *g, kk_act *act, const kk_hit_row *r)
{
    kk_ref ref = kk_event_ref(g->arena, &r->event);
    if (act->hit_count == HITS_KEPT)
        return;
    kk_refs_add(g->arena, &act->refs, &ref);
    act->hits =
        kk_grow(g->arena, act->hits, &act->hit_capacity, act->hit_count + 1, sizeof *act->hits);
    act->hits[act->hit_count++] = (kk_act_hit){.id = kk_hit_id(g->arena, r),
                                               .title = kk_copy(g->arena, r->title),
                                               .title_ja = kk_copy(g->arena, r->title_ja),
                                               .level = kk_copy(g->arena, r->level),
                                               .decoded = kk_copy(g->arena, r->decoded),
                                               .time = r->event.time,
                                               .ref = ref};
}

static void on_hit(void *context, const kk_hit_row *r)
{
    gathering *g = context;
    bool matters;
    kk_arena_reset(g->scratch);
    const kk_act_kind *known = kk_act_kind_of(g->scratch, r->tags, NULL, 0, &matters);
    const kk_act_kind *kind = known ? known : &other_kind;
    if (r->said.benign || !is_told(g, r))
        return;
    if (!is_responders(&r->said))
        count_tactics(g, r);
    if (!matters && !r->said.hostile && rank_of(r->level) < HIGH)
        return;
    kk_act *act = act_of(g, kind, r);
    kk_time first = r->is_correlation && r->first != KK_NO_TIME ? r->first : r->event.time;
    kk_witness witness = kk_witness_of(g->access, &r->event);
    if (act->first == KK_NO_TIME || first < act->first)
        act->first = first;
    act->last = r->event.time; /* they come by time */
    act->detections++;
    act->decoded += r->decoded.len > 0;
    act->witness = witness > act->witness ? witness : act->witness;
    if (!act->level.len || rank_of(r->level) > act->rank) {
        act->level = kk_copy(g->arena, r->level);
        act->rank = rank_of(r->level);
    }
    add_rule(g, act, r);
    add_hit(g, act, r);
}

/* ---- a second source ---- */

static bool is_of_machine(const kk_access *access, kk_slice host_or_address, kk_slice host)
{
    if (kk_same_machine(host_or_address, host))
        return true;
    for (size_t i = 0; i < access->address_count; i++)
        if (kk_same_machine(access->addresses[i].name, host) &&
            kk_eq(access->addresses[i].value, host_or_address))
            return true;
    return false;
}

/* What a machine's own log says of data sent, the firewall's bytes of that hour confirm. */
static void find_second_sources(gathering *g, const kk_exfil *exfil)
{
    for (size_t i = 0; i < g->out->count; i++) {
        kk_act *act = &g->out->items[i];
        for (size_t k = 0; k < exfil->finding_count && !act->finding.len; k++) {
            const kk_finding *f = &exfil->findings[k];
            if (strcmp(act->kind->code, "sent") == 0 && act->witness == KK_WITNESS_ITSELF &&
                strcmp(f->kind, "outbound_transfer") == 0 && f->strength <= KK_STRONG &&
                f->start <= act->last + HOUR && f->end >= act->first - HOUR &&
                is_of_machine(g->access, f->host, act->host))
                act->finding = f->id;
        }
    }
}

static int gravest_first(const void *a, const void *b)
{
    const kk_act *x = a, *y = b;
    if (x->by_responder != y->by_responder)
        return x->by_responder ? 1 : -1;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    int order = kk_compare(x->host, y->host);
    return order ? order : strcmp(x->kind->code, y->kind->code);
}

kk_status kk_acts_find(kk_store *store, const kk_case_settings *settings, const kk_access *access,
                       const kk_exfil *exfil, kk_arena *arena, kk_acts *out, kk_fault *fault)
{
    gathering g = {.store = store,
                   .settings = settings,
                   .access = access,
                   .arena = arena,
                   .scratch = kk_arena_open(),
                   .out = out};
    kk_hit_filter filter = {.level_from = KK_S("medium"), .from = KK_NO_TIME, .to = KK_NO_TIME};
    *out = (kk_acts){0};
    if (access->window.from != KK_NO_TIME) {
        filter.from = access->window.from;
        filter.to = access->window.to + 1;
    }
    kk_status status = kk_detections_read(store, settings, &filter, on_hit, &g, fault);
    kk_arena_close(g.scratch);
    if (status != KK_OK)
        return status;
    find_second_sources(&g, exfil);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, gravest_first);
    if (out->tactic_count)
        qsort(out->tactics, out->tactic_count, sizeof *out->tactics, by_host_and_day);
    return KK_OK;
}

bool kk_act_is_proven(const kk_act *act)
{
    return kk_witness_proves(act->witness) || act->finding.len;
}
