#!/usr/bin/env python3
"""YARA rules in the whole chain: files, members, attachments and files in a disk image, as they are taken in and later.
    yara.py KAKUHO
Rules, evidence and what is to be found are written here by hand."""
import base64
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
import zipfile

import kit
import passwords

MARK = "KUROSAGI-7"  # what the invented tool carries
NEAR = "KUROSAGI_7"

RULES = """import "hash"
rule Tool : tool T1105
{
  meta:
    description = "An invented tool"
    severity = "high"
    mitre_attack = "T1021.002, Lateral Movement"
  strings:
    $mark = "KUROSAGI-7" ascii wide
    $hex = { 4B 55 52 4F [3-5] 2D 38 }
  condition: any of them
}
rule Renamed { meta: score = 95 strings: $m = "KUROSAGI-7" condition: $m and extension == ".txt" and filename == "notes.TXT" and
  filepath == "files" }
rule Exact { condition: hash.md5(0, filesize) == "%s" }
private rule Part { condition: filesize > 1MB }
rule Large { strings: $end = "THE-END" condition: Part and $end }
"""
BAD = """include "/etc/passwd"
rule Owner { condition: owner == "root" }
rule Loose { strings: $a = /x(/ condition: $a }
rule Good { strings: $a = "KUROSAGI-7" condition: $a and filesize < 30 }
"""


def put(path, data, mode="wb"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode) as file:
        file.write(data)
    os.utime(path, (1741220000, 1741220000))


def zipped(members, packing):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2025, 3, 6, 1, 2, 4)), data, packing)
    return out.getvalue()


def tarred(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1741225000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def mail(data):
    return (b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nDate: Thu, 6 Mar 2025 10:00:00 +0900\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nhello\r\n--q\r\n"
            b"Content-Type: application/octet-stream; name=tool.bin\r\nContent-Disposition: attachment; filename=tool.bin\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data) + b"\r\n--q--\r\n")


def log_of(*scripts):
    """Process creations of an invented machine, each with a script handed over encoded."""
    lines = []
    for n, script in enumerate(scripts, 1):
        code = base64.b64encode(script.encode("utf-16-le")).decode()
        system = {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}}, "EventID": 4688, "Channel": "Security",
                  "Computer": "ws01", "EventRecordID": n, "TimeCreated": {"#attributes": {"SystemTime": f"2025-03-06T01:02:0{n}Z"}}}
        data = {"NewProcessName": "C:\\Windows\\System32\\powershell.exe", "CommandLine": f"powershell.exe -NoP -EncodedCommand {code}"}
        lines.append(json.dumps({"Event": {"System": system, "EventData": data}}))
    return "\n".join(lines).encode() + b"\n"


