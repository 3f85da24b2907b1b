/* The ground of a thing, down to refs and the bytes they name. */
#include "claim/claim.h"

#include "analyse/hit_judge.h"
#include "base/text.h"
#include "casefile/decisions.h"

typedef struct {
    const kk_known_facts *facts;
    const kk_claims *claims;
    kk_bytes_of bytes;
    void *context;
    kk_arena *arena;
    kk_json *j;
    size_t told_of_persons; /* records whose bytes were looked up */
} explaining;

enum { DEEPEST = 6, SHOWN_BYTES = 512, SHOWN_REFS = 20 };

/* Bytes of a packed or binary file are shown as bytes alone. */
static bool is_text(kk_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
            return false;
    }
    return true;
}

static kk_slice printable(explaining *x, kk_slice bytes)
{
    bool wide = bytes.len >= 4 && bytes.ptr[1] == 0 && bytes.ptr[3] == 0;
    kk_charset charset = wide ? KK_UTF16LE : kk_charset_guess(bytes, NULL);
    kk_slice text = kk_decode(x->arena, charset, bytes, NULL);
    return is_text(text) ? text : KK_NONE;
}

static void ref_with_bytes(explaining *x, const kk_ref *r, bool is_read)
{
    kk_slice read = KK_NONE;
    kk_slice bytes = x->bytes && is_read ? x->bytes(x->context, r, x->arena, &read) : KK_NONE;
    kk_json_object(x->j, NULL);
    kk_json_text(x->j, "evidence", r->evidence);
    kk_json_text(x->j, "path", r->path);
    if (r->record)
        kk_json_u64(x->j, "record", r->record);
    kk_json_u64(x->j, "offset", r->offset);
    if (bytes.len) {
        kk_buffer hex = {0};
        kk_slice shown = kk_part(bytes, 0, SHOWN_BYTES);
        kk_put_hex(&hex, shown.ptr, shown.len);
        kk_slice text = read.len ? read : printable(x, shown);
        if (text.len)
            kk_json_text(x->j, "text", text);
        kk_json_text(x->j, "bytes_hex", kk_buffer_slice(&hex));
        kk_buffer_close(&hex);
    }
    kk_json_close(x->j);
}

static void refs(explaining *x, const kk_refs *list)
{
    kk_json_array(x->j, "refs");
    for (size_t i = 0; i < list->count && i < SHOWN_REFS; i++)
        ref_with_bytes(x, &list->items[i], true);
    kk_json_close(x->j);
}

/* A record of people whose length is not known does not lie whole at one place of its file: a row of a
 * workbook, a passage of a document. */
static void ref_of_person(void *context, const kk_ref *ref)
{
    explaining *x = context;
    ref_with_bytes(x, ref, ref->length && x->told_of_persons++ < SHOWN_REFS);
}

static bool explain_any(explaining *x, kk_slice id, int depth);

static void because(explaining *x, const kk_slice *ids, size_t count, int depth)
{
    kk_json_array(x->j, "because");
    for (size_t i = 0; i < count && depth < DEEPEST; i++) {
        kk_json_object(x->j, NULL);
        if (!explain_any(x, ids[i], depth + 1))
            kk_json_text(x->j, "id", ids[i]);
        kk_json_close(x->j);
    }
    kk_json_close(x->j);
}

static bool explain_claim(explaining *x, kk_slice id, int depth)
{
    for (size_t i = 0; i < x->claims->count; i++) {
        const kk_claim *c = &x->claims->items[i];
        if (!kk_eq(c->id, id))
            continue;
        kk_json_text(x->j, "id", c->id);
        kk_json_cstr(x->j, "kind", "claim");
        kk_json_both(x->j, "text", c->ja, c->en);
        if (c->value.len)
            kk_json_raw(x->j, "value", c->value);
        else
            kk_json_null(x->j, "value");
        kk_json_cstr(x->j, "standing", kk_claim_standing_names[c->standing]);
        if (c->by.len)
            kk_json_text(x->j, "by", c->by);
        because(x, c->because, c->because_count, depth);
        refs(x, &c->refs);
        return true;
    }
    return false;
}

static const kk_finding *finding_in(const kk_finding *findings, size_t count, kk_slice id)
{
    for (size_t i = 0; i < count; i++)
        if (kk_eq(findings[i].id, id))
            return &findings[i];
    return NULL;
}

