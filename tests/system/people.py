"""Tables of invented people through the whole program: how many they are, and that sorting rows, renaming
files, cutting them in two and another number of workers change neither a number nor anybody's id."""

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
    checks.end()


if __name__ == "__main__":
    main()
