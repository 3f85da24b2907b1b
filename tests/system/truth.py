"""Both cases of the demo from evidence to answers, every number against what is so by construction.

Times are held to the second of the log that has them; a session's edge may stand in two logs that differ by
some seconds. Numbers of people: `count` exactly, `least` and `most` on their sides of what they must keep to.
"""

import json
import os

import kit

COUNTRIES = {"Romania": "RO", "Netherlands": "NL"}
TOLERANCE = 5.0  # seconds: logon and session logs of one act
LOG_SECOND = 1.0


def case_of(checks, name, folder):
    case_file, evidence, more, truth = kit.demo_case(name)
    with open(os.path.join(os.path.dirname(__file__), "..", "demo_truth", name + ".json"), "rb") as file:
        checks.true(f"{name}: what is true of the evidence is what tests/demo_truth has", json.load(file) == truth)
    case = os.path.join(folder, name)
    kit.init(case, case_file)
    done = kit.add(case, evidence, *more)
    checks.equal(f"{name}: exit status of add", done.status, 0)
    checks.equal(f"{name}: what add says", done.said(), [])
    return case, truth, evidence


def session_key(session):
    return (session["kind"], session["account"].lower(), session["from_ip"], session["host"])


def one_session(checks, what, truth, sessions):
    candidates = [s for s in sessions if session_key(s) == session_key(truth) and s["start"] is not None
                  and abs(kit.seconds_of(s["start"]) - kit.seconds_of(truth["start"])) <= TOLERANCE]
    if not checks.equal(f"{what}: sessions of {session_key(truth)} at {truth['start']}", len(candidates), 1):
        return None
    found = candidates[0]
    checks.near(f"{what}: end of {session_key(truth)}", found["end"], truth["end"], TOLERANCE)
    checks.equal(f"{what}: {session_key(truth)} at {truth['start']} is suspicious", found["suspicious"], True)
    checks.true(f"{what}: {session_key(truth)} has reasons", len(found["reasons"]) > 0)
    checks.true(f"{what}: {session_key(truth)} has refs", len(found["refs"]) > 0)
    for side in ("bytes_in", "bytes_out"):
        if side in truth:
            checks.equal(f"{what}: {side} of {session_key(truth)} at {truth['start']}", found[side], truth[side])
    if truth["country"]:
        checks.equal(f"{what}: country of {session_key(truth)}", found["country"], COUNTRIES[truth["country"]])
    return found["id"]


def access(checks, name, case, truth):
    answer = kit.document(case, "access")
    window = answer["window"]
    checks.near(f"{name}: window.from", window["from"], truth["window"]["from"], LOG_SECOND)
    checks.near(f"{name}: window.to", window["to"], truth["window"]["to"], LOG_SECOND)
    checks.equal(f"{name}: window.from_is", window["from_is"], "first_seen")
    checks.equal(f"{name}: window.basis", window["basis"], "evidence")
    wanted = truth["vpn_sessions"] + truth["rdp_sessions"] + truth.get("ssh_sessions", [])
    met = {one_session(checks, name, s, answer["sessions"]) for s in wanted}
    for s in answer["sessions"]:
        # A logon to a share belongs to the remote desktop or copy that the truth names, if it comes from there.
        if s["suspicious"] and s["id"] not in met and s["kind"] != "smb":
            checks.true(f"{name}: no further session is the intruder's", False, kit.short(session_key(s)) + f" at {s['start']}")
        if s["suspicious"]:
            checks.true(f"{name}: {session_key(s)} lies in the window", window["from"] <= s["start"] <= window["to"])
    vpn = truth["vpn_sessions"]
    checks.equal(f"{name}: ways in", len(answer["entry"]), 1)
    for e in answer["entry"][:1]:
        checks.equal(f"{name}: entry", (e["kind"], e["account"], e["from_ip"], e["country"], e["sessions"]),
                     ("vpn", vpn[0]["account"], vpn[0]["from_ip"], COUNTRIES[vpn[0]["country"]], len(vpn)))
        checks.near(f"{name}: entry.first", e["first"], vpn[0]["start"], LOG_SECOND)
        checks.near(f"{name}: entry.last", e["last"], vpn[-1]["end"], LOG_SECOND)
        checks.true(f"{name}: entry has reasons", len(e["reasons"]) > 0)
    hosts = {h["name"]: h for h in answer["hosts"]}
    checks.equal(f"{name}: hosts", sorted(hosts), sorted(truth["hosts"]))
    for host in hosts.values():
        hit = True if host["name"] == truth["encrypted"]["host"] else None
        checks.equal(f"{name}: {host['name']} encrypted", host["encrypted"] or None, hit)
        checks.equal(f"{name}: {host['name']} examined", host["examined"], True)
    intruders = {s["account"].lower() for s in wanted}
    found = {a["name"].lower() for a in answer["accounts"] if a["suspicious"]}
    checks.equal(f"{name}: accounts of the intruder", sorted(found), sorted(intruders))
    return answer


