"""kakuho evtx: every form, on the parser's golden logs, whose events are written down beside them.

    python3 tests/system/evtx.py KAKUHO
"""

import csv
import gzip
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as tree
import zlib

import kit

GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "evtx")
OLD = os.path.join(os.path.dirname(GOLDEN), "evt")
RECOVERED = 2

# By hand, from the bytes of security.in.
FIRST = {"Event": {
    "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
    "System": {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing", "Guid": "54849625-5478-4994-A5BA-3E3B0328C30D"}},
        "EventID": 4624, "Version": 0, "Level": 0, "Task": 12544, "Opcode": 0, "Keywords": "0x8020000000000000",
        "TimeCreated": {"#attributes": {"SystemTime": "2026-07-01T01:00:00.123456Z"}},
        "EventRecordID": 1, "Correlation": None, "Execution": {"#attributes": {"ProcessID": 700, "ThreadID": 712}},
        "Channel": "Security", "Computer": "dc01.example.test", "Security": None},
    "EventData": {
        "SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0",
        "TargetUserSid": "S-1-5-21-1000000001-2000000002-3000000003-1104", "TargetUserName": "alice", "TargetDomainName": "EXAMPLE",
        "TargetLogonId": "0x3e5a1", "LogonType": 10, "LogonProcessName": "User32 ", "WorkstationName": "WS-HOME",
        "LogonGuid": "00000000-0000-0000-0000-000000000000", "ProcessId": "0x3a8", "ProcessName": "C:\\Windows\\System32\\svchost.exe",
        "IpAddress": "::ffff:203.0.113.5", "IpPort": "51234"}}}

# What the odd values of values.in come to: (record, path below Event, value).
VALUES = [
    (0, ["EventData", "i64"], -9223372036854775808), (0, ["EventData", "u64"], 18446744073709551615),
    (0, ["EventData", "yes"], True), (0, ["EventData", "bin"], "00DEAD"), (0, ["EventData", "size64"], "0x7ffe00001000"),
    (0, ["EventData", "time"], "2026-07-03T00:00:00.500000Z"), (0, ["EventData", "sid"], "S-1-5-32-544"),
    (1, ["EventData", "ansi"], "顧客"), (1, ["EventData", "none"], ""), (1, ["EventData", "control"], "a\x01\tb"),
    (1, ["EventData", "lone"], "a\ufffdb"), (2, ["EventData", "strings_1"], "two"), (2, ["EventData", "sids_1"], "S-1-5-32-544"),
    (2, ["EventData", "Data"], {"#text": ["first", "second"]}), (2, ["EventData", "same_1"], "2"),
    (3, ["UserData", "Own", "A"], {"#attributes": {"unit": "MB"}, "#text": 42}), (3, ["UserData", "Own", "B", "D"], None),
    (3, ["UserData", "Own", "F"], "x"), (3, ["UserData", "Own", "F_1"], "y"), (3, ["UserData", "Own", "F_2"], "again"),
    (4, ["EventData", "two", "#text"], "v-7, 8"), (4, ["EventData", "dynamic"], "named by a value"),
    (7, ["System", "EventID", "#attributes", "Qualifiers"], "3"), (8, ["EventData", "doc", "Inner", "x"], "deep"),
]


def told(name):
    """Events of the golden case, as the parser is known to tell them."""
    with open(f"{GOLDEN}/{name}.out", encoding="utf-8") as file:
        return [e for e in map(json.loads, file) if "issue" not in e]


def run(checks, what, *words, status=0, **more):
    done = kit.kakuho("evtx", *words, **more)
    checks.equal(f"{what}: exit status", done.status, status)
    return done


def no_twice(pairs):
    keys = [k for k, _ in pairs]
    assert len(set(keys)) == len(keys), f"a name is there twice: {keys}"
    return dict(pairs)


def at(record, path):
    value = record["Event"]
    for name in path:
        value = value[name] if isinstance(value, dict) and name in value else "(nothing)"
    return value


# Logs of which records could not be read, or chunks are not there.
INCOMPLETE = {"borrowed", "cut", "damaged", "piece", "values"}


