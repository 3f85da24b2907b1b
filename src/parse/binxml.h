/* BinXML, the binary XML inside Windows event logs, read into named fields. Records are instances
 * of templates; a template is compiled once into a field program (which value goes to which name),
 * and a record then only runs it: no XML is ever built.
 *
 * Nothing here knows of files or of events of kakuho: evtx.c does. */
#pragma once
#include "base/arena.h"
#include "base/time.h"
#include "model/layout.h"
#include "model/raw_value.h"

#define KK_EVTX_CHUNK 65536u
#define KK_XML_SCRATCH (1u << 20) /* text that one record may come to */
#define KK_XML_RESERVE (1u << 18) /* and more of it for the fields of System */
#define KK_XML_SPARE 24           /* pairs left free before the first, for the caller */

/* Where rendered text of one record goes. Bounded: what does not fit is left out and `full` set. */
typedef struct {
    char *ptr;
    size_t used, capacity;
    bool full;
    kk_arena *odd; /* for texts in unknown code pages */
} kk_xml_scratch;

kk_xml_scratch kk_xml_scratch_open(kk_arena *arena, kk_arena *odd);
/* A single value (no array) as Windows would show it; integers decimal, HexInt "0x3e7", GUID
 * "{UPPER}", FILETIME as RFC 3339, binary as upper-case hexadecimal. */
kk_slice kk_xml_text(kk_xml_scratch *scratch, kk_xml_value value);
/* 2026-07-09T00:00:00 and, with `digits` (up to 9), a point and so many of them; no zone. */
size_t kk_xml_put_filetime(char out[40], uint64_t ticks, unsigned digits);
/* The next item of an array value; shortens *array. False when it is used up. */
bool kk_xml_item(kk_xml_value *array, kk_xml_value *item);
bool kk_xml_number(kk_xml_value value, uint64_t *out);
/* KK_NO_TIME if it is no time, or beyond what kk_time holds. */
kk_time kk_xml_time(kk_xml_value value);

/* What the System element of an event holds. */
typedef enum {
    KK_SYS_PROVIDER,
    KK_SYS_SOURCE, /* EventSourceName of an old-style provider */
    KK_SYS_EVENT_ID,
    KK_SYS_QUALIFIERS,
    KK_SYS_VERSION,
    KK_SYS_LEVEL,
    KK_SYS_TASK,
    KK_SYS_OPCODE,
    KK_SYS_KEYWORDS,
    KK_SYS_TIME,
    KK_SYS_RECORD_ID,
    KK_SYS_ACTIVITY,
    KK_SYS_RELATED,
    KK_SYS_PROCESS,
    KK_SYS_THREAD,
    KK_SYS_CHANNEL,
    KK_SYS_COMPUTER,
    KK_SYS_USER,
    KK_SYS_GUID, /* of the provider */
    KK_SYS_FIELDS
} kk_system_field;

typedef struct {
    kk_slice name;
    kk_xml_value value;
} kk_xml_field;

typedef struct {
    kk_xml_value system[KK_SYS_FIELDS]; /* KK_XML_NULL where there is none */
    kk_xml_field *fields; /* EventData, UserData and the rest, in order: see kk_binxml_fields */
    size_t count;
    size_t end;    /* in the chunk: where the BinXML of the record ends */
    bool borrowed; /* a template came from another chunk; `donor` is where it stands in the log */
    uint64_t donor;
    bool damaged; /* some of it could not be read */
    bool strict;  /* every template was there and carried the id that the record names */
    bool cut;     /* a limit of ours was reached */
} kk_xml_event;

typedef struct kk_binxml kk_binxml;
kk_binxml *kk_binxml_open(kk_arena *arena);
void kk_binxml_close(kk_binxml *xml);
kk_xml_scratch *kk_binxml_scratch(kk_binxml *xml);
/* A field name of interest; call before the first chunk. The same name gives the same number. */
uint16_t kk_binxml_watch(kk_binxml *xml, const char *name);
/* Where the first fields of those names are among the pairs made last: 1 + their place, 0 where there is none.
 * Returns how many there are. */
size_t kk_binxml_watched(const kk_binxml *xml, const uint16_t *watches, size_t count,
                         uint16_t *places);
/* Elements are kept too, so that records can be written out again; call before the first chunk. */
void kk_binxml_want_documents(kk_binxml *xml);
/* A definition in another chunk, of KK_EVTX_CHUNK bytes and KK_XML_BEHIND more. */
typedef struct {
    const uint8_t *chunk;
    uint32_t offset; /* in it */
    uint64_t place;  /* in the log */
} kk_xml_donor;
/* Where a definition is gone, others with the same short id are asked for by number until there is none;
 * one is used when its values fit and no other that fits says something else. Where none near by fits, those
 * further away are asked for. What was found for the lender before is forgotten. */
void kk_binxml_lending(kk_binxml *xml, bool allowed); /* not, to begin with */
void kk_binxml_lend(kk_binxml *xml,
                    bool (*find)(void *context, bool far, uint32_t id, size_t number,
                                 kk_xml_donor *out),
                    void *context);
/* Instead of fields that nothing names: the values of the record read last as value.1, value.2, ...; System
 * only where its own template is there. False when there is nothing at all. */
bool kk_binxml_raw(kk_binxml *xml);
/* Fields are named as records are read: for who asks for them every time. */
void kk_binxml_want_fields(kk_binxml *xml);
/* The KK_EVTX_CHUNK bytes that offsets refer to from now on; KK_XML_BEHIND more are there. */
void kk_binxml_chunk(kk_binxml *xml, const uint8_t *chunk);
/* Reads the BinXML in [at, end) of the chunk: finds all values with their types, and fills System.
 * Results live until the next call; values are the bytes of the chunk. */
void kk_binxml_read(kk_binxml *xml, size_t at, size_t end, kk_xml_event *out);
/* Names the fields of the record read last, in its event. Nothing is turned into text but what needs
 * several values. May find that the record is `cut`. */
void kk_binxml_fields(kk_binxml *xml);
/* A value of the record read last as text, which lives until the next record is read. */
kk_slice kk_binxml_text(kk_binxml *xml, kk_xml_value value);
/* The named fields as texts; KK_XML_SPARE free pairs stand before the first. What
 * is over the share of a record or chunk is left out, and `cut` of the event set. */
kk_pair *kk_binxml_pairs(kk_binxml *xml);
/* The same with all values unread: they are those of the record. */
kk_pair *kk_binxml_unread(kk_binxml *xml);
/* A named field by its place, where it is a number and not below zero. */
bool kk_binxml_whole(const kk_binxml *xml, size_t field, uint64_t *number);
/* The number of the pairs' names in `table`, `told` telling which the caller put before those of the record:
 * the same always means the same names. 0: they have none. */
uint32_t kk_binxml_layout(kk_binxml *xml, kk_layouts *table, uint32_t told, const kk_event *event);
/* The record read last, whose BinXML is in [at, end), as one JSON object in the shape that readers of
 * event logs have agreed on: {"Event":{"System":{...},"EventData":{...}}}, or as an XML element. False,
 * with nothing added, when it does not fit into `out`. */
bool kk_binxml_json(kk_binxml *xml, size_t at, size_t end, kk_xml_scratch *out);
bool kk_binxml_xml(kk_binxml *xml, size_t at, size_t end, kk_xml_scratch *out);
/* One value as JSON: numbers and booleans bare, the rest as text; null where there is none. */
void kk_xml_put_json(kk_xml_scratch *out, kk_xml_value value);
/* One value as the text of an element or attribute. */
void kk_xml_put_xml(kk_xml_scratch *out, kk_xml_value value);
