"""Sessions that several lines tell of together: ssh ends and bytes under another process, SFTP files of an account,
visits to a web server without an account, two possible ways in; host and zone out of a collection in an archive."""

import json
import os
import tarfile

import kit

PEOPLE = "会員番号,氏名,住所,電話番号\r\n" + "".join(
    f"{i},{n} {g},東京都千代田区神田{i}-2-3,03-5555-{i:04}\r\n"
    for i, (n, g) in enumerate([("佐藤", "一郎"), ("鈴木", "花子"), ("高橋", "健"), ("田中", "美咲"), ("伊藤", "誠")], 1001))

STRANGER, ROBBER, HOME = "203.0.113.99", "203.0.113.45", "198.51.100.20"


def auth_lines(size):
    lines = []
    for day in range(1, 7):
        lines += [f"Jun {day:2} 10:00:00 fs01 sshd[{day}00]: Accepted password for tanaka from {HOME} port 5000{day} ssh2",
                  f"Jun {day:2} 11:00:00 fs01 sshd[{day}02]: Disconnected from user tanaka {HOME} port 5000{day}"]
    lines += [f"Jul  3 01:59:{s:02} fs01 sshd[1990]: Failed password for tanaka from {ROBBER} port 4000{s} ssh2" for s in range(5)]
    lines += [f"Jul  3 02:00:00 fs01 sshd[2000]: Accepted password for tanaka from {ROBBER} port 40006 ssh2",
              f"Jul  3 02:00:02 fs01 internal-sftp[2005]: session opened for local user tanaka from [{ROBBER}]",
              f"Jul  3 02:10:00 fs01 internal-sftp[2005]: close \"/srv/customer/list.csv\" bytes read {size} written 0",
              "Jul  3 02:11:00 fs01 internal-sftp[2005]: close \"/tmp/x\" bytes read 0 written 2048",
              f"Jul  3 02:20:00 fs01 internal-sftp[2005]: session closed for local user tanaka from [{ROBBER}]",
              f"Jul  3 02:20:01 fs01 sshd[2002]: Received disconnect from {ROBBER} port 40006:11: disconnected by user"]
    return "\n".join(lines) + "\n"


def web_lines():
    def hit(ip, at, line, size):
        return f'{ip} - - [{at} +0900] "{line} HTTP/1.1" 200 {size} "-" "x"'
    return "\n".join([hit(HOME, "01/Jul/2026:10:00:00", "GET /", 500),
                      hit(STRANGER, "02/Jul/2026:23:00:00", "POST /upload/cmd.php?x=1", 812),
                      hit(STRANGER, "02/Jul/2026:23:05:00", "POST /upload/cmd.php?x=2", 900),
                      hit(ROBBER, "03/Jul/2026:01:50:00", "GET /company", 700),
                      hit("198.51.100.77", "03/Jul/2026:01:51:00", "GET /company", 700)]) + "\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def make_evidence(folder):
    fs01 = os.path.join(folder, "fs01")
    write(os.path.join(fs01, "srv/customer/list.csv"), PEOPLE)
    write(os.path.join(fs01, "var/log/auth.log"), auth_lines(len(PEOPLE.encode())))
    write(os.path.join(fs01, "var/log/apache2/access.log"), web_lines())
    for top, _, files in os.walk(fs01):
        for name in files:
            os.utime(os.path.join(top, name), (1783200000, 1783200000))  # July 2026: the year of the lines
    db01 = os.path.join(folder, "db01")
    write(os.path.join(db01, "auth.log"),
          "Jul  3 02:05:00 db01 sshd[70]: Accepted password for tanaka from 192.168.1.10 port 41000 ssh2\n"
          "Jul  3 02:06:00 db01 sshd[70]: pam_unix(sshd:session): session closed for user tanaka\n")
    os.utime(os.path.join(db01, "auth.log"), (1783200000, 1783200000))
    nas = os.path.join(folder, "nas")
    write(os.path.join(nas, "file.log"), "Jul  3 02:51:07 TS-1 file_smb[2211]:[User:tanaka(10.212.134.21)] File Open(Read) /mnt/array1/keiri/a.xlsx\n")
    write(os.path.join(nas, "esx.log"), "2026-07-03T02:58:00Z esx1 shell[2101223]: [root]: esxcli vm process list\n")
    os.utime(os.path.join(nas, "file.log"), (1783200000, 1783200000))
    return [f"fs01={fs01}", f"db01={db01}", nas]


def ssh(checks, sessions):
    of = [s for s in sessions if s["kind"] == "ssh" and s["from_ip"] == ROBBER]
    if not checks.equal("ssh sessions of the intruder on fs01", len(of), 1):
        return
    checks.equal("its end is the line of the other process", of[0]["end"], "2026-07-02T17:20:01Z")
    checks.equal("bytes it carried away", of[0]["bytes_out"], len(PEOPLE.encode()))
    checks.equal("bytes it brought", of[0]["bytes_in"], 2048)
    checks.equal("it is suspicious", of[0]["suspicious"], True)
    homes = [s for s in sessions if s["kind"] == "ssh" and s["from_ip"] == HOME]
    checks.equal("ends of the owner's sessions", [s["end"][11:] for s in homes], ["02:00:00Z"] * 6)