def exfil(checks, name, case, truth):
    answer = kit.document(case, "exfil")
    checks.equal(f"{name}: verdict", answer["verdict"], truth["verdict"])
    checks.equal(f"{name}: window of exfil is that of access", answer["window"], kit.document(case, "access")["window"])
    for language in ("ja", "en"):
        checks.true(f"{name}: statement in {language}", bool(answer["statement"][language].strip()))
    if "carried_away" in truth:
        checks.equal(f"{name}: bytes_out", answer["bytes_out"], 0)
        checks.equal(f"{name}: unseen_bytes", answer["unseen_bytes"], truth["carried_away"])
        checks.equal(f"{name}: conclusive and strong findings",
                     [f["kind"] for f in answer["findings"] if f["strength"] != "weak"], [])
        checks.true(f"{name}: another limb is named", len(answer["limbs"]) >= 1)
        checks.equal(f"{name}: coverage is whole", answer["coverage"]["covered"], answer["coverage"]["host_hours"])
        checks.equal(f"{name}: gaps", answer["coverage"]["gaps"], [])
        checks.true(f"{name}: tier", answer["coverage"]["tier"] in "AB", answer["coverage"]["tier"])
        return
    transfer = truth["transfer"]
    checks.true(f"{name}: bytes_out is one of the two logs' figures, not their sum",
                answer["bytes_out"] in (transfer["bytes"], transfer["bytes_by_firewall"]), str(answer["bytes_out"]))
    checks.true(f"{name}: identified_bytes is part of bytes_out", answer["identified_bytes"] <= answer["bytes_out"])
    outbound = [f for f in answer["findings"] if f["destination"] == transfer["destination"] and f["bytes_out"]]
    checks.true(f"{name}: a transfer to {transfer['destination']} is found", len(outbound) > 0)
    for f in outbound:
        checks.true(f"{name}: bytes of the transfer", f["bytes_out"] in (transfer["bytes"], transfer["bytes_by_firewall"]),
                    str(f["bytes_out"]))
        checks.near(f"{name}: start of the transfer", f["start"], transfer["start"], 300)
        checks.near(f"{name}: end of the transfer", f["end"], transfer["end"], 300)
    checks.true(f"{name}: the transfer tool is found on {transfer['host']}",
                any(f["kind"] == "upload_tool" and f["host"] == transfer["host"] for f in answer["findings"]))
    checks.true(f"{name}: the tool's log names {len(transfer['files'])} files",
                any(f["kind"] == "upload_tool" and f["files"] == len(transfer["files"]) for f in answer["findings"]))
    matches = [f for f in answer["findings"] if f["kind"] == "leak_listing_match"]
    checks.equal(f"{name}: listing matches", [(f["strength"], f["files"]) for f in matches],
                 [("conclusive", len(truth["files_left"]))])
    cleared = [g for g in answer["coverage"]["gaps"] if g["reason"] == "cleared" and g["host"] == truth["cleared"]["host"]]
    checks.true(f"{name}: the cleared log is a gap", len(cleared) > 0)
    for gap in cleared[:1]:
        checks.near(f"{name}: until when the log was cleared", gap["to"], truth["cleared"]["at"], LOG_SECOND)
    for f in answer["findings"]:
        checks.true(f"{name}: finding {f['rule']} has refs", len(f["refs"]) > 0)