def image(folder):
    """A small ext4 image, or None where mke2fs is missing."""
    tool = shutil.which("mke2fs", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not tool:
        return None
    put(f"{folder}/root/srv/in-image.bin", b"x" * 5000 + MARK.encode())
    put(f"{folder}/root/srv/near.bin", NEAR.encode())
    put(f"{folder}/root/srv/old.zip", zipped([("a.bin", MARK.encode())], zipfile.ZIP_DEFLATED))
    path = f"{folder}/disk.img"
    done = subprocess.run([tool, "-q", "-t", "ext4", "-d", f"{folder}/root", path, "8m"], capture_output=True, check=False)
    shutil.rmtree(f"{folder}/root")
    return path if done.returncode == 0 else None


def evidence(folder):
    """Files with the rule and the offsets that each of their streams is to be found with."""
    mark = MARK.encode()
    wide = MARK.encode("utf-16-le")
    exact = b"the very same bytes"
    top = f"{folder}/ev"
    put(f"{top}/files/plain.bin", b"0123" + mark + b"...." + mark)
    put(f"{top}/files/wide.bin", b"\0\0" + wide)
    put(f"{top}/files/hex.bin", b"KURO1234-8 KURO12-8 KURO123456-8")
    put(f"{top}/files/near.bin", NEAR.encode() + b" KUROSAGI-")
    put(f"{top}/files/notes.TXT", mark)
    put(f"{top}/files/exact.dat", exact)
    put(f"{top}/files/empty.dat", b"")
    put(f"{top}/files/tool.eml", mail(b"\x01\x02" + mark))
    put(f"{top}/files/odd \xe5\x90\x8d.bin".encode("latin-1"), mark)
    put(f"{top}/stored.zip", zipped([("in/one.bin", b"-" + mark), ("in/two.bin", NEAR.encode()),
                                     ("in/deep.zip", zipped([("x.txt", b"--" + mark)], zipfile.ZIP_DEFLATED))], zipfile.ZIP_STORED))
    script = "Write-Output '%s'; " + "x" * 60
    log = log_of(script % MARK, script % NEAR)
    put(f"{top}/log/security.json", log)
    put(f"{top}/log/packed.zip", zipped([("security.json", log)], zipfile.ZIP_DEFLATED))
    put(f"{top}/pack.tar.gz", tarred([("t/three.bin", b"---" + mark), ("t/four.bin", exact)]))
    wanted = {
        "files/plain.bin one:Tool": [4, 18],
        "files/wide.bin one:Tool": [2],
        "files/hex.bin one:Tool": [0],
        "files/notes.TXT one:Tool": [0],
        "files/notes.TXT one:Renamed": [0],
        "files/exact.dat one:Exact": [0],
        "files/tool.eml!/tool.bin one:Tool": [2],
        "files/odd 名.bin one:Tool": [0],
        "stored.zip!/in/one.bin one:Tool": [1],
        "stored.zip!/in/deep.zip!/x.txt one:Tool": [2],
        "pack.tar.gz!/t/three.bin one:Tool": [3],
        "log/security.json!/offset 0.1 payload 1 one:Tool": [28],
        "log/packed.zip!/security.json!/offset 0.1 payload 1 one:Tool": [28],
        "pack.tar.gz!/t/four.bin one:Exact": [0],
    }
    handed = [top]
    disk = image(folder)
    if disk:
        handed.append(disk)
        wanted["disk.img!/srv/in-image.bin one:Tool"] = [5000]
        wanted["disk.img!/srv/old.zip!/a.bin one:Tool"] = [0]
    else:
        print("without a disk image: mke2fs is missing", flush=True)
    return handed, wanted, exact


def told(case, *more):
    done = kit.kakuho("detections", case, "--json", "--now", kit.NOW, *more)
    return [d for d in done.lines() if d["engine"] == "yara"], done.out


def found_in(lines):
    """Offsets by path and rule."""
    return {f"{d['refs'][0]['path']} {d['rule']['id']}": [r["offset"] for r in d["refs"]] for d in lines}


def compare_with_yara(checks, folder, rules):
    """The command-line tool of YARA on the same plain files, where it is installed."""
    if not shutil.which("yara"):
        print("not compared with the yara tool: it is not installed", flush=True)
        return
    files = f"{folder}/ev/files"
    case = f"{folder}/plain"
    kit.init(case)
    kit.add(case, [files], "--rules", rules)
    variables = ["-d", "filename=x", "-d", "filepath=x", "-d", "extension=x"]
    out = subprocess.run(["yara", *variables, "-r", rules, files], capture_output=True, text=True, check=True).stdout
    theirs = {(line.split(" ", 1)[1][len(files) + 1:], line.split(" ", 1)[0]) for line in out.splitlines()}
    ours = {(d["refs"][0]["path"].split("!")[0], d["rule"]["title"]) for d in told(case)[0]}
    ours = {(path, {"An invented tool": "Tool"}.get(title, title)) for path, title in ours if title != "Renamed"}
    checks.true("the yara tool finds nothing else in plain files", theirs <= ours, str(theirs - ours))


def check_hits(checks, case, handed, wanted):
    lines, out = told(case)
    checks.equal("what is found, and where", found_in(lines), wanted)
    tool = [d for d in lines if d["refs"][0]["path"] == "files/plain.bin"]
    checks.equal("one line for it", len(tool), 1)
    tool = tool[0] if tool else {"rule": {}}
    checks.equal("its rule", tool["rule"], {"id": "one:Tool", "title": "An invented tool", "level": "high",
                                            "tags": ["tool", "T1105", "attack.t1105", "attack.t1021.002", "attack.lateral-movement"]})
    checks.equal("its time is the file's", tool.get("@timestamp"), "2025-03-06T00:13:20Z")
    payload = [d.get("@timestamp") for d in lines if d["refs"][0]["path"].startswith("log/security.json!/")]
    checks.equal("a payload's time is its event's", payload, ["2025-03-06T01:02:01Z"])
    checks.equal("no event", tool.get("event_ids"), [])
    checks.equal("its strings", tool.get("strings"), [{"name": "$mark", "offset": 4, "length": 10}, {"name": "$mark", "offset": 18, "length": 10}])
    for name in ("files/plain.bin", "stored.zip!/in/deep.zip!/x.txt"):
        hit = [d for d in lines if d["refs"][0]["path"] == name]
        ground = kit.kakuho("explain", case, hit[0]["id"], "--json", "--now", kit.NOW).json() if hit else {}
        checks.equal(f"explained down to the bytes: {name}", (ground.get("rule_id"), ground.get("refs", [{}])[0].get("text")), ("one:Tool", MARK))
    summary = json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)
    checks.equal("what the summary counts", (summary["yara"]["partly_scanned"], summary["yara"]["not_scanned"]), (0, 0))
    checks.equal("hits by rule", {r["id"]: r["detections"] for r in summary["rules"] if r["id"].startswith("one:")},
                 {rule: sum(key.endswith(" " + rule) for key in wanted) for rule in ("one:Tool", "one:Renamed", "one:Exact")})
    levels = {d["rule"]["id"] for d in told(case, "--level", "critical")[0]}
    checks.equal("by level", levels, {"one:Renamed"})
    return out


