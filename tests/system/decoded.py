#!/usr/bin/env python3
"""Rules that fit what an event holds encoded: told as found in the decoded payload, once, and never where the event
itself fits; the same while evidence is read and afterwards, whatever the number of jobs.
    decoded.py KAKUHO WRITE_PAYLOAD_LOG"""
import base64
import gzip
import json
import os
import subprocess
import sys

import kit

WRITER = os.path.abspath(sys.argv[2])


def wide(text):
    return base64.b64encode(text.encode("utf-16-le")).decode()


def process(command, account="alice"):
    return f"4688\t{account}\tC:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\t{command}"


PACKED = base64.b64encode(gzip.compress(b"Invoke-Thing -Target fs01\n" * 3, mtime=0)).decode()
LOG = [
    process("powershell -enc " + wide("whoami /all; net group")),
    process("powershell -c whoami /all"),
    process("powershell -enc " + wide("Get-Date; Get-Process")),
    f"7045\tUpdater\t%COMSPEC% /c powershell -c iex(FromBase64String('{PACKED}'))",
]
HISTORY = f"#1772773200\nls -la\n#1772773260\necho {base64.b64encode(b'id;uname -a').decode()} | base64 -d | sh\n"
RULE = """title: {title}
id: 00000000-0000-4000-8000-0000000000{number:02d}
level: high
logsource: {source}
detection:
  {detection}
---
"""
WINDOWS = "{product: windows, category: process_creation}"
RULES = [
    ("whoami", WINDOWS, "s: {CommandLine|contains: 'WHOAMI /all'}\n  condition: s"),
    ("both ways", WINDOWS, "s: {CommandLine|contains|all: ['-enc', 'net group']}\n  condition: s"),
    ("encoded", WINDOWS, "s: {CommandLine|contains: '-enc'}\n  condition: s"),
    ("not the group", WINDOWS, "s: {CommandLine|contains: 'powershell'}\n  f: {CommandLine|contains: 'net group'}\n  condition: s and not f"),
    ("other field", WINDOWS, "s: {NewProcessName|contains: 'whoami'}\n  condition: s"),
    ("keyword", "{product: windows, service: security}", "s: ['Get-Process']\n  condition: s"),
    ("layers", "{product: windows, service: system}", "s: {EventID: 7045, ImagePath|re: 'Invoke-T.ing'}\n  condition: s"),
    ("shell", "{product: linux, category: process_creation}", "s: {CommandLine|contains: 'uname'}\n  condition: s"),
]
# title, which line of its log, in which field's payload
TRUTH = sorted([
    ("whoami", 2, None), ("whoami", 1, "CommandLine"), ("both ways", 1, "CommandLine"),
    ("encoded", 1, None), ("encoded", 3, None),
    ("not the group", 1, None), ("not the group", 2, None), ("not the group", 3, None),
    ("keyword", 3, "CommandLine"), ("layers", 4, "ImagePath"), ("shell", 2, "process.command_line"),
], key=str)


def make(folder):
    os.makedirs(f"{folder}/pc")
    os.makedirs(f"{folder}/web/root")
    with open(f"{folder}/list", "w", encoding="utf-8") as file:
        file.write("\n".join(LOG) + "\n")
    subprocess.run([WRITER, f"{folder}/list", f"{folder}/pc/all.evtx"], check=True)
    with open(f"{folder}/web/root/.bash_history", "w", encoding="utf-8") as file:
        file.write(HISTORY)
    with open(f"{folder}/rules.yml", "w", encoding="utf-8") as file:
        for number, (title, source, detection) in enumerate(RULES):
            file.write(RULE.format(title=title, number=number, source=source, detection=detection))


def found(case, *more):
    lines = kit.kakuho("detections", case, "--json", *more, "--now", kit.NOW).out
    ours = {title for title, _, _ in RULES}
    return [d for d in map(json.loads, lines.splitlines()) if d["rule"]["title"] in ours]


