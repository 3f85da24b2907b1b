#!/usr/bin/env python3
"""Lists of indicators as other people's tools write them: each line of each list has an outcome.
    ioc_lists.py KAKUHO
Evidence, lists and what is to be found are written here by hand."""
import json
import os

import kit

FOUND, MISSING, UNREAD = "found", "not found", "not read"
MD5 = "5d41402abc4b2a76b9719d911017c592"
SHA1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"


def event(number, channel, code, data):
    provider = "Microsoft-Windows-Sysmon" if "Sysmon" in channel else "Microsoft-Windows-Security-Auditing"
    return json.dumps({"Event": {"System": {"Provider": {"#attributes": {"Name": provider}}, "EventID": code, "Channel": channel, "Computer": "ws01.example.com",
                                            "EventRecordID": number, "TimeCreated": {"#attributes": {"SystemTime": f"2026-07-01T01:02:{number:02d}Z"}}},
                                 "EventData": data}})


def evidence(folder):
    sysmon = "Microsoft-Windows-Sysmon/Operational"
    lines = [
        event(1, sysmon, 1, {"Image": "C:\\Users\\bob\\AppData\\x.exe", "CommandLine": "\"C:\\Users\\bob\\AppData\\x.exe\" -a http://evil-7.example/p/42/gate.php",
                             "User": "EXAMPLE\\bob", "Hashes": f"MD5={MD5.upper()},SHA1={SHA1.upper()}"}),
        event(2, sysmon, 3, {"Image": "C:\\Windows\\System32\\svchost.exe", "DestinationIp": "203.0.113.77", "DestinationPort": "443", "SourceIp": "192.168.20.5",
                             "SourcePort": "50000", "DestinationHostname": "cdn1.evil.example"}),
        event(3, sysmon, 11, {"Image": "C:\\Windows\\explorer.exe", "TargetFilename": "D:\\share\\顧客.xlsx.locked"}),
        event(4, sysmon, 22, {"Image": "C:\\Windows\\System32\\svchost.exe", "QueryName": "a.b.bad.example", "QueryResults": "::ffff:198.51.100.9;"}),
        event(5, sysmon, 13, {"Image": "C:\\Windows\\regedit.exe", "TargetObject": "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater7"}),
        event(7, sysmon, 1, {"Image": "C:\\Windows\\System32\\cmd.exe", "CommandLine": "echo 宛先はevil-9.exampleです。番号203.0.113.99へ、表顧客台帳を", "User": "EXAMPLE\\bob"}),
        event(6, sysmon, 3, {"Image": "C:\\Windows\\System32\\svchost.exe", "DestinationIp": "2001:db8:0:7::5", "DestinationPort": "80", "SourceIp": "192.168.20.5"}),
    ]
    os.makedirs(f"{folder}/ev", exist_ok=True)
    with open(f"{folder}/ev/sysmon.json", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return f"{folder}/ev"


# A line each: what is given, and what has to become of it.
LIST = [
    # wildcards inside
    ("C:\\Users\\*\\AppData\\x.exe", FOUND), ("C:\\Users\\*\\AppData\\y.exe", MISSING), ("C:\\*\\AppData\\x.exe", FOUND), ("C:\\Users\\b?b\\AppData\\*.exe", FOUND),
    ("C:\\Users\\*\\x.exe", MISSING), ("C:\\Users\\**\\x.exe", FOUND), ("%USERPROFILE%\\AppData\\*.exe", FOUND), ("*\\AppData\\x.exe", FOUND),
    ("C:\\Users\\bo*\\AppData\\*", FOUND), ("*.locked", FOUND), ("*.lockbit", MISSING), ("顧客*.locked", FOUND), ("x?.exe", MISSING), ("svc*st.exe", FOUND),
    ("evil-*.example", FOUND), ("cdn*.evil.example", FOUND), ("cdn*.evil.exampl", MISSING), ("*.bad.example", FOUND), ("a.*.bad.example", FOUND),
    ("*.evil.example", FOUND), ("b*.evil.example", MISSING), ("http://evil-7.example/*/gate.php", MISSING), ("http://evil-7.example/p/*/gate.php", FOUND),
    ("hxxp://evil-*[.]example/p/*", FOUND), ("HKLM\\SOFTWARE\\*\\Windows\\CurrentVersion\\Run\\Updater?", FOUND), ("HKLM\\SOFTWARE\\*\\Run\\Updater8", MISSING),
    # networks and addresses
    ("203.0.113.0/24", FOUND), ("203.0.113.64/26", FOUND), ("203.0.113.0/26", MISSING), ("203.0.113/24", FOUND), ("192.168/16", FOUND), ("203.0.113.", FOUND),
    ("203.0.113.0/255.255.255.0", FOUND), ("203.0.112.0/255.255.254.0", FOUND), ("203.0.113.0/255.0.255.0", UNREAD), ("203.0.113.0/33", UNREAD),
    ("203.0.113.0/-1", UNREAD), ("203.0.*.77", UNREAD), ("203.0.113.*", FOUND), ("203.0.*.*", FOUND), ("203.0.113.300", UNREAD), ("203.0.113.7?", UNREAD),
    ("203.0.113.70-203.0.113.80", FOUND), ("203.0.113.70-80", FOUND), ("203.0.113.1-20", MISSING), ("2001:db8::/32", FOUND), ("2001:db8::/129", UNREAD),
    ("2001:db8:0:7::/64", FOUND), ("2001:db8:0:8::/64", MISSING), ("2001:db8::5::1", UNREAD), ("198.51.100.9", FOUND), ("0.0.0.0/0", FOUND),
    ("203[.]0[.]113[.]77", FOUND), ("203[.]0[.]113[.]77[:]443", FOUND), ("203.0.113.77:80", MISSING), ("203.0.113[.]77", FOUND), ("203,0,113,77x", MISSING),
    # taken out of links
    ("hxxp://evil-7[.]example/p/42/gate[.]php", FOUND), ("hxxps[:]//evil-7[.]example/p/42/gate.php", FOUND), ("hXXp[://]evil-7(.)example/p/42/gate.php", FOUND),
    ("evil-7(dot)example", FOUND), ("evil-7[dot]example", FOUND), ("cdn1\\.evil\\.example", FOUND), ("evil-7 [.] example", FOUND), ("cdn1.evil[.example", FOUND),
    ("bob@example.com", MISSING),
    # between letters of Japanese there is no space
    ("evil-9.example", FOUND), ("9.example", MISSING), ("203.0.113.99", FOUND), ("台帳", MISSING), ("表顧客台帳", FOUND),
    # kinds that cannot be
    ("*", UNREAD), ("*.*", UNREAD), ("???", UNREAD),
]


def outcomes(checks, name, case, path, text):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    done = kit.kakuho("iocs", case, "--ioc", path, "--json")
    checks.equal(f"{name}: exit status", done.status, 0)
    return done.json()["results"]


def check_list(checks, case, folder):
    rows = outcomes(checks, "list", case, f"{folder}/list.txt", "\n".join(given for given, _ in LIST) + "\n")
    by_line = {}
    for row in rows:
        by_line.setdefault(row["line"], []).append(row)
    for line, (given, wanted) in enumerate(LIST, 1):
        got = [r["status"] for r in by_line.get(line, [])]
        checks.equal(f"list: {given}", got, [wanted])
        if wanted == UNREAD and got == [UNREAD]:
            checks.true(f"list: {given} says why", by_line[line][0].get("reason") or by_line[line][0].get("why"), str(by_line[line][0]))


MISP_CSV = """uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag,object_uuid,object_name,object_meta_category
1,7,"Network activity",ip-dst,203.0.113.77,"C2",1,20260701,"","","","",""
2,7,"Network activity",ip-dst|port,203.0.113.77|443,"",1,20260701,"","","","",""
3,7,"Network activity",ip-dst|port,203.0.113.77|8443,"",1,20260701,"","","","",""
4,7,"Payload delivery",filename|md5,x.exe|{md5},"",1,20260701,"","","","",""
5,7,"Network activity",hostname|port,cdn1.evil.example|443,"",1,20260701,"","","","",""
6,7,"External analysis",link,https://blog.example.org/evil-7.example,"the report",0,20260701,"","","","",""
7,7,"Network activity",domain|ip,nothing.example|203.0.113.78,"",1,20260701,"","","","",""
8,7,"Payload delivery",malware-sample,y.exe|{md5},"",1,20260701,"","","","",""
9,7,"Network activity",ip-src,203.0.113.0/40,"",1,20260701,"","","","",""
10,7,"Artifacts dropped",pattern-in-memory,whatever,"",1,20260701,"","","","",""
11,7,"Other",comment,seen in March,"",0,20260701,"","","","",""
12,7,"Artifacts dropped",regkey|value,HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run|Updater7,"",1,20260701,"","","","",""
""".replace("{md5}", MD5)
MISP_WANTED = {2: [FOUND], 3: [FOUND], 4: [MISSING], 5: [FOUND, FOUND], 6: [FOUND], 7: [UNREAD], 8: [MISSING, MISSING], 9: [FOUND, MISSING], 10: [UNREAD], 11: [UNREAD],
               12: [UNREAD]}

COLUMNS = "IP,Domain,Note\n203.0.113.77,,first\n,nothing.example,second\n,,only a remark\n203.0.113.999,,bad\n"
COLUMNS_WANTED = {2: [FOUND], 3: [MISSING], 4: [UNREAD], 5: [UNREAD]}


def check_tables(checks, case, folder):
    for name, text, wanted in (("MISP", MISP_CSV, MISP_WANTED), ("columns", COLUMNS, COLUMNS_WANTED)):
        rows = outcomes(checks, name, case, f"{folder}/{name}.csv", text)
        for line, statuses in wanted.items():
            checks.equal(f"{name}: line {line}", sorted(r["status"] for r in rows if r["line"] == line), sorted(statuses))


def indicator(pattern, **more):
    return {"type": "indicator", "spec_version": "2.1", "id": "indicator--11111111-1111-4111-8111-111111111111", "name": "made", "pattern_type": "stix",
            "pattern": pattern, "valid_from": "2026-01-01T00:00:00Z", **more}


def observable(kind, **more):
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--22222222-2222-4222-8222-222222222222", **more}


BUNDLE = [
    (indicator("[ipv4-addr:value = '203.0.113.77']"), [FOUND]),
    (indicator("[ipv4-addr:value = '203.0.113.1' OR ipv4-addr:value = '203.0.113.77']"), [FOUND]),
    (indicator("[file:name = 'x.exe' AND file:hashes.MD5 = '" + MD5 + "']"), [FOUND]),
    (indicator("[file:name = 'y.exe' AND file:hashes.MD5 = '" + MD5 + "']"), [MISSING]),
    (indicator("[ipv4-addr:value = '203.0.113.77'] AND [domain-name:value = 'nothing.example']"), [FOUND, MISSING, UNREAD]),
    (indicator("[ipv4-addr:value = '203.0.113.77'] FOLLOWEDBY [domain-name:value = 'a.b.bad.example'] WITHIN 600 SECONDS"), [FOUND, FOUND, UNREAD, UNREAD]),
    (indicator("[ipv4-addr:value = '203.0.113.1'] OR [domain-name:value = 'bad.example']"), [FOUND]),
    (indicator("[ipv4-addr:value ISSUBSET '203.0.113.0/24']"), [FOUND]),
    (indicator("[ipv4-addr:value = '203.0.113.0/33']"), [UNREAD]),
    (indicator("[url:value LIKE '%/gate.php']"), [FOUND]),
    (indicator("[url:value MATCHES '^http://evil-.*gate']"), [MISSING]),
    (indicator("[ipv4-addr:value != '203.0.113.77']"), [UNREAD]),
    (indicator("[ipv4-addr:value = '203.0.113.77'"), [UNREAD]),
    (indicator("title: a rule", pattern_type="sigma"), [UNREAD]),
    (indicator("[ipv4-addr:value = '203.0.113.77']", revoked=True), [UNREAD]),
    (observable("ipv4-addr", value="203.0.113.77"), [FOUND]),
    (observable("domain-name", value="cdn1[.]evil[.]example"), [FOUND]),
    (observable("file", name="y.exe", hashes={"MD5": MD5, "SHA-1": SHA1}), [FOUND, FOUND]),
    (observable("user-account", account_login="bob"), [FOUND]),
    (observable("hostname", value="ws01"), [FOUND]),
    (observable("x-opencti-hostname", value="ws02"), [MISSING]),
    (observable("autonomous-system", number=64500), [UNREAD]),
    ({"type": "malware", "spec_version": "2.1", "id": "malware--33333333-3333-4333-8333-333333333333", "name": "made", "is_family": False}, [UNREAD]),
    ({"type": "relationship", "spec_version": "2.1", "id": "relationship--33333333-3333-4333-8333-333333333333", "relationship_type": "indicates",
      "source_ref": "a", "target_ref": "b"}, [UNREAD]),
    ({"type": "relationship", "spec_version": "2.1", "id": "relationship--33333333-3333-4333-8333-333333333334", "relationship_type": "indicates",
      "source_ref": "a", "target_ref": "b"}, []),
]


def check_stix(checks, case, folder):
    bundle = {"type": "bundle", "id": "bundle--44444444-4444-4444-8444-444444444444", "objects": [thing for thing, _ in BUNDLE]}
    rows = outcomes(checks, "STIX", case, f"{folder}/bundle.json", json.dumps(bundle))
    for number, (thing, wanted) in enumerate(BUNDLE, 1):
        got = sorted(r["status"] for r in rows if r["line"] == number)
        checks.equal(f"STIX {number}: {thing.get('pattern', thing['type'])}", got, sorted(wanted))


def check_many(checks, case, folder):
    """More lines that cannot be used than are listed: that is said."""
    rows = outcomes(checks, "many", case, f"{folder}/many.txt", "".join(f"203.0.113.{n % 250}/99\n" for n in range(1500)))
    checks.equal("many: as many as are listed", len(rows), 1000)
    checks.true("many: and that there are more", "more" in str(rows[-1]), str(rows[-1]))


def main():
    checks = kit.Checks()
    folder = kit.place("ioc_lists")
    case = f"{folder}/case"
    kit.init(case)
    kit.add(case, [evidence(folder)])
    check_list(checks, case, folder)
    check_tables(checks, case, folder)
    check_stix(checks, case, folder)
    check_many(checks, case, folder)
    checks.end()


if __name__ == "__main__":
    main()
