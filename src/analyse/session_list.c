/* What all who find sessions share: names of kinds, accounts as they are compared, where lines are kept. */
#include "analyse/sessions.h"

const char *const kk_session_kind_names[KK_SESSION_KINDS] = {"vpn", "rdp", "ssh",
                                                             "smb", "web", "other"};

kk_slice account_bare(kk_slice account)
{
    size_t domain = kk_rfind_byte(account, '\\'), at = kk_find_byte(account, '@');
    if (domain != KK_NOWHERE)
        return kk_from(account, domain + 1);
    return at != KK_NOWHERE && at > 0 ? kk_part(account, 0, at) : account;
}

kk_slice account_folded(kk_arena *arena, kk_slice account)
{
    account = account_bare(account);
    char *folded = kk_take(arena, account.len + 1);
    for (size_t i = 0; i < account.len; i++)
        folded[i] = (char)(account.ptr[i] >= 'A' && account.ptr[i] <= 'Z' ? account.ptr[i] | 0x20
                                                                          : account.ptr[i]);
    return (kk_slice){folded, account.len};
}

void session_kept(kk_session *s, bool forwarded, kk_slice keeper)
{
    if (s->forwarded || !forwarded)
        return;
    s->forwarded = true;
    s->keeper = keeper;
}
