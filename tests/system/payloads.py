#!/usr/bin/env python3
"""Payloads that were handed over encoded: in event logs of every form, in a shell's history, in a web server's log; scripts that were
logged in parts, ranges apart; what is inside of them goes on as an item of its own; the same bytes whatever the number of jobs.
    payloads.py KAKUHO WRITE_PAYLOAD_LOG
Expected values are made here, by another encoder than the program's decoder."""
import base64
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile

import kit

WRITER = os.path.abspath(sys.argv[2])
SCRIPT = "Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath C:\\Windows\\Temp\\o.zip"
GUID = "0f1e2d3c-1111-4222-8333-0000000000{:02d}"


def coded(content):
    return base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode()


def wide(text):
    return coded(text.encode("utf-16-le"))


def log_in_archive():
    """A log in an archive, as an intruder would hardly send it: its lines have to end in the timeline."""
    line = "Mar  6 03:40:00 web01 sshd[999]: Accepted password for root from 203.0.113.9 port 50100 ssh2\n"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("auth.log", (2026, 3, 6, 0, 0, 0)), line * 5)
    return content.getvalue()


ARCHIVE = log_in_archive()
PACKED = gzip.compress(SCRIPT.encode(), mtime=0)
IN_PARTS = f"$a = '{coded(SCRIPT)}'\niex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($a)))\n"
PARTS = [IN_PARTS[:40], IN_PARTS[40:90], IN_PARTS[90:]]


def part(guid, number, total, text):
    return f"4104\t{number}\t{total}\t" + text.replace("\n", "\\n") + f"\t{GUID.format(guid)}\t"


def process(command, account="alice"):
    return f"4688\t{account}\tC:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\t{command}"


LOG = [
    process("powershell -enc " + wide("whoami /all")),
    process("C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule"),
    f"7045\tUpdater\t%COMSPEC% /c powershell -c iex(FromBase64String('{coded(PACKED)}'))",
    part(1, 2, 3, PARTS[1]),
    part(1, 1, 3, PARTS[0]),
    part(2, 1, 3, "$x = '" + coded(SCRIPT) + "'; "),
    "fill 150000",
    part(1, 3, 3, PARTS[2]),
    part(2, 3, 3, "done"),
    part(3, 1, 1, f"[IO.File]::WriteAllBytes('a', [Convert]::FromBase64String('{coded(ARCHIVE)}'))"),
    process("powershell -enc " + wide("whoami /all"), "bob"),
]

EVENT = {"Event": {"System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}}, "EventID": 4688, "Channel": "Security",
                              "EventRecordID": 77, "Computer": "PC-08.example.test",
                              "TimeCreated": {"#attributes": {"SystemTime": "2026-03-06T04:00:00.000000Z"}}},
                   "EventData": {"SubjectUserName": "carol", "CommandLine": f'powershell -e "{wide(SCRIPT)}"'}}}
XML = ('<?xml version="1.0" encoding="utf-8"?><Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
       '<Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>4698</EventID><Channel>Security</Channel><EventRecordID>78</EventRecordID>'
       '<Computer>PC-09.example.test</Computer><TimeCreated SystemTime="2026-03-06T05:00:00.000Z"/></System><EventData>'
       '<Data Name="SubjectUserName">dave</Data><Data Name="TaskName">\\Updater</Data><Data Name="TaskContent">&lt;Task&gt;&lt;Arguments&gt;-enc '
       + wide("net user") + '&lt;/Arguments&gt;&lt;/Task&gt;</Data></EventData></Event></Events>')
HISTORY = f"#1772773200\nls -la\n#1772773260\necho {coded('id;uname -a')} | base64 -d | sh\n"
ACCESS = f'203.0.113.9 - - [06/Mar/2026:03:30:00 +0000] "GET /up/x.php?c={coded("cat /etc/passwd;id;w").replace("=", "%3D")} HTTP/1.1" 200 512 "-" "curl/8.5"\n'


def sha(content):
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()


# host, account, kind, chain, bytes, text
TRUTH = [
    ("PC-07", "alice", "text", "base64 > utf-16le", "whoami /all".encode("utf-16-le"), "whoami /all"),
    ("PC-07", None, "gzip", "base64", PACKED, None),
    ("PC-07", None, "text", "base64 > gzip > utf-8", SCRIPT.encode(), SCRIPT),
    ("PC-07", None, "script", "joined", IN_PARTS.encode(), IN_PARTS),
    ("PC-07", None, "text", "base64 > utf-8", SCRIPT.encode(), SCRIPT),
    ("PC-07", None, "script", "joined", f"$x = '{coded(SCRIPT)}'; ...\ndone".encode(), f"$x = '{coded(SCRIPT)}'; ...\ndone"),
    ("PC-07", None, "text", "base64 > utf-8", SCRIPT.encode(), SCRIPT),
    ("PC-07", None, "zip", "base64", ARCHIVE, None),
    ("PC-07", "bob", "text", "base64 > utf-16le", "whoami /all".encode("utf-16-le"), "whoami /all"),
    ("PC-08", "carol", "text", "base64 > utf-16le", SCRIPT.encode("utf-16-le"), SCRIPT),
    ("PC-09", "dave", "text", "base64 > utf-16le", "net user".encode("utf-16-le"), "net user"),
    ("web01", None, "text", "base64 > utf-8", b"id;uname -a", "id;uname -a"),
    ("web01", None, "text", "base64 > utf-8", b"cat /etc/passwd;id;w", "cat /etc/passwd;id;w"),
]


