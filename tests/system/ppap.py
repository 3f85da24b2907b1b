"""Passwords that stand in the evidence open what is locked: a locked file in one mail, its password in the next; archives that an
intruder packed, their password on his command line. What they do not open stays closed as before; no password is written
anywhere.

    ppap.py KAKUHO
"""

import email.message
import os

import kit
import locks
import odf_locks
import office97
import office_locks
import passwords
import pdf
import rar5
import seven_zip

SECRETS = {
    "zip": "Kaito-2026!", "aes": "夏の資料2026", "agile": "Zx9#kLm2", "seven": "Tr4nsfer.Out", "rar": "hX7-exfil", "ods": "ods-PW-0717",
    "pdf": "pdf-Open-55", "xls": "Xls2002key", "mbox": "MboxSecret77", "inner": "InnerKey_08", "word": "Word.Pass.1",
}


def mail(subject, text, number, attached=None, reply_to=None, html=None):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = "a.sato@example.co.jp", "b.suzuki@example.com", subject
    m["Date"], m["Message-ID"] = f"Thu, 02 Jul 2026 10:{number:02}:00 +0900", f"<m{number}@example.co.jp>"
    if reply_to:
        m["In-Reply-To"] = m["References"] = f"<m{reply_to}@example.co.jp>"
    m.set_content(text)
    if html:
        m.add_alternative(html, subtype="html")
    if attached:
        m.add_attachment(attached[1], maintype="application", subtype="octet-stream", filename=attached[0])
    return bytes(m)


def mbox(messages):
    return b"".join(b"From a.sato@example.co.jp Thu Jul  2 10:00:00 2026\n" + m.replace(b"\nFrom ", b"\n>From ") + b"\n" for m in messages)


def zip_of(number, password):
    return passwords.zipped([(f"list{number}.csv", locks.csv_of(number), password)])


def first(word):
    return f"いつもお世話になっております。\n資料をお送りします。\nパスワードは別途お送りします。\n\n{word}\nよろしくお願いいたします。\n"


def agile(number, password):
    return office97.compound(office_locks.Agile(password, "sha512", 256, 1000).streams(locks.workbook(locks.rows_of(number))))


def evidence():
    """Name to bytes: who is locked, and who tells."""
    s = SECRETS
    inner = mail("中の資料", f"解凍パスワードは以下の通りです。\n\n{s['inner']}\n", 30)
    return {
        # two mails of a thread
        "mail/01.eml": mail("見積書の件", first(""), 1, ("list.zip", zip_of(0, s["zip"].encode()))),
        "mail/02.eml": mail("Re: 見積書の件", f"先ほどのファイルの解凍パスワードです。\n\nパスワード：{s['zip']}\n\n以上", 2, reply_to=1),
        # the password in brackets in the middle of a sentence, on another day, as HTML; letters that Windows writes in CP932
        "mail/05.eml": mail("名簿", first(""), 5, ("list.zip", zip_of(1, s["aes"].encode("cp932")))),
        "other/09.eml": mail("パスワード通知", "HTML", 9, html=f"<html><body><p>添付のパスワードは「{s['aes']}」です。</p></body></html>"),
        # a workbook, its password in wide letters on the line below
        "share/list.xlsx": agile(2, s["agile"]),
        "share/memo.txt": "【開封パスワード】\n----------\nＺｘ９＃ｋＬｍ２\n----------\n".encode("cp932"),
        # what an intruder packed
        "stage/out.7z": seven_zip.archive([([("list.csv", locks.csv_of(3))], "lzma2", seven_zip.Aes(s["seven"]))], seven_zip.Aes(s["seven"])),
        "stage/out.rar": rar5.archive([("list.csv", locks.csv_of(4), rar5.Lock(s["rar"]))], rar5.Lock(s["rar"])),
        "root/.bash_history": f"cd /srv\n7za a -mhe=on -p{s['seven']} /tmp/out.7z /srv/share\nls -la\n".encode(),
        "log/audit.log": ('type=SYSCALL msg=audit(1783000000.123:77): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=1 '
                          'pid=2 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm="x" exe="/tmp/x" key=(null)\n'
                          f'type=EXECVE msg=audit(1783000000.123:77): argc=5 a0="/tmp/x" a1="a" a2="-hp{s["rar"]}" a3="/tmp/out.rar" a4="/srv"\n').encode(),
        # documents
        "share/list.ods": odf_locks.document("spreadsheet", [("content.xml", odf_locks.content("spreadsheet", locks.rows_of(5))),
                                                             ("styles.xml", odf_locks.styles("p"))], s["ods"]),
        "share/readme-first.eml": mail("ODS", f"PW: {s['ods']}（半角英数字）\n", 12),
        "share/old.xls": locks.old_workbook(6, office97.New2002(s["xls"], b"salt salt salt 1")),
        "share/old.eml": mail("old", f"The password for the attached file is {s['xls']}.\n", 13),
        # a mailbox: the archive in one message, the password two messages on
        "box.mbox": mbox([mail("一通目", first(""), 20, ("list.zip", zip_of(7, s["mbox"].encode()))), mail("雑談", "お昼は何にしますか。\n", 21),
                          mail("Re: 一通目", f"解凍PW＝{s['mbox']}\n", 22, reply_to=20)]),
        # the password to the second stands in a mail within the first
        "chain/first.zip": passwords.zipped([("inner.eml", inner, s["word"].encode())]),
        "chain/second.zip": zip_of(8, s["inner"].encode()),
        "chain/first.eml": mail("first", f"パスワードをお知らせします。\n\n　{s['word']}\n", 25),
    }


