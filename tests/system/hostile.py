"""Wrong words, bad case files, evidence that means harm, full disks, two writers: each gives one clear line or a
listed issue and the exit status of the contract; nothing is lost beside it, nothing is written outside the case."""

import gzip
import io
import os
import resource
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tarfile
import time
import zlib

import evidence
import kit

PROBE = evidence.auth_log(99, 40, "witness")  # a neighbour that must be read whatever lies beside it


def one_line(checks, what, done, status):
    """Ends as the contract says, and says so in one line that a human can act on."""
    checks.equal(f"{what}: exit status", done.status, status)
    said = done.said()
    checks.true(f"{what}: one line", len(said) == 1 and said[0].startswith("kakuho: "), kit.short(said))
    checks.true(f"{what}: no question of SQL, no name of a source file", not any(
        word in line for line in said for word in ("SELECT ", "Catalog Error", ".c:", "assert")), kit.short(said))


def fresh(folder, name):
    case = os.path.join(folder, "cases", name)
    os.makedirs(os.path.dirname(case), exist_ok=True)
    kit.init(case)
    return case


def take(checks, folder, name, handed, statuses=(0, 3), more=(), timeout=300, **how):
    """Adds to a fresh case; gives the evidence document and the timeline, or None."""
    case = fresh(folder, name)
    try:
        done = kit.kakuho("add", case, *handed, "--now", kit.NOW, "--quiet", *more, timeout=timeout, **how)
    except subprocess.TimeoutExpired:
        checks.true(f"{name}: ends", False, f"not after {timeout} s")
        return None, []
    checks.true(f"{name}: exit status", done.status in statuses, f"{done.status}: {kit.short(done.said())}")
    checks.equal(f"{name}: says nothing", done.said(), [])
    answer = kit.document(case, "evidence")
    listed = [f for f in answer["failures"]]
    checks.equal(f"{name}: exit status 3 only with something listed", done.status == 3 and not listed, False)
    events = kit.kakuho("timeline", case, "--json").lines()
    shutil.rmtree(case)
    return answer, events


def witness(checks, what, events):
    """The neighbour's lines are all there."""
    found = [e for e in events if e["ref"]["path"].endswith("witness.log")]
    checks.equal(f"{what}: lines of the file beside it", len(found), PROBE.count(b"\n"))


def reasons(answer):
    return [(f["path"], f["reason"]) for f in answer["failures"]]


# --- words and paths ---

def words(checks, folder):
    case = fresh(folder, "words")
    good = evidence.write(f"{folder}/words/witness.log", PROBE)
    fifo, sock = f"{folder}/words/fifo", f"{folder}/words/socket"
    os.mkfifo(fifo)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(sock)
    for what, line, status in [
        ("no such path", ["add", case, f"{folder}/none"], 2),
        ("no such path beside a good one", ["add", case, good, f"{folder}/none"], 2),
        ("a character device", ["add", case, "/dev/null"], 2),
        ("a fifo", ["add", case, fifo], 2),
        ("a socket", ["add", case, sock], 2),
        ("an empty path", ["add", case, ""], 2),
        ("a host without a path", ["add", case, "WEB01="], 2),
        ("a path through a file", ["add", case, good + "/x"], 2),
        ("a path too long", ["add", case, "x" * 5000], 2),
        ("no case there", ["status", f"{folder}/none"], 2),
        ("a folder that is no case", ["status", f"{folder}/words"], 2),
        ("a file that is no case", ["status", good], 2),
        ("a case below a file", ["init", good + "/case"], (2, 4)),
        ("a case in place of a file", ["init", good], (2, 4)),
        ("an unknown command", ["stauts", case], 2),
        ("an unknown option", ["status", case, "--jsn"], 2),
        ("an option without its value", ["status", case, "--now"], 2),
        ("a bad time", ["status", case, "--now", "yesterday"], 2),
        ("a day that is none", ["status", case, "--now", "2026-02-30T00:00:00Z"], 2),
        ("a bad zone", ["status", case, "--tz", "Mars/Olympus"], 2),
        ("a bad language", ["status", case, "--lang", "fr"], 2),
        ("no jobs", ["status", case, "--jobs", "0"], 2),
        ("too many jobs", ["status", case, "--jobs", "99999"], 2),
        ("too few words", ["add"], 2),
        ("too many words", ["status", case, case], 2),
        ("a bad time of an event", ["timeline", case, "--from", "noon"], 2),
        ("a bad format", ["timeline", case, "--format", "doc"], 2),
        ("a bad condition", ["timeline", case, "--where", "no such ("], 2),
        ("a condition that closes the bracket", ["timeline", case, "--where", "true) UNION SELECT * FROM words --"], 2),
        ("a condition that writes", ["timeline", case, "--where", "true; DROP TABLE events"], 2),
        ("a leak listing that is not there", ["add", case, good, "--leak-listing", f"{folder}/none"], 2),
        ("a case file that is not there", ["init", f"{folder}/cases/nf", "--case-file", f"{folder}/none"], 2),
        ("a case file that is a folder", ["init", f"{folder}/cases/nd", "--case-file", folder], 2),
    ]:
        done = kit.kakuho(*line, "--quiet") if line[-1] not in ("--now", "--jsn") else kit.kakuho(*line)
        if isinstance(status, tuple):
            checks.true(f"{what}: exit status", done.status in status, str(done.status))
            status = done.status
        one_line(checks, what, done, status)
    checks.true("a bad condition leaves the case as it was", kit.kakuho("status", case).status == 0)
    checks.equal("wrong paths leave nothing in the case", kit.document(case, "evidence")["evidence"], [])
    try:
        one_line(checks, "a case file that is a fifo",
                 kit.kakuho("init", f"{folder}/cases/fifo", "--case-file", fifo, timeout=10), 2)
    except subprocess.TimeoutExpired:
        checks.true("a case file that is a fifo: ends", False)
    answer, events = take(checks, folder, "folder with a fifo and a socket", [f"{folder}/words"])
    witness(checks, "folder with a fifo and a socket", events)
    checks.equal("a fifo and a socket are listed", sorted(p for p, _ in reasons(answer)), ["fifo", "socket"])
    with open("/dev/full", "wb") as full:
        done = subprocess.run([kit.program(), "status", case, "--json"], stdout=full, stderr=subprocess.PIPE, check=False)
    one_line(checks, "answers to a full device", kit.Result(done.returncode, b"", done.stderr), 4)
    for word in ("\udcff\udcfe", "\u3000", "%s%n", "'; DROP TABLE events; --"):
        for option in ("--grep", "--host", "--account", "--source"):
            done = kit.kakuho("timeline", case, option, word, "--json")
            checks.true(f"timeline {option} {word!r}: ends in order", done.status in (0, 2), f"{done.status} {kit.short(done.said())}")
            checks.true(f"timeline {option} {word!r}: a line at most", len(done.said()) <= 1, kit.short(done.said()))


