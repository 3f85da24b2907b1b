"""How the number changed: counts are kept with their states, the steps of a change sum exactly and say what
happened, old counts stay as they were, ids stay or lead on, and what was reported by hand is explained as
far as it can be and no further."""

import os
import re
import sys

import kit
from passwords import zipped

HEADER = "氏名,電話番号,メールアドレス,住所"
SURNAMES = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"]
GIVEN = ["太郎", "花子", "一郎", "健", "美咲", "翔", "葵", "大輔", "直樹", "恵"]


def row(n):
    return (f"{SURNAMES[n % 10]} {GIVEN[n // 10 % 10]},090-{1000 + n:04d}-{2000 + n * 7:04d},u{n}@example.jp,"
            f"東京都港区芝{n % 5 + 1}-{n % 20 + 1}-{n % 30 + 1}")


def write(path, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join([HEADER, *rows, ""]))


def analyse(checks, case, *more):
    done = kit.kakuho("analyse", case, "--now", kit.NOW, *more)
    checks.equal("exit status and words of analyse", (done.status, done.said()), (0, []))
    return kit.document(case, "persons")


def bound_of(count, bound):
    return count["count"] if count[bound] is None else count[bound]


def since(checks, case, what, *more):
    """The steps, after it was seen that they sum exactly and that each says why."""
    answer = kit.document(case, "persons", "--since", what, *more)
    bound = answer["figure"]["bound"]
    steps = answer["steps"]
    made = sum(step["change"] for step in steps)
    checks.equal(f"sum since {what} {more}", bound_of(answer["from"], bound) + made, bound_of(answer["to"], bound))
    checks.true(f"every step since {what} says why", all(s["why"]["ja"] and s["why"]["en"] for s in steps))
    return answer


def told(answer):
    return [(step["what"], step["change"]) for step in answer["steps"]]


def add(checks, case, *evidence, status=0):
    done = kit.add(case, evidence)
    checks.equal("exit status of add", done.status, status)


def set_yaml(case, text):
    with open(os.path.join(case, "case.yaml"), "w", encoding="utf-8") as out:
        out.write(text)