def number(checks, what, found, truth):
    """A document's {count, least, most}, or a bare count, against the four values of the truth."""
    if isinstance(truth, int):
        truth = {"count": truth, "least_at_most": truth, "most_at_least": truth}
    if isinstance(found, int):
        checks.equal(f"{what}: count", found, truth["count"])
        return
    checks.equal(f"{what}: count", found["count"], truth["count"])
    checks.true(f"{what}: least", found["least"] <= truth["least_at_most"],
                f"found {found['least']}, at most {truth['least_at_most']}")
    checks.true(f"{what}: most", found["most"] >= truth["most_at_least"],
                f"found {found['most']}, at least {truth['most_at_least']}")
    checks.true(f"{what}: least <= count <= most", found["least"] <= found["count"] <= found["most"], kit.short(found))


def day_in_tokyo(time):
    import datetime

    at = datetime.datetime.fromtimestamp(kit.seconds_of(time), datetime.timezone(datetime.timedelta(hours=9)))
    return at.date().isoformat()


def items_of(truth_category):
    """The two cases write them in two shapes; `order` is told of orderers."""
    items = truth_category["items"]
    if isinstance(items, dict):
        return {("order" if k == "order_of_orderers" else k): {"left": 0, "reachable": v}
                for k, v in items.items() if k != "order_of_all"}
    return {i["item"]: {"left": i["left"], "reachable": i["reachable"]} for i in items}


def category(checks, name, found, truth):
    what = f"{name}: {truth['name']}"
    number(checks, f"{what} left", found["left"], truth["left"])
    number(checks, f"{what} reachable", found["reachable"], truth["reachable"])
    checks.equal(f"{what} records", found["records"], truth["records"])
    items = {i["item"]: i for i in found["items"]}
    for item, wanted in items_of(truth).items():
        if checks.true(f"{what} has item {item}", item in items):
            for side in ("left", "reachable"):
                number(checks, f"{what} {item} {side}", items[item][side], wanted[side])
    for role, wanted in truth.get("roles", {}).items():
        roles = [r for r in found["roles"] if r["role"] == role]
        if checks.equal(f"{what} role {role}", len(roles), 1):
            number(checks, f"{what} {role}", roles[0]["reachable"], wanted)
    if "from" in truth:
        for edge in ("from", "to"):
            checks.equal(f"{what} period {edge}", day_in_tokyo(found["period"][edge]), day_in_tokyo(truth[edge]))


def categories_of(people):
    """The document counts a category with those below it: so does the truth's `employee_with_former`."""
    whole = {c["name"].removesuffix("_with_former"): c for c in people["categories"] if c["name"].endswith("_with_former")}
    return [dict(whole.get(c["name"], c), name=c["name"]) for c in people["categories"]
            if not c["name"].endswith("_with_former")]


def sources(checks, name, found, truth):
    """Every file of the truth with people is there with its rows, and left or not."""
    known = {}
    for s in found:
        known.setdefault(s["path"].replace("!/p1/", "!/").split("!/", 1)[-1].partition("#")[0], []).append(s)
    wanted = [(f, "left") for f in truth.get("files_left", [])] + \
             [(f, "reachable") for f in truth.get("files", []) + truth.get("files_only_reachable", [])]
    for file, exposure in wanted:
        rows = [s for s in known.get(file["path"], [])]
        if checks.true(f"{name}: {file['path']} is a source", len(rows) > 0):
            checks.equal(f"{name}: exposure of {file['path']}", sorted({s["exposure"] for s in rows}), [exposure])
            if not file["path"].endswith("台帳.csv"):  # has rows of services and groups besides
                checks.equal(f"{name}: records of {file['path']}", sum(s["records"] for s in rows), file["rows"])


