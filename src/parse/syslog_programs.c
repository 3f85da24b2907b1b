/* Who reads the messages of which program. A name is looked up without its folder and without case;
 * modules of PAM speak in every program's name and are asked first. */
#include "parse/syslog_programs.h"
#include "base/text.h"

static const struct {
    const char *program;
    const char *dataset; /* NULL: linux.syslog */
    kk_syslog_reader *read;
} programs[] = {
    {"sshd", "linux.auth", kk_syslog_sshd},
    {"sshd-session", "linux.auth", kk_syslog_sshd},
    {"sshd-auth", "linux.auth", kk_syslog_sshd},
    {"internal-sftp", "linux.auth", kk_syslog_sftp},
    {"sftp-server", "linux.auth", kk_syslog_sftp},
    {"dropbear", "linux.auth", kk_syslog_dropbear},
    {"smbd_audit", "samba.audit", kk_syslog_samba},
    {"smbd", NULL, kk_syslog_samba},
    {"sudo", "linux.auth", kk_syslog_sudo},
    {"su", "linux.auth", kk_syslog_su},
    {"login", "linux.auth", kk_syslog_login},
    {"remote", "linux.auth", kk_syslog_login},
    {"systemd-logind", "linux.auth", kk_syslog_logind},
    {"useradd", "linux.auth", kk_syslog_useradd},
    {"adduser", "linux.auth", kk_syslog_useradd},
    {"usermod", "linux.auth", kk_syslog_usermod},
    {"userdel", "linux.auth", kk_syslog_userdel},
    {"groupadd", "linux.auth", kk_syslog_group},
    {"groupdel", "linux.auth", kk_syslog_group},
    {"groupmod", "linux.auth", kk_syslog_group},
    {"gpasswd", "linux.auth", kk_syslog_gpasswd},
    {"passwd", "linux.auth", kk_syslog_passwd},
    {"chpasswd", "linux.auth", kk_syslog_passwd},
    {"chage", "linux.auth", kk_syslog_passwd},
    {"chsh", "linux.auth", kk_syslog_passwd},
    {"chfn", "linux.auth", kk_syslog_passwd},
    {"cron", "linux.syslog", kk_syslog_cron},
    {"crond", "linux.syslog", kk_syslog_cron},
    {"crontab", "linux.syslog", kk_syslog_cron},
    {"anacron", "linux.syslog", NULL},
    {"kernel", NULL, kk_syslog_kernel},
    {"rsyslogd", NULL, kk_syslog_daemon},
    {"systemd-journald", NULL, kk_syslog_daemon},
    {"systemd-journal", NULL, kk_syslog_daemon},
    {"journal", NULL, kk_syslog_daemon},
    {"syslog-ng", NULL, kk_syslog_daemon},
    {"syslogd", NULL, kk_syslog_daemon},
    {"hostd", "vmware.esxi", kk_syslog_vmware},
    {"vobd", "vmware.esxi", kk_syslog_vmware},
    {"vpxa", "vmware.esxi", NULL},
    {"vpxd", "vmware.vcenter", kk_syslog_vmware},
    {"shell", "vmware.esxi", kk_syslog_esxi_shell},
    {"esxishell", "vmware.esxi", kk_syslog_esxi_shell},
    {"veeam_mp", "veeam", kk_syslog_veeam},
    {"file_smb", "nas.audit", kk_syslog_buffalo},
    {"file_afp", "nas.audit", kk_syslog_buffalo},
    {"file_ftp", "nas.audit", kk_syslog_buffalo},
    {"winfileservice", "nas.audit", kk_syslog_synology},
    {"filestation", "nas.audit", kk_syslog_synology},
    {"webdav", "nas.audit", kk_syslog_synology},
    {"connection", "nas.audit", kk_syslog_synology_login},
    {"qlogd", "nas.audit", kk_syslog_qnap},
};

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

static kk_slice base_name(kk_slice program)
{
    size_t slash = kk_rfind_byte(program, '/');
    if (slash != KK_NOWHERE && program.ptr[0] == '/')
        program = kk_from(program, slash + 1);
    size_t module = kk_find_byte(program, '(');
    return module == KK_NOWHERE || module == 0 ? program : kk_part(program, 0, module);
}

static void read_as(kk_syslog_act *act, kk_slice program)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        const char *name = programs[i].program;
        if ((program.ptr[0] | 0x20) != name[0] || !kk_eq_nocase(program, kk_cstr(name)))
            continue;
        if (programs[i].dataset)
            act->event->text[KK_DATASET] = kk_cstr(programs[i].dataset);
        if (programs[i].read)
            programs[i].read(act);
        return;
    }
}

/* "message repeated 5 times: [ Failed password ... ssh2]": what it says, said five times. */
static void unwrap_repeated(kk_syslog_act *act)
{
    kk_slice rest = act->message;
    if (!kk_eat(&rest, KK_S("message repeated ")))
        return;
    size_t digits = kk_count_digits(rest);
    kk_slice count = kk_part(rest, 0, digits);
    rest = kk_from(rest, digits);
    if (!digits || !kk_eat(&rest, KK_S(" times: [")) || !kk_ends(rest, KK_S("]")))
        return;
    kk_act_more(act, KK_S("repeated"), count);
    act->message = kk_trim(kk_part(rest, 0, rest.len - 1));
}

/* Newer OpenSSH does its work in programs of their own: to the reader they are sshd. */
static kk_slice one_name(kk_syslog_act *act, kk_slice program)
{
    bool newer = kk_is(program, "sshd-session") || kk_is(program, "sshd-auth");
    if (!newer && kk_find_byte(act->program, '(') == KK_NOWHERE)
        return program;
    act->event->text[KK_PROVIDER] = newer ? KK_S("sshd") : program;
    act->event->text[KK_PROCESS_NAME] = act->program;
    return program;
}

void kk_syslog_interpret(kk_syslog_act *act)
{
    kk_slice program = one_name(act, base_name(act->program));
    act->event->text[KK_DATASET] = KK_S("linux.syslog");
    if (act->message.len == 0) {
        if (kk_is(program, "Veeam_MP"))
            read_as(act, program);
        return;
    }
    if (act->message.ptr[0] == 'm')
        unwrap_repeated(act);
    bool pam = kk_starts(act->message, KK_S("pam_")) || kk_starts(act->message, KK_S("PAM ")) ||
               (program.len < act->program.len && kk_has(act->program, KK_S("(pam_")));
    if (pam && kk_syslog_pam(act))
        act->event->text[KK_DATASET] = KK_S("linux.auth");
    else if (program.len)
        read_as(act, program);
    else if (kk_starts(act->message, KK_S("WinFileService Event:")))
        read_as(act, KK_S("winfileservice"));
}
