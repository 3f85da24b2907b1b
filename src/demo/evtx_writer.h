/* Writes Windows event logs (EVTX 3.1): chunks with name and template tables and checksums, the
 * System part and the data part of an event as two nested templates, as Windows itself does. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "base/time.h"

typedef enum {
    KK_EVTX_TEXT = 0x01,
    KK_EVTX_U8 = 0x04,
    KK_EVTX_U16 = 0x06,
    KK_EVTX_U32 = 0x08,
    KK_EVTX_U64 = 0x0a,
    KK_EVTX_GUID = 0x0f,
    KK_EVTX_TIME = 0x11,
    KK_EVTX_SID = 0x13,
    KK_EVTX_HEX32 = 0x14,
    KK_EVTX_HEX64 = 0x15
} kk_evtx_type;

typedef struct {
    const char *name;
    kk_evtx_type type;
} kk_evtx_field;

/* One kind of event of one provider. */
typedef struct {
    const char *provider, *guid, *channel;
    uint16_t id, task;
    uint8_t version, level, opcode;
    uint64_t keywords;
    const char *user_data; /* NULL: <EventData><Data Name=…>; else the element inside <UserData> */
    const char *user_space; /* its namespace */
    const kk_evtx_field *fields;
    size_t field_count;
} kk_evtx_kind;

typedef struct {
    kk_slice text; /* TEXT; also SID ("S-1-5-18") and GUID as text */
    uint64_t number;
} kk_evtx_value;

typedef struct kk_evtx kk_evtx;
kk_evtx *kk_evtx_open(kk_arena *arena, kk_slice computer, uint64_t first_record);
/* values: one for each field of the kind. user: SID of the System part, empty for none. */
void kk_evtx_add(kk_evtx *log, const kk_evtx_kind *kind, kk_time time, uint32_t pid, uint32_t tid,
                 kk_slice user, const kk_evtx_value *values);
/* The whole file, filled with empty space up to `size` as a log of that maximum would be if it is
 * larger. The log may not be added to afterwards. */
kk_slice kk_evtx_finish(kk_evtx *log, size_t size);
