#!/usr/bin/env python3
"""Rules in the whole chain: matched while reading, matched on what is stored, correlated, told.
    detections.py KAKUHO
Expected values are written here by hand."""
import collections
import json
import os
import shutil

import kit

LOG = "".join(
    f"Mar  6 03:{10 + n:02d}:00 web01 sshd[{900 + n}]: Failed password for root from 203.0.113.9 port {50000 + n} ssh2\n" for n in range(6)
) + "Mar  6 03:40:00 web01 sshd[999]: Accepted password for root from 203.0.113.9 port 50100 ssh2\n"

RULES = kit.failed_password_rules()
OTHER = """title: Root Let In
id: 33333333-3333-4333-8333-333333333333
status: test
logsource: {product: linux, service: sshd}
detection:
    words: ['Accepted password for root']
    condition: words
level: critical
---
title: Nothing Reads This
id: 44444444-4444-4444-8444-444444444444
status: test
logsource: {product: bitbucket, service: audit}
detection:
    a: {b: c}
    condition: a
level: low
"""


def lines(case, *more):
    out = kit.kakuho("detections", case, "--json", *more, "--now", kit.NOW).out.decode()
    return [json.loads(line) for line in out.splitlines()]


def of(found, rule):
    return [d for d in found if d["rule"]["id"].startswith(rule)]


NO_AUDITING = """<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-Auditing"/>
<EventID>%s</EventID><Level>0</Level><TimeCreated SystemTime="2026-03-0%dT03:00:00Z"/><EventRecordID>%d</EventRecordID><Channel>Security</Channel>
<Computer>pc1</Computer></System><EventData><Data Name="TargetUserName">ann</Data><Data Name="LogonType">2</Data>
<Data Name="NewProcessName">C:\\Windows\\System32\\whoami.exe</Data></EventData></Event></Events>"""
STARTED = """title: A Program
id: 55555555-5555-4555-8555-555555555555
status: test
logsource: {category: process_creation, product: windows}
detection:
    a: {Image|endswith: whoami.exe}
    condition: a
level: low
---
title: A Hypervisor Shell
id: 66666666-6666-4666-8666-666666666666
status: test
logsource: {product: vmware, service: esxi}
detection:
    a: [shell]
    condition: a
level: low
"""


def reach_of_rules(checks, folder):
    """Nothing found because nothing was logged is not the same as nothing there."""
    os.makedirs(f"{folder}/third")
    with open(f"{folder}/third/r.yml", "w", encoding="utf-8") as file:
        file.write(STARTED)
    states = {}
    for name, code in (("off", "4624"), ("on", "4688")):
        with open(f"{folder}/{name}.xml", "w", encoding="utf-8") as file:
            file.write(NO_AUDITING % (code, 6, 1))
        case = f"{folder}/{name}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, f"{folder}/{name}.xml", "--quiet", "--now", kit.NOW, "--rules", f"{folder}/third")
        told = json.loads(kit.kakuho("detections", case, "--unused", "--json", "--now", kit.NOW).out)
        states[name] = {u["id"][:4]: (u["state"], u["why"], u["needs"]["log"]) for u in told["unused"] if u["id"][:4] in ("5555", "6666")}
        pc = [h for h in told["hosts"] if h["host"] == "pc1"]
        checks.equal(f"{name}: the machine is named once", len(pc), 1)
        missing = {n["log"]: n["reason"] for n in pc[0]["needs"]} if pc else {}
        checks.equal(f"{name}: what the machine lacks", missing.get("sysmon 1, security 4688"), "never_logged" if name == "off" else None)
        checks.true(f"{name}: rules for other systems are no lack of it", "esxi" not in missing)
        rules = kit.document(case, "exfil")["coverage"]["rules"]
        counts = json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)["usable"]
        checks.equal(f"{name}: coverage and summary agree", (rules["ran"], rules["could_not_run"]), (counts["ran"], counts["could_not_run"]))
        nowhere = [n["hosts"] for n in rules["needs"] if n["log"] == "esxi"]
        checks.equal(f"{name}: a system that is not there has no machine", nowhere, [[]])
    checks.equal("auditing was off", states["off"].get("5555"), ("could_not_run", "never_logged", "sysmon 1, security 4688"))
    checks.equal("auditing was on", states["on"].get("5555"), None)
    checks.equal("no such system", states["on"].get("6666"), ("could_not_run", "absent", "esxi"))


