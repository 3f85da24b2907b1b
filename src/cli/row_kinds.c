/* The columns of each kind of row. */
#include "cli/rows_i.h"

#include "model/logon.h"

enum { TIME_WIDE = 25 };

typedef struct {
    kk_cell items[KK_CELLS_MOST];
    size_t count;
} cells;

/* `width` is that of its column in a table; 0: it has none. */
static void cell(cells *c, const char *name, kk_slice value, size_t width)
{
    c->items[c->count++] = (kk_cell){.name = name, .value = value, .width = width};
}

/* In tables alone. */
static void shown(cells *c, kk_slice value, size_t width)
{
    cell(c, NULL, value, width);
}

static void moment(cells *c, const char *name, kk_time time, size_t width)
{
    c->items[c->count++] = (kk_cell){.name = name, .time = time, .is_time = true, .width = width};
}

static kk_slice number(kk_arena *arena, uint64_t n)
{
    return kk_print(arena, "%llu", (unsigned long long)n);
}

static kk_slice gist(const kk_event_row *r)
{
    static const kk_text_field best[] = {KK_COMMAND_LINE, KK_FILE_PATH,      KK_URL,
                                         KK_MESSAGE,      KK_DESTINATION_IP, KK_PROCESS_EXECUTABLE,
                                         KK_TARGET_USER};
    for (size_t k = 0; k < sizeof best / sizeof *best; k++)
        if (r->text[best[k]].len)
            return r->text[best[k]];
    return r->more;
}

static void place(cells *c, kk_arena *a, const kk_event_row *r)
{
    cell(c, "ref.evidence", r->label, 0);
    cell(c, "ref.path", r->path, 0);
    cell(c, "ref.record", number(a, r->record), 0);
    cell(c, "ref.offset", number(a, r->offset), 0);
}

static void columns_of_event(cells *c, kk_arena *a, const kk_event_row *r)
{
    static const char *const outcomes[KK_OUTCOMES] = {"", "success", "failure"};
    for (kk_text_field f = 0; f < KK_TEXT_FIELDS; f++)
        if (f != KK_HOST_NAME)
            cell(c, kk_text_field_name(f), r->text[f], 0);
    cell(c, "event.outcome", kk_cstr(outcomes[r->outcome]), 0);
    for (kk_number_field f = 0; f < KK_NUMBER_FIELDS; f++)
        cell(c, kk_number_field_name(f), r->has_number >> f & 1 ? number(a, r->number[f]) : KK_NONE,
             0);
    cell(c, "kakuho.fields", r->more, 0);
}

void kk_write_event(void *writer, const kk_event_row *r)
{
    kk_row_writer *w = writer;
    kk_buffer *line = kk_row_line(w);
    cells c = {.count = 0};
    if (line) {
        kk_json j = {.out = line};
        kk_event_json(&j, r);
        kk_row_end(w);
        return;
    }
    moment(&c, "@timestamp", r->time, TIME_WIDE);
    cell(&c, "host.name", r->host, 14);
    cell(&c, "event.module", r->module, 0);
    if (w->format == AS_TABLE) {
        shown(&c, r->text[KK_DATASET].len ? r->text[KK_DATASET] : r->module, 18);
        shown(&c, r->text[KK_CODE], 6);
        shown(&c, r->text[KK_ACTION], 16);
        shown(&c, r->text[KK_USER_NAME], 14);
        shown(&c, r->text[KK_SOURCE_IP], 15);
        shown(&c, gist(r), 60);
    } else {
        columns_of_event(&c, w->scratch, r);
        place(&c, w->scratch, r);
    }
    kk_write_cells(w, c.items, c.count);
}

/* What people said, in a word each. */
static kk_slice said_words(kk_arena *a, const kk_hit_said *s)
{
    return kk_print(a, "%s%s%s%s", s->excluded ? "excluded " : "",
                    s->by_responder ? "responder " : "", s->hostile ? "hostile " : "",
                    s->benign ? "benign " : "");
}

/* "J0123 exclude by NAME: REASON; ..." */
static kk_slice decisions_words(kk_arena *a, const kk_hit_said *s)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < s->decision_count; i++) {
        const kk_hit_decision *d = &s->decisions[i];
        kk_slice one = kk_print(a, "%s%.*s %.*s by %.*s: %.*s", i ? "; " : "", KK_P(d->id),
                                KK_P(d->kind), KK_P(d->by), KK_P(d->reason));
        out = kk_join(a, out, one);
    }
    return out;
}

static uint64_t first_place(kk_arena *a, const kk_hit_row *h)
{
    kk_scan_place *places;
    return kk_scan_places(a, h, &places) ? places[0].ref.offset : 0;
}

static void place_of_hit(cells *c, kk_arena *a, const kk_hit_row *h)
{
    const kk_event_row *r = &h->event;
    if (!h->is_yara) {
        place(c, a, r);
        return;
    }
    cell(c, "ref.evidence", r->label, 0);
    cell(c, "ref.path", r->path, 0);
    cell(c, "ref.record", KK_NONE, 0);
    cell(c, "ref.offset", number(a, first_place(a, h)), 0);
}

