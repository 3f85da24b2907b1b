"""Writes a small Outlook store (MS-PST), to test the parser of PST with. All people are invented.

make_pst.py FILE            a Unicode store
make_pst.py FILE ansi       an ANSI store, texts in code page 932
make_pst.py FILE spoilt     the Unicode one with a spoilt block in it, and the checksum of a password
make_pst.py FILE cut        half of the Unicode one
"""
import datetime
import struct
import sys
import zlib

kind = sys.argv[2] if len(sys.argv) > 2 else "unicode"
ANSI = kind == "ansi"
BID = "<I" if ANSI else "<Q"
TRAIL = 12 if ANSI else 16


def crc(data):  # CRC-32 without the two inversions
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def number(n):
    return struct.pack(BID, n)


def signature(offset, bid):
    v = (offset ^ bid) & 0xFFFFFFFF
    return (v >> 16) ^ (v & 0xFFFF)


blocks, nodes = {}, {}
out = bytearray(0x4800)  # header, two maps of what is allocated
next_bid = [4]


def store_block(data, internal=False):
    assert len(data) <= 8176
    bid = next_bid[0]
    next_bid[0] += 4
    if internal:
        bid |= 2
    while len(out) % 64:
        out.append(0)
    at = len(out)
    size = (len(data) + TRAIL + 63) // 64 * 64
    out.extend(data + b"\0" * (size - TRAIL - len(data)))
    if ANSI:
        out.extend(struct.pack("<HHII", len(data), signature(at, bid), bid, crc(data)))
    else:
        out.extend(struct.pack("<HHIQ", len(data), signature(at, bid), crc(data), bid))
    blocks[bid] = (at, len(data))
    return bid


def store_data(data):
    if len(data) <= 8000:
        return store_block(data)
    parts = [store_block(data[i:i + 8176]) for i in range(0, len(data), 8176)]
    return store_block(struct.pack("<BBHI", 1, 1, len(parts), len(data)) + b"".join(map(number, parts)), True)


class Heap:
    """A node: allocations in one block, what is large beside it."""

    def __init__(self, client):
        self.client, self.parts, self.sub = client, [], {}
        self.root = 0

    def put(self, data):
        if len(data) > 3000:
            nid = (len(self.sub) + 0x100) << 5 | 0x1F
            self.sub[nid] = (store_data(data), 0)
            return nid
        if not data:
            return 0
        self.parts.append(data)
        return len(self.parts) << 5

    def tree(self, key, value, rows):
        rows = sorted(rows)
        hid = self.put(b"".join(k + v for k, v in sorted(rows, key=lambda r: int.from_bytes(r[0], "little"))))
        return self.put(struct.pack("<BBBBI", 0xB5, key, value, 0, hid))

    def bytes(self):
        body, at = b"", [12]
        for p in self.parts:
            body += p
            at.append(12 + len(body))
        if len(body) % 2:
            body += b"\0"
        head = struct.pack("<HBBII", 12 + len(body), 0xEC, self.client, self.root, 0)
        return head + body + struct.pack("<HH", len(self.parts), 0) + struct.pack("<%dH" % len(at), *at)

    def close(self):
        sub = 0
        if self.sub:
            head = struct.pack("<BBH", 2, 0, len(self.sub)) + (b"" if ANSI else b"\0" * 4)
            rows = b""
            for nid in sorted(self.sub):
                data, inner = self.sub[nid]
                rows += number(nid) + number(data) + number(inner)
            sub = store_block(head + rows, True)
        return store_block(self.bytes()), sub


def text(s):
    return (0x1E, s.encode("cp932")) if ANSI else (0x1F, s.encode("utf-16-le"))


def filetime(y, mo, d, h=0, mi=0):
    t = datetime.datetime(y, mo, d, h, mi) - datetime.datetime(1601, 1, 1)
    return (0x40, struct.pack("<Q", int(t.total_seconds()) * 10000000))


def value(v):
    if isinstance(v, str):
        return text(v)
    if isinstance(v, bool):
        return (0x0B, int(v))
    if isinstance(v, int):
        return (3, v)
    if isinstance(v, bytes):
        return (0x102, v)
    return v


