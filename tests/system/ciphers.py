"""AES by FIPS 197, its chain and its counter, so that tests need no library for it."""

import hashlib
import struct


def times(a, b):
    """In the field of AES."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def box(byte):
    inverse, out = next((i for i in range(256) if times(byte, i) == 1), 0), 0x63
    for turn in range(5):
        out ^= (inverse << turn | inverse >> 8 - turn) & 255
    return out


SBOX = [box(i) for i in range(256)]
TWICE = [times(i, 2) for i in range(256)]
ROWS = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11]


class Aes:
    def __init__(self, key):
        size = len(key) // 4
        words, turn = [list(key[4 * i:4 * i + 4]) for i in range(size)], 1
        for i in range(size, 4 * (size + 7)):
            word = list(words[-1])
            if i % size == 0:
                word = [SBOX[b] for b in word[1:] + word[:1]]
                word[0] ^= turn
                turn = times(turn, 2)
            elif size > 6 and i % size == 4:
                word = [SBOX[b] for b in word]
            words.append([a ^ b for a, b in zip(word, words[-size])])
        flat = [b for word in words for b in word]
        self.keys = [flat[i:i + 16] for i in range(0, len(flat), 16)]

    def block(self, block):
        state = [a ^ b for a, b in zip(block, self.keys[0])]
        for number, key in enumerate(self.keys[1:], 1):
            state = [SBOX[state[i]] for i in ROWS]
            if number + 1 < len(self.keys):
                mixed = []
                for c in range(0, 16, 4):
                    column = state[c:c + 4]
                    whole = column[0] ^ column[1] ^ column[2] ^ column[3]
                    mixed += [column[i] ^ whole ^ TWICE[column[i] ^ column[(i + 1) % 4]] for i in range(4)]
                state = mixed
            state = [a ^ b for a, b in zip(state, key)]
        return bytes(state)


def padded(data):
    return data + bytes(-len(data) % 16)


def blocks(key, data):
    aes = Aes(key)
    return b"".join(aes.block(data[i:i + 16]) for i in range(0, len(data), 16))


def chain(key, before, data):
    aes, out = Aes(key), []
    for i in range(0, len(data), 16):
        before = aes.block(bytes(a ^ b for a, b in zip(before, data[i:i + 16])))
        out.append(before)
    return b"".join(out)


def spun(digest, salt, password, rounds):
    """Of MS-OFFCRYPTO: salt and password, then number and digest again and again."""
    value = hashlib.new(digest, salt + password.encode("utf-16-le")).digest()
    for number in range(rounds):
        value = hashlib.new(digest, struct.pack("<I", number) + value).digest()
    return value
