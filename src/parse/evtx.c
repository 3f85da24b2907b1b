/* Windows event logs (Vista and later), .evtx: records to events. The bytes are in evtx_walk.c and
 * binxml.c, what the events mean in evtx_columns.c. */
#include <stdio.h>

#include "parse/evtx_system.h"
#include "parse/evtx_walk.h"
#include "parse/parser.h"
#include "parse/winevent_system.h"

typedef struct {
    kk_sink *sink;
    kk_arena *arena; /* of one record */
    kk_binxml *xml;
    kk_evtx_columns *columns;
    kk_evtx_systems *systems;
    kk_raw_texts unread;
    const kk_xml_value *values; /* System of the record being told */
    uint64_t donor;             /* of the record with a donor before */
    size_t donor_len;
    char donor_text[32];
    kk_event event;
} filler;

static kk_slice system_text(void *context, kk_system_field field)
{
    const filler *w = context;
    return kk_binxml_text(w->xml, w->values[field]);
}

/* It is made when somebody asks for it. */
static kk_slice unread_system_text(void *context, kk_system_field field)
{
    const filler *w = context;
    return (kk_slice){(const char *)(const void *)&w->values[field], KK_UNREAD};
}

static kk_slice text_of_unread(void *context, const kk_xml_value *value)
{
    return kk_binxml_text(context, *value);
}

/* Names put before an event's own beside those of System: bits behind theirs. */
enum {
    TOLD_WRITTEN = 1u << KK_SYS_FIELDS,
    TOLD_DONOR = 2 * TOLD_WRITTEN,
    TOLD_LEVEL = 4 * TOLD_WRITTEN
};

static uint32_t set_times(kk_event *e, const kk_xml_event *x, uint64_t written, kk_arena *arena)
{
    uint32_t told = 0;
    kk_time header = kk_time_from_filetime(written);
    e->time = kk_xml_time(x->system[KK_SYS_TIME]);
    e->basis = KK_BASIS_UTC;
    e->precision = KK_EXACT_100NS;
    e->text[KK_TIME_KIND] = KK_S("logged");
    if (e->time == KK_NO_TIME) {
        e->time = header;
    } else if (header != KK_NO_TIME) {
        uint64_t apart = e->time > header ? (uint64_t)e->time - (uint64_t)header
                                          : (uint64_t)header - (uint64_t)e->time;
        if (apart > (uint64_t)KK_SECOND) {
            kk_event_put_before(e, KK_S("evtx.written"), kk_time_text(arena, header));
            told = TOLD_WRITTEN;
        }
    }
    return told;
}

/* What is the record's own comes behind what it shares with others. */
static uint32_t tell_system(filler *w, const kk_evtx_system *system, bool own_user,
                            bool own_process)
{
    kk_event *e = &w->event;
    kk_pair *more = e->more;
    kk_system_part part = {w->values, KK_EVTX_OWN, e->unread ? unread_system_text : system_text,
                           w,         own_user,    own_process};
    uint32_t told = system->told | kk_system_tell(&part, &more);
    more -= system->count;
    memcpy(more, system->pairs, system->count * sizeof *more);
    e->more_count += (size_t)(e->more - more);
    e->more = more;
    return told;
}

/* The further fields and what they mean. */
static void fill_columns(filler *w, const kk_evtx_record *r, const kk_evtx_system *system,
                         bool *own_user, bool *own_process)
{
    kk_event *e = &w->event;
    uint64_t number;
    e->more = kk_binxml_pairs(w->xml);
    e->more_count = r->xml.count;
    kk_evtx_columns_fill(w->columns, system->meaning, system->keywords, w->arena, e);
    *own_process = !kk_has_number(e, KK_PROCESS_PID);
    if (*own_process && kk_xml_number(w->values[KK_SYS_PROCESS], &number) && number)
        kk_set_number(e, KK_PROCESS_PID, number);
    bool sysmon = kk_is(e->text[KK_PROVIDER], "Microsoft-Windows-Sysmon");
    *own_user = !sysmon && !e->text[KK_USER_ID].len && !e->text[KK_USER_NAME].len;
    if (*own_user)
        e->text[KK_USER_ID] = system_text(w, KK_SYS_USER);
}

/* The further fields unread; who takes them so has no use for whoever ran. */
static void fill_unread(filler *w, const kk_evtx_record *r)
{
    kk_event *e = &w->event;
    e->unread = &w->unread;
    e->more = kk_binxml_unread(w->xml);
    e->more_count = r->xml.count;
    kk_evtx_columns_message(w->columns, e);
}

