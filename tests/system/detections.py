#!/usr/bin/env python3
"""Rules in the whole chain: matched while reading, matched on what is stored, correlated, told.
    detections.py KAKUHO
Expected values are written here by hand."""
import json
import os

import kit

LOG = "".join(
    f"Mar  6 03:{10 + n:02d}:00 web01 sshd[{900 + n}]: Failed password for root from 203.0.113.9 port {50000 + n} ssh2\n" for n in range(6)
) + "Mar  6 03:40:00 web01 sshd[999]: Accepted password for root from 203.0.113.9 port 50100 ssh2\n"

RULES = """title: A Failed Password
id: 11111111-1111-4111-8111-111111111111
name: failed
status: test
logsource: {product: linux, service: sshd}
detection:
    words: ['Failed password']
    condition: words
level: low
---
title: Many Failed Passwords
id: 22222222-2222-4222-8222-222222222222
status: test
correlation:
    type: event_count
    rules: [failed]
    group-by: [source.ip]
    timespan: 10m
    condition: {gte: 5}
level: high
"""
OTHER = """title: Root Let In
id: 33333333-3333-4333-8333-333333333333
status: test
logsource: {product: linux, service: sshd}
detection:
    words: ['Accepted password for root']
    condition: words
level: critical
---
title: Nothing Reads This
id: 44444444-4444-4444-8444-444444444444
status: test
logsource: {product: bitbucket, service: audit}
detection:
    a: {b: c}
    condition: a
level: low
"""


def lines(case, *more):
    out = kit.kakuho("detections", case, "--json", *more, "--now", kit.NOW).out.decode()
    return [json.loads(line) for line in out.splitlines()]


def of(found, rule):
    return [d for d in found if d["rule"]["id"].startswith(rule)]


def main():
    checks = kit.Checks()
    folder = kit.place("detections")
    for name, text in {"auth.log": LOG, "first/r.yml": RULES, "second/r.yml": OTHER}.items():
        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    case, later = f"{folder}/case", f"{folder}/later"
    for c, rules in ((case, ["--rules", f"{folder}/first"]), (later, [])):
        kit.kakuho("init", c, "--now", kit.NOW)
        kit.kakuho("add", c, f"{folder}/auth.log", "--quiet", "--now", kit.NOW, *rules)
    found = lines(case)
    many = of(found, "2222")
    checks.equal("a part of a correlation tells nothing itself", len(of(found, "1111")), 0)
    checks.equal("the correlation fires once", len(many), 1)
    checks.equal("it counts five within ten minutes", many and many[0]["value"], "5")
    checks.equal("its group", many and many[0]["group"], ["203.0.113.9"])
    checks.equal("its events", many and [r["record"] for r in many[0]["refs"]], [1, 2, 3, 4, 5])
    checks.equal("an id for each event", many and len(set(many[0]["event_ids"])), 5)
    ground = kit.kakuho("explain", case, many[0]["id"], "--json", "--now", kit.NOW).json() if many else {}
    checks.equal("explained", (ground.get("kind"), ground.get("value"), len(ground.get("refs", []))), ("detection", 5, 5))
    checks.true("down to the line", "Failed password for root" in ground.get("refs", [{}])[0].get("text", ""))
    checks.equal("level filters", len(of(lines(case, "--level", "critical"), "2222")), 0)
    bare = f"{folder}/bare"
    kit.kakuho("init", bare, "--now", kit.NOW)
    kit.kakuho("add", bare, f"{folder}/auth.log", "--without-rules", "--quiet", "--now", kit.NOW)
    checks.equal("without rules nothing is found", lines(bare), [])
    kit.kakuho("analyse", bare, "--rules", f"{folder}/first", "--now", kit.NOW)
    checks.equal("until they are held against what is stored", lines(bare), found)
    kit.kakuho("analyse", later, "--rules", f"{folder}/first", "--now", kit.NOW)
    checks.equal("stored events give the same", lines(later), found)
    kit.kakuho("analyse", case, "--rules", f"{folder}/second", "--now", kit.NOW)
    found = lines(case)
    checks.equal("other rules take the place", len(of(found, "2222")), 0)
    let_in = of(found, "3333")
    checks.equal("found in what is stored", [d["refs"][0]["record"] for d in let_in], [7])
    checks.equal("the contract's fields", let_in and sorted(let_in[0]["rule"]), ["id", "level", "tags", "title"])
    checks.equal("engine", let_in and let_in[0]["engine"], "sigma")
    kit.kakuho("analyse", case, "--now", kit.NOW)
    checks.equal("kept in the case", lines(case), found)
    unused = json.loads(kit.kakuho("detections", case, "--unused", "--json", "--now", kit.NOW).out)["unused"]
    checks.equal("a rule without a log is named", [u["state"] for u in unused if u["id"].startswith("4444")], ["without_log"])
    summary = json.loads(kit.kakuho("detections", case, "--summary", "--json", "--now", kit.NOW).out)
    checks.equal("summary", [r["detections"] for r in summary["rules"] if r["id"].startswith("3333")], [1])
    checks.end()


if __name__ == "__main__":
    main()
