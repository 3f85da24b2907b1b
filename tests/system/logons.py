"""Logons summed up, and sessions of remote desktops, on invented logs of two machines and a Linux one. The truth is counted by
hand here, event by event; one log is taken in twice."""

import os
import shutil
import xml.sax.saxutils

import kit

SECURITY, LSM = "Security", "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"
CLIENT = "Microsoft-Windows-TerminalServices-RDPClient/Operational"
PROVIDERS = {SECURITY: "Microsoft-Windows-Security-Auditing", LSM: "Microsoft-Windows-TerminalServices-LocalSessionManager",
             RCM: "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
             CLIENT: "Microsoft-Windows-TerminalServices-ClientActiveXCore"}
ROBBER, OFFICE, PC01 = "203.0.113.45", "198.51.100.20", "192.168.1.31"
SUCCESS, FAILURE = "0x8020000000000000", "0x8010000000000000"


class Log:
    def __init__(self, host, channel, record=100):
        self.host, self.channel, self.record, self.events = host, channel, record, []

    def add(self, code, time, keywords=None, **data):
        self.record += 1
        keys = keywords or (FAILURE if code in (4625, 4771) else SUCCESS if self.channel == SECURITY else "0x1000000000000000")
        fields = "".join(f'<Data Name="{k}">{xml.sax.saxutils.escape(str(v))}</Data>' for k, v in data.items())
        self.events.append(
            '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
            f'<Provider Name="{PROVIDERS[self.channel]}"/><EventID>{code}</EventID><Level>0</Level><Keywords>{keys}</Keywords>'
            f'<TimeCreated SystemTime="2026-07-03T{time}Z"/><EventRecordID>{self.record}</EventRecordID><Channel>{self.channel}</Channel>'
            f'<Computer>{self.host}</Computer></System><EventData>{fields}</EventData></Event>')

    def logon(self, time, account, ip, kind, logon="0x0", code=4624, name="-", **more):
        self.add(code, time, TargetUserName=account, TargetDomainName="EXAMPLE", TargetLogonId=logon, LogonType=kind,
                 WorkstationName=name, IpAddress=ip, IpPort=50000, **more)

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("<Events>" + "\n".join(self.events) + "</Events>\n")


def failed(log, time, account, ip, sub, status="0xc000006d", kind=3):
    log.logon(time, account, ip, kind, code=4625, Status=status, SubStatus=sub)


def security_of_fs01():
    log = Log("FS01", SECURITY)
    log.logon("01:00:00", "tanaka", OFFICE, 3, "0x100")
    log.add(4634, "01:00:10", TargetUserName="tanaka", TargetDomainName="EXAMPLE", TargetLogonId="0x100", LogonType=3)
    for second in range(6):  # a sprayer: six accounts, two of them twice
        failed(log, f"02:00:0{second}", ["sato", "suzuki", "ito", "kato", "ono", "mori"][second], ROBBER, "0xC000006A")
    failed(log, "02:01:00", "sato", ROBBER, "0xC0000234")
    failed(log, "02:01:01", "nobody", ROBBER, "0xC0000064")
    failed(log, "02:02:00", "tanaka", ROBBER, "0xC000006A")
    failed(log, "02:02:30", "tanaka", "::ffff:" + ROBBER, "0xc000006a")
    failed(log, "02:02:40", "tanaka", ROBBER, "0x0", status="0xC000006E")
    # in by remote desktop: network authentication, logon with and without rights, privileges
    log.logon("02:03:00", "tanaka", ROBBER, 3, "0x200", name="WIN-ROBBER")
    log.logon("02:03:02", "tanaka", ROBBER, 10, "0x201", TargetLinkedLogonId="0x202")
    log.add(4672, "02:03:02", SubjectUserName="tanaka", SubjectDomainName="EXAMPLE", SubjectLogonId="0x201", PrivilegeList="SeDebugPrivilege")
    log.logon("02:03:02", "tanaka", ROBBER, 10, "0x202", TargetLinkedLogonId="0x201")
    log.add(4779, "02:30:00", AccountName="tanaka", AccountDomain="EXAMPLE", LogonID="0x201", SessionName="RDP-Tcp#3",
            ClientName="WIN-ROBBER", ClientAddress=ROBBER)
    log.add(4778, "02:50:00", AccountName="tanaka", AccountDomain="EXAMPLE", LogonID="0x201", SessionName="RDP-Tcp#4",
            ClientName="WIN-ROBBER", ClientAddress=ROBBER)
    log.add(4648, "02:51:00", SubjectUserName="tanaka", SubjectDomainName="EXAMPLE", SubjectLogonId="0x201", TargetUserName="admin",
            TargetDomainName="EXAMPLE", TargetServerName="DC01", IpAddress="-")
    log.add(4634, "03:10:01", TargetUserName="tanaka", TargetDomainName="EXAMPLE", TargetLogonId="0x201", LogonType=10)
    log.add(4634, "03:10:01", TargetUserName="tanaka", TargetDomainName="EXAMPLE", TargetLogonId="0x202", LogonType=10)
    # machines, services; a logoff whose logon is older than the log
    log.logon("04:00:00", "PC01$", PC01, 3, "0x300")
    log.logon("04:00:01", "SYSTEM", "-", 5, "0x3e7")
    log.add(4634, "04:00:02", TargetUserName="ono", TargetDomainName="EXAMPLE", TargetLogonId="0x77", LogonType=2)
    log.add(4776, "04:01:00", keywords=FAILURE, TargetUserName="mori", Workstation="WIN-ROBBER", Status="0xc000006a")
    log.add(4768, "04:02:00", keywords=FAILURE, TargetUserName="mori", TargetDomainName="EXAMPLE", Status="0x12", IpAddress="::ffff:" + ROBBER)
    log.add(4771, "04:02:01", TargetUserName="mori", ServiceName="krbtgt", Status="0x18", IpAddress="::ffff:" + ROBBER)
    return log


