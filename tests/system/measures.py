"""Measures of case.yaml held against the records after their time: held, contradicted with the line, or not to be told."""

import os

import kit

ROBBER = "203.0.113.45"


def wall(at, kind, rest):
    day, time = at.split()
    return (f'date={day} time={time} devname="FGT-1" devid="FGT1" tz="+0900" type="{kind}" vd="root" {rest}')


def flow(at, src, dst, action="close", port=443):
    return wall(at, "traffic", f'subtype="forward" logid="0000000013" srcip={src} srcport=5000 dstip={dst} dstport={port} sessionid={abs(hash(at)) % 99999} '
                f'proto=6 action="{action}" duration=5 sentbyte=100 rcvdbyte=200')


def tunnel(at, user, ip, country, n):
    return wall(at, "event", f'subtype="vpn" logid="0101039947" action="tunnel-up" tunneltype="ssl-tunnel" tunnelid={n} remip={ip} '
                f'srccountry="{country}" tunnelip=10.9.0.{n} user="{user}" msg="SSL tunnel established"')


LINES = [
    tunnel("2026-07-03 02:00:00", "tanaka", ROBBER, "Romania", 1),
    flow("2026-07-03 02:10:00", "192.168.1.5", "198.51.100.9"),
    # after 09:00 the measures are done
    flow("2026-07-03 09:30:00", "192.168.1.5", "198.51.100.10", action="deny"),
    flow("2026-07-03 09:31:00", "192.168.1.5", "192.168.2.7"),
    tunnel("2026-07-03 10:00:00", "sato", "198.51.100.20", "Japan", 2),
    flow("2026-07-03 11:00:00", "192.168.1.6", "198.51.100.11"),
    flow("2026-07-03 12:00:00", "192.168.1.7", "192.168.2.7"),
]

CASE = """timezone: Asia/Tokyo
measures:
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: 遮断しました。, en: cut off}, check: no-external-traffic}
  - {done: "2026-07-03T11:30:00+09:00", what: {ja: 外部との通信を止めました, en: stopped}, check: no-external-traffic}
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: 海外からの接続を遮断しました, en: blocked abroad}, check: no-foreign-logon}
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: アカウントを無効にしました, en: disabled}, accounts: [tanaka], check: account-disabled}
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: 別のアカウントも無効にしました, en: disabled too}, accounts: [SATO], check: account-disabled}
  - {done: "2026-07-03T20:00:00+09:00", what: {ja: 後で無効にしました, en: disabled later}, accounts: [tanaka], check: account-disabled}
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: PC9を止めました, en: PC9 stopped}, hosts: [PC9], check: host-silent}
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: 確認しました, en: looked}, check: all-fine}
  - {done: "2026-07-03T09:00:00+09:00", what: {ja: 説明しました, en: explained}}
"""

# what, standing of the measure, result, why, how many against
WANTED = [
    ("cut off", "contradicted", "contradicted", None, 1),
    ("stopped", "proven", "held", None, 0),
    ("blocked abroad", "proven", "held", None, 0),
    ("disabled", "proven", "held", None, 0),
    ("disabled too", "contradicted", "contradicted", None, 1),
    ("disabled later", "declared", "untested", "no_records", 0),
    ("PC9 stopped", "declared", "untested", "address_unknown", 0),
    ("looked", "declared", "untested", "check_unknown", 0),
    ("explained", "declared", None, None, None),
]


def main():
    checks = kit.Checks()
    folder = kit.place("measures")
    log, case_file, case = (os.path.join(folder, n) for n in ("fgt.log", "case.yaml", "case"))
    for path, text in ((log, "\n".join(LINES) + "\n"), (case_file, CASE)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    kit.init(case, case_file)
    checks.equal("exit status of add", kit.add(case, [log]).status, 0)
    claims = kit.document(case, "claims")["claims"]
    by_id = {c["id"]: c for c in claims}
    measures = {c["text"]["en"]: c for c in claims if c["kind"] == "measure"}
    for what, standing, result, why, against in WANTED:
        c = measures[what]
        checks.equal(f"{what}: standing", c["standing"], standing)
        if not checks.equal(f"{what}: rests on a test", len(c["because"]), 1 if result else 0) or not result:
            continue
        value = by_id[c["because"][0]]["value"]
        checks.equal(f"{what}: test", (value["result"], value["why"], value["against"]), (result, why, against))
        checks.equal(f"{what}: has lines to show", bool(c["refs"]), result != "untested")
    checks.equal("the line that contradicts", [r["record"] for r in measures["cut off"]["refs"]], [6])
    checks.equal("how far the records go", by_id[measures["stopped"]["because"][0]]["value"]["until"], "2026-07-03T03:00:00Z")
    told = kit.kakuho("report", case, "notice", "--lang", "ja", "--format", "md", "--out", folder, "--now", kit.NOW)
    checks.equal("notice", told.status, 0)
    with open(os.path.join(folder, "notice.ja.md"), encoding="utf-8") as file:
        notice = file.read()
    checks.true("a notice keeps silent of what records contradict", "遮断しました。" not in notice, notice[-600:])
    checks.true("and tells the others", "アカウントを無効にしました" in notice)
    checks.end()


if __name__ == "__main__":
    main()