def check_later(checks, folder, handed, rules, out):
    later = f"{folder}/later"
    kit.init(later)
    kit.add(later, handed)
    checks.equal("nothing without rules", told(later)[0], [])
    done = kit.kakuho("analyse", later, "--rules", rules, "--now", kit.NOW)
    checks.equal("given later", (done.status, told(later)[1] == out), (0, True))
    kit.kakuho("analyse", later, "--now", kit.NOW)
    checks.true("and kept", told(later)[1] == out)
    before = kit.document(later, "evidence")["state"]
    put(f"{folder}/second/two.yar", BAD.encode())
    done = kit.kakuho("analyse", later, "--rules", f"{folder}/second", "--now", kit.NOW)
    lines, _ = told(later)
    checks.equal("other rules take the place", {d["rule"]["id"] for d in lines}, {"two:Good"})
    checks.true("the state is another", kit.document(later, "evidence")["state"] != before)
    unused = json.loads(kit.kakuho("detections", later, "--unused", "--json", "--now", kit.NOW).out)["unused"]
    named = {(u["id"], u["line"], u["state"]) for u in unused if u["file"].endswith("two.yar")}
    checks.equal("what cannot be used is named", named, {("", 1, "refused"), ("two:Owner", 2, "refused"), ("two:Loose", 3, "refused")})
    os.rename(f"{folder}/ev/stored.zip", f"{folder}/gone.zip")
    done = kit.kakuho("analyse", later, "--rules", rules, "--now", kit.NOW)
    failures = [f for f in kit.document(later, "evidence")["failures"] if "YARA" in f["reason"]]
    checks.equal("evidence that is gone is said", (done.status, [f["path"] for f in failures]), (3, ["stored.zip"]))
    os.rename(f"{folder}/gone.zip", f"{folder}/ev/stored.zip")
    done = kit.kakuho("analyse", later, "--now", kit.NOW)
    checks.equal("and made up for", (done.status, told(later)[1] == out), (0, True))