def as_another(checks, folder):
    """Files without the right to read them. Root may read all: then another user tries."""
    top, case = f"{folder}/rights", f"{folder}/rights/case"
    good = evidence.write(f"{top}/in/witness.log", PROBE)
    closed = evidence.write(f"{top}/in/closed.log", PROBE)
    under = os.path.dirname(evidence.write(f"{top}/in/shut/x.log", PROBE))
    more = {}
    if os.getuid() == 0:
        more = {"user": 65534, "group": 65534, "extra_groups": []}
        os.chmod(folder, 0o711)
        for path in (top, f"{top}/in", good, closed, under, f"{under}/x.log"):
            os.chown(path, 65534, 65534)
        try:
            works = kit.kakuho("--version", **more).status == 0
        except PermissionError:
            works = False
        if not works:
            print("not tried: files without the right to read them (another user cannot start the program here)")
            return
    os.chmod(closed, 0)
    os.chmod(under, 0)
    try:
        checks.equal("another user: init", kit.kakuho("init", case, **more).status, 0)
        one_line(checks, "a file without the right to read it", kit.kakuho("add", case, closed, "--quiet", **more), 4)
        one_line(checks, "a folder without the right to read it", kit.kakuho("add", case, under, "--quiet", **more), 4)
        checks.equal("without the right to read: nothing in the case", kit.kakuho("evidence", case, "--json").json()["evidence"], [])
        done = kit.kakuho("add", case, f"{top}/in", "--quiet", **more)
        checks.equal("a folder with closed files: exit status", (done.status, done.said()), (3, []))
        answer = kit.document(case, "evidence")
        checks.equal("a folder with closed files: they are listed", sorted(p for p, _ in reasons(answer)), ["closed.log", "shut"])
        witness(checks, "a folder with closed files", kit.kakuho("timeline", case, "--json").lines())
        os.chmod(closed, 0o600)
        checks.equal("a file opened later: exit status", kit.kakuho("add", case, f"{top}/in", "--quiet", **more).status, 3)
        found = [e for e in kit.kakuho("timeline", case, "--json").lines() if e["ref"]["path"] == "closed.log"]
        checks.equal("a file opened later: is read", len(found), PROBE.count(b"\n"))
        os.chmod(case, 0o500)
        done = kit.kakuho("add", case, good, "--quiet", **more)
        one_line(checks, "a case without the right to write it", done, 4)
    finally:
        os.chmod(closed, 0o600)
        os.chmod(under, 0o700)
        os.chmod(case, 0o700)


# --- case.yaml ---