def check_case(checks, name):
    path, events, status = f"{GOLDEN}/{name}.in", told(name), 3 if name in INCOMPLETE else 0
    live = [e for e in events if not e.get("flags", 0) & RECOVERED]
    lines = run(checks, name, path, "--quiet", status=status).out.splitlines()
    records = [json.loads(line, object_pairs_hook=no_twice) for line in lines]
    checks.equal(f"{name}: live records", len(records), len(live))
    every = run(checks, f"{name} recovered", path, "--quiet", "--recovered", status=status).lines()
    checks.equal(f"{name}: all records", len(every), len(events))
    checks.equal(f"{name}: which are recovered", [r["kakuho"]["offset"] for r in every if "recovery" in r.get("kakuho", {})],
                 [e["offset"] for e in events if e.get("flags", 0) & RECOVERED])
    for event, record in zip(live, records):
        code = at(record, ["System", "EventID"])
        code = code["#text"] if isinstance(code, dict) else code
        checks.equal(f"{name}: event id of record {event['record']}", str(code), event.get("event.code", "None"))
    rows = list(csv.reader(io.StringIO(run(checks, f"{name} csv", path, "--format", "csv", "--quiet", status=status).out.decode(), newline="")))
    checks.equal(f"{name}: CSV rows", len(rows), 1 + len(live))
    checks.true(f"{name}: CSV columns", all(len(row) == len(rows[0]) for row in rows))
    data = [json.loads(row[-1]) for row in rows[1:]]
    checks.true(f"{name}: CSV data are objects", all(isinstance(d, dict) for d in data))
    xml = tree.fromstring(run(checks, f"{name} xml", path, "--format", "xml", "--quiet", status=status).out)
    checks.equal(f"{name}: XML elements", len(xml), len(live))
    summary = run(checks, f"{name} summary", path, "--format", "summary", "--json", "--quiet", status=status).json()["files"][0]
    checks.equal(f"{name}: complete", summary["complete"], not status)
    checks.equal(f"{name}: summary", (summary["records"], sum(summary["recovered"].values())), (len(live), len(events) - len(live)))
    checks.equal(f"{name}: channels add up", sum(c["records"] for c in summary["channels"]), len(live))


def check_values(checks):
    records = run(checks, "values", f"{GOLDEN}/values.in", "--quiet", status=3).lines()
    for number, path, wanted in VALUES:
        checks.equal(f"values: record {number} {'/'.join(path)}", at(records[number], path), wanted)
    first = run(checks, "security", f"{GOLDEN}/security.in", "--quiet").lines()[0]
    checks.equal("security: the first record, order and all", json.dumps(first), json.dumps(FIRST))
    space = {"e": "http://schemas.microsoft.com/win/2004/08/events/event"}
    xml = tree.fromstring(run(checks, "values xml", f"{GOLDEN}/values.in", "--format", "xml", "--quiet", status=3).out)
    strings = xml[2].findall(".//e:Data[@Name='strings']", space)
    checks.equal("XML: an array is there once for each item", [s.text or "" for s in strings], ["one", "two", "", "four"])
    time = xml[0].find(".//e:TimeCreated", space).get("SystemTime")
    checks.equal("XML: a time", time, "2026-07-03T03:00:00Z")


def check_order(checks, names):
    """The same bytes for any number of processes, from a pipe and from a file."""
    paths = [f"{GOLDEN}/{n}.in" for n in names]
    for form in ("jsonl", "xml", "csv", "summary"):
        one = kit.kakuho("evtx", *paths, "--recovered", "--format", form, "--jobs", "1")
        for jobs in ("2", "4"):
            more = kit.kakuho("evtx", *paths, "--recovered", "--format", form, "--jobs", jobs)
            checks.true(f"{form}: the same with {jobs} jobs", more.out == one.out and more.err == one.err and one.out)
    lines = kit.kakuho("evtx", *paths, "--quiet").lines()
    checks.equal("several files: each record names its own", {r["kakuho"]["path"] for r in lines} <= set(paths), True)
    xml = kit.kakuho("evtx", *paths, "--quiet", "--format", "xml").out.decode()
    named = re.findall(r"^<!-- (.*?)(?:, damaged)?, byte (\d+) --><Event", xml, re.M)
    checks.equal("several files: each XML event too", [list(n) for n in named], [[r["kakuho"]["path"], str(r["kakuho"]["offset"])] for r in lines])
    with open(f"{GOLDEN}/channels.in", "rb") as file:
        alone = kit.kakuho("evtx", f"{GOLDEN}/channels.in").out
        program = [kit.program(), "evtx", "-"]
        given = subprocess.run(program, stdin=file, capture_output=True, check=False)
        checks.true("standard input from a file", given.stdout == alone)
        file.seek(0)
        piped = subprocess.run(program, input=file.read(), capture_output=True, check=False)
        checks.true("standard input from a pipe", piped.stdout == alone)


