#!/usr/bin/env python3
"""What people decide about persons, records and files: each kind changes what it should, its revoke restores the earlier
bytes, it is found again when rows are sorted, files renamed and evidence added, and other hands show.
    decide_persons.py KAKUHO
Expected values are written here by hand."""
import json
import os
import random
import shutil

import kit

WHO = ["--by", "山田 花子", "--reason", "本人に確認した"]
CUSTOMERS = """氏名,フリガナ,生年月日,住所,電話番号,メール
山田 太郎,ヤマダ タロウ,1980-01-02,東京都千代田区丸の内1-2-3,090-1234-5678,taro@example.jp
山田 太郎,ヤマダ タロウ,1980-01-02,東京都千代田区丸の内1-2-3,,taro@example.jp
佐藤 花子,サトウ ハナコ,1985-05-05,大阪府大阪市北区梅田2-3-4,080-1111-2222,hanako@example.jp
佐藤 花子,サトウ ハナコ,1966-06-06,京都府京都市左京区吉田3-4,,hanako2@example.org
鈴木 一郎,スズキ イチロウ,1970-03-03,愛知県名古屋市中区栄5-6,052-111-2222,
鈴木 一郎,スズキ イチロウ,,愛知県名古屋市中区栄5-6,,
高橋 誠,タカハシ マコト,1975-07-07,北海道札幌市中央区北一条7-8,,
"""
TRIAL = """氏名,フリガナ,住所,電話番号
田中 次郎,タナカ ジロウ,福岡県福岡市博多区1-1,092-000-1111
高橋 誠,タカハシ マコト,北海道札幌市中央区北一条7-8,011-222-3333
伊藤 三郎,イトウ サブロウ,広島県広島市中区2-2,
"""
CLIENT = """氏名,フリガナ,住所,電話番号,メール
佐藤 花子,サトウ ハナコ,大阪府大阪市北区梅田2-3-4,080-1111-2222,hanako@example.jp
渡辺 久美,ワタナベ クミ,宮城県仙台市青葉区3-3,,kumi@example.jp
"""
CASE_FILE = """timezone: Asia/Tokyo
parties:
  - {id: shop-a, name: 例示商店, role: client}
  - {id: shop-b, name: 例示雑貨, role: client}
owners:
  - {party: shop-a, paths: ["**/client*"]}
"""
FILES = {"share/customers.csv": CUSTOMERS, "share/trial.csv": TRIAL, "share/client.csv": CLIENT}
# held: least, count, most. Of the customers Yamada, two Satos, Suzuki (name and address: probable), Takahashi; of
# the trial Tanaka, Ito and Takahashi once more (probable); of the client two.
HELD = (9, 9, 11)


def run(*words):
    return kit.kakuho(*words, "--now", kit.NOW)


def decide(case, *words):
    done = run("decide", case, "--json", *words)
    if done.status != 0:
        raise AssertionError(f"decide {words}: {done.status} {done.err.decode()}")
    return done.json()["decisions"][0]["id"]


def write(folder, files):
    for name, text in files.items():
        path = f"{folder}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def make_case(folder, name, files=None, decisions=None, jobs=2):
    """A case over the files; with the decisions of another case, which bring its keys along."""
    write(f"{folder}/{name}", {"case.yaml": CASE_FILE, **{f"evidence/{k}": v for k, v in (files or FILES).items()}})
    case = f"{folder}/{name}/case"
    if decisions:
        shutil.copytree(decisions, case)
        os.unlink(f"{case}/case.duckdb")
    else:
        kit.init(case, f"{folder}/{name}/case.yaml")
    done = kit.add(case, [f"{folder}/{name}/evidence"], "--jobs", str(jobs))
    assert done.status == 0, done.err.decode()
    return case


def persons(case):
    return kit.document(case, "persons")


def held(answer):
    return tuple(answer["total"]["held"][k] for k in ("least", "count", "most"))


def figures(answer):
    """Everything that is counted, without what names a state or a place."""
    keep = {k: v for k, v in answer.items() if k not in ("case", "state", "sources", "decisions")}
    return json.dumps(keep, sort_keys=True, ensure_ascii=False)


