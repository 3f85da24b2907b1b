"""Our own rule set: every rule loads, fires on each event of its sample, and stays quiet on the near misses; a
correlation does so on a sample as a whole.

    own_rules.py KAKUHO        rules/FOLDER/NAME.yml, tests/rules/FOLDER/NAME.fires.* and NAME.quiet.*
"""

import json
import os
import re

import kit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RULES = os.path.join(ROOT, "rules")
SAMPLES = os.path.join(ROOT, "tests", "rules")
FEWEST = 80


def files_below(folder, *endings):
    found = []
    for top, _, names in os.walk(folder):
        found += [os.path.join(top, name) for name in names if name.endswith(endings)]
    return sorted(found)


class Rule:
    def __init__(self, path):
        self.name = os.path.relpath(path, RULES)[: -len(".yml")]
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.ids = re.findall(r"^id: (\S+)$", self.text, re.M)
        self.id = self.ids[-1] if self.ids else None
        self.joins = bool(re.search(r"^correlation:", self.text, re.M))

    def sample(self, word):
        for ending in (".jsonl", ".log"):
            path = os.path.join(SAMPLES, f"{self.name}.{word}{ending}")
            if os.path.exists(path):
                return path
        return None


def events_in(path):
    """How many events a sample holds: the lines of one call in an audit log are one."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    serials = [re.search(r"msg=audit\([\d.]+:(\d+)\)", line) for line in lines]
    return len({s.group(1) for s in serials}) if all(serials) else len(lines)


def lists():
    words = []
    for path in files_below(os.path.join(RULES, "lists"), ".txt"):
        words += ["--expand", f"{os.path.basename(path)[:-4]}={path}"]
    return words


def check_files(checks, rules):
    checks.true("enough rules", len(rules) >= FEWEST, f"{len(rules)} are fewer than {FEWEST}")
    seen = {}
    wanted = set()
    for rule in rules:
        for each in rule.ids:
            checks.true(f"{rule.name}: the id is random", bool(re.fullmatch(
                r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each)), each)
            checks.true(f"{rule.name}: the id is its own", each not in seen, f"also in {seen.get(each)}")
            seen[each] = rule.name
        for field in ("title", "status", "description", "author", "date", "falsepositives", "level", "tags"):
            checks.true(f"{rule.name}: has {field}", bool(re.search(rf"^{field}:", rule.text, re.M)))
        grave = [d for d in rule.text.split("\n---\n") if re.search(r"^level: (high|critical)$", d, re.M)]
        checks.true(f"{rule.name}: high and critical ones have a title in Japanese",
                    all(re.search(r"^title_ja: .*[\u3040-\u30ff\u4e00-\u9fff]", d, re.M) for d in grave))
        for word in ("fires", "quiet"):
            if checks.true(f"{rule.name}: has a sample that {word}", rule.sample(word) is not None):
                wanted.add(rule.sample(word))
    for path in files_below(SAMPLES, ".jsonl", ".log"):
        checks.true(f"{os.path.relpath(path, SAMPLES)}: belongs to a rule", path in wanted)
    for name in set(re.findall(r"%(\w+)%'?$", "\n".join(r.text for r in rules), re.M)):
        path = os.path.join(RULES, "lists", name + ".txt")
        if checks.true(f"the list {name} is there", os.path.exists(path)):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            checks.true(f"the list {name} says where it is from", "# Source: " in text)


def check_lint(checks):
    done = kit.kakuho("sigma", "lint", "--json", RULES, *lists())
    if not checks.equal("lint: exit status", done.status, 0):
        print(done.err.decode("utf-8", "replace"))
        return
    told = done.json()
    for refused in told["refused"]:
        checks.true(f"{os.path.relpath(refused['file'], RULES)}: can be used", False, refused["what"])


def hits_of(checks, samples):
    """Sample to rule to the lines or records that fired it."""
    done = kit.kakuho("sigma", "test", "--json", RULES, *samples, *lists())
    hits = {}
    for line in done.lines():
        if line["kind"] == "hit":
            hits.setdefault(line["sample"], {}).setdefault(line["rule"]["id"], set()).add(
                line.get("line", line.get("record")))
        elif line["kind"] == "unread":
            checks.true(f"{os.path.relpath(line['sample'], SAMPLES)}: can be read", False, line["why"])
    checks.true("the samples were tried", bool(hits), done.err.decode("utf-8", "replace"))
    return hits


def check_correlation(checks, rule):
    """A sample as a whole: alone, so that nothing of another joins in."""
    for word in ("fires", "quiet"):
        path = rule.sample(word)
        if not path:
            continue
        done = kit.kakuho("sigma", "test", "--json", os.path.join(RULES, rule.name + ".yml"), path, *lists())
        lines = done.lines()
        fired = [line for line in lines if line["kind"] == "correlation" and line["rule"]["id"] == rule.id]
        checks.equal(f"{rule.name} {word}", bool(fired), word == "fires")
        met = [line for line in lines if line["kind"] == "sum" and line["hits"] > 0]
        checks.true(f"{rule.name} {word}: meets a part of it", bool(met))


def check_samples(checks, rules):
    hits = hits_of(checks, files_below(SAMPLES, ".jsonl", ".log"))
    for rule in rules:
        if rule.joins:
            check_correlation(checks, rule)
            continue
        for word in ("fires", "quiet"):
            path = rule.sample(word)
            if not path:
                continue
            fired = hits.get(path, {}).get(rule.id, set())
            wanted = events_in(path) if word == "fires" else 0
            checks.true(f"{rule.name} {word}", len(fired) == wanted,
                        f"{len(fired)} of {events_in(path)} events fire it: {sorted(fired)[:9]}")


def main():
    checks = kit.Checks()
    rules = [Rule(path) for path in files_below(RULES, ".yml")]
    check_files(checks, rules)
    if not kit.knows("sigma"):
        kit.skip("this kakuho has no sigma command")
    check_lint(checks)
    check_samples(checks, rules)
    checks.end()


main()
