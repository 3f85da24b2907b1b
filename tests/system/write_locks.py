#!/usr/bin/env python3
"""Writes the inputs of the golden cases that are behind a password: `python3 tests/system/write_locks.py`. Each must tell
what its open twin tells; the passwords are those of tests/teller.c."""

import io
import zipfile

import office_locks
import rar5
import seven_zip
from office97 import New2002, Old97, Slides, Word, box, compound, listed, locked, slide_box
from write_office97 import protected_by, write

ASCII, JAPANESE, NOT_GIVEN = "kakuho-1", "例示の鍵", "not in the list"


def package(part):
    """A package of three segments and some bytes. What is in it does not matter here."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in (("[Content_Types].xml", "<Types/>"), (part, "<a/>" + "例" * 4200)):
            file.writestr(zipfile.ZipInfo(name, (2026, 7, 1, 12, 0, 0)), data)
    return out.getvalue()


def office():
    sheet, letter = package("xl/workbook.xml"), package("word/document.xml")
    agile = office_locks.Agile

    def case(name, streams, file):
        write("locked_office", name, compound(streams), file)

    case("agile_sha512", agile(JAPANESE, "sha512", 256, 1000).streams(sheet), "share/顧客.xlsx")
    case("agile_sha1", agile(ASCII, "sha1", 128, 1000).streams(letter), "share/letter.docx")
    case("agile_sha256", agile(ASCII, "sha256", 192, 1000).streams(letter), "share/letter.docx")
    case("agile_sha384", agile(ASCII, "sha384", 256, 0).streams(letter), "share/letter.docx")
    case("standard", office_locks.standard(sheet, ASCII), "share/list.xlsx")
    case("standard_256", office_locks.standard(sheet, JAPANESE, 256), "share/list.xlsx")
    case("everywhere", agile("VelvetSweatshop", "sha512", 256, 1000).streams(sheet), "share/list.xlsx")
    case("not_given", agile(NOT_GIVEN, "sha512", 256, 1000).streams(sheet), "share/list.xlsx")
    changed = agile(ASCII, "sha512", 256, 1000).streams(sheet)
    data = changed["EncryptedPackage"]
    case("changed", {**changed, "EncryptedPackage": data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]}, "share/list.xlsx")
    slow = agile(ASCII, "sha512", 256, 1000).streams(sheet)
    info = slow["EncryptionInfo"].replace(b'spinCount="1000"', b'spinCount="10000001"')
    case("too_many_rounds", {**slow, "EncryptionInfo": info}, "share/list.xlsx")
    cut = agile(ASCII, "sha512", 256, 1000).streams(sheet)
    write("locked_office", "cut", compound(cut)[:12000], "share/list.xlsx")


def old_office():
    write("xls", "locked_97", protected_by(Old97(JAPANESE, b"salt salt salt 5"), locked))
    write("xls", "locked_2002", protected_by(New2002(ASCII, b"salt salt salt 6"), locked))
    old = office_locks.Old95(ASCII)
    write("xls", "locked_95", protected_by(old, lambda stream, method: method.locked(stream)))
    document = Word().add("会員名簿　秘\r").row(["山田 太郎", "03-0000-0001"]).add("以上\r" * 60)
    write("doc", "locked_97", compound(office_locks.word(document, Old97(ASCII, b"salt salt salt 7"))))
    write("doc", "locked_2002", compound(office_locks.word(document, New2002(JAPANESE, b"salt salt salt 8"))))
    write("doc", "unlocked", compound(document.streams()))
    objects = {1: box(0x3E8, box(0xFF0, listed(2, "表題 担当"), listed(3))), 2: slide_box(0x3EE, "佐藤 花子", "長い " * 300),
               3: slide_box(0x3EE, "二枚目\rTel 03-0000-0006")}
    slides = office_locks.LockedSlides().save(objects, 1, New2002(ASCII, b"salt salt salt 9"))
    write("ppt", "locked", compound(slides.streams(0xF3D1C4DF)))
    write("ppt", "unlocked", compound(Slides().save(objects, 1).streams()))


PEOPLE = "氏名,電話番号\r\n山田 太郎,03-0000-0001\r\n佐藤 花子,03-0000-0002\r\n".encode()
LONG = "".join(f"{i},担当 {i % 7}\r\n" for i in range(900)).encode()


def archives():
    aes, other = seven_zip.Aes(ASCII), seven_zip.Aes(JAPANESE, 11, b"other salt", b"sixteen bytes 16")
    solid = [([("名簿.csv", PEOPLE), ("share/long.csv", LONG)], "lzma2", aes)]
    cases = {
        "7z-locked-header": seven_zip.archive(solid, aes),
        "7z-locked-packed-header": seven_zip.archive(solid, None, True),
        "7z-locked-stored": seven_zip.archive([([("a.csv", PEOPLE)], "copy", other), ([("b.csv", LONG)], "lzma", other)]),
        "7z-locked-delta": seven_zip.archive([([("a.csv", LONG)], "delta", other), ([("open.csv", PEOPLE)], "lzma", None)]),
        "7z-locked-plain-key": seven_zip.archive([([("a.csv", PEOPLE)], "lzma2", seven_zip.Aes(ASCII, 63))]),
        "7z-not-given": seven_zip.archive([([("a.csv", PEOPLE)], "lzma2", seven_zip.Aes(NOT_GIVEN))]),
        "7z-not-given-header": seven_zip.archive(solid, seven_zip.Aes(NOT_GIVEN)),
        "7z-two-passwords": seven_zip.archive([([("a.csv", PEOPLE)], "lzma2", aes), ([("b.csv", LONG)], "lzma2", other)]),
    }
    more = PEOPLE + b"," * (24 - len(PEOPLE) % 16)  # 8 zeros fill it up
    cases["7z-more-passwords"] = seven_zip.archive([([("a.csv", PEOPLE)], "lzma2", aes), ([("b.csv", LONG)], "lzma2", other), ([("c.csv", more)], "copy", other),
                                                    ([("d.csv", LONG)], "lzma", aes), ([("e.csv", PEOPLE)], "copy", other), ([("f.csv", PEOPLE)], "copy", seven_zip.Aes(NOT_GIVEN)), ([("g.csv", PEOPLE)], "lzma2", other)])
    cases["7z-more-stored"] = seven_zip.archive([([("a.csv", PEOPLE)], "copy", aes), ([("b.csv", PEOPLE)], "copy", other)], counted=False)
    cases["7z-locked-stored-whole-blocks"] = seven_zip.archive([([("a.csv", PEOPLE + b"," * (16 - len(PEOPLE) % 16))], "copy", aes)])
    cases["7z-wrong-sum"] = seven_zip.archive([([("a.csv", PEOPLE)], "copy", None), ([("b.csv", LONG)], "lzma", None)]).replace("花子".encode(), "花王".encode(), 1)
    whole = seven_zip.archive([([("a.csv", PEOPLE), ("b.csv", LONG)], "lzma2", aes)])
    cases["7z-locked-damaged"] = whole[:300] + bytes([whole[300] ^ 4]) + whole[301:]
    for name, data in cases.items():
        write("archive", name, data, "share/list.7z")
    lock, other, unknown = rar5.Lock(ASCII), rar5.Lock(JAPANESE, 6, b"salt of another."), rar5.Lock(NOT_GIVEN)
    both = [("名簿.csv", PEOPLE), ("share/long.csv", LONG)]
    damaged = rar5.archive([(name, content, lock) for name, content in both], lock)
    for name, data in {
            "rar5-open": rar5.archive([(name, content, None) for name, content in both]),
            "rar5-locked": rar5.archive([(name, content, other) for name, content in both]),
            "rar5-locked-headers": rar5.archive([(name, content, lock) for name, content in both], lock),
            "rar5-locked-some": rar5.archive([("a.csv", PEOPLE, lock), ("open.csv", LONG, None), ("b.csv", LONG, unknown)]),
            "rar5-not-given": rar5.archive([("a.csv", PEOPLE, unknown)]),
            "rar5-not-given-headers": rar5.archive([("a.csv", PEOPLE, unknown)], unknown),
            "rar5-locked-damaged": damaged[:400] + bytes([damaged[400] ^ 1]) + damaged[401:]}.items():
        write("archive", name, data, "share/list.rar")
    old_rar()


def old_rar():
    lock, other, third = rar5.Lock4(ASCII), rar5.Lock4(JAPANESE, b"another."), rar5.Lock4(ASCII, b"a third.")
    unknown = rar5.Lock4(NOT_GIVEN)
    both = [("list.csv", PEOPLE), ("share\\long.csv", LONG)]
    for name, data in {
            "rar4-locked": rar5.archive4([(name, content, lock) for name, content in both]),
            "rar4-locked-headers": rar5.archive4([(name, content, third) for name, content in both], lock),
            "rar4-locked-some": rar5.archive4([("a.csv", PEOPLE, lock), ("open.csv", LONG, None), ("b.csv", LONG, other), ("c.csv", PEOPLE, third),
                                               ("d.csv", PEOPLE, rar5.Lock4(NOT_GIVEN, b"a fourth"))]),
            "rar4-not-given": rar5.archive4([("a.csv", PEOPLE, unknown)]),
            "rar4-not-given-headers": rar5.archive4([("a.csv", PEOPLE, unknown)], unknown),
            "rar4-solid": rar5.archive4([("a.csv", PEOPLE, lock)], solid=True)}.items():
        write("archive", name, data, "share/list.rar")
    whole = rar5.archive4([(name, content, lock) for name, content in both])
    write("archive", "rar4-locked-damaged", whole[:500] + bytes([whole[500] ^ 1]) + whole[501:], "share/list.rar")


if __name__ == "__main__":
    archives()
    office()
    old_office()