def make(folder):
    os.makedirs(f"{folder}/pc")
    os.makedirs(f"{folder}/web/root")
    with open(f"{folder}/list", "w", encoding="utf-8") as file:
        file.write("\n".join(LOG) + "\n")
    subprocess.run([WRITER, f"{folder}/list", f"{folder}/pc/all.evtx"], check=True)
    for name, text in {"pc/some.jsonl": json.dumps(EVENT) + "\n", "pc/task.xml": XML, "web/root/.bash_history": HISTORY, "web/access.log": ACCESS}.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def said(case, *more):
    return kit.kakuho("detections", case, "--payloads", "--json", *more, "--now", kit.NOW).out


def read(case, folder, jobs):
    kit.kakuho("init", case, "--now", kit.NOW)
    done = kit.kakuho("add", case, f"{folder}/pc", f"web01={folder}/web", "--jobs", str(jobs), "--without-rules", "--quiet", "--now", kit.NOW)
    return done.status, said(case)


def row(d):
    host = d["host"].split(".")[0]
    return (host, None if host == "web01" else d.get("account"), d["kind"], d["chain"], d["sha256"], d["bytes"], d.get("text"))


def main():
    checks = kit.Checks()
    folder = kit.place("payloads")
    make(folder)
    checks.true("the log has two ranges", os.path.getsize(f"{folder}/pc/all.evtx") > 64 << 20, str(os.path.getsize(f"{folder}/pc/all.evtx")))
    cases = {jobs: f"{folder}/case{jobs}" for jobs in (1, 2, 4)}
    out = {jobs: read(case, folder, jobs) for jobs, case in cases.items()}
    checks.equal("nothing failed", [status for status, _ in out.values()], [0, 0, 0])
    checks.true("the same with two jobs", out[2][1] == out[1][1])
    checks.true("the same with four jobs", out[4][1] == out[1][1])
    found = [json.loads(line) for line in out[1][1].splitlines()]
    wanted = [(h, a, k, c, sha(b), len(b), t) for h, a, k, c, b, t in TRUTH]
    checks.equal("the rows", sorted(map(row, found), key=str), sorted(wanted, key=str))
    checks.equal("ids are different", len({d["id"] for d in found}), len(found))
    checks.equal("in the order of time", [d["@timestamp"] for d in found], sorted(d["@timestamp"] for d in found))
    scripts = [d for d in found if d["kind"] == "script"]
    checks.equal("whole and torn scripts", [d["field"] for d in scripts], ["ScriptBlockText, 3 parts", "ScriptBlockText, 2 of 3 parts"])
    checks.equal("items of scripts", [d["path"] for d in scripts], [f"all.evtx!/script block {GUID.format(n)}" for n in (1, 2)])
    inside = [d for d in found if d.get("within") == 1 and d["field"].startswith("ScriptBlockText,")]
    checks.equal("of what is in them", [d["path"] for d in inside], [s["path"] + "!/payload 2" for s in scripts])
    events = [json.loads(line) for line in kit.kakuho("timeline", cases[1], "--json", "--now", kit.NOW).out.splitlines()]
    archive = next((d["path"] for d in found if d["kind"] == "zip"), "")
    checks.equal("the log in the archive in the script is read", len([e for e in events if e["ref"]["path"] == archive + "!/auth.log"]), 5)
    twins = [d for d in found if d.get("text") == "whoami /all"]
    checks.equal("the same content in one range is one item, in another range another", len({d["path"] for d in twins}), 2)
    places = {(e["ref"]["path"], e["ref"]["record"], e["ref"].get("offset")) for e in events}
    checks.true("each row has its event", all((d["ref"]["path"], d["ref"]["record"], d["ref"].get("offset")) in places for d in found))
    checks.equal("a host's", len(said(cases[1], "--host", "web01").splitlines()), 2)
    checks.equal("from a time on", len(said(cases[1], "--from", "2026-03-06T04:30:00Z", "--to", "2026-03-06T05:30:00Z").splitlines()), 2)
    csv = kit.kakuho("detections", cases[1], "--payloads", "--format", "csv", "--now", kit.NOW).out.decode()
    checks.true("as CSV", csv.startswith("id,@timestamp,host,account,kind,chain,") and "cat /etc/passwd;id;w" in csv)
    again = kit.kakuho("add", cases[1], f"{folder}/pc", f"web01={folder}/web", "--without-rules", "--quiet", "--now", kit.NOW)
    checks.equal("added again", (again.status, said(cases[1])), (0, out[1][1]))
    failures = kit.document(cases[1], "evidence")["failures"]
    checks.equal("the missing part is told", [f["reason"] for f in failures if "script block" in f["reason"]],
                 ["script blocks were joined without the parts that are not in the log"])
    checks.end()


if __name__ == "__main__":
    main()
