#include "casework/decide.h"

#include "analyse/analyse.h"
#include "analyse/hit_judge.h"
#include "base/text.h"
#include "casework/answers.h"
#include "casework/rule_files.h"
#include "detect/fold.h"

enum { NAME_MOST = 200, REASON_MOST = 4000, LIST_MOST = 16 << 20 };

/* What a decision may be about. A file, a table or a record is named by its path. */
typedef enum {
    A_RULE = 1,
    A_DETECTION = 2,
    A_SESSION = 4,
    A_DECISION = 8,
    A_PERSON = 16,
    A_PATH = 32,
    AN_OWNER = 64,
    A_FINDING = 128,
    AN_INTRUSION = 256
} thing;

static unsigned things_of(kk_decision_kind kind)
{
    switch (kind) {
    case KK_DECIDE_HOSTILE:
    case KK_DECIDE_BENIGN:
        return A_DETECTION | A_SESSION;
    case KK_DECIDE_REFUTE:
        return A_FINDING;
    case KK_DECIDE_WINDOW:
        return AN_INTRUSION;
    case KK_DECIDE_REVOKE:
        return A_DECISION;
    case KK_DECIDE_MERGE:
    case KK_DECIDE_SPLIT:
        return A_PERSON;
    case KK_DECIDE_CATEGORY:
        return A_PERSON | A_PATH;
    case KK_DECIDE_OWNER:
    case KK_DECIDE_EXPOSURE:
        return A_PATH;
    case KK_DECIDE_MATCH:
        return AN_OWNER;
    case KK_DECIDE_LEVEL:
        return A_RULE | A_DETECTION;
    default:
        return A_RULE | A_DETECTION | A_PERSON | A_PATH;
    }
}

/* What an id can be by its form alone. */
static unsigned thing_of(kk_slice of)
{
    return kk_is_id(of, 'D')         ? A_DETECTION
           : kk_is_id(of, 'S')       ? A_SESSION
           : kk_is_id(of, 'J')       ? A_DECISION
           : kk_is_id(of, 'P')       ? A_PERSON
           : kk_is_id(of, 'F')       ? A_FINDING
           : kk_is(of, KK_INTRUSION) ? A_RULE | A_PATH | AN_OWNER | AN_INTRUSION
                                     : A_RULE | A_PATH | AN_OWNER;
}

/* Decisions that only the count of persons can say what they are about. */
static bool is_on_persons(const kk_decision *d)
{
    return kk_decision_is_on_persons(d) ||
           !(things_of(d->kind) & thing_of(d->of) &
             (A_RULE | A_DETECTION | A_SESSION | A_DECISION | A_FINDING | AN_INTRUSION));
}

/* Looking for many things at once: a table of what is looked for, marked by one pass over each kind. */
typedef struct sought {
    kk_slice of, folded;
    unsigned what;
    kk_slice found; /* as the case calls it; empty: not there */
    struct sought *next;
} sought;

typedef struct {
    kk_arena *arena, *scratch;
    sought **places;
    size_t mask;
    unsigned what; /* of all that is looked for */
} seeking;

static void mark(seeking *s, kk_slice named, kk_slice found)
{
    kk_slice folded = kk_fold(s->scratch, named);
    for (sought *e = s->places[kk_hash_quick(folded) & s->mask]; e && named.len; e = e->next)
        if (!e->found.len && kk_eq(e->folded, folded))
            e->found = kk_copy(s->arena, found);
}

static void mark_hit(void *context, const kk_hit_row *row)
{
    seeking *s = context;
    kk_slice id = kk_hit_id(s->scratch, row);
    mark(s, id, id);
    kk_arena_reset(s->scratch);
}

static kk_status seek_rules(kk_case *c, seeking *s, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(c->store, "rules_named", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice id = kk_rows_text(rows, 0), title = kk_rows_text(rows, 1);
        mark(s, id, id);
        mark(s, title, id.len ? id : title);
    }
    return kk_rows_close(rows, fault);
}

static kk_status seek_sessions(kk_case *c, seeking *s, kk_fault *fault)
{
    kk_access access;
    kk_status status = kk_access_find(c->store, c->settings, c->arena, &access, fault);
    for (size_t i = 0; status == KK_OK && i < access.session_count; i++)
        mark(s, access.sessions[i].id, access.sessions[i].id);
    return status;
}

/* Those that were refuted already too. */
static kk_status seek_findings(kk_case *c, seeking *s, kk_fault *fault)
{
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    kk_status status = kk_case_answers(c, KK_NEEDS_EXFIL, a, fault);
    const kk_exfil *e = &a->exfil;
    for (size_t i = 0; status == KK_OK && i < e->finding_count; i++)
        mark(s, e->findings[i].id, e->findings[i].id);
    for (size_t i = 0; status == KK_OK && i < e->refuted_count; i++)
        mark(s, e->refuted[i].id, e->refuted[i].id);
    return status;
}

