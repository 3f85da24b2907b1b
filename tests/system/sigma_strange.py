#!/usr/bin/env python3
"""Samples and rules in forms that people send, and a file of compiled rules that is damaged.
    sigma_strange.py KAKUHO"""
import json
import os

import kit

RULE = """title: Strange
id: 11111111-1111-4111-8111-111111111111
status: test
logsource: {product: windows, category: process_creation}
detection:
    sel: {CommandLine|contains: marked}
    condition: sel
level: high
"""
SAMPLE = '{"logsource":{"product":"windows","category":"process_creation"},"CommandLine":"x MARKED y"}\n'


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    return path


def check_samples(checks, folder):
    rule = put(f"{folder}/r.yml", RULE)
    many = SAMPLE + SAMPLE.replace("x MARKED", "z marked")
    for name, data in (("plain", many), ("with a mark", b"\xef\xbb\xbf" + many.encode()), ("UTF-16", many.encode("utf-16")),
                       ("UTF-16, the other order", b"\xfe\xff" + many.encode("utf-16-be")), ("CR LF", many.replace("\n", "\r\n"))):
        done = kit.kakuho("sigma", "test", rule, put(f"{folder}/s.json", data))
        checks.equal(f"a sample, {name}", (done.status, done.out.count(b": high: Strange")), (0, 2))
    for encoding in ("utf-16", "cp932", "euc-jp", "utf-8-sig"):
        rule = put(f"{folder}/e.yml", RULE.replace("Strange", "不審な起動").replace("marked", "顧客表").encode(encoding))
        done = kit.kakuho("sigma", "test", rule, put(f"{folder}/s.json", SAMPLE.replace("MARKED", "顧客表")))
        checks.equal(f"a rule in {encoding}", done.status, 0)


def check_empty_keyword(checks, folder):
    for name, selection in (("a text", "''"), ("in a list", "['', abc]")):
        rule = put(f"{folder}/k.yml", RULE.replace("{CommandLine|contains: marked}", selection))
        done = kit.kakuho("sigma", "lint", rule, "--json")
        checks.equal(f"an empty keyword, {name}", (done.status, [r["what"] for r in json.loads(done.out)["refused"]]), (1, ["an empty keyword is in every event"]))


def event(number):
    return json.dumps({"Event": {
        "System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational",
                   "Computer": "WS01", "EventRecordID": number, "TimeCreated": {"#attributes": {"SystemTime": "2026-07-01T00:00:00Z"}}},
        "EventData": {"Image": "C:\\a.exe", "CommandLine": "x marked other y"}}}) + "\n"


DNS = """title: Asked
id: 11111111-1111-4111-8111-111111111112
logsource: {category: dns}
detection:
    sel: {query|contains: oast, answer|contains: '203.0.113'}
    condition: sel
---
title: Text
id: 11111111-1111-4111-8111-111111111113
logsource: {category: dns}
detection:
    sel: {record_type: TXT}
    condition: sel
---
title: Opened
id: 11111111-1111-4111-8111-111111111114
logsource: {category: file_access, product: windows}
detection:
    sel: {FileName|endswith: '/Login Data', Image|endswith: '/x.exe'}
    condition: sel
""".replace("'/", "'\\")
FORTIGATE = """date=2026-07-01 time=10:02:03 devname="FGT01" devid="FGT60F0000000001" logid="1501054802" type="utm" subtype="dns" eventtype="dns-response" level="notice" \
vd="root" eventtime=1782867723000000000 tz="+0900" srcip=192.168.20.5 srcport=50000 dstip=192.0.2.53 dstport=53 proto=17 qname="x.oast.example" qtype="TXT" \
ipaddr="203.0.113.9" action="pass"
"""


