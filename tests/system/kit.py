"""What the system tests share: running kakuho, comparing, temporary places, the demo's evidence.

Every test is `python3 tests/system/NAME.py KAKUHO WRITE_DEMO NTFS_HELPER` and ends with 0, 1 (something
is wrong; each thing was printed) or 77 (it could not be done here; the reason was printed).
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

SKIP = 77
NOW = "2026-07-12T00:00:00Z"
DOCUMENTS = ["evidence", "access", "exfil", "persons", "claims", "deadlines", "status"]


class Checks:
    """Counts what was compared and prints what differs."""

    def __init__(self):
        self.made = 0
        self.failed = 0

    def equal(self, what, found, wanted):
        return self.true(what, found == wanted, f"found {short(found)}, should be {short(wanted)}")

    def true(self, what, good, why=""):
        self.made += 1
        if not good:
            self.failed += 1
            print(f"WRONG {what}{': ' + why if why else ''}", flush=True)
        return good

    def near(self, what, found, wanted, seconds):
        good = found is not None and abs(seconds_of(found) - seconds_of(wanted)) <= seconds
        return self.true(what, good, f"found {found}, should be {wanted} within {seconds} s")

    def end(self):
        print(f"{self.made} comparisons, {self.failed} wrong", flush=True)
        sys.exit(1 if self.failed else 0)


def short(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 300 else text[:300] + "…"


def seconds_of(time):
    """RFC 3339 in UTC to seconds since 1970, with fractions to the microsecond."""
    import datetime

    assert time.endswith("Z"), time
    whole, _, part = time[:-1].partition(".")
    at = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return at.timestamp() + (float("0." + part) if part else 0.0)


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIP)


PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None  # the tests change their folder


def program():
    if not PROGRAM:
        sys.exit(f"{sys.argv[0]} KAKUHO [WRITE_DEMO NTFS_HELPER]")
    return PROGRAM


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def said(self):
        """What it said beside progress lines."""
        return [line for line in self.err.decode("utf-8", "replace").splitlines() if " items, " not in line]


def kakuho(*words, timeout=300, **more):
    """Runs the program to its end; never raises for an exit status."""
    done = subprocess.run([program(), *[os.fsdecode(w) for w in words]], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=timeout, **more)
    return Result(done.returncode, done.stdout, done.stderr)


def start(*words, **more):
    return subprocess.Popen([program(), *[os.fsdecode(w) for w in words]], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def knows(command):
    return kakuho(command, "--help").status == 0


def place(name):
    """A folder that goes away at the end of the test, whatever that end is."""
    import atexit

    path = tempfile.mkdtemp(prefix=f"kakuho-{name}-", dir=os.environ.get("KAKUHO_TMP"))
    keep = os.environ.get("KAKUHO_KEEP")
    atexit.register(lambda: print("kept:", path) if keep else shutil.rmtree(path, ignore_errors=True))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    return path


def document(case, name, *more):
    done = kakuho(name, case, "--json", "--now", NOW, *more)
    if done.status != 0:
        raise AssertionError(f"{name} {case}: exit status {done.status}: {done.err.decode('utf-8', 'replace')}")
    return done.json()


def init(case, case_file=None):
    words = ["init", case, "--now", NOW] + (["--case-file", case_file] if case_file else [])
    done = kakuho(*words)
    if done.status != 0:
        raise AssertionError(f"init: {done.err.decode('utf-8', 'replace')}")


def add(case, evidence, *more):
    return kakuho("add", case, *evidence, "--now", NOW, "--quiet", *more)


def demo():
    """The demo's evidence, written once for every version of the program that writes it."""
    if len(sys.argv) < 4:
        skip("the programs that write the demo's evidence were not named")
    writer, helper = os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
    if not os.path.exists(helper):
        skip("kakuho-demo-ntfs was not built (libntfs-3g is missing)")
    for tool in ("mke2fs", "debugfs", "mkntfs"):
        if not shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            skip(f"{tool} is not installed")
    digest = hashlib.sha256()
    for path in (writer, helper):
        with open(path, "rb") as file:
            digest.update(file.read())
    folder = os.path.join(os.path.dirname(writer), "demo-evidence")
    mark = os.path.join(folder, "written-by")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with open(mark) as file:
                written = file.read() == digest.hexdigest()
        except FileNotFoundError:
            written = False
        if not written:
            if os.path.exists(mark):
                os.unlink(mark)
            environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
            subprocess.run([writer, folder, helper], check=True, env=environment)
            with open(mark, "w") as file:
                file.write(digest.hexdigest())
    return folder


def demo_case(name):
    """Case file, evidence and further options of one of the two."""
    folder = os.path.join(demo(), name)
    evidence = [os.path.join(folder, "evidence", e) for e in sorted(os.listdir(os.path.join(folder, "evidence")))]
    listing = os.path.join(folder, "leak-listing.txt")
    more = ["--leak-listing", listing] if os.path.exists(listing) else []
    with open(os.path.join(folder, "truth.json"), "rb") as file:
        truth = json.load(file)
    return os.path.join(folder, "case.yaml"), evidence, more, truth


def snapshot(folder, without=()):
    """Every name below a folder with its kind, size, mode and content's hash, to see what was touched."""
    seen = {}
    for top, folders, files in os.walk(os.fsencode(folder)):
        folders[:] = [f for f in folders if os.path.join(top, f) not in without]
        for name in folders + files:
            path = os.path.join(top, name)
            status = os.lstat(path)
            digest = None
            if stat.S_ISREG(status.st_mode) and status.st_size < 1 << 20:
                with open(path, "rb") as file:
                    digest = hashlib.sha256(file.read()).hexdigest()
            seen[path] = (stat.S_IFMT(status.st_mode), status.st_size if not stat.S_ISDIR(status.st_mode) else 0,
                          stat.S_IMODE(status.st_mode), digest)
    return seen


def children_of(pid):
    """Pids of living children (also of threads other than the first)."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != b"Z":
            found.append(int(name))
    return sorted(found)


def stripped(evidence):
    """The evidence document without what belongs to a run."""
    for e in evidence["evidence"]:
        e.pop("taken_in")
    return evidence


def listing_of(folder):
    """A listing of a leak that holds all files of the folder: what is in them counts as left."""
    path = folder + "-listing.txt"
    with open(path, "w", encoding="utf-8") as out:
        out.write("path\tsize\tsha256\n")
        for where, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                full = os.path.join(where, name)
                with open(full, "rb") as file:
                    content = file.read()
                out.write(f"share/{os.path.relpath(full, folder)}\t{len(content)}\t{hashlib.sha256(content).hexdigest()}\n")
    return path


def failed_password_rules(generate=False):
    """A rule for a refused password, and one for five of them from one address within ten minutes."""
    return f"""title: A Failed Password
id: 11111111-1111-4111-8111-111111111111
name: failed
status: test
logsource: {{product: linux, service: sshd}}
detection: {{words: ['Failed password'], condition: words}}
level: low
---
title: Many Failed Passwords
id: 22222222-2222-4222-8222-222222222222
status: test
correlation:
    type: event_count
    rules: [failed]
    group-by: [source.ip]
    timespan: 10m
    condition: {{gte: 5}}
    generate: {str(generate).lower()}
level: high
"""
