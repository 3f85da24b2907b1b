"""Rows that tell what people did, with nothing but names: who borrowed five books is one reader, and at most five. Lists
of people, where each row is one, stay as they are."""

import os

import kit

READERS = ["佐藤健一", "鈴木花子", "高橋誠", "田中美咲", "伊藤翔", "渡辺陽子"]
CHILDREN = ["加藤あゆみ", "吉田亮", "山田勝利"]
STAFF = ["山口愛", "松本修"]


def lines(head, row, count):
    return "\r\n".join([head] + [row(i) for i in range(count)] + [""])


# What it is, the table, and how many persons: counted, at least, at most.
TABLES = [
    ("loans", lines("貸出ID,書籍タイトル,利用者名,貸出日,返却期限", lambda i: f"{i},こころ,{READERS[i % 6]},2026/05/{i % 28 + 1:02},2026/06/01", 30), (6, 6, 30)),
    ("attendance", lines("日付,氏名,出欠", lambda i: f"2026/05/{i // 6 + 1:02},{READERS[i % 6]},出席", 24), (6, 6, 24)),
    ("visits", lines("面会日,面会者,入居者名", lambda i: f"2026/05/{i % 28 + 1:02},{READERS[i % 6]},{CHILDREN[i % 3]}", 12), (9, 9, 24)),
    ("assessments, and who made them", lines("記入日,利用者名,評価実施者名,項目,スコア", lambda i: f"2026/05/{i % 28 + 1:02},{CHILDREN[i % 3]},{STAFF[i % 2]},挨拶,4", 12), (5, 5, 24)),
    ("nurses of patients", lines("患者番号,患者名,受け持ち看護師", lambda i: f"{100 + i},{READERS[i]},{STAFF[i % 2]}", 6), (8, 8, 12)),
    ("members, with the day of their last visit", "会員名,最終来店日,来店回数\r\n佐藤健一,2026/05/01,3\r\n佐藤健一,2026/05/02,8\r\n鈴木花子,2026/05/02,1\r\n", (3, 2, 3)),
    ("members, with the day they joined", "氏名,登録日\r\n佐藤健一,2026/05/01\r\n佐藤健一,2026/05/02\r\n鈴木花子,2026/05/02\r\n", (3, 2, 3)),
    ("readers whom telephones tell apart", "貸出日,利用者名,電話番号\r\n2026/05/01,佐藤健一,090-5555-0101\r\n2026/05/02,佐藤健一,080-1234-9876\r\n2026/05/02,鈴木花子,070-8765-0103\r\n", (3, 3, 3)),
]


def held_of(name, table):
    folder = kit.place(name)
    evidence, case = os.path.join(folder, "tables"), os.path.join(folder, "case")
    os.mkdir(evidence)
    with open(os.path.join(evidence, "table.csv"), "w", encoding="utf-8", newline="") as file:
        file.write(table)
    kit.init(case)
    kit.add(case, [evidence], "--leak-listing", kit.listing_of(evidence))
    held = kit.kakuho("persons", case, "--json", "--now", kit.NOW).json()["total"]["held"]
    return held["count"], held["least"], held["most"]


def main():
    checks = kit.Checks()
    for i, (what, table, expected) in enumerate(TABLES):
        checks.equal(what, held_of(f"names_alone{i}", table), expected)
    checks.end()


if __name__ == "__main__":
    main()
