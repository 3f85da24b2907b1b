#!/usr/bin/env python3
"""Writes the inputs of the golden cases of xls, doc, msg and ppt: `python3 tests/system/write_office97.py`."""

import os
import struct

from office97 import *

GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden")


def write(parser, case, data, name=None):
    folder = os.path.join(GOLDEN, parser)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, case + ".in"), "wb") as out:
        out.write(data)
    if name:
        with open(os.path.join(folder, case + ".name"), "w", encoding="utf-8") as out:
            out.write(name + "\n")


# ---- xls ----

FORMATS = (record(0x41E, struct.pack("<H", 164) + text8('yyyy"年"m"月"d"日"')) +
           record(0x41E, struct.pack("<H", 165) + text8("000\\-0000")))
STYLES = b"".join(xf(n) for n in (0, 14, 164, 165, 22, 46))


def split_sst():
    """Texts that are cut within: the width changes at the cut; a reading and runs are cut too."""
    rich = shared("山田　太郎", runs=((0, 1), (2, 2)), reading=reading_of("ヤマダ　タロウ"))
    long_text = "Tokyo港区芝公園"
    first = sst([shared("氏名"), shared("住所"), rich])
    entries = 8
    first = struct.pack("<II", entries, entries) + first[8:]
    # "Tokyo" narrow before the cut, the rest wide behind it
    head = struct.pack("<HB", len(long_text), 0) + b"Tokyo"
    tail = b"\1" + long_text[5:].encode("utf-16-le")
    cut_rich = shared("佐藤 花子", runs=((0, 1), (3, 2)), reading=reading_of("サトウ ハナコ"))
    wide = shared("𠮷野 Ken")
    # wide before the cut, narrow behind it: the last three letters
    wide_head, wide_tail = wide[:-6], b"\0Ken"
    return (record(0xFC, first + head) + record(0x3C, tail + cut_rich[:-9]) +
            record(0x3C, cut_rich[-9:] + shared("été") + wide_head) + record(0x3C, wide_tail + shared("")))


def kinds():
    people = (label_sst(0, 0, 0) + label_sst(0, 1, 1) +
              label_sst(1, 0, 2) + label_sst(1, 1, 3) + number_cell(1, 2, 36526, 1) +
              label_sst(2, 0, 4) + label_sst(2, 3, 5) +
              label_sst(3, 0, 6) + label_sst(3, 1, 7) +
              record(0xE5, struct.pack("<HHHHH", 1, 3, 3, 1, 4)))
    chart = begin8(0x20) + number_cell(0, 0, 99.0) + END_OF
    values = (record(0x208, struct.pack("<HHHHHHI", 0, 0, 9, 255, 0, 0, 0x20)) +  # a hidden row
              number_cell(0, 0, 0.1) + number_cell(0, 1, 1234567890123.0) + number_cell(0, 2, 45292.5, 4) +
              number_cell(0, 3, 45292, 2) + number_cell(0, 4, 1050011, 3) + number_cell(0, 5, 1.5, 5) +
              rk_cell(1, 0, 12 << 2 | 2) + rk_cell(1, 1, (-5 & 0x3FFFFFFF) << 2 | 2) +
              rk_cell(1, 2, 12345 << 2 | 3) + rk_cell(1, 3, 0x40590000) + rk_cell(1, 4, 0x40590000 | 1) +
              record(0xBD, struct.pack("<HHHIHIH", 2, 1, 0, 7 << 2 | 2, 1, 36526 << 2 | 2, 2)) +
              record(0x204, struct.pack("<HHH", 3, 0, 0) + text8("鈴木 一郎")) +
              record(0x204, struct.pack("<HHHH", 3, 1, 0, 6) + b"\0abc") + record(0x3C, b"\1" + "港区民".encode("utf-16-le")) +
              formula(4, 0, 2.5) + formula(4, 1, b"\0\0\0\0\0\0\xff\xff") + record(0x207, text8("計算　結果")) +
              formula(4, 2, b"\1\0\1\0\0\0\xff\xff") + formula(4, 3, b"\2\0\x2a\0\0\0\xff\xff") +
              formula(4, 4, b"\3\0\0\0\0\0\xff\xff") + formula(4, 5, 36526.0, 1) + chart +
              record(0x205, struct.pack("<HHHBB", 5, 0, 0, 1, 0)) +
              record(0x205, struct.pack("<HHHBB", 5, 1, 0, 7, 1)) + record(0x201, struct.pack("<HHH", 5, 2, 0)) +
              label_sst(6, 0, 99))
    return compound({"Workbook": workbook8(FORMATS + STYLES + split_sst(), [
        ("名簿", people, 0), ("hidden", values, 1), ("empty", b"", 2)]),
        "\x05SummaryInformation": bytes(200)})


