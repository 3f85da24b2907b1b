/* A payload as it is told and kept: something that was handed over encoded in a field of an event. It
 * belongs to the event of the same item and range that has its record and sub-number. */
#pragma once
#include "base/hash.h"
#include "base/time.h"

/* More of a text is not kept: the hash and the number of bytes are of all of it. */
#define KK_PAYLOAD_TEXT_MOST (64u << 10)

typedef struct {
    kk_time time;
    uint64_t record;
    uint32_t sub;
    uint32_t number; /* from 1 in the event */
    uint32_t within; /* number of the payload of which it is a layer; 0: of the field itself */
    bool torn;       /* it ends before it should */
    bool cut;        /* its text goes on */
    kk_slice kind;   /* "text", "pe", ... */
    kk_slice field, mark, chain;
    uint64_t bytes;
    kk_sha256 sha256;
    kk_slice text;  /* UTF-8; empty for what is no text */
    kk_slice child; /* name of the item below the event's own that has its bytes; empty: none */
} kk_payload_row;