def listed(case):
    """Everybody: who is held but not in reach is in no list, so all files are decided reachable by the caller."""
    return run("persons", case, "--list", "--json").lines()


def id_of(case, name, path, record):
    found = [p["id"] for p in listed(case) if p["name"] == name
             and any((r["path"], r["record"]) == (path, record) for r in p["refs"])]
    assert len(found) == 1, (name, path, record, found)
    return found[0]


def answers(case):
    """The bytes of what follows from decisions, without the state."""
    out = {}
    for name in ("persons", "claims", "status"):
        document = kit.document(case, name)
        document.pop("state")
        out[name] = json.dumps(document, ensure_ascii=False)
    out["list"] = run("persons", case, "--list", "--json").out
    return out


def revoked(checks, case, what, before, *decisions):
    for decision in reversed(decisions):
        decide(case, "revoke", decision, *WHO)
    for name, out in answers(case).items():
        checks.true(f"{what}: revoked, {name} is as before, byte for byte", out == before[name])


def decisions_of(case):
    return {d["id"]: d for d in run("decide", case, "--list", "--json").json()["decisions"]}


def in_reach(case):
    return [decide(case, "exposure", path, "--as", "reachable", *WHO) for path in FILES]


def exposures(checks, case):
    before = answers(case)
    checks.equal("held", held(persons(case)), HELD)
    left = decide(case, "exposure", "share/customers.csv", "--as", "left", *WHO)
    after = persons(case)
    checks.equal("five left", (after["total"]["left"]["count"], after["total"]["reachable"]["count"]), (5, 5))
    source = [s for s in after["sources"] if s["path"] == "share/customers.csv"][0]
    checks.equal("by judgement", (source["exposure"], source.get("judged")), ("left", left))
    claim = [c for c in kit.document(case, "claims")["claims"] if c["kind"] == "persons_left"]
    checks.equal("the claim is judged", [(c["standing"], c["by"]["name"], left in c["because"]) for c in claim],
                 [("judged", "山田 花子", True)])
    reachable = decide(case, "exposure", "share/customers.csv", "--as", "reachable", *WHO)
    checks.equal("the last one counts", [persons(case)["total"][k]["count"] for k in ("left", "reachable")], [0, 5])
    checks.equal("and is said", [d.get("overruled_by") for d in persons(case)["decisions"]], [reachable, None])
    none = decide(case, "exposure", "share/customers.csv", "--as", "none", *WHO)
    checks.equal("none", persons(case)["total"]["reachable"]["count"], 0)
    revoked(checks, case, "exposure", before, left, reachable, none)


def exclusion(checks, case):
    before = answers(case)
    table = decide(case, "exclude", "share/trial.csv", *WHO)
    after = persons(case)
    checks.equal("a file less", (held(after), after["records"]), ((7, 7, 8), 9))
    checks.equal("shown apart", after["excluded"], {"persons": 0, "records": 3})
    checks.equal("and with its file", [s.get("excluded") for s in after["sources"]], [None, None, 3])
    record = decide(case, "include", "share/trial.csv:4", *WHO)
    after = persons(case)
    checks.equal("one of its records is brought back", (held(after), after["excluded"]["records"]), ((8, 8, 9), 2))
    revoked(checks, case, "exclusion of a file", before, table, record)

    one = decide(case, "exclude", "share/customers.csv:4", *WHO)
    told = run("explain", case, "share/customers.csv:4", "--json").json()
    checks.equal("the record is explained", (told["kind"], told["value"], [(s["standing"], s["excluded"], s["person"]) for s in told["slots"]]),
                 ("record", 0, [("counts", True, None)]))
    checks.equal("a record", (held(persons(case)), persons(case)["excluded"]["records"]), ((8, 8, 10), 1))
    revoked(checks, case, "exclusion of a record", before, one)

    who = id_of(case, "高橋 誠", "share/customers.csv", 8)
    person = decide(case, "exclude", who, *WHO)
    after = persons(case)
    checks.equal("a person with both records", (held(after), after["excluded"]), ((8, 8, 9), {"persons": 1, "records": 2}))
    checks.true("not in the list", who not in [p["id"] for p in listed(case)])
    told = run("explain", case, who, "--json").json()
    checks.equal("explained, with who left it out", [d["id"] for d in told["decisions"] if d["decision"] == "exclude"], [person])
    back = decide(case, "include", who, *WHO)
    checks.equal("brought back", held(persons(case)), HELD)
    revoked(checks, case, "exclusion of a person", before, person, back)