def desktop_of_fs01():
    lsm, rcm = Log("FS01", LSM), Log("FS01", RCM)
    rcm.add(1149, "02:03:00.500000", Param1="tanaka", Param2="EXAMPLE", Param3=ROBBER)
    rcm.add(1149, "05:00:00", Param1="tanaka", Param2="EXAMPLE", Param3="203.0.113.99")  # reached, no more
    lsm.add(21, "02:03:04", User="EXAMPLE\\tanaka", SessionID=2, Address=ROBBER)
    lsm.add(24, "02:30:00", User="EXAMPLE\\tanaka", SessionID=2, Address=ROBBER)
    lsm.add(25, "02:50:00", User="EXAMPLE\\tanaka", SessionID=2, Address=ROBBER)
    lsm.add(23, "03:10:00", User="EXAMPLE\\tanaka", SessionID=2)
    # the Security log has nothing of these: cleared before, say
    lsm.add(21, "06:00:00", User="EXAMPLE\\admin", SessionID=3, Address=PC01)
    lsm.add(24, "06:20:00", User="EXAMPLE\\admin", SessionID=3, Address=PC01)
    lsm.add(25, "06:40:00", User="EXAMPLE\\admin", SessionID=3, Address=OFFICE)
    lsm.add(23, "07:00:00", User="EXAMPLE\\admin", SessionID=3)
    return lsm, rcm


def make_evidence(folder):
    fs01, pc01, copy = (os.path.join(folder, n) for n in ("fs01", "pc01", "copy"))
    security_of_fs01().write(os.path.join(fs01, "Security.xml"))
    lsm, rcm = desktop_of_fs01()
    lsm.write(os.path.join(fs01, "lsm.xml"))
    rcm.write(os.path.join(fs01, "rcm.xml"))
    os.makedirs(copy)
    shutil.copy(os.path.join(fs01, "Security.xml"), os.path.join(copy, "Security.xml"))  # a second collection
    client = Log("PC01", CLIENT)
    client.add(1024, "05:59:55", Name="Server Name", Value="FS01", CustomLevel="Info")
    client.add(1024, "09:00:00", Name="Server Name", Value="FS77", CustomLevel="Info")
    client.write(os.path.join(pc01, "client.xml"))
    web = os.path.join(folder, "web01", "var", "log")
    os.makedirs(web)
    with open(os.path.join(web, "auth.log"), "w") as file:
        file.write("".join(line + "\n" for line in [
            f"2026-07-03T11:00:00+09:00 web01 sshd[10]: Invalid user test from {ROBBER} port 4001",
            f"2026-07-03T11:00:01+09:00 web01 sshd[10]: Failed password for invalid user test from {ROBBER} port 4001 ssh2",
            f"2026-07-03T11:00:02+09:00 web01 sshd[10]: message repeated 2 times: [ Failed password for invalid user test from {ROBBER} port 4001 ssh2]",
            f"2026-07-03T11:01:00+09:00 web01 sshd[11]: Invalid user guest from {ROBBER} port 4002",
            f"2026-07-03T11:01:01+09:00 web01 sshd[11]: Connection closed by invalid user guest {ROBBER} port 4002 [preauth]",
            f"2026-07-03T11:02:00+09:00 web01 sshd[12]: Accepted password for deploy from {OFFICE} port 4003 ssh2",
            "2026-07-03T11:03:00+09:00 web01 su[20]: FAILED SU (to root) deploy on pts/0",
            "2026-07-03T11:03:05+09:00 web01 su[21]: (to root) deploy on pts/0"]))
    return [f"FS01={fs01}", f"PC01={pc01}", f"FS01={copy}", f"web01={os.path.join(folder, 'web01')}"]