def text5(text):
    data = text.encode("cp932")
    return struct.pack("<H", len(data)) + data


def name5(text):
    data = text.encode("cp932")
    return bytes([len(data)]) + data


def excel95():
    shares = (record(0x42, struct.pack("<H", 932)) + record(0x22, struct.pack("<H", 1)) +
              record(0x41E, struct.pack("<H", 164) + name5('yyyy"年"mm"月"dd"日"')) + xf(0) + xf(164))
    cells = (record(0x204, struct.pack("<HHH", 0, 0, 0) + text5("氏名")) +
             record(0x204, struct.pack("<HHH", 0, 1, 0) + text5("入会日")) +
             record(0xD6, struct.pack("<HHH", 1, 0, 0) + text5("①髙橋 ﾊﾅｺ") + b"\1\0\1") +
             number_cell(1, 1, 1.0, 1) +
             formula(2, 0, b"\0\0\0\0\0\0\xff\xff") + record(0x207, text5("表の下")))
    return compound({"Book": workbook8(shares, [("会員", cells, 0)], begin=begin5, name=name5)})


def excel2():
    """No container, one sheet; cells with three bytes of flags."""
    flags = b"\0\0\0"
    name = "伊藤 次郎".encode("cp932")
    return (record(0x09, struct.pack("<HH", 2, 0x10)) + record(0x42, struct.pack("<H", 932)) +
            record(0x1E, b"\7General") + record(0x1E, b"\x0ayyyy/mm/dd") +
            record(0x04, struct.pack("<HH", 0, 0) + flags + bytes([len(name)]) + name) +
            record(0x02, struct.pack("<HH", 0, 1) + flags + struct.pack("<H", 42)) +
            record(0x03, struct.pack("<HH", 0, 2) + b"\0\1\0" + struct.pack("<d", 36526)) +
            record(0x05, struct.pack("<HH", 1, 0) + flags + b"\1\0") +
            record(0x06, struct.pack("<HH", 1, 1) + flags + b"\0\0\0\0\0\0\xff\xff" + b"\0\0") +
            record(0x07, b"\4text") + END_OF)


def excel4():
    return (record(0x409, struct.pack("<HHH", 4, 0x10, 0)) + record(0x42, struct.pack("<H", 932)) +
            record(0x41E, b"\0\0\7General") + record(0x41E, b"\0\0\x0ayyyy/mm/dd") +
            record(0x443, b"\0\0" + bytes(10)) + record(0x443, b"\0\1" + bytes(10)) +
            record(0x204, struct.pack("<HHH", 0, 0, 0) + text5("渡辺 三郎")) + number_cell(0, 1, 36526, 1) +
            record(0x406, struct.pack("<HHHdHH", 1, 0, 0, 7.0, 0, 0)) + END_OF)