def merging(checks, case):
    before = answers(case)
    one, two = id_of(case, "佐藤 花子", "share/customers.csv", 4), id_of(case, "佐藤 花子", "share/customers.csv", 5)
    merge = decide(case, "merge", one, two, *WHO)
    checks.equal("two are one, in all three", held(persons(case)), (8, 8, 10))
    who = id_of(case, "佐藤 花子", "share/customers.csv", 4)
    told = run("explain", case, who, "--json").json()
    checks.equal("explained by the decision", [(b["kind"], b["id"]) for b in told["because"] if b["kind"] == "decision"],
                 [("decision", merge)])
    checks.equal("judged", told["standing"], "judged")
    again = run("decide", case, "merge", f"{one},{who}", *WHO)
    checks.equal("they are one already", again.status, 2)
    split = decide(case, "split", who, "--record", "share/customers.csv:5", *WHO)
    checks.equal("a later split overrules it", held(persons(case)), HELD)
    states = decisions_of(case)
    checks.equal("and that is said", (states[merge]["state"], states[split]["state"]), ("overruled", "in_force"))
    third = decide(case, "merge", f"{one},{two}", "--by", "山田 花子", "--reason", "やはり同一人")
    checks.equal("a later merge overrules that", held(persons(case)), (8, 8, 10))
    checks.equal("which is said too", decisions_of(case)[split]["state"], "overruled")
    revoked(checks, case, "merge", before, merge, split, third)


def splitting(checks, case):
    before = answers(case)
    yamada = id_of(case, "山田 太郎", "share/customers.csv", 2)
    split = decide(case, "split", yamada, "--record", "share/customers.csv:3", *WHO)
    checks.equal("one is two, by whatever rule they would be one", held(persons(case)), (10, 10, 12))
    told = run("explain", case, yamada, "--json").json()
    checks.equal("what was parted is said", [d["id"] for d in told["decisions"] if d["decision"] == "split"], [split])
    near = [n for n in told["near"] if any(v["veto"] == "decided_apart" for v in n["because"])]
    checks.equal("the other half is a near neighbour", [n["decision"] for n in near], [split])
    revoked(checks, case, "split by record", before, split)
    suzuki = id_of(case, "鈴木 一郎", "share/customers.csv", 6)
    rule = decide(case, "split", suzuki, "--rule", "name_address", *WHO)
    checks.equal("what a rule joined", held(persons(case)), (10, 10, 11))
    revoked(checks, case, "split by rule", before, rule)


def by_category(answer):
    return {c["name"]: (c["held"]["count"], c["records"]) for c in answer["categories"]}


def categories(checks, case):
    before = answers(case)
    checks.equal("customers all", by_category(persons(case)), {"customer": (9, 12)})
    table = decide(case, "category", "share/trial.csv", "--as", "employee", *WHO)
    checks.equal("a file's people", by_category(persons(case)), {"customer": (7, 9), "employee": (3, 3)})
    who = id_of(case, "高橋 誠", "share/customers.csv", 8)
    person = decide(case, "category", who, "--as", "customer", *WHO)
    checks.equal("a person whole", by_category(persons(case)), {"customer": (7, 10), "employee": (2, 2)})
    revoked(checks, case, "category", before, table, person)


def by_owner(answer):
    return {o["name"]: o["held"]["count"] for o in answer["by_owner"]}


