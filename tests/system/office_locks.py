"""Locks office documents by MS-OFFCRYPTO: agile and standard of 2007 and later, the old method of Excel 95."""

import base64
import hashlib
import hmac
import struct

import office97
from ciphers import blocks, chain, padded, spun

SEGMENT = 4096
VERIFIER = b"0123456789abcdef"


def fit(value, size):
    return value[:size].ljust(size, b"\x36")


class Agile:
    def __init__(self, password, digest="sha512", bits=256, rounds=100000):
        self.digest, self.size, self.rounds = digest, bits // 8, rounds
        self.salt, self.key_salt = b"salt of password", b"salt of document"
        self.spun = spun(digest, self.salt, password, rounds)
        self.key = hashlib.sha512(password.encode() + b"key").digest()[:self.size]

    def of(self, *parts):
        return hashlib.new(self.digest, b"".join(parts)).digest()

    def with_password(self, purpose, value):
        return chain(fit(self.of(self.spun, bytes.fromhex(purpose)), self.size), self.salt, padded(value))

    def with_key(self, purpose, value):
        return chain(self.key, fit(self.of(self.key_salt, purpose), 16), padded(value))

    def attributes(self, salt):
        return (f'saltSize="16" blockSize="16" keyBits="{8 * self.size}" hashSize="{len(self.of())}" cipherAlgorithm="AES" '
                f'cipherChaining="ChainingModeCBC" hashAlgorithm="{self.digest.upper()}" '
                f'saltValue="{base64.b64encode(salt).decode()}"')

    def streams(self, package):
        data = struct.pack("<Q", len(package)) + b"".join(
            self.with_key(struct.pack("<I", i // SEGMENT), package[i:i + SEGMENT]) for i in range(0, len(package), SEGMENT))
        secret = fit(b"key of the sum", len(self.of()))
        values = {name: base64.b64encode(value).decode() for name, value in {
            "key": self.with_key(bytes.fromhex("5fb2ad010cb9e1f6"), secret),
            "sum": self.with_key(bytes.fromhex("a0677f02b22c8433"), hmac.new(secret, data, self.digest).digest()),
            "input": self.with_password("fea7d2763b4b9e79", VERIFIER),
            "value": self.with_password("d7aa0f6d3061344e", self.of(VERIFIER)),
            "own": self.with_password("146e0be7abacd0d6", self.key)}.items()}
        xml = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
               '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
               'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
               f'<keyData {self.attributes(self.key_salt)}/>'
               f'<dataIntegrity encryptedHmacKey="{values["key"]}" encryptedHmacValue="{values["sum"]}"/>'
               '<keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
               f'<p:encryptedKey spinCount="{self.rounds}" {self.attributes(self.salt)} '
               f'encryptedVerifierHashInput="{values["input"]}" encryptedVerifierHashValue="{values["value"]}" '
               f'encryptedKeyValue="{values["own"]}"/></keyEncryptor></keyEncryptors></encryption>')
        return {"EncryptionInfo": struct.pack("<HHI", 4, 4, 0x40) + xml.encode(), "EncryptedPackage": data}


def standard(package, password, bits=128):
    salt = b"salt of standard"
    value = hashlib.sha1(spun("sha1", salt, password, 50000) + bytes(4)).digest()
    rings = [hashlib.sha1(bytes(a ^ turn for a in value) + bytes([turn]) * (64 - len(value))).digest() for turn in (0x36, 0x5C)]
    key = b"".join(rings)[:bits // 8]
    provider = "Invented Provider\0".encode("utf-16-le")
    header = struct.pack("<IIIIIIII", 0x24, 0, 0x660E + (bits - 128) // 64, 0x8004, bits, 0x18, 0, 0) + provider
    info = struct.pack("<HHII", 4, 2, 0x24, len(header)) + header + struct.pack("<I", 16) + salt + blocks(key, VERIFIER)
    info += struct.pack("<I", 20) + blocks(key, padded(hashlib.sha1(VERIFIER).digest()))
    return {"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", len(package)) + blocks(key, padded(package))}


# ---- What Excel had before RC4 ----

FIRST = [0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C, 0xA96A, 0x4EC3]
FILL = bytes.fromhex("bbffffbaffffb98000be0f00bf0f00")


MATRIX = struct.unpack(">105H", bytes.fromhex(
    "aefc4dd99bb227454e8a9d142a097b61f6c2fda5eb6bc6f79dcf2bbf45638ac605ad0b5a16b42d685ad0037506ea0dd41ba837506ea0dd40"
    "d849a0b35147a28e553daa7a44d56f45de8aad354a4b9496390d721aeb23c6679cef29ff53fea7fc5fd947d38fa60f6d1eda3db47b68f6d0"
    "b86160e3c1c693ad377b6ef6ddec45a08b4006a10d421a8435086a10aa5144838906022d045a08b4116876b4ed68caf185c31ba7374e6e9c"
    "37306e60dcc0a9a1436386c61dad33316662ccc489a9037306e60dcc10212042408481081231246248c4"))


class Old95:
    """Sixteen bytes made of the password (2.3.7.2); tables as they stand there."""

    def __init__(self, password):
        password, self.check, self.key, at = password.encode("ascii"), 0, FIRST[len(password) - 1], 104
        for byte in (bytes([len(password)]) + password)[::-1]:
            self.check = (self.check >> 14 & 1 | self.check << 1 & 0x7FFF) ^ byte
        self.check ^= 0xCE4B
        for byte in password[::-1]:
            for bit in range(6, -1, -1):
                self.key ^= MATRIX[at] if byte >> bit & 1 else 0
                at -= 1
        ring = (password + FILL)[:16]
        pair = struct.pack("<H", self.key)
        turned = [byte ^ pair[i % 2] for i, byte in enumerate(ring)]
        self.ring = [byte >> 1 | byte << 7 & 255 for byte in turned]

    def header(self):
        return struct.pack("<HHH", 0, self.key, self.check)

    def locked(self, stream):
        out, at = bytearray(stream), 0
        while at + 4 <= len(stream):
            kind, size = struct.unpack_from("<HH", stream, at)
            skip = size if kind in (0x809, 0x2F) else 4 if kind == 0x85 else 0
            for i in range(at + 4 + skip, at + 4 + size):
                out[i] = (stream[i] << 5 & 255 | stream[i] >> 3) ^ self.ring[(i + size) % 16]
            at += 4 + size
        return bytes(out)


# ---- Word and PowerPoint of before 2007 ----

def under_blocks(method, data, size=512):
    return b"".join(office97.mixed(data[i:i + size], office97.rc4(method.key(i // size), size)) for i in range(0, len(data), size))


def word(document, method):
    """Streams of a document with its header's flag; the stream of tables begins with how it is encrypted."""
    streams, head = document.streams(flags=0x100), method.header()[2:]
    tables = head + streams["1Table"]
    text = bytearray(streams["WordDocument"])
    struct.pack_into("<I", text, 14, len(head))
    count = struct.unpack_from("<H", text, 0x98)[0]
    for i in range(count):
        at, size = struct.unpack_from("<II", text, 0x9A + 8 * i)
        if size:
            struct.pack_into("<I", text, 0x9A + 8 * i, at + len(head))
    text = bytes(text)
    return {"WordDocument": text[:68] + under_blocks(method, text)[68:], "1Table": head + under_blocks(method, tables)[len(head):],
            "Data": under_blocks(method, streams["Data"])}


class LockedSlides(office97.Slides):
    """One save; each object is enciphered under the key of its number, the last one says how."""

    def save(self, objects, document, method):
        session = max(objects) + 1
        locked = {n: office97.mixed(data, office97.rc4(method.key(n), len(data))) for n, data in objects.items()}
        locked[session] = office97.box(0x2F14, method.header()[2:])
        super().save(locked, document)
        self.stream = self.stream[:self.edit] + office97.atom(0xFF5, self.stream[self.edit + 8:] + struct.pack("<I", session))
        return self
