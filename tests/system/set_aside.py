"""Every place for a person that does not count says what told it, and in which column; every table without people says
what it was taken for. Neither tells a value."""

import json
import os

import kit

HEAD = "会員番号,氏名,会社名,住所,電話番号,メールアドレス,死亡日,備考\r\n"
# row, (standing, reason, column) or None for who counts
ROWS = [
    ("1001,佐藤 一郎,,東京都千代田区外神田1-2-3,090-5555-1001,s1001@example.jp,,", None),
    ("1002,株式会社青葉塗装,,東京都千代田区外神田1-2-4,03-5555-1002,,,", ("organisation", "legal_form", "氏名")),
    ("1003,青葉町内会,,,03-5555-1003,,,", ("organisation", "public_body", "氏名")),
    ("1004,例示商店,,,03-5555-1004,,,", ("organisation", "trade_word", "氏名")),
    ("1005,さくらコーラスグループ,,,03-5555-1005,,,", ("organisation", "group_word", "氏名")),
    ("1006,総務部,,,03-5555-1006,,,", ("organisation", "department_word", "氏名")),
    ("1007,青葉センター御中,,,,,,", ("organisation", "addressed_to_organisation", "氏名")),
    ("1008,,例示ペイント,東京都港区,03-5555-1008,,,", ("organisation", "company_alone", "会社名")),
    ("1009,テスト 太郎,,,090-5555-1009,,,", ("placeholder", "test_word", "氏名")),
    ("1010,匿名希望,,東京都港区芝1-1,,,,", ("placeholder", "nobody_word", "氏名")),
    ("1011,合計,,,,,,", ("placeholder", "heading_word", "氏名")),
    ("1012,管理者,,,,admin@example.jp,,", ("placeholder", "system_word", "氏名")),
    ("1013,○○○○,,,,,,", ("placeholder", "sign_repeated", "氏名")),
    ("1014,12345,,,,,,", ("placeholder", "number_for_name", "氏名")),
    ("1015,鈴木 花子,,,090-5555-1015,,,テスト会員です", ("placeholder", "test_remark", "備考")),
    ("1016,,,,,noreply@example.jp,,", ("placeholder", "noreply_mail", "メールアドレス")),
    ("1017,山田太郎,,,,sample@example.com,,", ("placeholder", "sample_name", "氏名")),
    ("1018,故 田中 茂,,東京都港区芝2-2,,,,", ("deceased", "death_mark", "氏名")),
    ("1019,伊藤 清,,東京都港区芝3-3,,,2024-05-06,", ("deceased", "death_said", "死亡日")),
    ("1020,,,東京都港区芝4-4,,,,", ("not_identified", "number_alone", None)),
    (",,,東京都港区芝5-5,,,,", ("not_identified", "place_alone", None)),
    (",,,,03-5555-1022,,,", ("not_identified", "landline_alone", None)),
    (",,,,,info@example.jp,,", ("not_identified", "shared_mail", None)),
    (",佐藤,,,,,,", ("not_identified", "surname_alone", None)),
    (HEAD.strip(), ("placeholder", "header_repeated", None)),
]
# Tables and texts that nobody is in.
NOBODY = {
    "goods.csv": ("product_list", "商品コード,商品名,JANコード,単価\r\n" + "".join(f"A{i},例示の品{i},490000000{i:04},{i}00\r\n" for i in range(9))),
    "names.csv": ("word_list", "順位,名字,読み,人数\r\n1,佐藤,さとう,100\r\n2,鈴木,すずき,90\r\n3,高橋,たかはし,80\r\n"),
    "shops.csv": ("company_list", "会社名,所在地,代表電話\r\n株式会社青葉,東京都港区芝1-1,03-5555-2001\r\n有限会社例示,東京都港区芝1-2,03-5555-2002\r\n"),
    "access.csv": ("log", "日時,ホスト名,アクション,アカウント\r\n" + "".join(f"2026-07-0{i} 10:00:00,PC{i},logon,user{i}\r\n" for i in range(1, 9))),
    "rooms.csv": ("no_person_column", "日付,会議室,用途\r\n2026-03-01,松,定例会議\r\n2026-03-02,竹,来客\r\n"),
    "test.csv": ("all_set_aside", "氏名,電話番号\r\nテスト 一郎,090-0000-0000\r\nテスト 二郎,090-0000-0001\r\n"),
    "guide.txt": ("text", "手順書\n1. 設定画面を開く\n2. 登録ボタンを押す\n"),
}


