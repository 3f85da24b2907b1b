"""Tables of invented people through the whole program: how many they are, and that sorting rows, renaming
files, cutting them in two and another number of workers change neither a number nor anybody's id."""

import json
import os
import random
import subprocess
import sys

import kit


def tables(folder):
    """Name, header and rows of each."""
    out = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            lines = file.read().split(b"\r\n")
        out[name] = (lines[0], [line for line in lines[1:] if line])
    return out


def write(folder, name, header, rows):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"\r\n".join([header, *rows, b""]))


def moved(all_tables, folder):
    """Rows shuffled, files under other names in another order, each second one in two parts."""
    dice = random.Random(5)
    os.mkdir(folder)
    for number, (_, (header, rows)) in enumerate(reversed(all_tables.items())):
        rows = rows[:]
        dice.shuffle(rows)
        if number % 2:
            write(folder, f"{number}-b.csv", header, rows[: len(rows) // 3])
            write(folder, f"{number}-a.csv", header, rows[len(rows) // 3:])
        else:
            write(folder, f"{number}.csv", header, rows)


def count(checks, case, evidence, jobs):
    kit.init(case)
    done = kit.add(case, [evidence], "--leak-listing", kit.listing_of(evidence), "--jobs", str(jobs))
    checks.equal(f"{case}: exit status of add", done.status, 0)
    answer = kit.document(case, "persons")
    listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW)
    checks.equal(f"{case}: persons --list", listed.status, 0)
    return answer, listed.lines()


def keyed(checks, folder):
    """Records with keys: which key comes first depends on who comes first and on what he has. Nobody's id does."""
    said = [("佐藤 健一", None, "ks@example.jp", "090-1111-0001"), ("鈴木 美穂", "1980-02-03", "", "090-1111-0002"),
            ("高橋 大輔", "1981-03-04", "dt@example.jp", None), ("田中 由美", "1982-04-05", None, "090-1111-0004")]
    keys = ("氏名", "生年月日", "メールアドレス", "電話番号")
    records = [json.dumps({k: v for k, v in zip(keys, row) if v is not None}, ensure_ascii=False) for row in said]
    found = []
    for name, parts in (("as-they-are", [records]), ("backwards", [records[::-1]]), ("in-two", [records[2:], records[:2]])):
        evidence = os.path.join(folder, "keyed-" + name)
        os.mkdir(evidence)
        for number, lines in enumerate(parts):
            with open(f"{evidence}/{number}.jsonl", "w", encoding="utf-8") as file:
                file.write("\n".join([*lines, ""]))
        answer, people = count(checks, os.path.join(folder, "case-" + name), evidence, 1)
        found.append((answer["total"], {p["name"]: p["id"] for p in people}))
    checks.equal("people in records with keys", len(found[0][1]), len(said))
    checks.equal("backwards", found[1], found[0])
    checks.equal("in two files", found[2], found[0])


def main():
    checks = kit.Checks()
    if len(sys.argv) < 3:
        kit.skip("the program that writes people was not named")
    folder = kit.place("people")
    first, second = os.path.join(folder, "tables"), os.path.join(folder, "moved")
    os.mkdir(first)
    said = subprocess.run([sys.argv[2], first, "11", "4000"], check=True, capture_output=True).stdout
    truth = int(said.split()[0])
    moved(tables(first), second)
    before, people = count(checks, os.path.join(folder, "one"), first, 1)
    after, again = count(checks, os.path.join(folder, "two"), second, 2)
    held = before["total"]["held"]
    checks.true("truth lies within the bounds", held["least"] <= truth <= held["most"], f"{truth} in {held}")
    checks.true("the count is near the truth", abs(held["count"] - truth) <= 0.003 * truth, f"{truth} in {held}")
    checks.equal("numbers", after["total"], before["total"])
    checks.equal("companies and tests", (after["organisations"], after["placeholders"]),
                 (before["organisations"], before["placeholders"]))
    checks.equal("persons in the list", len(people), held["count"])
    checks.equal("ids differ", len({p["id"] for p in people}), len(people))
    checks.true("the same ids", {p["id"] for p in people} == {p["id"] for p in again},
                f"{len({p['id'] for p in people} ^ {p['id'] for p in again})} differ")
    explained = kit.document(os.path.join(folder, "two"), "explain", people[7]["id"])
    checks.equal("explain by an id of before", explained["id"], people[7]["id"])
    keyed(checks, folder)
    checks.end()


if __name__ == "__main__":
    main()
