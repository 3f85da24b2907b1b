"""Deleted event logs come back out of unallocated space: the same records that the logs held, marked, and only when asked for."""

import json
import os
import shutil
import subprocess

import kit

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "evtx")
LOGS = ["channels", "security"]


def make_image(folder):
    """An ext4 file system from which two of three logs were deleted."""
    for tool in ("mke2fs", "debugfs"):
        if not shutil.which(tool):
            kit.skip(f"{tool} is not installed")
    files, image = os.path.join(folder, "files"), os.path.join(folder, "disk.raw")
    os.makedirs(files)
    for name in LOGS + ["values"]:
        shutil.copy(os.path.join(GOLDEN, name + ".in"), os.path.join(files, name + ".evtx"))
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", files, image, "8M"], check=True, capture_output=True)
    for name in LOGS:
        subprocess.run(["debugfs", "-w", "-R", f"rm {name}.evtx", image], check=True, capture_output=True)
    return image


def essence(row):
    """What a record says, without where and how it was found."""
    fields = [f for f in row.get("kakuho.fields", []) if f[0] != "kakuho.recovery"]
    places = ("ref", "kakuho.fields", "kakuho.recovered", "event.module")
    return json.dumps([{k: v for k, v in row.items() if k not in places}, fields], sort_keys=True)


def events(case, source):
    out = kit.kakuho("timeline", case, "--json", "--source", source, "--now", kit.NOW).out
    return [json.loads(line) for line in out.splitlines()]


def main():
    checks = kit.Checks()
    folder = kit.place("carve")
    image = make_image(folder)
    logs = [os.path.join(GOLDEN, name + ".in") for name in LOGS]
    case, whole = os.path.join(folder, "case"), os.path.join(folder, "whole")
    kit.init(case)
    kit.init(whole)
    checks.equal("the logs themselves", kit.add(whole, logs).status, 0)
    wanted = sorted(map(essence, events(whole, "evtx")))
    checks.true("they hold records", len(wanted) == 55, str(len(wanted)))
    checks.equal("without being asked", kit.add(case, [image]).status, 0)
    checks.equal("nothing is carved", len(events(case, "evtx_carve")), 0)
    kept = len(events(case, "evtx"))
    for jobs in ("1", "2"):
        checks.equal(f"asked, with {jobs} jobs", kit.add(case, [image], "--carve", "--jobs", jobs).status, 0)
        rows = events(case, "evtx_carve")
        checks.equal("what was deleted comes back", sorted(map(essence, rows)), wanted)
        checks.true("every one is marked", all(r.get("kakuho.recovered") for r in rows))
        checks.true("all lie in unallocated space", all(r["ref"]["path"].endswith("!/$Unallocated") for r in rows))
    checks.equal("what was there is there", len(events(case, "evtx")), kept)
    piece = kit.kakuho("evtx", "--carve", image)
    lines = piece.out.splitlines()
    checks.true("evtx --carve finds these and those of the log that is left", piece.status == 0 and len(lines) >= 55 + 11, str(len(lines)))
    checks.end()


main()
