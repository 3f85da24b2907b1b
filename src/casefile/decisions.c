#include "casefile/decisions.h"

#include "casefile/chain.h"

#include <stddef.h>

static const kk_chain_kind decisions_kind = {.name = "the list of decisions",
                                             .lines = "decisions.jsonl",
                                             .head = "decisions.head",
                                             .batches = true};

static const char *const kind_names[KK_DECISION_KINDS] = {"exclude",
                                                          "include",
                                                          "level",
                                                          "hostile",
                                                          "benign",
                                                          "refute",
                                                          "window",
                                                          "merge",
                                                          "split",
                                                          "category",
                                                          "owner",
                                                          "exposure",
                                                          "match-across-owners",
                                                          "revoke"};

const char *kk_decision_kind_name(kk_decision_kind kind)
{
    return kind_names[kind];
}

bool kk_decision_kind_named(kk_slice name, kk_decision_kind *out)
{
    for (int i = 0; i < KK_DECISION_KINDS; i++)
        if (kk_is(name, kind_names[i])) {
            *out = (kk_decision_kind)i;
            return true;
        }
    return false;
}

/* Places in tables of open addressing, so that a long list of decisions stays linear. */
typedef struct {
    kk_decision *first, *last; /* of the same thing, in their order */
} of_place;

struct kk_decision_places {
    kk_decision **by_id;
    of_place *by_of;
    size_t mask;
};

static void make_places(kk_arena *arena, kk_decisions *d, size_t room)
{
    size_t size = 16;
    while (size < room * 2)
        size *= 2;
    d->items = KK_NEW_ARRAY(arena, kk_decision, room);
    d->places = KK_NEW(arena, struct kk_decision_places);
    d->places->by_id = KK_NEW_ARRAY(arena, kk_decision *, size);
    d->places->by_of = KK_NEW_ARRAY(arena, of_place, size);
    d->places->mask = size - 1;
}

/* Where it is, or the empty place where it would be. */
static kk_decision **id_place(const kk_decisions *d, kk_slice id)
{
    const struct kk_decision_places *p = d->places;
    size_t at = kk_hash_quick(id) & p->mask;
    while (p->by_id[at] && !kk_eq(p->by_id[at]->id, id))
        at = (at + 1) & p->mask;
    return &p->by_id[at];
}

static of_place *of_place_for(const kk_decisions *d, kk_slice of)
{
    const struct kk_decision_places *p = d->places;
    size_t at = kk_hash_quick(of) & p->mask;
    while (p->by_of[at].first && !kk_eq(p->by_of[at].first->of, of))
        at = (at + 1) & p->mask;
    return &p->by_of[at];
}

static void enter(kk_decisions *all, const kk_decision *decision)
{
    kk_decision *d = &all->items[all->count++];
    *d = *decision;
    kk_decision *revoked = d->kind == KK_DECIDE_REVOKE ? *id_place(all, d->of) : NULL;
    of_place *of = of_place_for(all, d->of);
    if (revoked)
        revoked->revoked_by = d->id;
    if (of->first)
        of->last->next_of = d;
    else
        of->first = d;
    of->last = d;
    *id_place(all, d->id) = d;
}

const kk_decision *kk_decision_by_id(const kk_decisions *decisions, kk_slice id)
{
    return *id_place(decisions, id);
}

const kk_decision *kk_decision_of(const kk_decisions *decisions, kk_slice of)
{
    return of_place_for(decisions, of)->first;
}

/* Of this kind, about this thing. */
static const kk_decision *last_that_holds(const kk_decisions *decisions, kk_slice of,
                                          kk_decision_kind kind)
{
    const kk_decision *last = NULL;
    const kk_decision *d = decisions ? kk_decision_of(decisions, of) : NULL;
    for (; d; d = d->next_of)
        if (d->kind == kind && kk_decision_holds(d))
            last = d;
    return last;
}

const kk_decision *kk_decision_refuting(const kk_decisions *decisions, kk_slice finding)
{
    return last_that_holds(decisions, finding, KK_DECIDE_REFUTE);
}

const kk_decision *kk_decision_on_window(const kk_decisions *decisions)
{
    return last_that_holds(decisions, KK_S(KK_INTRUSION), KK_DECIDE_WINDOW);
}

