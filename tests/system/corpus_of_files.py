"""Two hundred files of invented people in many formats and encodings, and thirty as programs and offices really write them: nearly
every item of every person is found (99.5 %), nearly nothing else is (99 %), and in two hundred and forty files of nobody nobody is found."""

import collections
import os
import re
import unicodedata

import kit
from corpus import build, decoys

SHOWN = {"name": lambda p: p["name"], "kana": lambda p: p["kana"], "phone": lambda p: p["contacts"]["phone"], "email": lambda p: p["contacts"]["email"],
         "address": lambda p: p["contacts"]["address"], "postal_code": lambda p: p["contacts"]["postal_code"]}


def plain(item, text):
    """As two spellings of one value agree."""
    text = re.sub(r"[\s　]", "", unicodedata.normalize("NFKC", text or "")).lower()
    if item == "kana":
        return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)
    if item == "phone":
        digits = re.sub(r"\D", "", text)
        return "0" + digits[2:] if digits.startswith("81") else digits
    if item in ("address", "postal_code"):
        return re.sub(r"[-‐−–ー〒]", "", text)
    return text


def write(folder, made):
    """Each file, and a listing that says that all of them left."""
    truth = {}
    for name, content, *who in made:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        truth[name] = who[0] if who else []
    return kit.listing_of(folder), truth


def people_of(folder, listing, case):
    kit.init(case)
    done = kit.add(case, [folder], "--leak-listing", listing)
    if done.status:
        print(done.err.decode()[-2000:])
    return kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines(), kit.document(case, "persons")


def score(name, wanted, person, items, sums):
    """Counts the items of one person; prints what is wrong."""
    found = {i for i in person["items"]} if person else set()
    for item in sorted(found | set(items)):
        right = item in found and item in items
        if right and item in SHOWN:
            right = plain(item, SHOWN[item](person)) == plain(item, wanted[item])
        sums["right" if right else "missed" if item in items else "extra"] += 1
        if item in found and item in items and not right:
            sums["extra"] += 1
        if not right:
            print(f"  {name}: {item} {'missing' if item not in found else 'not there' if item not in items else 'differs'}")


def check_people(checks, folder):
    listing, truth = write(os.path.join(folder, "people"), build.all_files())
    checks.true("files", len(truth) >= 200, str(len(truth)))
    listed, answer = people_of(os.path.join(folder, "people"), listing, os.path.join(folder, "case"))
    found = collections.defaultdict(list)
    for p in listed:
        found[plain("name", p["name"])].append(p)
    sums = collections.Counter()
    for name, who in truth.items():
        for wanted, items in who:
            same = found.pop(plain("name", wanted["name"]), [])
            score(name, wanted, same[0] if same else None, items, sums)
            sums["extra"] += sum(len(p["items"]) for p in same[1:])
            for p in same[1:]:
                print(f"  {name}: a second person of that name")
    for rest in found.values():
        for p in rest:
            sums["extra"] += len(p["items"])
            print(f"  {p['refs'][0]['path']}: nobody's {p['items']}")
    recall = sums["right"] / (sums["right"] + sums["missed"])
    precision = sums["right"] / (sums["right"] + sums["extra"])
    print(f"{len(truth)} files, {sum(len(w) for w in truth.values())} people, {sums['right'] + sums['missed']} items: recall {recall:.4f}, precision {precision:.4f}")
    checks.true("recall", recall >= 0.995, f"{recall:.4f}")
    checks.true("precision", precision >= 0.99, f"{precision:.4f}")
    checks.equal("nothing is unread", [(u["path"], u["reason"]) for u in answer["unread"]], [])


def check_decoys(checks, folder):
    listing, truth = write(os.path.join(folder, "nobody"), decoys.all_files())
    checks.true("decoys", len(truth) >= 240, str(len(truth)))
    listed, answer = people_of(os.path.join(folder, "nobody"), listing, os.path.join(folder, "other"))
    for p in listed:
        print(f"  {p['refs'][0]['path']} record {p['refs'][0].get('record')}: {p['items']}")
    checks.equal("people in decoys", len(listed), 0)
    checks.equal("people held", answer["total"]["held"]["most"], 0)


def main():
    checks = kit.Checks()
    folder = kit.place("corpus")
    check_people(checks, folder)
    check_decoys(checks, folder)
    checks.end()


main()