def by_columns():
    """As programs write that fill a sheet column by column."""
    texts = ["氏名", "青木 一", "井上 二", "電話", "03-0000-0001", "03-0000-0002"]
    cells = b""
    for column in range(2):
        cells += b"".join(label_sst(row, column, column * 3 + row) for row in range(3))
    cells += b"".join(formula(row, 2, b"\0\0\0\0\0\0\xff\xff") + record(0x207, text8(f"計{row}")) for row in (2, 0))
    return compound({"Workbook": workbook8(xf(0) + record(0xFC, sst([shared(t) for t in texts])), [("順", cells, 0)])})


def two_people():
    return people_book([("小林 四郎", "東京都港区1-2-3", "03-0000-0003", 29221),
                        ("加藤 五郎", "大阪府大阪市北区4-5-6", "06-0000-0004", 30317)])


def protected_by(method, lock):
    extra = record(0x2F, method.header())
    stream = workbook8(xf(0) + xf(14) + record(0xFC, sst([shared("中村 六子"), shared("埼玉県さいたま市")])),
                       [("保護", label_sst(0, 0, 0) + label_sst(0, 1, 1) + number_cell(0, 2, 36526, 1) +
                         record(0x204, struct.pack("<HHH", 1, 0, 0) + text8("あ" * 700)), 0)], extra=extra)
    return compound({"Workbook": lock(stream, method)})


def protected(method):
    return protected_by(method, locked)


def lost_places():
    """A sheet is not where the workbook says; another one is there."""
    stream = bytearray(workbook8(xf(0) + record(0xFC, sst([shared("木村 七海")])),
                                 [("違う", label_sst(0, 0, 0), 0), ("正しい", label_sst(0, 0, 0), 0)]))
    at = stream.index(struct.pack("<H", 0x85))
    stream[at + 4:at + 8] = struct.pack("<I", 3)
    return compound({"Workbook": bytes(stream)})


def loop():
    """The chain of the stream comes back to where it was."""
    cells = b"".join(record(0x204, struct.pack("<HHH", row, 0, 0) + text8(f"行 {row}" + "あ" * 100)) for row in range(40))
    data = bytearray(compound({"Workbook": workbook8(xf(0), [("輪", cells, 0)])}))
    fat = struct.unpack_from("<I", data, 76)[0]
    struct.pack_into("<I", data, (fat + 1) * 512 + 4 * 6, 3)
    return bytes(data)


def late_table(data):
    """The same file with its only table sector at the end, behind an empty one."""
    data = bytearray(data + bytes(512))
    fat = struct.unpack_from("<I", data, 76)[0]
    table = data[(fat + 1) * 512:(fat + 2) * 512]
    struct.pack_into("<I", data, 76, fat + 1)
    struct.pack_into("<II", table, fat * 4, FREE, FAT_SECTOR)
    data[(fat + 2) * 512:] = table
    return bytes(data)


def xls():
    write("xls", "kinds", kinds())
    write("xls", "excel95", excel95())
    write("xls", "excel2", excel2())
    write("xls", "excel4", excel4())
    write("xls", "by_columns", by_columns())
    write("xls", "people", two_people(), "share/顧客.xls")
    write("xls", "protected", protected(Old97("VelvetSweatshop", b"salt salt salt 1")))
    write("xls", "protected_sha1", protected(New2002("VelvetSweatshop", b"salt salt salt 2")))
    write("xls", "protected_40", protected(New2002("VelvetSweatshop", b"salt salt salt 3", 40, 2)))
    write("xls", "password", protected(Old97("invented", b"salt salt salt 4")))
    write("xls", "lost_places", lost_places())
    write("xls", "loop", loop())
    write("xls", "sectors_4096", compound({"Workbook": workbook8(xf(0) + record(0xFC, sst([shared("松本 八重")])), [
        ("大", label_sst(0, 0, 0), 0)]), "Big": bytes(range(256)) * 40}, sector=4096))
    whole = compound({"Workbook": workbook8(xf(0), [("長い", b"".join(
        record(0x204, struct.pack("<HHH", row, 0, 0) + text8(f"行 {row}" + "あ" * 100)) for row in range(40)), 0)])})
    write("xls", "cut", whole[:6000], "share/cut.xls")
    rows = b"".join(record(0x204, struct.pack("<HHH", row, 0, 0) + text8(f"行 {row}")) for row in range(4))
    late = late_table(compound({"Workbook": workbook8(xf(0), [("表", rows, 0)]) + bytes(4096)}))
    write("xls", "cut_table", late[:-512])


