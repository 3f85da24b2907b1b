"""People in logs: forms that were sent and records that were printed are told with their line, beside the events of an
access log; accounts, addresses and times of logs are nobody."""

import hashlib
import os
import urllib.parse

import kit

PEOPLE = {"佐藤 健一": "090-5555-1001", "鈴木 花子": "090-5555-1002", "高橋 誠": "090-5555-1003", "田中 葵": "090-5555-1004"}


def query(charset, **fields):
    return "&".join(f"{name}={urllib.parse.quote_plus(value, encoding=charset)}" for name, value in fields.items())


def web_line(second, request, status=200):
    return f'198.51.100.7 - - [04/Mar/2026:10:00:{second:02} +0900] "{request} HTTP/1.1" {status} 512 "-" "Mozilla/5.0"\n'


def write(share):
    names = list(PEOPLE.items())
    access = [
        web_line(1, "GET /index.html"),
        web_line(2, "POST /entry?" + query("utf-8", name=names[0][0], tel=names[0][1], mail="sato@example.jp")),
        web_line(3, "GET /search?q=%E6%A1%9C&page=2"),
        web_line(4, "POST /entry?" + query("cp932", name=names[1][0], tel=names[1][1])),
        web_line(5, "GET /mypage?user=tanaka&mail=tanaka%40example.jp"),
    ]
    application = [
        "2026-03-04 10:00:00 INFO login user=tanaka mail=tanaka@example.jp ip=192.0.2.9\n",
        f'2026-03-04 10:00:01 INFO Parameters: {{"user"=>{{"name"=>"{names[2][0]}", "tel"=>"{names[2][1]}"}}}}\n',
        "[04-Mar-2026 10:00:02 Asia/Tokyo] Array\n",
        "(\n",
        f"    [name] => {names[3][0]}\n",
        f"    [tel] => {names[3][1]}\n",
        ")\n",
    ]
    nobody = ["2026-03-04 10:00:00 INFO login user=tanaka name=tanaka mail=tanaka@example.jp addr=192.0.2.9\n"] * 20
    for name, lines in (("access.log", access), ("application.log", application), ("nobody.log", nobody)):
        with open(os.path.join(share, name), "w", encoding="utf-8", newline="") as file:
            file.write("".join(lines))
    return "".join(access).encode(), "".join(application).encode()


def list_files(share, listing):
    """What the intruder published: all of it."""
    with open(listing, "w", encoding="utf-8") as file:
        for name in sorted(os.listdir(share)):
            with open(os.path.join(share, name), "rb") as content:
                file.write(f"{hashlib.sha256(content.read()).hexdigest()}  {name}\n")
    return listing


def large(checks, folder):
    """A log of several ranges of 64 MiB: lines are those of the file, in any number of jobs and however often it is added."""
    share = os.path.join(folder, "large")
    os.makedirs(share)
    filler = "2026-03-04 10:00:00 INFO " + "x" * 4000 + "\n"
    wanted, line, offset = {}, 0, 0
    with open(os.path.join(share, "application.log"), "w", encoding="utf-8", newline="") as file:
        for number in range(3):
            for _ in range(17000 if number else 5):
                offset += file.write(filler)
                line += 1
            entry = f'2026-03-04 10:00:01 INFO Parameters: {{"name"=>"{list(PEOPLE)[number]}", "tel"=>"090-5555-200{number}"}}\n'
            line += 1
            wanted[list(PEOPLE)[number]] = (line, offset)
            file.write(entry)
            offset += len(entry.encode())
    listing = list_files(share, os.path.join(folder, "large.txt"))
    for jobs in ("1", "2"):
        case = os.path.join(folder, "case" + jobs)
        kit.init(case)
        kit.add(case, [share], "--leak-listing", listing, "--jobs", jobs)
        kit.add(case, [share], "--jobs", jobs)
        told = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines()
        places = {p["name"]: p["refs"][0]["record"] for p in told}
        checks.equal(f"lines, {jobs} jobs", places, {name: line for name, (line, _) in wanted.items()})
    line, offset = wanted[list(PEOPLE)[2]]
    ground = kit.document(case, "explain", f"application.log:{line}")
    checks.equal("a line behind 128 MiB", (ground["value"], ground["refs"][0]["offset"]), (1, offset))


def main():
    checks = kit.Checks()
    folder = kit.place("log_people")
    share = os.path.join(folder, "share")
    os.makedirs(share)
    access, application = write(share)
    case = os.path.join(folder, "case")
    listing = list_files(share, os.path.join(folder, "published.txt"))
    kit.init(case)
    kit.add(case, [share], "--leak-listing", listing)
    told = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines()
    checks.equal("who", {p["name"]: p["contacts"]["phone"] for p in told}, PEOPLE)
    checks.equal("how many", len(told), len(PEOPLE))
    for place, wanted in (("access.log:4", access.index(b"198.51.100.7 - - [04/Mar/2026:10:00:04")),
                          ("application.log:3", application.index(b"[04-Mar"))):
        ground = kit.document(case, "explain", place)
        checks.equal(place, ground["value"], 1)
        checks.equal(f"{place}: its first byte", ground["refs"][0]["offset"], wanted)
    large(checks, folder)
    evidence = kit.document(case, "evidence")
    checks.equal("events", sum(e["events"] for e in evidence["evidence"] if e["label"] == "share"), 5)
    checks.end()


main()
