#include "analyse/hit_judge.h"

#include "analyse/responders.h"
#include "base/json_read.h"
#include "detect/fold.h"

typedef struct {
    kk_store *store;
    const kk_case_settings *settings;
    responders responders;
    kk_arena *scratch; /* of one hit */
    bool names_hits;   /* some decision is of a detection, not of a rule */
} judging;

kk_slice kk_hit_rule(const kk_hit_row *row)
{
    return row->rule.len ? row->rule : row->title;
}

/* A technique, a group or a tool begins with a letter and a figure; what does not is a tactic. */
static bool is_tactic(kk_slice tag)
{
    return tag.len >= 9 && kk_eq_nocase(kk_part(tag, 0, 7), KK_S("attack.")) &&
           (tag.ptr[8] < '0' || tag.ptr[8] > '9');
}

/* Older rules write "defense_evasion", newer ones "defense-evasion". */
static kk_slice tactic_of(kk_arena *arena, kk_slice tag)
{
    kk_slice folded = kk_fold(arena, tag);
    char *to = kk_take(arena, folded.len);
    for (size_t i = 0; i < folded.len; i++)
        to[i] = folded.ptr[i] == '_' ? '-' : folded.ptr[i];
    return (kk_slice){to, folded.len};
}

kk_slice *kk_tactics_of(kk_arena *arena, kk_slice tags, size_t *count)
{
    const kk_json_value *array = kk_json_read(arena, tags);
    kk_slice *all = NULL;
    size_t capacity = 0;
    *count = 0;
    for (const kk_json_value *v = array ? array->first : NULL; v; v = v->next) {
        if (!is_tactic(v->text))
            continue;
        kk_slice tactic = tactic_of(arena, v->text);
        size_t i = 0;
        while (i < *count && !kk_eq(all[i], tactic))
            i++;
        if (i < *count)
            continue;
        all = kk_grow(arena, all, &capacity, *count + 1, sizeof *all);
        all[(*count)++] = tactic;
    }
    return all;
}

bool kk_condition_is_good(kk_slice condition)
{
    size_t at = kk_find_byte(condition, '=');
    return at != KK_NOWHERE && at > 0;
}

static kk_slice value_of(judging *j, const kk_event_row *e, kk_slice name)
{
    if (kk_is(name, "host.name"))
        return e->host;
    if (kk_is(name, "event.module"))
        return e->module;
    for (kk_text_field f = 0; f < KK_TEXT_FIELDS; f++)
        if (kk_is(name, kk_text_field_name(f)))
            return e->text[f];
    for (kk_number_field f = 0; f < KK_NUMBER_FIELDS; f++)
        if (kk_is(name, kk_number_field_name(f)))
            return e->has_number >> f & 1
                       ? kk_print(j->scratch, "%llu", (unsigned long long)e->number[f])
                       : KK_NONE;
    return kk_event_field(j->scratch, e, kk_copy(j->scratch, name).ptr);
}

/* `*` and `?` of a pattern, otherwise the text without case. An absent field fits only an empty value. */
static bool condition_fits(judging *j, const kk_event_row *e, kk_slice condition)
{
    size_t at = kk_find_byte(condition, '=');
    kk_slice folded = kk_fold(j->scratch, kk_from(condition, at + 1));
    char *pattern = kk_take(j->scratch, folded.len + 1);
    for (size_t i = 0; i < folded.len; i++)
        pattern[i] = folded.ptr[i] == '*'   ? KK_ANY_RUN
                     : folded.ptr[i] == '?' ? KK_ANY_CHAR
                                            : folded.ptr[i];
    return kk_pattern_fits((kk_slice){pattern, folded.len},
                           kk_fold(j->scratch, value_of(j, e, kk_part(condition, 0, at))));
}

static bool decision_fits(judging *j, const kk_decision *d, const kk_event_row *e)
{
    if (!kk_decision_holds(d) || !kk_hosts_fit(&d->hosts, e->host) ||
        !kk_accounts_fit(&d->accounts, e->text[KK_USER_NAME]))
        return false;
    if ((d->from != KK_NO_TIME && (e->time == KK_NO_TIME || e->time < d->from)) ||
        (d->to != KK_NO_TIME && (e->time == KK_NO_TIME || e->time >= d->to)))
        return false;
    for (size_t i = 0; i < d->where.count; i++)
        if (!condition_fits(j, e, d->where.items[i]))
            return false;
    return true;
}

/* What a decision settles: of each the last one counts. */
typedef enum { SHOWING, LEVEL, WHOSE, SETTLED } settled;