static kk_status seek(kk_case *c, sought *all, size_t count, kk_fault *fault)
{
    static const kk_hit_filter every = {.from = KK_NO_TIME,
                                        .to = KK_NO_TIME,
                                        .shown = KK_HITS_ALL,
                                        .with_yara = true,
                                        .any_order = true};
    seeking s = {.arena = c->arena, .scratch = kk_arena_open(), .mask = 15};
    kk_status status = KK_OK;
    while (s.mask < count * 2)
        s.mask = s.mask * 2 + 1;
    s.places = KK_NEW_ARRAY(c->arena, sought *, s.mask + 1);
    for (size_t i = 0; i < count; i++) {
        all[i].folded = kk_fold(c->arena, all[i].of);
        sought **place = &s.places[kk_hash_quick(all[i].folded) & s.mask];
        all[i].next = *place;
        *place = &all[i];
        s.what |= all[i].what;
    }
    if (s.what & A_RULE)
        status = seek_rules(c, &s, fault);
    if (status == KK_OK && s.what & A_SESSION)
        status = seek_sessions(c, &s, fault);
    if (s.what & AN_INTRUSION)
        mark(&s, KK_S(KK_INTRUSION), KK_S(KK_INTRUSION));
    if (status == KK_OK && s.what & A_FINDING)
        status = seek_findings(c, &s, fault);
    if (status == KK_OK && s.what & A_DETECTION)
        status = kk_hits_read(c->store, &every, mark_hit, &s, fault);
    kk_arena_close(s.scratch);
    return status;
}

/* Deciding */
static bool is_good_line(kk_slice text, size_t most)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    return kk_trim(text).len > 0 && text.len <= most && kk_utf8_valid(text);
}

static bool is_narrowed(const kk_decision *d)
{
    return d->hosts.count || d->accounts.count || d->where.count || d->from != KK_NO_TIME ||
           d->to != KK_NO_TIME;
}

static const char *wrong_thing(kk_decision_kind kind)
{
    unsigned things = things_of(kind);
    return kind == KK_DECIDE_REVOKE  ? "revoke wants the id of a decision (J...)"
           : kind == KK_DECIDE_LEVEL ? "it wants a rule (its id or title) or the id of a detection "
                                       "(D...)"
           : things & A_SESSION     ? "it wants the id of a session (S...) or of a detection (D...)"
           : things == A_PERSON     ? "it wants the id of a person (P...)"
           : things == AN_INTRUSION ? "it wants the word " KK_INTRUSION
           : things == A_FINDING    ? "it wants the id of a finding (F...)"
           : things == A_PATH       ? "it wants the path of a file or a table"
           : things & A_RULE   ? "it wants a rule (its id or title), a detection (D...), a person "
                                 "(P...), or the path of a file, table or record"
           : things & A_PERSON ? "it wants a person (P...) or the path of a file or table"
                               : "it wants owners with commas between them, or all";
}

static const char *wrong_with(const kk_decision *d)
{
    unsigned what = thing_of(d->of);
    if (!is_good_line(d->by, NAME_MOST))
        return "--by wants the name of a person, in one line";
    if (!is_good_line(d->reason, REASON_MOST))
        return "--reason wants a reason, in one line of at most 4,000 bytes";
    if (!is_good_line(d->of, REASON_MOST) || !(things_of(d->kind) & what))
        return wrong_thing(d->kind);
    if (d->kind == KK_DECIDE_WINDOW &&
        (d->hosts.count || d->accounts.count || d->where.count || !is_narrowed(d)))
        return "window wants --from, --to or both, and nothing else";
    if (is_narrowed(d) && d->kind != KK_DECIDE_WINDOW && (is_on_persons(d) || !(what & A_RULE)))
        return "only a decision about a rule can be narrowed";
    if (d->from != KK_NO_TIME && d->to != KK_NO_TIME && d->from >= d->to)
        return "--from must be before --to";
    if ((d->kind == KK_DECIDE_LEVEL) != kk_is_level(d->level))
        return d->kind == KK_DECIDE_LEVEL
                   ? "--level wants informational, low, medium, high or critical"
                   : "--level is for the kind level";
    for (size_t i = 0; i < d->where.count; i++)
        if (!is_good_line(d->where.items[i], REASON_MOST) ||
            !kk_condition_is_good(d->where.items[i]))
            return "--where wants FIELD=VALUE";
    return NULL;
}

/* Rules, detections and sessions by the names that the case has for them; what an exclusion calls and is
 * none of these may be about persons, and stays as it is. */
