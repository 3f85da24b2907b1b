/* Who keeps a record. A machine that the intruder was on keeps its own logs, and the intruder could
 * change them: alone they support, they do not prove. What a machine sent away in time, or what a
 * device saw that the intruder did not control, was out of reach. */
#pragma once
#include "analyse/analyse.h"

typedef enum {
    KK_WITNESS_ITSELF,    /* the machine that the act was on */
    KK_WITNESS_FORWARDED, /* that machine's event, kept on another one that the intruder was not on */
    KK_WITNESS_DEVICE,    /* a device of the network */
    KK_WITNESS_KINDS
} kk_witness;
extern const char *const kk_witness_names[KK_WITNESS_KINDS];

kk_witness kk_witness_of(const kk_access *access, const kk_event_row *row);
/* The same for a session, by the lines that told of it. */
kk_witness kk_witness_of_session(const kk_access *access, const kk_session *session);
/* Whether the event of a machine is in a log that another one keeps, or collected. */
bool kk_is_forwarded(const kk_event_row *row);
bool kk_is_of_device(const kk_event_row *row);
/* Whether it tells what the intruder could not alter. */
bool kk_witness_proves(kk_witness witness);
/* Names of machines without case; "fs01" and "FS01.example.jp" are the same. */
bool kk_same_machine(kk_slice a, kk_slice b);