def record(number, code, second, **fields):
    data = {"TargetUserName": "ann", "IpAddress": "203.0.113.7", **fields}
    return json.dumps({"Event": {"System": {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}}, "EventID": code, "Channel": "Security", "Computer": "dc.example.test",
        "EventRecordID": number, "TimeCreated": {"#attributes": {"SystemTime": f"2026-03-06T03:00:{second:02d}Z"}}}, "EventData": data}})


TWO_LOGS = """title: A Refused Logon
id: 77777777-7777-4777-8777-777777777777
name: refused
status: test
logsource: {product: windows, service: security}
detection: {a: {EventID: 4625}, condition: a}
level: low
tags: [attack.credential_access, attack.Credential-Access, attack.t1110]
---
title: Four Refused Logons
id: 88888888-8888-4888-8888-888888888888
status: test
correlation: {type: event_count, rules: [refused], group-by: [TargetUserName], timespan: 10m, condition: {gte: 4}, generate: true}
level: high
---
title: Password Taken
id: 99999999-9999-4999-8999-999999999999
status: test
logsource: {product: linux, service: sshd}
detection: {a: ['Accepted password'], condition: a}
level: high
tags: [attack.initial-access]
"""


def copies_of_a_log(checks, folder):
    """A log that is in an image and in a collection too is one log: nothing of it is told or counted twice."""
    os.makedirs(f"{folder}/copies/b/backup")
    log = "".join(record(n, 4625, n) + "\n" for n in range(1, 4))
    further = record(1, 4625, 50) + "\n" + record(2, 4624, 51) + "\n"
    for name, text in {"b/Security.jsonl": log, "b/backup/Security-old.jsonl": log, "b/Further.jsonl": further, "b/auth.log": LOG,
                       "b/backup/auth.log": LOG, "r.yml": TWO_LOGS}.items():
        with open(f"{folder}/copies/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    for name, sources in (("together", ["b"]), ("apart", ["b/backup", "b/Security.jsonl", "b/Further.jsonl", "b/auth.log"])):
        case = f"{folder}/{name}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, *[f"DC={folder}/copies/{s}" for s in sources], "--quiet", "--now", kit.NOW, "--rules", f"{folder}/copies/r.yml")
        found = lines(case)
        checks.equal(f"{name}: each record once", [d["refs"][0]["record"] for d in of(found, "7777")], [1, 2, 3, 1])
        checks.equal(f"{name}: four of them, not seven", [d["value"] for d in of(found, "8888")], ["4"])
        checks.equal(f"{name}: a line of a whole file that is the same, once", len(of(found, "9999")), 1)
    summary = json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)
    checks.equal("a tactic is one, however it is written",
                 [(t["tactic"], t["detections"]) for t in summary["tactics"] if t["tactic"].lower().startswith("attack.cred")], [("attack.credential-access", 4)])
    days = {(d["day"], d["level"]): d["detections"] for d in summary["days"]}
    checks.equal("days by level, in UTC", [days.get((f"2026-03-0{n}", level)) for n, level in ((5, "high"), (6, "low"), (6, "high"))], [1, 4, 1])