static kk_status find_known(kk_case *c, kk_decision *decisions, size_t count, bool *is_known,
                            kk_fault *fault)
{
    sought *all = KK_NEW_ARRAY(c->arena, sought, count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (decisions[i].kind != KK_DECIDE_REVOKE && !is_on_persons(&decisions[i]))
            all[n++] = (sought){.of = decisions[i].of, .what = thing_of(decisions[i].of)};
    kk_status status = n ? seek(c, all, n, fault) : KK_OK;
    n = 0;
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        is_known[i] = decisions[i].kind == KK_DECIDE_REVOKE;
        if (is_known[i] || is_on_persons(&decisions[i]))
            continue;
        const sought *s = &all[n++];
        is_known[i] = s->found.len > 0;
        if (is_known[i])
            decisions[i].of = s->found;
        else if (!(things_of(decisions[i].kind) & s->what & A_PATH) || is_narrowed(&decisions[i]))
            return kk_fail(
                fault, KK_INVALID,
                "the case has no such rule, detection, session or finding: %.*s: `kakuho "
                "detections`, `kakuho access` and `kakuho exfil` show their ids",
                KK_P(kk_part(s->of, 0, 200)));
    }
    return status;
}

/* Persons, records and files by their content. */
static kk_status find_persons(kk_case *c, const kk_person_words *words, kk_decision *decisions,
                              size_t count, const bool *is_known, kk_fault *fault)
{
    kk_answers *a = NULL;
    kk_status status = KK_OK;
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        if (is_known[i])
            continue;
        if (!a) {
            a = KK_NEW(c->arena, kk_answers);
            status = kk_case_answers(c, KK_NEEDS_PERSONS, a, fault);
        }
        if (status == KK_OK)
            status = kk_person_decision_name(c->store, &a->persons, words, c->arena, &decisions[i],
                                             fault);
    }
    return status;
}

static const char *wrong_words(const kk_decision *d, const kk_person_words *words, bool is_known)
{
    bool is_split = d->kind == KK_DECIDE_SPLIT;
    if (words->ids.count > 1 && d->kind != KK_DECIDE_MERGE)
        return "only merge takes several ids";
    if ((words->records.count || d->rule.len) && !is_split)
        return "--record and --rule are for split";
    if (is_known && (words->evidence.len || d->as.len))
        return "--evidence and --as are for files and persons";
    return NULL;
}

kk_status kk_case_decide(kk_case *c, const kk_person_words *words, kk_decision *decisions,
                         size_t count, size_t *written, kk_fault *fault)
{
    kk_ledger *ledger = NULL;
    bool *is_known = KK_NEW_ARRAY(c->arena, bool, count);
    *written = 0;
    for (size_t i = 0; i < count; i++) {
        const char *wrong = wrong_with(&decisions[i]);
        if (wrong)
            return kk_fail(fault, KK_INVALID, "cannot decide this: %s", wrong);
    }
    kk_status status = kk_decisions_hold(c->settings->decisions, fault);
    if (status == KK_OK)
        status = find_known(c, decisions, count, is_known, fault);
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        const char *wrong = wrong_words(&decisions[i], words, is_known[i]);
        if (wrong)
            return kk_fail(fault, KK_INVALID, "cannot decide this: %s", wrong);
    }
    if (status == KK_OK)
        status = find_persons(c, words, decisions, count, is_known, fault);
    if (status == KK_OK)
        status = kk_ledger_open(c->arena, c->path.ptr, &ledger, fault);
    if (status == KK_OK)
        status = kk_decisions_append(c->arena, c->path.ptr, ledger, c->now, decisions, count,
                                     written, fault);
    kk_ledger_close(ledger);
    return status;
}

/* Lists of exclusions */
static kk_slice csv_cell(kk_arena *arena, kk_slice *line)
{
    kk_slice cell = KK_NONE;
    if (!line->len || line->ptr[0] != '"') {
        (void)kk_split(line, ',', &cell);
        return kk_trim(cell);
    }
    char *text = kk_take(arena, line->len);
    size_t len = 0, at = 1;
    for (; at < line->len; at++) {
        if (line->ptr[at] == '"' && (at + 1 >= line->len || line->ptr[++at] != '"'))
            break;
        text[len++] = line->ptr[at];
    }
    *line = kk_from(*line, at);
    (void)kk_split(line, ',', &cell); /* nothing stands between the mark and the comma */
    return (kk_slice){text, len};
}

static kk_texts one_text(kk_arena *arena, kk_slice text)
{
    kk_slice *items = KK_NEW(arena, kk_slice);
    *items = text;
    return (kk_texts){items, text.len > 0};
}