const kk_decision *kk_decision_on_whose(const kk_decisions *decisions, kk_slice of)
{
    const kk_decision *last = NULL;
    const kk_decision *d = decisions ? kk_decision_of(decisions, of) : NULL;
    for (; d; d = d->next_of)
        if ((d->kind == KK_DECIDE_HOSTILE || d->kind == KK_DECIDE_BENIGN) && kk_decision_holds(d))
            last = d;
    return last;
}

const kk_decisions *kk_decisions_only(kk_arena *arena, const kk_decisions *all, const kk_slice *ids,
                                      size_t count)
{
    kk_decisions *out = KK_NEW(arena, kk_decisions);
    *out = (kk_decisions){.intact = all->intact, .broken_at = all->broken_at, .why = all->why};
    make_places(arena, out, all->count);
    for (size_t i = 0; i < all->count; i++) {
        kk_decision d = all->items[i];
        size_t at = 0;
        while (at < count && !kk_eq(ids[at], d.id))
            at++;
        d.revoked_by = KK_NONE;
        d.next_of = NULL;
        if (at < count)
            enter(out, &d);
    }
    return out;
}

/* Writing a line */
static void put_texts(kk_json *j, const char *key, const kk_texts *texts)
{
    if (!texts->count)
        return;
    kk_json_texts(j, key, texts->items, texts->count);
}

/* Members of `value` that are one text, in the order in which they are written. */
static const struct {
    const char *key;
    size_t at;
} value_texts[] = {
    {"level", offsetof(kk_decision, level)},       {"as", offsetof(kk_decision, as)},
    {"rule", offsetof(kk_decision, rule)},         {"sha256", offsetof(kk_decision, file)},
    {"evidence", offsetof(kk_decision, evidence)}, {"path", offsetof(kk_decision, path)},
    {"table", offsetof(kk_decision, table)},
};
enum { VALUE_TEXTS = sizeof value_texts / sizeof *value_texts };

static const kk_slice *value_text(const kk_decision *d, size_t i)
{
    return (const kk_slice *)((const char *)d + value_texts[i].at);
}

static void put_value(kk_json *j, const kk_decision *d)
{
    kk_json_object(j, "value");
    put_texts(j, "hosts", &d->hosts);
    put_texts(j, "accounts", &d->accounts);
    put_texts(j, "where", &d->where);
    if (d->from != KK_NO_TIME)
        kk_json_time(j, "from", d->from);
    if (d->to != KK_NO_TIME)
        kk_json_time(j, "to", d->to);
    for (size_t i = 0; i < VALUE_TEXTS; i++) {
        kk_slice text = *value_text(d, i);
        if (text.len)
            kk_json_text(j, value_texts[i].key, text);
    }
    put_texts(j, "parts", &d->parts);
    kk_json_close(j);
}

/* The object of everything but number, time and id. */
static void put_content(kk_buffer *out, const kk_decision *d)
{
    kk_json j = {.out = out};
    kk_json_object(&j, NULL);
    kk_json_cstr(&j, "kind", kind_names[d->kind]);
    kk_json_text(&j, "of", d->of);
    put_value(&j, d);
    kk_json_text(&j, "by", d->by);
    kk_json_text(&j, "reason", d->reason);
    kk_json_close(&j);
}

void kk_decision_json(kk_json *j, const kk_decision *d, const char *state)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "id", d->id);
    kk_json_u64(j, "n", d->n);
    kk_json_time(j, "at", d->at);
    kk_json_cstr(j, "kind", kind_names[d->kind]);
    kk_json_text(j, "of", d->of);
    put_value(j, d);
    kk_json_text(j, "by", d->by);
    kk_json_text(j, "reason", d->reason);
    kk_json_cstr(j, "state", state ? state : d->revoked_by.len ? "revoked" : "in_force");
    if (d->revoked_by.len)
        kk_json_text(j, "revoked_by", d->revoked_by);
    kk_json_close(j);
}

