"""Files that nobody could read: counted, never as nobody, and with what names and neighbours suggest."""

import os
import random
import struct
import subprocess
import shutil

import kit
from intruded import customers, log_of, write

NOISE = random.Random(4).randbytes(200000)


def bitlocker_image(path):
    """A disk with one partition that BitLocker keeps."""
    sector = bytearray(512)
    sector[446:462] = struct.pack("<B3sB3sII", 0, b"\0" * 3, 7, b"\0" * 3, 64, 256)
    sector[510:512] = b"\x55\xaa"
    volume = bytearray(NOISE[:256 * 512].ljust(256 * 512, b"\1"))
    volume[0:11] = b"\xeb\x58\x90-FVE-FS-"
    volume[510:512] = b"\x55\xaa"
    write(path, bytes(sector) + bytes(63 * 512) + bytes(volume))


def make_evidence(folder):
    share = os.path.join(folder, "share")
    # A series of which one month was encrypted by the intruder.
    for month, first, count in ((1, 0, 100), (2, 100, 120), (4, 220, 110)):
        write(os.path.join(share, f"営業/顧客_2026-{month:02}.csv"), customers(first, count))
    third = customers(400, 130).encode()
    write(os.path.join(share, "営業/顧客_2026-03.csv.abcd"), NOISE[:len(third)])
    write(os.path.join(share, "営業/顧客_2026-05.xlsx.abcd"), NOISE[:9000])
    # Of this one a copy that was read lies in the same folder of older evidence.
    write(os.path.join(share, "営業/配送.csv.abcd"), NOISE[:3000])
    write(os.path.join(folder, "older/営業/配送.csv"), customers(600, 20))
    # Another folder holds the same name of another day.
    write(os.path.join(share, "控え/2026-06-01/得意先台帳.csv"), customers(700, 60))
    write(os.path.join(share, "原本/得意先台帳.csv.abcd"), NOISE[:5000])
    # Names alone, a folder alone, nothing at all.
    write(os.path.join(share, "x/社員名簿.xlsx.abcd"), NOISE[:7000])
    write(os.path.join(share, "x/退職者一覧.doc.abcd"), NOISE[:7000])
    write(os.path.join(share, "営業/メモ.docx.abcd"), NOISE[:7000])
    write(os.path.join(share, "y/zz.docx.abcd"), NOISE[:7000])
    # Beside a series in which nobody is, a name that says nothing suggests nobody.
    write(os.path.join(share, "在庫/w_01.csv"), "品番,倉庫,棚\r\n" + "".join(f"A{i},東,{i}\r\n" for i in range(50)))
    write(os.path.join(share, "在庫/w_02.csv.abcd"), NOISE[:600])
    write(os.path.join(share, "mail/archive.pst"), b"!BDN" + NOISE[:50000])
    bitlocker_image(os.path.join(folder, "disk.img"))
    # Of every format, not of some: locked, broken off, without a parser.
    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
    for name, case in (("z/予定.xlsx", "locked_office/agile_sha1.in"), ("z/台帳.accdb", "access/ace_closed.in")):
        with open(os.path.join(golden, case), "rb") as locked:
            write(os.path.join(share, name), locked.read())
    rows = ",".join(f"({i},'佐藤 健一','kenichi{i}@example.jp')" for i in range(40))
    dump = "-- MySQL dump 10.13\n\nINSERT INTO `users` (`id`,`name`,`email`) VALUES " + rows
    write(os.path.join(share, "z/backup.sql"), dump[:-30])
    members = "[" + ",".join('{"name":"佐藤 健一","tel":"090-1234-%04d"}' % i for i in range(40))
    write(os.path.join(share, "z/members.json"), members[:-20])
    write(os.path.join(share, "z/prices.json"), '[{"price":1},{"price":2},{"pri')
    write(os.path.join(share, "z/会員.parquet"), b"PAR1" + NOISE[:3000] + b"PAR1")
    write(os.path.join(share, "z/users.ibd"), NOISE[:4096])
    if shutil.which("zip"):
        inner = os.path.join(folder, "inner")
        write(os.path.join(inner, "患者一覧.csv"), customers(900, 30))
        write(os.path.join(inner, "program.exe"), NOISE[:500])
        subprocess.run(["zip", "-q", "-r", "-P", "secret", os.path.join(share, "送付.zip"), "."], cwd=inner, check=True)
    return share


def wanted(checks, by_path, path, reason, kind, category, because):
    if not checks.true(f"{path} is unread", path in by_path, str(sorted(by_path))):
        return None
    u = by_path[path]
    said = u["suggests"]
    checks.equal(f"{path}: reason and kind", (u["reason"], u["kind"]), (reason, kind))
    checks.equal(f"{path}: suggests", (said["category"], said["because"]) if said else None,
                 (category, because) if because else None)
    checks.true(f"{path}: has a size", u["bytes"] > 0)
    return u