def set_back(log, hours):
    """The last record of the first chunk as if the clock had been set back before it: its number, and the log."""
    log = bytearray(log)
    chunk, at, last = 4096, 512, 0
    free = struct.unpack_from("<I", log, chunk + 48)[0]
    while at < free:
        last, at = at, at + struct.unpack_from("<I", log, chunk + at + 4)[0]
    record = chunk + last
    number, written = struct.unpack_from("<QQ", log, record + 8)
    for i in range(record + 16, chunk + free - 8):
        time = struct.unpack_from("<Q", log, i)[0]
        if abs(time - written) < 20 * 10**7:
            struct.pack_into("<Q", log, i, time - hours * 3600 * 10**7)
    struct.pack_into("<I", log, chunk + 52, zlib.crc32(bytes(log[chunk + 512:chunk + free])))
    struct.pack_into("<I", log, chunk + 124, zlib.crc32(bytes(log[chunk:chunk + 120] + log[chunk + 128:chunk + 512])))
    return number, bytes(log)


def check_complete(checks, folder):
    """A summary is complete where all records could be read, whatever else is wrong with the log."""
    with open(f"{GOLDEN}/security.in", "rb") as file:
        sound = file.read()
    for what, data, wanted in (("a whole log", sound, True), ("a chunk cut short", sound[:-30000], False), ("no chunk left", sound[:4096], False), ("a header cut short", sound[:100], False),
                               ("another checksum of its header", sound[:124] + b"\0\0\0\0" + sound[128:], True)):
        with open(f"{folder}/complete.evtx", "wb") as file:
            file.write(data)
        summary = run(checks, what, "--format", "summary", "--json", f"{folder}/complete.evtx", "--quiet", status=0 if wanted else 3).json()["files"][0]
        checks.equal(f"{what}: complete", summary["complete"], wanted)
        with open(f"{folder}/complete.evtx", "rb") as file:
            piped = subprocess.run([kit.program(), "evtx", "-"], input=file.read(), capture_output=True, check=False)
        checks.equal(f"{what}: exit status from a pipe", piped.returncode, 0 if wanted else 3)


def check_clock(checks, folder):
    """A record that is earlier than the one before it is told by the summary."""
    with open(f"{GOLDEN}/security.in", "rb") as file:
        log = file.read()
    number, changed = set_back(log, 5)
    with open(f"{folder}/back.evtx", "wb") as file:
        file.write(changed)
    as_it_is, with_it = (json.loads(kit.kakuho("evtx", "--format", "summary", "--json", path).out)["files"][0]
                         for path in (f"{GOLDEN}/security.in", f"{folder}/back.evtx"))
    checks.equal("a clock that goes on", (as_it_is["clock_back"], as_it_is["clock_back_count"]), ([], 0))
    checks.equal("a clock that was set back", [(b["after"], b["record"]) for b in with_it["clock_back"]], [(number - 1, number)])
    checks.equal("and how often", with_it["clock_back_count"], 1)
    checks.equal("as many records", with_it["records"], as_it_is["records"])


def check_far_donors(checks, folder):
    """A template that is gone is taken from a chunk of the same log, however far away; what lies between is a hole in the file."""
    far = 100 << 20
    with open(f"{GOLDEN}/borrowed.in", "rb") as file:
        log = file.read()
    head, donor, record = log[:4096], log[4096:69632], log[69632:135168]
    near = run(checks, "borrowed", f"{GOLDEN}/borrowed.in", "--quiet", "--recovered", status=3).lines()
    wanted = [r["Event"] for r in near if r.get("kakuho", {}).get("recovery") == "borrowed template"]
    checks.equal("borrowed: some are", len(wanted), 3)
    for what, first, last in (("behind", record, donor), ("before", donor, record)):
        with open(f"{folder}/far.evtx", "wb") as file:
            file.write(head + first)
            file.seek(4096 + far)
            file.write(last)
        records = run(checks, what, f"{folder}/far.evtx", "--quiet", "--recovered", "--jobs", "2", status=3).lines()
        found = [r["Event"] for r in records if r.get("kakuho", {}).get("recovery") == "borrowed template"]
        checks.equal(f"the template far {what}: records as those near it", found, wanted)


