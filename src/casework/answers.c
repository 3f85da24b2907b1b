#include "casework/answers.h"

#include "casework/decide.h"
#include "casework/states.h"

#include "report/deadlines.h"

#include <stdlib.h>

static void put_evidence(kk_buffer *text, kk_rows *rows)
{
    kk_putf(text, "\n%.*s %.*s", KK_P(kk_rows_text(rows, 2)), KK_P(kk_rows_text(rows, 7)));
}

/* The same evidence read otherwise (with a password, by a newer reader) is another state. */
static void put_readings(kk_buffer *text, kk_rows *rows)
{
    kk_putf(text, "\nreadings %llu %.*s %.*s", (unsigned long long)kk_rows_u64(rows, 0),
            KK_P(kk_rows_text(rows, 1)), KK_P(kk_rows_text(rows, 2)));
}

static void put_rules(kk_buffer *text, kk_rows *rows)
{
    kk_putf(text, "\nrules %llu %llu", (unsigned long long)kk_rows_u64(rows, 0),
            (unsigned long long)kk_rows_u64(rows, 1));
}

kk_slice kk_case_state(kk_case *c, kk_fault *fault)
{
    static const struct {
        const char *question;
        void (*put)(kk_buffer *text, kk_rows *rows);
    } parts[] = {
        {"evidence_all", put_evidence}, {"readings", put_readings}, {"rules_number", put_rules}};
    kk_rows *rows;
    kk_status status = KK_OK;
    kk_buffer text = {0};
    kk_putf(&text, "%s\n", KAKUHO_VERSION);
    kk_put(&text, kk_sha256_hex(c->arena, &c->settings->hash));
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == KK_OK; i++) {
        status = kk_ask(c->store, parts[i].question, NULL, NULL, 0, &rows, fault);
        if (status != KK_OK)
            break;
        while (kk_rows_next(rows))
            parts[i].put(&text, rows);
        status = kk_rows_close(rows, fault);
    }
    kk_decisions_put_state(c->settings->decisions, &text);
    kk_sha256 digest = kk_sha256_of(kk_buffer_slice(&text));
    kk_buffer_close(&text);
    return status == KK_OK ? kk_sha256_hex(c->arena, &digest) : KK_NONE;
}

kk_status kk_document_head(kk_case *c, kk_json *j, kk_fault *fault)
{
    *fault = (kk_fault){0};
    kk_slice state = kk_case_state(c, fault);
    if (!state.len)
        return fault->status;
    kk_json_text(j, "case", c->name);
    kk_json_text(j, "state", state);
    kk_json_cstr(j, "tool", "kakuho " KAKUHO_VERSION);
    kk_json_bool(j, "so_far", c->so_far);
    return KK_OK;
}

kk_known_facts kk_case_facts(const kk_case *c, const kk_answers *a)
{
    return (kk_known_facts){c->store,    c->settings,  &a->access, &a->exfil,
                            &a->persons, &a->measures, c->now,     &a->acts};
}

static kk_stage stage_by(const kk_finding *f)
{
    if (strcmp(f->kind, "leak_listing_match") == 0)
        return KK_STAGE_PUBLISHED;
    if (strcmp(f->kind, "staging_archive") == 0 || strcmp(f->kind, "database_dump") == 0)
        return KK_STAGE_COLLECTED;
    return strcmp(f->kind, "capture") == 0 ? KK_STAGE_CAPTURED : KK_STAGE_TRANSFERRED;
}

static int by_item(const void *a, const void *b)
{
    const kk_staged *x = a, *y = b;
    return (x->item > y->item) - (x->item < y->item);
}