def row(rows, **wanted):
    found = [r for r in rows if all(r[k] == v for k, v in wanted.items())]
    return found[0] if len(found) == 1 else {"found": len(found), **wanted}


def numbers(r):
    return tuple(r.get(k) for k in ("successes", "failures", "others", "ended", "privileged"))


def summary(checks, rows):
    fs01 = [r for r in rows if r["host"].upper() == "FS01"]
    robber = row(fs01, account="tanaka", kind="logon", type=3, from_ip=ROBBER)
    checks.equal("the stolen account over the network", numbers(robber), (1, 3, 0, 0, 0))
    checks.equal("why it failed", robber.get("reasons"), {"wrong_password": 2, "account_restriction": 1})
    checks.equal("in after three failures", robber.get("success_after_failures"),
                 {"failures": 3, "since": "2026-07-03T02:02:00Z", "at": "2026-07-03T02:03:00Z"})
    # nobody, sato, suzuki, ito, kato, ono, mori failed; tanaka did both; also on web01: test, guest
    checks.equal("what the address tried everywhere", robber.get("source"), {"accounts": 10, "failed_accounts": 10, "hosts": 2})
    checks.equal("the name that it gave", robber.get("workstation"), "WIN-ROBBER")
    desktop = row(fs01, account="tanaka", kind="logon", type=10)
    checks.equal("by desktop: both logons ended, one with privileges", numbers(desktop), (2, 0, 0, 2, 1))
    checks.equal("its name", desktop.get("type_name"), "remote_interactive")
    checks.equal("from the office, over", numbers(row(fs01, account="tanaka", from_ip=OFFICE)), (1, 0, 0, 1, 0))
    checks.equal("locked out and wrong", row(fs01, account="sato").get("reasons"), {"account_locked_out": 1, "wrong_password": 1})
    checks.equal("no such user", row(fs01, account="nobody").get("reasons"), {"no_such_user": 1})
    checks.equal("explicit", (numbers(row(fs01, kind="explicit")), row(fs01, kind="explicit").get("by"), row(fs01, kind="explicit").get("target")),
                 ((0, 0, 1, 0, 0), "tanaka", "DC01"))
    checks.equal("a machine", (row(fs01, account="PC01$").get("account_is"), numbers(row(fs01, account="PC01$"))), ("machine", (1, 0, 0, 0, 0)))
    checks.equal("a service", (row(fs01, account="SYSTEM").get("account_is"), row(fs01, account="SYSTEM").get("local")), ("service", True))
    checks.equal("a logoff without its logon", numbers(row(fs01, account="ono", type=2)), (0, 0, 0, 1, 0))
    checks.equal("ntlm", (row(fs01, kind="ntlm").get("workstation"), row(fs01, kind="ntlm").get("reasons")), ("WIN-ROBBER", {"wrong_password": 1}))
    checks.equal("kerberos", row(fs01, kind="kerberos_ticket", domain=None).get("reasons"), {"wrong_password": 1})
    checks.equal("kerberos, revoked", row(fs01, kind="kerberos_ticket", domain="EXAMPLE").get("reasons"), {"account_disabled_expired_or_locked": 1})
    checks.equal("reached", [numbers(r)[2] for r in fs01 if r["kind"] == "rdp_reached"], [1, 1])
    web = [r for r in rows if r["host"] == "web01"]
    checks.equal("ssh: three times one account", numbers(row(web, account="test")), (0, 3, 0, 0, 0))
    checks.equal("ssh: an attempt without a plain failure", numbers(row(web, account="guest")), (0, 1, 0, 0, 0))
    checks.equal("ssh: a success", numbers(row(web, account="deploy", kind="ssh")), (1, 0, 0, 0, 0))
    checks.equal("su", (numbers(row(web, kind="su")), row(web, kind="su").get("by"), row(web, kind="su").get("success_after_failures", {}).get("failures")),
                 ((1, 1, 0, 0, 0), "deploy", 1))


