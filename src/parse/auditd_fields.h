/* Fields and names of the Linux audit log: see auditd.c. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"

typedef struct {
    kk_slice key, value;
    bool quoted; /* in double quotes: text as it is */
    bool nested; /* msg='...': the value holds fields of its own */
    bool cut;    /* a quote that nothing closes: the value is not given */
} kk_audit_field;

/* The next field off the front; words without "=" are passed over, but "old" and "new" stay with
 * the key behind them. False at the end. */
bool kk_audit_field_next(kk_slice *rest, kk_audit_field *field);
/* The text that a field means: unquoted, out of hexadecimal where the key is one that is written
 * so, valid UTF-8. "?", "(null)" and "(none)" are empty. */
kk_slice kk_audit_text(kk_arena *scratch, const kk_audit_field *field);
/* Bytes out of hexadecimal; false when it is none. */
bool kk_audit_unhex(kk_arena *scratch, kk_slice hex, kk_slice *bytes);
/* Bytes of unknown encoding to UTF-8; zero bytes become blanks. */
kk_slice kk_audit_clean(kk_arena *scratch, kk_slice bytes);

/* "UNKNOWN[1309]" and "1309" to "EXECVE" where the number is known. */
kk_slice kk_audit_type(kk_slice type);