def properties(props, heap=None):
    h = heap or Heap(0xBC)
    rows = []
    for p, v in props.items():
        t, v = value(v)
        v = v if isinstance(v, int) else h.put(v)
        rows.append((struct.pack("<H", p), struct.pack("<HI", t, v)))
    h.root = h.tree(2, 6, rows)
    return h


def table(columns, rows):
    """columns: [(property, type)], rows: [(row id, {property: value})]"""
    h = Heap(0x7C)
    columns = [(0x67F2, 3), (0x67F3, 3)] + columns
    assert len(columns) <= 8
    at, cells = 0, []
    for bit, (p, t) in enumerate(columns):
        cells.append((p, t, at, bit))
        at += 4
    width = at + (len(columns) + 7) // 8
    body = b""
    for n, (rid, props) in enumerate(rows):
        row, have = b"", 0
        for p, t, _, bit in cells:
            v = {0x67F2: rid, 0x67F3: n}.get(p, props.get(p))
            if v is not None:
                have |= 0x80 >> bit
                v = value(v)[1]
                v = v if isinstance(v, int) else h.put(v)
            row += struct.pack("<I", v or 0)
        body += row + bytes([have])
    index = h.tree(4, 2 if ANSI else 4, [(struct.pack("<I", r), struct.pack("<H" if ANSI else "<I", n)) for n, (r, _) in enumerate(rows)])
    info = struct.pack("<BB4HIII", 0x7C, len(columns), at, at, at, width, index, h.put(body), 0)
    for p, t, a, bit in sorted(cells, key=lambda c: c[0] << 16 | c[1]):
        info += struct.pack("<HHHBB", t, p, a, 4, bit)
    h.root = h.put(info)
    return h


def node(nid, heap, parent=0):
    data, sub = heap.close()
    nodes[nid] = (data, sub, parent)


TEXT = 0x1E if ANSI else 0x1F


def message(props, recipients=(), attachments=()):
    h = Heap(0xBC)
    rows = [(i, {0x0C15: k, 0x3001: n, 0x3003: a, 0x39FE: a}) for i, (k, n, a) in enumerate(recipients)]
    h.sub[0x692] = table([(0x0C15, 3), (0x3001, TEXT), (0x3003, TEXT), (0x39FE, TEXT)], rows).close()
    if attachments:
        rows = []
        for i, a in enumerate(attachments):
            nid = (0x401 + i) << 5 | 5
            sub = Heap(0xBC)
            if isinstance(a.get(0x3701), Heap):
                inner = (0x500 + i) << 5 | 4
                sub.sub[inner] = a[0x3701].close()
                a = dict(a)
                a[0x3701] = (0x0D, sub.put(struct.pack("<II", inner, 100)))
            h.sub[nid] = properties(a, sub).close()
            rows.append((nid, {0x3705: a[0x3705]}))
        h.sub[0x671] = table([(0x3705, 3)], rows).close()
    return properties(props, h)


folders, contents = {}, {}


def folder(nid, name, parent):
    folders[nid] = (name, parent)
    contents[nid] = []


def add(nid, parent, heap, subject):
    node(nid, heap, parent)
    contents[parent].append((nid, {0x0037: subject}))


ROOT, TOP, INBOX, PEOPLE, CALENDAR, EMPTY = 0x122, 0x8022, 0x8042, 0x8062, 0x8082, 0x80A2
folder(ROOT, "", ROOT)
folder(TOP, "個人用フォルダー", ROOT)
folder(INBOX, "受信トレイ", TOP)
folder(PEOPLE, "連絡先", TOP)
folder(CALENDAR, "予定表", TOP)

head = {0x3FFD: 932, 0x0E07: 1} if ANSI else {0x0E07: 1}
inner = message({**head, 0x001A: "IPM.Note", 0x0037: "元の問い合わせ", 0x0C1A: "橋本 さくら",
                 0x0C1F: "hashimoto@example.net", 0x0C1E: "SMTP", 0x0039: filetime(2025, 3, 31, 9, 30),
                 0x1000: "退会を希望します。会員番号 1000-42 橋本さくら"}, [(1, "窓口", "desk@example.com")],
                [{0x3705: 1, 0x3707: "届.txt", 0x3701: "退会届 橋本さくら\r\n".encode("utf-8"), 0x370E: "text/plain"}])
