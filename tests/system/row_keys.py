"""Tables of a database that refer to people by numbers: users (id, name), addresses (user_id, zip, phone)."""

import os

import kit

SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤".split()
GIVEN = "健一 美穂 大輔 由美 誠 恵子 直樹 陽子 剛 千尋".split()


def name(number):
    return "%s %s" % (SURNAMES[number % 10], GIVEN[number // 10])


def table(title, columns, rows):
    values = ["(%s)" % ", ".join(str(v) if isinstance(v, int) else "'%s'" % v for v in row) for row in rows]
    return "CREATE TABLE `%s` (%s);\nINSERT INTO `%s` VALUES %s;\n" % (
        title, ", ".join("`%s` text" % c for c in columns), title, ",\n".join(values))


def shop(first, people, key):
    """Customers in one table, where they live in another, numbered from 1 in each shop."""
    numbers = range(people)
    homes = [(n + 501, n + 1, "100-%04d" % (n + first), "東京都千代田区千代田%d-%d" % (n % 9 + 1, n + first + 1),
              "090-%04d-%04d" % (n + first + 1000, n)) for n in numbers]
    orders = [(n + 9001, n % people + 1, "りんご", n * 100) for n in range(3 * people)]
    return (table(key + "s", ("id", "name", "email"), [(n + 1, name(first + n), "u%d@example.com" % (first + n)) for n in numbers]) +
            table("addresses", ("id", key + "_id", "zip", "address", "phone"), homes) +
            table("orders", ("id", key + "_id", "item", "total"), orders))


def csv(columns, rows):
    return "\n".join(",".join(str(cell) for cell in row) for row in [columns] + rows) + "\n"


def count(title, files):
    folder = kit.place(title)
    evidence, case = os.path.join(folder, "dumps"), os.path.join(folder, "case")
    os.makedirs(evidence)
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(evidence, path)), exist_ok=True)
        with open(os.path.join(evidence, path), "w", encoding="utf-8") as file:
            file.write(text)
    kit.init(case)
    kit.add(case, [evidence])
    return kit.kakuho("persons", case, "--json", "--now", kit.NOW).json()


def main():
    checks = kit.Checks()
    for key in ("user", "customer", "member"):
        told = count("row_keys_" + key, {"shop.sql": shop(0, 30, key)})
        held = told["total"]["held"]
        checks.equal(key + ": count", held["count"], 30)
        checks.equal(key + ": truth is not below least", held["least"] <= 30 <= held["most"], True)
    items = set(item for source in told["sources"] for item in source["items"])
    checks.equal("a number of rows is no item", "user_id" in items, False)

    # two shops number their customers from 1
    told = count("row_keys_shops", {"a.sql": shop(0, 30, "customer"), "b.sql": shop(30, 30, "customer")})
    held = told["total"]["held"]
    checks.equal("two shops: count", held["count"], 60)
    checks.equal("two shops: truth lies between", held["least"] <= 60 <= held["most"], True)

    # neither table has the numbers as its own
    profile = [(n + 1, name(n), "19%02d-03-%02d" % (n + 40, n % 9 + 1)) for n in range(25)]
    contact = [(n + 1, "c%d@example.com" % n, "080-%04d-%04d" % (n + 2000, n)) for n in range(25)]
    told = count("row_keys_parts", {"app.sql": table("profile", ("user_id", "name", "birth_date"), profile) +
                                    table("contact", ("user_id", "email", "tel"), contact)})
    checks.equal("two parts: count", told["total"]["held"]["count"], 25)

    # numbers of anything else join nobody
    cards = [(n + 1, name(50 + n), "v%d@example.com" % n) for n in range(20)]
    told = count("row_keys_others", {"app.sql": table("items", ("id", "title", "price"), [(n + 1, "本 %d" % n, 900) for n in range(20)]) +
                                     table("reviews", ("id", "name", "email"), cards) +
                                     table("posts", ("id", "name", "email"), [(a, name(70 + a), "w" + c) for a, _, c in cards])})
    held = told["total"]["held"]
    checks.equal("posts and reviews: count", (held["least"], held["count"], held["most"]), (40, 40, 40))

    # ... but beside a password it is an account
    logins = [(70001 + n * 17, "pw%05d" % (n * 7919 % 100000)) for n in range(20)]
    told = count("row_keys_accounts", {"app.sql": table("logins", ("user_id", "password"), logins)})
    checks.equal("accounts: count", told["total"]["held"]["count"], 20)

    # ... unless a mailbox or an account that is no number is what one logs in with
    logins = [(n + 1, "star%d" % n, "s%d@example.com" % n, "pw%05d" % (n * 7919 % 100000)) for n in range(25)]
    for title, columns, cells in (("mailbox", ("user_id", "email", "password"), (0, 2, 3)),
                                  ("account", ("user_id", "username", "password"), (0, 1, 3))):
        users = [tuple(row[c] for c in cells) for row in logins]
        told = count("row_keys_" + title, {"app.sql": table("users", columns, users) +
                                           table("profile", ("user_id", "name", "birth_date"), profile)})
        held = told["total"]["held"]
        checks.equal(title + " beside a number: persons", (held["least"], held["count"], held["most"]), (25, 25, 25))

    # ... and its number still says whose it is: by what the database says certainly, of files of one folder probably
    logins = [(n + 1, "pw%05d" % (n * 7919 % 100000)) for n in range(25)]
    told = count("row_keys_passwords", {"app.sql": table("users", ("user_id", "password"), logins) +
                                        table("profile", ("user_id", "name", "birth_date"), profile)})
    held = told["total"]["held"]
    checks.equal("passwords: persons", (held["least"], held["count"], held["most"]), (25, 25, 25))
    apps = {}
    for app, first in (("a", 0), ("b", 50)):
        people = [(n + 1, name(first + n), "19%02d-03-%02d" % (n + first + 10, n % 9 + 1)) for n in range(25)]
        secrets = [(n + 1, "%s%05d" % (app, n * 7919 % 100000)) for n in range(25)]
        apps[app + "/users.csv"] = csv(("user_id", "password"), secrets)
        apps[app + "/profiles.csv"] = csv(("user_id", "name", "birth_date"), people)
    held = count("row_keys_files", apps)["total"]["held"]
    checks.equal("files of two folders: persons", (held["least"] <= 50, held["count"], held["most"]), (True, 50, 100))

    # names beside the numbers agree, or tell two registers
    orders = [(n + 1, name(n), 1200) for n in range(25)]
    held = count("row_keys_named", {"users.csv": csv(("user_id", "name", "birth_date"), profile),
                                    "orders.csv": csv(("user_id", "name", "total"), orders)})["total"]["held"]
    checks.equal("names beside numbers agree", (held["count"], held["most"]), (25, 25))
    others = [(n + 1, name(60 + n), "r%d@example.com" % n) for n in range(25)]
    held = count("row_keys_strangers", {"users.csv": csv(("user_id", "name", "birth_date"), profile),
                                        "readers.csv": csv(("user_id", "name", "email"), others)})["total"]["held"]
    checks.equal("names beside numbers differ", (held["count"], held["most"]), (50, 50))
    scores = [(n + 1, "tetris", n * 37) for n in range(25)]
    held = count("row_keys_scores", {"scores.csv": csv(("user_id", "game", "score"), scores)})["total"]["held"]
    checks.equal("a number alone is nobody", held["most"], 0)
    checks.end()


if __name__ == "__main__":
    main()