/* What a decision says, as a ground of something. */
static const struct {
    const char *ja, *en;
} kind_words[KK_DECISION_KINDS] = {
    [KK_DECIDE_EXCLUDE] = {"除外する", "left out"},
    [KK_DECIDE_INCLUDE] = {"含める", "counted"},
    [KK_DECIDE_LEVEL] = {"重要度を定める", "of another level"},
    [KK_DECIDE_HOSTILE] = {"侵入者によるもの", "the intruder's"},
    [KK_DECIDE_BENIGN] = {"侵入者によるものではない", "not the intruder's"},
    [KK_DECIDE_REFUTE] = {"成り立たない", "refuted"},
    [KK_DECIDE_WINDOW] = {"侵入者がいた期間を定める", "the time in which the intruder was there"},
    [KK_DECIDE_MERGE] = {"同一人である", "one person"},
    [KK_DECIDE_SPLIT] = {"同一人ではない", "several people"},
    [KK_DECIDE_CATEGORY] = {"区分を定める", "of this category"},
    [KK_DECIDE_OWNER] = {"データの保有者を定める", "this owner's data"},
    [KK_DECIDE_EXPOSURE] = {"流出又は閲覧の可能性の有無を定める", "exposed so"},
    [KK_DECIDE_MATCH] = {"保有者をまたいで照合する", "matched across owners"},
    [KK_DECIDE_REVOKE] = {"取り消す", "revoked"},
};

void kk_decision_explain(kk_json *j, kk_arena *arena, const kk_decision *d)
{
    kk_slice as_ja = d->as.len ? kk_print(arena, "(%.*s)", KK_P(d->as)) : KK_NONE;
    kk_slice as_en = d->as.len ? kk_print(arena, " (%.*s)", KK_P(d->as)) : KK_NONE;
    kk_json_text(j, "id", d->id);
    kk_json_cstr(j, "kind", "decision");
    kk_json_both(j, "text",
                 kk_print(arena, "%.*sの判断:%s%.*s。理由:%.*s", KK_P(d->by),
                          kind_words[d->kind].ja, KK_P(as_ja), KK_P(d->reason)),
                 kk_print(arena, "%.*s decided: %s%.*s. Reason: %.*s", KK_P(d->by),
                          kind_words[d->kind].en, KK_P(as_en), KK_P(d->reason)));
    kk_json_cstr(j, "decision", kind_names[d->kind]);
    kk_json_text(j, "of", d->of);
    kk_json_time(j, "at", d->at);
    kk_json_null(j, "value");
    kk_json_cstr(j, "standing", "judged");
    kk_json_array(j, "because");
    kk_json_close(j);
    kk_json_array(j, "refs");
    kk_json_close(j);
}

/* Of the content, and of how often it was decided before: what was revoked can be decided again. */
static kk_slice id_of(kk_arena *arena, kk_slice content, uint64_t before)
{
    kk_slice parts[] = {content, kk_print(arena, "%llu", (unsigned long long)before)};
    return kk_id(arena, "J", parts, before ? 2 : 1);
}

/* Reading a line */
static kk_texts texts_of(kk_arena *arena, const kk_json_value *array)
{
    size_t count = 0, at = 0;
    for (const kk_json_value *v = array ? array->first : NULL; v; v = v->next)
        count += v->kind == KK_JSON_TEXT;
    kk_slice *items = KK_NEW_ARRAY(arena, kk_slice, count);
    for (const kk_json_value *v = array ? array->first : NULL; v; v = v->next)
        if (v->kind == KK_JSON_TEXT)
            items[at++] = v->text;
    return (kk_texts){items, count};
}

static bool time_of(const kk_json_value *object, const char *key, kk_time *out)
{
    kk_slice text = kk_json_member(object, key);
    *out = KK_NO_TIME;
    return !text.len || kk_time_parse(text, out);
}

static bool read_line(kk_arena *arena, kk_slice line, kk_decision *d)
{
    const kk_json_value *json = kk_json_read(arena, line);
    const kk_json_value *value = json ? kk_json_get(json, "value") : NULL;
    if (!value || value->kind != KK_JSON_OBJECT)
        return false;
    *d = (kk_decision){.id = kk_json_member(json, "id"),
                       .of = kk_json_member(json, "of"),
                       .hosts = texts_of(arena, kk_json_get(value, "hosts")),
                       .accounts = texts_of(arena, kk_json_get(value, "accounts")),
                       .where = texts_of(arena, kk_json_get(value, "where")),
                       .parts = texts_of(arena, kk_json_get(value, "parts")),
                       .by = kk_json_member(json, "by"),
                       .reason = kk_json_member(json, "reason")};
    for (size_t i = 0; i < VALUE_TEXTS; i++)
        *(kk_slice *)((char *)d + value_texts[i].at) = kk_json_member(value, value_texts[i].key);
    return kk_to_u64(kk_json_member(json, "n"), &d->n) && time_of(json, "at", &d->at) &&
           time_of(value, "from", &d->from) && time_of(value, "to", &d->to) &&
           kk_decision_kind_named(kk_json_member(json, "kind"), &d->kind) && d->id.len &&
           d->of.len && d->by.len && d->reason.len;
}

