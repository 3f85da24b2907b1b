"""kill -9 of the coordinator, of the template of workers, and of workers, at random moments of taking evidence
in; then the same command again. What comes out is what a run that nobody disturbed gives: the same rows, ids
and numbers. KAKUHO_SEED repeats a run; KAKUHO_MOMENTS sets how many moments (20)."""

import os
import random
import signal
import subprocess
import time

import evidence
import kit

VICTIMS = ["coordinator", "template", "worker"]
KILLS_A_CASE = 3


def answers(case):
    """What is compared: every row, and every number that follows from rows."""
    found = {"evidence": kit.stripped(kit.document(case, "evidence"))}
    for name in ("access", "exfil", "persons", "claims"):
        found[name] = kit.document(case, name)
    found["timeline"] = kit.kakuho("timeline", case, "--json", "--now", kit.NOW).out.split(b"\n")
    for d in found.values():
        if isinstance(d, dict):
            d.pop("case")
    return found


def command(case, handed):
    if kit.knows("investigate"):
        return ["investigate", "-o", case, *handed, "--now", kit.NOW, "--quiet"]
    return ["add", case, *handed, "--now", kit.NOW, "--quiet"]


def pid_of(victim, coordinator):
    if victim == "coordinator":
        return coordinator
    template = kit.children_of(coordinator)
    if victim == "template" or not template:
        return template[0] if template else None
    workers = kit.children_of(template[0])
    return random.choice(workers) if workers else None


def disturb(checks, case, handed, dice, longest, what):
    """One run with one kill in it; returns whether it was killed before its end, and whom."""
    victim, moment = dice.choice(VICTIMS), dice.uniform(0.02, longest)
    run = kit.start(*command(case, handed))
    begun = time.monotonic()
    killed = None
    while run.poll() is None and killed is None and time.monotonic() - begun < longest + 5:
        left = moment - (time.monotonic() - begun)
        if left > 0:
            time.sleep(min(left, 0.01))
            continue
        killed = pid_of(victim, run.pid)
        if killed:
            try:
                os.kill(killed, signal.SIGKILL)
            except ProcessLookupError:
                killed = None
                break
        else:
            time.sleep(0.002)
    try:
        out, err = run.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()
        checks.true(f"{what}: ends after the {victim} was killed at {moment:.3f} s", False, "it hangs")
        return victim, moment, True
    said = [line for line in err.decode("utf-8", "replace").splitlines() if line]
    if victim == "worker" or killed is None:
        checks.true(f"{what}: exit status after a killed {victim} at {moment:.3f} s", run.returncode in (0, 3),
                    f"{run.returncode} {kit.short(said)}")
    elif victim == "template" and run.returncode not in (0, 3):
        checks.equal(f"{what}: exit status after a killed template at {moment:.3f} s", run.returncode, 4)
        checks.true(f"{what}: one line when the template was killed", len(said) == 1 and said[0].startswith("kakuho: "),
                    kit.short(said))
    return victim, moment, killed is not None


def same(checks, what, found, wanted):
    for name in wanted:
        if found[name] == wanted[name]:
            checks.true(f"{what}: {name}", True)
            continue
        if name == "timeline":
            more, fewer = set(found[name]) - set(wanted[name]), set(wanted[name]) - set(found[name])
            why = f"{len(found[name])} lines, should be {len(wanted[name])}; {len(more)} others, {len(fewer)} missing"
            why += f"; {kit.short(repr(sorted(more)[:1] + sorted(fewer)[:1]))}"
        else:
            why = "; ".join(f"{k}: {kit.short(found[name][k])} should be {kit.short(wanted[name][k])}"
                            for k in wanted[name] if found[name].get(k) != wanted[name][k])
        checks.true(f"{what}: {name}", False, why)


def finish(checks, case, handed, what):
    done = kit.kakuho(*command(case, handed))
    if not checks.true(f"{what}: the last run ends well", done.status in (0, 3), f"{done.status} {kit.short(done.said())}"):
        return None
    return answers(case)


def leftovers(checks, case):
    """Nothing half-made stays in the case."""
    names = set(os.listdir(case)) - {"case.duckdb", "case.yaml", "case.key", "case.pub", "hash.key", "ledger.jsonl",
                                     "ledger.head", "lock", "reports", "decisions.jsonl", "rules.cache",
                                     "states", "states.jsonl", "states.head"}
    checks.equal("names left in the case", sorted(names), [])
    if kit.knows("verify"):
        done = kit.kakuho("verify", case, "--json", "--now", kit.NOW)
        checks.equal("verify after kills: exit status", done.status, 0)
        checks.equal("verify after kills: ledger", done.json()["ledger"]["status"], "intact")


def main():
    checks = kit.Checks()
    seed = int(os.environ.get("KAKUHO_SEED", time.time_ns() % 1000000))
    moments = int(os.environ.get("KAKUHO_MOMENTS", "20"))
    print(f"KAKUHO_SEED={seed}", flush=True)
    dice = random.Random(seed)
    folder = kit.place("resume")
    handed = evidence.mixed(folder, large=66 << 20)
    calm = os.path.join(folder, "calm")
    kit.init(calm)
    begun = time.monotonic()
    wanted = finish(checks, calm, handed, "undisturbed")
    if wanted is None:
        checks.end()
    longest = time.monotonic() - begun
    again = finish(checks, calm, handed, "the same evidence again")
    same(checks, "the same evidence again", again, wanted)
    kills = 0
    while kills < moments:
        case = os.path.join(folder, f"case-{kills}")
        kit.init(case)
        acts = []
        while len(acts) < KILLS_A_CASE and kills < moments:
            victim, moment, killed = disturb(checks, case, handed, dice, min(longest, 2.5), f"moment {kills}")
            acts.append(f"{victim} at {moment:.3f} s{'' if killed else ' (too late)'}")
            kills += 1
        what = f"after {', '.join(acts)}"
        found = finish(checks, case, handed, what)
        if found is not None:
            same(checks, what, found, wanted)
        leftovers(checks, case)
        subprocess.run(["rm", "-rf", case], check=True)
    checks.end()


if __name__ == "__main__":
    main()
