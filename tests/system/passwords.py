"""Encrypted zips with a list of passwords: what it opens is read, from the first run on or by repeating `add`; what it does
not open stays counted; no password is written anywhere.
"""

import io
import os
import struct
import zlib

import kit

PEOPLE = [("佐々木 一郎", "090-0000-1001"), ("高橋 花子", "090-0000-1002"), ("田中 次郎", "090-0000-1003")]
SECRETS = ["correct-horse-battery", "鍵は例示です"]


def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    return table


TABLE = crc_table()


def enciphered(password, data):
    """ZipCrypto as PKWARE's note describes it."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(byte):
        keys[0] = keys[0] >> 8 ^ TABLE[(keys[0] ^ byte) & 255]
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = keys[2] >> 8 ^ TABLE[(keys[2] ^ keys[1] >> 24) & 255]

    for byte in password:
        turn(byte)
    out = bytearray()
    for byte in data:
        t = keys[2] & 0xFFFF | 2
        out.append(byte ^ (t * (t ^ 1) >> 8 & 255))
        turn(byte)
    return bytes(out)


def zipped(members):
    """Of (name, content, password or None)."""
    out, directory = io.BytesIO(), b""
    for name, content, password in members:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = packer.compress(content) + packer.flush()
        crc, name = zlib.crc32(content), name.encode()
        if password is not None:
            body = enciphered(password, bytes(range(11)) + bytes([crc >> 24]) + body)
        head = struct.pack("<HHHHHIII", 20, 0x800 | (password is not None), 8, 0x6000, 0x5CE1, crc, len(body), len(content))
        directory += (b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, out.tell())
                      + name)
        out.write(b"PK\3\4" + head + struct.pack("<HH", len(name), 0) + name + body)
    begin = out.tell()
    out.write(directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(members), len(members), len(directory), begin, 0))
    return out.getvalue()


def table(person):
    return ("氏名,電話番号\r\n" + ",".join(person) + "\r\n").encode("cp932")


def held(case):
    return kit.document(case, "persons")["total"]["held"]["count"]


def unread(case):
    return [failure for failure in kit.document(case, "evidence")["failures"] if "encrypted" in failure["reason"]]


def main():
    checks = kit.Checks()
    folder, keys = kit.place("evidence"), kit.place("keys")
    inner = zipped([("third.csv", table(PEOPLE[2]), SECRETS[1].encode())])
    content = zipped([("first.csv", table(PEOPLE[0]), SECRETS[0].encode()), ("second.csv", table(PEOPLE[1]), SECRETS[1].encode("cp932")),
                      ("inner.zip", inner, None)])
    with open(os.path.join(folder, "lists.zip"), "wb") as file:
        file.write(content)
    good, wrong = os.path.join(keys, "good.txt"), os.path.join(keys, "wrong.txt")
    with open(good, "wb") as file:
        file.write("\r\n".join(["nothing", *SECRETS, ""]).encode())
    with open(wrong, "wb") as file:
        file.write(b"something else\n")

    at_once, later = os.path.join(kit.place("case"), "a"), os.path.join(kit.place("case"), "b")
    kit.init(at_once)
    checks.equal("with the list: exit status", kit.add(at_once, [folder], "--passwords", good).status, 0)
    checks.equal("with the list: persons", held(at_once), 3)
    checks.equal("with the list: nothing is closed", unread(at_once), [])

    kit.init(later)
    checks.equal("without: exit status", kit.add(later, [folder]).status, 3)
    checks.equal("without: persons", held(later), 0)
    checks.equal("without: two archives are closed", len(unread(later)), 2)
    checks.equal("wrong list: exit status", kit.add(later, [folder], "--passwords", wrong).status, 3)
    checks.equal("wrong list: two archives are closed", len(unread(later)), 2)
    checks.equal("then the list: exit status", kit.add(later, [folder], "--passwords", good, "--jobs", "4").status, 0)
    checks.equal("then the list: persons", held(later), 3)
    checks.equal("then the list: nothing is closed", unread(later), [])
    lists = [kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines() for case in (at_once, later)]
    checks.equal("the same people", *[sorted(p["name"] for p in people) for people in lists])
    events = kit.kakuho("timeline", at_once, "--json").lines()
    lines = sorted(str(e) for e in events if "password_line" in str(e))
    checks.equal("the lines that opened are told", len(lines), 3)

    checks.equal("again without: exit status", kit.add(later, [folder]).status, 0)
    checks.equal("again without: persons", held(later), 3)
    checks.equal("no such list", kit.add(later, [folder], "--passwords", os.path.join(keys, "none.txt")).status, 2)
    for case in (at_once, later):
        for name in os.listdir(case):
            path = os.path.join(case, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    stored = file.read()
                for secret in SECRETS:
                    for encoding in ("utf-8", "cp932", "utf-16-le"):
                        checks.true(f"{name} holds no password", secret.encode(encoding) not in stored)
    checks.end()


if __name__ == "__main__":
    main()