def persons(checks, name, case, truth):
    answer = kit.document(case, "persons")
    people = truth["persons"]
    number(checks, f"{name}: total left", answer["total"]["left"], people["left"])
    number(checks, f"{name}: total reachable", answer["total"]["reachable"], people["reachable"])
    checks.equal(f"{name}: total reachable is bounded", answer["total"]["reachable"]["bounded"], True)
    categories = {c["name"]: c for c in answer["categories"]}
    wanted = categories_of(people)
    checks.equal(f"{name}: categories", sorted(categories), sorted(c["name"] for c in wanted))
    for c in wanted:
        if c["name"] in categories:
            category(checks, name, categories[c["name"]], c)
            if "damaged" in people:
                number(checks, f"{name}: damaged", categories[c["name"]]["damaged"], people["damaged"])
    tops = [c for c in answer["categories"] if c["parent"] is None]
    for side in ("left", "reachable"):
        checks.equal(f"{name}: overlap {side}", answer["overlap"][side],
                     sum(c[side]["count"] for c in tops) - answer["total"][side]["count"])
    if "overlap" in people:
        checks.equal(f"{name}: overlap", answer["overlap"]["reachable"], people["overlap"])
    if "organisations" in people:
        checks.equal(f"{name}: organisations", answer["organisations"], people["organisations"])
    checks.equal(f"{name}: deceased", answer["deceased"], people["deceased"])
    checks.equal(f"{name}: records", answer["records"], people.get("records", sum(c["records"] for c in people["categories"])))
    checks.equal(f"{name}: unread", answer["unread"], [])
    listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW)
    checks.equal(f"{name}: persons --list", listed.status, 0)
    lines = listed.lines()
    checks.equal(f"{name}: listed persons", len([p for p in lines if p["exposure"] in ("left", "reachable")]),
                 answer["total"]["reachable"]["count"])
    checks.equal(f"{name}: ids of listed persons differ", len({p["id"] for p in lines}), len(lines))
    sources(checks, name, answer["sources"], truth)


def claims(checks, name, case):
    """What is said to be proven or supported leads to lines, and these to bytes."""
    told = kit.document(case, "claims")["claims"]
    for c in told:
        if c["standing"] in ("proven", "supported"):
            checks.true(f"{name}: claim {c['kind']} {c.get('subject', '')} has refs", len(c["refs"]) > 0)
    ids = {c["id"] for c in told}
    checks.equal(f"{name}: ids of claims differ", len(ids), len(told))
    for kind in ("verdict", "host_encrypted", "coverage", "hosts_entered"):
        c = next(c for c in told if c["kind"] == kind)
        ground = kit.kakuho("explain", case, c["id"], "--json", "--now", kit.NOW)
        checks.equal(f"{name}: explain {kind}", ground.status, 0)
        refs = ground.json()["refs"]
        checks.true(f"{name}: explain {kind} shows bytes", any(r.get("bytes_hex") for r in refs) or kind == "host_encrypted",
                    kit.short(refs[:2]))


# What the intruder of each case did that a rule of ours can see, as the demo's writer has it: machine, act, first, detections.
ACTS = {
    "paint": [("FS02", "credentials", "2026-02-24T15:06:40Z", 1), ("FS02", "recovery_off", "2026-03-05T18:55:12Z", 1),
              ("LX01", "sent", "2026-02-26T17:44:09Z", 6), ("AD01", "logs_cleared", "2026-03-05T19:41:03Z", 1),
              ("FS02", "packed", "2026-02-26T16:31:05Z", 3)],
    "mats": [("FS01", "credentials", "2026-07-02T17:21:02Z", 1), ("FS01", "recovery_off", "2026-07-07T18:09:02Z", 1),
             ("FS01", "looked_around", "2026-07-01T13:23:30Z", 1), ("FS01", "spread", "2026-07-07T17:40:11Z", 1)],
}