static bool explain_finding(explaining *x, kk_slice id)
{
    const kk_exfil *e = x->facts->exfil;
    const kk_finding *f = finding_in(e->findings, e->finding_count, id);
    const kk_finding *own = f ? NULL : finding_in(e->by_responders, e->by_responder_count, id);
    f = f ? f : own ? own : finding_in(e->refuted, e->refuted_count, id);
    if (!f)
        return false;
    kk_json_text(x->j, "id", f->id);
    kk_json_cstr(x->j, "kind", "finding");
    kk_json_cstr(x->j, "rule", f->rule);
    if (own)
        kk_json_bool(x->j, "responder", true);
    kk_json_both(x->j, "text", f->ja, f->en);
    if (f->has_bytes)
        kk_json_u64(x->j, "value", f->bytes_out);
    else
        kk_json_null(x->j, "value");
    kk_json_cstr(x->j, "standing",
                 f->decision.len                ? "contradicted"
                 : f->declared                  ? "declared"
                 : f->strength == KK_CONCLUSIVE ? "proven"
                                                : "supported");
    because(x, &f->decision, f->decision.len ? 1 : 0, 0);
    refs(x, &f->refs);
    return true;
}

static bool explain_session(explaining *x, kk_slice id, int depth)
{
    const kk_access *a = x->facts->access;
    for (size_t i = 0; i < a->session_count; i++) {
        const kk_session *s = &a->sessions[i];
        if (!kk_eq(s->id, id))
            continue;
        kk_json_text(x->j, "id", s->id);
        kk_json_cstr(x->j, "kind", "session");
        kk_json_both(x->j, "text",
                     kk_print(x->arena, "アカウント「%.*s」の%sセッション", KK_P(s->account),
                              kk_session_kind_names[s->kind]),
                     kk_print(x->arena, "a %s session of the account \"%.*s\"",
                              kk_session_kind_names[s->kind], KK_P(s->account)));
        kk_json_object(x->j, "value");
        kk_json_time(x->j, "start", s->start);
        kk_json_time(x->j, "end", s->end);
        kk_json_tri(x->j, "suspicious", s->suspicious);
        kk_json_reasons(x->j, "reasons", &s->reasons);
        kk_json_close(x->j);
        kk_json_cstr(x->j, "standing", "supported");
        kk_slice parent = s->parent == KK_NOWHERE ? KK_NONE : a->sessions[s->parent].id;
        because(x, &parent, parent.len > 0, depth);
        refs(x, &s->refs);
        return true;
    }
    return false;
}

/* A detection among all of the case. */
typedef struct {
    explaining *x;
    kk_slice id;
    kk_arena *scratch;
    bool found;
    kk_slice rule, title, title_ja, level, decoded;
    kk_hit_said said;
    uint64_t events;
    bool is_yara;
    kk_refs refs;
    kk_status status;
    kk_fault *fault;
} seeking;

static void take_event(void *context, const kk_event_row *row)
{
    seeking *s = context;
    kk_ref ref = kk_event_ref(s->x->arena, row);
    kk_refs_add(s->x->arena, &s->refs, &ref);
}

/* Where the rule's texts are; the file itself for a rule that needs none. */
static void take_places(seeking *s, const kk_hit_row *r)
{
    kk_scan_place *places;
    kk_arena *arena = s->x->arena;
    size_t count = kk_scan_places(arena, r, &places);
    for (size_t i = 0; i < count; i++) {
        places[i].ref.evidence = kk_copy(arena, places[i].ref.evidence);
        places[i].ref.path = kk_copy(arena, places[i].ref.path);
        kk_refs_add(arena, &s->refs, &places[i].ref);
    }
    if (!count)
        take_event(s, &r->event);
}

static void on_hit(void *context, const kk_hit_row *r)
{
    seeking *s = context;
    if (s->found || s->status != KK_OK || !kk_eq(kk_hit_id(s->scratch, r), s->id)) {
        kk_arena_reset(s->scratch);
        return;
    }
    s->found = true;
    s->is_yara = r->is_yara;
    s->rule = kk_copy(s->x->arena, r->rule);
    s->title = kk_copy(s->x->arena, r->title);
    s->title_ja = kk_copy(s->x->arena, r->title_ja);
    s->level = kk_copy(s->x->arena, r->level);
    s->decoded = kk_copy(s->x->arena, r->decoded);
    s->said = r->said;
    s->said.level_was = kk_copy(s->x->arena, r->said.level_was);
    s->events = r->is_correlation || r->is_yara ? r->total : 1;
    if (r->is_yara)
        take_places(s, r);
    else if (r->is_correlation)
        s->status = kk_hit_events(s->x->facts->store, r, take_event, s, s->fault);
    else
        take_event(s, &r->event);
}

typedef struct {
    kk_slice title, title_ja, level, decoded;
    uint64_t events;
    const kk_hit_said *said; /* by people; NULL: nothing */
    bool is_yara;
} told_detection;

