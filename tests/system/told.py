"""What rules found becomes claims: by whose record, by whose act, in which time.

    told.py KAKUHO
Expected values are written here by hand.
"""

import os

import kit

CLEARED = """<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Eventlog"/>
<EventID>1102</EventID><Level>4</Level><TimeCreated SystemTime="%s"/><EventRecordID>7</EventRecordID><Channel>Security</Channel>
<Computer>%s</Computer></System><UserData><LogFileCleared xmlns="http://manifests.microsoft.com/win/2004/08/windows/eventlog">
<SubjectUserSid>S-1-5-21-1-2-3-500</SubjectUserSid><SubjectUserName>%s</SubjectUserName><SubjectDomainName>X</SubjectDomainName>
<SubjectLogonId>0x1</SubjectLogonId></LogFileCleared></UserData></Event></Events>"""
CASE = """intrusion: {from: 2026-03-01T00:00:00Z, to: 2026-03-09T00:00:00Z}
timezone: Asia/Tokyo
responders:
  - {account: helper, did: {ja: 保全作業, en: preserving evidence}}
"""
INSIDE, BEFORE = "2026-03-05T10:00:00.0000000Z", "2026-02-01T10:00:00.0000000Z"


def acts_of(folder, name, evidence, case_file=True):
    case = f"{folder}/case-{name}"
    words = ["--case-file", f"{folder}/case.yaml"] if case_file else []
    kit.kakuho("init", case, "--now", kit.NOW, *words)
    kit.add(case, evidence)
    return case, [c for c in kit.document(case, "claims")["claims"] if c["kind"] == "act"]


def write(folder, name, time, computer, account):
    path = f"{folder}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(CLEARED % (time, computer, account))
    return path


def main():
    checks = kit.Checks()
    folder = kit.place("told")
    with open(f"{folder}/case.yaml", "w", encoding="utf-8") as file:
        file.write(CASE)
    own = write(folder, "own.xml", INSIDE, "fs01", "mallory")
    cases = {
        # machine's own export; the collector's, told by whose it is; by the name of the log; our own people; too early
        "own": (own, "supported", "own_log", False),
        "named": (f"fs01={own}", "supported", "own_log", False),
        "collected": (f"wec={own}", "proven", "forwarded", False),
        "forwarded": (write(folder, "ForwardedEvents.xml", INSIDE, "fs01", "mallory"), "proven", "forwarded", False),
        "helper": (write(folder, "helper.xml", INSIDE, "fs01", "helper"), "supported", "own_log", True),
    }
    for name, (evidence, standing, carried, responder) in cases.items():
        case, acts = acts_of(folder, name, [evidence])
        if not checks.equal(f"{name}: one act", len(acts), 1):
            continue
        act = acts[0]
        checks.equal(f"{name}: standing", act["standing"], standing)
        checks.equal(f"{name}: carried by", act["value"]["carried_by"], carried)
        checks.equal(f"{name}: what", (act["value"]["host"], act["value"]["act"]), ("fs01", "logs_cleared"))
        checks.equal(f"{name}: our own people", act["value"]["responder"], responder)
        checks.equal(f"{name}: said so", "申告" in act["text"]["ja"], responder)
        checks.true(f"{name}: in Japanese with the rule's Japanese title", "「セキュリティログの消去」" in act["text"]["ja"], act["text"]["ja"])
        checks.equal(f"{name}: names machines: not for the public", act["level"], "internal")
        checks.equal(f"{name}: leads to a line", [r["record"] for r in act["refs"]], [7])
        checks.equal(f"{name}: and to the detection", len(act["because"]), 1)
        ground = kit.kakuho("explain", case, act["id"], "--json", "--now", kit.NOW).json()
        checks.equal(f"{name}: explained", ground["because"][0]["kind"] if ground["because"] else None, "detection")
    _, acts = acts_of(folder, "before", [write(folder, "before.xml", BEFORE, "fs01", "mallory")])
    checks.equal("what lies before the intrusion is none of its acts", acts, [])
    _, acts = acts_of(folder, "unknown", [f"{folder}/before.xml"], case_file=False)
    checks.equal("where no intrusion is known, what is grave is told", [a["value"]["act"] for a in acts], ["logs_cleared"])
    for kind in ("investigation", "notice"):
        done = kit.kakuho("report", f"{folder}/case-own", kind, "--format", "md", "--out", folder, "--now", kit.NOW)
        checks.equal(f"the {kind} is written", done.status, 0)
    texts = {name: open(os.path.join(folder, name), encoding="utf-8").read() for name in os.listdir(folder) if name.endswith(".md")}
    inside = "".join(t for name, t in texts.items() if name.startswith("investigation"))
    public = "".join(t for name, t in texts.items() if name.startswith("notice"))
    checks.true("the investigation report has it", "セキュリティログの消去" in inside)
    checks.true("and what it could not look at", "あれば調べられる記録" in inside)
    checks.true("the notice names neither rules nor machines", public and "fs01" not in public and "規則" not in public)
    checks.end()


if __name__ == "__main__":
    main()
