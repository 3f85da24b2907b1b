"""Which files a published listing and the log of a transfer tool mean: pairs of name and size and not copies, sizes that are
rounded, names as a Mac writes them, folders that agree; and lists of fifty thousand names."""

import os
import unicodedata

import kit

FILES = 24


def text(number, size):
    return (f"{number:06d} " * (size // 7 + 1))[:size]


def write(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(content)
    return folder


def findings(folder, files, listing=None, others=None):
    """What is found with these files, a listing, and further evidence by label."""
    case = os.path.join(folder, "case")
    evidence, more = [f"fs01={write(os.path.join(folder, 'fs01'), files)}"], []
    if listing is not None:
        write(folder, {"listing.txt": listing})
        more = ["--leak-listing", os.path.join(folder, "listing.txt")]
    for label, theirs in (others or {}).items():
        evidence.append(f"{label}={write(os.path.join(folder, label), theirs)}")
    done = kit.kakuho("investigate", "-o", case, *evidence, *more, "--quiet", "--now", kit.NOW)
    if done.status not in (0, 3):
        print(done.err.decode()[-2000:])
    return [(f["rule"], f["strength"], f["files"]) for f in kit.document(case, "exfil")["findings"]], case


def some(count):
    return {f"srv/{i:03d}/資料が{i}.txt": text(i, 2000 + i) for i in range(count)}


def exact(files):
    return "".join(f"{len(content)}\t/mnt/share/{name}\n" for name, content in files.items())


def listings(checks, folder):
    files = some(FILES)
    found, _ = findings(f"{folder}/exact", files, exact(files))
    checks.equal("names and sizes of as many files", found, [("K2", "conclusive", FILES)])
    found, _ = findings(f"{folder}/nineteen", files, exact(dict(list(files.items())[:19])))
    checks.equal("nineteen are too few", found, [("K2", "weak", 19)])
    copies = {f"srv/{i:03d}/様式.txt": text(7, 4000) for i in range(FILES)}
    found, _ = findings(f"{folder}/copies", copies, "4000\tD:\\経理\\様式.txt\n")
    checks.equal("one name and size is one, however many copies there are", found, [("K2", "weak", FILES)])
    twice = exact(files) + exact(files).replace("/mnt/share", "/mnt/backup")
    found, _ = findings(f"{folder}/twice", files, twice)
    checks.equal("a file that is listed twice is one file", found, [("K2", "conclusive", FILES)])
    mac = unicodedata.normalize("NFD", exact(files))
    checks.true("a Mac takes letters apart", mac != exact(files))
    found, _ = findings(f"{folder}/mac", files, mac)
    checks.equal("names as a Mac writes them", found, [("K2", "conclusive", FILES)])
    lines = "".join(f"-rw-r--r-- 1 root root {2000 + i:,}".replace(",", "") + f" Jul  3 02:31 資料が{i}.txt\n" for i in range(FILES))
    found, _ = findings(f"{folder}/ls", files, "/mnt/share:\ntotal 96\n" + lines)
    checks.equal("ls", found, [("K2", "conclusive", FILES)])
    lines = "".join(f"-rw-r--r-- 1 root root 2.0K Jul  3 02:31 資料が{i}.txt\n" for i in range(FILES))
    found, _ = findings(f"{folder}/ls-h", files, "/mnt/share:\ntotal 96K\n" + lines)
    checks.equal("sizes as far as ls -h tells them", found, [("K2", "conclusive", FILES)])
    found, _ = findings(f"{folder}/other", files, "/mnt/share:\ntotal 96K\n" + lines.replace("2.0K", "4.0K"))
    checks.equal("other sizes", found, [])


ROSTER = "会員番号,氏名,電話番号\r\n"
LOG = """2026/07/05 02:10:10 DEBUG : rclone: Version "v1.66.0" starting with parameters ["rclone.exe" "copy" "D:\\\\share" "mega1:up" "-v"]
2026/07/05 02:10:12 INFO  : {}: Copied (new)
"""


def left(case):
    return sorted(s["path"] for s in kit.document(case, "persons")["sources"] if s["exposure"] == "left")


def roster(number, name):
    return ROSTER + f"{number},{name},090-5555-{number}\r\n"


def tool_logs(checks, folder):
    files = {"share/東京/名簿.csv": roster(1001, "佐藤 一郎"), "share/大阪/名簿.csv": roster(1002, "鈴木 花子"), "share/大阪/控え.csv": roster(1003, "高橋 健")}
    log = {"rclone.log": LOG.format("大阪/名簿.csv")}
    found, case = findings(f"{folder}/folder", files, others={"dc01": log})
    checks.equal("one file went out", found, [("K4", "conclusive", 1)])
    checks.equal("the one in that folder", left(case), ["share/大阪/名簿.csv"])
    found, case = findings(f"{folder}/name", files, others={"dc01": {"rclone.log": LOG.format("名簿.csv")}})
    checks.equal("a name alone means all of that name", left(case), ["share/大阪/名簿.csv", "share/東京/名簿.csv"])
    found, case = findings(f"{folder}/moved", files, others={"dc01": {"rclone.log": LOG.format("stage/名簿.csv")}})
    checks.equal("in a folder that is not here, with several of that name: not known which", left(case), [])
    checks.equal("... but something went out", found, [("S3", "strong", 1)])
    found, case = findings(f"{folder}/moved-one", files, others={"dc01": {"rclone.log": LOG.format("stage/控え.csv")}})
    checks.equal("... with one of that name: it", left(case), ["share/大阪/控え.csv"])


def many(checks, folder):
    """Names that come fifty thousand times, here and in the lists: in the time of a few joins."""
    count = 50_000
    same = "".join(f"{2000 + i % 50}\t/mnt/{i}/record.dat\n" for i in range(count))
    files = {f"srv/{i}/record.dat": text(i, 2000 + i) for i in range(50)}
    log = LOG.format("srv/1/record.dat") + "".join(f"2026/07/05 02:10:13 INFO  : srv/{i}/record.dat: Copied (new)\n" for i in range(count))
    found, _ = findings(f"{folder}/many", files, same, {"dc01": {"rclone.log": log}})
    checks.equal("of fifty thousand lines", sorted(found), [("K2", "conclusive", 50), ("K4", "conclusive", count + 1)])


def main():
    checks = kit.Checks()
    folder = kit.place("leaks")
    listings(checks, folder)
    tool_logs(checks, folder)
    many(checks, folder)
    checks.end()


main()
