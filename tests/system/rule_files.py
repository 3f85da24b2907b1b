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
checks.end()