def exported_copies(checks, folder):
    """A log beside its export, where records are told apart in another way, and what came of it through syslog: each record once. What has no
    number is no copy of anything but itself."""
    place = f"{folder}/exported"
    numbered = [record(n, 4625, n) for n in range(1, 4)]
    unnumbered = [json.dumps({"EventID": 4625, "Channel": "Security", "Computer": "dc.example.test", "TimeGenerated": "2026-03-06T03:00:05Z",
                              "TargetUserName": name, "LogonType": 3, "IpAddress": f"203.0.113.{n}"}) for n, name in ((7, "ann"), (8, "bob"))]
    for name, text in {"a/Security.jsonl": "\n".join(numbered) + "\n", "c/unnumbered.json": "[" + ",".join(unnumbered) + "]",
                       "d/other.json": "[" + unnumbered[0].replace('"ann"', '"eve"') + "]",
                       "b/relay.log": "".join(f"<14>Mar  6 12:00:0{n} dc relay: {r}\n" for n, r in enumerate(numbered, 1)), "r.yml": TWO_LOGS}.items():
        os.makedirs(os.path.dirname(f"{place}/{name}"), exist_ok=True)
        with open(f"{place}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "evtx", "security.in")
    for part in ("log", "xml"):
        os.makedirs(f"{place}/{part}")
    shutil.copy(golden, f"{place}/log/Security.evtx")
    with open(f"{place}/xml/Security.xml", "wb") as file:
        file.write(kit.kakuho("evtx", "--format", "xml", golden, "--quiet").out)
    for name, parts, wanted in (("a log and its XML", ["log", "xml"], 2), ("a log that was relayed too", ["a", "b"], 3), ("without numbers", ["c", "d"], 3)):
        case = f"{place}/case-{parts[0]}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, *[f"{place}/{p}" for p in parts], "--quiet", "--now", kit.NOW, "--rules", f"{place}/r.yml")
        checks.equal(f"{name}: each once", len(of(lines(case), "7777")), wanted)
        rows = kit.kakuho("access", case, "--logons", "--json", "--now", kit.NOW).lines()
        checks.equal(f"{name}: failures of logons, each once", sum(r["failures"] for r in rows if r["kind"] == "logon"), wanted)


# What Event Viewer in Japanese says of a refused logon; the columns name neither machine nor record number.
REFUSED = """アカウントがログオンに失敗しました。

ログオンを失敗したアカウント:
	セキュリティ ID:		S-1-0-0
	アカウント名:		{}
	アカウント ドメイン:		EXAMPLE

エラー情報:
	状態:			0xC000006D
	サブ ステータス:		0xC000006A

ネットワーク情報:
	ソース ネットワーク アドレス:	203.0.113.7
"""


def unnumbered_export(checks, folder):
    """A log and its CSV out of Event Viewer, which has no numbers, newest first, and goes on for longer: what is in both counts once, and nothing of
    either is lost, also where rows of the one are numbers of the other."""
    place, logged = f"{folder}/unnumbered", [("ann", 1), ("ann", 1), ("bob", 1), ("eve", 5)]
    os.makedirs(f"{place}/both")
    with open(f"{place}/both/Security.jsonl", "w", encoding="utf-8") as file:
        for number, (who, second) in enumerate(logged, 4):
            file.write(record(number, 4625, second, TargetUserName=who, LogonType="3") + "\n")
    rows = ["キーワード,日付と時刻,ソース,イベント ID,タスクのカテゴリ"]
    rows += [f'失敗の監査,2026/03/06 12:00:{second:02d},Microsoft-Windows-Security-Auditing,4625,ログオン,"{REFUSED.format(who)}"'
             for who, second in reversed([*logged, ("ann", 5), ("zoe", 9)])]
    with open(f"{place}/both/Export.csv", "wb") as file:
        file.write("\r\n".join(rows).encode("cp932"))
    with open(f"{place}/r.yml", "w", encoding="utf-8") as file:
        file.write(TWO_LOGS)
    both, apart = [f"{place}/both"], [f"{m}={place}/both/{f}" for m, f in (("PC1", "Export.csv"), ("DC", "Security.jsonl"))]
    for name, sources, wanted in (("in one folder", both, 6), ("of a machine that was named", [f"DC={both[0]}"], 6), ("of two machines", apart, 10)):
        case = f"{place}/{name.replace(' ', '-')}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, *sources, "--quiet", "--now", kit.NOW, "--rules", f"{place}/r.yml")
        found = of(lines(case), "7777")
        checks.equal(f"without numbers, {name}: each once", len(found), wanted)
        checks.equal(f"without numbers, {name}: those of the log are told by it", len([d for d in found if d["refs"][0]["path"].endswith("Security.jsonl")]), 4)
        logons = kit.kakuho("access", case, "--logons", "--json", "--now", kit.NOW).lines()
        failures = collections.Counter()
        for row in logons:
            failures[row["account"]] += row["failures"]
        checks.equal(f"without numbers, {name}: failures of logons", dict(failures),
                     {"ann": 3, "bob": 1, "eve": 1, "zoe": 1} if wanted == 6 else {"ann": 5, "bob": 2, "eve": 2, "zoe": 1})
        before = lines(case)
        kit.kakuho("analyse", case, "--quiet", "--now", kit.NOW)
        checks.equal(f"without numbers, {name}: the same when it is analysed again", lines(case), before)


def printed_export(checks, folder):
    """A log and what wevtutil printed of it: the first record too, which stands at the very beginning of the text, is the log's."""
    place, logged = f"{folder}/printed", [("ann", 1), ("bob", 2), ("eve", 3)]
    text = "".join(f"Event[{n}]:\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-03-06T03:00:{second:02d}.0000000Z\r\n"
                   f"  Event ID: 4625\r\n  Level: 情報\r\n  Keyword: 失敗の監査\r\n  Computer: dc.example.test\r\n  Description: \r\n{REFUSED.format(who)}\r\n"
                   for n, (who, second) in enumerate(logged))
    os.makedirs(f"{place}/both")
    with open(f"{place}/both/Security.jsonl", "w", encoding="utf-8") as file:
        file.write("".join(record(n, 4625, second, TargetUserName=who, LogonType="3") + "\n" for n, (who, second) in enumerate(logged, 4)))
    with open(f"{place}/r.yml", "w", encoding="utf-8") as file:
        file.write(TWO_LOGS)
    for encoding in ("utf-8", "utf-16", "cp932"):
        with open(f"{place}/both/printed.txt", "wb") as file:
            file.write(text.encode(encoding))
        case = f"{place}/case-{encoding}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, f"{place}/both", "--quiet", "--now", kit.NOW, "--rules", f"{place}/r.yml")
        found = of(lines(case), "7777")
        checks.equal(f"printed as {encoding}: each once, told by the log", [d["refs"][0]["path"][-5:] for d in found], ["jsonl"] * 3)
        logons = kit.kakuho("access", case, "--logons", "--json", "--now", kit.NOW).lines()
        checks.equal(f"printed as {encoding}: failures of logons", sum(row["failures"] for row in logons if row["kind"] == "logon"), 3)


LOGGED_ON = """アカウントが正常にログオンしました。

新しいログオン:
	セキュリティ ID:		S-1-5-21-1-2-3-1104
	アカウント名:		{}
	アカウント ドメイン:		EXAMPLE
	ログオン ID:		{}

ネットワーク情報:
	ソース ネットワーク アドレス:	203.0.113.7
"""
ANY_LOGON = """title: A Logon
id: 99999999-9999-4999-8999-999999999999
status: test
logsource: {product: windows, service: security}
detection: {a: {EventID: [4624, 4625]}, condition: a}
level: low
"""


def two_exports(checks, folder):
    """Two exports of one log without the log and without numbers, of stretches that lie over each other: what is in both counts once. Where the machine
    is not known the session has to say that it is one event; what has none counts for itself."""
    def csv(refused, logged_on):
        rows = [(second, "失敗の監査", 4625, REFUSED.format(who)) for who, second in refused]
        rows += [(second, "成功の監査", 4624, LOGGED_ON.format(who, session)) for who, second, session in logged_on]
        text = ["キーワード,日付と時刻,ソース,イベント ID,タスクのカテゴリ"]
        text += [f'{word},2026/03/06 12:00:{second:02d},Microsoft-Windows-Security-Auditing,{code},ログオン,"{message}"' for second, word, code, message in sorted(rows)]
        return "\r\n".join(text).encode("cp932")

    place = f"{folder}/two-exports"
    os.makedirs(f"{place}/one")
    os.makedirs(f"{place}/two")
    first = csv([("ann", 1), ("ann", 1), ("bob", 1), ("eve", 5)], [("ann", 3, "0x1A2B"), ("bob", 4, "0x3E7")])
    second = csv([("ann", 1), ("ann", 1), ("eve", 5), ("zoe", 9)], [("ann", 3, "0x1A2B"), ("ann", 3, "0x1A2C"), ("bob", 4, "0x3E7")])
    for name, content in (("one/a.csv", first), ("two/b.csv", second), ("r.yml", ANY_LOGON.encode())):
        with open(f"{place}/{name}", "wb") as file:
            file.write(content)
    with open(f"{place}/Security.jsonl", "w", encoding="utf-8") as file:
        file.write(record(4, 4624, 3, TargetUserName="ann", TargetLogonId="0x1a2b", LogonType="3", IpAddress="203.0.113.7") + "\n")
    # failures and successes: of one machine, of two, of none that is known, of none beside a log
    for name, sources, failures, successes in (("of one machine", [f"DC={place}/one/a.csv", f"DC={place}/two/b.csv"], 5, 3),
                                               ("of two machines", [f"DC={place}/one/a.csv", f"PC1={place}/two/b.csv"], 8, 5),
                                               ("of no machine", [f"{place}/one/a.csv", f"{place}/two/b.csv"], 8, 4),
                                               ("beside a log", [f"{place}/two/b.csv", f"{place}/Security.jsonl"], 4, 3)):
        case = f"{place}/{name.replace(' ', '-')}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, *sources, "--quiet", "--now", kit.NOW, "--rules", f"{place}/r.yml")
        logons = kit.kakuho("access", case, "--logons", "--json", "--now", kit.NOW).lines()
        checks.equal(f"two exports {name}: logons", (sum(r["failures"] for r in logons), sum(r["successes"] for r in logons)), (failures, successes))
        checks.equal(f"two exports {name}: hits", len(of(lines(case), "9999")), failures + successes)


KEPT = """title: An Event
id: aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa
name: event
status: test
logsource: {product: windows, service: application}
detection: {a: {EventID: 1000}, condition: a}
level: low
---
title: Three Events
id: bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb
status: test
correlation: {type: event_count, rules: [event], timespan: 30d, condition: {gte: 3}, generate: true}
level: low
"""


def recovered_records(checks, folder):
    """What lay in the slack of a log is told, marked, and counts for nothing."""
    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "evtx", "slack.in")
    case, rules = f"{folder}/slack", f"{folder}/kept.yml"
    shutil.copy(golden, f"{folder}/slack.evtx")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(KEPT)
    kit.kakuho("init", case, "--now", kit.NOW)
    kit.kakuho("add", case, f"{folder}/slack.evtx", "--quiet", "--now", kit.NOW, "--rules", rules)
    found = lines(case)
    checks.equal("three are in the log, four in its slack", [(d.get("recovered", False)) for d in of(found, "aaaa")], [True] * 3 + [False] * 3 + [True])
    checks.equal("three count, once", [(d["value"], [r["record"] for r in d["refs"]]) for d in of(found, "bbbb")], [("3", [21, 22, 24])])
    rule = [r for r in json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)["rules"] if r["id"].startswith("aaaa")][0]
    checks.equal("counted apart", (rule["detections"], rule["recovered"]), (3, 4))
    tried = [h for h in kit.kakuho("sigma", "test", rules, f"{folder}/slack.evtx", "--json").lines() if h["kind"] == "hit"]
    checks.equal("tried on a sample they are marked too", sorted(h.get("recovered", False) for h in tried if h["rule"]["id"].startswith("aaaa")), [False] * 3 + [True] * 4)
    words = kit.kakuho("sigma", "test", rules, f"{folder}/slack.evtx").out
    checks.equal("in words too", words.count(b", recovered from slack"), sum(h.get("recovered", False) for h in tried))


