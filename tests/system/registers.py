"""One heading over the numbers of two files: are they of one register? Only what stands beside numbers that
both have can say it, so records without a name go to nobody's customer where it does not."""

import json
import os

import kit

SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田".split()
GIVEN = "健一 美穂 大輔 由美 誠 恵子 直樹 陽子 剛 千尋".split()


def customer(shop, number):
    name = "%s %s" % (SURNAMES[(number * (shop + 2)) % 12], GIVEN[(number * 7 + shop * 3) % 10])
    return name, "c%d.%d@shop%d.example.com" % (number * 37 % 1009, shop, shop), "090-%d%03d-%04d" % (shop + 1, number % 1000, number * 91 % 10000)


def write(folder, path, head, rows):
    full = os.path.join(folder, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="") as file:
        file.write("\r\n".join([head, *(",".join(row) for row in rows), ""]))


def count(name, files):
    """What kakuho makes of the files: totals, and of each record its person, at the count and certainly."""
    folder = kit.place(name)
    evidence, case = os.path.join(folder, "tables"), os.path.join(folder, "case")
    for path, head, rows in files:
        write(evidence, path, head, rows)
    kit.init(case)
    kit.add(case, [evidence], "--leak-listing", kit.listing_of(evidence))
    held = kit.kakuho("persons", case, "--json", "--now", kit.NOW).json()["total"]["held"]
    of = {}
    for person in kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines():
        for ref in person["refs"]:
            of[(ref["path"], ref["record"])] = person["id"]
    return held, of, case


def named(shop, numbers):
    return [(str(n), *customer(shop, n)) for n in numbers]


def nameless(shop, numbers, mail=True):
    return [(str(n), customer(shop, n)[1] if mail else customer(shop, n)[2]) for n in numbers]


FULL, LOGIN, PHONE = "会員番号,氏名,メールアドレス,携帯電話", "会員番号,メールアドレス", "会員番号,携帯電話"
NAMES = "会員番号,氏名,住所"


def homes(shop, numbers):
    return [(str(n), customer(shop, n)[0], "東京都港区三田%d-%d-%d" % (shop + 1, n, n % 9 + 1)) for n in numbers]


def main():
    checks = kit.Checks()
    all_, some = range(1001, 1101), range(1001, 1061)

    held, of, _ = count("registers_one", [("a/members.csv", FULL, named(0, all_)), ("b/login.csv", LOGIN, nameless(0, some))])
    checks.equal("one register: most", held["most"], 100)

    # the other shop's own list is there
    files = [("a/members.csv", FULL, named(0, all_)), ("b/members.csv", FULL, named(1, all_)), ("c/login.csv", LOGIN, nameless(1, some))]
    held, of, _ = count("registers_two", files)
    checks.equal("two registers: count", held["count"], 200)
    checks.equal("two registers: most", held["most"], 200)
    wrong = [n for n in range(60) if of[("c/login.csv", n + 2)] != of[("b/members.csv", n + 2)]]
    checks.equal("two registers: each mailbox is its customer's", wrong, [])

    # only its nameless records are
    held, of, case = count("registers_other", [("members.csv", FULL, named(0, all_)), ("login.csv", LOGIN, nameless(1, some))])
    checks.equal("the other's mailboxes: most", held["most"], 160)
    checks.equal("the other's mailboxes: count", held["count"], 160)
    checks.equal("the other's mailboxes: least", held["least"], 160)
    told = kit.kakuho("explain", case, of[("login.csv", 2)], "--json", "--now", kit.NOW).out.decode()
    checks.equal("... and it is explained", "other_register" in told, True)

    # nothing can be compared: it is likely, and never certain
    held, of, _ = count("registers_likely", [("a/members.csv", NAMES, homes(0, all_)), ("b/login.csv", LOGIN, nameless(0, some))])
    checks.equal("not comparable: count", held["count"], 100)
    checks.equal("not comparable: most", held["most"], 160)

    # ... and two could be meant: neither is
    files = [("a/members.csv", NAMES, homes(0, all_)), ("b/members.csv", NAMES, homes(1, all_)), ("c/phones.csv", PHONE, nameless(1, some, False))]
    held, of, _ = count("registers_open", files)
    checks.equal("two could be meant: count", held["count"], 260)
    checks.equal("two could be meant: most", held["most"], 260)
    checks.equal("two could be meant: least", held["least"], 200)

    # ... but one of them lies in the same folder
    files[2] = ("b/phones.csv", PHONE, nameless(1, some, False))
    held, of, _ = count("registers_folder", files)
    checks.equal("beside the one: count", held["count"], 200)
    checks.equal("beside the one: most", held["most"], 260)
    wrong = [n for n in range(60) if of[("b/phones.csv", n + 2)] != of[("b/members.csv", n + 2)]]
    checks.equal("beside the one: each is its customer's", wrong, [])

    # lists of two branches, each with a name of its own; what an employer gives numbers to is one register
    for heading, wanted in (("会員番号", (160, 160)), ("社員番号", (100, 160))):
        lists = [("a.json", "東京", homes(0, all_), NAMES), ("b.json", "大阪", nameless(1, some), LOGIN)]
        folder = kit.place("registers_branches")
        evidence, case = os.path.join(folder, "lists"), os.path.join(folder, "case")
        os.makedirs(evidence)
        for path, table, rows, head in lists:
            names = head.replace("会員番号", heading).split(",")
            with open(os.path.join(evidence, path), "w", encoding="utf-8") as file:
                json.dump({table: [dict(zip(names, row)) for row in rows]}, file, ensure_ascii=False)
        kit.init(case)
        kit.add(case, [evidence])
        held = kit.kakuho("persons", case, "--json", "--now", kit.NOW).json()["total"]["held"]
        checks.equal("two branches, " + heading, (held["count"], held["most"]), wanted)
    checks.end()


if __name__ == "__main__":
    main()