def check_large(checks, folder, rules):
    large = f"{folder}/large/big.bin"
    put(large, b"")
    with open(large, "r+b") as file:
        file.truncate(80 << 20)
        for at in ((48 << 20) - 7, 50 << 20, (80 << 20) - 7):
            file.seek(at)
            file.write(b"THE-END")
    put(f"{folder}/large/small.bin", b"x" * 2000000 + b"THE-END")
    outs = []
    for jobs in ("1", "2"):
        case = f"{folder}/large-case-{jobs}"
        kit.init(case)
        done = kit.add(case, [f"{folder}/large"], "--rules", rules, "--jobs", jobs)
        lines, out = told(case)
        outs.append(out)
        failures = kit.document(case, "evidence")["failures"]
        checks.equal("a large file is held against rules in part, and that is said",
                     (done.status, [(f["path"], "in part" in f["reason"]) for f in failures]), (3, [("big.bin", True)]))
        checks.equal("its ends are", found_in(lines),
                     {"big.bin one:Large": [(48 << 20) - 7, (80 << 20) - 7], "small.bin one:Large": [2000000]})
        checks.equal("and the line says so", [d.get("partly_scanned") for d in lines if d["refs"][0]["path"] == "big.bin"], [True])
    checks.true("whatever the jobs", outs[0] == outs[1])


def check_hostile(checks, folder):
    """Many places, a rule file of many megabytes, damaged rules, compiled ones: none takes the others with it."""
    rules = f"{folder}/hostile"
    put(f"{rules}/a.yar", b'rule Many { strings: $a = "ab" condition: #a == 100000 }\n')
    put(f"{rules}/huge.yar", b"// " + b"x" * (50 << 20))
    put(f"{rules}/cut.yar", b'rule Cut { strings: $a = "ab')
    put(f"{rules}/compiled.yarc", b"YARA\x14\0\0\0\xff")
    put(f"{rules}/bytes.rule", b'rule Bytes { meta: description = "\xff\xfe\xe3" strings: $a = "ab" condition: #a > 99999 }\n')
    put(f"{rules}/other.rule", b"title: nothing of YARA\n")
    put(f"{folder}/many/many.txt", b"ab" * 100000)
    put(f"{folder}/many/bomb.zip", zipped([(f"{n}.bin", b"\0" * (30 << 20)) for n in range(8)], zipfile.ZIP_DEFLATED))
    case = f"{folder}/hostile-case"
    kit.init(case)
    done = kit.add(case, [f"{folder}/many"], "--rules", rules)
    lines, _ = told(case)
    many = [d for d in lines if d["rule"]["id"] == "a:Many"]
    checks.equal("a hundred thousand places", [(d["matches"], len(d["strings"]), len(d["refs"])) for d in many], [(100000, 50, 50)])
    unused = json.loads(kit.kakuho("detections", case, "--unused", "--json", "--now", kit.NOW).out)["unused"]
    files = {os.path.basename(u["file"]) for u in unused if u["file"].startswith(rules)}
    checks.equal("each bad file is named", files | {"bytes.rule"}, {"huge.yar", "cut.yar", "compiled.yarc", "bytes.rule"})
    named = "bytes.rule" in files or any(d["rule"]["id"] == "bytes:Bytes" for d in lines)
    checks.true("and what is no UTF-8 is used or named", named)
    checks.true("whatever the exit status", done.status in (0, 3), str(done.status))


def busy_worker(add):
    """The process that has been computing for longest below the one given: the worker that scans."""
    def ticks(pid):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                return int(file.read().rpartition(b")")[2].split()[11])
        except OSError:
            return 0

    workers = [w for template in kit.children_of(add.pid) for w in kit.children_of(template)]
    return max(((ticks(w), w) for w in workers), default=(0, 0))


