"""Whose data the intruder encrypted, by the encrypted files themselves: as an axis of its own, beside left and reachable."""

import os
import random

import kit
from intruded import customers, log_of, write

NOISE = random.Random(9).randbytes(100000)


def encrypted(path, text, suffix):
    write(path + suffix, NOISE[:len(text.encode())])


def main():
    checks = kit.Checks()
    folder = kit.place("damage")
    share, backup = os.path.join(folder, "share"), os.path.join(folder, "backup")
    # Three documents got one suffix, a note lies beside them; their copies are in a backup.
    for name, first in (("受注/注文_01.csv", 0), ("受注/注文_02.csv", 50), ("名簿/社員名簿.csv", 100)):
        text = customers(first, 30).replace("顧客番号", "社員番号" if "社員" in name else "顧客番号")
        encrypted(os.path.join(share, name), text, ".k1ng")
        write(os.path.join(backup, name), text)
    write(os.path.join(share, "受注/HOW_TO_DECRYPT.txt"), "All your files are locked.\n")
    # The backup holds a file of which nothing shows that it was encrypted.
    write(os.path.join(backup, "受注/注文_03.csv"), customers(150, 30))
    # One odd suffix alone, with a copy: whatever it is, it proves nothing.
    encrypted(os.path.join(share, "別/一覧.csv"), customers(200, 30), ".zzz9")
    write(os.path.join(backup, "別/一覧.csv"), customers(200, 30))
    # Three with one suffix, and no note near them: people keep files that way too.
    for name, first in (("保管/顧客_1.csv", 250), ("保管/顧客_2.csv", 260), ("保管/顧客_3.csv", 270)):
        encrypted(os.path.join(share, name), customers(first, 5), ".sealed")
        write(os.path.join(backup, name), customers(first, 5))
    # Still readable where the intruder was.
    write(os.path.join(share, "営業/控え.csv"), customers(300, 20))
    case = os.path.join(folder, "case")
    kit.init(case, write(os.path.join(folder, "case.yaml"),
                         "datasets:\n  - {name: 控え, paths: ['**/営業/**'], state: deleted}\n"))
    done = kit.add(case, ["FS01=" + share, "NAS=" + backup, log_of(folder)])
    checks.true("exit status of add", done.status in (0, 3), str(done.status))
    # A copy is one of the same machine: on the NAS it may be another file of that name.
    other = kit.document(case, "persons")
    checks.equal("another machine's file is no copy", {s["path"] for s in other["sources"] if s["damaged"]}, {"営業/控え.csv"})

    case = os.path.join(folder, "same")
    kit.init(case, os.path.join(folder, "case.yaml"))
    done = kit.add(case, ["FS01=" + share, "FS01=" + backup, log_of(folder)])
    checks.true("exit status of add", done.status in (0, 3), str(done.status))
    answer = kit.document(case, "persons")
    damaged = {s["path"]: s["damaged"] for s in answer["sources"] if s["damaged"]}
    checks.equal("damaged, by what", {p: d["by"] for p, d in damaged.items()},
                 {"受注/注文_01.csv": "evidence", "受注/注文_02.csv": "evidence", "名簿/社員名簿.csv": "evidence", "営業/控え.csv": "case"})
    checks.equal("and what became of it", damaged["受注/注文_01.csv"]["as"], {"evidence": "share", "path": "受注/注文_01.csv.k1ng"})
    checks.equal("what case.yaml says has no such file", damaged["営業/控え.csv"]["as"], None)
    checks.equal("persons", answer["total"]["damaged"]["count"], 3 * 30 + 20)
    checks.equal("none left, all in reach", (answer["total"]["left"]["count"], answer["total"]["reachable"]["count"]),
                 (0, 3 * 30 + 30 + 30 + 15 + 20))
    checks.equal("by category", {c["name"]: c["damaged"]["count"] for c in answer["categories"]}, {"customer": 80, "employee": 30})
    checks.equal("a copy that was read stands for the encrypted file", answer["unread"], [])
    checks.end()


if __name__ == "__main__":
    main()
