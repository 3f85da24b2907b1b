"""Every sample of SigmaHQ's regression data fires the rule that it is for, and every rule of the set loads or is refused with a reason.
Skipped (77) unless KAKUHO_CORPORA names a folder with sigma/ and sigma-regression/: they are other people's and not part of the project.
    sigma_regression.py KAKUHO"""
import glob
import json
import os
import re
import subprocess
import sys

kakuho = sys.argv[1]
corpora = os.environ.get("KAKUHO_CORPORA", "")
rules, samples = os.path.join(corpora, "sigma"), os.path.join(corpora, "sigma-regression")
if not os.path.isdir(rules) or not os.path.isdir(samples):
    print("skipped: no Sigma corpora (set KAKUHO_CORPORA)")
    sys.exit(77)

lint = json.loads(subprocess.run([kakuho, "sigma", "lint", "--json", rules], stdout=subprocess.PIPE).stdout)
documents = sum(len(re.findall(r"^(?:detection|correlation|filter):", open(path, encoding="utf-8").read(), re.M))
                for path in glob.glob(rules + "/**/*.yml", recursive=True))
problems = []
if lint["usable"] + len(lint["refused"]) != documents:
    problems.append(f"{documents} rules, but {lint['usable']} usable and {len(lint['refused'])} refused")
reasons = ("no log that is read here", "has no list of values")
for refusal in lint["refused"]:
    if not any(reason in refusal["what"] for reason in reasons):
        problems.append(f"{refusal['file']}:{refusal['line']}: {refusal['what']}")

logs = sorted(glob.glob(samples + "/**/*.evtx", recursive=True))
told = subprocess.run([kakuho, "sigma", "test", "--json", rules, *logs], stdout=subprocess.PIPE, text=True)
fired = {}
for line in told.stdout.splitlines():
    hit = json.loads(line)
    if hit["kind"] == "hit":
        fired.setdefault(hit["sample"], set()).add(hit["rule"]["id"])
for log in logs:
    info = open(os.path.join(os.path.dirname(log), "info.yml"), encoding="utf-8").read()
    wanted = set(re.findall(r"^\s+- id:\s*(\S+)", info, re.M))
    if not wanted & fired.get(log, set()):
        problems.append(f"{log}: does not fire {', '.join(wanted)}")
print(f"{lint['usable']} rules usable, {len(lint['refused'])} refused; {len(logs)} samples")
print("\n".join(problems[:50]))
sys.exit(1 if problems or not logs else 0)
