"""Writes small databases of Microsoft Access, to test the parser of them with. All people are invented.

make_access.py FOLDER       one file a case into the folder, as tests/golden/access has them

The layout is that of docs/formats/access.md; mdb-export of mdbtools reads what this writes.
"""
import decimal
import hashlib
import os
import struct
import sys
import uuid
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "system"))
import ciphers  # noqa: E402
import office97  # noqa: E402
import office_locks  # noqa: E402

BOOL, BYTE, INT, LONG, MONEY, FLOAT, DOUBLE, DATE, BINARY, TEXT, OLE, MEMO = range(1, 13)
GUID, NUMERIC, COMPLEX, BIGINT, DATE_EXTENDED = 15, 16, 18, 19, 20
SIZES = {BOOL: 0, BYTE: 1, INT: 2, LONG: 4, MONEY: 8, FLOAT: 4, DOUBLE: 8, DATE: 8, GUID: 16, NUMERIC: 17,
         COMPLEX: 4, BIGINT: 8, DATE_EXTENDED: 42}


def rc4(key, data):
    s, j = list(range(256)), 0
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 255
        s[i], s[j] = s[j], s[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) & 255
        j = (j + s[i]) & 255
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) & 255])
    return bytes(out)


def squeeze(text):
    """As Jet 4 squeezes: a byte for the first 256 characters, 00 in front of and behind others."""
    out, squeezed = bytearray(b"\xff\xfe"), True
    for c in text:
        unit = c.encode("utf-16-le")
        small = len(unit) == 2 and unit[1] == 0
        if small != squeezed:
            out.append(0)
            squeezed = small
        out += unit[:1] if small else unit
    return bytes(out)


class Column:
    def __init__(self, name, kind, length=0, scale=0, fixed=None, squeezed=True, calculated=False, number=None):
        self.name, self.kind, self.scale, self.squeezed = name, kind, scale, squeezed
        self.calculated, self.number = calculated, number
        self.fixed = (kind in SIZES and kind != NUMERIC and not calculated) if fixed is None else fixed
        self.length = length or SIZES.get(kind, 0) or (510 if kind == TEXT else 0)


class Table:
    """`gone`: numbers of columns that were deleted. Rows are dicts or lists; ("deleted", row), ("moved", row),
    ("old", n, row): written when the table had n columns."""

    def __init__(self, name, columns, rows, flags=0, listed=True, kind=0x4e, says=None, list_map=False, indexes=0):
        self.name, self.columns, self.rows, self.flags, self.listed = name, columns, rows, flags, listed
        self.kind, self.says, self.list_map, self.indexes = kind, says, list_map, indexes


