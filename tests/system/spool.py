"""Members of archives are unpacked into the case: where that fails for want of room it is our failure, told in one line, and the
next run ends with the rows of an undisturbed one."""

import os
import subprocess
import zipfile

import kit


def make_archive(folder):
    """Two small logs with a large one between them, which is spooled into a file."""
    path = os.path.join(folder, "logs.zip")
    line = "Jul  3 02:{:02}:{:02} fs{} sshd[{}]: Failed password for root from 203.0.113.45 port 4000 ssh2\n"
    small = "".join(line.format(0, i, 1, i) for i in range(50))
    large = "".join(line.format(i // 60 % 60, i % 60, 2, i % 30000) for i in range(150000))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("a.log", small), ("b.log", large), ("c.log", small)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 7, 4, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return path, len(large)


def rows(case):
    return kit.kakuho("timeline", case, "--json", "--now", kit.NOW).out


def main():
    checks = kit.Checks()
    folder = kit.place("spool")
    handed, large = make_archive(folder)
    checks.true("the large member goes to a file", large > 8 << 20, str(large))
    small = os.path.join(folder, "small")
    os.makedirs(small)
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", small], capture_output=True, check=False).returncode:
        kit.skip("no right to mount a small file system")
    calm, case = os.path.join(folder, "calm"), os.path.join(small, "case")
    try:
        for c in (calm, case):
            kit.init(c)
        checks.equal("undisturbed", kit.add(calm, [handed]).status, 0)
        done = kit.add(case, [handed])
        checks.equal("exit status without room", done.status, 4)
        checks.true("one line says what to do", len(done.said()) == 1 and "cannot unpack" in done.said()[0], kit.short(done.said()))
        subprocess.run(["mount", "-o", "remount,size=300m", small], check=True)
        done = kit.add(case, [handed])
        checks.equal("with room again", (done.status, done.said()), (0, []))
        checks.true("the same rows", rows(case) == rows(calm) and rows(case).count(b"\n") == 150103, str(rows(case).count(b"\n")))
        checks.equal("nothing failed", kit.document(case, "evidence")["failures"], [])
    finally:
        subprocess.run(["umount", "-l", small], check=False)
    checks.end()


if __name__ == "__main__":
    main()
