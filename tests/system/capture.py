"""A page that sent what was typed into it to somebody else: orders count as left by their own times, and no others."""

import os

import kit
from intruded import person, write

# Window in Tokyo: 2026-03-10 13:00:00 to 2026-03-20 09:30:00.
CASE = """timezone: Asia/Tokyo
captures:
  - page: 決済画面
    from: 2026-03-10T13:00:00+09:00
    to: 2026-03-20T09:30:00+09:00
    paths: ["**/orders*"]
    items: [name, card_number, card_expiry, card_cvv]
    by: 例示フォレンジック株式会社
"""

# Time as written, captured or not.
TIMED = [("2026-03-09 23:59:59", 0), ("2026-03-10 12:59:59", 0), ("2026-03-10 13:00:00", 1), ("2026/03/10 13:00", 1),
         ("2026-03-15 04:00:00", 1), ("2026-03-20 09:30:00", 1), ("2026-03-20 09:30:01", 0), ("2026-03-21 00:00:30", 0),
         ("2026-03-10T04:00:00Z", 1), ("2026-03-10T03:59:59Z", 0), ("2026-03-20T00:30:00Z", 1), ("2026-03-20T00:30:01Z", 0),
         ("2026-03-10 06:00:00 +0200", 1), ("2026/3/10 12:59:00 PM", 0), ("2026/3/10 1:00:00 PM", 1), ("2026-03-20 18:00:00", 0),
         ("2026-03-10 00:30:00", 0), ("2026-03-19 23:59:59", 1), ("2026-03-20 24:30", 0)]
# Days alone: those at both ends count, and are said to.
DAYS = [("2026-03-09", 0), ("2026-03-10", 1), ("2026/03/12", 1), ("令和8年3月15日", 1), ("2026-03-20 00:00:00", 1), ("2026-03-21", 0), ("", 0)]


# Other ways to write a time of day; programs' own numbers; what is no time of entry at all.
WORDS = [("2026年3月10日 12時59分", 0), ("2026年3月10日 13時00分", 1), ("2026年3月10日午後1時", 1), ("2026/3/20 9時30分0秒", 1), ("2026/3/20 9時31分", 0),
         ('"Tue, 10 Mar 2026 12:59:59 +0900"', 0), ('"Tue, 10 Mar 2026 13:00:00 +0900"', 1)]
NUMBERS = [("1773115199", 0), ("1773115200", 1), ("1773115200000", 1), ("1773966600", 1), ("1773966601", 0)]
SOLID = [("20260310125959", 0), ("20260310130000", 1), ("202603101300", 1), ("202603200931", 0), ("20260310T040000Z", 1), ("20260310 035959 GMT", 0),
         ("20260320093000123", 1), ("20260320_093001", 0)]
ASKED = [("2026-03-09", 0), ("2026-03-12", 1)]
DELIVERED = [("2026-03-12", 0), ("2026-03-13", 0)]


def orders(first, dates, heading):
    rows = [f"注文番号,{heading},注文者氏名,注文者電話番号,お届け先氏名,お届け先電話番号,商品名"]
    for at, (date, _) in enumerate(dates):
        p, q = person(first + 2 * at), person(first + 2 * at + 1)
        rows.append(f"{first + at},{date},{p['name']},{p['phone']},{q['name']},{q['phone']},塗料")
    return "\r\n".join(rows) + "\r\n"