OPENED = {
    "mail/01.eml!/list.zip": "mail/02.eml", "mail/05.eml!/list.zip": "other/09.eml", "share/list.xlsx": "share/memo.txt", "stage/out.7z": "root/.bash_history",
    "stage/out.rar": "log/audit.log", "share/list.ods": "share/readme-first.eml", "share/old.xls": "share/old.eml", "box.mbox!/1/list.zip": "box.mbox",
    "chain/first.zip": "chain/first.eml", "chain/second.zip": "chain/first.zip!/inner.eml", "share/locked.pdf": "share/pdf.txt",
}


def write(folder, files):
    for name, data in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
    return folder


def opened(case):
    return {o["path"]: o["opened_by"]["items"] if isinstance(o["opened_by"], dict) else o["opened_by"] for o in kit.document(case, "evidence")["opened"]}


def said(case):
    """All that tells of the case, and does not hold when it was taken in."""
    document = kit.document(case, "evidence")
    people = kit.document(case, "persons")
    for d in (document, people):
        d.pop("case")
    for e in document["evidence"]:
        e.pop("taken_in")
    return document, people, kit.kakuho("timeline", case, "--json").out


def held(case):
    return kit.document(case, "persons")["total"]["held"]["count"]


def apart(checks, place, cases, files):
    """What is locked and what tells, taken in one after the other: the same as at once, in either order; repeating it is free."""
    s = {name: data for name, data in files.items() if name in ("mail/01.eml", "mail/02.eml", "chain/first.zip", "chain/second.zip", "chain/first.eml", "box.mbox",
                                                              "stage/out.7z", "root/.bash_history")}
    tells = [name for name in s if tells_another(name)]
    one = write(os.path.join(place, "one"), {name: data for name, data in s.items() if name not in tells})
    two = write(os.path.join(place, "two"), {name: s[name] for name in tells})
    told = {}
    for name, order in (("locked first", [one, two]), ("told first", [two, one]), ("at once", [one, two])):
        case = os.path.join(cases, name.replace(" ", "-"), "case")
        os.mkdir(os.path.dirname(case))
        kit.init(case)
        steps = [order] if name == "at once" else [[folder] for folder in order]
        status = [kit.add(case, step, "--jobs", "2").status for step in steps]
        checks.equal(f"{name}: exit status", status, [0] if name == "at once" else [3, 0] if name == "locked first" else [0, 0])
        told[name] = said(case)
        for document in told[name][:2]:
            document.pop("state")
        again = [kit.add(case, step).status for step in steps]
        checks.equal(f"{name}, repeated: exit status", again, [0] * len(steps))
        repeated = said(case)
        for document in repeated[:2]:
            document.pop("state")
        checks.equal(f"{name}, repeated: the same", repeated, told[name])
    checks.equal("opened in both orders", told["locked first"], told["at once"])
    checks.equal("opened in the other order", told["told first"], told["at once"])
    checks.equal("nothing is closed", told["at once"][0]["failures"], [])
    checks.equal("five were opened", len(told["at once"][0]["opened"]), 5)


