/* What the readers of programs put into an event: users, addresses, sessions, numbers. */
#include "parse/syslog_programs.h"

#include "base/text.h"

void kk_act_more(kk_syslog_act *act, kk_slice name, kk_slice value)
{
    kk_event_more(act->event, act->lasting, name, value);
}

void kk_act_user(kk_syslog_act *act, kk_slice name)
{
    size_t slash = kk_find_byte(name, '\\');
    if (slash != KK_NOWHERE && slash > 0 && slash + 1 < name.len) {
        act->event->text[KK_USER_DOMAIN] = kk_part(name, 0, slash);
        name = kk_from(name, slash + 1);
        kk_eat(&name, KK_S("\\"));
    }
    act->event->text[KK_USER_NAME] = name;
}

void kk_act_source(kk_syslog_act *act, kk_slice address)
{
    address = kk_bare_address(address);
    if (kk_is_address(address))
        act->event->text[KK_SOURCE_IP] = address;
    else if (address.len && !kk_is(address, "UNKNOWN") && !kk_is(address, "?"))
        act->event->text[KK_SOURCE_HOST] = address;
}

bool kk_act_number(kk_syslog_act *act, kk_number_field field, kk_slice digits)
{
    uint64_t value;
    if (!kk_to_u64(kk_part(digits, 0, kk_count_digits(digits)), &value))
        return false;
    kk_set_number(act->event, field, value);
    return true;
}

void kk_act_source_port(kk_syslog_act *act, kk_slice port)
{
    uint64_t value;
    if (kk_to_u64(kk_part(port, 0, kk_count_digits(port)), &value) && value <= 65535)
        kk_set_number(act->event, KK_SOURCE_PORT, value);
}

void kk_act_session(kk_syslog_act *act, kk_slice kind, kk_slice id)
{
    if (id.len == 0)
        return;
    char *text = kk_take(act->scratch, kind.len + 1 + id.len);
    memcpy(text, kind.ptr, kind.len);
    text[kind.len] = ':';
    memcpy(text + kind.len + 1, id.ptr, id.len);
    act->event->text[KK_SESSION_ID] = (kk_slice){text, kind.len + 1 + id.len};
}

static bool octal(kk_slice s, size_t at, char *out)
{
    unsigned value = 0;
    for (size_t i = at; i < at + 3; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '7')
            return false;
        value = value * 8 + (unsigned)(s.ptr[i] - '0');
    }
    *out = (char)value;
    return value < 256;
}

kk_slice kk_act_unescape(kk_syslog_act *act, kk_slice s)
{
    if (kk_find_byte(s, '\\') == KK_NOWHERE)
        return s;
    char *to = kk_take(act->scratch, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char byte;
        if (s.ptr[i] == '\\' && octal(s, i + 1, &byte)) {
            to[len++] = byte;
            i += 3;
        } else if (s.ptr[i] == '\\' && i + 1 < s.len &&
                   (s.ptr[i + 1] == '\\' || s.ptr[i + 1] == '"')) {
            to[len++] = s.ptr[++i];
        } else {
            to[len++] = s.ptr[i];
        }
    }
    kk_slice bytes = {to, len};
    if (kk_utf8_valid(bytes))
        return bytes;
    return kk_decode(act->scratch, kk_charset_guess(bytes, NULL), bytes, NULL);
}