def make_case(folder):
    share = os.path.join(folder, "share")
    os.makedirs(share)
    contents = {name: text for name, (_, text) in NOBODY.items()}
    contents["members.csv"] = HEAD + "".join(row + "\r\n" for row, _ in ROWS)
    for name, text in contents.items():
        with open(os.path.join(share, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    case = os.path.join(folder, "case")
    kit.init(case)
    kit.add(case, [share])
    return case


def check_places(checks, answer):
    source = next(s for s in answer["sources"] if s["path"] == "members.csv")
    wanted = {}
    for _, why in ROWS:
        if why:
            wanted[why] = wanted.get(why, 0) + 1
    found = {(e["standing"], e["reason"], e["column"]): e["mentions"] for e in source["set_aside"]}
    for why in sorted(set(wanted) | set(found), key=str):
        checks.equal(f"set aside as {why}", found.get(why), wanted.get(why))
    sums = {}
    for s in answer["sources"]:
        for e in s["set_aside"]:
            sums[e["reason"]] = sums.get(e["reason"], 0) + e["mentions"]
    checks.equal("in all files", {e["reason"]: e["mentions"] for e in answer["set_aside"]}, sums)
    placeholders = sum(e["mentions"] for e in answer["set_aside"] if e["standing"] == "placeholder")
    checks.equal("placeholders are those of these reasons", placeholders, answer["placeholders"])
    checks.equal("people", answer["total"]["held"]["count"], 1)
    for e in answer["set_aside"]:
        checks.true(f"{e['reason']} has words", e["text"]["ja"] and e["text"]["en"])


def check_tables(checks, answer):
    found = {r["path"]: w["reason"] for w in answer["without_people"] for r in w["refs"]}
    checks.equal("tables without people", found, {name: why for name, (why, _) in NOBODY.items()})
    goods = next(w for w in answer["without_people"] if w["reason"] == "product_list")
    checks.equal("rows of products", (goods["tables"], goods["rows"]), (1, 9))


def check_explained(checks, case):
    for number, (row, why) in enumerate(ROWS):
        told = kit.document(case, "explain", f"members.csv:{number + 2}")
        slot = told["slots"][0]
        aside = slot["set_aside"]
        found = (slot["standing"], aside["reason"], aside["column"]) if aside else None
        checks.equal(f"row {number + 2}", found, why)
        checks.equal(f"row {number + 2} counts", told["value"], 0 if why else 1)
    for name, (why, _) in NOBODY.items():
        told = kit.document(case, "explain", name)
        checks.equal(f"{name} was taken for", (told["kind"], told["tables"][0]["reason"]), ("file", why))
    row = kit.document(case, "explain", "goods.csv:3")
    checks.equal("a row of products", (row["kind"], row["value"], row["tables"][0]["reason"]), ("record", 0, "product_list"))
    checks.equal("what is not there", kit.kakuho("explain", case, "none.csv:3").status, 2)


def main():
    checks = kit.Checks()
    case = make_case(kit.place("set-aside"))
    answer = kit.document(case, "persons")
    check_places(checks, answer)
    check_tables(checks, answer)
    check_explained(checks, case)
    text = json.dumps([answer["set_aside"], [s["set_aside"] for s in answer["sources"]], answer["without_people"]], ensure_ascii=False)
    for value in ("青葉", "5555", "外神田", "佐藤"):
        checks.true(f"no value is told: {value}", value not in text)
    checks.end()


main()
