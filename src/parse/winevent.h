/* A Windows event whose fields are texts: what exports of event logs (XML, JSON, CSV) and the older
 * .evt hold. Told so that it looks like the same event out of an .evtx file: same dataset, columns
 * and names. */
#pragma once
#include "parse/binxml.h"
#include "parse/evtx_columns.h"
#include "parse/parser.h"

#define KK_WINEVENT_FIELDS 4096u /* of one event */

typedef struct {
    kk_slice system[KK_SYS_FIELDS]; /* empty where there is none */
    kk_time time;                   /* read by the parser; KK_NO_TIME: from system[KK_SYS_TIME] */
    kk_time_basis basis;
    kk_precision precision;
    kk_slice message;        /* rendered by Windows, where the export has it */
    kk_slice user;           /* of the event's own, as a name: DOMAIN\user */
    kk_slice likely_channel; /* where neither a field nor the provider tells it */
    kk_slice task, level;    /* as names in the language of the machine */
    kk_slice written;        /* time written to the log, where it is another */
    kk_slice recovery;       /* how a record that is not alive was found */
    kk_slice donor;          /* whose template it was read with */
    uint64_t keywords;       /* where names of keywords say more than system[KK_SYS_KEYWORDS] */
    uint64_t record;         /* where system[KK_SYS_RECORD_ID] is empty; 0 not counted */
    uint64_t offset;
    uint64_t length;
    uint32_t flags;
    bool exact;     /* values are as in the log: GUIDs are texts where they are in small letters */
    bool loose_hex; /* hexadecimal numbers may be in large letters, as they are not in the log */
    bool numbered;  /* record numbers are unique in the file */
    bool described; /* the message came as a description */
    bool
        parted; /* strings by position were one text, parted by what may also stand inside of one */
    bool cut;   /* more fields than KK_WINEVENT_FIELDS */
    kk_pair *pairs; /* EventData, UserData and the rest, in order; KK_XML_SPARE free ones before */
    size_t count;
} kk_winevent;

typedef struct kk_winevents kk_winevents;

/* What is taken from `arena` stays; texts of an event may come from anywhere. */
kk_winevents *kk_winevents_open(kk_arena *arena, kk_sink *sink, const kk_settings *settings);
void kk_winevents_close(kk_winevents *events);
const kk_settings *kk_winevents_settings(const kk_winevents *events);
/* The one event that is being filled, cleared. */
kk_winevent *kk_winevents_begin(kk_winevents *events);
/* Memory for texts of that event; gone when the next one begins. */
kk_arena *kk_winevents_scratch(kk_winevents *events);
void kk_winevent_add(kk_winevent *event, kk_slice name, kk_slice value);
/* The value of the first field of that name; false if there is none. */
bool kk_winevent_field(const kk_winevent *event, const char *name, kk_slice *value);
/* A provider that is shown by another name than it has gets its own. */
void kk_winevent_settle_provider(kk_winevent *event);
/* What `kakuho evtx` says of a record: "damaged", or the level at which it was found. False if it says neither. */
bool kk_winevent_found_as(kk_winevent *event, kk_slice how);
/* Hands the event on. False, and nothing is told, where it has neither an id nor a provider. */
bool kk_winevents_tell(kk_winevents *events);

/* One <Event> element as text into the event being filled. False if it is torn: what came before
 * that is there. */
bool kk_winevent_read_xml(kk_winevents *events, kk_winevent *event, kk_slice xml);
/* What references of XML (&amp; &#10;) stand for; only copied where there is one. */
kk_slice kk_winevent_unescape(kk_arena *arena, kk_slice text);