def acts(checks, name, case):
    told = [c for c in kit.document(case, "claims")["claims"] if c["kind"] == "act"]
    found = {(c["value"]["host"], c["value"]["act"]): c for c in told}
    checks.equal(f"{name}: acts that rules found", sorted(found), sorted((host, act) for host, act, _, _ in ACTS[name]))
    for host, act, first, detections in ACTS[name]:
        claim = found.get((host, act))
        if not claim:
            continue
        checks.near(f"{name}: {act} on {host}: first", claim["value"]["first"], first, TOLERANCE)
        checks.equal(f"{name}: {act} on {host}: detections", claim["value"]["detections"], detections)
        checks.equal(f"{name}: {act} on {host}: its own log alone proves nothing", claim["standing"], "supported")
        checks.equal(f"{name}: {act} on {host}: names a machine", claim["level"], "internal")
        checks.equal(f"{name}: {act} on {host}: lines", len(claim["refs"]), detections)
    did = [q for q in kit.document(case, "status")["questions"] if q["id"] == "did"][0]
    checks.true(f"{name}: what was done rests on them", {c["id"] for c in told} <= set(did["because"]))
    shown = kit.kakuho("explain", case, found[ACTS[name][0][:2]]["id"], "--json", "--now", kit.NOW).json()
    checks.true(f"{name}: explained down to the command", "\"process.command_line\":" in shown["refs"][0].get("text", ""))
    rules = kit.document(case, "exfil")["coverage"]["rules"]
    missing = {n["log"]: n for n in rules["needs"]}
    checks.equal(f"{name}: no file server had Sysmon", missing["sysmon 11"]["reason"], "absent")
    checks.true(f"{name}: programs started were logged on the file server",
                ACTS[name][0][0] not in missing.get("sysmon 1, security 4688", {"hosts": []})["hosts"])
    checks.equal(f"{name}: no ESXi in the evidence", missing["esxi"]["hosts"], [])


def deadlines(checks, name, case, truth):
    answer = kit.document(case, "deadlines")
    wanted = truth["deadlines"]
    items = {(i["what"], i["to"]): i for i in answer["items"]}
    checks.equal(f"{name}: known", [day_in_tokyo(k["at"]) for k in answer["known"]], [wanted["known"]])
    first = items.get(("preliminary", "ppc"))
    if checks.true(f"{name}: a preliminary report is due", first is not None):
        checks.equal(f"{name}: guide of the preliminary report", first["due_guide"], wanted["preliminary_guide_to"])
        checks.equal(f"{name}: no date of law for it", first["due"], None)
        checks.true(f"{name}: earlier end of the guide",
                    any(a.get("due_guide") == wanted["preliminary_guide_from"] for a in first["alternatives"]))
        checks.true(f"{name}: a guide is never late", first["status"] != "late", first["status"])
    last = items.get(("final", "ppc"))
    if checks.true(f"{name}: a final report is due", last is not None):
        checks.equal(f"{name}: date of the final report", last["due"], wanted["final"])