BAD_CASES = [
    ("an unknown key", "organization: x\n", 1),
    ("an unknown key further down", "timezone: Asia/Tokyo\n\norganisation: {name: x, nane: y}\n", 3),
    ("no YAML", "organisation: {name: x\n", None),
    ("a tab", "organisation:\n\tname: x\n", 2),
    ("a key twice", "timezone: UTC\ntimezone: UTC\n", 2),
    ("a list for a text", "timezone: [a, b]\n", 1),
    ("a text for a list", "known: 5\n", 1),
    ("a bad zone", "timezone: Asia/Atlantis\n", 1),
    ("a bad time", "organisation: x\ndiscovered: 2026-13-01T00:00:00+09:00\n", 2),
    ("a bad choice", "wrongful_purpose: perhaps\n", 1),
    ("a bad network", "internal_networks: [10.0.0.0/33]\n", 1),
    ("a negative number", "uplink_mbps: -3\n", 1),
    ("a circle of parents", "categories:\n  - {name: a, paths: ['x'], parent: b}\n  - {name: b, paths: ['y'], parent: a}\n", None),
    ("an unknown parent", "categories:\n  - {name: a, paths: ['x'], parent: zz}\n", 2),
    ("an alias", "organisation: &a x\ntimezone: *a\n", None),
    ("a bad hash", "acquired:\n  - {label: x, sha256: 12}\n", 2),
    ("an end before its beginning", "intrusion: {from: 2026-07-08T00:00:00Z, to: 2026-07-01T00:00:00Z}\n", 1),
    ("two documents", "timezone: UTC\n---\ntimezone: UTC\n", None),
    ("bytes that are no text", b"timezone: \xff\xfe\n", 0),
    ("a NUL", b"timezone: UTC\x00\n", None),
    ("a scalar", "hello\n", 1),
    ("deep nesting", "known: " + "[" * 200 + "]" * 200 + "\n", 1),
]


def case_files(checks, folder):
    for n, (what, text, line) in enumerate(BAD_CASES):
        path = evidence.write(f"{folder}/yaml/{n}.yaml", text if isinstance(text, bytes) else text.encode())
        case = f"{folder}/cases/yaml{n}"
        done = kit.kakuho("init", case, "--case-file", path)
        one_line(checks, f"case.yaml with {what}", done, 2)
        told = done.err.decode("utf-8", "replace")
        wanted = f"line {line}" if line else "UTF-8" if line == 0 else "line "
        checks.true(f"case.yaml with {what}: tells {wanted}", wanted in told, kit.short(told))
        good = fresh(folder, f"yamlgood{n}")
        shutil.copy(path, f"{good}/case.yaml")
        one_line(checks, f"case.yaml become one with {what}", kit.kakuho("status", good), 2)
    path = evidence.write(f"{folder}/yaml/bad.yaml", b"organization: x\n")
    again = f"{folder}/cases/yaml0"
    done = kit.kakuho("init", again, "--case-file", evidence.write(f"{folder}/yaml/good.yaml", b"timezone: UTC\n"))
    checks.equal("init after a bad case file: exit status", done.status, 0)
    kept = fresh(folder, "kept")
    kit.kakuho("init", kept, "--case-file", path)
    checks.equal("a bad case file does not take the place of a good one", kit.kakuho("status", kept).status, 0)


# --- archives ---

def crc_of_zeros(length):
    """CRC-32 of so many zero bytes, by squaring the step of one byte."""
    def times(matrix, vector):
        total = 0
        for row in matrix:
            if vector & 1:
                total ^= row
            vector >>= 1
        return total

    step = [0xEDB88320] + [1 << n for n in range(31)]
    for _ in range(3):
        step = [times(step, row) for row in step]
    crc = 0xFFFFFFFF
    while length:
        if length & 1:
            crc = times(step, crc)
        step = [times(step, row) for row in step]
        length >>= 1
    return crc ^ 0xFFFFFFFF


def deflated_zeros(length):
    """A deflate stream of zeros without deflating them all: blocks that each end on a byte repeat."""
    block = 1 << 20
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = c.compress(bytes(block)) + c.flush(zlib.Z_FULL_FLUSH)
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return first * (length // block) + c.compress(bytes(length % block)) + c.flush()


def zip_of(members):
    """members: (name bytes, packed, method, crc, size); zip64 where a size needs it."""
    out, directory = io.BytesIO(), io.BytesIO()
    for name, packed, method, crc, size in members:
        at, big = out.tell(), size >= 0xFFFFFFFF
        extra = struct.pack("<HHQQ", 1, 16, size, len(packed)) if big else b""
        sizes = (0xFFFFFFFF, 0xFFFFFFFF) if big else (len(packed), size)
        head = struct.pack("<HHHHHIII", 45 if big else 20, 0x800, method, 0x6000, 0x5CE1, crc, *sizes)
        out.write(b"PK\x03\x04" + head + struct.pack("<HH", len(name), len(extra)) + name + extra + packed)
        directory.write(b"PK\x01\x02" + struct.pack("<H", 45) + head + struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, 0, at)
                        + name + extra)
    start = out.tell()
    out.write(directory.getvalue())
    out.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory.getvalue()), start, 0))
    return out.getvalue()


