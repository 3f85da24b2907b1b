#include "analyse/ioc_search.h"

#include "detect/ioc_match.h"
#include "detect/match.h"
#include "store/payloads.h"

#include <stdlib.h>

_Static_assert((int)KK_IOC_FIELDS <= 64, "a bit for each field");

/* What an indicator was found in; they are told in this order. */
typedef enum { IN_EVENT, IN_ITEM, IN_PERSON } sighting_kind;

/* A place with what it is ordered by. */
struct kk_ioc_sighting {
    kk_time time;
    uint32_t sub;
    sighting_kind kind;
    kk_ref ref;
};

typedef struct {
    kk_store *store;
    kk_arena *arena, *scratch;
    kk_ioc_matcher *matcher;
    kk_ioc_search *out;
    kk_ioc_sighting carrier; /* the event whose payloads are looked through */
    bool *carried;           /* by indicator: it stands in that event, or a payload before */
    size_t count;            /* of indicators */
} searching;

const char *kk_ioc_field_name(unsigned field)
{
    static const char *const others[] = {"kakuho.fields", "number",      "host",
                                         "item path",     "item sha256", "decoded payload",
                                         "person",        "content",     "content utf16",
                                         "content text",  "content hash"};
    return field < KK_TEXT_FIELDS ? kk_text_field_name((kk_text_field)field)
                                  : others[field - KK_TEXT_FIELDS];
}

/* Undated ones behind dated ones. */
static int in_order(const kk_ioc_sighting *a, const kk_ioc_sighting *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->time != b->time)
        return a->time == KK_NO_TIME ? 1 : b->time == KK_NO_TIME ? -1 : a->time < b->time ? -1 : 1;
    int by = kk_compare(a->ref.evidence, b->ref.evidence);
    by = by ? by : kk_compare(a->ref.path, b->ref.path);
    if (by || a->ref.record != b->ref.record)
        return by ? by : a->ref.record < b->ref.record ? -1 : 1;
    if (a->sub != b->sub)
        return a->sub < b->sub ? -1 : 1;
    return (a->ref.offset > b->ref.offset) - (a->ref.offset < b->ref.offset);
}

/* Events come in any order: the first ones are kept, whatever comes. */
static void keep(searching *s, kk_ioc_found *f, const kk_ioc_sighting *seen)
{
    if (!f->sightings)
        f->sightings = KK_NEW_ARRAY(s->arena, kk_ioc_sighting, KK_REFS_MOST);
    size_t at = f->sighting_count;
    while (at && in_order(seen, &f->sightings[at - 1]) < 0)
        at--;
    if (at == KK_REFS_MOST)
        return;
    f->sighting_count += f->sighting_count < KK_REFS_MOST;
    memmove(&f->sightings[at + 1], &f->sightings[at],
            (f->sighting_count - 1 - at) * sizeof *f->sightings);
    f->sightings[at] = *seen;
    f->sightings[at].ref.evidence = kk_copy(s->arena, seen->ref.evidence);
    f->sightings[at].ref.path = kk_copy(s->arena, seen->ref.path);
}

static void note_host(searching *s, kk_ioc_found *f, kk_slice host)
{
    for (size_t i = f->host_count; i-- > 0;)
        if (kk_eq(f->hosts[i], host))
            return;
    if (!host.len)
        return;
    f->hosts = kk_grow(s->arena, f->hosts, &f->host_capacity, f->host_count + 1, sizeof *f->hosts);
    f->hosts[f->host_count++] = kk_copy(s->arena, host);
}

static void note_one(searching *s, kk_ioc_found *f, const kk_ioc_sighting *seen, kk_slice host)
{
    f->events += seen->kind == IN_EVENT;
    f->items += seen->kind == IN_ITEM;
    f->people += seen->kind == IN_PERSON;
    if (seen->kind == IN_EVENT && seen->time != KK_NO_TIME) {
        f->first = f->first == KK_NO_TIME || seen->time < f->first ? seen->time : f->first;
        f->last = f->last == KK_NO_TIME || seen->time > f->last ? seen->time : f->last;
    }
    note_host(s, f, host);
    keep(s, f, seen);
}

static void note(searching *s, const kk_ioc_sighting *seen, kk_slice host)
{
    const kk_ioc_hit *hits;
    size_t count = kk_ioc_end(s->matcher, &hits);
    for (size_t i = 0; i < count; i++) {
        kk_ioc_found *f = &s->out->found[hits[i].ioc];
        f->fields |= hits[i].fields;
        note_one(s, f, seen, host);
    }
}