def web(checks, sessions, entry):
    visits = {s["from_ip"]: s for s in sessions if s["kind"] == "web"}
    checks.equal("whose visits are told", sorted(visits), [ROBBER, STRANGER])
    checks.equal("a visit has no account", [v["account"] for v in visits.values()], [None, None])
    checks.true("the program on the web server is a reason", "web_shell" in [r["code"] for r in visits[STRANGER]["reasons"]])
    checks.equal("bytes of the visit", visits[STRANGER]["bytes_out"], 812 + 900)
    ways = {e["from_ip"]: e for e in entry}
    checks.equal("ways in", sorted((e["kind"], e["from_ip"]) for e in entry), [("ssh", ROBBER), ("web", STRANGER)])
    for one, other in ((ROBBER, STRANGER), (STRANGER, ROBBER)):
        checks.equal(f"alternatives to {one}", [a["from_ip"] for a in ways[one]["alternatives"]], [other])


def left(checks, case):
    answer = kit.document(case, "exfil")
    kinds = {(s["kind"], s["host"].lower()) for s in answer["coverage"]["sources"]}
    for wanted in (("share_log", "ts-1"), ("host_log", "esx1"), ("host_log", "fs01"), ("web_log", "fs01")):
        checks.true(f"coverage knows the {wanted[0]} of {wanted[1]}", wanted in kinds, kit.short(sorted(kinds)))
    read = [f for f in answer["findings"] if f["kind"] == "remote_copy"]
    if not checks.equal("files read out over SFTP", len(read), 1):
        return
    f = read[0]
    checks.equal("that finding", (f["rule"], f["strength"], f["account"], f["destination"], f["files"], f["bytes_out"]),
                 ("K4", "conclusive", "tanaka", ROBBER, 1, len(PEOPLE.encode())))
    checks.equal("bytes out are counted once", answer["bytes_out"], len(PEOPLE.encode()))
    checks.equal("all of them identified", answer["identified_bytes"], answer["bytes_out"])
    checks.equal("verdict", answer["verdict"], "confirmed")
    checks.equal("persons that left", kit.document(case, "persons")["total"]["left"]["count"], 5)
    refuted(checks, case, answer, f["id"])


def refuted(checks, case, before, finding):
    """A finding that somebody refutes is shown apart and counts for nothing, until that is revoked."""
    def decide(kind, of, *more):
        return kit.kakuho("decide", case, kind, of, *more, "--by", "調査 花子", "--reason", "a backup of our own", "--json", "--now", kit.NOW)
    done = decide("refute", finding)
    checks.equal("refuting", done.status, 0)
    decision = done.json()["decisions"][0]["id"]
    after = kit.document(case, "exfil")
    checks.equal("findings left", finding in [f["id"] for f in after["findings"]], False)
    checks.equal("shown apart, with the decision", [(f["id"], f["decision"]) for f in after["refuted_findings"]], [(finding, decision)])
    checks.true("it is not confirmed any more", after["verdict"] != "confirmed", after["verdict"])
    checks.equal("nobody left by it", kit.document(case, "persons")["total"]["left"]["count"], 0)
    explained = kit.kakuho("explain", case, finding, "--json", "--now", kit.NOW).json()
    checks.equal("explained", (explained["standing"], kit.document(case, "claims")["claims"] != []), ("contradicted", True))
    checks.equal("no orphan", "orphans" in kit.document(case, "status"), False)
    checks.equal("a finding that is not there", decide("refute", "F00000000000000000000").status, 2)
    checks.equal("a session is no finding", decide("refute", "S00000000000000000000").status, 2)
    checks.equal("revoking", decide("revoke", decision).status, 0)
    window = before["window"]
    done = decide("window", "intrusion", "--from", "2026-07-02T17:05:00Z")
    decision = done.json()["decisions"][0]["id"]
    now = kit.document(case, "exfil")["window"]
    checks.equal("a window that was set", now, {**window, "from": "2026-07-02T17:05:00Z", "from_is": "first_seen", "basis": "decision", "decision": decision})
    checks.equal("a window wants an end", decide("window", "intrusion").status, 2)
    checks.equal("of nothing else", decide("window", finding, "--from", "2026-07-02").status, 2)
    checks.equal("revoking that too", decide("revoke", decision).status, 0)
    again = kit.document(case, "exfil")
    checks.equal("as before", {k: v for k, v in again.items() if k != "state"}, {k: v for k, v in before.items() if k != "state"})


