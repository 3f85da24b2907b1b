"""Small evidence of many kinds for the tests, invented, the same bytes for the same arguments."""

import gzip
import io
import os
import random
import shutil
import sqlite3
import subprocess
import tarfile
import zipfile

FAMILIES = ["佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "山本", "中村", "小林", "加藤", "吉田", "山田", "松本", "井上"]
GIVEN = ["太一", "花子", "健太", "美咲", "翔太", "陽子", "大輔", "由美", "直樹", "恵子", "誠", "真由美", "和也", "裕子"]
TOWNS = ["東京都品川区大井", "大阪府堺市堺区榎元町", "北海道札幌市中央区北一条西", "福岡県福岡市博多区博多駅前"]


def people(seed, count):
    dice = random.Random(seed)
    for i in range(count):
        name = dice.choice(FAMILIES) + " " + dice.choice(GIVEN)
        town = dice.choice(TOWNS)
        yield (str(100000 + i), name, f"{town}{dice.randint(1, 9)}-{dice.randint(1, 30)}-{dice.randint(1, 30)}",
               f"0{dice.choice('789')}0-{dice.randint(1000, 9999)}-{dice.randint(1000, 9999)}", f"u{seed}x{i}@example.jp")


def table(seed, count, encoding="cp932"):
    rows = ["会員番号,氏名,住所,電話番号,メールアドレス"] + [",".join(p) for p in people(seed, count)]
    return ("\r\n".join(rows) + "\r\n").encode(encoding, "replace")


def wide_table(seed, count, notes=9):
    """Some 400 bytes a row, quoted notes over several lines: of so many rows that it is read in ranges."""
    dice = random.Random(seed)
    words = ["午前中", "不在時は宅配箱へ", "要電話", "\"至急\"", "再送", "-", "領収書あり"]
    rows = ["会員番号,氏名,住所,電話番号,メールアドレス,備考"]
    for p in people(seed, count):
        note = "\r\n".join("".join(dice.choices(words, k=4)) for _ in range(dice.randint(0, notes)))
        rows.append(",".join(p) + ',"' + note.replace('"', '""') + '"')
    return ("\r\n".join(rows) + "\r\n").encode("cp932", "replace")


def auth_log(seed, lines, host="web01"):
    dice = random.Random(seed)
    out = []
    for i in range(lines):
        stamp = f"Jul {1 + i * 9 // lines:2d} {i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d} {host}"
        user = dice.choice(["root", "deploy", "backup", "yamada"])
        ip = f"203.0.113.{dice.randint(1, 250)}"
        out.append(dice.choice([
            f"{stamp} sshd[{1000 + i % 9000}]: Failed password for {user} from {ip} port {dice.randint(1024, 65000)} ssh2",
            f"{stamp} sshd[{1000 + i % 9000}]: Accepted publickey for {user} from {ip} port {dice.randint(1024, 65000)} ssh2",
            f"{stamp} sudo:   {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/bin/ls",
            f"{stamp} CRON[{i % 9999}]: (root) CMD (true)"]))
    return "\n".join(out).encode() + b"\n"


def access_log(seed, lines, length=0):
    dice = random.Random(seed)
    query = "?q=" + "x" * length if length else ""
    out = []
    for i in range(lines):
        out.append(f'198.51.100.{dice.randint(1, 250)} - - [{1 + i * 9 // lines:02d}/Jul/2026:{i // 3600 % 24:02d}:'
                   f'{i // 60 % 60:02d}:{i % 60:02d} +0900] "GET /shop/item{dice.randint(1, 999)}.html{query} HTTP/1.1" 200 '
                   f'{dice.randint(100, 90000)} "-" "Mozilla/5.0"')
    return "\n".join(out).encode() + b"\n"


def mail(seed):
    head = f"From: =?utf-8?b?5bGx55Sw?= <a{seed}@example.jp>\r\nTo: b@example.com\r\nSubject: test {seed}\r\n"
    return (head + "Date: Wed, 08 Jul 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n").encode() + "お届け先 山田 太郎 様".encode("iso2022_jp") + b"\r\n"


def database(path, seed, count):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (no TEXT, name TEXT, address TEXT, phone TEXT, email TEXT)")
    connection.executemany("INSERT INTO customers VALUES (?,?,?,?,?)", people(seed, count))
    connection.commit()
    connection.close()


def zipped(files, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **more) as z:
        for name, content in files:
            z.writestr(zipfile.ZipInfo(name, (2026, 7, 1, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1782000000
            t.addfile(member, io.BytesIO(content))
    return gzip.compress(out.getvalue(), mtime=0)


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    os.utime(path, (1783000000, 1783000000))
    return path


def image(path, folder):
    """An ext4 image with what is in a folder; False where mke2fs is not there."""
    tool = shutil.which("mke2fs", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not tool:
        return False
    subprocess.run([tool, "-q", "-t", "ext4", "-d", folder, path, "24M"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    os.utime(path, (1783000000, 1783000000))
    return True


def mixed(folder, large=0, rows=6000):
    """Evidence of every kind of way that the program goes: what to hand to `add`. `large`: bytes of one log; there are
    large tables then too."""
    files = os.path.join(folder, "files")
    write(f"{files}/auth.log", auth_log(1, 6000))
    write(f"{files}/www/access.log", access_log(2, 10000))
    write(f"{files}/www/access.log.1.gz", gzip.compress(access_log(3, 5000), mtime=0))
    write(f"{files}/顧客/会員.csv", table(4, rows))
    write(f"{files}/顧客/会員-utf16.csv", table(5, 1000, "utf-16"))
    write(f"{files}/mail/1.eml", mail(1))
    write(f"{files}/notes.txt", b"nothing of note\n" * 50)
    write(f"{files}/empty", b"")
    database_path = f"{files}/app/shop.db"
    os.makedirs(f"{files}/app", exist_ok=True)
    if not os.path.exists(database_path):
        database(database_path, 6, 1500)
    os.utime(database_path, (1783000000, 1783000000))
    if large:
        block = access_log(7, 20000, 900)
        write(f"{files}/large.log", (block * (large // len(block) + 1))[:large])
        write(f"{files}/顧客/全件.csv", wide_table(17, 90000))
        write(f"{folder}/export.zip", zipped([("全件.csv", wide_table(18, 45000))]))
    inner = zipped([("deep/auth.log", auth_log(8, 2000, "db01")), ("deep/客.csv", table(9, 400))])
    write(f"{folder}/backup.zip", zipped([("a/会員.csv", table(10, 1500)), ("inner.zip", inner),
                                          ("logs.tar.gz", tarred([("var/log/auth.log", auth_log(11, 3000, "app01"))]))]))
    whole = zipped([("x.csv", table(12, 800)), ("y.csv", table(13, 800))])
    write(f"{folder}/cut.zip", whole[: len(whole) * 2 // 3])
    handed = [files, f"{folder}/backup.zip", f"{folder}/cut.zip"] + ([f"{folder}/export.zip"] if large else [])
    inside = os.path.join(folder, "inside")
    write(f"{inside}/etc/hostname", b"lx09\n")
    write(f"{inside}/var/log/auth.log", auth_log(14, 5000, "lx09"))
    write(f"{inside}/srv/share/名簿.csv", table(15, 1500))
    write(f"{inside}/srv/share/old.zip", zipped([("list.csv", table(16, 500))]))
    if image(f"{folder}/lx09.img", inside):
        handed.append(f"{folder}/lx09.img")
    return handed