/* The decisions of lines that hold, with room for `more`; false at the first that says nothing that
 * this program knows: a later one may have written it. */
static bool read_lines(kk_arena *arena, kk_slice lines, uint64_t count, size_t more,
                       kk_decisions *out)
{
    kk_slice line;
    kk_decision d;
    make_places(arena, out, count + more);
    while (out->count < count && kk_split(&lines, '\n', &line)) {
        if (!read_line(arena, line, &d))
            return false;
        enter(out, &d);
    }
    return true;
}

/* What the ledger acknowledges: the last decision that it was told of. */
typedef struct {
    uint64_t n;
    kk_sha256 line;
} acknowledged;

static kk_status ledger_says(kk_arena *arena, const char *case_folder, acknowledged *out,
                             kk_fault *fault)
{
    kk_ledger_entry *entries;
    size_t count;
    *out = (acknowledged){0};
    kk_status status = kk_ledger_entries(arena, case_folder, &entries, &count, fault);
    for (size_t i = status == KK_OK ? count : 0; i-- && !out->n;) {
        const kk_json_value *details =
            kk_is(entries[i].what, "decide") ? kk_json_read(arena, entries[i].details) : NULL;
        acknowledged a;
        if (details && kk_to_u64(kk_json_member(details, "decisions"), &a.n) &&
            kk_sha256_from_hex(kk_json_member(details, "line"), &a.line))
            *out = a;
    }
    return status;
}

static kk_slice line_number(kk_slice lines, uint64_t n)
{
    kk_slice line = KK_NONE;
    for (uint64_t i = 0; i < n && kk_split(&lines, '\n', &line); i++)
        ;
    return line;
}

static bool has_what_ledger_says(kk_slice lines, uint64_t count, const acknowledged *a)
{
    if (!a->n)
        return true;
    if (a->n > count)
        return false;
    kk_sha256 digest = kk_sha256_of(line_number(lines, a->n));
    return kk_sha256_eq(&digest, &a->line);
}

static void fail_at(kk_decisions *d, uint64_t n, const char *why)
{
    d->intact = false;
    d->broken_at = n;
    d->why = why;
}

kk_status kk_decisions_read(kk_arena *arena, const char *case_folder, bool thorough,
                            kk_decisions **out, kk_fault *fault)
{
    kk_chain_state s;
    acknowledged ledger;
    kk_decisions *d = KK_NEW(arena, kk_decisions);
    /* The ledger first: what somebody decides meanwhile is no more than it knows of. */
    kk_status status = ledger_says(arena, case_folder, &ledger, fault);
    if (status == KK_OK)
        status = kk_chain_check(arena, case_folder, &decisions_kind,
                                thorough ? KK_CHAIN_EVERY_SIGNATURE : KK_CHAIN_BY_HEAD, &s, fault);
    if (status != KK_OK)
        return status;
    *d = (kk_decisions){.intact = s.intact, .broken_at = s.broken_at, .why = s.why, .torn = s.torn};
    bool known = read_lines(arena, s.lines, s.entries, 0, d);
    if (d->intact && !known)
        fail_at(d, d->count + 1, "not a decision that this version of the program knows");
    else if (d->intact && !has_what_ledger_says(s.lines, s.entries, &ledger))
        fail_at(d, s.entries < ledger.n ? s.entries + 1 : ledger.n,
                "not what the custody ledger knows of");
    *out = d;
    return KK_OK;
}

void kk_decisions_put_state(const kk_decisions *decisions, kk_buffer *out)
{
    for (size_t i = 0; i < decisions->count; i++)
        kk_putf(out, "\ndecision %.*s", KK_P(decisions->items[i].id));
}

kk_status kk_decisions_hold(const kk_decisions *decisions, kk_fault *fault)
{
    if (!decisions || decisions->intact)
        return KK_OK;
    return kk_fail(fault, KK_STORE,
                   "the list of decisions does not hold: line %llu of decisions.jsonl: %s: run "
                   "`kakuho verify`, and put decisions.jsonl and decisions.head back from a copy",
                   (unsigned long long)decisions->broken_at, decisions->why);
}

/* Appending */
typedef struct {
    kk_arena *arena;
    kk_chain *chain;
    size_t dropped; /* bytes of a torn line */
    kk_decisions have;
    kk_fault *fault;
} writing;