static bool is_account_field(kk_text_field f)
{
    return f == KK_USER_NAME || f == KK_TARGET_USER || f == KK_USER_ID;
}

static kk_ioc_place place_of(kk_slice name)
{
    return kk_has_nocase(name, KK_S("user")) || kk_has_nocase(name, KK_S("account"))
               ? KK_IOC_IN_ACCOUNT
               : KK_IOC_IN_ANY;
}

static void give_numbers(kk_ioc_matcher *m, const kk_event_row *r)
{
    static const struct {
        kk_number_field field;
        kk_ioc_type type;
    } table[] = {{KK_SOURCE_PORT, KK_IOC_PORT},
                 {KK_DESTINATION_PORT, KK_IOC_PORT},
                 {KK_FILE_SIZE, KK_IOC_SIZE}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (r->has_number >> table[i].field & 1)
            kk_ioc_number(m, KK_IOC_FIELD_NUMBER, table[i].type, r->number[table[i].field]);
}

/* All values of an event to the matcher. */
static void give_event(searching *s, const kk_event_row *r)
{
    kk_event pairs = {0};
    kk_ioc_begin(s->matcher);
    for (kk_text_field f = 0; f < KK_TEXT_FIELDS; f++)
        if (r->text[f].len && f != KK_TIME_KIND && f != KK_CATEGORY && f != KK_DATASET)
            kk_ioc_value(s->matcher, (unsigned)f,
                         is_account_field(f) ? KK_IOC_IN_ACCOUNT : KK_IOC_IN_ANY, r->text[f]);
    kk_ioc_value(s->matcher, KK_IOC_FIELD_HOST, KK_IOC_IN_ANY, r->host);
    give_numbers(s->matcher, r);
    if (r->more.len) {
        (void)kk_more_read(s->scratch, r->more, &pairs);
        for (size_t i = 0; i < pairs.more_count; i++)
            kk_ioc_value(s->matcher, KK_IOC_FIELD_MORE, place_of(pairs.more[i].name),
                         pairs.more[i].value);
    }
}

static kk_ioc_sighting sighting_of(const kk_event_row *r)
{
    return (kk_ioc_sighting){
        r->time, r->sub, IN_EVENT, {r->label, r->path, r->record, r->offset, r->length}};
}

static void take_event(void *context, const kk_event_row *r)
{
    searching *s = context;
    s->out->events++;
    give_event(s, r);
    kk_ioc_sighting seen = sighting_of(r);
    note(s, &seen, r->host);
    kk_arena_reset(s->scratch);
}

/* Payloads come event by event: what stands in the event itself was counted with it. */
static void begin_carrier(searching *s, const kk_event_row *r)
{
    const kk_ioc_hit *hits;
    kk_ioc_sighting seen = sighting_of(r);
    if (s->out->payloads && in_order(&s->carrier, &seen) == 0)
        return;
    s->carrier = seen;
    s->carrier.ref.evidence = kk_copy(s->arena, seen.ref.evidence);
    s->carrier.ref.path = kk_copy(s->arena, seen.ref.path);
    memset(s->carried, 0, s->count * sizeof *s->carried);
    give_event(s, r);
    for (size_t i = kk_ioc_end(s->matcher, &hits); i-- > 0;)
        s->carried[hits[i].ioc] = true;
    kk_arena_reset(s->scratch);
}

static void take_payload(void *context, const kk_payload_line *line)
{
    searching *s = context;
    const kk_ioc_hit *hits;
    begin_carrier(s, &line->event);
    s->out->payloads++;
    kk_ioc_begin(s->matcher);
    kk_ioc_value(s->matcher, KK_IOC_FIELD_DECODED, KK_IOC_IN_ANY, line->payload.text);
    for (size_t i = kk_ioc_end(s->matcher, &hits); i-- > 0;) {
        kk_ioc_found *f = &s->out->found[hits[i].ioc];
        f->fields |= hits[i].fields;
        if (!s->carried[hits[i].ioc])
            note_one(s, f, &s->carrier, line->event.host);
        s->carried[hits[i].ioc] = true;
    }
}

static kk_status search_payloads(searching *s, kk_fault *fault)
{
    kk_payload_filter all = {.from = KK_NO_TIME, .to = KK_NO_TIME, .all_scripts = true};
    s->carried = KK_NEW_ARRAY(s->arena, bool, s->count);
    return kk_payloads_read(s->store, &all, take_payload, s, fault);
}

/* What tables, texts and mails say of people: a sender's mail address, a name, a telephone number. */
static kk_status search_people(searching *s, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(s->store, "ioc_people", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice said = kk_rows_text(rows, 4), value;
        kk_ioc_sighting seen = {
            KK_NO_TIME,
            0,
            IN_PERSON,
            {kk_rows_text(rows, 1), kk_rows_text(rows, 2), kk_rows_u64(rows, 3), 0, 0}};
        s->out->people++;
        kk_ioc_begin(s->matcher);
        while (kk_split(&said, '\x1f', &value))
            kk_ioc_value(s->matcher, KK_IOC_FIELD_PERSON, KK_IOC_IN_ANY, value);
        note(s, &seen, kk_rows_text(rows, 0));
    }
    return kk_rows_close(rows, fault);
}

/* What was found inside of the item. */
static void note_contents(searching *s, uint64_t item, kk_slice label, kk_slice host)
{
    kk_content_find *finds;
    size_t count = kk_ioc_contents_of(s->out->contents, item, &finds);
    for (size_t i = 0; i < count; i++) {
        kk_ioc_found *f = &s->out->found[finds[i].hit.ioc];
        f->contents++;
        f->fields |= UINT64_C(1) << (KK_IOC_FIELD_CONTENT + finds[i].hit.way);
        note_host(s, f, host);
        if (!f->places)
            f->places = KK_NEW_ARRAY(s->arena, kk_content_place, KK_REFS_MOST);
        if (f->place_count < KK_REFS_MOST)
            f->places[f->place_count++] = kk_content_place_of(s->arena, &finds[i], label);
    }
}

/* Files by their place and their hash; what a volume or an image is made of is no file. */
static kk_status search_items(searching *s, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(s->store, "items_with_hashes", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice host = kk_rows_text(rows, 0), path = kk_rows_text(rows, 2);
        kk_slice hash = kk_rows_text(rows, 3);
        kk_ioc_begin(s->matcher);
        s->out->items++;
        s->out->hashed_items += hash.len > 0;
        note_contents(s, kk_rows_u64(rows, 5), kk_rows_text(rows, 1), host);
        kk_ioc_value(s->matcher, KK_IOC_FIELD_ITEM_PATH, KK_IOC_IN_ITEM, path);
        kk_ioc_value(s->matcher, KK_IOC_FIELD_ITEM_HASH, KK_IOC_IN_ANY, hash);
        kk_ioc_number(s->matcher, KK_IOC_FIELD_NUMBER, KK_IOC_SIZE, kk_rows_u64(rows, 4));
        kk_ioc_sighting seen = {KK_NO_TIME, 0, IN_ITEM, {kk_rows_text(rows, 1), path, 0, 0, 0}};
        note(s, &seen, host);
    }
    for (const kk_content_find *left = NULL; (left = kk_ioc_contents_left(s->out->contents));)
        note_contents(s, left->item, left->label, KK_NONE);
    return kk_rows_close(rows, fault);
}

static int by_name(const void *a, const void *b)
{
    return kk_compare(*(const kk_slice *)a, *(const kk_slice *)b);
}

static void finish(searching *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kk_ioc_found *f = &s->out->found[i];
        if (f->host_count)
            qsort(f->hosts, f->host_count, sizeof *f->hosts, by_name);
        for (size_t k = 0; k < f->sighting_count; k++)
            kk_refs_add(s->arena, &f->refs, &f->sightings[k].ref);
    }
}

