/* What log sources are called in front of a reader: which log, which events, which setting writes them. */
#include "analyse/rule_reach.h"
#include "base/buffer.h"
#include "detect/source.h"

static const struct {
    const char *name, *ja, *en;
} words[] = {
    {"sysmon 1", "Sysmonのプログラム起動の記録(1)", "Sysmon's record of programs started (1)"},
    {"security 4688",
     "セキュリティログのプログラム起動の記録(4688。「プロセス作成の監査」の設定で残る)",
     "programs started in the Security log (4688; the setting \"Audit Process Creation\" writes "
     "it)"},
    {"sysmon 3", "Sysmonの通信の記録(3)", "Sysmon's record of connections (3)"},
    {"security 5156",
     "セキュリティログの通信の記録(5156。「フィルタリング "
     "プラットフォームの接続の監査」の設定で残る)",
     "connections in the Security log (5156; the setting \"Audit Filtering Platform Connection\")"},
    {"sysmon 7", "Sysmonのモジュール読み込みの記録(7)", "Sysmon's record of modules loaded (7)"},
    {"sysmon 8", "Sysmonの他のプログラムへの介入の記録(8)",
     "Sysmon's record of code put into other programs (8)"},
    {"sysmon 10", "Sysmonの他のプログラムのメモリへのアクセスの記録(10)",
     "Sysmon's record of access to other programs' memory (10)"},
    {"sysmon 11", "Sysmonのファイル作成の記録(11)", "Sysmon's record of files made (11)"},
    {"sysmon 12, 13, 14", "Sysmonのレジストリ変更の記録(12、13、14)",
     "Sysmon's record of registry changes (12, 13, 14)"},
    {"sysmon 13", "Sysmonのレジストリ変更の記録(13)", "Sysmon's record of registry changes (13)"},
    {"security 4657",
     "セキュリティログのレジストリ変更の記録(4657。「レジストリの監査」の設定で残る)",
     "registry changes in the Security log (4657; the setting \"Audit Registry\" writes it)"},
    {"sysmon 17, 18", "Sysmonの名前付きパイプの記録(17、18)",
     "Sysmon's record of named pipes (17, 18)"},
    {"sysmon 19, 20, 21", "SysmonのWMI登録の記録(19、20、21)",
     "Sysmon's record of WMI subscriptions (19, 20, 21)"},
    {"wmi", "WMI-Activityのログ", "the WMI-Activity log"},
    {"wmi 5861", "WMI-Activityのログ", "the WMI-Activity log"},
    {"sysmon 22", "Sysmonの名前解決の記録(22)", "Sysmon's record of names looked up (22)"},
    {"sysmon", "Sysmonのログ", "the Sysmon log"},
    {"fortigate dns", "ファイアウォールの名前解決の記録", "the firewall's log of names looked up"},
    {"security 4663",
     "セキュリティログのファイルへのアクセスの記録(4663。「ファイル "
     "システムの監査」とフォルダーの設定で残る)",
     "file access in the Security log (4663; auditing of the file system and of the folder writes "
     "it)"},
    {"powershell 4103", "PowerShellのモジュールの記録(4103)", "PowerShell's module log (4103)"},
    {"powershell core 4103", "PowerShell 7のモジュールの記録(4103)",
     "PowerShell 7's module log (4103)"},
    {"powershell 4104",
     "PowerShellのスクリプトの記録(4104。「スクリプト ブロックのログ記録」の設定で残る)",
     "PowerShell's scripts (4104; the setting \"Script Block Logging\" writes it)"},
    {"powershell core 4104", "PowerShell 7のスクリプトの記録(4104)",
     "PowerShell 7's scripts (4104)"},
    {"powershell 400", "「Windows PowerShell」のログ", "the log \"Windows PowerShell\""},
    {"powershell 600", "「Windows PowerShell」のログ", "the log \"Windows PowerShell\""},
    {"powershell 800", "「Windows PowerShell」の実行内容の記録(800)",
     "what was run, in the log \"Windows PowerShell\" (800)"},
    {"security", "Windowsのセキュリティログ", "the Windows Security log"},
    {"system", "Windowsのシステムログ", "the Windows System log"},
    {"application", "Windowsのアプリケーションログ", "the Windows Application log"},
    {"windefend", "Windows Defenderのログ", "the Windows Defender log"},
    {"terminalservices-localsessionmanager",
     "リモートデスクトップのログ(TerminalServices-LocalSessionManager)",
     "the Remote Desktop log (TerminalServices-LocalSessionManager)"},
    {"terminalservices-remoteconnectionmanager",
     "リモートデスクトップのログ(TerminalServices-RemoteConnectionManager)",
     "the Remote Desktop log (TerminalServices-RemoteConnectionManager)"},
    {"msexchange-management", "Exchangeの管理操作のログ", "the log of Exchange management"},
    {"bits-client", "BITS(ファイル転送機能)のログ", "the log of BITS transfers"},
    {"winrm", "WinRM(リモート管理)のログ", "the log of WinRM (remote management)"},
    {"taskscheduler", "タスク スケジューラのログ", "the Task Scheduler log"},
    {"windows", "Windowsイベントログ", "Windows event logs"},
    {"auditd execve", "Linuxの監査記録(auditd)のうちプログラム起動の記録",
     "programs started in the Linux audit log (auditd)"},
    {"auditd files", "Linuxの監査記録(auditd)のうちファイル操作の記録",
     "file access in the Linux audit log (auditd)"},
    {"auditd connect", "Linuxの監査記録(auditd)のうち通信の記録",
     "connections in the Linux audit log (auditd)"},
    {"auditd", "Linuxの監査記録(auditd)", "the Linux audit log (auditd)"},
    {"sysmon for linux 1", "Sysmon for Linuxのプログラム起動の記録(1)",
     "Sysmon for Linux's record of programs started (1)"},
    {"sysmon for linux 3", "Sysmon for Linuxの通信の記録(3)",
     "Sysmon for Linux's record of connections (3)"},
    {"sysmon for linux 5", "Sysmon for Linuxのプログラム終了の記録(5)",
     "Sysmon for Linux's record of programs ended (5)"},
    {"sysmon for linux 9", "Sysmon for Linuxの直接の読み取りの記録(9)",
     "Sysmon for Linux's record of raw reading (9)"},
    {"sysmon for linux 11", "Sysmon for Linuxのファイル作成の記録(11)",
     "Sysmon for Linux's record of files made (11)"},
    {"sysmon for linux 23", "Sysmon for Linuxのファイル削除の記録(23)",
     "Sysmon for Linux's record of files deleted (23)"},
    {"sudo commands", "sudoで実行されたコマンドの記録", "commands in the log of sudo"},
    {"typed commands", "コマンドの履歴", "the shell history"},
    {"sudo", "sudoの記録", "the log of sudo"},
    {"shell history", "コマンドの履歴", "the shell history"},
    {"sshd", "SSHの認証記録", "the SSH log"},
    {"auth", "Linuxの認証記録", "the Linux authentication log"},
    {"syslog", "Linuxのシステムログ", "the Linux system log"},
    {"cron", "Linuxの定期実行の記録(cron)", "the log of cron"},
    {"samba", "Linuxのファイル共有の操作記録(Samba)", "the file share log of Samba"},
    {"linux", "Linuxのログ", "Linux logs"},
    {"web access", "Webサーバーのアクセス記録", "the access log of a web server"},
    {"nginx access", "Webサーバーのアクセス記録(nginx)", "the access log of nginx"},
    {"apache access", "Webサーバーのアクセス記録(Apache)", "the access log of Apache"},
    {"nginx error", "Webサーバーのエラーログ(nginx)", "the error log of nginx"},
    {"apache error", "Webサーバーのエラーログ(Apache)", "the error log of Apache"},
    {"fortigate traffic", "ファイアウォールの通信記録", "the firewall's traffic log"},
    {"fortigate event", "ファイアウォールの動作・設定変更の記録",
     "the firewall's log of its own events"},
    {"fortigate vpn", "VPN接続の記録", "the VPN log"},
    {"fortigate utm", "ファイアウォールの検査の記録(Web閲覧・攻撃検知など)",
     "the firewall's inspection log (web, attacks)"},
    {"fortigate", "ファイアウォールの記録", "the firewall's logs"},
    {"esxi", "ESXi(仮想化基盤)のログ", "the logs of ESXi"},
    {"vcenter", "vCenter(仮想化基盤の管理)のログ", "the logs of vCenter"},
    {"nas", "NAS(ファイルサーバー装置)の操作記録", "the access log of a NAS"},
    {"rclone", "転送ツールrclone自身のログ", "the own log of the transfer tool rclone"},
};

