#include "cli/evt_records.h"

#include "base/text.h"
#include "parse/evt.h"
#include "parse/winevent_system.h"

typedef struct {
    kk_sink sink; /* first */
    const kk_evtx_walk *walk;
    kk_arena *arena; /* of one record */
} teller;

bool kk_evt_is_log(kk_stream *in)
{
    char head[8];
    kk_slice bytes = {head, kk_read(in, 0, head, sizeof head)};
    return kk_ends(bytes, KK_S("LfLe")) && bytes.len == sizeof head;
}

static kk_xml_value text_value(kk_slice text)
{
    return (kk_xml_value){(const uint8_t *)text.ptr, (uint32_t)text.len,
                          text.len ? KK_XML_UTF8 : KK_XML_NULL};
}

static kk_xml_value number_value(kk_arena *arena, uint64_t number, uint8_t type)
{
    uint8_t *bytes = kk_take(arena, 8);
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    return (kk_xml_value){bytes, 8, type};
}

/* A number where it is one, as today's logs have it. */
static kk_xml_value usual_value(kk_arena *arena, kk_system_field field, kk_slice text)
{
    uint64_t number;
    bool counts = field == KK_SYS_EVENT_ID || field == KK_SYS_QUALIFIERS || field == KK_SYS_LEVEL ||
                  field == KK_SYS_TASK;
    return counts && kk_to_u64(text, &number) ? number_value(arena, number, KK_XML_UINT64)
                                              : text_value(text);
}

static kk_xml_value time_value(kk_arena *arena, kk_time time)
{
    const uint64_t to_1970 = UINT64_C(116444736000000000);
    return time == KK_NO_TIME || time < 0
               ? text_value(KK_NONE)
               : number_value(arena, to_1970 + (uint64_t)time / 100, KK_XML_FILETIME);
}

/* "System.Level": which field of System; KK_SYS_FIELDS if it is one of the event's own. */
static kk_system_field field_of(kk_slice name)
{
    const kk_slice prefix = KK_S("System.");
    if (kk_is(name, "winlog.channel"))
        return KK_SYS_CHANNEL;
    if (!kk_starts(name, prefix))
        return KK_SYS_FIELDS;
    name = kk_from(name, prefix.len);
    if (kk_is(name, "Qualifiers"))
        return KK_SYS_QUALIFIERS;
    return kk_is(name, "UserID") ? KK_SYS_USER : kk_system_field_of(name, KK_NONE);
}

static bool has_value(const kk_event *event, kk_slice value)
{
    for (size_t i = 0; i < event->more_count; i++)
        if (kk_eq(event->more[i].value, value))
            return true;
    return false;
}

static void fill(teller *t, const kk_event *event, kk_evtx_record *r)
{
    kk_xml_value *system = r->xml.system;
    kk_slice user = event->text[KK_USER_ID];
    system[KK_SYS_PROVIDER] = text_value(event->text[KK_PROVIDER]);
    system[KK_SYS_EVENT_ID] = usual_value(t->arena, KK_SYS_EVENT_ID, event->text[KK_CODE]);
    system[KK_SYS_COMPUTER] = text_value(event->text[KK_HOST_NAME]);
    system[KK_SYS_TIME] = time_value(t->arena, event->time);
    system[KK_SYS_RECORD_ID] = number_value(t->arena, event->record, KK_XML_UINT64);
    r->xml.fields = KK_NEW_ARRAY(t->arena, kk_xml_field, event->more_count + 1);
    for (size_t i = 0; i < event->more_count; i++) {
        const kk_pair *pair = &event->more[i];
        kk_system_field field = field_of(pair->name);
        if (field != KK_SYS_FIELDS)
            system[field] = usual_value(t->arena, field, pair->value);
        else if (!kk_is(pair->name, "evt.written"))
            r->xml.fields[r->xml.count++] = (kk_xml_field){pair->name, text_value(pair->value)};
    }
    if (!system[KK_SYS_USER].len && user.len && !has_value(event, user))
        system[KK_SYS_USER] =
            text_value(user); /* the record's own, which is the event's account too */
}

static void on_event(kk_sink *sink, const kk_event *event)
{
    teller *t = (teller *)sink;
    bool recovered = event->flags & KK_FLAG_RECOVERED;
    if (recovered ? !t->walk->recovered : !t->walk->live)
        return;
    kk_arena_reset(t->arena);
    kk_evtx_record r = {.id = event->record,
                        .offset = event->offset,
                        .size = event->length,
                        .level = recovered ? KK_EVTX_SLACK : KK_EVTX_LIVE,
                        .damaged = event->flags & KK_FLAG_DAMAGED};
    fill(t, event, &r);
    t->walk->record(t->walk->context, &r);
    sink->stopped = t->walk->sink->stopped;
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    teller *t = (teller *)sink;
    if (t->walk->live)
        t->walk->sink->issue(t->walk->sink, issue);
}

bool kk_evt_loses(const kk_issue *issue)
{
    return kk_is(issue->what, KK_EVT_SHORTER) || kk_is(issue->what, KK_EVT_TORN) ||
           kk_is(issue->what, KK_EVT_PARTLY);
}

void kk_evt_read(const kk_evtx_walk *walk)
{
    kk_arena *arena = kk_arena_open();
    kk_settings settings = {.zone_basis = KK_BASIS_CASE, .modified = KK_NO_TIME, .end = UINT64_MAX};
    teller t = {.sink = {.arena = arena, .event = on_event, .issue = on_issue},
                .walk = walk,
                .arena = kk_arena_open()};
    kk_parser_by_name(KK_S("evt"))->parse(walk->in, &settings, &t.sink);
    kk_arena_close(t.arena);
    kk_arena_close(arena);
}
