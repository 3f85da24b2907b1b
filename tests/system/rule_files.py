#!/usr/bin/env python3
"""Files of Sigma rules as people have them: other encodings, line ends, broken ones among good ones. What is refused
is named with its file; nothing is left out in silence.    rule_files.py KAKUHO"""
import os

import kit

RULE = """title: {title}
id: 00000000-0000-4000-8000-{number:012d}
logsource: {{product: windows, service: application}}
detection:
  s: {{A|contains: '{value}'}}
  condition: s
"""


def rule(number, value="x", title="a rule"):
    return RULE.format(number=number, value=value, title=title)


checks = kit.Checks()
place = kit.place("rule-files")
FILES = {
    "bom.yml": b"\xef\xbb\xbf" + rule(1).encode(),
    "crlf.yml": rule(2).replace("\n", "\r\n").encode(),
    "utf16le.yml": rule(3, "顧客").encode("utf-16"),
    "utf16be.yml": b"\xfe\xff" + rule(4, "顧客").encode("utf-16-be"),
    "cp932.yml": rule(5, "顧客", "顧客名簿の閲覧").encode("cp932"),
    "binary.yml": bytes(range(256)) * 4,
    "half.yml": (rule(6) + "---\ntitle: torn\nid: torn-id\ndetection: {s: [\n").encode(),
    "OLD.YML": rule(7, "顧客").encode(),
    "empty.yml": b"",
}
for name, content in FILES.items():
    with open(os.path.join(place, name), "wb") as file:
        file.write(content)
sample = os.path.join(place, "sample.jsonl")
with open(sample, "w", encoding="utf-8") as file:
    file.write('{"logsource":{"product":"windows","service":"application"},"A":"x 顧客"}\n')

told = kit.kakuho("sigma", "lint", "--json", place)
checks.equal("lint ends with", told.status, 1)
lint = told.json()
checks.equal("files", lint["files"], len(FILES))
checks.equal("usable", lint["usable"], 7)
checks.equal("refused", sorted((os.path.basename(r["file"]), r["title"], r["id"]) for r in lint["refused"]),
             [("binary.yml", "", ""), ("half.yml", "torn", "torn-id")])
tried = kit.kakuho("sigma", "test", "--json", place, sample)
hits = {line["rule"]["id"][-1] for line in tried.lines() if line["kind"] == "hit"}
checks.equal("hits", hits, set("1234567"))
titles = {line["rule"]["title"] for line in tried.lines() if line["kind"] == "hit"}
checks.true("a title in CP932", "顧客名簿の閲覧" in titles, str(titles))

# A folder with a link back to itself, one to nothing, a pipe and a file that is too large: each is named once, and the good rule is used once.
odd = os.path.join(place, "odd")
os.makedirs(os.path.join(odd, "inner"))
with open(os.path.join(odd, "inner", "good.yml"), "w", encoding="utf-8") as file:
    file.write(rule(8, "顧客"))
with open(os.path.join(odd, "large.yml"), "wb") as file:
    file.truncate((8 << 20) + 1)
os.symlink(".", os.path.join(odd, "again"))
os.symlink("../inner", os.path.join(odd, "inner", "back"))
os.symlink("nowhere", os.path.join(odd, "gone.yml"))
os.mkfifo(os.path.join(odd, "pipe.yml"))
told = kit.kakuho("sigma", "lint", "--json", odd)
checks.equal("lint of the odd folder ends with", told.status, 1)
lint = told.json()
checks.equal("usable rules of the odd folder", (lint["files"], lint["usable"]), (4, 1))
checks.equal("files that cannot be read", sorted((os.path.relpath(r["file"], odd), r["what"]) for r in lint["refused"]),
             [("gone.yml", "the file cannot be read"), ("large.yml", "the file is larger than 8 MiB"), ("pipe.yml", "the file cannot be read")])
checks.equal("a path that is not there ends with", kit.kakuho("sigma", "lint", os.path.join(odd, "gone.yml")).status, 2)

# In a case they stay named when it is analysed again without the folder.
case = os.path.join(place, "case")
kit.kakuho("init", case)
kit.kakuho("add", case, sample, "--rules", odd)
for run in ("first", "second"):
    unused = [(os.path.basename(r["file"]), r["why"]) for r in kit.kakuho("detections", case, "--unused", "--json").json()["unused"] if r["state"] == "refused"]
    checks.equal(f"refused in the case, {run}", sorted(unused),
                 [("gone.yml", "the file cannot be read"), ("large.yml", "the file is larger than 8 MiB"), ("pipe.yml", "the file cannot be read")])
    kit.kakuho("analyse", case)

# A name that two rules have: both are used, a correlation of "it" is not.
shared = os.path.join(place, "shared.yml")
COUNT = "title: many\nid: 00000000-0000-4000-8000-0000000000ff\ncorrelation: {type: event_count, rules: [both], timespan: 5m, condition: {gte: 1}}\n"
with open(shared, "w", encoding="utf-8") as file:
    file.write("---\n".join(["name: both\n" + rule(9), "name: both\n" + rule(10), COUNT]))
lint = kit.kakuho("sigma", "lint", "--json", shared).json()
checks.equal("a name of two rules", (lint["usable"], [r["what"] for r in lint["refused"]]), (2, ["several rules are called `both`, to which it refers"]))
checks.end()
