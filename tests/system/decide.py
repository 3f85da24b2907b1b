#!/usr/bin/env python3
"""What people decide about detections and sessions: shown, counted apart, replayed, revoked, and safe from other hands.
    decide.py KAKUHO
Expected values are written here by hand."""
import os
import shutil

import kit

HOME, ROBBER, ADMIN = "198.51.100.20", "203.0.113.45", "192.168.1.50"
WHO = ["--by", "山田 花子", "--reason", "毎晩のバックアップ"]


def ssh(day, time, pid, account, address, end):
    return (f"Jul {day:2} {time} fs01 sshd[{pid}]: Accepted password for {account} from {address} port {40000 + pid} ssh2\n"
            f"Jul {day:2} {end} fs01 sshd[{pid}]: Disconnected from user {account} {address} port {40000 + pid}\n")


def failures(day, count, account, address):
    return "".join(f"Jul {day:2} 01:5{n}:00 fs01 sshd[77{n}]: Failed password for {account} from {address} port 5000{n} ssh2\n"
                   for n in range(count))


def sudo(time, refused=""):
    return f"Jul  9 {time} fs01 sudo:    admin : {refused}TTY=pts/0 ; PWD=/home/admin ; USER=root ; COMMAND=/usr/bin/rclone copy /srv remote:x\n"


LOG = ("".join(ssh(day, "10:00:00", 100 + day, "tanaka", HOME, "11:00:00") for day in range(1, 8))
       + failures(8, 6, "tanaka", ROBBER) + ssh(8, "02:00:00", 200, "tanaka", ROBBER, "02:20:00")
       + ssh(8, "02:30:00", 201, "sato", ROBBER, "02:40:00")
       + ssh(9, "09:00:00", 202, "admin", ADMIN, "09:30:00") + sudo("09:10:00")
       + ssh(9, "12:00:00", 203, "admin", HOME, "12:10:00") + sudo("12:05:00") + sudo("12:06:00", "command not allowed ; "))

RULES = kit.failed_password_rules(generate=True) + """---
title: Let In
id: 33333333-3333-4333-8333-333333333333
status: test
logsource: {product: linux, service: sshd}
detection: {words: ['Accepted password'], condition: words}
level: medium
---
title: Sent By A Program
id: 44444444-4444-4444-8444-444444444444
status: test
logsource: {product: linux, category: process_creation}
detection: {sent: {CommandLine|contains: rclone}, condition: sent}
level: medium
"""
FAILED, MANY, LET_IN, SENT = (d * 8 + "-" + d * 4 + "-4" + d * 3 + "-8" + d * 3 + "-" + d * 12 for d in "1234")

CASE_FILE = f"""timezone: UTC
responders:
  - {{account: admin, from_ip: {ADMIN}, hosts: [fs01], from: 2026-07-09, did: {{ja: 調査, en: looking around}}}}
"""


def run(*words):
    return kit.kakuho(*words, "--now", kit.NOW)


def decide(case, *words):
    done = run("decide", case, "--json", *words)
    if done.status != 0:
        raise AssertionError(f"decide {words}: {done.status} {done.err.decode()}")
    return done.json()["decisions"][0]["id"]


def detections(case, rule, *more):
    return [d for d in run("detections", case, "--json", *more).lines() if d["rule"]["id"] == rule]


def summary_of(case, rule):
    return {(r["level"]): tuple(r[k] for k in ("detections", "excluded", "benign", "responder"))
            for r in run("detections", case, "--summary", "--json").json()["rules"] if r["id"] == rule}


def session_of(case, account, address):
    found = [s for s in kit.document(case, "access")["sessions"] if (s["account"], s["from_ip"]) == (account, address)]
    return found[0] if found else None


def make_case(folder):
    write = {"evidence/auth.log": LOG, "rules/r.yml": RULES, "case.yaml": CASE_FILE}
    for name, text in write.items():
        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    os.utime(f"{folder}/evidence/auth.log", (1783900000, 1783900000))  # July 2026: the year of the lines
    case = f"{folder}/case"
    kit.init(case, f"{folder}/case.yaml")
    take_in(folder, case)
    return case