PROXY = """title: Asked With A Method
id: 11111111-1111-4111-8111-111111111118
logsource: {category: proxy}
detection:
    sel: {cs-method: POST, c-useragent|startswith: curl/, cs-referer|contains: start.example}
    condition: sel
---
title: Answered With A Status
id: 11111111-1111-4111-8111-111111111119
logsource: {category: proxy}
detection:
    sel: {c-useragent|startswith: curl/, sc-status: 316013056}
    condition: sel
"""
WEB_FILTER = FORTIGATE[:FORTIGATE.index('logid=')] + """logid="0316013056" type="utm" subtype="webfilter" eventtype="ftgd_allow" level="notice" vd="root" \
eventtime=1782867723000000000 tz="+0900" srcip=192.168.20.5 srcport=50000 dstip=203.0.113.9 dstport=80 proto=6 service="HTTP" hostname="x.example" \
url="http://x.example/a" agent="curl/8.0" httpmethod="POST" referralurl="http://start.example/" action="passthrough"
"""


def check_proxy(checks, folder):
    """What a web filter says of a request, by the names of a proxy; it does not know the answer, and a log's id is no status."""
    rule = put(f"{folder}/proxy.yml", PROXY)
    done = kit.kakuho("sigma", "test", rule, put(f"{folder}/filter.log", WEB_FILTER), "--json")
    checks.equal("a web filter", [o["rule"]["title"] for o in done.lines() if o["kind"] == "hit"], ["Asked With A Method"])
    lint = kit.kakuho("sigma", "lint", rule, "--json").json()
    checks.equal("a rule about answers", [(r["title"], r["no_log"]) for r in lint["refused"]], [("Answered With A Status", True)])


def windows(code, channel, data):
    return json.dumps({"Event": {"System": {"Provider": {"#attributes": {"Name": "made"}}, "EventID": code, "Channel": channel, "Computer": "WS01", "EventRecordID": 1,
                                            "TimeCreated": {"#attributes": {"SystemTime": "2026-07-01T00:00:00Z"}}}, "EventData": data}}) + "\n"


def check_sources(checks, folder):
    """Categories of rules without a product, and those that another log tells as well."""
    rule = put(f"{folder}/dns.yml", DNS)
    opened = {"ObjectType": "File", "ObjectName": "C:\\Users\\bob\\Login Data", "ProcessName": "C:\\Temp\\x.exe"}
    for name, data, wanted in (("Sysmon 22", windows(22, "Microsoft-Windows-Sysmon/Operational", {"QueryName": "a.oast.example", "QueryResults": "::ffff:203.0.113.9;"}), ["Asked"]),
                               ("FortiGate", FORTIGATE, ["Asked", "Text"]), ("Security 4663", windows(4663, "Security", opened), ["Opened"]),
                               ("Security 4663 of a key", windows(4663, "Security", {**opened, "ObjectType": "Key"}), [])):
        done = kit.kakuho("sigma", "test", rule, put(f"{folder}/source.log", data), "--json")
        checks.equal(f"rules about {name}", sorted(o["rule"]["title"] for o in done.lines() if o["kind"] == "hit"), wanted)


CALLS = """title: Run By The Web Server
id: 11111111-1111-4111-8111-111111111116
logsource: {product: linux, service: auditd}
detection:
    sel: {type: SYSCALL, SYSCALL: [execve, execveat], euid: 33}
    condition: sel
---
title: Special File
id: 11111111-1111-4111-8111-111111111117
logsource: {product: linux, service: auditd}
detection:
    sel: {SYSCALL: [mknod, mknodat]}
    condition: sel
"""
CALL = 'type=SYSCALL msg=audit(1783000000.101:{0}): arch={1} syscall={2} success=yes exit=0 a0=1 items=0 ppid=1 pid=2 auid=1000 uid=33 euid={3} comm="sh" exe="/bin/dash" key=(null)'


def check_calls(checks, folder):
    """System calls by name, whether or not the daemon wrote the names down; their numbers are those of the machine."""
    rule = put(f"{folder}/calls.yml", CALLS)
    log = [CALL.format(1, "c000003e", 59, 33), CALL.format(2, "c000003e", 59, 33) + "\x1dARCH=x86_64 SYSCALL=execve", CALL.format(3, "40000003", 59, 33),
           CALL.format(4, "c00000b7", 221, 33), CALL.format(5, "c000003e", 133, 0), CALL.format(6, "c00000b7", 33, 0), CALL.format(7, "c000003e", 59, 0)]
    lines = kit.kakuho("sigma", "test", rule, put(f"{folder}/audit.log", "\n".join(log) + "\n"), "--json").lines()
    checks.equal("system calls", [(o["record"], o["rule"]["title"]) for o in lines if o["kind"] == "hit"],
                 [(1, "Run By The Web Server"), (2, "Run By The Web Server"), (4, "Run By The Web Server"), (5, "Special File"), (6, "Special File")])