def filters(checks, case):
    def rows(*words):
        return kit.kakuho("access", case, "--logons", "--json", *words).lines()
    checks.equal("by account, also who used one", sorted({(r["kind"], r["account"]) for r in rows("--account", "deploy")}), [("ssh", "deploy"), ("su", "root")])
    checks.equal("by source", {r["account"] for r in rows("--source-address", OFFICE)}, {"tanaka", "deploy", "admin"})
    checks.equal("by time", {r["kind"] for r in rows("--from", "2026-07-03T02:03:00Z", "--to", "2026-07-03T02:03:01Z")}, {"logon", "rdp_reached", "su"})
    checks.equal("by host", {r["host"] for r in rows("--host", "WEB01")}, {"web01"})
    table = kit.kakuho("access", case, "--logons", "--format", "csv").out.decode().splitlines()
    checks.equal("csv has as many rows", len(table), len(rows()) + 1)
    checks.equal("filters are for rows", kit.kakuho("access", case, "--json", "--host", "x").status, 2)


def desktops(checks, sessions):
    rdp = [s for s in sessions if s["kind"] == "rdp"]
    if not checks.equal("desktops", [(s["account"], s["from_ip"]) for s in rdp], [("tanaka", ROBBER), ("admin", PC01), ("admin", OFFICE)]):
        return
    first, admin, later = rdp
    checks.equal("start and end", (first["start"], first["end"]), ("2026-07-03T02:03:02Z", "2026-07-03T03:10:00Z"))
    checks.equal("what it has", first["desktop"],
                 {"number": "2", "logon_id": "0x201", "client_name": "WIN-ROBBER", "resumed": False, "continues": None,
                  "disconnected": [{"from": "2026-07-03T02:30:00Z", "to": "2026-07-03T02:50:00Z"}], "logoff": "2026-07-03T03:10:00Z"})
    told = sorted((os.path.basename(r["path"]), r["record"]) for r in first["refs"])
    # records of Security: 14 the network's, 15 and 17 the logons, 18 and 19 away and back, 21 and 22 the ends
    checks.equal("lines of three logs, each once", [t for t in told if t[0] != "Security.xml"],
                 [("lsm.xml", n) for n in (101, 102, 103, 104)] + [("rcm.xml", 101)])
    checks.equal("lines of the Security log", sorted({n for p, n in told if p == "Security.xml"}), [114, 115, 117, 118, 119, 121, 122])
    checks.equal("no session on a share comes of the network authentication",
                 [s["start"] for s in sessions if s["kind"] == "smb" and s["from_ip"] == ROBBER], [])
    checks.equal("known from one log alone", (admin["start"], admin["end"], admin["desktop"]["logoff"]), ("2026-07-03T06:00:00Z", "2026-07-03T06:20:00Z", None))
    checks.equal("it came from PC01", admin["from_host"], "PC01")
    checks.true("the client's own log is a line of it", "client.xml" in [os.path.basename(r["path"]) for r in admin["refs"]])
    checks.equal("from another address it is another", (later["start"], later["desktop"]["resumed"], later["desktop"]["continues"]),
                 ("2026-07-03T06:40:00Z", True, admin["id"]))


def main():
    checks = kit.Checks()
    folder = kit.place("logons")
    case = os.path.join(folder, "case")
    kit.init(case)
    done = kit.add(case, make_evidence(folder))
    checks.equal("exit status of add", (done.status, done.said()), (0, []))
    summary(checks, kit.kakuho("access", case, "--logons", "--json").lines())
    filters(checks, case)
    desktops(checks, kit.document(case, "access")["sessions"])
    checks.end()


if __name__ == "__main__":
    main()