html = "<html><head><meta charset=\"utf-8\"></head><body><p>お電話は <b>03-5550-0134</b> です。</p></body></html>"
add(0x200024, INBOX, message(
    {**head, 0x001A: "IPM.Note", 0x0037: "\x01\x04Re: 退会の件", 0x0C1A: "小野寺 健", 0x0C1F: "onodera@example.com",
     0x0042: "小野寺 健", 0x0065: "onodera@example.com", 0x0039: filetime(2025, 4, 1, 1, 2), 0x0E06: filetime(2025, 4, 1, 1, 3),
     0x1035: "<1@example.com>",
     0x007D: "Received: from mx.example.net\r\nX-Mailer: Example Mailer 1.0\r\nX-Originating-IP: [192.0.2.44]\r\n",
     0x1000: "橋本様の退会を受け付けました。\r\n担当 小野寺", 0x1013: html.encode("utf-8")},
    [(1, "窓口", "desk@example.com"), (2, "", "cc@example.com"), (3, "秘書 太田", "ota@example.com")],
    [{0x3705: 1, 0x3707: "名簿.csv", 0x3704: "MEIBO~1.CSV", 0x370E: "text/csv",
      0x3701: "氏名,電話番号\r\n橋本 さくら,090-5550-0199\r\n".encode("utf-8")},
     {0x3705: 5, 0x3001: "元の問い合わせ", 0x3701: inner},
     {0x3705: 1, 0x3707: "large.bin", 0x3701: bytes(range(256)) * 100}]), "Re: 退会の件")
add(0x200044, INBOX, message(
    {**head, 0x001A: "IPM.Note", 0x0037: "本文が長いもの", 0x0C1A: "平野 渚", 0x0C1F: "hirano@example.org",
     0x0E06: filetime(2025, 5, 2, 3, 4), 0x1000: "長い本文です。" * 220}), "本文が長いもの")
names = {0x802C: "ナギサ", 0x802D: "ヒラノ", 0x8083: "hirano@example.org", 0x8093: "nagisa@example.net", 0x8048: "100-0001",
         0x8047: "東京都", 0x8046: "千代田区", 0x8045: "千代田1-1"}
order = sorted(names)
add(0x200064, PEOPLE, message(
    {**head, 0x001A: "IPM.Contact", 0x3001: "平野 渚", 0x3A11: "平野", 0x3A06: "渚", 0x3A16: "例示商事株式会社", 0x3A18: "総務部",
     0x3A17: "課長", 0x3A1C: "090-5550-0155", 0x3A08: "03-5550-0166", 0x3A09: "045-555-0177", 0x3A24: "03-5550-0188",
     0x3A42: filetime(1984, 7, 15, 15), 0x3A5B: "220-0012", 0x3A5C: "神奈川県", 0x3A59: "横浜市西区", 0x3A5D: "みなとみらい9-9-9",
     0x1000: "来期の担当", **{0x8000 + order.index(k): v for k, v in names.items()}}), "平野 渚")
add(0x200084, CALENDAR, message(
    {**head, 0x001A: "IPM.Appointment", 0x0037: "面談", 0x0042: "小野寺 健", 0x0065: "onodera@example.com",
     0x1000: "場所は会議室3", 0x8008: filetime(2025, 6, 3, 1), 0x8009: filetime(2025, 6, 3, 2), 0x800A: "会議室3",
     0x3007: filetime(2025, 5, 20, 8)},
    [(1, "平野 渚", "hirano@example.org"), (2, "橋本 さくら", "hashimoto@example.net")]), "面談")
rtf = b"{\\rtf1\\ansi\\ansicpg932 " + "".join("\\u%d?" % ord(c) for c in "届け先は栗原 翼様です").encode() + b"\\par}"
add(0x200104, INBOX, message(
    {**head, 0x001A: "IPM.Note", 0x0037: "装飾だけ", 0x0C1A: "栗原 翼", 0x0C1F: "/O=EXAMPLE/CN=KURIHARA", 0x5D01: "kurihara@example.org",
     0x1009: struct.pack("<III4s", len(rtf) + 12, len(rtf), 0x414C454D, b"\0" * 4) + rtf}), "装飾だけ")
