#!/usr/bin/env python3
"""Given indicators in the contents of files: where each stands, and what was not looked through.
    ioc_contents.py KAKUHO
Evidence, indicators, places and offsets are written here by hand."""
import base64
import hashlib
import io
import os
import zipfile

import kit

WEB_SHELL = '<?php $to="https%3A%2F%2Fc2.evil.example%2Fgate"; system($_GET["x"]); // svc_bk9\n'
TOOL = b"\x00\x01\xff\xfe\x80MZ" + b"\x90" * 70001 + "c2.evil.example".encode("utf-16le") + b"\x00\x00" + b"\x07\xff" * 40000 + b"\x00beacon.example\x00"
LINES = "最初に\n通信先は203.0.113.5です。ファイルはevil.exeを置く\nbad 110.0.0.12 and 10.0.0.12, notc2x.example.org\n"
REPORT = "they used 198[.]51[.]100[.]9 and hxxp://drop[.]example/a.zip\n"
LONG = "x" * 300000 + ' "https://long.example/p" ' + "y" * 300000  # one line, larger than any window
WIDE = "名簿.xlsx を C:\\ProgramData\\kb\\7z.exe で".encode("utf-16le")


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def mail(body):
    return ("From: a@b.example\nTo: c@d.example\nSubject: x\nDate: Tue, 01 Jul 2025 10:00:00 +0900\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n") + base64.encodebytes(body.encode()).decode()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(zipfile.ZipInfo(name, (2026, 7, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


DOCX = zipped({
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
                           'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "word/document.xml": '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
                         '<w:r><w:t>連絡は boss@phi</w:t></w:r><w:r><w:t>sh.example まで</w:t></w:r></w:p></w:body></w:document>',
})
INNER = zipped({"in/script.ps1": '$u = "http://203.0.113.66:8080/s"\n' * 50, "word.txt": "nothing"})
FILES = {
    "lines.txt": LINES.encode(), "shell.php": WEB_SHELL.encode(), "report.txt": REPORT.encode(), "tool.bin": TOOL, "long.js": LONG.encode(),
    "m.eml": mail("添付を見てください http://mail.evil.example/x?id=1 です\n").encode(), "a.docx": DOCX, "outer.zip": zipped({"deep/inner.zip": INNER}),
    "wide.dat": b"\x01\x02\x03" + WIDE + b"\x00\x00", "sjis.txt": "表203.0.113.91です\n".encode("cp932") * 3,
}
NOWHERE = None
# The indicator, and each file in which it stands with the way and the byte (of text: the record).
GIVEN = {
    "203.0.113.5": [("lines.txt", "bytes", LINES.encode().index(b"203."))],
    "evil.exe": [("lines.txt", "bytes", LINES.encode().index(b"evil.exe"))],
    "10.0.0.1": [], "10.0.0.0/24": [("lines.txt", "bytes", LINES.encode().index(b" 10.0.0.12") + 1)],
    "c2.evil.example": [("shell.php", "bytes", WEB_SHELL.index("c2.evil")), ("tool.bin", "utf16", 7 + 70001)],
    "https://c2.evil.example/gate": [("shell.php", "bytes", WEB_SHELL.index("c2.evil"))],
    "2.evil.example": [], "example.org": [("lines.txt", "bytes", LINES.encode().index(b"example.org"))],
    "svc_bk9": [("shell.php", "bytes", WEB_SHELL.index("svc_bk9"))],
    "EXAMPLE\\svc_bk9": [("shell.php", "bytes", WEB_SHELL.index("svc_bk9"))],
    "198.51.100.9": [("report.txt", "bytes", REPORT.index("198["))],
    "hxxp://drop[.]example/a.zip": [("report.txt", "bytes", REPORT.index("drop["))],
    "beacon.example": [("tool.bin", "bytes", TOOL.index(b"beacon"))],
    "http://mail.evil.example/x": [("m.eml#body", "text", 1)],
    "boss@phish.example": [("a.docx#body", "text", 1)],
    "203.0.113.66": [("outer.zip!/deep/inner.zip!/in/script.ps1", "bytes", 13)],
    "LONG.example": [("long.js", "bytes", LONG.index("long.example"))],
    "C:\\ProgramData\\kb\\7z.exe": [("wide.dat", "utf16", 3 + WIDE.index("ProgramData".encode("utf-16le")))],
    "名簿.xlsx": [("wide.dat", "utf16", 3)],
    "C:\\Program*\\kb\\7?.exe": [("wide.dat", "utf16", 3 + WIDE.index("ProgramData".encode("utf-16le")))],
    "203.0.113.91": [("sjis.txt", "bytes", 2)],
    "nope.example": [],
    hashlib.md5(TOOL).hexdigest(): [("tool.bin", "hash", NOWHERE)],
    hashlib.sha1(DOCX).hexdigest().upper(): [("a.docx", "hash", NOWHERE)],
    hashlib.md5(b"nothing").hexdigest(): [("outer.zip!/deep/inner.zip!/word.txt", "hash", NOWHERE)],
    hashlib.sha512(LINES.encode()).hexdigest(): [("lines.txt", "hash", NOWHERE)],
    f"[file:hashes.MD5 = '{hashlib.md5(TOOL).hexdigest()}' AND file:name = 'tool.bin']": [("tool.bin", "hash", NOWHERE)],
    f"[file:hashes.MD5 = '{hashlib.md5(TOOL).hexdigest()}' AND file:name = 'other.bin']": [],
}


def look(case, given, *more):
    return kit.kakuho("iocs", case, "--ioc", given, "--json", *more)


def check_places(checks, document):
    rows = {r["indicator"]: r for r in document["results"]}
    for ioc, wanted in GIVEN.items():
        row = rows[ioc]
        found = [(p["path"], p["as"], p.get("offset", p.get("record"))) for p in row["places"]]
        checks.equal(f"{ioc}: places", sorted(found, key=str), sorted(wanted, key=str))
        checks.equal(f"{ioc}: files", row["contents"], len(wanted))
        checks.equal(f"{ioc}: status", row["status"], "found" if wanted or row["events"] or row["items"] or row["people"] else "not found")
        checks.true(f"{ioc}: what is in files is on a machine", not wanted or row["hosts"])
        checks.true(f"{ioc}: hashes are made of files", "in_logs_only" not in row)
    contents = document["searched"]["contents"]
    # every file, what is in the two archives, and what is in the document
    checks.equal("files looked through", contents["files"] >= len(FILES) + 3, True)
    checks.equal("no gaps", (contents["gaps"], contents["not_looked_through"]), (0, []))


def check_gaps(checks, case, given, folder):
    os.remove(f"{folder}/ev/shell.php")
    with open(f"{folder}/ev/report.txt", "a") as file:
        file.write("203.0.113.66 came later\n")
    done = look(case, given)
    document = done.json()
    gaps = {(g["path"], g["why"]) for g in document["searched"]["contents"]["not_looked_through"]}
    checks.equal("exit status with gaps", done.status, 3)
    checks.equal("gone and changed are gaps", gaps, {("shell.php", "gone"), ("report.txt", "changed")})
    checks.true("and are said", any("2 could not be looked through" in line for line in done.said()), done.said())
    rows = {r["indicator"]: r for r in document["results"]}
    checks.equal("what is gone is not found", [p["path"] for p in rows["c2.evil.example"]["places"]], ["tool.bin"])
    os.rename(f"{folder}/ev", f"{folder}/elsewhere")
    document = look(case, given).json()
    checks.equal("all is gone", (document["searched"]["contents"]["files"], document["searched"]["contents"]["gaps"]), (0, len(FILES)))
    os.rename(f"{folder}/elsewhere", f"{folder}/ev")


def check_locked(checks, folder):
    """A member behind a password: made by hand, since Python writes none. Flag 1 of the entries, twelve bytes before the content."""
    plain = zipped({"secret.txt": "203.0.113.66"})
    locked = bytearray(plain)
    for at, flag in ((plain.index(b"PK\x03\x04"), 6), (plain.index(b"PK\x01\x02"), 8)):
        locked[at + flag] |= 1
    os.makedirs(f"{folder}/locked")
    write(f"{folder}/locked/l.zip", bytes(locked))
    kit.init(f"{folder}/locked-case")
    kit.kakuho("add", f"{folder}/locked-case", f"{folder}/locked", "--quiet")
    write(f"{folder}/one.txt", b"203.0.113.66\n")
    document = look(f"{folder}/locked-case", f"{folder}/one.txt").json()
    checks.true("what is locked is a gap", "locked" in {g["why"] for g in document["searched"]["contents"]["not_looked_through"]},
                str(document["searched"]["contents"]))


def main():
    checks = kit.Checks()
    folder = kit.place("ioc-contents")
    os.makedirs(f"{folder}/ev")
    for name, content in FILES.items():
        write(f"{folder}/ev/{name}", content)
    given = f"{folder}/given.txt"
    write(given, ("\n".join(GIVEN) + "\n").encode())
    case = f"{folder}/case"
    kit.init(case)
    checks.equal("taken in", kit.kakuho("add", case, f"{folder}/ev", "--quiet").status, 0)
    one = look(case, given, "--jobs", "1")
    checks.equal("exit status", one.status, 0)
    for jobs in ("2", "4"):
        checks.equal(f"the same bytes with {jobs} jobs", look(case, given, "--jobs", jobs).out, one.out)
    check_places(checks, one.json())
    without = look(case, given, "--without-contents").json()
    checks.equal("left aside", without["searched"]["contents"], None)
    checks.true("and no row speaks of them", not any("places" in r for r in without["results"]))
    check_gaps(checks, case, given, folder)
    check_locked(checks, folder)
    checks.end()


main()