OFTEN = RULE.replace("id: 1", "name: part\nid: 1") + """---
title: Often
id: 11111111-1111-4111-8111-111111111115
correlation: {type: event_count, rules: [part], group-by: [User], timespan: 60s, condition: {gte: 3}}
"""


def at(second, **more):
    time = f"2026-07-01T00:{second // 60:02}:{second % 60:02}Z"
    return json.dumps({"logsource": {"product": "windows", "category": "process_creation"}, "CommandLine": "x marked y", "User": "alice",
                       "@timestamp": time, **more}) + "\n"


def check_order(checks, folder):
    """Rules about several events count in the order of time, whatever the order of lines and samples."""
    rule = put(f"{folder}/often.yml", OFTEN)
    for name, samples, wanted in (
            ("a line too late", [[100, 0, 10, 20]], [("00:00", "00:20", 4)]), ("backwards", [[20, 10, 0]], [("00:00", "00:20", 1)]),
            ("two samples, the later first", [[20], [0, 10]], [("00:00", "00:20", 1)]), ("far from each other, out of order", [[1000, 0, 500]], [])):
        paths = [put(f"{folder}/o{k}.json", "".join(at(s) for s in sample)) for k, sample in enumerate(samples)]
        lines = kit.kakuho("sigma", "test", rule, *paths, "--json").lines()
        checks.equal(f"several events, {name}", [(o["first"][14:19], o["last"][14:19], o.get("line")) for o in lines if o["kind"] == "correlation"], wanted)
    wish = put(f"{folder}/o0.json", at(20, fires=["Often"]) + at(0, silent=["Often"]) + at(10, fires=["Often"]))
    done = kit.kakuho("sigma", "test", rule, wish, "--json")
    checks.equal("wishes of several events", (done.status, [(o["line"], o["why"]) for o in done.lines() if o["kind"] == "unmet"]),
                 (1, [(3, "it should fire and does not")]))


def check_why(checks, folder):
    """Why a rule about several events does not fire: how far each group came, and which hits take no part."""
    other = """---
title: Both
id: 11111111-1111-4111-8111-111111111120
correlation: {type: temporal_ordered, rules: [part, 11111111-1111-4111-8111-111111111121], group-by: [User], timespan: 60s}
---
title: Never
id: 11111111-1111-4111-8111-111111111121
logsource: {product: windows, category: process_creation}
detection: {s: {CommandLine: nothing of the kind}, condition: s}
"""
    rule = put(f"{folder}/why.yml", OFTEN + other)
    lines = at(0) + at(50) + at(200, User="BOB") + at(210, User="bob") + at(220, User="Bob") + at(230, User="bob") + at(300, User=None) + at(300).replace('"@timestamp"', '"then"')
    sample = put(f"{folder}/why.json", lines)
    told = {o["title"]: o for o in kit.kakuho("sigma", "explain", rule, sample, "--json").lines() if o["kind"] == "explanation" and "correlation" in o}
    often, both = told["Often"]["correlation"], told["Both"]["correlation"]
    checks.equal("why: what it wants", (often["type"], often["seconds"], often["wanted"], both["wanted"]), ("event_count", 60, {"gte": "3"}, {"gte": "2"}))
    checks.equal("why: what there is to count", often["rules"], [{"title": "Strange", "hits": 8, "without_time": 1, "without_group": 1}])
    checks.equal("why: each group", [(g["group"], g["hits"], g["most"], g["at"][14:19], g["fired"]) for g in often["groups"]],
                 [(["bob"], 4, "4", "03:50", 1), (["alice"], 2, "2", "00:50", 0)])
    checks.equal("why: fires", (told["Often"]["fires"], told["Both"]["fires"]), (1, 0))
    checks.equal("why: a rule without hits", [r["hits"] for r in both["rules"]], [8, 0])
    checks.equal("why: how far a chain came", {g["most"] for g in both["groups"]}, {"1"})
    shown = kit.kakuho("sigma", "explain", rule, sample).out.decode()
    checks.true("why: in words", "1 without a time take no part; 1 without a value to group by take no part" in shown and "[alice] 2 hits" in shown, shown[-900:])
    many = kit.kakuho("sigma", "explain", put(f"{folder}/one.yml", RULE), put(f"{folder}/many.json", SAMPLE * 1005), "--json").lines()
    checks.equal("why: more events than are explained", (len(many) - 1, many[-1]["not_explained"]), (1000, 5))
    mac = put(f"{folder}/mac.yml", RULE.replace("product: windows", "product: macos"))
    done = kit.kakuho("sigma", "explain", mac, sample)
    checks.true("why: a rule without a log", b"no log that is read here is category process_creation, product macos" in done.err, done.err.decode())