add(0x200124, INBOX, message(
    {**head, 0x001A: "IPM.Note.SMIME", 0x0037: "ページだけ", 0x0C1A: "沢村 翔", 0x0C1F: "sawamura@example.org", 0x0039: filetime(2025, 7, 8, 9),
     0x3FDE: 932, 0x1013: "<p>沢村です。<br>電話 06-5550-0123</p>".encode("cp932")}), "ページだけ")
node(0x200144, message({**head, 0x001A: "IPM.Note", 0x0037: "表にない便り", 0x0C1A: "堀 蓮", 0x0C1F: "hori@example.org",
                        0x0039: filetime(2025, 9, 1, 2, 3), 0x1000: "受信トレイの表から消えた便り"}), INBOX)
node(0x2000A4, message({**head, 0x001A: "IPM.Note", 0x0037: "親のない便り", 0x0C1A: "迷子 一", 0x0C1F: "stray@example.org",
                        0x0039: filetime(2025, 1, 2, 3, 4), 0x1000: "フォルダーが失われた便り"}), 0x9002)

gone_nid, known = 0x2000C4, set(blocks)
node(gone_nid, message({**head, 0x001A: "IPM.Note", 0x0037: "消された便り", 0x0C1A: "森 葵", 0x0C1F: "mori@example.org",
                        0x0039: filetime(2025, 2, 3, 4, 5), 0x1000: "捨てたつもりの便り"},
                       [(1, "窓口", "desk@example.com")]), INBOX)
gone = nodes.pop(gone_nid)
gone_blocks = {b: blocks.pop(b) for b in set(blocks) - known}

for nid, (name, parent) in folders.items():
    below = [(n, {0x3001: folders[n][0]}) for n in folders if folders[n][1] == nid and n != nid]
    kind_of = {PEOPLE: "IPF.Contact", CALENDAR: "IPF.Appointment"}.get(nid, "IPF.Note")
    node(nid, properties({0x3001: name, 0x3602: len(contents[nid]), 0x3603: 0, 0x360A: bool(below), 0x3613: kind_of}), parent)
    node(nid & ~31 | 0x0D, table([(0x3001, TEXT)], below))
    node(nid & ~31 | 0x0E, table([(0x0037, TEXT)], contents[nid]))
    node(nid & ~31 | 0x0F, table([(0x0037, TEXT)], []))
uid = bytes(range(1, 17))
store = {0x0FF9: uid, 0x35E0: b'\0' * 4 + uid + struct.pack('<I', TOP), 0x3001: "個人用フォルダー", 0x35DF: 0x89}
if kind == "spoilt":
    store[0x67FF] = 0x1234ABCD
node(0x21, properties(store))
address = bytes.fromhex("0420060000000000c000000000000046")
appointment = bytes.fromhex("0220060000000000c000000000000046")
entries = [(k, 3) for k in order] + [(0x820D, 4), (0x820E, 4), (0x8208, 4)]
stream = b"".join(struct.pack("<IHH", k, g << 1, i) for i, (k, g) in enumerate(entries))
node(0x61, properties({1: 1, 2: address + appointment, 3: stream, 4: b"\0\0\0\0", 0x1000: stream}))


pages = []


def tree(rows, key, ptype, size):
    """A b-tree of pages; returns the reference to its root."""
    level = 0
    body_size = 496 if ANSI else 488
    while True:
        most, refs = body_size // size, []
        for i in range(0, len(rows), most):
            part = rows[i:i + most]
            while len(out) % 512:
                out.append(0)
            at, bid = len(out), next_bid[0] | 2
            next_bid[0] += 4
            body = b"".join(r for _, r in part)
            body += b"\0" * (body_size - len(body)) + bytes([len(part), most, size, level])
            body += b"" if ANSI else b"\0" * 4
            sig = signature(at, bid)
            out.extend(body + (struct.pack("<BBHII", ptype, ptype, sig, bid, crc(body)) if ANSI else
                               struct.pack("<BBHIQ", ptype, ptype, sig, crc(body), bid)))
            pages.append((at, 512))
            refs.append((part[0][0], number(part[0][0]) + number(bid) + number(at)))
        if len(refs) == 1:
            return bid, at
        rows, level, size = refs, level + 1, (12 if ANSI else 24)