def owners(checks, case):
    before = answers(case)
    checks.equal("each owner's", by_owner(persons(case)), {"self": 7, "shop-a": 2})
    other = decide(case, "owner", "share/trial.csv", "--as", "shop-b", *WHO)
    checks.equal("a file of another owner is matched with none", (by_owner(persons(case)), held(persons(case))),
                 ({"self": 5, "shop-a": 2, "shop-b": 3}, (10, 10, 11)))
    match = decide(case, "match-across-owners", "shop-a,self", *WHO)
    checks.equal("two owners matched: Sato is one", (by_owner(persons(case)), held(persons(case))),
                 ({"self": 5, "shop-a": 2, "shop-b": 3}, (9, 9, 10)))
    every = decide(case, "match-across-owners", "all", *WHO)
    checks.equal("all matched: Takahashi too", held(persons(case)), (8, 8, 10))
    revoked(checks, case, "owners", before, other, match, every)
    sato = [id_of(case, "佐藤 花子", *place) for place in (("share/customers.csv", 4), ("share/client.csv", 2))]
    merge = decide(case, "merge", *sato, *WHO)
    checks.equal("a merge of persons of two owners", (by_owner(persons(case)), held(persons(case))),
                 ({"self": 7, "shop-a": 2}, (8, 8, 10)))
    revoked(checks, case, "merge across owners", before, merge)


def refused(checks, case):
    count = len(decisions_of(case))
    who = id_of(case, "山田 太郎", "share/customers.csv", 2)
    other = id_of(case, "高橋 誠", "share/customers.csv", 8)
    wrong = [["merge", who, *WHO], ["merge", who, "P" + "0" * 20, *WHO], ["merge", who, who, *WHO], ["merge", who, other, "--reason", "x"],
             ["split", who, *WHO], ["split", who, "--record", "share/customers.csv:4", *WHO], ["split", who, "--rule", "no_rule", *WHO],
             ["split", who, "--rule", "name_company", *WHO], ["split", "share/customers.csv", "--rule", "name_address", *WHO],
             ["split", who, "--record", "share/customers.csv:2", "--record", "share/customers.csv:3", *WHO],
             ["exposure", "share/customers.csv", *WHO], ["exposure", "share/customers.csv", "--as", "gone", *WHO],
             ["exposure", who, "--as", "left", *WHO], ["exposure", "share/none.csv", "--as", "left", *WHO],
             ["category", who, "--as", "no-such", *WHO], ["owner", "share/trial.csv", "--as", "nobody", *WHO],
             ["match-across-owners", "shop-a", *WHO], ["match-across-owners", "shop-a,nobody", *WHO], ["exclude", "share/none.csv", *WHO],
             ["exclude", "share/customers.csv:99", *WHO], ["exclude", who, "--as", "left", *WHO], ["exclude", who, "--host", "fs01", *WHO],
             ["exclude", who, other, *WHO], ["exclude", who, "--record", "share/customers.csv:2", *WHO]]
    for words in wrong:
        done = run("decide", case, *words)
        checks.equal(f"refused: {words}", (done.status, len(done.err.splitlines()), done.out), (2, 1, b""))
    checks.equal("none of it was written", len(decisions_of(case)), count)


def decide_all(case):
    """One of each kind, some contradicting each other; the ids of those that must hold."""
    sato = [id_of(case, "佐藤 花子", "share/customers.csv", n) for n in (4, 5)]
    made = [decide(case, "merge", *sato, *WHO),
            decide(case, "split", id_of(case, "山田 太郎", "share/customers.csv", 2), "--record", "share/customers.csv:3", *WHO),
            decide(case, "exclude", id_of(case, "田中 次郎", "share/trial.csv", 2), *WHO),
            decide(case, "exclude", "share/trial.csv:4", *WHO),
            decide(case, "category", "share/client.csv", "--as", "employee", *WHO),
            decide(case, "owner", "share/trial.csv", "--as", "shop-b", *WHO),
            decide(case, "match-across-owners", "self,shop-b", *WHO)]
    return made


def moved(text, seed):
    header, *rows = text.splitlines(keepends=True)
    random.Random(seed).shuffle(rows)
    return header + "".join(rows)


