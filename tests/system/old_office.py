"""Office files of before 2007 through the whole program: people in workbooks, documents and mails, as files, in archives
and attached to mails, are counted; what is behind a password is open, what was read is not."""

import email.message
import io
import os
import zipfile

import kit
import office97

FAMILIES = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"]
GIVEN = ["陽一", "美咲", "健太", "由美子", "翔"]
PEOPLE = [(f"{family} {given}", f"東京都港区芝公園{i + 1}-{k + 2}-{i * 5 + k + 1}", f"03-5550-{i * 5 + k + 1:04}",
           25569 + i * 400 + k * 37) for i, family in enumerate(FAMILIES) for k, given in enumerate(GIVEN)]
IN_TABLE, IN_ZIP, IN_MAIL, IN_MSG, IN_DOC = (PEOPLE[i:i + 10] for i in range(0, 50, 10))


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


def evidence(folder):
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as out:
        out.writestr("list.xls", office97.people_book(IN_ZIP))
    files = {"table.xls": office97.people_book(IN_TABLE), "old.zip": inside.getvalue(), "mail.eml": mail(office97.people_book(IN_MAIL)),
             "mail.msg": message(document(IN_MSG)), "list.doc": document(IN_DOC), "secret.xls": secret()}
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
