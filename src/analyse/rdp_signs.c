/* What one event says of remote desktops. */
#include "analyse/rdp.h"

enum { NO_TYPE = 255 };

static unsigned logon_type(const kk_event_row *row)
{
    const kk_slice before = KK_S("[\"LogonType\",\"");
    size_t at = kk_find(row->more, before);
    kk_slice text = at == KK_NOWHERE ? KK_NONE : kk_from(row->more, at + before.len);
    uint64_t type;
    return kk_to_u64(kk_part(text, 0, kk_find_byte(text, '"')), &type) && type < NO_TYPE
               ? (unsigned)type
               : NO_TYPE;
}

/* Addresses of one interface only carry its number; a virtual machine's own window has none. */
static kk_slice plain_ip(kk_slice ip)
{
    return kk_is(ip, "0.0.0.0") ? KK_NONE : kk_part(ip, 0, kk_find_byte(ip, '%'));
}

static bool is_own_name(kk_slice name, kk_slice host)
{
    return kk_eq_nocase(kk_part(name, 0, kk_find_byte(name, '.')),
                        kk_part(host, 0, kk_find_byte(host, '.')));
}

static bool of_logon(const kk_event_row *row, kk_arena *scratch, rdp_event *out)
{
    unsigned type = logon_type(row);
    bool remote = type == 10 || type == 12;
    bool inside = kk_starts(out->ip, KK_S("127.")) || kk_is(out->ip, "::1");
    if (remote)
        out->sign = RDP_LOGON;
    else if (out->ip.len && !inside && type == 7)
        out->sign = RDP_UNLOCK;
    else if (out->ip.len && !inside && type == 3)
        out->sign = RDP_NETWORK;
    else
        return false;
    if (remote)
        out->linked = kk_event_field(scratch, row, "TargetLinkedLogonId");
    out->logon = row->text[KK_SESSION_ID];
    return true;
}

static bool of_security(const kk_event_row *row, kk_arena *scratch, rdp_event *out)
{
    kk_slice action = row->text[KK_ACTION], code = row->text[KK_CODE];
    if (kk_is(code, "4608") || kk_is(code, "512")) {
        out->sign = RDP_BOOT;
        return true;
    }
    if (kk_is(action, "logon"))
        return row->outcome == KK_SUCCESS && of_logon(row, scratch, out);
    out->logon = row->text[KK_SESSION_ID];
    if (kk_is(action, "logoff")) {
        unsigned type = logon_type(row);
        out->sign = RDP_LOGGED_OFF;
        return out->logon.len && (type == NO_TYPE || type == 2 || type >= 10);
    }
    bool back = kk_is(action, "session-reconnect");
    if (!back && !kk_is(action, "session-disconnect"))
        return false;
    out->sign = back ? RDP_RECONNECT : RDP_DISCONNECT;
    out->told_ip = out->ip;
    out->ip = KK_NONE;
    out->at_console = kk_eq_nocase(kk_event_field(scratch, row, "SessionName"), KK_S("Console")) ||
                      kk_is(kk_event_field(scratch, row, "ClientAddress"), "LOCAL");
    return true;
}

static bool of_session_manager(const kk_event_row *row, kk_arena *scratch, rdp_event *out)
{
    static const struct {
        const char *code;
        rdp_sign sign;
    } signs[] = {{"21", RDP_BEGIN},  {"22", RDP_SHELL}, {"23", RDP_END},  {"24", RDP_LEAVE},
                 {"25", RDP_RESUME}, {"39", RDP_LEAVE}, {"40", RDP_LEAVE}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!kk_is(row->text[KK_CODE], signs[i].code))
            continue;
        out->sign = signs[i].sign;
        out->desktop = row->text[KK_SESSION_ID];
        out->at_console = !out->ip.len && kk_is(kk_event_field(scratch, row, "Address"), "LOCAL");
        return out->desktop.len > 0;
    }
    return false;
}

bool rdp_sign_of(const kk_event_row *row, kk_arena *scratch, rdp_event *out)
{
    kk_slice dataset = row->text[KK_DATASET], action = row->text[KK_ACTION];
    kk_slice client = row->text[KK_SOURCE_HOST];
    *out = (rdp_event){.time = row->time,
                       .host = row->host,
                       .account = row->text[KK_USER_NAME],
                       .ip = plain_ip(row->text[KK_SOURCE_IP]),
                       .client = is_own_name(client, row->host) ? KK_NONE : client,
                       .smb = KK_NOWHERE};
    if (!kk_starts(dataset, KK_S("windows.")))
        return false;
    if (kk_is(dataset, "windows.security"))
        return of_security(row, scratch, out);
    if (kk_is(dataset, "windows.system")) {
        out->sign = RDP_BOOT;
        return kk_is(row->text[KK_CODE], "6005");
    }
    if (kk_has(dataset, KK_S("localsessionmanager")))
        return of_session_manager(row, scratch, out);
    bool reached = kk_is(action, "rdp-reached");
    out->sign = reached ? RDP_REACHED : RDP_CONNECTION;
    return reached || (kk_is(action, "connection") && out->ip.len);
}
