"""What is behind a password and a list opens: each file must give the people that its open twin gives. With another list each is
one thing that is closed and nothing else; no password is written anywhere.

    locks.py KAKUHO
"""

import email.message
import hashlib
import io
import os
import struct
import sys
import zipfile

import ciphers
import kit
import odf_locks
import office97
import office_locks
import passwords
import pdf
import rar5
import seven_zip

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import make_access  # noqa: E402

ASCII, JAPANESE = "correct-horse-battery", "鍵は例示です"
# Of the password JAPANESE, by ISO 32000-2, 7.6.4.3.4 and 7.6.4.4.7 to 9 (its digest takes a second of C, a minute here).
R6_KEY = hashlib.sha256(b"invented key").digest()
R6 = {"U": "73c62901365a265fcf0fec69c6390339fab00cff51b841c7ed8ab725aeed773576616c69642075736b65792075736572",
      "UE": "f8937509e8fd407d8cb4f263a72180b8e6a9e93bdea94336fe754d46825a7301",
      "O": "daf0f6d56356227b9fc31ed2072e08d5c42dece121dca4de2a977fce8e4524bd76616c6964206f776b6579206f776e20",
      "OE": "91cc6937d44ee7097990dab93b2dc12d8a30a236c26e1af8c6e0621829ecc848", "Perms": "02b8d8bc6051e16dfdbb34733546be9a"}


FILES, EACH = 16, 5  # files with people, people of each
FAMILIES = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "松本", "井上", "木村",
            "斎藤", "清水", "山崎", "森"]
GIVEN = ["陽一", "美咲", "健太", "由美子", "翔"]


def people_of(number):
    return [(f"{FAMILIES[number]} {given}", f"東京都港区芝公園{number + 1}-{i + 2}-{number * 5 + i + 1}",
             f"090-0000-{number * EACH + i:04}") for i, given in enumerate(GIVEN)]


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name, (2026, 7, 1, 12, 0, 0)), data)
    return out.getvalue()


