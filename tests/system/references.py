"""Tables of one database that refer to each other tell of the same people, for certain; what only looks as if they did
does not."""

import os
import sqlite3

import kit

SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤".split()
GIVEN = "健一 美穂 大輔 由美 誠 恵子 直樹 陽子 剛 千尋".split()


def name(number):
    return "%s %s" % (SURNAMES[number % 10], GIVEN[number // 10])


def home(number):
    return "100-%04d" % number, "東京都千代田区千代田%d-%d" % (number % 9 + 1, number + 1)


def mobile(number):
    return "090-%04d-%04d" % (number + 2000, number * 7 % 10000)


def mail(number):
    return "u%d.x%d@example.com" % (number, number * 37 % 101)


def literal(value):
    return str(value) if isinstance(value, int) else "'%s'" % value


def dump(tables):
    text = []
    for title, columns, rows in tables:
        values = ",\n".join("(%s)" % ", ".join(map(literal, row)) for row in rows)
        text.append("CREATE TABLE `%s` (%s);\nINSERT INTO `%s` VALUES %s;\n" % (
            title, ", ".join("`%s` text" % c for c in columns), title, values))
    return "".join(text)


def write(path, tables):
    if path.endswith(".sql"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(tables if isinstance(tables, str) else dump(tables))
        return
    database = sqlite3.connect(path)
    for title, columns, rows in tables:
        database.execute("CREATE TABLE %s (%s)" % (title, ", ".join(columns)))
        database.executemany("INSERT INTO %s VALUES (%s)" % (title, ", ".join("?" * len(columns))), rows)
    database.commit()
    database.close()


def told_of(title, files):
    folder = kit.place(title)
    evidence, case = os.path.join(folder, "files"), os.path.join(folder, "case")
    os.makedirs(evidence)
    for path, tables in files.items():
        write(os.path.join(evidence, path), tables)
    kit.init(case)
    kit.add(case, [evidence], "--leak-listing", kit.listing_of(evidence))
    return case, kit.kakuho("persons", case, "--json", "--now", kit.NOW).json()


def held(title, files):
    told = told_of(title, files)[1]["total"]["held"]
    return told["least"], told["count"], told["most"]


def shop(people, number=lambda n: n + 1):
    """People in one table, and what belongs to them in others; orders are numbered from 1 as they are."""
    return [
        ("users", ("id", "name", "email"), [(number(n), name(n), mail(n)) for n in people]),
        ("addresses", ("id", "user_id", "zip", "address", "tel"),
         [(i + 1, number(n), *home(n), mobile(n)) for i, n in enumerate(people) if i % 5]),
        ("orders", ("id", "user_id", "total"), [(i + 1, number(people[i * 7 % len(people)]), 100 * i) for i in range(70)]),
        ("profiles", ("user_id", "birthday", "points"), [(number(n), "19%02d-0%d-11" % (n % 60 + 40, n % 9 + 1), n) for n in people[::2]]),
    ]


def coded(people):
    """Three levels: customers, their orders, and where these went to."""
    code = "C%05d".__mod__
    return [
        ("customers", ("customer_code", "customer_name", "zip", "address"), [(code(n), name(n), *home(n)) for n in people]),
        ("accounts", ("id", "customer_code", "email", "password_hash"),
         [(i + 1, code(n), mail(n), "%064x" % (n * 7919 + 12345678901234567890)) for i, n in enumerate(people)]),
        ("orders", ("order_no", "customer_code", "amount"), [("O%d" % i, code(people[i % len(people)]), 100 * i) for i in range(50)]),
        ("deliveries", ("id", "order_no", "recipient_name", "zip", "address", "phone"),
         [(i + 1, "O%d" % i, name(60 + i), *home(60 + i), mobile(60 + i)) for i in range(5)]),
    ]


def main():
    checks = kit.Checks()
    few, people, others = list(range(10)), list(range(30)), list(range(40, 70))

    for path in ("shop.db", "shop.sql"):
        checks.equal(path + ": rows of one number are one person's", held("references_" + path, {path: shop(people)}), (30, 30, 30))
        checks.equal(path + ": also by codes", held("references_code_" + path, {path: coded(people)}), (35, 35, 35))
    checks.equal("few people", held("references_few", {"shop.db": shop(few)}), (10, 10, 10))

    # what the tables say of them is told together, and they are of one kind; letters have their address
    parts = shop(people)
    parts[1] = ("addresses", ("id", "user_id", "zip", "address"), [(n + 1, n + 1, *home(n)) for n in people])
    case, told = told_of("references_parts", {"shop.db": parts})
    checks.equal("one kind of people", [(c["name"], c["left"]["count"]) for c in told["categories"]], [("customer", 30)])
    items = {i["item"]: i["left"] for c in told["categories"] for i in c["items"] if i["left"]}
    checks.equal("their items", items, {"name": 30, "email": 30, "address": 30, "postal_code": 30, "birth_date": 15})
    letters = [p["letter"] for p in kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines()]
    checks.equal("letters", letters, ["certain"] * 30)

    # by many to many: whom a household has, and where it is
    members = [("members", ("id", "name", "birthday"), [(n + 1, name(n), "19%02d-03-0%d" % (n % 60 + 40, n % 9 + 1)) for n in people]),
               ("member_contacts", ("id", "member_id", "email"), [(i + 1, i + 1, mail(i)) for i in people]),
               ("household_members", ("member_id", "household_id"), [(n + 1, n // 3 + 1) for n in people])]
    checks.equal("a club", held("references_club", {"club.db": members}), (30, 30, 30))

    # in the archive they keep their numbers; who was deleted leaves some behind
    kept, gone = shop(people), list(range(30, 33))
    kept[1][2].extend((n + 100, n + 1, *home(n), mobile(n)) for n in gone)
    kept.append(("users_archive", ("id", "name", "email"), [(n + 1, name(n), mail(n)) for n in gone]))
    checks.equal("archived users", held("references_archive", {"shop.db": kept}), (33, 33, 33))
    kept.pop()
    checks.equal("deleted users", held("references_deleted", {"shop.db": kept})[1:], (33, 33))

    # two shops number from 1 each: in two files, and in one dump
    a, b = shop(people), shop(others, lambda n: n - 39)
    checks.equal("two databases", held("references_two", {"a.db": a, "b.sql": b}), (60, 60, 60))
    both = "USE a;\n" + dump(a) + "USE b;\n" + dump(b)
    checks.equal("two databases in one dump", held("references_dump", {"all.sql": both}), (60, 60, 60))

    # ... where nothing can be compared
    names = [("users", ("id", "name", "address"), [(n + 1, name(n), home(n)[1]) for n in people])]
    mails = [("users", ("id", "email"), [(n + 1, mail(n + 40)) for n in few])]
    apart = "USE a;\n" + dump(names) + "USE b;\n" + dump(mails)
    checks.equal("nothing to compare in one dump", held("references_apart", {"all.sql": apart})[1:], (40, 40))
    contacts = [("contacts", ("id", "user_id", "tel"), [(n + 1, n + 1, mobile(n + 40)) for n in few])]
    births = [("members", ("user_id", "name", "birthday"), [(n + 1, name(n), "19%02d-0%d-11" % (n % 60 + 40, n % 9 + 1)) for n in people])]
    parts = {"a.db": names + births, "b.db": mails + contacts}
    checks.equal("nothing to compare in two files", held("references_files", parts)[1:], (40, 40))

    # numbers that happen to be the same are of something else
    lists = [("users", ("id", "name", "address"), [(n + 1, name(n), home(n)[1]) for n in people]),
             ("suppliers", ("id", "contact_name", "email"), [(n + 1, name(n + 40), mail(n + 40)) for n in people]),
             ("posts", ("id", "name", "email"), [(n + 1, name(n + 70), mail(n + 70)) for n in people])]
    checks.equal("numbers of others", held("references_others", {"app.db": lists}), (90, 90, 90))
    checks.end()


if __name__ == "__main__":
    main()