def displaced(first, second):
    """Logs whose chunks do not stand where they were written: what, its bytes, whether all records are there."""
    head, chunk, chunks = first[:4096], first[4096:69632], first[4096:] + second[4096:]
    spare = 4096 + struct.unpack_from("<I", chunk, 48)[0] + 600  # in free space
    yield "two logs joined", first + second, True
    yield "joined, the first with room for more", head + chunk + bytes(3 * 65536) + second, True
    for count in (1, 512, 777, 4096, 65535):
        yield f"{count} bytes too many", head + chunk + b"\x5a" * count + second[4096:], False
        yield f"{count} of free space lost", head + chunks[:spare - 4096] + chunks[spare - 4096 + min(count, 4096):], count != 777
    yield "the beginning lost", chunks[1000:] and first[1234:] + second[4096:], True
    yield "a sector lost in the last record", head + chunk[:spare - 4096 - 600 - 512] + chunk[spare - 4096 - 600:] + second[4096:], False


def check_displaced(checks, folder):
    """Chunks are found wherever they stand, and no record of theirs is told twice or as damaged."""
    logs = {}
    for name in ("security", "channels"):
        with open(f"{GOLDEN}/{name}.in", "rb") as file:
            logs[name] = file.read()
    whole = [kit.kakuho("evtx", f"{GOLDEN}/{name}.in", "--quiet").lines() for name in logs]
    for what, log, complete in displaced(*logs.values()):
        with open(f"{folder}/displaced.evtx", "wb") as file:
            file.write(log)
        done = kit.kakuho("evtx", f"{folder}/displaced.evtx")
        found = [(r["Event"], r.get("kakuho", {}).get("damaged", False)) for r in done.lines()]
        sound = [event for event, damaged in found if not damaged]
        checks.equal(f"{what}: records of the second log", sound[-len(whole[1]):], [r["Event"] for r in whole[1]])
        checks.true(f"{what}: it is said", b"chunks stand where the log has no place for them" in done.err or what == "the beginning lost", kit.short(done.err.decode()))
        if complete:
            checks.equal(f"{what}: all records in order, none damaged", found, [(r["Event"], False) for r in whole[0] + whole[1]])


def numbered_chunks(count):
    """Chunks whose record numbers follow each other, and how many records each has."""
    with open(f"{GOLDEN}/security.in", "rb") as file:
        log = file.read()
    chunks, first, last = [], *struct.unpack_from("<QQ", log, 4096 + 24)
    for number in range(count):
        chunk, more = bytearray(log[4096:69632]), number * (last - first + 1)
        free, at = struct.unpack_from("<I", chunk, 48)[0], 512
        for place in (8, 16, 24, 32):
            struct.pack_into("<Q", chunk, place, struct.unpack_from("<Q", chunk, place)[0] + more)
        while at < free:
            size, record = struct.unpack_from("<IQ", chunk, at + 4)
            struct.pack_into("<Q", chunk, at + 8, record + more)
            at += size
        seal(chunk)
        chunks.append(bytes(chunk))
    return chunks, last - first + 1


def seal(chunk):
    free = struct.unpack_from("<I", chunk, 48)[0]
    struct.pack_into("<I", chunk, 52, zlib.crc32(chunk[512:free]))
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[:120] + chunk[128:512]))


