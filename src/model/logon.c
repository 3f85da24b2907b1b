#include "model/logon.h"

#include <stddef.h>

const char *kk_logon_type_name(uint64_t type)
{
    static const char *const names[] = {
        [0] = "system",
        [2] = "interactive",
        [3] = "network",
        [4] = "batch",
        [5] = "service",
        [6] = "proxy",
        [7] = "unlock",
        [8] = "network_cleartext",
        [9] = "new_credentials",
        [10] = "remote_interactive",
        [11] = "cached_interactive",
        [12] = "cached_remote_interactive",
        [13] = "cached_unlock",
    };
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

typedef struct {
    uint32_t code;
    const char *name;
} reason;

/* winerror.h, ntstatus.h; what the log's own explanation of the event says. By code. */
static const reason statuses[] = {
    {0x80090308, "invalid_token"},
    {0x8009030c, "logon_denied"},
    {0x8009030e, "no_credentials"},
    {0x80090325, "certificate_untrusted"},
    {0xc0000001, "unsuccessful"},
    {0xc000000d, "bad_parameter"},
    {0xc0000022, "access_denied"},
    {0xc000005e, "no_logon_servers"},
    {0xc0000064, "no_such_user"},
    {0xc000006a, "wrong_password"},
    {0xc000006c, "password_restriction"},
    {0xc000006d, "wrong_user_or_password"},
    {0xc000006e, "account_restriction"},
    {0xc000006f, "outside_hours"},
    {0xc0000070, "workstation_not_allowed"},
    {0xc0000071, "password_expired"},
    {0xc0000072, "account_disabled"},
    {0xc00000dc, "server_in_wrong_state"},
    {0xc00000df, "no_such_domain"},
    {0xc00000e5, "internal_error"},
    {0xc000010b, "invalid_logon_type"},
    {0xc0000133, "clock_skew"},
    {0xc000015b, "logon_type_not_granted"},
    {0xc0000184, "invalid_device_state"},
    {0xc000018a, "no_trust_secret"},
    {0xc000018b, "no_trust_account"},
    {0xc000018c, "trusted_domain_failure"},
    {0xc000018d, "trusted_relationship_failure"},
    {0xc0000190, "trust_failure"},
    {0xc0000192, "netlogon_not_started"},
    {0xc0000193, "account_expired"},
    {0xc0000198, "interdomain_trust_account"},
    {0xc0000199, "workstation_trust_account"},
    {0xc000019a, "server_trust_account"},
    {0xc0000224, "password_must_change"},
    {0xc0000225, "not_found"},
    {0xc0000234, "account_locked_out"},
    {0xc00002ee, "unfinished_context"},
    {0xc0000371, "no_secrets"},
    {0xc0000380, "smart_card_wrong_pin"},
    {0xc0000381, "smart_card_blocked"},
    {0xc0000388, "downgrade_detected"},
    {0xc0000413, "authentication_firewall"},
    {0xc0000418, "ntlm_blocked"},
    {0xc0000464, "mutual_authentication_failed"},
};

/* RFC 4120, 7.5.9, and Microsoft's meaning of 12 and 18. */
static const reason kerberos[] = {
    {0x1, "account_expired"},
    {0x2, "service_expired"},
    {0x6, "no_such_user"},
    {0x7, "no_such_service"},
    {0x8, "ambiguous_name"},
    {0x9, "no_key"},
    {0xb, "ticket_never_valid"},
    {0xc, "hours_or_workstation_not_allowed"},
    {0xd, "option_refused"},
    {0xe, "encryption_not_supported"},
    {0xf, "checksum_not_supported"},
    {0x10, "preauthentication_not_supported"},
    {0x12, "account_disabled_expired_or_locked"},
    {0x13, "service_revoked"},
    {0x14, "ticket_revoked"},
    {0x15, "account_not_yet_valid"},
    {0x17, "password_expired"},
    {0x18, "wrong_password"},
    {0x19, "preauthentication_required"},
    {0x1a, "wrong_server"},
    {0x1b, "user_to_user_only"},
    {0x1c, "path_not_accepted"},
    {0x1d, "service_unavailable"},
    {0x1f, "ticket_altered"},
    {0x20, "ticket_expired"},
    {0x21, "ticket_not_yet_valid"},
    {0x22, "replay"},
    {0x23, "wrong_ticket"},
    {0x24, "ticket_mismatch"},
    {0x25, "clock_skew"},
    {0x26, "wrong_address"},
    {0x28, "wrong_message"},
    {0x29, "message_altered"},
    {0x2c, "key_version"},
    {0x2d, "service_key_missing"},
    {0x32, "checksum_wrong"},
    {0x34, "answer_too_large"},
    {0x3c, "internal_error"},
    {0x3e, "certificate_untrusted"},
    {0x44, "wrong_realm"},
    {0x4b, "certificate_mismatch"},
};

/* The table of reason codes of Network Policy Server. */
static const reason policies[] = {
    {1, "internal_error"},
    {2, "access_denied"},
    {3, "malformed_request"},
    {5, "domain_unavailable"},
    {7, "no_such_domain"},
    {8, "no_such_user"},
    {16, "wrong_user_or_password"},
    {17, "password_change_failed"},
    {18, "method_not_supported"},
    {22, "eap_type_not_supported"},
    {23, "eap_error"},
    {32, "local_accounts_only"},
    {33, "password_must_change"},
    {34, "account_disabled"},
    {35, "account_expired"},
    {36, "account_locked_out"},
    {37, "outside_hours"},
    {38, "account_restriction"},
    {48, "no_policy_matches"},
    {49, "no_request_policy_matches"},
    {64, "dial_in_locked_out"},
    {65, "dial_in_not_permitted"},
    {66, "method_not_permitted"},
    {67, "calling_station_not_permitted"},
    {68, "outside_hours"},
};

static const reason events[] = {
    {140, "wrong_user_or_password"},
    {529, "wrong_user_or_password"},
    {530, "outside_hours"},
    {531, "account_disabled"},
    {532, "account_expired"},
    {533, "workstation_not_allowed"},
    {534, "logon_type_not_granted"},
    {535, "password_expired"},
    {536, "netlogon_not_started"},
    {537, "other"},
    {539, "account_locked_out"},
    {672, "other"},
    {673, "other"},
    {675, "wrong_password"},
    {676, "other"},
    {677, "other"},
    {680, "other"},
    {681, "other"},
};

static const reason gateway[] = {
    {23001, "internal_error"},
    {23002, "resource_policy_denied"},
    {23003, "connection_policy_denied"},
    {23005, "resource_unreachable"},
};

const char *kk_logon_reason_name(kk_logon_code of, uint64_t code)
{
    static const struct {
        const reason *reasons;
        size_t count;
    } tables[KK_LOGON_CODES] = {
#define TABLE(t) {t, sizeof t / sizeof *t}
        [KK_LOGON_STATUS] = TABLE(statuses), [KK_LOGON_KERBEROS] = TABLE(kerberos),
        [KK_LOGON_POLICY] = TABLE(policies), [KK_LOGON_EVENT] = TABLE(events),
        [KK_LOGON_GATEWAY] = TABLE(gateway),
#undef TABLE
    };
    for (size_t i = 0; i < tables[of].count; i++)
        if (tables[of].reasons[i].code == code)
            return tables[of].reasons[i].name;
    return NULL;
}