def main():
    checks = kit.Checks()
    folder = kit.place("unread")
    share = make_evidence(folder)
    said = write(os.path.join(folder, "case.yaml"),
                 "datasets:\n  - {name: 社員, paths: ['**/社員名簿*']}\n"
                 "estimates:\n  - {dataset: 社員, count: 42, unit: person, basis: 給与計算の人数, by: 人事課}\n")
    case = os.path.join(folder, "case")
    kit.init(case, said)
    done = kit.add(case, ["FS01=" + share, "FS01=" + os.path.join(folder, "older"), "FS01=" + os.path.join(folder, "disk.img"), log_of(folder)])
    checks.true("exit status of add", done.status in (0, 3), str(done.status))
    answer = kit.document(case, "persons")
    by_path = {u["path"]: u for u in answer["unread"]}

    u = wanted(checks, by_path, "営業/顧客_2026-03.csv.abcd", "encrypted", "document", "customer", "series")
    checks.equal("a series: its items", u["suggests"]["items"], ["name", "address", "phone", "customer_no"])
    checks.equal("a series: the one before it", u["suggests"]["like"]["path"], "営業/顧客_2026-02.csv")
    guess = u["estimate"]
    checks.equal("by size: said to be, and open", (u["estimate_by"], guess["bounded"]), ("size", False))
    checks.true("by size: near the truth, which lies within", abs(guess["count"] - 130) <= 7 and guess["least"] <= 130 <= guess["most"], str(guess))
    u = wanted(checks, by_path, "営業/顧客_2026-05.xlsx.abcd", "encrypted", "document", "customer", "series")
    checks.equal("a workbook is not measured by text", u["estimate"], None)
    checks.true("a copy that was read counts as read", "営業/配送.csv.abcd" not in by_path)
    u = wanted(checks, by_path, "原本/得意先台帳.csv.abcd", "encrypted", "document", "customer", "copy")
    checks.equal("the copy of another day", u["suggests"]["like"]["path"], "控え/2026-06-01/得意先台帳.csv")
    u = wanted(checks, by_path, "x/社員名簿.xlsx.abcd", "encrypted", "document", "employee", "name")
    checks.equal("by name: the word, no items", (u["suggests"]["word"], u["suggests"]["items"]), ("社員", []))
    checks.equal("case.yaml's estimate goes first", (u["estimate_by"], u["estimate"]["count"]), ("case", 42))
    wanted(checks, by_path, "x/退職者一覧.doc.abcd", "encrypted", "document", "former_employee", "name")
    u = wanted(checks, by_path, "営業/メモ.docx.abcd", "encrypted", "document", "customer", "folder")
    checks.equal("by folder: no estimate", u["estimate"], None)
    wanted(checks, by_path, "y/zz.docx.abcd", "encrypted", "document", None, None)
    u = wanted(checks, by_path, "在庫/w_02.csv.abcd", "encrypted", "document", None, "series")
    checks.equal("a series without people suggests none, and counts none", (u["suggests"]["items"], u["estimate"]), ([], None))
    u = wanted(checks, by_path, "mail/archive.pst", by_path["mail/archive.pst"]["reason"], "mail_store", None, "kind")
    checks.equal("a mail store by its nature", u["suggests"]["items"], ["name", "email", "message_body"])
    wanted(checks, by_path, "z/予定.xlsx", "password", "document", None, None)
    wanted(checks, by_path, "z/台帳.accdb", "password", "database", None, None)
    wanted(checks, by_path, "z/backup.sql", "damaged", "document", "member", "folder")
    wanted(checks, by_path, "z/members.json", "damaged", "document", "member", "name")
    wanted(checks, by_path, "z/会員.parquet", "format", "database", "member", "name")
    wanted(checks, by_path, "z/users.ibd", "format", "database", None, None)
    checks.true("a list of prices that is cut is nobody's", "z/prices.json" not in by_path)
    volumes = [u for u in answer["unread"] if u["kind"] == "volume"]
    checks.equal("a volume that could not be opened", [(u["evidence"], u["reason"], u["suggests"]) for u in volumes],
                 [("disk.img", "password", None)])
    if shutil.which("zip"):
        wanted(checks, by_path, "送付.zip!/患者一覧.csv", "password", "document", "patient", "name")
        checks.true("members stand for their archive; programs are not listed",
                    "送付.zip" not in by_path and "送付.zip!/program.exe" not in by_path)

    total = answer["total"]["reachable"]
    checks.equal("only who was read is in a sum", total["count"], 100 + 120 + 110 + 20 + 60 + 39 + 40)
    checks.equal("and no number is a bound", (total["bounded"], answer["total"]["held"]["bounded"]), (False, False))
    checks.equal("absent: what could not be read stands beside", {a["unread"] for a in answer["absent"]}, {len(answer["unread"])})
    claims = {c["subject"] if "subject" in c else None: c for c in kit.document(case, "claims")["claims"] if c["kind"] == "unread"}
    checks.true("claims say it, as open", all(c["standing"] == "open" for c in claims.values()) and len(claims) >= 1, str(len(claims)))
    told = [c["value"] for c in kit.document(case, "claims")["claims"] if c["kind"] == "unread"]
    checks.equal("claims hold each file once", sum(v["files"] for v in told), len(answer["unread"]))
    checks.end()


if __name__ == "__main__":
    main()
