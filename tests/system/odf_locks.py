"""Locks OpenDocument: AES in a chain and Blowfish by ODF 1.2 part 3, the whole document in GCM under Argon2id (RFC 9106) as
LibreOffice does from 24.8 on. Pure Python, so with little memory and few rounds."""

import base64
import hashlib
import io
import struct
import zipfile
import zlib

import ciphers

NAMES = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
KIND = "application/vnd.oasis.opendocument."


# ---- Blowfish, whose tables are the digits of pi ----

def digits_of_pi(words):
    """32 bits each, behind the point."""
    bits = 32 * words + 64
    one = 1 << bits

    def inverse_tangent(x):
        total = term = one // x
        n, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // n)
            n, sign = n + 2, -sign
        return total

    fraction = (4 * (4 * inverse_tangent(5) - inverse_tangent(239)) - 3 * one) >> 64
    return [fraction >> 32 * (words - 1 - i) & 0xFFFFFFFF for i in range(words)]


PI = digits_of_pi(18 + 4 * 256)


class Blowfish:
    def __init__(self, key):
        self.p, self.s = PI[:18], PI[18:]
        for i in range(18):
            self.p[i] ^= int.from_bytes(bytes(key[(4 * i + k) % len(key)] for k in range(4)), "big")
        left = right = 0
        for table in (self.p, self.s):
            for i in range(0, len(table), 2):
                left, right = self.pair(left, right)
                table[i], table[i + 1] = left, right

    def pair(self, left, right):
        s = self.s
        for i in range(16):
            left ^= self.p[i]
            right ^= ((s[left >> 24] + s[256 + (left >> 16 & 255)] ^ s[512 + (left >> 8 & 255)]) + s[768 + (left & 255)]) & 0xFFFFFFFF
            left, right = right, left
        return right ^ self.p[17], left ^ self.p[16]

    def feedback(self, before, data):
        out = b""
        for i in range(0, len(data), 8):
            ring = struct.pack(">II", *self.pair(*struct.unpack(">II", before)))
            before = bytes(a ^ b for a, b in zip(data[i:i + 8], ring))
            out += before
        return out


# ---- AES in GCM ----