def stored(name, content):
    return (name, content, 0, zlib.crc32(content), len(content))


def bombs(checks, folder):
    ten = 10 << 30
    zeros = zip_of([stored(b"before.log", PROBE.replace(b"witness", b"zipped1")),
                    (b"zeros.bin", deflated_zeros(ten), 8, crc_of_zeros(ten), ten),
                    stored(b"after.log", PROBE.replace(b"witness", b"zipped2"))])
    evidence.write(f"{folder}/bomb/zeros.zip", zeros)
    evidence.write(f"{folder}/bomb/witness.log", PROBE)
    begun = time.monotonic()
    answer, events = take(checks, folder, "zip of 10 GB of zeros", [f"{folder}/bomb"], statuses=(3,), timeout=120)
    checks.true("zip of 10 GB of zeros: a matter of seconds", time.monotonic() - begun < 60, f"{time.monotonic() - begun:.0f} s")
    if answer:
        witness(checks, "zip of 10 GB of zeros", events)
        checks.true("zip of 10 GB of zeros: is listed", any("zeros.zip" in p for p, _ in reasons(answer)), kit.short(reasons(answer)))
        checks.equal("zip of 10 GB of zeros: the member before them",
                     len([e for e in events if e["ref"]["path"].endswith("before.log")]), PROBE.count(b"\n"))
    level = zip_of([(b"0.dll", deflated_zeros(100 << 20), 8, crc_of_zeros(100 << 20), 100 << 20)])
    for _ in range(4):
        packed = zlib.compress(level, 9)[2:-4]
        level = zip_of([(f"{n:x}.zip".encode(), packed, 8, zlib.crc32(level), len(level)) for n in range(16)])
    evidence.write(f"{folder}/nested/42.zip", level)
    evidence.write(f"{folder}/nested/witness.log", PROBE)
    begun = time.monotonic()
    answer, events = take(checks, folder, "nested zip bomb", [f"{folder}/nested"], statuses=(3,), timeout=120)
    checks.true("nested zip bomb: a matter of seconds", time.monotonic() - begun < 60, f"{time.monotonic() - begun:.0f} s")
    if answer:
        witness(checks, "nested zip bomb", events)
        checks.true("nested zip bomb: is listed", any("42.zip" in p for p, _ in reasons(answer)), kit.short(reasons(answer)[:5]))
        names_of_shares = "archives inside archives unpack to too much together"
        checks.true("nested zip bomb: the limit is named", any(r.startswith(names_of_shares) for _, r in reasons(answer)))
    quine = gzip.compress(gzip.compress(gzip.compress(bytes(256 << 20), 1), 9), 9)
    evidence.write(f"{folder}/gz/zeros.gz", quine)
    evidence.write(f"{folder}/gz/witness.log", PROBE)
    _, events = take(checks, folder, "gzip in gzip in gzip of zeros", [f"{folder}/gz"], statuses=(0, 3), timeout=120)
    witness(checks, "gzip in gzip in gzip of zeros", events)


def crowds(checks, folder):
    """More members than descriptors: none may be lost; and whole archives inside archives, none too deep."""
    line = b"Jul  8 00:00:00 web01 sshd[1]: Accepted password for a from 192.0.2.1 port 22 ssh2\n"
    evidence.write(f"{folder}/crowd/many.zip", zip_of([stored(f"d{n // 1000}/{n}.log".encode(), line) for n in range(6000)]))
    inner = zip_of([stored(f"{n}.log".encode(), line) for n in range(40)])
    evidence.write(f"{folder}/crowd/zips.zip", zip_of([stored(f"{n}.zip".encode(), inner) for n in range(100)]))
    evidence.write(f"{folder}/crowd/witness.log", PROBE)

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    answer, events = take(checks, folder, "more members than descriptors", [f"{folder}/crowd"], statuses=(0,), preexec_fn=few)
    witness(checks, "more members than descriptors", events)
    read = [e for e in events if e.get("event.module") != "archive" and e["ref"]["path"] != "witness.log"]
    checks.equal("more members than descriptors: lines", len(read), 6000 + 100 * 40)
    deep = PROBE
    for n in range(14):
        deep = zip_of([stored(b"%d.zip" % n if n else b"x.log", deep), stored(b"beside.log", PROBE)])
    evidence.write(f"{folder}/deep/deep.zip", deep)
    answer, events = take(checks, folder, "archives twelve deep", [f"{folder}/deep"], statuses=(3,))
    beside = [e for e in events if e["ref"]["path"].endswith("beside.log") and e.get("event.module") != "archive"]
    checks.equal("archives twelve deep: the files beside", len(beside), 11 * PROBE.count(b"\n"))
    checks.equal("archives twelve deep: where it ends is listed", [r for _, r in reasons(answer)],
                 ["containers inside containers beyond the limit of 12"] * 2)  # the next archive and the file beside it