def take_in(folder, case):
    done = kit.add(case, [f"fs01={folder}/evidence"], "--rules", f"{folder}/rules")
    assert done.status == 0, done.err.decode()


def exclusion(checks, case):
    before = run("detections", case, "--json").out
    checks.equal("eleven were let in", len(detections(case, LET_IN)), 11)
    state = kit.document(case, "status")["state"]
    by_host = decide(case, "exclude", LET_IN, "--account", "TANAKA", "--where", f"source.ip={HOME[:-2]}*", *WHO)
    checks.true("the state follows", kit.document(case, "status")["state"] != state)
    checks.equal("seven are left out", len(detections(case, LET_IN)), 4)
    out = detections(case, LET_IN, "--excluded")
    checks.equal("and shown when asked for", len(out), 7)
    checks.equal("with who and why", out[0]["decisions"],
                 [{"id": by_host, "kind": "exclude", "by": "山田 花子", "reason": "毎晩のバックアップ"}])
    checks.equal("counted apart", summary_of(case, LET_IN), {"medium": (3, 7, 0, 1)})
    ground = run("explain", case, out[0]["id"], "--json").json()
    checks.equal("explained with it", (ground["excluded"], ground["decisions"]), (True, out[0]["decisions"]))
    checks.true("in CSV too", by_host in run("detections", case, "--format", "csv", "--excluded").out.decode())
    one = decide(case, "include", out[2]["id"], *WHO)
    checks.equal("one is brought back", len(detections(case, LET_IN)), 5)
    checks.equal("by name", [d["decisions"][0]["id"] for d in detections(case, LET_IN) if d["id"] == out[2]["id"]], [one])
    again = run("decide", case, "exclude", LET_IN, "--account", "TANAKA", "--where", f"source.ip={HOME[:-2]}*", *WHO, "--json")
    checks.equal("what holds is not written twice", again.json()["written"], 0)
    for decision in (one, by_host):
        decide(case, "revoke", decision, *WHO)
    checks.equal("revoked, all is as before", run("detections", case, "--json").out, before)
    checks.equal("times narrow it too", len(detections(case, LET_IN)), 11)
    timed = decide(case, "exclude", LET_IN, "--from", "2026-07-02", "--to", "2026-07-04", *WHO)
    checks.equal("from the second to before the fourth", len(detections(case, LET_IN, "--excluded")), 2)
    decide(case, "revoke", timed, *WHO)


def correlations(checks, case):
    checks.equal("one correlation", len(detections(case, MANY)), 1)
    part = decide(case, "exclude", "a failed password", *WHO)
    checks.equal("a rule named by its title, in any case", len(detections(case, FAILED)), 0)
    checks.equal("its matches still count in others", len(detections(case, MANY)), 1)
    run("analyse", case)
    checks.equal("after analyse too", (len(detections(case, FAILED)), len(detections(case, MANY))), (0, 1))
    decide(case, "revoke", part, *WHO)


def levels(checks, case):
    decide(case, "level", LET_IN, "--level", "critical", "--account", "sato", *WHO)
    found = detections(case, LET_IN, "--level", "critical")
    checks.equal("one is critical now", len(found), 1)
    checks.equal("and says what the rule had", (found[0]["rule"]["level"], found[0]["rule"]["level_was"]), ("critical", "medium"))
    checks.equal("level and counts", summary_of(case, LET_IN), {"critical": (1, 0, 0, 0), "medium": (9, 0, 0, 1)})


