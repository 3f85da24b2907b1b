"""No personal data outside of the case's store, its answers and its reports: not in messages, the ledger, process
titles, temporary files or reasons of failures. Files of a case are for their owner alone."""

import os
import stat
import subprocess
import time

import evidence
import kit

ENCODINGS = ("utf-8", "cp932", "euc_jp", "utf-16-le")


def values_of_mixed():
    values = set()
    for seed, count in [(4, 6000), (9, 400), (10, 1500), (15, 1500)]:
        for _, name, address, phone, mail in evidence.people(seed, count):
            values |= {name, address, phone, mail}
    return values


def values_of_case(case):
    """What the case itself knows of people, where an intruder's reach makes a list."""
    values = set()
    for person in kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines():
        values |= {person.get("name"), person.get("kana"), *(person.get("contacts") or {}).values()}
    return {v for v in values if v and len(v) >= 4}


def needles(values):
    """As bytes in the encodings that evidence comes in; short or everyday words would be found by chance."""
    found = set()
    for value in sorted(values)[:4000]:
        for encoding in ENCODINGS:
            try:
                word = value.encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(word) >= 8:
                found.add(word)
    return found


def holds(text, words):
    return next((w for w in words if w in text), None)


def clean(checks, what, text, words):
    found = holds(text, words)
    checks.true(f"no personal data in {what}", found is None, f"{len(found or b'')} bytes of a value are there")


def titles(pid, seen, files):
    """Command lines, names and environments of a process and those below it, and the files that they hold open."""
    for one in [pid, *kit.children_of(pid)]:
        for name in ("cmdline", "comm", "environ"):
            try:
                with open(f"/proc/{one}/{name}", "rb") as file:
                    seen.add(file.read())
            except OSError:
                pass
        try:
            for fd in os.listdir(f"/proc/{one}/fd"):
                target = os.readlink(f"/proc/{one}/fd/{fd}")
                if target.startswith("/") and not target.startswith("/memfd:"):
                    files.add(target.removesuffix(" (deleted)"))
        except OSError:
            pass
        if one != pid:
            titles(one, seen, files)


def kinds(case, names):
    """Names in the case with their kind and mode, as they come and go."""
    try:
        for entry in os.scandir(case):
            status = entry.stat(follow_symlinks=False)
            names.add((entry.name, stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode)))
    except OSError:
        pass


