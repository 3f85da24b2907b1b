/* Who reads the messages of which program. A name is looked up without its folder and without case;
 * modules of PAM speak in every program's name and are asked first. */
#include "parse/syslog_programs.h"

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