# ---- doc ----

def letter():
    """Pieces of both widths, a table, fields, notes, headers, a comment, a text box."""
    w = Word()
    w.add("お客様各位　𠮷野 様\r").add("Caf\xe9 \u20ac 12 \u2013 \u201cquoted\u201d\r", narrow=True)
    w.add('連絡先: \x13 HYPERLINK "mailto:x@example.jp" \x14taro@example.jp\x15 まで\x13 PAGE \x15\x02\r')
    w.row(["氏名", "電話", "備考"]).row(["山田 太郎", "03-0000-0001", ""]).row(["", "", "二行\x0bある"])
    w.add("第一段落\r", IN_TABLE).add("第二段落\x07", IN_TABLE).add("06-0000-0002\x07", IN_TABLE).add("\x07", ROW_END)
    w.add("表の後\x1e1\x1f2\x01\x08\x05\r").add("一頁目の終わり\x0c").add("二頁目\r")
    w.begin(1).add("\x02 脚注 佐藤 花子\r").add("\r")
    heads = ["", "", "", "", "", "", "", "見本商店\r\r", "", "担当 伊藤\r\r", "", ""]
    w.begin(2)
    for text in heads:
        if text:
            w.add(text)
    w.add("\r")
    notes = ["\x05確認済み 鈴木\r", "\x05二件目\r"]
    w.begin(4)
    for text in notes:
        w.add(text)
    w.add("\r")
    w.begin(5).add("\x02 文末\r").add("\r")
    w.begin(6).add("枠の中 高橋 三郎\r").add("\r")
    w.lists = {3: places("\x02 脚注 佐藤 花子\r", "\r"), 11: places(*heads, "\r"), 5: places(*notes, "\r")}
    return w.streams()


def nested():
    """A table in a cell; a row whose changes lie in the stream of further data."""
    w = Word()
    w.add("外の上\r", IN_TABLE).add("内1\r", INNER_CELL).add("内2\r", INNER_CELL).add("\r", INNER_ROW_END)
    w.add("外の下\x07", IN_TABLE).add("隣\x07", IN_TABLE).add("\x07", struct.pack("<HI", 0x6646, 4))
    w.row(["次の行", "終わり"]).add("表の外\r")
    streams = w.streams(table="0Table")
    streams["Data"] = bytes(4) + struct.pack("<H", len(ROW_END)) + ROW_END + bytes(20)
    return streams


def pieces_beyond():
    """The list of pieces names text behind the end of the stream."""
    streams = Word().add("読める 段落\r").add("読めない 段落\r").streams()
    lists = bytearray(streams["1Table"])
    clx = lists.index(b"\1\3\0abc\2") + 11
    struct.pack_into("<I", lists, clx + 12 + 8 + 2, 0x100000)
    streams["1Table"] = bytes(lists)
    return streams


def embedded():
    """A workbook, a package and a file as it is, within a document."""
    sheet = workbook8(xf(0), [("中の表", record(0x204, struct.pack("<HHH", 0, 0, 0) + text8("斎藤 九")), 0)])
    csv = "氏名,電話\r\n林 十,03-0000-0007\r\n".encode("cp932")
    native = struct.pack("<H", 2) + "名簿.csv".encode("cp932") + b"\0" + b"C:\\list.csv\0" + struct.pack("<II", 0x30000, 4)
    native += b"x\0\0\0" + struct.pack("<I", len(csv)) + csv
    return {**Word().add("埋め込み\r").streams(), "ObjectPool/_1000/Workbook": sheet, "ObjectPool/_1001/Package": b"PK\3\4 no zip",
            "ObjectPool/_1001/\x03ObjInfo": b"\0\0", "ObjectPool/_1002/\x01Ole10Native": struct.pack("<I", len(native)) + native,
            "ObjectPool/_1003/\x01Ole10Native": native[:9]}


