/* The System element of a Windows event: what its elements and attributes are called, and which of
 * them an event keeps beside its columns. One list for the binary log and for every export of it. */
#pragma once
#include "model/event.h"
#include "parse/binxml.h"

/* A field of System by its element and attribute ("TimeCreated", "SystemTime"; attribute empty for
 * the element's own text); KK_SYS_FIELDS if it is none. */
kk_system_field kk_system_field_of(kk_slice element, kk_slice attribute);

typedef struct {
    const kk_xml_value *values; /* KK_SYS_FIELDS of them */
    uint32_t fields;            /* that may be told: a bit for each */
    kk_slice (*text)(void *context, kk_system_field field);
    void *context;
    bool user_is_column, process_is_column; /* then they are not kept twice */
} kk_system_part;

/* Puts what says more than the usual before *more, at most KK_SYS_FIELDS places. Returns which: a bit for each, below
 * the bit of KK_SYS_FIELDS. */
uint32_t kk_system_tell(const kk_system_part *system, kk_pair **more);
/* One more field before the further fields of an event that has KK_XML_SPARE. */
void kk_event_put_before(kk_event *event, kk_slice name, kk_slice value);
