"""Who is one person and who is not, through the whole program: pairs of records of several tables, each with
what an investigator would say of them."""

import os

import kit

ONE, TWO = 1, 2  # persons

# What it is, how many persons, and the records: a table's name and its cells.
PEOPLE = [
    ("letters and kanji, the same mailbox", ONE, [("web", "Kokoa Uchida", "kokoa1927@example.com", "", ""), ("crm", "1", "内田 心愛", "", "", "", "", "kokoa1927@example.com")]),
    ("letters and kanji, the same mobile number and birth date", ONE, [("web", "HAKOZAKI Kumiko", "", "1974-03-15", "090-1111-0002"), ("crm", "2", "箱崎 久美子", "", "1974-03-15", "", "090-1111-0002", "")]),
    ("letters and a reading, a long vowel", ONE, [("web", "Yuko Ohno", "", "1981-02-03", ""), ("crm", "3", "大野 優子", "オオノ ユウコ", "1981-02-03", "", "", "")]),
    ("letters, a syllable that runs on", ONE, [("web", "Ken'ichi Sato", "", "1982-02-03", ""), ("crm", "4", "佐藤 健一", "サトウ ケンイチ", "1982-02-03", "", "", "")]),
    ("letters in Kunrei", ONE, [("web", "SYUNZI HUZITA", "sf5@example.com", "", ""), ("crm", "5", "藤田 俊二", "フジタ シュンジ", "", "", "", "sf5@example.com")]),
    ("a pupil with a reading, and a guardian", TWO, [("school", "相川 陽太", "アイカワ ヨウタ", "2015-02-03", "相川 徹")]),
    ("letters, nothing tells which word is the surname, one mailbox", ONE, [("web", "Usui Taichi", "star20@example.com", "", ""), ("crm", "20", "碓水 太一", "ウスイ タイチ", "", "", "", "star20@example.com")]),
    ("a slip in a reading, the same mailbox and mobile number", ONE, [("web", "FUJII Kaori", "star21@example.com", "", "090-1111-0021"), ("crm", "21", "藤井 香織", "フシイ カオリ", "", "", "090-1111-0021", "star21@example.com")]),
    ("letters that are another reading, one mailbox", TWO, [("web", "Takeshi Mori", "mori6@example.com", "", ""), ("crm", "6", "森 花江", "モリ ハナエ", "", "", "", "mori6@example.com")]),
    ("a reading alone and kanji alone, one mobile number", ONE, [("bank", "タニカゼ トモコ", "070-4721-0007"), ("crm", "7", "谷風 朋子", "", "", "", "070-4721-0007", "")]),
    ("a reading alone, and two who share the number", 3, [("bank", "タナカ マイ", "070-4721-0008"), ("crm", "8", "田中 舞", "", "", "", "070-4721-0008", ""), ("crm", "9", "田中 勇", "", "", "", "070-4721-0008", "")]),
    ("a reading of somebody else, one mobile number", TWO, [("bank", "タナカ イサム", "070-4721-0010"), ("crm", "10", "田中 舞子", "タナカ マイコ", "", "", "070-4721-0010", "")]),
    ("brothers whose given names have one character, one mobile number", TWO, [("crm", "11", "大野 剛", "", "", "千葉県柏市柏5-10-1", "070-2459-0011", ""), ("crm", "12", "大野 博", "", "", "千葉県柏市柏5-10-1", "070-2459-0011", "")]),
    ("... in one record", TWO, [("order", "岩田 清", "東京都港区三田2-7-7", "03-6052-0013", "岩田 猛", "東京都港区三田2-7-7", "03-6052-0013")]),
    ("a slip in a longer given name, one mobile number", ONE, [("crm", "14", "近藤 千恵子", "", "", "", "070-2459-0014", ""), ("order", "近藤 千恵了", "東京都港区三田2-7-8", "070-2459-0014", "", "", "")]),
    ("... one mailbox, where another record of it has no name", ONE, [("web", "", "n15@example.com", "", ""), ("crm", "15", "花園 梨", "", "", "", "", "n15@example.com"), ("login", "15", "n15@example.com"), ("old", "915", "花園 花梨", "", "n15@example.com")]),
    ("moved from one room to another", ONE, [("crm", "16", "田付 一郎", "タツキ イチロウ", "", "石川県小松市白江町8-9-24", "", ""), ("old", "16", "田付 一郎", "島根県津和野町中川20-8 コーポ山田301号室", ""), ("order", "田付 一郎", "石川県小松市白江町8-9-24 ライオンズ中央424", "", "", "", "")]),
    ("a slip beside the number of a register", ONE, [("crm", "17", "東城 誠治", "", "", "", "070-2459-0017", ""), ("old", "17", "東城 誠冶", "", "")]),
    ("another one to whom the number was given", TWO, [("crm", "18", "秋山 俊介", "", "", "", "070-2459-0018", ""), ("old", "18", "石原 百合子", "", "")]),
    ("a slip in a birth date, one home, one record without its postal code", ONE, [("shop", "30", "田口 典代", "1988-07-08", "403-0006", "山梨県富士吉田市新屋5-36-29", ""), ("ward", "田口 典代", "1988-07-01", "山梨県富士吉田市新屋5-36-29", "")]),
    ("... one landline beside a mobile number", ONE, [("shop", "31", "床波 美穂", "1979-08-28", "", "", "06-3294-5455 / 090-2699-7318"), ("ward", "床波 美穂", "1969-08-28", "", "06-3294-5455")]),
    ("two digits of a birth date changed places", ONE, [("shop", "32", "有働 征一", "1985-12-21", "", "", "070-4721-0032"), ("ward", "有働 征一", "1985-12-12", "", "070-4721-0032")]),
    ("... of its year", ONE, [("shop", "33", "有働 幸枝", "1985-12-21", "", "", "070-4721-0033"), ("ward", "有働 幸枝", "1958-12-21", "", "070-4721-0033")]),
    ("the last of a month, or the first of the next", ONE, [("shop", "34", "有働 泰", "1985-09-30", "", "", "070-4721-0034"), ("ward", "有働 泰", "1985-10-01", "", "070-4721-0034")]),
    ("another day of one month", ONE, [("shop", "35", "有働 昌", "1993-11-23", "", "", "070-4721-0035"), ("ward", "有働 昌", "1993-11-17", "", "070-4721-0035")]),
    ("father and son of one name, born on one day of the year", TWO, [("shop", "36", "有働 勝", "1963-11-23", "", "熊本県山鹿市鹿本町2-3-1", ""), ("ward", "有働 勝", "1991-11-23", "熊本県山鹿市鹿本町2-3-1", "")]),
    ("Hokkaidō without its name", ONE, [("crm", "19", "奥名 朋子", "", "", "札幌市西区宮の沢一条29 コーポ山田409", "", ""), ("order", "奥名 朋子", "北海道札幌市西区宮の沢一条29コーポ山田409号", "", "", "", "")]),
]
HEADS = {
    "web": "Name,E-mail,Birthday,Mobile",
    "crm": "顧客番号,氏名,フリガナ,生年月日,住所,携帯電話,メールアドレス",
    "bank": "口座名義カナ,電話番号",
    "order": "注文者氏名,注文者住所,注文者電話番号,お届け先氏名,お届け先住所,お届け先電話番号",
    "old": "顧客番号,氏名,住所,メールアドレス",
    "school": "児童氏名,ふりがな,生年月日,保護者氏名",
    "login": "会員番号,メールアドレス",
    "shop": "顧客番号,氏名,生年月日,郵便番号,住所,電話番号",
    "ward": "患者氏名,生年月日,住所,電話番号",
}
FILL = {"old": 4}