def doc():
    write("doc", "embedded", compound(embedded()))
    write("doc", "letter", compound(letter()))
    write("doc", "nested", compound(nested()))
    write("doc", "pieces_beyond", compound(pieces_beyond()))
    write("doc", "word95", compound(word95(
        "件名　ご案内\r氏名\x07電話\x07\x07山田 太郎\x0703-0000-0003\x07\x07続き ﾃｽﾄ\x13 PAGE \x14 7\x15\r")))
    secret = Word().add("秘密\r").streams(flags=0x100)
    write("doc", "password", compound(secret))
    write("doc", "no_pieces", compound({**Word().add("列のまま 一\r").streams(), "1Table": b""}))
    write("doc", "cut_mixed", compound(letter())[:4000], "share/letter.doc")
    wide = Word().row(["山田 太郎", "03-0000-0001"]).add("長い文書の終わり\r" * 200)
    write("doc", "cut", compound(wide.streams())[:5000], "share/wide.doc")
    write("doc", "other", compound({"Contents": b"something else" * 10}), "share/other.doc")


# ---- msg ----

SENT = filetime(1783000000)  # 2026-07-02


def whole_mail():
    """Everything that a mail has: recipients of all kinds, two bodies, files of the same name."""
    m = message().put(0x0039, TIME, SENT).put(0x3FFD, NUMBER, 932)
    m.texts({0x001A: "IPM.Note", 0x0037: "お見積りの件 𠮷野様", 0x0042: "山田 太郎", 0x0065: "taro@example.jp",
             0x0C1A: "秘書 花子", 0x0C1F: "/O=EXAMPLE/CN=HANAKO", 0x5D01: "hanako@example.jp",
             0x1035: "<1@example.jp>", 0x1000: "山田です。\r\n電話は03-0000-0001です。\r\n",
             0x007D: "Received: x\r\nX-Originating-IP: [192.0.2.7]\r\nX-Mailer: Invented 1\r\n"})
    m.put(0x1013, BYTES, "<html><body><p>山田です。</p></body></html>".encode())
    m.recipient(1, "佐藤 花子", "/O=EXAMPLE/CN=SATO", "sato@example.jp").recipient(1, "suzuki@example.com", "suzuki@example.com")
    m.recipient(2, "伊藤", "ito@example.com").recipient(3, "隠し", "bcc@example.com")
    m.attach({0x3707: "顧客 一覧.csv", 0x3704: "KOKYAK~1.CSV"}, "氏名,電話\r\n高橋 一,03-0000-0002\r\n".encode())
    m.attach({0x3707: "顧客 一覧.csv"}, b"a,b\r\n" * 900)
    return m.attach({}, b"%PDF-1.4", kind="application/pdf")


def ansi_mail():
    """Bytes in code page 932; a mail within a mail, which has a file; an object of several streams."""
    inner = message(False, "cp932").put(0x0E06, TIME, SENT + 36000000000).put(0x3FFD, NUMBER, 932)
    inner.texts({0x0037: "中のメール", 0x0C1A: "中村 次郎", 0x0C1F: "jiro@example.jp", 0x1000: "中の本文 ①"})
    inner.recipient(1, "渡辺", "watanabe@example.com").attach({0x3704: "NAKA.TXT"}, "中の添付".encode("cp932"))
    m = message(True, "cp932").put(0x0039, TIME, SENT).put(0x3FFD, NUMBER, 932)
    m.texts({0x0037: "転送: 髙橋様", 0x0C1A: "小林 ﾊﾅｺ", 0x0C1F: "kobayashi@example.jp", 0x1000: "転送します。"})
    m.recipient(1, "加藤", "kato@example.com").attach({0x3001: "中のメール"}, message=inner)
    return m.attach({0x3707: "図"}, streams={"CONTENTS": b"drawing", "\x01Ole": bytes(20)})


