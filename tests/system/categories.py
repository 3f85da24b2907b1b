"""Whose data a table holds where case.yaml is silent: proposed from names, headings and content, and said to be
a proposal. Each table here has three people of its own, so that a category's count tells who went where."""

import os

import kit

FAMILY = ["青山", "石川", "上野", "榎本", "岡田", "加藤", "木下", "久保", "小林", "斎藤", "清水", "鈴木", "関口", "高橋", "千葉",
          "土屋", "寺田", "中村", "西田", "野口", "橋本", "平野", "藤田", "本田", "松本", "三浦", "村上", "森田", "山口", "吉田"]
GIVEN = ["太郎", "花子", "健一", "美咲", "大輔", "陽子", "直樹", "恵子", "拓也", "由美"]


class People:
    """Everybody once: no two share a name, a number or an address."""

    def __init__(self):
        self.number = 0

    def next(self):
        n = self.number
        self.number += 1
        return {"name": f"{FAMILY[n % 30]} {GIVEN[n // 30 % 10]}", "phone": f"090-{1000 + n:04d}-{2000 + n:04d}",
                "address": f"東京都中野区中央{n % 9 + 1}丁目{n // 9 + 1}-{n % 7 + 1}", "mail": f"p{n}@example.com"}


def cells(person, columns):
    out = []
    for column in columns:
        value = column[1]
        out.append(value(person) if callable(value) else value)
    return out


def table(people, columns, rows=3):
    lines = [",".join(name for name, _ in columns)]
    for number in range(rows):
        person = dict(people.next(), number=number)
        lines.append(",".join(str(c) for c in cells(person, columns)))
    return "\r\n".join(lines) + "\r\n"


NAME = ("氏名", lambda p: p["name"])
PHONE = ("電話番号", lambda p: p["phone"])
ADDRESS = ("住所", lambda p: p["address"])
MAIL = ("メールアドレス", lambda p: p["mail"])


def number(word, start=100):
    return (word, lambda p: start + p["number"])


# Path of the table, its columns, the category that is to be proposed.
SILENT = [
    ("a/部門/一覧A.csv", [number("社員番号"), NAME, ("部署", "製造部"), MAIL], "employee"),
    ("a/b/Employees.csv", [("Employee ID", lambda p: 700 + p["number"]), ("Full Name", lambda p: p["name"]), ("Department", "Sales"),
                           ("Phone", lambda p: p["phone"])], "employee"),
    ("a/data1.csv", [number("注文番号"), ("注文者氏名", lambda p: p["name"]), ("注文者電話番号", lambda p: p["phone"]), ("商品名", "塗料")],
     "customer"),
    ("a/orders.csv", [("Order No", lambda p: 9000 + p["number"]), ("Customer Name", lambda p: p["name"]), ("Phone", lambda p: p["phone"]),
                      ("Amount", "1200")], "customer"),
    ("a/data2.csv", [number("患者番号"), NAME, PHONE, ("診療科", "内科")], "patient"),
    ("a/data3.csv", [NAME, PHONE, ("保険者番号", "33120015"), ("傷病名", "高血圧症"), ("診療日", "2024-03-04")], "patient"),
    ("a/data4.csv", [number("学籍番号"), NAME, ("学年", "3"), PHONE], "student"),
    ("a/採用/一次.csv", [NAME, PHONE, ("志望動機", "ものづくりに関心があるため"), ("最終学歴", "例示大学")], "applicant"),
    ("a/applicants.csv", [("Applicant Name", lambda p: p["name"]), ("Phone", lambda p: p["phone"]), ("Email", lambda p: p["mail"])],
     "applicant"),
    ("a/data5.csv", [number("株主番号"), NAME, ADDRESS, ("持株数", "100")], "shareholder"),
    ("a/data6.csv", [number("会員番号"), NAME, PHONE, ("入会日", "2020-05-01")], "member"),
    ("a/data7.csv", [NAME, ADDRESS, ("寄附金額", "10000")], "donor"),
    ("a/名刺.csv", [("会社名", "例示商事株式会社"), ("部署", "営業部"), ("役職", "課長"), NAME, PHONE], "business_contact"),
    ("a/contacts2.csv", [("会社名", "例示物産株式会社"), ("部署", "購買部"), ("役職", "部長"), NAME, PHONE], "business_contact"),
    ("a/受付簿.csv", [("来訪日", "2024-02-01"), NAME, PHONE, ("会社名", "例示工業株式会社")], "visitor"),
    ("a/data8.csv", [NAME, PHONE, ("入居日", "2019-04-01"), ("家賃", "80000")], "resident"),
    ("a/連絡.csv", [NAME, PHONE], "other"),
    ("患者名簿/2024.csv", [NAME, PHONE], "patient"),
    # Words inside other words, and columns that only sound like another category, decide nothing.
    ("a/recorder.csv", [NAME, PHONE], "other"),
    ("a/健診結果.csv", [number("社員番号"), NAME, ("血圧", "120"), ("部署", "経理部")], "employee"),
    ("a/受注.csv", [number("注文番号"), number("会員番号", 500), ("注文者氏名", lambda p: p["name"]), ("注文者電話番号", lambda p: p["phone"])],
     "customer"),
]