def tells_another(name):
    return name in [by for path, by in OPENED.items() if not path.startswith(by)]


def given(checks, place, cases, files):
    """What a list that was given opens, it opens; the rest is opened by the evidence."""
    folder = write(os.path.join(place, "given"), {name: files[name] for name in ("mail/01.eml", "mail/02.eml", "stage/out.7z", "root/.bash_history")})
    keys = os.path.join(place, "keys.txt")
    with open(keys, "w", encoding="utf-8") as out:
        out.write("nothing\n" + SECRETS["zip"] + "\n")
    case = os.path.join(cases, "given")
    kit.init(case)
    checks.equal("with a list: exit status", kit.add(case, [folder], "--passwords", keys).status, 0)
    checks.equal("with a list: the evidence opens the rest", sorted(opened(case)), ["stage/out.7z"])
    events = kit.kakuho("timeline", case, "--json").out.decode()
    checks.equal("with a list: its line is told", events.count("password_line"), 1)


def main():
    checks = kit.Checks()
    place, cases = kit.place("ppap"), kit.place("cases")
    files = evidence()
    folder = write(os.path.join(place, "all"), files)
    wanted = dict(OPENED)
    if os.path.exists(os.path.join(os.path.dirname(kit.program()), "kakuho-pdf")):
        pdf.write_locked(os.path.join(folder, "share", "locked.pdf"), SECRETS["pdf"].encode(), b"mail: locked.person@example.jp")
        write(folder, {"share/pdf.txt": f"PDFのパスワード: {SECRETS['pdf']}\n".encode()})
    else:
        wanted.pop("share/locked.pdf")
    runs = {}
    for jobs in ("1", "4"):
        case = os.path.join(cases, jobs)
        kit.init(case)
        done = kit.add(case, [folder], "--jobs", jobs)
        checks.equal(f"jobs {jobs}: exit status", done.status, 0)
        runs[jobs] = said(case)
        checks.true(f"jobs {jobs}: no password is said", not any(s.encode() in done.out + done.err for s in SECRETS.values()))
    checks.equal("the same with one job and four", runs["1"], runs["4"])
    case = os.path.join(cases, "1")
    found = opened(case)
    checks.equal("what was opened", {path: [r["path"] for r in refs] for path, refs in found.items()}, {path: [by] for path, by in wanted.items()})
    checks.equal("the message that told it", found["box.mbox!/1/list.zip"][0]["record"], 3)
    checks.equal("the line that told it", found["stage/out.7z"][0]["record"], 2)
    checks.equal("nothing is closed", runs["1"][0]["failures"], [])
    checks.equal("people: of nine lists, the mails' two, the PDF's one", held(case), 9 * locks.EACH + 2 + ("share/locked.pdf" in wanted))
    # Only commands stand in events, as they did before; nothing else holds a password.
    in_commands = {"seven", "rar"}
    for name in os.listdir(case):
        path = os.path.join(case, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                stored = file.read()
            checks.true(f"{name} holds no password", not any(value.encode(encoding) in stored for key, value in SECRETS.items()
                                                           if key not in in_commands for encoding in ("utf-8", "cp932", "utf-16-le")))

    # who tells wrong ones, or none, changes nothing
    locked = {name: data for name, data in files.items() if name in ("mail/01.eml", "share/list.xlsx", "stage/out.7z", "chain/second.zip")}
    closed = {}
    for name, more in (("none", {}), ("wrong", {"note.txt": "パスワード：Some-Thing-Else\nPW: another-one\n".encode()})):
        case = os.path.join(cases, name)
        kit.init(case)
        checks.equal(f"{name}: exit status", kit.add(case, [write(os.path.join(place, name), {**locked, **more})]).status, 3)
        closed[name] = [(f["path"], f["reason"]) for f in kit.document(case, "evidence")["failures"]]
        checks.equal(f"{name}: nothing was opened", opened(case), {})
    checks.equal("each is closed once", len(closed["none"]), len(locked))
    checks.equal("wrong ones leave the same said", closed["wrong"], closed["none"])
    apart(checks, place, cases, files)
    given(checks, place, cases, files)
    checks.end()


if __name__ == "__main__":
    main()
