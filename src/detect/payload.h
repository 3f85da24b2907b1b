/* Payloads: programs and scripts that were handed over encoded, as an intruder's command lines, scripts
 * and services have them. A text is looked through for what can be Base64, numbers of bytes or the
 * option of an encoded command; what it decodes to decides whether it is one; and what is inside of
 * that (compressed, encoded once more) is looked through again, layer by layer. */
#pragma once
#include "base/arena.h"
#include "model/event.h"

#define KK_PAYLOAD_VERSION 1u /* raised when the same text gives other payloads */

typedef enum {
    KK_PAYLOAD_TEXT,
    KK_PAYLOAD_PE,
    KK_PAYLOAD_ELF,
    KK_PAYLOAD_SHELLCODE, /* machine code that begins as the usual loaders do */
    KK_PAYLOAD_GZIP,
    KK_PAYLOAD_ZLIB,
    KK_PAYLOAD_DEFLATE,
    KK_PAYLOAD_ZIP,
    KK_PAYLOAD_X509, /* a certificate */
    KK_PAYLOAD_JWT,  /* a token of a web session: header and claims, a line each */
    KK_PAYLOAD_BINARY,
    KK_PAYLOAD_KINDS
} kk_payload_kind;

const char *kk_payload_kind_name(kk_payload_kind kind); /* "text", "pe", ... */

typedef struct {
    uint32_t number; /* from 1, in the order in which they are told */
    uint32_t within; /* the payload of which this is a layer; 0: of the text itself */
    kk_payload_kind kind;
    bool torn; /* ends before it should */
    kk_slice
        mark; /* what announced it: "-encodedcommand", "frombase64string"; empty: nothing did */
    kk_slice chain; /* how it was decoded: "base64 > gzip > utf-8" */
    kk_slice bytes;
    kk_slice text; /* the bytes as UTF-8 where they are text, else empty */
} kk_payload;

/* Of one text; what is beyond is left out and told by the result. */
enum {
    KK_PAYLOADS_MOST = 64,
    KK_PAYLOAD_DEPTH = 8,          /* layers */
    KK_PAYLOAD_BYTES = 16 << 20,   /* of all its payloads */
    KK_PAYLOAD_INFLATED = 8 << 20, /* of one that was compressed */
};

/* Tells every payload of the text. False where a limit left something out. Slices live as long as the
 * arena is not reset. */
bool kk_payloads_find(kk_arena *arena, kk_slice text,
                      void (*found)(void *context, const kk_payload *payload), void *context);

/* A field of an event that may hold payloads. */
typedef struct {
    kk_slice name; /* as Windows or ECS has it */
    kk_slice text;
} kk_payload_field;
enum { KK_PAYLOAD_FIELDS = 16 };
/* Those fields of the event that are suspected of holding payloads, by a quick look; their number. Parts of a script
 * block are left out: only the whole of it has payloads. */
size_t kk_payload_fields(const kk_event *event, kk_payload_field out[KK_PAYLOAD_FIELDS]);