kk_status kk_exclusion_list_read(kk_arena *arena, const char *path, const kk_decision *like,
                                 kk_decision **out, size_t *count, kk_fault *fault)
{
    kk_slice text, line;
    size_t capacity = 0;
    *out = NULL;
    *count = 0;
    kk_status status = kk_file_text(arena, path, LIST_MOST, &text, fault);
    if (status != KK_OK)
        return status;
    if (kk_starts(text, KK_S("\xef\xbb\xbf")))
        text = kk_from(text, 3);
    while (kk_split(&text, '\n', &line)) {
        line = kk_trim(line);
        kk_slice rule = csv_cell(arena, &line);
        if (!rule.len || rule.ptr[0] == '#' || (!*count && kk_eq_nocase(rule, KK_S("rule"))))
            continue;
        kk_slice host = csv_cell(arena, &line), where = csv_cell(arena, &line);
        kk_slice reason = csv_cell(arena, &line);
        kk_decision d = *like;
        d.of = rule;
        if (host.len)
            d.hosts = one_text(arena, host);
        if (where.len)
            d.where = one_text(arena, where);
        d.reason = reason.len ? reason : d.reason;
        *out = kk_grow(arena, *out, &capacity, *count + 1, sizeof d);
        (*out)[(*count)++] = d;
    }
    if (!*count)
        return kk_fail(fault, KK_INVALID, "no rule in %s: give RULE[,HOST[,FIELD=VALUE]] a line",
                       path);
    return KK_OK;
}

/* Listing */
/* What became of those about persons; the others are looked for by their names. */
static kk_status look_for_persons(kk_case *c, const kk_persons *known, const char **states,
                                  kk_fault *fault)
{
    const kk_decisions *d = c->settings->decisions;
    bool any = false;
    for (size_t i = 0; i < d->count; i++)
        any = any || (kk_decision_holds(&d->items[i]) && kk_decision_is_on_persons(&d->items[i]));
    if (!any)
        return KK_OK;
    if (!known) {
        kk_answers *a = KK_NEW(c->arena, kk_answers);
        kk_status status = kk_case_answers(c, KK_NEEDS_PERSONS, a, fault);
        if (status != KK_OK)
            return status;
        known = &a->persons;
    }
    for (size_t i = 0; i < known->decision_count; i++)
        states[known->decisions[i].decision - d->items] =
            kk_person_decision_state(&known->decisions[i]);
    return KK_OK;
}

kk_status kk_case_decision_states(kk_case *c, const kk_persons *persons, const char ***out,
                                  kk_fault *fault)
{
    const kk_decisions *d = c->settings->decisions;
    sought *all = KK_NEW_ARRAY(c->arena, sought, d->count);
    size_t *index = KK_NEW_ARRAY(c->arena, size_t, d->count), n = 0;
    *out = KK_NEW_ARRAY(c->arena, const char *, d->count);
    for (size_t i = 0; i < d->count; i++) {
        if (!kk_decision_holds(&d->items[i]) || kk_decision_is_on_persons(&d->items[i]))
            continue;
        index[n] = i;
        all[n++] = (sought){.of = d->items[i].of, .what = thing_of(d->items[i].of)};
    }
    kk_status status = n ? seek(c, all, n, fault) : KK_OK;
    for (size_t i = 0; i < n && status == KK_OK; i++)
        (*out)[index[i]] = all[i].found.len ? NULL : "orphan";
    return status == KK_OK ? look_for_persons(c, persons, *out, fault) : status;
}

kk_status kk_case_decisions_json(kk_case *c, kk_buffer *out, kk_fault *fault)
{
    const kk_decisions *d = c->settings->decisions;
    const char **states;
    kk_json j = {.out = out};
    kk_json_object(&j, NULL);
    kk_status status = kk_document_head(c, &j, fault);
    /* A broken list is shown as far as it holds; nothing can be counted by it. */
    kk_persons none = {0};
    if (status == KK_OK)
        status = kk_case_decision_states(c, d->intact ? NULL : &none, &states, fault);
    if (status != KK_OK)
        return status;
    kk_json_cstr(&j, "status", d->intact ? "intact" : "broken");
    if (d->intact)
        kk_json_null(&j, "broken_at");
    else
        kk_json_u64(&j, "broken_at", d->broken_at);
    kk_json_array(&j, "decisions");
    for (size_t i = 0; i < d->count; i++)
        kk_decision_json(&j, &d->items[i], states[i]);
    kk_json_close(&j);
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    return KK_OK;
}

kk_status kk_case_orphans_json(kk_case *c, const kk_persons *persons, kk_json *j, kk_fault *fault)
{
    const kk_decisions *d = c->settings->decisions;
    const char **states;
    bool any = false;
    kk_status status = kk_case_decision_states(c, persons, &states, fault);
    for (size_t i = 0; status == KK_OK && i < d->count; i++) {
        if (!states[i] || strcmp(states[i], "orphan") != 0)
            continue;
        if (!any)
            kk_json_array(j, "orphans");
        any = true;
        kk_json_text(j, NULL, d->items[i].id);
    }
    if (any)
        kk_json_close(j);
    return status;
}