def bodies(*properties):
    m = message().put(0x0039, TIME, SENT).put(0x3FDE, NUMBER, 50220).texts({0x0C1A: "井上", 0x0C1F: "inoue@example.jp"})
    for number, kind, value in properties:
        m.put(number, kind, value)
    return m


def msg():
    write("msg", "whole", compound(whole_mail().all()))
    write("msg", "ansi", compound(ansi_mail().all()))
    html = "<p>ISOの本文 木村 三郎</p>".encode("iso-2022-jp")
    write("msg", "html", compound(bodies((0x1013, BYTES, html)).all()))
    rtf = ("{\\rtf1\\ansi\\ansicpg932\\fromhtml1 {\\*\\htmltag64 <p>}\\'8e\\'52\\'93\\'63 \\u22826?\\u37070?"
           "\\htmlrtf \\par\\htmlrtf0 \\par 03-0000-0005 03-0000-0005 03-0000-0005\\par}").encode()
    write("msg", "rtf", compound(bodies((0x1009, BYTES, lzfu(rtf))).all()))
    stored = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    write("msg", "rtf_stored", compound(bodies((0x1009, BYTES, stored)).all()))
    broken = compound(bodies((0x1009, BYTES, lzfu(rtf)[:100])).all())
    write("msg", "rtf_cut", broken)
    smime = bodies().texts({0x001A: "IPM.Note.SMIME"}).attach({0x3707: "smime.p7m"}, b"0\x82")
    write("msg", "envelope", compound(smime.all()))
    write("msg", "undated", compound(message(True, "cp932").texts({0x0037: "日付なし", 0x0C1A: "誰か"}).all()))
    write("msg", "cut", compound(whole_mail().all())[:9000], "mail/cut.msg")


# ---- ppt ----

def two_saves():
    """The second save has a new slide 1; what it said before is still in the file."""
    def document(first):
        return box(0x3E8, atom(0x3E9, bytes(40)), box(0xFF0, listed(2, "表題 𠮷野", first), listed(3), instance=0),
                   box(0xFF0, listed(4), instance=2), box(0xFF0, listed(5), instance=1))
    s = Slides().save({1: document("前の担当 山本"), 2: slide_box(0x3EE, "前の箱 中村"), 3: slide_box(0x3EE, "二枚目\rTel 03-0000-0006", "Caf\xe9"),
                       4: slide_box(0x3F0, "発表者のノート 小林"), 5: slide_box(0x3F8, "見本商店")}, 1)
    return s.save({1: document("担当 山田 太郎\v改行"), 2: slide_box(0x3EE, "新しい箱 佐藤 花子")}, 1)


def ppt():
    streams = two_saves().streams()
    write("ppt", "two_saves", compound(streams))
    write("ppt", "lost_edit", compound({**streams, "Current User": b""}))
    write("ppt", "password", compound(two_saves().streams(0xF3D1C4DF)))
    again = box(0x3E8, box(0xFF0, listed(2), listed(2), listed(9)))
    write("ppt", "named_twice", compound(Slides().save({1: again, 2: slide_box(0x3EE, "一度だけ 加藤")}, 1).streams()))
    late = Slides().save({1: box(0x3E8, box(0xFF0, listed(2))), 2: slide_box(0x3EE, *["長い " * 300] * 4)}, 1).streams()
    write("ppt", "cut", compound(late)[:5000], "share/cut.ppt")


if __name__ == "__main__":
    xls()
    doc()
    msg()
    ppt()