def test_held(checks, folder):
    """Files that come and are written anew, people that turn out to be one, categories."""
    case, one, two = (os.path.join(folder, name) for name in ("held", "one", "two"))
    both = "森田 光男,{phone},{mail},"
    write(f"{one}/顧客.csv", [row(n) for n in range(60)])
    write(f"{one}/問合せ.csv", [both.format(phone="090-7777-1234", mail=""), both.format(phone="", mail="mm@example.jp"),
                             *[row(n) for n in range(100, 108)]])
    kit.init(case)
    add(checks, case, one)
    first = analyse(checks, case)
    checks.equal("persons at first", first["total"]["held"]["count"], 70)
    checks.equal("nothing changed", told(since(checks, case, first["state"], "--basis", "held")), [])

    write(f"{two}/会員.csv", [row(n) for n in range(40, 90)])
    add(checks, case, two)
    answer = since(checks, case, first["state"][:12], "--basis", "held")
    checks.equal("a file was added", told(answer), [("file_added", 30)])
    checks.equal("which one", answer["steps"][0]["refs"], [{"evidence": "two", "path": "会員.csv"}])
    checks.equal("nobody in reach", told(since(checks, case, first["state"])), [("file_added", 0)])
    second = kit.document(case, "persons")
    kept = kit.kakuho("persons", case, "--state", first["state"], "--json", "--now", kit.NOW)
    checks.equal("the count of then", kept.json(), first)

    write(f"{folder}/three/名簿.csv", [both.format(phone="090-7777-1234", mail="mm@example.jp")])
    add(checks, case, f"{folder}/three")
    answer = since(checks, case, second["state"], "--basis", "held")
    checks.equal("two were one", told(answer), [("file_added", 0), ("merged", -1)])
    checks.true("and where that shows", [r["path"] for r in answer["steps"][1]["refs"]] == ["問合せ.csv"],
                str(answer["steps"]))
    moved = kit.kakuho("persons", case, "--since", second["state"], "--ids", "--now", kit.NOW).lines()
    checks.equal("one id leads on", [m["how"] for m in moved], ["merged"])
    for name in ("old", "id"):
        explained = kit.document(case, "explain", moved[0][name])
        checks.equal(f"explain by {name}", explained["text"]["en"], "3 records are counted as one person")
        checks.equal(f"explain by {name} tells the id of now", (explained["id"], explained.get("asked")),
                     (moved[0]["id"], moved[0]["old"] if name == "old" else None))
    third = analyse(checks, case)
    checks.equal("ids after it was kept",
                 kit.kakuho("persons", case, "--since", second["state"], "--ids", "--now", kit.NOW).lines(), moved)

    write(f"{one}/顧客.csv", [row(n) for n in range(25)])
    add(checks, case, one)
    answer = since(checks, case, third["state"], "--basis", "held")
    checks.equal("a file was written anew", told(answer), [("file_withdrawn", -40), ("file_added", 25)])
    fourth = analyse(checks, case)

    set_yaml(case, 'categories:\n  - {name: club, paths: ["**/会員.csv", "会員.csv"]}\n')
    answer = since(checks, case, fourth["state"], "--basis", "held", "--category", "club")
    checks.equal("another category", told(answer), [("category_changed", 50)])
    gone = [c["name"] for c in fourth["categories"]
            if c["name"] not in [n["name"] for n in kit.document(case, "persons")["categories"]]]
    checks.true("a category is no more", bool(gone), str(fourth["categories"]))
    for name in gone[:1]:
        answer = since(checks, case, fourth["state"], "--basis", "held", "--category", name)
        checks.equal("what became of it", [answer["to"]["count"], told(answer)[-1][0]], [0, "category_changed"])
    checks.equal("all are as many", told(since(checks, case, fourth["state"], "--basis", "held")), [])

    fifth = kit.document(case, "persons")
    done = kit.kakuho("decide", case, "exclude", "会員.csv", "--by", "佐藤", "--reason", "試験データ", "--now", kit.NOW)
    checks.equal("exit status of decide", done.status, 0)
    answer = since(checks, case, fifth["state"], "--basis", "held")
    checks.equal("a decision", told(answer), [("decision", -50)])
    checks.true("and which", answer["steps"][0]["refs"][0]["decision"].startswith("J"), str(answer["steps"]))
    checks.equal("over all, the decision stands apart", told(since(checks, case, first["state"], "--basis", "held"))[-1],
                 ("decision", -50))

    states = kit.document(case, "persons", "--states")["states"]
    checks.equal("kept states", [s["total"]["held"]["count"] for s in states][:4], [70, 100, 99, 84])
    return case, first


def test_order(checks, folder):
    """Everything at once: ids as they always were. In two steps: those of the first step stay."""
    at_once, steps = os.path.join(folder, "at-once"), os.path.join(folder, "in-steps")
    for case in (at_once, steps):
        kit.init(case)
    add(checks, at_once, os.path.join(folder, "one"), os.path.join(folder, "two"))
    add(checks, steps, os.path.join(folder, "one"))
    before = analyse(checks, steps)
    add(checks, steps, os.path.join(folder, "two"))
    after = analyse(checks, steps)
    for name in ("total", "records", "categories"):
        checks.equal(f"at once and in steps: {name}", after[name], kit.document(at_once, "persons")[name])
    moved = kit.kakuho("persons", steps, "--since", before["state"], "--ids", "--now", kit.NOW)
    checks.equal("ids that moved in steps", moved.lines(), [])


