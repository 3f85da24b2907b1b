"""Whose data: what was not there is told of each owner, and a decision about a file's owner holds for files nobody could read."""

import os

import access
import kit

CASE = """organisation: 例示ペイント株式会社
owners:
  - {party: client-a, paths: ["**/client-a/**"]}
  - {party: client-b, paths: ["**/client-b/**"]}
parties:
  - {id: client-a, name: 例示商事, role: client}
  - {id: client-b, name: 例示物産, role: client}
"""
CARDS = "会員番号,氏名,電話番号,カード番号\r\n1001,佐藤 一郎,090-5555-1001,4111111111111111\r\n1002,鈴木 花子,090-5555-1002,5555555555554444\r\n"
PLAIN = "会員番号,氏名,電話番号\r\n2001,高橋 健,090-5555-2001\r\n2002,田中 美咲,090-5555-2002\r\n"


def make_case(folder):
    top = os.path.join(folder, "fs01")
    access.write(os.path.join(top, "srv/client-a/members.csv"), CARDS)
    access.write(os.path.join(top, "srv/client-b/members.csv"), PLAIN)
    access.write(os.path.join(top, "srv/own/staff.csv"), PLAIN.replace("200", "300").replace("高橋 健", "伊藤 誠").replace("田中 美咲", "渡辺 由美"))
    with open(os.path.join(top, "srv/own/list.xlsx.abcd"), "wb") as file:
        file.write(bytes(range(256)) * 40)
    access.write(os.path.join(top, "var/log/auth.log"), access.auth_lines(100))
    for at, _, files in os.walk(top):
        for name in files:
            os.utime(os.path.join(at, name), (1783200000, 1783200000))
    case, said = os.path.join(folder, "case"), os.path.join(folder, "case.yaml")
    access.write(said, CASE)
    made = kit.kakuho("investigate", "-o", case, f"fs01={top}", "--case-file", said, "--quiet", "--now", kit.NOW)
    return case if made.status in (0, 3) else print(made.err.decode())


def owner(answer, name):
    return next(o for o in answer["by_owner"] if o["name"] == name)


def items_of(entry):
    return {a["item"]: (a["searched"]["files"], a["unread"]) for a in entry["absent"]}


def main():
    checks = kit.Checks()
    case = make_case(kit.place("owners"))
    if not checks.true("investigated", case):
        checks.end()
    answer = kit.document(case, "persons")
    checks.true("of all together cards are there", "credit_card" not in items_of(answer))
    checks.true("the client with cards", "credit_card" not in items_of(owner(answer, "client-a")))
    checks.equal("the client without", items_of(owner(answer, "client-b")).get("credit_card"), (1, 0))
    own = items_of(owner(answer, "self")).get("credit_card")
    checks.true("the organisation itself, with a file that nobody could read", own and own[0] >= 1 and own[1] == 1, str(own))
    checks.equal("files of all", items_of(answer)["my_number"][0], sum(items_of(o)["my_number"][0] for o in answer["by_owner"]))
    checks.equal("whose a file is", {s["path"]: s["owner"] for s in answer["sources"]},
                 {"srv/client-a/members.csv": "client-a", "srv/client-b/members.csv": "client-b", "srv/own/staff.csv": "self"})
    claims = {c["subject"]: c for c in kit.document(case, "claims")["claims"] if c["kind"] == "absent_of_owner"}
    checks.true("no claim that the client with cards has none", "client-a/credit_card" not in claims)
    said = {o: (claims[f"{o}/{i}"]["standing"], claims[f"{o}/{i}"]["level"], claims[f"{o}/{i}"]["party"])
            for o, i in (("client-a", "my_number"), ("client-b", "credit_card"), ("self", "credit_card"))}
    checks.equal("claims of each owner's", said, {"client-a": ("supported", "client", "client-a"), "client-b": ("supported", "client", "client-b"),
                                                  "self": ("open", "public", "self")})
    told = claims["client-b/credit_card"]
    checks.true("names the owner", "「例示物産」" in told["text"]["ja"] and "例示物産" in told["text"]["en"], str(told["text"]))
    checks.equal("rests on his files alone", [r["path"] for r in told["refs"]], ["srv/client-b/members.csv"])
    checks.equal("is explained", kit.document(case, "explain", told["id"])["id"], told["id"])
    unread = answer["unread"]
    checks.equal("unread", [(u["path"], u["owner"]) for u in unread], [("srv/own/list.xlsx.abcd", "self")])
    done = kit.kakuho("decide", case, "owner", "srv/own/list.xlsx.abcd", "--as", "client-b", "--by", "例示 太郎", "--reason", "received from them", "--now", kit.NOW)
    checks.equal("decided", done.status, 0)
    answer = kit.document(case, "persons")
    checks.equal("unread, as decided", [(u["path"], u["owner"]) for u in answer["unread"]], [("srv/own/list.xlsx.abcd", "client-b")])
    checks.equal("the client's, as decided", items_of(owner(answer, "client-b")).get("credit_card"), (1, 1))
    claims = {c["subject"]: c["standing"] for c in kit.document(case, "claims")["claims"] if c["kind"] == "absent_of_owner"}
    checks.equal("claims, as decided", (claims["client-b/credit_card"], claims["self/credit_card"]), ("open", "supported"))
    checks.equal("the organisation's, as decided", items_of(owner(answer, "self"))["credit_card"][1], 0)
    checks.end()


main()