static void put_detection(explaining *x, kk_slice id, const told_detection *d)
{
    kk_slice ja = d->title_ja.len ? d->title_ja : d->title;
    kk_json_text(x->j, "id", id);
    kk_json_cstr(x->j, "kind", "detection");
    kk_json_text(x->j, "rule", d->title);
    kk_json_text(x->j, "level", d->level);
    if (d->said)
        kk_hit_said_json(x->j, d->said);
    if (d->decoded.len) {
        kk_json_cstr(x->j, "in", "decoded payload");
        kk_json_text(x->j, "decoded_field", d->decoded);
        kk_json_both(x->j, "text",
                     kk_print(x->arena, "符号化されて含まれていた内容が規則「%.*s」に該当する記録",
                              KK_P(ja)),
                     kk_print(x->arena,
                              "records whose encoded content, decoded, fits the rule \"%.*s\"",
                              KK_P(d->title)));
    } else if (d->is_yara)
        kk_json_both(
            x->j, "text", kk_print(x->arena, "規則「%.*s」に該当する内容のファイル", KK_P(ja)),
            kk_print(x->arena, "a file whose content fits the rule \"%.*s\"", KK_P(d->title)));
    else
        kk_json_both(x->j, "text", kk_print(x->arena, "規則「%.*s」に該当する記録", KK_P(ja)),
                     kk_print(x->arena, "records that fit the rule \"%.*s\"", KK_P(d->title)));
    kk_json_u64(x->j, "value", d->events);
    kk_json_cstr(x->j, "standing", "supported");
    because(x, NULL, 0, 0);
}

/* Where the rule itself stands. */
static kk_status explain_source(explaining *x, kk_slice rule, kk_fault *fault)
{
    kk_rows *rows;
    kk_param id = KK_TEXT(rule);
    kk_status status = kk_ask(x->facts->store, "rule_source", NULL, &id, 1, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_json_text(x->j, "rule_id", rule);
    if (kk_rows_next(rows)) {
        kk_json_text(x->j, "rule_file", kk_rows_text(rows, 0));
        kk_json_u64(x->j, "rule_line", kk_rows_u64(rows, 1));
    }
    return kk_rows_close(rows, fault);
}

static kk_status explain_detection(explaining *x, kk_slice id, bool *found, kk_fault *fault)
{
    seeking s = {.x = x, .id = id, .scratch = kk_arena_open(), .fault = fault};
    kk_hit_filter all = {
        .from = KK_NO_TIME, .to = KK_NO_TIME, .shown = KK_HITS_ALL, .with_yara = true};
    kk_status status =
        kk_detections_read(x->facts->store, x->facts->settings, &all, on_hit, &s, fault);
    kk_arena_close(s.scratch);
    *found = s.found;
    if (status != KK_OK || s.status != KK_OK || !s.found)
        return status == KK_OK ? s.status : status;
    if (s.is_yara && (status = explain_source(x, s.rule, fault)) != KK_OK)
        return status;
    put_detection(
        x, id,
        &(told_detection){s.title, s.title_ja, s.level, s.decoded, s.events, &s.said, s.is_yara});
    refs(x, &s.refs);
    return KK_OK;
}

/* One that an act rests on. */
static bool explain_hit(explaining *x, kk_slice id)
{
    const kk_acts *acts = x->facts->acts;
    for (size_t i = 0; acts && i < acts->count; i++)
        for (size_t k = 0; k < acts->items[i].hit_count; k++) {
            const kk_act_hit *h = &acts->items[i].hits[k];
            if (!kk_eq(h->id, id))
                continue;
            kk_refs one = {0};
            kk_refs_add(x->arena, &one, &h->ref);
            put_detection(
                x, id,
                &(told_detection){h->title, h->title_ja, h->level, h->decoded, 1, NULL, false});
            refs(x, &one);
            return true;
        }
    return false;
}

static bool explain_decision(explaining *x, kk_slice id)
{
    const kk_decisions *all = x->facts->settings->decisions;
    const kk_decision *d = all && kk_is_id(id, 'J') ? kk_decision_by_id(all, id) : NULL;
    if (d)
        kk_decision_explain(x->j, x->arena, d);
    return d != NULL;
}

static bool explain_any(explaining *x, kk_slice id, int depth)
{
    return explain_decision(x, id) || explain_claim(x, id, depth) || explain_finding(x, id) ||
           explain_session(x, id, depth) || (depth && explain_hit(x, id));
}

kk_status kk_explain(const kk_known_facts *facts, const kk_claims *claims, kk_slice id,
                     kk_bytes_of bytes, void *context, kk_arena *arena, kk_json *j, bool *found,
                     kk_fault *fault)
{
    explaining x = {facts, claims, bytes, context, arena, j, 0};
    const kk_ref_writer refs = {ref_of_person, &x};
    *found = explain_any(&x, id, 0);
    if (*found)
        return KK_OK;
    if (kk_starts(id, KK_S("D"))) {
        kk_status status = explain_detection(&x, id, found, fault);
        if (status != KK_OK || *found)
            return status;
    }
    return kk_person_explain(facts->store, facts->persons, id, &refs, arena, j, found, fault);
}