void kk_write_hit(void *writer, const kk_hit_row *h)
{
    kk_row_writer *w = writer;
    const kk_event_row *r = &h->event;
    kk_arena *a = w->scratch;
    kk_buffer *line = kk_row_line(w);
    cells c = {.count = 0};
    if (line) {
        kk_json j = {.out = line};
        kk_fault fault = {0};
        if (w->fault.status == KK_OK && kk_hit_json(w->store, &j, h, &fault) != KK_OK)
            w->fault = fault;
        kk_row_end(w);
        return;
    }
    cell(&c, "id", kk_hit_id(a, h), 0);
    moment(&c, "@timestamp", r->time, TIME_WIDE);
    cell(&c, "host", r->host, 14);
    cell(&c, "rule.level", h->level, 13);
    shown(&c, kk_join(a, said_words(a, &h->said), h->title), 44);
    cell(&c, "rule.title", h->title, 0);
    cell(&c, "rule.id", h->rule, 0);
    cell(&c, "rule.tags", h->tags, 0);
    cell(&c, "matched_as", h->source, 0);
    cell(&c, "in", h->decoded.len ? KK_S("decoded payload") : KK_NONE, 0);
    cell(&c, "decoded_field", h->decoded, 0);
    moment(&c, "first", h->is_correlation ? h->first : KK_NO_TIME, 0);
    cell(&c, "events", number(a, h->is_correlation || h->is_yara ? h->total : 1), 0);
    cell(&c, "group", h->group, 0);
    cell(&c, "user.name", r->text[KK_USER_NAME], 14);
    cell(&c, "source.ip", r->text[KK_SOURCE_IP], 0);
    cell(&c, "gist", gist(r), 60);
    cell(&c, "event_id", h->is_yara ? KK_NONE : kk_event_id(a, r), 0);
    place_of_hit(&c, a, h);
    cell(&c, "said", kk_trim(said_words(a, &h->said)), 0);
    cell(&c, "decisions", decisions_words(a, &h->said), 0);
    kk_write_cells(w, c.items, c.count);
}

void kk_write_payload(void *writer, const kk_payload_line *l)
{
    kk_row_writer *w = writer;
    const kk_event_row *r = &l->event;
    const kk_payload_row *p = &l->payload;
    kk_arena *a = w->scratch;
    kk_buffer *line = kk_row_line(w);
    cells c = {.count = 0};
    if (line) {
        kk_json j = {.out = line};
        kk_payload_json(&j, l);
        kk_row_end(w);
        return;
    }
    cell(&c, "id", kk_payload_id(a, l), 0);
    moment(&c, "@timestamp", r->time, TIME_WIDE);
    cell(&c, "host", r->host, 14);
    cell(&c, "account", r->text[KK_USER_NAME], 14);
    cell(&c, "kind", p->kind, 9);
    cell(&c, "chain", p->chain, 28);
    cell(&c, "mark", p->mark, 0);
    cell(&c, "field", p->field, 0);
    cell(&c, "number", number(a, p->number), 0);
    cell(&c, "within", p->within ? number(a, p->within) : KK_NONE, 0);
    cell(&c, "sha256", kk_sha256_hex(a, &p->sha256), 0);
    cell(&c, "bytes", number(a, p->bytes), 8);
    cell(&c, "torn", p->torn ? KK_S("true") : KK_NONE, 0);
    cell(&c, "text", p->text, 80);
    cell(&c, "text_cut", p->cut ? KK_S("true") : KK_NONE, 0);
    cell(&c, "path", p->child, 0);
    cell(&c, "event_id", kk_event_id(a, r), 0);
    place(&c, a, r);
    kk_write_cells(w, c.items, c.count);
}

static kk_slice number_if(kk_arena *arena, bool known, uint64_t n)
{
    return known ? number(arena, n) : KK_NONE;
}

static kk_slice notes_of(kk_arena *a, const kk_logon_row *r)
{
    kk_slice notes = kk_logon_reasons(a, r->reasons);
    if (!r->failures_before)
        return notes;
    return kk_print(a, "%.*s%sin after %llu failures", KK_P(notes), notes.len ? "; " : "",
                    (unsigned long long)r->failures_before);
}

static void who_logged_on(cells *c, kk_arena *a, const kk_logon_row *r)
{
    const char *type = r->has_type ? kk_logon_type_name(r->type) : NULL;
    cell(c, "account", r->account, 0);
    shown(c, r->account.len ? r->account : KK_S("-"), 16);
    cell(c, "domain", r->domain, 0);
    cell(c, "account_is", r->account_is, 0);
    cell(c, "kind", r->kind, 0);
    cell(c, "type", number_if(a, r->has_type, r->type), 0);
    cell(c, "type_name", kk_cstr(type), 0);
    cell(c, "from_ip", r->from_ip, 0);
    cell(c, "workstation", r->workstation, 0);
    shown(c, r->from_ip.len ? r->from_ip : r->workstation, 15);
    shown(c, type ? kk_cstr(type) : r->kind, 18);
    cell(c, "workstations", number(a, r->workstations), 0);
    cell(c, "local", r->is_local ? KK_S("yes") : KK_S("no"), 0);
    cell(c, "by", r->by, 0);
    cell(c, "target", r->target, 0);
    cell(c, "log", r->log, 0);
}