/* Returns which names it put before those of the record. */
static uint32_t fill_event(filler *w, kk_evtx_record *r)
{
    const kk_xml_event *x = &r->xml;
    kk_event *e = &w->event;
    kk_sink *sink = w->sink;
    uint64_t number;
    bool own_user = true, own_process = true;
    const kk_evtx_system *system = kk_evtx_system_of(w->systems, x);
    w->values = x->system;
    e->text[KK_PROVIDER] = system->provider;
    e->text[KK_CODE] = system->code_text;
    e->text[KK_HOST_NAME] = system->host;
    e->text[KK_DATASET] = system->dataset;
    if (r->level != KK_EVTX_RAW)
        kk_binxml_fields(w->xml);
    if (sink->unread && sink->unread(sink, e))
        fill_unread(w, r);
    else
        fill_columns(w, r, system, &own_user, &own_process);
    uint32_t told = set_times(e, x, r->written, w->arena);
    told |= tell_system(w, system, own_user, own_process);
    e->record = r->id;
    if (kk_xml_number(x->system[KK_SYS_RECORD_ID], &number)) {
        e->record = number;
        e->sub = number == r->id ? 0 : (uint32_t)(r->id & 0x7fffffff);
    }
    return told;
}

/* Many records have the same one. */
static kk_slice donor_text(filler *w, uint64_t donor)
{
    if (!w->donor_len || w->donor != donor)
        w->donor_len = (size_t)snprintf(w->donor_text, sizeof w->donor_text, "byte %llu",
                                        (unsigned long long)donor);
    w->donor = donor;
    return (kk_slice){w->donor_text, w->donor_len};
}

/* How it was found, and whose template it was read with. */
static uint32_t add_recovery(filler *w, const kk_evtx_record *r)
{
    if (r->xml.borrowed)
        kk_event_put_before(&w->event, KK_S("kakuho.donor"), donor_text(w, r->xml.donor));
    kk_event_put_before(&w->event, KK_S("kakuho.recovery"), kk_cstr(kk_evtx_level_name(r->level)));
    return r->xml.borrowed ? TOLD_LEVEL | TOLD_DONOR : TOLD_LEVEL;
}

static void tell(void *context, kk_evtx_record *r)
{
    filler *w = context;
    kk_event_clear(&w->event);
    kk_arena_reset(w->arena);
    uint32_t told = fill_event(w, r);
    w->event.offset = r->offset;
    w->event.length = r->size;
    if (r->damaged || r->xml.cut)
        w->event.flags |= KK_FLAG_DAMAGED;
    if (r->level >= KK_EVTX_BEYOND) {
        told |= add_recovery(w, r);
        w->event.flags |= KK_FLAG_RECOVERED;
        w->event.sub = 0x80000000u | (uint32_t)(r->offset >> 3 & 0x7fffffff);
    }
    if (r->level == KK_EVTX_HIDDEN)
        w->event.flags |= KK_FLAG_DELETED;
    if (w->sink->layouts)
        w->event.layout = kk_binxml_layout(w->xml, w->sink->layouts, told, &w->event);
    w->sink->event(w->sink, &w->event);
}

void kk_evtx_tell_events(kk_stream *in, const kk_settings *settings, kk_sink *sink, bool carve)
{
    kk_arena *arena = kk_arena_open();
    kk_evtx_memory *memory = kk_evtx_memory_open(arena);
    filler *w = KK_NEW(arena, filler);
    w->sink = sink;
    w->arena = kk_arena_open();
    w->xml = kk_evtx_binxml(memory);
    w->unread = (kk_raw_texts){text_of_unread, w->xml};
    kk_binxml_want_fields(w->xml);
    w->columns = kk_evtx_columns_open(arena, w->xml);
    w->systems = kk_evtx_systems_open(arena, w->xml, w->columns);
    kk_evtx_walk ask = {.in = in,
                        .begin = settings->begin,
                        .end = settings->end,
                        .live = !carve,
                        .recovered = true,
                        .carve = carve,
                        .sink = sink,
                        .context = w,
                        .record = tell};
    kk_evtx_read(memory, &ask);
    kk_arena_close(w->arena);
    kk_evtx_memory_close(memory);
    kk_arena_close(arena);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_evtx_tell_events(in, settings, sink, false);
}

static kk_score probe(const kk_probe *p)
{
    const kk_slice file = {"ElfFile", 8}, chunk = {"ElfChnk", 8};
    if (kk_starts(p->head, file))
        return KK_CERTAIN;
    if (kk_starts(p->head, chunk) || kk_starts(kk_from(p->head, 4096), chunk))
        return KK_SURE;
    return KK_NO;
}

const kk_parser kk_parser_evtx = {
    .name = "evtx",
    .about = "Windows event logs (.evtx)",
    .version = 6,
    .cut = KK_CHUNKS,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
