"""PDF through the whole program: who is in it, where they stand, what could not be read, and that workers make no
difference. Documents are written here byte by byte, with fonts that name a Japanese code page and embed nothing.

    pdf.py KAKUHO
"""

import base64
import hashlib
import os
import shutil
import struct
import subprocess
import zipfile

import kit

FAMILY = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村".split()
GIVEN = "翔太 美咲 健太 陽子 直樹".split()
PEOPLE = [(f"{1001 + i}", f"{FAMILY[i % 8]} {GIVEN[i // 8]}", f"東京都千代田区丸の内{i // 10 + 1}-{i % 10 + 1}-3",
           f"090-5555-{i:04d}") for i in range(40)]
ROWS_ON_FIRST = 25
PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


# ---- Writing PDF ----


def stream(content, more=b""):
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def write(path, objects, trailer=b""):
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, table, len(places) + 1, trailer, len(out))
    with open(path, "wb") as file:
        file.write(out)


FONT = (b"<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/90ms-RKSJ-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType0/BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>"
        b"/DW 1000/W[1[500] 2 94 500 231 632 500]>>]>>")
LATIN = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def at(x, y, text):
    return b"BT /F0 10 Tf %d %d Td <%s> Tj ET\n" % (x, y, text.encode("cp932").hex().encode())


def pages(contents, more_of_catalog=b"", more_of_page=b"", more=(), font=FONT):
    """Objects: 1 catalog, 2 pages, 3 font, then a page and its content each; `more` come first behind the font."""
    first = 4 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * i) for i in range(len(contents)))
    out = [b"<</Type/Catalog/Pages 2 0 R%s>>" % more_of_catalog,
           b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(contents)), font, *more]
    for i, content in enumerate(contents):
        out.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F0 3 0 R>>>>%s>>"
                   % (first + 2 * i + 1, more_of_page))
        out.append(stream(content))
    return out


COLUMNS = (40, 90, 190, 400)


def table(rows, headings):
    y = 780
    out = at(40, 810, "会員名簿") if headings else b""
    for row in ([("会員番号", "氏名", "住所", "電話番号")] if headings else []) + rows:
        out += b"".join(at(x, y, cell) for x, cell in zip(COLUMNS, row))
        y -= 18
    return out + at(280, 30, "社外秘")


def write_list(path):
    write(path, pages([table(PEOPLE[:ROWS_ON_FIRST], True), table(PEOPLE[ROWS_ON_FIRST:], False)]))


def write_turned(path):
    """A page that a driver turned: everything on it is drawn up along the page, which says nothing of that."""
    rows = [("S001", "石川 誠", "東京都港区芝公園1-2-3", "090-6666-0101"), ("S002", "中村 葵", "東京都港区芝公園4-5-6", "090-6666-0102"),
            ("S003", "前田 恵", "東京都港区芝公園7-8-9", "090-6666-0103")]
    write(path, pages([b"q 0 1 -1 0 842 0 cm\n" + table(rows, True) + b"Q\n"], b"", b"/MediaBox[0 0 842 595]"))


def write_letter(path, name, phone):
    write(path, pages([at(60, 780, name + " 様") + at(60, 760, "このたびはご迷惑をおかけしました。電話 " + phone)]))


def write_form(path):
    csv = "氏名,電話番号\n森 さくら,090-7777-0001\n池田 誠,090-7777-0002\n".encode()
    value = ("井上 裕子".encode("utf-16-be").hex().encode(), "清水 浩二 様 携帯 090-6666-0002".encode("utf-16-be").hex().encode())
    more = [b"<</Type/Annot/Subtype/Widget/FT/Tx/T(f1)/V<FEFF%s>/Rect[150 695 400 712]>>" % value[0],
            b"<</Type/Annot/Subtype/Text/Contents<FEFF%s>/Rect[10 10 30 30]>>" % value[1],
            b"<</Type/Filespec/F(applicants.csv)/EF<</F 7 0 R>>>>", stream(csv, b"/Type/EmbeddedFile")]
    write(path, pages([at(60, 700, "氏名") + at(60, 670, "電話番号") + at(150, 670, "090-6666-0001")],
                      b"/AcroForm<</Fields[4 0 R]>>/Names<</EmbeddedFiles<</Names[(a) 6 0 R]>>>>",
                      b"/Annots[4 0 R 5 0 R]", more))


def write_picture(path):
    image = stream(b"\x80" * 64, b"/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8")
    objects = pages([b"q 595 0 0 842 0 0 cm /X Do Q"], more=[image])
    objects[4] = objects[4].replace(b"/Resources<<", b"/Resources<</XObject<</X 4 0 R>>")
    write(path, objects)