static void how_often(cells *c, kk_arena *a, const kk_logon_row *r)
{
    cell(c, "successes", number(a, r->successes), 0);
    cell(c, "failures", number(a, r->failures), 0);
    cell(c, "others", number(a, r->others), 0);
    shown(c,
          kk_print(a, "%llu/%llu/%llu", (unsigned long long)r->successes,
                   (unsigned long long)r->failures, (unsigned long long)r->others),
          12);
    cell(c, "ended", number(a, r->ended), 0);
    cell(c, "privileged", number(a, r->privileged), 0);
}

void kk_write_logon(void *writer, const kk_logon_row *r)
{
    kk_row_writer *w = writer;
    kk_arena *a = w->scratch;
    kk_buffer *line = kk_row_line(w);
    cells c = {.count = 0};
    if (line) {
        kk_json j = {.out = line};
        kk_logon_json(&j, a, r);
        kk_row_end(w);
        return;
    }
    moment(&c, NULL, r->first, TIME_WIDE);
    moment(&c, NULL, r->last, TIME_WIDE);
    cell(&c, "host", r->host, 14);
    who_logged_on(&c, a, r);
    how_often(&c, a, r);
    moment(&c, "first", r->first, 0);
    moment(&c, "last", r->last, 0);
    cell(&c, "reasons", kk_logon_reasons(a, r->reasons), 0);
    shown(&c, notes_of(a, r), 60);
    cell(&c, "failures_before_success", number_if(a, r->failures_before, r->failures_before), 0);
    moment(&c, "failing_since", r->failing_since, 0);
    moment(&c, "success_at", r->success_at, 0);
    cell(&c, "source.accounts", number_if(a, r->has_source, r->source_accounts), 0);
    cell(&c, "source.failed_accounts", number_if(a, r->has_source, r->source_failed_accounts), 0);
    cell(&c, "source.hosts", number_if(a, r->has_source, r->source_hosts), 0);
    cell(&c, "ref.evidence", r->first_ref.evidence, 0);
    cell(&c, "ref.path", r->first_ref.path, 0);
    cell(&c, "ref.record", number(a, r->first_ref.record), 0);
    cell(&c, "ref.offset", number(a, r->first_ref.offset), 0);
    kk_write_cells(w, c.items, c.count);
}

static kk_slice items_words(kk_arena *a, uint64_t items)
{
    kk_slice out = KK_NONE;
    for (; items; items &= items - 1) {
        kk_slice item = kk_cstr(kk_items[__builtin_ctzll(items)].name);
        out = kk_print(a, "%.*s%s%.*s", KK_P(out), out.len ? " " : "", KK_P(item));
    }
    return out;
}

void kk_write_person(void *writer, const kk_person_line *p)
{
    kk_row_writer *w = writer;
    kk_arena *a = w->scratch;
    kk_buffer *line = kk_row_line(w);
    kk_ref first = p->refs.count ? p->refs.items[0] : (kk_ref){.record = 0};
    cells c = {.count = 0};
    if (line) {
        kk_json j = {.out = line};
        kk_person_line_json(&j, p);
        kk_row_end(w);
        return;
    }
    cell(&c, "id", p->id, 21);
    cell(&c, "category", p->category, 12);
    cell(&c, "owner", p->owner, 0);
    cell(&c, "name", p->name, 18);
    cell(&c, "kana", p->kana, 0);
    cell(&c, "postal_code", p->postal_code, 0);
    cell(&c, "address", p->address, 0);
    cell(&c, "address_date", p->address_day == KK_NO_DAY ? KK_NONE : kk_day_text(a, p->address_day),
         0);
    cell(&c, "phone", p->phone, 0);
    cell(&c, "email", p->email, 0);
    cell(&c, "channel", kk_cstr(p->channel), 8);
    cell(&c, "unreachable", kk_cstr(p->unreachable), 0);
    cell(&c, "letter", p->hold ? KK_S("hold") : KK_S("certain"), 8);
    cell(&c, "letter_because", kk_cstr(p->hold), 18);
    cell(&c, "exposure", kk_cstr(p->exposure), 10);
    cell(&c, "records", number(a, p->records), 7);
    cell(&c, "items", items_words(a, p->items), 40);
    cell(&c, "ref.evidence", first.evidence, 0);
    cell(&c, "ref.path", first.path, 0);
    cell(&c, "ref.record", number(a, first.record), 0);
    cell(&c, "part", p->parts ? kk_print(a, "%u/%u", p->part, p->parts) : KK_NONE, 0);
    kk_write_cells(w, c.items, c.count);
}

static void write_nobody(void *writer)
{
    const kk_person_line nobody = {.address_day = KK_NO_DAY};
    kk_write_person(writer, &nobody);
}

void kk_write_person_heads(kk_row_writer *writer)
{
    kk_row_heads(writer, write_nobody);
}