LINUX = """title: Fetched To A Place For Everybody
id: cccccccc-cccc-4ccc-8ccc-cccccccccccc
status: test
logsource: {product: linux, category: process_creation}
detection: {a: {ParentImage|endswith: /bash, CommandLine|contains: /tmp/}, condition: a}
level: high
---
title: Connected
id: dddddddd-dddd-4ddd-8ddd-dddddddddddd
status: test
logsource: {product: linux, category: network_connection}
detection: {a: {DestinationIp: 203.0.113.9}, condition: a}
level: high
---
title: Logged In
id: eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee
status: test
logsource: {product: linux, service: sshd}
detection: {a: [Accepted password], condition: a}
level: low
"""


def sysmon_for_linux(checks, folder):
    """Its events stand in syslog, as XML, between lines of everybody else."""
    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "syslog", "sysmon.in")
    case, rules = f"{folder}/linux", f"{folder}/linux.yml"
    shutil.copy(golden, f"{folder}/messages")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(LINUX)
    kit.kakuho("init", case, "--now", kit.NOW)
    kit.kakuho("add", case, f"{folder}/messages", "--quiet", "--now", kit.NOW, "--rules", rules)
    found = [(d["rule"]["id"][:4], d["matched_as"], d["refs"][0]["record"]) for d in lines(case) if d["rule"]["id"][:4] in ("cccc", "dddd", "eeee")]
    checks.equal("Sysmon for Linux", sorted(found), [("cccc", "sysmon for linux 1", 1), ("dddd", "sysmon for linux 3", 3), ("eeee", "sshd", 2)])


