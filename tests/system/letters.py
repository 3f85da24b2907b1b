"""`persons --list` for letters: the best address and its date, how each person is reached or why not, when a letter has
to wait; the same rows as JSON Lines, CSV and workbook."""

import csv
import io
import os
import re
import stat
import zipfile

import access
import kit

HEAD = "会員番号,氏名,郵便番号,住所,電話番号,メールアドレス,登録日\r\n"
ROWS = [
    # the newest address is no good for a letter: the one before is taken
    "1001,佐藤 一郎,101-0021,東京都千代田区外神田1-2-3,,s1001@example.jp,2024-01-10",
    "1001,佐藤 一郎,101-0021,東京都千代田区,,s1001@example.jp,2025-05-05",
    # two good ones: the newest
    "1002,鈴木 花子,220-0012,神奈川県横浜市西区みなとみらい2-2-1,045-555-1002,,2023-03-03",
    "1002,鈴木 花子,530-0001,大阪府大阪市北区梅田三丁目1-3,045-555-1002,,2025-03-03",
    "1003,高橋 健,,,,t1003@example.jp,2025-01-01",  # mailbox alone
    "1004,田中 美咲,,,03-5555-1004,,2025-01-02",  # telephone alone
    "1005,伊藤 誠,460-0008,愛知県名古屋市中区,,,2025-01-03",  # no house number and nothing else
    "1006,渡辺 由美,,,,,2025-01-04",  # nothing
    # numbered with signs alone
    "1007,山本 太一,600-8001,京都府京都市下京区真町九番地,,,2025-01-05",
]
# Joined with member 1002 by name and telephone, which is only probable.
OTHER = "氏名,電話番号,お問い合わせ日\r\n鈴木 花子,045-555-1002,2025-06-01\r\n"
WANTED = {
    "佐藤 一郎": ("東京都千代田区外神田1-2-3", "2024-01-10", "letter", None, "certain", None),
    "鈴木 花子": ("大阪府大阪市北区梅田三丁目1-3", "2025-03-03", "letter", None, "hold", "merge"),
    "高橋 健": (None, None, "email", None, "hold", "no_address"),
    "田中 美咲": (None, None, "phone", None, "hold", "no_address"),
    "伊藤 誠": ("愛知県名古屋市中区", "2025-01-03", "none", "incomplete_address", "hold", "incomplete_address"),
    "渡辺 由美": (None, None, "none", "no_contact", "hold", "no_address"),
    "山本 太一": ("京都府京都市下京区真町九番地", "2025-01-05", "letter", None, "certain", None),
}


def make_case(folder):
    shop = os.path.join(folder, "fs01")
    access.write(os.path.join(shop, "srv/customer/members.csv"), HEAD + "".join(row + "\r\n" for row in ROWS))
    access.write(os.path.join(shop, "srv/customer/asked.csv"), OTHER)
    access.write(os.path.join(shop, "var/log/auth.log"), access.auth_lines(100))
    for top, _, files in os.walk(shop):
        for name in files:
            os.utime(os.path.join(top, name), (1783200000, 1783200000))
    case = os.path.join(folder, "case")
    made = kit.kakuho("investigate", "-o", case, f"fs01={shop}", "--quiet", "--now", kit.NOW)
    return case if made.status == 0 else None


def listed(case, *more):
    return kit.kakuho("persons", case, "--list", "--now", kit.NOW, *more)


def check_lines(checks, case):
    people = listed(case, "--json").lines()
    checks.equal("people in the list", sorted(p["name"] for p in people), sorted(WANTED))
    checks.equal("as many as are in reach", len(people), kit.document(case, "persons")["total"]["reachable"]["count"])
    for p in people:
        found = (p["contacts"]["address"], p["address_date"], p["channel"], p["unreachable"], p["letter"], p["letter_because"])
        checks.equal(f"letter to {p['name']}", found, WANTED[p["name"]])
    return people


def check_formats(checks, case, folder, people):
    rows = list(csv.DictReader(io.StringIO(listed(case, "--format", "csv").out.decode())))
    checks.equal("rows of the CSV", [(r["id"], r["address"], r["channel"], r["items"].split()) for r in rows],
                 [(p["id"], p["contacts"]["address"] or "", p["channel"], p["items"]) for p in people])
    path = os.path.join(folder, "list.csv")
    checks.equal("written to a file", listed(case, "--format", "csv", "--out", path).status, 0)
    with open(path, "rb") as file:
        checks.equal("the file has what is printed", file.read(), listed(case, "--format", "csv").out)
    checks.equal("nobody else may read it", stat.S_IMODE(os.stat(path).st_mode), 0o600)
    book = os.path.join(folder, "list.xlsx")
    checks.equal("a workbook", listed(case, "--format", "xlsx", "--out", book).status, 0)
    with zipfile.ZipFile(book) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        words = sheet + (parts.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in parts.namelist() else "")
    checks.equal("rows of the workbook", sheet.count("<row "), len(people) + 1)
    for p in people:
        checks.true(f"{p['name']} in the workbook", p["name"] in words and p["id"] in words)


