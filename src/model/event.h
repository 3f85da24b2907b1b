/* An event: something happened at a time on a host, read from an item. Columns are named after the
 * Elastic Common Schema (fields.def); every other named field of the source goes to `more`, in the
 * source's order, duplicates kept. An empty slice and an unset number mean "the source has no such
 * value": never use 0 for a missing byte count. */
#pragma once
#include "base/arena.h"
#include "base/time.h"
#include "model/raw_value.h"

typedef enum {
#define TEXT_FIELD(NAME, ecs, column) KK_##NAME,
#define WORD_FIELD(NAME, ecs, column) KK_##NAME,
#include "model/fields.def"
    KK_TEXT_FIELDS
} kk_text_field;

typedef enum {
#define NUMBER_FIELD(NAME, ecs, column) KK_##NAME,
#include "model/fields.def"
    KK_NUMBER_FIELDS
} kk_number_field;

typedef enum { KK_OUTCOME_NONE, KK_SUCCESS, KK_FAILURE, KK_OUTCOMES } kk_outcome;

/* Where the zone of the time came from. */
typedef enum {
    KK_BASIS_UTC,    /* the source writes UTC */
    KK_BASIS_OFFSET, /* the source writes its offset */
    KK_BASIS_HOST,   /* the zone found on the machine */
    KK_BASIS_CASE,   /* the zone of case.yaml: assumed */
    KK_BASES
} kk_time_basis;

typedef enum {
    KK_EXACT_100NS,
    KK_EXACT_US,
    KK_EXACT_MS,
    KK_EXACT_S,
    KK_EXACT_2S,
    KK_EXACT_MIN,
    KK_EXACT_DAY,
    KK_YEAR_INFERRED, /* the source has no year */
    KK_PRECISIONS
} kk_precision;

typedef enum {
    KK_FLAG_DELETED = 1,   /* of a deleted file, a deleted row */
    KK_FLAG_RECOVERED = 2, /* from slack or a damaged place; never in main counts */
    KK_FLAG_DAMAGED = 4,   /* checksum wrong, cut short */
} kk_event_flag;

typedef struct {
    kk_slice name, value;
} kk_pair;

typedef struct kk_event {
    kk_time time;    /* KK_NO_TIME: undated */
    uint64_t record; /* the source's own number, or the line (from 1) within the range */
    uint32_t sub;    /* tells events of one record apart (one per timestamp, for instance) */
    uint64_t offset; /* of the record in the item's bytes */
    uint32_t length; /* of the record in bytes; 0 unknown */
    uint32_t flags;
    kk_outcome outcome;
    kk_time_basis basis;
    kk_precision precision;
    kk_slice text[KK_TEXT_FIELDS];
    uint64_t number[KK_NUMBER_FIELDS];
    uint64_t has_number; /* bit per kk_number_field */
    kk_pair *more;
    size_t more_count, more_capacity;
    uint32_t layout; /* of their names, in the consumer's table (model/layout.h); 0: not known */
    const kk_raw_texts *unread; /* NULL unless whoever listens took it so: all values are texts */
} kk_event;

/* Everything unset; `more` keeps its memory for the next event of the same arena. */
void kk_event_clear(kk_event *event);
static inline void kk_set_number(kk_event *event, kk_number_field field, uint64_t value)
{
    event->number[field] = value;
    event->has_number |= UINT64_C(1) << field;
}
static inline bool kk_has_number(const kk_event *event, kk_number_field field)
{
    return event->has_number >> field & 1;
}
/* Makes text of a further field that is unread. */
kk_slice kk_event_read(const kk_event *event, size_t field);
/* The text of a further field, unread or not. */
static inline kk_slice kk_event_value(const kk_event *event, size_t field)
{
    kk_slice value = event->more[field].value;
    return value.len == KK_UNREAD ? kk_event_read(event, field) : value;
}
/* Empty values are kept: the source had the field. */
void kk_event_more(kk_event *event, kk_arena *arena, kk_slice name, kk_slice value);

const char *kk_text_field_name(kk_text_field field); /* "user.name" */
const char *kk_number_field_name(kk_number_field field);
bool kk_text_field_is_word(kk_text_field field);
