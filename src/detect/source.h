/* Log sources: which of our events a rule's logsource means, and what its fields are called in them.
 *
 * A rule may have several: process_creation is Sysmon's event 1, Security's 4688 and the audit log's
 * EXECVE. The event is brought to the names and forms of the rule, never the rule to the event's. A
 * source may be unable to tell fields that the log source has (4688 has no OriginalFileName): tests
 * of those are unknown there, and a rule fires only if it holds whatever they would have been. */
#pragma once
#include "detect/sigma.h"
#include "model/event.h"

typedef enum {
    KK_MADE_NOTHING,
    KK_MADE_TIME,
    KK_MADE_RECORD,
    KK_MADE_OUTCOME,
    KK_MADE_SYSTEM_PROCESS,
    KK_MADE_SYSTEM_USER,
    KK_MADE_PROCESS_ID, /* the first is the name of the field that has it, in hexadecimal */
    KK_MADE_PROCESS_USER,
    KK_MADE_SUBJECT_USER,
    KK_MADE_PROCESS_LOGON,
    KK_MADE_INTEGRITY,
    KK_MADE_KEY,
    KK_MADE_KEY_DETAILS,
    KK_MADE_KEY_CHANGE,
    KK_MADE_DEVICE_PATH,
    KK_MADE_INITIATED,
    KK_MADE_PROTOCOL,
    KK_MADE_HASH, /* of Sysmon's Hashes: md5, sha1, sha256, imphash */
    KK_MADE_THREAT_PATH,
    KK_MADE_AUDIT_TYPE,
    KK_MADE_AUDIT_ARGUMENT,
    KK_MADE_AUDIT_SUCCESS,
    KK_MADE_AUDIT_CALL,
    KK_MADE_SUDO_PROGRAM,
    KK_MADE_URL,
    KK_MADE_URL_QUERY,
    KK_MADE_URL_STEM,
    KK_MADE_URL_EXTENSION,
    KK_MADE_MAKERS
} kk_maker;

/* Where the value of a field is: the first of these that gives one. */
typedef struct {
    uint8_t text;   /* kk_text_field + 1, 0: none */
    uint8_t number; /* kk_number_field + 1, 0: none */
    uint8_t maker;  /* kk_maker */
    uint8_t index;  /* what the maker wants to know */
    bool last;      /* a field of the event by `name` is preferred to the others */
    kk_slice name;  /* in `more`, as kk_field_name makes it; empty: none */
} kk_place;

typedef struct {
    const char *sigma; /* name in rules */
    const char *name;  /* in `more`; NULL: none */
    uint8_t text, number, maker, index;
} kk_alias;

enum { KK_SOURCE_CODES = 16, KK_SOURCE_PROVIDERS = 8 };
typedef struct {
    const char *name; /* that a hit gives: "sysmon 1" */
    const char *category, *product, *service;
    const char *dataset;                /* event.dataset; "windows.*" for all that begin so */
    const char *codes[KK_SOURCE_CODES]; /* event.code; none: any */
    const char *providers[KK_SOURCE_PROVIDERS]; /* event.provider; none: any */
    const char *field, *values[4]; /* and a field of the event with one of these values */
    bool steady;  /* such events come all the time: none of them means that they are not logged */
    bool partial; /* tells of some such events only: what was typed, what was handed to sudo */
    const kk_alias *aliases;    /* ends with a NULL name */
    const char *const *unknown; /* fields that it cannot tell; ends with NULL */
} kk_source;

size_t kk_source_count(void);
const kk_source *kk_source_at(size_t index);
/* Indices of the sources that a logsource means; 0 when nothing here reads such logs. */
size_t kk_sources_of(const kk_logsource *logsource, uint16_t *out, size_t most);

/* A field's name as it is compared: without blanks, ASCII letters small. Returns the length. */
size_t kk_field_name(char *out, kk_slice name);
bool kk_source_knows(const kk_source *source, kk_slice field);
/* *own tells that the source has a name of its own for it. */
kk_place kk_source_place(kk_arena *arena, const kk_source *source, kk_slice field, bool *own);

enum { KK_MADE_MOST = 4 };
/* Values that have to be made from others; taken from the arena. */
size_t kk_made(kk_arena *arena, const kk_event *event, uint8_t maker, uint8_t index,
               kk_slice out[KK_MADE_MOST]);