def names(checks, folder):
    outside = [b"/tmp/kakuho-outside-1", b"../../../../../../../../tmp/kakuho-outside-2", b"..\\..\\kakuho-outside-3",
               b"C:\\Windows\\kakuho-outside-4", b"a/../../kakuho-outside-5", b"//server/share/kakuho-outside-6"]
    odd = [b"new\nline.log", b"quote\"'`$(x).log", b"semi;colon -- .log", b"tab\there.log", b"\x1b[31mred.log",
           "\u202egnp.log".encode(), b"x" * 240 + b".log", b"invalid\xff\xfe.log", b".", b"..", b"a//b.log", b"./c.log", b" .log"]
    lines = PROBE.replace(b"witness", b"inside")
    evidence.write(f"{folder}/names/hostile.zip", zip_of([stored(n, lines) for n in outside + odd] + [stored(odd[0], lines)]))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as t:
        for name in outside[:2] + odd[:4]:
            member = tarfile.TarInfo(name.decode("utf-8", "replace"))
            member.size = len(lines)
            t.addfile(member, io.BytesIO(lines))
        for name, kind, target in [("link", tarfile.SYMTYPE, "/etc/passwd"), ("hard", tarfile.LNKTYPE, "../../etc/shadow"),
                                   ("device", tarfile.CHRTYPE, ""), ("fifo", tarfile.FIFOTYPE, "")]:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            t.addfile(member)
    evidence.write(f"{folder}/names/hostile.tar", tar.getvalue())
    evidence.write(f"{folder}/names/witness.log", PROBE)
    answer, events = take(checks, folder, "hostile names in archives", [f"{folder}/names"])
    witness(checks, "hostile names in archives", events)
    read = {}
    for e in events:
        if e.get("event.module") not in ("archive",) and e["ref"]["path"] != "witness.log":
            read[e["ref"]["path"]] = read.get(e["ref"]["path"], 0) + 1
    checks.true("hostile names in archives: members are read or listed",
                len(read) + len(answer["failures"]) >= 12, f"{len(read)} read, {kit.short(reasons(answer))}")
    checks.true("hostile names in archives: no line is lost", all(n % PROBE.count(b"\n") == 0 for n in read.values()), kit.short(read))
    for mark in range(1, 7):
        for place in ("/tmp", "/", folder, os.getcwd(), f"{folder}/cases"):
            checks.true(f"nothing at {place}/kakuho-outside-{mark}", not os.path.lexists(f"{place}/kakuho-outside-{mark}"))
    files = os.fsencode(f"{folder}/filenames")
    os.makedirs(files)
    plain = [b"new\nline.log", b"quote\"'`$(x);.log", b"invalid\xff\xfe.log", b"\x1b[31m.log", b"-rf.log", b"a=b.log",
             "半角ｶﾅ.log".encode(), b"cp932-\x83\x65.log", b"back\\slash.log", b"%s%n.log", b"x" * 255]
    for name in plain:
        with open(os.path.join(files, name), "wb") as file:
            file.write(PROBE)
    answer, events = take(checks, folder, "hostile names of files", [os.fsdecode(files)])
    checks.equal("hostile names of files: lines", len(events), len(plain) * PROBE.count(b"\n"))
    checks.equal("hostile names of files: paths", len({e["ref"]["path"] for e in events}), len(plain))
    case = fresh(folder, "one odd name")
    for name in plain:
        done = kit.kakuho("add", case, os.path.join(files, name), "--quiet")
        checks.equal(f"evidence called {name!r}: exit status", done.status, 0)
    checks.equal("evidence of odd names: lines", len(kit.kakuho("timeline", case, "--json").lines()),
                 len(plain) * PROBE.count(b"\n"))
    if kit.knows("verify"):
        done = kit.kakuho("verify", case, "--json")
        checks.equal("evidence of odd names: verify", (done.status, sorted({e["status"] for e in done.json()["evidence"]})),
                     (0, ["intact"]))
        case = fresh(folder, "folder of odd names")
        kit.add(case, [os.fsdecode(files)])
        checks.equal("a folder of odd names: verify", kit.kakuho("verify", case).status, 0)


def twins(checks, folder):
    """Members of one name, and folders that are called like what lies in a container: each is read for itself."""
    def table(n):
        return f"氏名,電話番号,メール\n見本 花子,090-1234-{n:04d},hanako{n}@example.jp\n".encode()
    inside = zip_of([stored(b"list.csv", table(1))])
    evidence.write(f"{folder}/twins/old.zip!/list.csv", table(2))
    evidence.write(f"{folder}/twins/old.zip", inside)
    evidence.write(f"{folder}/twins/packed.zip", zip_of([stored(b"old.zip!/list.csv", table(3)), stored(b"old.zip", inside)]))
    evidence.write(f"{folder}/twins/again.zip", zip_of([stored(b"list.csv", table(n)) for n in (4, 5, 6)] +
                                                       [stored(b"(2)/list.csv", table(7))]))
    answer, _ = take(checks, folder, "twins", [f"{folder}/twins"], statuses=(0,))
    checks.equal("twins: each row of each", answer["records_total"], 8)


