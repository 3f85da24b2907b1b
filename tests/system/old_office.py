"""Office files of before 2007 through the whole program: people in workbooks, documents and mails, as files, in archives
and attached to mails, are counted; what is behind a password is open, what was read is not."""

import email.message
import io
import os
import struct
import zipfile

import kit
import office97

FAMILIES = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"]
GIVEN = ["陽一", "美咲", "健太", "由美子", "翔", "学"]
PEOPLE = [(f"{family} {given}", f"東京都港区芝公園{i + 1}-{k + 2}-{i * 6 + k + 1}", f"03-5550-{i * 6 + k + 1:04}",
           25569 + i * 400 + k * 37) for i, family in enumerate(FAMILIES) for k, given in enumerate(GIVEN)]
IN_TABLE, IN_ZIP, IN_MAIL, IN_MSG, IN_DOC, IN_FAR = (PEOPLE[i:i + 10] for i in range(0, 60, 10))


def document(people):
    w = office97.Word().add("会員名簿\r").row(["氏名", "住所", "電話番号"])
    for name, address, phone, _ in people:
        w.row([name, address, phone])
    return office97.compound(w.add("以上\r").streams())


def mail(attached):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Date"], m["Subject"] = "a@example.jp", "b@example.jp", "Thu, 02 Jul 2026 10:00:00 +0900", "list"
    m.set_content("see attached")
    m.add_attachment(attached, maintype="application", subtype="vnd.ms-excel", filename="list.xls")
    return bytes(m)


def message(attached):
    m = office97.message(charset="cp932").put(0x0039, office97.TIME, office97.filetime(1783000000))
    m.put(0x3FFD, office97.NUMBER, 932).texts({0x0037: "list", 0x0C1F: "a@example.jp", 0x1000: "see attached"})
    return office97.compound(m.recipient(1, "b@example.jp", "b@example.jp").attach({0x3707: "list.doc"}, attached).all())


def secret():
    method = office97.Old97("not known", b"salt salt salt 9")
    stream = office97.workbook8(office97.xf(0), [("秘", office97.number_cell(0, 0, 1.0), 0)],
                                extra=office97.record(0x2F, method.header()))
    return office97.compound({"Workbook": office97.locked(stream, method)})


def far_directory(data, pad=160):
    """The same OLE file with its directory behind `pad` empty sectors, as programs leave it that save often."""
    assert struct.unpack_from("<H", data, 30)[0] == 9
    fat_count, first = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    fat_places = list(struct.unpack_from("<%dI" % fat_count, data, 76))
    sectors = [data[512 + i * 512:1024 + i * 512].ljust(512, b"\0") for i in range((len(data) - 1) // 512)]
    fat = [n for p in fat_places for n in struct.unpack("<128I", sectors[p])][:len(sectors)]
    fat += [0xFFFFFFFF] * (len(sectors) - len(fat))
    chain, at = [], first
    while at < len(sectors):
        chain.append(at)
        at = fat[at]
    sectors += [bytes(512)] * pad
    fat += [0xFFFFFFFF] * pad
    moved = len(sectors)
    for i, old in enumerate(chain):
        sectors.append(sectors[old])
        fat.append(moved + i + 1 if i + 1 < len(chain) else 0xFFFFFFFE)
        sectors[old] = bytes(512)
        fat[old] = 0xFFFFFFFF
    while len(fat_places) * 128 < len(fat) + 1:
        fat_places.append(len(sectors))
        sectors.append(bytes(512))
        fat.append(0xFFFFFFFD)
    fat += [0xFFFFFFFF] * (len(fat_places) * 128 - len(fat))
    for i, place in enumerate(fat_places):
        sectors[place] = struct.pack("<128I", *fat[i * 128:i * 128 + 128])
    head = bytearray(data[:512])
    struct.pack_into("<I", head, 44, len(fat_places))
    struct.pack_into("<I", head, 48, moved)
    struct.pack_into("<%dI" % len(fat_places), head, 76, *fat_places)
    return bytes(head) + b"".join(sectors)


def evidence(folder):
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as out:
        out.writestr("list.xls", office97.people_book(IN_ZIP))
        out.writestr("renamed-a.bin", far_directory(message(document(IN_FAR[:5]))))
    files = {"table.xls": office97.people_book(IN_TABLE), "old.zip": inside.getvalue(), "mail.eml": mail(office97.people_book(IN_MAIL)),
             "mail.msg": message(document(IN_MSG)), "list.doc": document(IN_DOC), "secret.xls": secret(),
             "renamed-b.bin": far_directory(message(document(IN_FAR[5:])))}
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)


def main():
    checks = kit.Checks()
    folder = kit.place("old-office")
    share, held, left = (os.path.join(folder, name) for name in ("share", "held", "left"))
    os.mkdir(share)
    evidence(share)
    for case, more in ((held, []), (left, ["--leak-listing", kit.listing_of(share)])):
        kit.init(case)
        done = kit.add(case, [share], *more)
        checks.equal(f"exit status of add to {case}: one file is behind a password", done.status, 3)
    persons = kit.document(held, "persons")
    mailboxes = 2  # of the mails, whose owners have no name
    checks.equal("persons", persons["total"]["held"]["count"], len(PEOPLE) + mailboxes)
    names = {p["name"] for p in kit.kakuho("persons", left, "--list", "--json", "--now", kit.NOW).lines()}
    missing = sorted(name for name, *_ in IN_TABLE + IN_DOC if name not in names)
    checks.equal("who is in files that left and not in the list", missing, [])
    unread = kit.document(left, "persons")["unread"]
    checks.equal("unread", [(u["path"], u["reason"]) for u in unread], [("secret.xls", "password")])
    checks.end()


if __name__ == "__main__":
    main()