def workbook(rows):
    cells = "".join("<row r=\"%d\">%s</row>" % (n, "".join(
        f'<c r="{"ABC"[i]}{n}" t="inlineStr"><is><t>{cell}</t></is></c>' for i, cell in enumerate(row)))
        for n, row in enumerate(rows, 1))
    return zipped({
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
                           '<sheet name="list" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                                      'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>"})


def letter(rows):
    table = "".join("<w:tr>%s</w:tr>" % "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) for row in rows)
    return zipped({"[Content_Types].xml": "<Types/>",
                   "word/document.xml": f'<w:document xmlns:w="w"><w:body><w:tbl>{table}</w:tbl></w:body></w:document>'})


def rows_of(number):
    return [("氏名", "住所", "電話番号"), *people_of(number)]


def database(number):
    heads = rows_of(number)[0]
    return heads, [dict(zip(heads, person)) for person in people_of(number)]


def csv_of(number):
    return "\r\n".join(",".join(row) for row in rows_of(number)).encode()


def old_workbook(number, method=None):
    texts = [text for row in rows_of(number) for text in row]
    cells = b"".join(office97.label_sst(i // 3, i % 3, i) for i in range(len(texts)))
    table = office97.xf(0) + office97.record(0xFC, office97.sst([office97.shared(text) for text in texts]))
    extra = office97.record(0x2F, method.header()) if method else b""
    stream = office97.workbook8(table, [("list", cells, 0)], extra=extra)
    if isinstance(method, office_locks.Old95):
        stream = method.locked(stream)
    elif method:
        stream = office97.locked(stream, method)
    return office97.compound({"Workbook": stream})


def old_letter(number, method=None):
    document = office97.Word().add("会員名簿\r")
    for row in rows_of(number):
        document.row(list(row))
    return office97.compound(office_locks.word(document, method) if method else document.streams())


def slides(number, method=None):
    text = "\r".join("氏名 %s 様 住所 %s 電話 %s" % person for person in people_of(number))
    objects = {1: office97.box(0x3E8, office97.box(0xFF0, office97.listed(2))), 2: office97.slide_box(0x3EE, text)}
    made = office_locks.LockedSlides().save(objects, 1, method) if method else office97.Slides().save(objects, 1)
    return office97.compound(made.streams(0xF3D1C4DF if method else 0xE391C05F))


def open_document(number, password=None, how="aes", **more):
    kind = "text" if how == "blowfish" else "spreadsheet"
    parts = [("content.xml", odf_locks.content(kind, rows_of(number))), ("styles.xml", odf_locks.styles("page of the list"))]
    return odf_locks.document(kind, parts, password, how, **more)


# ---- PDF ----

def page(number):
    return b"BT /F0 10 Tf 60 700 Td (mail: person.%d@example.jp) Tj ET" % number


def written(folder, name, content, how=None):
    objects, trailer = pdf.pages([content], font=pdf.LATIN), b""
    if how:
        objects.append(how)
        trailer = b"/Encrypt 6 0 R/ID[<%s><%s>]" % ((b"0123456789abcdef".hex().encode(),) * 2)
    pdf.write(os.path.join(folder, name), objects, trailer)


def filled(data):
    return data + bytes([16 - len(data) % 16]) * (16 - len(data) % 16)


def of_16(data):
    return hashlib.md5(data).digest()


def pdf_aes_128(content):
    """Revision 4."""
    rights = struct.pack("<i", -4)
    owner = (b"owner" + pdf.PAD)[:32]
    for _ in range(51):
        owner = of_16(owner)
    sealed = (ASCII.encode() + pdf.PAD)[:32]
    for turn in range(20):
        sealed = pdf.rc4(bytes(b ^ turn for b in owner), sealed)
    key = (ASCII.encode() + pdf.PAD)[:32] + sealed + rights + b"0123456789abcdef"
    for _ in range(51):
        key = of_16(key)
    user = of_16(pdf.PAD + b"0123456789abcdef")
    for turn in range(20):
        user = pdf.rc4(bytes(b ^ turn for b in key), user)
    own = of_16(key + struct.pack("<I", 5)[:3] + b"\0\0sAlT")
    how = (b"<</Filter/Standard/V 4/R 4/Length 128/P -4/O<%s>/U<%s>/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV2/Length 16>>>>"
           b"/StmF/StdCF/StrF/StdCF>>" % (sealed.hex().encode(), (user + bytes(16)).hex().encode()))
    first = b"first 16 bytes.."
    return first + ciphers.chain(own, first, filled(content)), how


def pdf_aes_256(content):
    """Revision 6."""
    how = (b"<</Filter/Standard/V 5/R 6/Length 256/P -4/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>/StmF/StdCF"
           b"/StrF/StdCF" + b"".join(b"/%s<%s>" % (name.encode(), value.encode()) for name, value in R6.items()) + b">>")
    first = b"first 16 bytes.."
    return first + ciphers.chain(R6_KEY, first, filled(content)), how


def write_pdfs(locked, opened):
    pdf.write_locked(os.path.join(locked, "40.pdf"), ASCII.encode(), b"mail: locked.person@example.jp")
    pdf.write_locked(os.path.join(opened, "40.pdf"), b"", b"mail: locked.person@example.jp")
    for name, number, lock in (("128.pdf", 7, pdf_aes_128), ("256.pdf", 8, pdf_aes_256)):
        written(locked, name, *lock(page(number)))
        written(opened, name, page(number))


# ---- Both folders ----

def mail(attached, name):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Date"], m["Subject"] = "a@example.jp", "b@example.jp", "Thu, 02 Jul 2026 10:00:00 +0900", "list"
    m.set_content("see attached")
    m.add_attachment(attached, maintype="application", subtype="zip", filename=name)
    return bytes(m)


def files(locked):
    agile = office_locks.Agile(JAPANESE, "sha512", 256, 1000).streams
    inner = letter(rows_of(6))

    def package(data, streams):
        return office97.compound(streams(data)) if locked else data

    def method(made):
        return made if locked else None

    nested = package(inner, office_locks.Agile(ASCII, "sha1", 128, 1000).streams)
    archive = seven_zip.archive([([("list.csv", csv_of(5))], "lzma2", method(seven_zip.Aes(JAPANESE)))], method(seven_zip.Aes(JAPANESE)))
    staged = rar5.archive([("list.csv", csv_of(10), method(rar5.Lock(ASCII)))], method(rar5.Lock(ASCII)))
    return {
        "staged.rar": staged,
        "old.rar": rar5.archive4([("list.csv", csv_of(15), method(rar5.Lock4(JAPANESE)))], method(rar5.Lock4(JAPANESE, b"of heads"))),
        "agile.xlsx": package(workbook(rows_of(0)), agile),
        "standard.docx": package(letter(rows_of(1)), lambda data: office_locks.standard(data, ASCII)),
        "old.xls": old_workbook(2, method(office97.New2002(ASCII, b"salt salt salt 1"))),
        "older.xls": old_workbook(9, method(office_locks.Old95("correct-horse-b"))),
        "old.doc": old_letter(3, method(office97.Old97(JAPANESE, b"salt salt salt 2"))),
        "old.ppt": slides(4, method(office97.New2002(ASCII, b"salt salt salt 3"))),
        "list.accdb": make_access.one_table(*database(16), method(make_access.Agile(JAPANESE, "sha512", 256))),
        "older.accdb": make_access.one_table(*database(17), method(make_access.Stream(office97.New2002(ASCII, b"salt salt salt 4", 128, 3)))),
        "list.ods": open_document(11, method(ASCII)),
        "unsummed.ods": open_document(12, method(JAPANESE), sums=False),
        "older.odt": open_document(13, method(JAPANESE), "blowfish", doctype=True),
        "whole.ods": open_document(14, method(JAPANESE), "gcm"),
        "list.7z": archive,
        "mail.eml": mail(passwords.zipped([("letter.docx", nested, JAPANESE.encode("cp932") if locked else None)]), "letter.zip"),
    }


def write(folder, locked):
    os.mkdir(folder)
    for name, data in files(locked).items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)
    return folder


def people(case):
    listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines()
    return sorted(str([p[key] for key in ("name", "contacts", "items", "records")]) for p in listed)


def closed(case):
    return sorted(f["path"] + ": " + f["reason"] for f in kit.document(case, "evidence")["failures"])


def main():
    checks = kit.Checks()
    folder = kit.place("locks")
    locked, opened = write(f"{folder}/locked", True), write(f"{folder}/open", False)
    has_pdf = os.path.exists(os.path.join(os.path.dirname(kit.program()), "kakuho-pdf"))
    if has_pdf:
        write_pdfs(locked, opened)
    lists = {"good": ["nothing", ASCII, JAPANESE, "correct-horse-b"], "wrong": ["something else", "鍵"]}
    for name, lines in lists.items():
        with open(f"{folder}/{name}.txt", "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
    # everything counts as left: those people are listed by name
    leaks = {name: ["--leak-listing", kit.listing_of(f"{folder}/{name}")] for name in ("open", "locked")}
    cases = {name: f"{folder}/case-{name}" for name in ("open", "good", "later")}
    for case in cases.values():
        kit.init(case)
    said = [kit.add(cases["open"], [opened], *leaks["open"]), kit.add(cases["good"], [locked], *leaks["locked"], "--passwords", f"{folder}/good.txt", "--jobs", "2"),
            kit.add(cases["later"], [locked], *leaks["locked"], "--passwords", f"{folder}/wrong.txt")]
    checks.equal("exit status", [done.status for done in said], [0, 0, 3])
    wanted = people(cases["open"])
    checks.equal("people in the open files", len(wanted), FILES * EACH + 2 + (3 if has_pdf else 0))  # and the mail's two
    checks.equal("the same people behind passwords", people(cases["good"]), wanted)
    checks.equal("nothing is closed", closed(cases["good"]), [])
    every = sorted([*files(True), *(["40.pdf", "128.pdf", "256.pdf"] if has_pdf else [])])
    found = closed(cases["later"])
    checks.equal("each is closed once", sorted(line.split("!/")[0].split(":")[0] for line in found), every)
    checks.true("and nothing else is said", all("encrypted" in line for line in found), str(found))
    checks.equal("people without a password: the mail's two", len(people(cases["later"])), 2)
    said.append(kit.add(cases["later"], [locked], *leaks["locked"], "--passwords", f"{folder}/good.txt"))
    checks.equal("with the right list: exit status", said[-1].status, 0)
    checks.equal("with the right list: the same people", people(cases["later"]), wanted)
    checks.equal("with the right list: nothing is closed", closed(cases["later"]), [])
    for case in (cases["good"], cases["later"]):
        for name in os.listdir(case):
            with open(os.path.join(case, name), "rb") as file:
                stored = file.read()
            checks.true(f"{name} holds no password", not any(
                secret.encode(encoding) in stored for secret in lists["good"][1:] for encoding in ("utf-8", "cp932", "utf-16-le")))
    checks.true("none is said", not any(s.encode() in done.out + done.err for done in said for s in lists["good"][1:]))
    checks.end()


if __name__ == "__main__":
    main()