def check_numbers(checks, folder):
    """Record numbers that no chunk has are told once, wherever the chunks stand; those that are elsewhere are not."""
    chunks, each = numbered_chunks(8)
    with open(f"{GOLDEN}/security.in", "rb") as file:
        head = file.read(4096)
    broken = bytearray(chunks[3])
    broken[:8] = b"no chunk"
    wide = bytearray(chunks[5])
    struct.pack_into("<QQ", wide, 24, 1, 1 << 40)
    seal(wide)
    late = bytearray(chunks[4])
    first = struct.unpack_from("<Q", late, 24)[0]
    struct.pack_into("<Q", late, 24, first - 2)
    seal(late)
    for what, order, missing in (
        ("in order", (0, 1, 2, 3, 4), 0),
        ("gone on at the beginning", (3, 4, 0, 1, 2), 0),
        ("in another order", (0, 4, 2, 1, 3, 5), 0),
        ("backwards", (4, 3, 2, 1, 0), 0),
        ("one missing", (0, 1, 3, 4), each),
        ("two missing together", (0, 1, 4, 5), 2 * each),
        ("in another order, one missing", (0, 5, 2, 1, 4), each),
        ("in another order, two missing", (0, 5, 2, 1, 7, 3), 2 * each),
        ("missing where it goes on at the beginning", (4, 0, 1, 2), each),
        ("in another order, the first one after those missing", (5, 2, 0, 1, 3), each),
        ("twice the same one", (0, 1, 1, 2, 4, 4), each),
        ("in order, one missing, one broken", (0, broken, 5, 7), each),
        ("in another order, one broken that may have them", (0, 4, broken, 2, 1), 0),
        ("one that claims any number", (0, 2, wide, 3, 1), 0),
        ("numbers that a chunk counts and does not have", (0, 1, 2, late), each),
    ):
        with open(f"{folder}/numbers.evtx", "wb") as file:
            file.write(head + b"".join(bytes(chunks[one]) if isinstance(one, int) else bytes(one) for one in order))
        done = kit.kakuho("evtx", f"{folder}/numbers.evtx")
        said = re.findall(rb"(\d+): record numbers are missing", done.err)
        checks.equal(f"{what}: numbers missing", [int(count) for count in said], [missing] if missing else [])
# What a form cannot say, beside where the record stands in its file: whose template was borrowed; of a table, some fields of System.
UNSAID = {"jsonl": set(), "xml": {"kakuho.donor"}, "csv": {"kakuho.donor", "System.Version", "System.Qualifiers"}}
CUT = {"never", "control"}  # fields that JSON cuts to the microsecond, and a character that XML cannot have


def comparable(line, form):
    event = {k: v for k, v in json.loads(line).items() if k not in ("ref", "event.module")}
    event["kakuho.fields"] = [f for f in event["kakuho.fields"] if f[0] not in UNSAID[form] | CUT]
    return json.dumps(event, sort_keys=True)


def check_exports(checks, folder):
    """A case of what `kakuho evtx` writes holds the events and detections of a case of the log, recovered ones as recovered."""
    for name in ("security", "slack", "values"):
        with open(f"{GOLDEN}/{name}.in", "rb") as log, open(f"{folder}/{name}.evtx", "wb") as copy:
            copy.write(log.read())
        cases = {}
        for form in ("evtx", "jsonl", "xml", "csv"):
            path, case = f"{folder}/{name}.{form}", f"{folder}/case-{name}-{form}"
            if form != "evtx":
                with open(path, "wb") as file:
                    file.write(kit.kakuho("evtx", "--quiet", "--recovered", "--format", form, f"{folder}/{name}.evtx").out)
            kit.init(case)
            kit.add(case, [path])
            cases[form] = [kit.kakuho(command, case, "--json").out.splitlines() for command in ("timeline", "detections")]
        for form, (events, hits) in cases.items():
            if form != "evtx":
                wanted = sorted(comparable(line, form) for line in cases["evtx"][0])
                checks.equal(f"{name} as {form}: events", sorted(comparable(line, form) for line in events), wanted)
                rules = [sorted(json.loads(h)["rule"]["id"] + json.loads(h)["@timestamp"] for h in lines) for lines in (hits, cases["evtx"][1])]
                checks.equal(f"{name} as {form}: detections", *rules)


def check_old_logs(checks, folder):
    """Logs of before Vista: every form is the case's own events again, and the status tells what could not be read."""
    names = {"security": 0, "wrapped": 0, "dirty": 0, "cleared": 0, "damaged": 3, "cut": 3, "system": 0}
    for name, status in names.items():
        os.makedirs(f"{folder}/{name}", exist_ok=True)
        path = f"{folder}/{name}/SysEvent.Evt" if name == "system" else f"{folder}/{name}/SecEvent.Evt"
        shutil.copy(f"{OLD}/{name}.in", path)
        wanted = None
        for form in ("Evt", "jsonl", "xml", "csv"):
            export, case = f"{folder}/{name}/export.{form}", f"{folder}/case-{name}-{form}"
            if form != "Evt":
                with open(export, "wb") as file:
                    file.write(run(checks, f"{name} as {form}", path, "--quiet", "--recovered", "--format", form, status=status).out)
            kit.init(case)
            kit.add(case, [path if form == "Evt" else export])
            events = sorted(old_event(line) for line in kit.kakuho("timeline", case, "--json").out.splitlines())
            wanted = wanted or events
            checks.true(f"{name} as {form}: some events", len(events) > 0)
            checks.equal(f"{name} as {form}: events", events, wanted)
        live = [line for line in run(checks, f"{name} live", path, "--quiet", status=status).lines() if "recovery" in line.get("kakuho", {})]
        checks.equal(f"{name}: recovered ones are asked for", live, [])
    files = run(checks, "summary", f"{folder}/security/SecEvent.Evt", "--format", "summary", "--json", "--quiet").json()["files"]
    checks.equal("before Vista 517 says that the log was cleared", [c["event_id"] for c in files[0]["cleared"]], [517])


