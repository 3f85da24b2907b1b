/* Logons told by logs, summed up: one row for each machine, account, source and kind. What is counted
 * and how rows are joined is in docs/logons.md. */
#pragma once
#include "base/json.h"
#include "model/ref.h"
#include "store/store.h"

typedef struct {
    kk_time from, to; /* KK_NO_TIME: no bound */
    const kk_slice *hosts, *accounts, *addresses;
    size_t host_count, account_count, address_count;
} kk_logon_filter;

/* Texts live until the next row; empty: the log has none. */
typedef struct {
    kk_slice host, account, domain;
    kk_slice account_is; /* user, machine, service, anonymous */
    kk_slice kind;       /* logon, explicit, kerberos_ticket, ssh, ... */
    bool has_type;
    uint8_t type;                  /* of a logon of Windows */
    kk_slice from_ip, workstation; /* the first by name of several that the address gave */
    uint64_t workstations;
    kk_slice by, target; /* who used the account; what it was used for */
    kk_slice log;        /* data set that tells of it */
    bool is_local;
    uint64_t successes, failures, others, ended, privileged;
    kk_time first, last;
    kk_slice reasons; /* "status:0xc000006a=3;event:531=1" */
    /* The success with the most failures before it within a day: of this account, from this source. */
    uint64_t failures_before;
    kk_time success_at, failing_since;
    bool has_source; /* what the source did everywhere */
    uint64_t source_accounts, source_failed_accounts, source_hosts;
    kk_ref first_ref, last_ref;
} kk_logon_row;

/* By host, account, domain, kind, type, source. */
KK_CHECKED kk_status kk_logons_read(kk_store *store, const kk_logon_filter *filter,
                                    void (*row)(void *context, const kk_logon_row *row),
                                    void *context, kk_fault *fault);
/* "wrong_password=3 locked_out=1": the most frequent first. */
kk_slice kk_logon_reasons(kk_arena *arena, kk_slice reasons);
/* The line of `access --logons --json`. */
void kk_logon_json(kk_json *j, kk_arena *arena, const kk_logon_row *row);