static settled settles(kk_decision_kind kind)
{
    switch (kind) {
    case KK_DECIDE_EXCLUDE:
    case KK_DECIDE_INCLUDE:
        return SHOWING;
    case KK_DECIDE_LEVEL:
        return LEVEL;
    case KK_DECIDE_HOSTILE:
    case KK_DECIDE_BENIGN:
        return WHOSE;
    default:
        return SETTLED;
    }
}

static void find_last(judging *j, kk_slice of, const kk_event_row *e, const kk_decision **last)
{
    for (const kk_decision *d = kk_decision_of(j->settings->decisions, of); d; d = d->next_of) {
        settled what = settles(d->kind);
        if (what != SETTLED && (!last[what] || d->n > last[what]->n) && decision_fits(j, d, e))
            last[what] = d;
    }
}

static void apply_decisions(judging *j, kk_hit_row *row)
{
    const kk_decision *last[SETTLED] = {0};
    kk_hit_said *said = &row->said;
    find_last(j, kk_hit_rule(row), &row->event, last);
    if (j->names_hits)
        find_last(j, kk_hit_id(j->scratch, row), &row->event, last);
    for (settled what = 0; what < SETTLED; what++)
        if (last[what])
            said->decisions[said->decision_count++] =
                (kk_hit_decision){last[what]->id, kk_cstr(kk_decision_kind_name(last[what]->kind)),
                                  last[what]->by, last[what]->reason};
    said->excluded = last[SHOWING] && last[SHOWING]->kind == KK_DECIDE_EXCLUDE;
    said->hostile = last[WHOSE] && last[WHOSE]->kind == KK_DECIDE_HOSTILE;
    said->benign = last[WHOSE] && last[WHOSE]->kind == KK_DECIDE_BENIGN;
    if (last[LEVEL]) {
        said->level_was = row->level;
        row->level = last[LEVEL]->level;
    }
}

static const kk_responder *who_did(const judging *j, const kk_event_row *e)
{
    return responder_of(&j->responders, e->text[KK_USER_NAME], e->text[KK_SOURCE_IP], e->host,
                        e->time);
}

typedef struct {
    const judging *j;
    bool all;
} asking;

static void ask_event(void *context, const kk_event_row *row)
{
    asking *a = context;
    a->all = a->all && who_did(a->j, row);
}

/* Of several events all must be a responder's. */
static kk_status apply_responders(judging *j, kk_hit_row *row, kk_fault *fault)
{
    const kk_responder *r = who_did(j, &row->event);
    asking a = {j, r != NULL};
    kk_status status = KK_OK;
    if (r && row->is_correlation)
        status = kk_hit_events(j->store, row, ask_event, &a, fault);
    if (status != KK_OK || !a.all)
        return status;
    row->said.by_responder = true;
    row->said.did_ja = r->did.ja;
    row->said.did_en = r->did.en;
    return KK_OK;
}

static kk_status judge(void *context, kk_hit_row *row, kk_fault *fault)
{
    judging *j = context;
    kk_arena_reset(j->scratch);
    if (j->settings->decisions && j->settings->decisions->count)
        apply_decisions(j, row);
    if (row->is_yara) /* a file is nobody's act */
        return KK_OK;
    return j->settings->responders.count ? apply_responders(j, row, fault) : KK_OK;
}

kk_status kk_detections_read(kk_store *store, const kk_case_settings *settings,
                             const kk_hit_filter *filter,
                             void (*row)(void *context, const kk_hit_row *row), void *context,
                             kk_fault *fault)
{
    const kk_decisions *d = settings->decisions;
    judging j = {.store = store, .settings = settings};
    kk_arena *arena = kk_arena_open();
    session_list sessions = {0};
    kk_status status = KK_OK;
    kk_hit_judge judging_them = {.judge = judge, .context = &j};
    kk_hit_filter judged = *filter;
    judged.with_events |= settings->responders.count > 0;
    if ((d && d->count) || settings->responders.count)
        judged.judge = &judging_them;
    for (size_t i = 0; d && i < d->count; i++) {
        judging_them.sets_levels |= d->items[i].kind == KK_DECIDE_LEVEL;
        j.names_hits |= kk_is_id(d->items[i].of, 'D');
    }
    if (settings->responders.count)
        status = sessions_collect(store, arena, &sessions, fault);
    j.responders = responders_among(settings, sessions.items, sessions.count, arena);
    j.scratch = kk_arena_open();
    if (status == KK_OK)
        status = kk_hits_read(store, &judged, row, context, fault);
    kk_arena_close(j.scratch);
    kk_arena_close(arena);
    return status;
}
