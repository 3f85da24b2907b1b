"""The files, by name, each with who is in it: [(person, items)]."""

import csv
import gzip

from corpus import files, people, shapes, wild

CHARSETS = ["utf-8", "utf-8-sig", "cp932", "euc-jp", "iso-2022-jp", "utf-16-le", "utf-16-be"]
TOPS = [(), (), (), ("会員一覧（2026年3月4日現在）", ""), (), ("社外秘",)]


def take(supply, count):
    return [next(supply) for _ in range(count)]


def csv_files(supply):
    for number in range(56):
        charset = CHARSETS[number % len(CHARSETS)]
        head, rows, truth = shapes.table(number, number // 3, take(supply, 6))
        delimiter, ending = [(",", "csv"), ("\t", "tsv"), (",", "csv"), (";", "csv")][number // 7 % 4]
        text = files.csv_text(head, rows, delimiter, [csv.QUOTE_MINIMAL, csv.QUOTE_ALL][number % 2], TOPS[number % len(TOPS)])
        if charset == "iso-2022-jp" and any("ｦ" <= c <= "ﾟ" for c in text):
            charset = "cp932"  # small kana are not in it
        yield f"csv/{number:03}_{charset}.{ending}", files.encoded(files.plain(text, charset), charset), truth


def office_files(supply):
    for number in range(36):
        head, rows, truth = shapes.table(number * 5 + 1, number // 2, take(supply, 5))
        made = [lambda: ("xlsx", files.xlsx(head, rows, False)), lambda: ("xlsx", files.xlsx(head, rows, True)), lambda: ("ods", files.ods(head, rows)),
                lambda: ("docx", files.docx_table(head, rows))][number % 4]()
        yield f"office/{number:03}.{made[0]}", made[1], truth


def paper_files(supply):
    for number in range(56):
        text, truth = shapes.paper(number // 8, *take(supply, 1))
        charset = CHARSETS[number % len(CHARSETS)]
        ending, content = [
            lambda: ("txt", files.encoded(files.plain(text, charset), charset)), lambda: ("docx", files.docx_text(text)), lambda: ("odt", files.odt(text)),
            lambda: ("rtf", files.rtf(text)), lambda: ("eml", files.mail("ご登録のお知らせ", text)),
            lambda: ("eml", files.mail("ご登録のお知らせ", files.plain(text, "x"), "iso-2022-jp")),
            lambda: ("eml", files.mail("Registration", text, "utf-8", "quoted-printable")), lambda: ("pdf", files.pdf(text.split("\n")))][number % 8]()
        yield f"papers/{number:03}.{ending}", content, truth


def base_files(supply):
    for number in range(28):
        head, rows, truth = shapes.table([7, 0, 5, 1][number // 7 % 4], 0, take(supply, 6))
        kind = number % 7
        made = [lambda: ("db", files.sqlite(head, rows, list)), lambda: ("sql", files.sql(head, rows, "mysql")),
                lambda: ("sql", files.sql(head, rows, "postgres")), lambda: ("json", files.as_json(head, rows, False)),
                lambda: ("jsonl", files.as_json(head, rows, True)), lambda: ("xml", files.as_xml(head, rows, ["utf-8", "shift_jis"][number // 7 % 2])),
                lambda: ("html", files.html(head, rows, ["utf-8", "shift_jis", "euc-jp"][number // 7 % 3]))][kind]()
        yield f"bases/{number:03}.{made[0]}", made[1], truth


def packed_files(supply):
    for number in range(24):
        head, rows, truth = shapes.table(number, number, take(supply, 4))
        text = files.csv_text(head, rows).encode("utf-8")
        made = [lambda: ("zip", files.zipped([("一覧.csv", text)])), lambda: ("tar.gz", files.tarred("list.csv", text, True)),
                lambda: ("csv.gz", gzip.compress(text, mtime=0)), lambda: ("eml", files.mail("一覧です", "添付をご覧ください。", attachment=("list.csv", text))),
                lambda: ("zip", files.zipped([("a/list.zip", files.zipped([("list.csv", text)]))])),
                lambda: ("tar", files.tarred("list.xlsx", files.xlsx(head, rows, True), False))][number % 6]()
        yield f"packed/{number:03}.{made[0]}", made[1], truth


VCARD_ITEMS = sorted(["name", "kana", "phone", "email", "address", "postal_code", "birth_date"])


def all_files():
    supply = people.everybody()
    for make in (csv_files, office_files, paper_files, base_files, packed_files):
        yield from make(supply)
    who = take(supply, 8)
    yield "contacts.vcf", files.vcards(who), [(p, VCARD_ITEMS) for p in who]
    papers = [shapes.paper(n, p) for n, p in enumerate(take(supply, 4))]
    yield "box.mbox", files.mbox([files.plain(text, "x") for text, _ in papers]), [t for _, truth in papers for t in truth]
    yield from wild.all_files(supply)