def watched(words, environment, case, umask):
    """Runs a command and looks at its processes and its case's folder meanwhile."""
    run = subprocess.Popen([kit.program(), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=environment, umask=umask)
    seen, names, files = set(), set(), set()
    os.set_blocking(run.stderr.fileno(), False)
    err = b""
    while run.poll() is None:
        titles(run.pid, seen, files)
        kinds(case, names)
        err += run.stderr.read() or b""
        time.sleep(0.02)
    out, rest = run.stdout.read(), run.stderr.read() or b""
    return kit.Result(run.returncode, out, err + rest), seen, names, files


def meanwhile(checks, name, names, files, allowed):
    """What was there while the program ran."""
    for entry, kind, mode in sorted(names):
        checks.equal(f"{name}: mode of {entry} meanwhile", oct(mode), oct(0o700 if kind == stat.S_IFDIR else 0o600))
    checks.true(f"{name}: the socket was seen", any(kind == stat.S_IFSOCK for _, kind, _ in names))
    elsewhere = sorted(f for f in files if not f.startswith(tuple(allowed)))
    checks.equal(f"{name}: no file is open outside of case and evidence", elsewhere, [])


def modes(checks, case):
    checks.equal("mode of the case", oct(stat.S_IMODE(os.lstat(case).st_mode)), oct(0o700))
    for path, (kind, _, mode, _) in kit.snapshot(case).items():
        wanted = 0o700 if kind == stat.S_IFDIR else 0o600
        checks.equal(f"mode of {os.path.relpath(os.fsdecode(path), case)}", oct(mode), oct(wanted))


def look(checks, name, handed, more, folder, known, umask):
    """A whole investigation under watch."""
    case, home, temporary = (os.path.join(folder, name, n) for n in ("case", "home", "tmp"))
    os.makedirs(home)
    os.makedirs(temporary)
    environment = dict(os.environ, TMPDIR=temporary, HOME=home, XDG_CACHE_HOME=home, XDG_CONFIG_HOME=home, TEMP=temporary)
    before = set(os.listdir("/tmp")) | set(os.listdir("/dev/shm"))
    verb = ["investigate", "-o", case, *handed] if kit.knows("investigate") else ["add", case, *handed]
    if verb[0] == "add":
        kit.init(case)
    done, seen, names, files = watched([*verb, *more, "--now", kit.NOW], environment, case, umask)
    meanwhile(checks, name, names, files, [case, *map(os.path.realpath, handed), *map(os.path.dirname, map(os.path.realpath, handed)),
                                           os.path.dirname(kit.program()), "/dev/null", "/usr/", "/lib", "/etc/"])
    checks.true(f"{name}: exit status", done.status in (0, 3), f"{done.status} {kit.short(done.said())}")
    words = needles(known | values_of_case(case))
    checks.true(f"{name}: values to look for", len(words) > 1000, str(len(words)))
    if more: # the search finds what is there
        listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).out
        checks.true(f"{name}: the list of persons does hold them", holds(listed, words) is not None)
    with open(f"{case}/case.duckdb", "rb") as file:
        checks.true(f"{name}: processes were seen", len(seen) >= 2 and len(file.read()) > 0, kit.short(len(seen)))
    clean(checks, f"{name}: messages", done.err, words)
    clean(checks, f"{name}: titles of processes", b"\n".join(seen), words)
    clean(checks, f"{name}: what is printed on standard output", done.out, words)
    usual = {"case.duckdb", "case.duckdb.wal", "case.yaml", "case.yaml.new", "case.key", "case.pub", "hash.key", "hash.key.new",
             "ledger.jsonl", "ledger.head", "ledger.head.new", "lock", "kakuho.sock", "reports", "case.duckdb.tmp",
             "rules.cache", "rules.cache.new", "states", "states.jsonl", "states.head", "states.head.new"}
    for folder, _, kept in os.walk(f"{case}/states"):
        for file_name in kept:
            with open(os.path.join(folder, file_name), "rb") as file:
                clean(checks, f"{name}: a count that is kept", file.read(), words)
    checks.equal(f"{name}: names seen in the case meanwhile", sorted(n for n in {n for n, _, _ in names} - usual if not n.startswith(("case.", "ledger."))), [])
    for file_name in ("ledger.jsonl", "ledger.head", "lock", "case.pub", "case.key", "hash.key"):
        with open(f"{case}/{file_name}", "rb") as file:
            clean(checks, f"{name}: {file_name}", file.read(), words)
    checks.equal(f"{name}: nothing in the home folder", os.listdir(home), [])
    checks.equal(f"{name}: nothing in the folder of temporary files", os.listdir(temporary), [])
    after = set(os.listdir("/tmp")) | set(os.listdir("/dev/shm"))
    checks.equal(f"{name}: nothing of ours in /tmp and /dev/shm",
                 sorted(n for n in after - before if "kakuho" in n and os.path.basename(folder) not in n), [])
    for document in kit.DOCUMENTS:
        answer = kit.kakuho(document, case, "--json", "--now", kit.NOW)
        clean(checks, f"{name}: messages of {document}", answer.err, words)
        if document in ("evidence", "exfil", "deadlines", "status", "access", "persons"):
            clean(checks, f"{name}: {document}, which lists nobody", answer.out, words)
    for wrong in (["timeline", case, "--where", "no such column"], ["explain", case, "Pnone"], ["timeline", case, "--from", "x"]):
        clean(checks, f"{name}: messages of {' '.join(wrong[:1] + wrong[2:])}", kit.kakuho(*wrong).err, words)
    modes(checks, case)


def main():
    checks = kit.Checks()
    folder = kit.place("privacy")
    handed = evidence.mixed(f"{folder}/mixed")
    damaged = f"{folder}/mixed/damaged"
    for n in range(3):
        evidence.write(f"{damaged}/{n}.csv", evidence.table(4, 300).replace(b"\r\n", b'"\r\n' if n else b"\x00\r\n"))
    evidence.write(f"{damaged}/cut.db", b"SQLite format 3\x00" + evidence.table(4, 100))
    evidence.write(f"{damaged}/cut.eml", evidence.mail(5)[:-20])
    look(checks, "mixed", [*handed, damaged], [], folder, values_of_mixed(), 0)
    try:
        case_file, handed, more, _ = kit.demo_case("paint")
    except SystemExit:
        checks.end()
    look(checks, "paint", handed, [*more, "--case-file", case_file], folder, set(), 0o027)
    checks.end()


if __name__ == "__main__":
    main()
