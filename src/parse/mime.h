/* The pieces of Internet mail: transfer encodings, encoded words, parameters, dates, addresses.
 * Nothing here opens anything; charsets go through base/text.h. */
#pragma once
#include "base/text.h"
#include "base/time.h"

typedef enum { KK_MIME_PLAIN, KK_MIME_BASE64, KK_MIME_QUOTED } kk_mime_coding;

typedef struct {
    kk_mime_coding coding;
    uint32_t bits; /* base64: those not yet written */
    int count;
    int state; /* quoted-printable: where in "=XX" or "= CR LF" */
    char first;
} kk_mime_decoder;

/* False for a name that is not known (taken as plain). */
bool kk_mime_coding_by_name(kk_slice name, kk_mime_coding *out);
/* Decodes the next block; `to` has room for len + 4 bytes. What is no code is left out (base64) or
 * kept as it is (quoted-printable). */
size_t kk_mime_decode(kk_mime_decoder *decoder, kk_slice from, char *to);

/* Text in a charset by its MIME name, checked against the bytes: a wrong name loses to a guess.
 * *known (may be NULL) becomes false for a name that is not read. */
kk_slice kk_mime_text(kk_arena *arena, kk_slice charset, kk_slice bytes, bool *known);

/* A header's value as text: encoded words of RFC 2047, also where a character is split over two of
 * them, and bytes that should have been encoded. */
kk_slice kk_mime_words(kk_arena *arena, kk_slice value);

/* The value before the first ';', trimmed. */
kk_slice kk_mime_main(kk_slice value);
/* A parameter by name, decoded: plain, quoted, RFC 2231 with charset and in pieces, or (as many
 * mailers do) encoded words inside quotes. Empty if it is not there. */
kk_slice kk_mime_parameter(kk_arena *arena, kk_slice value, const char *name);

typedef struct {
    kk_civil civil;
    bool has_zone;
    int32_t offset; /* seconds east of UTC */
} kk_mime_date;
bool kk_mime_date_parse(kk_slice value, kk_mime_date *out);

/* Takes the next mailbox off an address header; false at the end. Names are decoded. */
typedef struct {
    kk_slice name, address;
} kk_mime_address;
bool kk_mime_next_address(kk_arena *arena, kk_slice *rest, kk_mime_address *out);
