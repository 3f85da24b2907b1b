/* Windows events as named values side by side: the columns of a CSV export, the keys of a flat JSON
 * object. What a name means is in one table, for all tools and for Japanese and English. */
#pragma once
#include "parse/winevent.h"

/* Most meanings come first; a pair of the event itself has none. */
typedef enum {
    KK_FLAT_NONE, /* a field of the event's own */
    KK_FLAT_ID,
    KK_FLAT_CHANNEL,
    KK_FLAT_PROVIDER,
    KK_FLAT_COMPUTER,
    KK_FLAT_RECORD,
    KK_FLAT_LINE, /* a number that is the record's unless something better is there */
    KK_FLAT_TIME,
    KK_FLAT_LATER_TIME, /* written, received */
    KK_FLAT_LEVEL,
    KK_FLAT_LEVEL_NAME,
    KK_FLAT_TASK,
    KK_FLAT_TASK_NAME,
    KK_FLAT_OPCODE,
    KK_FLAT_KEYWORDS,
    KK_FLAT_TYPE, /* success or failure of an audit, else a level */
    KK_FLAT_VERSION,
    KK_FLAT_QUALIFIERS,
    KK_FLAT_GUID,
    KK_FLAT_ACTIVITY,
    KK_FLAT_RELATED,
    KK_FLAT_PROCESS,
    KK_FLAT_TOOL_PROCESS, /* the logging process in .NET's words, else a field of the event */
    KK_FLAT_THREAD,
    KK_FLAT_SID,
    KK_FLAT_USER,
    KK_FLAT_MESSAGE,
    KK_FLAT_STRINGS, /* insertion strings, by position */
    KK_FLAT_PAYLOAD, /* EvtxECmd: the event's data as JSON */
    KK_FLAT_FIELDS,  /* kakuho evtx: the event's fields as one JSON object */
    KK_FLAT_FOUND,   /* and how the record was found */
    KK_FLAT_XML,     /* the whole event as XML */
    KK_FLAT_DERIVED, /* EvtxECmd: what its maps made of the payload */
    KK_FLAT_IGNORED, /* about the tool or the export */
} kk_flat_meaning;

/* "Event ID", "event_id", "イベント ID" are the same name. Prefixes of shippers (winlog.,
 * winlog.event_data.) are taken off *name where it then is a field of the event. */
kk_flat_meaning kk_flat_meaning_of(kk_slice *name);

/* Insertion strings until they get their names. */
#define KK_FLAT_STRING "Data"

typedef struct {
    bool dotnet; /* ProcessId is the logging process */
    bool utc;    /* times without a zone are UTC */
    bool
        nanoseconds; /* behind the point of a time stands a number of them, without leading zeros */
    bool has_payload; /* the event's data as JSON: what was derived from it is left out */
    const kk_settings *settings;
    char strings_by; /* what separates several strings in one value; 0: they come one by one */
} kk_flat_shape;

/* Puts one value where it belongs. Values of NONE become fields of the event. */
void kk_flat_put(kk_winevents *events, kk_winevent *event, const kk_flat_shape *shape,
                 kk_flat_meaning meaning, kk_slice name, kk_slice value);
/* The log that a file is called after, as people name what they save; empty if none. */
kk_slice kk_flat_channel_of_name(kk_slice name);
/* After the last value: strings get the names that the event's data have, and what only the message
 * says becomes fields. */
void kk_flat_finish(kk_winevent *event);
/* Times of exports: ISO 8601 with or without zone, /Date(ms)/, seconds or milliseconds, Japanese and
 * English forms of Windows; `utc` where none is meant as UTC. False if it is none. */
bool kk_flat_time(kk_winevent *event, const kk_settings *settings, bool utc, kk_slice text);
/* An event as Splunk keeps it: its XML, or lines NAME=VALUE behind a time. */
bool kk_flat_is_raw(kk_slice text);
bool kk_flat_read_raw(kk_winevents *events, kk_winevent *event, kk_slice text);
