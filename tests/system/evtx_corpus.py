"""kakuho evtx against another reader, record by record, where the corpus of event logs is at hand:

    python3 tests/system/evtx_corpus.py KAKUHO [HARM]

KAKUHO_EVTX_CORPUS names a folder with records.tsv (file, records by evtx 0.12.2, records it failed on, records by
libevtx), the logs, and reference-evtx-0.12.2.jsonl.zst, their records as JSON in the order of records.tsv. Every record
of the reference has to be told with the same members, values and order; no log may have fewer records than either reader
found; more only where it is explained below. With HARM (tests/evtx_harm) 10,000 damaged variants are tried too. Ends with
77 where there is no corpus.
"""

import collections
import json
import os
import subprocess
import sys

import kit

REFERENCE = "reference-evtx-0.12.2.jsonl.zst"

# More records than the reference has, and why.
MORE = {
    # The chunk at byte 462848 is torn after 13 records; 31 whole ones, 47675 to 47705, stand behind the gap, up to the last
    # that its header declares.
    "damaged/sample_with_a_bad_chunk_magic.evtx": 31,
}


def reference_lines(folder):
    done = subprocess.run(["zstd", "-dc", f"{folder}/{REFERENCE}"], capture_output=True, check=False)
    if done.returncode != 0:
        kit.skip("no zstd to unpack the reference with")
    return iter(done.stdout.splitlines())


def record_id(record):
    return (record["Event"].get("System") or {}).get("EventRecordID")


def compare(checks, name, ours, wanted):
    found = collections.defaultdict(list)
    for record in ours:
        found[record_id(record)].append(record)
    for record in wanted:
        same = found[record_id(record)]
        mine = same.pop(0) if same else None
        if mine is not None:
            mine.pop("kakuho", None)
        # As text: the order of members counts.
        checks.equal(f"{name}: record {record_id(record)}", json.dumps(mine), json.dumps(record))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = os.environ.get("KAKUHO_EVTX_CORPUS", "")
    if not os.path.exists(f"{folder}/records.tsv"):
        kit.skip("no corpus of event logs: KAKUHO_EVTX_CORPUS does not name one")
    checks = kit.Checks()
    reference = reference_lines(folder)
    with open(f"{folder}/records.tsv", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    for name, by_evtx, _, by_libevtx in rows:
        wanted = [json.loads(next(reference)) for _ in range(int(by_evtx))]
        done = kit.kakuho("evtx", f"{folder}/{name}", "--quiet")
        ours = done.lines()
        checks.equal(f"{name}: exit status", done.status, 3 if name.startswith("damaged/") else 0)
        checks.equal(f"{name}: records", len(ours), int(by_evtx) + MORE.get(name, 0))
        checks.true(f"{name}: no fewer than libevtx", len(ours) >= int(by_libevtx), f"{len(ours)} of {by_libevtx}")
        compare(checks, name, ours, wanted)
    if len(sys.argv) > 2:
        logs = [f"{folder}/{row[0]}" for row in rows]
        harm = subprocess.run([sys.argv[2], "10000", *logs], capture_output=True, text=True, check=False)
        checks.equal("10,000 damaged variants", harm.returncode, 0)
        print(harm.stdout.splitlines()[-1] if harm.stdout else harm.stderr)
    checks.end()


if __name__ == "__main__":
    main()