def check_killed(checks, folder):
    """A worker that is killed over one member costs that member, and nothing behind it."""
    rules = f"{folder}/loop.yar"
    put(rules, b"rule Loop { condition: filesize > 9MB and for all i in (0..filesize) : (for all j in (0..filesize) : (i + j >= 0)) }\n"
               b'rule Mark { strings: $a = "KUROSAGI-7" condition: $a }\n')
    mark = MARK.encode()
    put(f"{folder}/killed/k.zip", zipped([("a.bin", mark), ("b.bin", mark + b"\0" * (10 << 20)), ("c.bin", mark),
                                          ("d.zip", zipped([("e.bin", mark)], zipfile.ZIP_DEFLATED))], zipfile.ZIP_DEFLATED))
    case = f"{folder}/killed-case"
    kit.init(case)
    add = kit.start("add", case, f"{folder}/killed", "--rules", rules, "--quiet", "--now", kit.NOW, "--jobs", "1")
    killed = set()
    while add.poll() is None:
        ticks, worker = busy_worker(add)
        if ticks > 150 and worker not in killed:  # a second and a half, where each other member takes none
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)
        time.sleep(0.05)
    add.communicate()
    checks.equal("the worker was killed, and the one after it", len(killed), 2)
    checks.equal("its exit status", add.returncode, 3)
    checks.equal("all else is found", sorted(found_in(told(case)[0])), ["k.zip!/a.bin loop:Mark", "k.zip!/c.bin loop:Mark", "k.zip!/d.zip!/e.bin loop:Mark"])
    failures = kit.document(case, "evidence")["failures"]
    checks.equal("and the one is listed", [(f["path"], "killed" in f["reason"]) for f in failures], [("k.zip!/b.bin", True)])


def check_interrupted(checks, folder, handed, rules, out):
    """kill -9 while evidence is held against rules: the next run ends with the same."""
    case = f"{folder}/interrupted"
    kit.init(case)
    kit.add(case, handed)
    for wait in (0.05, 0.3, 0.6):
        analyse = kit.start("analyse", case, "--rules", rules, "--now", kit.NOW)
        time.sleep(wait)
        analyse.kill()
        analyse.communicate()
    done = kit.kakuho("analyse", case, "--rules", rules, "--now", kit.NOW)
    checks.equal("after interruptions", (done.status, told(case)[1] == out), (0, True))


def reach(case):
    """What --unused says of YARA rules, and that the summary and the coverage say the same."""
    unused = json.loads(kit.kakuho("detections", case, "--unused", "--json", "--now", kit.NOW).out)
    summary = json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)
    return unused, summary, kit.document(case, "exfil")["coverage"].get("yara")