def responders(checks, case):
    own = [d for d in detections(case, LET_IN) if "responder" in d]
    checks.equal("the responder's act alone is marked", [d["refs"][0]["record"] for d in own], [25])
    checks.equal("with what was done", own[0]["responder"], {"ja": "調査", "en": "looking around"})
    sent = detections(case, SENT)
    checks.equal("a line of the machine itself has no address: his session tells whose it was",
                 [(d["@timestamp"], "responder" in d) for d in sent], [("2026-07-09T09:10:00Z", True), ("2026-07-09T12:05:00Z", False), ("2026-07-09T12:06:00Z", False)])
    checks.true("and named in the table", "responder Let In" in run("detections", case, "--format", "table").out.decode())
    decide(case, "hostile", own[0]["id"], *WHO)
    checks.equal("decided hostile it counts again", summary_of(case, LET_IN)["medium"], (10, 0, 0, 0))
    other = detections(case, LET_IN)[0]
    decide(case, "benign", other["id"], *WHO)
    checks.equal("a benign one does not", summary_of(case, LET_IN)["medium"], (9, 0, 1, 0))


def sessions(checks, case):
    robbed = session_of(case, "tanaka", ROBBER)
    checks.equal("the robber's session", robbed["suspicious"], True)
    window = kit.document(case, "access")["window"]
    checks.equal("the window ends with the second account's", window["to"], "2026-07-08T02:40:00Z")
    second = session_of(case, "sato", ROBBER)
    decision = decide(case, "benign", second["id"], *WHO)
    after = session_of(case, "sato", ROBBER)
    checks.equal("benign", (after["suspicious"], after["reasons"][0]["code"], after["reasons"][0]["decision"]),
                 (False, "decided_benign", decision))
    checks.equal("the window is narrower", kit.document(case, "access")["window"]["to"], "2026-07-08T02:20:00Z")
    late = session_of(case, "admin", HOME)
    checks.equal("nothing speaks against the admin", late["suspicious"], False)
    decide(case, "hostile", late["id"], *WHO)
    checks.equal("hostile widens it", kit.document(case, "access")["window"]["to"], "2026-07-09T12:10:00Z")
    checks.equal("and makes those of its address", session_of(case, "tanaka", HOME)["suspicious"], True)
    found = [(f["kind"], f["account"], f["start"]) for f in kit.document(case, "exfil")["findings"]]
    checks.equal("what sudo let it run is a finding, what sudo refused is none", found, [("upload_tool", "admin", "2026-07-09T12:05:00Z")])


def claimed(checks, case):
    def acts():
        return [c for c in kit.document(case, "claims")["claims"] if c["kind"] == "act" and "Many Failed Passwords" in c["text"]["en"]]

    checks.equal("what a rule found is a claim", len(acts()), 1)
    for kind, of in (("exclude", MANY), ("benign", detections(case, MANY)[0]["id"])):
        decision = decide(case, kind, of, *WHO)
        checks.equal(f"{kind}: it is none any more", acts(), [])
        decide(case, "revoke", decision, *WHO)
    checks.equal("revoked it is again", len(acts()), 1)


def refused(checks, case):
    count = len(run("decide", case, "--list", "--json").json()["decisions"])
    wrong = [["exclude", "no such rule", *WHO], ["benign", "S" + "0" * 20, *WHO], ["benign", LET_IN, *WHO], ["nothing", LET_IN, *WHO],
             ["exclude", LET_IN, "--by", "x"], ["exclude", LET_IN, "--reason", "x"], ["exclude", LET_IN, "--by", " ", "--reason", "x"],
             ["exclude", LET_IN, "--by", "x", "--reason", "two\nlines"], ["level", LET_IN, *WHO], ["exclude", *WHO],
             ["level", LET_IN, "--level", "worst", *WHO], ["exclude", LET_IN, "--where", "no field", *WHO],
             ["revoke", "J" + "0" * 20, *WHO], ["exclude", "D" + "0" * 20, *WHO], ["exclude", "--file", "/nonexistent/list", *WHO],
             ["exclude", LET_IN, "--from", "2026-07-04", "--to", "2026-07-02", *WHO]]
    for words in wrong:
        done = run("decide", case, *words)
        checks.equal(f"refused: {words}", (done.status, len(done.err.splitlines())), (2, 1))
    checks.equal("none of it was written", len(run("decide", case, "--list", "--json").json()["decisions"]), count)