def test_left_out(checks, folder):
    """Whose records a decision leaves out has his id again when it is revoked, also beside a client's equal ones."""
    case, files = os.path.join(folder, "left-out"), os.path.join(folder, "left-out-files")
    for name, numbers in (("a", range(6)), ("client", range(2, 5)), ("b", range(4, 7))):
        write(f"{files}/{name}.csv", [row(n) for n in numbers])
    kit.init(case)
    set_yaml(case, 'owners:\n  - {party: shop, paths: ["**/client*", "client*"]}\n')
    add(checks, case, files)
    who = ["--by", "佐藤", "--reason", "確認した", "--now", kit.NOW, "--json"]
    for name in ("a", "b", "client"):
        kit.kakuho("decide", case, "exposure", f"{name}.csv", "--as", "reachable", *who)

    def ids():
        listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW)
        return {f"{p['owner']} {p['name']}": p["id"] for p in listed.lines()}

    state, before = analyse(checks, case)["state"], ids()
    checks.equal("persons of each owner", sorted(k.split()[0] for k in before), ["self"] * 7 + ["shop"] * 3)
    made = kit.kakuho("decide", case, "exclude", "a.csv", *who).json()["decisions"][0]["id"]
    analyse(checks, case)
    less = ids()
    checks.equal("everybody else keeps his id", less, {k: before[k] for k in less})
    moved = kit.kakuho("persons", case, "--since", state, "--ids", "--now", kit.NOW).lines()
    checks.equal("who is left out is gone", sorted((m["old"], m["how"]) for m in moved),
                 sorted((i, "gone") for k, i in before.items() if k not in less))
    checks.equal("and not explained", kit.kakuho("explain", case, moved[0]["old"]).status, 2)
    kit.kakuho("decide", case, "revoke", made, *who)
    analyse(checks, case)
    checks.equal("everybody has his id again", ids(), before)
    checks.equal("none moved", kit.kakuho("persons", case, "--since", state, "--ids").out, b"")


def test_opened(checks, folder):
    """A password that comes later: the same evidence read otherwise is another state, and the change of the number is told."""
    case, files = os.path.join(folder, "opened"), os.path.join(folder, "opened-files")
    write(f"{files}/顧客.csv", [row(n) for n in range(4)])
    for name, numbers in (("a", range(2, 6)), ("b", range(6, 8))):
        text = "\n".join([HEADER, *[row(n) for n in numbers], ""]).encode()
        with open(f"{files}/{name}.zip", "wb") as out:
            out.write(zipped([("会員.csv", text, f"secret-{name}".encode())]))
    kit.init(case)
    add(checks, case, files, status=3)
    before = analyse(checks, case)
    add(checks, case, files, status=3)
    checks.equal("read again without a password: the same state", analyse(checks, case)["state"], before["state"])
    states = [before["state"]]
    for name in ("a", "b"):
        with open(f"{folder}/{name}.txt", "w", encoding="utf-8") as out:
            out.write(f"secret-{name}\n")
        add(checks, case, files, "--passwords", f"{folder}/{name}.txt", status=3 if name == "a" else 0)
        states.append(analyse(checks, case)["state"])
    checks.equal("states", len(set(states)), 3)
    held = ["--basis", "held"]
    checks.equal("what opened", told(since(checks, case, states[0], *held)), [("file_added", 2), ("file_added", 2)])
    checks.equal("what opened last", told(since(checks, case, states[1], *held)), [("file_added", 2)])
    then = kit.kakuho("persons", case, "--state", states[0], "--json", "--now", kit.NOW)
    checks.equal("the count of then", then.json(), before)


def test_refusals(checks, case, first):
    for words, status in ((["--since", "ffff"], 2), (["--since", "reported"], 2), (["--state", "ffff"], 2),
                          (["--category", "member"], 2), (["--since", first["state"], "--basis", "all"], 2),
                          (["--since", first["state"], "--category", "nobody"], 2)):
        done = kit.kakuho("persons", case, *words)
        checks.equal(f"persons {words}", (done.status, done.out), (status, b""))