def check_spreadsheets(checks, case, folder):
    """What begins like a formula, also with a wide sign, is marked; columns are wide enough; nobody is a list, too."""
    book = os.path.join(folder, "wide.xlsx")
    checks.equal("a workbook", listed(case, "--format", "xlsx", "--out", book).status, 0)
    with zipfile.ZipFile(book) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    widths = [float(w) for w in re.findall(r'<col [^>]*width="([0-9.]+)"', sheet)]
    checks.true("an id fits into its column", widths and widths[0] > 21, str(widths))
    top = os.path.join(folder, "signs")
    access.write(os.path.join(top, "＝signs.csv"), HEAD + "1,佐藤 一郎,,=1+1 東京都千代田区外神田1-2-3,,s@example.jp,2024-01-10\r\n"
                 "2,鈴木 花子,,@東京都千代田区外神田1-2-3,,h@example.jp,2024-01-10\r\n")
    other = os.path.join(folder, "signs-case")
    kit.init(other)
    kit.add(other, [top])
    heads = listed(other, "--format", "csv").out.decode()
    checks.equal("a list of nobody has its headings alone", (heads.split(",")[:3], heads.count("\n")), (["id", "category", "owner"], 1))
    checks.equal("as JSON Lines it is empty", listed(other, "--json").out, b"")
    checks.equal("a workbook of nobody", listed(other, "--format", "xlsx", "--out", book).status, 0)
    with zipfile.ZipFile(book) as parts:
        checks.equal("has one row", parts.read("xl/worksheets/sheet1.xml").decode().count("<row "), 1)
    done = kit.kakuho("decide", other, "exposure", "＝signs.csv", "--as", "left", "--by", "例示 太郎", "--reason", "x", "--now", kit.NOW)
    checks.equal("decided", done.status, 0)
    rows = list(csv.DictReader(io.StringIO(listed(other, "--format", "csv").out.decode())))
    checks.equal("marked", [(r["address"][:2], r["ref.path"][:2]) for r in rows], [("'=", "'＝"), ("'@", "'＝")])


def check_ground(checks, case, people):
    """Down to the bytes: each record of a person is shown as it stands in its file."""
    who = next(p for p in people if p["name"] == "山本 太一")
    ground = kit.document(case, "explain", who["id"])
    checks.equal("the record's line", [r["text"] for r in ground["refs"]], [ROWS[-1] + "\r\n"])
    checks.equal("and its bytes", [bytes.fromhex(r["bytes_hex"]).decode() for r in ground["refs"]], [ROWS[-1] + "\r\n"])
    place = f"{ground['refs'][0]['path']}:{ground['refs'][0]['record']}"
    checks.equal("the same by its place", kit.document(case, "explain", place)["refs"], ground["refs"])


def check_letters(checks, case, people):
    """Who is one person only by a probable rule gets letters by what is certain: with its own items and address alone."""
    letters = listed(case, "--letters", "--json").lines()
    checks.equal("one more letter than people", len(letters), len(people) + 1)
    suzuki = next(p for p in people if p["name"] == "鈴木 花子")
    hers = [x for x in letters if x["id"] == suzuki["id"]]
    told = [(x["part"], x["parts"], x["letter"], x["letter_because"], x["contacts"]["address"], x["records"]) for x in hers]
    checks.equal("hers", sorted(told), [(1, 2, "hold", "no_address", None, 1), (2, 2, "certain", None, "大阪府大阪市北区梅田三丁目1-3", 2)])
    certain = next(x for x in hers if x["letter"] == "certain")
    checks.equal("of the certain records alone", sorted(r["path"] for r in certain["refs"]), ["srv/customer/members.csv"] * 2)
    checks.equal("items of all letters are those of the person", sorted({i for x in hers for i in x["items"]}), sorted(suzuki["items"]))
    for x in letters:
        checks.true(f"no merge is held: {x['name']}", x["letter_because"] != "merge")
        if x["id"] != suzuki["id"]:
            same = next(p for p in people if p["id"] == x["id"])
            checks.equal(f"as listed: {x['name']}", {k: v for k, v in x.items() if k not in ("part", "parts")}, same)
    unreachable = listed(case, "--unreachable", "--json").lines()
    checks.equal("who cannot be reached", sorted((p["name"], p["unreachable"]) for p in unreachable),
                 [("伊藤 誠", "incomplete_address"), ("渡辺 由美", "no_contact")])
    checks.equal("the same lines", [p for p in people if p["channel"] == "none"], unreachable)
    checks.equal("both lists at once", listed(case, "--letters", "--unreachable").status, 2)
    checks.equal("letters without a list", kit.kakuho("persons", case, "--letters").status, 2)


def check_refusals(checks, case):
    checks.equal("a format of what is no list", kit.kakuho("persons", case, "--format", "csv").status, 2)
    checks.equal("a workbook needs a file", listed(case, "--format", "xlsx").status, 2)
    checks.equal("a file that cannot be", listed(case, "--format", "csv", "--out", "/nonexistent/list.csv").status, 2)


def main():
    checks = kit.Checks()
    folder = kit.place("letters")
    case = make_case(folder)
    if not checks.true("investigated", case):
        checks.end()
    people = check_lines(checks, case)
    check_formats(checks, case, folder, people)
    check_spreadsheets(checks, case, folder)
    check_ground(checks, case, people)
    check_letters(checks, case, people)
    check_refusals(checks, case)
    checks.end()


main()
