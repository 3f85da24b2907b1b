"""The same evidence with one, two and four workers: every document and the timeline, byte for byte.

A case's key, its name's place and the moment of running differ between the runs and must not show."""

import hashlib
import os

import evidence
import kit


def answers(case):
    """Every answer of a case as bytes."""
    out = {}
    for name in kit.DOCUMENTS:
        done = kit.kakuho(name, case, "--json", "--now", kit.NOW)
        out[name] = (done.status, done.out)
    for words in (["timeline"], ["detections"], ["persons", "--list"]):
        done = kit.kakuho(words[0], case, *words[1:], "--json", "--now", kit.NOW)
        out[" ".join(words)] = (done.status, done.out)
    if kit.knows("report"):
        done = kit.kakuho("report", case, "notice", "--format", "html,md", "--now", kit.NOW, "--out", case + "-reports")
        out["report"] = (done.status, b"")
        for name in sorted(os.listdir(case + "-reports")) if os.path.isdir(case + "-reports") else []:
            with open(os.path.join(case + "-reports", name), "rb") as file:
                out[f"report {name}"] = (0, file.read())
    return out


def differ_at(a, b):
    """The first difference in a few words that are safe to print: both sides around it."""
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"at byte {at}: {a[max(0, at - 60):at + 60]!r} and {b[max(0, at - 60):at + 60]!r}"


def compare(checks, folder, name, case_file, handed, more, orders):
    first = None
    for jobs, order in orders:
        case = os.path.join(folder, f"{name}-{jobs}", "case")
        os.makedirs(os.path.dirname(case))
        kit.init(case, case_file)
        done = kit.add(case, order(handed), *more, "--jobs", str(jobs))
        checks.true(f"{name} --jobs {jobs}: add", done.status in (0, 3), f"{done.status} {kit.short(done.said())}")
        found = answers(case)
        if first is None:
            first = (jobs, found, done.status)
            for document, (status, _) in found.items():
                checks.equal(f"{name}: {document}: exit status", status, 0)
            continue
        checks.equal(f"{name} --jobs {jobs}: exit status of add", done.status, first[2])
        for document, (status, out) in found.items():
            same = first[1].get(document) == (status, out)
            checks.true(f"{name}: {document} with --jobs {first[0]} and {jobs}", same,
                        "" if same else differ_at(first[1][document][1], out))
        checks.equal(f"{name}: the same answers", sorted(found), sorted(first[1]))
    print(f"{name}: timeline {hashlib.sha256(first[1]['timeline'][1]).hexdigest()}")


def main():
    checks = kit.Checks()
    folder = kit.place("determinism")
    as_given = list
    if os.environ.get("KAKUHO_SMALL"):  # where each step is slow, as under sanitizers
        compare(checks, folder, "mixed", None, evidence.mixed(folder, rows=500), [], [(1, as_given), (4, as_given)])
        checks.end()
    handed = evidence.mixed(folder, large=66 << 20)
    compare(checks, folder, "mixed", None, handed, [], [(1, as_given), (2, as_given), (4, as_given)])
    try:
        case_file, handed, more, _ = kit.demo_case("paint")
    except SystemExit:
        checks.end()
    compare(checks, folder, "paint", case_file, handed, more, [(1, as_given), (2, as_given), (4, as_given)])
    checks.end()


if __name__ == "__main__":
    main()
