"""A machine FS01 that an intruder had a session on, for tests of what was within his reach."""

import os

ROBBER, HOME = "203.0.113.45", "198.51.100.20"
WRITTEN = 1783200000  # July 2026: lines of syslog have no year, their file's time gives it


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


def log_of(folder):
    """The account's own logons by day, then guessed passwords and a logon by night from elsewhere."""
    lines = []
    for day in range(1, 7):
        lines += [f"Jun {day:2} 10:00:00 FS01 sshd[{day}00]: Accepted password for tanaka from {HOME} port 5000{day} ssh2",
                  f"Jun {day:2} 11:00:00 FS01 sshd[{day}02]: Disconnected from user tanaka {HOME} port 5000{day}"]
    lines += [f"Jul  3 01:59:{s:02} FS01 sshd[1990]: Failed password for tanaka from {ROBBER} port 4000{s} ssh2" for s in range(5)]
    lines += [f"Jul  3 02:00:00 FS01 sshd[2000]: Accepted password for tanaka from {ROBBER} port 40006 ssh2",
              f"Jul  3 02:20:01 FS01 sshd[2002]: Received disconnect from {ROBBER} port 40006:11: disconnected by user"]
    path = write(os.path.join(folder, "auth.log"), "\n".join(lines) + "\n")
    os.utime(path, (WRITTEN, WRITTEN))
    return "FS01=" + path


FAMILY = ["青山", "石川", "上野", "榎本", "岡田", "加藤", "木下", "久保", "小林", "斎藤", "清水", "鈴木", "関口", "高橋", "千葉",
          "土屋", "寺田", "中村", "西田", "野口", "橋本", "平野", "藤田", "本田", "松本", "三浦", "村上", "森田", "山口", "吉田"]
GIVEN = ["太郎", "花子", "健一", "美咲", "大輔", "陽子", "直樹", "恵子", "拓也", "由美"]


def person(n):
    """The n-th of people of whom no two share a name and a number."""
    return {"n": n, "name": f"{FAMILY[n % 30]} {GIVEN[n // 30 % 10]}", "phone": f"090-{1000 + n // 7:04d}-{2000 + n:04d}",
            "address": f"東京都中野区中央{n % 9 + 1}丁目{n // 9 + 1}-{n % 7 + 1}", "mail": f"p{n}@example.com"}


def customers(first, count):
    rows = ["顧客番号,氏名,電話番号,住所"]
    for n in range(first, first + count):
        p = person(n)
        rows.append(f"K{n:05d},{p['name']},{p['phone']},{p['address']}")
    return "\r\n".join(rows) + "\r\n"