CRASHES = """title: A Worker of Apache Crashed
id: 1a1a1a1a-1111-4111-8111-111111111111
status: test
logsource: {service: apache}
detection: {words: ['exit signal Segmentation Fault'], condition: words}
level: high
---
title: A Thread of Apache
id: 1b1b1b1b-1111-4111-8111-111111111111
status: test
logsource: {service: apache}
detection: {words: ['__pthread_tpp_change_priority: Assertion `new_prio == -1'], condition: words}
level: medium
---
title: A Worker of nginx Crashed
id: 1c1c1c1c-1111-4111-8111-111111111111
status: test
logsource: {service: nginx}
detection: {words: ['exited on signal 6 (core dumped)'], condition: words}
level: high
---
title: Refused from One Address
id: 1d1d1d1d-1111-4111-8111-111111111111
status: test
logsource: {service: nginx}
detection: {a: {c-ip: 203.0.113.45}, words: ['access forbidden by rule'], condition: a and words}
level: low
"""
APACHE = """[Fri Mar 06 02:31:02.123456 2026] [core:notice] [pid 811:tid 140] AH00094: Command line: '/usr/sbin/httpd'
httpd: tpp.c:63: __pthread_tpp_change_priority: Assertion `new_prio == -1 || (new_prio >= fifo_min_prio && new_prio <= fifo_max_prio)' failed.
[Fri Mar 06 02:31:09.000001 2026] [core:notice] [pid 811:tid 140] AH00052: child pid 900 exit signal Segmentation fault (11)
"""
NGINX = """2026/03/06 02:31:02 [error] 811#811: *45 access forbidden by rule, client: 203.0.113.45, server: _, request: "GET /a HTTP/1.1", host: "x.example"
2026/03/06 02:31:09 [alert] 810#810: worker process 811 exited on signal 6 (core dumped)
2026/03/06 02:31:10 [error] 812#812: *46 open() "/srv/exit signal Segmentation fault" failed (2: No such file or directory), client: 203.0.113.45
"""
RELAYED = """Mar  6 03:31:09 web02 nginx: 2026/03/06 03:31:09 [alert] 810#810: worker process 811 exited on signal 6 (core dumped)
Mar  6 03:31:10 web02 httpd[77]: [core:notice] [pid 77] AH00052: child pid 900 exit signal Segmentation fault (11)
Mar  6 03:31:11 web02 cron[78]: exited on signal 6 (core dumped)
"""