/* What the identity room has to know of the intrusion. */
static kk_reach reach_of(kk_case *c, const kk_access *a, const kk_exfil *e)
{
    bool something_left = e->verdict == KK_TRACES || e->verdict == KK_CONFIRMED;
    kk_slice *hosts = KK_NEW_ARRAY(c->arena, kk_slice, a->host_count);
    kk_staged *staged = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < a->host_count; i++)
        hosts[i] = a->hosts[i].name;
    for (size_t i = 0; i < e->finding_count; i++) {
        const kk_finding *f = &e->findings[i];
        staged = kk_grow(c->arena, staged, &capacity, count + f->item_count + f->inside_count,
                         sizeof *staged);
        for (size_t k = 0; k < f->item_count; k++)
            staged[count++] = (kk_staged){f->items[k], stage_by(f)};
        for (size_t k = 0; k < f->inside_count; k++)
            staged[count++] = (kk_staged){f->inside[k], stage_by(f)};
    }
    if (count)
        qsort(staged, count, sizeof *staged, by_item);
    return (kk_reach){.left = e->left,
                      .reachable = e->reachable,
                      .left_count = e->left_count,
                      .reachable_count = e->reachable_count,
                      .staged = staged,
                      .staged_count = count,
                      .hosts = hosts,
                      .host_count = a->host_count,
                      .complete = !(something_left && e->bytes_out > e->identified_bytes)};
}

kk_status kk_case_answers(kk_case *c, kk_needs needs, kk_answers *a, kk_fault *fault)
{
    kk_status status =
        needs >= KK_NEEDS_ACCESS ? kk_decisions_hold(c->settings->decisions, fault) : KK_OK;
    *a = (kk_answers){0};
    if (status == KK_OK && needs >= KK_NEEDS_ACCESS)
        status = kk_access_find(c->store, c->settings, c->arena, &a->access, fault);
    if (status == KK_OK && needs >= KK_NEEDS_EXFIL)
        status = kk_exfil_find(c->store, c->settings, &a->access, c->arena, &a->exfil, fault);
    if (status == KK_OK && needs >= KK_NEEDS_PERSONS) {
        kk_reach *reach = KK_NEW(c->arena, kk_reach); /* lives as long as the answers */
        *reach = reach_of(c, &a->access, &a->exfil);
        status = kk_persons_count(c->store, c->settings, reach, c->arena, &a->persons, fault);
        if (status == KK_OK)
            status = kk_case_keep_ids(c, &a->persons, fault);
    }
    if (status == KK_OK && needs >= KK_NEEDS_CLAIMS)
        status = kk_measures_test(c->store, c->settings, &a->access, c->arena, &a->measures, fault);
    if (status == KK_OK && needs >= KK_NEEDS_CLAIMS)
        status =
            kk_acts_find(c->store, c->settings, &a->access, &a->exfil, c->arena, &a->acts, fault);
    if (status == KK_OK && needs >= KK_NEEDS_CLAIMS) {
        kk_known_facts facts = kk_case_facts(c, a);
        status = kk_claims_make(&facts, c->arena, &a->claims, fault);
    }
    return status;
}

static uint64_t items_affected(const kk_persons *p)
{
    uint64_t items = 0;
    for (size_t i = 0; i < p->category_count; i++)
        for (size_t k = 0; k < p->categories[i].item_count; k++)
            if (p->categories[i].items[k].reachable)
                items |= KK_BIT(p->categories[i].items[k].item);
    return items;
}

static kk_ground ground(bool met, const char *met_ja, const char *met_en)
{
    if (met)
        return (kk_ground){KK_TRIGGER_MET, {kk_cstr(met_ja), kk_cstr(met_en)}};
    return (kk_ground){
        KK_TRIGGER_POSSIBLE,
        {KK_S("証拠からはまだ判断できません"), KK_S("the evidence does not tell yet")}};
}

const kk_deadlines *kk_case_deadlines(kk_case *c, const kk_answers *a)
{
    const kk_persons *p = &a->persons;
    bool intruded = a->access.window.from != KK_NO_TIME;
    bool reached = p->reachable.most > 0 || p->left.most > 0;
    kk_slice *names = KK_NEW_ARRAY(c->arena, kk_slice, p->category_count);
    kk_duty_facts facts = {
        .event = ground(intruded && reached, "侵入者が個人データに到達し得た",
                        "an intruder could reach personal data"),
        .wrongful =
            ground(intruded, "不正なアクセスの記録がある", "there are records of hostile access"),
        .searched = p->records > 0,
        .unread = p->unread_count > 0,
        .items = items_affected(p),
        .persons_most = {p->records > 0, p->reachable.most},
        .bounded = p->reachable.bounded,
        .categories = names,
    };
    for (size_t i = 0; i < p->category_count; i++)
        if (p->categories[i].reachable.most)
            names[facts.category_count++] = p->categories[i].name;
    return kk_deadlines_for(c->arena, c->settings, &facts, c->now);
}