class Database:
    def __init__(self, version, page=932, key=0, early=0, password="", lock=None):
        """`early`: pages kept free behind the first ones, for the catalogue. `password`: of Jet, which closes nothing. `lock`: of
        ACE, has how pages are encrypted (`info`) and does it (`page`)."""
        self.password, self.lock = password, lock
        self.version, self.jet3, self.code_page, self.key = version, version == 0, page, key
        self.size = 2048 if self.jet3 else 4096
        self.pages = [bytearray(self.size) for _ in range(3 + early)]
        self.early, self.free = list(range(3, 3 + early)), []
        self.long_page = None
        self.pages[1][0:2] = b"\1\1"

    # ---- pages and rows ----

    def new_page(self, kind, owner=b"\0\0\0\0"):
        page = bytearray(self.size)
        page[0:2] = bytes([kind, 1])
        if kind == 1:
            page[4:8] = owner
            struct.pack_into("<H", page, 2, self.size - (10 if self.jet3 else 14))
        if self.free:
            self.pages[self.free[0]][:] = page
            return self.free.pop(0)
        self.pages.append(page)
        return len(self.pages) - 1

    def add_row(self, number, data, flags=0):
        """The row's number, or None where it has no room."""
        page, at = self.pages[number], 8 if self.jet3 else 12
        count = struct.unpack_from("<H", page, at)[0]
        end = struct.unpack_from("<H", page, at + 2 * count)[0] & 0x1fff if count else self.size
        if end - len(data) < at + 2 + 2 * (count + 1) or count >= 255:
            return None
        page[end - len(data):end] = data
        struct.pack_into("<H", page, at, count + 1)
        struct.pack_into("<H", page, at + 2 + 2 * count, end - len(data) | flags)
        struct.pack_into("<H", page, 2, end - len(data) - at - 2 - 2 * (count + 1))
        return count

    def add_long(self, data):
        if self.long_page is not None:
            row = self.add_row(self.long_page, data)
            if row is not None:
                return self.long_page << 8 | row
        self.long_page = self.new_page(1, b"LVAL")
        return self.long_page << 8 | self.add_row(self.long_page, data)

    def long_value(self, data, how=None):
        """Inline, on one page, or on several, one piece each."""
        if how is None:
            how = "row" if len(data) <= 64 else "page" if len(data) < 1800 else "chain"
        if how == "row":
            return struct.pack("<III", len(data) | 0x80000000, 0, 0) + data
        if how == "page":
            return struct.pack("<III", len(data) | 0x40000000, self.add_long(data), 0)
        piece = self.size - (20 if self.jet3 else 24)
        next_one = 0
        for at in reversed(range(0, len(data), piece)):
            page = self.new_page(1, b"LVAL")
            next_one = page << 8 | self.add_row(page, struct.pack("<I", next_one) + data[at:at + piece])
        return struct.pack("<III", len(data), next_one, 0)

    # ---- values ----

    def text(self, column, value):
        if isinstance(value, bytes):
            return value
        if self.jet3:
            return value.encode("cp932")
        plain = value.encode("utf-16-le")
        if column.squeezed and "\u3000" not in value and len(value) < 1024 and not column.fixed:
            small = squeeze(value)
            if len(small) < len(plain):
                return small
        return plain

    def value(self, column, value):
        kind = column.kind
        if kind in (BYTE, INT, LONG, BIGINT, COMPLEX):
            return (value & (1 << 8 * SIZES[kind]) - 1).to_bytes(SIZES[kind], "little")
        if kind == MONEY:
            return struct.pack("<q", int(decimal.Decimal(value) * 10000))
        if kind == FLOAT:
            return struct.pack("<f", value)
        if kind in (DOUBLE, DATE):
            return struct.pack("<d", value)
        if kind == GUID:
            return uuid.UUID(value).bytes_le
        if kind == NUMERIC:
            number = int(decimal.Decimal(value).scaleb(column.scale))
            size = abs(number).to_bytes(16, "big")
            groups = b"".join(size[i:i + 4][::-1] for i in range(0, 16, 4))
            return bytes([0x80 if number < 0 else 0]) + groups
        if kind == DATE_EXTENDED:
            return b"%019d:%019d:7\0" % value
        if kind == TEXT:
            data = self.text(column, value)
            if column.fixed:
                data += (b" " if self.jet3 else b" \0") * ((column.length - len(data)) // (1 if self.jet3 else 2))
            return data
        if kind == MEMO:
            how = None
            if isinstance(value, tuple):
                how, value = value
            return self.long_value(self.text(column, value), how)
        if kind == OLE:
            return self.long_value(value)
        return value

    def row(self, table, values, columns=None):
        """`columns`: how many the table had when the row was written."""
        shown = [c for c in table.columns if columns is None or c.number < columns]
        total = columns or max(c.number for c in table.columns) + 1
        mask = bytearray((total + 7) // 8)
        head = struct.pack("<B" if self.jet3 else "<H", total)
        fixed = bytearray(max([c.place + c.length for c in shown if c.fixed], default=0))
        variable = {}
        for c in shown:
            value = values.get(c.name)
            if value is None or value is False:
                continue
            mask[c.number // 8] |= 1 << c.number % 8
            if c.kind == BOOL and not c.calculated:
                continue
            data = value if isinstance(value, bytes) and c.calculated else self.value(c, value)
            if c.calculated:
                data = b"\1" + bytes(15) + struct.pack("<I", len(data)) + data + bytes(3)
            if c.fixed:
                fixed[c.place:c.place + len(data)] = data
            else:
                variable[c.place] = data
        body = head + bytes(fixed)
        if not any(not c.fixed for c in table.columns):
            return body + bytes(mask)
        count = max(variable, default=-1) + 1
        places = []
        for i in range(count):
            places.append(len(body))
            body += variable.get(i, b"")
        places.append(len(body))
        if not self.jet3:
            return body + b"".join(struct.pack("<H", p) for p in reversed(places)) + \
                struct.pack("<H", count) + bytes(mask)
        jumps = 0
        while True:  # as many as the length of the row asks for
            length = len(body) + len(places) + jumps + 1 + len(mask)
            if (length - 1) // 256 <= jumps:
                break
            jumps += 1
        marks = [next((i for i, p in enumerate(places) if p // 256 > k), 0xff) for k in range(jumps)]
        return body + bytes(p % 256 for p in reversed(places)) + bytes(reversed(marks)) + bytes([count]) + bytes(mask)

    # ---- tables ----

    def place_columns(self, table):
        number = fixed = variable = 0
        longs = [c for c in table.columns if c.kind in (MEMO, OLE)]
        for c in table.columns:
            c.number = number if c.number is None else c.number
            number = c.number + 1
            if c.fixed:
                c.place = fixed
                fixed += c.length
        for c in [c for c in table.columns if not c.fixed and c not in longs] + [c for c in longs if not c.fixed]:
            c.place = variable
            variable += 1
        return number, variable

    def define(self, table, page, rows, map_at):
        total, variable = self.place_columns(table)
        out = bytearray(43 if self.jet3 else 63)
        out[0:2] = b"\2\1"
        struct.pack_into("<I", out, 12 if self.jet3 else 16, rows)
        at = 20 if self.jet3 else 40
        if not self.jet3:
            struct.pack_into("<I", out, 12, 1625)
            out[24] = 1
        struct.pack_into("<BHHH", out, at, table.kind, total, variable, len(table.columns))
        struct.pack_into("<II", out, 27 if self.jet3 else 47, table.indexes, table.indexes)
        struct.pack_into("<II", out, 35 if self.jet3 else 55, map_at, map_at + 1)
        out += bytes((8 if self.jet3 else 12) * table.indexes)
        for c in table.columns:
            flags = 2 | (1 if c.fixed else 0)
            place, ends = (c.place, 0) if c.fixed else (0, c.place)
            extra = struct.pack("<BB", 18, c.scale) if c.kind == NUMERIC else None
            if self.jet3:
                extra = extra or struct.pack("<H", self.code_page if c.kind in (TEXT, MEMO) else 0)
                out += struct.pack("<BHHHHH", c.kind, c.number, ends, c.number, 0x411, 0) + extra + \
                    struct.pack("<BHH", flags, place, c.length)
            else:
                extra = extra or struct.pack("<H", 0x411 if c.kind in (TEXT, MEMO) else 0)
                out += struct.pack("<BIHHH", c.kind, 1625, c.number, ends, c.number) + extra + b"\0\0" + \
                    struct.pack("<BBIHH", flags, 0xc0 if c.calculated else 1 if c.squeezed else 0, 0, place, c.length)
        for c in table.columns:
            name = c.name.encode("cp932" if self.jet3 else "utf-16-le")
            out += struct.pack("<B" if self.jet3 else "<H", len(name)) + name
        out += b"".join(bytes(39 if self.jet3 else 52) for _ in range(table.indexes))
        out += b"\xff\xff"
        struct.pack_into("<I", out, 8, len(out) - 8)
        number, rest = page, out[self.size:]
        self.pages[number][:] = out[:self.size].ljust(self.size, b"\0")
        while rest:
            follows = self.new_page(2)
            struct.pack_into("<I", self.pages[number], 4, follows)
            number, part, rest = follows, rest[:self.size - 8], rest[self.size - 8:]
            self.pages[number][8:8 + len(part)] = part

    def write_map(self, map_at, pages, as_list):
        page, row = map_at >> 8, map_at & 255
        at = struct.unpack_from("<H", self.pages[page], (10 if self.jet3 else 14) + 2 * row)[0] & 0x1fff
        length = 128 if self.jet3 else 64
        if not as_list:
            first = min(pages, default=0) // 8 * 8
            struct.pack_into("<BI", self.pages[page], at, 0, first)
            for p in pages:
                assert p - first < length * 8
                self.pages[page][at + 5 + (p - first) // 8] |= 1 << (p - first) % 8
            return
        bits = self.new_page(5)
        struct.pack_into("<BI", self.pages[page], at, 1, bits)
        for p in pages:
            self.pages[bits][4 + p // 8] |= 1 << p % 8

    def add_table(self, table, page=None):
        page = self.new_page(2) if page is None else page
        maps = self.new_page(1)
        empty = bytes(133 if self.jet3 else 69)
        map_at = maps << 8 | self.add_row(maps, empty)
        self.add_row(maps, empty)
        self.define(table, page, 0, map_at)
        owner, owned, told = struct.pack("<I", page), [], 0
        current = None
        for values in table.rows:
            how, columns = "", None
            if isinstance(values, tuple):
                how, values = values[0], values[-1]
                columns = table_columns(table, how)
            data = self.row(table, values, columns)
            told += how != "deleted"
            if how == "moved":
                if not owned or current is None:
                    current = self.new_page(1, owner)
                    owned.append(current)
                away = self.new_page(1, owner)
                owned.append(away)
                row = self.add_row(away, data, 0x8000)
                assert self.add_row(current, struct.pack("<I", away << 8 | row), 0x4000) is not None
                continue
            flags = 0xc000 if how == "deleted" else 0
            if current is None or self.add_row(current, data, flags) is None:
                current = self.new_page(1, owner)
                owned.append(current)
                assert self.add_row(current, data, flags) is not None, table.name
        said = told if table.says is None else table.says
        struct.pack_into("<I", self.pages[page], 12 if self.jet3 else 16, said)
        self.write_map(map_at, owned, table.list_map)
        table.page, table.map, table.owned = page, map_at, owned
        return page

    def finish(self, tables, linked=0):
        """The catalogue, last, as page 2."""
        columns = [Column("Id", LONG), Column("ParentId", LONG), Column("Name", TEXT, 128 if not self.jet3 else 64),
                   Column("Type", INT), Column("DateCreate", DATE), Column("DateUpdate", DATE),
                   Column("Owner", BINARY, 255), Column("Flags", LONG), Column("Database", MEMO),
                   Column("Connect", MEMO), Column("ForeignName", TEXT, 128), Column("RmtInfoShort", BINARY, 255),
                   Column("RmtInfoLong", OLE), Column("Lv", OLE), Column("LvProp", OLE), Column("LvModule", OLE),
                   Column("LvExtra", OLE)]

        def line(number, name, kind, flags=0, **more):
            return dict({"Id": number, "ParentId": 0xf000001, "Name": name, "Type": kind, "DateCreate": 45000.5,
                         "DateUpdate": 45000.5, "Flags": flags}, **more)

        rows = [line(2, "MSysObjects", 1, 0x80000000), line(0xf000001, "Tables", 3, 0x80000000)]
        for t in tables:
            if t.listed:
                rows.append(line(t.page, t.name, 1, t.flags))
        rows.append(line(0x80000001, "一覧の問い合わせ", 5))
        for i in range(linked):
            rows.append(line(0x80000010 + i, "リンク%d" % i, 6 if i % 2 == 0 else 4, 0x200000,
                             Database="C:\\data\\other.mdb", ForeignName="顧客"))
        self.free = self.early
        self.catalogue = Table("MSysObjects", columns, rows, kind=0x53)
        self.add_table(self.catalogue, 2)
        self.write_head()

    def write_head(self):
        head = bytearray(self.size)
        head[0:4] = b"\0\1\0\0"
        head[4:20] = b"Standard ACE DB\0" if self.version > 1 else b"Standard Jet DB\0"
        head[0x14] = self.version
        struct.pack_into("<H", head, 0x3a, 0x411)
        struct.pack_into("<H", head, 0x3c, self.code_page)
        struct.pack_into("<I", head, 0x3e, self.key)
        if not self.jet3:
            struct.pack_into("<I", head, 0x6e, 0x411)
            struct.pack_into("<d", head, 0x72, 45000.25)
        if self.password:
            place = self.password.encode("cp932" if self.jet3 else "utf-16-le").ljust(20 if self.jet3 else 40, b"\0")
            mask = struct.pack("<i", 45000)  # Jet 4: by the day it was made
            head[0x42:0x42 + len(place)] = place if self.jet3 else bytes(b ^ mask[i % 4] for i, b in enumerate(place))
        end = 0x18 + (126 if self.jet3 else 128)
        head[0x18:end] = rc4(bytes([0xc7, 0xda, 0x39, 0x6b]), head[0x18:end])
        if self.lock:
            info = self.lock.info()
            struct.pack_into("<H", head, 0x299, len(info))
            head[0x29b:0x29b + len(info)] = info
        self.pages[0][:] = head

    def bytes(self):
        if self.lock:
            return bytes(self.pages[0]) + b"".join(
                self.lock.page(self.key ^ n, bytes(page)) for n, page in enumerate(self.pages) if n)
        if not self.key or self.version > 1:
            return b"".join(self.pages)
        return bytes(self.pages[0]) + b"".join(
            rc4(struct.pack("<I", self.key ^ n), page) for n, page in enumerate(self.pages) if n)


def table_columns(table, how):
    return int(how[4:]) if how.startswith("old ") else None


# ---- what is in them ----

def customers(rows, **more):
    columns = [Column("顧客番号", LONG), Column("氏名", TEXT, 100), Column("フリガナ", TEXT, 100),
               Column("生年月日", DATE), Column("会員", BOOL), Column("残高", MONEY), Column("電話番号", TEXT, 40),
               Column("備考", MEMO)]
    return Table("顧客", columns, rows, **more)


def customer(number, name, kana, birth, **more):
    return dict({"顧客番号": number, "氏名": name, "フリガナ": kana, "生年月日": birth, "会員": number % 2 == 1,
                 "残高": "1234.5", "電話番号": "090-0000-%04d" % number}, **more)


LONG_NOTE = "".join("%d回目の連絡。" % i for i in range(600))
PEOPLE = [
    customer(1, "例示 太郎", "レイジ タロウ", 29221.0, 備考="短い備考"),
    customer(2, "見本 花子", "ミホン ハナコ", 31778.0, 備考="窓口で住所の変更を受けた。" * 20),
    ("deleted", customer(3, "削除 済子", "サクジョ スミコ", 31778.0)),
    customer(4, "Smith Ann", "スミス アン", 18264.0, 残高="-99999999.9999", 備考=LONG_NOTE),
    ("moved", customer(5, "移動 次郎", "イドウ ジロウ", 22000.0, 備考="行が別のページへ移った")),
    customer(6, "架空 三郎", None, -20000.0, 残高=None, 電話番号=None),
]
HIDDEN = Table("社員", [Column("社員番号", INT), Column("氏名", TEXT, 60), Column("入社日", DATE)],
               [{"社員番号": 101, "氏名": "仮名 一子", "入社日": 43556.0},
                {"社員番号": 102, "氏名": "仮名 二郎", "入社日": 43922.375}], flags=8)
SYSTEM = Table("MSysAccessStorage", [Column("Name", TEXT, 60)], [{"Name": "left out"}], flags=0x80000000, kind=0x53)


def wide(count):
    """Values behind each other until places need more than a byte, and a definition of several pages."""
    columns = [Column("列%03d" % i, TEXT, 40) for i in range(count)]
    rows = [{"列%03d" % i: "値%d" % i for i in range(count)},
            {"列000": "最初", "列%03d" % (count - 1): "最後"}, {"列001": "二番目だけ"}]
    return Table("広い表", columns, rows, indexes=2)


def jet3(key=0):
    d = Database(0, key=key)
    tables = [customers(PEOPLE), HIDDEN, SYSTEM, wide(90),
              Table("論理だけ", [Column("はい", BOOL), Column("番号", LONG)], [{"はい": True, "番号": 7}, {"番号": 8}])]
    for t in tables:
        d.add_table(t)
    d.finish(tables)
    return d


def jet4_small(password):
    d = Database(1, password=password)
    tables = [customers(PEOPLE[:2])]
    for t in tables:
        d.add_table(t)
    d.finish(tables)
    return d


OLE_FILE = b"PK-not-really " * 200
NATIVE = struct.pack("<H", 2) + "覚書.txt".encode("cp932") + b"\0C:\\data\\memo.txt\0" + struct.pack("<HHI", 0, 3, 17) + \
    b"C:\\data\\memo.txt\0" + struct.pack("<I", 24) + "覚書 例示太郎様".encode("cp932").ljust(24) + b"trailer"


def embedded(name, data):
    head = struct.pack("<HHIHHHHi", 0x1c15, 20 + len(name) * 2 + 2, 2, len(name) + 1, len(name) + 1, 20,
                       20 + len(name) + 1, -1)
    head += (name + b"\0") * 2
    return head + struct.pack("<III", 0x501, 2, len(name) + 1) + name + b"\0" + bytes(8) + \
        struct.pack("<I", len(data)) + data + b"\xad\x05\xfe\xfe"


def kinds(d):
    columns = [Column("短整数", BYTE), Column("整数", INT), Column("長整数", LONG), Column("通貨", MONEY),
               Column("単精度", FLOAT), Column("倍精度", DOUBLE), Column("日時", DATE), Column("十進", NUMERIC, 17, 4),
               Column("GUID", GUID), Column("固定", TEXT, 40, fixed=True), Column("二進", BINARY, 50),
               Column("文字", TEXT, 100), Column("真偽", BOOL)]
    rows = [
        {"短整数": 255, "整数": -2, "長整数": -2147483648, "通貨": "0.0001", "単精度": 1.5, "倍精度": 0.1, "日時": 0.5,
         "十進": "-12345678901234.5678", "GUID": "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", "固定": "固定長", "二進": b"\1\2\3",
         "文字": "abcé漢字def", "真偽": True},
        {"短整数": 0, "整数": 32767, "長整数": 5, "通貨": "-1000", "単精度": -0.25, "倍精度": 1e300, "日時": -1.25,
         "十進": "0.0001", "固定": "半角", "文字": "全角\u3000空白", "真偽": False},
        {"日時": 2958465.99999, "十進": "-7", "文字": ""},
        {"日時": float("nan"), "倍精度": float("inf"), "文字": squeeze("ab") + b"\0\x42"},
    ]
    return Table("種類", columns, rows)


def jet4(key=0, early=0):
    d = Database(1, key=key, early=early)
    files = Table("書類", [Column("番号", LONG), Column("ファイル", OLE)],
                  [{"番号": 1, "ファイル": OLE_FILE}, {"番号": 2, "ファイル": embedded(b"Package", NATIVE)},
                   {"番号": 3, "ファイル": embedded(b"PBrush", b"BM" + bytes(60))}, {"番号": 4}, {"番号": 5, "ファイル": b"x"}])
    added = Table("後から", [Column("番号", LONG, number=0), Column("残った", TEXT, 40, number=2),
                           Column("足した", TEXT, 40, number=3), Column("足した印", BOOL, number=4)],
                  [("old 3", {"番号": 1, "残った": "前の行"}), {"番号": 2, "残った": "後の行", "足した": "例示 四郎", "足した印": True}])
    rich = Table("記録", [Column("本文", MEMO)],
                 [{"本文": "<div>例示 太郎さんから<strong>電話</strong></div>"}, {"本文": ("page", "短いがページに")},
                  {"本文": ("chain", "短いが鎖に")}, {"本文": ("row", "行の中に長く" * 60)}, {"本文": ""}])
    tables = [customers(PEOPLE, list_map=True), HIDDEN, SYSTEM, wide(200), kinds(d), files, added, rich,
              Table("空の表", [Column("氏名", TEXT, 40)], [])]
    for t in tables:
        d.add_table(t)
    d.finish(tables, linked=3)
    return d


def attachment(name, data, packed):
    ending = (name.rsplit(".", 1)[1] + "\0").encode("utf-16-le")
    content = struct.pack("<III", 12 + len(ending), 1, len(ending) // 2) + ending + data
    return struct.pack("<II", 1 if packed else 0, len(content)) + (zlib.compress(content, 3) if packed else content)


def ace(version):
    d = Database(version)
    flat = "f_0123456789ABCDEF0123456789ABCDEF_添付"
    letter = ("例示 太郎 様\r\n請求のお知らせ\r\n" * 40).encode()
    number = struct.pack("<HBB", 14, 2, 0x80) + bytes(8) + (12345).to_bytes(4, "little")
    tables = [
        customers(PEOPLE),
        Table("契約", [Column("番号", BIGINT), Column("時刻", DATE_EXTENDED), Column("添付", COMPLEX),
                     Column("敬称つき", TEXT, 100, calculated=True), Column("計算", LONG, 39, calculated=True),
                     Column("有効", BOOL, 39, calculated=True), Column("割合", NUMERIC, 40, 2, calculated=True)],
              [{"番号": 9007199254740993, "時刻": (738521, 431990000001), "添付": 1, "敬称つき": "例示 太郎様", "計算": 42,
                "有効": b"\xff", "割合": number},
               {"番号": -1, "時刻": (693593, 0), "添付": 2, "敬称つき": "見本 花子様", "計算": -1, "有効": b"\0"}]),
        Table(flat, [Column("FileData", OLE), Column("FileFlags", LONG), Column("FileName", TEXT, 510),
                     Column("FileTimeStamp", DATE), Column("FileType", TEXT, 510), Column("FileURL", MEMO),
                     Column("添付", LONG)],
              [{"FileData": attachment("お知らせ.txt", letter, True), "FileName": "お知らせ.txt", "FileType": "txt", "添付": 1},
               {"FileData": attachment("写真.jpg", b"\xff\xd8\xff" + bytes(100), False), "FileName": "写真.jpg", "FileType": "jpg",
                "添付": 1},
               {"FileData": b"\1\0\0\0\xff\0\0\0no zlib", "FileName": "壊れ.txt", "FileType": "txt", "添付": 2}], flags=0x800a0000)]
    for t in tables:
        d.add_table(t)
    d.finish(tables)
    return d


def damaged():
    d = Database(1)
    tables = [customers(PEOPLE, says=9), HIDDEN, wide(200),
              Table("鎖", [Column("番号", LONG), Column("本文", MEMO)],
                    [{"番号": 1, "本文": ("chain", LONG_NOTE)}, {"番号": 2, "本文": ("chain", LONG_NOTE)},
                     {"番号": 3, "本文": "隣は無事"}])]
    for t in tables:
        d.add_table(t)
    d.finish(tables)
    chain = [n for n, p in enumerate(d.pages) if bytes(p[0:2]) == b"\1\1" and bytes(p[4:8]) == b"LVAL"]
    last = chain[-1]  # first piece of the second note: it leads to itself
    struct.pack_into("<I", d.pages[last], struct.unpack_from("<H", d.pages[last], 14)[0], last << 8)
    page, row = tables[1].map >> 8, tables[1].map & 255  # a map of no known kind
    at = struct.unpack_from("<H", d.pages[page], 14 + 2 * row)[0] & 0x1fff
    d.pages[page][at] = 9
    struct.pack_into("<I", d.pages[tables[2].page], 4, 1)  # the definition goes on elsewhere
    data = tables[0].owned[0]  # a row that begins behind its end
    struct.pack_into("<H", d.pages[data], 16, 0xfff)
    return d.bytes()


def nameless():
    d = Database(1)
    tables = [customers(PEOPLE), HIDDEN]
    for t in tables:
        d.add_table(t)
    d.finish(tables)
    d.pages[2][:] = bytes(d.size)
    return d.bytes()


# ---- ACE behind a password (MS-OFFCRYPTO; each page a block, numbered by its page XOR the head's key) ----

class Agile:
    def __init__(self, password, digest, bits):
        self.lock = office_locks.Agile(password, digest, bits, 1000)

    def info(self):
        return self.lock.streams(b"")["EncryptionInfo"]

    def page(self, number, data):
        return self.lock.with_key(struct.pack("<I", number), data)


class Standard:
    """AES block by block. With `spins` its flags speak of AES, and the password goes through 50,000 rounds; older databases that
    Office was told to lock so have neither."""

    SALT = b"salt of standard"

    def __init__(self, password, bits=128, spins=True):
        self.bits, self.spins = bits, spins
        self.spun = ciphers.spun("sha1", self.SALT, password, 50000 if spins else 0)

    def key(self, number):
        value = hashlib.sha1(self.spun + struct.pack("<I", number)).digest()
        rings = [hashlib.sha1(bytes(a ^ turn for a in value) + bytes([turn]) * (64 - len(value))).digest() for turn in (0x36, 0x5C)]
        return b"".join(rings)[:self.bits // 8]

    def info(self):
        flags, check = 0x24 if self.spins else 4, b"0123456789abcdef"
        header = struct.pack("<IIIIIIII", flags, 0, 0x660E + (self.bits - 128) // 64, 0x8004, self.bits, 0x18, 0, 0)
        header += "Invented Provider\0".encode("utf-16-le")
        return (struct.pack("<HHII", 3, 2, flags, len(header)) + header + struct.pack("<I", 16) + self.SALT
                + ciphers.blocks(self.key(0), check) + struct.pack("<I", 20)
                + ciphers.blocks(self.key(0), ciphers.padded(hashlib.sha1(check).digest())))

    def page(self, number, data):
        return ciphers.blocks(self.key(number), data)


class Stream:
    """RC4 of 1997 or 2002."""

    def __init__(self, method):
        self.method = method

    def info(self):
        return self.method.header()[2:]

    def page(self, number, data):
        return rc4(self.method.key(number), data)


def locked(lock):
    d = Database(3, key=0x9abcdef0, lock=lock)
    tables = [customers(PEOPLE[:2])]
    for t in tables:
        d.add_table(t)
    d.finish(tables)
    return d.bytes()


def write(folder, name, data, path):
    for ending, content in ((".in", data), (".name", path.encode())):
        with open(os.path.join(folder, name + ending), "wb") as f:
            f.write(content)


def one_table(heads, rows, lock=None):
    """A database of 2007 and later that holds this, as bytes."""
    d = Database(3, key=0x9abcdef0 if lock else 0, lock=lock)
    table = Table("名簿", [Column(head, TEXT, 200) for head in heads], rows)
    d.add_table(table)
    d.finish([table])
    return d.bytes()


def main():
    folder = sys.argv[1]
    write(folder, "jet3", jet3().bytes(), "顧客管理.mdb")
    write(folder, "jet3_closed", jet3(0x12345678).bytes(), "顧客管理.mdb")
    write(folder, "jet4", jet4().bytes(), "顧客管理.mdb")
    write(folder, "jet4_closed", jet4(0xcafe0001).bytes(), "renamed.dat")
    write(folder, "ace", ace(6).bytes(), "契約.accdb")
    unknown = ace(3)
    unknown.key = 0x01020304
    unknown.write_head()
    write(folder, "ace_locked", unknown.bytes()[:4096 * 3], "契約.accdb")
    for name, lock in {"agile": Agile("例示の鍵", "sha512", 256), "agile_sha1": Agile("kakuho-1", "sha1", 128),
                       "standard": Standard("kakuho-1"), "unspun": Standard("例示の鍵", 256, False),
                       "rc4_2002": Stream(office97.New2002("kakuho-1", b"salt salt salt 1", 40, 3)),
                       "rc4_97": Stream(office97.Old97("例示の鍵", b"salt salt salt 2")),
                       "closed": Agile("another", "sha512", 256)}.items():
        write(folder, "ace_" + name, locked(lock), "顧客.accdb")
    write(folder, "jet4_password", jet4_small("kakuho").bytes(), "顧客.mdb")
    write(folder, "damaged", damaged(), "壊れ.mdb")
    write(folder, "nameless", nameless(), "壊れ.mdb")
    write(folder, "cut", jet4(early=3).bytes()[:4096 * 19 + 1000], "途中.mdb")


if __name__ == "__main__":
    main()