def survives(checks, folder, case):
    """Rows in another order, files under other names, on another number of jobs: by content all is found again."""
    wanted = persons(case)
    files = {"a/" + name.rsplit("/", 1)[1]: moved(text, n) for n, (name, text) in enumerate(FILES.items())}
    for jobs in (1, 2):
        other = persons(make_case(folder, f"sorted{jobs}", files, case, jobs))
        orphaned = sorted({d["kind"] for d in other["decisions"] if d["state"] == "orphan"})
        checks.equal("files both renamed and rewritten are others, and so shop-b has no data", orphaned,
                     ["category", "exposure", "match-across-owners", "owner"])
    renamed = {"b/" + name.rsplit("/", 1)[1]: text for name, text in FILES.items()}
    rewritten = {name: moved(text, 7) for name, text in FILES.items()}
    for name, some in (("renamed", renamed), ("rewritten", rewritten)):
        for jobs in (1, 2):
            other = persons(make_case(folder, f"{name}{jobs}", some, case, jobs))
            checks.true(f"{name}, {jobs} jobs: the same figures", figures(other) == figures(wanted), figures(other))
            checks.equal(f"{name}: no orphan", {d["state"] for d in other["decisions"]}, {"in_force"})
    more = {"share/more.csv": CUSTOMERS.splitlines()[0] + "\n斎藤 学,サイトウ マナブ,1990-09-09,青森県青森市1-1,,\n"}
    grown = persons(make_case(folder, "grown", {**FILES, **more}, case))
    checks.equal("with more evidence all hold", {d["state"] for d in grown["decisions"]}, {"in_force"})
    checks.equal("and one person more", held(grown), tuple(n + 1 for n in held(wanted)))


def rebuilt(checks, folder, case):
    before = answers(case)
    os.unlink(f"{case}/case.duckdb")
    done = kit.add(case, [f"{folder}/one/evidence"])
    assert done.status == 0, done.err.decode()
    for name, out in answers(case).items():
        checks.true(f"{name} is the same, byte for byte, after everything was made anew", out == before[name])


def orphans(checks, folder, case):
    files = {name: text for name, text in FILES.items() if name != "share/trial.csv"}
    poorer = make_case(folder, "poorer", files, case)
    lost = {i for i, d in decisions_of(poorer).items() if d["state"] == "orphan"}
    kinds = sorted(decisions_of(poorer)[i]["kind"] for i in lost)
    checks.equal("what was of the file is orphaned", kinds,
                 ["exclude", "exclude", "exposure", "match-across-owners", "owner"])
    checks.equal("status lists it", set(kit.document(poorer, "status").get("orphans", [])), lost)


def forged(checks, case):
    checks.equal("verify finds all whole", run("verify", case).status, 0)
    with open(f"{case}/decisions.jsonl", encoding="utf-8") as file:
        whole = file.read()
    line = next(n for n in whole.splitlines() if '"kind":"merge"' in n)
    parts = json.loads(line)["value"]["parts"]
    with open(f"{case}/decisions.jsonl", "w", encoding="utf-8") as file:
        file.write(whole.replace(parts[0], "0" * 16 + ".0", 1))
    done = run("verify", case, "--json")
    checks.equal("a record put in by hand: verify says no", (done.status, done.json()["decisions"]["status"]), (1, "broken"))
    refusal = run("persons", case)
    checks.equal("and nothing is counted by it", (refusal.status, refusal.out), (4, b""))
    with open(f"{case}/decisions.jsonl", "w", encoding="utf-8") as file:
        file.write(whole)
    checks.equal("put back, it holds", (run("verify", case).status, run("persons", case).status), (0, 0))


def main():
    checks = kit.Checks()
    folder = kit.place("decide-persons")
    case = make_case(folder, "one")
    exposures(checks, case)
    in_reach(case)
    for step in (exclusion, merging, splitting, categories, owners, refused):
        step(checks, case)
    decide_all(case)
    survives(checks, folder, case)
    rebuilt(checks, folder, case)
    orphans(checks, folder, case)
    forged(checks, case)
    checks.end()


if __name__ == "__main__":
    main()