def told(hits):
    rows = []
    for d in hits:
        record = d["refs"][0]["record"]
        line = record if d["host"] == "web01" else record - hits_first(hits) + 1
        rows.append((d["rule"]["title"], 2 if d["host"] == "web01" else line, d.get("decoded_field")))
        assert ("in" in d) == ("decoded_field" in d) and d.get("in", "decoded payload") == "decoded payload"
    return sorted(rows, key=str)


def hits_first(hits):
    return min(d["refs"][0]["record"] for d in hits if d["host"] != "web01")


def main():
    checks = kit.Checks()
    folder = kit.place("decoded")
    make(folder)
    out = {}
    for jobs in (1, 2):
        case = f"{folder}/case{jobs}"
        kit.kakuho("init", case, "--now", kit.NOW)
        done = kit.kakuho("add", case, f"{folder}/pc", f"web01={folder}/web", "--rules", f"{folder}/rules.yml", "--jobs", str(jobs), "--quiet",
                          "--now", kit.NOW)
        checks.equal(f"added with {jobs}", done.status, 0)
        out[jobs] = found(case)
    checks.equal("what fits, and where", told(out[1]), TRUTH)
    checks.equal("the same with two jobs", out[2], out[1])
    later = f"{folder}/later"
    kit.kakuho("init", later, "--now", kit.NOW)
    kit.kakuho("add", later, f"{folder}/pc", f"web01={folder}/web", "--without-rules", "--quiet", "--now", kit.NOW)
    kit.kakuho("analyse", later, "--rules", f"{folder}/rules.yml", "--quiet", "--now", kit.NOW)
    checks.equal("the same on stored events", found(later), out[1])
    rows = kit.kakuho("detections", later, "--rule", "whoami", "--format", "csv", "--now", kit.NOW).out.decode().splitlines()
    checks.true("columns say it too", "decoded payload" in rows[1] + rows[2] and not all("decoded payload" in r for r in rows[1:]), str(rows))
    tried = kit.kakuho("sigma", "test", f"{folder}/rules.yml", f"{folder}/pc/all.evtx", f"web01={folder}/web/root/.bash_history", "--json").out
    hits = [json.loads(line) for line in tried.splitlines()]
    hits = [h for h in hits if h["kind"] == "hit"]
    checks.equal("sigma test finds them too", sorted((h["rule"]["title"], h.get("decoded_field")) for h in hits if "in" in h),
                 sorted((t, f) for t, _, f in TRUTH if f))
    checks.equal("and takes a host", {h["host"] for h in hits if h["rule"]["title"] == "shell"}, {"web01"})
    decoded = [d for d in out[1] if "in" in d]
    acts = [c for c in kit.kakuho("claims", later, "--json", "--now", kit.NOW).json()["claims"] if c["kind"] == "act"]
    checks.equal("claims count them", sum(c["value"].get("decoded", 0) for c in acts), len(decoded))
    checks.true("and say it", all(("decoded" in c["text"]["en"] and "復号" in c["text"]["ja"]) == ("decoded" in c["value"]) for c in acts),
                str([c["text"] for c in acts]))
    said = kit.kakuho("explain", later, decoded[0]["id"], "--json", "--now", kit.NOW).json()
    checks.equal("explain says where", (said.get("in"), said.get("decoded_field")), ("decoded payload", decoded[0]["decoded_field"]))
    kit.kakuho("report", later, "investigation", "--format", "md", "--lang", "en", "--out", folder, "--now", kit.NOW)
    with open(f"{folder}/investigation.en.md", encoding="utf-8") as file:
        checks.true("the report says it", "in content that was decoded" in file.read())
    why = kit.kakuho("sigma", "explain", f"{folder}/rules.yml", f"{folder}/pc/all.evtx", "--json").lines()
    fires = {w["title"]: w for w in why if w.get("in") and any(s["fires"] for s in w["decoded"])}
    checks.equal("sigma explain shows why", set(fires), {t for t, _, f in TRUTH if f and t != "shell"})
    checks.true("and that the event itself is not the reason", not any(s["fires"] for w in fires.values() for s in w["sources"]))
    checks.end()


main()
