/* Inside of the search for payloads. */
#pragma once
#include "detect/payload.h"

/* What speaks for some bytes being a payload, before they are looked at. */
typedef struct {
    bool marked; /* something says that it is encoded */
    bool
        no_text; /* text that nothing announced is none: events have their own data in such a form */
    bool is_option;  /* of -encodedcommand: UTF-16, or nothing */
    bool powershell; /* the text around speaks of PowerShell */
    bool deflate;    /* the text around speaks of raw deflate */
    bool torn;       /* the code ends before it should */
    size_t least;    /* bytes of a binary that nothing else speaks for; SIZE_MAX: none will do */
    size_t inflated; /* most bytes to unpack */
} payload_ground;

typedef struct {
    kk_payload_kind kind;
    const char *charset; /* of text */
    kk_slice text;
    kk_slice inside; /* of what was compressed */
    bool inside_torn, inside_cut;
    size_t unpacked; /* bytes that looking took, whatever came of it */
} payload_nature;

/* What the bytes are; false if they are no payload. */
bool payload_judge(kk_arena *arena, kk_slice bytes, const payload_ground *ground,
                   payload_nature *out);

/* The code that begins at `at`: its digits in the usual alphabet, whatever was between them (line
 * ends, escapes of JSON, XML and addresses, pieces of text that are added up). */
typedef struct {
    size_t end;
    bool is_url; /* in the alphabet for addresses */
    bool padded;
    bool torn;
} payload_code;
payload_code payload_code_read(kk_slice text, size_t at, bool is_url, kk_buffer *digits);
/* "0x4d,0x5a" and "\x4d\x5a": their bytes; 0 bytes where there is no such list of 16 at least. */
size_t payload_numbers_read(kk_slice text, size_t at, kk_buffer *bytes);

typedef struct {
    const char *name; /* NULL: nothing */
    bool is_option, is_hex;
} payload_mark;
/* What announces the code in [begin, end) of the text. `is_hex`: what takes hexadecimal digits. */
payload_mark payload_mark_of(kk_slice text, size_t begin, size_t end);

enum { PAYLOAD_DIGIT = 1, PAYLOAD_SIGN = 2, PAYLOAD_URL_SIGN = 4 };
extern const uint8_t payload_class[256]; /* letter or digit; + and /; - and _ */