def test_tampering(checks, case):
    checks.equal("verify", kit.kakuho("verify", case, "--json").json()["states"]["status"], "intact")
    names = sorted(os.listdir(f"{case}/states"))
    for name in (n for n in names if n.startswith("0001-")):
        path = f"{case}/states/{name}"
        with open(path, "rb") as file:
            content = file.read()
        with open(path, "wb") as file:
            file.write(content[:-9] + b"1" + content[-8:])
        done = kit.kakuho("verify", case, "--json")
        checks.equal(f"verify of a changed {name}", (done.status, done.json()["states"]),
                     (1, {"entries": len(names) // 2, "status": "broken", "broken_at": 1}))
        with open(path, "wb") as file:
            file.write(content)
    for name in ("states.jsonl", "states.head"):
        os.rename(f"{case}/{name}", f"{case}/{name}.away")
    checks.equal("verify without the list", kit.kakuho("verify", case, "--json").json()["states"]["status"], "broken")
    for name in ("states.jsonl", "states.head"):
        os.rename(f"{case}/{name}.away", f"{case}/{name}")
    checks.equal("verify at last", kit.kakuho("verify", case, "--json").json()["states"]["status"], "intact")


def reported(yaml, *counts):
    without = re.sub(r"(?m)^reported:.*\n(?:[ \t].*\n)*", "", yaml)
    numbers = ", ".join("{" + c + "}" for c in counts)
    return without + f"reported:\n  - {{to: 個人情報保護委員会, kind: preliminary, at: 2026-07-11, counts: [{numbers}]}}\n"


def test_by_hand(checks, folder):
    """Numbers that somebody wrote: which of them is meant, what it is held against, and no reason that is made up."""
    case, files = os.path.join(folder, "by-hand"), os.path.join(folder, "by-hand-files")
    write(f"{files}/顧客.csv", [row(n) for n in range(12)])
    write(f"{files}/顧客控え.csv", [",".join([row(n).split(",")[0], "", "", row(n).split(",")[3]]) for n in range(4, 10)])
    staff = "".join(f"E{n},{row(n).split(',')[0]},総務部,{row(n).split(',')[1]}\n" for n in range(10, 16))
    with open(f"{files}/社員.csv", "w", encoding="utf-8") as out:
        out.write("社員番号,氏名,部署,電話番号\n" + staff)
    kit.init(case)
    add(checks, case, files)
    for path in ("顧客.csv", "顧客控え.csv", "社員.csv"):
        done = kit.kakuho("decide", case, "exposure", path, "--as", "reachable", "--by", "佐藤", "--reason", "試験", "--now", kit.NOW)
        checks.equal("exit status of decide", done.status, 0)

    # 12 customers and 6 of the staff, two of whom are customers; the six of the copy are theirs by name and address only.
    now = kit.document(case, "persons")["total"]["reachable"]
    checks.equal("persons", (now["count"], now["most"]), (16, 22))

    def said(*reports):
        text = "timezone: Asia/Tokyo\nreported:\n"
        for at, *counts in reports:
            text += f"  - {{to: ppc, at: {at}, counts: [" + ", ".join("{" + c + "}" for c in counts) + "]}\n"
        set_yaml(case, text)

    said(("2026-07-11", "count: 24, unit: record"), ("2026-07-09", "count: 22"))
    def steps(what, *more):
        answer = since(checks, case, what, *more)
        return answer["from"]["count"], told(answer)

    checks.equal("the last by its date, not by its place", steps("reported"), (24, [("definition_changed", -8)]))
    checks.equal("by its day", steps("2026-07-09"), (22, [("definition_changed", -6)]))
    none = kit.kakuho("persons", case, "--since", "2026-07-10")
    checks.true("nothing was reported on that day", none.status == 2 and b"reported on that day" in none.err, none.err.decode())
    table = kit.kakuho("persons", case, "--since", "2026-07-09", "--lang", "en", "--now", kit.NOW).out.decode()
    checks.true("a day stays a day", "2026-07-09, as reported" in table and "T00:00" not in table, table)
    said(("2026-07-09", "category: 従業員, count: 8"), )
    checks.equal("a category by no name of the case", kit.kakuho("persons", case, "--since", "reported").status, 2)
    label = {c["name"]: c["label"] for c in kit.document(case, "persons")["categories"]}["employee"]
    for name in ("employee", label["ja"], label["en"]):
        said(("2026-07-09", f"category: {name}, count: 8"), ("2026-07-08", "count: 9"))
        checks.equal(f"category {name}", steps("reported"), (8, [("not_reconstructible", -2)]))
        checks.equal(f"chosen as {name}", steps("reported", "--category", label["ja"]), (8, [("not_reconstructible", -2)]))
    said(("2026-07-09", "count: 18"), ("2026-07-11", "count: 9999"))
    checks.equal("an unknown number is never explained", steps("reported"), (9999, [("not_reconstructible", 16 - 9999)]))
    checks.equal("the sum of categories", steps("2026-07-09"), (18, [("definition_changed", -2)]))
    said(("2026-07-09", "count: 16, basis: reachable", "count: 3, basis: left"))
    checks.equal("two totals: one must be chosen", kit.kakuho("persons", case, "--since", "reported").status, 2)
    checks.equal("chosen", steps("reported", "--basis", "left"), (3, [("not_reconstructible", -3)]))


def test_demo(checks, folder):
    """A listing makes people known to have left; numbers that were reported before; jobs change nothing."""
    case_file, evidence, more, _ = kit.demo_case("paint")
    with open(case_file, encoding="utf-8") as file:
        yaml = file.read()
    answers = []
    for jobs in ("1", "2", "4"):
        case = os.path.join(folder, f"jobs-{jobs}", "case")
        os.makedirs(os.path.dirname(case))
        kit.init(case, case_file)
        kit.add(case, evidence, "--jobs", jobs)
        before = kit.document(case, "persons")
        kit.add(case, evidence, *more, "--jobs", jobs)
        after = kit.document(case, "persons")
        one = kit.kakuho("persons", case, "--since", before["state"], "--basis", "left", "--json", "--now", kit.NOW)
        answers.append(one.out)
    checks.true("the same bytes with 1, 2 and 4 jobs", answers[0] == answers[1] == answers[2])
    answer = since(checks, case, before["state"], "--basis", "left")
    checks.equal("from", answer["from"]["count"], 0)
    checks.equal("to", answer["to"], {**after["total"]["left"]})
    checks.equal("what happened", {w for w, _ in told(answer)}, {"exposure_changed"})
    checks.equal("as many files as have left", len(answer["steps"]),
                 sum(s["exposure"] == "left" for s in after["sources"]))
    for bound in ("least", "most"):
        answer = since(checks, case, before["state"], "--basis", "left", "--bound", bound)
        checks.equal(f"to, {bound}", answer["to"][bound], after["total"]["left"][bound])
    for category in after["categories"]:
        answer = since(checks, case, before["state"], "--basis", "left", "--category", category["name"])
        checks.equal(f"to, {category['name']}", answer["to"], category["left"])

    reach = after["total"]["reachable"]
    set_yaml(case, reported(yaml, f"count: {after['records']}, unit: record, basis: reachable"))
    answer = since(checks, case, "reported")
    checks.equal("records were reported", told(answer), [("definition_changed", reach["count"] - after["records"])])
    checks.equal("from what was said", answer["from"], {"count": after["records"], "least": None, "most": None,
                                                        "unit": "record", "bounded": None})
    checks.equal("by its day", told(since(checks, case, "2026-07-11")), told(answer))
    set_yaml(case, reported(yaml, "count: 38498, most: yes, basis: reachable", "category: employee, count: 831"))
    answer = since(checks, case, "reported")
    checks.equal("an unknown number", told(answer), [("not_reconstructible", reach["most"] - 38498)])
    answer = since(checks, case, "reported", "--category", "employee")
    checks.equal("of a category", [w for w, _ in told(answer)], ["not_reconstructible"])
    summed = sum(c["reachable"]["count"] for c in after["categories"] if c["parent"] is None)
    if summed != reach["count"]:
        set_yaml(case, reported(yaml, f"count: {summed}, basis: reachable"))
        checks.equal("the sum of categories", told(since(checks, case, "reported")),
                     [("definition_changed", reach["count"] - summed)])
    table = kit.kakuho("persons", case, "--since", before["state"], "--basis", "left", "--lang", "en").out.decode()
    checks.true("the table", table.startswith("persons whose data left, count\n") and "\n" in table, table[:200])


def main():
    checks = kit.Checks()
    folder = kit.place("since")
    case, first = test_held(checks, folder)
    test_order(checks, folder)
    test_refusals(checks, case, first)
    test_by_hand(checks, folder)
    test_left_out(checks, folder)
    test_opened(checks, folder)
    test_tampering(checks, case)
    if len(sys.argv) > 3:
        test_demo(checks, folder)
    checks.end()


if __name__ == "__main__":
    main()