static kk_status check_revoke(writing *w, const kk_decision *d)
{
    const kk_decision *of = kk_decision_by_id(&w->have, d->of);
    if (!of)
        return kk_fail(w->fault, KK_INVALID,
                       "no decision has this id: `kakuho decide CASE --list` lists them");
    if (of->kind == KK_DECIDE_REVOKE)
        return kk_fail(w->fault, KK_INVALID,
                       "a revoke cannot be revoked: make the decision again, with its reason");
    if (of->revoked_by.len)
        return kk_fail(w->fault, KK_INVALID, "this decision was revoked before, by %.*s",
                       KK_P(of->revoked_by));
    return KK_OK;
}

/* The id of a decision that is not there yet; false if it is, and holds. */
static bool give_id(writing *w, kk_decision *d, kk_slice content)
{
    for (uint64_t before = 0;; before++) {
        d->id = id_of(w->arena, content, before);
        const kk_decision *same = kk_decision_by_id(&w->have, d->id);
        if (!same)
            return true;
        if (!same->revoked_by.len)
            return false;
    }
}

static kk_status put_decision(writing *w, kk_time at, kk_decision *d, bool *is_new)
{
    kk_buffer content = {0}, members = {0};
    put_content(&content, d);
    kk_status status = d->kind == KK_DECIDE_REVOKE ? check_revoke(w, d) : KK_OK;
    *is_new = status == KK_OK && give_id(w, d, kk_buffer_slice(&content));
    if (*is_new) {
        kk_putf(&members, "\"id\":\"%.*s\",", KK_P(d->id));
        kk_put(&members, kk_part(kk_buffer_slice(&content), 1, content.len - 2));
        kk_chain_put(w->chain, at, kk_buffer_slice(&members));
        d->n = kk_chain_count(w->chain);
        d->at = at;
        enter(&w->have, d);
    }
    kk_buffer_close(&content);
    kk_buffer_close(&members);
    return status;
}

/* How the ledger is told: how many there are now, and the hash of the last line. */
static kk_status tell_ledger(writing *w, kk_ledger *ledger, kk_time at)
{
    kk_slice details =
        kk_print(w->arena, "{\"decisions\":%llu,\"line\":\"%.*s\",\"dropped_bytes\":%zu}",
                 (unsigned long long)kk_chain_count(w->chain),
                 KK_P(kk_sha256_hex(w->arena, kk_chain_last(w->chain))), w->dropped);
    return kk_ledger_append(ledger, at, "decide", details, w->fault);
}

/* Between begin and end of the chain. */
static kk_status append_all(writing *w, const char *case_folder, kk_ledger *ledger, kk_time at,
                            kk_decision *decisions, size_t count, size_t *written)
{
    acknowledged said;
    kk_slice lines = kk_chain_lines(w->chain);
    uint64_t before = kk_chain_count(w->chain);
    kk_status status = ledger_says(w->arena, case_folder, &said, w->fault);
    *written = 0;
    if (status != KK_OK)
        return status;
    if (!has_what_ledger_says(lines, before, &said) ||
        !read_lines(w->arena, lines, before, count, &w->have))
        return kk_fail(w->fault, KK_BUSY, "the list of decisions has changed meanwhile: try again");
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        bool is_new;
        status = put_decision(w, at, &decisions[i], &is_new);
        *written += is_new;
    }
    if (status == KK_OK && *written)
        status = kk_chain_write(w->chain, w->fault);
    /* Also where an earlier run was killed before it could tell. */
    if (status == KK_OK && kk_chain_count(w->chain) > said.n)
        status = tell_ledger(w, ledger, at);
    return status;
}

kk_status kk_decisions_append(kk_arena *arena, const char *case_folder, kk_ledger *ledger,
                              kk_time at, kk_decision *decisions, size_t count, size_t *written,
                              kk_fault *fault)
{
    writing w = {.arena = arena, .fault = fault};
    kk_decisions *have;
    kk_status status = kk_decisions_read(arena, case_folder, false, &have, fault);
    if (status == KK_OK)
        status = kk_decisions_hold(have, fault);
    if (status == KK_OK)
        status = kk_chain_open(arena, case_folder, &decisions_kind, &w.chain, fault);
    if (status != KK_OK)
        return status;
    status = kk_chain_begin(w.chain, &w.dropped, fault);
    if (status == KK_OK) {
        status = append_all(&w, case_folder, ledger, at, decisions, count, written);
        kk_chain_end(w.chain);
    }
    kk_chain_close(w.chain);
    return status;
}
