"""Files that belong to a table or a database and lie beside it: the same people are found on the disk, in archives,
whichever of the two comes first there, in an image, and in an archive in an image; with any number of workers.

    companions.py KAKUHO
"""

import os
import shutil
import sqlite3
import struct
import subprocess
import tarfile
import zipfile

import kit

FAMILY = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村".split()
GIVEN = "翔太 美咲 健太 陽子".split()
PEOPLE = [(f"{f} {g}", f"090-5555-{i:02d}{k:02d}") for i, f in enumerate(FAMILY) for k, g in enumerate(GIVEN)]
VISITORS = [(f"{f} {g}", f"080-5555-{i:02d}{k:02d}") for i, f in enumerate(FAMILY[:3]) for k, g in enumerate(("直樹", "由美子"))]


def write_table(folder, stem, memo_ending):
    """A table of dBase III: who it is about lies in memos."""
    fields = [("氏名", "M", 10), ("電話番号", "M", 10), ("数量", "N", 10)]
    out = struct.pack("<BBBBIHH", 0x83, 126, 1, 1, len(PEOPLE), 32 + 32 * len(fields) + 1, 31) + bytes(17) + b"\x13\0\0"
    memos = bytearray(512)
    for name, kind, width in fields:
        out += name.encode("cp932").ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([width, 0]) + bytes(14)
    out += b"\r"
    for name, phone in PEOPLE:
        out += b" " + b"%10d%10d%10d" % (len(memos) // 512, len(memos) // 512 + 1, 3)
        for text in (name, phone):
            memos += (text.encode("cp932") + b"\x1a\x1a").ljust(512, b"\0")
    for ending, data in ((".dbf", out + b"\x1a"), (memo_ending, bytes(memos))):
        with open(os.path.join(folder, stem + ending), "wb") as file:
            file.write(data)


def write_database(folder):
    """With changes that are in its log alone."""
    path = os.path.join(folder, "places.sqlite")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_autocheckpoint=0")
    db.execute("CREATE TABLE visitors(name, phone)")
    db.executemany("INSERT INTO visitors VALUES (?, ?)", VISITORS)
    for ending in ("", "-wal"):
        shutil.copy(path + ending, path + ".kept" + ending)
    db.close()
    for ending in ("", "-wal"):
        os.replace(path + ".kept" + ending, path + ending)


def write_evidence(root, share):
    os.makedirs(f"{share}/data")
    write_table(f"{share}/data", "kokyaku", ".dbt")
    write_table(f"{share}/data", "zaiseki", ".DBT")
    os.mkdir(f"{share}/other")
    write_table(f"{share}/other", "kokyaku", ".dbt")
    os.remove(f"{share}/other/kokyaku.dbt")
    write_database(f"{share}/data")
    names = sorted(os.path.relpath(os.path.join(d, n), share) for d, _, all_names in os.walk(share) for n in all_names)
    for path, order in (("tables.zip", names), ("reversed.zip", names[::-1])):
        with zipfile.ZipFile(f"{root}/{path}", "w", zipfile.ZIP_DEFLATED) as archive:
            for name in order:
                archive.write(f"{share}/{name}", name)
    with tarfile.open(f"{root}/tables.tgz", "w:gz") as archive:
        for name in names:
            archive.add(f"{share}/{name}", name)
    os.mkdir(f"{root}/inner")
    shutil.copy(f"{root}/reversed.zip", f"{root}/inner/tables.zip")
    shutil.copytree(share, f"{root}/inner/share")
    mke2fs = shutil.which("mke2fs", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not mke2fs:
        kit.skip("mke2fs is not there")
    subprocess.run([mke2fs, "-q", "-t", "ext4", "-d", f"{root}/inner", f"{root}/disk.raw", "16M"], check=True,
                   capture_output=True)


def main():
    checks = kit.Checks()
    root = kit.place("companions")
    share = f"{root}/share"
    write_evidence(root, share)
    answers = []
    for jobs in ("1", "3"):
        case = f"{root}/case{jobs}"
        kit.init(case)
        kit.add(case, [share, f"{root}/tables.zip", f"{root}/reversed.zip", f"{root}/tables.tgz", f"{root}/disk.raw"],
                "--jobs", jobs)
        answers.append((kit.document(case, "persons"), kit.document(case, "evidence")))
    persons, evidence = answers[0]
    found = {s["path"]: s["persons"] for s in persons["sources"]}
    told = {}
    for failure in evidence["failures"]:
        told.setdefault(failure["path"], set()).add(failure["reason"])
    for place in ("", "tables.zip!/", "reversed.zip!/", "tables.tgz!/", "disk.raw!/share/", "disk.raw!/tables.zip!/"):
        for name in ("data/kokyaku.dbf", "data/zaiseki.dbf"):
            checks.equal(f"people of {place}{name}", found.get(place + name), len(PEOPLE))
        checks.true(f"{place}other/kokyaku.dbf lacks its memos", place + "other/kokyaku.dbf" in told, str(list(told)[:20]))
        checks.equal(f"people of the log beside {place}data/places.sqlite", found.get(place + "data/places.sqlite"),
                     len(VISITORS))
        checks.equal(f"nothing of {place}data/places.sqlite is missing", told.get(place + "data/places.sqlite"), None)
    for one, other in zip(answers[0], answers[1]):
        for side in (one, other):
            side.pop("case", None)
            side.pop("state", None)
            for e in side.get("evidence", []):
                e.pop("taken_in")
        checks.equal("the same, whatever the jobs", one, other)
    checks.end()


if __name__ == "__main__":
    main()
