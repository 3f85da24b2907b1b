"""Writes the office files of before 2007 from their specifications (MS-CFB, MS-XLS, MS-DOC, MS-OXMSG,
MS-OXRTFCP): what golden cases and system tests read. Everything in them is invented."""

import hashlib
import struct

FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


# ---- Compound files ----

class Node:
    def __init__(self, name, data=None):
        self.name, self.data, self.children = name, data, []
        self.start, self.left, self.right, self.child = END, FREE, FREE, FREE


def tree_of(streams):
    """Storages and streams of a dictionary from paths ("a/b") to bytes."""
    root = Node("Root Entry")
    for path, data in streams.items():
        at = root
        names = path.split("/")
        for name in names[:-1]:
            found = [n for n in at.children if n.name == name]
            if not found:
                at.children.append(Node(name))
                found = at.children[-1:]
            at = found[0]
        at.children.append(Node(names[-1], data))
    return root


def compound(streams, sector=512, cutoff=4096):
    root = tree_of(streams)
    nodes = []

    def number(node):
        node.number = len(nodes)
        nodes.append(node)
        for child in node.children:
            number(child)

    def balance(children):
        if not children:
            return FREE
        middle = len(children) // 2
        children[middle].left = balance(children[:middle])
        children[middle].right = balance(children[middle + 1:])
        return children[middle].number

    number(root)
    for node in nodes:
        node.child = balance(sorted(node.children, key=lambda n: (len(n.name), n.name.upper())))
    sectors, fat, mini, mini_fat = [], [], b"", []

    def place(data):
        first = len(fat)
        count = -(-len(data) // sector)
        for i in range(count):
            sectors.append(data[i * sector:(i + 1) * sector].ljust(sector, b"\0"))
            fat.append(first + i + 1 if i + 1 < count else END)
        return first if count else END

    for node in nodes:
        if node.data is None or not node.data:
            continue
        if len(node.data) >= cutoff:
            node.start = place(node.data)
        else:
            count = -(-len(node.data) // 64)
            node.start = len(mini_fat)
            mini_fat += [node.start + i + 1 for i in range(count - 1)] + [END]
            mini += node.data.ljust(count * 64, b"\0")
    root.start, root.data = place(mini), mini
    mini_start = place(struct.pack(f"<{len(mini_fat)}I", *mini_fat))
    mini_sectors = -(-len(mini_fat) * 4 // sector)
    entries = b""
    for node in nodes:
        name = node.name.encode("utf-16-le")
        kind = 5 if node is root else 1 if node.data is None else 2
        entries += struct.pack("<64sHBBIII16sIQQIQ", name, len(name) + 2, kind, 1, node.left, node.right,
                               node.child, b"", 0, 0, 0, node.start if kind != 1 else 0, len(node.data or b""))
    free = struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, FREE, FREE, FREE, b"", 0, 0, 0, 0, 0)
    while len(entries) % sector:
        entries += free
    directory = place(entries)
    per = sector // 4
    count = 1
    while len(fat) + count > count * per:
        count += 1
    assert count <= 109
    table = [len(fat) + i for i in range(count)]
    fat += [FAT_SECTOR] * count
    fat += [FREE] * (count * per - len(fat))
    packed = struct.pack(f"<{len(fat)}I", *fat)
    sectors += [packed[i * sector:(i + 1) * sector] for i in range(count)]
    head = struct.pack("<8s16sHHHHH6s9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E,
                       4 if sector == 4096 else 3, 0xFFFE, 12 if sector == 4096 else 9, 6, b"",
                       len(entries) // sector if sector == 4096 else 0, count, directory, 0, cutoff,
                       mini_start, mini_sectors, END, 0)
    head += struct.pack("<109I", *(table + [FREE] * (109 - count)))
    return head.ljust(sector, b"\0") + b"".join(sectors)


# ---- Excel ----

def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def units(text):
    """The width flag and the characters of a text of BIFF8."""
    if all(ord(c) < 256 for c in text):
        return b"\0" + text.encode("latin-1")
    return b"\1" + text.encode("utf-16-le")


def count16(text):
    return len(text.encode("utf-16-le")) // 2


def text8(text):
    return struct.pack("<H", count16(text)) + units(text)


def shared(text, runs=(), reading=b""):
    """An entry of the SST, with formatting runs and a reading (furigana)."""
    flags = units(text)[0] | (8 if runs else 0) | (4 if reading else 0)
    out = struct.pack("<HB", count16(text), flags)
    out += struct.pack("<H", len(runs)) if runs else b""
    out += struct.pack("<I", len(reading)) if reading else b""
    return out + units(text)[1:] + b"".join(struct.pack("<HH", *r) for r in runs) + reading


def reading_of(text):
    """The phonetic part of an entry: the reading of its whole text."""
    data = text.encode("utf-16-le")
    body = struct.pack("<HHHHH", 0, 0x37, 1, len(text), len(text)) + data + struct.pack("<HHH", 0, 0, 3)
    return struct.pack("<HH", 1, len(body)) + body


def begin8(what):
    return record(0x809, struct.pack("<HHHHII", 0x600, what, 0x0DBB, 0x07CC, 0, 6))


def begin5(what):
    return record(0x809, struct.pack("<HHHH", 0x500, what, 0x0DBB, 0x07CC))


END_OF = record(0x0A)


def xf(number_format):
    return record(0xE0, struct.pack("<HH", 0, number_format) + bytes(16))


def label_sst(row, column, number, style=0):
    return record(0xFD, struct.pack("<HHHI", row, column, style, number))


def number_cell(row, column, value, style=0):
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def rk_cell(row, column, rk, style=0):
    return record(0x27E, struct.pack("<HHHI", row, column, style, rk))


def formula(row, column, result, style=0):
    """`result`: a number, or eight bytes."""
    value = result if isinstance(result, bytes) else struct.pack("<d", result)
    return record(0x06, struct.pack("<HHH", row, column, style) + value + struct.pack("<HIH", 0, 0, 3) + b"\x1e\1\0")


def workbook8(shares, sheets, begin=begin8, name=None, extra=b""):
    """A stream: what is shared, as records; sheets as (name, records, hidden)."""
    name = name or (lambda text: bytes([count16(text)]) + units(text))
    listing = sum(4 + 6 + len(name(n)) for n, _, _ in sheets)
    at = len(begin(5)) + len(extra) + len(shares) + listing + len(END_OF)
    out, bodies = begin(5) + extra + shares, b""
    for title, records, hidden in sheets:
        out += record(0x85, struct.pack("<IBB", at + len(bodies), hidden, 0) + name(title))
        bodies += begin(0x10) + records + END_OF
    return out + END_OF + bodies


def sst(entries, total=None):
    return struct.pack("<II", total or len(entries), len(entries)) + b"".join(entries)


def people_book(people, header=("氏名", "住所", "電話番号", "生年月日")):
    """A workbook with a row for each person: three texts and a day."""
    texts = list(header)
    cells = b"".join(label_sst(0, i, i) for i in range(len(header)))
    for row, (name, address, phone, day) in enumerate(people, 1):
        for column, text in enumerate((name, address, phone)):
            cells += label_sst(row, column, len(texts))
            texts.append(text)
        cells += number_cell(row, len(header) - 1, day, 1)
    records, here = [], sst([], len(texts))[:4] + struct.pack("<I", len(texts))
    for text in texts:
        entry = shared(text)
        if len(here) + len(entry) > 8224:
            records.append(here)
            here = b""
        here += entry
    records.append(here)
    table = record(0xFC, records[0]) + b"".join(record(0x3C, r) for r in records[1:])
    return compound({"Workbook": workbook8(xf(0) + xf(14) + table, [("顧客", cells, 0)])})


# ---- The password that Excel takes where nobody gave one ----

def rc4(key, length):
    s, j = list(range(256)), 0
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 255
        s[i], s[j] = s[j], s[i]
    out, i, j = bytearray(), 0, 0
    for _ in range(length):
        i = (i + 1) & 255
        j = (j + s[i]) & 255
        s[i], s[j] = s[j], s[i]
        out.append(s[(s[i] + s[j]) & 255])
    return bytes(out)


def mixed(data, key):
    return bytes(a ^ b for a, b in zip(data, key))


class Old97:
    """RC4 with MD5 and 40 bits."""

    def __init__(self, password, salt):
        first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
        self.base, self.salt = hashlib.md5((first + salt) * 16).digest()[:5], salt

    def key(self, block):
        return hashlib.md5(self.base + struct.pack("<I", block)).digest()

    def header(self):
        verifier = b"0123456789abcdef"
        both = mixed(verifier + hashlib.md5(verifier).digest(), rc4(self.key(0), 32))
        return struct.pack("<HHH", 1, 1, 1) + self.salt + both


class New2002:
    """RC4 with SHA-1."""

    def __init__(self, password, salt, bits=128, major=4):
        self.base, self.salt = hashlib.sha1(salt + password.encode("utf-16-le")).digest(), salt
        self.bits, self.major = bits, major

    def key(self, block):
        key = hashlib.sha1(self.base + struct.pack("<I", block)).digest()[:self.bits // 8]
        return key.ljust(16, b"\0") if self.bits == 40 else key

    def header(self):
        provider = "Invented Provider\0".encode("utf-16-le")
        header = struct.pack("<IIIIIIII", 4, 0, 0x6801, 0x8004, self.bits, 1, 0, 0) + provider
        verifier = b"0123456789abcdef"
        both = mixed(verifier + hashlib.sha1(verifier).digest(), rc4(self.key(0), 36))
        return (struct.pack("<HHHII", 1, self.major, 2, 4, len(header)) + header + struct.pack("<I", 16) + self.salt +
                both[:16] + struct.pack("<I", 20) + both[16:])


def locked(stream, method):
    """A stream, in which a record FILEPASS is there already, encrypted."""
    out, at = bytearray(stream), 0
    keys = b"".join(rc4(method.key(n), 1024) for n in range(len(stream) // 1024 + 1))
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        skip = size if kind in (0x809, 0x2F) else 4 if kind == 0x85 else 0
        for i in range(at + 4 + skip, at + 4 + size):
            out[i] ^= keys[i]
        at += 4 + size
    return bytes(out)


# ---- Word ----

IN_TABLE = struct.pack("<HB", 0x2416, 1)
ROW_END = IN_TABLE + struct.pack("<HB", 0x2417, 1)
INNER = IN_TABLE + struct.pack("<HI", 0x6649, 2)
INNER_CELL = INNER + struct.pack("<HB", 0x244B, 1)
INNER_ROW_END = INNER + struct.pack("<HB", 0x244B, 1) + struct.pack("<HB", 0x244C, 1)


class Word:
    """A document as pieces of text; each paragraph with the changes that it has."""

    TEXT_AT = 0x800

    def __init__(self):
        self.paragraphs = []  # (text, narrow, changes)
        self.lengths = [0] * 8
        self.part = 0
        self.lists = {}

    def add(self, text, changes=b"", narrow=False):
        self.paragraphs.append((text, narrow, changes))
        self.lengths[self.part] += len(text) if narrow else count16(text)
        return self

    def begin(self, part):
        """0 main text, 1 footnotes, 2 headers, 4 comments, 5 endnotes, 6 text boxes."""
        self.part = part
        return self

    def row(self, cells, changes=IN_TABLE, end=ROW_END):
        for cell in cells:
            self.add(cell + "\x07", changes)
        return self.add("\x07", end)

    def page(self, runs):
        """One page of paragraphs' changes: (from, to, changes)."""
        places = [r[0] for r in runs] + [runs[-1][1]]
        page, at, offsets = bytearray(512), 510, []
        for _, _, changes in runs:
            if not changes:
                offsets.append(0)
                continue
            body = struct.pack("<H", 0) + changes
            body += b"\0" * (1 - len(body) % 2)
            at = (at - len(body) - 1) // 2 * 2
            page[at:at + 1 + len(body)] = bytes([(len(body) + 1) // 2]) + body
            offsets.append(at // 2)
        struct.pack_into(f"<{len(places)}I", page, 0, *places)
        for i, offset in enumerate(offsets):
            page[len(places) * 4 + i * 13] = offset
        assert len(places) * 4 + len(offsets) * 13 <= at
        page[511] = len(runs)
        return bytes(page)

    def streams(self, flags=0, table="1Table"):
        text, pieces, positions, runs = b"", [], [0], []
        for words, narrow, changes in self.paragraphs:
            if not narrow and len(text) % 2:
                text += b"\0"
            at = self.TEXT_AT + len(text)
            pieces.append((at * 2 | 0x40000000) if narrow else at)
            data = words.encode("cp1252" if narrow else "utf-16-le")
            text += data
            positions.append(positions[-1] + (len(data) if narrow else len(data) // 2))
            runs.append((at, at + len(data), changes))
        end = self.TEXT_AT + len(text)
        text += b"\0" * (-end % 512)
        pages = [self.page(runs[i:i + 12]) for i in range(0, len(runs), 12)]
        first = (self.TEXT_AT + len(text)) // 512
        plc = struct.pack(f"<{len(positions)}I", *positions)
        plc += b"".join(struct.pack("<HIH", 0, p, 0) for p in pieces)
        clx = b"\1" + struct.pack("<H", 3) + b"abc" + b"\2" + struct.pack("<I", len(plc)) + plc
        ranges = [runs[i][0] for i in range(0, len(runs), 12)] + [runs[-1][1]]
        paragraphs = struct.pack(f"<{len(ranges)}I", *ranges)
        paragraphs += struct.pack(f"<{len(pages)}I", *range(first, first + len(pages)))
        lists, pairs = bytearray(16), bytearray(93 * 8)
        for number, data in [(33, clx), (13, paragraphs), *self.lists.items()]:
            struct.pack_into("<II", pairs, number * 8, len(lists), len(data))
            lists += data
        flags |= 0x0200 if table == "1Table" else 0
        head = struct.pack("<HHHHHHHIBBHHII", 0xA5EC, 0xC1, 0, 0x411, 0, flags, 0xBF, 0, 0, 0, 0, 0,
                           self.TEXT_AT, end)
        head += struct.pack("<H", 14) + bytes(28) + struct.pack("<H", 22) + bytes(12)
        head += struct.pack("<8I", *self.lengths) + bytes(88 - 44) + struct.pack("<H", 93) + bytes(pairs)
        return {"WordDocument": head.ljust(self.TEXT_AT, b"\0") + text + b"".join(pages), table: bytes(lists),
                "Data": bytes(10)}


def places(*texts):
    """A list of where texts begin, by their lengths."""
    at, out = 0, [0]
    for text in texts:
        at += count16(text)
        out.append(at)
    return struct.pack(f"<{len(out)}I", *out)


def word95(text, parts=(0,) * 8, flags=0):
    """Word 95: bytes in the code page of the language, in a row."""
    data = text.encode("cp932")
    head = struct.pack("<HHHHHHHIBBHHII", 0xA5DC, 0x68, 0, 0x411, 0, flags, 0x68, 0, 0, 0, 0, 0,
                       0x300, 0x300 + len(data))
    lengths = [len(data), *parts[1:]]
    head = head.ljust(0x34, b"\0") + struct.pack("<8I", *lengths)
    return {"WordDocument": head.ljust(0x300, b"\0") + data + bytes(4096)}


# ---- Outlook ----

TEXT, ANSI, BYTES, NUMBER, TIME, OBJECT = 0x1F, 0x1E, 0x102, 3, 0x40, 0x0D


def filetime(seconds):
    """Seconds since 1970 as a FILETIME."""
    return (seconds + 11644473600) * 10000000


class Item:
    """A message, a recipient or an attachment: properties, and items in it."""

    def __init__(self, head, charset=None):
        self.head, self.charset, self.fixed, self.streams = head, charset, b"", {}
        self.recipients = self.attachments = 0

    def put(self, number, kind, value):
        if kind in (NUMBER, TIME):
            self.fixed += struct.pack("<HHIQ", kind, number, 6, value)
            return self
        if kind == TEXT:
            kind, data = (ANSI, value.encode(self.charset)) if self.charset else (TEXT, value.encode("utf-16-le"))
        else:
            data = value
        size = len(data) + (2 if kind == TEXT else 1 if kind == ANSI else 0)
        self.fixed += struct.pack("<HHIII", kind, number, 6, size, 0)
        self.streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
        return self

    def texts(self, pairs):
        for number, text in pairs.items():
            self.put(number, TEXT, text)
        return self

    def inside(self, name, item):
        for path, data in item.all().items():
            self.streams[f"{name}/{path}"] = data

    def recipient(self, kind, name, address, smtp=None):
        item = Item(8, self.charset).put(0x0C15, NUMBER, kind).texts({0x3001: name, 0x3003: address})
        if smtp:
            item.texts({0x39FE: smtp})
        self.inside(f"__recip_version1.0_#{self.recipients:08X}", item)
        self.recipients += 1
        return self

    def attach(self, names, data=None, message=None, streams=None, kind=None):
        item = Item(8, self.charset).texts(names)
        if kind:
            item.texts({0x370E: kind})
        if data is not None:
            item.put(0x3705, NUMBER, 1).put(0x3701, BYTES, data)
        elif message is not None:
            item.put(0x3705, NUMBER, 5).inside("__substg1.0_3701000D", message)
        else:
            item.put(0x3705, NUMBER, 6)
            for path, content in streams.items():
                item.streams[f"__substg1.0_3701000D/{path}"] = content
        self.inside(f"__attach_version1.0_#{self.attachments:08X}", item)
        self.attachments += 1
        return self

    def all(self):
        return {"__properties_version1.0": bytes(self.head) + self.fixed, **self.streams}


def message(top=True, charset=None):
    return Item(32 if top else 24, charset)


LZFU_RING = (b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
             b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
             b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx")


def lzfu(data):
    """RTF packed, with repetitions found in the ring of 4,096 bytes."""
    ring, at, items, i = bytearray(LZFU_RING.ljust(4096, b"\0")), len(LZFU_RING), [], 0
    written = len(LZFU_RING)

    def put(byte):
        nonlocal at, written
        ring[at] = byte
        at = (at + 1) % 4096
        written += 1

    while i < len(data):
        best, where = 0, 0
        for start in range(min(written, 4096)):
            if start == at:
                continue
            n = 0
            while n < 17 and i + n < len(data) and ring[(start + n) % 4096] == data[i + n] and \
                    (start + n) % 4096 != at:
                n += 1
            if n > best:
                best, where = n, start
        if best >= 2:
            items.append(struct.pack(">H", where << 4 | best - 2))
        else:
            best = 1
            items.append(data[i:i + 1])
        for byte in data[i:i + best]:
            put(byte)
        i += best
    items.append(struct.pack(">H", at << 4))
    body = b""
    for n in range(0, len(items), 8):
        group = items[n:n + 8]
        body += bytes([sum(1 << k for k, item in enumerate(group) if len(item) == 2)]) + b"".join(group)
    return struct.pack("<IIII", len(body) + 12, len(data), 0x75465A4C, 0) + body


# ---- PowerPoint ----

def atom(kind, data, instance=0):
    return struct.pack("<HHI", instance << 4, kind, len(data)) + data


def box(kind, *inside, instance=0):
    data = b"".join(inside)
    return struct.pack("<HHI", instance << 4 | 15, kind, len(data)) + data


def slide_text(text):
    if all(ord(c) < 256 for c in text):
        return atom(0xFA8, text.encode("latin-1"))
    return atom(0xFA0, text.encode("utf-16-le"))


def slide_box(kind, *texts):
    """A slide or notes with a shape for each text."""
    shapes = [box(0xF004, atom(0xF00A, bytes(8), 1), box(0xF00D, atom(0xF9F, bytes(4)), slide_text(t))) for t in texts]
    return box(kind, atom(0x3EF, bytes(24)), box(0x40C, box(0xF002, box(0xF003, *shapes))))


class Slides:
    """Saves that follow each other: each adds objects, and a list of where the newest are."""

    def __init__(self):
        self.stream, self.edit = b"", 0

    def save(self, objects, document):
        at = {}
        for number, data in objects.items():
            at[number] = len(self.stream)
            self.stream += data
        listed = len(self.stream)
        runs = b"".join(struct.pack("<II", number | 1 << 20, place) for number, place in at.items())
        self.stream += atom(0x1772, runs)
        edit = len(self.stream)
        self.stream += atom(0xFF5, struct.pack("<IHBBIIIIHH", 0, 0, 0, 3, self.edit, listed, document, 9, 1, 0))
        self.edit = edit
        return self

    def streams(self, token=0xE391C05F):
        user = atom(0xFF6, struct.pack("<IIIHHBBH", 20, token, self.edit, 0, 0x3F4, 3, 0, 0))
        return {"PowerPoint Document": self.stream, "Current User": user}


def listed(number, *texts):
    return atom(0x3F3, struct.pack("<IIIII", number, 0, 0, 256 + number, 0)) + b"".join(
        atom(0xF9F, bytes(4)) + slide_text(t) for t in texts)