pad = b"" if ANSI else b"\0" * 4
nbt = tree([(n, number(n) + number(d) + number(s) + struct.pack("<I", p) + pad) for n, (d, s, p) in sorted(nodes.items())], 4, 0x81, 16 if ANSI else 32)
bbt = tree([(b, number(b) + number(a) + struct.pack("<HH", c, 2) + pad) for b, (a, c) in sorted(blocks.items())], 8, 0x80, 12 if ANSI else 24)

def allocated():
    return [(a, (c + TRAIL + 63) // 64 * 64) for a, c in blocks.values()] + pages


used = allocated()
node_row, block_row = (16, 12) if ANSI else (32, 24)
tree([(gone_nid, number(gone_nid) + number(gone[0]) + number(gone[1]) + struct.pack("<I", gone[2]) + pad)], 4, 0x81, node_row)
tree([(b, number(b) + number(a) + struct.pack("<HH", c, 2) + pad) for b, (a, c) in sorted(gone_blocks.items())], 8, 0x80, block_row)
amap = bytearray(496)
for at, size in used + [(0x4400, 1024)]:
    for slot in range((at - 0x4400) // 64, (at + size - 0x4400) // 64):
        amap[slot // 8] |= 0x80 >> slot % 8
for slot in range((len(out) - 0x4400 + 63) // 64, 496 * 8):  # behind the end
    amap[slot // 8] |= 0x80 >> slot % 8
amap = bytes(amap)
if ANSI:
    amap = b"\0" * 4 + amap
    out[0x4400:0x4600] = amap + struct.pack("<BBHII", 0x84, 0x84, 0, 0x4400, crc(amap[4:]))
else:
    out[0x4400:0x4600] = amap + struct.pack("<BBHIQ", 0x84, 0x84, 0, crc(amap), 0x4400)
if not ANSI:  # a map of pages; the ANSI store has a damaged one
    pmap = b"\xff" * 496
    out[0x4600:0x4800] = pmap + struct.pack("<BBHIQ", 0x83, 0x83, 0, crc(pmap), 0x4600)
nids = struct.pack("<32I", *[0x10000] * 32)
maps = b"\xff" * 256 + b"\x80" + b"\0" + b"\0\0"
if ANSI:
    root = struct.pack("<IIIIIIIIIBBH", 0, len(out), 0x4400, 0, 0, nbt[0], nbt[1], bbt[0], bbt[1], 2, 0, 0)
    body = struct.pack("<2sHHBBIIII", b"SM", 14, 19, 1, 1, 0, 0, next_bid[0], next_bid[0]) + struct.pack("<I", 1) + nids + root + maps
    body = body.ljust(504, b"\0")
    header = b"!BDN" + struct.pack("<I", crc(body[:471])) + body
else:
    root = struct.pack("<IQQQQQQQQBBH", 0, len(out), 0x4400, 0, 0, nbt[0], nbt[1], bbt[0], bbt[1], 2, 0, 0)
    body = struct.pack("<2sHHBBIIQQI", b"SM", 23, 19, 1, 1, 0, 0, 0, next_bid[0], 1) + nids + b"\0" * 8 + root + b"\0" * 4 + maps + number(next_bid[0])
    header = b"!BDN" + struct.pack("<I", crc(body[:471])) + body + struct.pack("<I", crc(body[:516]))
out[:len(header)] = header
if kind == "spoilt":
    at = out.index("Re: 退会の件".encode("utf-16-le")) - 40
    out[at:at + 80] = bytes(b ^ 0x5A for b in out[at:at + 80])
if kind == "cut":
    del out[len(out) // 2:]
with open(sys.argv[1], "wb") as f:
    f.write(out)