def lists(checks, folder, case):
    path = f"{folder}/list.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"rule,host,where,reason\r\n# a remark\r\n{FAILED},fs01,,監視の試験\r\n\"{LET_IN}\",,\"user.name=tanaka\"\r\n")
    done = run("decide", case, "exclude", "--file", path, *WHO, "--json").json()
    checks.equal("two lines, two decisions", done["written"], 2)
    checks.equal("a line's own reason", [d["reason"] for d in done["decisions"]], ["監視の試験", "毎晩のバックアップ"])
    checks.equal("left out by the list", (len(detections(case, FAILED)), len(detections(case, LET_IN))), (0, 3))
    checks.equal("a list twice", run("decide", case, "exclude", "--file", path, *WHO, "--json").json()["written"], 0)
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{MANY}\nnot-there\n")
    checks.equal("a list with an unknown rule", run("decide", case, "exclude", "--file", path, *WHO).status, 2)
    checks.equal("is not written at all", len(detections(case, MANY)), 1)


def answers(case):
    return {name: run(*words).out for name, words in {
        "detections": ["detections", case, "--json"], "excluded": ["detections", case, "--excluded", "--json"],
        "summary": ["detections", case, "--summary", "--json"], "access": ["access", case, "--json"],
        "decisions": ["decide", case, "--list", "--json"], "status": ["status", case, "--json"]}.items()}


def rebuilt(checks, folder, case):
    before = answers(case)
    for name in ("case.duckdb", "rules.cache"):
        os.unlink(f"{case}/{name}")
    take_in(folder, case)
    for name, out in answers(case).items():
        checks.true(f"{name} is the same, byte for byte, after everything was made anew", out and out == before[name])
    states = {d["state"] for d in run("decide", case, "--list", "--json").json()["decisions"]}
    checks.equal("no decision lost what it is about", states, {"in_force", "revoked"})


def orphans(checks, folder, case):
    with open(f"{folder}/rules/r.yml", "w", encoding="utf-8") as file:
        file.write(RULES.replace(FAILED, "99999999-9999-4999-8999-999999999999"))
    run("analyse", case, "--rules", f"{folder}/rules")
    lost = [d["id"] for d in run("decide", case, "--list", "--json").json()["decisions"] if d["state"] == "orphan"]
    checks.equal("a decision about a rule that is gone", len(lost), 1)
    checks.equal("status lists it", kit.document(case, "status").get("orphans"), lost)


def forged(checks, case):
    checks.equal("verify finds all whole", run("verify", case).status, 0)
    with open(f"{case}/decisions.jsonl", encoding="utf-8") as file:
        whole = file.read()
    lines = whole.splitlines(keepends=True)
    for what, text in {"changed": whole.replace("バックアップ", "Backup", 1), "cut": "".join(lines[:-1]),
                       "reordered": "".join([lines[1], lines[0], *lines[2:]]), "added": whole + lines[0]}.items():
        with open(f"{case}/decisions.jsonl", "w", encoding="utf-8") as file:
            file.write(text)
        done = run("verify", case, "--json")
        checks.equal(f"{what}: verify says no", (done.status, done.json()["decisions"]["status"]), (1, "broken"))
        for command in ("detections", "access", "status"):
            refusal = run(command, case)
            checks.equal(f"{what}: {command} does not build on it", (refusal.status, refusal.out), (4, b""))
        checks.equal(f"{what}: nothing is decided on top of it", run("decide", case, "exclude", LET_IN, *WHO).status, 4)
    with open(f"{case}/decisions.jsonl", "w", encoding="utf-8") as file:
        file.write(whole)
    checks.equal("put back, it holds", (run("verify", case).status, run("access", case).status), (0, 0))


def main():
    checks = kit.Checks()
    folder = kit.place("decide")
    case = make_case(folder)
    exclusion(checks, case)
    correlations(checks, case)
    levels(checks, case)
    responders(checks, case)
    sessions(checks, case)
    claimed(checks, case)
    refused(checks, case)
    lists(checks, folder, case)
    rebuilt(checks, folder, case)
    orphans(checks, folder, case)
    forged(checks, case)
    shutil.rmtree(case)
    checks.end()


if __name__ == "__main__":
    main()