def check_not_scanned(checks, folder):
    """What could not be held against rules, and rules that cannot be used, are told as those of Sigma are."""
    rules = f"{folder}/reach.yar"
    put(rules, b'import "magic"\nrule Mark { strings: $a = "KUROSAGI-7" condition: $a }\nrule Owner { condition: owner == "root" }\n'
               b'rule Kind { condition: magic.type() contains "x" }\nrule After { condition: Owner }\n')
    top = f"{folder}/reach"
    put(f"{top}/plain.bin", MARK.encode())
    put(f"{top}/empty.bin", b"")
    put(f"{top}/locked.zip", passwords.zipped([("in/secret.txt", MARK.encode(), b"nobody knows")]))
    put(f"{top}/torn.zip", zipped([("a.bin", os.urandom(4000))], zipfile.ZIP_STORED)[:2000])
    put(f"{top}/large.bin", b"")
    with open(f"{top}/large.bin", "r+b") as file:
        file.truncate(70 << 20)
    case = f"{folder}/reach-case"
    kit.init(case)
    kit.add(case, [f"FS01={top}"], "--rules", rules)
    unused, summary, coverage = reach(case)
    mine = {u["id"]: (u["state"], u["line"], u["why"]) for u in unused["unused"] if u["engine"] == "yara"}
    checks.equal("rules that cannot be used", sorted(mine), ["", "reach:After", "reach:Kind", "reach:Owner"])
    for rule, line, words in (("", 1, '"magic" is not taken'), ("reach:Owner", 3, "external variables"), ("reach:Kind", 4, 'needs the module "magic"'),
                              ("reach:After", 5, 'needs the rule "Owner"')):
        state, at, why = mine.get(rule, ("", 0, ""))
        checks.true(f"and why: {rule}", state == "refused" and at == line and words in why, str(mine.get(rule)))
    checks.equal("the summary counts them", summary["refused"], 4)
    gaps = [(g["path"], g["host"], g["state"], g["why"]) for g in unused["yara"]["unscanned"]]
    checks.equal("what was not scanned", gaps, [("large.bin", "FS01", "partly_scanned", "too_large"), ("locked.zip!/in/secret.txt", "FS01", "not_scanned", "locked"),
                                               ("torn.zip", "FS01", "partly_scanned", "damaged"), ("torn.zip!/a.bin", "FS01", "not_scanned", "unreadable")])
    wanted = {"rules": {"ran": 1, "could_not_run": 0, "refused": 4}, "scanned": 3, "partly_scanned": 2, "not_scanned": 2,
              "reasons": [{"why": "too_large", "items": 1}, {"why": "locked", "items": 1}, {"why": "damaged", "items": 1},
                          {"why": "unreadable", "items": 1}],
              "hosts": [{"host": "FS01", "scanned": 3, "partly_scanned": 2, "not_scanned": 2}]}
    checks.equal("in the summary", summary["yara"], wanted)
    checks.equal("in the coverage", coverage, wanted)


def check_nothing_scanned(checks, folder):
    """Rules over a case in which there is nothing could not run."""
    rules = f"{folder}/reach.yar"
    case = f"{folder}/idle-case"
    os.makedirs(f"{folder}/idle", exist_ok=True)
    kit.init(case)
    kit.add(case, [f"{folder}/idle"], "--rules", rules)
    unused, summary, _ = reach(case)
    idle = [(u["id"], u["why"]) for u in unused["unused"] if u["engine"] == "yara" and u["state"] == "could_not_run"]
    checks.equal("a rule without anything to be held against", idle, [("reach:Mark", "nothing_scanned")])
    checks.equal("and its number", summary["yara"]["rules"], {"ran": 0, "could_not_run": 1, "refused": 4})


def main():
    import hashlib

    checks = kit.Checks()
    folder = kit.place("yara")
    handed, wanted, exact = evidence(folder)
    rules = f"{folder}/rules/one.yar"
    put(rules, (RULES % hashlib.md5(exact).hexdigest()).encode())
    outs = []
    for jobs in ("1", "2", "4"):
        case = f"{folder}/case-{jobs}"
        kit.init(case)
        done = kit.add(case, handed, "--rules", rules, "--jobs", jobs)
        checks.equal(f"with {jobs} jobs", (done.status, done.said()), (0, []))
        outs.append(check_hits(checks, case, handed, wanted) if jobs == "1" else told(case)[1])
    checks.true("the same with 1, 2 and 4 jobs", outs[0] == outs[1] == outs[2])
    check_later(checks, folder, handed, rules, outs[0])
    check_interrupted(checks, folder, handed, rules, outs[0])
    check_killed(checks, folder)
    check_large(checks, folder, rules)
    check_hostile(checks, folder)
    check_not_scanned(checks, folder)
    check_nothing_scanned(checks, folder)
    compare_with_yara(checks, folder, rules)
    checks.end()


if __name__ == "__main__":
    main()