/* A channel that has no words here is called as it is called there. */
static kk_slice words_of(kk_arena *arena, kk_slice name, bool japanese)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(name, words[i].name))
            return kk_cstr(japanese ? words[i].ja : words[i].en);
    for (size_t s = 0; s < kk_source_count(); s++) {
        kk_slice dataset = kk_cstr(kk_source_at(s)->dataset);
        if (!kk_is(name, kk_source_at(s)->name) || !kk_starts(dataset, KK_S("windows.")))
            continue;
        kk_slice channel = kk_from(dataset, 8);
        if (kk_starts(name, KK_S("sysmon ")))
            return kk_print(arena, japanese ? "Sysmonの記録(%.*s)" : "Sysmon's events %.*s",
                            KK_P(kk_from(name, 7)));
        return kk_print(arena,
                        japanese ? "Windowsイベントログ「%.*s」" : "the Windows log \"%.*s\"",
                        KK_P(channel));
    }
    return name;
}

kk_slice kk_rule_logs_words(kk_arena *arena, const kk_slice *logs, size_t count, bool japanese)
{
    kk_slice out = KK_NONE;
    for (size_t i = 0; i < count; i++) {
        kk_slice one = words_of(arena, logs[i], japanese);
        if (i && kk_has(out, one))
            continue;
        out = i ? kk_join(arena, out,
                          kk_join(arena, japanese ? KK_S("、または") : KK_S(", or "), one))
                : one;
    }
    return out;
}