def rc4(key, data):
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def write_locked(path, password, text):
    """The oldest encryption, of 40 bits."""
    padded, rights = (password + PAD)[:32], struct.pack("<i", -4)
    owner = rc4(hashlib.md5((b"owner" + PAD)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner + rights + b"0123456789abcdef").digest()[:5]
    own = hashlib.md5(key + struct.pack("<I", 5)[:3] + b"\0\0").digest()[:10]
    objects = pages([rc4(own, b"BT /F0 10 Tf 60 700 Td (%s) Tj ET" % text)], font=LATIN)
    objects.append(b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (owner.hex().encode(), rc4(key, PAD).hex().encode()))
    write(path, objects, b"/Encrypt 6 0 R/ID[<%s><%s>]" % ((b"0123456789abcdef".hex().encode(),) * 2))


def write_cut(path, whole):
    with open(whole, "rb") as file:
        content = file.read()
    with open(path, "wb") as file:
        file.write(content[: content.rindex(b"xref\n") - 200])


def write_evidence(folder):
    os.mkdir(folder)
    write_list(f"{folder}/list.pdf")
    write_form(f"{folder}/form.pdf")
    write_turned(f"{folder}/turned.pdf")
    write_picture(f"{folder}/scan.pdf")
    write_locked(f"{folder}/locked.pdf", b"secret", b"hidden@example.jp")
    write_locked(f"{folder}/open.pdf", b"", b"mail: open.person@example.jp")
    write_cut(f"{folder}/cut.pdf", f"{folder}/list.pdf")
    letter = f"{folder}/letter.pdf"
    write_letter(letter, "木村 由美", "090-8888-0001")
    with zipfile.ZipFile(f"{folder}/letters.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.write(letter, "letter.pdf")
    write_letter(letter, "山口 隆", "090-8888-0002")
    with open(letter, "rb") as file:
        attached = base64.encodebytes(file.read()).decode()
    os.remove(letter)
    with open(f"{folder}/mail.eml", "w", encoding="utf-8") as out:
        out.write("From: a@example.jp\nTo: b@example.jp\nSubject: letter\nDate: Mon, 6 Jul 2026 10:00:00 +0900\nMIME-Version: 1.0\n"
                  'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: application/pdf; name="letter.pdf"\n'
                  f"Content-Transfer-Encoding: base64\n\n{attached}\n--x--\n")


# ---- Asking ----


PERSONS = {"list.pdf": 40, "turned.pdf": 3, "form.pdf": 2, "form.pdf!/file 1 applicants.csv": 2, "open.pdf": 1, "letters.zip!/letter.pdf": 1,
           "mail.eml!/letter.pdf": 1}
UNREAD = {"scan.pdf": "format", "locked.pdf": "password", "cut.pdf": "damaged"}


def check_people(checks, case):
    persons = kit.document(case, "persons")
    found = {s["path"]: s["persons"] for s in persons["sources"]}
    for path, count in PERSONS.items():
        checks.equal(f"persons of {path}", found.get(path), count)
    checks.equal("unread", {u["path"]: u["reason"] for u in persons["unread"]}, UNREAD)


def check_places(checks, case):
    """From a person to file, table and page."""
    wanted = {"佐藤 翔太": ("list.pdf#table 1", 10001), PEOPLE[24][1]: ("list.pdf#table 1", 10025),
              PEOPLE[25][1]: ("list.pdf#table 1", 20001), PEOPLE[39][1]: ("list.pdf#table 1", 20015),
              "中村 葵": ("turned.pdf#table 1", 10002), "井上 裕子": ("form.pdf#pages", 1), "清水 浩二": ("form.pdf#notes", 1)}
    listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW)
    found = {(line.get("name") or "").replace(" ", ""): line for line in listed.lines()}
    for name, (path, record) in wanted.items():
        line = found.get(name.replace(" ", ""))
        if not checks.true(f"{name} is found", line is not None):
            continue
        why = kit.kakuho("explain", case, line["id"], "--json", "--now", kit.NOW).json()
        refs = [(m["ref"]["path"], m["ref"]["record"]) for m in why["mentions"]]
        checks.true(f"{name} leads to its page", (path, record) in refs, str(refs))


def without_helper(checks, folder, evidence):
    """The program alone, elsewhere: files are told as unread, and read when the helper is there again."""
    alone = f"{folder}/alone"
    os.mkdir(alone)
    shutil.copy(kit.program(), f"{alone}/kakuho")
    case = f"{folder}/case-alone"
    kit.init(case)
    words = ["add", case, evidence, "--leak-listing", evidence + "-listing.txt", "--now", kit.NOW, "--quiet"]
    checks.equal("add without the helper", subprocess.run([f"{alone}/kakuho", *words], check=False).returncode, 3)
    unread = {u["path"]: u["reason"] for u in kit.document(case, "persons")["unread"]}
    checks.equal("without the helper all are unread", set(unread),
                 {*UNREAD, "list.pdf", "turned.pdf", "form.pdf", "open.pdf", "letters.zip!/letter.pdf", "mail.eml!/letter.pdf"})
    checks.equal("for their format", set(unread.values()), {"format"})
    kit.kakuho(*words)
    found = {s["path"]: s["persons"] for s in kit.document(case, "persons")["sources"]}
    checks.equal("with the helper they are read, also inside an archive and a mail", {p: found.get(p) for p in PERSONS},
                 PERSONS)
    subprocess.run([f"{alone}/kakuho", *words], check=False)
    checks.equal("and stay read when it is gone again",
                 {s["path"]: s["persons"] for s in kit.document(case, "persons")["sources"]}, found)


def main():
    if not os.path.exists(os.path.join(os.path.dirname(kit.program()), "kakuho-pdf")):
        kit.skip("kakuho-pdf was not built (poppler-glib is missing)")
    checks = kit.Checks()
    folder = kit.place("pdf")
    evidence = f"{folder}/share"
    write_evidence(evidence)
    listing = kit.listing_of(evidence)
    answers = []
    for jobs in ("1", "2", "4"):
        case = f"{folder}/case{jobs}"
        kit.init(case)
        done = kit.add(case, [evidence], "--leak-listing", listing, "--jobs", jobs)
        checks.equal(f"exit status of add with {jobs} jobs", done.status, 3)
        answers.append((kit.document(case, "persons"), kit.document(case, "evidence")))
    for persons, listed in answers[1:]:
        for name, one, other in (("persons", persons, answers[0][0]), ("evidence", listed, answers[0][1])):
            for side in (one, other):
                side.pop("case", None)
            checks.equal(f"the same {name}, whatever the jobs", one, other)
    check_people(checks, f"{folder}/case1")
    check_places(checks, f"{folder}/case1")
    without_helper(checks, folder, evidence)
    checks.end()


if __name__ == "__main__":
    main()
