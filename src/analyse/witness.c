#include "analyse/witness.h"

const char *const kk_witness_names[KK_WITNESS_KINDS] = {"own_log", "forwarded", "device"};

static kk_slice first_label(kk_slice name)
{
    return kk_part(name, 0, kk_find_byte(name, '.'));
}

bool kk_same_machine(kk_slice a, kk_slice b)
{
    bool whole = kk_find_byte(a, '.') != KK_NOWHERE && kk_find_byte(b, '.') != KK_NOWHERE;
    return whole ? kk_eq_nocase(a, b) : kk_eq_nocase(first_label(a), first_label(b));
}

static bool was_entered(const kk_access *access, kk_slice machine)
{
    for (size_t i = 0; i < access->host_count; i++)
        if (kk_same_machine(access->hosts[i].name, machine))
            return true;
    return false;
}

/* Using the VPN is no control of its device; a session with the device itself is. */
static bool was_administered(const kk_access *access, kk_slice device)
{
    for (size_t i = 0; i < access->session_count; i++) {
        const kk_session *s = &access->sessions[i];
        if (s->suspicious == KK_TRUE && s->kind != KK_BY_VPN && kk_same_machine(s->host, device))
            return true;
    }
    return false;
}

/* Told by the file's own name, or by whose file it is. A machine that calls itself localhost is the one
 * that the file is of. */
bool kk_is_forwarded(const kk_event_row *row)
{
    size_t slash = kk_rfind_byte(row->path, '/');
    kk_slice name = slash == KK_NOWHERE ? row->path : kk_from(row->path, slash + 1);
    if (!row->keeper.len)
        return kk_has_nocase(name, KK_S("ForwardedEvents"));
    return !kk_same_machine(row->keeper, row->host) &&
           !kk_same_machine(row->host, KK_S("localhost"));
}

bool kk_is_of_device(const kk_event_row *row)
{
    return kk_starts(row->text[KK_DATASET], KK_S("fortinet."));
}

static kk_witness judge(const kk_access *access, bool by_device, bool forwarded, kk_slice host,
                        kk_slice keeper)
{
    if (by_device && !was_administered(access, host))
        return KK_WITNESS_DEVICE;
    return forwarded && !(keeper.len && was_entered(access, keeper)) ? KK_WITNESS_FORWARDED
                                                                     : KK_WITNESS_ITSELF;
}

kk_witness kk_witness_of(const kk_access *access, const kk_event_row *row)
{
    return judge(access, kk_is_of_device(row), kk_is_forwarded(row), row->host, row->keeper);
}

kk_witness kk_witness_of_session(const kk_access *access, const kk_session *s)
{
    return judge(access, s->by_device, s->forwarded, s->host, s->keeper);
}

bool kk_witness_proves(kk_witness witness)
{
    return witness != KK_WITNESS_ITSELF;
}
