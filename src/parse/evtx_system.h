/* What the System element of a record comes to in an event, but for its times, numbers of its own, and who was running. That
 * is the same for most records of one kind on one machine: it is made once and remembered. Only speed depends on it. */
#pragma once
#include "parse/evtx_columns.h"

/* What an event tells of System that is not part of it. */
enum {
    KK_EVTX_OWN = 1u << KK_SYS_ACTIVITY | 1u << KK_SYS_RELATED | 1u << KK_SYS_PROCESS |
                  1u << KK_SYS_THREAD | 1u << KK_SYS_USER
};

typedef struct {
    kk_slice provider, code_text, host, dataset;
    uint64_t keywords;             /* 0 if there are none */
    const kk_win_meaning *meaning; /* NULL: none is known */
    uint32_t told;                 /* which fields `pairs` are of: a bit for each */
    size_t count;
    kk_pair pairs[KK_SYS_FIELDS]; /* to be put before the further fields of the event */
} kk_evtx_system;

typedef struct kk_evtx_systems kk_evtx_systems;
kk_evtx_systems *kk_evtx_systems_open(kk_arena *arena, kk_binxml *xml, kk_evtx_columns *columns);
/* That of the record read last; it lives until the next one is asked for. */
const kk_evtx_system *kk_evtx_system_of(kk_evtx_systems *systems, const kk_xml_event *record);