def counted(key, first, data):
    """Enciphered, with its mark behind it."""
    aes = ciphers.Aes(key)

    def under(number, block):
        return bytes(a ^ b for a, b in zip(block, aes.block(first + struct.pack(">I", number))))

    def mixed(blocks):
        root, total = int.from_bytes(aes.block(bytes(16)), "big"), 0
        for i in range(0, len(blocks), 16):
            x, y, product = total ^ int.from_bytes(blocks[i:i + 16], "big"), root, 0
            for bit in range(127, -1, -1):
                product ^= y if x >> bit & 1 else 0
                y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
            total = product
        return total.to_bytes(16, "big")

    out = b"".join(under(2 + i // 16, data[i:i + 16]) for i in range(0, len(data), 16))
    return out + under(1, mixed(ciphers.padded(out) + struct.pack(">QQ", 0, 8 * len(out))))


# ---- Argon2id ----

MASK = (1 << 64) - 1


def longer(data, size):
    """H' of 3.3."""
    if size <= 64:
        return hashlib.blake2b(struct.pack("<I", size) + data, digest_size=size).digest()
    value = hashlib.blake2b(struct.pack("<I", size) + data).digest()
    out = value[:32]
    while size - len(out) > 64:
        value = hashlib.blake2b(value).digest()
        out += value[:32]
    return out + hashlib.blake2b(value, digest_size=size - len(out)).digest()


def quarter(v, a, b, c, d):
    for turn_d, turn_b in ((32, 24), (16, 63)):
        v[a] = v[a] + v[b] + 2 * (v[a] & 0xFFFFFFFF) * (v[b] & 0xFFFFFFFF) & MASK
        x = v[d] ^ v[a]
        v[d] = (x >> turn_d | x << 64 - turn_d) & MASK
        v[c] = v[c] + v[d] + 2 * (v[c] & 0xFFFFFFFF) * (v[d] & 0xFFFFFFFF) & MASK
        x = v[b] ^ v[c]
        v[b] = (x >> turn_b | x << 64 - turn_b) & MASK


def squeezed(x, y):
    """G of 3.5, over blocks of 128 words."""
    r = [a ^ b for a, b in zip(x, y)]
    z = list(r)
    rows = [list(range(16 * i, 16 * i + 16)) for i in range(8)]
    columns = [[16 * k + 2 * i + j for k in range(8) for j in range(2)] for i in range(8)]
    for at in rows + columns:
        for i in range(4):
            quarter(z, at[i], at[4 + i], at[8 + i], at[12 + i])
        for i in range(4):
            quarter(z, at[i], at[4 + (i + 1) % 4], at[8 + (i + 2) % 4], at[12 + (i + 3) % 4])
    return [a ^ b for a, b in zip(r, z)]


class Argon2id:
    def __init__(self, password, salt, passes, memory, lanes, size):
        begin = struct.pack("<6I", lanes, size, memory, passes, 0x13, 2)
        for part in (password, salt, b"", b""):
            begin += struct.pack("<I", len(part)) + part
        begin = hashlib.blake2b(begin).digest()
        self.lanes, self.passes = lanes, passes
        self.segment = memory // (4 * lanes)
        self.columns, self.whole = 4 * self.segment, 4 * self.segment * lanes
        self.lane = [[None] * self.columns for _ in range(lanes)]
        for lane in range(lanes):
            for i in range(2):
                self.lane[lane][i] = struct.unpack("<128Q", longer(begin + struct.pack("<II", i, lane), 1024))
        for turn in range(passes):
            for part in range(4):
                for lane in range(lanes):
                    self.fill(turn, part, lane)
        last = [0] * 128
        for lane in self.lane:
            last = [a ^ b for a, b in zip(last, lane[-1])]
        self.made = longer(struct.pack("<128Q", *last), size)

    def fill(self, turn, part, lane):
        addresses, zero = [], [0] * 128
        by_number = turn == 0 and part < 2
        for i in range(2 if turn == 0 and part == 0 else 0, self.segment):
            at = part * self.segment + i
            before = self.lane[lane][at - 1]
            if by_number:
                while len(addresses) <= i:
                    number = [turn, lane, part, self.whole, self.passes, 2, len(addresses) // 128 + 1] + [0] * 121
                    addresses += squeezed(zero, squeezed(zero, number))
                chosen = addresses[i]
            else:
                chosen = before[0]
            made = squeezed(before, self.referred(turn, part, lane, i, chosen))
            old = self.lane[lane][at]
            self.lane[lane][at] = made if turn == 0 else [a ^ b for a, b in zip(made, old)]

    def referred(self, turn, part, lane, i, chosen):
        other = lane if turn == 0 and part == 0 else (chosen >> 32) % self.lanes
        done = part * self.segment if turn == 0 else 3 * self.segment
        room = done + i - 1 if other == lane else done - (i == 0)
        x = chosen & 0xFFFFFFFF
        x = x * x >> 32
        place = room - 1 - (room * x >> 32)
        begin = 0 if turn == 0 or part == 3 else (part + 1) * self.segment
        return self.lane[other][(begin + place) % self.columns]


# ---- Documents ----

def encoded(value):
    return base64.b64encode(value).decode()


class Lock:
    """One part under a key of its own. `how`: "aes", "blowfish", "gcm"."""

    def __init__(self, password, how, number, rounds=1000):
        self.how, self.rounds, self.salt = how, rounds, b"salt of part %03d" % number
        self.start = hashlib.new("sha1" if how == "blowfish" else "sha256", password.encode()).digest()
        self.first = b"first 16 bytes.."[:{"aes": 16, "blowfish": 8, "gcm": 12}[how]]
        if how == "gcm":
            self.key = Argon2id(self.start, self.salt, 2, 32, 4, 32).made
        else:
            self.key = hashlib.pbkdf2_hmac("sha1", self.start, self.salt, rounds, 16 if how == "blowfish" else 32)

    def locked(self, content):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        self.sum = hashlib.new("sha1" if self.how == "blowfish" else "sha256", packed[:1024]).digest()
        if self.how == "gcm":
            return self.first + counted(self.key, self.first, packed)
        if self.how == "blowfish":
            return Blowfish(self.key).feedback(self.first, packed)
        left = 16 - len(packed) % 16
        return ciphers.chain(self.key, self.first, packed + b"any bytes fill it up"[:left - 1] + bytes([left]))

    def told(self, sums=True):
        kind = {"aes": f"{NAMES}#sha256-1k", "blowfish": "SHA1/1K", "gcm": ""}[self.how]
        sums = f' manifest:checksum-type="{kind}" manifest:checksum="{encoded(self.sum)}"' if sums and kind else ""
        cipher = {"aes": "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "blowfish": "Blowfish CFB",
                  "gcm": "http://www.w3.org/2009/xmlenc11#aes256-gcm"}[self.how]
        start = "" if self.how == "blowfish" else (
            '<manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256" '
            'manifest:key-size="32"/>')
        size = "" if self.how == "blowfish" else 'manifest:key-size="32" '
        way = (f'manifest:key-derivation-name="PBKDF2" {size}manifest:iteration-count="{self.rounds}"' if self.how != "gcm" else
               'manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id" '
               f'{size}loext:argon2-iterations="2" loext:argon2-memory="32" loext:argon2-lanes="4"')
        return (f'<manifest:encryption-data{sums}><manifest:algorithm manifest:algorithm-name="{cipher}" '
                f'manifest:initialisation-vector="{encoded(self.first)}"/>{start}'
                f'<manifest:key-derivation {way} manifest:salt="{encoded(self.salt)}"/></manifest:encryption-data>')


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data, packed in parts:
            file.writestr(zipfile.ZipInfo(name, (2026, 7, 1, 12, 0, 0)), data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return out.getvalue()


def manifest(kind, entries, doctype=False):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            + ('<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">\n' if doctype else "")
            + f'<manifest:manifest xmlns:manifest="{NAMES}" '
            'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" manifest:version="1.3">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}{kind}"/>' + "".join(
                f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml" manifest:size="{size}">{told}'
                '</manifest:file-entry>' for name, size, told in entries) + '</manifest:manifest>')


def document(kind, parts, password=None, how="aes", sums=True, rounds=1000, doctype=False):
    """`parts`: (name, content). Without a password as it is before."""
    mimetype, locks, told = (KIND + kind).encode(), [], []
    if how == "gcm" and password:
        whole, lock = document(kind, parts), Lock(password, how, 0)
        locked = lock.locked(whole)
        return zipped([("mimetype", mimetype, False), ("encrypted-package", locked, False),
                       ("META-INF/manifest.xml", manifest(kind, [("encrypted-package", len(whole), lock.told())]), True)])
    for number, (name, content) in enumerate(parts):
        lock = Lock(password, how, number, rounds) if password else None
        locks.append((name, lock.locked(content) if lock else content, not lock))
        told.append((name, len(content), lock.told(sums) if lock else ""))
    return zipped([("mimetype", mimetype, False), *locks, ("META-INF/manifest.xml", manifest(kind, told, doctype), True)])


SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table"))


def content(kind, rows):
    cells = "".join("<table:table-row>%s</table:table-row>" % "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row) for row in rows)
    body = f'<office:{kind}><table:table table:name="list">{cells}</table:table></office:{kind}>'
    return f'<?xml version="1.0"?><office:document-content {SPACES}><office:body>{body}</office:body></office:document-content>'.encode()


def styles(text):
    return (f'<?xml version="1.0"?><office:document-styles {SPACES}><office:master-styles><text:p>{text}</text:p>'
            '</office:master-styles></office:document-styles>').encode()