typedef struct {
    uint64_t parsed, failed, skipped, events, records;
} counts;

static kk_status load_counts(kk_case *c, counts *by_number, size_t most, counts *total,
                             kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(c->store, "evidence_counts", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        uint64_t number = kk_rows_u64(rows, 0);
        counts n = {kk_rows_u64(rows, 1), kk_rows_u64(rows, 2), kk_rows_u64(rows, 3),
                    kk_rows_u64(rows, 4), kk_rows_u64(rows, 5)};
        if (number < most)
            by_number[number] = n;
        total->events += n.events;
        total->records += n.records;
    }
    return kk_rows_close(rows, fault);
}

static void write_acquired(kk_case *c, kk_json *j, kk_slice source, kk_slice label)
{
    const kk_acquired *a = kk_acquired_for(c->settings, source, label);
    if (!a) {
        kk_json_null(j, "acquired");
        return;
    }
    kk_json_object(j, "acquired");
    kk_json_time(j, "at", a->at.time);
    kk_json_text_or_null(j, "by", a->by);
    kk_json_text_or_null(j, "method", a->method);
    kk_json_close(j);
}

static void end_opened(kk_json *j, const kk_refs *by)
{
    kk_json_refs(j, "opened_by", by);
    kk_json_close(j);
}

/* What was opened by passwords that stand in the evidence, each with the places where they stand. */
static kk_status write_opened(kk_case *c, kk_json *j, kk_fault *fault)
{
    kk_rows *rows;
    kk_slice label = KK_NONE, path = KK_NONE;
    kk_refs by = {0};
    kk_status status = kk_ask(c->store, "openings", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_json_array(j, "opened");
    while (kk_rows_next(rows)) {
        bool same =
            path.len && kk_eq(kk_rows_text(rows, 0), label) && kk_eq(kk_rows_text(rows, 1), path);
        if (path.len && !same)
            end_opened(j, &by);
        if (!same) {
            label = kk_copy(c->arena, kk_rows_text(rows, 0));
            path = kk_copy(c->arena, kk_rows_text(rows, 1));
            by = (kk_refs){0};
            kk_json_object(j, NULL);
            kk_json_text(j, "evidence", label);
            kk_json_text(j, "path", path);
            kk_json_text_or_null(j, "parser", kk_rows_text(rows, 2));
        }
        const kk_ref ref = {.evidence = kk_copy(c->arena, kk_rows_text(rows, 3)),
                            .path = kk_copy(c->arena, kk_rows_text(rows, 4)),
                            .record = kk_rows_u64(rows, 5)};
        kk_refs_add(c->arena, &by, &ref);
    }
    if (path.len)
        end_opened(j, &by);
    kk_json_close(j);
    return kk_rows_close(rows, fault);
}

static kk_status write_evidence(kk_case *c, kk_json *j, kk_fault *fault)
{
    enum { MOST = 100000 };
    kk_rows *rows;
    counts *by_number = KK_NEW_ARRAY(c->arena, counts, MOST), total = {0};
    kk_status status = load_counts(c, by_number, MOST, &total, fault);
    if (status == KK_OK)
        status = kk_ask(c->store, "evidence_all", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_json_array(j, "evidence");
    while (kk_rows_next(rows)) {
        uint64_t number = kk_rows_u64(rows, 0);
        const counts *n = &by_number[number < MOST ? number : 0];
        kk_json_object(j, NULL);
        kk_json_text(j, "id", kk_rows_text(rows, 1));
        kk_json_text(j, "label", kk_rows_text(rows, 2));
        kk_json_text(j, "source", kk_rows_text(rows, 3));
        kk_json_text(j, "kind", kk_rows_text(rows, 4));
        kk_json_text_or_null(j, "host", kk_rows_text(rows, 5));
        kk_json_u64(j, "bytes", kk_rows_u64(rows, 6));
        kk_json_text_or_null(j, "sha256", kk_rows_text(rows, 7));
        kk_json_text_or_null(j, "expected_sha256", kk_rows_text(rows, 8));
        kk_json_time(j, "taken_in", kk_rows_i64(rows, 9));
        write_acquired(c, j, kk_rows_text(rows, 3), kk_rows_text(rows, 2));
        kk_json_object(j, "items");
        kk_json_u64(j, "parsed", n->parsed);
        kk_json_u64(j, "failed", n->failed);
        kk_json_u64(j, "skipped", n->skipped);
        kk_json_close(j);
        kk_json_u64(j, "events", n->events);
        kk_json_u64(j, "records", n->records);
        kk_json_close(j);
    }
    kk_json_close(j);
    status = kk_rows_close(rows, fault);
    if (status == KK_OK)
        status = kk_ask(c->store, "failures", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_json_array(j, "failures");
    while (kk_rows_next(rows)) {
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", kk_rows_text(rows, 0));
        kk_json_text(j, "path", kk_rows_text(rows, 1));
        kk_json_text_or_null(j, "parser", kk_rows_text(rows, 2));
        kk_json_text(j, "reason", kk_rows_text(rows, 3));
        kk_json_u64(j, "offset", kk_rows_u64(rows, 4));
        kk_json_u64(j, "events_before", kk_rows_u64(rows, 5));
        kk_json_close(j);
    }
    kk_json_close(j);
    status = kk_rows_close(rows, fault);
    if (status == KK_OK)
        status = write_opened(c, j, fault);
    kk_json_u64(j, "events_total", total.events);
    kk_json_u64(j, "records_total", total.records);
    return status;
}

static kk_status write_access(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault)
{
    (void)c, (void)fault;
    kk_access_json(j, &a->access);
    return KK_OK;
}

static kk_status write_exfil(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault)
{
    (void)c, (void)fault;
    kk_exfil_json(j, &a->exfil);
    return KK_OK;
}

/* A reader keeps what it told if it may write to the case's folder; if not, nothing is lost but this. */
static kk_status write_persons(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault)
{
    kk_fault ignored;
    uint64_t n;
    (void)fault;
    kk_persons_json(j, &a->persons);
    (void)!kk_case_keep_count(c, a, &n, &ignored);
    return KK_OK;
}

static kk_status write_claims(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault)
{
    (void)c, (void)fault;
    kk_claims_json(j, &a->claims);
    return KK_OK;
}

static kk_status write_deadlines(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault)
{
    (void)fault;
    kk_deadlines_write(j, kk_case_deadlines(c, a));
    return KK_OK;
}

static kk_status write_status(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault)
{
    kk_known_facts facts = kk_case_facts(c, a);
    kk_status_json(j, &facts, &a->claims, c->arena);
    return kk_case_orphans_json(c, &a->persons, j, fault);
}

static kk_status write_evidence_document(kk_case *c, const kk_answers *a, kk_json *j,
                                         kk_fault *fault)
{
    (void)a;
    return write_evidence(c, j, fault);
}

static const struct {
    const char *name;
    kk_needs needs;
    kk_status (*write)(kk_case *c, const kk_answers *a, kk_json *j, kk_fault *fault);
} documents[] = {
    {"evidence", KK_NEEDS_NOTHING, write_evidence_document},
    {"access", KK_NEEDS_ACCESS, write_access},
    {"exfil", KK_NEEDS_EXFIL, write_exfil},
    {"persons", KK_NEEDS_PERSONS, write_persons},
    {"claims", KK_NEEDS_CLAIMS, write_claims},
    {"deadlines", KK_NEEDS_PERSONS, write_deadlines},
    {"status", KK_NEEDS_CLAIMS, write_status},
};

kk_status kk_case_document(kk_case *c, const char *name, kk_buffer *out, kk_fault *fault)
{
    kk_answers a;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (strcmp(documents[i].name, name) != 0)
            continue;
        kk_json j = {.out = out};
        kk_status status = kk_case_answers(c, documents[i].needs, &a, fault);
        kk_json_object(&j, NULL);
        if (status == KK_OK)
            status = kk_document_head(c, &j, fault);
        if (status == KK_OK)
            status = documents[i].write(c, &a, &j, fault);
        kk_json_close(&j);
        kk_put_byte(out, '\n');
        return status;
    }
    return kk_fail(fault, KK_INVALID, "no document is called %s", name);
}