def check_action(checks, folder):
    rule = put(f"{folder}/action.yml", RULE + "---\naction: globel\n" + RULE.replace("111111\n", "111119\n"))
    done = kit.kakuho("sigma", "lint", rule, "--json").json()
    checks.equal("an action that there is not", (done["usable"], [(r["line"], r["what"]) for r in done["refused"]]),
                 (1, [(10, "the action is none of global, reset and repeat")]))


HARM = {
    "cut": lambda b: b[:len(b) // 2],
    "empty": lambda b: b"",
    "zeros behind its head": lambda b: b[:64] + bytes(len(b) - 64),
    "other bytes in the middle": lambda b: b[:len(b) // 2] + bytes(x ^ 255 for x in b[len(b) // 2:len(b) // 2 + 200]) + b[len(b) // 2 + 200:],
    "other bytes at its end": lambda b: b[:-100] + bytes(x ^ 255 for x in b[-100:]),
    "one bit": lambda b: b[:-999] + bytes([b[-999] ^ 1]) + b[-998:],
    "longer": lambda b: b + b"x" * 1000,
}


def check_cache(checks, folder):
    """A damaged file of compiled rules is made anew, and costs no hit."""
    case, cache = f"{folder}/case", f"{folder}/case/rules.cache"
    rules = os.path.dirname(put(f"{folder}/rules/r.yml", RULE))
    kit.init(case)
    kit.add(case, [put(f"{folder}/ev/0.json", event(1))], "--rules", rules)
    with open(cache, "rb") as file:
        sound = file.read()
    wanted = 1
    for name, harm in HARM.items():
        put(cache, harm(sound))
        wanted += 1
        done = kit.add(case, [put(f"{folder}/ev/{wanted}.json", event(wanted))])
        lines = kit.kakuho("detections", case, "--json").lines()
        checks.equal(f"compiled rules, {name}: status and hits", (done.status, len([d for d in lines if d["rule"]["title"] == "Strange"])), (0, wanted))
        with open(cache, "rb") as file:
            checks.true(f"compiled rules, {name}: made anew", file.read() == sound)
    times = os.stat(f"{rules}/r.yml")
    put(f"{rules}/r.yml", RULE.replace("marked", "absent"))
    os.utime(f"{rules}/r.yml", ns=(times.st_atime_ns, times.st_mtime_ns))
    kit.kakuho("analyse", case, "--rules", rules)
    lines = kit.kakuho("detections", case, "--json").lines()
    checks.equal("another content under the same name, size and time", [d for d in lines if d["rule"]["title"] == "Strange"], [])


def main():
    checks = kit.Checks()
    folder = kit.place("sigma_strange")
    check_samples(checks, folder)
    check_empty_keyword(checks, folder)
    check_sources(checks, folder)
    check_proxy(checks, folder)
    check_calls(checks, folder)
    check_order(checks, folder)
    check_why(checks, folder)
    check_action(checks, folder)
    check_cache(checks, folder)
    checks.end()


if __name__ == "__main__":
    main()