# --- giants, damage, loops ---

def giants(checks, folder):
    path = f"{folder}/giant/line.log"
    size = int(os.environ.get("KAKUHO_GIANT", "2"))  # 10 takes a minute
    evidence.write(path, PROBE + b"Jul  8 00:00:00 web01 sshd[1]: " + b"A" * (80 << 10))
    os.truncate(path, (size << 30) + 7)
    evidence.write(f"{folder}/giant/witness.log", PROBE)
    answer, events = take(checks, folder, "a giant line", [f"{folder}/giant"], statuses=(0, 3), timeout=280)
    if answer:
        witness(checks, "a giant line", events)
        before = [e for e in events if e["ref"]["path"] == "line.log"]
        checks.true("a giant line: what stands before it is read", len(before) >= PROBE.count(b"\n"), str(len(before)))
        checks.true("a giant line: is listed", any(p == "line.log" for p, _ in reasons(answer)), kit.short(reasons(answer)))
    os.unlink(path)


def damaged(checks, folder):
    whole = evidence.zipped([(f"{n}.log", PROBE) for n in range(20)])
    files = {
        "cut.zip": whole[: len(whole) // 2], "cut.gz": gzip.compress(PROBE * 50, mtime=0)[:-400],
        "cut.tar.gz": evidence.tarred([("a.log", PROBE), ("b.log", PROBE * 20)])[:-300],
        "random.evtx": b"ElfFile\x00" + os.urandom(200000), "random.db": b"SQLite format 3\x00" + os.urandom(40000),
        "random.E01": b"EVF\t\r\n\xff\x00\x01\x01\x00\x00\x00" + os.urandom(9000), "random.zip": b"PK\x03\x04" + os.urandom(9000),
        "random.7z": b"7z\xbc\xaf\x27\x1c" + os.urandom(9000), "random.xz": b"\xfd7zXZ\x00" + os.urandom(900),
        "nul.log": PROBE + b"\x00" * 100000, "utf8.csv": "氏名,住所\n".encode() + b"\xff\xfe\x80,\xc3\x28\n" * 100,
        "mbr.img": bytes(446) + b"\x80\x00\x00\x00\x83\x00\x00\x00" + struct.pack("<II", 63, 0xFFFFFFF0) + bytes(48) + b"\x55\xaa" + bytes(1 << 20),
        "witness.log": PROBE,
    }
    for name, content in files.items():
        evidence.write(f"{folder}/damaged/{name}", content)
    answer, events = take(checks, folder, "damaged files", [f"{folder}/damaged"], statuses=(3,))
    witness(checks, "damaged files", events)
    checks.true("damaged files: no worker died", not any("worker" in r or "crash" in r for _, r in reasons(answer)), kit.short(reasons(answer)))
    listed = {p.partition("!")[0] for p, _ in reasons(answer)}
    for name in ("cut.zip", "cut.gz", "cut.tar.gz", "random.evtx", "random.db", "random.E01", "random.zip", "mbr.img"):
        checks.true(f"damaged files: {name} is listed", name in listed, kit.short(sorted(listed)))
    inside = f"{folder}/truncated/inside"
    for n in range(30):
        evidence.write(f"{inside}/d{n}/a{n}.log", PROBE * 40)
    image = f"{folder}/truncated/disk.img"
    if not evidence.image(image, inside):
        print("not tried: a truncated image (mke2fs is not there)")
        return
    shutil.rmtree(inside)
    os.truncate(image, 5 << 20)
    evidence.write(f"{folder}/truncated/witness.log", PROBE)
    answer, events = take(checks, folder, "a truncated image", [f"{folder}/truncated"], statuses=(3,))
    witness(checks, "a truncated image", events)
    checks.true("a truncated image: is listed", any("disk.img" in p for p, _ in reasons(answer)), kit.short(reasons(answer)))


def loops(checks, folder):
    top = f"{folder}/loop"
    evidence.write(f"{top}/witness.log", PROBE)
    os.symlink(".", f"{top}/self")
    os.symlink("..", f"{top}/up")
    os.symlink("/", f"{top}/root")
    os.symlink("b", f"{top}/a")
    os.symlink("a", f"{top}/b")
    os.symlink("/etc/passwd", f"{top}/passwd")
    deep = top
    for _ in range(300):
        deep += "/d"
        os.mkdir(deep)
    answer, events = take(checks, folder, "a directory loop", [top])
    witness(checks, "a directory loop", events)
    checks.equal("a directory loop: events are the one file's", len(events), PROBE.count(b"\n"))
    listed = [p for p, _ in reasons(answer)]
    for name in ("self", "up", "root", "a", "b", "passwd"):
        checks.true(f"a directory loop: {name} is listed", name in listed, kit.short(listed))
    checks.true("folders too deep are listed", any(p.startswith("d/d/d") for p in listed), kit.short(listed))
    case = fresh(folder, "loop itself")
    one_line(checks, "a link in a circle as evidence", kit.kakuho("add", case, f"{top}/a", "--quiet"), 2)
    done = kit.kakuho("add", case, case, "--quiet", timeout=120)
    checks.true("a case that takes itself in: ends in order", done.status in (0, 2, 3), f"{done.status} {kit.short(done.said())}")
    shutil.rmtree(top)


# --- the case and the machine ---

def broken_cases(checks, folder):
    good = evidence.write(f"{folder}/broken/witness.log", PROBE)
    for what, name, content in [("a store of noise", "case.duckdb", os.urandom(20000)), ("an empty store", "case.duckdb", b""),
                                ("a key too short", "hash.key", b"abc")]:
        case = fresh(folder, what)
        kit.add(case, [good])
        with open(f"{case}/{name}", "wb") as file:
            file.write(content)
        if what != "an empty store":
            one_line(checks, f"{what}: status", kit.kakuho("status", case), 4)
            one_line(checks, f"{what}: add", kit.kakuho("add", case, good, "--quiet"), 4)
        else:
            done = kit.kakuho("status", case)
            checks.true(f"{what}: status ends in order", done.status in (0, 4), str(done.status))
    case = fresh(folder, "cut store")
    kit.add(case, [good])
    os.truncate(f"{case}/case.duckdb", os.path.getsize(f"{case}/case.duckdb") // 2)
    one_line(checks, "a store cut in half: status", kit.kakuho("status", case), 4)
    case = fresh(folder, "link")
    outside = evidence.write(f"{folder}/outside.txt", b"keep me\n")
    kit.add(case, [good])
    for name in ("case.yaml.new", "kakuho.sock", "lock"):
        if os.path.lexists(f"{case}/{name}"):
            os.unlink(f"{case}/{name}")
        os.symlink(outside, f"{case}/{name}")
    kit.kakuho("add", case, good, "--quiet")
    kit.kakuho("init", case, "--case-file", evidence.write(f"{folder}/yaml/ok.yaml", b"timezone: UTC\n"))
    with open(outside, "rb") as file:
        checks.equal("links inside a case are not written through", file.read(), b"keep me\n")


def mounted(path, size):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", path], capture_output=True, check=False).returncode == 0


def full_disk(checks, folder, handed):
    calm = fresh(folder, "room enough")
    kit.add(calm, handed)
    wanted = kit.kakuho("timeline", calm, "--json", "--now", kit.NOW).out
    small = f"{folder}/small"
    os.makedirs(small)
    if os.getuid() == 0 and mounted(small, "3m"):
        try:
            case = f"{small}/case"
            kit.init(case)
            one_line(checks, "a full disk", kit.add(case, handed), 4)
            subprocess.run(["mount", "-o", "remount,size=300m", small], check=True)
            done = kit.add(case, handed)
            checks.true("a disk with room again: exit status", done.status in (0, 3), f"{done.status} {kit.short(done.said())}")
            checks.equal("a disk with room again: the same rows", kit.kakuho("timeline", case, "--json", "--now", kit.NOW).out == wanted, True)
        finally:
            subprocess.run(["umount", "-l", small], check=False)
    else:
        print("not tried: a full file system (no right to mount one); files that may not grow are")
    case = fresh(folder, "may not grow")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    # Without restored signals SIGXFSZ stays ignored, as on a full disk: the write fails.
    done = kit.kakuho("add", case, *handed, "--quiet", "--now", kit.NOW, preexec_fn=limit, restore_signals=False)
    one_line(checks, "files that may not grow", done, 4)
    done = kit.add(case, handed)
    checks.true("files that may grow again: exit status", done.status in (0, 3), f"{done.status} {kit.short(done.said())}")
    checks.equal("files that may grow again: the same rows", kit.kakuho("timeline", case, "--json", "--now", kit.NOW).out == wanted, True)


def held_up(add, deadline):
    """What reads for it waits, however fast it is, until it is told to go on."""
    held = []
    while len(held) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
        held = kit.children_of(add)
        held += [worker for template in held for worker in kit.children_of(template)]
    for process in held:
        os.kill(process, signal.SIGSTOP)
    return held


def two_writers(checks, folder):
    case = fresh(folder, "two" + "/a folder with a long name" * 8 + "/case")
    handed = [evidence.write(f"{folder}/long/{n}.csv", evidence.table(50 + n, 100000)) for n in range(10)]
    first = kit.start("add", case, *handed, "--quiet", "--now", kit.NOW, "--jobs", "1")
    deadline = time.monotonic() + 20
    while not os.path.exists(f"{case}/kakuho.sock") and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    held = held_up(first.pid, deadline)
    second = kit.kakuho("add", case, handed[0], "--quiet")
    running = first.poll() is None
    asked = {}
    idle = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    place = os.open(case, os.O_PATH)
    idle.connect(f"/proc/self/fd/{place}/kakuho.sock")  # asks for nothing
    os.close(place)
    slow = kit.start("timeline", case, "--json")  # nobody looks at its answer
    near = kit.kakuho("evidence", "case", "--json", cwd=os.path.dirname(case))  # the writer stands elsewhere
    checks.equal("a relative path while add runs: exit status", near.status, 0)
    questions = {name: kit.start(name, case, "--json") for name in ("status", "timeline", "access", "evidence")}
    for name, question in questions.items():
        told, _ = question.communicate(timeout=200)
        if first.poll() is None:
            asked[name] = kit.Result(question.returncode, told, b"")
    claims = asked["status"].json()["questions"] if "status" in asked else []
    wanted = next((c for q in claims for c in q["because"]), "C00000000000000000000")
    iocs = evidence.write(f"{folder}/long/list.txt", b"203.0.113.77\n0001.csv\n")
    reading = {"explain": kit.kakuho("explain", case, wanted, "--json"), "iocs": kit.kakuho("iocs", case, "--ioc", iocs, "--json")}
    waiting = {name: kit.kakuho(*words) for name, words in {
        "verify": ("verify", case), "check": ("check", case, iocs), "report": ("report", case, "notice"), "analyse": ("analyse", case)}.items()}
    checks.true("... to the last question", first.poll() is None)
    for name, done in waiting.items():
        one_line(checks, f"{name} while add runs", done, 4)
        checks.true(f"{name} while add runs: what to do", "wait for" in str(done.said()) and "meanwhile" in str(done.said()), str(done.said()))
    checks.true("explain while add runs", reading["explain"].status == 0 and reading["explain"].json()["id"] == wanted or
                "has the id" in str(reading["explain"].said()), str(reading["explain"].said()))
    checks.equal("iocs --ioc while add runs", reading["iocs"].status, 0)
    checks.equal("iocs --ioc while add runs: so far", reading["iocs"].json().get("so_far"), True)
    for process in held:
        os.kill(process, signal.SIGCONT)
    out, err = first.communicate(timeout=200)
    idle.close()
    lines = slow.communicate(timeout=60)[0].splitlines()
    checks.true("a slow reader: exit status, whole lines", slow.returncode == 0 and all(line.endswith(b"}") for line in lines))
    checks.true("two adds: the first was still at it", running)
    one_line(checks, "two adds: the second", second, 4)
    checks.true("two adds: the first ends well", first.returncode in (0, 3), f"{first.returncode} {err!r}")
    for name, done in asked.items():
        checks.equal(f"{name} while add runs: exit status", done.status, 0)
        if name != "timeline" and done.status == 0:
            checks.equal(f"{name} while add runs: so_far", done.json()["so_far"], True)
        if name == "timeline":
            checks.true("timeline while add runs: whole lines", all(isinstance(e, dict) for e in done.lines()))
    checks.true("asked while add ran", len(asked) == 4, str(sorted(asked)))
    checks.equal("status after add: so_far", kit.document(case, "status")["so_far"], False)
    mode = [stat.S_ISSOCK(os.lstat(f"{case}/{n}").st_mode) for n in os.listdir(case)]
    checks.equal("no socket stays", any(mode), False)


def main():
    checks = kit.Checks()
    folder = kit.place("hostile")
    os.makedirs(f"{folder}/work")
    os.chdir(f"{folder}/work")  # what is written where the program stands shows
    handed = evidence.mixed(f"{folder}/mixed", large=0 if os.environ.get("KAKUHO_SMALL") else 66 << 20)
    before = kit.snapshot(f"{folder}/mixed")
    small = os.environ.get("KAKUHO_SMALL")  # where each step is slow, as under sanitizers
    large = () if small else (bombs, crowds, giants)
    for part in (words, as_another, case_files, names, twins, damaged, loops, *large, broken_cases, two_writers):
        begun = time.monotonic()
        try:
            part(checks, folder)
        except Exception as error:  # the rest still tells something
            checks.true(f"{part.__name__} comes to its end", False, repr(error)[:600])
        print(f"{part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
    if not small:
        full_disk(checks, folder, handed)
    checks.equal("evidence is as it was", kit.snapshot(f"{folder}/mixed") == before, True)
    checks.equal("nothing is written where the program stands", os.listdir(f"{folder}/work"), [])
    checks.end()


if __name__ == "__main__":
    main()