def old_event(line):
    """What an export has of an event; how a record was found, and when it was written, are the log's own."""
    event = {k: v for k, v in json.loads(line).items() if k not in ("ref", "event.module")}
    event["kakuho.fields"] = [f for f in event["kakuho.fields"] if f[0] not in ("evt.written", "kakuho.recovery", "System.Qualifiers")]
    return json.dumps(event, sort_keys=True)


def check_folders(checks, folder):
    """A folder stands for the logs in it and below, by name; other files in it are left alone."""
    os.makedirs(f"{folder}/logs/below", exist_ok=True)
    for name, source in (("logs/b.evtx", f"{GOLDEN}/security.in"), ("logs/below/SECEVENT.EVT", f"{OLD}/security.in"), ("logs/a.EVTX", f"{GOLDEN}/channels.in")):
        shutil.copy(source, f"{folder}/{name}")
    with open(f"{folder}/logs/notes.txt", "w", encoding="utf-8") as file:
        file.write("no log\n")
    wanted = [f"{folder}/logs/a.EVTX", f"{folder}/logs/b.evtx", f"{folder}/logs/below/SECEVENT.EVT"]
    for form in ("jsonl", "xml", "csv"):
        given = run(checks, f"{form}: files", *wanted, "--format", form)
        checks.true(f"{form}: a folder is its logs", run(checks, f"{form}: a folder", f"{folder}/logs", "--format", form).out == given.out and given.out)


def check_refusals(checks, folder):
    run(checks, "no such file", f"{folder}/none.evtx", status=3)
    os.makedirs(f"{folder}/empty/below", exist_ok=True)
    done = run(checks, "a folder without logs", f"{folder}/empty", status=3)
    checks.true("a folder without logs: it is said", b"empty holds no event log" in done.err, kit.short(done.err.decode()))
    with open(f"{GOLDEN}/security.in", "rb") as file:
        log = file.read()
    for name, data, said in (("a.evtx.gz", gzip.compress(log), b"it is packed: `kakuho investigate` reads it"), ("a.xml", kit.kakuho("evtx", "--format", "xml", f"{GOLDEN}/security.in").out, b"it is an export of an event log")):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(data)
        done = run(checks, name, f"{folder}/{name}", status=3)
        checks.true(f"{name}: what to do is said, and nothing else", said in done.err and done.err.count(b"\n") == 1 and not done.out.strip(), kit.short(done.err.decode()))
    run(checks, "no form of that name", f"{GOLDEN}/security.in", "--format", "yaml", status=2)
    run(checks, "no file", status=2)
    with open(f"{folder}/text.evtx", "w", encoding="utf-8") as file:
        file.write("not a log\n" * 1000)
    done = run(checks, "another format", f"{folder}/text.evtx", f"{GOLDEN}/security.in", status=3)
    checks.equal("another format: the log beside it is read", len(done.lines()), len(told("security")))
    checks.true("another format: it is said", b"text.evtx: 1: its beginning is not that of" in done.err, kit.short(done.err.decode()))


def main():
    checks = kit.Checks()
    names = sorted(n[:-3] for n in os.listdir(GOLDEN) if n.endswith(".in") and n not in ("empty.in",))
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in names:
        check_case(checks, name)
    check_values(checks)
    check_order(checks, names)
    check_complete(checks, kit.place("evtx"))
    check_clock(checks, kit.place("evtx"))
    check_far_donors(checks, kit.place("evtx"))
    check_displaced(checks, kit.place("evtx"))
    check_numbers(checks, kit.place("evtx"))
    check_exports(checks, kit.place("exports"))
    check_old_logs(checks, kit.place("old"))
    check_folders(checks, kit.place("folders"))
    check_refusals(checks, kit.place("evtx"))
    checks.end()


if __name__ == "__main__":
    main()