kk_status kk_iocs_search(kk_store *store, const kk_ioc *iocs, size_t count,
                         const kk_intake_settings *contents, kk_arena *arena, kk_ioc_search *out,
                         kk_fault *fault)
{
    kk_event_filter all = {.from = KK_NO_TIME, .to = KK_NO_TIME, .in_any_order = true};
    searching s = {.store = store,
                   .arena = arena,
                   .scratch = kk_arena_open(),
                   .matcher = kk_ioc_matcher_make(arena, iocs, count),
                   .out = out,
                   .count = count};
    *out = (kk_ioc_search){.found = KK_NEW_ARRAY(arena, kk_ioc_found, count)};
    for (size_t i = 0; i < count; i++)
        out->found[i].first = out->found[i].last = KK_NO_TIME;
    kk_status status = kk_events_read(store, &all, take_event, &s, fault);
    if (status == KK_OK)
        status = search_payloads(&s, fault);
    if (status == KK_OK && contents)
        status = kk_ioc_contents_look(store, contents, count, arena, &out->contents, fault);
    if (status == KK_OK)
        status = search_items(&s, fault);
    if (status == KK_OK)
        status = search_people(&s, fault);
    finish(&s, count);
    kk_ioc_matcher_close(s.matcher);
    kk_arena_close(s.scratch);
    return status;
}