def timeline(checks, name, case, truth):
    done = kit.kakuho("timeline", case, "--json", "--now", kit.NOW)
    events = done.lines()
    answer = kit.document(case, "evidence")
    checks.equal(f"{name}: events of the timeline", len(events), answer["events_total"])
    checks.equal(f"{name}: events by evidence", sum(e["events"] for e in answer["evidence"]), len(events))
    checks.equal(f"{name}: failures", answer["failures"], [])
    times = [e["@timestamp"] for e in events if "@timestamp" in e]
    seconds = [kit.seconds_of(t) for t in times]
    checks.true(f"{name}: events are in order", all(a <= b for a, b in zip(seconds, seconds[1:])))
    checks.true(f"{name}: every event has a ref", all(e["ref"]["evidence"] and e["ref"]["path"] for e in events))
    encrypted = truth["encrypted"]
    entries = [e for e in events if e.get("event.dataset", "").startswith("fs.") and "@timestamp" in e]
    hit = sorted((e["@timestamp"], e["ref"]["record"], e["file.path"]) for e in entries
                 if e.get("host.name") == encrypted["host"] and not e.get("kakuho.deleted")
                 and kit.seconds_of(encrypted["first"]) - 0.001 <= kit.seconds_of(e["@timestamp"])
                 <= kit.seconds_of(encrypted["last"]) + 0.001 and "modified" in e["kakuho.time_kind"])
    checks.equal(f"{name}: files written while files were encrypted", len({h[1] for h in hit}), encrypted["files"])
    checks.equal(f"{name}: names of these files", len({h[2] for h in hit}), encrypted["files"])
    if hit:
        checks.near(f"{name}: first of them", hit[0][0], encrypted["first"], 0.001)
        checks.near(f"{name}: last of them", hit[-1][0], encrypted["last"], 0.001)
    sizes = {}
    for e in entries:
        sizes.setdefault(e["file.path"].lstrip("/"), set()).add(e.get("file.size"))
    for file in truth.get("files", []) + truth.get("files_left", []) + truth.get("files_only_reachable", []):
        checks.true(f"{name}: size of {file['path']}", file["bytes"] in sizes.get(file["path"], ()),
                    kit.short(sorted(sizes.get(file["path"], ()))))
    if "cleared" in truth:
        cleared = [e for e in events if e.get("event.code") == "1102"]
        checks.equal(f"{name}: logs cleared", [e["host.name"] for e in cleared], [truth["cleared"]["host"]])
        for e in cleared:
            checks.near(f"{name}: when the log was cleared", e["@timestamp"], truth["cleared"]["at"], LOG_SECOND)
    if "transfer" in truth:
        sent = {e["file.path"]: e for e in events if e.get("event.dataset") == "rclone.log" and "file.path" in e}
        for file in truth["transfer"]["files"]:
            names = [p for p in sent if p.rsplit("/", 1)[-1] == file["path"]]
            checks.true(f"{name}: {file['path']} is in the transfer tool's log", len(names) == 1, kit.short(names))


def evidence(checks, name, case, handed):
    answer = kit.document(case, "evidence")
    by_label = {os.path.basename(e["source"]): e for e in answer["evidence"]}
    for path in handed:
        e = by_label.get(os.path.basename(path))
        if not checks.true(f"{name}: {os.path.basename(path)} is evidence", e is not None):
            continue
        digest, size = hash_of(path)
        checks.equal(f"{name}: SHA-256 of {e['label']}", e["sha256"], digest)
        checks.equal(f"{name}: bytes of {e['label']}", e["bytes"], size)
        checks.equal(f"{name}: failed items of {e['label']}", e["items"]["failed"], 0)


def hash_of(path):
    """Of a file; of a folder that of its manifest, as the contract has it."""
    import hashlib

    if os.path.isfile(path):
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), os.path.getsize(path)
    lines, size = [], 0
    for top, _, files in os.walk(path):
        for name in files:
            digest, length = hash_of(os.path.join(top, name))
            lines.append((os.fsencode(os.path.relpath(os.path.join(top, name), path)), digest))
            size += length
    manifest = b"".join(digest.encode() + b"  " + name + b"\n" for name, digest in sorted(lines))
    return hashlib.sha256(manifest).hexdigest(), size


def main():
    checks = kit.Checks()
    folder = kit.place("truth")
    for name in ("mats", "paint"):
        case, truth, handed = case_of(checks, name, folder)
        evidence(checks, name, case, handed)
        access(checks, name, case, truth)
        exfil(checks, name, case, truth)
        persons(checks, name, case, truth)
        deadlines(checks, name, case, truth)
        claims(checks, name, case)
        acts(checks, name, case)
        timeline(checks, name, case, truth)
    checks.end()


if __name__ == "__main__":
    main()
