"""Writes RAR 5 by RARLAB's technical note: members that are only stored, open or behind a password."""

import hashlib
import hmac
import struct
import zlib

from ciphers import chain, padded

FIRST = b"first 16 bytes.."


def number(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


class Lock:
    def __init__(self, password, power=5, salt=b"salt of 16 bytes"):
        def stretched(more):
            return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, (1 << power) + more)

        self.key, self.sums, check = stretched(0), stretched(16), stretched(32)
        folded = bytes(check[i] ^ check[i + 8] ^ check[i + 16] ^ check[i + 24] for i in range(8))
        self.how, self.salt = bytes([power]), salt
        self.check = folded + hashlib.sha256(folded).digest()[:4]

    def mixed(self, crc):
        """The sum of an enciphered file: of its CRC with the key."""
        made = struct.unpack("<8I", hmac.new(self.sums, struct.pack("<I", crc), "sha256").digest())
        out = 0
        for word in made:
            out ^= word
        return out


def block(kind, fields, extra=b"", data=b"", lock=None):
    flags = (1 if extra else 0) | (2 if data else 0)
    body = number(kind) + number(flags) + (number(len(extra)) if extra else b"") + (number(len(data)) if data else b"")
    body += fields + extra
    sized = number(len(body)) + body
    header = struct.pack("<I", zlib.crc32(sized)) + sized
    if lock:
        header = FIRST + chain(lock.key, FIRST, padded(header))
    return header + data


def member(name, content, lock, headers, flags=3):
    """`flags` of its encryption: 1 a check, 2 sums are mixed with the key."""
    crc, data, extra = zlib.crc32(content), content, b""
    if lock:
        data = chain(lock.key, FIRST, padded(content))
        crc = lock.mixed(crc) if flags & 2 else crc
        record = b"\1\0" + number(flags) + lock.how + lock.salt + FIRST + (lock.check if flags & 1 else b"")
        extra = number(len(record)) + record
    named = name.encode()
    fields = number(6) + number(len(content)) + number(0x20) + struct.pack("<II", 1782918000, crc) + number(0) + number(0)
    return block(2, fields + number(len(named)) + named, extra, data, headers)


def archive(members, headers=None):
    """`members`: (name, content, lock or None)."""
    out = b"Rar!\x1a\7\1\0"
    if headers:
        out += block(4, number(0) + number(1) + headers.how + headers.salt + headers.check)
    out += block(1, number(0), lock=headers)
    for name, content, lock in members:
        out += member(name, content, lock, headers)
    return out + block(5, number(0), lock=headers)


# ---- RAR 2.9 to 4: members that are only stored ----

class Lock4:
    def __init__(self, password, salt=b"salt of8"):
        raw, digest, self.first = password.encode("utf-16-le") + salt, hashlib.sha1(), b""
        for i in range(16):
            first = raw + struct.pack("<I", i << 14)[:3]
            digest.update(first)
            self.first += digest.digest()[19:]
            digest.update(b"".join(raw + struct.pack("<I", i << 14 | k)[:3] for k in range(1, 1 << 14)))
        self.key, self.salt = struct.pack("<4I", *struct.unpack(">4I", digest.digest()[:16])), salt

    def locked(self, data):
        return chain(self.key, self.first, padded(data))


def block4(kind, flags, fields, data=b"", lock=None):
    body = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    header = struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body
    return (lock.salt + lock.locked(header) if lock else header) + data


def archive4(members, headers=None, solid=False):
    """`members`: (name, content, lock or None)."""
    out = b"Rar!\x1a\7\0" + block4(0x73, (0x80 if headers else 0) | (8 if solid else 0), bytes(6))
    for name, content, lock in members:
        data, name = lock.locked(content) if lock else content, name.encode()
        fields = struct.pack("<IIBIIBBHI", len(data), len(content), 2, zlib.crc32(content), 0x5CE16000, 29, 0x30, len(name), 0x20)
        out += block4(0x74, 0x8404 if lock else 0x8000, fields + name + (lock.salt if lock else b""), data, headers)
    return out + block4(0x7B, 0x4000, b"", lock=headers)