def main():
    checks = kit.Checks()
    folder = kit.place("capture")
    shop = os.path.join(folder, "shop")
    write(os.path.join(shop, "orders_web.csv"), orders(0, TIMED, "注文日時"))
    write(os.path.join(shop, "orders_days.csv"), orders(60, DAYS, "注文日"))
    write(os.path.join(shop, "telephone.csv"), orders(100, [("2026-03-15 10:00:00", 0)], "注文日時"))
    others = [("orders_words.csv", 120, WORDS, "受付日時"), ("orders_numbers.csv", 140, NUMBERS, "注文日時"),
              ("orders_solid.csv", 220, SOLID, "注文日時"), ("orders_asked.csv", 160, ASKED, "お問い合わせ日"), ("orders_delivered.csv", 180, DELIVERED, "お届け日")]
    more = os.path.join(folder, "more")
    for name, first, dates, heading in others:
        write(os.path.join(more, name), orders(first, dates, heading))
    case = os.path.join(folder, "more-case")
    kit.init(case, write(os.path.join(folder, "case.yaml"), CASE))
    checks.equal("exit status of add", kit.add(case, [more]).status, 0)
    answer = kit.document(case, "persons")
    checks.equal("times in words, numbers of programs, days of enquiries; no days of delivery",
                 {s["path"]: (s["captured"] or {"records": 0})["records"] for s in answer["sources"]},
                 {name: sum(c for _, c in dates) for name, _, dates, _ in others})
    checks.equal("what has no time of entry is told", answer["captures"][0]["undated"], len(DELIVERED))
    text = [c["text"] for c in kit.document(case, "claims")["claims"] if c["kind"] == "captured"][0]
    checks.true("in both languages", "2件は含めていません" in text["ja"] and "without a date, 2," in text["en"], str(text))

    case = os.path.join(folder, "case")
    kit.init(case, write(os.path.join(folder, "case.yaml"), CASE))
    checks.equal("exit status of add", kit.add(case, [shop]).status, 0)
    answer = kit.document(case, "persons")

    timed, days = sum(c for _, c in TIMED), sum(c for _, c in DAYS)
    capture, = answer["captures"]
    checks.equal("records in its time", capture["records"], timed + days)
    checks.equal("of them perhaps, by a day that it cuts", capture["by_day_alone"], 2)
    checks.equal("without a date: said, not counted", capture["undated"], 1)
    # Both of an order have a name, which the page took; what is on the card is the orderer's.
    checks.equal("persons whose data left", answer["total"]["left"]["count"], 2 * (timed + days))
    checks.equal("all that are held", answer["total"]["held"]["count"], 2 * (len(TIMED) + len(DAYS) + 1))
    items = {i["item"]: (i["left"], i["reachable"]) for i in answer["categories"][0]["items"]}
    checks.equal("a security code that no table holds left with the orderers", items["card_cvv"], (timed + days, timed + days))
    checks.equal("names", items["name"], (2 * (timed + days),) * 2)
    checks.equal("what the page did not take did not leave", items["phone"], (0, 0))
    sources = {s["path"]: s for s in answer["sources"]}
    checks.equal("by source", {p: (s["stage"], s["captured"]) for p, s in sources.items()},
                 {"orders_web.csv": ("captured", {"records": timed, "persons": 2 * timed}),
                  "orders_days.csv": ("captured", {"records": days, "persons": 2 * days}),
                  "telephone.csv": ("none", None)})
    checks.true("cards are not said to be absent", "credit_card" not in {a["item"] for a in answer["absent"]})

    lines = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines()
    checks.equal("in the list", len(lines), 2 * (timed + days))
    checks.equal("as left", {p["exposure"] for p in lines}, {"left"})
    names = {p["name"] for p in lines}
    wanted = {person(2 * at + k)["name"] for at, (_, c) in enumerate(TIMED) if c for k in (0, 1)} | \
             {person(60 + 2 * at + k)["name"] for at, (_, c) in enumerate(DAYS) if c for k in (0, 1)}
    checks.equal("exactly these people", names, wanted)
    claims = kit.document(case, "claims")["claims"]
    standing = {c["kind"]: c["standing"] for c in claims}
    checks.equal("it rests on what somebody said", (standing["captured"], standing["persons_left"]), ("declared", "declared"))

    exfil = kit.document(case, "exfil")
    checks.equal("the verdict does not deny it", exfil["verdict"], "traces")
    finding, = exfil["findings"]
    checks.equal("its finding", (finding["kind"], finding["rule"], finding["start"], finding["end"]),
                 ("capture", "D1", "2026-03-10T04:00:00Z", "2026-03-20T00:30:00Z"))
    checks.equal("declared as well", (standing["finding"], standing["verdict"]), ("declared", "declared"))

    bad = write(os.path.join(folder, "bad.yaml"), CASE.replace("card_cvv", "cvv"))
    refused = kit.kakuho("init", os.path.join(folder, "bad"), "--case-file", bad, "--now", kit.NOW)
    checks.equal("an item that is none is refused", refused.status, 2)
    entry = CASE.partition("captures:\n")[2]
    many = write(os.path.join(folder, "many.yaml"), CASE + 8 * entry)
    checks.equal("a ninth one is refused", kit.kakuho("init", os.path.join(folder, "many"), "--case-file", many, "--now", kit.NOW).status, 2)
    checks.true("with its line", b"line 7" in refused.err, refused.err.decode())
    checks.end()


if __name__ == "__main__":
    main()
