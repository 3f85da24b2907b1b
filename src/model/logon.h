/* Words for what Windows, Kerberos and the network policy server say of a logon in numbers. */
#pragma once
#include "base/slice.h"

/* "remote_interactive" for 10; NULL for a number without a name. */
const char *kk_logon_type_name(uint64_t type);

typedef enum {
    KK_LOGON_STATUS,   /* NTSTATUS of Status and SubStatus */
    KK_LOGON_KERBEROS, /* result code of RFC 4120 */
    KK_LOGON_POLICY,   /* reason of the network policy server */
    KK_LOGON_EVENT,    /* event id, where the id itself is the reason */
    KK_LOGON_GATEWAY,  /* error of the remote desktop gateway */
    KK_LOGON_CODES
} kk_logon_code;
/* "wrong_password"; NULL for a code without a name. */
const char *kk_logon_reason_name(kk_logon_code of, uint64_t code);