def errors_of_web_servers(checks, folder):
    """A server's crash stands in its error log alone, or in syslog where it was told to write there."""
    for name, text in {"error_log": APACHE, "error.log": NGINX, "messages": RELAYED, "crash.yml": CRASHES}.items():
        os.makedirs(f"{folder}/web/{name}.d")
        with open(f"{folder}/web/{name}.d/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    wanted = {"error_log": [("1a1a", "apache error", 3), ("1b1b", "apache error", 2)],
              "error.log": [("1c1c", "nginx error", 2), ("1d1d", "nginx error", 1)],
              "messages": [("1a1a", "apache error", 2), ("1c1c", "nginx error", 1)]}
    for name, hits in wanted.items():
        case = f"{folder}/web/case-{name}"
        kit.kakuho("init", case, "--now", kit.NOW)
        kit.kakuho("add", case, f"{folder}/web/{name}.d", "--quiet", "--now", kit.NOW, "--rules", f"{folder}/web/crash.yml.d")
        found = [(d["rule"]["id"][:4], d["matched_as"], d["refs"][0]["record"]) for d in lines(case) if d["rule"]["id"][:2] in ("1a", "1b", "1c", "1d")]
        checks.equal(f"{name}: crashes and refusals", sorted(found), hits)


def main():
    checks = kit.Checks()
    folder = kit.place("detections")
    for name, text in {"auth.log": LOG, "first/r.yml": RULES, "second/r.yml": OTHER}.items():
        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    case, later = f"{folder}/case", f"{folder}/later"
    for c, rules in ((case, ["--rules", f"{folder}/first"]), (later, [])):
        kit.kakuho("init", c, "--now", kit.NOW)
        kit.kakuho("add", c, f"{folder}/auth.log", "--quiet", "--now", kit.NOW, *rules)
    found = lines(case)
    many = of(found, "2222")
    checks.equal("a part of a correlation tells nothing itself", len(of(found, "1111")), 0)
    checks.equal("the correlation fires once", len(many), 1)
    checks.equal("it counts five within ten minutes", many and many[0]["value"], "5")
    checks.equal("its group", many and many[0]["group"], ["203.0.113.9"])
    checks.equal("its events", many and [r["record"] for r in many[0]["refs"]], [1, 2, 3, 4, 5])
    checks.equal("an id for each event", many and len(set(many[0]["event_ids"])), 5)
    ground = kit.kakuho("explain", case, many[0]["id"], "--json", "--now", kit.NOW).json() if many else {}
    checks.equal("explained", (ground.get("kind"), ground.get("value"), len(ground.get("refs", []))), ("detection", 5, 5))
    checks.true("down to the line", "Failed password for root" in ground.get("refs", [{}])[0].get("text", ""))
    checks.equal("level filters", len(of(lines(case, "--level", "critical"), "2222")), 0)
    bare = f"{folder}/bare"
    kit.kakuho("init", bare, "--now", kit.NOW)
    kit.kakuho("add", bare, f"{folder}/auth.log", "--without-rules", "--quiet", "--now", kit.NOW)
    checks.equal("without rules nothing is found", lines(bare), [])
    kit.kakuho("analyse", bare, "--rules", f"{folder}/first", "--now", kit.NOW)
    checks.equal("until they are held against what is stored", lines(bare), found)
    kit.kakuho("analyse", later, "--rules", f"{folder}/first", "--now", kit.NOW)
    checks.equal("stored events give the same", lines(later), found)
    kit.kakuho("analyse", case, "--rules", f"{folder}/second", "--now", kit.NOW)
    found = lines(case)
    checks.equal("other rules take the place", len(of(found, "2222")), 0)
    let_in = of(found, "3333")
    checks.equal("found in what is stored", [d["refs"][0]["record"] for d in let_in], [7])
    checks.equal("the contract's fields", let_in and sorted(let_in[0]["rule"]), ["id", "level", "tags", "title"])
    checks.equal("engine", let_in and let_in[0]["engine"], "sigma")
    kit.kakuho("analyse", case, "--now", kit.NOW)
    checks.equal("kept in the case", lines(case), found)
    with open(f"{case}/case.yaml", "w", encoding="utf-8") as file:
        file.write("internal_networks: [192.168.7.0/24]\n")
    kit.kakuho("analyse", case, "--now", kit.NOW)
    checks.equal("let in from outside", [d["refs"][0]["record"] for d in of(lines(case), "f2312fb4")], [7])
    with open(f"{case}/case.yaml", "w", encoding="utf-8") as file:
        file.write("internal_networks: [192.168.7.0/24, 203.0.113.0/29, 203.0.113.8/29]\n")
    kit.kakuho("analyse", case, "--now", kit.NOW)
    checks.equal("case.yaml says what is outside", of(lines(case), "f2312fb4"), [])
    unused = json.loads(kit.kakuho("detections", case, "--unused", "--json", "--now", kit.NOW).out)["unused"]
    checks.equal("a rule without a log is named", [u["state"] for u in unused if u["id"].startswith("4444")], ["without_log"])
    checks.equal("a rule that ran is not among them", [u for u in unused if u["id"].startswith("3333")], [])
    reach_of_rules(checks, folder)
    copies_of_a_log(checks, folder)
    exported_copies(checks, folder)
    unnumbered_export(checks, folder)
    printed_export(checks, folder)
    two_exports(checks, folder)
    recovered_records(checks, folder)
    sysmon_for_linux(checks, folder)
    errors_of_web_servers(checks, folder)
    summary = json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)
    checks.equal("summary", [r["detections"] for r in summary["rules"] if r["id"].startswith("3333")], [1])
    checks.end()


if __name__ == "__main__":
    main()
