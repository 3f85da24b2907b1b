"""Sessions that nothing speaks against but what was done in them: by day, from Japan, at the first try. Three machines, each with
an account of its own; a colleague's session of the same hour stays what it is. Counted by hand here."""

import os

import kit
from logons import LSM, SECURITY, Log

THIEF, OFFICE, LENT = "203.0.113.45", "198.51.100.20", "10.212.134.200"
WIPE = "vssadmin.exe delete shadows /all /quiet"


def desktop(host, account, ip, begins, ends, number):
    log = Log(host, LSM)
    log.add(21, begins, User=f"EXAMPLE\\{account}", SessionID=number, Address=ip)
    log.add(23, ends, User=f"EXAMPLE\\{account}", SessionID=number)
    return log


def ran(log, time, account, command):
    log.add(4688, time, SubjectUserName=account, SubjectDomainName="EXAMPLE", SubjectLogonId="0x777",
            NewProcessName="C:\\Windows\\System32\\" + command.split()[0], CommandLine=command)


def evidence_of(folder):
    """FS01 from outside, DB01 through the VPN, AP01 from inside; each once more by somebody who did nothing."""
    given = []
    for host, account, ip in (("FS01", "tanaka", THIEF), ("DB01", "suzuki", LENT), ("AP01", "sato", "192.168.1.31")):
        place = os.path.join(folder, host)
        security = Log(host, SECURITY)
        ran(security, "02:10:00", account, WIPE)
        ran(security, "02:12:00", "kato", "ipconfig.exe /all")
        desktop(host, account, ip, "02:00:00", "02:40:00", 3).write(os.path.join(place, "lsm.xml"))
        desktop(host, "kato", OFFICE, "02:05:00", "02:45:00", 4).write(os.path.join(place, "lsm2.xml"))
        security.write(os.path.join(place, "security.xml"))
        given.append(f"{host}={place}")
    path = os.path.join(folder, "fw", "fortigate.log")
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        for user, ip, lent, at, until in (
                ("ito", "203.0.113.47", LENT, "10:00:00", "10:59:30"),  # the address was his half a minute before
                ("suzuki", "203.0.113.46", LENT, "10:59:40", "12:00:00"), ("kato", OFFICE, "10.212.134.201", "10:50:00", "12:00:00")):
            for action, code, when in (("tunnel-up", 47, at), ("tunnel-down", 48, until)):
                file.write(f'date=2026-07-03 time={when} devname="FW01" devid="FGT60FTK26000001" tz="+0900" logid="01010399{code}" '
                           f'type="event" subtype="vpn" level="information" vd="root" action="{action}" tunneltype="ssl-tunnel" '
                           f'tunnelid={len(user)}77 remip={ip} tunnelip={lent} user="{user}" sentbyte=1000 rcvdbyte=1000 duration=60\n')
    return given + [path]


def main():
    checks = kit.Checks()
    folder = kit.place("session_acts")
    case = os.path.join(folder, "case")
    kit.init(case)
    done = kit.add(case, evidence_of(os.path.join(folder, "in")))
    checks.equal("exit status of add", (done.status, done.said()), (0, []))
    answer = kit.document(case, "access")
    found = {(s["kind"], s["account"].split("\\")[-1], s["host"]): s for s in answer["sessions"]}
    codes = {key: sorted(r["code"] if isinstance(r, dict) else r for r in s["reasons"]) for key, s in found.items()}
    for key, suspicious, code in (
            (("rdp", "tanaka", "FS01"), True, "hostile_act"), (("vpn", "suzuki", "FW01"), True, "acts_through_it"),
            (("rdp", "suzuki", "DB01"), True, "hostile_act"), (("rdp", "sato", "AP01"), None, "hostile_act")):
        if checks.true(f"{key}: is a session", key in found, str(sorted(found))):
            checks.equal(f"{key}: suspicious", found[key]["suspicious"], suspicious)
            checks.true(f"{key}: {code}", code in codes[key], str(codes[key]))
    for key in [("rdp", "kato", host) for host in ("FS01", "DB01", "AP01")] + [("vpn", "kato", "FW01"), ("vpn", "ito", "FW01")]:
        if checks.true(f"{key}: is a session", key in found, str(sorted(found))):
            checks.equal(f"{key}: suspicious", found[key]["suspicious"], False)
    checks.equal("ways in", sorted((e["kind"], e["account"]) for e in answer["entry"]), [("rdp", "tanaka"), ("vpn", "suzuki")])
    checks.equal("machines", sorted(h["name"] for h in answer["hosts"]), ["DB01", "FS01"])
    checks.end()


if __name__ == "__main__":
    main()