def collection(checks, folder):
    """Machine and zone stand in the archive; its logs have neither."""
    root = os.path.join(folder, "tri")
    write(os.path.join(root, "zz/etc/hostname"), "app07\n")
    write(os.path.join(root, "zz/etc/timezone"), "America/New_York\n")
    write(os.path.join(root, "zz/aa/auth.log"), "Jul  3 02:00:00 localhost sshd[1]: Accepted password for ito from 192.0.2.7 port 1 ssh2\n")
    os.utime(os.path.join(root, "zz/aa/auth.log"), (1783200000, 1783200000))
    handed = os.path.join(folder, "triage.tar.gz")
    with tarfile.open(handed, "w:gz") as archive:
        archive.add(os.path.join(root, "zz/aa/auth.log"), "var/log/auth.log")
        archive.add(os.path.join(root, "zz/etc/hostname"), "etc/hostname")
        archive.add(os.path.join(root, "zz/etc/timezone"), "etc/timezone")
    case = os.path.join(folder, "collected")
    kit.init(case)
    checks.equal("add of a collection", kit.add(case, [handed]).status, 0)
    events = [e for e in kit.kakuho("timeline", case, "--json").lines() if e.get("event.action") == "logon"]
    checks.equal("time in the collection's zone", [e["@timestamp"] for e in events], ["2026-07-03T06:00:00Z"])
    checks.equal("machine of the collection", kit.document(case, "evidence")["evidence"][0]["host"], "app07")


def typed_names(checks, folder):
    """Windows writes the name of an account as it was typed: it is one account, and one visit to a share."""
    def logon(number, name, minute):
        return json.dumps({"Event": {"System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}}, "EventID": 4624, "Channel": "Security", "Computer": "fs02",
            "EventRecordID": number, "TimeCreated": {"#attributes": {"SystemTime": f"2026-07-03T03:{minute:02d}:00Z"}}},
            "EventData": {"TargetUserName": name, "TargetDomainName": "EXAMPLE", "TargetLogonId": f"0x{number}00", "LogonType": 3, "IpAddress": "10.0.0.8"}}}) + "\n"

    write(os.path.join(folder, "typed.jsonl"), logon(1, "Tanaka", 0) + logon(2, "TANAKA", 5) + logon(3, "tanaka", 50))
    case = os.path.join(folder, "typed")
    kit.init(case)
    kit.add(case, [os.path.join(folder, "typed.jsonl")])
    visits = [(s["start"], s["end"]) for s in kit.document(case, "access")["sessions"]]
    checks.equal("visits to a share", visits, [("2026-07-03T03:00:00Z", "2026-07-03T03:05:00Z"), ("2026-07-03T03:50:00Z", "2026-07-03T03:50:00Z")])


def many_ways(checks, folder):
    """Each of many ways in may have been another one: memory grows with their number, and each names all others."""
    many, lines = 500, []

    def line(second, text):
        lines.append((second, f"Jul  3 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} {text}"))

    for i in range(many):
        outside = f"from 203.0.{114 + i // 250}.{i % 250 + 1} port {40000 + i}"
        for _ in range(5):
            line(i * 3, f"fs01 sshd[{1000 + i}]: Failed password for user{i} {outside} ssh2")
        line(i * 3 + 1, f"fs01 sshd[{1000 + i}]: Accepted password for user{i} {outside} ssh2")
        line(7200 + i, f"h{i % 90} sshd[{9000 + i}]: Accepted password for user{i} from 192.168.1.10 port {50000 + i} ssh2")
        line(20000 + i, f"fs01 sshd[{1000 + i}]: Disconnected from user user{i} {outside.replace('from ', '')}")
    log = os.path.join(folder, "many", "auth.log")
    write(log, "\n".join(text for _, text in sorted(lines)) + "\n")
    os.utime(log, (1783200000, 1783200000))
    case = os.path.join(folder, "many-case")
    kit.init(case)
    kit.add(case, [os.path.dirname(log)])
    asked = kit.start("access", case, "--json")
    answer = json.loads(asked.stdout.read())
    _, _, used = os.wait4(asked.pid, 0)
    asked.returncode = 0
    checks.equal("ways in", len(answer["entry"]), many)
    checks.equal("each may have been any other", {len(e["alternatives"]) for e in answer["entry"]}, {many - 1})
    checks.true("and none is its own", not any((e["account"], e["from_ip"]) in {(a["account"], a["from_ip"]) for a in e["alternatives"]}
                                               for e in answer["entry"][::50]))
    checks.equal("machines that were entered", len(answer["hosts"]), 91)
    checks.true("memory", used.ru_maxrss < 1500 << 10, f"{used.ru_maxrss >> 10} MiB")


def main():
    checks = kit.Checks()
    folder = kit.place("access")
    case_file = os.path.join(folder, "case.yaml")
    write(case_file, "timezone: Asia/Tokyo\ncategories:\n  - {name: customer, label: {ja: お客様, en: customers}, paths: ['**/customer/**']}\n")
    case = os.path.join(folder, "case")
    kit.init(case, case_file)
    done = kit.add(case, make_evidence(folder))
    checks.equal("exit status of add", (done.status, done.said()), (0, []))
    answer = kit.document(case, "access")
    ssh(checks, answer["sessions"])
    web(checks, answer["sessions"], answer["entry"])
    checks.equal("machines", sorted(h["name"] for h in answer["hosts"]), ["db01", "fs01"])
    left(checks, case)
    collection(checks, folder)
    typed_names(checks, folder)
    many_ways(checks, folder)
    checks.end()


if __name__ == "__main__":
    main()
