"""Writes 7z behind a password by 7-Zip's 7zFormat.txt and the notes on its AES coder."""

import hashlib
import lzma
import struct
import zlib

from ciphers import chain, padded

COPY, LZMA, LZMA2, DELTA, AES = b"\0", b"\3\1\1", b"\x21", b"\3", b"\6\xf1\7\1"
LZMA1_RAW = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}
LZMA2_RAW = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}


def number(value):
    if value < 0x80:
        return bytes([value])
    if value < 0x4000:
        return bytes([0x80 | value >> 8, value & 255])
    return b"\xff" + struct.pack("<Q", value)


def crc(data):
    return struct.pack("<I", zlib.crc32(data))


class Aes:
    def __init__(self, password, power=10, salt=b"salt", first=b"first 8b"):
        start, digest = salt + password.encode("utf-16-le"), hashlib.sha256()
        self.settings = bytes([power | 0xC0, len(salt) - 1 << 4 | len(first) - 1]) + salt + first
        if power == 63:
            self.key = start[:32].ljust(32, b"\0")
        else:
            for i in range(1 << power):
                digest.update(start + struct.pack("<Q", i))
            self.key = digest.digest()
        self.first = first.ljust(16, b"\0")

    def over(self, data):
        return chain(self.key, self.first, padded(data))


def coder(name, settings=b""):
    flags = len(name) | (0x20 if settings else 0)
    return bytes([flags]) + name + (number(len(settings)) + settings if settings else b"")


class Folder:
    """Members in one stream: packed by `how`, then enciphered."""

    def __init__(self, data, how, aes):
        self.data, packed, chain_of = data, data, []
        if how == "lzma":
            packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[LZMA1_RAW])
            chain_of = [(LZMA, bytes([93]) + struct.pack("<I", 1 << 16), len(data))]
        elif how == "lzma2":
            packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[LZMA2_RAW])
            chain_of = [(LZMA2, b"\x08", len(data))]
        elif how == "delta":
            packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_DELTA, "dist": 1}, LZMA2_RAW])
            chain_of = [(LZMA2, b"\x08", len(data)), (DELTA, b"\0", len(data))]
        if aes:
            chain_of.insert(0, (AES, aes.settings, len(packed)))
            packed = aes.over(packed)
        elif not chain_of:
            chain_of = [(COPY, b"", len(data))]
        self.packed, self.coders = packed, chain_of

    def header(self):
        """Each coder takes what the one before it gives."""
        return (number(len(self.coders)) + b"".join(coder(name, settings) for name, settings, _ in self.coders) +
                b"".join(number(i) + number(i - 1) for i in range(1, len(self.coders))))

    def sizes(self):
        return b"".join(number(size) for _, _, size in self.coders)


def streams(folders, begin, digests=True):
    out = b"\6" + number(begin) + number(len(folders)) + b"\x09" + b"".join(number(len(f.packed)) for f in folders) + b"\0"
    out += b"\7\x0b" + number(len(folders)) + b"\0" + b"".join(f.header() for f in folders) + b"\x0c"
    out += b"".join(f.sizes() for f in folders)
    if digests:
        out += b"\x0a\1" + b"".join(crc(f.data) for f in folders)
    return out + b"\0"


def archive(folders, header_aes=None, packed_header=False, counted=True):
    """`folders`: each (members, how, aes), with members as (name, content). Not `counted`: each has one, as 7-Zip writes it then."""
    made = [Folder(b"".join(content for _, content in members), how, aes) for members, how, aes in folders]
    lists = [members for members, _, _ in folders]
    every = [member for members in lists for member in members]
    parts = b"\x08" + (b"\x0d" + b"".join(number(len(members)) for members in lists) if counted else b"")
    if any(len(members) > 1 for members in lists):
        parts += b"\x09" + b"".join(number(len(content)) for members in lists for _, content in members[:-1])
    parts += b"\x0a\1" + b"".join(crc(content) for _, content in every) + b"\0"
    names = b"\0" + b"".join(name.encode("utf-16-le") + b"\0\0" for name, _ in every)
    times = b"\1\0" + struct.pack("<Q", 134273916000000000) * len(every)
    files = number(len(every)) + b"\x11" + number(len(names)) + names + b"\x14" + number(len(times)) + times + b"\0"
    header = b"\1\4" + streams(made, 0, False) + parts + b"\0\5" + files + b"\0"
    data = b"".join(f.packed for f in made)
    if header_aes or packed_header:
        outer = Folder(header, "lzma", header_aes)
        header = b"\x17" + streams([outer], len(data)) + b"\0"
        data += outer.packed
    start = struct.pack("<QQ", len(data), len(header)) + crc(header)
    return b"7z\xbc\xaf\x27\x1c\0\4" + crc(start) + start + data + header