def tables(folder):
    """Writes them; for each of PEOPLE its records as (path, number)."""
    rows, where = {name: [] for name in HEADS}, []
    for _, _, records in PEOPLE:
        mine = []
        for name, *cells in records:
            if name == "old":
                cells = [cells[0], cells[1], *cells[2:]]
            rows[name].append(",".join(cells))
            mine.append((name + ".csv", len(rows[name]) + 1))
        where.append(mine)
    os.mkdir(folder)
    for name, head in HEADS.items():
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as file:
            file.write("\r\n".join([head, *rows[name], ""]))
    return where


def brothers(checks):
    """Given names of one character are not one slip apart where only a home agrees: not at the least either."""
    folder = kit.place("brothers")
    evidence, case = os.path.join(folder, "tables"), os.path.join(folder, "case")
    os.mkdir(evidence)
    with open(os.path.join(evidence, "crm.csv"), "w", encoding="utf-8", newline="") as file:
        file.write("氏名,郵便番号,住所\r\n大野 剛,277-0005,千葉県柏市柏5-10-1\r\n大野 博,277-0005,千葉県柏市柏5-10-1\r\n")
    kit.init(case)
    kit.add(case, [evidence], "--leak-listing", kit.listing_of(evidence))
    held = kit.kakuho("persons", case, "--json", "--now", kit.NOW).json()["total"]["held"]
    checks.equal("brothers: least", held["least"], 2)


def main():
    checks = kit.Checks()
    brothers(checks)
    folder = kit.place("who_is_one")
    evidence, case = os.path.join(folder, "tables"), os.path.join(folder, "case")
    where = tables(evidence)
    kit.init(case)
    kit.add(case, [evidence], "--leak-listing", kit.listing_of(evidence))
    listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines()
    of = {}
    for person in listed:
        for ref in person["refs"]:
            of.setdefault((ref["path"], ref["record"]), set()).add(person["id"])
    for (what, expected, records), mine in zip(PEOPLE, where):
        persons = set().union(*(of.get(place, set()) for place in mine))
        checks.equal(what, len(persons), expected)
    checks.end()


if __name__ == "__main__":
    main()