def write(folder, path, text):
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def silent(checks, folder):
    people = People()
    evidence = os.path.join(folder, "evidence")
    for path, columns, _ in SILENT:
        write(evidence, path, table(people, columns))
    case = os.path.join(folder, "silent")
    kit.init(case)
    checks.equal("exit status of add", kit.add(case, [evidence]).status, 0)
    answer = kit.document(case, "persons")
    found = {s["path"]: s for s in answer["sources"]}
    for path, _, category in SILENT:
        if checks.true(f"{path} is a source", path in found, str(sorted(found)[:3])):
            s = found[path]
            checks.equal(f"{path}: category", s["category"], category)
            checks.equal(f"{path}: is proposed", s["proposed"], True)
            checks.true(f"{path}: what spoke for it", bool(s["because"]) == (category != "other"), str(s["because"]))
    counts = {c["name"]: c["held"]["count"] for c in answer["categories"]}
    wanted = {}
    for _, _, category in SILENT:
        wanted[category] = wanted.get(category, 0) + 3
    checks.equal("persons by category", counts, wanted)
    checks.equal("all of it is proposed", {c["proposed"] for c in answer["categories"]}, {True})
    # No cell of a table may get into what is said of a proposal.
    words = {w for s in answer["sources"] for w in s["because"]}
    checks.true("words of headings and names alone", not any(f in w for f in FAMILY for w in words), str(words))


def leavers(checks, folder):
    """Three who left before the discovery, one on its day, one after it, two who never left; relatives apart."""
    people = People()
    rows = ["社員番号,氏名,部署,電話番号,退職日,緊急連絡先氏名,緊急連絡先電話番号"]
    days = ["2024-03-31", "2020/12/28", "令和2年3月31日", "2025-03-06", "2025-03-31", "", ""]
    for at, day in enumerate(days):
        p, q = people.next(), people.next()
        rows.append(f"{100 + at},{p['name']},総務部,{p['phone']},{day},{q['name']},{q['phone']}")
    evidence = os.path.join(folder, "leavers")
    write(evidence, "名簿.csv", "\r\n".join(rows) + "\r\n")
    write(evidence, "退職者一覧.csv", table(people, [number("社員番号", 900), NAME, PHONE, ("部署", "資材部")], 4))
    write(evidence, "生徒名簿.csv", table(people, [number("学籍番号"), NAME, ("学年", "2"), ("保護者氏名", lambda p: "今井 " + GIVEN[p["number"]]),
                                                 ("保護者電話番号", lambda p: f"03-5555-{7000 + p['number']}")], 3))
    said = os.path.join(folder, "leavers.yaml")
    with open(said, "w", encoding="utf-8") as file:
        file.write("discovered: 2025-03-06T08:40:00+09:00\n")
    case = os.path.join(folder, "left")
    kit.init(case, said)
    checks.equal("leavers: exit status of add", kit.add(case, [evidence]).status, 0)
    answer = kit.document(case, "persons")
    counts = {c["name"]: c["held"]["count"] for c in answer["categories"]}
    checks.equal("who has left is former, from the day of the discovery back; a list of leavers is of leavers", counts,
                 {"employee": 3, "former_employee": 4 + 4, "family": 7, "student": 3, "guardian": 3})


def told(checks, folder):
    """case.yaml decides where it speaks; what it says is no proposal."""
    people = People()
    evidence = os.path.join(folder, "mixed")
    write(evidence, "受注/2024.csv", table(people, [number("注文番号"), ("注文者氏名", lambda p: p["name"]), ("注文者電話番号", lambda p: p["phone"])]))
    write(evidence, "社員.csv", table(people, [number("社員番号"), NAME, PHONE, ("部署", "製造部")]))
    said = os.path.join(folder, "mixed.yaml")
    with open(said, "w", encoding="utf-8") as file:
        file.write("categories:\n  - {name: shop, label: {ja: 通販のお客様, en: shop customers}, paths: ['**/受注/**']}\n"
                   "intrusion: {from: 2025-03-01, to: 2025-03-05}\n")
    case = os.path.join(folder, "told")
    kit.init(case, said)
    checks.equal("mixed: exit status of add", kit.add(case, [evidence]).status, 0)
    answer = kit.document(case, "persons")
    checks.equal("mixed: categories", {c["name"]: (c["held"]["count"], c["proposed"]) for c in answer["categories"]},
                 {"shop": (3, False), "employee": (3, True)})
    checks.equal("mixed: sources", sorted((s["category"], s["proposed"], bool(s["because"])) for s in answer["sources"]),
                 [("employee", True, True), ("shop", False, False)])


def main():
    checks = kit.Checks()
    folder = kit.place("categories")
    silent(checks, folder)
    leavers(checks, folder)
    told(checks, folder)
    checks.end()


if __name__ == "__main__":
    main()
